// SPDX-License-Identifier: MIT
// _queue.SimpleQueue: items in, items out, in the order they came.
//
// put() appends to a deque and wakes who waits: it is whole between two safepoints, so a finaliser
// or a signal's handler may put into a queue whose put() or get() it interrupts.  Who waits looks
// again after each change of `puts`; whoever finds an item first has it.
#include "modules/deque.h"
#include "modules/module_errors.h"
#include "modules/native_type.h"
#include "object/world.h"
#include "modules/os_support.h"

#define QUEUE_REFS(REF) REF(items)
typedef struct SimpleQueue {
    Object base;
    QUEUE_REFS(OZ_FIELD)    /* [const] deque */
    _Atomic(uint32_t) puts; /* [atomic] how many there were */
    uint32_t waiting;       /* [vm] threads in get() */
} SimpleQueue;
OZ_TYPE_LIFE(simple_queue, SimpleQueue, QUEUE_REFS)

static Ref simple_queue_new(Thread *t, Class *cls, const Args *args)
{
    if (args->count + args->named && !oz_ignores_keywords(cls, false))
        return oz_raise(t, OZ_TypeError,
                        args->count ? "SimpleQueue() takes no positional arguments"
                                    : "SimpleQueue() takes no keyword arguments");
    scoped Ref items = oz_deque_new(t);
    SimpleQueue *self = items ? oz_instance_new(t, cls, 0) : NULL;
    if (self)
        OZ_INIT_FIELD(self, items, oz_move(&items));
    return (Ref)self;
}

static Obj items_of(Obj v)
{
    return ((const SimpleQueue *)v)->items;
}

static Ref put(Thread *t, Obj v, Obj item)
{
    SimpleQueue *self = (SimpleQueue *)v;
    if (!oz_deque_append(t, self->items, item))
        return NULL;
    atomic_fetch_add_explicit(&self->puts, 1, memory_order_relaxed);
    if (self->waiting)
        oz_wake(&self->puts);
    return OZ_NONE;
}

OZ_METHOD(simple_queue, put, "($self, /, item, block=True, timeout=None)",
          "Put an item on the queue.\n\nblock and timeout are there for queues that can be full; "
          "this one never waits.")
{
    return put(t, a[0], a[1]);
}

OZ_METHOD(simple_queue, put_nowait, "($self, /, item)", "Put an item on the queue.")
{
    return put(t, a[0], a[1]);
}

static Ref raise_empty(Thread *t)
{
    Obj empty = oz_module_error(t, OZ_ERROR_QUEUE_EMPTY);
    return empty ? oz_raise_object(t, empty, NULL) : NULL;
}

/* Seconds as an absolute time of the monotonic clock, in nanoseconds. */
static bool deadline_of(Thread *t, Obj timeout, int64_t now, int64_t *deadline)
{
    double seconds;
    const Slots *slots = oz_class_of(timeout)->slots;
    if (!oz_isa(timeout, OZ_FLOAT) && !slots->index)
        return oz_fail(t, OZ_TypeError, "'%T' object cannot be interpreted as an integer", timeout);
    if (!oz_as_double(t, timeout, &seconds))
        return false;
    if (!(seconds >= 0))
        return oz_fail(t, OZ_ValueError, "'timeout' must be a non-negative number");
    if (seconds > 9e9)
        return oz_fail(t, OZ_OverflowError, "timeout value is too large");
    *deadline = now + (int64_t)(seconds * 1e9);
    return true;
}

static Ref wait_for_item(Thread *t, Obj v, int64_t deadline)
{
    SimpleQueue *self = (SimpleQueue *)v;
    for (Found found = OZ_FOUND;;) {
        uint32_t puts = atomic_load_explicit(&self->puts, memory_order_relaxed);
        Ref item = oz_deque_take(t, self->items);
        if (item)
            return item;
        if (!deadline || found == OZ_MISSING)
            return raise_empty(t);
        self->waiting++;
        found = oz_wait_change(t, &self->puts, puts, deadline);
        self->waiting--;
        if (found == OZ_RAISED)
            return NULL;
    }
}

OZ_METHOD(simple_queue, get, "($self, /, block=True, timeout=None)",
          "Take and return the first item.\n\nWithout one, wait for it, at most timeout seconds if "
          "that is not None; raise Empty if there is none, or at once if block is false.")
{
    bool block;
    int64_t deadline = INT64_MAX;
    if (!oz_truth(t, a[1], &block))
        return NULL;
    if (block && !oz_is_none(a[2]) && !deadline_of(t, a[2], oz_monotonic_ns(), &deadline))
        return NULL;
    return wait_for_item(t, a[0], block ? deadline : 0);
}

OZ_METHOD(simple_queue, get_nowait, "($self, /)",
          "Take and return the first item; raise Empty if there is none.")
{
    return wait_for_item(t, a[0], 0);
}

OZ_METHOD(simple_queue, empty, "($self, /)", "Is there no item at the moment?")
{
    return oz_bool(!oz_deque_length(items_of(a[0])));
}

OZ_METHOD(simple_queue, qsize, "($self, /)", "How many items there are at the moment.")
{
    return oz_int((int64_t)oz_deque_length(items_of(a[0])));
}

OZ_CLASS_METHOD(simple_queue, __class_getitem__, "($type, object, /)", "SimpleQueue[item type]")
{
    return oz_generic_alias_new(t, a[0], a[1]);
}

const TypeDef oz_simple_queue_type = {
    .id = OZ_SIMPLE_QUEUE,
    .name = "_queue.SimpleQueue",
    .doc = "A queue without limit, first in, first out.",
    .size = sizeof(SimpleQueue),
    .flags = OZ_TYPE_WEAKREF,
    .visit = simple_queue_visit,
    .clear = simple_queue_clear,
    .slots = {.new = simple_queue_new},
    .methods = OZ_METHODS(&simple_queue_put, &simple_queue_put_nowait, &simple_queue_get,
                          &simple_queue_get_nowait, &simple_queue_empty, &simple_queue_qsize,
                          &simple_queue___class_getitem__),
};

static bool queue_init(Thread *t, Module *module)
{
    Obj empty = oz_module_error(t, OZ_ERROR_QUEUE_EMPTY);
    return empty && oz_module_add(t, module, "Empty", oz_retain(empty));
}

static const uint32_t types[] = {OZ_SIMPLE_QUEUE, 0};

const ModuleDef oz_queue_module = {
    .name = "_queue",
    .doc = "The native part of queue.",
    .types = types,
    .init = queue_init,
};
