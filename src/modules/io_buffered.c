// SPDX-License-Identifier: MIT
// BufferedReader, BufferedWriter, BufferedRandom: a buffer in front of a raw file.
//
// One struct serves the three.  The buffer is in one of two modes:
//
//   reading   [pos, end) was read ahead: the raw file stands `end - pos` bytes further than we do
//   writing   [0, pos) waits to be written: the raw file stands `pos` bytes before us
//
// Going from one to the other (BufferedRandom) writes out what waits, or seeks the raw file back.
//
// B1. pos <= end <= size when reading; pos <= size and end == 0 when writing.
// B2. Whoever touches the buffer holds the lock.  It is held across calls of the raw file, which
//     may run Python code or wait in the system: coming back in the same thread is "reentrant
//     call", another thread waits.
// B3. A raw file that is an exact FileIO is used without method calls and without copies.
// B4. The child of a fork has one thread: a lock that another one held is free there.  At the end
//     of the program a lock is waited for a second at most, since a daemon thread may never give
//     it: RuntimeError, where CPython ends the process.
#include "modules/io.h"

#include "types/bytearray.h"
#include "types/memoryview.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static void buffered_visit(const Object *object, Visitor *v)
{
    const Buffered *self = (const Buffered *)object;
    oz_visit(v, self->io.dict, "dict", -1);
    OZ_VISIT(raw)
}

static void buffered_clear(Thread *t, Object *object)
{
    Buffered *self = (Buffered *)object;
    oz_file_node_remove(t, &self->node);
    uint8_t *buffer = self->buffer;
    self->buffer = NULL;
    self->ready = false;
    oz_block_free(buffer);
    oz_clear(&self->io.dict);
    OZ_CLEAR(raw)
}

static size_t buffered_outside(const Object *object)
{
    const Buffered *self = (const Buffered *)object;
    return self->buffer ? oz_heap_size(self->buffer) : 0;
}

/* ---- the lock ---- */

static bool check_ready(Thread *t, const Buffered *self)
{
    if (OZ_LIKELY(self->ready))
        return true;
    return oz_fail(t, OZ_ValueError,
                   self->detached ? "raw stream has been detached"
                                  : "I/O operation on uninitialized object");
}

static Buffered *own(Thread *t, Buffered *self)
{
    self->owner = t->serial;
    self->forks = t->vm->forks;
    return self;
}

static int64_t deadline_of(const Thread *t)
{
    if (t->vm->finalizing > OZ_ENDING)
        return 0;
    return t->vm->finalizing || t->hurries ? oz_monotonic_ns() + INT64_C(1000000000) : INT64_MAX;
}

/* Somebody is inside. */
static OZ_COLD Buffered *enter_slow(Thread *t, Buffered *self)
{
    if (self->owner == t->serial) {
        oz_raise(t, OZ_RuntimeError, "reentrant call inside %R", (Obj)self);
        return NULL;
    }
    if (self->forks != t->vm->forks) /* B4 */
        oz_lock_init(&self->lock);
    Found found = oz_lock_take(t, &self->lock, deadline_of(t));
    if (found == OZ_FOUND && self->detached) { /* meanwhile */
        oz_lock_give(&self->lock);
        (void)check_ready(t, self);
        return NULL;
    }
    if (found == OZ_FOUND)
        return own(t, self);
    if (found == OZ_MISSING)
        oz_raise(t, OZ_RuntimeError,
                 "could not acquire lock for %R at interpreter shutdown, possibly due to daemon "
                 "threads",
                 (Obj)self);
    return NULL;
}

static Buffered *enter(Thread *t, Buffered *self)
{
    return OZ_LIKELY(oz_lock_try(&self->lock)) ? own(t, self) : enter_slow(t, self);
}

static void leave(Buffered **held)
{
    if (!*held)
        return;
    (*held)->owner = 0;
    oz_lock_give(&(*held)->lock);
}
#define HOLD(self)                                                                                 \
    __attribute__((cleanup(leave))) Buffered *held = enter(t, self);                               \
    if (!held)                                                                                     \
    return 0

/* ---- checks ---- */

bool oz_buffered_closed(Thread *t, const Buffered *self, bool *closed)
{
    scoped Ref raw = check_ready(t, self) ? oz_retain(self->raw) : NULL;
    return raw && oz_io_closed(t, raw, closed);
}

static bool check_open(Thread *t, const Buffered *self, const char *message)
{
    bool closed;
    if (!oz_buffered_closed(t, self, &closed))
        return false;
    return !closed || oz_fail(t, OZ_ValueError, "%s", message);
}

/* Is there a buffer, or memory for it? */
static bool try_buffer(Thread *t, Buffered *self)
{
    if (OZ_UNLIKELY(!self->buffer))
        self->buffer = oz_block_alloc(t->heap, self->size);
    return self->buffer != NULL;
}

static bool need_buffer(Thread *t, Buffered *self)
{
    return try_buffer(t, self) || oz_raise_memory(t);
}

/* ---- the raw file ---- */

static bool count_of(Thread *t, Obj result, size_t most, const char *method, ssize_t *n)
{
    if (!oz_as_ssize(t, result, OZ_ValueError, n)) {
        scoped Ref cause = oz_exception_take(t);
        oz_raise(t, OZ_OSError, "raw %s() failed", method);
        scoped Ref error = oz_exception_take(t);
        if (error)
            oz_raise_object(t, error, cause);
        return false;
    }
    return (*n >= 0 && (size_t)*n <= most) ||
           oz_fail(t, OZ_OSError,
                   "raw %s() returned invalid length %zd (should have been between 0 and %zu)",
                   method, *n, most);
}

static ssize_t read_object(Thread *t, Obj raw, uint8_t *data, size_t size)
{
    scoped Ref room = oz_bytearray_new(t, NULL, size);
    scoped Ref view = room ? oz_memoryview_new(t, room) : NULL;
    scoped Ref result = view ? oz_io_call1(t, raw, OZ_NAME(t, readinto), view) : NULL;
    if (!result)
        return -1;
    if (result == OZ_NONE)
        return -2;
    ssize_t n;
    if (!count_of(t, result, size, "readinto", &n))
        return -1;
    const ByteArray *bytes = (const ByteArray *)room;
    if (bytes->length < (size_t)n)
        n = (ssize_t)bytes->length;
    if (n)
        memcpy(data, bytes->start, (size_t)n);
    return n;
}

/* One transfer: -1 raised, -2 would block. */
static ssize_t raw_read(Thread *t, Buffered *self, uint8_t *data, size_t size)
{
    scoped Ref raw = oz_retain(self->raw);
    ssize_t n = oz_is_file_io(raw) ? oz_file_io_read(t, (FileIo *)raw, data, size)
                                   : read_object(t, raw, data, size);
    if (n > 0 && self->raw_offset >= 0)
        self->raw_offset += n;
    return n;
}

static ssize_t write_object(Thread *t, Obj raw, const uint8_t *data, size_t size)
{
    scoped Ref bytes = oz_bytes_new(t, data, size);
    scoped Ref view = bytes ? oz_memoryview_new(t, bytes) : NULL;
    scoped Ref result = view ? oz_io_call1(t, raw, OZ_NAME(t, write), view) : NULL;
    if (!result)
        return -1;
    if (result == OZ_NONE)
        return -2;
    ssize_t n;
    return count_of(t, result, size, "write", &n) ? n : -1;
}

static ssize_t raw_write(Thread *t, Buffered *self, const uint8_t *data, size_t size)
{
    scoped Ref raw = oz_retain(self->raw);
    ssize_t n = oz_is_file_io(raw) ? oz_file_io_write(t, (FileIo *)raw, data, size)
                                   : write_object(t, raw, data, size);
    if (n > 0 && self->raw_offset >= 0)
        self->raw_offset += n;
    return n;
}

static bool offset_of(Thread *t, Buffered *self, Obj result, int64_t *offset)
{
    if (!oz_as_int64(t, result, offset))
        return false;
    if (*offset < 0)
        return oz_fail(t, OZ_OSError, "Raw stream returned invalid position %lld",
                       (long long)*offset);
    self->raw_offset = *offset;
    return true;
}

static bool raw_seek(Thread *t, Buffered *self, int64_t offset, int whence, int64_t *at)
{
    scoped Ref raw = oz_retain(self->raw);
    self->raw_offset = -1;
    if (oz_is_file_io(raw)) {
        *at = oz_file_io_seek(t, (FileIo *)raw, offset, whence);
        self->raw_offset = *at;
        return *at >= 0;
    }
    scoped Ref n = oz_int_new(t, offset);
    const Obj arguments[] = {n, oz_int(whence)};
    scoped Ref result = n ? oz_call_method(t, raw, OZ_NAME(t, seek), 2, arguments) : NULL;
    return result && offset_of(t, self, result, at);
}

static bool raw_tell(Thread *t, Buffered *self, int64_t *at)
{
    scoped Ref raw = oz_retain(self->raw);
    if (oz_is_file_io(raw)) {
        *at = oz_file_io_seek(t, (FileIo *)raw, 0, SEEK_CUR);
        self->raw_offset = *at;
        return *at >= 0;
    }
    scoped Ref result = oz_io_call(t, raw, OZ_NAME(t, tell));
    return result && offset_of(t, self, result, at);
}

/* ---- modes ---- */

/* Write out what waits.  What could not be written stays. */
static bool write_out(Thread *t, Buffered *self)
{
    if (!self->writing)
        return true;
    size_t done = 0;
    bool ok = true;
    while (ok && done < self->pos) {
        ssize_t n = raw_write(t, self, self->buffer + done, self->pos - done);
        if (n == -2)
            oz_io_blocked(t, 0);
        ok = n >= 0;
        done += ok ? (size_t)n : 0;
        ok = ok && (done == self->pos || oz_poll(t));
    }
    memmove(self->buffer, self->buffer + done, self->pos - done);
    self->pos -= done;
    if (ok)
        self->writing = false;
    return ok;
}

/* Forget what was read ahead, and put the raw file where we are. */
static bool step_back(Thread *t, Buffered *self)
{
    size_t ahead = self->end - self->pos;
    int64_t at;
    if (ahead && !raw_seek(t, self, -(int64_t)ahead, SEEK_CUR, &at))
        return false;
    self->pos = self->end = 0;
    return true;
}

/* The raw file stands where we stand, and the buffer is empty. */
static bool settle(Thread *t, Buffered *self)
{
    return self->writing ? write_out(t, self) : step_back(t, self);
}

static bool start_reading(Thread *t, Buffered *self)
{
    return !self->writing || write_out(t, self);
}

static bool start_writing(Thread *t, Buffered *self)
{
    if (self->writing)
        return true;
    if (!need_buffer(t, self) || !step_back(t, self))
        return false;
    self->writing = true;
    return true;
}

/* ---- making ---- */

/* A buffer of more is made with the file, so that a size without bounds fails there. */
enum { LARGE = 1 << 24 };

static bool prepare(Thread *t, Buffered *self, Obj raw, ssize_t size)
{
    HOLD(self); /* the raw file may call __init__ while it fills the buffer */
    self->ready = false;
    self->detached = false;
    if (size <= 0)
        return oz_fail(t, OZ_ValueError, "buffer size must be strictly positive");
    if (self->buffer) {
        oz_block_free(self->buffer);
        self->buffer = NULL;
    }
    self->size = (size_t)size;
    self->pos = self->end = 0;
    self->writing = false;
    self->raw_offset = -1;
    oz_store(&self->io.base, &self->raw, oz_retain(raw));
    if (size > LARGE && !need_buffer(t, self))
        return false;
    if (self->writable && !self->node.link)
        oz_file_node_add(t, &self->node, &self->io);
    self->ready = true;
    return true;
}

Ref oz_buffered_new(Thread *t, uint32_t id, Obj raw, ssize_t size)
{
    if (!oz_builtin_class(t, id))
        return NULL;
    Buffered *self = oz_object_new(t, id, sizeof *self);
    scoped Ref owned = (Ref)self;
    if (!self)
        return NULL;
    self->readable = id != OZ_BUFFERED_WRITER;
    self->writable = id != OZ_BUFFERED_READER;
    return prepare(t, self, raw, size) ? oz_move(&owned) : NULL;
}

static Ref initialise(Thread *t, const Obj *a, bool readable, bool writable)
{
    Buffered *self = (Buffered *)a[0];
    ssize_t size;
    self->ready = false;
    if (!oz_as_size_argument(t, a[2], &size) ||
        (readable && writable && !oz_io_check_seekable(t, a[1])) ||
        (readable && !oz_io_check_readable(t, a[1])) ||
        (writable && !oz_io_check_writable(t, a[1])))
        return NULL;
    self->readable = readable;
    self->writable = writable;
    return prepare(t, self, a[1], size) ? OZ_NONE : NULL;
}

OZ_NEW(buffered, "($type, /, *args, **kwargs)")
{
    Buffered *self = oz_instance_new(t, (Class *)a[0], 0);
    if (self)
        self->raw_offset = -1;
    return (Ref)self;
}

OZ_INIT(buffered_reader, "($self, /, raw, buffer_size=8192)")
{
    return initialise(t, a, true, false);
}

OZ_INIT(buffered_writer, "($self, /, raw, buffer_size=8192)")
{
    return initialise(t, a, false, true);
}

OZ_INIT(buffered_random, "($self, /, raw, buffer_size=8192)")
{
    return initialise(t, a, true, true);
}

/* ---- reading ---- */

static size_t ahead_of(const Buffered *self)
{
    return self->writing ? 0 : self->end - self->pos;
}

/* Fill the empty buffer: bytes read, -1, -2. */
static ssize_t fill(Thread *t, Buffered *self)
{
    if (!need_buffer(t, self))
        return -1;
    self->pos = self->end = 0;
    ssize_t n = raw_read(t, self, self->buffer, self->size);
    if (n > 0)
        self->end = (size_t)n;
    return n;
}

static size_t take(Buffered *self, uint8_t *out, size_t size)
{
    size_t n = self->end - self->pos;
    if (n > size)
        n = size;
    if (n)
        memcpy(out, self->buffer + self->pos, n);
    self->pos += n;
    return n;
}

/* Read `size` bytes, fewer at the end of the file or when it would block (*blocked).  With `once`
 * one transfer must do.  -1: raised; what was read until then is lost only if nothing was. */
static ssize_t read_some(Thread *t, Buffered *self, uint8_t *out, size_t size, bool once,
                         bool *blocked)
{
    *blocked = false;
    if (!start_reading(t, self))
        return -1;
    size_t done = take(self, out, size);
    while (done < size) {
        size_t rest = size - done;
        ssize_t n;
        if (once && done && rest <= self->size) /* no call only to fill the buffer */
            break;
        if (rest >= self->size) {
            self->pos = self->end = 0;
            n = raw_read(t, self, out + done, once ? rest : rest - rest % self->size);
            done += n > 0 ? (size_t)n : 0;
        } else {
            n = fill(t, self);
            done += n > 0 ? take(self, out + done, rest) : 0;
        }
        if (n == -1 || !oz_poll(t))
            return -1;
        *blocked = n == -2;
        if (n <= 0 || once)
            break;
    }
    return (ssize_t)done;
}

static Ref join(Thread *t, const uint8_t *front, size_t length, Obj rest)
{
    const Bytes *b = oz_as_bytes(rest);
    size_t n = oz_bytes_length(b);
    Ref result = oz_bytes_alloc_patient(t, length + n);
    if (!result)
        return NULL;
    uint8_t *out = oz_bytes_data(oz_as_bytes(result));
    if (length)
        memcpy(out, front, length);
    memcpy(out + length, oz_bytes_data(b), n);
    return result;
}

/* Everything, from a raw file that has no readall(). */
static Ref read_by_pieces(Thread *t, Buffered *self, ByteArray *all)
{
    for (;;) {
        scoped Ref part = oz_io_call(t, self->raw, OZ_NAME(t, read));
        if (!part)
            return NULL;
        const Bytes *b = part == OZ_NONE ? NULL : oz_as_bytes(part);
        if (!b && part != OZ_NONE)
            return oz_raise(t, OZ_TypeError, "read() should return bytes");
        size_t n = b ? oz_bytes_length(b) : 0;
        if (n == 0) {
            if (all->length == 0)
                return oz_move(&part);
            return oz_bytes_new(t, all->start, all->length);
        }
        if (self->raw_offset >= 0)
            self->raw_offset += (int64_t)n;
        if (!oz_bytearray_append(t, all, oz_bytes_data(b), n) || !oz_poll(t))
            return NULL;
    }
}

static Ref read_all(Thread *t, Buffered *self)
{
    if (!start_reading(t, self))
        return NULL;
    size_t ahead = self->end - self->pos;
    scoped Ref front = oz_bytes_new(t, ahead ? self->buffer + self->pos : (uint8_t *)"", ahead);
    if (!front)
        return NULL;
    self->pos = self->end = 0;
    scoped Ref readall = NULL;
    scoped Ref raw = oz_retain(self->raw);
    Found found = oz_find_attr(t, raw, OZ_NAME(t, readall), &readall);
    if (found == OZ_RAISED)
        return NULL;
    const uint8_t *data = oz_bytes_data(oz_as_bytes(front));
    if (found == OZ_MISSING) {
        scoped Ref all = oz_bytearray_new(t, data, ahead);
        return all ? read_by_pieces(t, self, (ByteArray *)all) : NULL;
    }
    scoped Ref rest = oz_call0(t, readall);
    if (!rest)
        return NULL;
    self->raw_offset = -1;
    if (rest == OZ_NONE)
        return ahead ? oz_move(&front) : OZ_NONE;
    if (!oz_as_bytes(rest))
        return oz_raise(t, OZ_TypeError, "readall() should return bytes");
    return ahead ? join(t, data, ahead, rest) : oz_move(&rest);
}

OZ_METHOD(buffered, read, "($self, size=-1, /)",
          "Read `size` bytes, fewer at the end of the file; everything if it is negative or None.")
{
    Buffered *self = (Buffered *)a[0];
    ssize_t size;
    if (!oz_io_size(t, a[1], &size))
        return NULL;
    if (size < -1)
        return oz_raise(t, OZ_ValueError, "read length must be non-negative or -1");
    if (!check_open(t, self, "read of closed file"))
        return NULL;
    HOLD(self);
    if (size < 0)
        return read_all(t, self);
    if ((size_t)size <= ahead_of(self)) {
        self->pos += (size_t)size;
        return oz_bytes_new(t, size ? self->buffer + self->pos - size : (uint8_t *)"",
                            (size_t)size);
    }
    scoped Ref bytes = oz_bytes_alloc_patient(t, (size_t)size);
    bool blocked;
    ssize_t n =
        bytes ? read_some(t, self, oz_bytes_data(oz_as_bytes(bytes)), (size_t)size, false, &blocked)
              : -1;
    if (n < 0)
        return NULL;
    return n == 0 && blocked ? OZ_NONE : oz_bytes_shrink(t, oz_move(&bytes), (size_t)n);
}

Ref oz_buffered_read1(Thread *t, Buffered *self, size_t size)
{
    if (!check_open(t, self, "read of closed file"))
        return NULL;
    if (size == 0)
        return oz_bytes_new(t, "", 0);
    HOLD(self);
    size_t ahead = ahead_of(self);
    if (ahead && size > ahead)
        size = ahead;
    scoped Ref bytes = oz_bytes_alloc_patient(t, size);
    if (!bytes || !start_reading(t, self))
        return NULL;
    uint8_t *out = oz_bytes_data(oz_as_bytes(bytes));
    ssize_t n = ahead ? (ssize_t)take(self, out, size) : raw_read(t, self, out, size);
    if (n == -1)
        return NULL;
    return oz_bytes_shrink(t, oz_move(&bytes), n < 0 ? 0 : (size_t)n);
}

OZ_METHOD(buffered, read1, "($self, size=-1, /)",
          "Read up to `size` bytes: what is in the buffer, or else with one call of the raw file.")
{
    ssize_t size;
    Buffered *self = (Buffered *)a[0];
    if (!oz_as_size_argument(t, a[1], &size) || !check_ready(t, self))
        return NULL;
    return oz_buffered_read1(t, self, size < 0 ? self->size : (size_t)size);
}

static Ref read_into(Thread *t, const Obj *a, const char *name, bool once)
{
    Buffered *self = (Buffered *)a[0];
    scoped_buffer view = {0};
    if (!check_ready(t, self) || !oz_io_target(t, name, a[1], &view) ||
        !check_open(t, self, "readinto of closed file"))
        return NULL;
    HOLD(self);
    bool blocked;
    ssize_t n = read_some(t, self, view.data, view.length, once, &blocked);
    return n < 0 ? NULL : n == 0 && blocked ? OZ_NONE : oz_int(n);
}

OZ_METHOD(buffered, readinto, "($self, buffer, /)", "Fill a writable buffer.")
{
    return read_into(t, a, "readinto", false);
}

OZ_METHOD(buffered, readinto1, "($self, buffer, /)",
          "Read into a writable buffer with at most one call of the raw file.")
{
    return read_into(t, a, "readinto1", true);
}

OZ_METHOD(buffered, peek, "($self, size=0, /)",
          "Return what is in the buffer, or what one call of the raw file brings there, without "
          "moving.")
{
    Buffered *self = (Buffered *)a[0];
    ssize_t size;
    if (!oz_as_size_argument(t, a[1], &size) || !check_open(t, self, "peek of closed file"))
        return NULL;
    HOLD(self);
    if (!start_reading(t, self))
        return NULL;
    if (ahead_of(self) == 0 && fill(t, self) == -1)
        return NULL;
    return oz_bytes_new(t, self->buffer + self->pos, self->end - self->pos);
}

/* The line goes on beyond the buffer. */
static Ref long_line(Thread *t, Buffered *self, size_t limit)
{
    scoped Ref line = oz_bytearray_new(t, "", 0);
    ByteArray *out = (ByteArray *)line;
    while (line) {
        size_t n = ahead_of(self);
        if (n > limit)
            n = limit;
        const uint8_t *start = self->buffer + self->pos;
        const uint8_t *newline = n ? memchr(start, '\n', n) : NULL;
        if (newline)
            n = (size_t)(newline - start) + 1;
        if (n && !oz_bytearray_append(t, out, start, n))
            return NULL;
        self->pos += n;
        limit -= n;
        if (newline || limit == 0 || !oz_poll(t))
            break;
        ssize_t got = fill(t, self);
        if (got == -1)
            return NULL;
        if (got <= 0)
            break;
    }
    return line && !t->exception
               ? oz_bytes_new(t, out->length ? out->start : (const uint8_t *)"", out->length)
               : NULL;
}

static Ref read_line(Thread *t, Buffered *self, size_t limit)
{
    if (!check_open(t, self, "readline of closed file"))
        return NULL;
    HOLD(self);
    if (!start_reading(t, self))
        return NULL;
    size_t n = ahead_of(self);
    if (n > limit)
        n = limit;
    const uint8_t *start = self->buffer + self->pos;
    const uint8_t *newline = n ? memchr(start, '\n', n) : NULL;
    if (newline)
        n = (size_t)(newline - start) + 1;
    else if (n != limit || limit == 0)
        return limit ? long_line(t, self, limit) : oz_bytes_new(t, "", 0);
    self->pos += n;
    return oz_bytes_new(t, start, n);
}

OZ_METHOD(buffered, readline, "($self, size=-1, /)",
          "Read up to the end of a line, at most `size` bytes.")
{
    ssize_t limit;
    if (!check_ready(t, (Buffered *)a[0]) || !oz_io_size(t, a[1], &limit))
        return NULL;
    return read_line(t, (Buffered *)a[0], limit < 0 ? SIZE_MAX : (size_t)limit);
}

static Ref buffered_next(Thread *t, Obj v)
{
    if (!oz_is_buffered(v))
        return oz_io_next(t, v);
    scoped Ref line = read_line(t, (Buffered *)v, SIZE_MAX);
    return line && oz_bytes_length(oz_as_bytes(line)) ? oz_move(&line) : NULL;
}

/* ---- writing ---- */

/* What is left of a write when the raw file would block: as much as the buffer takes. */
static bool keep_rest(Thread *t, Buffered *self, const uint8_t *data, size_t size, size_t done)
{
    size_t room = self->size - self->pos;
    size_t n = size < room ? size : room;
    memcpy(self->buffer + self->pos, data, n);
    self->pos += n;
    self->writing = true;
    if (n == size)
        return true;
    return oz_io_blocked(t, done + n);
}

/* Without memory for a buffer: to the raw file at once. */
static bool write_unbuffered(Thread *t, Buffered *self, const uint8_t *data, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = raw_write(t, self, data + done, size - done);
        if (n == -2)
            oz_io_blocked(t, done);
        if (n < 0 || !oz_poll(t))
            return false;
        done += (size_t)n;
    }
    return true;
}

static bool write_bytes(Thread *t, Buffered *self, const uint8_t *data, size_t size)
{
    if (OZ_UNLIKELY(!try_buffer(t, self)))
        return write_unbuffered(t, self, data, size);
    if (!start_writing(t, self))
        return false;
    if (OZ_LIKELY(size <= self->size - self->pos)) {
        memcpy(self->buffer + self->pos, data, size);
        self->pos += size;
        return true;
    }
    if (!write_out(t, self)) {
        if (!oz_exception_forget(t, OZ_BlockingIOError))
            return false;
        return keep_rest(t, self, data, size, 0);
    }
    self->writing = true;
    size_t done = 0;
    while (size - done > self->size) {
        ssize_t n = raw_write(t, self, data + done, size - done);
        if (n == -1)
            return false;
        if (n == -2)
            return keep_rest(t, self, data + done, size - done, done);
        done += (size_t)n;
        if (!oz_poll(t))
            return false;
    }
    memcpy(self->buffer, data + done, size - done);
    self->pos = size - done;
    return true;
}

bool oz_buffered_write(Thread *t, Buffered *self, const void *data, size_t size)
{
    if (!check_ready(t, self))
        return false;
    HOLD(self);
    if (!check_open(t, self, "write to closed file")) /* perhaps while the lock was waited for */
        return false;
    return write_bytes(t, self, data, size);
}

OZ_METHOD(buffered, write, "($self, buffer, /)", "Write bytes; return their number.")
{
    Buffered *self = (Buffered *)a[0];
    scoped_buffer view = {0};
    if (!check_ready(t, self) || !oz_buffer_open(t, a[1], &view))
        return NULL;
    return oz_buffered_write(t, self, view.data, view.length) ? oz_int((int64_t)view.length) : NULL;
}

bool oz_buffered_flush(Thread *t, Buffered *self)
{
    if (!check_open(t, self, "flush of closed file"))
        return false;
    HOLD(self);
    return settle(t, self);
}

OZ_METHOD(buffered, flush, "($self, /)", "Write out what waits in the buffer.")
{
    return oz_buffered_flush(t, (Buffered *)a[0]) ? OZ_NONE : NULL;
}

OZ_METHOD(buffered_reader, flush, "($self, /)", "Flush the raw file.")
{
    const Buffered *self = (const Buffered *)a[0];
    scoped Ref raw = check_ready(t, self) ? oz_retain(self->raw) : NULL;
    return raw ? oz_io_call(t, raw, OZ_NAME(t, flush)) : NULL;
}

/* ---- closing ---- */

OZ_METHOD(buffered, _dealloc_warn, "($self, source, /)", "")
{
    const Buffered *self = (const Buffered *)a[0];
    scoped Ref raw = self->ready && self->raw ? oz_retain(self->raw) : NULL;
    if (raw)
        oz_io_warn_through(t, raw, a[1]);
    return OZ_NONE;
}

bool oz_buffered_close(Thread *t, Buffered *self)
{
    bool closed;
    if (!oz_buffered_closed(t, self, &closed))
        return false;
    if (closed)
        return true;
    if (self->io.finalizing)
        oz_io_warn_through(t, self->raw, (Obj)self);
    scoped Ref first = oz_io_flush(t, (Obj)self) ? NULL : oz_exception_take(t);
    if (!check_ready(t, self))
        return false;
    HOLD(self);
    scoped Ref raw = oz_retain(self->raw);
    bool done = oz_io_close(t, raw);
    if (self->buffer) {
        oz_block_free(self->buffer);
        self->buffer = NULL;
        self->pos = self->end = 0;
        self->writing = false;
    }
    oz_file_node_remove(t, &self->node);
    if (first) {
        oz_io_chain(t, oz_move(&first));
        return false;
    }
    return done;
}

OZ_METHOD(buffered, close, "($self, /)", "Flush, and close the raw file.")
{
    return oz_buffered_close(t, (Buffered *)a[0]) ? OZ_NONE : NULL;
}

OZ_METHOD(buffered, detach, "($self, /)",
          "Flush and give the raw file away; this one is unusable afterwards.")
{
    Buffered *self = (Buffered *)a[0];
    if (!check_ready(t, self))
        return NULL;
    scoped Ref flushed = oz_io_call(t, a[0], OZ_NAME(t, flush));
    if (!flushed || !check_ready(t, self))
        return NULL;
    HOLD(self);
    self->ready = false;
    self->detached = true;
    oz_file_node_remove(t, &self->node);
    return oz_move(&self->raw);
}

/* ---- position ---- */

OZ_METHOD(buffered, tell, "($self, /)", "Return the position in the file.")
{
    Buffered *self = (Buffered *)a[0];
    int64_t at;
    if (!check_ready(t, self))
        return NULL;
    HOLD(self);
    if (!raw_tell(t, self, &at))
        return NULL;
    at += self->writing ? (int64_t)self->pos : -(int64_t)(self->end - self->pos);
    return oz_int_new(t, at < 0 ? 0 : at);
}

/* A move inside what was read ahead needs no call of the raw file. */
static bool seek_in_buffer(Thread *t, Buffered *self, int64_t target, int whence, int64_t *at,
                           bool *done)
{
    *done = false;
    if (whence > SEEK_CUR || !self->readable || self->writing || self->end == 0)
        return true;
    int64_t raw = self->raw_offset;
    if (raw < 0 && !raw_tell(t, self, &raw))
        return false;
    int64_t here = raw - (int64_t)(self->end - self->pos);
    int64_t step = whence == SEEK_SET ? target - here : target;
    if (step < -(int64_t)self->pos || step > (int64_t)(self->end - self->pos))
        return true;
    self->pos = (size_t)((int64_t)self->pos + step);
    *at = here + step;
    *done = true;
    return true;
}

static bool is_whence(int whence)
{
    return (whence >= 0 && whence <= 2)
#ifdef SEEK_HOLE
           || whence == SEEK_DATA || whence == SEEK_HOLE
#endif
        ;
}

static Ref seek_to(Thread *t, Buffered *self, int64_t target, int whence)
{
    int64_t at;
    bool done;
    HOLD(self);
    if (!seek_in_buffer(t, self, target, whence, &at, &done))
        return NULL;
    if (done)
        return oz_int_new(t, at);
    if (self->writing && !write_out(t, self))
        return NULL;
    if (whence == SEEK_CUR)
        target -= (int64_t)ahead_of(self);
    if (!raw_seek(t, self, target, whence, &at))
        return NULL;
    self->pos = self->end = 0;
    return oz_int_new(t, at);
}

OZ_METHOD(buffered, seek, "($self, target, whence=0, /)",
          "Move to an offset, counted from the start (0), here (1) or the end (2), and return the "
          "new one.")
{
    Buffered *self = (Buffered *)a[0];
    int64_t target;
    int whence;
    if (!check_ready(t, self) || !oz_as_int(t, a[2], &whence))
        return NULL;
    if (!is_whence(whence))
        return oz_raise(t, OZ_ValueError, "whence value %d unsupported", whence);
    if (!check_open(t, self, "seek of closed file"))
        return NULL;
    bool seekable = true;
    scoped Ref raw = check_ready(t, self) ? oz_retain(self->raw) : NULL;
    if (!raw || (oz_is_file_io(raw) ? !oz_file_io_is_seekable(t, (FileIo *)raw, &seekable)
                                    : !oz_io_check_seekable(t, raw)))
        return NULL;
    if (!seekable)
        return oz_io_unsupported(t, "File or stream is not seekable.");
    if (!oz_as_int64(t, a[1], &target))
        return NULL;
    return seek_to(t, self, target, whence);
}

OZ_METHOD(buffered, truncate, "($self, pos=None, /)",
          "Make the file `pos` bytes long, by default up to the present position.")
{
    Buffered *self = (Buffered *)a[0];
    if (!check_open(t, self, "truncate of closed file"))
        return NULL;
    if (!self->writable)
        return oz_io_unsupported(t, "truncate");
    HOLD(self);
    if (!settle(t, self))
        return NULL;
    scoped Ref raw = oz_retain(self->raw);
    scoped Ref result = oz_io_call1(t, raw, OZ_NAME(t, truncate), a[1]);
    int64_t at;
    if (result && !raw_tell(t, self, &at))
        oz_exception_clear(t);
    return oz_move(&result);
}

/* ---- what the raw file answers ---- */

#define RAW_METHOD(method, doc)                                                                    \
    OZ_METHOD(buffered, method, "($self, /)", doc)                                                 \
    {                                                                                              \
        const Buffered *self = (const Buffered *)a[0];                                             \
        scoped Ref raw = check_ready(t, self) ? oz_retain(self->raw) : NULL;                       \
        return raw ? oz_io_call(t, raw, OZ_NAME(t, method)) : NULL;                                \
    }
OZ_IO_QUESTIONS(RAW_METHOD)

OZ_METHOD(buffered, __getstate__, "($self, /)", "")
{
    return oz_io_no_pickle(t, a[0]);
}

OZ_METHOD(buffered, __sizeof__, "($self, /)", "Size in memory, in bytes.")
{
    const Buffered *self = (const Buffered *)a[0];
    return oz_int((int64_t)(oz_class_of(a[0])->def->size + (self->ready ? self->size : 0)));
}

static Ref attr_of_raw(Thread *t, Obj v, Obj name)
{
    const Buffered *self = (const Buffered *)v;
    scoped Ref raw = check_ready(t, self) ? oz_retain(self->raw) : NULL;
    return raw ? oz_get_attr(t, raw, name) : NULL;
}

static Ref get_closed(Thread *t, Obj v)
{
    return attr_of_raw(t, v, OZ_NAME(t, closed));
}

static Ref get_name(Thread *t, Obj v)
{
    return attr_of_raw(t, v, OZ_NAME(t, name));
}

static Ref get_mode(Thread *t, Obj v)
{
    return attr_of_raw(t, v, OZ_NAME(t, mode));
}

static Ref get_raw(Thread *t OZ_UNUSED, Obj v)
{
    const Buffered *self = (const Buffered *)v;
    return self->raw ? oz_retain(self->raw) : OZ_NONE;
}

static Ref get_finalizing(Thread *t OZ_UNUSED, Obj v)
{
    return oz_bool(((const Buffered *)v)->io.finalizing);
}

static Ref buffered_repr(Thread *t, Obj v)
{
    scoped Ref name = NULL;
    Found found = oz_find_attr(t, v, OZ_NAME(t, name), &name);
    if (found == OZ_RAISED && !oz_exception_forget(t, OZ_ValueError))
        return NULL;
    scoped Ref module = oz_class_full_name(t, oz_class_of(v));
    if (found != OZ_FOUND || !module)
        return module ? oz_str_format(t, "<%S>", module) : NULL;
    Found entered = oz_repr_enter(t, v);
    if (entered != OZ_MISSING)
        return entered == OZ_RAISED
                   ? NULL
                   : oz_raise(t, OZ_RuntimeError, "reentrant call inside %t.__repr__", v);
    Ref text = oz_str_format(t, "<%S name=%R>", module, name);
    oz_repr_leave(t, v);
    return text;
}

/* ---- the types ---- */

#define COMMON                                                                                     \
    .base = OZ_BUFFERED_IO_BASE, .size = sizeof(Buffered), .flags = OZ_TYPE_WEAKREF,               \
    .dict_offset = offsetof(IoBase, dict), .visit = buffered_visit, .clear = buffered_clear,       \
    .outside = buffered_outside, .make = &buffered_new_,                                           \
    .getsets = OZ_GETSETS({"closed", get_closed, NULL, "Has the file been closed?"},               \
                          {"name", get_name, NULL, "The name of the raw file."},                   \
                          {"mode", get_mode, NULL, "The mode of the raw file."},                   \
                          {"raw", get_raw, NULL, "The raw file."},                                 \
                          {"_finalizing", get_finalizing, NULL, NULL})
#define COMMON_METHODS                                                                             \
    &buffered__dealloc_warn, &buffered_close, &buffered_detach, &buffered_tell, &buffered_seek,    \
        &buffered_seekable, &buffered_fileno, &buffered_isatty, &buffered___getstate__,            \
        &buffered___sizeof__, &buffered_truncate
#define READING                                                                                    \
    &buffered_read, &buffered_read1, &buffered_readinto, &buffered_readinto1, &buffered_peek,      \
        &buffered_readline, &buffered_readable

const TypeDef oz_buffered_reader_type = {
    .id = OZ_BUFFERED_READER,
    .name = "_io.BufferedReader",
    .doc = "BufferedReader(raw, buffer_size=8192)\n\nReads a raw file in larger pieces than it is "
           "asked for.",
    COMMON,
    .initialise = &buffered_reader_init_,
    .slots = {.repr = buffered_repr, .next = buffered_next},
    .methods = OZ_METHODS(COMMON_METHODS, READING, &buffered_reader_flush),
};

const TypeDef oz_buffered_writer_type = {
    .id = OZ_BUFFERED_WRITER,
    .name = "_io.BufferedWriter",
    .doc = "BufferedWriter(raw, buffer_size=8192)\n\nCollects what is written to a raw file.",
    COMMON,
    .initialise = &buffered_writer_init_,
    .slots = {.repr = buffered_repr},
    .methods = OZ_METHODS(COMMON_METHODS, &buffered_writable, &buffered_write, &buffered_flush),
};

const TypeDef oz_buffered_random_type = {
    .id = OZ_BUFFERED_RANDOM,
    .name = "_io.BufferedRandom",
    .doc = "BufferedRandom(raw, buffer_size=8192)\n\nA buffer for both directions, before a raw "
           "file that can seek.",
    COMMON,
    .initialise = &buffered_random_init_,
    .slots = {.repr = buffered_repr, .next = buffered_next},
    .methods =
        OZ_METHODS(COMMON_METHODS, READING, &buffered_writable, &buffered_write, &buffered_flush),
};
