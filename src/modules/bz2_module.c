// SPDX-License-Identifier: MIT
// The module _bz2: compression by libbz2, which is opened at the first use.
#include "modules/library.h"
#include "modules/native_type.h"
#include "modules/stream.h"
#include "types/bytes.h"

#include <bzlib.h>

// clang-format off
#define BZIP(F)                                                                                    \
    F(BZ2_bzCompressInit) F(BZ2_bzCompress) F(BZ2_bzCompressEnd)                                   \
    F(BZ2_bzDecompressInit) F(BZ2_bzDecompress) F(BZ2_bzDecompressEnd)
// clang-format on
OZ_LIBRARY_TYPE(Bzip, BZIP);
static OZ_LIBRARY_GET(Bzip, library, BZIP, "libbz2.so.1.0", "libbz2-1.0")

    static void *allocate(void *opaque, int count, int size)
{
    return oz_stream_alloc(opaque, (size_t)count, (size_t)size);
}

#define STREAM                                                                                     \
    {                                                                                              \
        .bzalloc = allocate, .bzfree = oz_stream_free                                              \
    }

/* Raise what a result of the library stands for, if it is a failure. */
static bool check(Thread *t, int code)
{
    switch (code) {
    case BZ_OK:
    case BZ_RUN_OK:
    case BZ_FLUSH_OK:
    case BZ_FINISH_OK:
    case BZ_STREAM_END:
        return true;
    case BZ_PARAM_ERROR:
        return oz_fail(t, OZ_ValueError, "Internal error - invalid parameters passed to libbzip2");
    case BZ_MEM_ERROR:
        return oz_raise_memory(t) != NULL;
    case BZ_DATA_ERROR:
    case BZ_DATA_ERROR_MAGIC:
        return oz_fail(t, OZ_OSError, "Invalid data stream");
    case BZ_IO_ERROR:
        return oz_fail(t, OZ_OSError, "Unknown I/O error");
    case BZ_UNEXPECTED_EOF:
        return oz_fail(t, OZ_EOFError,
                       "Compressed file ended before the logical end-of-stream was detected");
    case BZ_SEQUENCE_ERROR:
        return oz_fail(t, OZ_RuntimeError,
                       "Internal error - Invalid sequence of commands sent to libbzip2");
    default:
        return oz_fail(t, OZ_OSError, "Unrecognized error from libbzip2: %d", code);
    }
}

static void aim(bz_stream *bz, const Piece *piece)
{
    bz->next_in = (char *)piece->in;
    bz->avail_in = (unsigned)piece->in_left;
    bz->next_out = (char *)piece->out;
    bz->avail_out = (unsigned)piece->out_left;
}

static void note(const bz_stream *bz, Piece *piece)
{
    piece->in_left = bz->avail_in;
    piece->out_left = bz->avail_out;
}

/* ---- BZ2Compressor ---- */

typedef struct Compressor {
    Object base;
    bz_stream bz;  /* [lock] */
    bool flushed;  /* [object] it takes nothing more */
    LockWord lock; /* [atomic] */
} Compressor;

static void compressor_free(Thread *t, Object *o)
{
    Compressor *self = (Compressor *)o;
    if (self->bz.state)
        library(t)->BZ2_bzCompressEnd(&self->bz);
}

OZ_NEW(compressor, "($type, compresslevel=9, /)")
{
    int level;
    const Bzip *bzip = library(t);
    if (!bzip || !oz_as_int(t, a[1], &level))
        return NULL;
    if (level < 1 || level > 9)
        return oz_raise(t, OZ_ValueError, "compresslevel must be between 1 and 9");
    Compressor *self = oz_instance_new(t, (Class *)a[0], 0);
    scoped Ref made = (Ref)self;
    if (self)
        self->bz = (bz_stream)STREAM;
    if (!self || !check(t, bzip->BZ2_bzCompressInit(&self->bz, level, 0, 0)))
        return NULL;
    return oz_move(&made);
}

static StreamStep compress_piece(Thread *t, void *stream, Piece *piece)
{
    bz_stream *bz = stream;
    if (!piece->in_left)
        return OZ_STEP_MORE; /* the library calls it a mistake */
    aim(bz, piece);
    const Bzip *bzip = library(t);
    int code = OZ_STREAM_WORK(t, piece, bz->opaque, bzip->BZ2_bzCompress(bz, BZ_RUN));
    note(bz, piece);
    return check(t, code) ? OZ_STEP_MORE : OZ_STEP_RAISED;
}

static StreamStep finish_piece(Thread *t, void *stream, Piece *piece)
{
    bz_stream *bz = stream;
    aim(bz, piece);
    const Bzip *bzip = library(t);
    int code = OZ_STREAM_WORK(t, piece, bz->opaque, bzip->BZ2_bzCompress(bz, BZ_FINISH));
    note(bz, piece);
    if (!check(t, code))
        return OZ_STEP_RAISED;
    return code == BZ_STREAM_END ? OZ_STEP_END : OZ_STEP_MORE;
}

OZ_METHOD(compressor, compress, "($self, data, /)",
          "Take more input; return what of the output is ready.")
{
    Compressor *self = (Compressor *)a[0];
    return oz_stream_compress(t, compress_piece, &self->bz, &self->lock, self->flushed, a[1]);
}

OZ_METHOD(compressor, flush, "($self, /)",
          "Return the rest of the output; the compressor takes nothing more.")
{
    Compressor *self = (Compressor *)a[0];
    return oz_stream_flush(t, finish_piece, &self->bz, &self->lock, &self->flushed);
}

const TypeDef oz_bz2_compressor_type = {
    .id = OZ_BZ2_COMPRESSOR,
    .name = "_bz2.BZ2Compressor",
    .doc = "A compressor that takes its input by pieces; compresslevel is 1 to 9.",
    .size = sizeof(Compressor),
    .flags = OZ_TYPE_FINAL,
    .free = compressor_free,
    .make = &compressor_new_,
    .methods = OZ_METHODS(&compressor_compress, &compressor_flush),
};

/* ---- BZ2Decompressor ---- */

typedef struct Decompressor {
    HeldDecoder decoder; /* [object] */
    bz_stream bz;        /* [object] */
    bool failed;         /* [object] the data was wrong */
} Decompressor;

static void decompressor_free(Thread *t, Object *o)
{
    Decompressor *self = (Decompressor *)o;
    oz_block_free(self->decoder.waiting);
    if (self->bz.state)
        library(t)->BZ2_bzDecompressEnd(&self->bz);
}

OZ_NEW(decompressor, "($type, /)")
{
    const Bzip *bzip = library(t);
    Decompressor *self = bzip ? oz_instance_new(t, (Class *)a[0], 0) : NULL;
    scoped Ref made = (Ref)self;
    if (!self)
        return NULL;
    oz_decoder_init(t, &self->decoder);
    self->bz = (bz_stream)STREAM;
    return check(t, bzip->BZ2_bzDecompressInit(&self->bz, 0, 0)) ? oz_move(&made) : NULL;
}

static StreamStep decompress_piece(Thread *t, void *stream, Piece *piece)
{
    Decompressor *self = stream;
    aim(&self->bz, piece);
    const Bzip *bzip = library(t);
    bz_stream *bz = &self->bz;
    int code = OZ_STREAM_WORK(t, piece, bz->opaque, bzip->BZ2_bzDecompress(bz));
    note(&self->bz, piece);
    if (!check(t, code)) {
        self->failed = true; /* the library's state is not to be used again */
        self->decoder.needs_input = false;
        return OZ_STEP_RAISED;
    }
    return code == BZ_STREAM_END ? OZ_STEP_END : OZ_STEP_MORE;
}

OZ_METHOD(decompressor, decompress, "($self, /, data, max_length=-1)",
          "Take more input; return what of the output is ready.\n\nIf max_length is not negative, "
          "at most so many bytes; what is held back comes with the next calls.")
{
    Decompressor *self = (Decompressor *)a[0];
    if (self->decoder.eof)
        return oz_raise(t, OZ_EOFError, "End of stream already reached");
    if (self->failed)
        return oz_raise(t, OZ_ValueError, "Decompressor is unusable after a previous error");
    return oz_decoder_run(t, &self->decoder, decompress_piece, a[1], a[2], false);
}

const TypeDef oz_bz2_decompressor_type = {
    .id = OZ_BZ2_DECOMPRESSOR,
    .name = "_bz2.BZ2Decompressor",
    .doc = "A decompressor that takes its input by pieces.",
    .size = sizeof(Decompressor),
    .flags = OZ_TYPE_FINAL,
    .visit = oz_decoder_visit,
    .clear = oz_decoder_clear,
    .free = decompressor_free,
    .make = &decompressor_new_,
    .methods = OZ_METHODS(&decompressor_decompress),
    .getsets = OZ_GETSETS(OZ_DECODER_GETSETS),
    .members = OZ_DECODER_MEMBERS,
};

static const uint32_t bz2_types[] = {OZ_BZ2_COMPRESSOR, OZ_BZ2_DECOMPRESSOR, 0};

const ModuleDef oz_bz2_module = {
    .name = "_bz2",
    .types = bz2_types,
};
