// SPDX-License-Identifier: MIT
// Making, counting and unmaking objects.
//
// Death of an object, in this order:
//   1. __del__, once, with the object held by one reference; it may be resurrected by it.
//   2. weak references to it are cleared and their callbacks run.
//   3. its references are dropped (TypeDef.clear, or the slots of an instance).
//   4. its cell is free.
// From step 2 on its count is OZ_REFS_DYING: what runs meanwhile must not get hold of it any more,
// so oz_gc_each leaves it out.
// Step 3 may kill further objects.  They die inside the drop, as deep as DROP_DEPTH; what dies
// deeper waits on the thread's list of doomed objects for the outermost drop, so that a list
// nested ten million deep needs no C stack (D1).  The list holds at most the objects that die at
// exactly that depth under one parent, not the whole structure.  Finalisers nest in the same way,
// each with a part of the list of doomed objects of its own; what would be finalised deeper than
// DROP_DEPTH waits for the outermost finaliser (a chain of generators, each held by the next).
//
// Shared objects (refs < 0) exist once a second thread has been started, or under the attack mode
// `share`; THREADS T1 to T6 are the rules.  A dying object has refs 1 (local), so nothing that its
// finaliser does with it can kill it twice.
#include "object/object.h"

#include "base/os_memory.h"
#include "heap/heap_layout.h"
#include "object/class.h"
#include "object/thread.h"
#include "object/weakref.h"

#include <string.h>

enum { DROP_DEPTH = 64, KEPT_ROOM = 4096 };

#define COUNTED_DEAD (UINT32_C(1) << 29)
#define COUNTED_MASK (COUNTED_DEAD - 1)
#define COUNTED_MAX (UINT32_C(1) << 28)

uint32_t oz_id_of_immediate(Obj v)
{
    Word w = oz_word(v);
    if (w & 1)
        return OZ_INT;
    if ((w & 3) == 2)
        return OZ_FLOAT;
    switch (w) {
    case 0x04:
    case 0x0c:
        return OZ_BOOL;
    case 0x14:
        return OZ_NONETYPE;
    case 0x1c:
        return OZ_ELLIPSISTYPE;
    case 0x24:
        return OZ_NOTIMPLEMENTEDTYPE;
    default:
        return OZ_NO_TYPE;
    }
}

/* ---- making ---- */

/* Has a builtin type no finaliser, of its own or inherited? */
static bool is_plain(const TypeDef *const *types, const TypeDef *def)
{
    while (def && !def->slots.finalize)
        def = def->id != OZ_OBJECT ? types[def->base ? def->base : OZ_OBJECT] : NULL;
    return !def;
}

void oz_thread_learn_types(Thread *t)
{
    for (uint32_t id = 0; id < OZ_TYPE_END; id++) {
        const TypeDef *def = t->vm->types[id];
        uint64_t bit = UINT64_C(1) << (id & 63);
        if (id < OZ_LEAF_END || (def->flags & OZ_TYPE_LEAF_CELLS))
            t->leaf_ids[id >> 6] |= bit;
        if (id >= OZ_LEAF_END && is_plain(t->vm->types, def))
            t->plain_ids[id >> 6] |= bit;
    }
}

/* The types of modules are looked at when the first of their objects dies: a start that read all
 * of them would touch a hundred pages. */
static OZ_NOINLINE bool learn_plain(Thread *t, uint32_t id)
{
    if (!is_plain(t->vm->types, t->vm->types[id]))
        return false;
    t->plain_ids[id >> 6] |= UINT64_C(1) << (id & 63);
    return true;
}

OZ_INLINE bool is_known_plain(Thread *t, uint32_t id)
{
    return (t->plain_ids[id >> 6] >> (id & 63) & 1) || (id >= OZ_TYPE_END && learn_plain(t, id));
}

/* One reference; OUNCE_STRESS=share has every object shared from birth, so that each count goes
 * down the slow path. */
OZ_INLINE int32_t first_count(const Thread *t OZ_UNUSED)
{
#ifdef OZ_DEBUG
    if (t->vm->stress & OZ_STRESS_SHARE)
        return INT32_MIN + 1;
#endif
    return 1;
}

void *oz_object_new_raw(Thread *t, uint32_t id, size_t size)
{
    PageClass kind = id < OZ_BUILTIN_IDS && (t->leaf_ids[id >> 6] >> (id & 63) & 1)
                         ? OZ_PAGE_LEAF
                         : OZ_PAGE_CONTAINER;
    Object *o = oz_heap_alloc_fast(t->heap, kind, size);
    if (OZ_UNLIKELY(!o)) {
        t->vm->hooks.raise_memory(t);
        return NULL;
    }
    atomic_store_explicit(&o->refs, first_count(t), memory_order_relaxed);
    atomic_store_explicit(&o->word, id << 8, memory_order_relaxed);
    return o;
}

void *oz_object_new(Thread *t, uint32_t id, size_t size)
{
    char *o = oz_object_new_raw(t, id, size);
    if (OZ_LIKELY(o != NULL))
        memset(o + sizeof(Object), 0, size - sizeof(Object));
    return o;
}

void oz_make_immortal(Object *o)
{
    atomic_store_explicit(&o->refs, OZ_REFS_IMMORTAL, memory_order_relaxed);
}

/* ---- counting on the slow path ---- */

static bool is_immortal(int32_t refs)
{
    return (uint32_t)refs >= OZ_REFS_IMMORTAL_START;
}

void oz_retain_slow(Object *o)
{
    int32_t n = oz_refs(o);
    if (n > 0 || is_immortal(n)) {
        if (n > 0) /* T2: 2^31 references */
            oz_make_immortal(o);
        return;
    }
    uint32_t old = (uint32_t)atomic_fetch_add_explicit(&o->refs, 1, memory_order_relaxed);
    if ((old & COUNTED_MASK) >= COUNTED_MAX)
        oz_make_immortal(o);
}

/* ---- death ---- */

static const TypeDef *def_of(Thread *t, uint32_t id)
{
    return id < OZ_BUILTIN_IDS ? t->vm->types[id] : t->shapes[id]->def;
}

/* Steps 3 and 4 of an exact instance of a builtin type. */
OZ_INLINE void unmake_builtin(Thread *t, Object *o, const TypeDef *def)
{
    if (def->clear)
        def->clear(t, o);
    if (def->free)
        def->free(t, o);
    oz_heap_free_fast(o);
}

/* Steps 3 and 4. */
static void unmake(Thread *t, Object *o)
{
    uint32_t id = oz_id(o);
    if (id >= OZ_BUILTIN_IDS) {
        t->vm->hooks.instance_clear(t, o, t->shapes[id]);
        const Shape *shape = t->shapes[oz_id(o)]; /* read after H3 */
        Class *cls = shape->cls;                  /* an instance counts its class */
        if (shape->def->free)
            shape->def->free(t, o);
        oz_heap_free_fast(o);
        oz_drop_object(&cls->base);
        return;
    }
    unmake_builtin(t, o, t->vm->types[id]);
}

/* Remember `o`, which dies too deep in the deaths of others.  Without memory for that it goes on,
 * or stays for ever where the C stack cannot hold one more death.  false: it goes on. */
static bool put_off(Thread *t, DeadList *list, Object *o)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity * 2;
        Object **block = list->items == list->room ? NULL : list->items;
        Object **more = oz_block_realloc(t->heap, block, capacity * sizeof *more);
        if (!more)
            return (char *)__builtin_frame_address(0) <= t->native_limit;
        if (!block)
            memcpy(more, list->room, sizeof list->room);
        list->items = more;
        list->capacity = capacity;
    }
    list->items[list->count++] = o;
    return true;
}

void oz_dead_list_init(DeadList *list)
{
    list->items = list->room;
    list->count = 0;
    list->capacity = OZ_DEAD_ROOM;
}

void oz_dead_list_fini(DeadList *list)
{
    if (list->items != list->room)
        oz_block_free(list->items);
    oz_dead_list_init(list);
}

/* The outermost drop ends: those that waited for it. */
OZ_INLINE void settle(Thread *t)
{
    if (t->drop_depth > 1)
        return;
    while (OZ_UNLIKELY(t->doomed.count > t->doomed_floor))
        unmake(t, t->doomed.items[--t->doomed.count]);
    if (OZ_UNLIKELY(t->doomed.capacity > KEPT_ROOM) && !t->doomed_floor)
        oz_dead_list_fini(&t->doomed);
}

static void unmake_bounded(Thread *t, Object *o)
{
    if (t->drop_depth >= DROP_DEPTH && put_off(t, &t->doomed, o))
        return;
    t->drop_depth++;
    unmake(t, o);
    settle(t);
    t->drop_depth--;
}

static void die(Thread *t, Object *o);

/* Step 1; true: the object lives on. */
static bool finalize(Thread *t, Object *o, Class *cls)
{
    if (t->finalize_depth >= DROP_DEPTH && put_off(t, &t->unfinalized, o))
        return true;
    oz_flag_set(o, OZ_FLAG_FINALIZED);
    Ref pending = oz_move(&t->exception);
    uint32_t depth = t->drop_depth;
    t->drop_depth = 0; /* what dies in the finaliser must not wait for us */
    size_t floor = t->doomed_floor;
    t->doomed_floor = t->doomed.count;
    t->finalize_depth++;
    cls->slots->finalize(t, (Obj)o);
    if (t->exception)
        t->vm->hooks.unraisable(t, (Obj)o);
    if (t->finalize_depth == 1) {
        while (t->unfinalized.count)
            die(t, t->unfinalized.items[--t->unfinalized.count]);
        if (t->unfinalized.capacity > KEPT_ROOM)
            oz_dead_list_fini(&t->unfinalized);
    }
    t->finalize_depth--;
    t->doomed_floor = floor;
    t->drop_depth = depth;
    t->exception = pending;
    int32_t n = oz_refs(o);
    if (n == 1)
        return false;
    oz_drop_object(o); /* the reference that held it for the finaliser */
    return true;
}

static OZ_NOINLINE void die(Thread *t, Object *o)
{
    uint32_t word = oz_header_word(o);
    uint32_t id = word >> 8;
    if (id < OZ_BUILTIN_IDS && is_known_plain(t, id)) { /* most of what dies */
        atomic_store_explicit(&o->refs, OZ_REFS_DYING, memory_order_relaxed);
        if (OZ_UNLIKELY(word & OZ_FLAG_WEAKREF))
            oz_weakrefs_clear(t, o);
        if (OZ_UNLIKELY(t->drop_depth >= DROP_DEPTH) && put_off(t, &t->doomed, o))
            return;
        t->drop_depth++;
        unmake_builtin(t, o, t->vm->types[id]);
        settle(t);
        t->drop_depth--;
        return;
    }
    if (id >= OZ_LEAF_END) {
        Class *cls = t->shapes[id]->cls;
        if (OZ_UNLIKELY(cls->slots->finalize != NULL && !(word & OZ_FLAG_FINALIZED)) &&
            finalize(t, o, cls))
            return;
        atomic_store_explicit(&o->refs, OZ_REFS_DYING, memory_order_relaxed);
        if (OZ_UNLIKELY(oz_header_word(o) & OZ_FLAG_WEAKREF))
            oz_weakrefs_clear(t, o);
        unmake_bounded(t, o);
        return;
    }
    const TypeDef *def = def_of(t, id);
    if (def->clear)
        def->clear(t, o);
    oz_heap_free_fast(o);
}

void oz_drop_slow(Object *o)
{
    int32_t n = oz_refs(o);
    if (OZ_LIKELY(n == 1)) {
        uint32_t word = oz_header_word(o);
        if ((word >> 8) - OZ_STR_ASCII <= OZ_STR_UCS4 - OZ_STR_ASCII &&
            !(word & OZ_FLAG_INTERNED)) /* owns nothing, and nobody is to be told */
            oz_heap_free_fast(o);
        else
            die(oz_thread(), o);
        return;
    }
    oz_check(n < 0);
    if (is_immortal(n))
        return;
    uint32_t old = (uint32_t)atomic_fetch_sub_explicit(&o->refs, 1, memory_order_acq_rel);
    if ((old & COUNTED_MASK) != 1)
        return;
    /* T4: only one thread is alive wherever objects are shared today, so nobody can have come
     * between; the object is local again for its death. */
    atomic_store_explicit(&o->refs, 1, memory_order_relaxed);
    die(oz_thread(), o);
}

/* ---- the store barrier ---- */

void oz_track_slow(Object *container)
{
    if (oz_id(container) < OZ_LEAF_END)
        return;
    oz_flag_set(container, OZ_FLAG_TRACKED);
    Page *page = oz_page_of(container);
    if (oz_has_flag(container, OZ_FLAG_OLD) || page->kind != OZ_PAGE_CONTAINER)
        return;
    oz_young_set(container);
    if (page->young == OZ_YOUNG_NOT) /* an object that has lived without being tracked */
        oz_heap_young_touch(page);
}

/* Publication (THREADS T14) cannot fail.  Objects that were made shared and whose references were
 * not looked at yet are on a stack; where there is no memory for a longer one they are made grey
 * instead, and searched for in the pages.  Grey is a bit above every count: one of 2^28 - 1 or more
 * is immortal when it is shared. */
#define SHARED UINT32_C(0x80000000)
#define GREY COUNTED_MAX
#define COUNT_IMMORTAL (COUNTED_MAX - 1)

typedef struct Publisher {
    Visitor visitor;
    Thread *t;
    Object **items;
    size_t count;
    size_t capacity;
    bool grey; /* there are some */
} Publisher;

static bool publisher_push(Publisher *p, Object *o)
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
    uint32_t refs = SHARED | (count < COUNT_IMMORTAL ? count : COUNT_IMMORTAL);
    if (grey)
        refs |= GREY;
    else if (count >= COUNT_IMMORTAL)
        refs = (uint32_t)OZ_REFS_IMMORTAL;
    atomic_store_explicit(&o->refs, (int32_t)refs, memory_order_relaxed);
}

static void publish_edge(Visitor *v, Obj child, const char *label OZ_UNUSED,
                         ssize_t index OZ_UNUSED)
{
    Publisher *p = (Publisher *)v;
    Object *o = oz_object(child);
    int32_t n = oz_refs(o);
    if (n <= 0)
        return;
    bool grey = oz_id(o) >= OZ_LEAF_END && !publisher_push(p, o);
    set_shared(o, (uint32_t)n, grey);
    p->grey |= grey;
}

static void publish_pushed(Publisher *p)
{
    while (p->count)
        oz_visit_object(p->t, p->items[--p->count], &p->visitor);
}

static void publish_grey(void *cell, size_t size OZ_UNUSED, void *arg)
{
    Publisher *p = arg;
    Object *o = cell;
    uint32_t refs = (uint32_t)oz_refs(o);
    if ((refs & ~COUNT_IMMORTAL) != (SHARED | GREY))
        return;
    set_shared(o, refs & COUNT_IMMORTAL, false);
    oz_visit_object(p->t, o, &p->visitor);
    publish_pushed(p);
}

void oz_publish(Thread *t, Obj v)
{
    if (!oz_is_pointer(v) || oz_refs(oz_object(v)) <= 0)
        return;
    Publisher p = {.visitor.edge = publish_edge, .t = t};
    publish_edge(&p.visitor, v, "", -1);
    publish_pushed(&p);
    while (p.grey) {
        p.grey = false;
        oz_heap_each(t->vm->heap, OZ_PAGE_CONTAINER, publish_grey, &p);
        oz_heap_each(t->vm->heap, OZ_PAGE_LEAF, publish_grey, &p);
    }
    oz_block_free(p.items);
}

void oz_store_shared(Object *container, Ref *place, Ref value)
{
    oz_publish(oz_thread(), value);
    oz_track(container, value);
    Ref old = (Ref)(uintptr_t)atomic_exchange_explicit((_Atomic(uintptr_t) *)(void *)place,
                                                       (uintptr_t)value, memory_order_acq_rel);
    oz_drop(old);
}

void oz_visit_object(Thread *t, const Object *o, Visitor *v)
{
    uint32_t id = oz_id(o);
    if (id >= OZ_BUILTIN_IDS) {
        t->vm->hooks.instance_visit(o, t->shapes[id], v);
        return;
    }
    const TypeDef *def = t->vm->types[id];
    if (def && def->visit)
        def->visit(o, v);
}
