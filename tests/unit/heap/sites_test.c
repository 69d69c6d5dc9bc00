// SPDX-License-Identifier: MIT
// Allocation sites: what a cell, a page and the sum of all are told, and what a free forgets.
#include "heap/heap.h"

#include "unit.h"

static uint32_t next_site;

static uint32_t site_of_next(void *user)
{
    (*(size_t *)user)++;
    return next_site;
}

typedef struct Seen {
    size_t cells, bytes;
    uint32_t last;
} Seen;

static void see(void *cell, size_t size, uint32_t site, void *arg)
{
    Seen *seen = arg;
    seen->cells++;
    seen->bytes += size;
    seen->last = site;
    check(oz_heap_site(cell) == site);
}

static Seen walk(HeapShared *shared)
{
    Seen seen = {0};
    oz_heap_each_site(shared, see, &seen);
    check(seen.bytes == oz_heap_traced(shared));
    return seen;
}

TEST(a_cell_keeps_the_number_of_its_allocation)
{
    HeapShared *shared = oz_heap_shared_new();
    Heap *heap = oz_heap_new(shared);
    size_t asked = 0;
    void *old = oz_block_alloc(heap, 100);
    oz_heap_set_sites(shared, site_of_next, &asked);
    next_site = 7;
    void *first = oz_block_alloc(heap, 100);
    next_site = 8;
    void *second = oz_block_alloc(heap, 100);
    check(asked == 2);
    check(oz_heap_site(old) == 0);
    check(oz_heap_site(first) == 7);
    check(oz_heap_site(second) == 8);
    check(walk(shared).cells == 2);
    oz_block_free(first);
    check(walk(shared).cells == 1);
    next_site = 0; /* an allocation that is not to be traced takes the number away */
    first = oz_block_alloc(heap, 100);
    check(oz_heap_site(first) == 0);
    check(walk(shared).cells == 1);
    oz_heap_forget_sites(shared);
    check(oz_heap_site(second) == 0 && walk(shared).cells == 0);
    check(oz_heap_site_bytes(shared) == 0);
    oz_heap_audit(shared);
    oz_heap_drop(heap);
    oz_heap_shared_drop(shared);
}

TEST(a_block_is_where_it_was_resized)
{
    HeapShared *shared = oz_heap_shared_new();
    Heap *heap = oz_heap_new(shared);
    size_t asked = 0;
    oz_heap_set_sites(shared, site_of_next, &asked);
    void *block = NULL;
    for (size_t size = 16; size < 40u << 20; size += size / 3 + 1) {
        next_site++;
        block = oz_block_realloc(heap, block, size);
        check(block && oz_heap_site(block) <= next_site);
        check(walk(shared).cells == 1);
        check(oz_heap_traced_peak(shared) >= oz_heap_traced(shared));
    }
    check(oz_heap_site(block) == next_site);
    size_t most = oz_heap_traced(shared);
    oz_block_free(block);
    check(walk(shared).cells == 0);
    check(oz_heap_traced_peak(shared) >= most);
    oz_heap_reset_traced_peak(shared);
    check(oz_heap_traced_peak(shared) < most / 100);
    oz_heap_drop(heap);
    oz_heap_shared_drop(shared);
}

TEST(the_peak_follows_pages)
{
    HeapShared *shared = oz_heap_shared_new();
    Heap *heap = oz_heap_new(shared);
    size_t asked = 0;
    oz_heap_set_sites(shared, site_of_next, &asked);
    next_site = 3;
    enum { COUNT = 20000 };
    static void *cells[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        cells[i] = oz_heap_alloc(heap, OZ_PAGE_BLOCK, 48);
    size_t most = oz_heap_traced(shared);
    check(most == COUNT * 48);
    for (size_t i = 0; i < COUNT; i++)
        oz_heap_free(cells[i]);
    check(oz_heap_traced(shared) == 0);
    check(oz_heap_traced_peak(shared) > most - 65536);
    check(oz_heap_traced_peak(shared) < most + most / 8);
    oz_heap_drop(heap);
    oz_heap_shared_drop(shared);
}

/* ---- samples ---- */

typedef struct Kept {
    void *cells[64];
    size_t count, taken, gone;
} Kept;

static int64_t every_kilobyte(void *user OZ_UNUSED)
{
    return 1000;
}

static bool keep(void *user, void *cell, size_t size)
{
    Kept *kept = user;
    check(oz_heap_size(cell) == size);
    kept->taken++;
    if (kept->count == 64)
        return false;
    kept->cells[kept->count++] = cell;
    return true;
}

static bool forget(void *user, void *cell)
{
    Kept *kept = user;
    for (size_t i = 0; i < kept->count; i++) {
        if (kept->cells[i] == cell) {
            kept->cells[i] = kept->cells[--kept->count];
            kept->gone++;
            return true;
        }
    }
    return false;
}

TEST(samples_come_at_their_distance_and_go_when_freed)
{
    HeapShared *shared = oz_heap_shared_new();
    Heap *heap = oz_heap_new(shared);
    Kept kept = {0};
    const HeapSampler sampler = {every_kilobyte, keep, forget, &kept};
    oz_heap_set_sampler(shared, &sampler);
    static void *cells[5000];
    for (size_t i = 0; i < 5000; i++)
        cells[i] = oz_heap_alloc(heap, OZ_PAGE_BLOCK, 100);
    check(kept.taken >= 440 && kept.taken <= 500);
    check(kept.count == 64);
    for (size_t i = 0; i < 5000; i++)
        oz_heap_free(cells[i]);
    check(kept.count == 0 && kept.gone == 64);
    void *big = oz_block_alloc(heap, 1 << 20);
    check(kept.count == 1 && kept.cells[0] == big);
    big = oz_block_realloc(heap, big, 5 << 20); /* gone as it was, a sample as it is */
    check(kept.count == 1 && kept.cells[0] == big && kept.gone == 65);
    oz_heap_set_sampler(shared, NULL);
    oz_block_free(big);
    check(kept.gone == 65);
    oz_heap_audit(shared);
    oz_heap_drop(heap);
    oz_heap_shared_drop(shared);
}

int main(void)
{
    RUN(a_cell_keeps_the_number_of_its_allocation);
    RUN(a_block_is_where_it_was_resized);
    RUN(the_peak_follows_pages);
    RUN(samples_come_at_their_distance_and_go_when_freed);
    return failures > 0;
}
