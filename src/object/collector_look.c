// SPDX-License-Identifier: MIT
// Looking at what the collector watches, and gc.freeze: a bitmap for each page with frozen cells.
#include "object/class.h"
#include "object/world.h"
#include "object/trial.h"

/* ---- looking ---- */

bool oz_gc_is_tracked(Thread *t, Obj v)
{
    if (!oz_is_pointer(v) || oz_id(oz_object(v)) < OZ_LEAF_END)
        return false;
    const Object *o = oz_object(v);
    uint32_t id = oz_id(o);
    if (id >= OZ_BUILTIN_IDS)
        return true;
    switch (id) {
    case OZ_TUPLE:
    case OZ_DICT:
        return oz_has_flag(o, OZ_FLAG_TRACKED);
    case OZ_TYPE:
        return ((const Class *)o)->flags & OZ_CLASS_PYTHON;
    case OZ_WEAKREF:
    case OZ_SLOT_WRAPPER:
        return true;
    case OZ_OBJECT:
    case OZ_CODE:
    case OZ_BYTEARRAY:
    case OZ_CAPSULE:
        return false;
    default:
        return t->vm->types[id]->visit != NULL;
    }
}

typedef struct Each {
    Thread *t;
    int generation;
    void (*fn)(Object *o, void *arg);
    void *arg;
} Each;

/* What is TRACKED and has no bit in its page has grown old, maybe unseen (object/collector.c). */
static int generation_of(const Object *o)
{
    const Page *page = oz_page_of(o);
    size_t i = oz_cell_index_fast(page, o);
    uint32_t word = oz_header_word(o);
    bool young = page->young_bits[i >> 6] >> (i & 63) & 1;
    if ((word & OZ_FLAG_OLD) || ((word & OZ_FLAG_TRACKED) && !young))
        return 2;
    return word & FLAG_MIDDLE ? 1 : 0;
}

static void each_tracked(void *cell, size_t size OZ_UNUSED, void *arg)
{
    const Each *each = arg;
    Object *o = cell;
    if (OZ_UNLIKELY(oz_is_dying(o)))
        return;
    if (each->generation >= 0 && generation_of(o) != each->generation)
        return;
    if (!oz_gc_is_tracked(each->t, (Obj)o))
        return;
    oz_publish_foreign(each->t, (Obj)o);
    each->fn(o, each->arg);
}

void oz_gc_each(Thread *t, int generation, void (*fn)(Object *o, void *arg), void *arg)
{
    Each each = {t, generation, fn, arg};
    scoped_stop stopped = oz_world_stopped(t);
    oz_heap_each(t->vm->heap, OZ_PAGE_CONTAINER, each_tracked, &each);
}

typedef struct Counting {
    Thread *t;
    size_t count;
} Counting;

static void count_young(void *cell, size_t size OZ_UNUSED, void *arg)
{
    Counting *counting = arg;
    counting->count += generation_of(cell) == 0 && oz_gc_is_tracked(counting->t, (Obj)cell);
}

size_t oz_gc_young_count(Thread *t)
{
    Counting counting = {t, 0};
    for (Page *page = t->heap->young; page; page = page->young_next)
        oz_page_each(page, count_young, &counting);
    return counting.count;
}

/* ---- gc.freeze ---- */

typedef struct Frozen {
    const Page *page; /* NULL: empty */
    uint64_t *bits;
} Frozen;

static Frozen *frozen_find(const Collector *c, const Page *page)
{
    Frozen *table = c->frozen;
    size_t i = ((uintptr_t)page >> 16) * 0x9E3779B1u & (c->frozen_room - 1);
    while (table[i].page && table[i].page != page)
        i = (i + 1) & (c->frozen_room - 1);
    return &table[i];
}

uint64_t *oz_frozen_bits(const Collector *c, const Page *page)
{
    return c->frozen ? frozen_find(c, page)->bits : NULL;
}

bool oz_is_frozen(uint64_t *bits, size_t i, const Object *o)
{
    if (!bits || !(bits[i >> 6] >> (i & 63) & 1))
        return false;
    if (oz_has_flag(o, OZ_FLAG_OLD))
        return true;
    bits[i >> 6] &= ~((uint64_t)1 << (i & 63));
    return false;
}

static void count_page(Page *page OZ_UNUSED, void *arg)
{
    ++*(size_t *)arg;
}

typedef struct Freezing {
    Thread *t;
    Collector *collector;
    bool failed;
} Freezing;

static void freeze_cell(void *cell, size_t size OZ_UNUSED, void *arg)
{
    const Frozen *frozen = arg;
    size_t i = oz_cell_index_fast(frozen->page, cell);
    frozen->bits[i >> 6] |= (uint64_t)1 << (i & 63);
    oz_flag_set(cell, OZ_FLAG_OLD);
}

static void freeze_page(Page *page, void *arg)
{
    Freezing *freezing = arg;
    size_t bytes = OZ_PAGE_SIZE / OZ_CELL_MIN / 8; /* the page may end, and be one of other cells */
    uint64_t *bits = oz_block_alloc(freezing->t->heap, bytes);
    if (!bits) {
        freezing->failed = true;
        return;
    }
    memset(bits, 0, bytes);
    Frozen *frozen = frozen_find(freezing->collector, page);
    frozen->page = page;
    frozen->bits = bits;
    freezing->collector->frozen_pages++;
    oz_page_each(page, freeze_cell, frozen);
    memset(page->young_bits, 0, (page->cells + 63u) / 64 * 8);
}

/* Everything that lives is frozen, so a second freeze starts from nothing. */
bool oz_gc_freeze(Thread *t)
{
    Collector *c = oz_collector(t->vm);
    scoped_stop stopped = oz_world_stopped(t);
    oz_gc_unfreeze(t);
    if (!c->running) /* not by a finaliser: what is garbage stays that */
        oz_trial_end(c->passes[OZ_LANE_FULL]);
    size_t pages = 0, room = 64;
    oz_heap_each_page(t->vm->heap, OZ_PAGE_CONTAINER, count_page, &pages);
    while (room < pages * 2)
        room *= 2;
    c->frozen = oz_block_alloc(t->heap, room * sizeof(Frozen));
    if (!c->frozen)
        return false;
    memset(c->frozen, 0, room * sizeof(Frozen));
    c->frozen_room = room;
    Freezing freezing = {t, c, false};
    oz_heap_each_page(t->vm->heap, OZ_PAGE_CONTAINER, freeze_page, &freezing);
    if (freezing.failed)
        oz_gc_unfreeze(t);
    return !freezing.failed;
}

void oz_gc_unfreeze(Thread *t)
{
    Collector *c = oz_collector(t->vm);
    Frozen *table = c->frozen;
    for (size_t i = 0; table && i < c->frozen_room; i++)
        oz_block_free(table[i].bits);
    oz_block_free(table);
    c->frozen = NULL;
    c->frozen_pages = c->frozen_room = 0;
}

static void count_frozen(void *cell, size_t size OZ_UNUSED, void *arg)
{
    Counting *counting = arg;
    const Page *page = oz_page_of(cell);
    uint64_t *bits = oz_frozen_bits(oz_collector(counting->t->vm), page);
    counting->count += oz_is_frozen(bits, oz_cell_index_fast(page, cell), cell) &&
                       oz_gc_is_tracked(counting->t, (Obj)cell);
}

size_t oz_gc_frozen_count(Thread *t)
{
    Counting counting = {t, 0};
    if (oz_collector(t->vm)->frozen)
        oz_heap_each(t->vm->heap, OZ_PAGE_CONTAINER, count_frozen, &counting);
    return counting.count;
}
