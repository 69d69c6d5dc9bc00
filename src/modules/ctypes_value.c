// SPDX-License-Identifier: MIT
// _ctypes: values of C in memory, by the letter of their simple type.
//
// Memory of C may have any alignment (packed structs, from_address), so everything goes through
// copies. A value in the other order of bytes is turned round in a copy of its own.
#include "modules/ctypes.h"
#include "types/bytearray.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/item_format.h"

#include <wchar.h>

size_t oz_letter_size(char letter)
{
    switch (letter) {
    case 'v': /* VARIANT_BOOL */
        return 2;
    case 'u':
        return sizeof(wchar_t);
    case 'z':
    case 'Z':
    case 'X':
    case 'O':
        return sizeof(void *);
    case 'g':
        return sizeof(long double);
    case 'e': /* letters of struct alone */
    case 'n':
    case 'N':
        return 0;
    default:
        return oz_item_size(letter);
    }
}

static void copy_in_order(void *to, const void *from, size_t size, bool swapped)
{
    for (size_t n = 0; n < size; n++)
        ((uint8_t *)to)[n] = ((const uint8_t *)from)[swapped ? size - 1 - n : n];
}

/* ---- reading ---- */

Ref oz_wide_get(Thread *t, const uint8_t *from, size_t count)
{
    uint32_t *copy = oz_block_alloc(t->heap, (count + 1) * sizeof *copy);
    if (!copy)
        return oz_raise_memory(t);
    memcpy(copy, from, count * sizeof *copy);
    Ref text = NULL;
    size_t n = 0;
    while (n < count && copy[n] <= 0x10ffff)
        n++;
    if (n < count)
        oz_raise(t, OZ_ValueError, "character U+%x is not in range [U+0000; U+10ffff]", copy[n]);
    else
        text = oz_str_from_ucs4(t, copy, count);
    oz_block_free(copy);
    return text;
}

Ref oz_chars_get(Thread *t, char letter, const uint8_t *from, size_t size)
{
    size_t n = 0;
    if (letter == 'c') {
        while (n < size && from[n])
            n++;
        return oz_bytes_new(t, from, n);
    }
    uint32_t c;
    for (; n < size / sizeof c; n++) {
        memcpy(&c, from + n * sizeof c, sizeof c);
        if (!c)
            break;
    }
    return oz_wide_get(t, from, n);
}

static Ref get_object(Thread *t, Ref held)
{
    return held ? oz_retain(held) : oz_raise(t, OZ_ValueError, "PyObject is NULL");
}

#define NUMBER(letter, type, make)                                                                 \
    case letter: {                                                                                 \
        type n;                                                                                    \
        copy_in_order(&n, from, sizeof n, swapped);                                                \
        return make;                                                                               \
    }

Ref oz_letter_get(Thread *t, char letter, bool swapped, const uint8_t *from)
{
    void *pointer;
    switch (letter) {
        NUMBER('b', int8_t, oz_int(n))
        NUMBER('B', uint8_t, oz_int(n))
        NUMBER('h', int16_t, oz_int(n))
        NUMBER('H', uint16_t, oz_int(n))
        NUMBER('v', int16_t, oz_bool(n != 0))
        NUMBER('i', int32_t, oz_int(n))
        NUMBER('I', uint32_t, oz_int(n))
        NUMBER('l', int64_t, oz_int_new(t, n))
        NUMBER('q', int64_t, oz_int_new(t, n))
        NUMBER('L', uint64_t, oz_int_from_uint64(t, n))
        NUMBER('Q', uint64_t, oz_int_from_uint64(t, n))
        NUMBER('f', float, oz_float_new(t, (double)n))
        NUMBER('d', double, oz_float_new(t, n))
        NUMBER('g', long double, oz_float_new(t, (double)n))
    case '?':
        return oz_bool(*from != 0);
    case 'c':
        return oz_bytes_new(t, from, 1);
    case 'u':
        return oz_wide_get(t, from, 1);
    default:
        break;
    }
    memcpy(&pointer, from, sizeof pointer);
    if (letter == 'O')
        return get_object(t, (Ref)pointer);
    if (!pointer)
        return OZ_NONE;
    if (letter == 'z')
        return oz_bytes_new(t, pointer, strlen(pointer));
    if (letter == 'Z')
        return oz_wide_get(t, pointer, wcslen(pointer));
    return oz_int_from_uint64(t, (uint64_t)(uintptr_t)pointer);
}

/* ---- writing ---- */

/* The low 64 bits of an int. */
static bool low_bits(Thread *t, Obj value, uint64_t *bits)
{
    int64_t n;
    scoped Ref index = oz_index(t, value);
    if (!index)
        return false;
    if (oz_int_fits_int64(index, &n)) {
        *bits = (uint64_t)n;
        return true;
    }
    scoped Ref all = oz_int_from_uint64(t, UINT64_MAX);
    scoped Ref low = all ? oz_int_and(t, index, all) : NULL;
    return low && oz_as_uint64(t, low, bits);
}

/* The character that a bytes, a bytearray or an int is. */
static bool set_character(Thread *t, uint8_t *to, Obj value)
{
    const Bytes *bytes = oz_as_bytes(value);
    int64_t n;
    Obj number = oz_as_exact_int(value);
    if (bytes && oz_bytes_length(bytes) == 1) {
        *to = *oz_bytes_data(bytes);
        return true;
    }
    if (oz_isa(value, OZ_BYTEARRAY)) {
        scoped_buffer view = {0};
        if (!oz_buffer_get(t, value, &view, OZ_BUFFER_READ))
            return false;
        if (view.length == 1) {
            *to = *view.data;
            return true;
        }
    } else if (number && oz_int_fits_int64(number, &n) && n >= 0 && n < 256) {
        *to = (uint8_t)n;
        return true;
    }
    return oz_fail(t, OZ_TypeError, "one character bytes, bytearray or integer expected");
}

static bool set_wide_character(Thread *t, uint8_t *to, Obj value)
{
    const Str *text = oz_as_str(value);
    if (!text)
        return oz_fail(t, OZ_TypeError, "unicode string expected instead of %T instance", value);
    if (oz_str_length(text) != 1)
        return oz_fail(t, OZ_TypeError, "one character unicode string expected");
    uint32_t c = oz_str_at(text, 0);
    memcpy(to, &c, sizeof c);
    return true;
}

bool oz_wide_set(const Str *text, uint8_t *to, size_t room)
{
    size_t length = oz_str_length(text);
    for (size_t n = 0; n < length && n < room; n++) {
        uint32_t c = oz_str_at(text, n);
        memcpy(to + n * sizeof c, &c, sizeof c);
    }
    if (length < room)
        memset(to + length * sizeof(uint32_t), 0, sizeof(uint32_t));
    return length <= room;
}

/* Where the text of a pointer to characters lies; *keep holds it. */
static bool text_address(Thread *t, char letter, Obj value, void **address, Ref *keep)
{
    const Bytes *bytes = oz_as_bytes(value);
    const Str *text = oz_as_str(value);
    if (letter == 'z' && bytes) {
        *keep = oz_retain((Obj)bytes);
        *address = oz_bytes_data(bytes);
        return true;
    }
    if (letter == 'Z' && text) {
        size_t room = oz_str_length(text) + 1;
        *keep = oz_bytes_alloc(t, room * sizeof(uint32_t));
        if (!*keep)
            return false;
        *address = oz_bytes_data((const Bytes *)*keep);
        return oz_wide_set(text, *address, room);
    }
    return oz_fail(t, OZ_TypeError, "%s or integer address expected instead of %T instance",
                   letter == 'z' ? "bytes" : "unicode string", value);
}

static bool set_pointer(Thread *t, char letter, uint8_t *to, Obj value, Ref *keep)
{
    void *address = NULL;
    uint64_t number;
    if (oz_as_exact_int(value)) {
        if (!low_bits(t, value, &number))
            return false;
        address = (void *)(uintptr_t)number;
    } else if (!oz_is_none(value)) {
        if (letter == 'P' || letter == 'X')
            return oz_fail(t, OZ_TypeError, "cannot be converted to pointer");
        if (!text_address(t, letter, value, &address, keep))
            return false;
    }
    memcpy(to, &address, sizeof address);
    return true;
}

static bool set_float(Thread *t, char letter, bool swapped, uint8_t *to, Obj value)
{
    double d;
    if (!oz_as_double(t, value, &d))
        return false;
    float f = (float)d;
    long double g = (long double)d;
    if (letter == 'f')
        copy_in_order(to, &f, sizeof f, swapped);
    else if (letter == 'd')
        copy_in_order(to, &d, sizeof d, swapped);
    else
        memcpy(to, &g, sizeof g);
    return true;
}

bool oz_letter_set(Thread *t, char letter, bool swapped, uint8_t *to, Obj value, Ref *keep)
{
    uint64_t bits;
    bool truth;
    *keep = NULL;
    switch (letter) {
    case 'c':
        return set_character(t, to, value);
    case 'u':
        return set_wide_character(t, to, value);
    case 'f':
    case 'd':
    case 'g':
        return set_float(t, letter, swapped, to, value);
    case 'z':
    case 'Z':
    case 'P':
    case 'X':
        return set_pointer(t, letter, to, value, keep);
    case 'O':
        memcpy(to, &value, sizeof value);
        *keep = oz_retain(value);
        return true;
    case '?':
    case 'v':
        if (!oz_truth(t, value, &truth))
            return false;
        bits = letter == 'v' && truth ? 0xffff : truth;
        break;
    default:
        if (!low_bits(t, value, &bits))
            return false;
    }
    copy_in_order(to, &bits, oz_letter_size(letter), swapped); /* little-endian: the low bytes */
    return true;
}

/* ---- bit fields ---- */

static uint64_t load_bits(const CField *field, const CType *type, const uint8_t *from)
{
    uint64_t all = 0;
    copy_in_order(&all, from, field->size, type->swapped);
    return all;
}

Ref oz_bits_get(Thread *t, const CField *field, const CType *type, const uint8_t *from)
{
    uint64_t bits = load_bits(field, type, from) << (64 - field->low - field->bits);
    bool is_signed = strchr("bhilq", type->letter) != NULL;
    if (type->letter == '?')
        return oz_bool(bits != 0);
    return is_signed ? oz_int_new(t, (int64_t)bits >> (64 - field->bits))
                     : oz_int_from_uint64(t, bits >> (64 - field->bits));
}

bool oz_bits_set(Thread *t, const CField *field, const CType *type, uint8_t *to, Obj value)
{
    uint64_t bits, mask = (UINT64_MAX >> (64 - field->bits)) << field->low;
    bool truth;
    if (type->letter == '?') {
        if (!oz_truth(t, value, &truth))
            return false;
        bits = truth;
    } else if (!low_bits(t, value, &bits)) {
        return false;
    }
    uint64_t all = (load_bits(field, type, to) & ~mask) | ((bits << field->low) & mask);
    copy_in_order(to, &all, field->size, type->swapped);
    return true;
}
