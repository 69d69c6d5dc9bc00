// SPDX-License-Identifier: MIT
// A str built piece by piece: characters in one block that widens when it must.
//
// Short texts never leave the room inside the builder.  `widest` is kept exact in its class of
// width: pieces are strs (whose class is known) or are scanned as they are copied, so finishing
// copies the characters once and looks at none.
#include "types/str.h"
#include "types/str_text.h"

#include "base/utf8.h"

#include <string.h>

void oz_builder_init(StrBuilder *b, Thread *t)
{
    b->t = t;
    b->data = b->small;
    b->length = 0;
    b->capacity = sizeof b->small;
    b->width = 1;
    b->widest = 0;
    b->failed = false;
}

void oz_builder_fini(StrBuilder *b)
{
    if (b->data != b->small)
        oz_block_free(b->data);
    b->data = b->small;
}

static bool fail_memory(StrBuilder *b)
{
    oz_raise_memory(b->t);
    b->failed = true;
    return false;
}

/* Move the characters to a block for `capacity` of them at `width`. */
static bool move(StrBuilder *b, size_t capacity, unsigned width)
{
    if (capacity >= (size_t)PTRDIFF_MAX / 8)
        return fail_memory(b);
    if (width == b->width && b->data != b->small) {
        void *grown = oz_block_realloc(b->t->heap, b->data, capacity * width);
        if (!grown)
            return fail_memory(b);
        b->data = grown;
    } else {
        void *made = oz_block_alloc(b->t->heap, capacity * width);
        if (!made)
            return fail_memory(b);
        oz_text_copy(made, width, b->data, b->width, b->length);
        if (b->data != b->small)
            oz_block_free(b->data);
        b->data = made;
    }
    b->capacity = capacity;
    b->width = width;
    return true;
}

/* Room for `more` characters up to `widest`. */
static bool reserve_slow(StrBuilder *b, size_t more, unsigned width)
{
    if (b->failed)
        return false;
    size_t needed;
    if (!oz_size_add(b->length, more, &needed))
        return fail_memory(b);
    size_t capacity = b->capacity;
    if (needed > capacity || width > b->width)
        capacity = needed + needed / 4 + 16;
    return move(b, capacity, width > b->width ? width : b->width);
}

OZ_INLINE bool reserve(StrBuilder *b, size_t more, uint32_t widest)
{
    unsigned width = oz_text_width(widest);
    if (widest > b->widest)
        b->widest = widest;
    if (OZ_LIKELY(b->capacity - b->length >= more && width <= b->width && !b->failed))
        return true;
    return reserve_slow(b, more, width);
}

bool oz_builder_character(StrBuilder *b, uint32_t c)
{
    if (!reserve(b, 1, c))
        return false;
    oz_text_put(b->data, b->width, b->length++, c);
    return true;
}

OZ_INLINE bool add_view(StrBuilder *b, Text s, uint32_t widest)
{
    if (s.length == 0)
        return !b->failed;
    if (!reserve(b, s.length, widest))
        return false;
    if (OZ_LIKELY(b->width == 1 && s.width == 1))
        oz_copy((char *)b->data + b->length, s.data, s.length);
    else
        oz_text_copy((char *)b->data + b->length * b->width, b->width, s.data, s.width, s.length);
    b->length += s.length;
    return true;
}

bool oz_builder_ascii(StrBuilder *b, const char *text, size_t length)
{
    return add_view(b, (Text){text, length, 1}, 0x7f);
}

bool oz_builder_utf8(StrBuilder *b, const char *utf8, size_t length)
{
    const uint8_t *at = (const uint8_t *)utf8, *end = at + length;
    size_t ascii = oz_ascii_prefix(at, length);
    if (!oz_builder_ascii(b, utf8, ascii))
        return false;
    for (at += ascii; at < end;) {
        uint32_t c = oz_utf8_step(&at, end);
        if (!oz_builder_character(b, c == OZ_UTF8_INVALID ? 0xfffd : c))
            return false;
    }
    return true;
}

bool oz_builder_text(StrBuilder *b, const char *utf8)
{
    return oz_builder_utf8(b, utf8, strlen(utf8));
}

bool oz_builder_fill(StrBuilder *b, size_t count, uint32_t c)
{
    if (count == 0)
        return !b->failed;
    if (!reserve(b, count, c))
        return false;
    oz_text_fill((char *)b->data + b->length * b->width, b->width, count, c);
    b->length += count;
    return true;
}

bool oz_builder_str(StrBuilder *b, Obj str)
{
    const Str *s = oz_as_str(str);
    return add_view(b, oz_text_of(s), s->length ? oz_str_widest(s) : 0);
}

bool oz_builder_slice(StrBuilder *b, Obj str, size_t start, size_t end)
{
    const Str *s = oz_as_str(str);
    size_t length = oz_str_length(s);
    if (end > length)
        end = length;
    if (start >= end)
        return !b->failed;
    if (OZ_LIKELY(oz_id(&s->base) == OZ_STR_ASCII))
        return add_view(b, (Text){s->data + start, end - start, 1}, 0x7f);
    Text part = oz_text_part(oz_text_of(s), start, end);
    return add_view(b, part, oz_text_widest(part));
}

bool oz_builder_repr(StrBuilder *b, Obj v)
{
    if (b->failed)
        return false;
    scoped Ref text = oz_repr(b->t, v);
    if (!text) {
        b->failed = true;
        return false;
    }
    return oz_builder_str(b, text);
}

/* The characters as a new str. */
static Ref make(const StrBuilder *b)
{
    if (b->length == 1)
        return oz_str_from_character(b->t, oz_text_at(b->data, b->width, 0));
    if (b->length && b->widest < 0x80 && b->width == 1)
        return oz_str_from_ascii(b->t, b->data, b->length);
    uint32_t widest = b->length ? b->widest : 0;
    Ref made = oz_str_alloc(b->t, b->length, widest);
    if (made && b->length)
        oz_text_copy(((Str *)made)->data, oz_text_width(widest), b->data, b->width, b->length);
    return made;
}

Ref oz_builder_finish(StrBuilder *b)
{
    Ref made = b->failed ? NULL : make(b);
    oz_builder_fini(b);
    return made;
}
