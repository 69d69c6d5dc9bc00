// SPDX-License-Identifier: MIT
// UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError.
//
// Fields: encoding, object, start, end, reason; programs may set them to anything, so the texts
// look at each before they use it.
#include "types/exception_kinds.h"

#include "types/bytes.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

#include <stdio.h>

OZ_X_ATTRIBUTE(unicode, encoding, OZ_X_ENCODING, OZ_X_UNICODE_COUNT)
OZ_X_ATTRIBUTE(unicode, object, OZ_X_OBJECT, OZ_X_UNICODE_COUNT)
OZ_X_ATTRIBUTE(unicode, reason, OZ_X_REASON, OZ_X_UNICODE_COUNT)

static bool set_offset(Thread *t, Obj self, unsigned index, Obj value)
{
    if (!value)
        return oz_fail(t, OZ_TypeError, "can't delete numeric/char attribute");
    ssize_t n;
    if (!oz_as_exact_int(value))
        return oz_fail(t, OZ_TypeError, "an integer is required");
    return oz_as_size_argument(t, value, &n) &&
           oz_exception_field_set(t, (BaseException *)self, index, OZ_X_UNICODE_COUNT, oz_int(n));
}

static Ref get_offset(Obj self, unsigned index)
{
    Obj value = oz_exception_field((const BaseException *)self, index);
    return value ? oz_retain(value) : oz_int(0);
}

static Ref get_start(Thread *t OZ_UNUSED, Obj self)
{
    return get_offset(self, OZ_X_START);
}

static bool set_start(Thread *t, Obj self, Obj value)
{
    return set_offset(t, self, OZ_X_START, value);
}

static Ref get_end(Thread *t OZ_UNUSED, Obj self)
{
    return get_offset(self, OZ_X_END);
}

static bool set_end(Thread *t, Obj self, Obj value)
{
    return set_offset(t, self, OZ_X_END, value);
}

const GetSetDef oz_unicode_error_getsets[] = {
    OZ_X_GETSET(unicode, encoding, "The name of the encoding."),
    OZ_X_GETSET(unicode, object, "What could not be converted."),
    {"start", get_start, set_start, "Where it fails."},
    {"end", get_end, set_end, "Behind the part that fails."},
    OZ_X_GETSET(unicode, reason, "Why it fails."),
    {NULL, NULL, NULL, NULL},
};

/* ---- making ---- */

/* Check one argument; `wanted` is "str", "int" or "bytes". */
static bool check_argument(Thread *t, const Args *args, uint32_t i, char kind)
{
    Obj v = args->items[i];
    if (kind == 'i') {
        ssize_t n;
        if (oz_is_pointer(v) && !oz_as_exact_int(v) && !oz_class_of(v)->slots->index)
            return oz_fail(t, OZ_TypeError, "'%T' object cannot be interpreted as an integer", v);
        return oz_as_size_argument(t, v, &n);
    }
    if (kind == 's' && !oz_is_str(v))
        return oz_fail(t, OZ_TypeError, "argument %u must be str, not %T", i + 1, v);
    if (kind == 'b' && !oz_as_bytes(v) && !oz_isa(v, OZ_BYTEARRAY) && !oz_isa(v, OZ_MEMORYVIEW))
        return oz_fail(t, OZ_TypeError, "a bytes-like object is required, not '%T'", v);
    return true;
}

/* `kinds`: one letter an argument; `first` is the field that the first one goes to. */
static bool init(Thread *t, Obj self, const Args *args, const char *kinds, uint32_t count,
                 unsigned first)
{
    if (!oz_exception_init(t, self, args))
        return false;
    if (args->count != count)
        return oz_fail(t, OZ_TypeError, "function takes exactly %u arguments (%u given)", count,
                       args->count);
    BaseException *e = (BaseException *)self;
    for (uint32_t i = 0; i < count; i++)
        if (kinds[i] != 'b' && !check_argument(t, args, i, kinds[i]))
            return false;
    if (*kinds && kinds[1] == 'b' && !check_argument(t, args, 1, 'b'))
        return false;
    scoped Ref bytes = NULL; /* others are kept as the bytes that they hold now */
    if (*kinds && kinds[1] == 'b' && !oz_as_bytes(args->items[1]) &&
        !(bytes = oz_bytes_from_object(t, args->items[1])))
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!oz_exception_field_set(t, e, first + i, OZ_X_UNICODE_COUNT,
                                    bytes && i == 1 ? bytes : args->items[i]))
            return false;
    return true;
}

bool oz_unicode_decode_init(Thread *t, Obj self, const Args *args)
{
    return init(t, self, args, "sbiis", 5, OZ_X_ENCODING);
}

bool oz_unicode_encode_init(Thread *t, Obj self, const Args *args)
{
    return init(t, self, args, "ssiis", 5, OZ_X_ENCODING);
}

bool oz_unicode_translate_init(Thread *t, Obj self, const Args *args)
{
    return init(t, self, args, "siis", 4, OZ_X_OBJECT);
}

/* ---- text ---- */

typedef struct Place {
    Obj encoding, object, reason; /* borrowed; None where not set */
    ssize_t start, end;
} Place;

static Obj field_or_none(const BaseException *e, unsigned index)
{
    Obj value = oz_exception_field(e, index);
    return value ? value : (Obj)OZ_NONE;
}

static ssize_t field_offset(const BaseException *e, unsigned index)
{
    Obj value = oz_exception_field(e, index);
    return value && oz_is_int(value) ? (ssize_t)oz_int_value(value) : 0;
}

static Place place_of(Obj self)
{
    const BaseException *e = (const BaseException *)self;
    return (Place){field_or_none(e, OZ_X_ENCODING), field_or_none(e, OZ_X_OBJECT),
                   field_or_none(e, OZ_X_REASON), field_offset(e, OZ_X_START),
                   field_offset(e, OZ_X_END)};
}

/* The character that fails, escaped, if it is a single one. */
static bool single_character(const Place *p, char out[16])
{
    const Str *s = oz_as_str(p->object);
    if (!s || p->end != p->start + 1 || p->start < 0 || (size_t)p->start >= oz_str_length(s))
        return false;
    uint32_t c = oz_str_at(s, (size_t)p->start);
    const char *format = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(out, 16, format, c);
#pragma GCC diagnostic pop
    return true;
}

Ref oz_unicode_encode_str(Thread *t, Obj self)
{
    Place p = place_of(self);
    char c[16];
    if (oz_is_none(p.object))
        return oz_retain(OZ_TEXT(t, empty));
    if (single_character(&p, c))
        return oz_str_format(t, "'%S' codec can't encode character '%s' in position %zd: %S",
                             p.encoding, c, p.start, p.reason);
    return oz_str_format(t, "'%S' codec can't encode characters in position %zd-%zd: %S",
                         p.encoding, p.start, p.end - 1, p.reason);
}

Ref oz_unicode_translate_str(Thread *t, Obj self)
{
    Place p = place_of(self);
    char c[16];
    if (oz_is_none(p.object))
        return oz_retain(OZ_TEXT(t, empty));
    if (single_character(&p, c))
        return oz_str_format(t, "can't translate character '%s' in position %zd: %S", c, p.start,
                             p.reason);
    return oz_str_format(t, "can't translate characters in position %zd-%zd: %S", p.start,
                         p.end - 1, p.reason);
}

Ref oz_unicode_decode_str(Thread *t, Obj self)
{
    Place p = place_of(self);
    if (oz_is_none(p.object))
        return oz_retain(OZ_TEXT(t, empty));
    ssize_t length = -1;
    if (p.end == p.start + 1 && p.start >= 0 && !oz_length(t, p.object, &length))
        return NULL;
    if (p.start >= 0 && p.start < length) {
        scoped Ref byte = oz_get_item(t, p.object, oz_int(p.start));
        if (!byte)
            return NULL;
        unsigned value = oz_is_int(byte) ? (unsigned)oz_int_value(byte) & 255 : 0;
        return oz_str_format(t, "'%S' codec can't decode byte 0x%02x in position %zd: %S",
                             p.encoding, value, p.start, p.reason);
    }
    return oz_str_format(t, "'%S' codec can't decode bytes in position %zd-%zd: %S", p.encoding,
                         p.start, p.end - 1, p.reason);
}

/* ---- raising ---- */

static Ref raise(Thread *t, int kind, const char *encoding, Obj object, size_t start, size_t end,
                 const char *reason)
{
    scoped Ref name = oz_str_new(t, encoding);
    scoped Ref why = oz_str_new(t, reason);
    if (!name || !why)
        return NULL;
    Obj values[5] = {name, object, oz_int((int64_t)start), oz_int((int64_t)end), why};
    Args args = {values, 5, 0, NULL};
    scoped Ref made = oz_call(t, (Obj)t->vm->errors[kind], &args);
    return made ? oz_raise_object(t, made, NULL) : NULL;
}

Ref oz_raise_unicode_encode(Thread *t, const char *encoding, Obj text, size_t start, size_t end,
                            const char *reason)
{
    return raise(t, OZ_UnicodeEncodeError, encoding, text, start, end, reason);
}

Ref oz_raise_unicode_decode(Thread *t, const char *encoding, Obj bytes, size_t start, size_t end,
                            const char *reason)
{
    return raise(t, OZ_UnicodeDecodeError, encoding, bytes, start, end, reason);
}
