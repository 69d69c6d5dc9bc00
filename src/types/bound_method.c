// SPDX-License-Identifier: MIT
// method: a function bound to its first argument.
#include "types/class_layout.h"

#include "types/function.h"

#include "heap/heap.h"

Ref oz_bound_method_new(Thread *t, Obj function, Obj self)
{
    BoundMethod *m = oz_object_new_raw(t, OZ_BOUND_METHOD, sizeof *m);
    if (!m)
        return NULL;
    oz_store_raw(&m->base, &m->function, oz_retain(function));
    oz_store_raw(&m->base, &m->self, oz_retain(self));
    return (Ref)m;
}

static Ref method_call(Thread *t, Obj v, const Args *args)
{
    const BoundMethod *m = (const BoundMethod *)v;
    Obj few[8];
    size_t total = args->count + args->named;
    Obj *items = total < OZ_COUNT(few) ? few : oz_block_alloc(t->heap, (total + 1) * sizeof *items);
    if (!items)
        return oz_raise_memory(t);
    items[0] = m->self;
    for (size_t i = 0; i < total; i++)
        items[i + 1] = args->items[i];
    Args all = {items, args->count + 1, args->named, args->names};
    Ref result = oz_call(t, m->function, &all);
    if (items != few)
        oz_block_free(items);
    return result;
}

static Ref make(Thread *t, Class *cls OZ_UNUSED, const Args *args)
{
    if (args->named)
        return oz_raise(t, OZ_TypeError, "method() takes no keyword arguments");
    if (args->count != 2)
        return oz_raise(t, OZ_TypeError, "method expected 2 arguments, got %u", args->count);
    if (!oz_is_callable(args->items[0]))
        return oz_raise(t, OZ_TypeError, "first argument must be callable");
    if (oz_is_none(args->items[1]))
        return oz_raise(t, OZ_TypeError, "instance must not be None");
    return oz_bound_method_new(t, args->items[0], args->items[1]);
}

/* What the method has not itself, the function may have. */
static Ref method_get_attr(Thread *t, Obj v, Obj name)
{
    const Str *s = oz_as_str(name);
    scoped Ref interned = s ? oz_intern_str(t, oz_retain((Obj)s)) : NULL;
    if (!interned)
        return s ? NULL : oz_object_get_attr(t, v, name);
    Obj own;
    Found found = oz_class_find(t, oz_class_of(v), interned, &own);
    if (found == OZ_RAISED)
        return NULL;
    if (found == OZ_FOUND)
        return oz_object_get_attr(t, v, interned);
    if (!oz_native_enter(t, ""))
        return NULL;
    return oz_get_attr(t, ((const BoundMethod *)v)->function, interned);
}

static Ref method_repr(Thread *t, Obj v)
{
    const BoundMethod *m = (const BoundMethod *)v;
    scoped Ref name = NULL;
    Found found = oz_find_attr(t, m->function, OZ_NAME(t, __qualname__), &name);
    if (found == OZ_MISSING)
        found = oz_find_attr(t, m->function, OZ_NAME(t, __name__), &name);
    if (found == OZ_RAISED)
        return NULL;
    if (!name || !oz_is_str(name))
        return oz_str_format(t, "<bound method ? of %R>", m->self);
    return oz_str_format(t, "<bound method %S of %R>", name, m->self);
}

static Ref method_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    if ((op != OZ_EQ && op != OZ_NE) || !oz_is(b, OZ_BOUND_METHOD))
        return OZ_NOT_IMPLEMENTED;
    const BoundMethod *m = (const BoundMethod *)a, *n = (const BoundMethod *)b;
    bool equal = m->self == n->self;
    if (equal && !oz_equal(t, m->function, n->function, &equal))
        return NULL;
    return oz_bool(equal == (op == OZ_EQ));
}

static bool method_hash(Thread *t, Obj v, int64_t *hash)
{
    const BoundMethod *m = (const BoundMethod *)v;
    int64_t function;
    if (!oz_hash(t, m->function, &function))
        return false;
    *hash = (int64_t)(oz_word(m->self) >> 4) ^ function;
    if (*hash == -1)
        *hash = -2;
    return true;
}

static Ref get_doc(Thread *t, Obj v)
{
    scoped Ref doc = NULL;
    Found found = oz_find_attr(t, ((const BoundMethod *)v)->function, OZ_NAME(t, __doc__), &doc);
    return found == OZ_MISSING ? OZ_NONE : oz_move(&doc);
}

OZ_METHOD(method, __reduce__, "($self, /)", "Return how to find the method again.")
{
    const BoundMethod *m = (const BoundMethod *)a[0];
    scoped Ref name = oz_get_attr(t, m->function, OZ_NAME(t, __name__));
    return name ? oz_reduce_getattr(t, m->self, name) : NULL;
}

#define BOUND_METHOD_REFS(REF) REF(function) REF(self)

static void method_visit(const Object *o, Visitor *v)
{
    const BoundMethod *self = (const BoundMethod *)o;
    BOUND_METHOD_REFS(OZ_VISIT)
}

static void method_clear(Thread *t OZ_UNUSED, Object *o)
{
    BoundMethod *self = (BoundMethod *)o;
    BOUND_METHOD_REFS(OZ_CLEAR)
}

const TypeDef oz_bound_method_type = {
    .id = OZ_BOUND_METHOD,
    .name = "method",
    .doc = "A function that gets a fixed object as its first argument.",
    .size = sizeof(BoundMethod),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_WEAKREF | OZ_TYPE_BLIND,
    .visit = method_visit,
    .clear = method_clear,
    .slots = {.call = method_call,
              .get_attr = method_get_attr,
              .repr = method_repr,
              .compare = method_compare,
              .hash = method_hash,
              .new = make},
    .methods = OZ_METHODS(&method___reduce__),
    .getsets = OZ_GETSETS({"__doc__", get_doc, NULL, NULL}),
    .members = OZ_MEMBERS({"__func__", offsetof(BoundMethod, function), OZ_MEMBER_READONLY, NULL},
                          {"__self__", offsetof(BoundMethod, self), OZ_MEMBER_READONLY, NULL}),
};
