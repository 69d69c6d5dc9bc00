// SPDX-License-Identifier: MIT
// How much memory a process takes now: this VM's heap, or what the system says of any process.
#ifndef OZ_MEMTOOLS_MEMORY_READING_H
#define OZ_MEMTOOLS_MEMORY_READING_H

#include "object/thread.h"

typedef enum MemoryKind {
    OZ_MEMORY_HEAP,     /* bytes of live cells: exact, of this VM alone */
    OZ_MEMORY_PAGES,    /* bytes of the heap's opened pieces: may be read by any thread */
    OZ_MEMORY_RESIDENT, /* pages in memory, shared ones included */
    OZ_MEMORY_PSS,      /* the same, shared pages divided by those who share them */
    OZ_MEMORY_USS,      /* without shared pages */
    OZ_MEMORY_KINDS
} MemoryKind;

typedef struct MemoryReading {
    Vm *vm;
    MemoryKind kind;
    int pid;       /* 0: this process */
    bool children; /* its descendants too */
} MemoryReading;

/* false: there is no such process, or it may not be looked at. */
bool oz_memory_reading(const MemoryReading *reading, size_t *bytes);
/* Seconds since the epoch, and of a clock that never jumps. */
double oz_memory_reading_time(void);

#endif
