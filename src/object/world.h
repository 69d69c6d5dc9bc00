// SPDX-License-Identifier: MIT
// The world of a VM: which of its threads run Python, and locks to wait for.
//
// A thread is *attached* while it may touch objects, and *detached* while it is blocked in the
// system (THREADS.md of the design calls them so too).  One attached thread has the *turn*: it may
// touch everything.  The others wait for it, or *run free*: in the dispatch loop alone, and what it
// calls then, on objects that only they can reach and on what never changes.  Whoever runs free and
// meets anything else needs the turn first (oz_need_turn), which is as if a finaliser had run.
//
// The turn is handed over at a safepoint when another thread waits for it: at once if the loop can
// go on free for a good while, otherwise after vm->switch_interval; and by who detaches.  So native
// code is never interleaved with other native code between two safepoints.  docs/decisions/0005
// says why.
//
// Who has the turn may stop the world: then nobody runs free either, and counts are exact.
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
/* At a safepoint with the STOP bit set: hand the turn over to who has waited for it for the switch
 * interval; take the next.  Nothing borrowed lives across it. */
void oz_world_yield(Thread *t);

/* ---- to run free ---- */

/* Wait for the turn if the thread runs free.  Runs Python: no, but other threads' code. */
void oz_take_turn(Thread *t);
OZ_INLINE void oz_need_turn(Thread *t)
{
    if (OZ_UNLIKELY(!t->has_turn))
        oz_take_turn(t);
}
/* At a safepoint of the loop, whose STOP bit is set: go on free.  false: it keeps the turn (nobody
 * wants it, or it would need it again at once). */
bool oz_run_free(Thread *t);
/* The safepoint of who runs free: stay here while the world is stopped. */
void oz_free_poll(Thread *t);

/* Does any thread run free?  By who has the turn, or runs free itself. */
bool oz_world_is_free(const Vm *vm);

/* By who has the turn: from here to oz_world_resume nobody else touches an object.  May be nested.
 */
void oz_world_stop(Thread *t);
void oz_world_resume(Thread *t);

OZ_INLINE Thread *oz_world_stopped(Thread *t)
{
    oz_world_stop(t);
    return t;
}
OZ_INLINE void oz_world_resume_at(Thread *const *stopped)
{
    oz_world_resume(*stopped);
}
/* To the end of the scope: scoped_stop stopped = oz_world_stopped(t); */
#define scoped_stop __attribute__((cleanup(oz_world_resume_at), unused)) Thread *const

/* A cell or block of a shared object, which the object has given up: free it when nobody who runs
 * free can be looking at it. */
void oz_retire(Thread *t, void *cell);

/* A block that `container` has given up, and a longer one in its place (NULL: no memory). */
OZ_INLINE void oz_block_give_up(Thread *t, const Object *container, void *block)
{
    if (OZ_UNLIKELY(oz_refs(container) < 0 && oz_refs(container) != OZ_REFS_DYING) && block)
        oz_retire(t, block);
    else
        oz_block_free(block);
}
void *oz_block_replace(Thread *t, const Object *container, void *block, size_t bytes) OZ_CHECKED;

/* The thread ends, and `t` with it: nobody may use it any more.  It owns nothing. */
void oz_world_exit(Thread *t);

/* From here on no other thread attaches: each that tries sleeps for ever. */
void oz_world_end(Thread *t);
/* In the child of a fork, which was made while the world was stopped: this thread is the only one
 * that runs, and the main thread.  Then: the others are forgotten; the values that they held are
 * never freed. */
void oz_world_forked(Thread *t);
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
