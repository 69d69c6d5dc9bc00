// SPDX-License-Identifier: MIT
// Context variables for native modules.
#ifndef OZ_MODULES_CONTEXTVARS_H
#define OZ_MODULES_CONTEXTVARS_H

#include "types/protocol.h"

Ref oz_context_var_new(Thread *t, const char *name) OZ_CHECKED;
/* Its value in the current context: OZ_MISSING if it has none. */
Found oz_context_var_get(Thread *t, Obj var, Ref *value) OZ_CHECKED;
bool oz_context_var_set(Thread *t, Obj var, Obj value) OZ_CHECKED;

#endif
