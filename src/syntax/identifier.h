// SPDX-License-Identifier: MIT
// Which characters make an identifier, which can be printed, and the normal form of a name.
#ifndef OZ_SYNTAX_IDENTIFIER_H
#define OZ_SYNTAX_IDENTIFIER_H

#include "base/arena.h"
#include "base/base.h"

bool oz_identifier_starts(uint32_t c);    /* XID_Start or an underscore */
bool oz_identifier_continues(uint32_t c); /* XID_Continue */
bool oz_identifier_prints(uint32_t c);    /* what str.isprintable says */

/* NFKC form of `length` bytes of valid UTF-8, in the arena; *out_length gets its length. */
const char *oz_identifier_normal(Arena *arena, const char *bytes, size_t length,
                                 size_t *out_length) OZ_CHECKED;

#endif
