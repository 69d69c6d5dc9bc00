// SPDX-License-Identifier: MIT
// traceback objects: a chain from the frame that handles to the frame that raised.
#include "types/traceback.h"

#include "types/exception.h"
#include "types/frame.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"

#define TRACEBACK_REFS(REF) REF(next) REF(frame)

static void traceback_visit(const Object *o, Visitor *v)
{
    const Traceback *self = (const Traceback *)o;
    TRACEBACK_REFS(OZ_VISIT)
}

static void traceback_clear(Thread *t OZ_UNUSED, Object *o)
{
    Traceback *self = (Traceback *)o;
    TRACEBACK_REFS(OZ_CLEAR)
}

static Ref new_traceback(Thread *t, Obj next, Obj frame, uint32_t lasti, int line)
{
    Traceback *made = oz_object_new_raw(t, OZ_TRACEBACK, sizeof *made);
    if (!made)
        return NULL;
    made->lasti = lasti;
    made->line = line;
    oz_store_raw(&made->base, &made->frame, oz_retain(frame));
    made->next = oz_retain(next); /* tracked already, for the frame */
    return (Ref)made;
}

int oz_traceback_line(const Traceback *tb)
{
    if (tb->line != OZ_LINE_OF_PC)
        return tb->line;
    const FrameObject *frame = (const FrameObject *)tb->frame;
    return frame && frame->code ? oz_code_line(frame->code, tb->lasti / sizeof(uint64_t)) : -1;
}

bool oz_traceback_add(Thread *t, Obj exception, Obj frame, uint32_t pc, int line)
{
    BaseException *e = (BaseException *)exception;
    Ref made = new_traceback(t, e->traceback, frame, (uint32_t)sizeof(uint64_t) * pc, line);
    if (OZ_UNLIKELY(!made))
        return false;
    oz_store(&e->base, &e->traceback, made);
    return true;
}

OZ_NEW(traceback, "($type, tb_next, tb_frame, tb_lasti, tb_lineno)")
{
    int lasti, line;
    if (!oz_is_none(a[1]) && !oz_is(a[1], OZ_TRACEBACK))
        return oz_raise(t, OZ_TypeError, "expected traceback object or None, got '%T'", a[1]);
    if (!oz_is(a[2], OZ_FRAME))
        return oz_raise(t, OZ_TypeError,
                        "TracebackType() argument 'tb_frame' must be frame, not %T", a[2]);
    if (!oz_as_int(t, a[3], &lasti) || !oz_as_int(t, a[4], &line))
        return NULL;
    return new_traceback(t, oz_is_none(a[1]) ? NULL : a[1], a[2], (uint32_t)lasti, line);
}

static Ref get_next(Thread *t OZ_UNUSED, Obj self)
{
    const Traceback *tb = (const Traceback *)self;
    return tb->next ? oz_load(&tb->next) : OZ_NONE;
}

static bool set_next(Thread *t, Obj self, Obj value)
{
    if (!value)
        return oz_fail(t, OZ_TypeError, "can't delete tb_next attribute");
    if (!oz_is_none(value) && !oz_is(value, OZ_TRACEBACK))
        return oz_fail(t, OZ_TypeError, "expected traceback object, got '%T'", value);
    for (Obj at = oz_is_none(value) ? NULL : value; at; at = ((const Traceback *)at)->next)
        if (at == self)
            return oz_fail(t, OZ_ValueError, "traceback loop detected");
    Traceback *tb = (Traceback *)self;
    oz_store(&tb->base, &tb->next, oz_is_none(value) ? NULL : oz_retain(value));
    return true;
}

static Ref get_frame(Thread *t OZ_UNUSED, Obj self)
{
    const Traceback *tb = (const Traceback *)self;
    return tb->frame ? oz_load(&tb->frame) : OZ_NONE;
}

static Ref get_lasti(Thread *t OZ_UNUSED, Obj self)
{
    return oz_int((int32_t)((const Traceback *)self)->lasti);
}

static Ref get_lineno(Thread *t OZ_UNUSED, Obj self)
{
    return oz_int(oz_traceback_line((const Traceback *)self));
}

OZ_METHOD(traceback, __dir__, "($self, /)", "The names of the traceback's own attributes.")
{
    scoped Ref names = oz_list_new(t, 0);
    static const char *const own[] = {"tb_frame", "tb_next", "tb_lasti", "tb_lineno"};
    for (size_t i = 0; names && i < sizeof own / sizeof *own; i++) {
        scoped Ref name = oz_intern(t, own[i]);
        if (!name || !oz_list_append(t, (List *)names, name))
            return NULL;
    }
    return oz_move(&names);
}

const TypeDef oz_traceback_type = {
    .id = OZ_TRACEBACK,
    .name = "traceback",
    .doc = "A frame that an exception went through, and the next one.",
    .size = sizeof(Traceback),
    .flags = OZ_TYPE_FINAL,
    .visit = traceback_visit,
    .clear = traceback_clear,
    .make = &traceback_new_,
    .methods = OZ_METHODS(&traceback___dir__),
    .getsets = OZ_GETSETS({"tb_next", get_next, set_next, "The traceback of the frame called."},
                          {"tb_frame", get_frame, NULL, "The frame."},
                          {"tb_lasti", get_lasti, NULL, "The offset of the instruction."},
                          {"tb_lineno", get_lineno, NULL, "The line."}),
};
