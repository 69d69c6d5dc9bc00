// SPDX-License-Identifier: MIT
// Memory from the operating system: mmap and its relatives.
//
// Every mapping is private, anonymous and MAP_NORESERVE.  Huge pages are refused: with
// transparent_hugepage=always the first touch of a region would make 2 MiB resident, half of what
// an empty program may take, and a returned 4 KiB piece would split one anyway.
#include "base/os_memory.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

static void *map(size_t bytes)
{
    void *start = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return start == MAP_FAILED ? NULL : start;
}

static void refuse_huge_pages(void *start, size_t bytes)
{
#ifdef MADV_NOHUGEPAGE
    if (bytes >= (size_t)2 << 20)
        madvise(start, bytes, MADV_NOHUGEPAGE); /* a wish: kernels without huge pages refuse it */
#endif
}

void *oz_os_reserve(size_t bytes)
{
    return oz_os_reserve_aligned(bytes, OZ_OS_PIECE);
}

/* The kernel places mappings side by side, so the plain request is mostly aligned already. */
void *oz_os_reserve_aligned(size_t bytes, size_t align)
{
    if (bytes > SIZE_MAX / 2 || align > SIZE_MAX / 4)
        return NULL;
    bytes = oz_round_up(bytes, OZ_OS_PIECE);
    char *start = map(bytes);
    if (start && ((uintptr_t)start & (align - 1)) != 0) {
        munmap(start, bytes);
        size_t slack = align - OZ_OS_PIECE;
        char *wide = map(bytes + slack);
        if (!wide)
            return NULL;
        start = (char *)oz_round_up((uintptr_t)wide, align);
        size_t before = (size_t)(start - wide);
        if (before)
            munmap(wide, before);
        if (slack > before)
            munmap(start + bytes, slack - before);
    }
    if (start)
        refuse_huge_pages(start, bytes);
    return start;
}

void *oz_os_reserve_most(size_t *bytes, size_t least)
{
    for (size_t want = *bytes; want >= least && want; want /= 2) {
        void *start = oz_os_reserve(want);
        if (start) {
            *bytes = oz_round_up(want, OZ_OS_PIECE);
            return start;
        }
    }
    return NULL;
}

void oz_os_decommit(void *start, size_t bytes)
{
    if (madvise(start, bytes, MADV_DONTNEED) != 0)
        __builtin_memset(start, 0, bytes); /* locked memory: keep the promise of zeros */
}

void oz_os_release(void *start, size_t bytes)
{
    if (!start)
        return;
#if defined(__SANITIZE_ADDRESS__)
    ASAN_UNPOISON_MEMORY_REGION(start, bytes); /* the next mapping here inherits the shadow */
#endif
    munmap(start, oz_round_up(bytes, OZ_OS_PIECE));
}

bool oz_os_resize(void *start, size_t old_bytes, size_t new_bytes)
{
    void *moved =
        mremap(start, oz_round_up(old_bytes, OZ_OS_PIECE), oz_round_up(new_bytes, OZ_OS_PIECE), 0);
    return moved != MAP_FAILED;
}

/* mremap alone would lose the alignment, so the target is reserved first and mapped over. */
void *oz_os_move(void *start, size_t old_bytes, size_t new_bytes, size_t align)
{
    if (oz_os_resize(start, old_bytes, new_bytes))
        return start;
    void *target = oz_os_reserve_aligned(new_bytes, align);
    if (!target)
        return NULL;
    void *moved =
        mremap(start, oz_round_up(old_bytes, OZ_OS_PIECE), oz_round_up(new_bytes, OZ_OS_PIECE),
               MREMAP_MAYMOVE | MREMAP_FIXED, target);
    /* After a failure the target may be unmapped, or already somebody else's: leave it alone. */
    return moved == MAP_FAILED ? NULL : moved;
}

size_t oz_os_address_room(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return SIZE_MAX;
    return (size_t)limit.rlim_cur;
}

size_t oz_os_resident(const void *start, size_t bytes)
{
    enum { STEP = 4096 };
    unsigned char in_core[STEP];
    const char *at = (const char *)((uintptr_t)start & ~(uintptr_t)(OZ_OS_PIECE - 1));
    const char *end = (const char *)start + bytes;
    size_t resident = 0;
    while (at < end) {
        size_t pieces = ((size_t)(end - at) + OZ_OS_PIECE - 1) / OZ_OS_PIECE;
        if (pieces > STEP)
            pieces = STEP;
        if (mincore((void *)(uintptr_t)at, pieces * OZ_OS_PIECE, in_core) != 0)
            return 0;
        for (size_t i = 0; i < pieces; i++)
            resident += in_core[i] & 1 ? OZ_OS_PIECE : 0;
        at += pieces * OZ_OS_PIECE;
    }
    return resident;
}

size_t oz_os_memory(void)
{
    struct sysinfo info;
    if (sysinfo(&info) != 0)
        return SIZE_MAX;
    return (info.totalram + info.totalswap) * info.mem_unit;
}
