// SPDX-License-Identifier: MIT
// Pages of equal cells: opening pieces, buckets, release, trimming, and cells of one page or more.
//
// A page belongs to one heap and one size.  Its 16 pieces of 4 KiB are *opened* one by one: only
// then do the cells of a piece join the free list, and only then do they count against the limit.
// A cell belongs to the piece in which its link word (byte 8) lies.  Where cells are larger than a
// piece, the pieces without a link word belong to the group of the piece before them.  So a page
// that holds three cells has one piece resident, and a page that has become nearly empty can close
// its empty pieces again (trim): their cells leave the free list and their memory goes back.
//
// A heap allocates from one *current* page for each size.  When its free list is empty the page
// goes where its fill says (full: no list; else one of four buckets), and the fullest page with
// room becomes current.  So sparse pages are left alone and have a chance to become empty.
//
// A free tests one condition, `--used == notify`, which serves all purposes: a full page has
// notify = cells - 1, a page in a bucket the fill at which it changes bucket or is empty, a BIG
// page 0.  An allocation counts nothing: it comes from the current page, which is retired when its
// free list is empty, and then `used` is simply what is open.
//
// I1. used + cells on the free list + cells of unopened pieces = cells, in pages not current.
// I2. A page in a bucket has a free or an unopened cell; a full page has neither.
// I3. `bytes` of a page is what it has been charged for: OZ_PIECE_SIZE for each open piece.
// I4. Container pages that are current are in the young list, or taken and marked AGAIN.
#include "heap/pages.h"

#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

/* A young pass has work for each page that it looks at, however few cells there are new. */
#define YOUNG_PAGE_LEAST ((size_t)1024)

const Page oz_no_page = {.notify = OZ_NOTIFY_NEVER};

/* Steps of 8 to 256, four a doubling to 3584, then what divides a page well. */
const uint16_t oz_class_sizes[OZ_SIZE_CLASSES] = {
    0,    8,    16,   24,   32,   40,    48,    56,    64,    72,         80,   88,   96,
    104,  112,  120,  128,  136,  144,   152,   160,   168,   176,        184,  192,  200,
    208,  216,  224,  232,  240,  248,   256,   320,   384,   448,        512,  640,  768,
    896,  1024, 1280, 1536, 1792, 2048,  2560,  3072,  3584,  4056,       4320, 4632, 5408,
    5896, 6488, 7208, 8112, 9264, 10816, 12976, 16224, 21632, OZ_CELL_MAX};

size_t oz_class_of(size_t bytes)
{
    static const uint8_t first[] = {33, 37, 41, 45, 48, 56, 60}; /* above 256, 512, 1024... */
    if (bytes <= OZ_SMALL_MAX)
        return oz_small_class(bytes);
    size_t index = first[63 - __builtin_clzll(bytes - 1) - 8];
    while (oz_class_sizes[index] < bytes)
        index++;
    return index;
}

/* ---- poison: what lies behind the link of a free cell ---- */

#if OZ_CHECK_LEVEL >= 2
void oz_cell_unpoison(void *cell, size_t size)
{
#if defined(__SANITIZE_ADDRESS__)
    ASAN_UNPOISON_MEMORY_REGION(cell, size);
#else
    (void)cell;
    (void)size;
#endif
}
void oz_cell_poison(void *cell, size_t size)
{
    oz_cell_unpoison(cell, size); /* the tail may lie in a piece that was closed */
    memset((char *)cell + sizeof(FreeCell), 0xdd, size - sizeof(FreeCell));
#if defined(__SANITIZE_ADDRESS__)
    ASAN_POISON_MEMORY_REGION((char *)cell + sizeof(FreeCell), size - sizeof(FreeCell));
#endif
}
#else
void oz_cell_poison(void *cell OZ_UNUSED, size_t size OZ_UNUSED)
{
}

void oz_cell_unpoison(void *cell OZ_UNUSED, size_t size OZ_UNUSED)
{
}
#endif

/* ---- pieces ---- */

/* The first cell whose link word lies in `piece` or after it. */
uint32_t oz_piece_cell(const Page *page, size_t piece)
{
    size_t offset = piece * OZ_PIECE_SIZE, link = page->first + offsetof(FreeCell, next);
    if (offset <= link)
        return 0;
    size_t index = (offset - link + page->cell_size - 1) / page->cell_size;
    return index < page->cells ? (uint32_t)index : page->cells;
}

/* The first piece after `piece` that has cells of its own. */
size_t oz_group_end(const Page *page, size_t piece)
{
    size_t end = piece + 1;
    uint32_t cell = oz_piece_cell(page, end);
    while (end < OZ_PAGE_PIECES && oz_piece_cell(page, end + 1) == cell)
        end++;
    return end;
}

uint16_t oz_piece_bits(size_t piece, size_t end)
{
    return (uint16_t)((1u << end) - (1u << piece));
}

/* Put the cells of the next unopened group on the (empty) free list. */
static bool open_pieces(Page *page)
{
    size_t piece = (size_t)__builtin_ctz(~(unsigned)page->open);
    oz_check(piece < OZ_PAGE_PIECES);
    size_t end = oz_group_end(page, piece);
    size_t bytes = (end - piece) * OZ_PIECE_SIZE;
    Heap *heap = oz_page_owner(page);
    if (OZ_UNLIKELY(heap->reserve >= bytes))
        heap->reserve -= bytes; /* charged before */
    else if (!oz_charge(heap->shared, bytes))
        return false;
    page->bytes += bytes; /* I3 */
    oz_page_grew(page, (ptrdiff_t)bytes);
    oz_container_charge(page, (ssize_t)bytes);
    page->open |= oz_piece_bits(piece, end);
    uint32_t from = oz_piece_cell(page, piece), to = oz_piece_cell(page, end);
    page->opened = (uint16_t)(page->opened + to - from);
    oz_check(from < to);
    char *cell = oz_page_cell_fast(page, from);
    page->free = (FreeCell *)cell;
    for (uint32_t i = from;; i++, cell += page->cell_size) {
        FreeCell *dead = (FreeCell *)cell;
        dead->refs = 0;
        dead->word = 0;
        dead->next = i + 1 < to ? (FreeCell *)(cell + page->cell_size) : NULL;
        oz_cell_poison(cell, page->cell_size);
        if (i + 1 == to)
            break;
    }
    if (page->kind == OZ_PAGE_CONTAINER)
        oz_page_owner(page)->young_bytes += bytes;
    return true;
}

/* ---- the young list ---- */

static void young_link(Page **list, Page *page)
{
    page->young_prev = NULL;
    page->young_next = *list;
    if (*list)
        (*list)->young_prev = page;
    *list = page;
}

void oz_young_add(Heap *heap, Page *page)
{
    if (page->young == OZ_YOUNG_NOT) {
        young_link(&heap->young, page);
        page->young = OZ_YOUNG_LISTED;
    } else if (page->young == OZ_YOUNG_TAKEN) {
        page->young = OZ_YOUNG_AGAIN;
    }
}

void oz_young_remove(Heap *heap, Page *page)
{
    if (page->young == OZ_YOUNG_NOT)
        return;
    if (page->young_prev)
        page->young_prev->young_next = page->young_next;
    else if (page->young == OZ_YOUNG_LISTED)
        heap->young = page->young_next;
    else
        heap->young_taken = page->young_next;
    if (page->young_next)
        page->young_next->young_prev = page->young_prev;
    page->young = OZ_YOUNG_NOT;
}

static void young_check(Heap *heap)
{
    if (OZ_LIKELY(heap->young_bytes <= heap->young_limit || heap->want_collection))
        return;
    heap->want_collection = true;
    if (heap->young_full)
        heap->young_full(heap->young_arg);
}

/* ---- buckets ---- */

static void bucket_remove(Heap *heap, Page *page)
{
    if (page->prev)
        page->prev->next = page->next;
    else
        heap->partial[page->kind][page->size_class][page->bucket] = page->next;
    if (page->next)
        page->next->prev = page->prev;
}

/* File a page that is not current under its fill. */
void oz_page_put_in_bucket(Heap *heap, Page *page)
{
    if (page->used == page->cells) { /* I2 */
        page->state = OZ_PAGE_FULL;
        page->notify = (uint16_t)(page->cells - 1);
        return;
    }
    unsigned quarter = page->used * 4u / page->cells;
    unsigned lowest = (quarter * page->cells + 3u) / 4u;
    page->state = OZ_PAGE_PARTIAL;
    page->notify = (uint16_t)(lowest ? lowest - 1 : 0);
    page->bucket = (3 - quarter) & 3;
    Page **list = &heap->partial[page->kind][page->size_class][page->bucket];
    page->prev = NULL;
    page->next = *list;
    if (*list)
        (*list)->prev = page;
    *list = page;
}

static Page *bucket_take(Heap *heap, PageClass kind, size_t size_class)
{
    for (unsigned bucket = 0; bucket < OZ_BUCKETS; bucket++) {
        Page *page = heap->partial[kind][size_class][bucket];
        if (page) {
            bucket_remove(heap, page);
            return page;
        }
    }
    return NULL;
}

/* ---- birth and end of a page ---- */

static void page_init(Page *page, Heap *heap, PageClass kind)
{
    Region *region = page->region;
    memset(page, 0, sizeof(Page));
    page->region = region;
    page->owner_word = (uintptr_t)heap;
    page->kind = kind & 3;
    page->first = (uint16_t)oz_page_header(kind);
    page->notify = OZ_NOTIFY_NEVER;
}

static Page *page_new(Heap *heap, PageClass kind, size_t size_class)
{
    Page *page = oz_region_take(heap->shared, 1);
    if (!page)
        return NULL;
    page_init(page, heap, kind);
    uint32_t size = oz_class_sizes[size_class];
    page->size_class = size_class & 63;
    page->cell_size = size;
    page->reciprocal = (uint32_t)((((uint64_t)1 << 32) + size - 1) / size);
    page->cells = (uint16_t)((OZ_PAGE_SIZE - page->first) / size);
    if (kind == OZ_PAGE_CONTAINER)
        memset(page->young_bits, 0, (page->cells + 63u) / 64 * 8);
    if (!open_pieces(page)) {
        oz_region_give(heap->shared, page, 1);
        return NULL;
    }
    oz_containers_add(page);
    return page;
}

static void drop_sides(Page *page)
{
    oz_page_drop_sites(page);
    for (int lane = 0; lane < OZ_LANES; lane++)
        if (page->marks[lane])
            oz_marks_drop(page->marks[lane], lane);
}

/* Give back a page that is in no bucket and not current. */
void oz_page_release(Page *page)
{
    Heap *heap = oz_page_owner(page);
    HeapShared *shared = heap->shared;
    oz_young_remove(heap, page);
    drop_sides(page);
    oz_containers_remove(page);
    size_t bytes = page->bytes;
    oz_uncharge(shared, bytes);
    oz_container_charge(page, -(ssize_t)bytes);
    oz_cell_unpoison((char *)page + page->first, OZ_PAGE_SIZE - page->first);
    oz_region_give(shared, page, 1);
}

static void big_release(Page *page)
{
    HeapShared *shared = oz_page_owner(page)->shared;
    oz_young_remove(oz_page_owner(page), page);
    drop_sides(page);
    oz_containers_remove(page);
    size_t bytes = page->bytes;
    oz_uncharge(shared, bytes);
    oz_container_charge(page, -(ssize_t)bytes);
    if (page->region)
        oz_region_give(shared, page, oz_run_pages(bytes));
    else
        oz_mapping_drop(shared, page, bytes);
}

void oz_page_notify(Page *page)
{
    if (page->state == OZ_PAGE_BIG) {
        big_release(page);
        return;
    }
    if (page->state == OZ_PAGE_CURRENT)
        return; /* `used` has wrapped around */
    Heap *heap = oz_page_owner(page);
    if (page->state == OZ_PAGE_PARTIAL)
        bucket_remove(heap, page);
    if (page->used == 0)
        oz_page_release(page);
    else
        oz_page_put_in_bucket(heap, page);
}

/* ---- allocation ---- */

static void *pop(Page *page)
{
    FreeCell *cell = page->free;
    page->free = cell->next;
    return cell;
}

static void make_current(Heap *heap, Page *page)
{
    page->state = OZ_PAGE_CURRENT;
    page->notify = OZ_NOTIFY_NEVER;
    heap->current[page->kind][page->size_class] = page;
    if (page->kind != OZ_PAGE_CONTAINER)
        return;
    oz_young_add(heap, page); /* I4 */
    young_check(heap);
}

static void retire_current(Heap *heap, PageClass kind, size_t size_class)
{
    Page *page = heap->current[kind][size_class];
    if (page == &oz_no_page)
        return;
    heap->current[kind][size_class] = (Page *)&oz_no_page;
    oz_check(!page->free);
    page->used = page->opened;
    oz_page_put_in_bucket(heap, page);
}

/* A page with a cell on its free list, or NULL. */
static Page *find_page(Heap *heap, PageClass kind, size_t size_class)
{
    Page *page = bucket_take(heap, kind, size_class);
    if (!page)
        return page_new(heap, kind, size_class);
    if (page->free) {
        size_t room = page->bytes - (size_t)page->used * page->cell_size;
        if (kind == OZ_PAGE_CONTAINER)
            heap->young_bytes += room > YOUNG_PAGE_LEAST ? room : YOUNG_PAGE_LEAST;
        return page;
    }
    if (open_pieces(page))
        return page;
    oz_page_put_in_bucket(heap, page);
    return NULL;
}

void *oz_page_alloc(Heap *heap, PageClass kind, size_t size_class)
{
    if (OZ_LIKELY(heap->current[kind][size_class]->free != NULL))
        return pop(heap->current[kind][size_class]);
    if (atomic_load_explicit(&heap->remote_pages, memory_order_relaxed))
        oz_heap_drain(heap);
    if (heap->current[kind][size_class]->free)
        return pop(heap->current[kind][size_class]);
    retire_current(heap, kind, size_class);
    Page *page = find_page(heap, kind, size_class);
    if (!page)
        return NULL;
    make_current(heap, page);
    return pop(page);
}

void *oz_page_alloc_big(Heap *heap, PageClass kind, size_t bytes)
{
    HeapShared *shared = heap->shared;
    if (atomic_load_explicit(&heap->remote_pages, memory_order_relaxed))
        oz_heap_drain(heap);
    if (bytes > SIZE_MAX / 2)
        return NULL;
    size_t total = oz_round_up(bytes + oz_page_header(kind), OZ_PIECE_SIZE);
    if (!oz_charge(shared, total))
        return NULL;
    Page *page = oz_is_run(bytes) ? oz_region_take(shared, oz_run_pages(total))
                                  : oz_mapping_new(shared, total);
    if (!page) {
        oz_uncharge(shared, total);
        return NULL;
    }
    page_init(page, heap, kind);
    page->state = OZ_PAGE_BIG;
    page->cells = 1;
    page->used = 1;
    page->notify = 0;
    page->bytes = total;
    if (!page->region)
        oz_mapping_list(shared, page);
    FreeCell *cell = (FreeCell *)((char *)page + page->first);
    cell->refs = 0;
    cell->word = 0;
    if (kind == OZ_PAGE_CONTAINER) {
        page->young_bits[0] = 0;
        oz_containers_add(page);
        oz_container_charge(page, (ssize_t)total);
        heap->young_bytes += total;
        oz_young_add(heap, page);
        young_check(heap);
    }
    return cell;
}

/* ---- freeing ---- */

void oz_page_free_local(Page *page, void *cell)
{
    FreeCell *dead = cell;
    dead->refs = 0;
    dead->word = 0;
    if (page->state != OZ_PAGE_BIG)
        oz_cell_poison(cell, page->cell_size);
    dead->next = page->free;
    page->free = dead;
    if (--page->used == page->notify)
        oz_page_notify(page);
}

void oz_page_free_dead(Page *page, const DeadCells *dead)
{
    if (!dead->count)
        return;
    dead->last->next = page->free;
    page->free = dead->first;
    page->used = (uint16_t)(page->used - dead->count);
    if (page->state != OZ_PAGE_CURRENT && page->used <= page->notify)
        oz_page_notify(page);
}

/* The first remote free of a page tells its owner about the page.  It sees NULL as the drain left
 * it (acquire), so the drain has read remote_next before. */
void oz_page_free_remote(Page *page, void *cell)
{
    FreeCell *dead = cell;
    Heap *owner = oz_page_owner(page);
    dead->refs = 0;
    dead->word = 0;
    FreeCell *head = atomic_load_explicit(&page->remote, memory_order_relaxed);
    do
        dead->next = head;
    while (!atomic_compare_exchange_weak_explicit(&page->remote, &head, dead, memory_order_acq_rel,
                                                  memory_order_relaxed));
    if (head)
        return;
    Page *pages = atomic_load_explicit(&owner->remote_pages, memory_order_relaxed);
    do
        page->remote_next = pages;
    while (!atomic_compare_exchange_weak_explicit(&owner->remote_pages, &pages, page,
                                                  memory_order_release, memory_order_relaxed));
}

/* A remote cell counts as used until it is freed here, so its page outlives the inner loop. */
void oz_heap_drain(Heap *heap)
{
    Page *page = atomic_exchange_explicit(&heap->remote_pages, NULL, memory_order_acquire);
    while (page) {
        Page *next = page->remote_next;
        FreeCell *cell = atomic_exchange_explicit(&page->remote, NULL, memory_order_acq_rel);
        while (cell) {
            FreeCell *after = cell->next;
            oz_page_free_local(page, cell);
            cell = after;
        }
        page = next;
    }
}
