// SPDX-License-Identifier: MIT
// set and frozenset: open addressing over value words.
#ifndef OZ_TYPES_SET_H
#define OZ_TYPES_SET_H

#include "types/protocol.h"

typedef struct Set Set;

OZ_INLINE Set *oz_as_set(Obj v) /* set or frozenset; borrowed; NULL if neither */
{
    return oz_isa(v, OZ_SET) || oz_isa(v, OZ_FROZENSET) ? (Set *)v : NULL;
}

Ref oz_set_new(Thread *t, Obj iterable /* or NULL */) OZ_CHECKED;
Ref oz_frozenset_new(Thread *t, Obj iterable /* or NULL */) OZ_CHECKED;
size_t oz_set_length(const Set *s);
bool oz_set_add(Thread *t, Set *s, Obj item) OZ_CHECKED;
Found oz_set_contains(Thread *t, Set *s, Obj item) OZ_CHECKED;
Found oz_set_discard(Thread *t, Set *s, Obj item) OZ_CHECKED;
bool oz_set_update(Thread *t, Set *s, Obj iterable) OZ_CHECKED;
bool oz_set_difference_update(Thread *t, Set *s, Obj iterable) OZ_CHECKED;
bool oz_set_symmetric_update(Thread *t, Set *s, Obj iterable) OZ_CHECKED;
/* A new set or frozenset (id) with what a set holds. */
Ref oz_set_copy_as(Thread *t, uint32_t id, const Set *s) OZ_CHECKED;
/* Is every item of `iterable` (an iterator is made) in the container? */
Found oz_all_contained(Thread *t, Obj iterable, Obj container) OZ_CHECKED;
bool oz_set_step(Set *s, size_t *at, Obj *item); /* as oz_dict_step */

#endif
