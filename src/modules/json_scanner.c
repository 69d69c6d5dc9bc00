// SPDX-License-Identifier: MIT
// _json, reading: strings, and the scanner of whole documents.
//
// One pass over the characters with an index; containers recurse in C.  The keys of a document are
// shared: a table of those seen lives as long as one call.  Where a value is missing, StopIteration
// with the position is raised, which the json package turns into its own error.
#include "modules/json_module.h"

#include "types/dict.h"
#include "types/float.h"
#include "types/float_digits.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/native.h"
#include "types/tuple.h"
#include "types/type.h"

#include "modules/import.h"

#include <string.h>

/* Raise json.decoder.JSONDecodeError(message, text, position). */
static Ref error_at(Thread *t, const char *message, Obj text, size_t position)
{
    scoped Ref module = oz_import(t, "json.decoder");
    scoped Ref class_name = module ? oz_intern(t, "JSONDecodeError") : NULL;
    scoped Ref cls = class_name ? oz_get_attr(t, module, class_name) : NULL;
    scoped Ref said = cls ? oz_str_new(t, message) : NULL;
    scoped Ref error = said ? oz_call3(t, cls, said, text, oz_int((int64_t)position)) : NULL;
    return error ? oz_raise_object(t, error, NULL) : NULL;
}

/* ---- strings ---- */

OZ_INLINE size_t plain_run(const void *data, unsigned width, size_t i, size_t length, bool strict)
{
    for (; i < length; i++) {
        uint32_t c = oz_text_at(data, width, i);
        if (c == '"' || c == '\\' || (c < ' ' && strict))
            break;
    }
    return i;
}

/* The end of the characters that stand for themselves. */
static size_t run_end(Text s, size_t i, bool strict)
{
    if (s.width == 1)
        return plain_run(s.data, 1, i, s.length, strict);
    return s.width == 2 ? plain_run(s.data, 2, i, s.length, strict)
                        : plain_run(s.data, 4, i, s.length, strict);
}

static int hex_value(uint32_t c)
{
    return c - '0' < 10 ? (int)(c - '0') : (c | 32) - 'a' < 6 ? (int)((c | 32) - 'a' + 10) : -1;
}

/* Four digits at `i`; false: there are none, or no closing quote can follow. */
static bool four_digits(Text s, size_t i, uint32_t *c)
{
    if (i + 4 >= s.length)
        return false;
    *c = 0;
    for (size_t k = 0; k < 4; k++) {
        int digit = hex_value(oz_text_char(s, i + k));
        if (digit < 0)
            return false;
        *c = *c << 4 | (uint32_t)digit;
    }
    return true;
}

/* \uXXXX, with a second one if they are surrogates; *i is at the first digit. */
static bool unicode_escape(StrBuilder *b, Obj text, Text s, size_t *i)
{
    uint32_t c, low;
    if (!four_digits(s, *i, &c))
        return error_at(b->t, "Invalid \\uXXXX escape", text, *i - 1) != NULL;
    *i += 4;
    if (c - 0xd800 < 0x400 && *i + 6 < s.length && oz_text_char(s, *i) == '\\' &&
        oz_text_char(s, *i + 1) == 'u') {
        if (!four_digits(s, *i + 2, &low))
            return error_at(b->t, "Invalid \\uXXXX escape", text, *i + 1) != NULL;
        if (low - 0xdc00 < 0x400) {
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
            *i += 6;
        }
    }
    return oz_builder_character(b, c);
}

/* Behind a backslash. */
static bool escape(StrBuilder *b, Obj text, Text s, size_t *i)
{
    static const char letters[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    uint32_t c = oz_text_char(s, (*i)++);
    if (c == 'u')
        return unicode_escape(b, text, s, i);
    const char *found = c && c < 128 ? strchr(letters, (int)c) : NULL;
    if (!found)
        return error_at(b->t, "Invalid \\escape", text, *i - 2) != NULL;
    return oz_builder_character(b, (uint8_t)values[found - letters]);
}

static Ref unterminated(Thread *t, Obj text, size_t begin)
{
    return error_at(t, "Unterminated string starting at", text, begin);
}

/* A string that has escapes: `i` is at the first one. */
static Ref string_with_escapes(Thread *t, Obj text, Text s, size_t begin, size_t i, bool strict,
                               size_t *end)
{
    StrBuilder b;
    oz_builder_init(&b, t);
    oz_builder_slice(&b, text, begin, i);
    while (!b.failed) {
        if (i >= s.length || i + 1 >= s.length) {
            if (i >= s.length || oz_text_char(s, i) != '"') {
                unterminated(t, text, begin - 1);
                b.failed = true;
                break;
            }
        }
        uint32_t c = oz_text_char(s, i);
        if (c == '"')
            break;
        if (c != '\\') {
            error_at(t, "Invalid control character at", text, i);
            b.failed = true;
            break;
        }
        i++;
        if (!escape(&b, text, s, &i)) {
            b.failed = true;
            break;
        }
        size_t start = i;
        i = run_end(s, i, strict);
        oz_builder_slice(&b, text, start, i);
    }
    *end = i + 1;
    return oz_builder_finish(&b);
}

/* The str that begins behind the quote at begin - 1: *end is behind its closing quote. */
static Ref read_string(Thread *t, Obj text, size_t begin, bool strict, size_t *end)
{
    const Str *str = (const Str *)text;
    Text s = oz_text_of(str);
    size_t i = run_end(s, begin, strict);
    if (i >= s.length)
        return unterminated(t, text, begin - 1);
    uint32_t c = oz_text_char(s, i);
    if (c == '\\')
        return string_with_escapes(t, text, s, begin, i, strict, end);
    if (c != '"')
        return error_at(t, "Invalid control character at", text, i);
    *end = i + 1;
    if (oz_id(&str->base) == OZ_STR_ASCII)
        return oz_str_from_ascii(t, (const char *)s.data + begin, i - begin);
    return oz_str_from_view(t, oz_text_part(s, begin, i));
}

OZ_FUNCTION(json, scanstring, "($module, string, end, strict=True, /)",
            "Read the string whose opening quote stands before end: (text, index behind it).")
{
    ssize_t begin;
    bool strict;
    size_t end = 0;
    const Str *s = oz_as_str(a[1]);
    if (!oz_as_size_argument(t, a[2], &begin) || !oz_truth(t, a[3], &strict))
        return NULL;
    if (!s)
        return oz_raise(t, OZ_TypeError, "first argument must be a string, not %.80T", a[1]);
    if (begin < 0 || (size_t)begin > oz_str_length(s))
        return oz_raise(t, OZ_ValueError, "end is out of bounds");
    scoped Ref text = read_string(t, (Obj)s, (size_t)begin, strict, &end);
    return text ? oz_tuple_of(t, 2, text, oz_int((int64_t)end)) : NULL;
}

/* ---- the scanner ---- */

#define SCANNER_REFS(REF)                                                                          \
    REF(object_hook) REF(object_pairs_hook) REF(parse_float) REF(parse_int) REF(parse_constant)

typedef struct JsonScanner {
    Object base;
    SCANNER_REFS(OZ_FIELD)
    bool strict; /* [const] */
} JsonScanner;

static void scanner_visit(const Object *o, Visitor *v)
{
    const JsonScanner *self = (const JsonScanner *)o;
    SCANNER_REFS(OZ_VISIT)
}

static void scanner_clear(Thread *t OZ_UNUSED, Object *o)
{
    JsonScanner *self = (JsonScanner *)o;
    SCANNER_REFS(OZ_CLEAR)
}

typedef struct Scan {
    Thread *t;
    const JsonScanner *options;
    Obj text; /* exact str */
    Text s;
    size_t at;
    Ref keys;  /* owned: dict of the keys seen */
    int depth; /* of containers: programs rely on its limit against hostile documents */
} Scan;

static Ref value(Scan *z);

OZ_INLINE uint32_t peek(const Scan *z)
{
    return z->at < z->s.length ? oz_text_char(z->s, z->at) : 0;
}

OZ_INLINE void skip_space(Scan *z)
{
    while (z->at < z->s.length) {
        uint32_t c = oz_text_char(z->s, z->at);
        if (c != ' ' && c != '\n' && c != '\t' && c != '\r')
            break;
        z->at++;
    }
}

static Ref fail(Scan *z, const char *message)
{
    return error_at(z->t, message, z->text, z->at);
}

/* No value here. */
static Ref nothing(Scan *z, size_t at)
{
    return oz_raise_value(z->t, OZ_StopIteration, oz_int((int64_t)at));
}

/* A key: the str that an equal key before it was, if there was one. */
static Ref key(Scan *z)
{
    if (peek(z) != '"')
        return fail(z, "Expecting property name enclosed in double quotes");
    scoped Ref text = read_string(z->t, z->text, z->at + 1, z->options->strict, &z->at);
    Ref kept = NULL;
    if (!text || oz_dict_set_default(z->t, oz_as_dict(z->keys), text, text, &kept) == OZ_RAISED)
        return NULL;
    return kept;
}

static bool add_pair(Scan *z, Obj into, Ref name, Ref item)
{
    if (oz_is(into, OZ_DICT))
        return oz_dict_set_take(z->t, (Dict *)into, name, item);
    scoped Ref first = name, second = item;
    Ref pair = oz_tuple_of(z->t, 2, first, second);
    return pair && oz_list_append_take(z->t, oz_as_list(into), pair);
}

static bool pairs(Scan *z, Obj into)
{
    for (;;) {
        scoped Ref name = key(z);
        if (!name)
            return false;
        skip_space(z);
        if (peek(z) != ':')
            return fail(z, "Expecting ':' delimiter") != NULL;
        z->at++;
        skip_space(z);
        Ref item = value(z);
        if (!item || !add_pair(z, into, oz_move(&name), item))
            return false;
        skip_space(z);
        uint32_t c = peek(z);
        if (c == '}')
            return true;
        if (c != ',')
            return fail(z, "Expecting ',' delimiter") != NULL;
        z->at++;
        skip_space(z);
        if (!oz_poll(z->t))
            return false;
    }
}

/* Behind a '{'. */
static Ref object(Scan *z)
{
    Thread *t = z->t;
    const JsonScanner *o = z->options;
    bool as_pairs = !oz_is_none(o->object_pairs_hook);
    scoped Ref made = as_pairs ? oz_list_new(t, 0) : oz_dict_new(t);
    if (!made)
        return NULL;
    skip_space(z);
    if (peek(z) != '}' && !pairs(z, made))
        return NULL;
    z->at++;
    if (as_pairs)
        return oz_call1(t, o->object_pairs_hook, made);
    return oz_is_none(o->object_hook) ? oz_move(&made) : oz_call1(t, o->object_hook, made);
}

/* Behind a '['. */
static Ref array(Scan *z)
{
    scoped Ref list = oz_list_new(z->t, 0);
    if (!list)
        return NULL;
    skip_space(z);
    if (peek(z) == ']') {
        z->at++;
        return oz_move(&list);
    }
    for (;;) {
        Ref item = value(z);
        if (!item || !oz_list_append_take(z->t, oz_as_list(list), item))
            return NULL;
        skip_space(z);
        uint32_t c = peek(z);
        if (c == ']') {
            z->at++;
            return oz_move(&list);
        }
        if (c != ',')
            return fail(z, "Expecting ',' delimiter");
        z->at++;
        skip_space(z);
        if (!oz_poll(z->t))
            return NULL;
    }
}

static size_t digits_end(Text s, size_t i)
{
    while (i < s.length && oz_text_char(s, i) - '0' < 10)
        i++;
    return i;
}

enum { NUMBER_MAX = 64 };

static Ref float_of(Scan *z, size_t start, size_t end)
{
    Thread *t = z->t;
    const JsonScanner *o = z->options;
    if (o->parse_float != (Ref)t->vm->classes[OZ_FLOAT] || end - start >= NUMBER_MAX) {
        scoped Ref text = oz_str_slice(t, z->text, start, end);
        if (!text || o->parse_float == (Ref)t->vm->classes[OZ_FLOAT])
            return text ? oz_float_from_text(t, text) : NULL;
        return oz_call1(t, o->parse_float, text);
    }
    char copy[NUMBER_MAX];
    for (size_t i = start; i < end; i++)
        copy[i - start] = (char)oz_text_char(z->s, i);
    copy[end - start] = 0;
    return oz_float_new(t, oz_float_read(copy));
}

static Ref int_of(Scan *z, size_t start, size_t end)
{
    Thread *t = z->t;
    const JsonScanner *o = z->options;
    if (OZ_LIKELY(o->parse_int == (Ref)t->vm->classes[OZ_INT] && end - start <= 18)) {
        bool minus = oz_text_char(z->s, start) == '-';
        int64_t n = 0;
        for (size_t i = start + minus; i < end; i++)
            n = n * 10 + (int64_t)(oz_text_char(z->s, i) - '0');
        return oz_int(minus ? -n : n);
    }
    scoped Ref text = oz_str_slice(t, z->text, start, end);
    if (!text)
        return NULL;
    if (o->parse_int == (Ref)t->vm->classes[OZ_INT])
        return oz_int_from_text(t, oz_str_data(oz_as_str(text)), end - start, 10);
    return oz_call1(t, o->parse_int, text);
}

static Ref number(Scan *z)
{
    size_t start = z->at, i = start + (peek(z) == '-');
    Text s = z->s;
    size_t end = digits_end(s, i);
    if (end == i)
        return nothing(z, start);
    if (oz_text_char(s, i) == '0')
        end = i + 1;
    size_t whole = end;
    if (end + 1 < s.length && oz_text_char(s, end) == '.' && oz_text_char(s, end + 1) - '0' < 10)
        end = digits_end(s, end + 1);
    if (end + 1 < s.length && (oz_text_char(s, end) | 32) == 'e') {
        uint32_t sign = oz_text_char(s, end + 1);
        size_t first = end + 1 + (sign == '+' || sign == '-');
        size_t last = digits_end(s, first);
        if (last > first)
            end = last;
    }
    z->at = end;
    return end > whole ? float_of(z, start, end) : int_of(z, start, end);
}

static bool word(Scan *z, const char *text)
{
    size_t length = strlen(text);
    if (z->s.length - z->at < length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (oz_text_char(z->s, z->at + i) != (uint8_t)text[i])
            return false;
    z->at += length;
    return true;
}

static Ref constant(Scan *z, const char *name)
{
    scoped Ref text = oz_str_new(z->t, name);
    return text ? oz_call1(z->t, z->options->parse_constant, text) : NULL;
}

static Ref container(Scan *z, bool is_object)
{
    const char *where = is_object ? " while decoding a JSON object from a unicode string"
                                  : " while decoding a JSON array from a unicode string";
    if (!oz_native_enter(z->t, where) ||
        (++z->depth > z->t->vm->recursion_limit && !oz_recursion_error(z->t, where)))
        return NULL;
    z->at++;
    Ref made = is_object ? object(z) : array(z);
    z->depth--;
    return made;
}

static Ref value(Scan *z)
{
    switch (peek(z)) {
    case '"':
        return read_string(z->t, z->text, z->at + 1, z->options->strict, &z->at);
    case '{':
        return container(z, true);
    case '[':
        return container(z, false);
    case 'n':
        if (word(z, "null"))
            return OZ_NONE;
        break;
    case 't':
        if (word(z, "true"))
            return OZ_TRUE;
        break;
    case 'f':
        if (word(z, "false"))
            return OZ_FALSE;
        break;
    case 'N':
        if (word(z, "NaN"))
            return constant(z, "NaN");
        break;
    case 'I':
        if (word(z, "Infinity"))
            return constant(z, "Infinity");
        break;
    case '-':
        if (word(z, "-Infinity"))
            return constant(z, "-Infinity");
        return number(z);
    default:
        return number(z);
    }
    return nothing(z, z->at);
}

static Ref scan(Thread *t, const JsonScanner *self, Obj text, ssize_t start)
{
    const Str *s = oz_as_str(text);
    if (!s)
        return oz_raise(t, OZ_TypeError, "first argument must be a string, not %.80T", text);
    if (start < 0)
        return oz_raise(t, OZ_ValueError, "idx cannot be negative");
    Scan z = {t, self, (Obj)s, oz_text_of(s), (size_t)start, NULL, 0};
    if (z.at >= z.s.length)
        return nothing(&z, z.at);
    z.keys = oz_dict_new(t);
    scoped Ref found = z.keys ? value(&z) : NULL;
    oz_drop(z.keys);
    return found ? oz_tuple_of(t, 2, found, oz_int((int64_t)z.at)) : NULL;
}

static Ref scanner_call(Thread *t, Obj self, const Args *args)
{
    Obj values[2] = {NULL, NULL};
    for (uint32_t i = 0; i < args->count && i < 2; i++)
        values[i] = args->items[i];
    for (uint32_t i = 0; i < args->named; i++) {
        const Str *name = oz_as_str(oz_as_tuple(args->names)->items[i]);
        Obj given = args->items[args->count + i];
        if (oz_str_equal_utf8(name, "string"))
            values[0] = given;
        else if (oz_str_equal_utf8(name, "idx"))
            values[1] = given;
    }
    if (!values[0] || !values[1] || args->count + args->named != 2)
        return oz_raise(t, OZ_TypeError, "scan_once() takes exactly 2 arguments (%u given)",
                        args->count + args->named);
    ssize_t start;
    if (!oz_as_size_argument(t, values[1], &start))
        return NULL;
    return scan(t, (const JsonScanner *)self, values[0], start);
}

static bool take_option(Thread *t, JsonScanner *self, Ref *field, Obj context, const char *name)
{
    scoped Ref key_name = oz_intern(t, name);
    Ref found = key_name ? oz_get_attr(t, context, key_name) : NULL;
    if (found)
        oz_store(&self->base, field, found);
    return found != NULL;
}

OZ_NEW(json_scanner, "($type, context)")
{
    scoped Ref made = (Ref)oz_instance_new(t, (Class *)a[0], 0);
    scoped Ref name = made ? oz_intern(t, "strict") : NULL;
    scoped Ref strict = name ? oz_get_attr(t, a[1], name) : NULL;
    JsonScanner *self = (JsonScanner *)made;
    if (!strict || !oz_truth(t, strict, &self->strict) ||
        !take_option(t, self, &self->object_hook, a[1], "object_hook") ||
        !take_option(t, self, &self->object_pairs_hook, a[1], "object_pairs_hook") ||
        !take_option(t, self, &self->parse_float, a[1], "parse_float") ||
        !take_option(t, self, &self->parse_int, a[1], "parse_int") ||
        !take_option(t, self, &self->parse_constant, a[1], "parse_constant"))
        return NULL;
    return oz_move(&made);
}

static Ref get_strict(Thread *t OZ_UNUSED, Obj self)
{
    return oz_bool(((const JsonScanner *)self)->strict);
}

#define OPTION(name)                                                                               \
    {                                                                                              \
#name, offsetof(JsonScanner, name), OZ_MEMBER_READONLY, #name                              \
    }

const TypeDef oz_json_scanner_type = {
    .id = OZ_JSON_SCANNER,
    .name = "_json.Scanner",
    .doc = "Reads JSON documents.",
    .size = sizeof(JsonScanner),
    .visit = scanner_visit,
    .clear = scanner_clear,
    .make = &json_scanner_new_,
    .slots = {.call = scanner_call},
    .getsets = OZ_GETSETS({"strict", get_strict, NULL, "Are control characters refused?"}),
    .members = OZ_MEMBERS(OPTION(object_hook), OPTION(object_pairs_hook), OPTION(parse_float),
                          OPTION(parse_int), OPTION(parse_constant)),
};

/* ---- the module ---- */

static bool init(Thread *t, Module *module)
{
    Class *scanner = oz_builtin_class(t, OZ_JSON_SCANNER);
    Class *encoder = scanner ? oz_builtin_class(t, OZ_JSON_ENCODER) : NULL;
    return encoder && oz_module_add(t, module, "make_scanner", oz_retain((Obj)scanner)) &&
           oz_module_add(t, module, "make_encoder", oz_retain((Obj)encoder));
}

const ModuleDef oz_json_module = {
    .name = "_json",
    .doc = "Fast reading and writing of JSON.",
    .functions = OZ_METHODS(&json_scanstring, &oz_json_quote_ascii, &oz_json_quote_plain),
    .init = init,
};
