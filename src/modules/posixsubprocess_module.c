// SPDX-License-Identifier: MIT
// _posixsubprocess: fork and exec in one, as subprocess needs it.
//
// The parent turns every argument into plain C data (Child) before it forks; the child then only
// makes system calls that are safe after a fork, allocates nothing and touches no object. The one
// exception is preexec_fn, which is Python by contract. A child that fails tells why through
// errpipe_write: "OSError:<errno in hex>:" with "noexec" behind it where no exec was tried, or
// "SubprocessError:0:" and a message.
//
// Without preexec_fn and changes of user or group the child is made by vfork(): it borrows the
// parent's memory, so nothing is copied, and the parent stands still until the exec. All signals
// are blocked meanwhile, and the child takes back the handlers before it lets signals in: a handler
// of the parent would run in the parent's memory.
#include "modules/import.h"
#include "object/world.h"
#include "modules/modules.h"
#include "modules/native_type.h"
#include "modules/os_support.h"
#include "types/bytes.h"

#include <grp.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { GROUPS_MAX = 65536 };

/* Everything the child needs, in C. */
typedef struct Child {
    char **argv, **env;           /* env NULL: the parent's */
    char **programs;              /* tried in turn */
    const char *cwd;              /* or NULL */
    int *keep;                    /* descriptors that stay open, sorted; errpipe_write is one */
    size_t keep_count;            /* */
    int in, in_parent;            /* stdin: the child's end, the parent's; -1: none */
    int out_parent, out;          /* stdout */
    int error_parent, error;      /* stderr */
    int report_parent, report;    /* errpipe */
    int restore_signals, session; /* flags */
    int group;                    /* process group, or -1 */
    int mask;                     /* umask, or -1 */
    bool close_fds, set_gid, set_uid, set_groups;
    gid_t gid, *groups;
    uid_t uid;
    size_t groups_count;
    long open_max;           /* descriptors are below it */
    Obj preexec;             /* callable, or NULL */
    const sigset_t *signals; /* vfork: the mask to go back to; else NULL */
} Child;

/* ---- the child ---- */

static int set_inheritable(int fd)
{
    int flags = fcntl(fd, F_GETFD);
    return flags < 0 ? -1 : fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC);
}

static bool is_kept(const Child *c, long fd)
{
    for (size_t n = 0; n < c->keep_count; n++)
        if (c->keep[n] == fd)
            return true;
    return false;
}

/* Close the descriptors that the system lists, by the bare call: opendir() would allocate. */
static bool close_listed(const Child *c)
{
    struct Entry {
        uint64_t number;
        int64_t offset;
        uint16_t length;
        uint8_t kind;
        char name[];
    };
    _Alignas(8) char buffer[4096];
    int folder = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return false;
    long got;
    while ((got = syscall(SYS_getdents64, folder, buffer, sizeof buffer)) > 0)
        for (long at = 0; at < got;) {
            const struct Entry *entry = (const struct Entry *)(buffer + at);
            long fd = 0;
            const char *s = entry->name;
            for (; *s >= '0' && *s <= '9' && fd < INT_MAX / 10; s++)
                fd = fd * 10 + (*s - '0');
            if (!*s && fd > 2 && fd != folder && !is_kept(c, fd))
                close((int)fd);
            at += entry->length;
        }
    close(folder);
    return got == 0;
}

/* Close all from 3 on but those to keep. */
static void close_others(const Child *c)
{
    unsigned from = 3;
    bool ranges = true;
    for (size_t n = 0; n < c->keep_count && ranges; n++) {
        unsigned fd = (unsigned)c->keep[n];
        if (fd < from)
            continue;
        ranges = fd == from || syscall(SYS_close_range, from, fd - 1, 0) == 0;
        from = fd + 1;
    }
    if (ranges && syscall(SYS_close_range, from, UINT_MAX, 0) == 0)
        return;
    if (close_listed(c))
        return;
    for (long fd = 3; fd < c->open_max; fd++)
        if (!is_kept(c, fd))
            close((int)fd);
}

static int close_one(int fd)
{
    return fd == -1 ? 0 : close(fd);
}

/* Let `fd` be descriptor `target` of the new program. */
static int place(int fd, int target)
{
    if (fd == -1)
        return 0;
    return fd == target ? set_inheritable(fd) : dup2(fd, target) < 0 ? -1 : 0;
}

/* 0, 1 and 2; an end that lies where another one goes is moved away first. */
static int set_streams(Child *c)
{
    if (close_one(c->in_parent) || close_one(c->out_parent) || close_one(c->error_parent) ||
        close(c->report_parent))
        return -1;
    if (c->out == 0 && (c->out = dup(c->out)) < 0)
        return -1;
    while (c->error == 0 || c->error == 1)
        if ((c->error = dup(c->error)) < 0)
            return -1;
    return place(c->in, 0) || place(c->out, 1) || place(c->error, 2) ? -1 : 0;
}

static void restore_handlers(const Child *c)
{
    if (c->restore_signals) {
        signal(SIGPIPE, SIG_DFL);
        signal(SIGXFSZ, SIG_DFL);
    }
    if (!c->signals)
        return;
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_DFL &&
            action.sa_handler != SIG_IGN)
            signal(number, SIG_DFL);
    }
    pthread_sigmask(SIG_SETMASK, c->signals, NULL);
}

/* The bare calls: those of the C library would do it for all threads of the process. */
static int set_owner(const Child *c)
{
    if (c->set_groups && syscall(SYS_setgroups, c->groups_count, c->groups))
        return -1;
    if (c->set_gid && syscall(SYS_setregid, c->gid, c->gid))
        return -1;
    return c->set_uid && syscall(SYS_setreuid, c->uid, c->uid) ? -1 : 0;
}

static int prepare(Child *c)
{
    for (size_t n = 0; n < c->keep_count; n++)
        if (c->keep[n] != c->report && set_inheritable(c->keep[n]))
            return -1;
    if (set_streams(c) || (c->cwd && chdir(c->cwd)))
        return -1;
    if (c->mask >= 0)
        umask((mode_t)c->mask);
    restore_handlers(c);
    if (c->session)
        setsid();
    if (c->group >= 0 && setpgid(0, c->group))
        return -1;
    return set_owner(c);
}

static void say(int fd, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        ssize_t done = write(fd, text, left);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return;
        text += done;
        left -= (size_t)done;
    }
}

static _Noreturn void give_up(const Child *c, int error, const char *rest)
{
    static const char hex[] = "0123456789abcdef";
    char digits[12], *at = digits + sizeof digits;
    *--at = 0;
    *--at = ':';
    for (unsigned n = (unsigned)error; n; n >>= 4)
        *--at = hex[n & 15];
    if (error) {
        say(c->report, "OSError:");
        say(c->report, at);
    } else {
        say(c->report, "SubprocessError:0:");
    }
    say(c->report, rest);
    _exit(255);
}

/* The child: runs in the parent's memory after a vfork, so it must not return. */
static _Noreturn void run_child(Thread *t, Child *c)
{
    if (prepare(c))
        give_up(c, errno, "noexec");
    if (c->preexec) {
        Ref done = oz_call0(t, c->preexec);
        if (!done)
            give_up(c, 0, "Exception occurred in preexec_fn.");
        oz_drop(done);
    }
    if (c->close_fds)
        close_others(c);
    int error = 0;
    for (char **program = c->programs; *program; program++) {
        if (c->env)
            execve(*program, c->argv, c->env);
        else
            execv(*program, c->argv);
        if (errno != ENOENT && errno != ENOTDIR && !error)
            error = errno;
    }
    give_up(c, error ? error : errno, "");
}

/* ---- the parent ---- */

static __attribute__((noinline)) pid_t fork_child(Thread *t, Child *c, bool may_borrow)
{
    sigset_t all, old;
    sigfillset(&all);
    pid_t pid = -1;
    if (may_borrow) {
        if (pthread_sigmask(SIG_BLOCK, &all, &old) == 0) {
            c->signals = &old;
            pid = vfork();
            if (pid == 0)
                run_child(t, c);
            int error = errno;
            pthread_sigmask(SIG_SETMASK, &old, NULL);
            errno = error;
        }
        c->signals = NULL;
        if (pid > 0 || (errno != EINVAL && errno != ENOSYS))
            return pid;
    }
    oz_world_stop(t);
    pid = fork();
    if (pid != 0)
        oz_world_resume(t);
    return pid;
}

static bool read_keep(Thread *t, Child *c, const Tuple *fds)
{
    int64_t last = -1, n;
    for (uint32_t i = 0; i < fds->length; i++, last = n) {
        Obj exact = oz_as_exact_int(fds->items[i]);
        if (!exact || !oz_int_fits_int64(exact, &n) || n <= last || n > INT_MAX)
            return oz_fail(t, OZ_ValueError, "bad value(s) in fds_to_keep");
        c->keep[c->keep_count++] = (int)n;
    }
    return true;
}

/* argv: a list of bytes of whatever names files. */
static bool read_argv(Thread *t, OsStrings *argv, Obj v)
{
    scoped Ref items = oz_to_sequence(t, v, "argv must be a tuple");
    scoped Ref tuple = items ? oz_tuple_from(t, items) : NULL;
    argv->keep = tuple ? oz_list_new(t, 0) : NULL;
    if (!argv->keep)
        return false;
    const Tuple *given = (const Tuple *)tuple;
    for (uint32_t n = 0; n < given->length; n++) {
        Ref bytes = oz_encode_path(t, given->items[n]);
        if (!bytes || !oz_list_append_take(t, (List *)argv->keep, bytes))
            return false;
    }
    return oz_os_strings(t, argv, (List *)argv->keep);
}

/* A sequence that must hold bytes already. */
static bool read_bytes(Thread *t, OsStrings *strings, Obj v)
{
    ssize_t length;
    if (!oz_length(t, v, &length))
        return false;
    strings->keep = oz_list_new(t, 0);
    if (!strings->keep)
        return false;
    for (ssize_t n = 0; n < length; n++) {
        Ref item = oz_get_item(t, v, oz_int(n));
        if (!item)
            return false;
        const Bytes *bytes = oz_as_bytes(item);
        bool zero = bytes && memchr(oz_bytes_data(bytes), 0, oz_bytes_length(bytes));
        if (!bytes || zero) {
            if (zero)
                oz_raise(t, OZ_ValueError, "embedded null byte");
            else
                oz_raise(t, OZ_TypeError, "expected bytes, %T found", item);
            oz_drop(item);
            return false;
        }
        if (!oz_list_append_take(t, (List *)strings->keep, item))
            return false;
    }
    return oz_os_strings(t, strings, (List *)strings->keep);
}

static bool read_groups(Thread *t, Child *c, Obj v)
{
    if (v == OZ_NONE)
        return true;
    List *list = oz_as_list(v);
    if (!list)
        return oz_fail(t, OZ_TypeError, "setgroups argument must be a list");
    size_t count = oz_list_length(list);
    if (count > GROUPS_MAX)
        return oz_fail(t, OZ_ValueError, "too many groups");
    c->set_groups = true;
    c->groups = oz_block_alloc(t->heap, (count + 1) * sizeof *c->groups);
    if (!c->groups)
        return oz_raise_memory(t), false;
    for (size_t n = 0; n < count; n++) {
        scoped Ref item = oz_list_get(t, list, n);
        if (!item)
            return false;
        if (!oz_as_exact_int(item))
            return oz_fail(t, OZ_TypeError, "groups must be integers");
        if (!oz_os_id(t, item, "gid", &c->groups[n])) {
            oz_exception_clear(t);
            return oz_fail(t, OZ_ValueError, "invalid group id");
        }
        c->groups_count = n + 1;
    }
    return true;
}

static bool read_owner(Thread *t, Child *c, Obj gid, Obj groups, Obj uid)
{
    if (!read_groups(t, c, groups))
        return false;
    c->set_gid = gid != OZ_NONE;
    c->set_uid = uid != OZ_NONE;
    return (!c->set_gid || oz_os_id(t, gid, "gid", &c->gid)) &&
           (!c->set_uid || oz_os_id(t, uid, "uid", &c->uid));
}

static Ref start(Thread *t, Child *c, bool may_borrow)
{
    scoped Ref posix = NULL;
    if (c->preexec) {
        posix = oz_import(t, "posix");
        if (!posix)
            return NULL;
        oz_fork_before(t, posix);
    }
    pid_t pid =
        fork_child(t, c, may_borrow && !c->preexec && !c->set_uid && !c->set_gid && !c->set_groups);
    int error = errno;
    if (posix)
        oz_fork_after(t, posix, pid == 0);
    if (pid == 0)
        run_child(t, c);
    return pid < 0 ? oz_raise_os_error(t, error, NULL) : oz_int(pid);
}

static void child_fini(Child *c)
{
    oz_block_free(c->keep);
    oz_block_free(c->groups);
}

OZ_NATIVE_(posixsubprocess_fork_exec, "fork_exec",
           "($module, args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, "
           "c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write, restore_signals, "
           "call_setsid, pgid_to_set, gid, groups_list, uid, child_umask, preexec_fn, "
           "allow_vfork, /)",
           "Start a program in a new process; its number.\n\nThe descriptors are the ends of pipes "
           "for its streams, -1 for none. What fails in the child before the program runs is "
           "written to errpipe_write.",
           OZ_FN_PARSED)
{
    __attribute__((cleanup(child_fini))) Child c = {.open_max = sysconf(_SC_OPEN_MAX)};
    scoped_os_strings argv = {0}, env = {0}, programs = {0};
    scoped Ref cwd = NULL;
    bool may_borrow;
    const Tuple *keep = oz_as_tuple(a[4]);
    if (!oz_truth(t, a[3], &c.close_fds))
        return NULL;
    if (!keep)
        return oz_raise(t, OZ_TypeError, "fork_exec() argument 4 must be tuple, not %T", a[4]);
    int *const numbers[] = {&c.in,
                            &c.in_parent,
                            &c.out_parent,
                            &c.out,
                            &c.error_parent,
                            &c.error,
                            &c.report_parent,
                            &c.report,
                            &c.restore_signals,
                            &c.session,
                            &c.group};
    for (unsigned n = 0; n < OZ_COUNT(numbers); n++)
        if (!oz_os_pid(t, a[7 + n], numbers[n]))
            return NULL;
    if (!oz_os_pid(t, a[21], &c.mask) || !oz_truth(t, a[23], &may_borrow))
        return NULL;
    if (c.close_fds && c.report < 3)
        return oz_raise(t, OZ_ValueError, "errpipe_write must be >= 3");
    c.keep = oz_block_alloc(t->heap, (keep->length + 1) * sizeof *c.keep);
    if (!c.keep)
        return oz_raise_memory(t);
    if (!read_keep(t, &c, keep) || !read_bytes(t, &programs, a[2]) || !read_argv(t, &argv, a[1]) ||
        (a[6] != OZ_NONE && !read_bytes(t, &env, a[6])))
        return NULL;
    if (a[5] != OZ_NONE) {
        cwd = oz_encode_path(t, a[5]);
        if (!cwd)
            return NULL;
        c.cwd = (const char *)oz_bytes_data((const Bytes *)cwd);
    }
    if (!read_owner(t, &c, a[18], a[19], a[20]))
        return NULL;
    c.argv = argv.items;
    c.env = env.items;
    c.programs = programs.items;
    c.preexec = a[22] == OZ_NONE ? NULL : a[22];
    return start(t, &c, may_borrow);
}

const ModuleDef oz_posixsubprocess_module = {
    .name = "_posixsubprocess",
    .doc = "The native part of subprocess.",
    .functions = OZ_METHODS(&posixsubprocess_fork_exec),
};
