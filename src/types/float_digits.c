// SPDX-License-Identifier: MIT
// Decimal digits of doubles, and doubles from decimal text.
//
// The shortest digits: the numbers that read back as d form an interval around it, half way to its
// neighbours.  The interval is scaled by a power of ten so that its integers are the candidates of
// 16 or 17 digits; the scaling rounds to odd, so that comparing the scaled bounds is as good as
// comparing exact ones.  (R. Giulietti, "The Schubfach way to render doubles", 2020.)  The powers
// are a table of 10 KB made by tools/float_powers.py.
#include "types/float_digits.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- shortest digits ---- */

typedef struct Power {
    uint64_t high, low;
} Power;

#define POWER_MIN (-292)
static const Power powers[] = {
#include "types/float_powers.gen.h"
};

typedef unsigned __int128 Wide;

/* The top of power * n; the last bit is set if anything below is. */
static uint64_t scale(Power power, uint64_t n)
{
    Wide low = (Wide)power.low * n, high = (Wide)power.high * n;
    high += (uint64_t)(low >> 64);
    return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

static int floor_log2_of_power10(int e)
{
    return (e * 1741647) >> 19;
}

/* The decimal significand and *exponent of a double given by its fields. */
static uint64_t shortest(uint64_t fraction, int biased, int *exponent)
{
    uint64_t c = biased ? fraction | UINT64_C(1) << 52 : fraction;
    int q = biased ? biased - 1075 : -1074;
    if (q <= 0 && q > -53 && (c & ((UINT64_C(1) << -q) - 1)) == 0) {
        *exponent = 0; /* a small integer */
        return c >> -q;
    }
    bool even = c % 2 == 0;
    bool closer_below = fraction == 0 && biased > 1;
    int k = (q * 1262611 - (closer_below ? 524031 : 0)) >> 22;
    int h = q + floor_log2_of_power10(-k) + 1;
    Power power = powers[-k - POWER_MIN];
    uint64_t lower = scale(power, (4 * c - 2 + closer_below) << h) + !even;
    uint64_t middle = scale(power, 4 * c << h);
    uint64_t upper = scale(power, (4 * c + 2) << h) - !even;
    uint64_t s = middle / 4;
    if (s >= 10) { /* one digit less, if exactly one such number lies inside */
        uint64_t tens = s / 10;
        bool down = lower <= 40 * tens, up = 40 * tens + 40 <= upper;
        if (down != up) {
            *exponent = k + 1;
            return tens + up;
        }
    }
    *exponent = k;
    bool down = lower <= 4 * s, up = 4 * s + 4 <= upper;
    if (down != up)
        return s + up;
    return s + (middle > 4 * s + 2 || (middle == 4 * s + 2 && (s & 1)));
}

int oz_float_shortest(double d, char *digits, int *point)
{
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    int exponent;
    uint64_t n = shortest(bits & ((UINT64_C(1) << 52) - 1), (int)(bits >> 52) & 0x7ff, &exponent);
    while (n % 10 == 0) {
        n /= 10;
        exponent++;
    }
    char out[20], *p = out + sizeof out;
    for (; n; n /= 10)
        *--p = (char)('0' + n % 10);
    int count = (int)(out + sizeof out - p);
    memcpy(digits, p, (size_t)count);
    *point = count + exponent;
    return count;
}

/* ---- reading ---- */

/* Digits with single underscores between them; stops before what does not belong. */
static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9') {
        p++;
        if (end - p >= 2 && *p == '_' && p[1] >= '0' && p[1] <= '9')
            p++;
    }
    return p;
}

static const char *skip_word(const char *p, const char *end, const char *word)
{
    size_t n = strlen(word);
    return (size_t)(end - p) >= n && strncasecmp(p, word, n) == 0 ? p + n : NULL;
}

size_t oz_float_scan(const char *text, size_t length)
{
    const char *p = text, *end = text + length;
    if (p < end && (*p == '+' || *p == '-'))
        p++;
    static const char *const words[] = {"infinity", "inf", "nan"};
    for (size_t i = 0; p<end && * p> '9' && i < OZ_COUNT(words); i++) {
        const char *behind = skip_word(p, end, words[i]);
        if (behind)
            return (size_t)(behind - text);
    }
    const char *whole = p;
    p = skip_digits(p, end);
    bool any = p > whole;
    if (p < end && *p == '.') {
        const char *fraction = skip_digits(p + 1, end);
        any |= fraction > p + 1;
        p = fraction;
    }
    if (!any)
        return 0;
    if (p < end && (*p == 'e' || *p == 'E')) {
        const char *e = p + 1;
        if (e < end && (*e == '+' || *e == '-'))
            e++;
        const char *behind = skip_digits(e, end);
        if (behind > e)
            p = behind;
    }
    return (size_t)(p - text);
}

/* What a short decimal text says: digits * 10 ** exponent. */
typedef struct Decimal {
    uint64_t digits;
    int exponent;
    bool negative;
} Decimal;

#define MOST_DIGITS 19 /* that fit 64 bits */

/* Read a text that oz_float_scan accepted, without underscores; false: too long, or inf or nan. */
static bool read_decimal(const char *p, Decimal *d)
{
    int count = 0, point = 0, exponent = 0;
    *d = (Decimal){0, 0, *p == '-'};
    p += *p == '-' || *p == '+';
    for (bool fraction = false;; p++) {
        if (*p == '.' && !fraction) {
            fraction = true;
            continue;
        }
        if (*p < '0' || *p > '9')
            break;
        count += d->digits || *p != '0';
        point += fraction;
        if (count > MOST_DIGITS)
            return false;
        d->digits = d->digits * 10 + (uint64_t)(*p - '0');
    }
    if (*p == 'e' || *p == 'E') {
        bool negative = *++p == '-';
        p += *p == '-' || *p == '+';
        for (; *p >= '0' && *p <= '9'; p++)
            if ((exponent = exponent * 10 + (*p - '0')) > 9999)
                return false;
        exponent = negative ? -exponent : exponent;
    }
    d->exponent = exponent - point;
    return *p != 'i' && *p != 'I' && *p != 'n' && *p != 'N';
}

/* digits * 10 ** exponent by one multiplication with the table.  The table's power is at most one
 * unit of its last place too large, so the product of 192 bits is known but for its low 65; where
 * these could change the rounding, the answer is false. */
static bool by_table(const Decimal *d, double *out)
{
    if (d->exponent < POWER_MIN || d->exponent >= POWER_MIN + (int)OZ_COUNT(powers))
        return false;
    Power power = powers[d->exponent - POWER_MIN];
    int lead = __builtin_clzll(d->digits);
    uint64_t n = d->digits << lead;
    Wide low = (Wide)power.low * n, product = (Wide)power.high * n + (uint64_t)(low >> 64);
    int top = (int)(product >> 127); /* 126 or 127 is the highest bit */
    int dropped = 127 + top - 53;
    Wide rest = product & (((Wide)1 << dropped) - 1), half = (Wide)1 << (dropped - 1);
    if (rest < 2 || rest > half * 2 - 2 || (rest > half - 2 && rest < half + 2))
        return false;
    uint64_t mantissa = (uint64_t)(product >> dropped) + (rest > half);
    int exponent = floor_log2_of_power10(d->exponent) - 127 + 64 - lead + dropped;
    if (exponent < -1074 + 53 || exponent > 970)
        return false; /* near the ends of the range */
    *out = __builtin_ldexp((double)mantissa, exponent);
    return true;
}

static bool read_short(const char *text, double *out)
{
    static const double exact[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    Decimal d;
    if (!read_decimal(text, &d))
        return false;
    if (d.digits == 0)
        *out = 0.0;
    else if (d.digits <= UINT64_C(1) << 53 && d.exponent >= -22 && d.exponent <= 22)
        *out = d.exponent < 0 ? (double)d.digits / exact[-d.exponent]
                              : (double)d.digits * exact[d.exponent];
    else if (!by_table(&d, out))
        return false;
    if (d.negative)
        *out = -*out;
    return true;
}

/* strtod of the C locale, whatever locale.setlocale() has chosen. */
double oz_float_read(const char *text)
{
    static _Atomic(locale_t) c_locale; /* glibc's "C" is one static object */
    double d;
    if (read_short(text, &d))
        return d;
    locale_t locale = atomic_load_explicit(&c_locale, memory_order_acquire);
    if (!locale) {
        locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
        if (!locale)
            return strtod(text, NULL);
        atomic_store_explicit(&c_locale, locale, memory_order_release);
    }
    return strtod_l(text, NULL, locale);
}
