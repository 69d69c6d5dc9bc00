// SPDX-License-Identifier: MIT
// types.SimpleNamespace: attributes, and a repr that shows them.
#include "types/simple_namespace.h"

#include "types/dict.h"
#include "types/native.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

typedef struct SimpleNamespace {
    Object base;
    Ref dict; /* [object] */
} SimpleNamespace;

static Dict *dict_of(Obj v)
{
    return (Dict *)((const SimpleNamespace *)v)->dict;
}

static Ref make(Thread *t, Class *cls)
{
    scoped Ref dict = oz_dict_new(t);
    SimpleNamespace *self = dict ? oz_instance_new(t, cls, 0) : NULL;
    if (!self)
        return NULL;
    oz_store_new(&self->base, &self->dict, oz_move(&dict));
    return (Ref)self;
}

Ref oz_simple_namespace_new(Thread *t, Obj values)
{
    Class *cls = oz_builtin_class(t, OZ_SIMPLE_NAMESPACE);
    scoped Ref self = cls ? make(t, cls) : NULL;
    if (!self || (values && !oz_dict_update(t, dict_of(self), values)))
        return NULL;
    return oz_move(&self);
}

OZ_NEW(simple_namespace, "($type, /, *args, **kwargs)")
{
    return make(t, (Class *)a[0]);
}

OZ_INIT(simple_namespace, "($self, /, *args, **kwargs)")
{
    if (((const Tuple *)a[1])->length)
        return oz_raise(t, OZ_TypeError, "no positional arguments expected");
    return oz_dict_update(t, dict_of(a[0]), a[2]) ? OZ_NONE : NULL;
}

static bool write_attributes(StrBuilder *b, Dict *d)
{
    size_t at = 0;
    bool first = true;
    for (Obj k, v; oz_dict_step(d, &at, &k, &v);) {
        if (!oz_is_str(k) || !oz_str_length(oz_as_str(k)))
            continue;
        scoped Ref key = oz_retain(k);
        scoped Ref value = oz_retain(v);
        if ((!first && !oz_builder_ascii(b, ", ", 2)) || !oz_builder_str(b, key) ||
            !oz_builder_character(b, '=') || !oz_builder_repr(b, value) || !oz_poll(b->t))
            return false;
        first = false;
    }
    return oz_builder_character(b, ')');
}

static Ref namespace_repr(Thread *t, Obj self)
{
    const char *name =
        oz_is(self, OZ_SIMPLE_NAMESPACE) ? "namespace" : oz_class_name(oz_class_of(self));
    Found found = oz_repr_enter(t, self);
    if (found != OZ_MISSING)
        return found == OZ_FOUND ? oz_str_format(t, "%s(...)", name) : NULL;
    StrBuilder b;
    oz_builder_init(&b, t);
    bool ok = oz_builder_text(&b, name) && oz_builder_character(&b, '(') &&
              write_attributes(&b, dict_of(self));
    Ref text = ok ? oz_builder_finish(&b) : NULL;
    oz_builder_fini(&b);
    oz_repr_leave(t, self);
    return text;
}

static Ref namespace_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    if (!oz_isa(a, OZ_SIMPLE_NAMESPACE) || !oz_isa(b, OZ_SIMPLE_NAMESPACE))
        return OZ_NOT_IMPLEMENTED;
    return oz_compare(t, (Obj)dict_of(a), (Obj)dict_of(b), op);
}

OZ_METHOD(simple_namespace, __reduce__, "($self, /)", "Return state information for pickling.")
{
    return oz_tuple_of(t, 3, (Obj)oz_class_of(a[0]), (Obj)t->vm->empty_tuple, (Obj)dict_of(a[0]));
}

static Ref namespace_dict(Thread *t OZ_UNUSED, Obj self)
{
    return oz_retain((Obj)dict_of(self));
}

static void namespace_visit(const Object *object, Visitor *v)
{
    const SimpleNamespace *self = (const SimpleNamespace *)object;
    OZ_VISIT(dict)
}

static void namespace_clear(Thread *t OZ_UNUSED, Object *object)
{
    SimpleNamespace *self = (SimpleNamespace *)object;
    OZ_CLEAR(dict)
}

const TypeDef oz_simple_namespace_type = {
    .id = OZ_SIMPLE_NAMESPACE,
    .name = "types.SimpleNamespace",
    .doc = "An object with attributes: SimpleNamespace(**kwargs).",
    .size = sizeof(SimpleNamespace),
    .flags = OZ_TYPE_UNHASHABLE,
    .dict_offset = offsetof(SimpleNamespace, dict),
    .visit = namespace_visit,
    .clear = namespace_clear,
    .make = &simple_namespace_new_,
    .initialise = &simple_namespace_init_,
    .slots = {.repr = namespace_repr, .compare = namespace_compare},
    .methods = OZ_METHODS(&simple_namespace___reduce__),
    .getsets = OZ_GETSETS({"__dict__", namespace_dict, NULL, NULL}),
};
