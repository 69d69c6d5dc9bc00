// SPDX-License-Identifier: MIT
// Distributed counts: each thread counts for itself what all threads refer to (distribute.c).
#ifndef OZ_OBJECT_DISTRIBUTE_H
#define OZ_OBJECT_DISTRIBUTE_H

#include "object/counts.h"

/* Before the first thread starts; false: no memory, then nothing is distributed. */
bool oz_distribution_init(Vm *vm);
void oz_distribution_fini(Vm *vm);
/* A thread begins, or ends and adds what it has counted to the base; by who has the turn. */
bool oz_distribution_enter(Thread *t) OZ_CHECKED;
void oz_distribution_leave(Thread *t);
/* From now on the count of `o` is distributed.  The world is stopped, or only the caller can reach
 * it.  false: it stays as it is. */
bool oz_distribute(Thread *t, Object *o);
/* The sum; exact while the world is stopped. */
int32_t oz_distributed_count(const Vm *vm, const Object *o);
/* The world is stopped: `o` is counted in one word from now on, and dies when that is 0. */
void oz_distributed_count_again(Thread *t, Object *o);
/* After a full pass, the world is stopped: let leaves die that nobody refers to (the pass has found
 * what else there is).  Runs Python: no. */
void oz_distributed_sweep(Thread *t);

/* By who has the turn: what threads were seen to count at the same time is distributed from now on,
 * but for what has a finaliser or weak references.  Runs Python: what has died meanwhile does. */
void oz_distribute_contended(Thread *t);

/* By the only thread there is: everything is counted in one word again, as local objects are.
 * Those that nobody refers to have one reference, in a list that the caller owns, and may end with
 * free(), as it owns the objects in it.  false: no memory, and nothing has changed. */
bool oz_distribution_end(Thread *t, Object ***unused, size_t *count) OZ_CHECKED;

#endif
