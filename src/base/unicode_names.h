// SPDX-License-Identifier: MIT
// The names of characters.
#ifndef OZ_BASE_UNICODE_NAMES_H
#define OZ_BASE_UNICODE_NAMES_H

#include "base/base.h"

#define OZ_UNICODE_NAME_MAX 128

/* The name in `out`, with a zero behind; its length, 0: the character has none. */
size_t oz_unicode_name(uint32_t character, char out[OZ_UNICODE_NAME_MAX]);

/* What counts as a name. */
typedef enum UnicodeNames {
    OZ_NAMES_OWN,      /* only what oz_unicode_name gives */
    OZ_NAMES_ALIASES,  /* aliases too */
    OZ_NAMES_SEQUENCES /* and names of several characters */
} UnicodeNames;

/* The character of a name, in any case, or characters (up to 4): their number, 0: no such name. */
size_t oz_unicode_lookup(const char *name, size_t length, UnicodeNames names, uint32_t out[4]);

#endif
