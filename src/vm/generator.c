// SPDX-License-Identifier: MIT
// Generators at work: their registers move from the cell to the stack on resume and back on yield.
//
//   G1. A generator's registers are in its cell while it is CREATED or SUSPENDED and on the stack
//       while it RUNs; never in both.
//   G2. Whoever resumes a generator holds a reference to it until its frame has ended.
//   G3. The frame object of a generator, once asked for, stays with it: it moves between the record
//       and the cell.
#include "object/error.h"
#include "types/exception.h"
#include "types/str.h"
#include "types/tuple.h"
#include "vm/resume.h"

Ref oz_generator_new(Thread *t, Ref function, Ref *window, unsigned set)
{
    Function *f = (Function *)function;
    Code *code = f->code;
    uint32_t id = code->flags & OZ_CODE_GENERATOR   ? OZ_GENERATOR
                  : code->flags & OZ_CODE_COROUTINE ? OZ_COROUTINE
                                                    : OZ_ASYNC_GENERATOR;
    Generator *g = oz_object_new(t, id, sizeof(Generator) + code->registers * sizeof(Ref));
    if (!g) {
        for (unsigned r = 0; r < set; r++)
            oz_clear(&window[r]);
        oz_drop(function);
        return NULL;
    }
    Object *o = &g->base;
    g->function = f;
    oz_track(o, function);
    g->code = (Code *)oz_retain((Obj)code);
    g->pc = code->instructions;
    g->count = set;
    for (unsigned r = 0; r < set; r++)
        oz_store_raw(o, &g->registers[r], oz_move(&window[r]));
    if (id == OZ_COROUTINE && t->coroutine_origin_depth > 0 && !oz_coroutine_origin(t, g)) {
        oz_drop((Ref)g);
        return NULL;
    }
    return (Ref)g;
}

bool oz_generator_enter(Thread *t, Generator *g, Ref sent, unsigned flags)
{
    oz_check(g->state == OZ_GEN_CREATED || g->state == OZ_GEN_SUSPENDED);
    Ref *window = oz_frame_top(t);
    Frame *frame = t->frame ? t->frame + 1 : t->frames;
    if (!oz_generator_fits(t, g, frame, window)) {
        oz_drop(sent);
        return false;
    }
    bool first = g->state == OZ_GEN_CREATED;
    oz_generator_push(t, g, frame, window, flags);
    if (first) {
        oz_drop(sent); /* None */
    } else if (g->delegating) {
        if (sent) {
            frame->pc--; /* run the YIELD_FROM again */
            g->sent = sent;
        }
    } else if (sent) {
        oz_result(window, OZ_B(frame->pc[-1]), sent);
    }
    return true;
}

Ref oz_generator_sent(Frame *frame)
{
    Generator *g = frame->generator;
    if (!g || !g->delegating)
        return NULL;
    g->delegating = false;
    return oz_move(&g->sent);
}

/* A generator that has ended keeps its code and names only. */
static void finish(Thread *t, Frame *frame)
{
    Generator *g = frame->generator;
    g->state = OZ_GEN_FINISHED;
    g->delegating = false;
    oz_generator_leave(t, g);
    oz_clear(&g->handled.exception);
}

void oz_generator_finished(Thread *t, Frame *frame)
{
    finish(t, frame);
}

void oz_generator_failed(Thread *t, Frame *frame)
{
    finish(t, frame);
    Generator *g = frame->generator;
    bool async = oz_id(&g->base) == OZ_ASYNC_GENERATOR;
    const char *what = oz_id(&g->base) == OZ_COROUTINE ? "coroutine"
                       : async                         ? "async generator"
                                                       : "generator";
    if (oz_raised(t, OZ_StopIteration))
        oz_raise_from_pending(t, OZ_RuntimeError, "%s raised StopIteration", what);
    else if (async && oz_raised(t, OZ_StopAsyncIteration))
        oz_raise_from_pending(t, OZ_RuntimeError, "%s raised StopAsyncIteration", what);
}

int oz_generator_resume(Thread *t, Obj generator, Ref sent, Ref *value)
{
    Generator *g = (Generator *)generator;
    scoped Ref held = oz_retain(generator); /* G2 */
    if (!oz_generator_enter(t, g, sent, OZ_FRAME_ENTRY))
        return -1;
    bool yielded = false;
    *value = oz_run(t, &yielded);
    if (!*value)
        return -1;
    return yielded;
}

/* The frame does not run: it lies between its caller's and its delegate's.  What it handles is not
 * handled by the delegate, for whom the exception comes from the outermost caller. */
bool oz_generator_show(Thread *t, Obj generator)
{
    Generator *g = (Generator *)generator;
    Ref *window = oz_frame_top(t);
    Frame *frame = t->frame ? t->frame + 1 : t->frames;
    if (!oz_generator_room(t, g, frame, window))
        return false;
    g->shown = g->count;
    oz_generator_push(t, g, frame, window, 0);
    t->handled = g->handled.outer;
    return true;
}

void oz_generator_hide(Thread *t)
{
    oz_generator_suspend(t, t->frame, t->frame->generator->shown, true);
}
