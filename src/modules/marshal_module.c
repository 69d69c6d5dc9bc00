// SPDX-License-Identifier: MIT
// The module marshal: the format of CPython's marshal, version 4, for the values that it shares
// with any Python: None, bools, ints, floats, complex numbers, text, bytes and containers of them.
// Code objects are our own, so what stands for them is too (marshal_code.c).
#include "modules/marshal.h"

#include "modules/native_type.h"
#include "object/error.h"
#include "types/audit.h"
#include "types/buffer.h"
#include "types/bytearray.h"
#include "types/bytes.h"
#include "types/codec.h"
#include "types/complex.h"
#include "types/float.h"
#include "types/set.h"

#include <stdlib.h>

enum { VERSION = 4, VERSION_REFS = 3, DEPTH = 2000, FLAG_REF = 0x80 };
#define NO_PLACE SIZE_MAX /* of a value that nothing names */

/* ---- writing ---- */

bool oz_marshal_put(Writer *w, const void *data, size_t length)
{
    if (w->length + length > w->capacity) {
        size_t capacity = (w->length + length) * 2 + 64;
        char *more = oz_block_realloc(w->t->heap, w->data, capacity);
        if (!more) {
            oz_raise_memory(w->t);
            return false;
        }
        w->data = more;
        w->capacity = capacity;
    }
    memcpy(w->data + w->length, data, length);
    w->length += length;
    return true;
}

static bool put_byte(Writer *w, char c)
{
    return oz_marshal_put(w, &c, 1);
}

static bool put_u32(Writer *w, uint64_t n)
{
    uint32_t value = (uint32_t)n;
    if (n > INT32_MAX)
        return oz_fail(w->t, OZ_ValueError, "unmarshallable object");
    return oz_marshal_put(w, &value, 4);
}

/* An int of more than 32 bits: its 15-bit digits. */
static bool put_long(Writer *w, Obj n)
{
    Thread *t = w->t;
    size_t bytes = oz_int_bits(n) / 8 + 2;
    scoped Ref room = oz_bytes_alloc(t, bytes);
    scoped Ref size = room ? oz_absolute(t, n) : NULL;
    if (!size || !oz_int_to_bytes(t, size, oz_bytes_data((const Bytes *)room), bytes, true, false))
        return false;
    const uint8_t *data = oz_bytes_data((const Bytes *)room);
    size_t digits = (oz_int_bits(n) + 14) / 15;
    int32_t count = (int32_t)(oz_int_sign(n) < 0 ? -(int64_t)digits : (int64_t)digits);
    if (!put_byte(w, 'l') || !oz_marshal_put(w, &count, 4))
        return false;
    for (size_t d = 0; d < digits; d++) {
        uint16_t digit = 0;
        for (unsigned bit = 0; bit < 15; bit++) {
            size_t at = d * 15 + bit;
            if (at / 8 < bytes && (data[at / 8] >> (at % 8) & 1))
                digit = (uint16_t)(digit | 1u << bit);
        }
        if (!oz_marshal_put(w, &digit, 2))
            return false;
    }
    return true;
}

static bool put_int(Writer *w, Obj n)
{
    int64_t value;
    if (!oz_int_fits_int64(n, &value) || value > INT32_MAX || value < INT32_MIN)
        return put_long(w, n);
    int32_t narrow = (int32_t)value;
    return put_byte(w, 'i') && oz_marshal_put(w, &narrow, 4);
}

static bool put_text(Writer *w, Obj v)
{
    if (w->texts)
        return put_byte(w, 'v') && oz_marshal_put_text(w, v);
    scoped Ref bytes = oz_encode(w->t, v, "utf-8", "surrogatepass");
    if (!bytes)
        return false;
    const Bytes *b = oz_as_bytes(bytes);
    bool interned = w->met && oz_has_flag(oz_object(v), OZ_FLAG_INTERNED);
    return put_byte(w, interned ? 't' : 'u') && put_u32(w, oz_bytes_length(b)) &&
           oz_marshal_put(w, oz_bytes_data(b), oz_bytes_length(b));
}

static bool put_items(Writer *w, char type, Obj v)
{
    scoped Ref items = oz_tuple_from(w->t, v);
    if (!items || !put_byte(w, type) || !put_u32(w, ((Tuple *)items)->length))
        return false;
    for (size_t n = 0; n < ((Tuple *)items)->length; n++)
        if (!oz_marshal_put_value(w, ((Tuple *)items)->items[n]))
            return false;
    return true;
}

/* An item of a set, and what sets are written by: equal sets become equal bytes. */
typedef struct Sorted {
    Ref bytes;
    Obj item;
} Sorted;

static int by_bytes(const void *a, const void *b)
{
    const Bytes *x = (const Bytes *)((const Sorted *)a)->bytes;
    const Bytes *y = (const Bytes *)((const Sorted *)b)->bytes;
    size_t m = oz_bytes_length(x), n = oz_bytes_length(y);
    int order = memcmp(oz_bytes_data(x), oz_bytes_data(y), m < n ? m : n);
    return order ? order : m < n ? -1 : m > n;
}

static bool put_sorted(Writer *w, const Tuple *items)
{
    size_t size = (items->length + (size_t)1) * sizeof(Sorted);
    Sorted *sorted = oz_block_alloc(w->t->heap, size);
    bool ok = sorted || oz_raise_memory(w->t) != NULL;
    if (ok)
        memset(sorted, 0, size);
    for (uint32_t n = 0; ok && n < items->length; n++) {
        sorted[n] = (Sorted){oz_marshal_dumps(w->t, items->items[n]), items->items[n]};
        ok = sorted[n].bytes != NULL;
    }
    if (ok)
        qsort(sorted, items->length, sizeof *sorted, by_bytes);
    for (uint32_t n = 0; ok && n < items->length; n++)
        ok = oz_marshal_put_value(w, sorted[n].item);
    for (uint32_t n = 0; sorted && n < items->length; n++)
        oz_drop(sorted[n].bytes);
    oz_block_free(sorted);
    return ok;
}

static bool put_set(Writer *w, char type, Obj v)
{
    scoped Ref items = oz_tuple_from(w->t, v);
    return items && put_byte(w, type) && put_u32(w, ((Tuple *)items)->length) &&
           put_sorted(w, (Tuple *)items);
}

static bool put_dict(Writer *w, Dict *dict)
{
    scoped Ref copy = oz_dict_copy(w->t, dict);
    size_t at = 0;
    Obj key, value;
    if (!copy || !put_byte(w, '{'))
        return false;
    while (oz_dict_step((Dict *)copy, &at, &key, &value))
        if (!oz_marshal_put_value(w, key) || !oz_marshal_put_value(w, value))
            return false;
    return put_byte(w, '0');
}

static bool put_double(Writer *w, double d)
{
    return oz_marshal_put(w, &d, sizeof d);
}

static bool unmarshallable(Thread *t)
{
    return oz_fail(t, OZ_ValueError, "unmarshallable object");
}

/* bytes, or what has a buffer: a bytearray, an array, ... */
static bool put_buffer(Writer *w, Obj v)
{
    scoped_buffer view = {0};
    if (!oz_has_buffer(v))
        return unmarshallable(w->t);
    if (!oz_buffer_open(w->t, v, &view)) {
        if (!oz_exception_forget(w->t, OZ_BufferError))
            return false;
        return unmarshallable(w->t);
    }
    return put_byte(w, 's') && put_u32(w, view.length) && oz_marshal_put(w, view.data, view.length);
}

static bool put_object(Writer *w, Obj v)
{
    double d;
    if ((oz_is_float(v) || oz_is(v, OZ_FLOAT)) && oz_as_float(v, &d))
        return put_byte(w, 'g') && put_double(w, d);
    if (oz_is_int(v) || oz_is(v, OZ_INT))
        return put_int(w, v);
    if (oz_is_exact_str(v))
        return put_text(w, v);
    if (oz_is(v, OZ_COMPLEX)) {
        const Complex *c = (const Complex *)v;
        return put_byte(w, 'y') && put_double(w, c->real) && put_double(w, c->imag);
    }
    if (oz_is(v, OZ_TUPLE))
        return put_items(w, '(', v);
    if (oz_is(v, OZ_LIST))
        return put_items(w, '[', v);
    if (oz_is(v, OZ_SET))
        return put_set(w, '<', v);
    if (oz_is(v, OZ_FROZENSET))
        return put_set(w, '>', v);
    if (oz_is(v, OZ_DICT))
        return put_dict(w, (Dict *)v);
    if (oz_is(v, OZ_CODE))
        return put_byte(w, 'c') && oz_marshal_put_code(w, v);
    return put_buffer(w, v);
}

/* An int of one of a writer's own lists, which nobody else sees. */
static size_t number_at(const Writer *w, List *list, size_t at)
{
    scoped Ref number = oz_list_get(w->t, list, at);
    return number ? (size_t)oz_int_value(number) : 0;
}

/* An object that was met before is named by its number among those met, of which finish() makes
 * that among those that are named at all; one that was not gets its number.  The list keeps the
 * objects, so that none takes the address of another meanwhile. */
static Found put_name(Writer *w, Obj v)
{
    Thread *t = w->t;
    size_t count = oz_list_length(w->met) / 2;
    scoped Ref key = oz_int_new(t, (int64_t)(oz_word(v) >> 3)), number = NULL;
    Obj next = oz_int((int64_t)count);
    Found found = key ? oz_dict_set_default(t, w->numbers, key, next, &number) : OZ_RAISED;
    if (found == OZ_MISSING)
        return oz_list_append(t, w->met, v) && oz_list_append(t, w->met, oz_int((int64_t)w->length))
                   ? OZ_MISSING
                   : OZ_RAISED;
    if (found == OZ_RAISED)
        return OZ_RAISED;
    uint32_t index = (uint32_t)oz_int_value(number);
    size_t type = number_at(w, w->met, 2 * (size_t)index + 1);
    w->data[type] = (char)(w->data[type] | FLAG_REF);
    return put_byte(w, 'r') && oz_list_append(t, w->names, oz_int((int64_t)w->length)) &&
                   oz_marshal_put(w, &index, sizeof index)
               ? OZ_FOUND
               : OZ_RAISED;
}

/* Names count the objects that have one. */
static bool finish(Writer *w)
{
    size_t count = oz_list_length(w->met) / 2, named = oz_list_length(w->names);
    uint32_t *final = named ? oz_block_alloc(w->t->heap, count * sizeof *final) : NULL, next = 0;
    if (named && !final)
        return oz_raise_memory(w->t) != NULL;
    for (size_t n = 0; named && n < count; n++) {
        size_t type = number_at(w, w->met, 2 * n + 1);
        final[n] = w->data[type] & FLAG_REF ? next++ : 0;
    }
    for (size_t n = 0; n < named; n++) {
        char *place = w->data + number_at(w, w->names, n);
        uint32_t index;
        memcpy(&index, place, sizeof index);
        memcpy(place, &final[index], sizeof index);
    }
    oz_block_free(final);
    return true;
}

bool oz_marshal_put_value(Writer *w, Obj v)
{
    static const struct {
        Word word;
        char type;
    } single[] = {{0x14, 'N'}, {0x0c, 'T'}, {0x04, 'F'}, {0x1c, '.'}};
    for (size_t n = 0; n < OZ_COUNT(single); n++)
        if (oz_word(v) == single[n].word)
            return put_byte(w, single[n].type);
    if (v == (Obj)w->t->vm->errors[OZ_StopIteration])
        return put_byte(w, 'S');
    if (w->depth >= DEPTH || !oz_native_enter(w->t, ""))
        return w->t->exception
                   ? false
                   : oz_fail(w->t, OZ_ValueError, "object too deeply nested to marshal");
    Found named = w->met && oz_is_pointer(v) ? put_name(w, v) : OZ_MISSING;
    if (named != OZ_MISSING)
        return named == OZ_FOUND;
    w->depth++;
    bool ok = put_object(w, v);
    w->depth--;
    return ok;
}

static Ref dumps(Thread *t, Obj value, bool names)
{
    scoped Ref met = NULL, numbers = NULL, places = NULL;
    if (names) {
        met = oz_list_new(t, 0);
        numbers = met ? oz_dict_new(t) : NULL;
        places = numbers ? oz_list_new(t, 0) : NULL;
        if (!places)
            return NULL;
    }
    Writer w = {.t = t, .met = (List *)met, .numbers = (Dict *)numbers, .names = (List *)places};
    bool ok = oz_marshal_put_value(&w, value) && (!names || finish(&w));
    Ref bytes = ok ? oz_bytes_new(t, w.data, w.length) : NULL;
    oz_block_free(w.data);
    return bytes;
}

Ref oz_marshal_dumps(Thread *t, Obj value)
{
    return dumps(t, value, false);
}

/* ---- reading ---- */

/* Have the next bytes at hand.  Of a file just these are read: what follows is not ours. */
static bool fetch(Reader *r, size_t length)
{
    Thread *t = r->t;
    scoped Ref room = oz_bytearray_new(t, NULL, length);
    scoped Ref name = room ? oz_retain(OZ_NAME(t, readinto)) : NULL;
    Obj argument = room;
    scoped Ref count = name ? oz_call_method(t, r->file, name, 1, &argument) : NULL;
    ssize_t got;
    if (!count || !oz_as_ssize(t, count, OZ_ValueError, &got))
        return false;
    if (got > 0 && (size_t)got > length)
        return oz_fail(t, OZ_ValueError,
                       "read() returned too much data: %zd bytes requested, %zd returned",
                       (ssize_t)length, got);
    if (got < 0 || (size_t)got < length)
        return oz_fail(t, OZ_EOFError, "EOF read where not expected");
    oz_drop(r->room);
    r->room = oz_bytes_from_object(t, room);
    if (!r->room)
        return false;
    r->at = oz_bytes_data((const Bytes *)r->room);
    r->end = r->at + oz_bytes_length((const Bytes *)r->room);
    return true;
}

bool oz_marshal_need(Reader *r, size_t length)
{
    if (r->file && length && !fetch(r, length))
        return false;
    if ((size_t)(r->end - r->at) < length)
        return oz_fail(r->t, OZ_EOFError, "marshal data too short");
    return true;
}

static bool take(Reader *r, void *out, size_t length)
{
    if (!oz_marshal_need(r, length))
        return false;
    memcpy(out, r->at, length);
    r->at += length;
    return true;
}

static bool take_length(Reader *r, size_t *length, bool is_byte)
{
    uint32_t n = 0;
    if (!take(r, &n, is_byte ? 1 : 4))
        return false;
    if (n > INT32_MAX)
        return oz_fail(r->t, OZ_ValueError, "bad marshal data (size out of range)");
    *length = n;
    return true;
}

static bool take_type(Reader *r, uint8_t *type)
{
    if (take(r, type, 1))
        return true;
    if (oz_exception_forget(r->t, OZ_EOFError))
        oz_raise(r->t, OZ_EOFError, "EOF read where object expected");
    return false;
}

static Ref get_typed(Reader *r, uint8_t type);

static const uint8_t *take_bytes(Reader *r, size_t length)
{
    if (!oz_marshal_need(r, length))
        return NULL;
    r->at += length;
    return r->at - length;
}

static Ref get_long(Reader *r)
{
    int32_t count;
    Thread *t = r->t;
    if (!take(r, &count, 4))
        return NULL;
    if (count == INT32_MIN)
        return oz_raise(t, OZ_ValueError, "bad marshal data (long size out of range)");
    size_t digits = (size_t)abs(count), bytes = digits * 15 / 8 + 2;
    const uint8_t *from = take_bytes(r, digits * 2);
    if (!from)
        return NULL;
    scoped Ref room = oz_bytes_alloc(t, bytes);
    if (!room)
        return NULL;
    uint8_t *data = oz_bytes_data((const Bytes *)room);
    memset(data, 0, bytes);
    for (size_t d = 0; d < digits; d++) {
        uint16_t digit;
        memcpy(&digit, from + 2 * d, sizeof digit);
        if (digit > 0x7fff)
            return oz_raise(t, OZ_ValueError, "bad marshal data (digit out of range in long)");
        if (!digit && d + 1 == digits)
            return oz_raise(t, OZ_ValueError, "bad marshal data (unnormalized long data)");
        for (unsigned bit = 0; bit < 15; bit++)
            if (digit >> bit & 1)
                data[(d * 15 + bit) / 8] |= (uint8_t)(1u << ((d * 15 + bit) % 8));
    }
    scoped Ref size = oz_int_from_bytes(t, data, bytes, true, false);
    if (!size || count >= 0)
        return oz_move(&size);
    return oz_negative(t, size);
}

/* Values inside `value` may name it before it is whole. */
static bool is_seen(Reader *r, size_t place, Obj value)
{
    return place == NO_PLACE || oz_list_set(r->t, r->seen, place, value);
}

static Ref get_items(Reader *r, size_t count, size_t place)
{
    scoped Ref list = oz_list_new(r->t, 0);
    if (!list || !is_seen(r, place, list))
        return NULL;
    for (size_t n = 0; n < count; n++) {
        Ref item = oz_marshal_get_value(r);
        if (!item || !oz_list_append_take(r->t, (List *)list, item))
            return NULL;
    }
    return oz_move(&list);
}

static Ref get_dict(Reader *r, size_t place)
{
    scoped Ref dict = oz_dict_new(r->t);
    if (!dict || !is_seen(r, place, dict))
        return NULL;
    for (uint8_t type; take_type(r, &type);) {
        if (type == '0')
            return oz_move(&dict);
        scoped Ref key = get_typed(r, type);
        scoped Ref value = key ? oz_marshal_get_value(r) : NULL;
        if (!value || !oz_dict_set(r->t, (Dict *)dict, key, value))
            return NULL;
    }
    return NULL;
}

static Ref get_set(Reader *r, size_t count, size_t place)
{
    scoped Ref set = oz_set_new(r->t, NULL);
    if (!set || !is_seen(r, place, set))
        return NULL;
    for (size_t n = 0; n < count; n++) {
        scoped Ref item = oz_marshal_get_value(r);
        if (!item || !oz_set_add(r->t, (Set *)set, item))
            return NULL;
    }
    return oz_move(&set);
}

static Ref get_container(Reader *r, uint8_t type, size_t place)
{
    size_t count;
    if (!take_length(r, &count, type == ')'))
        return NULL;
    if (type == '<')
        return get_set(r, count, place);
    scoped Ref list = get_items(r, count, type == '[' ? place : NO_PLACE);
    if (!list || type == '[')
        return oz_move(&list);
    return type == '>' ? oz_frozenset_new(r->t, list) : oz_list_to_tuple(r->t, (List *)list);
}

static Ref get_text(Reader *r, uint8_t type)
{
    size_t length;
    if (!take_length(r, &length, type == 'z' || type == 'Z'))
        return NULL;
    const uint8_t *data = take_bytes(r, length);
    if (!data)
        return NULL;
    if (type == 's')
        return oz_bytes_new(r->t, data, length);
    Ref text = type == 'u' || type == 't' ? oz_decode_utf8(r->t, data, length, "surrogatepass")
                                          : oz_str_from_latin1(r->t, data, length);
    bool interned = type == 't' || type == 'A' || type == 'Z';
    return text && interned ? oz_intern_str(r->t, text) : text;
}

static Ref raise_unknown(Reader *r)
{
    return oz_raise(r->t, OZ_ValueError, "bad marshal data (unknown type code)");
}

static Ref get_plain(Reader *r, uint8_t type, size_t place)
{
    int32_t n;
    int64_t wide;
    double parts[2];
    switch (type) {
    case 'N':
        return OZ_NONE;
    case 'T':
        return OZ_TRUE;
    case 'F':
        return OZ_FALSE;
    case '.':
        return OZ_ELLIPSIS;
    case 'S':
        return oz_retain((Obj)r->t->vm->errors[OZ_StopIteration]);
    case 'i':
        return take(r, &n, 4) ? oz_int(n) : NULL;
    case 'I':
        return take(r, &wide, 8) ? oz_int_new(r->t, wide) : NULL;
    case 'l':
        return get_long(r);
    case 'g':
        return take(r, parts, 8) ? oz_float_new(r->t, parts[0]) : NULL;
    case 'y':
        return take(r, parts, 16) ? oz_complex_new(r->t, parts[0], parts[1]) : NULL;
    case 's':
    case 'u':
    case 't':
    case 'a':
    case 'A':
    case 'z':
    case 'Z':
        return get_text(r, type);
    case '(':
    case ')':
    case '[':
    case '<':
    case '>':
        return get_container(r, type, place);
    case '{':
        return get_dict(r, place);
    case 'c':
        return oz_marshal_get_code(r);
    case 'v':
        return r->texts ? oz_marshal_get_text(r) : raise_unknown(r);
    default:
        return raise_unknown(r);
    }
}

static Ref get_typed(Reader *r, uint8_t type)
{
    if (!r->seen && (type & FLAG_REF || type == 'r'))
        return oz_raise(r->t, OZ_ValueError, "bad marshal data (reference inside code)");
    if (type == 'r') {
        uint32_t index;
        if (!take(r, &index, 4))
            return NULL;
        Ref value = index < oz_list_length(r->seen) ? oz_list_get(r->t, r->seen, index) : NULL;
        if (!value || value == OZ_NONE)
            return oz_raise(r->t, OZ_ValueError, "bad marshal data (invalid reference)");
        return value;
    }
    if (r->depth >= DEPTH || !oz_native_enter(r->t, ""))
        return r->t->exception
                   ? NULL
                   : oz_raise(r->t, OZ_ValueError, "bad marshal data (nested too deep)");
    size_t place = type & FLAG_REF ? oz_list_length(r->seen) : NO_PLACE;
    if ((type & FLAG_REF) && !oz_list_append(r->t, r->seen, OZ_NONE))
        return NULL;
    r->depth++;
    Ref value = get_plain(r, type & (uint8_t)~FLAG_REF, place);
    r->depth--;
    if (value && (type & FLAG_REF) && !oz_list_set(r->t, r->seen, place, value))
        oz_clear(&value);
    return value;
}

Ref oz_marshal_get_value(Reader *r)
{
    uint8_t type;
    return take_type(r, &type) ? get_typed(r, type) : NULL;
}

Ref oz_marshal_loads(Thread *t, const uint8_t *data, size_t length)
{
    scoped Ref seen = oz_list_new(t, 0);
    Reader r = {.t = t, .at = data, .end = data + length, .seen = (List *)seen};
    return seen ? oz_marshal_get_value(&r) : NULL;
}

/* ---- functions ---- */

static Ref dumps_version(Thread *t, Obj value, Obj version)
{
    int number;
    if (!oz_as_int(t, version, &number) ||
        !oz_audit_event(t, "marshal.dumps", "OO", value, version))
        return NULL;
    return dumps(t, value, number >= VERSION_REFS);
}

OZ_FUNCTION(marshal, dumps, "($module, value, version=4, /)", "Return a value as bytes.")
{
    return dumps_version(t, a[1], a[2]);
}

OZ_FUNCTION(marshal, loads, "($module, bytes, /)", "Return the value that bytes hold.")
{
    if (!oz_audit_event(t, "marshal.loads", "O", a[1]))
        return NULL;
    scoped Ref bytes = oz_as_bytes(a[1]) ? oz_retain(a[1]) : oz_bytes_from_object(t, a[1]);
    if (!bytes)
        return NULL;
    const Bytes *b = oz_as_bytes(bytes);
    return oz_marshal_loads(t, oz_bytes_data(b), oz_bytes_length(b));
}

OZ_FUNCTION(marshal, dump, "($module, value, file, version=4, /)", "Write a value to a file.")
{
    scoped Ref bytes = dumps_version(t, a[1], a[3]);
    Obj data = bytes;
    return bytes ? oz_call_method(t, a[2], OZ_NAME(t, write), 1, &data) : NULL;
}

OZ_FUNCTION(marshal, load, "($module, file, /)", "Read a value from a file.")
{
    if (!oz_audit_event(t, "marshal.load", ""))
        return NULL;
    /* CPython asks whether it is a file of bytes, and of text files this way. */
    Obj none = oz_int(0);
    scoped Ref bytes = oz_call_method(t, a[1], OZ_NAME(t, read), 1, &none);
    scoped Ref seen = bytes ? oz_list_new(t, 0) : NULL;
    if (!seen)
        return NULL;
    if (!oz_as_bytes(bytes))
        return oz_raise(t, OZ_TypeError, "file.read() returned not bytes but %T", bytes);
    Reader r = {.t = t, .file = a[1], .seen = (List *)seen};
    Ref value = oz_marshal_get_value(&r);
    oz_drop(r.room);
    return value;
}

static bool marshal_init(Thread *t, Module *module)
{
    return oz_module_add_int(t, module, "version", VERSION);
}

const ModuleDef oz_marshal_module = {
    .name = "marshal",
    .doc = "Values as bytes and back, in CPython's format.",
    .functions = OZ_METHODS(&marshal_dumps, &marshal_loads, &marshal_dump, &marshal_load),
    .init = marshal_init,
};
