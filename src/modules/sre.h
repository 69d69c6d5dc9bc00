// SPDX-License-Identifier: MIT
// Regular expressions: the code that re's compiler makes, and the two engines that run it.
#ifndef OZ_MODULES_SRE_H
#define OZ_MODULES_SRE_H

#include "object/error.h"

enum {
    SRE_FAILURE,
    SRE_SUCCESS,
    SRE_ANY,
    SRE_ANY_ALL,
    SRE_ASSERT,
    SRE_ASSERT_NOT,
    SRE_AT,
    SRE_BRANCH,
    SRE_CATEGORY,
    SRE_CHARSET,
    SRE_BIGCHARSET,
    SRE_GROUPREF,
    SRE_GROUPREF_EXISTS,
    SRE_IN,
    SRE_INFO,
    SRE_JUMP,
    SRE_LITERAL,
    SRE_MARK,
    SRE_MAX_UNTIL,
    SRE_MIN_UNTIL,
    SRE_NOT_LITERAL,
    SRE_NEGATE,
    SRE_RANGE,
    SRE_REPEAT,
    SRE_REPEAT_ONE,
    SRE_SUBPATTERN,
    SRE_MIN_REPEAT_ONE,
    SRE_ATOMIC_GROUP,
    SRE_POSSESSIVE_REPEAT,
    SRE_POSSESSIVE_REPEAT_ONE,
    SRE_GROUPREF_IGNORE,
    SRE_IN_IGNORE,
    SRE_LITERAL_IGNORE,
    SRE_NOT_LITERAL_IGNORE,
    SRE_GROUPREF_LOC_IGNORE,
    SRE_IN_LOC_IGNORE,
    SRE_LITERAL_LOC_IGNORE,
    SRE_NOT_LITERAL_LOC_IGNORE,
    SRE_GROUPREF_UNI_IGNORE,
    SRE_IN_UNI_IGNORE,
    SRE_LITERAL_UNI_IGNORE,
    SRE_NOT_LITERAL_UNI_IGNORE,
    SRE_RANGE_UNI_IGNORE,
};

enum {
    SRE_AT_BEGINNING,
    SRE_AT_BEGINNING_LINE,
    SRE_AT_BEGINNING_STRING,
    SRE_AT_BOUNDARY,
    SRE_AT_NON_BOUNDARY,
    SRE_AT_END,
    SRE_AT_END_LINE,
    SRE_AT_END_STRING,
    SRE_AT_LOC_BOUNDARY,
    SRE_AT_LOC_NON_BOUNDARY,
    SRE_AT_UNI_BOUNDARY,
    SRE_AT_UNI_NON_BOUNDARY,
    SRE_AT_COUNT,
};

/* Each is followed by its negation. */
enum {
    SRE_DIGIT = 0,
    SRE_SPACE = 2,
    SRE_WORD = 4,
    SRE_LINEBREAK = 6,
    SRE_LOC_WORD = 8,
    SRE_UNI_DIGIT = 10,
    SRE_UNI_SPACE = 12,
    SRE_UNI_WORD = 14,
    SRE_UNI_LINEBREAK = 16,
    SRE_CATEGORIES = 18,
};

#define SRE_MAGIC 20220615
#define SRE_MAXREPEAT UINT32_MAX
#define SRE_MAXGROUPS (INT32_MAX / 2)
#define SRE_UNSET SIZE_MAX

typedef struct SreCode {
    uint32_t *words;
    size_t length;
    uint32_t groups; /* capturing ones */
} SreCode;

/* What a match runs over.  Widths are those of str: 1, 2 or 4 bytes a character. */
typedef struct SreText {
    const void *data;
    size_t length; /* up to endpos: what is behind is not there */
    unsigned width;
    bool ascii; /* no character above 127 */
} SreText;

typedef enum SreMode { SRE_SEARCH, SRE_MATCH, SRE_FULLMATCH, SRE_MODES } SreMode;

OZ_INLINE uint32_t oz_sre_at(const SreText *text, size_t i)
{
    return text->width == 1   ? ((const uint8_t *)text->data)[i]
           : text->width == 2 ? ((const uint16_t *)text->data)[i]
                              : ((const uint32_t *)text->data)[i];
}

/* ---- characters and sets (sre_charset.c) ---- */

uint32_t oz_sre_lower_ascii(uint32_t c);
uint32_t oz_sre_lower_unicode(uint32_t c);
uint32_t oz_sre_lower_locale(uint32_t c);
bool oz_sre_cased_ascii(uint32_t c);
bool oz_sre_cased_unicode(uint32_t c);
bool oz_sre_category(uint32_t category, uint32_t c);
/* Does the one-character operation at `op` accept `c`? */
bool oz_sre_one(const uint32_t *op, uint32_t c);
/* The words that a one-character operation at words[i] takes; 0: it is none, or is broken. */
size_t oz_sre_one_length(const SreCode *code, size_t i);

/* ---- the backtracking matcher (sre_match.c) ---- */

typedef struct SreProgram SreProgram;

/* NULL: raised: MemoryError, or RuntimeError "invalid SRE code". */
SreProgram *oz_sre_program_new(Thread *t, const SreCode *code) OZ_CHECKED;
void oz_sre_program_drop(SreProgram *program);
/* Is the group closed last always the one with the highest rank among those that are set? */
bool oz_sre_program_is_ranked(const SreProgram *program);
uint32_t oz_sre_program_rank(const SreProgram *program, uint32_t group /* from 1 */);
/* Try from `start` on.  `marks` gets 2 * (groups + 1) positions; *last the group closed last, or 0.
 * must_advance: a match may not be empty where it begins at `start`.
 * OZ_RAISED: an interrupt, or no memory.  Runs Python: yes (poll). */
Found oz_sre_run(Thread *t, const SreProgram *program, const SreText *text, size_t start,
                 SreMode mode, bool must_advance, size_t *marks, uint32_t *last) OZ_CHECKED;

/* ---- PCRE2 (sre_pcre.c) ---- */

typedef enum SreVariant { SRE_ASCII, SRE_LATIN1, SRE_UCS2, SRE_UCS4, SRE_VARIANTS } SreVariant;

OZ_INLINE SreVariant oz_sre_variant(const SreText *text)
{
    return text->ascii        ? SRE_ASCII
           : text->width == 1 ? SRE_LATIN1
           : text->width == 2 ? SRE_UCS2
                              : SRE_UCS4;
}

/* Machine code for the pattern, or NULL where PCRE2 has no equal for it, or (*refused) where there
 * was no memory: then it may be tried again.  Raises nothing. */
void *oz_sre_pcre_new(Thread *t, const SreCode *code, SreVariant variant, SreMode mode,
                      bool *refused) OZ_CHECKED;
void oz_sre_pcre_drop(void *engine, SreVariant variant);
/* Room for the positions of a match: NULL if there is no memory.  It fits every mode. */
void *oz_sre_pcre_room(Thread *t, uint32_t groups, SreVariant variant) OZ_CHECKED;
void oz_sre_pcre_room_drop(void *room, SreVariant variant);
/* OZ_RAISED: gave up (a limit); nothing is raised: use oz_sre_run. */
Found oz_sre_pcre_run(void *engine, void *room, uint32_t groups, const SreText *text, size_t start,
                      bool must_advance, size_t **marks) OZ_CHECKED;

#endif
