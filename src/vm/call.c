// SPDX-License-Identifier: MIT
// Calls: binding arguments to parameters, and the calls that the dispatch loop has no fast path
// for.
//
// Arguments lie in the caller's window as owned references.  A Python function whose arguments
// need no rearranging gets that part of the window as its own (loop.c).  Everything else passes
// borrowed Args; a Python function then gets a window above the innermost frame.
#include "object/error.h"
#include "types/codec.h"
#include "types/consume.h"
#include "types/dict.h"
#include "types/exception_kinds.h"
#include "types/list_layout.h"
#include "types/native.h"
#include "types/spill.h"
#include "types/str.h"
#include "vm/resume.h"
#include "vm/vm.h"

#include <stdio.h>
#include <string.h>

/* ---- error messages of binding ---- */

static void builder_names(StrBuilder *b, const Obj *names, unsigned count)
{
    for (unsigned n = 0; n < count; n++) {
        if (n > 0)
            oz_builder_text(b, count == 2 ? " and " : n + 1 < count ? ", " : ", and ");
        oz_builder_repr(b, names[n]);
    }
}

static bool raise_missing(Thread *t, const Function *f, const Obj *missing, unsigned count,
                          const char *kind)
{
    StrBuilder b;
    oz_builder_init(&b, t);
    builder_names(&b, missing, count);
    scoped Ref names = oz_builder_finish(&b);
    if (!names)
        return false;
    return oz_fail(t, OZ_TypeError, "%S() missing %u required %s argument%s: %S",
                   oz_function_qualname(f), count, kind, count == 1 ? "" : "s", names);
}

static bool raise_too_many(Thread *t, const Function *f, const Args *args, Ref *window)
{
    const Code *code = f->code;
    unsigned defaults = f->defaults ? ((Tuple *)f->defaults)->length : 0;
    unsigned keyword_only = 0;
    for (unsigned p = code->positional; p < code->positional + code->keyword_only; p++)
        keyword_only += window[p] != NULL;
    char takes[64];
    bool plural = code->positional != 1;
    if (defaults) {
        snprintf(takes, sizeof takes, "from %d to %u", (int)code->positional - (int)defaults,
                 code->positional);
        plural = true;
    } else {
        snprintf(takes, sizeof takes, "%u", code->positional);
    }
    char also[96] = "";
    if (keyword_only)
        snprintf(also, sizeof also, " positional argument%s (and %u keyword-only argument%s)",
                 args->count != 1 ? "s" : "", keyword_only, keyword_only != 1 ? "s" : "");
    return oz_fail(t, OZ_TypeError, "%S() takes %s positional argument%s but %u%s %s given",
                   oz_function_qualname(f), takes, plural ? "s" : "", args->count, also,
                   args->count == 1 && !keyword_only ? "was" : "were");
}

/* A keyword that fits no parameter: was it meant for a positional-only one? */
static bool raise_unexpected(Thread *t, const Function *f, const Args *args, Obj name)
{
    const Code *code = f->code;
    const Obj *locals = oz_borrowed(((Tuple *)code->locals)->items);
    StrBuilder b;
    oz_builder_init(&b, t);
    unsigned found = 0;
    for (unsigned p = 0; p < code->positional_only; p++) {
        for (unsigned n = 0; n < args->named; n++) {
            Obj given = ((Tuple *)args->names)->items[n];
            if (!oz_is_str(given) || !oz_str_equal(oz_as_str(given), oz_as_str(locals[p])))
                continue;
            if (found++)
                oz_builder_text(&b, ", ");
            oz_builder_str(&b, given);
        }
    }
    scoped Ref positional = oz_builder_finish(&b);
    if (!positional)
        return false;
    if (found)
        return oz_fail(t, OZ_TypeError,
                       "%S() got some positional-only arguments passed as keyword arguments: '%S'",
                       oz_function_qualname(f), positional);
    return oz_fail(t, OZ_TypeError, "%S() got an unexpected keyword argument '%S'",
                   oz_function_qualname(f), name);
}

/* ---- binding ---- */

/* The parameter that keyword `name` stands for, or -1. */
static int find_parameter(const Code *code, Obj name)
{
    const Obj *locals = oz_borrowed(((Tuple *)code->locals)->items);
    int end = code->positional + code->keyword_only;
    for (int p = code->positional_only; p < end; p++)
        if (locals[p] == name)
            return p;
    for (int p = code->positional_only; p < end; p++)
        if (oz_str_equal(oz_as_str(locals[p]), oz_as_str(name)))
            return p;
    return -1;
}

/* The keywords that no parameter claims, as the dict for **kwargs.  The __eq__ of a key of a class
 * of its own can run here, which is why nothing is in the new window yet; it may even give the
 * function another code, to which nothing that is known here applies. */
static Ref gather_extra(Thread *t, Function *f, const Args *args)
{
    scoped Ref code = oz_retain((Obj)f->code);
    scoped Ref extra = oz_dict_new(t);
    for (unsigned n = 0; extra && n < args->named; n++) {
        Obj name = ((Tuple *)args->names)->items[n];
        if (!oz_is_str(name)) {
            oz_raise(t, OZ_TypeError, "%S() keywords must be strings", oz_function_qualname(f));
            return NULL;
        }
        if (find_parameter((const Code *)code, name) < 0 &&
            !oz_dict_set(t, (Dict *)extra, name, args->items[args->count + n]))
            return NULL;
    }
    if ((Obj)f->code == code)
        return oz_move(&extra);
    oz_raise(t, OZ_RuntimeError, "%S() got other code while it was called",
             oz_function_qualname(f));
    return NULL;
}

static bool bind_keywords(Thread *t, Function *f, const Args *args, Ref *window, bool claimed)
{
    const Code *code = f->code;
    for (unsigned n = 0; n < args->named; n++) {
        Obj name = ((Tuple *)args->names)->items[n];
        Obj value = args->items[args->count + n];
        if (!oz_is_str(name))
            return oz_fail(t, OZ_TypeError, "%S() keywords must be strings",
                           oz_function_qualname(f));
        int p = find_parameter(code, name);
        if (p < 0) {
            if (!claimed)
                return raise_unexpected(t, f, args, name);
            continue;
        }
        if (window[p])
            return oz_fail(t, OZ_TypeError, "%S() got multiple values for argument '%S'",
                           oz_function_qualname(f), name);
        window[p] = oz_retain(value);
    }
    return true;
}

/* The default of keyword-only parameter `p`: borrowed, or NULL. */
static Obj keyword_default(const Function *f, unsigned p)
{
    Obj defaults = f->extras ? f->extras->keyword_defaults : NULL;
    Obj name = ((Tuple *)f->code->locals)->items[p];
    return defaults ? oz_dict_peek_str((Dict *)defaults, name) : NULL;
}

/* Fill in defaults; what is still missing after that is an error. */
static bool bind_defaults(Thread *t, const Function *f, Ref *window, unsigned given)
{
    const Code *code = f->code;
    const Obj *locals = oz_borrowed(((Tuple *)code->locals)->items);
    const Tuple *defaults = (Tuple *)f->defaults;
    int first = (int)code->positional - (defaults ? (int)defaults->length : 0);
    Obj missing[64];
    unsigned count = 0;
    for (unsigned p = given; p < code->positional; p++) {
        if (window[p])
            continue;
        if (defaults && (int)p >= first)
            window[p] = oz_retain(defaults->items[(int)p - first]);
        else if (count < OZ_COUNT(missing))
            missing[count++] = locals[p];
    }
    if (count)
        return raise_missing(t, f, missing, count, "positional");
    for (unsigned p = code->positional; p < code->positional + code->keyword_only; p++) {
        if (window[p])
            continue;
        Obj value = keyword_default(f, p);
        if (value)
            window[p] = oz_retain(value);
        else if (count < OZ_COUNT(missing))
            missing[count++] = locals[p];
    }
    if (count)
        return raise_missing(t, f, missing, count, "keyword-only");
    return true;
}

/* Runs no Python code; `extra` (taken) is the dict for **kwargs, if there is one. */
static bool bind(Thread *t, Function *f, const Args *args, Ref *window, Ref extra)
{
    const Code *code = f->code;
    unsigned positional = code->positional;
    unsigned given = args->count < positional ? args->count : positional;
    unsigned named_end = positional + code->keyword_only;
    unsigned parameters = oz_code_parameter_count(code);
    for (unsigned p = 0; p < parameters; p++)
        window[p] = NULL;
    if (extra)
        window[parameters - 1] = extra;
    for (unsigned p = 0; p < given; p++)
        window[p] = oz_retain(args->items[p]);
    if (code->flags & OZ_CODE_VARARGS) {
        window[named_end] = oz_tuple_new(t, args->items + given, args->count - given);
        if (!window[named_end])
            return false;
    }
    if (args->named && !bind_keywords(t, f, args, window, extra != NULL))
        return false;
    if (args->count > positional && !(code->flags & OZ_CODE_VARARGS))
        return raise_too_many(t, f, args, window);
    if (given < named_end)
        return bind_defaults(t, f, window, given);
    return true;
}

/* Parameters that have no register move into the spill. */
static bool spill_parameters(Thread *t, const Code *code, Ref *window, unsigned parameters)
{
    uint32_t near = oz_code_near(code);
    Ref spill = oz_spill_new(t, code, window + near, parameters - near);
    window[near] = spill;
    return spill != NULL;
}

bool oz_bind_arguments(Thread *t, Function *f, const Args *args, Ref *window)
{
    const Code *code = f->code;
    unsigned parameters = oz_code_parameter_count(code);
    if (window + code->registers > t->stack_end || window + parameters > t->stack_end)
        return oz_recursion_error(t, "");
    Ref extra = NULL;
    if (code->flags & OZ_CODE_VARKEYWORDS) {
        extra = gather_extra(t, f, args);
        if (!extra)
            return false;
    }
    if (OZ_LIKELY(bind(t, f, args, window, extra)) &&
        (OZ_LIKELY(!oz_code_spills_parameters(code)) ||
         spill_parameters(t, code, window, parameters)))
        return true;
    for (unsigned p = 0; p < parameters; p++)
        oz_clear(&window[p]);
    return false;
}

Ref oz_callable_text(Thread *t, Obj callable)
{
    scoped Ref qualname = NULL, module = NULL;
    Found found = oz_find_attr(t, callable, OZ_NAME(t, __qualname__), &qualname);
    if (found != OZ_FOUND)
        return found == OZ_MISSING ? oz_str(t, callable) : NULL;
    found = oz_find_attr(t, callable, OZ_NAME(t, __module__), &module);
    if (found == OZ_RAISED)
        return NULL;
    const Str *name = found == OZ_FOUND ? oz_as_str(module) : NULL;
    if (found == OZ_FOUND && module != OZ_NONE &&
        !(name && oz_str_equal(name, (const Str *)OZ_NAME(t, builtins))))
        return oz_str_format(t, "%S.%S()", module, qualname);
    return oz_str_format(t, "%S()", qualname);
}

bool oz_star_arguments(Thread *t, Obj callable, Ref *args)
{
    if (oz_is(*args, OZ_TUPLE))
        return true;
    Class *cls = oz_class_of(*args);
    if (!cls->slots->iter && !cls->slots->get_item) {
        scoped Ref text = oz_callable_text(t, callable);
        return text && oz_fail(t, OZ_TypeError, "%S argument after * must be an iterable, not %T",
                               text, *args);
    }
    Ref tuple = oz_tuple_from(t, *args);
    if (!tuple)
        return false;
    Ref old = *args;
    *args = tuple;
    oz_drop(old);
    return true;
}

/* ---- running ---- */

/* Binding runs no Python code once there is anything in the window above the top frame. */
Ref oz_call_function(Thread *t, Obj function, const Args *args)
{
    Function *f = (Function *)function;
    Ref *window = oz_frame_top(t);
    unsigned set = args->count;
    if (OZ_LIKELY(f->code->simple_arguments == set) && set != OZ_NOT_SIMPLE && !args->named &&
        window + set <= t->stack_end) { /* nothing to bind */
        for (unsigned p = 0; p < set; p++)
            window[p] = oz_retain_mixed(args->items[p]);
    } else {
        if (!oz_bind_arguments(t, f, args, window))
            return NULL;
        set = f->code->parameters;
    }
    Ref held = oz_retain(function);
    if (f->code->flags & OZ_CODE_ANY_GENERATOR)
        return oz_generator_new(t, held, window, set);
    Frame *frame = oz_frame_push(t, held, window, set);
    if (!frame)
        return NULL;
    frame->flags = OZ_FRAME_ENTRY;
    return oz_run(t, NULL);
}

Ref oz_run_code(Thread *t, Obj function, Obj names, unsigned flags)
{
    const Code *code = ((Function *)function)->code;
    if (OZ_UNLIKELY(code->parameters || code->flags & OZ_CODE_ANY_GENERATOR))
        return oz_call_function(t, function, &(Args){0}); /* exec(f.__code__) */
    Frame *frame = oz_frame_push(t, oz_retain(function), oz_frame_top(t), 0);
    if (!frame)
        return NULL;
    frame->names = oz_retain(names);
    frame->flags = (uint16_t)(OZ_FRAME_ENTRY | flags);
    return oz_run(t, NULL);
}

/* ---- calls of the loop ---- */

static void drop_arguments(Ref *window, unsigned count)
{
    for (unsigned n = 0; n < count + 2; n++)
        oz_clear(&window[n]);
}

Ref oz_call_window(Thread *t, Ref *window, unsigned count, Obj names, bool has_self)
{
    if (!has_self)
        window[1] = NULL;
    unsigned named = names ? ((Tuple *)names)->length : 0;
    Args args = {.items = oz_borrowed(window + (has_self ? 1 : 2)),
                 .count = count + has_self - named,
                 .named = named,
                 .names = names};
    Ref result = oz_call(t, window[0], &args);
    drop_arguments(window, count);
    return result;
}

static bool push_call(Thread *t, Ref function, Ref *arguments, unsigned count, unsigned result,
                      unsigned flags)
{
    Frame *frame = oz_frame_push(t, function, arguments, count);
    if (!frame)
        return false;
    frame->result = (uint16_t)result;
    frame->flags = (uint16_t)flags;
    return true;
}

/* ---- binding in place ---- */

/* Most calls that are not simple can still be bound where their arguments lie, so that the callee's
 * window begins in the caller's and nothing is copied or counted.  What raises, and what needs more
 * than a look at the names, takes the general way above. */
enum { NAMED_MAX = 8, PARAMETERS_MAX = 64 };

typedef struct Plan {
    unsigned count;   /* positional values */
    const Obj *names; /* of the values behind them */
    unsigned named;
    uint64_t filled;         /* parameters that get a value, by bit; unset: the first `count` */
    int8_t where[NAMED_MAX]; /* parameter of each named value; -1: **kwargs */
} Plan;

OZ_INLINE uint64_t low_bits(unsigned count)
{
    return count < 64 ? (UINT64_C(1) << count) - 1 : UINT64_MAX;
}

/* Where does each named value go?  false: the general way knows. */
static bool plan_names(const Code *code, Plan *plan)
{
    Obj extra[NAMED_MAX];
    unsigned extras = 0;
    for (unsigned n = 0; n < plan->named; n++) {
        int p = find_parameter(code, plan->names[n]);
        plan->where[n] = (int8_t)p;
        if (p < 0 ? !(code->flags & OZ_CODE_VARKEYWORDS) : plan->filled >> p & 1)
            return false;
        if (p >= 0)
            plan->filled |= UINT64_C(1) << p;
        else
            extra[extras++] = plan->names[n];
    }
    return oz_dict_are_names(extra, extras); /* so that making a dict of them runs no Python code */
}

/* Can the values that `plan` counts be bound at `arguments`?  Nothing is changed yet. */
static bool plan_call(Thread *t, const Function *f, const Ref *arguments, Plan *plan)
{
    const Code *code = f->code;
    unsigned positional = code->positional, end = positional + code->keyword_only;
    unsigned count = plan->count;
    if (arguments + code->registers > t->stack_end || end > PARAMETERS_MAX ||
        (count > positional && !(code->flags & OZ_CODE_VARARGS)) || plan->named > NAMED_MAX)
        return false;
    unsigned defaults = f->defaults ? ((Tuple *)f->defaults)->length : 0;
    if (!plan->named && end == positional)
        return count + defaults >= positional;
    plan->filled = low_bits(count < positional ? count : positional);
    if (plan->named && !plan_names(code, plan))
        return false;
    uint64_t given = plan->filled | (low_bits(positional) &
                                     ~low_bits(defaults < positional ? positional - defaults : 0));
    for (unsigned p = positional; p < end; p++)
        if (keyword_default(f, p))
            given |= UINT64_C(1) << p;
    return given == low_bits(end);
}

/* **kwargs: the named values that no parameter claims. */
static Ref gather_named(Thread *t, const Plan *plan, const Ref *arguments)
{
    Obj names[NAMED_MAX] = {0};
    Ref values[NAMED_MAX];
    unsigned count = 0;
    for (unsigned n = 0; n < plan->named; n++) {
        if (plan->where[n] < 0) {
            names[count] = plan->names[n];
            values[count++] = oz_retain(arguments[plan->count + n]);
        }
    }
    Ref dict = oz_dict_of_names(t, names, values, count);
    for (unsigned n = 0; !dict && n < count; n++)
        oz_drop(values[n]);
    return dict;
}

/* *args and **kwargs of a plan; false: raised. */
static bool gather(Thread *t, const Code *code, const Plan *plan, Ref *arguments, Ref *rest,
                   Ref *named)
{
    if (code->flags & OZ_CODE_VARKEYWORDS) {
        *named = plan->named ? gather_named(t, plan, arguments) : oz_dict_new(t);
        if (!*named)
            return false;
    }
    if (code->flags & OZ_CODE_VARARGS) {
        unsigned fixed = plan->count < code->positional ? plan->count : code->positional;
        *rest = oz_tuple_take(t, arguments + fixed, plan->count - fixed);
        return *rest != NULL;
    }
    return true;
}

/* Bring the arguments of a plan in the order of the parameters.  false: raised; what is left of
 * them lies where it was. */
static bool bind_plan(Thread *t, const Function *f, const Plan *plan, Ref *arguments)
{
    const Code *code = f->code;
    unsigned positional = code->positional, end = positional + code->keyword_only;
    Ref rest = NULL, named = NULL, values[NAMED_MAX];
    if (code->parameters > end && !gather(t, code, plan, arguments, &rest, &named)) {
        oz_drop(named);
        return false;
    }
    for (unsigned n = 0; n < plan->named; n++)
        values[n] = oz_move(&arguments[plan->count + n]);
    const Tuple *defaults = (Tuple *)f->defaults;
    for (unsigned p = plan->count; p < positional; p++)
        if (!plan->named || !(plan->filled >> p & 1))
            arguments[p] = oz_retain(defaults->items[p + defaults->length - positional]);
    for (unsigned p = positional; p < end; p++)
        if (!(plan->filled >> p & 1)) /* where there are keyword-only parameters it is known */
            arguments[p] = oz_retain(keyword_default(f, p));
    for (unsigned n = 0; n < plan->named; n++) {
        if (plan->where[n] >= 0)
            arguments[plan->where[n]] = values[n];
        else
            oz_drop(values[n]); /* the dict has it */
    }
    if (rest)
        arguments[end++] = rest;
    if (named)
        arguments[end] = named;
    return true;
}

/* Call the function in window[0] whose arguments a plan binds. */
static CallResult call_planned(Thread *t, Ref *window, const Plan *plan, Ref *arguments,
                               unsigned result)
{
    const Function *f = (Function *)window[0];
    const Code *code = f->code;
    if (OZ_UNLIKELY(!bind_plan(t, f, plan, arguments))) {
        drop_arguments(window, (unsigned)(arguments - window) + plan->count + plan->named - 2);
        return OZ_CALL_RAISED;
    }
    Ref function = oz_move(&window[0]);
    if (!(code->flags & OZ_CODE_ANY_GENERATOR))
        return push_call(t, function, arguments, code->parameters, result, 0) ? OZ_CALL_FRAME
                                                                              : OZ_CALL_RAISED;
    Ref generator = oz_generator_new(t, function, arguments, code->parameters);
    if (OZ_UNLIKELY(!generator))
        return OZ_CALL_RAISED;
    oz_result(t->frame->base, result, generator);
    return OZ_CALL_DONE;
}

/* ---- classes ---- */

/* The Python function that `cls` initialises its instances with, if making one is nothing but
 * object.__new__ or BaseException.__new__ and that call: borrowed, or NULL. */
static Function *plain_init(Thread *t, Class *cls)
{
    bool plain =
        cls->layout == OZ_OBJECT ? oz_class_allocates(cls, true) : oz_exception_allocates(cls);
    Obj init = plain ? oz_class_peek(t, cls, OZ_NAME(t, __init__)) : NULL;
    if (!init || !oz_is(init, OZ_FUNCTION) ||
        (((Function *)init)->code->flags & OZ_CODE_ANY_GENERATOR))
        return NULL;
    return (Function *)init;
}

/* Make an instance and push the frame of its __init__, whose arguments (self first, at window[1])
 * the plan binds. */
static CallResult call_class(Thread *t, Ref *window, const Plan *plan, unsigned result,
                             Function *init)
{
    Class *cls = (Class *)window[0];
    Args args = {.items = oz_borrowed(window + 2), .count = plan->count - 1};
    Ref instance = cls->layout == OZ_OBJECT ? (Ref)oz_instance_new(t, cls, 0)
                                            : oz_exception_new(t, cls, &args);
    Ref function = oz_retain((Obj)init);
    if (instance) {
        window[0] = oz_retain(instance);
        window[1] = instance;
        oz_drop((Ref)cls);
    }
    if (OZ_UNLIKELY(!instance || !bind_plan(t, init, plan, window + 1))) {
        drop_arguments(window, plan->count - 1 + plan->named);
        oz_drop(function);
        return OZ_CALL_RAISED;
    }
    if (!push_call(t, function, window + 1, init->code->parameters, result, OZ_FRAME_INIT)) {
        oz_clear(&window[0]);
        return OZ_CALL_RAISED;
    }
    return OZ_CALL_FRAME;
}

/* ---- native callees ---- */

CallResult oz_finish_call(Thread *t, Ref *window, unsigned count, unsigned result, Ref value)
{
    for (unsigned n = count + 2; n-- > 0;)
        oz_clear(&window[n]);
    if (OZ_UNLIKELY(!value))
        return OZ_CALL_RAISED;
    oz_result(t->frame->base, result, value);
    return OZ_CALL_DONE;
}

/* Can the loop serve this consumer of a generator itself?  Then the frame is pushed. */
static bool consume(Thread *t, Ref *window, unsigned count, unsigned kind, CallResult *called)
{
    if (OZ_LIKELY(!kind) || count != 1)
        return false;
    Obj generator = window[kind == OZ_CONSUME_SEND ? 1 : 2];
    if (!oz_generator_ready(generator) || t->traced)
        return false;
    Ref sent = OZ_NONE;
    if (kind == OZ_CONSUME_SEND) {
        if (((Generator *)generator)->state == OZ_GEN_CREATED && window[2] != OZ_NONE)
            return false;
        sent = oz_move(&window[2]);
    }
    *called = oz_consume(t, window, generator, sent, kind);
    if (OZ_UNLIKELY(*called == OZ_CALL_RAISED))
        drop_arguments(window, count);
    return true;
}

/* Is it one of the values whose methods have no effect, given such values? */
static bool is_plain(Obj v)
{
    return v == OZ_NONE || oz_is_exact_str(v) || oz_is(v, OZ_BYTES) || oz_is(v, OZ_INT) ||
           oz_is(v, OZ_BOOL);
}

/* Is it a codec that is written in C, and the errors are left to it? */
static bool is_native_codec(const Ref *names, unsigned count)
{
    const Str *encoding = oz_as_str(names[0]), *errors = count > 1 ? oz_as_str(names[1]) : NULL;
    char name[32];
    size_t length = encoding ? oz_str_length(encoding) : sizeof name;
    if (length >= sizeof name || (count > 1 && (!errors || !oz_str_equal_utf8(errors, "strict"))))
        return false;
    for (size_t n = 0; n < length; n++) {
        uint32_t c = oz_str_at(encoding, n);
        if (c > 0x7f)
            return false;
        name[n] = (char)c;
    }
    name[length] = 0;
    return oz_codec_kind(name) != 0;
}

/* The limit of the heap has refused what a method makes: once more, if nobody can notice and there
 * is garbage that takes the room.  (A name is that of a codec, which may be written in Python.) */
static OZ_COLD Ref call_again(Thread *t, Signature *s, Ref *window, unsigned count)
{
    for (unsigned n = 1; n < count + 2; n++)
        if (!is_plain(window[n]))
            return NULL;
    bool codec = count && (s->def->flags & OZ_FN_CODEC);
    return (!codec || is_native_codec(window + 2, count)) && oz_memory_try_again(t)
               ? oz_signature_call_window(t, s, oz_borrowed(window + 1), count)
               : NULL;
}

/* window[1] is self, of the class that the method is for; of a class method the class. */
static CallResult call_method(Thread *t, Ref *window, unsigned count, unsigned result)
{
    Signature *s = ((MethodDescriptor *)window[0])->signature;
    CallResult called;
    if (consume(t, window, count, s->def->flags & OZ_CONSUME_MASK, &called))
        return called;
    Ref value = oz_signature_call_window(t, s, oz_borrowed(window + 1), count);
    if (OZ_UNLIKELY(!value))
        value = call_again(t, s, window, count);
    return oz_finish_call(t, window, count, result, value);
}

static CallResult call_builtin(Thread *t, Ref *window, unsigned count, unsigned result)
{
    BuiltinFunction *function = (BuiltinFunction *)window[0];
    CallResult called;
    if (consume(t, window, count, function->signature->def->flags & OZ_CONSUME_MASK, &called))
        return called;
    window[1] = function->self; /* lent by the function, which window[0] keeps */
    Ref value = oz_signature_call_window(t, function->signature, oz_borrowed(window + 1), count);
    window[1] = NULL;
    return oz_finish_call(t, window, count, result, value);
}

static CallResult call_native_class(Thread *t, Ref *window, unsigned count, unsigned result)
{
    uint32_t id = ((Class *)window[0])->id;
    unsigned kind = id == OZ_LIST ? OZ_CONSUME_LIST : id == OZ_TUPLE ? OZ_CONSUME_TUPLE : 0;
    CallResult called;
    if (consume(t, window, count, kind, &called))
        return called;
    window[1] = window[0]; /* lent: a[0] of what makes the object is the class */
    Ref value = oz_class_call_window(t, oz_borrowed(window + 1), count);
    window[1] = NULL;
    return oz_finish_call(t, window, count, result, value);
}

/* ---- Python callees that need binding ---- */

/* Bind into a window above the caller's and push the frame; `args` lie in window[0 .. used), which
 * is dropped when the new frame protects its own registers. */
static CallResult call_bound(Thread *t, Function *f, const Args *args, Ref *window, unsigned used,
                             unsigned result)
{
    Ref *inner = oz_frame_top(t);
    Frame *caller = t->frame;
    bool ok = oz_bind_arguments(t, f, args, inner);
    Ref value = NULL;
    if (ok) {
        Ref function = oz_retain((Obj)f);
        unsigned set = f->code->parameters;
        if (f->code->flags & OZ_CODE_ANY_GENERATOR)
            value = oz_generator_new(t, function, inner, set);
        else
            ok = push_call(t, function, inner, set, result, 0);
    }
    bool pushed = ok && t->frame != caller;
    for (unsigned n = used; n-- > 0;)
        oz_clear(&window[n]);
    if (pushed)
        return OZ_CALL_FRAME;
    if (!value)
        return OZ_CALL_RAISED;
    oz_result(caller->base, result, value);
    return OZ_CALL_DONE;
}

static CallResult call_general(Thread *t, Ref *window, unsigned count, Obj names, bool has_self,
                               unsigned result)
{
    Frame *caller = t->frame;
    Ref value = oz_call_window(t, window, count, names, has_self);
    if (OZ_UNLIKELY(!value))
        return OZ_CALL_RAISED;
    oz_result(caller->base, result, value);
    return OZ_CALL_DONE;
}

/* A bound method's function and self, spread over window[0] and window[1]. */
static bool unbind(Ref *window)
{
    BoundMethod *method = (BoundMethod *)window[0];
    window[1] = oz_retain(method->self);
    window[0] = oz_retain(method->function);
    oz_drop((Ref)method);
    return true;
}

CallResult oz_call_quick(Thread *t, Ref *window, unsigned count, bool has_self, unsigned result)
{
    if (!has_self)
        window[1] = NULL;
    if (!oz_is_pointer(window[0]))
        return call_general(t, window, count, NULL, has_self, result);
    if (!has_self && oz_id(oz_object(window[0])) == OZ_BOUND_METHOD)
        has_self = unbind(window);
    Ref *arguments = window + (has_self ? 1 : 2);
    unsigned given = count + has_self;
    Obj callee = window[0];
    if (!oz_is_pointer(callee))
        return call_general(t, window, count, NULL, has_self, result);
    switch (oz_id(oz_object(callee))) {
    case OZ_FUNCTION: {
        Function *f = (Function *)callee;
        Plan plan = {.count = given};
        if (plan_call(t, f, arguments, &plan))
            return call_planned(t, window, &plan, arguments, result);
        Args args = {.items = oz_borrowed(arguments), .count = given};
        return call_bound(t, f, &args, window, count + 2, result);
    }
    case OZ_METHOD_DESCRIPTOR:
        if (has_self) {
            Class *owner = ((MethodDescriptor *)callee)->owner;
            Class *cls = oz_class_of(arguments[0]);
            if (OZ_LIKELY(cls == owner) || oz_class_derives(cls, owner))
                return call_method(t, window, count, result);
        }
        break;
    case OZ_CLASSMETHOD_DESCRIPTOR:
        if (has_self && oz_is_class(arguments[0]) &&
            oz_class_derives((Class *)arguments[0], ((MethodDescriptor *)callee)->owner))
            return call_method(t, window, count, result);
        break;
    case OZ_BUILTIN_FUNCTION:
        if (!has_self)
            return call_builtin(t, window, count, result);
        break;
    case OZ_TYPE:
        if (!has_self) {
            if (((Class *)callee)->id)
                return call_native_class(t, window, count, result);
            Function *init = plain_init(t, (Class *)callee);
            Plan plan = {.count = count + 1};
            if (init && plan_call(t, init, window + 1, &plan))
                return call_class(t, window, &plan, result, init);
        }
        break;
    default:
        break;
    }
    return call_general(t, window, count, NULL, has_self, result);
}

CallResult oz_call_named(Thread *t, Ref *window, unsigned count, Obj names, bool has_self,
                         unsigned result)
{
    if (!has_self)
        window[1] = NULL;
    if (!has_self && oz_is(window[0], OZ_BOUND_METHOD))
        has_self = unbind(window);
    if (oz_is(window[0], OZ_FUNCTION)) {
        unsigned named = ((Tuple *)names)->length;
        Ref *arguments = window + (has_self ? 1 : 2);
        unsigned given = count + has_self - named;
        Plan plan = {.count = given, .names = oz_borrowed(((Tuple *)names)->items), .named = named};
        if (plan_call(t, (Function *)window[0], arguments, &plan))
            return call_planned(t, window, &plan, arguments, result);
        Args args = {
            .items = oz_borrowed(arguments), .count = given, .named = named, .names = names};
        return call_bound(t, (Function *)window[0], &args, window, count + 2, result);
    }
    if (!has_self && oz_is(window[0], OZ_TYPE) && !((Class *)window[0])->id) {
        Function *init = plain_init(t, (Class *)window[0]);
        unsigned named = ((Tuple *)names)->length;
        Plan plan = {.count = count + 1 - named,
                     .names = oz_borrowed(((Tuple *)names)->items),
                     .named = named};
        if (init && plan_call(t, init, window + 1, &plan))
            return call_class(t, window, &plan, result, init);
    }
    return call_general(t, window, count, names, has_self, result);
}

/* The keys of a dict of few exact strs, and its values, both borrowed; false: it is another. */
static bool few_keywords(Dict *dict, Obj *keys, Obj *values)
{
    size_t at = 0;
    for (unsigned n = 0; oz_dict_step(dict, &at, &keys[n], &values[n]); n++)
        if (!oz_is_exact_str(keys[n]))
            return false;
    return true;
}

/* f(*values, **named) of a Python function, bound in place; false: the general way. */
static bool spread_in_place(Thread *t, Ref *window, unsigned used, unsigned result,
                            CallResult *called)
{
    const Ref *values = NULL;
    Plan plan = {.count = 0};
    if (oz_is(window[2], OZ_TUPLE)) {
        values = ((Tuple *)window[2])->items;
        plan.count = ((Tuple *)window[2])->length;
    } else if (oz_is(window[2], OZ_LIST)) {
        plan.count = (unsigned)oz_list_length_fast((List *)window[2]);
        values = plan.count ? ((List *)window[2])->block->items : NULL;
    } else {
        return false;
    }
    Dict *dict = used == 4 ? (Dict *)window[3] : NULL;
    Obj keys[NAMED_MAX], named[NAMED_MAX];
    plan.names = keys;
    plan.named = dict ? (unsigned)oz_dict_length(dict) : 0;
    if (plan.named > NAMED_MAX || window + 2 + plan.count + plan.named > t->stack_end ||
        (plan.named && !few_keywords(dict, keys, named)) ||
        !plan_call(t, (Function *)window[0], window + 2, &plan))
        return false;
    /* The sequence and the dict make room for what they hold. */
    scoped Ref sequence = oz_move(&window[2]);
    scoped Ref mapping = used == 4 ? oz_move(&window[3]) : NULL;
    Ref *next = window + 2;
    for (unsigned n = 0; n < plan.count; n++)
        *next++ = oz_retain(values[n]);
    for (unsigned n = 0; n < plan.named; n++)
        *next++ = oz_retain(named[n]);
    *called = call_planned(t, window, &plan, window + 2, result);
    return true;
}

/* **mapping as a dict. */
static bool star_keywords(Thread *t, Obj callable, Ref *keywords)
{
    if (oz_is(*keywords, OZ_DICT))
        return true;
    scoped Ref dict = oz_dict_new(t);
    if (!dict || !oz_merge_keywords(t, dict, *keywords, callable))
        return false;
    Ref old = *keywords;
    *keywords = oz_move(&dict);
    oz_drop(old);
    return true;
}

CallResult oz_call_spread(Thread *t, Ref *window, bool keywords, unsigned result)
{
    window[1] = NULL;
    unsigned used = keywords ? 4 : 3;
    Frame *caller = t->frame;
    Ref value = NULL;
    if (!keywords || star_keywords(t, window[0], &window[3])) {
        CallResult called;
        if (oz_is(window[0], OZ_FUNCTION) && spread_in_place(t, window, used, result, &called))
            return called;
        if (oz_star_arguments(t, window[0], &window[2]))
            value = oz_call_tuple(t, window[0], window[2], keywords ? window[3] : NULL);
    }
    for (unsigned n = used; n-- > 0;)
        oz_clear(&window[n]);
    if (OZ_UNLIKELY(!value))
        return OZ_CALL_RAISED;
    oz_result(caller->base, result, value);
    return OZ_CALL_DONE;
}
