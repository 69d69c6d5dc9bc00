// SPDX-License-Identifier: MIT
// Attribute access of ordinary objects, special methods, and what inline caches remember of it.
//
// The order is: data descriptor of the class, the instance's own attribute, other descriptor or
// value of the class.
#include "types/class_layout.h"
#include "types/dict.h"
#include "types/module.h"

/* ---- names ---- */

OZ_INLINE bool is_interned(Obj name)
{
    return oz_is_exact_str(name) && oz_has_flag(oz_object(name), OZ_FLAG_INTERNED);
}

Ref oz_attribute_name(Thread *t, Obj name)
{
    if (OZ_LIKELY(is_interned(name)))
        return oz_retain(name);
    const Str *s = oz_as_str(name);
    if (!s)
        return oz_raise(t, OZ_TypeError, "attribute name must be string, not '%T'", name);
    return oz_intern_str(t, oz_retain((Obj)s));
}

/* ---- reading ---- */

/* object.__getattribute__ of a class itself: its own dict plays the part of the instance's. */
static Found own_attribute(Thread *t, Obj o, Obj name, Ref *value)
{
    *value = NULL;
    if (!oz_is_pointer(o))
        return OZ_MISSING;
    if (OZ_UNLIKELY(oz_is_class(o))) {
        Obj own;
        Found found = oz_class_own(t, (Class *)o, name, &own);
        *value = oz_retain(own);
        return found;
    }
    return oz_instance_get(t, oz_object(o), name, value);
}

static Ref get_attr(Thread *t, Obj o, Obj name)
{
    Class *cls = oz_class_of(o);
    Obj found;
    if (OZ_UNLIKELY(oz_class_find(t, cls, name, &found) == OZ_RAISED))
        return NULL;
    SlotDESCR_GET get = NULL;
    scoped Ref held = NULL;
    if (found) {
        const Slots *slots = oz_class_of(found)->slots;
        get = slots->descr_get;
        held = oz_retain(found);
        if (get && slots->descr_set)
            return get(t, held, o, (Obj)cls);
    }
    Ref value;
    Found own = own_attribute(t, o, name, &value);
    if (own != OZ_MISSING)
        return value;
    if (get)
        return get(t, held, o, (Obj)cls);
    if (held)
        return oz_move(&held);
    return oz_raise_attribute(t, o, name);
}

Ref oz_object_get_attr(Thread *t, Obj o, Obj name)
{
    if (OZ_LIKELY(is_interned(name)))
        return get_attr(t, o, name);
    scoped Ref interned = oz_attribute_name(t, name);
    return interned ? get_attr(t, o, interned) : NULL;
}

/* ---- writing ---- */

static bool set_attr(Thread *t, Obj o, Obj name, Obj value)
{
    Class *cls = oz_class_of(o);
    Obj found;
    if (oz_class_find(t, cls, name, &found) == OZ_RAISED)
        return false;
    SlotDESCR_SET set = found ? oz_class_of(found)->slots->descr_set : NULL;
    if (set) {
        scoped Ref held = oz_retain(found);
        return set(t, held, o, value);
    }
    if (oz_is_pointer(o)) {
        Found done = oz_instance_set(t, oz_object(o), name, value);
        if (done != OZ_MISSING)
            return done == OZ_FOUND;
    }
    if (found && !oz_instance_has_dict(o))
        return oz_fail(t, OZ_AttributeError, "'%T' object attribute '%S' is read-only", o, name);
    return oz_fail(t, OZ_AttributeError, "'%T' object has no attribute '%S'", o, name);
}

bool oz_object_set_attr(Thread *t, Obj o, Obj name, Obj value)
{
    if (OZ_LIKELY(is_interned(name)))
        return set_attr(t, o, name, value);
    scoped Ref interned = oz_attribute_name(t, name);
    return interned && set_attr(t, o, interned, value);
}

/* ---- special methods ---- */

Found oz_find_special(Thread *t, Obj o, Obj name, Ref *bound)
{
    Class *cls = oz_class_of(o);
    Obj value;
    Found found = oz_class_find(t, cls, name, &value);
    *bound = NULL;
    if (found != OZ_FOUND)
        return found;
    SlotDESCR_GET get = oz_class_of(value)->slots->descr_get;
    scoped Ref held = oz_retain(value);
    *bound = get ? get(t, held, o, (Obj)cls) : oz_move(&held);
    return *bound ? OZ_FOUND : OZ_RAISED;
}

/* ---- facts for inline caches ---- */

static AttrKind remember(AttrFact *fact, AttrKind kind, Obj value)
{
    fact->value = value;
    return fact->kind = kind;
}

static AttrKind remember_slot(AttrFact *fact, uint32_t offset)
{
    fact->offset = offset;
    return fact->kind = OZ_ATTR_SLOT;
}

bool oz_is_method_of(Obj method, const Class *cls)
{
    return (oz_class_of(method)->flags & OZ_CLASS_METHOD) &&
           (!oz_is(method, OZ_METHOD_DESCRIPTOR) ||
            oz_class_derives(cls, ((const MethodDescriptor *)method)->owner));
}

/* The value of cls.name, or NULL.  false: no memory to look, so that nothing may be remembered. */
static bool is_known(Thread *t, Class *cls, Obj name, Obj *value)
{
    bool known = oz_class_find(t, cls, name, value) != OZ_RAISED;
    if (OZ_UNLIKELY(!known))
        oz_exception_clear(t);
    return known;
}

/* What reading `name` of class `cls` gives without running anything. */
static AttrKind class_fact(Thread *t, Class *cls, Obj name, AttrFact *fact)
{
    fact->owner = cls;
    fact->version = cls->version;
    if (!cls->version || oz_class_of((Obj)cls)->slots->get_attr != oz_type_get_attr)
        return OZ_ATTR_NONE;
    Obj meta, found;
    if (!is_known(t, oz_class_of((Obj)cls), name, &meta) || !is_known(t, cls, name, &found))
        return OZ_ATTR_NONE;
    if (meta && oz_class_of(meta)->slots->descr_set)
        return OZ_ATTR_NONE;
    if (!found || oz_class_value_changes(t, cls, name))
        return OZ_ATTR_NONE;
    if (oz_is(found, OZ_FUNCTION) || !oz_class_of(found)->slots->descr_get)
        return remember(fact, OZ_ATTR_CLASS, found);
    if (oz_is(found, OZ_CLASSMETHOD_DESCRIPTOR) &&
        oz_class_derives(cls, ((const MethodDescriptor *)found)->owner))
        return remember(fact, OZ_ATTR_CLASS_METHOD, found);
    Obj callable = oz_wrapped_callable(found);
    if (callable && oz_is(found, OZ_STATICMETHOD))
        return remember(fact, OZ_ATTR_CLASS, callable);
    if (callable && oz_is(found, OZ_CLASSMETHOD) &&
        oz_is_method_of(callable, oz_class_of((Obj)cls)))
        return remember(fact, OZ_ATTR_CLASS_METHOD, callable);
    return OZ_ATTR_NONE;
}

/* A slot that a member descriptor of __slots__ stands for; 0: none. */
static uint32_t member_offset(const Class *cls, Obj found, bool writing)
{
    if (!oz_is(found, OZ_MEMBER_DESCRIPTOR))
        return 0;
    const MemberDescriptor *m = (const MemberDescriptor *)found;
    if (m->def || (writing && (m->flags & OZ_MEMBER_READONLY)) || !oz_class_derives(cls, m->owner))
        return 0;
    return m->offset;
}

/* A native attribute that every object of the class may be asked for. */
static bool is_getset_of(const Class *cls, Obj found)
{
    const GetSetDescriptor *d = (const GetSetDescriptor *)found;
    return oz_is(found, OZ_GETSET_DESCRIPTOR) && d->def->get && oz_class_derives(cls, d->owner);
}

Ref oz_getset_read(Thread *t, Obj descriptor, Obj o)
{
    return ((const GetSetDescriptor *)descriptor)->def->get(t, o);
}

/* The attribute of the object itself, if its shape has one. */
static AttrKind own_fact(const Shape *shape, Obj name, AttrFact *fact)
{
    int index = oz_shape_index(shape, name);
    if (index < 0)
        return OZ_ATTR_NONE;
    unsigned slot = shape->fixed + (unsigned)index;
    if (!(shape->flags & OZ_SHAPE_OVERFLOW) || slot + 1 < shape->capacity)
        return remember_slot(fact, (uint32_t)(shape->base + slot * sizeof(Ref)));
    fact->offset = (uint32_t)(shape->base + (shape->capacity - 1u) * sizeof(Ref));
    fact->next_id = (uint32_t)((slot + 1 - shape->capacity) * sizeof(Ref));
    return fact->kind = OZ_ATTR_OVERFLOW;
}

/* A name of a module that its type does not have. */
static AttrKind module_fact(Thread *t, Obj module, Obj name, AttrFact *fact)
{
    Dict *dict = oz_module_dict(module);
    Obj above;
    if (!dict || !oz_is((Obj)dict, OZ_DICT) || !is_known(t, oz_class_of(module), name, &above) ||
        above)
        return OZ_ATTR_NONE;
    ssize_t entry = oz_dict_entry_of(dict, name, &fact->version);
    if (entry < 0 || !fact->version)
        return OZ_ATTR_NONE;
    fact->offset = (uint32_t)entry;
    return fact->kind = OZ_ATTR_MODULE;
}

AttrKind oz_attr_lookup(Thread *t, Obj o, Obj name, AttrFact *fact)
{
    *fact = (AttrFact){.kind = OZ_ATTR_NONE, .id = oz_id_of(o)};
    if (!is_interned(name))
        return OZ_ATTR_NONE;
    if (oz_is_class(o))
        return class_fact(t, (Class *)o, name, fact);
    if (fact->id == OZ_MODULE)
        return module_fact(t, o, name, fact);
    const Shape *shape = oz_shape_by_id(fact->id);
    Class *cls = shape->cls;
    if (!(cls->flags & OZ_CLASS_PLAIN_GET))
        return OZ_ATTR_NONE;
    Obj found;
    if (!is_known(t, cls, name, &found))
        return OZ_ATTR_NONE;
    if (!found)
        return own_fact(shape, name, fact);
    Class *kind = oz_class_of(found);
    fact->version = t->vm->shape_versions[fact->id];
    if (kind->slots->descr_set) {
        uint32_t offset = member_offset(cls, found, false);
        if (offset)
            return remember_slot(fact, offset);
        if (fact->version && is_getset_of(cls, found))
            return remember(fact, OZ_ATTR_GETSET, found);
        Obj getter = fact->version ? oz_property_getter(found) : NULL;
        return getter ? remember(fact, OZ_ATTR_PROPERTY, getter) : OZ_ATTR_NONE;
    }
    if (own_fact(shape, name, fact) != OZ_ATTR_NONE)
        return fact->kind;
    if (!fact->version || (shape->flags & (OZ_SHAPE_DICT | OZ_SHAPE_FIELD | OZ_SHAPE_TUPLE)))
        return OZ_ATTR_NONE;
    if (oz_is_method_of(found, cls))
        return remember(fact, OZ_ATTR_METHOD, found);
    if (kind->flags & OZ_CLASS_METHOD)
        return OZ_ATTR_NONE;
    if (!kind->slots->descr_get)
        return oz_class_value_changes(t, cls, name) ? OZ_ATTR_NONE
                                                    : remember(fact, OZ_ATTR_VALUE, found);
    Obj callable = oz_is(found, OZ_STATICMETHOD) ? oz_wrapped_callable(found) : NULL;
    return callable ? remember(fact, OZ_ATTR_VALUE, callable) : OZ_ATTR_NONE;
}

AttrKind oz_attr_lookup_set(Thread *t, Obj o, Obj name, AttrFact *fact)
{
    *fact = (AttrFact){.kind = OZ_ATTR_NONE, .id = oz_id_of(o)};
    if (!is_interned(name) || !oz_is_pointer(o) || oz_is_class(o))
        return OZ_ATTR_NONE;
    Shape *shape = oz_shape_by_id(fact->id);
    Class *cls = shape->cls;
    if (!(cls->flags & OZ_CLASS_PLAIN_SET))
        return OZ_ATTR_NONE;
    Obj found;
    if (!is_known(t, cls, name, &found))
        return OZ_ATTR_NONE;
    if (found && oz_class_of(found)->slots->descr_set) {
        uint32_t offset = member_offset(cls, found, true);
        if (offset)
            return remember_slot(fact, offset);
        fact->version = t->vm->shape_versions[fact->id];
        Obj setter = fact->version ? oz_property_setter(found) : NULL;
        return setter ? remember(fact, OZ_ATTR_PROPERTY, setter) : OZ_ATTR_NONE;
    }
    if (shape->flags & (OZ_SHAPE_DICT | OZ_SHAPE_FIELD | OZ_SHAPE_TUPLE | OZ_SHAPE_CLOSED))
        return OZ_ATTR_NONE;
    if (oz_shape_index(shape, name) >= 0)
        return own_fact(shape, name, fact) == OZ_ATTR_SLOT ? OZ_ATTR_SLOT
                                                           : (fact->kind = OZ_ATTR_NONE);
    const Shape *next = oz_shape_add(t, shape, name);
    if (!next)
        return OZ_ATTR_NONE;
    fact->offset = (uint32_t)(next->base + (next->count - 1u) * sizeof(Ref));
    fact->next_id = next->id;
    return fact->kind = OZ_ATTR_ADD;
}
