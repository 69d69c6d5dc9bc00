// SPDX-License-Identifier: MIT
// The module posix: what os is made of.  The functions stand in posix_stat.c (about files),
// posix_file.c (descriptors), posix_tree.c (folders, names), posix_process.c and posix_system.c.
#include "modules/native_type.h"
#include "modules/os_support.h"
#include "types/audit.h"
#include "types/bytes.h"

#include <dlfcn.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <sysexits.h>
#include <unistd.h>
#include <linux/limits.h>

static const struct {
    const char *name;
    int64_t value;
} constants[] = {
#define CONSTANT(name) {#name, name},
#include "modules/posix.def"
#undef CONSTANT
    {"MFD_HUGE_SHIFT", 26},
    {"MFD_HUGE_MASK", 63},
    {"MFD_HUGE_64KB", 16u << 26},
    {"MFD_HUGE_512KB", 19u << 26},
    {"MFD_HUGE_1MB", 20u << 26},
    {"MFD_HUGE_2MB", 21u << 26},
    {"MFD_HUGE_8MB", 23u << 26},
    {"MFD_HUGE_16MB", 24u << 26},
    {"MFD_HUGE_32MB", 25u << 26},
    {"MFD_HUGE_256MB", 28u << 26},
    {"MFD_HUGE_512MB", 29u << 26},
    {"MFD_HUGE_1GB", 30u << 26},
    {"MFD_HUGE_2GB", 31u << 26},
    {"MFD_HUGE_16GB", (int64_t)34 << 26 & 0xffffffff},
    {"POSIX_SPAWN_OPEN", 0},
    {"POSIX_SPAWN_CLOSE", 1},
    {"POSIX_SPAWN_DUP2", 2},
    {"P_ALL", P_ALL},
    {"P_PGID", P_PGID},
    {"P_PID", P_PID},
    {"P_PIDFD", P_PIDFD},
};

/* What os.supports_fd, supports_dir_fd and supports_follow_symlinks are made of. */
static const char *const functions_of_system[] = {
    "HAVE_EVENTFD",      "HAVE_FACCESSAT", "HAVE_FCHDIR",    "HAVE_FCHMOD",    "HAVE_FCHMODAT",
    "HAVE_FCHOWN",       "HAVE_FCHOWNAT",  "HAVE_FEXECVE",   "HAVE_FDOPENDIR", "HAVE_FPATHCONF",
    "HAVE_FSTATAT",      "HAVE_FSTATVFS",  "HAVE_FTRUNCATE", "HAVE_FUTIMENS",  "HAVE_FUTIMES",
    "HAVE_FUTIMESAT",    "HAVE_LINKAT",    "HAVE_LCHOWN",    "HAVE_LSTAT",     "HAVE_LUTIMES",
    "HAVE_MEMFD_CREATE", "HAVE_MKDIRAT",   "HAVE_MKFIFOAT",  "HAVE_MKNODAT",   "HAVE_OPENAT",
    "HAVE_READLINKAT",   "HAVE_RENAMEAT",  "HAVE_SYMLINKAT", "HAVE_UNLINKAT",  "HAVE_UTIMENSAT",
};

/* ---- the environment ---- */

static bool add_environment(Thread *t, Module *module)
{
    scoped Ref dict = oz_dict_new(t);
    for (char **at = environ; dict && at && *at; at++) {
        const char *equals = strchr(*at, '=');
        if (!equals)
            continue;
        scoped Ref name = oz_bytes_new(t, *at, (size_t)(equals - *at));
        scoped Ref value = oz_bytes_new(t, equals + 1, strlen(equals + 1));
        Ref first = NULL;
        if (!name || !value ||
            oz_dict_set_default(t, (Dict *)dict, name, value, &first) == OZ_RAISED)
            return false;
        oz_drop(first);
    }
    return dict && oz_module_add(t, module, "environ", oz_move(&dict));
}

OZ_FUNCTION(posix, putenv, "($module, name, value, /)", "Set a variable of the environment.")
{
    if (!oz_audit_event(t, "os.putenv", "OO", a[1], a[2]))
        return NULL;
    OZ_PATH(name, a[1], "putenv");
    OZ_PATH(value, a[2], "putenv");
    if (strchr(name.text, '='))
        return oz_raise(t, OZ_ValueError, "illegal environment variable name");
    return setenv(name.text, value.text, 1) ? oz_os_raise(t) : OZ_NONE;
}

OZ_FUNCTION(posix, unsetenv, "($module, name, /)", "Remove a variable of the environment.")
{
    if (!oz_audit_event(t, "os.unsetenv", "O", a[1]))
        return NULL;
    OZ_PATH(name, a[1], "unsetenv");
    return unsetenv(name.text) ? oz_os_raise(t) : OZ_NONE;
}

/* ---- the module ---- */

static const NativeDef *const environment_functions[] = {&posix_putenv, &posix_unsetenv, NULL};

static bool add_functions(Thread *t, Module *module)
{
    const NativeDef *const *const parts[] = {
        environment_functions,   oz_posix_stat_functions,    oz_posix_file_functions,
        oz_posix_tree_functions, oz_posix_process_functions, oz_posix_system_functions,
    };
    for (size_t n = 0; n < OZ_COUNT(parts); n++)
        for (const NativeDef *const *f = parts[n]; *f; f++) {
            Ref function = oz_builtin_function_new(t, *f, (Obj)module, module->def_name, NULL);
            if (!function || !oz_module_add(t, module, (*f)->name, function))
                return false;
        }
    return true;
}

static bool add_class(Thread *t, Module *module, Class **place, const StructDef *def,
                      const char *name)
{
    *place = oz_structseq_class(t, def);
    return *place && (!name || oz_module_add(t, module, name, oz_retain((Obj)*place)));
}

static bool add_classes(Thread *t, Module *module)
{
    PosixState *s = oz_block_alloc(t->heap, sizeof *s);
    if (!s) {
        oz_raise_memory(t);
        return false;
    }
    *s = (PosixState){0};
    module->state = s;
    return add_class(t, module, &s->stat_result, &oz_stat_result_def, "stat_result") &&
           add_class(t, module, &s->statvfs_result, &oz_statvfs_result_def, "statvfs_result") &&
           add_class(t, module, &s->times_result, &oz_times_result_def, "times_result") &&
           add_class(t, module, &s->uname_result, &oz_uname_result_def, "uname_result") &&
           add_class(t, module, &s->terminal_size, &oz_terminal_size_def, "terminal_size") &&
           add_class(t, module, &s->waitid_result, &oz_waitid_result_def, "waitid_result") &&
           add_class(t, module, &s->sched_param, &oz_sched_param_def, "sched_param") &&
           add_class(t, module, &s->rusage, &oz_rusage_def, NULL);
}

static bool add_have_functions(Thread *t, Module *module)
{
    scoped Ref list = oz_list_new(t, 0);
    for (size_t n = 0; list && n < OZ_COUNT(functions_of_system); n++) {
        Ref name = oz_intern(t, functions_of_system[n]);
        if (!name || !oz_list_append_take(t, (List *)list, name))
            return false;
    }
    return list && oz_module_add(t, module, "_have_functions", oz_move(&list));
}

static bool posix_init(Thread *t, Module *module)
{
    for (size_t n = 0; n < OZ_COUNT(constants); n++)
        if (!oz_module_add_int(t, module, constants[n].name, constants[n].value))
            return false;
    Class *entry = oz_builtin_class(t, OZ_SCANDIR) ? oz_builtin_class(t, OZ_DIR_ENTRY) : NULL;
    return entry && oz_module_add(t, module, "DirEntry", oz_retain((Obj)entry)) &&
           oz_module_add(t, module, "error", oz_retain((Obj)t->vm->errors[OZ_OSError])) &&
           add_functions(t, module) && add_classes(t, module) && add_environment(t, module) &&
           add_have_functions(t, module) && oz_posix_names(t, module);
}

static void posix_fini(Thread *t OZ_UNUSED, Module *module)
{
    PosixState *s = module->state;
    module->state = NULL;
    if (!s)
        return;
    oz_clear(&s->before_fork);
    oz_clear(&s->after_fork_parent);
    oz_clear(&s->after_fork_child);
    oz_block_free(s);
}

const ModuleDef oz_posix_module = {
    .name = "posix",
    .doc = "What the module os is made of: the functions of the system.",
    .init = posix_init,
    .fini = posix_fini,
};
