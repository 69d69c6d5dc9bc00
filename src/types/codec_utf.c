// SPDX-License-Identifier: MIT
// UTF-8, UTF-16 and UTF-32.
#include "types/codec_state.h"

#include "base/utf8.h"

#include <string.h>

/* ---- UTF-8 ---- */

/* How many bytes at `at` begin a valid character that goes wrong (or ends) behind them; a whole
 * valid character gives its size and *c. */
static size_t utf8_prefix(const uint8_t *at, size_t room, uint32_t *c, size_t *size)
{
    uint8_t first = at[0];
    *size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (!*size)
        return 0;
    uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    uint32_t value = first & (0x7fu >> *size);
    size_t n = 1;
    while (n < *size && n < room && at[n] >= low && at[n] <= high) {
        value = value << 6 | (at[n++] & 0x3fu);
        low = 0x80;
        high = 0xbf;
    }
    *c = value;
    return n;
}

/* The character at `at`, which takes *size bytes; *size 0: it is not valid or not whole. */
OZ_INLINE uint32_t valid_step(const uint8_t *at, size_t room, size_t *size)
{
    uint32_t c = at[0];
    *size = 1;
    if (c < 0x80)
        return c;
    if (c >= 0xc2 && c < 0xe0 && room >= 2 && (at[1] & 0xc0) == 0x80) {
        *size = 2;
        return (c & 0x1f) << 6 | (at[1] & 0x3f);
    }
    if (c > 0xe0 && c < 0xed && room >= 3 && (at[1] & 0xc0) == 0x80 && (at[2] & 0xc0) == 0x80) {
        *size = 3;
        return (c & 0xf) << 12 | (at[1] & 0x3f) << 6 | (at[2] & 0x3f);
    }
    size_t n = utf8_prefix(at, room, &c, size);
    if (n != *size)
        *size = 0;
    return c;
}

Ref oz_decode_valid_utf8(Thread *t, const uint8_t *data, size_t length)
{
    size_t count = 0, size;
    uint32_t widest = 0;
    for (size_t i = 0; i < length; i += size, count++) {
        widest |= valid_step(data + i, length - i, &size);
        if (!size)
            return NULL;
    }
    if (count == 1)
        return oz_str_from_character(t, widest);
    Ref made = oz_str_alloc(t, count, widest);
    if (!made)
        return NULL;
    uint8_t *out = ((Str *)made)->data;
    unsigned width = oz_text_width(widest);
    size_t i = 0;
    for (size_t n = 0; n < count; n++) {
        uint32_t c = valid_step(data + i, length - i, &size);
        oz_text_put(out, width, n, c);
        i += size;
    }
    return made;
}

bool oz_decode_utf8_all(Decoder *d)
{
    size_t i = 0;
    while (i < d->length) {
        size_t ascii = oz_ascii_prefix(d->data + i, d->length - i);
        if (!oz_builder_ascii(&d->out, (const char *)d->data + i, ascii))
            return false;
        i += ascii;
        while (i < d->length && d->data[i] >= 0x80) {
            uint32_t c;
            size_t size, room = d->length - i, n = utf8_prefix(d->data + i, room, &c, &size);
            if (OZ_LIKELY(n == size && n)) {
                if (!oz_builder_character(&d->out, c))
                    return false;
                i += n;
                continue;
            }
            bool cut = n == room;
            const uint8_t *s = d->data + i;
            bool surrogate = room == 2 && s[0] == 0xed && s[1] >= 0xa0 && s[1] <= 0xbf;
            if ((cut || surrogate) && !d->final) { /* a handler may want a surrogate whole */
                d->consumed = i;
                return true;
            }
            const char *reason = !n    ? "invalid start byte"
                                 : cut ? "unexpected end of data"
                                       : "invalid continuation byte";
            if (!oz_decoder_fault(d, i, i + (n ? n : 1), reason, &i) || !oz_poll(d->t))
                return false;
        }
    }
    d->consumed = i;
    return true;
}

Found oz_put_utf8(Encoder *e, uint32_t c, bool dry)
{
    if (c - 0xd800 < 0x800)
        return OZ_MISSING;
    if (dry)
        return OZ_FOUND;
    if (OZ_UNLIKELY(e->out.capacity - e->out.length < 4) && !oz_bytes_reserve(&e->out, 4))
        return OZ_RAISED;
    e->out.length += oz_utf8_put(c, e->out.data + e->out.length);
    return OZ_FOUND;
}

/* ---- UTF-16 ---- */

static uint32_t get16(const Decoder *d, size_t i)
{
    return d->order > 0 ? (uint32_t)d->data[i] << 8 | d->data[i + 1]
                        : (uint32_t)d->data[i + 1] << 8 | d->data[i];
}

/* The mark at the start decides the order; without one it is little-endian.  Where a mark was
 * expected and data is still to come, too short data decides nothing. */
static size_t take_mark16(Decoder *d)
{
    if (d->order || d->length < 2)
        return 0;
    uint32_t mark = (uint32_t)d->data[1] << 8 | d->data[0];
    if (mark == 0xfeff || mark == 0xfffe) {
        d->order = mark == 0xfeff ? -1 : 1;
        return 2;
    }
    return 0;
}

bool oz_decode_utf16_all(Decoder *d)
{
    size_t i = take_mark16(d);
    d->encoding = d->order > 0 ? "utf-16-be" : "utf-16-le";
    while (i < d->length) {
        const char *reason;
        size_t end;
        if (i + 2 > d->length) {
            reason = "truncated data";
            end = d->length;
        } else {
            uint32_t c = get16(d, i);
            if (OZ_LIKELY(c - 0xd800 >= 0x800)) {
                if (!oz_builder_character(&d->out, c))
                    return false;
                i += 2;
                continue;
            }
            uint32_t low = i + 4 <= d->length ? get16(d, i + 2) : 0;
            if (c < 0xdc00 && low - 0xdc00 < 0x400) {
                if (!oz_builder_character(&d->out, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00)))
                    return false;
                i += 4;
                continue;
            }
            bool cut = c < 0xdc00 && i + 4 > d->length;
            reason = c >= 0xdc00 ? "illegal encoding"
                     : cut       ? "unexpected end of data"
                                 : "illegal UTF-16 surrogate";
            end = cut ? d->length : i + 2;
            if (cut && !d->final)
                break;
        }
        if (end == d->length && i + 2 > d->length && !d->final)
            break;
        if (!oz_decoder_fault(d, i, end, reason, &i) || !oz_poll(d->t))
            return false;
    }
    d->consumed = i;
    return true;
}

static bool put_units(Encoder *e, uint32_t c, unsigned size)
{
    if (e->out.capacity - e->out.length < size && !oz_bytes_reserve(&e->out, size))
        return false;
    uint8_t *out = e->out.data + e->out.length;
    for (unsigned i = 0; i < size; i++)
        out[e->big ? size - 1 - i : i] = (uint8_t)(c >> (8 * i));
    e->out.length += size;
    return true;
}

Found oz_put_utf16(Encoder *e, uint32_t c, bool dry)
{
    if (c - 0xd800 < 0x800)
        return OZ_MISSING;
    if (dry)
        return OZ_FOUND;
    if (c < 0x10000)
        return put_units(e, c, 2) ? OZ_FOUND : OZ_RAISED;
    c -= 0x10000;
    return put_units(e, 0xd800 + (c >> 10), 2) && put_units(e, 0xdc00 + (c & 0x3ff), 2) ? OZ_FOUND
                                                                                        : OZ_RAISED;
}

/* ---- UTF-32 ---- */

static uint32_t get32(const Decoder *d, size_t i)
{
    uint32_t c = 0;
    for (unsigned k = 0; k < 4; k++)
        c |= (uint32_t)d->data[i + (d->order > 0 ? 3 - k : k)] << (8 * k);
    return c;
}

static size_t take_mark32(Decoder *d)
{
    if (d->order || d->length < 4)
        return 0;
    uint32_t mark = get32(d, 0);
    if (mark == 0xfeff || mark == 0xfffe0000) {
        d->order = mark == 0xfeff ? -1 : 1;
        return 4;
    }
    return 0;
}

bool oz_decode_utf32_all(Decoder *d)
{
    size_t i = take_mark32(d);
    d->encoding = d->order > 0 ? "utf-32-be" : "utf-32-le";
    while (i < d->length) {
        const char *reason = "truncated data";
        size_t end = d->length;
        if (i + 4 <= d->length) {
            uint32_t c = get32(d, i);
            if (OZ_LIKELY(c <= 0x10ffff && c - 0xd800 >= 0x800)) {
                if (!oz_builder_character(&d->out, c))
                    return false;
                i += 4;
                continue;
            }
            reason = c > 0x10ffff ? "code point not in range(0x110000)"
                                  : "code point in surrogate code point range(0xd800, 0xe000)";
            end = i + 4;
        } else if (!d->final) {
            break;
        }
        if (!oz_decoder_fault(d, i, end, reason, &i) || !oz_poll(d->t))
            return false;
    }
    d->consumed = i;
    return true;
}

Found oz_put_utf32(Encoder *e, uint32_t c, bool dry)
{
    if (c - 0xd800 < 0x800)
        return OZ_MISSING;
    return dry || put_units(e, c, 4) ? OZ_FOUND : OZ_RAISED;
}
