// SPDX-License-Identifier: MIT
// Walks over pages and cells: enumeration, totals, ownership of an address, the audit.
//
// All threads are stopped.  While a walk goes on, released pages are kept aside (region.c, I3), so
// that a callback may free the cell it was given.
#include "heap/heap.h"

#include "base/os_memory.h"
#include "heap/heap_layout.h"
#include "heap/pages.h"

#include <string.h>

static void each_page(HeapShared *shared, HeapPageFn *fn, void *arg)
{
    oz_walk_begin(shared);
    for (Region *region = shared->all; region; region = region->all_next)
        for (uint32_t i = 0; i < region->pages; i++)
            if (region->heads >> i & 1)
                fn((Page *)(region->base + i * OZ_PAGE_SIZE), arg);
    for (Page *page = shared->mappings, *next; page; page = next) {
        next = page->next;
        fn(page, arg);
    }
    oz_walk_end(shared);
}

typedef struct PageWalk {
    PageClass kind;
    HeapPageFn *fn;
    void *arg;
} PageWalk;

static void page_of_kind(Page *page, void *arg)
{
    const PageWalk *walk = arg;
    if (page->kind == walk->kind)
        walk->fn(page, walk->arg);
}

void oz_heap_each_page(HeapShared *shared, PageClass kind, HeapPageFn *fn, void *arg)
{
    PageWalk walk = {kind, fn, arg};
    each_page(shared, page_of_kind, &walk);
}

/* ---- cells ---- */

static void each_object(Page *page, HeapCellFn *fn, void *arg)
{
    size_t size = page->cell_size;
    for (size_t piece = 0; piece < OZ_PAGE_PIECES && page->cells; piece++) {
        if (!(page->open >> piece & 1))
            continue;
        uint32_t to = oz_piece_cell(page, piece + 1);
        for (uint32_t i = oz_piece_cell(page, piece); i < to && i < page->cells; i++) {
            FreeCell *cell = oz_page_cell_fast(page, i);
            if (cell->word)
                fn(cell, size, arg);
        }
    }
}

static void each_block(Page *page, HeapCellFn *fn, void *arg)
{
    uint64_t map[64];
    if (oz_page_free_map(page, map) == 0)
        return;
    size_t size = page->cell_size;
    for (uint32_t i = 0; i < page->cells; i++)
        if (!(map[i >> 6] >> (i & 63) & 1))
            fn(oz_page_cell_fast(page, i), size, arg);
}

void oz_page_each(Page *page, HeapCellFn *fn, void *arg)
{
    bool object = page->kind == OZ_PAGE_CONTAINER || page->kind == OZ_PAGE_LEAF;
    if (page->state == OZ_PAGE_BIG) {
        FreeCell *cell = oz_page_cell_fast(page, 0);
        if (page->cells && (!object || cell->word))
            fn(cell, page->bytes - page->first, arg);
    } else if (object) {
        each_object(page, fn, arg);
    } else {
        each_block(page, fn, arg);
    }
}

typedef struct CellWalk {
    PageClass kind;
    HeapCellFn *fn;
    void *arg;
} CellWalk;

static void cells_of_page(Page *page, void *arg)
{
    const CellWalk *walk = arg;
    if (page->kind == walk->kind)
        oz_page_each(page, walk->fn, walk->arg);
}

void oz_heap_each(HeapShared *shared, PageClass kind, HeapCellFn *fn, void *arg)
{
    CellWalk walk = {kind, fn, arg};
    each_page(shared, cells_of_page, &walk);
}

void oz_heap_each_range(HeapShared *shared, HeapRangeFn *fn, void *arg)
{
    for (const Region *region = shared->all; region; region = region->all_next)
        fn(region->base, region->pages * OZ_PAGE_SIZE, arg);
    for (const Page *page = shared->mappings; page; page = page->next)
        fn(page, page->bytes, arg);
    for (void *chunk = shared->records; chunk; chunk = *(void **)chunk)
        fn(chunk, OZ_OS_PIECE, arg);
    for (const Heap *heap = shared->heaps; heap; heap = heap->next)
        fn(heap, sizeof *heap, arg);
    fn(shared, sizeof *shared, arg);
}

/* ---- ownership ---- */

static bool is_live_cell(const Page *page, const void *address)
{
    size_t offset = (uintptr_t)address & (OZ_PAGE_SIZE - 1);
    if (offset < page->first)
        return false;
    if (page->state == OZ_PAGE_BIG)
        return offset == page->first && page->used;
    size_t index = oz_cell_index_fast(page, address);
    if (index >= page->cells || oz_page_cell_fast(page, index) != address)
        return false;
    uint64_t map[64];
    oz_page_free_map(page, map);
    return !(map[index >> 6] >> (index & 63) & 1);
}

bool oz_heap_owns(HeapShared *shared, const void *address)
{
    const Page *page = oz_page_of(address);
    const char *byte = address;
    for (const Region *region = shared->all; region; region = region->all_next) {
        if (byte < region->base || byte >= region->base + region->pages * OZ_PAGE_SIZE)
            continue;
        size_t index = (size_t)(byte - region->base) / OZ_PAGE_SIZE;
        return (region->heads >> index & 1) && is_live_cell(page, address);
    }
    for (const Page *mapping = shared->mappings; mapping; mapping = mapping->next)
        if (mapping == page)
            return is_live_cell(page, address);
    return false;
}

/* ---- totals ---- */

static void add_page(Page *page, void *arg)
{
    HeapStats *stats = arg;
    size_t cells = oz_page_used(page), live = cells * page->cell_size;
    if (page->state == OZ_PAGE_BIG) {
        live = page->bytes - page->first;
        stats->runs += page->region != NULL;
        stats->mappings += !page->region;
        stats->mapped += page->region ? 0 : page->bytes;
    } else {
        stats->pages++;
    }
    for (const FreeCell *cell = atomic_load(&page->remote); cell; cell = cell->next) {
        cells--;
        live -= page->state == OZ_PAGE_BIG ? live : page->cell_size;
    }
    stats->cells += cells;
    stats->live += live;
    size_t *of_kind[OZ_PAGE_CLASSES][2] = {
        {&stats->container_cells, &stats->container_live},
        {&stats->leaf_cells, &stats->leaf_live},
        {&stats->block_cells, &stats->block_live},
    };
    if (page->kind == OZ_PAGE_META)
        return;
    *of_kind[page->kind][0] += cells;
    *of_kind[page->kind][1] += live;
}

void oz_heap_stats(HeapShared *shared, HeapStats *stats)
{
    memset(stats, 0, sizeof(*stats));
    stats->bytes = oz_heap_bytes(shared);
    stats->peak = oz_heap_peak(shared);
    size_t limit = atomic_load(&shared->limit);
    stats->limit = limit == SIZE_MAX ? 0 : limit;
    stats->cached = shared->cached;
    stats->trimmed = atomic_load(&shared->trimmed);
    stats->returned = shared->returned;
    stats->failures = atomic_load(&shared->failures);
    for (const Region *region = shared->all; region; region = region->all_next)
        stats->regions++;
    each_page(shared, add_page, stats);
}

/* ---- audit ---- */

static void audit_free_cell(const Page *page, const FreeCell *cell)
{
    size_t index = oz_cell_index_fast(page, cell);
    oz_require(index < page->cells);
    oz_require((const void *)cell == oz_page_cell_fast(page, index));
    if (page->kind == OZ_PAGE_CONTAINER || page->kind == OZ_PAGE_LEAF)
        oz_require(cell->refs == 0 && cell->word == 0);
}

static void audit_bucket(const Page *page)
{
    const Heap *heap = oz_page_owner(page);
    if (page->state == OZ_PAGE_CURRENT)
        oz_require(heap->current[page->kind][page->size_class] == page);
    if (page->state == OZ_PAGE_FULL)
        oz_require(page->used == page->cells && page->notify == page->cells - 1);
    if (page->state != OZ_PAGE_PARTIAL)
        return;
    oz_require(page->used > 0 && page->used < page->cells); /* page.c, I2 */
    oz_require(page->notify < page->used);
    const Page *other = heap->partial[page->kind][page->size_class][page->bucket];
    while (other && other != page)
        other = other->next;
    oz_require(other == page);
}

static void audit_page(Page *page, void *arg)
{
    size_t *bytes = arg;
    *bytes += page->bytes;
    if (page->state == OZ_PAGE_BIG) {
        oz_require(page->used == 1 && page->cells == 1);
        return;
    }
    uint64_t map[64];
    oz_require(page->bytes == (size_t)__builtin_popcount(page->open) * OZ_PIECE_SIZE); /* I3 */
    oz_require(page->cell_size == oz_class_sizes[page->size_class]);
    size_t remote = 0;
    for (const FreeCell *cell = page->free; cell; cell = cell->next)
        audit_free_cell(page, cell);
    for (const FreeCell *cell = atomic_load(&page->remote); cell; cell = cell->next, remote++)
        audit_free_cell(page, cell);
    oz_require(oz_page_free_map(page, map) + remote == oz_page_used(page)); /* page.c, I1 */
    audit_bucket(page);
}

void oz_heap_audit(HeapShared *shared)
{
    size_t bytes = 0;
    each_page(shared, audit_page, &bytes);
    oz_require(bytes == oz_heap_bytes(shared));
}
