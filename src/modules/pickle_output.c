// SPDX-License-Identifier: MIT
// The output of a pickler: a block that grows, cut into frames and chunks.
//
// From protocol 4 on opcodes lie in frames of 64 KiB or a little more; large bytes and texts lie
// between them.  A frame is opened by the first byte that goes into it: while none is open,
// p->limit is p->at, so that the next byte takes the slow way.  With a file, what is complete is
// written; for dumps() it is put aside in chunks, which are freed one by one when the result is put
// together, so that there are hardly ever two copies of it.
//
// I1. data <= at <= limit <= data + capacity; an open frame starts behind data.
// I2. Chunks hold whole opcodes.
#include "modules/pickle.h"

#include <limits.h>
#include <string.h>

enum { FRAME_HEADER = 9, FRAME_LEAST = 4, FRAME_SIZE = 64 << 10, CHUNK_SIZE = 160 << 10 };
enum { FIRST_ROOM = 240 };

/* Where the next opcode asks for oz_pickle_boundary. */
static void set_boundary(Pickler *p)
{
    uint8_t *never = (uint8_t *)UINTPTR_MAX;
    if (!p->data)
        p->boundary = never;
    else if (p->framing)
        p->boundary = p->frame < 0 ? never : p->data + p->frame + FRAME_HEADER + FRAME_SIZE;
    else
        p->boundary = p->write ? never : p->data + CHUNK_SIZE;
}

void oz_pickle_output_start(Pickler *p)
{
    p->at = p->limit = p->data;
    p->frame = -1;
    p->framing = false;
    if (p->data)
        p->limit = p->data + p->capacity;
    set_boundary(p);
}

static void drop_chunks(Pickler *p)
{
    PickleChunk *chunks = p->chunks;
    size_t count = p->chunk_count;
    p->chunks = NULL;
    p->chunk_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!chunks[i].owner)
            oz_block_free(chunks[i].data);
        oz_drop(chunks[i].owner);
    }
    oz_block_free(chunks);
}

void oz_pickle_output_clear(Pickler *p)
{
    uint8_t *data = p->data;
    p->data = NULL;
    p->capacity = 0;
    oz_pickle_output_start(p);
    oz_block_free(data);
    drop_chunks(p);
}

/* Room for `size` more bytes in the block. */
static bool grow(Thread *t, Pickler *p, size_t size)
{
    size_t length = (size_t)(p->at - p->data);
    if (p->capacity - length >= size)
        return true;
    size_t least = length + size;
    if (OZ_UNLIKELY(least < size || least > SSIZE_MAX / 4))
        return oz_raise_memory(t) != NULL;
    size_t capacity = p->capacity < FIRST_ROOM ? FIRST_ROOM : p->capacity + p->capacity / 2;
    if (p->chunk_count && capacity < CHUNK_SIZE + CHUNK_SIZE / 4)
        capacity = CHUNK_SIZE + CHUNK_SIZE / 4; /* as much as the last one, it seems */
    if (capacity < least)
        capacity = least;
    uint8_t *data = oz_block_realloc(t->heap, p->data, capacity);
    if (!data)
        return oz_raise_memory(t) != NULL;
    p->data = data;
    p->at = data + length;
    p->capacity = capacity;
    return true;
}

bool oz_pickle_room_slow(Thread *t, Pickler *p, size_t size)
{
    bool opens = p->framing && p->frame < 0;
    if (!grow(t, p, size + (opens ? FRAME_HEADER : 0)))
        return false;
    if (opens) {
        p->frame = p->at - p->data;
        p->at += FRAME_HEADER;
    }
    p->limit = p->data + p->capacity;
    set_boundary(p);
    return true;
}

bool oz_pickle_write(Thread *t, Pickler *p, const void *data, size_t length)
{
    if (!oz_pickle_room(t, p, length))
        return false;
    memcpy(p->at, data, length);
    p->at += length;
    return true;
}

bool oz_pickle_put_number(Thread *t, Pickler *p, uint8_t opcode, uint64_t n, size_t size)
{
    uint8_t out[9] = {opcode};
    memcpy(out + 1, &n, sizeof n);
    return oz_pickle_write(t, p, out, 1 + size);
}

/* ---- frames ---- */

static void end_frame(Pickler *p)
{
    if (p->frame < 0)
        return;
    uint8_t *header = p->data + p->frame;
    uint64_t length = (uint64_t)(p->at - header - FRAME_HEADER);
    if (length >= FRAME_LEAST) {
        header[0] = OZ_PK_FRAME;
        memcpy(header + 1, &length, sizeof length);
    } else {
        memmove(header, header + FRAME_HEADER, length);
        p->at -= FRAME_HEADER;
    }
    p->frame = -1;
    p->limit = p->at;
    set_boundary(p);
}

/* ---- complete output ---- */

static bool add_chunk(Thread *t, Pickler *p, PickleChunk chunk)
{
    PickleChunk *more =
        oz_block_realloc(t->heap, p->chunks, (p->chunk_count + 1) * sizeof *p->chunks);
    if (!more)
        return oz_raise_memory(t) != NULL;
    p->chunks = more;
    more[p->chunk_count++] = chunk;
    return true;
}

/* Put what is in the block aside. */
static bool end_chunk(Thread *t, Pickler *p)
{
    if (p->at == p->data)
        return true;
    PickleChunk chunk = {p->data, (size_t)(p->at - p->data), NULL};
    if (!add_chunk(t, p, chunk))
        return false;
    bool framing = p->framing;
    p->data = NULL;
    p->capacity = 0;
    oz_pickle_output_start(p);
    p->framing = framing;
    set_boundary(p);
    return true;
}

static bool write_object(Thread *t, Pickler *p, Obj bytes)
{
    scoped Ref result = oz_call1(t, p->write, bytes);
    return result != NULL;
}

/* Write what is in the block to the file. */
static bool flush(Thread *t, Pickler *p)
{
    if (p->at == p->data)
        return true;
    scoped Ref bytes = oz_bytes_new(t, p->data, (size_t)(p->at - p->data));
    if (!bytes)
        return false;
    p->at = p->data;
    p->limit = p->framing ? p->at : p->data + p->capacity;
    return write_object(t, p, bytes);
}

bool oz_pickle_boundary(Thread *t, Pickler *p)
{
    if (p->frame >= 0) {
        end_frame(p);
        if (p->write)
            return flush(t, p);
    }
    return p->write || p->at - p->data < CHUNK_SIZE || end_chunk(t, p);
}

static bool write_large(Thread *t, Pickler *p, const void *data, size_t length, Obj owner)
{
    scoped Ref bytes = owner ? oz_retain(owner) : oz_bytes_new(t, data, length);
    if (!bytes)
        return false;
    if (p->write)
        return flush(t, p) && write_object(t, p, bytes);
    if (!end_chunk(t, p))
        return false;
    PickleChunk chunk = {oz_bytes_data((const Bytes *)bytes), length, bytes};
    if (!add_chunk(t, p, chunk))
        return false;
    oz_track(&p->base, bytes);
    bytes = NULL; /* the chunk has it */
    return true;
}

bool oz_pickle_write_bytes(Thread *t, Pickler *p, const void *header, size_t header_size,
                           const void *data, size_t length, Obj owner)
{
    if (length < FRAME_SIZE) {
        if (!oz_pickle_room(t, p, header_size + length))
            return false;
        memcpy(p->at, header, header_size);
        p->at += header_size;
        return oz_pickle_write(t, p, data, length);
    }
    bool framing = p->framing;
    end_frame(p);
    p->framing = false;
    bool done = oz_pickle_room_slow(t, p, header_size) &&
                oz_pickle_write(t, p, header, header_size) &&
                write_large(t, p, data, length, owner);
    p->framing = framing;
    if (framing)
        p->limit = p->at;
    set_boundary(p);
    return done;
}

static Ref joined(Thread *t, Pickler *p)
{
    size_t length = (size_t)(p->at - p->data);
    for (size_t i = 0; i < p->chunk_count; i++)
        length += p->chunks[i].length;
    Ref bytes = oz_bytes_alloc(t, length);
    if (!bytes)
        return NULL;
    uint8_t *out = oz_bytes_data((const Bytes *)bytes);
    for (size_t i = 0; i < p->chunk_count; i++) {
        PickleChunk *chunk = &p->chunks[i];
        memcpy(out, chunk->data, chunk->length);
        out += chunk->length;
        if (!chunk->owner)
            oz_block_free(chunk->data);
        chunk->data = NULL;
    }
    if (p->data)
        memcpy(out, p->data, (size_t)(p->at - p->data));
    drop_chunks(p);
    return bytes;
}

Ref oz_pickle_output_end(Thread *t, Pickler *p)
{
    end_frame(p);
    if (p->write)
        return flush(t, p) ? OZ_NONE : NULL;
    return p->chunk_count ? joined(t, p) : oz_bytes_new(t, p->data, (size_t)(p->at - p->data));
}
