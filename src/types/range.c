// SPDX-License-Identifier: MIT
// range: start, stop, step and length, exact ints of any size.
//
// Whatever the range is asked follows from arithmetic on the four.  Iteration has two forms: a
// range_iterator counts in machine integers where every value is an int in place; a
// longrange_iterator does the rest.
#include "types/range.h"

#include "types/int.h"
#include "types/iterator.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

/* ---- making ---- */

static Ref length_small(Thread *t, int64_t start, int64_t stop, int64_t step)
{
    if (step > 0 ? start >= stop : start <= stop)
        return oz_int(0);
    uint64_t distance = step > 0 ? (uint64_t)(stop - start) : (uint64_t)(start - stop);
    uint64_t stride = step > 0 ? (uint64_t)step : (uint64_t)-step;
    return oz_int_from_uint64(t, (distance - 1) / stride + 1);
}

/* How many values there are: 0, or (distance - 1) // |step| + 1. */
static Ref length_of(Thread *t, Obj start, Obj stop, Obj step)
{
    if (oz_are_ints(start, stop) && oz_is_int(step))
        return length_small(t, oz_int_value(start), oz_int_value(stop), oz_int_value(step));
    bool up = oz_int_sign(step) > 0;
    if (up ? oz_int_order(start, stop) >= 0 : oz_int_order(start, stop) <= 0)
        return oz_int(0);
    scoped Ref distance = up ? oz_int_subtract(t, stop, start) : oz_int_subtract(t, start, stop);
    scoped Ref less = distance ? oz_int_subtract(t, distance, oz_int(1)) : NULL;
    scoped Ref stride = !less ? NULL : up ? oz_retain(step) : oz_int_negative(t, step);
    scoped Ref steps = stride ? oz_int_floor_divide(t, less, stride) : NULL;
    return steps ? oz_int_add(t, steps, oz_int(1)) : NULL;
}

/* Of exact ints. */
static Ref make(Thread *t, Obj start, Obj stop, Obj step)
{
    scoped Ref length = length_of(t, start, stop, step);
    if (!length)
        return NULL;
    Range *self = oz_object_new(t, OZ_RANGE, sizeof *self);
    if (!self)
        return NULL;
    oz_store_raw(&self->base, &self->start, oz_retain(start));
    oz_store_raw(&self->base, &self->stop, oz_retain(stop));
    oz_store_raw(&self->base, &self->step, oz_retain(step));
    oz_store_raw(&self->base, &self->length, oz_move(&length));
    return (Ref)self;
}

/* Of any values with __index__. */
static Ref range_of(Thread *t, Obj start_, Obj stop_, Obj step_)
{
    scoped Ref start = oz_index(t, start_);
    scoped Ref stop = start ? oz_index(t, stop_) : NULL;
    scoped Ref step = stop ? oz_index(t, step_) : NULL;
    if (!step)
        return NULL;
    if (oz_int_sign(step) == 0)
        return oz_raise(t, OZ_ValueError, "range() arg 3 must not be zero");
    return make(t, start, stop, step);
}

OZ_NEW(range, "($type, /, *args)")
{
    const Tuple *args = (const Tuple *)a[1];
    switch (args->length) {
    case 0:
        return oz_raise(t, OZ_TypeError, "range expected at least 1 argument, got 0");
    case 1:
        return range_of(t, oz_int(0), args->items[0], oz_int(1));
    case 2:
        return range_of(t, args->items[0], args->items[1], oz_int(1));
    case 3:
        return range_of(t, args->items[0], args->items[1], args->items[2]);
    default:
        return oz_raise(t, OZ_TypeError, "range expected at most 3 arguments, got %u",
                        args->length);
    }
}

/* ---- items ---- */

/* start + index * step */
static Ref value_at(Thread *t, const Range *self, Obj index)
{
    scoped Ref offset = oz_int_multiply(t, index, self->step);
    return offset ? oz_int_add(t, self->start, offset) : NULL;
}

static Ref item(Thread *t, const Range *self, Obj key)
{
    scoped Ref index = oz_index(t, key);
    if (index && oz_int_sign(index) < 0) {
        Ref sum = oz_int_add(t, index, self->length);
        oz_drop(index);
        index = sum;
    }
    if (!index)
        return NULL;
    if (oz_int_sign(index) < 0 || oz_int_order(index, self->length) >= 0)
        return oz_raise(t, OZ_IndexError, "range object index out of range");
    return value_at(t, self, index);
}

static Ref part(Thread *t, const Range *self, Obj slice)
{
    Ref parts[3];
    if (!oz_slice_indices(t, slice, self->length, parts))
        return NULL;
    scoped Ref first = parts[0], end = parts[1], stride = parts[2];
    scoped Ref start = value_at(t, self, first);
    scoped Ref stop = start ? value_at(t, self, end) : NULL;
    scoped Ref step = stop ? oz_int_multiply(t, stride, self->step) : NULL;
    return step ? make(t, start, stop, step) : NULL;
}

static Ref range_get_item(Thread *t, Obj v, Obj key)
{
    const Range *self = (const Range *)v;
    if (oz_is_int(key) || oz_class_of(key)->slots->index)
        return item(t, self, key);
    if (oz_is_slice(key))
        return part(t, self, key);
    return oz_raise(t, OZ_TypeError, "range indices must be integers or slices, not %T", key);
}

static bool range_length(Thread *t, Obj v, ssize_t *length)
{
    return oz_as_size_argument(t, ((const Range *)v)->length, length);
}

static bool range_boolean(Thread *t OZ_UNUSED, Obj v, bool *truth)
{
    *truth = ((const Range *)v)->length != oz_int(0);
    return true;
}

/* ---- searching ---- */

/* A value that arithmetic can find: an exact int or a bool. */
static Obj plain_int(Obj v)
{
    return oz_is_int(v) || oz_is_bool(v) || oz_is(v, OZ_INT) ? oz_as_exact_int(v) : NULL;
}

static bool contains_int(Thread *t, const Range *self, Obj n, bool *found)
{
    bool up = oz_int_sign(self->step) > 0;
    *found = false;
    if (up ? oz_int_order(n, self->start) < 0 || oz_int_order(n, self->stop) >= 0
           : oz_int_order(n, self->start) > 0 || oz_int_order(n, self->stop) <= 0)
        return true;
    scoped Ref distance = oz_int_subtract(t, n, self->start);
    scoped Ref rest = distance ? oz_int_remainder(t, distance, self->step) : NULL;
    if (!rest)
        return false;
    *found = oz_int_sign(rest) == 0;
    return true;
}

/* How many values equal `v`, by comparing each; `first` stops at the first. */
static bool count_equal(Thread *t, Obj range, Obj v, bool first, size_t *count, size_t *index)
{
    scoped Ref iterator = oz_iter(t, range);
    if (!iterator)
        return false;
    *count = *index = 0;
    for (;;) {
        scoped Ref each = NULL;
        Found found = oz_next(t, iterator, &each);
        if (found != OZ_FOUND)
            return found == OZ_MISSING;
        bool equal;
        if (!oz_equal(t, each, v, &equal) || !oz_poll(t))
            return false;
        *count += equal;
        if (equal && first)
            return true;
        ++*index;
    }
}

static bool range_contains(Thread *t, Obj v, Obj x, bool *found)
{
    Obj n = plain_int(x);
    if (n)
        return contains_int(t, (const Range *)v, n, found);
    size_t count, index;
    if (!count_equal(t, v, x, true, &count, &index))
        return false;
    *found = count != 0;
    return true;
}

OZ_METHOD(range, count, "($self, value, /)", "How often the value occurs: 0 or 1 for an int.")
{
    Obj n = plain_int(a[1]);
    bool found;
    if (n)
        return contains_int(t, (const Range *)a[0], n, &found) ? oz_int(found) : NULL;
    size_t count, index;
    return count_equal(t, a[0], a[1], false, &count, &index) ? oz_int((int64_t)count) : NULL;
}

OZ_METHOD(range, index, "($self, value, /)",
          "The index of the value.  ValueError if it does not occur.")
{
    const Range *self = (const Range *)a[0];
    Obj n = plain_int(a[1]);
    if (!n) {
        size_t count, index;
        if (!count_equal(t, a[0], a[1], true, &count, &index))
            return NULL;
        if (!count)
            return oz_raise(t, OZ_ValueError, "sequence.index(x): x not in sequence");
        return oz_int((int64_t)index);
    }
    bool found;
    if (!contains_int(t, self, n, &found))
        return NULL;
    if (!found)
        return oz_raise(t, OZ_ValueError, "%R is not in range", a[1]);
    scoped Ref distance = oz_int_subtract(t, n, self->start);
    return distance ? oz_int_floor_divide(t, distance, self->step) : NULL;
}

/* ---- comparison, hash, text ---- */

static bool same_values(const Range *a, const Range *b)
{
    if (oz_int_order(a->length, b->length) != 0)
        return false;
    if (a->length == oz_int(0))
        return true;
    if (oz_int_order(a->start, b->start) != 0)
        return false;
    return a->length == oz_int(1) || oz_int_order(a->step, b->step) == 0;
}

static Ref range_compare(Thread *t OZ_UNUSED, Obj a, Obj b, CompareOp op)
{
    if ((op != OZ_EQ && op != OZ_NE) || !oz_is(a, OZ_RANGE) || !oz_is(b, OZ_RANGE))
        return OZ_NOT_IMPLEMENTED;
    bool equal = a == b || same_values((const Range *)a, (const Range *)b);
    return oz_bool(equal == (op == OZ_EQ));
}

static bool range_hash(Thread *t, Obj v, int64_t *hash)
{
    const Range *self = (const Range *)v;
    bool any = self->length != oz_int(0), more = any && self->length != oz_int(1);
    scoped Ref key =
        oz_tuple_of(t, 3, self->length, any ? self->start : OZ_NONE, more ? self->step : OZ_NONE);
    return key && oz_hash(t, key, hash);
}

static Ref range_repr(Thread *t, Obj v)
{
    const Range *self = (const Range *)v;
    if (self->step == oz_int(1))
        return oz_str_format(t, "range(%R, %R)", self->start, self->stop);
    return oz_str_format(t, "range(%R, %R, %R)", self->start, self->stop, self->step);
}

OZ_METHOD(range, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const Range *self = (const Range *)a[0];
    scoped Ref args = oz_tuple_of(t, 3, self->start, self->stop, self->step);
    return args ? oz_tuple_of(t, 2, (Obj)oz_class_of(a[0]), args) : NULL;
}

/* ---- iterators ---- */

#define LONG_RANGE_REFS(REF) REF(next) REF(step) REF(left) REF(total)
typedef struct LongRangeIterator {
    Object base;
    LONG_RANGE_REFS(
        OZ_FIELD) /* [object] exact ints: the next value, step, values to come, in all */
} LongRangeIterator;

/* Over `count` values from `start`; all exact ints. */
static Ref iterate(Thread *t, Obj start, Obj step, Obj count)
{
    int64_t last;
    if (oz_are_ints(start, step) && oz_is_int(count) &&
        !__builtin_mul_overflow(oz_int_value(count), oz_int_value(step), &last) &&
        !__builtin_add_overflow(last, oz_int_value(start), &last) && oz_int_fits(last)) {
        RangeIterator *self = oz_object_new_raw(t, OZ_RANGE_ITERATOR, sizeof *self);
        if (!self)
            return NULL;
        self->next = oz_int_value(start);
        self->step = oz_int_value(step);
        self->left = self->total = (uint64_t)oz_int_value(count);
        return (Ref)self;
    }
    LongRangeIterator *self = oz_object_new(t, OZ_LONGRANGE_ITERATOR, sizeof *self);
    if (!self)
        return NULL;
    oz_store_raw(&self->base, &self->next, oz_retain(start));
    oz_store_raw(&self->base, &self->step, oz_retain(step));
    oz_store_raw(&self->base, &self->left, oz_retain(count));
    oz_store_raw(&self->base, &self->total, oz_retain(count));
    return (Ref)self;
}

static Ref range_iter(Thread *t, Obj v)
{
    const Range *self = (const Range *)v;
    return iterate(t, self->start, self->step, self->length);
}

OZ_METHOD(range, __reversed__, "($self, /)", "An iterator over the values from the last one.")
{
    const Range *self = (const Range *)a[0];
    scoped Ref last = oz_int_subtract(t, self->length, oz_int(1));
    scoped Ref start = last ? value_at(t, self, last) : NULL;
    scoped Ref step = start ? oz_int_negative(t, self->step) : NULL;
    return step ? iterate(t, start, step, self->length) : NULL;
}

static Ref itself(Thread *t OZ_UNUSED, Obj v)
{
    return oz_retain(v);
}

static Ref range_next(Thread *t OZ_UNUSED, Obj v)
{
    RangeIterator *self = (RangeIterator *)v;
    if (self->left == 0)
        return NULL;
    self->left--;
    int64_t value = self->next;
    self->next += self->step;
    return oz_int(value);
}

static Ref long_range_next(Thread *t, Obj v)
{
    LongRangeIterator *self = (LongRangeIterator *)v;
    if (oz_int_sign(self->left) == 0)
        return NULL;
    scoped Ref next = oz_int_add(t, self->next, self->step);
    scoped Ref left = next ? oz_int_subtract(t, self->left, oz_int(1)) : NULL;
    if (!left)
        return NULL;
    Ref value = oz_retain(self->next);
    oz_store(&self->base, &self->left, oz_move(&left));
    oz_store(&self->base, &self->next, oz_move(&next));
    return value;
}

/* A LongRangeIterator's fields, of either iterator. */
typedef struct State {
    Ref next, step, left, total; /* owned */
} State;

static void state_fini(State *s)
{
    oz_drop(s->next);
    oz_drop(s->step);
    oz_drop(s->left);
    oz_drop(s->total);
}
#define scoped_state __attribute__((cleanup(state_fini))) State

static bool state_init(Thread *t, State *s, Obj v)
{
    if (oz_is(v, OZ_RANGE_ITERATOR)) {
        const RangeIterator *self = (const RangeIterator *)v;
        s->step = oz_int(self->step);
        s->next = oz_int_new(t, self->next);
        s->left = oz_int_from_uint64(t, self->left);
        s->total = oz_int_from_uint64(t, self->total);
        return s->next && s->left && s->total;
    }
    const LongRangeIterator *self = (const LongRangeIterator *)v;
    s->next = oz_retain(self->next);
    s->step = oz_retain(self->step);
    s->left = oz_retain(self->left);
    s->total = oz_retain(self->total);
    return true;
}

static Ref left_of(Thread *t, Obj v)
{
    scoped_state s = {0};
    return state_init(t, &s, v) ? oz_retain(s.left) : NULL;
}

/* iter(the whole range), and how many values are gone. */
static Ref reduce(Thread *t, Obj v)
{
    scoped_state s = {0};
    scoped Ref gone = state_init(t, &s, v) ? oz_int_subtract(t, s.total, s.left) : NULL;
    scoped Ref back = gone ? oz_int_multiply(t, gone, s.step) : NULL;
    scoped Ref start = back ? oz_int_subtract(t, s.next, back) : NULL;
    scoped Ref distance = start ? oz_int_multiply(t, s.total, s.step) : NULL;
    scoped Ref stop = distance ? oz_int_add(t, start, distance) : NULL;
    scoped Ref range = stop ? make(t, start, stop, s.step) : NULL;
    scoped Ref args = range ? oz_tuple_of(t, 1, range) : NULL;
    return args ? oz_iter_reduce(t, args, gone) : NULL;
}

/* The state is how many values are gone, of all. */
static Ref set_state(Thread *t, Obj v, Obj state)
{
    scoped_state s = {0};
    scoped Ref given = oz_index(t, state);
    if (!given || !state_init(t, &s, v))
        return NULL;
    Obj gone = oz_int_sign(given) < 0             ? (Obj)oz_int(0)
               : oz_int_order(given, s.total) > 0 ? (Obj)s.total
                                                  : (Obj)given;
    scoped Ref left = oz_int_subtract(t, s.total, gone);
    scoped Ref steps = left ? oz_int_subtract(t, s.left, left) : NULL; /* forwards */
    scoped Ref distance = steps ? oz_int_multiply(t, steps, s.step) : NULL;
    scoped Ref next = distance ? oz_int_add(t, s.next, distance) : NULL;
    if (!next)
        return NULL;
    if (oz_is(v, OZ_RANGE_ITERATOR)) {
        RangeIterator *self = (RangeIterator *)v;
        self->next = oz_int_value(next);
        self->left = (uint64_t)oz_int_value(left);
        return OZ_NONE;
    }
    LongRangeIterator *self = (LongRangeIterator *)v;
    oz_store(&self->base, &self->left, oz_move(&left));
    oz_store(&self->base, &self->next, oz_move(&next));
    return OZ_NONE;
}

#define ITERATOR_METHODS(stem)                                                                     \
    OZ_METHOD(stem, __length_hint__, "($self, /)", "How many values are to come.")                 \
    {                                                                                              \
        return left_of(t, a[0]);                                                                   \
    }                                                                                              \
    OZ_METHOD(stem, __reduce__, "($self, /)", "Return state information for pickling.")            \
    {                                                                                              \
        return reduce(t, a[0]);                                                                    \
    }                                                                                              \
    OZ_METHOD(stem, __setstate__, "($self, state, /)", "Set state information for unpickling.")    \
    {                                                                                              \
        return set_state(t, a[0], a[1]);                                                           \
    }
ITERATOR_METHODS(range_iterator)
ITERATOR_METHODS(longrange_iterator)

/* ---- the types ---- */

static void range_visit(const Object *object, Visitor *v)
{
    const Range *self = (const Range *)object;
    RANGE_REFS(OZ_VISIT)
}

static void range_clear(Thread *t OZ_UNUSED, Object *object)
{
    Range *self = (Range *)object;
    RANGE_REFS(OZ_CLEAR)
}

static void long_range_visit(const Object *object, Visitor *v)
{
    const LongRangeIterator *self = (const LongRangeIterator *)object;
    LONG_RANGE_REFS(OZ_VISIT)
}

static void long_range_clear(Thread *t OZ_UNUSED, Object *object)
{
    LongRangeIterator *self = (LongRangeIterator *)object;
    LONG_RANGE_REFS(OZ_CLEAR)
}

const TypeDef oz_range_type = {
    .id = OZ_RANGE,
    .name = "range",
    .doc = "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\n"
           "The ints from start (0 if it is left out) up to stop, which does not belong to them,\n"
           "step by step.  With a negative step they go down.",
    .size = sizeof(Range),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_SEQUENCE,
    .visit = range_visit,
    .clear = range_clear,
    .make = &range_new_,
    .slots = {.repr = range_repr,
              .hash = range_hash,
              .compare = range_compare,
              .iter = range_iter,
              .length = range_length,
              .get_item = range_get_item,
              .contains = range_contains,
              .boolean = range_boolean},
    .methods = OZ_METHODS(&range_count, &range_index, &range___reduce__, &range___reversed__),
    .members = OZ_MEMBERS({"start", offsetof(Range, start), OZ_MEMBER_READONLY, "first value"},
                          {"stop", offsetof(Range, stop), OZ_MEMBER_READONLY, "where it ends"},
                          {"step", offsetof(Range, step), OZ_MEMBER_READONLY, "distance"}),
};

const TypeDef oz_range_iterator_type = {
    .id = OZ_RANGE_ITERATOR,
    .name = "range_iterator",
    .size = sizeof(RangeIterator),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW | OZ_TYPE_LEAF_CELLS,
    .slots = {.iter = itself, .next = range_next},
    .methods = OZ_METHODS(&range_iterator___length_hint__, &range_iterator___reduce__,
                          &range_iterator___setstate__),
};

const TypeDef oz_longrange_iterator_type = {
    .id = OZ_LONGRANGE_ITERATOR,
    .name = "longrange_iterator",
    .size = sizeof(LongRangeIterator),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = long_range_visit,
    .clear = long_range_clear,
    .slots = {.iter = itself, .next = long_range_next},
    .methods = OZ_METHODS(&longrange_iterator___length_hint__, &longrange_iterator___reduce__,
                          &longrange_iterator___setstate__),
};
