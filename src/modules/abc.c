// SPDX-License-Identifier: MIT
// _abc: abstract base classes.
//
// A class has its registered classes, and two caches of answers, as sets of weak references; a dead
// class falls out by the reference's callback.  The negative cache is valid for one number of
// registrations in the whole VM: a registration anywhere makes all of them void.
#include "modules/native_type.h"

#include "types/set.h"
#include "types/weakref.h"

#define ABC_REFS(REF) REF(registry) REF(cache) REF(negative_cache)
typedef struct AbcData {
    Object base;
    ABC_REFS(OZ_FIELD)         /* sets of weak references, empty until needed */
    uint64_t negative_version; /* [owner] registrations when negative_cache was begun */
} AbcData;
OZ_TYPE_LIFE(abc_data, AbcData, ABC_REFS)

static _Atomic(uint64_t) *invalidations(Thread *t)
{
    return &t->vm->abc_invalidations;
}

OZ_NEW(abc_data, "($type, /, *args, **kwargs)")
{
    AbcData *self = oz_instance_new(t, (Class *)a[0], 0);
    if (self)
        self->negative_version = atomic_load(invalidations(t));
    return (Ref)self;
}

const TypeDef oz_abc_data_type = {
    .id = OZ_ABC_DATA,
    .name = "_abc._abc_data",
    .doc = "What an abstract base class knows of its subclasses.",
    .size = sizeof(AbcData),
    .flags = OZ_TYPE_FINAL,
    .visit = abc_data_visit,
    .clear = abc_data_clear,
    .make = &abc_data_new_,
};

/* ---- sets of weak references ---- */

/* What a weak reference in one of the sets calls when its class dies: it takes itself out.  The
 * set is held weakly too, so that a cache does not outlive its class. */
#define FORGET_REFS(REF) REF(set)
typedef struct AbcForget {
    Object base;
    FORGET_REFS(OZ_FIELD) /* [const] weak reference to the set */
} AbcForget;
OZ_TYPE_LIFE(abc_forget, AbcForget, FORGET_REFS)

static Ref abc_forget_call(Thread *t, Obj v, const Args *args)
{
    scoped Ref set = oz_weakref_get((const WeakRef *)((const AbcForget *)v)->set);
    if (set && args->count && oz_set_discard(t, (Set *)set, args->items[0]) == OZ_RAISED)
        return NULL;
    return OZ_NONE;
}

const TypeDef oz_abc_forget_type = {
    .id = OZ_ABC_FORGET,
    .name = "_abc._abc_forget",
    .size = sizeof(AbcForget),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = abc_forget_visit,
    .clear = abc_forget_clear,
    .slots = {.call = abc_forget_call},
};

static Ref weak(Thread *t, Obj target, Obj callback)
{
    return oz_weakref_new(t, oz_builtin_class(t, OZ_WEAKREF), target, callback);
}

static bool add_weak(Thread *t, AbcData *data, Ref *place, Obj cls)
{
    if (!*place) {
        Ref set = oz_set_new(t, NULL);
        if (!set)
            return false;
        oz_store(&data->base, place, set);
    }
    scoped Ref set = oz_retain(*place);
    Class *forget_class = oz_builtin_class(t, OZ_ABC_FORGET);
    scoped Ref set_ref = forget_class ? weak(t, set, NULL) : NULL;
    scoped Ref forget = set_ref ? (Ref)oz_instance_new(t, forget_class, 0) : NULL;
    if (!forget)
        return false;
    OZ_INIT_FIELD((AbcForget *)forget, set, oz_move(&set_ref));
    scoped Ref ref = weak(t, cls, forget);
    return ref && oz_set_add(t, (Set *)set, ref);
}

/* Is there a reference to `cls` in the set? */
static Found in_weak(Thread *t, Obj set, Obj cls)
{
    if (!set || !oz_set_length((Set *)set))
        return OZ_MISSING;
    scoped Ref ref = weak(t, cls, NULL);
    if (!ref) /* no weak references: it cannot be in there */
        return oz_exception_forget(t, OZ_TypeError) ? OZ_MISSING : OZ_RAISED;
    scoped Ref own = oz_retain(set);
    return oz_set_contains(t, (Set *)own, ref);
}

/* ---- the data of a class ---- */

static Ref data_name(Thread *t)
{
    return oz_intern(t, "_abc_impl");
}

static Ref data_of(Thread *t, Obj cls)
{
    scoped Ref name = data_name(t);
    scoped Ref data = name ? oz_get_attr(t, cls, name) : NULL;
    if (data && !oz_is(data, OZ_ABC_DATA))
        return oz_raise(t, OZ_TypeError, "_abc_impl is set to a wrong type");
    return oz_move(&data);
}

static Found is_abstract(Thread *t, Obj value)
{
    scoped Ref mark = NULL;
    bool truth = false;
    Found found = oz_find_attr(t, value, OZ_NAME(t, __isabstractmethod__), &mark);
    if (found != OZ_FOUND)
        return found;
    return !oz_truth(t, mark, &truth) ? OZ_RAISED : truth ? OZ_FOUND : OZ_MISSING;
}

static bool add_own_abstracts(Thread *t, Obj cls, Set *names)
{
    scoped Ref dict = oz_get_attr(t, cls, OZ_NAME(t, __dict__));
    scoped Ref items = dict ? oz_call_method(t, dict, OZ_NAME(t, items), 0, NULL) : NULL;
    scoped Ref list = items ? oz_list_from(t, items) : NULL;
    for (size_t i = 0; list && i < oz_list_length((List *)list); i++) {
        scoped Ref pair = oz_list_get(t, (List *)list, i);
        const Tuple *tuple = pair ? oz_as_tuple(pair) : NULL;
        if (!tuple || tuple->length != 2)
            return false;
        Found found = is_abstract(t, tuple->items[1]);
        if (found == OZ_RAISED || (found == OZ_FOUND && !oz_set_add(t, names, tuple->items[0])))
            return false;
    }
    return list != NULL;
}

/* Names that are abstract in a base and not overridden here. */
static bool add_base_abstracts(Thread *t, Obj cls, Obj base, Set *names)
{
    scoped Ref key = oz_intern(t, "__abstractmethods__");
    scoped Ref inherited = NULL;
    Found found = key ? oz_find_attr(t, base, key, &inherited) : OZ_RAISED;
    if (found != OZ_FOUND)
        return found == OZ_MISSING;
    scoped Ref iterator = oz_iter(t, inherited);
    if (!iterator)
        return false;
    for (;;) {
        scoped Ref name = NULL;
        scoped Ref value = NULL;
        found = oz_next(t, iterator, &name);
        if (found != OZ_FOUND)
            return found == OZ_MISSING;
        found = oz_find_attr(t, cls, name, &value);
        if (found == OZ_FOUND)
            found = is_abstract(t, value);
        if (found == OZ_RAISED || (found == OZ_FOUND && !oz_set_add(t, names, name)))
            return false;
    }
}

static bool compute_abstracts(Thread *t, Obj cls)
{
    scoped Ref names = oz_set_new(t, NULL);
    scoped Ref bases = names ? oz_get_attr(t, cls, OZ_NAME(t, __bases__)) : NULL;
    if (!bases || !add_own_abstracts(t, cls, (Set *)names))
        return false;
    if (!oz_isa(bases, OZ_TUPLE))
        return oz_fail(t, OZ_TypeError, "__bases__ is not tuple");
    for (size_t i = 0; i < ((Tuple *)bases)->length; i++)
        if (!add_base_abstracts(t, cls, ((Tuple *)bases)->items[i], (Set *)names))
            return false;
    scoped Ref frozen = oz_frozenset_new(t, names);
    scoped Ref key = oz_intern(t, "__abstractmethods__");
    return frozen && key && oz_set_attr(t, cls, key, frozen);
}

/* __abc_tpflags__ of collections.abc says which patterns of match apply to the class. */
static bool take_pattern_flags(Thread *t, Obj cls)
{
    enum { SEQUENCE = 1 << 5, MAPPING = 1 << 6 };
    scoped Ref key = oz_intern(t, "__abc_tpflags__");
    if (!key || !oz_is_class(cls))
        return key != NULL;
    Obj own;
    if (oz_class_own(t, (Class *)cls, key, &own) == OZ_RAISED)
        return false;
    if (!own || !oz_is_int(own))
        return true;
    int64_t flags = oz_int_value(own);
    if ((flags & SEQUENCE) && (flags & MAPPING))
        return oz_fail(t, OZ_TypeError,
                       "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING");
    if (flags & SEQUENCE)
        ((Class *)cls)->flags |= OZ_CLASS_SEQUENCE;
    if (flags & MAPPING)
        ((Class *)cls)->flags |= OZ_CLASS_MAPPING;
    return oz_set_attr(t, cls, key, NULL);
}

OZ_FUNCTION(abc, _abc_init, "($module, self, /)",
            "Prepare a new class: find its abstract methods, make room for what it will know.")
{
    scoped Ref name = data_name(t);
    if (!name || !compute_abstracts(t, a[1]))
        return NULL;
    Class *cls = oz_builtin_class(t, OZ_ABC_DATA);
    scoped Ref data = cls ? oz_call0(t, (Obj)cls) : NULL;
    if (!data || !oz_set_attr(t, a[1], name, data) || !take_pattern_flags(t, a[1]))
        return NULL;
    return OZ_NONE;
}

/* ---- the answers ---- */

OZ_FUNCTION(abc, _abc_register, "($module, self, subclass, /)",
            "Let a class count as a subclass; return it.")
{
    Obj self = a[1];
    Obj subclass = a[2];
    bool known;
    if (!oz_is_class(subclass))
        return oz_raise(t, OZ_TypeError, "Can only register classes");
    if (!oz_is_subclass(t, subclass, self, &known))
        return NULL;
    if (known)
        return oz_retain(subclass);
    if (!oz_is_subclass(t, self, subclass, &known))
        return NULL;
    if (known)
        return oz_raise(t, OZ_RuntimeError, "Refusing to create an inheritance cycle");
    scoped Ref data = data_of(t, self);
    if (!data || !add_weak(t, (AbcData *)data, &((AbcData *)data)->registry, subclass))
        return NULL;
    atomic_fetch_add(invalidations(t), 1);
    uint32_t pattern = oz_is_class(self) ? ((Class *)self)->flags & OZ_CLASS_PATTERNS : 0;
    if (pattern && !oz_class_set_pattern(t, (Class *)subclass, pattern))
        return NULL;
    return oz_retain(subclass);
}

/* self.__subclasscheck__(cls) as a bool. */
static Found ask(Thread *t, Obj self, Obj cls)
{
    scoped Ref answer = oz_call_method(t, self, OZ_NAME(t, __subclasscheck__), 1, &cls);
    bool truth;
    if (!answer || !oz_truth(t, answer, &truth))
        return OZ_RAISED;
    return truth ? OZ_FOUND : OZ_MISSING;
}

static Ref bool_of(Found found)
{
    return found == OZ_RAISED ? NULL : oz_bool(found == OZ_FOUND);
}

OZ_FUNCTION(abc, _abc_instancecheck, "($module, self, instance, /)",
            "Is the instance one of the class, or of one that counts as a subclass?")
{
    scoped Ref data = data_of(t, a[1]);
    scoped Ref cls = data ? oz_get_attr(t, a[2], OZ_NAME(t, __class__)) : NULL;
    if (!cls)
        return NULL;
    AbcData *self = (AbcData *)data;
    Found found = in_weak(t, self->cache, cls);
    if (found != OZ_MISSING)
        return bool_of(found);
    Obj type = (Obj)oz_class_of(a[2]);
    if (cls == type && self->negative_version == atomic_load(invalidations(t))) {
        found = in_weak(t, self->negative_cache, cls);
        if (found != OZ_MISSING)
            return found == OZ_FOUND ? OZ_FALSE : NULL;
    }
    found = ask(t, a[1], cls);
    if (found == OZ_MISSING && cls != type)
        found = ask(t, a[1], type);
    return bool_of(found);
}

/* Is `cls` a subclass of one of the registered classes? */
static Found check_registry(Thread *t, const AbcData *data, Obj cls)
{
    if (!data->registry)
        return OZ_MISSING;
    scoped Ref refs = oz_list_from(t, data->registry);
    for (size_t i = 0; refs && i < oz_list_length((List *)refs); i++) {
        scoped Ref ref = oz_list_get(t, (List *)refs, i);
        scoped Ref registered = ref ? oz_weakref_get((const WeakRef *)ref) : NULL;
        bool derives = false;
        if (registered && !oz_is_subclass(t, cls, registered, &derives))
            return OZ_RAISED;
        if (derives)
            return OZ_FOUND;
    }
    return refs ? OZ_MISSING : OZ_RAISED;
}

static Found check_subclasses(Thread *t, Obj self, Obj cls)
{
    scoped Ref name = oz_intern(t, "__subclasses__");
    scoped Ref list = name ? oz_call_method(t, self, name, 0, NULL) : NULL;
    if (!list)
        return OZ_RAISED;
    if (!oz_as_list(list)) {
        oz_raise(t, OZ_TypeError, "__subclasses__() must return a list");
        return OZ_RAISED;
    }
    for (size_t i = 0; i < oz_list_length((List *)list); i++) {
        scoped Ref each = oz_list_get(t, (List *)list, i);
        bool derives;
        if (!each || !oz_is_subclass(t, cls, each, &derives))
            return OZ_RAISED;
        if (derives)
            return OZ_FOUND;
    }
    return OZ_MISSING;
}

/* What __subclasshook__ says: OZ_TRUE, OZ_FALSE, OZ_NOT_IMPLEMENTED; NULL: raised. */
static Obj ask_hook(Thread *t, Obj self, Obj cls)
{
    scoped Ref answer = oz_call_method(t, self, OZ_NAME(t, __subclasshook__), 1, &cls);
    if (!answer)
        return NULL;
    if (answer == OZ_TRUE || answer == OZ_FALSE || answer == OZ_NOT_IMPLEMENTED)
        return answer;
    return oz_raise(t, OZ_AssertionError,
                    "__subclasshook__ must return either False, True, or NotImplemented");
}

/* In the MRO of `cls`? */
static Found is_derived(Thread *t, Obj cls, Obj self)
{
    scoped Ref name = oz_intern(t, "__mro__");
    scoped Ref mro = name ? oz_get_attr(t, cls, name) : NULL;
    const Tuple *tuple = mro ? oz_as_tuple(mro) : NULL;
    for (size_t i = 0; tuple && i < tuple->length; i++)
        if (tuple->items[i] == self)
            return OZ_FOUND;
    return mro ? OZ_MISSING : OZ_RAISED;
}

/* The answer, without the caches. */
static Found find_answer(Thread *t, AbcData *data, Obj self, Obj cls)
{
    Obj hook = ask_hook(t, self, cls);
    if (!hook)
        return OZ_RAISED;
    if (hook != OZ_NOT_IMPLEMENTED)
        return hook == OZ_TRUE ? OZ_FOUND : OZ_MISSING;
    Found found = is_derived(t, cls, self);
    if (found == OZ_MISSING)
        found = check_registry(t, data, cls);
    if (found == OZ_MISSING)
        found = check_subclasses(t, self, cls);
    return found;
}

OZ_FUNCTION(abc, _abc_subclasscheck, "($module, self, subclass, /)",
            "Is the class derived from this one, registered with it, or accepted by its hook?")
{
    Obj cls = a[2];
    if (!oz_is_class(cls))
        return oz_raise(t, OZ_TypeError, "issubclass() arg 1 must be a class");
    scoped Ref own = data_of(t, a[1]);
    AbcData *data = (AbcData *)own;
    if (!data)
        return NULL;
    Found found = in_weak(t, data->cache, cls);
    if (found != OZ_MISSING)
        return bool_of(found);
    uint64_t now = atomic_load(invalidations(t));
    if (data->negative_version < now) {
        data->negative_version = now;
        oz_clear(&data->negative_cache);
    } else {
        found = in_weak(t, data->negative_cache, cls);
        if (found != OZ_MISSING)
            return found == OZ_FOUND ? OZ_FALSE : NULL;
    }
    found = find_answer(t, data, a[1], cls);
    if (found == OZ_RAISED ||
        !add_weak(t, data, found == OZ_FOUND ? &data->cache : &data->negative_cache, cls))
        return NULL;
    return oz_bool(found == OZ_FOUND);
}

OZ_FUNCTION(abc, get_cache_token, "($module, /)",
            "Return a number that another registration changes.")
{
    return oz_int_from_uint64(t, atomic_load(invalidations(t)));
}

OZ_FUNCTION(abc, _get_dump, "($module, self, /)", "Show what a class knows, for debugging.")
{
    scoped Ref own = data_of(t, a[1]);
    const AbcData *data = (const AbcData *)own;
    scoped Ref registry = data ? oz_set_new(t, data->registry) : NULL;
    scoped Ref cache = registry ? oz_set_new(t, data->cache) : NULL;
    scoped Ref negative = cache ? oz_set_new(t, data->negative_cache) : NULL;
    scoped Ref version = negative ? oz_int_from_uint64(t, data->negative_version) : NULL;
    return version ? oz_tuple_of(t, 4, registry, cache, negative, version) : NULL;
}

OZ_FUNCTION(abc, _reset_registry, "($module, self, /)", "Forget the registered classes.")
{
    scoped Ref own = data_of(t, a[1]);
    if (!own)
        return NULL;
    oz_clear(&((AbcData *)own)->registry);
    return OZ_NONE;
}

OZ_FUNCTION(abc, _reset_caches, "($module, self, /)", "Forget the remembered answers.")
{
    scoped Ref own = data_of(t, a[1]);
    if (!own)
        return NULL;
    oz_clear(&((AbcData *)own)->cache);
    oz_clear(&((AbcData *)own)->negative_cache);
    return OZ_NONE;
}

static bool abc_init(Thread *t, Module *module OZ_UNUSED)
{
    return oz_builtin_class(t, OZ_ABC_DATA) != NULL;
}

const ModuleDef oz_abc_module = {
    .name = "_abc",
    .doc = "The native part of abc.",
    .functions = OZ_METHODS(&abc__abc_init, &abc__abc_register, &abc__abc_instancecheck,
                            &abc__abc_subclasscheck, &abc_get_cache_token, &abc__get_dump,
                            &abc__reset_registry, &abc__reset_caches),
    .init = abc_init,
};
