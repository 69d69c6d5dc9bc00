// SPDX-License-Identifier: MIT
// The world of a VM: which of its threads run Python, and locks to wait for.
//
// A thread is *attached* while it may touch objects, and *detached* while it is blocked in the
// system (THREADS.md of the design calls them so too).  Attached threads take turns: one runs, and
// hands its turn over at a safepoint when another has waited for vm->switch_interval, or when it
// detaches.  So native code between two safepoints is never interleaved with other native code, and
// what a signal handler could do there is all that another thread can.  docs/decisions/0004 says
// why, and what stands in the way of running side by side.
#ifndef OZ_OBJECT_WORLD_H
#define OZ_OBJECT_WORLD_H

#include "object/error.h"
#include "object/thread.h"

#include <time.h>

/* Debug builds really detach although nobody waits, so that each test takes that way. */
#if OZ_CHECK_LEVEL > 0
#define OZ_ALONE_STAYS 0
#else
#define OZ_ALONE_STAYS 1
#endif

bool oz_world_init(Vm *vm) OZ_CHECKED; /* by oz_vm_new */
void oz_world_fini(Vm *vm);            /* by oz_vm_drop */

/* A thread that is not attached takes its turn, when it comes; never returns if the VM has ended
 * meanwhile (oz_world_end). */
void oz_world_enter(Thread *t);
void oz_world_leave(Thread *t);
/* Hand the turn over to who waits for it; take the next.  Nothing borrowed lives across it. */
void oz_world_yield(Thread *t);

/* The thread ends, and `t` with it: nobody may use it any more.  It owns nothing. */
void oz_world_exit(Thread *t);

/* From here on no other thread attaches: each that tries sleeps for ever. */
void oz_world_end(Thread *t);
/* In the child of a fork: this thread is the only one, and the main thread.  The values that the
 * others held are never freed. */
void oz_world_after_fork(Thread *t);

/* Around what may block in the system.  In between, nothing of an object's header or fields may be
 * touched, but memory that it owns may be, if it can neither move nor go (an owned reference, a
 * buffer that is exported).  errno stays as it is.  After oz_attach everything may have changed. */
OZ_INLINE void oz_detach(Thread *t)
{
    if (!OZ_ALONE_STAYS ||
        OZ_UNLIKELY(atomic_load_explicit(&t->vm->threads_alive, memory_order_relaxed) > 1))
        oz_world_leave(t);
}
OZ_INLINE void oz_attach(Thread *t)
{
    if (OZ_UNLIKELY(t->detached))
        oz_world_enter(t);
}
/* The value of an expression that is evaluated detached. */
#define OZ_DETACHED(t, expression)                                                                 \
    ({                                                                                             \
        oz_detach(t);                                                                              \
        __typeof__(expression) detached_value = (expression);                                      \
        oz_attach(t);                                                                              \
        detached_value;                                                                            \
    })

/* ---- locks ---- */

OZ_INLINE void oz_lock_init(LockWord *lock)
{
    atomic_store_explicit(&lock->state, 0, memory_order_relaxed);
}
/* Take it if it is free. */
bool oz_lock_try(LockWord *lock);
/* Wait for it, until `deadline` (oz_monotonic_ns; INT64_MAX: for ever), detached.  OZ_FOUND: taken;
 * OZ_MISSING: the time is over; OZ_RAISED: a signal's handler raised.  Runs Python: yes. */
Found oz_lock_take(Thread *t, LockWord *lock, int64_t deadline) OZ_CHECKED;
/* The same, deaf to signals and for ever. */
void oz_lock_take_deaf(Thread *t, LockWord *lock);
void oz_lock_give(LockWord *lock);
OZ_INLINE bool oz_lock_held(const LockWord *lock)
{
    return atomic_load_explicit(&lock->state, memory_order_relaxed) != 0;
}

/* Wait until `*word` is no longer `value`, somebody calls oz_wake, or a signal comes. */
Found oz_wait_change(Thread *t, _Atomic(uint32_t) *word, uint32_t value,
                     int64_t deadline) OZ_CHECKED;
void oz_wake(_Atomic(uint32_t) *word); /* all who wait */

/* The monotonic clock in nanoseconds. */
OZ_INLINE int64_t oz_monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

#endif
