// SPDX-License-Identifier: MIT
// Iterators over lists and tuples.  A list may grow and shrink meanwhile; an iterator that has
// once come to the end stays there.
#include "types/list_iterator.h"

#include "types/dict.h"
#include "types/int.h"
#include "types/iterator.h"
#include "types/list_layout.h"
#include "types/native.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

Ref oz_list_iterator_new(Thread *t, uint32_t id, Obj sequence)
{
    ListIterator *it = oz_object_new_raw(t, id, sizeof *it);
    if (!it)
        return NULL;
    it->at = id == OZ_LIST_REVERSE_ITERATOR
                 ? (ssize_t)oz_list_length_fast((const List *)sequence) - 1
                 : 0;
    oz_store_raw(&it->base, &it->sequence, oz_retain(sequence));
    return (Ref)it;
}

static Ref itself(Thread *t OZ_UNUSED, Obj v)
{
    return oz_retain(v);
}

static Ref list_iterator_next(Thread *t OZ_UNUSED, Obj v)
{
    ListIterator *it = (ListIterator *)v;
    if (!it->sequence)
        return NULL;
    Obj item = oz_list_peek((const List *)it->sequence, (size_t)it->at);
    if (OZ_LIKELY(item != NULL)) {
        it->at++;
        return oz_retain(item);
    }
    oz_clear(&it->sequence);
    return NULL;
}

static Ref list_reverse_iterator_next(Thread *t OZ_UNUSED, Obj v)
{
    ListIterator *it = (ListIterator *)v;
    if (!it->sequence)
        return NULL;
    Obj item = it->at >= 0 ? oz_list_peek((const List *)it->sequence, (size_t)it->at) : NULL;
    if (OZ_LIKELY(item != NULL)) {
        it->at--;
        return oz_retain(item);
    }
    it->at = -1;
    oz_clear(&it->sequence);
    return NULL;
}

static Ref tuple_iterator_next(Thread *t OZ_UNUSED, Obj v)
{
    ListIterator *it = (ListIterator *)v;
    const Tuple *tuple = (const Tuple *)it->sequence;
    if (!tuple)
        return NULL;
    if (OZ_LIKELY(it->at < (ssize_t)tuple->length))
        return oz_load(&tuple->items[it->at++]);
    oz_clear(&it->sequence);
    return NULL;
}

static ssize_t length_of(const ListIterator *it)
{
    if (!it->sequence)
        return 0;
    return oz_id(&it->base) == OZ_TUPLE_ITERATOR
               ? (ssize_t)((const Tuple *)it->sequence)->length
               : (ssize_t)oz_list_length_fast((const List *)it->sequence);
}

OZ_METHOD(list_iterator, __length_hint__, "($self, /)", "How many items are still to come.")
{
    const ListIterator *it = (const ListIterator *)a[0];
    ssize_t length = length_of(it);
    if (oz_id(&it->base) == OZ_LIST_REVERSE_ITERATOR)
        return oz_int(it->at < length ? it->at + 1 : 0);
    return oz_int(it->at < length ? length - it->at : 0);
}

Ref oz_reduce_to_iter(Thread *t, Obj sequence, Ref state)
{
    scoped Ref own = state;
    scoped Ref key = oz_intern(t, "iter");
    if (!key)
        return NULL;
    Obj iter = oz_dict_peek_str((Dict *)t->vm->builtins, key);
    if (!iter)
        return oz_raise(t, OZ_AttributeError, "iter");
    scoped Ref function = oz_retain(iter);
    scoped Ref args = oz_tuple_of(t, 1, sequence);
    if (!args)
        return NULL;
    return own ? oz_tuple_of(t, 3, function, args, own) : oz_tuple_of(t, 2, function, args);
}

OZ_METHOD(list_iterator, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const ListIterator *it = (const ListIterator *)a[0];
    bool reverse = oz_id(&it->base) == OZ_LIST_REVERSE_ITERATOR;
    if (!it->sequence) {
        scoped Ref empty = oz_id(&it->base) == OZ_TUPLE_ITERATOR ? oz_retain(t->vm->empty_tuple)
                                                                 : oz_list_new(t, 0);
        return empty ? oz_reduce_to_iter(t, empty, NULL) : NULL;
    }
    if (!reverse)
        return oz_reduce_to_iter(t, it->sequence, oz_int(it->at));
    Class *cls = oz_builtin_class(t, OZ_REVERSED);
    scoped Ref args = cls ? oz_tuple_of(t, 1, (Obj)it->sequence) : NULL;
    return args ? oz_tuple_of(t, 3, (Obj)cls, args, oz_int(it->at)) : NULL;
}

OZ_METHOD(list_iterator, __setstate__, "($self, state, /)", "Set state information for unpickling.")
{
    ListIterator *it = (ListIterator *)a[0];
    ssize_t at;
    if (!oz_as_size_argument(t, a[1], &at))
        return NULL;
    if (!it->sequence)
        return OZ_NONE;
    ssize_t least = oz_id(&it->base) == OZ_LIST_REVERSE_ITERATOR ? -1 : 0;
    ssize_t most = length_of(it) + least;
    it->at = at < least ? least : at > most ? most : at;
    return OZ_NONE;
}

static void iterator_visit(const Object *object, Visitor *v)
{
    const ListIterator *self = (const ListIterator *)object;
    OZ_VISIT(sequence)
}

static void iterator_clear(Thread *t OZ_UNUSED, Object *object)
{
    ListIterator *self = (ListIterator *)object;
    OZ_CLEAR(sequence)
}

#define ITERATOR(ID, stem, text)                                                                   \
    const TypeDef oz_##stem##_type = {                                                             \
        .id = ID,                                                                                  \
        .name = text,                                                                              \
        .size = sizeof(ListIterator),                                                              \
        .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,                                                   \
        .visit = iterator_visit,                                                                   \
        .clear = iterator_clear,                                                                   \
        .slots = {.iter = itself, .next = stem##_next},                                            \
        .methods = OZ_METHODS(&list_iterator___length_hint__, &list_iterator___reduce__,           \
                              &list_iterator___setstate__),                                        \
    };
ITERATOR(OZ_LIST_ITERATOR, list_iterator, "list_iterator")
ITERATOR(OZ_LIST_REVERSE_ITERATOR, list_reverse_iterator, "list_reverseiterator")
ITERATOR(OZ_TUPLE_ITERATOR, tuple_iterator, "tuple_iterator")
