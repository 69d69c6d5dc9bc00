// SPDX-License-Identifier: MIT
// _datetime: the module, the class of isocalendar(), and arguments of constructors.
#include "modules/datetime.h"

#include "modules/os_support.h"
#include "types/bytes.h"

/* ---- arguments ---- */

static const char *function_of(const Parameters *p)
{
    return p->function ? p->function : "function";
}

static bool check_counts(Thread *t, const Parameters *p, const Args *args)
{
    uint32_t given = args->count + args->named;
    if (given > p->count)
        return oz_fail(t, OZ_TypeError, "%s takes %s %u %sargument%s (%u given)", function_of(p),
                       p->function && p->required == p->count ? "exactly" : "at most", p->count,
                       args->count ? "" : "keyword ", p->count == 1 ? "" : "s", given);
    if (args->count > p->positional)
        return oz_fail(t, OZ_TypeError, "%s takes at most %u positional arguments (%u given)",
                       function_of(p), p->positional, args->count);
    return true;
}

/* The keyword argument of that name; NULL: there is none. */
static Obj keyword(const Args *args, const char *name, uint32_t *left)
{
    for (uint32_t i = 0; i < args->named; i++)
        if (oz_str_equal_utf8(oz_as_str(((const Tuple *)args->names)->items[i]), name)) {
            --*left;
            return args->items[args->count + i];
        }
    return NULL;
}

/* What is wrong with the keywords that stay: of a name unknown, or of a place that is taken. */
static bool fail_keyword(Thread *t, const Parameters *p, const Args *args)
{
    for (uint32_t i = 0; i < args->named; i++) {
        Obj name = ((const Tuple *)args->names)->items[i];
        uint32_t at = 0;
        while (at < p->count && !oz_str_equal_utf8(oz_as_str(name), p->names[at]))
            at++;
        if (at == p->count)
            return oz_fail(t, OZ_TypeError, "'%S' is an invalid keyword argument for %s", name,
                           p->function ? p->function : "this function");
        if (at < args->count)
            return oz_fail(t, OZ_TypeError,
                           "argument for %s given by name ('%S') and position (%u)", function_of(p),
                           name, at + 1);
    }
    return true;
}

static OZ_NOINLINE bool bind_slow(Thread *t, const Parameters *p, const Args *args, Obj *a)
{
    uint32_t left = args->named;
    int number;
    if (!check_counts(t, p, args))
        return false;
    for (uint32_t i = 0; i < p->count; i++) {
        a[i] = i < args->count ? args->items[i] : left ? keyword(args, p->names[i], &left) : NULL;
        if (i < p->required && !p->function && a[i] && !oz_field(t, a[i], &number))
            return false; /* what is wrong first is told first */
        if (!a[i] && i < p->required)
            return oz_fail(t, OZ_TypeError, "%s missing required argument '%s' (pos %u)",
                           function_of(p), p->names[i], i + 1);
    }
    return !left || fail_keyword(t, p, args);
}

bool oz_parameters_bind(Thread *t, const Parameters *p, const Args *args, Obj *a)
{
    if (OZ_UNLIKELY(args->named || args->count < p->required || args->count > p->positional))
        return bind_slow(t, p, args, a);
    for (uint32_t i = 0; i < args->count; i++)
        a[i] = args->items[i];
    for (uint32_t i = args->count; i < p->count; i++)
        a[i] = NULL;
    return true;
}

bool oz_field_slow(Thread *t, Obj v, int *n)
{
    scoped Ref exact = oz_index(t, v);
    int64_t value;
    if (!exact)
        return false;
    if (!oz_int_fits_int64(exact, &value))
        return oz_fail(t, OZ_OverflowError, "Python int too large to convert to C long");
    return oz_os_pid(t, exact, n);
}

/* A state of a date, time or datetime is told from other values by its length and one byte: the
 * month, or the hour; the highest bit is the fold of times. */
static bool is_state(size_t length, uint32_t sign)
{
    if (sign > 0xff)
        return false;
    if (length != 4)
        sign &= 0x7f;
    return length == 6 ? sign < 24 : sign >= 1 && sign <= 12;
}

/* Strs are what pickles of Python 2 hold. */
Found oz_state_bytes(Thread *t, Obj v, size_t length, const char *name, uint8_t *bytes)
{
    size_t at = length == 6 ? 0 : 2;
    const Bytes *b = oz_as_bytes(v);
    if (b) {
        if (oz_bytes_length(b) != length || !is_state(length, oz_bytes_data(b)[at]))
            return OZ_MISSING;
        memcpy(bytes, oz_bytes_data(b), length);
        return OZ_FOUND;
    }
    const Str *s = oz_as_str(v);
    if (!s || oz_str_length(s) != length || !is_state(length, oz_str_at(s, at)))
        return OZ_MISSING;
    for (size_t i = 0; i < length; i++) {
        uint32_t c = oz_str_at(s, i);
        if (c > 0xff) {
            oz_raise(t, OZ_ValueError,
                     "Failed to encode latin1 string when unpickling a %s object. "
                     "pickle.load(data, encoding='latin1') is assumed.",
                     name);
            return OZ_RAISED;
        }
        bytes[i] = (uint8_t)c;
    }
    return OZ_FOUND;
}

void oz_clock_pack(uint8_t *bytes, Clock clock)
{
    bytes[0] = clock.hour;
    bytes[1] = clock.minute;
    bytes[2] = clock.second;
    bytes[3] = (uint8_t)(clock.microsecond >> 16);
    bytes[4] = (uint8_t)(clock.microsecond >> 8);
    bytes[5] = (uint8_t)clock.microsecond;
}

Clock oz_clock_unpack(const uint8_t *bytes, uint8_t fold)
{
    return (Clock){.hour = bytes[0],
                   .minute = bytes[1],
                   .second = bytes[2],
                   .fold = fold,
                   .microsecond = (uint32_t)(bytes[3] << 16 | bytes[4] << 8 | bytes[5])};
}

Ref oz_state_reduce(Thread *t, Obj v, const uint8_t *state, size_t length, Obj zone)
{
    scoped Ref bytes = oz_bytes_new(t, state, length);
    scoped Ref args = !bytes ? NULL
                      : zone ? oz_tuple_of(t, 2, (Obj)bytes, zone)
                             : oz_tuple_of(t, 1, bytes);
    return args ? oz_tuple_of(t, 2, (Obj)oz_class_of(v), args) : NULL;
}

Ref oz_call_by_name(Thread *t, Obj o, const char *name, Obj argument)
{
    scoped Ref key = oz_intern(t, name);
    return key ? oz_call_method(t, o, key, argument ? 1 : 0, &argument) : NULL;
}

/* ---- IsoCalendarDate ---- */

static Ref iso_new(Thread *t, Class *cls, const Args *args)
{
    static const char *const names[] = {"year", "week", "weekday"};
    static const Parameters parameters = {"IsoCalendarDate()", names, 3, 3, 3};
    Obj a[3];
    if (!oz_parameters_bind(t, &parameters, args, a))
        return NULL;
    Tuple *self = oz_instance_new(t, cls, 3 * sizeof(Ref));
    if (!self)
        return NULL;
    self->length = 3;
    for (unsigned i = 0; i < 3; i++)
        oz_tuple_init(self, i, oz_retain(a[i]));
    return (Ref)self;
}

static Ref iso_item(Obj v, unsigned i)
{
    return oz_retain(((const Tuple *)v)->items[i]);
}

static Ref iso_year(Thread *t OZ_UNUSED, Obj v)
{
    return iso_item(v, 0);
}

static Ref iso_week(Thread *t OZ_UNUSED, Obj v)
{
    return iso_item(v, 1);
}

static Ref iso_weekday(Thread *t OZ_UNUSED, Obj v)
{
    return iso_item(v, 2);
}

static Ref iso_repr(Thread *t, Obj v)
{
    const Tuple *tuple = (const Tuple *)v;
    return oz_str_format(t, "%T(year=%S, week=%S, weekday=%S)", v, tuple->items[0], tuple->items[1],
                         tuple->items[2]);
}

/* Nothing can be added: it has no __dict__ in programs' eyes. */
static bool iso_set_attr(Thread *t, Obj self, Obj name, Obj value)
{
    Obj found;
    if (oz_class_find(t, oz_class_of(self), name, &found) == OZ_RAISED)
        return false;
    if (found && oz_class_of(found)->slots->descr_set)
        return oz_object_set_attr(t, self, name, value);
    oz_raise_attribute(t, self, name);
    return false;
}

OZ_METHOD(iso, __reduce__, "($self, /)", "Return what pickle needs: a plain tuple.")
{
    const Tuple *tuple = (const Tuple *)a[0];
    scoped Ref items = oz_tuple_new(t, oz_borrowed(tuple->items), tuple->length);
    scoped Ref args = items ? oz_tuple_of(t, 1, items) : NULL;
    return args ? oz_tuple_of(t, 2, (Obj)t->vm->classes[OZ_TUPLE], args) : NULL;
}

static const TypeDef iso_def = {
    .id = OZ_TUPLE,
    .base = OZ_TUPLE,
    .name = "datetime.IsoCalendarDate",
    .doc = "The result of date.isocalendar() or datetime.isocalendar()\n\n"
           "This object may be accessed either as a tuple of\n"
           "  ((year, week, weekday))\n"
           "or via the object attributes as named in the above tuple.",
    .size = sizeof(Tuple),
    .flags = OZ_TYPE_FINAL,
    .visit = oz_tuple_visit,
    .clear = oz_tuple_clear,
    .slots = {.new = iso_new, .repr = iso_repr, .set_attr = iso_set_attr},
    .methods = OZ_METHODS(&iso___reduce__),
    .getsets = OZ_GETSETS({"year", iso_year, NULL, NULL}, {"week", iso_week, NULL, NULL},
                          {"weekday", iso_weekday, NULL, NULL}),
};

static bool iso_init(Thread *t)
{
    if (!t->vm->iso_calendar_date)
        t->vm->iso_calendar_date = oz_class_from_def(t, &iso_def, &t->vm->classes[OZ_TUPLE], 1);
    return t->vm->iso_calendar_date != NULL;
}

/* ---- the module ---- */

static bool datetime_init(Thread *t, Module *module)
{
    if (!iso_init(t) || !oz_delta_constants(t) || !oz_timezone_constants(t) ||
        !oz_date_constants(t) || !oz_time_constants(t) || !oz_datetime_constants(t))
        return false;
    return oz_module_add(t, module, "UTC", oz_timezone_utc(t)) &&
           oz_module_add_int(t, module, "MINYEAR", OZ_YEAR_MIN) &&
           oz_module_add_int(t, module, "MAXYEAR", OZ_YEAR_MAX);
}

static const uint32_t types[] = {OZ_TIMEDELTA,   OZ_TZINFO, OZ_TIMEZONE, OZ_DATE, OZ_DATETIME,
                                 OZ_TIME_OF_DAY, 0};

const ModuleDef oz_datetime_module = {
    .name = "_datetime",
    .doc = "Fast implementation of the datetime type.",
    .types = types,
    .init = datetime_init,
};
