// SPDX-License-Identifier: MIT
// reversed: what __reversed__ gives, or an iterator over o[n - 1] ... o[0].
#include "types/int.h"
#include "types/iterate.h"
#include "types/native.h"
#include "types/type.h"

static Ref reversed_of(Thread *t, Obj cls, Obj sequence, ssize_t length)
{
    Reversed *self = oz_instance_new(t, (Class *)cls, 0);
    if (!self)
        return NULL;
    self->at = length - 1;
    oz_store_new(&self->base, &self->sequence, oz_retain(sequence));
    return (Ref)self;
}

OZ_NEW(reversed, "($type, sequence, /)")
{
    Obj sequence = a[1];
    if (oz_is_exact_str(sequence)) /* which has no __reversed__ */
        return reversed_of(t, a[0], sequence, (ssize_t)oz_str_length((const Str *)sequence));
    scoped Ref method = NULL;
    Found found = oz_find_special(t, sequence, OZ_NAME(t, __reversed__), &method);
    if (found == OZ_RAISED)
        return NULL;
    if (found == OZ_FOUND && !oz_is_none(method))
        return oz_call0(t, method);
    const Slots *slots = oz_class_of(sequence)->slots;
    if (found == OZ_FOUND || !slots->get_item)
        return oz_raise(t, OZ_TypeError, "'%T' object is not reversible", sequence);
    ssize_t length;
    return oz_length(t, sequence, &length) ? reversed_of(t, a[0], sequence, length) : NULL;
}

static Ref itself(Thread *t OZ_UNUSED, Obj v)
{
    return oz_retain(v);
}

static Ref reversed_next(Thread *t, Obj v)
{
    Reversed *self = (Reversed *)v;
    if (!self->sequence)
        return NULL;
    if (self->at >= 0 && oz_is_exact_str(self->sequence) &&
        (size_t)self->at < oz_str_length((const Str *)self->sequence)) {
        size_t at = (size_t)self->at--;
        return oz_str_from_character(t, oz_str_at((const Str *)self->sequence, at));
    }
    if (self->at >= 0) {
        scoped Ref sequence = oz_retain(self->sequence);
        scoped Ref index = oz_int_new(t, self->at);
        Ref item = index ? oz_get_item(t, sequence, index) : NULL;
        if (item) {
            self->at--;
            return item;
        }
        if (!oz_exception_forget(t, OZ_IndexError) && !oz_exception_forget(t, OZ_StopIteration))
            return NULL;
    }
    self->at = -1;
    oz_clear(&self->sequence);
    return NULL;
}

OZ_METHOD(reversed, __length_hint__, "($self, /)", "How many items are still to come.")
{
    const Reversed *self = (const Reversed *)a[0];
    if (!self->sequence)
        return oz_int(0);
    scoped Ref sequence = oz_retain(self->sequence);
    ssize_t length;
    if (!oz_length(t, sequence, &length))
        return NULL;
    return oz_int_new(t, length < self->at + 1 ? 0 : self->at + 1);
}

OZ_METHOD(reversed, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const Reversed *self = (const Reversed *)a[0];
    Obj cls = (Obj)oz_class_of(a[0]);
    if (!self->sequence) {
        scoped Ref args = oz_tuple_of(t, 1, (Obj)t->vm->empty_tuple);
        return args ? oz_tuple_of(t, 2, cls, args) : NULL;
    }
    scoped Ref args = oz_tuple_of(t, 1, (Obj)self->sequence);
    scoped Ref at = args ? oz_int_new(t, self->at) : NULL;
    return at ? oz_tuple_of(t, 3, cls, args, at) : NULL;
}

OZ_METHOD(reversed, __setstate__, "($self, state, /)", "Set state information for unpickling.")
{
    Reversed *self = (Reversed *)a[0];
    ssize_t at, length;
    if (!oz_as_size_argument(t, a[1], &at))
        return NULL;
    if (!self->sequence)
        return OZ_NONE;
    scoped Ref sequence = oz_retain(self->sequence);
    if (!oz_length(t, sequence, &length))
        return NULL;
    self->at = at < -1 ? -1 : at > length - 1 ? length - 1 : at;
    return OZ_NONE;
}

static void reversed_visit(const Object *object, Visitor *v)
{
    const Reversed *self = (const Reversed *)object;
    OZ_VISIT(sequence)
}

static void reversed_clear(Thread *t OZ_UNUSED, Object *object)
{
    Reversed *self = (Reversed *)object;
    OZ_CLEAR(sequence)
}

const TypeDef oz_reversed_type = {
    .id = OZ_REVERSED,
    .name = "reversed",
    .doc = "Give the items of a sequence, last one first.",
    .size = sizeof(Reversed),
    .visit = reversed_visit,
    .clear = reversed_clear,
    .make = &reversed_new_,
    .slots = {.iter = itself, .next = reversed_next},
    .methods = OZ_METHODS(&reversed___length_hint__, &reversed___reduce__, &reversed___setstate__),
};
