// SPDX-License-Identifier: MIT
// Arena: blocks from a source, pieces by bumping a pointer.
//
// A block is at least as large as an eighth of all blocks before it (4 KiB to 1 MiB), so that the
// number of blocks grows with the logarithm of the total and the unused tail stays a small share.
// A piece larger than that gets a block of its own, put behind the current one, which goes on
// being filled.
//
// (I1) next <= end, and both are multiples of 8 from the block's start.
// (I2) bytes is the sum of `size` over all blocks, which is what the source was asked for.
#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 4096, LAST_BLOCK = 1 << 20 };

struct ArenaBlock {
    ArenaBlock *older; /* [const] */
    size_t size;       /* [const] with this header */
};

static void *get_malloc(void *context OZ_UNUSED, size_t size)
{
    return malloc(size);
}

static void put_free(void *context OZ_UNUSED, void *block, size_t size OZ_UNUSED)
{
    free(block);
}

void oz_arena_init(Arena *arena, const ArenaSource *source)
{
    memset(arena, 0, sizeof *arena);
    arena->source = source ? *source : (ArenaSource){get_malloc, put_free, NULL};
}

void oz_arena_fini(Arena *arena)
{
    ArenaSource source = arena->source;
    for (ArenaBlock *block = arena->blocks, *older; block; block = older) {
        older = block->older;
        oz_check(arena->bytes >= block->size); /* I2 */
        arena->bytes -= block->size;
        source.put(source.context, block, block->size);
    }
    oz_arena_init(arena, &source);
}

static ArenaBlock *get_block(Arena *arena, size_t size)
{
    ArenaBlock *block = arena->source.get(arena->source.context, size);
    if (!block)
        return NULL;
    block->size = size;
    arena->bytes += size;
    return block;
}

/* A piece too large for an ordinary block: its own block goes behind the current one. */
static void *alloc_alone(Arena *arena, size_t size)
{
    ArenaBlock *block = get_block(arena, size);
    if (!block)
        return NULL;
    ArenaBlock **link = arena->blocks ? &arena->blocks->older : &arena->blocks;
    block->older = *link;
    *link = block;
    return block + 1;
}

void *oz_arena_alloc_slow(Arena *arena, size_t size)
{
    size_t whole;
    if (!oz_size_add(size, sizeof(ArenaBlock) + 15, &whole))
        return NULL;
    whole &= ~(size_t)7;
    size_t ordinary = oz_round_up(arena->bytes / 8, FIRST_BLOCK);
    ordinary = ordinary < FIRST_BLOCK ? FIRST_BLOCK : ordinary > LAST_BLOCK ? LAST_BLOCK : ordinary;
    if (whole > ordinary / 4)
        return alloc_alone(arena, whole);
    ArenaBlock *block = get_block(arena, ordinary);
    if (!block)
        return NULL;
    block->older = arena->blocks;
    arena->blocks = block;
    char *cell = (char *)(block + 1);
    arena->next = cell + oz_round_up(size, 8);
    arena->end = (char *)block + ordinary;
    oz_check(arena->next <= arena->end); /* I1 */
    return cell;
}

void *oz_arena_array(Arena *arena, size_t count, size_t size)
{
    size_t whole;
    return oz_size_mul(count, size, &whole) ? oz_arena_alloc(arena, whole) : NULL;
}

void *oz_arena_grow(Arena *arena, void *old, size_t old_size, size_t new_size)
{
    oz_assert(new_size >= old_size);
    size_t held = oz_round_up(old_size, 8);
    bool newest = old && (char *)old + held == arena->next;
    if (newest && new_size < (size_t)(arena->end - (char *)old) - 7) {
        arena->next = (char *)old + oz_round_up(new_size, 8);
        return old;
    }
    void *cell = oz_arena_alloc(arena, new_size);
    if (cell && old_size)
        memcpy(cell, old, old_size);
    return cell;
}
