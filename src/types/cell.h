// SPDX-License-Identifier: MIT
// cell: the variable that a closure shares with its function.
#ifndef OZ_TYPES_CELL_H
#define OZ_TYPES_CELL_H

#include "types/protocol.h"

typedef struct Cell {
    Object base;
    Ref value; /* [object] or empty */
} Cell;

Ref oz_cell_new(Thread *t, Ref value /* taken; may be empty */) OZ_CHECKED;

#endif
