// SPDX-License-Identifier: MIT
// Blocks: raw memory that grows and shrinks.
//
// A block keeps its cell while the new size has the same class and uses at least half of it.
// Above, runs grow into the pages behind them, and mappings by moving page tables, never bytes.
// What a block does not touch takes no memory.
//
// For AddressSanitizer a block of up to OZ_CELL_MAX bytes has a fence: its cell is larger by FENCE,
// and what was not asked for is poisoned until oz_block_room opens it.
#include "heap/heap.h"

#include "heap/heap_layout.h"
#include "heap/pages.h"

#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>

#define FENCE 16

static size_t fenced(size_t bytes)
{
    return bytes > OZ_CELL_MAX - FENCE ? bytes : bytes + FENCE;
}

static void put_fence(void *block, size_t bytes)
{
    oz_cell_unpoison(block, bytes);
    if (fenced(bytes) != bytes)
        ASAN_POISON_MEMORY_REGION((char *)block + bytes, oz_heap_size(block) - bytes);
}

static void open_fence(void *block)
{
    oz_cell_unpoison(block, oz_heap_size(block));
}
#else
static size_t fenced(size_t bytes)
{
    return bytes;
}

static void put_fence(void *block OZ_UNUSED, size_t bytes OZ_UNUSED)
{
}

static void open_fence(void *block OZ_UNUSED)
{
}
#endif

void *oz_block_alloc(Heap *heap, size_t bytes)
{
    void *block = oz_heap_alloc_fast(heap, OZ_PAGE_BLOCK, fenced(bytes));
    if (block)
        put_fence(block, bytes);
    return block;
}

size_t oz_block_room(void *block)
{
    open_fence(block);
    return oz_heap_size(block);
}

void oz_block_free(void *block)
{
    if (block)
        oz_heap_free_fast(block);
}

static void *move(Heap *heap, void *block, size_t old, size_t bytes)
{
    void *copy = oz_heap_alloc(heap, OZ_PAGE_BLOCK, fenced(bytes));
    if (!copy)
        return NULL;
    open_fence(block);
    memcpy(copy, block, old < bytes ? old : bytes);
    oz_heap_free(block);
    put_fence(copy, bytes);
    return copy;
}

static void tell_resize(Heap *heap, void *old, void *block)
{
    Page *page = oz_page_of(block);
    if (OZ_UNLIKELY(page->owner_word & OZ_PAGE_WATCHED))
        oz_page_unwatch(heap->shared, page, old, true);
    if (OZ_UNLIKELY(heap->shared->site != NULL))
        oz_heap_note_site(heap, block);
    heap->budget -= (int64_t)oz_heap_size(block);
    if (heap->budget < 0 && !heap->tracing)
        oz_heap_sample(heap, block);
}

/* In place, or by moving page tables.  The difference is charged before and returned after. */
static void *resize_big(Heap *heap, Page *page, size_t total)
{
    HeapShared *shared = heap->shared;
    size_t old = page->bytes;
    if (total > old && !oz_charge(shared, total - old))
        return NULL;
    Page *moved = page;
    if (!page->region)
        moved = oz_mapping_resize(shared, page, total);
    else if (!oz_run_extend(shared, page, total))
        moved = NULL;
    if (!moved) {
        if (total > old)
            oz_uncharge(shared, total - old);
        return NULL;
    }
    moved->bytes = total;
    oz_page_grew(moved, (ptrdiff_t)(total - old));
    if (total < old)
        oz_uncharge(shared, old - total);
    void *block = (char *)moved + moved->first;
    tell_resize(heap, (char *)page + moved->first, block);
    return block;
}

/* A big block stays big while it needs at least a quarter more than the largest cell. */
static bool stays_big(const Page *page, size_t bytes)
{
    if (page->region)
        return bytes > OZ_CELL_MAX && bytes <= OZ_RUN_MAX;
    return bytes > OZ_RUN_MAX;
}

void *oz_block_realloc(Heap *heap, void *block, size_t bytes)
{
    if (!block)
        return oz_block_alloc(heap, bytes);
    size_t old = oz_heap_size(block);
    if (heap->shared->always_move || bytes > SIZE_MAX / 2)
        return move(heap, block, old, bytes);
    Page *page = oz_page_of(block);
    if (page->state != OZ_PAGE_BIG) {
        if (fenced(bytes) <= old && bytes >= old / 2) {
            put_fence(block, bytes);
            return block;
        }
        return move(heap, block, old, bytes);
    }
    if (!stays_big(page, bytes) || oz_page_owner(page) != heap)
        return move(heap, block, old, bytes);
    size_t total = oz_round_up(bytes + page->first, OZ_PIECE_SIZE);
    if (total == page->bytes)
        return block;
    if (page->region && oz_run_pages(total) < oz_run_pages(page->bytes))
        return move(heap, block, old, bytes);
    if (oz_heap_injected(heap->shared))
        return oz_heap_refuse(heap);
    void *resized = resize_big(heap, page, total);
    if (resized)
        return resized;
    return page->region ? move(heap, block, old, bytes) : oz_heap_refuse(heap);
}
