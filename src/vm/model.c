// SPDX-License-Identifier: MIT
// What the object model asks of the VM: the globals of the running frame, the arguments of super(),
// and that inline caches be forgotten.
#include "object/error.h"
#include "object/world.h"
#include "types/cell.h"
#include "types/dict.h"
#include "types/frame.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"
#include "vm/vm.h"

Obj oz_vm_globals(Thread *t)
{
    return t->frame ? oz_frame_globals(t->frame) : NULL;
}

/* ---- super() ---- */

/* The first argument, also where a closure has made it a cell. */
static Ref first_argument(Thread *t, const Frame *frame)
{
    const Code *code = frame->code;
    if (!code->positional)
        return oz_raise(t, OZ_RuntimeError, "super(): no arguments");
    Obj value = frame->base[0];
    if (value && oz_code_is_cell(code, 0) && oz_is(value, OZ_CELL))
        value = ((const Cell *)value)->value;
    return value ? oz_retain(value) : oz_raise(t, OZ_RuntimeError, "super(): arg[0] deleted");
}

/* What the function's cell __class__ holds. */
static Ref class_cell(Thread *t, const Frame *frame)
{
    const Tuple *frees = (const Tuple *)frame->code->frees;
    for (size_t i = 0; i < frees->length; i++) {
        if ((Obj)frees->items[i] != (Obj)OZ_NAME(t, __class__))
            continue;
        Obj cell = frame->function->cells[i];
        if (!cell || !oz_is(cell, OZ_CELL))
            return oz_raise(t, OZ_RuntimeError, "super(): bad __class__ cell");
        Ref value = oz_load(&((Cell *)cell)->value);
        if (!value)
            return oz_raise(t, OZ_RuntimeError, "super(): empty __class__ cell");
        scoped Ref held = value;
        if (!oz_is_class(value))
            return oz_raise(t, OZ_RuntimeError, "super(): __class__ is not a type (%T)", value);
        return oz_move(&held);
    }
    return oz_raise(t, OZ_RuntimeError, "super(): __class__ cell not found");
}

bool oz_vm_super_arguments(Thread *t, Ref *cls, Ref *self)
{
    const Frame *frame = t->frame;
    if (!frame)
        return oz_fail(t, OZ_RuntimeError, "super(): no current frame");
    scoped Ref first = first_argument(t, frame);
    if (!first)
        return false;
    *cls = class_cell(t, frame);
    if (!*cls)
        return false;
    *self = oz_move(&first);
    return true;
}

/* ---- caches ---- */

static void forget_cell(void *cell, size_t size OZ_UNUSED, void *arg OZ_UNUSED)
{
    if (oz_id(cell) == OZ_CODE && ((Code *)cell)->instructions)
        oz_caches_forget(cell);
}

/* A walk over the whole heap: for the rare event that a class which has instances gets a data
 * descriptor, another way of attribute access or other bases. */
void oz_vm_forget_caches(Thread *t)
{
    scoped_stop stopped = oz_world_stopped(t);
    oz_heap_each(t->vm->heap, OZ_PAGE_CONTAINER, forget_cell, NULL);
}
