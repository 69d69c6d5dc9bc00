// SPDX-License-Identifier: MIT
// Publication: what a second thread may come to see becomes shared, and all that it leads to.
//
// A local object (refs > 0) is reachable by one thread alone.  So a shared one refers to shared
// ones only (THREADS T1), in every sense of refer: a weak reference leads to its target, an object
// to its weak references, a class to its subclasses.
//
// Until the first thread starts nothing but immortals is shared, and what they hold.  oz_share_vm
// shares what the VM holds then; from there on whoever hands over the turn does that again, since
// only who has the turn looks there (oz_share_roots).
//
// When one thread is left everything is made local again, since counts of shared objects cost a
// call: a program that uses threads at times is as fast as any other in between.  That takes a walk
// over the heap, and so does the next publication; both together may take a small share of the
// time of the program (is_worth_it).
//
// Publication cannot fail (T14).  Objects that were made shared and whose references were not
// looked at yet are on a stack; where there is no memory for a longer one they are made grey
// instead, and searched for in the pages.  Grey is a bit above every count: one of 2^28 - 1 or more
// is immortal when it is shared.
#include "heap/heap_layout.h"
#include "object/class.h"
#include "object/collector.h"
#include "object/distribute.h"
#include "object/weakref.h"
#include "object/world.h"

#include <stdio.h>
#include <stdlib.h>

#define GREY OZ_COUNTED_MAX
#define COUNT_IMMORTAL (OZ_COUNTED_MAX - 1)

typedef struct Publisher {
    Visitor visitor;
    Thread *t;
    Object **items;
    size_t count;
    size_t capacity;
    bool grey;  /* there are some */
    bool first; /* no other thread has run yet */
} Publisher;

static bool push(Publisher *p, Object *o)
{
    if (p->count == p->capacity) {
        size_t capacity = p->capacity ? p->capacity * 2 : 256;
        Object **more = oz_block_realloc(p->t->heap, p->items, capacity * sizeof(Object *));
        if (!more)
            return false;
        p->items = more;
        p->capacity = capacity;
    }
    p->items[p->count++] = o;
    return true;
}

static void set_shared(Object *o, uint32_t count, bool grey)
{
    uint32_t refs = OZ_COUNTED | (count < COUNT_IMMORTAL ? count : COUNT_IMMORTAL);
    if (grey)
        refs |= GREY;
    else if (count >= COUNT_IMMORTAL)
        refs = (uint32_t)OZ_REFS_IMMORTAL;
    atomic_store_explicit(&o->refs, (int32_t)refs, memory_order_relaxed);
}

/* Does every thread refer to such an object all the time (T7)? */
static bool is_common(const Publisher *p, const Object *o)
{
    switch (p->t->shapes[oz_id(o)]->layout) {
    case OZ_TYPE:
    case OZ_MODULE:
    case OZ_CODE:
        return true;
    case OZ_FUNCTION:
    case OZ_BUILTIN_FUNCTION:
    case OZ_PROPERTY:
    case OZ_STATICMETHOD:
    case OZ_CLASSMETHOD:
        return p->first;
    default:
        return false;
    }
}

static void publish_object(Publisher *p, Object *o)
{
    int32_t n = oz_refs(o);
    if (n <= 0)
        return;
    bool leaf = oz_id(o) < OZ_LEAF_END && !oz_has_flag(o, OZ_FLAG_WEAKREF);
    bool grey = !leaf && !push(p, o);
    if (!grey && is_common(p, o) && oz_distribute(p->t, o))
        return;
    set_shared(o, (uint32_t)n, grey);
    p->grey |= grey;
}

static void publish_edge(Visitor *v, Obj child, const char *label OZ_UNUSED,
                         ssize_t index OZ_UNUSED)
{
    publish_object((Publisher *)v, oz_object(child));
}

/* What an object leads to without a count. */
static void publish_weak_edges(Publisher *p, Object *o)
{
    uint32_t layout = p->t->shapes[oz_id(o)]->layout;
    if (layout == OZ_TYPE) {
        const ClassList *list = ((Class *)o)->subclasses;
        for (uint32_t i = 0; list && i < list->count; i++)
            if (list->items[i])
                publish_object(p, &list->items[i]->base);
    } else if (layout == OZ_WEAKREF || layout == OZ_WEAK_PROXY ||
               layout == OZ_WEAK_CALLABLE_PROXY) {
        if (((WeakRef *)o)->target)
            publish_object(p, ((WeakRef *)o)->target);
    }
    for (WeakRef *ref = oz_weakref_first(p->t, o); ref; ref = ref->next)
        publish_object(p, &ref->base);
}

/* What the instructions of code name, and what lies in modules, is read by every thread. */
typedef struct Common {
    Visitor visitor;
    Publisher *p;
} Common;

static void common_item(Visitor *v, Obj child, const char *label OZ_UNUSED, ssize_t index OZ_UNUSED)
{
    Publisher *p = ((Common *)v)->p;
    Object *o = oz_object(child);
    const Class *cls = p->t->shapes[oz_id(o)]->cls;
    bool local = oz_refs(o) > 0;
    if (oz_is_immortal(o) || (cls && cls->slots->finalize) || (!local && !p->first))
        return;
    publish_object(p, o);
    (void)oz_distribute(p->t, o);
}

static void common_edge(Visitor *v, Obj child, const char *label OZ_UNUSED, ssize_t index OZ_UNUSED)
{
    Common items = {.visitor.edge = common_item, .p = ((Common *)v)->p};
    if (oz_is(child, OZ_TUPLE) || oz_is(child, OZ_DICT))
        oz_visit_object(items.p->t, oz_object(child), &items.visitor);
}

static void publish_edges(Publisher *p, Object *o)
{
    Common common = {.visitor.edge = common_edge, .p = p};
    uint32_t layout = p->t->shapes[oz_id(o)]->layout;
    if (layout == OZ_CODE || layout == OZ_TYPE || (layout == OZ_MODULE && p->first))
        oz_visit_object(p->t, o, &common.visitor);
    oz_visit_object(p->t, o, &p->visitor);
    publish_weak_edges(p, o);
}

static void publish_pushed(Publisher *p)
{
    while (p->count)
        publish_edges(p, p->items[--p->count]);
}

static void publish_grey(void *cell, size_t size OZ_UNUSED, void *arg)
{
    Publisher *p = arg;
    Object *o = cell;
    uint32_t refs = (uint32_t)oz_refs(o);
    if ((refs & ~COUNT_IMMORTAL) != (OZ_COUNTED | GREY))
        return;
    set_shared(o, refs & COUNT_IMMORTAL, false);
    publish_edges(p, o);
    publish_pushed(p);
}

static void finish(Publisher *p)
{
    publish_pushed(p);
    while (p->grey) {
        p->grey = false;
        oz_heap_each(p->t->vm->heap, OZ_PAGE_CONTAINER, publish_grey, p);
        oz_heap_each(p->t->vm->heap, OZ_PAGE_LEAF, publish_grey, p);
    }
    oz_block_free(p->items);
}

static OZ_NOINLINE void publish(Thread *t, Object *o)
{
    Publisher p = {.visitor.edge = publish_edge, .t = t, .first = !t->vm->sharing};
    publish_object(&p, o);
    finish(&p);
}

void oz_publish(Thread *t, Obj v)
{
    if (oz_is_pointer(v) && oz_refs(oz_object(v)) > 0)
        publish(t, oz_object(v));
}

void oz_publish_foreign(Thread *t, Obj v)
{
    if (!t->vm->sharing || !oz_is_pointer(v) || oz_refs(oz_object(v)) <= 0 ||
        oz_page_owner(oz_page_of(v)) == t->heap)
        return;
    oz_world_stop(t);
    oz_publish(t, v);
    oz_world_resume(t);
}

void oz_publish_edges(Thread *t, Object *o)
{
    Publisher p = {.visitor.edge = publish_edge, .t = t, .first = !t->vm->sharing};
    publish_edges(&p, o);
    finish(&p);
}

/* ---- the first thread starts ---- */

static void publish_edges_of_shared(void *cell, size_t size OZ_UNUSED, void *arg)
{
    if (oz_refs(cell) < 0)
        publish_edges(arg, cell);
}

void oz_share_roots(Thread *t)
{
    const Vm *vm = t->vm;
    const Collector *c = vm->collector;
    const Ref own[] = {vm->builtins,      vm->builtins_start, vm->sys,          vm->modules,
                       vm->warn_filters,  vm->warn_once,      vm->warn_default, vm->codec_search,
                       vm->codec_cache,   vm->codec_errors,   vm->audit_hooks,  vm->exit_functions,
                       vm->replaced_code, c->garbage,         c->callbacks};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        oz_publish(t, own[i]);
    for (const VmRoots *roots = vm->roots; roots; roots = roots->next)
        for (size_t i = 0; i < roots->count; i++)
            oz_publish(t, roots->places[i]);
}

void oz_share_vm(Thread *t)
{
    if (t->vm->sharing)
        return;
    int64_t start = oz_monotonic_ns();
    (void)oz_distribution_init(t->vm);
    Publisher p = {.visitor.edge = publish_edge, .t = t, .first = true};
    for (size_t id = 0; id < OZ_TYPE_IDS; id++)
        if (t->vm->classes[id])
            publish_edges(&p, &t->vm->classes[id]->base);
    publish_pushed(&p);
    oz_share_roots(t);
    oz_heap_each(t->vm->heap, OZ_PAGE_CONTAINER, publish_edges_of_shared, &p);
    finish(&p);
    t->vm->sharing = true;
    t->vm->hooks.share_interned(t);
    t->vm->share_ns += oz_monotonic_ns() - start;
}

/* ---- one thread is left ---- */

/* The first times cost nobody much.  Later ones may take 5 % of the time since the program started,
 * but are not for a thread that just ended: others may be about to start. */
#define FIRST_SHARE_NS INT64_C(5000000)
#define SHARE_OF_TIME 20

static bool is_worth_it(const Vm *vm, bool collects)
{
    int64_t most = collects ? (oz_monotonic_ns() - vm->start_ns) / SHARE_OF_TIME : 0;
    return vm->share_ns < FIRST_SHARE_NS + most;
}

static void make_local(void *cell, size_t size OZ_UNUSED, void *arg OZ_UNUSED)
{
    Object *o = cell;
    uint32_t count = (uint32_t)oz_refs(o) - OZ_COUNTED;
    if (count && count < OZ_COUNTED_MAX) /* what is dead, or immortal, stays so */
        atomic_store_explicit(&o->refs, (int32_t)count, memory_order_relaxed);
}

/* If it is the time, and there is memory for it. */
static void unshare_vm(Thread *t, bool collects)
{
    Vm *vm = t->vm;
    Object **unused;
    size_t count;
    if (t->drop_depth || t->finalize_depth || !is_worth_it(vm, collects) || !oz_gc_abandon(t))
        return;
    int64_t start = oz_monotonic_ns();
    oz_world_stop(t); /* frees what was retired */
    oz_world_resume(t);
    oz_heap_drain_all(vm->heap);
    oz_heap_adopt(t->heap);
    if (!oz_distribution_end(t, &unused, &count))
        return;
    oz_heap_each(vm->heap, OZ_PAGE_CONTAINER, make_local, NULL);
    oz_heap_each(vm->heap, OZ_PAGE_LEAF, make_local, NULL);
    vm->sharing = false;
    vm->share_ns += oz_monotonic_ns() - start;
    while (count)
        oz_drop_object(unused[--count]);
    free(unused);
}

void oz_counts_poll(Thread *t, bool collects)
{
    Vm *vm = t->vm;
    oz_distribute_contended(t);
    if (vm->sharing && !vm->finalizing && !(vm->stress & (OZ_STRESS_SHARE | OZ_STRESS_FREE)) &&
        atomic_load_explicit(&vm->threads_alive, memory_order_acquire) == 1)
        unshare_vm(t, collects);
}

#ifdef OZ_DEBUG

typedef struct Audit {
    Visitor visitor;
    Thread *t;
    const Object *from;
} Audit;

static void audit_edge(Visitor *v, Obj child, const char *label, ssize_t index)
{
    const Audit *audit = (Audit *)v;
    if (oz_refs(oz_object(child)) <= 0)
        return;
    fprintf(stderr, "T1: a shared '%s' refers by %s[%zd] to a local '%s'\n",
            audit->t->shapes[oz_id(audit->from)]->def->name, label ? label : "?", index,
            audit->t->shapes[oz_id(oz_object(child))]->def->name);
    abort();
}

static void audit_cell(void *cell, size_t size OZ_UNUSED, void *arg)
{
    Audit *audit = arg;
    audit->from = cell;
    if (oz_refs(cell) < 0 && !oz_is_dead(cell))
        oz_visit_object(audit->t, cell, &audit->visitor);
}

void oz_share_audit(Thread *t)
{
    Audit audit = {.visitor.edge = audit_edge, .t = t};
    if (t->vm->sharing)
        oz_heap_each(t->vm->heap, OZ_PAGE_CONTAINER, audit_cell, &audit);
}

#else

void oz_share_audit(Thread *t OZ_UNUSED)
{
}

#endif
