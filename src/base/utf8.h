// SPDX-License-Identifier: MIT
// UTF-8, one character at a time.  Surrogates are let through (WTF-8): a str can hold them.
#ifndef OZ_BASE_UTF8_H
#define OZ_BASE_UTF8_H

#include "base/base.h"

#define OZ_UTF8_INVALID UINT32_MAX

/* How many bytes at the start are below 128. */
size_t oz_ascii_prefix(const uint8_t *bytes, size_t length);

/* The character at *at (before `end`), which moves behind it; of an invalid sequence
 * OZ_UTF8_INVALID, and *at moves by one byte. */
uint32_t oz_utf8_step(const uint8_t **at, const uint8_t *end);

/* Write 1 to 4 bytes; gives their number. */
static inline size_t oz_utf8_put(uint32_t c, uint8_t *out)
{
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (uint8_t)(0xc0 | c >> 6);
        out[1] = (uint8_t)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (uint8_t)(0xe0 | c >> 12);
        out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
        out[2] = (uint8_t)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (uint8_t)(0xf0 | c >> 18);
    out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
    out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
    out[3] = (uint8_t)(0x80 | (c & 0x3f));
    return 4;
}

static inline size_t oz_utf8_size(uint32_t c)
{
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

#endif
