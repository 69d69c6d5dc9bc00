// SPDX-License-Identifier: MIT
// bytearray: mutable bytes.
//
// Invariants:
//   A1. start lies inside block, start + length is not behind its end, and where there is a block
//       a zero stands behind the last byte.
//   A2. While exports > 0 neither block nor length changes: whoever opened a view may keep the
//       pointer.  Every change of size goes through oz_bytearray_resize or cut, which check it.
//   A3. Deleting at the front moves start, so that a queue of bytes costs nothing a byte.
#include "types/bytearray.h"

#include <limits.h>
#include <string.h>

#include "heap/heap.h"
#include "object/collector.h"
#include "types/buffer.h"
#include "types/bytes.h"
#include "types/bytes_methods.h"
#include "types/int.h"
#include "types/iterator.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

/* ---- size ---- */

static bool may_resize(Thread *t, const ByteArray *self)
{
    if (self->exports)
        return oz_fail(t, OZ_BufferError, "Existing exports of data: object cannot be re-sized");
    return true;
}

/* Room for more where it has grown before, exact otherwise. */
static size_t room_for(const ByteArray *self, size_t length)
{
    if (length <= self->capacity / 2 || !self->capacity)
        return length + 1;
    return length + length / 8 + (length < 9 ? 3 : 6) + 1;
}

bool oz_bytearray_resize(Thread *t, ByteArray *self, size_t length)
{
    if (length == self->length)
        return true;
    if (!may_resize(t, self))
        return false;
    size_t gap = self->block ? (size_t)(self->start - self->block) : 0;
    if (length + gap + 1 <= self->capacity && length >= self->capacity / 2) {
        self->length = length;
        self->start[length] = 0;
        return true;
    }
    if (length >= SSIZE_MAX - 64)
        return oz_raise_memory(t) != NULL;
    if (gap) {
        memmove(self->block, self->start, self->length);
        self->start = self->block;
    }
    size_t room = room_for(self, length);
    if (room > self->capacity || room < self->capacity / 2) {
        uint8_t *block = oz_block_realloc(t->heap, self->block, room);
        if (!block && room > self->capacity)
            return oz_raise_memory(t) != NULL;
        if (block) { /* else: stay in the larger one */
            self->block = self->start = block;
            self->capacity = room;
        }
    }
    self->length = length;
    self->start[length] = 0;
    return true;
}

bool oz_bytearray_append(Thread *t, ByteArray *self, const void *data, size_t length)
{
    size_t old = self->length;
    if (length > SSIZE_MAX - old)
        return oz_raise_memory(t) != NULL;
    if (!length)
        return true;
    if (!oz_bytearray_resize(t, self, old + length))
        return false;
    memcpy(self->start + old, data, length);
    return true;
}

static ByteArray *make(Thread *t, Class *cls, const void *data, size_t length)
{
    ByteArray *self =
        cls ? oz_instance_new(t, cls, 0) : oz_object_new(t, OZ_BYTEARRAY, sizeof *self);
    if (!self)
        return NULL;
    if (!oz_bytearray_resize(t, self, length)) {
        oz_drop((Ref)self);
        return NULL;
    }
    if (data && length)
        memcpy(self->start, data, length);
    return self;
}

Ref oz_bytearray_new(Thread *t, const void *data, size_t length)
{
    return (Ref)make(t, NULL, data, length);
}

/* Remove self[at:at + count]. */
static bool cut(Thread *t, ByteArray *self, size_t at, size_t count)
{
    if (!count)
        return true;
    if (!may_resize(t, self))
        return false;
    if (at == 0) { /* A3 */
        self->start += count;
        self->length -= count;
        return self->length > self->capacity / 2 || oz_bytearray_resize(t, self, self->length);
    }
    memmove(self->start + at, self->start + at + count, self->length - at - count);
    return oz_bytearray_resize(t, self, self->length - count);
}

/* Make room for `count` bytes at `at`. */
static bool open_gap(Thread *t, ByteArray *self, size_t at, size_t count)
{
    size_t old = self->length;
    if (!oz_bytearray_resize(t, self, old + count))
        return false;
    memmove(self->start + at + count, self->start + at, old - at);
    return true;
}

/* ---- making ---- */

OZ_NEW(bytearray, "($type, /, *args, **kwargs)")
{
    Class *cls = (Class *)a[0];
    return (Ref)make(t, cls->id == OZ_BYTEARRAY ? NULL : cls, NULL, 0);
}

static bool set_bytes(Thread *t, ByteArray *self, Obj bytes)
{
    const Bytes *b = oz_as_bytes(bytes);
    size_t length = oz_bytes_length(b);
    if (!oz_bytearray_resize(t, self, length))
        return false;
    if (length)
        memcpy(self->start, oz_bytes_data(b), length);
    return true;
}

/* One after another, as the iterable gives them: it may look at the array. */
static bool append_items(Thread *t, ByteArray *self, Obj iterable)
{
    scoped Ref iterator = oz_iter(t, iterable);
    if (!iterator && oz_exception_forget(t, OZ_TypeError))
        oz_raise(t, OZ_TypeError, "cannot convert '%T' object to bytearray", iterable);
    while (iterator) {
        scoped Ref item = NULL;
        uint8_t byte;
        Found found = oz_next(t, iterator, &item);
        if (found != OZ_FOUND)
            return found == OZ_MISSING;
        if (!oz_byte_argument(t, item, &byte) || !oz_bytearray_append(t, self, &byte, 1) ||
            !oz_poll(t))
            return false;
    }
    return false;
}

static bool append_zeros(Thread *t, ByteArray *self, Obj count)
{
    ssize_t n;
    if (!oz_as_ssize(t, count, OZ_OverflowError, &n))
        return false;
    if (n < 0)
        return oz_fail(t, OZ_ValueError, "negative count");
    size_t old = self->length;
    if (!oz_bytearray_resize(t, self, old + (size_t)n) &&
        !(oz_memory_try_again(t) && oz_bytearray_resize(t, self, old + (size_t)n)))
        return false;
    if (n)
        memset(self->start + old, 0, (size_t)n);
    return true;
}

static bool append_buffer(Thread *t, ByteArray *self, Obj source)
{
    scoped_buffer view = {0};
    size_t old = self->length;
    if (!oz_buffer_get(t, source, &view, OZ_BUFFER_ANY) ||
        !oz_bytearray_resize(t, self, old + view.length))
        return false;
    if (view.length)
        oz_buffer_copy(&view, self->start + old, 'C');
    return true;
}

/* Into the array itself: no bytes of the same size are made on the way. */
static bool append_source(Thread *t, ByteArray *self, Obj source)
{
    if (oz_is_int(source) || oz_class_of(source)->slots->index) {
        bool ok = append_zeros(t, self, source);
        if (ok || !oz_exception_forget(t, OZ_TypeError))
            return ok;
    }
    return oz_has_buffer(source) ? append_buffer(t, self, source) : append_items(t, self, source);
}

OZ_INIT(bytearray, "($self, /, source=<unrepresentable>, encoding=<unrepresentable>, "
                   "errors=<unrepresentable>)")
{
    ByteArray *self = (ByteArray *)a[0];
    if (!oz_bytearray_resize(t, self, 0))
        return NULL;
    if (a[1] && !a[2] && !a[3] && !oz_is_str(a[1]))
        return append_source(t, self, a[1]) ? OZ_NONE : NULL;
    scoped Ref bytes = oz_bytes_make(t, a[1], a[2], a[3], "bytearray");
    return bytes && set_bytes(t, self, bytes) ? OZ_NONE : NULL;
}

static ByteArray *self_of(const Obj *a)
{
    return (ByteArray *)a[0];
}

/* ---- methods that change it ---- */

OZ_METHOD(bytearray, append, "($self, item, /)", "Add one byte at the end.")
{
    uint8_t byte;
    if (!oz_byte_argument(t, a[1], &byte) || !oz_bytearray_append(t, self_of(a), &byte, 1))
        return NULL;
    return OZ_NONE;
}

OZ_METHOD(bytearray, clear, "($self, /)", "Remove all bytes.")
{
    return oz_bytearray_resize(t, self_of(a), 0) ? OZ_NONE : NULL;
}

OZ_METHOD(bytearray, copy, "($self, /)", "A bytearray with the same contents.")
{
    return oz_bytearray_new(t, self_of(a)->start, self_of(a)->length);
}

static bool extend(Thread *t, ByteArray *self, Obj source)
{
    if (oz_has_buffer(source)) {
        scoped_buffer view = {0};
        if (!oz_buffer_get(t, source, &view, OZ_BUFFER_READ))
            return false;
        if (view.owner != (Ref)self)
            return oz_bytearray_append(t, self, view.data, view.length);
        oz_buffer_release(t, &view); /* itself: the view would forbid the change */
        size_t length = self->length;
        if (!length)
            return true;
        if (length > SSIZE_MAX / 2 || !oz_bytearray_resize(t, self, 2 * length))
            return t->exception ? false : oz_raise_memory(t) != NULL;
        memcpy(self->start + length, self->start, length);
        return true;
    }
    scoped Ref iterator = oz_iter(t, source);
    if (!iterator) {
        if (oz_exception_forget(t, OZ_TypeError))
            oz_raise(t, OZ_TypeError, "can't extend bytearray with %T", source);
        return false;
    }
    ssize_t hint; /* not used, but may raise */
    scoped Ref bytes =
        oz_length_hint(t, source, 0, &hint) ? oz_bytes_from_items(t, iterator, "byte") : NULL;
    const Bytes *b = bytes ? oz_as_bytes(bytes) : NULL;
    return b && oz_bytearray_append(t, self, oz_bytes_data(b), oz_bytes_length(b));
}

OZ_METHOD(bytearray, extend, "($self, iterable_of_ints, /)",
          "Add all bytes of an iterable of ints, or a bytes-like object, at the end.")
{
    return extend(t, self_of(a), a[1]) ? OZ_NONE : NULL;
}

OZ_METHOD(bytearray, insert, "($self, index, item, /)", "Insert one byte before the index.")
{
    ssize_t index;
    uint8_t byte;
    if (!oz_as_size_argument(t, a[1], &index) || !oz_byte_argument(t, a[2], &byte))
        return NULL;
    ByteArray *self = self_of(a);
    ssize_t length = (ssize_t)self->length;
    if (index < 0 && (index += length) < 0)
        index = 0;
    if (index > length)
        index = length;
    if (!open_gap(t, self, (size_t)index, 1))
        return NULL;
    self->start[index] = byte;
    return OZ_NONE;
}

OZ_METHOD(bytearray, pop, "($self, index=-1, /)",
          "Remove the byte at the index, the last one by default, and return it.")
{
    ssize_t index;
    if (!oz_as_size_argument(t, a[1], &index))
        return NULL;
    ByteArray *self = self_of(a);
    if (self->length == 0)
        return oz_raise(t, OZ_IndexError, "pop from empty bytearray");
    if (index < 0)
        index += (ssize_t)self->length;
    if (index < 0 || (size_t)index >= self->length)
        return oz_raise(t, OZ_IndexError, "pop index out of range");
    uint8_t byte = self->start[index];
    return cut(t, self, (size_t)index, 1) ? oz_int(byte) : NULL;
}

OZ_METHOD(bytearray, remove, "($self, value, /)",
          "Remove the first byte of that value.  ValueError if there is none.")
{
    uint8_t byte;
    if (!oz_byte_argument(t, a[1], &byte))
        return NULL;
    ByteArray *self = self_of(a);
    const uint8_t *at = self->length ? memchr(self->start, byte, self->length) : NULL;
    if (!at)
        return oz_raise(t, OZ_ValueError, "value not found in bytearray");
    return cut(t, self, (size_t)(at - self->start), 1) ? OZ_NONE : NULL;
}

OZ_METHOD(bytearray, reverse, "($self, /)", "Turn the order of the bytes around in place.")
{
    ByteArray *self = self_of(a);
    for (size_t i = 0, j = self->length; i + 1 < j; i++) {
        uint8_t byte = self->start[i];
        self->start[i] = self->start[--j];
        self->start[j] = byte;
    }
    return OZ_NONE;
}

OZ_CLASS_METHOD(bytearray, fromhex, "($type, string, /)",
                "The bytes that a text of hexadecimal digits stands for.\n\n"
                "Blanks between two bytes are skipped.\n\n"
                ">>> bytearray.fromhex('6F756E 6365')\nbytearray(b'ounce')")
{
    scoped Ref bytes = oz_bytes_from_hex(t, a[1]);
    return bytes ? oz_call1(t, a[0], bytes) : NULL;
}

OZ_METHOD(bytearray, __alloc__, "($self, /)", "How many bytes the block has room for.")
{
    return oz_int((int64_t)self_of(a)->capacity);
}

/* What the instance of a subclass has in attributes and slots, or None. */
static Ref state_of(Thread *t, Obj self)
{
    return oz_call_method(t, self, OZ_NAME(t, __getstate__), 0, NULL);
}

OZ_METHOD(bytearray, __reduce__, "($self, /)", "Return state information for pickling.")
{
    scoped Ref text = oz_str_from_latin1(t, self_of(a)->start, self_of(a)->length);
    scoped Ref encoding = text ? oz_intern(t, "latin-1") : NULL;
    scoped Ref args = encoding ? oz_tuple_of(t, 2, text, encoding) : NULL;
    scoped Ref state = args ? state_of(t, a[0]) : NULL;
    return state ? oz_tuple_of(t, 3, (Obj)oz_class_of(a[0]), args, state) : NULL;
}

OZ_METHOD(bytearray, __reduce_ex__, "($self, proto=0, /)", "Return state information for pickling.")
{
    int protocol;
    if (!oz_as_int(t, a[1], &protocol))
        return NULL;
    if (protocol < 3)
        return bytearray___reduce___body(t, a);
    scoped Ref bytes = oz_bytes_new(t, self_of(a)->start, self_of(a)->length);
    scoped Ref args = !bytes               ? NULL
                      : self_of(a)->length ? oz_tuple_of(t, 1, bytes)
                                           : oz_retain(t->vm->empty_tuple);
    scoped Ref state = args ? state_of(t, a[0]) : NULL;
    return state ? oz_tuple_of(t, 3, (Obj)oz_class_of(a[0]), args, state) : NULL;
}

/* ---- slots ---- */

static Ref bytearray_repr(Thread *t, Obj v)
{
    scoped Ref prefix = oz_str_format(t, "%T(", v);
    scoped Ref keep = NULL;
    size_t length;
    const char *text = prefix ? oz_str_utf8(t, prefix, &length, &keep) : NULL;
    return text ? oz_bytes_repr_of(t, text, oz_bytes_view(v), ")") : NULL;
}

static Ref bytearray_str(Thread *t, Obj v)
{
    if (t->vm->bytes_warning && !oz_warn(t, OZ_BytesWarning, 1, "str() on a bytearray instance"))
        return NULL;
    return bytearray_repr(t, v);
}

static bool bytearray_length(Thread *t OZ_UNUSED, Obj v, ssize_t *length)
{
    *length = (ssize_t)((const ByteArray *)v)->length;
    return true;
}

static Ref bytearray_concat(Thread *t, Obj a, Obj b)
{
    if (!oz_has_buffer(b))
        return oz_raise(t, OZ_TypeError, "can't concat %T to %T", b, a);
    scoped_buffer right = {0};
    if (!oz_buffer_open(t, b, &right))
        return NULL;
    const ByteArray *self = (const ByteArray *)a;
    scoped Ref made = oz_bytearray_new(t, NULL, self->length + right.length);
    if (!made)
        return NULL;
    uint8_t *out = ((ByteArray *)made)->start;
    if (self->length)
        memcpy(out, self->start, self->length);
    if (right.length)
        memcpy(out + self->length, right.data, right.length);
    return oz_move(&made);
}

static Ref bytearray_concat_in_place(Thread *t, Obj a, Obj b)
{
    if (!oz_has_buffer(b))
        return oz_raise(t, OZ_TypeError, "can't concat %T to %T", b, a);
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, b, &view) ||
        !oz_bytearray_append(t, (ByteArray *)a, view.data, view.length))
        return NULL;
    return oz_retain(a);
}

/* Fill `length` bytes with repetitions of the first `pattern` ones. */
static void fill_pattern(uint8_t *out, size_t pattern, size_t length)
{
    for (size_t done = pattern; done < length && done; done *= 2)
        memcpy(out + done, out, done < length - done ? done : length - done);
}

/* The length of `count` repetitions; an __index__ can change `self` on the way. */
static bool repeat_count(Thread *t, const ByteArray *self, Obj count, size_t *n)
{
    ssize_t given;
    if (!oz_as_ssize(t, count, OZ_OverflowError, &given))
        return false;
    if (!oz_size_mul(self->length, given < 0 ? 0 : (size_t)given, n) || *n > SSIZE_MAX)
        return oz_raise_memory(t) != NULL;
    return true;
}

static Ref bytearray_repeat(Thread *t, Obj v, Obj count)
{
    ByteArray *self = (ByteArray *)v;
    size_t n;
    if (!repeat_count(t, self, count, &n))
        return NULL;
    ByteArray *made = make(t, NULL, NULL, n);
    if (made && n) {
        memcpy(made->start, self->start, self->length);
        fill_pattern(made->start, self->length, n);
    }
    return (Ref)made;
}

static Ref bytearray_repeat_in_place(Thread *t, Obj v, Obj count)
{
    ByteArray *self = (ByteArray *)v;
    size_t n;
    if (!repeat_count(t, self, count, &n))
        return NULL;
    size_t old = self->length;
    if (!oz_bytearray_resize(t, self, n))
        return NULL;
    if (n)
        fill_pattern(self->start, old, n);
    return oz_retain(v);
}

static Ref bytearray_get_item(Thread *t, Obj v, Obj key)
{
    return oz_bytes_item(t, v, key);
}

/* self[start:stop] = data, of any length. */
static bool splice(Thread *t, ByteArray *self, size_t start, size_t count, const uint8_t *data,
                   size_t length)
{
    if (length < count && !cut(t, self, start, count - length))
        return false;
    if (length > count && !open_gap(t, self, start + count, length - count))
        return false;
    if (length)
        memcpy(self->start + start, data, length);
    return true;
}

static bool delete_stepped(Thread *t, ByteArray *self, ssize_t start, ssize_t step, ssize_t count)
{
    if (!count)
        return true;
    if (!may_resize(t, self))
        return false;
    if (step < 0) {
        start += step * (count - 1);
        step = -step;
    }
    uint8_t *out = self->start + start;
    for (ssize_t i = start, next = start; (size_t)i < self->length; i++) {
        if (i == next && count) {
            count--;
            next += step;
        } else {
            *out++ = self->start[i];
        }
    }
    return oz_bytearray_resize(t, self, (size_t)(out - self->start));
}

static bool set_slice_bytes(Thread *t, ByteArray *self, Obj key, const uint8_t *data, size_t length,
                            bool delete)
{
    ssize_t start, stop, step;
    if (!oz_slice_unpack(t, key, &start, &stop, &step))
        return false;
    ssize_t count = oz_slice_clip(self->length, &start, &stop, step);
    if (step == 1)
        return splice(t, self, (size_t)start, (size_t)count, data, length);
    if (delete || !length)
        return delete_stepped(t, self, start, step, count);
    if (length != (size_t)count)
        return oz_fail(t, OZ_ValueError,
                       "attempt to assign bytes of size %zd to extended slice of size %zd",
                       (ssize_t)length, count);
    for (ssize_t i = 0; i < count; i++)
        self->start[start + i * step] = data[i];
    return true;
}

static bool set_slice(Thread *t, ByteArray *self, Obj key, Obj value)
{
    if (!value)
        return set_slice_bytes(t, self, key, NULL, 0, true);
    if (oz_is_number(value) || oz_is_str(value))
        return oz_fail(t, OZ_TypeError,
                       "can assign only bytes, buffers, or iterables of ints in range(0, 256)");
    if (value == (Obj)self || !oz_has_buffer(value)) {
        scoped Ref bytes = value == (Obj)self ? oz_bytes_new(t, self->start, self->length)
                                              : oz_bytes_from_items(t, value, "byte");
        const Bytes *b = bytes ? oz_as_bytes(bytes) : NULL;
        return b && set_slice_bytes(t, self, key, oz_bytes_data(b), oz_bytes_length(b), false);
    }
    scoped_buffer view = {0};
    return oz_buffer_open(t, value, &view) &&
           set_slice_bytes(t, self, key, view.data, view.length, false);
}

static bool bytearray_set_item(Thread *t, Obj v, Obj key, Obj value)
{
    ByteArray *self = (ByteArray *)v;
    if (OZ_LIKELY(oz_are_ints(key, value) && (uint64_t)oz_int_value(value) < 256)) {
        int64_t at = oz_int_value(key);
        at += at < 0 ? (int64_t)self->length : 0;
        if (OZ_LIKELY(at >= 0 && (uint64_t)at < self->length)) {
            self->start[at] = (uint8_t)oz_int_value(value);
            return true;
        }
    }
    if (oz_is_slice(key))
        return set_slice(t, self, key, value);
    if (!oz_is_int(key) && !oz_class_of(key)->slots->index)
        return oz_fail(t, OZ_TypeError, "bytearray indices must be integers or slices, not %T",
                       key);
    ssize_t i;
    uint8_t byte = 0;
    if (!oz_as_ssize(t, key, OZ_IndexError, &i) || (value && !oz_byte_argument(t, value, &byte)))
        return false;
    if (i < 0)
        i += (ssize_t)self->length;
    if (i < 0 || (size_t)i >= self->length)
        return oz_fail(t, OZ_IndexError, "bytearray index out of range");
    if (!value)
        return cut(t, self, (size_t)i, 1);
    self->start[i] = byte;
    return true;
}

static Ref bytearray_remainder(Thread *t, Obj a, Obj b)
{
    if (!oz_as_bytearray(a))
        return OZ_NOT_IMPLEMENTED;
    scoped Ref format = oz_bytes_new(t, ((ByteArray *)a)->start, ((ByteArray *)a)->length);
    scoped Ref result = format ? oz_bytes_percent(t, format, b) : NULL;
    const Bytes *bytes = result ? oz_as_bytes(result) : NULL;
    return bytes ? oz_bytearray_new(t, oz_bytes_data(bytes), oz_bytes_length(bytes)) : NULL;
}

static uint8_t nothing[1]; /* where the view of an empty array points: never written */

static bool bytearray_buffer(Thread *t OZ_UNUSED, Obj v, Buffer *view, int flags OZ_UNUSED)
{
    ByteArray *self = (ByteArray *)v;
    oz_buffer_fill(view, v, self->length ? self->start : nothing, self->length, false);
    self->exports++;
    return true;
}

static void bytearray_buffer_release(Thread *t OZ_UNUSED, Obj v, Buffer *view OZ_UNUSED)
{
    ((ByteArray *)v)->exports--;
}

static void bytearray_clear_(Thread *t OZ_UNUSED, Object *object)
{
    ByteArray *self = (ByteArray *)object;
    oz_block_free(self->block);
    self->block = self->start = NULL;
    self->length = self->capacity = 0;
}

static void bytearray_visit(const Object *object OZ_UNUSED, Visitor *v OZ_UNUSED)
{
}

static size_t bytearray_outside(const Object *object)
{
    const ByteArray *self = (const ByteArray *)object;
    return self->block ? oz_heap_size(self->block) : 0;
}

static bool bytearray_check(const Object *object)
{
    const ByteArray *self = (const ByteArray *)object;
    if (!self->block)
        return self->length == 0;
    return self->start >= self->block &&
           self->start + self->length < self->block + self->capacity; /* A1 */
}

/* ---- iterator ---- */

typedef struct ByteArrayIterator {
    Object base;
    Ref array;    /* [object] empty once exhausted */
    size_t index; /* [object] */
} ByteArrayIterator;

static Ref bytearray_iter(Thread *t, Obj v)
{
    ByteArrayIterator *self = oz_object_new(t, OZ_BYTEARRAY_ITERATOR, sizeof *self);
    if (!self)
        return NULL;
    oz_store_raw(&self->base, &self->array, oz_retain(v));
    return (Ref)self;
}

static Ref itself(Thread *t OZ_UNUSED, Obj v)
{
    return oz_retain(v);
}

static Ref iterator_next(Thread *t OZ_UNUSED, Obj v)
{
    ByteArrayIterator *self = (ByteArrayIterator *)v;
    const ByteArray *array = (const ByteArray *)self->array;
    if (array && self->index < array->length)
        return oz_int(array->start[self->index++]);
    oz_clear(&self->array);
    return NULL;
}

OZ_METHOD(iterator, __length_hint__, "($self, /)", "How many items are to come.")
{
    const ByteArrayIterator *self = (const ByteArrayIterator *)a[0];
    size_t length = self->array ? ((const ByteArray *)self->array)->length : 0;
    return oz_int(length > self->index ? (int64_t)(length - self->index) : 0);
}

OZ_METHOD(iterator, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const ByteArrayIterator *self = (const ByteArrayIterator *)a[0];
    scoped Ref args = oz_tuple_of(t, 1, self->array ? (Obj)self->array : (Obj)t->vm->empty_tuple);
    return args ? oz_iter_reduce(t, args, self->array ? (Obj)oz_int((int64_t)self->index) : NULL)
                : NULL;
}

OZ_METHOD(iterator, __setstate__, "($self, state, /)", "Set state information for unpickling.")
{
    ByteArrayIterator *self = (ByteArrayIterator *)a[0];
    ssize_t index;
    if (!oz_as_size_argument(t, a[1], &index))
        return NULL;
    if (self->array) {
        size_t length = ((const ByteArray *)self->array)->length;
        self->index = index < 0 ? 0 : (size_t)index > length ? length : (size_t)index;
    }
    return OZ_NONE;
}

static void iterator_visit(const Object *object, Visitor *v)
{
    oz_visit(v, ((const ByteArrayIterator *)object)->array, "array", -1);
}

static void iterator_clear(Thread *t OZ_UNUSED, Object *object)
{
    oz_clear(&((ByteArrayIterator *)object)->array);
}

const TypeDef oz_bytearray_iterator_type = {
    .id = OZ_BYTEARRAY_ITERATOR,
    .name = "bytearray_iterator",
    .size = sizeof(ByteArrayIterator),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = iterator_visit,
    .clear = iterator_clear,
    .slots = {.iter = itself, .next = iterator_next},
    .methods = OZ_METHODS(&iterator___length_hint__, &iterator___reduce__, &iterator___setstate__),
};

const TypeDef oz_bytearray_type = {
    .id = OZ_BYTEARRAY,
    .name = "bytearray",
    .doc = "bytearray(iterable_of_ints) -> bytearray\n"
           "bytearray(string, encoding[, errors]) -> bytearray\n"
           "bytearray(bytes_or_buffer) -> bytearray\nbytearray(int) -> that many zeros\n"
           "bytearray() -> empty bytearray\n\n"
           "A mutable array of bytes.",
    .size = sizeof(ByteArray),
    .flags = OZ_TYPE_UNHASHABLE | OZ_TYPE_SELF_MATCH,
    .visit = bytearray_visit,
    .clear = bytearray_clear_,
    .outside = bytearray_outside,
    .check = bytearray_check,
    .buffer_get = bytearray_buffer,
    .buffer_release = bytearray_buffer_release,
    .make = &bytearray_new_,
    .initialise = &bytearray_init_,
    .slots = {.repr = bytearray_repr,
              .str = bytearray_str,
              .compare = oz_bytes_compare,
              .iter = bytearray_iter,
              .length = bytearray_length,
              .get_item = bytearray_get_item,
              .set_item = bytearray_set_item,
              .contains = oz_bytes_contains,
              .concat = bytearray_concat,
              .repeat = bytearray_repeat,
              .concat_in_place = bytearray_concat_in_place,
              .repeat_in_place = bytearray_repeat_in_place,
              .remainder = bytearray_remainder},
    .methods = OZ_METHODS(BYTES_METHODS(OZ_BYTES_METHOD_ENTRY) & bytearray_append, &bytearray_clear,
                          &bytearray_copy, &bytearray_extend, &bytearray_insert, &bytearray_pop,
                          &bytearray_remove, &bytearray_reverse, &bytearray_fromhex,
                          &bytearray___alloc__, &bytearray___reduce__, &bytearray___reduce_ex__),
};
