// SPDX-License-Identifier: MIT
// East Asian encodings: tables of character sets, and codecs that go step by step.
#ifndef OZ_MODULES_MULTIBYTE_H
#define OZ_MODULES_MULTIBYTE_H

#include "object/error.h"

/* ---- character sets (multibyte_charset.c) ---- */

/* Name, the C library's names for it, joined by '|' where the second fills gaps, and whether it
 * has codes of three bytes (behind 0x8f). */
#define OZ_CHARSETS(SET)                                                                           \
    SET(GB2312, "GB2312", false)                                                                   \
    SET(GBK, "GBK", false)                                                                         \
    SET(GB18030, "GB18030", false)                                                                 \
    SET(BIG5HKSCS, "BIG5-HKSCS", false)                                                            \
    SET(CP932, "CP932", false)                                                                     \
    SET(SJIS, "SJIS", false)                                                                       \
    SET(SJIS_2004, "SHIFT_JISX0213", false)                                                        \
    SET(SJISX0213, "SHIFT_JISX0213", false)                                                        \
    SET(EUC_JP, "EUC-JP", true)                                                                    \
    SET(EUC_2004, "EUC-JISX0213|EUC-JP", true)                                                     \
    SET(EUCX0213, "EUC-JISX0213|EUC-JP", true)                                                     \
    SET(UHC, "UHC", false)                                                                         \
    SET(EUC_KR, "EUC-KR", false)                                                                   \
    SET(JOHAB, "JOHAB", false)                                                                     \
    SET(BIG5, "BIG5", false)                                                                       \
    SET(CP950, "BIG5", false)

typedef enum CharsetId {
#define SET(name, source, three) OZ_SET_##name,
    OZ_CHARSETS(SET)
#undef SET
        OZ_SET_COUNT,
    OZ_SET_NONE = OZ_SET_COUNT,
} CharsetId;

enum { OZ_PAIRS_MAX = 32, OZ_WIDE_CODES = 0x8000, OZ_ENCODE_PAGES = 0x300 };
#define OZ_NO_CHARACTER UINT32_MAX
#define OZ_PAIR_FLAG 0x80000000u /* the rest is an index of `pairs` */

/* A code that stands for two characters, a letter and a mark. */
typedef struct CharPair {
    uint32_t first, second, code; /* [const] */
} CharPair;

typedef struct Charset {
    uint32_t one[256];                /* [const] characters of codes of one byte */
    uint32_t *two;                    /* [const] of codes from 0x8000; a block */
    uint32_t *three;                  /* [const] of 0x8f8000 and the like, or NULL */
    uint32_t *pages[OZ_ENCODE_PAGES]; /* [const] codes of 256 characters each; blocks, or NULL */
    bool lead[256];                   /* [const] does a longer code begin with it? */
    CharPair pairs[OZ_PAIRS_MAX];     /* [const] */
    unsigned pair_count;              /* [const] */
} Charset;

/* Make the tables of a set (28,000 conversions, 3 ms); NULL: raised. */
Charset *oz_charset_new(Thread *t, CharsetId id) OZ_CHECKED;
void oz_charset_drop(Charset *set);
/* The character of a code (or pair, or OZ_NO_CHARACTER); the code of a character, 0: it has none.
 */
uint32_t oz_charset_decode(const Charset *set, uint32_t code);
uint32_t oz_charset_encode(const Charset *set, uint32_t character);

/* ---- codecs (multibyte_step.c) ---- */

typedef enum MultibyteFamily {
    OZ_MB_PLAIN,
    OZ_MB_HANGUL,
    OZ_MB_GB18030,
    OZ_MB_HZ,
    OZ_MB_ISO2022
} MultibyteFamily;

/* What an ISO 2022 encoding can switch to, in the order in which it is tried. */
typedef struct Designation {
    uint8_t mark;  /* its last letter, and 0x80 for sets of two bytes */
    uint8_t plane; /* 0: G0, 1: G1, 2: G2 */
    uint8_t set;   /* CharsetId of those of two bytes */
    uint8_t rows;  /* which part of the table: codes of two or of three bytes, or some of these */
} Designation;

typedef struct MultibyteDef {
    const char *name, *module;
    MultibyteFamily family;
    CharsetId set;                   /* of all but ISO 2022; there the one with pairs */
    const Designation *designations; /* ISO 2022: ends with a mark of 0 */
    bool shifts;                     /* ISO 2022: shift out and in switch to G1 and back */
} MultibyteDef;

extern const MultibyteDef oz_multibyte_defs[]; /* ends with a NULL name */

enum { OZ_MB_OUT = 16 }; /* bytes that one step may write */

/* Where a conversion stands; what programs see of it is these bytes. */
typedef union MultibyteState {
    uint8_t c[8];
    uint64_t number;
} MultibyteState;

typedef struct MultibyteTables {
    const MultibyteDef *def;
    Charset *sets[OZ_SET_COUNT]; /* those it needs */
    uint16_t *four;              /* GB18030: the characters of codes of four bytes, in order */
    unsigned four_count;
} MultibyteTables;

bool oz_multibyte_open(Thread *t, MultibyteTables *m, const MultibyteDef *def) OZ_CHECKED;
void oz_multibyte_close(MultibyteTables *m);
MultibyteState oz_multibyte_start(const MultibyteTables *m, bool decoding);
/* Read one character, two or none (*count) from n > 0 bytes.  > 0: so many bytes are read;
 * 0: there must be more; < 0: so many bytes are wrong. */
int oz_multibyte_decode(const MultibyteTables *m, MultibyteState *state, const uint8_t *s, size_t n,
                        uint32_t out[2], unsigned *count);
/* Write a character, or a pair (second 0: none): how many bytes; -1: it cannot be written. */
int oz_multibyte_encode(const MultibyteTables *m, MultibyteState *state, uint32_t first,
                        uint32_t second, uint8_t out[OZ_MB_OUT]);
/* Back to where texts begin. */
int oz_multibyte_finish(const MultibyteTables *m, MultibyteState *state, uint8_t out[OZ_MB_OUT]);
/* Does a code stand for this character and another, for both? */
bool oz_multibyte_begins_pair(const MultibyteTables *m, uint32_t character);
bool oz_multibyte_is_pair(const MultibyteTables *m, uint32_t first, uint32_t second);

#endif
