// SPDX-License-Identifier: MIT
// Distributed counts: objects that every thread refers to all the time (THREADS T7, T8).
//
// Classes, functions, modules, code and what its instructions name are counted by each thread for
// itself, so that no two write to the same word.  The count of number i is the sum of the VM's base
// and of what each living thread has added to it; a thread that ends adds its part to the base.
// The sum is exact while the world is stopped, and only then does such an object die: at the end of
// a full pass (oz_distributed_sweep), or as cyclic garbage.
#include "object/distribute.h"

#include "base/os_memory.h"
#include "object/world.h"

#include <stdlib.h>
#include <string.h>

struct Distribution {
    int32_t *base;    /* [turn] by number */
    Object **objects; /* [turn] by number; NULL: free */
    uint32_t used;    /* [turn] numbers below have been given out */
    uint32_t spare;   /* [turn] of them are free */
};

#define COUNT_BYTES (OZ_DISTRIBUTED_MOST * sizeof(int32_t))

bool oz_distribution_init(Vm *vm)
{
    struct Distribution *d = calloc(1, sizeof *d);
    if (!d)
        return false;
    d->base = oz_os_reserve(COUNT_BYTES);
    d->objects = oz_os_reserve(OZ_DISTRIBUTED_MOST * sizeof(Object *));
    vm->distributed = d;
    bool ok = d->base && d->objects;
    for (Thread *t = vm->threads; ok && t; t = t->next)
        ok = oz_distribution_enter(t);
    if (!ok)
        oz_distribution_fini(vm);
    return ok;
}

void oz_distribution_fini(Vm *vm)
{
    struct Distribution *d = vm->distributed;
    if (!d)
        return;
    if (d->base)
        oz_os_release(d->base, COUNT_BYTES);
    if (d->objects)
        oz_os_release(d->objects, OZ_DISTRIBUTED_MOST * sizeof(Object *));
    free(d);
    vm->distributed = NULL;
}

bool oz_distribution_enter(Thread *t)
{
    if (!t->vm->distributed || t->counts)
        return true;
    t->counts = oz_os_reserve(COUNT_BYTES);
    return t->counts != NULL;
}

void oz_distribution_leave(Thread *t)
{
    struct Distribution *d = t->vm->distributed;
    if (!t->counts)
        return;
    for (uint32_t i = 0; d && i < d->used; i++)
        d->base[i] += t->counts[i];
    oz_os_release(t->counts, COUNT_BYTES);
    t->counts = NULL;
}

static uint32_t find_number(struct Distribution *d)
{
    if (d->spare > d->used / 2)
        for (uint32_t i = 0; i < d->used; i++)
            if (!d->objects[i])
                return i;
    return d->used;
}

bool oz_distribute(Thread *t, Object *o)
{
    struct Distribution *d = t->vm->distributed;
    if (!d || d->used == OZ_DISTRIBUTED_MOST || oz_is_immortal(o) || oz_is_distributed(o))
        return false;
    int32_t count = oz_refs(o);
    uint32_t i = find_number(d);
    if (i == d->used)
        d->used++;
    else
        d->spare--;
    d->base[i] = count < 0 ? (int32_t)((uint32_t)count & OZ_COUNTED_MASK) : count;
    d->objects[i] = o;
    atomic_store_explicit(&o->refs, (int32_t)(OZ_DISTRIBUTED + i), memory_order_relaxed);
    return true;
}

int32_t oz_distributed_count(const Vm *vm, const Object *o)
{
    uint32_t i = (uint32_t)oz_refs(o) - OZ_DISTRIBUTED;
    int32_t sum = vm->distributed->base[i];
    for (const Thread *t = vm->threads; t; t = t->next)
        if (t->counts)
            sum += __atomic_load_n(&t->counts[i], __ATOMIC_RELAXED);
    return sum;
}

void oz_distributed_count_again(Thread *t, Object *o)
{
    struct Distribution *d = t->vm->distributed;
    uint32_t i = (uint32_t)oz_refs(o) - OZ_DISTRIBUTED;
    int32_t count = oz_distributed_count(t->vm, o);
    atomic_store_explicit(&o->refs, (int32_t)(OZ_COUNTED + (uint32_t)count), memory_order_relaxed);
    d->base[i] = 0;
    for (Thread *each = t->vm->threads; each; each = each->next)
        if (each->counts)
            each->counts[i] = 0;
    d->objects[i] = NULL;
    d->spare++;
}

void oz_distributed_sweep(Thread *t)
{
    struct Distribution *d = t->vm->distributed;
    for (uint32_t i = 0; d && i < d->used; i++) {
        Object *o = d->objects[i];
        if (o && oz_is_immortal(o)) { /* it became that */
            d->objects[i] = NULL;
            d->spare++;
        }
        if (!d->objects[i] || oz_id(o) >= OZ_LEAF_END || oz_distributed_count(t->vm, o) != 0)
            continue;
        oz_retain_object(o);
        oz_distributed_count_again(t, o);
        oz_drop_object(o);
    }
}
