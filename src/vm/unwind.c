// SPDX-License-Identifier: MIT
// Exceptions in frames: tracebacks, handlers, raise, except, except*, with.
//
// Unwinding makes progress without memory (U1).  Where a traceback entry cannot be made,
// MemoryError takes the place of the exception, for a program may look at the traceback; but one
// that is no Exception (SystemExit, KeyboardInterrupt ...) and MemoryError itself go on without the
// entry.
#include "bytecode/verify.h"
#include "object/error.h"
#include "types/exception.h"
#include "types/native.h"
#include "types/str.h"
#include "types/traceback.h"
#include "types/tuple.h"
#include "vm/vm.h"

#include <stdarg.h>

/* Make the frame's object, which its record keeps. */
static bool make_object(Thread *t, Frame *frame)
{
    Ref object = oz_frame_object(t, frame);
    oz_drop(object);
    return object != NULL;
}

/* MemoryError was raised instead of an entry in the traceback of `exception` (taken). */
static OZ_NOINLINE void go_without_entry(Thread *t, Ref exception)
{
    if (oz_is_exception(exception, OZ_Exception) && !oz_is_exception(exception, OZ_MemoryError)) {
        oz_exception_chain(t, exception);
        oz_drop(exception);
    } else {
        oz_exception_put(t, exception);
    }
}

void oz_frame_traceback(Thread *t)
{
    Frame *frame = t->frame;
    if (OZ_LIKELY(t->exception != t->memory_error)) {
        Ref pending = oz_move(&t->exception);
        /* Before the first instruction (a call event raised) there is no line but the first. */
        uint32_t run = (uint32_t)(frame->pc - frame->code->instructions);
        if (OZ_LIKELY((frame->object || make_object(t, frame)) &&
                      oz_traceback_add(t, pending, (Obj)frame->object, run - (run > 0),
                                       run ? OZ_LINE_OF_PC : frame->code->first_line)))
            t->exception = pending;
        else
            go_without_entry(t, pending); /* U1 */
    }
    if (oz_is_traced(t))
        oz_trace_exception(t);
}

uint64_t *oz_find_handler(Thread *t, Frame *frame)
{
    const Code *code = frame->code;
    uint32_t at = (uint32_t)(frame->pc - code->instructions) - 1;
    const ExceptionRange *range = oz_code_range(code, at);
    if (!range)
        return NULL;
    for (unsigned r = code->registers; r-- > range->depth;)
        if (frame->base[r])
            oz_clear(&frame->base[r]);
    frame->base[range->depth] = oz_move(&t->exception);
    return code->instructions + range->handler;
}

Ref oz_raise_from_pending(Thread *t, int kind, const char *format, ...)
{
    scoped Ref cause = oz_move(&t->exception);
    va_list arguments;
    va_start(arguments, format);
    scoped Ref message = oz_str_format_va(t, format, arguments);
    va_end(arguments);
    if (!message)
        return NULL;
    oz_raise_value(t, kind, message);
    BaseException *e = (BaseException *)t->exception;
    oz_exception_link(t, e, &e->context, oz_retain(cause));
    oz_exception_link(t, e, &e->cause, oz_move(&cause));
    e->suppress_context = true;
    return NULL;
}

/* ---- raise ---- */

/* false: a new exception is pending; true: an old one goes on as it is. */
bool op_raise(Thread *t, Instruction i, Ref *base)
{
    Frame *frame = t->frame;
    if (OZ_A(i) == OZ_NO_REGISTER) {
        Obj handled = oz_handled(t);
        if (!handled)
            return oz_fail(t, OZ_RuntimeError, "No active exception to reraise");
        oz_exception_put(t, oz_retain(handled));
        return true;
    }
    scoped Ref what = oz_operand_take(frame, base, OZ_A(i));
    scoped Ref cause = OZ_B(i) == OZ_NO_REGISTER ? NULL : oz_operand_take(frame, base, OZ_B(i));
    oz_raise_object(t, what, cause);
    return false;
}

void op_handle(Thread *t, Instruction i, Ref *base)
{
    Ref *pair = base + OZ_A(i);
    pair[1] = oz_move(&t->handled->exception);
    t->handled->exception = oz_retain(pair[0]);
}

void op_unhandle(Thread *t, Instruction i, Ref *base)
{
    Ref *pair = base + OZ_A(i);
    Ref old = oz_move(&t->handled->exception);
    t->handled->exception = oz_move(&pair[1]);
    oz_drop(old);
    oz_clear(&pair[0]);
}

/* ---- except ---- */

static const char not_an_exception[] =
    "catching classes that do not inherit from BaseException is not allowed";

/* 1 or 0: `e` is (not) an instance of class or tuple of classes `what`; -1: raised. */
static int exception_matches(Thread *t, Obj e, Obj what, bool groups)
{
    const Tuple *tuple = oz_as_tuple(what);
    if (tuple) {
        int any = 0;
        for (size_t n = 0; n < tuple->length; n++) {
            if (!groups && oz_as_tuple(tuple->items[n]))
                return oz_raise(t, OZ_TypeError, not_an_exception), -1;
            int match = exception_matches(t, e, tuple->items[n], groups);
            if (match < 0)
                return -1;
            any |= match;
        }
        return any;
    }
    if (!oz_is_exception_class(what)) {
        oz_raise(t, OZ_TypeError, not_an_exception);
        return -1;
    }
    if (groups && oz_class_derives((Class *)what, t->vm->errors[OZ_BaseExceptionGroup])) {
        oz_raise(t, OZ_TypeError,
                 "catching ExceptionGroup with except* is not allowed. Use except instead.");
        return -1;
    }
    return oz_class_derives(oz_class_of(e), (Class *)what);
}

bool op_match_exception(Thread *t, Instruction i, Ref *base)
{
    Obj e = base[OZ_B(i)], wanted = base[OZ_C(i)];
    if ((Obj)oz_class_of(e) == wanted) { /* an exact match needs no look at the class */
        oz_operand_done(t->frame, base, OZ_C(i));
        oz_result(base, OZ_A(i), OZ_TRUE);
        return true;
    }
    scoped Ref what = oz_operand_take(t->frame, base, OZ_C(i));
    int match = exception_matches(t, base[OZ_B(i)], what, false);
    if (match < 0)
        return false;
    oz_result(base, OZ_A(i), oz_bool(match));
    return true;
}

/* ---- except* ---- */

bool op_match_group(Thread *t, Instruction i, Ref *base)
{
    Ref *pair = base + OZ_A(i);
    scoped Ref what = oz_operand_take(t->frame, base, OZ_B(i));
    Ref match = NULL, rest = NULL;
    pair[1] = OZ_NONE;
    if (exception_matches(t, pair[0], what, true) < 0 ||
        !oz_exception_split(t, pair[0], what, &match, &rest))
        return false;
    pair[1] = match;
    oz_result(base, OZ_A(i), rest);
    return true;
}

bool op_prepare_reraise_star(Thread *t, Instruction i, Ref *base)
{
    scoped Ref original = oz_operand_take(t->frame, base, OZ_B(i));
    scoped Ref list = oz_operand_take(t->frame, base, OZ_C(i));
    Ref result = oz_exception_join(t, original, list);
    if (!result)
        return false;
    oz_result(base, OZ_A(i), result);
    return true;
}

/* ---- with ---- */

/* pair[0], pair[1] = callable, self of a special method of the class of `o`. */
static Found special_pair(Thread *t, Obj o, Obj name, Ref *pair)
{
    Obj value;
    Class *cls = oz_class_of(o);
    if (oz_class_find(t, cls, name, &value) == OZ_RAISED)
        return OZ_RAISED;
    if (value && oz_is_method_of(value, cls)) {
        pair[0] = oz_retain(value);
        pair[1] = oz_retain(o);
        return OZ_FOUND;
    }
    pair[1] = NULL;
    return oz_find_special(t, o, name, &pair[0]);
}

bool op_with_enter(Thread *t, Instruction i, Ref *base)
{
    bool async = OZ_OP(i) == OP_ASYNC_WITH_ENTER;
    scoped Ref manager = oz_operand_take(t->frame, base, OZ_B(i));
    Obj enter_name = async ? OZ_NAME(t, __aenter__) : OZ_NAME(t, __enter__);
    Obj exit_name = async ? OZ_NAME(t, __aexit__) : OZ_NAME(t, __exit__);
    Ref enter[2] = {NULL, NULL}, leave[2] = {NULL, NULL};
    Found found = special_pair(t, manager, enter_name, enter);
    if (found == OZ_MISSING)
        oz_raise(t, OZ_TypeError, "'%T' object does not support the %scontext manager protocol",
                 manager, async ? "asynchronous " : "");
    if (found != OZ_FOUND)
        return false;
    found = special_pair(t, manager, exit_name, leave);
    if (found == OZ_MISSING)
        oz_raise(t, OZ_TypeError,
                 "'%T' object does not support the %scontext manager protocol (missed %S method)",
                 manager, async ? "asynchronous " : "", exit_name);
    Ref value = NULL;
    if (found == OZ_FOUND) {
        Args args = {.items = oz_borrowed(&enter[1]), .count = enter[1] != NULL};
        value = oz_call(t, enter[0], &args);
    }
    oz_drop(enter[0]);
    oz_drop(enter[1]);
    if (!value) {
        oz_drop(leave[0]);
        oz_drop(leave[1]);
        return false;
    }
    base[OZ_A(i)] = leave[0];
    base[OZ_A(i) + 1] = leave[1];
    base[OZ_A(i) + 2] = value;
    return true;
}

bool op_with_exit(Thread *t, Instruction i, Ref *base)
{
    Ref *pair = base + OZ_A(i);
    Obj values[4] = {pair[1], OZ_NONE, OZ_NONE, OZ_NONE};
    Args args = {.items = pair[1] ? values : values + 1, .count = pair[1] ? 4 : 3};
    Ref result = oz_call(t, pair[0], &args);
    oz_clear(&pair[0]);
    oz_clear(&pair[1]);
    if (!result)
        return false;
    oz_result(base, OZ_C(i), result);
    return true;
}

bool op_with_except(Thread *t, Instruction i, Ref *base)
{
    Ref *pair = base + OZ_A(i);
    Obj e = base[OZ_B(i)];
    scoped Ref traceback = oz_retain(((BaseException *)e)->traceback);
    Obj values[4] = {pair[1], (Obj)oz_class_of(e), e, traceback ? traceback : OZ_NONE};
    Args args = {.items = pair[1] ? values : values + 1, .count = pair[1] ? 4 : 3};
    Ref result = oz_call(t, pair[0], &args);
    if (!result)
        return false;
    oz_result(base, OZ_C(i), result);
    return true;
}
