// SPDX-License-Identifier: MIT
// What nobody refers to any more and yet lives, at the end of a program (OUNCE_STRESS=leaks).
#ifndef OZ_RUNTIME_LEAKS_H
#define OZ_RUNTIME_LEAKS_H

#include "object/thread.h"

/* Collect, and write to stderr a line for each type with references that nobody owns, and for each
 * size of blocks that nothing points at.  The program has ended; no other thread runs. */
void oz_leaks_print(Thread *t);

#endif
