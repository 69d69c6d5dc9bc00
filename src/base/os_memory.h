// SPDX-License-Identifier: MIT
// Memory from the operating system: reserve, touch early, give back, release.  Whole 4 KiB pieces.
//
// All functions return NULL or false when the system refuses; none prints or ends the process.
//
// Reserving costs address space, not memory: a piece becomes resident when it is first touched.
// Three limits can refuse it.  `ulimit -v` (RLIMIT_AS) counts reserved address space in full, so
// big reservations ask for a fraction of it (oz_os_address_room) and shrink until they fit
// (oz_os_reserve_most).  Strict overcommit (vm.overcommit_memory = 2) counts them too and is
// handled in the same way.  A memory cgroup counts touched pieces only, and kills: nothing can be
// done here, which is why Ounce has a heap limit of its own.
#ifndef OZ_BASE_OS_MEMORY_H
#define OZ_BASE_OS_MEMORY_H

#include "base/base.h"

#define OZ_OS_PIECE ((size_t)4096) /* the unit in which the system hands out memory */

/* Readable, writable, zeroed memory that takes no room until touched.  `bytes` is rounded up. */
void *oz_os_reserve(size_t bytes) OZ_CHECKED;

/* The same at an address that is a multiple of `align`, a power of two. */
void *oz_os_reserve_aligned(size_t bytes, size_t align) OZ_CHECKED;

/* Reserve *bytes, or half, or a quarter... but not less than `least`; *bytes tells how much. */
void *oz_os_reserve_most(size_t *bytes, size_t least) OZ_CHECKED;

/* Forget the contents; the pieces read as zero again and take no room until touched. */
void oz_os_decommit(void *start, size_t bytes);

/* Give back memory and address space.  Any whole-piece part of a reservation may be released. */
void oz_os_release(void *start, size_t bytes);

/* Resize a reservation that starts at `start` without moving it. */
bool oz_os_resize(void *start, size_t old_bytes, size_t new_bytes) OZ_CHECKED;

/* Resize to `new_bytes`, moving to a multiple of `align` if need be, without copying bytes. */
void *oz_os_move(void *start, size_t old_bytes, size_t new_bytes, size_t align) OZ_CHECKED;

/* How many of these bytes are resident; 0 if the system does not say. */
size_t oz_os_resident(const void *start, size_t bytes);

/* The address space that `ulimit -v` allows this process; SIZE_MAX if there is no limit. */
size_t oz_os_address_room(void);

/* The memory of the machine, swap included: more can be reserved, but never used. */
size_t oz_os_memory(void);

#endif
