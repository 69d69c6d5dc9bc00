// SPDX-License-Identifier: MIT
// Generators and coroutines as objects: send, throw, close, attributes, finalisation.
//
// Stepping is the VM's business (vm->hooks.resume); this file decides what may be stepped and what
// the results mean.  A delegating generator is thrown into by throwing into what it delegates to,
// without resuming it, as PEP 380 has it.
#include "types/generator.h"

#include "types/consume.h"

#include "object/error.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/str.h"
#include "types/traceback.h"
#include "types/tuple.h"
#include "types/type.h"

/* ---- layout ---- */

static void generator_visit(const Object *object, Visitor *v)
{
    const Generator *self = (const Generator *)object;
    oz_visit(v, (Obj)self->function, "function", -1);
    oz_visit(v, (Obj)self->code, "code", -1);
    oz_visit(v, (Obj)self->object, "frame", -1);
    oz_visit(v, self->handled.exception, "handled", -1);
    OZ_VISIT(name)
    OZ_VISIT(qualname)
    OZ_VISIT(origin)
    OZ_VISIT(finalizer)
    OZ_VISIT(sent)
    for (uint32_t r = 0; r < self->count; r++)
        oz_visit(v, self->registers[r], "register", r);
}

static void drop_registers(Generator *self)
{
    uint32_t count = self->count;
    self->count = 0;
    for (uint32_t r = count; r-- > 0;)
        oz_clear(&self->registers[r]);
}

/* The end without running any more code: what it held is dropped. */
static void generator_end(Thread *t OZ_UNUSED, Generator *self)
{
    self->state = OZ_GEN_FINISHED;
    self->delegating = false;
    drop_registers(self);
    oz_clear(&self->handled.exception);
    if (self->object) {
        Ref object = (Ref)self->object;
        self->object->generator = NULL;
        self->object = NULL;
        oz_drop(object);
    }
}

static void generator_clear(Thread *t, Object *object)
{
    Generator *self = (Generator *)object;
    generator_end(t, self);
    OZ_CLEAR(name)
    OZ_CLEAR(qualname)
    OZ_CLEAR(origin)
    OZ_CLEAR(finalizer)
    OZ_CLEAR(sent)
    Ref function = (Ref)self->function, code = (Ref)self->code;
    self->function = NULL;
    self->code = NULL;
    oz_drop(function);
    oz_drop(code);
}

/* ---- stepping ---- */

static const char *kind_name(const Generator *g)
{
    uint32_t id = oz_id(&g->base);
    return id == OZ_GENERATOR ? "generator" : id == OZ_COROUTINE ? "coroutine" : "async generator";
}

Obj oz_generator_delegate(const Generator *g)
{
    if (g->state != OZ_GEN_SUSPENDED || !g->delegating)
        return NULL;
    unsigned r = (unsigned)(g->pc[-1] >> 16 & 0xffff); /* A of the YIELD_FROM */
    return r < g->count ? g->registers[r] : NULL;
}

/* Resume; `sent` NULL raises the pending exception inside. */
static Found resume(Thread *t, Generator *g, Ref sent, Ref *value)
{
    *value = NULL;
    if (!sent) /* what is thrown in comes while g handles something else */
        oz_exception_chain(t, g->handled.exception);
    int result = t->vm->hooks.resume(t, (Obj)g, sent, value);
    return result < 0 ? OZ_RAISED : result ? OZ_FOUND : OZ_MISSING;
}

static Found raise_running(Thread *t, const Generator *g)
{
    oz_raise(t, OZ_ValueError, "%s already executing", kind_name(g));
    return OZ_RAISED;
}

Found oz_generator_send(Thread *t, Generator *g, Ref sent, Ref *value)
{
    *value = NULL;
    Found result = OZ_RAISED;
    if (g->state == OZ_GEN_RUNNING) {
        raise_running(t, g);
    } else if (g->state == OZ_GEN_FINISHED) {
        if (oz_id(&g->base) == OZ_COROUTINE) {
            oz_raise(t, OZ_RuntimeError, "cannot reuse already awaited coroutine");
        } else {
            *value = OZ_NONE;
            result = OZ_MISSING;
        }
    } else if (g->state == OZ_GEN_CREATED && sent != OZ_NONE) {
        oz_raise(t, OZ_TypeError, "can't send non-None value to a just-started %s", kind_name(g));
    } else {
        return resume(t, g, sent, value);
    }
    oz_drop(sent);
    return result;
}

/* Raise `exception` (taken) inside g itself. */
static Found raise_inside(Thread *t, Generator *g, Ref exception, Ref *value)
{
    if (g->state == OZ_GEN_CREATED) { /* it fails in its first line */
        scoped Ref held = exception;
        scoped Ref frame = oz_generator_frame(t, g);
        bool noted = frame && (held == t->memory_error ||
                               oz_traceback_add(t, held, frame, 0, g->code->first_line));
        generator_end(t, g);
        if (noted)
            oz_exception_put(t, oz_move(&held));
        return OZ_RAISED;
    }
    oz_exception_put(t, exception);
    return resume(t, g, NULL, value);
}

/* The delegate ended with a value, or raised: g goes on. */
static Found after_delegate(Thread *t, Generator *g, Found found, Ref delegated, Ref *value)
{
    unsigned a = (unsigned)(g->pc[-1] >> 16 & 0xffff), b = (unsigned)(g->pc[-1] >> 32 & 0xffff);
    if (found == OZ_FOUND) {
        *value = delegated;
        return OZ_FOUND;
    }
    g->delegating = false;
    oz_clear(&g->registers[a]);
    if (found == OZ_RAISED)
        return resume(t, g, NULL, value);
    if (b >= g->count) {
        for (unsigned r = g->count; r <= b; r++)
            g->registers[r] = NULL;
        g->count = b + 1;
    }
    oz_store(&g->base, &g->registers[b], delegated);
    /* The result is in its register: go on behind the YIELD_FROM with nothing sent.  A resume
     * stores what is sent in B, so send the result once more. */
    return resume(t, g, oz_retain(g->registers[b]), value);
}

/* If StopIteration is pending: clear it and give its value. */
static bool stop_iteration_value(Thread *t, Ref *value)
{
    if (!oz_raised(t, OZ_StopIteration))
        return false;
    scoped Ref e = oz_exception_take(t);
    *value = oz_get_attr(t, e, OZ_NAME(t, value));
    return *value != NULL;
}

/* Call delegate.throw(exception) for `g`; OZ_MISSING: it returned *value. */
static Found throw_into(Thread *t, Generator *g, Obj delegate, Obj exception, Ref *value,
                        bool *has_throw)
{
    *has_throw = true;
    if (oz_is(delegate, OZ_GENERATOR) || oz_is(delegate, OZ_COROUTINE)) {
        bool shown = t->vm->hooks.show_generator(t, (Obj)g);
        Found found = oz_generator_throw(t, (Generator *)delegate, oz_retain(exception), value);
        if (shown)
            t->vm->hooks.hide_generator(t);
        return found;
    }
    scoped Ref method = NULL;
    Found found = oz_find_attr(t, delegate, OZ_NAME(t, throw), &method);
    if (found == OZ_MISSING)
        *has_throw = false;
    if (found != OZ_FOUND)
        return found;
    *value = oz_call1(t, method, exception);
    if (*value)
        return OZ_FOUND;
    return stop_iteration_value(t, value) ? OZ_MISSING : OZ_RAISED;
}

/* delegate.close() */
static bool close_delegate(Thread *t, Obj delegate)
{
    if (oz_is(delegate, OZ_GENERATOR) || oz_is(delegate, OZ_COROUTINE))
        return oz_generator_close(t, (Generator *)delegate);
    scoped Ref method = NULL;
    Found found = oz_find_attr(t, delegate, OZ_NAME(t, close), &method);
    if (found == OZ_RAISED)
        oz_unraisable(t, delegate, NULL);
    if (found != OZ_FOUND)
        return true;
    scoped Ref result = oz_call0(t, method);
    return result != NULL;
}

Found oz_generator_throw(Thread *t, Generator *g, Ref exception, Ref *value)
{
    scoped Ref held = exception;
    *value = NULL;
    if (!oz_native_enter(t, ""))
        return OZ_RAISED;
    if (g->state == OZ_GEN_RUNNING)
        return raise_running(t, g);
    if (g->state == OZ_GEN_FINISHED) {
        if (oz_id(&g->base) == OZ_COROUTINE)
            oz_raise(t, OZ_RuntimeError, "cannot reuse already awaited coroutine");
        else
            oz_exception_put(t, oz_move(&held));
        return OZ_RAISED;
    }
    scoped Ref delegate = oz_retain(oz_generator_delegate(g));
    if (!delegate)
        return raise_inside(t, g, oz_move(&held), value);
    g->state = OZ_GEN_RUNNING;
    Ref delegated = NULL;
    Found found;
    if (oz_is_exception(held, OZ_GeneratorExit)) {
        found = close_delegate(t, delegate) ? (oz_exception_put(t, oz_move(&held)), OZ_RAISED)
                                            : OZ_RAISED;
    } else {
        bool has_throw;
        found = throw_into(t, g, delegate, held, &delegated, &has_throw);
        if (!has_throw) {
            oz_exception_put(t, oz_move(&held));
            found = OZ_RAISED;
        }
    }
    g->state = OZ_GEN_SUSPENDED;
    return after_delegate(t, g, found, delegated, value);
}

bool oz_generator_close(Thread *t, Generator *g)
{
    if (g->state == OZ_GEN_CREATED) {
        generator_end(t, g);
        return true;
    }
    if (g->state == OZ_GEN_FINISHED)
        return true;
    scoped Ref exit = oz_call0(t, (Obj)t->vm->errors[OZ_GeneratorExit]);
    if (!exit)
        return false;
    Ref value = NULL;
    Found found = oz_generator_throw(t, g, oz_move(&exit), &value);
    oz_drop(value);
    if (found == OZ_FOUND)
        return oz_fail(t, OZ_RuntimeError, "%s ignored GeneratorExit", kind_name(g));
    if (found == OZ_MISSING)
        return true;
    return oz_exception_forget(t, OZ_GeneratorExit) || oz_exception_forget(t, OZ_StopIteration);
}

/* ---- StopIteration ---- */

void oz_raise_stop_iteration(Thread *t, Ref value)
{
    scoped Ref held = value;
    Obj kind = (Obj)t->vm->errors[OZ_StopIteration];
    bool plain = oz_is_none(held) || !held;
    /* Called as a class, so that a tuple or an exception stays one argument. */
    Ref e = plain ? oz_call0(t, kind) : oz_call1(t, kind, held);
    if (e)
        oz_exception_put(t, e);
}

Found oz_iterator_send(Thread *t, Obj iterator, Obj sent, Ref *value)
{
    if (oz_is(iterator, OZ_GENERATOR) || oz_is(iterator, OZ_COROUTINE))
        return oz_generator_send(t, (Generator *)iterator, oz_retain(sent), value);
    if (sent == OZ_NONE) {
        SlotNEXT next = oz_class_of(iterator)->slots->next;
        if (!next) {
            oz_raise(t, OZ_TypeError, "'%T' object is not an iterator", iterator);
            return OZ_RAISED;
        }
        *value = next(t, iterator);
        if (!*value && !t->exception) {
            *value = OZ_NONE;
            return OZ_MISSING;
        }
    } else {
        *value = oz_call_method(t, iterator, OZ_NAME(t, send), 1, &sent);
    }
    if (*value)
        return OZ_FOUND;
    return stop_iteration_value(t, value) ? OZ_MISSING : OZ_RAISED;
}

/* What send(), next() and throw() of generators give to Python. */
static Ref outcome(Thread *t, Generator *g OZ_UNUSED, Found found, Ref value)
{
    if (found == OZ_FOUND)
        return value;
    if (found == OZ_MISSING)
        oz_raise_stop_iteration(t, value);
    return NULL;
}

/* ---- methods ---- */

static Ref generator_next(Thread *t, Obj self)
{
    Ref value;
    Generator *g = (Generator *)self;
    Found found = oz_generator_send(t, g, OZ_NONE, &value);
    if (found == OZ_MISSING && value == OZ_NONE)
        return NULL; /* exhausted, nothing to carry */
    return outcome(t, g, found, value);
}

static Ref generator_self(Thread *t OZ_UNUSED, Obj self)
{
    return oz_retain(self);
}

Ref oz_generator_type_repr(Thread *t, Obj self)
{
    const Generator *g = (Generator *)self;
    Obj qualname = g->qualname   ? g->qualname
                   : g->function ? oz_function_qualname(g->function)
                                 : g->code->qualname;
    return oz_str_format(t, "<%T object %S at %p>", self, qualname, (void *)g);
}

OZ_NATIVE_(generator_send, "send", "($self, object, /)",
           "Resume the generator with a value for its yield; return the next yielded value.",
           OZ_CONSUME_SEND)
{
    Generator *g = (Generator *)a[0];
    Ref value;
    Found found = oz_generator_send(t, g, oz_retain(a[1]), &value);
    return outcome(t, g, found, value);
}

/* throw(type, value, traceback) in its old and new forms: the exception instance. */
Ref oz_throw_argument(Thread *t, Obj type, Obj value, Obj traceback)
{
    if (traceback == OZ_NONE)
        traceback = NULL;
    if (traceback && !oz_is(traceback, OZ_TRACEBACK))
        return oz_raise(t, OZ_TypeError, "throw() third argument must be a traceback object");
    if (value == OZ_NONE)
        value = NULL;
    scoped Ref exception = NULL;
    if (oz_is_exception_class(type)) {
        if (value && oz_as_exception(value) && oz_class_derives(oz_class_of(value), (Class *)type))
            exception = oz_retain(value);
        else if (value && oz_as_tuple(value))
            exception = oz_call_tuple(t, type, value, NULL);
        else
            exception = value ? oz_call1(t, type, value) : oz_call0(t, type);
        if (exception && !oz_as_exception(exception))
            oz_raise(t, OZ_TypeError,
                     "calling %R should have returned an instance of BaseException, not %T", type,
                     exception);
        Ref failure = oz_exception_take(t); /* what could not be made fails inside */
        if (failure) {
            oz_drop(exception);
            exception = failure;
        }
    } else if (oz_as_exception(type)) {
        if (value)
            return oz_raise(t, OZ_TypeError, "instance exception may not have a separate value");
        exception = oz_retain(type);
    } else {
        return oz_raise(t, OZ_TypeError,
                        "exceptions must be classes or instances deriving from BaseException, not "
                        "%T",
                        type);
    }
    if (traceback) {
        BaseException *e = (BaseException *)exception;
        oz_exception_link(t, e, &e->traceback, oz_retain(traceback));
    }
    return oz_move(&exception);
}

OZ_METHOD(generator, throw,
          "($self, type, value=<unrepresentable>, traceback=<unrepresentable>, /)",
          "Raise an exception where the generator is suspended; return the next yielded value.")
{
    Generator *g = (Generator *)a[0];
    Ref exception = oz_throw_argument(t, a[1], a[2] ? a[2] : OZ_NONE, a[3] ? a[3] : OZ_NONE);
    if (!exception)
        return NULL;
    Ref value;
    Found found = oz_generator_throw(t, g, exception, &value);
    return outcome(t, g, found, value);
}

OZ_METHOD(generator, close, "($self, /)", "Raise GeneratorExit where the generator is suspended.")
{
    return oz_generator_close(t, (Generator *)a[0]) ? OZ_NONE : NULL;
}

OZ_CLASS_METHOD(generator, __class_getitem__, "($type, item, /)", "See PEP 585.")
{
    return oz_generic_alias_new(t, a[0], a[1]);
}

/* ---- attributes ---- */

Ref oz_generator_get_name(Thread *t OZ_UNUSED, Obj self)
{
    const Generator *g = (Generator *)self;
    return oz_retain(g->name       ? g->name
                     : g->function ? oz_function_name(g->function)
                                   : g->code->name);
}

Ref oz_generator_get_qualname(Thread *t OZ_UNUSED, Obj self)
{
    const Generator *g = (Generator *)self;
    return oz_retain(g->qualname   ? g->qualname
                     : g->function ? oz_function_qualname(g->function)
                                   : g->code->qualname);
}

static bool set_text(Thread *t, Generator *g, Ref *place, Obj value, const char *what)
{
    if (!value || !oz_is_str(value))
        return oz_fail(t, OZ_TypeError, "%s must be set to a string object", what);
    oz_store(&g->base, place, oz_retain(value));
    return true;
}

bool oz_generator_set_name(Thread *t, Obj self, Obj value)
{
    Generator *g = (Generator *)self;
    return set_text(t, g, &g->name, value, "__name__");
}

bool oz_generator_set_qualname(Thread *t, Obj self, Obj value)
{
    Generator *g = (Generator *)self;
    return set_text(t, g, &g->qualname, value, "__qualname__");
}

static Ref get_code(Thread *t OZ_UNUSED, Obj self)
{
    return oz_retain((Obj)((Generator *)self)->code);
}

static Ref get_running(Thread *t OZ_UNUSED, Obj self)
{
    return oz_bool(((Generator *)self)->state == OZ_GEN_RUNNING);
}

static Ref get_suspended(Thread *t OZ_UNUSED, Obj self)
{
    return oz_bool(((Generator *)self)->state == OZ_GEN_SUSPENDED);
}

static Ref get_delegate(Thread *t OZ_UNUSED, Obj self)
{
    Obj delegate = oz_generator_delegate((Generator *)self);
    return delegate ? oz_retain(delegate) : OZ_NONE;
}

static Ref get_frame(Thread *t, Obj self)
{
    return oz_generator_frame(t, (Generator *)self);
}

static Ref get_origin(Thread *t OZ_UNUSED, Obj self)
{
    Obj origin = ((Generator *)self)->origin;
    return origin ? oz_retain(origin) : OZ_NONE;
}

/* ---- finalisation ---- */

/* Does an exception raised at the suspended pc meet a handler?  If not, dropping the registers is
 * all that GeneratorExit would do. */
static bool has_handler(const Generator *g)
{
    if (g->delegating)
        return true;
    uint32_t at = (uint32_t)(g->pc - g->code->instructions) - 1;
    for (uint32_t n = 0; n < g->code->range_count; n++)
        if (g->code->ranges[n].start <= at && at < g->code->ranges[n].end)
            return true;
    return false;
}

/* RuntimeWarning: coroutine ... was never awaited.  Raises nothing.
 * Through warnings._warn_unawaited_coroutine if that module is loaded: it adds where the coroutine
 * was made, and programs replace it. */
static void warn_never_awaited(Thread *t, Generator *g)
{
    scoped Ref held = oz_retain((Obj)g);
    scoped Ref module = NULL, function = NULL;
    scoped Ref name = oz_intern(t, "_warn_unawaited_coroutine");
    Found found =
        name ? oz_dict_get(t, (Dict *)t->vm->modules, OZ_NAME(t, warnings), &module) : OZ_RAISED;
    if (found == OZ_FOUND)
        found = oz_find_attr(t, module, name, &function);
    bool ok = found != OZ_RAISED;
    if (found == OZ_FOUND) {
        scoped Ref result = oz_call1(t, function, (Obj)g);
        ok = result != NULL;
    } else if (found == OZ_MISSING) {
        ok = oz_warn(t, OZ_RuntimeWarning, 1, "coroutine '%S' was never awaited",
                     g->qualname ? g->qualname : oz_function_qualname(g->function));
    }
    if (!ok)
        oz_unraisable(t, (Obj)g, NULL);
}

static void generator_finalize(Thread *t, Obj self)
{
    Generator *g = (Generator *)self;
    if (g->state == OZ_GEN_FINISHED)
        return;
    if (oz_id(&g->base) == OZ_COROUTINE && g->state == OZ_GEN_CREATED) {
        warn_never_awaited(t, g);
        return;
    }
    if (oz_id(&g->base) == OZ_ASYNC_GENERATOR && g->finalizer && !g->closed) {
        scoped Ref result = oz_call1(t, g->finalizer, self);
        if (!result)
            oz_unraisable(t, self, NULL);
        return;
    }
    /* Nothing to run, and nobody to tell of it. Where it dies of its last count, clear() drops what
     * it holds, and that is not nested: it may be a long chain of generators. */
    if (g->state == OZ_GEN_CREATED || !(has_handler(g) || t->traced)) {
        if (oz_refs(&g->base) != 1)
            generator_end(t, g);
        return;
    }
    if (!oz_generator_close(t, g))
        oz_unraisable(t, self, NULL);
}

/* ---- types ---- */

const TypeDef oz_generator_type = {
    .id = OZ_GENERATOR,
    .name = "generator",
    .doc = NULL,
    .size = sizeof(Generator),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW | OZ_TYPE_WEAKREF,
    .visit = generator_visit,
    .clear = generator_clear,
    .slots = {.repr = oz_generator_type_repr,
              .iter = generator_self,
              .next = generator_next,
              .finalize = generator_finalize},
    .methods = OZ_METHODS(&generator_send, &generator_throw, &generator_close,
                          &generator___class_getitem__),
    .getsets = OZ_GETSETS(
        {"__name__", oz_generator_get_name, oz_generator_set_name, "name of the generator"},
        {"__qualname__", oz_generator_get_qualname, oz_generator_set_qualname, "dotted name"},
        {"gi_yieldfrom", get_delegate, NULL, "what it delegates to, or None"},
        {"gi_running", get_running, NULL, NULL}, {"gi_frame", get_frame, NULL, NULL},
        {"gi_suspended", get_suspended, NULL, NULL}, {"gi_code", get_code, NULL, NULL}),
};

/* A coroutine's __await__: steps it. */
typedef struct CoroutineWrapper {
    Object base;
    Ref coroutine; /* [const] */
} CoroutineWrapper;

static Ref coroutine_await(Thread *t, Obj self)
{
    CoroutineWrapper *wrapper = oz_object_new(t, OZ_COROUTINE_WRAPPER, sizeof *wrapper);
    if (wrapper)
        oz_store_new(&wrapper->base, &wrapper->coroutine, oz_retain(self));
    return (Ref)wrapper;
}

const TypeDef oz_coroutine_type = {
    .id = OZ_COROUTINE,
    .name = "coroutine",
    .size = sizeof(Generator),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW | OZ_TYPE_WEAKREF,
    .visit = generator_visit,
    .clear = generator_clear,
    .slots = {.repr = oz_generator_type_repr,
              .await = coroutine_await,
              .finalize = generator_finalize},
    .methods = OZ_METHODS(&generator_send, &generator_throw, &generator_close,
                          &generator___class_getitem__),
    .getsets = OZ_GETSETS(
        {"__name__", oz_generator_get_name, oz_generator_set_name, "name of the coroutine"},
        {"__qualname__", oz_generator_get_qualname, oz_generator_set_qualname, "dotted name"},
        {"cr_await", get_delegate, NULL, "what it waits for, or None"},
        {"cr_running", get_running, NULL, NULL}, {"cr_frame", get_frame, NULL, NULL},
        {"cr_origin", get_origin, NULL, NULL}, {"cr_suspended", get_suspended, NULL, NULL},
        {"cr_code", get_code, NULL, NULL}),
};

static void wrapper_visit(const Object *object, Visitor *v)
{
    const CoroutineWrapper *self = (const CoroutineWrapper *)object;
    OZ_VISIT(coroutine)
}

static void wrapper_clear(Thread *t OZ_UNUSED, Object *object)
{
    CoroutineWrapper *self = (CoroutineWrapper *)object;
    OZ_CLEAR(coroutine)
}

static Ref wrapper_next(Thread *t, Obj self)
{
    return generator_next(t, ((CoroutineWrapper *)self)->coroutine);
}

OZ_METHOD(coroutine_wrapper, send, "($self, object, /)", "Send a value into the coroutine.")
{
    return generator_send_body(t, (const Obj[]){((CoroutineWrapper *)a[0])->coroutine, a[1]});
}

OZ_METHOD(coroutine_wrapper, throw,
          "($self, type, value=<unrepresentable>, traceback=<unrepresentable>, /)",
          "Raise an exception in the coroutine.")
{
    return generator_throw_body(
        t, (const Obj[]){((CoroutineWrapper *)a[0])->coroutine, a[1], a[2], a[3]});
}

OZ_METHOD(coroutine_wrapper, close, "($self, /)", "Raise GeneratorExit in the coroutine.")
{
    return generator_close_body(t, (const Obj[]){((CoroutineWrapper *)a[0])->coroutine});
}

const TypeDef oz_coroutine_wrapper_type = {
    .id = OZ_COROUTINE_WRAPPER,
    .name = "coroutine_wrapper",
    .doc = "What a coroutine's __await__ gives: an iterator that steps it.",
    .size = sizeof(CoroutineWrapper),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = wrapper_visit,
    .clear = wrapper_clear,
    .slots = {.iter = generator_self, .next = wrapper_next},
    .methods =
        OZ_METHODS(&coroutine_wrapper_send, &coroutine_wrapper_throw, &coroutine_wrapper_close),
};

/* ---- await ---- */

Ref oz_awaitable_iterator(Thread *t, Obj v)
{
    if (oz_is(v, OZ_COROUTINE))
        return oz_retain(v);
    if (oz_is(v, OZ_GENERATOR) && ((Generator *)v)->code->flags & OZ_CODE_ITERABLE_COROUTINE)
        return oz_retain(v);
    SlotUNARY await = oz_class_of(v)->slots->await;
    if (!await)
        return oz_raise(t, OZ_TypeError, "object %T can't be used in 'await' expression", v);
    scoped Ref result = await(t, v);
    if (!result)
        return NULL;
    if (oz_is(result, OZ_COROUTINE) ||
        (oz_is(result, OZ_GENERATOR) &&
         ((Generator *)result)->code->flags & OZ_CODE_ITERABLE_COROUTINE))
        return oz_raise(t, OZ_TypeError, "__await__() returned a coroutine");
    if (!oz_class_of(result)->slots->next)
        return oz_raise(t, OZ_TypeError, "__await__() returned non-iterator of type '%T'", result);
    return oz_move(&result);
}

/* ---- what async generators share (async_generator.c) ---- */

void oz_generator_type_visit(const Object *object, Visitor *v)
{
    generator_visit(object, v);
}

void oz_generator_type_clear(Thread *t, Object *object)
{
    generator_clear(t, object);
}

void oz_generator_type_finalize(Thread *t, Obj self)
{
    generator_finalize(t, self);
}
