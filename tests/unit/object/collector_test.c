// SPDX-License-Identifier: MIT
// The collector against a model: random graphs of nodes, changed between passes, compared with
// what can be reached.  Finalisers, resurrection, weak references and their callbacks.
#include "object/collector.h"

#include "heap/heap_layout.h"
#include "object/class.h"
#include "object/weakref.h"
#include "unit.h"

#include <stdlib.h>

#define EDGES 3
#define ROOTS 64
#define MAGIC 0x5eedf00d

typedef struct Node {
    Object base;
    Ref edges[EDGES];
    uint32_t magic;
    uint32_t mark;
} Node;

static Thread *t;
static size_t living;
static Ref roots[ROOTS];
static uint64_t state = 88172645463325252u;

static uint64_t any(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static void node_visit(const Object *o, Visitor *v)
{
    const Node *node = (const Node *)o;
    for (ssize_t i = 0; i < EDGES; i++)
        oz_visit(v, node->edges[i], "[]", i);
}

static void node_clear(Thread *unused OZ_UNUSED, Object *o)
{
    Node *node = (Node *)o;
    for (size_t i = 0; i < EDGES; i++)
        oz_clear(&node->edges[i]);
}

static void node_free(Thread *unused OZ_UNUSED, Object *o)
{
    check(((Node *)o)->magic == MAGIC);
    ((Node *)o)->magic = 0;
    living--;
}

static void weak_clear(Thread *thread, Object *o)
{
    oz_weakref_detach(thread, (WeakRef *)o);
    oz_clear(&((WeakRef *)o)->callback);
}

static const TypeDef node_type = {
    .id = OZ_LIST, .visit = node_visit, .clear = node_clear, .free = node_free};
static const TypeDef weak_type = {.id = OZ_WEAKREF, .clear = weak_clear};
static const TypeDef *types[OZ_TYPE_IDS + 1];
static Slots slots, weak_slots;
static Class node_class = {.slots = &slots}, weak_class = {.slots = &weak_slots};
static Shape node_shape = {.cls = &node_class, .def = &node_type};
static Shape weak_shape = {.cls = &weak_class, .def = &weak_type};

static void no_memory(Thread *thread OZ_UNUSED)
{
}

static void start(void)
{
    Vm *vm = oz_vm_new();
    t = vm->main;
    types[OZ_LIST] = &node_type;
    types[OZ_WEAKREF] = &weak_type;
    vm->types = types;
    vm->shapes[OZ_LIST] = &node_shape;
    vm->shapes[OZ_WEAKREF] = &weak_shape;
    vm->hooks.raise_memory = no_memory;
    slots.finalize = NULL;
    living = 0;
}

static void end(void)
{
    for (size_t i = 0; i < ROOTS; i++)
        oz_clear(&roots[i]);
    oz_gc_collect(t, 2);
    check(living == 0);
    oz_heap_audit(t->vm->heap);
    oz_vm_drop(t->vm);
}

static Node *node_new(void)
{
    Node *node = oz_object_new(t, OZ_LIST, sizeof(Node));
    if (!node)
        return NULL;
    node->magic = MAGIC;
    living++;
    return node;
}

/* ---- the model ---- */

typedef struct Walk {
    Visitor visitor;
    Node **waiting;
    size_t count, seen;
    uint32_t mark;
} Walk;

static void see(Visitor *v, Obj child, const char *label OZ_UNUSED, ssize_t index OZ_UNUSED)
{
    Walk *walk = (Walk *)v;
    Node *node = (Node *)child;
    if (node->mark == walk->mark)
        return;
    check(node->magic == MAGIC);
    node->mark = walk->mark;
    walk->seen++;
    walk->waiting[walk->count++] = node;
}

static size_t reachable(void)
{
    static uint32_t mark;
    Walk walk = {.visitor = {.edge = see}, .mark = ++mark};
    walk.waiting = malloc((living + 1) * sizeof *walk.waiting);
    for (size_t i = 0; i < ROOTS; i++) {
        oz_visit(&walk.visitor, roots[i], "", -1);
        while (walk.count)
            node_visit(&walk.waiting[--walk.count]->base, &walk.visitor);
    }
    free(walk.waiting);
    return walk.seen;
}

static Node *wander(void)
{
    Node *node = (Node *)roots[any(ROOTS)];
    for (uint64_t steps = any(12); node && steps; steps--) {
        Node *next = (Node *)node->edges[any(EDGES)];
        if (next)
            node = next;
    }
    return node;
}

static void mutate(void)
{
    size_t slot = any(ROOTS);
    Node *from = wander(), *to = wander();
    switch (any(8)) {
    case 0:
        oz_clear(&roots[slot]);
        break;
    case 1: {
        Ref old = roots[slot];
        roots[slot] = to ? oz_retain((Obj)to) : NULL;
        oz_drop(old);
        break;
    }
    case 2:
    case 3:
        if (from)
            oz_store(&from->base, &from->edges[any(EDGES)], to ? oz_retain((Obj)to) : NULL);
        break;
    default: {
        Node *made = node_new();
        if (!made)
            break;
        if (to)
            oz_store_new(&made->base, &made->edges[0], oz_retain((Obj)to));
        if (from && any(3)) {
            oz_store(&from->base, &from->edges[any(EDGES)], (Ref)made);
        } else {
            Ref old = roots[slot];
            roots[slot] = (Ref)made;
            oz_drop(old);
        }
    }
    }
}

TEST(exactly_what_cannot_be_reached_is_collected)
{
    start();
    for (int round = 0; round < 300; round++) {
        for (uint64_t steps = any(3000); steps; steps--)
            mutate();
        size_t live = reachable();
        check(live <= living);
        oz_gc_collect(t, round % 10 ? round % 3 / 2 : 2);
        check(reachable() == live);
        if (round % 10 == 0)
            check(living == live);
        if (round % 20 == 0)
            oz_heap_audit(t->vm->heap);
    }
    end();
}

/* Polls until a full pass that began after now has ended, in slices of one step. */
static void two_full_passes(void)
{
    const GcStats *stats = &oz_collector(t->vm)->stats[2];
    for (uint64_t end = stats->collections + 2; stats->collections < end;)
        oz_gc_poll(t);
}

TEST(slices_take_no_live_object_and_all_garbage)
{
    start();
    t->vm->stress |= OZ_STRESS_SLICE;
    for (int round = 0; round < 200; round++) {
        uint64_t pace = 1 + any(20);
        for (uint64_t steps = any(3000); steps; steps--) {
            mutate();
            size_t live = reachable();
            for (uint64_t slices = any(pace); slices; slices--)
                oz_gc_poll(t);
            if (any(500) == 0)
                oz_gc_collect(t, (int)any(3));
            check(reachable() == live); /* and all of them whole */
        }
        if (round % 10 == 0) {
            two_full_passes();
            check(living == reachable());
            oz_heap_audit(t->vm->heap);
        }
    }
    check(oz_collector(t->vm)->stats[2].collected > 100);
    end();
}

TEST(pages_may_end_between_slices)
{
    start();
    t->vm->stress |= OZ_STRESS_SLICE;
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 20000; i++) { /* a chain, of some ten pages */
            Node *node = node_new();
            oz_store_new(&node->base, &node->edges[0], oz_move(&roots[0]));
            roots[0] = (Ref)node;
        }
        for (uint64_t slices = any(30000); slices; slices--)
            oz_gc_poll(t);
        oz_clear(&roots[0]);
        oz_heap_trim(t->heap);
        for (uint64_t slices = any(100); slices; slices--)
            oz_gc_poll(t);
        check(living == 0);
        oz_heap_audit(t->vm->heap);
    }
    two_full_passes();
    end();
}

TEST(many_references_to_one_object_are_counted)
{
    start();
    Node *hub = node_new();
    for (int i = 0; i < 1000; i++) {
        Node *node = node_new();
        oz_store_new(&node->base, &node->edges[0], oz_retain((Obj)hub));
        oz_store_new(&node->base, &node->edges[1], hub->edges[0] ? oz_move(&hub->edges[0]) : NULL);
        oz_store_new(&hub->base, &hub->edges[0], (Ref)node);
    }
    check(oz_gc_collect(t, 2) == 0 && living == 1001);
    Node *held = (Node *)oz_retain(hub->edges[0]);
    oz_drop((Ref)hub);
    check(oz_gc_collect(t, 2) == 0 && living == 1001);
    t->vm->stress |= OZ_STRESS_SLICE;
    two_full_passes();
    check(living == 1001);
    oz_drop((Ref)held);
    two_full_passes();
    check(living == 0);
    end();
}

TEST(young_garbage_needs_no_full_pass)
{
    start();
    oz_gc_collect(t, 2);
    for (int i = 0; i < 1000; i++) {
        Node *a = node_new(), *b = node_new();
        oz_store_new(&a->base, &a->edges[0], (Ref)b);
        oz_store_new(&b->base, &b->edges[0], (Ref)a);
    }
    check(living == 2000);
    check(oz_gc_collect(t, 0) == 2000);
    check(living == 0);
    end();
}

TEST(automatic_passes_become_due)
{
    start();
    size_t most = 0;
    for (int i = 0; i < 300000; i++) {
        Node *a = node_new();
        oz_store_new(&a->base, &a->edges[0], (Ref)a);
        if (atomic_load(&t->interrupt) & OZ_INTERRUPT_COLLECT)
            oz_gc_poll(t);
        most = living > most ? living : most;
    }
    check(most < 20000);
    check(oz_collector(t->vm)->stats[0].collected > 250000);
    oz_gc_enable(t, false);
    for (int i = 0; i < 50000; i++) {
        Node *a = node_new();
        oz_store_new(&a->base, &a->edges[0], (Ref)a);
    }
    check(!(atomic_load(&t->interrupt) & OZ_INTERRUPT_COLLECT) && living >= 50000);
    end();
}

static size_t in_generation[3];

static void count_generation(Object *o, void *arg)
{
    if (oz_id(o) == OZ_LIST)
        ++*(size_t *)arg;
}

static bool generations(size_t newest, size_t middle, size_t old)
{
    for (int i = 0; i < 3; i++) {
        in_generation[i] = 0;
        oz_gc_each(t, i, count_generation, &in_generation[i]);
    }
    return in_generation[0] == newest && in_generation[1] == middle && in_generation[2] == old;
}

TEST(objects_grow_old_step_by_step)
{
    start();
    Node *a = node_new();
    oz_store_new(&a->base, &a->edges[0], oz_retain((Obj)a));
    check(generations(1, 0, 0));
    oz_gc_collect(t, 0);
    check(generations(0, 1, 0));
    Node *b = node_new();
    oz_store_new(&b->base, &b->edges[0], oz_retain((Obj)b));
    check(generations(1, 1, 0) && oz_gc_young_count(t) == 1);
    oz_gc_collect(t, 0);
    check(generations(0, 2, 0));
    oz_gc_collect(t, 1);
    check(generations(0, 0, 2));
    oz_drop((Ref)a);
    check(oz_gc_collect(t, 1) == 0 && oz_gc_collect(t, 2) == 1);
    check(generations(0, 0, 1));
    oz_drop((Ref)b);
    end();
}

static size_t finalized;
static bool resurrect;

static void node_finalize(Thread *thread OZ_UNUSED, Obj o)
{
    finalized++;
    check(((Node *)o)->magic == MAGIC && ((Node *)o)->edges[0]);
    if (resurrect && !roots[0])
        roots[0] = oz_retain(o);
}

TEST(finalizers_run_once_and_may_resurrect)
{
    start();
    slots.finalize = node_finalize;
    for (int round = 0; round < 2; round++) {
        resurrect = round == 0;
        finalized = 0;
        Node *a = node_new(), *b = node_new();
        oz_store_new(&a->base, &a->edges[0], (Ref)b);
        oz_store_new(&b->base, &b->edges[0], (Ref)a);
        Node *c = node_new(); /* garbage of its own */
        oz_store_new(&c->base, &c->edges[0], (Ref)c);
        size_t found = oz_gc_collect(t, 2);
        check(finalized == 3);
        check(found == (resurrect ? 1 : 3) && living == (resurrect ? 2 : 0));
        oz_clear(&roots[0]);
        oz_gc_collect(t, 2);
        check(finalized == 3 && living == 0);
    }
    end();
}

static size_t called;

static Ref weak_callback(Thread *thread OZ_UNUSED, Obj self OZ_UNUSED, const Args *args)
{
    check(args->count == 1 && !((WeakRef *)args->items[0])->target);
    called++;
    return OZ_NONE;
}

static WeakRef *weak_new(Node *target, bool callback)
{
    WeakRef *ref = oz_object_new(t, OZ_WEAKREF, sizeof(WeakRef));
    check(oz_weakref_attach(t, ref, &target->base, callback ? (Ref)node_new() : NULL));
    return ref;
}

TEST(weak_references_are_cleared_and_told)
{
    start();
    slots.call = weak_callback;
    called = 0;
    WeakRef *refs[100];
    for (int i = 0; i < 50; i++) {
        Node *a = node_new();
        oz_store_new(&a->base, &a->edges[0], oz_retain((Obj)a));
        refs[2 * i] = weak_new(a, true);
        refs[2 * i + 1] = weak_new(a, false);
        check(oz_weakref_first(t, &a->base) == refs[2 * i + (refs[2 * i]->next == NULL)]);
        oz_drop((Ref)a);
    }
    check(oz_gc_collect(t, 0) == 50);
    check(called == 50 && living == 0);
    for (int i = 0; i < 100; i++) {
        check(!refs[i]->target && !oz_weakref_get(refs[i]));
        oz_drop((Ref)refs[i]);
    }
    Node *b = node_new();
    WeakRef *ref = weak_new(b, true);
    check(oz_has_flag(&b->base, OZ_FLAG_WEAKREF));
    oz_drop((Ref)ref);
    check(!oz_has_flag(&b->base, OZ_FLAG_WEAKREF));
    ref = weak_new(b, true);
    oz_drop((Ref)b);
    check(called == 51 && !ref->target);
    oz_drop((Ref)ref);
    slots.call = NULL;
    end();
}

TEST(frozen_objects_are_left_alone)
{
    start();
    for (int i = 0; i < 10; i++) {
        Node *a = node_new();
        oz_store_new(&a->base, &a->edges[0], (Ref)a);
    }
    check(oz_gc_freeze(t));
    check(oz_gc_frozen_count(t) == 10);
    check(oz_gc_collect(t, 2) == 0 && living == 10);
    oz_gc_unfreeze(t);
    check(oz_gc_frozen_count(t) == 0);
    check(oz_gc_collect(t, 2) == 10 && living == 0);
    end();
}

TEST(a_pass_without_memory_changes_nothing)
{
#ifdef OZ_DEBUG
    start();
    for (int n = 1; n < 12; n++) {
        Node *first = node_new(), *last = first;
        for (int i = 0; i < 3000; i++) {
            Node *next = node_new();
            oz_store_new(&last->base, &last->edges[0], (Ref)next);
            last = next;
        }
        oz_store_new(&last->base, &last->edges[1], oz_retain((Obj)first));
        roots[0] = (Ref)first;
        oz_heap_inject(t->vm->heap, (uint64_t)n, OZ_FAIL_FOREVER);
        size_t found = oz_gc_collect(t, n % 2 ? 0 : 2);
        check((found == 0 || found == OZ_GC_NO_MEMORY) && living == 3001);
        oz_clear(&roots[0]);
        found = oz_gc_collect(t, 2);
        check(found == OZ_GC_NO_MEMORY || found == 3001);
        oz_heap_inject(t->vm->heap, 0, OZ_FAIL_ONCE);
        check(oz_gc_collect(t, 2) == (found == 3001 ? 0 : 3001));
        check(living == 0);
    }
    end();
#endif
}

TEST(publication_needs_no_memory)
{
#ifdef OZ_DEBUG
    enum { NODES = 9841 }; /* 3^0 + ... + 3^8 */
    for (int failing = 0; failing < 2; failing++) {
        start();
        static Node *nodes[NODES];
        for (size_t i = 0; i < NODES; i++) {
            nodes[i] = node_new();
            if (i)
                oz_store_new(&nodes[(i - 1) / 3]->base, &nodes[(i - 1) / 3]->edges[(i - 1) % 3],
                             (Ref)nodes[i]);
        }
        oz_store_new(&nodes[NODES - 1]->base, &nodes[NODES - 1]->edges[0],
                     oz_retain((Obj)nodes[0])); /* and a cycle */
        roots[0] = (Ref)nodes[0];
        oz_heap_inject(t->vm->heap, failing, OZ_FAIL_FOREVER);
        oz_publish(t, roots[0]);
        oz_heap_inject(t->vm->heap, 0, OZ_FAIL_ONCE);
        for (size_t i = 0; i < NODES; i++) /* counted as before, and not grey */
            check((uint32_t)oz_refs(&nodes[i]->base) == 0x80000001u + (i == 0));
        end();
    }
#endif
}

int main(void)
{
    atomic_store(&node_class.base.refs, OZ_REFS_IMMORTAL);
    atomic_store(&weak_class.base.refs, OZ_REFS_IMMORTAL);
    RUN(slices_take_no_live_object_and_all_garbage);
    RUN(pages_may_end_between_slices);
    RUN(many_references_to_one_object_are_counted);
    RUN(young_garbage_needs_no_full_pass);
    RUN(exactly_what_cannot_be_reached_is_collected);
    RUN(automatic_passes_become_due);
    RUN(objects_grow_old_step_by_step);
    RUN(finalizers_run_once_and_may_resurrect);
    RUN(weak_references_are_cleared_and_told);
    RUN(frozen_objects_are_left_alone);
    RUN(a_pass_without_memory_changes_nothing);
    RUN(publication_needs_no_memory);
    return failures > 0;
}
