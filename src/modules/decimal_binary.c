// SPDX-License-Identifier: MIT
// Where decimal words meet GMP: conversion both ways, long products and quotients.
//
// Short numbers are converted a word at a time; longer ones are split by powers 10 ** (19 * LEAF
// << i), so that the time is that of a few multiplications, and the steps poll.  Long products need
// no conversion: words are laid out as the coefficients of a polynomial, SPREAD bits apart, in one
// integer each; the product of the two integers has the columns of the product.
#include "modules/decimal_number.h"

#include <string.h>

#define LEAF 48
#define MOST_LEVELS 28

/* 10 ** (19 * LEAF << i) */
typedef struct Powers {
    mpz_t at[MOST_LEVELS];
} Powers;

static void powers_fill(Work *w, Powers *p, size_t n)
{
    size_t size = LEAF;
    for (size_t i = 0; size < n && i < MOST_LEVELS; i++, size *= 2) {
        oz_work_poll(w);
        mpz_init(p->at[i]);
        if (i == 0)
            mpz_ui_pow_ui(p->at[0], 10, OZ_DIGITS * LEAF);
        else
            mpz_mul(p->at[i], p->at[i - 1], p->at[i - 1]);
    }
}

/* The level whose power splits n words, LEAF << level below n. */
static size_t level_of(size_t n)
{
    size_t level = 0;
    while ((size_t)LEAF << (level + 1) < n)
        level++;
    return level;
}

/* ---- to binary ---- */

static void short_to_mpz(mpz_t z, const uint64_t *words, size_t n)
{
    if (n == 0) {
        mpz_set_ui(z, 0);
        return;
    }
    mp_limb_t *limbs = mpz_limbs_write(z, (mp_size_t)n);
    mp_size_t length = 0;
    for (size_t i = n; i-- > 0;) {
        mp_limb_t carry = length ? mpn_mul_1(limbs, limbs, length, OZ_BASE) : 0;
        if (carry)
            limbs[length++] = carry;
        if (length == 0) {
            limbs[0] = words[i];
            length = words[i] != 0;
        } else if (mpn_add_1(limbs, limbs, length, words[i])) {
            limbs[length++] = 1;
        }
    }
    mpz_limbs_finish(z, length);
}

static void to_mpz(Work *w, mpz_t z, const uint64_t *words, size_t n, const Powers *p)
{
    n = oz_words_length(words, n);
    if (n <= LEAF) {
        short_to_mpz(z, words, n);
        return;
    }
    size_t level = level_of(n), low = (size_t)LEAF << level;
    mpz_t bottom;
    mpz_init(bottom);
    to_mpz(w, z, words + low, n - low, p);
    mpz_mul(z, z, p->at[level]);
    to_mpz(w, bottom, words, low, p);
    mpz_add(z, z, bottom);
    mpz_clear(bottom);
    if (n > 20000)
        oz_work_poll(w);
}

void oz_number_to_mpz(Work *w, mpz_t z, const Number *a)
{
    Powers p;
    mpz_init(z);
    if (a->n == 0)
        return;
    powers_fill(w, &p, a->n);
    to_mpz(w, z, a->words, a->n, &p);
}

/* ---- from binary ---- */

static void short_from_mpz(uint64_t *words, size_t n, mpz_t z)
{
    mp_size_t length = (mp_size_t)mpz_size(z);
    mp_limb_t *limbs = mpz_limbs_modify(z, length + 1);
    size_t i = 0;
    while (length > 0 && i < n) {
        words[i++] = mpn_divrem_1(limbs, 0, limbs, length, OZ_BASE);
        length -= limbs[length - 1] == 0;
    }
    memset(words + i, 0, (n - i) * sizeof *words);
    mpz_limbs_finish(z, 0);
}

/* Exactly n words; z goes. */
static void from_mpz(Work *w, uint64_t *words, size_t n, mpz_t z, const Powers *p)
{
    if (n <= LEAF) {
        short_from_mpz(words, n, z);
        return;
    }
    size_t level = level_of(n), low = (size_t)LEAF << level;
    mpz_t top;
    mpz_init(top);
    mpz_tdiv_qr(top, z, z, p->at[level]);
    from_mpz(w, words, low, z, p);
    from_mpz(w, words + low, n - low, top, p);
    mpz_clear(top);
    if (n > 20000)
        oz_work_poll(w);
}

void oz_number_from_mpz(Work *w, Number *r, mpz_srcptr z, bool negative, int64_t exponent)
{
    size_t bits = mpz_sizeinbase(z, 2);
    oz_work_check_digits((int64_t)(bits / 4));
    size_t n = bits / 63 + 1;
    Powers p;
    mpz_t copy;
    powers_fill(w, &p, n);
    mpz_init_set(copy, z);
    mpz_abs(copy, copy);
    uint64_t *words = oz_work_words(w, n);
    from_mpz(w, words, n, copy, &p);
    mpz_clear(copy);
    *r = (Number){words, oz_words_length(words, n), exponent, OZ_FINITE, negative};
}

void oz_mpz_ten_power(Work *w, mpz_t z, uint64_t exponent)
{
    oz_work_check_digits(exponent > INT64_MAX ? INT64_MAX : (int64_t)exponent);
    mpz_init_set_ui(z, 1);
    for (unsigned bit = 64 - (unsigned)__builtin_clzll(exponent | 1); bit-- > 0;) {
        mpz_mul(z, z, z);
        if (exponent >> bit & 1)
            mpz_mul_ui(z, z, 5);
        if (exponent >> bit > 1000000)
            oz_work_poll(w);
    }
    mpz_mul_2exp(z, z, exponent);
}

/* ---- long products ---- */

/* A column is at most n * BASE ** 2 < 2 ** 127 * n: two words take SPREAD limbs. */
#define SPREAD 5

static mp_limb_t *spread(const uint64_t *a, size_t n, size_t *length)
{
    size_t size = (n + 1) / 2 * SPREAD;
    mp_limb_t *limbs = oz_scratch_alloc(size * sizeof *limbs);
    memset(limbs, 0, size * sizeof *limbs);
    for (size_t i = 0; i < n; i++) {
        mp_limb_t *at = limbs + i / 2 * SPREAD;
        if (i & 1) {
            at[2] = a[i] << 32;
            at[3] = a[i] >> 32;
        } else {
            at[0] = a[i];
        }
    }
    while (size > 0 && limbs[size - 1] == 0)
        size--;
    *length = size;
    return limbs;
}

/* Column i of the product: its low 128 bits and the 32 above. */
static Wide column(const mp_limb_t *limbs, size_t length, size_t i, uint64_t *above)
{
    size_t at = i / 2 * SPREAD + (i & 1) * 2;
    uint64_t x[4] = {0};
    for (size_t j = 0; j < 4 && at + j < length; j++)
        x[j] = limbs[at + j];
    if (!(i & 1)) {
        *above = x[2] & UINT32_MAX;
        return (Wide)x[1] << 64 | x[0];
    }
    uint64_t low = x[0] >> 32 | x[1] << 32, high = x[1] >> 32 | x[2] << 32;
    *above = x[2] >> 32;
    return (Wide)high << 64 | low;
}

static void multiply_spread(uint64_t *r, const uint64_t *a, size_t n, const uint64_t *b, size_t m)
{
    size_t x, y;
    mp_limb_t *left = spread(a, n, &x), *right = a == b && n == m ? left : spread(b, m, &y);
    if (left == right)
        y = x;
    mp_limb_t *product = oz_scratch_alloc((x + y) * sizeof *product);
    if (left == right)
        mpn_sqr(product, left, (mp_size_t)x);
    else if (x >= y)
        mpn_mul(product, left, (mp_size_t)x, right, (mp_size_t)y);
    else
        mpn_mul(product, right, (mp_size_t)y, left, (mp_size_t)x);
    Wide carry = 0;
    for (size_t i = 0; i < n + m; i++) {
        uint64_t above, left_over;
        Wide sum = column(product, x + y, i, &above);
        above += __builtin_add_overflow(sum, carry, &sum);
        uint64_t high = oz_base_divide((Wide)above << 64 | (uint64_t)(sum >> 64), &left_over);
        uint64_t low = oz_base_divide((Wide)left_over << 64 | (uint64_t)sum, &r[i]);
        carry = (Wide)high << 64 | low;
    }
    oz_scratch_free(product);
    oz_scratch_free(left);
    if (right != left)
        oz_scratch_free(right);
}

#define SCHOOL_LENGTH 40
#define SPREAD_LENGTH 500

/* n >= m */
static void multiply(Work *w, uint64_t *r, const uint64_t *a, size_t n, const uint64_t *b, size_t m)
{
    if (m < SCHOOL_LENGTH) {
        oz_words_multiply_base(r, a, n, b, m);
        return;
    }
    if (m >= SPREAD_LENGTH) {
        multiply_spread(r, a, n, b, m);
        return;
    }
    uint64_t *scratch = oz_scratch_alloc((8 * m + 128) * sizeof *scratch),
             *piece = scratch + 6 * m + 128;
    memset(r, 0, (n + m) * sizeof *r);
    for (size_t at = 0; at < n; at += m) {
        size_t length = n - at < m ? n - at : m;
        if (length == m)
            oz_words_multiply_even(piece, a + at, b, m, scratch);
        else
            multiply(w, piece, b, m, a + at, length);
        oz_words_add(r + at, r + at, n + m - at, piece, oz_words_length(piece, length + m));
        if (n > 100000)
            oz_work_poll(w);
    }
    oz_scratch_free(scratch);
}

void oz_number_multiply_words(Work *w, Number *r, const Number *a, const Number *b)
{
    if (a->n == 0 || b->n == 0) {
        r->words = NULL;
        r->n = 0;
        return;
    }
    oz_work_check_digits((int64_t)(a->n + b->n) * OZ_DIGITS);
    size_t n = a->n + b->n;
    uint64_t *words = oz_work_words(w, n);
    if (a->n >= b->n)
        multiply(w, words, a->words, a->n, b->words, b->n);
    else
        multiply(w, words, b->words, b->n, a->words, a->n);
    r->words = words;
    r->n = n - (words[n - 1] == 0);
}

/* ---- quotients ---- */

static void set_words(Number *r, uint64_t *words, size_t n)
{
    r->words = words;
    r->n = oz_words_length(words, n);
}

static void divide_school(Work *w, Number *q, Number *left, const Number *a, const Number *b)
{
    uint64_t *x = oz_work_words(w, a->n + 1), *y = oz_work_words(w, b->n);
    uint64_t *quotient = oz_work_words(w, a->n - b->n + 1);
    uint64_t factor = OZ_BASE / (b->words[b->n - 1] + 1);
    x[a->n] = oz_words_multiply_word(x, a->words, a->n, factor, 0);
    oz_words_multiply_word(y, b->words, b->n, factor, 0);
    oz_words_divide_base(quotient, x, a->n, y, b->n);
    if (left) {
        oz_words_divide_word(x, x, b->n, factor);
        set_words(left, x, b->n);
    }
    if (q)
        set_words(q, quotient, a->n - b->n + 1);
}

static void divide_binary(Work *w, Number *q, Number *left, const Number *a, const Number *b)
{
    mpz_t x, y, quotient;
    oz_number_to_mpz(w, x, a);
    oz_number_to_mpz(w, y, b);
    mpz_init(quotient);
    mpz_tdiv_qr(quotient, x, x, y);
    oz_work_poll(w);
    Number n;
    if (q) {
        oz_number_from_mpz(w, &n, quotient, false, 0);
        set_words(q, (uint64_t *)n.words, n.n);
    }
    if (left) {
        oz_number_from_mpz(w, &n, x, false, 0);
        set_words(left, (uint64_t *)n.words, n.n);
    }
}

#define BINARY_LENGTH 70

void oz_number_divide_words(Work *w, Number *q, Number *left, const Number *a, const Number *b)
{
    Number x = *a, y = *b; /* q and left may be a or b */
    if (oz_words_order(x.words, x.n, y.words, y.n) < 0) {
        if (q)
            q->n = 0;
        if (left)
            left->words = x.words, left->n = x.n;
    } else if (y.n == 1) {
        uint64_t *words = oz_work_words(w, x.n + 1);
        words[x.n] = oz_words_divide_word(words, x.words, x.n, y.words[0]);
        if (q)
            set_words(q, words, x.n);
        if (left)
            set_words(left, words + x.n, 1);
    } else if (y.n < BINARY_LENGTH || x.n - y.n < BINARY_LENGTH) {
        divide_school(w, q, left, &x, &y);
    } else {
        divide_binary(w, q, left, &x, &y);
    }
}
