// SPDX-License-Identifier: MIT
// The types set and frozenset: methods, operators, iterator (set.c has the table).
#include "types/set_layout.h"

#include "types/generic_alias.h"
#include "types/int.h"
#include "types/iterate.h"
#include "types/iterator.h"
#include "types/list.h"
#include "types/native.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

/* ---- making ---- */

/* Results of operators are of the base type of their left operand. */
static uint32_t base_id(Obj v)
{
    return oz_isa(v, OZ_FROZENSET) ? OZ_FROZENSET : OZ_SET;
}

static bool check_args(Thread *t, const char *name, const Class *cls, const Args *args)
{
    if (args->named && !(cls && oz_ignores_keywords(cls, false)))
        return oz_fail(t, OZ_TypeError, "%s() takes no keyword arguments", name);
    if (args->count > 1)
        return oz_fail(t, OZ_TypeError, "%s expected at most 1 argument, got %u", name,
                       args->count);
    return true;
}

static Ref set_new(Thread *t, Class *cls, const Args *args OZ_UNUSED)
{
    return (Ref)oz_instance_new(t, cls, 0);
}

static bool set_init(Thread *t, Obj self, const Args *args)
{
    if (!check_args(t, "set", NULL, args))
        return false;
    oz_set_empty((Set *)self);
    return !args->count || oz_set_update(t, (Set *)self, args->items[0]);
}

static Ref frozenset_new(Thread *t, Class *cls, const Args *args)
{
    bool exact = cls->id == OZ_FROZENSET;
    if (!check_args(t, "frozenset", cls, args))
        return NULL;
    if (exact)
        return oz_frozenset_new(t, args->count ? args->items[0] : NULL);
    scoped Ref s = (Ref)oz_instance_new(t, cls, 0);
    if (!s || (args->count && !oz_set_update(t, (Set *)s, args->items[0])))
        return NULL;
    return oz_move(&s);
}

/* A new set of the base type of `self` with the same items. */
static Ref copy_base(Thread *t, Obj self)
{
    return oz_set_copy_as(t, base_id(self), (Set *)self);
}

/* `v` as a set: itself, or a new set of its items. */
static Ref as_set(Thread *t, Obj v)
{
    return oz_as_set(v) ? oz_retain(v) : oz_set_new(t, v);
}

/* ---- membership ---- */

/* A set as key stands for the frozenset with its items. */
static Found locate(Thread *t, Set *s, Obj item, size_t *slot)
{
    int64_t hash;
    Found found = oz_set_locate(t, s, item, &hash, slot);
    if (found != OZ_RAISED || !oz_isa(item, OZ_SET) || !oz_raised(t, OZ_TypeError))
        return found;
    oz_exception_clear(t);
    scoped Ref frozen = oz_set_copy_as(t, OZ_FROZENSET, (Set *)item);
    return frozen ? oz_set_locate(t, s, frozen, &hash, slot) : OZ_RAISED;
}

static bool set_contains(Thread *t, Obj self, Obj item, bool *result)
{
    size_t slot;
    Found found = locate(t, (Set *)self, item, &slot);
    *result = found == OZ_FOUND;
    return found != OZ_RAISED;
}

static bool set_length(Thread *t OZ_UNUSED, Obj self, ssize_t *length)
{
    *length = (ssize_t)oz_set_length((Set *)self);
    return true;
}

OZ_METHOD(set, __contains__, "($self, object, /)", "Is the object in the set?")
{
    bool found;
    return set_contains(t, a[0], a[1], &found) ? oz_bool(found) : NULL;
}

OZ_METHOD(set, add, "($self, object, /)", "Put an item in; nothing happens if it is there.")
{
    return oz_set_add(t, (Set *)a[0], a[1]) ? OZ_NONE : NULL;
}

OZ_METHOD(set, discard, "($self, object, /)", "Take an item out if it is there.")
{
    size_t slot;
    Found found = locate(t, (Set *)a[0], a[1], &slot);
    if (found == OZ_FOUND)
        oz_drop(oz_set_kill((Set *)a[0], slot));
    return found == OZ_RAISED ? NULL : OZ_NONE;
}

OZ_METHOD(set, remove, "($self, object, /)", "Take an item out.\n\nKeyError if it is not there.")
{
    size_t slot;
    Found found = locate(t, (Set *)a[0], a[1], &slot);
    if (found == OZ_FOUND)
        oz_drop(oz_set_kill((Set *)a[0], slot));
    if (found == OZ_MISSING)
        return oz_raise_value(t, OZ_KeyError, a[1]);
    return found == OZ_RAISED ? NULL : OZ_NONE;
}

OZ_METHOD(set, pop, "($self, /)", "Take out and return any item.\n\nKeyError if there is none.")
{
    Set *s = (Set *)a[0];
    SetTable *table = s->table;
    if (!table)
        return oz_raise(t, OZ_KeyError, "pop from an empty set");
    size_t i = table->finger;
    while (!oz_set_slot_live(table, oz_set_slot_at(table, i)))
        i++;
    table->finger = (uint32_t)i + 1;
    return oz_set_kill(s, i);
}

OZ_METHOD(set, clear, "($self, /)", "Take all items out.")
{
    oz_set_empty((Set *)a[0]);
    return OZ_NONE;
}

OZ_METHOD(set, copy, "($self, /)", "Return a shallow copy.")
{
    return oz_is(a[0], OZ_FROZENSET) ? oz_retain(a[0]) : copy_base(t, a[0]);
}

/* ---- algebra ---- */

/* What `self` and the iterable have in common, as a set of self's base type. */
static Ref intersection(Thread *t, Obj self, Obj other)
{
    if (self == other)
        return copy_base(t, self);
    uint32_t id = base_id(self);
    scoped Ref result = id == OZ_SET ? oz_set_new(t, NULL) : oz_frozenset_new(t, NULL);
    if (!result)
        return NULL;
    if (oz_as_set(other)) {
        Set *walk = (Set *)other;
        Set *look = (Set *)self;
        if (oz_set_length(walk) > oz_set_length(look)) {
            walk = look;
            look = (Set *)other;
        }
        return oz_set_filter(t, (Set *)result, walk, look, true) ? oz_move(&result) : NULL;
    }
    scoped Ref iterator = oz_iter(t, other);
    if (!iterator)
        return NULL;
    for (;;) {
        scoped Ref item = NULL;
        Found found = oz_next(t, iterator, &item);
        if (found != OZ_FOUND)
            return found == OZ_MISSING ? oz_move(&result) : NULL;
        int64_t hash;
        size_t slot;
        found = oz_set_locate(t, (Set *)self, item, &hash, &slot);
        if (found == OZ_RAISED || !oz_poll(t) ||
            (found == OZ_FOUND && !oz_set_add_hash(t, (Set *)result, item, hash)))
            return NULL;
    }
}

/* `self` without the items of another set: only what stays is copied. */
static Ref difference(Thread *t, Obj self, Obj other)
{
    if (!oz_as_set(other) || oz_set_length((Set *)other) < oz_set_length((Set *)self) / 4) {
        scoped Ref result = copy_base(t, self);
        if (!result || !oz_set_difference_update(t, (Set *)result, other))
            return NULL;
        return oz_move(&result);
    }
    scoped Ref result = base_id(self) == OZ_SET ? oz_set_new(t, NULL) : oz_frozenset_new(t, NULL);
    if (!result)
        return NULL;
    bool done = oz_set_filter(t, (Set *)result, (Set *)self, (Set *)other, false);
    return done ? oz_move(&result) : NULL;
}

/* Give `self` the items of a set that was computed for it; the old ones are dropped last. */
static void take_items(Obj self, Ref from)
{
    Set *a = (Set *)self;
    Set *b = (Set *)from;
    SetTable *table = a->table;
    a->table = b->table;
    b->table = table;
    oz_track_slow(&a->base);
    oz_drop(from);
}

static const Tuple *rest(const Obj *a)
{
    return (const Tuple *)a[1];
}

OZ_METHOD(set, union, "($self, /, *others)", "Return a new set with the items of all.")
{
    scoped Ref result = copy_base(t, a[0]);
    for (size_t i = 0; result && i < rest(a)->length; i++)
        if (!oz_set_update(t, (Set *)result, rest(a)->items[i]))
            return NULL;
    return oz_move(&result);
}

OZ_METHOD(set, update, "($self, /, *others)", "Put the items of all others in.")
{
    for (size_t i = 0; i < rest(a)->length; i++)
        if (!oz_set_update(t, (Set *)a[0], rest(a)->items[i]))
            return NULL;
    return OZ_NONE;
}

static Ref intersection_of_all(Thread *t, const Obj *a)
{
    if (!rest(a)->length)
        return copy_base(t, a[0]);
    scoped Ref result = oz_retain(a[0]);
    for (size_t i = 0; i < rest(a)->length; i++) {
        Ref next = intersection(t, result, rest(a)->items[i]);
        oz_drop(result);
        result = next;
        if (!result)
            return NULL;
    }
    return oz_move(&result);
}

OZ_METHOD(set, intersection, "($self, /, *others)", "Return a new set of what all have in common.")
{
    return intersection_of_all(t, a);
}

OZ_METHOD(set, intersection_update, "($self, /, *others)", "Keep what is in all others too.")
{
    Ref result = intersection_of_all(t, a);
    if (!result)
        return NULL;
    take_items(a[0], result);
    return OZ_NONE;
}

OZ_METHOD(set, difference, "($self, /, *others)",
          "Return a new set of what is in none of the others.")
{
    scoped Ref result = copy_base(t, a[0]);
    for (size_t i = 0; result && i < rest(a)->length; i++) {
        Obj other = rest(a)->items[i] == a[0] ? result : rest(a)->items[i];
        if (!oz_set_difference_update(t, (Set *)result, other))
            return NULL;
    }
    return oz_move(&result);
}

OZ_METHOD(set, difference_update, "($self, /, *others)", "Take out what is in one of the others.")
{
    for (size_t i = 0; i < rest(a)->length; i++)
        if (!oz_set_difference_update(t, (Set *)a[0], rest(a)->items[i]))
            return NULL;
    return OZ_NONE;
}

static Ref symmetric(Thread *t, Obj self, Obj other)
{
    scoped Ref result = copy_base(t, self);
    if (!result || !oz_set_symmetric_update(t, (Set *)result, other))
        return NULL;
    return oz_move(&result);
}

OZ_METHOD(set, symmetric_difference, "($self, other, /)",
          "Return a new set of what is in one of the two, but not in both.")
{
    return symmetric(t, a[0], a[1]);
}

OZ_METHOD(set, symmetric_difference_update, "($self, other, /)",
          "Keep what is in one of the two, but not in both.")
{
    return oz_set_symmetric_update(t, (Set *)a[0], a[1]) ? OZ_NONE : NULL;
}

/* ---- comparison ---- */

static Found is_subset(Thread *t, Set *a, Set *b)
{
    if (oz_set_length(a) > oz_set_length(b))
        return OZ_MISSING;
    return oz_set_inside(t, a, b);
}

static Ref answer(Found found)
{
    return found == OZ_RAISED ? NULL : oz_bool(found == OZ_FOUND);
}

OZ_METHOD(set, issubset, "($self, other, /)", "Are all items in the other one?")
{
    scoped Ref other = as_set(t, a[1]);
    return other ? answer(is_subset(t, (Set *)a[0], (Set *)other)) : NULL;
}

OZ_METHOD(set, issuperset, "($self, other, /)", "Are all items of the other one in this set?")
{
    if (oz_as_set(a[1]))
        return answer(is_subset(t, (Set *)a[1], (Set *)a[0]));
    return answer(oz_all_contained(t, a[1], a[0]));
}

OZ_METHOD(set, isdisjoint, "($self, other, /)", "Have the two no item in common?")
{
    if (a[0] == a[1])
        return oz_bool(!oz_set_length((Set *)a[0]));
    Set *look = (Set *)a[0];
    Obj walk = a[1];
    if (oz_as_set(walk) && oz_set_length((Set *)walk) > oz_set_length(look)) {
        look = (Set *)walk;
        walk = a[0];
    }
    scoped Ref iterator = oz_iter(t, walk);
    if (!iterator)
        return NULL;
    for (;;) {
        scoped Ref item = NULL;
        Found found = oz_next(t, iterator, &item);
        if (found != OZ_FOUND)
            return found == OZ_MISSING ? OZ_TRUE : NULL;
        found = oz_set_contains(t, look, item);
        if (found != OZ_MISSING)
            return found == OZ_FOUND ? OZ_FALSE : NULL;
        if (!oz_poll(t))
            return NULL;
    }
}

/* Do two frozensets with known hashes differ in them? */
static bool hashes_differ(Obj a, Obj b)
{
    if (base_id(a) != OZ_FROZENSET || base_id(b) != OZ_FROZENSET)
        return false;
    int64_t x = ((Set *)a)->hash[0];
    int64_t y = ((Set *)b)->hash[0];
    return x && y && x != y;
}

static Ref set_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    Set *x = (Set *)a;
    Set *y = oz_as_set(b);
    if (!y)
        return OZ_NOT_IMPLEMENTED;
    Found found = OZ_MISSING;
    switch (op) {
    case OZ_EQ:
    case OZ_NE:
        if (oz_set_length(x) == oz_set_length(y) && !hashes_differ(a, b))
            found = is_subset(t, x, y);
        break;
    case OZ_LT:
    case OZ_LE:
        if (op == OZ_LE || oz_set_length(x) != oz_set_length(y))
            found = is_subset(t, x, y);
        break;
    default:
        if (op == OZ_GE || oz_set_length(x) != oz_set_length(y))
            found = is_subset(t, y, x);
    }
    return found == OZ_RAISED ? NULL : oz_bool((found == OZ_FOUND) != (op == OZ_NE));
}

/* The formula of collections.abc.Set._hash: the order of the items does not matter. */
static bool frozenset_hash(Thread *t OZ_UNUSED, Obj self, int64_t *result)
{
    Set *s = (Set *)self;
    if (s->hash[0]) {
        *result = s->hash[0];
        return true;
    }
    uint64_t h = UINT64_C(1927868237) * (oz_set_length(s) + 1);
    size_t at = 0;
    int64_t hash;
    for (Obj item; oz_set_step_hash(s, &at, &item, &hash);) {
        uint64_t x = (uint64_t)hash;
        h ^= (x ^ x << 16 ^ 89869747) * UINT64_C(3644798167);
    }
    h ^= h >> 11 ^ h >> 25;
    h = h * 69069 + 907133923;
    if (h == UINT64_MAX)
        h = 590923713;
    *result = s->hash[0] = (int64_t)h;
    return true;
}

/* ---- operators ---- */

static bool both_sets(Obj a, Obj b)
{
    return oz_as_set(a) && oz_as_set(b);
}

static Ref set_or(Thread *t, Obj a, Obj b)
{
    if (!both_sets(a, b))
        return OZ_NOT_IMPLEMENTED;
    scoped Ref result = copy_base(t, a);
    if (!result || !oz_set_update(t, (Set *)result, b))
        return NULL;
    return oz_move(&result);
}

static Ref set_and(Thread *t, Obj a, Obj b)
{
    return both_sets(a, b) ? intersection(t, a, b) : OZ_NOT_IMPLEMENTED;
}

static Ref set_subtract(Thread *t, Obj a, Obj b)
{
    return both_sets(a, b) ? difference(t, a, b) : OZ_NOT_IMPLEMENTED;
}

static Ref set_xor(Thread *t, Obj a, Obj b)
{
    return both_sets(a, b) ? symmetric(t, a, b) : OZ_NOT_IMPLEMENTED;
}

static Ref set_or_in_place(Thread *t, Obj self, Obj other)
{
    if (!oz_as_set(other))
        return OZ_NOT_IMPLEMENTED;
    return oz_set_update(t, (Set *)self, other) ? oz_retain(self) : NULL;
}

static Ref set_and_in_place(Thread *t, Obj self, Obj other)
{
    if (!oz_as_set(other))
        return OZ_NOT_IMPLEMENTED;
    Ref result = intersection(t, self, other);
    if (!result)
        return NULL;
    take_items(self, result);
    return oz_retain(self);
}

static Ref set_subtract_in_place(Thread *t, Obj self, Obj other)
{
    if (!oz_as_set(other))
        return OZ_NOT_IMPLEMENTED;
    return oz_set_difference_update(t, (Set *)self, other) ? oz_retain(self) : NULL;
}

static Ref set_xor_in_place(Thread *t, Obj self, Obj other)
{
    if (!oz_as_set(other))
        return OZ_NOT_IMPLEMENTED;
    return oz_set_symmetric_update(t, (Set *)self, other) ? oz_retain(self) : NULL;
}

/* ---- text, pickling ---- */

static Ref repr_of_items(Thread *t, Obj self)
{
    scoped Ref list = oz_list_from(t, self);
    scoped Ref text = list ? oz_repr(t, list) : NULL;
    if (!text)
        return NULL;
    scoped Ref inner = oz_str_slice(t, text, 1, oz_str_length((const Str *)text) - 1);
    if (!inner)
        return NULL;
    return oz_is(self, OZ_SET) ? oz_str_format(t, "{%S}", inner)
                               : oz_str_format(t, "%t({%S})", self, inner);
}

static Ref set_repr(Thread *t, Obj self)
{
    if (!oz_set_length((Set *)self))
        return oz_str_format(t, "%t()", self);
    Found found = oz_repr_enter(t, self);
    if (found != OZ_MISSING)
        return found == OZ_FOUND ? oz_str_format(t, "%t(...)", self) : NULL;
    Ref text = repr_of_items(t, self);
    oz_repr_leave(t, self);
    return text;
}

OZ_METHOD(set, __reduce__, "($self, /)", "Return state information for pickling.")
{
    scoped Ref list = oz_list_from(t, a[0]);
    scoped Ref args = list ? oz_tuple_of(t, 1, list) : NULL;
    if (!args)
        return NULL;
    scoped Ref getstate = oz_get_attr(t, a[0], OZ_NAME(t, __getstate__));
    scoped Ref state = getstate ? oz_call0(t, getstate) : NULL;
    return state ? oz_tuple_of(t, 3, (Obj)oz_class_of(a[0]), args, state) : NULL;
}

OZ_CLASS_METHOD(set, __class_getitem__, "($type, object, /)", "set[item type]")
{
    return oz_generic_alias_new(t, a[0], a[1]);
}

/* ---- iterator ---- */

typedef struct SetIterator {
    Object base;
    Ref set;         /* [owner] empty: exhausted */
    uint32_t length; /* [owner] of the set when it was made; UINT32_MAX: it has changed */
    uint32_t left;   /* [owner] */
    size_t at;       /* [owner] the next slot */
} SetIterator;

static Ref set_iter(Thread *t, Obj self)
{
    SetIterator *it = oz_object_new_raw(t, OZ_SET_ITERATOR, sizeof *it);
    if (!it)
        return NULL;
    it->length = it->left = (uint32_t)oz_set_length((Set *)self);
    it->at = 0;
    oz_store_raw(&it->base, &it->set, oz_retain(self));
    return (Ref)it;
}

static Ref itself(Thread *t OZ_UNUSED, Obj v)
{
    return oz_retain(v);
}

static Ref set_iterator_next(Thread *t, Obj v)
{
    SetIterator *it = (SetIterator *)v;
    if (!it->set)
        return NULL;
    if (OZ_UNLIKELY(it->length != oz_set_length((Set *)it->set))) {
        it->length = UINT32_MAX;
        return oz_raise(t, OZ_RuntimeError, "Set changed size during iteration");
    }
    Obj item;
    if (oz_set_step((Set *)it->set, &it->at, &item)) {
        it->left -= it->left > 0;
        return oz_retain(item);
    }
    oz_clear(&it->set);
    return NULL;
}

Ref oz_set_iterate(Obj iterator)
{
    SetIterator *it = (SetIterator *)iterator;
    const SetTable *table = it->set ? ((const Set *)it->set)->table : NULL;
    if (OZ_UNLIKELY(!table || it->length != table->live))
        return NULL;
    size_t count = (size_t)1 << table->bits, i = it->at;
    while (i < count && !oz_set_slot_live(table, oz_set_slot_at(table, i)))
        i++;
    it->at = i;
    if (OZ_UNLIKELY(i >= count))
        return NULL;
    it->at++;
    it->left -= it->left > 0;
    return oz_load(&oz_set_slot_at(table, i)->item);
}

OZ_METHOD(set_iterator, __length_hint__, "($self, /)", "How many items are still to come.")
{
    const SetIterator *it = (const SetIterator *)a[0];
    bool valid = it->set && it->length == oz_set_length((Set *)it->set);
    return oz_int(valid ? it->left : 0);
}

OZ_METHOD(set_iterator, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const SetIterator *it = (const SetIterator *)a[0];
    scoped Ref list = oz_list_new(t, 0);
    if (!list)
        return NULL;
    size_t at = it->at;
    for (Obj item; it->set && oz_set_step((Set *)it->set, &at, &item);)
        if (!oz_list_append(t, (List *)list, item))
            return NULL;
    return oz_reduce_to_iter(t, list, NULL);
}

static void set_iterator_visit(const Object *object, Visitor *v)
{
    const SetIterator *self = (const SetIterator *)object;
    OZ_VISIT(set)
}

static void set_iterator_clear(Thread *t OZ_UNUSED, Object *object)
{
    SetIterator *self = (SetIterator *)object;
    OZ_CLEAR(set)
}

const TypeDef oz_set_iterator_type = {
    .id = OZ_SET_ITERATOR,
    .name = "set_iterator",
    .size = sizeof(SetIterator),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = set_iterator_visit,
    .clear = set_iterator_clear,
    .slots = {.iter = itself, .next = set_iterator_next},
    .methods = OZ_METHODS(&set_iterator___length_hint__, &set_iterator___reduce__),
};

/* ---- the types ---- */

static void set_visit(const Object *object, Visitor *v)
{
    const SetTable *table = ((const Set *)object)->table;
    size_t end = table ? oz_visit_end(v, (size_t)1 << table->bits) : 0;
    for (size_t i = v->from; i < end; i++) {
        const SetSlot *slot = oz_set_slot_at(table, i);
        if (oz_set_slot_live(table, slot))
            oz_visit(v, slot->item, "item", (ssize_t)i);
    }
}

static void set_clear_all(Thread *t OZ_UNUSED, Object *object)
{
    oz_set_empty((Set *)object);
}

static size_t set_outside(const Object *object)
{
    const SetTable *table = ((const Set *)object)->table;
    return table ? oz_set_table_size(table) : 0;
}

static bool set_check(const Object *object)
{
    const SetTable *table = ((const Set *)object)->table;
    if (!table)
        return true;
    size_t live = 0;
    for (size_t i = 0; i < (size_t)1 << table->bits; i++)
        live += oz_set_slot_live(table, oz_set_slot_at(table, i));
    return live == table->live && table->live <= table->used; /* S3 */
}

#define SET_SLOTS                                                                                  \
    .length = set_length, .contains = set_contains, .iter = set_iter, .compare = set_compare,      \
    .repr = set_repr, .or_ = set_or, .and_ = set_and, .xor = set_xor, .subtract = set_subtract
#define SET_METHODS                                                                                \
    &set___contains__, &set_copy, &set_union, &set_intersection, &set_difference,                  \
        &set_symmetric_difference, &set_issubset, &set_issuperset, &set_isdisjoint,                \
        &set___reduce__, &set___class_getitem__

const TypeDef oz_set_type = {
    .id = OZ_SET,
    .name = "set",
    .doc = "A collection of different items in no order.\n\nset() is empty, set(iterable) has the "
           "items that the iterable gives.",
    .size = sizeof(Set),
    .flags = OZ_TYPE_WEAKREF | OZ_TYPE_UNHASHABLE | OZ_TYPE_SELF_MATCH | OZ_TYPE_BLIND,
    .visit = set_visit,
    .clear = set_clear_all,
    .outside = set_outside,
    .check = set_check,
    .slots = {SET_SLOTS, .new = set_new, .init = set_init, .or_in_place = set_or_in_place,
              .and_in_place = set_and_in_place, .xor_in_place = set_xor_in_place,
              .subtract_in_place = set_subtract_in_place},
    .methods = OZ_METHODS(SET_METHODS, &set_add, &set_discard, &set_remove, &set_pop, &set_clear,
                          &set_update, &set_intersection_update, &set_difference_update,
                          &set_symmetric_difference_update),
};

const TypeDef oz_frozenset_type = {
    .id = OZ_FROZENSET,
    .name = "frozenset",
    .doc = "A collection of different items in no order that cannot change.\n\nfrozenset() is "
           "empty, frozenset(iterable) has the items that the iterable gives.",
    .size = sizeof(Set) + sizeof(int64_t),
    .flags = OZ_TYPE_WEAKREF | OZ_TYPE_SELF_MATCH | OZ_TYPE_BLIND,
    .visit = set_visit,
    .clear = set_clear_all,
    .outside = set_outside,
    .check = set_check,
    .slots = {SET_SLOTS, .new = frozenset_new, .hash = frozenset_hash},
    .methods = OZ_METHODS(SET_METHODS),
};
