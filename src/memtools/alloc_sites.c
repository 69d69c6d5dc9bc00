// SPDX-License-Identifier: MIT
// The table of allocation sites.
//
//   S1. Ranges of numbers lie in the order in which they were given out, without gaps, from
//       FIRST_SITE on: a number is found by bisection.
//   S2. Nothing here allocates while it changes a table: room is made first.
#include "memtools/alloc_sites.h"

#include "base/siphash.h"
#include "memtools/number_table.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

#include <pthread.h>
#include <string.h>

#define FIRST_SITE (OZ_SITE_UNKNOWN + 1)

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

typedef struct AllocSites {
    pthread_mutex_t lock;
    SiteRange *ranges;                /* [lock] a block */
    uint32_t range_count, range_room; /* [lock] */
    uint32_t next_site;               /* [lock] */
    NumberTable ranges_by_hash;       /* [lock] */
} AllocSites;

static AllocSites *sites_of(Thread *t)
{
    AllocSites *sites = t->vm->alloc_sites;
    if (sites)
        return sites;
    sites = oz_block_alloc(t->heap, sizeof *sites);
    if (sites)
        *sites = (AllocSites){.lock = PTHREAD_MUTEX_INITIALIZER, .next_site = FIRST_SITE};
    t->vm->alloc_sites = sites;
    return sites;
}

void oz_alloc_sites_drop(Vm *vm)
{
    AllocSites *sites = vm->alloc_sites;
    if (!sites)
        return;
    vm->alloc_sites = NULL;
    for (uint32_t i = 0; i < sites->range_count; i++) {
        oz_block_free(sites->ranges[i].runs);
        oz_drop(sites->ranges[i].filename);
    }
    oz_block_free(sites->ranges);
    oz_number_table_fini(&sites->ranges_by_hash);
    pthread_mutex_destroy(&sites->lock);
    oz_block_free(sites);
}

/* ---- numbers for code ---- */

static uint32_t hash_of_range(const void *owner, uint32_t range)
{
    return ((const AllocSites *)owner)->ranges[range].hash;
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
        if (!oz_grow(t, (void **)&range->runs, range->run_count, &room, sizeof *range->runs))
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
    for (uint32_t at = oz_number_table_start(table, new->hash); table->slots[at];
         at = oz_number_table_next(table, at)) {
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
        !oz_grow(t, (void **)&sites->ranges, sites->range_count, &sites->range_room,
                 sizeof *sites->ranges) ||
        !oz_number_table_room(t, &sites->ranges_by_hash, sites, hash_of_range))
        return 0;
    range->first = sites->next_site;
    oz_retain(range->filename);
    sites->ranges[sites->range_count] = *range;
    oz_number_table_put(&sites->ranges_by_hash, range->hash, sites->range_count++);
    sites->next_site += code->count + 1; /* one more: a pc is behind its instruction */
    *range = (SiteRange){.first = range->first};
    return range->first;
}

uint32_t oz_alloc_sites_of_code(Thread *t, Code *code)
{
    SiteRange range = {.filename = code->filename};
    uint32_t first = 0;
    t->untraced++;
    AllocSites *sites = sites_of(t);
    if (sites) {
        bool locked = oz_lock_tables(t->vm, &sites->lock);
        if (collect_runs(t, code, &range))
            first = number_range(sites, t, code, &range);
        oz_unlock_tables(locked, &sites->lock);
    }
    oz_block_free(range.runs);
    t->untraced--;
    code->sites = first;
    return first ? first : OZ_SITE_UNKNOWN;
}

/* ---- places ---- */

static const SiteRange *range_of(const AllocSites *sites, uint32_t site)
{
    if (!sites || site < FIRST_SITE || site >= sites->next_site)
        return NULL;
    uint32_t low = 0, high = sites->range_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (sites->ranges[middle].first <= site)
            low = middle;
        else
            high = middle;
    }
    return &sites->ranges[low];
}

/* The line of the instruction that a number stands behind. */
static int line_in(const SiteRange *range, uint32_t site)
{
    uint32_t behind = site - range->first, word = behind ? behind - 1 : 0;
    uint32_t low = 0, high = range->run_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (range->runs[middle].stop <= word)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == range->run_count)
        return low ? range->runs[low - 1].line : 0;
    return range->runs[low].line;
}

Ref oz_alloc_site_place(Thread *t, uint32_t site)
{
    const SiteRange *range = range_of(t->vm->alloc_sites, site);
    scoped Ref name = range ? oz_retain(range->filename) : oz_str_new(t, "<unknown>");
    return name ? oz_tuple_of(t, 2, name, oz_int(range ? line_in(range, site) : 0)) : NULL;
}

size_t oz_alloc_sites_bytes(const Vm *vm)
{
    const AllocSites *sites = vm->alloc_sites;
    if (!sites)
        return 0;
    size_t bytes = oz_heap_size(sites);
    const void *const blocks[] = {sites->ranges, sites->ranges_by_hash.slots};
    for (size_t i = 0; i < OZ_COUNT(blocks); i++)
        bytes += blocks[i] ? oz_heap_size(blocks[i]) : 0;
    for (uint32_t i = 0; i < sites->range_count; i++)
        bytes += sites->ranges[i].runs ? oz_heap_size(sites->ranges[i].runs) : 0;
    return bytes;
}
