// SPDX-License-Identifier: MIT
// Locks in objects whose data a library works on while its thread is detached.
//
// The lock is held for one call of the library, never across a poll: what a handler of a signal, a
// finaliser or another thread does to the same object comes between two calls.
#ifndef OZ_MODULES_OBJECT_LOCK_H
#define OZ_MODULES_OBJECT_LOCK_H

#include "object/world.h"

#define OZ_WORTH_DETACHING ((size_t)2048) /* bytes */

/* Nobody else works on the object now, and so up to the next safepoint. */
OZ_INLINE void oz_object_settle(Thread *t, LockWord *lock)
{
    if (OZ_UNLIKELY(oz_lock_held(lock))) {
        oz_lock_take_deaf(t, lock);
        oz_lock_give(lock);
    }
}

/* The value of `work`, done detached under the lock (NULL: nobody else knows the object). */
#define OZ_LOCKED_AND_DETACHED(t, lock, work)                                                      \
    ({                                                                                             \
        LockWord *locked = (lock);                                                                 \
        if (locked)                                                                                \
            oz_lock_take_deaf(t, locked);                                                          \
        __typeof__(work) work_value = OZ_DETACHED(t, work);                                        \
        if (locked)                                                                                \
            oz_lock_give(locked);                                                                  \
        work_value;                                                                                \
    })

#endif
