// SPDX-License-Identifier: MIT
// types.SimpleNamespace (also sys.implementation and the like).
#ifndef OZ_TYPES_SIMPLE_NAMESPACE_H
#define OZ_TYPES_SIMPLE_NAMESPACE_H

#include "types/protocol.h"

/* With the attributes that a dict names; NULL: none. */
Ref oz_simple_namespace_new(Thread *t, Obj values /* or NULL */) OZ_CHECKED;

#endif
