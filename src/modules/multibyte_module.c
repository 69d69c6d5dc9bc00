// SPDX-License-Identifier: MIT
// _multibytecodec and _codecs_cn, _hk, _iso2022, _jp, _kr, _tw: what the encodings package makes
// the East Asian codecs of.
//
// A codec object owns its tables.  What converts by pieces keeps the state and what waits: the
// encoder a letter that a mark may follow, the decoder the bytes of a character that is not whole.
// They change only when a piece has been converted, so that an error leaves all as it was.
#include "modules/multibyte.h"
#include "modules/native_type.h"
#include "types/buffer.h"
#include "types/bytes.h"
#include "types/codec_state.h"

#include <string.h>

#define ILLEGAL "illegal multibyte sequence"

/* ---- codec objects ---- */

typedef struct MultibyteCodec {
    Object base;
    MultibyteTables tables; /* [const] */
} MultibyteCodec;

static void codec_clear(Thread *t OZ_UNUSED, Object *object)
{
    oz_multibyte_close(&((MultibyteCodec *)object)->tables);
}

static void codec_visit(const Object *object OZ_UNUSED, Visitor *v OZ_UNUSED)
{
}

/* A piece of a conversion: where it stands before, and then after. */
typedef struct Piece {
    const MultibyteTables *tables; /* of a codec that the caller holds */
    const char *errors;
    MultibyteState state; /* in and out */
    bool final;
    uint32_t held; /* encoding, in and out: a letter that waits for a mark, or 0 */
    size_t used;   /* decoding, out: how many bytes are done with */
} Piece;

/* ---- encoding ---- */

typedef struct PieceEncoder {
    Encoder base;
    Piece *piece;
} PieceEncoder;

static bool write_bytes(Encoder *e, const uint8_t *bytes, int count)
{
    if (!oz_bytes_reserve(&e->out, OZ_MB_OUT))
        return false;
    memcpy(e->out.data + e->out.length, bytes, (size_t)count);
    e->out.length += (size_t)count;
    return true;
}

static Found put_pair(Encoder *e, uint32_t first, uint32_t second)
{
    Piece *p = ((PieceEncoder *)e)->piece;
    uint8_t out[OZ_MB_OUT];
    int count = oz_multibyte_encode(p->tables, &p->state, first, second, out);
    if (count < 0)
        return OZ_MISSING;
    return write_bytes(e, out, count) ? OZ_FOUND : OZ_RAISED;
}

static Found put_held(Encoder *e)
{
    Piece *p = ((PieceEncoder *)e)->piece;
    uint32_t held = p->held;
    p->held = 0;
    return held ? put_pair(e, held, 0) : OZ_FOUND;
}

static Found put(Encoder *e, uint32_t c, bool dry OZ_UNUSED)
{
    Piece *p = ((PieceEncoder *)e)->piece;
    if (p->held && oz_multibyte_is_pair(p->tables, p->held, c)) {
        uint32_t first = p->held;
        p->held = 0;
        return put_pair(e, first, c);
    }
    Found found = put_held(e);
    if (found != OZ_FOUND)
        return found;
    if (!oz_multibyte_begins_pair(p->tables, c))
        return put_pair(e, c, 0);
    p->held = c;
    return OZ_FOUND;
}

static bool encode_text(PieceEncoder *e)
{
    Piece *p = e->piece;
    uint8_t out[OZ_MB_OUT];
    if (!oz_bytes_reserve(&e->base.out, e->base.text.length + OZ_MB_OUT) ||
        !oz_encoder_run(&e->base, ILLEGAL))
        return false;
    if (!p->final)
        return true;
    return put_held(&e->base) == OZ_FOUND &&
           write_bytes(&e->base, out, oz_multibyte_finish(p->tables, &p->state, out));
}

/* The bytes of a str. */
static Ref encode_piece(Thread *t, Piece *p, Obj text)
{
    scoped Ref held = oz_retain(text);
    PieceEncoder e = {{.t = t,
                       .out = {.t = t},
                       .str = held,
                       .text = oz_text_of(oz_as_str(held)),
                       .errors = p->errors,
                       .encoding = p->tables->def->name,
                       .handler = oz_handler_of(p->errors),
                       .unit = 1,
                       .multibyte = true,
                       .put = put},
                      p};
    Piece before = *p;
    bool done = encode_text(&e);
    Ref made = done ? oz_bytes_new(t, e.base.out.data, e.base.out.length) : NULL;
    oz_block_free(e.base.out.data);
    if (!made)
        *p = before;
    return made;
}

/* ---- decoding ---- */

static bool decode_bytes(Decoder *d, Piece *p)
{
    size_t at = 0;
    while (at < d->length) {
        uint32_t out[2];
        unsigned count;
        int used =
            oz_multibyte_decode(p->tables, &p->state, d->data + at, d->length - at, out, &count);
        if (used > 0) {
            at += (size_t)used;
            for (unsigned n = 0; n < count; n++)
                if (!oz_builder_character(&d->out, out[n]))
                    return false;
            continue;
        }
        if (used == 0 && !p->final)
            break;
        size_t end = used < 0 ? at + (size_t)-used : d->length;
        const char *reason = used < 0 ? ILLEGAL : "incomplete multibyte sequence";
        if (!oz_decoder_fault(d, at, end > d->length ? d->length : end, reason, &at) ||
            !oz_poll(d->t))
            return false;
    }
    p->used = at;
    return true;
}

/* The text of some bytes; `object`: the bytes object that they are, or NULL. */
static Ref decode_piece(Thread *t, Piece *p, const uint8_t *data, size_t length, Obj object)
{
    Decoder d = {.t = t,
                 .data = data,
                 .length = length,
                 .errors = p->errors,
                 .encoding = p->tables->def->name,
                 .handler = oz_handler_of(p->errors),
                 .final = p->final,
                 .multibyte = true};
    if (object)
        d.object = oz_retain(object);
    Piece before = *p;
    oz_builder_init(&d.out, t);
    if (!decode_bytes(&d, p))
        d.out.failed = true;
    Ref made = oz_builder_finish(&d.out);
    oz_drop(d.object);
    if (!made)
        *p = before;
    return made;
}

/* ---- codec.encode, codec.decode ---- */

/* The name of the error handler that an argument or attribute says; None: strict. */
static bool errors_of(Thread *t, Obj v, Ref *keep, const char **errors)
{
    *errors = NULL;
    if (!v || v == OZ_NONE)
        return true;
    if (!oz_is_str(v))
        return oz_fail(t, OZ_TypeError, "errors must be str or None, not %T", v);
    *errors = oz_str_display(t, v, keep);
    return *errors != NULL;
}

static Ref to_text(Thread *t, Obj v)
{
    if (oz_is_str(v))
        return oz_retain(v);
    scoped Ref text = oz_str(t, v);
    if (!text)
        return NULL;
    return oz_is_str(text) ? oz_move(&text)
                           : oz_raise(t, OZ_TypeError, "couldn't convert the object to unicode.");
}

OZ_METHOD(multibyte_codec, encode, "($self, /, input, errors=None)",
          "Return the bytes of a text, and how many characters it has.")
{
    const MultibyteTables *tables = &((MultibyteCodec *)a[0])->tables;
    scoped Ref keep = NULL, text = to_text(t, a[1]);
    Piece p = {.tables = tables, .state = oz_multibyte_start(tables, false), .final = true};
    if (!text || !errors_of(t, a[2], &keep, &p.errors))
        return NULL;
    scoped Ref made = encode_piece(t, &p, text);
    return made ? oz_tuple_of(t, 2, made, oz_int((int64_t)oz_str_length(oz_as_str(text)))) : NULL;
}

OZ_METHOD(multibyte_codec, decode, "($self, /, input, errors=None)",
          "Return the text of some bytes, and how many bytes there are.")
{
    const MultibyteTables *tables = &((MultibyteCodec *)a[0])->tables;
    scoped Ref keep = NULL;
    scoped_buffer view = {0};
    Piece p = {.tables = tables, .state = oz_multibyte_start(tables, true), .final = true};
    if (!oz_buffer_open(t, a[1], &view) || !errors_of(t, a[2], &keep, &p.errors))
        return NULL;
    scoped Ref made = decode_piece(t, &p, view.data, view.length, oz_as_bytes(a[1]) ? a[1] : NULL);
    return made ? oz_tuple_of(t, 2, made, oz_int((int64_t)p.used)) : NULL;
}

const TypeDef oz_multibyte_codec_type = {
    .id = OZ_MULTIBYTE_CODEC,
    .name = "_multibytecodec.MultibyteCodec",
    .doc = "A codec for an East Asian encoding.",
    .size = sizeof(MultibyteCodec),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = codec_visit,
    .clear = codec_clear,
    .methods = OZ_METHODS(&multibyte_codec_encode, &multibyte_codec_decode),
};

/* ---- what the four classes for pieces share ---- */

#define MULTIBYTE_REFS(REF) REF(codec) REF(errors) REF(stream)
typedef struct Multibyte {
    Object base;
    MULTIBYTE_REFS(OZ_FIELD) /* codec: [const]; errors: [object] str; stream: or empty */
    MultibyteState state;    /* [object] */
    uint32_t held;           /* [object] encoding: the letter that waits, or 0 */
    uint8_t waiting[8];      /* [object] decoding: bytes of a character that is not whole */
    uint8_t waiting_count;   /* [object] */
} Multibyte;
OZ_TYPE_LIFE(multibyte, Multibyte, MULTIBYTE_REFS)

static bool decodes(const Multibyte *self)
{
    Obj v = (Obj)self;
    return oz_isa(v, OZ_MULTIBYTE_DECODER) || oz_isa(v, OZ_MULTIBYTE_READER);
}

static void start_again(Multibyte *self)
{
    self->state = oz_multibyte_start(&((MultibyteCodec *)self->codec)->tables, decodes(self));
    self->held = 0;
    self->waiting_count = 0;
}

/* The classes of the encodings package have the codec as an attribute. */
static Ref multibyte_make(Thread *t, Obj cls, Obj stream, Obj errors)
{
    if (errors && errors != OZ_NONE && !oz_is_str(errors))
        return oz_raise(t, OZ_TypeError, "errors must be a string");
    scoped Ref name = oz_intern(t, "codec");
    Multibyte *self = name ? oz_instance_new(t, (Class *)cls, 0) : NULL;
    scoped Ref made = (Ref)self;
    scoped Ref codec = self ? oz_get_attr(t, made, name) : NULL;
    if (!codec)
        return NULL;
    if (!oz_is(codec, OZ_MULTIBYTE_CODEC))
        return oz_raise(t, OZ_TypeError, "codec is unexpected type");
    scoped Ref handler = errors && errors != OZ_NONE ? oz_retain(errors) : oz_intern(t, "strict");
    if (!handler)
        return NULL;
    OZ_INIT_FIELD(self, codec, oz_move(&codec));
    start_again(self);
    OZ_INIT_FIELD(self, errors, oz_move(&handler));
    if (stream)
        OZ_INIT_FIELD(self, stream, oz_retain(stream));
    return oz_move(&made);
}

/* __init__ takes what __new__ has taken: the next class's is not for these. */
#define NOTHING_MORE(stem)                                                                         \
    OZ_INIT(stem, "($self, /, *args, **kwargs)")                                                   \
    {                                                                                              \
        return OZ_NONE;                                                                            \
    }

static Ref get_errors(Thread *t OZ_UNUSED, Obj self)
{
    return oz_retain(((Multibyte *)self)->errors);
}

static bool set_errors(Thread *t, Obj self, Obj value)
{
    if (!value)
        return oz_fail(t, OZ_AttributeError, "cannot delete attribute");
    if (!oz_is_str(value))
        return oz_fail(t, OZ_TypeError, "errors must be a string");
    oz_store(oz_object(self), &((Multibyte *)self)->errors, oz_retain(value));
    return true;
}

#define ERRORS_GETSET                                                                              \
    {                                                                                              \
        "errors", get_errors, set_errors, "how to treat errors"                                    \
    }

static bool piece_open(Thread *t, Multibyte *self, bool final, Piece *p, Ref *keep)
{
    *p = (Piece){.tables = &((MultibyteCodec *)self->codec)->tables,
                 .state = self->state,
                 .final = final,
                 .held = self->held};
    *keep = oz_retain(self->errors);
    scoped Ref text = NULL;
    return errors_of(t, *keep, &text, &p->errors);
}

static Ref encode_more(Thread *t, Multibyte *self, Obj input, bool final)
{
    Piece p;
    scoped Ref keep = NULL, text = to_text(t, input);
    if (!text || !piece_open(t, self, final, &p, &keep))
        return NULL;
    Ref made = encode_piece(t, &p, text);
    if (made) {
        self->state = p.state;
        self->held = p.held;
    }
    return made;
}

/* The bytes that waited, and then these. */
static Ref decode_more(Thread *t, Multibyte *self, const uint8_t *data, size_t length, bool final)
{
    Piece p;
    scoped Ref keep = NULL, joined = NULL;
    if (!piece_open(t, self, final, &p, &keep))
        return NULL;
    if (self->waiting_count) {
        joined = oz_bytes_alloc(t, self->waiting_count + length);
        if (!joined)
            return NULL;
        uint8_t *all = oz_bytes_data((Bytes *)joined);
        memcpy(all, self->waiting, self->waiting_count);
        if (length)
            memcpy(all + self->waiting_count, data, length);
        data = all;
        length += self->waiting_count;
    }
    scoped Ref made = decode_piece(t, &p, data, length, joined);
    if (!made)
        return NULL;
    size_t left = length - p.used;
    if (left > sizeof self->waiting)
        return oz_raise(t, OZ_UnicodeError, "pending buffer overflow");
    memcpy(self->waiting, data + p.used, left);
    self->waiting_count = (uint8_t)left;
    self->state = p.state;
    return oz_move(&made);
}

/* ---- the incremental encoder ---- */

NOTHING_MORE(multibyte_encoder)

OZ_NEW(multibyte_encoder, "($type, /, errors='strict')")
{
    return multibyte_make(t, a[0], NULL, a[1]);
}

OZ_METHOD(multibyte_encoder, encode, "($self, /, input, final=False)",
          "Return the bytes of a piece of text.")
{
    bool final;
    return oz_truth(t, a[2], &final) ? encode_more(t, (Multibyte *)a[0], a[1], final) : NULL;
}

/* One byte for how much waits, that in UTF-8, then the state: as one little-endian int. */
OZ_METHOD(multibyte_encoder, getstate, "($self, /)", "Return the state as an int.")
{
    const Multibyte *self = (const Multibyte *)a[0];
    uint8_t bytes[1 + 4 + sizeof self->state] = {0};
    if (self->held) {
        scoped Ref text = oz_str_from_character(t, self->held);
        scoped Ref utf8 = text ? oz_encode(t, text, NULL, NULL) : NULL;
        if (!utf8)
            return NULL;
        bytes[0] = (uint8_t)oz_bytes_length((Bytes *)utf8);
        memcpy(bytes + 1, oz_bytes_data((Bytes *)utf8), bytes[0]);
    }
    memcpy(bytes + 1 + bytes[0], self->state.c, sizeof self->state);
    return oz_int_from_bytes(t, bytes, 1 + bytes[0] + sizeof self->state, true, false);
}

OZ_METHOD(multibyte_encoder, setstate, "($self, state, /)", "Go on where a state says.")
{
    Multibyte *self = (Multibyte *)a[0];
    uint8_t bytes[1 + 8 + sizeof self->state] = {0};
    if (!oz_isa(a[1], OZ_INT))
        return oz_raise_argument(t, "setstate", "int", a[1]);
    if (!oz_int_to_bytes(t, a[1], bytes, sizeof bytes, true, false))
        return NULL;
    if (bytes[0] > 8)
        return oz_raise(t, OZ_UnicodeError, "pending buffer too large");
    scoped Ref text = oz_decode_utf8(t, bytes + 1, bytes[0], NULL);
    if (!text)
        return NULL;
    const Str *s = oz_as_str(text);
    if (oz_str_length(s) > 1)
        return oz_raise(t, OZ_UnicodeError, "pending buffer too large");
    self->held = oz_str_length(s) ? oz_str_at(s, 0) : 0;
    memcpy(self->state.c, bytes + 1 + bytes[0], sizeof self->state);
    return OZ_NONE;
}

OZ_METHOD(multibyte_encoder, reset, "($self, /)", "Begin a new text.")
{
    start_again((Multibyte *)a[0]);
    return OZ_NONE;
}

#define MULTIBYTE_LIFE .size = sizeof(Multibyte), .visit = multibyte_visit, .clear = multibyte_clear

const TypeDef oz_multibyte_encoder_type = {
    .id = OZ_MULTIBYTE_ENCODER,
    .name = "_multibytecodec.MultibyteIncrementalEncoder",
    .doc = "Encodes a text that comes in pieces.",
    MULTIBYTE_LIFE,
    .make = &multibyte_encoder_new_,
    .initialise = &multibyte_encoder_init_,
    .methods = OZ_METHODS(&multibyte_encoder_encode, &multibyte_encoder_getstate,
                          &multibyte_encoder_setstate, &multibyte_encoder_reset),
    .getsets = OZ_GETSETS(ERRORS_GETSET),
};

/* ---- the incremental decoder ---- */

NOTHING_MORE(multibyte_decoder)

OZ_NEW(multibyte_decoder, "($type, /, errors='strict')")
{
    return multibyte_make(t, a[0], NULL, a[1]);
}

OZ_METHOD(multibyte_decoder, decode, "($self, /, input, final=False)",
          "Return the text of a piece of bytes.")
{
    bool final;
    scoped_buffer view = {0};
    if (!oz_truth(t, a[2], &final) || !oz_buffer_open(t, a[1], &view))
        return NULL;
    return decode_more(t, (Multibyte *)a[0], view.data, view.length, final);
}

OZ_METHOD(multibyte_decoder, getstate, "($self, /)",
          "Return the bytes that wait, and the state as an int.")
{
    const Multibyte *self = (const Multibyte *)a[0];
    scoped Ref waiting = oz_bytes_new(t, self->waiting, self->waiting_count);
    scoped Ref state = oz_int_from_bytes(t, self->state.c, sizeof self->state, true, false);
    return waiting && state ? oz_tuple_of(t, 2, waiting, state) : NULL;
}

OZ_METHOD(multibyte_decoder, setstate, "($self, state, /)", "Go on where a state says.")
{
    Multibyte *self = (Multibyte *)a[0];
    const Tuple *pair = oz_as_tuple(a[1]);
    if (!pair)
        return oz_raise_argument(t, "setstate", "tuple", a[1]);
    if (pair->length != 2 || !oz_as_bytes(pair->items[0]) || !oz_isa(pair->items[1], OZ_INT))
        return oz_raise(t, OZ_TypeError,
                        "setstate(): illegal state argument: a pair of bytes and int is needed");
    const Bytes *waiting = oz_as_bytes(pair->items[0]);
    MultibyteState state = {.number = 0};
    if (!oz_int_to_bytes(t, pair->items[1], state.c, sizeof state, true, false))
        return NULL;
    if (oz_bytes_length(waiting) > sizeof self->waiting)
        return oz_raise(t, OZ_UnicodeError, "pending buffer too large");
    self->waiting_count = (uint8_t)oz_bytes_length(waiting);
    memcpy(self->waiting, oz_bytes_data(waiting), self->waiting_count);
    self->state = state;
    return OZ_NONE;
}

OZ_METHOD(multibyte_decoder, reset, "($self, /)", "Begin a new text.")
{
    start_again((Multibyte *)a[0]);
    return OZ_NONE;
}

const TypeDef oz_multibyte_decoder_type = {
    .id = OZ_MULTIBYTE_DECODER,
    .name = "_multibytecodec.MultibyteIncrementalDecoder",
    .doc = "Decodes bytes that come in pieces.",
    MULTIBYTE_LIFE,
    .make = &multibyte_decoder_new_,
    .initialise = &multibyte_decoder_init_,
    .methods = OZ_METHODS(&multibyte_decoder_decode, &multibyte_decoder_getstate,
                          &multibyte_decoder_setstate, &multibyte_decoder_reset),
    .getsets = OZ_GETSETS(ERRORS_GETSET),
};

/* ---- the stream reader ---- */

NOTHING_MORE(multibyte_reader)

OZ_NEW(multibyte_reader, "($type, /, stream, errors='strict')")
{
    return multibyte_make(t, a[0], a[1], a[2]);
}

/* Read from the stream with one of its methods until there is some text. */
static Ref read_text(Thread *t, Obj reader, const char *method, Obj size_given)
{
    Multibyte *self = (Multibyte *)reader;
    ssize_t size = -1;
    if (size_given != OZ_NONE && !oz_as_size_argument(t, size_given, &size))
        return NULL;
    if (size == 0)
        return oz_str_new(t, "");
    scoped Ref name = oz_intern(t, method);
    while (name) {
        Obj argument = (Obj)oz_int(size);
        scoped Ref data = oz_call_method(t, self->stream, name, size < 0 ? 0 : 1, &argument);
        if (!data)
            return NULL;
        const Bytes *bytes = oz_as_bytes(data);
        if (!bytes)
            return oz_raise(t, OZ_TypeError, "stream function returned a non-bytes object (%T)",
                            data);
        bool end = size < 0 || oz_bytes_length(bytes) == 0;
        scoped Ref text = decode_more(t, self, oz_bytes_data(bytes), oz_bytes_length(bytes), end);
        if (!text || end || oz_str_length(oz_as_str(text)))
            return oz_move(&text);
        size = 1; /* a part of a character: it takes at least one byte more */
        if (!oz_poll(t))
            return NULL;
    }
    return NULL;
}

OZ_METHOD(multibyte_reader, read, "($self, sizeobj=None, /)", "Read and decode some bytes.")
{
    return read_text(t, a[0], "read", a[1]);
}

OZ_METHOD(multibyte_reader, readline, "($self, sizeobj=None, /)", "Read and decode a line.")
{
    return read_text(t, a[0], "readline", a[1]);
}

OZ_METHOD(multibyte_reader, readlines, "($self, sizehintobj=None, /)",
          "Read and decode some bytes, and return the lines.")
{
    scoped Ref text = read_text(t, a[0], "read", a[1]);
    scoped Ref name = text ? oz_intern(t, "splitlines") : NULL;
    return name ? oz_call_method(t, text, name, 1, (Obj[]){OZ_TRUE}) : NULL;
}

OZ_METHOD(multibyte_reader, reset, "($self, /)", "Begin a new text.")
{
    start_again((Multibyte *)a[0]);
    return OZ_NONE;
}

#define STREAM_MEMBER                                                                              \
    {                                                                                              \
        "stream", offsetof(Multibyte, stream), OZ_MEMBER_READONLY, NULL                            \
    }

const TypeDef oz_multibyte_reader_type = {
    .id = OZ_MULTIBYTE_READER,
    .name = "_multibytecodec.MultibyteStreamReader",
    .doc = "Decodes what a stream of bytes gives.",
    MULTIBYTE_LIFE,
    .make = &multibyte_reader_new_,
    .initialise = &multibyte_reader_init_,
    .methods = OZ_METHODS(&multibyte_reader_read, &multibyte_reader_readline,
                          &multibyte_reader_readlines, &multibyte_reader_reset),
    .getsets = OZ_GETSETS(ERRORS_GETSET),
    .members = OZ_MEMBERS(STREAM_MEMBER),
};

/* ---- the stream writer ---- */

NOTHING_MORE(multibyte_writer)

OZ_NEW(multibyte_writer, "($type, /, stream, errors='strict')")
{
    return multibyte_make(t, a[0], a[1], a[2]);
}

static bool write_text(Thread *t, Obj writer, Obj text, bool final)
{
    Multibyte *self = (Multibyte *)writer;
    scoped Ref bytes = encode_more(t, self, text, final);
    scoped Ref name = bytes ? oz_intern(t, "write") : NULL;
    if (!name)
        return false;
    if (final && !oz_bytes_length((Bytes *)bytes))
        return true;
    scoped Ref written = oz_call_method(t, self->stream, name, 1, (Obj[]){bytes});
    return written != NULL;
}

OZ_METHOD(multibyte_writer, write, "($self, strobj, /)", "Encode a text and write it.")
{
    return write_text(t, a[0], a[1], false) ? OZ_NONE : NULL;
}

OZ_METHOD(multibyte_writer, writelines, "($self, lines, /)", "Encode texts and write them.")
{
    scoped Ref lines = oz_to_sequence(t, a[1], "arg must be a sequence object");
    scoped Ref iterator = lines ? oz_iter(t, lines) : NULL;
    while (iterator) {
        scoped Ref line = NULL;
        Found found = oz_next(t, iterator, &line);
        if (found != OZ_FOUND)
            return found == OZ_MISSING ? OZ_NONE : NULL;
        if (!write_text(t, a[0], line, false))
            return NULL;
    }
    return NULL;
}

OZ_METHOD(multibyte_writer, reset, "($self, /)", "Write what waits, and begin a new text.")
{
    bool done = write_text(t, a[0], OZ_TEXT(t, empty), true);
    start_again((Multibyte *)a[0]);
    return done ? OZ_NONE : NULL;
}

const TypeDef oz_multibyte_writer_type = {
    .id = OZ_MULTIBYTE_WRITER,
    .name = "_multibytecodec.MultibyteStreamWriter",
    .doc = "Encodes texts into a stream of bytes.",
    MULTIBYTE_LIFE,
    .make = &multibyte_writer_new_,
    .initialise = &multibyte_writer_init_,
    .methods =
        OZ_METHODS(&multibyte_writer_write, &multibyte_writer_writelines, &multibyte_writer_reset),
    .getsets = OZ_GETSETS(ERRORS_GETSET),
    .members = OZ_MEMBERS(STREAM_MEMBER),
};

/* ---- the modules ---- */

/* The codec of that name, of this module; the encodings package asks for each once. */
static Ref get_codec(Thread *t, Obj name, const char *module)
{
    if (!oz_is_str(name))
        return oz_raise(t, OZ_TypeError, "encoding name must be a string.");
    for (const MultibyteDef *def = oz_multibyte_defs; def->name; def++) {
        if (strcmp(def->module, module) != 0 || !oz_str_equal_utf8(oz_as_str(name), def->name))
            continue;
        Class *cls = oz_builtin_class(t, OZ_MULTIBYTE_CODEC);
        MultibyteCodec *codec =
            cls ? oz_object_new(t, OZ_MULTIBYTE_CODEC, sizeof(MultibyteCodec)) : NULL;
        scoped Ref made = (Ref)codec;
        return codec && oz_multibyte_open(t, &codec->tables, def) ? oz_move(&made) : NULL;
    }
    return oz_raise(t, OZ_LookupError, "no such codec is supported.");
}

#define CODECS(stem)                                                                               \
    OZ_FUNCTION(codecs_##stem, getcodec, "($module, name, /)", "Return the codec of that name.")   \
    {                                                                                              \
        return get_codec(t, a[1], "_codecs_" #stem);                                               \
    }                                                                                              \
    const ModuleDef oz_codecs_##stem##_module = {                                                  \
        .name = "_codecs_" #stem,                                                                  \
        .functions = OZ_METHODS(&codecs_##stem##_getcodec),                                        \
    };

CODECS(cn)
CODECS(hk)
CODECS(iso2022)
CODECS(jp)
CODECS(kr)
CODECS(tw)

static const uint32_t types[] = {OZ_MULTIBYTE_ENCODER, OZ_MULTIBYTE_DECODER, OZ_MULTIBYTE_READER,
                                 OZ_MULTIBYTE_WRITER, 0};

const ModuleDef oz_multibyte_module = {
    .name = "_multibytecodec",
    .doc = "What codecs for East Asian encodings have in common.",
    .types = types,
};
