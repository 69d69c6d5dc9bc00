// SPDX-License-Identifier: MIT
// collections.OrderedDict: a dict, whose order is insertion order anyway, with operations on it.
//
// Nothing is kept beside the dict's table.  Its marks at both ends (D4 of types/dict_layout.h) make
// popitem constant at either end, and a table may leave unused entries in front, so that
// move_to_end(last=False) is constant too, taken over many.  An entry costs what it costs in a
// dict.
//
// Methods of subclasses are called where CPython calls them: update, copy, setdefault and the views
// use the __getitem__ and __setitem__ of an instance of a subclass; pop and popitem do not.
#include "modules/native_type.h"

#include "types/dict_layout.h"
#include "types/dict_view.h"

typedef struct OrderedDict {
    Dict dict;
    Ref attributes; /* [object] __dict__, or empty */
} OrderedDict;

static bool is_exact(Obj v)
{
    return oz_is(v, OZ_ORDERED_DICT);
}

static Dict *as_ordered(Obj v)
{
    return oz_isa(v, OZ_ORDERED_DICT) ? (Dict *)v : NULL;
}

/* ---- filling ---- */

static bool set_pair(Thread *t, Obj self, Obj pair)
{
    scoped Ref list = oz_list_from(t, pair);
    if (!list)
        return false;
    size_t length = oz_list_length((List *)list);
    if (length != 2)
        return oz_fail(t, OZ_ValueError,
                       length < 2 ? "need more than %zu value%s to unpack"
                                  : "too many values to unpack (expected 2)",
                       length, length == 1 ? "" : "s");
    scoped Ref key = oz_list_get(t, (List *)list, 0);
    scoped Ref value = key ? oz_list_get(t, (List *)list, 1) : NULL;
    return value && oz_set_item(t, self, key, value);
}

static bool set_pairs(Thread *t, Obj self, Obj pairs)
{
    scoped Ref iterator = oz_iter(t, pairs);
    if (!iterator)
        return false;
    for (;;) {
        scoped Ref pair = NULL;
        Found found = oz_next(t, iterator, &pair);
        if (found != OZ_FOUND)
            return found == OZ_MISSING;
        if (!set_pair(t, self, pair) || !oz_poll(t))
            return false;
    }
}

static bool set_by_keys(Thread *t, Obj self, Obj other, Obj method)
{
    scoped Ref keys = oz_call0(t, method);
    scoped Ref iterator = keys ? oz_iter(t, keys) : NULL;
    if (!iterator)
        return false;
    for (;;) {
        scoped Ref key = NULL;
        Found found = oz_next(t, iterator, &key);
        if (found != OZ_FOUND)
            return found == OZ_MISSING;
        scoped Ref value = oz_get_item(t, other, key);
        if (!value || !oz_set_item(t, self, key, value) || !oz_poll(t))
            return false;
    }
}

static bool set_from_dict(Thread *t, Obj self, Dict *other)
{
    size_t at = 0;
    size_t length = oz_dict_length(other);
    for (Obj k, v; oz_dict_step(other, &at, &k, &v);) {
        scoped Ref key = oz_retain(k);
        scoped Ref value = oz_retain(v);
        if (!oz_set_item(t, self, key, value) || !oz_poll(t))
            return false;
        if (oz_dict_length(other) != length)
            return oz_fail(t, OZ_RuntimeError, "dict mutated during update");
    }
    return true;
}

/* self.update(other): a mapping, or pairs. */
static bool update_one(Thread *t, Obj self, Obj other)
{
    if (oz_is(other, OZ_DICT) || (is_exact(other) && other != self))
        return is_exact(self) ? oz_dict_update(t, (Dict *)self, other)
                              : set_from_dict(t, self, (Dict *)other);
    scoped Ref method = NULL;
    Found found = oz_find_attr(t, other, OZ_NAME(t, keys), &method);
    if (found != OZ_MISSING)
        return found == OZ_FOUND && set_by_keys(t, self, other, method);
    found = oz_find_attr(t, other, OZ_NAME(t, items), &method);
    if (found == OZ_RAISED)
        return false;
    if (found == OZ_MISSING)
        return set_pairs(t, self, other);
    scoped Ref items = oz_call0(t, method);
    return items && set_pairs(t, self, items);
}

static bool update_args(Thread *t, const Obj *a)
{
    const Tuple *args = (const Tuple *)a[1];
    if (args->length > 1)
        return oz_fail(t, OZ_TypeError, "expected at most 1 arguments, got %u", args->length);
    return (!args->length || update_one(t, a[0], args->items[0])) && update_one(t, a[0], a[2]);
}

OZ_NEW(ordered_dict, "($type, /, *args, **kwargs)")
{
    return (Ref)oz_instance_new(t, (Class *)a[0], 0);
}

OZ_INIT(ordered_dict, "($self, /, *args, **kwargs)")
{
    return update_args(t, a) ? OZ_NONE : NULL;
}

OZ_METHOD(ordered_dict, update, "($self, /, *args, **kwargs)",
          "Take over the items of a mapping or of an iterable of pairs, then the keywords.")
{
    return update_args(t, a) ? OZ_NONE : NULL;
}

OZ_CLASS_METHOD(ordered_dict, fromkeys, "($type, /, iterable, value=None)",
                "Make one whose keys come from the iterable and whose values are all the same.")
{
    scoped Ref result = oz_call0(t, a[0]);
    scoped Ref iterator = result ? oz_iter(t, a[1]) : NULL;
    if (!iterator)
        return NULL;
    for (;;) {
        scoped Ref key = NULL;
        Found found = oz_next(t, iterator, &key);
        if (found != OZ_FOUND)
            return found == OZ_MISSING ? oz_move(&result) : NULL;
        if (!oz_set_item(t, result, key, a[2]) || !oz_poll(t))
            return NULL;
    }
}

static Ref copy_of(Thread *t, Obj v)
{
    scoped Ref copy =
        is_exact(v) ? (Ref)oz_instance_new(t, oz_class_of(v), 0) : oz_call0(t, (Obj)oz_class_of(v));
    if (!copy)
        return NULL;
    if (is_exact(v))
        return oz_dict_update(t, (Dict *)copy, v) ? oz_move(&copy) : NULL;
    Dict *d = (Dict *)v;
    size_t at = 0;
    for (Obj k, value; oz_dict_step(d, &at, &k, &value);) {
        scoped Ref key = oz_retain(k);
        scoped Ref item = oz_get_item(t, v, key);
        if (!item || !oz_set_item(t, copy, key, item) || !oz_poll(t))
            return NULL;
    }
    return oz_move(&copy);
}

OZ_METHOD(ordered_dict, copy, "($self, /)", "Return a shallow copy.")
{
    return copy_of(t, a[0]);
}

/* ---- order ---- */

OZ_METHOD(ordered_dict, move_to_end, "($self, /, key, last=True)",
          "Move a key to the end, or to the beginning if last is false.\n\nKeyError if it is not "
          "there.")
{
    Dict *d = (Dict *)a[0];
    int64_t hash;
    size_t i;
    bool last;
    if (!oz_truth(t, a[2], &last))
        return NULL;
    Found found = oz_dict_locate(t, d, a[1], &hash, &i);
    if (found == OZ_MISSING)
        return oz_raise_value(t, OZ_KeyError, a[1]);
    return found == OZ_FOUND && oz_dict_move(t, d, i, !last) ? OZ_NONE : NULL;
}

OZ_METHOD(ordered_dict, popitem, "($self, /, last=True)",
          "Remove and return the last pair (key, value), or the first if last is false.")
{
    Dict *d = (Dict *)a[0];
    bool last;
    if (!oz_truth(t, a[1], &last))
        return NULL;
    if (!oz_dict_length(d))
        return oz_raise(t, OZ_KeyError, "dictionary is empty");
    size_t i =
        last ? (size_t)oz_dict_last_live(d->table, d->table->used) : oz_dict_next_live(d->table, 0);
    return oz_dict_pop_pair(t, d, i);
}

OZ_METHOD(ordered_dict, pop, "($self, /, key, default=<unrepresentable>)",
          "Remove the key and return its value.\n\nA missing key gives the default, or KeyError if "
          "there is none.")
{
    return oz_dict_pop_or(t, (Dict *)a[0], a[1], a[2]);
}

OZ_METHOD(ordered_dict, setdefault, "($self, /, key, default=None)",
          "Return the value of the key; if it is not in the dict, insert it with the default.")
{
    if (is_exact(a[0])) {
        Ref value;
        Found found = oz_dict_set_default(t, (Dict *)a[0], a[1], a[2], &value);
        return found == OZ_RAISED ? NULL : value;
    }
    bool there;
    if (!oz_contains(t, a[0], a[1], &there))
        return NULL;
    if (there)
        return oz_get_item(t, a[0], a[1]);
    return oz_set_item(t, a[0], a[1], a[2]) ? oz_retain(a[2]) : NULL;
}

OZ_CLASS_METHOD(ordered_dict, __class_getitem__, "($type, object, /)",
                "OrderedDict[key type, value type]")
{
    return oz_generic_alias_new(t, a[0], a[1]);
}

/* ---- iterators and views ---- */

typedef enum What { KEYS, VALUES, ITEMS } What;

typedef struct OrderedIterator {
    Object base;
    Ref dict;        /* [owner] empty: exhausted */
    uint32_t change; /* [const] of the table when it was made */
    uint32_t length; /* [const] of the dict when it was made */
    uint32_t at;     /* [owner] the next entry; backwards, one behind it */
    uint8_t what;    /* [const] What */
    bool reverse;    /* [const] */
} OrderedIterator;

#define ORDERED_ITERATOR_REFS(REF) REF(dict)
OZ_TYPE_LIFE(ordered_dict_iterator, OrderedIterator, ORDERED_ITERATOR_REFS)

static Ref iterator_make(Thread *t, Obj dict, What what, bool reverse)
{
    Class *cls = oz_builtin_class(t, OZ_ORDERED_DICT_ITERATOR);
    OrderedIterator *it = cls ? oz_instance_new(t, cls, 0) : NULL;
    if (!it)
        return NULL;
    const DictTable *table = ((const Dict *)dict)->table;
    it->length = (uint32_t)oz_dict_length((const Dict *)dict);
    it->change = table ? table->change : 0;
    it->at = reverse && table ? table->used : 0;
    it->what = (uint8_t)what;
    it->reverse = reverse;
    OZ_INIT_FIELD(it, dict, oz_retain(dict));
    return (Ref)it;
}

/* The entry of the next step, or -1. */
static ssize_t advance(OrderedIterator *it, const DictTable *table)
{
    if (it->reverse)
        return oz_dict_last_live(table, it->at < table->used ? it->at : table->used);
    size_t i = oz_dict_next_live(table, it->at);
    return i < table->used ? (ssize_t)i : -1;
}

static Ref iterator_next(Thread *t, Obj v)
{
    OrderedIterator *it = (OrderedIterator *)v;
    if (!it->dict)
        return NULL;
    const Dict *d = (const Dict *)it->dict;
    const DictTable *table = d->table;
    if ((table ? table->change : 0) != it->change && it->length)
        return oz_raise(t, OZ_RuntimeError, "OrderedDict mutated during iteration");
    if (oz_dict_length(d) != it->length)
        return oz_raise(t, OZ_RuntimeError, "OrderedDict changed size during iteration");
    ssize_t i = table ? advance(it, table) : -1;
    if (i < 0) {
        oz_clear(&it->dict);
        return NULL;
    }
    it->at = (uint32_t)(it->reverse ? i : i + 1);
    const DictEntry *e = oz_dict_entry_at(table, (size_t)i);
    if (it->what == KEYS)
        return oz_retain(e->key);
    scoped Ref key = oz_retain(e->key);
    scoped Ref value = NULL; /* of the dict itself: __getitem__ of a subclass may move the key */
    if (is_exact(it->dict))
        value = oz_retain(e->value);
    else if (oz_dict_get(t, (Dict *)it->dict, key, &value) == OZ_MISSING)
        oz_raise_value(t, OZ_KeyError, key);
    if (!value)
        return NULL;
    return it->what == VALUES ? oz_move(&value) : oz_tuple_of(t, 2, key, value);
}

OZ_METHOD(ordered_iterator, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const OrderedIterator *it = (const OrderedIterator *)a[0];
    scoped Ref rest = it->dict ? iterator_make(t, it->dict, (What)it->what, it->reverse) : NULL;
    if (it->dict && !rest)
        return NULL;
    if (rest)
        ((OrderedIterator *)rest)->at = it->at;
    scoped Ref list = rest ? oz_list_from(t, rest) : oz_list_new(t, 0);
    return list ? oz_reduce_to_iter(t, list, NULL) : NULL;
}

const TypeDef oz_ordered_dict_iterator_type = {
    .id = OZ_ORDERED_DICT_ITERATOR,
    .name = "odict_iterator",
    .size = sizeof(OrderedIterator),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = ordered_dict_iterator_visit,
    .clear = ordered_dict_iterator_clear,
    .slots = {.iter = oz_itself, .next = iterator_next},
    .methods = OZ_METHODS(&ordered_iterator___reduce__),
};

static Ref view_make(Thread *t, uint32_t id, Obj dict)
{
    return oz_builtin_class(t, id) ? oz_dict_view_new(t, id, dict) : NULL;
}

OZ_METHOD(ordered_dict, keys, "($self, /)", "A set-like view of the keys.")
{
    return view_make(t, OZ_ORDERED_DICT_KEYS, a[0]);
}

OZ_METHOD(ordered_dict, values, "($self, /)", "A view of the values.")
{
    return view_make(t, OZ_ORDERED_DICT_VALUES, a[0]);
}

OZ_METHOD(ordered_dict, items, "($self, /)", "A set-like view of the pairs (key, value).")
{
    return view_make(t, OZ_ORDERED_DICT_ITEMS, a[0]);
}

static What what_of_view(Obj view)
{
    return (What)(oz_id(oz_object(view)) - OZ_ORDERED_DICT_KEYS);
}

static Ref view_iter(Thread *t, Obj v)
{
    return iterator_make(t, ((const DictView *)v)->dict, what_of_view(v), false);
}

OZ_METHOD(ordered_view, __reversed__, "($self, /)", "Return an iterator, last item first.")
{
    return iterator_make(t, ((const DictView *)a[0])->dict, what_of_view(a[0]), true);
}

static Ref ordered_dict_iter(Thread *t, Obj v)
{
    return iterator_make(t, v, KEYS, false);
}

OZ_METHOD(ordered_dict, __reversed__, "($self, /)", "Return an iterator over the keys, last first.")
{
    return iterator_make(t, a[0], KEYS, true);
}

static void view_visit(const Object *object, Visitor *v)
{
    oz_visit(v, ((const DictView *)object)->dict, "dict", -1);
}

static void view_clear(Thread *t OZ_UNUSED, Object *object)
{
    oz_clear(&((DictView *)object)->dict);
}

#define VIEW(ID, BASE, stem, text)                                                                 \
    const TypeDef oz_##stem##_type = {                                                             \
        .id = ID,                                                                                  \
        .base = BASE,                                                                              \
        .name = text,                                                                              \
        .size = sizeof(DictView),                                                                  \
        .flags =                                                                                   \
            OZ_TYPE_FINAL | OZ_TYPE_NO_NEW | (BASE == OZ_DICT_VALUES ? 0 : OZ_TYPE_UNHASHABLE),    \
        .visit = view_visit,                                                                       \
        .clear = view_clear,                                                                       \
        .slots = {.iter = view_iter},                                                              \
        .methods = OZ_METHODS(&ordered_view___reversed__),                                         \
    };
VIEW(OZ_ORDERED_DICT_KEYS, OZ_DICT_KEYS, ordered_dict_keys, "odict_keys")
VIEW(OZ_ORDERED_DICT_VALUES, OZ_DICT_VALUES, ordered_dict_values, "odict_values")
VIEW(OZ_ORDERED_DICT_ITEMS, OZ_DICT_ITEMS, ordered_dict_items, "odict_items")

/* ---- operators ---- */

/* Have two dicts of equal length the same keys in the same order? */
static Found same_order(Thread *t, Dict *a, Dict *b)
{
    size_t i = 0, j = 0;
    Obj x, y, value;
    while (oz_dict_step(a, &i, &x, &value) && oz_dict_step(b, &j, &y, &value)) {
        scoped Ref left = oz_retain(x);
        scoped Ref right = oz_retain(y);
        bool same;
        if (!oz_equal(t, left, right, &same) || !oz_poll(t))
            return OZ_RAISED;
        if (!same)
            return OZ_MISSING;
    }
    return OZ_FOUND;
}

static Ref ordered_dict_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    if ((op != OZ_EQ && op != OZ_NE) || !oz_as_dict(b))
        return OZ_NOT_IMPLEMENTED;
    scoped Ref equal = oz_dict_type.slots.compare(t, a, b, OZ_EQ);
    if (!equal || equal == OZ_NOT_IMPLEMENTED)
        return oz_move(&equal);
    bool same = equal == OZ_TRUE;
    if (same && as_ordered(b)) {
        Found found = same_order(t, (Dict *)a, (Dict *)b);
        if (found == OZ_RAISED)
            return NULL;
        same = found == OZ_FOUND;
    }
    return oz_bool(same == (op == OZ_EQ));
}

static Ref ordered_dict_or(Thread *t, Obj a, Obj b)
{
    if (!oz_as_dict(a) || !oz_as_dict(b))
        return OZ_NOT_IMPLEMENTED;
    Obj self = as_ordered(a) ? a : b;
    scoped Ref result = oz_call1(t, (Obj)oz_class_of(self), a);
    return result && update_one(t, result, b) ? oz_move(&result) : NULL;
}

static Ref ordered_dict_or_in_place(Thread *t, Obj self, Obj other)
{
    return update_one(t, self, other) ? oz_retain(self) : NULL;
}

static Ref items_list(Thread *t, Obj v)
{
    scoped Ref items = is_exact(v) ? view_make(t, OZ_ORDERED_DICT_ITEMS, v)
                                   : oz_call_method(t, v, OZ_NAME(t, items), 0, NULL);
    return items ? oz_list_from(t, items) : NULL;
}

static Ref ordered_dict_repr(Thread *t, Obj v)
{
    if (!oz_dict_length((Dict *)v))
        return oz_str_format(t, "%t()", v);
    Found found = oz_repr_enter(t, v);
    if (found != OZ_MISSING)
        return found == OZ_FOUND ? oz_str_new(t, "...") : NULL;
    scoped Ref list = items_list(t, v);
    Ref text = list ? oz_str_format(t, "%t(%R)", v, list) : NULL;
    oz_repr_leave(t, v);
    return text;
}

OZ_METHOD(ordered_dict, __reduce__, "($self, /)", "Return state information for pickling.")
{
    scoped Ref getstate = oz_get_attr(t, a[0], OZ_NAME(t, __getstate__));
    scoped Ref state = getstate ? oz_call0(t, getstate) : NULL;
    scoped Ref items = state ? oz_call_method(t, a[0], OZ_NAME(t, items), 0, NULL) : NULL;
    scoped Ref iterator = items ? oz_iter(t, items) : NULL;
    return iterator ? oz_tuple_of(t, 5, (Obj)oz_class_of(a[0]), (Obj)t->vm->empty_tuple, state,
                                  (Obj)OZ_NONE, iterator)
                    : NULL;
}

static void ordered_dict_visit(const Object *object, Visitor *v)
{
    const OrderedDict *self = (const OrderedDict *)object;
    oz_dict_type.visit(object, v);
    if (!v->from)
        OZ_VISIT(attributes)
}

static void ordered_dict_clear(Thread *t, Object *object)
{
    OrderedDict *self = (OrderedDict *)object;
    oz_dict_clear(t, &self->dict);
    OZ_CLEAR(attributes)
}

static size_t ordered_dict_outside(const Object *object)
{
    return oz_dict_type.outside(object);
}

const TypeDef oz_ordered_dict_type = {
    .id = OZ_ORDERED_DICT,
    .base = OZ_DICT,
    .name = "collections.OrderedDict",
    .doc = "A dict with operations on the order of its keys.",
    .size = sizeof(OrderedDict),
    .flags = OZ_TYPE_WEAKREF | OZ_TYPE_MAPPING | OZ_TYPE_UNHASHABLE,
    .dict_offset = offsetof(OrderedDict, attributes),
    .visit = ordered_dict_visit,
    .clear = ordered_dict_clear,
    .outside = ordered_dict_outside,
    .make = &ordered_dict_new_,
    .initialise = &ordered_dict_init_,
    .slots = {.iter = ordered_dict_iter,
              .compare = ordered_dict_compare,
              .repr = ordered_dict_repr,
              .or_ = ordered_dict_or,
              .or_in_place = ordered_dict_or_in_place},
    .methods = OZ_METHODS(&ordered_dict_fromkeys, &ordered_dict_copy, &ordered_dict_update,
                          &ordered_dict_move_to_end, &ordered_dict_popitem, &ordered_dict_pop,
                          &ordered_dict_setdefault, &ordered_dict_keys, &ordered_dict_values,
                          &ordered_dict_items, &ordered_dict___reversed__, &ordered_dict___reduce__,
                          &ordered_dict___class_getitem__),
    .getsets = OZ_GETSETS({"__dict__", oz_instance_dict, oz_instance_dict_set, NULL}),
};
