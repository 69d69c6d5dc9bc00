// SPDX-License-Identifier: MIT
// The module sys, and what it shares with the runtime.
#ifndef OZ_MODULES_SYS_H
#define OZ_MODULES_SYS_H

#include "types/module.h"

/* sys_data.c: version, flags, float_info and the other constant structures. */
bool oz_sys_data_init(Thread *t, Module *module) OZ_CHECKED;
/* sys.asyncgen_hooks(values taken). */
Ref oz_sys_asyncgen_hooks(Thread *t, Module *module, Ref *values) OZ_CHECKED;

#endif
