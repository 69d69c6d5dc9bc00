// SPDX-License-Identifier: MIT
// The heap: cells of equal size in pages, for objects and for the raw blocks that they own.
//
// A HeapShared is the memory of one VM; each thread allocates from a Heap of its own.  Cells are
// aligned to 8 bytes and not zeroed, except that the first 8 bytes of a new container or leaf cell
// are 0.  The heap knows two words of an object: bytes 4..8 are not 0 while the object lives, and
// both are 0 in a free cell.  So an object that has no header yet is not seen by walks.
#ifndef OZ_HEAP_HEAP_H
#define OZ_HEAP_HEAP_H

#include "base/base.h"

typedef struct HeapShared HeapShared;
typedef struct Heap Heap;
typedef struct Page Page;

typedef enum PageClass {
    OZ_PAGE_CONTAINER, /* objects that the collector may visit */
    OZ_PAGE_LEAF,      /* objects without references */
    OZ_PAGE_BLOCK,     /* raw memory without a header: list blocks, dict tables, buffers */
    OZ_PAGE_META,      /* the heap's own: side arrays */
} PageClass;
#define OZ_PAGE_CLASSES 4

typedef struct HeapStats {
#define STAT(name, meaning) size_t name;
#include "heap/stats.def"
#undef STAT
} HeapStats;

/* ---- life ---- */

/* New memory with nothing in it; NULL if the system has none. */
HeapShared *oz_heap_shared_new(void) OZ_CHECKED;

/* Give every byte back, whatever still lives in it.  No thread may use it any more. */
void oz_heap_shared_drop(HeapShared *shared);

/* A heap for the calling thread, attached to it.  Takes over what an ended thread left. */
Heap *oz_heap_new(HeapShared *shared) OZ_CHECKED;

/* Under a limit, room for the first `bytes` of small cells that are made in `heap`, whatever others
 * take meanwhile; false: there is none. */
bool oz_heap_reserve(Heap *heap, size_t bytes) OZ_CHECKED;

/* The end of a thread: empty pages go back, the others wait for another thread. */
void oz_heap_drop(Heap *heap);

/* Make `heap` (NULL: none) the one whose cells this thread frees directly; returns the previous.
 * Needed when one thread serves several VMs, or a VM moves to another thread. */
Heap *oz_heap_attach(Heap *heap);

/* Take what other threads have freed back into all heaps of the VM, whose threads are stopped. */
void oz_heap_drain_all(HeapShared *shared);

/* Give the pages that ended threads left to `heap`.  All threads of the VM are stopped. */
void oz_heap_adopt(Heap *heap);

/* ---- cells ---- */

/* A cell of at least `bytes` (at least 16); NULL: no memory, limit reached, or injected failure.
 * Never collects, never runs Python. */
void *oz_heap_alloc(Heap *heap, PageClass kind, size_t bytes) OZ_CHECKED;

/* Free a cell of any heap of this VM, from any thread. */
void oz_heap_free(void *cell);

/* The bytes that the cell can hold. */
size_t oz_heap_size(const void *cell);

/* The size that a cell for `bytes` would have. */
size_t oz_heap_good_size(size_t bytes);

void *oz_block_alloc(Heap *heap, size_t bytes) OZ_CHECKED;

/* Resize a block, keeping the contents up to the smaller size; NULL leaves it as it was.
 * NULL as `block` allocates.  Above 256 KiB nothing is copied and an untouched tail takes no
 * memory. */
void *oz_block_realloc(Heap *heap, void *block, size_t bytes) OZ_CHECKED;

void oz_block_free(void *block); /* NULL is allowed */

/* The bytes that may be used from now on of a block that is there: as many as were asked for, or
 * more. */
size_t oz_block_room(void *block);

/* ---- pages ---- */

/* The page of a cell, from the address of the cell's first byte. */
static inline Page *oz_page_of(const void *cell)
{
    return (Page *)((uintptr_t)cell & ~(uintptr_t)0xffff);
}

size_t oz_cell_index(const Page *page, const void *cell);
void *oz_page_cell(const Page *page, size_t index);
PageClass oz_page_class(const Page *page);

/* The marks of a page in one lane (heap_layout.h), which must have none: a byte a cell, all 255.
 * They go away with the page, or by oz_marks_drop. */
struct PageMarks;
struct MarkList;
struct PageMarks *oz_marks_new(Heap *heap, Page *page, int lane) OZ_CHECKED;
void oz_marks_drop(struct PageMarks *marks, int lane);
void oz_marks_append(struct MarkList *list, struct PageMarks *marks);
void oz_marks_prepend(struct MarkList *list, struct PageMarks *marks);

/* Container pages one by one, while the program runs in between: those that are there at the start
 * and have not ended since, and no others.  One such walk at a time. */
void oz_containers_start(HeapShared *shared);
Page *oz_containers_next(HeapShared *shared); /* NULL: no more */
/* Bytes of all container pages. */
size_t oz_container_bytes(const HeapShared *shared);

/* ---- walks: all threads of the VM are stopped ---- */

typedef void HeapCellFn(void *cell, size_t size, void *arg);
typedef void HeapPageFn(Page *page, void *arg);

/* Call `fn` for each live cell of a class.  It may allocate and may free the cell it is given, but
 * no other.  Cells allocated meanwhile may or may not be seen. */
void oz_heap_each(HeapShared *shared, PageClass kind, HeapCellFn *fn, void *arg);
void oz_heap_each_page(HeapShared *shared, PageClass kind, HeapPageFn *fn, void *arg);
void oz_page_each(Page *page, HeapCellFn *fn, void *arg);

/* Is this address the start of a live cell of this VM?  For addresses of unknown origin. */
bool oz_heap_owns(HeapShared *shared, const void *address);

/* Check every page, list and total; ends the process where something is wrong. */
void oz_heap_audit(HeapShared *shared);

/* Call `fn` for each range of memory that the VM has reserved for cells, and for its records. */
typedef void HeapRangeFn(const void *start, size_t bytes, void *arg);
void oz_heap_each_range(HeapShared *shared, HeapRangeFn *fn, void *arg);

/* ---- the nursery ---- */

/* Bytes of container cells handed to allocation since the last oz_heap_young_take; when they
 * exceed the limit, want_collection is set and `full` is called (inside an allocation). */
void oz_heap_set_young_limit(Heap *heap, size_t bytes, void (*full)(void *arg), void *arg);
/* Call `full` at so many bytes already; the limit stays what it was for all else. */
void oz_heap_set_young_tick(Heap *heap, size_t bytes);
size_t oz_heap_young_bytes(const Heap *heap);
bool oz_heap_wants_collection(const Heap *heap);

/* Start a new count; returns the pages allocated from since the last, linked by
 * oz_page_young_next.  They stay marked, and listed, until oz_heap_young_done. */
Page *oz_heap_young_take(Heap *heap);
Page *oz_page_young_next(const Page *page);
void oz_heap_young_done(Heap *heap);

/* ---- limits, totals, giving back ---- */

/* Refuse what would make more than `bytes` handed out; 0 = no limit. */
void oz_heap_set_limit(HeapShared *shared, size_t bytes);
size_t oz_heap_limit(const HeapShared *shared);
/* Call `passed` (inside an allocation) when more than `bytes` are handed out or the limit refuses:
 * once, then there is no mark until the next is set. */
void oz_heap_set_mark(HeapShared *shared, size_t bytes, void (*passed)(void *arg), void *arg);
void oz_heap_stats(HeapShared *shared, HeapStats *stats);
size_t oz_heap_bytes(const HeapShared *shared); /* now handed out */
size_t oz_heap_peak(const HeapShared *shared);

/* Give back empty pages, and the empty 4 KiB pieces of pages under 1/8 full.  Touches this
 * thread's pages only.  Returns the bytes given back. */
size_t oz_heap_trim(Heap *heap);

/* ---- allocation sites ---- */

/* The number of the site of an allocation that this thread does; 0: none.  Called inside the
 * allocation; may allocate, and gives 0 for that. */
typedef uint32_t HeapSiteFn(void *user);
typedef void HeapSiteCellFn(void *cell, size_t size, uint32_t site, void *arg);

/* From now on give each new or moved cell the number that `site` gives (NULL: stop; what has one
 * keeps it until oz_heap_forget_sites).  Threads are stopped, or only one. */
void oz_heap_set_sites(HeapShared *shared, HeapSiteFn *site, void *user);
void oz_heap_forget_sites(HeapShared *shared);
uint32_t oz_heap_site(const void *cell); /* of a live cell; 0: none */
/* Walks of cells with a site: each (as oz_heap_each), and the sum of their bytes, which looks at
 * cells only in pages that have others too. */
void oz_heap_each_site(HeapShared *shared, HeapSiteCellFn *fn, void *arg);
size_t oz_heap_traced(HeapShared *shared);
/* The largest value that the sum has had since the reset, to the page. */
size_t oz_heap_traced_peak(HeapShared *shared);
void oz_heap_reset_traced_peak(HeapShared *shared);
size_t oz_heap_site_bytes(HeapShared *shared); /* that the numbers take */

/* ---- samples ---- */

/* Who gets a sample of what is allocated: the cells in which a chosen byte lies, if one counts all
 * bytes that a thread allocates.  `distance` gives the bytes to the next one; `take` is called
 * inside the allocation or resize and may allocate; what it keeps (true) is told to `gone` before
 * it is freed or when it has been resized (true: it was kept). */
typedef struct HeapSampler {
    int64_t (*distance)(void *user);
    bool (*take)(void *user, void *cell, size_t size);
    bool (*gone)(void *user, void *cell);
    void *user; /* handed to each */
} HeapSampler;

/* `sampler` (NULL: stop) must stay in place.  Threads are stopped, or only one. */
void oz_heap_set_sampler(HeapShared *shared, const HeapSampler *sampler);

/* ---- attack modes ---- */

typedef enum HeapFailMode { OZ_FAIL_ONCE, OZ_FAIL_BURST, OZ_FAIL_FOREVER } HeapFailMode;

/* Debug builds only (others ignore it): let the `countdown`-th allocation from now fail (1 = the
 * next; 0 = none), once, three times, or with all that follow. */
void oz_heap_inject(HeapShared *shared, uint64_t countdown, HeapFailMode mode);
/* Likewise: `decide` says of each allocation whether it fails (NULL: nobody does). */
void oz_heap_inject_by(HeapShared *shared, bool (*decide)(void *user), void *user);

/* Debug builds only: a resize always moves. */
void oz_heap_always_move(HeapShared *shared, bool on);

#endif
