// SPDX-License-Identifier: MIT
// The module _thread: starting threads, and who runs.  Its locks are in thread_locks.c, its
// thread-local data in thread_local.c, the life of a thread in thread_start.c.
#include "modules/thread_module.h"
#include "modules/modules.h"
#include "modules/native_type.h"
#include "modules/signals.h"
#include "object/error.h"
#include "types/audit.h"
#include "types/exception.h"
#include "types/float.h"
#include "types/structseq.h"

#include <signal.h>
#include <unistd.h>

/* ---- functions ---- */

OZ_FUNCTION(thread, allocate_lock, "($module, /)", "Return a new lock.")
{
    return oz_lock_new(t);
}

OZ_FUNCTION(thread, allocate, "($module, /)", "The same as allocate_lock().")
{
    return oz_lock_new(t);
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
    return oz_int(atomic_load_explicit(&t->vm->threads_alive, memory_order_relaxed) - 1);
}

static Ref start_new_thread(Thread *t, const Obj *a)
{
    uint64_t ident;
    if (!oz_is_callable(a[1]))
        return oz_raise(t, OZ_TypeError, "first arg must be callable");
    if (!oz_as_tuple(a[2]))
        return oz_raise(t, OZ_TypeError, "2nd arg must be a tuple");
    if (a[3] && !oz_as_dict(a[3]))
        return oz_raise(t, OZ_TypeError, "optional 3rd arg must be a dictionary");
    if (!oz_audit_event(t, "_thread.start_new_thread", "OOO", a[1], a[2], a[3] ? a[3] : OZ_NONE))
        return NULL;
    return oz_thread_start(t, a[1], a[2], a[3], &ident) ? oz_int_from_uint64(t, ident) : NULL;
}

OZ_FUNCTION(thread, start_new_thread, "($module, function, args, kwargs=<unrepresentable>, /)",
            "Run a function on a new thread; its identity.")
{
    return start_new_thread(t, a);
}

OZ_FUNCTION(thread, start_new, "($module, function, args, kwargs=<unrepresentable>, /)",
            "The same as start_new_thread().")
{
    return start_new_thread(t, a);
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
    return oz_poll(t) ? OZ_NONE : NULL;
}

static Ref raise_exit(Thread *t)
{
    Ref e = oz_call0(t, (Obj)t->vm->errors[OZ_SystemExit]);
    if (e)
        oz_exception_put(t, e);
    return NULL;
}

OZ_FUNCTION(thread, exit, "($module, /)", "End this thread by raising SystemExit.")
{
    return raise_exit(t);
}

OZ_FUNCTION(thread, exit_thread, "($module, /)", "The same as exit().")
{
    return raise_exit(t);
}

OZ_FUNCTION(thread, stack_size, "($module, size=0, /)",
            "Set the stack size of new threads; return what it was.")
{
    ssize_t size;
    size_t before = oz_thread_stack_size();
    if (!oz_as_size_argument(t, a[1], &size))
        return NULL;
    if (size < 0)
        return oz_raise(t, OZ_ValueError, "size must be 0 or a positive value");
    if (!oz_thread_set_stack_size((size_t)size))
        return oz_raise(t, OZ_ValueError, "size not valid: %zd bytes", size);
    return oz_int((int64_t)before);
}

OZ_FUNCTION(thread, _set_sentinel, "($module, /)",
            "Return a lock that is released when this thread ends.")
{
    Ref lock = oz_lock_new(t);
    if (!lock)
        return NULL;
    scoped Ref before = t->sentinel;
    t->sentinel = oz_retain(lock);
    return lock;
}

static Ref argument_field(Thread *t, Obj arguments, const char *name)
{
    scoped Ref key = oz_intern(t, name);
    return key ? oz_get_attr(t, arguments, key) : NULL;
}

/* NAME; of a thread that threading does not know, its number. */
static Ref thread_name(Thread *t, Obj thread)
{
    return thread == OZ_NONE ? oz_int_from_uint64(t, t->ident) : argument_field(t, thread, "name");
}

/* sys.stderr, or what it was when the thread was made. */
static Ref error_file(Thread *t, Obj thread)
{
    Ref file = NULL;
    Found found = oz_sys_get(t, "stderr", &file);
    if (thread == OZ_NONE || (found == OZ_FOUND && file != OZ_NONE))
        return file;
    oz_drop(file);
    return found == OZ_RAISED ? NULL : argument_field(t, thread, "_stderr");
}

OZ_FUNCTION(thread, _excepthook, "($module, args, /)", "Report an exception that ended a thread.")
{
    scoped Ref type = argument_field(t, a[1], "exc_type");
    scoped Ref value = type ? argument_field(t, a[1], "exc_value") : NULL;
    scoped Ref thread = value ? argument_field(t, a[1], "thread") : NULL;
    if (!thread)
        return NULL;
    if (type == (Obj)t->vm->errors[OZ_SystemExit] || !oz_isa(value, OZ_BASE_EXCEPTION))
        return OZ_NONE;
    scoped Ref file = error_file(t, thread), name = thread_name(t, thread);
    scoped Ref report = name && !t->exception ? oz_exception_text(t, value) : NULL;
    scoped Ref text = report ? oz_str_format(t, "Exception in thread %S:\n%S", name, report) : NULL;
    return text && oz_error_write_to(t, file, text) ? OZ_NONE : NULL;
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
           oz_module_add(t, module, "TIMEOUT_MAX", oz_float_new(t, OZ_LOCK_TIMEOUT_MAX));
}

const ModuleDef oz_thread_module = {
    .name = "_thread",
    .doc = "Locks, thread identities and thread-local data.",
    .functions =
        OZ_METHODS(&thread_allocate_lock, &thread_allocate, &thread_get_ident,
                   &thread_get_native_id, &thread__count, &thread_start_new_thread,
                   &thread_start_new, &thread_exit_thread, &thread_exit, &thread_interrupt_main,
                   &thread_stack_size, &thread__set_sentinel, &thread__excepthook),
    .types = thread_types,
    .init = thread_init,
};
