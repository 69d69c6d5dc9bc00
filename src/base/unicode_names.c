// SPDX-License-Identifier: MIT
// Names of characters, from packed tables of about 330 KB that are read only when a name is asked
// for.
//
// A character's name has a number (the runs tell); every 16th name's place is kept, the others are
// found by skipping.  A character of a name is found by binary search in the order of the names.
// Names of ideographs end in their code, those of Hangul syllables are put together.
#include "base/unicode_names.h"

#include <stdio.h>
#include <string.h>

typedef struct NameRun {
    uint32_t first; /* character */
    uint32_t count;
    uint32_t number; /* of its name */
} NameRun;

typedef struct NameRange {
    uint32_t first, last;
    const char *prefix;
} NameRange;

typedef struct NameExtra {
    uint32_t count;
    uint32_t characters[4];
} NameExtra;

#include "base/unicode_names.gen.h"

/* ---- packed names ---- */

static unsigned next_word(const uint8_t **at)
{
    unsigned word = *(*at)++;
    return word < 200 ? word : 200 + ((word - 200) << 8) + *(*at)++;
}

static size_t put_word(unsigned word, char *out)
{
    const uint8_t *at = word_text + word_offsets[(word - 1) / STEP];
    for (unsigned skip = (word - 1) % STEP; skip; skip--)
        while (!(*at++ & 128))
            ;
    size_t n = 0;
    do
        out[n++] = (char)(*at & 127);
    while (!(*at++ & 128));
    return n;
}

static size_t unpack(unsigned number, char *out)
{
    const uint8_t *at = name_words + name_offsets[number / STEP];
    for (unsigned skip = number % STEP; skip; skip--)
        while (next_word(&at))
            ;
    size_t n = 0;
    unsigned word;
    while ((word = next_word(&at)) != 0) {
        if (n)
            out[n++] = ' ';
        n += put_word(word, out + n);
    }
    out[n] = 0;
    return n;
}

/* ---- Hangul ---- */

#define SYLLABLES 0xac00u

static const char *const leads[] = {"G",  "GG", "N", "D",  "DD", "R", "M", "B", "BB", "S",
                                    "SS", "",   "J", "JJ", "C",  "K", "T", "P", "H"};
static const char *const vowels[] = {"A",   "AE", "YA", "YAE", "EO", "E",  "YEO",
                                     "YE",  "O",  "WA", "WAE", "OE", "YO", "U",
                                     "WEO", "WE", "WI", "YU",  "EU", "YI", "I"};
static const char *const tails[] = {"",   "G",  "GG", "GS", "N",  "NJ", "NH", "D", "L",  "LG",
                                    "LM", "LB", "LS", "LT", "LP", "LH", "M",  "B", "BS", "S",
                                    "SS", "NG", "J",  "C",  "K",  "T",  "P",  "H"};

/* The entry that `text` begins with, the longest one; -1: none (not even the empty one). */
static int longest(const char *const *list, size_t count, const char **text)
{
    int best = -1;
    size_t best_length = 0;
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(list[i]);
        if (strncmp(*text, list[i], length) == 0 && (best < 0 || length > best_length)) {
            best = (int)i;
            best_length = length;
        }
    }
    *text += best_length;
    return best;
}

static bool find_syllable(const char *text, uint32_t *c)
{
    int lead = longest(leads, OZ_COUNT(leads), &text);
    int vowel = longest(vowels, OZ_COUNT(vowels), &text);
    int tail = longest(tails, OZ_COUNT(tails), &text);
    if (lead < 0 || vowel < 0 || tail < 0 || *text)
        return false;
    *c = SYLLABLES + (uint32_t)((lead * 21 + vowel) * 28 + tail);
    return true;
}

/* ---- the contract ---- */

size_t oz_unicode_name(uint32_t c, char out[OZ_UNICODE_NAME_MAX])
{
    if (c - SYLLABLES < 19 * 21 * 28) {
        uint32_t i = c - SYLLABLES;
        return (size_t)snprintf(out, OZ_UNICODE_NAME_MAX, "HANGUL SYLLABLE %s%s%s", leads[i / 588],
                                vowels[i / 28 % 21], tails[i % 28]);
    }
    size_t low = 0, high = OZ_COUNT(runs);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c < runs[middle].first)
            high = middle;
        else if (c - runs[middle].first >= runs[middle].count)
            low = middle + 1;
        else
            return unpack(runs[middle].number + c - runs[middle].first, out);
    }
    for (size_t i = 0; i < OZ_COUNT(ranges); i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return (size_t)snprintf(out, OZ_UNICODE_NAME_MAX, "%s%04X", ranges[i].prefix, c);
    out[0] = 0;
    return 0;
}

static uint32_t character_of(unsigned number)
{
    size_t low = 0, high = OZ_COUNT(runs);
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (runs[middle].number <= number)
            low = middle;
        else
            high = middle;
    }
    return runs[low].first + number - runs[low].number;
}

static bool find_number(const char *name, unsigned *number)
{
    size_t low = 0, high = OZ_COUNT(sorted);
    while (low < high) {
        size_t middle = (low + high) / 2;
        char text[OZ_UNICODE_NAME_MAX];
        unpack(sorted[middle], text);
        int order = strcmp(name, text);
        if (order == 0) {
            *number = sorted[middle];
            return true;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

/* A name that ends in the code of its character. */
static bool find_in_ranges(const char *name, uint32_t *c)
{
    for (size_t i = 0; i < OZ_COUNT(ranges); i++) {
        size_t length = strlen(ranges[i].prefix);
        if (strncmp(name, ranges[i].prefix, length) != 0)
            continue;
        const char *digits = name + length;
        size_t count = strspn(digits, "0123456789ABCDEF");
        if ((count != 4 && count != 5) || digits[count])
            continue;
        uint32_t code = 0;
        for (size_t k = 0; k < count; k++)
            code =
                code << 4 | (uint32_t)(digits[k] <= '9' ? digits[k] - '0' : digits[k] - 'A' + 10);
        if (code >= ranges[i].first && code <= ranges[i].last && (count == 4) == (code < 0x10000)) {
            *c = code;
            return true;
        }
    }
    return false;
}

size_t oz_unicode_lookup(const char *name, size_t length, UnicodeNames names, uint32_t out[4])
{
    static const char hangul[] = "HANGUL SYLLABLE ";
    char text[OZ_UNICODE_NAME_MAX];
    if (length == 0 || length >= sizeof text || memchr(name, 0, length))
        return 0;
    for (size_t i = 0; i < length; i++)
        text[i] = (char)((uint8_t)(name[i] - 'a') < 26 ? name[i] - 32 : name[i]);
    text[length] = 0;
    if (strncmp(text, hangul, sizeof hangul - 1) == 0 &&
        find_syllable(text + sizeof hangul - 1, &out[0]))
        return 1;
    unsigned number;
    if (find_in_ranges(text, &out[0]))
        return 1;
    if (!find_number(text, &number))
        return 0;
    if (number < NAMES) {
        out[0] = character_of(number);
        return 1;
    }
    const NameExtra *found = &extra[number - NAMES];
    if (names < (found->count > 1 ? OZ_NAMES_SEQUENCES : OZ_NAMES_ALIASES))
        return 0;
    memcpy(out, found->characters, found->count * sizeof *out);
    return found->count;
}
