// SPDX-License-Identifier: MIT
// Exponentials and logarithms in binary fixed point.
//
// exp: the argument is halved s times, its series summed, the sum squared s times; with s about the
// square root of the bits, series and squarings cost the same.  ln: from 40 bits of the C library's
// log, Halley's iteration on exp triples the digits at each step, so the last step is most of the
// work.  ln(10) is a sum of three series of atanh(1 / n), which only divide by small numbers.
//
// Each function computes with SLACK bits more than it is asked for, of which rounding errors of
// single steps (below 2 units each, some hundred steps, s doublings for which exp adds s bits) use
// up less than OZ_FIXED_ERROR units of the result.
#include "modules/decimal_fixed.h"

#include <math.h>

#define SLACK 24

/* factor * atanh(1 / n) is added to r. */
static void add_atanh(Work *w, mpz_t r, unsigned long n, unsigned long factor, uint64_t bits)
{
    mpz_t power, term;
    mpz_init_set_ui(power, factor);
    mpz_init(term);
    mpz_mul_2exp(power, power, bits);
    mpz_tdiv_q_ui(power, power, n);
    for (unsigned long k = 1; mpz_sgn(power); k += 2) {
        mpz_tdiv_q_ui(term, power, k);
        mpz_add(r, r, term);
        mpz_tdiv_q_ui(power, power, n * n);
        if (bits > 100000)
            oz_work_poll(w);
    }
    mpz_clear(power);
    mpz_clear(term);
}

void oz_fixed_ln_ten(Work *w, mpz_t r, uint64_t bits)
{
    uint64_t more = bits + SLACK;
    mpz_init(r);
    add_atanh(w, r, 31, 46, more);
    add_atanh(w, r, 49, 34, more);
    add_atanh(w, r, 161, 20, more);
    mpz_tdiv_q_2exp(r, r, SLACK);
}

void oz_fixed_exp(Work *w, mpz_t r, mpz_srcptr y, uint64_t bits)
{
    size_t size = mpz_sizeinbase(y, 2);
    uint64_t halvings = (uint64_t)sqrt((double)bits) + 2 + (size > bits ? size - bits : 0);
    uint64_t more = bits + halvings + SLACK;
    mpz_t x, term;
    mpz_init(x);
    mpz_init(term);
    mpz_init(r);
    mpz_mul_2exp(x, y, halvings + SLACK);
    mpz_tdiv_q_2exp(x, x, halvings);
    mpz_set_ui(term, 1);
    mpz_mul_2exp(term, term, more);
    mpz_set(r, term);
    for (unsigned long k = 1; mpz_sgn(term); k++) {
        mpz_mul(term, term, x);
        mpz_tdiv_q_2exp(term, term, more);
        mpz_tdiv_q_ui(term, term, k);
        mpz_add(r, r, term);
        if (bits > 20000)
            oz_work_poll(w);
    }
    for (uint64_t i = 0; i < halvings; i++) {
        mpz_mul(r, r, r);
        mpz_tdiv_q_2exp(r, r, more);
        if (bits > 20000)
            oz_work_poll(w);
    }
    mpz_tdiv_q_2exp(r, r, halvings + SLACK);
    mpz_clear(x);
    mpz_clear(term);
}

/* ln(x / 2 ** bits), from 0 to OZ_FIXED_LARGE. */
static void ln_small(Work *w, mpz_t r, mpz_srcptr x, uint64_t bits)
{
    uint64_t steps[48], count = 0, have = 40;
    for (uint64_t want = bits + SLACK; want > have; want = want / 3 + 8)
        steps[count++] = want;
    mpz_t y, e, part, sum;
    mpz_init(part);
    mpz_init(sum);
    mpz_tdiv_q_2exp(part, x, bits > 52 ? bits - 52 : 0);
    double head = ldexp(mpz_get_d(part), bits > 52 ? -52 : -(int)bits);
    mpz_init_set_d(y, ldexp(log(head), (int)have));
    if (mpz_sgn(y) < 0)
        mpz_set_ui(y, 0);
    while (count > 0) {
        uint64_t want = steps[--count];
        mpz_mul_2exp(y, y, want - have);
        have = want;
        oz_fixed_exp(w, e, y, have);
        if (have >= bits)
            mpz_mul_2exp(part, x, have - bits);
        else
            mpz_tdiv_q_2exp(part, x, bits - have);
        mpz_add(sum, part, e);
        mpz_sub(part, part, e);
        mpz_mul_2exp(part, part, have + 1);
        mpz_tdiv_q(part, part, sum);
        mpz_add(y, y, part);
        if (mpz_sgn(y) < 0)
            mpz_set_ui(y, 0);
        mpz_clear(e);
    }
    mpz_init(r);
    if (have >= bits)
        mpz_fdiv_q_2exp(r, y, have - bits);
    else
        mpz_mul_2exp(r, y, bits - have);
    mpz_clear(y);
    mpz_clear(part);
    mpz_clear(sum);
}

/* Numbers of up to so many digits before or behind the point are taken as they are: ln(10) takes
 * longer than their exp. */
#define PLAIN_DIGITS 26

/* a * 10 ** -k, or its inverse. */
static void scaled(Work *w, mpz_t r, const Number *a, int64_t k, bool inverse, uint64_t bits)
{
    mpz_t power;
    int64_t exponent = a->exponent - k;
    oz_number_to_mpz(w, r, a);
    oz_mpz_ten_power(w, power, (uint64_t)(exponent < 0 ? -exponent : exponent));
    if (exponent >= 0) {
        mpz_mul(r, r, power);
        mpz_set_ui(power, 1);
    }
    if (inverse)
        mpz_swap(r, power);
    mpz_mul_2exp(r, r, bits);
    mpz_tdiv_q(r, r, power);
    mpz_clear(power);
}

void oz_fixed_ln(Work *w, mpz_t r, const Number *a, uint64_t bits)
{
    int64_t adjusted = oz_number_adjusted(a), k = adjusted;
    if (adjusted >= -PLAIN_DIGITS && adjusted <= PLAIN_DIGITS)
        k = 0;
    bool inverse = k == 0 && adjusted < 0;
    mpz_t m, ten;
    scaled(w, m, a, k, inverse, bits + SLACK);
    ln_small(w, r, m, bits + SLACK);
    mpz_fdiv_q_2exp(r, r, SLACK);
    mpz_clear(m);
    if (inverse)
        mpz_neg(r, r);
    if (k == 0)
        return;
    oz_fixed_ln_ten(w, ten, bits + 64);
    mpz_mul_si(ten, ten, k);
    mpz_tdiv_q_2exp(ten, ten, 64);
    mpz_add(r, r, ten);
    mpz_clear(ten);
}

int64_t oz_fixed_ln_adjusted(Work *w, const Number *a)
{
    int64_t adjusted = oz_number_adjusted(a);
    if (adjusted > 0 || adjusted < -1) {
        int64_t size = adjusted < 0 ? -adjusted - 1 : adjusted; /* |log10(a)| is above */
        int64_t tens = 0;
        for (; size >= 10; size /= 10)
            tens++;
        return tens;
    }
    /* |a - 1| / 10 is below |ln(a)| */
    Number one, difference;
    uint64_t *word = oz_work_words(w, 1);
    *word = 1;
    one = (Number){word, 1, 0, OZ_FINITE, true};
    Limits limits = w->limits;
    uint32_t status = w->status;
    w->limits = OZ_WIDEST;
    oz_decimal_add(w, &difference, a, &one, NULL);
    w->limits = limits;
    w->status = status;
    return oz_number_adjusted(&difference) - 1;
}

bool oz_fixed_to_number(Work *w, Number *r, mpz_srcptr z, uint64_t bits, uint64_t error,
                        int64_t exponent, int64_t guard)
{
    int64_t want = w->limits.prec + guard;
    oz_work_check_digits(want);
    /* So many digits are above the point, or one more; zeros behind it count negative. */
    int64_t size = (int64_t)mpz_sizeinbase(z, 2) - (int64_t)bits;
    int64_t above = (int64_t)floor((double)size * 0.30102999566398);
    int64_t shift = want - above;
    mpz_t power, low, high;
    bool negative = mpz_sgn(z) < 0;
    mpz_init(low);
    mpz_init(high);
    mpz_abs(low, z);
    mpz_add_ui(high, low, error);
    if (mpz_cmp_ui(low, error) <= 0)
        return false;
    mpz_sub_ui(low, low, error);
    oz_mpz_ten_power(w, power, (uint64_t)(shift < 0 ? -shift : shift));
    if (shift >= 0) {
        mpz_mul(low, low, power);
        mpz_mul(high, high, power);
        mpz_tdiv_q_2exp(low, low, bits);
        mpz_tdiv_q_2exp(high, high, bits);
    } else {
        mpz_mul_2exp(power, power, bits);
        mpz_tdiv_q(low, low, power);
        mpz_tdiv_q(high, high, power);
    }
    mpz_sub(high, high, low);
    if (!mpz_fits_ulong_p(high))
        return false;
    /* Both ends of the interval must be cut alike, whatever the mode of rounding. */
    oz_number_from_mpz(w, r, low, negative, exponent - shift);
    uint64_t *words = oz_work_words(w, r->n + 1);
    for (size_t i = 0; i < r->n; i++)
        words[i] = r->words[i];
    words[r->n] = 0;
    if (mpz_get_ui(high) >= OZ_BASE)
        return false;
    oz_words_increment(words, r->n + 1, mpz_get_ui(high));
    Number end = {words, oz_words_length(words, r->n + 1), r->exponent, OZ_FINITE, negative};
    int64_t drop = oz_number_digits(r) - w->limits.prec;
    if (drop < 1)
        return false;
    Number x, y;
    unsigned rest = oz_number_cut(w, &x, r, drop) | 1, other = oz_number_cut(w, &y, &end, drop) | 1;
    mpz_clear(low);
    mpz_clear(high);
    mpz_clear(power);
    return rest == other && oz_words_order(x.words, x.n, y.words, y.n) == 0;
}
