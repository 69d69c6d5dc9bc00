// SPDX-License-Identifier: MIT
// Starting and ending a VM.
#ifndef OZ_RUNTIME_START_H
#define OZ_RUNTIME_START_H

#include "modules/config.h"

/* A VM with types, names, exceptions, builtins and sys, attached to the calling thread; `config`
 * must live as long.  NULL: no memory. */
Vm *oz_runtime_new(Config *config) OZ_CHECKED;
/* sys.path, sys.argv, standard files, what module site would do: before the program runs. */
bool oz_runtime_prepare(Thread *t) OZ_CHECKED;
/* The end: exit handlers have run; modules are torn down, everything is given back. */
void oz_runtime_drop(Vm *vm);

#endif
