// SPDX-License-Identifier: MIT
// Numbers for the places in a program that allocate, and for the calls that led there.
//
// A *site* is one instruction of a code object.  A code object gets a number for each of its words
// when it first allocates while traced, so that the number of a running instruction is an addition.
// The file and line of a number are kept after the code has died; code that says the same of its
// lines gets the same numbers, so that a program may compile one text for ever.
//
// A *path* is a site with the path of the call before it: a node of a tree that is shared by all
// that was called from the same places.
#ifndef OZ_MEMTOOLS_ALLOC_SITES_H
#define OZ_MEMTOOLS_ALLOC_SITES_H

#include "types/code.h"

typedef struct AllocSites AllocSites;

#define OZ_SITE_UNKNOWN 1u /* allocated while no Python code ran */

/* One step of a path. */
typedef struct SitePlace {
    Obj filename;    /* borrowed from the table: a str, or NULL: unknown */
    int line;        /* 0: unknown */
    uint32_t caller; /* path of the call, 0: none */
} SitePlace;

/* No memory: NULL. */
AllocSites *oz_alloc_sites_new(Thread *t) OZ_CHECKED;
void oz_alloc_sites_drop(AllocSites *sites);

/* The number of the first word of `code`, which remembers it; 0: no memory, or no numbers left.
 * Allocates; the caller sees to it that these allocations ask for no site. */
uint32_t oz_alloc_sites_of_code(AllocSites *sites, Thread *t, Code *code);

/* The path of `site` called by path `caller` (0: by nobody); 0: no memory.  Allocates. */
uint32_t oz_alloc_path(AllocSites *sites, Thread *t, uint32_t caller, uint32_t site);
/* The path that stands for `frames` calls that are left out at the start of longer ones. */
uint32_t oz_alloc_path_cut(AllocSites *sites, Thread *t, uint32_t frames);
/* Forget all paths; sites stay. */
void oz_alloc_sites_forget_paths(AllocSites *sites);

/* Where a site is, and where the end of a path is. */
SitePlace oz_alloc_site_place(const AllocSites *sites, uint32_t site);
SitePlace oz_alloc_path_place(const AllocSites *sites, uint32_t path);
/* How many calls a path has, those left out included. */
uint32_t oz_alloc_path_length(const AllocSites *sites, uint32_t path);
/* Is it a path that oz_alloc_path_cut made? */
bool oz_alloc_path_is_cut(const AllocSites *sites, uint32_t path);

size_t oz_alloc_sites_bytes(const AllocSites *sites); /* that the table takes */

#endif
