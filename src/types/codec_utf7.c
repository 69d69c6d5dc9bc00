// SPDX-License-Identifier: MIT
// UTF-7 (RFC 2152): ASCII, with runs of UTF-16 in base 64 between + and -.
#include "types/codec_state.h"

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int digit_value(uint8_t c)
{
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)(found - digits) : -1;
}

/* ---- decoding ---- */

typedef struct Shift {
    uint32_t bits;  /* not used yet */
    unsigned count; /* how many */
    uint32_t high;  /* a high surrogate that waits for its partner, or 0 */
} Shift;

static bool flush_high(Decoder *d, Shift *s)
{
    uint32_t high = s->high;
    s->high = 0;
    return !high || oz_builder_character(&d->out, high);
}

/* A UTF-16 unit; pairs of surrogates make one character, lone ones stay. */
static bool add_unit(Decoder *d, Shift *s, uint32_t unit)
{
    if (s->high && unit - 0xdc00 < 0x400) {
        uint32_t c = 0x10000 + ((s->high - 0xd800) << 10) + (unit - 0xdc00);
        s->high = 0;
        return oz_builder_character(&d->out, c);
    }
    if (!flush_high(d, s))
        return false;
    if (unit - 0xd800 < 0x400) {
        s->high = unit;
        return true;
    }
    return oz_builder_character(&d->out, unit);
}

static bool add_digit(Decoder *d, Shift *s, int value)
{
    s->bits = s->bits << 6 | (uint32_t)value;
    s->count += 6;
    if (s->count < 16)
        return true;
    s->count -= 16;
    uint32_t unit = s->bits >> s->count & 0xffff;
    s->bits &= (1u << s->count) - 1;
    return add_unit(d, s, unit);
}

/* Behind the digits of a run: what is left over must be less than a digit, and zero. */
static const char *end_of_run(const Shift *s)
{
    if (s->count >= 6)
        return "partial character in base64 sequence";
    if (s->count > 0 && s->bits)
        return "non-zero padding bits in base64 sequence";
    return NULL;
}

/* A run from behind its '+' at *at.  `start` is the '+'.  *cut: more data may complete it. */
static bool decode_run(Decoder *d, size_t start, size_t *at, bool *cut)
{
    Shift s = {0, 0, 0};
    size_t end = *at, i = *at;
    while (end < d->length && digit_value(d->data[end]) >= 0)
        end++;
    if (end == d->length && !d->final) {
        *cut = true;
        return true;
    }
    while (i < end)
        if (!add_digit(d, &s, digit_value(d->data[i++])))
            return false;
    if (i == d->length) {
        if (s.count >= 6 || (s.bits && s.count) || s.high)
            return oz_decoder_fault(d, start, i, "unterminated shift sequence", at);
        *at = i;
        return true;
    }
    const char *reason = end_of_run(&s);
    if (reason)
        return oz_decoder_fault(d, start, i + 1, reason, at);
    if (d->data[i] < 128 && !flush_high(d, &s)) /* bytes that are an error take it along */
        return false;
    *at = d->data[i] == '-' ? i + 1 : i;
    return true;
}

static bool decode_shift(Decoder *d, size_t *at, bool *cut)
{
    size_t start = (*at)++;
    if (*at < d->length && d->data[*at] == '-') {
        ++*at;
        return oz_builder_character(&d->out, '+');
    }
    if (*at < d->length && digit_value(d->data[*at]) < 0)
        return oz_decoder_fault(d, start, *at + 1, "ill-formed sequence", at);
    if (!decode_run(d, start, at, cut))
        return false;
    if (*cut)
        *at = start; /* nothing of an unfinished run counts */
    return true;
}

bool oz_decode_utf7_all(Decoder *d)
{
    size_t i = 0;
    bool cut = false;
    d->encoding = "utf7";
    while (i < d->length && !cut) {
        uint8_t c = d->data[i];
        if (c == '+') {
            if (!decode_shift(d, &i, &cut))
                return false;
        } else if (c < 128) {
            if (!oz_builder_character(&d->out, c))
                return false;
            i++;
        } else if (!oz_decoder_fault(d, i, i + 1, "unexpected special character", &i)) {
            return false;
        }
    }
    d->consumed = i;
    return true;
}

/* ---- encoding ---- */

static bool is_direct(uint32_t c)
{
    return c == '\t' || c == '\n' || c == '\r' ||
           (c >= ' ' && c < 127 && c != '+' && c != '\\' && c != '~');
}

static bool put_unit(Encoder *e, Shift *s, uint32_t unit)
{
    s->bits = s->bits << 16 | unit;
    s->count += 16;
    while (s->count >= 6) {
        s->count -= 6;
        if (!oz_bytes_put(&e->out, (uint8_t)digits[s->bits >> s->count & 63]))
            return false;
    }
    s->bits &= (1u << s->count) - 1;
    return true;
}

static bool put_shifted(Encoder *e, Shift *s, uint32_t c)
{
    if (c < 0x10000)
        return put_unit(e, s, c);
    c -= 0x10000;
    return put_unit(e, s, 0xd800 + (c >> 10)) && put_unit(e, s, 0xdc00 + (c & 0x3ff));
}

/* Leave a run; a '-' is needed where the next character could be taken for a digit. */
static bool end_shift(Encoder *e, Shift *s, uint32_t next)
{
    if (s->count && !oz_bytes_put(&e->out, (uint8_t)digits[s->bits << (6 - s->count) & 63]))
        return false;
    *s = (Shift){0, 0, 0};
    bool mark = next == 0 || next == '-' || (next < 128 && digit_value((uint8_t)next) >= 0);
    return !mark || oz_bytes_put(&e->out, '-');
}

bool oz_encode_utf7_all(Encoder *e)
{
    Shift s = {0, 0, 0};
    bool shifted = false;
    for (size_t i = 0; i < e->text.length; i++) {
        uint32_t c = oz_text_char(e->text, i);
        if (is_direct(c)) {
            if (shifted && !end_shift(e, &s, c))
                return false;
            shifted = false;
            if (!oz_bytes_put(&e->out, (uint8_t)c))
                return false;
        } else if (!shifted && c == '+') {
            if (!oz_bytes_put(&e->out, '+') || !oz_bytes_put(&e->out, '-'))
                return false;
        } else {
            if (!shifted && !oz_bytes_put(&e->out, '+'))
                return false;
            shifted = true;
            if (!put_shifted(e, &s, c))
                return false;
        }
    }
    return !shifted || end_shift(e, &s, 0);
}
