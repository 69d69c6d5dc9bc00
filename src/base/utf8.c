// SPDX-License-Identifier: MIT
// Reading UTF-8: the ASCII prefix by words, the rest by character.
#include "base/utf8.h"

#include <string.h>

size_t oz_ascii_prefix(const uint8_t *bytes, size_t length)
{
    size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, 8);
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    while (i < length && bytes[i] < 0x80)
        i++;
    return i;
}

static bool is_continuation(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

uint32_t oz_utf8_step(const uint8_t **at, const uint8_t *end)
{
    const uint8_t *p = *at;
    size_t room = (size_t)(end - p);
    uint32_t first = *p;
    *at = p + 1;
    if (first < 0x80)
        return first;
    if (first < 0xc2 || first > 0xf4)
        return OZ_UTF8_INVALID;
    size_t size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (room < size)
        return OZ_UTF8_INVALID;
    uint32_t c = first & (0x7fu >> size);
    for (size_t i = 1; i < size; i++) {
        if (!is_continuation(p[i]))
            return OZ_UTF8_INVALID;
        c = c << 6 | (p[i] & 0x3fu);
    }
    if (oz_utf8_size(c) != size || c > 0x10ffff)
        return OZ_UTF8_INVALID;
    *at = p + size;
    return c;
}
