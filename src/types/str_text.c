// SPDX-License-Identifier: MIT
// Copying, comparing and searching characters of any width.
//
// Search: byte_finder.h for characters of one byte.  Wider ones try each place of the needle's
// first character; when the comparisons wasted exceed the length walked, the rest is done by
// two-way search, so that no input takes quadratic time.  The inline
// functions get the width as a constant and are compiled once for each.
#include "types/byte_finder.h"

#include <string.h>

OZ_INLINE uint32_t widest_bytes(const uint8_t *p, size_t n)
{
    uint64_t all = 0;
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t word;
        memcpy(&word, p + i, 8);
        all |= word;
    }
    uint32_t tail = all & UINT64_C(0x8080808080808080) ? 0x80 : 0;
    for (; i < n; i++)
        tail |= p[i];
    return tail;
}

uint32_t oz_text_widest(Text s)
{
    if (s.width == 1)
        return widest_bytes(s.data, s.length);
    uint32_t all = 0;
    if (s.width == 2)
        for (size_t i = 0; i < s.length; i++)
            all |= ((const uint16_t *)s.data)[i];
    else
        for (size_t i = 0; i < s.length; i++)
            all |= ((const uint32_t *)s.data)[i];
    return all;
}

OZ_INLINE void copy_each(void *to, unsigned to_width, const void *from, unsigned from_width,
                         size_t length)
{
    for (size_t i = 0; i < length; i++)
        oz_text_put(to, to_width, i, oz_text_at(from, from_width, i));
}

void oz_text_copy(void *to, unsigned to_width, const void *from, unsigned from_width, size_t length)
{
    if (to_width == from_width)
        memcpy(to, from, length * to_width);
    else if (to_width == 2)
        from_width == 1 ? copy_each(to, 2, from, 1, length) : copy_each(to, 2, from, 4, length);
    else if (to_width == 4)
        from_width == 1 ? copy_each(to, 4, from, 1, length) : copy_each(to, 4, from, 2, length);
    else
        from_width == 2 ? copy_each(to, 1, from, 2, length) : copy_each(to, 1, from, 4, length);
}

void oz_text_fill(void *to, unsigned width, size_t length, uint32_t c)
{
    if (width == 1)
        memset(to, (int)c, length);
    else
        for (size_t i = 0; i < length; i++)
            oz_text_put(to, width, i, c);
}

/* ---- one character ---- */

OZ_INLINE size_t find_char_wide(const void *data, unsigned width, size_t length, uint32_t c)
{
    for (size_t i = 0; i < length; i++)
        if (oz_text_at(data, width, i) == c)
            return i;
    return OZ_NOT_FOUND;
}

OZ_INLINE bool can_hold(unsigned width, uint32_t c)
{
    return width == 4 || c < (UINT32_C(1) << (8 * width));
}

size_t oz_text_find_char_slow(Text s, uint32_t c)
{
    if (!can_hold(s.width, c))
        return OZ_NOT_FOUND;
    return s.width == 2 ? find_char_wide(s.data, 2, s.length, c)
                        : find_char_wide(s.data, 4, s.length, c);
}

size_t oz_text_rfind_char(Text s, uint32_t c)
{
    if (!can_hold(s.width, c))
        return OZ_NOT_FOUND;
    for (size_t i = s.length; i-- > 0;)
        if (oz_text_char(s, i) == c)
            return i;
    return OZ_NOT_FOUND;
}

/* ---- two-way search (Crochemore and Perrin) ---- */

/* The start and period of the greatest suffix of the needle; `reversed` turns the alphabet. */
OZ_INLINE ssize_t greatest_suffix(const void *p, unsigned width, ssize_t n, bool reversed,
                                  ssize_t *period)
{
    ssize_t suffix = -1, j = 0, k = 1;
    *period = 1;
    while (j + k < n) {
        uint32_t a = oz_text_at(p, width, j + k);
        uint32_t b = oz_text_at(p, width, suffix + k);
        if (reversed ? a > b : a < b) {
            j += k;
            k = 1;
            *period = j - suffix;
        } else if (a == b) {
            if (k == *period) {
                j += *period;
                k = 1;
            } else {
                k++;
            }
        } else {
            suffix = j++;
            k = 1;
            *period = 1;
        }
    }
    return suffix;
}

OZ_INLINE bool has_period(const char *p, unsigned width, ssize_t length, ssize_t period)
{
    return memcmp(p, p + period * width, length * width) == 0;
}

OZ_INLINE size_t two_way(const void *h, ssize_t n, const void *p, ssize_t m, unsigned width)
{
    ssize_t period, other;
    ssize_t split = greatest_suffix(p, width, m, false, &period);
    ssize_t second = greatest_suffix(p, width, m, true, &other);
    if (second > split) {
        split = second;
        period = other;
    }
    bool periodic = split + 1 + period <= m && has_period(p, width, split + 1, period);
    if (!periodic)
        period = (split + 1 > m - split - 1 ? split + 1 : m - split - 1) + 1;
    ssize_t memory = -1;
    for (ssize_t j = 0; j <= n - m;) {
        ssize_t i = (split > memory ? split : memory) + 1;
        while (i < m && oz_text_at(p, width, i) == oz_text_at(h, width, i + j))
            i++;
        if (i < m) {
            j += i - split;
            memory = -1;
            continue;
        }
        i = split;
        while (i > memory && oz_text_at(p, width, i) == oz_text_at(h, width, i + j))
            i--;
        if (i <= memory)
            return (size_t)j;
        j += period;
        memory = periodic ? m - period - 1 : -1;
    }
    return OZ_NOT_FOUND;
}

OZ_INLINE size_t find_wide(const void *h, size_t n, const void *p, size_t m, unsigned width)
{
    uint32_t first = oz_text_at(p, width, 0);
    size_t wasted = 0;
    for (size_t i = 0; i <= n - m; i++) {
        if (oz_text_at(h, width, i) != first)
            continue;
        size_t k = 1;
        while (k < m && oz_text_at(h, width, i + k) == oz_text_at(p, width, k))
            k++;
        if (k == m)
            return i;
        wasted += k;
        if (wasted > i + 256) {
            const char *rest = (const char *)h + (i + 1) * width;
            size_t at = two_way(rest, (ssize_t)(n - i - 1), p, (ssize_t)m, width);
            return at == OZ_NOT_FOUND ? at : at + i + 1;
        }
    }
    return OZ_NOT_FOUND;
}

static bool matches_at(Text s, size_t at, Text needle)
{
    for (size_t k = 0; k < needle.length; k++)
        if (oz_text_char(s, at + k) != oz_text_char(needle, k))
            return false;
    return true;
}

enum { WIDENED_MAX = 64 };

/* A needle that is narrower than the text: widened, on the stack when it is short.  Without memory
 * for a long one it is compared in place, which is slow only for texts that repeat themselves. */
static size_t find_mixed(Text s, Text needle)
{
    uint32_t room[WIDENED_MAX];
    void *wide = room;
    if (needle.length > WIDENED_MAX)
        wide = oz_block_alloc(oz_thread()->heap, needle.length * s.width);
    size_t at = OZ_NOT_FOUND;
    if (wide) {
        oz_text_copy(wide, s.width, needle.data, needle.width, needle.length);
        at = oz_text_find(s, (Text){wide, needle.length, s.width});
    } else {
        for (size_t i = 0; i + needle.length <= s.length && at == OZ_NOT_FOUND; i++)
            at = matches_at(s, i, needle) ? i : OZ_NOT_FOUND;
    }
    if (wide != room)
        oz_block_free(wide);
    return at;
}

size_t oz_text_find_slow(Text s, Text needle)
{
    if (needle.length == 0)
        return 0;
    if (needle.length > s.length || needle.width > s.width)
        return OZ_NOT_FOUND;
    if (needle.width < s.width)
        return find_mixed(s, needle);
    if (s.width == 1) {
        ByteFinder finder = oz_byte_finder(s, needle);
        return oz_byte_finder_next(&finder);
    }
    return s.width == 2 ? find_wide(s.data, s.length, needle.data, needle.length, 2)
                        : find_wide(s.data, s.length, needle.data, needle.length, 4);
}

size_t oz_text_rfind(Text s, Text needle)
{
    if (needle.length == 0)
        return s.length;
    if (needle.length > s.length || needle.width > s.width)
        return OZ_NOT_FOUND;
    uint32_t first = oz_text_char(needle, 0);
    size_t end = s.length - needle.length + 1;
    while (end > 0) {
        size_t at = oz_text_rfind_char(oz_text_part(s, 0, end), first);
        if (at == OZ_NOT_FOUND || matches_at(s, at, needle))
            return at;
        end = at;
    }
    return OZ_NOT_FOUND;
}

size_t oz_text_count(Text s, Text needle, size_t limit)
{
    size_t count = 0;
    if (s.width == 1 && needle.width == 1) {
        ByteFinder finder = oz_byte_finder(s, needle);
        while (count < limit && oz_byte_finder_next(&finder) != OZ_NOT_FOUND)
            count++;
        return count;
    }
    while (count < limit) {
        size_t at = oz_text_find(s, needle);
        if (at == OZ_NOT_FOUND)
            break;
        count++;
        s = oz_text_part(s, at + needle.length, s.length);
    }
    return count;
}

/* ---- comparing ---- */

bool oz_text_equal_slow(Text a, Text b)
{
    if (a.width == b.width)
        return memcmp(a.data, b.data, a.length * a.width) == 0;
    return matches_at(a, 0, b);
}

int oz_text_order(Text a, Text b)
{
    size_t shorter = a.length < b.length ? a.length : b.length;
    if (a.width == 1 && b.width == 1) {
        int order = memcmp(a.data, b.data, shorter);
        if (order)
            return order;
    } else {
        for (size_t i = 0; i < shorter; i++) {
            uint32_t left = oz_text_char(a, i), right = oz_text_char(b, i);
            if (left != right)
                return left < right ? -1 : 1;
        }
    }
    return a.length < b.length ? -1 : a.length > b.length;
}
