// SPDX-License-Identifier: MIT
// The input of an unpickler: bytes that are there, or a file.
//
// `view` is what was read last, `at` how far it is taken.  A file is read by as much as the next
// opcode needs, which is a frame where there are any; one that has peek() is asked for 16 KiB of
// what comes, and what was taken of that is read later, all at once: so no byte behind the pickle
// is taken from the file.
#include "modules/pickle.h"

#include "types/bytearray.h"
#include "types/int.h"
#include "types/str.h"

#include <limits.h>
#include <string.h>

enum { PEEK_SIZE = 16 << 10, PIECE = 1 << 20 };

Ref oz_pickle_truncated(Thread *t)
{
    return oz_raise_module(t, OZ_ERROR_UNPICKLING, "pickle data was truncated");
}

/* The bytes are what comes next. */
static bool set_input(Thread *t, Unpickler *u, Obj data)
{
    Buffer view = {0};
    if (!oz_buffer_open(t, data, &view))
        return false;
    Buffer old = u->view;
    u->view = view;
    oz_track(&u->base, view.owner);
    u->at = view.data;
    u->end = view.data + view.length;
    u->peeked = NULL;
    oz_buffer_release(t, &old);
    return true;
}

static Ref read_bytes(Thread *t, Unpickler *u, size_t size)
{
    scoped Ref read = oz_retain(u->read), count = oz_int_from_uint64(t, size);
    return count ? oz_call1(t, read, count) : NULL;
}

bool oz_pickle_input_settle(Thread *t, Unpickler *u)
{
    if (!u->peeked || u->at <= u->peeked)
        return true;
    size_t taken = (size_t)(u->at - u->peeked);
    u->peeked = u->at;
    scoped Ref data = read_bytes(t, u, taken);
    return data != NULL;
}

/* What the file shows of what comes; OZ_MISSING: less than `size` bytes. */
static Found peek(Thread *t, Unpickler *u, size_t size)
{
    scoped Ref look = oz_retain(u->peek);
    scoped Ref data = oz_call1(t, look, oz_int(PEEK_SIZE));
    if (!data) {
        if (!oz_exception_forget(t, OZ_NotImplementedError))
            return OZ_RAISED;
        oz_clear(&u->peek);
        return OZ_MISSING;
    }
    if (!set_input(t, u, data))
        return OZ_RAISED;
    u->peeked = u->at;
    return u->view.length >= size ? OZ_FOUND : OZ_MISSING;
}

const uint8_t *oz_pickle_take_slow(Thread *t, Unpickler *u, size_t size)
{
    if (!u->read) {
        oz_pickle_truncated(t);
        return NULL;
    }
    if (!oz_pickle_input_settle(t, u))
        return NULL;
    Found found = u->peek ? peek(t, u, size) : OZ_MISSING;
    if (found == OZ_MISSING) {
        scoped Ref data = read_bytes(t, u, size);
        if (!data || !set_input(t, u, data))
            return NULL;
    }
    if (found == OZ_RAISED)
        return NULL;
    if (u->view.length < size) {
        oz_pickle_truncated(t);
        return NULL;
    }
    u->at += size;
    return u->at - size;
}

const uint8_t *oz_pickle_take_line(Thread *t, Unpickler *u, size_t *length)
{
    size_t rest = (size_t)(u->end - u->at);
    const uint8_t *end = rest ? memchr(u->at, '\n', rest) : NULL;
    if (!end && u->read) {
        if (!oz_pickle_input_settle(t, u))
            return NULL;
        scoped Ref readline = oz_retain(u->readline);
        scoped Ref data = oz_call0(t, readline);
        if (!data || !set_input(t, u, data))
            return NULL;
        if (u->view.length && u->end[-1] == '\n')
            end = u->end - 1;
    }
    if (!end) {
        oz_pickle_truncated(t);
        return NULL;
    }
    const uint8_t *start = u->at;
    *length = (size_t)(end - start);
    u->at = end + 1;
    return start;
}

/* Bytes that are not in the view all: from the file, behind those that are. */
static Ref read_rest(Thread *t, Unpickler *u, size_t size)
{
    if (!u->read)
        return oz_pickle_truncated(t);
    size_t have = (size_t)(u->end - u->at);
    scoped Ref start = oz_bytes_new(t, u->at, have);
    u->at = u->end;
    if (!start || !oz_pickle_input_settle(t, u))
        return NULL;
    scoped Ref data = read_bytes(t, u, size - have);
    if (!data)
        return NULL;
    if (!oz_as_bytes(data))
        return oz_raise(t, OZ_ValueError, "read() returned non-bytes object (%R)", (Obj)data);
    if (oz_bytes_length(oz_as_bytes(data)) < size - have)
        return oz_pickle_truncated(t);
    if (!have && oz_is(data, OZ_BYTES) && oz_bytes_length((const Bytes *)data) == size)
        return oz_move(&data);
    Ref made = oz_bytes_alloc(t, size);
    if (!made)
        return NULL;
    uint8_t *out = oz_bytes_data((const Bytes *)made);
    if (have)
        memcpy(out, oz_bytes_data((const Bytes *)start), have);
    memcpy(out + have, oz_bytes_data(oz_as_bytes(data)), size - have);
    return made;
}

static bool check_size(Thread *t, uint64_t size, const char *opcode)
{
    return size <= SSIZE_MAX ||
           oz_fail(t, OZ_OverflowError, "%s exceeds system's maximum size of %zd bytes", opcode,
                   (ssize_t)SSIZE_MAX);
}

Ref oz_pickle_take_bytes(Thread *t, Unpickler *u, uint64_t size)
{
    if (!check_size(t, size, "BINBYTES"))
        return NULL;
    if ((size_t)(u->end - u->at) < size)
        return read_rest(t, u, size);
    u->at += size;
    return oz_bytes_new(t, u->at - size, size);
}

/* In pieces, so that the bytes are there only once. */
static bool fill(Thread *t, Unpickler *u, uint8_t *out, size_t size)
{
    while (size) {
        size_t have = (size_t)(u->end - u->at), piece = size < PIECE ? size : PIECE;
        const uint8_t *from = oz_pickle_take(t, u, have && have < piece ? have : piece);
        if (!from)
            return false;
        piece = have && have < piece ? have : piece;
        memcpy(out, from, piece);
        out += piece;
        size -= piece;
        if (!oz_poll(t))
            return false;
    }
    return true;
}

Ref oz_pickle_take_byte_array(Thread *t, Unpickler *u, uint64_t size)
{
    if (!check_size(t, size, "BYTEARRAY8"))
        return NULL;
    if (!u->read && (size_t)(u->end - u->at) < size)
        return oz_pickle_truncated(t);
    scoped Ref made = oz_bytearray_new(t, NULL, size);
    scoped_buffer view = {0};
    if (!made || !oz_buffer_get(t, made, &view, OZ_BUFFER_WRITE) ||
        !fill(t, u, view.data, view.length))
        return NULL;
    return oz_move(&made);
}
