// SPDX-License-Identifier: MIT
// The str type: construction, operators, repr, the table of its methods; and its iterator.
#include "types/str_methods.h"

#include "types/codec.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/format_spec.h"
#include "types/int.h"
#include "types/iterate.h"
#include "types/slice.h"
#include "types/tuple.h"
#include "types/type.h"

#include "base/siphash.h"

#include <string.h>

static void str_clear(Thread *t, Object *self)
{
    if (OZ_UNLIKELY(oz_has_flag(self, OZ_FLAG_INTERNED))) {
        oz_intern_forget(t->vm, (const Str *)self);
        oz_flag_clear(self, OZ_FLAG_INTERNED);
    }
}

/* ---- construction ---- */

/* The value that str(object, encoding, errors) gives: an exact str. */
static Ref value_of(Thread *t, Obj object, Obj encoding, Obj errors);

/* A C string from a str argument; NULL: raised. */
static const char *c_text(Thread *t, Obj v, const char *function, const char *argument, Ref *keep)
{
    if (!oz_is_str(v)) {
        oz_raise(t, OZ_TypeError, "%s() argument '%s' must be str, not %T", function, argument, v);
        return NULL;
    }
    size_t length;
    const char *text = oz_str_utf8(t, v, &length, keep);
    if (text && strlen(text) != length) {
        oz_raise(t, OZ_ValueError, "embedded null character");
        return NULL;
    }
    return text;
}

static Ref decode(Thread *t, Obj object, Obj encoding, Obj errors)
{
    scoped Ref keep_encoding = NULL, keep_errors = NULL;
    const char *name = NULL, *handler = NULL;
    if (encoding && !(name = c_text(t, encoding, "str", "encoding", &keep_encoding)))
        return NULL;
    if (errors && !(handler = c_text(t, errors, "str", "errors", &keep_errors)))
        return NULL;
    if (!object)
        return oz_retain(OZ_TEXT(t, empty));
    if (oz_is_str(object))
        return oz_raise(t, OZ_TypeError, "decoding str is not supported");
    if (!oz_is_pointer(object) || !oz_shape_of(object)->def->buffer_get)
        return oz_raise(t, OZ_TypeError, "decoding to str: need a bytes-like object, %T found",
                        object);
    return oz_decode(t, object, name, handler);
}

static Ref value_of(Thread *t, Obj object, Obj encoding, Obj errors)
{
    if (encoding || errors)
        return decode(t, object, encoding, errors);
    return object ? oz_str(t, object) : oz_retain(OZ_TEXT(t, empty));
}

OZ_NEW(str, "($type, object=<unrepresentable>, encoding=<unrepresentable>, "
            "errors=<unrepresentable>)")
{
    scoped Ref value = value_of(t, a[1], a[2], a[3]);
    Class *cls = (Class *)a[0];
    if (!value || cls == t->vm->classes[OZ_STR_ASCII])
        return oz_move(&value);
    return oz_wrapper_new(t, cls, oz_retain((Obj)oz_as_str(value)));
}

/* ---- text ---- */

static Ref str_str(Thread *t OZ_UNUSED, Obj self)
{
    return oz_retain((Obj)oz_as_str(self));
}

static bool add_escape(StrBuilder *b, uint32_t c)
{
    static const char digits[] = "0123456789abcdef";
    char out[10] = {'\\'};
    unsigned count = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
    out[1] = count == 2 ? 'x' : count == 4 ? 'u' : 'U';
    for (unsigned i = 0; i < count; i++)
        out[2 + i] = digits[c >> (4 * (count - 1 - i)) & 15];
    return oz_builder_ascii(b, out, 2 + count);
}

static bool needs_escape(uint32_t c, uint32_t quote)
{
    if (OZ_LIKELY(c < 0x7f))
        return c < ' ' || c == '\\' || c == quote;
    return c == 0x7f || !oz_unicode_is(c, OZ_CHAR_PRINTABLE);
}

static bool add_escaped(StrBuilder *b, uint32_t c, uint32_t quote)
{
    char pair[2] = {'\\', (char)c};
    if (c == '\n' || c == '\r' || c == '\t')
        pair[1] = c == '\n' ? 'n' : c == '\r' ? 'r' : 't';
    else if (c != '\\' && c != quote)
        return add_escape(b, c);
    return oz_builder_ascii(b, pair, 2);
}

static Ref str_repr(Thread *t, Obj str)
{
    const Str *s = oz_as_str(str);
    Text text = oz_text_of(s);
    bool single = oz_text_find_char(text, '\'') != OZ_NOT_FOUND;
    uint32_t quote = single && oz_text_find_char(text, '"') == OZ_NOT_FOUND ? '"' : '\'';
    StrBuilder b;
    oz_builder_init(&b, t);
    oz_builder_character(&b, quote);
    size_t start = 0;
    for (size_t i = 0; i < text.length && !b.failed; i++) {
        uint32_t c = oz_text_char(text, i);
        if (OZ_LIKELY(!needs_escape(c, quote)))
            continue;
        oz_builder_slice(&b, (Obj)s, start, i);
        add_escaped(&b, c, quote);
        start = i + 1;
        if ((start & 0xfff) == 0 && !oz_poll(t))
            b.failed = true;
    }
    oz_builder_slice(&b, (Obj)s, start, text.length);
    oz_builder_character(&b, quote);
    return oz_builder_finish(&b);
}

static bool str_hash(Thread *t OZ_UNUSED, Obj self, int64_t *hash)
{
    *hash = oz_str_hash(oz_as_str(self));
    return true;
}

static Ref str_compare(Thread *t OZ_UNUSED, Obj a, Obj b, CompareOp op)
{
    const Str *left = oz_as_str(a), *right = oz_as_str(b);
    if (!left || !right)
        return OZ_NOT_IMPLEMENTED;
    if (op == OZ_EQ)
        return oz_bool(oz_str_equal(left, right));
    if (op == OZ_NE)
        return oz_bool(!oz_str_equal(left, right));
    int order = oz_str_order(left, right);
    return oz_bool(op == OZ_LT   ? order < 0
                   : op == OZ_LE ? order <= 0
                   : op == OZ_GT ? order > 0
                                 : order >= 0);
}

static Ref str_remainder(Thread *t, Obj a, Obj b)
{
    return oz_is_str(a) ? oz_str_percent(t, a, b) : OZ_NOT_IMPLEMENTED;
}

/* ---- as a sequence ---- */

static bool str_length(Thread *t OZ_UNUSED, Obj self, ssize_t *length)
{
    *length = (ssize_t)oz_str_length(oz_as_str(self));
    return true;
}

static Ref str_concat(Thread *t, Obj self, Obj other)
{
    return oz_str_concat(t, self, other);
}

static void fill_repeated(uint8_t *out, size_t unit, size_t total)
{
    for (size_t done = unit; done < total;) {
        size_t more = done < total - done ? done : total - done;
        memcpy(out + done, out, more);
        done += more;
    }
}

static Ref str_repeat(Thread *t, Obj self, Obj times)
{
    ssize_t n;
    if (!oz_as_ssize(t, times, OZ_OverflowError, &n))
        return NULL;
    const Str *s = oz_as_str(self);
    Text text = oz_text_of(s);
    if (n == 1)
        return oz_retain((Obj)s);
    if (n <= 0 || text.length == 0)
        return oz_retain(OZ_TEXT(t, empty));
    size_t length;
    if (!oz_size_mul(text.length, (size_t)n, &length) || length > PTRDIFF_MAX)
        return oz_raise(t, OZ_OverflowError, "repeated string is too long");
    Ref made = oz_str_alloc(t, length, oz_str_widest(s));
    if (!made)
        return NULL;
    uint8_t *out = ((Str *)made)->data;
    if (text.length == 1) {
        oz_text_fill(out, text.width, length, oz_text_char(text, 0));
        return made;
    }
    memcpy(out, text.data, text.length * text.width);
    fill_repeated(out, text.length * text.width, length * text.width);
    return made;
}

static Ref slice_with_step(Thread *t, Text text, ssize_t start, ssize_t step, ssize_t count)
{
    uint32_t widest = 0;
    for (ssize_t i = 0; i < count; i++)
        widest |= oz_text_char(text, (size_t)(start + i * step));
    if (count == 1)
        return oz_str_from_character(t, widest);
    Ref made = oz_str_alloc(t, (size_t)count, count ? widest : 0);
    if (!made)
        return NULL;
    void *out = ((Str *)made)->data;
    unsigned width = oz_text_width(widest);
    for (ssize_t i = 0; i < count; i++)
        oz_text_put(out, width, (size_t)i, oz_text_char(text, (size_t)(start + i * step)));
    return made;
}

static Ref str_get_slice(Thread *t, const Str *s, Obj slice)
{
    Text text = oz_text_of(s);
    ssize_t start, stop, step, count;
    if (!oz_slice_adjust(t, slice, text.length, &start, &stop, &step, &count))
        return NULL;
    if (step == 1)
        return oz_str_slice(t, (Obj)s, (size_t)start, (size_t)(start + count));
    return slice_with_step(t, text, start, step, count);
}

static Ref str_get_item(Thread *t, Obj self, Obj key)
{
    const Str *s = oz_as_str(self);
    if (oz_is_slice(key))
        return str_get_slice(t, s, key);
    ssize_t i;
    if (OZ_LIKELY(oz_is_int(key)))
        i = (ssize_t)oz_int_value(key);
    else if (!oz_as_exact_int(key) && !oz_class_of(key)->slots->index)
        return oz_raise(t, OZ_TypeError, "string indices must be integers, not '%.200T'", key);
    else if (!oz_as_ssize(t, key, OZ_IndexError, &i))
        return NULL;
    size_t length = oz_str_length(s);
    if (i < 0)
        i += (ssize_t)length;
    if (OZ_UNLIKELY((size_t)i >= length))
        return oz_raise(t, OZ_IndexError, "string index out of range");
    return oz_str_from_character(t, oz_str_at(s, (size_t)i));
}

static bool str_contains(Thread *t, Obj self, Obj item, bool *found)
{
    const Str *needle = oz_as_str(item);
    if (!needle)
        return oz_fail(t, OZ_TypeError, "'in <string>' requires string as left operand, not %.100T",
                       item);
    *found = oz_text_find(oz_text_of(oz_as_str(self)), oz_text_of(needle)) != OZ_NOT_FOUND;
    return true;
}

/* ---- methods ---- */

STR_METHOD_(encode, "($self, /, encoding='utf-8', errors='strict')",
            "Return the text as bytes in an encoding.", OZ_FN_CODEC)
{
    scoped Ref keep_encoding = NULL, keep_errors = NULL;
    const char *encoding = c_text(t, a[1], "encode", "encoding", &keep_encoding);
    const char *errors = encoding ? c_text(t, a[2], "encode", "errors", &keep_errors) : NULL;
    return errors ? oz_encode(t, (Obj)oz_as_str(a[0]), encoding, errors) : NULL;
}

static bool check_spec(Thread *t, Obj self, const FormatSpec *spec)
{
    const char *what = spec->sign == ' '        ? "Space not"
                       : spec->sign             ? "Sign not"
                       : spec->no_negative_zero ? "Negative zero coercion (z) not"
                       : spec->alternate        ? "Alternate form (#) not"
                       : spec->align == '='     ? "'=' alignment not"
                                                : NULL;
    if (spec->type != 's') {
        oz_raise_format_code(t, spec->type, self);
        return false;
    }
    return !what || oz_fail(t, OZ_ValueError, "%s allowed in string format specifier", what);
}

STR_METHOD(__format__, "($self, format_spec, /)", "Return the text as the specifier says.")
{
    const Str *s = oz_as_str(a[0]);
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "__format__() argument must be str, not %T", a[1]);
    if (oz_str_length(oz_as_str(a[1])) == 0)
        return oz_is_exact_str(a[0]) ? oz_retain(a[0]) : oz_str(t, a[0]);
    FormatSpec spec;
    if (!oz_format_spec_parse(t, a[0], a[1], 's', '<', &spec) || !check_spec(t, a[0], &spec))
        return NULL;
    size_t end = oz_str_length(s);
    if (spec.precision >= 0 && end > (size_t)spec.precision)
        end = (size_t)spec.precision;
    size_t room = spec.width > (ssize_t)end ? (size_t)spec.width - end : 0;
    size_t left = spec.align == '<' ? 0 : spec.align == '^' ? room / 2 : room;
    StrBuilder b;
    oz_builder_init(&b, t);
    oz_builder_fill(&b, left, spec.fill);
    oz_builder_slice(&b, (Obj)s, 0, end);
    oz_builder_fill(&b, room - left, spec.fill);
    return oz_builder_finish(&b);
}

STR_METHOD(__getnewargs__, "($self, /)", "Return what __new__ needs for a copy.")
{
    StrBuilder b;
    oz_builder_init(&b, t);
    oz_builder_str(&b, a[0]);
    scoped Ref copy = oz_builder_finish(&b);
    return copy ? oz_tuple_of(t, 1, copy) : NULL;
}

STR_METHOD(__sizeof__, "($self, /)", "Return the bytes that the object takes.")
{
    return oz_int((int64_t)oz_object_bytes(a[0]));
}

#define METHOD_ADDRESS(name) &oz_str_##name##_method,

/* ---- iteration ---- */

static Ref str_iter(Thread *t, Obj self)
{
    uint32_t id =
        oz_id(&oz_as_str(self)->base) == OZ_STR_ASCII ? OZ_STR_ASCII_ITERATOR : OZ_STR_ITERATOR;
    StrIterator *it = oz_object_new(t, id, sizeof *it);
    if (it)
        oz_store_raw(&it->base, &it->str, oz_retain((Obj)oz_as_str(self)));
    return (Ref)it;
}

static Ref iterator_self(Thread *t OZ_UNUSED, Obj self)
{
    return oz_retain(self);
}

static Ref iterator_next(Thread *t, Obj self)
{
    StrIterator *it = (StrIterator *)self;
    if (!it->str)
        return NULL;
    const Str *s = (const Str *)it->str;
    if (it->index < oz_str_length(s))
        return oz_str_from_character(t, oz_str_at(s, it->index++));
    oz_clear(&it->str);
    return NULL;
}

static void iterator_visit(const Object *o, Visitor *v)
{
    oz_visit(v, ((const StrIterator *)o)->str, "str", -1);
}

static void iterator_clear(Thread *t OZ_UNUSED, Object *o)
{
    oz_clear(&((StrIterator *)o)->str);
}

OZ_METHOD(str_iterator, __length_hint__, "($self, /)", "Return how many characters are left.")
{
    const StrIterator *it = (const StrIterator *)a[0];
    return oz_int(it->str ? (int64_t)(oz_str_length((const Str *)it->str) - it->index) : 0);
}

OZ_METHOD(str_iterator, __reduce__, "($self, /)", "Return what pickle and copy need.")
{
    const StrIterator *it = (const StrIterator *)a[0];
    scoped Ref name = oz_intern(t, "iter");
    scoped Ref iter = name ? oz_get_item(t, t->vm->builtins, name) : NULL;
    Obj str = it->str ? it->str : OZ_TEXT(t, empty);
    scoped Ref args = iter ? oz_tuple_new(t, &str, 1) : NULL;
    if (!args)
        return NULL;
    return it->str ? oz_tuple_of(t, 3, iter, args, oz_int((int64_t)it->index))
                   : oz_tuple_of(t, 2, iter, args);
}

OZ_METHOD(str_iterator, __setstate__, "($self, state, /)", "Set the index.")
{
    StrIterator *it = (StrIterator *)a[0];
    ssize_t index;
    if (!oz_as_size_argument(t, a[1], &index))
        return NULL;
    if (it->str) {
        size_t length = oz_str_length((const Str *)it->str);
        it->index = index < 0 ? 0 : (size_t)index > length ? length : (size_t)index;
    }
    return OZ_NONE;
}

/* Two types by name: programs see which kind of text it was made for. */
#define STR_ITERATOR_TYPE(ID, text)                                                                \
    {                                                                                              \
        .id = ID, .name = text, .size = sizeof(StrIterator),                                       \
        .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW, .visit = iterator_visit, .clear = iterator_clear, \
        .slots = {.iter = iterator_self, .next = iterator_next},                                   \
        .methods = OZ_METHODS(&str_iterator___length_hint__, &str_iterator___reduce__,             \
                              &str_iterator___setstate__),                                         \
    }
const TypeDef oz_str_iterator_type = STR_ITERATOR_TYPE(OZ_STR_ITERATOR, "str_iterator");
const TypeDef oz_str_ascii_iterator_type =
    STR_ITERATOR_TYPE(OZ_STR_ASCII_ITERATOR, "str_ascii_iterator");

const TypeDef oz_str_type = {
    .id = OZ_STR_ASCII,
    .name = "str",
    .doc = "Immutable text: a sequence of Unicode characters.",
    .size = offsetof(Str, data),
    .flags = OZ_TYPE_LEAF_CELLS | OZ_TYPE_WRAPPED | OZ_TYPE_SELF_MATCH,
    .clear = str_clear,
    .make = &str_new_,
    .slots = {.repr = str_repr,
              .str = str_str,
              .hash = str_hash,
              .compare = str_compare,
              .iter = str_iter,
              .length = str_length,
              .get_item = str_get_item,
              .contains = str_contains,
              .concat = str_concat,
              .repeat = str_repeat,
              .remainder = str_remainder},
    .methods = OZ_METHODS(STR_METHODS(METHOD_ADDRESS) NULL),
};
