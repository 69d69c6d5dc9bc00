// SPDX-License-Identifier: MIT
// The base classes of files: _IOBase, _RawIOBase, _BufferedIOBase, _TextIOBase.
//
// Their methods are written in terms of the methods of the object itself, found by name, because
// programs derive from them.  The types of the other files answer without a detour.
#include "modules/io.h"

#include "types/bytearray.h"
#include "types/exception.h"
#include "types/warning.h"

#include <errno.h>
#include <string.h>

/* ---- pieces ---- */

Ref oz_io_unsupported(Thread *t, const char *message)
{
    return oz_raise_module(t, OZ_ERROR_IO_UNSUPPORTED, "%s", message);
}

bool oz_io_target(Thread *t, const char *method, Obj v, Buffer *view)
{
    if (oz_has_buffer(v) && oz_buffer_get(t, v, view, OZ_BUFFER_WRITE))
        return true;
    if (!t->exception || oz_exception_forget(t, OZ_BufferError) ||
        oz_exception_forget(t, OZ_TypeError))
        oz_raise_argument(t, method, "read-write bytes-like object", v);
    return false;
}

Ref oz_io_call(Thread *t, Obj file, Obj name)
{
    return oz_call_method(t, file, name, 0, NULL);
}

Ref oz_io_call1(Thread *t, Obj file, Obj name, Obj argument)
{
    return oz_call_method(t, file, name, 1, &argument);
}

bool oz_io_ask(Thread *t, Obj file, Obj name, bool *answer)
{
    scoped Ref result = oz_io_call(t, file, name);
    return result && oz_truth(t, result, answer);
}

bool oz_io_closed(Thread *t, Obj file, bool *closed)
{
    if (oz_is_file_io(file)) {
        *closed = ((const FileIo *)file)->fd < 0;
        return true;
    }
    if (oz_is_buffered(file) && ((const Buffered *)file)->ready)
        return oz_buffered_closed(t, (const Buffered *)file, closed);
    if (oz_is(file, OZ_TEXT_IO) && oz_text_io_buffer(file)) {
        scoped Ref buffer = oz_retain(oz_text_io_buffer(file));
        return oz_io_closed(t, buffer, closed);
    }
    scoped Ref value = oz_get_attr(t, file, OZ_NAME(t, closed));
    return value && oz_truth(t, value, closed);
}

/* ValueError "I/O operation on closed file." */
static bool check_closed(Thread *t, Obj file)
{
    bool closed;
    if (!oz_io_closed(t, file, &closed))
        return false;
    return !closed || oz_fail(t, OZ_ValueError, "I/O operation on closed file.");
}

bool oz_io_flush(Thread *t, Obj file)
{
    if (oz_io_is_plain(file, OZ_FILE_IO))
        return check_closed(t, file);
    if (oz_io_is_plain(file, OZ_BUFFERED_WRITER) || oz_io_is_plain(file, OZ_BUFFERED_RANDOM))
        return oz_buffered_flush(t, (Buffered *)file);
    Found found = oz_text_io_flush(t, file);
    if (found != OZ_MISSING)
        return found == OZ_FOUND;
    scoped Ref done = oz_io_call(t, file, OZ_NAME(t, flush));
    return done != NULL;
}

bool oz_io_close(Thread *t, Obj file)
{
    if (oz_io_is_plain(file, OZ_FILE_IO))
        return oz_file_io_close(t, (FileIo *)file);
    if (oz_is_buffered(file) && !((const IoBase *)file)->dict)
        return oz_buffered_close(t, (Buffered *)file);
    if (oz_io_is_plain(file, OZ_TEXT_IO))
        return oz_text_io_close(t, file);
    scoped Ref done = oz_io_call(t, file, OZ_NAME(t, close));
    return done != NULL;
}

static bool check(Thread *t, Obj file, Obj name, const char *message)
{
    scoped Ref answer = oz_io_call(t, file, name);
    if (!answer)
        return false;
    return answer == OZ_TRUE || oz_io_unsupported(t, message);
}

bool oz_io_check_readable(Thread *t, Obj file)
{
    return check(t, file, OZ_NAME(t, readable), "File or stream is not readable.");
}

bool oz_io_check_writable(Thread *t, Obj file)
{
    return check(t, file, OZ_NAME(t, writable), "File or stream is not writable.");
}

bool oz_io_check_seekable(Thread *t, Obj file)
{
    return check(t, file, OZ_NAME(t, seekable), "File or stream is not seekable.");
}

bool oz_io_size(Thread *t, Obj v, ssize_t *size)
{
    if (oz_is_none(v)) {
        *size = -1;
        return true;
    }
    scoped Ref n = oz_index(t, v);
    if (!n) {
        if (oz_exception_forget(t, OZ_TypeError))
            oz_raise(t, OZ_TypeError, "argument should be integer or None, not '%T'", v);
        return false;
    }
    return oz_as_ssize(t, n, OZ_OverflowError, size);
}

bool oz_io_offset(Thread *t, Obj v, int64_t *offset)
{
    if (oz_is_float(v) || oz_isa(v, OZ_FLOAT))
        return oz_fail(t, OZ_TypeError, "'float' object cannot be interpreted as an integer");
    return oz_as_int64(t, v, offset);
}

Ref oz_io_blocked(Thread *t, size_t written)
{
    scoped Ref text = oz_str_new(t, "write could not complete without blocking");
    scoped Ref e = text ? oz_call3(t, (Obj)t->vm->errors[OZ_BlockingIOError], oz_int(EAGAIN), text,
                                   oz_int((int64_t)written))
                        : NULL;
    return e ? oz_raise_object(t, e, NULL) : NULL;
}

void oz_io_chain(Thread *t, Ref first)
{
    if (!first)
        return;
    scoped Ref last = oz_exception_take(t);
    if (!last) {
        oz_exception_put(t, first);
        return;
    }
    BaseException *e = oz_as_exception(last);
    if (e && last != first)
        oz_exception_link(t, e, &e->context, first);
    else
        oz_drop(first);
    oz_exception_put(t, oz_move(&last));
}

Ref oz_io_no_pickle(Thread *t, Obj file)
{
    return oz_raise(t, OZ_TypeError, "cannot pickle '%T' object", file);
}

void oz_io_warn_through(Thread *t, Obj file, Obj source)
{
    scoped Ref done = oz_io_call1(t, file, OZ_NAME(t, _dealloc_warn), source);
    if (!done)
        oz_exception_clear(t);
}

/* The finalize slot of all files: close what is open, warn of it. */
static void io_base_finalize(Thread *t, Obj file)
{
    scoped Ref before = oz_exception_take(t);
    bool closed;
    if (!oz_io_closed(t, file, &closed)) {
        oz_exception_clear(t);
        closed = false;
    }
    if (!closed) {
        ((IoBase *)file)->finalizing = true;
        bool done = oz_io_close(t, file);
        if (!done && oz_config(t)->dev_mode)
            oz_unraisable(t, file, NULL);
        else if (!done)
            oz_exception_clear(t);
    }
    if (before)
        oz_exception_put(t, oz_move(&before));
}

/* ---- _IOBase ---- */

#define IO_BASE_REFS(REF) REF(dict)

static void io_base_visit(const Object *object, Visitor *v)
{
    const IoBase *self = (const IoBase *)object;
    IO_BASE_REFS(OZ_VISIT)
}

static void io_base_clear(Thread *t OZ_UNUSED, Object *object)
{
    IoBase *self = (IoBase *)object;
    IO_BASE_REFS(OZ_CLEAR)
}

OZ_NEW(io_base, "($type, /, *args, **kwargs)")
{
    return (Ref)oz_instance_new(t, (Class *)a[0], 0);
}

OZ_METHOD(io_base, seek, "($self, offset, whence=0, /)",
          "Move to an offset, counted from the start (0), here (1) or the end (2), and return the "
          "new one.")
{
    return oz_io_unsupported(t, "seek");
}

OZ_METHOD(io_base, tell, "($self, /)", "Return the position in the file.")
{
    const Obj arguments[] = {oz_int(0), oz_int(1)};
    return oz_call_method(t, a[0], OZ_NAME(t, seek), 2, arguments);
}

OZ_METHOD(io_base, truncate, "($self, size=None, /)",
          "Make the file `size` bytes long, by default up to the present position.")
{
    return oz_io_unsupported(t, "truncate");
}

/* Is the object itself closed, whatever its class says? */
static bool own_closed(Thread *t, Obj file, bool *closed)
{
    if (oz_id_of(file) == OZ_IO_BASE ||
        oz_class_derives(oz_class_of(file), t->vm->classes[OZ_IO_BASE])) {
        *closed = ((const IoBase *)file)->closed;
        return true;
    }
    return oz_fail(t, OZ_TypeError, "not a file");
}

OZ_METHOD(io_base, flush, "($self, /)", "Write out what waits in buffers.")
{
    bool closed;
    if (!own_closed(t, a[0], &closed))
        return NULL;
    return closed ? oz_raise(t, OZ_ValueError, "I/O operation on closed file.") : OZ_NONE;
}

OZ_METHOD(io_base, close, "($self, /)",
          "Flush and close the file.  Nothing can be done with it afterwards but closing it again.")
{
    bool closed;
    if (!own_closed(t, a[0], &closed))
        return NULL;
    if (closed)
        return OZ_NONE;
    scoped Ref result = oz_io_call(t, a[0], OZ_NAME(t, flush));
    ((IoBase *)a[0])->closed = true;
    return result ? OZ_NONE : NULL;
}

OZ_METHOD(io_base, seekable, "($self, /)", "Can the position be changed?")
{
    return OZ_FALSE;
}

OZ_METHOD(io_base, readable, "($self, /)", "Was the file opened for reading?")
{
    return OZ_FALSE;
}

OZ_METHOD(io_base, writable, "($self, /)", "Was the file opened for writing?")
{
    return OZ_FALSE;
}

OZ_METHOD(io_base, _checkClosed, "($self, msg=None, /)", "Raise ValueError if the file is closed.")
{
    return check_closed(t, a[0]) ? OZ_NONE : NULL;
}

OZ_METHOD(io_base, _checkSeekable, "($self, msg=None, /)", "Raise unless the file can seek.")
{
    return oz_io_check_seekable(t, a[0]) ? OZ_TRUE : NULL;
}

OZ_METHOD(io_base, _checkReadable, "($self, msg=None, /)", "Raise unless the file can be read.")
{
    return oz_io_check_readable(t, a[0]) ? OZ_TRUE : NULL;
}

OZ_METHOD(io_base, _checkWritable, "($self, msg=None, /)", "Raise unless the file can be written.")
{
    return oz_io_check_writable(t, a[0]) ? OZ_TRUE : NULL;
}

OZ_METHOD(io_base, fileno, "($self, /)", "Return the number of the descriptor underneath.")
{
    return oz_io_unsupported(t, "fileno");
}

OZ_METHOD(io_base, isatty, "($self, /)", "Is it a terminal?")
{
    return check_closed(t, a[0]) ? OZ_FALSE : NULL;
}

OZ_METHOD(io_base, __enter__, "($self, /)", "")
{
    return check_closed(t, a[0]) ? oz_retain(a[0]) : NULL;
}

OZ_METHOD(io_base, __exit__, "($self, /, *args)", "")
{
    return oz_io_call(t, a[0], OZ_NAME(t, close));
}

/* How many bytes to read for a line: those that peek() shows up to the newline, else one. */
static bool line_step(Thread *t, Obj peek, ssize_t limit, ssize_t *step)
{
    *step = 1;
    if (!peek)
        return true;
    scoped Ref ahead = oz_call1(t, peek, oz_int(1));
    if (!ahead)
        return false;
    const Bytes *b = oz_as_bytes(ahead);
    if (!b)
        return oz_fail(t, OZ_OSError, "peek() should have returned a bytes object, not '%T'",
                       ahead);
    size_t n = oz_bytes_length(b);
    if (n == 0)
        return true;
    if (limit >= 0 && n > (size_t)limit)
        n = (size_t)limit;
    const uint8_t *start = oz_bytes_data(b), *end = memchr(start, '\n', n);
    *step = end ? end - start + 1 : (ssize_t)n;
    return true;
}

OZ_METHOD(io_base, readline, "($self, size=-1, /)",
          "Read up to the end of a line, at most `size` bytes.")
{
    ssize_t limit;
    if (!oz_io_size(t, a[1], &limit))
        return NULL;
    scoped Ref peek = NULL;
    if (oz_find_attr(t, a[0], OZ_NAME(t, peek), &peek) == OZ_RAISED)
        return NULL;
    scoped Ref line = oz_bytearray_new(t, "", 0);
    if (!line)
        return NULL;
    ByteArray *out = (ByteArray *)line;
    while (limit < 0 || out->length < (size_t)limit) {
        ssize_t step;
        if (!line_step(t, peek, limit < 0 ? -1 : limit - (ssize_t)out->length, &step))
            return NULL;
        scoped Ref part = oz_io_call1(t, a[0], OZ_NAME(t, read), oz_int(step));
        const Bytes *b = part ? oz_as_bytes(part) : NULL;
        if (part && !b)
            return oz_raise(t, OZ_OSError, "read() should have returned a bytes object, not '%T'",
                            part);
        if (!b)
            return NULL;
        size_t n = oz_bytes_length(b);
        if (n == 0)
            break;
        if (!oz_bytearray_append(t, out, oz_bytes_data(b), n) || !oz_poll(t))
            return NULL;
        if (out->start[out->length - 1] == '\n')
            break;
    }
    return oz_bytes_new(t, out->length ? out->start : (const uint8_t *)"", out->length);
}

Ref oz_io_next(Thread *t, Obj file)
{
    scoped Ref line = oz_io_call(t, file, OZ_NAME(t, readline));
    ssize_t length;
    if (!line || !oz_length(t, line, &length))
        return NULL;
    return length > 0 ? oz_move(&line) : NULL;
}

static Ref io_base_iter(Thread *t, Obj file)
{
    return check_closed(t, file) ? oz_retain(file) : NULL;
}

OZ_METHOD(io_base, readlines, "($self, hint=-1, /)",
          "Return a list of lines; stop when they have `hint` bytes together.")
{
    ssize_t hint, total = 0;
    if (!oz_io_size(t, a[1], &hint))
        return NULL;
    scoped Ref lines = oz_list_new(t, 0);
    scoped Ref iterator = lines ? oz_iter(t, a[0]) : NULL;
    if (!iterator)
        return NULL;
    for (;;) {
        scoped Ref line = NULL;
        Found found = oz_next(t, iterator, &line);
        if (found != OZ_FOUND)
            return found == OZ_MISSING ? oz_move(&lines) : NULL;
        ssize_t length;
        if (!oz_list_append(t, (List *)lines, line) || !oz_poll(t))
            return NULL;
        if (hint <= 0)
            continue;
        if (!oz_length(t, line, &length))
            return NULL;
        total += length;
        if (total >= hint)
            return oz_move(&lines);
    }
}

OZ_METHOD(io_base, writelines, "($self, lines, /)",
          "Write each item of an iterable.  No newlines are added.")
{
    scoped Ref iterator = check_closed(t, a[0]) ? oz_iter(t, a[1]) : NULL;
    if (!iterator)
        return NULL;
    for (;;) {
        scoped Ref line = NULL;
        Found found = oz_next(t, iterator, &line);
        if (found != OZ_FOUND)
            return found == OZ_MISSING ? OZ_NONE : NULL;
        scoped Ref result = oz_io_call1(t, a[0], OZ_NAME(t, write), line);
        if (!result || !oz_poll(t))
            return NULL;
    }
}

static Ref get_closed(Thread *t, Obj file)
{
    bool closed;
    return own_closed(t, file, &closed) ? oz_bool(closed) : NULL;
}

const TypeDef oz_io_base_type = {
    .id = OZ_IO_BASE,
    .name = "_io._IOBase",
    .doc = "What all files have in common.  A file can be iterated over for its lines, and used in "
           "a with statement, which closes it.",
    .size = sizeof(IoBase),
    .flags = OZ_TYPE_WEAKREF,
    .dict_offset = offsetof(IoBase, dict),
    .visit = io_base_visit,
    .clear = io_base_clear,
    .make = &io_base_new_,
    .slots = {.iter = io_base_iter, .next = oz_io_next, .finalize = io_base_finalize},
    .methods =
        OZ_METHODS(&io_base_seek, &io_base_tell, &io_base_truncate, &io_base_flush, &io_base_close,
                   &io_base_seekable, &io_base_readable, &io_base_writable, &io_base__checkClosed,
                   &io_base__checkSeekable, &io_base__checkReadable, &io_base__checkWritable,
                   &io_base_fileno, &io_base_isatty, &io_base___enter__, &io_base___exit__,
                   &io_base_readline, &io_base_readlines, &io_base_writelines),
    .getsets = OZ_GETSETS({"closed", get_closed, NULL, "Has the file been closed?"}),
};

/* ---- _RawIOBase ---- */

OZ_METHOD(raw_io_base, read, "($self, size=-1, /)",
          "Read up to `size` bytes with one call of the system, or everything.")
{
    ssize_t size;
    if (!oz_as_size_argument(t, a[1], &size))
        return NULL;
    if (size < 0)
        return oz_io_call(t, a[0], OZ_NAME(t, readall));
    scoped Ref room = oz_bytearray_new(t, NULL, (size_t)size);
    scoped Ref count = room ? oz_io_call1(t, a[0], OZ_NAME(t, readinto), room) : NULL;
    if (!count || count == OZ_NONE)
        return oz_move(&count);
    ssize_t n;
    if (!oz_as_ssize(t, count, OZ_ValueError, &n))
        return NULL;
    const ByteArray *bytes = (const ByteArray *)room;
    if (n < 0 || (size_t)n > bytes->length)
        return oz_raise(t, OZ_ValueError, "readinto returned %zd outside buffer size %zu", n,
                        bytes->length);
    return oz_bytes_new(t, n ? bytes->start : (const uint8_t *)"", (size_t)n);
}

OZ_METHOD(raw_io_base, readall, "($self, /)", "Read until the end.")
{
    scoped Ref all = oz_bytearray_new(t, "", 0);
    while (all) {
        scoped Ref part = oz_io_call1(t, a[0], OZ_NAME(t, read), oz_int(OZ_IO_BUFFER));
        if (!part)
            return NULL;
        ByteArray *out = (ByteArray *)all;
        if (part == OZ_NONE && out->length == 0)
            return OZ_NONE;
        const Bytes *b = part == OZ_NONE ? NULL : oz_as_bytes(part);
        if (!b && part != OZ_NONE)
            return oz_raise(t, OZ_TypeError, "read() should return bytes");
        size_t n = b ? oz_bytes_length(b) : 0;
        if (n == 0)
            return oz_bytes_new(t, out->length ? out->start : (const uint8_t *)"", out->length);
        if (!oz_bytearray_append(t, out, oz_bytes_data(b), n) || !oz_poll(t))
            return NULL;
    }
    return NULL;
}

OZ_METHOD(raw_io_base, readinto, "($self, buffer, /)", "Read into a writable buffer.")
{
    return oz_raise_object(t, (Obj)t->vm->errors[OZ_NotImplementedError], NULL);
}

OZ_METHOD(raw_io_base, write, "($self, b, /)", "Write bytes; return how many were written.")
{
    return oz_raise_object(t, (Obj)t->vm->errors[OZ_NotImplementedError], NULL);
}

const TypeDef oz_raw_io_base_type = {
    .id = OZ_RAW_IO_BASE,
    .base = OZ_IO_BASE,
    .name = "_io._RawIOBase",
    .doc = "Base class of files without a buffer: each call is a call of the system.",
    .size = sizeof(IoBase),
    .flags = OZ_TYPE_WEAKREF,
    .dict_offset = offsetof(IoBase, dict),
    .visit = io_base_visit,
    .clear = io_base_clear,
    .make = &io_base_new_,
    .methods = OZ_METHODS(&raw_io_base_read, &raw_io_base_readall, &raw_io_base_readinto,
                          &raw_io_base_write),
};

/* A method that classes of files may have: here it raises UnsupportedOperation. */
#define UNSUPPORTED(type, method, signature, doc)                                                  \
    OZ_METHOD(type, method, signature, doc)                                                        \
    {                                                                                              \
        return oz_io_unsupported(t, #method);                                                      \
    }

/* ---- _BufferedIOBase ---- */

/* readinto() by read() or read1(). */
static Ref read_into(Thread *t, const Obj *a, const char *name, Obj method)
{
    scoped_buffer view = {0};
    if (!oz_io_target(t, name, a[1], &view))
        return NULL;
    scoped Ref data = oz_io_call1(t, a[0], method, oz_int((int64_t)view.length));
    if (!data)
        return NULL;
    const Bytes *b = oz_as_bytes(data);
    if (!b)
        return oz_raise(t, OZ_TypeError, "read() should return bytes");
    size_t n = oz_bytes_length(b);
    if (n > view.length)
        return oz_raise(t, OZ_ValueError,
                        "read() returned too much data: %zu bytes requested, %zu returned",
                        view.length, n);
    if (n)
        memcpy(view.data, oz_bytes_data(b), n);
    return oz_int((int64_t)n);
}

OZ_METHOD(buffered_io_base, readinto, "($self, buffer, /)", "Read into a writable buffer.")
{
    return read_into(t, a, "readinto", OZ_NAME(t, read));
}

OZ_METHOD(buffered_io_base, readinto1, "($self, buffer, /)",
          "Read into a writable buffer, with at most one call of the raw file.")
{
    return read_into(t, a, "readinto1", OZ_NAME(t, read1));
}

UNSUPPORTED(buffered_io_base, read, "($self, size=-1, /)",
            "Read up to `size` bytes, or everything.")
UNSUPPORTED(buffered_io_base, read1, "($self, size=-1, /)",
            "Read up to `size` bytes with at most one call of the raw file.")
UNSUPPORTED(buffered_io_base, write, "($self, b, /)", "Write bytes; return their number.")
UNSUPPORTED(buffered_io_base, detach, "($self, /)", "Give the raw file away; this one is unusable.")

const TypeDef oz_buffered_io_base_type = {
    .id = OZ_BUFFERED_IO_BASE,
    .base = OZ_IO_BASE,
    .name = "_io._BufferedIOBase",
    .doc = "Base class of files with a buffer: read() gives as much as was asked for, unless the "
           "file ends.",
    .size = sizeof(IoBase),
    .flags = OZ_TYPE_WEAKREF,
    .dict_offset = offsetof(IoBase, dict),
    .visit = io_base_visit,
    .clear = io_base_clear,
    .make = &io_base_new_,
    .methods =
        OZ_METHODS(&buffered_io_base_readinto, &buffered_io_base_readinto1, &buffered_io_base_read,
                   &buffered_io_base_read1, &buffered_io_base_write, &buffered_io_base_detach),
};

/* ---- _TextIOBase ---- */

UNSUPPORTED(text_io_base, read, "($self, size=-1, /)",
            "Read up to `size` characters, or everything.")
UNSUPPORTED(text_io_base, readline, "($self, size=-1, /)",
            "Read up to the end of a line; '' at the end of the file.")
UNSUPPORTED(text_io_base, write, "($self, text, /)", "Write a str; return its length.")
UNSUPPORTED(text_io_base, detach, "($self, /)", "Give the buffer away; this file is unusable.")

static Ref get_none(Thread *t OZ_UNUSED, Obj file OZ_UNUSED)
{
    return OZ_NONE;
}

const TypeDef oz_text_io_base_type = {
    .id = OZ_TEXT_IO_BASE,
    .base = OZ_IO_BASE,
    .name = "_io._TextIOBase",
    .doc = "Base class of files of text: characters and lines instead of bytes.",
    .size = sizeof(IoBase),
    .flags = OZ_TYPE_WEAKREF,
    .dict_offset = offsetof(IoBase, dict),
    .visit = io_base_visit,
    .clear = io_base_clear,
    .make = &io_base_new_,
    .methods = OZ_METHODS(&text_io_base_read, &text_io_base_readline, &text_io_base_write,
                          &text_io_base_detach),
    .getsets = OZ_GETSETS({"encoding", get_none, NULL, "The name of the encoding."},
                          {"newlines", get_none, NULL, "The newlines that were read so far."},
                          {"errors", get_none, NULL, "What happens to errors of the encoding."}),
};
