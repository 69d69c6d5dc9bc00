// SPDX-License-Identifier: MIT
// _thread.lock and _thread.RLock: what all locks of threading are made of.
//
// A thread that waits is detached, so that others run.  Handlers of signals run meanwhile, and the
// wait goes on after them with the time that is left.
#include "modules/native_type.h"
#include "modules/thread_module.h"
#include "object/world.h"
#include "types/float.h"

#include <math.h>

/* ---- waiting ---- */

/* What acquire(blocking, timeout) asks: until when to wait; 0: not at all. */
static bool read_deadline(Thread *t, Obj blocking, Obj timeout, int64_t *deadline)
{
    bool wait;
    double limit;
    if (!oz_truth(t, blocking, &wait) || !oz_as_double(t, timeout, &limit))
        return false;
    if (!wait && limit != -1)
        return oz_fail(t, OZ_ValueError, "can't specify a timeout for a non-blocking call");
    if (limit < 0 && limit != -1)
        return oz_fail(t, OZ_ValueError, "timeout value must be positive");
    if (limit > OZ_LOCK_TIMEOUT_MAX) /* TIMEOUT_MAX is as much as the clock counts */
        return oz_fail(t, OZ_OverflowError, "timestamp too large to convert to C _PyTime_t");
    *deadline = !wait || limit == 0 ? 0
                : limit < 0         ? INT64_MAX
                                    : oz_monotonic_ns() + (int64_t)ceil(limit * 1e9);
    return true;
}

static Found take(Thread *t, LockWord *word, int64_t deadline)
{
    if (deadline == 0)
        return oz_lock_try(word) ? OZ_FOUND : OZ_MISSING;
    return oz_lock_take(t, word, deadline);
}

/* ---- lock ---- */

typedef struct Lock {
    Object base;
    LockWord word; /* [atomic] */
} Lock;

Ref oz_lock_new(Thread *t)
{
    return oz_builtin_class(t, OZ_LOCK) ? oz_object_new(t, OZ_LOCK, sizeof(Lock)) : NULL;
}

static Ref acquire(Thread *t, const Obj *a)
{
    Lock *self = (Lock *)a[0];
    int64_t deadline;
    if (!read_deadline(t, a[1], a[2], &deadline))
        return NULL;
    if (oz_lock_try(&self->word))
        return OZ_TRUE;
    /* A signal of meanwhile is handled here, not in a `finally` that follows: a Condition takes
     * its own lock there. */
    Found found = take(t, &self->word, deadline);
    return found == OZ_RAISED || (deadline && !oz_poll(t)) ? NULL : oz_bool(found == OZ_FOUND);
}

OZ_METHOD(lock, acquire, "($self, blocking=True, timeout=-1)", "Take the lock; True if that went.")
{
    return acquire(t, a);
}

OZ_METHOD(lock, acquire_lock, "($self, blocking=True, timeout=-1)", "The same as acquire().")
{
    return acquire(t, a);
}

static Ref release(Thread *t, Lock *self)
{
    if (!oz_lock_held(&self->word))
        return oz_raise(t, OZ_RuntimeError, "release unlocked lock");
    oz_lock_give(&self->word);
    return OZ_NONE;
}

OZ_METHOD(lock, release, "($self, /)", "Give the lock back.")
{
    return release(t, (Lock *)a[0]);
}

OZ_METHOD(lock, release_lock, "($self, /)", "The same as release().")
{
    return release(t, (Lock *)a[0]);
}

OZ_NATIVE_(lock_locked, "locked", "($self, /)", "Return whether the lock is held.",
           OZ_FN_QUIET_SHARED)
{
    return oz_bool(oz_lock_held(&((Lock *)a[0])->word));
}

OZ_NATIVE_(lock_locked_lock, "locked_lock", "($self, /)", "The same as locked().",
           OZ_FN_QUIET_SHARED)
{
    return oz_bool(oz_lock_held(&((Lock *)a[0])->word));
}

OZ_METHOD(lock, __enter__, "($self, /)", "Take the lock.")
{
    return oz_lock_take(t, &((Lock *)a[0])->word, INT64_MAX) == OZ_FOUND ? OZ_TRUE : NULL;
}

OZ_METHOD(lock, __exit__, "($self, type=None, value=None, traceback=None, /)",
          "Give the lock back.")
{
    return release(t, (Lock *)a[0]);
}

OZ_METHOD(lock, _at_fork_reinit, "($self, /)", "Free the lock in a child process.")
{
    oz_lock_init(&((Lock *)a[0])->word);
    return OZ_NONE;
}

static Ref lock_repr(Thread *t, Obj self)
{
    return oz_str_format(t, "<%s %T object at %p>",
                         oz_lock_held(&((Lock *)self)->word) ? "locked" : "unlocked", self,
                         (void *)self);
}

const TypeDef oz_lock_type = {
    .id = OZ_LOCK,
    .name = "_thread.lock",
    .doc = "A lock that one thread can hold at a time.",
    .size = sizeof(Lock),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW | OZ_TYPE_WEAKREF,
    .slots = {.repr = lock_repr},
    .methods = OZ_METHODS(&lock_acquire, &lock_acquire_lock, &lock_release, &lock_release_lock,
                          &lock_locked, &lock_locked_lock, &lock___enter__, &lock___exit__,
                          &lock__at_fork_reinit),
};

void oz_lock_release_if_held(Obj lock)
{
    LockWord *word = &((Lock *)lock)->word;
    if (oz_lock_held(word))
        oz_lock_give(word);
}

/* ---- reentrant lock ---- */

typedef struct Rlock {
    Object base;
    LockWord word;  /* [atomic] */
    uint64_t owner; /* [who holds the word] ident of that thread, 0 before it is entered */
    uint64_t count; /* [who holds the word] how often it was taken */
} Rlock;

static bool is_mine(const Thread *t, const Rlock *self)
{
    return self->count && self->owner == t->ident;
}

static Found rlock_take(Thread *t, Rlock *self, int64_t deadline)
{
    if (is_mine(t, self)) {
        self->count++;
        return OZ_FOUND;
    }
    Found found = take(t, &self->word, deadline);
    if (found == OZ_FOUND) {
        self->owner = t->ident;
        self->count = 1;
    }
    return found;
}

OZ_NEW(rlock, "($type, /)")
{
    return (Ref)oz_instance_new(t, (Class *)a[0], 0);
}

OZ_METHOD(rlock, acquire, "($self, blocking=True, timeout=-1)",
          "Take the lock, once more if this thread has it.")
{
    int64_t deadline;
    if (!read_deadline(t, a[1], a[2], &deadline))
        return NULL;
    Found found = rlock_take(t, (Rlock *)a[0], deadline);
    return found == OZ_RAISED ? NULL : oz_bool(found == OZ_FOUND);
}

static Ref rlock_give(Thread *t, Rlock *self)
{
    if (!is_mine(t, self))
        return oz_raise(t, OZ_RuntimeError, "cannot release un-acquired lock");
    if (--self->count == 0) {
        self->owner = 0;
        oz_lock_give(&self->word);
    }
    return OZ_NONE;
}

OZ_METHOD(rlock, release, "($self, /)", "Give the lock back, once.")
{
    return rlock_give(t, (Rlock *)a[0]);
}

OZ_METHOD(rlock, __enter__, "($self, /)", "Take the lock.")
{
    return rlock_take(t, (Rlock *)a[0], INT64_MAX) == OZ_FOUND ? OZ_TRUE : NULL;
}

OZ_METHOD(rlock, __exit__, "($self, type=None, value=None, traceback=None, /)",
          "Give the lock back.")
{
    return rlock_give(t, (Rlock *)a[0]);
}

OZ_METHOD(rlock, _is_owned, "($self, /)", "Return whether this thread has the lock.")
{
    return oz_bool(is_mine(t, (const Rlock *)a[0]));
}

OZ_METHOD(rlock, _release_save, "($self, /)", "Give the lock back wholly; return its state.")
{
    Rlock *self = (Rlock *)a[0];
    if (!self->count)
        return oz_raise(t, OZ_RuntimeError, "cannot release un-acquired lock");
    scoped Ref owner = oz_int_from_uint64(t, self->owner);
    Ref state = owner ? oz_tuple_of(t, 2, (Obj)oz_int((int64_t)self->count), owner) : NULL;
    if (state) {
        self->count = self->owner = 0;
        oz_lock_give(&self->word);
    }
    return state;
}

OZ_METHOD(rlock, _acquire_restore, "($self, state, /)", "Take the lock again, as often as before.")
{
    Rlock *self = (Rlock *)a[0];
    const Tuple *state = oz_as_tuple(a[1]);
    uint64_t count, owner;
    if (!state || state->length != 2)
        return state
                   ? oz_raise(t, OZ_TypeError,
                              "_acquire_restore() argument 1 must be sequence of length 2, not %u",
                              state->length)
                   : oz_raise(t, OZ_TypeError,
                              "_acquire_restore() argument 1 must be 2-item sequence, not %T",
                              a[1]);
    if (!oz_as_uint64(t, state->items[0], &count) || !oz_as_uint64(t, state->items[1], &owner))
        return NULL;
    oz_lock_take_deaf(t, &self->word);
    self->count = count;
    self->owner = owner;
    return OZ_NONE;
}

OZ_METHOD(rlock, _at_fork_reinit, "($self, /)", "Free the lock in a child process.")
{
    Rlock *self = (Rlock *)a[0];
    oz_lock_init(&self->word);
    self->count = self->owner = 0;
    return OZ_NONE;
}

static Ref rlock_repr(Thread *t, Obj object)
{
    const Rlock *self = (Rlock *)object;
    return oz_str_format(t, "<%s %T object owner=%llu count=%llu at %p>",
                         self->count ? "locked" : "unlocked", object, (long long)self->owner,
                         (long long)self->count, (void *)self);
}

const TypeDef oz_rlock_type = {
    .id = OZ_RLOCK,
    .name = "_thread.RLock",
    .doc = "A lock that its holder can take again.",
    .size = sizeof(Rlock),
    .flags = OZ_TYPE_WEAKREF,
    .make = &rlock_new_,
    .slots = {.repr = rlock_repr},
    .methods = OZ_METHODS(&rlock_acquire, &rlock_release, &rlock___enter__, &rlock___exit__,
                          &rlock__is_owned, &rlock__release_save, &rlock__acquire_restore,
                          &rlock__at_fork_reinit),
};
