// SPDX-License-Identifier: MIT
// _multiprocessing: SemLock, the semaphore between processes that multiprocessing's locks stand on.
//
// It is a named semaphore of the system (sem_open), which glibc maps once for each process and
// counts: two SemLocks of one name share the mapping, and the last sem_close() gives it back.
//   P1. `semaphore` is NULL only behind clear, and every use asks for it.
//   P2. Who holds it in this process is known by `count` and `owner`, as _count() and _is_mine()
//       tell; the semaphore alone knows about the others.
// CPython's _rebuild() with a name of None wraps whatever address it is given. No library calls it
// so where semaphores have names, and here it raises: an int is not a semaphore.
#include "modules/native_type.h"
#include "modules/os_support.h"

#include <limits.h>
#include <math.h>
#include <semaphore.h>

enum { RECURSIVE_MUTEX, SEMAPHORE };

#define SEM_LOCK_REFS(REF) REF(handle) REF(kind) REF(maxvalue) REF(name)
typedef struct SemLock {
    Object base;
    SEM_LOCK_REFS(OZ_FIELD)  /* [const] what the attributes show */
    sem_t *semaphore;        /* [const] P1 */
    _Atomic(int) count;      /* [atomic] P2: taken less given back in this process */
    _Atomic(uint64_t) owner; /* [atomic] P2: ident of the thread that took it last */
} SemLock;

static void sem_lock_visit(const Object *object, Visitor *v)
{
    const SemLock *self = (const SemLock *)object;
    SEM_LOCK_REFS(OZ_VISIT)
}

static void sem_lock_clear(Thread *t OZ_UNUSED, Object *object)
{
    SemLock *self = (SemLock *)object;
    sem_t *semaphore = self->semaphore;
    self->semaphore = NULL;
    if (semaphore)
        sem_close(semaphore);
    SEM_LOCK_REFS(OZ_CLEAR)
}

/* ---- making ---- */

/* Takes the semaphore. */
static Ref sem_lock_around(Thread *t, Class *cls, sem_t *semaphore, int kind, int maximum, Obj name)
{
    SemLock *self = oz_instance_new(t, cls, 0);
    if (!self) {
        sem_close(semaphore);
        return NULL;
    }
    self->semaphore = semaphore;
    OZ_INIT_FIELD(self, handle, oz_int((int64_t)(intptr_t)semaphore));
    OZ_INIT_FIELD(self, kind, oz_int(kind));
    OZ_INIT_FIELD(self, maxvalue, oz_int(maximum));
    OZ_INIT_FIELD(self, name, oz_retain(name));
    return (Ref)self;
}

OZ_NEW(sem_lock, "($type, kind, value, maxvalue, name, unlink)")
{
    scoped Ref keep = NULL;
    int kind, value, maximum, unlink;
    if (!oz_as_int(t, a[1], &kind) || !oz_as_int(t, a[2], &value) || !oz_as_int(t, a[3], &maximum))
        return NULL;
    const char *name = oz_os_text(t, a[4], "SemLock", " 'name'", &keep);
    if (!name || !oz_as_int(t, a[5], &unlink))
        return NULL;
    if (kind != RECURSIVE_MUTEX && kind != SEMAPHORE)
        return oz_raise(t, OZ_ValueError, "unrecognized kind");
    sem_t *semaphore = sem_open(name, O_CREAT | O_EXCL, 0600, (unsigned)value);
    if (semaphore == SEM_FAILED)
        return oz_os_raise(t);
    if (unlink && sem_unlink(name) < 0) {
        oz_os_raise(t);
        sem_close(semaphore);
        return NULL;
    }
    return sem_lock_around(t, (Class *)a[0], semaphore, kind, maximum,
                           unlink ? (Obj)OZ_NONE : a[4]);
}

OZ_NATIVE_(sem_lock__rebuild, "_rebuild", "($type, handle, kind, maxvalue, name, /)",
           "Open the semaphore of that name.", OZ_FN_CLASSMETHOD | OZ_FN_PARSED)
{
    scoped Ref keep = NULL;
    int kind, maximum;
    if (!oz_isa(a[1], OZ_INT))
        return oz_raise(t, OZ_TypeError, "_rebuild() argument 1 must be int, not %T", a[1]);
    if (!oz_as_int(t, a[2], &kind) || !oz_as_int(t, a[3], &maximum))
        return NULL;
    if (oz_is_none(a[4]))
        return oz_raise_os_error(t, EINVAL, NULL);
    if (!oz_is_str(a[4]))
        return oz_raise(t, OZ_TypeError, "_rebuild() argument 4 must be str or None, not %T", a[4]);
    const char *name = oz_os_text(t, a[4], "_rebuild", " 4", &keep);
    if (!name)
        return NULL;
    sem_t *semaphore = sem_open(name, 0);
    return semaphore == SEM_FAILED
               ? oz_os_raise(t)
               : sem_lock_around(t, (Class *)a[0], semaphore, kind, maximum, a[4]);
}

/* ---- taking and giving ---- */

static sem_t *semaphore_of(Thread *t, const SemLock *self)
{
    if (!self->semaphore)
        oz_raise_os_error(t, EBADF, NULL);
    return self->semaphore;
}

static int count_of(const SemLock *self)
{
    return atomic_load_explicit(&self->count, memory_order_relaxed);
}

static void count_add(SemLock *self, int n)
{
    atomic_fetch_add_explicit(&self->count, n, memory_order_relaxed);
}

static bool is_mine(Thread *t, const SemLock *self)
{
    return count_of(self) > 0 &&
           atomic_load_explicit(&self->owner, memory_order_relaxed) == t->ident;
}

static bool is_recursive(const SemLock *self)
{
    return self->kind == oz_int(RECURSIVE_MUTEX);
}

/* The time at which to give up, of the monotonic clock. */
static bool deadline_of(Thread *t, Obj timeout, struct timespec *deadline)
{
    double seconds;
    if (!oz_as_double(t, timeout, &seconds))
        return false;
    if (isnan(seconds))
        return oz_raise_os_error(t, EINVAL, NULL), false;
    clock_gettime(CLOCK_MONOTONIC, deadline);
    seconds = seconds < 0 ? 0 : seconds > INT_MAX ? INT_MAX : seconds;
    int64_t ns = deadline->tv_nsec + (int64_t)(seconds * 1e9);
    deadline->tv_sec += ns / 1000000000;
    deadline->tv_nsec = ns % 1000000000;
    return true;
}

/* Wait for it; `deadline` NULL: for ever. */
static Found wait_for(Thread *t, sem_t *semaphore, const struct timespec *deadline)
{
    for (;;) {
        int status = OZ_DETACHED(t, deadline ? sem_clockwait(semaphore, CLOCK_MONOTONIC, deadline)
                                             : sem_wait(semaphore));
        if (status == 0)
            return OZ_FOUND;
        if (errno == ETIMEDOUT)
            return OZ_MISSING;
        if (errno != EINTR) {
            oz_os_raise(t);
            return OZ_RAISED;
        }
        if (!oz_poll(t))
            return OZ_RAISED;
    }
}

static Ref acquire(Thread *t, SemLock *self, bool block, Obj timeout)
{
    struct timespec deadline;
    if (is_recursive(self) && is_mine(t, self)) {
        count_add(self, 1);
        return OZ_TRUE;
    }
    if (!oz_is_none(timeout) && !deadline_of(t, timeout, &deadline))
        return NULL;
    sem_t *semaphore = semaphore_of(t, self);
    if (!semaphore)
        return NULL;
    if (sem_trywait(semaphore) < 0) {
        if (errno != EAGAIN)
            return oz_os_raise(t);
        Found found =
            block ? wait_for(t, semaphore, oz_is_none(timeout) ? NULL : &deadline) : OZ_MISSING;
        if (found != OZ_FOUND)
            return found == OZ_RAISED ? NULL : OZ_FALSE;
    }
    count_add(self, 1);
    atomic_store_explicit(&self->owner, t->ident, memory_order_relaxed);
    return OZ_TRUE;
}

OZ_METHOD(sem_lock, acquire, "($self, /, block=True, timeout=None)",
          "Take the lock or the semaphore; True if that went.")
{
    bool block;
    return oz_truth(t, a[1], &block) ? acquire(t, (SemLock *)a[0], block, a[2]) : NULL;
}

OZ_METHOD(sem_lock, __enter__, "($self, /)", "Take the lock or the semaphore.")
{
    return acquire(t, (SemLock *)a[0], true, OZ_NONE);
}

static Ref release(Thread *t, SemLock *self)
{
    int value;
    sem_t *semaphore = semaphore_of(t, self);
    if (!semaphore)
        return NULL;
    if (is_recursive(self)) {
        if (!is_mine(t, self))
            return oz_raise(t, OZ_AssertionError,
                            "attempt to release recursive lock not owned by thread");
        if (count_of(self) > 1) {
            count_add(self, -1);
            return OZ_NONE;
        }
    } else if (sem_getvalue(semaphore, &value) < 0) {
        return oz_os_raise(t);
    } else if (value >= oz_int_value(self->maxvalue)) {
        return oz_raise(t, OZ_ValueError, "semaphore or lock released too many times");
    }
    /* Before another thread can have it: that one counts from there. */
    count_add(self, -1);
    if (sem_post(semaphore) == 0)
        return OZ_NONE;
    int error = errno;
    count_add(self, 1);
    return oz_raise_os_error(t, error, NULL);
}

OZ_METHOD(sem_lock, release, "($self, /)", "Give the lock or the semaphore back.")
{
    return release(t, (SemLock *)a[0]);
}

OZ_NATIVE_(sem_lock___exit__, "__exit__", "($self, exc_type=None, exc_value=None, exc_tb=None, /)",
           "Give the lock or the semaphore back.", 0)
{
    return release(t, (SemLock *)a[0]);
}

/* ---- looking ---- */

OZ_METHOD(sem_lock, _count, "($self, /)",
          "How often this process has taken it, less how often it has given it back.")
{
    return oz_int(count_of((const SemLock *)a[0]));
}

OZ_METHOD(sem_lock, _is_mine, "($self, /)", "Has this thread taken it?")
{
    return oz_bool(is_mine(t, (const SemLock *)a[0]));
}

static bool value_of(Thread *t, Obj v, int *value)
{
    sem_t *semaphore = semaphore_of(t, (const SemLock *)v);
    if (!semaphore)
        return false;
    if (sem_getvalue(semaphore, value) == 0)
        return true;
    return oz_os_raise(t), false;
}

OZ_METHOD(sem_lock, _get_value, "($self, /)", "The value of the semaphore.")
{
    int value;
    return value_of(t, a[0], &value) ? oz_int(value) : NULL;
}

OZ_METHOD(sem_lock, _is_zero, "($self, /)", "Is the value of the semaphore zero?")
{
    int value;
    return value_of(t, a[0], &value) ? oz_bool(value == 0) : NULL;
}

OZ_METHOD(sem_lock, _after_fork, "($self, /)", "Forget, in a child, what the parent has taken.")
{
    atomic_store_explicit(&((SemLock *)a[0])->count, 0, memory_order_relaxed);
    return OZ_NONE;
}

const TypeDef oz_sem_lock_type = {
    .id = OZ_SEM_LOCK,
    .name = "_multiprocessing.SemLock",
    .doc = "A lock or a semaphore that processes share.",
    .size = sizeof(SemLock),
    .visit = sem_lock_visit,
    .clear = sem_lock_clear,
    .make = &sem_lock_new_,
    .methods =
        OZ_METHODS(&sem_lock_acquire, &sem_lock_release, &sem_lock___enter__, &sem_lock___exit__,
                   &sem_lock__count, &sem_lock__is_mine, &sem_lock__get_value, &sem_lock__is_zero,
                   &sem_lock__rebuild, &sem_lock__after_fork),
    .members = OZ_MEMBERS({"handle", offsetof(SemLock, handle), OZ_MEMBER_READONLY, NULL},
                          {"kind", offsetof(SemLock, kind), OZ_MEMBER_READONLY, NULL},
                          {"maxvalue", offsetof(SemLock, maxvalue), OZ_MEMBER_READONLY, NULL},
                          {"name", offsetof(SemLock, name), OZ_MEMBER_READONLY, NULL}),
};

/* ---- the module ---- */

OZ_FUNCTION(multiprocessing, sem_unlink, "($module, name, /)",
            "Remove the name of a semaphore; who has it open keeps it.")
{
    scoped Ref keep = NULL;
    const char *name = oz_os_text(t, a[1], "sem_unlink", "", &keep);
    return name ? oz_os_result(t, sem_unlink(name)) : NULL;
}

static bool add_flags(Thread *t, Module *module)
{
    static const char *const names[] = {"HAVE_SEM_OPEN", "HAVE_SEM_TIMEDWAIT"};
    scoped Ref flags = oz_dict_new(t);
    for (size_t n = 0; flags && n < OZ_COUNT(names); n++) {
        scoped Ref name = oz_intern(t, names[n]);
        if (!name || !oz_dict_set(t, (Dict *)flags, name, oz_int(1)))
            return false;
    }
    return flags && oz_module_add(t, module, "flags", oz_move(&flags));
}

static bool multiprocessing_init(Thread *t, Module *module)
{
    return oz_class_constant(t, OZ_SEM_LOCK, "SEM_VALUE_MAX", oz_int(SEM_VALUE_MAX)) &&
           add_flags(t, module);
}

static const uint32_t types[] = {OZ_SEM_LOCK, 0};

const ModuleDef oz_multiprocessing_module = {
    .name = "_multiprocessing",
    .doc = "The native part of multiprocessing.",
    .functions = OZ_METHODS(&multiprocessing_sem_unlink),
    .types = types,
    .init = multiprocessing_init,
};
