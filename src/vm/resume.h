// SPDX-License-Identifier: MIT
// A step of a generator: its registers to the stack and back (generator.c has the invariants).
// Inline, because the loop does little else when generators feed each other.
#ifndef OZ_VM_RESUME_H
#define OZ_VM_RESUME_H

#include "object/error.h"
#include "vm/vm.h"

/* Is there room for the frame of `g` as `frame`, with its window at `window`? */
OZ_INLINE bool oz_generator_room(const Thread *t, const Generator *g, const Frame *frame,
                                 const Ref *window)
{
    return OZ_LIKELY(window + g->code->registers <= t->stack_end &&
                     (char *)(frame + 1) <= (char *)t->frames_end && t->depth < t->depth_limit);
}

/* Can that frame be pushed?  No: RecursionError. */
OZ_INLINE bool oz_generator_fits(Thread *t, const Generator *g, const Frame *frame,
                                 const Ref *window)
{
    return oz_generator_room(t, g, frame, window) || oz_recursion_error(t, "");
}

/* Make `frame` the innermost one, running `g` where it stopped.  The registers in the cell are no
 * longer counted (G1) and need not be cleared.  The function is lent by the generator (G2). */
OZ_INLINE void oz_generator_push(Thread *t, Generator *g, Frame *frame, Ref *window, unsigned flags)
{
    const Code *code = g->code;
    unsigned count = g->count, r;
    g->count = 0;
    for (r = 0; r < count; r++)
        window[r] = g->registers[r];
    for (; r < code->local_count; r++)
        window[r] = NULL;
    frame->pc = g->pc;
    frame->base = window;
    frame->code = g->code;
    frame->function = g->function;
    frame->names = NULL;
    frame->object = g->object;
    frame->generator = g;
    frame->result = 0;
    frame->flags = (uint16_t)flags;
    frame->traced = 0;
    if (OZ_UNLIKELY(frame->object != NULL)) { /* G3 */
        g->object = NULL;
        frame->object->frame = frame;
        frame->object->generator = NULL;
    }
    g->state = OZ_GEN_RUNNING;
    g->handled.outer = t->handled;
    t->handled = &g->handled;
    t->frame = frame;
    t->depth++;
}

/* What it handled is not handled any more. */
OZ_INLINE void oz_generator_leave(Thread *t, Generator *g)
{
    t->handled = g->handled.outer;
    g->handled.outer = NULL;
}

/* Move the `count` live registers of the innermost frame into its generator and end the frame.
 * `delegating`: at a YIELD_FROM, which the next send runs again. */
OZ_INLINE void oz_generator_suspend(Thread *t, Frame *frame, unsigned count, bool delegating)
{
    Generator *g = frame->generator;
    Object *o = &g->base;
    Ref *window = frame->base;
    g->delegating = delegating;
    g->pc = frame->pc;
    if (OZ_LIKELY(oz_has_flag(o, OZ_FLAG_TRACKED))) { /* nothing to note in oz_store_raw */
        for (unsigned r = 0; r < count; r++) {
            g->registers[r] = window[r];
            window[r] = NULL;
        }
    } else {
        for (unsigned r = 0; r < count; r++)
            oz_store_raw(o, &g->registers[r], oz_move(&window[r]));
    }
    g->count = count;
    g->state = OZ_GEN_SUSPENDED;
    oz_generator_leave(t, g);
    if (OZ_UNLIKELY(frame->object != NULL)) { /* G3 */
        g->object = frame->object;
        g->object->frame = NULL;
        g->object->generator = g;
        frame->object = NULL;
    }
    if (OZ_UNLIKELY(oz_refs(o) < 0)) /* what it holds was the thread's alone */
        oz_publish_edges(t, o);
    t->frame = frame == t->frames ? NULL : frame - 1;
    t->depth--;
}

/* Can FOR_ITER step `v` by pushing its frame? */
OZ_INLINE bool oz_generator_ready(Obj v)
{
    if (!oz_is(v, OZ_GENERATOR))
        return false;
    const Generator *g = (const Generator *)v;
    return g->state == OZ_GEN_SUSPENDED || g->state == OZ_GEN_CREATED;
}

#endif
