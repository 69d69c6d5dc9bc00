// SPDX-License-Identifier: MIT
// A sample of what is allocated, always: where does the memory come from that lives now?
//
// Of all bytes that a program allocates, each is chosen with the same small chance; the cell that a
// chosen byte lies in is kept with the calls that made it until it dies.  So a cell of s bytes is
// kept with a chance of 1 - exp(-s / rate), and stands for as many like it as the inverse says.
#ifndef OZ_MEMTOOLS_ALLOC_SAMPLER_H
#define OZ_MEMTOOLS_ALLOC_SAMPLER_H

#include "object/thread.h"

#define OZ_SAMPLE_RATE                                                                             \
    ((size_t)512 << 10)     /* bytes: one sample in so many, unless told otherwise                 \
                             */
#define OZ_SAMPLE_FRAMES 32 /* calls that are kept of each */

/* Begin; no memory: there are no samples. */
void oz_alloc_sampler_start(Thread *t, size_t rate);
/* Forget the samples, and stop. */
void oz_alloc_sampler_drop(Thread *t);

/* Bytes between samples on average; 0: none are taken. */
size_t oz_alloc_sampler_rate(const Vm *vm);
/* Bytes that the samples and what they stand on take. */
size_t oz_alloc_sampler_overhead(const Vm *vm);

/* What a sample says: of one cell, and of all those that it stands for. */
typedef struct AllocSample {
    size_t size;     /* of the cell */
    double count;    /* cells that it stands for */
    uint32_t number; /* of its calls, for oz_alloc_sample_place */
} AllocSample;

/* All samples that live now: a block, which the caller frees, and their number; NULL: raised. */
AllocSample *oz_alloc_samples(Thread *t, size_t *count) OZ_CHECKED;
/* As oz_alloc_trace_place.  *total: how many calls there were, those beyond the limit included. */
Ref oz_alloc_sample_place(Thread *t, uint32_t number, int64_t *total) OZ_CHECKED;

#endif
