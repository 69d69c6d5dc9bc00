// SPDX-License-Identifier: MIT
// The two general iterators: over o[0], o[1], ... and over the results of a call.
#ifndef OZ_TYPES_ITERATOR_H
#define OZ_TYPES_ITERATOR_H

#include "types/protocol.h"

Ref oz_sequence_iterator_new(Thread *t, Obj sequence) OZ_CHECKED;
/* iter(callable, sentinel) */
Ref oz_callable_iterator_new(Thread *t, Obj callable, Obj sentinel) OZ_CHECKED;

/* What __reduce__ of a builtin iterator returns: (iter, (sequence,)) or, with a state,
 * (iter, (sequence,), state).  `state` is taken and may be NULL. */
Ref oz_reduce_to_iter(Thread *t, Obj sequence, Ref state) OZ_CHECKED;

/* (builtins.iter, args[, state]): what __reduce__ of an iterator answers; state may be NULL. */
Ref oz_iter_reduce(Thread *t, Obj args, Obj state) OZ_CHECKED;

#endif
