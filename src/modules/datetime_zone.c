// SPDX-License-Identifier: MIT
// tzinfo, timezone, and what zones are asked.
//
// A zone is asked by its methods; a timezone itself, which cannot be subclassed, is asked directly.
#include "modules/datetime.h"

typedef struct TzInfo {
    Object base;
} TzInfo;

#define TIMEZONE_REFS(REF) REF(offset) REF(name)
typedef struct TimeZone {
    Object base;
    TIMEZONE_REFS(OZ_FIELD) /* [const] timedelta; str, or empty */
} TimeZone;
OZ_TYPE_LIFE(timezone, TimeZone, TIMEZONE_REFS)

/* ---- asking a zone ---- */

bool oz_zone_check(Thread *t, Obj v)
{
    return !v || oz_is_none(v) || oz_is_tzinfo(v) ||
           oz_fail(t, OZ_TypeError,
                   "tzinfo argument must be None or of a tzinfo subclass, not type '%t'", v);
}

static bool is_within_day(const Delta *d)
{
    return d->days == 0 || (d->days == -1 && (d->seconds || d->microseconds));
}

static Ref ask(Thread *t, Obj zone, const char *name, Obj of)
{
    scoped Ref held = oz_retain(zone);
    scoped Ref result = oz_call_by_name(t, held, name, of);
    if (!result || oz_is_none(result))
        return oz_move(&result);
    if (!oz_is_delta(result))
        return oz_raise(t, OZ_TypeError, "tzinfo.%s() must return None or timedelta, not '%t'",
                        name, result);
    if (!is_within_day((const Delta *)result))
        return oz_raise(t, OZ_ValueError,
                        "offset must be a timedelta strictly between "
                        "-timedelta(hours=24) and timedelta(hours=24).");
    return oz_move(&result);
}

Ref oz_zone_utcoffset(Thread *t, Obj zone, Obj of)
{
    if (!zone)
        return OZ_NONE;
    if (oz_is(zone, OZ_TIMEZONE))
        return oz_retain(((const TimeZone *)zone)->offset);
    return ask(t, zone, "utcoffset", of);
}

Ref oz_zone_dst(Thread *t, Obj zone, Obj of)
{
    if (!zone || oz_is(zone, OZ_TIMEZONE))
        return OZ_NONE;
    return ask(t, zone, "dst", of);
}

static Ref timezone_name(Thread *t, const TimeZone *self);

Ref oz_zone_name(Thread *t, Obj zone, Obj of)
{
    if (!zone)
        return OZ_NONE;
    if (oz_is(zone, OZ_TIMEZONE))
        return timezone_name(t, (const TimeZone *)zone);
    scoped Ref held = oz_retain(zone);
    scoped Ref result = oz_call_by_name(t, held, "tzname", of);
    if (!result || oz_is_none(result) || oz_is_str(result))
        return oz_move(&result);
    return oz_raise(t, OZ_TypeError, "tzinfo.tzname() must return None or a string, not '%t'",
                    result);
}

bool oz_zone_offset(Thread *t, Obj zone, Obj of, Offset *offset)
{
    *offset = (Offset){0};
    if (!zone)
        return true;
    if (oz_is(zone, OZ_TIMEZONE)) {
        *offset = (Offset){true, oz_delta_us((const Delta *)((const TimeZone *)zone)->offset)};
        return true;
    }
    scoped Ref delta = ask(t, zone, "utcoffset", of);
    if (delta && !oz_is_none(delta))
        *offset = (Offset){true, oz_delta_us((const Delta *)delta)};
    return delta != NULL;
}

/* ---- tzinfo ---- */

static Ref tzinfo_new(Thread *t, Class *cls, const Args *args OZ_UNUSED)
{
    return oz_instance_new(t, cls, 0);
}

static Ref fail_abstract(Thread *t, const char *name)
{
    return oz_raise(t, OZ_NotImplementedError, "a tzinfo subclass must implement %s()", name);
}

OZ_METHOD(tzinfo, utcoffset, "($self, dt, /)", "datetime -> timedelta: how far east of UTC.")
{
    return fail_abstract(t, "utcoffset");
}

OZ_METHOD(tzinfo, dst, "($self, dt, /)", "datetime -> timedelta: the part of it for summer time.")
{
    return fail_abstract(t, "dst");
}

OZ_METHOD(tzinfo, tzname, "($self, dt, /)", "datetime -> str: the name of the zone then.")
{
    return fail_abstract(t, "tzname");
}

static bool is_of_zone(Thread *t, Obj zone, Obj dt)
{
    if (!oz_is_datetime(dt))
        return oz_fail(t, OZ_TypeError, "fromutc: argument must be a datetime");
    if ((Obj)((const DateTime *)dt)->zone != zone)
        return oz_fail(t, OZ_ValueError, "fromutc: dt.tzinfo is not self");
    return true;
}

static Ref fail_none(Thread *t, const char *message)
{
    return oz_raise(t, OZ_ValueError, "fromutc: %s", message);
}

/* The standard offset is taken to be the same always: then summer time follows from a guess. */
OZ_METHOD(tzinfo, fromutc, "($self, dt, /)", "datetime in UTC -> datetime in local time.")
{
    if (!is_of_zone(t, a[0], a[1]))
        return NULL;
    const DateTime *dt = (const DateTime *)a[1];
    Offset whole;
    if (!oz_zone_offset(t, a[0], a[1], &whole))
        return NULL;
    if (!whole.known)
        return fail_none(t, "non-None utcoffset() result required");
    scoped Ref dst = oz_zone_dst(t, a[0], a[1]);
    if (!dst)
        return NULL;
    if (oz_is_none(dst))
        return fail_none(t, "non-None dst() result required");
    scoped Ref local = oz_datetime_move(t, dt, whole.us - oz_delta_us((const Delta *)dst));
    if (!local)
        return NULL;
    if (!oz_is_datetime(local)) /* of a subclass that makes something else */
        return oz_raise(t, OZ_TypeError, "unsupported operand type(s) for +: '%T' and '%T'", local,
                        dst);
    scoped Ref then = oz_zone_dst(t, a[0], local);
    if (!then)
        return NULL;
    if (oz_is_none(then))
        return fail_none(t, "tz.dst() gave inconsistent results; cannot convert");
    int64_t us = oz_delta_us((const Delta *)then);
    return us ? oz_datetime_move(t, (const DateTime *)local, us) : oz_move(&local);
}

OZ_METHOD(tzinfo, __reduce__, "($self, /)", "-> (cls, args, state)")
{
    scoped Ref name = oz_intern(t, "__getinitargs__");
    scoped Ref method = NULL;
    if (!name || oz_find_attr(t, a[0], name, &method) == OZ_RAISED)
        return NULL;
    scoped Ref args = method ? oz_call0(t, method) : oz_retain(t->vm->empty_tuple);
    scoped Ref state = args ? oz_call_by_name(t, a[0], "__getstate__", NULL) : NULL;
    return state ? oz_tuple_of(t, 3, (Obj)oz_class_of(a[0]), args, state) : NULL;
}

const TypeDef oz_tzinfo_type = {
    .id = OZ_TZINFO,
    .name = "datetime.tzinfo",
    .doc = "Abstract base class for time zones.",
    .size = sizeof(TzInfo),
    .slots = {.new = tzinfo_new},
    .methods = OZ_METHODS(&tzinfo_utcoffset, &tzinfo_dst, &tzinfo_tzname, &tzinfo_fromutc,
                          &tzinfo___reduce__),
};

Ref oz_zone_fromutc(Thread *t, Obj zone, Obj dt)
{
    if (oz_is(zone, OZ_TIMEZONE) && oz_is_datetime(dt) && ((const DateTime *)dt)->zone == zone)
        return oz_datetime_move(t, (const DateTime *)dt,
                                oz_delta_us((const Delta *)((const TimeZone *)zone)->offset));
    scoped Ref held = oz_retain(zone);
    return oz_call_by_name(t, held, "fromutc", dt);
}

/* ---- timezone ---- */

static Ref make(Thread *t, Obj offset, Obj name)
{
    TimeZone *self = oz_object_new(t, OZ_TIMEZONE, sizeof *self);
    if (self) {
        OZ_INIT_FIELD(self, offset, oz_retain(offset));
        OZ_INIT_FIELD(self, name, oz_retain(name));
    }
    return (Ref)self;
}

Ref oz_timezone_utc(Thread *t)
{
    scoped Ref name = oz_intern(t, "utc");
    Obj utc = NULL;
    if (!name || oz_class_find(t, t->vm->classes[OZ_TIMEZONE], name, &utc) == OZ_RAISED)
        return NULL;
    return oz_retain(utc);
}

static bool is_zero(const Delta *d)
{
    return !d->days && !d->seconds && !d->microseconds;
}

Ref oz_timezone_new(Thread *t, Obj offset, Obj name)
{
    const Delta *d = (const Delta *)offset;
    if (!name && is_zero(d))
        return oz_timezone_utc(t);
    if (!is_within_day(d))
        return oz_raise(t, OZ_ValueError,
                        "offset must be a timedelta strictly between "
                        "-timedelta(hours=24) and timedelta(hours=24), not %R.",
                        offset);
    return make(t, offset, name);
}

static Ref timezone_new(Thread *t, Class *cls OZ_UNUSED, const Args *args)
{
    static const char *const names[] = {"offset", "name"};
    static const Parameters parameters = {"timezone()", names, 1, 2, 2};
    Obj a[2];
    if (!oz_parameters_bind(t, &parameters, args, a))
        return NULL;
    if (!oz_is_delta(a[0]))
        return oz_raise(t, OZ_TypeError, "timezone() argument 1 must be datetime.timedelta, not %t",
                        a[0]);
    if (a[1] && !oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "timezone() argument 2 must be str, not %s",
                        oz_is_none(a[1]) ? "None" : oz_class_label(oz_class_of(a[1])));
    return oz_timezone_new(t, a[0], a[1]);
}

static Ref timezone_name(Thread *t, const TimeZone *self)
{
    if (self->name)
        return oz_retain(self->name);
    const Delta *d = (const Delta *)self->offset;
    if (is_zero(d))
        return oz_str_new(t, "UTC");
    char text[32] = "UTC";
    char *end = oz_iso_offset(text + 3, oz_delta_us(d), ":");
    return oz_str_from_ascii(t, text, (size_t)(end - text));
}

static bool is_argument(Thread *t, Obj v, const char *name)
{
    return oz_is_none(v) || oz_is_datetime(v) ||
           oz_fail(t, OZ_TypeError, "%s(dt) argument must be a datetime instance or None, not %t",
                   name, v);
}

OZ_METHOD(timezone, utcoffset, "($self, dt, /)", "Return the fixed offset.")
{
    return is_argument(t, a[1], "utcoffset") ? oz_retain(((const TimeZone *)a[0])->offset) : NULL;
}

OZ_METHOD(timezone, dst, "($self, dt, /)", "Return None.")
{
    return is_argument(t, a[1], "dst") ? OZ_NONE : NULL;
}

OZ_METHOD(timezone, tzname, "($self, dt, /)",
          "Return the name, or 'UTC(+|-)HH:MM' where none was given.")
{
    return is_argument(t, a[1], "tzname") ? timezone_name(t, (const TimeZone *)a[0]) : NULL;
}

OZ_METHOD(timezone, fromutc, "($self, dt, /)", "datetime in UTC -> datetime in local time.")
{
    if (!is_of_zone(t, a[0], a[1]))
        return NULL;
    const Delta *offset = (const Delta *)((const TimeZone *)a[0])->offset;
    return oz_datetime_move(t, (const DateTime *)a[1], oz_delta_us(offset));
}

OZ_METHOD(timezone, __getinitargs__, "($self, /)", "pickle support")
{
    const TimeZone *self = (const TimeZone *)a[0];
    if (!self->name)
        return oz_tuple_of(t, 1, (Obj)self->offset);
    return oz_tuple_of(t, 2, (Obj)self->offset, (Obj)self->name);
}

static Ref timezone_repr(Thread *t, Obj v)
{
    const TimeZone *self = (const TimeZone *)v;
    scoped Ref utc = oz_timezone_utc(t);
    if (!utc)
        return NULL;
    if (v == utc)
        return oz_str_new(t, "datetime.timezone.utc");
    return self->name ? oz_str_format(t, "%T(%R, %R)", v, self->offset, self->name)
                      : oz_str_format(t, "%T(%R)", v, self->offset);
}

static Ref timezone_str(Thread *t, Obj v)
{
    return timezone_name(t, (const TimeZone *)v);
}

static bool timezone_hash(Thread *t, Obj v, int64_t *hash)
{
    return oz_hash(t, ((const TimeZone *)v)->offset, hash);
}

static Ref timezone_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    if ((op != OZ_EQ && op != OZ_NE) || !oz_is(a, OZ_TIMEZONE) || !oz_is(b, OZ_TIMEZONE))
        return OZ_NOT_IMPLEMENTED;
    return oz_compare(t, ((const TimeZone *)a)->offset, ((const TimeZone *)b)->offset, op);
}

const TypeDef oz_timezone_type = {
    .id = OZ_TIMEZONE,
    .base = OZ_TZINFO,
    .name = "datetime.timezone",
    .doc = "Fixed offset from UTC implementation of tzinfo.",
    .size = sizeof(TimeZone),
    .flags = OZ_TYPE_FINAL,
    .visit = timezone_visit,
    .clear = timezone_clear,
    .slots = {.new = timezone_new,
              .repr = timezone_repr,
              .str = timezone_str,
              .hash = timezone_hash,
              .compare = timezone_compare},
    .methods = OZ_METHODS(&timezone_utcoffset, &timezone_dst, &timezone_tzname, &timezone_fromutc,
                          &timezone___getinitargs__),
};

static bool add_zone(Thread *t, const char *name, int minutes)
{
    scoped Ref offset = oz_delta_new(t, 0, minutes * 60, 0);
    return offset && oz_class_constant(t, OZ_TIMEZONE, name, make(t, offset, NULL));
}

bool oz_timezone_constants(Thread *t)
{
    return add_zone(t, "utc", 0) && add_zone(t, "min", -(24 * 60 - 1)) &&
           add_zone(t, "max", 24 * 60 - 1);
}
