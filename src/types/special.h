// SPDX-License-Identifier: MIT
// The functions that stand in a Python class's slots and call its special methods.
#ifndef OZ_TYPES_SPECIAL_H
#define OZ_TYPES_SPECIAL_H

#include "types/protocol.h"

/* The one for the slot at this byte offset of struct Slots. */
void *oz_special_function(unsigned slot);

/* Builtin __new__ and __init__ of `owner`, by signature. */
Ref oz_native_new_of(Thread *t, Class *owner, Class *cls, const Args *args) OZ_CHECKED;
bool oz_native_init_of(Thread *t, Class *owner, Obj self, const Args *args) OZ_CHECKED;

/* Note in a pending AttributeError that says nothing of it which attribute of what it is about. */
void oz_attribute_error_about(Thread *t, Obj o, Obj name);

#endif
