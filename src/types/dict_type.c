// SPDX-License-Identifier: MIT
// The type dict: methods and operators (dict.c has the table, dict_view.c views and iterators).
#include "types/dict_layout.h"

#include "types/dict_view.h"
#include "types/generic_alias.h"
#include "types/int.h"
#include "types/list.h"
#include "types/native.h"
#include "types/set_layout.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

/* ---- making ---- */

static Ref dict_new(Thread *t, Class *cls, const Args *args OZ_UNUSED)
{
    return (Ref)oz_instance_new(t, cls, 0);
}

/* dict(...) and d.update(...): at most one positional argument, then keywords. */
static bool update_args(Thread *t, Dict *d, const char *name, Obj const *items, size_t count)
{
    if (count > 1)
        return oz_fail(t, OZ_TypeError, "%s expected at most 1 argument, got %zu", name, count);
    return !count || oz_dict_update(t, d, items[0]);
}

static bool dict_init(Thread *t, Obj self, const Args *args)
{
    Dict *d = (Dict *)self;
    if (!update_args(t, d, "dict", args->items, args->count))
        return false;
    for (uint32_t i = 0; i < args->named; i++)
        if (!oz_dict_set(t, d, ((const Tuple *)args->names)->items[i],
                         args->items[args->count + i]))
            return false;
    return true;
}

/* From a dict or set: the hashes are known. */
static bool fill_from(Thread *t, Dict *d, Obj source, Obj value)
{
    size_t at = 0;
    int64_t hash;
    if (oz_is(source, OZ_DICT)) {
        Dict *from = (Dict *)source;
        for (Obj key, old; oz_dict_step(from, &at, &key, &old);) {
            hash = oz_dict_entry_hash(from->table, oz_dict_entry_at(from->table, at - 1));
            if (!oz_dict_set_hash(t, d, key, value, hash) || !oz_poll(t))
                return false;
        }
        return true;
    }
    for (Obj key; oz_set_step_hash((Set *)source, &at, &key, &hash);)
        if (!oz_dict_set_hash(t, d, key, value, hash) || !oz_poll(t))
            return false;
    return true;
}

OZ_CLASS_METHOD(dict, fromkeys, "($type, iterable, value=None, /)",
                "Make a dict whose keys come from the iterable and whose values are all the same.")
{
    scoped Ref result = oz_call0(t, a[0]);
    if (!result)
        return NULL;
    bool plain = oz_is(result, OZ_DICT);
    if (plain && (oz_is(a[1], OZ_DICT) || oz_is(a[1], OZ_SET) || oz_is(a[1], OZ_FROZENSET)))
        return fill_from(t, (Dict *)result, a[1], a[2]) ? oz_move(&result) : NULL;
    scoped Ref iterator = oz_iter(t, a[1]);
    if (!iterator)
        return NULL;
    for (;;) {
        scoped Ref key = NULL;
        Found found = oz_next(t, iterator, &key);
        if (found != OZ_FOUND)
            return found == OZ_MISSING ? oz_move(&result) : NULL;
        if (plain ? !oz_dict_set(t, (Dict *)result, key, a[2]) : !oz_set_item(t, result, key, a[2]))
            return NULL;
        if (!oz_poll(t))
            return NULL;
    }
}

/* ---- items ---- */

static bool dict_length(Thread *t OZ_UNUSED, Obj self, ssize_t *length)
{
    *length = (ssize_t)oz_dict_length((Dict *)self);
    return true;
}

/* What an instance of a subclass gives for a key that is not there. */
static OZ_COLD Ref missing(Thread *t, Obj self, Obj key)
{
    if (!oz_is(self, OZ_DICT)) {
        scoped Ref method = NULL;
        Found found = oz_find_special(t, self, OZ_NAME(t, __missing__), &method);
        if (found == OZ_FOUND)
            return oz_call1(t, method, key);
        if (found == OZ_RAISED)
            return NULL;
    }
    return oz_raise_value(t, OZ_KeyError, key);
}

static Ref dict_get_item(Thread *t, Obj self, Obj key)
{
    Ref value;
    Found found = oz_dict_get(t, (Dict *)self, key, &value);
    return OZ_LIKELY(found != OZ_MISSING) ? value : missing(t, self, key);
}

static bool dict_set_item(Thread *t, Obj self, Obj key, Obj value)
{
    if (value)
        return oz_dict_set(t, (Dict *)self, key, value);
    Found found = oz_dict_delete(t, (Dict *)self, key);
    if (found == OZ_MISSING)
        oz_raise_value(t, OZ_KeyError, key);
    return found == OZ_FOUND;
}

static bool dict_contains(Thread *t, Obj self, Obj key, bool *result)
{
    int64_t hash;
    size_t entry;
    Found found = oz_dict_locate(t, (Dict *)self, key, &hash, &entry);
    *result = found == OZ_FOUND;
    return found != OZ_RAISED;
}

OZ_METHOD(dict, __getitem__, "($self, key, /)", "Return self[key].")
{
    return dict_get_item(t, a[0], a[1]);
}

OZ_METHOD(dict, __contains__, "($self, key, /)", "Is the key in the dict?")
{
    bool found;
    return dict_contains(t, a[0], a[1], &found) ? oz_bool(found) : NULL;
}

OZ_QUIET_METHOD(dict, get, "($self, key, default=None, /)",
                "Return the value of the key, or the default if the key is not in the dict.")
{
    Ref value;
    Found found = oz_dict_get(t, (Dict *)a[0], a[1], &value);
    return found == OZ_MISSING ? oz_retain(a[2]) : value;
}

OZ_QUIET_METHOD(
    dict, setdefault, "($self, key, default=None, /)",
    "Return the value of the key; if it is not in the dict, insert it with the default.")
{
    Ref value;
    return oz_dict_set_default(t, (Dict *)a[0], a[1], a[2], &value) == OZ_RAISED ? NULL : value;
}

Ref oz_dict_pop_or(Thread *t, Dict *d, Obj key, Obj instead)
{
    Ref value;
    Found found = oz_dict_pop(t, d, key, &value);
    if (found != OZ_MISSING)
        return value;
    return instead ? oz_retain(instead) : oz_raise_value(t, OZ_KeyError, key);
}

OZ_QUIET_METHOD(
    dict, pop, "($self, key, default=<unrepresentable>, /)",
    "Remove the key and return its value.\n\nA missing key gives the default, or KeyError if "
    "there is none.")
{
    return oz_dict_pop_or(t, (Dict *)a[0], a[1], a[2]);
}

Ref oz_dict_pop_pair(Thread *t, Dict *d, size_t i)
{
    Tuple *pair = oz_tuple_alloc(t, 2);
    if (!pair)
        return NULL;
    Ref key, value;
    oz_dict_kill(d, i, &key, &value);
    oz_tuple_init(pair, 0, key);
    oz_tuple_init(pair, 1, value);
    return (Ref)pair;
}

OZ_METHOD(dict, popitem, "($self, /)",
          "Remove and return the pair (key, value) that was inserted last.")
{
    Dict *d = (Dict *)a[0];
    if (!oz_dict_length(d))
        return oz_raise(t, OZ_KeyError, "popitem(): dictionary is empty");
    return oz_dict_pop_pair(t, d, (size_t)oz_dict_last_live(d->table, d->table->used));
}

OZ_QUIET_METHOD(dict, clear, "($self, /)", "Remove all items.")
{
    oz_dict_clear(t, (Dict *)a[0]);
    return OZ_NONE;
}

OZ_METHOD(dict, copy, "($self, /)", "Return a shallow copy: a dict.")
{
    return oz_dict_copy(t, (Dict *)a[0]);
}

OZ_NATIVE_(dict_update, "update", "($self, /, *args, **kwargs)",
           "Take over the items of a mapping or of an iterable of pairs, then the keywords.",
           OZ_FN_SPARSE)
{
    const Tuple *args = (const Tuple *)a[1];
    Dict *d = (Dict *)a[0];
    if (!update_args(t, d, "update", (Obj const *)args->items, args->length) ||
        (a[2] && !oz_dict_update(t, d, a[2])))
        return NULL;
    return OZ_NONE;
}

OZ_QUIET_METHOD(dict, keys, "($self, /)", "A set-like view of the keys.")
{
    return oz_dict_view_new(t, OZ_DICT_KEYS, a[0]);
}

OZ_QUIET_METHOD(dict, values, "($self, /)", "A view of the values.")
{
    return oz_dict_view_new(t, OZ_DICT_VALUES, a[0]);
}

OZ_QUIET_METHOD(dict, items, "($self, /)", "A set-like view of the pairs (key, value).")
{
    return oz_dict_view_new(t, OZ_DICT_ITEMS, a[0]);
}

static Ref dict_iter(Thread *t, Obj self)
{
    return oz_dict_iterator_new(t, OZ_DICT_KEY_ITERATOR, self);
}

OZ_METHOD(dict, __reversed__, "($self, /)", "Return an iterator over the keys, last one first.")
{
    return oz_dict_iterator_new(t, OZ_DICT_REVERSE_KEY_ITERATOR, a[0]);
}

OZ_CLASS_METHOD(dict, __class_getitem__, "($type, object, /)", "dict[key type, value type]")
{
    return oz_generic_alias_new(t, a[0], a[1]);
}

/* ---- operators ---- */

static Ref dict_or(Thread *t, Obj a, Obj b)
{
    if (!oz_as_dict(a) || !oz_as_dict(b))
        return OZ_NOT_IMPLEMENTED;
    scoped Ref result = oz_dict_copy(t, (Dict *)a);
    if (!result || !oz_dict_update(t, (Dict *)result, b))
        return NULL;
    return oz_move(&result);
}

static Ref dict_or_in_place(Thread *t, Obj self, Obj other)
{
    return oz_dict_update(t, (Dict *)self, other) ? oz_retain(self) : NULL;
}

/* Has `b` under `key` a value equal to `value`?  All of them owned by the caller. */
static Found same_value(Thread *t, Dict *b, Obj key, Obj value, int64_t hash)
{
    size_t at;
    Found found = oz_dict_locate_hash(t, b, key, hash, &at);
    if (found != OZ_FOUND)
        return found;
    scoped Ref other = oz_load(&oz_dict_entry_at(b->table, at)->value);
    bool same;
    if (!oz_equal(t, value, other, &same))
        return OZ_RAISED;
    return same ? OZ_FOUND : OZ_MISSING;
}

static Found dicts_equal(Thread *t, Dict *a, Dict *b)
{
    if (oz_dict_length(a) != oz_dict_length(b))
        return OZ_MISSING;
    size_t at = 0;
    for (Obj k, v; oz_dict_step(a, &at, &k, &v);) {
        int64_t hash = oz_dict_entry_hash(a->table, oz_dict_entry_at(a->table, at - 1));
        scoped Ref key = oz_retain(k);
        scoped Ref value = oz_retain(v);
        Found found = same_value(t, b, key, value, hash);
        if (found != OZ_FOUND)
            return found;
        if (!oz_poll(t))
            return OZ_RAISED;
    }
    return OZ_FOUND;
}

static Ref dict_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    if ((op != OZ_EQ && op != OZ_NE) || !oz_as_dict(b))
        return OZ_NOT_IMPLEMENTED;
    if (!oz_native_enter(t, " in comparison"))
        return NULL;
    Found same = dicts_equal(t, (Dict *)a, (Dict *)b);
    return same == OZ_RAISED ? NULL : oz_bool((same == OZ_FOUND) == (op == OZ_EQ));
}

static bool write_items(StrBuilder *b, Dict *d)
{
    size_t at = 0;
    const char *before = "{";
    for (Obj k, v; oz_dict_step(d, &at, &k, &v); before = ", ") {
        scoped Ref key = oz_retain(k);
        scoped Ref value = oz_retain(v);
        if (!oz_builder_text(b, before) || !oz_builder_repr(b, key) || !oz_builder_text(b, ": ") ||
            !oz_builder_repr(b, value) || !oz_poll(b->t))
            return false;
    }
    return *before == '{' ? oz_builder_text(b, "{}") : oz_builder_character(b, '}');
}

static Ref dict_repr(Thread *t, Obj self)
{
    Found found = oz_repr_enter(t, self);
    if (found != OZ_MISSING)
        return found == OZ_FOUND ? oz_str_new(t, "{...}") : NULL;
    StrBuilder b;
    oz_builder_init(&b, t);
    Ref result = write_items(&b, (Dict *)self) ? oz_builder_finish(&b) : NULL;
    oz_builder_fini(&b);
    oz_repr_leave(t, self);
    return result;
}

/* ---- the type ---- */

static void dict_visit(const Object *object, Visitor *v)
{
    const DictTable *table = ((const Dict *)object)->table;
    size_t end = table ? oz_visit_end(v, table->used) : 0;
    for (size_t i = v->from; i < end; i++) {
        const DictEntry *e = oz_dict_entry_at(table, i);
        oz_visit(v, e->key, "key", (ssize_t)i);
        oz_visit(v, e->value, "value", (ssize_t)i);
    }
}

static void dict_clear_all(Thread *t, Object *object)
{
    oz_dict_clear(t, (Dict *)object);
}

static size_t dict_outside(const Object *object)
{
    const DictTable *table = ((const Dict *)object)->table;
    return table ? oz_dict_table_size(table) : 0;
}

static bool dict_check(const Object *object)
{
    const DictTable *table = ((const Dict *)object)->table;
    if (!table)
        return true;
    size_t live = 0;
    for (size_t i = 0; i < table->used; i++)
        live += oz_dict_entry_at(table, i)->value != NULL;
    return live == table->live && table->used <= table->capacity && /* D5 */
           (!table->id || table->kind == OZ_DICT_BARE);             /* D3 */
}

const TypeDef oz_dict_type = {
    .id = OZ_DICT,
    .name = "dict",
    .doc = "dict(): an empty dict\n"
           "dict(mapping): the pairs of a mapping\n"
           "dict(iterable): the pairs that the iterable gives\n"
           "dict(**kwargs): the keywords as str keys\n\n"
           "Keys keep the order of their insertion.",
    .size = sizeof(Dict),
    .flags = OZ_TYPE_MAPPING | OZ_TYPE_UNHASHABLE | OZ_TYPE_SELF_MATCH | OZ_TYPE_BLIND,
    .visit = dict_visit,
    .clear = dict_clear_all,
    .outside = dict_outside,
    .check = dict_check,
    .slots = {.new = dict_new,
              .init = dict_init,
              .length = dict_length,
              .get_item = dict_get_item,
              .set_item = dict_set_item,
              .contains = dict_contains,
              .iter = dict_iter,
              .or_ = dict_or,
              .or_in_place = dict_or_in_place,
              .compare = dict_compare,
              .repr = dict_repr},
    .methods = OZ_METHODS(&dict_fromkeys, &dict___getitem__, &dict___contains__, &dict_get,
                          &dict_setdefault, &dict_pop, &dict_popitem, &dict_clear, &dict_copy,
                          &dict_update, &dict_keys, &dict_values, &dict_items, &dict___reversed__,
                          &dict___class_getitem__),
};
