// SPDX-License-Identifier: MIT
// ints as limbs: for the files of int (int*.c) and for math.c.
#ifndef OZ_TYPES_INT_LIMBS_H
#define OZ_TYPES_INT_LIMBS_H

#include <gmp.h>

#include "types/int.h"

_Static_assert(sizeof(mp_limb_t) == 8 && GMP_NAIL_BITS == 0, "limbs are 64-bit words");

/* The magnitude and sign of an exact int.  Points into itself for an int in place: never move or
 * copy one.  Borrows from the object. */
typedef struct Big {
    const mp_limb_t *limbs; /* least significant first; no leading zero */
    mp_size_t n;            /* 0 for zero */
    bool negative;
    mp_limb_t small;
} Big;

OZ_INLINE void oz_big_open(Big *b, Obj exact)
{
    if (oz_is_int(exact)) {
        int64_t value = oz_int_value(exact);
        b->negative = value < 0;
        b->small = value < 0 ? (mp_limb_t)-value : (mp_limb_t)value;
        b->limbs = &b->small;
        b->n = value != 0;
    } else {
        const Int *self = (const Int *)exact;
        b->negative = self->size < 0;
        b->limbs = self->limbs;
        b->n = self->size < 0 ? -self->size : self->size;
    }
}

/* A cell for a result of at most `n` limbs: the caller fills limbs[0..n) and calls oz_big_finish
 * before anything else.  MemoryError beyond what an Int can hold. */
Int *oz_big_alloc(Thread *t, size_t n) OZ_CHECKED;
/* The canonical int of what was computed; takes the cell.  `n` may count leading zero limbs. */
Ref oz_big_finish(Thread *t, Int *cell, size_t n, bool negative) OZ_CHECKED;
/* A cell that is not needed after all. */
void oz_big_discard(Int *cell);

/* GMP allocates scratch memory for long operands and ends the process if it gets none.  This runs
 * work(arg) so that the memory comes from the thread's heap and a failure comes back: false means
 * MemoryError raised, or what the handler of a signal raised meanwhile, and all scratch memory is
 * freed.  `work` calls GMP only: it is left in the middle, so it owns nothing, and may begin again,
 * so it keeps what it reads.  The objects it writes to exist already. */
bool oz_scratch_run(Thread *t, void (*work)(void *arg), void *arg) OZ_CHECKED;
/* For `work`: memory that goes with the run; leave the run with MemoryError; a safepoint, which
 * leaves the run if it raised.  Nothing borrowed lives across that but what the caller of the run
 * holds. */
void *oz_scratch_alloc(size_t bytes);
void oz_scratch_free(void *block);
void oz_scratch_leave(void) __attribute__((noreturn)) OZ_COLD;
void oz_scratch_poll(Thread *t);

/* Operands up to this many limbs never make GMP's mpn functions allocate. */
#define OZ_SCRATCH_LIMBS 256

#define OZ_LIMB_BITS 64

#endif
