// SPDX-License-Identifier: MIT
// Flags and traps of contexts: mappings from signals to bools.
//
// The class that programs see derives from this one and from collections.abc.MutableMapping, which
// gives what a mapping has besides.
#include "modules/decimal.h"

#define VALID_SIGNALS                                                                              \
    "valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n   "     \
    "Overflow, Underflow, Subnormal, Inexact, Rounded,\n   Clamped]"

static bool fail_key(Thread *t, const char *text)
{
    scoped Ref message = oz_str_new(t, text);
    if (message)
        oz_raise_value(t, OZ_KeyError, message);
    return false;
}

/* The bit of a signal class: KeyError. */
static bool bit_of(Thread *t, Obj signal, uint32_t *bit)
{
    const DecimalState *state = oz_decimal_state(t);
    for (unsigned i = 0; i < OZ_SIGNALS; i++)
        if (signal == (Obj)state->conditions[i]) {
            *bit = (uint32_t)1 << i;
            return true;
        }
    return fail_key(t, VALID_SIGNALS);
}

Ref oz_signal_dict_new(Thread *t, uint32_t bits)
{
    SignalDict *self = oz_instance_new(t, (Class *)oz_decimal_state(t)->signal_dict, 0);
    if (self)
        self->bits = bits;
    return (Ref)self;
}

static uint32_t bits_of(Obj v)
{
    return ((const SignalDict *)v)->bits;
}

static bool is_signal_dict(Obj v)
{
    return oz_isa(v, OZ_SIGNAL_DICT);
}

bool oz_signal_bits_of_dict(Thread *t, Obj v, uint32_t *bits)
{
    if (is_signal_dict(v)) {
        *bits = bits_of(v);
        return true;
    }
    if (!oz_as_dict(v))
        return oz_fail(t, OZ_TypeError, "argument must be a signal dict");
    if (oz_dict_length(oz_as_dict(v)) != OZ_SIGNALS)
        return fail_key(t, "invalid signal dict");
    uint32_t all = 0;
    for (unsigned i = 0; i < OZ_SIGNALS; i++) {
        scoped Ref value = NULL;
        Found found = oz_dict_get(t, oz_as_dict(v), oz_decimal_state(t)->conditions[i], &value);
        if (found == OZ_RAISED)
            return false;
        if (found == OZ_MISSING)
            return fail_key(t, "invalid signal dict");
        bool on;
        if (!oz_truth(t, value, &on))
            return false;
        all |= on ? (uint32_t)1 << i : 0;
    }
    *bits = all;
    return true;
}

bool oz_signal_bits_of_list(Thread *t, Obj v, uint32_t *bits)
{
    scoped Ref items = oz_tuple_from(t, v);
    if (!items)
        return false;
    const Tuple *tuple = (const Tuple *)items;
    uint32_t all = 0, bit;
    for (size_t i = 0; i < tuple->length; i++) {
        if (!bit_of(t, tuple->items[i], &bit))
            return false;
        all |= bit;
    }
    *bits = all;
    return true;
}

Ref oz_signal_list(Thread *t, uint32_t bits)
{
    Obj items[OZ_SIGNALS];
    size_t count = 0;
    for (unsigned i = 0; i < OZ_SIGNALS; i++)
        if (bits >> i & 1)
            items[count++] = oz_decimal_state(t)->conditions[i];
    return oz_list_of_array(t, items, count);
}

void oz_signal_names(StrBuilder *b, uint32_t bits)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } names[] = {{OZ_CLAMPED, "Clamped"},
                 {OZ_INVALID_OPERATION, "InvalidOperation"},
                 {OZ_DIVISION_BY_ZERO, "DivisionByZero"},
                 {OZ_INEXACT, "Inexact"},
                 {OZ_FLOAT_OPERATION, "FloatOperation"},
                 {OZ_OVERFLOW, "Overflow"},
                 {OZ_ROUNDED, "Rounded"},
                 {OZ_SUBNORMAL, "Subnormal"},
                 {OZ_UNDERFLOW, "Underflow"}};
    const char *separator = "";
    oz_builder_character(b, '[');
    for (unsigned i = 0; i < OZ_SIGNALS; i++)
        if (bits & names[i].bit) {
            oz_builder_format(b, "%s%s", separator, names[i].name);
            separator = ", ";
        }
    oz_builder_character(b, ']');
}

/* ---- as a mapping ---- */

static bool signal_dict_init(Thread *t OZ_UNUSED, Obj self, const Args *args OZ_UNUSED)
{
    ((SignalDict *)self)->bits = 0;
    return true;
}

static bool signal_dict_length(Thread *t OZ_UNUSED, Obj self OZ_UNUSED, ssize_t *length)
{
    *length = OZ_SIGNALS;
    return true;
}

static Ref signal_dict_iter(Thread *t, Obj self OZ_UNUSED)
{
    scoped Ref all = oz_tuple_new(t, oz_borrowed(oz_decimal_state(t)->conditions), OZ_SIGNALS);
    return all ? oz_iter(t, all) : NULL;
}

static Ref signal_dict_get_item(Thread *t, Obj self, Obj key)
{
    uint32_t bit;
    return bit_of(t, key, &bit) ? oz_bool(bits_of(self) & bit) : NULL;
}

static bool signal_dict_set_item(Thread *t, Obj self, Obj key, Obj value)
{
    uint32_t bit;
    bool on;
    if (!value)
        return oz_fail(t, OZ_ValueError, "signal keys cannot be deleted");
    if (!bit_of(t, key, &bit) || !oz_truth(t, value, &on))
        return false;
    SignalDict *own = (SignalDict *)self;
    own->bits = on ? own->bits | bit : own->bits & ~bit;
    return true;
}

static Ref signal_dict_repr(Thread *t, Obj self)
{
    StrBuilder b;
    oz_builder_init(&b, t);
    for (unsigned i = 0; i < OZ_SIGNALS; i++)
        oz_builder_format(&b, "%s%R:%s", i ? ", " : "{", oz_decimal_state(t)->conditions[i],
                          bits_of(self) >> i & 1 ? "True" : "False");
    oz_builder_character(&b, '}');
    return oz_builder_finish(&b);
}

static Ref signal_dict_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    uint32_t bits;
    if (!is_signal_dict(a) || (op != OZ_EQ && op != OZ_NE))
        return OZ_NOT_IMPLEMENTED;
    if (!is_signal_dict(b) && !oz_as_dict(b))
        return OZ_NOT_IMPLEMENTED;
    if (!oz_signal_bits_of_dict(t, b, &bits)) {
        if (!oz_exception_forget(t, OZ_KeyError))
            return NULL;
        return oz_bool(op == OZ_NE);
    }
    return oz_bool((bits_of(a) == bits) == (op == OZ_EQ));
}

OZ_METHOD(signal_dict, copy, "($self, /)", "A dict of the signals and whether they are set.")
{
    scoped Ref copy = oz_dict_new(t);
    for (unsigned i = 0; copy && i < OZ_SIGNALS; i++)
        if (!oz_dict_set(t, (Dict *)copy, oz_decimal_state(t)->conditions[i],
                         oz_bool(bits_of(a[0]) >> i & 1)))
            return NULL;
    return oz_move(&copy);
}

const TypeDef oz_signal_dict_type = {
    .id = OZ_SIGNAL_DICT,
    .name = "decimal.SignalDictMixin",
    .doc = "Flags or traps of a context.",
    .size = sizeof(SignalDict),
    .flags = OZ_TYPE_UNHASHABLE,
    .slots = {.init = signal_dict_init,
              .repr = signal_dict_repr,
              .compare = signal_dict_compare,
              .iter = signal_dict_iter,
              .length = signal_dict_length,
              .get_item = signal_dict_get_item,
              .set_item = signal_dict_set_item},
    .methods = OZ_METHODS(&signal_dict_copy),
};
