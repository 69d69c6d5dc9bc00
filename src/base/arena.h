// SPDX-License-Identifier: MIT
// Arena: memory that is handed out piece by piece and given back all at once.
#ifndef OZ_BASE_ARENA_H
#define OZ_BASE_ARENA_H

#include "base/base.h"

/* Where an arena gets its blocks.  `get` returns NULL when memory is short; `put` receives the
 * size that `get` was asked for, so that a source can keep exact accounts. */
typedef struct ArenaSource {
    void *(*get)(void *context, size_t size);
    void (*put)(void *context, void *block, size_t size);
    void *context; /* [const] given to both */
} ArenaSource;

typedef struct ArenaBlock ArenaBlock;

typedef struct Arena {
    char *next;         /* [owner] first free byte of the current block */
    char *end;          /* [owner] one past the current block's last byte */
    ArenaBlock *blocks; /* [owner] newest first */
    size_t bytes;       /* [owner] sum of the sizes of all blocks */
    void *names; /* [owner] free for the arena's user: the syntax tree keeps its name table here */
    ArenaSource source; /* [const] */
} Arena;

/* Start empty; allocates nothing.  A NULL `source` means malloc and free. */
void oz_arena_init(Arena *arena, const ArenaSource *source);

/* Give every block back.  The arena is empty and usable again. */
void oz_arena_fini(Arena *arena);

/* 8-byte aligned, contents undefined; NULL when memory is short. */
void *oz_arena_alloc_slow(Arena *arena, size_t size) OZ_CHECKED;

static inline OZ_CHECKED void *oz_arena_alloc(Arena *arena, size_t size)
{
    size_t room = (size_t)(arena->end - arena->next);
    if (OZ_UNLIKELY(size > room || room - size < 8)) /* the margin keeps the rounding inside */
        return oz_arena_alloc_slow(arena, size);
    void *cell = arena->next;
    arena->next += oz_round_up(size, 8);
    return cell;
}

/* The same, with `count` elements of `size` bytes: NULL also when the product overflows. */
void *oz_arena_array(Arena *arena, size_t count, size_t size) OZ_CHECKED;

/* Make a piece of `old_size` bytes `new_size` bytes large: in place when it is the newest piece,
 * otherwise as a copy (the old one stays readable until the arena ends).  NULL: `old` is as it was.
 */
void *oz_arena_grow(Arena *arena, void *old, size_t old_size, size_t new_size) OZ_CHECKED;

#endif
