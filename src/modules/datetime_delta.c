// SPDX-License-Identifier: MIT
// timedelta: days, seconds and microseconds.
//
// All of a timedelta fits 68 bits of microseconds.  Arithmetic goes by way of that number: of the
// exact value, in 128 bits where that is enough, in ints of any size where arguments are larger.
// Floats are fractions with a power of two below or above, so that products and quotients with them
// are exact as well, and rounded once: half to even.
#include "modules/datetime.h"

#include "types/float.h"

#include <limits.h>
#include <math.h>

typedef __int128 Micro;

enum { BITS = 68 }; /* |microseconds| is below 2 to this */

static Micro micro_of(Obj v)
{
    const Delta *d = (const Delta *)v;
    return (Micro)d->days * OZ_DAY_US + d->seconds * INT64_C(1000000) + d->microseconds;
}

static const Delta *delta_of(Obj v)
{
    return (const Delta *)v;
}

/* ---- making ---- */

/* Fields in their ranges but for the days. */
static Ref make(Thread *t, Class *cls, int64_t days, int32_t seconds, int32_t us)
{
    if (days < -OZ_DELTA_DAYS || days > OZ_DELTA_DAYS)
        return oz_raise(t, OZ_OverflowError, "days=%lld; must have magnitude <= %d",
                        (long long)days, OZ_DELTA_DAYS);
    Delta *self = !cls || cls->id == OZ_TIMEDELTA ? oz_object_new_raw(t, OZ_TIMEDELTA, sizeof *self)
                                                  : oz_instance_new(t, cls, 0);
    if (!self)
        return NULL;
    self->days = (int32_t)days;
    self->seconds = seconds;
    self->microseconds = us;
    self->spare = 0;
    return (Ref)self;
}

/* Bring `*n` into 0 .. size - 1: how many sizes were taken away. */
static int64_t carry(int64_t *n, int64_t size)
{
    if (OZ_LIKELY(*n >= 0 && *n < size))
        return 0;
    int64_t quotient = *n / size, rest = *n % size;
    if (rest < 0) {
        rest += size;
        quotient--;
    }
    *n = rest;
    return quotient;
}

Ref oz_delta_new(Thread *t, int64_t days, int64_t seconds, int64_t us)
{
    seconds += carry(&us, OZ_SECOND_US);
    days += carry(&seconds, OZ_DAY_SECONDS);
    return make(t, NULL, days, (int32_t)seconds, (int32_t)us);
}

static Ref fail_large(Thread *t)
{
    return oz_raise(t, OZ_OverflowError, "Python int too large to convert to C int");
}

static Ref from_micro(Thread *t, Class *cls, Micro n)
{
    Micro days = n / OZ_DAY_US;
    int64_t us = (int64_t)(n % OZ_DAY_US);
    if (us < 0) {
        us += OZ_DAY_US;
        days--;
    }
    if (days < INT_MIN || days > INT_MAX)
        return fail_large(t);
    return make(t, cls, (int64_t)days, (int32_t)(us / OZ_SECOND_US), (int32_t)(us % OZ_SECOND_US));
}

/* ---- ints ---- */

static Ref int_of_micro(Thread *t, Micro n)
{
    if (n >= INT64_MIN && n <= INT64_MAX)
        return oz_int_new(t, (int64_t)n);
    return oz_int_from_bytes(t, (const uint8_t *)&n, sizeof n, true, true);
}

/* false: it does not fit. */
static bool micro_of_int(Thread *t, Obj exact, Micro *n)
{
    if (oz_is_int(exact)) {
        *n = oz_int_value(exact);
        return true;
    }
    if (oz_int_bits(exact) > 126)
        return false;
    return oz_int_to_bytes(t, exact, (uint8_t *)n, sizeof *n, true, true);
}

static Ref from_int(Thread *t, Class *cls, Obj exact)
{
    Micro n;
    return micro_of_int(t, exact, &n) ? from_micro(t, cls, n) : t->exception ? NULL : fail_large(t);
}

/* ---- the constructor ---- */

#define SUM_MAX ((Micro)1 << 120) /* leaves room for the parts of floats */

/* A sum of ints of any size, and of what is left of floats. */
typedef struct Sum {
    Micro small;
    Ref large;       /* or empty: 0 */
    double fraction; /* microseconds */
} Sum;

static bool add_int(Thread *t, Sum *sum, Obj exact, int64_t factor)
{
    Micro n, total;
    if (OZ_LIKELY(micro_of_int(t, exact, &n)) && !__builtin_mul_overflow(n, (Micro)factor, &n) &&
        !__builtin_add_overflow(sum->small, n, &total) && total < SUM_MAX && total > -SUM_MAX) {
        sum->small = total;
        return true;
    }
    if (t->exception)
        return false;
    scoped Ref size = oz_int_new(t, factor);
    Ref product = size ? oz_int_multiply(t, exact, size) : NULL;
    if (!product || !sum->large) {
        sum->large = product;
        return product != NULL;
    }
    Ref large = oz_int_add(t, sum->large, product);
    oz_drop(product);
    oz_drop(sum->large);
    sum->large = large;
    return large != NULL;
}

static bool add_float(Thread *t, Sum *sum, double d, int64_t factor)
{
    double whole, part = modf(d, &whole);
    scoped Ref n = oz_int_from_double(t, whole);
    if (!n || !add_int(t, sum, n, factor))
        return false;
    if (part == 0.0)
        return true;
    part = modf(part * (double)factor, &whole);
    sum->small += (int64_t)whole;
    sum->fraction += part;
    return true;
}

static bool add_part(Thread *t, Sum *sum, Obj v, const char *name, int64_t factor)
{
    Obj exact = oz_as_exact_int(v);
    if (exact)
        return add_int(t, sum, exact, factor);
    double d;
    if (oz_as_float(v, &d))
        return add_float(t, sum, d, factor);
    return oz_fail(t, OZ_TypeError, "unsupported type for timedelta %s component: %t", name, v);
}

/* The fraction is rounded so that the whole sum is, half to even. */
static void add_fraction(Sum *sum, bool large_is_odd)
{
    double whole = round(sum->fraction);
    if (fabs(whole - sum->fraction) == 0.5) {
        int odd = (sum->small & 1) ^ large_is_odd;
        whole = 2.0 * round((sum->fraction + odd) * 0.5) - odd;
    }
    sum->small += (int64_t)whole;
}

static Ref sum_all(Thread *t, Class *cls, Sum *sum)
{
    bool odd = false;
    if (sum->large && sum->fraction != 0.0) {
        scoped Ref bit = oz_int_and(t, sum->large, oz_int(1));
        if (!bit)
            return NULL;
        odd = bit == oz_int(1);
    }
    add_fraction(sum, odd);
    if (OZ_LIKELY(!sum->large))
        return from_micro(t, cls, sum->small);
    scoped Ref small = int_of_micro(t, sum->small);
    scoped Ref all = small ? oz_int_add(t, small, sum->large) : NULL;
    return all ? from_int(t, cls, all) : NULL;
}

static const char *const names[] = {"days",    "seconds", "microseconds", "milliseconds",
                                    "minutes", "hours",   "weeks"};

static Ref timedelta_new(Thread *t, Class *cls, const Args *args)
{
    static const Parameters parameters = {"__new__()", names, 0, 7, 7};
    /* The order in which floats are summed. */
    static const struct {
        uint8_t at;
        int64_t factor;
    } parts[] = {{2, 1},
                 {3, 1000},
                 {1, OZ_SECOND_US},
                 {4, INT64_C(60) * OZ_SECOND_US},
                 {5, INT64_C(3600) * OZ_SECOND_US},
                 {0, OZ_DAY_US},
                 {6, 7 * OZ_DAY_US}};
    Obj a[7];
    if (!oz_parameters_bind(t, &parameters, args, a))
        return NULL;
    Sum sum = {0};
    bool done = true;
    for (size_t i = 0; done && i < OZ_COUNT(parts); i++)
        if (a[parts[i].at])
            done = add_part(t, &sum, a[parts[i].at], names[parts[i].at], parts[i].factor);
    Ref result = done ? sum_all(t, cls, &sum) : NULL;
    oz_drop(sum.large);
    return result;
}

/* ---- sums and comparison ---- */

static Ref timedelta_add(Thread *t, Obj a, Obj b)
{
    if (!oz_is_delta(a) || !oz_is_delta(b))
        return OZ_NOT_IMPLEMENTED;
    const Delta *x = delta_of(a), *y = delta_of(b);
    return oz_delta_new(t, (int64_t)x->days + y->days, x->seconds + y->seconds,
                        x->microseconds + y->microseconds);
}

static Ref timedelta_subtract(Thread *t, Obj a, Obj b)
{
    if (!oz_is_delta(a) || !oz_is_delta(b))
        return OZ_NOT_IMPLEMENTED;
    const Delta *x = delta_of(a), *y = delta_of(b);
    return oz_delta_new(t, (int64_t)x->days - y->days, x->seconds - y->seconds,
                        x->microseconds - y->microseconds);
}

static Ref timedelta_negative(Thread *t, Obj v)
{
    const Delta *d = delta_of(v);
    return oz_delta_new(t, -(int64_t)d->days, -d->seconds, -d->microseconds);
}

static Ref timedelta_positive(Thread *t, Obj v)
{
    const Delta *d = delta_of(v);
    return make(t, NULL, d->days, d->seconds, d->microseconds);
}

static Ref timedelta_absolute(Thread *t, Obj v)
{
    return delta_of(v)->days < 0 ? timedelta_negative(t, v) : timedelta_positive(t, v);
}

static bool timedelta_boolean(Thread *t OZ_UNUSED, Obj v, bool *truth)
{
    const Delta *d = delta_of(v);
    *truth = d->days || d->seconds || d->microseconds;
    return true;
}

static Ref timedelta_compare(Thread *t OZ_UNUSED, Obj a, Obj b, CompareOp op)
{
    if (!oz_is_delta(a) || !oz_is_delta(b))
        return OZ_NOT_IMPLEMENTED;
    const Delta *x = delta_of(a), *y = delta_of(b);
    int order = x->days != y->days         ? (x->days < y->days ? -1 : 1)
                : x->seconds != y->seconds ? x->seconds - y->seconds
                                           : x->microseconds - y->microseconds;
    return oz_bool(oz_compare_decide(order, op));
}

static bool timedelta_hash(Thread *t OZ_UNUSED, Obj v, int64_t *hash)
{
    const Delta *d = delta_of(v);
    uint64_t h = oz_tuple_hash_start();
    /* hash(-1) is -2 */
    h = oz_tuple_hash_step(h, d->days == -1 ? -2 : d->days);
    h = oz_tuple_hash_step(h, d->seconds);
    h = oz_tuple_hash_step(h, d->microseconds);
    *hash = oz_tuple_hash_end(h, 3);
    return true;
}

/* ---- products and quotients ---- */

static Ref fail_division(Thread *t)
{
    return oz_raise(t, OZ_ZeroDivisionError, "integer division or modulo by zero");
}

/* n / d, rounded half to even; d is not 0. */
static Micro divide_nearest(Micro n, Micro d)
{
    if (d < 0) {
        n = -n;
        d = -d;
    }
    Micro quotient = n / d, rest = n % d;
    if (rest < 0) {
        rest += d;
        quotient--;
    }
    Micro other = d - rest;
    return quotient + (rest > other || (rest == other && (quotient & 1)));
}

static int bits_of(Micro n)
{
    unsigned __int128 size = n < 0 ? -(unsigned __int128)n : (unsigned __int128)n;
    uint64_t high = (uint64_t)(size >> 64), low = (uint64_t)size;
    return high ? 128 - __builtin_clzll(high) : low ? 64 - __builtin_clzll(low) : 0;
}

/* A float as m * 2 ** e, m odd or 0. */
static bool split(Thread *t, double d, int64_t *m, int *e)
{
    if (isnan(d))
        return oz_fail(t, OZ_ValueError, "cannot convert NaN to integer ratio");
    if (isinf(d))
        return oz_fail(t, OZ_OverflowError, "cannot convert Infinity to integer ratio");
    *m = (int64_t)ldexp(frexp(d, e), 53);
    *e -= 53;
    if (*m == 0) {
        *e = 0;
        return true;
    }
    int zeros = __builtin_ctzll((uint64_t)*m);
    *m /= INT64_C(1) << zeros;
    *e += zeros;
    return true;
}

/* n * m * 2 ** e */
static Ref multiply_split(Thread *t, Micro n, int64_t m, int e)
{
    Micro product = n * m; /* 68 + 53 bits */
    if (product == 0)
        return make(t, NULL, 0, 0, 0);
    if (e >= 0)
        return bits_of(product) + e > 126 ? fail_large(t)
                                          : from_micro(t, NULL, product * ((Micro)1 << e));
    if (-e > 124) /* less than half a microsecond */
        return make(t, NULL, 0, 0, 0);
    return from_micro(t, NULL, divide_nearest(product, (Micro)1 << -e));
}

/* n / (m * 2 ** e) */
static Ref divide_split(Thread *t, Micro n, int64_t m, int e)
{
    if (m == 0)
        return fail_division(t);
    if (n == 0)
        return make(t, NULL, 0, 0, 0);
    if (e > 70) /* less than half a microsecond */
        return make(t, NULL, 0, 0, 0);
    if (e >= 0)
        return from_micro(t, NULL, divide_nearest(n, (Micro)m * ((Micro)1 << e)));
    if (bits_of(n) - e > 126) /* with m of 53 bits still beyond all that fits */
        return fail_large(t);
    return from_micro(t, NULL, divide_nearest(n * ((Micro)1 << -e), m));
}

/* n / d of any objects, rounded half to even. */
static Ref divide_objects(Thread *t, Obj n, Obj d)
{
    Obj x = oz_as_exact_int(n), y = oz_as_exact_int(d);
    if (!x || !y)
        return oz_raise(t, OZ_TypeError, "non-integer arguments in division");
    if (y == oz_int(0))
        return fail_division(t);
    scoped Ref quotient = NULL;
    scoped Ref rest = NULL;
    if (!oz_int_divmod(t, x, y, &quotient, &rest))
        return NULL;
    scoped Ref other = oz_int_subtract(t, y, rest); /* both of the sign of y */
    if (!other)
        return NULL;
    int order = oz_int_order(rest, other) * oz_int_sign(y);
    scoped Ref odd = order == 0 ? oz_int_and(t, quotient, oz_int(1)) : oz_int(order > 0);
    scoped Ref rounded = odd ? oz_int_add(t, quotient, odd) : NULL;
    return rounded ? from_int(t, NULL, rounded) : NULL;
}

/* A subclass says itself what fraction it is. */
static Ref scale_ratio(Thread *t, Obj delta, Obj number, bool divide)
{
    scoped Ref name = oz_intern(t, "as_integer_ratio");
    scoped Ref ratio = name ? oz_call_method(t, number, name, 0, NULL) : NULL;
    if (!ratio)
        return NULL;
    const Tuple *pair = oz_as_tuple(ratio);
    if (!pair)
        return oz_raise(t, OZ_TypeError,
                        "unexpected return type from as_integer_ratio(): expected tuple, got '%t'",
                        ratio);
    if (pair->length != 2)
        return oz_raise(t, OZ_ValueError, "as_integer_ratio() must return a 2-tuple");
    scoped Ref n = int_of_micro(t, micro_of(delta));
    scoped Ref product = n ? oz_binary(t, OZ_OP_MULTIPLY, n, pair->items[divide]) : NULL;
    return product ? divide_objects(t, product, pair->items[!divide]) : NULL;
}

static bool is_exact_float(Obj v)
{
    return oz_is_float(v) || oz_is(v, OZ_FLOAT);
}

static Ref scale_float(Thread *t, Obj delta, Obj number, bool divide)
{
    double d;
    int64_t m;
    int e;
    if (!oz_as_float(number, &d))
        return OZ_NOT_IMPLEMENTED;
    if (!is_exact_float(number))
        return scale_ratio(t, delta, number, divide);
    if (!split(t, d, &m, &e))
        return NULL;
    Micro n = micro_of(delta);
    return divide ? divide_split(t, n, m, e) : multiply_split(t, n, m, e);
}

static Ref multiply_int(Thread *t, Obj delta, Obj exact)
{
    Micro factor, product, n = micro_of(delta);
    if (micro_of_int(t, exact, &factor) && !__builtin_mul_overflow(n, factor, &product))
        return from_micro(t, NULL, product);
    return t->exception ? NULL : n == 0 ? make(t, NULL, 0, 0, 0) : fail_large(t);
}

static Ref timedelta_multiply(Thread *t, Obj a, Obj b)
{
    if (!oz_is_delta(a)) {
        Obj other = a;
        a = b;
        b = other;
    }
    if (!oz_is_delta(a))
        return OZ_NOT_IMPLEMENTED;
    Obj exact = oz_as_exact_int(b);
    if (exact)
        return multiply_int(t, a, exact);
    return scale_float(t, a, b, false);
}

/* The quotient of ints as a float, rounded once. */
static Ref true_divide(Thread *t, Micro n, Micro d)
{
    if (bits_of(n) <= 53 && bits_of(d) <= 53 && d != 0)
        return oz_float_new(t, (double)n / (double)d);
    scoped Ref x = int_of_micro(t, n), y = int_of_micro(t, d);
    return x && y ? oz_int_true_divide(t, x, y) : NULL;
}

static Ref divide_int(Thread *t, Obj delta, Obj exact)
{
    Micro divisor;
    if (!micro_of_int(t, exact, &divisor))
        return t->exception ? NULL : make(t, NULL, 0, 0, 0); /* larger than twice any timedelta */
    if (divisor == 0)
        return fail_division(t);
    return from_micro(t, NULL, divide_nearest(micro_of(delta), divisor));
}

static Ref timedelta_true_divide(Thread *t, Obj a, Obj b)
{
    if (!oz_is_delta(a))
        return OZ_NOT_IMPLEMENTED;
    if (oz_is_delta(b)) {
        Micro d = micro_of(b);
        return d ? true_divide(t, micro_of(a), d)
                 : oz_raise(t, OZ_ZeroDivisionError, "division by zero");
    }
    Obj exact = oz_as_exact_int(b);
    if (exact)
        return divide_int(t, a, exact);
    return scale_float(t, a, b, true);
}

/* The quotient rounded down, and what is left, of the sign of `d`. */
static Micro floor_divide(Micro n, Micro d, Micro *rest)
{
    Micro quotient = n / d;
    *rest = n % d;
    if (*rest && (*rest < 0) != (d < 0)) {
        *rest += d;
        quotient--;
    }
    return quotient;
}

static Ref timedelta_floor_divide(Thread *t, Obj a, Obj b)
{
    if (!oz_is_delta(a))
        return OZ_NOT_IMPLEMENTED;
    Micro n = micro_of(a), d, rest;
    if (oz_is_delta(b)) {
        d = micro_of(b);
        return d ? int_of_micro(t, floor_divide(n, d, &rest)) : fail_division(t);
    }
    Obj exact = oz_as_exact_int(b);
    if (!exact)
        return OZ_NOT_IMPLEMENTED;
    if (!micro_of_int(t, exact, &d)) {
        if (t->exception)
            return NULL;
        return from_micro(t, NULL, n != 0 && (n < 0) != (oz_int_sign(exact) < 0) ? -1 : 0);
    }
    return d ? from_micro(t, NULL, floor_divide(n, d, &rest)) : fail_division(t);
}

static Ref timedelta_remainder(Thread *t, Obj a, Obj b)
{
    if (!oz_is_delta(a) || !oz_is_delta(b))
        return OZ_NOT_IMPLEMENTED;
    Micro d = micro_of(b), rest;
    if (!d)
        return oz_raise(t, OZ_ZeroDivisionError, "integer modulo by zero");
    floor_divide(micro_of(a), d, &rest);
    return from_micro(t, NULL, rest);
}

static Ref timedelta_divmod(Thread *t, Obj a, Obj b)
{
    if (!oz_is_delta(a) || !oz_is_delta(b))
        return OZ_NOT_IMPLEMENTED;
    Micro d = micro_of(b), rest;
    if (!d)
        return fail_division(t);
    scoped Ref quotient = int_of_micro(t, floor_divide(micro_of(a), d, &rest));
    scoped Ref left = quotient ? from_micro(t, NULL, rest) : NULL;
    return left ? oz_tuple_of(t, 2, quotient, left) : NULL;
}

/* ---- text and the rest ---- */

static Ref timedelta_repr(Thread *t, Obj v)
{
    const Delta *d = delta_of(v);
    StrBuilder b;
    oz_builder_init(&b, t);
    oz_builder_format(&b, "%T(", v);
    const char *separator = "";
    if (d->days) {
        oz_builder_format(&b, "days=%d", d->days);
        separator = ", ";
    }
    if (d->seconds) {
        oz_builder_format(&b, "%sseconds=%d", separator, d->seconds);
        separator = ", ";
    }
    if (d->microseconds)
        oz_builder_format(&b, "%smicroseconds=%d", separator, d->microseconds);
    else if (!*separator)
        oz_builder_character(&b, '0');
    oz_builder_character(&b, ')');
    return oz_builder_finish(&b);
}

static Ref timedelta_str(Thread *t, Obj v)
{
    const Delta *d = delta_of(v);
    char text[64], *at = text;
    int hour = d->seconds / 3600;
    if (hour >= 10)
        *at++ = (char)('0' + hour / 10);
    *at++ = (char)('0' + hour % 10);
    *at++ = ':';
    at = oz_iso_digits(at, (unsigned)d->seconds / 60 % 60, 2);
    *at++ = ':';
    at = oz_iso_digits(at, (unsigned)d->seconds % 60, 2);
    if (d->microseconds) {
        *at++ = '.';
        at = oz_iso_digits(at, (unsigned)d->microseconds, 6);
    }
    if (!d->days)
        return oz_str_from_ascii(t, text, (size_t)(at - text));
    *at = 0;
    return oz_str_format(t, "%d day%s, %s", d->days, d->days == 1 || d->days == -1 ? "" : "s",
                         text);
}

OZ_METHOD(timedelta, total_seconds, "($self, /)", "Return the whole as seconds.")
{
    return true_divide(t, micro_of(a[0]), OZ_SECOND_US);
}

OZ_METHOD(timedelta, __reduce__, "($self, /)", "Return what pickle needs.")
{
    const Delta *d = delta_of(a[0]);
    scoped Ref state = oz_tuple_of(t, 3, (Obj)oz_int(d->days), (Obj)oz_int(d->seconds),
                                   (Obj)oz_int(d->microseconds));
    return state ? oz_tuple_of(t, 2, (Obj)oz_class_of(a[0]), state) : NULL;
}

OZ_FIELD_GETTER(timedelta, Delta, days, days)
OZ_FIELD_GETTER(timedelta, Delta, seconds, seconds)
OZ_FIELD_GETTER(timedelta, Delta, microseconds, microseconds)

static bool readonly(Thread *t, Obj self OZ_UNUSED, Obj value OZ_UNUSED)
{
    return oz_fail(t, OZ_AttributeError, "readonly attribute");
}

const TypeDef oz_timedelta_type = {
    .id = OZ_TIMEDELTA,
    .name = "datetime.timedelta",
    .doc = "Difference between two datetime values.\n\n"
           "timedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, "
           "weeks=0)\n\nAll arguments may be ints or floats of either sign.",
    .size = sizeof(Delta),
    .slots = {.new = timedelta_new,
              .repr = timedelta_repr,
              .str = timedelta_str,
              .hash = timedelta_hash,
              .compare = timedelta_compare,
              .add = timedelta_add,
              .subtract = timedelta_subtract,
              .multiply = timedelta_multiply,
              .true_divide = timedelta_true_divide,
              .floor_divide = timedelta_floor_divide,
              .remainder = timedelta_remainder,
              .divmod = timedelta_divmod,
              .negative = timedelta_negative,
              .positive = timedelta_positive,
              .absolute = timedelta_absolute,
              .boolean = timedelta_boolean},
    .methods = OZ_METHODS(&timedelta_total_seconds, &timedelta___reduce__),
    .getsets = OZ_GETSETS({"days", timedelta_days, readonly, "Number of days."},
                          {"seconds", timedelta_seconds, readonly,
                           "Number of seconds (0 to 86399), besides the days."},
                          {"microseconds", timedelta_microseconds, readonly,
                           "Number of microseconds (0 to 999999), besides the seconds."}),
};

bool oz_delta_constants(Thread *t)
{
    return oz_class_constant(t, OZ_TIMEDELTA, "resolution", make(t, NULL, 0, 0, 1)) &&
           oz_class_constant(t, OZ_TIMEDELTA, "min", make(t, NULL, -OZ_DELTA_DAYS, 0, 0)) &&
           oz_class_constant(t, OZ_TIMEDELTA, "max",
                             make(t, NULL, OZ_DELTA_DAYS, OZ_DAY_SECONDS - 1, OZ_SECOND_US - 1));
}
