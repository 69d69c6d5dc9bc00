// SPDX-License-Identifier: MIT
// posix: folders, names and links.
//
// scandir() keeps the system's directory stream open until it is read to its end, closed or dead.
// A DirEntry knows what the stream said and asks the system only for the rest.
#include "modules/modules.h"
#include "modules/native_type.h"
#include "modules/os_support.h"
#include "types/audit.h"
#include "types/buffer.h"
#include "types/bytes.h"
#include "types/codec.h"

#include <dirent.h>
#include <limits.h>
#include <linux/limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/xattr.h>
#include <unistd.h>

/* ---- the current folder ---- */

static Ref current_folder(Thread *t, bool narrow)
{
    char *path = OZ_DETACHED(t, getcwd(NULL, 0));
    if (!path)
        return oz_os_raise(t);
    Ref result = oz_os_name(t, path, narrow);
    free(path);
    return result;
}

OZ_FUNCTION(posix, getcwd, "($module, /)", "The current folder.")
{
    return current_folder(t, false);
}

OZ_FUNCTION(posix, getcwdb, "($module, /)", "The current folder, as bytes.")
{
    return current_folder(t, true);
}

OZ_FUNCTION(posix, chdir, "($module, /, path)", "Change the current folder.")
{
    scoped_path path = {0};
    int status;
    if (!oz_audit_event(t, "os.chdir", "O", a[1]))
        return NULL;
    if (!oz_os_path(t, &path, a[1], "chdir", "path", OZ_PATH_FD))
        return NULL;
    OZ_RETRY(status, path.text ? chdir(path.text) : fchdir(path.fd))
    return oz_os_result_path(t, status, &path);
}

OZ_FUNCTION(posix, fchdir, "($module, /, fd)", "Change the current folder to an open one.")
{
    int fd, status;
    if (!oz_audit_event(t, "os.chdir", "O", a[1]))
        return NULL;
    if (!oz_os_fileno(t, a[1], &fd))
        return NULL;
    OZ_RETRY(status, fchdir(fd))
    return oz_os_result(t, status);
}

OZ_FUNCTION(posix, chroot, "($module, /, path)", "Change the root folder of this process.")
{
    OZ_PATH(path, a[1], "chroot");
    return oz_os_result_path(t, OZ_DETACHED(t, chroot(path.text)), &path);
}

/* ---- making and removing ---- */

OZ_FUNCTION(posix, mkdir, "($module, /, path, mode=511, *, dir_fd=None)", "Make a folder.")
{
    if (!oz_audit_event(t, "os.mkdir", "OOd", a[1], a[2], a[3]))
        return NULL;
    OZ_PATH(path, a[1], "mkdir");
    int mode, dir;
    if (!oz_as_int(t, a[2], &mode) || !oz_os_dir_fd(t, a[3], &dir))
        return NULL;
    return oz_os_result_path(t, OZ_DETACHED(t, mkdirat(dir, path.text, (mode_t)mode)), &path);
}

OZ_FUNCTION(posix, mkfifo, "($module, /, path, mode=438, *, dir_fd=None)", "Make a named pipe.")
{
    OZ_PATH(path, a[1], "mkfifo");
    int mode, dir, status;
    if (!oz_as_int(t, a[2], &mode) || !oz_os_dir_fd(t, a[3], &dir))
        return NULL;
    OZ_RETRY(status, mkfifoat(dir, path.text, (mode_t)mode))
    return oz_os_result(t, status);
}

OZ_FUNCTION(posix, mknod, "($module, /, path, mode=384, device=0, *, dir_fd=None)",
            "Make a file, a named pipe or a device.")
{
    OZ_PATH(path, a[1], "mknod");
    int mode, dir, status;
    uint64_t device;
    if (!oz_as_int(t, a[2], &mode) || !oz_as_uint64(t, a[3], &device) ||
        !oz_os_dir_fd(t, a[4], &dir))
        return NULL;
    OZ_RETRY(status, mknodat(dir, path.text, (mode_t)mode, device))
    return oz_os_result(t, status);
}

static Ref remove_name(Thread *t, Obj v, Obj dir_fd, const char *function, int flags)
{
    OZ_PATH(path, v, function);
    int dir;
    if (!oz_os_dir_fd(t, dir_fd, &dir))
        return NULL;
    return oz_os_result_path(t, OZ_DETACHED(t, unlinkat(dir, path.text, flags)), &path);
}

OZ_FUNCTION(posix, rmdir, "($module, /, path, *, dir_fd=None)", "Remove an empty folder.")
{
    if (!oz_audit_event(t, "os.rmdir", "Od", a[1], a[2]))
        return NULL;
    return remove_name(t, a[1], a[2], "rmdir", AT_REMOVEDIR);
}

OZ_FUNCTION(posix, unlink, "($module, /, path, *, dir_fd=None)", "Remove a file.")
{
    if (!oz_audit_event(t, "os.remove", "Od", a[1], a[2]))
        return NULL;
    return remove_name(t, a[1], a[2], "unlink", 0);
}

OZ_FUNCTION(posix, remove, "($module, /, path, *, dir_fd=None)", "Remove a file.")
{
    if (!oz_audit_event(t, "os.remove", "Od", a[1], a[2]))
        return NULL;
    return remove_name(t, a[1], a[2], "remove", 0);
}

static Ref rename_file(Thread *t, const Obj *a, const char *function)
{
    scoped_path src = {0}, dst = {0};
    int from, to;
    if (!oz_os_path(t, &src, a[1], function, "src", 0) ||
        !oz_os_path(t, &dst, a[2], function, "dst", 0) || !oz_os_dir_fd(t, a[3], &from) ||
        !oz_os_dir_fd(t, a[4], &to))
        return NULL;
    if (OZ_DETACHED(t, renameat(from, src.text, to, dst.text)) < 0)
        return oz_os_raise_paths(t, &src, &dst);
    return OZ_NONE;
}

OZ_FUNCTION(posix, rename, "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)",
            "Give a file another name.")
{
    if (!oz_audit_event(t, "os.rename", "OOdd", a[1], a[2], a[3], a[4]))
        return NULL;
    return rename_file(t, a, "rename");
}

OZ_FUNCTION(posix, replace, "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)",
            "Give a file another name; a file of that name is replaced.")
{
    if (!oz_audit_event(t, "os.rename", "OOdd", a[1], a[2], a[3], a[4]))
        return NULL;
    return rename_file(t, a, "replace");
}

OZ_FUNCTION(posix, link,
            "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True)",
            "Give a file a further name.")
{
    scoped_path src = {0}, dst = {0};
    int from, to;
    bool follow;
    if (!oz_audit_event(t, "os.link", "OOdd", a[1], a[2], a[3], a[4]))
        return NULL;
    if (!oz_os_path(t, &src, a[1], "link", "src", 0) ||
        !oz_os_path(t, &dst, a[2], "link", "dst", 0) || !oz_os_dir_fd(t, a[3], &from) ||
        !oz_os_dir_fd(t, a[4], &to) || !oz_truth(t, a[5], &follow))
        return NULL;
    bool plain = from == AT_FDCWD && to == AT_FDCWD && follow;
    int status = OZ_DETACHED(
        t, plain ? link(src.text, dst.text)
                 : linkat(from, src.text, to, dst.text, follow ? AT_SYMLINK_FOLLOW : 0));
    return status < 0 ? oz_os_raise_paths(t, &src, &dst) : OZ_NONE;
}

OZ_FUNCTION(posix, symlink, "($module, /, src, dst, target_is_directory=False, *, dir_fd=None)",
            "Make a symbolic link dst that points to src.")
{
    scoped_path src = {0}, dst = {0};
    int dir;
    if (!oz_audit_event(t, "os.symlink", "OOd", a[1], a[2], a[4]))
        return NULL;
    if (!oz_os_path(t, &src, a[1], "symlink", "src", 0) ||
        !oz_os_path(t, &dst, a[2], "symlink", "dst", 0) || !oz_os_dir_fd(t, a[4], &dir))
        return NULL;
    if (OZ_DETACHED(t, symlinkat(src.text, dir, dst.text)) < 0)
        return oz_os_raise_paths(t, &src, &dst);
    return OZ_NONE;
}

OZ_FUNCTION(posix, readlink, "($module, /, path, *, dir_fd=None)",
            "What a symbolic link points to.")
{
    OZ_PATH(path, a[1], "readlink");
    int dir;
    char target[PATH_MAX + 1];
    if (!oz_os_dir_fd(t, a[2], &dir))
        return NULL;
    ssize_t n = OZ_DETACHED(t, readlinkat(dir, path.text, target, PATH_MAX));
    if (n < 0)
        return oz_os_raise_path(t, &path);
    target[n] = 0;
    return oz_os_name(t, target, path.narrow);
}

/* ---- listing ---- */

static bool is_dots(const char *name)
{
    return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

static DIR *open_folder(const OsPath *path)
{
    if (path->text)
        return opendir(path->text);
    int copy = fcntl(path->fd, F_DUPFD_CLOEXEC, 0);
    DIR *stream = copy < 0 ? NULL : fdopendir(copy);
    if (stream)
        rewinddir(stream);
    else if (copy >= 0) {
        int error = errno;
        close(copy);
        errno = error;
    }
    return stream;
}

static bool list_folder(Thread *t, DIR *stream, List *names, const OsPath *path)
{
    for (;;) {
        errno = 0;
        struct dirent *entry = OZ_DETACHED(t, readdir(stream));
        if (!entry && errno) {
            oz_os_raise_path(t, path);
            return false;
        }
        if (!entry)
            return true;
        if (is_dots(entry->d_name))
            continue;
        Ref name = oz_os_name(t, entry->d_name, path->narrow);
        if (!name || !oz_list_append_take(t, names, name) || !oz_poll(t))
            return false;
    }
}

OZ_FUNCTION(posix, listdir, "($module, /, path=None)", "The names in a folder, in any order.")
{
    scoped_path path = {0};
    if (!oz_audit_event(t, "os.listdir", "O", a[1]))
        return NULL;
    if (!oz_os_path(t, &path, a[1], "listdir", "path", OZ_PATH_FD | OZ_PATH_NONE))
        return NULL;
    scoped Ref names = oz_list_new(t, 0);
    DIR *stream = names ? OZ_DETACHED(t, open_folder(&path)) : NULL;
    if (!stream)
        return names ? oz_os_raise_path(t, &path) : NULL;
    bool ok = list_folder(t, stream, (List *)names, &path);
    OZ_DETACHED(t, closedir(stream));
    return ok ? oz_move(&names) : NULL;
}

/* ---- DirEntry ---- */

#define ENTRY_REFS(REF) REF(name) REF(path) REF(module) REF(stat) REF(lstat)
typedef struct DirEntry {
    Object base;
    ENTRY_REFS(OZ_FIELD) /* stat, lstat: [owner] asked for once; or empty */
    uint64_t inode;      /* [const] */
    int dir_fd;          /* [const] of the folder, or AT_FDCWD */
    unsigned char kind;  /* [const] DT_* */
} DirEntry;
OZ_TYPE_LIFE(dir_entry, DirEntry, ENTRY_REFS)

static Ref entry_fetch(Thread *t, DirEntry *self, bool follow)
{
    scoped_path path = {0};
    struct stat info;
    Obj named = self->dir_fd == AT_FDCWD ? self->path : self->name;
    if (!oz_os_path(t, &path, named, "stat", "path", 0))
        return NULL;
    path.given = self->path;
    int dir = self->dir_fd;
    if (OZ_DETACHED(t, fstatat(dir, path.text, &info, follow ? 0 : AT_SYMLINK_NOFOLLOW)) < 0)
        return oz_os_raise_path(t, &path);
    return oz_stat_new(t, self->module, &info);
}

/* The stat_result, kept; a new reference. */
static Ref entry_known(Thread *t, DirEntry *self, bool follow)
{
    bool link = self->kind == DT_LNK || self->kind == DT_UNKNOWN;
    Ref *place = follow && link ? &self->stat : &self->lstat;
    if (!*place) {
        Ref result = entry_fetch(t, self, follow && link);
        if (!result)
            return NULL;
        if (*place)
            oz_drop(result);
        else
            oz_store_new(&self->base, place, result);
    }
    return oz_load(place);
}

/* Is it of this kind?  A file that is gone is of none. */
static Ref entry_is(Thread *t, DirEntry *self, bool follow, unsigned char kind, mode_t mode)
{
    bool must_ask = self->kind == DT_UNKNOWN || (follow && self->kind == DT_LNK);
    if (!must_ask)
        return oz_bool(self->kind == kind);
    scoped Ref info = entry_known(t, self, follow);
    if (!info)
        return oz_exception_forget(t, OZ_FileNotFoundError) ? OZ_FALSE : NULL;
    int64_t bits = oz_int_value(((Tuple *)info)->items[0]);
    return oz_bool((bits & S_IFMT) == (int64_t)mode);
}

OZ_METHOD(entry, is_dir, "($self, /, *, follow_symlinks=True)", "Is it a folder?")
{
    bool follow;
    return oz_truth(t, a[1], &follow) ? entry_is(t, (DirEntry *)a[0], follow, DT_DIR, S_IFDIR)
                                      : NULL;
}

OZ_METHOD(entry, is_file, "($self, /, *, follow_symlinks=True)", "Is it an ordinary file?")
{
    bool follow;
    return oz_truth(t, a[1], &follow) ? entry_is(t, (DirEntry *)a[0], follow, DT_REG, S_IFREG)
                                      : NULL;
}

OZ_METHOD(entry, is_symlink, "($self, /)", "Is it a symbolic link?")
{
    return entry_is(t, (DirEntry *)a[0], false, DT_LNK, S_IFLNK);
}

OZ_METHOD(entry, stat, "($self, /, *, follow_symlinks=True)", "What is known about it.")
{
    bool follow;
    return oz_truth(t, a[1], &follow) ? entry_known(t, (DirEntry *)a[0], follow) : NULL;
}

OZ_METHOD(entry, inode, "($self, /)", "Its inode.")
{
    return oz_int_from_uint64(t, ((DirEntry *)a[0])->inode);
}

OZ_METHOD(entry, __fspath__, "($self, /)", "Its path.")
{
    return oz_retain(((DirEntry *)a[0])->path);
}

OZ_CLASS_METHOD(entry, __class_getitem__, "($type, item, /)", "DirEntry[item]")
{
    return oz_generic_alias_new(t, a[0], a[1]);
}

static Ref entry_repr(Thread *t, Obj self)
{
    return oz_str_format(t, "<DirEntry %R>", ((DirEntry *)self)->name);
}

const TypeDef oz_dir_entry_type = {
    .id = OZ_DIR_ENTRY,
    .name = "posix.DirEntry",
    .doc = "What scandir() gives: a name in a folder.",
    .size = sizeof(DirEntry),
    .flags = OZ_TYPE_NO_NEW,
    .visit = dir_entry_visit,
    .clear = dir_entry_clear,
    .slots = {.repr = entry_repr},
    .methods = OZ_METHODS(&entry_is_dir, &entry_is_file, &entry_is_symlink, &entry_stat,
                          &entry_inode, &entry___fspath__, &entry___class_getitem__),
    .members = OZ_MEMBERS(
        {"name", offsetof(DirEntry, name), OZ_MEMBER_READONLY, "Its name."},
        {"path", offsetof(DirEntry, path), OZ_MEMBER_READONLY, "The folder's path and its name."}),
};

/* ---- scandir ---- */

#define SCAN_REFS(REF) REF(folder) REF(module)
typedef struct Scandir {
    Object base;
    SCAN_REFS(OZ_FIELD) /* folder: the argument, str or bytes; None for the current one */
    DIR *stream;        /* [owner] NULL when it is closed */
    int dir_fd;         /* [const] */
    bool narrow;        /* [const] */
} Scandir;

static void scandir_visit(const Object *object, Visitor *v)
{
    const Scandir *self = (const Scandir *)object;
    SCAN_REFS(OZ_VISIT)
}

static void close_stream(Scandir *self)
{
    DIR *stream = self->stream;
    self->stream = NULL;
    if (!stream)
        return;
    if (self->dir_fd != AT_FDCWD)
        rewinddir(stream);
    closedir(stream);
}

static void scandir_clear(Thread *t OZ_UNUSED, Object *object)
{
    Scandir *self = (Scandir *)object;
    close_stream(self);
    SCAN_REFS(OZ_CLEAR)
}

static void scandir_finalize(Thread *t, Obj object)
{
    if (!((Scandir *)object)->stream)
        return;
    scoped Ref pending = oz_exception_take(t);
    if (!oz_warn(t, OZ_ResourceWarning, 1, "unclosed scandir iterator %R", object))
        oz_unraisable(t, object, NULL);
    if (pending)
        oz_exception_put(t, oz_move(&pending));
}

/* folder/name; without a folder the name alone. */
static Ref join_name(Thread *t, const Scandir *self, Obj name)
{
    if (self->folder == OZ_NONE || self->dir_fd != AT_FDCWD) {
        if (self->folder != OZ_NONE || self->dir_fd != AT_FDCWD)
            return oz_retain(name);
        scoped Ref dot = oz_str_new(t, "./");
        return dot ? oz_str_concat(t, dot, name) : NULL;
    }
    if (!self->narrow) {
        const Str *s = oz_as_str(self->folder);
        size_t n = oz_str_length(s);
        bool slash = n == 0 || oz_str_at(s, n - 1) == '/';
        return oz_str_format(t, slash ? "%S%S" : "%S/%S", self->folder, name);
    }
    const Bytes *f = oz_as_bytes(self->folder), *b = oz_as_bytes(name);
    size_t n = oz_bytes_length(f), m = oz_bytes_length(b);
    bool slash = n == 0 || oz_bytes_data(f)[n - 1] == '/';
    Ref joined = oz_bytes_alloc(t, n + !slash + m);
    if (joined) {
        uint8_t *out = oz_bytes_data((const Bytes *)joined);
        memcpy(out, oz_bytes_data(f), n);
        if (!slash)
            out[n++] = '/';
        memcpy(out + n, oz_bytes_data(b), m);
    }
    return joined;
}

static Ref make_entry(Thread *t, const Scandir *self, const struct dirent *found)
{
    scoped Ref name = oz_os_name(t, found->d_name, self->narrow);
    scoped Ref path = name ? join_name(t, self, name) : NULL;
    DirEntry *entry = path ? oz_object_new(t, OZ_DIR_ENTRY, sizeof *entry) : NULL;
    if (!entry)
        return NULL;
    entry->inode = found->d_ino;
    entry->kind = found->d_type;
    entry->dir_fd = self->dir_fd;
    OZ_INIT_FIELD(entry, name, oz_move(&name));
    OZ_INIT_FIELD(entry, path, oz_move(&path));
    OZ_INIT_FIELD(entry, module, oz_retain(self->module));
    return (Ref)entry;
}

static Ref scandir_next(Thread *t, Obj object)
{
    Scandir *self = (Scandir *)object;
    if (!oz_poll(t))
        return NULL;
    while (self->stream) {
        errno = 0;
        struct dirent *found = readdir(self->stream);
        if (!found) {
            int error = errno;
            close_stream(self);
            return error ? oz_raise_os_error(t, error, self->folder) : NULL;
        }
        if (!is_dots(found->d_name))
            return make_entry(t, self, found);
    }
    return NULL;
}

OZ_METHOD(scandir, close, "($self, /)", "Close the folder.")
{
    close_stream((Scandir *)a[0]);
    return OZ_NONE;
}

OZ_METHOD(scandir, __enter__, "($self, /)", "Itself.")
{
    return oz_retain(a[0]);
}

OZ_METHOD(scandir, __exit__, "($self, /, *args)", "Close the folder.")
{
    close_stream((Scandir *)a[0]);
    return OZ_NONE;
}

const TypeDef oz_scandir_type = {
    .id = OZ_SCANDIR,
    .name = "posix.ScandirIterator",
    .size = sizeof(Scandir),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = scandir_visit,
    .clear = scandir_clear,
    .slots = {.iter = oz_itself, .next = scandir_next, .finalize = scandir_finalize},
    .methods = OZ_METHODS(&scandir_close, &scandir___enter__, &scandir___exit__),
};

OZ_FUNCTION(posix, scandir, "($module, /, path=None)", "The entries of a folder, one by one.")
{
    scoped_path path = {0};
    if (!oz_audit_event(t, "os.scandir", "O", a[1]))
        return NULL;
    if (!oz_os_path(t, &path, a[1], "scandir", "path", OZ_PATH_FD | OZ_PATH_NONE))
        return NULL;
    Scandir *self = oz_object_new(t, OZ_SCANDIR, sizeof *self);
    scoped Ref result = (Ref)self;
    if (!self)
        return NULL;
    self->narrow = path.narrow;
    self->dir_fd = path.text ? AT_FDCWD : path.fd;
    scoped Ref folder = NULL;
    if (!path.text || !path.bytes)
        folder = OZ_NONE;
    else if (path.narrow)
        folder = oz_retain(path.bytes);
    else
        folder = oz_os_name(t, path.text, false);
    if (!folder)
        return NULL;
    OZ_INIT_FIELD(self, folder, oz_move(&folder));
    OZ_INIT_FIELD(self, module, oz_retain(a[0]));
    self->stream = open_folder(&path);
    return self->stream ? oz_move(&result) : oz_os_raise_path(t, &path);
}

/* ---- fspath ---- */

OZ_FUNCTION(posix, fspath, "($module, /, path)", "The str or bytes that stands for a path object.")
{
    return oz_fspath(t, a[1]);
}

OZ_FUNCTION(posix, _path_normpath, "($module, /, path)", "The path without needless parts.")
{
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "_path_normpath() argument 'path' must be str, not %T",
                        a[1]);
    scoped Ref bytes = oz_encode(t, a[1], "utf-8", "surrogatepass");
    if (!bytes)
        return NULL;
    size_t length = oz_bytes_length((const Bytes *)bytes);
    const char *path = (const char *)oz_bytes_data((const Bytes *)bytes);
    char *out = oz_block_alloc(t->heap, length + 2);
    if (!out)
        return oz_raise_memory(t);
    size_t n = oz_os_normalise(out, path, length);
    Ref result = oz_decode_utf8(t, (const uint8_t *)out, n, "surrogatepass");
    oz_block_free(out);
    return result;
}

/* ---- extended attributes ---- */

OZ_FUNCTION(posix, getxattr, "($module, /, path, attribute, *, follow_symlinks=True)",
            "The value of an extended attribute.")
{
    scoped_path path = {0}, attribute = {0};
    bool follow;
    if (!oz_audit_event(t, "os.getxattr", "OO", a[1], a[2]))
        return NULL;
    if (!oz_os_path(t, &path, a[1], "getxattr", "path", OZ_PATH_FD) ||
        !oz_os_path(t, &attribute, a[2], "getxattr", "attribute", 0) || !oz_truth(t, a[3], &follow))
        return NULL;
    if (!path.text && !follow)
        return oz_raise(t, OZ_ValueError, "getxattr: cannot use fd and follow_symlinks together");
    scoped Ref value = oz_bytes_alloc(t, XATTR_SIZE_MAX);
    if (!value)
        return NULL;
    void *data = oz_bytes_data((const Bytes *)value);
    ssize_t n =
        OZ_DETACHED(t, !path.text ? fgetxattr(path.fd, attribute.text, data, XATTR_SIZE_MAX)
                       : follow   ? getxattr(path.text, attribute.text, data, XATTR_SIZE_MAX)
                                  : lgetxattr(path.text, attribute.text, data, XATTR_SIZE_MAX));
    return n < 0 ? oz_os_raise_path(t, &path) : oz_bytes_shrink(t, oz_move(&value), (size_t)n);
}

OZ_FUNCTION(posix, setxattr,
            "($module, /, path, attribute, value, flags=0, *, follow_symlinks=True)",
            "Set an extended attribute.")
{
    scoped_path path = {0}, attribute = {0};
    scoped_buffer value = {0};
    bool follow;
    int flags;
    if (!oz_audit_event(t, "os.setxattr", "OOOO", a[1], a[2], a[3], a[4]))
        return NULL;
    if (!oz_os_path(t, &path, a[1], "setxattr", "path", OZ_PATH_FD) ||
        !oz_os_path(t, &attribute, a[2], "setxattr", "attribute", 0) ||
        !oz_buffer_open(t, a[3], &value) || !oz_as_int(t, a[4], &flags) ||
        !oz_truth(t, a[5], &follow))
        return NULL;
    if (!path.text && !follow)
        return oz_raise(t, OZ_ValueError, "setxattr: cannot use fd and follow_symlinks together");
    int status = OZ_DETACHED(
        t, !path.text ? fsetxattr(path.fd, attribute.text, value.data, value.length, flags)
           : follow   ? setxattr(path.text, attribute.text, value.data, value.length, flags)
                      : lsetxattr(path.text, attribute.text, value.data, value.length, flags));
    return oz_os_result_path(t, status, &path);
}

OZ_FUNCTION(posix, removexattr, "($module, /, path, attribute, *, follow_symlinks=True)",
            "Remove an extended attribute.")
{
    scoped_path path = {0}, attribute = {0};
    bool follow;
    if (!oz_audit_event(t, "os.removexattr", "OO", a[1], a[2]))
        return NULL;
    if (!oz_os_path(t, &path, a[1], "removexattr", "path", OZ_PATH_FD) ||
        !oz_os_path(t, &attribute, a[2], "removexattr", "attribute", 0) ||
        !oz_truth(t, a[3], &follow))
        return NULL;
    if (!path.text && !follow)
        return oz_raise(t, OZ_ValueError,
                        "removexattr: cannot use fd and follow_symlinks together");
    int status = OZ_DETACHED(t, !path.text ? fremovexattr(path.fd, attribute.text)
                                : follow   ? removexattr(path.text, attribute.text)
                                           : lremovexattr(path.text, attribute.text));
    return oz_os_result_path(t, status, &path);
}

OZ_FUNCTION(posix, listxattr, "($module, /, path=None, *, follow_symlinks=True)",
            "The names of the extended attributes.")
{
    scoped_path path = {0};
    bool follow;
    if (!oz_audit_event(t, "os.listxattr", "O", a[1]))
        return NULL;
    if (!oz_os_path(t, &path, a[1], "listxattr", "path", OZ_PATH_FD | OZ_PATH_NONE) ||
        !oz_truth(t, a[2], &follow))
        return NULL;
    if (!path.text && !follow)
        return oz_raise(t, OZ_ValueError, "listxattr: cannot use fd and follow_symlinks together");
    scoped Ref names = oz_list_new(t, 0);
    char *buffer = names ? oz_block_alloc(t->heap, XATTR_LIST_MAX) : NULL;
    if (!buffer)
        return names ? oz_raise_memory(t) : NULL;
    ssize_t n = OZ_DETACHED(t, !path.text ? flistxattr(path.fd, buffer, XATTR_LIST_MAX)
                               : follow   ? listxattr(path.text, buffer, XATTR_LIST_MAX)
                                          : llistxattr(path.text, buffer, XATTR_LIST_MAX));
    bool ok = n >= 0;
    if (!ok)
        oz_os_raise_path(t, &path);
    for (ssize_t at = 0; ok && at < n; at += (ssize_t)strlen(buffer + at) + 1) {
        Ref name = oz_os_name(t, buffer + at, false);
        ok = name && oz_list_append_take(t, (List *)names, name);
    }
    oz_block_free(buffer);
    return ok ? oz_move(&names) : NULL;
}

const NativeDef *const oz_posix_tree_functions[] = {
    &posix_getcwd,   &posix_getcwdb,  &posix_chdir,       &posix_fchdir,    &posix_chroot,
    &posix_mkdir,    &posix_mkfifo,   &posix_mknod,       &posix_rmdir,     &posix_unlink,
    &posix_remove,   &posix_rename,   &posix_replace,     &posix_link,      &posix_symlink,
    &posix_readlink, &posix_listdir,  &posix_scandir,     &posix_fspath,    &posix__path_normpath,
    &posix_getxattr, &posix_setxattr, &posix_removexattr, &posix_listxattr, NULL,
};
