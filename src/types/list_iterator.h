// SPDX-License-Identifier: MIT
// Iterators over lists (both directions) and tuples: the sequence and an index.
#ifndef OZ_TYPES_LIST_ITERATOR_H
#define OZ_TYPES_LIST_ITERATOR_H

#include "types/protocol.h"

typedef struct ListIterator {
    Object base;
    Ref sequence; /* [owner] empty: exhausted, for good */
    ssize_t at;   /* [owner] the next index */
} ListIterator;

/* id: OZ_LIST_ITERATOR, OZ_LIST_REVERSE_ITERATOR or OZ_TUPLE_ITERATOR. */
Ref oz_list_iterator_new(Thread *t, uint32_t id, Obj sequence) OZ_CHECKED;

#endif
