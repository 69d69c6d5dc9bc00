// SPDX-License-Identifier: MIT
// Tracing of allocations.
//
// With a limit of one frame, a cell's number is the site of the running instruction, found by an
// addition, and how many calls there were: 20 and 11 bits.  What does not fit is a path of one call
// behind so many that are left out, and has the highest bit.
//
// With more, it is a path (alloc_paths.h).  The path that led to a frame's call is found at its
// first allocation and kept in an array beside the frame records; a flag of the record says that
// it is there, and goes away with the record.
//
// A path need not have more than `limit` frames, and a deep recursion would make a new one for
// each depth.  So paths are cut: the path of a frame of index i begins at a frame whose index is a
// multiple of the limit, at least `limit` and less than twice as many frames above (T1).
#include "memtools/alloc_trace.h"

#include "object/world.h"

#include "memtools/alloc_paths.h"
#include "memtools/alloc_sites.h"
#include "types/tuple.h"

#include <string.h>

typedef struct AllocTrace {
    AllocPaths paths;
    uint32_t limit; /* frames of a trace */
    bool on;
    size_t peak_seen; /* the largest total given out since the peak was reset */
} AllocTrace;

/* Steps from a path to the next, found before: in most calls the last time's holds. */
#define STEPS 256
typedef struct Step {
    uint32_t caller, site, path;
} Step;

/* Of one thread. */
typedef struct Contexts {
    Step steps[STEPS];
    size_t room;        /* of `callers` */
    uint32_t callers[]; /* by index of the frame: path of the call that made it */
} Contexts;

static AllocTrace *trace_of(const Vm *vm)
{
    return vm->alloc_trace;
}

/* ---- the site of an allocation ---- */

#define SITE_BITS 20
#define CALLS_BITS 11
#define IS_PATH (UINT32_C(1) << (SITE_BITS + CALLS_BITS))

static uint32_t site_with_calls(AllocTrace *trace, Thread *t, uint32_t site, size_t above)
{
    if (site >> SITE_BITS == 0 && above >> CALLS_BITS == 0)
        return site | (uint32_t)above << SITE_BITS;
    uint32_t cut = oz_alloc_path_cut(&trace->paths, t, above);
    uint32_t path = cut ? oz_alloc_path(&trace->paths, t, cut, site) : 0;
    return path ? path | IS_PATH : OZ_SITE_UNKNOWN;
}

static OZ_COLD uint32_t site_now_slow(AllocTrace *trace)
{
    Thread *t = oz_thread();
    if (!t || t->untraced)
        return 0;
    if (!t->frame)
        return OZ_SITE_UNKNOWN;
    uint32_t site = oz_alloc_site(t, t->frame);
    return site_with_calls(trace, t, site, (size_t)(t->frame - t->frames));
}

static uint32_t site_now(void *user)
{
    const Thread *t = oz_thread();
    const Frame *frame = OZ_LIKELY(t && !t->untraced) ? t->frame : NULL;
    if (OZ_UNLIKELY(!frame || !frame->code->sites))
        return site_now_slow(user);
    size_t site = oz_alloc_site_known(frame), above = (size_t)(frame - t->frames);
    if (OZ_UNLIKELY(site >> SITE_BITS | above >> CALLS_BITS))
        return site_now_slow(user);
    return (uint32_t)(site | above << SITE_BITS);
}

/* ---- the path of an allocation ---- */

static OZ_COLD Contexts *grow_contexts(Thread *t, size_t index)
{
    Contexts *old = t->contexts;
    size_t room = old ? old->room : 64;
    while (room <= index)
        room *= 2;
    t->untraced++;
    Contexts *contexts = oz_block_realloc(t->heap, old, sizeof *old + room * sizeof(uint32_t));
    t->untraced--;
    if (!contexts)
        return NULL;
    if (!old)
        memset(contexts->steps, 0, sizeof contexts->steps);
    contexts->room = room;
    t->contexts = contexts;
    return contexts;
}

/* With room for frame `index`; NULL: no memory. */
OZ_INLINE Contexts *contexts_of(Thread *t, size_t index)
{
    Contexts *contexts = t->contexts;
    return OZ_LIKELY(contexts && index < contexts->room) ? contexts : grow_contexts(t, index);
}

static OZ_COLD uint32_t find_step(AllocTrace *trace, Thread *t, Step *step, uint32_t caller,
                                  uint32_t site)
{
    uint32_t path = oz_alloc_path(&trace->paths, t, caller, site);
    if (path)
        *step = (Step){caller, site, path};
    return path;
}

/* 0: no memory. */
OZ_INLINE uint32_t step_to(AllocTrace *trace, Thread *t, Contexts *contexts, uint32_t caller,
                           uint32_t site)
{
    Step *step = &contexts->steps[(caller * 31 + site) % STEPS];
    if (OZ_LIKELY(step->caller == caller && step->site == site && step->path))
        return step->path;
    return find_step(trace, t, step, caller, site);
}

/* Keep `path` as that of the call that made frame `index`. */
OZ_INLINE void remember(Thread *t, Contexts *contexts, size_t index, uint32_t path)
{
    contexts->callers[index] = path;
    t->frames[index].flags |= OZ_FRAME_CONTEXT;
}

/* The same for the first frame of a block of `limit` frames: its path begins one block above. */
static bool find_block(AllocTrace *trace, Thread *t, Contexts *contexts, size_t block)
{
    size_t start = block > trace->limit ? block - trace->limit : 0;
    uint32_t path = start ? oz_alloc_path_cut(&trace->paths, t, start) : 0;
    if (start && !path)
        return false;
    for (size_t i = start; i < block; i++) {
        path = step_to(trace, t, contexts, path, oz_alloc_site(t, &t->frames[i]));
        if (!path)
            return false;
    }
    remember(t, contexts, block, path);
    return true;
}

static OZ_COLD bool find_caller(AllocTrace *trace, Thread *t, Contexts *contexts, size_t index)
{
    size_t block = index - index % trace->limit, known = index;
    while (known > block && !(t->frames[known].flags & OZ_FRAME_CONTEXT))
        known--;
    if (!(t->frames[known].flags & OZ_FRAME_CONTEXT) && !find_block(trace, t, contexts, known))
        return false;
    uint32_t path = contexts->callers[known];
    for (; known < index; known++) {
        path = step_to(trace, t, contexts, path, oz_alloc_site(t, &t->frames[known]));
        if (!path)
            return false;
        remember(t, contexts, known + 1, path);
    }
    return true;
}

static uint32_t path_now(void *user)
{
    AllocTrace *trace = user;
    Thread *t = oz_thread();
    if (OZ_UNLIKELY(!t || t->untraced))
        return 0;
    Frame *frame = t->frame;
    if (OZ_UNLIKELY(!frame))
        return OZ_SITE_UNKNOWN;
    size_t index = (size_t)(frame - t->frames);
    Contexts *contexts = contexts_of(t, index);
    if (OZ_UNLIKELY(!contexts))
        return OZ_SITE_UNKNOWN;
    if (OZ_UNLIKELY(!(frame->flags & OZ_FRAME_CONTEXT)) && !find_caller(trace, t, contexts, index))
        return OZ_SITE_UNKNOWN;
    uint32_t path = step_to(trace, t, contexts, contexts->callers[index], oz_alloc_site(t, frame));
    return path ? path : OZ_SITE_UNKNOWN;
}

/* ---- life ---- */

static AllocTrace *make(Thread *t)
{
    if (t->vm->alloc_trace)
        return t->vm->alloc_trace;
    AllocTrace *trace = oz_block_alloc(t->heap, sizeof *trace);
    if (!trace) {
        (void)oz_raise_memory(t);
        return NULL;
    }
    *trace = (AllocTrace){.limit = 1};
    oz_alloc_paths_init(&trace->paths);
    t->vm->alloc_trace = trace;
    return trace;
}

/* No frame and no thread knows a path any more. */
static void forget_paths(const Vm *vm, AllocTrace *trace)
{
    for (Thread *t = vm->threads; t; t = t->next) {
        for (Frame *frame = t->frame; frame && frame >= t->frames; frame--)
            frame->flags &= (uint16_t)~OZ_FRAME_CONTEXT;
        oz_block_free(t->contexts);
        t->contexts = NULL;
    }
    oz_alloc_paths_clear(&trace->paths);
}

bool oz_alloc_trace_start(Thread *t, int frames)
{
    AllocTrace *trace = make(t);
    if (!trace)
        return false;
    if (trace->on)
        return true;
    scoped_stop stopped = oz_world_stopped(t);
    trace->on = true;
    trace->limit = (uint32_t)frames;
    oz_alloc_trace_reset_peak(t->vm);
    oz_heap_set_sites(t->vm->heap, frames > 1 ? path_now : site_now, trace);
    return true;
}

void oz_alloc_trace_clear(Thread *t)
{
    AllocTrace *trace = trace_of(t->vm);
    if (!trace || !trace->on)
        return;
    scoped_stop stopped = oz_world_stopped(t);
    oz_heap_forget_sites(t->vm->heap);
    forget_paths(t->vm, trace);
    oz_alloc_trace_reset_peak(t->vm);
}

void oz_alloc_trace_stop(Thread *t)
{
    if (!oz_alloc_trace_is_on(t->vm))
        return;
    scoped_stop stopped = oz_world_stopped(t);
    oz_heap_set_sites(t->vm->heap, NULL, NULL);
    oz_alloc_trace_clear(t);
    trace_of(t->vm)->on = false;
}

void oz_alloc_trace_drop(Thread *t)
{
    AllocTrace *trace = trace_of(t->vm);
    if (!trace)
        return;
    oz_alloc_trace_stop(t);
    t->vm->alloc_trace = NULL;
    oz_alloc_paths_fini(&trace->paths);
    oz_block_free(trace);
}

/* ---- what is known ---- */

bool oz_alloc_trace_is_on(const Vm *vm)
{
    const AllocTrace *trace = trace_of(vm);
    return trace && trace->on;
}

int oz_alloc_trace_frames(const Vm *vm)
{
    const AllocTrace *trace = trace_of(vm);
    return trace ? (int)trace->limit : 1;
}

void oz_alloc_trace_totals(Vm *vm, size_t *now, size_t *peak)
{
    AllocTrace *trace = trace_of(vm);
    *now = *peak = 0;
    if (!trace || !trace->on)
        return;
    *now = oz_heap_traced(vm->heap);
    *peak = oz_heap_traced_peak(vm->heap);
    if (*peak < trace->peak_seen)
        *peak = trace->peak_seen;
    if (*now > trace->peak_seen)
        trace->peak_seen = *now;
}

void oz_alloc_trace_reset_peak(Vm *vm)
{
    AllocTrace *trace = trace_of(vm);
    if (!trace)
        return;
    oz_heap_reset_traced_peak(vm->heap);
    trace->peak_seen = 0;
}

size_t oz_alloc_trace_overhead(Vm *vm)
{
    const AllocTrace *trace = trace_of(vm);
    if (!trace)
        return 0;
    size_t bytes =
        oz_heap_size(trace) + oz_alloc_sites_bytes(vm) + oz_alloc_paths_bytes(&trace->paths);
    for (const Thread *t = vm->threads; t; t = t->next)
        bytes += t->contexts ? oz_heap_size(t->contexts) : 0;
    return bytes + oz_heap_site_bytes(vm->heap);
}

/* ---- places ---- */

Ref oz_alloc_trace_place(Thread *t, uint32_t number, int64_t *total)
{
    const AllocTrace *trace = trace_of(t->vm);
    if (trace->limit > 1 || number & IS_PATH)
        return oz_alloc_path_places(t, &trace->paths, number & ~IS_PATH, trace->limit, total);
    *total = (number >> SITE_BITS) + 1;
    scoped Ref place = oz_alloc_site_place(t, number & (IS_PATH - 1) >> CALLS_BITS);
    return place ? oz_tuple_of(t, 1, place) : NULL;
}
