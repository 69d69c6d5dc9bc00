// SPDX-License-Identifier: MIT
// Frame objects: what a program may know of a running or ended frame.
//
//   F1. object->frame is the record while it runs; the record owns one count of the object.
//   F2. When the frame ends and somebody else holds the object, the locals are moved into it, and
//       the caller's frame object is linked behind it; otherwise nothing is made.
//   F3. The object of a suspended generator has neither: it reads the generator's cell.
#include "types/frame.h"

#include "object/error.h"
#include "types/cell.h"
#include "types/dict.h"
#include "types/generator.h"
#include "types/spill.h"
#include "types/str.h"

/* ---- layout ---- */

static void frame_visit(const Object *object, Visitor *v)
{
    const FrameObject *self = (const FrameObject *)object;
    oz_visit(v, (Obj)self->function, "function", -1);
    oz_visit(v, (Obj)self->code, "code", -1);
    OZ_VISIT(back)
    OZ_VISIT(names)
    OZ_VISIT(snapshot)
    OZ_VISIT(trace)
    for (uint32_t r = 0; r < self->count; r++)
        oz_visit(v, self->registers[r], "local", r);
}

void oz_frames_visit(Thread *t, size_t most, Visitor *v)
{
    for (const Frame *frame = t->frames; t->frame && frame <= t->frame && most--; frame++) {
        oz_visit(v, (Obj)frame->function, "function", -1);
        oz_visit(v, frame->names, "names", -1);
        for (uint32_t r = 0; r < frame->code->local_count; r++)
            oz_visit(v, frame->base[r], "local", r);
    }
}

static void drop_locals(FrameObject *self)
{
    uint32_t count = self->count;
    self->count = 0;
    for (uint32_t r = 0; r < count; r++)
        oz_clear(&self->registers[r]);
}

static void frame_clear(Thread *t OZ_UNUSED, Object *object)
{
    FrameObject *self = (FrameObject *)object;
    drop_locals(self);
    OZ_CLEAR(snapshot)
    OZ_CLEAR(trace)
    OZ_CLEAR(names)
    OZ_CLEAR(back)
    oz_clear((Ref *)&self->function);
    oz_clear((Ref *)&self->code);
}

/* Is the record that of another thread than the calling one? */
static bool is_foreign(const Thread *t, const Frame *frame)
{
    return frame < t->frames || frame > t->frame;
}

Ref oz_frame_object(Thread *t, Frame *frame)
{
    if (OZ_UNLIKELY(is_foreign(t, frame))) {
        oz_publish_foreign(t, (Obj)frame->object);
        oz_publish_foreign(t, (Obj)frame->function);
        oz_publish_foreign(t, frame->names);
    }
    if (frame->object)
        return oz_retain((Obj)frame->object);
    size_t size = sizeof(FrameObject) + frame->code->local_count * sizeof(Ref);
    FrameObject *self = oz_object_new(t, OZ_FRAME, size);
    if (!self)
        return NULL;
    self->frame = frame;
    self->trace_lines = true;
    Object *o = &self->base;
    oz_store_raw(o, (Ref *)&self->function, oz_retain((Obj)frame->function));
    oz_store_raw(o, (Ref *)&self->code, oz_retain((Obj)frame->code));
    oz_store_raw(o, &self->names, oz_retain(frame->names));
    if (OZ_UNLIKELY(is_foreign(t, frame)))
        oz_share(t, (Obj)self);
    frame->object = self;
    return oz_retain((Obj)self);
}

/* The object of a generator that is not running (F3). */
static Ref suspended_frame(Thread *t, Generator *g)
{
    if (g->object)
        return oz_retain((Obj)g->object);
    size_t size = sizeof(FrameObject) + g->code->local_count * sizeof(Ref);
    FrameObject *self = oz_object_new(t, OZ_FRAME, size);
    if (!self)
        return NULL;
    self->trace_lines = true;
    oz_store_raw(&self->base, (Ref *)&self->function, oz_retain((Obj)g->function));
    oz_store_raw(&self->base, (Ref *)&self->code, oz_retain((Obj)g->code));
    self->generator = g;
    if (OZ_UNLIKELY(oz_refs(&g->base) < 0)) /* who has the generator finds the frame in it */
        oz_share(t, (Obj)self);
    g->object = self;
    return oz_retain((Obj)self);
}

Ref oz_generator_frame(Thread *t, Generator *g)
{
    if (g->state == OZ_GEN_FINISHED)
        return OZ_NONE;
    if (g->state != OZ_GEN_RUNNING)
        return suspended_frame(t, g);
    for (const Thread *runner = t->vm->threads; runner; runner = runner->next)
        for (Frame *frame = runner->frame; frame && frame >= runner->frames; frame--)
            if (frame->generator == g)
                return oz_frame_object(t, frame);
    return OZ_NONE;
}

/* Move into the object what the record has of it, for a record that is given up.  `first` is the
 * outermost record of the frame's thread. */
static void take_over(Thread *t, FrameObject *self, Frame *frame, const Frame *first)
{
    Object *o = &self->base;
    self->frame = NULL;
    self->pc = (uint32_t)(frame->pc - frame->code->instructions);
    uint32_t count = frame->code->local_count;
    for (uint32_t r = 0; r < count; r++)
        oz_store_new(o, &self->registers[r], oz_move(&frame->base[r]));
    self->count = count;
    if (frame == first)
        return;
    scoped Ref pending = oz_move(&t->exception);
    Ref back = oz_frame_object(t, frame - 1);
    if (back)
        oz_store(o, &self->back, back);
    else
        oz_clear(&t->exception); /* no memory: the chain ends here */
    t->exception = oz_move(&pending);
}

void oz_frame_leave(Thread *t, Frame *frame)
{
    FrameObject *self = frame->object;
    frame->object = NULL;
    self->frame = NULL;
    if (oz_refs(&self->base) != 1) /* F2 */
        take_over(t, self, frame, t->frames);
    oz_drop((Ref)self);
}

void oz_frames_abandon(Thread *t, Thread *gone)
{
    for (Frame *frame = gone->frame; frame && frame >= gone->frames; frame--)
        if (frame->object)
            take_over(t, frame->object, frame, gone->frames);
}

/* ---- looking ---- */

static Code *code_of(const FrameObject *f)
{
    return f->code;
}

/* The word behind the instruction that it is at; 0: not started. */
static uint32_t words_run(const FrameObject *f)
{
    if (f->frame)
        return (uint32_t)(f->frame->pc - f->frame->code->instructions);
    if (f->generator)
        return (uint32_t)(f->generator->pc - f->generator->code->instructions);
    return f->pc;
}

uint32_t oz_frame_object_pc(const FrameObject *f)
{
    uint32_t run = words_run(f);
    return run ? run - 1 : 0;
}

int oz_frame_line(const Frame *frame)
{
    uint32_t pc = (uint32_t)(frame->pc - frame->code->instructions);
    return oz_code_line(frame->code, pc ? pc - 1 : 0);
}

static int object_line(const FrameObject *f)
{
    uint32_t run = f->jump ? f->jump : words_run(f);
    if (!run)
        return code_of(f)->first_line;
    if (f->frame && f->frame->traced && oz_code_traced_line(code_of(f), run - 1) <= 0)
        run = f->frame->traced;
    return oz_code_line(code_of(f), run - 1);
}

/* Of whichever thread: sys._current_frames() shows the frames of others. */
static bool is_outermost(Thread *t, const Frame *frame)
{
    bool own = frame > t->frames && frame <= t->frame;
    for (const Thread *each = own ? NULL : t->vm->threads; each; each = each->next)
        if (frame == each->frames)
            return true;
    return false;
}

/* The caller's frame object, or None: new reference. */
static Ref caller_of(Thread *t, FrameObject *f)
{
    if (f->frame) {
        if (is_outermost(t, f->frame))
            return OZ_NONE;
        return oz_frame_object(t, f->frame - 1);
    }
    return f->back ? oz_retain(f->back) : OZ_NONE;
}

/* The registers of the locals, wherever they are now. */
static Ref *registers_of(FrameObject *f, uint32_t *count)
{
    if (f->frame) {
        *count = f->frame->code->local_count;
        Thread *t = oz_thread();
        for (uint32_t r = 0; OZ_UNLIKELY(is_foreign(t, f->frame)) && r < *count; r++)
            oz_publish_foreign(t, f->frame->base[r]);
        return f->frame->base;
    }
    if (f->generator) {
        *count = f->generator->count < code_of(f)->local_count ? f->generator->count
                                                               : code_of(f)->local_count;
        return f->generator->registers;
    }
    *count = f->count;
    return f->registers;
}

static bool put_local(Thread *t, Dict *dict, Obj name, Obj value)
{
    if (value)
        return oz_dict_set(t, dict, name, value);
    return oz_dict_delete(t, dict, name) != OZ_RAISED;
}

/* What the local holds now, a register or a cell: a new reference or NULL; false: the frame has no
 * locals any more, or not so many. */
static bool read_local(FrameObject *f, const Code *code, uint32_t local, Ref *value)
{
    uint32_t count, near = oz_code_near(code);
    const Ref *registers = registers_of(f, &count);
    bool spilled = local >= near;
    *value = NULL;
    if (count <= (spilled ? near : local))
        return false;
    if (spilled && !registers[near]) /* the call has not made it yet */
        return true;
    scoped Ref held =
        oz_retain(spilled ? (Obj)oz_spilled_cell(code, registers, local) : registers[local]);
    bool in_cell = spilled || (held && oz_is(held, OZ_CELL) && oz_code_is_cell(code, local));
    *value = in_cell ? oz_load(&((Cell *)held)->value) : oz_move(&held);
    return true;
}

/* Bring the snapshot dict up to date (3.11's rule: one dict, refreshed at each call).  What it
 * gives up may run finalisers, in which the frame ends, in its own thread or a generator's: so it
 * is asked for its registers each time. */
static bool refresh(Thread *t, FrameObject *f, Dict *dict)
{
    const Code *code = code_of(f);
    const Tuple *names = (Tuple *)code->locals;
    for (uint32_t r = 0; r < names->length; r++) {
        scoped Ref value = NULL;
        if (!read_local(f, code, r, &value))
            break;
        const Str *name = oz_as_str(names->items[r]);
        if (oz_str_length(name) > 0 && oz_str_at(name, 0) == '.')
            continue; /* the iterable of a comprehension, ".0": not for programs */
        if (!put_local(t, dict, names->items[r], value))
            return false;
    }
    const Tuple *frees = (Tuple *)code->frees;
    for (uint32_t n = 0; n < code->free_count && !f->cleared; n++) {
        scoped Ref value = oz_load(&((Cell *)f->function->cells[n])->value);
        if (!put_local(t, dict, frees->items[n], value))
            return false;
    }
    return true;
}

/* What the snapshot says of a variable: a value, or nothing. */
static bool stored_value(Thread *t, FrameObject *f, Obj name, Ref *value)
{
    *value = NULL;
    return oz_dict_get(t, (Dict *)f->snapshot, name, value) != OZ_RAISED;
}

static void store_cell(Ref holder, Ref value)
{
    Cell *cell = (Cell *)holder;
    oz_store(&cell->base, &cell->value, value);
}

bool oz_frame_store_locals(Thread *t, FrameObject *f)
{
    if (!f->frame || !f->snapshot)
        return true;
    const Code *code = code_of(f);
    const Tuple *names = (Tuple *)code->locals, *frees = (Tuple *)code->frees;
    Ref *base = f->frame->base;
    uint32_t near = oz_code_near(code);
    for (uint32_t r = 0; r < near || (r < names->length && base[near]); r++) {
        Ref *place = &base[r];
        const Str *name = oz_as_str(names->items[r]);
        Ref value;
        if (oz_str_length(name) > 0 && oz_str_at(name, 0) == '.')
            continue;
        if (!stored_value(t, f, names->items[r], &value))
            return false;
        if (!value) /* the compiler may have left out the check of a variable that is bound */
            continue;
        if (r >= near) {
            store_cell((Ref)oz_spilled_cell(code, base, r), value);
        } else if (oz_code_is_cell(code, r) && *place && oz_is(*place, OZ_CELL)) {
            store_cell(*place, value);
        } else {
            Ref old = *place;
            *place = value;
            oz_drop(old);
        }
    }
    for (uint32_t n = 0; n < code->free_count; n++) {
        Ref value;
        if (!stored_value(t, f, frees->items[n], &value))
            return false;
        store_cell(f->function->cells[n], value);
    }
    return true;
}

Ref oz_frame_locals(Thread *t, FrameObject *f)
{
    f->locals_read = true;
    if (f->names)
        return oz_retain(f->names);
    if (!f->snapshot) {
        Ref dict = oz_dict_new(t);
        if (!dict)
            return NULL;
        oz_store(&f->base, &f->snapshot, dict);
    }
    return refresh(t, f, (Dict *)f->snapshot) ? oz_retain(f->snapshot) : NULL;
}

/* ---- attributes ---- */

static Ref get_back(Thread *t, Obj self)
{
    return caller_of(t, (FrameObject *)self);
}

static Ref get_code(Thread *t OZ_UNUSED, Obj self)
{
    return oz_retain((Obj)code_of((FrameObject *)self));
}

static Ref get_globals(Thread *t OZ_UNUSED, Obj self)
{
    return oz_retain(((FrameObject *)self)->function->globals);
}

static Ref get_builtins(Thread *t, Obj self)
{
    return oz_retain(oz_function_builtins(t, ((FrameObject *)self)->function));
}

static Ref get_locals(Thread *t, Obj self)
{
    return oz_frame_locals(t, (FrameObject *)self);
}

static Ref get_line(Thread *t OZ_UNUSED, Obj self)
{
    int line = object_line((FrameObject *)self);
    return line > 0 ? oz_int(line) : OZ_NONE;
}

static bool set_line(Thread *t, Obj self, Obj value)
{
    if (!value)
        return oz_fail(t, OZ_AttributeError, "cannot delete attribute");
    int64_t line;
    if (!oz_is_int(value) && !oz_is(value, OZ_INT))
        return oz_fail(t, OZ_ValueError, "lineno must be an integer");
    return oz_as_int64(t, value, &line) && t->vm->hooks.set_line(t, self, line);
}

static Ref get_last_instruction(Thread *t OZ_UNUSED, Obj self)
{
    return oz_int((int64_t)(oz_frame_object_pc((FrameObject *)self) * sizeof(uint64_t)));
}

static Ref get_trace(Thread *t OZ_UNUSED, Obj self)
{
    Obj trace = ((FrameObject *)self)->trace;
    return trace ? oz_retain(trace) : OZ_NONE;
}

static bool set_trace(Thread *t OZ_UNUSED, Obj self, Obj value)
{
    FrameObject *f = (FrameObject *)self;
    oz_store(&f->base, &f->trace, oz_retain(value == OZ_NONE ? NULL : value));
    return true;
}

static Ref get_trace_lines(Thread *t OZ_UNUSED, Obj self)
{
    return oz_bool(((FrameObject *)self)->trace_lines);
}

static bool set_flag(Thread *t, Obj value, bool *flag)
{
    if (!value)
        return oz_fail(t, OZ_TypeError, "can't delete numeric/char attribute");
    if (!oz_is_bool(value))
        return oz_fail(t, OZ_TypeError, "attribute value type must be bool");
    *flag = value == OZ_TRUE;
    return true;
}

static bool set_trace_lines(Thread *t, Obj self, Obj value)
{
    return set_flag(t, value, &((FrameObject *)self)->trace_lines);
}

static Ref get_trace_opcodes(Thread *t OZ_UNUSED, Obj self)
{
    return oz_bool(((FrameObject *)self)->trace_opcodes);
}

static bool set_trace_opcodes(Thread *t, Obj self, Obj value)
{
    return set_flag(t, value, &((FrameObject *)self)->trace_opcodes);
}

static Ref frame_repr(Thread *t, Obj self)
{
    FrameObject *f = (FrameObject *)self;
    return oz_str_format(t, "<frame at %p, file %R, line %d, code %S>", (void *)f,
                         code_of(f)->filename, object_line(f), code_of(f)->name);
}

OZ_NATIVE_(frame_method_clear, "clear", "($self, /)",
           "Drop every local variable that the frame holds.", 0)
{
    FrameObject *f = (FrameObject *)a[0];
    if (f->frame)
        return oz_raise(t, OZ_RuntimeError, "cannot clear an executing frame");
    if (f->generator) {
        scoped Ref held = oz_retain((Obj)f->generator);
        if (oz_is(held, OZ_COROUTINE) && f->generator->state == OZ_GEN_CREATED)
            oz_generator_type_finalize(t, held); /* warns: it was never awaited */
        if (!oz_generator_close(t, (Generator *)held))
            return NULL;
    }
    f->cleared = true;
    drop_locals(f);
    oz_clear(&f->snapshot);
    return OZ_NONE;
}

const TypeDef oz_frame_type = {
    .id = OZ_FRAME,
    .name = "frame",
    .size = sizeof(FrameObject),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = frame_visit,
    .clear = frame_clear,
    .slots = {.repr = frame_repr},
    .methods = OZ_METHODS(&frame_method_clear),
    .getsets = OZ_GETSETS(
        {"f_back", get_back, NULL, NULL}, {"f_code", get_code, NULL, NULL},
        {"f_globals", get_globals, NULL, NULL}, {"f_builtins", get_builtins, NULL, NULL},
        {"f_locals", get_locals, NULL, NULL}, {"f_lineno", get_line, set_line, NULL},
        {"f_lasti", get_last_instruction, NULL, NULL}, {"f_trace", get_trace, set_trace, NULL},
        {"f_trace_lines", get_trace_lines, set_trace_lines, NULL},
        {"f_trace_opcodes", get_trace_opcodes, set_trace_opcodes, NULL}),
};
