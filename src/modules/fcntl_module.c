// SPDX-License-Identifier: MIT
// fcntl: control of descriptors, and locks on files.
#include "modules/native_type.h"
#include "modules/os_support.h"
#include "types/audit.h"
#include "types/buffer.h"
#include "types/bytes.h"

#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* What goes through a copy on the stack. One byte more: a zero behind a text. */
enum { ARGUMENT_MAX = 1024 };

static const OsConstant constants[] = {
#define CONSTANT(name) {#name, (int64_t)(name)},
#include "modules/fcntl.def"
#undef CONSTANT
    {NULL, 0},
};

/* A str or bytes-like argument, copied; OZ_MISSING: it is neither. */
static Found bytes_argument(Thread *t, Obj v, const char *function, char *out, size_t *length)
{
    scoped Ref keep = NULL;
    scoped_buffer view = {0};
    const void *data;
    if (oz_is_str(v)) {
        data = oz_str_utf8(t, v, length, &keep);
        if (!data)
            return OZ_RAISED;
    } else if (oz_has_buffer(v)) {
        if (!oz_buffer_open(t, v, &view))
            return OZ_RAISED;
        data = view.data;
        *length = view.length;
    } else {
        return OZ_MISSING;
    }
    if (*length > ARGUMENT_MAX) {
        oz_raise(t, OZ_ValueError, "%s string arg too long", function);
        return OZ_RAISED;
    }
    memcpy(out, data, *length);
    out[*length] = 0;
    return OZ_FOUND;
}

OZ_FUNCTION(fcntl, fcntl, "($module, fd, cmd, arg=0, /)",
            "Do something to a descriptor: with an int, the int that comes back; with bytes, the "
            "bytes that they have become.")
{
    int fd, command, answer;
    uint32_t number;
    size_t length;
    char data[ARGUMENT_MAX + 1];
    if (!oz_audit_event(t, "fcntl.fcntl", "OOO", a[1], a[2], a[3]))
        return NULL;
    if (!oz_os_fileno(t, a[1], &fd) || !oz_as_int(t, a[2], &command))
        return NULL;
    Found found = bytes_argument(t, a[3], "fcntl", data, &length);
    if (found == OZ_RAISED)
        return NULL;
    if (found == OZ_FOUND) {
        OZ_RETRY(answer, fcntl(fd, command, data))
        return answer < 0 ? oz_os_raise(t) : oz_bytes_new(t, data, length);
    }
    if (!oz_os_mask(t, a[3], &number))
        return NULL;
    OZ_RETRY(answer, fcntl(fd, command, (int)number))
    return answer < 0 ? oz_os_raise(t) : oz_int(answer);
}

/* ioctl() that changes a buffer of the program. */
static Ref ioctl_buffer(Thread *t, int fd, uint32_t request, const Buffer *view)
{
    char data[ARGUMENT_MAX + 1];
    bool copy = view->length <= ARGUMENT_MAX;
    if (copy) {
        memcpy(data, view->data, view->length);
        data[view->length] = 0;
    }
    void *argument = copy ? (void *)data : (void *)view->data;
    int answer = OZ_DETACHED(t, ioctl(fd, request, argument));
    int error = errno;
    if (copy)
        memcpy(view->data, data, view->length);
    return answer < 0 ? oz_raise_os_error(t, error, NULL) : oz_int(answer);
}

OZ_FUNCTION(fcntl, ioctl, "($module, fd, request, arg=0, mutate_flag=True, /)",
            "Ask the driver of a descriptor: with an int or a buffer that is changed, the int that "
            "comes back; with bytes, the bytes that they have become.")
{
    int fd, number, answer;
    uint32_t request;
    bool change;
    size_t length;
    char data[ARGUMENT_MAX + 1];
    if (!oz_audit_event(t, "fcntl.ioctl", "OOO", a[1], a[2], a[3]))
        return NULL;
    if (!oz_os_fileno(t, a[1], &fd) || !oz_os_mask(t, a[2], &request) ||
        !oz_truth(t, a[4], &change))
        return NULL;
    if (change && oz_has_buffer(a[3])) {
        scoped_buffer view = {0};
        if (oz_buffer_get(t, a[3], &view, OZ_BUFFER_WRITE))
            return ioctl_buffer(t, fd, request, &view);
        oz_exception_clear(t);
    }
    Found found = bytes_argument(t, a[3], "ioctl", data, &length);
    if (found == OZ_RAISED)
        return NULL;
    if (found == OZ_FOUND) {
        answer = OZ_DETACHED(t, ioctl(fd, request, data));
        return answer < 0 ? oz_os_raise(t) : oz_bytes_new(t, data, length);
    }
    if (!oz_as_int(t, a[3], &number))
        return NULL;
    answer = OZ_DETACHED(t, ioctl(fd, request, number));
    return answer < 0 ? oz_os_raise(t) : oz_int(answer);
}

OZ_FUNCTION(fcntl, flock, "($module, fd, operation, /)", "Lock or unlock a whole file.")
{
    int fd, operation, status;
    if (!oz_audit_event(t, "fcntl.flock", "OO", a[1], a[2]))
        return NULL;
    if (!oz_os_fileno(t, a[1], &fd) || !oz_as_int(t, a[2], &operation))
        return NULL;
    OZ_RETRY(status, flock(fd, operation))
    return oz_os_result(t, status);
}

OZ_FUNCTION(fcntl, lockf, "($module, fd, cmd, len=0, start=0, whence=0, /)",
            "Lock or unlock a part of a file.")
{
    int fd, operation, whence, status;
    int64_t length, start;
    struct flock lock = {0};
    if (!oz_audit_event(t, "fcntl.lockf", "OOOOO", a[1], a[2], a[3], a[4], a[5]))
        return NULL;
    if (!oz_os_fileno(t, a[1], &fd) || !oz_as_int(t, a[2], &operation) ||
        !oz_as_int(t, a[5], &whence))
        return NULL;
    if (operation == LOCK_UN)
        lock.l_type = F_UNLCK;
    else if (operation & LOCK_SH)
        lock.l_type = F_RDLCK;
    else if (operation & LOCK_EX)
        lock.l_type = F_WRLCK;
    else
        return oz_raise(t, OZ_ValueError, "unrecognized lockf argument");
    if (!oz_as_int64(t, a[4], &start) || !oz_as_int64(t, a[3], &length))
        return NULL;
    lock.l_start = start;
    lock.l_len = length;
    lock.l_whence = (short)whence;
    OZ_RETRY(status, fcntl(fd, operation & LOCK_NB ? F_SETLK : F_SETLKW, &lock))
    return oz_os_result(t, status);
}

static bool fcntl_init(Thread *t, Module *module)
{
    return oz_os_constants(t, module, constants);
}

const ModuleDef oz_fcntl_module = {
    .name = "fcntl",
    .doc = "Control of descriptors, and locks on files.",
    .functions = OZ_METHODS(&fcntl_fcntl, &fcntl_ioctl, &fcntl_flock, &fcntl_lockf),
    .init = fcntl_init,
};
