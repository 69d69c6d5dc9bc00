// SPDX-License-Identifier: MIT
// Raising: what object/error.h promises.
//
// An exception becomes pending with the one that is being handled as its context.  A context chain
// never becomes a ring by raising: if the new exception already lies in the chain, the link to it
// is cut (E1).  Programs can build rings by assignment; walks here end on them (Brent).
//
// MemoryError: a new instance if it can be had, else the thread's reserve, over and over.  The
// reserve never gets a context or traceback, which would keep alive what may be all of memory.
#include "object/world.h"
#include "object/collector.h"
#include "object/error.h"

#include "types/exception_kinds.h"
#include "types/audit.h"
#include "types/dict.h"
#include "types/frame.h"
#include "types/str.h"
#include "types/traceback.h"
#include "types/tuple.h"
#include "types/type.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- the pending exception ---- */

Ref oz_exception_take(Thread *t)
{
    return oz_move(&t->exception);
}

void oz_exception_put(Thread *t, Ref exception)
{
    Ref old = t->exception;
    t->exception = exception;
    oz_drop(old);
}

void oz_exception_clear(Thread *t)
{
    oz_clear(&t->exception);
}

bool oz_raised(Thread *t, int kind)
{
    return t->exception && oz_is_exception(t->exception, kind);
}

bool oz_exception_forget(Thread *t, int kind)
{
    if (!oz_raised(t, kind))
        return false;
    oz_exception_clear(t);
    return true;
}

/* ---- context ---- */

/* Cut `e` out of the chain that starts at `handled` (E1). */
static void unlink_context(BaseException *handled, const BaseException *e)
{
    BaseException *at = handled, *mark = handled;
    size_t steps = 0, limit = 2;
    while (at->context) {
        BaseException *next = (BaseException *)at->context;
        if (next == e) {
            oz_clear(&at->context);
            return;
        }
        if (next == mark)
            return; /* a ring that programs made */
        if (++steps == limit) {
            mark = next;
            steps = 0;
            limit *= 2;
        }
        at = next;
    }
}

void oz_exception_link(Thread *t, BaseException *e, Ref *field, Ref value)
{
    if ((Ref)e == t->memory_error)
        oz_drop(value);
    else
        oz_store(&e->base, field, value);
}

static void set_context(Thread *t, BaseException *e, BaseException *handled)
{
    if (!handled || handled == e || e->context == (Ref)handled)
        return;
    unlink_context(handled, e);
    oz_exception_link(t, e, &e->context, oz_retain((Obj)handled));
}

/* Make `e` (taken) the pending exception. */
static void raise_instance(Thread *t, Ref exception)
{
    set_context(t, (BaseException *)exception, (BaseException *)oz_handled(t));
    oz_exception_put(t, exception);
}

void oz_exception_chain(Thread *t, Obj handled)
{
    if (t->exception)
        set_context(t, (BaseException *)t->exception, (BaseException *)handled);
}

/* ---- raising by kind ---- */

Ref oz_raise_value(Thread *t, int kind, Obj value)
{
    oz_need_turn(t);
    Ref made = oz_exception_make(t, kind, oz_tuple_new(t, &value, 1));
    if (made)
        raise_instance(t, made);
    return NULL;
}

static Ref raise_format(Thread *t, int kind, const char *format, va_list arguments)
{
    oz_need_turn(t);
    /* A message may be made while another exception is pending, which it replaces. */
    oz_exception_clear(t);
    scoped Ref message = strchr(format, '%') ? oz_str_format_va(t, format, arguments)
                                             : oz_str_from_utf8(t, format, strlen(format));
    return message ? oz_raise_value(t, kind, message) : NULL;
}

Ref oz_raise(Thread *t, int kind, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    raise_format(t, kind, format, arguments);
    va_end(arguments);
    return NULL;
}

Ref oz_raise_memory(Thread *t)
{
    if (!t->memory_error)
        return NULL; /* the failure of the attempt below */
    oz_need_turn(t);
    Ref reserve = oz_move(&t->memory_error);
    Ref made = oz_exception_make(t, OZ_MemoryError, oz_retain(t->vm->empty_tuple));
    t->memory_error = reserve;
    raise_instance(t, made ? made : oz_retain(reserve));
    return NULL;
}

bool oz_memory_try_again(Thread *t)
{
    if (!oz_heap_limit(t->vm->heap) || !oz_raised(t, OZ_MemoryError))
        return false;
    Ref refusal = oz_exception_take(t);
    if (!oz_gc_make_room(t)) {
        oz_exception_put(t, refusal);
        return false;
    }
    oz_drop(refusal);
    return true;
}

/* ---- the raise statement ---- */

/* `what` as an instance: of a class, the result of calling it.  NULL: raised. */
static Ref to_instance(Thread *t, Obj what, const char *message)
{
    if (oz_as_exception(what))
        return oz_retain(what);
    if (!oz_is_exception_class(what))
        return oz_raise(t, OZ_TypeError, "%s", message);
    Class *cls = (Class *)what;
    if (cls->slots->init == oz_exception_init && oz_exception_allocates(cls))
        return oz_exception_new(t, cls, &(Args){.items = NULL});
    scoped Ref made = oz_call0(t, what);
    if (made && !oz_as_exception(made))
        return oz_raise(t, OZ_TypeError,
                        "calling %R should have returned an instance of BaseException, not %R",
                        what, (Obj)oz_class_of(made));
    return oz_move(&made);
}

Ref oz_raise_object(Thread *t, Obj what, Obj cause)
{
    scoped Ref made = to_instance(t, what, "exceptions must derive from BaseException");
    if (!made)
        return NULL;
    BaseException *e = (BaseException *)made;
    if (cause) {
        Ref reason = NULL;
        if (!oz_is_none(cause)) {
            reason = to_instance(t, cause, "exception causes must derive from BaseException");
            if (!reason)
                return NULL;
        }
        oz_exception_link(t, e, &e->cause, reason);
        e->suppress_context = true;
    }
    raise_instance(t, oz_move(&made));
    return NULL;
}

/* ---- errors that nobody can handle ---- */

static void write_all(const char *text, size_t length)
{
    while (length > 0) {
        ssize_t n = write(STDERR_FILENO, text, length);
        if (n <= 0)
            return;
        text += n;
        length -= (size_t)n;
    }
}

/* To sys.stderr, or to the descriptor when there is none (yet, or any more). */
bool oz_error_write(Thread *t, Obj text)
{
    Obj stream = t->vm->sys ? oz_dict_peek_str(oz_as_dict(t->vm->sys), OZ_NAME(t, stderr)) : NULL;
    return oz_error_write_to(t, stream, text);
}

bool oz_error_write_to(Thread *t, Obj stream, Obj text)
{
    if (stream && oz_is_none(stream))
        return true;
    if (stream) {
        scoped Ref file = oz_retain(stream);
        scoped Ref done = oz_call_method(t, file, OZ_NAME(t, write), 1, &text);
        if (done) {
            oz_drop(oz_call_method(t, file, OZ_NAME(t, flush), 0, NULL));
            return t->exception == NULL;
        }
        oz_exception_clear(t);
    }
    scoped Ref keep = NULL;
    const char *bytes = oz_str_display(t, text, &keep);
    if (!bytes)
        return false;
    write_all(bytes, strlen(bytes));
    return true;
}

/* "Exception ignored in: ..." and the traceback. */
static Ref unraisable_text(Thread *t, Ref text, Obj where, const char *message)
{
    scoped Ref report = text;
    if (!report)
        return NULL;
    if (!where || oz_is_none(where))
        return message ? oz_str_format(t, "%s:\n%S", message, report) : oz_move(&report);
    scoped Ref place = oz_repr(t, where);
    if (!place) {
        oz_exception_clear(t);
        place = oz_str_new(t, "<object repr() failed>");
    }
    return oz_str_format(t, "%s: %S\n%S", message ? message : "Exception ignored in", place,
                         report);
}

/* `report`: the text about `exception`, taken; NULL: it could not be made. */
static void print_report(Thread *t, Obj exception, Ref report, Obj where, const char *message)
{
    scoped Ref text = unraisable_text(t, report, where, message);
    if (text && oz_error_write(t, text))
        return;
    oz_exception_clear(t);
    const char *const parts[] = {message ? message : "Exception ignored", ": ",
                                 oz_class_label(oz_class_of(exception)), "\n"};
    for (size_t i = 0; i < OZ_COUNT(parts); i++) /* with no memory, the least that can be said */
        write_all(parts[i], strlen(parts[i]));
}

void oz_unraisable_print(Thread *t, Obj exception, Obj where, const char *message)
{
    print_report(t, exception, oz_exception_text(t, exception), where, message);
}

static Ref sys_entry(Thread *t, const char *name)
{
    Ref key = t->vm->sys ? oz_intern(t, name) : NULL;
    if (!key)
        return NULL;
    Obj value = oz_dict_peek_str(oz_as_dict(t->vm->sys), key);
    Ref found = value ? oz_retain(value) : NULL;
    oz_drop(key);
    return found;
}

/* The argument of a hook: sys.UnraisableHookArgs((type, value, traceback, message, object)). */
static Ref hook_argument(Thread *t, Obj maker, Obj exception, Obj where, const char *message)
{
    scoped Ref text = message ? oz_str_new(t, message) : OZ_NONE;
    if (!text)
        return NULL;
    const BaseException *e = (const BaseException *)exception;
    Obj none = OZ_NONE;
    scoped Ref values = oz_tuple_of(t, 5, (Obj)oz_class_of(exception), exception,
                                    e->traceback ? e->traceback : none, text, where ? where : none);
    return values ? oz_call1(t, maker, values) : NULL;
}

/* Call sys.unraisablehook if a program has set one.  false: there is none, or it failed. */
static bool call_hook(Thread *t, Obj exception, Obj where, const char *message)
{
    scoped Ref hook = sys_entry(t, "unraisablehook");
    scoped Ref original = sys_entry(t, "__unraisablehook__");
    scoped Ref maker = sys_entry(t, "UnraisableHookArgs");
    if (!hook || !maker || hook == original || oz_is_none(hook))
        return false;
    scoped Ref argument = hook_argument(t, maker, exception, where, message);
    bool may = argument && oz_audit_event(t, "sys.unraisablehook", "OO", hook, argument);
    scoped Ref done = may ? oz_call1(t, hook, argument) : NULL;
    if (done)
        return true;
    scoped Ref failure = oz_exception_take(t);
    if (failure)
        oz_unraisable_print(t, failure, hook, "Exception ignored in sys.unraisablehook");
    return true;
}

/* What native code raised right here has no traceback: say at least which frame was at work. */
static void add_place(Thread *t, Obj exception)
{
    if (!t->frame || exception == t->memory_error || ((BaseException *)exception)->traceback)
        return;
    scoped Ref frame = oz_frame_object(t, t->frame);
    if (!frame || !oz_traceback_add(t, exception, frame, oz_frame_object_pc((FrameObject *)frame),
                                    OZ_LINE_OF_PC))
        oz_exception_clear(t);
}

void oz_unraisable(Thread *t, Obj where, const char *message)
{
    scoped Ref exception = oz_exception_take(t);
    if (!exception)
        return;
    add_place(t, exception);
    if (!call_hook(t, exception, where, message))
        print_report(t, exception, oz_exception_ignored_text(t, exception), where, message);
    oz_exception_clear(t);
}
