// SPDX-License-Identifier: MIT
// _decimal: the module, what a VM keeps of it, and local contexts.
//
// Classes and contexts are made once for a VM, however often the module is imported: the signals
// that one import raises are those that another catches.
#include "modules/decimal.h"

#include <string.h>

#include "heap/heap.h"
#include "modules/contextvars.h"
#include "modules/import.h"

/* ---- local contexts ---- */

#define DECIMAL_SCOPE_REFS(REF) REF(inner) REF(outer)
typedef struct DecimalScope {
    Object base;
    DECIMAL_SCOPE_REFS(OZ_FIELD) /* [const] the context inside, the one to go back to */
} DecimalScope;
OZ_TYPE_LIFE(decimal_scope, DecimalScope, DECIMAL_SCOPE_REFS)

OZ_METHOD(decimal_scope, __enter__, "($self, /)", "Set the context and return it.")
{
    const DecimalScope *self = (const DecimalScope *)a[0];
    return oz_decimal_set_context(t, self->inner) ? oz_load(&self->inner) : NULL;
}

OZ_METHOD(decimal_scope, __exit__, "($self, /, *args)", "Set the context that was there before.")
{
    return oz_decimal_set_context(t, ((const DecimalScope *)a[0])->outer) ? OZ_FALSE : NULL;
}

const TypeDef oz_decimal_scope_type = {
    .id = OZ_DECIMAL_SCOPE,
    .name = "decimal.ContextManager",
    .doc = "What localcontext() gives.",
    .size = sizeof(DecimalScope),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = decimal_scope_visit,
    .clear = decimal_scope_clear,
    .methods = OZ_METHODS(&decimal_scope___enter__, &decimal_scope___exit__),
};

/* ---- functions ---- */

OZ_FUNCTION(decimal, getcontext, "($module, /)", "The current context.")
{
    return oz_decimal_context(t);
}

OZ_FUNCTION(decimal, setcontext, "($module, context, /)", "Set the current context.")
{
    if (!oz_is_decimal_context(a[1]))
        return oz_raise(t, OZ_TypeError, "argument must be a context");
    return oz_decimal_set_context(t, a[1]) ? OZ_NONE : NULL;
}

OZ_FUNCTION(decimal, localcontext, "($module, /, ctx=None, **kwargs)",
            "A context manager: a copy of the context is current inside, with what the keywords "
            "set.")
{
    scoped Ref outer = oz_decimal_context(t);
    scoped Ref from = outer ? oz_decimal_context_argument(t, a[1]) : NULL;
    scoped Ref inner = from ? oz_decimal_context_copy(t, from) : NULL;
    if (!inner)
        return NULL;
    size_t at = 0;
    Obj name, value;
    while (oz_dict_step((Dict *)a[2], &at, &name, &value))
        if (!oz_decimal_context_set(t, inner, name, value))
            return NULL;
    DecimalScope *self = oz_builtin_class(t, OZ_DECIMAL_SCOPE)
                             ? oz_object_new(t, OZ_DECIMAL_SCOPE, sizeof *self)
                             : NULL;
    if (self) {
        OZ_INIT_FIELD(self, inner, oz_move(&inner));
        OZ_INIT_FIELD(self, outer, oz_move(&outer));
    }
    return (Ref)self;
}

/* ---- what a VM keeps ---- */

static Ref exception_class(Thread *t, const char *name, Obj base, Obj second, Obj third)
{
    scoped Ref bases = third    ? oz_tuple_of(t, 3, base, second, third)
                       : second ? oz_tuple_of(t, 2, base, second)
                                : oz_tuple_of(t, 1, base);
    return bases ? oz_class_new_simple(t, name, bases, NULL) : NULL;
}

static unsigned bit_number(uint32_t bit)
{
    return (unsigned)__builtin_ctz(bit);
}

static bool make_signals(Thread *t, DecimalState *state)
{
    static const struct {
        uint32_t bit;
        const char *name;
        int32_t base, second, third; /* bits of bases; 0: DecimalException, negative: builtin */
    } table[] = {
        {OZ_INVALID_OPERATION, "decimal.InvalidOperation", 0, 0, 0},
        {OZ_FLOAT_OPERATION, "decimal.FloatOperation", 0, -OZ_TypeError, 0},
        {OZ_DIVISION_BY_ZERO, "decimal.DivisionByZero", 0, -OZ_ZeroDivisionError, 0},
        {OZ_SUBNORMAL, "decimal.Subnormal", 0, 0, 0},
        {OZ_INEXACT, "decimal.Inexact", 0, 0, 0},
        {OZ_ROUNDED, "decimal.Rounded", 0, 0, 0},
        {OZ_CLAMPED, "decimal.Clamped", 0, 0, 0},
        {OZ_OVERFLOW, "decimal.Overflow", OZ_INEXACT, OZ_ROUNDED, 0},
        {OZ_UNDERFLOW, "decimal.Underflow", OZ_INEXACT, OZ_ROUNDED, OZ_SUBNORMAL},
        {OZ_CONVERSION_SYNTAX, "decimal.ConversionSyntax", OZ_INVALID_OPERATION, 0, 0},
        {OZ_DIVISION_IMPOSSIBLE, "decimal.DivisionImpossible", OZ_INVALID_OPERATION, 0, 0},
        {OZ_DIVISION_UNDEFINED, "decimal.DivisionUndefined", OZ_INVALID_OPERATION,
         -OZ_ZeroDivisionError, 0},
        {OZ_INVALID_CONTEXT, "decimal.InvalidContext", OZ_INVALID_OPERATION, 0, 0},
    };
    state->exception = oz_class_new_simple(t, "decimal.DecimalException",
                                           (Obj)t->vm->errors[OZ_ArithmeticError], NULL);
    for (size_t i = 0; state->exception && i < OZ_CONDITIONS; i++) {
        int32_t bits[] = {table[i].base, table[i].second, table[i].third};
        Obj bases[3];
        for (unsigned j = 0; j < 3; j++)
            bases[j] = bits[j] > 0   ? (Obj)state->conditions[bit_number((uint32_t)bits[j])]
                       : bits[j] < 0 ? (Obj)t->vm->errors[-bits[j]]
                       : j == 0      ? (Obj)state->exception
                                     : NULL;
        Ref made = exception_class(t, table[i].name, bases[0], bases[1], bases[2]);
        if (!made)
            return false;
        state->conditions[bit_number(table[i].bit)] = made;
    }
    return state->exception != NULL;
}

static const char *const rounding_names[] = {"ROUND_UP",        "ROUND_DOWN",    "ROUND_CEILING",
                                             "ROUND_FLOOR",     "ROUND_HALF_UP", "ROUND_HALF_DOWN",
                                             "ROUND_HALF_EVEN", "ROUND_05UP"};

static Ref attribute_of(Thread *t, const char *module, const char *name)
{
    scoped Ref from = oz_import(t, module);
    scoped Ref key = from ? oz_intern(t, name) : NULL;
    return key ? oz_get_attr(t, from, key) : NULL;
}

/* The class of flags and traps: type(MutableMapping)("SignalDict", (native, MutableMapping), {}) */
static Ref make_signal_dict(Thread *t)
{
    scoped Ref mapping = attribute_of(t, "collections.abc", "MutableMapping");
    Class *native = mapping ? oz_builtin_class(t, OZ_SIGNAL_DICT) : NULL;
    scoped Ref bases = native ? oz_tuple_of(t, 2, (Obj)native, mapping) : NULL;
    scoped Ref name = bases ? oz_intern(t, "SignalDict") : NULL;
    scoped Ref namespace = name ? oz_dict_new(t) : NULL;
    scoped Ref key = namespace ? oz_intern(t, "__module__") : NULL;
    scoped Ref value = key ? oz_intern(t, "decimal") : NULL;
    if (!value || !oz_dict_set(t, (Dict *)namespace, key, value))
        return NULL;
    return oz_call3(t, (Obj)oz_class_of(mapping), name, bases, namespace);
}

static Ref make_tuple_class(Thread *t)
{
    scoped Ref make = attribute_of(t, "collections", "namedtuple");
    scoped Ref name = make ? oz_intern(t, "DecimalTuple") : NULL;
    scoped Ref fields = name ? oz_intern(t, "sign digits exponent") : NULL;
    scoped Ref args = fields ? oz_tuple_of(t, 2, name, fields) : NULL;
    scoped Ref keywords = args ? oz_dict_new(t) : NULL;
    scoped Ref key = keywords ? oz_intern(t, "module") : NULL;
    scoped Ref module = key ? oz_intern(t, "decimal") : NULL;
    if (!module || !oz_dict_set(t, (Dict *)keywords, key, module))
        return NULL;
    return oz_call_tuple(t, make, args, keywords);
}

static bool register_number(Thread *t, DecimalState *state)
{
    scoped Ref number = attribute_of(t, "numbers", "Number");
    scoped Ref key = number ? oz_intern(t, "register") : NULL;
    Obj decimal = (Obj)oz_builtin_class(t, OZ_DECIMAL);
    scoped Ref done = key && decimal ? oz_call_method(t, number, key, 1, &decimal) : NULL;
    if (done)
        state->rational = attribute_of(t, "numbers", "Rational");
    return state->rational != NULL;
}

static bool make_contexts(Thread *t, DecimalState *state)
{
    static const Limits defaults = {28, 999999, -999999, OZ_ROUND_HALF_EVEN, 0};
    static const Limits basic = {9, 999999, -999999, OZ_ROUND_HALF_UP, 0};
    static const Limits extended = {9, 999999, -999999, OZ_ROUND_HALF_EVEN, 0};
    const uint32_t errors = OZ_INVALID_OPERATION | OZ_DIVISION_BY_ZERO | OZ_OVERFLOW;
    state->defaults = oz_decimal_context_new(t, &defaults, errors);
    state->basic = state->defaults
                       ? oz_decimal_context_new(t, &basic, errors | OZ_UNDERFLOW | OZ_CLAMPED)
                       : NULL;
    state->extended = state->basic ? oz_decimal_context_new(t, &extended, 0) : NULL;
    return state->extended != NULL;
}

static bool fill_state(Thread *t, DecimalState *state)
{
    for (unsigned i = 0; i < OZ_ROUNDINGS; i++)
        if (!(state->roundings[i] = oz_intern(t, rounding_names[i])))
            return false;
    return make_signals(t, state) && (state->signal_dict = make_signal_dict(t)) &&
           (state->tuple = make_tuple_class(t)) && register_number(t, state) &&
           oz_builtin_class(t, OZ_DECIMAL_CONTEXT) &&
           (state->variable = oz_context_var_new(t, "decimal_context")) && make_contexts(t, state);
}

static void drop_state(DecimalState *state)
{
    Ref *all = (Ref *)state;
    for (size_t i = 0; i < sizeof *state / sizeof *all; i++)
        oz_drop(all[i]);
    oz_block_free(state);
}

/* Nothing sees a state that is not whole, but for the functions that fill it. */
static bool make_state(Thread *t)
{
    if (t->vm->decimal)
        return true;
    DecimalState *state = oz_block_alloc(t->heap, sizeof *state);
    if (!state)
        return oz_raise_memory(t) != NULL;
    memset(state, 0, sizeof *state);
    t->vm->decimal = state;
    if (fill_state(t, state) && oz_vm_add_roots(t->vm, (Ref *)state, sizeof *state / sizeof(Ref)))
        return true;
    t->vm->decimal = NULL;
    drop_state(state);
    return false;
}

/* ---- the module ---- */

static bool add(Thread *t, Module *module, const char *name, Obj value)
{
    return oz_module_add(t, module, name, oz_retain(value));
}

static bool add_classes(Thread *t, Module *module, const DecimalState *state)
{
    for (unsigned i = 0; i < OZ_CONDITIONS; i++)
        if (!add(t, module, oz_class_name((const Class *)state->conditions[i]),
                 state->conditions[i]))
            return false;
    return add(t, module, "DecimalException", state->exception) &&
           add(t, module, "DecimalTuple", state->tuple);
}

/* The two classes that have __module__ in their dict in CPython, so that dir() shows it. */
static bool name_module(Thread *t, uint32_t id)
{
    Class *cls = oz_builtin_class(t, id);
    scoped Ref name = cls && oz_class_fill(t, cls) ? oz_class_module(t, cls) : NULL;
    return name && oz_class_store(t, cls, OZ_NAME(t, __module__), name) != OZ_RAISED;
}

static bool decimal_init(Thread *t, Module *module)
{
    if (!make_state(t))
        return false;
    const DecimalState *state = oz_decimal_state(t);
    for (unsigned i = 0; i < OZ_ROUNDINGS; i++)
        if (!add(t, module, rounding_names[i], state->roundings[i]))
            return false;
    return name_module(t, OZ_DECIMAL) && name_module(t, OZ_DECIMAL_CONTEXT) &&
           add_classes(t, module, state) && add(t, module, "DefaultContext", state->defaults) &&
           add(t, module, "BasicContext", state->basic) &&
           add(t, module, "ExtendedContext", state->extended) &&
           add(t, module, "HAVE_CONTEXTVAR", OZ_TRUE) && add(t, module, "HAVE_THREADS", OZ_TRUE) &&
           oz_module_add_int(t, module, "MAX_PREC", OZ_MOST_PREC) &&
           oz_module_add_int(t, module, "MAX_EMAX", OZ_MOST_EMAX) &&
           oz_module_add_int(t, module, "MIN_EMIN", OZ_LEAST_EMIN) &&
           oz_module_add_int(t, module, "MIN_ETINY", OZ_LEAST_ETINY) &&
           oz_module_add_str(t, module, "__version__", "1.70") &&
           oz_module_add_str(t, module, "__libmpdec_version__", "2.5.1");
}

static const uint32_t types[] = {OZ_DECIMAL, OZ_DECIMAL_CONTEXT, 0};

const ModuleDef oz_decimal_module = {
    .name = "decimal",
    .doc = "Decimal floating-point arithmetic.",
    .functions = OZ_METHODS(&decimal_getcontext, &decimal_setcontext, &decimal_localcontext),
    .types = types,
    .init = decimal_init,
};
