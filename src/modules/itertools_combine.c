// SPDX-License-Identifier: MIT
// itertools: product, permutations, combinations, combinations_with_replacement.
//
// Each holds its pool (a tuple; product: a tuple of tuples), the indexes of the items given last,
// and goes on from those.  The numbers are in a heap block.
#include "modules/native_type.h"

#define COMBINE_REFS(REF) REF(pool)
typedef struct Combine {
    Object base;
    COMBINE_REFS(OZ_FIELD) /* [const] tuple */
    size_t r;              /* [const] length of a result */
    size_t count;          /* [const] of `index` */
    size_t *index;         /* [owner] block: `count` indexes; permutations: r cycles behind them */
    bool started;          /* [owner] a result was given */
    bool stopped;          /* [owner] */
} Combine;

static void combine_visit(const Object *object, Visitor *v)
{
    const Combine *self = (const Combine *)object;
    COMBINE_REFS(OZ_VISIT)
}

static void combine_clear(Thread *t OZ_UNUSED, Object *object)
{
    Combine *self = (Combine *)object;
    size_t *index = self->index;
    self->index = NULL;
    self->stopped = true;
    COMBINE_REFS(OZ_CLEAR)
    oz_block_free(index);
}

static size_t combine_outside(const Object *object)
{
    const Combine *self = (const Combine *)object;
    return self->index ? oz_heap_size(self->index) : 0;
}

/* Takes `pool`. */
static Combine *combine_make(Thread *t, Class *cls, Ref pool, size_t r, size_t count, size_t more)
{
    scoped Ref own = pool;
    size_t bytes;
    if (!own)
        return NULL;
    if (!oz_size_add(count, more + 1, &bytes) || !oz_size_mul(bytes, sizeof(size_t), &bytes)) {
        oz_raise_memory(t);
        return NULL;
    }
    size_t *index = oz_block_alloc(t->heap, bytes);
    if (!index) {
        oz_raise_memory(t);
        return NULL;
    }
    Combine *self = oz_instance_new(t, cls, 0);
    if (!self) {
        oz_block_free(index);
        return NULL;
    }
    memset(index, 0, bytes);
    self->r = r;
    self->count = count;
    self->index = index;
    OZ_INIT_FIELD(self, pool, oz_move(&own));
    return self;
}

static Ref indexes_tuple(Thread *t, const size_t *index, size_t count)
{
    scoped Ref tuple = count ? (Ref)oz_tuple_alloc(t, count) : oz_retain(t->vm->empty_tuple);
    for (size_t i = 0; tuple && i < count; i++)
        oz_tuple_init((Tuple *)tuple, i, oz_int((int64_t)index[i]));
    return oz_move(&tuple);
}

/* The items of the pool that the first r indexes name. */
static Ref chosen(Thread *t, const Combine *self)
{
    if (!self->r)
        return oz_retain(t->vm->empty_tuple);
    const Tuple *pool = (const Tuple *)self->pool;
    Tuple *result = oz_tuple_alloc(t, self->r);
    for (size_t i = 0; result && i < self->r; i++)
        oz_tuple_init(result, i, oz_retain(pool->items[self->index[i]]));
    return (Ref)result;
}

/* A state tuple of `count` numbers, each clipped to [0, limit). */
static bool read_state(Thread *t, const Tuple *state, size_t *index, size_t count, size_t limit)
{
    for (size_t i = 0; i < count; i++) {
        ssize_t n;
        if (!oz_as_size_argument(t, state->items[i], &n))
            return false;
        if (n < 0 || !limit)
            n = 0;
        index[i] = limit && (size_t)n >= limit ? limit - 1 : (size_t)n;
    }
    return true;
}

static bool non_negative(Thread *t, ssize_t r)
{
    return r >= 0 || oz_fail(t, OZ_ValueError, "r must be non-negative");
}

/* The state of combinations and product after the first result: the indexes. */
static Ref combine_reduce(Thread *t, Obj v, Ref args)
{
    const Combine *self = (const Combine *)v;
    scoped Ref own = args;
    Obj cls = (Obj)oz_class_of(v);
    if (!own || !self->started)
        return own ? oz_tuple_of(t, 2, cls, own) : NULL;
    scoped Ref state = indexes_tuple(t, self->index, self->count);
    return state ? oz_tuple_of(t, 3, cls, own, state) : NULL;
}

#define COMBINE(ID, stem, text)                                                                    \
    .id = ID, .name = "itertools." #stem, .doc = text, .size = sizeof(Combine),                    \
    .visit = combine_visit, .clear = combine_clear, .outside = combine_outside,                    \
    .make = &stem##_new_, .slots = {.iter = oz_itself, .next = stem##_next},                       \
    .methods = OZ_METHODS(&stem##___reduce__, &stem##___setstate__)

/* ---- product ---- */

OZ_NEW(product, "($type, *iterables, repeat=1)")
{
    const Tuple *iterables = (const Tuple *)a[1];
    ssize_t repeat;
    size_t count;
    if (!oz_as_size_argument(t, a[2], &repeat))
        return NULL;
    if (repeat < 0)
        return oz_raise(t, OZ_ValueError, "repeat argument cannot be negative");
    size_t given = repeat ? iterables->length : 0;
    if (!oz_size_mul(given, (size_t)repeat, &count) || count > UINT32_MAX / 2)
        return oz_raise(t, OZ_OverflowError, "repeat argument too large");
    scoped Ref pools = count ? (Ref)oz_tuple_alloc(t, count) : oz_retain(t->vm->empty_tuple);
    for (size_t i = 0; pools && i < count; i++) {
        Obj source = i < given ? iterables->items[i] : ((Tuple *)pools)->items[i - given];
        Ref pool = oz_tuple_from(t, source);
        if (!pool)
            return NULL;
        oz_tuple_init((Tuple *)pools, i, pool);
    }
    return pools ? (Ref)combine_make(t, (Class *)a[0], oz_move(&pools), count, count, 0) : NULL;
}

static const Tuple *pool_at(const Combine *self, size_t i)
{
    return (const Tuple *)((const Tuple *)self->pool)->items[i];
}

/* Go to the next indexes; false: that was the last. */
static bool product_advance(Combine *self)
{
    if (!self->started) {
        self->started = true;
        for (size_t i = 0; i < self->r; i++)
            if (!pool_at(self, i)->length)
                return false;
        return true;
    }
    for (size_t i = self->r; i-- > 0;) {
        if (++self->index[i] < pool_at(self, i)->length)
            return true;
        self->index[i] = 0;
    }
    return false;
}

static Ref product_next(Thread *t, Obj v)
{
    Combine *self = (Combine *)v;
    if (self->stopped)
        return NULL;
    if (!product_advance(self)) {
        self->stopped = true;
        return NULL;
    }
    if (!self->r)
        return oz_retain(t->vm->empty_tuple);
    Tuple *result = oz_tuple_alloc(t, self->r);
    for (size_t i = 0; result && i < self->r; i++)
        oz_tuple_init(result, i, oz_retain(pool_at(self, i)->items[self->index[i]]));
    return (Ref)result;
}

static Ref stopped_reduce(Thread *t, Obj v, bool with_r)
{
    scoped Ref args = with_r ? oz_tuple_of(t, 2, (Obj)t->vm->empty_tuple,
                                           (Obj)oz_int((int64_t)((const Combine *)v)->r))
                             : oz_tuple_of(t, 1, (Obj)t->vm->empty_tuple);
    return args ? oz_tuple_of(t, 2, (Obj)oz_class_of(v), args) : NULL;
}

OZ_METHOD(product, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const Combine *self = (const Combine *)a[0];
    if (self->stopped)
        return stopped_reduce(t, a[0], false);
    return combine_reduce(t, a[0], oz_retain(self->pool));
}

OZ_METHOD(product, __setstate__, "($self, state, /)", "Set state information for unpickling.")
{
    Combine *self = (Combine *)a[0];
    const Tuple *state = oz_as_tuple(a[1]);
    if (!state || state->length != self->count)
        return oz_raise(t, OZ_ValueError, "invalid arguments");
    for (size_t i = 0; i < self->count; i++) {
        if (!pool_at(self, i)->length) { /* nothing to give */
            self->stopped = true;
            return OZ_NONE;
        }
        ssize_t n;
        if (!oz_as_size_argument(t, state->items[i], &n))
            return NULL;
        size_t most = pool_at(self, i)->length - 1;
        self->index[i] = n < 0 ? 0 : (size_t)n > most ? most : (size_t)n;
    }
    self->started = true;
    return OZ_NONE;
}

const TypeDef oz_itertools_product_type = {
    COMBINE(OZ_ITERTOOLS_PRODUCT, product,
            "product(*iterables, repeat=1)\n\nGive all tuples of one item of each iterable, as "
            "nested loops would."),
};

/* ---- combinations ---- */

OZ_NEW(combinations, "($type, iterable, r)")
{
    ssize_t r;
    scoped Ref pool = oz_tuple_from(t, a[1]);
    if (!pool || !oz_as_size_argument(t, a[2], &r) || !non_negative(t, r))
        return NULL;
    bool impossible = (size_t)r > ((Tuple *)pool)->length;
    Combine *self =
        combine_make(t, (Class *)a[0], oz_move(&pool), (size_t)r, impossible ? 0 : (size_t)r, 0);
    for (size_t i = 0; self && i < self->count; i++)
        self->index[i] = i;
    if (self)
        self->stopped = impossible;
    return (Ref)self;
}

static Ref combinations_next(Thread *t, Obj v)
{
    Combine *self = (Combine *)v;
    if (self->stopped)
        return NULL;
    if (self->started) {
        size_t n = ((const Tuple *)self->pool)->length;
        ssize_t i = (ssize_t)self->r - 1;
        while (i >= 0 && self->index[i] == (size_t)i + n - self->r)
            i--;
        if (i < 0) {
            self->stopped = true;
            return NULL;
        }
        self->index[i]++;
        for (size_t j = (size_t)i + 1; j < self->r; j++)
            self->index[j] = self->index[j - 1] + 1;
    }
    self->started = true;
    return chosen(t, self);
}

OZ_METHOD(combinations, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const Combine *self = (const Combine *)a[0];
    if (self->stopped && self->started)
        return stopped_reduce(t, a[0], true);
    return combine_reduce(t, a[0],
                          oz_tuple_of(t, 2, (Obj)self->pool, (Obj)oz_int((int64_t)self->r)));
}

OZ_METHOD(combinations, __setstate__, "($self, state, /)", "Set state information for unpickling.")
{
    Combine *self = (Combine *)a[0];
    const Tuple *state = oz_as_tuple(a[1]);
    if (!state || state->length != self->r || state->length != self->count)
        return oz_raise(t, OZ_ValueError, "invalid arguments");
    size_t n = ((const Tuple *)self->pool)->length;
    for (size_t i = 0; i < self->r; i++) {
        ssize_t index;
        if (!oz_as_size_argument(t, state->items[i], &index))
            return NULL;
        size_t most = i + n - self->r;
        self->index[i] = index < 0 ? 0 : (size_t)index > most ? most : (size_t)index;
    }
    self->started = true;
    return OZ_NONE;
}

const TypeDef oz_itertools_combinations_type = {
    COMBINE(OZ_ITERTOOLS_COMBINATIONS, combinations,
            "combinations(iterable, r)\n\nGive all choices of r items, in their order."),
};

/* ---- combinations_with_replacement ---- */

OZ_NEW(combinations_with_replacement, "($type, iterable, r)")
{
    ssize_t r;
    scoped Ref pool = oz_tuple_from(t, a[1]);
    if (!pool || !oz_as_size_argument(t, a[2], &r) || !non_negative(t, r))
        return NULL;
    bool impossible = !((Tuple *)pool)->length && r > 0;
    Combine *self = combine_make(t, (Class *)a[0], oz_move(&pool), (size_t)r, (size_t)r, 0);
    if (self)
        self->stopped = impossible;
    return (Ref)self;
}

static Ref combinations_with_replacement_next(Thread *t, Obj v)
{
    Combine *self = (Combine *)v;
    if (self->stopped)
        return NULL;
    if (self->started) {
        size_t last = ((const Tuple *)self->pool)->length - 1;
        ssize_t i = (ssize_t)self->r - 1;
        while (i >= 0 && self->index[i] == last)
            i--;
        if (i < 0) {
            self->stopped = true;
            return NULL;
        }
        size_t next = self->index[i] + 1;
        for (size_t j = (size_t)i; j < self->r; j++)
            self->index[j] = next;
    }
    self->started = true;
    return chosen(t, self);
}

OZ_METHOD(combinations_with_replacement, __reduce__, "($self, /)",
          "Return state information for pickling.")
{
    const Combine *self = (const Combine *)a[0];
    if (self->stopped && self->started)
        return stopped_reduce(t, a[0], true);
    return combine_reduce(t, a[0],
                          oz_tuple_of(t, 2, (Obj)self->pool, (Obj)oz_int((int64_t)self->r)));
}

OZ_METHOD(combinations_with_replacement, __setstate__, "($self, state, /)",
          "Set state information for unpickling.")
{
    Combine *self = (Combine *)a[0];
    const Tuple *state = oz_as_tuple(a[1]);
    if (!state || state->length != self->r)
        return oz_raise(t, OZ_ValueError, "invalid arguments");
    if (!read_state(t, state, self->index, self->r, ((const Tuple *)self->pool)->length))
        return NULL;
    self->started = true;
    return OZ_NONE;
}

const TypeDef oz_itertools_combinations_with_replacement_type = {
    COMBINE(OZ_ITERTOOLS_COMBINATIONS_WITH_REPLACEMENT, combinations_with_replacement,
            "combinations_with_replacement(iterable, r)\n\nGive all choices of r items, each as "
            "often as wanted."),
};

/* ---- permutations ---- */

OZ_NEW(permutations, "($type, iterable, r=None)")
{
    scoped Ref pool = oz_tuple_from(t, a[1]);
    if (!pool)
        return NULL;
    size_t n = ((Tuple *)pool)->length;
    ssize_t r = (ssize_t)n;
    if (!oz_is_none(a[2])) {
        if (!oz_as_exact_int(a[2]))
            return oz_raise(t, OZ_TypeError, "Expected int as r");
        if (!oz_as_size_argument(t, a[2], &r) || !non_negative(t, r))
            return NULL;
    }
    bool impossible = (size_t)r > n;
    size_t cycles = impossible ? 0 : (size_t)r;
    Combine *self = combine_make(t, (Class *)a[0], oz_move(&pool), (size_t)r, n, cycles);
    if (!self)
        return NULL;
    for (size_t i = 0; i < n; i++)
        self->index[i] = i;
    for (size_t i = 0; i < cycles; i++)
        self->index[n + i] = n - i;
    self->stopped = impossible;
    return (Ref)self;
}

/* Knuth's cycle counters: false: that was the last. */
static bool permutations_advance(Combine *self)
{
    size_t n = self->count;
    size_t *index = self->index;
    size_t *cycles = index + n;
    for (size_t i = self->r; i-- > 0;) {
        if (--cycles[i] == 0) {
            size_t first = index[i];
            for (size_t j = i; j + 1 < n; j++)
                index[j] = index[j + 1];
            index[n - 1] = first;
            cycles[i] = n - i;
        } else {
            size_t j = n - cycles[i];
            size_t other = index[i];
            index[i] = index[j];
            index[j] = other;
            return true;
        }
    }
    return false;
}

static Ref permutations_next(Thread *t, Obj v)
{
    Combine *self = (Combine *)v;
    if (self->stopped)
        return NULL;
    if (self->started && !permutations_advance(self)) {
        self->stopped = true;
        return NULL;
    }
    self->started = true;
    return chosen(t, self);
}

OZ_METHOD(permutations, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const Combine *self = (const Combine *)a[0];
    if (self->stopped && self->started)
        return stopped_reduce(t, a[0], true);
    Obj cls = (Obj)oz_class_of(a[0]);
    scoped Ref args = oz_tuple_of(t, 2, (Obj)self->pool, (Obj)oz_int((int64_t)self->r));
    if (!args || !self->started)
        return args ? oz_tuple_of(t, 2, cls, args) : NULL;
    scoped Ref index = indexes_tuple(t, self->index, self->count);
    scoped Ref cycles = index ? indexes_tuple(t, self->index + self->count, self->r) : NULL;
    scoped Ref state = cycles ? oz_tuple_of(t, 2, index, cycles) : NULL;
    return state ? oz_tuple_of(t, 3, cls, args, state) : NULL;
}

OZ_METHOD(permutations, __setstate__, "($self, state, /)", "Set state information for unpickling.")
{
    Combine *self = (Combine *)a[0];
    const Tuple *state = oz_as_tuple(a[1]);
    const Tuple *index = state && state->length == 2 ? oz_as_tuple(state->items[0]) : NULL;
    const Tuple *cycles = index ? oz_as_tuple(state->items[1]) : NULL;
    if (!cycles || index->length != self->count || cycles->length != self->r ||
        self->r > self->count)
        return oz_raise(t, OZ_ValueError, "invalid arguments");
    size_t n = self->count;
    if (!read_state(t, index, self->index, n, n))
        return NULL;
    for (size_t i = 0; i < self->r; i++) {
        ssize_t left;
        if (!oz_as_size_argument(t, cycles->items[i], &left))
            return NULL;
        self->index[n + i] = left < 1 ? 1 : (size_t)left > n - i ? n - i : (size_t)left;
    }
    self->started = true;
    return OZ_NONE;
}

const TypeDef oz_itertools_permutations_type = {
    COMBINE(OZ_ITERTOOLS_PERMUTATIONS, permutations,
            "permutations(iterable, r=None)\n\nGive all arrangements of r items, or of all."),
};
