// SPDX-License-Identifier: MIT
// enumerate: pairs of a running number and an item.  The number is an int of any size.
#include "types/generic_alias.h"
#include "types/int.h"
#include "types/iterate.h"
#include "types/native.h"
#include "types/tuple.h"
#include "types/type.h"

#define ENUMERATE_REFS(REF) REF(iterator) REF(number) REF(result)
typedef struct Enumerate {
    Object base;
    ENUMERATE_REFS(OZ_FIELD) /* result: the pair given last, or empty */
} Enumerate;

OZ_NATIVE_(enumerate_new_, "__new__", "($type, iterable, start=0)", "",
           OZ_FN_STATIC | OZ_FN_UNNUMBERED)
{
    scoped Ref number = oz_index(t, a[2]);
    scoped Ref iterator = number ? oz_iter(t, a[1]) : NULL;
    Enumerate *self = iterator ? oz_instance_new(t, (Class *)a[0], 0) : NULL;
    if (!self)
        return NULL;
    oz_store_new(&self->base, &self->iterator, oz_move(&iterator));
    oz_store_new(&self->base, &self->number, oz_move(&number));
    return (Ref)self;
}

static Ref itself(Thread *t OZ_UNUSED, Obj v)
{
    return oz_retain(v);
}

/* Give the number and put the next one in its place. */
static Ref take_number(Thread *t, Enumerate *self)
{
    Obj n = self->number;
    if (OZ_LIKELY(oz_is_int(n) && oz_int_value(n) < OZ_INT_MAX)) {
        self->number = oz_int(oz_int_value(n) + 1);
        return oz_int(oz_int_value(n));
    }
    Ref next = oz_int_add(t, n, oz_int(1));
    if (!next)
        return NULL;
    Ref number = oz_move(&self->number);
    oz_store_new(&self->base, &self->number, next);
    return number;
}

static Ref enumerate_next(Thread *t, Obj v)
{
    Enumerate *self = (Enumerate *)v;
    scoped Ref item = NULL;
    if (oz_next_inline(t, self->iterator, &item) != OZ_FOUND)
        return NULL;
    Tuple *pair = oz_tuple_reuse(t, &self->base, &self->result, 2);
    if (!pair)
        return NULL;
    Ref number = take_number(t, self);
    if (!number) {
        oz_drop((Ref)pair);
        return NULL;
    }
    oz_tuple_replace(pair, 0, number);
    oz_tuple_replace(pair, 1, oz_move(&item));
    return (Ref)pair;
}

OZ_METHOD(enumerate, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const Enumerate *self = (const Enumerate *)a[0];
    scoped Ref args = oz_tuple_of(t, 2, (Obj)self->iterator, (Obj)self->number);
    return args ? oz_tuple_of(t, 2, (Obj)oz_class_of(a[0]), args) : NULL;
}

OZ_CLASS_METHOD(enumerate, __class_getitem__, "($type, object, /)", "enumerate[item type]")
{
    return oz_generic_alias_new(t, a[0], a[1]);
}

static void enumerate_visit(const Object *object, Visitor *v)
{
    const Enumerate *self = (const Enumerate *)object;
    ENUMERATE_REFS(OZ_VISIT)
}

static void enumerate_clear(Thread *t OZ_UNUSED, Object *object)
{
    Enumerate *self = (Enumerate *)object;
    ENUMERATE_REFS(OZ_CLEAR)
}

const TypeDef oz_enumerate_type = {
    .id = OZ_ENUMERATE,
    .name = "enumerate",
    .doc = "Give the items of an iterable with their numbers: (0, first), (1, second), ...\n\n"
           "start is the first number.",
    .size = sizeof(Enumerate),
    .visit = enumerate_visit,
    .clear = enumerate_clear,
    .make = &enumerate_new_,
    .slots = {.iter = itself, .next = enumerate_next},
    .methods = OZ_METHODS(&enumerate___reduce__, &enumerate___class_getitem__),
};
