// SPDX-License-Identifier: MIT
// Looking up characters: a two-level index to about 800 different records.
//
// Nearly all case mappings are one character and lie in the record as a difference; the some 250
// others are found by binary search.
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

const char *oz_unicode_category(uint32_t c)
{
    return unicode_categories[oz_unicode_record(c)->category];
}

const char *oz_unicode_bidirectional(uint32_t c)
{
    return unicode_bidi[oz_unicode_record(c)->bidi];
}

const char *oz_unicode_width(uint32_t c)
{
    return unicode_widths[oz_unicode_record(c)->width];
}
