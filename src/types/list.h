// SPDX-License-Identifier: MIT
// list: the contract; list_layout.h has the struct and inline access for the VM.
#ifndef OZ_TYPES_LIST_H
#define OZ_TYPES_LIST_H

#include "types/protocol.h"

typedef struct List List;

OZ_INLINE List *oz_as_list(Obj v) /* borrowed; NULL if no list */
{
    return oz_isa(v, OZ_LIST) ? (List *)v : NULL;
}

Ref oz_list_new(Thread *t, size_t capacity) OZ_CHECKED;                      /* empty, exact room */
Ref oz_list_of_array(Thread *t, const Obj *items, size_t length) OZ_CHECKED; /* retains each */
Ref oz_list_take(Thread *t, Ref *items, size_t length) OZ_CHECKED; /* moves each, leaves empty */
Ref oz_list_from(Thread *t, Obj iterable) OZ_CHECKED;
size_t oz_list_length(const List *list);
/* New reference; NULL with IndexError.  No negative indexes. */
Ref oz_list_get(Thread *t, List *list, size_t index) OZ_CHECKED;
bool oz_list_set(Thread *t, List *list, size_t index, Obj item) OZ_CHECKED;
bool oz_list_append(Thread *t, List *list, Obj item) OZ_CHECKED;
/* Taken, always; NULL is an item that could not be made: false. */
bool oz_list_append_take(Thread *t, List *list, Ref item) OZ_CHECKED;
bool oz_list_extend(Thread *t, List *list, Obj iterable) OZ_CHECKED;
bool oz_list_insert(Thread *t, List *list, ssize_t index, Obj item) OZ_CHECKED;
/* Room for at least `length` items, with some to spare / give back what is far too much. */
bool oz_list_reserve(Thread *t, List *list, size_t length) OZ_CHECKED;
void oz_list_shrink(Thread *t, List *list);
bool oz_list_remove_range(Thread *t, List *list, size_t start, size_t end) OZ_CHECKED;
/* A bound as index() methods take it: any __index__, negative from the end, clamped to 0. */
bool oz_index_bound(Thread *t, Obj v, size_t length, size_t *bound) OZ_CHECKED;
bool oz_list_sort(Thread *t, List *list, Obj key /* or NULL */, bool reverse) OZ_CHECKED;
Ref oz_list_slice(Thread *t, List *list, size_t start, size_t end) OZ_CHECKED;
Ref oz_list_concat(Thread *t, const List *a, const List *b) OZ_CHECKED;
Ref oz_list_to_tuple(Thread *t, List *list) OZ_CHECKED;

#endif
