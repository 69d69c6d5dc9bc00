// SPDX-License-Identifier: MIT
// Frame records: pushing, ending, and where native code's calls put their windows.
#include "object/error.h"
#include "vm/vm.h"

Ref *oz_frame_top(Thread *t)
{
    Frame *frame = t->frame;
    return frame ? frame->base + frame->code->registers : t->stack;
}

static void drop_registers(Ref *base, unsigned from, unsigned to)
{
    for (unsigned r = to; r-- > from;)
        oz_clear(&base[r]);
}

Frame *oz_frame_push(Thread *t, Ref function, Ref *base, unsigned set)
{
    Code *code = ((Function *)function)->code;
    Frame *frame = t->frame ? t->frame + 1 : t->frames;
    bool room =
        (char *)(frame + 1) <= (char *)t->frames_end && base + code->registers <= t->stack_end;
    if (OZ_UNLIKELY(!room || t->depth >= t->depth_limit)) {
        drop_registers(base, 0, set);
        oz_drop(function);
        oz_recursion_error(t, "");
        return NULL;
    }
    for (unsigned r = set; r < code->local_count; r++)
        base[r] = NULL;
    *frame = (Frame){
        .pc = code->instructions, .base = base, .code = code, .function = (Function *)function};
    t->frame = frame;
    t->depth++;
    return frame;
}

void oz_frame_end(Thread *t)
{
    Frame *frame = t->frame;
    if (frame->object)
        oz_frame_leave(t, frame);
    Ref function = frame->generator ? NULL : (Ref)frame->function;
    Ref names = frame->names;
    t->frame = frame == t->frames ? NULL : frame - 1;
    t->depth--;
    oz_drop(names);
    oz_drop(function);
}

void oz_frame_pop(Thread *t)
{
    drop_registers(t->frame->base, 0, t->frame->code->registers);
    oz_frame_end(t);
}
