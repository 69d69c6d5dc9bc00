// SPDX-License-Identifier: MIT
// Cells: sizes, random allocation and freeing with patterns, walks, the limit, injected failures.
#include "heap/heap.h"

#include "heap/heap_layout.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS 4000

typedef struct Slot {
    unsigned char *cell;
    size_t size;
    PageClass kind;
    unsigned char mark;
} Slot;

static uint64_t state = 88172645463325252u;

static uint64_t any(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static size_t any_size(void)
{
    switch (any(20)) {
    case 0:
        return 1 + any(400000);
    case 1:
        return 1 + any(60000);
    case 2:
    case 3:
        return 1 + any(5000);
    default:
        return 1 + any(300);
    }
}

static void fill(Slot *slot)
{
    memset(slot->cell, slot->mark | 1, slot->size);
}

static bool whole(const Slot *slot)
{
    for (size_t i = 0; i < slot->size; i += 1 + slot->size / 64)
        if (slot->cell[i] != (slot->mark | 1))
            return false;
    return slot->cell[slot->size - 1] == (slot->mark | 1);
}

static void allocate(Heap *heap, Slot *slot)
{
    slot->size = any_size();
    slot->kind = (PageClass)any(3);
    if (slot->kind != OZ_PAGE_BLOCK && slot->size < 16)
        slot->size = 16;
    slot->mark = (unsigned char)any(256);
    slot->cell = oz_heap_alloc(heap, slot->kind, slot->size);
    check(slot->cell && ((uintptr_t)slot->cell & 7) == 0);
    check(oz_heap_size(slot->cell) >= slot->size);
    if (slot->kind != OZ_PAGE_BLOCK)
        check(*(uint64_t *)slot->cell == 0);
    fill(slot);
}

static void step(Heap *heap, Slot *slot)
{
    if (!slot->cell) {
        allocate(heap, slot);
        return;
    }
    check(whole(slot));
    if (slot->kind != OZ_PAGE_BLOCK || any(3)) {
        oz_heap_free_fast(slot->cell);
        slot->cell = NULL;
        return;
    }
    size_t size = any_size();
    unsigned char *moved = oz_block_realloc(heap, slot->cell, size);
    check(moved);
    slot->cell = moved;
    slot->size = size < slot->size ? size : slot->size;
    check(whole(slot));
    slot->size = size;
    fill(slot);
}

TEST(random_use_keeps_every_cell)
{
    HeapShared *shared = oz_heap_shared_new();
    Heap *heap = oz_heap_new(shared);
    Slot *slots = calloc(SLOTS, sizeof(Slot));
    for (int round = 0; round < 200000; round++) {
        step(heap, &slots[any(round % 40000 < 20000 ? SLOTS : SLOTS / 20)]);
        if (round % 20000 == 0) {
            oz_heap_audit(shared);
            oz_heap_trim(heap);
            oz_heap_audit(shared);
        }
    }
    for (int i = 0; i < SLOTS; i++) {
        if (slots[i].cell) {
            check(whole(&slots[i]));
            oz_heap_free(slots[i].cell);
        }
    }
    oz_heap_audit(shared);
    oz_heap_trim(heap);
    HeapStats stats;
    oz_heap_stats(shared, &stats);
    check(stats.cells == 0 && stats.bytes == 0 && stats.cached == 0);
    check(stats.mappings == 0 && stats.runs == 0 && stats.pages == 0);
    free(slots);
    oz_heap_shared_drop(shared);
}

TEST(every_size_fits_its_class)
{
    HeapShared *shared = oz_heap_shared_new();
    Heap *heap = oz_heap_new(shared);
    for (size_t size = 1; size < 40000; size += size < 600 ? 1 : 61) {
        size_t good = oz_heap_good_size(size);
        check(good >= size && (size > 256 || good == (size < 16 ? 16 : (size + 7) / 8 * 8)));
        check(good <= size + size / 3 + 16 || size > OZ_CELL_MAX || size > 16224);
        for (int kind = 0; kind < 3; kind++) {
            char *cell = oz_heap_alloc(heap, (PageClass)kind, size);
            const Page *page = oz_page_of(cell);
            check(size > OZ_CELL_MAX || oz_heap_size(cell) == good);
            check(oz_page_cell(page, oz_cell_index(page, cell)) == cell);
            check(oz_page_class(page) == (PageClass)kind);
            check(oz_heap_owns(shared, cell) && !oz_heap_owns(shared, cell + 8));
            oz_heap_free(cell);
            check(!oz_heap_owns(shared, cell) || size > OZ_CELL_MAX);
        }
    }
    oz_heap_audit(shared);
    oz_heap_shared_drop(shared);
}

typedef struct Seen {
    size_t count;
    uint64_t sum;
} Seen;

static void see(void *cell, size_t size, void *arg)
{
    Seen *seen = arg;
    seen->count++;
    seen->sum += ((uint32_t *)cell)[1];
    (void)size;
}

static void see_and_free(void *cell, size_t size, void *arg)
{
    see(cell, size, arg);
    oz_heap_free(cell);
}

TEST(walks_see_what_lives)
{
    HeapShared *shared = oz_heap_shared_new();
    Heap *heap = oz_heap_new(shared);
    static const size_t sizes[] = {16, 24, 200, 4000, 20000, 70000, 500000};
    uint32_t *cells[7][300];
    uint64_t sum = 0;
    size_t count = 0;
    for (size_t s = 0; s < 7; s++) {
        for (uint32_t i = 0; i < (s < 4 ? 300 : 20); i++) {
            cells[s][i] = oz_heap_alloc(heap, OZ_PAGE_CONTAINER, sizes[s]);
            cells[s][i][0] = 1;
            cells[s][i][1] = i + 1;
        }
        for (uint32_t i = 0; i < (s < 4 ? 300 : 20); i++) {
            if (i % 3 == 0) {
                oz_heap_free(cells[s][i]);
                continue;
            }
            sum += i + 1;
            count++;
        }
    }
    void *headless = oz_heap_alloc(heap, OZ_PAGE_CONTAINER, 24);
    Seen seen = {0, 0}, none = {0, 0};
    oz_heap_each(shared, OZ_PAGE_CONTAINER, see, &seen);
    check(seen.count == count && seen.sum == sum);
    oz_heap_each(shared, OZ_PAGE_LEAF, see, &none);
    check(none.count == 0);
    oz_heap_free(headless);
    Seen freed = {0, 0}, after = {0, 0};
    oz_heap_each(shared, OZ_PAGE_CONTAINER, see_and_free, &freed);
    check(freed.count == count && freed.sum == sum);
    oz_heap_each(shared, OZ_PAGE_CONTAINER, see, &after);
    check(after.count == 0);
    oz_heap_audit(shared);
    oz_heap_trim(heap);
    check(oz_heap_bytes(shared) == 0);
    oz_heap_shared_drop(shared);
}

TEST(the_limit_is_exact)
{
    HeapShared *shared = oz_heap_shared_new();
    Heap *heap = oz_heap_new(shared);
    oz_heap_set_limit(shared, 1 << 20);
    void *list = NULL;
    size_t count = 0;
    for (void **cell; (cell = oz_heap_alloc(heap, OZ_PAGE_LEAF, 24)); count++) {
        *cell = NULL;
        cell[1] = list;
        list = cell;
    }
    check(oz_heap_bytes(shared) == 1 << 20);
    check(count >= (1 << 20) / 25 && count <= (1 << 20) / 24);
    check(!oz_heap_alloc(heap, OZ_PAGE_LEAF, 400));
    oz_heap_audit(shared);
    oz_heap_set_limit(shared, (1 << 20) + 4096);
    void *more = oz_heap_alloc(heap, OZ_PAGE_LEAF, 400);
    check(more && oz_heap_bytes(shared) == (1 << 20) + 4096);
    check(!oz_heap_alloc(heap, OZ_PAGE_BLOCK, 40000));
    oz_heap_free(more);
    while (list) {
        void **cell = list;
        list = cell[1];
        oz_heap_free(cell);
    }
    void *big = oz_block_alloc(heap, 900000);
    check(big && !oz_block_realloc(heap, big, 1100000));
    big = oz_block_realloc(heap, big, 1000000);
    check(big);
    oz_block_free(big);
    HeapStats stats;
    oz_heap_stats(shared, &stats);
    check(stats.failures == 4 && stats.peak == (1 << 20) + 4096);
    oz_heap_audit(shared);
    oz_heap_shared_drop(shared);
}

TEST(large_blocks_grow_without_touching_their_tail)
{
    HeapShared *shared = oz_heap_shared_new();
    Heap *heap = oz_heap_new(shared);
    char *block = oz_block_alloc(heap, 1 << 20);
    for (size_t size = 1 << 20; size <= (size_t)1 << 28; size *= 2) {
        block = oz_block_realloc(heap, block, size);
        check(block && oz_heap_size(block) >= size);
        check(size == 1 << 20 || block[size / 2 - 1] == 7);
        block[size - 1] = 7;
    }
    block = oz_block_realloc(heap, block, 300000);
    check(block && oz_heap_bytes(shared) < 310000);
    block = oz_block_realloc(heap, block, 100);
    check(block && oz_heap_bytes(shared) <= 65536);
    oz_block_free(block);
    oz_heap_audit(shared);
    oz_heap_shared_drop(shared);
}

TEST(injected_failures)
{
    HeapShared *shared = oz_heap_shared_new();
    Heap *heap = oz_heap_new(shared);
    static const struct {
        HeapFailMode mode;
        const char *fate;
    } cases[] = {
        {OZ_FAIL_ONCE, "++-++++"}, {OZ_FAIL_BURST, "++---++"}, {OZ_FAIL_FOREVER, "++-----"}};
    for (size_t i = 0; i < OZ_COUNT(cases); i++) {
        oz_heap_inject(shared, 3, cases[i].mode);
        for (size_t n = 0; cases[i].fate[n]; n++) {
            void *cell = oz_heap_alloc_fast(heap, OZ_PAGE_LEAF, 40);
#ifdef OZ_DEBUG
            check((cell != NULL) == (cases[i].fate[n] == '+'));
#endif
            if (cell)
                oz_heap_free_fast(cell);
        }
        oz_heap_inject(shared, 0, OZ_FAIL_ONCE);
    }
    oz_heap_shared_drop(shared);
}

static int full_calls;

static void nursery_full(void *arg)
{
    full_calls += *(int *)arg;
}

static bool has_young_bit(const void *cell)
{
    const Page *page = oz_page_of(cell);
    size_t index = oz_cell_index(page, cell);
    return page->young_bits[index >> 6] >> (index & 63) & 1;
}

TEST(the_nursery_lists_pages_allocated_from)
{
    HeapShared *shared = oz_heap_shared_new();
    Heap *heap = oz_heap_new(shared);
    int one = 1;
    oz_heap_set_young_limit(heap, 1 << 18, nursery_full, &one);
    size_t count = 0;
    while (!oz_heap_wants_collection(heap)) {
        uint32_t *cell = oz_heap_alloc_fast(heap, OZ_PAGE_CONTAINER, 24);
        cell[1] = 1;
        oz_young_set(cell);
        check(has_young_bit(cell));
        count++;
    }
    check(full_calls == 1 && count > (1 << 18) / 26 && count < (1 << 18) / 20);
    size_t pages = 0;
    for (Page *page = oz_heap_young_take(heap); page; page = oz_page_young_next(page))
        pages++;
    check(pages == 5 && oz_heap_young_bytes(heap) == 0 && !oz_heap_wants_collection(heap));
    oz_heap_young_done(heap);
    size_t again = 0;
    for (Page *page = oz_heap_young_take(heap); page; page = oz_page_young_next(page))
        again++;
    check(again == 1);
    oz_heap_young_done(heap);
    oz_heap_shared_drop(shared);
}

int main(void)
{
    RUN(every_size_fits_its_class);
    RUN(random_use_keeps_every_cell);
    RUN(walks_see_what_lives);
    RUN(the_limit_is_exact);
    RUN(large_blocks_grow_without_touching_their_tail);
    RUN(injected_failures);
    RUN(the_nursery_lists_pages_allocated_from);
    return failures > 0;
}
