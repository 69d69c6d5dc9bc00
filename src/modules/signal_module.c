// SPDX-License-Identifier: MIT
// _signal: signals and their Python handlers.
//
// The C handler only notes the number, writes to the wakeup descriptor and sets the interrupt bit
// of the main thread.  The Python handler runs at the next safepoint: in the VM at a jump back or a
// call, in native code at oz_poll().  Calls into the system that a signal interrupts poll and go
// on.
#include "modules/crash_report.h"
#include "modules/signals.h"

#include "modules/native_type.h"
#include "modules/os_support.h"
#include "types/audit.h"
#include "types/float.h"
#include "types/frame.h"

#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static struct {
    _Atomic(uint32_t) tripped[NSIG]; /* [atomic] */
    _Atomic(uint32_t) any;           /* [atomic] */
    _Atomic(int) wakeup;             /* [atomic] descriptor or -1 */
    Ref handlers[NSIG];              /* [main] callable, int, or None: not ours */
    Ref default_int;                 /* [main] default_int_handler */
    Class *siginfo;                  /* [main] */
    Thread *main;                    /* [const] */
} state = {.wakeup = -1};

/* ---- arrival ---- */

void oz_signal_trip(int number)
{
    atomic_store_explicit(&state.tripped[number], 1, memory_order_relaxed);
    atomic_store_explicit(&state.any, 1, memory_order_release);
    if (state.main)
        atomic_fetch_or_explicit(&state.main->interrupt, OZ_INTERRUPT_SIGNAL, memory_order_release);
    int fd = atomic_load_explicit(&state.wakeup, memory_order_relaxed);
    if (fd >= 0) {
        unsigned char byte = (unsigned char)number;
        ssize_t done = write(fd, &byte, 1);
        (void)done;
    }
}

static void on_signal(int number)
{
    int error = errno;
    oz_signal_trip(number);
    errno = error;
}

/* What happens at a signal: borrowed.  What the program started with is asked when first needed. */
static Obj handler_of(int number)
{
    struct sigaction action;
    if (!state.handlers[number])
        state.handlers[number] = sigaction(number, NULL, &action) < 0 ? OZ_NONE
                                 : action.sa_handler == SIG_DFL || oz_crash_is_handler(&action)
                                     ? oz_int(0)
                                 : action.sa_handler == SIG_IGN ? oz_int(1)
                                                                : OZ_NONE;
    return state.handlers[number];
}

bool oz_signal_is_handled(int number)
{
    Ref handler = state.handlers[number];
    return handler && !oz_is_int(handler) && handler != OZ_NONE;
}

static bool run_handler(Thread *t, int number)
{
    scoped Ref handler = oz_retain(state.handlers[number]);
    if (!handler || oz_is_int(handler) || handler == OZ_NONE)
        return true;
    scoped Ref frame = t->frame ? oz_frame_object(t, t->frame) : OZ_NONE;
    scoped Ref result = frame ? oz_call2(t, handler, oz_int(number), frame) : NULL;
    return result != NULL;
}

/* hooks.signals */
static bool run_handlers(Thread *t)
{
    if (t != state.main || !atomic_exchange_explicit(&state.any, 0, memory_order_acquire))
        return true;
    for (int number = 1; number < NSIG; number++) {
        if (!atomic_exchange_explicit(&state.tripped[number], 0, memory_order_relaxed))
            continue;
        if (run_handler(t, number))
            continue;
        atomic_store_explicit(&state.any, 1, memory_order_relaxed);
        atomic_fetch_or_explicit(&t->interrupt, OZ_INTERRUPT_SIGNAL, memory_order_relaxed);
        return false;
    }
    return true;
}

/* ---- setting handlers ---- */

static bool check_main(Thread *t, const char *message)
{
    return t->is_main || oz_fail(t, OZ_ValueError, "%s", message);
}

static bool check_number(Thread *t, Obj v, int *number)
{
    if (!oz_as_int(t, v, number))
        return false;
    if (*number < 1 || *number >= NSIG)
        return oz_fail(t, OZ_ValueError, "signal number out of range");
    return true;
}

static int install(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, NULL);
}

OZ_FUNCTION(signal, signal, "($module, signalnum, handler, /)",
            "Set what happens at a signal; what happened before.")
{
    int number;
    if (!oz_as_int(t, a[1], &number) ||
        !check_main(t, "signal only works in main thread of the main interpreter") ||
        !check_number(t, a[1], &number))
        return NULL;
    void (*handler)(int) = on_signal;
    Obj exact = oz_as_exact_int(a[2]);
    if (exact && (exact == oz_int(0) || exact == oz_int(1)))
        handler = exact == oz_int(0) ? SIG_DFL : SIG_IGN;
    else if (!oz_is_callable(a[2]))
        return oz_raise(t, OZ_TypeError,
                        "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable "
                        "object");
    if (!oz_poll(t))
        return NULL;
    (void)handler_of(number); /* as it was */
    if (install(number, handler) < 0)
        return oz_os_raise(t);
    Ref old = state.handlers[number];
    state.handlers[number] = oz_retain(handler == on_signal ? a[2] : exact);
    oz_publish(t, state.handlers[number]);
    return old;
}

OZ_FUNCTION(signal, getsignal, "($module, signalnum, /)", "What happens at a signal.")
{
    int number;
    if (!check_number(t, a[1], &number))
        return NULL;
    return oz_retain(handler_of(number));
}

OZ_FUNCTION(signal, default_int_handler, "($module, signalnum, frame, /)",
            "Raise KeyboardInterrupt.")
{
    return oz_raise_object(t, (Obj)t->vm->errors[OZ_KeyboardInterrupt], NULL);
}

OZ_FUNCTION(signal, siginterrupt, "($module, signalnum, flag, /)",
            "Say whether a signal interrupts calls into the system.")
{
    int number, flag;
    struct sigaction action;
    if (!check_number(t, a[1], &number) || !oz_as_int(t, a[2], &flag))
        return NULL;
    if (sigaction(number, NULL, &action) < 0)
        return oz_os_raise(t);
    if (flag)
        action.sa_flags &= ~SA_RESTART;
    else
        action.sa_flags |= SA_RESTART;
    return oz_os_result(t, sigaction(number, &action, NULL));
}

OZ_FUNCTION(signal, set_wakeup_fd, "($module, fd, /, *, warn_on_full_buffer=True)",
            "Have the number of each signal written to a descriptor; the old one.")
{
    int fd;
    if (!oz_as_int(t, a[1], &fd) ||
        !check_main(t, "set_wakeup_fd only works in main thread of the main interpreter"))
        return NULL;
    if (fd != -1) {
        struct stat info;
        if (fstat(fd, &info) < 0)
            return oz_os_raise(t);
        int flags = fcntl(fd, F_GETFL);
        if (flags >= 0 && !(flags & O_NONBLOCK))
            return oz_raise(t, OZ_ValueError, "the fd %d must be in non-blocking mode", fd);
    }
    return oz_int(atomic_exchange_explicit(&state.wakeup, fd, memory_order_relaxed));
}

/* ---- sending ---- */

OZ_FUNCTION(signal, raise_signal, "($module, signalnum, /)", "Send a signal to this process.")
{
    int number;
    if (!oz_as_int(t, a[1], &number))
        return NULL;
    if (raise(number) != 0)
        return oz_os_raise(t);
    return oz_poll(t) ? OZ_NONE : NULL;
}

OZ_FUNCTION(signal, pthread_kill, "($module, thread_id, signalnum, /)",
            "Send a signal to a thread.")
{
    uint64_t id;
    int number;
    if (!oz_audit_event(t, "signal.pthread_kill", "OO", a[1], a[2]))
        return NULL;
    if (!oz_as_uint64(t, a[1], &id) || !oz_as_int(t, a[2], &number))
        return NULL;
    int error = pthread_kill((pthread_t)id, number);
    if (error)
        return oz_raise_os_error(t, error, NULL);
    return oz_poll(t) ? OZ_NONE : NULL;
}

OZ_FUNCTION(signal, pidfd_send_signal, "($module, pidfd, signalnum, siginfo=None, flags=0, /)",
            "Send a signal to the process of a descriptor.")
{
    int fd, number, flags;
    if (!oz_as_int(t, a[1], &fd) || !oz_as_int(t, a[2], &number) || !oz_as_int(t, a[4], &flags))
        return NULL;
    if (a[3] != OZ_NONE)
        return oz_raise(t, OZ_TypeError, "siginfo must be None");
    if (syscall(SYS_pidfd_send_signal, fd, number, NULL, flags) < 0)
        return oz_os_raise(t);
    return oz_poll(t) ? OZ_NONE : NULL;
}

/* ---- timers ---- */

OZ_FUNCTION(signal, alarm, "($module, seconds, /)", "Have SIGALRM sent after some seconds.")
{
    int seconds;
    return oz_as_int(t, a[1], &seconds) ? oz_int(alarm((unsigned)seconds)) : NULL;
}

OZ_FUNCTION(signal, pause, "($module, /)", "Wait for a signal.")
{
    oz_detach(t);
    pause();
    oz_attach(t);
    return oz_poll(t) ? OZ_NONE : NULL;
}

static bool timeval_of(Thread *t, Obj v, struct timeval *out)
{
    struct timespec time;
    if (!oz_time_from(t, v, &time, OZ_TIME_CEILING))
        return false;
    *out = (struct timeval){time.tv_sec, (time.tv_nsec + 999) / 1000};
    if (out->tv_usec == 1000000)
        *out = (struct timeval){time.tv_sec + 1, 0};
    return true;
}

static Ref timer_pair(Thread *t, const struct itimerval *timer)
{
    scoped Ref value =
        oz_float_new(t, (double)timer->it_value.tv_sec + 1e-6 * (double)timer->it_value.tv_usec);
    scoped Ref interval = oz_float_new(t, (double)timer->it_interval.tv_sec +
                                              1e-6 * (double)timer->it_interval.tv_usec);
    return value && interval ? oz_tuple_of(t, 2, value, interval) : NULL;
}

static Ref raise_timer(Thread *t)
{
    return oz_os_raise(t);
}

OZ_FUNCTION(signal, setitimer, "($module, which, seconds, interval=0.0, /)",
            "Start a timer that sends a signal; how it stood before.")
{
    int which;
    struct itimerval timer, old;
    if (!oz_as_int(t, a[1], &which) || !timeval_of(t, a[2], &timer.it_value) ||
        !timeval_of(t, a[3], &timer.it_interval))
        return NULL;
    return setitimer(which, &timer, &old) < 0 ? raise_timer(t) : timer_pair(t, &old);
}

OZ_FUNCTION(signal, getitimer, "($module, which, /)", "How a timer stands.")
{
    int which;
    struct itimerval timer;
    if (!oz_as_int(t, a[1], &which))
        return NULL;
    return getitimer(which, &timer) < 0 ? raise_timer(t) : timer_pair(t, &timer);
}

/* ---- masks ---- */

static Ref numbers_of(Thread *t, const sigset_t *set)
{
    scoped Ref list = oz_list_new(t, 0);
    for (int number = 1; list && number < NSIG; number++)
        if (sigismember(set, number) == 1 && !oz_list_append_take(t, (List *)list, oz_int(number)))
            return NULL;
    Class *cls = list ? oz_builtin_class(t, OZ_SET) : NULL;
    return cls ? oz_call1(t, (Obj)cls, list) : NULL;
}

OZ_FUNCTION(signal, pthread_sigmask, "($module, how, mask, /)",
            "Block or unblock signals; those that were blocked before.")
{
    int how;
    sigset_t set, old;
    if (!oz_as_int(t, a[1], &how) || !oz_os_signals(t, a[2], &set))
        return NULL;
    int error = pthread_sigmask(how, &set, &old);
    if (error)
        return oz_raise_os_error(t, error, NULL);
    return oz_poll(t) ? numbers_of(t, &old) : NULL;
}

OZ_FUNCTION(signal, sigpending, "($module, /)", "The signals that wait to be unblocked.")
{
    sigset_t set;
    return sigpending(&set) < 0 ? oz_os_raise(t) : numbers_of(t, &set);
}

OZ_FUNCTION(signal, valid_signals, "($module, /)", "All signals of this system.")
{
    sigset_t set;
    sigfillset(&set);
    return numbers_of(t, &set);
}

OZ_FUNCTION(signal, sigwait, "($module, sigset, /)", "Wait for one of some signals; its number.")
{
    sigset_t set;
    int number;
    if (!oz_os_signals(t, a[1], &set))
        return NULL;
    int error = OZ_DETACHED(t, sigwait(&set, &number));
    return error ? oz_raise_os_error(t, error, NULL) : oz_int(number);
}

static const StructField siginfo_fields[] = {
    {"si_signo", "signal number"},
    {"si_code", "signal code"},
    {"si_errno", "errno associated with this signal"},
    {"si_pid", "sending process ID"},
    {"si_uid", "real user ID of sending process"},
    {"si_status", "exit value or signal"},
    {"si_band", "band event for SIGPOLL"},
};
static const StructDef siginfo_def = {
    .name = "signal.struct_siginfo",
    .doc = "What is known about a signal that came.",
    .fields = siginfo_fields,
    .count = 7,
    .visible = 7,
};

static Ref siginfo_new(Thread *t, const siginfo_t *info)
{
    Ref v[] = {oz_int(info->si_signo), oz_int(info->si_code),         oz_int(info->si_errno),
               oz_int(info->si_pid),   oz_os_id_new(t, info->si_uid), oz_int(info->si_status),
               oz_int(info->si_band)};
    return oz_structseq_new(t, state.siginfo, v);
}

OZ_FUNCTION(signal, sigwaitinfo, "($module, sigset, /)",
            "Wait for one of some signals; what is known about it.")
{
    sigset_t set;
    siginfo_t info;
    int status;
    if (!oz_os_signals(t, a[1], &set))
        return NULL;
    OZ_RETRY(status, sigwaitinfo(&set, &info))
    return status < 0 ? oz_os_raise(t) : siginfo_new(t, &info);
}

OZ_FUNCTION(signal, sigtimedwait, "($module, sigset, timeout, /)",
            "Wait for one of some signals, not for ever; None when the time is over.")
{
    sigset_t set;
    siginfo_t info;
    struct timespec time;
    int status;
    if (!oz_os_signals(t, a[1], &set) || !oz_time_from(t, a[2], &time, OZ_TIME_CEILING))
        return NULL;
    if (time.tv_sec < 0)
        return oz_raise(t, OZ_ValueError, "timeout must be non-negative");
    OZ_RETRY(status, sigtimedwait(&set, &info, &time))
    if (status < 0)
        return errno == EAGAIN ? OZ_NONE : oz_os_raise(t);
    return siginfo_new(t, &info);
}

OZ_FUNCTION(signal, strsignal, "($module, signalnum, /)", "The system's words for a signal.")
{
    int number;
    if (!check_number(t, a[1], &number))
        return NULL;
    errno = 0;
    const char *text = strsignal(number);
    if (!text || strstr(text, "Unknown signal"))
        return OZ_NONE;
    return oz_os_name(t, text, false);
}

/* ---- the module ---- */

static const struct {
    const char *name;
    int64_t value;
} constants[] = {
#define SIGNAL(name) {#name, name},
    SIGNAL(ITIMER_PROF) SIGNAL(ITIMER_REAL) SIGNAL(ITIMER_VIRTUAL) SIGNAL(NSIG) SIGNAL(SIGABRT)
        SIGNAL(SIGALRM) SIGNAL(SIGBUS) SIGNAL(SIGCHLD) SIGNAL(SIGCLD) SIGNAL(SIGCONT) SIGNAL(SIGFPE)
            SIGNAL(SIGHUP) SIGNAL(SIGILL) SIGNAL(SIGINT) SIGNAL(SIGIO) SIGNAL(SIGIOT)
                SIGNAL(SIGKILL) SIGNAL(SIGPIPE) SIGNAL(SIGPOLL) SIGNAL(SIGPROF) SIGNAL(SIGPWR)
                    SIGNAL(SIGQUIT) SIGNAL(SIGSEGV) SIGNAL(SIGSTKFLT) SIGNAL(SIGSTOP) SIGNAL(SIGSYS)
                        SIGNAL(SIGTERM) SIGNAL(SIGTRAP) SIGNAL(SIGTSTP) SIGNAL(SIGTTIN)
                            SIGNAL(SIGTTOU) SIGNAL(SIGURG) SIGNAL(SIGUSR1) SIGNAL(SIGUSR2)
                                SIGNAL(SIGVTALRM) SIGNAL(SIGWINCH) SIGNAL(SIGXCPU) SIGNAL(SIGXFSZ)
                                    SIGNAL(SIG_BLOCK) SIGNAL(SIG_SETMASK) SIGNAL(SIG_UNBLOCK)
#undef SIGNAL
                                        {"SIG_DFL", 0},
    {"SIG_IGN", 1},
};

static bool signal_init(Thread *t, Module *module)
{
    for (size_t n = 0; n < OZ_COUNT(constants); n++)
        if (!oz_module_add_int(t, module, constants[n].name, constants[n].value))
            return false;
    if (!state.siginfo)
        state.siginfo = oz_structseq_class(t, &siginfo_def);
    return state.siginfo && oz_module_add_int(t, module, "SIGRTMIN", SIGRTMIN) &&
           oz_module_add_int(t, module, "SIGRTMAX", SIGRTMAX) &&
           oz_module_add(t, module, "struct_siginfo", oz_retain((Obj)state.siginfo)) &&
           (!state.default_int ||
            oz_module_add(t, module, "default_int_handler", oz_retain(state.default_int))) &&
           oz_module_add(t, module, "ItimerError", oz_retain((Obj)t->vm->errors[OZ_OSError]));
}

const ModuleDef oz_signal_module = {
    .name = "_signal",
    .doc = "What the module signal is made of.",
    .functions = OZ_METHODS(
        &signal_signal, &signal_getsignal, &signal_default_int_handler, &signal_siginterrupt,
        &signal_set_wakeup_fd, &signal_raise_signal, &signal_pthread_kill,
        &signal_pidfd_send_signal, &signal_alarm, &signal_pause, &signal_setitimer,
        &signal_getitimer, &signal_pthread_sigmask, &signal_sigpending, &signal_valid_signals,
        &signal_sigwait, &signal_sigwaitinfo, &signal_sigtimedwait, &signal_strsignal),
    .init = signal_init,
};

bool oz_signals_init(Thread *t)
{
    state.main = t;
    t->vm->hooks.signals = run_handlers;
    if (install(SIGPIPE, SIG_IGN) == 0)
        state.handlers[SIGPIPE] = oz_int(1);
    if (install(SIGXFSZ, SIG_IGN) == 0)
        state.handlers[SIGXFSZ] = oz_int(1);
    state.default_int =
        oz_builtin_function_new(t, &signal_default_int_handler, OZ_NONE, NULL, NULL);
    if (!state.default_int)
        return false;
    oz_make_immortal(oz_object(state.default_int));
    if (handler_of(SIGINT) == oz_int(0) && install(SIGINT, on_signal) == 0)
        state.handlers[SIGINT] = state.default_int;
    return true;
}

void oz_signals_after_fork(Thread *t)
{
    state.main = t;
    for (int number = 1; number < NSIG; number++) /* those were for the parent */
        atomic_store_explicit(&state.tripped[number], 0, memory_order_relaxed);
}

void oz_signals_fini(Thread *t)
{
    t->vm->hooks.signals = NULL;
    for (int number = 1; number < NSIG; number++) {
        if (oz_signal_is_handled(number))
            install(number, SIG_DFL);
        oz_clear(&state.handlers[number]);
    }
}
