// SPDX-License-Identifier: MIT
// zip and map: iterators over several iterables at once.
#include "types/int.h"
#include "types/iterate.h"
#include "types/native.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

#define ZIP_REFS(REF) REF(iterators) REF(result)
typedef struct Zip {
    Object base;
    ZIP_REFS(OZ_FIELD) /* iterators: tuple; result: the tuple given last, or empty */
    bool strict;       /* [owner] */
} Zip;

static Ref itself(Thread *t OZ_UNUSED, Obj v)
{
    return oz_retain(v);
}

/* iter() of each of `count` values: a tuple. */
static Ref iterators_of(Thread *t, const Obj *items, size_t count)
{
    if (!count)
        return oz_retain(t->vm->empty_tuple);
    scoped Ref tuple = (Ref)oz_tuple_alloc(t, count);
    for (size_t i = 0; tuple && i < count; i++) {
        Ref iterator = oz_iter(t, items[i]);
        if (!iterator)
            return NULL;
        oz_tuple_init((Tuple *)tuple, i, iterator);
    }
    return oz_move(&tuple);
}

/* ---- zip ---- */

OZ_NEW(zip, "($type, *iterables, strict=False)")
{
    const Tuple *iterables = (const Tuple *)a[1];
    bool strict;
    if (!oz_truth(t, a[2], &strict))
        return NULL;
    scoped Ref iterators = iterators_of(t, (const Obj *)iterables->items, iterables->length);
    Zip *self = iterators ? oz_instance_new(t, (Class *)a[0], 0) : NULL;
    if (!self)
        return NULL;
    oz_store_new(&self->base, &self->iterators, oz_move(&iterators));
    self->strict = strict;
    return (Ref)self;
}

static Ref raise_length(Thread *t, size_t argument, const char *relation)
{
    if (argument == 2)
        return oz_raise(t, OZ_ValueError, "zip() argument 2 is %s than argument 1", relation);
    return oz_raise(t, OZ_ValueError, "zip() argument %zu is %s than arguments 1-%zu", argument,
                    relation, argument - 1);
}

/* The iterable at `at` has ended: with strict, all must have ended. */
static Ref zip_end(Thread *t, const Tuple *iterators, size_t at)
{
    if (at > 0)
        return raise_length(t, at + 1, "shorter");
    for (size_t i = 1; i < iterators->length; i++) {
        scoped Ref item = NULL;
        Found found = oz_next(t, iterators->items[i], &item);
        if (found != OZ_MISSING)
            return found == OZ_FOUND ? raise_length(t, i + 1, "longer") : NULL;
    }
    return NULL;
}

static Ref zip_next(Thread *t, Obj v)
{
    Zip *self = (Zip *)v;
    const Tuple *iterators = (const Tuple *)self->iterators;
    if (!iterators->length)
        return NULL;
    scoped Ref result = (Ref)oz_tuple_reuse(t, &self->base, &self->result, iterators->length);
    for (size_t i = 0; result && i < iterators->length; i++) {
        Ref item;
        Found found = oz_next_inline(t, iterators->items[i], &item);
        if (OZ_UNLIKELY(found != OZ_FOUND))
            return found == OZ_MISSING && self->strict ? zip_end(t, iterators, i) : NULL;
        oz_tuple_replace((Tuple *)result, i, item);
    }
    return oz_move(&result);
}

OZ_METHOD(zip, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const Zip *self = (const Zip *)a[0];
    Obj cls = (Obj)oz_class_of(a[0]);
    return self->strict ? oz_tuple_of(t, 3, cls, (Obj)self->iterators, (Obj)OZ_TRUE)
                        : oz_tuple_of(t, 2, cls, (Obj)self->iterators);
}

OZ_METHOD(zip, __setstate__, "($self, state, /)", "Set state information for unpickling.")
{
    return oz_truth(t, a[1], &((Zip *)a[0])->strict) ? OZ_NONE : NULL;
}

static void zip_visit(const Object *object, Visitor *v)
{
    const Zip *self = (const Zip *)object;
    ZIP_REFS(OZ_VISIT)
}

static void zip_clear(Thread *t OZ_UNUSED, Object *object)
{
    Zip *self = (Zip *)object;
    ZIP_REFS(OZ_CLEAR)
}

const TypeDef oz_zip_type = {
    .id = OZ_ZIP,
    .name = "zip",
    .doc = "Give tuples of the first items of all iterables, of the second, ...\n\nIt ends with "
           "the shortest; with strict=True it is a ValueError if they are not equally long.",
    .size = sizeof(Zip),
    .visit = zip_visit,
    .clear = zip_clear,
    .make = &zip_new_,
    .slots = {.iter = itself, .next = zip_next},
    .methods = OZ_METHODS(&zip___reduce__, &zip___setstate__),
};

/* ---- map ---- */

#define MAP_REFS(REF) REF(function) REF(iterators)
typedef struct Map {
    Object base;
    MAP_REFS(OZ_FIELD)
} Map;

static Ref map_new(Thread *t, Class *cls, const Args *args)
{
    if (args->named && !oz_ignores_keywords(cls, false))
        return oz_raise(t, OZ_TypeError, "map() takes no keyword arguments");
    if (args->count < 2)
        return oz_raise(t, OZ_TypeError, "map() must have at least two arguments.");
    scoped Ref iterators = iterators_of(t, args->items + 1, args->count - 1);
    Map *self = iterators ? oz_instance_new(t, cls, 0) : NULL;
    if (!self)
        return NULL;
    oz_store_new(&self->base, &self->function, oz_retain(args->items[0]));
    oz_store_new(&self->base, &self->iterators, oz_move(&iterators));
    return (Ref)self;
}

static Ref map_next_many(Thread *t, const Map *self, const Tuple *iterators)
{
    scoped Ref args = (Ref)oz_tuple_alloc(t, iterators->length);
    for (size_t i = 0; args && i < iterators->length; i++) {
        Ref item;
        if (oz_next(t, iterators->items[i], &item) != OZ_FOUND)
            return NULL;
        oz_tuple_init((Tuple *)args, i, item);
    }
    if (!args)
        return NULL;
    Args call = {.items = (const Obj *)((Tuple *)args)->items, .count = iterators->length};
    return oz_call(t, self->function, &call);
}

static Ref map_next(Thread *t, Obj v)
{
    const Map *self = (const Map *)v;
    const Tuple *iterators = (const Tuple *)self->iterators;
    if (iterators->length != 1)
        return map_next_many(t, self, iterators);
    scoped Ref item = NULL;
    if (oz_next(t, iterators->items[0], &item) != OZ_FOUND)
        return NULL;
    return oz_call1(t, self->function, item);
}

OZ_METHOD(map, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const Map *self = (const Map *)a[0];
    const Tuple *iterators = (const Tuple *)self->iterators;
    scoped Ref args = (Ref)oz_tuple_alloc(t, (size_t)iterators->length + 1);
    if (!args)
        return NULL;
    oz_tuple_init((Tuple *)args, 0, oz_retain(self->function));
    for (size_t i = 0; i < iterators->length; i++)
        oz_tuple_init((Tuple *)args, i + 1, oz_retain(iterators->items[i]));
    return oz_tuple_of(t, 2, (Obj)oz_class_of(a[0]), args);
}

static void map_visit(const Object *object, Visitor *v)
{
    const Map *self = (const Map *)object;
    MAP_REFS(OZ_VISIT)
}

static void map_clear(Thread *t OZ_UNUSED, Object *object)
{
    Map *self = (Map *)object;
    MAP_REFS(OZ_CLEAR)
}

const TypeDef oz_map_type = {
    .id = OZ_MAP,
    .name = "map",
    .doc = "map(function, iterable, *iterables): give what the function returns for the items of "
           "the iterables.",
    .size = sizeof(Map),
    .visit = map_visit,
    .clear = map_clear,
    .slots = {.new = map_new, .iter = itself, .next = map_next},
    .methods = OZ_METHODS(&map___reduce__),
};
