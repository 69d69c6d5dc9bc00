// SPDX-License-Identifier: MIT
// The bytes of an object with all that it holds, each object once.
#ifndef OZ_MEMTOOLS_DEEP_SIZE_H
#define OZ_MEMTOOLS_DEEP_SIZE_H

#include "memtools/cell_set.h"
#include "object/class.h"

/* Objects that wait to be looked at. */
typedef struct ObjectStack {
    const Object **items; /* a cell of the heap's own */
    size_t count, room;
} ObjectStack;

enum {
    OZ_DEEP_CODE = 1,   /* walk into classes, functions and code, too */
    OZ_DEEP_FRAMES = 2, /* and frames */
};

/* Lives on the C stack of one function: nothing may be freed meanwhile.  Runs Python: no. */
typedef struct DeepSize {
    Visitor visitor;
    Thread *t;
    CellSet seen;
    ObjectStack now, next;                /* this level of references, and the one below it */
    uint64_t closed[OZ_BUILTIN_IDS / 64]; /* builtin types that are not walked into */
    const Obj *closed_classes;            /* classes whose instances are not */
    size_t closed_count;
    unsigned flags;
    size_t align;          /* each object's bytes are rounded up to a multiple of it */
    bool in_function;      /* what is being looked at is a function */
    bool failed;           /* no memory */
    size_t bytes, objects; /* of all roots so far */
} DeepSize;

void oz_deep_size_init(DeepSize *deep, Thread *t, unsigned flags, const Obj *closed_classes,
                       size_t closed_count);
void oz_deep_size_fini(DeepSize *deep);
/* Count neither this object nor what only it leads to. */
bool oz_deep_size_exclude(DeepSize *deep, Obj v) OZ_CHECKED;
/* Add `root` to the totals, if it was not counted yet.  false: MemoryError. */
bool oz_deep_size_add(DeepSize *deep, Obj root) OZ_CHECKED;
/* And what it leads to over at most `levels` references (SIZE_MAX: no limit), as far as that was
 * not counted. */
bool oz_deep_size_add_below(DeepSize *deep, Obj root, size_t levels) OZ_CHECKED;

#endif
