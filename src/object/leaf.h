// SPDX-License-Identifier: MIT
// Making an object of a leaf type that is known when the caller is compiled, without a call.
#ifndef OZ_OBJECT_LEAF_H
#define OZ_OBJECT_LEAF_H

#include "heap/heap_layout.h"
#include "object/thread.h"

/* oz_object_new_raw of a type below OZ_LEAF_END. */
OZ_INLINE void *oz_leaf_new_raw(Thread *t, uint32_t id, size_t size)
{
    Object *o = oz_heap_alloc_fast(t->heap, OZ_PAGE_LEAF, size);
    if (OZ_UNLIKELY(!o)) {
        t->vm->hooks.raise_memory(t);
        return NULL;
    }
    atomic_store_explicit(&o->refs, 1, memory_order_relaxed);
    atomic_store_explicit(&o->word, id << 8, memory_order_relaxed);
    return o;
}

#endif
