// SPDX-License-Identifier: MIT
// Chains of calls that led to allocations: a tree of sites (alloc_sites.h), in which what was
// called from the same places shares them.
#ifndef OZ_MEMTOOLS_ALLOC_PATHS_H
#define OZ_MEMTOOLS_ALLOC_PATHS_H

#include "memtools/number_table.h"

#include <pthread.h>

#define OZ_PATH_UNKNOWN 1u /* of an unknown site, called by nobody */

/* A step of a path: a site, and the path of the call before. */
typedef struct PathStep {
    uint32_t caller, site;
} PathStep;

typedef struct AllocPaths {
    pthread_mutex_t lock;
    PathStep *steps; /* [lock] a block, by number; a caller has a smaller one than the called */
    uint32_t count, room; /* [lock] */
    NumberTable by_step;  /* [lock] */
} AllocPaths;

void oz_alloc_paths_init(AllocPaths *paths);
/* Forget all paths.  Threads are stopped, or only one. */
void oz_alloc_paths_clear(AllocPaths *paths);
void oz_alloc_paths_fini(AllocPaths *paths);

#define OZ_PATHS_MAX (UINT32_C(1) << 31)

/* The path of `site` called by path `caller` (0: by nobody); 0: no memory.  Allocates, without
 * asking for the site of that. */
uint32_t oz_alloc_path(AllocPaths *paths, Thread *t, uint32_t caller, uint32_t site);
/* The path that stands for `calls` calls that longer ones leave out at their start; 0: no memory.
 */
uint32_t oz_alloc_path_cut(AllocPaths *paths, Thread *t, size_t calls);

/* The latest `limit` calls of a path, the last first: a tuple of (filename, line), new reference.
 * *total: how many calls it has, those left out included. */
Ref oz_alloc_path_places(Thread *t, const AllocPaths *paths, uint32_t path, size_t limit,
                         int64_t *total) OZ_CHECKED;

size_t oz_alloc_paths_bytes(const AllocPaths *paths); /* that they take */

#endif
