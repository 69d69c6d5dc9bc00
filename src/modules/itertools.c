// SPDX-License-Identifier: MIT
// itertools: the iterators that pass items on one by one (itertools_group.c has groupby and tee,
// itertools_combine.c the combinatoric ones).
//
// A step may run Python code that uses, or exhausts, the same iterator: what a step needs after
// such a call it holds itself.  Loops that pass over items poll.
#include "modules/native_type.h"

#include "types/float.h"

static Ref reduce2(Thread *t, Obj self, Ref args)
{
    scoped Ref own = args;
    return own ? oz_tuple_of(t, 2, (Obj)oz_class_of(self), own) : NULL;
}

static Ref reduce3(Thread *t, Obj self, Ref args, Ref state)
{
    scoped Ref own = args;
    scoped Ref own_state = state;
    return own && own_state ? oz_tuple_of(t, 3, (Obj)oz_class_of(self), own, own_state) : NULL;
}

/* No keywords, and a number of arguments in between. */
static bool check_args(Thread *t, Class *cls, const char *name, const Args *args, uint32_t least,
                       uint32_t most)
{
    if (args->named && !oz_ignores_keywords(cls, false))
        return oz_fail(t, OZ_TypeError, "%s() takes no keyword arguments", name);
    if (args->count >= least && args->count <= most)
        return true;
    uint32_t wanted = args->count < least ? least : most;
    return oz_fail(t, OZ_TypeError, "%s expected %s%u argument%s, got %u", name,
                   least == most         ? ""
                   : args->count < least ? "at least "
                                         : "at most ",
                   wanted, wanted == 1 ? "" : "s", args->count);
}

/* ---- count ---- */

#define COUNT_REFS(REF) REF(value) REF(step)
typedef struct Count {
    Object base;
    COUNT_REFS(OZ_FIELD)
} Count;
OZ_TYPE_LIFE(count, Count, COUNT_REFS)

static bool is_number(Obj v)
{
    const Slots *slots = oz_class_of(v)->slots;
    return slots->index || slots->to_int || slots->to_float || oz_isa(v, OZ_COMPLEX);
}

OZ_NEW(count, "($type, start=0, step=1)")
{
    if (!is_number(a[1]) || !is_number(a[2]))
        return oz_raise(t, OZ_TypeError, "a number is required");
    Count *self = oz_instance_new(t, (Class *)a[0], 0);
    if (!self)
        return NULL;
    OZ_INIT_FIELD(self, value, oz_retain(a[1]));
    OZ_INIT_FIELD(self, step, oz_retain(a[2]));
    return (Ref)self;
}

static Ref count_next(Thread *t, Obj v)
{
    Count *self = (Count *)v;
    if (OZ_LIKELY(oz_are_ints(self->value, self->step))) {
        int64_t n = oz_int_value(self->value);
        int64_t next = n + oz_int_value(self->step); /* 63 bits each: no overflow */
        if (OZ_LIKELY(oz_int_fits(next))) {
            self->value = oz_int(next);
            return oz_int(n);
        }
    }
    scoped Ref value = oz_retain(self->value);
    Ref next = oz_binary(t, OZ_OP_ADD, value, self->step);
    if (!next)
        return NULL;
    oz_store(&self->base, &self->value, next);
    return oz_move(&value);
}

static Ref count_repr(Thread *t, Obj v)
{
    const Count *self = (const Count *)v;
    if (self->step == oz_int(1))
        return oz_str_format(t, "%t(%R)", v, self->value);
    return oz_str_format(t, "%t(%R, %R)", v, self->value, self->step);
}

OZ_METHOD(count, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const Count *self = (const Count *)a[0];
    if (self->step == oz_int(1))
        return reduce2(t, a[0], oz_tuple_of(t, 1, (Obj)self->value));
    return reduce2(t, a[0], oz_tuple_of(t, 2, (Obj)self->value, (Obj)self->step));
}

const TypeDef oz_itertools_count_type = {
    .id = OZ_ITERTOOLS_COUNT,
    .name = "itertools.count",
    .doc = "Give start, start + step, start + 2 * step, and so on without end.",
    .size = sizeof(Count),
    .visit = count_visit,
    .clear = count_clear,
    .make = &count_new_,
    .slots = {.iter = oz_itself, .next = count_next, .repr = count_repr},
    .methods = OZ_METHODS(&count___reduce__),
};

/* ---- repeat ---- */

#define REPEAT_REFS(REF) REF(object)
typedef struct Repeat {
    Object base;
    REPEAT_REFS(OZ_FIELD)
    ssize_t left; /* [owner] -1: without end */
} Repeat;
OZ_TYPE_LIFE(repeat, Repeat, REPEAT_REFS)

OZ_NEW(repeat, "($type, object, times=<unrepresentable>)")
{
    ssize_t left = -1;
    if (a[2] && !oz_as_size_argument(t, a[2], &left))
        return NULL;
    Repeat *self = oz_instance_new(t, (Class *)a[0], 0);
    if (!self)
        return NULL;
    OZ_INIT_FIELD(self, object, oz_retain(a[1]));
    self->left = a[2] && left < 0 ? 0 : left;
    return (Ref)self;
}

static Ref repeat_next(Thread *t OZ_UNUSED, Obj v)
{
    Repeat *self = (Repeat *)v;
    if (!self->left)
        return NULL;
    if (self->left > 0)
        self->left--;
    return oz_retain(self->object);
}

static Ref repeat_repr(Thread *t, Obj v)
{
    const Repeat *self = (const Repeat *)v;
    if (self->left < 0)
        return oz_str_format(t, "%t(%R)", v, self->object);
    return oz_str_format(t, "%t(%R, %zd)", v, self->object, self->left);
}

OZ_METHOD(repeat, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const Repeat *self = (const Repeat *)a[0];
    if (self->left < 0)
        return reduce2(t, a[0], oz_tuple_of(t, 1, (Obj)self->object));
    scoped Ref left = oz_int_new(t, self->left);
    return left ? reduce2(t, a[0], oz_tuple_of(t, 2, (Obj)self->object, left)) : NULL;
}

OZ_METHOD(repeat, __length_hint__, "($self, /)", "How many items are still to come.")
{
    const Repeat *self = (const Repeat *)a[0];
    if (self->left < 0)
        return oz_raise(t, OZ_TypeError, "len() of unsized object");
    return oz_int_new(t, self->left);
}

const TypeDef oz_itertools_repeat_type = {
    .id = OZ_ITERTOOLS_REPEAT,
    .name = "itertools.repeat",
    .doc = "Give one object again and again, or the given number of times.",
    .size = sizeof(Repeat),
    .visit = repeat_visit,
    .clear = repeat_clear,
    .make = &repeat_new_,
    .slots = {.iter = oz_itself, .next = repeat_next, .repr = repeat_repr},
    .methods = OZ_METHODS(&repeat___reduce__, &repeat___length_hint__),
};

/* ---- cycle ---- */

#define CYCLE_REFS(REF) REF(iterator) REF(saved)
typedef struct Cycle {
    Object base;
    CYCLE_REFS(OZ_FIELD) /* iterator: empty after the first round; saved: list */
    size_t at;           /* [owner] the next of `saved` */
    bool first;          /* [owner] `saved` is whole already while the iterator goes on */
} Cycle;
OZ_TYPE_LIFE(cycle, Cycle, CYCLE_REFS)

static Ref cycle_new(Thread *t, Class *cls, const Args *args)
{
    if (!check_args(t, cls, "cycle", args, 1, 1))
        return NULL;
    scoped Ref iterator = oz_iter(t, args->items[0]);
    scoped Ref saved = iterator ? oz_list_new(t, 0) : NULL;
    Cycle *self = saved ? oz_instance_new(t, cls, 0) : NULL;
    if (!self)
        return NULL;
    OZ_INIT_FIELD(self, iterator, oz_move(&iterator));
    OZ_INIT_FIELD(self, saved, oz_move(&saved));
    return (Ref)self;
}

static Ref cycle_next(Thread *t, Obj v)
{
    Cycle *self = (Cycle *)v;
    if (self->iterator) {
        scoped Ref iterator = oz_retain(self->iterator);
        scoped Ref item = NULL;
        Found found = oz_next(t, iterator, &item);
        if (found == OZ_RAISED)
            return NULL;
        if (found == OZ_FOUND) {
            if (!self->first && !oz_list_append(t, (List *)self->saved, item))
                return NULL;
            return oz_move(&item);
        }
        oz_clear(&self->iterator);
    }
    List *saved = (List *)self->saved;
    if (!oz_list_length(saved))
        return NULL;
    Ref item = oz_list_get(t, saved, self->at);
    if (++self->at >= oz_list_length(saved))
        self->at = 0;
    return item;
}

OZ_METHOD(cycle, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const Cycle *self = (const Cycle *)a[0];
    if (self->iterator)
        return reduce3(t, a[0], oz_tuple_of(t, 1, (Obj)self->iterator),
                       oz_tuple_of(t, 2, (Obj)self->saved, (Obj)oz_bool(self->first)));
    scoped Ref iterator = oz_iter(t, self->saved);
    if (!iterator)
        return NULL;
    if (self->at) {
        Obj at = oz_int((int64_t)self->at);
        scoped Ref none = oz_call_method(t, iterator, OZ_NAME(t, __setstate__), 1, &at);
        if (!none)
            return NULL;
    }
    return reduce3(t, a[0], oz_tuple_of(t, 1, iterator),
                   oz_tuple_of(t, 2, (Obj)self->saved, (Obj)OZ_TRUE));
}

OZ_METHOD(cycle, __setstate__, "($self, state, /)", "Set state information for unpickling.")
{
    Cycle *self = (Cycle *)a[0];
    const Tuple *state = oz_as_tuple(a[1]);
    if (!state)
        return oz_raise(t, OZ_TypeError, "state is not a tuple");
    int first;
    if (state->length != 2 || !oz_as_list(state->items[0]))
        return oz_raise(t, OZ_TypeError, "invalid arguments");
    if (!oz_as_int(t, state->items[1], &first))
        return NULL;
    self->at = 0;
    self->first = first != 0;
    oz_store(&self->base, &self->saved, oz_retain(state->items[0]));
    return OZ_NONE;
}

const TypeDef oz_itertools_cycle_type = {
    .id = OZ_ITERTOOLS_CYCLE,
    .name = "itertools.cycle",
    .doc = "Give the items of an iterable, and then give them again, without end.",
    .size = sizeof(Cycle),
    .visit = cycle_visit,
    .clear = cycle_clear,
    .slots = {.new = cycle_new, .iter = oz_itself, .next = cycle_next},
    .methods = OZ_METHODS(&cycle___reduce__, &cycle___setstate__),
};

/* ---- chain ---- */

#define CHAIN_REFS(REF) REF(source) REF(active)
typedef struct Chain {
    Object base;
    CHAIN_REFS(OZ_FIELD) /* source: iterator of iterables, empty at the end; active: iterator */
} Chain;
OZ_TYPE_LIFE(chain, Chain, CHAIN_REFS)

static Ref chain_over(Thread *t, Class *cls, Ref source)
{
    scoped Ref own = source;
    Chain *self = own ? oz_instance_new(t, cls, 0) : NULL;
    if (self)
        OZ_INIT_FIELD(self, source, oz_move(&own));
    return (Ref)self;
}

static Ref chain_new(Thread *t, Class *cls, const Args *args)
{
    if (!check_args(t, cls, "chain", args, 0, UINT32_MAX))
        return NULL;
    scoped Ref tuple = oz_tuple_new(t, args->items, args->count);
    return tuple ? chain_over(t, cls, oz_iter(t, tuple)) : NULL;
}

OZ_CLASS_METHOD(chain, from_iterable, "($type, iterable, /)",
                "chain() with the iterables taken from one iterable when they are needed.")
{
    return chain_over(t, (Class *)a[0], oz_iter(t, a[1]));
}

OZ_CLASS_METHOD(chain, __class_getitem__, "($type, object, /)", "chain[item type]")
{
    return oz_generic_alias_new(t, a[0], a[1]);
}

/* Take the next iterable: OZ_MISSING at the end. */
static Found chain_advance(Thread *t, Chain *self)
{
    scoped Ref source = oz_retain(self->source);
    scoped Ref iterable = NULL;
    Found found = oz_next(t, source, &iterable);
    Ref iterator = found == OZ_FOUND ? oz_iter(t, iterable) : NULL;
    if (!iterator) {
        oz_clear(&self->source);
        return found == OZ_FOUND ? OZ_RAISED : found;
    }
    oz_store(&self->base, &self->active, iterator);
    return OZ_FOUND;
}

static Ref chain_next(Thread *t, Obj v)
{
    Chain *self = (Chain *)v;
    while (self->source) {
        if (!self->active && chain_advance(t, self) != OZ_FOUND)
            return NULL;
        scoped Ref active = oz_retain(self->active);
        Ref item;
        Found found = oz_next(t, active, &item);
        if (found != OZ_MISSING)
            return item;
        if (self->active == active)
            oz_clear(&self->active);
        if (!oz_poll(t))
            return NULL;
    }
    return NULL;
}

OZ_METHOD(chain, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const Chain *self = (const Chain *)a[0];
    Ref none = oz_retain(t->vm->empty_tuple);
    if (!self->source)
        return reduce2(t, a[0], none);
    return reduce3(t, a[0], none,
                   self->active ? oz_tuple_of(t, 2, (Obj)self->source, (Obj)self->active)
                                : oz_tuple_of(t, 1, (Obj)self->source));
}

OZ_METHOD(chain, __setstate__, "($self, state, /)", "Set state information for unpickling.")
{
    Chain *self = (Chain *)a[0];
    const Tuple *state = oz_as_tuple(a[1]);
    if (!state)
        return oz_raise(t, OZ_TypeError, "state is not a tuple");
    if (state->length < 1 || state->length > 2)
        return oz_raise(t, OZ_TypeError, "function expected 1 or 2 arguments, got %u",
                        state->length);
    for (size_t i = 0; i < state->length; i++)
        if (!oz_class_of(state->items[i])->slots->next)
            return oz_raise(t, OZ_TypeError, "Arguments must be iterators.");
    oz_store(&self->base, &self->source, oz_retain(state->items[0]));
    oz_store(&self->base, &self->active, state->length == 2 ? oz_retain(state->items[1]) : NULL);
    return OZ_NONE;
}

const TypeDef oz_itertools_chain_type = {
    .id = OZ_ITERTOOLS_CHAIN,
    .name = "itertools.chain",
    .doc = "Give the items of the first iterable, then of the second, until all are done.",
    .size = sizeof(Chain),
    .visit = chain_visit,
    .clear = chain_clear,
    .slots = {.new = chain_new, .iter = oz_itself, .next = chain_next},
    .methods = OZ_METHODS(&chain_from_iterable, &chain___class_getitem__, &chain___reduce__,
                          &chain___setstate__),
};

/* ---- islice ---- */

#define ISLICE_REFS(REF) REF(iterator)
typedef struct Islice {
    Object base;
    ISLICE_REFS(OZ_FIELD) /* empty at the end */
    ssize_t next;         /* [owner] index of the next item to give */
    ssize_t stop;         /* [owner] -1: none */
    ssize_t step;         /* [const] */
    ssize_t count;        /* [owner] items taken from the iterator */
} Islice;
OZ_TYPE_LIFE(islice, Islice, ISLICE_REFS)

/* None gives `otherwise`; an index that does not fit or is below `least` raises `message`. */
static bool islice_number(Thread *t, Obj v, ssize_t otherwise, ssize_t least, const char *message,
                          ssize_t *n)
{
    *n = otherwise;
    if (oz_is_none(v))
        return true;
    if (oz_class_of(v)->slots->index && oz_as_ssize(t, v, OZ_OverflowError, n) && *n >= least)
        return true;
    oz_exception_clear(t);
    return oz_fail(t, OZ_ValueError, "%s", message);
}

static Ref islice_new(Thread *t, Class *cls, const Args *args)
{
    static const char *const bad_stop =
        "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
    static const char *const bad_start =
        "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
    if (!check_args(t, cls, "islice", args, 2, 4))
        return NULL;
    bool ranged = args->count > 2;
    ssize_t start = 0, stop, step = 1;
    if (!islice_number(t, args->items[ranged ? 2 : 1], -1, 0, bad_stop, &stop) ||
        (ranged && !islice_number(t, args->items[1], 0, 0, bad_start, &start)) ||
        (args->count > 3 &&
         !islice_number(t, args->items[3], 1, 1,
                        "Step for islice() must be a positive integer or None.", &step)))
        return NULL;
    scoped Ref iterator = oz_iter(t, args->items[0]);
    Islice *self = iterator ? oz_instance_new(t, cls, 0) : NULL;
    if (!self)
        return NULL;
    OZ_INIT_FIELD(self, iterator, oz_move(&iterator));
    self->next = start;
    self->stop = stop;
    self->step = step;
    return (Ref)self;
}

static Ref islice_next(Thread *t, Obj v)
{
    Islice *self = (Islice *)v;
    scoped Ref iterator = oz_retain(self->iterator);
    if (!iterator)
        return NULL;
    ssize_t stop = self->stop;
    Ref item = NULL;
    while (self->count < self->next) {
        Found found = oz_next(t, iterator, &item);
        if (found != OZ_FOUND || !oz_poll(t)) {
            if (found == OZ_FOUND)
                oz_drop(item);
            else
                oz_clear(&self->iterator);
            return NULL;
        }
        oz_drop(item);
        self->count++;
    }
    if (stop >= 0 && self->count >= stop) {
        oz_clear(&self->iterator);
        return NULL;
    }
    if (oz_next(t, iterator, &item) != OZ_FOUND) {
        oz_clear(&self->iterator);
        return NULL;
    }
    self->count++;
    ssize_t next;
    if (__builtin_add_overflow(self->next, self->step, &next))
        next = PTRDIFF_MAX;
    self->next = stop >= 0 && next > stop ? stop : next;
    return item;
}

OZ_METHOD(islice, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const Islice *self = (const Islice *)a[0];
    if (!self->iterator) {
        scoped Ref empty = oz_list_new(t, 0);
        scoped Ref iterator = empty ? oz_iter(t, empty) : NULL;
        return iterator ? reduce3(t, a[0], oz_tuple_of(t, 2, iterator, (Obj)oz_int(0)), oz_int(0))
                        : NULL;
    }
    scoped Ref next = oz_int_new(t, self->next);
    scoped Ref stop = self->stop < 0 ? OZ_NONE : oz_int_new(t, self->stop);
    scoped Ref step = oz_int_new(t, self->step);
    if (!next || !stop || !step)
        return NULL;
    return reduce3(t, a[0], oz_tuple_of(t, 4, (Obj)self->iterator, next, stop, step),
                   oz_int_new(t, self->count));
}

OZ_METHOD(islice, __setstate__, "($self, state, /)", "Set state information for unpickling.")
{
    return oz_as_size_argument(t, a[1], &((Islice *)a[0])->count) ? OZ_NONE : NULL;
}

const TypeDef oz_itertools_islice_type = {
    .id = OZ_ITERTOOLS_ISLICE,
    .name = "itertools.islice",
    .doc = "islice(iterable, stop), islice(iterable, start, stop[, step])\n\nGive what a slice of "
           "the items would give.",
    .size = sizeof(Islice),
    .visit = islice_visit,
    .clear = islice_clear,
    .slots = {.new = islice_new, .iter = oz_itself, .next = islice_next},
    .methods = OZ_METHODS(&islice___reduce__, &islice___setstate__),
};

/* ---- those with a function and an iterator: starmap, takewhile, dropwhile, filterfalse ---- */

#define PASSING_REFS(REF) REF(function) REF(iterator)
typedef struct Passing {
    Object base;
    PASSING_REFS(OZ_FIELD)
    bool done; /* [owner] takewhile: ended; dropwhile: begun */
} Passing;
OZ_TYPE_LIFE(passing, Passing, PASSING_REFS)

static Ref passing_new(Thread *t, Class *cls, const Args *args, const char *name)
{
    if (!check_args(t, cls, name, args, 2, 2))
        return NULL;
    scoped Ref iterator = oz_iter(t, args->items[1]);
    Passing *self = iterator ? oz_instance_new(t, cls, 0) : NULL;
    if (!self)
        return NULL;
    OZ_INIT_FIELD(self, function, oz_retain(args->items[0]));
    OZ_INIT_FIELD(self, iterator, oz_move(&iterator));
    return (Ref)self;
}

/* function(item) as truth; None means the item's own. */
static bool passing_test(Thread *t, Obj function, Obj item, bool *good)
{
    if (oz_is_none(function) || function == (Obj)t->vm->classes[OZ_BOOL])
        return oz_truth(t, item, good);
    scoped Ref verdict = oz_call1(t, function, item);
    return verdict && oz_truth(t, verdict, good);
}

OZ_METHOD(passing, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const Passing *self = (const Passing *)a[0];
    return reduce2(t, a[0], oz_tuple_of(t, 2, (Obj)self->function, (Obj)self->iterator));
}

/* takewhile and dropwhile have a state. */
OZ_NATIVE_(passing_state_reduce, "__reduce__", "($self, /)",
           "Return state information for pickling.", 0)
{
    const Passing *self = (const Passing *)a[0];
    return reduce3(t, a[0], oz_tuple_of(t, 2, (Obj)self->function, (Obj)self->iterator),
                   oz_int(self->done));
}

OZ_METHOD(passing, __setstate__, "($self, state, /)", "Set state information for unpickling.")
{
    return oz_truth(t, a[1], &((Passing *)a[0])->done) ? OZ_NONE : NULL;
}

static Ref starmap_new(Thread *t, Class *cls, const Args *args)
{
    return passing_new(t, cls, args, "starmap");
}

static Ref starmap_next(Thread *t, Obj v)
{
    const Passing *self = (const Passing *)v;
    scoped Ref item = NULL;
    if (oz_next(t, self->iterator, &item) != OZ_FOUND)
        return NULL;
    scoped Ref args = oz_tuple_from(t, item);
    return args ? oz_call_tuple(t, self->function, args, NULL) : NULL;
}

static Ref takewhile_new(Thread *t, Class *cls, const Args *args)
{
    return passing_new(t, cls, args, "takewhile");
}

static bool call_test(Thread *t, Obj function, Obj item, bool *good)
{
    scoped Ref verdict = oz_call1(t, function, item);
    return verdict && oz_truth(t, verdict, good);
}

static Ref takewhile_next(Thread *t, Obj v)
{
    Passing *self = (Passing *)v;
    scoped Ref item = NULL;
    bool good;
    if (self->done || oz_next(t, self->iterator, &item) != OZ_FOUND ||
        !call_test(t, self->function, item, &good))
        return NULL;
    if (good)
        return oz_move(&item);
    self->done = true;
    return NULL;
}

static Ref dropwhile_new(Thread *t, Class *cls, const Args *args)
{
    return passing_new(t, cls, args, "dropwhile");
}

static Ref dropwhile_next(Thread *t, Obj v)
{
    Passing *self = (Passing *)v;
    for (;;) {
        scoped Ref item = NULL;
        bool good;
        if (oz_next(t, self->iterator, &item) != OZ_FOUND)
            return NULL;
        if (self->done)
            return oz_move(&item);
        if (!call_test(t, self->function, item, &good) || !oz_poll(t))
            return NULL;
        if (!good) {
            self->done = true;
            return oz_move(&item);
        }
    }
}

static Ref filterfalse_new(Thread *t, Class *cls, const Args *args)
{
    return passing_new(t, cls, args, "filterfalse");
}

static Ref filterfalse_next(Thread *t, Obj v)
{
    const Passing *self = (const Passing *)v;
    for (;;) {
        scoped Ref item = NULL;
        bool good;
        if (oz_next(t, self->iterator, &item) != OZ_FOUND ||
            !passing_test(t, self->function, item, &good) || !oz_poll(t))
            return NULL;
        if (!good)
            return oz_move(&item);
    }
}

#define PASSING(ID, stem, text)                                                                    \
    .id = ID, .name = "itertools." #stem, .doc = text, .size = sizeof(Passing),                    \
    .visit = passing_visit, .clear = passing_clear,                                                \
    .slots = {.new = stem##_new, .iter = oz_itself, .next = stem##_next}

const TypeDef oz_itertools_starmap_type = {
    PASSING(OZ_ITERTOOLS_STARMAP, starmap,
            "starmap(function, iterable)\n\nGive function(*item) for each item."),
    .methods = OZ_METHODS(&passing___reduce__),
};
const TypeDef oz_itertools_takewhile_type = {
    PASSING(OZ_ITERTOOLS_TAKEWHILE, takewhile,
            "takewhile(predicate, iterable)\n\nGive items as long as the predicate is true."),
    .methods = OZ_METHODS(&passing_state_reduce, &passing___setstate__),
};
const TypeDef oz_itertools_dropwhile_type = {
    PASSING(OZ_ITERTOOLS_DROPWHILE, dropwhile,
            "dropwhile(predicate, iterable)\n\nLeave items out as long as the predicate is true, "
            "then give all others."),
    .methods = OZ_METHODS(&passing_state_reduce, &passing___setstate__),
};
const TypeDef oz_itertools_filterfalse_type = {
    PASSING(OZ_ITERTOOLS_FILTERFALSE, filterfalse,
            "filterfalse(function, iterable)\n\nGive the items for which the function is false; "
            "with None, those that are false."),
    .methods = OZ_METHODS(&passing___reduce__),
};

/* ---- accumulate ---- */

#define ACCUMULATE_REFS(REF) REF(iterator) REF(function) REF(total) REF(initial)
typedef struct Accumulate {
    Object base;
    ACCUMULATE_REFS(OZ_FIELD) /* function: or None; total: empty at first; initial: or None */
} Accumulate;
OZ_TYPE_LIFE(accumulate, Accumulate, ACCUMULATE_REFS)

OZ_NEW(accumulate, "($type, iterable, func=None, *, initial=None)")
{
    scoped Ref iterator = oz_iter(t, a[1]);
    Accumulate *self = iterator ? oz_instance_new(t, (Class *)a[0], 0) : NULL;
    if (!self)
        return NULL;
    OZ_INIT_FIELD(self, iterator, oz_move(&iterator));
    OZ_INIT_FIELD(self, function, oz_retain(a[2]));
    OZ_INIT_FIELD(self, initial, oz_retain(a[3]));
    return (Ref)self;
}

static Ref accumulate_next(Thread *t, Obj v)
{
    Accumulate *self = (Accumulate *)v;
    if (!oz_is_none(self->initial)) {
        Ref initial = oz_move(&self->initial);
        self->initial = OZ_NONE;
        oz_store(&self->base, &self->total, initial);
        return oz_retain(self->total);
    }
    scoped Ref item = NULL;
    if (oz_next(t, self->iterator, &item) != OZ_FOUND)
        return NULL;
    if (!self->total) {
        OZ_INIT_FIELD(self, total, oz_retain(item));
        return oz_move(&item);
    }
    scoped Ref total = oz_retain(self->total);
    Ref sum = oz_is_none(self->function) ? oz_binary(t, OZ_OP_ADD, total, item)
                                         : oz_call2(t, self->function, total, item);
    if (!sum)
        return NULL;
    oz_store(&self->base, &self->total, oz_retain(sum));
    return sum;
}

/* chain((first,), iterator): how an accumulate with a pending first value is pickled. */
static Ref chain_first(Thread *t, Obj first, Obj iterator)
{
    Class *cls = oz_builtin_class(t, OZ_ITERTOOLS_CHAIN);
    scoped Ref one = cls ? oz_tuple_of(t, 1, first) : NULL;
    return one ? oz_call2(t, (Obj)cls, one, iterator) : NULL;
}

OZ_METHOD(accumulate, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const Accumulate *self = (const Accumulate *)a[0];
    if (!oz_is_none(self->initial)) {
        scoped Ref chain = chain_first(t, self->initial, self->iterator);
        return chain ? reduce3(t, a[0], oz_tuple_of(t, 2, chain, (Obj)self->function), OZ_NONE)
                     : NULL;
    }
    if (self->total && oz_is_none(self->total)) {
        scoped Ref chain = chain_first(t, self->total, self->iterator);
        scoped Ref again =
            chain ? oz_call2(t, (Obj)oz_class_of(a[0]), chain, self->function) : NULL;
        Class *islice = again ? oz_builtin_class(t, OZ_ITERTOOLS_ISLICE) : NULL;
        scoped Ref args = islice ? oz_tuple_of(t, 3, again, (Obj)oz_int(1), (Obj)OZ_NONE) : NULL;
        return args ? oz_tuple_of(t, 2, (Obj)islice, args) : NULL;
    }
    return reduce3(t, a[0], oz_tuple_of(t, 2, (Obj)self->iterator, (Obj)self->function),
                   self->total ? oz_retain(self->total) : OZ_NONE);
}

OZ_METHOD(accumulate, __setstate__, "($self, state, /)", "Set state information for unpickling.")
{
    Accumulate *self = (Accumulate *)a[0];
    oz_store(&self->base, &self->total, oz_retain(a[1]));
    return OZ_NONE;
}

const TypeDef oz_itertools_accumulate_type = {
    .id = OZ_ITERTOOLS_ACCUMULATE,
    .name = "itertools.accumulate",
    .doc = "Give the sums of the first item, of the first two, and so on; or what another function "
           "of two arguments makes of them.",
    .size = sizeof(Accumulate),
    .visit = accumulate_visit,
    .clear = accumulate_clear,
    .make = &accumulate_new_,
    .slots = {.iter = oz_itself, .next = accumulate_next},
    .methods = OZ_METHODS(&accumulate___reduce__, &accumulate___setstate__),
};

/* ---- compress ---- */

#define COMPRESS_REFS(REF) REF(data) REF(selectors)
typedef struct Compress {
    Object base;
    COMPRESS_REFS(OZ_FIELD)
} Compress;
OZ_TYPE_LIFE(compress, Compress, COMPRESS_REFS)

OZ_NEW(compress, "($type, data, selectors)")
{
    scoped Ref data = oz_iter(t, a[1]);
    scoped Ref selectors = data ? oz_iter(t, a[2]) : NULL;
    Compress *self = selectors ? oz_instance_new(t, (Class *)a[0], 0) : NULL;
    if (!self)
        return NULL;
    OZ_INIT_FIELD(self, data, oz_move(&data));
    OZ_INIT_FIELD(self, selectors, oz_move(&selectors));
    return (Ref)self;
}

static Ref compress_next(Thread *t, Obj v)
{
    const Compress *self = (const Compress *)v;
    for (;;) {
        scoped Ref item = NULL;
        scoped Ref selector = NULL;
        bool good;
        if (oz_next(t, self->data, &item) != OZ_FOUND ||
            oz_next(t, self->selectors, &selector) != OZ_FOUND || !oz_truth(t, selector, &good) ||
            !oz_poll(t))
            return NULL;
        if (good)
            return oz_move(&item);
    }
}

OZ_METHOD(compress, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const Compress *self = (const Compress *)a[0];
    return reduce2(t, a[0], oz_tuple_of(t, 2, (Obj)self->data, (Obj)self->selectors));
}

const TypeDef oz_itertools_compress_type = {
    .id = OZ_ITERTOOLS_COMPRESS,
    .name = "itertools.compress",
    .doc = "Give the items of data whose selectors are true.",
    .size = sizeof(Compress),
    .visit = compress_visit,
    .clear = compress_clear,
    .make = &compress_new_,
    .slots = {.iter = oz_itself, .next = compress_next},
    .methods = OZ_METHODS(&compress___reduce__),
};

/* ---- pairwise ---- */

#define PAIRWISE_REFS(REF) REF(iterator) REF(old)
typedef struct Pairwise {
    Object base;
    PAIRWISE_REFS(OZ_FIELD) /* iterator: empty at the end; old: the item given last, or empty */
} Pairwise;
OZ_TYPE_LIFE(pairwise, Pairwise, PAIRWISE_REFS)

OZ_NEW(pairwise, "($type, iterable, /)")
{
    scoped Ref iterator = oz_iter(t, a[1]);
    Pairwise *self = iterator ? oz_instance_new(t, (Class *)a[0], 0) : NULL;
    if (self)
        OZ_INIT_FIELD(self, iterator, oz_move(&iterator));
    return (Ref)self;
}

static Ref pairwise_end(Pairwise *self)
{
    oz_clear(&self->iterator);
    oz_clear(&self->old);
    return NULL;
}

static Ref pairwise_next(Thread *t, Obj v)
{
    Pairwise *self = (Pairwise *)v;
    scoped Ref iterator = oz_retain(self->iterator);
    if (!iterator)
        return NULL;
    if (!self->old) {
        Ref first;
        if (oz_next(t, iterator, &first) != OZ_FOUND)
            return pairwise_end(self);
        oz_store(&self->base, &self->old, first);
        if (!self->iterator) /* a reentrant step came to the end */
            return pairwise_end(self);
    }
    scoped Ref old = oz_retain(self->old);
    scoped Ref next = NULL;
    if (oz_next(t, iterator, &next) != OZ_FOUND)
        return pairwise_end(self);
    oz_store(&self->base, &self->old, oz_retain(next));
    return oz_tuple_of(t, 2, old, next);
}

const TypeDef oz_itertools_pairwise_type = {
    .id = OZ_ITERTOOLS_PAIRWISE,
    .name = "itertools.pairwise",
    .doc = "Give the pairs (first, second), (second, third), and so on.",
    .size = sizeof(Pairwise),
    .visit = pairwise_visit,
    .clear = pairwise_clear,
    .make = &pairwise_new_,
    .slots = {.iter = oz_itself, .next = pairwise_next},
};

/* ---- zip_longest ---- */

#define LONGEST_REFS(REF) REF(iterators) REF(fill)
typedef struct ZipLongest {
    Object base;
    LONGEST_REFS(OZ_FIELD) /* iterators: list with None for those that have ended */
    size_t active;         /* [owner] how many have not */
} ZipLongest;
OZ_TYPE_LIFE(zip_longest, ZipLongest, LONGEST_REFS)

static Ref zip_longest_new(Thread *t, Class *cls, const Args *args)
{
    Obj fill = OZ_NONE;
    for (uint32_t i = 0; i < args->named; i++) {
        const Str *name = oz_as_str(((const Tuple *)args->names)->items[i]);
        if (!oz_str_equal_utf8(name, "fillvalue"))
            return oz_raise(t, OZ_TypeError, "zip_longest() got an unexpected keyword argument");
        fill = args->items[args->count + i];
    }
    scoped Ref iterators = oz_list_new(t, args->count);
    for (uint32_t i = 0; iterators && i < args->count; i++) {
        Ref iterator = oz_iter(t, args->items[i]);
        if (!iterator || !oz_list_append_take(t, (List *)iterators, iterator))
            return NULL;
    }
    ZipLongest *self = iterators ? oz_instance_new(t, cls, 0) : NULL;
    if (!self)
        return NULL;
    self->active = args->count;
    OZ_INIT_FIELD(self, iterators, oz_move(&iterators));
    OZ_INIT_FIELD(self, fill, oz_retain(fill));
    return (Ref)self;
}

/* The next item of iterator `i`, or the fill value; OZ_MISSING: all have ended. */
static Found longest_item(Thread *t, ZipLongest *self, size_t i, Ref *item)
{
    scoped Ref iterator = oz_list_get(t, (List *)self->iterators, i);
    if (!iterator)
        return OZ_RAISED;
    if (!oz_is_none(iterator)) {
        Found found = oz_next(t, iterator, item);
        if (found == OZ_RAISED)
            self->active = 0;
        if (found != OZ_MISSING)
            return found;
        if (!self->active || --self->active == 0)
            return OZ_MISSING;
        if (!oz_list_set(t, (List *)self->iterators, i, OZ_NONE))
            return OZ_RAISED;
    }
    *item = oz_retain(self->fill);
    return OZ_FOUND;
}

static Ref zip_longest_next(Thread *t, Obj v)
{
    ZipLongest *self = (ZipLongest *)v;
    size_t count = oz_list_length((List *)self->iterators);
    if (!count || !self->active)
        return NULL;
    scoped Ref result = (Ref)oz_tuple_alloc(t, count);
    for (size_t i = 0; result && i < count; i++) {
        Ref item;
        if (longest_item(t, self, i, &item) != OZ_FOUND)
            return NULL;
        oz_tuple_init((Tuple *)result, i, item);
    }
    return oz_move(&result);
}

OZ_METHOD(zip_longest, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const ZipLongest *self = (const ZipLongest *)a[0];
    List *iterators = (List *)self->iterators;
    scoped Ref args = oz_list_new(t, 0);
    for (size_t i = 0; args && i < oz_list_length(iterators); i++) {
        scoped Ref each = oz_list_get(t, iterators, i);
        if (!each ||
            !oz_list_append(t, (List *)args, oz_is_none(each) ? (Obj)t->vm->empty_tuple : each))
            return NULL;
    }
    return args ? reduce3(t, a[0], oz_list_to_tuple(t, (List *)args), oz_retain(self->fill)) : NULL;
}

OZ_METHOD(zip_longest, __setstate__, "($self, state, /)", "Set state information for unpickling.")
{
    ZipLongest *self = (ZipLongest *)a[0];
    oz_store(&self->base, &self->fill, oz_retain(a[1]));
    return OZ_NONE;
}

const TypeDef oz_itertools_zip_longest_type = {
    .id = OZ_ITERTOOLS_ZIP_LONGEST,
    .name = "itertools.zip_longest",
    .doc = "zip_longest(*iterables, fillvalue=None)\n\nGive tuples as zip does, but until the "
           "longest iterable ends; fillvalue stands for what is missing.",
    .size = sizeof(ZipLongest),
    .visit = zip_longest_visit,
    .clear = zip_longest_clear,
    .slots = {.new = zip_longest_new, .iter = oz_itself, .next = zip_longest_next},
    .methods = OZ_METHODS(&zip_longest___reduce__, &zip_longest___setstate__),
};

/* ---- the module ---- */

extern const NativeDef oz_itertools_tee;

static const uint32_t types[] = {
    OZ_ITERTOOLS_ACCUMULATE,   OZ_ITERTOOLS_CHAIN,
    OZ_ITERTOOLS_COMBINATIONS, OZ_ITERTOOLS_COMBINATIONS_WITH_REPLACEMENT,
    OZ_ITERTOOLS_COMPRESS,     OZ_ITERTOOLS_COUNT,
    OZ_ITERTOOLS_CYCLE,        OZ_ITERTOOLS_DROPWHILE,
    OZ_ITERTOOLS_FILTERFALSE,  OZ_ITERTOOLS_GROUPBY,
    OZ_ITERTOOLS_GROUPER,      OZ_ITERTOOLS_ISLICE,
    OZ_ITERTOOLS_PAIRWISE,     OZ_ITERTOOLS_PERMUTATIONS,
    OZ_ITERTOOLS_PRODUCT,      OZ_ITERTOOLS_REPEAT,
    OZ_ITERTOOLS_STARMAP,      OZ_ITERTOOLS_TAKEWHILE,
    OZ_ITERTOOLS_TEE,          OZ_ITERTOOLS_TEE_DATA,
    OZ_ITERTOOLS_ZIP_LONGEST,  0,
};

const ModuleDef oz_itertools_module = {
    .name = "itertools",
    .doc = "Iterators that are made of iterators.",
    .functions = OZ_METHODS(&oz_itertools_tee),
    .types = types,
};
