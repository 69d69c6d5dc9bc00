// SPDX-License-Identifier: MIT
// _functools: partial, reduce, cmp_to_key and the wrapper behind lru_cache.
//
// lru_cache keeps its results in one dict, whose order is the order of use: a hit moves its entry
// to the end, a full cache gives up the first (types/dict_layout.h: both take constant time).
#include "modules/native_type.h"

#include "types/dict_layout.h"
#include "types/function.h"

/* ---- partial ---- */

#define PARTIAL_REFS(REF) REF(function) REF(args) REF(keywords) REF(dict)
typedef struct Partial {
    Object base;
    PARTIAL_REFS(OZ_FIELD) /* args: tuple; keywords: dict; dict: __dict__, or empty */
} Partial;
OZ_TYPE_LIFE(partial, Partial, PARTIAL_REFS)

/* a + items, as a tuple. */
static Ref joined(Thread *t, const Tuple *a, const Obj *items, size_t count)
{
    size_t first = a ? a->length : 0;
    if (!first)
        return oz_tuple_new(t, items, count);
    Tuple *result = oz_tuple_alloc(t, first + count);
    for (size_t i = 0; result && i < first; i++)
        oz_tuple_init(result, i, oz_retain(a->items[i]));
    for (size_t i = 0; result && i < count; i++)
        oz_tuple_init(result, first + i, oz_retain(items[i]));
    return (Ref)result;
}

static Ref partial_new(Thread *t, Class *cls, const Args *args)
{
    if (!args->count)
        return oz_raise(t, OZ_TypeError, "type 'partial' takes at least one argument");
    Obj function = args->items[0];
    if (!oz_is_callable(function))
        return oz_raise(t, OZ_TypeError, "the first argument must be callable");
    const Partial *inner = oz_isa(function, OZ_PARTIAL) ? (const Partial *)function : NULL;
    if (inner && inner->dict)
        inner = NULL;
    scoped Ref positional =
        joined(t, inner ? (const Tuple *)inner->args : NULL, args->items + 1, args->count - 1);
    scoped Ref keywords =
        positional ? oz_dict_with_keywords(t, inner ? (Obj)inner->keywords : NULL, args) : NULL;
    Partial *self = keywords ? oz_instance_new(t, cls, 0) : NULL;
    if (!self)
        return NULL;
    OZ_INIT_FIELD(self, function, oz_retain(inner ? (Obj)inner->function : function));
    OZ_INIT_FIELD(self, args, oz_move(&positional));
    OZ_INIT_FIELD(self, keywords, oz_move(&keywords));
    return (Ref)self;
}

static Ref partial_call(Thread *t, Obj v, const Args *args)
{
    const Partial *self = (const Partial *)v;
    scoped Ref function = oz_retain(self->function);
    scoped Ref first = oz_retain(self->args);
    scoped Ref keywords = oz_retain(self->keywords);
    const Tuple *bound = (const Tuple *)first;
    if (!oz_dict_length((Dict *)keywords)) {
        enum { FEW = 8 };
        size_t count = (size_t)bound->length + args->count + args->named;
        Obj few[FEW];
        Obj *items = few;
        if (count > FEW && !(items = oz_block_alloc(t->heap, count * sizeof(Obj))))
            return oz_raise_memory(t);
        for (size_t i = 0; i < bound->length; i++)
            items[i] = bound->items[i];
        for (size_t i = bound->length; i < count; i++)
            items[i] = args->items[i - bound->length];
        Args all = {items, bound->length + args->count, args->named, args->names};
        Ref result = oz_call(t, function, &all);
        if (items != few)
            oz_block_free(items);
        return result;
    }
    scoped Ref positional = joined(t, bound, args->items, args->count);
    scoped Ref named = positional ? oz_dict_with_keywords(t, keywords, args) : NULL;
    return named ? oz_call_tuple(t, function, positional, named) : NULL;
}

static bool partial_write(StrBuilder *b, const Partial *self)
{
    scoped Ref own_args = oz_retain(self->args); /* a repr may call __setstate__ */
    scoped Ref own_keywords = oz_retain(self->keywords);
    const Tuple *args = (const Tuple *)own_args;
    Dict *keywords = (Dict *)own_keywords;
    const char *name =
        oz_is((Obj)self, OZ_PARTIAL) ? "functools.partial" : oz_class_name(oz_class_of((Obj)self));
    if (!oz_builder_text(b, name) || !oz_builder_character(b, '(') ||
        !oz_builder_repr(b, self->function))
        return false;
    for (size_t i = 0; i < args->length; i++)
        if (!oz_builder_text(b, ", ") || !oz_builder_repr(b, args->items[i]))
            return false;
    size_t at = 0;
    for (Obj k, v; oz_dict_step(keywords, &at, &k, &v);) {
        scoped Ref key = oz_retain(k);
        scoped Ref value = oz_retain(v);
        if (!oz_builder_format(b, ", %S=", key) || !oz_builder_repr(b, value))
            return false;
    }
    return oz_builder_character(b, ')');
}

static Ref partial_repr(Thread *t, Obj v)
{
    Found found = oz_repr_enter(t, v);
    if (found != OZ_MISSING)
        return found == OZ_FOUND ? oz_str_new(t, "...") : NULL;
    StrBuilder b;
    oz_builder_init(&b, t);
    Ref text = partial_write(&b, (const Partial *)v) ? oz_builder_finish(&b) : NULL;
    oz_builder_fini(&b);
    oz_repr_leave(t, v);
    return text;
}

OZ_METHOD(partial, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const Partial *self = (const Partial *)a[0];
    scoped Ref args = oz_tuple_of(t, 1, (Obj)self->function);
    scoped Ref state = oz_tuple_of(t, 4, (Obj)self->function, (Obj)self->args, (Obj)self->keywords,
                                   self->dict ? (Obj)self->dict : (Obj)OZ_NONE);
    return args && state ? oz_tuple_of(t, 3, (Obj)oz_class_of(a[0]), args, state) : NULL;
}

OZ_METHOD(partial, __setstate__, "($self, state, /)", "Set state information for unpickling.")
{
    Partial *self = (Partial *)a[0];
    const Tuple *state = oz_as_tuple(a[1]);
    if (!state || state->length != 4 || !oz_is_callable(state->items[0]) ||
        !oz_as_tuple(state->items[1]) ||
        (!oz_is_none(state->items[2]) && !oz_as_dict(state->items[2])))
        return oz_raise(t, OZ_TypeError, "invalid partial state");
    scoped Ref args = oz_tuple_from(t, state->items[1]);
    scoped Ref keywords = !args                         ? NULL
                          : oz_is_none(state->items[2]) ? oz_dict_new(t)
                          : oz_is(state->items[2], OZ_DICT)
                              ? oz_retain(state->items[2])
                              : oz_dict_copy(t, (Dict *)state->items[2]);
    if (!keywords)
        return NULL;
    Obj dict = oz_is_none(state->items[3]) ? NULL : (Obj)state->items[3];
    oz_store(&self->base, &self->function, oz_retain(state->items[0]));
    oz_store(&self->base, &self->args, oz_move(&args));
    oz_store(&self->base, &self->keywords, oz_move(&keywords));
    oz_store(&self->base, &self->dict, oz_retain(dict));
    return OZ_NONE;
}

OZ_CLASS_METHOD(partial, __class_getitem__, "($type, object, /)", "partial[result type]")
{
    return oz_generic_alias_new(t, a[0], a[1]);
}

const TypeDef oz_partial_type = {
    .id = OZ_PARTIAL,
    .name = "functools.partial",
    .doc = "partial(func, *args, **keywords)\n\nA function that calls func with these arguments "
           "before its own.",
    .size = sizeof(Partial),
    .flags = OZ_TYPE_WEAKREF,
    .dict_offset = offsetof(Partial, dict),
    .visit = partial_visit,
    .clear = partial_clear,
    .slots = {.new = partial_new, .call = partial_call, .repr = partial_repr},
    .methods = OZ_METHODS(&partial___reduce__, &partial___setstate__, &partial___class_getitem__),
    .getsets = OZ_GETSETS({"__dict__", oz_instance_dict, oz_instance_dict_set, NULL}),
    .members = OZ_MEMBERS(
        {"func", offsetof(Partial, function), OZ_MEMBER_READONLY, "The function that is called."},
        {"args", offsetof(Partial, args), OZ_MEMBER_READONLY, "Its first positional arguments."},
        {"keywords", offsetof(Partial, keywords), OZ_MEMBER_READONLY, "Its keyword arguments."}),
};

/* ---- reduce ---- */

OZ_FUNCTION(functools, reduce, "($module, function, iterable, initial=<unrepresentable>, /)",
            "Apply a function of two arguments to the first two items, then to the result and the "
            "third, and so on.\n\nWith an initial value it stands before the items.")
{
    scoped Ref iterator = oz_iter(t, a[2]);
    if (!iterator) {
        if (oz_raised(t, OZ_TypeError))
            oz_raise(t, OZ_TypeError, "reduce() arg 2 must support iteration");
        return NULL;
    }
    scoped Ref result = oz_retain(a[3]);
    for (;;) {
        scoped Ref item = NULL;
        Found found = oz_next(t, iterator, &item);
        if (found == OZ_RAISED || !oz_poll(t))
            return NULL;
        if (found == OZ_MISSING)
            break;
        Ref next = result ? oz_call2(t, a[1], result, item) : oz_move(&item);
        if (!next)
            return NULL;
        oz_drop(result);
        result = next;
    }
    if (!result)
        return oz_raise(t, OZ_TypeError, "reduce() of empty iterable with no initial value");
    return oz_move(&result);
}

/* ---- cmp_to_key ---- */

#define KEY_REFS(REF) REF(function) REF(object)
typedef struct KeyWrapper {
    Object base;
    KEY_REFS(OZ_FIELD) /* object: empty in what cmp_to_key() returns */
} KeyWrapper;
OZ_TYPE_LIFE(key_wrapper, KeyWrapper, KEY_REFS)

static Ref key_make(Thread *t, Obj function, Obj object)
{
    Class *cls = oz_builtin_class(t, OZ_KEY_WRAPPER);
    KeyWrapper *self = cls ? oz_instance_new(t, cls, 0) : NULL;
    if (!self)
        return NULL;
    OZ_INIT_FIELD(self, function, oz_retain(function));
    OZ_INIT_FIELD(self, object, oz_retain(object));
    return (Ref)self;
}

OZ_FUNCTION(functools, cmp_to_key, "($module, /, mycmp)",
            "Make a key function of a function that compares two values.")
{
    return key_make(t, a[1], NULL);
}

/* K(obj): its signature names the errors. */
OZ_NATIVE_(key_call_def, "K", "($self, /, obj)", "", 0)
{
    return key_make(t, ((const KeyWrapper *)a[0])->function, a[1]);
}

static Ref key_call(Thread *t, Obj v, const Args *args)
{
    if (OZ_LIKELY(args->count == 1 && !args->named))
        return key_make(t, ((const KeyWrapper *)v)->function, args->items[0]);
    Signature *signature = oz_signature_new(t, &key_call_def);
    Ref made = signature ? oz_signature_call(t, signature, v, args) : NULL;
    oz_signature_drop(signature);
    return made;
}

static Ref key_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    const KeyWrapper *x = (const KeyWrapper *)a;
    const KeyWrapper *y = (const KeyWrapper *)b;
    if (!oz_is(b, OZ_KEY_WRAPPER))
        return oz_raise(t, OZ_TypeError, "other argument must be K instance");
    if (!x->object || !y->object)
        return oz_raise(t, OZ_AttributeError, "object");
    scoped Ref order = oz_call2(t, x->function, x->object, y->object);
    return order ? oz_compare(t, order, oz_int(0), op) : NULL;
}

const TypeDef oz_key_wrapper_type = {
    .id = OZ_KEY_WRAPPER,
    .name = "functools.KeyWrapper",
    .size = sizeof(KeyWrapper),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW | OZ_TYPE_UNHASHABLE,
    .visit = key_wrapper_visit,
    .clear = key_wrapper_clear,
    .slots = {.call = key_call, .compare = key_compare},
    .members = OZ_MEMBERS({"obj", offsetof(KeyWrapper, object), OZ_MEMBER_NONE_IF_EMPTY,
                           "The value that is compared."}),
};

/* ---- lru_cache ---- */

#define LRU_REFS(REF) REF(function) REF(cache) REF(info) REF(mark) REF(dict)
typedef struct LruCache {
    Object base;
    LRU_REFS(OZ_FIELD) /* cache: dict; info: class of cache_info(); mark: stands before keywords */
    ssize_t limit;     /* [const] -1: none; 0: nothing is kept */
    int64_t hits;      /* [owner] */
    int64_t misses;    /* [owner] */
    bool typed;        /* [const] */
} LruCache;
OZ_TYPE_LIFE(lru_cache, LruCache, LRU_REFS)

OZ_NEW(lru_cache, "($type, user_function, maxsize, typed, cache_info_type)")
{
    ssize_t limit = -1;
    bool typed;
    if (!oz_is_callable(a[1]))
        return oz_raise(t, OZ_TypeError, "the first argument must be callable");
    if (!oz_is_none(a[2])) {
        if (!oz_class_of(a[2])->slots->index)
            return oz_raise(t, OZ_TypeError, "maxsize should be integer or None");
        if (!oz_as_size_argument(t, a[2], &limit))
            return NULL;
        limit = limit < 0 ? 0 : limit;
    }
    if (!oz_truth(t, a[3], &typed))
        return NULL;
    scoped Ref cache = oz_dict_new(t);
    Class *plain = oz_builtin_class(t, OZ_OBJECT);
    scoped Ref mark = cache && plain ? oz_call0(t, (Obj)plain) : NULL;
    LruCache *self = mark ? oz_instance_new(t, (Class *)a[0], 0) : NULL;
    if (!self)
        return NULL;
    OZ_INIT_FIELD(self, function, oz_retain(a[1]));
    OZ_INIT_FIELD(self, cache, oz_move(&cache));
    OZ_INIT_FIELD(self, info, oz_retain(a[4]));
    OZ_INIT_FIELD(self, mark, oz_move(&mark));
    self->limit = limit;
    self->typed = typed;
    return (Ref)self;
}

/* What the arguments are remembered by: one int or str itself, else a tuple. */
static Ref lru_key(Thread *t, const LruCache *self, const Args *args)
{
    if (!self->typed && args->count == 1 && !args->named &&
        (oz_id_of(args->items[0]) == OZ_INT || oz_is_exact_str(args->items[0])))
        return oz_retain(args->items[0]);
    size_t count = args->count + (args->named ? 1 + 2 * (size_t)args->named : 0);
    if (self->typed)
        count += args->count + args->named;
    if (!count)
        return oz_retain(t->vm->empty_tuple);
    Tuple *key = oz_tuple_alloc(t, count);
    if (!key)
        return NULL;
    size_t n = 0;
    for (uint32_t i = 0; i < args->count; i++)
        oz_tuple_init(key, n++, oz_retain(args->items[i]));
    if (args->named)
        oz_tuple_init(key, n++, oz_retain(self->mark));
    for (uint32_t i = 0; i < args->named; i++) {
        oz_tuple_init(key, n++, oz_retain(((const Tuple *)args->names)->items[i]));
        oz_tuple_init(key, n++, oz_retain(args->items[args->count + i]));
    }
    for (uint32_t i = 0; self->typed && i < args->count + args->named; i++)
        oz_tuple_init(key, n++, oz_retain((Obj)oz_class_of(args->items[i])));
    return (Ref)key;
}

/* Remember a result that was not there when the function was called; false: raised. */
static bool lru_insert(Thread *t, LruCache *self, Obj key, int64_t hash, Obj result)
{
    Dict *cache = (Dict *)self->cache;
    size_t i;
    Found found = oz_dict_locate_hash(t, cache, key, hash, &i);
    if (found != OZ_MISSING) /* the call itself has put it in */
        return found == OZ_FOUND;
    scoped Ref old_key = NULL;
    scoped Ref old_value = NULL;
    if (self->limit > 0 && oz_dict_length(cache) >= (size_t)self->limit)
        oz_dict_kill(cache, oz_dict_next_live(cache->table, 0), &old_key, &old_value);
    return oz_dict_push(t, cache, oz_retain(key), oz_retain(result), hash, false);
}

static Ref lru_call(Thread *t, Obj v, const Args *args)
{
    LruCache *self = (LruCache *)v;
    if (!self->limit) {
        self->misses++;
        return oz_call(t, self->function, args);
    }
    scoped Ref key = lru_key(t, self, args);
    if (!key)
        return NULL;
    scoped Ref cache = oz_retain(self->cache);
    Dict *d = (Dict *)cache;
    int64_t hash;
    size_t i;
    Found found = oz_dict_locate(t, d, key, &hash, &i);
    if (found == OZ_RAISED)
        return NULL;
    if (found == OZ_FOUND) {
        self->hits++;
        Ref result = oz_load(&oz_dict_entry_at(d->table, i)->value);
        if (self->limit > 0 && !oz_dict_move(t, d, i, false)) {
            oz_drop(result);
            return NULL;
        }
        return result;
    }
    self->misses++;
    scoped Ref result = oz_call(t, self->function, args);
    return result && lru_insert(t, self, key, hash, result) ? oz_move(&result) : NULL;
}

static Ref lru_get(Thread *t, Obj v, Obj instance, Obj owner OZ_UNUSED)
{
    return instance && !oz_is_none(instance) ? oz_bound_method_new(t, v, instance) : oz_retain(v);
}

OZ_METHOD(lru_cache, cache_info, "($self, /)", "Report hits, misses, maxsize and currsize.")
{
    const LruCache *self = (const LruCache *)a[0];
    scoped Ref hits = oz_int_new(t, self->hits);
    scoped Ref misses = oz_int_new(t, self->misses);
    scoped Ref limit = self->limit < 0 ? OZ_NONE : oz_int_new(t, self->limit);
    if (!hits || !misses || !limit)
        return NULL;
    Obj items[] = {hits, misses, limit, oz_int((int64_t)oz_dict_length((const Dict *)self->cache))};
    Args args = {.items = items, .count = 4};
    return oz_call(t, self->info, &args);
}

OZ_METHOD(lru_cache, cache_clear, "($self, /)", "Forget all results and figures.")
{
    LruCache *self = (LruCache *)a[0];
    self->hits = self->misses = 0;
    oz_dict_clear(t, (Dict *)self->cache);
    return OZ_NONE;
}

OZ_METHOD(lru_cache, __reduce__, "($self, /)", "Return the name that finds the function.")
{
    return oz_get_attr(t, a[0], OZ_NAME(t, __qualname__));
}

OZ_METHOD(lru_cache, __copy__, "($self, /)", "Functions are not copied.")
{
    return oz_retain(a[0]);
}

OZ_METHOD(lru_cache, __deepcopy__, "($self, memo, /)", "Functions are not copied.")
{
    return oz_retain(a[0]);
}

const TypeDef oz_lru_cache_type = {
    .id = OZ_LRU_CACHE,
    .name = "functools._lru_cache_wrapper",
    .doc = "_lru_cache_wrapper(user_function, maxsize, typed, cache_info_type)\n\nA callable that "
           "remembers what the function returned for which arguments.",
    .size = sizeof(LruCache),
    .flags = OZ_TYPE_WEAKREF | OZ_TYPE_METHOD,
    .dict_offset = offsetof(LruCache, dict),
    .visit = lru_cache_visit,
    .clear = lru_cache_clear,
    .make = &lru_cache_new_,
    .slots = {.call = lru_call, .descr_get = lru_get},
    .methods = OZ_METHODS(&lru_cache_cache_info, &lru_cache_cache_clear, &lru_cache___reduce__,
                          &lru_cache___copy__, &lru_cache___deepcopy__),
    .getsets = OZ_GETSETS({"__dict__", oz_instance_dict, oz_instance_dict_set, NULL}),
};

static const uint32_t types[] = {OZ_PARTIAL, OZ_LRU_CACHE, 0};

const ModuleDef oz_functools_module = {
    .name = "_functools",
    .doc = "The native part of functools.",
    .functions = OZ_METHODS(&functools_reduce, &functools_cmp_to_key),
    .types = types,
};
