// SPDX-License-Identifier: MIT
// posix: open files, by descriptor.
#include "modules/native_type.h"
#include "modules/os_support.h"
#include "types/audit.h"
#include "types/buffer.h"
#include "types/bytes.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <utmp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

enum { TRANSFER_MAX = 0x7ffff000 }; /* what one read() or write() of Linux moves at most */

OZ_FUNCTION(posix, open, "($module, /, path, flags, mode=511, *, dir_fd=None)",
            "Open a file; the descriptor, which children do not inherit.")
{
    if (!oz_audit_event(t, "open", "OOO", a[1], NULL, a[2]))
        return NULL;
    OZ_PATH(path, a[1], "open");
    int flags, mode, dir, fd;
    if (!oz_as_int(t, a[2], &flags) || !oz_as_int(t, a[3], &mode) || !oz_os_dir_fd(t, a[4], &dir))
        return NULL;
    OZ_RETRY(fd, openat(dir, path.text, flags | O_CLOEXEC, mode))
    return fd < 0 ? oz_os_raise_path(t, &path) : oz_int(fd);
}

OZ_FUNCTION(posix, close, "($module, /, fd)", "Close a descriptor.")
{
    int fd;
    if (!oz_as_int(t, a[1], &fd))
        return NULL;
    if (OZ_DETACHED(t, close(fd)) < 0 && errno != EINTR)
        return oz_os_raise(t);
    return OZ_NONE;
}

OZ_FUNCTION(posix, closerange, "($module, fd_low, fd_high, /)",
            "Close the descriptors from fd_low to below fd_high.")
{
    int low, high;
    if (!oz_as_int(t, a[1], &low) || !oz_as_int(t, a[2], &high))
        return NULL;
    if (low < 0)
        low = 0;
    oz_detach(t);
    if (high > low && close_range((unsigned)low, (unsigned)high - 1, 0) < 0)
        for (int fd = low; fd < high; fd++)
            close(fd);
    oz_attach(t);
    return OZ_NONE;
}

/* ---- reading and writing ---- */

static Ref read_bytes(Thread *t, int fd, Obj length, bool at, int64_t offset)
{
    ssize_t n, got;
    if (!oz_as_size_argument(t, length, &n))
        return NULL;
    if (n < 0) {
        errno = EINVAL;
        return oz_os_raise(t);
    }
    n = n > TRANSFER_MAX ? TRANSFER_MAX : n;
    scoped Ref bytes = oz_bytes_alloc(t, (size_t)n);
    if (!bytes)
        return NULL;
    uint8_t *data = oz_bytes_data((const Bytes *)bytes);
    OZ_RETRY(got, at ? pread(fd, data, (size_t)n, offset) : read(fd, data, (size_t)n))
    return got < 0 ? oz_os_raise(t) : oz_bytes_shrink(t, oz_move(&bytes), (size_t)got);
}

OZ_FUNCTION(posix, read, "($module, fd, length, /)", "Read at most `length` bytes.")
{
    int fd;
    return oz_as_int(t, a[1], &fd) ? read_bytes(t, fd, a[2], false, 0) : NULL;
}

OZ_FUNCTION(posix, pread, "($module, fd, length, offset, /)", "Read from a place of the file.")
{
    int fd;
    int64_t offset;
    if (!oz_as_int(t, a[1], &fd) || !oz_as_int64(t, a[3], &offset))
        return NULL;
    return read_bytes(t, fd, a[2], true, offset);
}

static Ref write_bytes(Thread *t, int fd, Obj data, bool at, int64_t offset)
{
    scoped_buffer view = {0};
    ssize_t done;
    if (!oz_buffer_open(t, data, &view))
        return NULL;
    size_t n = view.length > TRANSFER_MAX ? TRANSFER_MAX : view.length;
    OZ_RETRY(done, at ? pwrite(fd, view.data, n, offset) : write(fd, view.data, n))
    if (done < 0)
        return oz_os_raise(t);
    return oz_poll(t) ? oz_int(done) : NULL; /* a signal may have cut it short */
}

OZ_FUNCTION(posix, write, "($module, fd, data, /)", "Write bytes; how many were written.")
{
    int fd;
    return oz_as_int(t, a[1], &fd) ? write_bytes(t, fd, a[2], false, 0) : NULL;
}

OZ_FUNCTION(posix, pwrite, "($module, fd, buffer, offset, /)", "Write to a place of the file.")
{
    int fd;
    int64_t offset;
    if (!oz_as_int(t, a[1], &fd) || !oz_as_int64(t, a[3], &offset))
        return NULL;
    return write_bytes(t, fd, a[2], true, offset);
}

/* Several buffers at once. */
typedef struct Vector {
    Buffer views[IOV_MAX];
    struct iovec parts[IOV_MAX];
    int count;
} Vector;

static Ref move_vector(Thread *t, int fd, Vector *v, bool in, bool at, int64_t offset, int flags)
{
    ssize_t done;
    if (at) {
        OZ_RETRY(done, in ? preadv2(fd, v->parts, v->count, offset, flags)
                          : pwritev2(fd, v->parts, v->count, offset, flags))
    } else {
        OZ_RETRY(done, in ? readv(fd, v->parts, v->count) : writev(fd, v->parts, v->count))
    }
    return done < 0 ? oz_os_raise(t) : oz_int(done);
}

static Ref vector_io(Thread *t, Obj number, Obj buffers, const char *name, bool in, bool at,
                     int64_t offset, int flags)
{
    int fd;
    if (!oz_as_int(t, number, &fd))
        return NULL;
    if (!oz_class_of(buffers)->slots->get_item || oz_is(buffers, OZ_DICT))
        return oz_raise(t, OZ_TypeError, "%s() arg 2 must be a sequence", name);
    scoped Ref items = oz_tuple_from(t, buffers);
    if (!items)
        return NULL;
    const Tuple *tuple = (const Tuple *)items;
    if (tuple->length > IOV_MAX) {
        errno = EINVAL;
        return oz_os_raise(t);
    }
    Vector *v = oz_block_alloc(t->heap, sizeof *v);
    if (!v)
        return oz_raise_memory(t);
    v->count = 0;
    bool ok = true;
    for (uint32_t n = 0; ok && n < tuple->length; n++) {
        v->views[n] = (Buffer){0};
        ok = oz_buffer_get(t, tuple->items[n], &v->views[n], in ? OZ_BUFFER_WRITE : OZ_BUFFER_READ);
        v->parts[n] = (struct iovec){v->views[n].data, v->views[n].length};
        v->count += ok;
    }
    Ref result = ok ? move_vector(t, fd, v, in, at, offset, flags) : NULL;
    for (int n = 0; n < v->count; n++)
        oz_buffer_release(t, &v->views[n]);
    oz_block_free(v);
    return result;
}

OZ_FUNCTION(posix, readv, "($module, fd, buffers, /)", "Read into several buffers.")
{
    return vector_io(t, a[1], a[2], "readv", true, false, 0, 0);
}

OZ_FUNCTION(posix, writev, "($module, fd, buffers, /)", "Write from several buffers.")
{
    return vector_io(t, a[1], a[2], "writev", false, false, 0, 0);
}

OZ_FUNCTION(posix, preadv, "($module, fd, buffers, offset, flags=0, /)",
            "Read from a place of the file into several buffers.")
{
    int64_t offset;
    int flags;
    if (!oz_as_int64(t, a[3], &offset) || !oz_as_int(t, a[4], &flags))
        return NULL;
    return vector_io(t, a[1], a[2], "preadv", true, true, offset, flags);
}

OZ_FUNCTION(posix, pwritev, "($module, fd, buffers, offset, flags=0, /)",
            "Write several buffers to a place of the file.")
{
    int64_t offset;
    int flags;
    if (!oz_as_int64(t, a[3], &offset) || !oz_as_int(t, a[4], &flags))
        return NULL;
    return vector_io(t, a[1], a[2], "pwritev", false, true, offset, flags);
}

OZ_FUNCTION(posix, sendfile, "($module, /, out_fd, in_fd, offset, count)",
            "Copy bytes from one descriptor to another inside the system.")
{
    int out, in;
    int64_t offset = 0;
    ssize_t count, done;
    if (!oz_as_int(t, a[1], &out) || !oz_as_int(t, a[2], &in) ||
        (a[3] != OZ_NONE && !oz_as_int64(t, a[3], &offset)) ||
        !oz_as_size_argument(t, a[4], &count))
        return NULL;
    off_t place = offset;
    OZ_RETRY(done, sendfile(out, in, a[3] == OZ_NONE ? NULL : &place, (size_t)count))
    return done < 0 ? oz_os_raise(t) : oz_int(done);
}

OZ_FUNCTION(posix, copy_file_range,
            "($module, /, src, dst, count, offset_src=None, offset_dst=None)",
            "Copy bytes between files inside the system.")
{
    int from, to;
    ssize_t count, done;
    int64_t in = 0, out = 0;
    if (!oz_as_int(t, a[1], &from) || !oz_as_int(t, a[2], &to) ||
        !oz_as_size_argument(t, a[3], &count))
        return NULL;
    if (count < 0)
        return oz_raise(t, OZ_ValueError, "negative value for 'count' not allowed");
    if ((a[4] != OZ_NONE && !oz_as_int64(t, a[4], &in)) ||
        (a[5] != OZ_NONE && !oz_as_int64(t, a[5], &out)))
        return NULL;
    loff_t in_place = in, out_place = out;
    OZ_RETRY(done, copy_file_range(from, a[4] == OZ_NONE ? NULL : &in_place, to,
                                   a[5] == OZ_NONE ? NULL : &out_place, (size_t)count, 0))
    return done < 0 ? oz_os_raise(t) : oz_int(done);
}

OZ_FUNCTION(posix, splice,
            "($module, /, src, dst, count, offset_src=None, offset_dst=None, flags=0)",
            "Move bytes between a pipe and a file inside the system.")
{
    int from, to, flags;
    ssize_t count, done;
    int64_t in = 0, out = 0;
    if (!oz_as_int(t, a[1], &from) || !oz_as_int(t, a[2], &to) ||
        !oz_as_size_argument(t, a[3], &count) || !oz_as_int(t, a[6], &flags))
        return NULL;
    if (count < 0)
        return oz_raise(t, OZ_ValueError, "negative value for 'count' not allowed");
    if ((a[4] != OZ_NONE && !oz_as_int64(t, a[4], &in)) ||
        (a[5] != OZ_NONE && !oz_as_int64(t, a[5], &out)))
        return NULL;
    loff_t in_place = in, out_place = out;
    OZ_RETRY(done, splice(from, a[4] == OZ_NONE ? NULL : &in_place, to,
                          a[5] == OZ_NONE ? NULL : &out_place, (size_t)count, (unsigned)flags))
    return done < 0 ? oz_os_raise(t) : oz_int(done);
}

OZ_FUNCTION(posix, lseek, "($module, fd, position, how, /)", "Move the position in an open file.")
{
    int fd, how;
    int64_t position;
    if (!oz_as_int(t, a[1], &fd) || !oz_as_int64(t, a[2], &position) || !oz_as_int(t, a[3], &how))
        return NULL;
    off_t now = OZ_DETACHED(t, lseek(fd, position, how));
    return now < 0 ? oz_os_raise(t) : oz_int_new(t, now);
}

/* ---- descriptors ---- */

OZ_FUNCTION(posix, dup, "($module, fd, /)", "A further descriptor of the same open file.")
{
    int fd;
    if (!oz_as_int(t, a[1], &fd))
        return NULL;
    fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    return fd < 0 ? oz_os_raise(t) : oz_int(fd);
}

OZ_FUNCTION(posix, dup2, "($module, /, fd, fd2, inheritable=True)",
            "Let fd2 be a descriptor of the same open file as fd.")
{
    int fd, fd2, status;
    bool inheritable;
    if (!oz_as_int(t, a[1], &fd) || !oz_as_int(t, a[2], &fd2) || !oz_truth(t, a[3], &inheritable))
        return NULL;
    if (fd < 0 || fd2 < 0) {
        errno = EBADF;
        return oz_os_raise(t);
    }
    bool plain = inheritable || fd == fd2;
    OZ_RETRY(status, plain ? dup2(fd, fd2) : dup3(fd, fd2, O_CLOEXEC))
    return status < 0 ? oz_os_raise(t) : oz_int(status);
}

static Ref make_pipe(Thread *t, int flags)
{
    int ends[2];
    if (pipe2(ends, flags) < 0)
        return oz_os_raise(t);
    return oz_tuple_of(t, 2, oz_int(ends[0]), oz_int(ends[1]));
}

OZ_FUNCTION(posix, pipe, "($module, /)", "A pipe: the descriptor to read and the one to write.")
{
    return make_pipe(t, O_CLOEXEC);
}

OZ_FUNCTION(posix, pipe2, "($module, flags, /)", "A pipe, with flags.")
{
    int flags;
    return oz_as_int(t, a[1], &flags) ? make_pipe(t, flags) : NULL;
}

OZ_FUNCTION(posix, get_inheritable, "($module, fd, /)", "Do children inherit the descriptor?")
{
    int fd;
    if (!oz_as_int(t, a[1], &fd))
        return NULL;
    int flags = fcntl(fd, F_GETFD);
    return flags < 0 ? oz_os_raise(t) : oz_bool(!(flags & FD_CLOEXEC));
}

OZ_FUNCTION(posix, set_inheritable, "($module, fd, inheritable, /)",
            "Say whether children inherit the descriptor.")
{
    int fd, on;
    if (!oz_as_int(t, a[1], &fd) || !oz_as_int(t, a[2], &on))
        return NULL;
    int flags = fcntl(fd, F_GETFD);
    if (flags >= 0)
        flags = fcntl(fd, F_SETFD, on ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC);
    return oz_os_result(t, flags);
}

OZ_FUNCTION(posix, get_blocking, "($module, fd, /)", "Do reading and writing wait?")
{
    int fd;
    if (!oz_as_int(t, a[1], &fd))
        return NULL;
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 ? oz_os_raise(t) : oz_bool(!(flags & O_NONBLOCK));
}

OZ_FUNCTION(posix, set_blocking, "($module, fd, blocking, /)",
            "Say whether reading and writing wait.")
{
    int fd;
    bool on;
    if (!oz_as_int(t, a[1], &fd) || !oz_truth(t, a[2], &on))
        return NULL;
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0)
        flags = fcntl(fd, F_SETFL, on ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
    return oz_os_result(t, flags);
}

OZ_FUNCTION(posix, fsync, "($module, /, fd)", "Have the contents written to the disk.")
{
    int fd, status;
    if (!oz_os_fileno(t, a[1], &fd))
        return NULL;
    OZ_RETRY(status, fsync(fd))
    return oz_os_result(t, status);
}

OZ_FUNCTION(posix, fdatasync, "($module, /, fd)",
            "Have the contents written to the disk, not all that is known about the file.")
{
    int fd, status;
    if (!oz_os_fileno(t, a[1], &fd))
        return NULL;
    OZ_RETRY(status, fdatasync(fd))
    return oz_os_result(t, status);
}

OZ_FUNCTION(posix, ftruncate, "($module, fd, length, /)", "Set the length of an open file.")
{
    int fd, status;
    int64_t length;
    if (!oz_audit_event(t, "os.truncate", "OO", a[1], a[2]))
        return NULL;
    if (!oz_as_int(t, a[1], &fd) || !oz_as_int64(t, a[2], &length))
        return NULL;
    OZ_RETRY(status, ftruncate(fd, length))
    return oz_os_result(t, status);
}

OZ_FUNCTION(posix, truncate, "($module, /, path, length)", "Set the length of a file.")
{
    scoped_path path = {0};
    int64_t length;
    int status;
    if (!oz_audit_event(t, "os.truncate", "OO", a[1], a[2]))
        return NULL;
    if (!oz_os_path(t, &path, a[1], "truncate", "path", OZ_PATH_FD) ||
        !oz_as_int64(t, a[2], &length))
        return NULL;
    OZ_RETRY(status, path.text ? truncate(path.text, length) : ftruncate(path.fd, length))
    return oz_os_result_path(t, status, &path);
}

OZ_FUNCTION(posix, posix_fallocate, "($module, fd, offset, length, /)",
            "Have room on the disk for a part of the file.")
{
    int fd, error;
    int64_t offset, length;
    if (!oz_as_int(t, a[1], &fd) || !oz_as_int64(t, a[2], &offset) ||
        !oz_as_int64(t, a[3], &length))
        return NULL;
    while ((error = OZ_DETACHED(t, posix_fallocate(fd, offset, length))) == EINTR)
        if (!oz_poll(t))
            return NULL;
    return error ? oz_raise_os_error(t, error, NULL) : OZ_NONE;
}

OZ_FUNCTION(posix, posix_fadvise, "($module, fd, offset, length, advice, /)",
            "Say how a part of the file will be used.")
{
    int fd, advice, error;
    int64_t offset, length;
    if (!oz_as_int(t, a[1], &fd) || !oz_as_int64(t, a[2], &offset) ||
        !oz_as_int64(t, a[3], &length) || !oz_as_int(t, a[4], &advice))
        return NULL;
    while ((error = OZ_DETACHED(t, posix_fadvise(fd, offset, length, advice))) == EINTR)
        if (!oz_poll(t))
            return NULL;
    return error ? oz_raise_os_error(t, error, NULL) : OZ_NONE;
}

OZ_FUNCTION(posix, lockf, "($module, fd, command, length, /)", "Lock a part of an open file.")
{
    int fd, command, status;
    int64_t length;
    if (!oz_audit_event(t, "os.lockf", "OOO", a[1], a[2], a[3]))
        return NULL;
    if (!oz_as_int(t, a[1], &fd) || !oz_as_int(t, a[2], &command) || !oz_as_int64(t, a[3], &length))
        return NULL;
    OZ_RETRY(status, lockf(fd, command, length))
    return oz_os_result(t, status);
}

OZ_FUNCTION(posix, memfd_create, "($module, /, name, flags=1)", "A file that lies in memory only.")
{
    OZ_PATH(name, a[1], "memfd_create");
    int flags;
    if (!oz_as_int(t, a[2], &flags))
        return NULL;
    int fd = memfd_create(name.text, (unsigned)flags);
    return fd < 0 ? oz_os_raise(t) : oz_int(fd);
}

OZ_FUNCTION(posix, eventfd, "($module, /, initval, flags=524288)", "A descriptor that counts.")
{
    uint64_t start;
    int flags;
    if (!oz_os_unsigned(t, a[1], UINT_MAX, "int", &start) || !oz_as_int(t, a[2], &flags))
        return NULL;
    int fd = eventfd((unsigned)start, flags);
    return fd < 0 ? oz_os_raise(t) : oz_int(fd);
}

OZ_FUNCTION(posix, eventfd_read, "($module, /, fd)", "The count of an eventfd.")
{
    int fd, status;
    eventfd_t value;
    if (!oz_as_int(t, a[1], &fd))
        return NULL;
    OZ_RETRY(status, eventfd_read(fd, &value))
    return status < 0 ? oz_os_raise(t) : oz_int_from_uint64(t, value);
}

OZ_FUNCTION(posix, eventfd_write, "($module, /, fd, value)", "Add to the count of an eventfd.")
{
    int fd, status;
    uint64_t value;
    if (!oz_as_int(t, a[1], &fd) || !oz_as_uint64(t, a[2], &value))
        return NULL;
    OZ_RETRY(status, eventfd_write(fd, value))
    return oz_os_result(t, status);
}

/* ---- terminals ---- */

OZ_FUNCTION(posix, isatty, "($module, fd, /)", "Is it a terminal?")
{
    int fd;
    return oz_as_int(t, a[1], &fd) ? oz_bool(isatty(fd)) : NULL;
}

OZ_FUNCTION(posix, ttyname, "($module, fd, /)", "The name of the terminal.")
{
    int fd;
    char name[256];
    if (!oz_as_int(t, a[1], &fd))
        return NULL;
    int error = ttyname_r(fd, name, sizeof name);
    return error ? oz_raise_os_error(t, error, NULL) : oz_os_name(t, name, false);
}

static const StructField terminal_size_fields[] = {
    {"columns", "width of the terminal in characters"},
    {"lines", "height of the terminal in characters"},
};
const StructDef oz_terminal_size_def = {
    .name = "os.terminal_size",
    .doc = "The size of a terminal: columns and lines.",
    .fields = terminal_size_fields,
    .count = 2,
    .visible = 2,
};

OZ_FUNCTION(posix, get_terminal_size, "($module, fd=<unrepresentable>, /)",
            "Columns and lines of a terminal.")
{
    int fd = 1;
    struct winsize size;
    if (a[1] && !oz_as_int(t, a[1], &fd))
        return NULL;
    if (ioctl(fd, TIOCGWINSZ, &size) < 0)
        return oz_os_raise(t);
    Ref values[] = {oz_int(size.ws_col), oz_int(size.ws_row)};
    return oz_structseq_new(t, oz_posix(a[0])->terminal_size, values);
}

OZ_FUNCTION(posix, tcgetpgrp, "($module, fd, /)", "The process group of a terminal.")
{
    int fd;
    if (!oz_as_int(t, a[1], &fd))
        return NULL;
    pid_t group = tcgetpgrp(fd);
    return group < 0 ? oz_os_raise(t) : oz_int(group);
}

OZ_FUNCTION(posix, tcsetpgrp, "($module, fd, pgid, /)", "Set the process group of a terminal.")
{
    int fd, group;
    if (!oz_as_int(t, a[1], &fd) || !oz_as_int(t, a[2], &group))
        return NULL;
    return oz_os_result(t, OZ_DETACHED(t, tcsetpgrp(fd, group)));
}

OZ_FUNCTION(posix, login_tty, "($module, fd, /)",
            "Begin a new session on a terminal, which becomes the three standard files.")
{
    int fd;
    return oz_os_fileno(t, a[1], &fd) ? oz_os_result(t, login_tty(fd)) : NULL;
}

OZ_FUNCTION(posix, openpty, "($module, /)", "A pseudo-terminal: its two descriptors.")
{
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0)
        return oz_os_raise(t);
    char name[128];
    int other = -1;
    if (grantpt(master) == 0 && unlockpt(master) == 0 && ptsname_r(master, name, sizeof name) == 0)
        other = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (other < 0) {
        int error = errno;
        close(master);
        return oz_raise_os_error(t, error, NULL);
    }
    return oz_tuple_of(t, 2, oz_int(master), oz_int(other));
}

OZ_FUNCTION(posix, device_encoding, "($module, /, fd)",
            "The encoding of a terminal, None if it is none.")
{
    int fd;
    if (!oz_as_int(t, a[1], &fd))
        return NULL;
    return isatty(fd) ? oz_str_new(t, "UTF-8") : OZ_NONE;
}

const NativeDef *const oz_posix_file_functions[] = {
    &posix_open,
    &posix_close,
    &posix_closerange,
    &posix_read,
    &posix_pread,
    &posix_write,
    &posix_pwrite,
    &posix_readv,
    &posix_writev,
    &posix_preadv,
    &posix_pwritev,
    &posix_sendfile,
    &posix_lseek,
    &posix_dup,
    &posix_dup2,
    &posix_pipe,
    &posix_pipe2,
    &posix_get_inheritable,
    &posix_set_inheritable,
    &posix_get_blocking,
    &posix_set_blocking,
    &posix_fsync,
    &posix_fdatasync,
    &posix_ftruncate,
    &posix_truncate,
    &posix_posix_fallocate,
    &posix_posix_fadvise,
    &posix_lockf,
    &posix_memfd_create,
    &posix_eventfd,
    &posix_eventfd_read,
    &posix_eventfd_write,
    &posix_isatty,
    &posix_ttyname,
    &posix_get_terminal_size,
    &posix_tcgetpgrp,
    &posix_tcsetpgrp,
    &posix_login_tty,
    &posix_openpty,
    &posix_device_encoding,
    &posix_copy_file_range,
    &posix_splice,
    NULL,
};
