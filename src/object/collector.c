// SPDX-License-Identifier: MIT
// The cycle collector: when it looks at what.
//
// object/trial.c finds garbage, object/garbage.c finalises and frees it.
//
// *Young pass*, in one stop: over the objects of the pages allocated from since the last pass that
// are TRACKED, local and not OLD.  It never visits an old object; what those refer to is held from
// outside.  Survivors become OLD, except those of gc.collect(0): they keep their place in the next
// young pass, but are marked MIDDLE (the flag CANDIDATE, which means nothing else before an object
// is OLD), so that the next gc.collect(0) leaves them out: generation 1.
//
// *Full pass*: over every container if asked for, in one stop; over the old and TRACKED ones, since
// the others refer to leaves only, when it comes by itself: in slices.  Frozen objects are never
// members.  Shared objects are members of full passes only (THREADS T31, T32).
//
// When: a young pass when the nursery is full.  It starts at 128 KiB, doubles to 512 KiB while a
// pass finds under 2 % garbage and halves when it finds above 20 %.  When QUIET passes in a row
// found next to nothing, up to 12 of the next nurseries, a random number, grow old unseen, and up
// to 48 when that goes on: a program that builds without cyclic garbage pays next to nothing
// instead of 20 ns for an object, and what it leaves in cycles after all waits for a full pass.
//
// A full pass begins when the container pages have grown by a quarter (and by 4 MiB) since the
// last. Its slices of SLICE_WORK references come between young passes.  As long as nothing speaks
// for garbage they take 1/100 of the time, however large the heap is.  They follow one another
// closely when the last full pass was fruitful and the heap has doubled, when it has grown
// eightfold, and when there are suspects.  The size of the process never matters.
//
// What the slices leave over is looked at again, in slices, as long as that makes it much less; the
// last round is exact, in one stop.  So a pause is a young pass, a slice, or in proportion to
// garbage.
//
// Under a limit of the heap, which what is kept between slices would take room of, there are none.
// A full pass in one stop follows at the next safepoint when half of the room that was left after
// the last one is used, or an allocation was refused.  An allocation itself never collects, so one
// of more than half of the room that is left can be refused although there is garbage.  What makes
// large objects at a place that may run Python asks oz_memory_try_again then and tries once more:
// the operators on builtin values, methods of text and bytes, format(), bytes(n), tuple(x), growing
// lists, sets and dicts, joining, reading a file.  Elsewhere the program's next try has its room.
// The passes of a program that fills the heap with what lives number as the logarithm of the limit.
#include "object/collector.h"

#include "object/class.h"
#include "object/error.h"
#include "object/trial.h"
#include "object/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define NURSERY_LEAST ((size_t)128 << 10)
#define NURSERY_MOST ((size_t)512 << 10)
#define QUIET 4         /* young passes without garbage, then */
#define SKIPPED_MORE 12 /* up to so many are left out, then twice as many, and so on */
#define SKIPPED_MOST 48
#define ROOM_SHARE 16 /* of a limit: less than this share of it is no room */
#define GROWTH_LEAST ((size_t)4 << 20)
#define FRUITFUL_SHARE 16
#define SLICE_WORK 36000
#define HASTE_BYTES ((size_t)64 << 10)  /* of new containers between two slices in haste */
#define SLICE_BYTES ((size_t)128 << 10) /* otherwise: between two looks at the clock */
#define SLICE_SHARE 100                 /* slices take 1/100 of the time */
#define EXACT_AT_ONCE 8000              /* objects */
#define ROUNDS_MOST 4

static uint64_t now(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* ---- telling ---- */

static void count_pass(Collector *c, int generation, size_t found)
{
    c->stats[generation].collections++;
    c->stats[generation].collected += found;
    for (int i = 0; i <= generation; i++)
        c->count[i] = 0;
    if (generation + 1 < OZ_GC_GENERATIONS)
        c->count[generation + 1]++;
}

static void add_cells(Page *page, void *arg)
{
    *(size_t *)arg += oz_page_used(page);
}

static size_t container_cells(const Thread *t)
{
    size_t cells = 0;
    oz_heap_each_page(t->vm->heap, OZ_PAGE_CONTAINER, add_cells, &cells);
    return cells;
}

static void say_start(Thread *t, const Collector *c, int generation)
{
    char line[120];
    if (!(c->debug & OZ_GC_STATS) || !c->events)
        return;
    snprintf(line, sizeof line, "gc: collecting generation %d...", generation);
    c->events->say(t, line, NULL);
    size_t young = oz_gc_young_count(t), cells = container_cells(t);
    snprintf(line, sizeof line, "gc: objects in each generation: %zu 0 %zu", young,
             cells > young ? cells - young : 0);
    c->events->say(t, line, NULL);
    snprintf(line, sizeof line, "gc: objects in permanent generation: %zu", oz_gc_frozen_count(t));
    c->events->say(t, line, NULL);
}

static void say_end(Thread *t, const Collector *c, size_t found, const struct timespec *start)
{
    struct timespec end;
    char line[120];
    if (!(c->debug & OZ_GC_STATS) || !c->events)
        return;
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds =
        (double)(end.tv_sec - start->tv_sec) + (double)(end.tv_nsec - start->tv_nsec) / 1e9;
    snprintf(line, sizeof line, "gc: done, %zu unreachable, 0 uncollectable, %.4fs elapsed", found,
             seconds);
    c->events->say(t, line, NULL);
}

/* ---- young passes ---- */

/* Called inside an allocation, by whoever makes it. */
static void nursery_full(void *arg OZ_UNUSED)
{
    Thread *t = oz_thread();
    atomic_fetch_or_explicit(&t->interrupt, OZ_INTERRUPT_COLLECT, memory_order_relaxed);
}

static bool is_on(const Collector *c)
{
    return c->enabled && c->threshold[0] > 0;
}

static void set_nursery(Thread *t)
{
    const Collector *c = oz_collector(t->vm);
    oz_heap_set_young_limit(t->heap, is_on(c) ? c->nursery : SIZE_MAX, nursery_full, NULL);
}

static void size_nursery(Collector *c, size_t found, size_t members)
{
    if (found * 50 < members && c->nursery < NURSERY_MOST)
        c->nursery *= 2;
    else if (found * 5 > members && c->nursery > NURSERY_LEAST)
        c->nursery /= 2;
}

/* Like the whole program, which must run the same way each time, this is no secret. */
static uint32_t random_below(Collector *c, uint32_t n)
{
    c->random = c->random * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)c->random * n >> 32);
}

/* May the next nurseries grow old unseen? */
static void judge_quiet(Collector *c, size_t found, size_t members)
{
    c->quiet = found * 1000 <= members ? c->quiet + 1 : 0;
    if (c->quiet < QUIET || c->nursery != NURSERY_MOST)
        return;
    uint32_t most = (c->quiet - QUIET + 1) * SKIPPED_MORE;
    c->skip = random_below(c, (most < SKIPPED_MOST ? most : SKIPPED_MOST) + 1);
}

/* What is TRACKED and has no bit is old, whatever its flags: nothing needs to be looked at. */
static void page_grows_old(Collector *c, Page *page)
{
    uint64_t *frozen = oz_frozen_bits(c, page);
    for (size_t i = 0; i < (page->cells + 63u) / 64; i++) {
        if (frozen) /* a new object in the cell of one that was */
            frozen[i] &= ~page->young_bits[i];
        page->young_bits[i] = 0;
    }
}

/* All that is young, unseen. */
static void grow_old(Thread *t)
{
    oz_heap_young_take(t->heap);
    for (Page *page = t->heap->young_taken; page; page = page->young_next)
        page_grows_old(oz_collector(t->vm), page);
    oz_heap_young_done(t->heap);
    set_nursery(t);
}

/* ---- passes ---- */

/* Is there a limit of the heap, and a good deal of room below it? */
static bool has_room(const HeapShared *heap)
{
    size_t limit = oz_heap_limit(heap), used = oz_heap_bytes(heap);
    return used < limit && limit - used >= limit / ROOM_SHARE;
}

/* What a pass in one stop needs itself is gone before anybody can ask, so a limit of the heap does
 * not hold for it while there is room.  Without room it does: the pieces of pages that marks
 * leave open would take the place of what the program needs to go on. */
static void look_for_garbage(Pass *pass)
{
    HeapShared *heap = pass->t->vm->heap;
    size_t limit = oz_heap_limit(heap);
    bool lifted = has_room(heap);
    if (lifted)
        oz_heap_set_limit(heap, 0);
    (void)oz_trial_step(pass, SIZE_MAX);
    if (lifted)
        oz_heap_set_limit(heap, limit);
}

/* OUNCE_STRESS=free: is all whole that threads change side by side?  The world is stopped. */
static void audit(Thread *t OZ_UNUSED)
{
#ifdef OZ_DEBUG
    if (!(t->vm->stress & OZ_STRESS_FREE))
        return;
    oz_heap_audit(t->vm->heap);
    oz_share_audit(t);
#endif
}

/* The whole pass. */
static size_t run_pass(Pass *pass)
{
    Thread *t = pass->t;
    bool full = pass->scope >= SCOPE_TRACKED;
    if (full)
        oz_world_stop(t);
    if (full && t->vm->sharing)
        oz_heap_drain_all(t->vm->heap);
    if (full)
        audit(t);
    oz_heap_young_take(t->heap);
    look_for_garbage(pass);
    if (full) {
        oz_garbage_claim(pass);
        oz_world_resume(t);
    }
    size_t found = oz_garbage_collect(pass);
    oz_trial_end(pass);
    oz_heap_young_done(t->heap);
    return found;
}

/* A full pass over what was in `bytes` of container pages has found so much garbage.  What was
 * made while it went on is growth, not base. */
static void full_done(Collector *c, const Pass *pass, size_t found, size_t bytes)
{
    double share = pass->members ? (double)found / (double)pass->members : 0;
    c->base = share < 1 ? (size_t)((double)bytes * (1 - share)) : 0;
    c->fruitful = share > 1.0 / FRUITFUL_SHARE;
}

typedef struct Told {
    int generation;
    struct timespec start;
} Told;

static Told tell_start(Thread *t, int generation)
{
    Collector *c = oz_collector(t->vm);
    Told told = {.generation = generation};
    c->running = true;
    if (c->events)
        c->events->phase(t, true, generation, 0, 0);
    say_start(t, c, generation);
    clock_gettime(CLOCK_MONOTONIC, &told.start);
    return told;
}

static void tell_end(Thread *t, const Told *told, size_t found)
{
    Collector *c = oz_collector(t->vm);
    say_end(t, c, found, &told->start);
    if (c->events)
        c->events->phase(t, false, told->generation, found, 0);
    c->running = false;
}

static size_t collect(Thread *t, int generation, Scope scope, bool automatic)
{
    Collector *c = oz_collector(t->vm);
    bool full = scope >= SCOPE_TRACKED;
    if (full)
        oz_trial_end(c->passes[OZ_LANE_FULL]);
    if (scope == SCOPE_ALL && t->vm->sharing)
        oz_heap_adopt(t->heap);
    Told told = tell_start(t, generation);
    Pass *pass = c->passes[full ? OZ_LANE_FULL : OZ_LANE_YOUNG];
    oz_trial_start(pass, t, scope, automatic);
    size_t found = run_pass(pass);
    count_pass(c, generation, found);
    if (full) {
        if (scope == SCOPE_ALL)
            c->nursery = NURSERY_LEAST;
        c->quiet = c->skip = 0;
        if (!pass->no_memory) /* without memory (G4) it stays due */
            full_done(c, pass, 0, oz_container_bytes(t->vm->heap));
    } else {
        size_nursery(c, found, pass->members);
        if (automatic)
            judge_quiet(c, found, pass->members);
    }
    set_nursery(t);
    tell_end(t, &told, found);
    return pass->no_memory ? OZ_GC_NO_MEMORY : found;
}

/* ---- full passes in slices ---- */

static bool has_grown(Thread *t, size_t by)
{
    const Collector *c = oz_collector(t->vm);
    return oz_container_bytes(t->vm->heap) > c->base + (by > GROWTH_LEAST ? by : GROWTH_LEAST);
}

static bool in_haste(Thread *t, const Pass *pass)
{
    const Collector *c = oz_collector(t->vm);
    return pass->round > 1 || has_grown(t, c->fruitful ? c->base : 7 * (c->base + GROWTH_LEAST));
}

/* Ask for the next slice, or the next young pass if that comes before. */
static void set_tick(Thread *t)
{
    const Collector *c = oz_collector(t->vm);
    if (!is_on(c) || c->passes[OZ_LANE_FULL]->phase == PHASE_NONE)
        return;
    bool haste = in_haste(t, c->passes[OZ_LANE_FULL]);
    size_t next = oz_heap_young_bytes(t->heap) + (haste ? HASTE_BYTES : SLICE_BYTES);
    oz_heap_set_young_tick(t->heap, next < c->nursery ? next : c->nursery);
}

/* The last round, and what comes of it. */
static void end_full(Thread *t, Pass *pass)
{
    Collector *c = oz_collector(t->vm);
    Told told = tell_start(t, 2);
    oz_world_stop(t);
    if (pass->phase == PHASE_DONE && pass->left && !pass->exact) {
        oz_trial_again(pass);
        (void)oz_trial_step(pass, SIZE_MAX);
    }
    oz_garbage_claim(pass);
    oz_world_resume(t);
    size_t found = oz_garbage_collect(pass);
    oz_trial_end(pass);
    count_pass(c, 2, found);
    full_done(c, pass, found, c->begun); /* without memory, too: not again at once */
    set_nursery(t);
    tell_end(t, &told, found);
}

/* Is it better to look at what is left in slices once more than in one stop? */
static bool goes_on(const Pass *pass)
{
    return !pass->no_memory && pass->left > EXACT_AT_ONCE && pass->round < ROUNDS_MOST &&
           pass->left < pass->before - pass->before / 8;
}

static void slice(Thread *t, size_t work)
{
    Pass *pass = oz_collector(t->vm)->passes[OZ_LANE_FULL];
    pass->t = t; /* the one that did the last slice may have ended */
    oz_world_stop(t);
    bool done = oz_trial_step(pass, work);
    oz_trial_audit(pass);
    oz_world_resume(t);
    if (!done)
        return;
    if (goes_on(pass))
        oz_trial_again(pass);
    else
        end_full(t, pass);
}

/* Everything must be old, and is right after a young pass. */
static void start_full_if_due(Thread *t)
{
    Collector *c = oz_collector(t->vm);
    Pass *pass = c->passes[OZ_LANE_FULL];
    if (pass->phase == PHASE_NONE && !oz_heap_limit(t->vm->heap) &&
        (has_grown(t, c->base / 4) || (t->vm->stress & OZ_STRESS_SLICE))) {
        c->begun = oz_container_bytes(t->vm->heap);
        oz_trial_start(pass, t, SCOPE_TRACKED, true);
    }
}

static void young_pass(Thread *t)
{
    Collector *c = oz_collector(t->vm);
    if (c->skip) {
        c->skip--;
        grow_old(t);
    } else {
        collect(t, c->count[1] > c->threshold[1], SCOPE_YOUNG, true);
    }
    start_full_if_due(t);
}

bool oz_gc_abandon(Thread *t)
{
    Collector *c = oz_collector(t->vm);
    if (c->running)
        return false;
    oz_trial_end(c->passes[OZ_LANE_FULL]);
    return true;
}

/* ---- a limit of the heap ---- */

static void near_limit(void *arg)
{
    Vm *vm = arg;
    oz_collector(vm)->pressed = true;
    nursery_full(NULL);
}

/* The next full pass is due when half of the room that is left is used; where that is little, when
 * an allocation was refused and there is room again. */
static void set_mark(Thread *t)
{
    HeapShared *heap = t->vm->heap;
    size_t limit = oz_heap_limit(heap), used = oz_heap_bytes(heap);
    if (!limit)
        return;
    size_t mark = has_room(heap) ? used + (limit - used) / 2 : limit;
    oz_heap_set_mark(heap, mark, near_limit, t->vm);
}

void oz_gc_set_limit(Thread *t, size_t bytes)
{
    oz_trial_end(oz_collector(t->vm)->passes[OZ_LANE_FULL]);
    oz_heap_set_limit(t->vm->heap, bytes);
    set_mark(t);
}

/* A young pass before, which makes old what is young. */
static void collect_for_room(Thread *t)
{
    oz_collector(t->vm)->pressed = false;
    collect(t, 1, SCOPE_YOUNG, true);
    collect(t, 2, SCOPE_TRACKED, true);
    set_mark(t);
}

/* Where nothing was found the last time at about this size, nothing is looked for. */
static bool is_futile(const Collector *c, size_t used, size_t limit)
{
    size_t apart = used > c->futile ? used - c->futile : c->futile - used;
    return apart < limit / ROOM_SHARE / 4;
}

bool oz_gc_make_room(Thread *t)
{
    Collector *c = oz_collector(t->vm);
    HeapShared *heap = t->vm->heap;
    size_t limit = oz_heap_limit(heap), before = oz_heap_bytes(heap);
    if (OZ_LIKELY(!limit) || !c->pressed || c->running || !is_on(c) || is_futile(c, before, limit))
        return false;
    collect_for_room(t);
    if (oz_heap_bytes(heap) < before)
        return true;
    c->futile = oz_heap_bytes(heap);
    return false;
}

/* ---- safepoints ---- */

typedef enum Due { DUE_NOTHING, DUE_ROOM, DUE_YOUNG, DUE_SLICE } Due;

static Due what_is_due(Thread *t)
{
    const Collector *c = oz_collector(t->vm);
    const Pass *full = c->passes[OZ_LANE_FULL];
    if (c->pressed && has_room(t->vm->heap))
        return DUE_ROOM;
    if (oz_heap_young_bytes(t->heap) > c->nursery)
        return DUE_YOUNG;
    if (full->phase != PHASE_NONE &&
        (in_haste(t, full) || now(CLOCK_PROCESS_CPUTIME_ID) >= c->slice_due))
        return DUE_SLICE;
    return DUE_NOTHING;
}

/* Time is the processor's, here and for when a slice is due: other programs do not count. */
static void collect_what_is_due(Thread *t, Due due)
{
    Collector *c = oz_collector(t->vm);
    uint64_t start = now(CLOCK_THREAD_CPUTIME_ID);
    if (due == DUE_ROOM)
        collect_for_room(t);
    else if (due == DUE_YOUNG)
        young_pass(t);
    else
        slice(t, SLICE_WORK);
    uint64_t took = now(CLOCK_THREAD_CPUTIME_ID) - start;
    if (due == DUE_SLICE)
        c->slice_due = now(CLOCK_PROCESS_CPUTIME_ID) + took * (SLICE_SHARE - 1);
    c->pauses.count++;
    c->pauses.sum += took;
    if (took > c->pauses.longest)
        c->pauses.longest = took;
}

/* Attack modes: a young pass at each safepoint, with all that may come of one; a slice of one
 * step. */
static void stress(Thread *t)
{
    Collector *c = oz_collector(t->vm);
    if (t->vm->stress & OZ_STRESS_GC) {
        c->skip = 0;
        collect_what_is_due(t, DUE_YOUNG);
    }
    if (!(t->vm->stress & OZ_STRESS_SLICE))
        return;
    if (c->passes[OZ_LANE_FULL]->phase == PHASE_NONE)
        young_pass(t);
    else
        slice(t, 1);
}

void oz_gc_poll(Thread *t)
{
    Collector *c = oz_collector(t->vm);
    atomic_fetch_and_explicit(&t->interrupt, ~(uint32_t)OZ_INTERRUPT_COLLECT, memory_order_relaxed);
    if (c->running || !is_on(c)) {
        set_nursery(t);
        return;
    }
    Due due = what_is_due(t);
    if (due != DUE_NOTHING)
        collect_what_is_due(t, due);
    if (OZ_UNLIKELY(t->vm->stress & (OZ_STRESS_GC | OZ_STRESS_SLICE))) {
        stress(t);
        nursery_full(NULL); /* and again at the next safepoint */
    }
    set_tick(t);
}

size_t oz_gc_collect(Thread *t, int generation)
{
    if (oz_collector(t->vm)->running)
        return 0;
    static const Scope scopes[] = {SCOPE_NEWEST, SCOPE_YOUNG, SCOPE_ALL};
    size_t found = collect(t, generation, scopes[generation], false);
    set_tick(t);
    return found;
}

void oz_gc_finish(Thread *t, const Ref *namespaces, size_t count)
{
    Collector *c = oz_collector(t->vm);
    if (c->running)
        return;
    Pass *pass = c->passes[OZ_LANE_FULL];
    oz_trial_end(pass);
    oz_trial_start(pass, t, SCOPE_ALL, false);
    pass->namespaces = namespaces;
    pass->namespace_count = count;
    c->running = true;
    run_pass(pass);
    c->running = false;
}

/* ---- settings ---- */

bool oz_gc_init(Vm *vm)
{
    Collector *c = calloc(1, sizeof *c);
    if (!c)
        return false;
    c->enabled = true;
    c->threshold[0] = 700;
    c->threshold[1] = c->threshold[2] = 10;
    c->nursery = NURSERY_LEAST;
    vm->collector = c;
    for (int lane = 0; lane < OZ_LANES; lane++)
        if (!(c->passes[lane] = calloc(1, sizeof(Pass))))
            return false;
    return true;
}

void oz_gc_fini(Vm *vm)
{
    Collector *c = vm->collector;
    for (int lane = 0; c && lane < OZ_LANES; lane++)
        free(c->passes[lane]);
    free(c); /* its blocks on the heap go with that */
    vm->collector = NULL;
}

void oz_gc_thread_init(Thread *t)
{
    set_nursery(t);
}

void oz_gc_enable(Thread *t, bool on)
{
    oz_collector(t->vm)->enabled = on;
    set_nursery(t);
    set_tick(t);
}

void oz_gc_set_threshold(Thread *t, int generation, int threshold)
{
    oz_collector(t->vm)->threshold[generation] = threshold;
    set_nursery(t);
}
