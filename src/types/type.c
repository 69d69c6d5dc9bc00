// SPDX-License-Identifier: MIT
// Classes: the builtin ones at start, lookup along the MRO, what happens when one changes.
//
// Builtin classes are made from their TypeDefs at the start of a VM, but without a dict: that is
// filled on first look (OZ_CLASS_LAZY), since most programs look into few of them.
//
// I1. cls->version names one state of the class and of all its bases, or is 0.  It is never used
//     again for another state.  vm->shape_versions has it for every shape of the class.
// I2. An entry of the method cache {version, name, value} is true for ever; it is just not asked
//     for any more when the version is gone.  The entry owns the name, so that no other str can
//     come to lie at its address.  The value is borrowed from the class.
// I3. Replacing a plain value (its class has no __get__ and no __set__) in the dict of a class that
//     has OZ_CLASS_COUNTER does not change the version: such values are in no cache.  A class gets
//     the flag the first time that happens, so `C.count += 1` in a loop is cheap.
// I4. A class is in the subclass list of each of its bases until it is cleared; the list borrows.
#include "types/type.h"

#include "base/os_memory.h"
#include "types/class_layout.h"
#include "types/frame.h"

#include <string.h>

/* ---- the method cache ---- */

#define CACHE_BUSY UINT64_MAX

static CacheEntry *cache_entry(const ClassState *state, uint32_t version, Obj name)
{
    uint64_t mix = (oz_word(name) >> 4) ^ (uint64_t)version * 0x9E3779B1u;
    return &state->cache[mix & (CACHE_SIZE - 1)];
}

/* The writer of an entry claims it; one that finds it claimed gives up. */
static void cache_put(ClassState *state, uint32_t version, Obj name, Obj value)
{
    CacheEntry *e = cache_entry(state, version, name);
    uint64_t old = atomic_exchange_explicit(&e->stamp, CACHE_BUSY, memory_order_acq_rel);
    if (old == CACHE_BUSY)
        return;
    uintptr_t fresh = (uintptr_t)oz_retain(name);
    uintptr_t stale = atomic_exchange_explicit(&e->name, fresh, memory_order_release);
    atomic_store_explicit(&e->value, (uintptr_t)value, memory_order_release);
    uint64_t stamp = (uint64_t)version << 32 | (uint32_t)(old + 1);
    atomic_store_explicit(&e->stamp, stamp, memory_order_release);
    oz_drop((Ref)stale);
}

static bool cache_get(const ClassState *state, uint32_t version, Obj name, Obj *value)
{
    CacheEntry *e = cache_entry(state, version, name);
    uint64_t stamp = atomic_load_explicit(&e->stamp, memory_order_acquire);
    if (stamp >> 32 != version ||
        atomic_load_explicit(&e->name, memory_order_acquire) != (uintptr_t)name)
        return false;
    uintptr_t found = atomic_load_explicit(&e->value, memory_order_acquire);
    if (OZ_UNLIKELY(atomic_load_explicit(&e->stamp, memory_order_relaxed) != stamp))
        return false;
    *value = (Obj)found;
    return true;
}

static void cache_clear(ClassState *state)
{
    for (size_t i = 0; i < CACHE_SIZE; i++)
        atomic_store_explicit(&state->cache[i].stamp, 0, memory_order_relaxed);
}

/* ---- lookup ---- */

/* Does the value take part in attribute access by itself? */
static bool is_plain(Obj value)
{
    const Slots *slots = oz_class_of(value)->slots;
    return !slots->descr_get && !slots->descr_set;
}

static Found find_slow(Thread *t, Class *cls, Obj name, Obj *value, Class **holder)
{
    *value = NULL;
    *holder = NULL;
    Tuple *mro = (Tuple *)cls->mro;
    if (!mro) /* a class that the collector has cleared */
        return OZ_MISSING;
    for (size_t i = 0; i < mro->length; i++) {
        Class *each = (Class *)mro->items[i];
        if (!oz_class_fill(t, each))
            return OZ_RAISED;
        *value = each->dict ? oz_dict_peek_str((Dict *)each->dict, name) : NULL;
        if (*value) {
            *holder = each;
            return OZ_FOUND;
        }
    }
    return OZ_MISSING;
}

bool oz_class_find_cached(Thread *t, Class *cls, Obj name, Obj *value)
{
    uint32_t version = OZ_READ(&cls->version);
    return version && cache_get(oz_class_state(t), version, name, value);
}

Found oz_class_find(Thread *t, Class *cls, Obj name, Obj *value)
{
    ClassState *state = oz_class_state(t);
    uint32_t version = cls->version;
    if (OZ_LIKELY(version && cache_get(state, version, name, value)))
        return *value ? OZ_FOUND : OZ_MISSING;
    Class *holder;
    Found found = find_slow(t, cls, name, value, &holder);
    if (found != OZ_RAISED && version && version == cls->version &&
        oz_has_flag(oz_object(name), OZ_FLAG_INTERNED) &&
        !(holder && (holder->flags & OZ_CLASS_COUNTER) && is_plain(*value)))
        cache_put(state, version, name, *value);
    return found;
}

Obj oz_class_peek(Thread *t, Class *cls, Obj name)
{
    Obj value;
    if (oz_class_find(t, cls, name, &value) == OZ_RAISED)
        oz_exception_clear(t);
    return value;
}

Found oz_class_own(Thread *t, Class *cls, Obj name, Obj *value)
{
    *value = NULL;
    if (!oz_class_fill(t, cls))
        return OZ_RAISED;
    if (cls->dict) /* the collector has not cleared it */
        *value = oz_dict_peek_str((Dict *)cls->dict, name);
    return *value ? OZ_FOUND : OZ_MISSING;
}

/* For facts that outlive the call (I3): is `value`, found as cls.name, in no cache? */
bool oz_class_value_changes(Thread *t, Class *cls, Obj name)
{
    Class *holder;
    Obj value;
    Found found = find_slow(t, cls, name, &value, &holder);
    if (found == OZ_RAISED)
        oz_exception_clear(t); /* not known is as good as yes */
    return found == OZ_RAISED || (value && (holder->flags & OZ_CLASS_COUNTER) && is_plain(value));
}

bool oz_class_derives(const Class *cls, const Class *from)
{
    if (cls == from)
        return true;
    const Tuple *mro = (const Tuple *)cls->mro;
    if (!mro) { /* not finished, or cleared: the chain of first bases */
        for (; cls; cls = cls->parent)
            if (cls == from)
                return true;
        return from->id == OZ_OBJECT;
    }
    for (size_t i = 0; i < mro->length; i++)
        if ((const Class *)mro->items[i] == from)
            return true;
    return false;
}

/* ---- names ---- */

const char *oz_class_name(const Class *cls)
{
    const Str *name = (const Str *)cls->name;
    if (!name)
        return cls->def ? cls->def->name : "?";
    if (cls->utf8_name)
        return (const char *)((const Bytes *)cls->utf8_name)->data;
    return (const char *)oz_str_data(name);
}

const char *oz_class_label(const Class *cls)
{
    return cls->flags & OZ_CLASS_PYTHON ? oz_class_name(cls) : cls->def->name;
}

bool oz_class_set_name(Thread *t, Class *cls, Obj name)
{
    scoped Ref utf8 = NULL;
    if (oz_id(oz_object(name)) != OZ_STR_ASCII) {
        size_t length;
        scoped Ref keep = NULL;
        const char *text = oz_str_display(t, name, &keep);
        if (!text)
            return false;
        length = strlen(text);
        utf8 = oz_bytes_new(t, text, length);
        if (!utf8)
            return false;
    }
    Ref old_name = oz_move(&cls->name);
    Ref old_utf8 = oz_move(&cls->utf8_name);
    oz_store_new(&cls->base, &cls->name, oz_retain(name));
    oz_store_new(&cls->base, &cls->utf8_name, oz_move(&utf8));
    oz_drop(old_name);
    oz_drop(old_utf8);
    return true;
}

static const char *last_part(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? dot + 1 : name;
}

Ref oz_class_module(Thread *t, Class *cls)
{
    if (cls->flags & OZ_CLASS_PYTHON) {
        Obj module;
        if (oz_class_own(t, cls, OZ_NAME(t, __module__), &module) == OZ_RAISED)
            return NULL;
        return module ? oz_retain(module) : oz_retain(OZ_NAME(t, builtins));
    }
    const char *dot = strrchr(cls->def->name, '.');
    if (!dot)
        return oz_retain(OZ_NAME(t, builtins));
    scoped Ref module = oz_str_from_utf8(t, cls->def->name, (size_t)(dot - cls->def->name));
    return module ? oz_intern_str(t, oz_move(&module)) : NULL;
}

Ref oz_class_full_name(Thread *t, Class *cls)
{
    scoped Ref module = oz_class_module(t, cls);
    if (!module)
        return NULL;
    if (!oz_is_str(module) || oz_str_equal_utf8(oz_as_str(module), "builtins"))
        return oz_retain(cls->qualname);
    return oz_str_format(t, "%S.%S", module, cls->qualname);
}

/* ---- change ---- */

uint32_t oz_next_version(Thread *t)
{
    Vm *vm = t->vm;
    if (vm->next_version == 0) /* all are used up: no class is cached from now on */
        return 0;
    return vm->next_version++;
}

/* Every version is void: for changes whose extent is not known. */
static void forget_everything(Thread *t)
{
    uint32_t end = atomic_load_explicit(&t->vm->shape_end, memory_order_relaxed);
    for (uint32_t id = 0; id < end; id++)
        OZ_WRITE(&t->vm->shape_versions[id], 0);
    cache_clear(oz_class_state(t));
    if (t->vm->hooks.forget_caches)
        t->vm->hooks.forget_caches(t);
}

static bool has_stack(Thread *t)
{
    return (char *)__builtin_frame_address(0) > t->native_limit;
}

/* New versions for the class and all below it; false: the tree is too deep for the C stack. */
static bool renew_versions(Thread *t, Class *cls)
{
    if (!has_stack(t))
        return false;
    OZ_WRITE(&cls->version, oz_next_version(t));
    oz_shape_set_version(t, cls, cls->version);
    for (uint32_t i = 0; cls->subclasses && i < cls->subclasses->count; i++)
        if (cls->subclasses->items[i] && !renew_versions(t, cls->subclasses->items[i]))
            return false;
    return true;
}

static bool has_instances(const Class *cls)
{
    if (cls->root || cls->id)
        return true;
    for (uint32_t i = 0; cls->subclasses && i < cls->subclasses->count; i++)
        if (cls->subclasses->items[i] && has_instances(cls->subclasses->items[i]))
            return true;
    return false;
}

/* Does an instance have an attribute `name` of its own, or would it have found a data descriptor
 * (a member of __slots__) in another class than `changing`? */
static bool finds_slot(const Class *cls, const Class *changing, Obj name)
{
    const Layouts *layouts = oz_layouts(cls);
    for (uint32_t i = 0; layouts && i < layouts->count; i++)
        if (layouts->shapes[i]->key == name)
            return true;
    const Tuple *mro = (const Tuple *)cls->mro;
    if (!mro || cls->layout == OZ_TYPE) /* being made; or its instances are classes */
        return true;
    for (uint32_t i = 0; i < mro->length; i++) {
        Class *each = (Class *)mro->items[i];
        if (each->flags & OZ_CLASS_LAZY) /* not looked into yet: it may */
            return true;
        Dict *dict = each == changing ? NULL : (Dict *)each->dict;
        Obj value = dict ? oz_dict_peek_str(dict, name) : NULL;
        if (value && oz_class_of(value)->slots->descr_set)
            return true;
    }
    return false;
}

/* The same of instances of the class and all below it. */
static bool finds_slot_below(const Class *cls, const Class *changing, Obj name)
{
    if (finds_slot(cls, changing, name))
        return true;
    for (uint32_t i = 0; cls->subclasses && i < cls->subclasses->count; i++)
        if (cls->subclasses->items[i] &&
            finds_slot_below(cls->subclasses->items[i], changing, name))
            return true;
    return false;
}

/* May this change make a slot that is cached by shape alone wrong? */
static bool voids_slots(Thread *t, Class *cls, Obj name)
{
    if (!has_instances(cls))
        return false;
    if (!name || name == OZ_NAME(t, __getattribute__) || name == OZ_NAME(t, __setattr__) ||
        name == OZ_NAME(t, __delattr__) || name == OZ_NAME(t, __getattr__))
        return true;
    Obj value = oz_dict_peek_str((Dict *)cls->dict, name); /* a change: it is filled */
    return value && oz_class_of(value)->slots->descr_set &&
           (!oz_has_flag(oz_object(name), OZ_FLAG_INTERNED) || finds_slot_below(cls, cls, name));
}

static bool changed(Thread *t, Class *cls, Obj name, bool was_descriptor)
{
    bool descriptor = name == OZ_NAME(t, __get__) || name == OZ_NAME(t, __set__) ||
                      name == OZ_NAME(t, __delete__) || !name;
    bool everything = !renew_versions(t, cls) || (descriptor && has_instances(cls));
    if (everything)
        forget_everything(t);
    else if (t->vm->hooks.forget_caches &&
             (voids_slots(t, cls, name) || (was_descriptor && has_instances(cls))))
        t->vm->hooks.forget_caches(t);
    if (name && !oz_is_special(t, name))
        return true;
    return oz_slots_update(t, cls, name);
}

bool oz_class_changed(Thread *t, Class *cls, Obj name)
{
    return changed(t, cls, name, !name);
}

static bool is_data_descriptor(Obj value)
{
    return value && oz_class_of(value)->slots->descr_set;
}

Found oz_class_store(Thread *t, Class *cls, Obj name, Obj value)
{
    if (!oz_class_fill(t, cls))
        return OZ_RAISED;
    if (oz_is_special(t, name) && !oz_slots_prepare(t, cls))
        return OZ_RAISED;
    Dict *dict = (Dict *)cls->dict;
    Obj old = oz_dict_peek_str(dict, name);
    bool was_descriptor = is_data_descriptor(old);
    if (!value) {
        scoped Ref held = old ? oz_retain(old) : NULL;
        Found found = oz_dict_delete(t, dict, name);
        if (found == OZ_FOUND && !changed(t, cls, name, was_descriptor))
            return OZ_RAISED;
        return found;
    }
    bool plain = old && is_plain(old) && is_plain(value) && !oz_is_special(t, name);
    if (plain && (cls->flags & OZ_CLASS_COUNTER))
        return oz_dict_set(t, dict, name, value) ? OZ_FOUND : OZ_RAISED;
    scoped Ref keep = old ? oz_retain(old) : NULL; /* dropped after the new version is there (H3) */
    if (!oz_dict_set(t, dict, name, value))
        return OZ_RAISED;
    if (plain)
        cls->flags |= OZ_CLASS_COUNTER;
    return changed(t, cls, name, was_descriptor) ? OZ_FOUND : OZ_RAISED;
}

/* ---- subclasses ---- */

static bool is_first_base(const Class *base, const Class *cls)
{
    return cls->bases && oz_tuple_count(cls->bases) && oz_class_at(cls->bases, 0) == base;
}

/* Close the gaps; the order stays. */
static void compact(Class *base)
{
    ClassList *list = base->subclasses;
    uint32_t n = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        Class *each = list->items[i];
        if (!each)
            continue;
        if (is_first_base(base, each))
            each->place = n;
        list->items[n++] = each;
    }
    list->count = n;
    list->gone = 0;
}

bool oz_class_reserve_subclass(Thread *t, Class *base)
{
    ClassList *list = base->subclasses;
    if (!list || list->count == list->capacity) {
        uint32_t capacity = list ? list->capacity * 2 : 4;
        ClassList *more =
            oz_block_realloc(t->heap, list, sizeof *list + capacity * sizeof(Class *));
        if (!more)
            return oz_raise_memory(t) != NULL;
        if (!list)
            more->count = more->gone = 0;
        more->capacity = capacity;
        base->subclasses = more;
    }
    return true;
}

bool oz_class_add_subclass(Thread *t, Class *base, Class *cls)
{
    if (!oz_class_reserve_subclass(t, base))
        return false;
    ClassList *list = base->subclasses;
    if (is_first_base(base, cls))
        cls->place = list->count;
    list->items[list->count++] = cls;
    return true;
}

void oz_class_remove_subclass(Class *base, Class *cls)
{
    ClassList *list = base->subclasses;
    if (!list)
        return;
    uint32_t i = cls->place;
    if (i >= list->count || list->items[i] != cls) /* not its first base */
        for (i = 0; i < list->count && list->items[i] != cls; i++)
            ;
    if (i == list->count)
        return;
    list->items[i] = NULL;
    if (i + 1 == list->count)
        list->count--;
    else if (++list->gone > list->count / 2)
        compact(base);
}

bool oz_class_set_pattern(Thread *t, Class *cls, uint32_t pattern)
{
    if (!(cls->flags & OZ_CLASS_PYTHON) || (cls->flags & OZ_CLASS_PATTERNS) == pattern)
        return true;
    if (!oz_native_enter(t, " while registering a class"))
        return false;
    cls->flags = (cls->flags & ~(uint32_t)OZ_CLASS_PATTERNS) | pattern;
    for (uint32_t i = 0; cls->subclasses && i < cls->subclasses->count; i++)
        if (cls->subclasses->items[i] &&
            !oz_class_set_pattern(t, cls->subclasses->items[i], pattern))
            return false;
    return true;
}

/* ---- builtin classes ---- */

static uint32_t flags_of_def(const TypeDef *def)
{
    uint32_t flags = OZ_CLASS_LAZY;
    if (def->flags & OZ_TYPE_FINAL)
        flags |= OZ_CLASS_FINAL;
    if (def->flags & OZ_TYPE_WEAKREF)
        flags |= OZ_CLASS_WEAKREF;
    if (def->flags & OZ_TYPE_SEQUENCE)
        flags |= OZ_CLASS_SEQUENCE;
    if (def->flags & OZ_TYPE_MAPPING)
        flags |= OZ_CLASS_MAPPING;
    if (def->flags & OZ_TYPE_METHOD)
        flags |= OZ_CLASS_METHOD;
    if (def->dict_offset)
        flags |= OZ_CLASS_DICT;
    if (def->id == OZ_TYPE)
        flags |= OZ_CLASS_META;
    if (def->id == OZ_BASE_EXCEPTION)
        flags |= OZ_CLASS_EXCEPTION;
    return flags;
}

/* A class that could not be placed dies, though its MRO holds it; NULL. */
static Class *give_up_class(Class *cls)
{
    oz_clear(&cls->mro);
    oz_drop((Ref)cls);
    return NULL;
}

/* The header and the plain fields of a class for `def`; `meta` NULL: type. */
static Class *new_builtin(Thread *t, Class *meta, const TypeDef *def, Class *parent)
{
    Class *cls = meta ? oz_instance_new(t, meta, 0) : oz_object_new(t, OZ_TYPE, sizeof *cls);
    if (!cls)
        return NULL;
    cls->def = def;
    cls->parent = parent;
    cls->layout = (uint16_t)def->id;
    cls->base_size =
        (uint16_t)oz_round_up(def->flags & OZ_TYPE_WRAPPED ? sizeof(Wrapper) : def->size, 8);
    cls->dict_offset = (uint16_t)def->dict_offset;
    cls->flags = flags_of_def(def);
    if (parent) {
        cls->flags |= parent->flags & (OZ_CLASS_DICT | OZ_CLASS_WEAKREF | OZ_CLASS_SEQUENCE |
                                       OZ_CLASS_MAPPING | OZ_CLASS_EXCEPTION | OZ_CLASS_META);
        if (!cls->dict_offset)
            cls->dict_offset = parent->dict_offset;
    }
    cls->version = oz_next_version(t);
    cls->name = oz_intern(t, last_part(def->name));
    if (!cls->name)
        return give_up_class(cls);
    cls->qualname = oz_retain(cls->name);
    return cls;
}

/* Its place in the tree: bases, MRO, slots.  From then on it is immortal. */
static bool place_builtin(Thread *t, Class *cls, Obj bases)
{
    if (!cls->parent) {
        cls->bases = oz_retain(t->vm->empty_tuple);
        cls->mro = oz_tuple_of(t, 1, (Obj)cls);
    } else if (oz_tuple_count(bases) == 1) {
        const Tuple *above = (const Tuple *)cls->parent->mro;
        Tuple *mro = oz_tuple_alloc(t, above->length + 1u);
        if (!mro)
            return false;
        oz_tuple_init(mro, 0, oz_retain((Obj)cls));
        for (size_t i = 0; i < above->length; i++)
            oz_tuple_init(mro, i + 1, oz_retain(above->items[i]));
        cls->mro = (Ref)mro;
        cls->bases = oz_retain(bases);
    } else {
        cls->mro = oz_mro_new(t, cls, bases);
        cls->bases = oz_retain(bases);
    }
    if (!cls->mro || !cls->bases || !oz_slots_init_builtin(t, cls))
        return false;
    for (size_t i = 0; i < oz_tuple_count(cls->bases); i++)
        if (!oz_class_add_subclass(t, oz_class_at(cls->bases, i), cls))
            return false;
    oz_make_immortal(&cls->base);
    if (t->vm->sharing) { /* others find it among the subclasses */
        oz_publish(t, (Obj)cls);
        oz_publish_edges(t, &cls->base);
    }
    return true;
}

static void set_builtin_shape(Vm *vm, Shape *shape, uint32_t id, Class *cls)
{
    *shape = (Shape){.id = id,
                     .layout = cls->layout,
                     .cls = cls,
                     .def = cls->def,
                     .flags = cls->dict_offset ? OZ_SHAPE_FIELD : OZ_SHAPE_CLOSED};
    vm->shapes[id] = shape;
    vm->shape_versions[id] = cls->version;
}

static Class *make_builtin(Thread *t, uint32_t id, Shape *shape)
{
    Vm *vm = t->vm;
    const TypeDef *def = vm->types[id];
    if (def->id != id) { /* another width of str */
        Class *cls = oz_builtin_class(t, def->id);
        if (!cls)
            return NULL;
        vm->classes[id] = cls;
        set_builtin_shape(vm, shape, id, cls);
        return cls;
    }
    Class *parent = NULL;
    if (id != OZ_OBJECT && !(parent = oz_builtin_class(t, def->base ? def->base : OZ_OBJECT)))
        return NULL;
    Class *cls = new_builtin(t, NULL, def, parent);
    if (!cls)
        return NULL;
    cls->id = id;
    scoped Ref bases = parent ? oz_tuple_of(t, 1, (Obj)parent) : NULL;
    if ((parent && !bases) || !place_builtin(t, cls, bases))
        return give_up_class(cls);
    vm->classes[id] = cls;
    set_builtin_shape(vm, shape, id, cls);
    return cls;
}

Class *oz_builtin_class(Thread *t, uint32_t id)
{
    Class *cls = t->vm->classes[id];
    if (OZ_LIKELY(cls != NULL))
        return cls;
    Shape *shape;
    if (id < OZ_TYPE_END) {
        shape = &oz_class_state(t)->builtin_shapes[id];
    } else {
        shape = oz_block_alloc(t->heap, sizeof *shape);
        if (!shape) {
            oz_raise_memory(t);
            return NULL;
        }
    }
    cls = make_builtin(t, id, shape);
    if (!cls && id >= OZ_TYPE_END)
        oz_block_free(shape);
    return cls;
}

/* ---- hooks of the object layer ---- */

static void hook_unraisable(Thread *t, Obj where)
{
    oz_unraisable(t, where, NULL);
}

static void hook_raise_memory(Thread *t)
{
    oz_raise_memory(t);
}

static void hook_raise_recursion(Thread *t, const char *where)
{
    oz_raise(t, OZ_RecursionError, "maximum recursion depth exceeded%s", where);
}

static void set_hooks(VmHooks *hooks)
{
    hooks->instance_clear = oz_instance_clear;
    hooks->instance_visit = oz_instance_visit;
    hooks->visit_frames = oz_frames_visit;
    hooks->unraisable = hook_unraisable;
    hooks->share_interned = oz_share_interned;
    hooks->raise_memory = hook_raise_memory;
    hooks->raise_recursion = hook_raise_recursion;
}

bool oz_classes_init(Thread *t)
{
    ClassState *state = oz_block_alloc(t->heap, sizeof *state);
    Shape *shapes = oz_block_alloc(t->heap, OZ_TYPE_END * sizeof(Shape));
    CacheEntry *cache = oz_os_reserve(CACHE_SIZE * sizeof(CacheEntry));
    if (!state || !shapes || !cache)
        return false;
    *state = (ClassState){.cache = cache, .builtin_shapes = shapes};
    memset(shapes, 0, OZ_TYPE_END * sizeof(Shape));
    t->vm->method_cache = state;
    set_hooks(&t->vm->hooks);
    Tuple *empty = oz_tuple_alloc(t, 0);
    if (!empty)
        return false;
    oz_make_immortal(&empty->base);
    t->vm->empty_tuple = (Ref)empty;
    for (uint32_t id = 1; id < OZ_TYPE_END; id++)
        if (id != OZ_BASE_EXCEPTION && t->vm->types[id] && !oz_builtin_class(t, id))
            return false; /* exceptions have shapes: oz_exceptions_init makes their classes */
    return true;
}

Class *oz_class_from_def(Thread *t, const TypeDef *def, Class *const *bases, size_t count)
{
    return oz_class_from_def_in(t, NULL, def, bases, count);
}

Class *oz_class_from_def_in(Thread *t, Class *meta, const TypeDef *def, Class *const *bases,
                            size_t count)
{
    scoped Ref tuple = oz_tuple_new(t, (const Obj *)bases, count);
    Class *cls = tuple ? new_builtin(t, meta, def, bases[0]) : NULL;
    if (!cls || !place_builtin(t, cls, tuple))
        return cls ? give_up_class(cls) : NULL;
    if (!meta && !(cls->flags & OZ_CLASS_META)) /* a class has its attributes in a dict */
        cls->flags |= OZ_CLASS_DICT;
    return oz_layouts_init(t, cls, 0) ? cls : NULL;
}

/* ---- the dict of a builtin class ---- */

static bool add_entry(Thread *t, Dict *dict, const char *name, Ref value)
{
    scoped Ref entry = value;
    if (!entry)
        return false;
    scoped Ref key = oz_intern(t, name);
    return key && oz_dict_set(t, dict, key, entry);
}

static bool fill_dict(Thread *t, Class *cls, Dict *dict)
{
    const TypeDef *def = cls->def;
    if (!oz_slots_fill_dict(t, cls, dict))
        return false;
    for (const NativeDef *const *m = def->methods; m && *m; m++)
        if (!add_entry(t, dict, (*m)->name, oz_method_descriptor_new(t, cls, *m)))
            return false;
    for (const MemberDef *m = def->members; m && m->name; m++)
        if (!add_entry(t, dict, m->name, oz_member_new(t, cls, m)))
            return false;
    for (const GetSetDef *g = def->getsets; g && g->name; g++)
        if (!add_entry(t, dict, g->name, oz_getset_new(t, cls, g)))
            return false;
    if ((cls->flags & OZ_CLASS_DICT) && !(cls->parent && (cls->parent->flags & OZ_CLASS_DICT)) &&
        !oz_dict_peek_str(dict, OZ_NAME(t, __dict__)) &&
        !add_entry(t, dict, "__dict__", oz_getset_new(t, cls, &oz_dict_getset)))
        return false;
    if (!oz_dict_peek_str(dict, OZ_NAME(t, __doc__))) {
        Ref doc = def->doc && *def->doc ? oz_str_new(t, def->doc) : OZ_NONE;
        if (!add_entry(t, dict, "__doc__", doc))
            return false;
    }
    if ((def->flags & OZ_TYPE_UNHASHABLE) && !add_entry(t, dict, "__hash__", OZ_NONE))
        return false;
    return true;
}

/* Methods are immortal, as their class is: calls need not count them. */
static void keep_methods(Dict *dict)
{
    size_t at = 0;
    for (Obj key, value; oz_dict_step(dict, &at, &key, &value);)
        if (oz_is(value, OZ_METHOD_DESCRIPTOR) || oz_is(value, OZ_CLASSMETHOD_DESCRIPTOR))
            oz_make_immortal(oz_object(value));
}

bool oz_class_fill_lazy(Thread *t, Class *cls)
{
    scoped Ref pending = oz_exception_take(t);
    scoped Ref dict = oz_dict_new(t);
    if (!dict || !fill_dict(t, cls, (Dict *)dict))
        return false;
    if (pending)
        oz_exception_put(t, oz_move(&pending));
    if (cls->flags & OZ_CLASS_LAZY) { /* nobody has filled it meanwhile */
        keep_methods((Dict *)dict);
        oz_store_new(&cls->base, &cls->dict, oz_move(&dict));
        cls->flags &= ~(uint32_t)OZ_CLASS_LAZY;
    }
    return true;
}
