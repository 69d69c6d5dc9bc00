// SPDX-License-Identifier: MIT
// datetime: a date and a time of day, with or without a zone.
//
// Arithmetic goes by the number of microseconds since the day before 0001-01-01, in 64 bits.
//
// Local times of the system come from localtime(3), which knows one direction only.  The other way
// round is found by trying: an offset that is in force a day before or after answers for nearly all
// times; where two answer, fold says which, and where none does the time is in a gap.
#include "modules/datetime.h"

#include "modules/import.h"
#include "modules/os_support.h"
#include "types/bytes.h"
#include "types/float.h"

static const DateTime *datetime_of(Obj v)
{
    return (const DateTime *)v;
}

/* ---- making ---- */

Ref oz_datetime_make(Thread *t, Class *cls, Calendar day, Clock clock, Obj zone)
{
    DateTime *self = cls->id == OZ_DATETIME ? oz_object_new_raw(t, OZ_DATETIME, sizeof *self)
                                            : oz_instance_new(t, cls, 0);
    if (!self)
        return NULL;
    self->day = day;
    atomic_store_explicit(&self->hash, 0, memory_order_relaxed);
    self->clock = clock;
    oz_store_raw(&self->base, &self->zone, zone && !oz_is_none(zone) ? oz_retain(zone) : NULL);
    return (Ref)self;
}

/* By a call of the class, unless it is the builtin one; a subclass is told of no fold. */
static Ref datetime_by_class(Thread *t, Class *cls, Calendar day, Clock clock, Obj zone)
{
    if (cls->id)
        return oz_datetime_make(t, cls, day, clock, zone);
    const Obj items[] = {oz_int(day.year),          oz_int(day.month),         oz_int(day.day),
                         oz_int(clock.hour),        oz_int(clock.minute),      oz_int(clock.second),
                         oz_int(clock.microsecond), zone ? zone : (Obj)OZ_NONE};
    Args args = {.items = items, .count = OZ_COUNT(items)};
    return oz_call(t, (Obj)cls, &args);
}

/* The fields as arguments are: year, month, day, hour, minute, second, microsecond. */
static Ref checked(Thread *t, Class *cls, const int n[7], int fold, Obj zone)
{
    if (!oz_calendar_check(t, n[0], n[1], n[2]) ||
        !oz_clock_check(t, n[3], n[4], n[5], n[6], fold) || !oz_zone_check(t, zone))
        return NULL;
    Calendar day = {(uint16_t)n[0], (uint8_t)n[1], (uint8_t)n[2]};
    Clock clock = {(uint8_t)n[3], (uint8_t)n[4], (uint8_t)n[5], (uint8_t)fold, (uint32_t)n[6]};
    return oz_datetime_make(t, cls, day, clock, zone);
}

/* The same where a subclass is to be called with them, which checks for itself and is told of no
 * fold. */
static Ref of_fields(Thread *t, Class *cls, const int n[7], int fold, Obj zone)
{
    if (cls->id)
        return checked(t, cls, n, fold, zone);
    Obj items[8];
    for (unsigned i = 0; i < 7; i++)
        items[i] = oz_int(n[i]);
    items[7] = zone;
    Args args = {.items = items, .count = OZ_COUNT(items)};
    return oz_call(t, (Obj)cls, &args);
}

static Ref from_state(Thread *t, Class *cls, const uint8_t *s, Obj zone)
{
    if (zone && !oz_is_none(zone) && !oz_is_tzinfo(zone))
        return oz_raise(t, OZ_TypeError, "bad tzinfo state arg");
    Calendar day = {(uint16_t)(s[0] << 8 | s[1]), s[2] & 0x7f, s[3]};
    return oz_datetime_make(t, cls, day, oz_clock_unpack(s + 4, s[2] >> 7), zone);
}

static Ref datetime_new(Thread *t, Class *cls, const Args *args)
{
    static const char *const names[] = {"year",   "month",       "day",    "hour", "minute",
                                        "second", "microsecond", "tzinfo", "fold"};
    static const Parameters parameters = {NULL, names, 3, 8, 9};
    if (args->count >= 1 && args->count <= 2 && !oz_is_int(args->items[0])) {
        uint8_t state[10];
        Found found = oz_state_bytes(t, args->items[0], sizeof state, "datetime", state);
        if (found == OZ_RAISED)
            return NULL;
        if (found == OZ_FOUND)
            return from_state(t, cls, state, args->count == 2 ? args->items[1] : NULL);
    }
    Obj a[9];
    int n[7] = {0}, fold = 0;
    if (!oz_parameters_bind(t, &parameters, args, a))
        return NULL;
    for (unsigned i = 0; i < 7; i++)
        if (!oz_field(t, a[i], &n[i]))
            return NULL;
    return oz_field(t, a[8], &fold) ? checked(t, cls, n, fold, a[7]) : NULL;
}

/* ---- local time of the system ---- */

typedef struct tm *ToTm(const time_t *when, struct tm *tm);

static bool to_tm(Thread *t, ToTm *convert, time_t when, struct tm *tm)
{
    errno = 0;
    if (convert(&when, tm))
        return true;
    oz_raise_os_error(t, errno ? errno : EINVAL, NULL);
    return false;
}

/* What a clock on the wall shows, as the seconds since 1970 of the same time in UTC. */
static bool wall_seconds(Thread *t, const struct tm *tm, int64_t *seconds)
{
    int year = tm->tm_year + 1900;
    if (year < OZ_YEAR_MIN || year > OZ_YEAR_MAX)
        return oz_fail(t, OZ_ValueError, "year %d is out of range", year);
    Calendar day = {(uint16_t)year, (uint8_t)(tm->tm_mon + 1), (uint8_t)tm->tm_mday};
    *seconds = (int64_t)(oz_calendar_ordinal(day) - OZ_ORDINAL_EPOCH) * OZ_DAY_SECONDS +
               tm->tm_hour * 3600 + tm->tm_min * 60 + tm->tm_sec;
    return true;
}

static bool wall_at(Thread *t, int64_t when, int64_t *wall)
{
    struct tm tm;
    return to_tm(t, localtime_r, when, &tm) && wall_seconds(t, &tm, wall);
}

/* When the clock on the wall shows that, seconds since 1970. */
static bool seconds_of_wall(Thread *t, int64_t wall, bool fold, int64_t *when)
{
    int64_t shown;
    if (!wall_at(t, wall, &shown))
        return false;
    int64_t offset = shown - wall, first = wall - offset, other_offset;
    if (!wall_at(t, first, &shown))
        return false;
    if (shown == wall) { /* one answer; is there another one, with the offset of a day off? */
        int64_t far = fold ? first + OZ_DAY_SECONDS : first - OZ_DAY_SECONDS;
        if (!wall_at(t, far, &other_offset))
            return false;
        other_offset -= far;
        if (other_offset == offset) {
            *when = first;
            return true;
        }
    } else {
        other_offset = shown - first;
    }
    bool first_answers = shown == wall;
    int64_t second = wall - other_offset;
    if (!wall_at(t, second, &shown))
        return false;
    if (shown == wall)
        *when = second;
    else if (first_answers)
        *when = first;
    else /* in the gap */
        *when = (first > second) == fold ? second : first;
    return true;
}

static int64_t wall_of(const DateTime *dt)
{
    return (oz_datetime_us(dt) - OZ_ORDINAL_EPOCH * OZ_DAY_US - dt->clock.microsecond) /
           OZ_SECOND_US;
}

static Ref local_zone_at(Thread *t, int64_t when)
{
    struct tm tm;
    if (!to_tm(t, localtime_r, when, &tm))
        return NULL;
    scoped Ref offset = oz_delta_new(t, 0, tm.tm_gmtoff, 0);
    scoped Ref name = offset ? oz_os_name(t, tm.tm_zone, false) : NULL;
    return name ? oz_timezone_new(t, offset, name) : NULL;
}

/* The zone of a local time. */
static Ref local_zone_of(Thread *t, const DateTime *dt)
{
    int64_t when;
    return seconds_of_wall(t, wall_of(dt), dt->clock.fold, &when) ? local_zone_at(t, when) : NULL;
}

/* Is it the second time that the clock shows this? */
static bool is_folded(Thread *t, time_t when, const struct tm *tm, int *fold)
{
    int64_t wall, before, shift;
    if (!wall_seconds(t, tm, &wall) || !wall_at(t, when - OZ_DAY_SECONDS, &before))
        return false;
    shift = wall - before - OZ_DAY_SECONDS;
    if (shift >= 0)
        return true;
    if (!wall_at(t, when + shift, &before))
        return false;
    *fold = before == wall;
    return true;
}

static Ref from_seconds(Thread *t, Obj cls, time_t when, long us, ToTm *convert, Obj zone)
{
    struct tm tm;
    int fold = 0;
    if (!to_tm(t, convert, when, &tm))
        return NULL;
    if (tm.tm_sec > 59) /* a leap second */
        tm.tm_sec = 59;
    if (oz_is_none(zone) && convert == localtime_r && !is_folded(t, when, &tm, &fold))
        return NULL;
    const int n[] = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                     tm.tm_min,         tm.tm_sec,     (int)us};
    return of_fields(t, (Class *)cls, n, fold, zone);
}

/* The same, from UTC into the zone, or local time for None. */
static Ref from_seconds_in(Thread *t, Obj cls, time_t when, long us, Obj zone)
{
    if (oz_is_none(zone))
        return from_seconds(t, cls, when, us, localtime_r, zone);
    scoped Ref utc = from_seconds(t, cls, when, us, gmtime_r, zone);
    return utc ? oz_zone_fromutc(t, zone, utc) : NULL;
}

static bool now(Thread *t, struct timespec *at)
{
    if (clock_gettime(CLOCK_REALTIME, at) == 0)
        return true;
    oz_os_raise(t);
    return false;
}

OZ_CLASS_METHOD(datetime, now, "($type, /, tz=None)",
                "Returns new datetime object representing current time local to tz.\n\n"
                "If no tz is specified, uses local timezone.")
{
    struct timespec at;
    return oz_zone_check(t, a[1]) && now(t, &at)
               ? from_seconds_in(t, a[0], at.tv_sec, at.tv_nsec / 1000, a[1])
               : NULL;
}

OZ_CLASS_METHOD(datetime, utcnow, "($type, /)",
                "Return a new datetime representing UTC day and time.")
{
    struct timespec at;
    return now(t, &at) ? from_seconds(t, a[0], at.tv_sec, at.tv_nsec / 1000, gmtime_r, OZ_NONE)
                       : NULL;
}

OZ_CLASS_METHOD(datetime, fromtimestamp, "($type, /, timestamp, tz=None)",
                "timestamp[, tz] -> tz's local time from POSIX timestamp.")
{
    time_t when;
    long us;
    if (!oz_zone_check(t, a[2]) || !oz_time_parts(t, a[1], OZ_SECOND_US, OZ_TIME_EVEN, &when, &us))
        return NULL;
    return from_seconds_in(t, a[0], when, us, a[2]);
}

OZ_NATIVE_(datetime_utcfromtimestamp, "utcfromtimestamp", "($type, timestamp, /)",
           "Construct a naive UTC datetime from a POSIX timestamp.",
           OZ_FN_CLASSMETHOD | OZ_FN_PARSED)
{
    time_t when;
    long us;
    return oz_time_parts(t, a[1], OZ_SECOND_US, OZ_TIME_EVEN, &when, &us)
               ? from_seconds(t, a[0], when, us, gmtime_r, OZ_NONE)
               : NULL;
}

/* ---- other sources ---- */

OZ_NATIVE_(datetime_strptime, "strptime", "($type, date_string, format, /)",
           "string, format -> new datetime parsed from a string (like time.strptime()).",
           OZ_FN_CLASSMETHOD | OZ_FN_PARSED)
{
    for (unsigned i = 1; i <= 2; i++)
        if (!oz_is_str(a[i]))
            return oz_raise(t, OZ_TypeError, "strptime() argument %d must be str, not %s", (int)i,
                            oz_is_none(a[i]) ? "None" : oz_class_label(oz_class_of(a[i])));
    scoped Ref module = oz_import(t, "_strptime");
    scoped Ref name = module ? oz_intern(t, "_strptime_datetime") : NULL;
    return name ? oz_call_method(t, module, name, 3, a) : NULL;
}

OZ_CLASS_METHOD(datetime, combine, "($type, /, date, time, tzinfo=<unrepresentable>)",
                "date, time -> datetime with same date and time fields")
{
    if (!oz_is_date(a[1]))
        return oz_raise(t, OZ_TypeError, "combine() argument 1 must be datetime.date, not %s",
                        oz_is_none(a[1]) ? "None" : oz_class_label(oz_class_of(a[1])));
    if (!oz_is_time_of_day(a[2]))
        return oz_raise(t, OZ_TypeError, "combine() argument 2 must be datetime.time, not %s",
                        oz_is_none(a[2]) ? "None" : oz_class_label(oz_class_of(a[2])));
    const TimeOfDay *time = (const TimeOfDay *)a[2];
    Obj zone = a[3] ? a[3] : (Obj)time->zone;
    if (!oz_zone_check(t, zone))
        return NULL;
    return datetime_by_class(t, (Class *)a[0], ((const Date *)a[1])->day, time->clock, zone);
}

OZ_CLASS_METHOD(datetime, fromisoformat, "($type, string, /)",
                "string -> datetime from a string in most ISO 8601 formats")
{
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "fromisoformat: argument must be str");
    IsoDay day;
    IsoTime time;
    Found found = oz_iso_parse_datetime(t, oz_as_str(a[1]), &day, &time);
    if (found != OZ_FOUND)
        return found == OZ_MISSING ? oz_iso_fail(t, a[1]) : NULL;
    scoped Ref zone = oz_iso_zone(t, time.zone);
    const int n[] = {day.year,    day.month,   day.day,         time.hour,
                     time.minute, time.second, time.microsecond};
    return zone ? of_fields(t, (Class *)a[0], n, 0, zone) : NULL;
}

/* ---- attributes ---- */

OZ_FIELD_GETTER(datetime, DateTime, hour, clock.hour)
OZ_FIELD_GETTER(datetime, DateTime, minute, clock.minute)
OZ_FIELD_GETTER(datetime, DateTime, second, clock.second)
OZ_FIELD_GETTER(datetime, DateTime, microsecond, clock.microsecond)
OZ_FIELD_GETTER(datetime, DateTime, fold, clock.fold)

static Ref datetime_tzinfo(Thread *t OZ_UNUSED, Obj v)
{
    Obj zone = datetime_of(v)->zone;
    return zone ? oz_retain(zone) : OZ_NONE;
}

OZ_METHOD(datetime, utcoffset, "($self, /)", "Return self.tzinfo.utcoffset(self).")
{
    return oz_zone_utcoffset(t, datetime_of(a[0])->zone, a[0]);
}

OZ_METHOD(datetime, dst, "($self, /)", "Return self.tzinfo.dst(self).")
{
    return oz_zone_dst(t, datetime_of(a[0])->zone, a[0]);
}

OZ_METHOD(datetime, tzname, "($self, /)", "Return self.tzinfo.tzname(self).")
{
    return oz_zone_name(t, datetime_of(a[0])->zone, a[0]);
}

OZ_METHOD(datetime, date, "($self, /)", "Return date object with same year, month and day.")
{
    return oz_date_make(t, t->vm->classes[OZ_DATE], datetime_of(a[0])->day);
}

OZ_METHOD(datetime, time, "($self, /)", "Return time object with same time but with tzinfo=None.")
{
    return oz_time_make(t, t->vm->classes[OZ_TIME_OF_DAY], datetime_of(a[0])->clock, NULL);
}

OZ_METHOD(datetime, timetz, "($self, /)", "Return time object with same time and tzinfo.")
{
    const DateTime *dt = datetime_of(a[0]);
    return oz_time_make(t, t->vm->classes[OZ_TIME_OF_DAY], dt->clock, dt->zone);
}

OZ_METHOD(datetime, replace,
          "($self, /, year=<unrepresentable>, month=<unrepresentable>, day=<unrepresentable>, "
          "hour=<unrepresentable>, minute=<unrepresentable>, second=<unrepresentable>, "
          "microsecond=<unrepresentable>, tzinfo=<unrepresentable>, *, fold=<unrepresentable>)",
          "Return datetime with new specified fields.")
{
    const DateTime *dt = datetime_of(a[0]);
    Clock c = dt->clock;
    int n[7] = {dt->day.year, dt->day.month, dt->day.day,       c.hour,
                c.minute,     c.second,      (int)c.microsecond};
    int fold = c.fold;
    for (unsigned i = 0; i < 7; i++)
        if (!oz_field(t, a[1 + i], &n[i]))
            return NULL;
    if (!oz_field(t, a[9], &fold))
        return NULL;
    return checked(t, oz_class_of(a[0]), n, fold, a[8] ? a[8] : (Obj)dt->zone);
}

/* ---- arithmetic ---- */

Ref oz_datetime_add(Thread *t, const DateTime *dt, int64_t days, int seconds, int us)
{
    Clock c = dt->clock;
    us += (int)c.microsecond;
    seconds += (c.hour * 60 + c.minute) * 60 + c.second;
    for (; us < 0; us += OZ_SECOND_US)
        seconds--;
    for (; us >= OZ_SECOND_US; us -= OZ_SECOND_US)
        seconds++;
    for (; seconds < 0; seconds += OZ_DAY_SECONDS)
        days--;
    for (; seconds >= OZ_DAY_SECONDS; seconds -= OZ_DAY_SECONDS)
        days++;
    Calendar day = dt->day;
    return oz_calendar_add(t, &day, days)
               ? datetime_by_class(t, oz_class_of((Obj)dt), day,
                                   oz_clock_from((unsigned)seconds, (unsigned)us), dt->zone)
               : NULL;
}

static Ref add_delta(Thread *t, Obj dt, Obj delta, int sign)
{
    const Delta *d = (const Delta *)delta;
    return oz_datetime_add(t, datetime_of(dt), sign * (int64_t)d->days, sign * d->seconds,
                           sign * d->microseconds);
}

static Ref datetime_add(Thread *t, Obj a, Obj b)
{
    if (oz_is_datetime(a) && oz_is_delta(b))
        return add_delta(t, a, b, 1);
    if (oz_is_delta(a) && oz_is_datetime(b))
        return add_delta(t, b, a, 1);
    return OZ_NOT_IMPLEMENTED;
}

static bool offset_of(Thread *t, Obj dt, Offset *offset)
{
    return oz_zone_offset(t, datetime_of(dt)->zone, dt, offset);
}

/* a - b in microseconds, where their zones differ. */
static bool difference(Thread *t, Obj a, Obj b, int64_t *us)
{
    *us = oz_datetime_us(datetime_of(a)) - oz_datetime_us(datetime_of(b));
    if (datetime_of(a)->zone == datetime_of(b)->zone)
        return true;
    Offset left, right;
    if (!offset_of(t, a, &left) || !offset_of(t, b, &right))
        return false;
    if (left.known != right.known)
        return oz_fail(t, OZ_TypeError, "can't subtract offset-naive and offset-aware datetimes");
    *us -= left.us - right.us;
    return true;
}

static Ref datetime_subtract(Thread *t, Obj a, Obj b)
{
    if (!oz_is_datetime(a))
        return OZ_NOT_IMPLEMENTED;
    if (oz_is_datetime(b)) {
        int64_t us;
        return difference(t, a, b, &us) ? oz_delta_new(t, us / OZ_DAY_US, 0, us % OZ_DAY_US) : NULL;
    }
    return oz_is_delta(b) ? add_delta(t, a, b, -1) : OZ_NOT_IMPLEMENTED;
}

/* ---- comparison ---- */

/* The same time, the other time that clocks show it. */
static Ref other_fold(Thread *t, Obj v)
{
    const DateTime *dt = datetime_of(v);
    Clock clock = dt->clock;
    clock.fold ^= 1;
    return oz_datetime_make(t, oz_class_of(v), dt->day, clock, dt->zone);
}

static bool is_same_offset(Offset a, Offset b)
{
    return a.known == b.known && a.us == b.us;
}

/* Does the offset depend on fold? Then it equals no datetime of another zone. */
static bool depends_on_fold(Thread *t, Obj dt, Offset offset, bool *depends)
{
    scoped Ref other = other_fold(t, dt);
    Offset folded;
    if (!other || !offset_of(t, other, &folded))
        return false;
    *depends = !is_same_offset(offset, folded);
    return true;
}

static Ref compare_zones(Thread *t, Obj a, Obj b, CompareOp op)
{
    Offset left, right;
    bool equality = op == OZ_EQ || op == OZ_NE;
    if (!offset_of(t, a, &left) || !offset_of(t, b, &right))
        return NULL;
    if (left.known != right.known)
        return equality ? oz_bool(op == OZ_NE)
                        : oz_raise(t, OZ_TypeError,
                                   "can't compare offset-naive and offset-aware datetimes");
    int64_t x = oz_datetime_us(datetime_of(a)) - left.us;
    int64_t y = oz_datetime_us(datetime_of(b)) - right.us;
    bool depends = false;
    if (equality && x == y &&
        (!depends_on_fold(t, a, left, &depends) ||
         (!depends && !depends_on_fold(t, b, right, &depends))))
        return NULL;
    return oz_bool(oz_compare_decide(depends ? 1 : (x > y) - (x < y), op));
}

/* Of the same zone. */
static int order_of(const DateTime *a, const DateTime *b)
{
    int x = oz_calendar_key(a->day), y = oz_calendar_key(b->day);
    if (x == y) {
        Clock c = a->clock, d = b->clock;
        x = c.hour << 16 | c.minute << 8 | c.second;
        y = d.hour << 16 | d.minute << 8 | d.second;
        if (x == y)
            return (int)c.microsecond - (int)d.microsecond;
    }
    return x - y;
}

static Ref datetime_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    if (!oz_is_datetime(a) || !oz_is_datetime(b)) {
        if (!oz_is_date(a) || !oz_is_date(b))
            return OZ_NOT_IMPLEMENTED;
        return op == OZ_EQ || op == OZ_NE
                   ? oz_bool(op == OZ_NE)
                   : oz_raise(t, OZ_TypeError, "can't compare %T to %T", a, b);
    }
    if (datetime_of(a)->zone != datetime_of(b)->zone)
        return compare_zones(t, a, b, op);
    return oz_bool(oz_compare_decide(order_of(datetime_of(a), datetime_of(b)), op));
}

static bool datetime_hash(Thread *t, Obj v, int64_t *hash)
{
    DateTime *dt = (DateTime *)v;
    uint32_t kept = atomic_load_explicit(&dt->hash, memory_order_relaxed);
    if (!kept) {
        Offset offset = {0};
        int64_t us = oz_datetime_us(dt);
        if (dt->zone) { /* as with fold=0 */
            scoped Ref first = dt->clock.fold ? other_fold(t, v) : oz_retain(v);
            if (!first || !offset_of(t, first, &offset))
                return false;
        }
        us -= offset.us;
        kept = oz_hash_fold(oz_siphash13(&us, sizeof us, t->vm->hash_key));
        atomic_store_explicit(&dt->hash, kept, memory_order_relaxed);
    }
    *hash = oz_hash_spread(kept);
    return true;
}

/* ---- into other zones and forms ---- */

OZ_METHOD(datetime, astimezone, "($self, /, tz=None)",
          "tz -> convert to local time in new timezone tz")
{
    const DateTime *dt = datetime_of(a[0]);
    if (!oz_zone_check(t, a[1]))
        return NULL;
    scoped Ref zone = dt->zone ? oz_retain(dt->zone) : local_zone_of(t, dt);
    if (!zone || zone == a[1])
        return zone ? oz_retain(a[0]) : NULL;
    Offset offset;
    if (!oz_zone_offset(t, zone, a[0], &offset))
        return NULL;
    if (!offset.known) {
        scoped Ref local = local_zone_of(t, dt);
        if (!local || !oz_zone_offset(t, local, a[0], &offset))
            return NULL;
    }
    scoped Ref moved = oz_datetime_move(t, dt, -offset.us);
    if (!moved)
        return NULL;
    if (!oz_is_datetime(moved)) /* of a subclass that makes something else */
        return oz_raise(t, OZ_TypeError, "%T() returned %T, not a datetime", a[0], moved);
    const DateTime *at = datetime_of(moved);
    scoped Ref target = oz_is_none(a[1]) ? local_zone_at(t, wall_of(at)) : oz_retain(a[1]);
    scoped Ref utc =
        target ? oz_datetime_make(t, oz_class_of(moved), at->day, at->clock, target) : NULL;
    return utc ? oz_zone_fromutc(t, target, utc) : NULL;
}

/* Seconds since 1970 as a float, rounded once. */
static Ref float_seconds(Thread *t, int64_t us)
{
    if (us > -(INT64_C(1) << 53) && us < INT64_C(1) << 53)
        return oz_float_new(t, (double)us / OZ_SECOND_US);
    return oz_int_true_divide(t, oz_int(us), oz_int(OZ_SECOND_US));
}

OZ_METHOD(datetime, timestamp, "($self, /)", "Return POSIX timestamp as float.")
{
    const DateTime *dt = datetime_of(a[0]);
    if (dt->zone) {
        Offset offset;
        if (!offset_of(t, a[0], &offset))
            return NULL;
        if (!offset.known)
            return oz_raise(t, OZ_TypeError,
                            "can't subtract offset-naive and offset-aware datetimes");
        return float_seconds(t, oz_datetime_us(dt) - OZ_ORDINAL_EPOCH * OZ_DAY_US - offset.us);
    }
    int64_t when;
    if (!seconds_of_wall(t, wall_of(dt), dt->clock.fold, &when))
        return NULL;
    return oz_float_new(t, (double)when + dt->clock.microsecond / 1e6);
}

OZ_METHOD(datetime, timetuple, "($self, /)", "Return time tuple, compatible with time.localtime().")
{
    const DateTime *dt = datetime_of(a[0]);
    scoped Ref dst = oz_zone_dst(t, dt->zone, a[0]);
    if (!dst)
        return NULL;
    return oz_time_tuple(t, dt->day, dt->clock,
                         oz_is_none(dst) ? -1 : oz_delta_us((const Delta *)dst) != 0);
}

OZ_METHOD(datetime, utctimetuple, "($self, /)",
          "Return UTC time tuple, compatible with time.localtime().")
{
    Offset offset;
    if (!offset_of(t, a[0], &offset))
        return NULL;
    const DateTime *dt = datetime_of(a[0]);
    scoped Ref plain = oz_datetime_make(t, t->vm->classes[OZ_DATETIME], dt->day, dt->clock, NULL);
    scoped Ref moved = plain ? oz_datetime_move(t, datetime_of(plain), -offset.us) : NULL;
    const DateTime *utc = (const DateTime *)moved;
    return utc ? oz_time_tuple(t, utc->day, utc->clock, 0) : NULL;
}

/* ---- text ---- */

static Ref datetime_repr(Thread *t, Obj v)
{
    const DateTime *dt = datetime_of(v);
    Clock c = dt->clock;
    const unsigned numbers[] = {dt->day.year, dt->day.month, dt->day.day,  c.hour,
                                c.minute,     c.second,      c.microsecond};
    StrBuilder b;
    oz_builder_init(&b, t);
    oz_repr_numbers(&b, v, numbers, c.microsecond ? 7 : c.second ? 6 : 5);
    if (c.fold)
        oz_builder_text(&b, ", fold=1");
    if (dt->zone)
        oz_builder_format(&b, ", tzinfo=%R", dt->zone);
    oz_builder_character(&b, ')');
    return oz_builder_finish(&b);
}

static Ref isoformat(Thread *t, Obj v, uint32_t separator, TimeSpec spec)
{
    const DateTime *dt = datetime_of(v);
    Offset offset;
    if (!offset_of(t, v, &offset))
        return NULL;
    char text[64];
    char *middle = oz_iso_day(text, dt->day), *end = oz_iso_clock(middle + 1, dt->clock, spec);
    if (offset.known)
        end = oz_iso_offset(end, offset.us, ":");
    if (separator < 0x80) {
        *middle = (char)separator;
        return oz_str_from_ascii(t, text, (size_t)(end - text));
    }
    StrBuilder b;
    oz_builder_init(&b, t);
    oz_builder_ascii(&b, text, (size_t)(middle - text));
    oz_builder_character(&b, separator);
    oz_builder_ascii(&b, middle + 1, (size_t)(end - middle) - 1);
    return oz_builder_finish(&b);
}

OZ_METHOD(datetime, isoformat, "($self, /, sep=<unrepresentable>, timespec=<unrepresentable>)",
          "[sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].")
{
    uint32_t separator = 'T';
    TimeSpec spec;
    if (a[1]) {
        const Str *s = oz_as_str(a[1]);
        if (!s || oz_str_length(s) != 1)
            return oz_raise(t, OZ_TypeError,
                            "isoformat() argument 1 must be a unicode character, not %s",
                            oz_is_none(a[1]) ? "None" : oz_class_label(oz_class_of(a[1])));
        separator = oz_str_at(s, 0);
    }
    return oz_iso_spec(t, a[2], 2, &spec) ? isoformat(t, a[0], separator, spec) : NULL;
}

static Ref datetime_str(Thread *t, Obj v)
{
    if (oz_is(v, OZ_DATETIME))
        return isoformat(t, v, ' ', OZ_SPEC_AUTO);
    scoped Ref space = oz_str_from_character(t, ' ');
    return space ? oz_call_by_name(t, v, "isoformat", space) : NULL;
}

OZ_METHOD(datetime, ctime, "($self, /)", "Return ctime() style string.")
{
    return oz_format_ctime(t, datetime_of(a[0])->day, datetime_of(a[0])->clock);
}

/* ---- pickling ---- */

static Ref reduce(Thread *t, Obj v, int protocol)
{
    const DateTime *dt = datetime_of(v);
    Calendar day = dt->day;
    uint8_t bytes[10] = {(uint8_t)(day.year >> 8), (uint8_t)day.year, day.month, day.day};
    if (protocol > 3 && dt->clock.fold)
        bytes[2] |= 0x80;
    oz_clock_pack(bytes + 4, dt->clock);
    return oz_state_reduce(t, v, bytes, sizeof bytes, dt->zone);
}
OZ_REDUCE_METHODS(datetime)

#define DATETIME_REFS(REF) REF(zone)
OZ_TYPE_LIFE(datetime, DateTime, DATETIME_REFS)

const TypeDef oz_datetime_type = {
    .id = OZ_DATETIME,
    .base = OZ_DATE,
    .name = "datetime.datetime",
    .doc = "datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])\n\n"
           "The year, month and day arguments are required. tzinfo may be None, or an\n"
           "instance of a tzinfo subclass. The remaining arguments may be ints.",
    .size = sizeof(DateTime),
    .visit = datetime_visit,
    .clear = datetime_clear,
    .slots = {.new = datetime_new,
              .repr = datetime_repr,
              .str = datetime_str,
              .hash = datetime_hash,
              .compare = datetime_compare,
              .add = datetime_add,
              .subtract = datetime_subtract},
    .methods = OZ_METHODS(&datetime_now, &datetime_utcnow, &datetime_fromtimestamp,
                          &datetime_utcfromtimestamp, &datetime_strptime, &datetime_combine,
                          &datetime_fromisoformat, &datetime_date, &datetime_time, &datetime_timetz,
                          &datetime_ctime, &datetime_timetuple, &datetime_timestamp,
                          &datetime_utctimetuple, &datetime_isoformat, &datetime_utcoffset,
                          &datetime_tzname, &datetime_dst, &datetime_replace, &datetime_astimezone,
                          &datetime___reduce_ex__, &datetime___reduce__),
    .getsets = OZ_GETSETS(
        {"hour", datetime_hour, NULL, NULL}, {"minute", datetime_minute, NULL, NULL},
        {"second", datetime_second, NULL, NULL}, {"microsecond", datetime_microsecond, NULL, NULL},
        {"tzinfo", datetime_tzinfo, NULL, NULL}, {"fold", datetime_fold, NULL, NULL}),
};

bool oz_datetime_constants(Thread *t)
{
    Class *cls = t->vm->classes[OZ_DATETIME];
    Calendar first = {1, 1, 1}, last = {OZ_YEAR_MAX, 12, 31};
    Clock evening = {23, 59, 59, 0, OZ_SECOND_US - 1};
    return oz_class_constant(t, OZ_DATETIME, "min",
                             oz_datetime_make(t, cls, first, (Clock){0}, NULL)) &&
           oz_class_constant(t, OZ_DATETIME, "max",
                             oz_datetime_make(t, cls, last, evening, NULL)) &&
           oz_class_constant(t, OZ_DATETIME, "resolution", oz_delta_new(t, 0, 0, 1));
}
