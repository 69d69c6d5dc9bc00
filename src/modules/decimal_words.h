// SPDX-License-Identifier: MIT
// Natural numbers as words of 19 decimal digits, least significant first.
#ifndef OZ_MODULES_DECIMAL_WORDS_H
#define OZ_MODULES_DECIMAL_WORDS_H

#include <gmp.h>

#include "base/base.h"

#define OZ_DIGITS 19                                 /* of a word */
#define OZ_BASE UINT64_C(10000000000000000000)       /* every word is below it */
#define OZ_BASE_INVERSE UINT64_C(0xd83c94fb6d2ac34a) /* (2^128 - 1) / OZ_BASE - 2^64 */

typedef unsigned __int128 Wide;

/* A power of ten and what division by it takes: n / power is n * inverse >> 64 + shift, or one
 * more.  Inverse 0: of one. */
typedef struct TenPower {
    uint64_t power, inverse;
    unsigned shift;
} TenPower;
extern const TenPower oz_ten_powers[OZ_DIGITS + 1];

OZ_INLINE uint64_t oz_ten(unsigned exponent) /* at most 19 */
{
    return oz_ten_powers[exponent].power;
}

/* n / 10 ** exponent, and what is left. */
OZ_INLINE uint64_t oz_ten_divide(uint64_t n, unsigned exponent, uint64_t *rest)
{
    const TenPower *p = &oz_ten_powers[exponent];
    if (exponent == 0) {
        *rest = 0;
        return n;
    }
    uint64_t quotient = (uint64_t)((Wide)n * p->inverse >> 64) >> p->shift;
    uint64_t left = n - quotient * p->power;
    if (left >= p->power) {
        left -= p->power;
        quotient++;
    }
    *rest = left;
    return quotient;
}

/* n / divisor for n < divisor << 64; the divisor's highest bit is set, inverse is
 * (2^128 - 1) / divisor - 2^64: two multiplications (Moeller and Granlund's method). */
OZ_INLINE uint64_t oz_wide_divide(Wide n, uint64_t divisor, uint64_t inverse, uint64_t *rest)
{
    uint64_t high = (uint64_t)(n >> 64), low = (uint64_t)n;
    Wide q = (Wide)inverse * high + n;
    uint64_t quotient = (uint64_t)(q >> 64) + 1;
    uint64_t left = low - quotient * divisor;
    if (left > (uint64_t)q) {
        quotient--;
        left += divisor;
    }
    if (OZ_UNLIKELY(left >= divisor)) {
        quotient++;
        left -= divisor;
    }
    *rest = left;
    return quotient;
}

/* n / divisor for n < divisor << 64, by the machine's division: for few of them. */
OZ_INLINE uint64_t oz_wide_divide_once(Wide n, uint64_t divisor, uint64_t *rest)
{
#ifdef __x86_64__
    uint64_t quotient;
    __asm__("divq %4"
            : "=a"(quotient), "=d"(*rest)
            : "a"((uint64_t)n), "d"((uint64_t)(n >> 64)), "r"(divisor)
            : "cc");
    return quotient;
#else
    *rest = (uint64_t)(n % divisor);
    return (uint64_t)(n / divisor);
#endif
}

/* (2^128 - 1) / divisor - 2^64: the divisor's highest bit is set. */
OZ_INLINE uint64_t oz_wide_inverse(uint64_t divisor)
{
    uint64_t rest;
    return oz_wide_divide_once((Wide)~divisor << 64 | UINT64_MAX, divisor, &rest);
}

/* n / OZ_BASE for n < OZ_BASE << 64. */
OZ_INLINE uint64_t oz_base_divide(Wide n, uint64_t *rest)
{
    return oz_wide_divide(n, OZ_BASE, OZ_BASE_INVERSE, rest);
}

/* How many digits a word has: 1 for 0. */
OZ_INLINE unsigned oz_word_digits(uint64_t n)
{
    unsigned guess = (unsigned)((64 - __builtin_clzll(n | 1)) * 1233) >> 12;
    return guess + (guess < OZ_DIGITS + 1 && n >= oz_ten_powers[guess].power) + (n == 0);
}

/* Without the zeros at the top. */
OZ_INLINE size_t oz_words_length(const uint64_t *a, size_t n)
{
    while (n > 0 && a[n - 1] == 0)
        n--;
    return n;
}

/* r = a + b, n >= m: the carry.  r may be a or b. */
uint64_t oz_words_add(uint64_t *r, const uint64_t *a, size_t n, const uint64_t *b, size_t m);
/* r = a - b, a >= b, n >= m.  r may be a or b. */
void oz_words_subtract(uint64_t *r, const uint64_t *a, size_t n, const uint64_t *b, size_t m);
/* r = a + 1 or more: the carry. */
uint64_t oz_words_increment(uint64_t *r, size_t n, uint64_t by);
int oz_words_order(const uint64_t *a, size_t n, const uint64_t *b, size_t m); /* no zeros at top */
/* r = a * b + carry: the word at the top. */
uint64_t oz_words_multiply_word(uint64_t *r, const uint64_t *a, size_t n, uint64_t b,
                                uint64_t carry);
/* r = a / b, b > 0: what is left.  r may be a. */
uint64_t oz_words_divide_word(uint64_t *r, const uint64_t *a, size_t n, uint64_t b);
/* r = a * b, n + m words, by the schoolbook; r is neither. */
void oz_words_multiply_base(uint64_t *r, const uint64_t *a, size_t n, const uint64_t *b, size_t m);
/* The same for n words each; scratch has 6 * n + 128 words, to be used. */
void oz_words_multiply_even(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n,
                            uint64_t *scratch);
/* q = a / b and a = what is left, by the schoolbook: m > 1, n >= m, the top of b is at least half
 * of OZ_BASE, a has n + 1 words (the top one 0, or whatever is below that of b), q has n - m + 1.
 */
void oz_words_divide_base(uint64_t *q, uint64_t *a, size_t n, const uint64_t *b, size_t m);

/* r = a * 10 ** digits: n + digits / 19 + 1 words.  r may be a. */
void oz_words_shift_left(uint64_t *r, const uint64_t *a, size_t n, size_t digits);
/* r = a / 10 ** digits, of n - digits / 19 words; digits / 19 < n.  What falls off, against half a
 * unit: 0 it is nothing, 1 less than half, 2 half, 3 more.  r may be a. */
unsigned oz_words_shift_right(uint64_t *r, const uint64_t *a, size_t n, size_t digits);

OZ_INLINE size_t oz_words_digits(const uint64_t *a, size_t n) /* no zeros at the top; 1 for none */
{
    return n ? (n - 1) * OZ_DIGITS + oz_word_digits(a[n - 1]) : 1;
}

/* The digit of weight 10 ** at; 0 above the top. */
unsigned oz_words_digit(const uint64_t *a, size_t n, size_t at);
/* How many zeros the number ends with; it is not 0. */
size_t oz_words_trailing_zeros(const uint64_t *a, size_t n);
/* As text, `digits` of them: zeros in front where there are fewer. */
void oz_words_text(const uint64_t *a, size_t n, char *out, size_t digits);
/* The 19 digits, or fewer, at `text`. */
uint64_t oz_word_from_text(const char *text, size_t digits);

#endif
