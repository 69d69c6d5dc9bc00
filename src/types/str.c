// SPDX-License-Identifier: MIT
// str: making, hashing, comparing, joining, UTF-8.
//
// A str is one cell: header, 32-bit length and hash, characters, a zero character.  Invariants:
//   S1. The width is the narrowest that fits: the id follows from the characters.  So two equal
//       texts have the same id, and their hash is that of their bytes.
//   S2. Contents never change once a second reference can exist (only oz_str_append_take writes
//       into a str, one that nobody else has).
//   S3. A text of 2^32 - 1 characters or more has the length word 0xffffffff; the true length lies
//       in the last 8 bytes of its cell.
//   S4. The empty str is one object of the VM; one-character strs below 256 are made once where
//       they come from oz_str_from_character or oz_str_from_view.  Identity is no more than thrift:
//       nothing relies on it.
// The hash is SipHash-1-3 with the VM's key, folded to 32 bits: 16 bytes of overhead a str, where
// 64 bits would cost 24.
#include "types/str.h"
#include "types/str_text.h"

#include "base/siphash.h"
#include "base/utf8.h"
#include "object/leaf.h"
#include "types/bytes.h"
#include "types/exception.h"
#include "types/iterate.h"
#include "types/list_layout.h"
#include "types/tuple.h"

#include <string.h>

#define HEADER offsetof(Str, data)

/* ---- making ---- */

size_t oz_str_length_large(const Str *s)
{
    uint64_t length; /* S3 */
    memcpy(&length, (const char *)s + oz_heap_size(s) - sizeof length, sizeof length);
    return length;
}

OZ_INLINE void set_length(Str *s, size_t length, unsigned width)
{
    s->length = length < UINT32_MAX ? (uint32_t)length : UINT32_MAX;
    oz_text_put(s->data, width, length, 0);
    if (OZ_UNLIKELY(s->length == UINT32_MAX)) {
        uint64_t wide = length;
        memcpy((char *)s + oz_heap_size(s) - sizeof wide, &wide, sizeof wide);
    }
}

/* Bytes of the cell for `length` characters, or 0: more than any machine has. */
static size_t cell_size(size_t length, unsigned width)
{
    if (OZ_UNLIKELY(length >= (size_t)PTRDIFF_MAX / 8))
        return 0;
    return HEADER + (length + 1) * width + (length >= UINT32_MAX ? sizeof(uint64_t) : 0);
}

static Str *alloc(Thread *t, size_t length, uint32_t id, unsigned width, size_t slack)
{
    size_t size = cell_size(length, width);
    if (OZ_UNLIKELY(!size || slack > size)) {
        oz_raise_memory(t);
        return NULL;
    }
    Str *s = oz_leaf_new_raw(t, id, size + slack);
    if (OZ_UNLIKELY(!s))
        return NULL;
    atomic_store_explicit(&s->hash, 0, memory_order_relaxed);
    set_length(s, length, width);
    return s;
}

Ref oz_str_alloc(Thread *t, size_t length, uint32_t widest)
{
    if (OZ_UNLIKELY(length == 0 && OZ_TEXT(t, empty)))
        return oz_retain(OZ_TEXT(t, empty));
    return (Ref)alloc(t, length, oz_text_id(widest), oz_text_width(widest), 0);
}

/* A fresh copy of the view, whose characters are in the class of `widest`. */
static Ref copy_view(Thread *t, Text s, uint32_t widest)
{
    Ref made = oz_str_alloc(t, s.length, widest);
    if (made && s.length)
        oz_text_copy(((Str *)made)->data, oz_text_width(widest), s.data, s.width, s.length);
    return made;
}

static Ref make_character(Thread *t, uint32_t c)
{
    Ref made = oz_str_alloc(t, 1, c);
    if (made)
        oz_text_put(((Str *)made)->data, oz_text_width(c), 0, c);
    return made;
}

Ref oz_str_from_character(Thread *t, uint32_t c)
{
    if (c >= 256)
        return make_character(t, c);
    Ref *cached = &t->vm->characters[c];
    Ref made = OZ_READ(cached);
    if (OZ_UNLIKELY(!made)) { /* of two threads that come here both get the one that is interned */
        made = make_character(t, c);
        if (!made || !(made = oz_intern_str(t, made)))
            return NULL;
        oz_make_immortal(oz_object(made));
        OZ_WRITE(cached, made);
    }
    return made; /* immortal: not counted */
}

Ref oz_str_from_view(Thread *t, Text s)
{
    if (s.length == 1)
        return oz_str_from_character(t, oz_text_char(s, 0));
    return copy_view(t, s, oz_text_widest(s));
}

Ref oz_str_from_ascii(Thread *t, const char *text, size_t length)
{
    if (length == 1)
        return oz_str_from_character(t, (uint8_t)*text);
    if (OZ_UNLIKELY(length - 1 >= OZ_SMALL_MAX))
        return copy_view(t, (Text){text, length, 1}, 0x7f);
    Str *s = oz_leaf_new_raw(t, OZ_STR_ASCII, HEADER + length + 1);
    if (OZ_UNLIKELY(!s))
        return NULL;
    atomic_store_explicit(&s->hash, 0, memory_order_relaxed);
    s->length = (uint32_t)length;
    oz_copy(s->data, text, length);
    s->data[length] = 0;
    return (Ref)s;
}

Ref oz_str_from_latin1(Thread *t, const uint8_t *text, size_t length)
{
    return oz_str_from_view(t, (Text){text, length, 1});
}

Ref oz_str_from_ucs4(Thread *t, const uint32_t *text, size_t length)
{
    return oz_str_from_view(t, (Text){text, length, 4});
}

/* What a sequence that is no UTF-8 becomes in text that was promised to be. */
static uint32_t step(const uint8_t **at, const uint8_t *end)
{
    uint32_t c = oz_utf8_step(at, end);
    return c == OZ_UTF8_INVALID ? 0xfffd : c;
}

Ref oz_str_from_utf8(Thread *t, const char *utf8, size_t length)
{
    const uint8_t *bytes = (const uint8_t *)utf8, *end = bytes + length;
    size_t ascii = oz_ascii_prefix(bytes, length);
    if (OZ_LIKELY(ascii == length))
        return oz_str_from_ascii(t, utf8, length);
    size_t count = ascii;
    uint32_t widest = 0;
    for (const uint8_t *at = bytes + ascii; at < end; count++)
        widest |= step(&at, end);
    if (count == 1)
        return oz_str_from_character(t, widest);
    Ref made = oz_str_alloc(t, count, widest);
    if (!made)
        return NULL;
    void *data = ((Str *)made)->data;
    unsigned width = oz_text_width(widest);
    oz_text_copy(data, width, bytes, 1, ascii);
    const uint8_t *at = bytes + ascii;
    for (size_t i = ascii; i < count; i++)
        oz_text_put(data, width, i, step(&at, end));
    return made;
}

Ref oz_str_new(Thread *t, const char *utf8)
{
    return oz_str_from_utf8(t, utf8, strlen(utf8));
}

/* ---- looking ---- */

uint32_t oz_str_hash32(const Str *s)
{
    uint32_t hash = atomic_load_explicit(&s->hash, memory_order_relaxed);
    if (OZ_LIKELY(hash))
        return hash;
    size_t bytes = oz_str_length(s) * oz_str_width(s);
    hash = oz_hash_fold(oz_siphash13(oz_str_data(s), bytes, oz_thread()->vm->hash_key));
    atomic_store_explicit(&((Str *)s)->hash, hash, memory_order_relaxed);
    return hash;
}

bool oz_str_equal(const Str *a, const Str *b)
{
    if (a == b)
        return true;
    if (a->length != b->length || oz_id(&a->base) != oz_id(&b->base)) /* S1 */
        return false;
    uint32_t left = atomic_load_explicit(&a->hash, memory_order_relaxed);
    uint32_t right = atomic_load_explicit(&b->hash, memory_order_relaxed);
    if (left && right && left != right)
        return false;
    size_t length = oz_str_length(a);
    return length == oz_str_length(b) &&
           memcmp(oz_str_data(a), oz_str_data(b), length * oz_str_width(a)) == 0;
}

bool oz_str_equal_utf8(const Str *a, const char *utf8)
{
    size_t length = strlen(utf8);
    if (oz_id(&a->base) == OZ_STR_ASCII)
        return oz_str_length(a) == length && memcmp(oz_str_data(a), utf8, length) == 0;
    const uint8_t *at = (const uint8_t *)utf8, *end = at + length;
    for (size_t i = 0, n = oz_str_length(a); i < n; i++)
        if (at == end || oz_str_at(a, i) != step(&at, end))
            return false;
    return at == end;
}

int oz_str_order(const Str *a, const Str *b)
{
    return a == b ? 0 : oz_text_order(oz_text_of(a), oz_text_of(b));
}

/* ---- UTF-8 ---- */

static bool is_surrogate(uint32_t c)
{
    return c - 0xd800 < 0x800;
}

static size_t utf8_size(Text s, size_t *surrogate)
{
    size_t size = 0;
    *surrogate = OZ_NOT_FOUND;
    for (size_t i = 0; i < s.length; i++) {
        uint32_t c = oz_text_char(s, i);
        size += oz_utf8_size(c);
        if (is_surrogate(c) && *surrogate == OZ_NOT_FOUND)
            *surrogate = i;
    }
    return size;
}

static size_t surrogates_end(Text s, size_t i)
{
    while (i < s.length && is_surrogate(oz_text_char(s, i)))
        i++;
    return i;
}

const char *oz_str_utf8(Thread *t, Obj str, size_t *length, Ref *keep)
{
    const Str *s = oz_as_str(str);
    if (OZ_LIKELY(oz_id(&s->base) == OZ_STR_ASCII)) {
        *length = oz_str_length(s);
        return oz_str_data(s);
    }
    Text text = oz_text_of(s);
    size_t surrogate;
    *length = utf8_size(text, &surrogate);
    if (surrogate != OZ_NOT_FOUND) {
        oz_raise_unicode_encode(t, "utf-8", str, surrogate, surrogates_end(text, surrogate),
                                "surrogates not allowed");
        return NULL;
    }
    oz_clear(keep);
    *keep = oz_bytes_alloc(t, *length);
    if (!*keep)
        return NULL;
    uint8_t *out = oz_bytes_data((const Bytes *)*keep);
    for (size_t i = 0; i < text.length; i++)
        out += oz_utf8_put(oz_text_char(text, i), out);
    return (const char *)oz_bytes_data((const Bytes *)*keep);
}

const char *oz_str_display(Thread *t, Obj str, Ref *keep)
{
    const Str *s = oz_as_str(str);
    if (oz_id(&s->base) == OZ_STR_ASCII)
        return oz_str_data(s);
    Text text = oz_text_of(s);
    size_t room = 0;
    for (size_t i = 0; i < text.length; i++)
        room += is_surrogate(oz_text_char(text, i)) ? 6 : oz_utf8_size(oz_text_char(text, i));
    oz_clear(keep);
    *keep = oz_bytes_alloc(t, room);
    if (!*keep)
        return NULL;
    uint8_t *out = oz_bytes_data((const Bytes *)*keep);
    for (size_t i = 0; i < text.length; i++) {
        uint32_t c = oz_text_char(text, i);
        if (!is_surrogate(c)) {
            out += oz_utf8_put(c, out);
            continue;
        }
        *out++ = '\\';
        *out++ = 'u';
        for (int shift = 12; shift >= 0; shift -= 4)
            *out++ = (uint8_t) "0123456789abcdef"[c >> shift & 15];
    }
    return (const char *)oz_bytes_data((const Bytes *)*keep);
}

/* ---- putting together ---- */

static uint32_t wider(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* concat of short texts of one byte a character. */
static Ref concat_short(Thread *t, const Str *a, const Str *b, size_t slack)
{
    uint32_t left = oz_id(&a->base), right = oz_id(&b->base);
    size_t length = a->length + b->length;
    Str *s = oz_leaf_new_raw(t, left > right ? left : right, HEADER + length + 1 + slack);
    if (OZ_UNLIKELY(!s))
        return NULL;
    atomic_store_explicit(&s->hash, 0, memory_order_relaxed);
    s->length = (uint32_t)length;
    oz_copy(s->data, a->data, a->length);
    oz_copy(s->data + a->length, b->data, b->length);
    s->data[length] = 0;
    return (Ref)s;
}

/* a + b in a new cell with `slack` more bytes; neither is empty. */
static Ref concat(Thread *t, const Str *a, const Str *b, size_t slack)
{
    if (OZ_LIKELY(oz_id(&a->base) <= OZ_STR_LATIN1 && oz_id(&b->base) <= OZ_STR_LATIN1 &&
                  a->length < OZ_SMALL_MAX && b->length < OZ_SMALL_MAX))
        return concat_short(t, a, b, slack);
    Text left = oz_text_of(a), right = oz_text_of(b);
    uint32_t widest = wider(oz_str_widest(a), oz_str_widest(b));
    unsigned width = oz_text_width(widest);
    Str *made = alloc(t, left.length + right.length, oz_text_id(widest), width, slack);
    if (!made)
        return NULL;
    if (OZ_LIKELY(width == 1)) {
        oz_copy(made->data, left.data, left.length);
        oz_copy(made->data + left.length, right.data, right.length);
        return (Ref)made;
    }
    oz_text_copy(made->data, width, left.data, left.width, left.length);
    oz_text_copy(made->data + left.length * width, width, right.data, right.width, right.length);
    return (Ref)made;
}

static Ref raise_concat(Thread *t, Obj b)
{
    return oz_raise(t, OZ_TypeError, "can only concatenate str (not \"%.200T\") to str", b);
}

Ref oz_str_concat(Thread *t, Obj a, Obj b)
{
    const Str *left = oz_as_str(a), *right = oz_as_str(b);
    if (!left || !right)
        return raise_concat(t, left ? b : a);
    if (right->length == 0)
        return oz_retain((Obj)left);
    if (left->length == 0)
        return oz_retain((Obj)right);
    return concat(t, left, right, 0);
}

/* Nobody else has the str and nothing remembers its text: it may change (S2). */
static bool is_ours(const Str *s, int32_t held)
{
    return oz_refs(&s->base) == held && !oz_has_flag(&s->base, OZ_FLAG_INTERNED);
}

static bool grow_in_place(Str *s, const Str *b)
{
    unsigned width = oz_str_width(s);
    size_t old = oz_str_length(s), added = oz_str_length(b);
    size_t size = cell_size(old + added, width);
    if (oz_id(&b->base) > oz_id(&s->base) || !size)
        return false;
    /* A cell has a multiple of 8 bytes: often that alone says that the text fits. */
    if (size > oz_round_up(cell_size(old, width), 8) && size > oz_heap_size(s))
        return false;
    if (OZ_LIKELY(width == 1))
        oz_copy(s->data + old, b->data, added);
    else
        oz_text_copy(s->data + old * width, width, oz_str_data(b), oz_str_width(b), added);
    set_length(s, old + added, width);
    atomic_store_explicit(&s->hash, 0, memory_order_relaxed);
    return true;
}

/* `held`: the references that the caller disposes of. */
static Ref append_take(Thread *t, Ref a, Obj b, int32_t held)
{
    scoped Ref left = a;
    const Str *right = oz_as_str(b);
    if (OZ_UNLIKELY(!oz_is_exact_str(left) || !right))
        return oz_str_concat(t, left, b);
    Str *s = (Str *)left;
    if (right->length == 0)
        return oz_move(&left);
    if (s->length == 0)
        return oz_retain((Obj)right);
    if (!is_ours(s, held))
        return concat(t, s, right, 0);
    if (s != right && grow_in_place(s, right))
        return oz_move(&left);
    /* A loop that appends: room for an eighth more keeps it linear. */
    size_t bytes = oz_str_length(s) * oz_str_width(s);
    return concat(t, s, right, bytes >= 128 ? bytes / 8 : 0);
}

Ref oz_str_append_take(Thread *t, Ref a, Obj b)
{
    return append_take(t, a, b, 1);
}

Ref oz_str_append_twice_held(Thread *t, Ref a, Obj b)
{
    return append_take(t, a, b, 2);
}

Ref oz_str_slice(Thread *t, Obj str, size_t start, size_t end)
{
    const Str *s = oz_as_str(str);
    Text text = oz_text_of(s);
    if (end > text.length)
        end = text.length;
    if (start >= end)
        return oz_retain(OZ_TEXT(t, empty));
    if (start == 0 && end == text.length)
        return oz_retain((Obj)s);
    if (oz_id(&s->base) == OZ_STR_ASCII)
        return oz_str_from_ascii(t, (const char *)text.data + start, end - start);
    return oz_str_from_view(t, oz_text_part(text, start, end));
}

static void join_wide(uint8_t *out, unsigned width, Text between, const Obj *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i && between.length) {
            oz_text_copy(out, width, between.data, between.width, between.length);
            out += between.length * width;
        }
        Text part = oz_text_of(oz_as_str(items[i]));
        oz_text_copy(out, width, part.data, part.width, part.length);
        out += part.length * width;
    }
}

static void join_bytes(uint8_t *out, Text between, const Obj *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i && between.length) {
            oz_copy(out, between.data, between.length);
            out += between.length;
        }
        const Str *part = oz_as_str(items[i]);
        size_t length = oz_str_length(part);
        oz_copy(out, part->data, length);
        out += length;
    }
}

static void join(uint8_t *out, unsigned width, Text between, const Obj *items, size_t count)
{
    if (width == 1)
        join_bytes(out, between, items, count);
    else
        join_wide(out, width, between, items, count);
}

Ref oz_str_join_array(Thread *t, const Obj *parts, size_t count)
{
    size_t length = 0;
    uint32_t widest = 0;
    for (size_t i = 0; i < count; i++) {
        const Str *s = oz_as_str(parts[i]);
        length += oz_str_length(s);
        if (s->length)
            widest = wider(widest, oz_str_widest(s));
    }
    if (length >= (size_t)PTRDIFF_MAX / 8)
        return oz_raise_memory(t);
    Ref made = oz_str_alloc(t, length, widest);
    if (!made || !length)
        return made;
    join(((Str *)made)->data, oz_text_width(widest), (Text){NULL, 0, 1}, parts, count);
    return made;
}

#define TOO_LONG "join() result is too long for a Python string"

/* Check the items of a join and add up: false: raised. */
static bool measure(Thread *t, const Str *separator, const Obj *items, size_t count, size_t *length,
                    uint32_t *widest)
{
    size_t between = oz_str_length(separator);
    *length = 0;
    *widest = count > 1 && between ? oz_str_widest(separator) : 0;
    for (size_t i = 0; i < count; i++) {
        const Str *s = oz_as_str(items[i]);
        if (OZ_UNLIKELY(!s))
            return oz_fail(t, OZ_TypeError, "sequence item %zd: expected str instance, %.80T found",
                           (ssize_t)i, items[i]);
        size_t more = oz_str_length(s) + (i ? between : 0);
        if (!oz_size_add(*length, more, length) || *length >= (size_t)PTRDIFF_MAX / 8)
            return oz_fail(t, OZ_OverflowError, TOO_LONG);
        if (s->length)
            *widest = wider(*widest, oz_str_widest(s));
    }
    return true;
}

/* Runs no Python code. */
static Ref join_items(Thread *t, const Str *separator, const Obj *items, size_t count)
{
    if (count == 1 && oz_is_exact_str(items[0]))
        return oz_retain(items[0]);
    size_t length;
    uint32_t widest;
    if (!measure(t, separator, items, count, &length, &widest))
        return NULL;
    Ref made = oz_str_alloc(t, length, widest);
    if (made && length)
        join(((Str *)made)->data, oz_text_width(widest), oz_text_of(separator), items, count);
    return made;
}

/* The first `count` characters of `s`, in their order or backwards, with `between` between them.
 * Runs no Python code. */
static Ref join_characters(Thread *t, const Str *between, const Str *s, size_t count,
                           bool backwards)
{
    size_t gap = oz_str_length(between), length;
    if (count == 0)
        return oz_retain(OZ_TEXT(t, empty));
    if (!oz_size_mul(count - 1, gap, &length) || !oz_size_add(length, count, &length) ||
        length >= (size_t)PTRDIFF_MAX / 8)
        return oz_raise(t, OZ_OverflowError, TOO_LONG);
    Text text = oz_text_part(oz_text_of(s), 0, count);
    uint32_t widest = oz_id(&s->base) == OZ_STR_ASCII ? 0x7f : oz_text_widest(text);
    if (gap && count > 1)
        widest = wider(widest, oz_str_widest(between));
    if (length == 1)
        return oz_str_from_character(t, oz_text_char(text, 0));
    Ref made = oz_str_alloc(t, length, widest);
    if (!made)
        return NULL;
    unsigned width = oz_text_width(widest);
    uint8_t *out = ((Str *)made)->data;
    if (width == 1 && text.width == 1 && !gap) {
        for (size_t i = 0; i < count; i++)
            out[i] = s->data[backwards ? count - 1 - i : i];
        return made;
    }
    for (size_t i = 0; i < count; i++) {
        if (i && gap) {
            oz_text_copy(out, width, oz_str_data(between), oz_str_width(between), gap);
            out += gap * width;
        }
        oz_text_put(out, width, 0, oz_text_char(text, backwards ? count - 1 - i : i));
        out += width;
    }
    return made;
}

/* join of what reversed() gave for a str. */
static Ref join_reversed(Thread *t, const Str *between, Reversed *reversed)
{
    scoped Ref s = oz_move(&reversed->sequence);
    size_t count = (size_t)(reversed->at + 1);
    reversed->at = -1;
    return join_characters(t, between, (const Str *)s, count, true);
}

Ref oz_str_join(Thread *t, Obj separator, Obj iterable)
{
    const Str *between = oz_as_str(separator);
    if (!between)
        return oz_raise(t, OZ_TypeError, "separator: expected str instance, %.80T found",
                        separator);
    if (oz_is_exact_str(iterable))
        return join_characters(t, between, (const Str *)iterable,
                               oz_str_length((const Str *)iterable), false);
    if (oz_is(iterable, OZ_REVERSED) && oz_refs(oz_object(iterable)) > 0) {
        Obj sequence = ((const Reversed *)iterable)->sequence;
        if (sequence && oz_is_exact_str(sequence))
            return join_reversed(t, between, (Reversed *)iterable);
    }
    scoped Ref sequence = oz_to_sequence(t, iterable, "can only join an iterable");
    if (!sequence)
        return NULL;
    const List *list = oz_as_list(sequence);
    if (!list) {
        const Tuple *tuple = oz_as_tuple(sequence);
        return join_items(t, between, oz_borrowed(tuple->items), tuple->length);
    }
    size_t count = oz_list_length_fast(list);
    if (OZ_LIKELY(oz_refs(&list->base) > 0))
        return join_items(t, between, count ? oz_borrowed(list->block->items) : NULL, count);
    /* A shared list can change while other threads run; its items as of now cannot. */
    scoped Ref items = oz_list_to_tuple(t, oz_as_list(sequence));
    return items ? join_items(t, between, oz_borrowed(((Tuple *)items)->items), count) : NULL;
}
