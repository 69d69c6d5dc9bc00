// SPDX-License-Identifier: MIT
// The spill: locals of a frame that has more than fit in registers (bytecode/README.md).
#ifndef OZ_TYPES_SPILL_H
#define OZ_TYPES_SPILL_H

#include "types/cell.h"
#include "types/code.h"
#include "types/tuple.h"

/* A tuple of a cell for each spilled local; the first `count` of them take `values`, which are
 * moved out, all of them also on failure. */
Ref oz_spill_new(Thread *t, const Code *code, Ref *values, uint32_t count) OZ_CHECKED;

/* The cell of a local, an index of code->locals that is not near, in a window with a spill. */
OZ_INLINE Cell *oz_spilled_cell(const Code *code, const Ref *window, uint32_t local)
{
    uint32_t near = oz_code_near(code);
    return (Cell *)((const Tuple *)window[near])->items[local - near];
}

#endif
