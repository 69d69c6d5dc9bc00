// SPDX-License-Identifier: MIT
// Assignment to f_lineno: a trace function makes its frame go on at another line.
//
// What registers hold at both places comes from the verifier of the bytecode.  A jump is allowed
// where every temporary that is in use at the destination holds the same kind of thing already: the
// iterator of a loop, an __exit__, an exception being handled; other values only if both places
// have the same handler, which was set up after them.  The others are dropped on the way, and what
// was being handled before an exception is handled again.  The jump itself waits until the trace
// function has returned, for what that handles is not the frame's; at a yield, until the generator
// is resumed.  A jump whose place of departure is not reached, because of an exception, is
// forgotten.
//
// A local that the compiler took for bound at the destination becomes None if it is not; of spilled
// locals, of which it takes none for bound, all that are not.
#include "bytecode/verify.h"
#include "object/error.h"
#include "types/spill.h"
#include "vm/vm.h"

/* States of all registers at two places, in one block. */
typedef struct Places {
    uint8_t *from, *to;
} Places;

static bool places_init(Thread *t, Places *p, const Code *code, uint32_t from)
{
    p->from = oz_block_alloc(t->heap, 2 * (size_t)code->registers + 1);
    if (!p->from)
        return oz_raise_memory(t) != NULL;
    p->to = p->from + code->registers;
    if (oz_code_state(t, code, from, p->from))
        return true;
    oz_block_free(p->from);
    return oz_raise_memory(t) != NULL;
}

/* The highest temporary in use at the destination that does not fit, or -1. */
static int misfit(const Code *code, const Places *p, uint32_t from, uint32_t to)
{
    const ExceptionRange *range = oz_code_range(code, to);
    uint32_t shared =
        range && range == oz_code_range(code, from) ? range->depth : code->local_count;
    for (uint32_t r = code->registers; r-- > code->local_count;) {
        if (p->to[r] == OZ_REGISTER_EMPTY)
            continue;
        bool same = p->to[r] == p->from[r] && p->to[r] != OZ_REGISTER_MAYBE;
        if (!same || (p->to[r] == OZ_REGISTER_FULL && r >= shared))
            return (int)r;
    }
    return -1;
}

static bool refuse(Thread *t, uint8_t state)
{
    switch (state) {
    case OZ_REGISTER_ITERATOR:
        return oz_fail(t, OZ_ValueError, "can't jump into the body of a for loop");
    case OZ_REGISTER_EXCEPTION:
    case OZ_REGISTER_HANDLED:
    case OZ_REGISTER_CAUGHT:
        return oz_fail(t, OZ_ValueError,
                       "can't jump into an 'except' block as there's no exception");
    default:
        return oz_fail(t, OZ_ValueError, "incompatible stacks");
    }
}

/* ---- lines ---- */

/* The first line with code that is not before `line`; -1: none. */
static int next_line(Code *code, int line)
{
    int best = -1;
    for (uint32_t at = 0; at < code->count; at++) {
        int here = oz_code_traced_line(code, at);
        if (here >= line && (best < 0 || here < best))
            best = here;
    }
    return best;
}

/* The first word of a run of instructions of this line, from word `at` on; code->count: none. */
static uint32_t find_line(Code *code, int line, uint32_t at)
{
    int before = at ? oz_code_traced_line(code, at - 1) : -1;
    while (at < code->count) {
        Instruction i = code->instructions[at];
        if (!oz_is_prologue(OZ_OP(i))) {
            int here = oz_code_traced_line(code, at);
            if (here == line && before != line)
                return at;
            before = here;
        }
        at += oz_opcodes[OZ_OP(i)].words;
    }
    return at;
}

/* The highest temporary in use. */
static int depth_of(const Code *code, const uint8_t *state)
{
    for (uint32_t r = code->registers; r-- > code->local_count;)
        if (state[r] != OZ_REGISTER_EMPTY)
            return (int)r;
    return 0;
}

/* Of several places, as copies of a finally clause are, the one that keeps the most. */
static bool choose(Thread *t, FrameObject *f, Code *code, int line, Places *p, uint32_t from)
{
    int wrong = -1, deepest = -1;
    for (uint32_t at = 0; (at = find_line(code, line, at)) < code->count;
         at += oz_opcodes[OZ_OP(code->instructions[at])].words) {
        if (!oz_code_state(t, code, at, p->to))
            return oz_raise_memory(t) != NULL;
        int here = misfit(code, p, from, at);
        if (here >= 0) {
            wrong = p->to[here];
        } else if (depth_of(code, p->to) > deepest) {
            deepest = depth_of(code, p->to);
            f->jump = at + 1;
        }
    }
    if (deepest >= 0)
        return true;
    return wrong >= 0 ? refuse(t, (uint8_t)wrong)
                      : oz_fail(t, OZ_ValueError, "can't jump into an unreachable line");
}

bool oz_trace_set_line(Thread *t, Obj frame, int64_t line)
{
    FrameObject *f = (FrameObject *)frame;
    Code *code = f->code;
    if (f == t->told_frame && t->told_event == (Obj)OZ_NAME(t, call))
        return oz_fail(t, OZ_ValueError, "can't jump from the 'call' trace event of a new frame");
    bool yielding = f == t->told_frame && t->told_event == (Obj)OZ_TEXT(t, return_name) &&
                    f->frame && OZ_OP(f->frame->pc[-1]) == OP_YIELD;
    if (f == t->told_frame && t->told_event != (Obj)OZ_NAME(t, line) && !yielding)
        return oz_fail(t, OZ_ValueError, "can only jump from a 'line' trace event");
    if (f != t->told_frame || !f->trace || !f->frame)
        return oz_fail(t, OZ_ValueError, "f_lineno can only be set by a trace function");
    if (line > INT32_MAX || line < INT32_MIN)
        return oz_fail(t, OZ_ValueError, "lineno out of range");
    if (line < code->first_line)
        return oz_fail(t, OZ_ValueError, "line %d comes before the current code block", (int)line);
    int found = next_line(code, (int)line);
    if (found < 0)
        return oz_fail(t, OZ_ValueError, "line %d comes after the current code block", (int)line);
    uint32_t from = (uint32_t)(f->frame->pc - code->instructions) - !yielding;
    Places p;
    if (!places_init(t, &p, code, from))
        return false;
    f->jump_from = from;
    bool ok = choose(t, f, code, found, &p, from);
    oz_block_free(p.from);
    return ok;
}

/* ---- the jump ---- */

static void leave(Thread *t, Ref *base, const uint8_t *from, uint32_t reg)
{
    if (from[reg] == OZ_REGISTER_HANDLED || from[reg] == OZ_REGISTER_CAUGHT) {
        Ref old = oz_move(&t->handled->exception);
        t->handled->exception = oz_move(&base[reg]);
        oz_drop(old);
    }
    oz_clear(&base[reg]);
}

static void bind_spilled(const Code *code, const Ref *base)
{
    uint32_t near = oz_code_near(code);
    for (uint32_t local = near; local < near + code->spilled; local++) {
        Cell *cell = oz_spilled_cell(code, base, local);
        if (!cell->value && !oz_code_is_cell(code, local))
            oz_store(&cell->base, &cell->value, OZ_NONE);
    }
}

bool oz_trace_jump(Thread *t, Frame *frame)
{
    Code *code = frame->code;
    uint32_t from = frame->object->jump_from, to = frame->object->jump - 1;
    frame->object->jump = 0;
    Places p;
    if (!places_init(t, &p, code, from))
        return false;
    if (!oz_code_state(t, code, to, p.to)) {
        oz_block_free(p.from);
        return oz_raise_memory(t) != NULL;
    }
    frame->pc = code->instructions + to;
    for (uint32_t r = code->registers; r-- > code->local_count;)
        if (p.to[r] == OZ_REGISTER_EMPTY)
            leave(t, frame->base, p.from, r);
    for (uint32_t r = 0; r < code->local_count; r++)
        if (oz_is_full(p.to[r]) && !frame->base[r])
            frame->base[r] = OZ_NONE;
    if (code->spilled)
        bind_spilled(code, frame->base);
    oz_block_free(p.from);
    return true;
}
