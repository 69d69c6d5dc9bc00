// SPDX-License-Identifier: MIT
// The type tuple: methods and operators (tuple.c makes tuples).
#include "types/tuple.h"

#include "types/generic_alias.h"
#include "types/int.h"
#include "types/list.h"
#include "types/list_iterator.h"
#include "types/native.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/type.h"

/* ---- making ---- */

static Ref tuple_new(Thread *t, Class *cls, const Args *args)
{
    bool exact = cls->id == OZ_TUPLE;
    if (args->named && !oz_ignores_keywords(cls, false))
        return oz_raise(t, OZ_TypeError, "tuple() takes no keyword arguments");
    if (args->count > 1)
        return oz_raise(t, OZ_TypeError, "tuple expected at most 1 argument, got %u", args->count);
    Obj from = args->count ? args->items[0] : (Obj)t->vm->empty_tuple;
    scoped Ref items = oz_tuple_from(t, from);
    if (!items && oz_is(from, OZ_LIST) && oz_memory_try_again(t))
        items = oz_tuple_from(t, from);
    if (!items || exact)
        return oz_move(&items);
    const Tuple *plain = (const Tuple *)items;
    Tuple *tuple = oz_instance_new(t, cls, plain->length * sizeof(Ref));
    if (!tuple)
        return NULL;
    tuple->length = plain->length;
    for (size_t i = 0; i < plain->length; i++)
        oz_tuple_init(tuple, i, oz_retain(plain->items[i]));
    return (Ref)tuple;
}

/* ---- items ---- */

static bool tuple_length(Thread *t OZ_UNUSED, Obj self, ssize_t *length)
{
    *length = ((const Tuple *)self)->length;
    return true;
}

static Ref get_slice(Thread *t, const Tuple *self, Obj key)
{
    ssize_t start, stop, step, count;
    if (!oz_slice_adjust(t, key, self->length, &start, &stop, &step, &count))
        return NULL;
    if (count <= 0)
        return oz_retain(t->vm->empty_tuple);
    if (step == 1)
        return oz_tuple_slice(t, (Obj)self, (size_t)start, (size_t)(start + count));
    Tuple *result = oz_tuple_alloc(t, (size_t)count);
    for (ssize_t i = 0; result && i < count; i++)
        oz_tuple_init(result, (size_t)i, oz_retain(self->items[start + i * step]));
    return (Ref)result;
}

static Ref tuple_get_item(Thread *t, Obj self, Obj key)
{
    const Tuple *tuple = (const Tuple *)self;
    if (oz_is_slice(key))
        return get_slice(t, tuple, key);
    ssize_t i;
    if (oz_is_int(key))
        i = (ssize_t)oz_int_value(key);
    else if (!oz_class_of(key)->slots->index)
        return oz_raise(t, OZ_TypeError, "tuple indices must be integers or slices, not %T", key);
    else if (!oz_as_ssize(t, key, OZ_IndexError, &i))
        return NULL;
    if (i < 0)
        i += tuple->length;
    return OZ_LIKELY((size_t)i < tuple->length)
               ? oz_load(&tuple->items[i])
               : oz_raise(t, OZ_IndexError, "tuple index out of range");
}

static bool tuple_contains(Thread *t, Obj self, Obj item, bool *found)
{
    const Tuple *tuple = (const Tuple *)self;
    *found = false;
    for (size_t i = 0; i < tuple->length && !*found; i++)
        if (!oz_equal(t, tuple->items[i], item, found) || !oz_poll(t))
            return false;
    return true;
}

OZ_METHOD(tuple, index, "($self, value, start=0, stop=9223372036854775807, /)",
          "Return the first index of the value.\n\nValueError if it is not there.")
{
    const Tuple *tuple = (const Tuple *)a[0];
    size_t start, stop;
    if (!oz_index_bound(t, a[2], tuple->length, &start) ||
        !oz_index_bound(t, a[3], tuple->length, &stop))
        return NULL;
    for (size_t i = start; i < stop && i < tuple->length; i++) {
        bool same;
        if (!oz_equal(t, tuple->items[i], a[1], &same) || !oz_poll(t))
            return NULL;
        if (same)
            return oz_int((int64_t)i);
    }
    return oz_raise(t, OZ_ValueError, "tuple.index(x): x not in tuple");
}

OZ_METHOD(tuple, count, "($self, value, /)", "Return how many items are equal to the value.")
{
    const Tuple *tuple = (const Tuple *)a[0];
    int64_t n = 0;
    for (size_t i = 0; i < tuple->length; i++) {
        bool same;
        if (!oz_equal(t, tuple->items[i], a[1], &same) || !oz_poll(t))
            return NULL;
        n += same;
    }
    return oz_int(n);
}

OZ_METHOD(tuple, __getnewargs__, "($self, /)", "Arguments of __new__ for pickling.")
{
    const Tuple *tuple = (const Tuple *)a[0];
    scoped Ref plain = oz_tuple_new(t, (const Obj *)tuple->items, tuple->length);
    return plain ? oz_tuple_of(t, 1, plain) : NULL;
}

OZ_CLASS_METHOD(tuple, __class_getitem__, "($type, object, /)", "tuple[item types]")
{
    return oz_generic_alias_new(t, a[0], a[1]);
}

/* ---- operators ---- */

static Ref tuple_iter(Thread *t, Obj self)
{
    return oz_list_iterator_new(t, OZ_TUPLE_ITERATOR, self);
}

static Ref tuple_concat(Thread *t, Obj self, Obj other)
{
    const Tuple *a = (const Tuple *)self;
    const Tuple *b = oz_as_tuple(other);
    if (!b)
        return oz_raise(t, OZ_TypeError, "can only concatenate tuple (not \"%T\") to tuple", other);
    if (!b->length && oz_is(self, OZ_TUPLE))
        return oz_retain(self);
    if (!a->length && oz_is(other, OZ_TUPLE))
        return oz_retain(other);
    if (!a->length && !b->length)
        return oz_retain(t->vm->empty_tuple);
    Tuple *result = oz_tuple_alloc(t, (size_t)a->length + b->length);
    if (!result)
        return NULL;
    for (size_t i = 0; i < a->length; i++)
        oz_tuple_init(result, i, oz_retain(a->items[i]));
    for (size_t i = 0; i < b->length; i++)
        oz_tuple_init(result, a->length + i, oz_retain(b->items[i]));
    return (Ref)result;
}

static Ref tuple_repeat(Thread *t, Obj self, Obj factor)
{
    const Tuple *tuple = (const Tuple *)self;
    if (!oz_is_int(factor) && !oz_class_of(factor)->slots->index)
        return oz_raise(t, OZ_TypeError, "can't multiply sequence by non-int of type '%T'", factor);
    ssize_t n;
    size_t total;
    if (!oz_as_ssize(t, factor, OZ_OverflowError, &n))
        return NULL;
    if (n == 1 && oz_is(self, OZ_TUPLE))
        return oz_retain(self);
    if (n <= 0 || !tuple->length)
        return oz_retain(t->vm->empty_tuple);
    if (!oz_size_mul(tuple->length, (size_t)n, &total))
        return oz_raise_memory(t);
    Tuple *result = oz_tuple_alloc(t, total);
    for (size_t i = 0; result && i < total; i++)
        oz_tuple_init(result, i, oz_retain(tuple->items[i % tuple->length]));
    return (Ref)result;
}

static Ref tuple_compare(Thread *t, Obj self, Obj other, CompareOp op)
{
    const Tuple *a = (const Tuple *)self;
    const Tuple *b = oz_as_tuple(other);
    if (!b)
        return OZ_NOT_IMPLEMENTED;
    if (!oz_native_enter(t, " in comparison"))
        return NULL;
    for (size_t i = 0; i < a->length && i < b->length; i++) {
        bool same;
        if (!oz_equal(t, a->items[i], b->items[i], &same) || !oz_poll(t))
            return NULL;
        if (same)
            continue;
        if (op == OZ_EQ || op == OZ_NE)
            return oz_bool(op == OZ_NE);
        return oz_compare(t, a->items[i], b->items[i], op);
    }
    bool results[] = {a->length<b->length, a->length <= b->length, a->length == b->length,
                                a->length != b->length, a->length>
                          b->length,
                      a->length >= b->length};
    return oz_bool(results[op]);
}

static bool tuple_hash(Thread *t, Obj self, int64_t *hash)
{
    const Tuple *tuple = (const Tuple *)self;
    uint64_t h = oz_tuple_hash_start();
    if (!oz_native_enter(t, " in hash"))
        return false;
    for (size_t i = 0; i < tuple->length; i++) {
        int64_t item;
        if (!oz_hash(t, tuple->items[i], &item))
            return false;
        h = oz_tuple_hash_step(h, item);
    }
    *hash = oz_tuple_hash_end(h, tuple->length);
    return true;
}

static bool write_items(StrBuilder *b, const Tuple *tuple)
{
    for (size_t i = 0; i < tuple->length; i++)
        if (!oz_builder_ascii(b, i ? ", " : "(", i ? 2 : 1) ||
            !oz_builder_repr(b, tuple->items[i]) || !oz_poll(b->t))
            return false;
    return oz_builder_text(b, tuple->length == 1 ? ",)" : ")");
}

static Ref tuple_repr(Thread *t, Obj self)
{
    if (!((const Tuple *)self)->length)
        return oz_str_new(t, "()");
    Found found = oz_repr_enter(t, self);
    if (found != OZ_MISSING)
        return found == OZ_FOUND ? oz_str_new(t, "(...)") : NULL;
    StrBuilder b;
    oz_builder_init(&b, t);
    Ref result = write_items(&b, (const Tuple *)self) ? oz_builder_finish(&b) : NULL;
    oz_builder_fini(&b);
    oz_repr_leave(t, self);
    return result;
}

/* ---- the type ---- */

void oz_tuple_visit(const Object *object, Visitor *v)
{
    const Tuple *self = (const Tuple *)object;
    size_t end = oz_visit_end(v, self->length);
    for (size_t i = v->from; i < end; i++)
        oz_visit(v, self->items[i], "[]", (ssize_t)i);
}

void oz_tuple_clear(Thread *t OZ_UNUSED, Object *object)
{
    Tuple *self = (Tuple *)object;
    for (size_t i = self->length; i-- > 0;)
        oz_clear(&self->items[i]);
}

const TypeDef oz_tuple_type = {
    .id = OZ_TUPLE,
    .name = "tuple",
    .doc = "A sequence that cannot change.\n\ntuple() is empty, tuple(iterable) has the items that "
           "the iterable gives; a tuple gives itself.",
    .size = sizeof(Tuple),
    .flags = OZ_TYPE_SEQUENCE | OZ_TYPE_SELF_MATCH | OZ_TYPE_BLIND,
    .visit = oz_tuple_visit,
    .clear = oz_tuple_clear,
    .slots = {.new = tuple_new,
              .length = tuple_length,
              .get_item = tuple_get_item,
              .contains = tuple_contains,
              .iter = tuple_iter,
              .concat = tuple_concat,
              .repeat = tuple_repeat,
              .compare = tuple_compare,
              .hash = tuple_hash,
              .repr = tuple_repr},
    .methods =
        OZ_METHODS(&tuple_index, &tuple_count, &tuple___getnewargs__, &tuple___class_getitem__),
};
