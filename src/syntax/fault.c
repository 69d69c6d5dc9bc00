// SPDX-License-Identifier: MIT
// Making faults: messages in the arena, text as it is shown, columns as characters.
#include "syntax/fault.h"

#include <stdio.h>
#include <string.h>

void oz_fault_memory(SyntaxFault *fault)
{
    *fault = (SyntaxFault){.kind = OZ_FAULT_MEMORY, .message = "out of memory"};
}

const char *oz_fault_format(Arena *arena, SyntaxFault *fault, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *message = length < 0 ? NULL : oz_arena_alloc(arena, (size_t)length + 1);
    if (!message) {
        oz_fault_memory(fault);
        return NULL;
    }
    vsnprintf(message, (size_t)length + 1, format, args);
    return message;
}

const char *oz_fault_printf(Arena *arena, SyntaxFault *fault, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *message = oz_fault_format(arena, fault, format, args);
    va_end(args);
    return message;
}

/* Second-byte bounds by lead byte keep out overlong forms, surrogates and what lies past U+10FFFF.
 */
int oz_utf8_next(const char *at, const char *end, uint32_t *c, int *bad)
{
    const uint8_t *p = (const uint8_t *)at;
    size_t room = (size_t)(end - at);
    uint8_t lead = p[0];
    *bad = 1;
    if (lead < 0x80) {
        *c = lead;
        return 1;
    }
    int need = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (!need || room < 2 || p[1] < low || p[1] > high)
        return 0;
    uint32_t value = lead & (0x7Fu >> need);
    value = value << 6 | (p[1] & 0x3Fu);
    for (int i = 2; i < need; i++) {
        *bad = i;
        if (room <= (size_t)i || (p[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (p[i] & 0x3Fu);
    }
    *c = value;
    return need;
}

AstText *oz_fault_text(Arena *arena, SyntaxFault *fault, const char *bytes, size_t length)
{
    const char *end = bytes + length;
    size_t size = 0;
    uint32_t c;
    int bad;
    for (const char *p = bytes; p < end;) {
        int step = oz_utf8_next(p, end, &c, &bad);
        size += step ? (size_t)step : 3;
        p += step ? step : bad;
    }
    AstText *text = oz_ast_text_room(arena, size);
    if (!text) {
        oz_fault_memory(fault);
        return NULL;
    }
    char *out = text->bytes;
    for (const char *p = bytes; p < end;) {
        int step = oz_utf8_next(p, end, &c, &bad);
        memcpy(out, step ? p : "\xEF\xBF\xBD", step ? (size_t)step : 3);
        out += step ? step : 3;
        p += step ? step : bad;
    }
    return text;
}

int32_t oz_fault_characters(const char *text, size_t bytes)
{
    int32_t count = 0;
    for (size_t i = 0; i < bytes; i++)
        count += ((uint8_t)text[i] & 0xC0) != 0x80;
    return count;
}

const char *oz_fault_utf8_problem(Arena *arena, SyntaxFault *fault, const char *bytes,
                                  size_t length)
{
    const char *end = bytes + length;
    uint32_t c;
    int bad, step;
    const char *p = bytes;
    for (; p < end; p += step) {
        step = oz_utf8_next(p, end, &c, &bad);
        if (!step)
            break;
    }
    if (p >= end)
        return NULL;
    uint8_t lead = (uint8_t)*p;
    size_t at = (size_t)(p - bytes);
    bool starts = lead >= 0xC2 && lead < 0xF5;
    bool cut = starts && (size_t)(end - p) == (size_t)bad;
    const char *what = !starts ? "invalid start byte"
                       : cut   ? "unexpected end of data"
                               : "invalid continuation byte";
    if (bad == 1)
        return oz_fault_printf(arena, fault,
                               "'utf-8' codec can't decode byte 0x%02x in position %zu: %s", lead,
                               at, what);
    return oz_fault_printf(arena, fault, "'utf-8' codec can't decode bytes in position %zu-%zu: %s",
                           at, at + (size_t)bad - 1, what);
}
