// SPDX-License-Identifier: MIT
// Pages and heaps from the inside, and the inline fast paths.  For heap/, the allocating inlines
// of object/, the collector, vm/ and memtools/.
#ifndef OZ_HEAP_HEAP_LAYOUT_H
#define OZ_HEAP_HEAP_LAYOUT_H

#include "base/base.h"
#include "heap/heap.h"

#include <pthread.h>

#define OZ_PAGE_SIZE ((size_t)65536)
#define OZ_PIECE_SIZE ((size_t)4096)
#define OZ_PAGE_PIECES 16
#define OZ_PAGE_HEADER ((size_t)128)      /* leaf, block and meta pages: cells start here */
#define OZ_CONTAINER_HEADER ((size_t)656) /* container pages: a bit a cell and two links more */
#define OZ_CELL_MIN ((size_t)16)
#define OZ_SMALL_MAX ((size_t)256)  /* sizes in steps of 8 up to here: class = size / 8 */
#define OZ_CELL_MAX ((size_t)32448) /* two cells in a page; above, runs of pages */
#define OZ_RUN_MAX ((size_t)262144) /* above, a mapping of its own */
#define OZ_SIZE_CLASSES 62
#define OZ_BUCKETS 4
#define OZ_NOTIFY_NEVER 0xffff
#define OZ_PAGE_WATCHED 1u /* in page->owner_word: each free is looked at */

/* What the heap knows of a free cell.  In container and leaf pages `refs` and `word` are 0. */
typedef struct FreeCell {
    uint32_t refs;
    uint32_t word;
    struct FreeCell *next;
} FreeCell;

typedef struct Region Region;

typedef enum PageState {
    OZ_PAGE_CURRENT, /* its heap allocates from it */
    OZ_PAGE_PARTIAL, /* in a bucket: has free or unopened cells */
    OZ_PAGE_FULL,    /* in no list */
    OZ_PAGE_BIG,     /* one cell: a run or a mapping */
} PageState;

/* Membership of a container page in the lists of pages allocated from. */
typedef enum PageYoung {
    OZ_YOUNG_NOT,
    OZ_YOUNG_LISTED, /* in heap->young */
    OZ_YOUNG_TAKEN,  /* in heap->young_taken: a pass is looking at it */
    OZ_YOUNG_AGAIN,  /* the same, and allocated from since the take */
} PageYoung;

/* What a pass of the collector knows of the cells of a page: a byte each.  While in a list of the
 * pass, a page that ends takes itself out. */
typedef struct PageMarks {
    struct PageMarks *next, *prev; /* [pass] in `list` */
    struct MarkList *list;         /* [pass] NULL: in none */
    Page *page;                    /* [const] */
    uint32_t at;                   /* [pass] the cell to go on with */
    uint32_t pending;              /* [pass] cells before it are not waiting to be visited */
    uint32_t part;                 /* [pass] the cell of which a part was visited, */
    uint32_t left;                 /* [pass] members that nothing has reached */
    size_t part_at;                /* [pass] and how much of it; 0: of none */
    uint8_t of[];                  /* [pass] */
} PageMarks;

typedef struct MarkList {
    PageMarks *first, *last; /* [pass] */
} MarkList;

/* A young pass may come between two slices of a full one: each has marks of its own. */
typedef enum MarkLane { OZ_LANE_FULL, OZ_LANE_YOUNG } MarkLane;
#define OZ_LANES 2

struct Page {
    FreeCell *free;                /* [owner] free cells of opened pieces */
    uintptr_t owner_word;          /* [owner; const while threads run] its Heap | OZ_PAGE_WATCHED */
    uint16_t used;                 /* [owner] cells not free (remote frees not counted as free);
                                    * not kept while CURRENT: ask oz_page_used */
    uint16_t notify;               /* [owner] the `used` at which a free must call oz_page_notify */
    uint16_t cells;                /* [const] how many fit */
    uint16_t first;                /* [const] offset of cell 0 */
    uint32_t cell_size;            /* [const] 0 in a BIG page */
    uint32_t reciprocal;           /* [const] ceil(2^32 / cell_size) */
    uint8_t size_class : 6;        /* [const] */
    uint8_t kind : 2;              /* [const] PageClass */
    uint8_t state : 2;             /* [owner] PageState */
    uint8_t bucket : 2;            /* [owner] 0 = fullest, while PARTIAL */
    uint8_t young : 2;             /* [owner] PageYoung */
    bool untraced : 1;             /* [owner] live cells may have no site, though it has `sites` */
    uint16_t open;                 /* [owner] a bit for each piece whose cells were given out */
    uint16_t opened;               /* [owner] cells of open pieces */
    uint16_t watched;              /* [owner] sampled cells, those freed by other threads too */
    PageMarks *marks[OZ_LANES];    /* [pass] of the collector, or NULL */
    Page *next, *prev;             /* [owner] bucket; [lock] cache, list of mappings */
    Page *young_next, *young_prev; /* [owner] */
    uint32_t *sites;               /* [owner] allocation site of each cell, or NULL */
    _Atomic(FreeCell *) remote;    /* cells freed by other threads */
    Page *remote_next;             /* [owner's remote_pages] */
    Region *region;                /* [const] NULL for a mapping */
    size_t bytes;                  /* [owner] charged to the limit */
    uint64_t young_bits[];         /* [owner] containers: a bit a cell, kept by object/ */
};

/* Behind the bits of a container page: its place in the list of all. */
typedef struct PageLinks {
    Page *next, *prev; /* [lock] */
} PageLinks;

_Static_assert(sizeof(Page) == OZ_PAGE_HEADER, "the header is 128 bytes, then the cells");
_Static_assert((OZ_PAGE_SIZE - OZ_CONTAINER_HEADER) / OZ_CELL_MIN <=
                   (OZ_CONTAINER_HEADER - OZ_PAGE_HEADER - sizeof(PageLinks)) * 8,
               "a bit for each of the smallest cells");

struct Heap {
    int64_t budget;                /* [owner] bytes to allocate until an allocation is looked at */
    bool tracing;                  /* [stopped] each allocation is looked at */
    HeapShared *shared;            /* [const] */
    size_t young_bytes;            /* [owner] */
    size_t young_limit;            /* [owner] */
    bool want_collection;          /* [owner] */
    _Atomic(bool) orphan;          /* [shared lock] its thread has ended */
    pthread_mutex_t orphan_lock;   /* of frees in it then */
    size_t reserve;                /* [owner] bytes charged for pieces that it will open */
    bool pages_left;               /* [owner] an orphan that nobody has adopted from */
    void (*young_full)(void *arg); /* [owner] */
    void *young_arg;               /* [owner] */
    Page *young;                   /* [owner] pages allocated from since the last take */
    Page *young_taken;             /* [owner] between take and done */
    _Atomic(Page *) remote_pages;  /* pages of this heap that got remote frees */
    Heap *next;                    /* [shared lock] all heaps of the VM */
    uint64_t thread;               /* [owner] for whoever wants it */
    Page *current[OZ_PAGE_CLASSES][OZ_SIZE_CLASSES];             /* [owner] never NULL */
    Page *partial[OZ_PAGE_CLASSES][OZ_SIZE_CLASSES][OZ_BUCKETS]; /* [owner] */
};

/* The heap of this thread, or NULL. */
extern _Thread_local Heap *oz_heap_current __attribute__((tls_model("initial-exec")));

void oz_page_notify(Page *page); /* `used` has reached `notify` */

OZ_INLINE Heap *oz_page_owner(const Page *page)
{
    return (Heap *)(page->owner_word & ~(uintptr_t)OZ_PAGE_WATCHED);
}

/* oz_heap_alloc of a small cell that the budget has been charged for, and does not cover. */
void *oz_heap_alloc_looked_at(Heap *heap, PageClass kind, size_t bytes) OZ_NOINLINE OZ_CHECKED;

/* Cells in use, exact in every state (walks the free list of a current page). */
size_t oz_page_used(const Page *page);

/* The page holds something that the next young pass must look at. */
void oz_heap_young_touch(Page *page);

/* The class of a size of at most OZ_SMALL_MAX. */
OZ_INLINE size_t oz_small_class(size_t bytes)
{
    return bytes <= OZ_CELL_MIN ? OZ_CELL_MIN / 8 : (bytes + 7) >> 3;
}

OZ_INLINE void *oz_heap_alloc_fast(Heap *heap, PageClass kind, size_t bytes)
{
#ifdef OZ_DEBUG
    return oz_heap_alloc(heap, kind, bytes);
#else
    if (OZ_UNLIKELY(bytes > OZ_SMALL_MAX))
        return oz_heap_alloc(heap, kind, bytes);
    Page *page = heap->current[kind][oz_small_class(bytes)];
    FreeCell *cell = page->free;
    if (OZ_UNLIKELY(!cell))
        return oz_heap_alloc(heap, kind, bytes);
    if (OZ_UNLIKELY((heap->budget -= (int64_t)bytes) < 0))
        return oz_heap_alloc_looked_at(heap, kind, bytes);
    page->free = cell->next;
    return cell;
#endif
}

OZ_INLINE void oz_heap_free_fast(void *cell)
{
#ifdef OZ_DEBUG
    oz_heap_free(cell);
#else
    Page *page = oz_page_of(cell);
    if (OZ_UNLIKELY(page->owner_word != (uintptr_t)oz_heap_current)) { /* or it is watched */
        oz_heap_free(cell);
        return;
    }
    FreeCell *dead = cell;
    dead->refs = 0;
    dead->word = 0;
    dead->next = page->free;
    page->free = dead;
    if (OZ_UNLIKELY(--page->used == page->notify))
        oz_page_notify(page);
#endif
}

/* Cells of one page, to be freed together. */
typedef struct DeadCells {
    FreeCell *first, *last; /* linked */
    size_t count;
} DeadCells;

/* May cells of the page be freed together?  Otherwise by oz_heap_free. */
OZ_INLINE bool oz_page_frees_directly(const Page *page)
{
#ifdef OZ_DEBUG
    (void)page;
    return false;
#else
    return page->owner_word == (uintptr_t)oz_heap_current && page->state != OZ_PAGE_BIG;
#endif
}

OZ_INLINE void oz_dead_add(DeadCells *dead, void *cell)
{
    FreeCell *more = cell;
    more->refs = 0;
    more->word = 0;
    more->next = dead->first;
    if (!dead->first)
        dead->last = more;
    dead->first = more;
    dead->count++;
}

/* Free them; the page may end. */
void oz_page_free_dead(Page *page, const DeadCells *dead);

OZ_INLINE size_t oz_cell_index_fast(const Page *page, const void *cell)
{
    uint64_t offset = (uint64_t)((uintptr_t)cell & (OZ_PAGE_SIZE - 1)) - page->first;
    return (size_t)(offset * page->reciprocal >> 32);
}

OZ_INLINE void *oz_page_cell_fast(const Page *page, size_t index)
{
    return (char *)page + page->first + index * page->cell_size;
}

OZ_INLINE PageLinks *oz_page_links(Page *page)
{
    return (PageLinks *)(void *)((char *)page + OZ_CONTAINER_HEADER - sizeof(PageLinks));
}

/* Has the page given cell `index` out at least once since it got its memory?  Otherwise the cell is
 * free and its bytes mean nothing.  Not for BIG pages. */
OZ_INLINE bool oz_page_has_cell(const Page *page, size_t index)
{
    size_t link = page->first + index * page->cell_size + offsetof(FreeCell, next);
    return page->open >> (link / OZ_PIECE_SIZE) & 1;
}

/* The collector's bit of a container cell. */
OZ_INLINE void oz_young_set(const void *cell)
{
    Page *page = oz_page_of(cell);
    size_t index = oz_cell_index_fast(page, cell);
    page->young_bits[index >> 6] |= (uint64_t)1 << (index & 63);
}

#endif
