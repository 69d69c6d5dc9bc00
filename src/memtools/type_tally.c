// SPDX-License-Identifier: MIT
// Counts by class: one entry for each builtin type and shape, filled by a walk over the pages.
//
// No object is made before the walk is over, so nothing that the tally itself needs is in it.
#include "memtools/type_tally.h"

#include "object/world.h"

#include "object/collector.h"
#include "object/error.h"
#include "types/class_layout.h"
#include "types/int.h"
#include "types/list.h"
#include "types/tuple.h"

#include <stdlib.h>
#include <string.h>

typedef struct TypeTally {
    size_t count, bytes;
} TypeTally;

typedef struct Tally {
    Thread *t;
    TypeTally *entries; /* by id; a cell of the heap's own */
    uint32_t end;
    Ref list; /* of the objects, instead of counting them */
    bool failed;
} Tally;

static void tally_object(Object *o, void *arg)
{
    Tally *tally = arg;
    uint32_t id = oz_id(o);
    if (tally->list) {
        oz_publish_foreign(tally->t, (Obj)o);
        tally->failed = tally->failed || ((Obj)o != tally->list &&
                                          !oz_list_append(tally->t, (List *)tally->list, (Obj)o));
    } else if (id < tally->end) {
        tally->entries[id].count++;
        tally->entries[id].bytes += oz_instance_bytes(o);
    }
}

/* Cells that are dead but wait for their finaliser count no reference. */
static void tally_cell(void *cell, size_t size OZ_UNUSED, void *arg)
{
    if (oz_refs(cell) != 0 && !oz_is_dying(cell))
        tally_object(cell, arg);
}

static void tally_heap(Tally *tally, TallyWhat what)
{
    if (what == OZ_TALLY_TRACKED) {
        oz_gc_each(tally->t, -1, tally_object, tally);
        return;
    }
    scoped_stop stopped = oz_world_stopped(tally->t);
    oz_heap_each(tally->t->vm->heap, OZ_PAGE_CONTAINER, tally_cell, tally);
    oz_heap_each(tally->t->vm->heap, OZ_PAGE_LEAF, tally_cell, tally);
}

static bool start(Tally *tally, Thread *t)
{
    size_t end = atomic_load(&t->vm->shape_end);
    size_t bytes = end * sizeof(TypeTally);
    *tally = (Tally){.t = t, .end = (uint32_t)end};
    tally->entries = oz_heap_alloc(t->heap, OZ_PAGE_META, bytes);
    if (!tally->entries)
        return oz_raise_memory(t) != NULL;
    memset(tally->entries, 0, bytes);
    return true;
}

static int by_class(const void *a, const void *b)
{
    uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
    uintptr_t first = (uintptr_t)oz_shape_by_id(one)->cls;
    uintptr_t second = (uintptr_t)oz_shape_by_id(other)->cls;
    return first != second ? (first > second) - (first < second) : (one > other) - (one < other);
}

/* The shapes of a class share one row: the first of them gets the others' counts. */
static bool merge_shapes(Tally *tally)
{
    size_t count = 0;
    uint32_t *ids = oz_heap_alloc(tally->t->heap, OZ_PAGE_META, tally->end * sizeof *ids);
    if (!ids)
        return oz_raise_memory(tally->t) != NULL;
    for (uint32_t id = 1; id < tally->end; id++)
        if (tally->entries[id].count)
            ids[count++] = id;
    qsort(ids, count, sizeof *ids, by_class);
    for (size_t first = 0, n = 1; n < count; n++) {
        TypeTally *to = &tally->entries[ids[first]], *from = &tally->entries[ids[n]];
        if (oz_shape_by_id(ids[first])->cls != oz_shape_by_id(ids[n])->cls) {
            first = n;
            continue;
        }
        to->count += from->count;
        to->bytes += from->bytes;
        from->count = 0;
    }
    oz_heap_free(ids);
    return true;
}

static bool add_row(Tally *tally, List *rows, uint32_t id)
{
    Thread *t = tally->t;
    const TypeTally *entry = &tally->entries[id];
    scoped Ref row =
        oz_tuple_of(t, 3, (Obj)oz_shape_by_id(id)->cls, (Obj)oz_int((int64_t)entry->count),
                    (Obj)oz_int((int64_t)entry->bytes));
    return row && oz_list_append(t, rows, row);
}

static Ref finish(Tally *tally)
{
    scoped Ref rows = oz_list_new(tally->t, 0);
    bool ok = rows != NULL && merge_shapes(tally);
    for (uint32_t id = 1; ok && id < tally->end; id++)
        if (tally->entries[id].count)
            ok = add_row(tally, (List *)rows, id);
    oz_heap_free(tally->entries);
    return ok ? oz_move(&rows) : NULL;
}

Ref oz_type_tally_heap(Thread *t, TallyWhat what)
{
    Tally tally;
    if (!start(&tally, t))
        return NULL;
    tally_heap(&tally, what);
    return finish(&tally);
}

Ref oz_type_tally_list(Thread *t, Obj list)
{
    Tally tally;
    if (!start(&tally, t))
        return NULL;
    const List *objects = (const List *)list;
    for (size_t i = 0; i < oz_list_length(objects); i++) {
        scoped Ref each = oz_list_get(t, (List *)list, i);
        if (oz_is_pointer(each))
            tally_object(oz_object(each), &tally);
        else if (each)
            tally.entries[oz_id_of(each)].count++;
    }
    return finish(&tally);
}

Ref oz_type_tally_objects(Thread *t, TallyWhat what)
{
    Tally tally = {.t = t, .list = oz_list_new(t, 0)};
    if (tally.list)
        tally_heap(&tally, what);
    if (tally.failed)
        oz_clear(&tally.list);
    return tally.list;
}
