// SPDX-License-Identifier: MIT
// The module dis and our instructions.
#ifndef OZ_MODULES_OPCODE_MODULE_H
#define OZ_MODULES_OPCODE_MODULE_H

#include "object/thread.h"

/* dis, a module of the library, has been loaded: let it know our instructions. */
bool oz_adapt_dis(Thread *t, Obj dis) OZ_CHECKED;

#endif
