// SPDX-License-Identifier: MIT
// Several threads: cells freed by others, heaps left by ended threads, adoption.
#include "heap/heap.h"

#include "heap/heap_layout.h"
#include "unit.h"

#include <pthread.h>
#include <stdlib.h>

#define SLOTS 512
#define STEPS 200000

static HeapShared *shared;
static _Atomic(uint64_t *) slots[SLOTS];

/* Each thread puts cells into common slots and frees what it finds there. */
static void *exchange(void *arg)
{
    Heap *heap = oz_heap_new(shared);
    uint64_t state = 88172645463325252u + (uintptr_t)arg;
    for (int i = 0; i < STEPS; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        size_t size = 16 + state % 200, slot = (state >> 20) % SLOTS;
        if (state >> 60 == 0)
            size *= 1000;
        uint64_t *cell = oz_heap_alloc_fast(heap, OZ_PAGE_LEAF, size);
        cell[0] = (uint64_t)1 << 40 | 1;
        cell[1] = (uint64_t)cell;
        uint64_t *old = atomic_exchange(&slots[slot], cell);
        if (old) {
            check(old[1] == (uint64_t)old);
            oz_heap_free_fast(old);
        }
    }
    oz_heap_drop(heap);
    return NULL;
}

TEST(cells_may_be_freed_by_other_threads)
{
    shared = oz_heap_shared_new();
    Heap *heap = oz_heap_new(shared);
    for (int round = 0; round < 3; round++) {
        pthread_t threads[3];
        for (size_t i = 0; i < 3; i++)
            check(pthread_create(&threads[i], NULL, exchange, (void *)(i + 1)) == 0);
        for (size_t i = 0; i < 3; i++)
            pthread_join(threads[i], NULL);
        oz_heap_audit(shared);
    }
    oz_heap_adopt(heap);
    oz_heap_audit(shared);
    for (size_t i = 0; i < SLOTS; i++)
        if (slots[i])
            oz_heap_free_fast(slots[i]);
    oz_heap_trim(heap);
    HeapStats stats;
    oz_heap_stats(shared, &stats);
    check(stats.cells == 0 && stats.bytes == 0);
    oz_heap_audit(shared);
    oz_heap_shared_drop(shared);
}

int main(void)
{
    RUN(cells_may_be_freed_by_other_threads);
    return failures > 0;
}
