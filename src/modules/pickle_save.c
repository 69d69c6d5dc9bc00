// SPDX-License-Identifier: MIT
// Values as opcodes: numbers, text, bytes and the builtin containers.  (Other objects:
// pickle_reduce.c.)
//
// Each value is looked up in the memo first, so that what occurs twice is written once; ints,
// floats and the singletons are not memoized.  A container is memoized before its items, a tuple or
// frozenset behind them: if it is in the memo by then it contains itself, and what was put on the
// stack is thrown away.
//
// Any call here may run Python code that changes the containers under way: items are held while
// they are written, and lengths read anew.
#include "modules/pickle.h"

#include "base/utf8.h"
#include "types/bytearray.h"
#include "types/codec.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list_layout.h"
#include "types/set.h"
#include "types/str_text.h"

#include <stdio.h>
#include <string.h>

static const char where[] = " while pickling an object";

/* ---- the memo ---- */

/* An opcode with a number as text, and the end of a line. */
static bool put_line_number(Thread *t, Pickler *p, uint8_t opcode, int64_t n)
{
    char text[32];
    int length = snprintf(text, sizeof text, "%c%lld\n", opcode, (long long)n);
    return oz_pickle_write(t, p, text, (size_t)length);
}

static bool put_number(Thread *t, Pickler *p, int64_t n, uint8_t text, uint8_t small, uint8_t large,
                       const char *large_name)
{
    if (!p->bin)
        return put_line_number(t, p, text, n);
    if (n < 256)
        return oz_pickle_put_number(t, p, small, (uint64_t)n, 1);
    if (n <= UINT32_MAX)
        return oz_pickle_put_number(t, p, large, (uint64_t)n, 4);
    return oz_fail_module(t, OZ_ERROR_PICKLING, "memo id too large for %s", large_name);
}

bool oz_pickle_put_get(Thread *t, Pickler *p, int64_t number)
{
    if (OZ_LIKELY(number < 256 && p->bin)) {
        if (!oz_pickle_room(t, p, 2))
            return false;
        p->at[0] = OZ_PK_BINGET;
        p->at[1] = (uint8_t)number;
        p->at += 2;
        return true;
    }
    return put_number(t, p, number, OZ_PK_GET, OZ_PK_BINGET, OZ_PK_LONG_BINGET, "LONG_BINGET");
}

bool oz_pickle_memoize(Thread *t, Pickler *p, Obj v)
{
    if (p->fast)
        return true;
    int64_t number = p->memo.count;
    if (!oz_pickle_memo_add(t, &p->base, &p->memo, v))
        return false;
    if (p->protocol >= 4)
        return oz_pickle_put(t, p, OZ_PK_MEMOIZE);
    return put_number(t, p, number, OZ_PK_PUT, OZ_PK_BINPUT, OZ_PK_LONG_BINPUT, "LONG_BINPUT");
}

/* ---- numbers ---- */

OZ_INLINE bool save_small_int(Thread *t, Pickler *p, int64_t n)
{
    if (!oz_pickle_room(t, p, 16))
        return false;
    uint8_t *out = p->at;
    if (n >= 0 && n < 256) {
        out[0] = OZ_PK_BININT1;
        out[1] = (uint8_t)n;
        p->at = out + 2;
        return true;
    }
    if (n >= 0 && n < 65536) {
        out[0] = OZ_PK_BININT2;
        memcpy(out + 1, &n, 2);
        p->at = out + 3;
        return true;
    }
    out[0] = OZ_PK_BININT;
    memcpy(out + 1, &n, 4);
    p->at = out + 5;
    return true;
}

/* An int of protocol 2: as few bytes of two's complement as hold it. */
static bool save_long_bytes(Thread *t, Pickler *p, Obj n)
{
    size_t length = oz_int_bits(n) / 8 + 1;
    if (length > INT32_MAX)
        return oz_fail(t, OZ_OverflowError, "int too large to pickle");
    uint8_t few[256];
    uint8_t *bytes = length <= sizeof few ? few : oz_block_alloc(t->heap, length);
    if (!bytes)
        return oz_raise_memory(t) != NULL;
    bool done = oz_int_to_bytes(t, n, bytes, length, true, true);
    if (done) {
        if (length > 1 && bytes[length - 1] == 0xff && (bytes[length - 2] & 0x80))
            length--;
        done = oz_pickle_put_number(t, p, length < 256 ? OZ_PK_LONG1 : OZ_PK_LONG4, length,
                                    length < 256 ? 1 : 4) &&
               oz_pickle_write(t, p, bytes, length);
    }
    if (bytes != few)
        oz_block_free(bytes);
    return done;
}

/* The same of an int in place. */
static bool save_short_long(Thread *t, Pickler *p, int64_t n)
{
    uint64_t size = n < 0 ? (uint64_t)~n : (uint64_t)n;
    unsigned length = size ? (64 - (unsigned)__builtin_clzll(size)) / 8 + 1 : 1;
    if (!oz_pickle_room(t, p, 10))
        return false;
    p->at[0] = OZ_PK_LONG1;
    p->at[1] = (uint8_t)length;
    memcpy(p->at + 2, &n, 8);
    p->at += 2 + length;
    return true;
}

static bool save_long_text(Thread *t, Pickler *p, Obj n)
{
    scoped Ref text = oz_int_to_str(t, n, 10);
    if (!text)
        return false;
    const Str *s = oz_as_str(text);
    return oz_pickle_put(t, p, OZ_PK_LONG) &&
           oz_pickle_write(t, p, oz_str_data(s), oz_str_length(s)) &&
           oz_pickle_write(t, p, "L\n", 2);
}

static OZ_NOINLINE bool save_other_int(Thread *t, Pickler *p, Obj v)
{
    int64_t n;
    if (!p->bin && oz_int_fits_int64(v, &n) && n == (int32_t)n)
        return put_line_number(t, p, OZ_PK_INT, n);
    if (p->protocol < 2)
        return save_long_text(t, p, v);
    return oz_is_int(v) ? save_short_long(t, p, oz_int_value(v)) : save_long_bytes(t, p, v);
}

OZ_INLINE bool save_int(Thread *t, Pickler *p, Obj v)
{
    if (OZ_LIKELY(p->bin && oz_is_int(v))) {
        int64_t n = oz_int_value(v);
        if (OZ_LIKELY(n == (int32_t)n))
            return save_small_int(t, p, n);
    }
    return save_other_int(t, p, v);
}

static OZ_NOINLINE bool save_float_text(Thread *t, Pickler *p, double d)
{
    char text[40];
    size_t length = oz_float_repr(d, text);
    return oz_pickle_put(t, p, OZ_PK_FLOAT) && oz_pickle_write(t, p, text, length) &&
           oz_pickle_put(t, p, '\n');
}

OZ_INLINE bool save_float(Thread *t, Pickler *p, double d)
{
    if (OZ_UNLIKELY(!p->bin))
        return save_float_text(t, p, d);
    if (!oz_pickle_room(t, p, 9))
        return false;
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    bits = __builtin_bswap64(bits);
    p->at[0] = OZ_PK_BINFLOAT;
    memcpy(p->at + 1, &bits, sizeof bits);
    p->at += 9;
    return true;
}

static bool save_bool(Thread *t, Pickler *p, bool b)
{
    if (p->protocol >= 2)
        return oz_pickle_put(t, p, b ? OZ_PK_NEWTRUE : OZ_PK_NEWFALSE);
    return oz_pickle_write(t, p, b ? "I01\n" : "I00\n", 4);
}

/* ---- bytes ---- */

/* The opcode for so many bytes, and their number; 0: there is none. */
static size_t sized_header(uint8_t *header, uint64_t length, uint8_t small, uint8_t medium,
                           uint8_t large)
{
    if (small && length < 256) {
        header[0] = small;
        header[1] = (uint8_t)length;
        return 2;
    }
    header[0] = medium && length <= UINT32_MAX ? medium : large;
    memcpy(header + 1, &length, 8);
    return !header[0] ? 0 : header[0] == medium ? 5 : 9;
}

/* In-band bytes and bytearrays; `v` is memoized. */
static bool save_raw(Thread *t, Pickler *p, Obj v, const uint8_t *data, size_t length, Obj owner)
{
    uint8_t header[9];
    size_t size = sized_header(header, length, OZ_PK_SHORT_BINBYTES, OZ_PK_BINBYTES,
                               p->protocol >= 4 ? OZ_PK_BINBYTES8 : 0);
    if (!size)
        return oz_fail(t, OZ_OverflowError,
                       "serializing a bytes object larger than 4 GiB requires pickle protocol 4 or "
                       "higher");
    return oz_pickle_write_bytes(t, p, header, size, data, length, owner) &&
           oz_pickle_memoize(t, p, v);
}

static bool save_byte_array_data(Thread *t, Pickler *p, Obj v, const uint8_t *data, size_t length)
{
    uint8_t header[9];
    size_t size = sized_header(header, length, 0, 0, OZ_PK_BYTEARRAY8);
    return oz_pickle_write_bytes(t, p, header, size, data, length, NULL) &&
           oz_pickle_memoize(t, p, v);
}

/* As a call of a class or function: what protocols without an opcode for it do. */
static bool save_call(Thread *t, Pickler *p, Obj callable, Obj first, Obj second, Obj v)
{
    scoped Ref args = !first    ? oz_retain(t->vm->empty_tuple)
                      : !second ? oz_tuple_of(t, 1, first)
                                : oz_tuple_of(t, 2, first, second);
    scoped Ref reduction = args ? oz_tuple_of(t, 2, callable, (Obj)args) : NULL;
    return reduction && oz_pickle_save_reduction(t, p, reduction, v);
}

static Obj class_of(Thread *t, uint32_t id)
{
    return (Obj)t->vm->classes[id];
}

static bool save_bytes(Thread *t, Pickler *p, Obj v)
{
    const Bytes *b = (const Bytes *)v;
    size_t length = oz_bytes_length(b);
    if (p->protocol >= 3)
        return save_raw(t, p, v, oz_bytes_data(b), length, v);
    if (!length)
        return save_call(t, p, class_of(t, OZ_BYTES), NULL, NULL, v);
    scoped Ref encode = oz_pickle_import(t, "_codecs", "encode");
    scoped Ref text = encode ? oz_str_from_latin1(t, oz_bytes_data(b), length) : NULL;
    scoped Ref latin1 = text ? oz_intern(t, "latin1") : NULL;
    return latin1 && save_call(t, p, encode, text, latin1, v);
}

static bool save_byte_array(Thread *t, Pickler *p, Obj v)
{
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, v, &view))
        return false;
    if (p->protocol >= 5)
        return save_byte_array_data(t, p, v, view.data, view.length);
    if (!view.length)
        return save_call(t, p, class_of(t, OZ_BYTEARRAY), NULL, NULL, v);
    scoped Ref bytes = oz_bytes_new(t, view.data, view.length);
    return bytes && save_call(t, p, class_of(t, OZ_BYTEARRAY), bytes, NULL, v);
}

static bool save_pickle_buffer(Thread *t, Pickler *p, Obj v)
{
    if (p->protocol < 5)
        return oz_fail_module(t, OZ_ERROR_PICKLING,
                              "PickleBuffer can only pickled with protocol >= 5");
    const Buffer *shown = oz_pickle_buffer_view(t, v);
    if (!shown)
        return false;
    if (!oz_buffer_is_contiguous(shown, 'A'))
        return oz_fail_module(t, OZ_ERROR_PICKLING,
                              "PickleBuffer can not be pickled when pointing to a non-contiguous "
                              "buffer");
    bool in_band = true, readonly = shown->readonly;
    if (p->buffer_callback) {
        scoped Ref callback = oz_retain(p->buffer_callback);
        scoped Ref wanted = oz_call1(t, callback, v);
        if (!wanted || !oz_truth(t, wanted, &in_band))
            return false;
    }
    if (!in_band)
        return oz_pickle_put(t, p, OZ_PK_NEXT_BUFFER) &&
               (!readonly || oz_pickle_put(t, p, OZ_PK_READONLY_BUFFER));
    shown = oz_pickle_buffer_view(t, v); /* the callback may have released it */
    scoped_buffer view = {0};
    if (!shown || !oz_buffer_get(t, shown->owner, &view, OZ_BUFFER_ANY))
        return false;
    return readonly ? save_raw(t, p, v, view.data, view.length, NULL)
                    : save_byte_array_data(t, p, v, view.data, view.length);
}

/* ---- text ---- */

/* Protocol 0: a line of raw-unicode-escape, where what ends a line or a file is escaped too. */
static bool save_str_line(Thread *t, Pickler *p, Obj v)
{
    scoped Ref keep = NULL;
    StrBuilder b;
    Text text = oz_text_of((const Str *)v);
    oz_builder_init(&b, t);
    for (size_t i = 0; i < text.length; i++) {
        uint32_t c = oz_text_char(text, i);
        if (c >= 256 || c == '\\' || c == 0 || c == '\n' || c == '\r' || c == 0x1a)
            oz_builder_format(&b, c >= 0x10000 ? "\\U%08x" : "\\u%04x", c);
        else
            oz_builder_character(&b, c);
        if (i % 65536 == 65535 && !oz_poll(t))
            b.failed = true;
    }
    keep = oz_builder_finish(&b);
    if (!keep)
        return false;
    const Str *line = (const Str *)keep;
    return oz_pickle_put(t, p, OZ_PK_UNICODE) &&
           oz_pickle_write(t, p, oz_str_data(line), oz_str_length(line)) &&
           oz_pickle_put(t, p, '\n') && oz_pickle_memoize(t, p, v);
}

static bool save_utf8(Thread *t, Pickler *p, const void *data, size_t length, Obj owner)
{
    uint8_t header[9];
    size_t size = sized_header(header, length, p->protocol >= 4 ? OZ_PK_SHORT_BINUNICODE : 0,
                               OZ_PK_BINUNICODE, p->protocol >= 4 ? OZ_PK_BINUNICODE8 : 0);
    if (!size)
        return oz_fail(t, OZ_OverflowError,
                       "serializing a string larger than 4 GiB requires pickle protocol 4 or "
                       "higher");
    return oz_pickle_write_bytes(t, p, header, size, data, length, owner);
}

OZ_INLINE size_t encode_short(const void *data, unsigned width, size_t length, uint8_t *out)
{
    uint8_t *at = out;
    for (size_t i = 0; i < length; i++)
        at += oz_utf8_put(oz_text_at(data, width, i), at);
    return (size_t)(at - out);
}

static bool save_wide_str(Thread *t, Pickler *p, Obj v)
{
    Text text = oz_text_of((const Str *)v);
    if (text.length > 256) {
        scoped Ref bytes = oz_encode(t, v, "utf-8", "surrogatepass");
        const Bytes *b = bytes ? (const Bytes *)bytes : NULL;
        return b && save_utf8(t, p, oz_bytes_data(b), oz_bytes_length(b), bytes) &&
               oz_pickle_memoize(t, p, v);
    }
    size_t most = text.length * (text.width == 1 ? 2 : text.width == 2 ? 3 : 4);
    uint8_t few[4 * 256];
    bool in_place = most < 256 && p->protocol >= 4 && !p->fast;
    if (in_place &&
        !(oz_pickle_room(t, p, most + 3) && oz_pickle_memo_add(t, &p->base, &p->memo, v)))
        return false;
    uint8_t *out = in_place ? p->at + 2 : few;
    size_t length = text.width == 1   ? encode_short(text.data, 1, text.length, out)
                    : text.width == 2 ? encode_short(text.data, 2, text.length, out)
                                      : encode_short(text.data, 4, text.length, out);
    if (!in_place)
        return save_utf8(t, p, few, length, NULL) && oz_pickle_memoize(t, p, v);
    p->at[0] = OZ_PK_SHORT_BINUNICODE;
    p->at[1] = (uint8_t)length;
    out[length] = OZ_PK_MEMOIZE;
    p->at += length + 3;
    return true;
}

/* oz_copy for up to 32 bytes. */
OZ_INLINE void copy_short(uint8_t *to, const uint8_t *from, size_t n)
{
    if (n <= 16 || n > 32) {
        oz_copy(to, from, n);
        return;
    }
    uint64_t parts[4];
    memcpy(parts, from, 16);
    memcpy(parts + 2, from + n - 16, 16);
    memcpy(to, parts, 16);
    memcpy(to + n - 16, parts + 2, 16);
}

/* Less than 256 bytes, in protocol 4 with a memo. */
OZ_INLINE bool save_short(Thread *t, Pickler *p, Obj v, uint8_t opcode, const uint8_t *data,
                          size_t length)
{
    if (!oz_pickle_room(t, p, length + 3) || !oz_pickle_memo_add(t, &p->base, &p->memo, v))
        return false;
    uint8_t *out = p->at;
    out[0] = opcode;
    out[1] = (uint8_t)length;
    copy_short(out + 2, data, length);
    out[2 + length] = OZ_PK_MEMOIZE;
    p->at = out + length + 3;
    return true;
}

OZ_INLINE bool save_str(Thread *t, Pickler *p, Obj v)
{
    const Str *s = (const Str *)v;
    if (OZ_UNLIKELY(!p->bin))
        return save_str_line(t, p, v);
    if (oz_id(&s->base) != OZ_STR_ASCII)
        return save_wide_str(t, p, v);
    size_t length = oz_str_length(s);
    if (OZ_UNLIKELY(length >= 256 || p->protocol < 4 || p->fast))
        return save_utf8(t, p, s->data, length, NULL) && oz_pickle_memoize(t, p, v);
    return save_short(t, p, v, OZ_PK_SHORT_BINUNICODE, s->data, length);
}

/* ---- containers ---- */

/* Fast mode has no memo, so deep nesting is looked at for cycles. */
enum { FAST_NESTING = 50 };

static Ref identity(Obj v)
{
    return oz_int((int64_t)(oz_word(v) >> 3));
}

static bool fast_enter(Thread *t, Pickler *p, Obj v)
{
    if (!p->fast || ++p->fast_nesting < FAST_NESTING)
        return true;
    if (!p->fast_seen) {
        Ref seen = oz_set_new(t, NULL);
        if (!seen)
            return false;
        oz_store(&p->base, &p->fast_seen, seen);
    }
    scoped Ref key = identity(v);
    Found found = oz_set_contains(t, (Set *)p->fast_seen, key);
    if (found == OZ_FOUND)
        oz_raise(t, OZ_ValueError,
                 "fast mode: can't pickle cyclic objects including object type %.200T at %s%x%08x",
                 v, "0x", (unsigned)(oz_word(v) >> 32), (unsigned)oz_word(v));
    return found == OZ_MISSING && oz_set_add(t, (Set *)p->fast_seen, key);
}

static bool fast_leave(Thread *t, Pickler *p, Obj v, bool done)
{
    if (!p->fast)
        return done;
    bool noted = p->fast_nesting >= FAST_NESTING && p->fast_seen;
    p->fast_nesting--;
    if (!noted || !done)
        return done;
    scoped Ref key = identity(v);
    return oz_set_discard(t, (Set *)p->fast_seen, key) != OZ_RAISED;
}

static bool put_pair(Thread *t, Pickler *p, uint8_t first, uint8_t second)
{
    return oz_pickle_put(t, p, first) && oz_pickle_put(t, p, second);
}

/* One item of a container. */
OZ_INLINE bool save_item(Thread *t, Pickler *p, Obj v)
{
    if (!oz_is_pointer(v)) {
        if (OZ_UNLIKELY(p->at >= p->boundary || p->persistent_id))
            return oz_pickle_save(t, p, v);
        return oz_is_int(v)     ? save_int(t, p, v)
               : oz_is_float(v) ? save_float(t, p, oz_float_value(v))
                                : oz_pickle_save(t, p, v);
    }
    scoped Ref held = oz_retain(v);
    return oz_pickle_save(t, p, held);
}

static bool save_list_items(Thread *t, Pickler *p, List *list)
{
    size_t i = 0;
    if (oz_list_length_fast(list) == 1)
        return save_item(t, p, oz_list_peek(list, 0)) && oz_pickle_put(t, p, OZ_PK_APPEND);
    do {
        size_t end = i + OZ_PICKLE_BATCH;
        if (!oz_pickle_put(t, p, OZ_PK_MARK))
            return false;
        for (Obj item; i < end && (item = oz_list_peek(list, i)); i++)
            if (!save_item(t, p, item) || !oz_poll(t))
                return false;
        if (!oz_pickle_put(t, p, OZ_PK_APPENDS))
            return false;
    } while (i < oz_list_length_fast(list));
    return true;
}

/* The next item of an iterator for a batch. */
static Found next_item(Thread *t, Obj iterator, Ref *item)
{
    *item = NULL;
    return oz_poll(t) ? oz_next(t, iterator, item) : OZ_RAISED;
}

/* One item, or the pair that one is. */
static bool save_piece(Thread *t, Pickler *p, Obj item, bool pairs)
{
    if (!pairs)
        return oz_pickle_save(t, p, item);
    const Tuple *pair = oz_as_tuple(item);
    if (!pair || pair->length != 2)
        return oz_fail(t, OZ_TypeError, "dict items iterator must return 2-tuples");
    return oz_pickle_save(t, p, pair->items[0]) && oz_pickle_save(t, p, pair->items[1]);
}

/* One by one, for protocol 0. */
static bool save_singly(Thread *t, Pickler *p, Obj iterator, bool pairs)
{
    for (;;) {
        scoped Ref item = NULL;
        Found found = next_item(t, iterator, &item);
        if (found != OZ_FOUND)
            return found == OZ_MISSING;
        if (!save_piece(t, p, item, pairs) ||
            !oz_pickle_put(t, p, pairs ? OZ_PK_SETITEM : OZ_PK_APPEND))
            return false;
    }
}

/* A batch whose first item and the one behind it are there already. */
static Found save_rest_of_batch(Thread *t, Pickler *p, Obj iterator, Ref *item, bool pairs)
{
    for (int n = 1;;) {
        if (!save_piece(t, p, *item, pairs))
            return OZ_RAISED;
        oz_clear(item);
        if (++n == OZ_PICKLE_BATCH)
            return OZ_FOUND;
        Found found = next_item(t, iterator, item);
        if (found != OZ_FOUND)
            return found;
    }
}

static bool save_batches(Thread *t, Pickler *p, Obj iterator, bool pairs)
{
    if (p->protocol == 0)
        return save_singly(t, p, iterator, pairs);
    uint8_t one = pairs ? OZ_PK_SETITEM : OZ_PK_APPEND;
    uint8_t many = pairs ? OZ_PK_SETITEMS : OZ_PK_APPENDS;
    Found more = OZ_FOUND;
    while (more == OZ_FOUND) {
        scoped Ref first = NULL, item = NULL;
        Found found = next_item(t, iterator, &first);
        if (found != OZ_FOUND)
            return found == OZ_MISSING;
        found = next_item(t, iterator, &item);
        if (found == OZ_MISSING)
            return save_piece(t, p, first, pairs) && oz_pickle_put(t, p, one);
        if (found == OZ_RAISED || !oz_pickle_put(t, p, OZ_PK_MARK) ||
            !save_piece(t, p, first, pairs))
            return false;
        more = save_rest_of_batch(t, p, iterator, &item, pairs);
        if (more == OZ_RAISED || !oz_pickle_put(t, p, many))
            return false;
    }
    return true;
}

bool oz_pickle_save_items(Thread *t, Pickler *p, Obj iterator)
{
    return save_batches(t, p, iterator, false);
}

bool oz_pickle_save_pairs(Thread *t, Pickler *p, Obj iterator)
{
    return save_batches(t, p, iterator, true);
}

static bool save_list_body(Thread *t, Pickler *p, Obj v)
{
    List *list = (List *)v;
    bool begun =
        p->bin ? oz_pickle_put(t, p, OZ_PK_EMPTY_LIST) : put_pair(t, p, OZ_PK_MARK, OZ_PK_LIST);
    if (!begun || !oz_pickle_memoize(t, p, v))
        return false;
    if (!oz_list_length_fast(list))
        return true;
    if (p->protocol > 0)
        return save_list_items(t, p, list);
    scoped Ref iterator = oz_iter(t, v);
    return iterator && oz_pickle_save_items(t, p, iterator);
}

static bool save_dict_items(Thread *t, Pickler *p, Dict *dict)
{
    size_t at = 0, length = oz_dict_length(dict);
    Obj key, value;
    if (length == 1) {
        if (!oz_dict_step(dict, &at, &key, &value))
            return true;
        scoped Ref held_value = oz_retain(value);
        return save_item(t, p, key) && save_item(t, p, held_value) &&
               oz_pickle_put(t, p, OZ_PK_SETITEM);
    }
    int n;
    do {
        if (!oz_pickle_put(t, p, OZ_PK_MARK))
            return false;
        for (n = 0; n < OZ_PICKLE_BATCH && oz_dict_step(dict, &at, &key, &value); n++) {
            scoped Ref held_value = oz_retain(value);
            if (!save_item(t, p, key) || !save_item(t, p, held_value) || !oz_poll(t))
                return false;
            if (OZ_UNLIKELY(oz_dict_length(dict) != length))
                return oz_fail(t, OZ_RuntimeError, "dictionary changed size during iteration");
        }
        if (!oz_pickle_put(t, p, OZ_PK_SETITEMS))
            return false;
    } while (n == OZ_PICKLE_BATCH);
    return true;
}

static bool save_dict_body(Thread *t, Pickler *p, Obj v)
{
    bool begun =
        p->bin ? oz_pickle_put(t, p, OZ_PK_EMPTY_DICT) : put_pair(t, p, OZ_PK_MARK, OZ_PK_DICT);
    if (!begun || !oz_pickle_memoize(t, p, v))
        return false;
    if (!oz_dict_length((Dict *)v))
        return true;
    if (p->protocol > 0)
        return save_dict_items(t, p, (Dict *)v);
    scoped Ref items = oz_call_method(t, v, OZ_NAME(t, items), 0, NULL);
    scoped Ref iterator = items ? oz_iter(t, items) : NULL;
    return iterator && oz_pickle_save_pairs(t, p, iterator);
}

static bool save_set_items(Thread *t, Pickler *p, Set *set)
{
    size_t at = 0, length = oz_set_length(set);
    int n;
    do {
        Obj item;
        if (!oz_pickle_put(t, p, OZ_PK_MARK))
            return false;
        for (n = 0; n < OZ_PICKLE_BATCH && oz_set_step(set, &at, &item); n++) {
            if (!save_item(t, p, item) || !oz_poll(t))
                return false;
            if (OZ_UNLIKELY(oz_set_length(set) != length))
                return oz_fail(t, OZ_RuntimeError, "set changed size during iteration");
        }
        if (!oz_pickle_put(t, p, OZ_PK_ADDITEMS))
            return false;
    } while (n == OZ_PICKLE_BATCH);
    return true;
}

static bool save_set_body(Thread *t, Pickler *p, Obj v)
{
    if (p->protocol < 4) {
        scoped Ref items = oz_list_from(t, v);
        return items && save_call(t, p, class_of(t, OZ_SET), items, NULL, v);
    }
    if (!oz_pickle_put(t, p, OZ_PK_EMPTY_SET) || !oz_pickle_memoize(t, p, v))
        return false;
    return !oz_set_length((Set *)v) || save_set_items(t, p, (Set *)v);
}

/* Has the value got into the memo while its items were written?  Then it replaces them. */
static Found save_recursive(Thread *t, Pickler *p, Obj v, size_t pops)
{
    int64_t number = oz_pickle_memo_find(&p->memo, v);
    if (number < 0)
        return OZ_MISSING;
    bool done = pops || oz_pickle_put(t, p, OZ_PK_POP_MARK);
    for (; done && pops; pops--)
        done = oz_pickle_put(t, p, OZ_PK_POP) && oz_poll(t);
    return done && oz_pickle_put_get(t, p, number) ? OZ_FOUND : OZ_RAISED;
}

static bool save_frozenset_body(Thread *t, Pickler *p, Obj v)
{
    if (p->protocol < 4) {
        scoped Ref items = oz_list_from(t, v);
        return items && save_call(t, p, class_of(t, OZ_FROZENSET), items, NULL, v);
    }
    if (!oz_pickle_put(t, p, OZ_PK_MARK))
        return false;
    size_t at = 0;
    for (Obj item; oz_set_step((Set *)v, &at, &item);)
        if (!save_item(t, p, item) || !oz_poll(t))
            return false;
    Found recursive = save_recursive(t, p, v, 0);
    if (recursive != OZ_MISSING)
        return recursive == OZ_FOUND;
    return oz_pickle_put(t, p, OZ_PK_FROZENSET) && oz_pickle_memoize(t, p, v);
}

static bool save_tuple_body(Thread *t, Pickler *p, Obj v)
{
    const Tuple *tuple = (const Tuple *)v;
    size_t length = tuple->length;
    if (!length)
        return p->bin ? oz_pickle_put(t, p, OZ_PK_EMPTY_TUPLE)
                      : put_pair(t, p, OZ_PK_MARK, OZ_PK_TUPLE);
    bool few = length <= 3 && p->protocol >= 2;
    if (!few && !oz_pickle_put(t, p, OZ_PK_MARK))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!oz_pickle_save(t, p, tuple->items[i]) || !oz_poll(t))
            return false;
    Found recursive = save_recursive(t, p, v, few ? length : p->bin ? 0 : length + 1);
    if (recursive != OZ_MISSING)
        return recursive == OZ_FOUND;
    uint8_t opcode = few ? (uint8_t)(OZ_PK_TUPLE1 + length - 1) : OZ_PK_TUPLE;
    return oz_pickle_put(t, p, opcode) && oz_pickle_memoize(t, p, v);
}

/* ---- any value ---- */

/* What a program's persistent_id says stands for the value; OZ_MISSING: nothing. */
static Found save_persistent(Thread *t, Pickler *p, Obj v);

/* Not by way of persistent_id. */
static OZ_NOINLINE bool save_nested(Thread *t, Pickler *p, Obj v, uint32_t id)
{
    scoped_depth counted = oz_depth_enter(t, where);
    if (!counted)
        return false;
    switch (id) {
    case OZ_DICT:
        return fast_leave(t, p, v, fast_enter(t, p, v) && save_dict_body(t, p, v));
    case OZ_LIST:
        return fast_leave(t, p, v, fast_enter(t, p, v) && save_list_body(t, p, v));
    case OZ_TUPLE:
        return save_tuple_body(t, p, v);
    case OZ_SET:
        return save_set_body(t, p, v);
    case OZ_FROZENSET:
        return save_frozenset_body(t, p, v);
    case OZ_BYTES:
        return save_bytes(t, p, v);
    case OZ_BYTEARRAY:
        return save_byte_array(t, p, v);
    case OZ_PICKLE_BUFFER:
        return save_pickle_buffer(t, p, v);
    default:
        return oz_pickle_save_object(t, p, v);
    }
}

static bool save_value(Thread *t, Pickler *p, Obj v)
{
    if (oz_is_int(v))
        return save_int(t, p, v);
    if (oz_is_float(v))
        return save_float(t, p, oz_float_value(v));
    if (!oz_is_pointer(v)) {
        if (oz_is_none(v))
            return oz_pickle_put(t, p, OZ_PK_NONE);
        if (oz_is_bool(v))
            return save_bool(t, p, v == OZ_TRUE);
    }
    int64_t number = oz_pickle_memo_find(&p->memo, v);
    if (number >= 0)
        return oz_pickle_put_get(t, p, number);
    uint32_t id = oz_id_of(v);
    if (id - OZ_STR_ASCII <= OZ_STR_UCS4 - OZ_STR_ASCII)
        return save_str(t, p, v);
    if (id == OZ_BYTES && ((const Bytes *)v)->length < 256 && p->protocol >= 4 && !p->fast)
        return save_short(t, p, v, OZ_PK_SHORT_BINBYTES, ((const Bytes *)v)->data,
                          ((const Bytes *)v)->length);
    if (id == OZ_INT)
        return save_other_int(t, p, v);
    if (id == OZ_FLOAT)
        return save_float(t, p, ((const Float *)v)->value);
    return save_nested(t, p, v, id);
}

static bool save_persistent_line(Thread *t, Pickler *p, Obj id)
{
    scoped Ref text = oz_str(t, id);
    if (!text)
        return false;
    const Str *s = oz_as_str(text);
    if (!s || oz_id(&s->base) != OZ_STR_ASCII)
        return oz_fail_module(t, OZ_ERROR_PICKLING,
                              "persistent IDs in protocol 0 must be ASCII strings");
    return oz_pickle_put(t, p, OZ_PK_PERSID) &&
           oz_pickle_write(t, p, oz_str_data(s), oz_str_length(s)) && oz_pickle_put(t, p, '\n');
}

static Found save_persistent(Thread *t, Pickler *p, Obj v)
{
    scoped Ref id = oz_pickle_call_hook(t, (Obj)p, p->persistent_id, p->bound, v);
    if (!id)
        return OZ_RAISED;
    if (oz_is_none(id))
        return OZ_MISSING;
    bool done = p->bin ? save_value(t, p, id) && oz_pickle_put(t, p, OZ_PK_BINPERSID)
                       : save_persistent_line(t, p, id);
    return done ? OZ_FOUND : OZ_RAISED;
}

bool oz_pickle_save(Thread *t, Pickler *p, Obj v)
{
    if (OZ_UNLIKELY(p->at >= p->boundary) && !oz_pickle_boundary(t, p))
        return false;
    if (OZ_UNLIKELY(p->persistent_id != NULL)) {
        Found found = save_persistent(t, p, v);
        if (found != OZ_MISSING)
            return found == OZ_FOUND;
    }
    return save_value(t, p, v);
}
