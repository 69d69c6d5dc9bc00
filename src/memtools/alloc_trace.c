// SPDX-License-Identifier: MIT
// Tracing of allocations.
//
// With a limit of one frame, a cell's number is the site of the running instruction: an addition.
// With more, it is a path (alloc_sites.h).  The path that led to a frame's call is found at its
// first allocation and kept in an array beside the frame records; a flag of the record says that
// it is there, and goes away with the record.
//
// A path need not have more than `limit` frames, and a deep recursion would make a new one for
// each depth.  So paths are cut: the path of a frame of index i begins at a frame whose index is a
// multiple of the limit, at least `limit` and less than twice as many frames above (T1).
#include "memtools/alloc_trace.h"

#include "types/frame.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

#include <string.h>

typedef struct AllocTrace {
    AllocSites *sites;
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

static OZ_COLD uint32_t number_code(const AllocTrace *trace, Thread *t, Code *code)
{
    t->untraced++;
    uint32_t first = oz_alloc_sites_of_code(trace->sites, t, code);
    t->untraced--;
    return first;
}

OZ_INLINE uint32_t site_of(const AllocTrace *trace, Thread *t, const Frame *frame)
{
    Code *code = frame->code;
    uint32_t first = code->sites;
    if (OZ_UNLIKELY(!first))
        first = number_code(trace, t, code);
    if (OZ_UNLIKELY(!first))
        return OZ_SITE_UNKNOWN;
    return first + (uint32_t)(frame->pc - code->instructions);
}

static uint32_t site_now(void *user)
{
    Thread *t = oz_thread();
    if (OZ_UNLIKELY(!t || t->untraced))
        return 0;
    return t->frame ? site_of(user, t, t->frame) : OZ_SITE_UNKNOWN;
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

static OZ_COLD uint32_t find_step(const AllocTrace *trace, Thread *t, Step *step, uint32_t caller,
                                  uint32_t site)
{
    t->untraced++;
    uint32_t path = oz_alloc_path(trace->sites, t, caller, site);
    t->untraced--;
    if (path)
        *step = (Step){caller, site, path};
    return path;
}

/* 0: no memory. */
OZ_INLINE uint32_t step_to(const AllocTrace *trace, Thread *t, Contexts *contexts, uint32_t caller,
                           uint32_t site)
{
    Step *step = &contexts->steps[(caller * 31 + site) % STEPS];
    if (OZ_LIKELY(step->caller == caller && step->site == site && step->path))
        return step->path;
    return find_step(trace, t, step, caller, site);
}

static uint32_t cut_path(const AllocTrace *trace, Thread *t, size_t frames)
{
    if (!frames)
        return 0;
    t->untraced++;
    uint32_t path = oz_alloc_path_cut(trace->sites, t, (uint32_t)frames);
    t->untraced--;
    return path;
}

/* Keep `path` as that of the call that made frame `index`. */
OZ_INLINE void remember(Thread *t, Contexts *contexts, size_t index, uint32_t path)
{
    contexts->callers[index] = path;
    t->frames[index].flags |= OZ_FRAME_CONTEXT;
}

/* The same for the first frame of a block of `limit` frames: its path begins one block above. */
static bool find_block(const AllocTrace *trace, Thread *t, Contexts *contexts, size_t block)
{
    size_t start = block > trace->limit ? block - trace->limit : 0;
    uint32_t path = cut_path(trace, t, start);
    if (start && !path)
        return false;
    for (size_t i = start; i < block; i++) {
        path = step_to(trace, t, contexts, path, site_of(trace, t, &t->frames[i]));
        if (!path)
            return false;
    }
    remember(t, contexts, block, path);
    return true;
}

static OZ_COLD bool find_caller(const AllocTrace *trace, Thread *t, Contexts *contexts,
                                size_t index)
{
    size_t block = index - index % trace->limit, known = index;
    while (known > block && !(t->frames[known].flags & OZ_FRAME_CONTEXT))
        known--;
    if (!(t->frames[known].flags & OZ_FRAME_CONTEXT) && !find_block(trace, t, contexts, known))
        return false;
    uint32_t path = contexts->callers[known];
    for (; known < index; known++) {
        path = step_to(trace, t, contexts, path, site_of(trace, t, &t->frames[known]));
        if (!path)
            return false;
        remember(t, contexts, known + 1, path);
    }
    return true;
}

static uint32_t path_now(void *user)
{
    const AllocTrace *trace = user;
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
    uint32_t path = step_to(trace, t, contexts, contexts->callers[index], site_of(trace, t, frame));
    return path ? path : OZ_SITE_UNKNOWN;
}

/* ---- life ---- */

static AllocTrace *make(Thread *t)
{
    if (t->vm->alloc_trace)
        return t->vm->alloc_trace;
    AllocTrace *trace = oz_block_alloc(t->heap, sizeof *trace);
    AllocSites *sites = trace ? oz_alloc_sites_new(t) : NULL;
    if (!sites) {
        oz_block_free(trace);
        (void)oz_raise_memory(t);
        return NULL;
    }
    *trace = (AllocTrace){.sites = sites, .limit = 1};
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
    oz_alloc_sites_forget_paths(trace->sites);
}

bool oz_alloc_trace_start(Thread *t, int frames)
{
    AllocTrace *trace = make(t);
    if (!trace)
        return false;
    if (trace->on)
        return true;
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
    oz_heap_forget_sites(t->vm->heap);
    forget_paths(t->vm, trace);
    oz_alloc_trace_reset_peak(t->vm);
}

void oz_alloc_trace_stop(Thread *t)
{
    if (!oz_alloc_trace_is_on(t->vm))
        return;
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
    oz_alloc_sites_drop(trace->sites);
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
    size_t bytes = oz_heap_size(trace) + oz_alloc_sites_bytes(trace->sites);
    for (const Thread *t = vm->threads; t; t = t->next)
        bytes += t->contexts ? oz_heap_size(t->contexts) : 0;
    return bytes + oz_heap_site_bytes(vm->heap);
}

/* ---- places ---- */

static Ref place_pair(Thread *t, const SitePlace *place)
{
    scoped Ref name = place->filename ? oz_retain(place->filename) : oz_str_new(t, "<unknown>");
    return name ? oz_tuple_of(t, 2, name, oz_int(place->line)) : NULL;
}

static SitePlace place_at(const AllocTrace *trace, uint32_t number)
{
    return trace->limit > 1 ? oz_alloc_path_place(trace->sites, number)
                            : oz_alloc_site_place(trace->sites, number);
}

Ref oz_alloc_trace_place(Thread *t, uint32_t number, int64_t *total)
{
    const AllocTrace *trace = trace_of(t->vm);
    *total = trace->limit > 1 ? oz_alloc_path_length(trace->sites, number) : 1;
    size_t length = *total < trace->limit ? (size_t)*total : trace->limit;
    scoped Ref places = oz_list_new(t, length);
    for (size_t i = 0; i < length; i++) {
        SitePlace place = place_at(trace, number);
        Ref pair = places ? place_pair(t, &place) : NULL;
        if (!pair || !oz_list_append_take(t, (List *)places, pair))
            return NULL;
        number = place.caller;
    }
    return oz_tuple_from(t, places);
}
