// SPDX-License-Identifier: MIT
// The account of the process's memory: what each resident byte is there for.
#ifndef OZ_MEMTOOLS_ACCOUNT_H
#define OZ_MEMTOOLS_ACCOUNT_H

#include "object/thread.h"

#include <stdio.h>

/* Write to `out`: the cells by size, the live objects by type, and what else is resident, up to
 * the sum that the system tells.  All threads are stopped.  Allocates nothing in the heap. */
void oz_account_print(Vm *vm, FILE *out);

#endif
