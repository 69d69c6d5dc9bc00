// SPDX-License-Identifier: MIT
// Natural numbers in base 10 ** 19.
//
// Decimal arithmetic rounds after every step, aligns exponents and prints: all of that is linear in
// this base, and would be a multiplication or a division by a power of ten in binary.  The largest
// power of ten that fits a word has its highest bit set, so division by it takes no shift and two
// multiplications.  What binary limbs are better at (long divisions, roots, logarithms) goes
// through GMP (decimal_binary.c).
//
// Products: by columns with a sum of 192 bits, so that a column costs two divisions and a step one
// multiplication; from EVEN words on by Karatsuba's method; longer ones in decimal_binary.c.
#include "modules/decimal_words.h"

#include <string.h>

#define TEN(power, inverse, shift)                                                                 \
    {                                                                                              \
        UINT64_C(power), UINT64_C(inverse), shift                                                  \
    }
const TenPower oz_ten_powers[OZ_DIGITS + 1] = {
    TEN(1, 0, 0),
    TEN(10, 14757395258967641292, 3),
    TEN(100, 11805916207174113034, 6),
    TEN(1000, 9444732965739290427, 9),
    TEN(10000, 15111572745182864683, 13),
    TEN(100000, 12089258196146291747, 16),
    TEN(1000000, 9671406556917033397, 19),
    TEN(10000000, 15474250491067253436, 23),
    TEN(100000000, 12379400392853802748, 26),
    TEN(1000000000, 9903520314283042199, 29),
    TEN(10000000000, 15845632502852867518, 33),
    TEN(100000000000, 12676506002282294014, 36),
    TEN(1000000000000, 10141204801825835211, 39),
    TEN(10000000000000, 16225927682921336339, 43),
    TEN(100000000000000, 12980742146337069071, 46),
    TEN(1000000000000000, 10384593717069655257, 49),
    TEN(10000000000000000, 16615349947311448411, 53),
    TEN(100000000000000000, 13292279957849158729, 56),
    TEN(1000000000000000000, 10633823966279326983, 59),
    TEN(10000000000000000000, 17014118346046923173, 63),
};

/* ---- sums ---- */

uint64_t oz_words_increment(uint64_t *r, size_t n, uint64_t by)
{
    for (size_t i = 0; i < n && by; i++) {
        uint64_t sum = r[i] + by;
        by = sum >= OZ_BASE || sum < by;
        r[i] = by ? sum - OZ_BASE : sum;
    }
    return by;
}

uint64_t oz_words_add(uint64_t *r, const uint64_t *a, size_t n, const uint64_t *b, size_t m)
{
    uint64_t carry = 0;
    for (size_t i = 0; i < m; i++) {
        /* Two words and a carry may pass 2 ** 64: the room above them is what counts. */
        uint64_t room = OZ_BASE - a[i], add = b[i] + carry;
        carry = add >= room;
        r[i] = carry ? add - room : a[i] + add;
    }
    if (r != a && n > m) /* the words of 0 may be NULL */
        memcpy(r + m, a + m, (n - m) * sizeof *r);
    return carry ? oz_words_increment(r + m, n - m, 1) : 0;
}

void oz_words_subtract(uint64_t *r, const uint64_t *a, size_t n, const uint64_t *b, size_t m)
{
    uint64_t borrow = 0;
    for (size_t i = 0; i < m; i++) {
        uint64_t take = b[i] + borrow, have = a[i];
        borrow = have < take;
        r[i] = have - take + (borrow ? OZ_BASE : 0);
    }
    if (r != a && n > m) /* the words of 0 may be NULL */
        memcpy(r + m, a + m, (n - m) * sizeof *r);
    for (size_t i = m; borrow && i < n; i++) {
        borrow = r[i] == 0;
        r[i] = borrow ? OZ_BASE - 1 : r[i] - 1;
    }
}

int oz_words_order(const uint64_t *a, size_t n, const uint64_t *b, size_t m)
{
    if (n != m)
        return n < m ? -1 : 1;
    while (n-- > 0)
        if (a[n] != b[n])
            return a[n] < b[n] ? -1 : 1;
    return 0;
}

/* ---- products ---- */

uint64_t oz_words_multiply_word(uint64_t *r, const uint64_t *a, size_t n, uint64_t b,
                                uint64_t carry)
{
    for (size_t i = 0; i < n; i++)
        carry = oz_base_divide((Wide)a[i] * b + carry, &r[i]);
    return carry;
}

/* Column by column; n >= m. */
static void multiply_columns(uint64_t *r, const uint64_t *a, size_t n, const uint64_t *b, size_t m)
{
    Wide sum = 0;
    for (size_t column = 0; column + 1 < n + m; column++) {
        size_t from = column < m ? 0 : column - m + 1, end = column < n ? column + 1 : n;
        uint64_t over = 0;
        for (size_t i = from; i < end; i++)
            over += __builtin_add_overflow(sum, (Wide)a[i] * b[column - i], &sum);
        uint64_t left;
        uint64_t high = oz_base_divide((Wide)over << 64 | (uint64_t)(sum >> 64), &left);
        uint64_t low = oz_base_divide((Wide)left << 64 | (uint64_t)sum, &r[column]);
        sum = (Wide)high << 64 | low;
    }
    r[n + m - 1] = (uint64_t)sum;
}

void oz_words_multiply_base(uint64_t *r, const uint64_t *a, size_t n, const uint64_t *b, size_t m)
{
    if (m == 1)
        r[n] = oz_words_multiply_word(r, a, n, b[0], 0);
    else if (n == 1)
        r[m] = oz_words_multiply_word(r, b, m, a[0], 0);
    else
        multiply_columns(r, a, n, b, m);
}

#define EVEN 40

/* |a - b| of n words each: is a smaller? */
static bool difference(uint64_t *r, const uint64_t *a, size_t n, const uint64_t *b, size_t m)
{
    size_t la = oz_words_length(a, n), lb = oz_words_length(b, m);
    bool less = oz_words_order(a, la, b, lb) < 0;
    memset(r, 0, n * sizeof *r);
    if (less)
        oz_words_subtract(r, b, lb, a, la);
    else
        oz_words_subtract(r, a, la, b, lb);
    return less;
}

/* (low + high X)(low' + high' X): the middle is the sum of the outer products less
 * (high - low)(high' - low'). */
void oz_words_multiply_even(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n,
                            uint64_t *scratch)
{
    if (n < EVEN) {
        multiply_columns(r, a, n, b, n);
        return;
    }
    size_t half = (n + 1) / 2, rest = n - half;
    uint64_t *x = scratch, *y = x + half, *middle = y + half, *more = middle + 2 * half + 1;
    bool less = difference(x, a, half, a + half, rest) ^ difference(y, b, half, b + half, rest);
    oz_words_multiply_even(r, a, b, half, more);
    oz_words_multiply_even(r + 2 * half, a + half, b + half, rest, more);
    oz_words_multiply_even(middle, x, y, half, more);
    uint64_t *sum = more;
    sum[2 * half] = oz_words_add(sum, r, 2 * half, r + 2 * half, 2 * rest);
    if (less)
        sum[2 * half] += oz_words_add(sum, sum, 2 * half, middle, 2 * half);
    else
        oz_words_subtract(sum, sum, 2 * half + 1, middle, 2 * half);
    size_t length = oz_words_length(sum, 2 * half + 1);
    oz_words_add(r + half, r + half, 2 * n - half, sum, length);
}

/* ---- quotients ---- */

uint64_t oz_words_divide_word(uint64_t *r, const uint64_t *a, size_t n, uint64_t b)
{
    uint64_t left = 0;
    if (n < 6) {
        while (n-- > 0)
            r[n] = oz_wide_divide_once((Wide)left * OZ_BASE + a[n], b, &left);
        return left;
    }
    unsigned shift = (unsigned)__builtin_clzll(b);
    uint64_t divisor = b << shift, inverse = oz_wide_inverse(divisor);
    while (n-- > 0) {
        r[n] = oz_wide_divide(((Wide)left * OZ_BASE + a[n]) << shift, divisor, inverse, &left);
        left >>= shift;
    }
    return left;
}

/* a -= b * q, of m + 1 and m words: was it too much? */
static bool subtract_product(uint64_t *a, const uint64_t *b, size_t m, uint64_t q)
{
    uint64_t carry = 0;
    for (size_t i = 0; i < m; i++) {
        uint64_t low;
        carry = oz_base_divide((Wide)b[i] * q + carry, &low);
        carry += a[i] < low;
        a[i] = a[i] - low + (a[i] < low ? OZ_BASE : 0);
    }
    bool too_much = a[m] < carry;
    a[m] = a[m] - carry + (too_much ? OZ_BASE : 0);
    return too_much;
}

void oz_words_divide_base(uint64_t *q, uint64_t *a, size_t n, const uint64_t *b, size_t m)
{
    uint64_t top = b[m - 1], next = b[m - 2];
    unsigned shift = (unsigned)__builtin_clzll(top);
    uint64_t divisor = top << shift;
    uint64_t inverse = oz_wide_inverse(divisor);
    for (size_t j = n - m + 1; j-- > 0;) {
        uint64_t *at = a + j, guess, left;
        Wide head = (Wide)at[m] * OZ_BASE + at[m - 1];
        bool certain = false;
        if (at[m] >= top) {
            guess = OZ_BASE - 1;
            Wide more = head - (Wide)guess * top;
            certain = more >= OZ_BASE;
            left = (uint64_t)more;
        } else {
            guess = oz_wide_divide(head << shift, divisor, inverse, &left);
            left >>= shift;
        }
        /* At most two too large, as the top of b is; the next word tells nearly always. */
        while (!certain && (Wide)guess * next > (Wide)left * OZ_BASE + at[m - 2]) {
            guess--;
            certain = __builtin_add_overflow(left, top, &left) || left >= OZ_BASE;
        }
        if (subtract_product(at, b, m, guess)) {
            guess--;
            uint64_t carry = oz_words_add(at, at, m, b, m);
            at[m] = at[m] + carry >= OZ_BASE ? 0 : at[m] + carry;
        }
        q[j] = guess;
    }
}

/* ---- shifts by digits ---- */

void oz_words_shift_left(uint64_t *r, const uint64_t *a, size_t n, size_t digits)
{
    size_t whole = digits / OZ_DIGITS;
    unsigned part = (unsigned)(digits % OZ_DIGITS);
    if (part == 0) {
        memmove(r + whole, a, n * sizeof *r);
        r[n + whole] = 0;
    } else {
        uint64_t above = 0;
        for (size_t i = n; i-- > 0;) {
            uint64_t low, high = oz_ten_divide(a[i], OZ_DIGITS - part, &low);
            r[i + whole + 1] = above + high;
            above = low * oz_ten(part);
        }
        r[whole] = above;
    }
    memset(r, 0, whole * sizeof *r);
}

/* Of a word that falls off, its weight the highest: 5 0 0 ... is half. */
static unsigned weigh(uint64_t fallen, uint64_t half, bool more)
{
    if (fallen < half)
        return fallen || more ? 1 : 0;
    return fallen > half || more ? 3 : 2;
}

unsigned oz_words_shift_right(uint64_t *r, const uint64_t *a, size_t n, size_t digits)
{
    size_t whole = digits / OZ_DIGITS;
    unsigned part = (unsigned)(digits % OZ_DIGITS);
    bool more = false;
    for (size_t i = 0; !more && i + 1 < whole; i++)
        more = a[i] != 0;
    unsigned rest = whole ? weigh(a[whole - 1], OZ_BASE / 2, more) : 0;
    if (part == 0) {
        memmove(r, a + whole, (n - whole) * sizeof *r);
        return rest;
    }
    uint64_t fallen, word = oz_ten_divide(a[whole], part, &fallen);
    rest = weigh(fallen, oz_ten(part) / 2, rest != 0);
    uint64_t factor = oz_ten(OZ_DIGITS - part);
    for (size_t i = whole + 1; i < n; i++) {
        uint64_t low, high = oz_ten_divide(a[i], part, &low);
        r[i - whole - 1] = word + low * factor;
        word = high;
    }
    r[n - whole - 1] = word;
    return rest;
}

/* ---- digits ---- */

unsigned oz_words_digit(const uint64_t *a, size_t n, size_t at)
{
    if (at / OZ_DIGITS >= n)
        return 0;
    uint64_t rest;
    return (unsigned)(oz_ten_divide(a[at / OZ_DIGITS], (unsigned)(at % OZ_DIGITS), &rest) % 10);
}

size_t oz_words_trailing_zeros(const uint64_t *a, size_t n)
{
    size_t whole = 0;
    while (whole + 1 < n && a[whole] == 0)
        whole++;
    unsigned part = 0;
    uint64_t rest, word = a[whole];
    for (unsigned step = 16; step; step >>= 1) {
        uint64_t quotient = oz_ten_divide(word, step, &rest);
        if (rest == 0 && word) {
            word = quotient;
            part += step;
        }
    }
    return whole * OZ_DIGITS + part;
}

static const char pairs[] = "0001020304050607080910111213141516171819202122232425262728293031323334"
                            "3536373839404142434445464748495051525354555657585960616263646566676869"
                            "707172737475767778798081828384858687888990919293949596979899";

/* `count` digits, at most 9. */
static void small_text(uint32_t n, char *out, unsigned count)
{
    while (count >= 2) {
        uint32_t rest = n / 100;
        memcpy(out + (count -= 2), pairs + 2 * (n - rest * 100), 2);
        n = rest;
    }
    if (count)
        *out = (char)('0' + n % 10);
}

static void word_text(uint64_t n, char *out, unsigned count)
{
    if (count > 16) {
        uint64_t top = n / UINT64_C(10000000000000000);
        small_text((uint32_t)top, out, count - 16);
        n -= top * UINT64_C(10000000000000000);
        out += count - 16;
        count = 16;
    }
    if (count > 8) {
        uint64_t top = n / 100000000;
        small_text((uint32_t)top, out, count - 8);
        n -= top * 100000000;
        out += count - 8;
        count = 8;
    }
    small_text((uint32_t)n, out, count);
}

void oz_words_text(const uint64_t *a, size_t n, char *out, size_t digits)
{
    size_t i = 0;
    while (digits > 0) {
        unsigned count = digits < OZ_DIGITS ? (unsigned)digits : OZ_DIGITS;
        digits -= count;
        word_text(i < n ? a[i] : 0, out + digits, count);
        i++;
    }
}

uint64_t oz_word_from_text(const char *text, size_t digits)
{
    uint64_t n = 0;
    for (size_t i = 0; i < digits; i++)
        n = n * 10 + (uint64_t)(text[i] - '0');
    return n;
}
