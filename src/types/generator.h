// SPDX-License-Identifier: MIT
// Generators, coroutines, async generators: a suspended frame in a cell.
//
// While it runs, its registers are on the thread's stack; when it yields, the live ones move into
// the cell.  `state` changes only in vm/generator.c.
#ifndef OZ_TYPES_GENERATOR_H
#define OZ_TYPES_GENERATOR_H

#include "types/frame.h"

typedef enum GeneratorState {
    OZ_GEN_CREATED,
    OZ_GEN_SUSPENDED,
    OZ_GEN_RUNNING,
    OZ_GEN_FINISHED,
} GeneratorState;

struct Generator {
    Object base;           /* id GENERATOR, COROUTINE or ASYNC_GENERATOR */
    Function *function;    /* [owner] owned; NULL once finished (name and code are kept below) */
    Code *code;            /* [const] owned */
    uint64_t *pc;          /* [state] where to go on */
    FrameObject *object;   /* [state] owned frame object, or NULL */
    Handled handled;       /* [state] exceptions being handled inside */
    Ref name;              /* [object] str if __name__ was assigned, or empty */
    Ref qualname;          /* [object] likewise */
    Ref origin;            /* [const] coroutine: cr_origin, or empty */
    Ref finalizer;         /* [object] async generator: the hook, or empty */
    Ref sent;              /* [state] what a send into a delegating generator brought, or empty */
    uint8_t state;         /* [owner] GeneratorState */
    uint8_t delegating;    /* [state] suspended in a YIELD_FROM */
    uint8_t hooks_inited;  /* [owner] async generator: firstiter hook has been called */
    uint8_t closed;        /* [owner] async generator: aclose() or end */
    uint8_t running_async; /* [owner] async generator: an asend/athrow is under way */
    uint32_t count;        /* [state] registers held */
    uint32_t shown;        /* [state] registers that come back when its frame is hidden again */
    Ref registers[];       /* [state] code->registers of room */
};

/* What a suspended generator delegates to (gi_yieldfrom, cr_await): borrowed, or NULL. */
Obj oz_generator_delegate(const Generator *g);
/* Send a value (taken) into a generator; OZ_FOUND: it yielded *value; OZ_MISSING: it returned
 * *value.  The shared base of send(), next() and await. */
Found oz_generator_send(Thread *t, Generator *g, Ref sent, Ref *value) OZ_CHECKED;
/* Throw the exception (taken) into it, with delegation; results as send. */
Found oz_generator_throw(Thread *t, Generator *g, Ref exception, Ref *value) OZ_CHECKED;
bool oz_generator_close(Thread *t, Generator *g) OZ_CHECKED;
/* iterator.send(value) for any iterator: next() for None, generators directly. */
Found oz_iterator_send(Thread *t, Obj iterator, Obj sent, Ref *value) OZ_CHECKED;
/* The iterator that `await v` steps: new reference. */
Ref oz_awaitable_iterator(Thread *t, Obj v) OZ_CHECKED;
/* StopIteration with a value, as a generator's return raises it (the value is taken). */
void oz_raise_stop_iteration(Thread *t, Ref value);
/* The exception that throw(type, value, traceback) speaks of: new reference. */
Ref oz_throw_argument(Thread *t, Obj type, Obj value, Obj traceback) OZ_CHECKED;
/* gi_frame: the frame object, or None once it has ended. */
Ref oz_generator_frame(Thread *t, Generator *g) OZ_CHECKED;
/* Layout functions that the async generator type shares. */
void oz_generator_type_visit(const Object *object, Visitor *v);
void oz_generator_type_clear(Thread *t, Object *object);
void oz_generator_type_finalize(Thread *t, Obj self);
Ref oz_generator_type_repr(Thread *t, Obj self);
Ref oz_generator_get_name(Thread *t, Obj self);
Ref oz_generator_get_qualname(Thread *t, Obj self);
bool oz_generator_set_name(Thread *t, Obj self, Obj value);
bool oz_generator_set_qualname(Thread *t, Obj self, Obj value);
/* Async generators' wrapped values. */
Ref oz_async_wrap(Thread *t, Ref value) OZ_CHECKED;
/* anext(iterator, default): awaits `awaitable`, gives `otherwise` at the end. */
Ref oz_anext_awaitable_new(Thread *t, Obj awaitable, Obj otherwise) OZ_CHECKED;

#endif
