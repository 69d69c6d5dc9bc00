// SPDX-License-Identifier: MIT
// Readings of memory.  The system's figures come from /proc, read with system calls alone, so that
// a sampling thread may take them: no cell of a heap is touched.
#include "memtools/memory_reading.h"

#include "heap/heap.h"
#include "memtools/alloc_sampler.h"
#include "memtools/alloc_sites.h"
#include "memtools/alloc_trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FILE_MAX = 4096, DESCENDANTS_MAX = 256 };

/* Blocks of those who note allocations: what they take depends on chance. */
static size_t noted_bytes(Vm *vm)
{
    size_t sampled = oz_alloc_sampler_overhead(vm), traced = oz_alloc_trace_overhead(vm);
    if (traced) /* side arrays are no blocks; the table of places is counted in both */
        traced -= oz_heap_site_bytes(vm->heap) + (sampled ? oz_alloc_sites_bytes(vm) : 0);
    return sampled + traced;
}

/* The exact bytes of live cells, objects and blocks, without those of samples and traces of
 * allocations. */
static size_t heap_bytes(Vm *vm)
{
    HeapStats stats;
    oz_heap_stats(vm->heap, &stats);
    return stats.container_live + stats.leaf_live + stats.block_live - noted_bytes(vm);
}

double oz_memory_reading_time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* The first bytes of /proc/<pid>/<name> as text; false: cannot be read. */
static bool read_file(int pid, const char *name, char text[FILE_MAX])
{
    char path[128];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    ssize_t length = 0, got;
    while (length < FILE_MAX - 1 &&
           ((got = read(file, text + length, (size_t)(FILE_MAX - 1 - length))) > 0 ||
            (got < 0 && errno == EINTR)))
        length += got > 0 ? got : 0;
    close(file);
    text[length] = 0;
    return length > 0;
}

/* The sum of the lines "name:  123 kB". */
static size_t kilobytes(const char *text, const char *name)
{
    size_t sum = 0, length = strlen(name);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) == 0 && line[length] == ':')
            sum += strtoul(line + length + 1, NULL, 10) * 1024;
    }
    return sum;
}

static bool read_one(MemoryKind kind, int pid, size_t *bytes)
{
    char text[FILE_MAX];
    if (kind == OZ_MEMORY_RESIDENT) {
        if (!read_file(pid, "statm", text))
            return false;
        const char *space = strchr(text, ' ');
        *bytes = space ? strtoul(space, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE) : 0;
        return true;
    }
    if (!read_file(pid, "smaps_rollup", text))
        return false;
    *bytes = kind == OZ_MEMORY_PSS
                 ? kilobytes(text, "Pss")
                 : kilobytes(text, "Private_Clean") + kilobytes(text, "Private_Dirty");
    return true;
}

/* Add the children of process `pids[at]` to the list. */
static size_t add_children(int *pids, size_t at, size_t count)
{
    char name[64], text[FILE_MAX];
    snprintf(name, sizeof name, "task/%d/children", pids[at]);
    if (!read_file(pids[at], name, text))
        return count;
    for (char *next = text, *end; count < DESCENDANTS_MAX; next = end) {
        long pid = strtol(next, &end, 10);
        if (end == next)
            break;
        pids[count++] = (int)pid;
    }
    return count;
}

bool oz_memory_reading(const MemoryReading *reading, size_t *bytes)
{
    int pids[DESCENDANTS_MAX] = {reading->pid ? reading->pid : getpid()};
    size_t count = 1, one;
    bool system = reading->kind >= OZ_MEMORY_RESIDENT;
    *bytes = reading->kind == OZ_MEMORY_HEAP    ? heap_bytes(reading->vm)
             : reading->kind == OZ_MEMORY_PAGES ? oz_heap_bytes(reading->vm->heap)
                                                : 0;
    if (system && !read_one(reading->kind, pids[0], bytes))
        return false;
    for (size_t i = 0; i < count && system && reading->children; i++) {
        count = add_children(pids, i, count);
        if (i > 0 && read_one(reading->kind, pids[i], &one))
            *bytes += one;
    }
    return true;
}
