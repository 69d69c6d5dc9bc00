// SPDX-License-Identifier: MIT
// Heaps: their life, the general allocation and free, what looks on, injected failures, the
// nursery.
//
// A Heap belongs to one thread at a time.  When the thread ends, the heap stays as an *orphan*:
// its cells live on, frees by others gather on its pages, and the next new thread takes it over
// whole.  A full collection, with all threads stopped, may hand an orphan's pages to a running
// heap (oz_heap_adopt).  Heap records are never freed before the VM, so a thread may follow
// oz_page_owner(page) without a lock.
#include "heap/heap.h"

#include "base/os_memory.h"
#include "heap/heap_layout.h"
#include "heap/pages.h"

#include <string.h>

_Thread_local Heap *oz_heap_current __attribute__((tls_model("initial-exec")));

/* ---- life ---- */

HeapShared *oz_heap_shared_new(void)
{
    HeapShared *shared = oz_os_reserve(sizeof(HeapShared));
    if (!shared)
        return NULL;
    pthread_mutex_init(&shared->lock, NULL);
    atomic_store_explicit(&shared->limit, SIZE_MAX, memory_order_relaxed);
    atomic_store_explicit(&shared->mark, SIZE_MAX, memory_order_relaxed);
    return shared;
}

void oz_heap_shared_drop(HeapShared *shared)
{
    for (Page *page = shared->mappings, *next; page; page = next) {
        next = page->next;
        oz_mapping_drop(shared, page, page->bytes);
    }
    for (Region *region = shared->all; region; region = region->all_next)
        oz_os_release(region->base, region->pages * OZ_PAGE_SIZE);
    for (void *chunk = shared->records, *next; chunk; chunk = next) {
        next = *(void **)chunk;
        oz_os_release(chunk, OZ_OS_PIECE);
    }
    for (Heap *heap = shared->heaps, *next; heap; heap = next) {
        next = heap->next;
        if (oz_heap_current == heap)
            oz_heap_attach(NULL);
        oz_os_release(heap, sizeof(Heap));
    }
    pthread_mutex_destroy(&shared->lock);
    oz_os_release(shared, sizeof(HeapShared));
}

static Heap *take_orphan(HeapShared *shared)
{
    pthread_mutex_lock(&shared->lock);
    Heap *heap = shared->heaps;
    while (heap && !heap->orphan)
        heap = heap->next;
    if (heap)
        heap->orphan = false;
    pthread_mutex_unlock(&shared->lock);
    if (heap) { /* after the last free in it by another thread */
        pthread_mutex_lock(&heap->orphan_lock);
        pthread_mutex_unlock(&heap->orphan_lock);
    }
    return heap;
}

static Heap *heap_create(HeapShared *shared)
{
    Heap *heap = oz_os_reserve(sizeof(Heap));
    if (!heap)
        return NULL;
    heap->shared = shared;
    pthread_mutex_init(&heap->orphan_lock, NULL);
    heap->young_limit = SIZE_MAX;
    for (size_t kind = 0; kind < OZ_PAGE_CLASSES; kind++)
        for (size_t i = 0; i < OZ_SIZE_CLASSES; i++)
            heap->current[kind][i] = (Page *)&oz_no_page;
    pthread_mutex_lock(&shared->lock);
    oz_heap_arm(heap);
    heap->next = shared->heaps;
    shared->heaps = heap;
    pthread_mutex_unlock(&shared->lock);
    return heap;
}

Heap *oz_heap_new(HeapShared *shared)
{
    Heap *heap = take_orphan(shared);
    if (!heap)
        heap = heap_create(shared);
    if (heap)
        oz_heap_attach(heap);
    return heap;
}

bool oz_heap_reserve(Heap *heap, size_t bytes)
{
    if (heap->reserve >= bytes || !oz_heap_limit(heap->shared))
        return true;
    if (!oz_charge(heap->shared, bytes - heap->reserve))
        return false;
    heap->reserve = bytes;
    return true;
}

void oz_heap_drop(Heap *heap)
{
    oz_uncharge(heap->shared, heap->reserve);
    heap->reserve = 0;
    oz_heap_trim(heap);
    if (oz_heap_current == heap)
        oz_heap_attach(NULL);
    heap->young_full = NULL;
    heap->young_limit = SIZE_MAX;
    heap->want_collection = false;
    heap->pages_left = true;
    pthread_mutex_lock(&heap->shared->lock);
    heap->orphan = true;
    pthread_mutex_unlock(&heap->shared->lock);
}

Heap *oz_heap_attach(Heap *heap)
{
    Heap *old = oz_heap_current;
    oz_heap_current = heap;
    return old;
}

/* ---- orphans ---- */

typedef struct Adoption {
    Heap *from, *to;
} Adoption;

static void adopt_page(Page *page, void *arg)
{
    const Adoption *adoption = arg;
    if (oz_page_owner(page) != adoption->from)
        return;
    bool young = page->young != OZ_YOUNG_NOT;
    oz_young_remove(adoption->from, page);
    page->used = (uint16_t)oz_page_used(page);
    page->owner_word = (uintptr_t)adoption->to | (page->owner_word & OZ_PAGE_WATCHED);
    if (young)
        oz_young_add(adoption->to, page);
    if (page->state == OZ_PAGE_BIG || page->state == OZ_PAGE_FULL)
        return;
    if (page->used)
        oz_page_put_in_bucket(adoption->to, page);
    else
        oz_page_release(page);
}

static void adopt_from(Heap *from, Heap *to)
{
    oz_heap_drain(from);
    Adoption adoption = {from, to};
    for (size_t kind = 0; kind < OZ_PAGE_CLASSES; kind++)
        oz_heap_each_page(to->shared, (PageClass)kind, adopt_page, &adoption);
    to->young_bytes += from->young_bytes;
    from->young_bytes = 0;
    memset(from->partial, 0, sizeof(from->partial));
    for (size_t kind = 0; kind < OZ_PAGE_CLASSES; kind++)
        for (size_t i = 0; i < OZ_SIZE_CLASSES; i++)
            from->current[kind][i] = (Page *)&oz_no_page;
}

void oz_heap_drain_all(HeapShared *shared)
{
    for (Heap *heap = shared->heaps; heap; heap = heap->next)
        if (atomic_load_explicit(&heap->remote_pages, memory_order_relaxed))
            oz_heap_drain(heap);
}

void oz_heap_adopt(Heap *heap)
{
    for (Heap *from = heap->shared->heaps; from; from = from->next) {
        if (from->orphan && from->pages_left && from != heap) {
            adopt_from(from, heap);
            from->pages_left = false;
        }
    }
}

/* ---- injected failures ---- */

#ifdef OZ_DEBUG
bool oz_heap_injected(HeapShared *shared)
{
    uint64_t number = atomic_fetch_add_explicit(&shared->allocations, 1, memory_order_relaxed) + 1;
    uint64_t at = atomic_load_explicit(&shared->fail_at, memory_order_relaxed);
    if (OZ_UNLIKELY(shared->inject != NULL) && shared->inject(shared->inject_user))
        return true;
    return at && number >= at &&
           number <= atomic_load_explicit(&shared->fail_until, memory_order_relaxed);
}
#else
bool oz_heap_injected(HeapShared *shared OZ_UNUSED)
{
    return false;
}
#endif

void oz_heap_inject(HeapShared *shared, uint64_t countdown, HeapFailMode mode)
{
    uint64_t at = atomic_load(&shared->allocations) + countdown;
    atomic_store(&shared->fail_at, countdown ? at : 0);
    atomic_store(&shared->fail_until, mode == OZ_FAIL_ONCE    ? at
                                      : mode == OZ_FAIL_BURST ? at + 2
                                                              : UINT64_MAX);
}

void oz_heap_inject_by(HeapShared *shared, bool (*decide)(void *user), void *user)
{
    shared->inject = decide;
    shared->inject_user = user;
}

void oz_heap_always_move(HeapShared *shared, bool on)
{
    shared->always_move = on;
}

/* ---- who looks on ---- */

/* A budget that no program uses up, and one that is always used up. */
#define BUDGET_ALL (INT64_MAX / 2)
#define BUDGET_NONE (INT64_MIN / 2)

void oz_heap_arm(Heap *heap)
{
    const HeapShared *shared = heap->shared;
    heap->tracing = shared->site != NULL;
    if (heap->tracing)
        heap->budget = BUDGET_NONE;
    else if (shared->sampler)
        heap->budget = shared->sampler->distance(shared->sampler->user);
    else
        heap->budget = BUDGET_ALL;
}

/* While all is traced, no samples are taken. */
static OZ_NOINLINE void look_at(Heap *heap, void *cell)
{
    if (OZ_UNLIKELY(!heap->tracing)) {
        oz_heap_sample(heap, cell);
        return;
    }
    heap->budget = BUDGET_NONE;
    oz_heap_note_site(heap, cell);
}

/* ---- cells ---- */

void *oz_heap_refuse(Heap *heap)
{
    atomic_fetch_add_explicit(&heap->shared->failures, 1, memory_order_relaxed);
    return NULL;
}

void *oz_heap_alloc(Heap *heap, PageClass kind, size_t bytes)
{
    if (oz_heap_injected(heap->shared))
        return oz_heap_refuse(heap);
    void *cell = bytes <= OZ_CELL_MAX ? oz_page_alloc(heap, kind, oz_class_of(bytes))
                                      : oz_page_alloc_big(heap, kind, bytes);
    if (OZ_UNLIKELY(!cell))
        return oz_heap_refuse(heap);
    if (OZ_CHECK_LEVEL >= 2)
        oz_cell_unpoison(cell, oz_heap_size(cell));
    if (kind == OZ_PAGE_META)
        return cell;
    heap->budget -= (int64_t)bytes;
    if (OZ_UNLIKELY(heap->budget < 0))
        look_at(heap, cell);
    return cell;
}

void *oz_heap_alloc_looked_at(Heap *heap, PageClass kind, size_t bytes)
{
    if (OZ_LIKELY(heap->tracing)) {
        Page *page = heap->current[kind][oz_small_class(bytes)];
        if (OZ_LIKELY(page->sites != NULL)) { /* what all but the first cell of a page find */
            FreeCell *cell = page->free;
            page->free = cell->next;
            oz_page_note_site(page, cell, heap->shared->site(heap->shared->site_user));
            return cell; /* what the budget was charged is too little to matter */
        }
    }
    heap->budget += (int64_t)bytes;
    return oz_heap_alloc(heap, kind, bytes);
}

/* Nobody else would look at what is given back to a heap whose thread has ended. */
static bool free_in_orphan(Heap *heap, Page *page, void *cell)
{
    pthread_mutex_lock(&heap->orphan_lock);
    bool orphan = heap->orphan && oz_page_owner(page) == heap;
    if (orphan)
        oz_page_free_local(page, cell);
    pthread_mutex_unlock(&heap->orphan_lock);
    return orphan;
}

void oz_heap_free(void *cell)
{
    if (OZ_CHECK_LEVEL >= 2)
        oz_cell_unpoison(cell, sizeof(FreeCell)); /* of a block with a fence (block.c) */
    Page *page = oz_page_of(cell);
    bool local = oz_page_owner(page) == oz_heap_current;
    if (OZ_UNLIKELY(page->owner_word & OZ_PAGE_WATCHED))
        oz_page_unwatch(oz_page_owner(page)->shared, page, cell, local);
    if (OZ_LIKELY(local))
        oz_page_free_local(page, cell);
    else if (!oz_page_owner(page)->orphan || !free_in_orphan(oz_page_owner(page), page, cell))
        oz_page_free_remote(page, cell);
}

size_t oz_heap_size(const void *cell)
{
    const Page *page = oz_page_of(cell);
    return page->state == OZ_PAGE_BIG ? page->bytes - page->first : page->cell_size;
}

size_t oz_heap_good_size(size_t bytes)
{
    if (bytes <= OZ_CELL_MAX)
        return oz_class_sizes[oz_class_of(bytes)];
    return oz_round_up(bytes + OZ_PAGE_HEADER, OZ_PIECE_SIZE) - OZ_PAGE_HEADER;
}

/* ---- pages ---- */

size_t oz_cell_index(const Page *page, const void *cell)
{
    return oz_cell_index_fast(page, cell);
}

void *oz_page_cell(const Page *page, size_t index)
{
    return oz_page_cell_fast(page, index);
}

PageClass oz_page_class(const Page *page)
{
    return (PageClass)page->kind;
}

/* ---- the nursery ---- */

void oz_heap_set_young_limit(Heap *heap, size_t bytes, void (*full)(void *arg), void *arg)
{
    heap->young_limit = bytes;
    heap->young_full = full;
    heap->young_arg = arg;
    heap->want_collection = heap->young_bytes > bytes;
    pthread_mutex_lock(&heap->shared->lock);
    heap->shared->cache_extra = bytes < SIZE_MAX / 2 ? bytes / OZ_PAGE_SIZE : 0;
    pthread_mutex_unlock(&heap->shared->lock);
}

void oz_heap_set_young_tick(Heap *heap, size_t bytes)
{
    heap->young_limit = bytes;
    heap->want_collection = heap->young_bytes > bytes;
}

size_t oz_heap_young_bytes(const Heap *heap)
{
    return heap->young_bytes;
}

bool oz_heap_wants_collection(const Heap *heap)
{
    return heap->want_collection;
}

void oz_heap_young_touch(Page *page)
{
    oz_young_add(oz_page_owner(page), page);
}

/* Current pages are allocated from without notice, so they count for the next pass at once. */
Page *oz_heap_young_take(Heap *heap)
{
    oz_assert(!heap->young_taken);
    heap->young_taken = heap->young;
    heap->young = NULL;
    heap->young_bytes = 0;
    heap->want_collection = false;
    for (Page *page = heap->young_taken; page; page = page->young_next)
        page->young = page->state == OZ_PAGE_CURRENT ? OZ_YOUNG_AGAIN : OZ_YOUNG_TAKEN;
    return heap->young_taken;
}

Page *oz_page_young_next(const Page *page)
{
    return page->young_next;
}

void oz_heap_young_done(Heap *heap)
{
    Page *page = heap->young_taken;
    heap->young_taken = NULL;
    while (page) {
        Page *next = page->young_next;
        bool again = page->young == OZ_YOUNG_AGAIN;
        page->young = OZ_YOUNG_NOT;
        if (again)
            oz_young_add(heap, page);
        page = next;
    }
}

/* ---- limits ---- */

void oz_heap_set_mark(HeapShared *shared, size_t bytes, void (*passed)(void *arg), void *arg)
{
    shared->mark_passed = passed;
    shared->mark_arg = arg;
    atomic_store(&shared->mark, bytes);
}

size_t oz_heap_limit(const HeapShared *shared)
{
    size_t limit = atomic_load_explicit(&shared->limit, memory_order_relaxed);
    return limit == SIZE_MAX ? 0 : limit;
}

void oz_heap_set_limit(HeapShared *shared, size_t bytes)
{
    atomic_store(&shared->limit, bytes ? bytes : SIZE_MAX);
}

size_t oz_heap_bytes(const HeapShared *shared)
{
    return atomic_load_explicit(&shared->bytes, memory_order_relaxed);
}

size_t oz_heap_peak(const HeapShared *shared)
{
    return atomic_load_explicit(&shared->peak, memory_order_relaxed);
}
