// SPDX-License-Identifier: MIT
// Which C function stands in which slot of a class.
//
// A builtin class has the slots of its TypeDef; where that leaves one empty, the parent's.  A
// Python class shares the slots of its parent until a special method in its dict, or in a second
// base, makes them differ; then it gets a block of its own.  What stands in a slot follows from
// looking its names up along the MRO:
//   - all are wrappers of one native function that fits the class: that function;
//   - any is something else: the function of special.c that looks the name up and calls it;
//   - none is there: nothing.
// So a change of a class's dict under a special name asks again for that one slot, here and in the
// subclasses.
#include "object/world.h"
#include "types/class_layout.h"

#include "types/special.h"

#include <string.h>

static const Special specials[SPECIAL_COUNT] = {
#define SPECIAL(name, slot, kind, signature, doc)                                                  \
    {#name, OZ_NAME_##name, offsetof(Slots, slot), WRAP_##kind, signature, doc},
#include "types/specials.def"
#undef SPECIAL
};

enum { SLOT_COUNT = sizeof(Slots) / sizeof(void *) };

static void **slot_at(const Slots *slots, unsigned offset)
{
    return (void **)((char *)(uintptr_t)slots + offset);
}

static bool is_dunder(Obj name)
{
    const Str *s = (const Str *)name;
    return oz_id(&s->base) == OZ_STR_ASCII && s->length > 4 && s->data[0] == '_' &&
           s->data[1] == '_';
}

/* The first special with this name, from `from` on; SPECIAL_COUNT: none. */
static unsigned find_special(Thread *t, Obj name, unsigned from)
{
    for (unsigned i = from; i < SPECIAL_COUNT; i++)
        if ((Obj)t->vm->names[specials[i].name] == name)
            return i;
    return SPECIAL_COUNT;
}

bool oz_is_special(Thread *t, Obj name)
{
    return is_dunder(name) &&
           (name == OZ_NAME(t, __getattr__) || find_special(t, name, 0) < SPECIAL_COUNT);
}

/* ---- what stands in a slot ---- */

/* The native function that attribute `found` of a class stands for in slot `s`, or NULL. */
static void *native_behind(const Class *cls, Obj found, const Special *s)
{
    if (oz_is(found, OZ_SLOT_WRAPPER)) {
        const SlotWrapper *w = (const SlotWrapper *)found;
        if (w->special->slot == s->slot && w->special->kind == s->kind &&
            oz_class_derives(cls, w->owner))
            return w->function;
        return NULL;
    }
    if (oz_is(found, OZ_METHOD_DESCRIPTOR)) { /* a method that says the same as the slot */
        const Class *owner = ((const MethodDescriptor *)found)->owner;
        return oz_class_derives(cls, owner) ? *slot_at(owner->slots, s->slot) : NULL;
    }
    if (s->kind == WRAP_NEW) {
        const Class *owner = oz_new_function_owner(found);
        return owner ? *slot_at(owner->slots, s->slot) : NULL;
    }
    if (s->kind == WRAP_HASH && found == OZ_NONE)
        return (void *)oz_hash_unhashable;
    return NULL;
}

/* Does another slot that comes before `s` serve its name? */
static bool is_second(const Special *s)
{
    return s->slot == offsetof(Slots, concat) || s->slot == offsetof(Slots, repeat) ||
           s->slot == offsetof(Slots, concat_in_place) ||
           s->slot == offsetof(Slots, repeat_in_place);
}

/* What belongs in the slot of special number `first` (the first of its slot's names).  The MRO is
 * filled, so that the lookups do not fail. */
static void *resolve(Thread *t, Class *cls, unsigned first)
{
    unsigned slot = specials[first].slot;
    void *native = NULL;
    bool special =
        slot == offsetof(Slots, get_attr) && oz_class_peek(t, cls, OZ_NAME(t, __getattr__)) != NULL;
    for (unsigned i = first; i < SPECIAL_COUNT && specials[i].slot == slot; i++) {
        const Special *s = &specials[i];
        Obj found = oz_class_peek(t, cls, t->vm->names[s->name]);
        if (!found)
            continue;
        void *function = native_behind(cls, found, s);
        if (!function || (native && native != function))
            special = true;
        native = function;
    }
    if (!special)
        return native;
    return is_second(&specials[first]) ? NULL : oz_special_function(slot);
}

static void resolve_all(Thread *t, Class *cls, Slots *slots)
{
    for (unsigned i = 0; i < SPECIAL_COUNT; i++)
        if (i == 0 || specials[i].slot != specials[i - 1].slot)
            *slot_at(slots, specials[i].slot) = resolve(t, cls, i);
}

/* ---- blocks ---- */

static Slots *own_slots(Thread *t, Class *cls)
{
    if (cls->flags & OZ_CLASS_OWN_SLOTS)
        return (Slots *)(uintptr_t)cls->slots;
    Slots *slots = oz_block_alloc(t->heap, sizeof *slots);
    if (!slots) {
        oz_raise_memory(t);
        return NULL;
    }
    if (cls->slots)
        *slots = *cls->slots;
    else
        memset(slots, 0, sizeof *slots);
    OZ_WRITE(&cls->slots, slots);
    cls->flags |= OZ_CLASS_OWN_SLOTS;
    return slots;
}

void oz_slots_drop(Class *cls)
{
    if (cls->flags & OZ_CLASS_OWN_SLOTS)
        oz_block_free((Slots *)(uintptr_t)cls->slots);
    cls->slots = NULL;
    cls->flags &= ~(uint32_t)OZ_CLASS_OWN_SLOTS;
}

/* Flags that follow from the slots: FINALIZER, PLAIN_GET, PLAIN_SET. */
static void set_flags(Class *cls)
{
    uint32_t flags =
        cls->flags & ~(uint32_t)(OZ_CLASS_FINALIZER | OZ_CLASS_PLAIN_GET | OZ_CLASS_PLAIN_SET);
    if (cls->slots->finalize)
        flags |= OZ_CLASS_FINALIZER;
    if (cls->slots->get_attr == oz_object_get_attr)
        flags |= OZ_CLASS_PLAIN_GET;
    if (cls->slots->set_attr == oz_object_set_attr)
        flags |= OZ_CLASS_PLAIN_SET;
    cls->flags = flags;
}

/* ---- builtin classes ---- */

static bool inherits_new(const Class *cls)
{
    /* As in CPython: object.__new__ is not for builtin types that say nothing. */
    return !(cls->def->flags & OZ_TYPE_NO_NEW) && cls->parent->id != OZ_OBJECT;
}

/* Most exceptions have the slots of their parent: then they share its block. */
static bool keep_slots(Thread *t, Class *cls, const Slots *slots)
{
    if (cls->parent && memcmp(slots, cls->parent->slots, sizeof *slots) == 0) {
        cls->slots = cls->parent->slots;
    } else {
        Slots *own = own_slots(t, cls);
        if (!own)
            return false;
        *own = *slots;
    }
    set_flags(cls);
    return true;
}

bool oz_slots_init_builtin(Thread *t, Class *cls)
{
    const TypeDef *def = cls->def;
    Slots made = def->slots, *slots = &made;
    if (!slots->new && def->make)
        slots->new = oz_slot_native_new;
    if (!slots->init && def->initialise)
        slots->init = oz_slot_native_init;
    if (!slots->hash && (slots->compare || (def->flags & OZ_TYPE_UNHASHABLE)))
        slots->hash = oz_hash_unhashable;
    if (cls->parent) {
        SlotNEW own_new = slots->new;
        void *const *above = slot_at(cls->parent->slots, 0);
        void **mine = slot_at(slots, 0);
        for (unsigned i = 0; i < SLOT_COUNT; i++)
            if (!mine[i])
                mine[i] = above[i];
        if (!own_new && !inherits_new(cls))
            slots->new = NULL;
    }
    return keep_slots(t, cls, slots);
}

/* Is this slot the class's own, so that its dict shows it? */
static void *own_function(const Class *cls, const Special *s)
{
    const TypeDef *def = cls->def;
    void *function = *slot_at(&def->slots, s->slot);
    if (!function && s->kind == WRAP_INIT && def->initialise)
        function = *slot_at(cls->slots, s->slot);
    return function;
}

bool oz_slots_fill_dict(Thread *t, Class *cls, Dict *dict)
{
    for (unsigned i = 0; i < SPECIAL_COUNT; i++) {
        const Special *s = &specials[i];
        Obj name = t->vm->names[s->name];
        scoped Ref entry = NULL;
        if (s->kind == WRAP_NEW) {
            if (!cls->slots->new || !(cls->def->make || cls->def->slots.new))
                continue;
            entry = oz_new_function(t, cls);
        } else {
            void *function = own_function(cls, s);
            if (s->kind == WRAP_HASH && cls->slots->hash == oz_hash_unhashable &&
                (!cls->parent || cls->parent->slots->hash != oz_hash_unhashable))
                entry = OZ_NONE;
            else if (!function || oz_dict_peek_str(dict, name))
                continue;
            else
                entry = oz_slot_wrapper_new(t, cls, s, function);
        }
        if (!entry || !oz_dict_set(t, dict, name, entry))
            return false;
    }
    return true;
}

/* ---- Python classes ---- */

/* Is everything but the class itself what the parent inherits? */
static bool is_single(const Class *cls)
{
    const Tuple *mine = (const Tuple *)cls->mro, *above = (const Tuple *)cls->parent->mro;
    return mine->length == above->length + 1 &&
           memcmp(mine->items + 1, above->items, above->length * sizeof(Ref)) == 0;
}

static bool update_slot(Thread *t, Class *cls, unsigned special)
{
    while (special > 0 && specials[special - 1].slot == specials[special].slot)
        special--;
    unsigned slot = specials[special].slot;
    void *function = resolve(t, cls, special);
    if (*slot_at(cls->slots, slot) == function)
        return true;
    Slots *slots = own_slots(t, cls);
    if (!slots)
        return false;
    OZ_WRITE(slot_at(slots, slot), function);
    return true;
}

/* All slots that serve `name`. */
static bool update_name(Thread *t, Class *cls, Obj name)
{
    if (name == OZ_NAME(t, __getattr__))
        name = OZ_NAME(t, __getattribute__);
    unsigned i = 0;
    while ((i = find_special(t, name, i)) < SPECIAL_COUNT)
        if (!update_slot(t, cls, i++))
            return false;
    return true;
}

static bool update_all(Thread *t, Class *cls)
{
    Slots slots;
    memset(&slots, 0, sizeof slots);
    resolve_all(t, cls, &slots);
    if (memcmp(&slots, cls->slots, sizeof slots) == 0)
        return true;
    scoped_stop stopped = oz_world_stopped(t);
    if (cls->parent && memcmp(&slots, cls->parent->slots, sizeof slots) == 0 &&
        !(cls->parent->flags & OZ_CLASS_PYTHON)) {
        oz_slots_drop(cls);
        cls->slots = cls->parent->slots;
        return true;
    }
    Slots *own = own_slots(t, cls);
    if (!own)
        return false;
    *own = slots;
    return true;
}

/* Nothing is lost by it: the first lookup that finds nothing walks the whole MRO. */
bool oz_class_fill_bases(Thread *t, Class *cls)
{
    for (size_t i = 0; cls->mro && i < oz_tuple_count(cls->mro); i++)
        if (!oz_class_fill(t, oz_class_at(cls->mro, i)))
            return false;
    return true;
}

bool oz_slots_init(Thread *t, Class *cls)
{
    if (!oz_class_fill_bases(t, cls))
        return false;
    cls->slots = cls->parent->slots;
    cls->flags &= ~(uint32_t)OZ_CLASS_OWN_SLOTS;
    /* A parent's own block may change or go: only a builtin class's is shared. */
    if ((cls->parent->flags & OZ_CLASS_OWN_SLOTS) && (cls->parent->flags & OZ_CLASS_PYTHON) &&
        !own_slots(t, cls))
        return false;
    if (!is_single(cls)) {
        if (!update_all(t, cls))
            return false;
    } else {
        size_t at = 0;
        Obj key, value;
        while (oz_dict_step((Dict *)cls->dict, &at, &key, &value))
            if (oz_is_exact_str(key) && is_dunder(key) && !update_name(t, cls, key))
                return false;
    }
    set_flags(cls);
    return true;
}

bool oz_slots_prepare(Thread *t, Class *cls)
{
    if (!oz_native_enter(t, " while updating a class"))
        return false;
    if ((cls->flags & OZ_CLASS_PYTHON) && !own_slots(t, cls))
        return false;
    for (uint32_t i = 0; cls->subclasses && i < cls->subclasses->count; i++)
        if (cls->subclasses->items[i] && !oz_slots_prepare(t, cls->subclasses->items[i]))
            return false;
    return true;
}

bool oz_slots_update(Thread *t, Class *cls, Obj name)
{
    if (!oz_native_enter(t, " while updating a class"))
        return false;
    if (cls->flags & OZ_CLASS_PYTHON) {
        if (!(name ? update_name(t, cls, name) : update_all(t, cls)))
            return false;
        set_flags(cls);
    }
    for (uint32_t i = 0; cls->subclasses && i < cls->subclasses->count; i++)
        if (cls->subclasses->items[i] && !oz_slots_update(t, cls->subclasses->items[i], name))
            return false;
    return true;
}

/* ---- builtin __new__ and __init__ with a signature ---- */

/* Call the __new__ of a builtin class for `cls`.  One that takes no arguments by name ignores them
 * where a Python class has an __init__ of its own, which they may be for. */
static Ref call_new(Thread *t, Signature *s, Class *cls, const Args *args)
{
    bool by_name = s->var_keyword >= 0 || s->count > s->positional_only + (s->var_positional >= 0);
    if (OZ_UNLIKELY(args->named && !by_name && (cls->flags & OZ_CLASS_PYTHON) &&
                    cls->slots->init != t->vm->classes[cls->def->id]->slots->init)) {
        Args positional = {.items = args->items, .count = args->count};
        return oz_signature_call(t, s, (Obj)cls, &positional);
    }
    return oz_signature_call(t, s, (Obj)cls, args);
}

Ref oz_native_new_of(Thread *t, Class *owner, Class *cls, const Args *args)
{
    if (OZ_UNLIKELY(!owner->make_signature)) {
        owner->make_signature = oz_signature_new_in(t, owner->def->make, owner->def->name);
        if (!owner->make_signature)
            return NULL;
    }
    return call_new(t, owner->make_signature, cls, args);
}

bool oz_native_init_of(Thread *t, Class *owner, Obj self, const Args *args)
{
    if (OZ_UNLIKELY(!owner->init_signature)) {
        owner->init_signature = oz_signature_new_in(t, owner->def->initialise, owner->def->name);
        if (!owner->init_signature)
            return false;
    }
    Ref result = oz_signature_call(t, owner->init_signature, self, args);
    oz_drop(result);
    return result != NULL;
}

/* The first builtin class of the MRO whose TypeDef has the field: the one whose entry a lookup of
 * the name would have found. */
static Class *native_owner(Class *cls, size_t field)
{
    const Tuple *mro = (const Tuple *)cls->mro;
    for (size_t i = 0; mro && i < mro->length; i++) {
        Class *each = (Class *)mro->items[i];
        if (!(each->flags & OZ_CLASS_PYTHON) &&
            *(const NativeDef *const *)((const char *)each->def + field))
            return each;
    }
    return NULL;
}

Ref oz_slot_native_new(Thread *t, Class *cls, const Args *args)
{
    if (OZ_LIKELY(cls->make_signature != NULL))
        return call_new(t, cls->make_signature, cls, args);
    Class *owner = native_owner(cls, offsetof(TypeDef, make));
    if (!owner)
        return oz_raise(t, OZ_TypeError, "cannot create '%s' instances", oz_class_name(cls));
    Ref result = oz_native_new_of(t, owner, cls, args);
    cls->make_signature = owner->make_signature; /* signatures live as long as the VM */
    return result;
}

bool oz_slot_native_init(Thread *t, Obj self, const Args *args)
{
    Class *cls = oz_class_of(self);
    Class *owner = !(cls->flags & OZ_CLASS_PYTHON) && cls->init_signature
                       ? cls
                       : native_owner(cls, offsetof(TypeDef, initialise));
    return owner ? oz_native_init_of(t, owner, self, args) : true;
}
