// SPDX-License-Identifier: MIT
// The tables of allocation sites and of paths.
//
//   S1. Ranges of numbers lie in the order in which they were given out, without gaps, from
//       FIRST_SITE on: a number is found by bisection.
//   S2. A path's caller has a smaller number than the path.
//   S3. Nothing here allocates while it changes a table: room is made first.
#include "memtools/alloc_sites.h"

#include "base/siphash.h"
#include "types/str.h"

#include <pthread.h>
#include <string.h>

#define FIRST_SITE (OZ_SITE_UNKNOWN + 1)
#define FIRST_PATH                                                                                 \
    (OZ_SITE_UNKNOWN + 1) /* path OZ_SITE_UNKNOWN: the unknown site, called by none */
#define CUT UINT32_MAX    /* as the caller: `site` counts calls that are left out */

/* A run of words of the same line. */
typedef struct LineRun {
    uint32_t stop; /* behind its last word */
    int32_t line;
} LineRun;

typedef struct SiteRange {
    uint32_t first; /* number of word 0 */
    uint32_t hash;
    Ref filename;
    LineRun *runs; /* a block */
    uint32_t run_count;
} SiteRange;

typedef struct Path {
    uint32_t caller, site;
} Path;

/* A hash table of numbers + 1, at most half full. */
typedef struct NumberTable {
    uint32_t *slots; /* a block */
    uint32_t mask, used;
} NumberTable;

struct AllocSites {
    pthread_mutex_t lock;
    SiteRange *ranges; /* a block */
    uint32_t range_count, range_room;
    uint32_t next_site;
    NumberTable ranges_by_hash;
    Path *paths; /* a block, by number */
    uint32_t path_count, path_room;
    NumberTable paths_by_step;
};

AllocSites *oz_alloc_sites_new(Thread *t)
{
    AllocSites *sites = oz_block_alloc(t->heap, sizeof *sites);
    if (!sites)
        return NULL;
    memset(sites, 0, sizeof *sites);
    pthread_mutex_init(&sites->lock, NULL);
    sites->next_site = FIRST_SITE;
    return sites;
}

void oz_alloc_sites_drop(AllocSites *sites)
{
    if (!sites)
        return;
    for (uint32_t i = 0; i < sites->range_count; i++) {
        oz_block_free(sites->ranges[i].runs);
        oz_drop(sites->ranges[i].filename);
    }
    oz_block_free(sites->ranges);
    oz_block_free(sites->ranges_by_hash.slots);
    oz_alloc_sites_forget_paths(sites);
    pthread_mutex_destroy(&sites->lock);
    oz_block_free(sites);
}

/* ---- room ---- */

static bool grow(Thread *t, void **block, uint32_t count, uint32_t *room, size_t size)
{
    if (count < *room)
        return true;
    uint32_t more = *room ? *room * 2 : 64;
    void *bigger = more > *room ? oz_block_realloc(t->heap, *block, more * size) : NULL;
    if (!bigger)
        return false;
    *block = bigger;
    *room = more;
    return true;
}

/* A number that is not in the table goes where its search ended. */
static void table_put(NumberTable *table, uint32_t hash, uint32_t number)
{
    uint32_t at = hash & table->mask;
    while (table->slots[at])
        at = (at + 1) & table->mask;
    table->slots[at] = number + 1;
    table->used++;
}

static bool table_room(Thread *t, NumberTable *table, const AllocSites *sites,
                       uint32_t (*hash)(const AllocSites *, uint32_t))
{
    if (table->slots && table->used < table->mask / 2)
        return true;
    NumberTable bigger = {.mask = table->slots ? table->mask * 2 + 1 : 127};
    size_t bytes = ((size_t)bigger.mask + 1) * sizeof *bigger.slots;
    bigger.slots = oz_block_alloc(t->heap, bytes);
    if (!bigger.slots)
        return false;
    memset(bigger.slots, 0, bytes);
    for (uint32_t i = 0; table->slots && i <= table->mask; i++)
        if (table->slots[i])
            table_put(&bigger, hash(sites, table->slots[i] - 1), table->slots[i] - 1);
    oz_block_free(table->slots);
    *table = bigger;
    return true;
}

/* ---- sites ---- */

static uint32_t hash_of_range(const AllocSites *sites, uint32_t range)
{
    return sites->ranges[range].hash;
}

/* The lines of `code` in as few runs as they take; false: no memory. */
static bool collect_runs(Thread *t, const Code *code, SiteRange *range)
{
    uint32_t room = 0;
    PositionWalk walk;
    oz_position_walk(code, &walk);
    int32_t line = code->first_line;
    while (oz_position_step(&walk)) {
        if (walk.position.line > 0)
            line = walk.position.line;
        LineRun *last = range->run_count ? &range->runs[range->run_count - 1] : NULL;
        if (last && last->line == line) {
            last->stop = walk.stop;
            continue;
        }
        if (!grow(t, (void **)&range->runs, range->run_count, &room, sizeof *range->runs))
            return false;
        range->runs[range->run_count++] = (LineRun){walk.stop, line};
    }
    return true;
}

/* A known range for code that says the same of its lines; NULL: none. */
static const SiteRange *find_range(const AllocSites *sites, const SiteRange *new)
{
    const NumberTable *table = &sites->ranges_by_hash;
    if (!table->slots)
        return NULL;
    for (uint32_t at = new->hash & table->mask; table->slots[at]; at = (at + 1) & table->mask) {
        const SiteRange *old = &sites->ranges[table->slots[at] - 1];
        if (old->hash == new->hash && old->run_count == new->run_count &&
            (old->filename == new->filename ||
             oz_str_equal((const Str *)old->filename, (const Str *)new->filename)) &&
            !memcmp(old->runs, new->runs, new->run_count * sizeof *new->runs))
            return old;
    }
    return NULL;
}

static uint32_t number_range(AllocSites *sites, Thread *t, const Code *code, SiteRange *range)
{
    const uint64_t key[2] = {code->count, (uint64_t)code->first_line};
    range->hash =
        oz_hash_fold(oz_siphash13(range->runs, range->run_count * sizeof *range->runs, key));
    const SiteRange *old = find_range(sites, range);
    if (old)
        return old->first;
    if (code->count >= UINT32_MAX - sites->next_site ||
        !grow(t, (void **)&sites->ranges, sites->range_count, &sites->range_room,
              sizeof *sites->ranges) ||
        !table_room(t, &sites->ranges_by_hash, sites, hash_of_range))
        return 0;
    range->first = sites->next_site;
    oz_retain(range->filename);
    sites->ranges[sites->range_count] = *range;
    table_put(&sites->ranges_by_hash, range->hash, sites->range_count++);
    sites->next_site += code->count + 1; /* one more: a pc is behind its instruction */
    *range = (SiteRange){.first = range->first};
    return range->first;
}

uint32_t oz_alloc_sites_of_code(AllocSites *sites, Thread *t, Code *code)
{
    SiteRange range = {.filename = code->filename};
    uint32_t first = 0;
    pthread_mutex_lock(&sites->lock);
    if (collect_runs(t, code, &range))
        first = number_range(sites, t, code, &range);
    pthread_mutex_unlock(&sites->lock);
    oz_block_free(range.runs);
    code->sites = first;
    return first;
}

SitePlace oz_alloc_site_place(const AllocSites *sites, uint32_t site)
{
    if (site < FIRST_SITE || site >= sites->next_site)
        return (SitePlace){NULL, 0, 0};
    uint32_t low = 0, high = sites->range_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (sites->ranges[middle].first <= site)
            low = middle;
        else
            high = middle;
    }
    const SiteRange *range = &sites->ranges[low];
    uint32_t behind = site - range->first, word = behind ? behind - 1 : 0;
    low = 0, high = range->run_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (range->runs[middle].stop <= word)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == range->run_count)
        return (SitePlace){range->filename, low ? range->runs[low - 1].line : 0, 0};
    return (SitePlace){range->filename, range->runs[low].line, 0};
}

/* ---- paths ---- */

static uint32_t hash_of_step(uint32_t caller, uint32_t site)
{
    uint64_t mixed = ((uint64_t)caller << 32 | site) * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(mixed >> 32);
}

static uint32_t hash_of_path(const AllocSites *sites, uint32_t path)
{
    return hash_of_step(sites->paths[path].caller, sites->paths[path].site);
}

static uint32_t find_path(const AllocSites *sites, uint32_t caller, uint32_t site)
{
    const NumberTable *table = &sites->paths_by_step;
    if (!table->slots)
        return 0;
    for (uint32_t at = hash_of_step(caller, site) & table->mask; table->slots[at];
         at = (at + 1) & table->mask) {
        const Path *path = &sites->paths[table->slots[at] - 1];
        if (path->caller == caller && path->site == site)
            return table->slots[at] - 1;
    }
    return 0;
}

static uint32_t add_path(AllocSites *sites, Thread *t, uint32_t caller, uint32_t site)
{
    uint32_t number = sites->path_count < FIRST_PATH ? FIRST_PATH : sites->path_count;
    if (number >= CUT - 1 ||
        !grow(t, (void **)&sites->paths, number, &sites->path_room, sizeof *sites->paths) ||
        !table_room(t, &sites->paths_by_step, sites, hash_of_path))
        return 0;
    sites->paths[number] = (Path){caller, site};
    table_put(&sites->paths_by_step, hash_of_step(caller, site), number);
    sites->path_count = number + 1;
    return number;
}

uint32_t oz_alloc_path(AllocSites *sites, Thread *t, uint32_t caller, uint32_t site)
{
    pthread_mutex_lock(&sites->lock);
    uint32_t path = find_path(sites, caller, site);
    if (!path)
        path = add_path(sites, t, caller, site);
    pthread_mutex_unlock(&sites->lock);
    return path;
}

uint32_t oz_alloc_path_cut(AllocSites *sites, Thread *t, uint32_t frames)
{
    return oz_alloc_path(sites, t, CUT, frames);
}

void oz_alloc_sites_forget_paths(AllocSites *sites)
{
    oz_block_free(sites->paths);
    oz_block_free(sites->paths_by_step.slots);
    sites->paths = NULL;
    sites->path_count = sites->path_room = 0;
    sites->paths_by_step = (NumberTable){0};
}

bool oz_alloc_path_is_cut(const AllocSites *sites, uint32_t path)
{
    return path >= FIRST_PATH && path < sites->path_count && sites->paths[path].caller == CUT;
}

SitePlace oz_alloc_path_place(const AllocSites *sites, uint32_t path)
{
    if (path < FIRST_PATH || path >= sites->path_count || oz_alloc_path_is_cut(sites, path))
        return (SitePlace){NULL, 0, 0};
    SitePlace place = oz_alloc_site_place(sites, sites->paths[path].site);
    place.caller = sites->paths[path].caller;
    return place;
}

uint32_t oz_alloc_path_length(const AllocSites *sites, uint32_t path)
{
    uint32_t length = 0;
    while (path >= FIRST_PATH && path < sites->path_count) {
        if (oz_alloc_path_is_cut(sites, path))
            return length + sites->paths[path].site;
        length++;
        path = sites->paths[path].caller;
    }
    return length ? length : 1;
}

size_t oz_alloc_sites_bytes(const AllocSites *sites)
{
    size_t bytes = oz_heap_size(sites);
    const void *const blocks[] = {sites->ranges, sites->ranges_by_hash.slots, sites->paths,
                                  sites->paths_by_step.slots};
    for (size_t i = 0; i < OZ_COUNT(blocks); i++)
        bytes += blocks[i] ? oz_heap_size(blocks[i]) : 0;
    for (uint32_t i = 0; i < sites->range_count; i++)
        bytes += sites->ranges[i].runs ? oz_heap_size(sites->ranges[i].runs) : 0;
    return bytes;
}
