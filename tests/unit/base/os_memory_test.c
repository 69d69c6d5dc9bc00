// SPDX-License-Identifier: MIT
// Memory of the system: reserved, resident, given back, resized, and refused under ulimit -v.
#include "base/os_memory.h"

#include "unit.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

static size_t resident(const char *start, size_t bytes)
{
    unsigned char map[1024];
    size_t count = 0;
    if (mincore((void *)start, bytes, map) != 0)
        return SIZE_MAX;
    for (size_t i = 0; i < bytes / OZ_OS_PIECE; i++)
        count += map[i] & 1;
    return count;
}

TEST(reserving_takes_no_memory)
{
    char *p = oz_os_reserve(1 << 20);
    check(p && resident(p, 1 << 20) == 0);
    p[5 * OZ_OS_PIECE] = 1;
    check(resident(p, 1 << 20) == 1);
    oz_os_decommit(p, 1 << 20);
    check(resident(p, 1 << 20) == 0 && p[5 * OZ_OS_PIECE] == 0);
    oz_os_release(p, 1 << 20);
}

TEST(alignment)
{
    void *kept[16];
    for (size_t i = 0; i < 16; i++) {
        kept[i] = oz_os_reserve_aligned(OZ_OS_PIECE * (i + 1), 65536);
        check(kept[i] && ((uintptr_t)kept[i] & 65535) == 0);
        memset(kept[i], 1, OZ_OS_PIECE * (i + 1));
    }
    for (size_t i = 0; i < 16; i++)
        oz_os_release(kept[i], OZ_OS_PIECE * (i + 1));
}

TEST(resizing_keeps_contents_and_alignment)
{
    char *p = oz_os_reserve_aligned(65536, 65536);
    void *wall = mmap(p + 65536, OZ_OS_PIECE, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    strcpy(p, "kept");
    char *q = oz_os_move(p, 65536, 1 << 22, 65536);
    check(q && ((uintptr_t)q & 65535) == 0 && strcmp(q, "kept") == 0 && q[(1 << 22) - 1] == 0);
    check(oz_os_resize(q, 1 << 22, 65536));
    check(strcmp(q, "kept") == 0);
    oz_os_release(q, 65536);
    if (wall != MAP_FAILED)
        oz_os_release(wall, OZ_OS_PIECE);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(a_limit_of_address_space_is_met_by_asking_for_less)
{
    struct rlimit old, low;
    check(getrlimit(RLIMIT_AS, &old) == 0);
    low = old;
    low.rlim_cur = (rlim_t)1 << 30;
    if (setrlimit(RLIMIT_AS, &low) != 0)
        return;
    check(oz_os_address_room() == (size_t)1 << 30);
    check(!oz_os_reserve((size_t)4 << 30));
    size_t bytes = (size_t)4 << 30;
    void *p = oz_os_reserve_most(&bytes, 1 << 20);
    check(p && bytes < (size_t)1 << 30 && bytes >= 1 << 20);
    oz_os_release(p, bytes);
    setrlimit(RLIMIT_AS, &old);
}
#endif

int main(void)
{
    RUN(reserving_takes_no_memory);
    RUN(alignment);
    RUN(resizing_keeps_contents_and_alignment);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    RUN(a_limit_of_address_space_is_met_by_asking_for_less);
#endif
    return failures > 0;
}
