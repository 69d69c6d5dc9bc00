// SPDX-License-Identifier: MIT
// What the modules that speak to the system share: paths, descriptors, interrupted calls.
#ifndef OZ_MODULES_OS_SUPPORT_H
#define OZ_MODULES_OS_SUPPORT_H

#include "object/world.h"
#include "types/list.h"
#include "types/module.h"
#include "types/structseq.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

/* A file as an argument names it: by path, by descriptor, or not at all. */
typedef struct OsPath {
    Ref bytes;        /* the encoded path, or empty */
    Ref plain;        /* what __fspath__ gave, or the bytes of a buffer; or empty */
    Obj given;        /* the path as str or a kind of bytes, or the descriptor; what errors show */
    const char *text; /* of `bytes`; "." for None; NULL when it is a descriptor */
    int fd;           /* -1, or the descriptor */
    bool narrow;      /* given as bytes: results are bytes */
} OsPath;

enum { OZ_PATH_FD = 1, OZ_PATH_NONE = 2 };

/* TypeError "FUNCTION: ARGUMENT should be string, bytes, os.PathLike ..., not T".  Runs Python:
 * yes (__fspath__, __index__, what a buffer does). */
bool oz_os_path(Thread *t, OsPath *path, Obj v, const char *function, const char *argument,
                int allow) OZ_CHECKED;
static inline void oz_os_path_fini(OsPath *path)
{
    oz_drop(path->bytes);
    oz_drop(path->plain);
}
#define scoped_path __attribute__((cleanup(oz_os_path_fini))) OsPath

/* A path with only the usual possibilities. */
#define OZ_PATH(name, value, function)                                                             \
    scoped_path name = {0};                                                                        \
    if (!oz_os_path(t, &name, value, function, #name, 0))                                          \
    return NULL

/* OSError from errno, with the path in it. */
Ref oz_os_raise(Thread *t) OZ_COLD;
Ref oz_os_raise_path(Thread *t, const OsPath *path) OZ_COLD;
Ref oz_os_raise_paths(Thread *t, const OsPath *from, const OsPath *to) OZ_COLD;
/* None if `status` is not negative, else OSError. */
Ref oz_os_result(Thread *t, int status) OZ_CHECKED;
Ref oz_os_result_path(Thread *t, int status, const OsPath *path) OZ_CHECKED;

bool oz_os_dir_fd(Thread *t, Obj v, int *fd) OZ_CHECKED; /* None: AT_FDCWD */
/* An int or an object with fileno(); ValueError for negative ones.  Runs Python: yes. */
bool oz_os_fileno(Thread *t, Obj v, int *fd) OZ_CHECKED;
/* The number of a process, or an argument beside it: "signed integer is greater than maximum". */
bool oz_os_pid(Thread *t, Obj v, int *pid) OZ_CHECKED;
/* An int (no __index__) that fits an `unsigned type`. */
bool oz_os_unsigned(Thread *t, Obj v, uint64_t most, const char *type, uint64_t *n) OZ_CHECKED;
/* A user or group: -1 means "leave it". */
bool oz_os_id(Thread *t, Obj v, const char *what, uint32_t *id) OZ_CHECKED;
Ref oz_os_id_new(Thread *t, uint32_t id) OZ_CHECKED; /* (uid_t)-1 is -1 */
/* The signals that an iterable of numbers names. */
bool oz_os_signals(Thread *t, Obj numbers, sigset_t *set) OZ_CHECKED;
/* A str without a zero inside as C text, which may lie in *keep; NULL: raised.  `argument` tells
 * which one of the function's it is: "", " 1", " 'name'". */
const char *oz_os_text(Thread *t, Obj v, const char *function, const char *argument,
                       Ref *keep) OZ_CHECKED;
/* str of what the system wrote, or bytes. */
Ref oz_os_name(Thread *t, const char *text, bool narrow) OZ_CHECKED;

/* The path of `size` bytes without needless parts, "a/c" of "a//b/../c", into `out`, which has room
 * for one more ("." of ""); how long it is. */
size_t oz_os_normalise(char *out, const char *path, size_t size);

/* A list of C strings in one block, ended by NULL; they point into `keep`. */
typedef struct OsStrings {
    char **items;
    Ref keep; /* list of bytes */
} OsStrings;

bool oz_os_strings(Thread *t, OsStrings *strings, List *bytes) OZ_CHECKED;
static inline void oz_os_strings_fini(OsStrings *strings)
{
    oz_block_free(strings->items);
    oz_drop(strings->keep);
}
#define scoped_os_strings __attribute__((cleanup(oz_os_strings_fini))) OsStrings

/* Repeat a call that a signal has interrupted, after its handlers; in functions that return Ref.
 * It is done detached: its arguments stay where they are meanwhile. */
#define OZ_RETRY(result, call)                                                                     \
    while (((result) = OZ_DETACHED(t, call)) < 0 && errno == EINTR)                                \
        if (!oz_poll(t))                                                                           \
            return NULL;

/* Read until `size` bytes are there: how many are, fewer at the end of the file or on an error. For
 * a thread that is detached; an interrupted call is made again, handlers come later. */
size_t oz_os_read_whole(int fd, uint8_t *data, size_t size);

/* os.stat_result from the system's (posix_stat.c). */
Ref oz_stat_new(Thread *t, Obj module, const struct stat *info) OZ_CHECKED;
/* OZ_TIME_AWAY: from zero, so that what is below it stays so, and no wait is cut short. */
typedef enum TimeRound { OZ_TIME_FLOOR, OZ_TIME_CEILING, OZ_TIME_EVEN, OZ_TIME_AWAY } TimeRound;
/* Seconds from an int or a float, and the rest in parts of a second (os_support.c). */
bool oz_time_parts(Thread *t, Obj v, long parts, TimeRound round, time_t *seconds,
                   long *part) OZ_CHECKED;
/* The same in nanoseconds. */
bool oz_time_from(Thread *t, Obj v, struct timespec *time, TimeRound round) OZ_CHECKED;
/* Units (of `unit` nanoseconds) from an int or a float, in nanoseconds; OverflowError beyond 64
 * bits, TypeError from __index__. */
bool oz_time_ns(Thread *t, Obj v, int64_t unit, TimeRound round, int64_t *ns) OZ_CHECKED;

/* The time that a call may wait, across interruptions. */
typedef struct OsWait {
    int64_t left; /* nanoseconds; negative: for ever */
    int64_t end;  /* on the monotonic clock */
} OsWait;

void oz_wait_start(OsWait *wait, int64_t ns /* negative: for ever */);
void oz_wait_again(OsWait *wait); /* how much is left now, at least 0 */
/* What is left as poll() and select() take it, rounded up; -1 and NULL: for ever. */
int oz_wait_ms(const OsWait *wait);
struct timeval;
struct timeval *oz_wait_timeval(const OsWait *wait, struct timeval *time);

/* An unsigned int, higher bits cut off. */
bool oz_os_mask(Thread *t, Obj v, uint32_t *mask) OZ_CHECKED;

/* Constants of a module, ended by a NULL name. */
typedef struct OsConstant {
    const char *name;
    int64_t value;
} OsConstant;
#define OZ_CONSTANT(name)                                                                          \
    {                                                                                              \
#name, (int64_t)(name)                                                                     \
    }
bool oz_os_constants(Thread *t, Module *module, const OsConstant *constants) OZ_CHECKED;

/* ---- the parts of posix ---- */

/* The classes that posix makes for itself; posix keeps them in module->state. */
typedef struct PosixState {
    Class *stat_result, *statvfs_result, *times_result, *uname_result, *terminal_size;
    Class *waitid_result, *sched_param;
    Class *rusage;
    Ref before_fork, after_fork_parent, after_fork_child; /* lists, or empty */
} PosixState;

OZ_INLINE PosixState *oz_posix(Obj module)
{
    return ((const Module *)module)->state;
}

extern const NativeDef *const oz_posix_stat_functions[];
extern const NativeDef *const oz_posix_file_functions[];
extern const NativeDef *const oz_posix_tree_functions[];
extern const NativeDef *const oz_posix_process_functions[];
extern const NativeDef *const oz_posix_system_functions[];
extern const StructDef oz_stat_result_def, oz_statvfs_result_def, oz_times_result_def;
extern const StructDef oz_uname_result_def, oz_terminal_size_def, oz_waitid_result_def;
extern const StructDef oz_sched_param_def, oz_rusage_def;

/* The dicts sysconf_names, pathconf_names, confstr_names (posix_system.c). */
bool oz_posix_names(Thread *t, Module *module) OZ_CHECKED;
struct rusage;
Ref oz_rusage_new(Thread *t, Class *cls, const struct rusage *usage) OZ_CHECKED;
/* Before and after fork(): the hooks of register_at_fork.  Failures are reported. */
void oz_fork_before(Thread *t, Obj module);
void oz_fork_after(Thread *t, Obj module, bool child);

#endif
