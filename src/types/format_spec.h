// SPDX-License-Identifier: MIT
// The format mini-language: [[fill]align][sign][z][#][0][width][grouping][.precision][type].
#ifndef OZ_TYPES_FORMAT_SPEC_H
#define OZ_TYPES_FORMAT_SPEC_H

#include "types/str.h"

typedef struct FormatSpec {
    uint32_t fill;     /* ' ' unless given */
    uint32_t type;     /* the default where none is given */
    ssize_t width;     /* -1: none */
    ssize_t precision; /* -1: none */
    char align;        /* < > = ^; the default where none is given */
    char sign;         /* + - blank, or 0 */
    char grouping;     /* , _ or 0 */
    bool align_given;
    bool alternate;
    bool no_negative_zero;
} FormatSpec;

/* Parse `spec`, for the messages: of `value`.  ValueError. */
bool oz_format_spec_parse(Thread *t, Obj value, Obj spec, uint32_t default_type, char default_align,
                          FormatSpec *out) OZ_CHECKED;
/* ValueError "Unknown format code 'x' for object of type 'T'" */
Ref oz_raise_format_code(Thread *t, uint32_t code, Obj value) OZ_COLD;

/* What separates groups of digits, and the point. */
typedef struct NumberStyle {
    const char *separator; /* UTF-8; "" for none */
    const char *point;
    const char *grouping; /* sizes from the right; the last one repeats; CHAR_MAX: no more */
} NumberStyle;

/* A number on its way to text. */
typedef struct NumberParts {
    char sign; /* 0: none */
    const char *prefix;
    const char *digits; /* before the point */
    size_t digit_count;
    bool has_point;
    const char *rest; /* ASCII: all behind the point, exponent and '%' included */
    size_t rest_count;
    uint32_t character; /* type 'c': instead of all others, if is_character */
    bool is_character;
} NumberParts;

/* The style that the type and the grouping of `f` ask for; of type 'n' that of the locale. */
NumberStyle oz_number_style(const FormatSpec *f);
char oz_number_sign(bool negative, char wanted);
/* The parts with what goes between and around them. */
Ref oz_number_format_parts(Thread *t, const NumberParts *p, const FormatSpec *f,
                           const NumberStyle *style) OZ_CHECKED;

/* int.__format__, float.__format__, complex.__format__ for any value of these types. */
Ref oz_int_format(Thread *t, Obj value, Obj spec) OZ_CHECKED;
Ref oz_float_format(Thread *t, Obj value, Obj spec) OZ_CHECKED;
Ref oz_complex_format(Thread *t, Obj value, Obj spec) OZ_CHECKED;

/* A float as text: type 'e', 'f', 'g', 'E', 'F', 'G' with a precision, or 'r' for repr.  This is
 * also what % formatting uses. */
enum {
    OZ_FLOAT_ALTERNATE = 1,        /* '#': keep the point and trailing zeros */
    OZ_FLOAT_DOT_ZERO = 2,         /* at least ".0" behind an integral number */
    OZ_FLOAT_NO_NEGATIVE_ZERO = 4, /* 'z' */
    OZ_FLOAT_SIGN = 8,             /* '+' in front of what is not negative */
};
/* Into a block (oz_block_free), ASCII with a zero behind; NULL: raised. */
char *oz_float_text_in(Thread *t, char *small, size_t size, double d, char type, int precision,
                       int flags, size_t *length) OZ_CHECKED; /* in `small` if it fits, else as */
char *oz_float_text(Thread *t, double d, char type, int precision, int flags,
                    size_t *length) OZ_CHECKED;

#endif
