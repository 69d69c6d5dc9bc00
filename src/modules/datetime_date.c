// SPDX-License-Identifier: MIT
// date, and the tuples that isocalendar() gives.
#include "modules/datetime.h"

#include "modules/import.h"
#include "modules/os_support.h"
#include "types/bytes.h"

static const Date *date_of(Obj v)
{
    return (const Date *)v;
}

/* ---- making ---- */

Ref oz_date_make(Thread *t, Class *cls, Calendar day)
{
    Date *self = cls->id == OZ_DATE ? oz_object_new_raw(t, OZ_DATE, sizeof *self)
                                    : oz_instance_new(t, cls, 0);
    if (!self)
        return NULL;
    self->day = day;
    atomic_store_explicit(&self->hash, 0, memory_order_relaxed);
    return (Ref)self;
}

/* By a call of the class, unless it is the builtin one. */
static Ref date_by_class(Thread *t, Class *cls, Calendar day)
{
    if (cls->id == OZ_DATE)
        return oz_date_make(t, cls, day);
    if (cls->id == OZ_DATETIME)
        return oz_datetime_make(t, cls, day, (Clock){0}, NULL);
    return oz_call3(t, (Obj)cls, oz_int(day.year), oz_int(day.month), oz_int(day.day));
}

static Ref checked(Thread *t, Class *cls, int year, int month, int day)
{
    if (!oz_calendar_check(t, year, month, day))
        return NULL;
    return oz_date_make(t, cls, (Calendar){(uint16_t)year, (uint8_t)month, (uint8_t)day});
}

/* The same where a subclass is to be called with them, which checks for itself. */
static Ref of_fields(Thread *t, Class *cls, int year, int month, int day)
{
    if (!cls->id)
        return oz_call3(t, (Obj)cls, oz_int(year), oz_int(month), oz_int(day));
    if (!oz_calendar_check(t, year, month, day))
        return NULL;
    return date_by_class(t, cls, (Calendar){(uint16_t)year, (uint8_t)month, (uint8_t)day});
}

static Ref date_new(Thread *t, Class *cls, const Args *args)
{
    static const char *const names[] = {"year", "month", "day"};
    static const Parameters parameters = {NULL, names, 3, 3, 3};
    if (args->count == 1 && !oz_is_int(args->items[0])) {
        uint8_t state[4];
        Found found = oz_state_bytes(t, args->items[0], sizeof state, "date", state);
        if (found == OZ_RAISED)
            return NULL;
        if (found == OZ_FOUND)
            return oz_date_make(
                t, cls, (Calendar){(uint16_t)(state[0] << 8 | state[1]), state[2], state[3]});
    }
    Obj a[3];
    int year = 0, month = 0, day = 0;
    if (!oz_parameters_bind(t, &parameters, args, a) || !oz_field(t, a[0], &year) ||
        !oz_field(t, a[1], &month) || !oz_field(t, a[2], &day))
        return NULL;
    return checked(t, cls, year, month, day);
}

OZ_CLASS_METHOD(date, today, "($type, /)", "Current date or datetime: as fromtimestamp(time()).")
{
    scoped Ref module = oz_import(t, "time");
    scoped Ref now = module ? oz_call_by_name(t, module, "time", NULL) : NULL;
    return now ? oz_call_by_name(t, a[0], "fromtimestamp", now) : NULL;
}

OZ_CLASS_METHOD(date, fromtimestamp, "($type, timestamp, /)",
                "Create a date from a POSIX timestamp, in local time.")
{
    struct timespec when;
    struct tm tm;
    if (!oz_time_from(t, a[1], &when, OZ_TIME_FLOOR))
        return NULL;
    errno = 0;
    if (!localtime_r(&when.tv_sec, &tm))
        return oz_raise_os_error(t, errno ? errno : EINVAL, NULL);
    return of_fields(t, (Class *)a[0], tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

OZ_CLASS_METHOD(date, fromordinal, "($type, ordinal, /)",
                "int -> date corresponding to a proleptic Gregorian ordinal.")
{
    int ordinal = 0;
    if (!oz_field(t, a[1], &ordinal))
        return NULL;
    if (ordinal < 1)
        return oz_raise(t, OZ_ValueError, "ordinal must be >= 1");
    if (ordinal <= OZ_ORDINAL_MAX)
        return date_by_class(t, (Class *)a[0], oz_calendar_from_ordinal(ordinal));
    /* The year that it would be: 400 years at a time. */
    int eras = (ordinal - 1) / 146097;
    int year = eras * 400 + oz_calendar_from_ordinal((ordinal - 1) % 146097 + 1).year;
    return oz_raise(t, OZ_ValueError, "year %d is out of range", year);
}

OZ_CLASS_METHOD(date, fromisoformat, "($type, string, /)",
                "str -> Construct a date from a string in ISO 8601 format.")
{
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "fromisoformat: argument must be str");
    IsoDay day;
    Found found = oz_iso_parse_date(t, oz_as_str(a[1]), &day);
    if (found != OZ_FOUND)
        return found == OZ_MISSING ? oz_iso_fail(t, a[1]) : NULL;
    return of_fields(t, (Class *)a[0], day.year, day.month, day.day);
}

/* An int that is beyond C's is out of range. */
static bool iso_field(Thread *t, Obj v, int *n)
{
    if (oz_field(t, v, n))
        return true;
    if (oz_exception_forget(t, OZ_OverflowError))
        oz_raise(t, OZ_ValueError, "ISO calendar component out of range");
    return false;
}

OZ_CLASS_METHOD(date, fromisocalendar, "($type, /, year, week, day)",
                "int, int, int -> Construct a date from the ISO year, week number and weekday.")
{
    int year = 0, week = 0, day = 0;
    Calendar date;
    if (!iso_field(t, a[1], &year) || !iso_field(t, a[2], &week) || !iso_field(t, a[3], &day) ||
        !oz_calendar_from_week(t, year, week, day, &date))
        return NULL;
    return date_by_class(t, (Class *)a[0], date);
}

/* ---- attributes ---- */

OZ_FIELD_GETTER(date, Date, year, day.year)
OZ_FIELD_GETTER(date, Date, month, day.month)
OZ_FIELD_GETTER(date, Date, day, day.day)

OZ_METHOD(date, toordinal, "($self, /)",
          "Return proleptic Gregorian ordinal.  January 1 of year 1 is day 1.")
{
    return oz_int(oz_calendar_ordinal(date_of(a[0])->day));
}

OZ_METHOD(date, weekday, "($self, /)", "Return the day of the week: Monday is 0.")
{
    return oz_int(oz_calendar_weekday(date_of(a[0])->day));
}

OZ_METHOD(date, isoweekday, "($self, /)", "Return the day of the week: Monday is 1.")
{
    return oz_int(oz_calendar_weekday(date_of(a[0])->day) + 1);
}

OZ_METHOD(date, timetuple, "($self, /)", "Return time tuple, compatible with time.localtime().")
{
    return oz_time_tuple(t, date_of(a[0])->day, (Clock){0}, -1);
}

OZ_METHOD(date, replace,
          "($self, /, year=<unrepresentable>, month=<unrepresentable>, day=<unrepresentable>)",
          "Return date with new specified fields.")
{
    Calendar old = date_of(a[0])->day;
    int year = old.year, month = old.month, day = old.day;
    if (!oz_field(t, a[1], &year) || !oz_field(t, a[2], &month) || !oz_field(t, a[3], &day))
        return NULL;
    return checked(t, oz_class_of(a[0]), year, month, day);
}

/* ---- arithmetic ---- */

static Ref add_days(Thread *t, Obj date, int64_t days)
{
    Calendar day = date_of(date)->day;
    return oz_calendar_add(t, &day, days) ? date_by_class(t, oz_class_of(date), day) : NULL;
}

/* Datetimes have an arithmetic of their own. */
static bool is_plain_date(Obj v)
{
    return oz_isa(v, OZ_DATE);
}

static Ref date_add(Thread *t, Obj a, Obj b)
{
    if (is_plain_date(a) && oz_is_delta(b))
        return add_days(t, a, ((const Delta *)b)->days);
    if (oz_is_delta(a) && is_plain_date(b))
        return add_days(t, b, ((const Delta *)a)->days);
    return OZ_NOT_IMPLEMENTED;
}

static Ref date_subtract(Thread *t, Obj a, Obj b)
{
    if (!is_plain_date(a))
        return OZ_NOT_IMPLEMENTED;
    if (is_plain_date(b))
        return oz_delta_new(
            t, oz_calendar_ordinal(date_of(a)->day) - oz_calendar_ordinal(date_of(b)->day), 0, 0);
    return oz_is_delta(b) ? add_days(t, a, -(int64_t)((const Delta *)b)->days) : OZ_NOT_IMPLEMENTED;
}

static Ref date_compare(Thread *t OZ_UNUSED, Obj a, Obj b, CompareOp op)
{
    if (!oz_is_date(a) || !oz_is_date(b))
        return OZ_NOT_IMPLEMENTED;
    int x = oz_calendar_key(date_of(a)->day), y = oz_calendar_key(date_of(b)->day);
    return oz_bool(oz_compare_decide((x > y) - (x < y), op));
}

static bool date_hash(Thread *t, Obj v, int64_t *hash)
{
    Date *self = (Date *)v;
    uint32_t kept = atomic_load_explicit(&self->hash, memory_order_relaxed);
    if (!kept) {
        int n = oz_calendar_key(self->day);
        kept = oz_hash_fold(oz_siphash13(&n, sizeof n, t->vm->hash_key));
        atomic_store_explicit(&self->hash, kept, memory_order_relaxed);
    }
    *hash = oz_hash_spread(kept);
    return true;
}

/* ---- text ---- */

static Ref date_repr(Thread *t, Obj v)
{
    Calendar day = date_of(v)->day;
    const unsigned numbers[] = {day.year, day.month, day.day};
    StrBuilder b;
    oz_builder_init(&b, t);
    oz_repr_numbers(&b, v, numbers, 3);
    oz_builder_character(&b, ')');
    return oz_builder_finish(&b);
}

static Ref isoformat(Thread *t, Obj v)
{
    char text[10];
    oz_iso_day(text, date_of(v)->day);
    return oz_str_from_ascii(t, text, sizeof text);
}

static Ref date_str(Thread *t, Obj v)
{
    return oz_is(v, OZ_DATE) ? isoformat(t, v) : oz_call_by_name(t, v, "isoformat", NULL);
}

OZ_METHOD(date, isoformat, "($self, /)", "Return string in ISO 8601 format, YYYY-MM-DD.")
{
    return isoformat(t, a[0]);
}

OZ_METHOD(date, ctime, "($self, /)", "Return ctime() style string.")
{
    return oz_format_ctime(t, date_of(a[0])->day, (Clock){0});
}

OZ_METHOD(date, strftime, "($self, /, format)", "format -> strftime() style string.")
{
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "strftime() argument 1 must be str, not %s",
                        oz_is_none(a[1]) ? "None" : oz_class_label(oz_class_of(a[1])));
    Formatted f = {.self = a[0], .day = date_of(a[0])->day, .of = a[0]};
    uint32_t id = oz_id_of(a[0]);
    f.plain = id == OZ_DATE || id == OZ_DATETIME;
    if (oz_is_datetime(a[0])) {
        f.clock = ((const DateTime *)a[0])->clock;
        f.zone = ((const DateTime *)a[0])->zone;
    }
    return oz_format_time(t, &f, a[1]);
}

OZ_NATIVE_(date___format__, "__format__", "($self, format, /)", "Formats self with strftime.",
           OZ_FN_PARSED)
{
    return oz_format_object(t, a[0], a[1]);
}

OZ_METHOD(date, __reduce__, "($self, /)", "__reduce__() -> (cls, state)")
{
    Calendar day = date_of(a[0])->day;
    const uint8_t bytes[] = {(uint8_t)(day.year >> 8), (uint8_t)day.year, day.month, day.day};
    return oz_state_reduce(t, a[0], bytes, sizeof bytes, NULL);
}

/* ---- weeks ---- */

OZ_METHOD(date, isocalendar, "($self, /)",
          "Return a named tuple containing ISO year, week number, and weekday.")
{
    Calendar day = date_of(a[0])->day;
    int year = day.year, ordinal = oz_calendar_ordinal(day);
    int first = oz_calendar_week_one(year);
    if (ordinal < first)
        first = oz_calendar_week_one(--year);
    else if (ordinal >= oz_calendar_week_one(year + 1))
        first = oz_calendar_week_one(++year);
    Tuple *tuple = oz_instance_new(t, t->vm->iso_calendar_date, 3 * sizeof(Ref));
    if (!tuple)
        return NULL;
    tuple->length = 3;
    oz_tuple_init(tuple, 0, oz_int(year));
    oz_tuple_init(tuple, 1, oz_int((ordinal - first) / 7 + 1));
    oz_tuple_init(tuple, 2, oz_int((ordinal - first) % 7 + 1));
    return (Ref)tuple;
}

const TypeDef oz_date_type = {
    .id = OZ_DATE,
    .name = "datetime.date",
    .doc = "date(year, month, day) --> date object",
    .size = sizeof(Date),
    .slots = {.new = date_new,
              .repr = date_repr,
              .str = date_str,
              .hash = date_hash,
              .compare = date_compare,
              .add = date_add,
              .subtract = date_subtract},
    .methods = OZ_METHODS(&date_today, &date_fromtimestamp, &date_fromordinal, &date_fromisoformat,
                          &date_fromisocalendar, &date_toordinal, &date_weekday, &date_isoweekday,
                          &date_isocalendar, &date_timetuple, &date_replace, &date_isoformat,
                          &date_ctime, &date_strftime, &date___format__, &date___reduce__),
    .getsets = OZ_GETSETS({"year", date_year, NULL, NULL}, {"month", date_month, NULL, NULL},
                          {"day", date_day, NULL, NULL}),
};

bool oz_date_constants(Thread *t)
{
    Class *cls = t->vm->classes[OZ_DATE];
    return oz_class_constant(t, OZ_DATE, "min", oz_date_make(t, cls, (Calendar){1, 1, 1})) &&
           oz_class_constant(t, OZ_DATE, "max",
                             oz_date_make(t, cls, (Calendar){OZ_YEAR_MAX, 12, 31})) &&
           oz_class_constant(t, OZ_DATE, "resolution", oz_delta_new(t, 1, 0, 0));
}
