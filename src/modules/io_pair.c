// SPDX-License-Identifier: MIT
// BufferedRWPair: a reader and a writer as one file, for raw files that are two ends (pipes,
// sockets).
#include "modules/io.h"

#define PAIR_REFS(REF)                                                                             \
    REF(reader) /* BufferedReader, or empty */                                                     \
    REF(writer) /* BufferedWriter, or empty */

typedef struct BufferedPair {
    IoBase io;
    PAIR_REFS(OZ_FIELD)
} BufferedPair;

static void buffered_pair_visit(const Object *object, Visitor *v)
{
    const BufferedPair *self = (const BufferedPair *)object;
    oz_visit(v, self->io.dict, "dict", -1);
    PAIR_REFS(OZ_VISIT)
}

static void buffered_pair_clear(Thread *t OZ_UNUSED, Object *object)
{
    BufferedPair *self = (BufferedPair *)object;
    oz_clear(&self->io.dict);
    PAIR_REFS(OZ_CLEAR)
}

OZ_NEW(buffered_pair, "($type, /, *args, **kwargs)")
{
    return (Ref)oz_instance_new(t, (Class *)a[0], 0);
}

OZ_INIT(buffered_pair, "($self, reader, writer, buffer_size=8192, /)")
{
    BufferedPair *self = (BufferedPair *)a[0];
    ssize_t size;
    if (!oz_as_size_argument(t, a[3], &size) || !oz_io_check_readable(t, a[1]) ||
        !oz_io_check_writable(t, a[2]))
        return NULL;
    scoped Ref reader = oz_buffered_new(t, OZ_BUFFERED_READER, a[1], size);
    scoped Ref writer = reader ? oz_buffered_new(t, OZ_BUFFERED_WRITER, a[2], size) : NULL;
    if (!writer)
        return NULL;
    oz_store(&self->io.base, &self->reader, oz_move(&reader));
    oz_store(&self->io.base, &self->writer, oz_move(&writer));
    return OZ_NONE;
}

/* The end that serves a call: a new reference. */
static Ref end_of(Thread *t, Obj pair, bool writing)
{
    const BufferedPair *self = (const BufferedPair *)pair;
    Obj end = writing ? self->writer : self->reader;
    return end ? oz_retain(end)
               : oz_raise(t, OZ_ValueError, "I/O operation on uninitialized object");
}

static Ref pass(Thread *t, Obj pair, bool writing, Obj name, uint32_t count, const Obj *values)
{
    scoped Ref end = end_of(t, pair, writing);
    return end ? oz_call_method(t, end, name, count, values) : NULL;
}

OZ_METHOD(buffered_pair, read, "($self, size=-1, /)", "Read from the reader.")
{
    return pass(t, a[0], false, OZ_NAME(t, read), 1, a + 1);
}

OZ_METHOD(buffered_pair, read1, "($self, size=-1, /)", "Read from the reader, with one call.")
{
    return pass(t, a[0], false, OZ_NAME(t, read1), 1, a + 1);
}

OZ_METHOD(buffered_pair, peek, "($self, size=0, /)", "Look at what the reader has.")
{
    return pass(t, a[0], false, OZ_NAME(t, peek), 1, a + 1);
}

OZ_METHOD(buffered_pair, readinto, "($self, buffer, /)", "Read from the reader into a buffer.")
{
    return pass(t, a[0], false, OZ_NAME(t, readinto), 1, a + 1);
}

OZ_METHOD(buffered_pair, readinto1, "($self, buffer, /)",
          "Read from the reader into a buffer, with one call.")
{
    return pass(t, a[0], false, OZ_NAME(t, readinto1), 1, a + 1);
}

OZ_METHOD(buffered_pair, readable, "($self, /)", "Can the reader be read?")
{
    return pass(t, a[0], false, OZ_NAME(t, readable), 0, NULL);
}

OZ_METHOD(buffered_pair, write, "($self, b, /)", "Write to the writer.")
{
    return pass(t, a[0], true, OZ_NAME(t, write), 1, a + 1);
}

OZ_METHOD(buffered_pair, flush, "($self, /)", "Flush the writer.")
{
    return pass(t, a[0], true, OZ_NAME(t, flush), 0, NULL);
}

OZ_METHOD(buffered_pair, writable, "($self, /)", "Can the writer be written?")
{
    return pass(t, a[0], true, OZ_NAME(t, writable), 0, NULL);
}

OZ_METHOD(buffered_pair, isatty, "($self, /)", "Is one of them a terminal?")
{
    scoped Ref answer = pass(t, a[0], true, OZ_NAME(t, isatty), 0, NULL);
    if (answer != OZ_FALSE)
        return oz_move(&answer);
    return pass(t, a[0], false, OZ_NAME(t, isatty), 0, NULL);
}

OZ_METHOD(buffered_pair, close, "($self, /)", "Close both.")
{
    scoped Ref written = pass(t, a[0], true, OZ_NAME(t, close), 0, NULL);
    scoped Ref first = written ? NULL : oz_exception_take(t);
    scoped Ref result = pass(t, a[0], false, OZ_NAME(t, close), 0, NULL);
    if (first)
        oz_io_chain(t, oz_move(&first));
    return t->exception ? NULL : oz_move(&result);
}

static Ref get_closed(Thread *t, Obj v)
{
    const BufferedPair *self = (const BufferedPair *)v;
    if (!self->writer)
        return oz_raise(t, OZ_RuntimeError, "the BufferedRWPair object is being garbage-collected");
    return oz_get_attr(t, self->writer, OZ_NAME(t, closed));
}

const TypeDef oz_buffered_pair_type = {
    .id = OZ_BUFFERED_PAIR,
    .base = OZ_BUFFERED_IO_BASE,
    .name = "_io.BufferedRWPair",
    .doc = "BufferedRWPair(reader, writer, buffer_size=8192, /)\n\nA raw file to read and another "
           "to write, with buffers, as one file.",
    .size = sizeof(BufferedPair),
    .flags = OZ_TYPE_WEAKREF,
    .dict_offset = offsetof(IoBase, dict),
    .visit = buffered_pair_visit,
    .clear = buffered_pair_clear,
    .make = &buffered_pair_new_,
    .initialise = &buffered_pair_init_,
    .methods = OZ_METHODS(&buffered_pair_read, &buffered_pair_read1, &buffered_pair_peek,
                          &buffered_pair_readinto, &buffered_pair_readinto1,
                          &buffered_pair_readable, &buffered_pair_write, &buffered_pair_flush,
                          &buffered_pair_writable, &buffered_pair_isatty, &buffered_pair_close),
    .getsets = OZ_GETSETS({"closed", get_closed, NULL, "Has the file been closed?"}),
};
