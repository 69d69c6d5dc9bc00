// SPDX-License-Identifier: MIT
// The type complex.
//
// Products and quotients follow the plain formulas of the textbook (division with scaling by the
// larger part of the divisor), not C's rules for infinities.
#include "types/complex.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "heap/heap.h"
#include "types/float.h"
#include "types/format_spec.h"
#include "types/int.h"
#include "types/number_text.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

typedef ComplexValue Z;

Ref oz_complex_new(Thread *t, double real, double imag)
{
    Complex *self = oz_object_new_raw(t, OZ_COMPLEX, sizeof *self);
    if (!self)
        return NULL;
    self->real = real;
    self->imag = imag;
    return (Ref)self;
}

static Ref complex_of(Thread *t, Z z)
{
    return oz_complex_new(t, z.real, z.imag);
}

static Z value_of(Obj v)
{
    const Complex *c = (const Complex *)v;
    return (Z){c->real, c->imag};
}

/* ---- arithmetic ---- */

static Z product(Z a, Z b)
{
    return (Z){a.real * b.real - a.imag * b.imag, a.real * b.imag + a.imag * b.real};
}

Z oz_complex_quotient(Z a, Z b)
{
    errno = 0;
    double real = fabs(b.real), imag = fabs(b.imag);
    if (real >= imag) {
        if (real == 0.0) {
            errno = EDOM;
            return (Z){0.0, 0.0};
        }
        double ratio = b.imag / b.real, scale = b.real + b.imag * ratio;
        return (Z){(a.real + a.imag * ratio) / scale, (a.imag - a.real * ratio) / scale};
    }
    if (imag >= real) {
        double ratio = b.real / b.imag, scale = b.real * ratio + b.imag;
        return (Z){(a.real * ratio + a.imag) / scale, (a.imag * ratio - a.real) / scale};
    }
    return (Z){NAN, NAN}; /* a part of the divisor is NaN */
}

static Z power_whole(Z base, unsigned n)
{
    Z result = {1.0, 0.0};
    for (; n; n >>= 1) {
        if (n & 1)
            result = product(result, base);
        base = product(base, base);
    }
    return result;
}

static Z power_polar(Z a, Z b)
{
    if (b.real == 0.0 && b.imag == 0.0)
        return (Z){1.0, 0.0};
    if (a.real == 0.0 && a.imag == 0.0) {
        if (b.imag != 0.0 || b.real < 0.0)
            errno = EDOM;
        return (Z){0.0, 0.0};
    }
    double size = hypot(a.real, a.imag), angle = atan2(a.imag, a.real);
    double length = pow(size, b.real), phase = angle * b.real;
    if (b.imag != 0.0) {
        length *= exp(-angle * b.imag);
        phase += b.imag * log(size);
    }
    return (Z){length * cos(phase), length * sin(phase)};
}

#define WHOLE_POWER 100 /* larger exponents go by way of polar coordinates */

Z oz_complex_power(Z a, Z b)
{
    Z z;
    errno = 0;
    if (b.imag == 0.0 && b.real == floor(b.real) && fabs(b.real) <= WHOLE_POWER) {
        z = power_whole(a, (unsigned)fabs(b.real));
        if (b.real < 0)
            z = oz_complex_quotient((Z){1.0, 0.0}, z);
    } else {
        z = power_polar(a, b);
    }
    bool infinite = isinf(z.real) || isinf(z.imag);
    if (errno != EDOM)
        errno = infinite ? ERANGE : 0;
    return z;
}

/* The value of a complex, float or int operand.  OZ_MISSING: it is none of them. */
static Found operand(Thread *t, Obj v, Z *z)
{
    const Complex *c = oz_as_complex_object(v);
    if (c) {
        *z = (Z){c->real, c->imag};
        return OZ_FOUND;
    }
    z->imag = 0.0;
    if (oz_as_float(v, &z->real))
        return OZ_FOUND;
    Obj exact = oz_as_exact_int(v);
    if (!exact)
        return OZ_MISSING;
    return oz_int_to_double(t, exact, &z->real) ? OZ_FOUND : OZ_RAISED;
}

static Found operands(Thread *t, Obj a, Obj b, Z *x, Z *y)
{
    Found found = operand(t, a, x);
    return found == OZ_FOUND ? operand(t, b, y) : found;
}

#define BINARY(name)                                                                               \
    static Ref name##_of(Thread *t, Z x, Z y);                                                     \
    static Ref name(Thread *t, Obj a, Obj b)                                                       \
    {                                                                                              \
        Z x, y;                                                                                    \
        Found found = operands(t, a, b, &x, &y);                                                   \
        if (found != OZ_FOUND)                                                                     \
            return found == OZ_MISSING ? OZ_NOT_IMPLEMENTED : NULL;                                \
        return name##_of(t, x, y);                                                                 \
    }                                                                                              \
    static Ref name##_of(Thread *t, Z x, Z y)

BINARY(complex_add)
{
    return oz_complex_new(t, x.real + y.real, x.imag + y.imag);
}

BINARY(complex_subtract)
{
    return oz_complex_new(t, x.real - y.real, x.imag - y.imag);
}

BINARY(complex_multiply)
{
    return complex_of(t, product(x, y));
}

BINARY(complex_true_divide)
{
    Z z = oz_complex_quotient(x, y);
    if (errno == EDOM)
        return oz_raise(t, OZ_ZeroDivisionError, "complex division by zero");
    return complex_of(t, z);
}

static Ref complex_power(Thread *t, Obj a, Obj b, Obj modulus)
{
    Z x, y;
    Found found = operands(t, a, b, &x, &y);
    if (found != OZ_FOUND)
        return found == OZ_MISSING ? OZ_NOT_IMPLEMENTED : NULL;
    if (modulus)
        return oz_raise(t, OZ_ValueError, "complex modulo");
    Z z = oz_complex_power(x, y);
    if (errno == EDOM)
        return oz_raise(t, OZ_ZeroDivisionError, "0.0 to a negative or complex power");
    if (errno == ERANGE)
        return oz_raise(t, OZ_OverflowError, "complex exponentiation");
    return complex_of(t, z);
}

static Ref complex_negative(Thread *t, Obj v)
{
    return oz_complex_new(t, -value_of(v).real, -value_of(v).imag);
}

static Ref complex_exact(Thread *t, Obj v)
{
    return oz_is(v, OZ_COMPLEX) ? oz_retain(v) : complex_of(t, value_of(v));
}

static Ref complex_absolute(Thread *t, Obj v)
{
    Z z = value_of(v);
    double size = hypot(z.real, z.imag);
    if (isinf(size) && isfinite(z.real) && isfinite(z.imag))
        return oz_raise(t, OZ_OverflowError, "absolute value too large");
    return oz_float_new(t, size);
}

static bool complex_boolean(Thread *t OZ_UNUSED, Obj v, bool *truth)
{
    *truth = value_of(v).real != 0.0 || value_of(v).imag != 0.0;
    return true;
}

/* ---- comparison and hash ---- */

static Ref complex_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    const Complex *self = oz_as_complex_object(a);
    if (!self || (op != OZ_EQ && op != OZ_NE))
        return OZ_NOT_IMPLEMENTED;
    bool equal;
    const Complex *other = oz_as_complex_object(b);
    double d;
    if (other) {
        equal = self->real == other->real && self->imag == other->imag;
    } else if (oz_as_float(b, &d)) {
        equal = self->real == d && self->imag == 0.0;
    } else if (oz_as_exact_int(b)) {
        scoped Ref real = oz_float_new(t, self->real);
        if (!real || !oz_compare_true(t, real, b, OZ_EQ, &equal))
            return NULL;
        equal = equal && self->imag == 0.0;
    } else {
        return OZ_NOT_IMPLEMENTED;
    }
    return oz_bool(equal == (op == OZ_EQ));
}

static uint64_t part_hash(Obj v, double d)
{
    return isnan(d) ? oz_word(v) >> 4 : (uint64_t)oz_float_hash(d);
}

static bool complex_hash(Thread *t OZ_UNUSED, Obj v, int64_t *hash)
{
    Z z = value_of(v);
    *hash = (int64_t)(part_hash(v, z.real) + 1000003 * part_hash(v, z.imag));
    if (*hash == -1)
        *hash = -2;
    return true;
}

/* ---- text ---- */

static bool put_part(StrBuilder *b, double d, int flags)
{
    size_t length;
    char *text = oz_float_text(b->t, d, 'r', 0, flags, &length);
    if (!text)
        return false;
    oz_builder_ascii(b, text, length);
    oz_block_free(text);
    return true;
}

static Ref complex_repr(Thread *t, Obj v)
{
    Z z = value_of(v);
    bool only_imag = z.real == 0.0 && !signbit(z.real);
    StrBuilder b;
    oz_builder_init(&b, t);
    if (!only_imag)
        oz_builder_character(&b, '(');
    if ((!only_imag && !put_part(&b, z.real, 0)) ||
        !put_part(&b, z.imag, only_imag ? 0 : OZ_FLOAT_SIGN)) {
        oz_builder_fini(&b);
        return NULL;
    }
    oz_builder_ascii(&b, "j)", only_imag ? 1 : 2);
    return oz_builder_finish(&b);
}

static bool is_j(const char *p, const char *end)
{
    return p < end && (*p == 'j' || *p == 'J');
}

static bool is_sign(const char *p, const char *end)
{
    return p < end && (*p == '+' || *p == '-');
}

/* number | number j | number sign [number] j | [sign] j.  OZ_MISSING: malformed. */
static Found parse_parts(Thread *t, const char *p, const char *end, Z *z)
{
    double first = 0.0;
    size_t used;
    *z = (Z){0.0, 0.0};
    if (!oz_float_parse_part(t, p, (size_t)(end - p), &used, &first))
        return OZ_RAISED;
    p += used;
    if (used && is_j(p, end)) {
        z->imag = first;
        p++;
    } else if (used && !is_sign(p, end)) {
        z->real = first;
    } else {
        z->real = first;
        z->imag = is_sign(p, end) && *p == '-' ? -1.0 : 1.0;
        size_t more = 0;
        if (used && !oz_float_parse_part(t, p, (size_t)(end - p), &more, &z->imag))
            return OZ_RAISED;
        if (!more) {
            z->imag = is_sign(p, end) && *p == '-' ? -1.0 : 1.0;
            more = is_sign(p, end);
        }
        p += more;
        if (!is_j(p, end))
            return OZ_MISSING;
        p++;
    }
    return p == end ? OZ_FOUND : OZ_MISSING;
}

static bool parse(Thread *t, Obj text, const NumberText *source, Z *z)
{
    NumberText n = *source;
    oz_number_text_strip(&n);
    if (n.length >= 2 && n.text[0] == '(' && n.text[n.length - 1] == ')') {
        n.text++;
        n.length -= 2;
        oz_number_text_strip(&n);
    }
    Found found = parse_parts(t, n.text, n.text + n.length, z);
    if (found != OZ_MISSING)
        return found == OZ_FOUND;
    if (memchr(source->text, '_', source->length))
        return oz_raise_literal(t, "could not convert string to complex: ", text) != NULL;
    return oz_fail(t, OZ_ValueError, "complex() arg is a malformed string");
}

/* ---- complex(real, imag) ---- */

static bool from_str(Thread *t, Obj text, const Str *s, Z *z)
{
    NumberText n;
    if (!oz_number_text_init(t, &n, s))
        return false;
    bool good = parse(t, text, &n, z);
    oz_number_text_fini(&n);
    return good;
}

/* What o.__complex__() gives; OZ_MISSING: there is none. */
static Found from_special(Thread *t, Obj o, Z *z)
{
    scoped Ref method = NULL;
    Found found = oz_find_special(t, o, OZ_NAME(t, __complex__), &method);
    if (found != OZ_FOUND)
        return found;
    scoped Ref result = oz_call0(t, method);
    if (!result)
        return OZ_RAISED;
    const Complex *c = oz_as_complex_object(result);
    if (!c) {
        oz_raise(t, OZ_TypeError, "__complex__ returned non-complex (type %T)", result);
        return OZ_RAISED;
    }
    if (!oz_is(result, OZ_COMPLEX) &&
        !oz_warn(t, OZ_DeprecationWarning, 1,
                 "__complex__ returned non-complex (type %T).  The ability to return an instance "
                 "of a strict subclass of complex is deprecated, and may not be supported in a "
                 "future version of Python.",
                 result))
        return OZ_RAISED;
    *z = (Z){c->real, c->imag};
    return OZ_FOUND;
}

bool oz_as_complex(Thread *t, Obj o, Z *z)
{
    const Complex *c = oz_as_complex_object(o);
    if (c) {
        *z = (Z){c->real, c->imag};
        return true;
    }
    Found found = oz_is_pointer(o) && !oz_isa(o, OZ_FLOAT) ? from_special(t, o, z) : OZ_MISSING;
    z->imag = found == OZ_FOUND ? z->imag : 0.0;
    return found == OZ_FOUND || (found == OZ_MISSING && oz_as_double(t, o, &z->real));
}

static bool is_number(Obj o)
{
    const Slots *slots = oz_class_of(o)->slots;
    return oz_as_complex_object(o) || slots->to_float || slots->index;
}

/* An argument of complex(): *is_complex says whether its imaginary part counts. */
static bool argument(Thread *t, Obj o, bool first, Z *z, bool *is_complex)
{
    const Complex *c = oz_as_complex_object(o);
    *is_complex = true;
    if (first && !oz_is(o, OZ_COMPLEX)) {
        Found found = from_special(t, o, z);
        if (found != OZ_MISSING)
            return found == OZ_FOUND;
    }
    if (c) {
        *z = (Z){c->real, c->imag};
        return true;
    }
    *is_complex = false;
    if (!is_number(o))
        return first ? oz_fail(t, OZ_TypeError,
                               "complex() first argument must be a string or a number, not '%T'", o)
                     : oz_fail(t, OZ_TypeError,
                               "complex() second argument must be a number, not '%T'", o);
    z->imag = 0.0;
    return oz_as_double(t, o, &z->real);
}

static Ref of_class(Thread *t, Class *cls, Z z)
{
    if (cls->id == OZ_COMPLEX)
        return complex_of(t, z);
    Complex *self = oz_instance_new(t, cls, 0);
    if (self) {
        self->real = z.real;
        self->imag = z.imag;
    }
    return (Ref)self;
}

OZ_NEW(complex, "($type, /, real=0, imag=<unrepresentable>)")
{
    Class *cls = (Class *)a[0];
    Z real, imag = {0.0, 0.0};
    bool real_complex, imag_complex = false;
    if (!a[2] && cls->id == OZ_COMPLEX && oz_is(a[1], OZ_COMPLEX))
        return oz_retain(a[1]);
    const Str *s = oz_as_str(a[1]);
    if (s) {
        if (a[2])
            return oz_raise(t, OZ_TypeError,
                            "complex() can't take second arg if first is a string");
        return from_str(t, a[1], s, &real) ? of_class(t, cls, real) : NULL;
    }
    if (a[2] && oz_is_str(a[2]))
        return oz_raise(t, OZ_TypeError, "complex() second arg can't be a string");
    if (a[2] && !is_number(a[2]))
        return oz_raise(t, OZ_TypeError, "complex() second argument must be a number, not '%T'",
                        a[2]);
    if (!argument(t, a[1], true, &real, &real_complex))
        return NULL;
    if (!a[2])
        return of_class(t, cls, real);
    if (!argument(t, a[2], false, &imag, &imag_complex))
        return NULL;
    /* real + imag * 1j, without adding zeros that would lose a sign */
    Z z = {real.real, imag.real};
    if (imag_complex)
        z.real -= imag.imag;
    if (real_complex)
        z.imag += real.imag;
    return of_class(t, cls, z);
}

/* ---- methods ---- */

OZ_METHOD(
    complex, conjugate, "($self, /)",
    "The number with the sign of its imaginary part turned.\n\n>>> (1+2j).conjugate()\n(1-2j)")
{
    return oz_complex_new(t, value_of(a[0]).real, -value_of(a[0]).imag);
}

OZ_METHOD(complex, __complex__, "($self, /)", "The value as an exact complex.")
{
    return complex_exact(t, a[0]);
}

OZ_METHOD(complex, __getnewargs__, "($self, /)", "Arguments for copying and pickling.")
{
    scoped Ref real = oz_float_new(t, value_of(a[0]).real);
    scoped Ref imag = real ? oz_float_new(t, value_of(a[0]).imag) : NULL;
    return imag ? oz_tuple_of(t, 2, real, imag) : NULL;
}

OZ_METHOD(complex, __format__, "($self, format_spec, /)", "Format according to format_spec.")
{
    return oz_complex_format(t, a[0], a[1]);
}

static Ref get_real(Thread *t, Obj self)
{
    return oz_float_new(t, value_of(self).real);
}

static Ref get_imag(Thread *t, Obj self)
{
    return oz_float_new(t, value_of(self).imag);
}

const TypeDef oz_complex_type = {
    .id = OZ_COMPLEX,
    .name = "complex",
    .doc = "complex(real=0, imag=0) -> complex\n\n"
           "real + imag*1j, or the number that a text holds: complex('1+2j').",
    .size = sizeof(Complex),
    .flags = OZ_TYPE_LEAF_CELLS,
    .make = &complex_new_,
    .slots =
        {
            .repr = complex_repr,
            .hash = complex_hash,
            .compare = complex_compare,
            .add = complex_add,
            .subtract = complex_subtract,
            .multiply = complex_multiply,
            .true_divide = complex_true_divide,
            .power = complex_power,
            .negative = complex_negative,
            .positive = complex_exact,
            .absolute = complex_absolute,
            .boolean = complex_boolean,
        },
    .methods = OZ_METHODS(&complex_conjugate, &complex___complex__, &complex___getnewargs__,
                          &complex___format__),
    .getsets = OZ_GETSETS({"real", get_real, NULL, "the real part of a complex number"},
                          {"imag", get_imag, NULL, "the imaginary part of a complex number"}),
};
