// SPDX-License-Identifier: MIT
// Looking up characters: a two-level index to about 800 different records.
//
// Nearly all case mappings are one character and lie in the record as a difference; the some 250
// others are found by binary search. Of Unicode 3.2 there is what it told otherwise: runs of
// characters with the same old record, each `first << 8 | record`, record 0 being today's.
#include "base/unicode.h"

#include <assert.h>

typedef struct UnicodeCase {
    uint32_t character;
    uint32_t place; /* in unicode_cases: count and characters of upper, lower, title, fold */
} UnicodeCase;

typedef struct UnicodeNumber {
    uint32_t character;
    uint32_t value; /* index in unicode_values */
} UnicodeNumber;

typedef struct Decomposition {
    uint32_t character;
    uint8_t type;
    uint8_t count;
    uint16_t place; /* in decomposition_parts */
} Decomposition;

typedef struct Composition {
    uint32_t first, second, result;
} Composition;

/* What Unicode 3.2 told otherwise of a character. */
typedef struct OldRecord {
    uint8_t decimal, category, bidi, combining, width;
    uint8_t mirrored; /* 0 or 1 */
} OldRecord;

typedef struct OldDecomposition {
    uint32_t character, result;
} OldDecomposition;

#include "base/unicode.gen.h"

const UnicodeRecord *oz_unicode_record(uint32_t c)
{
    if (OZ_UNLIKELY(c > 0x10ffff))
        c = 0xffff; /* unassigned for ever */
    uint32_t block = unicode_first[c >> OZ_UNICODE_SHIFT];
    uint32_t at = (block << OZ_UNICODE_SHIFT) + (c & ((1u << OZ_UNICODE_SHIFT) - 1));
    return &unicode_records[unicode_second[at]];
}

static unsigned map_extended(uint32_t c, UnicodeMapping mapping, uint32_t out[3])
{
    size_t low = 0, high = OZ_COUNT(unicode_extended);
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (unicode_extended[middle].character <= c)
            low = middle;
        else
            high = middle;
    }
    const uint32_t *at = &unicode_cases[unicode_extended[low].place];
    for (unsigned i = 0; i < (unsigned)mapping; i++)
        at += 1 + *at;
    for (unsigned i = 0; i < *at; i++)
        out[i] = at[1 + i];
    return *at;
}

unsigned oz_unicode_map(uint32_t c, UnicodeMapping mapping, uint32_t out[3])
{
    const UnicodeRecord *r = oz_unicode_record(c);
    if (OZ_UNLIKELY(r->flags & OZ_CHAR_EXTENDED))
        return map_extended(c, mapping, out);
    int32_t delta = mapping == OZ_UPPER ? r->upper : mapping == OZ_TITLE ? r->title : r->lower;
    out[0] = c + (uint32_t)delta;
    return 1;
}

bool oz_unicode_numeric(uint32_t c, double *value)
{
    size_t low = 0, high = OZ_COUNT(unicode_numbers);
    while (low < high) {
        size_t middle = (low + high) / 2;
        const UnicodeNumber *n = &unicode_numbers[middle];
        if (n->character == c) {
            *value = unicode_values[n->value];
            return true;
        }
        if (n->character < c)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

const char *oz_unicode_category(const UnicodeRecord *r)
{
    return unicode_categories[r->category];
}

const char *oz_unicode_bidirectional(const UnicodeRecord *r)
{
    return unicode_bidi[r->bidi];
}

const char *oz_unicode_width(const UnicodeRecord *r)
{
    return unicode_widths[r->width];
}

/* ---- version 3.2 ---- */

UnicodeRecord oz_unicode_record_3_2(uint32_t c)
{
    size_t low = 0, high = OZ_COUNT(old_runs);
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (old_runs[middle] >> 8 <= c)
            low = middle;
        else
            high = middle;
    }
    UnicodeRecord r = *oz_unicode_record(c);
    if (!(old_runs[low] & 0xff))
        return r;
    const OldRecord *old = &old_records[(old_runs[low] & 0xff) - 1];
    r.decimal = old->decimal;
    r.category = old->category;
    r.bidi = old->bidi;
    r.combining = old->combining;
    r.width = old->width;
    r.flags = old->mirrored ? r.flags | OZ_CHAR_MIRRORED : r.flags & ~OZ_CHAR_MIRRORED;
    return r;
}

bool oz_unicode_is_assigned(const UnicodeRecord *r)
{
    return r->category != 0;
}

uint32_t oz_unicode_decomposition_3_2(uint32_t c)
{
    for (size_t i = 0; i < OZ_COUNT(old_decompositions); i++)
        if (old_decompositions[i].character == c)
            return old_decompositions[i].result;
    return 0;
}

/* ---- decomposition and composition ---- */

enum {
    SYLLABLE = 0xac00,
    LEAD = 0x1100,
    VOWEL = 0x1161,
    TAIL = 0x11a7,
    LEADS = 19,
    VOWELS = 21,
    TAILS = 28,
    SYLLABLES = LEADS * VOWELS * TAILS,
};

const uint32_t *oz_unicode_decomposition(uint32_t c, size_t *count, const char **type)
{
    if (!oz_unicode_is(c, OZ_CHAR_DECOMPOSES))
        return NULL;
    size_t low = 0, high = OZ_COUNT(decompositions);
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (decompositions[middle].character <= c)
            low = middle;
        else
            high = middle;
    }
    const Decomposition *d = &decompositions[low];
    *count = d->count;
    *type = decomposition_types[d->type];
    return &decomposition_parts[d->place];
}

size_t oz_unicode_decompose(uint32_t c, bool compatible, uint32_t out[OZ_DECOMPOSED_MAX])
{
    if (c - SYLLABLE < SYLLABLES) {
        uint32_t i = c - SYLLABLE;
        out[0] = LEAD + i / (VOWELS * TAILS);
        out[1] = VOWEL + i / TAILS % VOWELS;
        out[2] = TAIL + i % TAILS;
        return i % TAILS ? 3 : 2;
    }
    size_t count;
    const char *type;
    const uint32_t *parts = oz_unicode_decomposition(c, &count, &type);
    if (!parts || (!compatible && *type == '<')) {
        out[0] = c;
        return 1;
    }
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += oz_unicode_decompose(parts[i], compatible, out + n);
    return n;
}

uint32_t oz_unicode_compose(uint32_t first, uint32_t second)
{
    if (first - LEAD < LEADS && second - VOWEL < VOWELS)
        return SYLLABLE + ((first - LEAD) * VOWELS + second - VOWEL) * TAILS;
    if (first - SYLLABLE < SYLLABLES && (first - SYLLABLE) % TAILS == 0 &&
        second - TAIL - 1 < TAILS - 1)
        return first + second - TAIL;
    size_t low = 0, high = OZ_COUNT(compositions);
    while (low < high) {
        size_t middle = (low + high) / 2;
        const Composition *c = &compositions[middle];
        if (c->first == first && c->second == second)
            return c->result;
        if (c->first < first || (c->first == first && c->second < second))
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}
