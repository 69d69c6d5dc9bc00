// SPDX-License-Identifier: MIT
// sys.settrace and sys.setprofile: what the functions that a program has set are told.
//
// While some thread traces, every entry of the dispatch table is the loop's label `trace`; it asks
// oz_trace_step and goes on with the handler of the instruction (loop.c).  So the loop pays nothing
// while nobody traces, and a function that is set is heeded from the very next instruction on, in
// every activation of the loop.
//
//   T1. frame->flags has OZ_FRAME_STARTED when its "call" has been told, or tracing began later.
//   T2. frame->traced is the word behind the instruction that ran last while the table was
//       switched, 0: none.  A "line" is told where the line differs from that one's, and at jumps
//       backwards.
//   T3. t->tracing > 0 while a function runs that was set: nothing is told meanwhile.
//   T4. A function that raises is not called again: what it raised goes on in the traced frame.
//
// t->lines is told of lines as a trace function is, but natively (LineTracer): it needs no frame
// object and no table of lines but for the code that it wants.
//
// Rejected: a second copy of the loop, which would be entered at polls only.
#include "object/error.h"
#include "types/code.h"
#include "types/exception.h"
#include "types/native.h"
#include "types/tuple.h"
#include "vm/profile.h"
#include "vm/vm.h"

/* ---- switching ---- */

static _Atomic(int) threads_traced; /* of the process: the tables are one for all */
_Atomic(int) oz_threads_profiled;

/* The frames that run already have been told of, and each is at its line. */
static void mark_frames(Thread *t)
{
    for (Frame *frame = t->frames; t->frame && frame <= t->frame; frame++) {
        frame->flags |= OZ_FRAME_STARTED;
        frame->traced = (uint32_t)(frame->pc - frame->code->instructions);
    }
}

static void count_thread(_Atomic(int) *threads, bool before, bool now)
{
    if (before != now)
        atomic_fetch_add(threads, now ? 1 : -1);
}

void oz_trace_changed(Thread *t)
{
    const CallProfile *p = t->profile_set;
    bool steps = t->trace_function || t->lines || (t->profile_function && (!p || p->timed));
    uint8_t now = steps ? OZ_TRACED_STEPS : p ? OZ_TRACED_CALLS : 0;
    uint8_t before = t->traced;
    t->profile = t->tracing ? NULL : t->profile_set;
    if (now == before)
        return;
    t->traced = now;
    if (now & OZ_TRACED_STEPS)
        mark_frames(t);
    count_thread(&threads_traced, before & OZ_TRACED_STEPS, now & OZ_TRACED_STEPS);
    count_thread(&oz_threads_profiled, before & OZ_TRACED_CALLS, now & OZ_TRACED_CALLS);
    bool traced = atomic_load(&threads_traced), profiled = atomic_load(&oz_threads_profiled);
    oz_loop_switch(traced || profiled);
    oz_loop_profiled_switch(traced || !profiled);
}

/* ---- telling ---- */

static void forget(Thread *t, Ref *function)
{
    Ref old = oz_move(function);
    oz_trace_changed(t);
    oz_drop(old);
}

/* function(frame, event, argument) */
static Ref tell(Thread *t, Obj function, FrameObject *f, Obj event, Obj argument)
{
    scoped Ref held = oz_retain(function);
    Obj values[] = {(Obj)f, event, argument};
    Args args = {.items = values, .count = 3};
    f->locals_read = false;
    Obj outer_event = t->told_event;
    void *outer_frame = t->told_frame;
    t->told_event = event;
    t->told_frame = f;
    oz_trace_pause(t);
    Ref result = oz_call(t, held, &args);
    oz_trace_resume(t);
    t->told_event = outer_event;
    t->told_frame = outer_frame;
    if (f->locals_read && !oz_frame_store_locals(t, f))
        oz_clear(&result);
    return result;
}

/* Tell the trace function of the frame (of the thread, at a call). */
static bool tell_tracer(Thread *t, FrameObject *f, Obj event, Obj argument)
{
    Obj function = event == (Obj)OZ_NAME(t, call) ? t->trace_function : f->trace;
    if (!function || !t->trace_function)
        return true;
    scoped Ref result = tell(t, function, f, event, argument);
    if (!result) { /* T4 */
        oz_clear(&f->trace);
        forget(t, &t->trace_function);
        return false;
    }
    if (result != OZ_NONE)
        oz_store(&f->base, &f->trace, oz_move(&result));
    return true;
}

static bool tell_profiler(Thread *t, FrameObject *f, Obj event, Obj argument)
{
    if (!t->profile_function || t->profile_set)
        return true;
    scoped Ref result = tell(t, t->profile_function, f, event, argument);
    if (!result)
        forget(t, &t->profile_function); /* T4 */
    return result != NULL;
}

static bool has_function(const Thread *t)
{
    return t->trace_function || t->profile_function;
}

/* ---- the native counter of lines ---- */

/* T2 for a frame that starts at this word. */
static uint32_t traced_at_start(const Frame *frame, uint32_t at)
{
    return at ? at + (frame->generator && frame->generator->delegating) : 0;
}

/* The frame is about to run the line of word `at`, if it is another one or is jumped back to. */
static bool is_new_line(Code *code, uint32_t before, uint32_t at, int line)
{
    return line > 0 &&
           (!before || at < before - 1 || line != oz_code_traced_line(code, before - 1));
}

static void count_start(Thread *t, Frame *frame, uint32_t at)
{
    if (t->lines && t->lines->wants(t->lines, frame->code))
        t->lines->enter(t->lines, t, frame, at == 0);
}

/* Where no function is set, this does what start and tell_line do for T1 and T2. */
static void count_line(Thread *t, Frame *frame, Instruction i, uint32_t at)
{
    bool started = frame->flags & OZ_FRAME_STARTED;
    uint32_t before = started ? frame->traced : traced_at_start(frame, at);
    uint32_t after = at + 1;
    if (!started)
        count_start(t, frame, at);
    if (oz_is_prologue(OZ_OP(i))) {
        after = before;
    } else if (t->lines->wants(t->lines, frame->code)) {
        int line = oz_code_traced_line(frame->code, at);
        if (is_new_line(frame->code, before, at, line))
            t->lines->line(t->lines, t, frame, line);
        if (line <= 0)
            after = before;
    }
    if (!has_function(t)) {
        frame->flags |= OZ_FRAME_STARTED;
        frame->traced = after;
    }
}

/* ---- events ---- */

/* Both, of an event that both know. */
static bool tell_both(Thread *t, Frame *frame, Obj event, Obj argument)
{
    scoped Ref object = oz_frame_object(t, frame);
    return object && tell_tracer(t, (FrameObject *)object, event, argument) &&
           tell_profiler(t, (FrameObject *)object, event, argument);
}

/* ---- calls and returns ---- */

/* The first instruction after a call or resume is about to run, or an exception is thrown in. */
static bool start(Thread *t, Frame *frame, uint32_t at)
{
    frame->flags |= OZ_FRAME_STARTED;
    frame->traced = traced_at_start(frame, at);
    uint64_t *pc = frame->pc; /* f_lineno is that of the definition, or of the yield */
    frame->pc = frame->code->instructions + frame->traced;
    oz_profile_timed_enter(t, frame->code, (Obj)frame->code, NULL);
    if (!tell_both(t, frame, OZ_NAME(t, call), OZ_NONE))
        return false; /* outside every handler, if it is fresh */
    frame->pc = pc;
    return true;
}

bool oz_trace_return(Thread *t, Obj value)
{
    if (t->lines && t->lines->wants(t->lines, t->frame->code))
        t->lines->leave(t->lines, t, t->frame);
    oz_profile_timed_leave(t);
    return !has_function(t) || tell_both(t, t->frame, OZ_TEXT(t, return_name), value);
}

/* What is raised now cannot be handled in the frame any more. */
static TraceResult leave(Thread *t, Frame *frame, Obj value)
{
    if (oz_trace_return(t, value))
        return OZ_TRACE_GO;
    frame->pc = frame->code->instructions;
    return OZ_TRACE_LEFT;
}

void oz_trace_exception(Thread *t)
{
    Frame *frame = t->frame;
    uint32_t at = (uint32_t)(frame->pc - frame->code->instructions);
    bool started = frame->flags & OZ_FRAME_STARTED;
    if (!started)
        count_start(t, frame, at);
    if (!has_function(t)) {
        frame->flags |= OZ_FRAME_STARTED;
        frame->traced = started ? frame->traced : traced_at_start(frame, at);
        return;
    }
    scoped Ref pending = oz_move(&t->exception);
    bool ok = started || start(t, frame, at);
    if (ok && t->trace_function && frame->object && frame->object->trace) {
        Obj traceback = ((BaseException *)pending)->traceback;
        Obj values[] = {(Obj)oz_class_of(pending), pending, traceback ? traceback : OZ_NONE};
        scoped Ref triple = oz_tuple_new(t, values, 3);
        scoped Ref object = oz_frame_object(t, frame);
        ok = triple && object &&
             tell_tracer(t, (FrameObject *)object, OZ_NAME(t, exception), triple);
    }
    if (ok)
        t->exception = oz_move(&pending);
}

/* Native iterators end without StopIteration where there is no value; coroutines never do. */
bool oz_trace_stop(Thread *t, Obj iterator, Obj value)
{
    if (!has_function(t))
        return true;
    if (value == OZ_NONE && !oz_is(iterator, OZ_COROUTINE) &&
        !(oz_class_of(iterator)->flags & OZ_CLASS_PYTHON))
        return true;
    oz_raise_stop_iteration(t, oz_retain(value));
    oz_trace_exception(t);
    return oz_exception_forget(t, OZ_StopIteration);
}

void oz_trace_unwound(Thread *t)
{
    scoped Ref pending = oz_move(&t->exception);
    if (oz_trace_return(t, OZ_NONE))
        t->exception = oz_move(&pending);
}

/* ---- lines ---- */

/* The frame is about to run the instruction at word `at`. */
static bool tell_line(Thread *t, Frame *frame, Instruction i, uint32_t at)
{
    if (oz_is_prologue(OZ_OP(i))) /* of the call, not of a line */
        return true;
    uint32_t before = frame->traced;
    int line = oz_code_traced_line(frame->code, at);
    if (line > 0)
        frame->traced = at + 1;
    FrameObject *f = frame->object;
    if (!f || !f->trace || !t->trace_function)
        return true;
    scoped Ref held = oz_retain((Obj)f);
    if (f->trace_lines && is_new_line(frame->code, before, at, line) &&
        !tell_tracer(t, f, OZ_NAME(t, line), OZ_NONE))
        return false;
    return !f->trace_opcodes || !f->trace || tell_tracer(t, f, OZ_NAME(t, opcode), OZ_NONE);
}

/* ---- calls of native functions ---- */

/* What a profiler is told of such a call, as a function of its own; NULL: raised. */
static Ref function_called(Thread *t, Obj callee, Obj self)
{
    if (oz_is(callee, OZ_BUILTIN_FUNCTION))
        return oz_retain(callee);
    bool class_method = oz_is(callee, OZ_CLASSMETHOD_DESCRIPTOR);
    return oz_class_of(callee)->slots->descr_get(t, callee, class_method ? NULL : self,
                                                 class_method ? self : (Obj)oz_class_of(self));
}

/* CALL, CALL_KW or CALL_EX of a native function; the pc goes behind it. */
static CallResult call_native(Thread *t, Frame *frame, Instruction i, bool has_self)
{
    Ref *window = frame->base + OZ_A(i);
    if (OZ_OP(i) == OP_CALL_EX)
        return oz_call_spread(t, window, OZ_B(i) & 1, OZ_C(i));
    uint64_t operand = *frame->pc++;
    if (OZ_OP(i) == OP_CALL)
        return oz_call_quick(t, window, OZ_B(i), has_self, OZ_C(i));
    Obj names = ((Tuple *)frame->code->constants)->items[operand];
    return oz_call_named(t, window, OZ_B(i), names, has_self, OZ_C(i));
}

static TraceResult native_call(Thread *t, Frame *frame, Instruction i)
{
    Ref *window = frame->base + OZ_A(i);
    bool spread = OZ_OP(i) == OP_CALL_EX;
    bool has_self = !spread && OZ_AUX(i) & 1 && window[1];
    Obj self, callee = oz_native_callee(window, spread ? 0 : OZ_B(i), has_self, spread, &self);
    if (!callee)
        return OZ_TRACE_GO;
    const CallProfile *p = oz_native_entered(t, callee, self, true);
    bool tells = !t->profile_set;
    scoped Ref function = NULL, object = NULL;
    if (tells) {
        function = function_called(t, callee, self);
        object = function ? oz_frame_object(t, frame) : NULL;
        if (!object || !tell_profiler(t, (FrameObject *)object, OZ_NAME(t, c_call), function))
            return OZ_TRACE_RAISED;
    }
    CallResult done = call_native(t, frame, i, has_self);
    oz_check(done != OZ_CALL_FRAME);
    if (p && p == t->profile)
        oz_profile_timed_leave(t);
    if (tells) {
        scoped Ref pending = oz_move(&t->exception);
        Obj event = pending ? OZ_NAME(t, c_exception) : OZ_NAME(t, c_return);
        if (!tell_profiler(t, (FrameObject *)object, event, function))
            return OZ_TRACE_RAISED;
        t->exception = oz_move(&pending);
    }
    return done == OZ_CALL_RAISED ? OZ_TRACE_RAISED : OZ_TRACE_DONE;
}

/* ---- the step ---- */

/* A tracer has assigned to f_lineno. */
static bool jumps(Frame *frame, uint32_t at)
{
    FrameObject *f = frame->object;
    if (f && f->jump && f->jump_from != at)
        f->jump = 0;
    return f && f->jump;
}

/* The line there is told of if `traced` is 0. */
static TraceResult jump(Thread *t, Frame *frame, uint32_t traced)
{
    if (!oz_trace_jump(t, frame))
        return OZ_TRACE_RAISED;
    frame->traced = traced;
    return OZ_TRACE_DONE;
}

TraceResult oz_trace_profiled(Thread *t)
{
    if (oz_is_loop_profiled(t))
        return OZ_TRACE_GO;
    t->frame->pc--;
    return OZ_TRACE_OTHER;
}

TraceResult oz_trace_step(Thread *t, Frame *frame, Instruction i)
{
    if (oz_is_loop_profiled(t)) {
        frame->pc--;
        return OZ_TRACE_OTHER;
    }
    if (!oz_is_traced(t))
        return OZ_TRACE_GO;
    uint32_t at = (uint32_t)(frame->pc - frame->code->instructions) - 1;
    if (t->lines)
        count_line(t, frame, i, at);
    if (has_function(t)) {
        bool resumed = !(frame->flags & OZ_FRAME_STARTED);
        if (resumed && !start(t, frame, at))
            return OZ_TRACE_RAISED;
        if (resumed && jumps(frame, at)) /* since the yield; its line is still to be told */
            return jump(t, frame, 0);
        if (!tell_line(t, frame, i, at))
            return OZ_TRACE_RAISED;
    }
    if (jumps(frame, at))
        return jump(t, frame, frame->object->jump);
    switch (OZ_OP(i)) {
    case OP_RETURN:
    case OP_YIELD:
        return leave(t, frame, frame->base[OZ_A(i)]);
    case OP_RETURN_NONE:
        return leave(t, frame, OZ_NONE);
    case OP_CALL:
    case OP_CALL_KW:
    case OP_CALL_EX:
        return t->profile_function ? native_call(t, frame, i) : OZ_TRACE_GO;
    default:
        return OZ_TRACE_GO;
    }
}
