// SPDX-License-Identifier: MIT
// Distributed counts: objects that every thread refers to all the time (THREADS T7, T8).
//
// Classes, functions, modules, code and what its instructions name are counted by each thread for
// itself, so that no two write to the same word.  The count of number i is the sum of the VM's base
// and of what each living thread has added to it; a thread that ends adds its part to the base.
// The sum is exact while the world is stopped, and only then does such an object die: at the end of
// a full pass (oz_distributed_sweep), or as cyclic garbage.
//
// Other objects are distributed when several threads count them all the time: a word that two cores
// write to in turn takes some 50 times as long as one that each has for itself.  Each thread
// looks at one in OZ_SAMPLED_COUNTS of its counts of shared objects, while some thread runs free,
// and leaves the address and its own number in a table; an object found there with the number of
// another thread is contended.  What lives on only because it was found so is bounded: no more
// than CONTENDED_MOST between two full passes.
#include "object/distribute.h"

#include "base/os_memory.h"
#include "object/class.h"
#include "object/world.h"

#include <stdlib.h>
#include <string.h>

enum {
    SAMPLES = 1024, /* a power of two */
    PATIENCE = 512, /* samples that contended objects wait for others */
    CONTENDED_MOST = 1 << 14
};

struct Distribution {
    int32_t *base;      /* [turn] by number */
    Object **objects;   /* [turn] by number; NULL: free */
    uint32_t used;      /* [turn] numbers below have been given out */
    uint32_t spare;     /* [turn] of them are free */
    uint32_t contended; /* [turn] distributed as contended since the last full pass */
    _Atomic(uint64_t) samples[SAMPLES]; /* [relaxed] address << 16 | number of a thread */
};

#define COUNT_BYTES (OZ_DISTRIBUTED_MOST * sizeof(int32_t))

bool oz_distribution_init(Vm *vm)
{
    if (vm->distributed)
        return true;
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
    if (d)
        d->contended = 0;
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

/* ---- what is contended ---- */

static bool may_live_on(Thread *t, const Object *o)
{
    const Class *cls = t->shapes[oz_id(o)]->cls;
    return !(cls && cls->slots->finalize) && !oz_has_flag(o, OZ_FLAG_WEAKREF);
}

static bool is_counted(const Object *o)
{
    return (uint32_t)oz_refs(o) - OZ_COUNTED < OZ_COUNTED_DEAD;
}

/* Is it there with the number of another thread?  With ours from now on. */
static bool was_sampled(struct Distribution *d, const Thread *t, const Object *o)
{
    uint64_t address = (uintptr_t)o;
    uint64_t mine = address << 16 | (t->serial & UINT16_MAX);
    _Atomic(uint64_t) *slot = &d->samples[(address >> 4 ^ address >> 14) % SAMPLES];
    uint64_t other = atomic_load_explicit(slot, memory_order_relaxed);
    if (other != mine)
        atomic_store_explicit(slot, mine, memory_order_relaxed);
    return other != mine && other >> 16 == mine >> 16;
}

static bool is_among(const Contended *c, const Object *o)
{
    for (uint32_t i = 0; i < c->count; i++)
        if (c->items[i] == o)
            return true;
    return false;
}

void oz_count_sampled(Thread *t, Object *o)
{
    struct Distribution *d = t->vm->distributed;
    Contended *c = &t->contended;
    if (!d || !oz_world_is_free(t->vm))
        return;
    c->age += c->count != 0;
    if (is_counted(o) && was_sampled(d, t, o) && c->count < OZ_CONTENDED_ROOM && !is_among(c, o) &&
        may_live_on(t, o)) {
        atomic_fetch_add_explicit(&o->refs, 1, memory_order_relaxed);
        c->items[c->count++] = o;
    }
    if (c->count == OZ_CONTENDED_ROOM || c->age == PATIENCE)
        atomic_fetch_or_explicit(&t->interrupt, OZ_INTERRUPT_COUNTS, memory_order_relaxed);
}

void oz_distribute_contended(Thread *t)
{
    struct Distribution *d = t->vm->distributed;
    Contended found = t->contended;
    t->contended.count = t->contended.age = 0;
    if (!found.count)
        return;
    oz_world_stop(t);
    for (uint32_t i = 0; i < found.count; i++) {
        Object *o = found.items[i];
        bool used = (uint32_t)oz_refs(o) != OZ_COUNTED + 1; /* by others */
        if (used && is_counted(o) && d->contended < CONTENDED_MOST && may_live_on(t, o))
            d->contended += oz_distribute(t, o);
    }
    oz_world_resume(t);
    for (uint32_t i = 0; i < found.count; i++)
        oz_drop_object(found.items[i]);
}

/* ---- one thread is left ---- */

bool oz_distribution_end(Thread *t, Object ***unused, size_t *count)
{
    struct Distribution *d = t->vm->distributed;
    *unused = NULL;
    *count = 0;
    if (!d)
        return true;
    size_t zeros = 0;
    for (uint32_t i = 0; i < d->used; i++)
        zeros += d->objects[i] && oz_distributed_count(t->vm, d->objects[i]) == 0;
    if (zeros && !(*unused = malloc(zeros * sizeof **unused)))
        return false;
    for (uint32_t i = 0; i < d->used; i++) {
        Object *o = d->objects[i];
        if (o && !oz_is_immortal(o)) {
            int32_t sum = oz_distributed_count(t->vm, o);
            if (!sum)
                (*unused)[(*count)++] = o;
            atomic_store_explicit(&o->refs, sum ? sum : 1, memory_order_relaxed);
        }
    }
    memset(d->base, 0, d->used * sizeof *d->base);
    memset(d->objects, 0, d->used * sizeof(Object *));
    memset(t->counts, 0, d->used * sizeof *t->counts);
    d->used = d->spare = d->contended = 0;
    return true;
}
