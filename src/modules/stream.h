// SPDX-License-Identifier: MIT
// What zlib, bz2 and lzma have in common: bytes go in by pieces, bytes come out into room that
// grows.
#ifndef OZ_MODULES_STREAM_H
#define OZ_MODULES_STREAM_H

#include "modules/object_lock.h"
#include "types/buffer.h"

#include <zlib.h>

/* One call of a library: what it may read and write, and after it what is left of both. */
typedef struct Piece {
    const uint8_t *in;
    size_t in_left; /* at most OZ_PIECE */
    uint8_t *out;
    size_t out_left; /* at most 16 times OZ_PIECE */
    bool last;       /* nothing follows this input */
} Piece;
#define OZ_PIECE ((size_t)65536) /* bytes between two polls */

typedef enum StreamStep { OZ_STEP_MORE, OZ_STEP_END, OZ_STEP_RAISED } StreamStep;
typedef StreamStep StreamWork(Thread *t, void *stream, Piece *piece);

typedef struct Run {
    const uint8_t *in; /* what is left of the input: moves on */
    size_t in_left;
    size_t first;   /* room to begin with; 0: the usual */
    ssize_t most;   /* bytes that may come out; -1: any number */
    LockWord *lock; /* of the object that has the stream; NULL: nobody else knows it */
    bool ended;     /* the work said OZ_STEP_END */
    bool full;      /* `most` bytes have come out */
} Run;

/* Work until the input is used up and has come out, or the end or `most` is reached: bytes.  Polls;
 * a handler that uses the same stream meanwhile mixes its data up, no more. */
Ref oz_stream_run(Thread *t, StreamWork *work, void *stream, Run *run) OZ_CHECKED;

/* The libraries' memory is the VM's, so that limits hold for it: functions for their streams.
 * `opaque` is the thread in OZ_STREAM_WORK, which is detached, else NULL. */
void *oz_stream_alloc(void *opaque, size_t count, size_t size);
void oz_stream_free(void *opaque, void *block);
/* A library's call for a piece, detached if that is worth it; `opaque` is the stream's. */
#define OZ_STREAM_WORK(t, piece, opaque, call)                                                     \
    ({                                                                                             \
        (opaque) = (t);                                                                            \
        __typeof__(call) stream_value =                                                            \
            (piece)->in_left < OZ_WORTH_DETACHING && (piece)->out_left < 16 * OZ_WORTH_DETACHING   \
                ? (call)                                                                           \
                : OZ_DETACHED(t, call);                                                            \
        (opaque) = NULL;                                                                           \
        stream_value;                                                                              \
    })
voidpf oz_zlib_alloc(voidpf opaque, uInt count, uInt size);

/* BZ2Compressor and LZMACompressor: compress(data), and flush(), which is the last call. */
Ref oz_stream_compress(Thread *t, StreamWork *work, void *stream, LockWord *lock, bool flushed,
                       Obj data) OZ_CHECKED;
Ref oz_stream_flush(Thread *t, StreamWork *work, void *stream, LockWord *lock,
                    bool *flushed) OZ_CHECKED;

/* What BZ2Decompressor and LZMADecompressor begin with. */
typedef struct HeldDecoder {
    Object base;
    Ref unused_data;       /* [object] bytes after the end */
    uint8_t *waiting;      /* [object] a block: input that `most` has held back */
    size_t waiting_length; /* [object] */
    bool eof;              /* [object] */
    bool needs_input;      /* [object] */
    LockWord lock;         /* [atomic] of the library's stream */
} HeldDecoder;

void oz_decoder_init(Thread *t, HeldDecoder *decoder);
void oz_decoder_visit(const Object *o, Visitor *v);
void oz_decoder_clear(Thread *t, Object *o);
Ref oz_decoder_eof(Thread *t, Obj decoder);
Ref oz_decoder_needs_input(Thread *t, Obj decoder);
#define OZ_DECODER_GETSETS                                                                         \
    {"eof", oz_decoder_eof, NULL, "has the end of the data been seen?"},                           \
    {                                                                                              \
        "needs_input", oz_decoder_needs_input, NULL,                                               \
            "is there nothing more to come without more input?"                                    \
    }
#define OZ_DECODER_MEMBERS                                                                         \
    OZ_MEMBERS({"unused_data", offsetof(HeldDecoder, unused_data), OZ_MEMBER_READONLY,             \
                "what followed the end of the compressed data"})
/* decompress(data, max_length), work being given the decoder.  `hidden`: the library may hold
 * output back when its input is used up and the room full. */
Ref oz_decoder_run(Thread *t, HeldDecoder *decoder, StreamWork *work, Obj data, Obj max_length,
                   bool hidden) OZ_CHECKED;

/* A checksum of zlib over a bytes-like object, going on from *sum.  Polls. */
typedef uLong Checksum(uLong sum, const Bytef *data, uInt length);
bool oz_checksum(Thread *t, Checksum *function, Obj data, uint32_t *sum) OZ_CHECKED;
/* The low 32 bits of an int of any size. */
bool oz_low_word(Thread *t, Obj v, uint32_t *word) OZ_CHECKED;
/* A C int that is not negative to the library: uint64, with CPython's messages. */
bool oz_uint64_argument(Thread *t, Obj v, uint64_t *n) OZ_CHECKED;

#endif
