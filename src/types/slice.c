// SPDX-License-Identifier: MIT
// slice objects.
//
// Two forms of the same rule.  oz_slice_unpack and oz_slice_clip work in machine integers and
// clamp what does not fit: no sequence is longer.  slice.indices() answers for ints of any size.
#include "types/slice.h"

#include <limits.h>

#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

Ref oz_slice_new(Thread *t, Obj start, Obj stop, Obj step)
{
    Slice *self = oz_object_new(t, OZ_SLICE, sizeof *self);
    if (!self)
        return NULL;
    oz_store_raw(&self->base, &self->start, start ? oz_retain(start) : OZ_NONE);
    oz_store_raw(&self->base, &self->stop, stop ? oz_retain(stop) : OZ_NONE);
    oz_store_raw(&self->base, &self->step, step ? oz_retain(step) : OZ_NONE);
    return (Ref)self;
}

/* ---- machine integers ---- */

static Ref bad_index(Thread *t)
{
    return oz_raise(t, OZ_TypeError,
                    "slice indices must be integers or None or have an __index__ method");
}

static bool one_index(Thread *t, Obj v, ssize_t *n)
{
    if (OZ_LIKELY(oz_is_int(v))) {
        *n = oz_int_value(v);
        return true;
    }
    if (!oz_class_of(v)->slots->index)
        return bad_index(t) != NULL;
    return oz_as_ssize(t, v, -1, n);
}

bool oz_slice_unpack(Thread *t, Obj slice, ssize_t *start, ssize_t *stop, ssize_t *step)
{
    const Slice *self = (const Slice *)slice;
    *step = 1;
    if (!oz_is_none(self->step)) {
        if (!one_index(t, self->step, step))
            return false;
        if (*step == 0)
            return oz_fail(t, OZ_ValueError, "slice step cannot be zero");
        if (*step < -SSIZE_MAX)
            *step = -SSIZE_MAX; /* so that -step is a number */
    }
    *start = *step < 0 ? SSIZE_MAX : 0;
    if (!oz_is_none(self->start) && !one_index(t, self->start, start))
        return false;
    *stop = *step < 0 ? -SSIZE_MAX - 1 : SSIZE_MAX;
    return oz_is_none(self->stop) || one_index(t, self->stop, stop);
}

static ssize_t clip(ssize_t n, ssize_t length, bool backwards)
{
    if (n < 0) {
        n += length;
        return n >= 0 ? n : backwards ? -1 : 0;
    }
    return n < length ? n : backwards ? length - 1 : length;
}

ssize_t oz_slice_clip(size_t length, ssize_t *start, ssize_t *stop, ssize_t step)
{
    *start = clip(*start, (ssize_t)length, step < 0);
    *stop = clip(*stop, (ssize_t)length, step < 0);
    if (step < 0)
        return *stop < *start ? (*start - *stop - 1) / -step + 1 : 0;
    return *start < *stop ? (*stop - *start - 1) / step + 1 : 0;
}

bool oz_slice_adjust(Thread *t, Obj slice, size_t length, ssize_t *start, ssize_t *stop,
                     ssize_t *step, ssize_t *count)
{
    if (!oz_slice_unpack(t, slice, start, stop, step))
        return false;
    *count = oz_slice_clip(length, start, stop, *step);
    return true;
}

/* ---- ints of any size ---- */

static Ref big_index(Thread *t, Obj v)
{
    if (!oz_class_of(v)->slots->index)
        return bad_index(t);
    return oz_index(t, v);
}

/* One end of the range, clipped to lower .. upper; None gives `otherwise`. */
static Ref big_end(Thread *t, Obj v, Obj length, Obj lower, Obj upper, Obj otherwise)
{
    if (oz_is_none(v))
        return oz_retain(otherwise);
    scoped Ref n = big_index(t, v);
    if (!n)
        return NULL;
    if (oz_int_sign(n) < 0) {
        Ref sum = oz_int_add(t, n, length);
        if (!sum)
            return NULL;
        if (oz_int_order(sum, lower) >= 0)
            return sum;
        oz_drop(sum);
        return oz_retain(lower);
    }
    return oz_int_order(n, upper) > 0 ? oz_retain(upper) : oz_move(&n);
}

bool oz_slice_indices(Thread *t, Obj slice, Obj length, Ref out[3])
{
    const Slice *self = (const Slice *)slice;
    scoped Ref step = oz_is_none(self->step) ? oz_int(1) : big_index(t, self->step);
    if (!step)
        return false;
    int sign = oz_int_sign(step);
    if (sign == 0)
        return oz_fail(t, OZ_ValueError, "slice step cannot be zero");
    scoped Ref upper = sign < 0 ? oz_int_subtract(t, length, oz_int(1)) : oz_retain(length);
    if (!upper)
        return false;
    Obj lower = oz_int(sign < 0 ? -1 : 0);
    scoped Ref start = big_end(t, self->start, length, lower, upper, sign < 0 ? (Obj)upper : lower);
    if (!start)
        return false;
    scoped Ref stop = big_end(t, self->stop, length, lower, upper, sign < 0 ? lower : (Obj)upper);
    if (!stop)
        return false;
    out[0] = oz_move(&start);
    out[1] = oz_move(&stop);
    out[2] = oz_move(&step);
    return true;
}

OZ_METHOD(slice, indices, "($self, length, /)",
          "Start, stop and stride of this slice for a sequence of the given length.\n\n"
          "What lies outside is clipped as in ordinary slicing.")
{
    scoped Ref length = oz_index(t, a[1]);
    if (!length)
        return NULL;
    if (oz_int_sign(length) < 0)
        return oz_raise(t, OZ_ValueError, "length should not be negative");
    Ref parts[3];
    if (!oz_slice_indices(t, a[0], length, parts))
        return NULL;
    scoped Ref start = parts[0], stop = parts[1], step = parts[2];
    return oz_tuple_of(t, 3, start, stop, step);
}

/* ---- the type ---- */

OZ_NEW(slice, "($type, /, *args)")
{
    const Tuple *args = (const Tuple *)a[1];
    if (args->length < 1)
        return oz_raise(t, OZ_TypeError, "slice expected at least 1 argument, got 0");
    if (args->length > 3)
        return oz_raise(t, OZ_TypeError, "slice expected at most 3 arguments, got %u",
                        args->length);
    if (args->length == 1)
        return oz_slice_new(t, NULL, args->items[0], NULL);
    return oz_slice_new(t, args->items[0], args->items[1],
                        args->length == 3 ? (Obj)args->items[2] : NULL);
}

static Ref slice_repr(Thread *t, Obj v)
{
    const Slice *self = (const Slice *)v;
    return oz_str_format(t, "slice(%R, %R, %R)", self->start, self->stop, self->step);
}

/* Compared as the tuples of their three fields. */
static Ref slice_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    if (!oz_is_slice(a) || !oz_is_slice(b))
        return OZ_NOT_IMPLEMENTED;
    if (a == b)
        return oz_bool(op == OZ_EQ || op == OZ_LE || op == OZ_GE);
    const Slice *x = (const Slice *)a, *y = (const Slice *)b;
    scoped Ref left = oz_tuple_of(t, 3, x->start, x->stop, x->step);
    if (!left)
        return NULL;
    scoped Ref right = oz_tuple_of(t, 3, y->start, y->stop, y->step);
    if (!right)
        return NULL;
    return oz_compare(t, left, right, op);
}

OZ_METHOD(slice, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const Slice *self = (const Slice *)a[0];
    scoped Ref fields = oz_tuple_of(t, 3, self->start, self->stop, self->step);
    if (!fields)
        return NULL;
    return oz_tuple_of(t, 2, (Obj)oz_class_of(a[0]), fields);
}

static void slice_visit(const Object *object, Visitor *v)
{
    const Slice *self = (const Slice *)object;
    SLICE_REFS(OZ_VISIT)
}

static void slice_clear(Thread *t OZ_UNUSED, Object *object)
{
    Slice *self = (Slice *)object;
    SLICE_REFS(OZ_CLEAR)
}

const TypeDef oz_slice_type = {
    .id = OZ_SLICE,
    .name = "slice",
    .doc = "slice(stop)\nslice(start, stop[, step])\n\n"
           "The range of indexes that x[start:stop:step] chooses.",
    .size = sizeof(Slice),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_UNHASHABLE | OZ_TYPE_BLIND,
    .visit = slice_visit,
    .clear = slice_clear,
    .make = &slice_new_,
    .slots = {.repr = slice_repr, .compare = slice_compare},
    .methods = OZ_METHODS(&slice_indices, &slice___reduce__),
    .members =
        OZ_MEMBERS({"start", offsetof(Slice, start), OZ_MEMBER_READONLY, "first index"},
                   {"stop", offsetof(Slice, stop), OZ_MEMBER_READONLY, "index behind the last"},
                   {"step", offsetof(Slice, step), OZ_MEMBER_READONLY, "distance"}),
};
