// SPDX-License-Identifier: MIT
// The module array: numbers of one machine type in a block.
//
// Invariants:
//   A1. block has room for `capacity` items; `length` of them are valid.
//   A2. While exports > 0 neither block nor length changes: whoever opened a view keeps the
//   pointer.
//
//   A3. Converting a value may run Python code (__index__), which may change the array: values are
//   converted first, and places are looked up after.
#include <limits.h>
#include <string.h>

#include "modules/import.h"
#include "modules/native_type.h"
#include "types/buffer.h"
#include "types/bytes.h"
#include "types/codec.h"
#include "types/float.h"
#include "types/item_format.h"
#include "types/slice.h"

typedef struct Array {
    Object base;
    uint8_t *block;   /* [object] a heap block, or NULL */
    size_t length;    /* [object] items */
    size_t capacity;  /* [object] items */
    uint32_t exports; /* [object] open views */
    char letter;      /* [const] typecode */
    uint8_t size;     /* [const] bytes of an item */
} Array;

#define TYPECODES "bBuhHiIlLqQfd"

static Array *as_array(Obj v)
{
    return oz_isa(v, OZ_ARRAY_ARRAY) ? (Array *)v : NULL;
}

static Array *self_of(const Obj *a)
{
    return (Array *)a[0];
}

static size_t item_size(char letter)
{
    return letter == 'u' ? sizeof(wchar_t) : oz_item_size(letter);
}

/* ---- items ---- */

static Ref get(Thread *t, const Array *self, size_t i)
{
    const uint8_t *at = self->block + i * self->size;
    if (self->letter != 'u')
        return oz_item_get(t, self->letter, at);
    uint32_t c;
    memcpy(&c, at, sizeof c);
    if (c > 0x10ffff)
        return oz_raise(t, OZ_ValueError, "character U+%x is not in range [U+0000; U+10ffff]", c);
    return oz_str_from_character(t, c);
}

/* An int between the bounds, which the messages call `name`. */
static bool narrow(Thread *t, Obj v, const char *name, int64_t least, int64_t most, int64_t *n)
{
    scoped Ref exact = oz_index(t, v);
    if (!exact)
        return false;
    bool fits = oz_int_fits_int64(exact, n);
    if (fits ? *n < least : oz_int_sign(exact) < 0)
        return oz_fail(t, OZ_OverflowError, "%s is less than minimum", name);
    if (!fits || *n > most)
        return oz_fail(t, OZ_OverflowError, "%s is greater than maximum", name);
    return true;
}

static bool convert_unsigned(Thread *t, char letter, Obj v, uint64_t *n)
{
    scoped Ref exact = oz_index(t, v);
    if (!exact)
        return false;
    if (letter == 'Q')
        return oz_int_to_bytes(t, exact, (uint8_t *)n, sizeof *n, true, false);
    if (!oz_as_uint64(t, exact, n))
        return false;
    if (letter == 'I' && *n > UINT32_MAX)
        return oz_fail(t, OZ_OverflowError, "unsigned int is greater than maximum");
    return true;
}

static bool convert_character(Thread *t, Obj v, uint32_t *c)
{
    const Str *s = oz_as_str(v);
    if (!s || oz_str_length(s) != 1)
        return oz_fail(t, OZ_TypeError, "array item must be unicode character");
    *c = oz_str_at(s, 0);
    return true;
}

/* The bytes of the value as an item.  Runs Python: yes (A3). */
static bool convert(Thread *t, char letter, Obj v, uint8_t out[8])
{
    static const struct {
        char letter;
        const char *name;
        int64_t least, most;
    } narrows[] = {
        {'b', "signed char", SCHAR_MIN, SCHAR_MAX},
        {'B', "unsigned byte integer", 0, UCHAR_MAX},
        {'h', "signed short integer", SHRT_MIN, SHRT_MAX},
        {'H', "unsigned short", 0, USHRT_MAX},
        {'i', "signed integer", INT_MIN, INT_MAX},
    };
    double d;
    int64_t n;
    uint64_t u;
    uint32_t c;
    switch (letter) {
    case 'd':
        if (!oz_as_double(t, v, &d))
            return false;
        memcpy(out, &d, sizeof d);
        return true;
    case 'f':
        if (!oz_as_double(t, v, &d))
            return false;
        memcpy(out, &(float){(float)d}, sizeof(float));
        return true;
    case 'u':
        if (!convert_character(t, v, &c))
            return false;
        memcpy(out, &c, sizeof c);
        return true;
    case 'l':
        if (!oz_as_int64(t, v, &n))
            return false;
        memcpy(out, &n, sizeof n);
        return true;
    case 'q': {
        scoped Ref exact = oz_index(t, v);
        return exact && oz_int_to_bytes(t, exact, out, 8, true, true);
    }
    case 'I':
    case 'L':
    case 'Q':
        if (!convert_unsigned(t, letter, v, &u))
            return false;
        memcpy(out, &u, sizeof u);
        return true;
    default:
        for (size_t i = 0;; i++)
            if (narrows[i].letter == letter) {
                if (!narrow(t, v, narrows[i].name, narrows[i].least, narrows[i].most, &n))
                    return false;
                memcpy(out, &n, sizeof n); /* little-endian: the low bytes come first */
                return true;
            }
    }
}

/* ---- size ---- */

static bool resize(Thread *t, Array *self, size_t length)
{
    if (length == self->length)
        return true;
    if (self->exports)
        return oz_fail(t, OZ_BufferError, "cannot resize an array that is exporting buffers");
    if (length <= self->capacity && length >= self->capacity / 2) {
        self->length = length;
        return true;
    }
    if (length > (size_t)SSIZE_MAX / self->size - 64)
        return oz_raise_memory(t) != NULL;
    size_t room = length;
    if (self->capacity && length) /* not the first filling: more may follow */
        room += (length >> 4) + (length < 8 ? 3 : 7);
    uint8_t *block = NULL;
    if (room) {
        block = oz_block_realloc(t->heap, self->block, room * self->size);
        if (!block)
            return oz_raise_memory(t) != NULL;
    } else {
        oz_block_free(self->block);
    }
    self->block = block;
    self->capacity = room;
    self->length = length;
    return true;
}

static bool append_bytes(Thread *t, Array *self, const void *data, size_t items)
{
    size_t old = self->length;
    if (items > SSIZE_MAX - old)
        return oz_raise_memory(t) != NULL;
    if (!items)
        return true;
    if (!resize(t, self, old + items))
        return false;
    memcpy(self->block + old * self->size, data, items * self->size);
    return true;
}

static bool append(Thread *t, Array *self, Obj v)
{
    uint8_t item[8];
    return convert(t, self->letter, v, item) && append_bytes(t, self, item, 1);
}

static Array *make(Thread *t, Class *cls, char letter, size_t length)
{
    Array *self = cls && cls->id != OZ_ARRAY_ARRAY
                      ? oz_instance_new(t, cls, 0)
                      : oz_object_new(t, OZ_ARRAY_ARRAY, sizeof(Array));
    if (!self)
        return NULL;
    self->letter = letter;
    self->size = (uint8_t)item_size(letter);
    if (!resize(t, self, length)) {
        oz_drop((Ref)self);
        return NULL;
    }
    return self;
}

static Array *make_like(Thread *t, const Array *self, size_t length)
{
    return make(t, NULL, self->letter, length);
}

static Ref copy_of(Thread *t, const Array *self)
{
    Array *made = make_like(t, self, self->length);
    if (made && self->length)
        memcpy(made->block, self->block, self->length * self->size);
    return (Ref)made;
}

/* Remove items [at, at + count). */
static bool cut(Thread *t, Array *self, size_t at, size_t count)
{
    if (!count)
        return true;
    if (self->exports)
        return oz_fail(t, OZ_BufferError, "cannot resize an array that is exporting buffers");
    size_t size = self->size;
    memmove(self->block + at * size, self->block + (at + count) * size,
            (self->length - at - count) * size);
    return resize(t, self, self->length - count);
}

static bool open_gap(Thread *t, Array *self, size_t at, size_t count)
{
    size_t old = self->length, size = self->size;
    if (count > SSIZE_MAX - old)
        return oz_raise_memory(t) != NULL;
    if (!count)
        return true;
    if (!resize(t, self, old + count))
        return false;
    memmove(self->block + (at + count) * size, self->block + at * size, (old - at) * size);
    return true;
}

/* ---- making ---- */

static bool extend_iterable(Thread *t, Array *self, Obj iterable)
{
    scoped Ref iterator = oz_iter(t, iterable);
    while (iterator) {
        scoped Ref item = NULL;
        Found found = oz_next(t, iterator, &item);
        if (found != OZ_FOUND)
            return found == OZ_MISSING;
        if (!append(t, self, item) || !oz_poll(t))
            return false;
    }
    return false;
}

static bool extend(Thread *t, Array *self, Obj source)
{
    const Array *other = as_array(source);
    if (!other)
        return extend_iterable(t, self, source);
    if (other->letter != self->letter)
        return oz_fail(t, OZ_TypeError, "can only extend with array of same kind");
    size_t count = other->length;
    if (other != self)
        return append_bytes(t, self, other->block, count);
    if (!count)
        return true;
    if (count > SSIZE_MAX / 2 || !resize(t, self, 2 * count))
        return t->exception ? false : oz_raise_memory(t) != NULL;
    memcpy(self->block + count * self->size, self->block, count * self->size);
    return true;
}

static bool from_bytes(Thread *t, Array *self, Obj source)
{
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, source, &view))
        return false;
    if (view.length % self->size)
        return oz_fail(t, OZ_ValueError, "bytes length not a multiple of item size");
    return append_bytes(t, self, view.data, view.length / self->size);
}

static bool from_text(Thread *t, Array *self, const Str *s)
{
    size_t old = self->length, count = oz_str_length(s);
    if (!resize(t, self, old + count))
        return false;
    for (size_t i = 0; i < count; i++) {
        uint32_t c = oz_str_at(s, i);
        memcpy(self->block + (old + i) * sizeof c, &c, sizeof c);
    }
    return true;
}

static bool fill(Thread *t, Array *self, Obj source)
{
    const Str *s = oz_as_str(source);
    if (s)
        return from_text(t, self, s);
    if (oz_as_bytes(source) || oz_isa(source, OZ_BYTEARRAY))
        return from_bytes(t, self, source);
    const Array *other = as_array(source);
    if (other && other->letter == self->letter)
        return extend(t, self, source);
    return extend_iterable(t, self, source);
}

OZ_NEW(array, "($type, /, *args, **kwargs)")
{
    Class *cls = (Class *)a[0];
    const Tuple *args = (const Tuple *)a[1];
    if (cls->id == OZ_ARRAY_ARRAY && oz_dict_length((Dict *)a[2]))
        return oz_raise(t, OZ_TypeError, "array.array() takes no keyword arguments");
    if (args->length < 1)
        return oz_raise(t, OZ_TypeError, "array() takes at least 1 argument (0 given)");
    if (args->length > 2)
        return oz_raise(t, OZ_TypeError, "array() takes at most 2 arguments (%u given)",
                        args->length);
    const Str *code = oz_as_str(args->items[0]);
    if (!code || oz_str_length(code) != 1)
        return oz_raise(t, OZ_TypeError, "array() argument 1 must be a unicode character, not %T",
                        args->items[0]);
    uint32_t letter = oz_str_at(code, 0);
    Obj source = args->length > 1 ? (Obj)args->items[1] : NULL;
    if (source && letter != 'u') {
        const Array *other = as_array(source);
        if (oz_is_str(source))
            return oz_raise(t, OZ_TypeError,
                            "cannot use a str to initialize an array with typecode '%c'",
                            (int)letter);
        if (other && other->letter == 'u')
            return oz_raise(t, OZ_TypeError,
                            "cannot use a unicode array to initialize an array with typecode '%c'",
                            (int)letter);
    }
    if (letter >= 128 || !letter || !strchr(TYPECODES, (int)letter))
        return oz_raise(t, OZ_ValueError,
                        "bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, "
                        "f or d)");
    scoped Ref made = (Ref)make(t, cls, (char)letter, 0);
    if (!made || (source && !fill(t, (Array *)made, source)))
        return NULL;
    return oz_move(&made);
}

/* ---- methods ---- */

OZ_METHOD(array, append, "($self, v, /)", "Add one item at the end.")
{
    return append(t, self_of(a), a[1]) ? OZ_NONE : NULL;
}

OZ_METHOD(array, extend, "($self, bb, /)", "Add all items of an array or iterable at the end.")
{
    return extend(t, self_of(a), a[1]) ? OZ_NONE : NULL;
}

OZ_METHOD(array, insert, "($self, i, v, /)", "Insert an item before the index.")
{
    ssize_t i;
    uint8_t item[8];
    Array *self = self_of(a);
    if (!oz_as_size_argument(t, a[1], &i) || !convert(t, self->letter, a[2], item))
        return NULL;
    ssize_t length = (ssize_t)self->length;
    if (i < 0 && (i += length) < 0)
        i = 0;
    if (i > length)
        i = length;
    if (!open_gap(t, self, (size_t)i, 1))
        return NULL;
    memcpy(self->block + (size_t)i * self->size, item, self->size);
    return OZ_NONE;
}

OZ_METHOD(array, pop, "($self, i=-1, /)", "Remove the item at the index and return it.")
{
    ssize_t i;
    Array *self = self_of(a);
    if (!oz_as_size_argument(t, a[1], &i))
        return NULL;
    if (self->length == 0)
        return oz_raise(t, OZ_IndexError, "pop from empty array");
    if (i < 0)
        i += (ssize_t)self->length;
    if (i < 0 || (size_t)i >= self->length)
        return oz_raise(t, OZ_IndexError, "pop index out of range");
    scoped Ref item = get(t, self, (size_t)i);
    return item && cut(t, self, (size_t)i, 1) ? oz_move(&item) : NULL;
}

/* The first item in [start, stop) that equals v. */
static Found find(Thread *t, Array *self, Obj v, size_t start, size_t stop, size_t *at)
{
    for (size_t i = start; i < stop && i < self->length; i++) {
        scoped Ref item = get(t, self, i);
        bool equal;
        if (!item || !oz_compare_true(t, item, v, OZ_EQ, &equal) || !oz_poll(t))
            return OZ_RAISED;
        if (equal) {
            *at = i;
            return OZ_FOUND;
        }
    }
    return OZ_MISSING;
}

OZ_METHOD(array, remove, "($self, v, /)", "Remove the first item that equals v.")
{
    size_t at = 0;
    Found found = find(t, self_of(a), a[1], 0, SIZE_MAX, &at);
    if (found == OZ_MISSING)
        return oz_raise(t, OZ_ValueError, "array.remove(x): x not in array");
    return found == OZ_FOUND && cut(t, self_of(a), at, 1) ? OZ_NONE : NULL;
}

OZ_METHOD(array, index, "($self, v, start=0, stop=sys.maxsize, /)",
          "The index of the first item in [start:stop] that equals v.")
{
    ssize_t start, stop;
    size_t at = 0;
    if (!oz_as_ssize(t, a[2], -1, &start) || !oz_as_ssize(t, a[3], -1, &stop))
        return NULL;
    ssize_t length = (ssize_t)self_of(a)->length;
    if (start < 0 && (start += length) < 0)
        start = 0;
    if (stop < 0)
        stop += length;
    Found found =
        stop > start ? find(t, self_of(a), a[1], (size_t)start, (size_t)stop, &at) : OZ_MISSING;
    if (found == OZ_MISSING)
        return oz_raise(t, OZ_ValueError, "array.index(x): x not in array");
    return found == OZ_FOUND ? oz_int((int64_t)at) : NULL;
}

OZ_METHOD(array, count, "($self, v, /)", "How many items equal v.")
{
    int64_t count = 0;
    for (size_t at = 0;; at++, count++) {
        Found found = find(t, self_of(a), a[1], at, SIZE_MAX, &at);
        if (found == OZ_RAISED)
            return NULL;
        if (found == OZ_MISSING)
            return oz_int(count);
    }
}

OZ_METHOD(array, reverse, "($self, /)", "Turn the order of the items around in place.")
{
    Array *self = self_of(a);
    size_t size = self->size;
    for (size_t i = 0, j = self->length; i + 1 < j; i++) {
        uint8_t item[8];
        j--;
        memcpy(item, self->block + i * size, size);
        memcpy(self->block + i * size, self->block + j * size, size);
        memcpy(self->block + j * size, item, size);
    }
    return OZ_NONE;
}

static void swap_bytes(uint8_t *data, size_t size, size_t count)
{
    for (size_t i = 0; i < count; i++, data += size)
        for (size_t k = 0; k < size / 2; k++) {
            uint8_t byte = data[k];
            data[k] = data[size - 1 - k];
            data[size - 1 - k] = byte;
        }
}

OZ_METHOD(array, byteswap, "($self, /)", "Turn the order of the bytes in each item around.")
{
    swap_bytes(self_of(a)->block, self_of(a)->size, self_of(a)->length);
    return OZ_NONE;
}

OZ_METHOD(array, tolist, "($self, /)", "The items as a list.")
{
    Array *self = self_of(a);
    scoped Ref list = oz_list_new(t, self->length);
    for (size_t i = 0; list && i < self->length; i++) {
        Ref item = get(t, self, i);
        if (!item || !oz_list_append_take(t, oz_as_list(list), item) || !oz_poll(t))
            return NULL;
    }
    return oz_move(&list);
}

OZ_METHOD(array, tobytes, "($self, /)", "The memory of the items as bytes.")
{
    return oz_bytes_new(t, self_of(a)->block, self_of(a)->length * self_of(a)->size);
}

OZ_METHOD(array, frombytes, "($self, buffer, /)", "Add the items whose memory is given.")
{
    return from_bytes(t, self_of(a), a[1]) ? OZ_NONE : NULL;
}

OZ_METHOD(array, fromlist, "($self, list, /)",
          "Add the items of a list: all of them, or none if one is refused.")
{
    Array *self = self_of(a);
    List *list = oz_as_list(a[1]);
    if (!list)
        return oz_raise(t, OZ_TypeError, "arg must be list");
    size_t count = oz_list_length(list), old = self->length;
    for (size_t i = 0; i < count; i++) {
        scoped Ref item = NULL;
        bool good = oz_list_length(list) == count && self->length == old + i;
        if (!good)
            oz_raise(t, OZ_RuntimeError, "list changed size during iteration");
        item = good ? oz_list_get(t, list, i) : NULL;
        if (!item || !append(t, self, item)) {
            scoped Ref pending = oz_exception_take(t);
            if (self->length > old && !resize(t, self, old))
                oz_exception_clear(t);
            oz_exception_put(t, oz_move(&pending));
            return NULL;
        }
    }
    return OZ_NONE;
}

OZ_METHOD(array, tounicode, "($self, /)", "The text of an array of type 'u'.")
{
    const Array *self = self_of(a);
    if (self->letter != 'u')
        return oz_raise(t, OZ_ValueError, "tounicode() may only be called on unicode type arrays");
    for (size_t i = 0; i < self->length; i++) {
        scoped Ref checked = get(t, self, i);
        if (!checked)
            return NULL;
    }
    return oz_str_from_ucs4(t, (const uint32_t *)self->block, self->length);
}

OZ_METHOD(array, fromunicode, "($self, ustr, /)", "Add the characters of a text.")
{
    const Str *s = oz_as_str(a[1]);
    if (!s)
        return oz_raise(t, OZ_TypeError, "fromunicode() argument must be str, not %T", a[1]);
    if (self_of(a)->letter != 'u')
        return oz_raise(t, OZ_ValueError,
                        "fromunicode() may only be called on unicode type arrays");
    return from_text(t, self_of(a), s) ? OZ_NONE : NULL;
}

OZ_METHOD(array, fromfile, "($self, f, n, /)",
          "Read n items from a file and add them.  EOFError if there are fewer.")
{
    Array *self = self_of(a);
    ssize_t n, length;
    if (!oz_as_size_argument(t, a[2], &n))
        return NULL;
    if (n < 0)
        return oz_raise(t, OZ_ValueError, "negative count");
    if (n > SSIZE_MAX / self->size)
        return oz_raise_memory(t);
    scoped Ref wanted = oz_int_new(t, n * self->size);
    scoped Ref bytes =
        wanted ? oz_call_method(t, a[1], OZ_NAME(t, read), 1, (const Obj[]){wanted}) : NULL;
    if (!bytes)
        return NULL;
    if (!oz_as_bytes(bytes))
        return oz_raise(t, OZ_TypeError, "read() didn't return bytes");
    length = (ssize_t)oz_bytes_length(oz_as_bytes(bytes));
    if (!from_bytes(t, self, bytes))
        return NULL;
    if (length != n * self->size)
        return oz_raise(t, OZ_EOFError, "read() didn't return enough bytes");
    return OZ_NONE;
}

#define CHUNK 65536 /* bytes written at a time */

OZ_METHOD(array, tofile, "($self, f, /)", "Write the memory of all items to a file.")
{
    Array *self = self_of(a);
    for (size_t at = 0; at < self->length * self->size; at += CHUNK) {
        size_t left = self->length * self->size - at;
        scoped Ref bytes = oz_bytes_new(t, self->block + at, left < CHUNK ? left : CHUNK);
        scoped Ref result =
            bytes ? oz_call_method(t, a[1], OZ_NAME(t, write), 1, (const Obj[]){bytes}) : NULL;
        if (!result)
            return NULL;
    }
    return OZ_NONE;
}

OZ_METHOD(array, buffer_info, "($self, /)", "The address of the memory and the number of items.")
{
    scoped Ref address = oz_int_from_uint64(t, (uintptr_t)self_of(a)->block);
    return address ? oz_tuple_of(t, 2, address, (Obj)oz_int((int64_t)self_of(a)->length)) : NULL;
}

OZ_METHOD(array, __copy__, "($self, /)", "A copy of the array.")
{
    return copy_of(t, self_of(a));
}

OZ_METHOD(array, __deepcopy__, "($self, unused, /)", "A copy of the array.")
{
    return copy_of(t, self_of(a));
}

/* ---- pickling ---- */

/* The formats of items on the wire, by number: size, sign, byte order; for compatible pickles. */
static const struct MachineFormat {
    uint8_t size;
    bool is_signed, big;
} formats[] = {
    {1, false, false}, {1, true, false},  {2, false, false}, {2, false, true}, {2, true, false},
    {2, true, true},   {4, false, false}, {4, false, true},  {4, true, false}, {4, true, true},
    {8, false, false}, {8, false, true},  {8, true, false},  {8, true, true},
};
enum { FLOAT_FORMATS = 14, TEXT_FORMATS = 18, FORMAT_COUNT = 22 };

static int format_of(const Array *self)
{
    switch (self->letter) {
    case 'f':
        return FLOAT_FORMATS;
    case 'd':
        return FLOAT_FORMATS + 2;
    case 'u':
        return TEXT_FORMATS + 2;
    }
    bool is_signed = strchr("bhilq", self->letter) != NULL;
    for (int i = 0; i < FLOAT_FORMATS; i++)
        if (formats[i].size == self->size && formats[i].is_signed == is_signed && !formats[i].big)
            return i;
    return -1;
}

static Ref state_of(Thread *t, Obj self)
{
    Ref dict = NULL;
    Found found = oz_find_attr(t, self, OZ_NAME(t, __dict__), &dict);
    return found == OZ_RAISED ? NULL : found == OZ_FOUND ? dict : OZ_NONE;
}

/* Protocol 3 and later: the memory as bytes with the number of its format. */
static Ref reduce_bytes(Thread *t, Obj v, Obj typecode, Obj state)
{
    scoped Ref module = oz_import(t, "array");
    scoped Ref maker_name = module ? oz_intern(t, "_array_reconstructor") : NULL;
    scoped Ref maker = maker_name ? oz_get_attr(t, module, maker_name) : NULL;
    scoped Ref bytes = maker ? array_tobytes_body(t, &v) : NULL;
    scoped Ref args = bytes ? oz_tuple_of(t, 4, (Obj)oz_class_of(v), typecode,
                                          (Obj)oz_int(format_of((Array *)v)), bytes)
                            : NULL;
    return args ? oz_tuple_of(t, 3, maker, args, state) : NULL;
}

OZ_METHOD(array, __reduce_ex__, "($self, value, /)", "Return state information for pickling.")
{
    Array *self = self_of(a);
    int protocol;
    if (!oz_as_int(t, a[1], &protocol))
        return NULL;
    scoped Ref typecode = oz_str_from_character(t, (uint8_t)self->letter);
    scoped Ref state = typecode ? state_of(t, a[0]) : NULL;
    if (!state)
        return NULL;
    if (protocol >= 3)
        return reduce_bytes(t, a[0], typecode, state);
    scoped Ref list = array_tolist_body(t, a);
    scoped Ref args = list ? oz_tuple_of(t, 2, typecode, list) : NULL;
    return args ? oz_tuple_of(t, 3, (Obj)oz_class_of(a[0]), args, state) : NULL;
}

/* One number from the wire, as the item of an array of any type. */
static Ref wire_item(Thread *t, int format, uint8_t *at)
{
    if (format < FLOAT_FORMATS)
        return oz_int_from_bytes(t, at, formats[format].size, !formats[format].big,
                                 formats[format].is_signed);
    bool wide = format >= FLOAT_FORMATS + 2;
    if (format & 1)
        swap_bytes(at, wide ? 8 : 4, 1);
    return oz_item_get(t, wide ? 'd' : 'f', at);
}

static bool wire_numbers(Thread *t, Array *self, int format, const Bytes *bytes)
{
    size_t length = oz_bytes_length(bytes);
    size_t size = format < FLOAT_FORMATS       ? formats[format].size
                  : format < FLOAT_FORMATS + 2 ? 4
                                               : 8;
    if (length % size)
        return oz_fail(t, OZ_ValueError, "string length not a multiple of item size");
    for (size_t i = 0; i < length; i += size) {
        uint8_t item[8];
        memcpy(item, oz_bytes_data(bytes) + i, size);
        scoped Ref value = wire_item(t, format, item);
        if (!value || !append(t, self, value))
            return false;
    }
    return true;
}

static bool wire_text(Thread *t, Array *self, int format, Obj bytes)
{
    static const char *const encodings[] = {"utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"};
    scoped Ref text = oz_decode(t, bytes, encodings[format - TEXT_FORMATS], "strict");
    if (text && self->letter != 'u')
        return oz_fail(t, OZ_TypeError,
                       "cannot use a str to initialize an array with typecode '%c'", self->letter);
    return text && from_text(t, self, oz_as_str(text));
}

OZ_FUNCTION(array, _array_reconstructor, "($module, arraytype, typecode, mformat_code, items, /)",
            "Make an array from what pickle has kept.")
{
    int format;
    const Str *code = oz_as_str(a[2]);
    if (!oz_is_class(a[1]))
        return oz_raise(t, OZ_TypeError, "first argument must be a type object, not %T", a[1]);
    if (!oz_class_derives((Class *)a[1], oz_builtin_class(t, OZ_ARRAY_ARRAY)))
        return oz_raise(t, OZ_TypeError, "%N is not a subtype of array.array", a[1]);
    if (!code || oz_str_length(code) != 1)
        return oz_raise(t, OZ_TypeError,
                        "_array_reconstructor() argument 2 must be a unicode character, not %T",
                        a[2]);
    uint32_t letter = oz_str_at(code, 0);
    if (!oz_as_int(t, a[3], &format))
        return NULL;
    if (letter >= 128 || !letter || !strchr(TYPECODES, (int)letter))
        return oz_raise(t, OZ_ValueError, "second argument must be a valid type code");
    if (format < 0 || format >= FORMAT_COUNT)
        return oz_raise(t, OZ_ValueError, "third argument must be a valid machine format code.");
    if (!oz_as_bytes(a[4]))
        return oz_raise(t, OZ_TypeError, "fourth argument should be bytes, not %T", a[4]);
    scoped Ref made = (Ref)make(t, (Class *)a[1], (char)letter, 0);
    if (!made)
        return NULL;
    bool done = format < TEXT_FORMATS ? wire_numbers(t, (Array *)made, format, oz_as_bytes(a[4]))
                                      : wire_text(t, (Array *)made, format, a[4]);
    return done ? oz_move(&made) : NULL;
}

/* ---- slots ---- */

static Ref array_repr(Thread *t, Obj v)
{
    const Array *self = (const Array *)v;
    if (self->length == 0)
        return oz_str_format(t, "%t('%c')", v, self->letter);
    scoped Ref items = self->letter == 'u' ? array_tounicode_body(t, &v) : array_tolist_body(t, &v);
    return items ? oz_str_format(t, "%t('%c', %R)", v, self->letter, items) : NULL;
}

static bool array_length(Thread *t OZ_UNUSED, Obj v, ssize_t *length)
{
    *length = (ssize_t)((const Array *)v)->length;
    return true;
}

/* The order of two items at the same index, by value. */
static Found first_difference(Thread *t, Array *a, Array *b, Ref *x, Ref *y)
{
    for (size_t i = 0; i < a->length && i < b->length; i++) {
        scoped Ref left = get(t, a, i), right = left ? get(t, b, i) : NULL;
        bool equal;
        if (!right || !oz_compare_true(t, left, right, OZ_EQ, &equal) || !oz_poll(t))
            return OZ_RAISED;
        if (!equal) {
            *x = oz_move(&left);
            *y = oz_move(&right);
            return OZ_FOUND;
        }
    }
    return OZ_MISSING;
}

static Ref array_compare(Thread *t, Obj v, Obj w, CompareOp op)
{
    Array *a = as_array(v), *b = as_array(w);
    if (!a || !b)
        return OZ_NOT_IMPLEMENTED;
    if (a->length != b->length && (op == OZ_EQ || op == OZ_NE))
        return oz_bool(op == OZ_NE);
    Ref x = NULL, y = NULL;
    Found found = first_difference(t, a, b, &x, &y);
    scoped Ref left = x, right = y;
    if (found == OZ_RAISED)
        return NULL;
    if (found == OZ_FOUND)
        return op == OZ_EQ ? OZ_FALSE : op == OZ_NE ? OZ_TRUE : oz_compare(t, left, right, op);
    return oz_compare(t, oz_int((int64_t)a->length), oz_int((int64_t)b->length), op);
}

static bool array_contains(Thread *t, Obj v, Obj item, bool *found)
{
    size_t at;
    Found result = find(t, (Array *)v, item, 0, SIZE_MAX, &at);
    *found = result == OZ_FOUND;
    return result != OZ_RAISED;
}

static Ref slice_of(Thread *t, Array *self, Obj key)
{
    ssize_t start, stop, step;
    if (!oz_slice_unpack(t, key, &start, &stop, &step))
        return NULL;
    ssize_t count = oz_slice_clip(self->length, &start, &stop, step);
    Array *made = make_like(t, self, (size_t)count);
    size_t size = self->size;
    if (made && step == 1 && count)
        memcpy(made->block, self->block + (size_t)start * size, (size_t)count * size);
    for (ssize_t i = 0; made && step != 1 && i < count; i++)
        memcpy(made->block + (size_t)i * size, self->block + (size_t)(start + i * step) * size,
               size);
    return (Ref)made;
}

/* The index that a key stands for; false: raised. */
static bool index_of(Thread *t, const Array *self, Obj key, const char *message, size_t *index)
{
    ssize_t i;
    if (!oz_is_int(key) && !oz_class_of(key)->slots->index)
        return oz_fail(t, OZ_TypeError, "array indices must be integers");
    if (!oz_as_ssize(t, key, OZ_IndexError, &i))
        return false;
    if (i < 0)
        i += (ssize_t)self->length;
    if (i < 0 || (size_t)i >= self->length)
        return oz_fail(t, OZ_IndexError, "%s", message);
    *index = (size_t)i;
    return true;
}

static Ref array_get_item(Thread *t, Obj v, Obj key)
{
    Array *self = (Array *)v;
    size_t i;
    if (oz_is_slice(key))
        return slice_of(t, self, key);
    return index_of(t, self, key, "array index out of range", &i) ? get(t, self, i) : NULL;
}

static bool delete_stepped(Thread *t, Array *self, ssize_t start, ssize_t step, ssize_t count)
{
    size_t size = self->size;
    if (!count)
        return true;
    if (self->exports)
        return oz_fail(t, OZ_BufferError, "cannot resize an array that is exporting buffers");
    if (step < 0) {
        start += step * (count - 1);
        step = -step;
    }
    size_t out = (size_t)start;
    for (size_t i = (size_t)start, next = i; i < self->length; i++) {
        if (i == next && count) {
            count--;
            next += (size_t)step;
        } else {
            memmove(self->block + out++ * size, self->block + i * size, size);
        }
    }
    return resize(t, self, out);
}

/* self[key] = the items of `other` (NULL: delete them), an array of the same type. */
static bool set_items(Thread *t, Array *self, Obj key, const Array *other)
{
    ssize_t start, stop, step;
    if (!oz_slice_unpack(t, key, &start, &stop, &step))
        return false;
    size_t count = (size_t)oz_slice_clip(self->length, &start, &stop, step), size = self->size;
    size_t given = other ? other->length : 0;
    if (step == 1) {
        if (given < count && !cut(t, self, (size_t)start, count - given))
            return false;
        if (given > count && !open_gap(t, self, (size_t)start + count, given - count))
            return false;
        if (given)
            memcpy(self->block + (size_t)start * size, other->block, given * size);
        return true;
    }
    if (!other)
        return delete_stepped(t, self, start, step, (ssize_t)count);
    if (given != count)
        return oz_fail(t, OZ_ValueError,
                       "attempt to assign array of size %zd to extended slice of size %zd",
                       (ssize_t)given, (ssize_t)count);
    for (size_t i = 0; i < count; i++)
        memcpy(self->block + (size_t)(start + (ssize_t)i * step) * size, other->block + i * size,
               size);
    return true;
}

static bool set_slice(Thread *t, Array *self, Obj key, Obj value)
{
    if (!value)
        return set_items(t, self, key, NULL);
    const Array *other = as_array(value);
    if (!other)
        return oz_fail(t, OZ_TypeError, "can only assign array (not \"%T\") to array slice", value);
    if (other->letter != self->letter)
        return oz_fail(t, OZ_TypeError, "bad argument type for built-in operation");
    if (other != self)
        return set_items(t, self, key, other);
    scoped Ref copy = copy_of(t, self);
    return copy && set_items(t, self, key, (Array *)copy);
}

static bool array_set_item(Thread *t, Obj v, Obj key, Obj value)
{
    static const char outside[] = "array assignment index out of range";
    Array *self = (Array *)v;
    size_t i;
    uint8_t item[8];
    if (oz_is_slice(key))
        return set_slice(t, self, key, value);
    if (!index_of(t, self, key, outside, &i))
        return false;
    if (!value)
        return cut(t, self, i, 1);
    if (!convert(t, self->letter, value, item) || !index_of(t, self, key, outside, &i))
        return false; /* A3 */
    memcpy(self->block + i * self->size, item, self->size);
    return true;
}

static Ref array_concat(Thread *t, Obj v, Obj w)
{
    const Array *a = (const Array *)v, *b = as_array(w);
    if (!b)
        return oz_raise(t, OZ_TypeError, "can only append array (not \"%T\") to array", w);
    if (a->letter != b->letter)
        return oz_raise(t, OZ_TypeError, "bad argument type for built-in operation");
    Array *made = make_like(t, a, a->length + b->length);
    if (made && a->length)
        memcpy(made->block, a->block, a->length * a->size);
    if (made && b->length)
        memcpy(made->block + a->length * a->size, b->block, b->length * b->size);
    return (Ref)made;
}

static Ref array_concat_in_place(Thread *t, Obj v, Obj w)
{
    if (!as_array(w))
        return oz_raise(t, OZ_TypeError, "can only extend array with array (not \"%T\")", w);
    return extend(t, (Array *)v, w) ? oz_retain(v) : NULL;
}

static bool repeat_count(Thread *t, const Array *self, Obj count, size_t *n)
{
    ssize_t given;
    if (!oz_as_ssize(t, count, OZ_OverflowError, &given))
        return false;
    if (!oz_size_mul(self->length, given < 0 ? 0 : (size_t)given, n) ||
        *n > (size_t)SSIZE_MAX / self->size)
        return oz_raise_memory(t) != NULL;
    return true;
}

/* Repeat the first `pattern` bytes up to `length`. */
static void fill_pattern(uint8_t *out, size_t pattern, size_t length)
{
    for (size_t done = pattern; done && done < length; done *= 2)
        memcpy(out + done, out, done < length - done ? done : length - done);
}

static Ref array_repeat(Thread *t, Obj v, Obj count)
{
    const Array *self = (const Array *)v;
    size_t n;
    Array *made = repeat_count(t, self, count, &n) ? make_like(t, self, n) : NULL;
    if (made && n) {
        memcpy(made->block, self->block, self->length * self->size);
        fill_pattern(made->block, self->length * self->size, n * self->size);
    }
    return (Ref)made;
}

static Ref array_repeat_in_place(Thread *t, Obj v, Obj count)
{
    Array *self = (Array *)v;
    size_t n;
    if (!repeat_count(t, self, count, &n)) /* an __index__ can change self */
        return NULL;
    size_t old = self->length;
    if (!resize(t, self, n))
        return NULL;
    if (n)
        fill_pattern(self->block, old * self->size, n * self->size);
    return oz_retain(v);
}

static Ref get_typecode(Thread *t, Obj v)
{
    return oz_str_from_character(t, (uint8_t)((const Array *)v)->letter);
}

static Ref get_itemsize(Thread *t OZ_UNUSED, Obj v)
{
    return oz_int(((const Array *)v)->size);
}

/* ---- memory ---- */

static uint8_t nothing[8]; /* where the view of an empty array points: never written */

static const char *format_text(char letter)
{
    static const char texts[] = TYPECODES;
    static const char formats_[][2] = {"b", "B", "w", "h", "H", "i", "I",
                                       "l", "L", "q", "Q", "f", "d"};
    return formats_[strchr(texts, letter) - texts];
}

static bool array_buffer(Thread *t OZ_UNUSED, Obj v, Buffer *view, int flags OZ_UNUSED)
{
    Array *self = (Array *)v;
    oz_buffer_fill(view, v, self->length ? self->block : nothing, self->length * self->size, false);
    view->itemsize = self->size;
    view->format = format_text(self->letter);
    self->exports++;
    return true;
}

static void array_buffer_release(Thread *t OZ_UNUSED, Obj v, Buffer *view OZ_UNUSED)
{
    ((Array *)v)->exports--;
}

static void array_visit(const Object *object OZ_UNUSED, Visitor *v OZ_UNUSED)
{
}

static void array_clear(Thread *t OZ_UNUSED, Object *object)
{
    Array *self = (Array *)object;
    oz_block_free(self->block);
    self->block = NULL;
    self->length = self->capacity = 0;
}

static size_t array_outside(const Object *object)
{
    const Array *self = (const Array *)object;
    return self->block ? oz_heap_size(self->block) : 0;
}

/* ---- iterator ---- */

typedef struct ArrayIterator {
    Object base;
    Ref array;    /* [object] empty once exhausted */
    size_t index; /* [object] */
} ArrayIterator;

static Ref array_iter(Thread *t, Obj v)
{
    ArrayIterator *self = oz_object_new(t, OZ_ARRAY_ITERATOR, sizeof *self);
    if (self)
        oz_store_raw(&self->base, &self->array, oz_retain(v));
    return (Ref)self;
}

static Ref iterator_next(Thread *t, Obj v)
{
    ArrayIterator *self = (ArrayIterator *)v;
    const Array *array = (const Array *)self->array;
    if (array && self->index < array->length)
        return get(t, array, self->index++);
    oz_clear(&self->array);
    return NULL;
}

OZ_METHOD(arrayiterator, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const ArrayIterator *self = (const ArrayIterator *)a[0];
    scoped Ref args = oz_tuple_of(t, 1, self->array ? (Obj)self->array : (Obj)t->vm->empty_tuple);
    return args ? oz_iter_reduce(t, args, self->array ? (Obj)oz_int((int64_t)self->index) : NULL)
                : NULL;
}

OZ_METHOD(arrayiterator, __setstate__, "($self, state, /)", "Set state information for unpickling.")
{
    ArrayIterator *self = (ArrayIterator *)a[0];
    ssize_t index;
    if (!oz_as_size_argument(t, a[1], &index))
        return NULL;
    size_t length = self->array ? ((const Array *)self->array)->length : 0;
    self->index = index < 0 ? 0 : (size_t)index > length ? length : (size_t)index;
    return OZ_NONE;
}

#define ITERATOR_REFS(REF) REF(array)
OZ_TYPE_LIFE(iterator, ArrayIterator, ITERATOR_REFS)

const TypeDef oz_array_iterator_type = {
    .id = OZ_ARRAY_ITERATOR,
    .name = "array.arrayiterator",
    .size = sizeof(ArrayIterator),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = iterator_visit,
    .clear = iterator_clear,
    .slots = {.iter = oz_itself, .next = iterator_next},
    .methods = OZ_METHODS(&arrayiterator___reduce__, &arrayiterator___setstate__),
};

const TypeDef oz_array_array_type = {
    .id = OZ_ARRAY_ARRAY,
    .name = "array.array",
    .doc = "array(typecode [, initializer]) -> array\n\n"
           "Numbers of one machine type, in little memory.  The typecode says which:\n"
           "b B signed and unsigned char, h H short, i I int, l L long, q Q long long,\n"
           "f float, d double, u character.  The initializer is bytes, an array, a str (for u) or\n"
           "an iterable of values.",
    .size = sizeof(Array),
    .flags = OZ_TYPE_WEAKREF | OZ_TYPE_SEQUENCE | OZ_TYPE_UNHASHABLE,
    .visit = array_visit,
    .clear = array_clear,
    .outside = array_outside,
    .buffer_get = array_buffer,
    .buffer_release = array_buffer_release,
    .make = &array_new_,
    .slots = {.repr = array_repr,
              .compare = array_compare,
              .iter = array_iter,
              .length = array_length,
              .get_item = array_get_item,
              .set_item = array_set_item,
              .contains = array_contains,
              .concat = array_concat,
              .repeat = array_repeat,
              .concat_in_place = array_concat_in_place,
              .repeat_in_place = array_repeat_in_place},
    .methods =
        OZ_METHODS(&array_append, &array_buffer_info, &array_byteswap, &array_count, &array_extend,
                   &array_fromfile, &array_fromlist, &array_frombytes, &array_fromunicode,
                   &array_index, &array_insert, &array_pop, &array_remove, &array_reverse,
                   &array_tofile, &array_tolist, &array_tobytes, &array_tounicode, &array___copy__,
                   &array___deepcopy__, &array___reduce_ex__),
    .getsets = OZ_GETSETS({"typecode", get_typecode, NULL, "the letter of the items' type"},
                          {"itemsize", get_itemsize, NULL, "bytes of one item"}),
};

/* isinstance(a, collections.abc.MutableSequence), where the library is there to ask. */
static bool register_abc(Thread *t, Obj cls)
{
    scoped Ref abc = oz_import(t, "_collections_abc");
    if (!abc)
        return oz_exception_forget(t, OZ_ModuleNotFoundError);
    scoped Ref name = oz_intern(t, "MutableSequence"), verb = oz_intern(t, "register");
    scoped Ref base = name && verb ? oz_get_attr(t, abc, name) : NULL;
    scoped Ref result = base ? oz_call_method(t, base, verb, 1, (const Obj[]){cls}) : NULL;
    return result != NULL;
}

static bool array_init(Thread *t, Module *module)
{
    Class *cls = oz_builtin_class(t, OZ_ARRAY_ARRAY);
    return cls && oz_builtin_class(t, OZ_ARRAY_ITERATOR) &&
           oz_module_add(t, module, "ArrayType", oz_retain((Obj)cls)) &&
           oz_module_add_str(t, module, "typecodes", TYPECODES) && register_abc(t, (Obj)cls);
}

static const uint32_t array_types[] = {OZ_ARRAY_ARRAY, 0};

const ModuleDef oz_array_module = {
    .name = "array",
    .doc = "Arrays of numbers of one machine type.",
    .functions = OZ_METHODS(&array__array_reconstructor),
    .types = array_types,
    .init = array_init,
};
