// SPDX-License-Identifier: MIT
// The places of a needle in bytes, one after the other, without overlaps.
//
// Sixteen places are looked at in a step: those where the first and the last byte of the needle
// fit are compared.  When the bytes compared in vain exceed those walked by far, the C library's
// memmem takes over, so that texts that repeat themselves do not take quadratic time.  Compared
// with a call of memchr or memmem for each place, a text with a separator every few bytes is split
// in half the time.
#ifndef OZ_TYPES_BYTE_FINDER_H
#define OZ_TYPES_BYTE_FINDER_H

#include "types/str_text.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

typedef struct ByteFinder {
    const uint8_t *text, *needle;
    size_t length, size; /* of text and needle; the needle is not empty */
    size_t from;         /* no place before it */
    size_t block;        /* the next sixteen places to look at */
    uint32_t places;     /* of the block before: those that may fit */
    size_t wasted;       /* bytes compared in vain */
} ByteFinder;

/* Both of one byte a character. */
OZ_INLINE ByteFinder oz_byte_finder(Text s, Text needle)
{
    oz_check(s.width == 1 && needle.width == 1 && needle.length);
    return (ByteFinder){
        .text = s.data, .needle = needle.data, .length = s.length, .size = needle.length};
}

OZ_INLINE bool oz_byte_finder_fits(const ByteFinder *f, size_t at)
{
    for (size_t k = 1; k + 1 < f->size; k++) /* the ends do */
        if (f->text[at + k] != f->needle[k])
            return false;
    return true;
}

/* The next place, or OZ_NOT_FOUND. */
OZ_INLINE size_t oz_byte_finder_next(ByteFinder *f)
{
    size_t m = f->size;
#ifdef __SSE2__
    for (;;) {
        for (; f->places; f->places &= f->places - 1) {
            size_t at = f->block - 16 + (size_t)__builtin_ctz(f->places);
            if (at < f->from)
                continue;
            if (oz_byte_finder_fits(f, at)) {
                f->places &= f->places - 1;
                f->from = at + m;
                return at;
            }
            f->wasted += m;
        }
        if (f->block + m + 15 > f->length || f->wasted > 4 * f->block + 1024)
            break;
        const uint8_t *at = f->text + f->block;
        __m128i heads =
            _mm_cmpeq_epi8(_mm_set1_epi8((char)f->needle[0]), _mm_loadu_si128((const __m128i *)at));
        __m128i tails = _mm_cmpeq_epi8(_mm_set1_epi8((char)f->needle[m - 1]),
                                       _mm_loadu_si128((const __m128i *)(at + m - 1)));
        f->places = (uint32_t)_mm_movemask_epi8(_mm_and_si128(heads, tails));
        f->block += 16;
    }
#endif
    size_t start = f->from > f->block ? f->from : f->block;
    if (start + m > f->length)
        return OZ_NOT_FOUND;
    if (f->length - start - m < 16) { /* the rest of a text that was walked, as a rule */
        for (; start + m <= f->length; start++)
            if (f->text[start] == f->needle[0] && f->text[start + m - 1] == f->needle[m - 1] &&
                oz_byte_finder_fits(f, start)) {
                f->from = start + m;
                return start;
            }
        f->from = f->length;
        return OZ_NOT_FOUND;
    }
    const uint8_t *at = memmem(f->text + start, f->length - start, f->needle, m);
    if (!at)
        return OZ_NOT_FOUND;
    f->from = (size_t)(at - f->text) + m;
    return (size_t)(at - f->text);
}

#endif
