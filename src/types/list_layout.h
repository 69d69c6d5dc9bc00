// SPDX-License-Identifier: MIT
// The list from the inside: for list*.c, vm/, memtools/ and native code that walks many items.
// `block` moves and `length` changes whenever Python code runs: read both anew after it.
#ifndef OZ_TYPES_LIST_LAYOUT_H
#define OZ_TYPES_LIST_LAYOUT_H

#include "types/list.h"

/* Length and capacity lie with the items, so that a reader never pairs one block with another's. */
typedef struct ListBlock {
    uint32_t length;   /* [turn] read by who runs free */
    uint32_t capacity; /* [const] */
    Ref items[];       /* [turn] likewise; items[length..] have no defined contents */
} ListBlock;

struct List {
    Object base;
    ListBlock *block; /* [turn] likewise: a heap block; NULL: empty, no room */
};

_Static_assert(sizeof(List) == 16, "the smallest cell");

OZ_INLINE size_t oz_list_length_fast(const List *list)
{
    return list->block ? list->block->length : 0;
}

/* Item `i` borrowed, or NULL if there is none: one unsigned compare serves negative indexes too. */
OZ_INLINE Obj oz_list_peek(const List *list, size_t i)
{
    const ListBlock *block = list->block;
    return OZ_LIKELY(block && i < block->length) ? block->items[i] : NULL;
}

/* Are these four items ints?  Long lists of them are copied and dropped in steps of four.  (Asking
 * whether four are no pointers costs more than it saves.) */
OZ_INLINE bool oz_are_four_ints(Ref const *items)
{
    return oz_word(items[0]) & oz_word(items[1]) & oz_word(items[2]) & oz_word(items[3]) & 1;
}

bool oz_list_append_slow(Thread *t, List *list, Ref item) OZ_CHECKED;

/* Append, item taken. */
OZ_INLINE bool oz_list_append_fast(Thread *t, List *list, Ref item)
{
    ListBlock *block = list->block;
    if (OZ_UNLIKELY(!block || block->length == block->capacity || oz_refs(&list->base) < 0))
        return oz_list_append_slow(t, list, item);
    oz_store_raw(&list->base, &block->items[block->length], item);
    block->length++; /* a local list: nobody else reads */
    return true;
}

/* The same, and a collection where the limit of the heap refuses its growth.  Runs Python: yes. */
bool oz_list_append_patient_slow(Thread *t, List *list, Ref item) OZ_CHECKED;
OZ_INLINE bool oz_list_append_patient(Thread *t, List *list, Ref item)
{
    ListBlock *block = list->block;
    if (OZ_UNLIKELY(!block || block->length == block->capacity || oz_refs(&list->base) < 0))
        return oz_list_append_patient_slow(t, list, item);
    oz_store_raw(&list->base, &block->items[block->length], item);
    block->length++; /* a local list: nobody else reads */
    return true;
}

#endif
