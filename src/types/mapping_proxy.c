// SPDX-License-Identifier: MIT
// mappingproxy: passes reading on to its mapping, and has nothing that writes.
#include "types/mapping_proxy.h"

#include "types/dict.h"
#include "types/generic_alias.h"
#include "types/list.h"
#include "types/native.h"
#include "types/str.h"
#include "types/type.h"

typedef struct MappingProxy {
    Object base;
    Ref mapping; /* [const] */
} MappingProxy;

static Obj mapping_of(Obj v)
{
    return ((const MappingProxy *)v)->mapping;
}

Ref oz_mapping_proxy_new(Thread *t, Obj mapping)
{
    MappingProxy *self = oz_object_new_raw(t, OZ_MAPPING_PROXY, sizeof *self);
    if (!self)
        return NULL;
    oz_store_raw(&self->base, &self->mapping, oz_retain(mapping));
    return (Ref)self;
}

OZ_NEW(mapping_proxy, "($type, mapping)")
{
    if (!oz_class_of(a[1])->slots->get_item || oz_as_list(a[1]) || oz_isa(a[1], OZ_TUPLE))
        return oz_raise(t, OZ_TypeError, "mappingproxy() argument must be a mapping, not %T", a[1]);
    return oz_mapping_proxy_new(t, a[1]);
}

static bool proxy_length(Thread *t, Obj v, ssize_t *length)
{
    return oz_length(t, mapping_of(v), length);
}

static Ref proxy_get_item(Thread *t, Obj v, Obj key)
{
    return oz_get_item(t, mapping_of(v), key);
}

static bool proxy_contains(Thread *t, Obj v, Obj key, bool *found)
{
    return oz_contains(t, mapping_of(v), key, found);
}

static Ref proxy_iter(Thread *t, Obj v)
{
    return oz_iter(t, mapping_of(v));
}

static Ref proxy_str(Thread *t, Obj v)
{
    return oz_str(t, mapping_of(v));
}

static Ref proxy_repr(Thread *t, Obj v)
{
    return oz_str_format(t, "mappingproxy(%R)", mapping_of(v));
}

static Ref proxy_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    return oz_compare(t, mapping_of(a), b, op);
}

static Ref proxy_or(Thread *t, Obj a, Obj b)
{
    Obj left = oz_is(a, OZ_MAPPING_PROXY) ? mapping_of(a) : a;
    Obj right = oz_is(b, OZ_MAPPING_PROXY) ? mapping_of(b) : b;
    return oz_binary(t, OZ_OP_OR, left, right);
}

static Ref proxy_or_in_place(Thread *t, Obj self, Obj other OZ_UNUSED)
{
    return oz_raise(t, OZ_TypeError, "'|=' is not supported by %T; use '|' instead", self);
}

static Ref pass_on(Thread *t, Obj self, const char *name, uint32_t count, const Obj *values)
{
    scoped Ref key = oz_intern(t, name);
    return key ? oz_call_method(t, mapping_of(self), key, count, values) : NULL;
}

OZ_METHOD(mapping_proxy, get, "($self, key, default=None, /)",
          "Return the value of the key, or the default.")
{
    return pass_on(t, a[0], "get", 2, a + 1);
}

OZ_METHOD(mapping_proxy, keys, "($self, /)", "The keys of the mapping.")
{
    return pass_on(t, a[0], "keys", 0, NULL);
}

OZ_METHOD(mapping_proxy, values, "($self, /)", "The values of the mapping.")
{
    return pass_on(t, a[0], "values", 0, NULL);
}

OZ_METHOD(mapping_proxy, items, "($self, /)", "The pairs of the mapping.")
{
    return pass_on(t, a[0], "items", 0, NULL);
}

OZ_METHOD(mapping_proxy, copy, "($self, /)", "A shallow copy of the mapping.")
{
    return pass_on(t, a[0], "copy", 0, NULL);
}

OZ_METHOD(mapping_proxy, __reversed__, "($self, /)", "An iterator over the keys, last one first.")
{
    return pass_on(t, a[0], "__reversed__", 0, NULL);
}

OZ_CLASS_METHOD(mapping_proxy, __class_getitem__, "($type, object, /)",
                "mappingproxy[key type, value type]")
{
    return oz_generic_alias_new(t, a[0], a[1]);
}

static void proxy_visit(const Object *object, Visitor *v)
{
    const MappingProxy *self = (const MappingProxy *)object;
    OZ_VISIT(mapping)
}

static void proxy_clear(Thread *t OZ_UNUSED, Object *object)
{
    MappingProxy *self = (MappingProxy *)object;
    OZ_CLEAR(mapping)
}

const TypeDef oz_mapping_proxy_type = {
    .id = OZ_MAPPING_PROXY,
    .name = "mappingproxy",
    .doc = "A look at a mapping that cannot change it.",
    .size = sizeof(MappingProxy),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_MAPPING | OZ_TYPE_UNHASHABLE,
    .visit = proxy_visit,
    .clear = proxy_clear,
    .make = &mapping_proxy_new_,
    .slots = {.length = proxy_length,
              .get_item = proxy_get_item,
              .contains = proxy_contains,
              .iter = proxy_iter,
              .str = proxy_str,
              .repr = proxy_repr,
              .compare = proxy_compare,
              .or_ = proxy_or,
              .or_in_place = proxy_or_in_place},
    .methods = OZ_METHODS(&mapping_proxy_get, &mapping_proxy_keys, &mapping_proxy_values,
                          &mapping_proxy_items, &mapping_proxy_copy, &mapping_proxy___reversed__,
                          &mapping_proxy___class_getitem__),
};
