// SPDX-License-Identifier: MIT
// The text that int(), float() and complex() read.
//
// Decimal digits of every script lie in runs of ten, ascending from zero, so the value of a digit
// follows from its distance to the start of the run; no table of values is needed.
#include "types/number_text.h"

#include <string.h>

#include <utf8proc.h>

#include "heap/heap.h"

static bool is_decimal(uint32_t c)
{
    return utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_ND;
}

int oz_decimal_digit(uint32_t c)
{
    if (c < 0x80)
        return c >= '0' && c <= '9' ? (int)(c - '0') : -1;
    if (!is_decimal(c))
        return -1;
    uint32_t start = c; /* runs that touch are multiples of ten */
    while (is_decimal(start - 1))
        start--;
    return (int)((c - start) % 10);
}

static bool is_wide_space(uint32_t c)
{
    return c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
           c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000 || (c >= 0x1c && c <= 0x1f);
}

static char to_ascii(uint32_t c)
{
    if (is_wide_space(c))
        return ' ';
    if (c < 0x80)
        return (char)c;
    int digit = oz_decimal_digit(c);
    return digit >= 0 ? (char)('0' + digit) : '?';
}

bool oz_number_text_init(Thread *t, NumberText *n, const Str *s)
{
    n->length = oz_str_length(s);
    n->block = NULL;
    n->text = oz_str_data(s);
    if (oz_id(&s->base) == OZ_STR_ASCII)
        return true;
    n->text = n->block = oz_block_alloc(t->heap, n->length + 1);
    if (!n->block)
        return oz_raise_memory(t) != NULL;
    for (size_t i = 0; i < n->length; i++)
        n->block[i] = to_ascii(oz_str_at(s, i));
    n->block[n->length] = 0;
    return true;
}

void oz_number_text_fini(NumberText *n)
{
    oz_block_free(n->block);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

void oz_number_text_strip(NumberText *n)
{
    while (n->length && is_space(n->text[0])) {
        n->text++;
        n->length--;
    }
    while (n->length && is_space(n->text[n->length - 1]))
        n->length--;
}

#define SHOWN 200 /* characters of a repr in a message */

Ref oz_raise_literal(Thread *t, const char *prefix, Obj shown)
{
    scoped Ref repr = oz_repr(t, shown);
    const Str *text = repr ? oz_as_str(repr) : NULL;
    if (!text)
        return NULL;
    scoped Ref cut = oz_str_length(text) > SHOWN ? oz_str_slice(t, repr, 0, SHOWN)
                                                 : oz_retain(repr);
    return cut ? oz_raise(t, OZ_ValueError, "%s%S", prefix, cut) : NULL;
}
