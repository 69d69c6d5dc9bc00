// SPDX-License-Identifier: MIT
// The account of the process's memory.
//
// The system tells what is resident, mapping by mapping (/proc/self/smaps).  Mappings of files are
// code and data of the program and its libraries.  Of the anonymous ones, the heap and the VM know
// theirs, and ask the system which pieces of these are resident; libc tells what malloc mapped.
// What nobody claims is the last line: it should be small.
//
//   A1. What the heap has resident is: live cells, free cells of opened pieces, page headers and
//       the ends of pages that no cell fits in, its own tables, empty pages kept for reuse; less
//       what was handed out and never touched.
//   A2. mincore() counts the page of zeros that the system shows where a walk has looked at memory
//       that was given back; it takes nothing, and is told from others by /proc/self/pagemap.
#include "memtools/account.h"

#include "base/os_memory.h"
#include "heap/heap_layout.h"
#include "types/type.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- lines ---- */

typedef struct Account {
    Vm *vm;
    FILE *out;
    size_t sum; /* of the lines so far */
} Account;

static void line(Account *account, const char *what, size_t bytes)
{
    fprintf(account->out, "%14zu  %s\n", bytes, what);
    account->sum += bytes;
}

/* ---- cells by size ---- */

typedef struct SizeClass {
    size_t size, pages, cells, live, resident;
} SizeClass;

#define CLASSES (OZ_SIZE_CLASSES + 1) /* the last: cells of a page and more */

static void count_page(Page *page, void *arg)
{
    SizeClass *classes = arg;
    bool big = page->state == OZ_PAGE_BIG;
    SizeClass *c = &classes[big ? OZ_SIZE_CLASSES : page->size_class];
    c->size = big ? 0 : page->cell_size;
    c->pages++;
    c->cells += big ? 1 : page->opened;
    c->live += oz_page_used(page);
    c->resident += page->bytes;
}

static const char *const kinds[] = {"container", "leaf", "block", "table"};

/* Pages of which less than an eighth lives: what they keep from the system. */
static void count_sparse(Page *page, void *arg)
{
    if (page->state != OZ_PAGE_BIG && oz_page_used(page) < page->cells / 8u)
        count_page(page, arg);
}

static void print_sparse(const Account *account)
{
    fprintf(account->out, "\nPages that few cells keep (under 1/8 full)\n\n");
    fprintf(account->out, "kind          size     pages       live        bytes\n");
    fprintf(account->out, "---------  -------  --------  ---------  -----------\n");
    SizeClass all = {0};
    for (size_t kind = 0; kind < OZ_PAGE_META; kind++) {
        SizeClass classes[CLASSES] = {0};
        oz_heap_each_page(account->vm->heap, (PageClass)kind, count_sparse, classes);
        for (size_t i = 0; i < OZ_SIZE_CLASSES; i++) {
            const SizeClass *c = &classes[i];
            all.pages += c->pages;
            all.live += c->live;
            all.resident += c->resident;
            if (c->pages > 1) /* one is the page that is allocated from */
                fprintf(account->out, "%-9s  %7zu  %8zu  %9zu  %11zu\n", kinds[kind], c->size,
                        c->pages, c->live, c->resident);
        }
    }
    fprintf(account->out, "all sizes           %8zu  %9zu  %11zu\n", all.pages, all.live,
            all.resident);
}

static void print_sizes(const Account *account)
{
    fprintf(account->out, "Cells by size (bytes are handed out to pages in pieces of %zu)\n\n",
            OZ_PIECE_SIZE);
    fprintf(account->out, "kind          size     pages       live       free        bytes\n");
    fprintf(account->out, "---------  -------  --------  ---------  ---------  -----------\n");
    for (size_t kind = 0; kind < OZ_PAGE_CLASSES; kind++) {
        SizeClass classes[CLASSES] = {0};
        oz_heap_each_page(account->vm->heap, (PageClass)kind, count_page, classes);
        for (size_t i = 0; i < CLASSES; i++) {
            const SizeClass *c = &classes[i];
            if (!c->pages)
                continue;
            char size[24];
            snprintf(size, sizeof size, "%zu", c->size);
            fprintf(account->out, "%-9s  %7s  %8zu  %9zu  %9zu  %11zu\n", kinds[kind],
                    c->size ? size : "larger", c->pages, c->live, c->cells - c->live, c->resident);
        }
    }
}

/* ---- objects by type ---- */

typedef struct TypeCount {
    const char *name;
    uint32_t id;
    size_t count, bytes; /* of the cells */
    size_t outside;      /* of the blocks that they own */
} TypeCount;

typedef struct TypeCounts {
    Vm *vm;
    TypeCount *items; /* malloc: the heap stays as it is */
    size_t length, room;
    uint32_t *by_id; /* item + 1 */
    bool failed;
} TypeCounts;

static const TypeDef *def_of(const Vm *vm, uint32_t id)
{
    return id < OZ_BUILTIN_IDS ? vm->types[id] : vm->shapes[id]->def;
}

/* Shapes of one class count together. */
static const void *owner_of(const Vm *vm, uint32_t id)
{
    return id < OZ_BUILTIN_IDS ? (const void *)vm->types[id] : (const void *)vm->shapes[id]->cls;
}

static TypeCount *count_of(TypeCounts *counts, uint32_t id)
{
    if (counts->by_id[id])
        return &counts->items[counts->by_id[id] - 1];
    const void *owner = owner_of(counts->vm, id);
    size_t at = 0;
    while (at < counts->length && owner_of(counts->vm, counts->items[at].id) != owner)
        at++;
    if (at == counts->room) {
        size_t room = counts->room ? counts->room * 2 : 256;
        TypeCount *items = realloc(counts->items, room * sizeof *items);
        if (!items)
            return NULL;
        counts->items = items;
        counts->room = room;
    }
    if (at == counts->length) {
        const Vm *vm = counts->vm;
        const char *name =
            id < OZ_BUILTIN_IDS ? vm->types[id]->name : oz_class_name(vm->shapes[id]->cls);
        counts->items[counts->length++] = (TypeCount){.name = name, .id = id};
    }
    counts->by_id[id] = (uint32_t)at + 1;
    return &counts->items[at];
}

static void count_object(void *cell, size_t size, void *arg)
{
    TypeCounts *counts = arg;
    const Object *o = cell;
    TypeCount *count = counts->failed ? NULL : count_of(counts, oz_id(o));
    if (!count) {
        counts->failed = true;
        return;
    }
    const TypeDef *def = def_of(counts->vm, oz_id(o));
    count->count++;
    count->bytes += size;
    count->outside += def && def->outside ? def->outside(o) : 0;
}

static int larger_first(const void *a, const void *b)
{
    const TypeCount *x = a, *y = b;
    size_t first = x->bytes + x->outside, second = y->bytes + y->outside;
    return first < second ? 1 : first > second ? -1 : 0;
}

#define SHOWN 20

static void print_types(const Account *account)
{
    Vm *vm = account->vm;
    TypeCounts counts = {.vm = vm};
    counts.by_id = calloc(atomic_load(&vm->shape_end), sizeof *counts.by_id);
    counts.failed = !counts.by_id;
    oz_heap_each(vm->heap, OZ_PAGE_CONTAINER, count_object, &counts);
    oz_heap_each(vm->heap, OZ_PAGE_LEAF, count_object, &counts);
    fprintf(account->out, "\nLive objects by type\n\n");
    if (counts.failed) {
        fprintf(account->out, "(there is no memory to count them)\n");
    } else {
        qsort(counts.items, counts.length, sizeof *counts.items, larger_first);
        fprintf(account->out, "       count    in cells    in blocks  type\n");
        fprintf(account->out, "------------  ----------  -----------  ----\n");
        TypeCount rest = {0};
        for (size_t i = 0; i < counts.length; i++) {
            const TypeCount *c = &counts.items[i];
            if (i < SHOWN) {
                fprintf(account->out, "%12zu  %10zu  %11zu  %s\n", c->count, c->bytes, c->outside,
                        c->name);
                continue;
            }
            rest.count += c->count;
            rest.bytes += c->bytes;
            rest.outside += c->outside;
        }
        if (rest.count)
            fprintf(account->out, "%12zu  %10zu  %11zu  (%zu more types)\n", rest.count, rest.bytes,
                    rest.outside, counts.length - SHOWN);
    }
    free(counts.items);
    free(counts.by_id);
}

/* ---- what is resident ---- */

typedef struct Residence {
    size_t cells[OZ_PAGE_CLASSES]; /* live */
    size_t free;                   /* cells of opened pieces */
    size_t rims;                   /* headers, and what is left at the ends of pages */
    size_t untouched;              /* handed out, but not resident */
    size_t resident;               /* of pages in use */
    int page_map;                  /* /proc/self/pagemap, or -1 */
} Residence;

/* What of a page's pieces has memory; a page in use may have pieces that are not handed out. */
static size_t page_resident(const Page *page)
{
    if (page->state == OZ_PAGE_BIG)
        return oz_os_resident(page, page->bytes);
    return oz_os_resident(page, OZ_PAGE_SIZE);
}

/* Of `bytes` that seem to be resident in a page beyond what was handed out: those that are (A2). */
static size_t beyond(const Residence *r, const Page *page, size_t bytes)
{
    enum { PRESENT = 63, FILE_PAGE = 61, OURS_ALONE = 56 }; /* bits of an entry */
    uint64_t entries[OZ_PAGE_PIECES];
    off_t at = (off_t)((uintptr_t)page / OZ_PIECE_SIZE * sizeof *entries);
    if (r->page_map < 0 || pread(r->page_map, entries, sizeof entries, at) != sizeof entries)
        return bytes;
    for (size_t i = 0; i < OZ_PAGE_PIECES && bytes; i++)
        if (entries[i] >> PRESENT & 1 && !(entries[i] >> FILE_PAGE & 1) &&
            !(entries[i] >> OURS_ALONE & 1))
            bytes -= OZ_PIECE_SIZE;
    return bytes;
}

static void add_page(Page *page, void *arg)
{
    Residence *r = arg;
    size_t resident = page_resident(page), live, cells;
    if (page->state == OZ_PAGE_BIG) {
        live = cells = page->bytes - page->first;
    } else {
        live = oz_page_used(page) * page->cell_size;
        cells = (size_t)page->opened * page->cell_size;
    }
    r->cells[page->kind] += live;
    r->free += cells - live;
    if (cells <= page->bytes) {
        r->rims += page->bytes - cells;
    } else { /* a free cell lies across the end of what was handed out */
        size_t over = cells - page->bytes;
        r->free -= over < cells - live ? over : cells - live;
    }
    if (resident < page->bytes)
        r->untouched += page->bytes - resident;
    else if (resident > page->bytes)
        r->rims += beyond(r, page, resident - page->bytes);
    r->resident += resident;
}

static void add_range(const void *start, size_t bytes, void *arg)
{
    size_t *resident = arg;
    *resident += oz_os_resident(start, bytes);
}

static void print_heap(Account *account, size_t heap)
{
    Residence r = {.page_map = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC)};
    for (size_t kind = 0; kind < OZ_PAGE_CLASSES; kind++)
        oz_heap_each_page(account->vm->heap, (PageClass)kind, add_page, &r);
    if (r.page_map >= 0)
        close(r.page_map);
    line(account, "live objects", r.cells[OZ_PAGE_CONTAINER] + r.cells[OZ_PAGE_LEAF]);
    line(account, "live blocks: items of lists, tables of dicts, buffers, code",
         r.cells[OZ_PAGE_BLOCK]);
    line(account, "the heap's own tables", r.cells[OZ_PAGE_META]);
    line(account, "free cells in pages that have live ones", r.free);
    line(account, "headers of pages, and ends that no cell fits in", r.rims);
    fprintf(account->out, "%14zd  handed out, but not touched yet\n", -(ssize_t)r.untouched);
    account->sum -= r.untouched;
    line(account, "empty pages kept for reuse, and records of the heap", heap - r.resident);
}

typedef struct Claims {
    const char *what;
    size_t bytes;
} Claims;

static void claim(const char *what, const void *start, size_t bytes, void *arg)
{
    Claims *claims = arg;
    while (claims->what && strcmp(claims->what, what) != 0)
        claims++;
    claims->what = what;
    claims->bytes += oz_os_resident(start, bytes);
}

/* Resident bytes of the mappings of /proc/self/smaps. */
typedef struct Mappings {
    size_t files, stack, brk, anonymous, all;
} Mappings;

static bool read_mappings(Mappings *m)
{
    FILE *file = fopen("/proc/self/smaps", "re");
    if (!file)
        return false;
    char text[4400];
    size_t *into = &m->anonymous;
    while (fgets(text, sizeof text, file)) {
        unsigned long start, end;
        size_t kilobytes;
        if (sscanf(text, "%lx-%lx ", &start, &end) == 2) {
            const char *name = strpbrk(text, "/[");
            into = !name                              ? &m->anonymous
                   : strncmp(name, "[heap]", 6) == 0  ? &m->brk
                   : strncmp(name, "[stack]", 7) == 0 ? &m->stack
                   : strncmp(name, "[anon", 5) == 0   ? &m->anonymous
                                                      : &m->files;
        } else if (sscanf(text, "Rss: %zu kB", &kilobytes) == 1) {
            *into += kilobytes * 1024;
            m->all += kilobytes * 1024;
        }
    }
    fclose(file);
    return true;
}

static void print_process(Account *account)
{
    Mappings m = {0};
    Claims claims[8] = {0};
    fprintf(account->out, "\nResident memory of the process\n\n");
    if (!read_mappings(&m)) {
        fprintf(account->out, "(the system does not tell: no /proc/self/smaps)\n");
        return;
    }
    struct mallinfo2 native = mallinfo2();
    size_t heap = 0;
    oz_heap_each_range(account->vm->heap, add_range, &heap);
    oz_vm_each_range(account->vm, claim, claims);
    print_heap(account, heap);
    for (const Claims *c = claims; c->what; c++)
        line(account, c->what, c->bytes);
    line(account, "the C stack", m.stack);
    line(account, "program and libraries: code and data", m.files);
    line(account, "malloc of C libraries", m.brk + native.hblkhd);
    fprintf(account->out, "%14zd  not accounted for\n", (ssize_t)(m.all - account->sum));
    fprintf(account->out, "--------------\n%14zu  in all\n", m.all);
}

void oz_account_print(Vm *vm, FILE *out)
{
    Account account = {.vm = vm, .out = out};
    print_sizes(&account);
    print_sparse(&account);
    print_types(&account);
    print_process(&account);
}
