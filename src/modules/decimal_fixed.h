// SPDX-License-Identifier: MIT
// Exponentials and logarithms in binary fixed point, and their correct rounding to decimal.
#ifndef OZ_MODULES_DECIMAL_FIXED_H
#define OZ_MODULES_DECIMAL_FIXED_H

#include "modules/decimal_number.h"

/* Values are integers z for z / 2 ** bits.  Every function here is right to OZ_FIXED_ERROR units.
 */
#define OZ_FIXED_ERROR 1024

void oz_fixed_ln_ten(Work *w, mpz_t r, uint64_t bits);
/* exp(y), 0 <= y < OZ_FIXED_LARGE: right to OZ_FIXED_ERROR * exp(y) units. */
#define OZ_FIXED_LARGE 64
void oz_fixed_exp(Work *w, mpz_t r, mpz_srcptr y, uint64_t bits);
/* ln(a) for a finite number above 0. */
void oz_fixed_ln(Work *w, mpz_t r, const Number *a, uint64_t bits);

/* How many bits hold `digits` decimal digits. */
OZ_INLINE uint64_t oz_fixed_bits(int64_t digits)
{
    return (uint64_t)digits * 3402 / 1024 + 1;
}

/* A lower bound of the exponent of the first digit of |ln(a)|; a is not 1. */
int64_t oz_fixed_ln_adjusted(Work *w, const Number *a);

/* z / 2 ** bits * 10 ** exponent, right to `error` units, as a number with `guard` digits more than
 * the precision and a rest.  false: the digits in doubt decide how it is rounded. */
bool oz_fixed_to_number(Work *w, Number *r, mpz_srcptr z, uint64_t bits, uint64_t error,
                        int64_t exponent, int64_t guard);

#endif
