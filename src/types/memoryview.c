// SPDX-License-Identifier: MIT
// memoryview: the buffer of another object, as an object.
//
// A memoryview opens a view of the exporter for itself and adds its own idea of the layout: a
// slice, a cast, a read-only face.  A memoryview of a memoryview goes to the exporter behind it.
// So each can be released alone, and the exporter is free when the last one is.
//
// V1. source.owner is empty exactly when the view was released; every method looks first.
// V2. With one dimension or more, view.shape and view.strides point into layout.
// V3. Writing and reading of items may run Python code (__index__), which may release the view:
//     values are converted first, and the address is computed after.
#include "types/memoryview.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "heap/heap.h"
#include "types/bytes.h"
#include "types/bytes_methods.h"
#include "types/float.h"
#include "types/int.h"
#include "types/item_format.h"
#include "types/list.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

static MemoryView *self_of(Obj v)
{
    return (MemoryView *)v;
}

/* V1 */
static bool is_open(Thread *t, const MemoryView *self)
{
    if (self->source.owner)
        return true;
    return oz_fail(t, OZ_ValueError, "operation forbidden on released memoryview object");
}

/* ---- making ---- */

/* The sizes and steps of the dimensions; contiguous in C's order where none are given. */
static bool set_layout(Thread *t, MemoryView *self, int dimensions, const ssize_t *shape,
                       const ssize_t *strides)
{
    self->view.dimensions = dimensions;
    if (dimensions == 0)
        return true;
    ssize_t *layout = oz_block_alloc(t->heap, 2 * (size_t)dimensions * sizeof *layout);
    if (!layout)
        return oz_raise_memory(t) != NULL;
    memcpy(layout, shape, (size_t)dimensions * sizeof *layout);
    ssize_t step = (ssize_t)self->view.itemsize;
    for (int i = dimensions - 1; i >= 0; i--) {
        layout[dimensions + i] = strides ? strides[i] : step;
        step *= shape[i];
    }
    self->layout = layout;
    self->view.shape = layout;
    self->view.strides = layout + dimensions;
    return true;
}

/* A view of the same exporter with the data, items and layout of `like`. */
static MemoryView *make(Thread *t, Obj exporter, const Buffer *like)
{
    MemoryView *self = oz_object_new(t, OZ_MEMORYVIEW, sizeof *self);
    if (!self)
        return NULL;
    scoped Ref owned = (Ref)self;
    if (!oz_buffer_get(t, exporter, &self->source, OZ_BUFFER_ANY))
        return NULL;
    oz_track(&self->base, exporter);
    const Buffer *from = like ? like : &self->source;
    self->view = *from;
    self->view.owner = NULL;
    if (!self->view.format)
        self->view.format = "B";
    if (from->dimensions > OZ_VIEW_DIMENSIONS) {
        oz_raise(t, OZ_ValueError, "memoryview: number of dimensions must not exceed 64");
        return NULL;
    }
    ssize_t length = from->itemsize ? (ssize_t)(from->length / from->itemsize) : 0;
    if (!set_layout(t, self, from->dimensions, from->shape ? from->shape : &length, from->strides))
        return NULL;
    return (MemoryView *)oz_move(&owned);
}

Ref oz_memoryview_new(Thread *t, Obj exporter)
{
    if (!oz_is(exporter, OZ_MEMORYVIEW)) {
        if (!oz_has_buffer(exporter))
            return oz_raise(t, OZ_TypeError,
                            "memoryview: a bytes-like object is required, not '%T'", exporter);
        return (Ref)make(t, exporter, NULL);
    }
    MemoryView *from = self_of(exporter);
    return is_open(t, from) ? (Ref)make(t, from->source.owner, &from->view) : NULL;
}

OZ_NEW(memoryview, "($type, /, object)")
{
    return oz_memoryview_new(t, a[1]);
}

bool oz_memoryview_release(Thread *t, Obj v)
{
    MemoryView *self = self_of(v);
    if (!self->source.owner)
        return true;
    if (self->exports)
        return oz_fail(t, OZ_BufferError, "memoryview has %u exported buffer%s", self->exports,
                       self->exports == 1 ? "" : "s");
    oz_buffer_release(t, &self->source);
    return true;
}

/* ---- items ---- */

static Ref unpack(Thread *t, const char *format, const void *at)
{
    char letter = oz_item_letter(format);
    if (!letter)
        return oz_raise(t, OZ_NotImplementedError, "memoryview: unsupported format %s", format);
    return oz_item_get(t, letter, at);
}

static bool bad_type(Thread *t, const char *format)
{
    return oz_fail(t, OZ_TypeError, "memoryview: invalid type for format '%s'", format);
}

static bool bad_value(Thread *t, const char *format)
{
    return oz_fail(t, OZ_ValueError, "memoryview: invalid value for format '%s'", format);
}

/* An error of a conversion, as memoryview words it. */
static bool reworded(Thread *t, const char *format)
{
    if (oz_exception_forget(t, OZ_TypeError))
        return bad_type(t, format);
    if (oz_exception_forget(t, OZ_OverflowError) || oz_exception_forget(t, OZ_ValueError))
        return bad_value(t, format);
    return false;
}

static bool pack_int(Thread *t, const char *format, size_t size, bool is_signed, Obj v,
                     uint8_t *out)
{
    scoped Ref n = oz_index(t, v);
    if (n && oz_int_to_bytes(t, n, out, size, true, is_signed))
        return true;
    return reworded(t, format);
}

static bool pack_float(Thread *t, const char *format, char letter, Obj v, uint8_t *out)
{
    double d;
    if (!oz_as_double(t, v, &d))
        return reworded(t, format);
    float f = (float)d;
    uint16_t half;
    switch (letter) {
    case 'd':
        memcpy(out, &d, sizeof d);
        return true;
    case 'f':
        memcpy(out, &f, sizeof f);
        return true;
    default:
        if (!oz_double_to_half(d, &half))
            return bad_value(t, format);
        memcpy(out, &half, sizeof half);
        return true;
    }
}

/* The bytes of the value as an item.  Runs Python: yes (V3). */
static bool pack(Thread *t, const char *format, Obj v, uint8_t out[16])
{
    char letter = oz_item_letter(format);
    bool truth;
    switch (letter) {
    case 0:
        return oz_fail(t, OZ_NotImplementedError, "memoryview: unsupported format %s", format);
    case '?':
        if (!oz_truth(t, v, &truth))
            return false;
        *out = truth;
        return true;
    case 'c':
        if (!oz_as_bytes(v))
            return bad_type(t, format);
        if (oz_bytes_length(oz_as_bytes(v)) != 1)
            return bad_value(t, format);
        *out = *oz_bytes_data(oz_as_bytes(v));
        return true;
    case 'd':
    case 'f':
    case 'e':
        return pack_float(t, format, letter, v, out);
    default:
        return pack_int(t, format, oz_item_size(letter), strchr("bhilqn", letter) != NULL, v, out);
    }
}

/* ---- places ---- */

/* Move along one dimension; false: outside (IndexError). */
static bool step_into(Thread *t, const Buffer *view, int dimension, ssize_t index, uint8_t **at)
{
    ssize_t count = view->shape[dimension];
    if (index < 0)
        index += count;
    if (index < 0 || index >= count)
        return oz_fail(t, OZ_IndexError, "index out of bounds on dimension %d", dimension + 1);
    *at += index * view->strides[dimension];
    return true;
}

/* The indexes of a key: an int or a tuple of ints.  OZ_MISSING: the key is something else. */
static Found indexes_of(Thread *t, Obj key, ssize_t *indexes, size_t *count)
{
    const Tuple *tuple = oz_as_tuple(key);
    const Obj *items = tuple ? (const Obj *)tuple->items : &key;
    *count = tuple ? tuple->length : 1;
    for (size_t i = 0; i < *count; i++)
        if (!oz_is_int(items[i]) && !oz_class_of(items[i])->slots->index)
            return OZ_MISSING;
    for (size_t i = 0; i < *count && i < OZ_VIEW_DIMENSIONS; i++)
        if (!oz_as_ssize(t, items[i], OZ_IndexError, &indexes[i]))
            return OZ_RAISED;
    return OZ_FOUND;
}

static Ref bad_key(Thread *t)
{
    return oz_raise(t, OZ_TypeError, "memoryview: invalid slice key");
}

static bool all_slices(Obj key)
{
    const Tuple *tuple = oz_as_tuple(key);
    for (uint32_t i = 0; tuple && i < tuple->length; i++)
        if (!oz_is_slice(tuple->items[i]))
            return false;
    return tuple && tuple->length;
}

/* The address of one item.  NULL: raised. */
static uint8_t *item_at(Thread *t, MemoryView *self, Obj key)
{
    const Buffer *view = &self->view;
    ssize_t indexes[OZ_VIEW_DIMENSIONS];
    size_t count = 0;
    Found found = indexes_of(t, key, indexes, &count);
    if (found == OZ_RAISED || !is_open(t, self))
        return NULL;
    if (found == OZ_MISSING && all_slices(key)) {
        oz_raise(t, OZ_NotImplementedError, "multi-dimensional slicing is not implemented");
        return NULL;
    }
    if (found == OZ_MISSING) {
        bad_key(t);
        return NULL;
    }
    if (view->dimensions == 0 && (!oz_as_tuple(key) || count)) {
        oz_raise(t, OZ_TypeError, "invalid indexing of 0-dim memory");
        return NULL;
    }
    if (count > (size_t)view->dimensions) {
        oz_raise(t, OZ_TypeError, "cannot index %d-dimension view with %zd-element tuple",
                 view->dimensions, (ssize_t)count);
        return NULL;
    }
    if (count < (size_t)view->dimensions) {
        oz_raise(t, OZ_NotImplementedError,
                 oz_as_tuple(key) ? "sub-views are not implemented"
                                  : "multi-dimensional sub-views are not implemented");
        return NULL;
    }
    uint8_t *at = view->data;
    for (size_t i = 0; i < count; i++)
        if (!step_into(t, view, (int)i, indexes[i], &at))
            return NULL;
    return at;
}

/* The part of the first dimension that a slice chooses. */
static Ref slice_of(Thread *t, MemoryView *self, Obj key)
{
    ssize_t start, stop, step;
    MemoryView *made = make(t, self->source.owner, &self->view);
    scoped Ref owned = (Ref)made;
    if (!made || !oz_slice_unpack(t, key, &start, &stop, &step)) /* V3: self may be released now */
        return NULL;
    Buffer *view = &made->view;
    ssize_t count = oz_slice_clip((size_t)view->shape[0], &start, &stop, step);
    view->data += start * view->strides[0];
    made->layout[0] = count;
    made->layout[view->dimensions] *= step;
    view->length = view->itemsize;
    for (int i = 0; i < view->dimensions; i++)
        view->length *= (size_t)view->shape[i];
    return oz_move(&owned);
}

static Ref memoryview_get_item(Thread *t, Obj v, Obj key)
{
    MemoryView *self = self_of(v);
    if (!is_open(t, self))
        return NULL;
    if (self->view.dimensions == 0 && key == OZ_ELLIPSIS)
        return oz_retain(v);
    if (self->view.dimensions == 0 && !oz_as_tuple(key))
        return oz_raise(t, OZ_TypeError, "invalid indexing of 0-dim memory");
    if (oz_is_slice(key))
        return slice_of(t, self, key);
    const uint8_t *at = item_at(t, self, key);
    return at ? unpack(t, self->view.format, at) : NULL;
}

/* Items of one dimension into those of another, of the same kind and number, which may overlap. */
static bool copy_dimension(Thread *t, const Buffer *to, const Buffer *from)
{
    ssize_t count = to->shape[0], step = from->strides ? from->strides[0] : (ssize_t)from->itemsize;
    size_t size = to->itemsize;
    if (!count)
        return true;
    if (to->strides[0] == (ssize_t)size && step == (ssize_t)size) {
        memmove(to->data, from->data, (size_t)count * size);
        return true;
    }
    uint8_t *copy = oz_block_alloc(t->heap, (size_t)count * size);
    if (!copy)
        return oz_raise_memory(t) != NULL;
    for (ssize_t i = 0; i < count; i++)
        memcpy(copy + (size_t)i * size, from->data + i * step, size);
    for (ssize_t i = 0; i < count; i++)
        memcpy(to->data + i * to->strides[0], copy + (size_t)i * size, size);
    oz_block_free(copy);
    return true;
}

static bool same_format(const char *a, const char *b)
{
    return strcmp(a + (*a == '@'), b + (*b == '@')) == 0;
}

static bool set_slice(Thread *t, MemoryView *self, Obj key, Obj value)
{
    scoped Ref part = slice_of(t, self, key);
    if (!part)
        return false;
    scoped_buffer from = {0};
    if (!oz_buffer_get(t, value, &from, OZ_BUFFER_ANY) || !is_open(t, self))
        return false;
    const Buffer *to = &self_of(part)->view;
    if (from.dimensions != 1 || from.length != to->length || from.itemsize != to->itemsize ||
        !same_format(from.format ? from.format : "B", to->format))
        return oz_fail(t, OZ_ValueError,
                       "memoryview assignment: lvalue and rvalue have different structures");
    return copy_dimension(t, to, &from);
}

static bool memoryview_set_item(Thread *t, Obj v, Obj key, Obj value)
{
    MemoryView *self = self_of(v);
    if (!is_open(t, self))
        return false;
    if (self->view.readonly)
        return oz_fail(t, OZ_TypeError, "cannot modify read-only memory");
    if (!value)
        return oz_fail(t, OZ_TypeError, "cannot delete memory");
    if (self->view.dimensions == 0 && key == OZ_ELLIPSIS)
        key = t->vm->empty_tuple;
    if (self->view.dimensions == 0 && !oz_as_tuple(key))
        return oz_fail(t, OZ_TypeError, "invalid indexing of 0-dim memory");
    if (oz_is_slice(key) && self->view.dimensions > 1)
        return oz_fail(t, OZ_NotImplementedError,
                       "memoryview slice assignments are currently "
                       "restricted to ndim = 1");
    if (oz_is_slice(key))
        return set_slice(t, self, key, value);
    uint8_t item[16];
    if (!item_at(t, self, key) || !pack(t, self->view.format, value, item))
        return false;
    uint8_t *at = item_at(t, self, key); /* V3 */
    if (at)
        memcpy(at, item, self->view.itemsize);
    return at != NULL;
}

static bool memoryview_length(Thread *t, Obj v, ssize_t *length)
{
    const MemoryView *self = self_of(v);
    if (!is_open(t, self))
        return false;
    *length = self->view.dimensions == 0 ? 1 : self->view.shape[0];
    return true;
}

/* ---- comparison and hash ---- */

/* Compare the items below one place of two views of the same shape. */
static bool equal_items(Thread *t, const Buffer *a, const uint8_t *at_a, const Buffer *b,
                        const uint8_t *at_b, int dimension, bool *equal)
{
    if (dimension == a->dimensions) {
        scoped Ref left = unpack(t, a->format, at_a);
        scoped Ref right = left ? unpack(t, b->format, at_b) : NULL;
        return right && oz_compare_true(t, left, right, OZ_EQ, equal);
    }
    for (ssize_t i = 0; i < a->shape[dimension] && *equal; i++)
        if (!equal_items(t, a, at_a + i * a->strides[dimension], b,
                         at_b + i * b->strides[dimension], dimension + 1, equal) ||
            !oz_poll(t))
            return false;
    return true;
}

static bool same_shape(const Buffer *a, const Buffer *b)
{
    if (a->dimensions != b->dimensions)
        return false;
    for (int i = 0; i < a->dimensions; i++)
        if (a->shape[i] != b->shape[i])
            return false;
    return true;
}

/* Equal bytes mean equal items, and contiguous memory can be compared at once. */
static bool comparable_bytes(const Buffer *a, const Buffer *b)
{
    char letter = oz_item_letter(a->format);
    return letter && letter == oz_item_letter(b->format) && !strchr("efd?", letter) &&
           oz_buffer_is_contiguous(a, 'C') && oz_buffer_is_contiguous(b, 'C');
}

static Ref memoryview_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    if ((op != OZ_EQ && op != OZ_NE) || !oz_is(a, OZ_MEMORYVIEW))
        return OZ_NOT_IMPLEMENTED;
    const MemoryView *self = self_of(a);
    bool equal = a == b;
    if (!self->source.owner || (oz_is(b, OZ_MEMORYVIEW) && !self_of(b)->source.owner))
        return oz_bool(equal == (op == OZ_EQ));
    if (!oz_has_buffer(b))
        return OZ_NOT_IMPLEMENTED;
    scoped Ref x_ref = oz_memoryview_new(t, a), y_ref = x_ref ? oz_memoryview_new(t, b) : NULL;
    if (!y_ref) {
        oz_exception_clear(t);
        return OZ_NOT_IMPLEMENTED;
    }
    const Buffer *x = &self_of(x_ref)->view, *y = &self_of(y_ref)->view;
    equal = same_shape(x, y) && oz_item_letter(x->format) && oz_item_letter(y->format);
    if (equal && comparable_bytes(x, y))
        equal = memcmp(x->data, y->data, x->length) == 0;
    else if (equal && !equal_items(t, x, x->data, y, y->data, 0, &equal))
        return NULL;
    return oz_bool(equal == (op == OZ_EQ));
}

static Ref bytes_of(Thread *t, const MemoryView *self, char order)
{
    Ref made = oz_bytes_alloc(t, self->view.length);
    if (made && self->view.length)
        oz_buffer_copy(&self->view, oz_bytes_data((const Bytes *)made), order);
    return made;
}

static bool memoryview_hash(Thread *t, Obj v, int64_t *hash)
{
    MemoryView *self = self_of(v);
    if (!self->hashed) {
        if (!is_open(t, self))
            return false;
        if (!self->view.readonly)
            return oz_fail(t, OZ_ValueError, "cannot hash writable memoryview object");
        char letter = oz_item_letter(self->view.format);
        if (letter != 'B' && letter != 'b' && letter != 'c')
            return oz_fail(t, OZ_ValueError,
                           "memoryview: hashing is restricted to formats 'B', 'b' or 'c'");
        int64_t ignored;
        if (!oz_hash(t, self->source.owner, &ignored)) /* the owner must be hashable, too */
            return false;
        scoped Ref bytes = bytes_of(t, self, 'C');
        if (!bytes || !oz_hash(t, bytes, &self->hash))
            return false;
        self->hashed = true;
    }
    *hash = self->hash;
    return true;
}

/* ---- methods ---- */

OZ_METHOD(memoryview, release, "($self, /)", "Let go of the memory; the view is of no use then.")
{
    return oz_memoryview_release(t, a[0]) ? OZ_NONE : NULL;
}

OZ_METHOD(memoryview, __enter__, "($self, /)", "The view itself.")
{
    return is_open(t, self_of(a[0])) ? oz_retain(a[0]) : NULL;
}

OZ_METHOD(memoryview, __exit__, "($self, /, *exc_info)", "Release the view.")
{
    return oz_memoryview_release(t, a[0]) ? OZ_NONE : NULL;
}

OZ_METHOD(memoryview, tobytes, "($self, /, order='C')",
          "A copy of the memory as bytes.\n\n"
          "Of several dimensions, in C's order ('C' or None), Fortran's ('F'), or whichever the\n"
          "memory has ('A').")
{
    char order = 'C';
    if (!is_open(t, self_of(a[0])))
        return NULL;
    if (!oz_is_none(a[1])) {
        const Str *s = oz_as_str(a[1]);
        if (!s)
            return oz_raise(t, OZ_TypeError,
                            "tobytes() argument 'order' must be str or None, not %T", a[1]);
        if (!oz_str_equal_utf8(s, "C") && !oz_str_equal_utf8(s, "F") && !oz_str_equal_utf8(s, "A"))
            return oz_raise(t, OZ_ValueError, "order must be 'C', 'F' or 'A'");
        order = (char)oz_str_at(s, 0);
    }
    return bytes_of(t, self_of(a[0]), order);
}

static Ref list_of(Thread *t, const Buffer *view, const uint8_t *at, int dimension)
{
    if (dimension == view->dimensions)
        return unpack(t, view->format, at);
    scoped Ref list = oz_list_new(t, (size_t)view->shape[dimension]);
    for (ssize_t i = 0; list && i < view->shape[dimension]; i++) {
        Ref item = list_of(t, view, at + i * view->strides[dimension], dimension + 1);
        if (!item || !oz_list_append_take(t, oz_as_list(list), item) || !oz_poll(t))
            return NULL;
    }
    return oz_move(&list);
}

OZ_METHOD(memoryview, tolist, "($self, /)", "The items as a list, of lists for more dimensions.")
{
    MemoryView *self = self_of(a[0]);
    if (!is_open(t, self))
        return NULL;
    self->exports++; /* the memory stays for the time of the call */
    Ref list = list_of(t, &self->view, self->view.data, 0);
    self->exports--;
    return list;
}

OZ_METHOD(memoryview, hex, "($self, /, sep=<unrepresentable>, bytes_per_sep=1)",
          "The bytes as hexadecimal digits; sep and bytes_per_sep as in bytes.hex().\n\n"
          ">>> memoryview(b'ounce').hex('-')\n'6f-75-6e-63-65'")
{
    int group;
    if (!is_open(t, self_of(a[0])) || !oz_as_int(t, a[2], &group) || !is_open(t, self_of(a[0])))
        return NULL;
    scoped Ref bytes = bytes_of(t, self_of(a[0]), 'C');
    const Bytes *b = bytes ? oz_as_bytes(bytes) : NULL;
    return b ? oz_bytes_hex(t, oz_bytes_data(b), oz_bytes_length(b), a[1], group) : NULL;
}

OZ_METHOD(memoryview, toreadonly, "($self, /)", "A view of the same memory that cannot write.")
{
    const MemoryView *self = self_of(a[0]);
    if (!is_open(t, self))
        return NULL;
    MemoryView *made = make(t, self->source.owner, &self->view);
    if (made)
        made->view.readonly = true;
    return (Ref)made;
}

/* ---- cast ---- */

static bool is_byte_letter(char letter)
{
    return letter == 'B' || letter == 'b' || letter == 'c';
}

/* A format that lives for ever, for a letter. */
static const char *static_format(char letter, bool at_sign)
{
    static const char formats[][3] = {"b",  "B",  "h",  "H",  "i",  "I",  "l",  "L",  "q",
                                      "Q",  "n",  "N",  "P",  "c",  "?",  "e",  "f",  "d",
                                      "@b", "@B", "@h", "@H", "@i", "@I", "@l", "@L", "@q",
                                      "@Q", "@n", "@N", "@P", "@c", "@?", "@e", "@f", "@d"};
    for (size_t i = 0; i < OZ_COUNT(formats); i++)
        if (formats[i][at_sign] == letter && (formats[i][0] == '@') == at_sign)
            return formats[i];
    return NULL;
}

/* To one dimension of items of another type. */
static bool cast_flat(Thread *t, MemoryView *made, const char *format)
{
    Buffer *view = &made->view;
    char to = oz_item_letter(format), from = oz_item_letter(view->format);
    if (!to)
        return oz_fail(t, OZ_ValueError,
                       "memoryview: destination format must be a native single character format "
                       "prefixed with an optional '@'");
    if (!from && !is_byte_letter(to)) /* bytes may be made of anything */
        return oz_fail(t, OZ_ValueError,
                       "memoryview: source format must be a native single character format "
                       "prefixed with an optional '@'");
    if (!is_byte_letter(to) && !is_byte_letter(from))
        return oz_fail(t, OZ_TypeError, "memoryview: cannot cast between two non-byte formats");
    if (view->length % oz_item_size(to))
        return oz_fail(t, OZ_TypeError, "memoryview: length is not a multiple of itemsize");
    view->format = static_format(to, *format == '@');
    view->itemsize = oz_item_size(to);
    ssize_t count = (ssize_t)(view->length / view->itemsize);
    oz_block_free(made->layout);
    made->layout = NULL;
    return set_layout(t, made, 1, &count, NULL);
}

static bool cast_shape(Thread *t, MemoryView *made, Obj shape, size_t dimensions)
{
    ssize_t sizes[OZ_VIEW_DIMENSIONS];
    size_t bytes = made->view.itemsize;
    for (size_t i = 0; i < dimensions; i++) {
        scoped Ref item = oz_get_item(t, shape, oz_int((int64_t)i));
        if (!item)
            return false;
        if (!oz_as_exact_int(item))
            return oz_fail(t, OZ_TypeError,
                           "memoryview.cast(): elements of shape must be integers");
        if (!oz_as_ssize(t, item, -1, &sizes[i]))
            return false;
        if (sizes[i] <= 0)
            return oz_fail(t, OZ_ValueError,
                           "memoryview.cast(): elements of shape must be integers > 0");
        if (!oz_size_mul(bytes, (size_t)sizes[i], &bytes) || bytes > SSIZE_MAX)
            return oz_fail(t, OZ_ValueError, "memoryview.cast(): product(shape) > SSIZE_MAX");
    }
    if (bytes != made->view.length)
        return oz_fail(t, OZ_TypeError, "memoryview: product(shape) * itemsize != buffer size");
    oz_block_free(made->layout);
    made->layout = NULL;
    made->view.shape = made->view.strides = NULL;
    return set_layout(t, made, (int)dimensions, sizes, NULL);
}

static bool has_zeros(const Buffer *view)
{
    for (int i = 0; i < view->dimensions; i++)
        if (view->shape[i] == 0 || view->strides[i] == 0)
            return true;
    return false;
}

OZ_METHOD(memoryview, cast, "($self, /, format, shape=<unrepresentable>)",
          "A view of the same memory with items of another format, or of another shape.")
{
    const MemoryView *self = self_of(a[0]);
    const Str *format = oz_as_str(a[1]);
    if (!is_open(t, self))
        return NULL;
    if (!format)
        return oz_raise(t, OZ_TypeError, "cast() argument 'format' must be str, not %T", a[1]);
    if (!oz_buffer_is_contiguous(&self->view, 'C'))
        return oz_raise(t, OZ_TypeError, "memoryview: casts are restricted to C-contiguous views");
    if ((a[2] || self->view.dimensions != 1) && has_zeros(&self->view))
        return oz_raise(t, OZ_TypeError,
                        "memoryview: cannot cast view with zeros in shape or strides");
    ssize_t dimensions = 1;
    if (a[2]) {
        if (!oz_as_list(a[2]) && !oz_as_tuple(a[2]))
            return oz_raise(t, OZ_TypeError, "shape must be a list or a tuple");
        if (!oz_length(t, a[2], &dimensions) || !is_open(t, self)) /* V3 */
            return NULL;
        if (dimensions > OZ_VIEW_DIMENSIONS)
            return oz_raise(t, OZ_ValueError,
                            "memoryview: number of dimensions must not exceed 64");
        if (self->view.dimensions != 1 && dimensions != 1)
            return oz_raise(t, OZ_TypeError, "memoryview: cast must be 1D -> ND or ND -> 1D");
    }
    scoped Ref keep = NULL;
    size_t length;
    const char *text = oz_str_utf8(t, a[1], &length, &keep);
    MemoryView *made = text ? make(t, self->source.owner, &self->view) : NULL;
    scoped Ref owned = (Ref)made;
    if (!made || !cast_flat(t, made, text) ||
        (a[2] && !cast_shape(t, made, a[2], (size_t)dimensions)))
        return NULL;
    return oz_move(&owned);
}

/* ---- attributes ---- */

#define GETTER(name)                                                                               \
    static Ref name##_of(Thread *t, const MemoryView *self);                                       \
    static Ref get_##name(Thread *t, Obj v)                                                        \
    {                                                                                              \
        return is_open(t, self_of(v)) ? name##_of(t, self_of(v)) : NULL;                           \
    }                                                                                              \
    static Ref name##_of(Thread *t OZ_UNUSED, const MemoryView *self)

GETTER(obj)
{
    return oz_retain(self->source.owner);
}

GETTER(nbytes)
{
    return oz_int((int64_t)self->view.length);
}

GETTER(itemsize)
{
    return oz_int((int64_t)self->view.itemsize);
}

GETTER(format)
{
    return oz_str_new(t, self->view.format);
}

GETTER(readonly)
{
    return oz_bool(self->view.readonly);
}

GETTER(ndim)
{
    return oz_int(self->view.dimensions);
}

static Ref tuple_of(Thread *t, const ssize_t *numbers, int count)
{
    Tuple *tuple = oz_tuple_alloc(t, (size_t)count);
    for (int i = 0; tuple && i < count; i++)
        oz_tuple_init(tuple, (size_t)i, oz_int(numbers[i]));
    return (Ref)tuple;
}

GETTER(shape)
{
    return tuple_of(t, self->view.shape, self->view.dimensions);
}

GETTER(strides)
{
    return tuple_of(t, self->view.strides, self->view.dimensions);
}

GETTER(suboffsets)
{
    (void)self;
    return oz_retain(t->vm->empty_tuple);
}

GETTER(c_contiguous)
{
    return oz_bool(oz_buffer_is_contiguous(&self->view, 'C'));
}

GETTER(f_contiguous)
{
    return oz_bool(oz_buffer_is_contiguous(&self->view, 'F'));
}

GETTER(contiguous)
{
    return oz_bool(oz_buffer_is_contiguous(&self->view, 'A'));
}

static Ref memoryview_repr(Thread *t, Obj v)
{
    return oz_str_format(
        t, self_of(v)->source.owner ? "<memory at 0x%zx>" : "<released memory at 0x%zx>",
        (size_t)oz_word(v));
}

/* ---- as an exporter, and its life ---- */

static bool memoryview_buffer(Thread *t, Obj v, Buffer *view, int flags)
{
    MemoryView *self = self_of(v);
    if (!is_open(t, self))
        return false;
    if ((flags & OZ_BUFFER_WRITE) && self->view.readonly)
        return oz_fail(t, OZ_BufferError, "memoryview: underlying buffer is not writable");
    if (!(flags & OZ_BUFFER_ANY) && !oz_buffer_is_contiguous(&self->view, 'C'))
        return oz_fail(t, OZ_BufferError, "memoryview: underlying buffer is not C-contiguous");
    *view = self->view;
    view->owner = oz_retain(v);
    self->exports++;
    return true;
}

static void memoryview_buffer_release(Thread *t OZ_UNUSED, Obj v, Buffer *view OZ_UNUSED)
{
    self_of(v)->exports--;
}

static void memoryview_visit(const Object *object, Visitor *v)
{
    oz_visit(v, ((const MemoryView *)object)->source.owner, "obj", -1);
}

static void memoryview_clear(Thread *t, Object *object)
{
    MemoryView *self = (MemoryView *)object;
    oz_buffer_release(t, &self->source);
    oz_block_free(self->layout);
    self->layout = NULL;
    self->view.dimensions = 0;
    self->view.shape = self->view.strides = NULL;
}

static size_t memoryview_outside(const Object *object)
{
    const MemoryView *self = (const MemoryView *)object;
    return self->layout ? oz_heap_size(self->layout) : 0;
}

/* ---- iterator ---- */

typedef struct MemoryIterator {
    Object base;
    Ref view;      /* [object] empty once exhausted */
    ssize_t index; /* [object] */
} MemoryIterator;

static Ref memoryview_iter(Thread *t, Obj v)
{
    if (!is_open(t, self_of(v)))
        return NULL;
    int dimensions = self_of(v)->view.dimensions;
    if (dimensions == 0)
        return oz_raise(t, OZ_TypeError, "invalid indexing of 0-dim memory");
    if (dimensions != 1)
        return oz_raise(t, OZ_NotImplementedError,
                        "multi-dimensional sub-views are not implemented");
    MemoryIterator *self = oz_object_new(t, OZ_MEMORY_ITERATOR, sizeof *self);
    if (!self)
        return NULL;
    oz_store_raw(&self->base, &self->view, oz_retain(v));
    return (Ref)self;
}

static Ref itself(Thread *t OZ_UNUSED, Obj v)
{
    return oz_retain(v);
}

static Ref iterator_next(Thread *t, Obj v)
{
    MemoryIterator *self = (MemoryIterator *)v;
    if (!self->view)
        return NULL;
    const MemoryView *from = self_of(self->view);
    if (!is_open(t, from))
        return NULL;
    if (self->index < from->view.shape[0])
        return unpack(t, from->view.format,
                      from->view.data + self->index++ * from->view.strides[0]);
    oz_clear(&self->view);
    return NULL;
}

static void iterator_visit(const Object *object, Visitor *v)
{
    oz_visit(v, ((const MemoryIterator *)object)->view, "view", -1);
}

static void iterator_clear(Thread *t OZ_UNUSED, Object *object)
{
    oz_clear(&((MemoryIterator *)object)->view);
}

const TypeDef oz_memory_iterator_type = {
    .id = OZ_MEMORY_ITERATOR,
    .name = "memory_iterator",
    .size = sizeof(MemoryIterator),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = iterator_visit,
    .clear = iterator_clear,
    .slots = {.iter = itself, .next = iterator_next},
};

const TypeDef oz_memoryview_type = {
    .id = OZ_MEMORYVIEW,
    .name = "memoryview",
    .doc = "memoryview(object) -> memoryview\n\n"
           "A view of the memory of an object that has the buffer protocol: items and slices of\n"
           "it, without a copy.",
    .size = sizeof(MemoryView),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_WEAKREF | OZ_TYPE_SEQUENCE,
    .visit = memoryview_visit,
    .clear = memoryview_clear,
    .outside = memoryview_outside,
    .buffer_get = memoryview_buffer,
    .buffer_release = memoryview_buffer_release,
    .make = &memoryview_new_,
    .slots = {.repr = memoryview_repr,
              .hash = memoryview_hash,
              .compare = memoryview_compare,
              .iter = memoryview_iter,
              .length = memoryview_length,
              .get_item = memoryview_get_item,
              .set_item = memoryview_set_item},
    .methods = OZ_METHODS(&memoryview_release, &memoryview___enter__, &memoryview___exit__,
                          &memoryview_tobytes, &memoryview_tolist, &memoryview_hex,
                          &memoryview_toreadonly, &memoryview_cast),
    .getsets = OZ_GETSETS(
        {"obj", get_obj, NULL, "the object whose memory it is"},
        {"nbytes", get_nbytes, NULL, "bytes of all items, as tobytes() gives"},
        {"itemsize", get_itemsize, NULL, "bytes of one item"},
        {"format", get_format, NULL, "of an item, as in the struct module"},
        {"readonly", get_readonly, NULL, "is writing forbidden?"},
        {"ndim", get_ndim, NULL, "how many dimensions there are"},
        {"shape", get_shape, NULL, "the items in each dimension"},
        {"strides", get_strides, NULL, "the bytes from one item to the next in each dimension"},
        {"suboffsets", get_suboffsets, NULL, "always empty: no indirect memory"},
        {"c_contiguous", get_c_contiguous, NULL, "without gaps, in C's order?"},
        {"f_contiguous", get_f_contiguous, NULL, "without gaps, in Fortran's order?"},
        {"contiguous", get_contiguous, NULL, "without gaps?"}),
};
