// SPDX-License-Identifier: MIT
// Async generators: the generator, what asend(), athrow() and aclose() give, and anext() with a
// default.
//
// The body of an async generator is stepped like a generator's.  What it awaits comes out as it is;
// what it yields comes out wrapped (OZ_ASYNC_GENERATOR_WRAPPED), so that the two can be told apart.
// The awaitables of this file turn a wrapped value into StopIteration(value), the end into
// StopAsyncIteration.
#include "object/error.h"
#include "types/exception.h"
#include "types/generator.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

/* ---- wrapped values ---- */

typedef struct Wrapped {
    Object base;
    Ref value; /* [const] */
} Wrapped;

static void wrapped_visit(const Object *object, Visitor *v)
{
    const Wrapped *self = (const Wrapped *)object;
    OZ_VISIT(value)
}

static void wrapped_clear(Thread *t OZ_UNUSED, Object *object)
{
    Wrapped *self = (Wrapped *)object;
    OZ_CLEAR(value)
}

Ref oz_async_wrap(Thread *t, Ref value)
{
    scoped Ref held = value;
    Wrapped *self = oz_object_new(t, OZ_ASYNC_GENERATOR_WRAPPED, sizeof *self);
    if (self)
        oz_store_raw(&self->base, &self->value, oz_move(&held));
    return (Ref)self;
}

const TypeDef oz_async_generator_wrapped_type = {
    .id = OZ_ASYNC_GENERATOR_WRAPPED,
    .name = "async_generator_wrapped_value",
    .size = sizeof(Wrapped),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = wrapped_visit,
    .clear = wrapped_clear,
};

/* ---- steps ---- */

/* One step of the body is over: what the awaitable gives to its caller. */
static Ref unwrap(Thread *t, Generator *g, Found found, Ref value)
{
    if (found == OZ_FOUND && !oz_is(value, OZ_ASYNC_GENERATOR_WRAPPED))
        return value; /* awaited something: pass it on */
    g->running_async = false;
    if (found == OZ_FOUND) {
        scoped Ref wrapped = value;
        oz_raise_stop_iteration(t, oz_retain(((Wrapped *)wrapped)->value));
        return NULL;
    }
    if (found == OZ_MISSING) {
        oz_drop(value);
        Ref end = oz_call0(t, (Obj)t->vm->errors[OZ_StopAsyncIteration]);
        if (end)
            oz_exception_put(t, end);
    }
    if (oz_raised(t, OZ_StopAsyncIteration) || oz_raised(t, OZ_GeneratorExit))
        g->closed = true;
    return NULL;
}

/* ---- asend() ---- */

enum { STATE_NEW, STATE_RUNNING, STATE_CLOSED };

#define STEP_REFS(REF) REF(generator) REF(value)
typedef struct Step { /* asend: value is what to send; athrow: the exception, or empty for aclose */
    Object base;
    STEP_REFS(OZ_FIELD)
    uint8_t state; /* [owner] STATE_* */
} Step;

static void step_visit(const Object *object, Visitor *v)
{
    const Step *self = (const Step *)object;
    STEP_REFS(OZ_VISIT)
}

static void step_clear(Thread *t OZ_UNUSED, Object *object)
{
    Step *self = (Step *)object;
    STEP_REFS(OZ_CLEAR)
}

static Ref step_new(Thread *t, uint32_t id, Obj generator, Obj value)
{
    Step *self = oz_object_new(t, id, sizeof *self);
    if (!self)
        return NULL;
    oz_store_raw(&self->base, &self->generator, oz_retain(generator));
    oz_store_raw(&self->base, &self->value, oz_retain(value));
    return (Ref)self;
}

OZ_METHOD(step, close, "($self, /)", "Give the step up.")
{
    ((Step *)a[0])->state = STATE_CLOSED;
    return OZ_NONE;
}

static Ref step_self(Thread *t OZ_UNUSED, Obj self)
{
    return oz_retain(self);
}

static Ref asend_send(Thread *t, Step *self, Obj sent)
{
    Generator *g = (Generator *)self->generator;
    if (self->state == STATE_CLOSED)
        return oz_raise(t, OZ_RuntimeError, "cannot reuse already awaited __anext__()/asend()");
    if (self->state == STATE_NEW) {
        if (g->running_async)
            return oz_raise(t, OZ_RuntimeError,
                            "anext(): asynchronous generator is already running");
        if (sent == OZ_NONE)
            sent = self->value;
        self->state = STATE_RUNNING;
    }
    g->running_async = true;
    Ref value = NULL;
    Found found = oz_generator_send(t, g, oz_retain(sent), &value);
    if (found == OZ_RAISED)
        g->running_async = false;
    Ref result = unwrap(t, g, found, value);
    if (!result)
        self->state = STATE_CLOSED;
    return result;
}

static Ref asend_next(Thread *t, Obj self)
{
    return asend_send(t, (Step *)self, OZ_NONE);
}

OZ_NATIVE_(asend_send_def, "send", "($self, object, /)", "Resume the async generator with a value.",
           0)
{
    return asend_send(t, (Step *)a[0], a[1]);
}

OZ_METHOD(asend, throw, "($self, type, value=<unrepresentable>, traceback=<unrepresentable>, /)",
          "Raise an exception in the async generator.")
{
    Step *self = (Step *)a[0];
    if (self->state == STATE_CLOSED)
        return oz_raise(t, OZ_RuntimeError, "cannot reuse already awaited __anext__()/asend()");
    Ref exception = oz_throw_argument(t, a[1], a[2] ? a[2] : OZ_NONE, a[3] ? a[3] : OZ_NONE);
    if (!exception)
        return NULL;
    Generator *g = (Generator *)self->generator;
    Ref value = NULL;
    Found found = oz_generator_throw(t, g, exception, &value);
    if (found == OZ_RAISED)
        g->running_async = false;
    Ref result = unwrap(t, g, found, value);
    if (!result)
        self->state = STATE_CLOSED;
    return result;
}

const TypeDef oz_async_generator_asend_type = {
    .id = OZ_ASYNC_GENERATOR_ASEND,
    .name = "async_generator_asend",
    .size = sizeof(Step),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = step_visit,
    .clear = step_clear,
    .slots = {.iter = step_self, .next = asend_next, .await = step_self},
    .methods = OZ_METHODS(&asend_send_def, &asend_throw, &step_close),
};

/* ---- athrow() and aclose() ---- */

static bool is_close(const Step *self)
{
    return self->value == NULL;
}

/* A step of athrow() or aclose() is over. */
static Ref throw_outcome(Thread *t, Step *self, Found found, Ref value)
{
    Generator *g = (Generator *)self->generator;
    if (is_close(self) && found == OZ_FOUND && oz_is(value, OZ_ASYNC_GENERATOR_WRAPPED)) {
        oz_drop(value);
        g->running_async = false;
        self->state = STATE_CLOSED;
        return oz_raise(t, OZ_RuntimeError, "async generator ignored GeneratorExit");
    }
    if (found == OZ_RAISED)
        g->running_async = false;
    Ref result = unwrap(t, g, found, value);
    if (result)
        return result;
    self->state = STATE_CLOSED;
    if (is_close(self) &&
        (oz_exception_forget(t, OZ_StopAsyncIteration) || oz_exception_forget(t, OZ_GeneratorExit)))
        oz_raise_stop_iteration(t, OZ_NONE);
    return NULL;
}

static Ref athrow_send(Thread *t, Step *self, Obj sent)
{
    Generator *g = (Generator *)self->generator;
    if (self->state == STATE_CLOSED)
        return oz_raise(t, OZ_RuntimeError, "cannot reuse already awaited aclose()/athrow()");
    if (g->state == OZ_GEN_FINISHED) {
        self->state = STATE_CLOSED;
        oz_raise_stop_iteration(t, OZ_NONE);
        return NULL;
    }
    Ref value = NULL;
    if (self->state == STATE_RUNNING) {
        Found found = oz_generator_send(t, g, oz_retain(sent), &value);
        return throw_outcome(t, self, found, value);
    }
    if (g->running_async) {
        self->state = STATE_CLOSED;
        return oz_raise(t, OZ_RuntimeError, "%s: asynchronous generator is already running",
                        is_close(self) ? "aclose()" : "athrow()");
    }
    if (g->closed) {
        self->state = STATE_CLOSED;
        Ref end = oz_call0(t, (Obj)t->vm->errors[OZ_StopAsyncIteration]);
        if (end)
            oz_exception_put(t, end);
        return NULL;
    }
    if (sent != OZ_NONE)
        return oz_raise(t, OZ_RuntimeError,
                        "can't send non-None value to a just-started coroutine");
    self->state = STATE_RUNNING;
    g->running_async = true;
    Ref exception =
        is_close(self) ? oz_call0(t, (Obj)t->vm->errors[OZ_GeneratorExit]) : oz_retain(self->value);
    if (!exception)
        return NULL;
    if (is_close(self))
        g->closed = true;
    Found found = oz_generator_throw(t, g, exception, &value);
    return throw_outcome(t, self, found, value);
}

static Ref athrow_next(Thread *t, Obj self)
{
    return athrow_send(t, (Step *)self, OZ_NONE);
}

OZ_NATIVE_(athrow_send_def, "send", "($self, object, /)",
           "Resume the async generator with a value.", 0)
{
    return athrow_send(t, (Step *)a[0], a[1]);
}

OZ_METHOD(athrow, throw, "($self, type, value=<unrepresentable>, traceback=<unrepresentable>, /)",
          "Raise an exception in the async generator.")
{
    Step *self = (Step *)a[0];
    if (self->state == STATE_CLOSED)
        return oz_raise(t, OZ_RuntimeError, "cannot reuse already awaited aclose()/athrow()");
    Ref exception = oz_throw_argument(t, a[1], a[2] ? a[2] : OZ_NONE, a[3] ? a[3] : OZ_NONE);
    if (!exception)
        return NULL;
    Ref value = NULL;
    Found found = oz_generator_throw(t, (Generator *)self->generator, exception, &value);
    return throw_outcome(t, self, found, value);
}

const TypeDef oz_async_generator_athrow_type = {
    .id = OZ_ASYNC_GENERATOR_ATHROW,
    .name = "async_generator_athrow",
    .size = sizeof(Step),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = step_visit,
    .clear = step_clear,
    .slots = {.iter = step_self, .next = athrow_next, .await = step_self},
    .methods = OZ_METHODS(&athrow_send_def, &athrow_throw, &step_close),
};

/* ---- the generator ---- */

/* Tell the event loop's hooks about a generator that is iterated for the first time. */
static bool call_hooks(Thread *t, Generator *g)
{
    if (g->hooks_inited)
        return true;
    g->hooks_inited = true;
    if (t->asyncgen_finalizer)
        oz_store(&g->base, &g->finalizer, oz_retain(t->asyncgen_finalizer));
    if (!t->asyncgen_firstiter)
        return true;
    scoped Ref hook = oz_retain(t->asyncgen_firstiter);
    scoped Ref result = oz_call1(t, hook, (Obj)g);
    return result != NULL;
}

static Ref async_generator_anext(Thread *t, Obj self)
{
    if (!call_hooks(t, (Generator *)self))
        return NULL;
    return step_new(t, OZ_ASYNC_GENERATOR_ASEND, self, OZ_NONE);
}

OZ_METHOD(async_generator, asend, "($self, value, /)",
          "Return an awaitable that sends a value into the generator.")
{
    if (!call_hooks(t, (Generator *)a[0]))
        return NULL;
    return step_new(t, OZ_ASYNC_GENERATOR_ASEND, a[0], a[1]);
}

OZ_METHOD(async_generator, athrow,
          "($self, type, value=<unrepresentable>, traceback=<unrepresentable>, /)",
          "Return an awaitable that raises an exception in the generator.")
{
    scoped Ref exception = oz_throw_argument(t, a[1], a[2] ? a[2] : OZ_NONE, a[3] ? a[3] : OZ_NONE);
    if (!exception || !call_hooks(t, (Generator *)a[0]))
        return NULL;
    return step_new(t, OZ_ASYNC_GENERATOR_ATHROW, a[0], exception);
}

OZ_METHOD(async_generator, aclose, "($self, /)", "Return an awaitable that closes the generator.")
{
    if (!call_hooks(t, (Generator *)a[0]))
        return NULL;
    return step_new(t, OZ_ASYNC_GENERATOR_ATHROW, a[0], NULL);
}

OZ_CLASS_METHOD(async_generator, __class_getitem__, "($type, item, /)", "See PEP 585.")
{
    return oz_generic_alias_new(t, a[0], a[1]);
}

static Ref get_running(Thread *t OZ_UNUSED, Obj self)
{
    return oz_bool(((Generator *)self)->running_async);
}

static Ref get_await(Thread *t OZ_UNUSED, Obj self)
{
    Obj delegate = oz_generator_delegate((Generator *)self);
    return delegate ? oz_retain(delegate) : OZ_NONE;
}

static Ref get_frame(Thread *t, Obj self)
{
    return oz_generator_frame(t, (Generator *)self);
}

static Ref get_code(Thread *t OZ_UNUSED, Obj self)
{
    return oz_retain((Obj)((Generator *)self)->code);
}

const TypeDef oz_async_generator_type = {
    .id = OZ_ASYNC_GENERATOR,
    .name = "async_generator",
    .size = sizeof(Generator),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW | OZ_TYPE_WEAKREF,
    .visit = oz_generator_type_visit,
    .clear = oz_generator_type_clear,
    .slots = {.repr = oz_generator_type_repr,
              .aiter = step_self,
              .anext = async_generator_anext,
              .finalize = oz_generator_type_finalize},
    .methods = OZ_METHODS(&async_generator_asend, &async_generator_athrow, &async_generator_aclose,
                          &async_generator___class_getitem__),
    .getsets =
        OZ_GETSETS({"__name__", oz_generator_get_name, oz_generator_set_name, NULL},
                   {"__qualname__", oz_generator_get_qualname, oz_generator_set_qualname, NULL},
                   {"ag_await", get_await, NULL, NULL}, {"ag_frame", get_frame, NULL, NULL},
                   {"ag_running", get_running, NULL, NULL}, {"ag_code", get_code, NULL, NULL}),
};

/* ---- anext(iterator, default) ---- */

#define ANEXT_REFS(REF) REF(awaitable) REF(otherwise)
typedef struct AnextAwaitable {
    Object base;
    ANEXT_REFS(OZ_FIELD)
} AnextAwaitable;

static void anext_visit(const Object *object, Visitor *v)
{
    const AnextAwaitable *self = (const AnextAwaitable *)object;
    ANEXT_REFS(OZ_VISIT)
}

static void anext_clear(Thread *t OZ_UNUSED, Object *object)
{
    AnextAwaitable *self = (AnextAwaitable *)object;
    ANEXT_REFS(OZ_CLEAR)
}

Ref oz_anext_awaitable_new(Thread *t, Obj awaitable, Obj otherwise)
{
    AnextAwaitable *self = oz_object_new(t, OZ_ANEXT_AWAITABLE, sizeof *self);
    if (!self)
        return NULL;
    oz_store_raw(&self->base, &self->awaitable, oz_retain(awaitable));
    oz_store_raw(&self->base, &self->otherwise, oz_retain(otherwise));
    return (Ref)self;
}

/* The end of the iterator is the default's turn. */
static Ref anext_outcome(Thread *t, AnextAwaitable *self, Ref result)
{
    if (!result && oz_exception_forget(t, OZ_StopAsyncIteration))
        oz_raise_stop_iteration(t, oz_retain(self->otherwise));
    return result;
}

static Ref anext_next(Thread *t, Obj object)
{
    AnextAwaitable *self = (AnextAwaitable *)object;
    scoped Ref iterator = oz_awaitable_iterator(t, self->awaitable);
    if (!iterator)
        return NULL;
    Ref value = NULL;
    Found found = oz_iterator_send(t, iterator, OZ_NONE, &value);
    if (found == OZ_MISSING) {
        oz_raise_stop_iteration(t, value);
        value = NULL;
    }
    return anext_outcome(t, self, value);
}

static Ref anext_forward(Thread *t, Obj object, Obj name, uint32_t count, const Obj *values)
{
    AnextAwaitable *self = (AnextAwaitable *)object;
    scoped Ref iterator = oz_awaitable_iterator(t, self->awaitable);
    Ref result = iterator ? oz_call_method(t, iterator, name, count, values) : NULL;
    return anext_outcome(t, self, result);
}

OZ_METHOD(anext_awaitable, send, "($self, object, /)", "Send a value into the awaitable.")
{
    return anext_forward(t, a[0], OZ_NAME(t, send), 1, a + 1);
}

OZ_METHOD(anext_awaitable, throw,
          "($self, type, value=<unrepresentable>, traceback=<unrepresentable>, /)",
          "Raise an exception in the awaitable.")
{
    return anext_forward(t, a[0], OZ_NAME(t, throw), a[3] ? 3 : a[2] ? 2 : 1, a + 1);
}

OZ_METHOD(anext_awaitable, close, "($self, /)", "Close the awaitable.")
{
    return anext_forward(t, a[0], OZ_NAME(t, close), 0, NULL);
}

const TypeDef oz_anext_awaitable_type = {
    .id = OZ_ANEXT_AWAITABLE,
    .name = "anext_awaitable",
    .size = sizeof(AnextAwaitable),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = anext_visit,
    .clear = anext_clear,
    .slots = {.iter = step_self, .next = anext_next, .await = step_self},
    .methods = OZ_METHODS(&anext_awaitable_send, &anext_awaitable_throw, &anext_awaitable_close),
};
