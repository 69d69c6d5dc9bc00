// SPDX-License-Identifier: MIT
// Allocation sites: while a VM is traced, each cell has a number in a side array of its page.
//
// What a number stands for is the business of who set the function that gives them.  A free costs
// nothing: the number of a free cell means nothing, and the next allocation writes it anew, 0 too.
//
//   S1. In a page with a side array, the entry of each live cell tells the truth.
//   S2. A page whose `untraced` is false has no live cell with entry 0, so that its traced bytes
//       are its used ones and need no walk over its cells.
#include "heap/heap.h"
#include "heap/heap_layout.h"
#include "heap/pages.h"

#include <string.h>

static void *side_array(Heap *heap, const Page *page)
{
    void *array = oz_heap_alloc(heap, OZ_PAGE_META, page->cells * sizeof(uint32_t));
    if (array)
        memset(array, 0, page->cells * sizeof(uint32_t));
    return array;
}

/* ---- what traced pages take ---- */

static void add_traced(HeapShared *shared, ptrdiff_t bytes)
{
    size_t now = atomic_fetch_add_explicit(&shared->traced, (size_t)bytes, memory_order_relaxed) +
                 (size_t)bytes;
    size_t peak = atomic_load_explicit(&shared->traced_peak, memory_order_relaxed);
    while (now > peak &&
           !atomic_compare_exchange_weak_explicit(&shared->traced_peak, &peak, now,
                                                  memory_order_relaxed, memory_order_relaxed))
        ;
}

void oz_page_grew(const Page *page, ptrdiff_t bytes)
{
    if (OZ_UNLIKELY(page->sites != NULL))
        add_traced(oz_page_owner(page)->shared, bytes);
}

void oz_page_drop_sites(Page *page)
{
    if (!page->sites)
        return;
    oz_page_grew(page, -(ptrdiff_t)page->bytes);
    oz_heap_free(page->sites);
    page->sites = NULL;
}

/* ---- noting ---- */

void oz_heap_note_site(Heap *heap, void *cell)
{
    Page *page = oz_page_of(cell);
    HeapShared *shared = heap->shared;
    uint32_t site = shared->site(shared->site_user);
    if (OZ_UNLIKELY(!page->sites)) {
        if (!site)
            return;
        page->sites = side_array(heap, page);
        if (!page->sites) /* the cell is not traced, as if it were older */
            return;
        page->untraced = oz_page_used(page) > 1;
        oz_page_grew(page, (ptrdiff_t)page->bytes);
    }
    oz_page_note_site(page, cell, site);
}

uint32_t oz_heap_site(const void *cell)
{
    const Page *page = oz_page_of(cell);
    return page->sites ? page->sites[oz_cell_index_fast(page, cell)] : 0;
}

/* ---- switching ---- */

static void drop_sites(Page *page, void *arg OZ_UNUSED)
{
    oz_page_drop_sites(page);
}

void oz_heap_forget_sites(HeapShared *shared)
{
    for (size_t kind = 0; kind < OZ_PAGE_META; kind++)
        oz_heap_each_page(shared, (PageClass)kind, drop_sites, NULL);
}

void oz_heap_set_sites(HeapShared *shared, HeapSiteFn *site, void *user)
{
    shared->site = site;
    shared->site_user = user;
    for (Heap *heap = shared->heaps; heap; heap = heap->next)
        oz_heap_arm(heap);
}

/* ---- samples ---- */

void oz_heap_set_sampler(HeapShared *shared, const HeapSampler *sampler)
{
    shared->sampler = sampler;
    for (Heap *heap = shared->heaps; heap; heap = heap->next)
        oz_heap_arm(heap);
}

void oz_heap_sample(Heap *heap, void *cell)
{
    const HeapSampler *sampler = heap->shared->sampler;
    heap->budget = INT64_MAX / 2; /* what the sampler allocates is no sample */
    if (sampler && sampler->take(sampler->user, cell, oz_heap_size(cell))) {
        Page *page = oz_page_of(cell);
        page->watched++;
        page->owner_word |= OZ_PAGE_WATCHED;
    }
    oz_heap_arm(heap);
}

/* What other threads free stays counted: the page is watched longer than need be. */
void oz_page_unwatch(HeapShared *shared, Page *page, void *cell, bool local)
{
    const HeapSampler *sampler = shared->sampler;
    bool was_sample = sampler && sampler->gone(sampler->user, cell);
    if (!local || (was_sample && --page->watched > 0) || (!was_sample && sampler))
        return;
    page->watched = 0;
    page->owner_word &= ~(uintptr_t)OZ_PAGE_WATCHED;
}

/* ---- totals ---- */

typedef struct SiteWalk {
    HeapSiteCellFn *fn;
    void *arg;
} SiteWalk;

static void tell_cell(void *cell, size_t size, void *arg)
{
    const SiteWalk *walk = arg;
    uint32_t site = oz_heap_site(cell);
    if (site)
        walk->fn(cell, size, site, walk->arg);
}

static void tell_page(Page *page, void *arg)
{
    if (page->sites)
        oz_page_each(page, tell_cell, arg);
}

void oz_heap_each_site(HeapShared *shared, HeapSiteCellFn *fn, void *arg)
{
    SiteWalk walk = {.fn = fn, .arg = arg};
    for (size_t kind = 0; kind < OZ_PAGE_META; kind++)
        oz_heap_each_page(shared, (PageClass)kind, tell_page, &walk);
}

static void add_cell(void *cell OZ_UNUSED, size_t size, uint32_t site OZ_UNUSED, void *arg)
{
    size_t *bytes = arg;
    *bytes += size;
}

static void add_page(Page *page, void *arg)
{
    size_t *bytes = arg;
    if (!page->sites)
        return;
    if (page->untraced) {
        SiteWalk walk = {.fn = add_cell, .arg = arg};
        oz_page_each(page, tell_cell, &walk);
    } else if (page->state == OZ_PAGE_BIG) {
        *bytes += page->bytes - page->first;
    } else {
        *bytes += oz_page_used(page) * page->cell_size;
    }
}

size_t oz_heap_traced(HeapShared *shared)
{
    size_t bytes = 0;
    for (size_t kind = 0; kind < OZ_PAGE_META; kind++)
        oz_heap_each_page(shared, (PageClass)kind, add_page, &bytes);
    return bytes;
}

static void add_array(Page *page, void *arg)
{
    size_t *bytes = arg;
    if (page->sites)
        *bytes += oz_heap_size(page->sites);
}

/* Pages tell the heap what they take, cells do not: the peak is today's bytes and what the pages
 * took more. */
size_t oz_heap_traced_peak(HeapShared *shared)
{
    return oz_heap_traced(shared) + atomic_load(&shared->traced_peak) -
           atomic_load(&shared->traced);
}

void oz_heap_reset_traced_peak(HeapShared *shared)
{
    atomic_store(&shared->traced_peak, atomic_load(&shared->traced));
}

size_t oz_heap_site_bytes(HeapShared *shared)
{
    size_t bytes = 0;
    for (size_t kind = 0; kind < OZ_PAGE_META; kind++)
        oz_heap_each_page(shared, (PageClass)kind, add_array, &bytes);
    return bytes;
}
