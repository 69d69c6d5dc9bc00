// SPDX-License-Identifier: MIT
// One step of the iterators that loops meet most, without a call.
#ifndef OZ_TYPES_ITERATE_H
#define OZ_TYPES_ITERATE_H

#include "types/list_iterator.h"
#include "types/list_layout.h"
#include "types/range.h"
#include "types/str.h"
#include "types/tuple.h"

typedef struct StrIterator {
    Object base;
    Ref str;      /* [object] exact; empty: exhausted */
    size_t index; /* [object] of the next character */
} StrIterator;

/* reversed() of what has no __reversed__. */
typedef struct Reversed {
    Object base;
    Ref sequence; /* [owner] empty: exhausted */
    ssize_t at;   /* [owner] the next index */
} Reversed;

/* Steps of the iterators of sets and dicts; like oz_iterate_fast. */
Ref oz_set_iterate(Obj iterator);
Ref oz_dict_iterate(Obj iterator);

/* The next item of an iterator (a heap object) that needs no more than a look: new reference. NULL:
 * take the slow way (another kind, or the end). */
OZ_INLINE Ref oz_iterate_fast(Obj iterator)
{
    uint32_t id = oz_id(oz_object(iterator));
    if (id == OZ_RANGE_ITERATOR) {
        RangeIterator *range = (RangeIterator *)iterator;
        int64_t n = range->next;
        if (OZ_UNLIKELY(!range->left || !oz_int_fits(n)))
            return NULL;
        range->left--;
        range->next = (int64_t)((uint64_t)n + (uint64_t)range->step);
        return oz_int(n);
    }
    if (id == OZ_LIST_REVERSE_ITERATOR) {
        ListIterator *self = (ListIterator *)iterator;
        Obj item = self->sequence && self->at >= 0
                       ? oz_list_peek((const List *)self->sequence, (size_t)self->at)
                       : NULL;
        self->at -= item != NULL;
        return oz_retain(item);
    }
    if (id == OZ_STR_ASCII_ITERATOR || id == OZ_STR_ITERATOR) {
        StrIterator *it = (StrIterator *)iterator;
        const Str *s = (const Str *)it->str;
        if (!s || oz_str_width(s) != 1 || it->index >= s->length)
            return NULL;
        Ref character = OZ_READ(&oz_thread()->vm->characters[s->data[it->index]]); /* or empty */
        it->index += character != NULL;
        return character;
    }
    if (id != OZ_LIST_ITERATOR && id != OZ_TUPLE_ITERATOR)
        return id == OZ_SET_ITERATOR ? oz_set_iterate(iterator)
               : id - OZ_DICT_KEY_ITERATOR <= OZ_DICT_ITEM_ITERATOR - OZ_DICT_KEY_ITERATOR
                   ? oz_dict_iterate(iterator)
                   : NULL;
    ListIterator *self = (ListIterator *)iterator;
    Obj sequence = self->sequence;
    if (OZ_UNLIKELY(!sequence))
        return NULL;
    if (oz_is(sequence, OZ_LIST)) {
        const ListBlock *block = ((const List *)sequence)->block;
        if (block && (size_t)self->at < block->length)
            return oz_load(&block->items[self->at++]);
    } else if (oz_is(sequence, OZ_TUPLE)) {
        const Tuple *tuple = (const Tuple *)sequence;
        if ((size_t)self->at < tuple->length)
            return oz_load(&tuple->items[self->at++]);
    }
    return NULL;
}

/* oz_next for what oz_iterate_fast does not step. */
Found oz_iterate_slow(Thread *t, Obj iterator, Ref *item) OZ_CHECKED;

/* oz_next with the look at the common kinds inlined. */
OZ_INLINE Found oz_next_inline(Thread *t, Obj iterator, Ref *item)
{
    *item = oz_is_pointer(iterator) ? oz_iterate_fast(iterator) : NULL;
    return OZ_LIKELY(*item != NULL) ? OZ_FOUND : oz_iterate_slow(t, iterator, item);
}

#endif
