// SPDX-License-Identifier: MIT
// Contexts: precision, rounding, limits, flags and traps; the current one.
#include "modules/decimal.h"

#include "modules/contextvars.h"
#include "types/dict.h"

static DecimalContext *context_of(Obj v)
{
    return (DecimalContext *)v;
}

/* ---- the current one ---- */

/* The contexts of the module are templates: setting one sets a copy of it. */
bool oz_decimal_set_context(Thread *t, Obj context)
{
    const DecimalState *state = oz_decimal_state(t);
    scoped Ref copy = NULL;
    if (context == (Obj)state->defaults || context == (Obj)state->basic ||
        context == (Obj)state->extended) {
        copy = oz_decimal_context_copy(t, context);
        if (!copy)
            return false;
        *oz_signal_bits(context_of(copy)->flags) = 0;
        context = copy;
    }
    return oz_context_var_set(t, state->variable, context);
}

static OZ_NOINLINE Ref read_context(Thread *t)
{
    Ref context = NULL;
    Found found = oz_context_var_get(t, oz_decimal_state(t)->variable, &context);
    if (found == OZ_MISSING) {
        context = oz_decimal_context_copy(t, oz_decimal_state(t)->defaults);
        if (!context || !oz_context_var_set(t, oz_decimal_state(t)->variable, context)) {
            oz_drop(context);
            return NULL;
        }
    }
    if (context && !oz_is_decimal_context(context)) { /* a program can set the variable, too */
        scoped Ref odd = context;
        return oz_raise(t, OZ_TypeError, "the current context must be a Context, not %T", odd);
    }
    if (context) {
        Ref old = t->decimal_context;
        t->decimal_context = oz_retain(context);
        oz_drop(old);
    }
    return context;
}

Ref oz_decimal_context(Thread *t)
{
    return OZ_LIKELY(t->decimal_context != NULL) ? oz_retain(t->decimal_context) : read_context(t);
}

Ref oz_decimal_context_argument(Thread *t, Obj v)
{
    if (oz_is_none(v))
        return oz_decimal_context(t);
    if (!oz_is_decimal_context(v))
        return oz_raise(t, OZ_TypeError, "optional argument must be a context");
    return oz_retain(v);
}

/* ---- signals ---- */

/* The class of the first signal in `bits`, called with the list of all conditions that are trapped.
 */
static bool raise_signal(Thread *t, uint32_t conditions, uint32_t trapped)
{
    const DecimalState *state = oz_decimal_state(t);
    Obj items[OZ_CONDITIONS];
    size_t count = 0;
    if (conditions & OZ_INVALID_OPERATION)
        items[count++] = state->conditions[0];
    for (unsigned i = OZ_SIGNALS; i < OZ_CONDITIONS; i++)
        if (conditions >> i & 1)
            items[count++] = state->conditions[i];
    for (unsigned i = 1; i < OZ_SIGNALS; i++)
        if (trapped >> i & 1)
            items[count++] = state->conditions[i];
    scoped Ref list = oz_list_of_array(t, items, count);
    scoped Ref exception =
        list ? oz_call1(t, state->conditions[__builtin_ctz(trapped)], list) : NULL;
    if (exception)
        oz_raise_object(t, exception, NULL);
    return false;
}

bool oz_decimal_signal(Thread *t, Obj context, uint32_t conditions)
{
    const DecimalContext *self = context_of(context);
    uint32_t signals = conditions & (((uint32_t)1 << OZ_SIGNALS) - 1);
    if (conditions & OZ_ANY_INVALID)
        signals |= OZ_INVALID_OPERATION;
    *oz_signal_bits(self->flags) |= signals;
    uint32_t trapped = signals & *oz_signal_bits(self->traps);
    if (OZ_LIKELY(!trapped))
        return true;
    return raise_signal(t, trapped & OZ_INVALID_OPERATION ? conditions : 0, trapped);
}

/* ---- making ---- */

static Ref make(Thread *t, Class *cls, const Limits *limits, bool capitals, uint32_t flags,
                uint32_t traps)
{
    DecimalContext *self = oz_instance_new(t, cls, 0);
    scoped Ref owned = (Ref)self;
    scoped Ref first = self ? oz_signal_dict_new(t, flags) : NULL;
    scoped Ref second = first ? oz_signal_dict_new(t, traps) : NULL;
    if (!second)
        return NULL;
    OZ_INIT_FIELD(self, flags, oz_move(&first));
    OZ_INIT_FIELD(self, traps, oz_move(&second));
    self->limits = *limits;
    self->capitals = capitals;
    return oz_move(&owned);
}

Ref oz_decimal_context_new(Thread *t, const Limits *limits, uint32_t traps)
{
    return make(t, oz_builtin_class(t, OZ_DECIMAL_CONTEXT), limits, true, 0, traps);
}

Ref oz_decimal_context_copy(Thread *t, Obj context)
{
    const DecimalContext *c = context_of(context);
    return make(t, oz_builtin_class(t, OZ_DECIMAL_CONTEXT), &c->limits, c->capitals,
                *oz_signal_bits(c->flags), *oz_signal_bits(c->traps));
}

Ref oz_decimal_context_make(Thread *t, Class *cls, const Args *args OZ_UNUSED)
{
    static const Limits limits = {28, 999999, -999999, OZ_ROUND_HALF_EVEN, 0};
    Obj defaults = oz_decimal_state(t)->defaults;
    const DecimalContext *from = defaults ? context_of(defaults) : NULL;
    return make(t, cls, from ? &from->limits : &limits, from ? from->capitals : true, 0,
                from ? *oz_signal_bits(from->traps)
                     : OZ_INVALID_OPERATION | OZ_DIVISION_BY_ZERO | OZ_OVERFLOW);
}

/* ---- attributes ---- */

static bool as_int64(Thread *t, Obj v, int64_t *n)
{
    if (oz_is_int(v)) {
        *n = oz_int_value(v);
        return true;
    }
    Obj exact = oz_as_exact_int(v);
    if (!exact)
        return oz_fail(t, OZ_TypeError, "an integer is required");
    if (!oz_int_fits_int64(exact, n))
        return oz_fail(t, OZ_OverflowError, "Python int too large to convert to C ssize_t");
    return true;
}

bool oz_decimal_rounding(Thread *t, Obj name, uint8_t *rounding)
{
    const Str *text = oz_as_str(name);
    const DecimalState *state = oz_decimal_state(t);
    for (unsigned i = 0; text && i < OZ_ROUNDINGS; i++)
        if ((Obj)text == (Obj)state->roundings[i] ||
            oz_str_equal(text, (const Str *)state->roundings[i])) {
            *rounding = (uint8_t)i;
            return true;
        }
    return oz_fail(t, OZ_TypeError,
                   "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, "
                   "ROUND_DOWN,\n   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   "
                   "ROUND_05UP]");
}

static bool undeletable(Thread *t, Obj value)
{
    return value || oz_fail(t, OZ_AttributeError, "context attributes cannot be deleted");
}

/* An attribute that is an int64 field between two values. */
#define LIMIT(name, least, most, range)                                                            \
    static Ref decimal_context_##name(Thread *t, Obj self)                                         \
    {                                                                                              \
        return oz_int_new(t, context_of(self)->limits.name);                                       \
    }                                                                                              \
    static bool set_##name(Thread *t, Obj self, Obj value)                                         \
    {                                                                                              \
        int64_t n;                                                                                 \
        if (!undeletable(t, value) || !as_int64(t, value, &n))                                     \
            return false;                                                                          \
        if (n < (least) || n > (most))                                                             \
            return oz_fail(t, OZ_ValueError, "valid range for " range);                            \
        context_of(self)->limits.name = n;                                                         \
        return true;                                                                               \
    }
LIMIT(prec, 1, OZ_MOST_PREC, "prec is [1, MAX_PREC]")
LIMIT(emax, 0, OZ_MOST_EMAX, "Emax is [0, MAX_EMAX]")
LIMIT(emin, OZ_LEAST_EMIN, 0, "Emin is [MIN_EMIN, 0]")

static bool as_bit(Thread *t, Obj v, const char *name, bool *bit)
{
    int64_t n;
    if (!undeletable(t, v) || !as_int64(t, v, &n))
        return false;
    if (n != 0 && n != 1)
        return oz_fail(t, OZ_ValueError, "valid values for %s are 0 or 1", name);
    *bit = n;
    return true;
}

static Ref decimal_context_capitals(Thread *t OZ_UNUSED, Obj self)
{
    return oz_int(context_of(self)->capitals);
}

static bool set_capitals(Thread *t, Obj self, Obj value)
{
    return as_bit(t, value, "capitals", &context_of(self)->capitals);
}

static Ref decimal_context_clamp(Thread *t OZ_UNUSED, Obj self)
{
    return oz_int(context_of(self)->limits.clamp);
}

static bool set_clamp(Thread *t, Obj self, Obj value)
{
    bool bit;
    if (!as_bit(t, value, "clamp", &bit))
        return false;
    context_of(self)->limits.clamp = bit;
    return true;
}

static Ref decimal_context_rounding(Thread *t, Obj self)
{
    return oz_retain(oz_decimal_state(t)->roundings[context_of(self)->limits.rounding]);
}

static bool set_rounding(Thread *t, Obj self, Obj value)
{
    return undeletable(t, value) &&
           oz_decimal_rounding(t, value, &context_of(self)->limits.rounding);
}

static bool set_signals(Thread *t, Ref dict, Obj value)
{
    uint32_t bits;
    if (!undeletable(t, value) || !oz_signal_bits_of_dict(t, value, &bits))
        return false;
    *oz_signal_bits(dict) = bits;
    return true;
}

static Ref decimal_context_flags(Thread *t OZ_UNUSED, Obj self)
{
    return oz_load(&context_of(self)->flags);
}

static bool set_flags(Thread *t, Obj self, Obj value)
{
    return set_signals(t, context_of(self)->flags, value);
}

static Ref decimal_context_traps(Thread *t OZ_UNUSED, Obj self)
{
    return oz_load(&context_of(self)->traps);
}

static bool set_traps(Thread *t, Obj self, Obj value)
{
    return set_signals(t, context_of(self)->traps, value);
}

const GetSetDef oz_decimal_context_attributes[] = {
    {"prec", decimal_context_prec, set_prec, "Digits of results."},
    {"rounding", decimal_context_rounding, set_rounding, "One of the ROUND_ names."},
    {"Emin", decimal_context_emin, set_emin, "The smallest exponent of normal numbers."},
    {"Emax", decimal_context_emax, set_emax, "The largest exponent."},
    {"capitals", decimal_context_capitals, set_capitals, "1: exponents are shown with E."},
    {"clamp", decimal_context_clamp, set_clamp, "1: exponents stay so low that digits fit."},
    {NULL, NULL, NULL, NULL},
};

/* These two are not in the class: dir() does not show them. */
static const GetSetDef signal_attributes[] = {
    {"flags", decimal_context_flags, set_flags, "Signals that have occurred."},
    {"traps", decimal_context_traps, set_traps, "Signals that raise."},
    {NULL, NULL, NULL, NULL},
};

static const GetSetDef *find(const GetSetDef *at, Obj name)
{
    for (; at->name; at++)
        if (oz_str_equal_utf8(oz_as_str(name), at->name))
            return at;
    return NULL;
}

/* An attribute of that name? */
static const GetSetDef *attribute(Obj name)
{
    const GetSetDef *at = find(oz_decimal_context_attributes, name);
    return at ? at : find(signal_attributes, name);
}

Ref oz_decimal_context_get_attr(Thread *t, Obj self, Obj name)
{
    const GetSetDef *at = oz_is_str(name) ? find(signal_attributes, name) : NULL;
    return at ? at->get(t, self) : oz_object_get_attr(t, self, name);
}

bool oz_decimal_context_set_attr(Thread *t, Obj self, Obj name, Obj value)
{
    const GetSetDef *at = oz_is_str(name) ? find(signal_attributes, name) : NULL;
    if (!undeletable(t, value))
        return false;
    return at ? at->set(t, self, value) : oz_object_set_attr(t, self, name, value);
}

bool oz_decimal_context_set(Thread *t, Obj context, Obj name, Obj value)
{
    const GetSetDef *at = attribute(name);
    if (!at)
        return oz_fail(t, OZ_TypeError, "'%S' is an invalid keyword argument for this function",
                       name);
    if (oz_is_none(value))
        return true;
    bool is_flags = at->set == set_flags;
    if ((is_flags || at->set == set_traps) && oz_as_list(value)) {
        const DecimalContext *self = context_of(context);
        uint32_t bits;
        if (!oz_signal_bits_of_list(t, value, &bits))
            return false;
        *oz_signal_bits(is_flags ? self->flags : self->traps) = bits;
        return true;
    }
    return at->set(t, context, value);
}

/* ---- text ---- */

Ref oz_decimal_context_repr(Thread *t, Obj v)
{
    const DecimalContext *self = context_of(v);
    const Limits *l = &self->limits;
    StrBuilder b;
    oz_builder_init(&b, t);
    oz_builder_format(
        &b, "Context(prec=%lld, rounding=%S, Emin=%lld, Emax=%lld, capitals=%d, clamp=%d, flags=",
        (long long)l->prec, oz_decimal_state(t)->roundings[l->rounding], (long long)l->emin,
        (long long)l->emax, self->capitals, l->clamp);
    oz_signal_names(&b, *oz_signal_bits(self->flags));
    oz_builder_ascii(&b, ", traps=", 8);
    oz_signal_names(&b, *oz_signal_bits(self->traps));
    oz_builder_character(&b, ')');
    return oz_builder_finish(&b);
}
