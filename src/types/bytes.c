// SPDX-License-Identifier: MIT
// bytes: making them, and the type.  (Shared methods: bytes_case.c, bytes_find.c.)
//
// One cell, as str: header, 32-bit length and hash, the bytes, a zero.  Invariants:
//   B1. Contents never change once a second reference can exist.
//   B2. A length of 2^32 - 1 or more has the length word 0xffffffff; the true length lies in the
//       last 8 bytes of the cell.
//   B3. The empty bytes is one object of the VM; so are the single bytes where they come from
//       oz_bytes_new.
#include "types/bytes.h"

#include <limits.h>
#include <string.h>

#include "base/siphash.h"
#include "object/collector.h"
#include "types/buffer.h"
#include "types/bytes_methods.h"
#include "types/codec.h"
#include "types/int.h"
#include "types/iterator.h"
#include "types/list_layout.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

#define HEADER offsetof(Bytes, data)

/* ---- making ---- */

size_t oz_bytes_length(const Bytes *b)
{
    if (OZ_LIKELY(b->length != UINT32_MAX))
        return b->length;
    uint64_t length; /* B2 */
    memcpy(&length, (const char *)b + oz_heap_size(b) - sizeof length, sizeof length);
    return length;
}

uint8_t *oz_bytes_data(const Bytes *b)
{
    return (uint8_t *)b->data;
}

static void set_length(Bytes *b, size_t length)
{
    b->length = length < UINT32_MAX ? (uint32_t)length : UINT32_MAX;
    b->data[length] = 0;
    if (OZ_UNLIKELY(b->length == UINT32_MAX)) {
        uint64_t wide = length;
        memcpy((char *)b + oz_heap_size(b) - sizeof wide, &wide, sizeof wide);
    }
}

static Bytes *make(Thread *t, size_t length)
{
    if (OZ_UNLIKELY(length > (size_t)SSIZE_MAX - HEADER - 32)) {
        oz_raise_memory(t);
        return NULL;
    }
    size_t extra = length >= UINT32_MAX ? 1 + sizeof(uint64_t) : 1;
    Bytes *b = oz_object_new_raw(t, OZ_BYTES, HEADER + length + extra);
    if (!b)
        return NULL;
    atomic_store_explicit(&b->hash, 0, memory_order_relaxed);
    set_length(b, length);
    return b;
}

bool oz_bytes_init(Thread *t)
{
    Bytes *empty = make(t, 0);
    if (!empty)
        return false;
    oz_make_immortal(&empty->base);
    t->vm->empty_bytes = (Ref)empty;
    return true;
}

Ref oz_bytes_alloc(Thread *t, size_t length)
{
    if (length == 0)
        return oz_retain(t->vm->empty_bytes);
    if (OZ_UNLIKELY(length >= PTRDIFF_MAX - sizeof(Bytes)))
        return oz_raise(t, OZ_OverflowError, "byte string is too large");
    return (Ref)make(t, length);
}

Ref oz_bytes_alloc_patient(Thread *t, size_t length)
{
    Ref made = oz_bytes_alloc(t, length);
    return made || !oz_memory_try_again(t) ? made : oz_bytes_alloc(t, length);
}

static Ref single(Thread *t, uint8_t byte)
{
    Ref *cached = &t->vm->bytes_characters[byte];
    Ref made = OZ_READ(cached);
    if (OZ_UNLIKELY(!made)) {
        Bytes *b = make(t, 1);
        if (!b)
            return NULL;
        b->data[0] = byte;
        oz_make_immortal(&b->base);
        if (__atomic_compare_exchange_n(cached, &made, (Ref)b, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE))
            return (Ref)b;
        oz_heap_free(b); /* another thread was faster */
    }
    return made;
}

Ref oz_bytes_new(Thread *t, const void *data, size_t length)
{
    if (length == 1)
        return single(t, *(const uint8_t *)data);
    Ref made = oz_bytes_alloc(t, length);
    if (made && length)
        memcpy(((Bytes *)made)->data, data, length);
    return made;
}

#define WASTE 256 /* bytes that a shrunk cell may keep for nothing, and an eighth of its size */

Ref oz_bytes_shrink(Thread *t, Ref bytes, size_t length)
{
    Bytes *b = (Bytes *)bytes;
    size_t old = oz_bytes_length(b);
    if (length == old)
        return bytes;
    if (length > 1 && old < UINT32_MAX && old - length <= WASTE + length / 8) {
        set_length(b, length);
        return bytes;
    }
    Ref copy = oz_bytes_new(t, b->data, length);
    oz_drop(bytes);
    return copy;
}

/* ---- from other objects ---- */

/* A byte value; `what` is the word that the message begins with. */
static bool byte_of(Thread *t, Obj v, const char *what, uint8_t *byte)
{
    ssize_t n;
    if (!oz_as_ssize(t, v, -1, &n))
        return false;
    if (n < 0 || n > 255)
        return oz_fail(t, OZ_ValueError, "%s must be in range(0, 256)", what);
    *byte = (uint8_t)n;
    return true;
}

bool oz_byte_argument(Thread *t, Obj v, uint8_t *byte)
{
    return byte_of(t, v, "byte", byte);
}

/* Of a list or tuple of ints, item by item: __index__ may change a list. */
static Ref from_list(Thread *t, List *list, const char *what)
{
    scoped Ref made = oz_bytes_alloc(t, oz_list_length(list));
    if (!made)
        return NULL;
    size_t room = oz_list_length(list), n = 0;
    for (; n < oz_list_length(list); n++) {
        uint8_t byte;
        Obj small = oz_list_peek(list, n);
        if (n < room && oz_is_int(small) && (uint64_t)oz_int_value(small) < 256) {
            ((Bytes *)made)->data[n] = (uint8_t)oz_int_value(small);
            if (n % 65536 == 65535 && !oz_poll(t))
                return NULL;
            continue;
        }
        scoped Ref item = oz_list_get(t, list, n);
        if (!item || !byte_of(t, item, what, &byte))
            return NULL;
        if (n == room) {
            Ref larger = oz_bytes_alloc(t, 2 * room + 8);
            if (!larger)
                return NULL;
            memcpy(((Bytes *)larger)->data, ((Bytes *)made)->data, n);
            oz_drop(made);
            made = larger;
            room = 2 * room + 8;
        }
        ((Bytes *)made)->data[n] = byte;
        if (n % 65536 == 65535 && !oz_poll(t))
            return NULL;
    }
    return oz_bytes_shrink(t, oz_move(&made), n);
}

Ref oz_bytes_from_items(Thread *t, Obj o, const char *what)
{
    if (oz_is(o, OZ_LIST))
        return from_list(t, oz_as_list(o), what);
    scoped Ref iterator = oz_iter(t, o);
    if (!iterator) {
        if (oz_exception_forget(t, OZ_TypeError))
            oz_raise(t, OZ_TypeError, "cannot convert '%T' object to %s", o,
                     *what == 'b' && what[4] == 's' ? "bytes" : "bytearray");
        return NULL;
    }
    scoped Ref items = oz_list_from(t, iterator);
    return items ? from_list(t, oz_as_list(items), what) : NULL;
}

static Ref from_buffer(Thread *t, Obj o)
{
    scoped_buffer view = {0};
    if (!oz_buffer_get(t, o, &view, OZ_BUFFER_ANY))
        return NULL;
    Ref made = oz_bytes_alloc(t, view.length);
    if (made && view.length)
        oz_buffer_copy(&view, ((Bytes *)made)->data, 'C');
    return made;
}

/* What o.__bytes__() gives; OZ_MISSING: there is none. */
static Found from_special(Thread *t, Obj o, Ref *made)
{
    scoped Ref method = NULL;
    Found found = oz_find_special(t, o, OZ_NAME(t, __bytes__), &method);
    if (found != OZ_FOUND)
        return found;
    scoped Ref result = oz_call0(t, method);
    if (!result)
        return OZ_RAISED;
    if (!oz_as_bytes(result)) {
        oz_raise(t, OZ_TypeError, "__bytes__ returned non-bytes (type %T)", result);
        return OZ_RAISED;
    }
    *made = oz_move(&result);
    return OZ_FOUND;
}

Ref oz_bytes_from_object(Thread *t, Obj o)
{
    if (oz_is(o, OZ_BYTES))
        return oz_retain(o);
    Ref made = NULL;
    Found found = from_special(t, o, &made);
    if (found != OZ_MISSING)
        return found == OZ_FOUND ? made : NULL;
    if (oz_has_buffer(o))
        return from_buffer(t, o);
    if (oz_is_str(o))
        return oz_raise(t, OZ_TypeError, "cannot convert '%T' object to bytes", o);
    return oz_bytes_from_items(t, o, "bytes");
}

static Ref zeros(Thread *t, Obj count)
{
    ssize_t n;
    if (!oz_as_ssize(t, count, OZ_OverflowError, &n))
        return NULL;
    if (n < 0)
        return oz_raise(t, OZ_ValueError, "negative count");
    Ref made = oz_bytes_alloc(t, (size_t)n);
    if (made)
        memset(((Bytes *)made)->data, 0, (size_t)n);
    return made;
}

/* The encoding or errors argument as UTF-8; NULL where it is not given. */
static bool name_argument(Thread *t, Obj v, const char *function, const char *argument,
                          const char **name, Ref *keep)
{
    *name = NULL;
    if (!v)
        return true;
    if (!oz_is_str(v))
        return oz_fail(t, OZ_TypeError, "%s() argument '%s' must be str, not %T", function,
                       argument, v);
    size_t length;
    *name = oz_str_utf8(t, v, &length, keep);
    return *name != NULL;
}

static Ref encoded(Thread *t, Obj source, Obj encoding, Obj errors, const char *function)
{
    scoped Ref keep = NULL, keep2 = NULL;
    const char *encoding_name, *errors_name;
    if (!name_argument(t, encoding, function, "encoding", &encoding_name, &keep) ||
        !name_argument(t, errors, function, "errors", &errors_name, &keep2))
        return NULL;
    if (!oz_is_str(source))
        return oz_raise(t, OZ_TypeError,
                        encoding ? "encoding without a string argument"
                                 : "errors without a string argument");
    if (!encoding)
        return oz_raise(t, OZ_TypeError, "string argument without an encoding");
    return oz_encode(t, source, encoding_name, errors_name);
}

Ref oz_bytes_make(Thread *t, Obj source, Obj encoding, Obj errors, const char *function)
{
    if (!source) {
        if (encoding || errors)
            return oz_raise(t, OZ_TypeError,
                            encoding ? "encoding without a string argument"
                                     : "errors without a string argument");
        return oz_bytes_alloc(t, 0);
    }
    if (encoding || errors)
        return encoded(t, source, encoding, errors, function);
    if (!oz_is_pointer(source) || !oz_has_buffer(source)) {
        Ref made = NULL;
        Found found = from_special(t, source, &made);
        if (found != OZ_MISSING)
            return found == OZ_FOUND ? made : NULL;
        if (oz_is_str(source))
            return oz_raise(t, OZ_TypeError, "string argument without an encoding");
        if (oz_is_int(source) || oz_class_of(source)->slots->index) {
            made = zeros(t, source);
            if (!made && oz_is_int(source) && oz_memory_try_again(t))
                made = zeros(t, source);
            if (made || !oz_exception_forget(t, OZ_TypeError))
                return made;
        }
    }
    return oz_bytes_from_object(t, source);
}

OZ_NEW(bytes, "($type, /, source=<unrepresentable>, encoding=<unrepresentable>, "
              "errors=<unrepresentable>)")
{
    Class *cls = (Class *)a[0];
    scoped Ref made = oz_bytes_make(t, a[1], a[2], a[3], "bytes");
    if (!made || cls->id == OZ_BYTES)
        return oz_move(&made);
    if (!oz_is(made, OZ_BYTES)) { /* __bytes__ may give an instance of a subclass */
        Ref exact = oz_retain((Obj)oz_as_bytes(made));
        oz_drop(made);
        made = exact;
    }
    return oz_wrapper_new(t, cls, oz_move(&made));
}

OZ_CLASS_METHOD(bytes, fromhex, "($type, string, /)",
                "The bytes that a text of hexadecimal digits stands for.\n\n"
                "Blanks between two bytes are skipped.\n\n"
                ">>> bytes.fromhex('6F756E 6365')\nb'ounce'")
{
    scoped Ref made = oz_bytes_from_hex(t, a[1]);
    if (!made || ((Class *)a[0])->id == OZ_BYTES)
        return oz_move(&made);
    return oz_call1(t, a[0], made);
}

OZ_METHOD(bytes, __bytes__, "($self, /)", "The value as an exact bytes.")
{
    return oz_retain((Obj)oz_as_bytes(a[0]));
}

OZ_METHOD(bytes, __getnewargs__, "($self, /)", "Arguments for copying and pickling.")
{
    return oz_tuple_of(t, 1, (Obj)oz_as_bytes(a[0]));
}

/* ---- slots ---- */

static Ref bytes_repr(Thread *t, Obj v)
{
    return oz_bytes_repr_of(t, "", oz_bytes_view(v), "");
}

static Ref bytes_str(Thread *t, Obj v)
{
    if (t->vm->bytes_warning && !oz_warn(t, OZ_BytesWarning, 1, "str() on a bytes instance"))
        return NULL;
    return bytes_repr(t, v);
}

static bool bytes_hash(Thread *t, Obj v, int64_t *hash)
{
    Bytes *b = (Bytes *)oz_as_bytes(v);
    uint32_t kept = atomic_load_explicit(&b->hash, memory_order_relaxed);
    if (!kept) {
        kept = oz_hash_fold(oz_siphash13(b->data, oz_bytes_length(b), t->vm->hash_key));
        atomic_store_explicit(&b->hash, kept, memory_order_relaxed);
    }
    *hash = oz_hash_spread(kept);
    return true;
}

static bool bytes_length(Thread *t OZ_UNUSED, Obj v, ssize_t *length)
{
    *length = (ssize_t)oz_bytes_length(oz_as_bytes(v));
    return true;
}

static Ref bytes_concat(Thread *t, Obj a, Obj b)
{
    Text left = oz_bytes_view(a);
    if (!oz_has_buffer(b))
        return oz_raise(t, OZ_TypeError, "can't concat %T to %T", b, a);
    scoped_buffer right = {0};
    if (!oz_buffer_open(t, b, &right))
        return NULL;
    if (!left.length && oz_is(b, OZ_BYTES))
        return oz_retain(b);
    if (!right.length && oz_is(a, OZ_BYTES))
        return oz_retain(a);
    Ref made = oz_bytes_alloc(t, left.length + right.length);
    if (made && (left.length || right.length)) {
        memcpy(((Bytes *)made)->data, left.data, left.length);
        memcpy(((Bytes *)made)->data + left.length, right.data, right.length);
    }
    return made;
}

static Ref bytes_repeat(Thread *t, Obj v, Obj count)
{
    ssize_t n;
    if (!oz_as_ssize(t, count, OZ_OverflowError, &n))
        return NULL;
    Text s = oz_bytes_view(v);
    if (n < 0)
        n = 0;
    size_t length;
    if (!oz_size_mul(s.length, (size_t)n, &length) || length > SSIZE_MAX)
        return oz_raise(t, OZ_OverflowError, "repeated bytes are too long");
    if (n == 1 && oz_is(v, OZ_BYTES))
        return oz_retain(v);
    Ref made = oz_bytes_alloc(t, length);
    if (!made || !length)
        return made;
    uint8_t *out = ((Bytes *)made)->data;
    if (s.length == 1) {
        memset(out, *(const uint8_t *)s.data, length);
        return made;
    }
    memcpy(out, s.data, s.length);
    for (size_t done = s.length; done < length; done *= 2)
        memcpy(out + done, out, done < length - done ? done : length - done);
    return made;
}

static Ref bytes_get_item(Thread *t, Obj v, Obj key)
{
    return oz_bytes_item(t, v, key);
}

static Ref bytes_remainder(Thread *t, Obj a, Obj b)
{
    return oz_as_bytes(a) ? oz_bytes_percent(t, a, b) : OZ_NOT_IMPLEMENTED;
}

static bool bytes_buffer(Thread *t, Obj v, Buffer *view, int flags)
{
    const Bytes *b = oz_as_bytes(v);
    if (flags & OZ_BUFFER_WRITE)
        return oz_fail(t, OZ_BufferError, "Object is not writable.");
    oz_buffer_fill(view, v, (void *)b->data, oz_bytes_length(b), true);
    return true;
}

/* ---- iterator ---- */

typedef struct BytesIterator {
    Object base;
    Ref bytes;    /* [object] exact; empty once exhausted */
    size_t index; /* [object] */
} BytesIterator;

static Ref bytes_iter(Thread *t, Obj v)
{
    BytesIterator *self = oz_object_new(t, OZ_BYTES_ITERATOR, sizeof *self);
    if (!self)
        return NULL;
    oz_store_raw(&self->base, &self->bytes, oz_retain((Obj)oz_as_bytes(v)));
    return (Ref)self;
}

static Ref itself(Thread *t OZ_UNUSED, Obj v)
{
    return oz_retain(v);
}

static Ref iterator_next(Thread *t OZ_UNUSED, Obj v)
{
    BytesIterator *self = (BytesIterator *)v;
    const Bytes *b = (const Bytes *)self->bytes;
    if (b && self->index < oz_bytes_length(b))
        return oz_int(b->data[self->index++]);
    oz_clear(&self->bytes);
    return NULL;
}

OZ_METHOD(iterator, __length_hint__, "($self, /)", "How many items are to come.")
{
    const BytesIterator *self = (const BytesIterator *)a[0];
    if (!self->bytes)
        return oz_int(0);
    return oz_int((int64_t)(oz_bytes_length((const Bytes *)self->bytes) - self->index));
}

OZ_METHOD(iterator, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const BytesIterator *self = (const BytesIterator *)a[0];
    scoped Ref args = oz_tuple_of(t, 1, self->bytes ? (Obj)self->bytes : (Obj)t->vm->empty_tuple);
    return args ? oz_iter_reduce(t, args, self->bytes ? (Obj)oz_int((int64_t)self->index) : NULL)
                : NULL;
}

OZ_METHOD(iterator, __setstate__, "($self, state, /)", "Set state information for unpickling.")
{
    BytesIterator *self = (BytesIterator *)a[0];
    ssize_t index;
    if (!oz_as_size_argument(t, a[1], &index))
        return NULL;
    if (self->bytes) {
        size_t length = oz_bytes_length((const Bytes *)self->bytes);
        self->index = index < 0 ? 0 : (size_t)index > length ? length : (size_t)index;
    }
    return OZ_NONE;
}

static void iterator_visit(const Object *object, Visitor *v)
{
    oz_visit(v, ((const BytesIterator *)object)->bytes, "bytes", -1);
}

static void iterator_clear(Thread *t OZ_UNUSED, Object *object)
{
    oz_clear(&((BytesIterator *)object)->bytes);
}

const TypeDef oz_bytes_iterator_type = {
    .id = OZ_BYTES_ITERATOR,
    .name = "bytes_iterator",
    .size = sizeof(BytesIterator),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = iterator_visit,
    .clear = iterator_clear,
    .slots = {.iter = itself, .next = iterator_next},
    .methods = OZ_METHODS(&iterator___length_hint__, &iterator___reduce__, &iterator___setstate__),
};

const TypeDef oz_bytes_type = {
    .id = OZ_BYTES,
    .name = "bytes",
    .doc = "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\n"
           "bytes(bytes_or_buffer) -> bytes\nbytes(int) -> that many zeros\n"
           "bytes() -> empty bytes\n\n"
           "An immutable array of bytes.",
    .size = sizeof(Bytes),
    .flags = OZ_TYPE_LEAF_CELLS | OZ_TYPE_WRAPPED | OZ_TYPE_SELF_MATCH,
    .buffer_get = bytes_buffer,
    .make = &bytes_new_,
    .slots = {.repr = bytes_repr,
              .str = bytes_str,
              .hash = bytes_hash,
              .compare = oz_bytes_compare,
              .iter = bytes_iter,
              .length = bytes_length,
              .get_item = bytes_get_item,
              .contains = oz_bytes_contains,
              .concat = bytes_concat,
              .repeat = bytes_repeat,
              .remainder = bytes_remainder},
    .methods = OZ_METHODS(BYTES_METHODS(OZ_BYTES_METHOD_ENTRY) & bytes_fromhex, &bytes___bytes__,
                          &bytes___getnewargs__),
};
