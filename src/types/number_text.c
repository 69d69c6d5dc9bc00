// SPDX-License-Identifier: MIT
// The text that int(), float() and complex() read.
#include "types/number_text.h"

#include <string.h>

#include "base/unicode.h"
#include "heap/heap.h"

int oz_decimal_digit(uint32_t c)
{
    if (c < 0x80)
        return c >= '0' && c <= '9' ? (int)(c - '0') : -1;
    const UnicodeRecord *record = oz_unicode_record(c);
    return record->flags & OZ_CHAR_DECIMAL ? record->decimal : -1;
}

static char to_ascii(uint32_t c)
{
    if (oz_unicode_is(c, OZ_CHAR_SPACE))
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
    scoped Ref cut =
        oz_str_length(text) > SHOWN ? oz_str_slice(t, repr, 0, SHOWN) : oz_retain(repr);
    return cut ? oz_raise(t, OZ_ValueError, "%s%S", prefix, cut) : NULL;
}
