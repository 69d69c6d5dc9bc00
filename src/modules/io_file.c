// SPDX-License-Identifier: MIT
// FileIO: a descriptor of the system as a raw file.
//
// Each transfer is one system call.  EINTR runs the handlers of signals and tries again; a file
// that would block answers None.
//
// F1. fd < 0 is "closed".  Everything else keeps its value then.
// F2. A thread that is inside the system is detached.  What closes the file meanwhile closes the
//     descriptor at once, and does not wait: the transfer goes on, or ends with EBADF.
#include "modules/io.h"

#include "modules/modules.h"
#include "types/audit.h"
#include "types/bytearray.h"
#include "types/warning.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST = 0x7ffff000 }; /* more than this the system does not transfer at once */

static void file_io_visit(const Object *object, Visitor *v)
{
    const FileIo *self = (const FileIo *)object;
    oz_visit(v, self->io.dict, "dict", -1);
    OZ_VISIT(name)
}

static void file_io_clear(Thread *t OZ_UNUSED, Object *object)
{
    FileIo *self = (FileIo *)object;
    int fd = self->fd;
    self->fd = -1;
    if (fd >= 0 && self->close_fd)
        close(fd);
    oz_clear(&self->io.dict);
    OZ_CLEAR(name)
}

/* ---- closing ---- */

static bool close_fd(Thread *t, FileIo *self)
{
    int fd = self->fd;
    self->fd = -1;
    if (fd < 0 || OZ_DETACHED(t, close(fd)) == 0 || errno == EINTR)
        return true;
    return oz_raise_os_error(t, errno, NULL);
}

/* "unclosed file" for `source`, the outermost object around the descriptor. */
static void warn_unclosed(Thread *t, const FileIo *self, Obj source)
{
    if (self->fd < 0 || !self->close_fd)
        return;
    scoped Ref before = oz_exception_take(t);
    scoped Ref text = oz_str_format(t, "unclosed file %R", source);
    if (!text || !oz_warn_object(t, text, (Obj)t->vm->errors[OZ_ResourceWarning], 1, source)) {
        if (oz_raised(t, OZ_Warning))
            oz_unraisable(t, source, NULL);
        else
            oz_exception_clear(t);
    }
    if (before)
        oz_exception_put(t, oz_move(&before));
}

OZ_METHOD(file_io, _dealloc_warn, "($self, source, /)", "")
{
    warn_unclosed(t, (const FileIo *)a[0], a[1]);
    return OZ_NONE;
}

bool oz_file_io_close(Thread *t, FileIo *self)
{
    Obj file = (Obj)self;
    bool flushed = oz_io_is_plain(file, OZ_FILE_IO) || self->io.closed || oz_io_flush(t, file);
    self->io.closed = true;
    if (!self->close_fd) {
        self->fd = -1;
        return flushed;
    }
    scoped Ref first = flushed ? NULL : oz_exception_take(t);
    if (self->io.finalizing)
        warn_unclosed(t, self, file);
    bool ok = close_fd(t, self);
    if (first)
        oz_io_chain(t, oz_move(&first));
    return ok && flushed;
}

OZ_METHOD(file_io, close, "($self, /)",
          "Close the file, and the descriptor unless closefd=False was given.")
{
    return oz_file_io_close(t, (FileIo *)a[0]) ? OZ_NONE : NULL;
}

/* ---- opening ---- */

typedef struct Mode {
    bool created, readable, writable, appending;
    int flags;
} Mode;

static bool bad_mode(Thread *t, const char *mode)
{
    (void)mode;
    return oz_fail(t, OZ_ValueError,
                   "Must have exactly one of create/read/write/append mode and at most one plus");
}

static bool read_mode(Thread *t, const char *text, Mode *mode)
{
    *mode = (Mode){0};
    bool plus = false, kind = false;
    for (const char *p = text; *p; p++) {
        if (*p == 'b')
            continue;
        if (*p == '+') {
            if (plus)
                return bad_mode(t, text);
            plus = true;
            continue;
        }
        if (!strchr("xrwa", *p))
            return oz_fail(t, OZ_ValueError, "invalid mode: %.200s", text);
        if (kind)
            return bad_mode(t, text);
        kind = true;
        mode->created = *p == 'x';
        mode->appending = *p == 'a';
        mode->readable = *p == 'r';
        mode->writable = *p != 'r';
        mode->flags = *p == 'x'   ? O_EXCL | O_CREAT
                      : *p == 'w' ? O_CREAT | O_TRUNC
                      : *p == 'a' ? O_APPEND | O_CREAT
                                  : 0;
    }
    if (!kind)
        return bad_mode(t, text);
    mode->readable |= plus;
    mode->writable |= plus;
    mode->flags |= O_CLOEXEC | (mode->readable && mode->writable ? O_RDWR
                                : mode->readable                 ? O_RDONLY
                                                                 : O_WRONLY);
    return true;
}

/* The descriptor that the opener gives. */
static int ask_opener(Thread *t, Obj opener, Obj name, int flags)
{
    scoped Ref result = oz_call2(t, opener, name, oz_int(flags));
    if (!result)
        return -1;
    if (!oz_as_exact_int(result)) {
        oz_raise(t, OZ_TypeError, "expected integer from opener");
        return -1;
    }
    int fd;
    if (!oz_as_int(t, result, &fd))
        return -1;
    if (fd < 0) {
        oz_raise(t, OZ_ValueError, "opener returned %d", fd);
        return -1;
    }
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 && errno == EBADF) {
        oz_raise_os_error(t, errno, NULL);
        return -1;
    }
    return fd;
}

static int open_path(Thread *t, Obj name, int flags)
{
    scoped Ref path = oz_encode_path(t, name);
    if (!path)
        return -1;
    const char *text = (const char *)oz_bytes_data(oz_as_bytes(path));
    for (;;) {
        int fd = OZ_DETACHED(t, open(text, flags, 0666));
        if (fd >= 0)
            return fd;
        if (errno != EINTR) {
            oz_raise_os_error(t, errno, name);
            return -1;
        }
        if (!oz_poll(t))
            return -1;
    }
}

/* Is it a file, and of what block size?  A folder cannot be read or written. */
static bool look_at(Thread *t, FileIo *self, Obj name)
{
    struct stat info;
    int fd = self->fd;
    if (OZ_DETACHED(t, fstat(fd, &info)) < 0)
        return errno != EBADF || oz_raise_os_error(t, errno, NULL);
    if (S_ISDIR(info.st_mode))
        return oz_raise_os_error(t, EISDIR, name);
    if (info.st_blksize > 1)
        self->block = (uint32_t)info.st_blksize;
    return true;
}

static bool open_file(Thread *t, FileIo *self, Obj file, const char *mode_text, bool close_it,
                      Obj opener)
{
    if (self->fd >= 0) {
        if (self->close_fd ? !close_fd(t, self) : (self->fd = -1, false))
            return false;
    }
    int fd = -1;
    if (oz_is_bool(file) && !oz_warn(t, OZ_RuntimeWarning, 1, "bool is used as a file descriptor"))
        return false;
    if (oz_as_exact_int(file)) {
        if (oz_as_int(t, file, &fd)) {
            if (fd < 0)
                return oz_fail(t, OZ_ValueError, "negative file descriptor");
        } else if (!oz_exception_forget(t, OZ_OverflowError)) {
            return false;
        } /* else it is no path either: the refusal says so */
    }
    Mode mode;
    if (!read_mode(t, mode_text, &mode))
        return false;
    bool own = fd < 0;
    char letter[] = {mode_text[strcspn(mode_text, "rwxa")],
                     mode_text[0] && strchr(mode_text, '+') ? '+' : 0, 0};
    if (!oz_audit_event(t, "open", "Osn", file, letter, (int64_t)mode.flags))
        return false;
    if (own) {
        if (!close_it)
            return oz_fail(t, OZ_ValueError, "Cannot use closefd=False with file name");
        fd = opener && opener != OZ_NONE ? ask_opener(t, opener, file, mode.flags)
                                         : open_path(t, file, mode.flags);
        if (fd < 0)
            return false;
    }
    self->fd = fd;
    self->close_fd = close_it;
    self->created = mode.created;
    self->appending = mode.appending;
    self->readable = mode.readable;
    self->writable = mode.writable;
    self->seekable = -1;
    self->block = OZ_IO_BUFFER;
    self->io.closed = false;
    bool ok = look_at(t, self, file);
    if (ok && oz_is_file_io((Obj)self))
        oz_store(&self->io.base, &self->name, oz_retain(file));
    else if (ok)
        ok = oz_set_attr(t, (Obj)self, OZ_NAME(t, name), file);
    if (ok && mode.appending && lseek(fd, 0, SEEK_END) < 0 && errno != ESPIPE)
        ok = oz_raise_os_error(t, errno, NULL);
    if (!ok) {
        self->fd = -1;
        if (own)
            close(fd);
    }
    return ok;
}

Ref oz_file_io_new(Thread *t, Obj file, const char *mode, bool close_it, Obj opener)
{
    if (!oz_builtin_class(t, OZ_FILE_IO))
        return NULL;
    FileIo *self = oz_object_new(t, OZ_FILE_IO, sizeof *self);
    scoped Ref owned = (Ref)self;
    if (!self)
        return NULL;
    self->fd = -1;
    return open_file(t, self, file, mode, close_it, opener) ? oz_move(&owned) : NULL;
}

Ref oz_file_io_wrap(Thread *t, int fd, bool writing, Obj name)
{
    if (!oz_builtin_class(t, OZ_FILE_IO))
        return NULL;
    FileIo *self = oz_object_new(t, OZ_FILE_IO, sizeof *self);
    if (!self)
        return NULL;
    self->fd = fd;
    self->readable = !writing;
    self->writable = writing;
    self->seekable = -1;
    self->block = OZ_IO_BUFFER;
    oz_store_new(&self->io.base, &self->name, oz_retain(name));
    return (Ref)self;
}

OZ_NEW(file_io, "($type, /, *args, **kwargs)")
{
    FileIo *self = oz_instance_new(t, (Class *)a[0], 0);
    if (!self)
        return NULL;
    self->fd = -1;
    self->close_fd = true;
    self->seekable = -1;
    return (Ref)self;
}

OZ_INIT(file_io, "($self, /, file, mode='r', closefd=True, opener=None)")
{
    scoped Ref keep = NULL;
    size_t length;
    if (!oz_is_str(a[2]))
        return oz_raise_argument(t, "FileIO", "str", a[2]);
    const char *mode = oz_str_utf8(t, a[2], &length, &keep);
    bool close_it;
    if (!mode || !oz_truth(t, a[3], &close_it))
        return NULL;
    if (strlen(mode) != length)
        return oz_raise(t, OZ_ValueError, "embedded null character");
    return open_file(t, (FileIo *)a[0], a[1], mode, close_it, a[4]) ? OZ_NONE : NULL;
}

/* ---- transfers ---- */

static bool check_open(Thread *t, const FileIo *self)
{
    return self->fd >= 0 || oz_fail(t, OZ_ValueError, "I/O operation on closed file");
}

static bool check_mode(Thread *t, const FileIo *self, bool writing)
{
    if (!check_open(t, self))
        return false;
    if (writing ? self->writable : self->readable)
        return true;
    return oz_io_unsupported(t,
                             writing ? "File not open for writing" : "File not open for reading");
}

/* After a transfer that failed: true means try again. */
static bool try_again(Thread *t, ssize_t *result)
{
    if (errno == EAGAIN) {
        *result = -2;
        return false;
    }
    *result = -1;
    if (errno == EINTR)
        return oz_poll(t);
    oz_raise_os_error(t, errno, NULL);
    return false;
}

static ssize_t read_once(Thread *t, const FileIo *self, void *data, size_t size)
{
    ssize_t n;
    do {
        int fd = self->fd; /* F2 */
        n = OZ_DETACHED(t, read(fd, data, size < MOST ? size : MOST));
    } while (n < 0 && try_again(t, &n));
    return n;
}

ssize_t oz_file_io_read(Thread *t, FileIo *self, void *data, size_t size)
{
    return check_mode(t, self, false) ? read_once(t, self, data, size) : -1;
}

ssize_t oz_file_io_write(Thread *t, FileIo *self, const void *data, size_t size)
{
    if (!check_mode(t, self, true))
        return -1;
    ssize_t n;
    do {
        int fd = self->fd; /* F2 */
        n = OZ_DETACHED(t, write(fd, data, size < MOST ? size : MOST));
    } while (n < 0 && try_again(t, &n));
    return n;
}

int64_t oz_file_io_seek(Thread *t, FileIo *self, int64_t offset, int whence)
{
    if (!check_open(t, self))
        return -1;
    int fd = self->fd;
    int64_t at = OZ_DETACHED(t, lseek(fd, offset, whence));
    if (self->seekable < 0)
        self->seekable = at >= 0;
    if (at < 0)
        oz_raise_os_error(t, errno, NULL);
    return at;
}

bool oz_file_io_is_seekable(Thread *t, FileIo *self, bool *answer)
{
    if (!check_open(t, self))
        return false;
    if (self->seekable < 0)
        self->seekable = lseek(self->fd, 0, SEEK_CUR) >= 0;
    *answer = self->seekable;
    return true;
}

bool oz_file_io_is_tty(const FileIo *self)
{
    return isatty(self->fd);
}

OZ_METHOD(file_io, readinto, "($self, buffer, /)",
          "Read into a writable buffer; return the number of bytes, None if it would block.")
{
    FileIo *self = (FileIo *)a[0];
    if (!check_mode(t, self, false))
        return NULL;
    scoped_buffer view = {0};
    if (!oz_io_target(t, "readinto", a[1], &view))
        return NULL;
    ssize_t n = oz_file_io_read(t, self, view.data, view.length);
    return n == -1 ? NULL : n < 0 ? OZ_NONE : oz_int(n);
}

OZ_METHOD(file_io, write, "($self, b, /)",
          "Write bytes; return how many were written, None if it would block.")
{
    FileIo *self = (FileIo *)a[0];
    if (!check_mode(t, self, true))
        return NULL;
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, a[1], &view))
        return NULL;
    ssize_t n = oz_file_io_write(t, self, view.data, view.length);
    if (n == -1 || !oz_poll(t)) /* a signal that cut it short is handled before it returns */
        return NULL;
    return n < 0 ? OZ_NONE : oz_int(n);
}

/* How much to make room for: the rest of the file if that is known, and one byte to see the end. */
static size_t rest_of(const FileIo *self)
{
    struct stat info;
    off_t at = lseek(self->fd, 0, SEEK_CUR);
    if (at >= 0 && fstat(self->fd, &info) == 0 && info.st_size >= at &&
        info.st_size - at < SSIZE_MAX)
        return (size_t)(info.st_size - at) + 1;
    return OZ_IO_BUFFER;
}

OZ_METHOD(file_io, readall, "($self, /)", "Read until the end; None if it would block.")
{
    FileIo *self = (FileIo *)a[0];
    if (!check_open(t, self))
        return NULL;
    size_t room = rest_of(self), length = 0;
    scoped Ref bytes = oz_bytes_alloc_patient(t, room);
    while (bytes) {
        if (length == room) {
            size_t more = room + (room < 65536 ? room + 256 : room / 4);
            scoped Ref larger = oz_bytes_alloc_patient(t, more);
            if (!larger)
                return NULL;
            memcpy(oz_bytes_data(oz_as_bytes(larger)), oz_bytes_data(oz_as_bytes(bytes)), length);
            oz_drop(bytes);
            bytes = oz_move(&larger);
            room = more;
        }
        ssize_t n = read_once(t, self, oz_bytes_data(oz_as_bytes(bytes)) + length, room - length);
        if (n == -1)
            return NULL;
        if (n == -2 && length == 0)
            return OZ_NONE;
        if (n <= 0)
            return oz_bytes_shrink(t, oz_move(&bytes), length);
        length += (size_t)n;
        if (!oz_poll(t))
            return NULL;
    }
    return NULL;
}

OZ_METHOD(file_io, read, "($self, size=-1, /)",
          "Read up to `size` bytes with one call of the system; everything if it is negative.")
{
    FileIo *self = (FileIo *)a[0];
    ssize_t size;
    if (!check_mode(t, self, false) || !oz_io_size(t, a[1], &size))
        return NULL;
    if (size < 0)
        return oz_io_call(t, a[0], OZ_NAME(t, readall));
    if (size > MOST)
        size = MOST;
    scoped Ref bytes = oz_bytes_alloc_patient(t, (size_t)size);
    if (!bytes)
        return NULL;
    ssize_t n = oz_file_io_read(t, self, oz_bytes_data(oz_as_bytes(bytes)), (size_t)size);
    if (n < 0)
        return n == -1 ? NULL : OZ_NONE;
    return oz_bytes_shrink(t, oz_move(&bytes), (size_t)n);
}

/* ---- position ---- */

OZ_METHOD(file_io, seek, "($self, pos, whence=0, /)",
          "Move to an offset, counted from the start (0), here (1) or the end (2), and return the "
          "new one.")
{
    int64_t offset, at;
    int whence;
    FileIo *self = (FileIo *)a[0];
    if (!check_open(t, self) || !oz_as_int(t, a[2], &whence) || !oz_io_offset(t, a[1], &offset))
        return NULL;
    at = oz_file_io_seek(t, self, offset, whence);
    return at < 0 ? NULL : oz_int_new(t, at);
}

OZ_METHOD(file_io, tell, "($self, /)", "Return the position in the file.")
{
    int64_t at = oz_file_io_seek(t, (FileIo *)a[0], 0, SEEK_CUR);
    return at < 0 ? NULL : oz_int_new(t, at);
}

OZ_METHOD(file_io, truncate, "($self, size=None, /)",
          "Make the file `size` bytes long, by default up to the present position, and return the "
          "size.  The position does not change.")
{
    FileIo *self = (FileIo *)a[0];
    int64_t size;
    if (!check_mode(t, self, true))
        return NULL;
    if (a[1] == OZ_NONE) {
        scoped Ref at = oz_io_call(t, a[0], OZ_NAME(t, tell));
        if (!at || !oz_as_int64(t, at, &size))
            return NULL;
    } else if (!oz_io_offset(t, a[1], &size)) {
        return NULL;
    }
    int fd = self->fd;
    while (OZ_DETACHED(t, ftruncate(fd, size)) < 0) {
        if (errno != EINTR)
            return oz_raise_os_error(t, errno, NULL);
        if (!oz_poll(t) || !check_open(t, self))
            return NULL;
        fd = self->fd;
    }
    return oz_int_new(t, size);
}

/* ---- questions ---- */

OZ_METHOD(file_io, seekable, "($self, /)", "Can the position be changed?")
{
    bool answer;
    return oz_file_io_is_seekable(t, (FileIo *)a[0], &answer) ? oz_bool(answer) : NULL;
}

OZ_METHOD(file_io, readable, "($self, /)", "Was the file opened for reading?")
{
    const FileIo *self = (const FileIo *)a[0];
    return check_open(t, self) ? oz_bool(self->readable) : NULL;
}

OZ_METHOD(file_io, writable, "($self, /)", "Was the file opened for writing?")
{
    const FileIo *self = (const FileIo *)a[0];
    return check_open(t, self) ? oz_bool(self->writable) : NULL;
}

OZ_METHOD(file_io, fileno, "($self, /)", "Return the number of the descriptor.")
{
    const FileIo *self = (const FileIo *)a[0];
    return check_open(t, self) ? oz_int(self->fd) : NULL;
}

OZ_METHOD(file_io, isatty, "($self, /)", "Is it a terminal?")
{
    const FileIo *self = (const FileIo *)a[0];
    return check_open(t, self) ? oz_bool(isatty(self->fd)) : NULL;
}

OZ_METHOD(file_io, __getstate__, "($self, /)", "")
{
    return oz_io_no_pickle(t, a[0]);
}

static const char *mode_text(const FileIo *self)
{
    if (self->created)
        return self->readable ? "xb+" : "xb";
    if (self->appending)
        return self->readable ? "ab+" : "ab";
    if (self->readable)
        return self->writable ? "rb+" : "rb";
    return "wb";
}

static Ref file_io_repr(Thread *t, Obj v)
{
    const FileIo *self = (const FileIo *)v;
    if (self->fd < 0)
        return oz_str_format(t, "<_io.FileIO [closed]>");
    scoped Ref name = NULL;
    Found found = oz_find_attr(t, v, OZ_NAME(t, name), &name);
    if (found == OZ_RAISED)
        return NULL;
    const char *closes = self->close_fd ? "True" : "False";
    if (found == OZ_MISSING)
        return oz_str_format(t, "<_io.FileIO fd=%d mode='%s' closefd=%s>", self->fd,
                             mode_text(self), closes);
    Found entered = oz_repr_enter(t, v);
    if (entered != OZ_MISSING)
        return entered == OZ_RAISED
                   ? NULL
                   : oz_raise(t, OZ_RuntimeError, "reentrant call inside %t.__repr__", v);
    Ref text = oz_str_format(t, "<_io.FileIO name=%R mode='%s' closefd=%s>", name, mode_text(self),
                             closes);
    oz_repr_leave(t, v);
    return text;
}

static Ref get_closed(Thread *t OZ_UNUSED, Obj v)
{
    return oz_bool(((const FileIo *)v)->fd < 0);
}

static Ref get_closefd(Thread *t OZ_UNUSED, Obj v)
{
    return oz_bool(((const FileIo *)v)->close_fd);
}

static Ref get_finalizing(Thread *t OZ_UNUSED, Obj v)
{
    return oz_bool(((const FileIo *)v)->io.finalizing);
}

static Ref get_mode(Thread *t, Obj v)
{
    return oz_str_new(t, mode_text((const FileIo *)v));
}

static Ref get_block(Thread *t OZ_UNUSED, Obj v)
{
    return oz_int(((const FileIo *)v)->block);
}

static bool set_block(Thread *t, Obj v, Obj value)
{
    int n;
    if (!value)
        return oz_fail(t, OZ_TypeError, "can't delete numeric/char attribute");
    if (!oz_as_int(t, value, &n))
        return false;
    ((FileIo *)v)->block = (uint32_t)n;
    return true;
}

const TypeDef oz_file_io_type = {
    .id = OZ_FILE_IO,
    .base = OZ_RAW_IO_BASE,
    .name = "_io.FileIO",
    .doc = "FileIO(file, mode='r', closefd=True, opener=None)\n\nA file of the system, by its name "
           "or the number of an open descriptor, without a buffer.  The mode is one of 'r', 'w', "
           "'x' and 'a', with '+' for both directions.  opener(name, flags) may open it instead.",
    .size = sizeof(FileIo),
    .flags = OZ_TYPE_WEAKREF,
    .dict_offset = offsetof(IoBase, dict),
    .visit = file_io_visit,
    .clear = file_io_clear,
    .make = &file_io_new_,
    .initialise = &file_io_init_,
    .slots = {.repr = file_io_repr},
    .methods =
        OZ_METHODS(&file_io__dealloc_warn, &file_io_close, &file_io_readinto, &file_io_write,
                   &file_io_readall, &file_io_read, &file_io_seek, &file_io_tell, &file_io_truncate,
                   &file_io_seekable, &file_io_readable, &file_io_writable, &file_io_fileno,
                   &file_io_isatty, &file_io___getstate__),
    .getsets = OZ_GETSETS({"closed", get_closed, NULL, "Has the file been closed?"},
                          {"closefd", get_closefd, NULL, "Does close() close the descriptor?"},
                          {"mode", get_mode, NULL, "How the file was opened."},
                          {"_finalizing", get_finalizing, NULL, NULL},
                          {"_blksize", get_block, set_block, "A good size of transfers."}),
    .members = OZ_MEMBERS({"name", offsetof(FileIo, name), 0, "What was opened."}),
};
