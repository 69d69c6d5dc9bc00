// SPDX-License-Identifier: MIT
// Decimal digits of doubles, and doubles from decimal text.  No objects, no errors raised.
#ifndef OZ_TYPES_FLOAT_DIGITS_H
#define OZ_TYPES_FLOAT_DIGITS_H

#include "base/base.h"

/* The shortest decimal number that reads back as `d` (finite, positive): digits without trailing
 * zeros, value = 0.d1d2d3... * 10 ** *point.  At most 17 digits; returns how many. */
int oz_float_shortest(double d, char *digits, int *point);

/* The longest start of text[0..length) that float() accepts as a number (sign, digits with
 * underscores, point, exponent, inf, nan): its length, 0 if none.  What was skipped over is
 * `length` only if the whole text is a number. */
size_t oz_float_scan(const char *text, size_t length);

/* The value of a text that oz_float_scan accepted whole, without underscores and with a character
 * behind it that is no part of a number. */
double oz_float_read(const char *text);

#endif
