// SPDX-License-Identifier: MIT
// The sampler: a table of living cells by address.
//
//   P1. Nothing here allocates while the table is between two states: room is made first.
//   P2. The table holds a cell exactly as long as the heap watches it.
#include "memtools/alloc_sampler.h"

#include "memtools/alloc_paths.h"
#include "memtools/alloc_sites.h"

#include <math.h>
#include <string.h>

typedef struct Sample {
    const void *cell; /* NULL: free */
    size_t size;
    uint32_t path;
} Sample;

typedef struct AllocSampler {
    HeapSampler heap;
    pthread_mutex_t lock;
    AllocPaths paths;
    double rate;
    uint64_t random;   /* [lock] state of the generator */
    Sample *slots;     /* [lock] a block; open addressing, at most half full */
    size_t mask, used; /* [lock] */
    Vm *vm;
} AllocSampler;

static AllocSampler *sampler_of(const Vm *vm)
{
    return vm->alloc_sampler;
}

/* ---- the distance between two samples ---- */

/* xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators"): a number
 * above 0 and at most 1. */
static double any_fraction(AllocSampler *sampler)
{
    uint64_t x = sampler->random;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    sampler->random = x;
    return (double)((x * UINT64_C(0x2545F4914F6CDD1D) >> 11) + 1) * 0x1p-53;
}

/* The natural logarithm of a normal number, to nine digits.  The first distance is drawn at every
 * start, and libm's log would bring in a quarter of a megabyte of its pages. */
static double quick_log(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int exponent = (int)(bits >> 52) - 1023;
    bits = (bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1023) << 52;
    memcpy(&x, &bits, sizeof x); /* from 1 up to 2 */
    if (x > 1.4142135623730951) {
        x /= 2;
        exponent++;
    }
    double s = (x - 1) / (x + 1), q = s * s; /* log x = 2 artanh s, and |s| < 0.172 */
    double series = 1 + q * (1.0 / 3 + q * (1.0 / 5 + q * (1.0 / 7 + q * (1.0 / 9 + q / 11))));
    return exponent * 0.6931471805599453 + 2 * s * series;
}

/* The distances of a Poisson process are exponential. */
static int64_t next_distance(void *user)
{
    AllocSampler *sampler = user;
    bool locked = oz_lock_tables(sampler->vm, &sampler->lock);
    double distance = -quick_log(any_fraction(sampler)) * sampler->rate;
    oz_unlock_tables(locked, &sampler->lock);
    return distance < 0x1p60 ? (int64_t)distance : (int64_t)1 << 60;
}

/* ---- the table ---- */

static size_t home(const AllocSampler *sampler, const void *cell)
{
    return ((uintptr_t)cell >> 3) * UINT64_C(0x9E3779B97F4A7C15) >> 20 & sampler->mask;
}

static size_t find(const AllocSampler *sampler, const void *cell)
{
    size_t at = home(sampler, cell);
    while (sampler->slots[at].cell && sampler->slots[at].cell != cell)
        at = (at + 1) & sampler->mask;
    return at;
}

/* *outgrown: what to free without the lock, since the heap may tell of that. */
static bool make_room(AllocSampler *sampler, Thread *t, Sample **outgrown)
{
    if (sampler->slots && sampler->used < sampler->mask / 2)
        return true;
    size_t old_mask = sampler->mask, mask = sampler->slots ? old_mask * 2 + 1 : 63;
    Sample *old = sampler->slots, *slots = oz_block_alloc(t->heap, (mask + 1) * sizeof *slots);
    if (!slots)
        return false;
    memset(slots, 0, (mask + 1) * sizeof *slots);
    sampler->slots = slots;
    sampler->mask = mask;
    for (size_t i = 0; old && i <= old_mask; i++)
        if (old[i].cell)
            slots[find(sampler, old[i].cell)] = old[i];
    *outgrown = old;
    return true;
}

/* Take out a slot; those behind it that could lie nearer to their home move up (Knuth, 6.4 R). */
static void take_out(AllocSampler *sampler, size_t hole)
{
    for (size_t at = (hole + 1) & sampler->mask; sampler->slots[at].cell;
         at = (at + 1) & sampler->mask) {
        size_t wanted = home(sampler, sampler->slots[at].cell);
        if (((at - wanted) & sampler->mask) < ((at - hole) & sampler->mask))
            continue;
        sampler->slots[hole] = sampler->slots[at];
        hole = at;
    }
    sampler->slots[hole].cell = NULL;
    sampler->used--;
}

/* ---- what the heap tells ---- */

/* The path of the calls under way: its latest OZ_SAMPLE_FRAMES. */
static uint32_t path_now(AllocSampler *sampler, Thread *t)
{
    if (!t->frame)
        return OZ_PATH_UNKNOWN;
    const Frame *first = t->frames;
    if (t->frame - first >= OZ_SAMPLE_FRAMES)
        first = t->frame - OZ_SAMPLE_FRAMES + 1;
    uint32_t path = 0;
    if (first > t->frames)
        path = oz_alloc_path_cut(&sampler->paths, t, (size_t)(first - t->frames));
    for (const Frame *frame = first; frame <= t->frame; frame++) {
        path = oz_alloc_path(&sampler->paths, t, path, oz_alloc_site(t, frame));
        if (!path)
            return OZ_PATH_UNKNOWN;
    }
    return path;
}

static bool take(void *user, void *cell, size_t size)
{
    AllocSampler *sampler = user;
    Thread *t = oz_thread();
    if (!t || t->vm != sampler->vm)
        return false;
    uint32_t path = path_now(sampler, t);
    Sample *outgrown = NULL;
    bool locked = oz_lock_tables(sampler->vm, &sampler->lock);
    bool room = make_room(sampler, t, &outgrown);
    if (room) {
        sampler->slots[find(sampler, cell)] = (Sample){cell, size, path};
        sampler->used++;
    }
    oz_unlock_tables(locked, &sampler->lock);
    oz_block_free(outgrown);
    return room;
}

static bool gone(void *user, void *cell)
{
    AllocSampler *sampler = user;
    bool locked = oz_lock_tables(sampler->vm, &sampler->lock);
    size_t at = sampler->slots ? find(sampler, cell) : 0;
    bool found = sampler->slots && sampler->slots[at].cell;
    if (found)
        take_out(sampler, at);
    oz_unlock_tables(locked, &sampler->lock);
    return found;
}

/* ---- life ---- */

void oz_alloc_sampler_start(Thread *t, size_t rate)
{
    AllocSampler *sampler = rate ? oz_block_alloc(t->heap, sizeof *sampler) : NULL;
    if (!sampler)
        return;
    memset(sampler, 0, sizeof *sampler);
    sampler->heap = (HeapSampler){next_distance, take, gone, sampler};
    sampler->lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    sampler->rate = (double)rate;
    sampler->random = t->vm->hash_key[0] | 1;
    sampler->vm = t->vm;
    oz_alloc_paths_init(&sampler->paths);
    t->vm->alloc_sampler = sampler;
    oz_heap_set_sampler(t->vm->heap, &sampler->heap);
}

void oz_alloc_sampler_drop(Thread *t)
{
    AllocSampler *sampler = sampler_of(t->vm);
    if (!sampler)
        return;
    oz_heap_set_sampler(t->vm->heap, NULL);
    t->vm->alloc_sampler = NULL;
    oz_block_free(sampler->slots);
    oz_alloc_paths_fini(&sampler->paths);
    pthread_mutex_destroy(&sampler->lock);
    oz_block_free(sampler);
}

/* ---- what is known ---- */

size_t oz_alloc_sampler_rate(const Vm *vm)
{
    return sampler_of(vm) ? (size_t)sampler_of(vm)->rate : 0;
}

size_t oz_alloc_sampler_overhead(const Vm *vm)
{
    const AllocSampler *sampler = sampler_of(vm);
    if (!sampler)
        return 0;
    return oz_heap_size(sampler) + (sampler->slots ? oz_heap_size(sampler->slots) : 0) +
           oz_alloc_paths_bytes(&sampler->paths) + oz_alloc_sites_bytes(vm);
}

/* Room for the samples is taken before they are counted for good: taking it may be sampled. */
AllocSample *oz_alloc_samples(Thread *t, size_t *count)
{
    AllocSampler *sampler = sampler_of(t->vm);
    size_t room = (sampler ? sampler->used : 0) + 16;
    AllocSample *samples = oz_block_alloc(t->heap, room * sizeof *samples);
    *count = 0;
    if (!samples) {
        (void)oz_raise_memory(t);
        return NULL;
    }
    if (!sampler)
        return samples;
    bool locked = oz_lock_tables(sampler->vm, &sampler->lock);
    for (size_t i = 0; sampler->slots && i <= sampler->mask && *count < room; i++) {
        const Sample *sample = &sampler->slots[i];
        if (!sample->cell || sample->cell == samples)
            continue;
        double chance = -expm1(-(double)sample->size / sampler->rate);
        samples[(*count)++] = (AllocSample){sample->size, 1 / chance, sample->path};
    }
    oz_unlock_tables(locked, &sampler->lock);
    return samples;
}

Ref oz_alloc_sample_place(Thread *t, uint32_t number, int64_t *total)
{
    return oz_alloc_path_places(t, &sampler_of(t->vm)->paths, number, OZ_SAMPLE_FRAMES, total);
}
