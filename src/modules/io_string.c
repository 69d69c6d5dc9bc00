// SPDX-License-Identifier: MIT
// StringIO: a file of text in memory.
//
// The characters lie in a block, 1, 2 or 4 bytes each: as few as the widest written so far needs.
//
// I1. length <= capacity; pos may lie behind the end: a write there fills the gap with zeros.
#include "modules/io.h"

#include <limits.h>
#include <string.h>

typedef struct StringIo {
    IoBase io;
    void *data;        /* [object] a block, or NULL */
    size_t length;     /* [object] characters */
    size_t capacity;   /* [object] characters */
    size_t pos;        /* [object] */
    unsigned width;    /* [object] 1, 2 or 4 */
    bool ready;        /* [object] __init__ went well */
    Newlines newlines; /* [object] */
    LineEnds ends;     /* [object] */
} StringIo;

static void string_io_visit(const Object *object, Visitor *v)
{
    const StringIo *self = (const StringIo *)object;
    oz_visit(v, self->io.dict, "dict", -1);
}

static void drop_text(StringIo *self)
{
    void *data = self->data;
    self->data = NULL;
    self->length = self->capacity = 0;
    self->width = 1;
    oz_block_free(data);
}

static void string_io_clear(Thread *t OZ_UNUSED, Object *object)
{
    StringIo *self = (StringIo *)object;
    drop_text(self);
    oz_clear(&self->io.dict);
}

static size_t string_io_outside(const Object *object)
{
    const StringIo *self = (const StringIo *)object;
    return self->data ? oz_heap_size(self->data) : 0;
}

/* ---- pieces ---- */

static bool check_open(Thread *t, const StringIo *self)
{
    if (OZ_UNLIKELY(!self->ready))
        return oz_fail(t, OZ_ValueError, "I/O operation on uninitialized object");
    return !self->io.closed || oz_fail(t, OZ_ValueError, "I/O operation on closed file");
}

static Text text_of(const StringIo *self)
{
    return (Text){self->data ? self->data : "", self->length, self->width ? self->width : 1};
}

/* Room for `length` characters of `width` bytes. */
static bool reserve(Thread *t, StringIo *self, size_t length, unsigned width)
{
    unsigned old = self->width ? self->width : 1;
    if (width < old)
        width = old;
    if (width == old && length <= self->capacity && self->data)
        return true;
    size_t more = self->length + (self->length >> 3) + 16, bytes;
    size_t capacity = length <= self->capacity ? self->capacity : length > more ? length : more;
    if (!oz_size_mul(capacity, width, &bytes) || bytes > SSIZE_MAX)
        return oz_fail(t, OZ_OverflowError, "new buffer size too large");
    void *data = width == old ? oz_block_realloc(t->heap, self->data, bytes ? bytes : 1)
                              : oz_block_alloc(t->heap, bytes ? bytes : 1);
    if (!data)
        return oz_raise_memory(t);
    if (width != old) {
        oz_text_copy(data, width, self->data ? self->data : "", old, self->length);
        oz_block_free(self->data);
    }
    self->data = data;
    self->capacity = capacity;
    self->width = width;
    return true;
}

static bool put(Thread *t, StringIo *self, const Str *text)
{
    size_t n = oz_str_length(text), end;
    if (n == 0)
        return true;
    if (!oz_size_add(self->pos, n, &end) || end > SSIZE_MAX)
        return oz_fail(t, OZ_OverflowError, "new position too large");
    if (!reserve(t, self, end > self->length ? end : self->length, oz_str_width(text)))
        return false;
    char *data = self->data;
    if (self->pos > self->length)
        memset(data + self->length * self->width, 0, (self->pos - self->length) * self->width);
    oz_text_copy(data + self->pos * self->width, self->width, oz_str_data(text), oz_str_width(text),
                 n);
    self->pos = end;
    if (end > self->length)
        self->length = end;
    return true;
}

/* Write text as the newline setting asks. */
static bool write_text(Thread *t, StringIo *self, const Str *text)
{
    scoped Ref changed = oz_retain((Obj)text);
    if (self->ends.universal) {
        changed = oz_newlines_decode(t, &self->newlines, oz_move(&changed), true);
        if (!changed)
            return false;
    } else if (self->ends.text[0] == '\r') {
        scoped Ref newline = oz_str_new(t, self->ends.text);
        const Obj arguments[] = {OZ_TEXT(t, newline), newline};
        Ref with = newline ? oz_call_method(t, changed, OZ_NAME(t, replace), 2, arguments) : NULL;
        if (!with)
            return false;
        oz_drop(changed);
        changed = with;
    }
    return put(t, self, oz_as_str(changed));
}

static Ref take(Thread *t, StringIo *self, size_t size)
{
    Text s = text_of(self);
    size_t rest = self->pos < s.length ? s.length - self->pos : 0;
    if (size > rest)
        size = rest;
    if (size == 0)
        return oz_retain(OZ_TEXT(t, empty));
    Ref result = oz_str_from_view(t, oz_text_part(s, self->pos, self->pos + size));
    if (result)
        self->pos += size;
    return result;
}

/* ---- making ---- */

OZ_NEW(string_io, "($type, /, *args, **kwargs)")
{
    StringIo *self = oz_instance_new(t, (Class *)a[0], 0);
    if (self)
        self->width = 1;
    return (Ref)self;
}

static bool initialise(Thread *t, StringIo *self, Obj initial, Obj newline)
{
    LineEnds ends;
    if (newline != OZ_NONE && !oz_is_str(newline))
        return oz_fail(t, OZ_TypeError, "newline must be str or None, not %T", newline);
    if (!oz_line_ends_from(t, newline, true, &ends))
        return false;
    if (initial != OZ_NONE && !oz_is_str(initial))
        return oz_fail(t, OZ_TypeError, "initial_value must be str or None, not %T", initial);
    self->ready = false;
    drop_text(self);
    self->ends = ends;
    self->newlines = (Newlines){.translate = ends.translate};
    self->pos = 0;
    if (initial != OZ_NONE && !write_text(t, self, oz_as_str(initial)))
        return false;
    self->pos = 0;
    self->io.closed = false;
    self->ready = true;
    return true;
}

OZ_INIT(string_io, "($self, /, initial_value='', newline='\\n')")
{
    return initialise(t, (StringIo *)a[0], a[1], a[2]) ? OZ_NONE : NULL;
}

/* ---- reading ---- */

OZ_METHOD(string_io, read, "($self, size=-1, /)", "Read up to `size` characters, or everything.")
{
    ssize_t size;
    if (!oz_io_size(t, a[1], &size) || !check_open(t, (StringIo *)a[0]))
        return NULL;
    return take(t, (StringIo *)a[0], size < 0 ? SIZE_MAX : (size_t)size);
}

static Ref read_line(Thread *t, StringIo *self, ssize_t limit)
{
    if (self->pos >= self->length)
        return oz_retain(OZ_TEXT(t, empty));
    size_t looked;
    ssize_t end = oz_line_end(&self->ends, text_of(self), self->pos, &looked);
    size_t size = end < 0 ? SIZE_MAX : (size_t)end - self->pos;
    if (limit >= 0 && size > (size_t)limit)
        size = (size_t)limit;
    return take(t, self, size);
}

OZ_METHOD(string_io, readline, "($self, size=-1, /)",
          "Read up to the end of a line, at most `size` characters.")
{
    ssize_t limit;
    if (!oz_io_size(t, a[1], &limit) || !check_open(t, (StringIo *)a[0]))
        return NULL;
    return read_line(t, (StringIo *)a[0], limit);
}

static Ref string_io_next(Thread *t, Obj v)
{
    if (!check_open(t, (StringIo *)v))
        return NULL;
    scoped Ref line = NULL;
    if (oz_is(v, OZ_STRING_IO)) {
        line = read_line(t, (StringIo *)v, -1);
    } else {
        line = oz_io_call(t, v, OZ_NAME(t, readline));
        if (line && !oz_is_str(line))
            return oz_raise(t, OZ_OSError, "readline() should have returned a str object, not '%T'",
                            line);
    }
    return line && oz_str_length(oz_as_str(line)) ? oz_move(&line) : NULL;
}

static Ref string_io_iter(Thread *t, Obj v)
{
    return check_open(t, (StringIo *)v) ? oz_retain(v) : NULL;
}

OZ_METHOD(string_io, getvalue, "($self, /)", "Return the whole text, wherever the position is.")
{
    StringIo *self = (StringIo *)a[0];
    return check_open(t, self) ? oz_str_from_view(t, text_of(self)) : NULL;
}

/* ---- writing ---- */

OZ_METHOD(string_io, write, "($self, s, /)", "Write a str; return its length.")
{
    StringIo *self = (StringIo *)a[0];
    const Str *text = oz_as_str(a[1]);
    if (self->ready && !text)
        return oz_raise(t, OZ_TypeError, "string argument expected, got '%T'", a[1]);
    if (!check_open(t, self))
        return NULL;
    return write_text(t, self, text) ? oz_int((int64_t)oz_str_length(text)) : NULL;
}

OZ_METHOD(string_io, truncate, "($self, pos=None, /)",
          "Make the text at most `pos` characters long, by default up to the present position.")
{
    StringIo *self = (StringIo *)a[0];
    ssize_t size;
    if (!check_open(t, self))
        return NULL;
    if (a[1] == OZ_NONE)
        size = (ssize_t)self->pos;
    else if (!oz_io_size(t, a[1], &size))
        return NULL;
    if (size < 0)
        return oz_raise(t, OZ_ValueError, "Negative size value %zd", size);
    if ((size_t)size < self->length)
        self->length = (size_t)size;
    return oz_int(size);
}

/* ---- position ---- */

OZ_METHOD(string_io, tell, "($self, /)", "Return the position, in characters.")
{
    const StringIo *self = (const StringIo *)a[0];
    return check_open(t, self) ? oz_int((int64_t)self->pos) : NULL;
}

OZ_METHOD(string_io, seek, "($self, pos, whence=0, /)",
          "Move to a position counted from the start, or with 0 stay (1) or go to the end (2).")
{
    StringIo *self = (StringIo *)a[0];
    ssize_t pos;
    int whence;
    if (!oz_as_size_argument(t, a[1], &pos) || !oz_as_int(t, a[2], &whence) || !check_open(t, self))
        return NULL;
    if (whence < 0 || whence > 2)
        return oz_raise(t, OZ_ValueError, "Invalid whence (%d, should be 0, 1 or 2)", whence);
    if (pos < 0 && whence == 0)
        return oz_raise(t, OZ_ValueError, "Negative seek position %zd", pos);
    if (whence != 0 && pos != 0)
        return oz_raise(t, OZ_OSError, "Can't do nonzero cur-relative seeks");
    self->pos = whence == 1 ? self->pos : whence == 2 ? self->length : (size_t)pos;
    return oz_int((int64_t)self->pos);
}

/* ---- the rest ---- */

OZ_METHOD(string_io, close, "($self, /)", "Close the file and forget its text.")
{
    StringIo *self = (StringIo *)a[0];
    self->io.closed = true;
    drop_text(self);
    return OZ_NONE;
}

#define ANSWER(method, value, doc)                                                                 \
    OZ_METHOD(string_io, method, "($self, /)", doc)                                                \
    {                                                                                              \
        return check_open(t, (StringIo *)a[0]) ? value : NULL;                                     \
    }
ANSWER(readable, OZ_TRUE, "True.")
ANSWER(writable, OZ_TRUE, "True.")
ANSWER(seekable, OZ_TRUE, "True.")

static Ref newline_of(Thread *t, const StringIo *self)
{
    return self->ends.universal && self->ends.translate ? OZ_NONE : oz_str_new(t, self->ends.text);
}

OZ_METHOD(string_io, __getstate__, "($self, /)", "Return state information for pickling.")
{
    const StringIo *self = (const StringIo *)a[0];
    scoped Ref value = string_io_getvalue_body(t, a);
    scoped Ref newline = value ? newline_of(t, self) : NULL;
    scoped Ref dict = !self->io.dict ? OZ_NONE : oz_dict_copy(t, (Dict *)self->io.dict);
    return newline && dict
               ? oz_tuple_of(t, 4, value, newline, (Obj)oz_int((int64_t)self->pos), dict)
               : NULL;
}

OZ_METHOD(string_io, __setstate__, "($self, state, /)", "Restore what __getstate__ gave.")
{
    StringIo *self = (StringIo *)a[0];
    const Tuple *state = oz_as_tuple(a[1]);
    ssize_t pos;
    if (self->io.closed)
        return oz_raise(t, OZ_ValueError, "I/O operation on closed file");
    if (!state || state->length < 4)
        return oz_raise(t, OZ_TypeError, "%T.__setstate__ argument should be 4-tuple, got %T", a[0],
                        a[1]);
    if (state->items[0] != OZ_NONE && !oz_is_str(state->items[0]))
        return oz_raise(t, OZ_TypeError, "initial_value must be str or None, not %T",
                        (Obj)state->items[0]);
    if (!initialise(t, self, OZ_NONE, state->items[1]))
        return NULL;
    /* the text as it is: its newlines were dealt with when it was written */
    if (state->items[0] != OZ_NONE && !put(t, self, oz_as_str(state->items[0])))
        return NULL;
    if (!oz_as_exact_int(state->items[2]))
        return oz_raise(t, OZ_TypeError, "third item of state must be an integer, got %T",
                        (Obj)state->items[2]);
    if (!oz_as_size_argument(t, state->items[2], &pos))
        return NULL;
    if (pos < 0)
        return oz_raise(t, OZ_ValueError, "position value cannot be negative");
    self->pos = (size_t)pos;
    if (state->items[3] == OZ_NONE)
        return OZ_NONE;
    if (!oz_as_dict(state->items[3]))
        return oz_raise(t, OZ_TypeError, "fourth item of state should be a dict, got a %T",
                        (Obj)state->items[3]);
    scoped Ref dict = oz_instance_dict(t, a[0]);
    return dict && oz_dict_update(t, (Dict *)dict, state->items[3]) ? OZ_NONE : NULL;
}

static Ref get_closed(Thread *t, Obj v)
{
    const StringIo *self = (const StringIo *)v;
    if (!self->ready)
        return oz_raise(t, OZ_ValueError, "I/O operation on uninitialized object");
    return oz_bool(self->io.closed);
}

static Ref get_line_buffering(Thread *t, Obj v)
{
    return check_open(t, (const StringIo *)v) ? OZ_FALSE : NULL;
}

static Ref get_newlines(Thread *t, Obj v)
{
    const StringIo *self = (const StringIo *)v;
    if (!check_open(t, self))
        return NULL;
    return self->ends.universal ? oz_newlines_seen(t, &self->newlines) : OZ_NONE;
}

const TypeDef oz_string_io_type = {
    .id = OZ_STRING_IO,
    .base = OZ_TEXT_IO_BASE,
    .name = "_io.StringIO",
    .doc =
        "StringIO(initial_value='', newline='\\n')\n\nA file of text in memory.  newline is that "
        "of TextIOWrapper, but None leaves \\n as it is when writing.",
    .size = sizeof(StringIo),
    .flags = OZ_TYPE_WEAKREF,
    .dict_offset = offsetof(IoBase, dict),
    .visit = string_io_visit,
    .clear = string_io_clear,
    .outside = string_io_outside,
    .make = &string_io_new_,
    .initialise = &string_io_init_,
    .slots = {.iter = string_io_iter, .next = string_io_next},
    .methods = OZ_METHODS(&string_io_read, &string_io_readline, &string_io_getvalue,
                          &string_io_write, &string_io_truncate, &string_io_tell, &string_io_seek,
                          &string_io_close, &string_io_readable, &string_io_writable,
                          &string_io_seekable, &string_io___getstate__, &string_io___setstate__),
    .getsets = OZ_GETSETS({"closed", get_closed, NULL, "Has the file been closed?"},
                          {"line_buffering", get_line_buffering, NULL, "False."},
                          {"newlines", get_newlines, NULL, "The newlines that were seen so far."}),
};
