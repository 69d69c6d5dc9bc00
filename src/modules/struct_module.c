// SPDX-License-Identifier: MIT
// The module _struct: values as the bytes of C structs, and back.
//
// A format is compiled to a list of fields: letter, offset, item size, count.  The functions of
// the module compile theirs for the time of the call, into memory of the call.
//
// Two modes: native ('@' or nothing) with the sizes and alignment of this machine, standard
// ('=', '<', '>', '!') with fixed sizes and no gaps.  Items are written in the machine's order,
// which is little-endian, and turned around for '>' and '!'.
#include <limits.h>
#include <math.h>
#include <string.h>

#include "modules/module_errors.h"
#include "modules/native_type.h"
#include "types/buffer.h"
#include "types/bytes.h"
#include "types/codec.h"
#include "types/float.h"
#include "types/item_format.h"

typedef struct Field {
    char letter;
    size_t offset; /* of the first item */
    size_t size;   /* bytes of one item; of 's' and 'p': of all of it */
    size_t count;  /* items: Python values */
} Field;

typedef struct Struct {
    Object base;
    Ref format;         /* [object] str, or empty */
    Field *fields;      /* [object] a block, or lent */
    size_t field_count; /* [object] */
    size_t lent;        /* [object] so many fields are lent by the caller; 0: a block */
    size_t size;        /* [object] bytes of the whole */
    size_t values;      /* [object] Python values */
    bool native, big;   /* [object] */
    bool ready;         /* [object] __init__ has run */
    uint32_t packing;   /* [object] calls that read the fields while Python code runs */
} Struct;

/* ---- formats ---- */

/* The Struct of one call: no object, and no block as long as the fields are few. */
typedef struct Passing {
    Struct made;
    Field few[12];
} Passing;

/* The size of a letter; 0: there is none. */
static size_t size_of(const Struct *self, char letter)
{
    if (letter == 'x' || letter == 's' || letter == 'p')
        return 1;
    if (!self->native && (letter == 'l' || letter == 'L'))
        return 4;
    if (!self->native && (letter == 'n' || letter == 'N' || letter == 'P'))
        return 0;
    return oz_item_size(letter);
}

static bool too_long(Thread *t)
{
    return oz_fail_module(t, OZ_ERROR_STRUCT, "total struct size too long");
}

/* Room for one more field. */
static bool reserve_field(Thread *t, Struct *self)
{
    if (self->field_count < self->lent)
        return true;
    size_t size = (self->field_count + 1) * sizeof(Field);
    Field *more = oz_block_realloc(t->heap, self->lent ? NULL : self->fields, size);
    if (!more)
        return oz_raise_memory(t) != NULL;
    if (self->lent)
        memcpy(more, self->fields, self->field_count * sizeof(Field));
    self->lent = 0;
    self->fields = more;
    return true;
}

static bool add_field(Thread *t, Struct *self, char letter, size_t count)
{
    size_t item = size_of(self, letter), bytes;
    if (!item)
        return oz_fail_module(t, OZ_ERROR_STRUCT, "bad char in struct format");
    if (self->native && self->size > SSIZE_MAX - item)
        return too_long(t);
    size_t start = self->native ? (self->size + item - 1) / item * item : self->size;
    if (!oz_size_mul(item, count, &bytes) || bytes > SSIZE_MAX - start)
        return too_long(t);
    self->size = start + bytes;
    if (letter == 'x' || (count == 0 && letter != 's' && letter != 'p'))
        return true;
    if (!reserve_field(t, self))
        return false;
    Field *more = self->fields;
    bool text = letter == 's' || letter == 'p';
    more[self->field_count++] = (Field){letter, start, text ? bytes : item, text ? 1 : count};
    self->values += text ? 1 : count;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Compile the text; the fields of an earlier __init__ are gone already. */
static bool parse(Thread *t, Struct *self, const char *p)
{
    self->native = *p != '<' && *p != '>' && *p != '!' && *p != '=';
    self->big = *p == '>' || *p == '!';
    if (*p == '@' || !self->native)
        p++;
    while (*p) {
        size_t count = 1;
        if (is_blank(*p)) {
            p++;
            continue;
        }
        if (*p >= '0' && *p <= '9') {
            for (count = 0; *p >= '0' && *p <= '9'; p++)
                if (__builtin_mul_overflow(count, (size_t)10, &count) ||
                    __builtin_add_overflow(count, (size_t)(*p - '0'), &count) || count > SSIZE_MAX)
                    return too_long(t);
            if (!*p)
                return oz_fail_module(t, OZ_ERROR_STRUCT,
                                      "repeat count given without format specifier");
        }
        if (!add_field(t, self, *p++, count))
            return false;
    }
    return true;
}

/* The format argument as an exact str. */
static Ref format_text(Thread *t, Obj format)
{
    const Bytes *b = oz_as_bytes(format);
    if (b)
        return oz_str_from_latin1(t, oz_bytes_data(b), oz_bytes_length(b));
    const Str *s = oz_as_str(format);
    if (!s)
        return oz_raise(t, OZ_TypeError,
                        "Struct() argument 1 must be a str or bytes object, not %T", format);
    if (oz_id(&s->base) != OZ_STR_ASCII)
        return oz_encode(t, format, "ascii", NULL);
    return oz_retain((Obj)s);
}

static void reset(Struct *self)
{
    if (!self->lent)
        oz_block_free(self->fields);
    self->lent = 0;
    self->fields = NULL;
    self->field_count = self->size = self->values = 0;
    self->ready = false;
}

static bool compile_text(Thread *t, Struct *self, const Str *s)
{
    if (memchr(oz_str_data(s), 0, oz_str_length(s)))
        return oz_fail_module(t, OZ_ERROR_STRUCT, "embedded null character");
    return parse(t, self, oz_str_data(s));
}

static bool compile(Thread *t, Struct *self, Obj format)
{
    scoped Ref text = format_text(t, format);
    const Str *s = text ? oz_as_str(text) : NULL;
    if (!s)
        return false;
    if (self->packing)
        return oz_fail(t, OZ_RuntimeError, "Struct cannot be initialized while it packs");
    reset(self);
    if (!compile_text(t, self, s))
        return false;
    oz_store(&self->base, &self->format, oz_move(&text));
    self->ready = true;
    return true;
}

/* ---- packing ---- */

/* What is said of an int that the field has no room for.  What does not fit a long of C is out of
 * range; else bytes and shorts have words of their own, but for a short in foreign order. */
static bool bad_range(Thread *t, char letter, size_t size, bool big, Obj n)
{
    int64_t value;
    bool is_signed = strchr("bhilqn", letter) != NULL;
    bool as_long = is_signed || letter == 'B' || (letter == 'H' && !big);
    bool fits = oz_int_fits_int64(n, &value)
                    ? as_long || value >= 0
                    : !as_long && oz_int_sign(n) > 0 && oz_int_bits(n) <= 64;
    if (letter == 'P' || (size == 8 && big))
        return oz_fail_module(t, OZ_ERROR_STRUCT, "int too large to convert");
    if (!fits || size == 8)
        return oz_fail_module(t, OZ_ERROR_STRUCT, "argument out of range");
    long long end = 1LL << (8 * size - is_signed);
    const char *word = letter == 'b'           ? "byte"
                       : letter == 'B'         ? "ubyte"
                       : letter == 'h' && !big ? "short"
                       : letter == 'H' && !big ? "ushort"
                                               : NULL;
    char quoted[] = {'\'', letter, '\'', 0};
    return oz_fail_module(t, OZ_ERROR_STRUCT, "%s format requires %lld <= number <= %lld",
                          word ? word : quoted, is_signed ? -end : 0, end - 1);
}

/* An int in place that is in the range of the letter. */
OZ_INLINE bool pack_short_int(char letter, size_t size, Obj v, uint8_t *out)
{
    if (!oz_is_int(v))
        return false;
    int64_t n = oz_int_value(v);
    if (letter >= 'a') { /* signed */
        int64_t end = size < 8 ? INT64_C(1) << (8 * size - 1) : INT64_MAX;
        if (n < -end || n >= end)
            return false;
    } else if (n < 0 || (size < 8 && n >> (8 * size))) {
        return false;
    }
    memcpy(out, &n, size);
    return true;
}

static bool pack_int(Thread *t, const Struct *self, char letter, size_t size, Obj v, uint8_t *out)
{
    if (OZ_LIKELY(pack_short_int(letter, size, v, out)))
        return true;
    if (!oz_is_int(v) && !oz_class_of(v)->slots->index)
        return oz_fail_module(t, OZ_ERROR_STRUCT, "required argument is not an integer");
    scoped Ref n = oz_index(t, v);
    if (!n)
        return false;
    bool is_signed = strchr("bhilqn", letter) || (letter == 'P' && oz_int_sign(n) < 0);
    if (oz_int_to_bytes(t, n, out, size, true, is_signed))
        return true;
    return oz_exception_forget(t, OZ_OverflowError) && bad_range(t, letter, size, self->big, n);
}

static bool pack_float(Thread *t, const Struct *self, char letter, Obj v, uint8_t *out)
{
    double d;
    if (!oz_as_double(t, v, &d)) {
        if (oz_exception_forget(t, OZ_TypeError))
            oz_raise_module(t, OZ_ERROR_STRUCT, "required argument is not a float");
        return false;
    }
    float f = (float)d;
    uint16_t half;
    if (letter == 'd') {
        memcpy(out, &d, sizeof d);
    } else if (letter == 'f') {
        if (isinf(f) && !isinf(d) && !self->native)
            return oz_fail(t, OZ_OverflowError, "float too large to pack with f format");
        memcpy(out, &f, sizeof f);
    } else {
        if (!oz_double_to_half(d, &half))
            return oz_fail(t, OZ_OverflowError, "float too large to pack with e format");
        memcpy(out, &half, sizeof half);
    }
    return true;
}

static bool pack_bytes(Thread *t, const Field *f, Obj v, uint8_t *out)
{
    if (!oz_as_bytes(v) && !oz_isa(v, OZ_BYTEARRAY))
        return oz_fail_module(t, OZ_ERROR_STRUCT, "argument for '%c' must be a bytes object",
                              f->letter);
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, v, &view))
        return false;
    memset(out, 0, f->size);
    if (f->letter == 's') {
        memcpy(out, view.data, view.length < f->size ? view.length : f->size);
    } else if (f->size) {
        size_t length = view.length < f->size - 1 ? view.length : f->size - 1;
        memcpy(out + 1, view.data, length);
        out[0] = (uint8_t)(length < 255 ? length : 255);
    }
    return true;
}

static void turn_around(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size / 2; i++) {
        uint8_t byte = bytes[i];
        bytes[i] = bytes[size - 1 - i];
        bytes[size - 1 - i] = byte;
    }
}

static bool pack_item(Thread *t, const Struct *self, const Field *f, Obj v, uint8_t *out)
{
    bool truth, done;
    const Bytes *b;
    switch (f->letter) {
    case 's':
    case 'p':
        return pack_bytes(t, f, v, out);
    case 'c':
        b = oz_as_bytes(v);
        if (!b || oz_bytes_length(b) != 1)
            return oz_fail_module(t, OZ_ERROR_STRUCT,
                                  "char format requires a bytes object of length 1");
        *out = *oz_bytes_data(b);
        return true;
    case '?':
        if (!oz_truth(t, v, &truth))
            return false;
        *out = truth;
        return true;
    case 'e':
    case 'f':
    case 'd':
        done = pack_float(t, self, f->letter, v, out);
        break;
    default:
        done = pack_int(t, self, f->letter, f->size, v, out);
    }
    if (done && self->big)
        turn_around(out, f->size);
    return done;
}

/* Into a block of self->size bytes, gaps zeroed.  Runs Python: yes. */
static bool pack_all(Thread *t, Struct *self, const Obj *values, uint8_t *out)
{
    bool done = true;
    memset(out, 0, self->size);
    self->packing++;
    for (size_t i = 0; i < self->field_count && done; i++) {
        const Field *f = &self->fields[i];
        for (size_t k = 0; k < f->count && done; k++)
            done = pack_item(t, self, f, *values++, out + f->offset + k * f->size);
    }
    self->packing--;
    return done;
}

static bool check_count(Thread *t, const Struct *self, const char *function, size_t given)
{
    if (given == self->values)
        return true;
    return oz_fail_module(t, OZ_ERROR_STRUCT, "%s expected %zd items for packing (got %zd)",
                          function, (ssize_t)self->values, (ssize_t)given);
}

static Ref pack(Thread *t, Struct *self, const Obj *values, size_t count)
{
    if (!check_count(t, self, "pack", count))
        return NULL;
    scoped Ref made = oz_bytes_alloc(t, self->size);
    if (!made)
        return NULL;
    if (self->size && !pack_all(t, self, values, oz_bytes_data((const Bytes *)made)))
        return NULL;
    return oz_move(&made);
}

/* Where `offset` lies in a buffer of `length` bytes; the messages are those of packing. */
static bool pack_place(Thread *t, const Struct *self, ssize_t *offset, size_t length)
{
    ssize_t size = (ssize_t)self->size;
    if (*offset < 0) {
        if (*offset + size > 0)
            return oz_fail_module(t, OZ_ERROR_STRUCT, "no space to pack %zd bytes at offset %zd",
                                  size, *offset);
        if (*offset + (ssize_t)length < 0)
            return oz_fail_module(t, OZ_ERROR_STRUCT, "offset %zd out of range for %zd-byte buffer",
                                  *offset, (ssize_t)length);
        *offset += (ssize_t)length;
    }
    if ((ssize_t)length - *offset < size)
        return oz_fail_module(t, OZ_ERROR_STRUCT,
                              "pack_into requires a buffer of at least %zu bytes for packing %zd "
                              "bytes at offset %zd (actual buffer size is %zd)",
                              (size_t)size + (size_t)*offset, size, *offset, (ssize_t)length);
    return true;
}

/* values: buffer, offset, and what is packed. */
static Ref pack_into(Thread *t, Struct *self, const Obj *values, size_t count)
{
    if (count == 0)
        return oz_raise_module(t, OZ_ERROR_STRUCT, "pack_into expected buffer argument");
    if (count == 1)
        return oz_raise_module(t, OZ_ERROR_STRUCT, "pack_into expected offset argument");
    if (!check_count(t, self, "pack_into", count - 2))
        return NULL;
    ssize_t offset;
    if (!oz_as_ssize(t, values[1], OZ_IndexError, &offset))
        return NULL;
    scoped_buffer view = {0};
    if (!oz_has_buffer(values[0]) || !oz_buffer_get(t, values[0], &view, OZ_BUFFER_WRITE)) {
        oz_exception_forget(t, OZ_BufferError);
        return t->exception
                   ? NULL
                   : oz_raise(t, OZ_TypeError,
                              "argument must be read-write bytes-like object, not %T", values[0]);
    }
    if (!pack_place(t, self, &offset, view.length))
        return NULL;
    scoped Ref bytes = pack(t, self, values + 2, count - 2);
    if (!bytes)
        return NULL;
    memcpy(view.data + offset, oz_bytes_data((const Bytes *)bytes), self->size);
    return OZ_NONE;
}

/* ---- unpacking ---- */

static Ref unpack_item(Thread *t, const Struct *self, const Field *f, const uint8_t *from)
{
    uint8_t item[16];
    if (f->letter == 's')
        return oz_bytes_new(t, from, f->size);
    if (f->letter == 'p') {
        size_t length = f->size ? from[0] : 0;
        if (length >= f->size)
            length = f->size ? f->size - 1 : 0;
        return oz_bytes_new(t, from + 1, length);
    }
    memcpy(item, from, f->size);
    if (self->big)
        turn_around(item, f->size);
    char letter = f->letter;
    if (!self->native && (letter == 'l' || letter == 'L'))
        letter = letter == 'l' ? 'i' : 'I'; /* of four bytes */
    return oz_item_get(t, letter, item);
}

static Ref unpack(Thread *t, const Struct *self, const uint8_t *data)
{
    Tuple *tuple = oz_tuple_alloc(t, self->values);
    scoped Ref owned = (Ref)tuple;
    size_t n = 0;
    for (size_t i = 0; tuple && i < self->field_count; i++) {
        const Field *f = &self->fields[i];
        for (size_t k = 0; k < f->count; k++) {
            Ref value = unpack_item(t, self, f, data + f->offset + k * f->size);
            if (!value)
                return NULL;
            oz_tuple_init(tuple, n++, value);
        }
    }
    return oz_move(&owned);
}

static Ref unpack_whole(Thread *t, const Struct *self, Obj buffer)
{
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, buffer, &view))
        return NULL;
    if (view.length != self->size)
        return oz_raise_module(t, OZ_ERROR_STRUCT, "unpack requires a buffer of %zd bytes",
                               (ssize_t)self->size);
    return unpack(t, self, view.data);
}

static Ref unpack_from(Thread *t, const Struct *self, Obj buffer, Obj offset_object)
{
    scoped_buffer view = {0};
    ssize_t offset, size = (ssize_t)self->size;
    if (!oz_buffer_open(t, buffer, &view) || !oz_as_size_argument(t, offset_object, &offset))
        return NULL;
    ssize_t length = (ssize_t)view.length;
    if (offset < 0) {
        if (offset + size > 0)
            return oz_raise_module(t, OZ_ERROR_STRUCT,
                                   "not enough data to unpack %zd bytes at offset %zd", size,
                                   offset);
        if (offset + length < 0)
            return oz_raise_module(t, OZ_ERROR_STRUCT,
                                   "offset %zd out of range for %zd-byte buffer", offset, length);
        offset += length;
    }
    if (length - offset < size)
        return oz_raise_module(t, OZ_ERROR_STRUCT,
                               "unpack_from requires a buffer of at least %zu bytes for unpacking "
                               "%zd bytes at offset %zd (actual buffer size is %zd)",
                               (size_t)size + (size_t)offset, size, offset, length);
    return unpack(t, self, view.data + offset);
}

/* ---- iter_unpack ---- */

#define UNPACK_ITERATOR_REFS(REF) REF(format)
typedef struct UnpackIterator {
    Object base;
    UNPACK_ITERATOR_REFS(OZ_FIELD) /* Struct; empty once exhausted */
    Buffer view;                   /* [object] open until exhausted */
    size_t at;                     /* [object] byte offset of the next struct */
} UnpackIterator;

static Ref iter_unpack(Thread *t, Obj format, Obj buffer)
{
    const Struct *self = (const Struct *)format;
    if (self->size == 0)
        return oz_raise_module(t, OZ_ERROR_STRUCT,
                               "cannot iteratively unpack with a struct of length 0");
    scoped Ref made = oz_object_new(t, OZ_STRUCT_UNPACK_ITERATOR, sizeof(UnpackIterator));
    UnpackIterator *iterator = (UnpackIterator *)made;
    if (!made || !oz_buffer_open(t, buffer, &iterator->view))
        return NULL;
    oz_track(&iterator->base, iterator->view.owner);
    if (iterator->view.length % self->size)
        return oz_raise_module(t, OZ_ERROR_STRUCT,
                               "iterative unpacking requires a buffer of a multiple of %zd bytes",
                               (ssize_t)self->size);
    oz_store_new(&iterator->base, &iterator->format, oz_retain(format));
    return oz_move(&made);
}

static void iterator_clear(Thread *t, Object *object)
{
    UnpackIterator *self = (UnpackIterator *)object;
    oz_buffer_release(t, &self->view);
    UNPACK_ITERATOR_REFS(OZ_CLEAR)
}

static void iterator_visit(const Object *object, Visitor *v)
{
    const UnpackIterator *self = (const UnpackIterator *)object;
    UNPACK_ITERATOR_REFS(OZ_VISIT)
    oz_visit(v, self->view.owner, "buffer", -1);
}

static Ref iterator_next(Thread *t, Obj v)
{
    UnpackIterator *self = (UnpackIterator *)v;
    const Struct *format = (const Struct *)self->format;
    if (!format)
        return NULL;
    if (self->at >= self->view.length) {
        iterator_clear(t, &self->base);
        return NULL;
    }
    if (format->size == 0 || format->size > self->view.length - self->at) /* by __init__ */
        return oz_raise_module(t, OZ_ERROR_STRUCT, "the format has changed during iteration");
    Ref tuple = unpack(t, format, self->view.data + self->at);
    self->at += format->size;
    return tuple;
}

OZ_METHOD(unpack_iterator, __length_hint__, "($self, /)", "How many tuples are to come.")
{
    const UnpackIterator *self = (const UnpackIterator *)a[0];
    size_t size = self->format ? ((const Struct *)self->format)->size : 0;
    return oz_int(size ? (int64_t)((self->view.length - self->at) / size) : 0);
}

const TypeDef oz_struct_unpack_iterator_type = {
    .id = OZ_STRUCT_UNPACK_ITERATOR,
    .name = "_struct.unpack_iterator",
    .size = sizeof(UnpackIterator),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = iterator_visit,
    .clear = iterator_clear,
    .slots = {.iter = oz_itself, .next = iterator_next},
    .methods = OZ_METHODS(&unpack_iterator___length_hint__),
};

/* ---- the type ---- */

OZ_NEW(struct, "($type, /, *args, **kwargs)")
{
    return oz_instance_new(t, (Class *)a[0], 0);
}

OZ_INIT(struct, "($self, /, format)")
{
    return compile(t, (Struct *)a[0], a[1]) ? OZ_NONE : NULL;
}

static Struct *ready(Thread *t, Obj v)
{
    Struct *self = (Struct *)v;
    if (!self->ready)
        oz_raise(t, OZ_RuntimeError, "Struct object is not initialized");
    return self->ready ? self : NULL;
}

OZ_METHOD(struct, pack, "($self, /, *values)", "The values as bytes.")
{
    Struct *self = ready(t, a[0]);
    const Tuple *values = (const Tuple *)a[1];
    return self ? pack(t, self, (const Obj *)values->items, values->length) : NULL;
}

OZ_METHOD(struct, pack_into, "($self, /, *args)",
          "pack_into(buffer, offset, v1, v2, ...)\n\n"
          "Write the values as bytes into a writable buffer.")
{
    Struct *self = ready(t, a[0]);
    const Tuple *values = (const Tuple *)a[1];
    return self ? pack_into(t, self, (const Obj *)values->items, values->length) : NULL;
}

OZ_METHOD(struct, unpack, "($self, buffer, /)",
          "The values in a buffer of exactly self.size bytes, as a tuple.")
{
    Struct *self = ready(t, a[0]);
    return self ? unpack_whole(t, self, a[1]) : NULL;
}

OZ_METHOD(struct, unpack_from, "($self, /, buffer, offset=0)",
          "The values at an offset in a buffer, as a tuple.")
{
    Struct *self = ready(t, a[0]);
    return self ? unpack_from(t, self, a[1], a[2]) : NULL;
}

OZ_METHOD(struct, iter_unpack, "($self, buffer, /)",
          "An iterator over the tuples in a buffer of some times self.size bytes.")
{
    return ready(t, a[0]) ? iter_unpack(t, a[0], a[1]) : NULL;
}

static Ref get_format(Thread *t, Obj v)
{
    Struct *self = ready(t, v);
    return self ? oz_retain(self->format) : NULL;
}

static Ref get_size(Thread *t, Obj v)
{
    Struct *self = ready(t, v);
    return self ? oz_int((int64_t)self->size) : NULL;
}

static void struct_visit(const Object *object, Visitor *v)
{
    oz_visit(v, ((const Struct *)object)->format, "format", -1);
}

static void struct_clear(Thread *t OZ_UNUSED, Object *object)
{
    Struct *self = (Struct *)object;
    reset(self);
    oz_clear(&self->format);
}

static size_t struct_outside(const Object *object)
{
    const Struct *self = (const Struct *)object;
    return self->fields ? oz_heap_size(self->fields) : 0;
}

const TypeDef oz_struct_struct_type = {
    .id = OZ_STRUCT_STRUCT,
    .name = "_struct.Struct",
    .doc = "Struct(format) -> Struct\n\nA format that is ready to pack and unpack values.",
    .size = sizeof(Struct),
    .flags = OZ_TYPE_WEAKREF,
    .visit = struct_visit,
    .clear = struct_clear,
    .outside = struct_outside,
    .make = &struct_new_,
    .initialise = &struct_init_,
    .methods = OZ_METHODS(&struct_pack, &struct_pack_into, &struct_unpack, &struct_unpack_from,
                          &struct_iter_unpack),
    .getsets = OZ_GETSETS({"format", get_format, NULL, "the format, a str"},
                          {"size", get_size, NULL, "bytes of the whole"}),
};

/* ---- functions of the module ---- */

static Ref made_for(Thread *t, Obj format)
{
    scoped Ref self = oz_object_new(t, OZ_STRUCT_STRUCT, sizeof(Struct));
    return self && compile(t, (Struct *)self, format) ? oz_move(&self) : NULL;
}

/* The Struct of a format for the time of a call; NULL: raised.  Ends with the scope. */
static Struct *passing_open(Thread *t, Passing *p, Obj format)
{
    scoped Ref text = format_text(t, format);
    const Str *s = text ? oz_as_str(text) : NULL;
    p->made.fields = p->few;
    p->made.lent = OZ_COUNT(p->few);
    return s && compile_text(t, &p->made, s) ? &p->made : NULL;
}

static void passing_close(Passing *p)
{
    reset(&p->made);
}
#define scoped_passing __attribute__((cleanup(passing_close))) Passing

OZ_FUNCTION(struct, calcsize, "($module, format, /)", "The bytes of a struct of that format.")
{
    scoped_passing passing;
    passing.made = (Struct){0};
    const Struct *self = passing_open(t, &passing, a[1]);
    return self ? oz_int((int64_t)self->size) : NULL;
}

/* The Struct of the first of the arguments; the rest follows it. */
static Struct *first_format(Thread *t, Passing *p, const Tuple *args)
{
    if (args->length)
        return passing_open(t, p, args->items[0]);
    oz_raise(t, OZ_TypeError, "missing format argument");
    return NULL;
}

OZ_NATIVE_(struct_pack_values, "pack", "($module, /, *args)",
           "pack(format, v1, v2, ...) -> bytes\n\nThe values as bytes.", 0)
{
    const Tuple *args = (const Tuple *)a[1];
    scoped_passing passing;
    passing.made = (Struct){0};
    Struct *self = first_format(t, &passing, args);
    return self ? pack(t, self, (const Obj *)args->items + 1, args->length - 1) : NULL;
}

OZ_NATIVE_(struct_pack_values_into, "pack_into", "($module, /, *args)",
           "pack_into(format, buffer, offset, v1, v2, ...)\n\n"
           "Write the values as bytes into a writable buffer.",
           0)
{
    const Tuple *args = (const Tuple *)a[1];
    scoped_passing passing;
    passing.made = (Struct){0};
    Struct *self = first_format(t, &passing, args);
    return self ? pack_into(t, self, (const Obj *)args->items + 1, args->length - 1) : NULL;
}

OZ_NATIVE_(struct_unpack_values, "unpack", "($module, format, buffer, /)",
           "The values in a buffer of exactly calcsize(format) bytes, as a tuple.", 0)
{
    scoped_passing passing;
    passing.made = (Struct){0};
    const Struct *self = passing_open(t, &passing, a[1]);
    return self ? unpack_whole(t, self, a[2]) : NULL;
}

OZ_NATIVE_(struct_unpack_values_from, "unpack_from", "($module, format, /, buffer, offset=0)",
           "The values at an offset in a buffer, as a tuple.", 0)
{
    scoped_passing passing;
    passing.made = (Struct){0};
    const Struct *self = passing_open(t, &passing, a[1]);
    return self ? unpack_from(t, self, a[2], a[3]) : NULL;
}

OZ_NATIVE_(struct_iter_unpack_values, "iter_unpack", "($module, format, buffer, /)",
           "An iterator over the tuples in a buffer of some times calcsize(format) bytes.", 0)
{
    scoped Ref self = made_for(t, a[1]);
    return self ? iter_unpack(t, self, a[2]) : NULL;
}

OZ_FUNCTION(struct, _clearcache, "($module, /)", "There is no cache to clear.")
{
    return OZ_NONE;
}

static bool struct_init(Thread *t, Module *module)
{
    Obj error = oz_module_error(t, OZ_ERROR_STRUCT);
    return error && oz_module_add(t, module, "error", oz_retain(error)) &&
           oz_builtin_class(t, OZ_STRUCT_UNPACK_ITERATOR);
}

static const uint32_t struct_types[] = {OZ_STRUCT_STRUCT, 0};

const ModuleDef oz_struct_module = {
    .name = "_struct",
    .doc = "Values as the bytes of C structs, and back.\n\n"
           "The first character of a format says how: '@' native (the default), '=' standard\n"
           "sizes, '<' little-endian, '>' or '!' big-endian.  Then letters, with repeat counts:\n"
           "x pad byte, c char, b B 1 byte, h H 2, i I l L 4, q Q 8, n N P native sizes,\n"
           "e f d floats of 2, 4 and 8 bytes, ? bool, s p bytes.  Upper case is unsigned.",
    .functions = OZ_METHODS(&struct_calcsize, &struct_pack_values, &struct_pack_values_into,
                            &struct_unpack_values, &struct_unpack_values_from,
                            &struct_iter_unpack_values, &struct__clearcache),
    .types = struct_types,
    .init = struct_init,
};
