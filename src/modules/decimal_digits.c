// SPDX-License-Identifier: MIT
// Operations that look at digits, signs and exponents: order, neighbours, logic, shifts.
#include "modules/decimal_number.h"

#include <string.h>

/* ---- order ---- */

static void small(Work *w, Number *r, int value)
{
    oz_number_from_int64(w, r, value);
}

void oz_decimal_compare(Work *w, Number *r, const Number *a, const Number *b,
                        const Number *c OZ_UNUSED)
{
    if (!oz_number_nans(w, r, a, b))
        small(w, r, oz_number_order(w, a, b));
}

void oz_decimal_compare_signal(Work *w, Number *r, const Number *a, const Number *b,
                               const Number *c OZ_UNUSED)
{
    if (oz_number_nans(w, r, a, b))
        w->status |= OZ_INVALID_OPERATION;
    else
        small(w, r, oz_number_order(w, a, b));
}

void oz_decimal_compare_total(Work *w, Number *r, const Number *a, const Number *b,
                              const Number *c OZ_UNUSED)
{
    small(w, r, oz_number_order_total(w, a, b, false));
}

void oz_decimal_compare_total_mag(Work *w, Number *r, const Number *a, const Number *b,
                                  const Number *c OZ_UNUSED)
{
    small(w, r, oz_number_order_total(w, a, b, true));
}

/* The larger one, or the smaller; a quiet NaN beside a number does not count. */
static void choose(Work *w, Number *r, const Number *a, const Number *b, bool larger,
                   bool magnitude)
{
    bool quiet =
        (a->kind == OZ_QNAN && b->kind < OZ_QNAN) || (b->kind == OZ_QNAN && a->kind < OZ_QNAN);
    if (quiet) {
        *r = a->kind == OZ_QNAN ? *b : *a;
    } else {
        if (oz_number_nans(w, r, a, b))
            return;
        Number x = *a, y = *b;
        if (magnitude)
            x.negative = y.negative = false;
        int order = oz_number_order(w, &x, &y);
        if (order == 0)
            order = oz_number_order_total(w, a, b, false);
        *r = (order < 0) == larger ? *b : *a;
    }
    oz_number_finish(w, r, 0);
}

void oz_decimal_max(Work *w, Number *r, const Number *a, const Number *b, const Number *c OZ_UNUSED)
{
    choose(w, r, a, b, true, false);
}

void oz_decimal_max_mag(Work *w, Number *r, const Number *a, const Number *b,
                        const Number *c OZ_UNUSED)
{
    choose(w, r, a, b, true, true);
}

void oz_decimal_min(Work *w, Number *r, const Number *a, const Number *b, const Number *c OZ_UNUSED)
{
    choose(w, r, a, b, false, false);
}

void oz_decimal_min_mag(Work *w, Number *r, const Number *a, const Number *b,
                        const Number *c OZ_UNUSED)
{
    choose(w, r, a, b, false, true);
}

/* ---- signs ---- */

void oz_decimal_copy(Work *w OZ_UNUSED, Number *r, const Number *a, const Number *b OZ_UNUSED,
                     const Number *c OZ_UNUSED)
{
    *r = *a;
}

void oz_decimal_copy_abs(Work *w OZ_UNUSED, Number *r, const Number *a, const Number *b OZ_UNUSED,
                         const Number *c OZ_UNUSED)
{
    *r = *a;
    r->negative = false;
}

void oz_decimal_copy_negate(Work *w OZ_UNUSED, Number *r, const Number *a,
                            const Number *b OZ_UNUSED, const Number *c OZ_UNUSED)
{
    *r = *a;
    r->negative = !a->negative;
}

void oz_decimal_copy_sign(Work *w OZ_UNUSED, Number *r, const Number *a, const Number *b,
                          const Number *c OZ_UNUSED)
{
    *r = *a;
    r->negative = b->negative;
}

/* ---- neighbours ---- */

static void largest(Work *w, Number *r, bool negative)
{
    oz_number_nines(w, r, negative, w->limits.prec, oz_etop(&w->limits));
}

/* The next number up, or down: a sum with something too small, rounded that way. */
static void next(Work *w, Number *r, const Number *a, bool up)
{
    if (a->kind == OZ_INFINITE) {
        if (a->negative == up)
            largest(w, r, a->negative);
        else
            *r = *a;
        return;
    }
    uint64_t *one = oz_work_words(w, 1);
    *one = 1;
    Number tiny = {one, 1, oz_etiny(&w->limits) - 1, OZ_FINITE, !up};
    uint32_t status = w->status;
    uint8_t rounding = w->limits.rounding;
    w->limits.rounding = up ? OZ_ROUND_CEILING : OZ_ROUND_FLOOR;
    w->status = 0;
    *r = *a;
    oz_number_finish(w, r, 0);
    if (!(w->status & OZ_INEXACT)) /* else it has more digits, and this is the next one */
        oz_decimal_add(w, r, a, &tiny, NULL);
    w->limits.rounding = rounding;
    w->status = status;
}

void oz_decimal_next_plus(Work *w, Number *r, const Number *a, const Number *b OZ_UNUSED,
                          const Number *c OZ_UNUSED)
{
    if (!oz_number_nans(w, r, a, NULL))
        next(w, r, a, true);
}

void oz_decimal_next_minus(Work *w, Number *r, const Number *a, const Number *b OZ_UNUSED,
                           const Number *c OZ_UNUSED)
{
    if (!oz_number_nans(w, r, a, NULL))
        next(w, r, a, false);
}

void oz_decimal_next_toward(Work *w, Number *r, const Number *a, const Number *b,
                            const Number *c OZ_UNUSED)
{
    if (oz_number_nans(w, r, a, b))
        return;
    int order = oz_number_order(w, a, b);
    if (order == 0) {
        *r = *a;
        r->negative = b->negative;
        return;
    }
    next(w, r, a, order < 0);
    if (r->kind == OZ_INFINITE) {
        w->status |= OZ_OVERFLOW | OZ_INEXACT | OZ_ROUNDED;
    } else if (oz_number_adjusted(r) < w->limits.emin) {
        w->status |= OZ_UNDERFLOW | OZ_SUBNORMAL | OZ_INEXACT | OZ_ROUNDED;
        if (r->n == 0)
            w->status |= OZ_CLAMPED;
    }
}

/* ---- logic: digits that are 0 or 1 ---- */

/* The last `prec` digits. */
static void last_digits(Work *w, Number *r, const Number *a)
{
    *r = *a;
    if (oz_number_digits(a) <= w->limits.prec)
        return;
    size_t n = (size_t)(w->limits.prec / OZ_DIGITS) + 1;
    uint64_t *words = oz_work_words(w, n);
    memcpy(words, a->words, (n < a->n ? n : a->n) * sizeof *words);
    oz_ten_divide(words[n - 1], (unsigned)(w->limits.prec % OZ_DIGITS), &words[n - 1]);
    r->words = words;
    r->n = oz_words_length(words, n);
}

static bool is_logical(const Number *a)
{
    if (a->kind != OZ_FINITE || a->negative || a->exponent != 0)
        return false;
    for (size_t i = 0; i < a->n; i++)
        for (uint64_t word = a->words[i]; word; word /= 10)
            if (word % 10 > 1)
                return false;
    return true;
}

/* table: bit 2 * x + y is the result for digits x and y */
static uint64_t combine(uint64_t x, uint64_t y, unsigned table)
{
    uint64_t result = 0;
    for (unsigned i = 0; i < OZ_DIGITS; i++) {
        if (table >> (x % 10 * 2 + y % 10) & 1)
            result += oz_ten(i);
        x /= 10;
        y /= 10;
    }
    return result;
}

static void logical(Work *w, Number *r, const Number *a, const Number *b, unsigned table)
{
    if (!is_logical(a) || !is_logical(b)) {
        oz_number_invalid(w, r, OZ_INVALID_OPERATION);
        return;
    }
    size_t n = a->n > b->n ? a->n : b->n;
    uint64_t *words = oz_work_words(w, n);
    for (size_t i = 0; i < n; i++)
        words[i] = combine(i < a->n ? a->words[i] : 0, i < b->n ? b->words[i] : 0, table);
    *r = (Number){words, oz_words_length(words, n), 0, OZ_FINITE, false};
    last_digits(w, r, r);
}

void oz_decimal_logical_and(Work *w, Number *r, const Number *a, const Number *b,
                            const Number *c OZ_UNUSED)
{
    logical(w, r, a, b, 8);
}

void oz_decimal_logical_or(Work *w, Number *r, const Number *a, const Number *b,
                           const Number *c OZ_UNUSED)
{
    logical(w, r, a, b, 14);
}

void oz_decimal_logical_xor(Work *w, Number *r, const Number *a, const Number *b,
                            const Number *c OZ_UNUSED)
{
    logical(w, r, a, b, 6);
}

/* A one in each digit of the precision, less what is set. */
void oz_decimal_logical_invert(Work *w, Number *r, const Number *a, const Number *b OZ_UNUSED,
                               const Number *c OZ_UNUSED)
{
    Number ones;
    if (!is_logical(a)) {
        oz_number_invalid(w, r, OZ_INVALID_OPERATION);
        return;
    }
    oz_number_nines(w, &ones, false, w->limits.prec, 0);
    uint64_t *words = (uint64_t *)ones.words;
    for (size_t i = 0; i < ones.n; i++)
        words[i] /= 9;
    logical(w, r, a, &ones, 6);
}

/* ---- shifts ---- */

/* The integer `b` between -most and most; false: it is none such. */
static bool small_integer(const Number *b, uint64_t most, int64_t *n)
{
    uint64_t value;
    if (b->kind != OZ_FINITE || b->exponent != 0 || !oz_number_small(b, &value) || value > most)
        return false;
    *n = b->negative ? -(int64_t)value : (int64_t)value;
    return true;
}

/* The digits of `a` moved `by` to the left (or right), `prec` of them. */
static void move(Work *w, Number *r, const Number *a, int64_t by)
{
    Number kept;
    last_digits(w, &kept, a);
    *r = kept;
    if (by < 0) {
        oz_number_cut(w, r, &kept, -by);
        return;
    }
    /* Those that would fall off the top are cut before they are moved. */
    if (kept.n && oz_number_digits(&kept) + by > w->limits.prec) {
        int64_t prec = w->limits.prec;
        w->limits.prec = prec - by;
        last_digits(w, r, &kept);
        w->limits.prec = prec;
    }
    Number cut = *r;
    oz_number_scale(w, r, &cut, by);
    r->exponent = a->exponent;
}

void oz_decimal_shift(Work *w, Number *r, const Number *a, const Number *b,
                      const Number *c OZ_UNUSED)
{
    int64_t by;
    if (oz_number_nans(w, r, a, b))
        return;
    if (!small_integer(b, (uint64_t)w->limits.prec, &by))
        oz_number_invalid(w, r, OZ_INVALID_OPERATION);
    else if (a->kind == OZ_INFINITE)
        *r = *a;
    else
        move(w, r, a, by);
}

void oz_decimal_rotate(Work *w, Number *r, const Number *a, const Number *b,
                       const Number *c OZ_UNUSED)
{
    int64_t by, prec = w->limits.prec;
    if (oz_number_nans(w, r, a, b))
        return;
    if (!small_integer(b, (uint64_t)prec, &by)) {
        oz_number_invalid(w, r, OZ_INVALID_OPERATION);
        return;
    }
    if (a->kind == OZ_INFINITE) {
        *r = *a;
        return;
    }
    if (by < 0)
        by += prec;
    Number high, low;
    move(w, &high, a, by);
    move(w, &low, a, by - prec);
    const Number *longer = high.n >= low.n ? &high : &low, *other = longer == &high ? &low : &high;
    uint64_t *words = oz_work_words(w, longer->n + 1);
    words[longer->n] = oz_words_add(words, longer->words, longer->n, other->words, other->n);
    *r =
        (Number){words, oz_words_length(words, longer->n + 1), a->exponent, OZ_FINITE, a->negative};
}

void oz_decimal_scaleb(Work *w, Number *r, const Number *a, const Number *b,
                       const Number *c OZ_UNUSED)
{
    int64_t by;
    if (oz_number_nans(w, r, a, b))
        return;
    if (!small_integer(b, 2 * (uint64_t)(w->limits.emax + w->limits.prec), &by)) {
        oz_number_invalid(w, r, OZ_INVALID_OPERATION);
        return;
    }
    *r = *a;
    if (a->kind == OZ_FINITE) {
        /* Beyond any limit is as good as farther. */
        int64_t most = 4 * OZ_MOST_EMAX, exponent;
        if (__builtin_add_overflow(a->exponent, by, &exponent) || exponent > most)
            exponent = by > 0 ? most : -most;
        r->exponent = exponent < -most ? -most : exponent;
        oz_number_finish(w, r, 0);
    }
}

void oz_decimal_logb(Work *w, Number *r, const Number *a, const Number *b OZ_UNUSED,
                     const Number *c OZ_UNUSED)
{
    if (oz_number_nans(w, r, a, NULL))
        return;
    if (a->kind == OZ_INFINITE) {
        oz_number_special(r, OZ_INFINITE, false);
    } else if (a->n == 0) {
        w->status |= OZ_DIVISION_BY_ZERO;
        oz_number_special(r, OZ_INFINITE, true);
    } else {
        oz_number_from_int64(w, r, oz_number_adjusted(a));
        oz_number_finish(w, r, 0);
    }
}
