// SPDX-License-Identifier: MIT
// Slot wrappers (int.__add__, list.__len__): the entries in builtin classes' dicts that call what a
// slot holds; and builtin __new__.
#include "types/class_layout.h"

#include "types/special.h"

#include <string.h>

/* ---- arguments ---- */

static bool expect(Thread *t, const Args *args, uint32_t wanted)
{
    if (args->count == wanted)
        return true;
    return oz_fail(t, OZ_TypeError, "expected %u argument%s, got %u", wanted,
                   wanted == 1 ? "" : "s", args->count);
}

static bool expect_between(Thread *t, const Args *args, uint32_t least, uint32_t most)
{
    if (args->count >= least && args->count <= most)
        return true;
    uint32_t bound = args->count < least ? least : most;
    return oz_fail(t, OZ_TypeError, " expected %s%u argument%s, got %u",
                   least == most         ? ""
                   : args->count < least ? "at least "
                                         : "at most ",
                   bound, bound == 1 ? "" : "s", args->count);
}

static Ref none_if(bool ok)
{
    return ok ? OZ_NONE : NULL;
}

/* Refuse object.__setattr__(C, ...) and the like, which would go past what a class checks. */
static bool check_set_attr(Thread *t, const SlotWrapper *w, Obj self)
{
    if (oz_is_class(self) && !(w->owner->flags & OZ_CLASS_META))
        return oz_fail(t, OZ_TypeError, "can't apply this %s to %T object", w->special->text, self);
    return true;
}

/* ---- one function for each kind of slot ---- */

static Ref call_hash(Thread *t, const SlotWrapper *w, Obj self)
{
    int64_t hash;
    return ((SlotHASH)w->function)(t, self, &hash) ? oz_int_new(t, hash) : NULL;
}

static Ref call_length(Thread *t, const SlotWrapper *w, Obj self)
{
    ssize_t length;
    return ((SlotLENGTH)w->function)(t, self, &length) ? oz_int_new(t, length) : NULL;
}

static Ref call_boolean(Thread *t, const SlotWrapper *w, Obj self)
{
    bool truth;
    return ((SlotBOOLEAN)w->function)(t, self, &truth) ? oz_bool(truth) : NULL;
}

static Ref call_next(Thread *t, const SlotWrapper *w, Obj self)
{
    Ref result = ((SlotNEXT)w->function)(t, self);
    if (!result && !t->exception)
        return oz_raise_object(t, (Obj)t->vm->errors[OZ_StopIteration], NULL);
    return result;
}

static Ref call_contains(Thread *t, const SlotWrapper *w, Obj self, Obj item)
{
    bool found;
    return ((SlotCONTAINS)w->function)(t, self, item, &found) ? oz_bool(found) : NULL;
}

static Ref call_descr_get(Thread *t, const SlotWrapper *w, Obj self, const Args *args)
{
    if (!expect_between(t, args, 1, 2))
        return NULL;
    Obj instance = oz_is_none(args->items[0]) ? NULL : args->items[0];
    Obj owner = args->count < 2 || oz_is_none(args->items[1]) ? NULL : args->items[1];
    if (!instance && !owner)
        return oz_raise(t, OZ_TypeError, "__get__(None, None) is invalid");
    return ((SlotDESCR_GET)w->function)(t, self, instance, owner);
}

static Ref call_init(Thread *t, const SlotWrapper *w, Obj self, const Args *args)
{
    if ((SlotINIT)w->function == oz_slot_native_init)
        return none_if(oz_native_init_of(t, w->owner, self, args));
    return none_if(((SlotINIT)w->function)(t, self, args));
}

static Ref call_power(Thread *t, const SlotWrapper *w, Obj self, const Args *args)
{
    if (!expect_between(t, args, 1, 2))
        return NULL;
    Obj modulus = args->count < 2 || oz_is_none(args->items[1]) ? NULL : args->items[1];
    if (w->special->kind == WRAP_POWER)
        return ((SlotPOWER)w->function)(t, self, args->items[0], modulus);
    return ((SlotPOWER)w->function)(t, args->items[0], self, modulus);
}

/* Kinds with no argument. */
static Ref call_plain(Thread *t, const SlotWrapper *w, Obj self, const Args *args)
{
    if (!expect(t, args, 0))
        return NULL;
    switch (w->special->kind) {
    case WRAP_UNARY:
        return ((SlotUNARY)w->function)(t, self);
    case WRAP_HASH:
        return call_hash(t, w, self);
    case WRAP_LENGTH:
        return call_length(t, w, self);
    case WRAP_BOOLEAN:
        return call_boolean(t, w, self);
    case WRAP_NEXT:
        return call_next(t, w, self);
    default: /* WRAP_FINALIZE */
        ((SlotFINALIZE)w->function)(t, self);
        return t->exception ? NULL : OZ_NONE;
    }
}

/* Kinds with one argument. */
static Ref call_one(Thread *t, const SlotWrapper *w, Obj self, const Args *args)
{
    if (!expect(t, args, 1))
        return NULL;
    Obj other = args->items[0];
    switch (w->special->kind) {
    case WRAP_BINARY:
        return ((SlotBINARY)w->function)(t, self, other);
    case WRAP_REFLECTED:
        return ((SlotBINARY)w->function)(t, other, self);
    case WRAP_LEFT:
        return ((SlotBINARY_LEFT)w->function)(t, self, other);
    case WRAP_GET_ATTR:
        return ((SlotGET_ATTR)w->function)(t, self, other);
    case WRAP_DELETE_ATTR:
        return none_if(check_set_attr(t, w, self) &&
                       ((SlotSET_ATTR)w->function)(t, self, other, NULL));
    case WRAP_DESCR_DELETE:
        return none_if(((SlotDESCR_SET)w->function)(t, self, other, NULL));
    case WRAP_DELETE_ITEM:
        return none_if(((SlotSET_ITEM)w->function)(t, self, other, NULL));
    case WRAP_CONTAINS:
        return call_contains(t, w, self, other);
    default: /* WRAP_LT ... WRAP_GE */
        return ((SlotCOMPARE)w->function)(t, self, other, (CompareOp)(w->special->kind - WRAP_LT));
    }
}

/* Kinds with two arguments. */
static Ref call_two(Thread *t, const SlotWrapper *w, Obj self, const Args *args)
{
    if (!expect_between(t, args, 2, 2))
        return NULL;
    Obj a = args->items[0], b = args->items[1];
    switch (w->special->kind) {
    case WRAP_SET_ATTR:
        return none_if(check_set_attr(t, w, self) && ((SlotSET_ATTR)w->function)(t, self, a, b));
    case WRAP_DESCR_SET:
        return none_if(((SlotDESCR_SET)w->function)(t, self, a, b));
    default: /* WRAP_SET_ITEM */
        return none_if(((SlotSET_ITEM)w->function)(t, self, a, b));
    }
}

static Ref call_wrapped(Thread *t, const SlotWrapper *w, Obj self, const Args *args)
{
    if (w->special->kind == WRAP_CALL)
        return ((SlotCALL)w->function)(t, self, args);
    if (w->special->kind == WRAP_INIT)
        return call_init(t, w, self, args);
    if (args->named)
        return oz_raise(t, OZ_TypeError, "wrapper %s() takes no keyword arguments",
                        w->special->text);
    switch (w->special->kind) {
    case WRAP_UNARY:
    case WRAP_HASH:
    case WRAP_LENGTH:
    case WRAP_BOOLEAN:
    case WRAP_NEXT:
    case WRAP_FINALIZE:
        return call_plain(t, w, self, args);
    case WRAP_SET_ATTR:
    case WRAP_DESCR_SET:
    case WRAP_SET_ITEM:
        return call_two(t, w, self, args);
    case WRAP_DESCR_GET:
        return call_descr_get(t, w, self, args);
    case WRAP_POWER:
    case WRAP_REFLECTED_POWER:
        return call_power(t, w, self, args);
    default:
        return call_one(t, w, self, args);
    }
}

/* ---- the type ---- */

Ref oz_slot_wrapper_new(Thread *t, Class *owner, const Special *special, void *f)
{
    SlotWrapper *w = oz_object_new_raw(t, OZ_SLOT_WRAPPER, sizeof *w);
    if (!w)
        return NULL;
    w->owner = owner;
    w->special = special;
    w->function = f;
    return (Ref)w;
}

static bool check_self(Thread *t, const SlotWrapper *w, Obj self)
{
    if (OZ_LIKELY(oz_class_derives(oz_class_of(self), w->owner)))
        return true;
    return oz_fail(t, OZ_TypeError, "descriptor '%s' requires a '%s' object but received a '%T'",
                   w->special->text, w->owner->def->name, self);
}

static Ref wrapper_call(Thread *t, Obj v, const Args *args)
{
    const SlotWrapper *w = (const SlotWrapper *)v;
    if (!args->count)
        return oz_raise(t, OZ_TypeError, "descriptor '%s' of '%s' object needs an argument",
                        w->special->text, w->owner->def->name);
    if (!check_self(t, w, args->items[0]))
        return NULL;
    Args rest = {args->items + 1, args->count - 1, args->named, args->names};
    return call_wrapped(t, w, args->items[0], &rest);
}

static Ref wrapper_get(Thread *t, Obj v, Obj instance, Obj owner OZ_UNUSED)
{
    const SlotWrapper *w = (const SlotWrapper *)v;
    if (!instance)
        return oz_retain(v);
    if (!oz_class_derives(oz_class_of(instance), w->owner))
        return oz_raise(t, OZ_TypeError,
                        "descriptor '%s' for '%s' objects doesn't apply to a '%T' object",
                        w->special->text, w->owner->def->name, instance);
    return oz_method_wrapper_new(t, v, instance);
}

static Ref wrapper_repr(Thread *t, Obj v)
{
    const SlotWrapper *w = (const SlotWrapper *)v;
    return oz_str_format(t, "<slot wrapper '%s' of '%s' objects>", w->special->text,
                         w->owner->def->name);
}

static Ref get_name(Thread *t, Obj v)
{
    return oz_retain(t->vm->names[((const SlotWrapper *)v)->special->name]);
}

static Ref get_objclass(Thread *t OZ_UNUSED, Obj v)
{
    return oz_retain((Obj)((const SlotWrapper *)v)->owner);
}

static Ref get_qualname(Thread *t, Obj v)
{
    const SlotWrapper *w = (const SlotWrapper *)v;
    return oz_str_format(t, "%s.%s", oz_class_name(w->owner), w->special->text);
}

static Ref get_doc(Thread *t, Obj v)
{
    return oz_str_new(t, ((const SlotWrapper *)v)->special->doc);
}

static Ref get_text_signature(Thread *t, Obj v)
{
    return oz_str_new(t, ((const SlotWrapper *)v)->special->signature);
}

OZ_METHOD(wrapper, __reduce__, "($self, /)", "Return how to find the wrapper again.")
{
    const SlotWrapper *w = (const SlotWrapper *)a[0];
    return oz_reduce_getattr(t, (Obj)w->owner, t->vm->names[w->special->name]);
}

Ref oz_reduce_getattr(Thread *t, Obj owner, Obj name)
{
    scoped Ref key = oz_intern(t, "getattr");
    Obj function = key ? oz_dict_peek_str((Dict *)t->vm->builtins, key) : NULL;
    scoped Ref arguments = function ? oz_tuple_of(t, 2, owner, name) : NULL;
    return arguments ? oz_tuple_of(t, 2, function, (Obj)arguments) : NULL;
}

const TypeDef oz_slot_wrapper_type = {
    .id = OZ_SLOT_WRAPPER,
    .name = "wrapper_descriptor",
    .size = sizeof(SlotWrapper),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW | OZ_TYPE_METHOD,
    .slots = {.call = wrapper_call, .descr_get = wrapper_get, .repr = wrapper_repr},
    .methods = OZ_METHODS(&wrapper___reduce__),
    .getsets =
        OZ_GETSETS({"__name__", get_name, NULL, NULL}, {"__objclass__", get_objclass, NULL, NULL},
                   {"__qualname__", get_qualname, NULL, NULL}, {"__doc__", get_doc, NULL, NULL},
                   {"__text_signature__", get_text_signature, NULL, NULL}),
};

/* ---- __new__ of builtin classes ---- */

/* type.__new__(subtype, ...): the subtype must be one, and its instances must be what this __new__
 * makes. */
static bool check_subtype(Thread *t, const Class *owner, Obj first)
{
    const char *name = owner->def->name;
    if (!oz_is_class(first))
        return oz_fail(t, OZ_TypeError, "%s.__new__(X): X is not a type object (%T)", name, first);
    Class *cls = (Class *)first;
    if (!oz_class_derives(cls, owner))
        return oz_fail(t, OZ_TypeError, "%s.__new__(%N): %N is not a subtype of %s", name, first,
                       first, name);
    const Class *native = cls; /* the nearest builtin class: it must make its instances itself */
    while (native->flags & OZ_CLASS_PYTHON)
        native = native->parent;
    if (native->slots->new != owner->slots->new ||
        (owner->slots->new == oz_slot_native_new && native->def->make != owner->def->make))
        if (native->slots->new != owner->slots->new || native->def->make)
            return oz_fail(t, OZ_TypeError, "%s.__new__(%N) is not safe, use %s.__new__()", name,
                           first, native->def->name);
    return true;
}

static Ref call_new(Thread *t, Class *owner, Class *cls, const Args *args)
{
    if (owner->slots->new == oz_slot_native_new && owner->def->make)
        return oz_native_new_of(t, owner, cls, args);
    return owner->slots->new (t, cls, args);
}

OZ_NATIVE_(type_new_function, "__new__", "($type, /, *args, **kwargs)",
           "Make an object of the class given first; the rest is what that class takes.", 0)
{
    Class *owner = (Class *)a[0];
    const Tuple *given = (const Tuple *)a[1];
    Dict *keywords = (Dict *)a[2];
    if (!given->length)
        return oz_raise(t, OZ_TypeError, "%s.__new__(): not enough arguments", owner->def->name);
    if (!check_subtype(t, owner, given->items[0]))
        return NULL;
    Class *cls = (Class *)given->items[0];
    size_t named = keywords ? oz_dict_length(keywords) : 0;
    Args args = {(const Obj *)given->items + 1, given->length - 1, 0, NULL};
    if (!named)
        return call_new(t, owner, cls, &args);
    Tuple *names = oz_tuple_alloc(t, named);
    scoped Ref held_names = (Ref)names;
    Tuple *values = names ? oz_tuple_alloc(t, args.count + named) : NULL;
    scoped Ref held_values = (Ref)values;
    if (!values)
        return NULL;
    for (uint32_t i = 0; i < args.count; i++)
        oz_tuple_init(values, i, oz_retain(args.items[i]));
    size_t at = 0, i = 0;
    for (Obj key, value; i < named && oz_dict_step(keywords, &at, &key, &value); i++) {
        oz_tuple_init(names, i, oz_retain(key));
        oz_tuple_init(values, args.count + i, oz_retain(value));
    }
    Args all = {(const Obj *)values->items, args.count, (uint32_t)named, held_names};
    return call_new(t, owner, cls, &all);
}

Ref oz_new_function(Thread *t, Class *owner)
{
    return oz_builtin_function_new(t, &type_new_function, (Obj)owner, NULL, NULL);
}

Class *oz_new_function_owner(Obj v)
{
    if (!oz_is(v, OZ_BUILTIN_FUNCTION))
        return NULL;
    const BuiltinFunction *f = (const BuiltinFunction *)v;
    return f->signature->def == &type_new_function ? (Class *)f->self : NULL;
}
