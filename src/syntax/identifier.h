// SPDX-License-Identifier: MIT
// The normal form of identifiers.
#ifndef OZ_SYNTAX_IDENTIFIER_H
#define OZ_SYNTAX_IDENTIFIER_H

#include "base/arena.h"
#include "base/base.h"

/* NFKC form of `length` bytes of valid UTF-8, in the arena; *out_length gets its length. */
const char *oz_identifier_normal(Arena *arena, const char *bytes, size_t length,
                                 size_t *out_length) OZ_CHECKED;

#endif
