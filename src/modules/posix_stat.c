// SPDX-License-Identifier: MIT
// posix: what is known about a file (stat), and changing it (chmod, chown, utime, access).
#include "modules/native_type.h"
#include "modules/os_support.h"
#include "types/audit.h"
#include "types/float.h"

#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* ---- stat_result ---- */

static const StructField stat_fields[] = {
    {"st_mode", "kind and permissions"},
    {"st_ino", "inode"},
    {"st_dev", "device that it lies on"},
    {"st_nlink", "names that it has"},
    {"st_uid", "owner"},
    {"st_gid", "group"},
    {"st_size", "bytes"},
    {NULL, "whole seconds of the last access"},
    {NULL, "whole seconds of the last change of contents"},
    {NULL, "whole seconds of the last change of anything"},
    {"st_atime", "last access"},
    {"st_mtime", "last change of contents"},
    {"st_ctime", "last change of anything"},
    {"st_atime_ns", "last access, in nanoseconds"},
    {"st_mtime_ns", "last change of contents, in nanoseconds"},
    {"st_ctime_ns", "last change of anything, in nanoseconds"},
    {"st_blksize", "bytes of a block that suit reading and writing"},
    {"st_blocks", "blocks of 512 bytes in use"},
    {"st_rdev", "device that it stands for"},
};
const StructDef oz_stat_result_def = {
    .name = "os.stat_result",
    .doc = "What os.stat() tells of a file: a tuple of ten, and attributes.",
    .fields = stat_fields,
    .count = OZ_COUNT(stat_fields),
    .visible = 10,
};

static Ref nanoseconds(Thread *t, struct timespec time)
{
    __int128 n = (__int128)time.tv_sec * 1000000000 + time.tv_nsec;
    if (n >= INT64_MIN && n <= INT64_MAX)
        return oz_int_new(t, (int64_t)n);
    scoped Ref seconds = oz_int_new(t, time.tv_sec);
    scoped Ref whole = seconds ? oz_int_multiply(t, seconds, oz_int(1000000000)) : NULL;
    return whole ? oz_int_add(t, whole, oz_int(time.tv_nsec)) : NULL;
}

static Ref seconds(Thread *t, struct timespec time)
{
    return oz_float_new(t, (double)time.tv_sec + 1e-9 * (double)time.tv_nsec);
}

Ref oz_stat_new(Thread *t, Obj module, const struct stat *info)
{
    const struct timespec *times[] = {&info->st_atim, &info->st_mtim, &info->st_ctim};
    Ref v[OZ_COUNT(stat_fields)] = {
        oz_int(info->st_mode),
        oz_int_from_uint64(t, info->st_ino),
        oz_int_from_uint64(t, info->st_dev),
        oz_int_from_uint64(t, info->st_nlink),
        oz_os_id_new(t, info->st_uid),
        oz_os_id_new(t, info->st_gid),
        oz_int_new(t, info->st_size),
    };
    for (unsigned n = 0; n < 3; n++) {
        v[7 + n] = oz_int_new(t, times[n]->tv_sec);
        v[10 + n] = seconds(t, *times[n]);
        v[13 + n] = nanoseconds(t, *times[n]);
    }
    v[16] = oz_int(info->st_blksize);
    v[17] = oz_int_new(t, info->st_blocks);
    v[18] = oz_int_from_uint64(t, info->st_rdev);
    bool whole = true;
    for (size_t n = 0; n < OZ_COUNT(v); n++)
        whole = whole && v[n];
    if (whole)
        return oz_structseq_new(t, oz_posix(module)->stat_result, v);
    for (size_t n = 0; n < OZ_COUNT(v); n++)
        oz_clear(&v[n]);
    return NULL;
}

static Ref do_stat(Thread *t, Obj module, Obj v, Obj dir_fd, bool follow, const char *function,
                   int allow)
{
    scoped_path path = {0};
    int dir;
    struct stat info;
    if (!oz_os_path(t, &path, v, function, "path", allow) || !oz_os_dir_fd(t, dir_fd, &dir))
        return NULL;
    if (path.fd >= 0 || !path.text) {
        if (dir != AT_FDCWD)
            return oz_raise(t, OZ_ValueError, "%s: can't specify dir_fd without matching path",
                            function);
        if (!follow)
            return oz_raise(t, OZ_ValueError, "%s: cannot use fd and follow_symlinks together",
                            function);
    }
    int status =
        OZ_DETACHED(t, path.text ? fstatat(dir, path.text, &info, follow ? 0 : AT_SYMLINK_NOFOLLOW)
                                 : fstat(path.fd, &info));
    return status < 0 ? oz_os_raise_path(t, &path) : oz_stat_new(t, module, &info);
}

OZ_FUNCTION(posix, stat, "($module, /, path, *, dir_fd=None, follow_symlinks=True)",
            "What is known about a file, given by path or descriptor.")
{
    bool follow;
    return oz_truth(t, a[3], &follow) ? do_stat(t, a[0], a[1], a[2], follow, "stat", OZ_PATH_FD)
                                      : NULL;
}

OZ_FUNCTION(posix, lstat, "($module, /, path, *, dir_fd=None)",
            "What is known about a file; a symbolic link is not followed.")
{
    return do_stat(t, a[0], a[1], a[2], false, "lstat", 0);
}

OZ_FUNCTION(posix, fstat, "($module, /, fd)", "What is known about an open file.")
{
    int fd, status;
    struct stat info;
    if (!oz_as_int(t, a[1], &fd))
        return NULL;
    OZ_RETRY(status, fstat(fd, &info))
    return status < 0 ? oz_os_raise(t) : oz_stat_new(t, a[0], &info);
}

/* ---- file systems ---- */

static const StructField statvfs_fields[] = {
    {"f_bsize", NULL},  {"f_frsize", NULL},  {"f_blocks", NULL}, {"f_bfree", NULL},
    {"f_bavail", NULL}, {"f_files", NULL},   {"f_ffree", NULL},  {"f_favail", NULL},
    {"f_flag", NULL},   {"f_namemax", NULL}, {"f_fsid", NULL},
};
const StructDef oz_statvfs_result_def = {
    .name = "os.statvfs_result",
    .doc = "What os.statvfs() tells of a file system.",
    .fields = statvfs_fields,
    .count = OZ_COUNT(statvfs_fields),
    .visible = 10,
};

static Ref statvfs_new(Thread *t, Obj module, const struct statvfs *s)
{
    const uint64_t numbers[] = {s->f_bsize,  s->f_frsize,  s->f_blocks, s->f_bfree,
                                s->f_bavail, s->f_files,   s->f_ffree,  s->f_favail,
                                s->f_flag,   s->f_namemax, s->f_fsid};
    Ref v[OZ_COUNT(numbers)];
    bool whole = true;
    for (size_t n = 0; n < OZ_COUNT(v); n++) {
        v[n] = oz_int_from_uint64(t, numbers[n]);
        whole = whole && v[n];
    }
    if (whole)
        return oz_structseq_new(t, oz_posix(module)->statvfs_result, v);
    for (size_t n = 0; n < OZ_COUNT(v); n++)
        oz_clear(&v[n]);
    return NULL;
}

OZ_FUNCTION(posix, statvfs, "($module, /, path)", "What is known about a file system.")
{
    scoped_path path = {0};
    struct statvfs info;
    int status;
    if (!oz_os_path(t, &path, a[1], "statvfs", "path", OZ_PATH_FD))
        return NULL;
    OZ_RETRY(status, path.text ? statvfs(path.text, &info) : fstatvfs(path.fd, &info))
    return status < 0 ? oz_os_raise_path(t, &path) : statvfs_new(t, a[0], &info);
}

OZ_FUNCTION(posix, fstatvfs, "($module, fd, /)", "What is known about the file system of a file.")
{
    int fd, status;
    struct statvfs info;
    if (!oz_as_int(t, a[1], &fd))
        return NULL;
    OZ_RETRY(status, fstatvfs(fd, &info))
    return status < 0 ? oz_os_raise(t) : statvfs_new(t, a[0], &info);
}

OZ_FUNCTION(posix, major, "($module, device, /)", "The major number of a device.")
{
    uint64_t device;
    return oz_as_uint64(t, a[1], &device) ? oz_int(major(device)) : NULL;
}

OZ_FUNCTION(posix, minor, "($module, device, /)", "The minor number of a device.")
{
    uint64_t device;
    return oz_as_uint64(t, a[1], &device) ? oz_int(minor(device)) : NULL;
}

OZ_FUNCTION(posix, makedev, "($module, major, minor, /)", "The device of two numbers.")
{
    int high, low;
    if (!oz_as_int(t, a[1], &high) || !oz_as_int(t, a[2], &low))
        return NULL;
    return oz_int_from_uint64(t, makedev((unsigned)high, (unsigned)low));
}

/* ---- permissions and owners ---- */

OZ_FUNCTION(posix, access,
            "($module, /, path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)",
            "May this process read, write or run the file?")
{
    OZ_PATH(path, a[1], "access");
    int mode, dir;
    bool effective, follow;
    if (!oz_as_int(t, a[2], &mode) || !oz_os_dir_fd(t, a[3], &dir) ||
        !oz_truth(t, a[4], &effective) || !oz_truth(t, a[5], &follow))
        return NULL;
    int flags = (effective ? AT_EACCESS : 0) | (follow ? 0 : AT_SYMLINK_NOFOLLOW);
    return oz_bool(OZ_DETACHED(t, faccessat(dir, path.text, mode, flags)) == 0);
}

OZ_FUNCTION(posix, chmod, "($module, /, path, mode, *, dir_fd=None, follow_symlinks=True)",
            "Change the permissions of a file.")
{
    scoped_path path = {0};
    int mode, dir;
    bool follow;
    if (!oz_audit_event(t, "os.chmod", "OOd", a[1], a[2], a[3]))
        return NULL;
    if (!oz_os_path(t, &path, a[1], "chmod", "path", OZ_PATH_FD) || !oz_as_int(t, a[2], &mode) ||
        !oz_os_dir_fd(t, a[3], &dir) || !oz_truth(t, a[4], &follow))
        return NULL;
    if (!path.text)
        return oz_os_result_path(t, OZ_DETACHED(t, fchmod(path.fd, (mode_t)mode)), &path);
    int status =
        OZ_DETACHED(t, fchmodat(dir, path.text, (mode_t)mode, follow ? 0 : AT_SYMLINK_NOFOLLOW));
    if (status < 0 && !follow && errno == EOPNOTSUPP)
        return oz_raise(t, OZ_NotImplementedError,
                        "chmod: follow_symlinks unavailable on this platform");
    return oz_os_result_path(t, status, &path);
}

OZ_FUNCTION(posix, fchmod, "($module, /, fd, mode)", "Change the permissions of an open file.")
{
    int fd, mode, status;
    if (!oz_audit_event(t, "os.chmod", "OOd", a[1], a[2], NULL))
        return NULL;
    if (!oz_as_int(t, a[1], &fd) || !oz_as_int(t, a[2], &mode))
        return NULL;
    OZ_RETRY(status, fchmod(fd, (mode_t)mode))
    return oz_os_result(t, status);
}

OZ_FUNCTION(posix, chown, "($module, /, path, uid, gid, *, dir_fd=None, follow_symlinks=True)",
            "Change owner and group of a file; -1 leaves one as it is.")
{
    scoped_path path = {0};
    uint32_t uid, gid;
    int dir;
    bool follow;
    if (!oz_audit_event(t, "os.chown", "OOOd", a[1], a[2], a[3], a[4]))
        return NULL;
    if (!oz_os_path(t, &path, a[1], "chown", "path", OZ_PATH_FD) ||
        !oz_os_id(t, a[2], "uid", &uid) || !oz_os_id(t, a[3], "gid", &gid) ||
        !oz_os_dir_fd(t, a[4], &dir) || !oz_truth(t, a[5], &follow))
        return NULL;
    if (!path.text && dir != AT_FDCWD)
        return oz_raise(t, OZ_ValueError, "chown: can't specify both dir_fd and fd");
    if (!path.text && !follow)
        return oz_raise(t, OZ_ValueError, "chown: cannot use fd and follow_symlinks together");
    int status = OZ_DETACHED(
        t, path.text ? fchownat(dir, path.text, uid, gid, follow ? 0 : AT_SYMLINK_NOFOLLOW)
                     : fchown(path.fd, uid, gid));
    return oz_os_result_path(t, status, &path);
}

OZ_FUNCTION(posix, fchown, "($module, /, fd, uid, gid)", "Change owner and group of an open file.")
{
    int fd, status;
    uint32_t uid, gid;
    if (!oz_audit_event(t, "os.chown", "OOOd", a[1], a[2], a[3], NULL))
        return NULL;
    if (!oz_as_int(t, a[1], &fd) || !oz_os_id(t, a[2], "uid", &uid) ||
        !oz_os_id(t, a[3], "gid", &gid))
        return NULL;
    OZ_RETRY(status, fchown(fd, uid, gid))
    return oz_os_result(t, status);
}

OZ_FUNCTION(posix, lchown, "($module, /, path, uid, gid)",
            "Change owner and group; a symbolic link is not followed.")
{
    if (!oz_audit_event(t, "os.chown", "OOOd", a[1], a[2], a[3], NULL))
        return NULL;
    OZ_PATH(path, a[1], "lchown");
    uint32_t uid, gid;
    if (!oz_os_id(t, a[2], "uid", &uid) || !oz_os_id(t, a[3], "gid", &gid))
        return NULL;
    return oz_os_result_path(t, OZ_DETACHED(t, lchown(path.text, uid, gid)), &path);
}

/* ---- times ---- */

static bool split_ns(Thread *t, Obj v, struct timespec *time)
{
    scoped Ref quotient = NULL, remainder = NULL;
    scoped Ref number = oz_index(t, v);
    int64_t whole, rest;
    if (!number || !oz_int_divmod(t, number, oz_int(1000000000), &quotient, &remainder) ||
        !oz_as_int64(t, quotient, &whole) || !oz_as_int64(t, remainder, &rest))
        return false;
    *time = (struct timespec){whole, rest};
    return true;
}

static bool two_times(Thread *t, Obj pair, bool ns, struct timespec *out)
{
    const Tuple *tuple = oz_as_tuple(pair);
    if (!tuple || tuple->length != 2)
        return oz_fail(t, OZ_TypeError,
                       ns ? "utime: 'ns' must be a tuple of two ints"
                          : "utime: 'times' must be either a tuple of two ints or None");
    for (unsigned n = 0; n < 2; n++)
        if (ns ? !split_ns(t, tuple->items[n], &out[n])
               : !oz_time_from(t, tuple->items[n], &out[n], OZ_TIME_FLOOR))
            return false;
    return true;
}

OZ_FUNCTION(posix, utime,
            "($module, /, path, times=None, *, ns=<unrepresentable>, dir_fd=None, "
            "follow_symlinks=True)",
            "Set the times of last access and change; now, if none are given.")
{
    scoped_path path = {0};
    struct timespec times[2];
    int dir;
    bool follow, now = a[2] == OZ_NONE && !a[3];
    if (!oz_audit_event(t, "os.utime", "OOOd", a[1], a[2], a[3], a[4]))
        return NULL;
    if (!oz_os_path(t, &path, a[1], "utime", "path", OZ_PATH_FD) || !oz_os_dir_fd(t, a[4], &dir) ||
        !oz_truth(t, a[5], &follow))
        return NULL;
    if (a[3] && a[2] != OZ_NONE)
        return oz_raise(t, OZ_ValueError,
                        "utime: you may specify either 'times' or 'ns' but not both");
    if (!now && !two_times(t, a[3] ? a[3] : a[2], a[3] != NULL, times))
        return NULL;
    if (!path.text && dir != AT_FDCWD)
        return oz_raise(t, OZ_ValueError, "utime: can't specify dir_fd without matching path");
    if (!path.text && !follow)
        return oz_raise(t, OZ_ValueError, "utime: cannot use fd and follow_symlinks together");
    const struct timespec *given = now ? NULL : times;
    int status = OZ_DETACHED(
        t, path.text ? utimensat(dir, path.text, given, follow ? 0 : AT_SYMLINK_NOFOLLOW)
                     : futimens(path.fd, given));
    return oz_os_result(t, status);
}

const NativeDef *const oz_posix_stat_functions[] = {
    &posix_stat,   &posix_lstat,   &posix_fstat,  &posix_statvfs, &posix_fstatvfs, &posix_major,
    &posix_minor,  &posix_makedev, &posix_access, &posix_chmod,   &posix_fchmod,   &posix_chown,
    &posix_fchown, &posix_lchown,  &posix_utime,  NULL,
};
