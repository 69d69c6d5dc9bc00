// SPDX-License-Identifier: MIT
// range and its iterators.  The layouts are open for the VM's for loop.
#ifndef OZ_TYPES_RANGE_H
#define OZ_TYPES_RANGE_H

#include "types/protocol.h"

#define RANGE_REFS(REF) REF(start) REF(stop) REF(step) REF(length)
typedef struct Range {
    Object base;
    RANGE_REFS(OZ_FIELD) /* [const] exact ints; step is not 0 */
} Range;

/* All of whose values are ints in place. */
typedef struct RangeIterator {
    Object base;
    int64_t next;   /* [object] the next value */
    int64_t step;   /* [const] */
    uint64_t left;  /* [object] values to come; at 0 it is exhausted */
    uint64_t total; /* [const] values in all, for __reduce__ */
} RangeIterator;

#endif
