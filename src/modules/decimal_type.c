// SPDX-License-Identifier: MIT
// Decimal: the type, with an operation in each slot and method.
#include "modules/decimal.h"

#include <math.h>

#include "heap/heap.h"
#include "types/complex.h"
#include "types/float.h"

static void decimal_clear(Thread *t OZ_UNUSED, Object *object)
{
    Decimal *self = (Decimal *)object;
    if (self->n > 2) {
        self->n = 0;
        oz_block_free(self->words);
    }
}

static size_t decimal_outside(const Object *object)
{
    const Decimal *self = (const Decimal *)object;
    return self->n > 2 ? self->n * sizeof *self->words : 0;
}

/* ---- making ---- */

OZ_NEW(decimal, "($type, value='0', context=None)")
{
    scoped Ref context = oz_decimal_context_argument(t, a[2]);
    return context ? oz_decimal_from(t, (Class *)a[0], a[1], context, true) : NULL;
}

OZ_CLASS_METHOD(decimal, from_float, "($type, f, /)", "A Decimal of just the value of the float.")
{
    Class *cls = (Class *)a[0];
    scoped Ref context = oz_decimal_context(t);
    if (!context)
        return NULL;
    scoped Ref made =
        oz_decimal_from_float(t, oz_builtin_class(t, OZ_DECIMAL), a[1], context, true);
    return !made || cls->id == OZ_DECIMAL ? oz_move(&made) : oz_call1(t, a[0], made);
}

/* ---- operators ---- */

static Found open_both(Thread *t, Obj a, Operand *x, Obj b, Operand *y)
{
    Found found = oz_operand_open(t, a, x);
    return found == OZ_FOUND ? oz_operand_open(t, b, y) : found;
}

static Ref binary(Thread *t, Operation *operation, Obj a, Obj b)
{
    if (OZ_LIKELY(oz_is(a, OZ_DECIMAL) && oz_is(b, OZ_DECIMAL))) {
        Number first, second;
        scoped Ref now = oz_decimal_context(t);
        oz_decimal_open(&first, a);
        oz_decimal_open(&second, b);
        return now ? oz_decimal_apply(t, operation, now, &first, &second, NULL) : NULL;
    }
    scoped_operand x = OZ_OPERAND_NONE, y = OZ_OPERAND_NONE;
    Found found = open_both(t, a, &x, b, &y);
    if (found != OZ_FOUND)
        return found == OZ_MISSING ? OZ_NOT_IMPLEMENTED : NULL;
    scoped Ref context = oz_decimal_context(t);
    return context ? oz_decimal_apply(t, operation, context, &x.number, &y.number, NULL) : NULL;
}

static Ref decimal_add(Thread *t, Obj a, Obj b)
{
    Ref result = NULL;
    return oz_short_add(t, a, b, false, &result) == OZ_MISSING ? binary(t, oz_decimal_add, a, b)
                                                               : result;
}

static Ref decimal_subtract(Thread *t, Obj a, Obj b)
{
    Ref result = NULL;
    return oz_short_add(t, a, b, true, &result) == OZ_MISSING ? binary(t, oz_decimal_subtract, a, b)
                                                              : result;
}

static Ref decimal_multiply(Thread *t, Obj a, Obj b)
{
    Ref result = NULL;
    return oz_short_multiply(t, a, b, &result) == OZ_MISSING ? binary(t, oz_decimal_multiply, a, b)
                                                             : result;
}

static Ref decimal_true_divide(Thread *t, Obj a, Obj b)
{
    Ref result = NULL;
    return oz_short_divide(t, a, b, &result) == OZ_MISSING ? binary(t, oz_decimal_divide, a, b)
                                                           : result;
}

#define BINARY_SLOT(name, operation)                                                               \
    static Ref decimal_##name(Thread *t, Obj a, Obj b)                                             \
    {                                                                                              \
        return binary(t, operation, a, b);                                                         \
    }
BINARY_SLOT(floor_divide, oz_decimal_divide_int)
BINARY_SLOT(remainder, oz_decimal_remainder)

static Ref decimal_divmod(Thread *t, Obj a, Obj b)
{
    scoped_operand x = OZ_OPERAND_NONE, y = OZ_OPERAND_NONE;
    Found found = open_both(t, a, &x, b, &y);
    if (found != OZ_FOUND)
        return found == OZ_MISSING ? OZ_NOT_IMPLEMENTED : NULL;
    scoped Ref context = oz_decimal_context(t);
    return context ? oz_decimal_divide_both(t, context, &x.number, &y.number) : NULL;
}

static Ref decimal_power(Thread *t, Obj base, Obj exponent, Obj modulus)
{
    scoped_operand x = OZ_OPERAND_NONE, y = OZ_OPERAND_NONE, z = OZ_OPERAND_NONE;
    bool modulo = modulus && !oz_is_none(modulus);
    Found found = open_both(t, base, &x, exponent, &y);
    if (found == OZ_FOUND && modulo)
        found = oz_operand_open(t, modulus, &z);
    if (found != OZ_FOUND)
        return found == OZ_MISSING ? OZ_NOT_IMPLEMENTED : NULL;
    scoped Ref context = oz_decimal_context(t);
    return context ? oz_decimal_apply(t, oz_decimal_power, context, &x.number, &y.number,
                                      modulo ? &z.number : NULL)
                   : NULL;
}

/* An operation on the number alone, in a context. */
static Ref unary(Thread *t, Operation *operation, Obj v, Obj given)
{
    scoped Ref context = oz_decimal_context_argument(t, given);
    Number n;
    oz_decimal_open(&n, v);
    return context ? oz_decimal_apply(t, operation, context, &n, NULL, NULL) : NULL;
}

#define UNARY_SLOT(name, operation)                                                                \
    static Ref decimal_##name(Thread *t, Obj v)                                                    \
    {                                                                                              \
        return unary(t, operation, v, OZ_NONE);                                                    \
    }
UNARY_SLOT(negative, oz_decimal_minus)
UNARY_SLOT(positive, oz_decimal_plus)
UNARY_SLOT(absolute, oz_decimal_abs)

static bool decimal_boolean(Thread *t OZ_UNUSED, Obj v, bool *truth)
{
    const Decimal *d = (const Decimal *)v;
    *truth = d->kind != OZ_FINITE || d->n;
    return true;
}

static Ref to_int(Thread *t, Obj v, Rounding rounding)
{
    Number n;
    oz_decimal_open(&n, v);
    return oz_decimal_to_int(t, &n, rounding);
}

static Ref decimal_to_int(Thread *t, Obj v)
{
    return to_int(t, v, OZ_ROUND_DOWN);
}

static Ref decimal_to_float(Thread *t, Obj v)
{
    double d;
    return oz_decimal_to_double(t, v, &d) ? oz_float_new(t, d) : NULL;
}

static Ref decimal_str(Thread *t, Obj v)
{
    scoped Ref context = oz_decimal_context(t);
    return context ? oz_decimal_text(
                         t, v, ((const DecimalContext *)context)->capitals ? 0 : OZ_TEXT_LOWER)
                   : NULL;
}

static Ref decimal_repr(Thread *t, Obj v)
{
    scoped Ref text = decimal_str(t, v);
    return text ? oz_str_format(t, "Decimal('%S')", text) : NULL;
}

/* ---- operations as methods ---- */

static Ref apply2(Thread *t, Operation *operation, Obj v, Obj other, Obj given)
{
    scoped_operand b = OZ_OPERAND_NONE;
    Number x;
    scoped Ref context = oz_decimal_context_argument(t, given);
    oz_decimal_open(&x, v);
    return context && oz_operand_argument(t, other, &b)
               ? oz_decimal_apply(t, operation, context, &x, &b.number, NULL)
               : NULL;
}

#define UNARY(name, doc)                                                                           \
    OZ_METHOD(decimal, name, "($self, /, context=None)", doc)                                      \
    {                                                                                              \
        return unary(t, oz_decimal_##name, a[0], a[1]);                                            \
    }
#define BINARY(name, doc)                                                                          \
    OZ_METHOD(decimal, name, "($self, /, other, context=None)", doc)                               \
    {                                                                                              \
        return apply2(t, oz_decimal_##name, a[0], a[1], a[2]);                                     \
    }
#include "modules/decimal_operations.def"

OZ_METHOD(decimal, fma, "($self, /, other, third, context=None)",
          "self * other + third, rounded once.")
{
    scoped_operand y = OZ_OPERAND_NONE, z = OZ_OPERAND_NONE;
    Number x;
    scoped Ref context = oz_decimal_context_argument(t, a[3]);
    oz_decimal_open(&x, a[0]);
    if (!context || !oz_operand_argument(t, a[1], &y) || !oz_operand_argument(t, a[2], &z))
        return NULL;
    return oz_decimal_apply(t, oz_decimal_fma, context, &x, &y.number, &z.number);
}

/* An operation whose rounding may be given. */
static Ref rounded(Thread *t, Operation *operation, Obj v, const Number *b, Obj rounding, Obj given)
{
    scoped Ref context = oz_decimal_context_argument(t, given);
    Number x;
    oz_decimal_open(&x, v);
    if (!context || oz_is_none(rounding))
        return context ? oz_decimal_apply(t, operation, context, &x, b, NULL) : NULL;
    Limits limits = ((const DecimalContext *)context)->limits;
    if (!oz_decimal_rounding(t, rounding, &limits.rounding))
        return NULL;
    Run run = {.operation = operation, .a = &x, .b = b, .limits = &limits, .count = 1};
    uint32_t status;
    scoped Ref result = NULL;
    if (!oz_decimal_run(t, &run, &status, &result) ||
        (status && !oz_decimal_signal(t, context, status)))
        return NULL;
    return oz_move(&result);
}

OZ_METHOD(decimal, quantize, "($self, /, exp, rounding=None, context=None)",
          "The number rounded to the exponent of another.")
{
    scoped_operand b = OZ_OPERAND_NONE;
    return oz_operand_argument(t, a[1], &b)
               ? rounded(t, oz_decimal_quantize, a[0], &b.number, a[2], a[3])
               : NULL;
}

OZ_METHOD(decimal, to_integral, "($self, /, rounding=None, context=None)", "Rounded to an integer.")
{
    return rounded(t, oz_decimal_to_integral, a[0], NULL, a[1], a[2]);
}

OZ_METHOD(decimal, to_integral_value, "($self, /, rounding=None, context=None)",
          "Rounded to an integer.")
{
    return rounded(t, oz_decimal_to_integral, a[0], NULL, a[1], a[2]);
}

OZ_METHOD(decimal, to_integral_exact, "($self, /, rounding=None, context=None)",
          "Rounded to an integer; signals Inexact and Rounded.")
{
    return rounded(t, oz_decimal_to_integral_exact, a[0], NULL, a[1], a[2]);
}

/* ---- questions ---- */

#define QUESTION(name, doc, answer)                                                                \
    OZ_METHOD(decimal, name, "($self, /)", doc)                                                    \
    {                                                                                              \
        const Decimal *d = (const Decimal *)a[0];                                                  \
        return oz_bool(answer);                                                                    \
    }
QUESTION(is_canonical, "True.", d != NULL)
QUESTION(is_finite, "Is it neither infinite nor NaN?", d->kind == OZ_FINITE)
QUESTION(is_infinite, "Is it infinite?", d->kind == OZ_INFINITE)
QUESTION(is_nan, "Is it a NaN, quiet or signaling?", d->kind >= OZ_QNAN)
QUESTION(is_qnan, "Is it a quiet NaN?", d->kind == OZ_QNAN)
QUESTION(is_signed, "Is its sign negative?", d->negative)
QUESTION(is_snan, "Is it a signaling NaN?", d->kind == OZ_SNAN)
QUESTION(is_zero, "Is it zero?", d->kind == OZ_FINITE && d->n == 0)

/* The same with what a context says. */
#define CONTEXT_QUESTION(name, doc, answer)                                                        \
    OZ_METHOD(decimal, name, "($self, /, context=None)", doc)                                      \
    {                                                                                              \
        scoped Ref context = oz_decimal_context_argument(t, a[1]);                                 \
        Number n;                                                                                  \
        if (!context)                                                                              \
            return NULL;                                                                           \
        const Limits *limits = &((const DecimalContext *)context)->limits;                         \
        oz_decimal_open(&n, a[0]);                                                                 \
        return answer;                                                                             \
    }
CONTEXT_QUESTION(is_normal, "Is it finite and neither zero nor subnormal?",
                 oz_bool(oz_number_is_normal(&n, limits)))
CONTEXT_QUESTION(is_subnormal, "Is it smaller than any normal number, but not zero?",
                 oz_bool(oz_number_is_subnormal(&n, limits)))
CONTEXT_QUESTION(number_class, "The class of the number as text.",
                 oz_str_new(t, oz_number_class(&n, limits)))

OZ_METHOD(decimal, same_quantum, "($self, /, other, context=None)",
          "Do both have the same exponent?")
{
    scoped_operand b = OZ_OPERAND_NONE;
    Number x;
    scoped Ref context = oz_decimal_context_argument(t, a[2]);
    oz_decimal_open(&x, a[0]);
    return context && oz_operand_argument(t, a[1], &b)
               ? oz_bool(oz_number_same_quantum(&x, &b.number))
               : NULL;
}

OZ_METHOD(decimal, adjusted, "($self, /)", "The exponent of the first digit; 0 if it is special.")
{
    Number n;
    oz_decimal_open(&n, a[0]);
    return oz_int_new(t, n.kind == OZ_FINITE ? oz_number_adjusted(&n) : 0);
}

OZ_METHOD(decimal, radix, "($self, /)", "Decimal('10').")
{
    return oz_decimal_from_int(t, NULL, oz_int(10), NULL, true);
}

OZ_METHOD(decimal, canonical, "($self, /)", "The number itself.")
{
    return oz_retain(a[0]);
}

OZ_METHOD(decimal, conjugate, "($self, /)", "The number itself.")
{
    return oz_retain(a[0]);
}

static Ref with_sign(Thread *t, Obj v, bool negative)
{
    Number n;
    oz_decimal_open(&n, v);
    n.negative = negative;
    return oz_decimal_new(t, NULL, &n);
}

OZ_METHOD(decimal, copy_abs, "($self, /)", "The number without its sign.")
{
    return with_sign(t, a[0], false);
}

OZ_METHOD(decimal, copy_negate, "($self, /)", "The number with the other sign.")
{
    return with_sign(t, a[0], !((const Decimal *)a[0])->negative);
}

/* ---- conversions ---- */

OZ_METHOD(decimal, as_tuple, "($self, /)", "DecimalTuple(sign, digits, exponent)")
{
    return oz_decimal_tuple(t, a[0]);
}

OZ_METHOD(decimal, as_integer_ratio, "($self, /)",
          "A pair of ints, the second above 0 and with no common factor, of which it is the ratio.")
{
    return oz_decimal_ratio(t, a[0]);
}

OZ_METHOD(decimal, to_eng_string, "($self, /, context=None)",
          "The number as text, with an exponent that is a multiple of 3.")
{
    scoped Ref context = oz_decimal_context_argument(t, a[1]);
    if (!context)
        return NULL;
    int lower = ((const DecimalContext *)context)->capitals ? 0 : OZ_TEXT_LOWER;
    return oz_decimal_text(t, a[0], OZ_TEXT_ENGINEERING | lower);
}

OZ_METHOD(decimal, __format__, "($self, format_spec, override=<unrepresentable>, /)",
          "The number as text, as the format specification says.")
{
    return oz_decimal_format(t, a[0], a[1], a[2]);
}

OZ_METHOD(decimal, __round__, "($self, ndigits=<unrepresentable>, /)",
          "Rounded to the nearest int, ties to even, or to so many digits behind the point.")
{
    if (!a[1])
        return to_int(t, a[0], OZ_ROUND_HALF_EVEN);
    Obj exact = oz_as_exact_int(a[1]);
    int64_t digits;
    if (!exact)
        return oz_raise(t, OZ_TypeError, "optional arg must be an integer");
    if (!oz_int_fits_int64(exact, &digits))
        return oz_raise(t, OZ_OverflowError, "Python int too large to convert to C ssize_t");
    scoped Ref context = oz_decimal_context(t);
    Number n, unit;
    oz_decimal_open(&n, a[0]);
    oz_number_zero(&unit, false, digits == INT64_MIN ? INT64_MAX : -digits);
    return context ? oz_decimal_apply(t, oz_decimal_quantize, context, &n, &unit, NULL) : NULL;
}

OZ_METHOD(decimal, __trunc__, "($self, /)", "The integral part.")
{
    return to_int(t, a[0], OZ_ROUND_DOWN);
}

OZ_METHOD(decimal, __floor__, "($self, /)", "The largest int that is not above.")
{
    return to_int(t, a[0], OZ_ROUND_FLOOR);
}

OZ_METHOD(decimal, __ceil__, "($self, /)", "The smallest int that is not below.")
{
    return to_int(t, a[0], OZ_ROUND_CEILING);
}

OZ_METHOD(decimal, __complex__, "($self, /)", "The number as a complex.")
{
    double d;
    return oz_decimal_to_double(t, a[0], &d) ? oz_complex_new(t, d, 0) : NULL;
}

OZ_METHOD(decimal, __copy__, "($self, /)", "The number itself.")
{
    return oz_retain(a[0]);
}

OZ_METHOD(decimal, __deepcopy__, "($self, memo, /)", "The number itself.")
{
    return oz_retain(a[0]);
}

OZ_METHOD(decimal, __reduce__, "($self, /)", "What pickle needs.")
{
    scoped Ref text = oz_str(t, a[0]);
    scoped Ref args = text ? oz_tuple_of(t, 1, text) : NULL;
    return args ? oz_tuple_of(t, 2, (Obj)oz_class_of(a[0]), args) : NULL;
}

static Ref decimal_real(Thread *t OZ_UNUSED, Obj v)
{
    return oz_retain(v);
}

static Ref decimal_imag(Thread *t, Obj v OZ_UNUSED)
{
    return oz_decimal_from_int(t, NULL, oz_int(0), NULL, true);
}

#define UNARY(name, doc) &decimal_##name,
#define BINARY(name, doc) &decimal_##name,
static const NativeDef *const methods[] = {
#include "modules/decimal_operations.def"
    &decimal_from_float,
    &decimal_fma,
    &decimal_quantize,
    &decimal_to_integral,
    &decimal_to_integral_value,
    &decimal_to_integral_exact,
    &decimal_is_canonical,
    &decimal_is_finite,
    &decimal_is_infinite,
    &decimal_is_nan,
    &decimal_is_qnan,
    &decimal_is_signed,
    &decimal_is_snan,
    &decimal_is_zero,
    &decimal_is_normal,
    &decimal_is_subnormal,
    &decimal_number_class,
    &decimal_same_quantum,
    &decimal_adjusted,
    &decimal_radix,
    &decimal_canonical,
    &decimal_conjugate,
    &decimal_copy_abs,
    &decimal_copy_negate,
    &decimal_as_tuple,
    &decimal_as_integer_ratio,
    &decimal_to_eng_string,
    &decimal___format__,
    &decimal___round__,
    &decimal___trunc__,
    &decimal___floor__,
    &decimal___ceil__,
    &decimal___complex__,
    &decimal___copy__,
    &decimal___deepcopy__,
    &decimal___reduce__,
    NULL};

const TypeDef oz_decimal_type = {
    .id = OZ_DECIMAL,
    .name = "decimal.Decimal",
    .doc = "A decimal floating-point number, of a str, an int, a tuple (sign, digits, exponent), a "
           "float or another Decimal; always of its whole value.",
    .size = sizeof(Decimal),
    .clear = decimal_clear,
    .outside = decimal_outside,
    .make = &decimal_new_,
    .slots = {.repr = decimal_repr,
              .str = decimal_str,
              .hash = oz_decimal_hash,
              .compare = oz_decimal_compare_with,
              .add = decimal_add,
              .subtract = decimal_subtract,
              .multiply = decimal_multiply,
              .true_divide = decimal_true_divide,
              .floor_divide = decimal_floor_divide,
              .remainder = decimal_remainder,
              .divmod = decimal_divmod,
              .power = decimal_power,
              .negative = decimal_negative,
              .positive = decimal_positive,
              .absolute = decimal_absolute,
              .boolean = decimal_boolean,
              .to_int = decimal_to_int,
              .to_float = decimal_to_float},
    .methods = methods,
    .getsets = OZ_GETSETS({"real", decimal_real, NULL, "The number itself."},
                          {"imag", decimal_imag, NULL, "Decimal('0')"}),
};
