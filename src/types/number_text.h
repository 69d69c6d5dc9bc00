// SPDX-License-Identifier: MIT
// The text that int(), float() and complex() read.
#ifndef OZ_TYPES_NUMBER_TEXT_H
#define OZ_TYPES_NUMBER_TEXT_H

#include "types/str.h"

/* Decimal digits of any script as 0-9, any white space as a blank, what is neither and not ASCII
 * as '?'.  `text` points into the str if it is ASCII, else into `block`, which fini frees. */
typedef struct NumberText {
    const char *text; /* borrowed; a zero behind */
    size_t length;
    char *block; /* owned, or NULL */
} NumberText;

bool oz_number_text_init(Thread *t, NumberText *n, const Str *s) OZ_CHECKED;
void oz_number_text_fini(NumberText *n);

/* Drop white space (of ASCII) from both ends. */
void oz_number_text_strip(NumberText *n);

/* "prefix" and repr(shown), cut as CPython does, as a ValueError. */
Ref oz_raise_literal(Thread *t, const char *prefix, Obj shown) OZ_COLD;

/* int(text, base) of a str or the text of a bytes-like object; `shown` is for the message. */
Ref oz_int_parse(Thread *t, const char *text, size_t length, int base, Obj shown) OZ_CHECKED;

/* float(text) likewise. */
bool oz_float_parse(Thread *t, const char *text, size_t length, Obj shown, double *d) OZ_CHECKED;
/* The float at the start of `text`, in *used characters; 0: there is none. */
bool oz_float_parse_part(Thread *t, const char *text, size_t length, size_t *used,
                         double *d) OZ_CHECKED;

/* The value of a digit of any script (category Nd); -1: none. */
int oz_decimal_digit(uint32_t character);

#endif
