// SPDX-License-Identifier: MIT
// The module zlib: deflate and its checksums, by zlib.
#include "modules/module_errors.h"
#include "modules/native_type.h"
#include "modules/stream.h"
#include "types/bytes.h"

/* ---- errors ---- */

static Ref fail(Thread *t, const z_stream *stream, int code, const char *what)
{
    const char *reason = code == Z_VERSION_ERROR  ? "library version mismatch"
                         : stream->msg            ? stream->msg
                         : code == Z_BUF_ERROR    ? "incomplete or truncated stream"
                         : code == Z_STREAM_ERROR ? "inconsistent stream state"
                         : code == Z_DATA_ERROR   ? "invalid input data"
                                                  : NULL;
    if (!reason)
        return oz_raise_module(t, OZ_ERROR_ZLIB, "Error %d %s", code, what);
    return oz_raise_module(t, OZ_ERROR_ZLIB, "Error %d %s: %s", code, what, reason);
}

static StreamStep fail_step(Thread *t, const z_stream *stream, int code, const char *what)
{
    fail(t, stream, code, what);
    return OZ_STEP_RAISED;
}

/* ---- streams ---- */

#define STREAM                                                                                     \
    {                                                                                              \
        .zalloc = oz_zlib_alloc, .zfree = oz_stream_free                                           \
    }

static void aim(z_stream *z, const Piece *piece)
{
    z->next_in = (Bytef *)piece->in;
    z->avail_in = (uInt)piece->in_left;
    z->next_out = piece->out;
    z->avail_out = (uInt)piece->out_left;
}

static void note(const z_stream *z, Piece *piece)
{
    piece->in += piece->in_left - z->avail_in;
    piece->in_left = z->avail_in;
    piece->out += piece->out_left - z->avail_out;
    piece->out_left = z->avail_out;
}

typedef struct Deflation {
    z_stream *z;
    int flush;        /* after the last of the input */
    const char *what; /* for messages */
} Deflation;

static StreamStep deflate_piece(Thread *t, void *stream, Piece *piece)
{
    Deflation *d = stream;
    aim(d->z, piece);
    z_stream *z = d->z;
    int flush = piece->last ? d->flush : Z_NO_FLUSH;
    int code = OZ_STREAM_WORK(t, piece, z->opaque, deflate(z, flush));
    note(d->z, piece);
    if (code == Z_STREAM_END)
        return OZ_STEP_END;
    if (code != Z_OK && code != Z_BUF_ERROR)
        return fail_step(t, d->z, code, d->what);
    return OZ_STEP_MORE;
}

typedef struct Inflation {
    z_stream *z;
    Obj dictionary;   /* NULL: none */
    bool forgiving;   /* an error is the end of the work, and none */
    int code;         /* what inflate() gave last */
    const char *what; /* for messages */
} Inflation;

static bool set_dictionary(Thread *t, z_stream *z, Obj dictionary)
{
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, dictionary, &view))
        return false;
    if (view.length > UINT32_MAX)
        return oz_fail(t, OZ_OverflowError, "zdict length does not fit in an unsigned int");
    int code = inflateSetDictionary(z, view.data, (uInt)view.length);
    return code == Z_OK || fail(t, z, code, "while setting zdict") != NULL;
}

static StreamStep inflate_piece(Thread *t, void *stream, Piece *piece)
{
    Inflation *i = stream;
    do {
        aim(i->z, piece);
        z_stream *z = i->z;
        i->code = OZ_STREAM_WORK(t, piece, z->opaque, inflate(z, Z_SYNC_FLUSH));
        note(i->z, piece);
        if (i->code != Z_NEED_DICT || !i->dictionary)
            break;
        if (!set_dictionary(t, i->z, i->dictionary))
            return OZ_STEP_RAISED;
    } while (true);
    if (i->code == Z_STREAM_END)
        return OZ_STEP_END;
    if (i->code == Z_OK || i->code == Z_BUF_ERROR)
        return OZ_STEP_MORE;
    if (i->code == Z_MEM_ERROR) {
        oz_raise(t, OZ_MemoryError, "Out of memory while decompressing data");
        return OZ_STEP_RAISED;
    }
    return i->forgiving ? OZ_STEP_END : fail_step(t, i->z, i->code, i->what);
}

/* ---- compress(), decompress() ---- */

static Ref compress_all(Thread *t, z_stream *z, const Buffer *data)
{
    Deflation deflation = {z, Z_FINISH, "while compressing data"};
    Run run = {.in = data->data, .in_left = data->length, .most = -1};
    return oz_stream_run(t, deflate_piece, &deflation, &run);
}

OZ_FUNCTION(zlib, compress, "($module, data, /, level=-1, wbits=15)",
            "Return the bytes compressed.\n\nlevel is 0 to 9, or -1 for the usual one; wbits the "
            "size of the window and the container.")
{
    int level, wbits;
    scoped_buffer data = {0};
    if (!oz_buffer_open(t, a[1], &data) || !oz_as_int(t, a[2], &level) ||
        !oz_as_int(t, a[3], &wbits))
        return NULL;
    z_stream z = STREAM;
    int code = deflateInit2(&z, level, Z_DEFLATED, wbits, MAX_MEM_LEVEL - 1, Z_DEFAULT_STRATEGY);
    if (code == Z_MEM_ERROR)
        return oz_raise(t, OZ_MemoryError, "Out of memory while compressing data");
    if (code == Z_STREAM_ERROR)
        return oz_raise_module(t, OZ_ERROR_ZLIB, "Bad compression level");
    if (code != Z_OK)
        return fail(t, &z, code, "while compressing data");
    Ref made = compress_all(t, &z, &data);
    deflateEnd(&z);
    return made;
}

static Ref decompress_all(Thread *t, z_stream *z, const Buffer *data, size_t first)
{
    Inflation inflation = {.z = z, .what = "while decompressing data"};
    Run run = {.in = data->data, .in_left = data->length, .first = first, .most = -1};
    scoped Ref made = oz_stream_run(t, inflate_piece, &inflation, &run);
    if (made && !run.ended)
        return fail(t, z, Z_BUF_ERROR, "while decompressing data");
    return oz_move(&made);
}

OZ_FUNCTION(zlib, decompress, "($module, data, /, wbits=15, bufsize=16384)",
            "Return what the compressed bytes stand for.\n\nwbits is the size of the window and "
            "the container, bufsize the room to begin with.")
{
    int wbits;
    ssize_t first;
    scoped_buffer data = {0};
    if (!oz_buffer_open(t, a[1], &data) || !oz_as_int(t, a[2], &wbits) ||
        !oz_as_size_argument(t, a[3], &first))
        return NULL;
    if (first < 0)
        return oz_raise(t, OZ_ValueError, "bufsize must be non-negative");
    z_stream z = STREAM;
    int code = inflateInit2(&z, wbits);
    if (code == Z_MEM_ERROR)
        return oz_raise(t, OZ_MemoryError, "Out of memory while decompressing data");
    if (code != Z_OK) {
        inflateEnd(&z);
        return fail(t, &z, code, "while preparing to decompress data");
    }
    Ref made = decompress_all(t, &z, &data, first ? (size_t)first : 1);
    inflateEnd(&z);
    return made;
}

/* ---- Compress ---- */

typedef struct Compress {
    Object base;
    z_stream z;    /* [lock] state NULL: finished */
    LockWord lock; /* [atomic] */
} Compress;

static void compress_free(Thread *t OZ_UNUSED, Object *o)
{
    deflateEnd(&((Compress *)o)->z);
}

static Compress *compress_alloc(Thread *t)
{
    Class *cls = oz_builtin_class(t, OZ_ZLIB_COMPRESS);
    Compress *self = cls ? oz_instance_new(t, cls, 0) : NULL;
    if (self)
        self->z = (z_stream)STREAM;
    return self;
}

static bool set_deflate_dictionary(Thread *t, z_stream *z, Obj dictionary)
{
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, dictionary, &view))
        return false;
    if (view.length > UINT32_MAX)
        return oz_fail(t, OZ_OverflowError, "zdict length does not fit in an unsigned int");
    int code = deflateSetDictionary(z, view.data, (uInt)view.length);
    return code == Z_OK ||
           oz_fail(t, OZ_ValueError,
                   code == Z_STREAM_ERROR ? "Invalid dictionary" : "deflateSetDictionary()");
}

OZ_FUNCTION(zlib, compressobj,
            "($module, /, level=-1, method=8, wbits=15, memLevel=8, strategy=0, "
            "zdict=<unrepresentable>)",
            "Return a compressor that takes its input by pieces.\n\nlevel, method, wbits, memLevel "
            "and strategy are those of zlib's deflateInit2(); zdict is a dictionary of what is "
            "likely to come.")
{
    int level, method, wbits, memory, strategy;
    if (!oz_as_int(t, a[1], &level) || !oz_as_int(t, a[2], &method) ||
        !oz_as_int(t, a[3], &wbits) || !oz_as_int(t, a[4], &memory) ||
        !oz_as_int(t, a[5], &strategy))
        return NULL;
    if (a[6] && !oz_has_buffer(a[6]))
        return oz_raise(t, OZ_TypeError, "a bytes-like object is required, not '%T'", a[6]);
    Compress *self = compress_alloc(t);
    scoped Ref made = (Ref)self;
    if (!self)
        return NULL;
    int code = deflateInit2(&self->z, level, method, wbits, memory, strategy);
    if (code == Z_MEM_ERROR)
        return oz_raise(t, OZ_MemoryError, "Can't allocate memory for compression object");
    if (code == Z_STREAM_ERROR)
        return oz_raise(t, OZ_ValueError, "Invalid initialization option");
    if (code != Z_OK)
        return fail(t, &self->z, code, "while creating compression object");
    if (a[6] && !set_deflate_dictionary(t, &self->z, a[6]))
        return NULL;
    return oz_move(&made);
}

OZ_METHOD(compress, compress, "($self, data, /)",
          "Take more input; return what of the output is ready.")
{
    Compress *self = (Compress *)a[0];
    scoped_buffer data = {0};
    if (!oz_buffer_open(t, a[1], &data))
        return NULL;
    Deflation deflation = {&self->z, Z_NO_FLUSH, "while compressing data"};
    Run run = {.in = data.data, .in_left = data.length, .most = -1, .lock = &self->lock};
    return oz_stream_run(t, deflate_piece, &deflation, &run);
}

OZ_METHOD(compress, flush, "($self, mode=4, /)",
          "Return the output that is not out yet.\n\nmode is one of the constants Z_*_FLUSH; with "
          "Z_FINISH, the usual one, the compressor takes nothing more.")
{
    Compress *self = (Compress *)a[0];
    int mode;
    if (!oz_as_int(t, a[1], &mode))
        return NULL;
    if (mode == Z_NO_FLUSH)
        return oz_bytes_new(t, "", 0);
    Deflation deflation = {&self->z, mode, "while flushing"};
    Run run = {.in = (const uint8_t *)"", .most = -1, .lock = &self->lock};
    Ref made = oz_stream_run(t, deflate_piece, &deflation, &run);
    oz_object_settle(t, &self->lock);
    if (run.ended && mode == Z_FINISH)
        deflateEnd(&self->z);
    return made;
}

static Ref compress_copy_of(Thread *t, Obj v)
{
    Compress *copy = compress_alloc(t);
    scoped Ref made = (Ref)copy;
    if (!copy)
        return NULL;
    oz_object_settle(t, &((Compress *)v)->lock);
    int code = deflateCopy(&copy->z, &((Compress *)v)->z);
    if (code == Z_STREAM_ERROR)
        return oz_raise(t, OZ_ValueError, "Inconsistent stream state");
    if (code == Z_MEM_ERROR)
        return oz_raise(t, OZ_MemoryError, "Can't allocate memory for compression object");
    if (code != Z_OK)
        return fail(t, &copy->z, code, "while copying compression object");
    return oz_move(&made);
}

OZ_METHOD(compress, copy, "($self, /)", "Return a copy of the compressor.")
{
    return compress_copy_of(t, a[0]);
}

OZ_METHOD(compress, __copy__, "($self, /)", "Return a copy of the compressor.")
{
    return compress_copy_of(t, a[0]);
}

OZ_METHOD(compress, __deepcopy__, "($self, memo, /)", "Return a copy of the compressor.")
{
    return compress_copy_of(t, a[0]);
}

const TypeDef oz_zlib_compress_type = {
    .id = OZ_ZLIB_COMPRESS,
    .name = "zlib.Compress",
    .size = sizeof(Compress),
    .flags = OZ_TYPE_NO_NEW | OZ_TYPE_FINAL,
    .free = compress_free,
    .methods = OZ_METHODS(&compress_compress, &compress_flush, &compress_copy, &compress___copy__,
                          &compress___deepcopy__),
};

/* ---- Decompress ---- */

#define DECOMPRESS_REFS(REF) REF(unused_data) REF(unconsumed_tail) REF(zdict)
typedef struct Decompress {
    Object base;
    DECOMPRESS_REFS(OZ_FIELD) /* bytes, bytes, anything with a buffer or empty */
    z_stream z;               /* [lock] state NULL: finished */
    LockWord lock;            /* [atomic] */
    bool eof;                 /* [object] */
} Decompress;
OZ_TYPE_LIFE(decompress, Decompress, DECOMPRESS_REFS)

static void decompress_free(Thread *t OZ_UNUSED, Object *o)
{
    inflateEnd(&((Decompress *)o)->z);
}

static Decompress *decompress_alloc(Thread *t, Obj unused, Obj tail, Obj dictionary)
{
    Class *cls = oz_builtin_class(t, OZ_ZLIB_DECOMPRESS);
    Decompress *self = cls ? oz_instance_new(t, cls, 0) : NULL;
    if (self) {
        self->z = (z_stream)STREAM;
        OZ_INIT_FIELD(self, unused_data, oz_retain(unused));
        OZ_INIT_FIELD(self, unconsumed_tail, oz_retain(tail));
        OZ_INIT_FIELD(self, zdict, oz_retain(dictionary));
    }
    return self;
}

OZ_FUNCTION(zlib, decompressobj, "($module, /, wbits=15, zdict=<unrepresentable>)",
            "Return a decompressor that takes its input by pieces.\n\nwbits is the size of the "
            "window and the container, zdict the dictionary of the compressor.")
{
    int wbits;
    if (!oz_as_int(t, a[1], &wbits))
        return NULL;
    if (a[2] && !oz_has_buffer(a[2]))
        return oz_raise(t, OZ_TypeError, "zdict argument must support the buffer protocol");
    Obj empty = t->vm->empty_bytes;
    Decompress *self = decompress_alloc(t, empty, empty, a[2]);
    scoped Ref made = (Ref)self;
    if (!self)
        return NULL;
    int code = inflateInit2(&self->z, wbits);
    if (code == Z_MEM_ERROR)
        return oz_raise(t, OZ_MemoryError, "Can't allocate memory for decompression object");
    if (code == Z_STREAM_ERROR)
        return oz_raise(t, OZ_ValueError, "Invalid initialization option");
    if (code != Z_OK)
        return fail(t, &self->z, code, "while creating decompression object");
    if (a[2] && wbits < 0 && !set_dictionary(t, &self->z, a[2])) /* nothing in the data asks */
        return NULL;
    return oz_move(&made);
}

/* What the run has left: after the end it is unused, before it the tail.  A tail that there was is
 * replaced in either case, as by CPython. */
static bool keep_rest(Thread *t, Decompress *self, const Run *run, bool ended)
{
    scoped Ref rest = oz_bytes_new(t, run->in, run->in_left);
    Ref unused = rest && ended ? oz_binary(t, OZ_OP_ADD, self->unused_data, rest) : NULL;
    if (!rest || (ended && !unused))
        return false;
    if (unused)
        oz_store(&self->base, &self->unused_data, unused);
    if (!ended || oz_bytes_length(oz_as_bytes(self->unconsumed_tail)))
        oz_store(&self->base, &self->unconsumed_tail, oz_move(&rest));
    return true;
}

OZ_METHOD(decompress, decompress, "($self, data, /, max_length=0)",
          "Take more input; return what of the output is ready.\n\nIf max_length is not 0, at most "
          "so many bytes; the input that is left is then unconsumed_tail.")
{
    Decompress *self = (Decompress *)a[0];
    scoped_buffer data = {0};
    Run run = {.lock = &self->lock};
    if (!oz_buffer_open(t, a[1], &data) || !oz_as_size_argument(t, a[2], &run.most))
        return NULL;
    if (run.most < 0)
        return oz_raise(t, OZ_ValueError, "max_length must be non-negative");
    if (run.most == 0)
        run.most = -1;
    run.in = data.data;
    run.in_left = data.length;
    scoped Ref dictionary = oz_retain(self->zdict);
    Inflation inflation = {
        .z = &self->z, .dictionary = dictionary, .what = "while decompressing data"};
    scoped Ref made = oz_stream_run(t, inflate_piece, &inflation, &run);
    if (!made || !keep_rest(t, self, &run, run.ended))
        return NULL;
    if (run.ended)
        self->eof = true;
    return oz_move(&made);
}

OZ_METHOD(decompress, flush, "($self, length=16384, /)",
          "Return what comes of the input that is left.\n\nlength is the room to begin with.")
{
    Decompress *self = (Decompress *)a[0];
    ssize_t first;
    if (!oz_as_size_argument(t, a[1], &first))
        return NULL;
    if (first <= 0)
        return oz_raise(t, OZ_ValueError, "length must be greater than zero");
    scoped Ref tail = oz_retain(self->unconsumed_tail), dictionary = oz_retain(self->zdict);
    const Bytes *in = oz_as_bytes(tail);
    Run run = {
        .in = oz_bytes_data(in),
        .in_left = oz_bytes_length(in),
        .first = (size_t)first,
        .most = -1,
        .lock = &self->lock,
    };
    Inflation inflation = {.z = &self->z, .dictionary = dictionary, .forgiving = true};
    scoped Ref made = oz_stream_run(t, inflate_piece, &inflation, &run);
    bool ended = made && inflation.code == Z_STREAM_END;
    if (!made || !keep_rest(t, self, &run, ended))
        return NULL;
    if (ended) {
        self->eof = true;
        oz_object_settle(t, &self->lock);
        int code = inflateEnd(&self->z);
        if (code != Z_OK)
            return fail(t, &self->z, code, "while finishing decompression");
    }
    return oz_move(&made);
}

static Ref decompress_copy_of(Thread *t, Obj v)
{
    Decompress *from = (Decompress *)v;
    Decompress *copy = decompress_alloc(t, from->unused_data, from->unconsumed_tail, from->zdict);
    scoped Ref made = (Ref)copy;
    if (!copy)
        return NULL;
    oz_object_settle(t, &from->lock);
    int code = inflateCopy(&copy->z, &from->z);
    if (code == Z_STREAM_ERROR)
        return oz_raise(t, OZ_ValueError, "Inconsistent stream state");
    if (code == Z_MEM_ERROR)
        return oz_raise(t, OZ_MemoryError, "Can't allocate memory for decompression object");
    if (code != Z_OK)
        return fail(t, &copy->z, code, "while copying decompression object");
    copy->eof = from->eof;
    return oz_move(&made);
}

OZ_METHOD(decompress, copy, "($self, /)", "Return a copy of the decompressor.")
{
    return decompress_copy_of(t, a[0]);
}

OZ_METHOD(decompress, __copy__, "($self, /)", "Return a copy of the decompressor.")
{
    return decompress_copy_of(t, a[0]);
}

OZ_METHOD(decompress, __deepcopy__, "($self, memo, /)", "Return a copy of the decompressor.")
{
    return decompress_copy_of(t, a[0]);
}

static Ref get_eof(Thread *t OZ_UNUSED, Obj self)
{
    return oz_bool(((const Decompress *)self)->eof);
}

const TypeDef oz_zlib_decompress_type = {
    .id = OZ_ZLIB_DECOMPRESS,
    .name = "zlib.Decompress",
    .size = sizeof(Decompress),
    .flags = OZ_TYPE_NO_NEW | OZ_TYPE_FINAL,
    .visit = decompress_visit,
    .clear = decompress_clear,
    .free = decompress_free,
    .methods = OZ_METHODS(&decompress_decompress, &decompress_flush, &decompress_copy,
                          &decompress___copy__, &decompress___deepcopy__),
    .getsets = OZ_GETSETS({"eof", get_eof, NULL, "has the end of the compressed data been seen?"}),
    .members = OZ_MEMBERS({"unused_data", offsetof(Decompress, unused_data), OZ_MEMBER_READONLY,
                           "what followed the end of the compressed data"},
                          {"unconsumed_tail", offsetof(Decompress, unconsumed_tail),
                           OZ_MEMBER_READONLY, "input that a limit of the output has left"}),
};

/* ---- checksums ---- */

static Ref checksum(Thread *t, Checksum *function, Obj data, Obj start)
{
    uint32_t sum;
    if (!oz_low_word(t, start, &sum) || !oz_checksum(t, function, data, &sum))
        return NULL;
    return oz_int(sum);
}

OZ_FUNCTION(zlib, adler32, "($module, data, value=1, /)",
            "The Adler-32 checksum of the bytes, going on from an earlier one.")
{
    return checksum(t, adler32, a[1], a[2]);
}

OZ_FUNCTION(zlib, crc32, "($module, data, value=0, /)",
            "The CRC-32 of the bytes, going on from an earlier one.")
{
    return checksum(t, crc32, a[1], a[2]);
}

/* ---- the module ---- */

static const struct {
    const char *name;
    int value;
} constants[] = {
    {"MAX_WBITS", MAX_WBITS},
    {"DEFLATED", Z_DEFLATED},
    {"DEF_MEM_LEVEL", 8},
    {"DEF_BUF_SIZE", 16384},
    {"Z_NO_COMPRESSION", Z_NO_COMPRESSION},
    {"Z_BEST_SPEED", Z_BEST_SPEED},
    {"Z_BEST_COMPRESSION", Z_BEST_COMPRESSION},
    {"Z_DEFAULT_COMPRESSION", Z_DEFAULT_COMPRESSION},
    {"Z_FILTERED", Z_FILTERED},
    {"Z_HUFFMAN_ONLY", Z_HUFFMAN_ONLY},
    {"Z_RLE", Z_RLE},
    {"Z_FIXED", Z_FIXED},
    {"Z_DEFAULT_STRATEGY", Z_DEFAULT_STRATEGY},
    {"Z_NO_FLUSH", Z_NO_FLUSH},
    {"Z_PARTIAL_FLUSH", Z_PARTIAL_FLUSH},
    {"Z_SYNC_FLUSH", Z_SYNC_FLUSH},
    {"Z_FULL_FLUSH", Z_FULL_FLUSH},
    {"Z_FINISH", Z_FINISH},
    {"Z_BLOCK", Z_BLOCK},
    {"Z_TREES", Z_TREES},
};

static bool zlib_init(Thread *t, Module *module)
{
    for (size_t i = 0; i < OZ_COUNT(constants); i++)
        if (!oz_module_add_int(t, module, constants[i].name, constants[i].value))
            return false;
    Obj error = oz_module_error(t, OZ_ERROR_ZLIB);
    return error && oz_builtin_class(t, OZ_ZLIB_COMPRESS) &&
           oz_builtin_class(t, OZ_ZLIB_DECOMPRESS) &&
           oz_module_add(t, module, "error", oz_retain(error)) &&
           oz_module_add_str(t, module, "ZLIB_VERSION", ZLIB_VERSION) &&
           oz_module_add_str(t, module, "ZLIB_RUNTIME_VERSION", zlibVersion()) &&
           oz_module_add_str(t, module, "__version__", "1.0");
}

const ModuleDef oz_zlib_module = {
    .name = "zlib",
    .doc = "Compression with deflate, in the containers zlib, gzip and none, and checksums.\n\n"
           "compress() and decompress() take all of the data at once, compressobj() and\n"
           "decompressobj() take it by pieces; adler32() and crc32() are checksums.",
    .functions = OZ_METHODS(&zlib_adler32, &zlib_compress, &zlib_compressobj, &zlib_crc32,
                            &zlib_decompress, &zlib_decompressobj),
    .init = zlib_init,
};
