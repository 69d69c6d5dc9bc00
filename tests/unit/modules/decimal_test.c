// SPDX-License-Identifier: MIT
// Decimal arithmetic without objects: words against GMP, and laws that results must obey.
#include "unit.h"

#include "modules/decimal_fixed.h"

#include <stdlib.h>
#include <string.h>

static Thread *t;

static uint64_t state = 88172645463325252u;

static uint64_t random_bits(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

/* Below OZ_BASE, often at its ends. */
static uint64_t random_word(void)
{
    uint64_t n = random_bits();
    return n % 8 == 0 ? OZ_BASE - 1 : n % 8 == 1 ? 0 : random_bits() % OZ_BASE;
}

/* Of n words, the top one not 0. */
static Number random_number(Work *w, size_t n)
{
    uint64_t *words = oz_work_words(w, n + 1);
    for (size_t i = 0; i < n; i++)
        words[i] = random_word();
    if (n && words[n - 1] == 0)
        words[n - 1] = 1 + random_bits() % 9;
    return (Number){words, n, 0, OZ_FINITE, false};
}

static bool same(const Number *a, const Number *b)
{
    return a->kind == b->kind && a->negative == b->negative && a->exponent == b->exponent &&
           oz_words_order(a->words, a->n, b->words, b->n) == 0;
}

static const Limits widest = {OZ_MOST_PREC, OZ_MOST_EMAX, OZ_LEAST_EMIN, OZ_ROUND_HALF_EVEN, 0};

/* A test runs with a Work of its own, as operations do. */
static void run(void (*test)(Work *w), const Limits *limits)
{
    Work w;
    oz_work_init(&w, t, limits);
    check(oz_scratch_run(t, (void (*)(void *))test, &w));
}

/* ---- words ---- */

TEST(digits_of_words)
{
    for (unsigned i = 0; i < OZ_DIGITS; i++) {
        check(oz_word_digits(oz_ten(i)) == i + 1);
        check(oz_word_digits(oz_ten(i + 1) - 1) == i + 1);
    }
    check(oz_word_digits(0) == 1);
}

TEST(division_by_powers_of_ten)
{
    for (int i = 0; i < 100000; i++) {
        unsigned exponent = (unsigned)(random_bits() % (OZ_DIGITS + 1));
        uint64_t n = i % 3 ? random_bits() : random_bits() / oz_ten(exponent) * oz_ten(exponent);
        uint64_t rest, quotient = oz_ten_divide(n - (i % 2), exponent, &rest);
        check(quotient == (n - i % 2) / oz_ten(exponent) && rest == (n - i % 2) % oz_ten(exponent));
    }
}

TEST(division_of_wide_numbers)
{
    for (int i = 0; i < 100000; i++) {
        uint64_t divisor = random_bits() | (uint64_t)1 << 63, high = random_bits() % divisor, rest;
        Wide n = (Wide)high << 64 | random_bits();
        uint64_t quotient = oz_wide_divide(n, divisor, oz_wide_inverse(divisor), &rest);
        check(rest < divisor && (Wide)quotient * divisor + rest == n);
        check(oz_wide_divide_once(n, divisor, &rest) == quotient);
    }
}

static void shifts(Work *w)
{
    for (int i = 0; i < 2000; i++) {
        Number a = random_number(w, 1 + random_bits() % 9), there, back;
        int64_t by = (int64_t)(random_bits() % 100);
        oz_number_scale(w, &there, &a, by);
        check(oz_number_digits(&there) == oz_number_digits(&a) + by);
        check((int64_t)oz_words_trailing_zeros(there.words, there.n) >= by);
        check(oz_number_cut(w, &back, &there, by) == 0 && same(&a, &back));
        w->used = 0;
    }
}

TEST(shifts_by_digits_there_and_back)
{
    run(shifts, &widest);
}

static void rests(Work *w)
{
    Number n, cut;
    for (int64_t digits = 1; digits < 60; digits++) {
        oz_number_from_int64(w, &n, 5);
        oz_number_scale(w, &n, &n, digits - 1);
        check(oz_number_cut(w, &cut, &n, digits) == 2);
        uint64_t *words = (uint64_t *)n.words;
        words[0]++;
        check(oz_number_cut(w, &cut, &n, digits) == 3);
        check(oz_number_cut(w, &cut, &n, digits + 1) == 1);
        w->used = 0;
    }
}

TEST(what_falls_off_is_weighed)
{
    run(rests, &widest);
}

/* ---- against GMP ---- */

static void round_trips(Work *w)
{
    for (size_t n = 0; n < 400; n += 1 + n / 7) {
        Number a = random_number(w, n), b;
        mpz_t z;
        oz_number_to_mpz(w, z, &a);
        oz_number_from_mpz(w, &b, z, false, 0);
        check(same(&a, &b));
        w->used = 0;
    }
}

TEST(conversion_to_binary_and_back)
{
    run(round_trips, &widest);
}

static void products(Work *w)
{
    for (size_t n = 1; n < 1300; n += 1 + n / 3)
        for (size_t m = 1; m <= n; m += 1 + m / 2) {
            Number a = random_number(w, n), b = random_number(w, m), product, expected;
            mpz_t x, y;
            oz_number_to_mpz(w, x, &a);
            oz_number_to_mpz(w, y, &b);
            mpz_mul(x, x, y);
            oz_number_from_mpz(w, &expected, x, false, 0);
            oz_decimal_multiply(w, &product, &a, &b, NULL);
            check(same(&product, &expected));
            oz_decimal_multiply(w, &product, &b, &a, NULL);
            check(same(&product, &expected));
            w->used = 0;
        }
}

TEST(products_are_those_of_gmp)
{
    run(products, &widest);
}

static void quotients(Work *w)
{
    for (size_t n = 1; n < 400; n += 1 + n / 4)
        for (size_t m = 1; m <= n; m += 1 + m / 3) {
            Number a = random_number(w, n), b = random_number(w, m), q, left, back, sum;
            if (m > 1 && random_bits() % 2) /* multiples, or nearly */
                oz_decimal_multiply(w, &a, &b, &(Number){a.words, n - m + 1, 0, OZ_FINITE, false},
                                    NULL);
            a.n = oz_words_length(a.words, a.n);
            q = left = (Number){NULL, 0, 0, OZ_FINITE, false};
            oz_number_divide_words(w, &q, &left, &a, &b);
            check(oz_words_order(left.words, left.n, b.words, b.n) < 0);
            oz_decimal_multiply(w, &back, &q, &b, NULL);
            oz_decimal_add(w, &sum, &back, &left, NULL);
            check(same(&sum, &a));
            w->used = 0;
        }
}

TEST(quotient_times_divisor_and_what_is_left)
{
    run(quotients, &widest);
}

/* ---- operations ---- */

static Number number(Work *w, const char *text)
{
    Number n;
    check(oz_number_parse(w, &n, text, strlen(text)));
    return n;
}

static void is(Work *w OZ_UNUSED, const Number *n, const char *expected)
{
    char text[400];
    text[oz_number_text(n, text, 0)] = 0;
    if (strcmp(text, expected) != 0) {
        fprintf(stderr, "%s, not %s\n", text, expected);
        check(false);
    }
}

static void texts(Work *w)
{
    static const char *const table[][2] = {
        {"1", "1"},
        {"-0.00", "-0.00"},
        {"1e5", "1E+5"},
        {"12.5e-10", "1.25E-9"},
        {"0.000001", "0.000001"},
        {"0.0000001", "1E-7"},
        {"+Infinity", "Infinity"},
        {"-inf", "-Infinity"},
        {"sNaN0012", "sNaN12"},
        {"nan", "NaN"},
        {"00.100", "0.100"},
        {".5", "0.5"},
        {"5.", "5"},
        {"12345678901234567890123.4567890123456789012345678901",
         "12345678901234567890123.4567890123456789012345678901"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Number n = number(w, table[i][0]);
        is(w, &n, table[i][1]);
        w->used = 0;
    }
    static const char *const wrong[] = {"",      "+",    ".",    "1e",  "1e+", "e5",
                                        "1.2.3", "infi", "nanx", "1_0", " 1"};
    Number n;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        check(!oz_number_parse(w, &n, wrong[i], strlen(wrong[i])));
}

TEST(texts_there_and_back)
{
    run(texts, &widest);
}

static void roundings(Work *w)
{
    static const char *const expected[OZ_ROUNDINGS] = {"1.3", "1.2", "1.3", "1.2",
                                                       "1.3", "1.2", "1.2", "1.2"};
    for (unsigned mode = 0; mode < OZ_ROUNDINGS; mode++) {
        Number n = number(w, "1.25"), r;
        w->limits.rounding = (uint8_t)mode;
        w->status = 0;
        oz_decimal_plus(w, &r, &n, NULL, NULL);
        is(w, &r, expected[mode]);
        check(w->status == (OZ_INEXACT | OZ_ROUNDED));
        w->used = 0;
    }
}

TEST(modes_of_rounding)
{
    run(roundings, &(Limits){2, 99, -99, OZ_ROUND_HALF_EVEN, 0});
}

static void limits(Work *w)
{
    Number a = number(w, "9.99e99"), b = number(w, "1e99"), r;
    oz_decimal_add(w, &r, &a, &b, NULL);
    check(r.kind == OZ_INFINITE && w->status == (OZ_OVERFLOW | OZ_INEXACT | OZ_ROUNDED));
    w->status = 0;
    a = number(w, "1.234e-99");
    b = number(w, "0.1");
    oz_decimal_multiply(w, &r, &a, &b, NULL);
    is(w, &r, "1.2E-100");
    check(w->status == (OZ_SUBNORMAL | OZ_UNDERFLOW | OZ_INEXACT | OZ_ROUNDED));
}

TEST(results_beyond_the_limits)
{
    run(limits, &(Limits){3, 99, -99, OZ_ROUND_HALF_EVEN, 0});
}

/* The square of a root, and the inverse of a logarithm, come back. */
static void inverses(Work *w)
{
    int64_t prec = w->limits.prec;
    for (int i = 0; i < 60; i++) {
        Number a = random_number(w, 1 + random_bits() % 2), y, back, ratio;
        a.exponent = (int64_t)(random_bits() % 60) - 40;
        w->limits.prec = prec + 10;
        if (i % 2) {
            oz_decimal_ln(w, &y, &a, NULL, NULL);
            oz_decimal_exp(w, &back, &y, NULL, NULL);
        } else {
            oz_decimal_sqrt(w, &y, &a, NULL, NULL);
            oz_decimal_multiply(w, &back, &y, &y, NULL);
        }
        w->limits.prec = prec;
        oz_decimal_divide(w, &ratio, &back, &a, NULL);
        Number one;
        oz_number_from_int64(w, &one, 1);
        check(oz_number_order(w, &ratio, &one) == 0);
        w->used = 0;
    }
}

TEST(roots_and_logarithms_have_inverses)
{
    run(inverses, &(Limits){30, 999999, -999999, OZ_ROUND_HALF_EVEN, 0});
}

static void too_large(Work *w)
{
    Number a = number(w, "1e999999999"), b = number(w, "1"), r;
    oz_decimal_add(w, &r, &a, &b, NULL);
    check(!"it fits");
}

TEST(what_is_too_large_leaves_the_run)
{
    Work w;
    oz_work_init(&w, t, &widest);
    t->memory_error = OZ_NONE; /* stands for the exception, of which this VM has none */
    check(!oz_scratch_run(t, (void (*)(void *))too_large, &w));
}

static void raise_nothing(Thread *thread OZ_UNUSED)
{
}

int main(void)
{
    Vm *vm = oz_vm_new();
    if (!vm)
        return 1;
    vm->hooks.raise_memory = raise_nothing;
    t = vm->main;
    RUN(digits_of_words);
    RUN(division_by_powers_of_ten);
    RUN(division_of_wide_numbers);
    RUN(shifts_by_digits_there_and_back);
    RUN(what_falls_off_is_weighed);
    RUN(conversion_to_binary_and_back);
    RUN(products_are_those_of_gmp);
    RUN(quotient_times_divisor_and_what_is_left);
    RUN(texts_there_and_back);
    RUN(modes_of_rounding);
    RUN(results_beyond_the_limits);
    RUN(roots_and_logarithms_have_inverses);
    RUN(what_is_too_large_leaves_the_run);
    return failures > 0;
}
