// SPDX-License-Identifier: MIT
// BytesIO: a file in memory.
//
// The bytes lie in a block of its own, or in a bytes object (`shared`): the one it was made from,
// or the one that getvalue() gave out.  The first change copies.
//
// I1. shared is empty, or block is NULL and length is that of the shared bytes.
// I2. While views are open (`exports`) the block is not shared and keeps its size and place.
// I3. pos may lie behind the end; a write there fills the gap with zeros.
#include "modules/io.h"

#include "types/memoryview.h"

#include <limits.h>
#include <string.h>

typedef struct BytesIo {
    IoBase io;
    Ref shared;       /* [object] exact bytes, or empty */
    uint8_t *block;   /* [object] or NULL */
    size_t length;    /* [object] */
    size_t capacity;  /* [object] of the block */
    size_t pos;       /* [object] */
    uint32_t exports; /* [object] open views */
} BytesIo;

static void bytes_io_visit(const Object *object, Visitor *v)
{
    const BytesIo *self = (const BytesIo *)object;
    oz_visit(v, self->io.dict, "dict", -1);
    OZ_VISIT(shared)
}

static void drop_bytes(BytesIo *self)
{
    uint8_t *block = self->block;
    self->block = NULL;
    self->length = self->capacity = 0;
    oz_block_free(block);
    oz_clear(&self->shared);
}

static void bytes_io_clear(Thread *t OZ_UNUSED, Object *object)
{
    BytesIo *self = (BytesIo *)object;
    drop_bytes(self);
    oz_clear(&self->io.dict);
}

static size_t bytes_io_outside(const Object *object)
{
    const BytesIo *self = (const BytesIo *)object;
    return self->block ? oz_heap_size(self->block) : 0;
}

/* ---- pieces ---- */

static bool check_open(Thread *t, const BytesIo *self)
{
    return !self->io.closed || oz_fail(t, OZ_ValueError, "I/O operation on closed file.");
}

static bool check_exports(Thread *t, const BytesIo *self)
{
    return self->exports == 0 ||
           oz_fail(t, OZ_BufferError, "Existing exports of data: object cannot be re-sized");
}

static const uint8_t *data_of(const BytesIo *self)
{
    return self->shared ? oz_bytes_data(oz_as_bytes(self->shared)) : self->block;
}

/* Make the block hold at least `capacity` bytes, and be ours. */
static bool own(Thread *t, BytesIo *self, size_t capacity)
{
    if (!self->shared && self->capacity >= capacity)
        return true;
    size_t wanted = capacity;
    if (capacity > self->length) {
        size_t more = self->length + (self->length >> 3) + 16;
        wanted = capacity > more ? capacity : more;
    }
    if (wanted > SSIZE_MAX)
        return oz_fail(t, OZ_OverflowError, "new buffer size too large");
    uint8_t *block = oz_block_realloc(t->heap, self->block, wanted ? wanted : 1);
    if (!block)
        return oz_raise_memory(t);
    if (self->shared)
        memcpy(block, oz_bytes_data(oz_as_bytes(self->shared)), self->length);
    self->block = block;
    self->capacity = wanted ? wanted : 1;
    oz_clear(&self->shared);
    return true;
}

static size_t rest_of(const BytesIo *self)
{
    return self->pos < self->length ? self->length - self->pos : 0;
}

static Ref take(Thread *t, BytesIo *self, size_t size)
{
    size_t rest = rest_of(self);
    if (size > rest)
        size = rest;
    Ref result =
        self->shared && size == self->length && self->pos == 0
            ? oz_retain(self->shared)
            : oz_bytes_new(t, size ? data_of(self) + self->pos : (const uint8_t *)"", size);
    if (result)
        self->pos += size;
    return result;
}

/* The size of the next line, at most `limit`. */
static size_t line_size(const BytesIo *self, size_t limit)
{
    size_t size = rest_of(self);
    if (size > limit)
        size = limit;
    const uint8_t *start = data_of(self) + self->pos;
    const uint8_t *newline = size ? memchr(start, '\n', size) : NULL;
    return newline ? (size_t)(newline - start) + 1 : size;
}

/* ---- making ---- */

static bool set_value(Thread *t, BytesIo *self, Obj initial)
{
    scoped Ref shared = NULL;
    if (initial && initial != OZ_NONE) {
        const Bytes *exact = oz_as_bytes(initial);
        shared = exact ? oz_retain((Obj)exact) : NULL;
        if (!shared) {
            scoped_buffer view = {0};
            if (!oz_buffer_open(t, initial, &view))
                return false;
            shared = oz_bytes_new(t, view.data, view.length);
        }
        if (!shared)
            return false;
    }
    drop_bytes(self);
    self->pos = 0;
    if (shared) {
        self->length = oz_bytes_length(oz_as_bytes(shared));
        oz_store(&self->io.base, &self->shared, oz_move(&shared));
    }
    return true;
}

OZ_NEW(bytes_io, "($type, /, *args, **kwargs)")
{
    return (Ref)oz_instance_new(t, (Class *)a[0], 0);
}

OZ_INIT(bytes_io, "($self, /, initial_bytes=b'')")
{
    BytesIo *self = (BytesIo *)a[0];
    if (!check_exports(t, self))
        return NULL;
    self->io.closed = false;
    return set_value(t, self, a[1]) ? OZ_NONE : NULL;
}

/* ---- reading ---- */

OZ_METHOD(bytes_io, read, "($self, size=-1, /)", "Read up to `size` bytes, or everything.")
{
    ssize_t size;
    if (!oz_io_size(t, a[1], &size) || !check_open(t, (BytesIo *)a[0]))
        return NULL;
    return take(t, (BytesIo *)a[0], size < 0 ? SIZE_MAX : (size_t)size);
}

OZ_METHOD(bytes_io, read1, "($self, size=-1, /)", "The same as read().")
{
    ssize_t size;
    if (!oz_io_size(t, a[1], &size) || !check_open(t, (BytesIo *)a[0]))
        return NULL;
    return take(t, (BytesIo *)a[0], size < 0 ? SIZE_MAX : (size_t)size);
}

OZ_METHOD(bytes_io, readline, "($self, size=-1, /)",
          "Read up to the end of a line, at most `size` bytes.")
{
    BytesIo *self = (BytesIo *)a[0];
    ssize_t limit;
    if (!oz_io_size(t, a[1], &limit) || !check_open(t, self))
        return NULL;
    return take(t, self, line_size(self, limit < 0 ? SIZE_MAX : (size_t)limit));
}

OZ_METHOD(bytes_io, readlines, "($self, size=None, /)",
          "Return a list of lines; stop when they have `size` bytes together.")
{
    BytesIo *self = (BytesIo *)a[0];
    ssize_t most;
    size_t total = 0;
    if (!oz_io_size(t, a[1], &most) || !check_open(t, self))
        return NULL;
    scoped Ref lines = oz_list_new(t, 0);
    while (lines && rest_of(self)) {
        size_t size = line_size(self, SIZE_MAX);
        Ref line = take(t, self, size);
        if (!line || !oz_list_append_take(t, (List *)lines, line) || !oz_poll(t))
            return NULL;
        total += size;
        if (most > 0 && total >= (size_t)most)
            break;
    }
    return oz_move(&lines);
}

OZ_METHOD(bytes_io, readinto, "($self, buffer, /)", "Read into a writable buffer.")
{
    BytesIo *self = (BytesIo *)a[0];
    scoped_buffer view = {0};
    if (!oz_io_target(t, "readinto", a[1], &view) || !check_open(t, self))
        return NULL;
    size_t size = rest_of(self);
    if (size > view.length)
        size = view.length;
    if (size)
        memmove(view.data, data_of(self) + self->pos, size);
    self->pos += size;
    return oz_int((int64_t)size);
}

static Ref bytes_io_next(Thread *t, Obj v)
{
    BytesIo *self = (BytesIo *)v;
    if (!check_open(t, self))
        return NULL;
    size_t size = line_size(self, SIZE_MAX);
    return size ? take(t, self, size) : NULL;
}

static Ref bytes_io_iter(Thread *t, Obj v)
{
    return check_open(t, (BytesIo *)v) ? oz_retain(v) : NULL;
}

/* ---- writing ---- */

static bool write_bytes(Thread *t, BytesIo *self, const uint8_t *data, size_t size)
{
    size_t end;
    if (!oz_size_add(self->pos, size, &end) || end > SSIZE_MAX)
        return oz_fail(t, OZ_OverflowError, "new position too large");
    if (!own(t, self, end > self->length ? end : self->length))
        return false;
    if (self->pos > self->length)
        memset(self->block + self->length, 0, self->pos - self->length);
    memcpy(self->block + self->pos, data, size);
    self->pos = end;
    if (end > self->length)
        self->length = end;
    return true;
}

OZ_METHOD(bytes_io, write, "($self, b, /)", "Write bytes; return their number.")
{
    BytesIo *self = (BytesIo *)a[0];
    scoped_buffer view = {0};
    if (!check_open(t, self) || !check_exports(t, self) || !oz_buffer_open(t, a[1], &view))
        return NULL;
    if (!check_open(t, self) || !check_exports(t, self) ||
        (view.length && !write_bytes(t, self, view.data, view.length)))
        return NULL;
    return oz_int((int64_t)view.length);
}

OZ_METHOD(bytes_io, writelines, "($self, lines, /)", "Write each item of an iterable.")
{
    scoped Ref iterator = check_open(t, (BytesIo *)a[0]) ? oz_iter(t, a[1]) : NULL;
    while (iterator) {
        scoped Ref line = NULL;
        Found found = oz_next(t, iterator, &line);
        if (found != OZ_FOUND)
            return found == OZ_MISSING ? OZ_NONE : NULL;
        const Obj arguments[] = {a[0], line};
        scoped Ref done = bytes_io_write_body(t, arguments);
        if (!done || !oz_poll(t))
            return NULL;
    }
    return NULL;
}

OZ_METHOD(bytes_io, truncate, "($self, size=None, /)",
          "Make the file at most `size` bytes long, by default up to the present position.")
{
    BytesIo *self = (BytesIo *)a[0];
    ssize_t size;
    if (!check_open(t, self) || !check_exports(t, self))
        return NULL;
    if (a[1] == OZ_NONE)
        size = (ssize_t)self->pos;
    else if (!oz_io_size(t, a[1], &size))
        return NULL;
    if (size < 0)
        return oz_raise(t, OZ_ValueError, "negative size value %zd", size);
    if ((size_t)size < self->length) {
        if (!own(t, self, self->length))
            return NULL;
        self->length = (size_t)size;
        uint8_t *less = oz_block_realloc(t->heap, self->block, self->length ? self->length : 1);
        if (less) {
            self->block = less;
            self->capacity = self->length ? self->length : 1;
        }
    }
    return oz_int(size);
}

/* ---- the whole ---- */

OZ_METHOD(bytes_io, getvalue, "($self, /)", "Return all bytes, wherever the position is.")
{
    BytesIo *self = (BytesIo *)a[0];
    if (!check_open(t, self))
        return NULL;
    if (self->shared)
        return oz_retain(self->shared);
    Ref value = oz_bytes_new(t, self->length ? self->block : (const uint8_t *)"", self->length);
    if (value && !self->exports && self->length) {
        oz_block_free(self->block);
        self->block = NULL;
        self->capacity = 0;
        oz_store(&self->io.base, &self->shared, oz_retain(value));
    }
    return value;
}

/* What memoryviews of a BytesIO hold on to. */
typedef struct BytesIoBuffer {
    Object base;
    Ref source; /* [const] the BytesIO */
} BytesIoBuffer;

static void bytes_io_buffer_visit(const Object *object, Visitor *v)
{
    const BytesIoBuffer *self = (const BytesIoBuffer *)object;
    OZ_VISIT(source)
}

static void bytes_io_buffer_clear(Thread *t OZ_UNUSED, Object *object)
{
    BytesIoBuffer *self = (BytesIoBuffer *)object;
    OZ_CLEAR(source)
}

static bool buffer_get(Thread *t, Obj v, Buffer *view, int flags OZ_UNUSED)
{
    BytesIo *source = (BytesIo *)((const BytesIoBuffer *)v)->source;
    if (!source)
        return oz_fail(t, OZ_BufferError, "the file is gone");
    if (!own(t, source, source->length))
        return false;
    source->exports++;
    oz_buffer_fill(view, v, source->block, source->length, false);
    return true;
}

static void buffer_release(Thread *t OZ_UNUSED, Obj v, Buffer *view OZ_UNUSED)
{
    BytesIo *source = (BytesIo *)((const BytesIoBuffer *)v)->source;
    if (source)
        source->exports--;
}

const TypeDef oz_bytes_io_buffer_type = {
    .id = OZ_BYTES_IO_BUFFER,
    .name = "_io._BytesIOBuffer",
    .size = sizeof(BytesIoBuffer),
    .flags = OZ_TYPE_NO_NEW | OZ_TYPE_FINAL,
    .visit = bytes_io_buffer_visit,
    .clear = bytes_io_buffer_clear,
    .buffer_get = buffer_get,
    .buffer_release = buffer_release,
};

OZ_METHOD(bytes_io, getbuffer, "($self, /)",
          "Return a memoryview of all bytes, which can be changed.")
{
    if (!check_open(t, (BytesIo *)a[0]) || !oz_builtin_class(t, OZ_BYTES_IO_BUFFER))
        return NULL;
    BytesIoBuffer *buffer = oz_object_new(t, OZ_BYTES_IO_BUFFER, sizeof *buffer);
    scoped Ref owned = (Ref)buffer;
    if (!buffer)
        return NULL;
    OZ_INIT_FIELD(buffer, source, oz_retain(a[0]));
    return oz_memoryview_new(t, owned);
}

/* ---- position ---- */

OZ_METHOD(bytes_io, tell, "($self, /)", "Return the position.")
{
    const BytesIo *self = (const BytesIo *)a[0];
    return check_open(t, self) ? oz_int((int64_t)self->pos) : NULL;
}

OZ_METHOD(bytes_io, seek, "($self, pos, whence=0, /)",
          "Move to an offset, counted from the start (0), here (1) or the end (2), and return the "
          "new one.")
{
    BytesIo *self = (BytesIo *)a[0];
    ssize_t pos;
    int whence;
    if (!oz_as_size_argument(t, a[1], &pos) || !oz_as_int(t, a[2], &whence) || !check_open(t, self))
        return NULL;
    if (pos < 0 && whence == 0)
        return oz_raise(t, OZ_ValueError, "negative seek value %zd", pos);
    if (whence < 0 || whence > 2)
        return oz_raise(t, OZ_ValueError, "invalid whence (%d, should be 0, 1 or 2)", whence);
    ssize_t from = whence == 0 ? 0 : (ssize_t)(whence == 1 ? self->pos : self->length);
    if (pos > SSIZE_MAX - from)
        return oz_raise(t, OZ_OverflowError, "new position too large");
    pos += from;
    self->pos = pos < 0 ? 0 : (size_t)pos;
    return oz_int((int64_t)self->pos);
}

/* ---- the rest ---- */

OZ_METHOD(bytes_io, close, "($self, /)", "Close the file and forget its bytes.")
{
    BytesIo *self = (BytesIo *)a[0];
    if (!check_exports(t, self))
        return NULL;
    self->io.closed = true;
    drop_bytes(self);
    return OZ_NONE;
}

#define ANSWER(method, value, doc)                                                                 \
    OZ_METHOD(bytes_io, method, "($self, /)", doc)                                                 \
    {                                                                                              \
        return check_open(t, (BytesIo *)a[0]) ? value : NULL;                                      \
    }
ANSWER(readable, OZ_TRUE, "True.")
ANSWER(writable, OZ_TRUE, "True.")
ANSWER(seekable, OZ_TRUE, "True.")
ANSWER(isatty, OZ_FALSE, "False.")
ANSWER(flush, OZ_NONE, "Does nothing.")

OZ_METHOD(bytes_io, __getstate__, "($self, /)", "Return state information for pickling.")
{
    BytesIo *self = (BytesIo *)a[0];
    scoped Ref value = bytes_io_getvalue_body(t, a);
    scoped Ref dict = !self->io.dict ? OZ_NONE : oz_dict_copy(t, (Dict *)self->io.dict);
    return value && dict ? oz_tuple_of(t, 3, value, (Obj)oz_int((int64_t)self->pos), dict) : NULL;
}

OZ_METHOD(bytes_io, __setstate__, "($self, state, /)", "Restore what __getstate__ gave.")
{
    BytesIo *self = (BytesIo *)a[0];
    const Tuple *state = oz_as_tuple(a[1]);
    ssize_t pos;
    if (!state || state->length < 3)
        return oz_raise(t, OZ_TypeError, "%T.__setstate__ argument should be 3-tuple, got %T", a[0],
                        a[1]);
    if (!check_open(t, self) || !check_exports(t, self) || !set_value(t, self, state->items[0]))
        return NULL;
    if (!oz_as_exact_int(state->items[1]))
        return oz_raise(t, OZ_TypeError, "second item of state must be an integer, not %T",
                        (Obj)state->items[1]);
    if (!oz_as_size_argument(t, state->items[1], &pos))
        return NULL;
    if (pos < 0)
        return oz_raise(t, OZ_ValueError, "position value cannot be negative");
    self->pos = (size_t)pos;
    if (state->items[2] == OZ_NONE)
        return OZ_NONE;
    if (!oz_as_dict(state->items[2]))
        return oz_raise(t, OZ_TypeError, "third item of state should be a dict, got a %T",
                        (Obj)state->items[2]);
    scoped Ref dict = oz_instance_dict(t, a[0]);
    return dict && oz_dict_update(t, (Dict *)dict, state->items[2]) ? OZ_NONE : NULL;
}

OZ_METHOD(bytes_io, __sizeof__, "($self, /)", "Size in memory, in bytes.")
{
    const BytesIo *self = (const BytesIo *)a[0];
    return oz_int((int64_t)(oz_class_of(a[0])->def->size + (self->block ? self->capacity : 0)));
}

static Ref get_closed(Thread *t OZ_UNUSED, Obj v)
{
    return oz_bool(((const BytesIo *)v)->io.closed);
}

const TypeDef oz_bytes_io_type = {
    .id = OZ_BYTES_IO,
    .base = OZ_BUFFERED_IO_BASE,
    .name = "_io.BytesIO",
    .doc = "BytesIO(initial_bytes=b'')\n\nA file of bytes in memory.",
    .size = sizeof(BytesIo),
    .flags = OZ_TYPE_WEAKREF,
    .dict_offset = offsetof(IoBase, dict),
    .visit = bytes_io_visit,
    .clear = bytes_io_clear,
    .outside = bytes_io_outside,
    .make = &bytes_io_new_,
    .initialise = &bytes_io_init_,
    .slots = {.iter = bytes_io_iter, .next = bytes_io_next},
    .methods = OZ_METHODS(&bytes_io_read, &bytes_io_read1, &bytes_io_readline, &bytes_io_readlines,
                          &bytes_io_readinto, &bytes_io_write, &bytes_io_writelines,
                          &bytes_io_truncate, &bytes_io_getvalue, &bytes_io_getbuffer,
                          &bytes_io_tell, &bytes_io_seek, &bytes_io_close, &bytes_io_readable,
                          &bytes_io_writable, &bytes_io_seekable, &bytes_io_isatty, &bytes_io_flush,
                          &bytes_io___getstate__, &bytes_io___setstate__, &bytes_io___sizeof__),
    .getsets = OZ_GETSETS({"closed", get_closed, NULL, "Has the file been closed?"}),
};
