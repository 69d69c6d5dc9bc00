// SPDX-License-Identifier: MIT
// posix: processes: making them, replacing them, waiting for them.
#include "modules/import.h"
#include "object/world.h"
#include "modules/native_type.h"
#include "modules/os_support.h"
#include "modules/signals.h"
#include "types/audit.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/frame.h"

#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- fork ---- */

static void run_hooks(Thread *t, Obj hooks, bool backwards)
{
    List *list = hooks ? oz_as_list(hooks) : NULL;
    size_t length = list ? oz_list_length(list) : 0;
    for (size_t n = 0; n < length; n++) {
        scoped Ref hook = oz_list_get(t, list, backwards ? length - 1 - n : n);
        scoped Ref done = hook ? oz_call0(t, hook) : NULL;
        if (!done)
            oz_unraisable(t, hook, NULL);
    }
}

void oz_fork_before(Thread *t, Obj module)
{
    run_hooks(t, oz_posix(module)->before_fork, true);
    fflush(NULL);
    oz_import_lock_take(t);
}

void oz_fork_after(Thread *t, Obj module, bool child)
{
    if (child) {
        oz_world_forked(t);
        for (Thread *each = t->vm->threads; each; each = each->next)
            if (each != t)
                oz_frames_abandon(t, each);
        oz_world_after_fork(t);
        oz_signals_after_fork(t);
        oz_import_after_fork(t);
    }
    if (!oz_import_lock_give(t))
        oz_exception_clear(t);
    run_hooks(t, child ? oz_posix(module)->after_fork_child : oz_posix(module)->after_fork_parent,
              false);
}

static bool keep_hook(Thread *t, Ref *hooks, Obj hook)
{
    if (!hook)
        return true;
    if (!*hooks)
        *hooks = oz_list_new(t, 0);
    return *hooks && oz_list_append(t, (List *)*hooks, hook);
}

OZ_FUNCTION(posix, register_at_fork,
            "($module, /, *, before=<unrepresentable>, after_in_child=<unrepresentable>, "
            "after_in_parent=<unrepresentable>)",
            "Have functions called before and after each fork().")
{
    static const char *const names[] = {"before", "after_in_child", "after_in_parent"};
    if (!a[1] && !a[2] && !a[3])
        return oz_raise(t, OZ_TypeError, "At least one argument is required.");
    for (unsigned n = 0; n < 3; n++)
        if (a[n + 1] && !oz_is_callable(a[n + 1]))
            return oz_raise(t, OZ_TypeError, "'%s' must be callable, not %T", names[n], a[n + 1]);
    PosixState *state = oz_posix(a[0]);
    return keep_hook(t, &state->before_fork, a[1]) &&
                   keep_hook(t, &state->after_fork_child, a[2]) &&
                   keep_hook(t, &state->after_fork_parent, a[3])
               ? OZ_NONE
               : NULL;
}

/* Fork; with `terminal` the child leads a session on a new one, whose other end that is then. */
static bool split(Thread *t, Obj module, pid_t *pid, int *terminal)
{
    oz_fork_before(t, module);
    oz_world_stop(t);
    *pid = terminal ? forkpty(terminal, NULL, NULL, NULL) : fork();
    int error = errno;
    if (*pid != 0)
        oz_world_resume(t);
    oz_fork_after(t, module, *pid == 0);
    return *pid >= 0 || (oz_raise_os_error(t, error, NULL), false);
}

OZ_FUNCTION(posix, fork, "($module, /)", "Split the process in two; 0 in the child.")
{
    pid_t pid;
    return oz_audit_event(t, "os.fork", "") && split(t, a[0], &pid, NULL) ? oz_int(pid) : NULL;
}

OZ_FUNCTION(
    posix, forkpty, "($module, /)",
    "Split the process in two, the child with a terminal of its own.\n\nThe parent gets the "
    "number of the child and the other end of the terminal, the child 0 and -1.")
{
    int terminal = -1;
    pid_t pid;
    if (!oz_audit_event(t, "os.forkpty", "") || !split(t, a[0], &pid, &terminal))
        return NULL;
    return oz_tuple_of(t, 2, (Obj)oz_int(pid), (Obj)oz_int(terminal));
}

/* ---- arguments and environment of a program ---- */

static bool arguments_of(Thread *t, OsStrings *s, Obj v, const char *function, const char *argument)
{
    if (!oz_as_list(v) && !oz_as_tuple(v))
        return oz_fail(t, OZ_TypeError, "%s: %s must be a tuple or list", function, argument);
    scoped Ref items = oz_tuple_from(t, v);
    s->keep = items ? oz_list_new(t, 0) : NULL;
    if (!s->keep)
        return false;
    const Tuple *tuple = (const Tuple *)items;
    if (tuple->length == 0)
        return oz_fail(t, OZ_ValueError, "%s: %s must not be empty", function, argument);
    for (uint32_t n = 0; n < tuple->length; n++) {
        Ref bytes = NULL;
        scoped_path path = {0};
        if (!oz_os_path(t, &path, tuple->items[n], function, argument, 0))
            return false;
        bytes = oz_retain(path.bytes);
        if (n == 0 && !*path.text) {
            oz_drop(bytes);
            return oz_fail(t, OZ_ValueError, "%s: %s first element cannot be empty", function,
                           argument);
        }
        if (!oz_list_append_take(t, (List *)s->keep, bytes))
            return false;
    }
    return oz_os_strings(t, s, (List *)s->keep);
}

static Ref join_pair(Thread *t, Obj key, Obj value)
{
    scoped_path k = {0}, v = {0};
    if (!oz_os_path(t, &k, key, "execve", "env", 0) ||
        !oz_os_path(t, &v, value, "execve", "env", 0))
        return NULL;
    size_t n = strlen(k.text), m = strlen(v.text);
    if (n == 0 || memchr(k.text + 1, '=', n - 1))
        return oz_raise(t, OZ_ValueError, "illegal environment variable name");
    Ref pair = oz_bytes_alloc(t, n + 1 + m);
    if (pair) {
        uint8_t *out = oz_bytes_data((const Bytes *)pair);
        memcpy(out, k.text, n);
        out[n] = '=';
        memcpy(out + n + 1, v.text, m);
    }
    return pair;
}

static bool environment_of(Thread *t, OsStrings *s, Obj v, const char *function)
{
    scoped Ref method = oz_intern(t, "items");
    scoped Ref has = NULL;
    Found found = method ? oz_find_attr(t, v, method, &has) : OZ_RAISED;
    if (found == OZ_MISSING)
        return oz_fail(t, OZ_TypeError, "%s: environment must be a mapping object", function);
    scoped Ref pairs = found == OZ_FOUND ? oz_call0(t, has) : NULL;
    scoped Ref list = pairs ? oz_list_from(t, pairs) : NULL;
    s->keep = list ? oz_list_new(t, 0) : NULL;
    if (!s->keep)
        return false;
    for (size_t n = 0; n < oz_list_length((List *)list); n++) {
        scoped Ref pair = oz_list_get(t, (List *)list, n);
        const Tuple *two = pair ? oz_as_tuple(pair) : NULL;
        if (!two || two->length != 2)
            return pair && oz_fail(t, OZ_TypeError, "env.items() must give pairs");
        Ref joined = join_pair(t, two->items[0], two->items[1]);
        if (!joined || !oz_list_append_take(t, (List *)s->keep, joined))
            return false;
    }
    return oz_os_strings(t, s, (List *)s->keep);
}

OZ_FUNCTION(posix, execv, "($module, path, argv, /)", "Run a program in place of this one.")
{
    if (!oz_audit_event(t, "os.exec", "OOO", a[1], a[2], NULL))
        return NULL;
    OZ_PATH(path, a[1], "execv");
    scoped_os_strings argv = {0};
    if (!arguments_of(t, &argv, a[2], "execv()", "arg 2"))
        return NULL;
    fflush(NULL);
    execv(path.text, argv.items);
    return oz_os_raise(t);
}

OZ_FUNCTION(posix, execve, "($module, /, path, argv, env)",
            "Run a program in place of this one, with an environment.")
{
    scoped_path path = {0};
    scoped_os_strings argv = {0}, env = {0};
    if (!oz_audit_event(t, "os.exec", "OOO", a[1], a[2], a[3]))
        return NULL;
    if (!oz_os_path(t, &path, a[1], "execve", "path", OZ_PATH_FD) ||
        !arguments_of(t, &argv, a[2], "execve", "argv") || !environment_of(t, &env, a[3], "execve"))
        return NULL;
    fflush(NULL);
    if (path.text)
        execve(path.text, argv.items, env.items);
    else
        fexecve(path.fd, argv.items, env.items);
    return oz_os_raise_path(t, &path);
}

/* ---- posix_spawn ---- */

enum { SPAWN_OPEN, SPAWN_CLOSE, SPAWN_DUP2 };

static bool spawn_action(Thread *t, posix_spawn_file_actions_t *actions, Obj action, List *keep)
{
    const Tuple *tuple = oz_as_tuple(action);
    int kind, fd, flags, mode, error = 0;
    if (!tuple || tuple->length == 0)
        return oz_fail(t, OZ_TypeError, "Each file_actions element must be a non-empty tuple");
    if (!oz_as_int(t, tuple->items[0], &kind))
        return false;
    if (kind == SPAWN_OPEN) {
        if (tuple->length != 5)
            return oz_fail(t, OZ_TypeError, "A open file_action tuple must have 5 elements");
        scoped_path path = {0};
        if (!oz_as_int(t, tuple->items[1], &fd) ||
            !oz_os_path(t, &path, tuple->items[2], "posix_spawn", "path", 0) ||
            !oz_as_int(t, tuple->items[3], &flags) || !oz_as_int(t, tuple->items[4], &mode) ||
            !oz_list_append(t, keep, path.bytes))
            return false;
        error = posix_spawn_file_actions_addopen(actions, fd, path.text, flags, (mode_t)mode);
    } else if (kind == SPAWN_CLOSE) {
        if (tuple->length != 2)
            return oz_fail(t, OZ_TypeError, "A close file_action tuple must have 2 elements");
        if (!oz_as_int(t, tuple->items[1], &fd))
            return false;
        error = posix_spawn_file_actions_addclose(actions, fd);
    } else if (kind == SPAWN_DUP2) {
        if (tuple->length != 3)
            return oz_fail(t, OZ_TypeError, "A dup2 file_action tuple must have 3 elements");
        if (!oz_as_int(t, tuple->items[1], &fd) || !oz_as_int(t, tuple->items[2], &flags))
            return false;
        error = posix_spawn_file_actions_adddup2(actions, fd, flags);
    } else {
        return oz_fail(t, OZ_TypeError, "Unknown file_actions identifier");
    }
    if (error)
        oz_raise_os_error(t, error, NULL);
    return error == 0;
}

/* a[4..]: file_actions, setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler */
static bool spawn_attributes(Thread *t, posix_spawnattr_t *attributes, const Obj *a)
{
    short flags = 0;
    int reset, session;
    sigset_t set;
    if (a[5]) {
        int group;
        if (!oz_os_pid(t, a[5], &group))
            return false;
        posix_spawnattr_setpgroup(attributes, group);
        flags |= POSIX_SPAWN_SETPGROUP;
    }
    if (!oz_as_int(t, a[6], &reset) || !oz_as_int(t, a[7], &session))
        return false;
    flags =
        (short)(flags | (reset ? POSIX_SPAWN_RESETIDS : 0) | (session ? POSIX_SPAWN_SETSID : 0));
    if (a[8] && a[8] != t->vm->empty_tuple) {
        if (!oz_os_signals(t, a[8], &set))
            return false;
        posix_spawnattr_setsigmask(attributes, &set);
        flags |= POSIX_SPAWN_SETSIGMASK;
    }
    if (a[9] && a[9] != t->vm->empty_tuple) {
        if (!oz_os_signals(t, a[9], &set))
            return false;
        posix_spawnattr_setsigdefault(attributes, &set);
        flags |= POSIX_SPAWN_SETSIGDEF;
    }
    if (a[10] && a[10] != OZ_NONE) {
        const Tuple *pair = oz_as_tuple(a[10]);
        int policy;
        if (!pair || pair->length != 2)
            return oz_fail(t, OZ_TypeError, "A scheduler tuple must have two elements");
        const Tuple *given = oz_as_tuple(pair->items[1]);
        struct sched_param param = {0};
        if (!given || given->length != 1)
            return oz_fail(t, OZ_TypeError, "must have a sched_param object");
        if (!oz_as_int(t, given->items[0], &param.sched_priority))
            return false;
        if (pair->items[0] != OZ_NONE) {
            if (!oz_as_int(t, pair->items[0], &policy))
                return false;
            posix_spawnattr_setschedpolicy(attributes, policy);
            flags |= POSIX_SPAWN_SETSCHEDULER;
        }
        posix_spawnattr_setschedparam(attributes, &param);
        flags |= POSIX_SPAWN_SETSCHEDPARAM;
    }
    posix_spawnattr_setflags(attributes, flags);
    return true;
}

static bool spawn_actions(Thread *t, posix_spawn_file_actions_t *actions, Obj v, List *keep)
{
    if (v == OZ_NONE)
        return true;
    scoped Ref items = oz_to_sequence(t, v, "file_actions must be a sequence or None");
    scoped Ref tuple = items ? oz_tuple_from(t, items) : NULL;
    for (uint32_t n = 0; tuple && n < ((Tuple *)tuple)->length; n++)
        if (!spawn_action(t, actions, ((Tuple *)tuple)->items[n], keep))
            return false;
    return tuple != NULL;
}

static Ref spawn(Thread *t, const Obj *a, const char *function, bool search)
{
    OZ_PATH(path, a[1], function);
    scoped_os_strings argv = {0}, env = {0};
    scoped Ref keep = oz_list_new(t, 0);
    if (!keep || !arguments_of(t, &argv, a[2], function, "argv"))
        return NULL;
    if (a[3] != OZ_NONE && !environment_of(t, &env, a[3], function))
        return NULL;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    pid_t pid = 0;
    int error = 0;
    bool ok = spawn_actions(t, &actions, a[4], (List *)keep) && spawn_attributes(t, &attributes, a);
    if (ok) {
        char **e = env.items ? env.items : environ;
        error = OZ_DETACHED(
            t, search ? posix_spawnp(&pid, path.text, &actions, &attributes, argv.items, e)
                      : posix_spawn(&pid, path.text, &actions, &attributes, argv.items, e));
    }
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (!ok)
        return NULL;
    return error ? oz_raise_os_error(t, error, a[1]) : oz_int(pid);
}

#define SPAWN_SIGNATURE                                                                            \
    "($module, path, argv, env, /, *, file_actions=(), setpgroup=<unrepresentable>, "              \
    "resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=<unrepresentable>)"

OZ_FUNCTION(posix, posix_spawn, SPAWN_SIGNATURE, "Run a program in a new process; its number.")
{
    if (!oz_audit_event(t, "os.posix_spawn", "OOO", a[1], a[2], a[3]))
        return NULL;
    return spawn(t, a, "posix_spawn", false);
}

OZ_FUNCTION(posix, posix_spawnp, SPAWN_SIGNATURE,
            "Run a program, looked for in PATH, in a new process; its number.")
{
    if (!oz_audit_event(t, "os.posix_spawn", "OOO", a[1], a[2], a[3]))
        return NULL;
    return spawn(t, a, "posix_spawnp", true);
}

OZ_FUNCTION(posix, system, "($module, /, command)", "Run a shell command; its wait status.")
{
    if (!oz_audit_event(t, "os.system", "O", a[1]))
        return NULL;
    OZ_PATH(command, a[1], "system");
    fflush(NULL);
    return oz_int(OZ_DETACHED(t, system(command.text)));
}

/* ---- the end of processes ---- */

OZ_FUNCTION(posix, _exit, "($module, /, status)", "End the process at once.")
{
    int status;
    if (!oz_as_int(t, a[1], &status))
        return NULL;
    fflush(NULL);
    _exit(status);
}

OZ_FUNCTION(posix, abort, "($module, /)", "End the process by SIGABRT.")
{
    fflush(NULL);
    abort();
}

OZ_FUNCTION(posix, kill, "($module, pid, signal, /)", "Send a signal to a process.")
{
    int pid, number;
    if (!oz_audit_event(t, "os.kill", "OO", a[1], a[2]))
        return NULL;
    if (!oz_os_pid(t, a[1], &pid) || !oz_as_int(t, a[2], &number))
        return NULL;
    if (kill(pid, number) < 0)
        return oz_os_raise(t);
    return oz_poll(t) ? OZ_NONE : NULL;
}

OZ_FUNCTION(posix, killpg, "($module, pgid, signal, /)", "Send a signal to a process group.")
{
    int group, number;
    if (!oz_audit_event(t, "os.killpg", "OO", a[1], a[2]))
        return NULL;
    if (!oz_os_pid(t, a[1], &group) || !oz_os_pid(t, a[2], &number))
        return NULL;
    if (killpg(group, number) < 0)
        return oz_os_raise(t);
    return oz_poll(t) ? OZ_NONE : NULL;
}

OZ_FUNCTION(posix, pidfd_open, "($module, /, pid, flags=0)", "A descriptor of a process.")
{
    int pid, flags;
    if (!oz_os_pid(t, a[1], &pid) || !oz_as_int(t, a[2], &flags))
        return NULL;
    long fd = syscall(SYS_pidfd_open, pid, flags);
    return fd < 0 ? oz_os_raise(t) : oz_int(fd);
}

/* ---- waiting ---- */

static const StructField rusage_fields[] = {
    {"ru_utime", "user time used"},
    {"ru_stime", "system time used"},
    {"ru_maxrss", "max. resident set size"},
    {"ru_ixrss", "shared memory size"},
    {"ru_idrss", "unshared data size"},
    {"ru_isrss", "unshared stack size"},
    {"ru_minflt", "page faults not requiring I/O"},
    {"ru_majflt", "page faults requiring I/O"},
    {"ru_nswap", "number of swap outs"},
    {"ru_inblock", "block input operations"},
    {"ru_oublock", "block output operations"},
    {"ru_msgsnd", "IPC messages sent"},
    {"ru_msgrcv", "IPC messages received"},
    {"ru_nsignals", "signals received"},
    {"ru_nvcsw", "voluntary context switches"},
    {"ru_nivcsw", "involuntary context switches"},
};
const StructDef oz_rusage_def = {
    .name = "resource.struct_rusage",
    .doc = "What a process has used.",
    .fields = rusage_fields,
    .count = OZ_COUNT(rusage_fields),
    .visible = OZ_COUNT(rusage_fields),
};

Ref oz_rusage_new(Thread *t, Class *cls, const struct rusage *r)
{
    const long numbers[] = {r->ru_maxrss,  r->ru_ixrss,  r->ru_idrss,  r->ru_isrss,
                            r->ru_minflt,  r->ru_majflt, r->ru_nswap,  r->ru_inblock,
                            r->ru_oublock, r->ru_msgsnd, r->ru_msgrcv, r->ru_nsignals,
                            r->ru_nvcsw,   r->ru_nivcsw};
    Ref v[16] = {
        oz_float_new(t, (double)r->ru_utime.tv_sec + 1e-6 * (double)r->ru_utime.tv_usec),
        oz_float_new(t, (double)r->ru_stime.tv_sec + 1e-6 * (double)r->ru_stime.tv_usec),
    };
    for (unsigned n = 0; n < OZ_COUNT(numbers); n++)
        v[n + 2] = oz_int(numbers[n]);
    return v[0] && v[1] ? oz_structseq_new(t, cls, v) : NULL;
}

OZ_FUNCTION(posix, wait, "($module, /)", "Wait for any child: its number and wait status.")
{
    int status = 0;
    pid_t pid;
    OZ_RETRY(pid, wait(&status))
    return pid < 0 ? oz_os_raise(t) : oz_tuple_of(t, 2, oz_int(pid), oz_int(status));
}

OZ_FUNCTION(posix, waitpid, "($module, pid, options, /)",
            "Wait for a child: its number and wait status.")
{
    int wanted, options, status = 0;
    pid_t pid;
    if (!oz_os_pid(t, a[1], &wanted) || !oz_os_pid(t, a[2], &options))
        return NULL;
    OZ_RETRY(pid, waitpid(wanted, &status, options))
    return pid < 0 ? oz_os_raise(t) : oz_tuple_of(t, 2, oz_int(pid), oz_int(status));
}

static Ref wait_usage(Thread *t, Obj module, int wanted, int options)
{
    int status = 0;
    pid_t pid;
    struct rusage usage = {0};
    OZ_RETRY(pid, wait4(wanted, &status, options, &usage))
    if (pid < 0)
        return oz_os_raise(t);
    scoped Ref used = oz_rusage_new(t, oz_posix(module)->rusage, &usage);
    return used ? oz_tuple_of(t, 3, oz_int(pid), oz_int(status), used) : NULL;
}

OZ_FUNCTION(posix, wait3, "($module, /, options)",
            "Wait for any child: number, wait status, resources used.")
{
    int options;
    return oz_as_int(t, a[1], &options) ? wait_usage(t, a[0], -1, options) : NULL;
}

OZ_FUNCTION(posix, wait4, "($module, /, pid, options)",
            "Wait for a child: number, wait status, resources used.")
{
    int pid, options;
    if (!oz_os_pid(t, a[1], &pid) || !oz_os_pid(t, a[2], &options))
        return NULL;
    return wait_usage(t, a[0], pid, options);
}

static const StructField waitid_fields[] = {
    {"si_pid", NULL}, {"si_uid", NULL}, {"si_signo", NULL}, {"si_status", NULL}, {"si_code", NULL},
};
const StructDef oz_waitid_result_def = {
    .name = "posix.waitid_result",
    .doc = "What waitid() tells of a child.",
    .fields = waitid_fields,
    .count = 5,
    .visible = 5,
};

OZ_FUNCTION(posix, waitid, "($module, idtype, id, options, /)", "Wait for a child to change.")
{
    int kind, id, options, status;
    siginfo_t info = {0};
    if (!oz_as_int(t, a[1], &kind) || !oz_as_int(t, a[2], &id) || !oz_as_int(t, a[3], &options))
        return NULL;
    OZ_RETRY(status, waitid((idtype_t)kind, (id_t)id, &info, options))
    if (status < 0)
        return oz_os_raise(t);
    if (info.si_pid == 0)
        return OZ_NONE;
    Ref v[] = {oz_int(info.si_pid), oz_os_id_new(t, info.si_uid), oz_int(info.si_signo),
               oz_int(info.si_status), oz_int(info.si_code)};
    return oz_structseq_new(t, oz_posix(a[0])->waitid_result, v);
}

#define WAIT_STATUS(name, result, doc)                                                             \
    OZ_FUNCTION(posix, name, "($module, /, status)", doc)                                          \
    {                                                                                              \
        int status;                                                                                \
        return oz_as_int(t, a[1], &status) ? result : NULL;                                        \
    }

WAIT_STATUS(WIFEXITED, oz_bool(WIFEXITED(status)), "Has it ended by itself?")
WAIT_STATUS(WIFSIGNALED, oz_bool(WIFSIGNALED(status)), "Has a signal ended it?")
WAIT_STATUS(WIFSTOPPED, oz_bool(WIFSTOPPED(status)), "Has a signal stopped it?")
WAIT_STATUS(WEXITSTATUS, oz_int(WEXITSTATUS(status)), "The status that it gave.")
WAIT_STATUS(WTERMSIG, oz_int(WTERMSIG(status)), "The signal that ended it.")
WAIT_STATUS(WSTOPSIG, oz_int(WSTOPSIG(status)), "The signal that stopped it.")

OZ_FUNCTION(posix, WIFCONTINUED, "($module, /, status)", "Does it run again?")
{
    int status;
    return oz_as_int(t, a[1], &status) ? oz_bool(WIFCONTINUED(status)) : NULL;
}

OZ_FUNCTION(posix, WCOREDUMP, "($module, status, /)", "Has it left a core file?")
{
    int status;
    return oz_as_int(t, a[1], &status) ? oz_bool(WCOREDUMP(status)) : NULL;
}

OZ_FUNCTION(posix, waitstatus_to_exitcode, "($module, /, status)",
            "The exit code of a wait status: of a signal, its number below zero.")
{
    int status;
    if (!oz_as_exact_int(a[1]))
        return oz_raise(t, OZ_TypeError, "'%T' object cannot be interpreted as an integer", a[1]);
    if (!oz_as_int(t, a[1], &status))
        return NULL;
    if (WIFEXITED(status))
        return oz_int(WEXITSTATUS(status));
    if (WIFSIGNALED(status))
        return oz_int(-WTERMSIG(status));
    if (WIFSTOPPED(status))
        return oz_raise(t, OZ_ValueError, "process stopped by delivery of signal %d",
                        WSTOPSIG(status));
    return oz_raise(t, OZ_ValueError, "invalid wait status: %d", status);
}

const NativeDef *const oz_posix_process_functions[] = {
    &posix_register_at_fork,
    &posix_fork,
    &posix_forkpty,
    &posix_execv,
    &posix_execve,
    &posix_posix_spawn,
    &posix_posix_spawnp,
    &posix_system,
    &posix__exit,
    &posix_abort,
    &posix_kill,
    &posix_killpg,
    &posix_pidfd_open,
    &posix_wait,
    &posix_waitpid,
    &posix_wait3,
    &posix_wait4,
    &posix_waitid,
    &posix_WIFEXITED,
    &posix_WIFSIGNALED,
    &posix_WIFSTOPPED,
    &posix_WEXITSTATUS,
    &posix_WTERMSIG,
    &posix_WSTOPSIG,
    &posix_WIFCONTINUED,
    &posix_WCOREDUMP,
    &posix_waitstatus_to_exitcode,
    NULL,
};
