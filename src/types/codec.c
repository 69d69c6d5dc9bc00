// SPDX-License-Identifier: MIT
// Encodings: the built-in ones by name, the others through the registry.
//
// UTF-8, UTF-16, UTF-32, Latin-1 and ASCII never look at the registry: neither text files nor
// print import anything.  The first use of another name imports the encodings package, whose
// search function finds it.
#include "types/codec.h"
#include "types/codec_state.h"

#include "types/buffer.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/exception_kinds.h"
#include "types/list.h"
#include "types/tuple.h"

#include "base/utf8.h"

#include <string.h>

/* ---- names ---- */

enum { NAME_MAX = 64 };

/* Lower case, with each run of other characters than letters, digits and dots as one '_'. */
static void normalise(const char *name, char *out, size_t room)
{
    size_t n = 0;
    bool gap = false;
    for (; *name && n + 2 < room; name++) {
        uint8_t c = (uint8_t)*name;
        bool plain = (uint8_t)(c - '0') < 10 || (uint8_t)((c | 32) - 'a') < 26 || c == '.';
        if (!plain) {
            gap = true;
            continue;
        }
        if (gap && n)
            out[n++] = '_';
        gap = false;
        out[n++] = (char)((uint8_t)(c - 'A') < 26 ? c | 32 : c);
    }
    out[n] = 0;
}

CodecKind oz_codec_kind(const char *name)
{
    static const struct {
        const char *name;
        CodecKind kind;
    } known[] = {
        {"utf_8", OZ_CODEC_UTF8},         {"utf8", OZ_CODEC_UTF8},
        {"latin_1", OZ_CODEC_LATIN1},     {"latin1", OZ_CODEC_LATIN1},
        {"iso_8859_1", OZ_CODEC_LATIN1},  {"iso8859_1", OZ_CODEC_LATIN1},
        {"ascii", OZ_CODEC_ASCII},        {"us_ascii", OZ_CODEC_ASCII},
        {"utf_16", OZ_CODEC_UTF16},       {"utf16", OZ_CODEC_UTF16},
        {"utf_16_le", OZ_CODEC_UTF16_LE}, {"utf_16le", OZ_CODEC_UTF16_LE},
        {"utf_16_be", OZ_CODEC_UTF16_BE}, {"utf_16be", OZ_CODEC_UTF16_BE},
        {"utf_32", OZ_CODEC_UTF32},       {"utf32", OZ_CODEC_UTF32},
        {"utf_32_le", OZ_CODEC_UTF32_LE}, {"utf_32le", OZ_CODEC_UTF32_LE},
        {"utf_32_be", OZ_CODEC_UTF32_BE}, {"utf_32be", OZ_CODEC_UTF32_BE},
    };
    if (strcmp(name, "utf-8") == 0)
        return OZ_CODEC_UTF8;
    char normal[NAME_MAX];
    normalise(name, normal, sizeof normal);
    for (size_t i = 0; i < OZ_COUNT(known); i++)
        if (strcmp(normal, known[i].name) == 0)
            return known[i].kind;
    return OZ_CODEC_NONE;
}

/* ---- built in ---- */

static const char *const encodings[] = {
    [OZ_CODEC_UTF8] = "utf-8",
    [OZ_CODEC_UTF16] = "utf-16",
    [OZ_CODEC_UTF16_LE] = "utf-16-le",
    [OZ_CODEC_UTF16_BE] = "utf-16-be",
    [OZ_CODEC_UTF32] = "utf-32",
    [OZ_CODEC_UTF32_LE] = "utf-32-le",
    [OZ_CODEC_UTF32_BE] = "utf-32-be",
    [OZ_CODEC_UTF7] = "utf7",
    [OZ_CODEC_LATIN1] = "latin-1",
    [OZ_CODEC_ASCII] = "ascii",
    [OZ_CODEC_CHARMAP] = "charmap",
    [OZ_CODEC_UNICODE_ESCAPE] = "unicodeescape",
    [OZ_CODEC_RAW_UNICODE_ESCAPE] = "rawunicodeescape",
};

static Found put_latin1(Encoder *e, uint32_t c, bool dry)
{
    if (c > 0xff)
        return OZ_MISSING;
    return dry || oz_bytes_put(&e->out, (uint8_t)c) ? OZ_FOUND : OZ_RAISED;
}

static Found put_ascii(Encoder *e, uint32_t c, bool dry)
{
    if (c > 0x7f)
        return OZ_MISSING;
    return dry || oz_bytes_put(&e->out, (uint8_t)c) ? OZ_FOUND : OZ_RAISED;
}

static bool encode_all(Encoder *e, CodecKind kind)
{
    switch (kind) {
    case OZ_CODEC_UTF8:
        e->ascii_replacements = true;
        e->put = oz_put_utf8;
        return oz_encoder_run(e, "surrogates not allowed");
    case OZ_CODEC_UTF16:
    case OZ_CODEC_UTF16_LE:
    case OZ_CODEC_UTF16_BE:
        e->unit = 2;
        e->ascii_replacements = true;
        e->put = oz_put_utf16;
        e->big = kind == OZ_CODEC_UTF16_BE;
        if (kind == OZ_CODEC_UTF16 && oz_put_utf16(e, 0xfeff, false) != OZ_FOUND)
            return false;
        return oz_encoder_run(e, "surrogates not allowed");
    case OZ_CODEC_UTF32:
    case OZ_CODEC_UTF32_LE:
    case OZ_CODEC_UTF32_BE:
        e->unit = 4;
        e->ascii_replacements = true;
        e->put = oz_put_utf32;
        e->big = kind == OZ_CODEC_UTF32_BE;
        if (kind == OZ_CODEC_UTF32 && oz_put_utf32(e, 0xfeff, false) != OZ_FOUND)
            return false;
        return oz_encoder_run(e, "surrogates not allowed");
    case OZ_CODEC_LATIN1:
        e->put = put_latin1;
        return oz_encoder_run(e, "ordinal not in range(256)");
    case OZ_CODEC_ASCII:
        e->put = put_ascii;
        return oz_encoder_run(e, "ordinal not in range(128)");
    case OZ_CODEC_CHARMAP:
        e->put = oz_put_charmap;
        return oz_encoder_run(e, "character maps to <undefined>");
    case OZ_CODEC_UTF7:
        return oz_encode_utf7_all(e);
    case OZ_CODEC_UNICODE_ESCAPE:
        return oz_encode_escapes_all(e);
    default:
        return oz_encode_raw_escapes_all(e);
    }
}

/* Text that is its own encoding: a copy. */
static bool is_plain(CodecKind kind, const Str *s)
{
    uint32_t id = oz_id(&s->base);
    return (id == OZ_STR_ASCII &&
            (kind == OZ_CODEC_UTF8 || kind == OZ_CODEC_LATIN1 || kind == OZ_CODEC_ASCII)) ||
           (id == OZ_STR_LATIN1 && kind == OZ_CODEC_LATIN1);
}

/* UTF-8 of a text without surrogates; NULL without an exception: it has some. */
static Ref encode_utf8(Thread *t, Text s)
{
    size_t size = 0;
    for (size_t i = 0; i < s.length; i++) {
        uint32_t c = oz_text_char(s, i);
        if (c - 0xd800 < 0x800)
            return NULL;
        size += oz_utf8_size(c);
    }
    Ref made = oz_bytes_alloc(t, size);
    uint8_t *out = made ? oz_bytes_data((const Bytes *)made) : NULL;
    for (size_t i = 0; made && i < s.length; i++)
        out += oz_utf8_put(oz_text_char(s, i), out);
    return made;
}

Ref oz_codec_encode(Thread *t, CodecKind kind, Obj str, const char *errors, Obj mapping)
{
    const Str *s = oz_as_str(str);
    if (kind == OZ_CODEC_CHARMAP && !mapping)
        kind = OZ_CODEC_LATIN1;
    if (is_plain(kind, s))
        return oz_bytes_new(t, oz_str_data(s), oz_str_length(s));
    if (kind == OZ_CODEC_UTF8) {
        Ref made = encode_utf8(t, oz_text_of(s));
        if (made || t->exception)
            return made;
    }
    Encoder e = {.t = t,
                 .out = {.t = t},
                 .str = (Obj)s,
                 .text = oz_text_of(s),
                 .errors = errors,
                 .encoding = encodings[kind],
                 .handler = oz_handler_of(errors),
                 .mapping = mapping,
                 .unit = 1};
    Ref made = NULL;
    if (oz_bytes_reserve(&e.out, e.text.length * (e.text.width == 1 ? 1 : 3)) &&
        encode_all(&e, kind))
        made = oz_bytes_new(t, e.out.data, e.out.length);
    oz_block_free(e.out.data);
    return made;
}

static bool decode_latin1(Decoder *d)
{
    d->consumed = d->length;
    for (size_t i = 0; i < d->length; i++)
        if (!oz_builder_character(&d->out, d->data[i]))
            return false;
    return true;
}

static bool decode_all(Decoder *d, CodecKind kind)
{
    switch (kind) {
    case OZ_CODEC_UTF8:
        return oz_decode_utf8_all(d);
    case OZ_CODEC_UTF16_LE:
    case OZ_CODEC_UTF32_LE:
        d->order = -1;
        return kind == OZ_CODEC_UTF16_LE ? oz_decode_utf16_all(d) : oz_decode_utf32_all(d);
    case OZ_CODEC_UTF16_BE:
    case OZ_CODEC_UTF32_BE:
        d->order = 1;
        return kind == OZ_CODEC_UTF16_BE ? oz_decode_utf16_all(d) : oz_decode_utf32_all(d);
    case OZ_CODEC_UTF16:
        return oz_decode_utf16_all(d);
    case OZ_CODEC_UTF32:
        return oz_decode_utf32_all(d);
    case OZ_CODEC_UTF7:
        return oz_decode_utf7_all(d);
    case OZ_CODEC_ASCII:
        return oz_decode_ascii_all(d);
    case OZ_CODEC_LATIN1:
        return decode_latin1(d);
    case OZ_CODEC_CHARMAP:
        return d->mapping ? oz_decode_charmap_all(d) : decode_latin1(d);
    case OZ_CODEC_UNICODE_ESCAPE:
        return oz_decode_escapes_all(d);
    default:
        return oz_decode_raw_escapes_all(d);
    }
}

/* Bytes that are their own text. */
static Ref decode_plain(Thread *t, CodecKind kind, const DecodeArgs *a)
{
    if (kind == OZ_CODEC_LATIN1)
        return oz_str_from_latin1(t, a->data, a->length);
    if ((kind == OZ_CODEC_UTF8 || kind == OZ_CODEC_ASCII) &&
        oz_ascii_prefix(a->data, a->length) == a->length)
        return oz_str_from_ascii(t, (const char *)a->data, a->length);
    return kind == OZ_CODEC_UTF8 ? oz_decode_valid_utf8(t, a->data, a->length) : NULL;
}

Ref oz_codec_decode(Thread *t, CodecKind kind, DecodeArgs *a)
{
    a->consumed = a->length;
    Ref made = decode_plain(t, kind, a);
    if (made || t->exception)
        return made;
    Decoder d = {.t = t,
                 .data = a->data,
                 .length = a->length,
                 .errors = a->errors,
                 .encoding = encodings[kind],
                 .handler = oz_handler_of(a->errors),
                 .mapping = a->mapping,
                 .final = a->final,
                 .order = a->order};
    if (a->object)
        d.object = oz_retain(a->object);
    oz_builder_init(&d.out, t);
    if (!decode_all(&d, kind))
        d.out.failed = true;
    made = oz_builder_finish(&d.out);
    oz_drop(d.object);
    a->order = d.order;
    a->consumed = d.consumed;
    return made;
}

/* ---- the registry ---- */

static bool import_encodings(Thread *t)
{
    scoped Ref import = oz_get_item(t, t->vm->builtins, OZ_NAME(t, __import__));
    scoped Ref name = oz_intern(t, "encodings");
    scoped Ref module = import && name ? oz_call1(t, import, name) : NULL;
    return module != NULL;
}

/* The registry's objects, made when first needed.  The list stands before the import, whose
 * module registers its search function in it. */
static bool open_registry(Thread *t, bool with_package)
{
    Vm *vm = t->vm;
    if (!vm->codec_cache && !(vm->codec_cache = oz_dict_new(t)))
        return false;
    if (vm->codec_search)
        return true;
    vm->codec_search = oz_list_new(t, 1);
    return vm->codec_search && (!with_package || import_encodings(t));
}

bool oz_codec_register(Thread *t, Obj search)
{
    if (!oz_is_callable(search))
        return oz_fail(t, OZ_TypeError, "argument must be callable");
    return open_registry(t, true) && oz_list_append(t, oz_as_list(t->vm->codec_search), search);
}

bool oz_codec_unregister(Thread *t, Obj search)
{
    if (!t->vm->codec_search)
        return true;
    List *list = oz_as_list(t->vm->codec_search);
    for (size_t i = 0; i < oz_list_length(list); i++) {
        scoped Ref each = oz_list_get(t, list, i);
        if (each != search)
            continue;
        oz_dict_clear(t, oz_as_dict(t->vm->codec_cache));
        return oz_delete_item(t, t->vm->codec_search, oz_int((int64_t)i));
    }
    return true;
}

static bool is_codec(Obj v)
{
    const Tuple *tuple = oz_as_tuple(v);
    return tuple && tuple->length == 4;
}

static Ref search(Thread *t, Obj key)
{
    List *list = oz_as_list(t->vm->codec_search);
    for (size_t i = 0; i < oz_list_length(list); i++) {
        scoped Ref function = oz_list_get(t, list, i);
        scoped Ref answer = function ? oz_call1(t, function, key) : NULL;
        if (!answer)
            return NULL;
        if (oz_is_none(answer))
            continue;
        if (!is_codec(answer))
            return oz_raise(t, OZ_TypeError, "codec search functions must return 4-tuples");
        if (!oz_dict_set(t, oz_as_dict(t->vm->codec_cache), key, answer))
            return NULL;
        return oz_move(&answer);
    }
    return NULL;
}

Ref oz_codec_lookup(Thread *t, const char *name)
{
    char normal[256];
    normalise(name, normal, sizeof normal);
    scoped Ref key = oz_intern(t, normal);
    if (!key || !open_registry(t, true))
        return NULL;
    Ref found = NULL;
    Found result = oz_dict_get(t, oz_as_dict(t->vm->codec_cache), key, &found);
    if (result != OZ_MISSING)
        return result == OZ_FOUND ? found : NULL;
    found = search(t, key);
    if (!found && !t->exception)
        return oz_raise(t, OZ_LookupError, "unknown encoding: %s", name);
    return found;
}

/* codec[index](object[, errors]): the first of the pair that it answers. */
static Ref run_codec(Thread *t, Obj codec, bool encode, Obj object, const char *errors)
{
    Obj function = oz_as_tuple(codec)->items[encode ? 0 : 1];
    scoped Ref handler = errors ? oz_str_new(t, errors) : NULL;
    if (errors && !handler)
        return NULL;
    scoped Ref answer =
        handler ? oz_call2(t, function, object, handler) : oz_call1(t, function, object);
    if (!answer)
        return NULL;
    const Tuple *pair = oz_as_tuple(answer);
    if (!pair || pair->length != 2)
        return oz_raise(t, OZ_TypeError, "%s must return a tuple (object, integer)",
                        encode ? "encoder" : "decoder");
    return oz_retain(pair->items[0]);
}

/* Is there nothing to an error but at most a text, so that another text can take its place? */
static bool only_text(Thread *t, const BaseException *e)
{
    const Class *cls = oz_class_of((Obj)e);
    const Tuple *args = (const Tuple *)e->args;
    if (cls->slots->init != oz_exception_init || !oz_exception_allocates(cls) ||
        oz_is_exception((Obj)e, OZ_MemoryError) || args->length > 1 ||
        (args->length == 1 && !oz_is_str(args->items[0])))
        return false;
    scoped Ref names = oz_get_attr(t, (Obj)e, OZ_NAME(t, __dict__));
    if (!names)
        oz_exception_clear(t);
    return names && oz_as_dict(names) && oz_dict_length((Dict *)names) == 0;
}

/* An error of the codec names it in the message, if the kind of error allows that. */
static void explain(Thread *t, bool encode, const char *name)
{
    scoped Ref e = oz_exception_take(t);
    if (!only_text(t, (const BaseException *)e)) {
        oz_exception_put(t, oz_move(&e));
        return;
    }
    scoped Ref text = oz_str_format(t, "%s with '%s' codec failed (%t: %S)",
                                    encode ? "encoding" : "decoding", name, e, e);
    scoped Ref made = text ? oz_call1(t, (Obj)oz_class_of(e), text) : NULL;
    if (made)
        oz_raise_object(t, made, e);
}

Ref oz_codec_call(Thread *t, bool encode, Obj object, const char *name, const char *errors)
{
    scoped Ref codec = oz_codec_lookup(t, name);
    if (!codec)
        return NULL;
    Ref made = run_codec(t, codec, encode, object, errors);
    if (!made)
        explain(t, encode, name);
    return made;
}

/* Codecs from bytes to bytes or text to text are not for str.encode and bytes.decode. */
static bool check_text_encoding(Thread *t, Obj codec, bool encode, const char *name)
{
    if (oz_is(codec, OZ_TUPLE))
        return true;
    scoped Ref key = oz_intern(t, "_is_text_encoding");
    scoped Ref value = NULL;
    bool is_text = true;
    Found found = key ? oz_find_attr(t, codec, key, &value) : OZ_RAISED;
    if (found == OZ_RAISED || (found == OZ_FOUND && !oz_truth(t, value, &is_text)))
        return false;
    return is_text || oz_fail(t, OZ_LookupError,
                              "'%.400s' is not a text encoding; use %s to handle arbitrary codecs",
                              name, encode ? "codecs.encode()" : "codecs.decode()");
}

static Ref convert(Thread *t, bool encode, Obj object, const char *name, const char *errors)
{
    scoped Ref codec = oz_codec_lookup(t, name);
    if (!codec || !check_text_encoding(t, codec, encode, name))
        return NULL;
    scoped Ref made = run_codec(t, codec, encode, object, errors);
    if (!made) {
        explain(t, encode, name);
        return NULL;
    }
    if (encode ? oz_as_bytes(made) != NULL : oz_is_str(made))
        return oz_move(&made);
    return oz_raise(t, OZ_TypeError,
                    "'%.400s' %s returned '%.400T' instead of '%s'; use codecs.%s() to %s "
                    "arbitrary types",
                    name, encode ? "encoder" : "decoder", made, encode ? "bytes" : "str",
                    encode ? "encode" : "decode", encode ? "encode to" : "decode to");
}

/* ---- the contract ---- */

/* With -X dev a name is looked up even where nothing needs it. */
static bool check_names(Thread *t, const char *encoding, const char *errors)
{
    if (encoding && !oz_codec_kind(encoding)) {
        scoped Ref codec = oz_codec_lookup(t, encoding);
        if (!codec)
            return false;
    }
    scoped Ref handler = errors ? oz_codec_lookup_error(t, errors) : OZ_NONE;
    return handler != NULL;
}

Ref oz_encode(Thread *t, Obj str, const char *encoding, const char *errors)
{
    if (OZ_UNLIKELY(t->vm->check_codecs) && !check_names(t, encoding, errors))
        return NULL;
    CodecKind kind = encoding ? oz_codec_kind(encoding) : OZ_CODEC_UTF8;
    return kind ? oz_codec_encode(t, kind, str, errors, NULL)
                : convert(t, true, str, encoding, errors);
}

Ref oz_decode(Thread *t, Obj bytes, const char *encoding, const char *errors)
{
    if (OZ_UNLIKELY(t->vm->check_codecs) && !check_names(t, encoding, errors))
        return NULL;
    CodecKind kind = encoding ? oz_codec_kind(encoding) : OZ_CODEC_UTF8;
    if (!kind)
        return convert(t, false, bytes, encoding, errors);
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, bytes, &view))
        return NULL;
    DecodeArgs args = {.data = view.data,
                       .length = view.length,
                       .errors = errors,
                       .final = true,
                       .object = oz_as_bytes(bytes) ? bytes : NULL};
    return oz_codec_decode(t, kind, &args);
}

Ref oz_decode_utf8(Thread *t, const uint8_t *bytes, size_t length, const char *errors)
{
    DecodeArgs args = {.data = bytes, .length = length, .errors = errors, .final = true};
    return oz_codec_decode(t, OZ_CODEC_UTF8, &args);
}

Ref oz_fs_encode(Thread *t, Obj str)
{
    return oz_codec_encode(t, OZ_CODEC_UTF8, str, "surrogateescape", NULL);
}

Ref oz_fs_decode(Thread *t, const char *bytes, size_t length)
{
    return oz_decode_utf8(t, (const uint8_t *)bytes, length, "surrogateescape");
}
