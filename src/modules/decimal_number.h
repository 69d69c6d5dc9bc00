// SPDX-License-Identifier: MIT
// Decimal numbers and the operations of the General Decimal Arithmetic, without objects.
//
// An operation takes numbers and writes one; it raises nothing but sets conditions in its Work.
// All of them run in a scratch run (types/int_limbs.h): memory comes from the Work and goes with
// it, and where there is none the run is left.
#ifndef OZ_MODULES_DECIMAL_NUMBER_H
#define OZ_MODULES_DECIMAL_NUMBER_H

#include "modules/decimal_words.h"
#include "types/int_limbs.h"

#define OZ_MOST_PREC INT64_C(999999999999999999)
#define OZ_MOST_EMAX INT64_C(999999999999999999)
#define OZ_LEAST_EMIN (-INT64_C(999999999999999999))
#define OZ_LEAST_ETINY (OZ_LEAST_EMIN - (OZ_MOST_PREC - 1))
/* A coefficient has so many digits at most (127 MB): more is MemoryError, for the operations on it
 * would take minutes. */
#define OZ_MOST_DIGITS (INT64_C(1) << 28)

/* Conditions.  The first nine are the signals, in the order in which CPython's are. */
#define OZ_SIGNALS 9
enum {
    OZ_INVALID_OPERATION = 1 << 0,
    OZ_FLOAT_OPERATION = 1 << 1,
    OZ_DIVISION_BY_ZERO = 1 << 2,
    OZ_OVERFLOW = 1 << 3,
    OZ_UNDERFLOW = 1 << 4,
    OZ_SUBNORMAL = 1 << 5,
    OZ_INEXACT = 1 << 6,
    OZ_ROUNDED = 1 << 7,
    OZ_CLAMPED = 1 << 8,
    /* kinds of INVALID_OPERATION */
    OZ_CONVERSION_SYNTAX = 1 << 9,
    OZ_DIVISION_IMPOSSIBLE = 1 << 10,
    OZ_DIVISION_UNDEFINED = 1 << 11,
    OZ_INVALID_CONTEXT = 1 << 12,
    OZ_ANY_INVALID = OZ_INVALID_OPERATION | OZ_CONVERSION_SYNTAX | OZ_DIVISION_IMPOSSIBLE |
                     OZ_DIVISION_UNDEFINED | OZ_INVALID_CONTEXT,
};

typedef enum Rounding {
    OZ_ROUND_UP,
    OZ_ROUND_DOWN,
    OZ_ROUND_CEILING,
    OZ_ROUND_FLOOR,
    OZ_ROUND_HALF_UP,
    OZ_ROUND_HALF_DOWN,
    OZ_ROUND_HALF_EVEN,
    OZ_ROUND_05UP,
    OZ_ROUNDINGS
} Rounding;

typedef enum NumberKind { OZ_FINITE, OZ_INFINITE, OZ_QNAN, OZ_SNAN } NumberKind;

/* Borrows its words. */
typedef struct Number {
    const uint64_t *words; /* coefficient, or payload of a NaN: n words, the top one not 0 */
    size_t n;              /* 0 for zero */
    int64_t exponent;      /* 0 unless finite */
    uint8_t kind;          /* NumberKind */
    bool negative;
} Number;

typedef struct Limits {
    int64_t prec, emax, emin;
    uint8_t rounding; /* Rounding */
    uint8_t clamp;
} Limits;

/* The widest there are: nothing is rounded. */
#define OZ_WIDEST ((Limits){OZ_MOST_PREC, OZ_MOST_EMAX, OZ_LEAST_EMIN, OZ_ROUND_HALF_EVEN, 0})

#define OZ_WORK_ROOM 96

/* What an operation works with. */
typedef struct Work {
    Thread *t;
    const void *extra; /* what the operation reads that is no number, or NULL */
    Limits limits;
    uint32_t status; /* conditions so far */
    uint32_t used;   /* of room */
    uint64_t room[OZ_WORK_ROOM];
} Work;

OZ_INLINE void oz_work_init(Work *w, Thread *t, const Limits *limits)
{
    w->t = t;
    w->limits = *limits;
    w->status = 0;
    w->used = 0;
}

/* n words, whatever they hold; leaves the run if there is no memory. */
uint64_t *oz_work_words_slow(Work *w, size_t n);
OZ_INLINE uint64_t *oz_work_words(Work *w, size_t n)
{
    if (OZ_UNLIKELY(n > OZ_WORK_ROOM - w->used))
        return oz_work_words_slow(w, n);
    w->used += (uint32_t)n;
    return w->room + w->used - n;
}
/* No more than OZ_MOST_DIGITS, or the run is left with MemoryError. */
void oz_work_check_digits(int64_t digits);
/* A safepoint between long steps; leaves the run if it raised. */
void oz_work_poll(Work *w);

/* ---- looking ---- */

OZ_INLINE bool oz_number_is_nan(const Number *a)
{
    return a->kind >= OZ_QNAN;
}
OZ_INLINE bool oz_number_is_zero(const Number *a)
{
    return a->kind == OZ_FINITE && a->n == 0;
}
OZ_INLINE int64_t oz_number_digits(const Number *a)
{
    return (int64_t)oz_words_digits(a->words, a->n);
}
/* The exponent of the first digit. */
OZ_INLINE int64_t oz_number_adjusted(const Number *a)
{
    return a->exponent + oz_number_digits(a) - 1;
}
OZ_INLINE int64_t oz_etiny(const Limits *l)
{
    return l->emin - (l->prec - 1);
}
OZ_INLINE int64_t oz_etop(const Limits *l)
{
    return l->emax - (l->prec - 1);
}
bool oz_number_is_integer(const Number *a);
bool oz_number_is_odd(const Number *a); /* of an integer */
bool oz_number_is_normal(const Number *a, const Limits *l);
bool oz_number_is_subnormal(const Number *a, const Limits *l);
bool oz_number_same_quantum(const Number *a, const Number *b);
const char *oz_number_class(const Number *a, const Limits *l);
/* The coefficient, if it fits 64 bits: of a finite one with exponent 0. */
bool oz_number_small(const Number *a, uint64_t *n);

/* Order by value: neither is a NaN. */
int oz_number_order(Work *w, const Number *a, const Number *b);
int oz_number_order_total(Work *w, const Number *a, const Number *b, bool magnitude);

/* ---- making ---- */

void oz_number_special(Number *r, NumberKind kind, bool negative);
void oz_number_zero(Number *r, bool negative, int64_t exponent);
void oz_number_from_int64(Work *w, Number *r, int64_t n);
/* 10 ** digits - 1 with an exponent. */
void oz_number_nines(Work *w, Number *r, bool negative, int64_t digits, int64_t exponent);
/* NaN, with a condition. */
void oz_number_invalid(Work *w, Number *r, uint32_t condition);

/* Round to the limits.  The number's words are its own (of this Work).  `rest` is what is missing
 * below its last digit, as oz_words_shift_right gives it. */
void oz_number_finish(Work *w, Number *r, unsigned rest);
/* If one of them is a NaN, that is the result. */
bool oz_number_nans(Work *w, Number *r, const Number *a, const Number *b);
/* a * 10 ** digits as an integer with exponent 0 elsewhere: only the words move. */
void oz_number_scale(Work *w, Number *r, const Number *a, int64_t digits);
/* Without `digits` digits at the end; the rest as oz_words_shift_right. */
unsigned oz_number_cut(Work *w, Number *r, const Number *a, int64_t digits);
/* Does rounding go away from zero?  `last` is the last digit that stays. */
bool oz_rounds_up(Rounding rounding, bool negative, unsigned last, unsigned rest);
/* Its last digit goes up by one, or does not, for what is below it. */
void oz_number_round(Work *w, Number *r, unsigned rest);
/* Exact words of a natural number of GMP's, and back. */
void oz_number_to_mpz(Work *w, mpz_t z, const Number *a);
void oz_number_from_mpz(Work *w, Number *r, mpz_srcptr z, bool negative, int64_t exponent);
void oz_mpz_ten_power(Work *w, mpz_t z, uint64_t exponent);
/* Products and quotients of words; b's are not 0.  Where q or left is NULL it is not wanted. */
void oz_number_multiply_words(Work *w, Number *r, const Number *a, const Number *b);
void oz_number_divide_words(Work *w, Number *q, Number *left, const Number *a, const Number *b);

/* ---- operations: r may not be an operand, operands that are not there are NULL ---- */

typedef void Operation(Work *w, Number *r, const Number *a, const Number *b, const Number *c);
Operation oz_decimal_add, oz_decimal_subtract, oz_decimal_multiply, oz_decimal_divide;
Operation oz_decimal_fma, oz_decimal_divide_int, oz_decimal_remainder, oz_decimal_remainder_near;
Operation oz_decimal_rounded; /* the sign of a zero stays */
Operation oz_decimal_plus, oz_decimal_minus, oz_decimal_abs, oz_decimal_normalize;
Operation oz_decimal_compare, oz_decimal_compare_signal, oz_decimal_compare_total,
    oz_decimal_compare_total_mag;
Operation oz_decimal_max, oz_decimal_max_mag, oz_decimal_min, oz_decimal_min_mag;
Operation oz_decimal_quantize, oz_decimal_to_integral, oz_decimal_to_integral_exact;
Operation oz_decimal_next_minus, oz_decimal_next_plus, oz_decimal_next_toward;
Operation oz_decimal_logical_and, oz_decimal_logical_or, oz_decimal_logical_xor,
    oz_decimal_logical_invert;
Operation oz_decimal_shift, oz_decimal_rotate, oz_decimal_scaleb, oz_decimal_logb;
Operation oz_decimal_copy, oz_decimal_copy_abs, oz_decimal_copy_negate, oz_decimal_copy_sign;
Operation oz_decimal_sqrt, oz_decimal_exp, oz_decimal_ln, oz_decimal_log10, oz_decimal_power;
/* r[0] is the quotient, r[1] the remainder. */
Operation oz_decimal_divmod;
/* As quantize does to b's exponent, without its limits: for round() and formats. */
void oz_number_rescale(Work *w, Number *r, const Number *a, int64_t exponent);

/* ---- text ---- */

/* Reads it all and rounds nothing: false if it is no number.  `text` has digits, signs, letters of
 * ASCII alone. */
bool oz_number_parse(Work *w, Number *r, const char *text, size_t length);
enum { OZ_TEXT_LOWER = 1, OZ_TEXT_ENGINEERING = 2 };
/* How long its text is at most, and the text; what it gives is the length. */
size_t oz_number_text_room(const Number *a);
size_t oz_number_text(const Number *a, char *out, int flags);

#endif
