// SPDX-License-Identifier: MIT
// Running data through a compression library.
//
// A library is called with pieces of 64 KiB of input and up to 1 MiB of room, so that signals are
// heeded between them.  Polls run Python code, which may use the same object: so nothing of a run
// lies in the object while it is under way, and the library's stream is told its pointers anew
// before each call.
#include "modules/stream.h"

#include "types/bytes.h"
#include "types/int.h"

#include <string.h>

enum { FIRST_ROOM = 16384 };

/* ---- output ---- */

typedef struct Output {
    Thread *t;
    uint8_t *data; /* a block */
    size_t length, capacity;
    ssize_t most;
} Output;

static void output_fini(Output *o)
{
    oz_block_free(o->data);
}

/* Room for at least one byte more. */
static bool output_grow(Output *o, size_t first)
{
    if (o->length < o->capacity)
        return true;
    size_t capacity = o->capacity ? o->capacity * 2 : first;
    if (o->most >= 0 && capacity > (size_t)o->most)
        capacity = (size_t)o->most;
    uint8_t *data = oz_block_realloc(o->t->heap, o->data, capacity ? capacity : 1);
    if (!data)
        return oz_raise_memory(o->t) != NULL;
    o->data = data;
    o->capacity = capacity;
    return true;
}

Ref oz_stream_run(Thread *t, StreamWork *work, void *stream, Run *run)
{
    __attribute__((cleanup(output_fini))) Output o = {.t = t, .most = run->most};
    size_t first = run->first ? run->first : FIRST_ROOM;
    if (run->most == 0) {
        run->full = true;
        return oz_bytes_new(t, "", 0);
    }
    for (;;) {
        if (!output_grow(&o, first))
            return NULL;
        size_t in = run->in_left < OZ_PIECE ? run->in_left : OZ_PIECE;
        size_t room = o.capacity - o.length;
        if (room > 16 * OZ_PIECE)
            room = 16 * OZ_PIECE;
        Piece piece = {run->in, in, o.data + o.length, room, in == run->in_left};
        if (run->lock)
            oz_lock_take_deaf(t, run->lock);
        StreamStep step = work(t, stream, &piece);
        if (run->lock)
            oz_lock_give(run->lock);
        if (step == OZ_STEP_RAISED)
            return NULL;
        run->in += in - piece.in_left;
        run->in_left -= in - piece.in_left;
        o.length += room - piece.out_left;
        run->ended = step == OZ_STEP_END;
        run->full = o.most >= 0 && o.length == (size_t)o.most;
        if (run->ended || run->full || (!run->in_left && piece.out_left))
            return oz_bytes_new(t, o.data, o.length);
        if (!oz_poll(t))
            return NULL;
    }
}

/* ---- memory ---- */

void *oz_stream_alloc(void *opaque, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    Thread *t = opaque;
    bool away = t && t->detached;
    if (away)
        oz_attach(t);
    void *block = oz_block_alloc(oz_thread()->heap, bytes ? bytes : 1);
    if (away)
        oz_detach(t);
    return block;
}

voidpf oz_zlib_alloc(voidpf opaque, uInt count, uInt size)
{
    return oz_stream_alloc(opaque, count, size);
}

void oz_stream_free(void *opaque, void *block)
{
    Thread *t = opaque;
    bool away = t && t->detached;
    if (away)
        oz_attach(t);
    oz_block_free(block);
    if (away)
        oz_detach(t);
}

/* ---- compressors ---- */

Ref oz_stream_compress(Thread *t, StreamWork *work, void *stream, LockWord *lock, bool flushed,
                       Obj data)
{
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, data, &view))
        return NULL;
    if (flushed)
        return oz_raise(t, OZ_ValueError, "Compressor has been flushed");
    Run run = {.in = view.data, .in_left = view.length, .most = -1, .lock = lock};
    return oz_stream_run(t, work, stream, &run);
}

Ref oz_stream_flush(Thread *t, StreamWork *work, void *stream, LockWord *lock, bool *flushed)
{
    if (*flushed)
        return oz_raise(t, OZ_ValueError, "Repeated call to flush()");
    *flushed = true;
    Run run = {.in = (const uint8_t *)"", .most = -1, .lock = lock};
    return oz_stream_run(t, work, stream, &run);
}

/* ---- decompressors that hold input back ---- */

void oz_decoder_init(Thread *t, HeldDecoder *d)
{
    oz_store_new(&d->base, &d->unused_data, oz_retain(t->vm->empty_bytes));
    d->needs_input = true;
}

void oz_decoder_visit(const Object *o, Visitor *v)
{
    oz_visit(v, ((const HeldDecoder *)o)->unused_data, "unused_data", -1);
}

void oz_decoder_clear(Thread *t OZ_UNUSED, Object *o)
{
    oz_clear(&((HeldDecoder *)o)->unused_data);
}

Ref oz_decoder_eof(Thread *t OZ_UNUSED, Obj self)
{
    return oz_bool(((const HeldDecoder *)self)->eof);
}

Ref oz_decoder_needs_input(Thread *t OZ_UNUSED, Obj self)
{
    return oz_bool(((const HeldDecoder *)self)->needs_input);
}

/* What waits and then `data`, as one block; *block is NULL where data is all there is. */
static bool join_input(Thread *t, HeldDecoder *d, const Buffer *data, Run *run, uint8_t **block)
{
    *block = d->waiting;
    run->in = data->data;
    run->in_left = data->length;
    if (!d->waiting)
        return true;
    uint8_t *joined = oz_block_realloc(t->heap, d->waiting, d->waiting_length + data->length);
    if (!joined) {
        *block = NULL;
        return oz_raise_memory(t) != NULL;
    }
    memcpy(joined + d->waiting_length, data->data, data->length);
    *block = joined;
    run->in = joined;
    run->in_left = d->waiting_length + data->length;
    d->waiting = NULL;
    d->waiting_length = 0;
    return true;
}

/* Keep what is left of the input for the next call. */
static bool keep_input(Thread *t, HeldDecoder *d, const Run *run)
{
    uint8_t *kept = oz_block_alloc(t->heap, run->in_left);
    if (!kept)
        return oz_raise_memory(t) != NULL;
    memcpy(kept, run->in, run->in_left);
    oz_block_free(d->waiting);
    d->waiting = kept;
    d->waiting_length = run->in_left;
    return true;
}

static bool settle(Thread *t, HeldDecoder *d, const Run *run, bool hidden)
{
    d->eof = run->ended;
    d->needs_input = !run->ended && !run->in_left && !(hidden && run->full);
    if (!run->in_left)
        return true;
    if (!run->ended)
        return keep_input(t, d, run);
    Ref rest = oz_bytes_new(t, run->in, run->in_left);
    if (rest)
        oz_store(&d->base, &d->unused_data, rest);
    return rest != NULL;
}

Ref oz_decoder_run(Thread *t, HeldDecoder *d, StreamWork *work, Obj data, Obj max_length,
                   bool hidden)
{
    scoped_buffer view = {0};
    Run run = {.lock = &d->lock};
    uint8_t *block;
    if (!oz_buffer_open(t, data, &view) || !oz_as_size_argument(t, max_length, &run.most))
        return NULL;
    if (run.most < 0)
        run.most = -1;
    if (!join_input(t, d, &view, &run, &block))
        return NULL;
    scoped Ref made = oz_stream_run(t, work, d, &run);
    bool settled = made && settle(t, d, &run, hidden);
    oz_block_free(block);
    return settled ? oz_move(&made) : NULL;
}

/* ---- numbers ---- */

bool oz_low_word(Thread *t, Obj v, uint32_t *word)
{
    scoped Ref n = oz_index(t, v);
    scoped Ref low = n ? oz_int_and(t, n, oz_int(UINT32_MAX)) : NULL;
    if (low)
        *word = (uint32_t)oz_int_value(low);
    return low != NULL;
}

bool oz_uint64_argument(Thread *t, Obj v, uint64_t *n)
{
    if (!oz_as_exact_int(v) && !oz_class_of(v)->slots->index)
        return oz_fail(t, OZ_TypeError, "an integer is required");
    scoped Ref exact = oz_index(t, v);
    if (!exact)
        return false;
    if (oz_int_sign(exact) < 0)
        return oz_fail(t, OZ_OverflowError, "can't convert negative int to unsigned");
    if (oz_int_bits(exact) > 64)
        return oz_fail(t, OZ_OverflowError, "int too big to convert");
    return oz_as_uint64(t, exact, n);
}

#define CHUNK ((size_t)1 << 20) /* checksums are fast: bytes between two polls */

bool oz_checksum(Thread *t, Checksum *function, Obj data, uint32_t *sum)
{
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, data, &view))
        return false;
    uLong value = *sum;
    for (size_t at = 0; at < view.length; at += CHUNK) {
        size_t left = view.length - at;
        const uint8_t *data_at = view.data + at;
        uInt n = (uInt)(left < CHUNK ? left : CHUNK);
        value = n < OZ_WORTH_DETACHING ? function(value, data_at, n)
                                       : OZ_DETACHED(t, function(value, data_at, n));
        if (!oz_poll(t))
            return false;
    }
    *sum = (uint32_t)value;
    return true;
}
