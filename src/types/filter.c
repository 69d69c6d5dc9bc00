// SPDX-License-Identifier: MIT
// filter: the items that a function, or their own truth, lets through.
#include "types/native.h"
#include "types/tuple.h"
#include "types/type.h"

#define FILTER_REFS(REF) REF(function) REF(iterator)
typedef struct Filter {
    Object base;
    FILTER_REFS(OZ_FIELD) /* function: None is truth itself */
} Filter;

static Ref filter_new(Thread *t, Class *cls, const Args *args)
{
    if (args->named && !oz_ignores_keywords(cls, false))
        return oz_raise(t, OZ_TypeError, "filter() takes no keyword arguments");
    if (args->count != 2)
        return oz_raise(t, OZ_TypeError, "filter expected 2 arguments, got %u", args->count);
    scoped Ref iterator = oz_iter(t, args->items[1]);
    Filter *self = iterator ? oz_instance_new(t, cls, 0) : NULL;
    if (!self)
        return NULL;
    oz_store_new(&self->base, &self->function, oz_retain(args->items[0]));
    oz_store_new(&self->base, &self->iterator, oz_move(&iterator));
    return (Ref)self;
}

static Ref itself(Thread *t OZ_UNUSED, Obj v)
{
    return oz_retain(v);
}

static Ref filter_next(Thread *t, Obj v)
{
    const Filter *self = (const Filter *)v;
    bool plain = oz_is_none(self->function) || self->function == (Obj)t->vm->classes[OZ_BOOL];
    for (;;) {
        scoped Ref item = NULL;
        if (oz_next(t, self->iterator, &item) != OZ_FOUND)
            return NULL;
        scoped Ref verdict = plain ? oz_retain(item) : oz_call1(t, self->function, item);
        bool good;
        if (!verdict || !oz_truth(t, verdict, &good))
            return NULL;
        if (good)
            return oz_move(&item);
        if (!oz_poll(t))
            return NULL;
    }
}

OZ_METHOD(filter, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const Filter *self = (const Filter *)a[0];
    scoped Ref args = oz_tuple_of(t, 2, (Obj)self->function, (Obj)self->iterator);
    return args ? oz_tuple_of(t, 2, (Obj)oz_class_of(a[0]), args) : NULL;
}

static void filter_visit(const Object *object, Visitor *v)
{
    const Filter *self = (const Filter *)object;
    FILTER_REFS(OZ_VISIT)
}

static void filter_clear(Thread *t OZ_UNUSED, Object *object)
{
    Filter *self = (Filter *)object;
    FILTER_REFS(OZ_CLEAR)
}

const TypeDef oz_filter_type = {
    .id = OZ_FILTER,
    .name = "filter",
    .doc = "filter(function, iterable): give the items for which the function is true.\n\nWith "
           "None as function, the items that are true.",
    .size = sizeof(Filter),
    .visit = filter_visit,
    .clear = filter_clear,
    .slots = {.new = filter_new, .iter = itself, .next = filter_next},
    .methods = OZ_METHODS(&filter___reduce__),
};
