// SPDX-License-Identifier: MIT
// _contextvars: variables whose values belong to a context (PEP 567).
//
// The values of a Context lie in a dict from variables to values. copy_context() must take no time
// for its length, so copies share the dict: it is replaced by a copy of its own before the first
// change that one of them makes (`shared`). Iterators share it in the same way, and so show what
// was there when they were made. A thread's current context is t->context; it is made on first use.
// Contexts that are entered form a chain over `previous`.
//
// Module _decimal reads its variable at every operation, so a thread keeps what it read
// (t->decimal_context) until another context is entered or a variable is set.
#include "modules/contextvars.h"

#include "modules/native_type.h"
#include "types/weakref.h"

#define CONTEXT_REFS(REF) REF(values) REF(previous)
typedef struct Context {
    Object base;
    CONTEXT_REFS(OZ_FIELD) /* dict; the context to go back to, or empty */
    bool shared;           /* [owner] others have `values` as well */
    bool entered;          /* [owner] run() is under way */
} Context;
OZ_TYPE_LIFE(context, Context, CONTEXT_REFS)

#define CONTEXT_VAR_REFS(REF) REF(name) REF(otherwise)
typedef struct ContextVar {
    Object base;
    CONTEXT_VAR_REFS(OZ_FIELD) /* [const] str; default, or empty */
} ContextVar;
OZ_TYPE_LIFE(context_var, ContextVar, CONTEXT_VAR_REFS)

#define CONTEXT_TOKEN_REFS(REF) REF(context) REF(var) REF(old)
typedef struct ContextToken {
    Object base;
    CONTEXT_TOKEN_REFS(OZ_FIELD) /* [const] old: empty if there was no value */
    bool used;                   /* [owner] */
} ContextToken;
OZ_TYPE_LIFE(context_token, ContextToken, CONTEXT_TOKEN_REFS)

/* Token.MISSING: stands for no value. */
typedef struct TokenMissing {
    Object base;
} TokenMissing;

enum { KEYS, VALUES, ITEMS };

#define CONTEXT_ITERATOR_REFS(REF) REF(values)
typedef struct ContextIterator {
    Object base;
    CONTEXT_ITERATOR_REFS(OZ_FIELD) /* dict that no longer changes */
    size_t at;                      /* [owner] */
} ContextIterator;
OZ_TYPE_LIFE(context_iterator, ContextIterator, CONTEXT_ITERATOR_REFS)

/* ---- contexts ---- */

/* A context with `values` (taken), or with none. */
static Ref context_of(Thread *t, Ref values, bool shared)
{
    scoped Ref dict = values ? values : oz_dict_new(t);
    Context *self =
        dict && oz_builtin_class(t, OZ_CONTEXT) ? oz_object_new(t, OZ_CONTEXT, sizeof *self) : NULL;
    if (!self)
        return NULL;
    OZ_INIT_FIELD(self, values, oz_move(&dict));
    self->shared = shared;
    return (Ref)self;
}

static Context *current(Thread *t)
{
    if (!t->context)
        t->context = context_of(t, NULL, false);
    return (Context *)t->context;
}

static Dict *values_of(const Context *context)
{
    return (Dict *)context->values;
}

static Ref share(Context *context)
{
    context->shared = true;
    return oz_retain(context->values);
}

/* Before a change. */
static bool own_values(Thread *t, Context *context)
{
    if (!context->shared)
        return true;
    Ref copy = oz_dict_copy(t, values_of(context));
    if (!copy)
        return false;
    context->shared = false;
    oz_store(&context->base, &context->values, copy);
    return true;
}

static Ref context_copy_of(Thread *t, Context *context)
{
    return context_of(t, share(context), true);
}

static Ref context_new(Thread *t, Class *cls OZ_UNUSED, const Args *args)
{
    if (args->count + args->named)
        return oz_raise(t, OZ_TypeError, "Context() does not accept any arguments");
    return context_of(t, NULL, false);
}

static bool check_key(Thread *t, Obj key)
{
    return oz_isa(key, OZ_CONTEXT_VAR) ||
           oz_fail(t, OZ_TypeError, "a ContextVar key was expected, got %R", key);
}

static Found context_find(Thread *t, Obj self, Obj key, Ref *value)
{
    return check_key(t, key) ? oz_dict_get(t, values_of((const Context *)self), key, value)
                             : OZ_RAISED;
}

static bool context_contains(Thread *t, Obj self, Obj key, bool *found)
{
    scoped Ref value = NULL;
    Found answer = context_find(t, self, key, &value);
    *found = answer == OZ_FOUND;
    return answer != OZ_RAISED;
}

static Ref context_get_item(Thread *t, Obj self, Obj key)
{
    Ref value = NULL;
    Found found = context_find(t, self, key, &value);
    return found == OZ_MISSING ? oz_raise_value(t, OZ_KeyError, key) : value;
}

static bool context_length(Thread *t OZ_UNUSED, Obj self, ssize_t *length)
{
    *length = (ssize_t)oz_dict_length(values_of((const Context *)self));
    return true;
}

static Ref context_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    if (!oz_isa(a, OZ_CONTEXT) || !oz_isa(b, OZ_CONTEXT) || (op != OZ_EQ && op != OZ_NE))
        return OZ_NOT_IMPLEMENTED;
    scoped Ref x = oz_retain(((const Context *)a)->values);
    scoped Ref y = oz_retain(((const Context *)b)->values);
    return oz_compare(t, x, y, op);
}

static Ref iterate(Thread *t, Obj self, unsigned kind)
{
    static const uint32_t ids[] = {OZ_CONTEXT_KEYS, OZ_CONTEXT_VALUES, OZ_CONTEXT_ITEMS};
    ContextIterator *iterator =
        oz_builtin_class(t, ids[kind]) ? oz_object_new(t, ids[kind], sizeof *iterator) : NULL;
    if (iterator)
        OZ_INIT_FIELD(iterator, values, share((Context *)self));
    return (Ref)iterator;
}

static Ref context_iter(Thread *t, Obj self)
{
    return iterate(t, self, KEYS);
}

OZ_METHOD(context, keys, "($self, /)", "The variables that have a value.")
{
    return iterate(t, a[0], KEYS);
}

OZ_METHOD(context, values, "($self, /)", "The values of the variables.")
{
    return iterate(t, a[0], VALUES);
}

OZ_METHOD(context, items, "($self, /)", "Pairs of a variable and its value.")
{
    return iterate(t, a[0], ITEMS);
}

OZ_METHOD(context, get, "($self, key, default=None, /)",
          "The value of a variable, or the default if it has none here.")
{
    Ref value = NULL;
    Found found = context_find(t, a[0], a[1], &value);
    return found == OZ_MISSING ? oz_retain(a[2]) : value;
}

OZ_METHOD(context, copy, "($self, /)", "A context with the same values.")
{
    return context_copy_of(t, (Context *)a[0]);
}

OZ_METHOD(context, run, "($self, /, *args, **kwargs)",
          "Call a function with the arguments behind it, while this is the current context.")
{
    Context *self = (Context *)a[0];
    const Tuple *args = (const Tuple *)a[1];
    if (args->length == 0)
        return oz_raise(t, OZ_TypeError, "run() missing 1 required positional argument");
    if (self->entered)
        return oz_raise(t, OZ_RuntimeError, "cannot enter context: %R is already entered", a[0]);
    scoped Ref rest = oz_tuple_slice(t, a[1], 1, args->length);
    if (!rest)
        return NULL;
    self->entered = true;
    oz_store(&self->base, &self->previous, oz_move(&t->context));
    t->context = oz_retain(a[0]);
    oz_clear(&t->decimal_context);
    Ref result = oz_call_tuple(t, args->items[0], rest, a[2]);
    Ref inner = t->context;
    t->context = oz_retain(self->previous);
    oz_clear(&t->decimal_context);
    oz_store(&self->base, &self->previous, NULL);
    self->entered = false;
    oz_drop(inner);
    return result;
}

const TypeDef oz_context_type = {
    .id = OZ_CONTEXT,
    .name = "_contextvars.Context",
    .doc = "Values of context variables.",
    .size = sizeof(Context),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_WEAKREF | OZ_TYPE_UNHASHABLE | OZ_TYPE_MAPPING,
    .visit = context_visit,
    .clear = context_clear,
    .slots = {.new = context_new,
              .compare = context_compare,
              .iter = context_iter,
              .length = context_length,
              .get_item = context_get_item,
              .contains = context_contains},
    .methods = OZ_METHODS(&context_keys, &context_values, &context_items, &context_get,
                          &context_copy, &context_run),
};

/* ---- their iterators ---- */

static bool step(Obj self, Obj *key, Obj *value)
{
    ContextIterator *iterator = (ContextIterator *)self;
    return iterator->values && oz_dict_step((Dict *)iterator->values, &iterator->at, key, value);
}

static Ref keys_next(Thread *t OZ_UNUSED, Obj self)
{
    Obj key, value;
    return step(self, &key, &value) ? oz_retain(key) : NULL;
}

static Ref values_next(Thread *t OZ_UNUSED, Obj self)
{
    Obj key, value;
    return step(self, &key, &value) ? oz_retain(value) : NULL;
}

static Ref items_next(Thread *t, Obj self)
{
    Obj key, value;
    return step(self, &key, &value) ? oz_tuple_of(t, 2, key, value) : NULL;
}

#define ITERATOR(stem, ID)                                                                         \
    const TypeDef oz_context_##stem##_type = {                                                     \
        .id = OZ_CONTEXT_##ID,                                                                     \
        .name = #stem,                                                                             \
        .doc = "Iterator over a context.",                                                         \
        .size = sizeof(ContextIterator),                                                           \
        .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,                                                   \
        .visit = context_iterator_visit,                                                           \
        .clear = context_iterator_clear,                                                           \
        .slots = {.iter = oz_itself, .next = stem##_next},                                         \
    };
ITERATOR(keys, KEYS)
ITERATOR(values, VALUES)
ITERATOR(items, ITEMS)

/* ---- variables ---- */

static Ref context_var_new(Thread *t, Class *cls, const Args *args)
{
    Obj otherwise = NULL;
    if (args->count > 1)
        return oz_raise(t, OZ_TypeError,
                        "ContextVar() takes at most 1 positional argument (%d given)",
                        (int)args->count);
    if (args->count == 0)
        return oz_raise(t, OZ_TypeError,
                        "ContextVar() takes exactly 1 positional argument (0 given)");
    for (uint32_t n = 0; n < args->named; n++) {
        Obj name = ((const Tuple *)args->names)->items[n];
        if (!oz_str_equal_utf8(oz_as_str(name), "default"))
            return oz_raise(t, OZ_TypeError, "'%S' is an invalid keyword argument for ContextVar()",
                            name);
        otherwise = args->items[args->count + n];
    }
    if (!oz_is_str(args->items[0]))
        return oz_raise(t, OZ_TypeError, "context variable name must be a str");
    ContextVar *self = oz_instance_new(t, cls, 0);
    if (self) {
        OZ_INIT_FIELD(self, name, oz_retain(args->items[0]));
        OZ_INIT_FIELD(self, otherwise, oz_retain(otherwise));
    }
    return (Ref)self;
}

static Ref context_var_repr(Thread *t, Obj v)
{
    const ContextVar *self = (const ContextVar *)v;
    if (!self->otherwise)
        return oz_str_format(t, "<ContextVar name=%R at %p>", self->name, (void *)self);
    Found found = oz_repr_enter(t, v);
    if (found != OZ_MISSING)
        return found == OZ_RAISED ? NULL : oz_str_new(t, "<ContextVar ...>");
    Ref text = oz_str_format(t, "<ContextVar name=%R default=%R at %p>", self->name,
                             self->otherwise, (void *)self);
    oz_repr_leave(t, v);
    return text;
}

OZ_METHOD(context_var, get, "($self, default=<unrepresentable>, /)",
          "The value in the current context; else the default given, else that of the variable.")
{
    Ref value = NULL;
    Found found = oz_context_var_get(t, a[0], &value);
    if (found != OZ_MISSING)
        return value;
    Obj otherwise = a[1] ? a[1] : (Obj)((const ContextVar *)a[0])->otherwise;
    return otherwise ? oz_retain(otherwise) : oz_raise_value(t, OZ_LookupError, a[0]);
}

Ref oz_context_var_new(Thread *t, const char *name)
{
    scoped Ref text = oz_intern(t, name);
    ContextVar *self = text && oz_builtin_class(t, OZ_CONTEXT_VAR)
                           ? oz_object_new(t, OZ_CONTEXT_VAR, sizeof *self)
                           : NULL;
    if (self)
        OZ_INIT_FIELD(self, name, oz_move(&text));
    return (Ref)self;
}

Found oz_context_var_get(Thread *t, Obj var, Ref *value)
{
    const Context *context = current(t);
    return context ? oz_dict_get(t, values_of(context), var, value) : OZ_RAISED;
}

bool oz_context_var_set(Thread *t, Obj var, Obj value)
{
    Context *context = current(t);
    if (!context || !own_values(t, context) || !oz_dict_set(t, values_of(context), var, value))
        return false;
    oz_clear(&t->decimal_context);
    return true;
}

OZ_METHOD(context_var, set, "($self, value, /)",
          "Give it a value in the current context; a token that undoes it.")
{
    Context *context = current(t);
    scoped Ref old = NULL;
    if (!context || !own_values(t, context) ||
        oz_dict_get(t, values_of(context), a[0], &old) == OZ_RAISED)
        return NULL;
    ContextToken *token = oz_builtin_class(t, OZ_CONTEXT_TOKEN)
                              ? oz_object_new(t, OZ_CONTEXT_TOKEN, sizeof *token)
                              : NULL;
    if (!token)
        return NULL;
    OZ_INIT_FIELD(token, context, oz_retain((Obj)context));
    OZ_INIT_FIELD(token, var, oz_retain(a[0]));
    OZ_INIT_FIELD(token, old, oz_move(&old));
    if (oz_context_var_set(t, a[0], a[1]))
        return (Ref)token;
    oz_drop((Ref)token);
    return NULL;
}

OZ_METHOD(context_var, reset, "($self, token, /)", "Undo the set() that gave the token.")
{
    if (!oz_isa(a[1], OZ_CONTEXT_TOKEN))
        return oz_raise(t, OZ_TypeError, "expected an instance of Token, got %R", a[1]);
    ContextToken *token = (ContextToken *)a[1];
    if (token->used)
        return oz_raise(t, OZ_RuntimeError, "%R has already been used once", a[1]);
    if ((Obj)token->var != a[0])
        return oz_raise(t, OZ_ValueError, "%R was created by a different ContextVar", a[1]);
    Context *context = current(t);
    if (!context)
        return NULL;
    if ((Context *)token->context != context)
        return oz_raise(t, OZ_ValueError, "%R was created in a different Context", a[1]);
    if (!own_values(t, context))
        return NULL;
    token->used = true;
    Found found = !token->old ? oz_dict_delete(t, values_of(context), a[0])
                  : oz_dict_set(t, values_of(context), a[0], token->old) ? OZ_FOUND
                                                                         : OZ_RAISED;
    oz_clear(&t->decimal_context);
    return found == OZ_MISSING  ? oz_raise_value(t, OZ_LookupError, a[0])
           : found == OZ_RAISED ? NULL
                                : OZ_NONE;
}

OZ_CLASS_METHOD(context_var, __class_getitem__, "($type, object, /)", "ContextVar[value type]")
{
    return oz_generic_alias_new(t, a[0], a[1]);
}

const TypeDef oz_context_var_type = {
    .id = OZ_CONTEXT_VAR,
    .name = "_contextvars.ContextVar",
    .doc = "A variable that has a value in each context.",
    .size = sizeof(ContextVar),
    .flags = OZ_TYPE_FINAL,
    .visit = context_var_visit,
    .clear = context_var_clear,
    .slots = {.new = context_var_new, .repr = context_var_repr},
    .methods = OZ_METHODS(&context_var_get, &context_var_set, &context_var_reset,
                          &context_var___class_getitem__),
    .members = OZ_MEMBERS({"name", offsetof(ContextVar, name), OZ_MEMBER_READONLY, "the name"}),
};

/* ---- tokens ---- */

static Ref context_token_new(Thread *t, Class *cls OZ_UNUSED, const Args *args OZ_UNUSED)
{
    return oz_raise(t, OZ_RuntimeError, "Tokens can only be created by ContextVars");
}

static Ref context_token_repr(Thread *t, Obj v)
{
    const ContextToken *self = (const ContextToken *)v;
    return oz_str_format(t, "<Token%s var=%R at %p>", self->used ? " used" : "", self->var,
                         (void *)self);
}

static Ref token_old_value(Thread *t, Obj v)
{
    const ContextToken *self = (const ContextToken *)v;
    if (self->old)
        return oz_retain(self->old);
    scoped Ref name = oz_intern(t, "MISSING");
    Obj missing = NULL;
    if (!name || oz_class_find(t, oz_class_of(v), name, &missing) == OZ_RAISED)
        return NULL;
    return oz_retain(missing);
}

OZ_CLASS_METHOD(context_token, __class_getitem__, "($type, object, /)", "Token[value type]")
{
    return oz_generic_alias_new(t, a[0], a[1]);
}

const TypeDef oz_context_token_type = {
    .id = OZ_CONTEXT_TOKEN,
    .name = "_contextvars.Token",
    .doc = "What ContextVar.reset() needs to undo a set().",
    .size = sizeof(ContextToken),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_UNHASHABLE,
    .visit = context_token_visit,
    .clear = context_token_clear,
    .slots = {.new = context_token_new, .repr = context_token_repr},
    .methods = OZ_METHODS(&context_token___class_getitem__),
    .getsets = OZ_GETSETS({"old_value", token_old_value, NULL, "the value before, or MISSING"}),
    .members = OZ_MEMBERS({"var", offsetof(ContextToken, var), OZ_MEMBER_READONLY, "the variable"}),
};

static Ref token_missing_repr(Thread *t, Obj v OZ_UNUSED)
{
    return oz_str_new(t, "<Token.MISSING>");
}

const TypeDef oz_token_missing_type = {
    .id = OZ_TOKEN_MISSING,
    .name = "Token.MISSING",
    .doc = "Stands for no value.",
    .size = sizeof(TokenMissing),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .slots = {.repr = token_missing_repr},
};

/* ---- the module ---- */

OZ_FUNCTION(contextvars, copy_context, "($module, /)", "A copy of the current context.")
{
    Context *context = current(t);
    return context ? context_copy_of(t, context) : NULL;
}

static bool contextvars_init(Thread *t, Module *module OZ_UNUSED)
{
    Class *token = oz_builtin_class(t, OZ_CONTEXT_TOKEN);
    scoped Ref name = oz_intern(t, "MISSING");
    Obj found = NULL;
    if (!token || !name || oz_class_own(t, token, name, &found) == OZ_RAISED)
        return false;
    if (found)
        return true;
    scoped Ref missing = oz_builtin_class(t, OZ_TOKEN_MISSING)
                             ? oz_object_new(t, OZ_TOKEN_MISSING, sizeof(TokenMissing))
                             : NULL;
    return missing && oz_class_store(t, token, name, missing) != OZ_RAISED;
}

static const uint32_t types[] = {OZ_CONTEXT, OZ_CONTEXT_VAR, OZ_CONTEXT_TOKEN, 0};

const ModuleDef oz_contextvars_module = {
    .name = "_contextvars",
    .doc = "The native part of contextvars.",
    .functions = OZ_METHODS(&contextvars_copy_context),
    .types = types,
    .init = contextvars_init,
};
