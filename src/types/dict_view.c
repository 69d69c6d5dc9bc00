// SPDX-License-Identifier: MIT
// Views of a dict (keys, values, items) and its iterators.
//
// An iterator holds the dict, the length it had, a position among the entries and the number of
// keys still to come.  Every step takes the table anew: a dict of another length is an error, and
// so is a live entry after the last expected one (the table was rebuilt between two steps).
#include "types/dict_view.h"

#include "types/int.h"
#include "types/iterate.h"
#include "types/iterator.h"
#include "types/list.h"
#include "types/mapping_proxy.h"
#include "types/native.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"

static Dict *dict_of(Obj view)
{
    return (Dict *)((const DictView *)view)->dict;
}

static bool is_keys(Obj v)
{
    return oz_is(v, OZ_DICT_KEYS) || oz_is(v, OZ_ORDERED_DICT_KEYS);
}

static bool is_set_view(Obj v)
{
    return is_keys(v) || oz_is(v, OZ_DICT_ITEMS) || oz_is(v, OZ_ORDERED_DICT_ITEMS);
}

/* ---- iterators ---- */

typedef enum What { KEYS, VALUES, ITEMS } What;

static bool is_reverse(uint32_t id)
{
    return id >= OZ_DICT_REVERSE_KEY_ITERATOR;
}

static What what_of(uint32_t id)
{
    return (What)(is_reverse(id) ? id - OZ_DICT_REVERSE_KEY_ITERATOR : id - OZ_DICT_KEY_ITERATOR);
}

Ref oz_dict_iterator_new(Thread *t, uint32_t id, Obj dict)
{
    const Dict *d = (const Dict *)dict;
    DictIterator *it = oz_object_new_raw(t, id, sizeof *it);
    if (!it)
        return NULL;
    it->length = it->left = (uint32_t)oz_dict_length(d);
    it->at = is_reverse(id) && d->table ? d->table->used : 0;
    it->result = NULL;
    oz_store_raw(&it->base, &it->dict, oz_retain(dict));
    return (Ref)it;
}

static Ref entry_part(Thread *t, const DictEntry *e, What what)
{
    if (what == KEYS)
        return oz_load(&e->key);
    return what == VALUES ? oz_load(&e->value) : oz_tuple_of(t, 2, (Obj)e->key, (Obj)e->value);
}

static Ref next_pair(Thread *t, DictIterator *it, const DictEntry *e)
{
    Tuple *last = (Tuple *)it->result;
    if (OZ_LIKELY(last && oz_refs(&last->base) == 1)) {
        /* What the pair held dies last, for that may run Python code. */
        Ref key = last->items[0], value = last->items[1];
        oz_retain_object(&last->base);
        last->items[0] = last->items[1] = NULL;
        oz_store_new(&last->base, &last->items[0], oz_load(&e->key));
        oz_store_new(&last->base, &last->items[1], oz_load(&e->value));
        oz_drop(key);
        oz_drop(value);
        return (Ref)last;
    }
    Tuple *pair = oz_tuple_alloc(t, 2);
    if (!pair)
        return NULL;
    oz_tuple_init(pair, 0, oz_load(&e->key));
    oz_tuple_init(pair, 1, oz_load(&e->value));
    oz_store(&it->base, &it->result, oz_retain((Obj)pair));
    return (Ref)pair;
}

/* The entry of the next step, or -1. */
static ssize_t advance(bool reverse, uint32_t at, const DictTable *table)
{
    if (reverse)
        return oz_dict_last_live(table, at < table->used ? at : table->used);
    if (OZ_LIKELY(at < table->used && oz_dict_entry_at(table, at)->value))
        return at;
    size_t i = oz_dict_next_live(table, at);
    return i < table->used ? (ssize_t)i : -1;
}

/* Compiled once for each of the three kinds. */
OZ_INLINE Ref next_of(Thread *t, DictIterator *it, What what)
{
    const Dict *d = (const Dict *)it->dict;
    if (!d)
        return NULL;
    const DictTable *table = d->table;
    if (OZ_UNLIKELY(it->length != (table ? table->live : 0))) {
        it->length = UINT32_MAX;
        return oz_raise(t, OZ_RuntimeError, "dictionary changed size during iteration");
    }
    bool reverse = is_reverse(oz_id(&it->base));
    ssize_t i = table ? advance(reverse, it->at, table) : -1;
    if (i < 0) {
        oz_clear(&it->dict);
        return NULL;
    }
    if (OZ_UNLIKELY(!it->left)) {
        oz_clear(&it->dict);
        return oz_raise(t, OZ_RuntimeError, "dictionary keys changed during iteration");
    }
    it->left--;
    it->at = (uint32_t)(reverse ? i : i + 1);
    const DictEntry *e = oz_dict_entry_at(table, (size_t)i);
    return what == ITEMS ? next_pair(t, it, e) : entry_part(t, e, what);
}

/* Can both items of a pair be dropped without a death, which could run Python code? */
static bool dies_nothing(const Tuple *pair)
{
    for (size_t i = 0; i < 2; i++) {
        Obj item = pair->items[i];
        if (!oz_is_pointer(item))
            continue;
        int32_t refs = oz_refs(oz_object(item));
        int32_t here = 1 + (pair->items[0] == pair->items[1]);
        if (refs <= here && (uint32_t)refs < OZ_REFS_IMMORTAL_START)
            return false;
    }
    return true;
}

Ref oz_dict_iterate(Obj iterator)
{
    DictIterator *it = (DictIterator *)iterator;
    const DictTable *table = it->dict ? ((const Dict *)it->dict)->table : NULL;
    if (OZ_UNLIKELY(!table || it->length != table->live || !it->left || it->at >= table->used))
        return NULL;
    const DictEntry *e = oz_dict_entry_at(table, it->at);
    if (OZ_UNLIKELY(!e->value))
        return NULL;
    uint32_t id = oz_id(&it->base);
    Tuple *last = (Tuple *)it->result;
    if (id == OZ_DICT_ITEM_ITERATOR && (!last || oz_refs(&last->base) != 1 || !dies_nothing(last)))
        return NULL;
    it->left--;
    it->at++;
    if (id != OZ_DICT_ITEM_ITERATOR)
        return oz_load(id == OZ_DICT_KEY_ITERATOR ? &e->key : &e->value);
    oz_retain_object(&last->base);
    oz_store(&last->base, &last->items[0], oz_load(&e->key));
    oz_store(&last->base, &last->items[1], oz_load(&e->value));
    return (Ref)last;
}

static Ref next_key(Thread *t, Obj v)
{
    return next_of(t, (DictIterator *)v, KEYS);
}

static Ref next_value(Thread *t, Obj v)
{
    return next_of(t, (DictIterator *)v, VALUES);
}

static Ref next_item(Thread *t, Obj v)
{
    return next_of(t, (DictIterator *)v, ITEMS);
}

static Ref iterator_iter(Thread *t OZ_UNUSED, Obj v)
{
    return oz_retain(v);
}

OZ_METHOD(dict_iterator, __length_hint__, "($self, /)", "How many items are still to come.")
{
    const DictIterator *it = (const DictIterator *)a[0];
    bool valid = it->dict && it->length == oz_dict_length((const Dict *)it->dict);
    return oz_int(valid ? it->left : 0);
}

OZ_METHOD(dict_iterator, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const DictIterator *it = (const DictIterator *)a[0];
    uint32_t at = it->at, left = it->left; /* a cursor of its own */
    bool reverse = is_reverse(oz_id(&it->base));
    scoped Ref list = oz_list_new(t, 0);
    if (!list)
        return NULL;
    for (const Dict *d = (const Dict *)it->dict; d && d->table && left;) {
        ssize_t i = advance(reverse, at, d->table);
        if (i < 0)
            break;
        left--;
        at = (uint32_t)(reverse ? i : i + 1);
        Ref item = entry_part(t, oz_dict_entry_at(d->table, (size_t)i), what_of(oz_id(&it->base)));
        if (!item || !oz_list_append_take(t, (List *)list, item))
            return NULL;
    }
    return oz_reduce_to_iter(t, list, NULL);
}

static void iterator_visit(const Object *object, Visitor *v)
{
    const DictIterator *self = (const DictIterator *)object;
    OZ_VISIT(dict)
    OZ_VISIT(result)
}

static void iterator_clear(Thread *t OZ_UNUSED, Object *object)
{
    DictIterator *self = (DictIterator *)object;
    OZ_CLEAR(dict)
    OZ_CLEAR(result)
}

#define ITERATOR(ID, stem, text, next_)                                                            \
    const TypeDef oz_##stem##_type = {                                                             \
        .id = ID,                                                                                  \
        .name = text,                                                                              \
        .size = sizeof(DictIterator),                                                              \
        .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,                                                   \
        .visit = iterator_visit,                                                                   \
        .clear = iterator_clear,                                                                   \
        .slots = {.iter = iterator_iter, .next = next_},                                           \
        .methods = OZ_METHODS(&dict_iterator___length_hint__, &dict_iterator___reduce__),          \
    };
ITERATOR(OZ_DICT_KEY_ITERATOR, dict_key_iterator, "dict_keyiterator", next_key)
ITERATOR(OZ_DICT_VALUE_ITERATOR, dict_value_iterator, "dict_valueiterator", next_value)
ITERATOR(OZ_DICT_ITEM_ITERATOR, dict_item_iterator, "dict_itemiterator", next_item)
ITERATOR(OZ_DICT_REVERSE_KEY_ITERATOR, dict_reverse_key_iterator, "dict_reversekeyiterator",
         next_key)
ITERATOR(OZ_DICT_REVERSE_VALUE_ITERATOR, dict_reverse_value_iterator, "dict_reversevalueiterator",
         next_value)
ITERATOR(OZ_DICT_REVERSE_ITEM_ITERATOR, dict_reverse_item_iterator, "dict_reverseitemiterator",
         next_item)

/* ---- views ---- */

Ref oz_dict_view_new(Thread *t, uint32_t id, Obj dict)
{
    DictView *view = oz_object_new_raw(t, id, sizeof *view);
    if (!view)
        return NULL;
    oz_store_raw(&view->base, &view->dict, oz_retain(dict));
    return (Ref)view;
}

static bool view_length(Thread *t OZ_UNUSED, Obj v, ssize_t *length)
{
    *length = (ssize_t)oz_dict_length(dict_of(v));
    return true;
}

static uint32_t iterator_id(Obj view, uint32_t first)
{
    return first + (oz_id(oz_object(view)) - OZ_DICT_KEYS);
}

static Ref view_iter(Thread *t, Obj v)
{
    return oz_dict_iterator_new(t, iterator_id(v, OZ_DICT_KEY_ITERATOR), (Obj)dict_of(v));
}

OZ_METHOD(dict_view, __reversed__, "($self, /)",
          "Return an iterator over the view, last item first.")
{
    uint32_t id = iterator_id(a[0], OZ_DICT_REVERSE_KEY_ITERATOR);
    return oz_dict_iterator_new(t, id, (Obj)dict_of(a[0]));
}

static Ref view_repr(Thread *t, Obj v)
{
    Found found = oz_repr_enter(t, v);
    if (found != OZ_MISSING)
        return found == OZ_FOUND ? oz_str_new(t, "...") : NULL;
    scoped Ref list = oz_list_from(t, v);
    Ref text = list ? oz_str_format(t, "%t(%R)", v, list) : NULL;
    oz_repr_leave(t, v);
    return text;
}

static Ref view_mapping(Thread *t, Obj v)
{
    return oz_mapping_proxy_new(t, (Obj)dict_of(v));
}

static bool keys_contains(Thread *t, Obj v, Obj key, bool *result)
{
    int64_t hash;
    size_t entry;
    Found found = oz_dict_locate(t, dict_of(v), key, &hash, &entry);
    *result = found == OZ_FOUND;
    return found != OZ_RAISED;
}

static bool items_contains(Thread *t, Obj v, Obj item, bool *result)
{
    const Tuple *pair = oz_as_tuple(item);
    *result = false;
    if (!pair || pair->length != 2)
        return true;
    scoped Ref value = NULL;
    Found found = oz_dict_get(t, dict_of(v), pair->items[0], &value);
    if (found != OZ_FOUND)
        return found == OZ_MISSING;
    return oz_equal(t, value, pair->items[1], result);
}

static bool view_contains(Thread *t, Obj v, Obj item, bool *result)
{
    return is_keys(v) ? keys_contains(t, v, item, result) : items_contains(t, v, item, result);
}

/* ---- views as sets ---- */

/* A set of the items of `a`, changed by `b`. */
static Ref changed(Thread *t, Obj a, Obj b, bool (*update)(Thread *t, Set *s, Obj other))
{
    scoped Ref result = oz_set_new(t, a);
    return result && update(t, (Set *)result, b) ? oz_move(&result) : NULL;
}

static Ref view_subtract(Thread *t, Obj a, Obj b)
{
    return changed(t, a, b, oz_set_difference_update);
}

static Ref view_or(Thread *t, Obj a, Obj b)
{
    return changed(t, a, b, oz_set_update);
}

static Ref view_xor(Thread *t, Obj a, Obj b)
{
    return changed(t, a, b, oz_set_symmetric_update);
}

static Ref view_and(Thread *t, Obj a, Obj b)
{
    if (!is_set_view(a)) {
        Obj other = a;
        a = b;
        b = other;
    }
    if (is_set_view(b) && oz_dict_length(dict_of(b)) > oz_dict_length(dict_of(a))) {
        Obj other = a;
        a = b;
        b = other;
    }
    scoped Ref result = oz_set_new(t, NULL);
    scoped Ref iterator = result ? oz_iter(t, b) : NULL;
    if (!iterator)
        return NULL;
    for (;;) {
        scoped Ref item = NULL;
        Found found = oz_next(t, iterator, &item);
        if (found != OZ_FOUND)
            return found == OZ_MISSING ? oz_move(&result) : NULL;
        bool inside;
        if (!view_contains(t, a, item, &inside) ||
            (inside && !oz_set_add(t, (Set *)result, item)) || !oz_poll(t))
            return NULL;
    }
}

static Ref view_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    if (!oz_as_set(b) && !is_set_view(b))
        return OZ_NOT_IMPLEMENTED;
    ssize_t mine = (ssize_t)oz_dict_length(dict_of(a));
    ssize_t other;
    if (!oz_length(t, b, &other))
        return NULL;
    Found found = OZ_MISSING;
    if (op == OZ_EQ || op == OZ_NE)
        found = mine == other ? oz_all_contained(t, a, b) : OZ_MISSING;
    else if (op == OZ_LT || op == OZ_LE)
        found = mine < other + (op == OZ_LE) ? oz_all_contained(t, a, b) : OZ_MISSING;
    else
        found = mine + (op == OZ_GE) > other ? oz_all_contained(t, b, a) : OZ_MISSING;
    return found == OZ_RAISED ? NULL : oz_bool((found == OZ_FOUND) != (op == OZ_NE));
}

OZ_METHOD(dict_view, isdisjoint, "($self, other, /)",
          "Do the view and the iterable have no item in common?")
{
    Obj view = a[0];
    Obj other = a[1];
    if (view == other)
        return oz_bool(!oz_dict_length(dict_of(view)));
    scoped Ref iterator = oz_iter(t, other);
    if (!iterator)
        return NULL;
    for (;;) {
        scoped Ref item = NULL;
        Found found = oz_next(t, iterator, &item);
        if (found != OZ_FOUND)
            return found == OZ_MISSING ? OZ_TRUE : NULL;
        bool inside;
        if (!view_contains(t, view, item, &inside) || !oz_poll(t))
            return NULL;
        if (inside)
            return OZ_FALSE;
    }
}

static void view_visit(const Object *object, Visitor *v)
{
    const DictView *self = (const DictView *)object;
    OZ_VISIT(dict)
}

static void view_clear(Thread *t OZ_UNUSED, Object *object)
{
    DictView *self = (DictView *)object;
    OZ_CLEAR(dict)
}

#define VIEW(ID, stem, hashing)                                                                    \
    .id = ID, .name = #stem, .size = sizeof(DictView),                                             \
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW | hashing, .visit = view_visit, .clear = view_clear,   \
    .getsets = OZ_GETSETS({"mapping", view_mapping, NULL, "The dict that the view is of."})

#define SET_VIEW(test)                                                                             \
    .methods = OZ_METHODS(&dict_view___reversed__, &dict_view_isdisjoint),                         \
    .slots = {.length = view_length,                                                               \
              .iter = view_iter,                                                                   \
              .repr = view_repr,                                                                   \
              .contains = test,                                                                    \
              .compare = view_compare,                                                             \
              .subtract = view_subtract,                                                           \
              .and_ = view_and,                                                                    \
              .xor = view_xor,                                                                     \
              .or_ = view_or}

const TypeDef oz_dict_keys_type = {
    VIEW(OZ_DICT_KEYS, dict_keys, OZ_TYPE_UNHASHABLE),
    SET_VIEW(keys_contains),
};

const TypeDef oz_dict_items_type = {
    VIEW(OZ_DICT_ITEMS, dict_items, OZ_TYPE_UNHASHABLE),
    SET_VIEW(items_contains),
};

const TypeDef oz_dict_values_type = {
    VIEW(OZ_DICT_VALUES, dict_values, 0),
    .methods = OZ_METHODS(&dict_view___reversed__),
    .slots = {.length = view_length, .iter = view_iter, .repr = view_repr},
};
