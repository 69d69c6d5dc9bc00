// SPDX-License-Identifier: MIT
// Arenas: alignment, growth in place and by copy, overflow, and that every block goes back.
#include "base/arena.h"

#include "unit.h"

#include <stdlib.h>
#include <string.h>

static size_t out, limit = SIZE_MAX;

static void *get(void *context, size_t size)
{
    (void)context;
    if (out + size > limit)
        return NULL;
    out += size;
    return malloc(size);
}

static void put(void *context, void *block, size_t size)
{
    (void)context;
    out -= size;
    free(block);
}

static const ArenaSource source = {get, put, NULL};

TEST(pieces_are_aligned_and_apart)
{
    Arena arena;
    oz_arena_init(&arena, &source);
    char *last = NULL;
    for (size_t size = 1; size < 3000; size++) {
        char *piece = oz_arena_alloc(&arena, size);
        check(piece && (uintptr_t)piece % 8 == 0 && piece != last);
        memset(piece, (int)size, size);
        last = piece;
    }
    check(arena.bytes == out);
    oz_arena_fini(&arena);
    check(out == 0);
}

TEST(growing_keeps_the_contents)
{
    Arena arena;
    oz_arena_init(&arena, &source);
    char *piece = oz_arena_alloc(&arena, 8);
    memcpy(piece, "1234567", 8);
    for (size_t size = 16; size < 100000; size *= 2) {
        piece = oz_arena_grow(&arena, piece, size / 2, size);
        check(piece && memcmp(piece, "1234567", 8) == 0);
        memset(piece + 8, 'x', size - 8);
    }
    oz_arena_fini(&arena);
    check(out == 0);
}

TEST(what_cannot_be_is_refused)
{
    Arena arena;
    oz_arena_init(&arena, &source);
    check(oz_arena_array(&arena, SIZE_MAX / 2, 4) == NULL);
    check(oz_arena_alloc(&arena, SIZE_MAX - 16) == NULL);
    limit = 0;
    check(oz_arena_alloc(&arena, 100) == NULL);
    limit = SIZE_MAX;
    check(oz_arena_alloc(&arena, 100) != NULL);
    oz_arena_fini(&arena);
    check(out == 0);
}

int main(void)
{
    RUN(pieces_are_aligned_and_apart);
    RUN(growing_keeps_the_contents);
    RUN(what_cannot_be_is_refused);
    return failures > 0;
}
