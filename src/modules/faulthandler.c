// SPDX-License-Identifier: MIT
// The module faulthandler: where Python is, on a crash, after a time, on a signal.
//
// crash_report.c writes the reports.  Here is who asks for them: the program, a thread that waits
// (dump_traceback_later), handlers of signals (register).  What handlers read lies in static
// variables, for a process has one set of handlers; the files that are written to are kept by the
// module.
#include "modules/crash_report.h"
#include "modules/faulthandler.h"
#include "modules/modules.h"
#include "modules/native_type.h"
#include "modules/os_support.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

/* ---- files ---- */

enum { FILE_ENABLED, FILE_LATER, FILE_SIGNAL }; /* in the module's list; signals follow by number */

/* The descriptor of a file, a number or None for sys.stderr.  *keep: what must stay alive. */
static bool file_argument(Thread *t, Obj file, int *fd, Ref *keep)
{
    Ref standard = NULL;
    if (oz_is_none(file)) {
        Found found = oz_sys_get(t, "stderr", &standard);
        if (found != OZ_FOUND)
            return found != OZ_RAISED && oz_fail(t, OZ_RuntimeError, "unable to get sys.stderr");
        *keep = standard;
        if (standard == OZ_NONE)
            return oz_fail(t, OZ_RuntimeError, "sys.stderr is None");
        file = standard;
    } else if (oz_as_exact_int(file)) {
        if (!oz_as_int(t, file, fd))
            return false;
        return *fd >= 0 || oz_fail(t, OZ_ValueError, "file is not a valid file descripter");
    } else {
        *keep = oz_retain(file);
    }
    scoped Ref fileno = oz_intern(t, "fileno");
    scoped Ref number = fileno ? oz_call_method(t, file, fileno, 0, NULL) : NULL;
    if (!number)
        return false;
    int64_t n;
    if (!oz_as_exact_int(number) || !oz_int_fits_int64(oz_as_exact_int(number), &n) || n < 0 ||
        n > INT32_MAX)
        return oz_fail(t, OZ_RuntimeError, "file.fileno() is not a valid file descriptor");
    *fd = (int)n;
    if (!oz_file_flush(t, file))
        oz_exception_clear(t);
    return true;
}

/* Keep a file (taken; may be empty) as long as reports may go there. */
static bool keep_file(Thread *t, Obj module, size_t place, Ref file)
{
    scoped Ref key = oz_intern(t, "_files"), held = file;
    scoped Ref files = key ? oz_get_attr(t, module, key) : NULL;
    return files && oz_set_item(t, files, oz_int((int64_t)place), held ? held : OZ_NONE);
}

/* ---- at once, on a crash ---- */

#define FILE_DEFAULT "file=None"

OZ_FUNCTION(faulthandler, dump_traceback, "($module, /, file=None, all_threads=True)",
            "Write where Python is: in all threads, or in this one.")
{
    int fd, all;
    scoped Ref keep = NULL;
    if (!oz_as_int(t, a[2], &all) || !file_argument(t, a[1], &fd, &keep))
        return NULL;
    if (all)
        oz_crash_stacks(fd, t->vm, t);
    else
        oz_crash_stack(fd, t);
    return OZ_NONE;
}

OZ_FUNCTION(
    faulthandler, enable, "($module, /, file=None, all_threads=True)",
    "Write where Python is when SIGSEGV, SIGFPE, SIGABRT, SIGBUS or SIGILL ends the process.")
{
    int fd, all;
    Ref keep = NULL;
    if (!oz_as_int(t, a[2], &all))
        return NULL;
    if (!file_argument(t, a[1], &fd, &keep)) {
        oz_drop(keep);
        return NULL;
    }
    if (!keep_file(t, a[0], FILE_ENABLED, keep) || !oz_crash_enable(t, fd, all))
        return NULL;
    return OZ_NONE;
}

OZ_FUNCTION(faulthandler, disable, "($module, /)", "Undo enable(); was it enabled?")
{
    bool was = oz_crash_is_enabled();
    oz_crash_disable();
    return keep_file(t, a[0], FILE_ENABLED, NULL) ? oz_bool(was) : NULL;
}

OZ_FUNCTION(faulthandler, is_enabled, "($module, /)", "Is it enabled?")
{
    return oz_bool(oz_crash_is_enabled());
}

bool oz_faulthandler_start(Thread *t)
{
    return oz_crash_enable(t, 2, true);
}

/* ---- later ---- */

static struct {
    pthread_t thread;
    bool running;
    pthread_mutex_t lock;
    pthread_cond_t cancel;
    bool cancelled; /* [lock] */
    struct timespec period;
    bool repeat, leave;
    int fd;
    Vm *vm;
    char header[64];
} later = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *wait_and_write(void *unused OZ_UNUSED)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    pthread_mutex_lock(&later.lock);
    do {
        until.tv_sec += later.period.tv_sec;
        until.tv_nsec += later.period.tv_nsec;
        if (until.tv_nsec >= 1000000000) {
            until.tv_nsec -= 1000000000;
            until.tv_sec++;
        }
        int code = 0;
        while (!later.cancelled && code != ETIMEDOUT)
            code = pthread_cond_timedwait(&later.cancel, &later.lock, &until);
        if (later.cancelled)
            break;
        oz_crash_write(later.fd, later.header);
        oz_crash_stacks(later.fd, later.vm, NULL);
        if (later.leave)
            _exit(1);
    } while (later.repeat);
    pthread_mutex_unlock(&later.lock);
    return NULL;
}

static void cancel_later(void)
{
    if (!later.running)
        return;
    pthread_mutex_lock(&later.lock);
    later.cancelled = true;
    pthread_cond_signal(&later.cancel);
    pthread_mutex_unlock(&later.lock);
    pthread_join(later.thread, NULL);
    pthread_cond_destroy(&later.cancel);
    later.running = false;
}

/* The thread, with every signal blocked: they are the main thread's. */
static int start_later(void)
{
    pthread_condattr_t clock;
    sigset_t all, before;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&later.cancel, &clock);
    pthread_condattr_destroy(&clock);
    later.cancelled = false;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int code = pthread_create(&later.thread, NULL, wait_and_write, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    later.running = code == 0;
    if (code)
        pthread_cond_destroy(&later.cancel);
    return code;
}

OZ_FUNCTION(
    faulthandler, dump_traceback_later,
    "($module, /, timeout, repeat=False, file=None, exit=False)",
    "Write where Python is in all threads, after timeout seconds, again and again if repeat "
    "is true.\n\nIf exit is true, end the process then.")
{
    struct timespec period;
    bool repeat, leave;
    int fd;
    scoped Ref keep = NULL;
    if (!oz_time_from(t, a[1], &period, OZ_TIME_AWAY))
        return NULL;
    if (period.tv_sec < 0 || (!period.tv_sec && period.tv_nsec < 1000))
        return oz_raise(t, OZ_ValueError, "timeout must be greater than 0");
    if (period.tv_sec > INT64_MAX / 1000000000)
        return oz_raise(t, OZ_OverflowError, "timestamp too large to convert to C _PyTime_t");
    if (!oz_truth(t, a[2], &repeat) || !oz_truth(t, a[4], &leave) ||
        !file_argument(t, a[3], &fd, &keep))
        return NULL;
    cancel_later();
    if (!keep_file(t, a[0], FILE_LATER, oz_retain(keep)))
        return NULL;
    later.period = period;
    later.repeat = repeat;
    later.leave = leave;
    later.fd = fd;
    later.vm = t->vm;
    long seconds = period.tv_sec, micro = period.tv_nsec / 1000;
    int used = snprintf(later.header, sizeof later.header, "Timeout (%ld:%02ld:%02ld",
                        seconds / 3600, seconds / 60 % 60, seconds % 60);
    if (micro)
        used += snprintf(later.header + used, sizeof later.header - (size_t)used, ".%06ld", micro);
    snprintf(later.header + used, sizeof later.header - (size_t)used, ")!\n");
    if (start_later())
        return oz_raise(t, OZ_RuntimeError, "unable to start watchdog thread");
    return OZ_NONE;
}

OZ_FUNCTION(faulthandler, cancel_dump_traceback_later, "($module, /)",
            "Undo dump_traceback_later().")
{
    cancel_later();
    return keep_file(t, a[0], FILE_LATER, NULL) ? OZ_NONE : NULL;
}

/* ---- on a signal of the user's ---- */

static struct Watched {
    bool on, all_threads, chain;
    int fd;
    Vm *vm;
    struct sigaction previous;
} watched[NSIG];

static bool watch(int number);

static void on_signal(int number)
{
    int saved = errno;
    struct Watched *w = &watched[number];
    if (!w->on)
        return;
    Thread *t = oz_thread();
    if (w->all_threads)
        oz_crash_stacks(w->fd, w->vm, t);
    else if (t)
        oz_crash_stack(w->fd, t);
    errno = saved;
    if (w->chain) {
        sigaction(number, &w->previous, NULL);
        raise(number);
        saved = errno;
        (void)watch(number);
        errno = saved;
    }
}

static bool watch(int number)
{
    struct Watched *w = &watched[number];
    struct sigaction action = {.sa_handler = on_signal,
                               .sa_flags = SA_ONSTACK | (w->chain ? SA_NODEFER : SA_RESTART)};
    return sigaction(number, &action, w->on ? NULL : &w->previous) == 0;
}

static bool signal_argument(Thread *t, Obj v, int *number)
{
    if (!oz_as_int(t, v, number))
        return false;
    for (size_t i = 0; oz_crash_signal(i); i++)
        if (oz_crash_signal(i) == *number)
            return oz_fail(t, OZ_RuntimeError,
                           "signal %d cannot be registered, use enable() instead", *number);
    return (*number >= 1 && *number < NSIG) ||
           oz_fail(t, OZ_ValueError, "signal number out of range");
}

OZ_FUNCTION(faulthandler, register,
            "($module, /, signum, file=None, all_threads=True, chain=False)",
            "Write where Python is when the signal comes.\n\nIf chain is true, what the signal did "
            "before follows.")
{
    int number, fd, all;
    bool chain;
    scoped Ref keep = NULL;
    if (!signal_argument(t, a[1], &number) || !oz_as_int(t, a[3], &all) ||
        !oz_truth(t, a[4], &chain) || !file_argument(t, a[2], &fd, &keep))
        return NULL;
    struct Watched *w = &watched[number];
    bool was = w->on;
    w->fd = fd;
    w->all_threads = all;
    w->chain = chain;
    w->vm = t->vm;
    if (!was && !watch(number))
        return oz_raise_os_error(t, errno, NULL);
    w->on = true;
    if (was && !watch(number))
        return oz_raise_os_error(t, errno, NULL);
    return keep_file(t, a[0], FILE_SIGNAL + (size_t)number, oz_move(&keep)) ? OZ_NONE : NULL;
}

static bool unwatch(int number)
{
    struct Watched *w = &watched[number];
    bool was = w->on;
    w->on = false;
    if (was)
        sigaction(number, &w->previous, NULL);
    return was;
}

OZ_FUNCTION(faulthandler, unregister, "($module, signum, /)",
            "Undo register() for the signal; was it registered?")
{
    int number;
    if (!signal_argument(t, a[1], &number))
        return NULL;
    bool was = unwatch(number);
    return keep_file(t, a[0], FILE_SIGNAL + (size_t)number, NULL) ? oz_bool(was) : NULL;
}

void oz_faulthandler_stop(void)
{
    cancel_later();
    for (int number = 1; number < NSIG; number++)
        unwatch(number);
    oz_crash_fini();
}

/* ---- crashes for tests ---- */

static void no_core(void)
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
}

/* The fault must be one of the system, not the report of a sanitizer. */
__attribute__((no_sanitize("address"), no_sanitize("undefined"))) static int
read_from(const volatile int *place)
{
    return *place;
}

OZ_FUNCTION(faulthandler, _read_null, "($module, /)", "Read from NULL.")
{
    no_core();
    const volatile int *volatile nowhere = NULL;
    return oz_int(read_from(nowhere));
}

OZ_FUNCTION(faulthandler, _sigsegv, "($module, release_gil=False, /)", "Raise SIGSEGV.")
{
    no_core();
    raise(SIGSEGV);
    return OZ_NONE;
}

OZ_FUNCTION(faulthandler, _sigabrt, "($module, /)", "Raise SIGABRT.")
{
    no_core();
    abort();
}

OZ_FUNCTION(faulthandler, _sigfpe, "($module, /)", "Raise SIGFPE.")
{
    no_core();
    raise(SIGFPE);
    return OZ_NONE;
}

static Vm *fatal_vm; /* of the thread below: it is the last that the process does */

static void *fatal_thread(void *unused OZ_UNUSED)
{
    oz_crash_disable();
    oz_crash_write(2, "Fatal Python error: faulthandler_fatal_error_thread: in new thread\n"
                      "Python runtime state: initialized\n\n");
    oz_crash_stacks(2, fatal_vm, NULL);
    abort();
}

OZ_FUNCTION(faulthandler, _fatal_error_c_thread, "($module, /)",
            "End the process by a fatal error of a thread that knows no Python.")
{
    pthread_t thread;
    no_core();
    fatal_vm = t->vm;
    if (pthread_create(&thread, NULL, fatal_thread, NULL))
        return oz_raise(t, OZ_RuntimeError, "unable to start the thread");
    pthread_join(thread, NULL);
    return OZ_NONE;
}

/* Recurse until the stack is used up. */
static __attribute__((noinline)) uintptr_t use_stack(volatile char *below, uint64_t depth)
{
    volatile char room[4096];
    room[0] = below ? *below : 1;
    return depth == UINT64_MAX ? 0 : use_stack(room, depth + 1) + (uintptr_t)room[0];
}

OZ_FUNCTION(faulthandler, _stack_overflow, "($module, /)", "Recurse in C without end.")
{
    no_core();
    return oz_bool(use_stack(NULL, 0) == 0);
}

/* ---- the module ---- */

static bool faulthandler_init(Thread *t, Module *module)
{
    return oz_module_add(t, module, "_files", oz_dict_new(t));
}

const ModuleDef oz_faulthandler_module = {
    .name = "faulthandler",
    .doc = "Reports of where Python is, when there is no other way to tell.",
    .functions = OZ_METHODS(&faulthandler_enable, &faulthandler_disable, &faulthandler_is_enabled,
                            &faulthandler_dump_traceback, &faulthandler_dump_traceback_later,
                            &faulthandler_cancel_dump_traceback_later, &faulthandler_register,
                            &faulthandler_unregister, &faulthandler__read_null,
                            &faulthandler__sigsegv, &faulthandler__sigabrt, &faulthandler__sigfpe,
                            &faulthandler__fatal_error_c_thread, &faulthandler__stack_overflow),
    .init = faulthandler_init,
};
