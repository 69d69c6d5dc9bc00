// SPDX-License-Identifier: MIT
// Error handlers of codecs: what stands in for what cannot be converted.
//
// The built-in handlers work on a Fault and need no exception object; the same code is behind the
// functions that codecs.lookup_error gives.  Registered handlers are called with an exception and
// answer (replacement, position).
#include "types/codec_state.h"

#include "types/buffer.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/native.h"
#include "types/tuple.h"
#include "types/type.h"

#include "base/unicode_names.h"
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

typedef enum Direction { ENCODE, DECODE, TRANSLATE } Direction;

typedef struct Fault {
    Direction direction;
    Obj object;          /* exact str (ENCODE, TRANSLATE) */
    const uint8_t *data; /* DECODE */
    size_t length;
    size_t start, end; /* start < end <= length */
    const char *encoding;
} Fault;

static const char *const names[] = {"strict",           "ignore",       "replace",
                                    "backslashreplace", "namereplace",  "xmlcharrefreplace",
                                    "surrogateescape",  "surrogatepass"};

Handler oz_handler_of(const char *errors)
{
    if (!errors)
        return OZ_ERRORS_STRICT;
    for (unsigned i = 0; i < OZ_COUNT(names); i++)
        if (strcmp(errors, names[i]) == 0)
            return (Handler)i;
    return OZ_ERRORS_OTHER;
}

static bool is_surrogate(uint32_t c)
{
    return c - 0xd800 < 0x800;
}

/* ---- built-in handlers.  They answer a str or bytes; NULL without an exception: this fault is
 * none of theirs, it is raised. ---- */

static Ref replace(Thread *t, const Fault *f)
{
    if (f->direction == DECODE)
        return oz_str_from_character(t, 0xfffd);
    StrBuilder b;
    oz_builder_init(&b, t);
    oz_builder_fill(&b, f->end - f->start, f->direction == ENCODE ? '?' : 0xfffd);
    return oz_builder_finish(&b);
}

static void add_backslash(StrBuilder *b, uint32_t c)
{
    oz_builder_format(b, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
}

static void add_name(StrBuilder *b, uint32_t c)
{
    char name[OZ_UNICODE_NAME_MAX];
    if (oz_unicode_name(c, name))
        oz_builder_format(b, "\\N{%s}", name);
    else
        add_backslash(b, c);
}

/* One piece of ASCII text for each character or byte. */
static Ref spell(Thread *t, const Fault *f, Handler handler)
{
    if (f->direction != ENCODE && handler != OZ_ERRORS_BACKSLASHREPLACE)
        return NULL;
    StrBuilder b;
    oz_builder_init(&b, t);
    for (size_t i = f->start; i < f->end; i++) {
        uint32_t c = f->direction == DECODE ? f->data[i] : oz_str_at((const Str *)f->object, i);
        if (handler == OZ_ERRORS_BACKSLASHREPLACE)
            add_backslash(&b, c);
        else if (handler == OZ_ERRORS_NAMEREPLACE)
            add_name(&b, c);
        else
            oz_builder_format(&b, "&#%u;", c);
    }
    return oz_builder_finish(&b);
}

/* Bytes above 127 as lone low surrogates, and back. */
static Ref escape(Thread *t, const Fault *f, size_t *next)
{
    size_t i = f->start;
    if (f->direction == DECODE) {
        uint32_t out[4];
        while (i < f->end && i - f->start < 4 && f->data[i] >= 128) {
            out[i - f->start] = 0xdc00u + f->data[i];
            i++;
        }
        *next = i;
        return i > f->start ? oz_str_from_ucs4(t, out, i - f->start) : NULL;
    }
    const Str *s = (const Str *)f->object;
    while (i < f->end && oz_str_at(s, i) - 0xdc80 < 0x80)
        i++;
    if (f->direction != ENCODE || i == f->start)
        return NULL;
    *next = i;
    Ref made = oz_bytes_alloc(t, i - f->start);
    for (size_t k = f->start; made && k < i; k++)
        oz_bytes_data((const Bytes *)made)[k - f->start] = (uint8_t)(oz_str_at(s, k) - 0xdc00);
    return made;
}

/* Bytes of a code unit of a UTF encoding, 0: it is none; *big: its order. */
static unsigned unit_of(const char *encoding, bool *big)
{
    CodecKind kind = oz_codec_kind(encoding);
    *big = kind == OZ_CODEC_UTF16_BE || kind == OZ_CODEC_UTF32_BE;
    return kind == OZ_CODEC_UTF8                                 ? 1
           : kind >= OZ_CODEC_UTF16 && kind <= OZ_CODEC_UTF16_BE ? 2
           : kind >= OZ_CODEC_UTF32 && kind <= OZ_CODEC_UTF32_BE ? 4
                                                                 : 0;
}

static void put_unit(uint8_t *out, unsigned unit, bool big, uint32_t c)
{
    for (unsigned i = 0; i < unit; i++)
        out[big ? unit - 1 - i : i] = (uint8_t)(c >> (8 * i));
}

static uint32_t get_unit(const uint8_t *in, unsigned unit, bool big)
{
    uint32_t c = 0;
    for (unsigned i = 0; i < unit; i++)
        c |= (uint32_t)in[big ? unit - 1 - i : i] << (8 * i);
    return c;
}

/* Lone surrogates as the encoding would write them. */
static Ref pass(Thread *t, const Fault *f, size_t *next)
{
    bool big;
    unsigned unit = unit_of(f->encoding, &big), size = unit == 1 ? 3 : unit;
    if (!unit || f->direction == TRANSLATE)
        return NULL;
    if (f->direction == DECODE) {
        uint32_t c = 0;
        if (f->length - f->start < size)
            return NULL;
        const uint8_t *at = f->data + f->start;
        if (unit == 1)
            c = (at[0] & 0xf0) == 0xe0 && (at[1] & 0xc0) == 0x80 && (at[2] & 0xc0) == 0x80
                    ? (at[0] & 15u) << 12 | (at[1] & 63u) << 6 | (at[2] & 63u)
                    : 0;
        else
            c = get_unit(at, unit, big);
        *next = f->start + size;
        return is_surrogate(c) ? oz_str_from_character(t, c) : NULL;
    }
    const Str *s = (const Str *)f->object;
    for (size_t i = f->start; i < f->end; i++)
        if (!is_surrogate(oz_str_at(s, i)))
            return NULL;
    Ref made = oz_bytes_alloc(t, (f->end - f->start) * size);
    uint8_t *out = made ? oz_bytes_data((const Bytes *)made) : NULL;
    for (size_t i = f->start; made && i < f->end; i++, out += size) {
        if (unit == 1)
            oz_utf8_put(oz_str_at(s, i), out);
        else
            put_unit(out, unit, big, oz_str_at(s, i));
    }
    return made;
}

static Ref replacement(Thread *t, Handler handler, const Fault *f, size_t *next)
{
    *next = f->end;
    switch (handler) {
    case OZ_ERRORS_IGNORE:
        return oz_retain(OZ_TEXT(t, empty));
    case OZ_ERRORS_REPLACE:
        return replace(t, f);
    case OZ_ERRORS_BACKSLASHREPLACE:
    case OZ_ERRORS_NAMEREPLACE:
    case OZ_ERRORS_XMLCHARREFREPLACE:
        return spell(t, f, handler);
    case OZ_ERRORS_SURROGATEESCAPE:
        return escape(t, f, next);
    case OZ_ERRORS_SURROGATEPASS:
        return pass(t, f, next);
    default:
        return NULL;
    }
}

/* ---- handlers as functions ---- */

static bool clip(const BaseException *e, Fault *f)
{
    Obj start = oz_exception_field(e, OZ_X_START), end = oz_exception_field(e, OZ_X_END);
    int64_t from = start && oz_is_int(start) ? oz_int_value(start) : 0;
    int64_t to = end && oz_is_int(end) ? oz_int_value(end) : 0;
    int64_t length = (int64_t)f->length;
    from = from < 0 ? 0 : from >= length ? (length ? length - 1 : 0) : from;
    to = to < 1 ? 1 : to > length ? length : to;
    f->start = (size_t)from;
    f->end = (size_t)to;
    return f->start < f->end;
}

static Ref unhandled(Thread *t, Obj exception)
{
    return oz_raise(t, OZ_TypeError, "don't know how to handle %T in error callback", exception);
}

/* The fault that an exception describes; false: raised. */
static bool fault_of(Thread *t, Obj exception, Fault *f, Buffer *view, Ref *keep)
{
    const BaseException *e = oz_as_exception(exception);
    *f = (Fault){.encoding = ""};
    if (!e || (!oz_is_exception(exception, OZ_UnicodeEncodeError) &&
               !oz_is_exception(exception, OZ_UnicodeDecodeError) &&
               !oz_is_exception(exception, OZ_UnicodeTranslateError)))
        return unhandled(t, exception) != NULL;
    f->direction = oz_is_exception(exception, OZ_UnicodeEncodeError)   ? ENCODE
                   : oz_is_exception(exception, OZ_UnicodeDecodeError) ? DECODE
                                                                       : TRANSLATE;
    Obj object = oz_exception_field(e, OZ_X_OBJECT), name = oz_exception_field(e, OZ_X_ENCODING);
    if (!object || (f->direction == DECODE ? !oz_has_buffer(object) : !oz_is_str(object)))
        return oz_fail(t, OZ_TypeError, "object attribute must be %s",
                       f->direction == DECODE ? "bytes" : "unicode");
    if (f->direction == DECODE) {
        if (!oz_buffer_open(t, object, view))
            return false;
        f->data = view->data;
        f->length = view->length;
    } else {
        f->object = (Obj)oz_as_str(object);
        f->length = oz_str_length(oz_as_str(object));
    }
    if (name && oz_is_str(name) && !(f->encoding = oz_str_display(t, name, keep)))
        return false;
    return true;
}

static Ref handle(Thread *t, Handler handler, Obj exception)
{
    if (handler == OZ_ERRORS_STRICT) {
        if (!oz_as_exception(exception))
            return oz_raise(t, OZ_TypeError, "codec must pass exception instance");
        return oz_raise_object(t, exception, NULL);
    }
    Fault f;
    scoped_buffer view = {0};
    scoped Ref keep = NULL;
    if (!fault_of(t, exception, &f, &view, &keep))
        return NULL;
    bool encode_only = handler == OZ_ERRORS_NAMEREPLACE || handler == OZ_ERRORS_XMLCHARREFREPLACE;
    bool codec_only = handler == OZ_ERRORS_SURROGATEESCAPE || handler == OZ_ERRORS_SURROGATEPASS;
    if ((encode_only && f.direction != ENCODE) || (codec_only && f.direction == TRANSLATE))
        return unhandled(t, exception);
    size_t next = 0;
    scoped Ref made = clip(oz_as_exception(exception), &f) ? replacement(t, handler, &f, &next)
                                                           : oz_retain(OZ_TEXT(t, empty));
    if (!made)
        return t->exception ? NULL : oz_raise_object(t, exception, NULL);
    return oz_tuple_of(t, 2, made, oz_int((int64_t)next));
}

#define HANDLER(stem, kind, text)                                                                  \
    OZ_NATIVE_(stem##_errors, #stem "_errors", "(exception, /)", text, 0)                          \
    {                                                                                              \
        return handle(t, kind, a[0]);                                                              \
    }
HANDLER(strict, OZ_ERRORS_STRICT, "Raise the exception.")
HANDLER(ignore, OZ_ERRORS_IGNORE, "Leave out what cannot be converted.")
HANDLER(replace, OZ_ERRORS_REPLACE, "Put a replacement mark in its place.")
HANDLER(backslashreplace, OZ_ERRORS_BACKSLASHREPLACE, "Put an escape sequence in its place.")
HANDLER(namereplace, OZ_ERRORS_NAMEREPLACE, "Put \\N{name} in its place.")
HANDLER(xmlcharrefreplace, OZ_ERRORS_XMLCHARREFREPLACE, "Put a character reference in its place.")
HANDLER(surrogateescape, OZ_ERRORS_SURROGATEESCAPE, "Keep bytes as lone surrogates.")
HANDLER(surrogatepass, OZ_ERRORS_SURROGATEPASS, "Convert lone surrogates like other characters.")

static const NativeDef *const functions[] = {&strict_errors,          &ignore_errors,
                                             &replace_errors,         &backslashreplace_errors,
                                             &namereplace_errors,     &xmlcharrefreplace_errors,
                                             &surrogateescape_errors, &surrogatepass_errors};

static bool errors_dict(Thread *t)
{
    if (!t->vm->codec_errors)
        t->vm->codec_errors = oz_dict_new(t);
    return t->vm->codec_errors != NULL;
}

bool oz_codec_register_error(Thread *t, Obj name, Obj handler)
{
    if (!oz_is_callable(handler))
        return oz_fail(t, OZ_TypeError, "handler must be callable");
    return errors_dict(t) && oz_dict_set(t, oz_as_dict(t->vm->codec_errors), name, handler);
}

Ref oz_codec_lookup_error(Thread *t, const char *name)
{
    scoped Ref key = oz_intern(t, name);
    if (!key || !errors_dict(t))
        return NULL;
    Dict *dict = oz_as_dict(t->vm->codec_errors);
    Ref found = NULL;
    Found result = oz_dict_get(t, dict, key, &found);
    if (result != OZ_MISSING)
        return result == OZ_FOUND ? found : NULL;
    Handler handler = oz_handler_of(name);
    if (handler == OZ_ERRORS_OTHER)
        return oz_raise(t, OZ_LookupError, "unknown error handler name '%.400s'", name);
    scoped Ref module = oz_intern(t, "_codecs");
    found = module ? oz_builtin_function_new(t, functions[handler], NULL, module, NULL) : NULL;
    if (found && !oz_dict_set(t, dict, key, found))
        oz_clear(&found);
    return found;
}

/* ---- registered handlers ---- */

/* Call the handler: a str (or bytes, when encoding) and where to go on. */
static Ref call_handler(Thread *t, const char *errors, Obj exception, bool encode, bool multibyte,
                        size_t length, size_t *next)
{
    scoped Ref handler = oz_codec_lookup_error(t, errors);
    scoped Ref answer = handler ? oz_call1(t, handler, exception) : NULL;
    if (!answer)
        return NULL;
    const Tuple *pair = oz_as_tuple(answer);
    bool right = pair && pair->length == 2 &&
                 (oz_is_str(pair->items[0]) || (encode && oz_as_bytes(pair->items[0])));
    ssize_t position;
    if (!right)
        return oz_raise(t, OZ_TypeError, "%s error handler must return (%s, int) tuple",
                        encode ? "encoding" : "decoding", encode ? "str/bytes" : "str");
    int far = multibyte ? OZ_IndexError : OZ_OverflowError;
    if (!oz_as_ssize(t, pair->items[1], far, &position))
        return NULL;
    if (position < 0)
        position += (ssize_t)length;
    if (position < 0 || position > (ssize_t)length)
        return oz_raise(t, OZ_IndexError, "position %zd from error handler out of bounds",
                        position);
    *next = (size_t)position;
    return oz_retain(pair->items[0]);
}

static Ref make_exception(Thread *t, int kind, const char *encoding, Obj object, size_t start,
                          size_t end, const char *reason)
{
    scoped Ref name = oz_str_new(t, encoding);
    scoped Ref why = oz_str_new(t, reason);
    if (!name || !why)
        return NULL;
    Obj values[5] = {name, object, oz_int((int64_t)start), oz_int((int64_t)end), why};
    Args args = {values, 5, 0, NULL};
    return oz_call(t, (Obj)t->vm->errors[kind], &args);
}

/* ---- decoding ---- */

/* The bytes object that messages show. */
static bool need_object(Decoder *d)
{
    if (!d->object)
        d->object = oz_bytes_new(d->t, d->data, d->length);
    return d->object != NULL;
}

/* A handler may have put other bytes into the exception: they are read on. */
static bool adopt_object(Decoder *d, Obj exception)
{
    Obj object = oz_exception_field(oz_as_exception(exception), OZ_X_OBJECT);
    if (!object || object == d->object)
        return true;
    const Bytes *bytes = oz_as_bytes(object);
    if (!bytes)
        return oz_fail(d->t, OZ_TypeError, "exception attribute object must be bytes");
    oz_drop(d->object);
    d->object = oz_retain((Obj)bytes);
    d->data = oz_bytes_data(bytes);
    d->length = oz_bytes_length(bytes);
    return true;
}

static bool decode_by_handler(Decoder *d, size_t start, size_t end, const char *reason,
                              size_t *next)
{
    Thread *t = d->t;
    if (!need_object(d))
        return false;
    scoped Ref exception =
        make_exception(t, OZ_UnicodeDecodeError, d->encoding, d->object, start, end, reason);
    if (!exception)
        return false;
    scoped Ref handler = oz_codec_lookup_error(t, d->errors);
    if (!handler)
        return false;
    /* The length that positions refer to is that of the object after the call. */
    scoped Ref answer = oz_call1(t, handler, exception);
    if (!answer || !adopt_object(d, exception))
        return false;
    const Tuple *pair = oz_as_tuple(answer);
    ssize_t position;
    if (!pair || pair->length != 2 || !oz_is_str(pair->items[0]))
        return oz_fail(t, OZ_TypeError, "decoding error handler must return (str, int) tuple");
    int far = d->multibyte ? OZ_IndexError : OZ_OverflowError;
    if (!oz_as_ssize(t, pair->items[1], far, &position))
        return false;
    if (position < 0)
        position += (ssize_t)d->length;
    if (position < 0 || position > (ssize_t)d->length)
        return oz_fail(t, OZ_IndexError, "position %zd from error handler out of bounds", position);
    *next = (size_t)position;
    return oz_builder_str(&d->out, pair->items[0]);
}

bool oz_decoder_fault(Decoder *d, size_t start, size_t end, const char *reason, size_t *next)
{
    Thread *t = d->t;
    *next = end;
    if (d->handler == OZ_ERRORS_OTHER)
        return decode_by_handler(d, start, end, reason, next);
    if (d->handler == OZ_ERRORS_IGNORE)
        return true;
    if (d->handler == OZ_ERRORS_REPLACE)
        return oz_builder_character(&d->out, 0xfffd);
    Fault f = {DECODE, NULL, d->data, d->length, start, end, d->encoding};
    scoped Ref text = replacement(t, d->handler, &f, next);
    if (text)
        return oz_builder_str(&d->out, text);
    if (!t->exception && need_object(d))
        oz_raise_unicode_decode(t, d->encoding, d->object, start, end, reason);
    return false;
}

/* ---- encoding ---- */

bool oz_bytes_reserve(ByteBuilder *b, size_t more)
{
    size_t needed;
    if (!oz_size_add(b->length, more, &needed) || needed > PTRDIFF_MAX / 2) {
        oz_raise_memory(b->t);
        return false;
    }
    if (needed <= b->capacity)
        return true;
    size_t capacity = needed + needed / 2 + 64;
    uint8_t *grown = oz_block_realloc(b->t->heap, b->data, capacity);
    if (!grown) {
        oz_raise_memory(b->t);
        return false;
    }
    b->data = grown;
    b->capacity = capacity;
    return true;
}

static bool raise_encode(Encoder *e, size_t start, size_t end, const char *reason)
{
    oz_raise_unicode_encode(e->t, e->encoding, e->str, start, end, reason);
    return false;
}

/* What a handler wants written: bytes as they are, text through the codec, of which the encodings
 * of all characters take only ASCII. */
static Found put_replacement(Encoder *e, Obj made)
{
    const Bytes *bytes = oz_as_bytes(made);
    if (bytes) {
        size_t length = oz_bytes_length(bytes);
        if (length % e->unit)
            return OZ_MISSING;
        if (!oz_bytes_reserve(&e->out, length))
            return OZ_RAISED;
        memcpy(e->out.data + e->out.length, oz_bytes_data(bytes), length);
        e->out.length += length;
        return OZ_FOUND;
    }
    Text text = oz_text_of(oz_as_str(made));
    if (e->ascii_replacements && oz_id(&oz_as_str(made)->base) != OZ_STR_ASCII)
        return OZ_MISSING;
    for (size_t i = 0; i < text.length; i++) {
        Found found = e->put(e, oz_text_char(text, i), false);
        if (found != OZ_FOUND)
            return found;
    }
    return OZ_FOUND;
}

static bool fault(Encoder *e, size_t start, size_t end, const char *reason, size_t *next)
{
    Thread *t = e->t;
    scoped Ref made = NULL;
    if (e->handler == OZ_ERRORS_OTHER) {
        scoped Ref exception =
            make_exception(t, OZ_UnicodeEncodeError, e->encoding, e->str, start, end, reason);
        made = exception
                   ? call_handler(t, e->errors, exception, true, e->multibyte, e->text.length, next)
                   : NULL;
    } else {
        Fault f = {ENCODE, e->str, NULL, e->text.length, start, end, e->encoding};
        made = replacement(t, e->handler, &f, next);
    }
    if (!made)
        return t->exception ? false : raise_encode(e, start, end, reason);
    Found found = put_replacement(e, made);
    return found == OZ_MISSING ? raise_encode(e, start, end, reason) : found == OZ_FOUND;
}

bool oz_encoder_run(Encoder *e, const char *reason)
{
    size_t i = 0;
    while (i < e->text.length) {
        Found found = e->put(e, oz_text_char(e->text, i), false);
        if (OZ_LIKELY(found == OZ_FOUND)) {
            i++;
            continue;
        }
        size_t end = i + 1;
        while (found == OZ_MISSING && !e->multibyte && end < e->text.length &&
               (found = e->put(e, oz_text_char(e->text, end), true)) == OZ_MISSING)
            end++;
        if (found == OZ_RAISED || !fault(e, i, end, reason, &i) || !oz_poll(e->t))
            return false;
    }
    return true;
}
