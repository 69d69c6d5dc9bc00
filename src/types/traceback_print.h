// SPDX-License-Identifier: MIT
// The parts of a report about an exception; for types/traceback_*.c and types/suggest.c only.
#ifndef OZ_TYPES_TRACEBACK_PRINT_H
#define OZ_TYPES_TRACEBACK_PRINT_H

#include "types/code.h"
#include "types/str.h"

/* The text of the file that was read last. */
typedef struct SourceCache {
    Ref filename; /* owned; or empty */
    char *text;   /* a heap block, or NULL: no such file */
    size_t length;
} SourceCache;

void oz_source_fini(SourceCache *cache);
/* Line `number` of a file (UTF-8, without its line break): a new str; NULL without an exception if
 * it cannot be had. */
Ref oz_source_line(Thread *t, SourceCache *cache, Obj filename, int number);

/* Which part of an expression, given as the text of one line, is marked by ^ where the rest is
 * marked by ~: the operator of a binary operation, the brackets of a subscript.  false: all of it
 * is marked alike. */
bool oz_source_anchors(const Str *line, size_t start, size_t end, size_t *left, size_t *right);

/* ". Did you mean: 'x'?" or nothing. */
Ref oz_suggestion(Thread *t, Obj exception);

#endif
