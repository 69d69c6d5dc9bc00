// SPDX-License-Identifier: MIT
// Where things are: sys.path, sys.argv and their like.
#ifndef OZ_RUNTIME_PATHS_H
#define OZ_RUNTIME_PATHS_H

#include "types/module.h"

bool oz_paths_init(Thread *t, Module *sys) OZ_CHECKED;
bool oz_arguments_init(Thread *t, Module *sys) OZ_CHECKED;

#endif
