// SPDX-License-Identifier: MIT
// _json, writing: strings in quotes, and the encoder of whole documents.
//
// The document grows in one builder and is handed out as a tuple of one str.  Containers may be
// changed by the functions of a program that run meanwhile: they are read by index, with a
// reference to each item.
#include "modules/json_module.h"

#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/native.h"
#include "types/tuple.h"
#include "types/type.h"

#include <math.h>
#include <string.h>

/* ---- strings ---- */

static bool put_escape(StrBuilder *b, uint32_t c)
{
    static const char letters[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
    const char *found = c && c < 128 ? strchr(letters, (int)c) : NULL;
    char out[6] = {'\\', 'u'};
    if (found) {
        out[1] = names[found - letters];
        return oz_builder_ascii(b, out, 2);
    }
    for (unsigned i = 0; i < 4; i++)
        out[2 + i] = "0123456789abcdef"[c >> (12 - 4 * i) & 15];
    return oz_builder_ascii(b, out, 6);
}

static bool put_wide_escape(StrBuilder *b, uint32_t c)
{
    if (c < 0x10000)
        return put_escape(b, c);
    c -= 0x10000;
    return put_escape(b, 0xd800 + (c >> 10)) && put_escape(b, 0xdc00 + (c & 0x3ff));
}

OZ_INLINE bool is_plain(uint32_t c, bool ascii)
{
    return c >= ' ' && c != '"' && c != '\\' && (c < 127 || !ascii);
}

/* Append the text in quotes; `ascii`: everything above 126 escaped. */
static bool quote(StrBuilder *b, Obj str, bool ascii)
{
    Text s = oz_text_of((const Str *)str);
    oz_builder_character(b, '"');
    size_t i = 0;
    while (i < s.length) {
        size_t start = i;
        while (i < s.length && is_plain(oz_text_char(s, i), ascii))
            i++;
        if (!oz_builder_slice(b, str, start, i))
            return false;
        if (i < s.length && !put_wide_escape(b, oz_text_char(s, i++)))
            return false;
    }
    return oz_builder_character(b, '"');
}

static Ref quoted(Thread *t, Obj v, bool ascii)
{
    const Str *s = oz_as_str(v);
    if (!s)
        return oz_raise(t, OZ_TypeError, "first argument must be a string, not %.80T", v);
    StrBuilder b;
    oz_builder_init(&b, t);
    if (!quote(&b, (Obj)s, ascii))
        b.failed = true;
    return oz_builder_finish(&b);
}

static Ref quote_ascii_body(Thread *t, const Obj *a)
{
    return quoted(t, a[1], true);
}

static Ref quote_plain_body(Thread *t, const Obj *a)
{
    return quoted(t, a[1], false);
}

const NativeDef oz_json_quote_ascii = {"encode_basestring_ascii", "($module, string, /)",
                                       "Return the text as a JSON string of ASCII characters.",
                                       quote_ascii_body, 0};
const NativeDef oz_json_quote_plain = {"encode_basestring", "($module, string, /)",
                                       "Return the text as a JSON string.", quote_plain_body, 0};

/* ---- the encoder ---- */

#define ENCODER_REFS(REF)                                                                          \
    REF(markers) /* dict of the containers under way, or None */                                   \
    REF(default_) REF(encoder) REF(indent) REF(key_separator) REF(item_separator)

typedef enum Quoting { BY_CALL, PLAIN, ASCII } Quoting;

typedef struct JsonEncoder {
    Object base;
    ENCODER_REFS(OZ_FIELD)
    Quoting quoting;                      /* [const] */
    bool sort_keys, skip_keys, allow_nan; /* [const] */
    int depth; /* [object] of containers under way: limited as calls are */
} JsonEncoder;

static void encoder_visit(const Object *o, Visitor *v)
{
    const JsonEncoder *self = (const JsonEncoder *)o;
    ENCODER_REFS(OZ_VISIT)
}

static void encoder_clear(Thread *t OZ_UNUSED, Object *o)
{
    JsonEncoder *self = (JsonEncoder *)o;
    ENCODER_REFS(OZ_CLEAR)
}

static bool encode(JsonEncoder *e, StrBuilder *b, Obj v);

static bool put_take(StrBuilder *b, Ref text)
{
    bool done = text && oz_builder_str(b, text);
    oz_drop(text);
    return done;
}

static bool put_str(JsonEncoder *e, StrBuilder *b, Obj str)
{
    if (OZ_LIKELY(e->quoting != BY_CALL))
        return quote(b, (Obj)oz_as_str(str), e->quoting == ASCII);
    scoped Ref made = oz_call1(b->t, e->encoder, str);
    if (!made)
        return false;
    if (!oz_is_str(made))
        return oz_fail(b->t, OZ_TypeError, "encoder() must return a string, not %.80T", made);
    return oz_builder_str(b, made);
}

static bool put_int(StrBuilder *b, Obj exact)
{
    if (oz_is_int(exact)) {
        char out[24];
        int64_t n = oz_int_value(exact);
        uint64_t rest = n < 0 ? (uint64_t)-n : (uint64_t)n;
        size_t at = sizeof out;
        do
            out[--at] = (char)('0' + rest % 10);
        while (rest /= 10);
        if (n < 0)
            out[--at] = '-';
        return oz_builder_ascii(b, out + at, sizeof out - at);
    }
    return put_take(b, oz_int_to_str(b->t, exact, 10));
}

static bool put_float(JsonEncoder *e, StrBuilder *b, double d)
{
    if (!isfinite(d)) {
        if (!e->allow_nan)
            return oz_fail(b->t, OZ_ValueError, "Out of range float values are not JSON compliant");
        return oz_builder_text(b, isnan(d) ? "NaN" : d > 0 ? "Infinity" : "-Infinity");
    }
    char out[40];
    return oz_builder_ascii(b, out, oz_float_repr(d, out));
}

/* ---- containers under way ---- */

static Ref identity(Obj v)
{
    return oz_int((int64_t)(oz_word(v) >> 3));
}

static bool enter(JsonEncoder *e, Thread *t, Obj v)
{
    if (oz_is_none(e->markers))
        return true;
    Dict *markers = oz_as_dict(e->markers);
    scoped Ref found = NULL;
    scoped Ref key = identity(v);
    switch (oz_dict_get(t, markers, key, &found)) {
    case OZ_RAISED:
        return false;
    case OZ_FOUND:
        return oz_fail(t, OZ_ValueError, "Circular reference detected");
    default:
        return oz_dict_set(t, markers, key, v);
    }
}

static bool leave(JsonEncoder *e, Thread *t, Obj v)
{
    if (oz_is_none(e->markers))
        return true;
    scoped Ref key = identity(v);
    return oz_dict_delete(t, oz_as_dict(e->markers), key) != OZ_RAISED;
}

static bool deeper(JsonEncoder *e, Thread *t)
{
    static const char where[] = " while encoding a JSON object";
    if (!oz_native_enter(t, where))
        return false;
    if (e->depth >= t->vm->recursion_limit)
        return oz_recursion_error(t, where);
    e->depth++;
    return true;
}

/* ---- lists ---- */

static bool put_item(JsonEncoder *e, StrBuilder *b, size_t i, Obj item)
{
    return (i == 0 || oz_builder_str(b, e->item_separator)) && encode(e, b, item);
}

static bool put_items(JsonEncoder *e, StrBuilder *b, Obj sequence)
{
    List *list = oz_as_list(sequence);
    const Tuple *tuple = list ? NULL : oz_as_tuple(sequence);
    for (size_t i = 0; i < (list ? oz_list_length(list) : tuple->length); i++) {
        scoped Ref item = list ? oz_list_get(b->t, list, i) : oz_retain(tuple->items[i]);
        if (!item || !put_item(e, b, i, item) || !oz_poll(b->t))
            return false;
    }
    return true;
}

static bool put_list(JsonEncoder *e, StrBuilder *b, Obj sequence)
{
    bool empty = oz_as_list(sequence) ? oz_list_length(oz_as_list(sequence)) == 0
                                      : oz_as_tuple(sequence)->length == 0;
    if (empty)
        return oz_builder_ascii(b, "[]", 2);
    return enter(e, b->t, sequence) && oz_builder_character(b, '[') && put_items(e, b, sequence) &&
           oz_builder_character(b, ']') && leave(e, b->t, sequence);
}

/* ---- dicts ---- */

/* A key as text; OZ_MISSING: it is to be left out. */
static Found put_key(JsonEncoder *e, StrBuilder *b, Obj key)
{
    Thread *t = b->t;
    double d;
    if (oz_is_str(key))
        return put_str(e, b, key) ? OZ_FOUND : OZ_RAISED;
    StrBuilder text;
    bool done;
    oz_builder_init(&text, t);
    if (oz_as_float(key, &d)) {
        done = put_float(e, &text, d);
    } else if (oz_is_none(key) || oz_is_bool(key)) {
        done = oz_builder_text(&text, oz_is_none(key) ? "null" : key == OZ_TRUE ? "true" : "false");
    } else if (oz_as_exact_int(key)) {
        done = put_int(&text, oz_as_exact_int(key));
    } else {
        oz_builder_fini(&text);
        if (e->skip_keys)
            return OZ_MISSING;
        oz_raise(t, OZ_TypeError, "keys must be str, int, float, bool or None, not %.100T", key);
        return OZ_RAISED;
    }
    text.failed |= !done;
    scoped Ref made = oz_builder_finish(&text);
    return made && put_str(e, b, made) ? OZ_FOUND : OZ_RAISED;
}

/* Would put_key leave the key out? */
static bool is_skipped(JsonEncoder *e, Obj key)
{
    double d;
    return e->skip_keys && !oz_is_str(key) && !oz_as_float(key, &d) && !oz_is_none(key) &&
           !oz_as_exact_int(key);
}

static bool put_pair(JsonEncoder *e, StrBuilder *b, bool *first, Obj key, Obj value)
{
    if (is_skipped(e, key))
        return true;
    if (!*first && !oz_builder_str(b, e->item_separator))
        return false;
    *first = false;
    return put_key(e, b, key) == OZ_FOUND && oz_builder_str(b, e->key_separator) &&
           encode(e, b, value) && oz_poll(b->t);
}

/* The pairs of a dict subclass, or in order of the keys: from its items(). */
static bool put_item_list(JsonEncoder *e, StrBuilder *b, Obj dict)
{
    Thread *t = b->t;
    scoped Ref view = oz_call_method(t, dict, OZ_NAME(t, items), 0, NULL);
    scoped Ref items = view ? oz_list_from(t, view) : NULL;
    if (!items || (e->sort_keys && !oz_list_sort(t, oz_as_list(items), NULL, false)))
        return false;
    bool first = true;
    for (size_t i = 0; i < oz_list_length(oz_as_list(items)); i++) {
        scoped Ref item = oz_list_get(t, oz_as_list(items), i);
        const Tuple *pair = item ? oz_as_tuple(item) : NULL;
        if (!pair || pair->length != 2)
            return item && oz_fail(t, OZ_ValueError, "items must return 2-tuples");
        if (!put_pair(e, b, &first, pair->items[0], pair->items[1]))
            return false;
    }
    return true;
}

static bool put_pairs(JsonEncoder *e, StrBuilder *b, Dict *dict)
{
    size_t at = 0, length = oz_dict_length(dict);
    bool first = true;
    Obj key, value;
    while (oz_dict_step(dict, &at, &key, &value)) {
        scoped Ref kept_key = oz_retain(key), kept_value = oz_retain(value);
        if (!put_pair(e, b, &first, kept_key, kept_value))
            return false;
        if (oz_dict_length(dict) != length)
            return oz_fail(b->t, OZ_RuntimeError, "dictionary changed size during iteration");
    }
    return true;
}

static bool put_dict(JsonEncoder *e, StrBuilder *b, Obj dict)
{
    if (oz_dict_length(oz_as_dict(dict)) == 0)
        return oz_builder_ascii(b, "{}", 2);
    bool plain = oz_is(dict, OZ_DICT) && !e->sort_keys;
    return enter(e, b->t, dict) && oz_builder_character(b, '{') &&
           (plain ? put_pairs(e, b, (Dict *)dict) : put_item_list(e, b, dict)) &&
           oz_builder_character(b, '}') && leave(e, b->t, dict);
}

/* ---- any value ---- */

static bool put_other(JsonEncoder *e, StrBuilder *b, Obj v)
{
    Thread *t = b->t;
    if (!enter(e, t, v))
        return false;
    scoped Ref made = oz_call1(t, e->default_, v);
    if (!made || !deeper(e, t))
        return false;
    bool done = encode(e, b, made);
    e->depth--;
    return done && leave(e, t, v);
}

static bool encode(JsonEncoder *e, StrBuilder *b, Obj v)
{
    double d;
    if (oz_is_none(v))
        return oz_builder_ascii(b, "null", 4);
    if (oz_is_bool(v))
        return v == OZ_TRUE ? oz_builder_ascii(b, "true", 4) : oz_builder_ascii(b, "false", 5);
    if (oz_is_str(v))
        return put_str(e, b, v);
    Obj n = oz_as_exact_int(v);
    if (n)
        return put_int(b, n);
    if (oz_as_float(v, &d))
        return put_float(e, b, d);
    bool is_list = oz_as_list(v) || oz_as_tuple(v);
    if (!is_list && !oz_as_dict(v))
        return put_other(e, b, v);
    if (!deeper(e, b->t))
        return false;
    bool done = is_list ? put_list(e, b, v) : put_dict(e, b, v);
    e->depth--;
    return done;
}

static Ref encoder_call(Thread *t, Obj self, const Args *args)
{
    if (args->count + args->named != 2)
        return oz_raise(t, OZ_TypeError, "_iterencode() takes exactly 2 arguments (%u given)",
                        args->count + args->named);
    StrBuilder b;
    oz_builder_init(&b, t);
    if (!encode((JsonEncoder *)self, &b, args->items[0]))
        b.failed = true;
    scoped Ref text = oz_builder_finish(&b);
    return text ? oz_tuple_of(t, 1, text) : NULL;
}

static Quoting quoting_of(Obj function)
{
    if (!oz_is(function, OZ_BUILTIN_FUNCTION))
        return BY_CALL;
    const NativeDef *def = ((const BuiltinFunction *)function)->signature->def;
    return def == &oz_json_quote_ascii ? ASCII : def == &oz_json_quote_plain ? PLAIN : BY_CALL;
}

OZ_NEW(json_encoder, "($type, markers, default, encoder, indent, key_separator, item_separator, "
                     "sort_keys, skipkeys, allow_nan)")
{
    if (!oz_is_none(a[1]) && !oz_as_dict(a[1]))
        return oz_raise(t, OZ_TypeError,
                        "make_encoder() argument 1 must be dict or None, not %.200T", a[1]);
    for (int i = 5; i <= 6; i++)
        if (!oz_is_str(a[i]))
            return oz_raise(t, OZ_TypeError, "make_encoder() argument %d must be str, not %T", i,
                            a[i]);
    scoped Ref made = (Ref)oz_instance_new(t, (Class *)a[0], 0);
    JsonEncoder *self = (JsonEncoder *)made;
    if (!made || !oz_truth(t, a[7], &self->sort_keys) || !oz_truth(t, a[8], &self->skip_keys) ||
        !oz_truth(t, a[9], &self->allow_nan))
        return NULL;
    Ref *fields[] = {&self->markers, &self->default_,      &self->encoder,
                     &self->indent,  &self->key_separator, &self->item_separator};
    for (size_t i = 0; i < OZ_COUNT(fields); i++)
        oz_store_raw(&self->base, fields[i], oz_retain(a[1 + i]));
    self->quoting = quoting_of(self->encoder);
    return oz_move(&made);
}

#define OPTION(name, field)                                                                        \
    {                                                                                              \
        name, offsetof(JsonEncoder, field), OZ_MEMBER_READONLY, name                               \
    }
#define FLAG(name, field)                                                                          \
    static Ref get_##field(Thread *t OZ_UNUSED, Obj self)                                          \
    {                                                                                              \
        return oz_bool(((const JsonEncoder *)self)->field);                                        \
    }
FLAG("sort_keys", sort_keys)
FLAG("skipkeys", skip_keys)

const TypeDef oz_json_encoder_type = {
    .id = OZ_JSON_ENCODER,
    .name = "_json.Encoder",
    .doc = "Writes JSON documents.",
    .size = sizeof(JsonEncoder),
    .visit = encoder_visit,
    .clear = encoder_clear,
    .make = &json_encoder_new_,
    .slots = {.call = encoder_call},
    .getsets = OZ_GETSETS({"sort_keys", get_sort_keys, NULL, "Are keys sorted?"},
                          {"skipkeys", get_skip_keys, NULL, "Are impossible keys left out?"}),
    .members = OZ_MEMBERS(OPTION("markers", markers), OPTION("default", default_),
                          OPTION("encoder", encoder), OPTION("indent", indent),
                          OPTION("key_separator", key_separator),
                          OPTION("item_separator", item_separator)),
};
