// SPDX-License-Identifier: MIT
// The module _tracemalloc: what the library's tracemalloc asks of memtools/alloc_trace.c.
//
// A trace is a cell of the heap: an object, or a block that an object owns (the table of a dict,
// the items of a list), with the bytes that it takes.  All belong to domain 0.  What this module
// makes for its answers is not traced.
#include "memtools/alloc_sampler.h"
#include "memtools/alloc_trace.h"
#include "modules/native_type.h"
#include "types/float.h"

#include <string.h>

OZ_FUNCTION(tracemalloc, start, "($module, nframe=1, /)",
            "Start to note where memory is allocated: up to nframe calls of each place.")
{
    int frames;
    if (!oz_as_int(t, a[1], &frames))
        return NULL;
    if (frames < 1 || frames > OZ_TRACE_FRAMES_MAX)
        return oz_raise(t, OZ_ValueError, "the number of frames must be in range [1; %d]",
                        OZ_TRACE_FRAMES_MAX);
    return oz_alloc_trace_start(t, frames) ? OZ_NONE : NULL;
}

OZ_FUNCTION(tracemalloc, stop, "($module, /)", "Stop tracing, and forget all traces.")
{
    oz_alloc_trace_stop(t);
    return OZ_NONE;
}

OZ_FUNCTION(tracemalloc, is_tracing, "($module, /)", "Tell whether allocations are traced.")
{
    return oz_bool(oz_alloc_trace_is_on(t->vm));
}

OZ_FUNCTION(tracemalloc, clear_traces, "($module, /)", "Forget all traces, and go on tracing.")
{
    oz_alloc_trace_clear(t);
    return OZ_NONE;
}

OZ_FUNCTION(tracemalloc, get_traceback_limit, "($module, /)",
            "The number of calls that are noted of each place.")
{
    return oz_int(oz_alloc_trace_frames(t->vm));
}

static Ref size_pair(Thread *t, size_t first, size_t second)
{
    return oz_tuple_of(t, 2, oz_int((int64_t)first), oz_int((int64_t)second));
}

OZ_FUNCTION(tracemalloc, get_traced_memory, "($module, /)",
            "Bytes of all traced memory now, and the most that there has been.")
{
    size_t now, peak;
    oz_alloc_trace_totals(t->vm, &now, &peak);
    return size_pair(t, now, peak);
}

OZ_FUNCTION(tracemalloc, reset_peak, "($module, /)",
            "Let the most that there has been be what there is now.")
{
    oz_alloc_trace_reset_peak(t->vm);
    return OZ_NONE;
}

OZ_FUNCTION(tracemalloc, get_tracemalloc_memory, "($module, /)", "Bytes that tracing itself takes.")
{
    return oz_int((int64_t)oz_alloc_trace_overhead(t->vm));
}

/* ---- traces ---- */

typedef struct Trace {
    size_t size;
    uint32_t number;
} Trace;

typedef struct Traces {
    Trace *items; /* a block */
    size_t count, room;
} Traces;

static void count_trace(void *cell OZ_UNUSED, size_t size OZ_UNUSED, uint32_t number OZ_UNUSED,
                        void *arg)
{
    Traces *traces = arg;
    traces->room++;
}

static void add_trace(void *cell OZ_UNUSED, size_t size, uint32_t number, void *arg)
{
    Traces *traces = arg;
    if (traces->count < traces->room)
        traces->items[traces->count++] = (Trace){size, number};
}

/* The places behind a number and how many there were, from `seen`, where each is made once. */
static Ref places_of(Thread *t, Dict *seen, uint32_t number)
{
    Ref known = NULL;
    Found found = oz_dict_get(t, seen, oz_int(number), &known);
    if (found != OZ_MISSING)
        return known;
    int64_t total;
    scoped Ref places = oz_alloc_trace_place(t, number, &total);
    scoped Ref pair = places ? oz_tuple_of(t, 2, places, oz_int(total)) : NULL;
    return pair && oz_dict_set(t, seen, oz_int(number), pair) ? oz_move(&pair) : NULL;
}

static Ref trace_tuple(Thread *t, Dict *seen, const Trace *trace)
{
    scoped Ref places = places_of(t, seen, trace->number);
    if (!places)
        return NULL;
    const Tuple *pair = (const Tuple *)places;
    return oz_tuple_of(t, 4, oz_int(0), oz_int((int64_t)trace->size), pair->items[0],
                       pair->items[1]);
}

static Ref list_of(Thread *t, const Traces *traces)
{
    scoped Ref list = oz_list_new(t, traces->count), seen = oz_dict_new(t);
    for (size_t i = 0; list && seen && i < traces->count; i++) {
        Ref tuple = trace_tuple(t, (Dict *)seen, &traces->items[i]);
        if (!tuple || !oz_list_append_take(t, (List *)list, tuple) || !oz_poll(t))
            return NULL;
    }
    return seen ? oz_move(&list) : NULL;
}

static Ref all_traces(Thread *t)
{
    Traces traces = {0};
    oz_heap_each_site(t->vm->heap, count_trace, &traces);
    traces.items = oz_block_alloc(t->heap, (traces.room + 1) * sizeof *traces.items);
    if (!traces.items)
        return oz_raise_memory(t);
    oz_heap_each_site(t->vm->heap, add_trace, &traces);
    Ref list = list_of(t, &traces);
    oz_block_free(traces.items);
    return list;
}

OZ_FUNCTION(tracemalloc, _get_traces, "($module, /)",
            "All traces: a list of (domain, size, ((filename, line), ...), calls).")
{
    if (!oz_alloc_trace_is_on(t->vm))
        return oz_list_new(t, 0);
    t->untraced++;
    Ref list = all_traces(t);
    t->untraced--;
    return list;
}

/* What a sample stands for, as one trace. */
static Ref sample_tuple(Thread *t, const AllocSample *sample)
{
    int64_t total;
    scoped Ref places = oz_alloc_sample_place(t, sample->number, &total);
    scoped Ref count = places ? oz_float_new(t, sample->count) : NULL;
    return count ? oz_tuple_of(t, 5, oz_int(0), oz_int((int64_t)sample->size), places,
                               oz_int(total), count)
                 : NULL;
}

OZ_FUNCTION(
    tracemalloc, _get_samples, "($module, /)",
    "A sample of what lives: a list of (domain, size, ((filename, line), ...), calls, weight).\n\n"
    "Each stands for `weight` cells of this size, made by these calls.")
{
    size_t count;
    AllocSample *samples = oz_alloc_samples(t, &count);
    scoped Ref list = samples ? oz_list_new(t, count) : NULL;
    bool ok = list != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        Ref tuple = sample_tuple(t, &samples[i]);
        ok = tuple && oz_list_append_take(t, (List *)list, tuple) && oz_poll(t);
    }
    oz_block_free(samples);
    return ok ? oz_move(&list) : NULL;
}

OZ_FUNCTION(tracemalloc, _get_sample_rate, "($module, /)",
            "Bytes of allocations of which one is sampled on average; 0: none are.")
{
    return oz_int((int64_t)oz_alloc_sampler_rate(t->vm));
}

OZ_FUNCTION(tracemalloc, _get_object_traceback, "($module, obj, /)",
            "Where an object was made: ((filename, line), ...), or None.")
{
    bool known = oz_alloc_trace_is_on(t->vm) && oz_is_pointer(a[1]) &&
                 oz_heap_owns(t->vm->heap, oz_object(a[1]));
    uint32_t number = known ? oz_heap_site(oz_object(a[1])) : 0;
    if (!number)
        return OZ_NONE;
    int64_t total;
    t->untraced++;
    Ref places = oz_alloc_trace_place(t, number, &total);
    t->untraced--;
    return places;
}

const ModuleDef oz_tracemalloc_module = {
    .name = "_tracemalloc",
    .doc = "Where memory was allocated.",
    .functions = OZ_METHODS(&tracemalloc_start, &tracemalloc_stop, &tracemalloc_is_tracing,
                            &tracemalloc_clear_traces, &tracemalloc_get_traceback_limit,
                            &tracemalloc_get_traced_memory, &tracemalloc_reset_peak,
                            &tracemalloc_get_tracemalloc_memory, &tracemalloc__get_traces,
                            &tracemalloc__get_object_traceback, &tracemalloc__get_samples,
                            &tracemalloc__get_sample_rate),
};
