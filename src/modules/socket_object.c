// SPDX-License-Identifier: MIT
// _socket.socket: an open socket.
//
// A socket with a timeout has a descriptor that does not block: each call first waits by poll() for
// what is left of the time, then tries, and waits again where somebody else was faster. A socket
// without one waits in the call itself. A signal ends either wait: its handlers run and it goes on.
#include "modules/socket.h"
#include "modules/import.h"
#include "types/audit.h"
#include "types/buffer.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/warning.h"

#include <limits.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* ---- time ---- */

bool oz_socket_timeout_from(Thread *t, Obj v, int64_t *timeout)
{
    *timeout = -1;
    if (v == OZ_NONE)
        return true;
    if (!oz_time_ns(t, v, 1000000000, OZ_TIME_AWAY, timeout))
        return false;
    return *timeout >= 0 || oz_fail(t, OZ_ValueError, "Timeout value out of range");
}

Ref oz_socket_timeout_new(Thread *t, int64_t timeout)
{
    return timeout < 0 ? OZ_NONE : oz_float_new(t, (double)timeout / 1e9);
}

Found oz_socket_wait(Thread *t, const Socket *s, bool writing, OsWait *wait)
{
    for (;;) {
        struct pollfd fd = {.fd = oz_socket_fd(s), .events = writing ? POLLOUT : POLLIN};
        if (fd.fd < 0)
            return OZ_FOUND; /* a handler has closed it: the call will tell */
        int found = OZ_DETACHED(t, poll(&fd, 1, oz_wait_ms(wait)));
        if (found > 0)
            return OZ_FOUND;
        oz_wait_again(wait);
        if (found == 0 && wait->left == 0)
            return OZ_MISSING;
        if (found < 0 && errno != EINTR) {
            oz_os_raise(t);
            return OZ_RAISED;
        }
        if (!oz_poll(t))
            return OZ_RAISED;
    }
}

static bool fail_timeout(Thread *t)
{
    return oz_fail(t, OZ_TimeoutError, "timed out");
}

bool oz_socket_call(Thread *t, const Socket *s, bool writing, OsWait *wait, SocketRun run,
                    SocketCall *call)
{
    OsWait own;
    bool timed = s->timeout > 0;
    if (!wait)
        oz_wait_start(wait = &own, s->timeout);
    for (;;) {
        if (timed) {
            Found ready = oz_socket_wait(t, s, writing, wait);
            if (ready != OZ_FOUND)
                return ready == OZ_MISSING && fail_timeout(t);
        }
        for (;;) {
            int fd = oz_socket_fd(s);
            call->result = OZ_DETACHED(t, run(fd, call));
            if (call->result >= 0 || errno != EINTR)
                break;
            if (!oz_poll(t))
                return false;
        }
        if (call->result >= 0)
            return true;
        if (!timed || (errno != EAGAIN && errno != EWOULDBLOCK)) {
            oz_os_raise(t);
            return false;
        }
        if (!oz_poll(t))
            return false;
    }
}

static int set_blocking(int fd, bool block)
{
    int on = !block;
    return ioctl(fd, FIONBIO, &on);
}

static bool change_timeout(Thread *t, Socket *s, int64_t timeout)
{
    int fd = oz_socket_fd(s);
    if (OZ_DETACHED(t, set_blocking(fd, timeout < 0)) < 0) {
        oz_os_raise(t);
        return false;
    }
    s->timeout = timeout;
    return true;
}

/* ---- making ---- */

static bool socket_open(Thread *t, Socket *s, int fd, int family, int type, int proto)
{
    const int64_t *otherwise = oz_socket_default_timeout(t);
    if (!otherwise) {
        close(fd);
        return false;
    }
    s->fd_plus = fd + 1;
    s->family = family;
    s->type = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    s->proto = proto;
    s->timeout = type & SOCK_NONBLOCK ? 0 : *otherwise;
    return s->timeout < 0 || type & SOCK_NONBLOCK || change_timeout(t, s, s->timeout);
}

Ref oz_socket_new(Thread *t, int fd, int family, int type, int proto)
{
    Socket *s = oz_builtin_class(t, OZ_SOCKET) ? oz_object_new(t, OZ_SOCKET, sizeof *s) : NULL;
    if (!s) {
        close(fd);
        return NULL;
    }
    if (socket_open(t, s, fd, family, type, proto))
        return (Ref)s;
    oz_drop((Ref)s);
    return NULL;
}

OZ_NEW(socket, "($type, /, *args, **kwargs)")
{
    Socket *s = oz_instance_new(t, (Class *)a[0], 0);
    if (s)
        s->timeout = -1;
    return (Ref)s;
}

static bool option(int fd, int name, int *value)
{
    socklen_t length = sizeof *value;
    return getsockopt(fd, SOL_SOCKET, name, value, &length) == 0;
}

/* A descriptor that is there already: what is not said of it is asked. */
static bool adopt(Thread *t, Socket *s, Obj fileno, int family, int type, int proto)
{
    int fd;
    SocketAddress address;
    socklen_t length = sizeof address;
    if (!oz_as_int(t, fileno, &fd))
        return false;
    if (fd < 0)
        return oz_fail(t, OZ_ValueError, "negative file descriptor");
    memset(&address, 0, sizeof address);
    bool ok = getsockname(fd, &address.any, &length) == 0 ||
              (family != -1 && errno != EBADF && errno != ENOTSOCK);
    if (family == -1)
        family = address.any.sa_family;
    ok = ok && (type != -1 || option(fd, SO_TYPE, &type));
    ok = ok && (proto != -1 || option(fd, SO_PROTOCOL, &proto));
    if (!ok) {
        oz_os_raise(t);
        return false;
    }
    return socket_open(t, s, fd, family, type, proto);
}

OZ_INIT(socket, "($self, family=-1, type=-1, proto=-1, fileno=None)")
{
    Socket *s = (Socket *)a[0];
    int family, type, proto;
    if (!oz_audit_event(t, "socket.__new__", "OOOO", a[0], a[1], a[2], a[3]))
        return NULL;
    if (!oz_as_int(t, a[1], &family) || !oz_as_int(t, a[2], &type) || !oz_as_int(t, a[3], &proto))
        return NULL;
    if (a[4] != OZ_NONE)
        return adopt(t, s, a[4], family, type, proto) ? OZ_NONE : NULL;
    family = family == -1 ? AF_INET : family;
    type = type == -1 ? SOCK_STREAM : type;
    proto = proto == -1 ? 0 : proto;
    int fd = OZ_DETACHED(t, socket(family, type | SOCK_CLOEXEC, proto));
    if (fd < 0)
        return oz_os_raise(t);
    return socket_open(t, s, fd, family, type, proto) ? OZ_NONE : NULL;
}

/* ---- the end ---- */

static void socket_clear(Thread *t OZ_UNUSED, Object *object)
{
    Socket *s = (Socket *)object;
    int fd = oz_socket_fd(s);
    s->fd_plus = 0;
    if (fd >= 0)
        close(fd);
}

static void socket_finalize(Thread *t, Obj self)
{
    if (oz_socket_fd((const Socket *)self) < 0)
        return;
    scoped Ref text = oz_str_format(t, "unclosed %R", self);
    if (!text || !oz_warn_object(t, text, (Obj)t->vm->errors[OZ_ResourceWarning], 1, self)) {
        if (oz_raised(t, OZ_Warning))
            oz_unraisable(t, self, NULL);
        else
            oz_exception_clear(t);
    }
    socket_clear(t, (Object *)self);
}

OZ_METHOD(socket, close, "($self, /)", "Close the socket.")
{
    Socket *s = (Socket *)a[0];
    int fd = oz_socket_fd(s);
    s->fd_plus = 0;
    if (fd >= 0 && OZ_DETACHED(t, close(fd)) < 0 && errno != ECONNRESET)
        return oz_os_raise(t);
    return OZ_NONE;
}

OZ_METHOD(socket, detach, "($self, /)", "Give the descriptor away: the socket is then closed.")
{
    Socket *s = (Socket *)a[0];
    int fd = oz_socket_fd(s);
    s->fd_plus = 0;
    return oz_int(fd);
}

static Ref socket_repr(Thread *t, Obj self)
{
    const Socket *s = (const Socket *)self;
    return oz_str_format(t, "<socket object, fd=%d, family=%d, type=%d, proto=%d>", oz_socket_fd(s),
                         s->family, s->type, s->proto);
}

static Ref get_family(Thread *t OZ_UNUSED, Obj self)
{
    return oz_int(((const Socket *)self)->family);
}

static Ref get_type(Thread *t OZ_UNUSED, Obj self)
{
    return oz_int(((const Socket *)self)->type);
}

static Ref get_proto(Thread *t OZ_UNUSED, Obj self)
{
    return oz_int(((const Socket *)self)->proto);
}

static Ref get_timeout(Thread *t, Obj self)
{
    return oz_socket_timeout_new(t, ((const Socket *)self)->timeout);
}

OZ_METHOD(socket, fileno, "($self, /)", "The descriptor; -1 if it is closed.")
{
    return oz_int(oz_socket_fd((const Socket *)a[0]));
}

/* ---- timeouts ---- */

OZ_METHOD(socket, settimeout, "($self, timeout, /)",
          "Set how many seconds calls wait; 0: not at all, None: for ever.")
{
    int64_t timeout;
    return oz_socket_timeout_from(t, a[1], &timeout) && change_timeout(t, (Socket *)a[0], timeout)
               ? OZ_NONE
               : NULL;
}

OZ_METHOD(socket, gettimeout, "($self, /)", "How many seconds calls wait; None: for ever.")
{
    return get_timeout(t, a[0]);
}

OZ_METHOD(socket, setblocking, "($self, flag, /)", "Let calls wait for ever, or not at all.")
{
    int flag;
    return oz_as_int(t, a[1], &flag) && change_timeout(t, (Socket *)a[0], flag ? -1 : 0) ? OZ_NONE
                                                                                         : NULL;
}

OZ_METHOD(socket, getblocking, "($self, /)", "Do calls wait?")
{
    return oz_bool(((const Socket *)a[0])->timeout != 0);
}

/* ---- addresses and connections ---- */

OZ_METHOD(socket, bind, "($self, address, /)", "Give the socket its own address.")
{
    const Socket *s = (const Socket *)a[0];
    SocketAddress address;
    socklen_t length;
    if (!oz_audit_event(t, "socket.bind", "OO", a[0], a[1]))
        return NULL;
    if (!oz_socket_address(t, s, a[1], "bind", &address, &length))
        return NULL;
    int fd = oz_socket_fd(s);
    return oz_os_result(t, OZ_DETACHED(t, bind(fd, &address.any, length)));
}

OZ_NATIVE_(socket_listen, "listen", "($self, backlog=<unrepresentable>, /)",
           "Let others connect; at most so many wait to be accepted.", OZ_FN_PARSED)
{
    int backlog = SOMAXCONN < 128 ? SOMAXCONN : 128;
    if (a[1] && !oz_as_int(t, a[1], &backlog))
        return NULL;
    int fd = oz_socket_fd((const Socket *)a[0]);
    return oz_os_result(t, OZ_DETACHED(t, listen(fd, backlog < 0 ? 0 : backlog)));
}

static ssize_t run_accept(int fd, SocketCall *call)
{
    call->address_length = sizeof *call->address;
    return accept4(fd, &call->address->any, &call->address_length, SOCK_CLOEXEC);
}

OZ_METHOD(socket, _accept, "($self, /)",
          "Take a connection: a new descriptor, and the other end's address.")
{
    const Socket *s = (const Socket *)a[0];
    SocketAddress address;
    SocketCall call = {.address = &address};
    if (!oz_socket_call(t, s, false, NULL, run_accept, &call))
        return NULL;
    scoped Ref other =
        oz_socket_address_new(t, (int)call.result, &address, call.address_length, s->proto);
    Ref pair = other ? oz_tuple_of(t, 2, oz_int(call.result), other) : NULL;
    if (!pair)
        close((int)call.result);
    return pair;
}

/* 0, the number of the error, or -1: raised. */
static int connect_to(Thread *t, const Socket *s, const SocketAddress *address, socklen_t length,
                      bool raise)
{
    int fd = oz_socket_fd(s);
    if (OZ_DETACHED(t, connect(fd, &address->any, length)) == 0)
        return 0;
    int error = errno;
    if (error == EINTR && !oz_poll(t))
        return -1;
    bool wait = error == EINTR ? s->timeout != 0 : s->timeout > 0 && error == EINPROGRESS;
    if (!wait)
        return error;
    OsWait time;
    oz_wait_start(&time, s->timeout);
    Found ready = oz_socket_wait(t, s, true, &time);
    if (ready == OZ_RAISED)
        return -1;
    if (ready == OZ_MISSING) {
        if (!raise)
            return EWOULDBLOCK;
        fail_timeout(t);
        return -1;
    }
    if (!option(oz_socket_fd(s), SO_ERROR, &error))
        error = errno;
    return error == EISCONN ? 0 : error;
}

OZ_METHOD(socket, connect, "($self, address, /)", "Connect to an address.")
{
    const Socket *s = (const Socket *)a[0];
    SocketAddress address;
    socklen_t length;
    if (!oz_audit_event(t, "socket.connect", "OO", a[0], a[1]))
        return NULL;
    if (!oz_socket_address(t, s, a[1], "connect", &address, &length))
        return NULL;
    int error = connect_to(t, s, &address, length, true);
    return error < 0 ? NULL : error ? oz_raise_os_error(t, error, NULL) : OZ_NONE;
}

OZ_METHOD(socket, connect_ex, "($self, address, /)",
          "Connect to an address; the number of the error, or 0.")
{
    const Socket *s = (const Socket *)a[0];
    SocketAddress address;
    socklen_t length;
    if (!oz_audit_event(t, "socket.connect", "OO", a[0], a[1]))
        return NULL;
    if (!oz_socket_address(t, s, a[1], "connect_ex", &address, &length))
        return NULL;
    int error = connect_to(t, s, &address, length, false);
    return error < 0 ? NULL : oz_int(error);
}

OZ_METHOD(socket, shutdown, "($self, how, /)", "End receiving, sending, or both.")
{
    int how;
    if (!oz_as_int(t, a[1], &how))
        return NULL;
    int fd = oz_socket_fd((const Socket *)a[0]);
    return oz_os_result(t, OZ_DETACHED(t, shutdown(fd, how)));
}

static Ref name_of(Thread *t, Obj self, bool peer)
{
    const Socket *s = (const Socket *)self;
    SocketAddress address;
    socklen_t length = sizeof address;
    memset(&address, 0, sizeof address);
    int fd = oz_socket_fd(s);
    if ((peer ? getpeername(fd, &address.any, &length) : getsockname(fd, &address.any, &length)) <
        0)
        return oz_os_raise(t);
    return oz_socket_address_new(t, oz_socket_fd(s), &address, length, s->proto);
}

OZ_METHOD(socket, getsockname, "($self, /)", "The socket's own address.")
{
    return name_of(t, a[0], false);
}

OZ_METHOD(socket, getpeername, "($self, /)", "The address of the other end.")
{
    return name_of(t, a[0], true);
}

/* ---- options ---- */

OZ_NATIVE_(socket_getsockopt, "getsockopt",
           "($self, level, option, buffersize=<unrepresentable>, /)",
           "The value of an option: an int, or bytes of at most so many.", OZ_FN_PARSED)
{
    int fd = oz_socket_fd((const Socket *)a[0]), level, name, size = 0, value = 0;
    if (!oz_as_int(t, a[1], &level) || !oz_as_int(t, a[2], &name) ||
        (a[3] && !oz_as_int(t, a[3], &size)))
        return NULL;
    if (size == 0) {
        socklen_t length = sizeof value;
        return getsockopt(fd, level, name, &value, &length) < 0 ? oz_os_raise(t) : oz_int(value);
    }
    if (size < 0 || size > 1024)
        return oz_raise(t, OZ_OSError, "getsockopt buflen out of range");
    uint8_t data[1024];
    socklen_t length = (socklen_t)size;
    if (getsockopt(fd, level, name, data, &length) < 0)
        return oz_os_raise(t);
    return oz_bytes_new(t, data, length);
}

OZ_NATIVE_(socket_setsockopt, "setsockopt",
           "($self, level, option, value, optlen=<unrepresentable>, /)",
           "Set an option to an int or to bytes; or, with None, give only a length.", OZ_FN_PARSED)
{
    const Socket *s = (const Socket *)a[0]; /* which an __index__ may close */
    int level, name, number;
    uint32_t length;
    if (a[4] && a[3] != OZ_NONE)
        return oz_raise(t, OZ_TypeError, "setsockopt() takes exactly 3 arguments (4 given)");
    if (!oz_as_int(t, a[1], &level) || !oz_as_int(t, a[2], &name))
        return NULL;
    if (a[4])
        return oz_os_mask(t, a[4], &length)
                   ? oz_os_result(t, setsockopt(oz_socket_fd(s), level, name, NULL, length))
                   : NULL;
    if (oz_as_int(t, a[3], &number))
        return oz_os_result(t, setsockopt(oz_socket_fd(s), level, name, &number, sizeof number));
    if (!oz_exception_forget(t, OZ_TypeError) && !oz_exception_forget(t, OZ_OverflowError))
        return NULL;
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, a[3], &view))
        return NULL;
    return oz_os_result(
        t, setsockopt(oz_socket_fd(s), level, name, view.data, (socklen_t)view.length));
}

/* ---- receiving ---- */

static ssize_t run_recv(int fd, SocketCall *call)
{
    return recv(fd, call->data, call->length, call->flags);
}

static ssize_t run_recvfrom(int fd, SocketCall *call)
{
    call->address_length = sizeof *call->address;
    memset(call->address, 0, sizeof *call->address);
    return recvfrom(fd, call->data, call->length, call->flags, &call->address->any,
                    &call->address_length);
}

static bool size_argument(Thread *t, Obj v, const char *what, ssize_t *size)
{
    if (!oz_as_size_argument(t, v, size))
        return false;
    return *size >= 0 || oz_fail(t, OZ_ValueError, "negative buffersize in %s", what);
}

static Ref receive(Thread *t, const Obj *a, const char *function, SocketCall *call)
{
    ssize_t size;
    if (!size_argument(t, a[1], function, &size) || !oz_as_int(t, a[2], &call->flags))
        return NULL;
    scoped Ref bytes = oz_bytes_alloc(t, (size_t)size);
    if (!bytes)
        return NULL;
    call->data = oz_bytes_data((const Bytes *)bytes);
    call->length = (size_t)size;
    if (!oz_socket_call(t, (const Socket *)a[0], false, NULL,
                        call->address ? run_recvfrom : run_recv, call))
        return NULL;
    return oz_bytes_shrink(t, oz_move(&bytes), (size_t)call->result);
}

OZ_NATIVE_(socket_recv, "recv", "($self, buffersize, flags=0, /)",
           "Receive at most so many bytes; none at the end of the connection.", OZ_FN_PARSED)
{
    SocketCall call = {0};
    return receive(t, a, "recv", &call);
}

static Ref other_end(Thread *t, Obj self, const SocketCall *call)
{
    const Socket *s = (const Socket *)self;
    return oz_socket_address_new(t, oz_socket_fd(s), call->address, call->address_length, s->proto);
}

OZ_NATIVE_(socket_recvfrom, "recvfrom", "($self, buffersize, flags=0, /)",
           "Receive at most so many bytes: them, and the address that they came from.",
           OZ_FN_PARSED)
{
    SocketAddress address;
    SocketCall call = {.address = &address};
    scoped Ref data = receive(t, a, "recvfrom", &call);
    scoped Ref other = data ? other_end(t, a[0], &call) : NULL;
    return other ? oz_tuple_of(t, 2, data, other) : NULL;
}

/* a[1]: a buffer, a[2]: how many bytes of it, 0: all, a[3]: flags */
static bool receive_into(Thread *t, const Obj *a, const char *function, const char *too_small,
                         SocketCall *call)
{
    scoped_buffer view = {0};
    ssize_t size;
    if (!oz_buffer_get(t, a[1], &view, OZ_BUFFER_WRITE)) {
        oz_exception_clear(t);
        return oz_fail(t, OZ_TypeError,
                       "%s() argument 1 must be read-write bytes-like object, not %T", function,
                       a[1]);
    }
    if (!size_argument(t, a[2], function, &size) || !oz_as_int(t, a[3], &call->flags))
        return false;
    if ((size_t)size > view.length)
        return oz_fail(t, OZ_ValueError, "%s", too_small);
    call->data = view.data;
    call->length = size ? (size_t)size : view.length;
    return oz_socket_call(t, (const Socket *)a[0], false, NULL,
                          call->address ? run_recvfrom : run_recv, call);
}

OZ_METHOD(socket, recv_into, "($self, /, buffer, nbytes=0, flags=0)",
          "Receive into a buffer; how many bytes.")
{
    SocketCall call = {0};
    return receive_into(t, a, "recv_into", "buffer too small for requested bytes", &call)
               ? oz_int(call.result)
               : NULL;
}

OZ_METHOD(socket, recvfrom_into, "($self, /, buffer, nbytes=0, flags=0)",
          "Receive into a buffer: how many bytes, and the address that they came from.")
{
    SocketAddress address;
    SocketCall call = {.address = &address};
    if (!receive_into(t, a, "recvfrom_into", "nbytes is greater than the length of the buffer",
                      &call))
        return NULL;
    scoped Ref other = other_end(t, a[0], &call);
    return other ? oz_tuple_of(t, 2, oz_int(call.result), other) : NULL;
}

/* ---- sending ---- */

static ssize_t run_send(int fd, SocketCall *call)
{
    return send(fd, call->data, call->length, call->flags);
}

static ssize_t run_sendto(int fd, SocketCall *call)
{
    return sendto(fd, call->data, call->length, call->flags, &call->address->any,
                  call->address_length);
}

OZ_NATIVE_(socket_send, "send", "($self, data, flags=0, /)",
           "Send bytes; how many were sent, which may be fewer.", OZ_FN_PARSED)
{
    scoped_buffer view = {0};
    SocketCall call = {0};
    if (!oz_buffer_open(t, a[1], &view) || !oz_as_int(t, a[2], &call.flags))
        return NULL;
    call.data = view.data;
    call.length = view.length;
    return oz_socket_call(t, (const Socket *)a[0], true, NULL, run_send, &call)
               ? oz_int(call.result)
               : NULL;
}

OZ_NATIVE_(socket_sendall, "sendall", "($self, data, flags=0, /)", "Send bytes, all of them.",
           OZ_FN_PARSED)
{
    const Socket *s = (const Socket *)a[0];
    scoped_buffer view = {0};
    SocketCall call = {0};
    OsWait wait;
    if (!oz_buffer_open(t, a[1], &view) || !oz_as_int(t, a[2], &call.flags))
        return NULL;
    oz_wait_start(&wait, s->timeout);
    for (size_t sent = 0; sent < view.length; sent += (size_t)call.result) {
        oz_wait_again(&wait);
        call.data = view.data + sent;
        call.length = view.length - sent;
        if (!oz_socket_call(t, s, true, &wait, run_send, &call) || !oz_poll(t))
            return NULL;
    }
    return OZ_NONE;
}

OZ_METHOD(socket, sendto, "($self, /, *args)",
          "Send bytes to an address: sendto(data[, flags], address); how many were sent.")
{
    const Socket *s = (const Socket *)a[0];
    const Tuple *args = (const Tuple *)a[1];
    scoped_buffer view = {0};
    SocketAddress address;
    SocketCall call = {.address = &address};
    if (args->length < 2 || args->length > 3)
        return oz_raise(t, OZ_TypeError, "sendto() takes 2 or 3 arguments (%d given)",
                        (int)args->length);
    if (!oz_buffer_open(t, args->items[0], &view) ||
        (args->length == 3 && !oz_as_int(t, args->items[1], &call.flags)) ||
        !oz_socket_address(t, s, args->items[args->length - 1], "sendto", &address,
                           &call.address_length))
        return NULL;
    call.data = view.data;
    call.length = view.length;
    return oz_socket_call(t, s, true, NULL, run_sendto, &call) ? oz_int(call.result) : NULL;
}

/* ---- messages (socket_message.c) ---- */

OZ_NATIVE_(socket_recvmsg, "recvmsg", "($self, bufsize, ancbufsize=0, flags=0, /)",
           "Receive a message: its bytes, ancillary data, flags, and where it came from.",
           OZ_FN_PARSED)
{
    return oz_socket_recvmsg(t, a);
}

OZ_NATIVE_(socket_recvmsg_into, "recvmsg_into", "($self, buffers, ancbufsize=0, flags=0, /)",
           "Receive a message into buffers: the number of bytes, ancillary data, flags, and where "
           "it came from.",
           OZ_FN_PARSED)
{
    return oz_socket_recvmsg_into(t, a);
}

OZ_NATIVE_(socket_sendmsg, "sendmsg",
           "($self, buffers, ancdata=<unrepresentable>, flags=0, address=None, /)",
           "Send a message of buffers, with ancillary data, to an address; how many bytes were "
           "sent.",
           OZ_FN_PARSED)
{
    return oz_socket_sendmsg(t, a);
}

OZ_NATIVE_(socket_sendmsg_afalg, "sendmsg_afalg",
           "($self, msg=<unrepresentable>, *, op=<unrepresentable>, iv=<unrepresentable>, "
           "assoclen=<unrepresentable>, flags=0)",
           "Send a message to the kernel's cryptography: an operation, a vector to begin with, the "
           "length of what is only authenticated.",
           0)
{
    return oz_socket_sendmsg_afalg(t, a);
}

/* ---- the type ---- */

const TypeDef oz_socket_type = {
    .id = OZ_SOCKET,
    .name = "_socket.socket",
    .doc = "An end of a connection: socket(family, type, proto) or socket(fileno=descriptor).",
    .size = sizeof(Socket),
    .clear = socket_clear,
    .make = &socket_new_,
    .initialise = &socket_init_,
    .slots = {.repr = socket_repr, .finalize = socket_finalize},
    .methods = (const NativeDef *const[]){&socket__accept,
                                          &socket_bind,
                                          &socket_close,
                                          &socket_connect,
                                          &socket_connect_ex,
                                          &socket_detach,
                                          &socket_fileno,
                                          &socket_getblocking,
                                          &socket_getpeername,
                                          &socket_getsockname,
                                          &socket_getsockopt,
                                          &socket_gettimeout,
                                          &socket_listen,
                                          &socket_recv,
                                          &socket_recv_into,
                                          &socket_recvfrom,
                                          &socket_recvfrom_into,
                                          &socket_send,
                                          &socket_sendall,
                                          &socket_sendto,
                                          &socket_setblocking,
                                          &socket_setsockopt,
                                          &socket_settimeout,
                                          &socket_shutdown,
                                          &socket_recvmsg,
                                          &socket_recvmsg_into,
                                          &socket_sendmsg,
                                          &socket_sendmsg_afalg,
                                          NULL},
    .getsets = OZ_GETSETS({"family", get_family, NULL, "the family of addresses"},
                          {"type", get_type, NULL, "the kind of socket"},
                          {"proto", get_proto, NULL, "the protocol"},
                          {"timeout", get_timeout, NULL, "how many seconds calls wait"}),
};
