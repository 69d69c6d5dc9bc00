// SPDX-License-Identifier: MIT
// Between the files of heap/: the memory of a VM, its regions and its pages.
#ifndef OZ_HEAP_PAGES_H
#define OZ_HEAP_PAGES_H

#include "base/base.h"
#include "heap/heap.h"
#include "heap/heap_layout.h"

#include <pthread.h>

#define OZ_REGION_PAGES 64
#define OZ_RUN_PAGES 5 /* the longest run: OZ_RUN_MAX and a header */

/* A reserved range of up to 64 pages. */
struct Region {
    char *base;          /* [const] */
    uint64_t free;       /* [lock] pages without contents: fresh, or given back to the system */
    uint64_t heads;      /* [lock] first pages of what is in use */
    uint32_t pages;      /* [const] */
    Region *next, *prev; /* [lock] among the regions with, or without, free pages */
    Region *all_next, *all_prev; /* [lock] all regions */
};

struct HeapShared {
    pthread_mutex_t lock; /* "the lock" of regions, cache, mappings and heaps */
    _Atomic size_t bytes; /* handed out */
    _Atomic size_t peak;  /* largest `bytes` */
    _Atomic size_t limit; /* of `bytes`; SIZE_MAX = none */
    _Atomic size_t mark;  /* of `bytes` too: beyond it somebody is told; SIZE_MAX = none */
    void (*mark_passed)(void *arg);     /* [threads stopped] valid while there is a mark */
    void *mark_arg;                     /* [threads stopped] */
    Region *open;                       /* [lock] regions with free pages */
    Region *full;                       /* [lock] the others */
    Region *all, *all_last;             /* [lock] in order of reservation */
    Region *unused;                     /* [lock] records without memory, by next */
    void *records;                      /* [lock] chunks of records, by their first word */
    Page *cache[OZ_RUN_PAGES + 1];      /* [lock] empty runs of each length, newest first */
    Page *cache_last[OZ_RUN_PAGES + 1]; /* [lock] */
    size_t cached;                      /* [lock] pages in the cache */
    size_t in_use;                      /* [lock] pages handed out, run pages too */
    Page *mappings;                     /* [lock] */
    Page *containers;                   /* [lock] all container pages, the newest first */
    Page *container_cursor;             /* [lock] the next of oz_containers_next */
    _Atomic size_t container_bytes;     /* charged for them */
    Page *deferred;                     /* [lock] released during a walk */
    size_t cache_extra;                 /* [lock] pages that the cache may hold beyond its share */
    uint32_t walking;                   /* [lock] walks going on: no page is reused or given back */
    Heap *heaps;                        /* [lock] all, dropped ones too */
    HeapSiteFn *site;                   /* [stopped] NULL: not traced */
    void *site_user;                    /* [stopped] */
    const HeapSampler *sampler;         /* [stopped] NULL: no samples are taken */
    _Atomic size_t traced;              /* bytes handed out in pages that have `sites` */
    _Atomic size_t traced_peak;         /* largest `traced` since it was reset */
    size_t returned;                    /* [lock] HeapStats */
    _Atomic size_t trimmed;             /* HeapStats */
    _Atomic size_t failures;            /* HeapStats */
    _Atomic uint64_t allocations;       /* debug builds */
    _Atomic uint64_t fail_at;           /* debug builds: the allocation that fails; 0 = none */
    _Atomic uint64_t fail_until;        /* debug builds: the last that fails */
    bool (*inject)(void *user);         /* [one thread] debug builds: does this one fail; or NULL */
    void *inject_user;                  /* [one thread] */
    bool always_move;                   /* debug builds */
};

static inline size_t oz_page_header(PageClass kind)
{
    return kind == OZ_PAGE_CONTAINER ? OZ_CONTAINER_HEADER : OZ_PAGE_HEADER;
}

static inline bool oz_is_run(size_t bytes)
{
    return bytes <= OZ_RUN_MAX;
}

/* How many pages a run of so many bytes takes. */
static inline size_t oz_run_pages(size_t bytes)
{
    return (bytes + OZ_PAGE_SIZE - 1) / OZ_PAGE_SIZE;
}

/* ---- region.c: memory for pages ---- */

/* Count bytes about to be handed out; false if the limit forbids it. */
bool oz_charge(HeapShared *shared, size_t bytes) OZ_CHECKED;
void oz_uncharge(HeapShared *shared, size_t bytes);

/* `pages` adjacent pages, contents undefined; only `region` of the header is set. */
Page *oz_region_take(HeapShared *shared, size_t pages) OZ_CHECKED;
void oz_region_give(HeapShared *shared, Page *page, size_t pages);

/* A zeroed mapping; it joins the list of mappings when its header is complete. */
Page *oz_mapping_new(HeapShared *shared, size_t bytes) OZ_CHECKED;
void oz_mapping_list(HeapShared *shared, Page *page);
void oz_mapping_drop(HeapShared *shared, Page *page, size_t bytes);
/* Resize one; the page may move. */
Page *oz_mapping_resize(HeapShared *shared, Page *page, size_t bytes) OZ_CHECKED;
/* Give a run up to `wanted` bytes by taking the free pages behind it. */
bool oz_run_extend(HeapShared *shared, Page *page, size_t wanted) OZ_CHECKED;

void oz_walk_begin(HeapShared *shared);
void oz_walk_end(HeapShared *shared);
size_t oz_cache_flush(HeapShared *shared);

/* ---- page.c ---- */

extern const uint16_t oz_class_sizes[OZ_SIZE_CLASSES];
extern const Page oz_no_page; /* the current page of a class that has none */

size_t oz_class_of(size_t bytes); /* bytes <= OZ_CELL_MAX */
uint32_t oz_piece_cell(const Page *page, size_t piece);
uint16_t oz_piece_bits(size_t piece, size_t end);
size_t oz_group_end(const Page *page, size_t piece);

void *oz_page_alloc(Heap *heap, PageClass kind, size_t size_class) OZ_CHECKED;
void *oz_page_alloc_big(Heap *heap, PageClass kind, size_t bytes) OZ_CHECKED;
void oz_page_free_local(Page *page, void *cell);
void oz_page_free_remote(Page *page, void *cell);
void oz_heap_drain(Heap *heap);
void oz_page_put_in_bucket(Heap *heap, Page *page);
void oz_young_add(Heap *heap, Page *page);
void oz_young_remove(Heap *heap, Page *page);
void oz_containers_add(Page *page);
void oz_containers_remove(Page *page);
void oz_container_charge(const Page *page, ssize_t bytes); /* of any page: only containers count */
void oz_page_release(Page *page); /* which is empty, in no bucket and not current */
/* Set bits for the cells that are free; returns how many are live. */
size_t oz_page_free_map(const Page *page, uint64_t map[64]);

/* ---- heap.c ---- */

bool oz_heap_injected(HeapShared *shared); /* counts an allocation: shall it fail? */
void *oz_heap_refuse(Heap *heap) OZ_COLD;  /* counts a failure; NULL */
void oz_heap_arm(Heap *heap);              /* what to look at has changed: set the budget */

/* ---- sites.c ---- */

/* Ask where the new cell comes from. */
void oz_heap_note_site(Heap *heap, void *cell);
/* A cell of a page with a side array comes from there. */
OZ_INLINE void oz_page_note_site(Page *page, const void *cell, uint32_t site)
{
    page->sites[oz_cell_index_fast(page, cell)] = site;
    if (OZ_UNLIKELY(!site))
        page->untraced = true;
}
void oz_page_drop_sites(Page *page);
/* Let the sampler have a new or resized cell, and begin to count to the next sample. */
void oz_heap_sample(Heap *heap, void *cell);
/* A cell of a watched page is about to be freed; `local`: by the thread that owns the page. */
void oz_page_unwatch(HeapShared *shared, Page *page, void *cell, bool local);
/* A page has grown (or shrunk) by so many bytes. */
void oz_page_grew(const Page *page, ptrdiff_t bytes);

/* ---- the ends of free cells: AddressSanitizer and 0xDD in debug builds ---- */
void oz_cell_poison(void *cell, size_t size);
void oz_cell_unpoison(void *cell, size_t size);

#endif
