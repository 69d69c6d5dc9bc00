// SPDX-License-Identifier: MIT
// posix: who and where this process is: users, groups, sessions, limits, the machine.
#include "modules/native_type.h"
#include "modules/os_support.h"
#include "types/bytes.h"
#include "types/float.h"

#include <grp.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <unistd.h>

/* ---- numbers of this process ---- */

#define NUMBER(name, doc)                                                                          \
    OZ_FUNCTION(posix, name, "($module, /)", doc)                                                  \
    {                                                                                              \
        return oz_int((int64_t)name());                                                            \
    }
NUMBER(getpid, "The number of this process.")
NUMBER(getppid, "The number of the parent process.")
NUMBER(getuid, "The user.")
NUMBER(geteuid, "The effective user.")
NUMBER(getgid, "The group.")
NUMBER(getegid, "The effective group.")
NUMBER(getpgrp, "The process group.")

OZ_FUNCTION(posix, getpgid, "($module, /, pid)", "The process group of a process.")
{
    int pid;
    if (!oz_os_pid(t, a[1], &pid))
        return NULL;
    pid_t group = getpgid(pid);
    return group < 0 ? oz_os_raise(t) : oz_int(group);
}

OZ_FUNCTION(posix, getsid, "($module, pid, /)", "The session of a process.")
{
    int pid;
    if (!oz_os_pid(t, a[1], &pid))
        return NULL;
    pid_t session = getsid(pid);
    return session < 0 ? oz_os_raise(t) : oz_int(session);
}

OZ_FUNCTION(posix, setsid, "($module, /)", "Begin a new session.")
{
    return setsid() < 0 ? oz_os_raise(t) : OZ_NONE;
}

OZ_FUNCTION(posix, setpgrp, "($module, /)", "Begin a new process group.")
{
    return oz_os_result(t, setpgid(0, 0));
}

OZ_FUNCTION(posix, setpgid, "($module, pid, pgrp, /)", "Move a process to a process group.")
{
    int pid, group;
    if (!oz_os_pid(t, a[1], &pid) || !oz_os_pid(t, a[2], &group))
        return NULL;
    return oz_os_result(t, setpgid(pid, group));
}

static bool three_ids(Thread *t, const Obj *a, unsigned count, const char *const *names,
                      uint32_t *ids)
{
    for (unsigned n = 0; n < count; n++)
        if (!oz_os_id(t, a[n + 1], names[n], &ids[n]))
            return false;
    return true;
}
static const char *const user_names[] = {"uid", "uid", "uid"};
static const char *const group_names[] = {"gid", "gid", "gid"};

#define SET_ID(name, signature, count, names, call, doc)                                           \
    OZ_FUNCTION(posix, name, signature, doc)                                                       \
    {                                                                                              \
        uint32_t id[3];                                                                            \
        return three_ids(t, a, count, names, id) ? oz_os_result(t, call) : NULL;                   \
    }
SET_ID(setuid, "($module, uid, /)", 1, user_names, setuid(id[0]), "Set the user.")
SET_ID(seteuid, "($module, euid, /)", 1, user_names, seteuid(id[0]), "Set the effective user.")
SET_ID(setgid, "($module, gid, /)", 1, group_names, setgid(id[0]), "Set the group.")
SET_ID(setegid, "($module, egid, /)", 1, group_names, setegid(id[0]), "Set the effective group.")
SET_ID(setreuid, "($module, ruid, euid, /)", 2, user_names, setreuid(id[0], id[1]),
       "Set real and effective user.")
SET_ID(setregid, "($module, rgid, egid, /)", 2, group_names, setregid(id[0], id[1]),
       "Set real and effective group.")
SET_ID(setresuid, "($module, ruid, euid, suid, /)", 3, user_names, setresuid(id[0], id[1], id[2]),
       "Set real, effective and saved user.")
SET_ID(setresgid, "($module, rgid, egid, sgid, /)", 3, group_names, setresgid(id[0], id[1], id[2]),
       "Set real, effective and saved group.")

static Ref three(Thread *t, uint32_t x, uint32_t y, uint32_t z)
{
    return oz_tuple_of(t, 3, oz_os_id_new(t, x), oz_os_id_new(t, y), oz_os_id_new(t, z));
}

OZ_FUNCTION(posix, getresuid, "($module, /)", "Real, effective and saved user.")
{
    uid_t x, y, z;
    return getresuid(&x, &y, &z) < 0 ? oz_os_raise(t) : three(t, x, y, z);
}

OZ_FUNCTION(posix, getresgid, "($module, /)", "Real, effective and saved group.")
{
    gid_t x, y, z;
    return getresgid(&x, &y, &z) < 0 ? oz_os_raise(t) : three(t, x, y, z);
}

static Ref group_list(Thread *t, const gid_t *groups, int count)
{
    scoped Ref list = oz_list_new(t, (size_t)count);
    for (int n = 0; list && n < count; n++)
        if (!oz_list_append_take(t, (List *)list, oz_os_id_new(t, groups[n])))
            return NULL;
    return oz_move(&list);
}

OZ_FUNCTION(posix, getgroups, "($module, /)", "The further groups of this process.")
{
    gid_t groups[65536 / 8];
    int count = getgroups((int)OZ_COUNT(groups), groups);
    return count < 0 ? oz_os_raise(t) : group_list(t, groups, count);
}

OZ_FUNCTION(posix, getgrouplist, "($module, user, group, /)", "The groups of a user.")
{
    OZ_PATH(user, a[1], "getgrouplist");
    uint32_t group;
    gid_t groups[65536 / 8];
    int count = (int)OZ_COUNT(groups);
    if (!oz_os_id(t, a[2], "gid", &group))
        return NULL;
    if (OZ_DETACHED(t, getgrouplist(user.text, group, groups, &count)) < 0)
        return oz_os_raise(t);
    return group_list(t, groups, count);
}

OZ_FUNCTION(posix, initgroups, "($module, username, gid, /)", "Take the groups of a user.")
{
    OZ_PATH(user, a[1], "initgroups");
    uint32_t group;
    if (!oz_os_id(t, a[2], "gid", &group))
        return NULL;
    return oz_os_result_path(t, OZ_DETACHED(t, initgroups(user.text, group)), &user);
}

OZ_FUNCTION(posix, setgroups, "($module, groups, /)", "Set the further groups of this process.")
{
    gid_t groups[65536 / 8];
    scoped Ref items = oz_to_sequence(t, a[1], "setgroups argument must be a sequence");
    scoped Ref tuple = items ? oz_tuple_from(t, items) : NULL;
    if (!tuple)
        return NULL;
    uint32_t count = ((Tuple *)tuple)->length;
    if (count > OZ_COUNT(groups))
        return oz_raise(t, OZ_ValueError, "too many groups");
    for (uint32_t n = 0; n < count; n++)
        if (!oz_os_id(t, ((Tuple *)tuple)->items[n], "gid", &groups[n]))
            return NULL;
    return oz_os_result(t, setgroups(count, groups));
}

OZ_FUNCTION(posix, getlogin, "($module, /)", "The name of the user who logged in.")
{
    char name[256];
    int error = getlogin_r(name, sizeof name);
    return error ? oz_raise_os_error(t, error, NULL) : oz_os_name(t, name, false);
}

OZ_FUNCTION(posix, umask, "($module, mask, /)", "Set the mask of new files; the old one.")
{
    int mask;
    return oz_as_int(t, a[1], &mask) ? oz_int(umask((mode_t)mask)) : NULL;
}

OZ_FUNCTION(posix, nice, "($module, increment, /)", "Be nicer to others; the new value.")
{
    int more;
    if (!oz_as_int(t, a[1], &more))
        return NULL;
    errno = 0;
    int value = nice(more);
    return value == -1 && errno ? oz_os_raise(t) : oz_int(value);
}

OZ_FUNCTION(posix, getpriority, "($module, /, which, who)", "The priority of a process.")
{
    int which, who;
    if (!oz_as_int(t, a[1], &which) || !oz_as_int(t, a[2], &who))
        return NULL;
    errno = 0;
    int value = getpriority((unsigned)which, (id_t)who);
    return errno ? oz_os_raise(t) : oz_int(value);
}

OZ_FUNCTION(posix, setpriority, "($module, /, which, who, priority)", "Set a priority.")
{
    int which, who, value;
    if (!oz_as_int(t, a[1], &which) || !oz_as_int(t, a[2], &who) || !oz_as_int(t, a[3], &value))
        return NULL;
    return oz_os_result(t, setpriority((unsigned)which, (id_t)who, value));
}

/* ---- scheduling ---- */

static const StructField sched_param_fields[] = {{"sched_priority", "the scheduling priority"}};
const StructDef oz_sched_param_def = {
    .name = "posix.sched_param",
    .doc = "The parameter of a scheduling policy.",
    .fields = sched_param_fields,
    .count = 1,
    .visible = 1,
};

static Ref priority_limit(Thread *t, Obj policy, int (*limit)(int policy))
{
    int number;
    if (!oz_as_int(t, policy, &number))
        return NULL;
    int value = limit(number);
    return value < 0 ? oz_os_raise(t) : oz_int(value);
}

OZ_FUNCTION(posix, sched_get_priority_max, "($module, /, policy)", "The highest priority.")
{
    return priority_limit(t, a[1], sched_get_priority_max);
}

OZ_FUNCTION(posix, sched_get_priority_min, "($module, /, policy)", "The lowest priority.")
{
    return priority_limit(t, a[1], sched_get_priority_min);
}

OZ_FUNCTION(posix, sched_getscheduler, "($module, pid, /)", "The policy of a process.")
{
    int pid;
    if (!oz_os_pid(t, a[1], &pid))
        return NULL;
    int policy = sched_getscheduler(pid);
    return policy < 0 ? oz_os_raise(t) : oz_int(policy);
}

OZ_FUNCTION(posix, sched_getparam, "($module, pid, /)", "The scheduling parameter of a process.")
{
    int pid;
    struct sched_param param;
    if (!oz_os_pid(t, a[1], &pid))
        return NULL;
    if (sched_getparam(pid, &param) < 0)
        return oz_os_raise(t);
    Ref values[] = {oz_int(param.sched_priority)};
    return oz_structseq_new(t, oz_posix(a[0])->sched_param, values);
}

static bool param_of(Thread *t, Obj v, struct sched_param *param)
{
    const Tuple *tuple = oz_as_tuple(v);
    if (!tuple || tuple->length != 1)
        return oz_fail(t, OZ_TypeError, "must have a sched_param object");
    return oz_as_int(t, tuple->items[0], &param->sched_priority);
}

OZ_FUNCTION(posix, sched_setscheduler, "($module, pid, policy, param, /)", "Set the policy.")
{
    int pid, policy;
    struct sched_param param;
    if (!oz_os_pid(t, a[1], &pid) || !oz_as_int(t, a[2], &policy) || !param_of(t, a[3], &param))
        return NULL;
    return oz_os_result(t, sched_setscheduler(pid, policy, &param));
}

OZ_FUNCTION(posix, sched_setparam, "($module, pid, param, /)", "Set the scheduling parameter.")
{
    int pid;
    struct sched_param param;
    if (!oz_os_pid(t, a[1], &pid) || !param_of(t, a[2], &param))
        return NULL;
    return oz_os_result(t, sched_setparam(pid, &param));
}

OZ_FUNCTION(posix, sched_rr_get_interval, "($module, pid, /)", "The time slice, in seconds.")
{
    int pid;
    struct timespec slice;
    if (!oz_os_pid(t, a[1], &pid))
        return NULL;
    if (sched_rr_get_interval(pid, &slice) < 0)
        return oz_os_raise(t);
    return oz_float_new(t, (double)slice.tv_sec + 1e-9 * (double)slice.tv_nsec);
}

OZ_FUNCTION(posix, sched_yield, "($module, /)", "Let others run.")
{
    return oz_os_result(t, OZ_DETACHED(t, sched_yield()));
}

enum { CPUS = 8192 };

OZ_FUNCTION(posix, sched_getaffinity, "($module, pid, /)", "The processors that it may run on.")
{
    int pid;
    if (!oz_os_pid(t, a[1], &pid))
        return NULL;
    char set[CPUS / 8] = {0};
    if (sched_getaffinity(pid, sizeof set, (cpu_set_t *)set) < 0)
        return oz_os_raise(t);
    scoped Ref list = oz_list_new(t, 0);
    for (int cpu = 0; list && cpu < CPUS; cpu++)
        if (CPU_ISSET_S(cpu, sizeof set, (cpu_set_t *)set) &&
            !oz_list_append_take(t, (List *)list, oz_int(cpu)))
            return NULL;
    Class *cls = list ? oz_builtin_class(t, OZ_SET) : NULL;
    return cls ? oz_call1(t, (Obj)cls, list) : NULL;
}

OZ_FUNCTION(posix, sched_setaffinity, "($module, pid, mask, /)",
            "Set the processors that it may run on.")
{
    int pid;
    if (!oz_os_pid(t, a[1], &pid))
        return NULL;
    scoped Ref cpus = oz_tuple_from(t, a[2]);
    char set[CPUS / 8] = {0};
    for (uint32_t n = 0; cpus && n < ((Tuple *)cpus)->length; n++) {
        int cpu;
        if (!oz_as_int(t, ((Tuple *)cpus)->items[n], &cpu))
            return NULL;
        if (cpu < 0)
            return oz_raise(t, OZ_ValueError, "negative CPU number");
        if (cpu >= CPUS)
            return oz_raise(t, OZ_OverflowError, "CPU number too large");
        CPU_SET_S((size_t)cpu, sizeof set, (cpu_set_t *)set);
    }
    if (!cpus)
        return NULL;
    return oz_os_result(t, sched_setaffinity(pid, sizeof set, (cpu_set_t *)set));
}

OZ_FUNCTION(posix, cpu_count, "($module, /)", "How many processors the machine has.")
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? OZ_NONE : oz_int(n);
}

/* ---- the machine ---- */

static const StructField uname_fields[] = {
    {"sysname", "operating system name"},
    {"nodename", "name of machine on network (implementation-defined)"},
    {"release", "operating system release"},
    {"version", "operating system version"},
    {"machine", "hardware identifier"},
};
const StructDef oz_uname_result_def = {
    .name = "posix.uname_result",
    .doc = "What uname() tells of system and machine.",
    .fields = uname_fields,
    .count = 5,
    .visible = 5,
};

OZ_FUNCTION(posix, uname, "($module, /)", "System and machine.")
{
    struct utsname u;
    if (uname(&u) < 0)
        return oz_os_raise(t);
    Ref v[] = {oz_os_name(t, u.sysname, false), oz_os_name(t, u.nodename, false),
               oz_os_name(t, u.release, false), oz_os_name(t, u.version, false),
               oz_os_name(t, u.machine, false)};
    if (v[0] && v[1] && v[2] && v[3] && v[4])
        return oz_structseq_new(t, oz_posix(a[0])->uname_result, v);
    for (size_t n = 0; n < OZ_COUNT(v); n++)
        oz_clear(&v[n]);
    return NULL;
}

static const StructField times_fields[] = {
    {"user", "user time"},
    {"system", "system time"},
    {"children_user", "user time of children"},
    {"children_system", "system time of children"},
    {"elapsed", "elapsed time since an arbitrary point in the past"},
};
const StructDef oz_times_result_def = {
    .name = "posix.times_result",
    .doc = "The times that this process has used.",
    .fields = times_fields,
    .count = 5,
    .visible = 5,
};

OZ_FUNCTION(posix, times, "($module, /)", "The times that this process has used, in seconds.")
{
    struct tms used;
    clock_t now = times(&used);
    if (now == (clock_t)-1)
        return oz_os_raise(t);
    double tick = (double)sysconf(_SC_CLK_TCK);
    const clock_t ticks[] = {used.tms_utime, used.tms_stime, used.tms_cutime, used.tms_cstime, now};
    Ref v[5];
    for (unsigned n = 0; n < 5; n++)
        v[n] = oz_float_new(t, (double)ticks[n] / tick);
    if (v[0] && v[1] && v[2] && v[3] && v[4])
        return oz_structseq_new(t, oz_posix(a[0])->times_result, v);
    for (size_t n = 0; n < OZ_COUNT(v); n++)
        oz_clear(&v[n]);
    return NULL;
}

OZ_FUNCTION(posix, getloadavg, "($module, /)", "How busy the machine was for 1, 5, 15 minutes.")
{
    double load[3];
    if (getloadavg(load, 3) != 3)
        return oz_raise(t, OZ_OSError, "Load averages are unobtainable");
    scoped Ref x = oz_float_new(t, load[0]), y = oz_float_new(t, load[1]);
    scoped Ref z = oz_float_new(t, load[2]);
    return x && y && z ? oz_tuple_of(t, 3, x, y, z) : NULL;
}

static Ref random_bytes(Thread *t, ssize_t n, unsigned flags, bool whole)
{
    scoped Ref bytes = oz_bytes_alloc(t, (size_t)n);
    size_t got = 0;
    while (bytes && got < (size_t)n) {
        size_t step = (size_t)n - got;
        ssize_t more;
        OZ_RETRY(more, getrandom(oz_bytes_data((const Bytes *)bytes) + got,
                                 step > 65536 ? 65536 : step, flags))
        if (more < 0)
            return oz_os_raise(t);
        got += (size_t)more;
        if (!whole)
            return oz_bytes_shrink(t, oz_move(&bytes), got);
        if (!oz_poll(t))
            return NULL;
    }
    return oz_move(&bytes);
}

OZ_FUNCTION(posix, urandom, "($module, size, /)", "Random bytes, fit for cryptography.")
{
    ssize_t n;
    if (!oz_as_size_argument(t, a[1], &n))
        return NULL;
    if (n < 0)
        return oz_raise(t, OZ_ValueError, "negative argument not allowed");
    return random_bytes(t, n, 0, true);
}

OZ_FUNCTION(posix, getrandom, "($module, /, size, flags=0)", "Random bytes, perhaps fewer.")
{
    ssize_t n;
    int flags;
    if (!oz_as_size_argument(t, a[1], &n) || !oz_as_int(t, a[2], &flags))
        return NULL;
    if (n < 0) {
        errno = EINVAL;
        return oz_os_raise(t);
    }
    return random_bytes(t, n, (unsigned)flags, false);
}

OZ_FUNCTION(posix, sync, "($module, /)", "Have everything written to the disks.")
{
    oz_detach(t);
    sync();
    oz_attach(t);
    return OZ_NONE;
}

OZ_FUNCTION(posix, strerror, "($module, code, /)", "The system's words for an error number.")
{
    int code;
    return oz_as_int(t, a[1], &code) ? oz_os_name(t, strerror(code), false) : NULL;
}

OZ_FUNCTION(posix, ctermid, "($module, /)", "The name of the controlling terminal.")
{
    char name[L_ctermid];
    return oz_os_name(t, ctermid(name), false);
}

/* ---- limits by name ---- */

static const struct Named {
    const char *name;
    int number;
} sysconf_table[] =
    {
#define NAMED(name) {#name, _##name},
#include "modules/posix_sysconf.def"
},
  pathconf_table[] =
      {
#include "modules/posix_pathconf.def"
},
  confstr_table[] = {
#include "modules/posix_confstr.def"
#undef NAMED
};

static bool named_dict(Thread *t, Module *module, const char *name, const struct Named *table,
                       size_t count)
{
    scoped Ref dict = oz_dict_new(t);
    for (size_t n = 0; dict && n < count; n++) {
        scoped Ref key = oz_intern(t, table[n].name);
        if (!key || !oz_dict_set(t, (Dict *)dict, key, oz_int(table[n].number)))
            return false;
    }
    return dict && oz_module_add(t, module, name, oz_move(&dict));
}

bool oz_posix_names(Thread *t, Module *module)
{
    return named_dict(t, module, "sysconf_names", sysconf_table, OZ_COUNT(sysconf_table)) &&
           named_dict(t, module, "pathconf_names", pathconf_table, OZ_COUNT(pathconf_table)) &&
           named_dict(t, module, "confstr_names", confstr_table, OZ_COUNT(confstr_table));
}

static bool number_of(Thread *t, Obj v, const struct Named *table, size_t count, int *number)
{
    if (oz_as_exact_int(v))
        return oz_as_int(t, v, number);
    const Str *s = oz_as_str(v);
    if (!s)
        return oz_fail(t, OZ_TypeError, "configuration names must be strings or integers");
    for (size_t n = 0; n < count; n++) {
        if (oz_str_equal_utf8(s, table[n].name)) {
            *number = table[n].number;
            return true;
        }
    }
    return oz_fail(t, OZ_ValueError, "unrecognized configuration name");
}

OZ_FUNCTION(posix, sysconf, "($module, name, /)", "A limit of the system.")
{
    int name;
    if (!number_of(t, a[1], sysconf_table, OZ_COUNT(sysconf_table), &name))
        return NULL;
    errno = 0;
    long value = sysconf(name);
    return value == -1 && errno ? oz_os_raise(t) : oz_int_new(t, value);
}

OZ_FUNCTION(posix, fpathconf, "($module, fd, name, /)", "A limit of an open file.")
{
    int fd, name;
    if (!oz_as_int(t, a[1], &fd) ||
        !number_of(t, a[2], pathconf_table, OZ_COUNT(pathconf_table), &name))
        return NULL;
    errno = 0;
    long value = fpathconf(fd, name);
    return value == -1 && errno ? oz_os_raise(t) : oz_int_new(t, value);
}

OZ_FUNCTION(posix, pathconf, "($module, /, path, name)", "A limit of a file.")
{
    scoped_path path = {0};
    int name;
    if (!oz_os_path(t, &path, a[1], "pathconf", "path", OZ_PATH_FD) ||
        !number_of(t, a[2], pathconf_table, OZ_COUNT(pathconf_table), &name))
        return NULL;
    errno = 0;
    long value = path.text ? pathconf(path.text, name) : fpathconf(path.fd, name);
    return value == -1 && errno ? oz_os_raise_path(t, &path) : oz_int_new(t, value);
}

OZ_FUNCTION(posix, confstr, "($module, name, /)", "A text of the system's configuration.")
{
    int name;
    char text[1024];
    if (!number_of(t, a[1], confstr_table, OZ_COUNT(confstr_table), &name))
        return NULL;
    errno = 0;
    size_t n = confstr(name, text, sizeof text);
    if (n == 0)
        return errno ? oz_os_raise(t) : OZ_NONE;
    return oz_os_name(t, text, false);
}

const NativeDef *const oz_posix_system_functions[] = {
    &posix_getpid,
    &posix_getppid,
    &posix_getuid,
    &posix_geteuid,
    &posix_getgid,
    &posix_getegid,
    &posix_getpgrp,
    &posix_getpgid,
    &posix_getsid,
    &posix_setsid,
    &posix_setpgrp,
    &posix_setpgid,
    &posix_setuid,
    &posix_seteuid,
    &posix_setgid,
    &posix_setegid,
    &posix_setreuid,
    &posix_setregid,
    &posix_setresuid,
    &posix_setresgid,
    &posix_getresuid,
    &posix_getresgid,
    &posix_getgroups,
    &posix_getgrouplist,
    &posix_initgroups,
    &posix_setgroups,
    &posix_getlogin,
    &posix_umask,
    &posix_nice,
    &posix_getpriority,
    &posix_setpriority,
    &posix_sched_get_priority_max,
    &posix_sched_get_priority_min,
    &posix_sched_getscheduler,
    &posix_sched_getparam,
    &posix_sched_setscheduler,
    &posix_sched_setparam,
    &posix_sched_rr_get_interval,
    &posix_sched_yield,
    &posix_sched_getaffinity,
    &posix_sched_setaffinity,
    &posix_cpu_count,
    &posix_uname,
    &posix_times,
    &posix_getloadavg,
    &posix_urandom,
    &posix_getrandom,
    &posix_sync,
    &posix_strerror,
    &posix_ctermid,
    &posix_sysconf,
    &posix_fpathconf,
    &posix_pathconf,
    &posix_confstr,
    NULL,
};
