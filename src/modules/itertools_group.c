// SPDX-License-Identifier: MIT
// itertools.groupby and tee.
//
// groupby and the group it gave last share one iterator: the groupby holds the item that was read
// ahead.  A group is the current one as long as the groupby's `current` is its address; groups that
// are left behind are over.
//
// tee: the branches read from a chain of blocks; the one that is ahead fills them, and a block dies
// when the last branch has left it.
#include "modules/native_type.h"

/* ---- groupby ---- */

#define GROUPBY_REFS(REF) REF(iterator) REF(function) REF(target) REF(key) REF(value)
typedef struct Groupby {
    Object base;
    GROUPBY_REFS(OZ_FIELD) /* target: key of the group given last; key, value: read ahead */
    const void *current;   /* [owner] address of the group given last; never followed */
} Groupby;
OZ_TYPE_LIFE(groupby, Groupby, GROUPBY_REFS)

#define GROUPER_REFS(REF) REF(parent) REF(target)
typedef struct Grouper {
    Object base;
    GROUPER_REFS(OZ_FIELD) /* [const] */
} Grouper;
OZ_TYPE_LIFE(grouper, Grouper, GROUPER_REFS)

OZ_NEW(groupby, "($type, iterable, key=None)")
{
    scoped Ref iterator = oz_iter(t, a[1]);
    Groupby *self = iterator ? oz_instance_new(t, (Class *)a[0], 0) : NULL;
    if (!self)
        return NULL;
    OZ_INIT_FIELD(self, iterator, oz_move(&iterator));
    OZ_INIT_FIELD(self, function, oz_retain(a[2]));
    return (Ref)self;
}

/* Read one item ahead: OZ_MISSING at the end. */
static Found groupby_step(Thread *t, Groupby *self)
{
    scoped Ref value = NULL;
    Found found = oz_next(t, self->iterator, &value);
    if (found != OZ_FOUND)
        return found;
    Ref key = oz_is_none(self->function) ? oz_retain(value) : oz_call1(t, self->function, value);
    if (!key)
        return OZ_RAISED;
    oz_store(&self->base, &self->value, oz_move(&value));
    oz_store(&self->base, &self->key, key);
    return OZ_FOUND;
}

/* Is the item read ahead one of the group with this key? */
static bool same_key(Thread *t, Groupby *self, Obj target, bool *same)
{
    scoped Ref key = oz_retain(self->key);
    scoped Ref own = oz_retain(target);
    return oz_equal(t, own, key, same);
}

static Ref grouper_make(Thread *t, Class *cls, Groupby *parent, Obj target)
{
    Grouper *group = oz_instance_new(t, cls, 0);
    if (!group)
        return NULL;
    OZ_INIT_FIELD(group, parent, oz_retain((Obj)parent));
    OZ_INIT_FIELD(group, target, oz_retain(target));
    parent->current = group;
    return (Ref)group;
}

static Ref groupby_next(Thread *t, Obj v)
{
    Groupby *self = (Groupby *)v;
    self->current = NULL;
    for (;;) {
        if (self->key) {
            bool same = false;
            if (self->target && !same_key(t, self, self->target, &same))
                return NULL;
            if (self->target ? !same : true)
                break;
        }
        if (groupby_step(t, self) != OZ_FOUND || !oz_poll(t))
            return NULL;
    }
    oz_store(&self->base, &self->target, oz_retain(self->key));
    Class *cls = oz_builtin_class(t, OZ_ITERTOOLS_GROUPER);
    scoped Ref key = oz_retain(self->key);
    scoped Ref group = cls ? grouper_make(t, cls, self, self->target) : NULL;
    return group ? oz_tuple_of(t, 2, key, group) : NULL;
}

static Ref grouper_next(Thread *t, Obj v)
{
    const Grouper *group = (const Grouper *)v;
    Groupby *parent = (Groupby *)group->parent;
    if (parent->current != group)
        return NULL;
    if (!parent->value && groupby_step(t, parent) != OZ_FOUND)
        return NULL;
    bool same;
    if (!parent->key || !same_key(t, parent, group->target, &same) || !same)
        return NULL;
    return oz_move(&parent->value);
}

OZ_METHOD(groupby, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const Groupby *self = (const Groupby *)a[0];
    Obj cls = (Obj)oz_class_of(a[0]);
    scoped Ref args = oz_tuple_of(t, 2, (Obj)self->iterator, (Obj)self->function);
    if (!args || !self->target || !self->key || !self->value)
        return args ? oz_tuple_of(t, 2, cls, args) : NULL;
    scoped Ref state = oz_tuple_of(t, 3, (Obj)self->key, (Obj)self->value, (Obj)self->target);
    return state ? oz_tuple_of(t, 3, cls, args, state) : NULL;
}

OZ_METHOD(groupby, __setstate__, "($self, state, /)", "Set state information for unpickling.")
{
    Groupby *self = (Groupby *)a[0];
    const Tuple *state = oz_as_tuple(a[1]);
    if (!state)
        return oz_raise(t, OZ_TypeError, "state is not a tuple");
    if (state->length != 3)
        return oz_raise(t, OZ_TypeError, "function takes exactly 3 arguments (%u given)",
                        state->length);
    oz_store(&self->base, &self->key, oz_retain(state->items[0]));
    oz_store(&self->base, &self->value, oz_retain(state->items[1]));
    oz_store(&self->base, &self->target, oz_retain(state->items[2]));
    return OZ_NONE;
}

const TypeDef oz_itertools_groupby_type = {
    .id = OZ_ITERTOOLS_GROUPBY,
    .name = "itertools.groupby",
    .doc = "Give pairs (key, iterator over the items in sequence that have this key).\n\nkey is a "
           "function that makes an item's key; without it the item is its own.",
    .size = sizeof(Groupby),
    .visit = groupby_visit,
    .clear = groupby_clear,
    .make = &groupby_new_,
    .slots = {.iter = oz_itself, .next = groupby_next},
    .methods = OZ_METHODS(&groupby___reduce__, &groupby___setstate__),
};

OZ_NEW(grouper, "($type, parent, tgtkey, /)")
{
    if (!oz_isa(a[1], OZ_ITERTOOLS_GROUPBY))
        return oz_raise(t, OZ_TypeError, "_grouper() argument 1 must be itertools.groupby, not %T",
                        a[1]);
    return grouper_make(t, (Class *)a[0], (Groupby *)a[1], a[2]);
}

OZ_METHOD(grouper, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const Grouper *group = (const Grouper *)a[0];
    if (((const Groupby *)group->parent)->current != group)
        return oz_reduce_to_iter(t, t->vm->empty_tuple, NULL);
    scoped Ref args = oz_tuple_of(t, 2, (Obj)group->parent, (Obj)group->target);
    return args ? oz_tuple_of(t, 2, (Obj)oz_class_of(a[0]), args) : NULL;
}

const TypeDef oz_itertools_grouper_type = {
    .id = OZ_ITERTOOLS_GROUPER,
    .name = "itertools._grouper",
    .size = sizeof(Grouper),
    .flags = OZ_TYPE_FINAL,
    .visit = grouper_visit,
    .clear = grouper_clear,
    .make = &grouper_new_,
    .slots = {.iter = oz_itself, .next = grouper_next},
    .methods = OZ_METHODS(&grouper___reduce__),
};

/* ---- tee ---- */

enum { BLOCK = 57 };

typedef struct TeeData {
    Object base;
    Ref iterator;     /* [const] */
    Ref next;         /* [owner] the block after this one, or empty */
    uint32_t count;   /* [owner] items read so far */
    bool running;     /* [owner] the iterator is being asked */
    Ref items[BLOCK]; /* [owner] */
} TeeData;

#define TEE_REFS(REF) REF(data)
typedef struct Tee {
    Object base;
    TEE_REFS(OZ_FIELD)
    uint32_t at; /* [owner] the next item of `data` */
} Tee;
OZ_TYPE_LIFE(tee, Tee, TEE_REFS)

static void tee_data_visit(const Object *object, Visitor *v)
{
    const TeeData *self = (const TeeData *)object;
    OZ_VISIT(iterator)
    OZ_VISIT(next)
    for (size_t i = 0; i < self->count; i++)
        oz_visit(v, self->items[i], "[]", (ssize_t)i);
}

static void tee_data_clear(Thread *t OZ_UNUSED, Object *object)
{
    TeeData *self = (TeeData *)object;
    OZ_CLEAR(iterator)
    for (size_t i = 0; i < self->count; i++)
        oz_clear(&self->items[i]);
    self->count = 0;
    OZ_CLEAR(next)
}

static Ref tee_data_make(Thread *t, Obj iterator)
{
    Class *cls = oz_builtin_class(t, OZ_ITERTOOLS_TEE_DATA);
    TeeData *data = cls ? oz_instance_new(t, cls, 0) : NULL;
    if (data)
        OZ_INIT_FIELD(data, iterator, oz_retain(iterator));
    return (Ref)data;
}

static Ref tee_data_item(Thread *t, TeeData *data, uint32_t i)
{
    if (i < data->count)
        return oz_retain(data->items[i]);
    if (data->running)
        return oz_raise(t, OZ_RuntimeError, "cannot re-enter the tee iterator");
    Ref item;
    data->running = true;
    Found found = oz_next(t, data->iterator, &item);
    data->running = false;
    if (found != OZ_FOUND)
        return NULL;
    OZ_INIT_FIELD(data, items[data->count], oz_retain(item));
    data->count++;
    return item;
}

static Ref tee_next(Thread *t, Obj v)
{
    Tee *self = (Tee *)v;
    if (self->at == BLOCK) {
        TeeData *data = (TeeData *)self->data;
        if (!data->next) {
            Ref next = tee_data_make(t, data->iterator);
            if (!next)
                return NULL;
            oz_store(&data->base, &data->next, next);
        }
        self->at = 0;
        oz_store(&self->base, &self->data, oz_retain(data->next));
    }
    scoped Ref data = oz_retain(self->data);
    Ref item = tee_data_item(t, (TeeData *)data, self->at);
    if (item)
        self->at++;
    return item;
}

static Ref tee_make(Thread *t, Class *cls, Obj data, uint32_t at)
{
    Tee *self = oz_instance_new(t, cls, 0);
    if (!self)
        return NULL;
    OZ_INIT_FIELD(self, data, oz_retain(data));
    self->at = at;
    return (Ref)self;
}

static Ref tee_copy(Thread *t, Obj v)
{
    const Tee *self = (const Tee *)v;
    Class *cls = oz_builtin_class(t, OZ_ITERTOOLS_TEE);
    return cls ? tee_make(t, cls, self->data, self->at) : NULL;
}

static Ref tee_of(Thread *t, Obj iterable)
{
    scoped Ref iterator = oz_iter(t, iterable);
    if (!iterator)
        return NULL;
    if (oz_isa(iterator, OZ_ITERTOOLS_TEE))
        return tee_copy(t, iterator);
    Class *cls = oz_builtin_class(t, OZ_ITERTOOLS_TEE);
    scoped Ref data = cls ? tee_data_make(t, iterator) : NULL;
    return data ? tee_make(t, cls, data, 0) : NULL;
}

OZ_NEW(tee, "($type, iterable, /)")
{
    return tee_of(t, a[1]);
}

OZ_METHOD(tee, __copy__, "($self, /)", "Return another iterator that stands at the same place.")
{
    return tee_copy(t, a[0]);
}

OZ_METHOD(tee, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const Tee *self = (const Tee *)a[0];
    scoped Ref args = oz_tuple_of(t, 1, (Obj)t->vm->empty_tuple);
    scoped Ref state = oz_tuple_of(t, 2, (Obj)self->data, (Obj)oz_int(self->at));
    return args && state ? oz_tuple_of(t, 3, (Obj)oz_class_of(a[0]), args, state) : NULL;
}

OZ_METHOD(tee, __setstate__, "($self, state, /)", "Set state information for unpickling.")
{
    Tee *self = (Tee *)a[0];
    const Tuple *state = oz_as_tuple(a[1]);
    if (!state)
        return oz_raise(t, OZ_TypeError, "state is not a tuple");
    int64_t at;
    if (state->length != 2 || !oz_isa(state->items[0], OZ_ITERTOOLS_TEE_DATA))
        return oz_raise(t, OZ_TypeError, "state is not a block and an index");
    if (!oz_as_int64(t, state->items[1], &at))
        return NULL;
    if (at < 0 || at > BLOCK)
        return oz_raise(t, OZ_ValueError, "Index out of range");
    self->at = (uint32_t)at;
    oz_store(&self->base, &self->data, oz_retain(state->items[0]));
    return OZ_NONE;
}

const TypeDef oz_itertools_tee_type = {
    .id = OZ_ITERTOOLS_TEE,
    .name = "itertools._tee",
    .doc = "One of several iterators over the same items.",
    .size = sizeof(Tee),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_WEAKREF,
    .visit = tee_visit,
    .clear = tee_clear,
    .make = &tee_new_,
    .slots = {.iter = oz_itself, .next = tee_next},
    .methods = OZ_METHODS(&tee___copy__, &tee___reduce__, &tee___setstate__),
};

OZ_NEW(tee_data, "($type, iterable, values, next, /)")
{
    const List *values = oz_as_list(a[2]);
    if (!values)
        return oz_raise(t, OZ_TypeError, "_tee_dataobject() argument 2 must be list, not %T", a[2]);
    size_t count = oz_list_length(values);
    bool full = count == BLOCK;
    bool linked = !oz_is_none(a[3]);
    if (count > BLOCK || (linked && (!full || !oz_isa(a[3], OZ_ITERTOOLS_TEE_DATA))))
        return oz_raise(t, OZ_ValueError, "Invalid arguments");
    scoped Ref made = tee_data_make(t, a[1]);
    TeeData *data = (TeeData *)made;
    for (size_t i = 0; data && i < count; i++) {
        Ref item = oz_list_get(t, (List *)a[2], i);
        if (!item)
            return NULL;
        OZ_INIT_FIELD(data, items[i], item);
        data->count++;
    }
    if (data && linked)
        OZ_INIT_FIELD(data, next, oz_retain(a[3]));
    return oz_move(&made);
}

OZ_METHOD(tee_data, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const TeeData *self = (const TeeData *)a[0];
    scoped Ref values = oz_list_of_array(t, (const Obj *)self->items, self->count);
    Obj next = self->next ? (Obj)self->next : (Obj)OZ_NONE;
    scoped Ref args = values ? oz_tuple_of(t, 3, (Obj)self->iterator, values, next) : NULL;
    return args ? oz_tuple_of(t, 2, (Obj)oz_class_of(a[0]), args) : NULL;
}

const TypeDef oz_itertools_tee_data_type = {
    .id = OZ_ITERTOOLS_TEE_DATA,
    .name = "itertools._tee_dataobject",
    .doc = "A block of items that the iterators of a tee share.",
    .size = sizeof(TeeData),
    .flags = OZ_TYPE_FINAL,
    .visit = tee_data_visit,
    .clear = tee_data_clear,
    .make = &tee_data_new_,
    .methods = OZ_METHODS(&tee_data___reduce__),
};

static Ref tee_body(Thread *t, const Obj *a)
{
    ssize_t n;
    if (!oz_as_size_argument(t, a[2], &n))
        return NULL;
    if (n < 0)
        return oz_raise(t, OZ_ValueError, "n must be >= 0");
    if (!n)
        return oz_retain(t->vm->empty_tuple);
    scoped Ref iterator = oz_iter(t, a[1]);
    scoped Ref copy = NULL;
    if (!iterator || oz_find_attr(t, iterator, OZ_NAME(t, __copy__), &copy) == OZ_RAISED)
        return NULL;
    if (!copy) {
        Ref first = tee_of(t, iterator);
        oz_drop(iterator);
        iterator = first;
        copy = first ? oz_get_attr(t, first, OZ_NAME(t, __copy__)) : NULL;
        if (!copy)
            return NULL;
    }
    scoped Ref result = (Ref)oz_tuple_alloc(t, (size_t)n);
    for (ssize_t i = 0; result && i < n; i++) {
        Ref each = i ? oz_call0(t, copy) : oz_retain(iterator);
        if (!each)
            return NULL;
        oz_tuple_init((Tuple *)result, (size_t)i, each);
    }
    return oz_move(&result);
}

extern const NativeDef oz_itertools_tee;
const NativeDef oz_itertools_tee = {
    "tee", "($module, iterable, n=2, /)",
    "Return a tuple of n independent iterators over the same items.", tee_body, 0};
