// SPDX-License-Identifier: MIT
// Context: the type, with an operation in each method.
#include "modules/decimal.h"

OZ_TYPE_LIFE(decimal_context, DecimalContext, DECIMAL_CONTEXT_REFS)

OZ_INIT(decimal_context, "($self, prec=None, rounding=None, Emin=None, Emax=None, capitals=None, "
                         "clamp=None, flags=None, traps=None)")
{
    static const char *const names[] = {"prec",     "rounding", "Emin",  "Emax",
                                        "capitals", "clamp",    "flags", "traps"};
    for (unsigned i = 0; i < OZ_COUNT(names); i++) {
        scoped Ref name = oz_intern(t, names[i]);
        if (!name || !oz_decimal_context_set(t, a[0], name, a[i + 1]))
            return NULL;
    }
    return OZ_NONE;
}

/* ---- operations ---- */

static Ref apply1(Thread *t, Operation *operation, Obj context, Obj x)
{
    scoped_operand a = OZ_OPERAND_NONE;
    return oz_operand_argument(t, x, &a)
               ? oz_decimal_apply(t, operation, context, &a.number, NULL, NULL)
               : NULL;
}

static Ref apply2(Thread *t, Operation *operation, Obj context, Obj x, Obj y)
{
    scoped_operand a = OZ_OPERAND_NONE, b = OZ_OPERAND_NONE;
    return oz_operand_argument(t, x, &a) && oz_operand_argument(t, y, &b)
               ? oz_decimal_apply(t, operation, context, &a.number, &b.number, NULL)
               : NULL;
}

#define UNARY(name, doc) CONTEXT_UNARY(name, name, doc)
#define BINARY(name, doc) CONTEXT_BINARY(name, name, doc)
#define CONTEXT_UNARY(name, operation, doc)                                                        \
    OZ_METHOD(decimal_context, name, "($self, x, /)", doc)                                         \
    {                                                                                              \
        return apply1(t, oz_decimal_##operation, a[0], a[1]);                                      \
    }
#define CONTEXT_BINARY(name, operation, doc)                                                       \
    OZ_METHOD(decimal_context, name, "($self, x, y, /)", doc)                                      \
    {                                                                                              \
        return apply2(t, oz_decimal_##operation, a[0], a[1], a[2]);                                \
    }
#include "modules/decimal_operations.def"

OZ_METHOD(decimal_context, fma, "($self, x, y, z, /)", "x * y + z, rounded once.")
{
    scoped_operand x = OZ_OPERAND_NONE, y = OZ_OPERAND_NONE, z = OZ_OPERAND_NONE;
    if (!oz_operand_argument(t, a[1], &x) || !oz_operand_argument(t, a[2], &y) ||
        !oz_operand_argument(t, a[3], &z))
        return NULL;
    return oz_decimal_apply(t, oz_decimal_fma, a[0], &x.number, &y.number, &z.number);
}

OZ_METHOD(decimal_context, power, "($self, /, a, b, modulo=None)", "a ** b, or a ** b % modulo.")
{
    scoped_operand x = OZ_OPERAND_NONE, y = OZ_OPERAND_NONE, z = OZ_OPERAND_NONE;
    bool modulo = !oz_is_none(a[3]);
    if (!oz_operand_argument(t, a[1], &x) || !oz_operand_argument(t, a[2], &y) ||
        (modulo && !oz_operand_argument(t, a[3], &z)))
        return NULL;
    return oz_decimal_apply(t, oz_decimal_power, a[0], &x.number, &y.number,
                            modulo ? &z.number : NULL);
}

OZ_METHOD(decimal_context, divmod, "($self, x, y, /)",
          "Quotient and remainder of integer division.")
{
    scoped_operand x = OZ_OPERAND_NONE, y = OZ_OPERAND_NONE;
    return oz_operand_argument(t, a[1], &x) && oz_operand_argument(t, a[2], &y)
               ? oz_decimal_divide_both(t, a[0], &x.number, &y.number)
               : NULL;
}

/* ---- questions ---- */

/* context.name(x): x is brought to a Decimal. */
#define QUESTION(name, doc, answer)                                                                \
    OZ_METHOD(decimal_context, name, "($self, x, /)", doc)                                         \
    {                                                                                              \
        scoped_operand x = OZ_OPERAND_NONE;                                                        \
        if (!oz_operand_argument(t, a[1], &x))                                                     \
            return NULL;                                                                           \
        const Number *n = &x.number;                                                               \
        return oz_bool(answer);                                                                    \
    }
#define LIMITS (&((const DecimalContext *)a[0])->limits)
QUESTION(is_finite, "Is it neither infinite nor NaN?", n->kind == OZ_FINITE)
QUESTION(is_infinite, "Is it infinite?", n->kind == OZ_INFINITE)
QUESTION(is_nan, "Is it a NaN, quiet or signaling?", oz_number_is_nan(n))
QUESTION(is_normal, "Is it finite and neither zero nor subnormal?", oz_number_is_normal(n, LIMITS))
QUESTION(is_qnan, "Is it a quiet NaN?", n->kind == OZ_QNAN)
QUESTION(is_signed, "Is its sign negative?", n->negative)
QUESTION(is_snan, "Is it a signaling NaN?", n->kind == OZ_SNAN)
QUESTION(is_subnormal, "Is it smaller than any normal number, but not zero?",
         oz_number_is_subnormal(n, LIMITS))
QUESTION(is_zero, "Is it zero?", oz_number_is_zero(n))

OZ_METHOD(decimal_context, number_class, "($self, x, /)", "The class of the number as text.")
{
    scoped_operand x = OZ_OPERAND_NONE;
    return oz_operand_argument(t, a[1], &x) ? oz_str_new(t, oz_number_class(&x.number, LIMITS))
                                            : NULL;
}

OZ_METHOD(decimal_context, same_quantum, "($self, x, y, /)", "Do both have the same exponent?")
{
    scoped_operand x = OZ_OPERAND_NONE, y = OZ_OPERAND_NONE;
    return oz_operand_argument(t, a[1], &x) && oz_operand_argument(t, a[2], &y)
               ? oz_bool(oz_number_same_quantum(&x.number, &y.number))
               : NULL;
}

static bool check_decimal(Thread *t, Obj v)
{
    return oz_is_decimal(v) || oz_fail(t, OZ_TypeError, "argument must be a Decimal");
}

OZ_METHOD(decimal_context, canonical, "($self, x, /)", "The number itself.")
{
    return check_decimal(t, a[1]) ? oz_retain(a[1]) : NULL;
}

OZ_METHOD(decimal_context, is_canonical, "($self, x, /)", "True.")
{
    return check_decimal(t, a[1]) ? OZ_TRUE : NULL;
}

/* ---- conversions ---- */

OZ_METHOD(decimal_context, create_decimal, "($self, num='0', /)",
          "A Decimal of the number, rounded; without white space or underscores in a text.")
{
    return oz_decimal_from(t, NULL, a[1], a[0], false);
}

OZ_METHOD(decimal_context, create_decimal_from_float, "($self, f, /)",
          "A Decimal of the float, rounded.")
{
    return oz_decimal_from_float(t, NULL, a[1], a[0], false);
}

static Ref text_of(Thread *t, Obj context, Obj x, int flags)
{
    scoped Ref made = NULL;
    if (!oz_is_decimal(x)) {
        scoped_operand o = OZ_OPERAND_NONE;
        if (!oz_operand_argument(t, x, &o))
            return NULL;
        x = made = oz_decimal_new(t, NULL, &o.number);
        if (!made)
            return NULL;
    }
    return oz_decimal_text(
        t, x, flags | (((const DecimalContext *)context)->capitals ? 0 : OZ_TEXT_LOWER));
}

OZ_METHOD(decimal_context, to_sci_string, "($self, x, /)", "The number as text.")
{
    return text_of(t, a[0], a[1], 0);
}

OZ_METHOD(decimal_context, to_eng_string, "($self, x, /)",
          "The number as text, with an exponent that is a multiple of 3.")
{
    return text_of(t, a[0], a[1], OZ_TEXT_ENGINEERING);
}

/* ---- the context itself ---- */

OZ_METHOD(decimal_context, copy, "($self, /)", "A context with the same settings, flags and traps.")
{
    return oz_decimal_context_copy(t, a[0]);
}

OZ_METHOD(decimal_context, __copy__, "($self, /)", "As copy().")
{
    return oz_decimal_context_copy(t, a[0]);
}

OZ_METHOD(decimal_context, __reduce__, "($self, /)", "What pickle needs.")
{
    const DecimalContext *self = (const DecimalContext *)a[0];
    const Limits *l = &self->limits;
    scoped Ref flags = oz_signal_list(t, *oz_signal_bits(self->flags));
    scoped Ref traps = flags ? oz_signal_list(t, *oz_signal_bits(self->traps)) : NULL;
    scoped Ref prec = traps ? oz_int_new(t, l->prec) : NULL;
    scoped Ref emin = prec ? oz_int_new(t, l->emin) : NULL;
    scoped Ref emax = emin ? oz_int_new(t, l->emax) : NULL;
    if (!emax)
        return NULL;
    scoped Ref state =
        oz_tuple_of(t, 8, prec, oz_decimal_state(t)->roundings[l->rounding], emin, emax,
                    (Obj)oz_int(self->capitals), (Obj)oz_int(l->clamp), flags, traps);
    return state ? oz_tuple_of(t, 2, (Obj)oz_class_of(a[0]), state) : NULL;
}

OZ_METHOD(decimal_context, clear_flags, "($self, /)", "Set all flags to False.")
{
    *oz_signal_bits(((const DecimalContext *)a[0])->flags) = 0;
    return OZ_NONE;
}

OZ_METHOD(decimal_context, clear_traps, "($self, /)", "Set all traps to False.")
{
    *oz_signal_bits(((const DecimalContext *)a[0])->traps) = 0;
    return OZ_NONE;
}

OZ_METHOD(decimal_context, Etiny, "($self, /)",
          "The smallest exponent that a subnormal number can have: Emin - prec + 1.")
{
    return oz_int_new(t, oz_etiny(&((const DecimalContext *)a[0])->limits));
}

OZ_METHOD(decimal_context, Etop, "($self, /)",
          "The largest exponent of a number with all digits: Emax - prec + 1.")
{
    return oz_int_new(t, oz_etop(&((const DecimalContext *)a[0])->limits));
}

OZ_METHOD(decimal_context, radix, "($self, /)", "Decimal('10').")
{
    return oz_decimal_from_int(t, NULL, oz_int(10), NULL, true);
}

OZ_METHOD(decimal_context, _apply, "($self, x, /)", "The number, rounded.")
{
    return apply1(t, oz_decimal_rounded, a[0], a[1]);
}

#define UNARY(name, doc) &decimal_context_##name,
#define BINARY(name, doc) &decimal_context_##name,
#define CONTEXT_UNARY(name, operation, doc) &decimal_context_##name,
#define CONTEXT_BINARY(name, operation, doc) &decimal_context_##name,
static const NativeDef *const methods[] = {
#include "modules/decimal_operations.def"
    &decimal_context_fma,
    &decimal_context_power,
    &decimal_context_divmod,
    &decimal_context_is_finite,
    &decimal_context_is_infinite,
    &decimal_context_is_nan,
    &decimal_context_is_normal,
    &decimal_context_is_qnan,
    &decimal_context_is_signed,
    &decimal_context_is_snan,
    &decimal_context_is_subnormal,
    &decimal_context_is_zero,
    &decimal_context_number_class,
    &decimal_context_same_quantum,
    &decimal_context_canonical,
    &decimal_context_is_canonical,
    &decimal_context_create_decimal,
    &decimal_context_create_decimal_from_float,
    &decimal_context_to_sci_string,
    &decimal_context_to_eng_string,
    &decimal_context_copy,
    &decimal_context___copy__,
    &decimal_context___reduce__,
    &decimal_context_clear_flags,
    &decimal_context_clear_traps,
    &decimal_context_Etiny,
    &decimal_context_Etop,
    &decimal_context_radix,
    &decimal_context__apply,
    NULL};

const TypeDef oz_decimal_context_type = {
    .id = OZ_DECIMAL_CONTEXT,
    .name = "decimal.Context",
    .doc = "Precision, limits, rounding and traps of decimal arithmetic.  What is not given is as "
           "in DefaultContext.",
    .size = sizeof(DecimalContext),
    .visit = decimal_context_visit,
    .clear = decimal_context_clear,
    .initialise = &decimal_context_init_,
    .slots = {.new = oz_decimal_context_make,
              .repr = oz_decimal_context_repr,
              .get_attr = oz_decimal_context_get_attr,
              .set_attr = oz_decimal_context_set_attr},
    .methods = methods,
    .getsets = oz_decimal_context_attributes,
};
