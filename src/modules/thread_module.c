// SPDX-License-Identifier: MIT
// The module _thread: locks, identities, thread-local data.
//
// Programs run on one thread so far: start_new_thread says so with RuntimeError.  A lock that is
// held can therefore only be waited for with a time limit, or until a signal handler raises; the
// wait polls in slices of a millisecond.
#include "modules/modules.h"
#include "modules/native_type.h"
#include "modules/signals.h"
#include "object/error.h"
#include "types/float.h"
#include "types/frame.h"
#include "types/structseq.h"

#include <math.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#define TIMEOUT_MAX 9223372036.0

/* ---- waiting ---- */

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* What acquire(blocking, timeout) asks: seconds to wait, 0 not to, -1 for ever. */
static bool wait_time(Thread *t, Obj blocking, Obj timeout, double *seconds)
{
    bool wait;
    double limit;
    if (!oz_truth(t, blocking, &wait) || !oz_as_double(t, timeout, &limit))
        return false;
    if (!wait && limit != -1)
        return oz_fail(t, OZ_ValueError, "can't specify a timeout for a non-blocking call");
    if (limit < 0 && limit != -1)
        return oz_fail(t, OZ_ValueError, "timeout value must be a non-negative number");
    if (limit > TIMEOUT_MAX)
        return oz_fail(t, OZ_OverflowError, "timeout value is too large");
    *seconds = wait ? limit : 0;
    return true;
}

/* Wait until *held is false or the time is over: OZ_FOUND, OZ_MISSING. */
static Found wait_for(Thread *t, const bool *held, double seconds)
{
    double end = now() + seconds;
    while (*held) {
        if (seconds >= 0 && now() >= end)
            return OZ_MISSING;
        struct timespec slice = {0, 1000000};
        nanosleep(&slice, NULL);
        if (!oz_poll(t))
            return OZ_RAISED;
    }
    return OZ_FOUND;
}

/* ---- lock ---- */

typedef struct Lock {
    Object base;
    bool held; /* [owner] */
} Lock;

static Ref lock_new(Thread *t)
{
    return oz_builtin_class(t, OZ_LOCK) ? oz_object_new(t, OZ_LOCK, sizeof(Lock)) : NULL;
}

static Ref acquire(Thread *t, const Obj *a)
{
    Lock *self = (Lock *)a[0];
    double seconds;
    if (!wait_time(t, a[1], a[2], &seconds))
        return NULL;
    Found found = wait_for(t, &self->held, seconds);
    if (found == OZ_FOUND)
        self->held = true;
    return found == OZ_RAISED ? NULL : oz_bool(found == OZ_FOUND);
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
    if (!self->held)
        return oz_raise(t, OZ_RuntimeError, "release unlocked lock");
    self->held = false;
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

OZ_METHOD(lock, locked, "($self, /)", "Return whether the lock is held.")
{
    return oz_bool(((Lock *)a[0])->held);
}

OZ_METHOD(lock, locked_lock, "($self, /)", "The same as locked().")
{
    return oz_bool(((Lock *)a[0])->held);
}

OZ_METHOD(lock, __enter__, "($self, /)", "Take the lock.")
{
    return acquire(t, (const Obj[]){a[0], OZ_TRUE, oz_int(-1)});
}

OZ_METHOD(lock, __exit__, "($self, /, *args)", "Give the lock back.")
{
    return release(t, (Lock *)a[0]);
}

OZ_METHOD(lock, _at_fork_reinit, "($self, /)", "Free the lock in a child process.")
{
    ((Lock *)a[0])->held = false;
    return OZ_NONE;
}

static Ref lock_repr(Thread *t, Obj self)
{
    return oz_str_format(t, "<%s %T object at %p>", ((Lock *)self)->held ? "locked" : "unlocked",
                         self, (void *)self);
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

/* ---- reentrant lock ---- */

typedef struct Rlock {
    Object base;
    uint64_t owner; /* [owner] thread ident; 0: free */
    uint64_t count; /* [owner] how often it was taken */
} Rlock;

static Ref rlock_take(Thread *t, Rlock *self, double seconds)
{
    if (self->count && self->owner == t->ident) {
        self->count++;
        return OZ_TRUE;
    }
    bool held = self->count != 0;
    Found found = wait_for(t, &held, seconds);
    if (found != OZ_FOUND)
        return found == OZ_RAISED ? NULL : OZ_FALSE;
    self->owner = t->ident;
    self->count = 1;
    return OZ_TRUE;
}

OZ_NEW(rlock, "($type, /)")
{
    return (Ref)oz_instance_new(t, (Class *)a[0], 0);
}

OZ_METHOD(rlock, acquire, "($self, blocking=True, timeout=-1)",
          "Take the lock, once more if this thread has it.")
{
    double seconds;
    return wait_time(t, a[1], a[2], &seconds) ? rlock_take(t, (Rlock *)a[0], seconds) : NULL;
}

static Ref rlock_give(Thread *t, Rlock *self)
{
    if (!self->count || self->owner != t->ident)
        return oz_raise(t, OZ_RuntimeError, "cannot release un-acquired lock");
    if (--self->count == 0)
        self->owner = 0;
    return OZ_NONE;
}

OZ_METHOD(rlock, release, "($self, /)", "Give the lock back, once.")
{
    return rlock_give(t, (Rlock *)a[0]);
}

OZ_METHOD(rlock, __enter__, "($self, /)", "Take the lock.")
{
    return rlock_take(t, (Rlock *)a[0], -1);
}

OZ_METHOD(rlock, __exit__, "($self, /, *args)", "Give the lock back.")
{
    return rlock_give(t, (Rlock *)a[0]);
}

OZ_METHOD(rlock, _is_owned, "($self, /)", "Return whether this thread has the lock.")
{
    const Rlock *self = (Rlock *)a[0];
    return oz_bool(self->count && self->owner == t->ident);
}

OZ_METHOD(rlock, _release_save, "($self, /)", "Give the lock back wholly; return its state.")
{
    Rlock *self = (Rlock *)a[0];
    if (!self->count)
        return oz_raise(t, OZ_RuntimeError, "cannot release un-acquired lock");
    scoped Ref owner = oz_int_from_uint64(t, self->owner);
    Ref state = owner ? oz_tuple_of(t, 2, (Obj)oz_int((int64_t)self->count), owner) : NULL;
    if (state)
        self->count = self->owner = 0;
    return state;
}

OZ_METHOD(rlock, _acquire_restore, "($self, state, /)", "Take the lock again, as often as before.")
{
    Rlock *self = (Rlock *)a[0];
    const Tuple *state = oz_as_tuple(a[1]);
    uint64_t count, owner;
    if (!state || state->length != 2)
        return oz_raise(t, OZ_TypeError, "_acquire_restore() argument 1 must be tuple, not %T",
                        a[1]);
    if (!oz_as_uint64(t, state->items[0], &count) || !oz_as_uint64(t, state->items[1], &owner))
        return NULL;
    self->count = count;
    self->owner = owner;
    return OZ_NONE;
}

OZ_METHOD(rlock, _at_fork_reinit, "($self, /)", "Free the lock in a child process.")
{
    Rlock *self = (Rlock *)a[0];
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

/* ---- thread-local data ---- */

#define LOCAL_REFS(REF) REF(dict)
typedef struct Local {
    Object base;
    LOCAL_REFS(OZ_FIELD) /* [owner] the attributes, in the one thread that there is */
} Local;
OZ_TYPE_LIFE(thread_local, Local, LOCAL_REFS)

static Ref thread_local_new(Thread *t, Class *cls, const Args *args)
{
    const Class *object = t->vm->classes[OZ_OBJECT];
    if (args->count + args->named && cls->slots->init == object->slots->init)
        return oz_raise(t, OZ_TypeError, "Initialization arguments are not supported");
    scoped Ref dict = oz_dict_new(t);
    Local *self = dict ? oz_instance_new(t, cls, 0) : NULL;
    if (self)
        OZ_INIT_FIELD(self, dict, oz_move(&dict));
    return (Ref)self;
}

const TypeDef oz_thread_local_type = {
    .id = OZ_THREAD_LOCAL,
    .name = "_thread._local",
    .doc = "Attributes that each thread has for itself.",
    .size = sizeof(Local),
    .flags = OZ_TYPE_WEAKREF,
    .dict_offset = offsetof(Local, dict),
    .visit = thread_local_visit,
    .clear = thread_local_clear,
    .slots = {.new = thread_local_new},
};

/* ---- functions ---- */

OZ_FUNCTION(thread, allocate_lock, "($module, /)", "Return a new lock.")
{
    return lock_new(t);
}

OZ_FUNCTION(thread, allocate, "($module, /)", "The same as allocate_lock().")
{
    return lock_new(t);
}

OZ_FUNCTION(thread, get_ident, "($module, /)", "Return a number that names this thread.")
{
    return oz_int_from_uint64(t, t->ident);
}

OZ_FUNCTION(thread, get_native_id, "($module, /)", "Return the system's number of this thread.")
{
    return oz_int(gettid());
}

OZ_FUNCTION(thread, _count, "($module, /)", "Return how many threads were started and run.")
{
    return oz_int(0);
}

OZ_FUNCTION(thread, start_new_thread, "($module, function, args, kwargs={}, /)",
            "Run a function on a new thread.")
{
    if (!oz_is_callable(a[1]))
        return oz_raise(t, OZ_TypeError, "first arg must be callable");
    if (!oz_as_tuple(a[2]))
        return oz_raise(t, OZ_TypeError, "2nd arg must be a tuple");
    return oz_raise(t, OZ_RuntimeError, "can't start new thread: this build runs one thread");
}

OZ_NATIVE_(thread_interrupt_main, "interrupt_main", "($module, signum=2, /)",
           "Have the main thread act as if a signal had come, if it has a handler for it.",
           OZ_FN_PARSED)
{
    int number;
    if (!oz_as_int(t, a[1], &number))
        return NULL;
    if (number < 1 || number >= NSIG)
        return oz_raise(t, OZ_ValueError, "signal number out of range");
    if (oz_signal_is_handled(number))
        oz_signal_trip(number);
    return OZ_NONE;
}

OZ_FUNCTION(thread, exit, "($module, /)", "End this thread by raising SystemExit.")
{
    Ref e = oz_call0(t, (Obj)t->vm->errors[OZ_SystemExit]);
    if (e)
        oz_exception_put(t, e);
    return NULL;
}

OZ_FUNCTION(thread, stack_size, "($module, size=0, /)",
            "Set the stack size of new threads; return what it was.")
{
    ssize_t size;
    if (!oz_as_size_argument(t, a[1], &size))
        return NULL;
    if (size < 0 || (size > 0 && size < 32768))
        return oz_raise(t, OZ_ValueError, "size must be 0 or a positive value");
    return oz_int(0);
}

OZ_FUNCTION(thread, _set_sentinel, "($module, /)",
            "Return a lock that is released when this thread ends.")
{
    return lock_new(t);
}

static Ref argument_field(Thread *t, Obj arguments, const char *name)
{
    scoped Ref key = oz_intern(t, name);
    return key ? oz_get_attr(t, arguments, key) : NULL;
}

OZ_FUNCTION(thread, _excepthook, "($module, args, /)", "Report an exception that ended a thread.")
{
    scoped Ref value = argument_field(t, a[1], "exc_value");
    scoped Ref thread = argument_field(t, a[1], "thread");
    if (!value || !thread)
        return NULL;
    if (oz_isa(value, OZ_BASE_EXCEPTION))
        oz_unraisable_print(t, value, NULL, "Exception in thread");
    return OZ_NONE;
}

static const uint32_t thread_types[] = {OZ_RLOCK, OZ_THREAD_LOCAL, 0};
static const StructField hook_fields[] = {
    {"exc_type", NULL}, {"exc_value", NULL}, {"exc_traceback", NULL}, {"thread", NULL}};
static const StructDef hook_def = {
    "_thread._ExceptHookArgs", "What threading.excepthook gets.", hook_fields, 4, 4, false};

static bool thread_init(Thread *t, Module *module)
{
    Class *lock = oz_builtin_class(t, OZ_LOCK), *arguments = oz_structseq_class(t, &hook_def);
    return lock && arguments && oz_module_add(t, module, "LockType", oz_retain((Obj)lock)) &&
           oz_module_add(t, module, "_ExceptHookArgs", oz_retain((Obj)arguments)) &&
           oz_module_add(t, module, "error", oz_retain((Obj)t->vm->errors[OZ_RuntimeError])) &&
           oz_module_add(t, module, "TIMEOUT_MAX", oz_float_new(t, TIMEOUT_MAX));
}

const ModuleDef oz_thread_module = {
    .name = "_thread",
    .doc = "Locks, thread identities and thread-local data.",
    .functions = OZ_METHODS(&thread_allocate_lock, &thread_allocate, &thread_get_ident,
                            &thread_get_native_id, &thread__count, &thread_start_new_thread,
                            &thread_exit, &thread_interrupt_main, &thread_stack_size,
                            &thread__set_sentinel, &thread__excepthook),
    .types = thread_types,
    .init = thread_init,
};
