// SPDX-License-Identifier: MIT
// What the collector keeps beside pages: marks, lists of them, and the list of container pages.
//
// A full pass goes on while the program runs between its slices, so pages end under it.  Therefore
// nothing of the collector's names a page but through these lists, and a page that is released
// takes itself out of them (page.c).  A new page joins the list of container pages at its head,
// where no walk comes by any more: a pass ends however many pages the program makes.
#include "heap/heap_layout.h"
#include "heap/pages.h"

#include <string.h>

/* ---- marks ---- */

/* Of few sizes: each opens a page of its own, and small programs have pages of many kinds. */
static size_t marks_size(const Page *page)
{
    static const uint16_t sizes[] = {128, 768, 1536, 2816, 4224};
    size_t bytes = sizeof(PageMarks) + ((page->cells + 7u) & ~(size_t)7), i = 0; /* words of 8 */
    while (sizes[i] < bytes)
        i++;
    return sizes[i];
}

PageMarks *oz_marks_new(Heap *heap, Page *page, int lane)
{
    oz_check(!page->marks[lane]);
    size_t bytes = marks_size(page);
    PageMarks *marks = oz_heap_alloc(heap, OZ_PAGE_META, bytes);
    if (!marks)
        return NULL;
    *marks = (PageMarks){.page = page, .pending = page->cells};
    memset(marks->of, 0xff, bytes - sizeof *marks);
    page->marks[lane] = marks;
    return marks;
}

static void unlink_marks(PageMarks *marks)
{
    if (!marks->list)
        return;
    if (marks->prev)
        marks->prev->next = marks->next;
    else
        marks->list->first = marks->next;
    if (marks->next)
        marks->next->prev = marks->prev;
    else
        marks->list->last = marks->prev;
    marks->list = NULL;
    marks->next = marks->prev = NULL;
}

void oz_marks_drop(PageMarks *marks, int lane)
{
    unlink_marks(marks);
    marks->page->marks[lane] = NULL;
    oz_heap_free(marks);
}

void oz_marks_append(MarkList *list, PageMarks *marks)
{
    unlink_marks(marks);
    marks->list = list;
    marks->prev = list->last;
    if (list->last)
        list->last->next = marks;
    else
        list->first = marks;
    list->last = marks;
}

void oz_marks_prepend(MarkList *list, PageMarks *marks)
{
    unlink_marks(marks);
    marks->list = list;
    marks->next = list->first;
    if (list->first)
        list->first->prev = marks;
    else
        list->last = marks;
    list->first = marks;
}

/* ---- container pages ---- */

void oz_containers_add(Page *page)
{
    if (page->kind != OZ_PAGE_CONTAINER)
        return;
    HeapShared *shared = oz_page_owner(page)->shared;
    pthread_mutex_lock(&shared->lock);
    PageLinks *links = oz_page_links(page);
    *links = (PageLinks){shared->containers, NULL};
    if (links->next)
        oz_page_links(links->next)->prev = page;
    shared->containers = page;
    pthread_mutex_unlock(&shared->lock);
}

void oz_containers_remove(Page *page)
{
    if (page->kind != OZ_PAGE_CONTAINER)
        return;
    HeapShared *shared = oz_page_owner(page)->shared;
    pthread_mutex_lock(&shared->lock);
    const PageLinks *links = oz_page_links(page);
    if (shared->container_cursor == page)
        shared->container_cursor = links->next;
    if (links->prev)
        oz_page_links(links->prev)->next = links->next;
    else
        shared->containers = links->next;
    if (links->next)
        oz_page_links(links->next)->prev = links->prev;
    pthread_mutex_unlock(&shared->lock);
}

void oz_containers_start(HeapShared *shared)
{
    pthread_mutex_lock(&shared->lock);
    shared->container_cursor = shared->containers;
    pthread_mutex_unlock(&shared->lock);
}

Page *oz_containers_next(HeapShared *shared)
{
    pthread_mutex_lock(&shared->lock);
    Page *page = shared->container_cursor;
    if (page)
        shared->container_cursor = oz_page_links(page)->next;
    pthread_mutex_unlock(&shared->lock);
    return page;
}

void oz_container_charge(const Page *page, ssize_t bytes)
{
    if (page->kind == OZ_PAGE_CONTAINER)
        atomic_fetch_add_explicit(&oz_page_owner(page)->shared->container_bytes, (size_t)bytes,
                                  memory_order_relaxed);
}

size_t oz_container_bytes(const HeapShared *shared)
{
    return atomic_load_explicit(&shared->container_bytes, memory_order_relaxed);
}
