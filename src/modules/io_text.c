// SPDX-License-Identifier: MIT
// TextIOWrapper: text over a buffered file.
//
// Reading.  A chunk of bytes is decoded as a whole; `decoded` is its text and `used` says how much
// of it was given out.  `snapshot` keeps the bytes and the state of the decoder before them, so
// that tell() can find which byte a character came from.
//
// Writing.  Text is encoded into `pending`, which goes to the buffer when it holds a chunk, when a
// line ends (line_buffering), and before anything that needs the position.
//
// Encodings.  UTF-8, Latin-1, ASCII and the forms of UTF-16 and UTF-32 without a mark are done
// here: the state of such a decoder is the few bytes of a character that is not complete (`held`).
// All others use the incremental coders of the codecs registry.
//
// T1. used <= length of decoded.  An empty `decoded` has length 0.
// T2. pending_length <= capacity.  What is pending is moved out before it is written, since writing
//     may run Python code that writes again.
// T3. A cookie of tell() is a byte offset plus, in higher bits, what must be fed to the decoder
//     from there.  For most files it is the offset alone.
#include "modules/io.h"

#include "base/utf8.h"
#include "modules/modules.h"

#include <string.h>
#include <unistd.h>

#define TEXT_REFS(REF)                                                                             \
    REF(buffer)   /* the file of bytes; empty: not made, or detached */                            \
    REF(encoding) /* str */                                                                        \
    REF(errors)   /* str */                                                                        \
    REF(decoder)  /* incremental decoder, where it is not built in; or empty */                    \
    REF(encoder)  /* the same for writing */                                                       \
    REF(decoded)  /* str or empty */                                                               \
    REF(snapshot) /* bytes or empty */                                                             \
    REF(mode)     /* what open() was given, or empty */

typedef struct TextIo {
    IoBase io;
    TEXT_REFS(OZ_FIELD)
    size_t used;             /* [object] characters of `decoded` */
    int64_t snapshot_flags;  /* [object] state of the decoder before `snapshot` */
    uint8_t *pending;        /* [object] a block, or NULL */
    size_t pending_length;   /* [object] bytes */
    size_t pending_capacity; /* [object] bytes */
    size_t chunk;            /* [object] bytes to read, bytes to collect */
    double bytes_per_char;   /* [object] of the last chunk */
    CodecKind kind;          /* [object] OZ_CODEC_NONE: by decoder and encoder */
    Newlines newlines;       /* [object] */
    LineEnds ends;           /* [object] */
    char write_newline[3];   /* [object] what \n becomes; "": it stays */
    uint8_t held_count;      /* [object] */
    uint8_t held[8];         /* [object] bytes of an incomplete character */
    bool ready;              /* [object] __init__ went well */
    bool detached;           /* [object] */
    bool readable;           /* [object] */
    bool writable;           /* [object] */
    bool line_buffering;     /* [object] */
    bool write_through;      /* [object] */
    bool seekable;           /* [object] */
    bool telling;            /* [object] snapshots are kept */
    bool has_read1;          /* [object] */
    bool at_start;           /* [object] the encoder has to write its mark */
    bool strict;             /* [object] errors == "strict" */
    FileNode node;           /* listed if it is writable */
} TextIo;

static void text_visit(const Object *object, Visitor *v)
{
    const TextIo *self = (const TextIo *)object;
    oz_visit(v, self->io.dict, "dict", -1);
    TEXT_REFS(OZ_VISIT)
}

static void text_clear(Thread *t, Object *object)
{
    TextIo *self = (TextIo *)object;
    oz_file_node_remove(t, &self->node);
    self->ready = false;
    uint8_t *pending = self->pending;
    self->pending = NULL;
    self->pending_length = self->pending_capacity = 0;
    oz_block_free(pending);
    oz_clear(&self->io.dict);
    TEXT_REFS(OZ_CLEAR)
}

static size_t text_outside(const Object *object)
{
    const TextIo *self = (const TextIo *)object;
    return self->pending ? oz_heap_size(self->pending) : 0;
}

#define SET(self, field, value) oz_store(&(self)->io.base, &(self)->field, value)

/* ---- checks ---- */

static bool check_ready(Thread *t, const TextIo *self)
{
    if (OZ_LIKELY(self->ready))
        return true;
    return oz_fail(t, OZ_ValueError,
                   self->detached ? "underlying buffer has been detached"
                                  : "I/O operation on uninitialized object");
}

/* The file underneath, unless it has been taken away meanwhile. */
static Ref buffer_of(Thread *t, const TextIo *self)
{
    if (OZ_UNLIKELY(!self->buffer) && check_ready(t, self))
        oz_never();
    return self->buffer ? oz_retain(self->buffer) : NULL;
}

static bool check_open(Thread *t, const TextIo *self)
{
    if (!check_ready(t, self))
        return false;
    bool closed;
    if (OZ_LIKELY(oz_is((Obj)self, OZ_TEXT_IO))) {
        scoped Ref buffer = buffer_of(t, self);
        if (!buffer || !oz_io_closed(t, buffer, &closed))
            return false;
    } else if (!oz_io_closed(t, (Obj)self, &closed)) {
        return false;
    }
    return !closed || oz_fail(t, OZ_ValueError, "I/O operation on closed file.");
}

static const char *errors_of(const TextIo *self)
{
    return (const char *)oz_str_data(oz_as_str(self->errors));
}

static bool streams_natively(CodecKind kind)
{
    switch (kind) {
    case OZ_CODEC_UTF8:
    case OZ_CODEC_LATIN1:
    case OZ_CODEC_ASCII:
    case OZ_CODEC_UTF16_LE:
    case OZ_CODEC_UTF16_BE:
    case OZ_CODEC_UTF32_LE:
    case OZ_CODEC_UTF32_BE:
        return true;
    default:
        return false;
    }
}

/* ---- the decoder ---- */

static Ref decode_here(Thread *t, TextIo *self, const uint8_t *data, size_t size, bool final)
{
    uint8_t *joined = NULL;
    size_t held = self->held_count;
    if (held) {
        joined = oz_block_alloc(t->heap, held + size);
        if (!joined)
            return oz_raise_memory(t);
        memcpy(joined, self->held, held);
        memcpy(joined + held, data, size);
        data = joined;
        size += held;
    }
    DecodeArgs args = {.data = data, .length = size, .errors = errors_of(self), .final = final};
    if (self->kind == OZ_CODEC_UTF16_BE || self->kind == OZ_CODEC_UTF32_BE)
        args.order = 1;
    else if (self->kind == OZ_CODEC_UTF16_LE || self->kind == OZ_CODEC_UTF32_LE)
        args.order = -1;
    Ref text = oz_codec_decode(t, self->kind, &args);
    if (text) {
        size_t rest = size - args.consumed;
        oz_check(rest <= sizeof self->held);
        memcpy(self->held, data + args.consumed, rest);
        self->held_count = (uint8_t)rest;
    }
    oz_block_free(joined);
    return text;
}

static Ref decode_by_object(Thread *t, TextIo *self, Obj input, bool final)
{
    scoped Ref decoder = oz_retain(self->decoder);
    const Obj arguments[] = {input, oz_bool(final)};
    scoped Ref text = oz_call_method(t, decoder, OZ_NAME(t, decode), 2, arguments);
    if (text && !oz_is_str(text))
        return oz_raise(t, OZ_TypeError, "decoder should return a string result, not '%T'", text);
    return oz_move(&text);
}

/* The text of `input`, a bytes-like object. */
static Ref decode_chunk(Thread *t, TextIo *self, Obj input, bool final)
{
    scoped Ref text = NULL;
    if (self->kind == OZ_CODEC_NONE) {
        text = decode_by_object(t, self, input, final);
    } else {
        scoped_buffer view = {0};
        if (!oz_buffer_open(t, input, &view))
            return NULL;
        text = decode_here(t, self, view.data, view.length, final);
    }
    if (!text)
        return NULL;
    if (!oz_is_exact_str(text)) {
        Ref exact = oz_retain((Obj)oz_as_str(text));
        oz_drop(text);
        text = exact;
    }
    return self->ends.universal ? oz_newlines_decode(t, &self->newlines, oz_move(&text), final)
                                : oz_move(&text);
}

static bool decoder_get(Thread *t, TextIo *self, Ref *held, int64_t *flags)
{
    *flags = 0;
    if (self->kind != OZ_CODEC_NONE) {
        *held = oz_bytes_new(t, self->held, self->held_count);
    } else {
        scoped Ref decoder = oz_retain(self->decoder);
        scoped Ref state = oz_io_call(t, decoder, OZ_NAME(t, getstate));
        if (!state)
            return false;
        const Tuple *pair = oz_as_tuple(state);
        if (!pair || pair->length != 2)
            return oz_fail(t, OZ_TypeError, "illegal decoder state");
        if (!oz_as_bytes(pair->items[0]))
            return oz_fail(t, OZ_TypeError,
                           "illegal decoder state: the first item should be a bytes object, not "
                           "'%T'",
                           (Obj)pair->items[0]);
        if (!oz_as_int64(t, pair->items[1], flags))
            return false;
        *held = oz_retain(pair->items[0]);
    }
    if (self->ends.universal)
        *flags = *flags * 2 + self->newlines.pending_cr;
    return *held != NULL;
}

static bool decoder_set(Thread *t, TextIo *self, Obj held, int64_t flags)
{
    if (self->ends.universal) {
        self->newlines.pending_cr = flags & 1;
        flags >>= 1;
    }
    if (self->kind != OZ_CODEC_NONE) {
        const Bytes *b = oz_as_bytes(held);
        size_t n = oz_bytes_length(b);
        self->held_count = (uint8_t)(n < sizeof self->held ? n : sizeof self->held);
        memcpy(self->held, oz_bytes_data(b), self->held_count);
        return true;
    }
    scoped Ref state = oz_tuple_of(t, 2, held, (Obj)oz_int(flags));
    scoped Ref decoder = oz_retain(self->decoder);
    scoped Ref done = state ? oz_io_call1(t, decoder, OZ_NAME(t, setstate), state) : NULL;
    return done != NULL;
}

static bool decoder_reset(Thread *t, TextIo *self)
{
    self->held_count = 0;
    self->newlines.pending_cr = false;
    self->newlines.seen = 0;
    if (!self->decoder)
        return true;
    scoped Ref decoder = oz_retain(self->decoder);
    scoped Ref done = oz_io_call(t, decoder, OZ_NAME(t, reset));
    return done != NULL;
}

/* The encoder stands at the start of the file, or not: does it write a mark? */
static bool encoder_reset(Thread *t, TextIo *self, bool at_start)
{
    self->at_start = at_start;
    if (!self->encoder)
        return true;
    scoped Ref encoder = oz_retain(self->encoder);
    scoped Ref done = at_start ? oz_io_call(t, encoder, OZ_NAME(t, reset))
                               : oz_io_call1(t, encoder, OZ_NAME(t, setstate), oz_int(0));
    return done != NULL;
}

/* ---- making ---- */

static Ref coder_of(Thread *t, Obj info, Obj name, Obj errors)
{
    scoped Ref make = oz_get_attr(t, info, name);
    return make ? oz_call1(t, make, errors) : NULL;
}

static bool is_text_encoding(Thread *t, Obj info, const char *name)
{
    scoped Ref attribute = oz_intern(t, "_is_text_encoding");
    scoped Ref value = NULL;
    bool yes = true;
    Found found = attribute ? oz_find_attr(t, info, attribute, &value) : OZ_RAISED;
    if (found == OZ_RAISED || (found == OZ_FOUND && !oz_truth(t, value, &yes)))
        return false;
    return yes || oz_fail(t, OZ_LookupError,
                          "'%.400s' is not a text encoding; use codecs.open() to handle arbitrary "
                          "codecs",
                          name);
}

/* Find the coders for `encoding`; the fields are set when nothing can fail any more. */
static bool choose_codec(Thread *t, TextIo *self, Obj encoding, Obj errors)
{
    scoped Ref keep = NULL;
    size_t length;
    const char *name = oz_str_utf8(t, encoding, &length, &keep);
    if (!name)
        return false;
    if (strlen(name) != length)
        return oz_fail(t, OZ_ValueError, "embedded null character");
    CodecKind kind = oz_codec_kind(name);
    scoped Ref decoder = NULL;
    scoped Ref encoder = NULL;
    if (!streams_natively(kind)) {
        kind = OZ_CODEC_NONE;
        scoped Ref info = oz_codec_lookup(t, name);
        if (!info || !is_text_encoding(t, info, name))
            return false;
        if (self->readable)
            decoder = coder_of(t, info, OZ_NAME(t, incrementaldecoder), errors);
        if (self->writable && !t->exception)
            encoder = coder_of(t, info, OZ_NAME(t, incrementalencoder), errors);
        if (t->exception)
            return false;
    }
    self->kind = kind;
    self->held_count = 0;
    self->strict = oz_str_equal_utf8(oz_as_str(errors), "strict");
    SET(self, encoding, oz_retain(encoding));
    SET(self, errors, oz_retain(errors));
    SET(self, decoder, oz_move(&decoder));
    SET(self, encoder, oz_move(&encoder));
    return true;
}

static void set_newline(TextIo *self, const LineEnds *ends)
{
    self->ends = *ends;
    bool plain = ends->universal || ends->text[0] == '\n';
    memset(self->write_newline, 0, sizeof self->write_newline);
    if (!plain)
        memcpy(self->write_newline, ends->text, sizeof ends->text);
    self->newlines.translate = ends->translate;
}

static bool errors_name(Thread *t, const char *errors, Ref *name)
{
    *name = errors ? oz_str_new(t, errors) : oz_retain(OZ_NAME(t, strict));
    return *name != NULL;
}

/* In the middle of a file no mark is written. */
static bool look_at_position(Thread *t, TextIo *self)
{
    self->at_start = true;
    if (!self->seekable || !self->writable || !self->encoder)
        return true;
    scoped Ref buffer = buffer_of(t, self);
    scoped Ref at = buffer ? oz_io_call(t, buffer, OZ_NAME(t, tell)) : NULL;
    bool zero;
    if (!at || !oz_equal(t, at, oz_int(0), &zero))
        return false;
    return zero || encoder_reset(t, self, false);
}

static bool ask_buffer(Thread *t, TextIo *self, Obj buffer)
{
    if (oz_is_buffered(buffer)) {
        const Buffered *b = (const Buffered *)buffer;
        if (b->ready && oz_is_file_io(b->raw)) {
            self->readable = b->readable;
            self->writable = b->writable;
            return true;
        }
    }
    return oz_io_ask(t, buffer, OZ_NAME(t, readable), &self->readable) &&
           oz_io_ask(t, buffer, OZ_NAME(t, writable), &self->writable);
}

/* Is there an error handler of that name?  (development mode asks) */
static bool check_errors(Thread *t, const char *errors)
{
    if (!errors || !oz_config(t)->dev_mode)
        return true;
    scoped Ref handler = oz_codec_lookup_error(t, errors);
    return handler != NULL;
}

static bool prepare(Thread *t, TextIo *self, Obj buffer, Obj encoding, const char *errors_text,
                    const LineEnds *ends, bool line_buffering, bool write_through)
{
    scoped Ref errors = NULL;
    scoped Ref read1 = NULL;
    self->ready = self->detached = false;
    if (!check_errors(t, errors_text) || !errors_name(t, errors_text, &errors) ||
        !ask_buffer(t, self, buffer))
        return false;
    SET(self, decoded, NULL);
    SET(self, snapshot, NULL);
    self->used = 0;
    self->pending_length = 0;
    self->newlines = (Newlines){0};
    set_newline(self, ends);
    if (!choose_codec(t, self, encoding, errors))
        return false;
    SET(self, buffer, oz_retain(buffer));
    self->chunk = OZ_IO_BUFFER;
    self->line_buffering = line_buffering;
    self->write_through = write_through;
    self->has_read1 = true;
    if (!oz_is_buffered(buffer)) {
        Found found = oz_find_attr(t, buffer, OZ_NAME(t, read1), &read1);
        if (found == OZ_RAISED)
            return false;
        self->has_read1 = found == OZ_FOUND;
    }
    if (!oz_io_ask(t, buffer, OZ_NAME(t, seekable), &self->seekable))
        return false;
    self->telling = self->seekable;
    if (!look_at_position(t, self))
        return false;
    if (self->writable && !self->node.link)
        oz_file_node_add(t, &self->node, &self->io);
    self->ready = true;
    return true;
}

Ref oz_text_io_new(Thread *t, Obj buffer, Obj encoding, const char *errors, Obj newline,
                   bool line_buffering, bool write_through)
{
    LineEnds ends;
    if (!oz_line_ends_from(t, newline, false, &ends) || !oz_builtin_class(t, OZ_TEXT_IO))
        return NULL;
    TextIo *self = oz_object_new(t, OZ_TEXT_IO, sizeof *self);
    scoped Ref owned = (Ref)self;
    if (!self || !prepare(t, self, buffer, encoding, errors, &ends, line_buffering, write_through))
        return NULL;
    return oz_move(&owned);
}

Obj oz_text_io_buffer(Obj file)
{
    return ((const TextIo *)file)->buffer;
}

void oz_text_io_set_mode(Obj file, Obj mode)
{
    TextIo *self = (TextIo *)file;
    SET(self, mode, oz_retain(mode));
}

OZ_NEW(text_io, "($type, /, *args, **kwargs)")
{
    return (Ref)oz_instance_new(t, (Class *)a[0], 0);
}

/* An optional str argument as UTF-8 without zeros: NULL for None. */
static bool text_argument(Thread *t, Obj v, const char *name, const char **text, Ref *keep)
{
    *text = NULL;
    if (v == OZ_NONE)
        return true;
    if (!oz_is_str(v))
        return oz_fail(t, OZ_TypeError, "TextIOWrapper() argument '%s' must be str or None, not %T",
                       name, v);
    size_t length;
    *text = oz_str_utf8(t, v, &length, keep);
    if (!*text)
        return false;
    return strlen(*text) == length || oz_fail(t, OZ_ValueError, "embedded null character");
}

OZ_INIT(text_io, "($self, /, buffer, encoding=None, errors=None, newline=None, "
                 "line_buffering=False, write_through=False)")
{
    TextIo *self = (TextIo *)a[0];
    scoped Ref keep_encoding = NULL, keep_errors = NULL, keep_newline = NULL;
    const char *encoding, *errors, *newline;
    bool line, through;
    LineEnds ends;
    self->ready = false;
    if (!text_argument(t, a[2], "encoding", &encoding, &keep_encoding))
        return NULL;
    if (a[3] != OZ_NONE && !oz_is_str(a[3]))
        return oz_raise(t, OZ_TypeError,
                        "TextIOWrapper() argument 'errors' must be str or None, not %T", a[3]);
    if (!text_argument(t, a[3], "errors", &errors, &keep_errors) ||
        !text_argument(t, a[4], "newline", &newline, &keep_newline) ||
        !oz_line_ends_from(t, a[4], false, &ends) || !oz_truth(t, a[5], &line) ||
        !oz_truth(t, a[6], &through))
        return NULL;
    if (!encoding && oz_config(t)->warn_default_encoding &&
        !oz_warn(t, OZ_EncodingWarning, 1, "'encoding' argument not specified"))
        return NULL;
    scoped Ref name = !encoding || strcmp(encoding, "locale") == 0
                          ? oz_str_new(t, oz_config(t)->utf8_mode ? "utf-8" : OZ_LOCALE_ENCODING)
                          : oz_retain(a[2]);
    return name && prepare(t, self, a[1], name, errors, &ends, line, through) ? OZ_NONE : NULL;
}

/* ---- writing ---- */

/* All of it to a file underneath that needs no objects for it. */
static bool write_natively(Thread *t, Obj buffer, const uint8_t *data, size_t size)
{
    if (oz_is_buffered(buffer))
        return oz_buffered_write(t, (Buffered *)buffer, data, size);
    for (size_t done = 0; done < size;) {
        ssize_t n = oz_file_io_write(t, (FileIo *)buffer, data + done, size - done);
        if (n == -2)
            oz_io_blocked(t, done);
        if (n < 0 || !oz_poll(t))
            return false;
        done += (size_t)n;
    }
    return true;
}

static bool write_pending(Thread *t, TextIo *self)
{
    size_t size = self->pending_length;
    if (size == 0)
        return true;
    scoped Ref buffer = buffer_of(t, self);
    if (!buffer)
        return false;
    bool native = oz_is_buffered(buffer) || oz_is_file_io(buffer);
    scoped Ref bytes = native ? NULL : oz_bytes_new(t, self->pending, size);
    if (!native && !bytes)
        return false;
    uint8_t *data = self->pending;
    size_t capacity = self->pending_capacity;
    self->pending = NULL; /* T2 */
    self->pending_length = self->pending_capacity = 0;
    bool ok;
    if (native) {
        ok = write_natively(t, buffer, data, size);
    } else {
        scoped Ref done = oz_io_call1(t, buffer, OZ_NAME(t, write), bytes);
        ok = done != NULL;
    }
    if (self->pending || !self->ready) {
        oz_block_free(data);
    } else {
        self->pending = data;
        self->pending_capacity = capacity;
    }
    return ok;
}

static bool flush_buffer(Thread *t, TextIo *self)
{
    scoped Ref buffer = buffer_of(t, self);
    return buffer && oz_io_flush(t, buffer);
}

/* Room for `size` more bytes. */
static uint8_t *make_room(Thread *t, TextIo *self, size_t size)
{
    size_t need = self->pending_length + size;
    if (need > self->pending_capacity || !self->pending) { /* NULL means raised */
        size_t capacity = need < OZ_IO_BUFFER ? OZ_IO_BUFFER : need;
        uint8_t *block = oz_block_realloc(t->heap, self->pending, capacity);
        if (!block) {
            oz_raise_memory(t);
            return NULL;
        }
        self->pending = block;
        self->pending_capacity = capacity;
    }
    return self->pending + self->pending_length;
}

static bool append_bytes(Thread *t, TextIo *self, const void *data, size_t size)
{
    uint8_t *out = make_room(t, self, size);
    if (!out)
        return false;
    memcpy(out, data, size);
    self->pending_length += size;
    return true;
}

/* UTF-8 of a text that is not ASCII.  OZ_MISSING: it has surrogates. */
static Found append_utf8(Thread *t, TextIo *self, Text s)
{
    size_t most;
    if (!oz_size_mul(s.length, s.width == 1 ? 2 : s.width == 2 ? 3 : 4, &most)) {
        oz_raise_memory(t);
        return OZ_RAISED;
    }
    uint8_t *out = make_room(t, self, most);
    if (!out)
        return OZ_RAISED;
    size_t n = 0;
    for (size_t i = 0; i < s.length; i++) {
        uint32_t c = oz_text_char(s, i);
        if (OZ_UNLIKELY(c - 0xd800 < 0x800))
            return OZ_MISSING;
        n += oz_utf8_put(c, out + n);
    }
    self->pending_length += n;
    return OZ_FOUND;
}

static Ref encode_text(Thread *t, TextIo *self, Obj text)
{
    if (self->kind != OZ_CODEC_NONE)
        return oz_codec_encode(t, self->kind, text, errors_of(self), NULL);
    scoped Ref encoder = oz_retain(self->encoder);
    self->at_start = false;
    scoped Ref bytes = oz_io_call1(t, encoder, OZ_NAME(t, encode), text);
    if (bytes && !oz_as_bytes(bytes))
        return oz_raise(t, OZ_TypeError, "encoder should return a bytes object, not '%T'", bytes);
    return oz_move(&bytes);
}

/* Encode a str behind what is pending. */
static bool append_text(Thread *t, TextIo *self, const Str *text)
{
    Text s = oz_text_of(text);
    bool ascii = oz_id(&text->base) == OZ_STR_ASCII;
    bool one_byte = self->kind == OZ_CODEC_UTF8 || self->kind == OZ_CODEC_LATIN1 ||
                    self->kind == OZ_CODEC_ASCII;
    if (one_byte && (ascii || (self->kind == OZ_CODEC_LATIN1 && s.width == 1)))
        return append_bytes(t, self, s.data, s.length);
    if (self->kind == OZ_CODEC_UTF8) {
        Found found = append_utf8(t, self, s);
        if (found != OZ_MISSING)
            return found == OZ_FOUND;
    }
    scoped Ref bytes = encode_text(t, self, (Obj)text);
    if (!bytes)
        return false;
    const Bytes *b = oz_as_bytes(bytes);
    return append_bytes(t, self, oz_bytes_data(b), oz_bytes_length(b));
}

static bool forget_read(Thread *t, TextIo *self)
{
    if (!self->readable || (!self->decoded && !self->snapshot && !self->decoder))
        return true;
    SET(self, decoded, NULL);
    SET(self, snapshot, NULL);
    self->used = 0;
    return decoder_reset(t, self);
}

static bool write_text(Thread *t, TextIo *self, const Str *text)
{
    if (!check_open(t, self))
        return false;
    if (!self->writable)
        return oz_io_unsupported(t, "not writable");
    Text s = oz_text_of(text);
    bool line_end = false;
    bool has_newline = (self->write_newline[0] || self->line_buffering) &&
                       oz_text_find_char(s, '\n') != OZ_NOT_FOUND;
    scoped Ref changed = NULL;
    if (has_newline && self->write_newline[0]) {
        scoped Ref newline = oz_str_new(t, self->write_newline);
        const Obj arguments[] = {OZ_TEXT(t, newline), newline};
        changed = newline ? oz_call_method(t, (Obj)text, OZ_NAME(t, replace), 2, arguments) : NULL;
        if (!changed)
            return false;
    }
    if (self->line_buffering)
        line_end = has_newline || oz_text_find_char(s, '\r') != OZ_NOT_FOUND;
    if (self->pending_length && self->pending_length + s.length > self->chunk &&
        !write_pending(t, self))
        return false;
    if (!append_text(t, self, changed ? oz_as_str(changed) : text))
        return false;
    if ((self->pending_length >= self->chunk || line_end || self->write_through) &&
        !write_pending(t, self))
        return false;
    if (line_end && !flush_buffer(t, self))
        return false;
    return !self->readable || forget_read(t, self);
}

Found oz_text_io_put(Thread *t, Obj file, Obj text)
{
    const Str *s = oz_as_str(text);
    if (!oz_io_is_plain(file, OZ_TEXT_IO) || !s)
        return OZ_MISSING;
    return write_text(t, (TextIo *)file, s) ? OZ_FOUND : OZ_RAISED;
}

OZ_METHOD(text_io, write, "($self, text, /)", "Write a str; return its length.")
{
    TextIo *self = (TextIo *)a[0];
    if (!check_ready(t, self))
        return NULL;
    const Str *text = oz_as_str(a[1]);
    if (!text)
        return oz_raise(t, OZ_TypeError, "write() argument must be str, not %T", a[1]);
    return write_text(t, self, text) ? oz_int((int64_t)oz_str_length(text)) : NULL;
}

static bool flush_all(Thread *t, TextIo *self)
{
    if (!check_open(t, self))
        return false;
    self->telling = self->seekable;
    return write_pending(t, self) && flush_buffer(t, self);
}

Found oz_text_io_flush(Thread *t, Obj file)
{
    if (!oz_io_is_plain(file, OZ_TEXT_IO))
        return OZ_MISSING;
    return flush_all(t, (TextIo *)file) ? OZ_FOUND : OZ_RAISED;
}

OZ_METHOD(text_io, flush, "($self, /)", "Write out what waits in buffers.")
{
    return flush_all(t, (TextIo *)a[0]) ? OZ_NONE : NULL;
}

/* ---- reading ---- */

static const Str *decoded_of(const TextIo *self)
{
    return oz_as_str(self->decoded);
}

static size_t rest_of(const TextIo *self)
{
    return self->decoded ? oz_str_length(decoded_of(self)) - self->used : 0;
}

/* Up to `size` decoded characters. */
static Ref take_decoded(Thread *t, TextIo *self, size_t size)
{
    size_t rest = rest_of(self);
    if (size > rest)
        size = rest;
    if (size == 0)
        return oz_retain(OZ_TEXT(t, empty));
    Ref part = self->used || size < rest
                   ? oz_str_slice(t, self->decoded, self->used, self->used + size)
                   : oz_retain(self->decoded);
    if (part)
        self->used += size;
    return part;
}

static void set_decoded(TextIo *self, Ref text)
{
    self->used = 0;
    SET(self, decoded, text);
}

static Ref read_bytes(Thread *t, TextIo *self, size_t size)
{
    scoped Ref buffer = buffer_of(t, self);
    if (!buffer)
        return NULL;
    if (oz_is(buffer, OZ_BUFFERED_READER) || oz_is(buffer, OZ_BUFFERED_RANDOM))
        return oz_buffered_read1(t, (Buffered *)buffer, size);
    scoped Ref bytes = oz_io_call1(
        t, buffer, self->has_read1 ? OZ_NAME(t, read1) : OZ_NAME(t, read), oz_int((int64_t)size));
    if (bytes && !oz_has_buffer(bytes))
        return oz_raise(t, OZ_TypeError,
                        "underlying %s() should have returned a bytes-like object, not '%T'",
                        self->has_read1 ? "read1" : "read", bytes);
    return oz_move(&bytes);
}

/* The bytes behind which the decoder stands, and its state before them. */
static bool take_snapshot(Thread *t, TextIo *self, Obj held, int64_t flags, Obj input)
{
    scoped Ref bytes = oz_as_bytes(input) && oz_bytes_length(oz_as_bytes(held)) == 0
                           ? oz_retain(input)
                           : oz_binary(t, OZ_OP_ADD, held, input);
    if (!bytes)
        return false;
    self->snapshot_flags = flags;
    SET(self, snapshot, oz_move(&bytes));
    return true;
}

/* Decode one more chunk: OZ_MISSING at the end of the file. */
static Found read_chunk(Thread *t, TextIo *self, size_t hint)
{
    if (!self->readable) {
        oz_io_unsupported(t, "not readable");
        return OZ_RAISED;
    }
    scoped Ref held = NULL;
    int64_t flags = 0;
    bool telling = self->telling; /* which may change while bytes are read */
    if (telling && !decoder_get(t, self, &held, &flags))
        return OZ_RAISED;
    size_t size = self->chunk;
    if (hint && (double)hint * self->bytes_per_char > (double)size)
        size = (size_t)((double)hint * self->bytes_per_char);
    scoped Ref input = read_bytes(t, self, size);
    ssize_t length;
    if (!input || !oz_length(t, input, &length))
        return OZ_RAISED;
    Ref text = decode_chunk(t, self, input, length == 0);
    if (!text)
        return OZ_RAISED;
    size_t characters = oz_str_length(oz_as_str(text));
    set_decoded(self, text);
    self->bytes_per_char = characters ? (double)length / (double)characters : 0.0;
    if (telling && !take_snapshot(t, self, held, flags, input))
        return OZ_RAISED;
    return characters || length ? OZ_FOUND : OZ_MISSING;
}

static Ref read_everything(Thread *t, TextIo *self)
{
    scoped Ref front = take_decoded(t, self, SIZE_MAX);
    scoped Ref buffer = front ? buffer_of(t, self) : NULL;
    scoped Ref bytes = buffer ? oz_io_call(t, buffer, OZ_NAME(t, read)) : NULL;
    if (!bytes)
        return NULL;
    if (bytes == OZ_NONE)
        return oz_raise(t, OZ_TypeError, "a bytes-like object is required, not 'NoneType'");
    scoped Ref text = decode_chunk(t, self, bytes, true);
    if (!text)
        return NULL;
    SET(self, snapshot, NULL);
    set_decoded(self, NULL);
    return oz_str_length(oz_as_str(front)) ? oz_str_concat(t, front, text) : oz_move(&text);
}

static Ref read_text(Thread *t, TextIo *self, ssize_t size)
{
    if (!check_open(t, self))
        return NULL;
    if (!self->readable)
        return oz_io_unsupported(t, "not readable");
    if (!write_pending(t, self))
        return NULL;
    if (size < 0)
        return read_everything(t, self);
    size_t want = (size_t)size;
    if (rest_of(self) >= want)
        return take_decoded(t, self, want);
    StrBuilder text;
    oz_builder_init(&text, t);
    bool ok = true;
    for (size_t done = 0;;) {
        scoped Ref part = take_decoded(t, self, want - done);
        ok = part && oz_builder_str(&text, part) && oz_poll(t);
        if (!ok)
            break;
        done += oz_str_length(oz_as_str(part));
        if (done == want)
            break;
        Found found = read_chunk(t, self, want - done);
        ok = found != OZ_RAISED;
        if (found != OZ_FOUND)
            break;
    }
    if (ok)
        return oz_builder_finish(&text);
    oz_builder_fini(&text);
    return NULL;
}

OZ_METHOD(text_io, read, "($self, size=-1, /)", "Read up to `size` characters, or everything.")
{
    ssize_t size;
    if (!check_ready(t, (TextIo *)a[0]) || !oz_io_size(t, a[1], &size))
        return NULL;
    return read_text(t, (TextIo *)a[0], size);
}

/* The line goes on beyond the chunk: `front` is what there is of it (taken). */
static Ref long_line(Thread *t, TextIo *self, size_t limit)
{
    scoped Ref line = oz_retain(OZ_TEXT(t, empty));
    size_t looked = 0; /* of the line: no end up to there */
    for (;;) {
        size_t old = oz_str_length(oz_as_str(line));
        scoped Ref part = take_decoded(t, self, limit - old);
        if (!part)
            return NULL;
        line = old ? oz_str_append_take(t, oz_move(&line), part) : oz_retain(part);
        if (!line)
            return NULL;
        const Str *s = oz_as_str(line);
        size_t length = oz_str_length(s);
        ssize_t end = oz_line_end(&self->ends, oz_text_of(s), looked, &looked);
        if (end >= 0 && (size_t)end < length) {
            self->used -= length - (size_t)end; /* nobody could read since it was taken */
            return oz_str_slice(t, line, 0, (size_t)end);
        }
        if (end >= 0 || length == limit)
            return oz_move(&line);
        if (!oz_poll(t))
            return NULL;
        Found found;
        do {
            found = read_chunk(t, self, 0);
        } while (found == OZ_FOUND && rest_of(self) == 0 && oz_poll(t));
        if (found == OZ_RAISED || t->exception)
            return NULL;
        if (found == OZ_MISSING) {
            SET(self, snapshot, NULL);
            set_decoded(self, NULL);
            return oz_move(&line);
        }
    }
}

static Ref read_line(Thread *t, TextIo *self, size_t limit)
{
    if (!check_open(t, self) || !write_pending(t, self))
        return NULL;
    size_t rest = rest_of(self);
    if (rest && limit) {
        size_t looked;
        ssize_t end = oz_line_end(&self->ends, oz_text_of(decoded_of(self)), self->used, &looked);
        size_t size = end < 0 ? SIZE_MAX : (size_t)end - self->used;
        if (size <= limit && end >= 0)
            return take_decoded(t, self, size);
        if (rest >= limit)
            return take_decoded(t, self, limit);
    }
    return limit ? long_line(t, self, limit) : oz_retain(OZ_TEXT(t, empty));
}

OZ_METHOD(text_io, readline, "($self, size=-1, /)",
          "Read up to the end of a line, at most `size` characters.")
{
    ssize_t limit;
    if (!check_ready(t, (TextIo *)a[0]) || !oz_as_size_argument(t, a[1], &limit))
        return NULL;
    return read_line(t, (TextIo *)a[0], limit < 0 ? SIZE_MAX : (size_t)limit);
}

static Ref text_next(Thread *t, Obj v)
{
    TextIo *self = (TextIo *)v;
    if (!check_ready(t, self))
        return NULL;
    self->telling = false;
    scoped Ref line = NULL;
    if (oz_is(v, OZ_TEXT_IO)) {
        line = read_line(t, self, SIZE_MAX);
    } else {
        line = oz_io_call(t, v, OZ_NAME(t, readline));
        if (line && !oz_is_str(line))
            return oz_raise(t, OZ_OSError, "readline() should have returned a str object, not '%T'",
                            line);
    }
    if (!line)
        return NULL;
    if (oz_str_length(oz_as_str(line)))
        return oz_move(&line);
    SET(self, snapshot, NULL);
    self->telling = self->seekable;
    return NULL;
}

/* ---- position ---- */

typedef struct Cookie {
    int64_t start; /* byte offset */
    int32_t flags; /* state of the decoder there */
    int32_t feed;  /* bytes to decode from there */
    int32_t skip;  /* characters of that to skip */
    bool need_end; /* decode them as the last ones */
} Cookie;

enum { COOKIE_BYTES = 8 + 4 + 4 + 4 + 1 };

static Ref cookie_to_int(Thread *t, const Cookie *cookie)
{
    if (!cookie->flags && !cookie->feed && !cookie->skip && !cookie->need_end)
        return oz_int_new(t, cookie->start);
    uint8_t bytes[COOKIE_BYTES];
    memcpy(bytes, &cookie->start, 8);
    memcpy(bytes + 8, &cookie->flags, 4);
    memcpy(bytes + 12, &cookie->feed, 4);
    memcpy(bytes + 16, &cookie->skip, 4);
    bytes[20] = cookie->need_end;
    return oz_int_from_bytes(t, bytes, sizeof bytes, true, false);
}

static bool cookie_from_int(Thread *t, Obj n, Cookie *cookie)
{
    uint8_t bytes[COOKIE_BYTES];
    if (!oz_int_to_bytes(t, n, bytes, sizeof bytes, true, false))
        return false;
    memcpy(&cookie->start, bytes, 8);
    memcpy(&cookie->flags, bytes + 8, 4);
    memcpy(&cookie->feed, bytes + 12, 4);
    memcpy(&cookie->skip, bytes + 16, 4);
    cookie->need_end = bytes[20] != 0;
    return true;
}

/* Decode `size` bytes of the snapshot from `at`: the number of characters. */
static bool feed(Thread *t, TextIo *self, const Bytes *snapshot, size_t at, size_t size, bool final,
                 size_t *characters)
{
    scoped Ref part = oz_bytes_new(t, oz_bytes_data(snapshot) + at, size);
    scoped Ref text = part ? decode_chunk(t, self, part, final) : NULL;
    if (!text)
        return false;
    *characters = oz_str_length(oz_as_str(text));
    return true;
}

static bool held_size(Thread *t, TextIo *self, size_t *size, int64_t *flags)
{
    scoped Ref held = NULL;
    if (!decoder_get(t, self, &held, flags))
        return false;
    *size = oz_bytes_length(oz_as_bytes(held));
    return true;
}

/* A place in the snapshot, at or before `skip` characters, where the decoder holds nothing: first
 * a guess from the bytes a character takes, then nearer to the start. */
static bool guess_start(Thread *t, TextIo *self, const Bytes *snapshot, Obj nothing, Cookie *cookie,
                        size_t *skip, size_t *bytes)
{
    size_t length = oz_bytes_length(snapshot);
    size_t guess = (size_t)(self->bytes_per_char * (double)*skip), back = 1;
    if (guess > length)
        guess = length;
    while (guess > 0) {
        size_t characters, held;
        int64_t flags;
        if (!decoder_set(t, self, nothing, cookie->flags) ||
            !feed(t, self, snapshot, 0, guess, false, &characters))
            return false;
        if (characters <= *skip) {
            if (!held_size(t, self, &held, &flags))
                return false;
            if (held == 0) {
                cookie->start += (int64_t)guess;
                cookie->flags = (int32_t)flags;
                *skip -= characters;
                *bytes = guess;
                return true;
            }
            guess -= held < guess ? held : guess;
            back = 1;
        } else {
            guess -= back < guess ? back : guess;
            back *= 2;
        }
    }
    *bytes = 0;
    return decoder_set(t, self, nothing, cookie->flags);
}

/* Byte by byte from there to the character, noting each place where the decoder holds nothing. */
static bool walk(Thread *t, TextIo *self, const Bytes *snapshot, Cookie *cookie, size_t skip,
                 size_t at)
{
    size_t length = oz_bytes_length(snapshot), characters = 0, fed = 0;
    for (; at < length; at++) {
        size_t n, held;
        int64_t flags;
        if (!feed(t, self, snapshot, at, 1, false, &n) || !held_size(t, self, &held, &flags) ||
            !oz_poll(t))
            return false;
        characters += n;
        fed++;
        if (held == 0 && characters <= skip) {
            cookie->start += (int64_t)fed;
            skip -= characters;
            cookie->flags = (int32_t)flags;
            fed = characters = 0;
        }
        if (characters >= skip)
            break;
    }
    if (at >= length) {
        size_t n;
        if (!feed(t, self, snapshot, 0, 0, true, &n))
            return false;
        cookie->need_end = true;
        if (characters + n < skip)
            return oz_fail(t, OZ_OSError, "can't reconstruct logical file position");
    }
    cookie->feed = (int32_t)fed;
    cookie->skip = (int32_t)skip;
    return true;
}

static bool find_place(Thread *t, TextIo *self, Cookie *cookie)
{
    scoped Ref held = NULL, keep = oz_retain(self->snapshot);
    const Bytes *snapshot = oz_as_bytes(keep);
    scoped Ref nothing = oz_bytes_new(t, "", 0);
    int64_t flags;
    uint8_t seen = self->newlines.seen;
    if (!nothing || !decoder_get(t, self, &held, &flags))
        return false;
    size_t skip = self->used, at;
    bool ok = guess_start(t, self, snapshot, nothing, cookie, &skip, &at) &&
              (skip == 0 || walk(t, self, snapshot, cookie, skip, at));
    scoped Ref failure = ok ? NULL : oz_exception_take(t);
    bool restored = decoder_set(t, self, held, flags);
    self->newlines.seen = seen;
    if (failure)
        oz_exception_put(t, oz_move(&failure));
    return ok && restored;
}

OZ_METHOD(text_io, tell, "($self, /)", "Return the position: a number for seek().")
{
    TextIo *self = (TextIo *)a[0];
    if (!check_open(t, self))
        return NULL;
    if (!self->seekable)
        return oz_io_unsupported(t, "underlying stream is not seekable");
    if (!self->telling)
        return oz_raise(t, OZ_OSError, "telling position disabled by next() call");
    scoped Ref flushed = write_pending(t, self) ? oz_io_call(t, a[0], OZ_NAME(t, flush)) : NULL;
    scoped Ref buffer = flushed ? buffer_of(t, self) : NULL;
    scoped Ref at = buffer ? oz_io_call(t, buffer, OZ_NAME(t, tell)) : NULL;
    if (!at || !self->readable || !self->snapshot)
        return oz_move(&at);
    Cookie cookie = {.flags = (int32_t)self->snapshot_flags};
    if (!oz_as_int64(t, at, &cookie.start))
        return NULL;
    cookie.start -= (int64_t)oz_bytes_length(oz_as_bytes(self->snapshot));
    if (self->used && !find_place(t, self, &cookie))
        return NULL;
    return cookie_to_int(t, &cookie);
}

static Ref seek_to_end(Thread *t, TextIo *self)
{
    scoped Ref flushed = oz_io_call(t, (Obj)self, OZ_NAME(t, flush));
    if (!flushed)
        return NULL;
    set_decoded(self, NULL);
    SET(self, snapshot, NULL);
    if (self->readable && !decoder_reset(t, self))
        return NULL;
    const Obj arguments[] = {oz_int(0), oz_int(2)};
    scoped Ref buffer = buffer_of(t, self);
    scoped Ref at = buffer ? oz_call_method(t, buffer, OZ_NAME(t, seek), 2, arguments) : NULL;
    bool zero;
    if (!at || !oz_equal(t, at, oz_int(0), &zero) || !encoder_reset(t, self, zero))
        return NULL;
    return oz_move(&at);
}

/* Bring the decoder to the character that the cookie means. */
static bool restore(Thread *t, TextIo *self, const Cookie *cookie)
{
    scoped Ref nothing = oz_bytes_new(t, "", 0);
    if (!nothing)
        return false;
    bool start = cookie->start == 0 && cookie->flags == 0;
    if (start ? !decoder_reset(t, self) : !decoder_set(t, self, nothing, cookie->flags))
        return false;
    self->snapshot_flags = cookie->flags;
    if (!cookie->skip) {
        SET(self, snapshot, oz_move(&nothing));
        return true;
    }
    scoped Ref buffer = buffer_of(t, self);
    if (!buffer)
        return false;
    scoped Ref input = oz_io_call1(t, buffer, OZ_NAME(t, read), oz_int(cookie->feed));
    if (!input)
        return false;
    if (!oz_as_bytes(input))
        return oz_fail(t, OZ_TypeError,
                       "underlying read() should have returned a bytes object, not '%T'", input);
    SET(self, snapshot, oz_retain(input));
    Ref text = decode_chunk(t, self, input, cookie->need_end);
    if (!text)
        return false;
    set_decoded(self, text);
    if (oz_str_length(oz_as_str(text)) < (size_t)cookie->skip)
        return oz_fail(t, OZ_OSError, "can't restore logical file position");
    self->used = (size_t)cookie->skip;
    return true;
}

static Ref seek_to(Thread *t, TextIo *self, Obj target)
{
    scoped Ref n = oz_index(t, target);
    if (!n)
        return NULL;
    if (oz_int_sign(n) < 0)
        return oz_raise(t, OZ_ValueError, "negative seek position %R", n);
    scoped Ref flushed = oz_io_call(t, (Obj)self, OZ_NAME(t, flush));
    Cookie cookie;
    if (!flushed || !cookie_from_int(t, n, &cookie))
        return NULL;
    scoped Ref start = oz_int_new(t, cookie.start), buffer = buffer_of(t, self);
    scoped Ref at = start && buffer ? oz_io_call1(t, buffer, OZ_NAME(t, seek), start) : NULL;
    if (!at)
        return NULL;
    set_decoded(self, NULL);
    SET(self, snapshot, NULL);
    if (self->readable && !restore(t, self, &cookie))
        return NULL;
    if (!encoder_reset(t, self, cookie.start == 0 && cookie.flags == 0))
        return NULL;
    return oz_move(&n);
}

OZ_METHOD(text_io, seek, "($self, cookie, whence=0, /)",
          "Move to a place that tell() gave, to the start, or (0, 2) to the end.")
{
    TextIo *self = (TextIo *)a[0];
    int whence;
    bool zero;
    if (!check_ready(t, self) || !oz_as_int(t, a[2], &whence) || !check_open(t, self))
        return NULL;
    if (!self->seekable)
        return oz_io_unsupported(t, "underlying stream is not seekable");
    if (whence < 0 || whence > 2)
        return oz_raise(t, OZ_ValueError, "invalid whence (%d, should be %d, %d or %d)", whence, 0,
                        1, 2);
    if (whence == 0)
        return seek_to(t, self, a[1]);
    if (!oz_equal(t, a[1], oz_int(0), &zero))
        return NULL;
    if (!zero)
        return oz_io_unsupported(t, whence == 1 ? "can't do nonzero cur-relative seeks"
                                                : "can't do nonzero end-relative seeks");
    if (whence == 2)
        return seek_to_end(t, self);
    scoped Ref flushed = oz_io_call(t, a[0], OZ_NAME(t, flush));
    scoped Ref at = flushed ? oz_io_call(t, a[0], OZ_NAME(t, tell)) : NULL;
    return at ? seek_to(t, self, at) : NULL;
}

OZ_METHOD(text_io, truncate, "($self, pos=None, /)",
          "Make the file `pos` bytes long, by default up to the present position.")
{
    TextIo *self = (TextIo *)a[0];
    if (!check_ready(t, self))
        return NULL;
    scoped Ref flushed = oz_io_call(t, a[0], OZ_NAME(t, flush));
    scoped Ref buffer = flushed ? buffer_of(t, self) : NULL;
    return buffer ? oz_io_call1(t, buffer, OZ_NAME(t, truncate), a[1]) : NULL;
}

/* ---- closing ---- */

bool oz_text_io_close(Thread *t, Obj file)
{
    TextIo *self = (TextIo *)file;
    bool closed;
    if (!check_ready(t, self) || !oz_io_closed(t, file, &closed))
        return false;
    if (closed)
        return true;
    scoped Ref buffer = buffer_of(t, self);
    if (!buffer)
        return false;
    if (self->io.finalizing)
        oz_io_warn_through(t, buffer, file);
    scoped Ref first = oz_io_flush(t, file) ? NULL : oz_exception_take(t);
    bool done = oz_io_close(t, buffer);
    oz_file_node_remove(t, &self->node);
    if (first) {
        oz_io_chain(t, oz_move(&first));
        return false;
    }
    return done;
}

OZ_METHOD(text_io, close, "($self, /)", "Flush, and close the buffer.")
{
    return oz_text_io_close(t, a[0]) ? OZ_NONE : NULL;
}

OZ_METHOD(text_io, detach, "($self, /)",
          "Flush and give the buffer away; this file is unusable afterwards.")
{
    TextIo *self = (TextIo *)a[0];
    if (!check_ready(t, self))
        return NULL;
    scoped Ref flushed = oz_io_call(t, a[0], OZ_NAME(t, flush));
    if (!flushed || !check_ready(t, self))
        return NULL;
    self->ready = false;
    self->detached = true;
    oz_file_node_remove(t, &self->node);
    return oz_move(&self->buffer);
}

/* ---- reconfigure ---- */

/* A bool argument that may be None: then it stays. */
static bool flag_argument(Thread *t, Obj v, bool *flag)
{
    return v == OZ_NONE || oz_truth(t, v, flag);
}

static bool change_codec(Thread *t, TextIo *self, Obj encoding, Obj errors, bool has_newline)
{
    if (encoding == OZ_NONE && errors == OZ_NONE && !has_newline)
        return true;
    scoped Ref new_errors = errors != OZ_NONE     ? oz_retain(errors)
                            : encoding != OZ_NONE ? oz_retain(OZ_NAME(t, strict))
                                                  : oz_retain(self->errors);
    scoped Ref new_encoding = encoding == OZ_NONE ? oz_retain(self->encoding)
                              : oz_str_equal_utf8(oz_as_str(encoding), "locale")
                                  ? oz_str_new(t, OZ_LOCALE_ENCODING)
                                  : oz_retain(encoding);
    if (!new_encoding || !choose_codec(t, self, new_encoding, new_errors))
        return false;
    self->newlines.pending_cr = false;
    return look_at_position(t, self);
}

OZ_METHOD(text_io, reconfigure,
          "($self, /, *, encoding=None, errors=None, newline=<unrepresentable>, "
          "line_buffering=None, write_through=None)",
          "Change the settings of the file, where that is still possible.")
{
    TextIo *self = (TextIo *)a[0];
    bool line = self->line_buffering, through = self->write_through, has_newline = a[3] != NULL;
    LineEnds ends;
    if (!check_ready(t, self))
        return NULL;
    for (int i = 1; i <= 3; i++)
        if (a[i] && a[i] != OZ_NONE && !oz_is_str(a[i]))
            return oz_raise(t, OZ_TypeError,
                            "reconfigure() argument '%s' must be str or None, not %T",
                            i == 1   ? "encoding"
                            : i == 2 ? "errors"
                                     : "newline",
                            a[i]);
    if (self->decoded && (a[1] != OZ_NONE || a[2] != OZ_NONE || has_newline))
        return oz_io_unsupported(t, "It is not possible to set the encoding or newline of stream "
                                    "after the first read");
    if ((has_newline && !oz_line_ends_from(t, a[3], false, &ends)) ||
        !flag_argument(t, a[4], &line) || !flag_argument(t, a[5], &through))
        return NULL;
    scoped Ref flushed = oz_io_call(t, a[0], OZ_NAME(t, flush));
    if (!flushed)
        return NULL;
    if (has_newline)
        set_newline(self, &ends);
    if (!change_codec(t, self, a[1], a[2], has_newline))
        return NULL;
    self->line_buffering = line;
    self->write_through = through;
    return OZ_NONE;
}

/* ---- questions ---- */

#define BUFFER_METHOD(method, doc)                                                                 \
    OZ_METHOD(text_io, method, "($self, /)", doc)                                                  \
    {                                                                                              \
        const TextIo *self = (const TextIo *)a[0];                                                 \
        scoped Ref buffer = check_ready(t, self) ? oz_retain(self->buffer) : NULL;                 \
        return buffer ? oz_io_call(t, buffer, OZ_NAME(t, method)) : NULL;                          \
    }
OZ_IO_QUESTIONS(BUFFER_METHOD)

OZ_METHOD(text_io, __getstate__, "($self, /)", "")
{
    return oz_io_no_pickle(t, a[0]);
}

static Ref attr_of_buffer(Thread *t, Obj v, Obj name)
{
    const TextIo *self = (const TextIo *)v;
    scoped Ref buffer = check_ready(t, self) ? oz_retain(self->buffer) : NULL;
    return buffer ? oz_get_attr(t, buffer, name) : NULL;
}

static Ref get_closed(Thread *t, Obj v)
{
    return attr_of_buffer(t, v, OZ_NAME(t, closed));
}

static Ref get_name(Thread *t, Obj v)
{
    return attr_of_buffer(t, v, OZ_NAME(t, name));
}

static Ref get_newlines(Thread *t, Obj v)
{
    const TextIo *self = (const TextIo *)v;
    return check_ready(t, self) ? oz_newlines_seen(t, &self->newlines) : NULL;
}

static Ref get_encoding(Thread *t, Obj v)
{
    const TextIo *self = (const TextIo *)v;
    return self->detached || check_ready(t, self) ? oz_retain(self->encoding) : NULL;
}

static Ref get_errors(Thread *t, Obj v)
{
    const TextIo *self = (const TextIo *)v;
    return self->detached || check_ready(t, self) ? oz_retain(self->errors) : NULL;
}

static Ref get_buffer(Thread *t OZ_UNUSED, Obj v)
{
    const TextIo *self = (const TextIo *)v;
    if (self->buffer)
        return oz_retain(self->buffer);
    return check_ready(t, self) ? OZ_NONE : NULL;
}

static Ref get_line_buffering(Thread *t, Obj v)
{
    const TextIo *self = (const TextIo *)v;
    return self->detached || check_ready(t, self) ? oz_bool(self->line_buffering) : NULL;
}

static Ref get_write_through(Thread *t, Obj v)
{
    const TextIo *self = (const TextIo *)v;
    return self->detached || check_ready(t, self) ? oz_bool(self->write_through) : NULL;
}

static Ref get_finalizing(Thread *t OZ_UNUSED, Obj v)
{
    return oz_bool(((const TextIo *)v)->io.finalizing);
}

static Ref get_chunk(Thread *t, Obj v)
{
    const TextIo *self = (const TextIo *)v;
    return check_ready(t, self) ? oz_int((int64_t)self->chunk) : NULL;
}

static bool set_chunk(Thread *t, Obj v, Obj value)
{
    ssize_t n;
    if (!check_ready(t, (TextIo *)v))
        return false;
    if (!value)
        return oz_fail(t, OZ_AttributeError, "cannot delete attribute");
    if (!oz_as_ssize(t, value, OZ_ValueError, &n))
        return false;
    if (n <= 0)
        return oz_fail(t, OZ_ValueError, "a strictly positive integer is required");
    ((TextIo *)v)->chunk = (size_t)n;
    return true;
}

/* The value of an attribute for repr: OZ_MISSING if there is none. */
static Found shown(Thread *t, Obj v, Obj name, Ref *value)
{
    Found found = oz_find_attr(t, v, name, value);
    return found == OZ_RAISED && oz_exception_forget(t, OZ_ValueError) ? OZ_MISSING : found;
}

static Ref repr_parts(Thread *t, Obj v)
{
    scoped Ref name = NULL, mode = NULL, name_text = NULL, mode_text = NULL;
    if (!((const TextIo *)v)->encoding)
        return oz_raise(t, OZ_ValueError, "I/O operation on uninitialized object");
    if (shown(t, v, OZ_NAME(t, name), &name) == OZ_RAISED ||
        shown(t, v, OZ_NAME(t, mode), &mode) == OZ_RAISED)
        return NULL;
    name_text = name ? oz_str_format(t, " name=%R", name) : oz_retain(OZ_TEXT(t, empty));
    mode_text = mode ? oz_str_format(t, " mode=%R", mode) : oz_retain(OZ_TEXT(t, empty));
    if (!name_text || !mode_text)
        return NULL;
    return oz_str_format(t, "<_io.TextIOWrapper%S%S encoding=%R>", name_text, mode_text,
                         (Obj)((const TextIo *)v)->encoding);
}

static Ref text_repr(Thread *t, Obj v)
{
    Found entered = oz_repr_enter(t, v);
    if (entered != OZ_MISSING)
        return entered == OZ_RAISED
                   ? NULL
                   : oz_raise(t, OZ_RuntimeError, "reentrant call inside %t.__repr__", v);
    Ref text = repr_parts(t, v);
    oz_repr_leave(t, v);
    return text;
}

const TypeDef oz_text_io_type = {
    .id = OZ_TEXT_IO,
    .base = OZ_TEXT_IO_BASE,
    .name = "_io.TextIOWrapper",
    .doc = "TextIOWrapper(buffer, encoding=None, errors=None, newline=None, line_buffering=False, "
           "write_through=False)\n\nText over a file of bytes.  newline=None reads any newline as "
           "\\n; '' reads them unchanged; '\\n', '\\r' and '\\r\\n' end lines in this alone, and "
           "are what \\n is written as.",
    .size = sizeof(TextIo),
    .flags = OZ_TYPE_WEAKREF,
    .dict_offset = offsetof(IoBase, dict),
    .visit = text_visit,
    .clear = text_clear,
    .outside = text_outside,
    .make = &text_io_new_,
    .initialise = &text_io_init_,
    .slots = {.repr = text_repr, .next = text_next},
    .methods =
        OZ_METHODS(&text_io_write, &text_io_flush, &text_io_read, &text_io_readline, &text_io_tell,
                   &text_io_seek, &text_io_truncate, &text_io_close, &text_io_detach,
                   &text_io_reconfigure, &text_io_seekable, &text_io_readable, &text_io_writable,
                   &text_io_fileno, &text_io_isatty, &text_io___getstate__),
    .getsets = OZ_GETSETS(
        {"closed", get_closed, NULL, "Has the file been closed?"},
        {"name", get_name, NULL, "The name of the buffer."},
        {"newlines", get_newlines, NULL, "The newlines that were read so far."},
        {"encoding", get_encoding, NULL, "The name of the encoding."},
        {"errors", get_errors, NULL, "What happens to errors of the encoding."},
        {"buffer", get_buffer, NULL, "The file of bytes."},
        {"line_buffering", get_line_buffering, NULL, "Is each line written at once?"},
        {"write_through", get_write_through, NULL, "Does nothing wait to be written here?"},
        {"_finalizing", get_finalizing, NULL, NULL}, {"_CHUNK_SIZE", get_chunk, set_chunk, NULL}),
    .members = OZ_MEMBERS({"mode", offsetof(TextIo, mode), 0, "The mode that open() was given."}),
};
