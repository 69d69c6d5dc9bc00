// SPDX-License-Identifier: MIT
// Which cells of a page are free, and closing the empty pieces of nearly empty pages.
//
// A program that keeps one object in a thousand empties few pages, but five pieces of 4 KiB in
// six.  So a page under 1/8 full closes the groups of pieces (page.c) that no live cell overlaps:
// their cells leave the free list, their memory goes back, and the page opens them again when it
// needs them.  A cell whose first 8 bytes lie in a closed piece and whose link in the next reads
// as free (zero) before and after.
#include "heap/pages.h"

#include "base/os_memory.h"

#include <string.h>

size_t oz_page_used(const Page *page)
{
    if (page->state != OZ_PAGE_CURRENT)
        return page->used;
    size_t used = page->opened;
    for (const FreeCell *cell = page->free; cell; cell = cell->next)
        used--;
    return used;
}

static size_t mark_list(const Page *page, const FreeCell *cell, uint64_t map[64])
{
    size_t count = 0;
    for (; cell; cell = cell->next, count++) {
        size_t i = oz_cell_index_fast(page, cell);
        map[i >> 6] |= (uint64_t)1 << (i & 63);
    }
    return count;
}

/* What the owner knows to be free; other threads may be adding to the remote list. */
static size_t owned_map(const Page *page, uint64_t map[64])
{
    memset(map, 0, 64 * sizeof(uint64_t));
    size_t live = page->opened;
    for (size_t piece = 0; piece < OZ_PAGE_PIECES; piece++) {
        if (page->open >> piece & 1)
            continue;
        for (uint32_t i = oz_piece_cell(page, piece); i < oz_piece_cell(page, piece + 1); i++)
            map[i >> 6] |= (uint64_t)1 << (i & 63);
    }
    return live - mark_list(page, page->free, map);
}

size_t oz_page_free_map(const Page *page, uint64_t map[64])
{
    size_t live = owned_map(page, map);
    return live - mark_list(page, atomic_load_explicit(&page->remote, memory_order_acquire), map);
}

/* The pieces that a live cell overlaps; cells on the remote list count as live. */
static uint16_t occupied_pieces(const Page *page, const uint64_t map[64])
{
    uint16_t occupied = 1; /* the header */
    for (uint32_t i = 0; i < page->cells; i++) {
        if (map[i >> 6] >> (i & 63) & 1)
            continue;
        size_t start = page->first + (size_t)i * page->cell_size;
        size_t last = start + page->cell_size - 1;
        occupied |= oz_piece_bits(start / OZ_PIECE_SIZE, last / OZ_PIECE_SIZE + 1);
    }
    return occupied;
}

/* The open groups of which no piece is occupied. */
static uint16_t empty_groups(const Page *page, uint16_t occupied)
{
    uint16_t empty = 0;
    for (size_t piece = 0, end; piece < OZ_PAGE_PIECES; piece = end) {
        end = oz_group_end(page, piece);
        uint16_t group = oz_piece_bits(piece, end);
        if ((page->open & group) == group && !(occupied & group))
            empty |= group;
    }
    return empty;
}

static void close_pieces(Page *page, uint16_t closing)
{
    FreeCell **link = &page->free;
    while (*link) {
        size_t piece = ((uintptr_t) & (*link)->next & (OZ_PAGE_SIZE - 1)) / OZ_PIECE_SIZE;
        if (closing >> piece & 1)
            *link = (*link)->next;
        else
            link = &(*link)->next;
    }
    page->open &= (uint16_t)~closing;
    page->opened = 0;
    for (size_t piece = 0; piece < OZ_PAGE_PIECES; piece++)
        if (page->open >> piece & 1)
            page->opened = (uint16_t)(page->opened + oz_piece_cell(page, piece + 1) -
                                      oz_piece_cell(page, piece));
    for (size_t piece = 0; piece < OZ_PAGE_PIECES; piece++) {
        size_t end = piece;
        while (end < OZ_PAGE_PIECES && closing >> end & 1)
            end++;
        if (end == piece)
            continue;
        char *start = (char *)page + piece * OZ_PIECE_SIZE;
        oz_cell_unpoison(start, (end - piece) * OZ_PIECE_SIZE);
        oz_os_decommit(start, (end - piece) * OZ_PIECE_SIZE);
        piece = end;
    }
}

static size_t page_trim(Page *page)
{
    uint64_t map[64];
    if (oz_page_used(page) >= page->cells / 8u)
        return 0;
    owned_map(page, map);
    uint16_t closing = empty_groups(page, occupied_pieces(page, map));
    if (!closing)
        return 0;
    close_pieces(page, closing);
    HeapShared *shared = oz_page_owner(page)->shared;
    size_t pieces = (size_t)__builtin_popcount(closing);
    page->bytes -= pieces * OZ_PIECE_SIZE; /* I3 */
    oz_page_grew(page, -(ptrdiff_t)(pieces * OZ_PIECE_SIZE));
    oz_container_charge(page, -(ssize_t)(pieces * OZ_PIECE_SIZE));
    oz_uncharge(shared, pieces * OZ_PIECE_SIZE);
    atomic_fetch_add_explicit(&shared->trimmed, pieces, memory_order_relaxed);
    return pieces * OZ_PIECE_SIZE;
}

static size_t trim_class(Heap *heap, PageClass kind, size_t size_class)
{
    size_t bytes = 0;
    Page *current = heap->current[kind][size_class];
    if (current != &oz_no_page && oz_page_used(current) == 0) {
        heap->current[kind][size_class] = (Page *)&oz_no_page;
        oz_page_release(current);
    } else if (current != &oz_no_page) {
        bytes += page_trim(current);
    }
    for (Page *page = heap->partial[kind][size_class][OZ_BUCKETS - 1]; page; page = page->next)
        bytes += page_trim(page);
    return bytes;
}

size_t oz_heap_trim(Heap *heap)
{
    size_t bytes = 0;
    oz_heap_drain(heap);
    for (size_t kind = 0; kind < OZ_PAGE_CLASSES; kind++)
        for (size_t i = 0; i < OZ_SIZE_CLASSES; i++)
            bytes += trim_class(heap, (PageClass)kind, i);
    return bytes + oz_cache_flush(heap->shared);
}
