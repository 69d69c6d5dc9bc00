// SPDX-License-Identifier: MIT
// tuple: items inline.
#ifndef OZ_TYPES_TUPLE_H
#define OZ_TYPES_TUPLE_H

#include "types/protocol.h"

typedef struct Tuple {
    Object base;
    uint32_t length; /* [const] */
    uint32_t spare;
    Ref items[]; /* [const]; in instances of subclasses one more word: __dict__ or empty */
} Tuple;

OZ_INLINE Tuple *oz_as_tuple(Obj v) /* borrowed; NULL if no tuple */
{
    return oz_isa(v, OZ_TUPLE) ? (Tuple *)v : NULL;
}

/* `length` empty items: the caller fills them with oz_tuple_init before anything can see it. */
Tuple *oz_tuple_alloc(Thread *t, size_t length) OZ_CHECKED;
OZ_INLINE void oz_tuple_init(Tuple *tuple, size_t i, Ref item) /* takes item */
{
    oz_store_raw(&tuple->base, &tuple->items[i], item);
}
/* For iterators that give tuples: the tuple given last, kept in *place, once more if nobody else
 * has it, else a new one.  Its items are to be replaced by oz_tuple_replace; the caller returns
 * it.  Kept local: a tuple that a program has seen change would be a surprise. */
Tuple *oz_tuple_reuse_slow(Thread *t, Object *owner, Ref *place, size_t length) OZ_CHECKED;
OZ_INLINE Tuple *oz_tuple_reuse(Thread *t, Object *owner, Ref *place, size_t length)
{
    Tuple *last = (Tuple *)*place;
    if (OZ_UNLIKELY(!last || oz_refs(&last->base) != 1))
        return oz_tuple_reuse_slow(t, owner, place, length);
    oz_retain_object(&last->base);
    return last;
}
OZ_INLINE void oz_tuple_replace(Tuple *tuple, size_t i, Ref item) /* takes item */
{
    oz_store(&tuple->base, &tuple->items[i], item);
}
Ref oz_tuple_new(Thread *t, const Obj *items, size_t length) OZ_CHECKED; /* retains each */
Ref oz_tuple_take(Thread *t, Ref *items, size_t length) OZ_CHECKED; /* moves each, leaves empty */
Ref oz_tuple_of(Thread *t, size_t length, ...) OZ_CHECKED;          /* of Obj; retains each */
Ref oz_tuple_from(Thread *t, Obj iterable) OZ_CHECKED;
Ref oz_tuple_slice(Thread *t, Obj tuple, size_t start, size_t end) OZ_CHECKED;

/* The life of the items, for classes that begin with a tuple. */
void oz_tuple_visit(const Object *object, Visitor *v);
void oz_tuple_clear(Thread *t, Object *object);

/* hash(tuple) from the hashes of its items: the scheme of xxHash, where order matters and nested
 * tuples do not cancel. */
#define OZ_TUPLE_HASH_PRIME UINT64_C(2870177450012600261)
OZ_INLINE uint64_t oz_tuple_hash_start(void)
{
    return OZ_TUPLE_HASH_PRIME;
}
OZ_INLINE uint64_t oz_tuple_hash_step(uint64_t h, int64_t item)
{
    h += (uint64_t)item * UINT64_C(14029467366897019727);
    h = h << 31 | h >> 33;
    return h * UINT64_C(11400714785074694791);
}
OZ_INLINE int64_t oz_tuple_hash_end(uint64_t h, size_t length)
{
    h += length ^ (OZ_TUPLE_HASH_PRIME ^ UINT64_C(3527539));
    return h == UINT64_MAX ? 1546275796 : (int64_t)h;
}

#endif
