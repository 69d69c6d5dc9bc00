// SPDX-License-Identifier: MIT
// Instances of Python classes: making, attributes, __dict__, __class__, visiting, death.
//
// Where the attributes of an object are follows from its shape:
//   slots       the usual case: words behind the struct of the builtin base, as the shape says;
//               with OVERFLOW the further ones are in a block that the last word points at
//   DICT        the word behind the fixed slots is a dict (empty: none yet)
//   FIELD       the struct of the builtin base has a field for a dict
//   TUPLE       the word behind the items is a dict (empty: none yet)
//   CLOSED      __slots__: no attributes but those with a member descriptor
//
// __dict__.  Asking an object in slots for its __dict__ moves its attributes into a dict and puts
// the object in DICT mode on it (shape flag LENT).  So the dict is a dict like any other, it is the
// same one as long as anybody has it, and both see every change.  When nobody but the object has it
// any more, the next access through the object moves the attributes back; so does the eighth later
// __dict__ of other objects (the ring), so that a loop over vars(o) of a million objects does not
// leave a million dicts.  What slots cannot express (a key that is no str, too many keys) stays a
// dict for good (shape without LENT).  Objects that are shared between threads stay in DICT mode.
// Rejected: a view dict whose every operation goes to the object; each function of dict.c would
// have had a second body.
//
// I1. An empty slot is "no such attribute": the collector empties slots without a new shape.
// I2. A LENT object is in the ring, or was pushed out of it; it takes itself out when it dies.
#include "types/class_layout.h"
#include "types/audit.h"

#include "heap/heap.h"
#include "object/weakref.h"
#include "types/module.h"

#include <string.h>

enum { MAX_DELETIONS = 8, NO_SLOTS = OZ_SHAPE_DICT | OZ_SHAPE_FIELD | OZ_SHAPE_TUPLE };

OZ_INLINE Shape *shape_of(const Object *o)
{
    return oz_shape_by_id(oz_id(o));
}

/* ---- making ---- */

void *oz_instance_new(Thread *t, Class *cls, size_t extra)
{
    if (cls->id)
        return oz_object_new(t, cls->id, cls->def->size + extra);
    Shape *root = oz_shape_root(t, cls);
    if (OZ_UNLIKELY(!root))
        return NULL;
    size_t size = root->base + root->capacity * sizeof(Ref) + extra;
    if (root->flags & OZ_SHAPE_TUPLE)
        size += sizeof(Ref);
    Object *o = oz_object_new(t, root->id, size);
    if (OZ_LIKELY(o != NULL))
        oz_retain_object(&cls->base);
    return o;
}

Ref oz_wrapper_new(Thread *t, Class *cls, Ref value)
{
    Wrapper *w = oz_instance_new(t, cls, 0);
    if (!w) {
        oz_drop(value);
        return NULL;
    }
    oz_store_raw(&w->base, &w->value, value);
    return (Ref)w;
}

/* ---- places ---- */

OZ_INLINE Ref *overflow_block(const Object *o, const Shape *shape)
{
    return *(Ref **)oz_instance_slot(o, shape, shape->capacity - 1u);
}

/* Where slot `i` of an object in slots lies; NULL: the block is gone (I1). */
static Ref *place(const Object *o, const Shape *shape, unsigned i)
{
    if (!(shape->flags & OZ_SHAPE_OVERFLOW) || i + 1 < shape->capacity)
        return oz_instance_slot(o, shape, i);
    Ref *block = overflow_block(o, shape);
    return block ? block + (i + 1 - shape->capacity) : NULL;
}

/* Where the dict of an object that is not in slots lies; NULL: it cannot have one. */
static Ref *dict_place(Object *o, const Shape *shape)
{
    if (shape->flags & OZ_SHAPE_DICT)
        return oz_instance_slot(o, shape, shape->fixed);
    if (shape->flags & OZ_SHAPE_FIELD)
        return oz_slot_at(o, shape->cls->dict_offset);
    if (shape->flags & OZ_SHAPE_TUPLE)
        return &((Tuple *)o)->items[((Tuple *)o)->length];
    return NULL;
}

static Dict *dict_made(Thread *t, Object *o, Ref *at)
{
    if (!*at) {
        Ref dict = oz_dict_new(t);
        if (!dict)
            return NULL;
        oz_store_new(o, at, dict);
    }
    return (Dict *)*at;
}

/* ---- the ring of lent dicts ---- */

static void ring_lock(ClassState *state)
{
    while (atomic_flag_test_and_set_explicit(&state->ring_lock, memory_order_acquire))
        ;
}

static void ring_unlock(ClassState *state)
{
    atomic_flag_clear_explicit(&state->ring_lock, memory_order_release);
}

static bool settle(Thread *t, Object *o);

static void ring_push(Thread *t, Object *o)
{
    ClassState *state = oz_class_state(t);
    ring_lock(state);
    Lent *entry = &state->ring[state->ring_next++ % RING_SIZE];
    Lent old = *entry;
    *entry = (Lent){o, t};
    ring_unlock(state);
    if (old.object && old.thread == t && old.object != o && oz_refs(old.object) > 0)
        settle(t, old.object); /* may not succeed: it is lent then until it dies */
}

static void ring_remove(Thread *t, const Object *o)
{
    ClassState *state = oz_class_state(t);
    ring_lock(state);
    for (unsigned i = 0; i < RING_SIZE; i++)
        if (state->ring[i].object == o)
            state->ring[i] = (Lent){NULL, NULL};
    ring_unlock(state);
}

/* ---- from slots to a dict and back ---- */

/* Copy the attributes of an object in slots into a dict. */
static bool copy_slots(Thread *t, const Object *o, const Shape *shape, Dict *dict)
{
    for (unsigned i = shape->fixed; i < shape->count; i++) {
        const Ref *at = place(o, shape, i);
        if (at && *at && !oz_dict_set(t, dict, oz_shape_key(shape, i - shape->fixed), *at))
            return false;
    }
    return true;
}

/* Empty the slots behind the fixed ones; their values are held elsewhere. */
static void empty_slots(Object *o, const Shape *shape)
{
    Ref *block = shape->flags & OZ_SHAPE_OVERFLOW ? overflow_block(o, shape) : NULL;
    if (block) {
        for (unsigned i = 0; i <= (unsigned)(shape->count - shape->capacity); i++)
            oz_drop(block[i]);
        OZ_WRITE(oz_instance_slot(o, shape, shape->capacity - 1u), NULL);
        oz_block_free(block);
    }
    unsigned inline_count = shape->flags & OZ_SHAPE_OVERFLOW ? shape->capacity - 1u : shape->count;
    for (unsigned i = shape->fixed; i < inline_count; i++) {
        Ref *slot = oz_instance_slot(o, shape, i);
        Ref value = *slot;
        OZ_WRITE(slot, NULL);
        oz_drop(value);
    }
}

static bool to_dictionary(Thread *t, Object *o, bool lent)
{
    Shape *shape = shape_of(o);
    lent = lent && oz_refs(o) > 0;
    Shape *target = oz_shape_dictionary(t, shape->cls, lent);
    if (!target)
        return false;
    scoped Ref dict = oz_dict_new_sized(t, shape->count);
    if (!dict || !copy_slots(t, o, shape, (Dict *)dict))
        return false;
    empty_slots(o, shape);
    oz_set_id(o, target->id);
    oz_store_new(o, oz_instance_slot(o, target, target->fixed), oz_move(&dict));
    if (lent)
        ring_push(t, o);
    return true;
}

/* The capacity that a tree of shapes for this very cell may have. */
static unsigned capacity_of(const Object *o, const Shape *shape)
{
    unsigned room = (unsigned)((oz_heap_size(o) - shape->base) / sizeof(Ref));
    unsigned wanted = oz_layouts(shape->cls)->capacity;
    return wanted && wanted < room ? wanted : room;
}

/* The shape with the keys of `dict`; NULL: slots cannot express it. */
static Shape *shape_for_dict(Thread *t, Class *cls, unsigned capacity, Dict *dict)
{
    Shape *shape = oz_shape_root_sized(t, cls, capacity);
    size_t at = 0;
    Obj key, value;
    while (shape && oz_dict_step(dict, &at, &key, &value)) {
        scoped Ref name = oz_is_exact_str(key) ? oz_intern_str(t, oz_retain(key)) : NULL;
        shape = name ? oz_shape_child(t, shape, name) : NULL;
    }
    return shape;
}

static Ref *new_block(Thread *t, const Shape *shape)
{
    size_t words = shape->count - shape->capacity + 1u;
    Ref *block = oz_block_alloc(t->heap, (words < 4 ? 4 : words) * sizeof(Ref));
    if (block)
        memset(block, 0, oz_block_room(block));
    return block;
}

/* Put the values of `dict` in the slots that `shape` has for its keys.  No slot holds anything, but
 * those behind the size that the object was made with were never written. */
static bool fill_slots(Thread *t, Object *o, const Shape *shape, Dict *dict)
{
    Ref *block = NULL;
    if ((shape->flags & OZ_SHAPE_OVERFLOW) && !(block = new_block(t, shape)))
        return false;
    memset(oz_instance_slot(o, shape, shape->fixed), 0,
           (size_t)(shape->capacity - shape->fixed) * sizeof(Ref));
    oz_set_id(o, shape->id);
    if (block)
        *oz_instance_slot(o, shape, shape->capacity - 1u) = (Ref)block;
    size_t at = 0;
    unsigned i = shape->fixed;
    Obj key, value;
    while (oz_dict_step(dict, &at, &key, &value))
        oz_store_new(o, place(o, shape, i++), oz_retain(value));
    return true;
}

/* If nobody else has the dict of a LENT object any more, move the attributes back; true: done. */
static OZ_NOINLINE bool settle(Thread *t, Object *o)
{
    Shape *shape = shape_of(o);
    if (!(shape->flags & OZ_SHAPE_LENT))
        return false;
    Ref *at = oz_instance_slot(o, shape, shape->fixed);
    if (!*at || !oz_is(*at, OZ_DICT) || oz_refs(oz_object(*at)) != 1)
        return false;
    Ref pending = oz_exception_take(t);
    Shape *slots = shape_for_dict(t, shape->cls, capacity_of(o, shape), (Dict *)*at);
    Ref dict = slots ? oz_move(at) : NULL;
    bool moved = slots && fill_slots(t, o, slots, (Dict *)dict);
    if (moved) {
        ring_remove(t, o);
        oz_drop(dict); /* its values are held by the slots: nothing else dies */
    } else if (slots) {
        *at = dict;
    } else {
        Shape *for_good = oz_shape_dictionary(t, shape->cls, false);
        if (for_good) {
            oz_set_id(o, for_good->id);
            ring_remove(t, o);
        }
    }
    oz_exception_clear(t); /* benign: no memory means that it stays a dict */
    if (pending)
        oz_exception_put(t, pending);
    return moved;
}

/* ---- reading ---- */

Found oz_instance_get(Thread *t, Object *o, Obj name, Ref *value)
{
    Shape *shape = shape_of(o);
    *value = NULL;
    if (OZ_UNLIKELY(shape->flags & NO_SLOTS)) {
        if ((shape->flags & OZ_SHAPE_LENT) && settle(t, o))
            return oz_instance_get(t, o, name, value);
        Ref *at = dict_place(o, shape);
        if (!*at)
            return OZ_MISSING;
        scoped Ref dict = oz_load(at); /* a key's __eq__ may put another dict in its place */
        return oz_dict_get(t, (Dict *)dict, name, value);
    }
    int index = oz_shape_index(shape, name);
    if (index < 0)
        return OZ_MISSING;
    Ref *at = place(o, shape, shape->fixed + (unsigned)index);
    if (!at || !*at)
        return OZ_MISSING;
    *value = oz_load(at);
    return OZ_FOUND;
}

/* ---- writing ---- */

static Found dict_set(Thread *t, Object *o, const Shape *shape, Obj name, Obj value)
{
    Ref *at = dict_place(o, shape);
    if (!value) {
        if (!*at)
            return OZ_MISSING;
        scoped Ref dict = oz_load(at);
        return oz_dict_delete(t, (Dict *)dict, name);
    }
    if (!dict_made(t, o, at))
        return OZ_RAISED;
    scoped Ref dict = oz_load(at);
    return oz_dict_set(t, (Dict *)dict, name, value) ? OZ_FOUND : OZ_RAISED;
}

/* Make room for slot `count` of an object whose inline slots are full. */
static bool grow_block(Thread *t, Object *o, const Shape *old, const Shape *shape)
{
    Ref *last = oz_instance_slot(o, shape, shape->capacity - 1u);
    if (!(old->flags & OZ_SHAPE_OVERFLOW)) {
        Ref *block = new_block(t, shape);
        if (!block)
            return oz_raise_memory(t) != NULL;
        block[0] = *last;
        *last = (Ref)block;
        return true;
    }
    Ref *block = (Ref *)*last;
    size_t room = block ? oz_block_room(block) / sizeof(Ref) : 0;
    size_t words = shape->count - shape->capacity + 1u;
    if (words <= room)
        return true;
    Ref *more = oz_block_realloc(t->heap, block, words * 3 / 2 * sizeof(Ref));
    if (!more)
        return oz_raise_memory(t) != NULL;
    memset(more + room, 0, oz_block_room(more) - room * sizeof(Ref));
    *last = (Ref)more;
    return true;
}

static Found add_attribute(Thread *t, Object *o, Shape *shape, Obj name, Obj value)
{
    Shape *next = oz_shape_child(t, shape, name);
    if (!next || (oz_refs(o) < 0 && (next->flags & OZ_SHAPE_OVERFLOW))) {
        if (!to_dictionary(t, o, false))
            return OZ_RAISED;
        return dict_set(t, o, shape_of(o), name, value);
    }
    if ((next->flags & OZ_SHAPE_OVERFLOW) && !grow_block(t, o, shape, next))
        return OZ_RAISED;
    if (next->flags & OZ_SHAPE_OVERFLOW)
        oz_set_id(o, next->id); /* the word that was the last slot is a pointer to the block now */
    oz_store_new(o, place(o, next, next->count - 1u), oz_retain(value));
    oz_set_id(o, next->id);
    return OZ_FOUND;
}

/* The shape with the same keys but number `index`; NULL: none. */
static Shape *shape_without(Thread *t, const Shape *shape, unsigned index)
{
    Shape *next = oz_shape_root_sized(t, shape->cls, shape->capacity);
    unsigned keys = (unsigned)(shape->count - shape->fixed);
    for (unsigned i = 0; next && i < keys; i++)
        if (i != index)
            next = oz_shape_child(t, next, oz_shape_key(shape, i));
    return next;
}

/* Take value `index` out; the later ones move up, the object gets shape `next`. */
static void remove_slot(Object *o, const Shape *shape, const Shape *next, unsigned index)
{
    Ref removed = oz_move(place(o, shape, shape->fixed + index));
    for (unsigned i = shape->fixed + index + 1u; i < shape->count; i++)
        *place(o, shape, i - 1) = oz_move(place(o, shape, i));
    if ((shape->flags & OZ_SHAPE_OVERFLOW) && !(next->flags & OZ_SHAPE_OVERFLOW)) {
        Ref *block = overflow_block(o, shape);
        *oz_instance_slot(o, shape, shape->capacity - 1u) = block[0];
        oz_block_free(block);
    }
    oz_set_id(o, next->id);
    oz_drop(removed);
}

static Found delete_attribute(Thread *t, Object *o, Shape *shape, unsigned index, Obj name)
{
    Ref *at = place(o, shape, shape->fixed + index);
    if (!at || !*at)
        return OZ_MISSING;
    if (oz_refs(o) < 0) { /* in a shared object a slot belongs to one name for ever */
        if (!to_dictionary(t, o, false))
            return OZ_RAISED;
        return dict_set(t, o, shape_of(o), name, NULL);
    }
    unsigned keys = (unsigned)(shape->count - shape->fixed);
    Shape *next = shape->parent;
    if (index + 1 < keys) {
        bool often = ++oz_layouts(shape->cls)->deletions >= MAX_DELETIONS;
        next = often ? NULL : shape_without(t, shape, index);
    }
    if (next) {
        remove_slot(o, shape, next, index);
        return OZ_FOUND;
    }
    if (!to_dictionary(t, o, false))
        return OZ_RAISED;
    return dict_set(t, o, shape_of(o), name, NULL);
}

Found oz_instance_set(Thread *t, Object *o, Obj name, Obj value)
{
    Shape *shape = shape_of(o);
    if (OZ_UNLIKELY((shape->flags & OZ_SHAPE_LENT) && settle(t, o)))
        shape = shape_of(o);
    if (shape->flags & OZ_SHAPE_CLOSED)
        return OZ_MISSING;
    if (shape->flags & NO_SLOTS)
        return dict_set(t, o, shape, name, value);
    int index = oz_shape_index(shape, name);
    if (!value)
        return index < 0 ? OZ_MISSING : delete_attribute(t, o, shape, (unsigned)index, name);
    if (index < 0)
        return add_attribute(t, o, shape, name, value);
    Ref *at = place(o, shape, shape->fixed + (unsigned)index);
    if (OZ_UNLIKELY(!at)) { /* the collector emptied it (I1) */
        if (!grow_block(t, o, shape, shape))
            return OZ_RAISED;
        at = place(o, shape, shape->fixed + (unsigned)index);
    }
    oz_store(o, at, oz_retain(value));
    return OZ_FOUND;
}

/* ---- __dict__ ---- */

bool oz_instance_has_dict(Obj o)
{
    return oz_is_pointer(o) && !(shape_of(oz_object(o))->flags & OZ_SHAPE_CLOSED);
}

Ref oz_instance_dict(Thread *t, Obj v)
{
    if (oz_is_class(v)) /* a metaclass may inherit this descriptor from another base than type */
        return oz_class_dict_view(t, (Class *)v);
    if (!oz_instance_has_dict(v))
        return oz_raise_attribute(t, v, OZ_NAME(t, __dict__));
    Object *o = oz_object(v);
    Shape *shape = shape_of(o);
    if (!(shape->flags & NO_SLOTS)) {
        if (!to_dictionary(t, o, true))
            return NULL;
        shape = shape_of(o);
    }
    Ref *at = dict_place(o, shape);
    return dict_made(t, o, at) ? oz_load(at) : NULL;
}

bool oz_instance_dict_set(Thread *t, Obj v, Obj dict)
{
    if (!dict)
        return oz_fail(t, OZ_TypeError, "cannot delete __dict__");
    if (!oz_as_dict(dict))
        return oz_fail(t, OZ_TypeError, "__dict__ must be set to a dictionary, not a '%T'", dict);
    if (!oz_instance_has_dict(v))
        return oz_raise_attribute(t, v, OZ_NAME(t, __dict__)) != NULL;
    Object *o = oz_object(v);
    scoped Ref old = oz_instance_dict(t, v); /* now it is not in slots */
    if (!old)
        return false;
    oz_store(o, dict_place(o, shape_of(o)), oz_retain(dict));
    return true;
}

bool oz_instance_is_bare(Obj v)
{
    if (!oz_instance_has_dict(v))
        return true;
    Object *o = oz_object(v);
    const Shape *shape = shape_of(o);
    if (shape->flags & NO_SLOTS) {
        const Ref *dict = dict_place(o, shape);
        return !*dict || !oz_dict_length((Dict *)*dict);
    }
    size_t at = 0;
    Obj key, value;
    return !oz_instance_step(o, &at, &key, &value);
}

Ref oz_instance_state(Thread *t, Obj v)
{
    Object *o = oz_object(v);
    Shape *shape = shape_of(o);
    if (shape->flags & NO_SLOTS)
        return oz_instance_dict(t, v);
    scoped Ref dict = oz_dict_new_sized(t, shape->count);
    if (!dict || !copy_slots(t, o, shape, (Dict *)dict))
        return NULL;
    return oz_move(&dict);
}

bool oz_instance_step(const Object *o, size_t *at, Obj *key, Obj *value)
{
    const Shape *shape = shape_of(o);
    if (shape->flags & NO_SLOTS)
        return false;
    for (size_t i = *at; shape->fixed + i < shape->count; i++) {
        const Ref *slot = place(o, shape, shape->fixed + (unsigned)i);
        if (!slot || !*slot)
            continue;
        *at = i + 1;
        *key = oz_shape_key(shape, (unsigned)i);
        *value = *slot;
        return true;
    }
    return false;
}

/* ---- __class__ ---- */

/* The class that last added fields or slots to what instances of `cls` are. */
static const Class *layout_maker(const Class *cls)
{
    const uint32_t flags = OZ_CLASS_DICT | OZ_CLASS_WEAKREF;
    while ((cls->flags & OZ_CLASS_PYTHON) && cls->parent && !oz_layouts(cls)->names &&
           (cls->flags & flags) == (cls->parent->flags & flags))
        cls = cls->parent;
    return cls;
}

static bool same_names(const Layouts *a, const Layouts *b)
{
    if (!a->names || !b->names)
        return a->names == b->names;
    const Tuple *x = (const Tuple *)a->names, *y = (const Tuple *)b->names;
    return x->length == y->length &&
           memcmp(x->items, y->items, x->length * sizeof(Ref)) == 0; /* interned */
}

bool oz_class_same_layout(const Class *a, const Class *b)
{
    const uint32_t flags = OZ_CLASS_DICT | OZ_CLASS_WEAKREF;
    if (a->def != b->def || (a->flags & flags) != (b->flags & flags))
        return false;
    a = layout_maker(a);
    b = layout_maker(b);
    if (a == b)
        return true;
    if (!(a->flags & b->flags & OZ_CLASS_PYTHON) || a->parent != b->parent)
        return false;
    return same_names(oz_layouts(a), oz_layouts(b));
}

/* The shape that an object gets with another class. */
static Shape *shape_under(Thread *t, const Shape *shape, Class *cls)
{
    if (shape->flags & OZ_SHAPE_DICT)
        return oz_shape_dictionary(t, cls, shape->flags & OZ_SHAPE_LENT);
    Shape *next = oz_shape_root_sized(t, cls, shape->capacity);
    if (!next || (shape->flags & (NO_SLOTS | OZ_SHAPE_CLOSED)))
        return next;
    unsigned keys = (unsigned)(shape->count - shape->fixed);
    for (unsigned i = 0; next && i < keys; i++)
        next = oz_shape_child(t, next, oz_shape_key(shape, i));
    return next;
}

static bool move_to_class(Thread *t, Object *o, Class *cls)
{
    Shape *shape = shape_of(o);
    Class *old = shape->cls;
    uint32_t id = cls->id;
    if (!id) {
        Shape *next = shape_under(t, shape, cls);
        if (!next && !t->exception) { /* the new class has no room for these keys in slots */
            if (!to_dictionary(t, o, false))
                return false;
            next = shape_under(t, shape_of(o), cls);
        }
        if (!next)
            return false;
        id = next->id;
        oz_retain_object(&cls->base);
    }
    bool counted = oz_id(o) >= OZ_BUILTIN_IDS;
    oz_set_id(o, id);
    if (counted)
        oz_drop_object(&old->base);
    return true;
}

bool oz_instance_set_class(Thread *t, Obj v, Obj value)
{
    if (!value)
        return oz_fail(t, OZ_TypeError, "can't delete __class__ attribute");
    if (!oz_is_class(value))
        return oz_fail(t, OZ_TypeError, "__class__ must be set to a class, not '%T' object", value);
    if (!oz_audit_event(t, "object.__setattr__", "OsO", v, "__class__", value))
        return false;
    Class *old = oz_class_of(v), *cls = (Class *)value;
    Class *module = t->vm->classes[OZ_MODULE];
    bool modules = oz_class_derives(old, module) && oz_class_derives(cls, module);
    if (!modules && !(old->flags & cls->flags & OZ_CLASS_PYTHON))
        return oz_fail(t, OZ_TypeError,
                       "__class__ assignment only supported for mutable types or ModuleType "
                       "subclasses");
    if (old == cls)
        return true;
    bool fits = modules ? old->base_size == cls->base_size && !cls->layouts == !old->layouts
                        : oz_class_same_layout(old, cls);
    if (modules && (!cls->layouts || !oz_layouts(cls)->fixed) &&
        (!old->layouts || !oz_layouts(old)->fixed))
        fits = true; /* no slots: only the struct */
    if (!fits)
        return oz_fail(t, OZ_TypeError,
                       "__class__ assignment: '%N' object layout differs from '%N'", value,
                       (Obj)old);
    return move_to_class(t, oz_object(v), cls);
}

/* ---- visiting and death ---- */

static const char *key_label(const Shape *shape, unsigned slot)
{
    if (slot < shape->fixed)
        return "__slots__";
    const Str *key = (const Str *)oz_shape_key(shape, slot - shape->fixed);
    return oz_id(&key->base) == OZ_STR_ASCII ? (const char *)oz_str_data(key) : "attribute";
}

static void visit_slots(const Object *o, const Shape *shape, Visitor *v)
{
    if (shape->flags & OZ_SHAPE_DICT) {
        for (unsigned i = 0; i < shape->fixed; i++)
            oz_visit(v, *oz_instance_slot(o, shape, i), "__slots__", -1);
        oz_visit(v, *oz_instance_slot(o, shape, shape->fixed), "__dict__", -1);
        return;
    }
    for (unsigned i = 0; i < shape->count; i++) {
        const Ref *at = place(o, shape, i);
        if (at && *at)
            oz_visit(v, *at, v->plain ? "" : key_label(shape, i), -1);
    }
}

void oz_instance_visit(const Object *o, Shape *shape, Visitor *v)
{
    if (shape->flags & OZ_SHAPE_WRAPPER)
        oz_visit(v, ((const Wrapper *)o)->value, "value", -1);
    else if (shape->def->visit)
        shape->def->visit(o, v);
    if (v->from) /* they were shown with the first part */
        return;
    if (shape->count)
        visit_slots(o, shape, v);
    if (shape->flags & OZ_SHAPE_TUPLE)
        oz_visit(v, ((const Tuple *)o)->items[((const Tuple *)o)->length], "__dict__", -1);
    oz_visit(v, (Obj)shape->cls, "__class__", -1);
}

size_t oz_instance_bytes(const Object *o)
{
    const Shape *shape = oz_shape_of((Obj)o);
    size_t size = oz_heap_size(o);
    if (shape->def->outside && !(shape->flags & OZ_SHAPE_WRAPPER))
        size += shape->def->outside(o);
    const Ref *block = shape->flags & OZ_SHAPE_OVERFLOW ? overflow_block(o, shape) : NULL;
    return size + (block ? oz_heap_size(block) : 0);
}

/* The root of the tree that a shape is in: no attributes, same cell. */
static const Shape *root_of(const Shape *shape)
{
    while (shape->parent)
        shape = shape->parent;
    return shape;
}

static void clear_overflow(Object *o, const Shape *shape)
{
    Ref *block = overflow_block(o, shape);
    *oz_instance_slot(o, shape, shape->capacity - 1u) = NULL;
    unsigned inline_count = shape->capacity - 1u;
    unsigned words = block ? (unsigned)(shape->count - shape->capacity + 1) : 0;
    for (unsigned i = 0; i < inline_count; i++)
        if (i < shape->fixed)
            oz_clear(oz_instance_slot(o, shape, i));
    Ref *inline_slots = oz_instance_slot(o, shape, 0);
    Ref held[64];
    unsigned count = 0;
    for (unsigned i = shape->fixed; i < inline_count; i++)
        held[count++] = oz_move(&inline_slots[i]);
    oz_set_id(o, root_of(shape)->id); /* before any drop runs Python: the slots are empty */
    for (unsigned i = 0; i < count; i++)
        oz_drop(held[i]);
    for (unsigned i = 0; i < words; i++)
        oz_drop(block[i]);
    oz_block_free(block);
}

static void clear_slots(Object *o, const Shape *shape)
{
    if (shape->flags & OZ_SHAPE_OVERFLOW) {
        clear_overflow(o, shape);
        return;
    }
    for (unsigned i = 0; i < shape->count; i++)
        oz_clear(oz_instance_slot(o, shape, i));
}

void oz_instance_clear(Thread *t, Object *o, Shape *shape)
{
    if (OZ_UNLIKELY(shape->flags & OZ_SHAPE_LENT))
        ring_remove(t, o);
    if (OZ_UNLIKELY(shape->layout == OZ_WEAKREF)) /* not called any more by what dies with it */
        oz_weakref_detach(t, (WeakRef *)o);
    if (shape->count)
        clear_slots(o, shape);
    if (shape->flags & OZ_SHAPE_TUPLE)
        oz_clear(&((Tuple *)o)->items[((Tuple *)o)->length]);
    if (shape->flags & OZ_SHAPE_WRAPPER)
        oz_clear(&((Wrapper *)o)->value);
    else if (shape->def->clear)
        shape->def->clear(t, o);
}
