// SPDX-License-Identifier: MIT
// Frame records: pushing, ending, and where native code's calls put their windows.
#include "object/error.h"
#include "vm/vm.h"

static void drop_registers(Ref *base, unsigned from, unsigned to)
{
    for (unsigned r = to; r-- > from;)
        oz_clear(&base[r]);
}

Frame *oz_frame_refuse(Thread *t, Ref function, Ref *base, unsigned set)
{
    drop_registers(base, 0, set);
    oz_drop(function);
    oz_recursion_error(t, "");
    return NULL;
}

void oz_frame_end(Thread *t)
{
    Frame *frame = t->frame;
    while (frame->object) /* what dies with it may look at the frame again */
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
