// SPDX-License-Identifier: MIT
// Searching in a str: find, count, startswith, replace, strip and their like.
#include "types/str_methods.h"

#include "types/byte_finder.h"
#include "types/tuple.h"

/* The str argument of a search. */
static const Str *wanted_str(Thread *t, Obj v)
{
    const Str *s = oz_as_str(v);
    if (!s)
        oz_raise(t, OZ_TypeError, "must be str, not %.100T", v);
    return s;
}

/* An end of a range as slices have it: None, or anything with __index__, clipped. */
static bool end_argument(Thread *t, Obj v, ssize_t otherwise, ssize_t *n)
{
    if (!v || oz_is_none(v)) {
        *n = otherwise;
        return true;
    }
    if (oz_is_int(v)) {
        *n = (ssize_t)oz_int_value(v);
        return true;
    }
    if (!oz_class_of(v)->slots->index && !oz_is_bool(v))
        return oz_fail(t, OZ_TypeError,
                       "slice indices must be integers or None or have an __index__ method");
    return oz_as_ssize(t, v, -1, n);
}

/* The part of `self` from a[2] to a[3]; *start is where it begins.  *valid: it lies inside. */
static bool range(Thread *t, const Obj *a, Text *s, size_t *start, bool *valid)
{
    *s = oz_text_of(oz_as_str(a[0]));
    *start = 0;
    *valid = true;
    if (oz_is_none(a[2]) && oz_is_none(a[3]))
        return true;
    ssize_t length = (ssize_t)s->length, from, to;
    if (!end_argument(t, a[2], 0, &from) || !end_argument(t, a[3], length, &to))
        return false;
    if (to > length)
        to = length;
    else if (to < 0 && (to += length) < 0)
        to = 0;
    if (from < 0 && (from += length) < 0)
        from = 0;
    *valid = from <= to;
    *start = (size_t)from;
    if (*valid)
        *s = oz_text_part(*s, (size_t)from, (size_t)to);
    return true;
}

/* The place that a[1] has in the range, or -1; *failed: raised. */
static ssize_t search(Thread *t, const Obj *a, bool last, bool *failed)
{
    Text s;
    size_t start;
    bool valid;
    const Str *needle = wanted_str(t, a[1]);
    *failed = !needle || !range(t, a, &s, &start, &valid);
    if (*failed || !valid)
        return -1;
    size_t at = last ? oz_text_rfind(s, oz_text_of(needle)) : oz_text_find(s, oz_text_of(needle));
    return at == OZ_NOT_FOUND ? -1 : (ssize_t)(at + start);
}

static Ref find(Thread *t, const Obj *a, bool last)
{
    bool failed;
    ssize_t at = search(t, a, last, &failed);
    return failed ? NULL : oz_int(at);
}

static Ref find_or_raise(Thread *t, const Obj *a, bool last)
{
    bool failed;
    ssize_t at = search(t, a, last, &failed);
    if (failed)
        return NULL;
    return at < 0 ? oz_raise(t, OZ_ValueError, "substring not found") : oz_int(at);
}

STR_METHOD_(find, "($self, sub, start=None, end=None, /)",
            "Return the lowest index at which sub is found, or -1.", OZ_FN_PARSED)
{
    return find(t, a, false);
}

STR_METHOD_(rfind, "($self, sub, start=None, end=None, /)",
            "Return the highest index at which sub is found, or -1.", OZ_FN_PARSED)
{
    return find(t, a, true);
}

STR_METHOD_(index, "($self, sub, start=None, end=None, /)",
            "Return the lowest index at which sub is found, or raise ValueError.", OZ_FN_PARSED)
{
    return find_or_raise(t, a, false);
}

STR_METHOD_(rindex, "($self, sub, start=None, end=None, /)",
            "Return the highest index at which sub is found, or raise ValueError.", OZ_FN_PARSED)
{
    return find_or_raise(t, a, true);
}

STR_METHOD_(count, "($self, sub, start=None, end=None, /)",
            "Return how often sub is found, without overlaps.", OZ_FN_PARSED)
{
    Text s;
    size_t start;
    bool valid;
    const Str *needle = wanted_str(t, a[1]);
    if (!needle || !range(t, a, &s, &start, &valid))
        return NULL;
    if (!valid)
        return oz_int(0);
    if (needle->length == 0)
        return oz_int((int64_t)s.length + 1);
    return oz_int((int64_t)oz_text_count(s, oz_text_of(needle), SIZE_MAX));
}

static bool has_at_end(Text s, Text part, bool end)
{
    if (part.length > s.length)
        return false;
    size_t at = end ? s.length - part.length : 0;
    return oz_text_equal(oz_text_part(s, at, at + part.length), part);
}

static Ref has_affix(Thread *t, const Obj *a, const char *name, bool end)
{
    Text s;
    size_t start;
    bool valid;
    if (!range(t, a, &s, &start, &valid))
        return NULL;
    const Tuple *choices = oz_as_tuple(a[1]);
    const Str *part = oz_as_str(a[1]);
    if (!choices) {
        if (!part)
            return oz_raise(t, OZ_TypeError,
                            "%s first arg must be str or a tuple of str, not %.100T", name, a[1]);
        return oz_bool(valid && has_at_end(s, oz_text_of(part), end));
    }
    for (uint32_t i = 0; i < choices->length; i++) {
        part = oz_as_str(choices->items[i]);
        if (!part)
            return oz_raise(t, OZ_TypeError, "tuple for %s must only contain str, not %.100T", name,
                            choices->items[i]);
        if (valid && has_at_end(s, oz_text_of(part), end))
            return OZ_TRUE;
    }
    return OZ_FALSE;
}

STR_METHOD_(startswith, "($self, prefix, start=None, end=None, /)",
            "Does the text begin with prefix, or with one of a tuple of prefixes?", OZ_FN_PARSED)
{
    return has_affix(t, a, "startswith", false);
}

STR_METHOD_(endswith, "($self, suffix, start=None, end=None, /)",
            "Does the text end with suffix, or with one of a tuple of suffixes?", OZ_FN_PARSED)
{
    return has_affix(t, a, "endswith", true);
}

STR_METHOD(removeprefix, "($self, prefix, /)", "Return the text without the prefix.")
{
    const Str *s = oz_as_str(a[0]), *part = oz_as_str(a[1]);
    if (!part)
        return oz_raise(t, OZ_TypeError, "removeprefix() argument must be str, not %T", a[1]);
    bool has = has_at_end(oz_text_of(s), oz_text_of(part), false);
    return oz_str_slice(t, (Obj)s, has ? oz_str_length(part) : 0, oz_str_length(s));
}

STR_METHOD(removesuffix, "($self, suffix, /)", "Return the text without the suffix.")
{
    const Str *s = oz_as_str(a[0]), *part = oz_as_str(a[1]);
    if (!part)
        return oz_raise(t, OZ_TypeError, "removesuffix() argument must be str, not %T", a[1]);
    size_t length = oz_str_length(s);
    bool has = has_at_end(oz_text_of(s), oz_text_of(part), true);
    return oz_str_slice(t, (Obj)s, 0, has ? length - oz_str_length(part) : length);
}

/* ---- strip ---- */

enum { LEFT = 1, RIGHT = 2 };

/* The characters to take off; those below 256 as bits. */
typedef struct StripSet {
    Text characters;    /* all of them */
    uint64_t narrow[4]; /* bit c % 64 of word c / 64 */
    bool spaces;        /* white space instead */
} StripSet;

static void strip_set_init(StripSet *set, Obj characters)
{
    memset(set, 0, sizeof *set);
    set->spaces = oz_is_none(characters);
    if (set->spaces)
        return;
    set->characters = oz_text_of(oz_as_str(characters));
    for (size_t i = 0; i < set->characters.length; i++) {
        uint32_t c = oz_text_char(set->characters, i);
        if (c < 256)
            set->narrow[c / 64] |= UINT64_C(1) << c % 64;
    }
}

OZ_INLINE bool goes(const StripSet *set, uint32_t c)
{
    if (set->spaces)
        return oz_is_space(c);
    return c < 256 ? set->narrow[c / 64] >> c % 64 & 1
                   : oz_text_find_char(set->characters, c) != OZ_NOT_FOUND;
}

/* Take white space off an ASCII text. */
static Ref strip_ascii_spaces(Thread *t, const Str *s, int sides)
{
    size_t start = 0, length = oz_str_length(s), end = length;
    if (sides & LEFT)
        while (start < end && oz_is_space(s->data[start]))
            start++;
    if (sides & RIGHT)
        while (end > start && oz_is_space(s->data[end - 1]))
            end--;
    return oz_str_slice(t, (Obj)s, start, end);
}

static Ref strip(Thread *t, Obj self, Obj characters, int sides, const char *name)
{
    const Str *s = oz_as_str(self);
    if (!oz_is_none(characters) && !oz_is_str(characters))
        return oz_raise(t, OZ_TypeError, "%s arg must be None or str", name);
    if (oz_is_none(characters) && oz_id(&s->base) == OZ_STR_ASCII)
        return strip_ascii_spaces(t, s, sides);
    StripSet set;
    strip_set_init(&set, characters);
    Text text = oz_text_of(s);
    size_t start = 0, end = text.length;
    while ((sides & LEFT) && start < end && goes(&set, oz_text_char(text, start)))
        start++;
    while ((sides & RIGHT) && end > start && goes(&set, oz_text_char(text, end - 1)))
        end--;
    return oz_str_slice(t, (Obj)s, start, end);
}

STR_METHOD(strip, "($self, chars=None, /)",
           "Return the text without white space, or the given characters, at both ends.")
{
    return strip(t, a[0], a[1], LEFT | RIGHT, "strip");
}

STR_METHOD(lstrip, "($self, chars=None, /)",
           "Return the text without white space, or the given characters, at its start.")
{
    return strip(t, a[0], a[1], LEFT, "lstrip");
}

STR_METHOD(rstrip, "($self, chars=None, /)",
           "Return the text without white space, or the given characters, at its end.")
{
    return strip(t, a[0], a[1], RIGHT, "rstrip");
}

/* ---- replace ---- */

/* `to` between all characters, and at both ends. */
static bool interleave(StrBuilder *b, Obj self, Obj to, size_t limit)
{
    size_t length = oz_str_length(oz_as_str(self)), i = 0;
    for (; i < limit && i <= length; i++) {
        oz_builder_str(b, to);
        if (i < length)
            oz_builder_slice(b, self, i, i + 1);
        if ((i & 0xffff) == 0xffff && !oz_poll(b->t))
            return false;
    }
    return i < length ? oz_builder_slice(b, self, i, length) : !b->failed;
}

static bool replace_each(StrBuilder *b, Obj self, Text needle, Obj to, size_t limit)
{
    Text s = oz_text_of(oz_as_str(self));
    size_t start = 0;
    while (limit-- > 0) {
        size_t at = oz_text_find(oz_text_part(s, start, s.length), needle);
        if (at == OZ_NOT_FOUND)
            break;
        oz_builder_slice(b, self, start, start + at);
        if (!oz_builder_str(b, to) || !oz_poll(b->t))
            return false;
        start += at + needle.length;
    }
    return oz_builder_slice(b, self, start, s.length);
}

/* Every `from` by `to`, one byte each. */
static void replace_bytes(uint8_t *restrict out, const uint8_t *restrict in, size_t length,
                          uint8_t from, uint8_t to)
{
    size_t i = 0;
#ifdef __SSE2__
    const __m128i wanted = _mm_set1_epi8((char)from), change = _mm_set1_epi8((char)(from ^ to));
    for (; i + 16 <= length; i += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(in + i));
        __m128i changed = _mm_and_si128(_mm_cmpeq_epi8(bytes, wanted), change);
        _mm_storeu_si128((__m128i *)(out + i), _mm_xor_si128(bytes, changed));
    }
#endif
    for (; i < length; i++)
        out[i] = in[i] == from ? to : in[i];
}

/* One character by another of the same class of width: a copy and a pass over it. */
static Ref replace_character(Thread *t, const Str *s, uint32_t from, uint32_t to, size_t limit)
{
    Text text = oz_text_of(s);
    if (oz_text_find_char(text, from) == OZ_NOT_FOUND)
        return oz_retain((Obj)s);
    Ref made = oz_str_alloc(t, text.length, oz_str_widest(s));
    if (!made)
        return NULL;
    uint8_t *data = ((Str *)made)->data;
    if (limit >= text.length && text.width == 1) {
        replace_bytes(data, text.data, text.length, (uint8_t)from, (uint8_t)to);
        return made;
    }
    oz_text_copy(data, text.width, text.data, text.width, text.length);
    size_t at = 0;
    while (limit-- > 0) {
        size_t found = oz_text_find_char(oz_text_part(text, at, text.length), from);
        if (found == OZ_NOT_FOUND)
            break;
        oz_text_put(data, text.width, at + found, to);
        at += found + 1;
    }
    return made;
}

/* In ASCII, by ASCII: counted, then written. */
static Ref replace_ascii(Thread *t, const Str *s, Text needle, Text to, size_t limit)
{
    Text text = oz_text_of(s);
    size_t count = oz_text_count(text, needle, limit), added, length;
    if (count == 0)
        return oz_retain((Obj)s);
    if (!oz_size_mul(count, to.length, &added) ||
        !oz_size_add(text.length - count * needle.length, added, &length))
        return oz_raise(t, OZ_OverflowError, "replace string is too long");
    Ref made = oz_str_alloc(t, length, 0x7f);
    if (!made || !length)
        return made;
    uint8_t *out = ((Str *)made)->data;
    ByteFinder finder = oz_byte_finder(text, needle);
    size_t done = 0;
    while (count-- > 0) {
        size_t at = oz_byte_finder_next(&finder);
        oz_copy(out, s->data + done, at - done);
        oz_copy(out + at - done, to.data, to.length);
        out += at - done + to.length;
        done = at + needle.length;
    }
    oz_copy(out, s->data + done, text.length - done);
    return made;
}

STR_METHOD(replace, "($self, old, new, count=-1, /)",
           "Return the text with old replaced by new: everywhere, or at most count times.")
{
    const Str *s = oz_as_str(a[0]), *from = oz_as_str(a[1]), *to = oz_as_str(a[2]);
    if (!from || !to)
        return oz_raise(t, OZ_TypeError, "replace() argument %d must be str, not %T", from ? 2 : 1,
                        from ? a[2] : a[1]);
    ssize_t count;
    if (!oz_as_size_argument(t, a[3], &count))
        return NULL;
    size_t limit = count < 0 ? SIZE_MAX : (size_t)count;
    Text text = oz_text_of(s), needle = oz_text_of(from);
    if (limit == 0 || oz_str_equal(from, to))
        return oz_retain((Obj)s);
    if (oz_id(&s->base) == OZ_STR_ASCII && needle.length == 1 && oz_str_length(to) == 1 &&
        oz_id(&to->base) == OZ_STR_ASCII && text.length > 1)
        return replace_character(t, s, oz_str_at(from, 0), oz_str_at(to, 0), limit);
    if (oz_id(&s->base) == OZ_STR_ASCII && oz_id(&to->base) == OZ_STR_ASCII && needle.length &&
        text.length > 1)
        return needle.width == 1 ? replace_ascii(t, s, needle, oz_text_of(to), limit)
                                 : oz_retain((Obj)s);
    if (needle.length && oz_text_find(text, needle) == OZ_NOT_FOUND)
        return oz_retain((Obj)s);
    StrBuilder b;
    oz_builder_init(&b, t);
    bool done = needle.length ? replace_each(&b, (Obj)s, needle, (Obj)to, limit)
                              : interleave(&b, (Obj)s, (Obj)to, limit);
    b.failed |= !done;
    return oz_builder_finish(&b);
}
