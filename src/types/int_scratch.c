// SPDX-License-Identifier: MIT
// Scratch memory for GMP, and a way out when there is none, or when the program is interrupted.
//
// GMP's allocation hooks must not return NULL.  So oz_scratch_run keeps a list of the blocks that
// GMP holds; when the heap (or the memory limit) says no, the hook jumps back to it, over frames
// of GMP only, and the list is freed.  This is the one longjmp of the runtime: nothing that owns a
// reference lies between.
//
// The same way leads out of work that lasts when a signal asks for its handler: GMP looks for
// blocks all the time while it works on numbers so long that it matters.  If the handler raises
// nothing the work begins again, and the next interruption must wait twice as long as the last one
// did: so no timer keeps it from its end, and at most as much time again is lost.
//
// S1. Every block of a run is on its list.  S2. Runs do not nest in one thread: at a safepoint of
// the work itself, which may run Python code, the run is put aside.  Outside of a run (nothing does
// so now) GMP gets memory from malloc.
#include "types/int_limbs.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "heap/heap.h"
#include "object/world.h"

typedef struct Piece {
    struct Piece *next;     /* [owner] */
    struct Piece *previous; /* [owner] */
    uint64_t data[];        /* [owner] GMP asks for the alignment of a limb */
} Piece;

typedef struct Run {
    jmp_buf out;
    Thread *t;
    int64_t patience; /* no interruption before this time of oz_monotonic_ns */
    Piece pieces;     /* head of the ring */
} Run;

static _Thread_local Run *current;

#define ASKS (OZ_INTERRUPT_SIGNAL | OZ_INTERRUPT_PENDING | OZ_INTERRUPT_LIMIT)

enum { RAN, NO_MEMORY, INTERRUPTED, RAISED }; /* how an attempt ended */

static void link_piece(Run *run, Piece *piece)
{
    piece->next = &run->pieces;
    piece->previous = run->pieces.previous;
    piece->previous->next = piece;
    run->pieces.previous = piece;
}

static void unlink_piece(Piece *piece)
{
    piece->next->previous = piece->previous;
    piece->previous->next = piece->next;
}

void oz_scratch_leave(void)
{
    longjmp(current->out, NO_MEMORY);
}

void *oz_scratch_alloc(size_t bytes)
{
    if ((atomic_load_explicit(&current->t->interrupt, memory_order_relaxed) & ASKS) &&
        oz_monotonic_ns() >= current->patience)
        longjmp(current->out, INTERRUPTED);
    Piece *piece = oz_block_alloc(current->t->heap, sizeof *piece + bytes);
    if (!piece)
        oz_scratch_leave();
    link_piece(current, piece);
    return piece->data;
}

void oz_scratch_free(void *block)
{
    Piece *piece = (Piece *)((char *)block - offsetof(Piece, data));
    unlink_piece(piece);
    oz_block_free(piece);
}

void oz_scratch_poll(Thread *t)
{
    Run *run = current;
    current = NULL;
    bool goes_on = oz_poll(t);
    current = run;
    if (!goes_on)
        longjmp(run->out, RAISED);
}

/* ---- what GMP calls ---- */

static void *scratch_alloc(size_t size)
{
    if (!current) {
        void *block = malloc(size);
        oz_require(block != NULL);
        return block;
    }
    return oz_scratch_alloc(size);
}

static void scratch_free(void *block, size_t size OZ_UNUSED)
{
    if (current)
        oz_scratch_free(block);
    else
        free(block);
}

static void *scratch_realloc(void *block, size_t old_size, size_t size)
{
    void *moved = scratch_alloc(size);
    memcpy(moved, block, old_size < size ? old_size : size);
    scratch_free(block, old_size);
    return moved;
}

__attribute__((constructor)) static void set_hooks(void)
{
    mp_set_memory_functions(scratch_alloc, scratch_realloc, scratch_free);
}

static void free_pieces(Run *run)
{
    while (run->pieces.next != &run->pieces) {
        Piece *piece = run->pieces.next;
        unlink_piece(piece);
        oz_block_free(piece);
    }
}

/* One attempt: RAN, NO_MEMORY or INTERRUPTED. */
static int attempt(Thread *t, int64_t patience, void (*work)(void *arg), void *arg)
{
    Run run; /* not cleared: a jmp_buf is large */
    run.t = t;
    run.patience = patience;
    run.pieces.next = run.pieces.previous = &run.pieces;
    oz_check(current == NULL); /* S2 */
    current = &run;
    int way = setjmp(run.out);
    if (way == RAN)
        work(arg);
    current = NULL;
    free_pieces(&run);
    return way;
}

bool oz_scratch_run(Thread *t, void (*work)(void *arg), void *arg)
{
    int64_t patience = 0;
    for (;;) {
        int64_t start = oz_monotonic_ns();
        int way = attempt(t, start + patience, work, arg);
        if (way == RAN)
            return true;
        if (way == NO_MEMORY)
            oz_raise_memory(t);
        if (way != INTERRUPTED)
            return false;
        patience = 2 * (oz_monotonic_ns() - start);
        if (!oz_poll(t))
            return false;
    }
}
