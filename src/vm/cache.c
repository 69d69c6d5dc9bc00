// SPDX-License-Identifier: MIT
// Inline caches of attributes.
//
// What is cached and how long it stays true:
//   C1. SLOT: objects of shape id keep `name` at this byte offset, and reading it is the instance's
//       own business: when the cache was filled no data descriptor of the class hid it.  A class
//       that has instances and gains such a descriptor (or __getattribute__, __setattr__) clears
//       all caches of the VM (RUNTIME 4); vm/cache.c asks nothing more than the id.
//   C2. METHOD, CONSTANT, PROPERTY: the class of shape id has `value` for `name` as long as its
//       version stands, and objects of that shape have no such attribute themselves.  The version
//       is read through vm->shape_versions[id], so an id that was given to another class misses.
//   C3. ADD: storing `name` in an object of shape id moves it to shape `next`; valid under the
//       version as C2 (no descriptor of the class came).
// Records are immutable; a replaced one is retired until the code that points to it dies, or, while
// one thread is alive, freed at once.
#include "object/error.h"
#include "types/function.h"
#include "types/native.h"
#include "vm/vm.h"

#include <stdlib.h>

static void replace_record(uint64_t *cache, CacheRecord *record)
{
    CacheRecord *old = oz_cache_record(*cache);
    *cache = (uint64_t)(uintptr_t)record;
    free(old);
}

static void cache_slot(uint64_t *cache, uint32_t id, uint32_t offset)
{
    if (offset > 0xffff)
        return;
    free(oz_cache_record(*cache));
    *cache = oz_cache_pack(OZ_CACHE_SLOT, offset, id);
}

static void cache_value(uint64_t *cache, uint32_t id, uint32_t version, unsigned kind, Obj value)
{
    CacheRecord *record = malloc(sizeof *record);
    if (!record)
        return; /* a cache is a hint */
    *record = (CacheRecord){.id = id, .version = version, .value = value, .kind = (uint16_t)kind};
    replace_record(cache, record);
}

static const CacheRecord *valid_record(Thread *t, uint64_t word, uint32_t id)
{
    CacheRecord *record = oz_cache_record(word);
    if (record && record->id == id && t->vm->shape_versions[id] == record->version)
        return record;
    return NULL;
}

static bool is_data_descriptor(Obj v)
{
    return oz_is_pointer(v) && oz_class_of(v)->slots->descr_set != NULL;
}

static bool is_descriptor(Obj v)
{
    return oz_is_pointer(v) && oz_class_of(v)->slots->descr_get != NULL;
}

/* May `value`, found on the class under `name`, be called with the instance in front? */
static bool is_method(Obj value)
{
    return oz_is(value, OZ_FUNCTION) || oz_is(value, OZ_METHOD_DESCRIPTOR);
}

/* Fill the cache for reading `name` from `o`.  Runs Python: no. */
static void learn_get(Thread *t, Obj o, Obj name, uint64_t *cache, bool method)
{
    uint32_t id = oz_id_of(o);
    Shape *shape = oz_shape_by_id(id);
    Class *cls = shape->cls;
    uint32_t version = t->vm->shape_versions[id];
    if (!(cls->flags & OZ_CLASS_PLAIN_GET) || cls->version == 0 || version == 0)
        return;
    Obj found = oz_class_find(t, cls, name);
    if (found && is_data_descriptor(found)) {
        if (!method && oz_is(found, OZ_PROPERTY) && id >= OZ_BUILTIN_IDS)
            cache_value(cache, id, version, OZ_CACHE_PROPERTY, found);
        return;
    }
    uint32_t offset = id >= OZ_BUILTIN_IDS ? oz_shape_offset(shape, name) : 0;
    if (offset) {
        if (!method)
            cache_slot(cache, id, offset);
        return;
    }
    if (!found || (shape->flags & (OZ_SHAPE_DICT | OZ_SHAPE_OVERFLOW)) || cls->dict_offset)
        return;
    if (is_method(found)) {
        cache_value(cache, id, version, OZ_CACHE_METHOD, found);
    } else if (!is_descriptor(found)) {
        cache_value(cache, id, version, OZ_CACHE_CONSTANT, found);
    }
}

Ref oz_cached_get_attr(Thread *t, Obj o, Obj name, uint64_t *cache)
{
    const CacheRecord *record = valid_record(t, *cache, oz_id_of(o));
    if (record) {
        if (record->kind == OZ_CACHE_CONSTANT)
            return oz_retain(record->value);
        if (record->kind == OZ_CACHE_PROPERTY) {
            Obj getter = oz_property_getter(record->value);
            if (getter) {
                scoped Ref held = oz_retain(getter);
                return oz_call1(t, held, o);
            }
        }
        if (record->kind == OZ_CACHE_METHOD && oz_is(record->value, OZ_FUNCTION))
            return oz_bound_method_new(t, record->value, o);
    }
    learn_get(t, o, name, cache, false);
    return oz_get_attr(t, o, name);
}

bool oz_cached_get_method(Thread *t, Obj o, Obj name, uint64_t *cache, Ref *window)
{
    const CacheRecord *record = valid_record(t, *cache, oz_id_of(o));
    if (record && record->kind == OZ_CACHE_CONSTANT) {
        window[0] = oz_retain(record->value);
        return true;
    }
    if (!record) {
        learn_get(t, o, name, cache, true);
        record = valid_record(t, *cache, oz_id_of(o));
    }
    if (record && record->kind == OZ_CACHE_METHOD) {
        window[0] = oz_retain(record->value);
        window[1] = oz_retain(o);
        return true;
    }
    window[0] = oz_get_attr(t, o, name);
    return window[0] != NULL;
}

/* Fill the cache for storing `name` in `o`; `before` is its shape id before the store. */
static void learn_set(Thread *t, Obj o, Obj name, uint64_t *cache, uint32_t before)
{
    uint32_t id = oz_id(oz_object(o));
    Shape *shape = oz_shape_by_id(id);
    Class *cls = shape->cls;
    uint32_t version = t->vm->shape_versions[id];
    if (!(cls->flags & OZ_CLASS_PLAIN_SET) || cls->version == 0 || version == 0)
        return;
    Obj found = oz_class_find(t, cls, name);
    if (found && is_data_descriptor(found))
        return;
    uint32_t offset = oz_shape_offset(shape, name);
    if (!offset || offset > 0xffff)
        return;
    if (before == id) {
        cache_slot(cache, id, offset);
        return;
    }
    const Shape *old = oz_shape_by_id(before);
    if (old->cls != cls || shape->parent != old || (shape->flags & OZ_SHAPE_OVERFLOW) ||
        offset != (uint32_t)shape->base + 8u * (shape->count - 1u))
        return;
    CacheRecord *record = malloc(sizeof *record);
    if (!record)
        return;
    *record = (CacheRecord){.id = before,
                            .version = t->vm->shape_versions[before],
                            .next = id,
                            .offset = (uint16_t)offset,
                            .kind = OZ_CACHE_ADD};
    replace_record(cache, record);
}

bool oz_cached_set_attr(Thread *t, Obj o, Obj name, Obj value, uint64_t *cache)
{
    uint32_t id = oz_id_of(o);
    const CacheRecord *record = valid_record(t, *cache, id);
    if (record && record->kind == OZ_CACHE_ADD && oz_refs(oz_object(o)) > 0) {
        Object *object = oz_object(o);
        Ref *place = oz_slot_at(object, record->offset);
        oz_store_new(object, place, oz_retain(value));
        uint32_t flags = oz_header_word(object) & 0xff;
        atomic_store_explicit(&object->word, record->next << 8 | flags, memory_order_relaxed);
        return true;
    }
    scoped Ref held = oz_retain(o);
    if (!oz_set_attr(t, o, name, value))
        return false;
    if (id >= OZ_BUILTIN_IDS && oz_id(oz_object(o)) >= OZ_BUILTIN_IDS)
        learn_set(t, o, name, cache, id);
    return true;
}
