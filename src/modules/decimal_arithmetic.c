// SPDX-License-Identifier: MIT
// Sums, products, quotients and their like.
//
// Operands may be of any length and apart by any exponent: what lies wholly below the precision of
// the result is replaced by a digit just below it (`tiny`), and a quotient is computed to one digit
// more than the precision.  Where the precision is so large that this would be long, an exact
// quotient is looked for first: it has at most some digits for each digit of the divisor.
#include "modules/decimal_number.h"

/* ---- sums ---- */

/* Words of a and b with the smaller exponent of both. */
static void align(Work *w, Number *a, Number *b)
{
    if (a->exponent == b->exponent)
        return;
    Number *high = a->exponent > b->exponent ? a : b, *low = high == a ? b : a;
    int64_t prec = w->limits.prec;
    if (high->n) {
        int64_t digits = oz_number_digits(high);
        int64_t below = high->exponent - 1 - (digits > prec ? 0 : prec - digits + 1);
        if (oz_number_adjusted(low) < below) {
            uint64_t *one = oz_work_words(w, 1);
            *one = 1;
            *low = (Number){one, low->n != 0, below, OZ_FINITE, low->negative};
        }
        oz_number_scale(w, high, high, high->exponent - low->exponent);
    }
    high->exponent = low->exponent;
}

/* a + b of finite numbers, exact unless it is rounded anyway. */
static void add_finite(Work *w, Number *r, const Number *first, const Number *second)
{
    Number a = *first, b = *second;
    align(w, &a, &b);
    int64_t exponent = a.exponent;
    if (a.negative == b.negative) {
        if (a.n < b.n) {
            Number other = a;
            a = b;
            b = other;
        }
        uint64_t *words = oz_work_words(w, a.n + 1);
        words[a.n] = oz_words_add(words, a.words, a.n, b.words, b.n);
        *r = (Number){words, a.n + (words[a.n] != 0), exponent, OZ_FINITE, a.negative};
        return;
    }
    int order = oz_words_order(a.words, a.n, b.words, b.n);
    if (order == 0) {
        oz_number_zero(r, w->limits.rounding == OZ_ROUND_FLOOR, exponent);
        return;
    }
    if (order < 0) {
        Number other = a;
        a = b;
        b = other;
    }
    uint64_t *words = oz_work_words(w, a.n);
    oz_words_subtract(words, a.words, a.n, b.words, b.n);
    *r = (Number){words, oz_words_length(words, a.n), exponent, OZ_FINITE, a.negative};
}

static void add_signed(Work *w, Number *r, const Number *a, const Number *b, bool subtract)
{
    if (oz_number_nans(w, r, a, b))
        return;
    Number other = *b;
    other.negative ^= subtract;
    if (a->kind == OZ_INFINITE || b->kind == OZ_INFINITE) {
        if (a->kind == b->kind && a->negative != other.negative)
            oz_number_invalid(w, r, OZ_INVALID_OPERATION);
        else
            oz_number_special(r, OZ_INFINITE,
                              a->kind == OZ_INFINITE ? a->negative : other.negative);
        return;
    }
    add_finite(w, r, a, &other);
    oz_number_finish(w, r, 0);
}

void oz_decimal_add(Work *w, Number *r, const Number *a, const Number *b, const Number *c OZ_UNUSED)
{
    add_signed(w, r, a, b, false);
}

void oz_decimal_subtract(Work *w, Number *r, const Number *a, const Number *b,
                         const Number *c OZ_UNUSED)
{
    add_signed(w, r, a, b, true);
}

/* One operand with the sign given, rounded; a zero is positive unless rounding goes down. */
static void rounded_copy(Work *w, Number *r, const Number *a, bool negative)
{
    if (oz_number_nans(w, r, a, NULL))
        return;
    *r = *a;
    r->negative = negative;
    if (oz_number_is_zero(a))
        r->negative = w->limits.rounding == OZ_ROUND_FLOOR && negative;
    oz_number_finish(w, r, 0);
}

void oz_decimal_rounded(Work *w, Number *r, const Number *a, const Number *b OZ_UNUSED,
                        const Number *c OZ_UNUSED)
{
    *r = *a;
    oz_number_finish(w, r, 0);
}

void oz_decimal_plus(Work *w, Number *r, const Number *a, const Number *b OZ_UNUSED,
                     const Number *c OZ_UNUSED)
{
    rounded_copy(w, r, a, a->negative);
}

void oz_decimal_minus(Work *w, Number *r, const Number *a, const Number *b OZ_UNUSED,
                      const Number *c OZ_UNUSED)
{
    rounded_copy(w, r, a, !a->negative);
}

void oz_decimal_abs(Work *w, Number *r, const Number *a, const Number *b OZ_UNUSED,
                    const Number *c OZ_UNUSED)
{
    rounded_copy(w, r, a, false);
}

/* ---- products ---- */

static bool multiply_special(Work *w, Number *r, const Number *a, const Number *b)
{
    if (oz_number_nans(w, r, a, b))
        return true;
    if (a->kind == OZ_FINITE && b->kind == OZ_FINITE)
        return false;
    if (oz_number_is_zero(a) || oz_number_is_zero(b))
        oz_number_invalid(w, r, OZ_INVALID_OPERATION);
    else
        oz_number_special(r, OZ_INFINITE, a->negative != b->negative);
    return true;
}

static void multiply_finite(Work *w, Number *r, const Number *a, const Number *b)
{
    oz_number_multiply_words(w, r, a, b);
    r->exponent = a->exponent + b->exponent;
    r->kind = OZ_FINITE;
    r->negative = a->negative != b->negative;
}

void oz_decimal_multiply(Work *w, Number *r, const Number *a, const Number *b,
                         const Number *c OZ_UNUSED)
{
    if (multiply_special(w, r, a, b))
        return;
    multiply_finite(w, r, a, b);
    oz_number_finish(w, r, 0);
}

void oz_decimal_fma(Work *w, Number *r, const Number *a, const Number *b, const Number *c)
{
    Number product;
    if (!multiply_special(w, &product, a, b)) {
        multiply_finite(w, &product, a, b);
    } else if (w->status & OZ_INVALID_OPERATION) {
        *r = product;
        return;
    }
    add_signed(w, r, &product, c, false);
}

/* ---- quotients ---- */

static bool divide_special(Work *w, Number *r, const Number *a, const Number *b)
{
    bool negative = a->negative != b->negative;
    if (oz_number_nans(w, r, a, b))
        return true;
    if (a->kind == OZ_INFINITE) {
        if (b->kind == OZ_INFINITE)
            oz_number_invalid(w, r, OZ_INVALID_OPERATION);
        else
            oz_number_special(r, OZ_INFINITE, negative);
        return true;
    }
    if (b->kind == OZ_INFINITE) {
        oz_number_zero(r, negative, oz_etiny(&w->limits));
        w->status |= OZ_CLAMPED;
        return true;
    }
    if (b->n)
        return false;
    if (a->n == 0) {
        oz_number_invalid(w, r, OZ_DIVISION_UNDEFINED);
    } else {
        w->status |= OZ_DIVISION_BY_ZERO;
        oz_number_special(r, OZ_INFINITE, negative);
    }
    return true;
}

/* Zeros at the end go, as long as the exponent stays at `ideal` or below. */
static void strip(Work *w, Number *r, int64_t ideal)
{
    if (r->n == 0 || r->exponent >= ideal)
        return;
    int64_t zeros = (int64_t)oz_words_trailing_zeros(r->words, r->n);
    if (zeros > ideal - r->exponent)
        zeros = ideal - r->exponent;
    oz_number_cut(w, r, r, zeros);
    r->exponent += zeros;
}

/* (a * 10 ** shift) / b: is it exact? */
static bool divide_shifted(Work *w, Number *r, const Number *a, const Number *b, int64_t shift)
{
    Number x, left;
    oz_number_scale(w, &x, a, shift);
    oz_number_divide_words(w, r, &left, &x, b);
    r->exponent = a->exponent - b->exponent - shift;
    r->kind = OZ_FINITE;
    r->negative = a->negative != b->negative;
    return left.n == 0;
}

static void divide_finite(Work *w, Number *r, const Number *a, const Number *b)
{
    int64_t ideal = a->exponent - b->exponent;
    if (a->n == 0) {
        oz_number_zero(r, a->negative != b->negative, ideal);
        oz_number_finish(w, r, 0);
        return;
    }
    int64_t x = oz_number_digits(a), y = oz_number_digits(b);
    int64_t shift = y - x + w->limits.prec + 1;
    int64_t exact = 4 * y + 4; /* b divides a * 2 ** n * 5 ** n for some n below that, or never */
    bool done = false;
    if (shift > 8 * exact)
        done = divide_shifted(w, r, a, b, exact);
    if (!done)
        done = divide_shifted(w, r, a, b, shift > 0 ? shift : 0);
    if (done)
        strip(w, r, ideal);
    oz_number_finish(w, r, done ? 0 : 1);
}

void oz_decimal_divide(Work *w, Number *r, const Number *a, const Number *b,
                       const Number *c OZ_UNUSED)
{
    if (!divide_special(w, r, a, b))
        divide_finite(w, r, a, b);
}

/* The integral quotient of finite numbers, and what is left.  false: it has more digits than the
 * precision. */
static bool divide_integral(Work *w, Number *q, Number *left, const Number *a, const Number *b)
{
    int64_t exponent = a->exponent < b->exponent ? a->exponent : b->exponent;
    int64_t apart = oz_number_adjusted(a) - oz_number_adjusted(b), prec = w->limits.prec;
    oz_number_zero(q, a->negative != b->negative, 0);
    if (a->n == 0) {
        oz_number_zero(left, a->negative, exponent);
        return true;
    }
    if (apart > prec)
        return false;
    if (apart < 0) {
        *left = *a;
        return true;
    }
    Number x, y;
    oz_number_scale(w, &x, a, a->exponent - exponent);
    oz_number_scale(w, &y, b, b->exponent - exponent);
    *left = *a;
    left->exponent = exponent;
    oz_number_divide_words(w, q, left, &x, &y);
    return q->n == 0 || oz_number_digits(q) <= prec;
}

/* `a` with the exponent, if it fits the precision; as far down as that goes otherwise. */
static void lower_exponent(Work *w, Number *r, const Number *a, int64_t exponent)
{
    *r = *a;
    if (a->exponent <= exponent)
        return;
    if (a->n == 0) {
        r->exponent = exponent;
        return;
    }
    int64_t shift = a->exponent - exponent, room = w->limits.prec - oz_number_digits(a) + 1;
    if (shift > room)
        shift = room > 0 ? room : 0; /* more than fits: one digit is rounded off, as it should */
    oz_number_scale(w, r, a, shift);
    r->exponent = a->exponent - shift;
}

static void finish_remainder(Work *w, Number *left, const Number *a, const Number *b)
{
    Number n = *left;
    lower_exponent(w, left, &n, a->exponent < b->exponent ? a->exponent : b->exponent);
    oz_number_finish(w, left, 0);
}

/* Quotient and remainder; both are set, to NaN where they are not defined. */
static void divide_both(Work *w, Number *q, Number *left, const Number *a, const Number *b)
{
    bool negative = a->negative != b->negative;
    if (oz_number_nans(w, q, a, b)) {
        *left = *q;
        return;
    }
    if (a->kind == OZ_INFINITE) {
        if (b->kind == OZ_INFINITE)
            oz_number_invalid(w, q, OZ_INVALID_OPERATION);
        else
            oz_number_special(q, OZ_INFINITE, negative);
        oz_number_invalid(w, left, OZ_INVALID_OPERATION);
        return;
    }
    if (b->kind == OZ_INFINITE) {
        oz_number_zero(q, negative, 0);
        *left = *a;
        oz_number_finish(w, left, 0);
        return;
    }
    if (b->n == 0) {
        if (a->n == 0) {
            oz_number_invalid(w, q, OZ_DIVISION_UNDEFINED);
            oz_number_invalid(w, left, OZ_DIVISION_UNDEFINED);
        } else {
            w->status |= OZ_DIVISION_BY_ZERO;
            oz_number_special(q, OZ_INFINITE, negative);
            oz_number_invalid(w, left, OZ_INVALID_OPERATION);
        }
        return;
    }
    if (!divide_integral(w, q, left, a, b)) {
        oz_number_invalid(w, q, OZ_DIVISION_IMPOSSIBLE);
        *left = *q;
        return;
    }
    oz_number_finish(w, q, 0);
    finish_remainder(w, left, a, b);
}

void oz_decimal_divmod(Work *w, Number *r, const Number *a, const Number *b,
                       const Number *c OZ_UNUSED)
{
    divide_both(w, &r[0], &r[1], a, b);
}

void oz_decimal_divide_int(Work *w, Number *r, const Number *a, const Number *b,
                           const Number *c OZ_UNUSED)
{
    if (a->kind != OZ_FINITE || b->kind != OZ_FINITE || b->n == 0) {
        if (b->kind == OZ_INFINITE && a->kind == OZ_FINITE)
            oz_number_zero(r, a->negative != b->negative, 0);
        else
            divide_special(w, r, a, b);
        return;
    }
    Number left;
    if (!divide_integral(w, r, &left, a, b))
        oz_number_invalid(w, r, OZ_DIVISION_IMPOSSIBLE);
    else
        oz_number_finish(w, r, 0);
}

/* What both remainders say of operands that are special: true then. */
static bool remainder_special(Work *w, Number *r, const Number *a, const Number *b)
{
    if (oz_number_nans(w, r, a, b))
        return true;
    if (a->kind == OZ_INFINITE) {
        oz_number_invalid(w, r, OZ_INVALID_OPERATION);
        return true;
    }
    if (b->kind == OZ_INFINITE) {
        *r = *a;
        oz_number_finish(w, r, 0);
        return true;
    }
    if (b->n)
        return false;
    oz_number_invalid(w, r, a->n ? OZ_INVALID_OPERATION : OZ_DIVISION_UNDEFINED);
    return true;
}

void oz_decimal_remainder(Work *w, Number *r, const Number *a, const Number *b,
                          const Number *c OZ_UNUSED)
{
    Number q;
    if (remainder_special(w, r, a, b))
        return;
    if (divide_integral(w, &q, r, a, b))
        finish_remainder(w, r, a, b);
    else
        oz_number_invalid(w, r, OZ_DIVISION_IMPOSSIBLE);
}

void oz_decimal_remainder_near(Work *w, Number *r, const Number *a, const Number *b,
                               const Number *c OZ_UNUSED)
{
    Number q, left;
    if (remainder_special(w, r, a, b))
        return;
    int64_t exponent = a->exponent < b->exponent ? a->exponent : b->exponent;
    if (a->n == 0 || oz_number_adjusted(a) - oz_number_adjusted(b) < -1) {
        lower_exponent(w, r, a, exponent);
        oz_number_finish(w, r, 0);
        return;
    }
    if (!divide_integral(w, &q, &left, a, b)) {
        oz_number_invalid(w, r, OZ_DIVISION_IMPOSSIBLE);
        return;
    }
    /* What is left, against half of b: both with the smaller exponent. */
    Number x, y, twice;
    oz_number_scale(w, &x, &left, left.exponent - exponent);
    oz_number_scale(w, &y, b, b->exponent - exponent);
    uint64_t *two = oz_work_words(w, 1);
    *two = 2;
    oz_number_multiply_words(w, &twice, &x, &(Number){two, 1, 0, OZ_FINITE, false});
    int order = oz_words_order(twice.words, twice.n, y.words, y.n);
    bool up = order > 0 || (order == 0 && q.n && (q.words[0] & 1));
    if (up && q.n && oz_number_digits(&q) == w->limits.prec) {
        Number all;
        oz_number_nines(w, &all, false, w->limits.prec, 0);
        if (oz_words_order(q.words, q.n, all.words, all.n) == 0) {
            oz_number_invalid(w, r, OZ_DIVISION_IMPOSSIBLE);
            return;
        }
    }
    *r = (Number){x.words, x.n, exponent, OZ_FINITE, a->negative};
    if (up) {
        uint64_t *words = oz_work_words(w, y.n);
        oz_words_subtract(words, y.words, y.n, x.words, x.n);
        *r = (Number){words, oz_words_length(words, y.n), exponent, OZ_FINITE, !a->negative};
    }
    oz_number_finish(w, r, 0);
}

/* ---- exponents ---- */

void oz_decimal_normalize(Work *w, Number *r, const Number *a, const Number *b OZ_UNUSED,
                          const Number *c OZ_UNUSED)
{
    if (oz_number_nans(w, r, a, NULL))
        return;
    *r = *a;
    oz_number_finish(w, r, 0);
    if (r->kind != OZ_FINITE)
        return;
    if (r->n == 0) {
        r->exponent = 0;
        return;
    }
    strip(w, r, w->limits.clamp ? oz_etop(&w->limits) : w->limits.emax);
    oz_number_finish(w, r, 0);
}

/* To the exponent, rounding; status as it is. */
static void rescale(Work *w, Number *r, const Number *a, int64_t exponent)
{
    *r = *a;
    if (a->n == 0) {
        r->exponent = exponent;
        return;
    }
    if (a->exponent >= exponent) {
        oz_number_scale(w, r, a, a->exponent - exponent);
        r->exponent = exponent;
        return;
    }
    unsigned rest = oz_number_cut(w, r, a, exponent - a->exponent);
    r->exponent = exponent;
    oz_number_round(w, r, rest);
    w->status |= OZ_ROUNDED;
}

void oz_number_rescale(Work *w, Number *r, const Number *a, int64_t exponent)
{
    rescale(w, r, a, exponent);
}

void oz_decimal_quantize(Work *w, Number *r, const Number *a, const Number *b,
                         const Number *c OZ_UNUSED)
{
    const Limits *l = &w->limits;
    if (oz_number_nans(w, r, a, b))
        return;
    if (a->kind == OZ_INFINITE || b->kind == OZ_INFINITE) {
        if (a->kind == b->kind)
            *r = *a;
        else
            oz_number_invalid(w, r, OZ_INVALID_OPERATION);
        return;
    }
    int64_t exponent = b->exponent;
    bool fits = exponent <= l->emax && exponent >= oz_etiny(l);
    if (fits && a->n)
        fits = oz_number_digits(a) + a->exponent - exponent <= l->prec;
    if (!fits) {
        oz_number_invalid(w, r, OZ_INVALID_OPERATION);
        return;
    }
    uint32_t status = w->status;
    rescale(w, r, a, exponent);
    if (r->n && (oz_number_digits(r) > l->prec || oz_number_adjusted(r) > l->emax)) {
        w->status = status;
        oz_number_invalid(w, r, OZ_INVALID_OPERATION);
        return;
    }
    oz_number_finish(w, r, 0);
}

static void to_integral(Work *w, Number *r, const Number *a, bool exact)
{
    if (oz_number_nans(w, r, a, NULL))
        return;
    if (a->kind == OZ_INFINITE || a->exponent >= 0) {
        *r = *a;
        return;
    }
    uint32_t status = w->status;
    rescale(w, r, a, 0);
    if (!exact)
        w->status = status;
}

void oz_decimal_to_integral(Work *w, Number *r, const Number *a, const Number *b OZ_UNUSED,
                            const Number *c OZ_UNUSED)
{
    to_integral(w, r, a, false);
}

void oz_decimal_to_integral_exact(Work *w, Number *r, const Number *a, const Number *b OZ_UNUSED,
                                  const Number *c OZ_UNUSED)
{
    to_integral(w, r, a, true);
}
