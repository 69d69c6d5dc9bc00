// SPDX-License-Identifier: MIT
// _socket.socket: messages of several buffers with ancillary data: recvmsg(), sendmsg().
#include "modules/socket.h"
#include "types/buffer.h"
#include "types/bytes.h"

#include <limits.h>

/* Buffers that a program gave, open. */
typedef struct Buffers {
    Buffer *views;
    struct iovec *vectors;
    size_t count;
} Buffers;

static void buffers_fini(Buffers *b)
{
    for (size_t n = 0; n < b->count; n++)
        oz_scoped_buffer(&b->views[n]);
    oz_block_free(b->views);
    oz_block_free(b->vectors);
}
#define scoped_buffers __attribute__((cleanup(buffers_fini))) Buffers

static bool buffers_of(Thread *t, Buffers *b, Obj v, const char *function, bool writable)
{
    char message[60];
    snprintf(message, sizeof message, "%s() argument 1 must be an iterable", function);
    scoped Ref sequence = oz_to_sequence(t, v, message);
    scoped Ref items = sequence ? oz_tuple_from(t, sequence) : NULL;
    if (!items)
        return false;
    const Tuple *tuple = (const Tuple *)items;
    if (tuple->length > INT_MAX / sizeof(struct iovec))
        return oz_fail(t, OZ_OSError, "%s() argument 1 is too long", function);
    b->views = oz_block_alloc(t->heap, (tuple->length + 1) * sizeof *b->views);
    b->vectors = oz_block_alloc(t->heap, (tuple->length + 1) * sizeof *b->vectors);
    if (!b->views || !b->vectors) {
        oz_raise_memory(t);
        return false;
    }
    for (uint32_t n = 0; n < tuple->length; n++) {
        Buffer *view = &b->views[n];
        *view = (Buffer){0};
        if (!oz_buffer_get(t, tuple->items[n], view, writable ? OZ_BUFFER_WRITE : OZ_BUFFER_READ)) {
            if (writable &&
                (oz_exception_forget(t, OZ_TypeError) || oz_exception_forget(t, OZ_BufferError)))
                oz_raise(t, OZ_TypeError,
                         "%s() argument 1 must be an iterable of single-segment read-write buffers",
                         function);
            return false;
        }
        b->vectors[n] = (struct iovec){.iov_base = view->data, .iov_len = view->length};
        b->count = n + 1;
    }
    return true;
}

/* ---- receiving ---- */

static ssize_t run_recvmsg(int fd, SocketCall *call)
{
    memset(call->address, 0, sizeof *call->address);
    call->message->msg_name = call->address;
    call->message->msg_namelen = sizeof *call->address;
    call->message->msg_controllen = call->length;
    return recvmsg(fd, call->message, call->flags);
}

/* How many bytes of data an item has, within what was received. */
static size_t data_length(const struct msghdr *message, const struct cmsghdr *item)
{
    size_t before =
        (size_t)((const uint8_t *)CMSG_DATA(item) - (const uint8_t *)message->msg_control);
    size_t room = message->msg_controllen > before ? message->msg_controllen - before : 0;
    size_t head = (size_t)((const uint8_t *)CMSG_DATA(item) - (const uint8_t *)item);
    size_t length = item->cmsg_len > head ? item->cmsg_len - head : 0;
    return length < room ? length : room;
}

static Ref ancillary_data(Thread *t, struct msghdr *message)
{
    scoped Ref list = oz_list_new(t, 0);
    struct cmsghdr *item = message->msg_controllen > 0 ? CMSG_FIRSTHDR(message) : NULL;
    for (; list && item; item = CMSG_NXTHDR(message, item)) {
        scoped Ref data = oz_bytes_new(t, CMSG_DATA(item), data_length(message, item));
        Ref entry = data
                        ? oz_tuple_of(t, 3, oz_int(item->cmsg_level), oz_int(item->cmsg_type), data)
                        : NULL;
        if (!entry || !oz_list_append_take(t, (List *)list, entry))
            return NULL;
    }
    return oz_move(&list);
}

/* Receive a message into `b`. The result begins with *bytes, of which `b` is the room, or (NULL)
 * the number of bytes. */
static Ref receive(Thread *t, const Obj *a, const Buffers *b, Ref *bytes)
{
    const Socket *s = (const Socket *)a[0];
    SocketAddress address;
    ssize_t room = 0;
    struct msghdr message = {.msg_iov = b->vectors, .msg_iovlen = b->count};
    SocketCall call = {.address = &address, .message = &message};
    if (!oz_as_size_argument(t, a[2], &room) || !oz_as_int(t, a[3], &call.flags))
        return NULL;
    if (room < 0 || room > INT_MAX)
        return oz_raise(t, OZ_ValueError, "invalid ancillary data buffer length");
    uint8_t *control = room ? oz_block_alloc(t->heap, (size_t)room) : NULL;
    if (room && !control)
        return oz_raise_memory(t);
    message.msg_control = control;
    call.length = (size_t)room;
    scoped Ref data = NULL, other = NULL;
    if (oz_socket_call(t, s, false, NULL, run_recvmsg, &call))
        data = ancillary_data(t, &message);
    oz_block_free(control);
    if (data)
        other = oz_socket_address_new(
            t, oz_socket_fd(s), &address,
            message.msg_namelen < sizeof address ? message.msg_namelen : sizeof address, s->proto);
    if (!other)
        return NULL;
    scoped Ref first =
        bytes ? oz_bytes_shrink(t, oz_move(bytes), (size_t)call.result) : oz_int(call.result);
    return first ? oz_tuple_of(t, 4, first, data, oz_int(message.msg_flags), other) : NULL;
}

Ref oz_socket_recvmsg(Thread *t, const Obj *a)
{
    ssize_t size;
    if (!oz_as_size_argument(t, a[1], &size))
        return NULL;
    if (size < 0)
        return oz_raise(t, OZ_ValueError, "negative buffer size in recvmsg()");
    scoped Ref bytes = oz_bytes_alloc(t, (size_t)size);
    if (!bytes)
        return NULL;
    struct iovec vector = {.iov_base = oz_bytes_data((const Bytes *)bytes),
                           .iov_len = (size_t)size};
    Buffers b = {.vectors = &vector, .count = 1};
    return receive(t, a, &b, &bytes);
}

Ref oz_socket_recvmsg_into(Thread *t, const Obj *a)
{
    scoped_buffers b = {0};
    return buffers_of(t, &b, a[1], "recvmsg_into", true) ? receive(t, a, &b, NULL) : NULL;
}

/* ---- sending ---- */

/* Items (level, type, data), ready for the system. */
typedef struct Control {
    int *kinds;     /* level and type of each */
    Buffer *views;  /* */
    size_t count;   /* */
    uint8_t *bytes; /* */
    size_t length;  /* */
} Control;

static void control_fini(Control *c)
{
    for (size_t n = 0; n < c->count; n++)
        oz_scoped_buffer(&c->views[n]);
    oz_block_free(c->kinds);
    oz_block_free(c->views);
    oz_block_free(c->bytes);
}
#define scoped_control __attribute__((cleanup(control_fini))) Control

static bool control_item(Thread *t, Control *c, Obj v)
{
    static const char name[] = "[sendmsg() ancillary data items]() argument";
    size_t n = c->count;
    if (!oz_as_tuple(v) && !oz_as_list(v))
        return oz_fail(t, OZ_TypeError, "%s must be 3-item sequence, not %T", name, v);
    scoped Ref items = oz_tuple_from(t, v);
    const Tuple *tuple = (const Tuple *)items;
    if (!tuple)
        return false;
    if (tuple->length != 3)
        return oz_fail(t, OZ_TypeError, "%s must be sequence of length 3, not %d", name,
                       (int)tuple->length);
    c->views[n] = (Buffer){0};
    if (!oz_as_int(t, tuple->items[0], &c->kinds[2 * n]) ||
        !oz_as_int(t, tuple->items[1], &c->kinds[2 * n + 1]) ||
        !oz_buffer_open(t, tuple->items[2], &c->views[n]))
        return false;
    c->count = n + 1;
    if (c->views[n].length > INT_MAX)
        return oz_fail(t, OZ_OSError, "ancillary data item too large");
    c->length += CMSG_SPACE(c->views[n].length);
    return c->length <= INT_MAX || oz_fail(t, OZ_OSError, "too much ancillary data");
}

static bool control_alloc(Thread *t, Control *c, struct msghdr *message)
{
    if (!c->length)
        return true;
    c->bytes = oz_block_alloc(t->heap, c->length);
    if (!c->bytes) {
        oz_raise_memory(t);
        return false;
    }
    memset(c->bytes, 0, c->length);
    message->msg_control = c->bytes;
    message->msg_controllen = c->length;
    return true;
}

static void control_put(struct cmsghdr *item, int level, int type, const void *data, size_t length)
{
    item->cmsg_level = level;
    item->cmsg_type = type;
    item->cmsg_len = CMSG_LEN(length);
    memcpy(CMSG_DATA(item), data, length);
}

static bool control_of(Thread *t, Control *c, Obj v, struct msghdr *message)
{
    scoped Ref sequence = oz_to_sequence(t, v, "sendmsg() argument 2 must be an iterable");
    scoped Ref items = sequence ? oz_tuple_from(t, sequence) : NULL;
    if (!items)
        return false;
    const Tuple *tuple = (const Tuple *)items;
    c->kinds = oz_block_alloc(t->heap, ((size_t)tuple->length + 1) * 2 * sizeof *c->kinds);
    c->views = oz_block_alloc(t->heap, ((size_t)tuple->length + 1) * sizeof *c->views);
    if (!c->kinds || !c->views) {
        oz_raise_memory(t);
        return false;
    }
    for (uint32_t n = 0; n < tuple->length; n++)
        if (!control_item(t, c, tuple->items[n]))
            return false;
    if (!control_alloc(t, c, message))
        return false;
    struct cmsghdr *item = c->length ? CMSG_FIRSTHDR(message) : NULL;
    for (size_t n = 0; n < c->count && item; n++, item = CMSG_NXTHDR(message, item))
        control_put(item, c->kinds[2 * n], c->kinds[2 * n + 1], c->views[n].data,
                    c->views[n].length);
    return true;
}

static ssize_t run_sendmsg(int fd, SocketCall *call)
{
    return sendmsg(fd, call->message, call->flags);
}

Ref oz_socket_sendmsg(Thread *t, const Obj *a)
{
    const Socket *s = (const Socket *)a[0];
    scoped_buffers b = {0};
    scoped_control c = {0};
    SocketAddress address;
    struct msghdr message = {0};
    SocketCall call = {.message = &message};
    if (!oz_as_int(t, a[3], &call.flags))
        return NULL;
    if (a[4] != OZ_NONE) {
        if (!oz_socket_address(t, s, a[4], "sendmsg", &address, &message.msg_namelen))
            return NULL;
        message.msg_name = &address;
    }
    if (!buffers_of(t, &b, a[1], "sendmsg", false) || (a[2] && !control_of(t, &c, a[2], &message)))
        return NULL;
    message.msg_iov = b.vectors;
    message.msg_iovlen = b.count;
    return oz_socket_call(t, s, true, NULL, run_sendmsg, &call) ? oz_int(call.result) : NULL;
}

/* What an operation of AF_ALG is told besides its data. */
static void put_algorithm(struct msghdr *message, int op, const Buffer *iv, int associated)
{
    struct cmsghdr *item = CMSG_FIRSTHDR(message);
    uint32_t number = (uint32_t)op;
    control_put(item, SOL_ALG, ALG_SET_OP, &number, sizeof number);
    if (iv->owner) {
        item = CMSG_NXTHDR(message, item);
        number = (uint32_t)iv->length;
        control_put(item, SOL_ALG, ALG_SET_IV, &number, sizeof number);
        item->cmsg_len = CMSG_LEN(sizeof number + iv->length);
        memcpy(CMSG_DATA(item) + sizeof number, iv->data, iv->length);
    }
    if (associated >= 0) {
        item = CMSG_NXTHDR(message, item);
        number = (uint32_t)associated;
        control_put(item, SOL_ALG, ALG_SET_AEAD_ASSOCLEN, &number, sizeof number);
    }
}

Ref oz_socket_sendmsg_afalg(Thread *t, const Obj *a)
{
    const Socket *s = (const Socket *)a[0];
    scoped_buffers b = {0};
    scoped_control c = {0};
    scoped_buffer iv = {0};
    struct msghdr message = {0};
    SocketCall call = {.message = &message};
    int op = -1, associated = -1;
    if (s->family != AF_ALG)
        return oz_raise(t, OZ_OSError, "algset is only supported for AF_ALG");
    if ((a[2] && !oz_as_int(t, a[2], &op)) || (a[3] && !oz_buffer_open(t, a[3], &iv)) ||
        !oz_as_int(t, a[5], &call.flags))
        return NULL;
    if (op < 0)
        return oz_raise(t, OZ_TypeError, "Invalid or missing argument 'op'");
    if (a[4]) {
        if (!oz_as_int(t, a[4], &associated))
            return NULL;
        if (associated < 0)
            return oz_raise(t, OZ_TypeError, "assoclen must be positive");
    }
    if (iv.length > INT_MAX / 2)
        return oz_raise(t, OZ_OSError, "ancillary data item too large");
    c.length = CMSG_SPACE(4) + (a[3] ? CMSG_SPACE(4 + iv.length) : 0) +
               (associated >= 0 ? CMSG_SPACE(4) : 0);
    if (!control_alloc(t, &c, &message) ||
        (a[1] && !buffers_of(t, &b, a[1], "sendmsg_afalg", false)))
        return NULL;
    put_algorithm(&message, op, &iv, associated);
    message.msg_iov = b.vectors;
    message.msg_iovlen = b.count;
    return oz_socket_call(t, s, true, NULL, run_sendmsg, &call) ? oz_int(call.result) : NULL;
}
