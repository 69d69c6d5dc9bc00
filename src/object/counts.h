// SPDX-License-Identifier: MIT
// The states of the count word below 0 (THREADS 1).  For object/, and for the few who read what
// other threads may change.
//
//   counted      OZ_COUNTED + n: shared, n references
//   dead         the same with OZ_COUNTED_DEAD: it dies, or is dead and waits until nobody can be
//                looking at it any more
//   distributed  OZ_DISTRIBUTED + i: the count is the sum of number i of every thread and the VM
//   immortal     OZ_REFS_IMMORTAL_START and above
#ifndef OZ_OBJECT_COUNTS_H
#define OZ_OBJECT_COUNTS_H

#include "object/thread.h"

#define OZ_COUNTED UINT32_C(0x80000000)
#define OZ_COUNTED_DEAD (UINT32_C(1) << 29)
#define OZ_COUNTED_MASK (OZ_COUNTED_DEAD - 1)
#define OZ_COUNTED_MAX (UINT32_C(1) << 28)
#define OZ_DISTRIBUTED UINT32_C(0xC0000000)
#define OZ_DISTRIBUTED_MOST ((size_t)1 << 17)

OZ_INLINE bool oz_is_immortal(const Object *o)
{
    return (uint32_t)oz_refs(o) >= OZ_REFS_IMMORTAL_START;
}

OZ_INLINE bool oz_is_distributed(const Object *o)
{
    return (uint32_t)oz_refs(o) - OZ_DISTRIBUTED < OZ_REFS_IMMORTAL_START - OZ_DISTRIBUTED;
}

/* After each of so many counts of shared objects one is looked at: is another thread counting it,
 * too? */
#define OZ_SAMPLED_COUNTS 256
void oz_count_sampled(Thread *t, Object *o) OZ_COLD;
OZ_INLINE void oz_counted(Thread *t, Object *o)
{
    if (OZ_UNLIKELY(++t->contended.ticks % OZ_SAMPLED_COUNTS == 0))
        oz_count_sampled(t, o);
}

/* A new reference to a shared object that the caller does not own one of, but which cannot have
 * been freed yet; false: it is dead (T3). */
OZ_INLINE bool oz_try_retain(Object *o)
{
    uint32_t n = (uint32_t)oz_refs(o);
    if (OZ_UNLIKELY(n < OZ_COUNTED || n >= OZ_DISTRIBUTED)) {
        oz_retain_object(o);
        return true;
    }
    uint32_t old = (uint32_t)atomic_fetch_add_explicit(&o->refs, 1, memory_order_acquire);
    oz_counted(oz_current_thread, o);
    return !(old & OZ_COUNTED_DEAD);
}

/* A word as it is now, of which nothing is asked but what it is: what it leads to may not be there
 * yet.  Unlike OZ_READ it costs the compiler nothing. */
#define OZ_PEEK(place) __atomic_load_n(place, __ATOMIC_RELAXED)

/* oz_store_new where the memory may hold anything. */
OZ_INLINE void oz_store_first(Object *container, Ref *place, Ref value)
{
    if (OZ_UNLIKELY(oz_refs(container) < 0)) {
        OZ_WRITE(place, NULL);
        oz_store_shared(container, place, value);
        return;
    }
    oz_store_raw(container, place, value);
}

/* A field of an object that others may be changing, by who runs free: a new reference, or empty;
 * false: it has changed meanwhile (T19). */
OZ_INLINE bool oz_read_shared(const Object *container, Ref const *place, Ref *value)
{
    Ref v = OZ_READ(place);
    *value = v;
    if (!oz_is_pointer(v))
        return true;
    if (oz_refs(container) > 0) {
        oz_retain_object(oz_object(v));
        return true;
    }
    if (OZ_UNLIKELY(!oz_try_retain(oz_object(v))))
        return false;
    if (OZ_LIKELY(__atomic_load_n(place, __ATOMIC_RELAXED) == v))
        return true;
    oz_drop(v);
    return false;
}

#endif
