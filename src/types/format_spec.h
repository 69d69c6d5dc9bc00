// SPDX-License-Identifier: MIT
// The mini-language of format(): [[fill]align][sign][z][#][0][width][grouping][.precision][type]
#ifndef OZ_TYPES_FORMAT_SPEC_H
#define OZ_TYPES_FORMAT_SPEC_H

#include "types/str.h"

typedef struct FormatSpec {
    uint32_t fill;       /* ' ' unless given (or 0 padding) */
    uint32_t type;       /* the letter, or the default */
    char align;          /* < > = ^ */
    char sign;           /* 0, '+', '-' or ' ' */
    char grouping;       /* 0, ',' or '_' */
    bool alternate;      /* # */
    bool no_minus_zero;  /* z */
    bool fill_given;
    bool align_given;
    ssize_t width;       /* -1: none */
    ssize_t precision;   /* -1: none */
} FormatSpec;

/* `value` is for messages.  ValueError where the text is no specifier. */
bool oz_format_spec_parse(Thread *t, Obj text, Obj value, char type, char align,
                          FormatSpec *spec) OZ_CHECKED;
/* ValueError: Unknown format code 'x' for object of type 'T'. */
Ref oz_raise_format_code(Thread *t, uint32_t type, Obj value) OZ_COLD;

/* How many fill characters stand to the left and right of `length` characters; for align '=' all
 * of them count as left (they go behind the sign). */
void oz_format_padding(const FormatSpec *spec, size_t length, size_t *left, size_t *right);
/* `text` (ASCII or a str slice) with its padding; for align other than '='. */
bool oz_builder_padded(StrBuilder *b, const FormatSpec *spec, Obj str, size_t start, size_t end);

#endif
