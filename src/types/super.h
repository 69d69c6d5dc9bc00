// SPDX-License-Identifier: MIT
// super objects, for the call of a method through one.
#ifndef OZ_TYPES_SUPER_H
#define OZ_TYPES_SUPER_H

#include "types/protocol.h"

/* The function and the object behind super.name (an exact super), if calling it needs no bound
 * method: new references.  OZ_MISSING: ask oz_get_attr. */
Found oz_super_method(Thread *t, Obj super, Obj name, Ref *function, Ref *self) OZ_CHECKED;

#endif
