// SPDX-License-Identifier: MIT
// Decimal numbers: memory of the operations, rounding, order.
//
// Every result goes through oz_number_finish: the exact value is the coefficient and a `rest` below
// it, of which only its relation to 0 and to half a unit of the last digit counts.  So a quotient
// needs one digit more than the precision and not its remainder, and everything is rounded once.
#include "modules/decimal_number.h"

#include <string.h>

/* ---- memory ---- */

uint64_t *oz_work_words_slow(Work *w OZ_UNUSED, size_t n)
{
    return oz_scratch_alloc(n * sizeof(uint64_t));
}

void oz_work_check_digits(int64_t digits)
{
    if (digits > OZ_MOST_DIGITS)
        oz_scratch_leave();
}

void oz_work_poll(Work *w)
{
    oz_scratch_poll(w->t);
}

/* ---- looking ---- */

static int64_t trailing_zeros(const Number *a)
{
    return (int64_t)oz_words_trailing_zeros(a->words, a->n);
}

bool oz_number_is_integer(const Number *a)
{
    return a->kind == OZ_FINITE &&
           (a->exponent >= 0 || a->n == 0 || trailing_zeros(a) >= -a->exponent);
}

bool oz_number_is_odd(const Number *a)
{
    if (a->n == 0 || a->exponent > 0)
        return false;
    return oz_words_digit(a->words, a->n, (size_t)-a->exponent) & 1;
}

bool oz_number_is_normal(const Number *a, const Limits *l)
{
    return a->kind == OZ_FINITE && a->n && oz_number_adjusted(a) >= l->emin;
}

bool oz_number_is_subnormal(const Number *a, const Limits *l)
{
    return a->kind == OZ_FINITE && a->n && oz_number_adjusted(a) < l->emin;
}

bool oz_number_same_quantum(const Number *a, const Number *b)
{
    if (a->kind == OZ_FINITE && b->kind == OZ_FINITE)
        return a->exponent == b->exponent;
    return (oz_number_is_nan(a) && oz_number_is_nan(b)) ||
           (a->kind == OZ_INFINITE && b->kind == OZ_INFINITE);
}

const char *oz_number_class(const Number *a, const Limits *l)
{
    if (oz_number_is_nan(a))
        return a->kind == OZ_SNAN ? "sNaN" : "NaN";
    if (a->kind == OZ_INFINITE)
        return a->negative ? "-Infinity" : "+Infinity";
    if (a->n == 0)
        return a->negative ? "-Zero" : "+Zero";
    if (oz_number_adjusted(a) < l->emin)
        return a->negative ? "-Subnormal" : "+Subnormal";
    return a->negative ? "-Normal" : "+Normal";
}

bool oz_number_small(const Number *a, uint64_t *n)
{
    if (a->n > 2 || (a->n == 2 && a->words[1] > 1))
        return false;
    Wide value = a->n ? a->words[0] : 0;
    if (a->n == 2)
        value += (Wide)a->words[1] * OZ_BASE;
    *n = (uint64_t)value;
    return value <= UINT64_MAX;
}

/* ---- making ---- */

void oz_number_special(Number *r, NumberKind kind, bool negative)
{
    *r = (Number){.kind = (uint8_t)kind, .negative = negative};
}

void oz_number_zero(Number *r, bool negative, int64_t exponent)
{
    *r = (Number){.exponent = exponent, .negative = negative};
}

/* n below 2 ** 128. */
static void from_wide(Work *w, Number *r, Wide n, bool negative, int64_t exponent)
{
    uint64_t *words = oz_work_words(w, 3), left;
    Wide high = n / OZ_BASE;
    words[0] = (uint64_t)(n - high * OZ_BASE);
    words[2] = oz_base_divide(high, &left);
    words[1] = left;
    *r = (Number){words, oz_words_length(words, 3), exponent, OZ_FINITE, negative};
}

void oz_number_from_int64(Work *w, Number *r, int64_t n)
{
    from_wide(w, r, n < 0 ? -(uint64_t)n : (uint64_t)n, n < 0, 0);
}

void oz_number_nines(Work *w, Number *r, bool negative, int64_t digits, int64_t exponent)
{
    oz_work_check_digits(digits);
    size_t whole = (size_t)digits / OZ_DIGITS, n = whole;
    unsigned part = (unsigned)((size_t)digits % OZ_DIGITS);
    uint64_t *words = oz_work_words(w, n + 1);
    for (size_t i = 0; i < whole; i++)
        words[i] = OZ_BASE - 1;
    if (part)
        words[n++] = oz_ten(part) - 1;
    *r = (Number){words, n, exponent, OZ_FINITE, negative};
}

void oz_number_invalid(Work *w, Number *r, uint32_t condition)
{
    w->status |= condition;
    oz_number_special(r, OZ_QNAN, false);
}

void oz_number_scale(Work *w, Number *r, const Number *a, int64_t digits)
{
    *r = *a;
    if (a->n == 0 || digits == 0)
        return;
    oz_work_check_digits(digits);
    size_t n = a->n + (size_t)digits / OZ_DIGITS + 1;
    uint64_t *words = oz_work_words(w, n);
    oz_words_shift_left(words, a->words, a->n, (size_t)digits);
    r->words = words;
    r->n = n - (words[n - 1] == 0);
}

unsigned oz_number_cut(Work *w, Number *r, const Number *a, int64_t digits)
{
    if (r != a)
        *r = *a;
    if (a->n == 0 || digits == 0)
        return 0;
    size_t whole = (size_t)digits / OZ_DIGITS;
    if (whole >= a->n) {
        bool half = whole == a->n && (size_t)digits % OZ_DIGITS == 0;
        int order = 1;
        if (half) {
            order = a->words[a->n - 1] < OZ_BASE / 2 ? -1 : a->words[a->n - 1] > OZ_BASE / 2;
            for (size_t i = 0; order == 0 && i + 1 < a->n; i++)
                order = a->words[i] != 0;
        }
        oz_number_zero(r, a->negative, a->exponent);
        return half ? (unsigned)(order + 2) : 1;
    }
    uint64_t *words = oz_work_words(w, a->n - whole);
    unsigned rest = oz_words_shift_right(words, a->words, a->n, (size_t)digits);
    r->words = words;
    r->n = oz_words_length(words, a->n - whole);
    return rest;
}

/* ---- rounding ---- */

bool oz_rounds_up(Rounding rounding, bool negative, unsigned last, unsigned rest)
{
    switch (rounding) {
    case OZ_ROUND_UP:
        return rest != 0;
    case OZ_ROUND_DOWN:
    case OZ_ROUNDINGS:
        return false;
    case OZ_ROUND_CEILING:
        return rest && !negative;
    case OZ_ROUND_FLOOR:
        return rest && negative;
    case OZ_ROUND_HALF_UP:
        return rest >= 2;
    case OZ_ROUND_HALF_DOWN:
        return rest == 3;
    case OZ_ROUND_HALF_EVEN:
        return rest == 3 || (rest == 2 && (last & 1));
    case OZ_ROUND_05UP:
        return rest && last % 5 == 0;
    }
    return false;
}

/* The last digit goes up by one. */
static void step_up(Work *w, Number *r)
{
    uint64_t *words = oz_work_words(w, r->n + 1);
    if (r->n)
        memcpy(words, r->words, r->n * sizeof *words);
    words[r->n] = oz_words_increment(words, r->n, 1);
    r->words = words;
    r->n += words[r->n] != 0;
}

void oz_number_round(Work *w, Number *r, unsigned rest)
{
    if (rest == 0)
        return;
    w->status |= OZ_INEXACT | OZ_ROUNDED;
    unsigned last = r->n ? (unsigned)(r->words[0] % 10) : 0;
    if (oz_rounds_up(w->limits.rounding, r->negative, last, rest))
        step_up(w, r);
}

/* Beyond emax: infinity or the largest number. */
static void overflow(Work *w, Number *r)
{
    const Limits *l = &w->limits;
    w->status |= OZ_OVERFLOW | OZ_INEXACT | OZ_ROUNDED;
    bool largest = l->rounding == OZ_ROUND_DOWN || l->rounding == OZ_ROUND_05UP ||
                   (l->rounding == OZ_ROUND_CEILING && r->negative) ||
                   (l->rounding == OZ_ROUND_FLOOR && !r->negative);
    if (largest)
        oz_number_nines(w, r, r->negative, l->prec, oz_etop(l));
    else
        oz_number_special(r, OZ_INFINITE, r->negative);
}

static void finish_zero(Work *w, Number *r)
{
    const Limits *l = &w->limits;
    int64_t top = l->clamp ? oz_etop(l) : l->emax, tiny = oz_etiny(l);
    int64_t exponent = r->exponent > top ? top : r->exponent < tiny ? tiny : r->exponent;
    if (exponent != r->exponent)
        w->status |= OZ_CLAMPED;
    r->exponent = exponent;
}

/* Digits of a NaN's payload that are too many go: the first ones. */
static void finish_nan(Work *w, Number *r)
{
    const Limits *l = &w->limits;
    int64_t most = l->prec - l->clamp;
    if (r->n == 0 || oz_number_digits(r) <= most)
        return;
    size_t n = (size_t)(most / OZ_DIGITS) + 1;
    uint64_t *words = oz_work_words(w, n);
    memcpy(words, r->words, (n < r->n ? n : r->n) * sizeof *words);
    oz_ten_divide(words[n - 1], (unsigned)(most % OZ_DIGITS), &words[n - 1]);
    r->words = words;
    r->n = oz_words_length(words, n);
}

/* Cut `drop` digits and round; a carry out of the precision is one digit less. */
static void round_off(Work *w, Number *r, int64_t drop, unsigned rest)
{
    if (drop > 0) {
        bool below = rest != 0;
        rest = oz_number_cut(w, r, r, drop);
        if (below)
            rest |= 1; /* 0 is less than half now, half is more */
        r->exponent += drop;
        w->status |= OZ_ROUNDED;
    }
    oz_number_round(w, r, rest);
    if (rest && oz_number_digits(r) > w->limits.prec) {
        oz_number_cut(w, r, r, 1);
        r->exponent++;
    }
}

void oz_number_finish(Work *w, Number *r, unsigned rest)
{
    const Limits *l = &w->limits;
    if (OZ_UNLIKELY(r->kind != OZ_FINITE)) {
        if (oz_number_is_nan(r))
            finish_nan(w, r);
        return;
    }
    if (r->n == 0 && rest == 0) {
        finish_zero(w, r);
        return;
    }
    int64_t digits = r->n ? oz_number_digits(r) : 0, adjusted = r->exponent + digits - 1;
    if (OZ_LIKELY(rest == 0 && digits <= l->prec && adjusted <= l->emax && adjusted >= l->emin &&
                  (!l->clamp || r->exponent <= oz_etop(l))))
        return;
    if (adjusted > l->emax) {
        overflow(w, r);
        return;
    }
    int64_t drop = digits - l->prec, tiny = oz_etiny(l);
    bool subnormal = adjusted < l->emin;
    if (subnormal) {
        w->status |= OZ_SUBNORMAL;
        if (tiny - r->exponent > drop)
            drop = tiny - r->exponent;
    }
    uint32_t before = w->status & (OZ_INEXACT | OZ_ROUNDED);
    w->status &= ~(uint32_t)(OZ_INEXACT | OZ_ROUNDED);
    round_off(w, r, drop, rest);
    if (subnormal && w->status & OZ_INEXACT)
        w->status |= OZ_UNDERFLOW;
    w->status |= before;
    if (r->n == 0) {
        w->status |= OZ_CLAMPED;
        return;
    }
    if (oz_number_adjusted(r) > l->emax) {
        overflow(w, r);
        return;
    }
    if (l->clamp && r->exponent > oz_etop(l)) {
        int64_t exponent = oz_etop(l);
        oz_number_scale(w, r, &(Number){r->words, r->n, 0, OZ_FINITE, r->negative},
                        r->exponent - exponent);
        r->exponent = exponent;
        w->status |= OZ_CLAMPED;
    }
}

bool oz_number_nans(Work *w, Number *r, const Number *a, const Number *b)
{
    bool second = b && oz_number_is_nan(b);
    if (OZ_LIKELY(!oz_number_is_nan(a) && !second))
        return false;
    const Number *from = a;
    if (a->kind != OZ_SNAN && second && (b->kind == OZ_SNAN || !oz_number_is_nan(a)))
        from = b;
    if (from->kind == OZ_SNAN)
        w->status |= OZ_INVALID_OPERATION;
    *r = *from;
    r->kind = OZ_QNAN;
    finish_nan(w, r);
    return true;
}

/* ---- order ---- */

/* Of the magnitudes of finite numbers. */
static int order_finite(Work *w, const Number *a, const Number *b)
{
    if (a->n == 0 || b->n == 0)
        return (a->n != 0) - (b->n != 0);
    if (a->exponent == b->exponent)
        return oz_words_order(a->words, a->n, b->words, b->n);
    int64_t x = oz_number_adjusted(a), y = oz_number_adjusted(b);
    if (x != y)
        return x < y ? -1 : 1;
    /* The same digits before the point: the gap is less than one of them has. */
    uint32_t used = w->used;
    Number aligned;
    int order;
    if (a->exponent > b->exponent) {
        oz_number_scale(w, &aligned, a, a->exponent - b->exponent);
        order = oz_words_order(aligned.words, aligned.n, b->words, b->n);
    } else {
        oz_number_scale(w, &aligned, b, b->exponent - a->exponent);
        order = oz_words_order(a->words, a->n, aligned.words, aligned.n);
    }
    w->used = used;
    return order;
}

int oz_number_order(Work *w, const Number *a, const Number *b)
{
    bool negative = a->negative;
    if (oz_number_is_zero(a) && oz_number_is_zero(b))
        return 0;
    if (oz_number_is_zero(a))
        return b->negative ? 1 : -1;
    if (oz_number_is_zero(b) || a->negative != b->negative)
        return negative ? -1 : 1;
    int order = a->kind != b->kind       ? (a->kind == OZ_INFINITE ? 1 : -1)
                : a->kind == OZ_INFINITE ? 0
                                         : order_finite(w, a, b);
    return negative ? -order : order;
}

/* Numbers below infinity below sNaN below NaN; NaNs by payload, equal numbers by exponent. */
static int order_magnitude_total(Work *w, const Number *a, const Number *b)
{
    static const uint8_t ranks[] = {0, 1, 3, 2};
    if (a->kind != b->kind)
        return ranks[a->kind] < ranks[b->kind] ? -1 : 1;
    if (a->kind == OZ_INFINITE)
        return 0;
    if (oz_number_is_nan(a))
        return oz_words_order(a->words, a->n, b->words, b->n);
    int order = order_finite(w, a, b);
    return order ? order : (a->exponent > b->exponent) - (a->exponent < b->exponent);
}

int oz_number_order_total(Work *w, const Number *a, const Number *b, bool magnitude)
{
    if (magnitude)
        return order_magnitude_total(w, a, b);
    if (a->negative != b->negative)
        return a->negative ? -1 : 1;
    int order = order_magnitude_total(w, a, b);
    return a->negative ? -order : order;
}
