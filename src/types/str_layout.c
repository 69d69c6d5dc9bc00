// SPDX-License-Identifier: MIT
// Laying a str out in columns, and translating it: center, zfill, expandtabs, translate.
#include "types/str_methods.h"

#include "types/dict.h"
#include "types/int.h"
#include "types/tuple.h"

static Ref padded(Thread *t, Obj self, size_t left, size_t right, uint32_t fill)
{
    const Str *s = oz_as_str(self);
    if (left + right == 0)
        return oz_retain((Obj)s);
    size_t length;
    if (!oz_size_add(oz_str_length(s), left + right, &length) || length >= PTRDIFF_MAX / 8)
        return oz_raise_memory(t);
    uint32_t widest = oz_str_length(s) ? oz_str_widest(s) : 0;
    if (fill > widest)
        widest = fill;
    Ref made = oz_str_alloc(t, length, widest);
    if (!made)
        return NULL;
    unsigned width = oz_text_width(widest);
    uint8_t *out = ((Str *)made)->data;
    Text text = oz_text_of(s);
    oz_text_fill(out, width, left, fill);
    oz_text_copy(out + left * width, width, text.data, text.width, text.length);
    oz_text_fill(out + (left + text.length) * width, width, right, fill);
    return made;
}

/* width and fillchar: *room is what is missing. */
static bool pad_arguments(Thread *t, const Obj *a, size_t *room, uint32_t *fill)
{
    ssize_t width;
    if (!oz_as_size_argument(t, a[1], &width))
        return false;
    const Str *s = oz_as_str(a[2]);
    if (!s)
        return oz_fail(t, OZ_TypeError,
                       "The fill character must be a unicode character, not %.100T", a[2]);
    if (oz_str_length(s) != 1)
        return oz_fail(t, OZ_TypeError, "The fill character must be exactly one character long");
    ssize_t length = (ssize_t)oz_str_length(oz_as_str(a[0]));
    *room = width > length ? (size_t)(width - length) : 0;
    *fill = oz_str_at(s, 0);
    return true;
}

STR_METHOD(center, "($self, width, fillchar=' ', /)", "Return the text in the middle of width.")
{
    size_t room;
    uint32_t fill;
    if (!pad_arguments(t, a, &room, &fill))
        return NULL;
    /* The odd character goes left if the width is odd. */
    size_t width = oz_str_length(oz_as_str(a[0])) + room;
    size_t left = room / 2 + (room & width & 1);
    return padded(t, a[0], left, room - left, fill);
}

STR_METHOD(ljust, "($self, width, fillchar=' ', /)", "Return the text at the left of width.")
{
    size_t room;
    uint32_t fill;
    return pad_arguments(t, a, &room, &fill) ? padded(t, a[0], 0, room, fill) : NULL;
}

STR_METHOD(rjust, "($self, width, fillchar=' ', /)", "Return the text at the right of width.")
{
    size_t room;
    uint32_t fill;
    return pad_arguments(t, a, &room, &fill) ? padded(t, a[0], room, 0, fill) : NULL;
}

STR_METHOD(zfill, "($self, width, /)", "Return the text with zeros behind its sign, up to width.")
{
    ssize_t width;
    if (!oz_as_size_argument(t, a[1], &width))
        return NULL;
    const Str *s = oz_as_str(a[0]);
    ssize_t length = (ssize_t)oz_str_length(s);
    size_t room = width > length ? (size_t)(width - length) : 0;
    Ref made = padded(t, a[0], room, 0, '0');
    uint32_t first = length ? oz_str_at(s, 0) : 0;
    if (!made || !room || (first != '+' && first != '-'))
        return made;
    Str *fresh = (Str *)made;
    unsigned character = oz_str_width(fresh);
    oz_text_put(fresh->data, character, room, '0');
    oz_text_put(fresh->data, character, 0, first);
    return made;
}

/* Write the text with tabs expanded; `out` NULL: only count, SIZE_MAX when it is too long. */
static size_t expand(Text s, size_t tab, uint8_t *out)
{
    size_t n = 0, column = 0;
    for (size_t i = 0; i < s.length; i++) {
        uint32_t c = oz_text_char(s, i);
        if (c != '\t') {
            if (out)
                oz_text_put(out, s.width, n, c);
            n++;
            column = c == '\n' || c == '\r' ? 0 : column + 1;
            continue;
        }
        size_t blanks = tab ? tab - column % tab : 0;
        if (out)
            oz_text_fill(out + n * s.width, s.width, blanks, ' ');
        if (blanks > PTRDIFF_MAX / 8 - n)
            return SIZE_MAX;
        n += blanks;
        column += blanks;
    }
    return n;
}

STR_METHOD(expandtabs, "($self, /, tabsize=8)",
           "Return the text with tabs replaced by the spaces they stand for.")
{
    int size;
    if (!oz_as_int(t, a[1], &size))
        return NULL;
    const Str *self = oz_as_str(a[0]);
    size_t tab = size > 0 ? (size_t)size : 0;
    size_t n = expand(oz_text_of(self), tab, NULL);
    if (n == SIZE_MAX)
        return oz_raise(t, OZ_OverflowError, "new string is too long");
    uint32_t widest = oz_str_length(self) ? oz_str_widest(self) : 0;
    Ref made = oz_str_alloc(t, n, widest);
    if (made && n)
        expand(oz_text_of(self), tab, ((Str *)made)->data);
    return made;
}

/* ---- translate ---- */

/* What the table says of `c`: OZ_MISSING leaves it as it is. */
static Found look_up(Thread *t, Obj table, uint32_t c, Ref *value)
{
    Obj key = oz_int(c);
    if (oz_is(table, OZ_DICT))
        return oz_dict_get(t, (Dict *)table, key, value);
    *value = oz_get_item(t, table, key);
    if (*value)
        return OZ_FOUND;
    return oz_exception_forget(t, OZ_LookupError) ? OZ_MISSING : OZ_RAISED;
}

static bool add_mapped(StrBuilder *b, Obj value)
{
    Thread *t = b->t;
    if (oz_is_none(value))
        return true;
    if (oz_is_str(value))
        return oz_builder_str(b, value);
    Obj n = oz_as_exact_int(value);
    if (!n)
        return oz_fail(t, OZ_TypeError, "character mapping must return integer, None or str");
    if (!oz_is_int(n) || oz_int_value(n) < 0 || oz_int_value(n) > 0x10ffff)
        return oz_fail(t, OZ_ValueError, "character mapping must be in range(0x110000)");
    return oz_builder_character(b, (uint32_t)oz_int_value(n));
}

/* ASCII characters that were looked up already: what each becomes. */
typedef struct TranslateCache {
    uint8_t known[128]; /* 0: not yet, 1: an ASCII character, 2: removed, 3: something else */
    uint8_t value[128];
} TranslateCache;

static void remember(TranslateCache *cache, uint32_t c, Obj value /* NULL: unchanged */)
{
    cache->known[c] = 3;
    cache->value[c] = (uint8_t)c;
    if (!value) {
        cache->known[c] = 1;
    } else if (oz_is_none(value)) {
        cache->known[c] = 2;
    } else if (oz_is_int(value) && oz_int_value(value) >= 0 && oz_int_value(value) < 128) {
        cache->known[c] = 1;
        cache->value[c] = (uint8_t)oz_int_value(value);
    } else if (oz_is(value, OZ_STR_ASCII) && oz_str_length((const Str *)value) == 1) {
        cache->known[c] = 1;
        cache->value[c] = (uint8_t)oz_str_at((const Str *)value, 0);
    }
}

static bool translate_one(StrBuilder *b, Obj table, uint32_t c, TranslateCache *cache)
{
    if (c < 128 && cache->known[c] && cache->known[c] < 3)
        return cache->known[c] == 2 || oz_builder_character(b, cache->value[c]);
    scoped Ref value = NULL;
    Found found = look_up(b->t, table, c, &value);
    if (found == OZ_RAISED)
        return false;
    if (c < 128)
        remember(cache, c, found == OZ_FOUND ? value : NULL);
    return found == OZ_FOUND ? add_mapped(b, value) : oz_builder_character(b, c);
}

STR_METHOD(translate, "($self, table, /)",
           "Return the text with each character replaced by what table[ord] gives.")
{
    const Str *s = oz_as_str(a[0]);
    Text text = oz_text_of(s);
    TranslateCache cache = {{0}, {0}};
    StrBuilder b;
    oz_builder_init(&b, t);
    for (size_t i = 0; i < text.length && !b.failed; i++)
        if (!translate_one(&b, a[1], oz_text_char(text, i), &cache) ||
            ((i & 0xfff) == 0xfff && !oz_poll(t)))
            b.failed = true;
    return oz_builder_finish(&b);
}

/* ---- maketrans ---- */

static bool set_key(Thread *t, Obj dict, uint32_t c, Obj value)
{
    return oz_dict_set(t, oz_as_dict(dict), oz_int(c), value);
}

/* A dict of characters or numbers as one of numbers. */
static bool from_dict(Thread *t, Obj made, Dict *given)
{
    size_t at = 0;
    Obj key, value;
    while (oz_dict_step(given, &at, &key, &value)) {
        const Str *s = oz_as_str(key);
        if (s && oz_str_length(s) != 1)
            return oz_fail(t, OZ_ValueError, "string keys in translate table must be of length 1");
        if (!s && !oz_as_exact_int(key))
            return oz_fail(t, OZ_TypeError, "keys in translate table must be strings or integers");
        Obj number = s ? (Obj)oz_int(oz_str_at(s, 0)) : key;
        if (!oz_dict_set(t, oz_as_dict(made), number, value))
            return false;
    }
    return true;
}

static bool from_strs(Thread *t, Obj made, Obj from, Obj to, Obj removed)
{
    const Str *x = oz_as_str(from), *y = oz_as_str(to), *z = removed ? oz_as_str(removed) : NULL;
    if (!y || (removed && !z))
        return oz_fail(t, OZ_TypeError, "maketrans() argument %d must be str, not %T", y ? 3 : 2,
                       y ? removed : to);
    if (!x)
        return oz_fail(t, OZ_TypeError,
                       "first maketrans argument must be a string if there is a second argument");
    size_t length = oz_str_length(x);
    if (length != oz_str_length(y))
        return oz_fail(t, OZ_ValueError,
                       "the first two maketrans arguments must have equal length");
    for (size_t i = 0; i < length; i++)
        if (!set_key(t, made, oz_str_at(x, i), oz_int(oz_str_at(y, i))))
            return false;
    for (size_t i = 0; z && i < oz_str_length(z); i++)
        if (!set_key(t, made, oz_str_at(z, i), OZ_NONE))
            return false;
    return true;
}

STR_METHOD_(maketrans, "(x, y=<unrepresentable>, z=<unrepresentable>, /)",
            "Return a table for translate: from a dict, or from texts of equal length.",
            OZ_FN_STATIC)
{
    scoped Ref made = oz_dict_new(t);
    if (!made)
        return NULL;
    if (a[1])
        return from_strs(t, made, a[0], a[1], a[2]) ? oz_move(&made) : NULL;
    if (!oz_is(a[0], OZ_DICT) && !oz_as_dict(a[0]))
        return oz_raise(t, OZ_TypeError,
                        "if you give only one argument to maketrans it must be a dict");
    return from_dict(t, made, oz_as_dict(a[0])) ? oz_move(&made) : NULL;
}
