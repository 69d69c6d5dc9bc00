// SPDX-License-Identifier: MIT
// Identifier characters after UAX 31, from the general categories of utf8proc.
//
// XID_Start is the letters, letter numbers and a few marked characters, less those whose normal
// form is no identifier; XID_Continue adds marks, digits and connectors.  The exceptions are listed
// below: Unicode keeps these properties stable, so the lists only ever grow by rare additions.
#include "syntax/identifier.h"

#include <string.h>
#include <utf8proc.h>

typedef struct Range {
    uint32_t first; /* [const] */
    uint32_t last;  /* [const] */
} Range;

/* Other_ID_Start: letters by history, with another category now. */
static const Range other_start[] = {{0x1885, 0x1886}, {0x2118, 0x2118}, {0x212E, 0x212E}};

static const Range other_continue[] = {
    {0x00B7, 0x00B7}, {0x0387, 0x0387}, {0x1369, 0x1371}, {0x19DA, 0x19DA}};

/* Letters whose NFKC form starts with, or contains, something else. */
static const Range not_start[] = {
    {0x037A, 0x037A}, {0x0E33, 0x0E33}, {0x0EB3, 0x0EB3}, {0x2E2F, 0x2E2F}, {0xFC5E, 0xFC63},
    {0xFDFA, 0xFDFB}, {0xFE70, 0xFE70}, {0xFE72, 0xFE72}, {0xFE74, 0xFE74}, {0xFE76, 0xFE76},
    {0xFE78, 0xFE78}, {0xFE7A, 0xFE7A}, {0xFE7C, 0xFE7C}, {0xFE7E, 0xFE7E}, {0xFF9E, 0xFF9F}};

static const Range not_continue[] = {{0x037A, 0x037A}, {0x2E2F, 0x2E2F}, {0xFC5E, 0xFC63},
                                     {0xFDFA, 0xFDFB}, {0xFE70, 0xFE70}, {0xFE72, 0xFE72},
                                     {0xFE74, 0xFE74}, {0xFE76, 0xFE76}, {0xFE78, 0xFE78},
                                     {0xFE7A, 0xFE7A}, {0xFE7C, 0xFE7C}, {0xFE7E, 0xFE7E}};

static bool is_in(uint32_t c, const Range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (c <= ranges[i].last)
            return c >= ranges[i].first;
    }
    return false;
}

#define IS_IN(c, ranges) is_in(c, ranges, OZ_COUNT(ranges))

static bool is_letter(uint32_t c)
{
    switch (utf8proc_category((int32_t)c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_NL:
        return true;
    default:
        return IS_IN(c, other_start);
    }
}

bool oz_identifier_starts(uint32_t c)
{
    if (c < 128)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    return is_letter(c) && !IS_IN(c, not_start);
}

bool oz_identifier_continues(uint32_t c)
{
    if (c < 128)
        return oz_identifier_starts(c) || (c >= '0' && c <= '9');
    switch (utf8proc_category((int32_t)c)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_PC:
        return true;
    default:
        return (is_letter(c) || IS_IN(c, other_continue)) && !IS_IN(c, not_continue);
    }
}

bool oz_identifier_prints(uint32_t c)
{
    if (c == ' ')
        return true;
    switch (utf8proc_category((int32_t)c)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_ZS:
        return false;
    default:
        return true;
    }
}

const char *oz_identifier_normal(Arena *arena, const char *bytes, size_t length, size_t *out_length)
{
    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT;
    /* The longest compatibility decomposition has 18 characters. */
    size_t room;
    if (!oz_size_mul(length, 18, &room) || room > INT32_MAX)
        return NULL;
    int32_t *buffer = oz_arena_array(arena, room + 1, sizeof(int32_t));
    if (!buffer)
        return NULL;
    utf8proc_ssize_t count = utf8proc_decompose((const uint8_t *)bytes, (utf8proc_ssize_t)length,
                                                buffer, (utf8proc_ssize_t)room, options);
    if (count >= 0 && count <= (utf8proc_ssize_t)room)
        count = utf8proc_reencode(buffer, count, options);
    if (count < 0 || count > (utf8proc_ssize_t)(room * 4))
        return NULL;
    *out_length = (size_t)count;
    return (const char *)buffer;
}
