// SPDX-License-Identifier: MIT
// Weak references: the side table.
//
// One open-addressing table for the VM maps an object's address to the first of its weak
// references; these form a list.  An object without weak references pays nothing.  The table
// holds no counts: a reference that dies takes itself out, an object that dies clears its own.
//
//   I1. An object has OZ_FLAG_WEAKREF if and only if the table has an entry for it.
//   I2. Every reference in a list has `target` set and is alive.
#include "object/weakref.h"

#include "object/class.h"
#include "object/counts.h"

#include <stdlib.h>

typedef struct Entry {
    Object *target; /* NULL: empty */
    WeakRef *first;
} Entry;

typedef struct Table {
    size_t used;
    size_t mask; /* buckets - 1 */
    Entry entries[];
} Table;

enum { FIRST_BUCKETS = 16 };

static size_t bucket_of(const Table *table, const Object *o)
{
    return (size_t)((uintptr_t)o * UINT64_C(0x9E3779B97F4A7C15) >> 20) & table->mask;
}

static Entry *find(const Table *table, const Object *o)
{
    size_t i = bucket_of(table, o);
    while (table->entries[i].target && table->entries[i].target != o)
        i = (i + 1) & table->mask;
    return (Entry *)&table->entries[i];
}

/* Room for one more entry. */
static Table *grow(Thread *t)
{
    Table *old = t->vm->weakrefs;
    if (old && (old->used + 1) * 4 <= (old->mask + 1) * 3)
        return old;
    size_t buckets = old ? (old->mask + 1) * 2 : FIRST_BUCKETS;
    size_t size = sizeof(Table) + buckets * sizeof(Entry);
    Table *table = oz_block_alloc(t->heap, size);
    if (!table)
        return NULL;
    memset(table, 0, size);
    table->mask = buckets - 1;
    for (size_t i = 0; old && i <= old->mask; i++) {
        if (!old->entries[i].target)
            continue;
        *find(table, old->entries[i].target) = old->entries[i];
        table->used++;
    }
    oz_block_free(old);
    t->vm->weakrefs = table;
    return table;
}

/* Close the gap that an entry leaves: move up what probed past it. */
static void erase(Table *table, Entry *entry)
{
    size_t gap = (size_t)(entry - table->entries), i = gap;
    for (;;) {
        i = (i + 1) & table->mask;
        if (!table->entries[i].target)
            break;
        size_t home = bucket_of(table, table->entries[i].target);
        if (((i - home) & table->mask) >= ((i - gap) & table->mask)) {
            table->entries[gap] = table->entries[i];
            gap = i;
        }
    }
    table->entries[gap].target = NULL;
    table->used--;
}

static void forget(Thread *t, Object *target)
{
    Table *table = t->vm->weakrefs;
    erase(table, find(table, target));
    oz_flag_clear(target, OZ_FLAG_WEAKREF);
}

/* Exact references and proxies without a callback are shared, so they stand first, the reference
 * before the proxy; behind them the newest is first. */
static bool is_shared(const WeakRef *ref)
{
    return !ref->callback && oz_id(&ref->base) < OZ_BUILTIN_IDS;
}

bool oz_weakref_attach(Thread *t, WeakRef *ref, Object *target, Ref callback)
{
    Table *table = grow(t);
    if (!table) {
        oz_drop(callback);
        t->vm->hooks.raise_memory(t);
        return false;
    }
    oz_store_new(&ref->base, &ref->callback, callback);
    ref->target = target;
    ref->hash = -1;
    Entry *entry = find(table, target);
    if (!entry->target) {
        entry->target = target;
        entry->first = NULL;
        table->used++;
        oz_flag_set(target, OZ_FLAG_WEAKREF);
    }
    WeakRef *after = NULL, *next = entry->first;
    bool first = is_shared(ref) && oz_id(&ref->base) == OZ_WEAKREF;
    while (next && is_shared(next) && !first) {
        after = next;
        next = next->next;
    }
    ref->prev = after;
    ref->next = next;
    if (next)
        next->prev = ref;
    if (after)
        after->next = ref;
    else
        entry->first = ref;
    if (oz_refs(target) < 0) /* others find it by that */
        oz_share(t, (Obj)ref);
    return true;
}

void oz_weakref_detach(Thread *t, WeakRef *ref)
{
    Object *target = ref->target;
    if (!target)
        return;
    ref->target = NULL;
    if (ref->next)
        ref->next->prev = ref->prev;
    if (ref->prev)
        ref->prev->next = ref->next;
    else if (ref->next)
        find(t->vm->weakrefs, target)->first = ref->next;
    else
        forget(t, target);
    ref->next = ref->prev = NULL;
}

WeakRef *oz_weakref_first(Thread *t, const Object *target)
{
    if (!oz_has_flag(target, OZ_FLAG_WEAKREF))
        return NULL;
    return find(t->vm->weakrefs, target)->first;
}

Ref oz_weakref_get(const WeakRef *ref)
{
    return ref->target && oz_try_retain(ref->target) ? (Ref)ref->target : NULL;
}

void oz_weakrefs_empty(Thread *t, Object *target, bool (*dies)(const Object *o, void *arg),
                       void (*keep)(WeakRef *ref, void *arg), void *arg)
{
    WeakRef *ref = oz_weakref_first(t, target);
    if (!ref)
        return;
    forget(t, target);
    while (ref) {
        WeakRef *next = ref->next;
        ref->target = NULL;
        ref->next = ref->prev = NULL;
        if (ref->callback && !dies(&ref->base, arg)) {
            oz_retain_object(&ref->base);
            keep(ref, arg);
        }
        ref = next;
    }
}

void oz_weakref_call(Thread *t, WeakRef *ref)
{
    scoped Ref callback = oz_move(&ref->callback);
    if (!callback)
        return;
    Ref pending = oz_move(&t->exception);
    Obj argument = (Obj)ref;
    Args args = {&argument, 1, 0, NULL};
    const Class *cls = oz_class_of(callback);
    if (cls->slots->call) {
        Ref result = cls->slots->call(t, callback, &args);
        if (result)
            oz_drop(result);
        else
            t->vm->hooks.unraisable(t, callback);
    }
    t->exception = pending;
}

/* ---- death of the target ---- */

/* References to run, linked by `next`, which a cleared one no longer needs. */
typedef struct Queue {
    WeakRef *first;
    WeakRef **end;
} Queue;

static bool lives(const Object *o OZ_UNUSED, void *arg OZ_UNUSED)
{
    return false;
}

static void enqueue(WeakRef *ref, void *arg)
{
    Queue *queue = arg;
    *queue->end = ref;
    queue->end = &ref->next;
}

void oz_weakrefs_clear(Thread *t, Object *target)
{
    Queue queue = {NULL, &queue.first};
    oz_weakrefs_empty(t, target, lives, enqueue, &queue);
    while (queue.first) {
        WeakRef *ref = queue.first;
        queue.first = ref->next;
        ref->next = NULL;
        oz_weakref_call(t, ref);
        oz_drop_object(&ref->base);
    }
}

void oz_weakrefs_fini(Vm *vm)
{
    oz_block_free(vm->weakrefs);
    vm->weakrefs = NULL;
}
