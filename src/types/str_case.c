// SPDX-License-Identifier: MIT
// Case and kinds of characters: upper(), isalpha() and their like.
//
// ASCII is done byte by byte with no table; everything else character by character with the full
// case mappings of Unicode (some give several characters).  Capital sigma has two small forms: the
// one for the end of a word where cased letters stand before it and none behind.
#include "types/str_methods.h"

typedef enum Case { UPPER, LOWER, TITLE, CAPITALIZE, SWAP, FOLD } Case;

#define CAPITAL_SIGMA 0x3a3

static bool is_cased_near(Text s, size_t i, int step)
{
    for (size_t at = i + (size_t)step; at < s.length; at += (size_t)step) {
        uint32_t c = oz_text_char(s, at);
        if (!oz_unicode_is(c, OZ_CHAR_IGNORABLE))
            return oz_unicode_is(c, OZ_CHAR_CASED);
    }
    return false;
}

static unsigned lower(Text s, size_t i, uint32_t c, uint32_t out[3])
{
    if (OZ_UNLIKELY(c == CAPITAL_SIGMA)) {
        bool final = is_cased_near(s, i, -1) && !is_cased_near(s, i, 1);
        out[0] = final ? 0x3c2 : 0x3c3;
        return 1;
    }
    return oz_unicode_map(c, OZ_LOWER, out);
}

/* Character i of `s` mapped; `inside`: a cased letter stands before it. */
static unsigned map(Text s, size_t i, Case to, bool inside, uint32_t out[3])
{
    uint32_t c = oz_text_char(s, i);
    switch (to) {
    case UPPER:
        return oz_unicode_map(c, OZ_UPPER, out);
    case LOWER:
        return lower(s, i, c, out);
    case TITLE:
        return inside ? lower(s, i, c, out) : oz_unicode_map(c, OZ_TITLE, out);
    case CAPITALIZE:
        return i ? lower(s, i, c, out) : oz_unicode_map(c, OZ_TITLE, out);
    case FOLD:
        return oz_unicode_map(c, OZ_FOLD, out);
    default:
        if (oz_unicode_is(c, OZ_CHAR_UPPER))
            return lower(s, i, c, out);
        if (oz_unicode_is(c, OZ_CHAR_LOWER))
            return oz_unicode_map(c, OZ_UPPER, out);
        out[0] = c;
        return 1;
    }
}

static Ref convert_wide(Thread *t, Text s, Case to)
{
    StrBuilder b;
    oz_builder_init(&b, t);
    bool inside = false;
    for (size_t i = 0; i < s.length && !b.failed; i++) {
        uint32_t out[3];
        unsigned n = map(s, i, to, inside, out);
        for (unsigned k = 0; k < n; k++)
            oz_builder_character(&b, out[k]);
        if (to == TITLE)
            inside = oz_unicode_is(oz_text_char(s, i), OZ_CHAR_CASED);
        if ((i & 0xffff) == 0xffff && !oz_poll(t))
            b.failed = true;
    }
    return oz_builder_finish(&b);
}

OZ_INLINE bool is_ascii_upper(uint8_t c)
{
    return (uint8_t)(c - 'A') < 26;
}

OZ_INLINE bool is_ascii_lower(uint8_t c)
{
    return (uint8_t)(c - 'a') < 26;
}

OZ_INLINE uint8_t ascii_upper(uint8_t c)
{
    return (uint8_t)(c ^ (is_ascii_lower(c) << 5));
}

OZ_INLINE uint8_t ascii_lower(uint8_t c)
{
    return (uint8_t)(c ^ (is_ascii_upper(c) << 5));
}

/* Flip the case of the letters from `first` to `last` in the ASCII text of a str, eight characters
 * at a time: a cell has a multiple of 8 bytes, so the last word and the zero behind the text lie in
 * it. */
OZ_INLINE void flip_ascii(uint8_t *out, const uint8_t *in, size_t length, uint8_t first,
                          uint8_t last)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones * 0x80;
    for (size_t i = 0; i < length; i += 8) {
        uint64_t word;
        memcpy(&word, in + i, 8);
        uint64_t low = word & ~tops;
        uint64_t from = low + (0x80u - first) * ones; /* top bit: not before the first letter */
        uint64_t after = low + (0x7fu - last) * ones; /* top bit: behind the last one */
        word ^= (from & ~after & ~word & tops) >> 2;
        memcpy(out + i, &word, 8);
    }
}

static void convert_ascii(uint8_t *out, const uint8_t *in, size_t length, Case to)
{
    bool inside = false;
    switch (to) {
    case UPPER:
        flip_ascii(out, in, length, 'a', 'z');
        return;
    case LOWER:
    case FOLD:
    case CAPITALIZE:
        flip_ascii(out, in, length, 'A', 'Z');
        if (to == CAPITALIZE)
            out[0] = ascii_upper(in[0]);
        return;
    case SWAP:
        for (size_t i = 0; i < length; i++)
            out[i] = (uint8_t)(in[i] ^ ((is_ascii_upper(in[i]) | is_ascii_lower(in[i])) << 5));
        return;
    default:
        for (size_t i = 0; i < length; i++) {
            out[i] = inside ? ascii_lower(in[i]) : ascii_upper(in[i]);
            inside = is_ascii_upper(in[i]) || is_ascii_lower(in[i]);
        }
    }
}

static Ref convert(Thread *t, Obj self, Case to)
{
    const Str *s = oz_as_str(self);
    Text text = oz_text_of(s);
    if (oz_id(&s->base) != OZ_STR_ASCII)
        return convert_wide(t, text, to);
    if (text.length == 0)
        return oz_retain((Obj)s);
    Ref made = oz_str_alloc(t, text.length, 0x7f);
    if (made)
        convert_ascii(((Str *)made)->data, text.data, text.length, to);
    return made;
}

STR_METHOD(upper, "($self, /)", "Return the text with all letters in upper case.")
{
    return convert(t, a[0], UPPER);
}

STR_METHOD(lower, "($self, /)", "Return the text with all letters in lower case.")
{
    return convert(t, a[0], LOWER);
}

STR_METHOD(title, "($self, /)", "Return the text with each word beginning in title case.")
{
    return convert(t, a[0], TITLE);
}

STR_METHOD(capitalize, "($self, /)",
           "Return the text with the first character in title case and the rest in lower case.")
{
    return convert(t, a[0], CAPITALIZE);
}

STR_METHOD(swapcase, "($self, /)", "Return the text with upper and lower case exchanged.")
{
    return convert(t, a[0], SWAP);
}

STR_METHOD(casefold, "($self, /)", "Return the text in a form for comparison without case.")
{
    return convert(t, a[0], FOLD);
}

/* ---- kinds of characters ---- */

/* Is the text not empty, and has every character one of the properties? */
static Ref all_are(Obj self, unsigned properties)
{
    Text s = oz_text_of(oz_as_str(self));
    for (size_t i = 0; i < s.length; i++)
        if (!oz_unicode_is(oz_text_char(s, i), properties))
            return OZ_FALSE;
    return oz_bool(s.length > 0);
}

STR_METHOD(isalnum, "($self, /)", "Are all characters letters or numbers?")
{
    return all_are(a[0], OZ_CHAR_ALNUM);
}

STR_METHOD(isalpha, "($self, /)", "Are all characters letters?")
{
    return all_are(a[0], OZ_CHAR_ALPHA);
}

STR_METHOD(isascii, "($self, /)", "Are all characters below U+0080?")
{
    return oz_bool(oz_id(&oz_as_str(a[0])->base) == OZ_STR_ASCII);
}

STR_METHOD(isdecimal, "($self, /)", "Are all characters decimal digits?")
{
    return all_are(a[0], OZ_CHAR_DECIMAL);
}

STR_METHOD(isdigit, "($self, /)", "Are all characters digits?")
{
    return all_are(a[0], OZ_CHAR_DIGIT);
}

STR_METHOD(isnumeric, "($self, /)", "Are all characters numeric?")
{
    return all_are(a[0], OZ_CHAR_NUMERIC);
}

STR_METHOD(isspace, "($self, /)", "Are all characters white space?")
{
    return all_are(a[0], OZ_CHAR_SPACE);
}

STR_METHOD(isprintable, "($self, /)", "Can all characters be printed? (True for an empty text)")
{
    return oz_str_length(oz_as_str(a[0])) ? all_are(a[0], OZ_CHAR_PRINTABLE) : OZ_TRUE;
}

static bool is_identifier(const Str *str)
{
    Text s = oz_text_of(str);
    if (s.length == 0 || !oz_unicode_is(oz_text_char(s, 0), OZ_CHAR_START))
        return false;
    for (size_t i = 1; i < s.length; i++)
        if (!oz_unicode_is(oz_text_char(s, i), OZ_CHAR_CONTINUE))
            return false;
    return true;
}

STR_METHOD(isidentifier, "($self, /)", "Is the text a valid identifier (or a keyword)?")
{
    return oz_bool(is_identifier(oz_as_str(a[0])));
}

/* At least one character has `wanted`, and none has `refused`. */
static Ref some_are(Obj self, unsigned wanted, unsigned refused)
{
    Text s = oz_text_of(oz_as_str(self));
    bool any = false;
    for (size_t i = 0; i < s.length; i++) {
        uint32_t c = oz_text_char(s, i);
        if (oz_unicode_is(c, refused))
            return OZ_FALSE;
        any |= oz_unicode_is(c, wanted);
    }
    return oz_bool(any);
}

STR_METHOD(islower, "($self, /)", "Are all letters that have case in lower case?")
{
    return some_are(a[0], OZ_CHAR_LOWER, OZ_CHAR_UPPER | OZ_CHAR_TITLE);
}

STR_METHOD(isupper, "($self, /)", "Are all letters that have case in upper case?")
{
    return some_are(a[0], OZ_CHAR_UPPER, OZ_CHAR_LOWER | OZ_CHAR_TITLE);
}

STR_METHOD(istitle, "($self, /)", "Does each word begin in upper case, and only begin so?")
{
    Text s = oz_text_of(oz_as_str(a[0]));
    bool any = false, inside = false;
    for (size_t i = 0; i < s.length; i++) {
        uint32_t c = oz_text_char(s, i);
        bool high = oz_unicode_is(c, OZ_CHAR_UPPER | OZ_CHAR_TITLE);
        bool low = oz_unicode_is(c, OZ_CHAR_LOWER);
        if ((high && inside) || (low && !inside))
            return OZ_FALSE;
        inside = high || low;
        any |= inside;
    }
    return oz_bool(any);
}
