// SPDX-License-Identifier: MIT
// The type float.
//
// Exponents near one live in the value word; the four values 0.0, -0.0, inf and -inf are immortal
// cells of the VM, so that a result of zero allocates nothing; other values (NaN, very large, very
// small) are boxed.  Operations take ints as second operands; comparison with an int is exact.
#include "types/float.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "heap/heap.h"
#include "types/buffer.h"
#include "types/bytes.h"
#include "types/complex.h"
#include "types/float_digits.h"
#include "types/format_spec.h"
#include "types/int.h"
#include "types/number_text.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

/* ---- boxes ---- */

Ref oz_float_box(Thread *t, double d)
{
    if (d == 0.0 || isinf(d)) {
        Ref shared = t->vm->floats[(d != 0.0) * 2 + (signbit(d) != 0)];
        if (OZ_LIKELY(shared != NULL))
            return oz_retain_immortal(shared);
    }
    Float *self = oz_object_new_raw(t, OZ_FLOAT, sizeof *self);
    if (!self)
        return NULL;
    self->value = d;
    return (Ref)self;
}

bool oz_floats_init(Thread *t)
{
    static const double values[] = {0.0, -0.0, INFINITY, -INFINITY};
    for (size_t i = 0; i < OZ_COUNT(values); i++) {
        Float *self = oz_object_new_raw(t, OZ_FLOAT, sizeof *self);
        if (!self)
            return false;
        self->value = values[i];
        oz_make_immortal(&self->base);
        t->vm->floats[i] = (Ref)self;
    }
    return true;
}

/* The value of a float or int operand.  OZ_MISSING: it is neither. */
static Found operand(Thread *t, Obj v, double *d)
{
    if (oz_as_float(v, d))
        return OZ_FOUND;
    Obj exact = oz_as_exact_int(v);
    if (!exact)
        return OZ_MISSING;
    return oz_int_to_double(t, exact, d) ? OZ_FOUND : OZ_RAISED;
}

/* ---- arithmetic ---- */

/* Declare the slot `name` with operands x and y as doubles. */
#define BINARY(name)                                                                               \
    static Ref name##_of(Thread *t, double x, double y);                                           \
    static Ref name(Thread *t, Obj a, Obj b)                                                       \
    {                                                                                              \
        double x, y;                                                                               \
        Found found = operand(t, a, &x);                                                           \
        if (found == OZ_FOUND)                                                                     \
            found = operand(t, b, &y);                                                             \
        if (found != OZ_FOUND)                                                                     \
            return found == OZ_MISSING ? OZ_NOT_IMPLEMENTED : NULL;                                \
        return name##_of(t, x, y);                                                                 \
    }                                                                                              \
    static Ref name##_of(Thread *t, double x, double y)

BINARY(float_add)
{
    return oz_float_new(t, x + y);
}

BINARY(float_subtract)
{
    return oz_float_new(t, x - y);
}

BINARY(float_multiply)
{
    return oz_float_new(t, x * y);
}

BINARY(float_true_divide)
{
    if (y == 0.0)
        return oz_raise(t, OZ_ZeroDivisionError, "float division by zero");
    return oz_float_new(t, x / y);
}

/* The remainder with the sign of the divisor. */
static double remainder_of(double x, double y)
{
    double m = fmod(x, y);
    if (m == 0.0)
        return copysign(0.0, y);
    return (m < 0) != (y < 0) ? m + y : m;
}

/* The floor of the quotient that belongs to remainder_of(x, y). */
static double quotient_of(double x, double y)
{
    double m = fmod(x, y);
    double q = (x - m) / y;
    if (m != 0.0 && (m < 0) != (y < 0))
        q -= 1.0;
    if (q == 0.0)
        return copysign(0.0, x / y);
    double whole = floor(q);
    return q - whole > 0.5 ? whole + 1.0 : whole;
}

BINARY(float_remainder)
{
    if (y == 0.0)
        return oz_raise(t, OZ_ZeroDivisionError, "float modulo");
    return oz_float_new(t, remainder_of(x, y));
}

BINARY(float_floor_divide)
{
    if (y == 0.0)
        return oz_raise(t, OZ_ZeroDivisionError, "float floor division by zero");
    return oz_float_new(t, quotient_of(x, y));
}

BINARY(float_divmod)
{
    if (y == 0.0)
        return oz_raise(t, OZ_ZeroDivisionError, "float divmod()");
    scoped Ref quotient = oz_float_new(t, quotient_of(x, y));
    scoped Ref remainder = quotient ? oz_float_new(t, remainder_of(x, y)) : NULL;
    return remainder ? oz_tuple_of(t, 2, quotient, remainder) : NULL;
}

/* OverflowError(34, 'Numerical result out of range') */
static Ref raise_range(Thread *t)
{
    scoped Ref text = oz_str_new(t, strerror(ERANGE));
    scoped Ref error =
        text ? oz_call2(t, (Obj)t->vm->errors[OZ_OverflowError], oz_int(ERANGE), text) : NULL;
    return error ? oz_raise_object(t, error, NULL) : NULL;
}

Ref oz_float_power(Thread *t, double x, double y)
{
    if (y == 0.0 || x == 1.0)
        return oz_float_new(t, 1.0);
    if (x == 0.0 && y < 0.0 && isfinite(y))
        return oz_raise(t, OZ_ZeroDivisionError, "0.0 cannot be raised to a negative power");
    if (x < 0.0 && isfinite(x) && isfinite(y) && y != floor(y)) {
        ComplexValue z = oz_complex_power((ComplexValue){x, 0}, (ComplexValue){y, 0});
        if (errno)
            return oz_raise(t, OZ_OverflowError, "complex exponentiation");
        return oz_complex_new(t, z.real, z.imag);
    }
    double result = pow(x, y);
    if (isinf(result) && isfinite(x) && isfinite(y))
        return raise_range(t);
    return oz_float_new(t, result);
}

static Ref float_power(Thread *t, Obj a, Obj b, Obj modulus)
{
    if (modulus)
        return oz_raise(t, OZ_TypeError,
                        "pow() 3rd argument not allowed unless all arguments are integers");
    double x, y;
    Found found = operand(t, a, &x);
    if (found == OZ_FOUND)
        found = operand(t, b, &y);
    if (found != OZ_FOUND)
        return found == OZ_MISSING ? OZ_NOT_IMPLEMENTED : NULL;
    return oz_float_power(t, x, y);
}

static double value_of(Obj v)
{
    double d = 0;
    oz_as_float(v, &d);
    return d;
}

static Ref float_negative(Thread *t, Obj v)
{
    return oz_float_new(t, -value_of(v));
}

static Ref float_exact(Thread *t, Obj v)
{
    if (oz_is_float(v) || oz_is(v, OZ_FLOAT))
        return oz_retain(v);
    return oz_float_new(t, value_of(v));
}

static Ref float_absolute(Thread *t, Obj v)
{
    return oz_float_new(t, fabs(value_of(v)));
}

static bool float_boolean(Thread *t OZ_UNUSED, Obj v, bool *truth)
{
    *truth = value_of(v) != 0.0;
    return true;
}

static Ref float_to_int(Thread *t, Obj v)
{
    return oz_int_from_double(t, value_of(v));
}

static Ref float_repr(Thread *t, Obj v)
{
    char text[32];
    size_t length = oz_float_repr(value_of(v), text);
    return oz_str_from_ascii(t, text, length);
}

/* ---- comparison ---- */

/* The order of a finite double and an int, exactly. */
static bool order_with_int(Thread *t, double d, Obj n, int *order)
{
    double near;
    if (!oz_int_try_double(n, &near)) { /* beyond every double */
        *order = oz_int_sign(n) < 0 ? 1 : -1;
        return true;
    }
    *order = (d > near) - (d < near);
    if (*order != 0 || oz_int_bits(n) <= DBL_MANT_DIG)
        return true;
    scoped Ref whole = oz_int_from_double(t, d); /* d is the rounded n: compare their digits */
    if (!whole)
        return false;
    *order = oz_int_order(whole, n);
    return true;
}

static int order_of(double x, double y)
{
    return (x > y) - (x < y);
}

/* -1, 0, 1 in *order.  OZ_MISSING: no number that float compares with. */
static Found compare_number(Thread *t, Obj a, Obj b, bool *unordered, int *order)
{
    double x = 0, y = 0;
    bool a_float = oz_as_float(a, &x), b_float = oz_as_float(b, &y);
    *unordered = (a_float && isnan(x)) || (b_float && isnan(y));
    if (a_float && b_float) {
        *order = order_of(x, y);
        return OZ_FOUND;
    }
    Obj n = oz_as_exact_int(a_float ? b : a);
    if (!n)
        return OZ_MISSING;
    double d = a_float ? x : y;
    *order = d > 0 ? 1 : -1;
    if (isfinite(d) && !order_with_int(t, d, n, order))
        return OZ_RAISED;
    if (!a_float)
        *order = -*order;
    return OZ_FOUND;
}

static Ref float_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    bool unordered;
    int order;
    Found found = compare_number(t, a, b, &unordered, &order);
    if (found != OZ_FOUND)
        return found == OZ_MISSING ? OZ_NOT_IMPLEMENTED : NULL;
    if (unordered)
        return oz_bool(op == OZ_NE);
    return oz_bool(oz_compare_decide(order, op));
}

/* ---- hash ---- */

#define HASH_BITS 61
#define HASH_MODULUS ((UINT64_C(1) << HASH_BITS) - 1)

/* The value modulo 2 ** 61 - 1, so that equal numbers of all types hash alike. */
int64_t oz_float_hash(double d)
{
    if (isinf(d))
        return d > 0 ? 314159 : -314159;
    int exponent;
    double m = frexp(fabs(d), &exponent);
    uint64_t x = 0;
    while (m != 0.0) { /* 28 bits a turn */
        x = ((x << 28) & HASH_MODULUS) | x >> (HASH_BITS - 28);
        m *= 268435456.0;
        exponent -= 28;
        uint64_t part = (uint64_t)m;
        m -= (double)part;
        x += part;
        if (x >= HASH_MODULUS)
            x -= HASH_MODULUS;
    }
    int turn = exponent >= 0 ? exponent % HASH_BITS : HASH_BITS - 1 - (-1 - exponent) % HASH_BITS;
    x = ((x << turn) & HASH_MODULUS) | x >> (HASH_BITS - turn);
    int64_t hash = d < 0 ? -(int64_t)x : (int64_t)x;
    return hash == -1 ? -2 : hash;
}

static bool float_hash(Thread *t OZ_UNUSED, Obj v, int64_t *hash)
{
    double d = value_of(v);
    *hash = isnan(d) ? (int64_t)(oz_word(v) >> 4 | oz_word(v) << 60) : oz_float_hash(d);
    return true;
}

/* ---- float(x) ---- */

static bool from_buffer(Thread *t, Obj x, double *d)
{
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, x, &view))
        return false;
    scoped Ref copy = oz_bytes_new(t, view.data, view.length);
    const Bytes *text = copy ? oz_as_bytes(copy) : NULL;
    return text && oz_float_parse(t, (const char *)oz_bytes_data(text), view.length, x, d);
}

static bool from_object(Thread *t, Obj x, double *d)
{
    const Slots *slots = oz_class_of(x)->slots;
    if (slots->to_float && !oz_is(x, OZ_FLOAT)) /* of a subclass it may say something else */
        return oz_checked_float(t, x, slots->to_float(t, x), d);
    if (slots->to_float || slots->index)
        return oz_as_double(t, x, d);
    if (oz_is_str(x)) {
        scoped Ref result = oz_float_from_text(t, x);
        return result && oz_as_float(result, d);
    }
    if (oz_has_buffer(x))
        return from_buffer(t, x, d);
    return oz_fail(t, OZ_TypeError, "float() argument must be a string or a real number, not '%T'",
                   x);
}

static Ref of_class(Thread *t, Class *cls, double d)
{
    if (cls->id == OZ_FLOAT)
        return oz_float_new(t, d);
    Float *self = oz_instance_new(t, cls, 0);
    if (self)
        self->value = d;
    return (Ref)self;
}

OZ_NEW(float, "($type, x=0, /)")
{
    Class *cls = (Class *)a[0];
    double d = 0;
    if (cls->id == OZ_FLOAT && (oz_is_float(a[1]) || oz_is(a[1], OZ_FLOAT)))
        return oz_retain(a[1]);
    return from_object(t, a[1], &d) ? of_class(t, cls, d) : NULL;
}

/* ---- methods ---- */

OZ_METHOD(float, conjugate, "($self, /)", "The number itself: the complex conjugate of a float.")
{
    return float_exact(t, a[0]);
}

OZ_METHOD(float, is_integer, "($self, /)", "Is the value a whole number?")
{
    double d = value_of(a[0]);
    return oz_bool(isfinite(d) && floor(d) == d);
}

OZ_METHOD(float, as_integer_ratio, "($self, /)",
          "The pair of ints, in lowest terms, whose quotient is the value.\n\n"
          "The second one is positive.  OverflowError for infinities, ValueError for NaN.")
{
    double d = value_of(a[0]);
    if (isinf(d))
        return oz_raise(t, OZ_OverflowError, "cannot convert Infinity to integer ratio");
    if (isnan(d))
        return oz_raise(t, OZ_ValueError, "cannot convert NaN to integer ratio");
    int exponent;
    double m = frexp(d, &exponent);
    for (int i = 0; i < 300 && m != floor(m); i++) {
        m *= 2.0;
        exponent--;
    }
    scoped Ref top = oz_int_from_double(t, m);
    if (!top)
        return NULL;
    scoped Ref factor = oz_int_lshift(t, oz_int(1), oz_int(exponent < 0 ? -exponent : exponent));
    if (!factor)
        return NULL;
    if (exponent < 0)
        return oz_tuple_of(t, 2, top, factor);
    scoped Ref product = oz_int_multiply(t, top, factor);
    return product ? oz_tuple_of(t, 2, product, (Obj)oz_int(1)) : NULL;
}

OZ_METHOD(float, __trunc__, "($self, /)", "The int left when the fraction is dropped.")
{
    return oz_int_from_double(t, value_of(a[0]));
}

OZ_METHOD(float, __floor__, "($self, /)", "The largest int that is not above the value.")
{
    return oz_int_from_double(t, floor(value_of(a[0])));
}

OZ_METHOD(float, __ceil__, "($self, /)", "The smallest int that is not below the value.")
{
    return oz_int_from_double(t, ceil(value_of(a[0])));
}

/* Rounded to 10 ** places when no digit of d stands at that place or above: 0, or one unit if d
 * (between a tenth and one unit) is more than half of it. */
static Ref round_coarse(Thread *t, double d, int places, bool near)
{
    int order = -1;
    scoped Ref unit = near ? oz_int_power(t, oz_int(10), oz_int(-places - 1)) : oz_int(0);
    scoped Ref half = unit ? oz_int_multiply(t, unit, oz_int(5)) : NULL;
    if (!half || (near && !order_with_int(t, fabs(d), half, &order)))
        return NULL;
    if (order <= 0)
        return oz_float_new(t, copysign(0.0, d));
    char text[16];
    snprintf(text, sizeof text, "1e%d", -places);
    double rounded = oz_float_read(text);
    if (isinf(rounded))
        return oz_raise(t, OZ_OverflowError, "rounded value too large to represent");
    return oz_float_new(t, copysign(rounded, d));
}

/* The decimal rounding of a finite d, not zero, as text and back: exact both ways. */
static Ref round_places(Thread *t, double d, int places)
{
    int digits = places;
    char type = 'f';
    if (places < 0) { /* to a power of ten: as significant digits */
        char shortest[24];
        int point;
        oz_float_shortest(fabs(d), shortest, &point);
        digits = point + places - 1;
        type = 'e';
        if (digits < 0)
            return round_coarse(t, d, places, digits == -1);
    }
    size_t length;
    char *text = oz_float_text(t, d, type, digits, 0, &length);
    if (!text)
        return NULL;
    double rounded = oz_float_read(text);
    oz_block_free(text);
    if (isinf(rounded))
        return oz_raise(t, OZ_OverflowError, "rounded value too large to represent");
    return oz_float_new(t, rounded);
}

OZ_METHOD(float, __round__, "($self, ndigits=None, /)",
          "What round() calls: the nearest int, of two equally near the even one.\n\n"
          "With ndigits, the nearest float with so many decimal places.")
{
    double d = value_of(a[0]);
    if (oz_is_none(a[1])) {
        double rounded = round(d);
        if (fabs(d - rounded) == 0.5)
            rounded = 2.0 * round(d / 2.0);
        return oz_int_from_double(t, rounded);
    }
    ssize_t places;
    if (!oz_as_ssize(t, a[1], -1, &places))
        return NULL;
    if (!isfinite(d) || d == 0.0 || places > 323)
        return oz_float_new(t, d);
    if (places < -308)
        return oz_float_new(t, 0.0 * d);
    return round_places(t, d, (int)places);
}

OZ_METHOD(float, hex, "($self, /)",
          "The value in hexadecimal, exactly.\n\n>>> (3.14159).hex()\n'0x1.921f9f01b866ep+1'")
{
    double d = value_of(a[0]);
    if (!isfinite(d))
        return float_repr(t, a[0]);
    const char *sign = signbit(d) ? "-" : "";
    if (d == 0.0)
        return oz_str_format(t, "%s0x0.0p+0", sign);
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    int biased = (int)(bits >> 52 & 0x7ff);
    int exponent = biased ? biased - 1023 : -1022;
    char digits[14];
    for (int i = 0; i < 13; i++)
        digits[i] = "0123456789abcdef"[bits >> (48 - 4 * i) & 15];
    digits[13] = 0;
    return oz_str_format(t, "%s0x%d.%sp%c%d", sign, biased != 0, digits, exponent < 0 ? '-' : '+',
                         exponent < 0 ? -exponent : exponent);
}

/* ---- hexadecimal ---- */

/* A number read digit by digit: mantissa * 2 ** exponent, and whether digits below were dropped. */
typedef struct HexNumber {
    uint64_t mantissa;
    int64_t exponent;
    bool dropped;
} HexNumber;

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static const char *hex_digits(const char *p, const char *end, HexNumber *n, bool *any)
{
    bool point = false;
    for (; p < end; p++) {
        if (*p == '.' && !point) {
            point = true;
            continue;
        }
        int digit = hex_digit(*p);
        if (digit < 0)
            break;
        *any = true;
        if (n->mantissa < UINT64_C(1) << 60) {
            n->mantissa = n->mantissa << 4 | (uint64_t)digit;
            n->exponent -= point ? 4 : 0;
        } else {
            n->dropped |= digit != 0;
            n->exponent += point ? 0 : 4;
        }
    }
    return p;
}

#define HUGE_EXPONENT 1000000000

/* "p" and a decimal exponent; NULL: malformed. */
static const char *hex_exponent(const char *p, const char *end, HexNumber *n)
{
    if (p == end || (*p | 0x20) != 'p')
        return p;
    p++;
    bool negative = p < end && *p == '-';
    p += p < end && (*p == '+' || *p == '-');
    const char *digits = p;
    int64_t exponent = 0;
    for (; p < end && *p >= '0' && *p <= '9'; p++)
        if (exponent < HUGE_EXPONENT)
            exponent = exponent * 10 + (*p - '0');
    n->exponent += negative ? -exponent : exponent;
    return p > digits ? p : NULL;
}

/* Rounded once, half to even, to 53 bits or to what a subnormal number has. */
static double hex_value(const HexNumber *n)
{
    if (n->mantissa == 0 || n->exponent < -HUGE_EXPONENT / 2)
        return 0.0;
    int64_t top = 63 - __builtin_clzll(n->mantissa) + n->exponent;
    if (top > DBL_MAX_EXP)
        return INFINITY;
    int64_t least = DBL_MIN_EXP - DBL_MANT_DIG; /* exponent of the smallest number */
    int64_t last = top - (DBL_MANT_DIG - 1) > least ? top - (DBL_MANT_DIG - 1) : least;
    int64_t shift = last - n->exponent;
    if (shift <= 0)
        return ldexp((double)n->mantissa, (int)n->exponent);
    if (shift > 64)
        return 0.0;
    uint64_t kept = shift < 64 ? n->mantissa >> shift : 0;
    uint64_t half = UINT64_C(1) << (shift - 1);
    uint64_t rest = n->mantissa & (half | (half - 1));
    if (rest > half || (rest == half && (n->dropped || (kept & 1))))
        kept++;
    return ldexp((double)kept, (int)last);
}

static bool from_hex(Thread *t, const char *text, size_t length, double *d)
{
    const char *p = text, *end = text + length;
    bool negative = p < end && *p == '-', any = false;
    p += p < end && (*p == '+' || *p == '-');
    if (p < end && strchr("iInN", *p)) {
        any = oz_float_scan(text, length) == length;
        *d = any ? oz_float_read(text) : 0;
    } else {
        HexNumber n = {0};
        if (end - p >= 2 && p[0] == '0' && (p[1] | 0x20) == 'x')
            p += 2;
        p = hex_digits(p, end, &n, &any);
        p = hex_exponent(p, end, &n);
        any = any && p == end;
        *d = hex_value(&n);
        if (any && isinf(*d))
            return oz_fail(t, OZ_OverflowError,
                           "hexadecimal value too large to represent as a float");
        *d = negative ? -*d : *d;
    }
    if (!any)
        return oz_fail(t, OZ_ValueError, "invalid hexadecimal floating-point string");
    return true;
}

OZ_CLASS_METHOD(float, fromhex, "($type, string, /)",
                "The float that a hexadecimal string, as hex() makes it, stands for.")
{
    double d = 0;
    const Str *s = oz_as_str(a[1]);
    if (!s)
        return oz_raise(t, OZ_TypeError, "bad argument type for built-in operation");
    bool ascii = oz_id(&s->base) == OZ_STR_ASCII;
    NumberText n = {oz_str_data(s), ascii ? oz_str_length(s) : 0, NULL};
    oz_number_text_strip(&n);
    bool good = from_hex(t, n.text, n.length, &d);
    scoped Ref result = good ? oz_float_new(t, d) : NULL;
    if (!result || ((Class *)a[0])->id == OZ_FLOAT)
        return oz_move(&result);
    return oz_call1(t, a[0], result);
}

OZ_METHOD(float, __getnewargs__, "($self, /)", "Arguments for copying and pickling.")
{
    scoped Ref exact = float_exact(t, a[0]);
    return exact ? oz_tuple_of(t, 1, exact) : NULL;
}

OZ_METHOD(float, __format__, "($self, format_spec, /)", "Format according to format_spec.")
{
    return oz_float_format(t, a[0], a[1]);
}

OZ_CLASS_METHOD(float, __getformat__, "($type, typestr, /)",
                "How this machine stores a 'double' or a 'float'.\n\n"
                "For use by the test suite.")
{
    const Str *s = oz_as_str(a[1]);
    if (!s)
        return oz_raise(t, OZ_TypeError, "__getformat__() argument must be str, not %T", a[1]);
    if (!oz_str_equal_utf8(s, "double") && !oz_str_equal_utf8(s, "float"))
        return oz_raise(t, OZ_ValueError, "__getformat__() argument 1 must be 'double' or 'float'");
    return oz_str_new(t, "IEEE, little-endian");
}

static Ref get_real(Thread *t, Obj self)
{
    return float_exact(t, self);
}

static Ref get_imag(Thread *t, Obj self OZ_UNUSED)
{
    return oz_float_new(t, 0.0);
}

const TypeDef oz_float_type = {
    .id = OZ_FLOAT,
    .name = "float",
    .doc =
        "float(x=0) -> float\n\nThe value of a number, or of the decimal number that a text holds.",
    .size = sizeof(Float),
    .flags = OZ_TYPE_LEAF_CELLS | OZ_TYPE_SELF_MATCH,
    .make = &float_new_,
    .slots =
        {
            .repr = float_repr,
            .hash = float_hash,
            .compare = float_compare,
            .add = float_add,
            .subtract = float_subtract,
            .multiply = float_multiply,
            .true_divide = float_true_divide,
            .floor_divide = float_floor_divide,
            .remainder = float_remainder,
            .divmod = float_divmod,
            .power = float_power,
            .negative = float_negative,
            .positive = float_exact,
            .absolute = float_absolute,
            .boolean = float_boolean,
            .to_int = float_to_int,
            .to_float = float_exact,
        },
    .methods =
        OZ_METHODS(&float_conjugate, &float_is_integer, &float_as_integer_ratio, &float___trunc__,
                   &float___floor__, &float___ceil__, &float___round__, &float_hex, &float_fromhex,
                   &float___getnewargs__, &float___format__, &float___getformat__),
    .getsets = OZ_GETSETS({"real", get_real, NULL, "the real part of a complex number"},
                          {"imag", get_imag, NULL, "the imaginary part of a complex number"}),
};
