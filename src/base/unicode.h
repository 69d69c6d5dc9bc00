// SPDX-License-Identifier: MIT
// What the Unicode database (the version of Python 3.11) says of a character.
#ifndef OZ_BASE_UNICODE_H
#define OZ_BASE_UNICODE_H

#include "base/base.h"

/* Properties, for oz_unicode_is. */
enum {
    OZ_CHAR_ALPHA = 0x0001,
    OZ_CHAR_DECIMAL = 0x0002, /* str.isdecimal */
    OZ_CHAR_DIGIT = 0x0004,
    OZ_CHAR_NUMERIC = 0x0008,
    OZ_CHAR_LOWER = 0x0010,
    OZ_CHAR_UPPER = 0x0020,
    OZ_CHAR_TITLE = 0x0040, /* category Lt */
    OZ_CHAR_SPACE = 0x0080,
    OZ_CHAR_PRINTABLE = 0x0100,
    OZ_CHAR_START = 0x0200,    /* may begin an identifier */
    OZ_CHAR_CONTINUE = 0x0400, /* may be in an identifier */
    OZ_CHAR_CASED = 0x0800,
    OZ_CHAR_IGNORABLE = 0x1000,  /* does not end a word where case is concerned */
    OZ_CHAR_LINE_BREAK = 0x2000, /* str.splitlines breaks after it */
    OZ_CHAR_EXTENDED = 0x4000,   /* a case mapping gives several characters */
    OZ_CHAR_MIRRORED = 0x8000,
    OZ_CHAR_DECOMPOSES = 0x10000, /* has a decomposition mapping of its own */
    OZ_CHAR_NFC = 0x20000,        /* stays as it is in this normal form, whatever is before it */
    OZ_CHAR_NFKC = 0x40000,
    OZ_CHAR_NFD = 0x80000,
    OZ_CHAR_NFKD = 0x100000,
    OZ_CHAR_ALNUM = OZ_CHAR_ALPHA | OZ_CHAR_DECIMAL | OZ_CHAR_DIGIT | OZ_CHAR_NUMERIC,
};

typedef struct UnicodeRecord {
    uint32_t flags;                           /* OZ_CHAR_* */
    int32_t upper, lower, title;              /* add to the character; 0 where EXTENDED */
    uint8_t decimal, digit;                   /* 255: none */
    uint8_t category, bidi, combining, width; /* indexes of names; combining: the class itself */
} UnicodeRecord;

const UnicodeRecord *oz_unicode_record(uint32_t character);

static inline bool oz_unicode_is(uint32_t character, unsigned properties)
{
    return oz_unicode_record(character)->flags & properties;
}

/* Full case mappings: 1 to 3 characters in `out`; gives their number. */
typedef enum UnicodeMapping { OZ_UPPER, OZ_LOWER, OZ_TITLE, OZ_FOLD } UnicodeMapping;
unsigned oz_unicode_map(uint32_t character, UnicodeMapping mapping, uint32_t out[3]);

/* The value of a character with OZ_CHAR_NUMERIC. */
bool oz_unicode_numeric(uint32_t character, double *value);

extern const char oz_unicode_version[];

/* The names of what stands in a record as an index. */
const char *oz_unicode_category(const UnicodeRecord *);
const char *oz_unicode_bidirectional(const UnicodeRecord *);
const char *oz_unicode_width(const UnicodeRecord *); /* East Asian width */

/* Unicode 3.2, which string preparation is defined on. */
UnicodeRecord oz_unicode_record_3_2(uint32_t character);
bool oz_unicode_is_assigned(const UnicodeRecord *);
/* A canonical decomposition that was another one in 3.2, by an error; 0: none. */
uint32_t oz_unicode_decomposition_3_2(uint32_t character);

/* The character's own decomposition: *count characters; *type is "canonical" or "<compat>" and the
 * like.  NULL: none (those of Hangul syllables follow a rule and are not here). */
const uint32_t *oz_unicode_decomposition(uint32_t character, size_t *count, const char **type);
/* Decompose fully: at most 18 characters; canonical mappings only unless `compatible`. */
#define OZ_DECOMPOSED_MAX 18
size_t oz_unicode_decompose(uint32_t character, bool compatible, uint32_t out[OZ_DECOMPOSED_MAX]);
/* The character that two compose to; 0: none. */
uint32_t oz_unicode_compose(uint32_t first, uint32_t second);

#endif
