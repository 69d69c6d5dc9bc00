// SPDX-License-Identifier: MIT
// The spill: locals of a frame that has more than fit in registers (bytecode/README.md).
//
// Cells, because closures share some of the variables anyway, and because a tuple of cells never
// changes itself: a frame, its object, a generator and the collector treat it as any local.
#include "types/spill.h"

Ref oz_spill_new(Thread *t, const Code *code, Ref *values, uint32_t count)
{
    Tuple *spill = oz_tuple_alloc(t, code->spilled);
    scoped Ref made = (Ref)spill;
    for (uint32_t i = 0; spill && i < code->spilled; i++) {
        Ref cell = oz_cell_new(t, i < count ? oz_move(&values[i]) : NULL);
        if (!cell)
            break;
        oz_tuple_init(spill, i, cell);
    }
    for (uint32_t i = 0; i < count; i++)
        oz_clear(&values[i]);
    bool whole = spill && spill->items[code->spilled - 1];
    return whole ? oz_move(&made) : NULL;
}
