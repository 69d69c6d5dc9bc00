// SPDX-License-Identifier: MIT
// How many objects of each class there are, and their bytes.
#ifndef OZ_MEMTOOLS_TYPE_TALLY_H
#define OZ_MEMTOOLS_TYPE_TALLY_H

#include "object/class.h"

/* Which objects of the heap. */
typedef enum TallyWhat {
    OZ_TALLY_TRACKED, /* those of gc.get_objects() */
    OZ_TALLY_ALL,     /* text, numbers and the like too */
} TallyWhat;

/* The objects of the heap, or of a list: a list of (class, count, bytes).  Runs Python: no. */
Ref oz_type_tally_heap(Thread *t, TallyWhat what) OZ_CHECKED;
Ref oz_type_tally_list(Thread *t, Obj list) OZ_CHECKED;
/* A list of the objects themselves. */
Ref oz_type_tally_objects(Thread *t, TallyWhat what) OZ_CHECKED;

#endif
