// SPDX-License-Identifier: MIT
// Tracing of allocations: which line, or which chain of calls, made what lives now.
#ifndef OZ_MEMTOOLS_ALLOC_TRACE_H
#define OZ_MEMTOOLS_ALLOC_TRACE_H

#include "object/thread.h"

#define OZ_TRACE_FRAMES_MAX 65535

/* From now on note for each cell up to `frames` calls; nothing happens if it is on already.
 * false: raised MemoryError. */
bool oz_alloc_trace_start(Thread *t, int frames) OZ_CHECKED;
/* Forget what was noted, and stop. */
void oz_alloc_trace_stop(Thread *t);
/* Forget what was noted, and go on. */
void oz_alloc_trace_clear(Thread *t);
/* The end of the VM: what the tables hold is given back. */
void oz_alloc_trace_drop(Thread *t);

bool oz_alloc_trace_is_on(const Vm *vm);
int oz_alloc_trace_frames(const Vm *vm); /* the limit given at the start, also after a stop */

/* Bytes of cells that were made since the start and live now, and the largest value that this had,
 * to the page. */
void oz_alloc_trace_totals(Vm *vm, size_t *now, size_t *peak);
void oz_alloc_trace_reset_peak(Vm *vm);
size_t oz_alloc_trace_overhead(Vm *vm); /* bytes that tracing itself takes */

/* The calls behind a number of oz_heap_site, the latest first: a tuple of (filename, line), new
 * reference.  *total: how many calls there were, those beyond the limit included. */
Ref oz_alloc_trace_place(Thread *t, uint32_t number, int64_t *total) OZ_CHECKED;

#endif
