// SPDX-License-Identifier: MIT
// _collections: defaultdict, _tuplegetter and counting; deque.c and ordered_dict.c have the rest.
#include "modules/native_type.h"

#include "types/dict_layout.h"
#include "types/dict_view.h"

/* ---- defaultdict ---- */

typedef struct DefaultDict {
    Dict dict;
    Ref factory; /* [object] callable or None; empty before __init__ */
} DefaultDict;

OZ_NEW(defaultdict, "($type, /, *args, **kwargs)")
{
    return (Ref)oz_instance_new(t, (Class *)a[0], 0);
}

OZ_INIT(defaultdict, "($self, /, *args, **kwargs)")
{
    DefaultDict *self = (DefaultDict *)a[0];
    const Tuple *args = (const Tuple *)a[1];
    Obj factory = args->length ? (Obj)args->items[0] : (Obj)OZ_NONE;
    if (!oz_is_none(factory) && !oz_is_callable(factory))
        return oz_raise(t, OZ_TypeError, "first argument must be callable or None");
    if (args->length > 2)
        return oz_raise(t, OZ_TypeError, "dict expected at most 1 argument, got %u",
                        args->length - 1);
    oz_store(&self->dict.base, &self->factory, oz_retain(factory));
    if (args->length == 2 && !oz_dict_update(t, &self->dict, args->items[1]))
        return NULL;
    return oz_dict_update(t, &self->dict, a[2]) ? OZ_NONE : NULL;
}

OZ_METHOD(defaultdict, __missing__, "($self, key, /)",
          "Called for a key that is not there: insert and return default_factory().")
{
    DefaultDict *self = (DefaultDict *)a[0];
    scoped Ref factory = oz_retain(self->factory);
    if (!factory || oz_is_none(factory)) {
        scoped Ref args = oz_tuple_of(t, 1, a[1]);
        return args ? oz_raise_value(t, OZ_KeyError, a[1]) : NULL;
    }
    scoped Ref value = oz_call0(t, factory);
    if (!value || !oz_set_item(t, a[0], a[1], value))
        return NULL;
    return oz_move(&value);
}

static Ref copy_of(Thread *t, Obj v)
{
    Obj factory = ((const DefaultDict *)v)->factory;
    return oz_call2(t, (Obj)oz_class_of(v), factory ? factory : (Obj)OZ_NONE, v);
}

OZ_METHOD(defaultdict, copy, "($self, /)", "Return a shallow copy.")
{
    return copy_of(t, a[0]);
}

OZ_METHOD(defaultdict, __copy__, "($self, /)", "Return a shallow copy.")
{
    return copy_of(t, a[0]);
}

OZ_METHOD(defaultdict, __reduce__, "($self, /)", "Return state information for pickling.")
{
    Obj factory = ((const DefaultDict *)a[0])->factory;
    scoped Ref args = !factory || oz_is_none(factory) ? oz_retain(t->vm->empty_tuple)
                                                      : oz_tuple_of(t, 1, factory);
    scoped Ref items = oz_intern(t, "items");
    scoped Ref view = items ? oz_call_method(t, a[0], items, 0, NULL) : NULL;
    scoped Ref iterator = view ? oz_iter(t, view) : NULL;
    return args && iterator ? oz_tuple_of(t, 5, (Obj)oz_class_of(a[0]), args, (Obj)OZ_NONE,
                                          (Obj)OZ_NONE, iterator)
                            : NULL;
}

OZ_CLASS_METHOD(defaultdict, __class_getitem__, "($type, object, /)",
                "defaultdict[key type, value type]")
{
    return oz_generic_alias_new(t, a[0], a[1]);
}

static Ref defaultdict_or(Thread *t, Obj a, Obj b)
{
    Obj self = oz_isa(a, OZ_DEFAULTDICT) ? a : b;
    if (!oz_as_dict(a) || !oz_as_dict(b))
        return OZ_NOT_IMPLEMENTED;
    Obj factory = ((const DefaultDict *)self)->factory;
    scoped Ref result = oz_call2(t, (Obj)oz_class_of(self), factory ? factory : (Obj)OZ_NONE, a);
    if (!result)
        return NULL;
    if (!oz_as_dict(result))
        return OZ_NOT_IMPLEMENTED;
    return oz_dict_update(t, (Dict *)result, b) ? oz_move(&result) : NULL;
}

static Ref defaultdict_repr(Thread *t, Obj v)
{
    Obj factory = ((const DefaultDict *)v)->factory;
    scoped Ref items = t->vm->classes[OZ_DICT]->slots->repr(t, v);
    if (!items)
        return NULL;
    if (!factory)
        return oz_str_format(t, "%t(None, %S)", v, items);
    Found found = oz_repr_enter(t, factory);
    if (found == OZ_RAISED)
        return NULL;
    if (found == OZ_FOUND)
        return oz_str_format(t, "%t(..., %S)", v, items);
    Ref text = oz_str_format(t, "%t(%R, %S)", v, factory, items);
    oz_repr_leave(t, factory);
    return text;
}

static void defaultdict_visit(const Object *object, Visitor *v)
{
    const DefaultDict *self = (const DefaultDict *)object;
    oz_dict_type.visit(object, v);
    OZ_VISIT(factory)
}

static void defaultdict_clear(Thread *t, Object *object)
{
    DefaultDict *self = (DefaultDict *)object;
    oz_dict_clear(t, &self->dict);
    OZ_CLEAR(factory)
}

static size_t defaultdict_outside(const Object *object)
{
    return oz_dict_type.outside(object);
}

const TypeDef oz_defaultdict_type = {
    .id = OZ_DEFAULTDICT,
    .base = OZ_DICT,
    .name = "collections.defaultdict",
    .doc = "defaultdict(default_factory=None, /, [...])\n\nA dict that calls the factory for the "
           "value of a key that is not there.  The other arguments are those of dict.",
    .size = sizeof(DefaultDict),
    .flags = OZ_TYPE_MAPPING | OZ_TYPE_UNHASHABLE,
    .visit = defaultdict_visit,
    .clear = defaultdict_clear,
    .outside = defaultdict_outside,
    .make = &defaultdict_new_,
    .initialise = &defaultdict_init_,
    .slots = {.repr = defaultdict_repr, .or_ = defaultdict_or},
    .methods = OZ_METHODS(&defaultdict___missing__, &defaultdict_copy, &defaultdict___copy__,
                          &defaultdict___reduce__, &defaultdict___class_getitem__),
    .members = OZ_MEMBERS({"default_factory", offsetof(DefaultDict, factory),
                           OZ_MEMBER_NONE_IF_EMPTY, "What makes the missing values, or None."}),
};

/* ---- _tuplegetter: the fields of named tuples ---- */

#define GETTER_REFS(REF) REF(doc)
typedef struct TupleGetter {
    Object base;
    GETTER_REFS(OZ_FIELD)
    ssize_t index; /* [const] */
} TupleGetter;
OZ_TYPE_LIFE(tuple_getter, TupleGetter, GETTER_REFS)

OZ_NEW(tuple_getter, "($type, index, doc, /)")
{
    ssize_t index;
    if (!oz_as_size_argument(t, a[1], &index))
        return NULL;
    TupleGetter *self = oz_instance_new(t, (Class *)a[0], 0);
    if (!self)
        return NULL;
    self->index = index;
    OZ_INIT_FIELD(self, doc, oz_retain(a[2]));
    return (Ref)self;
}

static Ref tuple_getter_get(Thread *t, Obj v, Obj instance, Obj owner OZ_UNUSED)
{
    const TupleGetter *self = (const TupleGetter *)v;
    if (!instance || oz_is_none(instance))
        return oz_retain(v);
    const Tuple *tuple = oz_as_tuple(instance);
    if (!tuple)
        return oz_raise(t, OZ_TypeError,
                        "descriptor for index '%zd' for tuple subclasses doesn't apply to '%T' "
                        "object",
                        self->index, instance);
    if ((size_t)self->index >= tuple->length)
        return oz_raise(t, OZ_IndexError, "tuple index out of range");
    return oz_retain(tuple->items[self->index]);
}

static bool tuple_getter_set(Thread *t, Obj v OZ_UNUSED, Obj instance OZ_UNUSED, Obj value)
{
    return oz_fail(t, OZ_AttributeError, value ? "can't set attribute" : "can't delete attribute");
}

OZ_METHOD(tuple_getter, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const TupleGetter *self = (const TupleGetter *)a[0];
    scoped Ref args = oz_tuple_of(t, 2, (Obj)oz_int(self->index), (Obj)self->doc);
    return args ? oz_tuple_of(t, 2, (Obj)oz_class_of(a[0]), args) : NULL;
}

static Ref tuple_getter_repr(Thread *t, Obj v)
{
    const TupleGetter *self = (const TupleGetter *)v;
    return oz_str_format(t, "%t(%zd, %R)", v, self->index, self->doc);
}

const TypeDef oz_tuple_getter_type = {
    .id = OZ_TUPLE_GETTER,
    .name = "_collections._tuplegetter",
    .size = sizeof(TupleGetter),
    .visit = tuple_getter_visit,
    .clear = tuple_getter_clear,
    .make = &tuple_getter_new_,
    .slots = {.descr_get = tuple_getter_get,
              .descr_set = tuple_getter_set,
              .repr = tuple_getter_repr},
    .methods = OZ_METHODS(&tuple_getter___reduce__),
    .members = OZ_MEMBERS({"__doc__", offsetof(TupleGetter, doc), 0, NULL}),
};

/* ---- counting ---- */

/* One more of `key` in a dict whose get and __setitem__ are dict's own. */
static bool count_in_dict(Thread *t, Dict *d, Obj key)
{
    int64_t hash;
    size_t i;
    Found found = oz_dict_locate(t, d, key, &hash, &i);
    if (found == OZ_RAISED)
        return false;
    if (found == OZ_MISSING)
        return oz_dict_push(t, d, oz_retain(key), oz_int(1), hash, false);
    Ref *place = &oz_dict_entry_at(d->table, i)->value;
    if (OZ_LIKELY(oz_is_int(*place) && oz_int_value(*place) < OZ_INT_MAX)) {
        oz_store(&d->base, place, oz_int(oz_int_value(*place) + 1));
        return true;
    }
    scoped Ref old = oz_retain(*place);
    scoped Ref sum = oz_binary(t, OZ_OP_ADD, old, oz_int(1));
    return sum && oz_dict_set_hash(t, d, key, sum, hash);
}

static bool count_in_mapping(Thread *t, Obj mapping, Obj get, Obj key)
{
    scoped Ref old = oz_call2(t, get, key, oz_int(0));
    scoped Ref sum = old ? oz_binary(t, OZ_OP_ADD, old, oz_int(1)) : NULL;
    return sum && oz_set_item(t, mapping, key, sum);
}

/* Are the mapping's get and __setitem__ those of dict? */
static bool counts_as_dict(Thread *t, Obj mapping)
{
    if (!oz_as_dict(mapping))
        return false;
    Class *cls = oz_class_of(mapping);
    Class *dict = t->vm->classes[OZ_DICT];
    return oz_class_peek(t, cls, OZ_NAME(t, get)) == oz_class_peek(t, dict, OZ_NAME(t, get)) &&
           oz_class_peek(t, cls, OZ_NAME(t, __setitem__)) ==
               oz_class_peek(t, dict, OZ_NAME(t, __setitem__));
}

OZ_FUNCTION(collections, _count_elements, "($module, mapping, iterable, /)",
            "Add the number of each item of the iterable to the mapping.")
{
    scoped Ref iterator = oz_iter(t, a[2]);
    if (!iterator)
        return NULL;
    bool plain = counts_as_dict(t, a[1]);
    scoped Ref get = plain ? NULL : oz_get_attr(t, a[1], OZ_NAME(t, get));
    if (!plain && !get)
        return NULL;
    for (;;) {
        scoped Ref key = NULL;
        Found found = oz_next(t, iterator, &key);
        if (found != OZ_FOUND)
            return found == OZ_MISSING ? OZ_NONE : NULL;
        if (!(plain ? count_in_dict(t, (Dict *)a[1], key) : count_in_mapping(t, a[1], get, key)) ||
            !oz_poll(t))
            return NULL;
    }
}

static const uint32_t types[] = {
    OZ_DEQUE,
    OZ_DEQUE_ITERATOR,
    OZ_DEQUE_REVERSE_ITERATOR,
    OZ_DEFAULTDICT,
    OZ_ORDERED_DICT,
    OZ_TUPLE_GETTER,
    0,
};

const ModuleDef oz_collections_module = {
    .name = "_collections",
    .doc = "The native part of collections.",
    .functions = OZ_METHODS(&collections__count_elements),
    .types = types,
};
