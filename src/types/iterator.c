// SPDX-License-Identifier: MIT
// The two general iterators: over o[0], o[1], ... and over the results of a call.
//
// An exhausted iterator has dropped what it iterated over, and stays exhausted.
#include "types/iterator.h"

#include <limits.h>

#include "types/dict.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

/* ---- over a sequence, by __getitem__ ---- */

typedef struct SequenceIterator {
    Object base;
    Ref sequence;  /* [object] empty once exhausted */
    ssize_t index; /* [object] of the next item */
} SequenceIterator;

Ref oz_sequence_iterator_new(Thread *t, Obj sequence)
{
    SequenceIterator *self = oz_object_new(t, OZ_SEQUENCE_ITERATOR, sizeof *self);
    if (!self)
        return NULL;
    oz_store_raw(&self->base, &self->sequence, oz_retain(sequence));
    return (Ref)self;
}

static Ref itself(Thread *t OZ_UNUSED, Obj v)
{
    return oz_retain(v);
}

static Ref sequence_next(Thread *t, Obj v)
{
    SequenceIterator *self = (SequenceIterator *)v;
    if (!self->sequence)
        return NULL;
    if (self->index == SSIZE_MAX)
        return oz_raise(t, OZ_OverflowError, "iter index too large");
    scoped Ref sequence = oz_retain(self->sequence);
    scoped Ref index = oz_int_new(t, self->index);
    if (!index)
        return NULL;
    Ref item = oz_get_item(t, sequence, index);
    if (item) {
        self->index++;
        return item;
    }
    if (oz_exception_forget(t, OZ_IndexError) || oz_exception_forget(t, OZ_StopIteration))
        oz_clear(&self->sequence);
    return NULL;
}

OZ_METHOD(sequence_iterator, __length_hint__, "($self, /)",
          "Private method returning an estimate of len(list(it)).")
{
    SequenceIterator *self = (SequenceIterator *)a[0];
    if (!self->sequence)
        return oz_int(0);
    if (!oz_class_of(self->sequence)->slots->length)
        return OZ_NOT_IMPLEMENTED;
    scoped Ref sequence = oz_retain(self->sequence);
    ssize_t length;
    if (!oz_length(t, sequence, &length))
        return NULL;
    return oz_int(length > self->index ? length - self->index : 0);
}

Ref oz_iter_reduce(Thread *t, Obj args, Obj state)
{
    Ref iter = NULL;
    Dict *builtins = t->vm->builtins ? oz_as_dict(t->vm->builtins) : NULL;
    scoped Ref key = oz_intern(t, "iter");
    if (!key || !builtins)
        return NULL;
    Found found = oz_dict_get(t, builtins, key, &iter);
    if (found == OZ_MISSING)
        return oz_raise(t, OZ_AttributeError, "iter");
    scoped Ref owned = iter;
    if (found == OZ_RAISED)
        return NULL;
    return state ? oz_tuple_of(t, 3, iter, args, state) : oz_tuple_of(t, 2, iter, args);
}

OZ_METHOD(sequence_iterator, __reduce__, "($self, /)", "Return state information for pickling.")
{
    SequenceIterator *self = (SequenceIterator *)a[0];
    if (!self->sequence) {
        scoped Ref none = oz_tuple_of(t, 1, t->vm->empty_tuple);
        return none ? oz_iter_reduce(t, none, NULL) : NULL;
    }
    scoped Ref args = oz_tuple_of(t, 1, self->sequence);
    scoped Ref index = args ? oz_int_new(t, self->index) : NULL;
    return index ? oz_iter_reduce(t, args, index) : NULL;
}

OZ_METHOD(sequence_iterator, __setstate__, "($self, state, /)",
          "Set state information for unpickling.")
{
    SequenceIterator *self = (SequenceIterator *)a[0];
    ssize_t index;
    if (!oz_as_size_argument(t, a[1], &index))
        return NULL;
    if (self->sequence)
        self->index = index < 0 ? 0 : index;
    return OZ_NONE;
}

static void sequence_visit(const Object *object, Visitor *v)
{
    oz_visit(v, ((const SequenceIterator *)object)->sequence, "sequence", -1);
}

static void sequence_clear(Thread *t OZ_UNUSED, Object *object)
{
    oz_clear(&((SequenceIterator *)object)->sequence);
}

const TypeDef oz_sequence_iterator_type = {
    .id = OZ_SEQUENCE_ITERATOR,
    .name = "iterator",
    .size = sizeof(SequenceIterator),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = sequence_visit,
    .clear = sequence_clear,
    .slots = {.iter = itself, .next = sequence_next},
    .methods = OZ_METHODS(&sequence_iterator___length_hint__, &sequence_iterator___reduce__,
                          &sequence_iterator___setstate__),
};

/* ---- over the results of a call, until one equals the sentinel ---- */

#define CALLABLE_ITERATOR_REFS(REF) REF(callable) REF(sentinel)
typedef struct CallableIterator {
    Object base;
    CALLABLE_ITERATOR_REFS(OZ_FIELD) /* both empty once exhausted */
} CallableIterator;

Ref oz_callable_iterator_new(Thread *t, Obj callable, Obj sentinel)
{
    CallableIterator *self = oz_object_new(t, OZ_CALLABLE_ITERATOR, sizeof *self);
    if (!self)
        return NULL;
    oz_store_raw(&self->base, &self->callable, oz_retain(callable));
    oz_store_raw(&self->base, &self->sentinel, oz_retain(sentinel));
    return (Ref)self;
}

static void callable_clear(Thread *t OZ_UNUSED, Object *object)
{
    CallableIterator *self = (CallableIterator *)object;
    CALLABLE_ITERATOR_REFS(OZ_CLEAR)
}

static Ref callable_next(Thread *t, Obj v)
{
    CallableIterator *self = (CallableIterator *)v;
    if (!self->callable)
        return NULL;
    scoped Ref callable = oz_retain(self->callable);
    scoped Ref sentinel = oz_retain(self->sentinel);
    scoped Ref result = oz_call0(t, callable);
    if (!result) {
        if (oz_exception_forget(t, OZ_StopIteration))
            callable_clear(t, &self->base);
        return NULL;
    }
    bool last;
    if (!oz_equal(t, sentinel, result, &last))
        return NULL;
    if (!last)
        return oz_move(&result);
    callable_clear(t, &self->base);
    return NULL;
}

OZ_METHOD(callable_iterator, __reduce__, "($self, /)", "Return state information for pickling.")
{
    CallableIterator *self = (CallableIterator *)a[0];
    scoped Ref args = self->callable ? oz_tuple_of(t, 2, self->callable, self->sentinel)
                                     : oz_tuple_of(t, 1, t->vm->empty_tuple);
    return args ? oz_iter_reduce(t, args, NULL) : NULL;
}

static void callable_visit(const Object *object, Visitor *v)
{
    const CallableIterator *self = (const CallableIterator *)object;
    CALLABLE_ITERATOR_REFS(OZ_VISIT)
}

const TypeDef oz_callable_iterator_type = {
    .id = OZ_CALLABLE_ITERATOR,
    .name = "callable_iterator",
    .size = sizeof(CallableIterator),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = callable_visit,
    .clear = callable_clear,
    .slots = {.iter = itself, .next = callable_next},
    .methods = OZ_METHODS(&callable_iterator___reduce__),
};
