// SPDX-License-Identifier: MIT
// collections.deque: a ring of items in one block.
//
// Item i lies at (head + i) modulo the capacity.  A full ring grows by a quarter, one that is less
// than a quarter full shrinks; so both ends take and give in constant time, every index is one
// step away, and an item costs 8 to 10 bytes.
//
// `state` counts changes of the length: iterators and searches that see another number than at
// their start stop with RuntimeError.
#include "modules/deque.h"

#include "modules/native_type.h"

typedef struct Deque {
    Object base;
    Ref *items;        /* [owner] block, NULL while the capacity is 0 */
    uint32_t capacity; /* [owner] */
    uint32_t head;     /* [owner] */
    uint32_t length;   /* [owner] */
    uint32_t state;    /* [owner] */
    ssize_t limit;     /* [const] maxlen; -1: none */
} Deque;

#define LENGTH_MAX ((size_t)0x7fffffff)

static Ref *place(const Deque *d, size_t i)
{
    size_t at = d->head + i;
    return &d->items[at < d->capacity ? at : at - d->capacity];
}

static Deque *as_deque(Obj v)
{
    return oz_isa(v, OZ_DEQUE) ? (Deque *)v : NULL;
}

/* ---- the ring ---- */

/* Copy `count` items into a new block, in order from its start. */
static bool resize(Thread *t, Deque *d, size_t capacity)
{
    if (capacity > LENGTH_MAX)
        return oz_raise_memory(t) != NULL;
    Ref *items = oz_block_alloc(t->heap, capacity * sizeof(Ref));
    if (!items)
        return oz_raise_memory(t) != NULL;
    size_t first = d->capacity - d->head < d->length ? d->capacity - d->head : d->length;
    if (d->length) {
        memcpy(items, d->items + d->head, first * sizeof(Ref));
        memcpy(items + first, d->items, (d->length - first) * sizeof(Ref));
    }
    oz_block_free(d->items);
    d->items = items;
    d->capacity = (uint32_t)capacity;
    d->head = 0;
    return true;
}

static bool make_room(Thread *t, Deque *d)
{
    if (OZ_LIKELY(d->length < d->capacity))
        return true;
    size_t bytes = oz_heap_good_size(((size_t)d->length + d->length / 4 + 4) * sizeof(Ref));
    return resize(t, d, bytes / sizeof(Ref));
}

static void give_room_back(Thread *t, Deque *d)
{
    if (d->capacity <= 16 || d->length >= d->capacity / 4)
        return;
    if (!resize(t, d, d->length + d->length / 4 + 4))
        oz_exception_clear(t); /* the old block does as well */
}

static Ref take_first(Thread *t, Deque *d)
{
    Ref item = *place(d, 0);
    if (++d->head == d->capacity)
        d->head = 0;
    d->length--;
    d->state++;
    give_room_back(t, d);
    return item;
}

static Ref take_last(Thread *t, Deque *d)
{
    Ref item = *place(d, --d->length);
    d->state++;
    give_room_back(t, d);
    return item;
}

/* Both take `item`; a deque at its limit drops one from the other end. */
static bool push_last(Thread *t, Deque *d, Ref item)
{
    if (!d->limit) {
        oz_drop(item);
        return true;
    }
    Ref old = d->limit > 0 && d->length >= (size_t)d->limit ? take_first(t, d) : NULL;
    if (!make_room(t, d)) {
        oz_drop(item);
        oz_drop(old);
        return false;
    }
    Ref *to = place(d, d->length);
    *to = NULL;
    d->length++;
    d->state++;
    oz_store_new(&d->base, to, item);
    oz_drop(old);
    return true;
}

static bool push_first(Thread *t, Deque *d, Ref item)
{
    if (!d->limit) {
        oz_drop(item);
        return true;
    }
    Ref old = d->limit > 0 && d->length >= (size_t)d->limit ? take_last(t, d) : NULL;
    if (!make_room(t, d)) {
        oz_drop(item);
        oz_drop(old);
        return false;
    }
    d->head = d->head ? d->head - 1 : d->capacity - 1;
    Ref *to = place(d, 0);
    *to = NULL;
    d->length++;
    d->state++;
    oz_store_new(&d->base, to, item);
    oz_drop(old);
    return true;
}

static void empty(Deque *d)
{
    Ref *items = d->items;
    size_t capacity = d->capacity, head = d->head, length = d->length;
    d->items = NULL;
    d->capacity = d->head = d->length = 0;
    d->state++;
    for (size_t i = 0; i < length; i++)
        oz_drop(items[head + i < capacity ? head + i : head + i - capacity]);
    oz_block_free(items);
}

/* Take out item `i`: the shorter side moves. */
static Ref remove_at(Thread *t, Deque *d, size_t i)
{
    Ref item = *place(d, i);
    if (i < d->length / 2) {
        for (size_t j = i; j > 0; j--)
            *place(d, j) = *place(d, j - 1);
        if (++d->head == d->capacity)
            d->head = 0;
    } else {
        for (size_t j = i; j + 1 < d->length; j++)
            *place(d, j) = *place(d, j + 1);
    }
    d->length--;
    d->state++;
    give_room_back(t, d);
    return item;
}

static bool extend(Thread *t, Deque *d, Obj iterable, bool (*push)(Thread *, Deque *, Ref))
{
    scoped Ref source = iterable == (Obj)d ? oz_list_from(t, iterable) : oz_retain(iterable);
    scoped Ref iterator = source ? oz_iter(t, source) : NULL;
    if (!iterator)
        return false;
    for (;;) {
        Ref item;
        Found found = oz_next(t, iterator, &item);
        if (found != OZ_FOUND)
            return found == OZ_MISSING;
        if (!push(t, d, item) || !oz_poll(t))
            return false;
    }
}

/* ---- for other modules ---- */

Ref oz_deque_new(Thread *t)
{
    Class *cls = oz_builtin_class(t, OZ_DEQUE);
    Deque *d = cls ? oz_instance_new(t, cls, 0) : NULL;
    if (d)
        d->limit = -1;
    return (Ref)d;
}

bool oz_deque_append(Thread *t, Obj deque, Obj item)
{
    return push_last(t, (Deque *)deque, oz_retain(item));
}

Ref oz_deque_take(Thread *t, Obj deque)
{
    Deque *d = (Deque *)deque;
    return d->length ? take_first(t, d) : NULL;
}

size_t oz_deque_length(Obj deque)
{
    return ((const Deque *)deque)->length;
}

/* ---- making ---- */

OZ_NEW(deque, "($type, /, *args, **kwargs)")
{
    Deque *d = oz_instance_new(t, (Class *)a[0], 0);
    if (d)
        d->limit = -1;
    return (Ref)d;
}

OZ_INIT(deque, "($self, iterable=<unrepresentable>, maxlen=None)")
{
    Deque *d = (Deque *)a[0];
    ssize_t limit = -1;
    if (!oz_is_none(a[2])) {
        if (!oz_as_exact_int(a[2]))
            return oz_raise(t, OZ_TypeError, "an integer is required");
        if (!oz_as_size_argument(t, a[2], &limit))
            return NULL;
        if (limit < 0)
            return oz_raise(t, OZ_ValueError, "maxlen must be non-negative");
    }
    d->limit = limit;
    empty(d);
    return !a[1] || extend(t, d, a[1], push_last) ? OZ_NONE : NULL;
}

/* A deque of the same class and limit, through the class for subclasses. */
static Ref copy_of(Thread *t, Obj v)
{
    Deque *d = (Deque *)v;
    Class *cls = oz_class_of(v);
    if (oz_is(v, OZ_DEQUE)) {
        scoped Ref copy = oz_instance_new(t, cls, 0);
        if (!copy)
            return NULL;
        ((Deque *)copy)->limit = d->limit;
        return extend(t, (Deque *)copy, v, push_last) ? oz_move(&copy) : NULL;
    }
    scoped Ref copy = NULL;
    if (d->limit < 0) {
        copy = oz_call1(t, (Obj)cls, v);
    } else {
        scoped Ref limit = oz_int_new(t, d->limit);
        copy = limit ? oz_call2(t, (Obj)cls, v, limit) : NULL;
    }
    if (copy && !as_deque(copy))
        return oz_raise(t, OZ_TypeError, "%N() must return a deque, not %T", (Obj)cls, copy);
    return oz_move(&copy);
}

/* ---- methods ---- */

OZ_METHOD(deque, append, "($self, item, /)", "Put an item at the right end.")
{
    return push_last(t, (Deque *)a[0], oz_retain(a[1])) ? OZ_NONE : NULL;
}

OZ_METHOD(deque, appendleft, "($self, item, /)", "Put an item at the left end.")
{
    return push_first(t, (Deque *)a[0], oz_retain(a[1])) ? OZ_NONE : NULL;
}

OZ_METHOD(deque, pop, "($self, /)", "Take and return the item at the right end.")
{
    Deque *d = (Deque *)a[0];
    return d->length ? take_last(t, d) : oz_raise(t, OZ_IndexError, "pop from an empty deque");
}

OZ_METHOD(deque, popleft, "($self, /)", "Take and return the item at the left end.")
{
    Deque *d = (Deque *)a[0];
    return d->length ? take_first(t, d) : oz_raise(t, OZ_IndexError, "pop from an empty deque");
}

OZ_METHOD(deque, extend, "($self, iterable, /)", "Put all items at the right end.")
{
    return extend(t, (Deque *)a[0], a[1], push_last) ? OZ_NONE : NULL;
}

OZ_METHOD(deque, extendleft, "($self, iterable, /)",
          "Put all items at the left end, one after the other.")
{
    return extend(t, (Deque *)a[0], a[1], push_first) ? OZ_NONE : NULL;
}

OZ_METHOD(deque, clear, "($self, /)", "Take all items out.")
{
    empty((Deque *)a[0]);
    return OZ_NONE;
}

OZ_METHOD(deque, copy, "($self, /)", "Return a shallow copy.")
{
    return copy_of(t, a[0]);
}

OZ_METHOD(deque, __copy__, "($self, /)", "Return a shallow copy.")
{
    return copy_of(t, a[0]);
}

OZ_METHOD(deque, rotate, "($self, n=1, /)",
          "Move the items n steps to the right, or to the left if n is negative.")
{
    Deque *d = (Deque *)a[0];
    ssize_t n;
    if (!oz_as_size_argument(t, a[1], &n))
        return NULL;
    if (d->length <= 1)
        return OZ_NONE;
    ssize_t length = d->length;
    n %= length;
    if (n < 0)
        n += length;
    d->state++;
    if (d->length == d->capacity) { /* a full ring only turns */
        size_t head = (size_t)d->head + (size_t)(length - n);
        d->head = (uint32_t)(head >= d->capacity ? head - d->capacity : head);
        return OZ_NONE;
    }
    bool right = n <= length / 2;
    for (ssize_t i = right ? n : length - n; i > 0; i--) {
        if (right) {
            Ref item = *place(d, d->length - 1);
            d->head = d->head ? d->head - 1 : d->capacity - 1;
            *place(d, 0) = item;
        } else {
            Ref item = *place(d, 0);
            if (++d->head == d->capacity)
                d->head = 0;
            *place(d, d->length - 1) = item;
        }
    }
    return oz_poll(t) ? OZ_NONE : NULL;
}

OZ_METHOD(deque, reverse, "($self, /)", "Turn the order of the items round, in place.")
{
    Deque *d = (Deque *)a[0];
    for (size_t i = 0, j = d->length; i + 1 < j; i++) {
        Ref item = *place(d, i);
        *place(d, i) = *place(d, --j);
        *place(d, j) = item;
    }
    return OZ_NONE;
}

/* The index of the first equal item in [start, stop), or -1; -2: raised. */
static ssize_t find(Thread *t, Deque *d, Obj item, size_t start, size_t stop)
{
    uint32_t state = d->state;
    for (size_t i = start; i < stop && i < d->length; i++) {
        scoped Ref each = oz_retain(*place(d, i));
        bool same;
        if (!oz_equal(t, each, item, &same))
            return -2;
        if (d->state != state) {
            oz_raise(t, OZ_RuntimeError, "deque mutated during iteration");
            return -2;
        }
        if (same)
            return (ssize_t)i;
        if (!oz_poll(t))
            return -2;
    }
    return -1;
}

OZ_METHOD(deque, index, "($self, value, start=0, stop=9223372036854775807, /)",
          "Return the first index of the value.\n\nValueError if it is not there.")
{
    Deque *d = (Deque *)a[0];
    size_t start, stop;
    if (!oz_index_bound(t, a[2], d->length, &start) || !oz_index_bound(t, a[3], d->length, &stop))
        return NULL;
    ssize_t i = find(t, d, a[1], start, stop);
    if (i == -1)
        return oz_raise(t, OZ_ValueError, "%R is not in deque", a[1]);
    return i < 0 ? NULL : oz_int(i);
}

OZ_METHOD(deque, count, "($self, value, /)", "Return how many items are equal to the value.")
{
    Deque *d = (Deque *)a[0];
    int64_t n = 0;
    for (ssize_t i = -1; (i = find(t, d, a[1], (size_t)(i + 1), SIZE_MAX)) != -1; n++)
        if (i < 0)
            return NULL;
    return oz_int(n);
}

OZ_METHOD(deque, remove, "($self, value, /)", "Take out the first item that is equal to the value.")
{
    Deque *d = (Deque *)a[0];
    uint32_t state = d->state;
    ssize_t i = find(t, d, a[1], 0, SIZE_MAX);
    if (i == -1)
        return oz_raise(t, OZ_ValueError, "%R is not in deque", a[1]);
    if (i < 0) {
        if (d->state != state && oz_exception_forget(t, OZ_RuntimeError))
            oz_raise(t, OZ_IndexError, "deque mutated during remove().");
        return NULL;
    }
    oz_drop(remove_at(t, d, (size_t)i));
    return OZ_NONE;
}

OZ_METHOD(deque, insert, "($self, index, object, /)", "Put an item before the one at the index.")
{
    Deque *d = (Deque *)a[0];
    ssize_t i;
    if (!oz_as_size_argument(t, a[1], &i))
        return NULL;
    if (d->limit >= 0 && d->length >= (size_t)d->limit)
        return oz_raise(t, OZ_IndexError, "deque already at its maximum size");
    ssize_t length = d->length;
    i = i < -length ? 0 : i < 0 ? i + length : i > length ? length : i;
    bool left = i < length / 2;
    if (!(left ? push_first : push_last)(t, d, oz_retain(a[2])))
        return NULL;
    Ref item = left ? *place(d, 0) : *place(d, (size_t)length);
    if (left)
        for (ssize_t j = 0; j < i; j++)
            *place(d, (size_t)j) = *place(d, (size_t)j + 1);
    else
        for (ssize_t j = length; j > i; j--)
            *place(d, (size_t)j) = *place(d, (size_t)j - 1);
    *place(d, (size_t)i) = item;
    return OZ_NONE;
}

/* ---- as a sequence ---- */

static bool deque_length(Thread *t OZ_UNUSED, Obj v, ssize_t *length)
{
    *length = ((const Deque *)v)->length;
    return true;
}

static bool index_of(Thread *t, Deque *d, Obj key, size_t *index)
{
    ssize_t i;
    if (!oz_class_of(key)->slots->index)
        return oz_fail(t, OZ_TypeError, "sequence index must be integer, not '%T'", key);
    if (!oz_as_ssize(t, key, OZ_IndexError, &i))
        return false;
    if (i < 0)
        i += d->length;
    *index = (size_t)i;
    return *index < d->length || oz_fail(t, OZ_IndexError, "deque index out of range");
}

static Ref deque_get_item(Thread *t, Obj v, Obj key)
{
    size_t i;
    return index_of(t, (Deque *)v, key, &i) ? oz_retain(*place((Deque *)v, i)) : NULL;
}

static bool deque_set_item(Thread *t, Obj v, Obj key, Obj value)
{
    Deque *d = (Deque *)v;
    size_t i;
    if (!index_of(t, d, key, &i))
        return false;
    if (value)
        oz_store(&d->base, place(d, i), oz_retain(value));
    else
        oz_drop(remove_at(t, d, i));
    return true;
}

static bool deque_contains(Thread *t, Obj v, Obj item, bool *found)
{
    ssize_t i = find(t, (Deque *)v, item, 0, SIZE_MAX);
    *found = i >= 0;
    return i != -2;
}

static Ref deque_concat(Thread *t, Obj v, Obj other)
{
    if (!as_deque(other))
        return oz_raise(t, OZ_TypeError, "can only concatenate deque (not \"%T\") to deque", other);
    scoped Ref copy = copy_of(t, v);
    return copy && extend(t, (Deque *)copy, other, push_last) ? oz_move(&copy) : NULL;
}

static Ref deque_concat_in_place(Thread *t, Obj v, Obj other)
{
    return extend(t, (Deque *)v, other, push_last) ? oz_retain(v) : NULL;
}

static Ref deque_repeat_in_place(Thread *t, Obj v, Obj factor)
{
    Deque *d = (Deque *)v;
    if (!oz_class_of(factor)->slots->index)
        return oz_raise(t, OZ_TypeError, "can't multiply sequence by non-int of type '%T'", factor);
    ssize_t n;
    if (!oz_as_ssize(t, factor, OZ_OverflowError, &n))
        return NULL;
    if (n <= 0)
        empty(d);
    if (n <= 1 || !d->length)
        return oz_retain(v);
    size_t total;
    if (!oz_size_mul(d->length, (size_t)n, &total))
        return oz_raise_memory(t);
    if (d->limit < 0 && total > LENGTH_MAX)
        return oz_raise_memory(t);
    scoped Ref once = oz_list_from(t, v);
    if (!once)
        return NULL;
    if (d->limit >= 0) { /* rounds that would only fall out again need not be made */
        size_t rounds = (size_t)d->limit / d->length + 2;
        if ((size_t)n > rounds)
            n = (ssize_t)rounds;
    }
    for (ssize_t i = 1; i < n; i++)
        if (!extend(t, d, once, push_last))
            return NULL;
    return oz_retain(v);
}

static Ref deque_repeat(Thread *t, Obj v, Obj factor)
{
    scoped Ref copy = copy_of(t, v);
    return copy ? deque_repeat_in_place(t, copy, factor) : NULL;
}

static Ref deque_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    const Deque *x = as_deque(a);
    const Deque *y = as_deque(b);
    if (!x || !y)
        return OZ_NOT_IMPLEMENTED;
    if ((op == OZ_EQ || op == OZ_NE) && x->length != y->length)
        return oz_bool(op == OZ_NE);
    scoped Ref left = oz_list_from(t, a);
    scoped Ref right = left ? oz_list_from(t, b) : NULL;
    return right ? oz_compare(t, left, right, op) : NULL;
}

static Ref deque_repr(Thread *t, Obj v)
{
    const Deque *d = (const Deque *)v;
    Found found = oz_repr_enter(t, v);
    if (found != OZ_MISSING)
        return found == OZ_FOUND ? oz_str_new(t, "[...]") : NULL;
    scoped Ref list = oz_list_from(t, v);
    Ref text = !list           ? NULL
               : d->limit >= 0 ? oz_str_format(t, "%t(%R, maxlen=%zd)", v, list, d->limit)
                               : oz_str_format(t, "%t(%R)", v, list);
    oz_repr_leave(t, v);
    return text;
}

static Ref deque_maxlen(Thread *t, Obj v)
{
    const Deque *d = (const Deque *)v;
    return d->limit < 0 ? OZ_NONE : oz_int_new(t, d->limit);
}

OZ_CLASS_METHOD(deque, __class_getitem__, "($type, object, /)", "deque[item type]")
{
    return oz_generic_alias_new(t, a[0], a[1]);
}

OZ_METHOD(deque, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const Deque *d = (const Deque *)a[0];
    scoped Ref getstate = oz_get_attr(t, a[0], OZ_NAME(t, __getstate__));
    scoped Ref state = getstate ? oz_call0(t, getstate) : NULL;
    scoped Ref iterator = state ? oz_iter(t, a[0]) : NULL;
    if (!iterator)
        return NULL;
    scoped Ref limit = oz_int_new(t, d->limit);
    if (!limit)
        return NULL;
    scoped Ref args = d->limit < 0 ? oz_retain(t->vm->empty_tuple)
                                   : oz_tuple_of(t, 2, (Obj)t->vm->empty_tuple, limit);
    return args ? oz_tuple_of(t, 4, (Obj)oz_class_of(a[0]), args, state, iterator) : NULL;
}

/* ---- iterators ---- */

typedef struct DequeIterator {
    Object base;
    Ref deque;      /* [const] */
    uint32_t state; /* [const] of the deque when it was made */
    uint32_t left;  /* [owner] items still to come */
} DequeIterator;

#define ITERATOR_REFS(REF) REF(deque)
OZ_TYPE_LIFE(deque_iterator, DequeIterator, ITERATOR_REFS)

static Ref iterator_make(Thread *t, uint32_t id, Obj deque)
{
    Class *cls = oz_builtin_class(t, id);
    DequeIterator *it = cls ? oz_instance_new(t, cls, 0) : NULL;
    if (!it)
        return NULL;
    it->state = ((const Deque *)deque)->state;
    it->left = ((const Deque *)deque)->length;
    OZ_INIT_FIELD(it, deque, oz_retain(deque));
    return (Ref)it;
}

static Ref deque_iter(Thread *t, Obj v)
{
    return iterator_make(t, OZ_DEQUE_ITERATOR, v);
}

OZ_METHOD(deque, __reversed__, "($self, /)", "Return an iterator over the items, last one first.")
{
    return iterator_make(t, OZ_DEQUE_REVERSE_ITERATOR, a[0]);
}

static Ref deque_iterator_next(Thread *t, Obj v)
{
    DequeIterator *it = (DequeIterator *)v;
    const Deque *d = (const Deque *)it->deque;
    if (d->state != it->state) {
        it->left = 0;
        return oz_raise(t, OZ_RuntimeError, "deque mutated during iteration");
    }
    if (!it->left)
        return NULL;
    bool reverse = oz_id(&it->base) == OZ_DEQUE_REVERSE_ITERATOR;
    size_t i = reverse ? it->left - 1 : d->length - it->left;
    it->left--;
    return oz_retain(*place(d, i));
}

static Ref iterator_from(Thread *t, uint32_t id, const Obj *a)
{
    ssize_t skip = 0;
    if (!as_deque(a[1]))
        return oz_raise(t, OZ_TypeError, "argument 1 must be collections.deque, not %T", a[1]);
    if (!oz_as_size_argument(t, a[2], &skip))
        return NULL;
    Ref it = iterator_make(t, id, a[1]);
    if (it && skip > 0) {
        uint32_t left = ((DequeIterator *)it)->left;
        ((DequeIterator *)it)->left = (size_t)skip < left ? left - (uint32_t)skip : 0;
    }
    return it;
}

OZ_NEW(deque_iterator, "($type, deque, index=0, /)")
{
    return iterator_from(t, OZ_DEQUE_ITERATOR, a);
}

OZ_NEW(deque_reverse_iterator, "($type, deque, index=0, /)")
{
    return iterator_from(t, OZ_DEQUE_REVERSE_ITERATOR, a);
}

OZ_METHOD(deque_iterator, __length_hint__, "($self, /)", "How many items are still to come.")
{
    return oz_int(((const DequeIterator *)a[0])->left);
}

OZ_METHOD(deque_iterator, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const DequeIterator *it = (const DequeIterator *)a[0];
    int64_t at = (int64_t)((const Deque *)it->deque)->length - it->left;
    scoped Ref args = oz_tuple_of(t, 2, (Obj)it->deque, (Obj)oz_int(at));
    return args ? oz_tuple_of(t, 2, (Obj)oz_class_of(a[0]), args) : NULL;
}

#define ITERATOR(ID, stem, text)                                                                   \
    const TypeDef oz_##stem##_type = {                                                             \
        .id = ID,                                                                                  \
        .name = text,                                                                              \
        .size = sizeof(DequeIterator),                                                             \
        .flags = OZ_TYPE_FINAL,                                                                    \
        .visit = deque_iterator_visit,                                                             \
        .clear = deque_iterator_clear,                                                             \
        .make = &stem##_new_,                                                                      \
        .slots = {.iter = oz_itself, .next = deque_iterator_next},                                 \
        .methods = OZ_METHODS(&deque_iterator___length_hint__, &deque_iterator___reduce__),        \
    };
ITERATOR(OZ_DEQUE_ITERATOR, deque_iterator, "_collections._deque_iterator")
ITERATOR(OZ_DEQUE_REVERSE_ITERATOR, deque_reverse_iterator, "_collections._deque_reverse_iterator")

/* ---- the type ---- */

static void deque_visit(const Object *object, Visitor *v)
{
    const Deque *d = (const Deque *)object;
    size_t end = oz_visit_end(v, d->length);
    for (size_t i = v->from; i < end; i++)
        oz_visit(v, *place(d, i), "[]", (ssize_t)i);
}

static void deque_clear_all(Thread *t OZ_UNUSED, Object *object)
{
    empty((Deque *)object);
}

static size_t deque_outside(const Object *object)
{
    return ((const Deque *)object)->capacity * sizeof(Ref);
}

const TypeDef oz_deque_type = {
    .id = OZ_DEQUE,
    .name = "collections.deque",
    .doc = "deque([iterable[, maxlen]])\n\nA list that is quick at both ends.",
    .size = sizeof(Deque),
    .flags = OZ_TYPE_WEAKREF | OZ_TYPE_SEQUENCE | OZ_TYPE_UNHASHABLE,
    .visit = deque_visit,
    .clear = deque_clear_all,
    .outside = deque_outside,
    .make = &deque_new_,
    .initialise = &deque_init_,
    .slots = {.length = deque_length,
              .get_item = deque_get_item,
              .set_item = deque_set_item,
              .contains = deque_contains,
              .iter = deque_iter,
              .concat = deque_concat,
              .repeat = deque_repeat,
              .concat_in_place = deque_concat_in_place,
              .repeat_in_place = deque_repeat_in_place,
              .compare = deque_compare,
              .repr = deque_repr},
    .methods =
        OZ_METHODS(&deque_append, &deque_appendleft, &deque_pop, &deque_popleft, &deque_extend,
                   &deque_extendleft, &deque_clear, &deque_copy, &deque___copy__, &deque_rotate,
                   &deque_reverse, &deque_index, &deque_count, &deque_remove, &deque_insert,
                   &deque___reversed__, &deque___reduce__, &deque___class_getitem__),
    .getsets = OZ_GETSETS({"maxlen", deque_maxlen, NULL, "The largest length, or None."}),
};
