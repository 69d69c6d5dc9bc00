// SPDX-License-Identifier: MIT
// Making an object of a leaf type that is known when the caller is compiled, without a call.
#ifndef OZ_OBJECT_LEAF_H
#define OZ_OBJECT_LEAF_H

#include "heap/heap_layout.h"
#include "object/thread.h"

/* One reference; OUNCE_STRESS=share has every object shared from birth, so that each count goes
 * down the slow path. */
OZ_INLINE int32_t oz_first_count(const Thread *t OZ_UNUSED)
{
#ifdef OZ_DEBUG
    if (t->vm->stress & OZ_STRESS_SHARE)
        return INT32_MIN + 1;
#endif
    return 1;
}

/* oz_object_new_raw of a type below OZ_LEAF_END. */
OZ_INLINE void *oz_leaf_new_raw(Thread *t, uint32_t id, size_t size)
{
    Object *o = oz_heap_alloc_fast(t->heap, OZ_PAGE_LEAF, size);
    if (OZ_UNLIKELY(!o)) {
        t->vm->hooks.raise_memory(t);
        return NULL;
    }
    atomic_store_explicit(&o->refs, oz_first_count(t), memory_order_relaxed);
    atomic_store_explicit(&o->word, id << 8, memory_order_relaxed);
    return o;
}

#endif
