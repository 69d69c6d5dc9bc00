// SPDX-License-Identifier: MIT
// slice: start, stop and step as given; and what they mean for a sequence of a given length.
#ifndef OZ_TYPES_SLICE_H
#define OZ_TYPES_SLICE_H

#include "types/protocol.h"

#define SLICE_REFS(REF) REF(start) REF(stop) REF(step)
typedef struct Slice {
    Object base;
    SLICE_REFS(OZ_FIELD) /* [const] any values; usually ints or None */
} Slice;

OZ_INLINE bool oz_is_slice(Obj v)
{
    return oz_is(v, OZ_SLICE);
}

Ref oz_slice_new(Thread *t, Obj start, Obj stop, Obj step) OZ_CHECKED; /* NULL: None */

/* The three as machine integers; None becomes the end that the step's sign asks for.  step is
 * never 0 nor the smallest integer.  Runs Python: yes (__index__): read lengths after it. */
bool oz_slice_unpack(Thread *t, Obj slice, ssize_t *start, ssize_t *stop, ssize_t *step) OZ_CHECKED;

/* Clip unpacked numbers to a sequence of `length`: gives the count of items chosen.  Then
 * start, start + step, ... are valid indexes, `count` of them. */
ssize_t oz_slice_clip(size_t length, ssize_t *start, ssize_t *stop, ssize_t step);

/* Both, for sequences whose length Python code cannot change. */
bool oz_slice_adjust(Thread *t, Obj slice, size_t length, ssize_t *start, ssize_t *stop,
                     ssize_t *step, ssize_t *count) OZ_CHECKED;

/* start, stop and step as exact ints for a length that is an exact int, not negative. */
bool oz_slice_indices(Thread *t, Obj slice, Obj length, Ref out[3]) OZ_CHECKED;

#endif
