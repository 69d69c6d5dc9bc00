// SPDX-License-Identifier: MIT
// unicode_escape and raw_unicode_escape: text as ASCII with backslashes.
#include "types/codec_state.h"

#include "base/unicode_names.h"

#include <stdio.h>
#include <string.h>

static int hex_value(uint8_t c)
{
    return (uint8_t)(c - '0') < 10         ? c - '0'
           : (uint8_t)((c | 32) - 'a') < 6 ? (c | 32) - 'a' + 10
                                           : -1;
}

/* Up to `count` hexadecimal digits from `at`: how many there are; their value in *c. */
static size_t hex_digits(const Decoder *d, size_t at, size_t count, uint32_t *c)
{
    size_t n = 0;
    *c = 0;
    while (n < count && at + n < d->length && hex_value(d->data[at + n]) >= 0)
        *c = *c << 4 | (uint32_t)hex_value(d->data[at + n++]);
    return n;
}

/* How an escape ended: done, wrong (from `start` to *end, for `reason`), or cut off at the end of
 * data that is not final. */
typedef enum Outcome { DONE, WRONG, CUT, FAILED } Outcome;

static Outcome escape_hex(Decoder *d, size_t *at, size_t count, const char **reason)
{
    uint32_t c;
    size_t n = hex_digits(d, *at, count, &c);
    *at += n;
    if (n < count) {
        *reason = count == 2   ? "truncated \\xXX escape"
                  : count == 4 ? "truncated \\uXXXX escape"
                               : "truncated \\UXXXXXXXX escape";
        return *at == d->length && !d->final ? CUT : WRONG;
    }
    if (c > 0x10ffff) {
        *reason = "illegal Unicode character";
        return WRONG;
    }
    return oz_builder_character(&d->out, c) ? DONE : FAILED;
}

static Outcome escape_name(Decoder *d, size_t *at, const char **reason)
{
    *reason = "malformed \\N character escape";
    if (*at == d->length)
        return d->final ? WRONG : CUT;
    if (d->data[*at] != '{')
        return WRONG;
    size_t start = ++*at;
    while (*at < d->length && d->data[*at] != '}')
        ++*at;
    if (*at == d->length)
        return d->final ? WRONG : CUT;
    if (*at == start)
        return WRONG;
    uint32_t out[4];
    size_t count =
        oz_unicode_lookup((const char *)d->data + start, *at - start, OZ_NAMES_ALIASES, out);
    ++*at;
    *reason = "unknown Unicode character name";
    if (count != 1)
        return WRONG;
    return oz_builder_character(&d->out, out[0]) ? DONE : FAILED;
}

static Outcome escape_octal(Decoder *d, size_t *at, uint32_t c)
{
    for (int i = 0; i < 2 && *at < d->length && (uint8_t)(d->data[*at] - '0') < 8; i++)
        c = c << 3 | (uint32_t)(d->data[(*at)++] - '0');
    if (c > 0xff && !d->no_escape[0])
        snprintf(d->no_escape, sizeof d->no_escape, "%o", c & 0777);
    return oz_builder_character(&d->out, c) ? DONE : FAILED;
}

static Outcome unknown_escape(Decoder *d, uint8_t c)
{
    if (!d->no_escape[0])
        d->no_escape[0] = (char)c;
    return oz_builder_character(&d->out, '\\') && oz_builder_character(&d->out, c) ? DONE : FAILED;
}

bool oz_warn_escape(Thread *t, const char *text)
{
    if (!text[0])
        return true;
    return text[1]
               ? oz_warn(t, OZ_DeprecationWarning, 1, "invalid octal escape sequence '\\%s'", text)
               : oz_warn(t, OZ_DeprecationWarning, 1, "invalid escape sequence '\\%c'",
                         (uint8_t)text[0]);
}

/* Behind a backslash. */
static Outcome escape(Decoder *d, size_t *at, const char **reason)
{
    static const char letters[] = "abfnrtv\\'\"", values[] = "\a\b\f\n\r\t\v\\'\"";
    if (*at == d->length) {
        *reason = "\\ at end of string";
        return d->final ? WRONG : CUT;
    }
    uint8_t c = d->data[(*at)++];
    if (c == '\n')
        return DONE;
    if (c == 'x' || c == 'u' || c == 'U')
        return escape_hex(d, at, c == 'x' ? 2 : c == 'u' ? 4 : 8, reason);
    if (c == 'N')
        return escape_name(d, at, reason);
    if ((uint8_t)(c - '0') < 8)
        return escape_octal(d, at, (uint32_t)(c - '0'));
    const char *found = c ? strchr(letters, c) : NULL;
    if (!found)
        return unknown_escape(d, c);
    return oz_builder_character(&d->out, (uint8_t)values[found - letters]) ? DONE : FAILED;
}

/* Go on behind an escape that began at `start` and was read up to `at`. */
static bool settle(Decoder *d, Outcome outcome, size_t start, size_t *at, const char *reason,
                   bool *cut)
{
    *cut = outcome == CUT;
    if (outcome == CUT)
        *at = start;
    if (outcome == WRONG)
        return oz_decoder_fault(d, start, *at, reason, at) && oz_poll(d->t);
    return outcome != FAILED;
}

static bool add_plain(Decoder *d, size_t start, size_t end)
{
    for (size_t i = start; i < end; i++)
        if (!oz_builder_character(&d->out, d->data[i]))
            return false;
    return true;
}

static size_t next_backslash(const Decoder *d, size_t i)
{
    const uint8_t *at = memchr(d->data + i, '\\', d->length - i);
    return at ? (size_t)(at - d->data) : d->length;
}

bool oz_decode_escapes_all(Decoder *d)
{
    size_t i = 0;
    d->encoding = "unicodeescape";
    while (i < d->length) {
        size_t start = next_backslash(d, i);
        if (!add_plain(d, i, start))
            return false;
        i = start;
        if (i == d->length)
            break;
        const char *reason = NULL;
        bool cut;
        i++;
        Outcome outcome = escape(d, &i, &reason);
        if (!settle(d, outcome, start, &i, reason, &cut))
            return false;
        if (cut)
            break;
    }
    d->consumed = i;
    return oz_warn_escape(d->t, d->no_escape);
}

/* \u and \U behind an odd number of backslashes; everything else stands for itself. */
bool oz_decode_raw_escapes_all(Decoder *d)
{
    size_t i = 0;
    d->encoding = "rawunicodeescape";
    while (i < d->length) {
        size_t start = next_backslash(d, i);
        if (!add_plain(d, i, start))
            return false;
        i = start;
        if (i == d->length)
            break;
        if (i + 1 == d->length && !d->final)
            break;
        uint8_t c = i + 1 < d->length ? d->data[i + 1] : 0;
        if (c != 'u' && c != 'U') {
            size_t end = i + 1 < d->length ? i + 2 : i + 1;
            if (!add_plain(d, i, end))
                return false;
            i = end;
            continue;
        }
        const char *reason = NULL;
        bool cut;
        i += 2;
        Outcome outcome = escape_hex(d, &i, c == 'u' ? 4 : 8, &reason);
        if (outcome == WRONG && i == start + 10)
            reason = "\\Uxxxxxxxx out of range";
        if (!settle(d, outcome, start, &i, reason, &cut))
            return false;
        if (cut)
            break;
    }
    d->consumed = i;
    return true;
}

/* ---- encoding ---- */

static bool put_text(Encoder *e, const char *text, size_t length)
{
    if (!oz_bytes_reserve(&e->out, length))
        return false;
    memcpy(e->out.data + e->out.length, text, length);
    e->out.length += length;
    return true;
}

static bool put_escape(Encoder *e, uint32_t c)
{
    char out[16];
    int n = c < 0x100     ? snprintf(out, sizeof out, "\\x%02x", c)
            : c < 0x10000 ? snprintf(out, sizeof out, "\\u%04x", c)
                          : snprintf(out, sizeof out, "\\U%08x", c);
    return put_text(e, out, (size_t)n);
}

static bool put_escaped(Encoder *e, uint32_t c)
{
    if (c == '\\')
        return put_text(e, "\\\\", 2);
    if (c == '\t' || c == '\n' || c == '\r')
        return put_text(e, c == '\t' ? "\\t" : c == '\n' ? "\\n" : "\\r", 2);
    if (c >= ' ' && c < 127)
        return oz_bytes_put(&e->out, (uint8_t)c);
    return put_escape(e, c);
}

bool oz_encode_escapes_all(Encoder *e)
{
    for (size_t i = 0; i < e->text.length; i++)
        if (!put_escaped(e, oz_text_char(e->text, i)))
            return false;
    return true;
}

bool oz_encode_raw_escapes_all(Encoder *e)
{
    for (size_t i = 0; i < e->text.length; i++) {
        uint32_t c = oz_text_char(e->text, i);
        if (c < 0x100 ? !oz_bytes_put(&e->out, (uint8_t)c) : !put_escape(e, c))
            return false;
    }
    return true;
}
