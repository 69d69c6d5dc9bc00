// SPDX-License-Identifier: MIT
// Making, counting and unmaking objects.
//
// Death of an object, in this order:
//   1. __del__, once, with the object held by one reference; it may be resurrected by it.
//   2. weak references to it are cleared and their callbacks run.
//   3. its references are dropped (TypeDef.clear, or the slots of an instance).
//   4. its cell is free.
// From step 2 on its count says so (oz_is_dying): what runs meanwhile must not get hold of it any
// more, so oz_gc_each leaves it out. Step 3 may kill further objects.  They die inside the drop, as
// deep as DROP_DEPTH; what dies deeper waits on the thread's list of doomed objects for the
// outermost drop, so that a list nested ten million deep needs no C stack (D1).  The list holds at
// most the objects that die at exactly that depth under one parent, not the whole structure.
// Finalisers nest in the same way, each with a part of the list of doomed objects of its own; what
// would be finalised deeper than DROP_DEPTH waits for the outermost finaliser (a chain of
// generators, each held by the next).
//
// Shared objects (refs < 0) exist once a second thread has been started, or under the attack mode
// `share`; THREADS T1 to T6 are the rules.  A local object dies with refs 1, so nothing that its
// finaliser does with it can kill it twice.  A shared one is finalised with one reference, too;
// then it is marked dead (T4), which no reader takes for alive, and its cell waits until none can
// be looking at it (oz_retire).  Whoever lets something die that does more than to give memory back
// has the turn (object/world.h).
#include "object/object.h"

#include "base/os_memory.h"
#include "heap/heap_layout.h"
#include "object/class.h"
#include "object/counts.h"
#include "object/leaf.h"
#include "object/weakref.h"
#include "object/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DROP_DEPTH = 64, KEPT_ROOM = 4096 };

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

/* Builtin types whose death does nothing but free and drop what the object owns. */
static const uint16_t quiet_types[] = {
    OZ_STR_ASCII,
    OZ_STR_LATIN1,
    OZ_STR_UCS2,
    OZ_STR_UCS4,
    OZ_BYTES,
    OZ_INT,
    OZ_FLOAT,
    OZ_COMPLEX,
    OZ_RANGE,
    OZ_RANGE_ITERATOR,
    OZ_LONGRANGE_ITERATOR,
    OZ_STR_ITERATOR,
    OZ_BYTES_ITERATOR,
    OZ_TUPLE,
    OZ_LIST,
    OZ_DICT,
    OZ_SET,
    OZ_FROZENSET,
    OZ_BOUND_METHOD,
    OZ_CELL,
    OZ_SLICE,
    OZ_LIST_ITERATOR,
    OZ_TUPLE_ITERATOR,
    OZ_SET_ITERATOR,
    OZ_DICT_KEYS,
    OZ_DICT_VALUES,
    OZ_DICT_ITEMS,
    OZ_DICT_KEY_ITERATOR,
    OZ_ENUMERATE,
    OZ_ZIP,
    OZ_DICT_VALUE_ITERATOR,
    OZ_DICT_ITEM_ITERATOR,
    OZ_FUNCTION,
    OZ_STR_ASCII_ITERATOR,
};

void oz_thread_learn_types(Thread *t)
{
    for (size_t i = 0; i < sizeof quiet_types / sizeof *quiet_types; i++)
        t->quiet_ids[quiet_types[i] >> 6] |= UINT64_C(1) << (quiet_types[i] & 63);
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
    atomic_store_explicit(&o->refs, oz_first_count(t), memory_order_relaxed);
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

#if OZ_CHECK_LEVEL >= 2
void oz_check_owner(const Object *o)
{
    Thread *t = oz_current_thread;
    if (OZ_LIKELY(!t || !t->vm->sharing || t->vm->finalizing))
        return;
    const Heap *owner = oz_page_owner(oz_page_of(o));
    if (owner == t->heap || owner->orphan)
        return;
    fprintf(stderr, "T1: a thread counts a local '%s' of another thread's\n",
            t->shapes[oz_id(o)]->def->name);
    abort();
}
#endif

static OZ_NOINLINE void retain_rare(Object *o)
{
    int32_t n = oz_refs(o);
    if (n > 0 || oz_is_immortal(o)) {
        if (n > 0) /* T2: 2^31 references */
            oz_make_immortal(o);
        return;
    }
    uint32_t old = (uint32_t)atomic_fetch_add_explicit(&o->refs, 1, memory_order_relaxed);
    if (OZ_UNLIKELY((old & OZ_COUNTED_MASK) >= OZ_COUNTED_MAX))
        oz_make_immortal(o);
    else
        oz_counted(oz_current_thread, o);
}

/* Where there are distributed counts, most of what comes here has one. */
void oz_retain_slow(Object *o)
{
    uint32_t number = (uint32_t)oz_refs(o) - OZ_DISTRIBUTED;
    if (OZ_LIKELY(number < OZ_DISTRIBUTED_MOST))
        oz_current_thread->counts[number]++;
    else
        retain_rare(o);
}

/* ---- death ---- */

static const TypeDef *def_of(Thread *t, uint32_t id)
{
    return id < OZ_BUILTIN_IDS ? t->vm->types[id] : t->shapes[id]->def;
}

/* Step 4. */
OZ_INLINE void free_cell(Thread *t, Object *o)
{
    if (OZ_UNLIKELY(oz_is_dead(o)))
        oz_retire(t, o);
    else
        oz_heap_free_fast(o);
}

/* Steps 3 and 4 of an exact instance of a builtin type. */
OZ_INLINE void unmake_builtin(Thread *t, Object *o, const TypeDef *def)
{
    if (def->clear)
        def->clear(t, o);
    if (def->free)
        def->free(t, o);
    free_cell(t, o);
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
        free_cell(t, o);
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

/* A shared object is marked dead already. */
OZ_INLINE void mark_dying(Object *o)
{
    if (oz_refs(o) > 0)
        atomic_store_explicit(&o->refs, OZ_REFS_DYING, memory_order_relaxed);
}

/* From so many references; false: there are more now. */
static bool mark_dead(Object *o, uint32_t references)
{
    int32_t expected = (int32_t)(OZ_COUNTED + references);
    return atomic_compare_exchange_strong_explicit(&o->refs, &expected,
                                                   (int32_t)(OZ_COUNTED | OZ_COUNTED_DEAD),
                                                   memory_order_acq_rel, memory_order_relaxed);
}

/* Does its death touch nothing but what it owns, so that it needs no turn? */
static OZ_NOINLINE bool dies_quietly(const Thread *t, const Object *o, uint32_t word)
{
    uint32_t id = word >> 8;
    if (oz_refs(o) < 0 || word & OZ_FLAG_WEAKREF)
        return false;
    if (id < OZ_BUILTIN_IDS)
        return t->quiet_ids[id >> 6] >> (id & 63) & 1 && !(word & OZ_FLAG_INTERNED);
    const Shape *shape = oz_plain_shape(t, id);
    return shape && !OZ_READ(&OZ_READ(&shape->cls->slots)->finalize) && !(word & OZ_FLAG_VIEW);
}

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
    if (oz_refs(o) == 1 || (oz_refs(o) < 0 && mark_dead(o, 1)))
        return false;
    oz_drop_object(o); /* the reference that held it for the finaliser */
    return true;
}

static OZ_NOINLINE void die(Thread *t, Object *o)
{
    uint32_t word = oz_header_word(o);
    uint32_t id = word >> 8;
    if (OZ_UNLIKELY(!t->has_turn) && !dies_quietly(t, o, word))
        oz_need_turn(t);
    if (id < OZ_BUILTIN_IDS && is_known_plain(t, id)) { /* most of what dies */
        mark_dying(o);
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
        mark_dying(o);
        if (OZ_UNLIKELY(oz_header_word(o) & OZ_FLAG_WEAKREF))
            oz_weakrefs_clear(t, o);
        unmake_bounded(t, o);
        return;
    }
    const TypeDef *def = def_of(t, id);
    if (def->clear)
        def->clear(t, o);
    free_cell(t, o);
}

/* The last counted reference to a shared object was given up (T4, T5).  Where a reader has taken it
 * meanwhile, that one's drop comes here again. */
static OZ_NOINLINE void die_shared(Thread *t, Object *o)
{
    uint32_t word = oz_header_word(o);
    const Shape *shape = t->shapes[word >> 8];
    bool finalized = shape->cls && shape->cls->slots->finalize && !(word & OZ_FLAG_FINALIZED);
    uint32_t expected = OZ_COUNTED;
    if (finalized ? !atomic_compare_exchange_strong_explicit(
                        &o->refs, (int32_t *)&expected, (int32_t)(OZ_COUNTED + 1),
                        memory_order_acq_rel, memory_order_relaxed)
                  : !mark_dead(o, 0))
        return;
    oz_need_turn(t);
    die(t, o);
}

static OZ_NOINLINE void drop_rare(Object *o)
{
    oz_check(oz_refs(o) < 0);
    if (oz_is_immortal(o))
        return;
    uint32_t old = (uint32_t)atomic_fetch_sub_explicit(&o->refs, 1, memory_order_acq_rel);
    if ((old & (OZ_COUNTED_DEAD | OZ_COUNTED_MASK)) == 1)
        die_shared(oz_thread(), o);
}

static OZ_NOINLINE void drop_last(Object *o)
{
    uint32_t word = oz_header_word(o);
    if ((word >> 8) - OZ_STR_ASCII <= OZ_STR_UCS4 - OZ_STR_ASCII &&
        !(word & OZ_FLAG_INTERNED)) /* owns nothing, and nobody is to be told */
        oz_heap_free_fast(o);
    else
        die(oz_thread(), o);
}

void oz_drop_slow(Object *o)
{
    int32_t n = oz_refs(o);
    uint32_t number = (uint32_t)n - OZ_DISTRIBUTED;
    if (OZ_LIKELY(n == 1))
        drop_last(o);
    else if (OZ_LIKELY(number < OZ_DISTRIBUTED_MOST))
        oz_current_thread->counts[number]--;
    else
        drop_rare(o);
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
    if (oz_page_owner(page) != oz_thread()->heap) /* shared, and no member of young passes */
        return;
    oz_young_set(container);
    if (page->young == OZ_YOUNG_NOT) /* an object that has lived without being tracked */
        oz_heap_young_touch(page);
}

void oz_move_refs_shared(Ref *to, Ref const *from, size_t count)
{
    if (to < from)
        for (size_t i = 0; i < count; i++)
            OZ_WRITE(&to[i], from[i]);
    else
        while (count-- > 0)
            OZ_WRITE(&to[count], from[count]);
}

void oz_store_shared(Object *container, Ref *place, Ref value)
{
    oz_check(oz_thread()->has_turn);
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
