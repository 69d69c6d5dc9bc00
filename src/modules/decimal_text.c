// SPDX-License-Identifier: MIT
// Decimal numbers from text and to text.
#include "modules/decimal_number.h"

#include <string.h>

/* ---- from text ---- */

typedef struct Reader {
    const char *at, *end;
} Reader;

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Takes the word, whatever its case. */
static bool take(Reader *in, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(in->end - in->at) < length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (lower(in->at[i]) != word[i])
            return false;
    in->at += length;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Words of `digits` digits from `text`, over a point that may lie in between. */
static void read_words(Work *w, Number *r, const char *text, const char *point, size_t digits)
{
    oz_work_check_digits((int64_t)digits);
    size_t n = (digits + OZ_DIGITS - 1) / OZ_DIGITS, i = n;
    uint64_t *words = oz_work_words(w, n ? n : 1);
    unsigned count = (unsigned)(digits - (n ? n - 1 : 0) * OZ_DIGITS);
    for (; i-- > 0; count = OZ_DIGITS) {
        if (!point || text + count <= point || text > point) {
            words[i] = oz_word_from_text(text, count);
            text += count;
            continue;
        }
        uint64_t word = 0;
        for (unsigned taken = 0; taken < count; text++)
            if (text != point) {
                word = word * 10 + (uint64_t)(*text - '0');
                taken++;
            }
        words[i] = word;
    }
    r->words = words;
    r->n = oz_words_length(words, n);
}

/* What an exponent that does not fit is as good as. */
#define FAR_EXPONENT (4 * OZ_MOST_EMAX)

static bool read_exponent(Reader *in, int64_t *exponent)
{
    bool negative = in->at < in->end && *in->at == '-';
    if (in->at < in->end && (*in->at == '-' || *in->at == '+'))
        in->at++;
    if (in->at == in->end)
        return false;
    int64_t value = 0;
    for (; in->at < in->end; in->at++) {
        if (!is_digit(*in->at))
            return false;
        value = value < FAR_EXPONENT / 10 ? value * 10 + (*in->at - '0') : FAR_EXPONENT;
    }
    *exponent = negative ? -value : value;
    return true;
}

static bool read_number(Work *w, Number *r, Reader *in)
{
    const char *start = in->at, *point = NULL;
    size_t digits = 0;
    for (; in->at < in->end; in->at++) {
        if (is_digit(*in->at))
            digits++;
        else if (*in->at == '.' && !point)
            point = in->at;
        else
            break;
    }
    if (digits == 0)
        return false;
    int64_t exponent = 0, fraction = point ? in->at - point - 1 : 0;
    if (in->at < in->end && (lower(*in->at++) != 'e' || !read_exponent(in, &exponent)))
        return false;
    const char *first = start;
    while (digits > 0 && (*first == '0' || first == point)) {
        digits -= first != point;
        first++;
    }
    read_words(w, r, first, point && point >= first ? point : NULL, digits);
    exponent -= fraction;
    r->exponent = exponent < -FAR_EXPONENT ? -FAR_EXPONENT : exponent;
    r->kind = OZ_FINITE;
    return true;
}

static bool read_nan(Work *w, Number *r, Reader *in, NumberKind kind)
{
    const char *start = in->at;
    while (in->at < in->end && is_digit(*in->at))
        in->at++;
    if (in->at < in->end)
        return false;
    while (start < in->end && *start == '0')
        start++;
    read_words(w, r, start, NULL, (size_t)(in->end - start));
    r->exponent = 0;
    r->kind = (uint8_t)kind;
    return true;
}

bool oz_number_parse(Work *w, Number *r, const char *text, size_t length)
{
    Reader in = {text, text + length};
    r->negative = length && *text == '-';
    if (length && (*text == '-' || *text == '+'))
        in.at++;
    if (in.at < in.end && (is_digit(*in.at) || *in.at == '.'))
        return read_number(w, r, &in);
    if (take(&in, "inf")) {
        oz_number_special(r, OZ_INFINITE, r->negative);
        return in.at == in.end || (take(&in, "inity") && in.at == in.end);
    }
    if (take(&in, "nan"))
        return read_nan(w, r, &in, OZ_QNAN);
    return take(&in, "snan") && read_nan(w, r, &in, OZ_SNAN);
}

/* ---- to text ---- */

/* Sign, point, zeros in front, "E+" and an exponent of 19 digits. */
size_t oz_number_text_room(const Number *a)
{
    return (a->n + 1) * OZ_DIGITS + 40;
}

static size_t put(char *out, const char *text)
{
    size_t length = strlen(text);
    memcpy(out, text, length);
    return length;
}

static size_t put_exponent(char *out, int64_t exponent, bool lower_case)
{
    char digits[24];
    size_t length = 0, count = 0;
    out[length++] = lower_case ? 'e' : 'E';
    out[length++] = exponent < 0 ? '-' : '+';
    uint64_t n = exponent < 0 ? -(uint64_t)exponent : (uint64_t)exponent;
    do {
        digits[count++] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    while (count > 0)
        out[length++] = digits[--count];
    return length;
}

size_t oz_number_text(const Number *a, char *out, int flags)
{
    char *at = out;
    if (a->negative)
        *at++ = '-';
    if (a->kind == OZ_INFINITE)
        return (size_t)(at - out) + put(at, "Infinity");
    size_t digits = oz_words_digits(a->words, a->n);
    if (oz_number_is_nan(a)) {
        at += put(at, a->kind == OZ_SNAN ? "sNaN" : "NaN");
        if (a->n) {
            oz_words_text(a->words, a->n, at, digits);
            at += digits;
        }
        return (size_t)(at - out);
    }
    /* `before` digits stand before the point */
    int64_t count = (int64_t)digits, left = a->exponent + count, before;
    if (a->exponent <= 0 && left > -6) {
        before = left;
    } else if (!(flags & OZ_TEXT_ENGINEERING)) {
        before = 1;
    } else if (a->n == 0) {
        before = (left + 1) % 3;
        before = (before < 0 ? before + 3 : before) - 1;
    } else {
        before = (left - 1) % 3;
        before = (before < 0 ? before + 3 : before) + 1;
    }
    if (before <= 0) {
        at += put(at, "0.");
        memset(at, '0', (size_t)-before);
        at += -before;
        oz_words_text(a->words, a->n, at, digits);
        at += digits;
    } else if (before >= count) {
        oz_words_text(a->words, a->n, at, digits);
        at += digits;
        memset(at, '0', (size_t)(before - count));
        at += before - count;
    } else {
        oz_words_text(a->words, a->n, at + 1, digits);
        memmove(at, at + 1, (size_t)before);
        at[before] = '.';
        at += digits + 1;
    }
    if (left != before)
        at += put_exponent(at, left - before, flags & OZ_TEXT_LOWER);
    return (size_t)(at - out);
}
