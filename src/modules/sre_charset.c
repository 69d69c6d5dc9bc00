// SPDX-License-Identifier: MIT
// Characters as regular expressions see them: categories, lower case, sets.
#include "modules/sre.h"

#include "base/unicode.h"

#include <ctype.h>

uint32_t oz_sre_lower_ascii(uint32_t c)
{
    return c - 'A' < 26 ? c + 32 : c;
}

uint32_t oz_sre_lower_unicode(uint32_t c)
{
    if (c < 128)
        return oz_sre_lower_ascii(c);
    const UnicodeRecord *record = oz_unicode_record(c);
    if (!(record->flags & OZ_CHAR_EXTENDED))
        return c + (uint32_t)record->lower;
    uint32_t out[3]; /* the first character is the simple mapping */
    oz_unicode_map(c, OZ_LOWER, out);
    return out[0];
}

static uint32_t upper_unicode(uint32_t c)
{
    const UnicodeRecord *record = oz_unicode_record(c);
    if (!(record->flags & OZ_CHAR_EXTENDED))
        return c + (uint32_t)record->upper;
    uint32_t out[3]; /* of several characters the first counts, as it does in CPython */
    oz_unicode_map(c, OZ_UPPER, out);
    return out[0];
}

uint32_t oz_sre_lower_locale(uint32_t c)
{
    return c < 256 ? (uint32_t)tolower((int)c) : c;
}

static uint32_t upper_locale(uint32_t c)
{
    return c < 256 ? (uint32_t)toupper((int)c) : c;
}

bool oz_sre_cased_ascii(uint32_t c)
{
    return (c | 32) - 'a' < 26;
}

bool oz_sre_cased_unicode(uint32_t c)
{
    return oz_sre_lower_unicode(c) != c || upper_unicode(c) != c;
}

static bool is_word(uint32_t c)
{
    return oz_sre_cased_ascii(c) || c - '0' < 10 || c == '_';
}

bool oz_sre_category(uint32_t category, uint32_t c)
{
    bool negated = category & 1;
    bool is;
    switch (category & ~1u) {
    case SRE_DIGIT:
        is = c - '0' < 10;
        break;
    case SRE_SPACE:
        is = c == ' ' || c - '\t' < 5;
        break;
    case SRE_WORD:
        is = is_word(c);
        break;
    case SRE_LINEBREAK:
        is = c == '\n';
        break;
    case SRE_LOC_WORD:
        is = c < 256 && (isalnum((int)c) || c == '_');
        break;
    case SRE_UNI_DIGIT:
        is = c < 128 ? c - '0' < 10 : oz_unicode_is(c, OZ_CHAR_DECIMAL);
        break;
    case SRE_UNI_SPACE:
        is = oz_unicode_is(c, OZ_CHAR_SPACE);
        break;
    case SRE_UNI_WORD:
        is = c < 128 ? is_word(c) : oz_unicode_is(c, OZ_CHAR_ALNUM);
        break;
    default:
        is = oz_unicode_is(c, OZ_CHAR_LINE_BREAK);
        break;
    }
    return is != negated;
}

/* A bit of a set of 256, eight words. */
static bool has_bit(const uint32_t *bits, uint32_t c)
{
    return bits[c >> 5] >> (c & 31) & 1;
}

/* BIGCHARSET: a number of blocks, 256 bytes that say which block a high byte has, the blocks. */
static bool in_big(const uint32_t *set, uint32_t c)
{
    if (c > 0xffff)
        return false;
    uint8_t block = ((const uint8_t *)(set + 1))[c >> 8];
    return has_bit(set + 65 + 8 * (size_t)block, c & 255);
}

/* Is `c` in the set that begins at `set` (behind IN and its skip)? */
static bool in_set(const uint32_t *set, uint32_t c)
{
    bool in = true;
    for (;;) {
        switch (*set) {
        case SRE_FAILURE:
            return !in;
        case SRE_NEGATE:
            in = !in;
            set++;
            continue;
        case SRE_LITERAL:
            if (c == set[1])
                return in;
            set += 2;
            continue;
        case SRE_RANGE:
            if (c - set[1] <= set[2] - set[1] && set[1] <= set[2])
                return in;
            set += 3;
            continue;
        case SRE_RANGE_UNI_IGNORE: {
            uint32_t upper = upper_unicode(c);
            if ((set[1] <= c && c <= set[2]) || (set[1] <= upper && upper <= set[2]))
                return in;
            set += 3;
            continue;
        }
        case SRE_CATEGORY:
            if (oz_sre_category(set[1], c))
                return in;
            set += 2;
            continue;
        case SRE_CHARSET:
            if (c < 256 && has_bit(set + 1, c))
                return in;
            set += 9;
            continue;
        default: /* BIGCHARSET */
            if (in_big(set + 1, c))
                return in;
            set += 66 + 8 * (size_t)set[1];
        }
    }
}

bool oz_sre_one(const uint32_t *op, uint32_t c)
{
    switch (*op) {
    case SRE_ANY:
        return c != '\n';
    case SRE_ANY_ALL:
        return true;
    case SRE_LITERAL:
        return c == op[1];
    case SRE_NOT_LITERAL:
        return c != op[1];
    case SRE_IN:
        return in_set(op + 2, c);
    case SRE_LITERAL_IGNORE:
        return oz_sre_lower_ascii(c) == op[1];
    case SRE_NOT_LITERAL_IGNORE:
        return oz_sre_lower_ascii(c) != op[1];
    case SRE_IN_IGNORE:
        return in_set(op + 2, oz_sre_lower_ascii(c));
    case SRE_LITERAL_UNI_IGNORE:
        return oz_sre_lower_unicode(c) == op[1];
    case SRE_NOT_LITERAL_UNI_IGNORE:
        return oz_sre_lower_unicode(c) != op[1];
    case SRE_IN_UNI_IGNORE:
        return in_set(op + 2, oz_sre_lower_unicode(c));
    case SRE_LITERAL_LOC_IGNORE:
    case SRE_NOT_LITERAL_LOC_IGNORE: {
        bool same = c == op[1] || oz_sre_lower_locale(c) == op[1] || upper_locale(c) == op[1];
        return same == (*op == SRE_LITERAL_LOC_IGNORE);
    }
    default: { /* IN_LOC_IGNORE */
        uint32_t lower = oz_sre_lower_locale(c);
        uint32_t upper = upper_locale(c);
        return in_set(op + 2, lower) || (upper != lower && in_set(op + 2, upper));
    }
    }
}

/* Words of the set from words[i] to `end`, checked; does it end with FAILURE right there? */
static bool is_set(const SreCode *code, size_t i, size_t end)
{
    const uint32_t *w = code->words;
    while (i < end) {
        size_t left = end - i;
        switch (w[i]) {
        case SRE_FAILURE:
            return left == 1;
        case SRE_NEGATE:
            i++;
            break;
        case SRE_LITERAL:
            i += 2;
            break;
        case SRE_CATEGORY:
            if (left < 2 || w[i + 1] >= SRE_CATEGORIES)
                return false;
            i += 2;
            break;
        case SRE_RANGE:
        case SRE_RANGE_UNI_IGNORE:
            i += 3;
            break;
        case SRE_CHARSET:
            i += 9;
            break;
        case SRE_BIGCHARSET: {
            if (left < 66 || w[i + 1] > 256)
                return false;
            const uint8_t *blocks = (const uint8_t *)(w + i + 2);
            for (int k = 0; k < 256; k++)
                if (blocks[k] >= w[i + 1])
                    return false;
            i += 66 + 8 * (size_t)w[i + 1];
            break;
        }
        default:
            return false;
        }
    }
    return false;
}

size_t oz_sre_one_length(const SreCode *code, size_t i)
{
    const uint32_t *w = code->words;
    size_t left = code->length - i;
    switch (w[i]) {
    case SRE_ANY:
    case SRE_ANY_ALL:
        return 1;
    case SRE_LITERAL:
    case SRE_NOT_LITERAL:
    case SRE_LITERAL_IGNORE:
    case SRE_NOT_LITERAL_IGNORE:
    case SRE_LITERAL_LOC_IGNORE:
    case SRE_NOT_LITERAL_LOC_IGNORE:
    case SRE_LITERAL_UNI_IGNORE:
    case SRE_NOT_LITERAL_UNI_IGNORE:
        return left >= 2 ? 2 : 0;
    case SRE_IN:
    case SRE_IN_IGNORE:
    case SRE_IN_LOC_IGNORE:
    case SRE_IN_UNI_IGNORE:
        if (left < 3 || w[i + 1] >= left || !is_set(code, i + 2, i + 1 + w[i + 1]))
            return 0;
        return 1 + (size_t)w[i + 1];
    default:
        return 0;
    }
}
