// SPDX-License-Identifier: MIT
// tuple: making tuples (tuple_type.c has the methods).  The empty tuple is one immortal object.
#include "types/tuple.h"

#include "types/list_layout.h"

#include <stdarg.h>

/* The items have no defined contents yet. */
static Tuple *alloc_raw(Thread *t, size_t length)
{
    if (length >= UINT32_MAX) {
        oz_raise_memory(t);
        return NULL;
    }
    Tuple *tuple = oz_object_new_raw(t, OZ_TUPLE, sizeof(Tuple) + length * sizeof(Ref));
    if (!tuple)
        return NULL;
    tuple->length = (uint32_t)length;
    tuple->spare = 0;
    return tuple;
}

Tuple *oz_tuple_alloc(Thread *t, size_t length)
{
    Tuple *tuple = alloc_raw(t, length);
    if (tuple)
        memset(tuple->items, 0, length * sizeof(Ref));
    return tuple;
}

Tuple *oz_tuple_reuse_slow(Thread *t, Object *owner, Ref *place, size_t length)
{
    Tuple *tuple = oz_tuple_alloc(t, length);
    if (tuple)
        oz_store(owner, place, oz_retain((Obj)tuple));
    return tuple;
}

Ref oz_tuple_new(Thread *t, const Obj *items, size_t length)
{
    if (!length)
        return oz_retain(t->vm->empty_tuple);
    Tuple *tuple = oz_tuple_alloc(t, length);
    for (size_t i = 0; tuple && i < length; i++)
        oz_tuple_init(tuple, i, oz_retain(items[i]));
    return (Ref)tuple;
}

Ref oz_tuple_take(Thread *t, Ref *items, size_t length)
{
    if (!length)
        return oz_retain(t->vm->empty_tuple);
    Tuple *tuple = alloc_raw(t, length);
    for (size_t i = 0; i < length; i++) {
        if (OZ_LIKELY(tuple != NULL))
            oz_tuple_init(tuple, i, oz_move(&items[i]));
        else
            oz_clear(&items[i]);
    }
    return (Ref)tuple;
}

Ref oz_tuple_of(Thread *t, size_t length, ...)
{
    if (!length)
        return oz_retain(t->vm->empty_tuple);
    Tuple *tuple = oz_tuple_alloc(t, length);
    if (!tuple)
        return NULL;
    va_list items;
    va_start(items, length);
    for (size_t i = 0; i < length; i++)
        oz_tuple_init(tuple, i, oz_retain(va_arg(items, Obj)));
    va_end(items);
    return (Ref)tuple;
}

/* A tuple of the items of a list that is ours alone: they move.  Without
 * memory the list is as it was. */
static Ref take_items(Thread *t, List *list)
{
    ListBlock *block = list->block;
    if (!block || !block->length)
        return oz_retain(t->vm->empty_tuple);
    Tuple *tuple = alloc_raw(t, block->length);
    if (!tuple)
        return NULL;
    size_t length = block->length;
    block->length = 0;
    for (size_t i = 0; i < length; i++)
        oz_tuple_init(tuple, i, oz_move(&block->items[i]));
    return (Ref)tuple;
}

Ref oz_tuple_from(Thread *t, Obj iterable)
{
    if (oz_is(iterable, OZ_TUPLE))
        return oz_retain(iterable);
    if (oz_is(iterable, OZ_LIST))
        return oz_list_to_tuple(t, (List *)iterable);
    scoped Ref list = oz_list_from(t, iterable);
    if (!list)
        return NULL;
    Ref made = take_items(t, (List *)list);
    return made || !oz_memory_try_again(t) ? made : take_items(t, (List *)list);
}

Ref oz_tuple_slice(Thread *t, Obj tuple, size_t start, size_t end)
{
    const Tuple *self = (const Tuple *)tuple;
    if (start == 0 && end == self->length && oz_is(tuple, OZ_TUPLE))
        return oz_retain(tuple);
    return oz_tuple_new(t, (const Obj *)self->items + start, end > start ? end - start : 0);
}
