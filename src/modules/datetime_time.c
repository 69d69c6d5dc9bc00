// SPDX-License-Identifier: MIT
// time: a time of day, with or without a zone.
#include "modules/datetime.h"

#include "types/bytes.h"

static const TimeOfDay *time_of(Obj v)
{
    return (const TimeOfDay *)v;
}

/* ---- making ---- */

Ref oz_time_make(Thread *t, Class *cls, Clock clock, Obj zone)
{
    TimeOfDay *self =
        cls->id ? oz_object_new(t, OZ_TIME_OF_DAY, sizeof *self) : oz_instance_new(t, cls, 0);
    if (!self)
        return NULL;
    self->clock = clock;
    if (zone && !oz_is_none(zone))
        OZ_INIT_FIELD(self, zone, oz_retain(zone));
    return (Ref)self;
}

static Ref checked(Thread *t, Class *cls, const int n[4], int fold, Obj zone)
{
    if (!oz_clock_check(t, n[0], n[1], n[2], n[3], fold) || !oz_zone_check(t, zone))
        return NULL;
    Clock clock = {(uint8_t)n[0], (uint8_t)n[1], (uint8_t)n[2], (uint8_t)fold, (uint32_t)n[3]};
    return oz_time_make(t, cls, clock, zone);
}

static Ref from_state(Thread *t, Class *cls, const uint8_t *state, Obj zone)
{
    if (zone && !oz_is_none(zone) && !oz_is_tzinfo(zone))
        return oz_raise(t, OZ_TypeError, "bad tzinfo state arg");
    Clock clock = oz_clock_unpack(state, state[0] >> 7);
    clock.hour &= 0x7f;
    return oz_time_make(t, cls, clock, zone);
}

static Ref time_new(Thread *t, Class *cls, const Args *args)
{
    static const char *const names[] = {"hour",        "minute", "second",
                                        "microsecond", "tzinfo", "fold"};
    static const Parameters parameters = {NULL, names, 0, 5, 6};
    if (args->count >= 1 && args->count <= 2 && !oz_is_int(args->items[0])) {
        uint8_t state[6];
        Found found = oz_state_bytes(t, args->items[0], sizeof state, "time", state);
        if (found == OZ_RAISED)
            return NULL;
        if (found == OZ_FOUND)
            return from_state(t, cls, state, args->count == 2 ? args->items[1] : NULL);
    }
    Obj a[6];
    int n[4] = {0}, fold = 0;
    if (!oz_parameters_bind(t, &parameters, args, a))
        return NULL;
    for (unsigned i = 0; i < 4; i++)
        if (!oz_field(t, a[i], &n[i]))
            return NULL;
    return oz_field(t, a[5], &fold) ? checked(t, cls, n, fold, a[4]) : NULL;
}

OZ_CLASS_METHOD(time, fromisoformat, "($type, string, /)",
                "string -> time from a string in ISO 8601 format")
{
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "fromisoformat: argument must be str");
    IsoTime time;
    Found found = oz_iso_parse_time(t, oz_as_str(a[1]), &time);
    if (found != OZ_FOUND)
        return found == OZ_MISSING ? oz_iso_fail(t, a[1]) : NULL;
    scoped Ref zone = oz_iso_zone(t, time.zone);
    if (!zone)
        return NULL;
    const int n[] = {time.hour, time.minute, time.second, time.microsecond};
    if (((Class *)a[0])->id)
        return checked(t, (Class *)a[0], n, 0, zone);
    const Obj items[] = {oz_int(n[0]), oz_int(n[1]), oz_int(n[2]), oz_int(n[3]), zone};
    Args args = {.items = items, .count = OZ_COUNT(items)};
    return oz_call(t, a[0], &args);
}

/* ---- attributes ---- */

OZ_FIELD_GETTER(time, TimeOfDay, hour, clock.hour)
OZ_FIELD_GETTER(time, TimeOfDay, minute, clock.minute)
OZ_FIELD_GETTER(time, TimeOfDay, second, clock.second)
OZ_FIELD_GETTER(time, TimeOfDay, microsecond, clock.microsecond)
OZ_FIELD_GETTER(time, TimeOfDay, fold, clock.fold)

static Ref time_tzinfo(Thread *t OZ_UNUSED, Obj v)
{
    Obj zone = time_of(v)->zone;
    return zone ? oz_retain(zone) : OZ_NONE;
}

OZ_METHOD(time, utcoffset, "($self, /)", "Return self.tzinfo.utcoffset(self).")
{
    return oz_zone_utcoffset(t, time_of(a[0])->zone, OZ_NONE);
}

OZ_METHOD(time, dst, "($self, /)", "Return self.tzinfo.dst(self).")
{
    return oz_zone_dst(t, time_of(a[0])->zone, OZ_NONE);
}

OZ_METHOD(time, tzname, "($self, /)", "Return self.tzinfo.tzname(self).")
{
    return oz_zone_name(t, time_of(a[0])->zone, OZ_NONE);
}

OZ_METHOD(time, replace,
          "($self, /, hour=<unrepresentable>, minute=<unrepresentable>, second=<unrepresentable>, "
          "microsecond=<unrepresentable>, tzinfo=<unrepresentable>, *, fold=<unrepresentable>)",
          "Return time with new specified fields.")
{
    Clock old = time_of(a[0])->clock;
    int n[4] = {old.hour, old.minute, old.second, (int)old.microsecond}, fold = old.fold;
    for (unsigned i = 0; i < 4; i++)
        if (!oz_field(t, a[1 + i], &n[i]))
            return NULL;
    if (!oz_field(t, a[6], &fold))
        return NULL;
    return checked(t, oz_class_of(a[0]), n, fold, a[5] ? a[5] : (Obj)time_of(a[0])->zone);
}

/* ---- comparison ---- */

static int64_t offset_seconds(int64_t us)
{
    int64_t seconds = us / OZ_SECOND_US;
    return seconds - (us % OZ_SECOND_US < 0);
}

static bool offset_of(Thread *t, Obj v, Offset *offset)
{
    return oz_zone_offset(t, time_of(v)->zone, OZ_NONE, offset);
}

static Ref time_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    if (!oz_is_time_of_day(a) || !oz_is_time_of_day(b))
        return OZ_NOT_IMPLEMENTED;
    int64_t x = oz_clock_us(time_of(a)->clock), y = oz_clock_us(time_of(b)->clock);
    if (time_of(a)->zone != time_of(b)->zone) {
        Offset left, right;
        if (!offset_of(t, a, &left) || !offset_of(t, b, &right))
            return NULL;
        if (left.known != right.known)
            return op == OZ_EQ || op == OZ_NE
                       ? oz_bool(op == OZ_NE)
                       : oz_raise(t, OZ_TypeError,
                                  "can't compare offset-naive and offset-aware times");
        if (left.us != right.us) {
            x -= offset_seconds(left.us) * OZ_SECOND_US;
            y -= offset_seconds(right.us) * OZ_SECOND_US;
        }
    }
    return oz_bool(oz_compare_decide((x > y) - (x < y), op));
}

static bool time_hash(Thread *t, Obj v, int64_t *hash)
{
    Clock clock = time_of(v)->clock;
    int64_t us = oz_clock_us(clock);
    Offset offset = {0};
    if (clock.fold && time_of(v)->zone) { /* as with fold=0 */
        clock.fold = 0;
        Class *cls = t->vm->classes[OZ_TIME_OF_DAY];
        scoped Ref first = oz_time_make(t, cls, clock, time_of(v)->zone);
        if (!first || !offset_of(t, first, &offset))
            return false;
    } else if (!offset_of(t, v, &offset)) {
        return false;
    }
    us -= offset_seconds(offset.us) * OZ_SECOND_US;
    /* No room to keep it, so a cheap one: of all times only some twenty share their 32 bits. */
    *hash = oz_hash_spread(oz_hash_fold((uint64_t)us ^ t->vm->hash_key[0]));
    return true;
}

/* ---- text ---- */

static Ref time_repr(Thread *t, Obj v)
{
    const TimeOfDay *self = time_of(v);
    Clock c = self->clock;
    const unsigned numbers[] = {c.hour, c.minute, c.second, c.microsecond};
    StrBuilder b;
    oz_builder_init(&b, t);
    oz_repr_numbers(&b, v, numbers, c.microsecond ? 4 : c.second ? 3 : 2);
    if (self->zone)
        oz_builder_format(&b, ", tzinfo=%R", self->zone);
    if (c.fold)
        oz_builder_text(&b, ", fold=1");
    oz_builder_character(&b, ')');
    return oz_builder_finish(&b);
}

static Ref time_str(Thread *t, Obj v)
{
    return oz_call_by_name(t, v, "isoformat", NULL);
}

OZ_METHOD(time, isoformat, "($self, /, timespec=<unrepresentable>)",
          "Return string in ISO 8601 format, [HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].")
{
    TimeSpec spec;
    Offset offset;
    if (!oz_iso_spec(t, a[1], 1, &spec) || !offset_of(t, a[0], &offset))
        return NULL;
    char text[64];
    char *end = oz_iso_clock(text, time_of(a[0])->clock, spec);
    if (offset.known)
        end = oz_iso_offset(end, offset.us, ":");
    return oz_str_from_ascii(t, text, (size_t)(end - text));
}

OZ_METHOD(time, strftime, "($self, /, format)", "format -> strftime() style string.")
{
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "strftime() argument 1 must be str, not %s",
                        oz_is_none(a[1]) ? "None" : oz_class_label(oz_class_of(a[1])));
    Formatted f = {.self = a[0],
                   .day = {1900, 1, 1},
                   .clock = time_of(a[0])->clock,
                   .zone = time_of(a[0])->zone,
                   .of = OZ_NONE,
                   .plain = true};
    return oz_format_time(t, &f, a[1]);
}

OZ_NATIVE_(time___format__, "__format__", "($self, format, /)", "Formats self with strftime.",
           OZ_FN_PARSED)
{
    return oz_format_object(t, a[0], a[1]);
}

/* ---- pickling ---- */

static Ref reduce(Thread *t, Obj v, int protocol)
{
    Clock clock = time_of(v)->clock;
    uint8_t bytes[6];
    oz_clock_pack(bytes, clock);
    if (protocol > 3 && clock.fold)
        bytes[0] |= 0x80;
    return oz_state_reduce(t, v, bytes, sizeof bytes, time_of(v)->zone);
}
OZ_REDUCE_METHODS(time)

#define TIME_REFS(REF) REF(zone)
OZ_TYPE_LIFE(time, TimeOfDay, TIME_REFS)

const TypeDef oz_time_of_day_type = {
    .id = OZ_TIME_OF_DAY,
    .name = "datetime.time",
    .doc = "time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object\n\n"
           "All arguments are optional. tzinfo may be None, or an instance of\n"
           "a tzinfo subclass. The remaining arguments may be ints.",
    .size = sizeof(TimeOfDay),
    .visit = time_visit,
    .clear = time_clear,
    .slots = {.new = time_new,
              .repr = time_repr,
              .str = time_str,
              .hash = time_hash,
              .compare = time_compare},
    .methods = OZ_METHODS(&time_fromisoformat, &time_utcoffset, &time_dst, &time_tzname,
                          &time_replace, &time_isoformat, &time_strftime, &time___format__,
                          &time___reduce_ex__, &time___reduce__),
    .getsets = OZ_GETSETS({"hour", time_hour, NULL, NULL}, {"minute", time_minute, NULL, NULL},
                          {"second", time_second, NULL, NULL},
                          {"microsecond", time_microsecond, NULL, NULL},
                          {"tzinfo", time_tzinfo, NULL, NULL}, {"fold", time_fold, NULL, NULL}),
};

bool oz_time_constants(Thread *t)
{
    Class *cls = t->vm->classes[OZ_TIME_OF_DAY];
    Clock last = {23, 59, 59, 0, OZ_SECOND_US - 1};
    return oz_class_constant(t, OZ_TIME_OF_DAY, "min", oz_time_make(t, cls, (Clock){0}, NULL)) &&
           oz_class_constant(t, OZ_TIME_OF_DAY, "max", oz_time_make(t, cls, last, NULL)) &&
           oz_class_constant(t, OZ_TIME_OF_DAY, "resolution", oz_delta_new(t, 0, 0, 1));
}
