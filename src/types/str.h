// SPDX-License-Identifier: MIT
// str: immutable text, 1, 2 or 4 bytes a character.
#ifndef OZ_TYPES_STR_H
#define OZ_TYPES_STR_H

#include "base/siphash.h"
#include "types/protocol.h"

#include <stdarg.h>
#include <string.h>

/* One cell: header, length, hash, characters, a zero.  The id says the width: STR_ASCII (all
 * below 128), STR_LATIN1 (some above 127), STR_UCS2, STR_UCS4: always the narrowest that fits. */
struct Str {
    Object base;
    uint32_t length;        /* [const] characters; 0xffffffff: large, see oz_str_length */
    _Atomic(uint32_t) hash; /* [atomic] 0: not computed yet */
    uint8_t data[];         /* [const] */
};

/* The exact str behind a str or an instance of a subclass: borrowed; NULL if `v` is no str. */
OZ_INLINE const Str *oz_as_str(Obj v)
{
    if (!oz_is_pointer(v))
        return NULL;
    uint32_t id = oz_id(oz_object(v));
    if (OZ_LIKELY(id - OZ_STR_ASCII <= OZ_STR_UCS4 - OZ_STR_ASCII))
        return (const Str *)v;
    if (id >= OZ_BUILTIN_IDS && oz_shape_by_id(id)->layout == OZ_STR_ASCII)
        return (const Str *)((const Wrapper *)v)->value;
    return NULL;
}

OZ_INLINE bool oz_is_exact_str(Obj v)
{
    return oz_is_pointer(v) && oz_id(oz_object(v)) - OZ_STR_ASCII <= OZ_STR_UCS4 - OZ_STR_ASCII;
}

OZ_INLINE bool oz_is_str(Obj v)
{
    return oz_as_str(v) != NULL;
}

size_t oz_str_length_large(const Str *s);
OZ_INLINE size_t oz_str_length(const Str *s)
{
    return OZ_LIKELY(s->length != UINT32_MAX) ? s->length : oz_str_length_large(s);
}

/* Bytes per character: 1, 2 or 4. */
OZ_INLINE unsigned oz_str_width(const Str *s)
{
    uint32_t id = oz_id(&s->base);
    return id <= OZ_STR_LATIN1 ? 1 : id == OZ_STR_UCS2 ? 2 : 4;
}

OZ_INLINE const void *oz_str_data(const Str *s)
{
    return s->data;
}

OZ_INLINE uint32_t oz_str_at(const Str *s, size_t i)
{
    unsigned width = oz_str_width(s);
    const void *data = oz_str_data(s);
    return width == 1   ? ((const uint8_t *)data)[i]
           : width == 2 ? ((const uint16_t *)data)[i]
                        : ((const uint32_t *)data)[i];
}

/* ---- making ---- */

Ref oz_str_new(Thread *t, const char *utf8) OZ_CHECKED; /* must be valid UTF-8 (WTF-8) */
Ref oz_str_from_utf8(Thread *t, const char *utf8, size_t length) OZ_CHECKED; /* WTF-8, trusted */
Ref oz_str_from_ascii(Thread *t, const char *text, size_t length) OZ_CHECKED;
Ref oz_str_from_latin1(Thread *t, const uint8_t *text, size_t length) OZ_CHECKED;
Ref oz_str_from_ucs4(Thread *t, const uint32_t *text, size_t length) OZ_CHECKED; /* narrows */
Ref oz_str_from_character(Thread *t, uint32_t character) OZ_CHECKED;
/* Room for `length` characters none above `widest`; the caller fills oz_str_data at once and must
 * really use a character of that class (canonical width). */
Ref oz_str_alloc(Thread *t, size_t length, uint32_t widest) OZ_CHECKED;
/* Make the names of object/names.def and the empty str; the first strs of a VM. */
bool oz_names_init(Thread *t) OZ_CHECKED;
void oz_intern_forget(Vm *vm, const Str *s); /* an interned str dies */
void oz_share_interned(Thread *t);           /* the hook of the object layer */
/* The interned str; process-wide identity for equal texts.  intern takes its argument. */
Ref oz_intern(Thread *t, const char *utf8) OZ_CHECKED;
Ref oz_intern_ascii(Thread *t, const char *text, size_t length) OZ_CHECKED;
Ref oz_intern_str(Thread *t, Ref str) OZ_CHECKED;
/* printf-like; the formats of oz_raise (%S %R %A %T %N ...). */
Ref oz_str_format(Thread *t, const char *format, ...) OZ_CHECKED;
Ref oz_str_format_va(Thread *t, const char *format, va_list arguments) OZ_CHECKED;

/* ---- looking; no Python code runs ---- */

uint32_t oz_str_hash32(const Str *s); /* computed once and kept; never 0 */

/* hash(s): the 32 bits spread over 64, as for bytes. */
OZ_INLINE int64_t oz_str_hash(const Str *s)
{
    uint32_t h = atomic_load_explicit(&s->hash, memory_order_relaxed);
    return oz_hash_spread(OZ_LIKELY(h != 0) ? h : oz_str_hash32(s));
}

bool oz_str_equal(const Str *a, const Str *b);
/* The same without a call for texts that differ in length or in how they begin.  The first byte of
 * an empty text is the zero behind it. */
OZ_INLINE bool oz_str_equal_inline(const Str *a, const Str *b)
{
    return a == b || (a->length == b->length && a->data[0] == b->data[0] && oz_str_equal(a, b));
}

/* Are two exact strs the same text?  For those that are so as a rule, as their hashes are. */
OZ_INLINE bool oz_str_same(const Str *a, const Str *b)
{
    if (a->length != b->length || oz_id(&a->base) != oz_id(&b->base))
        return false;
    size_t bytes = (size_t)a->length * oz_str_width(a);
    if (OZ_UNLIKELY(bytes > 16 || !bytes))
        return oz_str_equal(a, b);
    /* The first eight bytes are in every cell. */
    uint64_t first, other;
    memcpy(&first, a->data, 8);
    memcpy(&other, b->data, 8);
    if (bytes < 8)
        return !((first ^ other) << (64 - 8 * bytes));
    uint64_t last, others_last;
    memcpy(&last, a->data + bytes - 8, 8);
    memcpy(&others_last, b->data + bytes - 8, 8);
    return first == other && last == others_last;
}
bool oz_str_equal_utf8(const Str *a, const char *utf8);
int oz_str_order(const Str *a, const Str *b); /* <0, 0, >0 by code points */
/* UTF-8 of the text: a pointer into the object when it is ASCII, else a bytes object is made and
 * kept in *keep (initialise to NULL, scoped).  NULL: raised (lone surrogates: UnicodeEncodeError).
 */
const char *oz_str_utf8(Thread *t, Obj str, size_t *length, Ref *keep) OZ_CHECKED;
/* The same for messages and debugging: lone surrogates escaped, never fails but for memory. */
const char *oz_str_display(Thread *t, Obj str, Ref *keep);

/* ---- working ---- */

Ref oz_str_concat(Thread *t, Obj a, Obj b) OZ_CHECKED;
/* s + b where `a` is taken: grows in place when nobody else has it. */
Ref oz_str_append_take(Thread *t, Ref a, Obj b) OZ_CHECKED;
/* The same where of two references to `a` one is taken and the other about to be replaced by the
 * result. */
Ref oz_str_append_twice_held(Thread *t, Ref a, Obj b) OZ_CHECKED;
Ref oz_str_slice(Thread *t, Obj s, size_t start, size_t end) OZ_CHECKED;
Ref oz_str_join(Thread *t, Obj separator, Obj iterable) OZ_CHECKED;
Ref oz_str_join_array(Thread *t, const Obj *parts, size_t count) OZ_CHECKED; /* f-strings */

/* ---- a str built piece by piece ---- */

typedef struct StrBuilder {
    Thread *t;
    void *data;         /* a heap block */
    size_t length;      /* characters */
    size_t capacity;    /* characters */
    unsigned width;     /* 1, 2 or 4 */
    uint32_t widest;    /* upper bound of the characters */
    bool failed;        /* something is raised; further calls do nothing */
    uint8_t small[200]; /* where `data` points while the text is short: so never move a builder */
} StrBuilder;

void oz_builder_init(StrBuilder *b, Thread *t);
void oz_builder_fini(StrBuilder *b);
bool oz_builder_character(StrBuilder *b, uint32_t character);
bool oz_builder_ascii(StrBuilder *b, const char *text, size_t length);
bool oz_builder_text(StrBuilder *b, const char *utf8); /* C string, UTF-8 */
bool oz_builder_utf8(StrBuilder *b, const char *utf8, size_t length);
bool oz_builder_fill(StrBuilder *b, size_t count, uint32_t character); /* count times */
bool oz_builder_str(StrBuilder *b, Obj str);
bool oz_builder_slice(StrBuilder *b, Obj str, size_t start, size_t end);
bool oz_builder_repr(StrBuilder *b, Obj v);
bool oz_builder_format(StrBuilder *b, const char *format, ...);
Ref oz_builder_finish(StrBuilder *b) OZ_CHECKED; /* the str; also ends the builder */

#endif
