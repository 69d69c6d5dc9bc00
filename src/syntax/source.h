// SPDX-License-Identifier: MIT
// From the bytes of a file to the text that is tokenized.
#ifndef OZ_SYNTAX_SOURCE_H
#define OZ_SYNTAX_SOURCE_H

#include "syntax/parser.h"

typedef struct Source {
    const char *bytes; /* [const] UTF-8 (unchecked), newlines are \n, a zero behind the last byte */
    size_t length;     /* [const] */
    bool byte_columns; /* [const] nothing said which encoding it is: offsets count bytes */
} Source;

/* Find the encoding, decode, make all newlines alike and end the last line.  The text lies in
 * `scratch`, messages in `arena`.  False: *fault says why, also OZ_FAULT_CODEC. */
bool oz_source_read(Source *out, Arena *arena, Arena *scratch, const char *bytes, size_t length,
                    const ParseOptions *options, SyntaxFault *fault) OZ_CHECKED;

#endif
