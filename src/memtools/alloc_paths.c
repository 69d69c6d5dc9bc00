// SPDX-License-Identifier: MIT
// The tree of calls.
#include "memtools/alloc_paths.h"

#include "memtools/alloc_sites.h"
#include "types/list.h"
#include "types/tuple.h"

#define FIRST_PATH (OZ_PATH_UNKNOWN + 1)
#define CUT UINT32_MAX /* as the caller: `site` counts calls that are left out */

void oz_alloc_paths_init(AllocPaths *paths)
{
    *paths = (AllocPaths){.lock = PTHREAD_MUTEX_INITIALIZER};
}

void oz_alloc_paths_clear(AllocPaths *paths)
{
    oz_block_free(paths->steps);
    paths->steps = NULL;
    paths->count = paths->room = 0;
    oz_number_table_fini(&paths->by_step);
}

void oz_alloc_paths_fini(AllocPaths *paths)
{
    oz_alloc_paths_clear(paths);
    pthread_mutex_destroy(&paths->lock);
}

static uint32_t hash_of_step(uint32_t caller, uint32_t site)
{
    uint64_t mixed = ((uint64_t)caller << 32 | site) * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(mixed >> 32);
}

static uint32_t hash_of_path(const void *owner, uint32_t path)
{
    const AllocPaths *paths = owner;
    return hash_of_step(paths->steps[path].caller, paths->steps[path].site);
}

static uint32_t find_path(const AllocPaths *paths, uint32_t caller, uint32_t site)
{
    const NumberTable *table = &paths->by_step;
    if (!table->slots)
        return 0;
    for (uint32_t at = oz_number_table_start(table, hash_of_step(caller, site)); table->slots[at];
         at = oz_number_table_next(table, at)) {
        const PathStep *step = &paths->steps[table->slots[at] - 1];
        if (step->caller == caller && step->site == site)
            return table->slots[at] - 1;
    }
    return 0;
}

static uint32_t add_path(AllocPaths *paths, Thread *t, uint32_t caller, uint32_t site)
{
    uint32_t number = paths->count < FIRST_PATH ? FIRST_PATH : paths->count;
    if (number >= OZ_PATHS_MAX ||
        !oz_grow(t, (void **)&paths->steps, number, &paths->room, sizeof *paths->steps) ||
        !oz_number_table_room(t, &paths->by_step, paths, hash_of_path))
        return 0;
    paths->steps[number] = (PathStep){caller, site};
    oz_number_table_put(&paths->by_step, hash_of_step(caller, site), number);
    paths->count = number + 1;
    return number;
}

uint32_t oz_alloc_path(AllocPaths *paths, Thread *t, uint32_t caller, uint32_t site)
{
    t->untraced++;
    bool locked = oz_lock_tables(t->vm, &paths->lock);
    uint32_t path = find_path(paths, caller, site);
    if (!path)
        path = add_path(paths, t, caller, site);
    oz_unlock_tables(locked, &paths->lock);
    t->untraced--;
    return path;
}

uint32_t oz_alloc_path_cut(AllocPaths *paths, Thread *t, size_t calls)
{
    return oz_alloc_path(paths, t, CUT, (uint32_t)calls);
}

/* ---- what a path shows ---- */

static const PathStep *step_of(const AllocPaths *paths, uint32_t path)
{
    return path >= FIRST_PATH && path < paths->count ? &paths->steps[path] : NULL;
}

static int64_t length_of(const AllocPaths *paths, uint32_t path)
{
    int64_t length = 0;
    const PathStep *step;
    for (; (step = step_of(paths, path)); path = step->caller) {
        if (step->caller == CUT)
            return length + step->site;
        length++;
    }
    return length ? length : 1;
}

Ref oz_alloc_path_places(Thread *t, const AllocPaths *paths, uint32_t path, size_t limit,
                         int64_t *total)
{
    *total = length_of(paths, path);
    size_t length = (size_t)*total < limit ? (size_t)*total : limit;
    scoped Ref places = oz_list_new(t, length);
    for (size_t i = 0; i < length; i++) {
        const PathStep *step = step_of(paths, path);
        uint32_t site = step && step->caller != CUT ? step->site : OZ_SITE_UNKNOWN;
        Ref place = places ? oz_alloc_site_place(t, site) : NULL;
        if (!place || !oz_list_append_take(t, (List *)places, place))
            return NULL;
        path = step ? step->caller : 0;
    }
    return oz_tuple_from(t, places);
}

size_t oz_alloc_paths_bytes(const AllocPaths *paths)
{
    return (paths->steps ? oz_heap_size(paths->steps) : 0) +
           (paths->by_step.slots ? oz_heap_size(paths->by_step.slots) : 0);
}
