// SPDX-License-Identifier: MIT
// The normal form of identifiers.
#include "syntax/identifier.h"

#include <utf8proc.h>

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
