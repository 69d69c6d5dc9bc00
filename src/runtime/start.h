// SPDX-License-Identifier: MIT
// Starting and ending a VM.
#ifndef OZ_RUNTIME_START_H
#define OZ_RUNTIME_START_H

#include "object/thread.h"

/* A VM with types, names, exceptions, builtins and sys, attached to the calling thread; NULL: no
 * memory. */
Vm *oz_runtime_new(void) OZ_CHECKED;
/* The end: exit handlers have run; modules are torn down, everything is given back. */
void oz_runtime_drop(Vm *vm);

#endif
