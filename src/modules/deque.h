// SPDX-License-Identifier: MIT
// collections.deque, for modules that queue things.
#ifndef OZ_MODULES_DEQUE_H
#define OZ_MODULES_DEQUE_H

#include "types/protocol.h"

Ref oz_deque_new(Thread *t) OZ_CHECKED; /* empty, without limit */
bool oz_deque_append(Thread *t, Obj deque, Obj item) OZ_CHECKED;
Ref oz_deque_take(Thread *t, Obj deque); /* the first item; NULL without an error: there is none */
size_t oz_deque_length(Obj deque);

#endif
