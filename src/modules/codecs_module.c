// SPDX-License-Identifier: MIT
// _codecs: the registry of encodings and the built-in ones, for the codecs module.
#include "types/codec.h"
#include "types/module.h"
#include "types/native.h"

#include "types/buffer.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/str_text.h"
#include "types/tuple.h"

#include <stdio.h>
#include <string.h>

/* ---- arguments ---- */

/* A C string; None or missing is NULL.  false: raised. */
static bool c_text(Thread *t, Obj v, const char *function, const char *what, Ref *keep,
                   const char **text)
{
    *text = NULL;
    if (!v || oz_is_none(v))
        return true;
    if (!oz_is_str(v))
        return oz_fail(t, OZ_TypeError, "%s() argument %s must be str, not %T", function, what, v);
    size_t length;
    *text = oz_str_utf8(t, v, &length, keep);
    if (*text && strlen(*text) != length)
        return oz_fail(t, OZ_ValueError, "embedded null character");
    return *text != NULL;
}

/* ---- the registry ---- */

OZ_FUNCTION(codecs, register, "($module, search_function, /)", "Add a codec search function.")
{
    return oz_codec_register(t, a[1]) ? OZ_NONE : NULL;
}

OZ_FUNCTION(codecs, unregister, "($module, search_function, /)",
            "Take a codec search function away, and forget what was found.")
{
    return oz_codec_unregister(t, a[1]) ? OZ_NONE : NULL;
}

OZ_FUNCTION(codecs, lookup, "($module, encoding, /)", "Return the codec of an encoding.")
{
    scoped Ref keep = NULL;
    const char *name;
    if (!c_text(t, a[1], "lookup", "1", &keep, &name))
        return NULL;
    return name ? oz_codec_lookup(t, name)
                : oz_raise(t, OZ_TypeError, "lookup() argument must be str, not None");
}

OZ_FUNCTION(codecs, register_error, "($module, errors, handler, /)", "Name an error handler.")
{
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "register_error() argument 1 must be str, not %T", a[1]);
    return oz_codec_register_error(t, a[1], a[2]) ? OZ_NONE : NULL;
}

OZ_FUNCTION(codecs, lookup_error, "($module, name, /)", "Return the error handler of a name.")
{
    scoped Ref keep = NULL;
    const char *name;
    if (!c_text(t, a[1], "lookup_error", "1", &keep, &name))
        return NULL;
    return oz_codec_lookup_error(t, name ? name : "strict");
}

static Ref convert(Thread *t, const Obj *a, bool encode)
{
    const char *function = encode ? "encode" : "decode", *name, *errors;
    scoped Ref keep_name = NULL, keep_errors = NULL;
    if (!c_text(t, a[2], function, "'encoding'", &keep_name, &name) ||
        !c_text(t, a[3], function, "'errors'", &keep_errors, &errors))
        return NULL;
    return oz_codec_call(t, encode, a[1], name ? name : "utf-8", errors);
}

OZ_FUNCTION(codecs, encode, "($module, /, obj, encoding='utf-8', errors='strict')",
            "Encode an object with a registered codec.")
{
    return convert(t, a, true);
}

OZ_FUNCTION(codecs, decode, "($module, /, obj, encoding='utf-8', errors='strict')",
            "Decode an object with a registered codec.")
{
    return convert(t, a, false);
}

/* ---- built-in codecs ---- */

static Ref with_length(Thread *t, Ref made, size_t length)
{
    scoped Ref owned = made;
    return made ? oz_tuple_of(t, 2, made, oz_int((int64_t)length)) : NULL;
}

static Ref encode(Thread *t, CodecKind kind, const char *name, const Obj *a, Obj mapping)
{
    scoped Ref keep = NULL;
    const char *errors;
    const Str *s = oz_as_str(a[1]);
    if (!s)
        return oz_raise(t, OZ_TypeError, "%s() argument 1 must be str, not %T", name, a[1]);
    if (!c_text(t, a[2], name, "2", &keep, &errors))
        return NULL;
    return with_length(t, oz_codec_encode(t, kind, (Obj)s, errors, mapping), oz_str_length(s));
}

typedef struct Decoding {
    CodecKind kind;
    const char *name;
    Obj errors, mapping;
    bool final, text; /* text: a str is taken too, as its UTF-8 */
    int order;
} Decoding;

static Ref decode(Thread *t, Obj data, const Decoding *c, int *order)
{
    scoped Ref keep = NULL, bytes = NULL;
    scoped_buffer view = {0};
    DecodeArgs args = {.mapping = c->mapping, .final = c->final, .order = c->order};
    if (!c_text(t, c->errors, c->name, "2", &keep, &args.errors))
        return NULL;
    if (c->text && oz_is_str(data)) {
        args.data = (const uint8_t *)oz_str_utf8(t, data, &args.length, &bytes);
        if (!args.data)
            return NULL;
    } else {
        if (!oz_buffer_open(t, data, &view))
            return NULL;
        args.data = view.data;
        args.length = view.length;
        args.object = oz_as_bytes(data) ? data : NULL;
    }
    Ref made = oz_codec_decode(t, c->kind, &args);
    if (order)
        *order = args.order;
    return with_length(t, made, c->final ? args.length : args.consumed);
}

static bool truth(Thread *t, Obj v, bool *result)
{
    return oz_truth(t, v, result);
}

#define ENCODER(stem, kind, doc)                                                                   \
    OZ_FUNCTION(codecs, stem##_encode, "($module, str, errors=None, /)", doc)                      \
    {                                                                                              \
        return encode(t, kind, #stem "_encode", a, NULL);                                          \
    }
#define DECODER(stem, kind_, default_, is_text, doc)                                               \
    OZ_FUNCTION(codecs, stem##_decode, "($module, data, errors=None, final=" default_ ", /)", doc) \
    {                                                                                              \
        Decoding c = {.kind = kind_, .name = #stem "_decode", .errors = a[2], .text = is_text};    \
        return truth(t, a[3], &c.final) ? decode(t, a[1], &c, NULL) : NULL;                        \
    }
#define DECODER_FINAL(stem, kind_, doc)                                                            \
    OZ_FUNCTION(codecs, stem##_decode, "($module, data, errors=None, /)", doc)                     \
    {                                                                                              \
        Decoding c = {.kind = kind_, .name = #stem "_decode", .errors = a[2], .final = true};      \
        return decode(t, a[1], &c, NULL);                                                          \
    }

#define INTO "Return the bytes of a text, and the number of characters."
#define FROM "Return the text of bytes, and the number of bytes read."

ENCODER(utf_8, OZ_CODEC_UTF8, INTO)
DECODER(utf_8, OZ_CODEC_UTF8, "False", false, FROM)
ENCODER(utf_7, OZ_CODEC_UTF7, INTO)
DECODER(utf_7, OZ_CODEC_UTF7, "False", false, FROM)
ENCODER(utf_16_le, OZ_CODEC_UTF16_LE, INTO)
DECODER(utf_16_le, OZ_CODEC_UTF16_LE, "False", false, FROM)
ENCODER(utf_16_be, OZ_CODEC_UTF16_BE, INTO)
DECODER(utf_16_be, OZ_CODEC_UTF16_BE, "False", false, FROM)
DECODER(utf_16, OZ_CODEC_UTF16, "False", false, FROM)
ENCODER(utf_32_le, OZ_CODEC_UTF32_LE, INTO)
DECODER(utf_32_le, OZ_CODEC_UTF32_LE, "False", false, FROM)
ENCODER(utf_32_be, OZ_CODEC_UTF32_BE, INTO)
DECODER(utf_32_be, OZ_CODEC_UTF32_BE, "False", false, FROM)
DECODER(utf_32, OZ_CODEC_UTF32, "False", false, FROM)
ENCODER(latin_1, OZ_CODEC_LATIN1, INTO)
DECODER_FINAL(latin_1, OZ_CODEC_LATIN1, FROM)
ENCODER(ascii, OZ_CODEC_ASCII, INTO)
DECODER_FINAL(ascii, OZ_CODEC_ASCII, FROM)
ENCODER(unicode_escape, OZ_CODEC_UNICODE_ESCAPE, INTO)
DECODER(unicode_escape, OZ_CODEC_UNICODE_ESCAPE, "True", true, FROM)
ENCODER(raw_unicode_escape, OZ_CODEC_RAW_UNICODE_ESCAPE, INTO)
DECODER(raw_unicode_escape, OZ_CODEC_RAW_UNICODE_ESCAPE, "True", true, FROM)

/* byteorder: -1 little, 0 native with a mark, 1 big */
static Ref encode_ordered(Thread *t, CodecKind by_mark, const char *name, const Obj *a)
{
    int order;
    if (!oz_as_int(t, a[3], &order))
        return NULL;
    CodecKind kind = by_mark + (order == 0 ? 0 : order < 0 ? 1 : 2);
    return encode(t, kind, name, a, NULL);
}

OZ_FUNCTION(codecs, utf_16_encode, "($module, str, errors=None, byteorder=0, /)", INTO)
{
    return encode_ordered(t, OZ_CODEC_UTF16, "utf_16_encode", a);
}

OZ_FUNCTION(codecs, utf_32_encode, "($module, str, errors=None, byteorder=0, /)", INTO)
{
    return encode_ordered(t, OZ_CODEC_UTF32, "utf_32_encode", a);
}

static Ref decode_ordered(Thread *t, CodecKind kind, const char *name, const Obj *a)
{
    Decoding c = {.kind = kind, .name = name, .errors = a[2]};
    int order = 0;
    if (!oz_as_int(t, a[3], &c.order) || !truth(t, a[4], &c.final))
        return NULL;
    scoped Ref pair = decode(t, a[1], &c, &order);
    if (!pair)
        return NULL;
    const Tuple *items = oz_as_tuple(pair);
    return oz_tuple_of(t, 3, items->items[0], items->items[1], oz_int(order));
}

OZ_FUNCTION(codecs, utf_16_ex_decode, "($module, data, errors=None, byteorder=0, final=False, /)",
            "Return text, bytes read, and the byte order found.")
{
    return decode_ordered(t, OZ_CODEC_UTF16, "utf_16_ex_decode", a);
}

OZ_FUNCTION(codecs, utf_32_ex_decode, "($module, data, errors=None, byteorder=0, final=False, /)",
            "Return text, bytes read, and the byte order found.")
{
    return decode_ordered(t, OZ_CODEC_UTF32, "utf_32_ex_decode", a);
}

/* ---- charmap ---- */

OZ_FUNCTION(codecs, charmap_encode, "($module, str, errors=None, mapping=None, /)", INTO)
{
    return encode(t, OZ_CODEC_CHARMAP, "charmap_encode", a, oz_is_none(a[3]) ? NULL : a[3]);
}

OZ_FUNCTION(codecs, charmap_decode, "($module, data, errors=None, mapping=None, /)", FROM)
{
    Decoding c = {.kind = OZ_CODEC_CHARMAP,
                  .name = "charmap_decode",
                  .errors = a[2],
                  .mapping = oz_is_none(a[3]) ? NULL : a[3],
                  .final = true};
    return decode(t, a[1], &c, NULL);
}

OZ_FUNCTION(codecs, charmap_build, "($module, map, /)",
            "Return the encoding table that belongs to a decoding table.")
{
    const Str *s = oz_as_str(a[1]);
    if (!s)
        return oz_raise(t, OZ_TypeError, "charmap_build() argument must be str, not %T", a[1]);
    scoped Ref made = oz_dict_new_sized(t, oz_str_length(s));
    if (!made)
        return NULL;
    for (size_t i = 0; i < oz_str_length(s) && i < 256; i++)
        if (oz_str_at(s, i) != 0xfffe &&
            !oz_dict_set(t, oz_as_dict(made), oz_int(oz_str_at(s, i)), oz_int((int64_t)i)))
            return NULL;
    return oz_move(&made);
}

/* ---- bytes with backslashes ---- */

OZ_FUNCTION(codecs, escape_encode, "($module, data, errors=None, /)",
            "Return bytes as a bytes literal would show them, and their number.")
{
    const Bytes *bytes = oz_as_bytes(a[1]);
    if (!bytes)
        return oz_raise(t, OZ_TypeError, "escape_encode() argument 1 must be bytes, not %T", a[1]);
    size_t length = oz_bytes_length(bytes), n = 0;
    const uint8_t *in = oz_bytes_data(bytes);
    if (length > PTRDIFF_MAX / 8)
        return oz_raise(t, OZ_OverflowError, "string is too large to encode");
    Ref made = oz_bytes_alloc(t, 4 * length);
    if (!made)
        return NULL;
    uint8_t *out = oz_bytes_data((const Bytes *)made);
    for (size_t i = 0; i < length; i++) {
        uint8_t c = in[i];
        char escape = c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : 0;
        if (c == '\'' || c == '\\')
            escape = (char)c;
        if (escape) {
            out[n++] = '\\';
            out[n++] = (uint8_t)escape;
        } else if (c < ' ' || c >= 127) {
            out[n++] = '\\';
            out[n++] = 'x';
            out[n++] = (uint8_t) "0123456789abcdef"[c >> 4];
            out[n++] = (uint8_t) "0123456789abcdef"[c & 15];
        } else {
            out[n++] = c;
        }
    }
    return with_length(t, oz_bytes_shrink(t, made, n), length);
}

static int hex_value(uint8_t c)
{
    return (uint8_t)(c - '0') < 10         ? c - '0'
           : (uint8_t)((c | 32) - 'a') < 6 ? (c | 32) - 'a' + 10
                                           : -1;
}

typedef struct Unescape {
    const uint8_t *in;
    size_t length, at;
    uint8_t *out;
    size_t n;
    const char *errors;
    char no_escape[4]; /* the first that is none (oz_warn_escape) */
} Unescape;

static bool unescape_hex(Thread *t, Unescape *u)
{
    size_t start = u->at - 2;
    int high = u->at < u->length ? hex_value(u->in[u->at]) : -1;
    int low = high >= 0 && u->at + 1 < u->length ? hex_value(u->in[u->at + 1]) : -1;
    if (low >= 0) {
        u->out[u->n++] = (uint8_t)(high << 4 | low);
        u->at += 2;
        return true;
    }
    if (!u->errors || strcmp(u->errors, "strict") == 0)
        return oz_fail(t, OZ_ValueError, "invalid \\x escape at position %zd", (ssize_t)start);
    if (strcmp(u->errors, "replace") == 0)
        u->out[u->n++] = '?';
    else if (strcmp(u->errors, "ignore") != 0)
        return oz_fail(t, OZ_ValueError, "decoding error; unknown error handling code: %.400s",
                       u->errors);
    if (high >= 0)
        u->at++;
    return true;
}

static bool unescape_one(Thread *t, Unescape *u)
{
    static const char letters[] = "abfnrtv\\'\"", values[] = "\a\b\f\n\r\t\v\\'\"";
    uint8_t c = u->in[u->at++];
    if (c == '\n')
        return true;
    if (c == 'x')
        return unescape_hex(t, u);
    if ((uint8_t)(c - '0') < 8) {
        unsigned value = c - '0';
        for (int i = 0; i < 2 && u->at < u->length && (uint8_t)(u->in[u->at] - '0') < 8; i++)
            value = value << 3 | (unsigned)(u->in[u->at++] - '0');
        if (value > 0xff && !u->no_escape[0])
            snprintf(u->no_escape, sizeof u->no_escape, "%o", value & 0777);
        u->out[u->n++] = (uint8_t)value;
        return true;
    }
    const char *found = c ? strchr(letters, c) : NULL;
    if (found) {
        u->out[u->n++] = (uint8_t)values[found - letters];
        return true;
    }
    if (!u->no_escape[0])
        u->no_escape[0] = (char)c;
    u->out[u->n++] = '\\';
    u->out[u->n++] = c;
    return true;
}

static Ref unescape(Thread *t, Unescape *u)
{
    Ref made = oz_bytes_alloc(t, u->length);
    if (!made)
        return NULL;
    u->out = oz_bytes_data((const Bytes *)made);
    while (u->at < u->length) {
        uint8_t c = u->in[u->at++];
        if (c != '\\') {
            u->out[u->n++] = c;
            continue;
        }
        if (u->at == u->length)
            oz_raise(t, OZ_ValueError, "Trailing \\ in string");
        if (u->at == u->length || !unescape_one(t, u)) {
            oz_drop(made);
            return NULL;
        }
    }
    if (!oz_warn_escape(t, u->no_escape)) {
        oz_drop(made);
        return NULL;
    }
    return oz_bytes_shrink(t, made, u->n);
}

OZ_FUNCTION(codecs, escape_decode, "($module, data, errors=None, /)",
            "Return the bytes that the text of a bytes literal means.")
{
    scoped Ref keep = NULL, bytes = NULL;
    scoped_buffer view = {0};
    Unescape u = {.at = 0};
    if (!c_text(t, a[2], "escape_decode", "2", &keep, &u.errors))
        return NULL;
    if (oz_is_str(a[1])) {
        u.in = (const uint8_t *)oz_str_utf8(t, a[1], &u.length, &bytes);
        if (!u.in)
            return NULL;
    } else {
        if (!oz_buffer_open(t, a[1], &view))
            return NULL;
        u.in = view.data;
        u.length = view.length;
    }
    return with_length(t, unescape(t, &u), u.length);
}

OZ_FUNCTION(codecs, readbuffer_encode, "($module, data, errors=None, /)",
            "Return the bytes of an object, and their number.")
{
    if (oz_is_str(a[1])) {
        scoped Ref keep = NULL;
        size_t length;
        const char *text = oz_str_utf8(t, a[1], &length, &keep);
        return text ? with_length(t, oz_bytes_new(t, text, length), length) : NULL;
    }
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, a[1], &view))
        return NULL;
    return with_length(t, oz_bytes_new(t, view.data, view.length), view.length);
}

const ModuleDef oz_codecs_module = {
    .name = "_codecs",
    .doc = "The registry of encodings, and those that are built in.",
    .functions = OZ_METHODS(
        &codecs_register, &codecs_unregister, &codecs_lookup, &codecs_register_error,
        &codecs_lookup_error, &codecs_encode, &codecs_decode, &codecs_utf_8_encode,
        &codecs_utf_8_decode, &codecs_utf_7_encode, &codecs_utf_7_decode, &codecs_utf_16_encode,
        &codecs_utf_16_decode, &codecs_utf_16_le_encode, &codecs_utf_16_le_decode,
        &codecs_utf_16_be_encode, &codecs_utf_16_be_decode, &codecs_utf_16_ex_decode,
        &codecs_utf_32_encode, &codecs_utf_32_decode, &codecs_utf_32_le_encode,
        &codecs_utf_32_le_decode, &codecs_utf_32_be_encode, &codecs_utf_32_be_decode,
        &codecs_utf_32_ex_decode, &codecs_latin_1_encode, &codecs_latin_1_decode,
        &codecs_ascii_encode, &codecs_ascii_decode, &codecs_charmap_encode, &codecs_charmap_decode,
        &codecs_charmap_build, &codecs_unicode_escape_encode, &codecs_unicode_escape_decode,
        &codecs_raw_unicode_escape_encode, &codecs_raw_unicode_escape_decode, &codecs_escape_encode,
        &codecs_escape_decode, &codecs_readbuffer_encode),
};
