// SPDX-License-Identifier: MIT
// Calls: binding arguments to parameters, and the calls that the dispatch loop has no fast path
// for.
//
// Arguments lie in the caller's window as owned references.  A Python function whose arguments
// need no rearranging gets that part of the window as its own (loop.c).  Everything else passes
// borrowed Args; a Python function then gets a window above the innermost frame.
#include "object/error.h"
#include "types/dict.h"
#include "types/native.h"
#include "types/str.h"
#include "types/tuple.h"
#include "vm/vm.h"

#include <stdio.h>

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
        snprintf(takes, sizeof takes, "from %u to %u", code->positional - defaults,
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

static bool bind_keywords(Thread *t, Function *f, const Args *args, Ref *window, Ref extra)
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
            if (!extra)
                return raise_unexpected(t, f, args, name);
            if (!oz_dict_set(t, (Dict *)extra, name, value))
                return false;
            continue;
        }
        if (window[p])
            return oz_fail(t, OZ_TypeError, "%S() got multiple values for argument '%S'",
                           oz_function_qualname(f), name);
        window[p] = oz_retain(value);
    }
    return true;
}

/* Fill in defaults; what is still missing after that is an error. */
static bool bind_defaults(Thread *t, Function *f, Ref *window, unsigned given)
{
    const Code *code = f->code;
    const Obj *locals = oz_borrowed(((Tuple *)code->locals)->items);
    const Tuple *defaults = (Tuple *)f->defaults;
    unsigned first = code->positional - (defaults ? defaults->length : 0);
    Obj missing[64];
    unsigned count = 0;
    for (unsigned p = given; p < code->positional; p++) {
        if (window[p])
            continue;
        if (defaults && p >= first)
            window[p] = oz_retain(defaults->items[p - first]);
        else if (count < OZ_COUNT(missing))
            missing[count++] = locals[p];
    }
    if (count)
        return raise_missing(t, f, missing, count, "positional");
    Obj keyword_defaults = f->extras ? f->extras->keyword_defaults : NULL;
    for (unsigned p = code->positional; p < code->positional + code->keyword_only; p++) {
        if (window[p])
            continue;
        Found found = OZ_MISSING;
        if (keyword_defaults)
            found = oz_dict_get(t, (Dict *)keyword_defaults, locals[p], &window[p]);
        if (found == OZ_RAISED)
            return false;
        if (found == OZ_MISSING && count < OZ_COUNT(missing))
            missing[count++] = locals[p];
    }
    if (count)
        return raise_missing(t, f, missing, count, "keyword-only");
    return true;
}

static bool bind(Thread *t, Function *f, const Args *args, Ref *window)
{
    const Code *code = f->code;
    unsigned positional = code->positional;
    unsigned given = args->count < positional ? args->count : positional;
    unsigned named_end = positional + code->keyword_only;
    for (unsigned p = 0; p < given; p++)
        window[p] = oz_retain(args->items[p]);
    unsigned variadic = named_end;
    if (code->flags & OZ_CODE_VARARGS) {
        window[variadic] = oz_tuple_new(t, args->items + given, args->count - given);
        if (!window[variadic++])
            return false;
    }
    Ref extra = NULL;
    if (code->flags & OZ_CODE_VARKEYWORDS) {
        extra = window[variadic] = oz_dict_new(t);
        if (!extra)
            return false;
    }
    if (args->named && !bind_keywords(t, f, args, window, extra))
        return false;
    if (args->count > positional && !(code->flags & OZ_CODE_VARARGS))
        return raise_too_many(t, f, args, window);
    if (given < named_end)
        return bind_defaults(t, f, window, given);
    return true;
}

bool oz_bind_arguments(Thread *t, Function *f, const Args *args, Ref *window)
{
    const Code *code = f->code;
    if (window + code->registers > t->stack_end)
        return oz_recursion_error(t, "");
    for (unsigned p = 0; p < code->parameters; p++)
        window[p] = NULL;
    if (OZ_LIKELY(bind(t, f, args, window)))
        return true;
    for (unsigned p = 0; p < code->parameters; p++)
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
    if (found == OZ_FOUND && module != OZ_NONE && module != OZ_NAME(t, builtins))
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

/* Binding calls Python code only through dict keys' __eq__, and dict keys are strs there; so the
 * window above the top frame stays ours while it is filled. */
Ref oz_call_function(Thread *t, Obj function, const Args *args)
{
    Function *f = (Function *)function;
    Ref *window = oz_frame_top(t);
    if (!oz_bind_arguments(t, f, args, window))
        return NULL;
    Ref held = oz_retain(function);
    if (f->code->flags & OZ_CODE_ANY_GENERATOR)
        return oz_generator_new(t, held, window, f->code->parameters);
    Frame *frame = oz_frame_push(t, held, window, f->code->parameters);
    if (!frame)
        return NULL;
    frame->flags = OZ_FRAME_ENTRY;
    return oz_run(t, NULL);
}

Ref oz_run_code(Thread *t, Obj function, Obj names, unsigned flags)
{
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

/* The Python function that `cls` initialises its instances with, if making one is nothing but
 * object.__new__ and that call: borrowed, or NULL. */
static Function *plain_init(Thread *t, Class *cls)
{
    if (cls->layout != OZ_OBJECT || !oz_class_allocates(cls, true))
        return NULL;
    Obj init = oz_class_find(t, cls, OZ_NAME(t, __init__));
    return init && oz_is(init, OZ_FUNCTION) ? (Function *)init : NULL;
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

/* Make an instance and push the frame of its __init__. */
static CallResult call_class(Thread *t, Ref *window, unsigned count, unsigned result,
                             Function *init)
{
    Ref instance = (Ref)oz_instance_new(t, (Class *)window[0], 0);
    if (!instance) {
        drop_arguments(window, count);
        return OZ_CALL_RAISED;
    }
    Ref function = oz_retain((Obj)init);
    Ref cls = window[0];
    window[0] = oz_retain(instance);
    window[1] = instance;
    oz_drop(cls);
    if (!push_call(t, function, window + 1, count + 1, result, OZ_FRAME_INIT)) {
        oz_clear(&window[0]);
        return OZ_CALL_RAISED;
    }
    return OZ_CALL_FRAME;
}

/* Fill in the defaults of a function whose other arguments are in place. */
static bool fill_defaults(Thread *t, const Function *f, Ref *arguments, unsigned given)
{
    const Code *code = f->code;
    if (arguments + code->registers > t->stack_end)
        return false;
    unsigned defaults = f->defaults ? ((Tuple *)f->defaults)->length : 0;
    if (given > code->positional || given + defaults < code->positional)
        return false;
    const Tuple *values = (Tuple *)f->defaults;
    for (unsigned p = given; p < code->positional; p++)
        arguments[p] = oz_retain(values->items[p - (code->positional - defaults)]);
    return true;
}

/* ---- native callees ---- */

static CallResult finish_call(Thread *t, Ref *window, unsigned count, unsigned result, Ref value)
{
    for (unsigned n = count + 2; n-- > 0;)
        oz_clear(&window[n]);
    if (OZ_UNLIKELY(!value))
        return OZ_CALL_RAISED;
    oz_result(t->frame->base, result, value);
    return OZ_CALL_DONE;
}

/* window[1] is self, of the class that the method is for. */
static CallResult call_method(Thread *t, Ref *window, unsigned count, unsigned result)
{
    Signature *s = ((MethodDescriptor *)window[0])->signature;
    Ref value = oz_signature_call_window(t, s, oz_borrowed(window + 1), count);
    return finish_call(t, window, count, result, value);
}

static CallResult call_builtin(Thread *t, Ref *window, unsigned count, unsigned result)
{
    BuiltinFunction *function = (BuiltinFunction *)window[0];
    window[1] = function->self; /* lent by the function, which window[0] keeps */
    Ref value = oz_signature_call_window(t, function->signature, oz_borrowed(window + 1), count);
    window[1] = NULL;
    return finish_call(t, window, count, result, value);
}

static CallResult call_native_class(Thread *t, Ref *window, unsigned count, unsigned result)
{
    window[1] = window[0]; /* lent: a[0] of what makes the object is the class */
    Ref value = oz_class_call_window(t, oz_borrowed(window + 1), count);
    window[1] = NULL;
    return finish_call(t, window, count, result, value);
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
        const Code *code = f->code;
        if (code->simple_arguments != OZ_NOT_SIMPLE &&
            (code->simple_arguments == given || fill_defaults(t, f, arguments, given))) {
            Ref function = oz_move(&window[0]);
            return push_call(t, function, arguments, code->simple_arguments, result, 0)
                       ? OZ_CALL_FRAME
                       : OZ_CALL_RAISED;
        }
        Args args = {.items = arguments, .count = given};
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
    case OZ_BUILTIN_FUNCTION:
        if (!has_self)
            return call_builtin(t, window, count, result);
        break;
    case OZ_TYPE:
        if (!has_self) {
            if (((Class *)callee)->id)
                return call_native_class(t, window, count, result);
            Function *init = plain_init(t, (Class *)callee);
            if (init && init->code->simple_arguments == count + 1)
                return call_class(t, window, count, result, init);
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
        Args args = {.items = oz_borrowed(window + (has_self ? 1 : 2)),
                     .count = count + has_self - named,
                     .named = named,
                     .names = names};
        return call_bound(t, (Function *)window[0], &args, window, count + 2, result);
    }
    return call_general(t, window, count, names, has_self, result);
}

enum { SPREAD_MAX = 32 };

/* f(*values, **named) of a Python function with few arguments: bound without a detour. */
static CallResult call_spread_function(Thread *t, Ref *window, unsigned used, unsigned result)
{
    const Tuple *values = (Tuple *)window[2];
    Dict *named = used == 4 ? (Dict *)window[3] : NULL;
    unsigned count = values->length;
    unsigned more = named ? (unsigned)oz_dict_length(named) : 0;
    Obj items[SPREAD_MAX];
    scoped Ref names = NULL;
    Args args = {.items = (const Obj *)values->items, .count = count};
    if (more) {
        Tuple *tuple = oz_tuple_alloc(t, more);
        names = (Ref)tuple;
        size_t at = 0;
        Obj key, value;
        unsigned n = 0;
        memcpy(items, values->items, count * sizeof(Obj));
        while (tuple && oz_dict_step(named, &at, &key, &value)) {
            if (!oz_is_str(key)) {
                oz_raise(t, OZ_TypeError, "keywords must be strings");
                tuple = NULL;
                break;
            }
            oz_tuple_init(tuple, n, oz_retain(key));
            items[count + n++] = value;
        }
        args = (Args){.items = items, .count = count, .named = more, .names = names};
        if (!tuple) {
            for (unsigned w = used; w-- > 0;)
                oz_clear(&window[w]);
            return OZ_CALL_RAISED;
        }
    }
    return call_bound(t, (Function *)window[0], &args, window, used, result);
}

CallResult oz_call_spread(Thread *t, Ref *window, bool keywords, unsigned result)
{
    window[1] = NULL;
    unsigned used = keywords ? 4 : 3;
    Frame *caller = t->frame;
    Ref value = NULL;
    if (oz_star_arguments(t, window[0], &window[2])) {
        size_t size = ((Tuple *)window[2])->length;
        bool plain = !keywords || oz_is(window[3], OZ_DICT);
        if (keywords && plain)
            size += oz_dict_length((Dict *)window[3]);
        if (plain && oz_is(window[0], OZ_FUNCTION) && (!keywords || size <= SPREAD_MAX))
            return call_spread_function(t, window, used, result);
        value = oz_call_tuple(t, window[0], window[2], keywords ? window[3] : NULL);
    }
    for (unsigned n = used; n-- > 0;)
        oz_clear(&window[n]);
    if (OZ_UNLIKELY(!value))
        return OZ_CALL_RAISED;
    oz_result(caller->base, result, value);
    return OZ_CALL_DONE;
}
