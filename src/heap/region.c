// SPDX-License-Identifier: MIT
// Memory for pages: regions, the cache of empty pages, mappings, and the limit.
//
// A region is a reserved range of 64 pages (4 MiB; less where address space is short).  Nothing in
// it is touched before a page is handed out.  A page is in one of three conditions: *free* (its bit
// is set in region->free: no contents, no memory), *cached* (empty, but its memory is still
// resident) or in use.
//
// An emptied page goes to the cache, so that a program whose use swings around a page boundary
// makes no system call.  The cache holds at most 8 pages, the size of the nursery (what a young
// collection frees is allocated again at once) and an eighth of what is in use; the oldest are
// given back beyond that.  So a heap that empties gives nearly everything back by
// itself, and oz_heap_trim the rest.  Runs are cached by their exact length.
//
// Huge pages were tried for heaps above 64 MiB, and lost: three programs that build large heaps
// took 5 % longer in a virtual machine, where 2 MiB of memory never used before are dear, and
// giving back 4 KiB of them is undone by the kernel.
//
// The limit counts what is handed out: opened pieces of 4 KiB of a page, the rounded length of
// runs and mappings.  Cached pages do not count.
//
// I1. A page has its head bit set from oz_region_take to oz_region_give.
// I2. A region is in the list `open` if and only if it has free pages.
// I3. While a walk goes on, released pages wait in `deferred`: their headers stay readable, with
//     `cells` 0, and no page is reused under a new size.
// Locks: every function here takes the lock, except the charges, which are atomic.
#include "heap/pages.h"

#include "base/os_memory.h"

#define CACHE_LEAST 8
#define CACHE_SHARE 8 /* 1/8 of the pages in use */
#define RECORDS_BYTES OZ_OS_PIECE

/* The mark was passed, or the limit refuses: tell it once. */
static OZ_COLD void tell_mark(HeapShared *shared)
{
    if (atomic_exchange_explicit(&shared->mark, SIZE_MAX, memory_order_relaxed) != SIZE_MAX)
        shared->mark_passed(shared->mark_arg);
}

bool oz_charge(HeapShared *shared, size_t bytes)
{
    size_t old = atomic_load_explicit(&shared->bytes, memory_order_relaxed);
    size_t limit = atomic_load_explicit(&shared->limit, memory_order_relaxed);
    do {
        if (bytes > limit || old > limit - bytes) {
            tell_mark(shared);
            return false;
        }
    } while (!atomic_compare_exchange_weak_explicit(&shared->bytes, &old, old + bytes,
                                                    memory_order_relaxed, memory_order_relaxed));
    if (OZ_UNLIKELY(old + bytes > atomic_load_explicit(&shared->mark, memory_order_relaxed)))
        tell_mark(shared);
    size_t peak = atomic_load_explicit(&shared->peak, memory_order_relaxed);
    while (old + bytes > peak &&
           !atomic_compare_exchange_weak_explicit(&shared->peak, &peak, old + bytes,
                                                  memory_order_relaxed, memory_order_relaxed))
        ;
    return true;
}

void oz_uncharge(HeapShared *shared, size_t bytes)
{
    size_t old = atomic_fetch_sub_explicit(&shared->bytes, bytes, memory_order_relaxed);
    oz_check(old >= bytes);
    (void)old;
}

/* ---- regions ---- */

static void region_link(Region **list, Region *region)
{
    region->prev = NULL;
    region->next = *list;
    if (*list)
        (*list)->prev = region;
    *list = region;
}

static void region_unlink(Region **list, Region *region)
{
    if (region->prev)
        region->prev->next = region->next;
    else
        *list = region->next;
    if (region->next)
        region->next->prev = region->prev;
}

static uint64_t all_pages(const Region *region)
{
    return region->pages == 64 ? ~(uint64_t)0 : ((uint64_t)1 << region->pages) - 1;
}

static Region *record_new(HeapShared *shared)
{
    if (!shared->unused) {
        char *chunk = oz_os_reserve(RECORDS_BYTES);
        if (!chunk)
            return NULL;
        *(void **)chunk = shared->records;
        shared->records = chunk;
        size_t offset = 64;
        for (; offset + sizeof(Region) <= RECORDS_BYTES; offset += sizeof(Region)) {
            Region *region = (Region *)(chunk + offset);
            region->next = shared->unused;
            shared->unused = region;
        }
    }
    Region *region = shared->unused;
    shared->unused = region->next;
    return region;
}

static Region *region_new(HeapShared *shared, size_t least)
{
    Region *region = record_new(shared);
    if (!region)
        return NULL;
    size_t pages = OZ_REGION_PAGES;
    while (!(region->base = oz_os_reserve_aligned(pages * OZ_PAGE_SIZE, OZ_PAGE_SIZE))) {
        if (pages == least) {
            region->next = shared->unused;
            shared->unused = region;
            return NULL;
        }
        pages = pages / 2 > least ? pages / 2 : least;
    }
    region->pages = (uint32_t)pages;
    region->free = all_pages(region);
    region->heads = 0;
    region->all_next = NULL;
    region->all_prev = shared->all_last;
    if (shared->all_last)
        shared->all_last->all_next = region;
    else
        shared->all = region;
    shared->all_last = region;
    region_link(&shared->open, region);
    return region;
}

static void region_drop(HeapShared *shared, Region *region)
{
    region_unlink(&shared->open, region);
    if (region->all_prev)
        region->all_prev->all_next = region->all_next;
    else
        shared->all = region->all_next;
    if (region->all_next)
        region->all_next->all_prev = region->all_prev;
    else
        shared->all_last = region->all_prev;
    oz_os_release(region->base, region->pages * OZ_PAGE_SIZE);
    region->next = shared->unused;
    shared->unused = region;
}

/* The first place where `count` free pages lie side by side, or -1. */
static int find_free(const Region *region, size_t count)
{
    uint64_t starts = region->free;
    for (size_t i = 1; i < count; i++)
        starts &= region->free >> i;
    return starts ? __builtin_ctzll(starts) : -1;
}

static uint64_t page_bits(size_t index, size_t count)
{
    return (((uint64_t)1 << count) - 1) << index;
}

static size_t page_index(const Region *region, const Page *page)
{
    return (size_t)((const char *)page - region->base) / OZ_PAGE_SIZE;
}

static void bits_take(HeapShared *shared, Region *region, uint64_t bits)
{
    region->free &= ~bits;
    if (!region->free) { /* I2 */
        region_unlink(&shared->open, region);
        region_link(&shared->full, region);
    }
}

/* Pages whose memory went back: free again.  A wholly free region goes too, unless it is the last
 * with room. */
static void bits_give(HeapShared *shared, Region *region, uint64_t bits)
{
    if (!region->free) { /* I2 */
        region_unlink(&shared->full, region);
        region_link(&shared->open, region);
    }
    region->free |= bits;
    bool last = shared->open == region && !region->next;
    if (region->free == all_pages(region) && !last && !shared->walking)
        region_drop(shared, region);
}

/* ---- the cache ---- */

static void cache_remove(HeapShared *shared, Page *page, size_t count)
{
    if (page->prev)
        page->prev->next = page->next;
    else
        shared->cache[count] = page->next;
    if (page->next)
        page->next->prev = page->prev;
    else
        shared->cache_last[count] = page->prev;
    shared->cached -= count;
}

static void cache_add(HeapShared *shared, Page *page, size_t count)
{
    page->prev = NULL;
    page->next = shared->cache[count];
    if (page->next)
        page->next->prev = page;
    else
        shared->cache_last[count] = page;
    shared->cache[count] = page;
    shared->cached += count;
}

static void cache_evict(HeapShared *shared, Page *page, size_t count)
{
    Region *region = page->region;
    cache_remove(shared, page, count);
    oz_os_decommit(page, count * OZ_PAGE_SIZE);
    shared->returned += count;
    bits_give(shared, region, page_bits(page_index(region, page), count));
}

static void cache_shrink(HeapShared *shared, size_t allowed)
{
    for (size_t count = OZ_RUN_PAGES; count > 0; count--)
        while (shared->cached > allowed && shared->cache_last[count])
            cache_evict(shared, shared->cache_last[count], count);
}

size_t oz_cache_flush(HeapShared *shared)
{
    pthread_mutex_lock(&shared->lock);
    size_t bytes = shared->cached * OZ_PAGE_SIZE;
    cache_shrink(shared, 0);
    pthread_mutex_unlock(&shared->lock);
    return bytes;
}

/* ---- pages and runs ---- */

static Page *take_free(HeapShared *shared, size_t count)
{
    Region *region = shared->open;
    int index = -1;
    while (region && (index = find_free(region, count)) < 0)
        region = region->next;
    if (!region) {
        region = region_new(shared, count);
        if (!region && shared->cached) {
            cache_shrink(shared, 0);
            return take_free(shared, count);
        }
        if (!region)
            return NULL;
        index = 0;
    }
    bits_take(shared, region, page_bits((size_t)index, count));
    Page *page = (Page *)(region->base + (size_t)index * OZ_PAGE_SIZE);
    page->region = region;
    return page;
}

Page *oz_region_take(HeapShared *shared, size_t count)
{
    pthread_mutex_lock(&shared->lock);
    Page *page = shared->cache[count];
    if (page)
        cache_remove(shared, page, count);
    else
        page = take_free(shared, count);
    if (page) {
        shared->in_use += count;
        page->region->heads |= (uint64_t)1 << page_index(page->region, page); /* I1 */
    }
    pthread_mutex_unlock(&shared->lock);
    return page;
}

static void give_locked(HeapShared *shared, Page *page, size_t count)
{
    cache_add(shared, page, count);
    size_t allowed = CACHE_LEAST + shared->cache_extra + shared->in_use / CACHE_SHARE;
    if (shared->cached > allowed)
        cache_evict(shared, shared->cache_last[count], count);
    if (shared->cached > allowed)
        cache_shrink(shared, allowed);
}

static void defer(HeapShared *shared, Page *page, size_t amount)
{
    page->cells = 0; /* I3 */
    page->bytes = amount;
    page->young_next = shared->deferred;
    shared->deferred = page;
}

void oz_region_give(HeapShared *shared, Page *page, size_t count)
{
    pthread_mutex_lock(&shared->lock);
    shared->in_use -= count;
    page->region->heads &= ~((uint64_t)1 << page_index(page->region, page));
    if (shared->walking)
        defer(shared, page, count);
    else
        give_locked(shared, page, count);
    pthread_mutex_unlock(&shared->lock);
}

bool oz_run_extend(HeapShared *shared, Page *page, size_t wanted)
{
    size_t have = oz_run_pages(page->bytes), want = oz_run_pages(wanted);
    if (want <= have)
        return true;
    pthread_mutex_lock(&shared->lock);
    Region *region = page->region;
    size_t index = page_index(region, page);
    bool fits = index + want <= region->pages;
    uint64_t more = fits ? page_bits(index + have, want - have) : 0;
    fits = fits && (region->free & more) == more;
    if (fits) {
        bits_take(shared, region, more);
        shared->in_use += want - have;
    }
    pthread_mutex_unlock(&shared->lock);
    return fits;
}

/* ---- mappings ---- */

static void mapping_link(HeapShared *shared, Page *page)
{
    page->prev = NULL;
    page->next = shared->mappings;
    if (page->next)
        page->next->prev = page;
    shared->mappings = page;
}

static void mapping_unlink(HeapShared *shared, Page *page)
{
    if (page->prev)
        page->prev->next = page->next;
    else
        shared->mappings = page->next;
    if (page->next)
        page->next->prev = page->prev;
}

/* Address space in steps of 64 KiB keeps neighbours adjacent, so the kernel merges their areas. */
static size_t mapping_room(size_t bytes)
{
    return oz_round_up(bytes, OZ_PAGE_SIZE);
}

/* Mappings reserve nothing, so the kernel grants any size and kills the process at the first use of
 * what it has not.  A request that the whole machine could not meet is refused here, as an
 * allocation that fails. */
static bool beyond_memory(size_t bytes)
{
    return bytes >= (size_t)1 << 30 && bytes > oz_os_memory();
}

Page *oz_mapping_new(HeapShared *shared, size_t bytes)
{
    if (beyond_memory(bytes))
        return NULL;
    Page *page = oz_os_reserve_aligned(mapping_room(bytes), OZ_PAGE_SIZE);
    if (!page && oz_cache_flush(shared))
        page = oz_os_reserve_aligned(mapping_room(bytes), OZ_PAGE_SIZE);
    return page;
}

void oz_mapping_list(HeapShared *shared, Page *page)
{
    pthread_mutex_lock(&shared->lock);
    mapping_link(shared, page);
    pthread_mutex_unlock(&shared->lock);
}

void oz_mapping_drop(HeapShared *shared, Page *page, size_t bytes)
{
    pthread_mutex_lock(&shared->lock);
    mapping_unlink(shared, page);
    if (shared->walking)
        defer(shared, page, bytes);
    else
        oz_os_release(page, mapping_room(bytes));
    pthread_mutex_unlock(&shared->lock);
}

/* What a smaller mapping no longer needs goes back although its last 64 KiB stay reserved. */
static void mapping_tail(Page *page, size_t bytes)
{
    size_t room = mapping_room(bytes), kept = oz_round_up(bytes, OZ_OS_PIECE);
    if (kept < room)
        oz_os_decommit((char *)page + kept, room - kept);
}

Page *oz_mapping_resize(HeapShared *shared, Page *page, size_t bytes)
{
    size_t old = page->bytes;
    if (bytes > old && beyond_memory(bytes))
        return NULL;
    pthread_mutex_lock(&shared->lock);
    mapping_unlink(shared, page);
    Page *moved = page;
    if (mapping_room(old) != mapping_room(bytes))
        moved = oz_os_move(page, mapping_room(old), mapping_room(bytes), OZ_PAGE_SIZE);
    mapping_link(shared, moved ? moved : page);
    pthread_mutex_unlock(&shared->lock);
    if (moved && bytes < old)
        mapping_tail(moved, bytes);
    return moved;
}

/* ---- walks ---- */

void oz_walk_begin(HeapShared *shared)
{
    pthread_mutex_lock(&shared->lock);
    shared->walking++;
    pthread_mutex_unlock(&shared->lock);
}

void oz_walk_end(HeapShared *shared)
{
    pthread_mutex_lock(&shared->lock);
    if (--shared->walking == 0) {
        Page *page = shared->deferred;
        shared->deferred = NULL;
        while (page) {
            Page *next = page->young_next;
            if (page->region)
                give_locked(shared, page, page->bytes);
            else
                oz_os_release(page, mapping_room(page->bytes));
            page = next;
        }
    }
    pthread_mutex_unlock(&shared->lock);
}
