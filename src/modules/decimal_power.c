// SPDX-License-Identifier: MIT
// Roots, exponentials, logarithms and powers, correctly rounded.
//
// A result that is no decimal fraction is computed with some digits more than the precision; while
// they leave open how it is rounded, with twice as many.  That ends, because every result that is a
// fraction (or half way between two) is found first: of exp only exp(0), of ln only ln(1), of log10
// powers of ten, of powers those that `exact_power` finds.
#include "modules/decimal_fixed.h"

#include <math.h>

#define GUARD 8

static void finish_even(Work *w, Number *r, unsigned rest)
{
    uint8_t rounding = w->limits.rounding;
    w->limits.rounding = OZ_ROUND_HALF_EVEN;
    oz_number_finish(w, r, rest);
    w->limits.rounding = rounding;
}

static void set_one(Work *w, Number *r, bool negative)
{
    oz_number_from_int64(w, r, 1);
    r->negative = negative;
}

/* One and a bit, or one less a bit: to be finished with a rest. */
static void set_near_one(Work *w, Number *r, bool above)
{
    int64_t prec = w->limits.prec;
    oz_work_check_digits(prec);
    if (above) {
        Number one;
        set_one(w, &one, false);
        oz_number_scale(w, r, &one, prec);
        r->exponent = -prec;
    } else {
        oz_number_nines(w, r, false, prec + 1, -prec - 1);
    }
}

/* Beyond all limits: infinity or zero by rounding. */
static void set_far(Work *w, Number *r, bool large)
{
    set_one(w, r, false);
    r->exponent = large ? 3 * OZ_MOST_EMAX : -3 * OZ_MOST_EMAX;
}

/* ---- square root ---- */

/* Is the coefficient times 10 ** shift a square?  Its root. */
static bool root_of(Work *w, Number *r, const Number *a, int64_t shift)
{
    Number scaled;
    mpz_t z, rest;
    oz_number_scale(w, &scaled, a, shift);
    oz_number_to_mpz(w, z, &scaled);
    mpz_init(rest);
    mpz_sqrtrem(z, rest, z);
    oz_work_poll(w);
    oz_number_from_mpz(w, r, z, false, (a->exponent - shift) / 2);
    bool exact = mpz_sgn(rest) == 0;
    mpz_clear(z);
    mpz_clear(rest);
    return exact;
}

void oz_decimal_sqrt(Work *w, Number *r, const Number *a, const Number *b OZ_UNUSED,
                     const Number *c OZ_UNUSED)
{
    if (oz_number_nans(w, r, a, NULL))
        return;
    int64_t odd = a->exponent & 1, ideal = (a->exponent - odd) / 2;
    if (oz_number_is_zero(a)) {
        oz_number_zero(r, a->negative, ideal);
        oz_number_finish(w, r, 0);
        return;
    }
    if (a->negative) {
        oz_number_invalid(w, r, OZ_INVALID_OPERATION);
        return;
    }
    if (a->kind == OZ_INFINITE) {
        *r = *a;
        return;
    }
    int64_t digits = oz_number_digits(a), shift = 2 * (w->limits.prec + 1) - digits;
    shift += (shift ^ a->exponent) & 1;
    bool exact = false;
    if (shift > digits + 1)
        exact = root_of(w, r, a, odd);
    if (!exact)
        exact = root_of(w, r, a, shift > odd ? shift : odd);
    if (exact && r->exponent < ideal) {
        int64_t zeros = (int64_t)oz_words_trailing_zeros(r->words, r->n);
        if (zeros > ideal - r->exponent)
            zeros = ideal - r->exponent;
        oz_number_cut(w, r, r, zeros);
        r->exponent += zeros;
    }
    finish_even(w, r, exact ? 0 : 1);
}

/* ---- exp ---- */

/* Room for exp(OZ_FIXED_LARGE), which is 2 ** 93. */
#define ROOM 100

/* exp(t / 2 ** bits) for |t / 2 ** bits| < OZ_FIXED_LARGE, by exp(|t|): no ln(10) is needed. */
static bool plain_exp(Work *w, Number *r, mpz_srcptr t, uint64_t bits, uint64_t error,
                      int64_t guard)
{
    uint64_t more = bits + ROOM;
    mpz_t size, e;
    mpz_init(size);
    mpz_abs(size, t);
    mpz_mul_2exp(size, size, ROOM);
    oz_fixed_exp(w, e, size, more);
    if (mpz_sgn(t) < 0) {
        mpz_set_ui(size, 1);
        mpz_mul_2exp(size, size, 2 * more);
        mpz_tdiv_q(e, size, e);
    }
    /* With `bits` bits, what is in doubt is what was in doubt of t. */
    uint64_t surplus = mpz_sizeinbase(e, 2) - bits;
    mpz_tdiv_q_2exp(e, e, surplus);
    bool done = oz_fixed_to_number(w, r, e, more - surplus, 2 * error + 4, 0, guard);
    mpz_clear(size);
    mpz_clear(e);
    return done;
}

/* exp(t / 2 ** bits), t of any size, right to `error` units: false if the digits do not
 * decide.  Needs room for the integral part of t in a word. */
static bool exp_of(Work *w, Number *r, mpz_srcptr t, uint64_t bits, uint64_t error, int64_t guard)
{
    mpz_t ten, whole, rest, e;
    if (mpz_sizeinbase(t, 2) < bits + 6) /* 2 ** 6 is OZ_FIXED_LARGE */
        return plain_exp(w, r, t, bits, error, guard);
    oz_fixed_ln_ten(w, ten, bits + 64);
    mpz_init(whole);
    mpz_init(rest);
    mpz_mul_2exp(rest, t, 64);
    mpz_fdiv_qr(whole, rest, rest, ten);
    mpz_tdiv_q_2exp(rest, rest, 64);
    oz_fixed_exp(w, e, rest, bits);
    int64_t power = mpz_fits_slong_p(whole) ? mpz_get_si(whole) : 0;
    bool done = oz_fixed_to_number(w, r, e, bits, 16 * error + OZ_FIXED_ERROR, power, guard);
    mpz_clear(ten);
    mpz_clear(whole);
    mpz_clear(rest);
    mpz_clear(e);
    return done;
}

/* a * z / 10 ** -exponent for a number a: in place */
static void times_number(Work *w, mpz_t z, const Number *a)
{
    mpz_t c, power;
    oz_number_to_mpz(w, c, a);
    mpz_mul(z, z, c);
    oz_mpz_ten_power(w, power, (uint64_t)(a->exponent < 0 ? -a->exponent : a->exponent));
    if (a->exponent < 0)
        mpz_fdiv_q(z, z, power);
    else
        mpz_mul(z, z, power);
    if (a->negative)
        mpz_neg(z, z);
    mpz_clear(c);
    mpz_clear(power);
}

/* Is |a| at most 9 * 10 ** exponent?  (a is not 0.) */
static bool is_at_most_nine(const Number *a, int64_t exponent)
{
    int64_t adjusted = oz_number_adjusted(a);
    size_t last = (size_t)oz_number_digits(a) - 1;
    return adjusted < exponent ||
           (adjusted == exponent && (oz_words_digit(a->words, a->n, last) < 9 ||
                                     oz_words_trailing_zeros(a->words, a->n) == last));
}

void oz_decimal_exp(Work *w, Number *r, const Number *a, const Number *b OZ_UNUSED,
                    const Number *c OZ_UNUSED)
{
    if (oz_number_nans(w, r, a, NULL))
        return;
    if (a->kind == OZ_INFINITE) {
        if (a->negative)
            oz_number_zero(r, false, 0);
        else
            *r = *a;
        return;
    }
    if (a->n == 0) {
        set_one(w, r, false);
        return;
    }
    int64_t adjusted = oz_number_adjusted(a), prec = w->limits.prec;
    if (adjusted >= 19) {
        set_far(w, r, !a->negative);
        finish_even(w, r, 1);
        return;
    }
    if (is_at_most_nine(a,
                        -prec - 4)) { /* CPython's is one here, never subnormal before rounding */
        Number one;
        oz_work_check_digits(prec);
        set_one(w, &one, false);
        oz_number_scale(w, r, &one, prec - 1);
        r->exponent = 1 - prec;
        w->status |= OZ_INEXACT | OZ_ROUNDED;
        return;
    }
    if (adjusted < -prec - 1) {
        set_near_one(w, r, !a->negative);
        finish_even(w, r, 1);
        return;
    }
    oz_work_check_digits(prec);
    /* Digits of the argument far behind those of the result do not count. */
    Number x = *a;
    bool done = false;
    for (int64_t guard = GUARD; !done; guard *= 2) {
        uint64_t bits = oz_fixed_bits(prec + guard) + ROOM;
        int64_t keep = prec + guard + 32 + adjusted, cut = oz_number_digits(a) - keep;
        if (cut > 0 && keep > 0) {
            oz_number_cut(w, &x, a, cut);
            x.exponent = a->exponent + cut;
        } else {
            x = *a;
        }
        mpz_t t;
        mpz_init_set_ui(t, 1);
        mpz_mul_2exp(t, t, bits);
        times_number(w, t, &x);
        done = exp_of(w, r, t, bits, 2, guard);
        mpz_clear(t);
        oz_work_poll(w);
    }
    finish_even(w, r, 1);
}

/* ---- logarithms ---- */

/* What both logarithms say of an operand that is special: true then. */
static bool log_special(Work *w, Number *r, const Number *a)
{
    if (oz_number_nans(w, r, a, NULL))
        return true;
    if (oz_number_is_zero(a))
        oz_number_special(r, OZ_INFINITE, true);
    else if (a->negative)
        oz_number_invalid(w, r, OZ_INVALID_OPERATION);
    else if (a->kind == OZ_INFINITE)
        *r = *a;
    else
        return false;
    return true;
}

/* The coefficient without zeros at its end. */
static void stripped(Work *w, Number *r, const Number *a)
{
    int64_t zeros = (int64_t)oz_words_trailing_zeros(a->words, a->n);
    oz_number_cut(w, r, a, zeros);
    r->exponent = a->exponent + zeros;
}

static bool is_ten_power(const Number *stripped_one)
{
    return stripped_one->n == 1 && stripped_one->words[0] == 1;
}

static void logarithm(Work *w, Number *r, const Number *a, bool by_ten)
{
    int64_t adjusted = oz_fixed_ln_adjusted(w, a), prec = w->limits.prec;
    oz_work_check_digits(prec);
    bool done = false;
    for (int64_t guard = GUARD; !done; guard *= 2) {
        uint64_t bits = oz_fixed_bits(prec + guard + (adjusted < 0 ? -adjusted : 0)) + 24;
        mpz_t y, ten;
        oz_fixed_ln(w, y, a, bits);
        uint64_t error = 2 * OZ_FIXED_ERROR;
        if (by_ten) {
            oz_fixed_ln_ten(w, ten, bits + 64);
            mpz_mul_2exp(y, y, bits + 64);
            mpz_tdiv_q(y, y, ten);
            mpz_clear(ten);
        }
        done = oz_fixed_to_number(w, r, y, bits, error, 0, guard);
        mpz_clear(y);
        oz_work_poll(w);
    }
    finish_even(w, r, 1);
}

void oz_decimal_ln(Work *w, Number *r, const Number *a, const Number *b OZ_UNUSED,
                   const Number *c OZ_UNUSED)
{
    Number x;
    if (log_special(w, r, a))
        return;
    stripped(w, &x, a);
    if (is_ten_power(&x) && x.exponent == 0)
        oz_number_zero(r, false, 0);
    else
        logarithm(w, r, &x, false);
}

void oz_decimal_log10(Work *w, Number *r, const Number *a, const Number *b OZ_UNUSED,
                      const Number *c OZ_UNUSED)
{
    Number x;
    if (log_special(w, r, a))
        return;
    stripped(w, &x, a);
    if (is_ten_power(&x)) {
        oz_number_from_int64(w, r, x.exponent);
        finish_even(w, r, 0);
    } else {
        logarithm(w, r, &x, true);
    }
}

/* ---- powers ---- */

/* log10 of the coefficient. */
static double log10_of(const Number *a)
{
    double top = (double)a->words[a->n - 1];
    if (a->n > 1)
        top += (double)a->words[a->n - 2] / 1e19;
    return log10(top) + (double)(a->n - 1) * OZ_DIGITS;
}

/* More digits than that are never looked at exactly. */
static double exact_most(const Work *w)
{
    double most = 3 * (double)w->limits.prec + 100;
    return most < OZ_MOST_DIGITS ? most : OZ_MOST_DIGITS;
}

/* x ** n for a stripped x > 0, n != 0, exactly or as an exact quotient to be finished: false if it
 * has too many digits.  *rest is for oz_number_finish. */
static bool integer_power(Work *w, Number *r, const Number *x, int64_t n, unsigned *rest)
{
    uint64_t times = n < 0 ? -(uint64_t)n : (uint64_t)n;
    bool ten = is_ten_power(x);
    int64_t exponent;
    *rest = 0;
    if (!ten && log10_of(x) * (double)times > exact_most(w))
        return false;
    if (__builtin_mul_overflow(x->exponent, n < 0 ? -n : n, &exponent) ||
        exponent > 3 * OZ_MOST_EMAX || exponent < -3 * OZ_MOST_EMAX) {
        set_far(w, r, (x->exponent > 0) == (n > 0));
        *rest = 1;
        return true;
    }
    if (ten) {
        *r = *x;
    } else {
        mpz_t z;
        oz_number_to_mpz(w, z, x);
        mpz_pow_ui(z, z, times);
        oz_number_from_mpz(w, r, z, false, 0);
        mpz_clear(z);
    }
    r->exponent = exponent;
    if (n > 0)
        return true;
    Number power = *r, one, left, scaled;
    set_one(w, &one, false);
    int64_t digits = oz_number_digits(&power), shift = 4 * digits + 4;
    for (int attempt = 0; attempt < 2; attempt++) {
        oz_number_scale(w, &scaled, &one, shift);
        oz_number_divide_words(w, r, &left, &scaled, &power);
        *rest = left.n != 0;
        if (!*rest || shift >= digits + w->limits.prec + 1)
            break;
        shift = digits + w->limits.prec + 1;
    }
    *r = (Number){r->words, r->n, -power.exponent - shift, OZ_FINITE, false};
    if (!*rest)
        stripped(w, r, &(Number){r->words, r->n, r->exponent, OZ_FINITE, false});
    return true;
}

/* x ** y for a stripped x > 0 and a y that is no integer, if it is a fraction of few digits. */
static bool exact_power(Work *w, Number *r, const Number *x, const Number *y, unsigned *rest)
{
    Number c;
    stripped(w, &c, y);
    int64_t most = 4 * oz_number_digits(x) + 64;
    if (-c.exponent > most)
        return false;
    /* y = p / q */
    mpz_t p, q, common, root;
    oz_number_to_mpz(w, p, &c);
    oz_mpz_ten_power(w, q, (uint64_t)-c.exponent);
    mpz_init(common);
    mpz_gcd(common, p, q);
    mpz_divexact(p, p, common);
    mpz_divexact(q, q, common);
    if (!mpz_fits_slong_p(q) || !mpz_fits_slong_p(p))
        return false;
    int64_t denominator = mpz_get_si(q), numerator = mpz_get_si(p);
    if (x->exponent % denominator || (!is_ten_power(x) && denominator > most))
        return false;
    Number base = *x;
    if (!is_ten_power(x)) {
        oz_number_to_mpz(w, root, x);
        if (!mpz_root(root, root, (unsigned long)denominator))
            return false;
        oz_number_from_mpz(w, &base, root, false, 0);
    }
    base.exponent = x->exponent / denominator;
    return integer_power(w, r, &base, y->negative ? -numerator : numerator, rest);
}

/* x ** y by exp(y * ln(x)): r is to be finished with rest 1. */
static void real_power(Work *w, Number *r, const Number *x, const Number *y)
{
    int64_t size = oz_number_adjusted(y), prec = w->limits.prec;
    int64_t adjusted = size + oz_fixed_ln_adjusted(w, x);
    bool above = (oz_number_adjusted(x) >= 0) != y->negative;
    if (adjusted >= 20) {
        set_far(w, r, above);
        return;
    }
    if (adjusted < -prec - 5) {
        set_near_one(w, r, above);
        return;
    }
    oz_work_check_digits(prec);
    bool done = false;
    for (int64_t guard = GUARD; !done; guard *= 2) {
        uint64_t bits = oz_fixed_bits(prec + guard) + ROOM;
        uint64_t more = bits + oz_fixed_bits(size > 0 ? size + 1 : 1) + 16;
        mpz_t t;
        oz_fixed_ln(w, t, x, more);
        times_number(w, t, y);
        mpz_fdiv_q_2exp(t, t, more - bits);
        if (mpz_sizeinbase(t, 2) > bits + 62) {
            set_far(w, r, above);
            return;
        }
        done = exp_of(w, r, t, bits, 4, guard);
        mpz_clear(t);
        oz_work_poll(w);
    }
}

/* Zeros at the end down to the exponent, as far as the precision allows: Rounded where it does not.
 */
static void pad(Work *w, Number *r, int64_t exponent)
{
    if (r->kind != OZ_FINITE || r->n == 0 || r->exponent <= exponent)
        return;
    int64_t zeros = r->exponent - exponent, room = w->limits.prec - oz_number_digits(r);
    if (zeros > room) {
        zeros = room > 0 ? room : 0;
        w->status |= OZ_ROUNDED;
    }
    Number a = *r;
    oz_number_scale(w, r, &a, zeros);
    r->exponent = a.exponent - zeros;
}

static bool is_one(const Number *a)
{
    return a->kind == OZ_FINITE && a->n && a->exponent <= 0 && oz_number_adjusted(a) == 0 &&
           oz_words_trailing_zeros(a->words, a->n) == (size_t)-a->exponent &&
           oz_words_digit(a->words, a->n, (size_t)-a->exponent) == 1;
}

/* y as an int64, of an integer; what does not fit is as good as the largest. */
static int64_t clamped_int(Work *w, const Number *y)
{
    uint64_t value = 0;
    int64_t digits = oz_number_digits(y) + y->exponent;
    Number whole = *y;
    if (digits > OZ_DIGITS)
        value = INT64_MAX;
    else if (y->n) {
        if (y->exponent < 0)
            oz_number_cut(w, &whole, y, -y->exponent);
        else
            oz_number_scale(w, &whole, y, y->exponent);
        if (!oz_number_small(&whole, &value) || value > INT64_MAX)
            value = INT64_MAX;
    }
    return y->negative ? -(int64_t)value : (int64_t)value;
}

/* What powers say of operands that are special, zero or one: true then. */
static bool power_special(Work *w, Number *r, const Number *x, const Number *y, bool integer,
                          bool negative)
{
    if (oz_number_is_zero(y)) {
        if (oz_number_is_zero(x))
            oz_number_invalid(w, r, OZ_INVALID_OPERATION);
        else
            set_one(w, r, false);
        return true;
    }
    if (x->negative && !integer && !oz_number_is_zero(x)) {
        oz_number_invalid(w, r, OZ_INVALID_OPERATION);
        return true;
    }
    if (oz_number_is_zero(x) || x->kind == OZ_INFINITE) {
        if ((x->kind == OZ_INFINITE) == y->negative)
            oz_number_zero(r, negative, 0);
        else
            oz_number_special(r, OZ_INFINITE, negative);
        return true;
    }
    Number size = *x;
    size.negative = false;
    if (is_one(&size)) {
        int64_t times = integer ? clamped_int(w, y) : 0, least = 1 - w->limits.prec,
                exponent = least;
        if (integer)
            exponent = times < 0                                               ? 0
                       : __builtin_mul_overflow(x->exponent, times, &exponent) ? INT64_MIN / 2
                                                                               : exponent;
        else
            w->status |= OZ_INEXACT | OZ_ROUNDED;
        set_one(w, r, negative);
        pad(w, r, exponent);
        oz_number_finish(w, r, 0);
        return true;
    }
    if (y->kind == OZ_INFINITE) {
        if ((oz_number_adjusted(x) >= 0) == y->negative)
            oz_number_zero(r, negative, 0);
        else
            oz_number_special(r, OZ_INFINITE, negative);
        return true;
    }
    return false;
}

/* ---- powers modulo an integer ---- */

/* The value of an integer, made positive, modulo m (if that is not NULL): any exponent. */
static void integer_modulo(Work *w, mpz_t z, const Number *a, mpz_srcptr m)
{
    oz_number_to_mpz(w, z, a);
    mpz_t power;
    if (a->exponent < 0) {
        oz_mpz_ten_power(w, power, (uint64_t)-a->exponent);
        mpz_tdiv_q(z, z, power);
    } else if (m) {
        mpz_init_set_ui(power, 10);
        mpz_powm_ui(power, power, (unsigned long)a->exponent, m);
        mpz_mul(z, z, power);
        mpz_mod(z, z, m);
    } else {
        oz_mpz_ten_power(w, power, (uint64_t)a->exponent);
        mpz_mul(z, z, power);
    }
}

static void power_modulo(Work *w, Number *r, const Number *a, const Number *b, const Number *c)
{
    if (c->kind == OZ_SNAN && a->kind != OZ_SNAN && b->kind != OZ_SNAN) {
        oz_number_nans(w, r, c, NULL);
        return;
    }
    if (oz_number_nans(w, r, a, b) || oz_number_nans(w, r, c, NULL))
        return;
    bool fits = oz_number_is_integer(a) && oz_number_is_integer(b) && oz_number_is_integer(c) &&
                (!b->negative || b->n == 0) && c->n && oz_number_adjusted(c) < w->limits.prec &&
                (a->n || b->n);
    if (!fits) {
        oz_number_invalid(w, r, OZ_INVALID_OPERATION);
        return;
    }
    mpz_t modulus, base, power;
    integer_modulo(w, modulus, c, NULL);
    integer_modulo(w, base, a, modulus);
    integer_modulo(w, power, b, NULL);
    mpz_powm(base, base, power, modulus);
    bool negative = a->negative && oz_number_is_odd(b);
    oz_number_from_mpz(w, r, base, negative, 0);
}

/* ---- the operation ---- */

void oz_decimal_power(Work *w, Number *r, const Number *a, const Number *b, const Number *modulus)
{
    if (modulus) {
        power_modulo(w, r, a, b, modulus);
        return;
    }
    if (oz_number_nans(w, r, a, b))
        return;
    bool integer = oz_number_is_integer(b),
         negative = a->negative && integer && oz_number_is_odd(b);
    if (power_special(w, r, a, b, integer, negative))
        return;
    Number x;
    stripped(w, &x, a);
    x.negative = false;
    unsigned rest = 0;
    if (integer) {
        int64_t n = clamped_int(w, b), ideal;
        bool fits = n != INT64_MAX && n != -INT64_MAX;
        if (fits && integer_power(w, r, &x, n, &rest)) {
            if (!rest && n > 0 && !__builtin_mul_overflow(a->exponent, n, &ideal))
                pad(w, r, ideal);
        } else {
            real_power(w, r, &x, b);
            rest = 1;
        }
    } else if (exact_power(w, r, &x, b, &rest)) {
        /* Powers like this one are inexact by definition. */
        if (!rest)
            pad(w, r, INT64_MIN / 2);
        r->negative = negative;
        oz_number_finish(w, r, rest);
        w->status |= OZ_INEXACT | OZ_ROUNDED | (w->status & OZ_SUBNORMAL ? OZ_UNDERFLOW : 0);
        return;
    } else {
        real_power(w, r, &x, b);
        rest = 1;
    }
    r->negative = negative;
    oz_number_finish(w, r, rest);
}
