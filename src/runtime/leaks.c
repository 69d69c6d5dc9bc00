// SPDX-License-Identifier: MIT
// Looking for leaks when a program has ended, whatever state it ended in.
//
// A run in which an allocation failed cannot be compared with one in which none did: it has made
// other objects.  So each object is asked by itself: does somebody own each of its references?
// After a full collection the owners are the objects that visiting shows, and what the VM and its
// threads refer to.  A count that is higher was raised once too often, or not lowered, and is a
// leak, even where the object is still in use.
//
//   L1. Some references are not visited, because they can be in no cycle (names, strs in tables),
//   and
//       some lie in libc's memory.  So where visits do not explain a count, the words of all live
//       cells and of libc's heap are taken for references.  A word may be a borrowed reference, or
//       none at all: then a leak is missed, in this run.  None is invented.
//   L2. A block (list items, tables, buffers) has no count: it is lost if no such word leads to any
//       byte of it.
//   L3. Immortal objects and distributed counts are not looked at.
//
// A binary search for each word: 5 ms for a small program, 30 ms for one that imports asyncio.
#include "runtime/leaks.h"

#include "base/os_memory.h"
#include "heap/heap_layout.h"
#include "object/class.h"
#include "object/collector.h"
#include "object/counts.h"
#include "types/class_layout.h"
#include "vm/vm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if OZ_CHECK_LEVEL > 0

typedef struct Cell {
    uintptr_t start;
    size_t size;
    uint32_t owners; /* references that a visit shows, and words of roots */
    uint32_t words;  /* of roots and cells that may be references */
    uint8_t kind;    /* PageClass */
} Cell;

typedef struct Look {
    Visitor visitor;
    Thread *t;
    Cell *cells; /* by address */
    size_t count;
    PageClass kind; /* of the walk under way */
} Look;

static void count_cell(void *cell OZ_UNUSED, size_t size OZ_UNUSED, void *arg)
{
    ((Look *)arg)->count++;
}

static void add_cell(void *cell, size_t size, void *arg)
{
    Look *look = arg;
    look->cells[look->count++] = (Cell){(uintptr_t)cell, size, 0, 0, (uint8_t)look->kind};
}

static void each_cell(Look *look, HeapCellFn *fn)
{
    look->count = 0;
    for (look->kind = 0; look->kind < OZ_PAGE_CLASSES; look->kind++)
        oz_heap_each(look->t->vm->heap, look->kind, fn, look);
}

static int by_address(const void *a, const void *b)
{
    uintptr_t x = ((const Cell *)a)->start, y = ((const Cell *)b)->start;
    return (x > y) - (x < y);
}

/* The cell that has this byte, or NULL. */
static Cell *find(const Look *look, uintptr_t address)
{
    size_t low = 0, high = look->count;
    if (!high || (address < look->cells[0].start || address >> 47))
        return NULL;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (look->cells[middle].start + look->cells[middle].size <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low < look->count && look->cells[low].start <= address ? &look->cells[low] : NULL;
}

static void add_owner(Visitor *v, Obj child, const char *label OZ_UNUSED, ssize_t index OZ_UNUSED)
{
    Cell *cell = find((Look *)v, (uintptr_t)oz_object(child));
    if (cell)
        cell->owners++;
}

static bool is_object(const Cell *cell)
{
    return cell->kind == OZ_PAGE_CONTAINER || cell->kind == OZ_PAGE_LEAF;
}

/* Words that may lead to cells: to any byte of a block, to the start of an object. */
static __attribute__((no_sanitize("address"))) void read_words(Look *look, const void *start,
                                                               size_t bytes, bool root)
{
    const uintptr_t *words = start;
    for (size_t i = 0; i < bytes / sizeof *words; i++) {
        Cell *cell = find(look, words[i]);
        if (!cell && !oz_cache_is_packed(words[i]))
            cell = find(look, (uintptr_t)oz_cache_record(words[i]));
        if (!cell || (is_object(cell) && cell->start != words[i]))
            continue;
        cell->words++;
        cell->owners += root;
    }
}

static void read_roots(Look *look)
{
    const Vm *vm = look->t->vm;
    read_words(look, vm, sizeof *vm, true);
    read_words(look, vm->collector, sizeof(Collector), true);
    read_words(look, vm->shapes, atomic_load(&vm->shape_end) * sizeof *vm->shapes, true);
    for (const Thread *t = vm->threads; t; t = t->next)
        read_words(look, t, sizeof *t, true);
    for (const VmRoots *roots = vm->roots; roots; roots = roots->next)
        read_words(look, roots->places, roots->count * sizeof(Ref), true);
    read_words(look, oz_class_state(look->t)->cache, CACHE_SIZE * sizeof(CacheEntry), true);
}

/* What natives have from malloc(). */
static void read_libc_heap(Look *look)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[512];
    while (maps && fgets(line, sizeof line, maps)) {
        uintptr_t start, end;
        if (strstr(line, "[heap]") && sscanf(line, "%lx-%lx", &start, &end) == 2)
            read_words(look, (const void *)start, end - start, true);
    }
    if (maps)
        fclose(maps);
}

/* References of an object that are counted, or 0. */
static uint32_t counted(const Object *o)
{
    uint32_t n = (uint32_t)oz_refs(o);
    if (n < OZ_COUNTED)
        return n;
    return n < OZ_DISTRIBUTED && !(n & OZ_COUNTED_DEAD) ? n & OZ_COUNTED_MASK : 0;
}

static void print_leak(Look *look, const Cell *cell)
{
    if (!is_object(cell)) {
        if (cell->kind == OZ_PAGE_BLOCK && !cell->words)
            fprintf(stderr, "leak: a block of %zu bytes\n", cell->size);
        return;
    }
    const Object *o = (const Object *)cell->start;
    uint32_t n = counted(o), owners = cell->owners;
    bool interned = oz_has_flag(o, OZ_FLAG_INTERNED); /* by a table that owns nothing */
    if (cell->words > owners)
        owners = cell->words - interned;
    if (n > owners) {
        const Shape *shape = look->t->shapes[oz_id(o)];
        fprintf(stderr, "leak: %u of %u references to a '%s'\n", n - owners, n,
                shape ? shape->def->name : "?");
    }
}

void oz_leaks_print(Thread *t)
{
    Look look = {.visitor = {.edge = add_owner, .plain = true}, .t = t};
    oz_heap_inject_by(t->vm->heap, NULL, NULL);
    oz_heap_inject(t->vm->heap, 0, OZ_FAIL_ONCE);
    oz_gc_collect(t, 2);
    each_cell(&look, count_cell);
    size_t bytes = (look.count + 1) * sizeof *look.cells;
    look.cells = oz_os_reserve(bytes);
    if (!look.cells)
        return;
    each_cell(&look, add_cell);
    qsort(look.cells, look.count, sizeof *look.cells, by_address);
    for (size_t i = 0; i < look.count; i++) {
        const Cell *cell = &look.cells[i];
        if (is_object(cell))
            oz_visit_object(t, (const Object *)cell->start, &look.visitor);
        read_words(&look, (const void *)cell->start, cell->size, false);
    }
    read_roots(&look);
    read_libc_heap(&look);
    for (size_t i = 0; i < look.count; i++)
        print_leak(&look, &look.cells[i]);
    oz_os_release(look.cells, bytes);
}

#else

void oz_leaks_print(Thread *t OZ_UNUSED)
{
}

#endif
