// SPDX-License-Identifier: MIT
// Sets of cells, for walks that must see each cell once.
//
// A bitmap for each page that has a cell in the set, found by a hash table of page addresses.  So a
// set of a million objects of 48 bytes takes 170 KiB, and neighbours are found without the table.
// All of it lies in the heap's own pages (OZ_PAGE_META): no total of objects or blocks changes, and
// no tracer hears of it.
//
// Rejected: a flag in the header (the walk would change what it looks at), Page.counts (they belong
// to the collector), a hash set of addresses (16 bytes an object instead of a bit).
#include "memtools/cell_set.h"

#include "heap/heap_layout.h"

#include <string.h>

void oz_cell_set_init(CellSet *set, Heap *heap)
{
    *set = (CellSet){.heap = heap};
}

void oz_cell_set_fini(CellSet *set)
{
    for (size_t i = 0; i < set->room; i++)
        if (set->slots[i].page)
            oz_heap_free(set->slots[i].bits);
    if (set->slots)
        oz_heap_free(set->slots);
    *set = (CellSet){.heap = set->heap};
}

/* The slot of a page, or the free one where it would be. */
static CellSetPage *slot_of(CellSetPage *slots, size_t room, const Page *page)
{
    size_t at = (size_t)((uintptr_t)page / OZ_PAGE_SIZE * UINT64_C(0x9e3779b97f4a7c15) >> 20);
    for (;; at++) {
        CellSetPage *slot = &slots[at & (room - 1)];
        if (!slot->page || slot->page == page)
            return slot;
    }
}

static void *meta(CellSet *set, size_t bytes)
{
    void *cell = oz_heap_alloc(set->heap, OZ_PAGE_META, bytes);
    if (cell)
        memset(cell, 0, bytes);
    return cell;
}

static bool grow(CellSet *set)
{
    size_t room = set->room ? set->room * 2 : 64;
    CellSetPage *slots = meta(set, room * sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < set->room; i++)
        if (set->slots[i].page)
            *slot_of(slots, room, set->slots[i].page) = set->slots[i];
    if (set->slots)
        oz_heap_free(set->slots);
    set->slots = slots;
    set->room = room;
    return true;
}

static bool find_page(CellSet *set, Page *page, bool make)
{
    if (OZ_LIKELY(set->last.page == page))
        return true;
    CellSetPage *slot = set->room ? slot_of(set->slots, set->room, page) : NULL;
    if (!slot || !slot->page) {
        if (!make)
            return false;
        if (set->count * 2 >= set->room) {
            if (!grow(set))
                return false;
            slot = slot_of(set->slots, set->room, page);
        }
        uint64_t *bits = meta(set, (page->cells / 64u + 1u) * sizeof *bits);
        if (!bits)
            return false;
        *slot = (CellSetPage){page, bits};
        set->count++;
    }
    set->last = *slot;
    return true;
}

bool oz_cell_set_add(CellSet *set, const void *cell, bool *fresh)
{
    Page *page = oz_page_of(cell);
    if (!find_page(set, page, true))
        return false;
    size_t index = oz_cell_index_fast(page, cell);
    uint64_t *word = &set->last.bits[index >> 6], bit = (uint64_t)1 << (index & 63);
    *fresh = !(*word & bit);
    *word |= bit;
    return true;
}

bool oz_cell_set_has(CellSet *set, const void *cell)
{
    Page *page = oz_page_of(cell);
    if (!find_page(set, page, false))
        return false;
    size_t index = oz_cell_index_fast(page, cell);
    return set->last.bits[index >> 6] >> (index & 63) & 1;
}
