// SPDX-License-Identifier: MIT
// A set of cells: a bit for each cell of the pages that have one in it.
#ifndef OZ_MEMTOOLS_CELL_SET_H
#define OZ_MEMTOOLS_CELL_SET_H

#include "heap/heap.h"

typedef struct CellSetPage {
    Page *page;     /* NULL: free slot */
    uint64_t *bits; /* a cell of the heap's own */
} CellSetPage;

/* Lives on the C stack of one function; nothing in the set may be freed meanwhile. */
typedef struct CellSet {
    Heap *heap;
    CellSetPage *slots; /* open addressing */
    size_t room;        /* a power of two, or 0 */
    size_t count;       /* pages */
    CellSetPage last;   /* the page asked for last */
} CellSet;

void oz_cell_set_init(CellSet *set, Heap *heap);
void oz_cell_set_fini(CellSet *set);
/* Put a cell in.  *fresh: it was not in yet.  false: no memory, nothing raised. */
bool oz_cell_set_add(CellSet *set, const void *cell, bool *fresh) OZ_CHECKED;
bool oz_cell_set_has(CellSet *set, const void *cell);

#endif
