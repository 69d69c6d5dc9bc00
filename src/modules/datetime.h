// SPDX-License-Identifier: MIT
// The types of _datetime, and what its files share.
#ifndef OZ_MODULES_DATETIME_H
#define OZ_MODULES_DATETIME_H

#include <assert.h>

#include "modules/native_type.h"

enum {
    OZ_YEAR_MIN = 1,
    OZ_YEAR_MAX = 9999,
    OZ_ORDINAL_MAX = 3652059,  /* of 9999-12-31; 0001-01-01 is 1 */
    OZ_ORDINAL_EPOCH = 719163, /* of 1970-01-01 */
    OZ_DELTA_DAYS = 999999999, /* the largest number of days in a timedelta */
    OZ_DAY_SECONDS = 24 * 3600,
    OZ_SECOND_US = 1000000,
};
#define OZ_DAY_US (INT64_C(1000000) * OZ_DAY_SECONDS)

/* ---- the structs ---- */

typedef struct Delta {
    Object base;
    int32_t days;         /* [const] +- OZ_DELTA_DAYS */
    int32_t seconds;      /* [const] 0 .. 86399 */
    int32_t microseconds; /* [const] 0 .. 999999 */
    uint32_t spare;
} Delta;
static_assert(sizeof(Delta) == 24, "programs keep many timedeltas");

typedef struct Calendar {
    uint16_t year;
    uint8_t month; /* 1 .. 12, always; the rest is only so far right as pickles are */
    uint8_t day;
} Calendar;

typedef struct Clock {
    uint8_t hour, minute, second, fold;
    uint32_t microsecond;
} Clock;

typedef struct Date {
    Object base;
    Calendar day;           /* [const] */
    _Atomic(uint32_t) hash; /* [atomic] 0: not computed yet */
} Date;
static_assert(sizeof(Date) == 16, "programs keep many dates");

/* Begins as a Date does. */
typedef struct DateTime {
    Object base;
    Calendar day;           /* [const] */
    _Atomic(uint32_t) hash; /* [atomic] 0: not computed yet */
    Clock clock;            /* [const] */
    Ref zone;               /* [const] a tzinfo, or empty */
} DateTime;
static_assert(sizeof(DateTime) == 32, "programs keep many datetimes");

typedef struct TimeOfDay {
    Object base;
    Clock clock; /* [const] */
    Ref zone;    /* [const] a tzinfo, or empty */
} TimeOfDay;
static_assert(sizeof(TimeOfDay) == 24, "programs keep many times");

OZ_INLINE bool oz_is_delta(Obj v)
{
    return oz_isa(v, OZ_TIMEDELTA);
}

OZ_INLINE bool oz_is_datetime(Obj v)
{
    return oz_isa(v, OZ_DATETIME);
}

/* A date; a datetime is one. */
OZ_INLINE bool oz_is_date(Obj v)
{
    return oz_isa(v, OZ_DATE) || oz_is_datetime(v);
}

OZ_INLINE bool oz_is_time_of_day(Obj v)
{
    return oz_isa(v, OZ_TIME_OF_DAY);
}

OZ_INLINE bool oz_is_tzinfo(Obj v)
{
    return oz_isa(v, OZ_TZINFO) || oz_is(v, OZ_TIMEZONE);
}

/* ---- arguments (datetime_module.c) ---- */

/* The parameters of a constructor; messages are those of CPython's, which leave out its name. */
typedef struct Parameters {
    const char *function;     /* as messages show it, "timezone()"; NULL: it is not named */
    const char *const *names; /* [count] */
    uint8_t required, positional, count;
} Parameters;

/* The arguments by their places; NULL where none is given. */
bool oz_parameters_bind(Thread *t, const Parameters *p, const Args *args, Obj *a) OZ_CHECKED;

bool oz_field_slow(Thread *t, Obj v, int *n) OZ_CHECKED;
/* A C int, as the fields of dates are given; v NULL leaves what is there. */
OZ_INLINE bool oz_field(Thread *t, Obj v, int *n)
{
    if (!v)
        return true;
    if (OZ_UNLIKELY(!oz_is_int(v) || oz_int_value(v) != (int)oz_int_value(v)))
        return oz_field_slow(t, v, n);
    *n = (int)oz_int_value(v);
    return true;
}

/* The bytes of a pickled state, if `v` is one: bytes or a str of 4 characters for a date, 6 for a
 * time, 10 for a datetime.  `name` is for the message. */
Found oz_state_bytes(Thread *t, Obj v, size_t length, const char *name, uint8_t *bytes) OZ_CHECKED;
/* The last 6 bytes of the state of a time or datetime; the fold is the highest bit of another. */
void oz_clock_pack(uint8_t *bytes, Clock clock);
Clock oz_clock_unpack(const uint8_t *bytes, uint8_t fold);
/* (class, (state,)) or (class, (state, zone)): what pickle makes `v` of. */
Ref oz_state_reduce(Thread *t, Obj v, const uint8_t *state, size_t length,
                    Obj zone /* or NULL */) OZ_CHECKED;

/* Both methods of a type that has reduce(t, v, protocol); only from protocol 4 on is fold kept. */
#define OZ_REDUCE_METHODS(stem)                                                                    \
    OZ_NATIVE_(stem##___reduce_ex__, "__reduce_ex__", "($self, proto, /)",                         \
               "__reduce_ex__(proto) -> (cls, state)", OZ_FN_PARSED)                               \
    {                                                                                              \
        int protocol = 0;                                                                          \
        return oz_field(t, a[1], &protocol) ? reduce(t, a[0], protocol) : NULL;                    \
    }                                                                                              \
    OZ_METHOD(stem, __reduce__, "($self, /)", "__reduce__() -> (cls, state)")                      \
    {                                                                                              \
        return reduce(t, a[0], 2);                                                                 \
    }

/* Call the method `name` of `o` with no, or one, argument.  Runs Python: yes. */
Ref oz_call_by_name(Thread *t, Obj o, const char *name, Obj argument /* or NULL */) OZ_CHECKED;

/* ---- the calendar (datetime_calendar.c).  All years are taken, none fails. ---- */

int oz_calendar_ordinal(Calendar day);
Calendar oz_calendar_from_ordinal(int ordinal);                          /* 1 .. OZ_ORDINAL_MAX */
bool oz_calendar_add(Thread *t, Calendar *day, int64_t days) OZ_CHECKED; /* OverflowError */
int oz_calendar_year_day(Calendar day);                                  /* 1 .. 366 */
int oz_calendar_weekday(Calendar day);                                   /* Monday is 0 */
int oz_calendar_week_one(int year); /* ordinal of the Monday of week 1 */

/* Raises ValueError. */
bool oz_calendar_check(Thread *t, int year, int month, int day) OZ_CHECKED;
bool oz_clock_check(Thread *t, int hour, int minute, int second, int microsecond,
                    int fold) OZ_CHECKED;
/* Year, week and day of the week: a date.  false: raised. */
bool oz_calendar_from_week(Thread *t, int year, int week, int day, Calendar *date) OZ_CHECKED;

OZ_INLINE int64_t oz_clock_us(Clock c)
{
    return ((c.hour * 60 + c.minute) * 60 + c.second) * INT64_C(1000000) + c.microsecond;
}

OZ_INLINE Clock oz_clock_from(unsigned seconds /* of a day */, unsigned us)
{
    unsigned minutes = seconds / 60, hours = minutes / 60;
    return (Clock){.hour = (uint8_t)hours,
                   .minute = (uint8_t)(minutes - hours * 60),
                   .second = (uint8_t)(seconds - minutes * 60),
                   .microsecond = us};
}

/* Dates in their order. */
OZ_INLINE int oz_calendar_key(Calendar day)
{
    return day.year << 16 | day.month << 8 | day.day;
}

/* Microseconds since the day before 0001-01-01. */
OZ_INLINE int64_t oz_datetime_us(const DateTime *dt)
{
    return oz_calendar_ordinal(dt->day) * OZ_DAY_US + oz_clock_us(dt->clock);
}

/* ---- timedelta (datetime_delta.c) ---- */

/* Any fields, brought into their ranges: OverflowError if the days are too many. */
Ref oz_delta_new(Thread *t, int64_t days, int64_t seconds, int64_t us) OZ_CHECKED;
bool oz_delta_constants(Thread *t) OZ_CHECKED;

/* Of less than a day or so: no overflow. */
OZ_INLINE int64_t oz_delta_us(const Delta *d)
{
    return d->days * OZ_DAY_US + d->seconds * INT64_C(1000000) + d->microseconds;
}

/* ---- time zones (datetime_zone.c) ---- */

/* None or a tzinfo? TypeError. */
bool oz_zone_check(Thread *t, Obj v) OZ_CHECKED;
/* zone.utcoffset(of) or zone.dst(of): None or a timedelta of less than a day; zone may be empty.
 * Runs Python: yes, as all that asks a zone does. */
Ref oz_zone_utcoffset(Thread *t, Obj zone, Obj of) OZ_CHECKED;
Ref oz_zone_dst(Thread *t, Obj zone, Obj of) OZ_CHECKED;
Ref oz_zone_name(Thread *t, Obj zone, Obj of) OZ_CHECKED; /* None or a str */
Ref oz_zone_fromutc(Thread *t, Obj zone, Obj dt) OZ_CHECKED;

typedef struct Offset {
    bool known; /* the zone has one */
    int64_t us;
} Offset;
/* zone.utcoffset(of) in microseconds. */
bool oz_zone_offset(Thread *t, Obj zone, Obj of, Offset *offset) OZ_CHECKED;

Ref oz_timezone_new(Thread *t, Obj offset, Obj name /* or NULL */) OZ_CHECKED;
Ref oz_timezone_utc(Thread *t) OZ_CHECKED;
bool oz_timezone_constants(Thread *t) OZ_CHECKED;

/* ---- text (datetime_iso.c, datetime_format.c) ---- */

typedef enum TimeSpec {
    OZ_SPEC_AUTO,
    OZ_SPEC_HOURS,
    OZ_SPEC_MINUTES,
    OZ_SPEC_SECONDS,
    OZ_SPEC_MS,
    OZ_SPEC_US,
} TimeSpec;

bool oz_iso_spec(Thread *t, Obj v, int position, TimeSpec *spec) OZ_CHECKED;
/* They write at `out` and give the end. */
char *oz_iso_digits(char *out, unsigned n, unsigned width);
char *oz_iso_day(char *out, Calendar day);                         /* 10 characters */
char *oz_iso_clock(char *out, Clock clock, TimeSpec spec);         /* at most 15 */
char *oz_iso_offset(char *out, int64_t us, const char *separator); /* at most 16 */

/* What a text says, ranges not looked at yet; zone.known is true with a UTC offset.  OZ_MISSING: it
 * is not in the format. */
typedef struct IsoTime {
    int hour, minute, second, microsecond;
    Offset zone;
} IsoTime;
typedef struct IsoDay {
    int year, month, day;
} IsoDay;
Found oz_iso_parse_date(Thread *t, const Str *text, IsoDay *day) OZ_CHECKED;
Found oz_iso_parse_time(Thread *t, const Str *text, IsoTime *time) OZ_CHECKED;
Found oz_iso_parse_datetime(Thread *t, const Str *text, IsoDay *day, IsoTime *time) OZ_CHECKED;
Ref oz_iso_fail(Thread *t, Obj text) OZ_COLD;         /* ValueError */
Ref oz_iso_zone(Thread *t, Offset offset) OZ_CHECKED; /* timezone or None */

/* What strftime is asked about. */
typedef struct Formatted {
    Obj self;
    Calendar day;
    Clock clock;
    Obj zone;   /* or NULL */
    Obj of;     /* what the zone's methods are called with */
    bool plain; /* its timetuple() is ours: not asked */
} Formatted;
Ref oz_format_time(Thread *t, const Formatted *f, Obj format) OZ_CHECKED;
/* __format__ of all three. */
Ref oz_format_object(Thread *t, Obj self, Obj format) OZ_CHECKED;
/* A time.struct_time. */
Ref oz_time_tuple(Thread *t, Calendar day, Clock clock, int dst) OZ_CHECKED;
Ref oz_format_ctime(Thread *t, Calendar day, Clock clock) OZ_CHECKED;
/* "CLASS(1, 2, 3": how a repr begins. */
bool oz_repr_numbers(StrBuilder *b, Obj self, const unsigned *numbers, unsigned count);

/* ---- making dates, times, datetimes ---- */

/* Without a call of the class.  zone: NULL or None is none. */
Ref oz_date_make(Thread *t, Class *cls, Calendar day) OZ_CHECKED;
Ref oz_time_make(Thread *t, Class *cls, Clock clock, Obj zone) OZ_CHECKED;
Ref oz_datetime_make(Thread *t, Class *cls, Calendar day, Clock clock, Obj zone) OZ_CHECKED;

/* dt + days + seconds + us, of the same class; seconds and us are of less than two days. */
Ref oz_datetime_add(Thread *t, const DateTime *dt, int64_t days, int seconds, int us) OZ_CHECKED;
/* The same for less than two days. */
OZ_INLINE Ref oz_datetime_move(Thread *t, const DateTime *dt, int64_t us)
{
    return oz_datetime_add(t, dt, 0, (int)(us / OZ_SECOND_US), (int)(us % OZ_SECOND_US));
}

bool oz_date_constants(Thread *t) OZ_CHECKED;
bool oz_time_constants(Thread *t) OZ_CHECKED;
bool oz_datetime_constants(Thread *t) OZ_CHECKED;

/* A field as an attribute. */
#define OZ_FIELD_GETTER(stem, Type, name, member)                                                  \
    static Ref stem##_##name(Thread *t OZ_UNUSED, Obj v)                                           \
    {                                                                                              \
        return oz_int(((const Type *)v)->member);                                                  \
    }

#endif
