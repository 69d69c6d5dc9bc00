// SPDX-License-Identifier: MIT
// Characters of any width as a view: what all files of str work on.  Nothing here allocates
// objects or runs Python code.
//
// The limits of the widths are powers of two, so the bitwise OR of all characters of a text tells
// its width: no maximum is needed.
#ifndef OZ_TYPES_STR_TEXT_H
#define OZ_TYPES_STR_TEXT_H

#include "types/str.h"

#include <string.h>

typedef struct Text {
    const void *data; /* borrowed */
    size_t length;    /* characters */
    unsigned width;   /* 1, 2 or 4 bytes */
} Text;

#define OZ_NOT_FOUND SIZE_MAX

OZ_INLINE Text oz_text_of(const Str *s)
{
    return (Text){oz_str_data(s), oz_str_length(s), oz_str_width(s)};
}

OZ_INLINE uint32_t oz_text_at(const void *data, unsigned width, size_t i)
{
    return width == 1   ? ((const uint8_t *)data)[i]
           : width == 2 ? ((const uint16_t *)data)[i]
                        : ((const uint32_t *)data)[i];
}

OZ_INLINE void oz_text_put(void *data, unsigned width, size_t i, uint32_t c)
{
    if (width == 1)
        ((uint8_t *)data)[i] = (uint8_t)c;
    else if (width == 2)
        ((uint16_t *)data)[i] = (uint16_t)c;
    else
        ((uint32_t *)data)[i] = c;
}

OZ_INLINE uint32_t oz_text_char(Text s, size_t i)
{
    return oz_text_at(s.data, s.width, i);
}

OZ_INLINE Text oz_text_part(Text s, size_t start, size_t end)
{
    return (Text){(const char *)s.data + start * s.width, end - start, s.width};
}

/* The id of the str, and the bytes a character takes, for characters up to `widest`. */
OZ_INLINE uint32_t oz_text_id(uint32_t widest)
{
    return widest < 0x80      ? OZ_STR_ASCII
           : widest < 0x100   ? OZ_STR_LATIN1
           : widest < 0x10000 ? OZ_STR_UCS2
                              : OZ_STR_UCS4;
}

OZ_INLINE unsigned oz_text_width(uint32_t widest)
{
    return widest < 0x100 ? 1 : widest < 0x10000 ? 2 : 4;
}

/* An upper bound of the characters of the str, in the same class of width. */
OZ_INLINE uint32_t oz_str_widest(const Str *s)
{
    static const uint32_t widest[] = {0x7f, 0xff, 0xffff, 0x10ffff};
    return widest[oz_id(&s->base) - OZ_STR_ASCII];
}

/* The OR of all characters. */
uint32_t oz_text_widest(Text s);

/* Copy `length` characters between widths; they must fit. */
void oz_text_copy(void *to, unsigned to_width, const void *from, unsigned from_width,
                  size_t length);
void oz_text_fill(void *to, unsigned width, size_t length, uint32_t c);

/* The index of the first (last) place of `needle` in `s`; OZ_NOT_FOUND.  Linear time for find.
 * The short cases are inline because a Text is passed in memory, which costs more than they do. */
size_t oz_text_find_slow(Text s, Text needle);
size_t oz_text_rfind(Text s, Text needle);
size_t oz_text_find_char_slow(Text s, uint32_t c);
size_t oz_text_rfind_char(Text s, uint32_t c);

OZ_INLINE size_t oz_text_find_char(Text s, uint32_t c)
{
    if (OZ_UNLIKELY(s.width != 1 || c > 0xff))
        return oz_text_find_char_slow(s, c);
    const char *at = memchr(s.data, (int)c, s.length);
    return at ? (size_t)(at - (const char *)s.data) : OZ_NOT_FOUND;
}

OZ_INLINE size_t oz_text_find(Text s, Text needle)
{
    return needle.length == 1 ? oz_text_find_char(s, oz_text_char(needle, 0))
                              : oz_text_find_slow(s, needle);
}

/* Places that do not overlap, at most `limit`; `needle` is not empty. */
size_t oz_text_count(Text s, Text needle, size_t limit);

bool oz_text_equal_slow(Text a, Text b); /* of equal lengths */
OZ_INLINE bool oz_text_equal(Text a, Text b)
{
    if (a.length != b.length)
        return false;
    if (a.width == 1 && b.width == 1 && a.length <= 8) {
        const uint8_t *left = a.data, *right = b.data;
        for (size_t i = 0; i < a.length; i++)
            if (left[i] != right[i])
                return false;
        return true;
    }
    return oz_text_equal_slow(a, b);
}
int oz_text_order(Text a, Text b);

/* The new str of a view; one that others share where there is one. */
Ref oz_str_from_view(Thread *t, Text s) OZ_CHECKED;

#endif
