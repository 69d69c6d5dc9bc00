// SPDX-License-Identifier: MIT
// PyCapsule: a named C pointer that travels through Python code.
#ifndef OZ_TYPES_CAPSULE_H
#define OZ_TYPES_CAPSULE_H

#include "types/protocol.h"

/* `name` must outlive the capsule; `fini` may be NULL. */
Ref oz_capsule_new(Thread *t, void *pointer, const char *name, void (*fini)(void *)) OZ_CHECKED;
/* NULL with ValueError if `v` is no capsule of that name. */
void *oz_capsule_pointer(Thread *t, Obj v, const char *name) OZ_CHECKED;

#endif
