// SPDX-License-Identifier: MIT
// floats as text, in every format, and from text.
//
// Two sources of digits: the shortest that read back (repr), and a given number of them, rounded
// exactly (from printf, which is exact in glibc, without its locale's decimal point).  Where the
// point and the exponent go is decided here for both.
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "heap/heap.h"
#include "types/float.h"
#include "types/float_digits.h"
#include "types/format_spec.h"
#include "types/number_text.h"

/* Digits and where the point stands: value = 0.d1d2... * 10 ** point. */
typedef struct Digits {
    char *text; /* owned by the caller */
    size_t count;
    ssize_t point;
} Digits;

/* ---- given numbers of digits ---- */

/* Keep the decimal digits of a printf result, up to its exponent; returns the rest. */
static const char *keep_digits(char *text, size_t *count)
{
    char *out = text;
    const char *p = text;
    for (; *p && *p != 'e'; p++)
        if (*p >= '0' && *p <= '9')
            *out++ = *p;
    *count = (size_t)(out - text);
    return p;
}

/* `count` >= 1 significant digits of d >= 0.  `room` bytes at text. */
static void significant_digits(double d, size_t count, size_t room, Digits *out)
{
    snprintf(out->text, room, "%.*e", (int)count - 1, d);
    const char *rest = keep_digits(out->text, &out->count);
    int exponent = 0;
    sscanf(rest, "e%d", &exponent);
    out->point = d == 0.0 ? 1 : exponent + 1;
}

/* d * 10 ** places as an int, rounded half to even, for d >= 0: d is m * 2 ** -shift, so in 128
 * bits all of it is exact.  false: the result would be too large, or places too many. */
static bool scaled(double d, size_t places, uint64_t *out)
{
    // clang-format off
    static const uint64_t powers[] = {
        1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000,
        100000000000, 1000000000000, 10000000000000, 100000000000000, 1000000000000000,
    };
    // clang-format on
    if (places >= OZ_COUNT(powers) || d >= 9e18 / (double)powers[places])
        return false;
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    int exponent = (int)(bits >> 52);
    uint64_t m = (bits & ((UINT64_C(1) << 52) - 1)) | (exponent ? UINT64_C(1) << 52 : 0);
    int shift = 1075 - (exponent ? exponent : 1);
    unsigned __int128 product = (unsigned __int128)m * powers[places];
    if (shift <= 0) {
        *out = (uint64_t)product << -shift;
        return true;
    }
    if (shift > 110) { /* less than a half */
        *out = 0;
        return true;
    }
    unsigned __int128 half = (unsigned __int128)1 << (shift - 1);
    unsigned __int128 rest = product & (half * 2 - 1);
    *out = (uint64_t)(product >> shift);
    *out += rest > half || (rest == half && (*out & 1));
    return true;
}

/* `places` digits behind the point, and what stands before it. */
static void fixed_digits(double d, size_t places, size_t room, Digits *out)
{
    uint64_t n;
    if (scaled(d, places, &n)) {
        char digits[24], *p = digits + sizeof digits;
        for (; n || p > digits + sizeof digits - places - 1; n /= 10)
            *--p = (char)('0' + n % 10);
        out->count = (size_t)(digits + sizeof digits - p);
        out->point = (ssize_t)(out->count - places);
        memcpy(out->text, p, out->count);
        return;
    }
    snprintf(out->text, room, "%.*f", (int)places, d);
    keep_digits(out->text, &out->count);
    out->point = (ssize_t)(out->count - places);
}

/* ---- layout ---- */

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static char *put_exponent(char *p, ssize_t exponent, bool upper)
{
    return p + sprintf(p, "%c%c%02zd", upper ? 'E' : 'e', exponent < 0 ? '-' : '+',
                       exponent < 0 ? -exponent : exponent);
}

/* Write the number: `decimals` digits behind the point at least (zeros are appended). */
static char *put_number(char *p, const Digits *d, bool exponential, size_t decimals, int flags,
                        bool upper)
{
    ssize_t point = exponential ? 1 : d->point;
    size_t zeros_before = point <= 0 ? 1 : 0;
    size_t whole = point <= 0 ? 0 : (size_t)point;
    size_t from_digits = whole < d->count ? whole : d->count;
    if (zeros_before)
        *p++ = '0';
    memcpy(p, d->text, from_digits);
    p += from_digits;
    memset(p, '0', whole - from_digits);
    p += whole - from_digits;
    size_t lead = point < 0 ? (size_t)-point : 0; /* zeros behind the point */
    size_t rest = d->count - from_digits;
    size_t behind = larger(rest ? lead + rest : 0, decimals);
    if (behind || (flags & OZ_FLOAT_ALTERNATE)) {
        *p++ = '.';
        char *start = p;
        if (rest) {
            memset(p, '0', lead);
            memcpy(p + lead, d->text + from_digits, rest);
            p += lead + rest;
        }
        memset(p, '0', behind - (size_t)(p - start));
        p = start + behind;
    }
    if (exponential)
        p = put_exponent(p, d->point - 1, upper);
    *p = 0;
    return p;
}

static bool all_zero(const Digits *d)
{
    for (size_t i = 0; i < d->count; i++)
        if (d->text[i] != '0')
            return false;
    return true;
}

static void trim_zeros(Digits *d)
{
    while (d->count > 1 && d->text[d->count - 1] == '0')
        d->count--;
}

/* The body of repr and of 'r': digits already shortest. */
static char *put_repr(char *p, const Digits *d, int flags, bool upper)
{
    bool exponential = d->point <= -4 || d->point > 16;
    size_t decimals = (flags & OZ_FLOAT_DOT_ZERO) && !exponential ? 1 : 0;
    return put_number(p, d, exponential, decimals, flags, upper);
}

static size_t shortest_into(double d, char *out, int flags)
{
    char digits[24];
    Digits shortest = {digits, 1, 1};
    if (d == 0.0) {
        digits[0] = '0';
    } else {
        int point;
        shortest.count = (size_t)oz_float_shortest(d, digits, &point);
        shortest.point = point;
    }
    return (size_t)(put_repr(out, &shortest, flags, false) - out);
}

static size_t put_special(double d, char *out, bool upper)
{
    strcpy(out, isnan(d) ? upper ? "NAN" : "nan" : upper ? "INF" : "inf");
    return 3;
}

size_t oz_float_repr(double d, char *out)
{
    char *p = out;
    if (signbit(d) && !isnan(d))
        *p++ = '-';
    p += isfinite(d) ? shortest_into(fabs(d), p, OZ_FLOAT_DOT_ZERO) : put_special(d, p, false);
    return (size_t)(p - out);
}

/* ---- formats with a precision ---- */

/* Room for the digits and for the text of any format. */
static size_t room_for(double d, char type, size_t precision)
{
    int exponent = 0;
    if (type == 'f' && d >= 1.0)
        frexp(d, &exponent);
    return (size_t)exponent * 78913 / 262144 + precision + 42; /* log10(2), a little more */
}

static char *put_general(char *p, Digits *d, size_t precision, int flags, bool upper)
{
    size_t limit = precision - ((flags & OZ_FLOAT_DOT_ZERO) ? 1 : 0);
    bool exponential = d->point <= -4 || d->point > (ssize_t)limit;
    size_t decimals = 0;
    if (flags & OZ_FLOAT_ALTERNATE) {
        ssize_t before = exponential ? 1 : d->point;
        decimals = (ssize_t)precision > before ? (size_t)((ssize_t)precision - before) : 0;
    } else {
        trim_zeros(d);
        if ((flags & OZ_FLOAT_DOT_ZERO) && !exponential)
            decimals = 1;
    }
    return put_number(p, d, exponential, decimals, flags, upper);
}

/* The text of a finite d >= 0; *zero: nothing but zeros is left of it. */
static char *put_formatted(char *p, double d, char type, size_t precision, int flags, bool upper,
                           char *scratch, size_t room, bool *zero)
{
    Digits digits = {scratch, 0, 0};
    if (type == 'f') {
        fixed_digits(d, precision, room, &digits);
        *zero = all_zero(&digits);
        return put_number(p, &digits, false, precision, flags, upper);
    }
    if (type == 'e') {
        significant_digits(d, precision + 1, room, &digits);
        *zero = all_zero(&digits);
        return put_number(p, &digits, true, precision, flags, upper);
    }
    if (precision == 0)
        precision = 1;
    significant_digits(d, precision, room, &digits);
    *zero = all_zero(&digits);
    return put_general(p, &digits, precision, flags, upper);
}

static char *with_sign(char *body, bool negative, int flags)
{
    if (negative)
        *--body = '-';
    else if (flags & OZ_FLOAT_SIGN)
        *--body = '+';
    return body;
}

char *oz_float_text_in(Thread *t, char *small, size_t size, double d, char type, int precision,
                       int flags, size_t *length)
{
    bool upper = type >= 'A' && type <= 'Z';
    if (upper)
        type = (char)(type - 'A' + 'a');
    size_t digits = precision < 0 ? 0 : (size_t)precision;
    double magnitude = fabs(d);
    size_t room = isfinite(d) ? room_for(magnitude, type, digits) : 40;
    char *block = 2 * room + 16 <= size ? small : oz_block_alloc(t->heap, 2 * room + 16);
    if (!block) {
        oz_raise_memory(t);
        return NULL;
    }
    char *body = block + 1, *end;
    bool zero = d == 0.0;
    if (!isfinite(d))
        end = body + put_special(d, body, upper);
    else if (type == 'r')
        end = body + shortest_into(magnitude, body, flags);
    else
        end = put_formatted(body, magnitude, type, digits, flags, upper, block + room + 16, room,
                            &zero);
    bool negative = signbit(d) && !isnan(d) && !(zero && (flags & OZ_FLOAT_NO_NEGATIVE_ZERO));
    char *start = with_sign(body, negative, flags);
    *length = (size_t)(end - start);
    memmove(block, start, *length + 1);
    return block;
}

char *oz_float_text(Thread *t, double d, char type, int precision, int flags, size_t *length)
{
    return oz_float_text_in(t, NULL, 0, d, type, precision, flags, length);
}

/* ---- from text ---- */

/* The value of a scanned text that is followed by anything. */
static bool read_number(Thread *t, const char *text, size_t length, double *d)
{
    char small[128], *copy = small, *out;
    if (length >= sizeof small && !(copy = oz_block_alloc(t->heap, length + 1)))
        return oz_raise_memory(t) != NULL;
    out = copy;
    for (size_t i = 0; i < length; i++)
        if (text[i] != '_')
            *out++ = text[i];
    *out = 0;
    *d = oz_float_read(copy);
    if (copy != small)
        oz_block_free(copy);
    return true;
}

/* float(text); `shown` is for the message. */
bool oz_float_parse(Thread *t, const char *text, size_t length, Obj shown, double *d)
{
    NumberText n = {text, length, NULL};
    oz_number_text_strip(&n);
    if (n.length && oz_float_scan(n.text, n.length) == n.length)
        return read_number(t, n.text, n.length, d);
    return oz_raise_literal(t, "could not convert string to float: ", shown) != NULL;
}

/* A number at the start of `text`: what complex() reads its parts with. */
bool oz_float_parse_part(Thread *t, const char *text, size_t length, size_t *used, double *d)
{
    *used = oz_float_scan(text, length);
    return *used == 0 || read_number(t, text, *used, d);
}

Ref oz_float_from_text(Thread *t, Obj text)
{
    const Str *s = oz_as_str(text);
    NumberText n;
    if (!s || !oz_number_text_init(t, &n, s))
        return NULL;
    double d;
    bool good = oz_float_parse(t, n.text, n.length, text, &d);
    oz_number_text_fini(&n);
    return good ? oz_float_new(t, d) : NULL;
}
