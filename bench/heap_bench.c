// SPDX-License-Identifier: MIT
// The heap by itself: nanoseconds to allocate and free, bytes a cell, what goes back to the system.
//
//     gcc -O2 -pthread -I src bench/heap_bench.c src/base/*.c src/heap/*.c -lgmp -o /tmp/heap_bench
#include "heap/heap.h"

#include "heap/heap_layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double resident(void)
{
    long size = 0, pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file) {
        if (fscanf(file, "%ld %ld", &size, &pages) != 2)
            pages = 0;
        fclose(file);
    }
    return (double)pages * 4096;
}

static void pairs(Heap *heap)
{
    double start = now();
    for (int i = 0; i < 100000000; i++) {
        uint32_t *cell = oz_heap_alloc_fast(heap, OZ_PAGE_CONTAINER, 24);
        __asm__ volatile("" : : "r"(cell) : "memory");
        oz_heap_free_fast(cell);
    }
    printf("alloc + free of one cell           %6.2f ns\n", (now() - start) / 1e8);
}

static void batches(Heap *heap, size_t size, size_t count, int rounds)
{
    uint32_t **cells = malloc(count * sizeof(*cells));
    double start = now();
    for (int round = 0; round < rounds; round++) {
        for (size_t i = 0; i < count; i++) {
            cells[i] = oz_heap_alloc_fast(heap, OZ_PAGE_CONTAINER, size);
            cells[i][1] = 1;
        }
        for (size_t i = 0; i < count; i++)
            oz_heap_free_fast(cells[i]);
    }
    printf("%7zu of %3zu bytes, then freed      %6.2f ns each\n", count, size,
           (now() - start) / ((double)count * rounds));
    free(cells);
}

static void grow(HeapShared *shared, Heap *heap, size_t size, size_t count)
{
    uint64_t **cells = malloc(count * sizeof(*cells));
    memset(cells, 1, count * sizeof(*cells));
    double before = resident(), start = now();
    for (size_t i = 0; i < count; i++) {
        cells[i] = oz_heap_alloc_fast(heap, OZ_PAGE_CONTAINER, size);
        for (size_t word = 0; word < size / 8; word++)
            cells[i][word] = i | (uint64_t)1 << 40;
    }
    double took = now() - start, peak = resident();
    printf("%8zu first touches of %zu          %6.2f ns each, %.2f bytes each (resident)\n", count,
           size, took / (double)count, (peak - before) / (double)count);
    start = now();
    for (size_t i = 0; i < count; i++)
        if (i % 1000)
            oz_heap_free_fast(cells[i]);
    took = now() - start;
    double sparse = resident();
    start = now();
    oz_heap_trim(heap);
    printf(
        "all but 1 in 1000 freed             %6.2f ns each; %.1f %% back, trim %.1f ms: %.1f %%\n",
        took / (double)count, 100 * (peak - sparse) / (peak - before), (now() - start) / 1e6,
        100 * (peak - resident()) / (peak - before));
    for (size_t i = 0; i < count; i += 1000)
        oz_heap_free_fast(cells[i]);
    double freed = resident();
    oz_heap_trim(heap);
    printf("the rest freed                      %.1f %% back, after a trim %.1f %%\n",
           100 * (peak - freed) / (peak - before), 100 * (peak - resident()) / (peak - before));
    oz_heap_audit(shared);
    free(cells);
}

static void list_growth(Heap *heap)
{
    double before = resident(), start = now();
    uint64_t *block = NULL;
    size_t capacity = 0;
    for (size_t i = 0; i < 10000000; i++) {
        if (i == capacity) {
            capacity += capacity / 8 + 4;
            block = oz_block_realloc(heap, block, capacity * 8);
        }
        block[i] = i;
    }
    printf("list of 10 million, grown by 1/8    %6.2f ns each, %.2f bytes each (resident)\n",
           (now() - start) / 1e7, (resident() - before) / 1e7);
    oz_block_free(block);
}

int main(void)
{
    double empty = resident();
    HeapShared *shared = oz_heap_shared_new();
    Heap *heap = oz_heap_new(shared);
    if (!heap)
        return 1;
    printf("an empty heap                       %6.0f KiB resident\n", (resident() - empty) / 1024);
    pairs(heap);
    batches(heap, 24, 4096, 10000);
    batches(heap, 24, 1000000, 20);
    batches(heap, 200, 1000000, 5);
    grow(shared, heap, 24, 10000000);
    grow(shared, heap, 16, 10000000);
    list_growth(heap);
    oz_heap_shared_drop(shared);
    return 0;
}
