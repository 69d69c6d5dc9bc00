// SPDX-License-Identifier: MIT
// Making faults: messages in the arena, text as it is shown, columns as characters.
#ifndef OZ_SYNTAX_FAULT_H
#define OZ_SYNTAX_FAULT_H

#include "syntax/parser.h"

#include <stdarg.h>

/* A message in the arena; on failure *fault becomes a memory fault and the result is NULL. */
const char *oz_fault_format(Arena *arena, SyntaxFault *fault, const char *format, va_list args);
const char *oz_fault_printf(Arena *arena, SyntaxFault *fault, const char *format, ...)
    OZ_PRINTF(3, 4);

/* The bytes as text, where each ill-formed part becomes U+FFFD; NULL with a memory fault. */
AstText *oz_fault_text(Arena *arena, SyntaxFault *fault, const char *bytes, size_t length);

/* Characters that begin in the first `bytes` bytes. */
int32_t oz_fault_characters(const char *text, size_t bytes);

/* Length of the well-formed UTF-8 sequence at `at` (1-4), or 0; *bad gets the number of bytes that
 * a decoder replaces as one.  Surrogates are ill-formed. */
int oz_utf8_next(const char *at, const char *end, uint32_t *c, int *bad);

/* What CPython's UTF-8 codec says about the first ill-formed part, or NULL when there is none. */
const char *oz_fault_utf8_problem(Arena *arena, SyntaxFault *fault, const char *bytes,
                                  size_t length);

void oz_fault_memory(SyntaxFault *fault);

#endif
