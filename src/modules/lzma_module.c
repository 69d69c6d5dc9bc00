// SPDX-License-Identifier: MIT
// The module _lzma: compression by liblzma, which is opened at the first use.
#include "modules/library.h"
#include "modules/module_errors.h"
#include "modules/native_type.h"
#include "modules/stream.h"
#include "types/bytes.h"

#include <lzma.h>

// clang-format off
#define LZMA(F)                                                                                    \
    F(lzma_code) F(lzma_end) F(lzma_get_check) F(lzma_check_is_supported) F(lzma_lzma_preset)      \
    F(lzma_easy_encoder) F(lzma_stream_encoder) F(lzma_alone_encoder) F(lzma_raw_encoder)          \
    F(lzma_auto_decoder) F(lzma_stream_decoder) F(lzma_alone_decoder) F(lzma_raw_decoder)          \
    F(lzma_properties_size) F(lzma_properties_encode) F(lzma_properties_decode)
// clang-format on
OZ_LIBRARY_TYPE(Lzma, LZMA);
static OZ_LIBRARY_GET(Lzma, library, LZMA, "liblzma.so.5", "liblzma5")

    enum {
        FORMAT_AUTO,
        FORMAT_XZ,
        FORMAT_ALONE,
        FORMAT_RAW
    };
#define CHECK_UNKNOWN (LZMA_CHECK_ID_MAX + 1)

static const lzma_allocator allocator = {oz_stream_alloc, oz_stream_free, NULL};

static bool fail(Thread *t, const char *message)
{
    return oz_fail_module(t, OZ_ERROR_LZMA, "%s", message);
}

/* Raise what a result of the library stands for, if it is a failure. */
static bool check(Thread *t, lzma_ret code)
{
    switch (code) {
    case LZMA_OK:
    case LZMA_GET_CHECK:
    case LZMA_NO_CHECK:
    case LZMA_STREAM_END:
        return true;
    case LZMA_UNSUPPORTED_CHECK:
        return fail(t, "Unsupported integrity check");
    case LZMA_MEM_ERROR:
        return oz_raise_memory(t) != NULL;
    case LZMA_MEMLIMIT_ERROR:
        return fail(t, "Memory usage limit exceeded");
    case LZMA_FORMAT_ERROR:
        return fail(t, "Input format not supported by decoder");
    case LZMA_OPTIONS_ERROR:
        return fail(t, "Invalid or unsupported options");
    case LZMA_DATA_ERROR:
        return fail(t, "Corrupt input data");
    case LZMA_BUF_ERROR:
        return fail(t, "Insufficient buffer space");
    case LZMA_PROG_ERROR:
        return fail(t, "Internal error");
    default:
        return oz_fail_module(t, OZ_ERROR_LZMA, "Unrecognized error from liblzma: %d", (int)code);
    }
}

static bool uint32_argument(Thread *t, Obj v, uint32_t *n)
{
    uint64_t wide;
    if (!oz_uint64_argument(t, v, &wide))
        return false;
    if (wide > UINT32_MAX)
        return oz_fail(t, OZ_OverflowError, "Value too large for uint32_t type");
    *n = (uint32_t)wide;
    return true;
}

/* ---- filters ---- */

/* A chain of filters with their options, as the library wants them. */
typedef struct Chain {
    lzma_filter filters[LZMA_FILTERS_MAX + 1];
    union {
        lzma_options_lzma lzma;
        lzma_options_delta delta;
        lzma_options_bcj bcj;
    } options[LZMA_FILTERS_MAX];
} Chain;

/* One entry of a filter's dict that is a uint32. */
typedef struct Option {
    const char *name;
    uint32_t *place;
} Option;

/* Fill in the options that the mapping has; it may have no other keys but "id" and "preset". */
static bool read_options(Thread *t, Obj spec, const Option *options, size_t count, bool preset,
                         const char *what)
{
    ssize_t length, known = 1;
    if (!oz_length(t, spec, &length))
        return false;
    for (size_t i = 0; i < count + preset; i++) {
        scoped Ref key = oz_str_new(t, i < count ? options[i].name : "preset");
        bool found;
        if (!key || !oz_contains(t, spec, key, &found))
            return false;
        known += found;
        if (!found || i == count)
            continue;
        scoped Ref value = oz_get_item(t, spec, key);
        if (!value)
            return false;
        if (!uint32_argument(t, value, options[i].place)) {
            if (oz_raised(t, OZ_MemoryError))
                return false;
            known = -1;
            break;
        }
    }
    if (known == length)
        return true;
    oz_exception_clear(t);
    return oz_fail(t, OZ_ValueError, "Invalid filter specifier for %s filter", what);
}

static bool lzma_options(Thread *t, Obj spec, lzma_options_lzma *o)
{
    const Lzma *lzma = library(t);
    uint32_t preset = LZMA_PRESET_DEFAULT;
    scoped Ref key = oz_str_new(t, "preset");
    bool found;
    if (!lzma || !key || !oz_contains(t, spec, key, &found))
        return false;
    if (found) {
        scoped Ref value = oz_get_item(t, spec, key);
        if (!value || !uint32_argument(t, value, &preset))
            return false;
    }
    if (lzma->lzma_lzma_preset(o, preset))
        return oz_fail_module(t, OZ_ERROR_LZMA, "Invalid compression preset: %u", preset);
    uint32_t mode = o->mode, mf = o->mf;
    const Option options[] = {
        {"dict_size", &o->dict_size},
        {"lc", &o->lc},
        {"lp", &o->lp},
        {"pb", &o->pb},
        {"mode", &mode},
        {"nice_len", &o->nice_len},
        {"mf", &mf},
        {"depth", &o->depth},
    };
    if (!read_options(t, spec, options, OZ_COUNT(options), true, "LZMA"))
        return false;
    o->mode = (lzma_mode)mode;
    o->mf = (lzma_match_finder)mf;
    return true;
}

static bool filter_options(Thread *t, Obj spec, Chain *chain, size_t i)
{
    switch (chain->filters[i].id) {
    case LZMA_FILTER_LZMA1:
    case LZMA_FILTER_LZMA2:
        return lzma_options(t, spec, &chain->options[i].lzma);
    case LZMA_FILTER_DELTA: {
        lzma_options_delta *o = &chain->options[i].delta;
        o->type = LZMA_DELTA_TYPE_BYTE;
        o->dist = 1;
        return read_options(t, spec, &(Option){"dist", &o->dist}, 1, false, "delta");
    }
    case LZMA_FILTER_X86:
    case LZMA_FILTER_POWERPC:
    case LZMA_FILTER_IA64:
    case LZMA_FILTER_ARM:
    case LZMA_FILTER_ARMTHUMB:
    case LZMA_FILTER_SPARC: {
        lzma_options_bcj *o = &chain->options[i].bcj;
        return read_options(t, spec, &(Option){"start_offset", &o->start_offset}, 1, false, "BCJ");
    }
    default:
        return oz_fail(t, OZ_ValueError, "Invalid filter ID: %lld",
                       (long long)chain->filters[i].id);
    }
}

/* The i-th filter from its dict. */
static bool read_filter(Thread *t, Obj spec, Chain *chain, size_t i)
{
    if (!oz_as_dict(spec) && !oz_class_of(spec)->slots->get_item)
        return oz_fail(t, OZ_TypeError, "Filter specifier must be a dict or dict-like object");
    scoped Ref key = oz_str_new(t, "id");
    scoped Ref id = key ? oz_get_item(t, spec, key) : NULL;
    if (!id) {
        if (key && oz_exception_forget(t, OZ_KeyError))
            oz_raise(t, OZ_ValueError, "Filter specifier must have an \"id\" entry");
        return false;
    }
    if (!oz_uint64_argument(t, id, &chain->filters[i].id))
        return false;
    chain->filters[i].options = &chain->options[i];
    return filter_options(t, spec, chain, i);
}

static bool read_chain(Thread *t, Obj specs, Chain *chain)
{
    ssize_t count;
    memset(chain, 0, sizeof *chain);
    if (oz_as_dict(specs))
        return oz_fail(t, OZ_TypeError, "%T is not a sequence", specs);
    if (!oz_length(t, specs, &count))
        return false;
    if (count > LZMA_FILTERS_MAX)
        return oz_fail(t, OZ_ValueError, "Too many filters - liblzma supports a maximum of %d",
                       LZMA_FILTERS_MAX);
    for (ssize_t i = 0; i < count; i++) {
        scoped Ref spec = oz_get_item(t, specs, oz_int(i));
        if (!spec || !read_filter(t, spec, chain, (size_t)i))
            return false;
    }
    chain->filters[count].id = LZMA_VLI_UNKNOWN;
    return true;
}

/* ---- LZMACompressor ---- */

typedef struct Compressor {
    Object base;
    lzma_stream lz; /* [lock] */
    bool flushed;   /* [object] it takes nothing more */
    LockWord lock;  /* [atomic] */
} Compressor;

static void compressor_free(Thread *t, Object *o)
{
    Compressor *self = (Compressor *)o;
    if (self->lz.internal)
        library(t)->lzma_end(&self->lz);
}

static bool init_alone(Thread *t, const Lzma *lzma, lzma_stream *lz, uint32_t preset, Obj filters)
{
    Chain chain;
    lzma_options_lzma options;
    if (oz_is_none(filters)) {
        if (lzma->lzma_lzma_preset(&options, preset))
            return oz_fail_module(t, OZ_ERROR_LZMA, "Invalid compression preset: %u", preset);
        return check(t, lzma->lzma_alone_encoder(lz, &options));
    }
    if (!read_chain(t, filters, &chain))
        return false;
    if (chain.filters[0].id != LZMA_FILTER_LZMA1 || chain.filters[1].id != LZMA_VLI_UNKNOWN)
        return oz_fail(t, OZ_ValueError,
                       "Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter");
    return check(t, lzma->lzma_alone_encoder(lz, chain.filters[0].options));
}

static bool compressor_init(Thread *t, const Lzma *lzma, lzma_stream *lz, int format, int integrity,
                            uint32_t preset, Obj filters)
{
    Chain chain;
    if (format == FORMAT_ALONE)
        return init_alone(t, lzma, lz, preset, filters);
    if (format != FORMAT_XZ && format != FORMAT_RAW)
        return oz_fail(t, OZ_ValueError, "Invalid container format: %d", format);
    if (format == FORMAT_XZ && oz_is_none(filters))
        return check(t, lzma->lzma_easy_encoder(lz, preset, (lzma_check)integrity));
    if (oz_is_none(filters))
        return oz_fail(t, OZ_ValueError, "Must specify filters for FORMAT_RAW");
    if (!read_chain(t, filters, &chain))
        return false;
    return check(t, format == FORMAT_XZ
                        ? lzma->lzma_stream_encoder(lz, chain.filters, (lzma_check)integrity)
                        : lzma->lzma_raw_encoder(lz, chain.filters));
}

OZ_NEW(compressor, "($type, /, format=1, check=-1, preset=None, filters=None)")
{
    int format, integrity;
    uint32_t preset = LZMA_PRESET_DEFAULT;
    const Lzma *lzma = library(t);
    if (!lzma || !oz_as_int(t, a[1], &format) || !oz_as_int(t, a[2], &integrity))
        return NULL;
    if (!oz_is_none(a[3]) && !oz_is_none(a[4]))
        return oz_raise(t, OZ_ValueError, "Cannot specify both preset and filter chain");
    if (!oz_is_none(a[3]) && !uint32_argument(t, a[3], &preset))
        return NULL;
    if (format != FORMAT_XZ && integrity != -1 && integrity != LZMA_CHECK_NONE)
        return oz_raise(t, OZ_ValueError, "Integrity checks are only supported by FORMAT_XZ");
    Compressor *self = oz_instance_new(t, (Class *)a[0], 0);
    scoped Ref made = (Ref)self;
    if (self)
        self->lz.allocator = &allocator;
    if (!self || !compressor_init(t, lzma, &self->lz, format,
                                  integrity == -1 ? LZMA_CHECK_CRC64 : integrity, preset, a[4]))
        return NULL;
    return oz_move(&made);
}

static StreamStep code_piece(Thread *t, lzma_stream *lz, Piece *piece, lzma_action action,
                             lzma_ret *code)
{
    lz->next_in = piece->in;
    lz->avail_in = piece->in_left;
    lz->next_out = piece->out;
    lz->avail_out = piece->out_left;
    const Lzma *lzma = library(t);
    lzma_allocator own = allocator;
    lz->allocator = &own;
    *code = OZ_STREAM_WORK(t, piece, own.opaque, lzma->lzma_code(lz, action));
    lz->allocator = &allocator;
    piece->in_left = lz->avail_in;
    piece->out_left = lz->avail_out;
    if (*code == LZMA_BUF_ERROR && !lz->avail_in && lz->avail_out)
        return OZ_STEP_MORE; /* it waits for more input */
    if (!check(t, *code))
        return OZ_STEP_RAISED;
    return *code == LZMA_STREAM_END ? OZ_STEP_END : OZ_STEP_MORE;
}

static StreamStep compress_piece(Thread *t, void *stream, Piece *piece)
{
    lzma_ret code;
    return code_piece(t, stream, piece, LZMA_RUN, &code);
}

static StreamStep finish_piece(Thread *t, void *stream, Piece *piece)
{
    lzma_ret code;
    return code_piece(t, stream, piece, LZMA_FINISH, &code);
}

OZ_METHOD(compressor, compress, "($self, data, /)",
          "Take more input; return what of the output is ready.")
{
    Compressor *self = (Compressor *)a[0];
    return oz_stream_compress(t, compress_piece, &self->lz, &self->lock, self->flushed, a[1]);
}

OZ_METHOD(compressor, flush, "($self, /)",
          "Return the rest of the output; the compressor takes nothing more.")
{
    Compressor *self = (Compressor *)a[0];
    return oz_stream_flush(t, finish_piece, &self->lz, &self->lock, &self->flushed);
}

const TypeDef oz_lzma_compressor_type = {
    .id = OZ_LZMA_COMPRESSOR,
    .name = "_lzma.LZMACompressor",
    .doc =
        "LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)\n\n"
        "A compressor that takes its input by pieces.  format is FORMAT_XZ, FORMAT_ALONE or\n"
        "FORMAT_RAW, check one of the CHECK_ constants (FORMAT_XZ only), preset 0 to 9, filters\n"
        "a sequence of dicts, each with an \"id\" and options.",
    .size = sizeof(Compressor),
    .flags = OZ_TYPE_FINAL,
    .free = compressor_free,
    .make = &compressor_new_,
    .methods = OZ_METHODS(&compressor_compress, &compressor_flush),
};

/* ---- LZMADecompressor ---- */

typedef struct Decompressor {
    HeldDecoder decoder; /* [object] */
    lzma_stream lz;      /* [object] */
    int integrity;       /* [object] the check that the data has: LZMA_CHECK_, CHECK_UNKNOWN */
} Decompressor;

static void decompressor_free(Thread *t, Object *o)
{
    Decompressor *self = (Decompressor *)o;
    oz_block_free(self->decoder.waiting);
    if (self->lz.internal)
        library(t)->lzma_end(&self->lz);
}

static bool decompressor_init(Thread *t, const Lzma *lzma, Decompressor *self, int format,
                              uint64_t limit, Obj filters)
{
    const uint32_t flags = LZMA_TELL_ANY_CHECK | LZMA_TELL_NO_CHECK;
    Chain chain;
    self->integrity = CHECK_UNKNOWN;
    switch (format) {
    case FORMAT_AUTO:
        return check(t, lzma->lzma_auto_decoder(&self->lz, limit, flags));
    case FORMAT_XZ:
        return check(t, lzma->lzma_stream_decoder(&self->lz, limit, flags));
    case FORMAT_ALONE:
        self->integrity = LZMA_CHECK_NONE;
        return check(t, lzma->lzma_alone_decoder(&self->lz, limit));
    case FORMAT_RAW:
        self->integrity = LZMA_CHECK_NONE;
        return read_chain(t, filters, &chain) &&
               check(t, lzma->lzma_raw_decoder(&self->lz, chain.filters));
    default:
        return oz_fail(t, OZ_ValueError, "Invalid container format: %d", format);
    }
}

OZ_NEW(decompressor, "($type, /, format=0, memlimit=None, filters=None)")
{
    int format;
    uint64_t limit = UINT64_MAX;
    const Lzma *lzma = library(t);
    if (!lzma || !oz_as_int(t, a[1], &format))
        return NULL;
    if (!oz_is_none(a[2])) {
        if (format == FORMAT_RAW)
            return oz_raise(t, OZ_ValueError, "Cannot specify memory limit with FORMAT_RAW");
        if (!oz_uint64_argument(t, a[2], &limit))
            return NULL;
    }
    if (format == FORMAT_RAW && oz_is_none(a[3]))
        return oz_raise(t, OZ_ValueError, "Must specify filters for FORMAT_RAW");
    if (format != FORMAT_RAW && !oz_is_none(a[3]))
        return oz_raise(t, OZ_ValueError, "Cannot specify filters except with FORMAT_RAW");
    Decompressor *self = oz_instance_new(t, (Class *)a[0], 0);
    scoped Ref made = (Ref)self;
    if (!self)
        return NULL;
    oz_decoder_init(t, &self->decoder);
    self->lz.allocator = &allocator;
    return decompressor_init(t, lzma, self, format, limit, a[3]) ? oz_move(&made) : NULL;
}

static StreamStep decompress_piece(Thread *t, void *stream, Piece *piece)
{
    Decompressor *self = stream;
    lzma_ret code;
    StreamStep step = code_piece(t, &self->lz, piece, LZMA_RUN, &code);
    if (code == LZMA_GET_CHECK || code == LZMA_NO_CHECK)
        self->integrity = library(t)->lzma_get_check(&self->lz);
    return step;
}

OZ_METHOD(decompressor, decompress, "($self, /, data, max_length=-1)",
          "Take more input; return what of the output is ready.\n\nIf max_length is not negative, "
          "at most so many bytes; what is held back comes with the next calls.")
{
    Decompressor *self = (Decompressor *)a[0];
    if (self->decoder.eof)
        return oz_raise(t, OZ_EOFError, "Already at end of stream");
    return oz_decoder_run(t, &self->decoder, decompress_piece, a[1], a[2], true);
}

static Ref get_check(Thread *t OZ_UNUSED, Obj self)
{
    return oz_int(((const Decompressor *)self)->integrity);
}

const TypeDef oz_lzma_decompressor_type = {
    .id = OZ_LZMA_DECOMPRESSOR,
    .name = "_lzma.LZMADecompressor",
    .doc = "A decompressor that takes its input by pieces.  format is one of the FORMAT_\n"
           "constants, memlimit the memory that it may use, filters the chain of FORMAT_RAW.",
    .size = sizeof(Decompressor),
    .flags = OZ_TYPE_FINAL,
    .visit = oz_decoder_visit,
    .clear = oz_decoder_clear,
    .free = decompressor_free,
    .make = &decompressor_new_,
    .methods = OZ_METHODS(&decompressor_decompress),
    .getsets = OZ_GETSETS({"check", get_check, NULL, "the integrity check that the data has"},
                          OZ_DECODER_GETSETS),
    .members = OZ_DECODER_MEMBERS,
};

/* ---- functions ---- */

OZ_FUNCTION(lzma, is_check_supported, "($module, check_id, /)",
            "Does the library have this integrity check?\n\nCHECK_NONE and CHECK_CRC32 always.")
{
    int id;
    const Lzma *lzma = library(t);
    if (!lzma || !oz_as_int(t, a[1], &id))
        return NULL;
    return oz_bool(lzma->lzma_check_is_supported((lzma_check)id));
}

OZ_FUNCTION(lzma, _encode_filter_properties, "($module, filter, /)",
            "The options of a filter as bytes; the id is not among them.")
{
    Chain chain = {0};
    uint32_t size;
    const Lzma *lzma = library(t);
    if (!lzma || !read_filter(t, a[1], &chain, 0) ||
        !check(t, lzma->lzma_properties_size(&size, &chain.filters[0])))
        return NULL;
    scoped Ref made = oz_bytes_alloc(t, size);
    if (!made || !check(t, lzma->lzma_properties_encode(&chain.filters[0],
                                                        oz_bytes_data((const Bytes *)made))))
        return NULL;
    return oz_move(&made);
}

static bool put(Thread *t, Ref dict, const char *name, uint64_t value)
{
    scoped Ref key = oz_str_new(t, name);
    scoped Ref n = key ? oz_int_from_uint64(t, value) : NULL;
    return n && oz_dict_set(t, (Dict *)dict, key, n);
}

static bool put_options(Thread *t, Ref dict, const lzma_filter *filter)
{
    const lzma_options_lzma *lzma = filter->options;
    const lzma_options_delta *delta = filter->options;
    const lzma_options_bcj *bcj = filter->options;
    switch (filter->id) {
    case LZMA_FILTER_LZMA1:
        return put(t, dict, "lc", lzma->lc) && put(t, dict, "lp", lzma->lp) &&
               put(t, dict, "pb", lzma->pb) && put(t, dict, "dict_size", lzma->dict_size);
    case LZMA_FILTER_LZMA2:
        return put(t, dict, "dict_size", lzma->dict_size);
    case LZMA_FILTER_DELTA:
        return put(t, dict, "dist", delta->dist);
    case LZMA_FILTER_X86:
    case LZMA_FILTER_POWERPC:
    case LZMA_FILTER_IA64:
    case LZMA_FILTER_ARM:
    case LZMA_FILTER_ARMTHUMB:
    case LZMA_FILTER_SPARC:
        return !bcj || put(t, dict, "start_offset", bcj->start_offset);
    default:
        return oz_fail(t, OZ_ValueError, "Invalid filter ID: %lld", (long long)filter->id);
    }
}

OZ_FUNCTION(lzma, _decode_filter_properties, "($module, filter_id, encoded_props, /)",
            "The dict of a filter from its id and its options as bytes.")
{
    lzma_filter filter = {0};
    scoped_buffer data = {0};
    const Lzma *lzma = library(t);
    if (!lzma || !oz_uint64_argument(t, a[1], &filter.id) || !oz_buffer_open(t, a[2], &data) ||
        !check(t, lzma->lzma_properties_decode(&filter, &allocator, data.data, data.length)))
        return NULL;
    scoped Ref dict = oz_dict_new(t);
    bool done = dict && put(t, dict, "id", filter.id) && put_options(t, dict, &filter);
    oz_block_free(filter.options);
    return done ? oz_move(&dict) : NULL;
}

/* ---- the module ---- */

static const struct {
    const char *name;
    int64_t value;
} constants[] = {
    {"FORMAT_AUTO", FORMAT_AUTO},
    {"FORMAT_XZ", FORMAT_XZ},
    {"FORMAT_ALONE", FORMAT_ALONE},
    {"FORMAT_RAW", FORMAT_RAW},
    {"CHECK_NONE", LZMA_CHECK_NONE},
    {"CHECK_CRC32", LZMA_CHECK_CRC32},
    {"CHECK_CRC64", LZMA_CHECK_CRC64},
    {"CHECK_SHA256", LZMA_CHECK_SHA256},
    {"CHECK_ID_MAX", LZMA_CHECK_ID_MAX},
    {"CHECK_UNKNOWN", CHECK_UNKNOWN},
    {"FILTER_LZMA1", (int64_t)LZMA_FILTER_LZMA1},
    {"FILTER_LZMA2", LZMA_FILTER_LZMA2},
    {"FILTER_DELTA", LZMA_FILTER_DELTA},
    {"FILTER_X86", LZMA_FILTER_X86},
    {"FILTER_POWERPC", LZMA_FILTER_POWERPC},
    {"FILTER_IA64", LZMA_FILTER_IA64},
    {"FILTER_ARM", LZMA_FILTER_ARM},
    {"FILTER_ARMTHUMB", LZMA_FILTER_ARMTHUMB},
    {"FILTER_SPARC", LZMA_FILTER_SPARC},
    {"MF_HC3", LZMA_MF_HC3},
    {"MF_HC4", LZMA_MF_HC4},
    {"MF_BT2", LZMA_MF_BT2},
    {"MF_BT3", LZMA_MF_BT3},
    {"MF_BT4", LZMA_MF_BT4},
    {"MODE_FAST", LZMA_MODE_FAST},
    {"MODE_NORMAL", LZMA_MODE_NORMAL},
    {"PRESET_DEFAULT", LZMA_PRESET_DEFAULT},
    {"PRESET_EXTREME", LZMA_PRESET_EXTREME},
};

static bool lzma_init(Thread *t, Module *module)
{
    for (size_t i = 0; i < OZ_COUNT(constants); i++) {
        Ref value = oz_int_new(t, constants[i].value);
        if (!value || !oz_module_add(t, module, constants[i].name, value))
            return false;
    }
    Obj error = oz_module_error(t, OZ_ERROR_LZMA);
    scoped Ref text = error ? oz_str_new(t, "Call to liblzma failed.") : NULL;
    return text && oz_class_store(t, (Class *)error, OZ_NAME(t, __doc__), text) != OZ_RAISED &&
           oz_module_add(t, module, "LZMAError", oz_retain(error));
}

static const uint32_t lzma_types[] = {OZ_LZMA_COMPRESSOR, OZ_LZMA_DECOMPRESSOR, 0};

const ModuleDef oz_lzma_module = {
    .name = "_lzma",
    .functions = OZ_METHODS(&lzma_is_check_supported, &lzma__encode_filter_properties,
                            &lzma__decode_filter_properties),
    .types = lzma_types,
    .init = lzma_init,
};
