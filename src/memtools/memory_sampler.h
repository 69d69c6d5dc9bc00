// SPDX-License-Identifier: MIT
// A thread that takes a reading of memory every so often.
#ifndef OZ_MEMTOOLS_MEMORY_SAMPLER_H
#define OZ_MEMTOOLS_MEMORY_SAMPLER_H

#include "memtools/memory_reading.h"

#include <pthread.h>

typedef struct MemorySample {
    double time; /* seconds since the epoch */
    size_t bytes;
} MemorySample;

typedef struct SampleChunk {
    struct SampleChunk *next;
    size_t count;
    MemorySample samples[255];
} SampleChunk;

typedef struct MemorySampler {
    MemoryReading reading;     /* [const while it runs] not OZ_MEMORY_HEAP */
    double interval;           /* [const] seconds */
    SampleChunk *first, *last; /* [sampling thread while it runs] memory from the system */
    int wake;                  /* [const] eventfd: not 0 means stop */
    bool running;              /* [owner] */
    pid_t process;             /* [owner] whose thread it is: a fork has none */
    pthread_t thread;
} MemorySampler;

/* 0, or an errno.  A reading is taken at once, and one more at the end. */
int oz_memory_sampler_start(MemorySampler *s) OZ_CHECKED;
void oz_memory_sampler_stop(MemorySampler *s);
/* Forget the samples. */
void oz_memory_sampler_clear(MemorySampler *s);

#endif
