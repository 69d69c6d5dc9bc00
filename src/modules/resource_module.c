// SPDX-License-Identifier: MIT
// resource: what a process uses and how much it may.
#include "modules/import.h"
#include "modules/native_type.h"
#include "modules/os_support.h"
#include "types/audit.h"
#include "types/frame.h"

#include <sys/resource.h>
#include <unistd.h>

static const OsConstant constants[] = {
#define CONSTANT(name) {#name, (int64_t)(name)},
#include "modules/resource.def"
#undef CONSTANT
    {NULL, 0},
};

OZ_FUNCTION(resource, getrusage, "($module, who, /)", "What has been used.")
{
    int who;
    struct rusage usage;
    if (!oz_as_int(t, a[1], &who))
        return NULL;
    if (getrusage(who, &usage) == 0)
        return oz_rusage_new(t, ((const Module *)a[0])->state, &usage);
    return errno == EINVAL ? oz_raise(t, OZ_ValueError, "invalid who parameter") : oz_os_raise(t);
}

static bool resource_argument(Thread *t, Obj v, int *which)
{
    if (!oz_as_int(t, v, which))
        return false;
    return (*which >= 0 && *which < RLIM_NLIMITS) ||
           oz_fail(t, OZ_ValueError, "invalid resource specified");
}

static bool limits_argument(Thread *t, Obj v, struct rlimit *limits)
{
    int64_t now, most;
    scoped Ref items = oz_tuple_from(t, v);
    if (!items)
        return false;
    const Tuple *tuple = (const Tuple *)items;
    if (tuple->length != 2)
        return oz_fail(t, OZ_ValueError, "expected a tuple of 2 integers");
    if (!oz_as_int64(t, tuple->items[0], &now) || !oz_as_int64(t, tuple->items[1], &most))
        return false;
    *limits = (struct rlimit){.rlim_cur = (rlim_t)now, .rlim_max = (rlim_t)most};
    return true;
}

static Ref limits_new(Thread *t, const struct rlimit *limits)
{
    scoped Ref now = oz_int_new(t, (int64_t)limits->rlim_cur);
    scoped Ref most = now ? oz_int_new(t, (int64_t)limits->rlim_max) : NULL;
    return most ? oz_tuple_of(t, 2, now, most) : NULL;
}

OZ_FUNCTION(resource, getrlimit, "($module, resource, /)",
            "How much may be used: the limit of now, and the highest one.")
{
    int which;
    struct rlimit limits;
    if (!resource_argument(t, a[1], &which))
        return NULL;
    return getrlimit((__rlimit_resource_t)which, &limits) < 0 ? oz_os_raise(t)
                                                              : limits_new(t, &limits);
}

/* A limit of this process was set. */
static void limit_was_set(Thread *t, int which)
{
    const Frame *frame = t->frame;
    if (which == RLIMIT_AS && frame)
        oz_thread_fit_room(t, frame->base + frame->code->registers, frame + 1);
}

OZ_FUNCTION(resource, setrlimit, "($module, resource, limits, /)", "Set how much may be used.")
{
    int which;
    struct rlimit limits;
    if (!oz_audit_event(t, "resource.setrlimit", "OO", a[1], a[2]))
        return NULL;
    if (!resource_argument(t, a[1], &which) || !limits_argument(t, a[2], &limits))
        return NULL;
    if (setrlimit((__rlimit_resource_t)which, &limits) == 0) {
        limit_was_set(t, which);
        return OZ_NONE;
    }
    if (errno == EINVAL)
        return oz_raise(t, OZ_ValueError, "current limit exceeds maximum limit");
    if (errno == EPERM)
        return oz_raise(t, OZ_ValueError, "not allowed to raise maximum limit");
    return oz_os_raise(t);
}

OZ_FUNCTION(resource, prlimit, "($module, /, *args)",
            "Limits of another process: prlimit(pid, resource[, limits]); those of before.")
{
    const Tuple *args = (const Tuple *)a[1];
    int pid, which;
    struct rlimit limits, old;
    if (args->length < 2 || args->length > 3)
        return oz_raise(t, OZ_TypeError, "resource.prlimit requires 2 to 3 arguments");
    if (!oz_as_int(t, args->items[0], &pid) || !resource_argument(t, args->items[1], &which) ||
        !oz_audit_event(t, "resource.prlimit", "nnO", (int64_t)pid, (int64_t)which,
                        args->length == 3 ? args->items[2] : NULL) ||
        (args->length == 3 && !limits_argument(t, args->items[2], &limits)))
        return NULL;
    if (prlimit(pid, (__rlimit_resource_t)which, args->length == 3 ? &limits : NULL, &old) == 0) {
        if (args->length == 3 && (pid == 0 || pid == getpid()))
            limit_was_set(t, which);
        return limits_new(t, &old);
    }
    if (errno == EINVAL)
        return oz_raise(t, OZ_ValueError, "current limit exceeds maximum limit");
    return oz_os_raise(t);
}

OZ_FUNCTION(resource, getpagesize, "($module, /)", "The bytes of a page of memory.")
{
    return oz_int(sysconf(_SC_PAGESIZE));
}

/* The class is that of what wait3() and wait4() give. */
static bool resource_init(Thread *t, Module *module)
{
    scoped Ref posix = oz_import(t, "posix");
    if (!posix)
        return false;
    module->state = oz_posix(posix)->rusage;
    return oz_os_constants(t, module, constants) &&
           oz_module_add(t, module, "error", oz_retain((Obj)t->vm->errors[OZ_OSError])) &&
           oz_module_add(t, module, "struct_rusage", oz_retain((Obj)module->state));
}

const ModuleDef oz_resource_module = {
    .name = "resource",
    .doc = "What a process uses and how much it may.",
    .functions = OZ_METHODS(&resource_getrusage, &resource_getrlimit, &resource_setrlimit,
                            &resource_prlimit, &resource_getpagesize),
    .init = resource_init,
};
