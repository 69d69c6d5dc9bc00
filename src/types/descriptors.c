// SPDX-License-Identifier: MIT
// getset_descriptor and member_descriptor: computed attributes of builtin types, fields of their
// structs, and the slots that __slots__ names; and __dict__ and __weakref__ of Python classes.
//
// Descriptors of builtin classes borrow their class, which is immortal; those of Python classes own
// it (counting an immortal object does nothing, so one code serves both).
#include "types/class_layout.h"

#include "object/weakref.h"

static bool applies(Thread *t, const Class *owner, Obj name, Obj instance)
{
    if (OZ_LIKELY(oz_class_derives(oz_class_of(instance), owner)))
        return true;
    return oz_fail(t, OZ_TypeError,
                   "descriptor '%S' for '%N' objects doesn't apply to a '%T' object", name,
                   (Obj)owner, instance);
}

static Ref name_of(Thread *t, Obj str)
{
    (void)t;
    return oz_retain(str);
}

static Ref qualname(Thread *t, Class *owner, Obj name)
{
    return oz_str_format(t, "%S.%S", owner->qualname, name);
}

/* ---- getset_descriptor ---- */

Ref oz_getset_new(Thread *t, Class *owner, const GetSetDef *def)
{
    scoped Ref name = oz_intern(t, def->name);
    GetSetDescriptor *d = name ? oz_object_new(t, OZ_GETSET_DESCRIPTOR, sizeof *d) : NULL;
    if (!d)
        return NULL;
    d->def = def;
    oz_store_raw(&d->base, &d->name, oz_move(&name));
    oz_store_raw(&d->base, (Ref *)&d->owner, oz_retain((Obj)owner));
    return (Ref)d;
}

static Ref getset_get(Thread *t, Obj v, Obj instance, Obj owner OZ_UNUSED)
{
    const GetSetDescriptor *d = (const GetSetDescriptor *)v;
    if (!instance)
        return oz_retain(v);
    if (!applies(t, d->owner, d->name, instance))
        return NULL;
    if (!d->def->get)
        return oz_raise(t, OZ_AttributeError, "attribute '%S' of '%N' objects is not readable",
                        d->name, (Obj)d->owner);
    return d->def->get(t, instance);
}

static bool getset_set(Thread *t, Obj v, Obj instance, Obj value)
{
    const GetSetDescriptor *d = (const GetSetDescriptor *)v;
    if (!applies(t, d->owner, d->name, instance))
        return false;
    if (!d->def->set)
        return oz_fail(t, OZ_AttributeError, "attribute '%S' of '%N' objects is not writable",
                       d->name, (Obj)d->owner);
    return d->def->set(t, instance, value);
}

static Ref getset_repr(Thread *t, Obj v)
{
    const GetSetDescriptor *d = (const GetSetDescriptor *)v;
    return oz_str_format(t, "<attribute '%S' of '%N' objects>", d->name, (Obj)d->owner);
}

static Ref getset_name(Thread *t, Obj v)
{
    return name_of(t, ((const GetSetDescriptor *)v)->name);
}

static Ref getset_objclass(Thread *t OZ_UNUSED, Obj v)
{
    return oz_retain((Obj)((const GetSetDescriptor *)v)->owner);
}

static Ref getset_qualname(Thread *t, Obj v)
{
    const GetSetDescriptor *d = (const GetSetDescriptor *)v;
    return qualname(t, d->owner, d->name);
}

static Ref getset_doc(Thread *t, Obj v)
{
    const char *doc = ((const GetSetDescriptor *)v)->def->doc;
    return doc && *doc ? oz_str_new(t, doc) : OZ_NONE;
}

static void getset_visit(const Object *o, Visitor *v)
{
    const GetSetDescriptor *self = (const GetSetDescriptor *)o;
    OZ_VISIT(name)
    oz_visit(v, (Obj)self->owner, "__objclass__", -1);
}

/* The class stays until death: what calls the descriptor meanwhile asks for it. */
static void getset_free(Thread *t OZ_UNUSED, Object *o)
{
    GetSetDescriptor *self = (GetSetDescriptor *)o;
    OZ_CLEAR(name)
    oz_clear((Ref *)&self->owner);
}

const TypeDef oz_getset_descriptor_type = {
    .id = OZ_GETSET_DESCRIPTOR,
    .name = "getset_descriptor",
    .size = sizeof(GetSetDescriptor),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = getset_visit,
    .free = getset_free,
    .slots = {.descr_get = getset_get, .descr_set = getset_set, .repr = getset_repr},
    .getsets = OZ_GETSETS(
        {"__name__", getset_name, NULL, NULL}, {"__objclass__", getset_objclass, NULL, NULL},
        {"__qualname__", getset_qualname, NULL, NULL}, {"__doc__", getset_doc, NULL, NULL}),
};

/* ---- member_descriptor ---- */

static MemberDescriptor *member_new(Thread *t, Class *owner, Obj name, uint32_t offset,
                                    uint32_t flags, const MemberDef *def)
{
    MemberDescriptor *m = oz_object_new(t, OZ_MEMBER_DESCRIPTOR, sizeof *m);
    if (!m)
        return NULL;
    m->def = def;
    m->offset = offset;
    m->flags = flags;
    oz_store_raw(&m->base, &m->name, oz_retain(name));
    oz_store_raw(&m->base, (Ref *)&m->owner, oz_retain((Obj)owner));
    return m;
}

Ref oz_member_new(Thread *t, Class *owner, const MemberDef *def)
{
    scoped Ref name = oz_intern(t, def->name);
    return name ? (Ref)member_new(t, owner, name, def->offset, def->flags, def) : NULL;
}

Ref oz_member_new_slot(Thread *t, Class *owner, Obj name, uint32_t offset)
{
    return (Ref)member_new(t, owner, name, offset, 0, NULL);
}

static Ref member_get(Thread *t, Obj v, Obj instance, Obj owner OZ_UNUSED)
{
    const MemberDescriptor *m = (const MemberDescriptor *)v;
    if (!instance)
        return oz_retain(v);
    if (!applies(t, m->owner, m->name, instance))
        return NULL;
    Ref *place = oz_slot_at(oz_object(instance), m->offset);
    if (*place)
        return oz_load(place);
    return m->flags & OZ_MEMBER_NONE_IF_EMPTY ? OZ_NONE : oz_raise_attribute(t, instance, m->name);
}

static bool member_set(Thread *t, Obj v, Obj instance, Obj value)
{
    const MemberDescriptor *m = (const MemberDescriptor *)v;
    if (!applies(t, m->owner, m->name, instance))
        return false;
    if (m->flags & OZ_MEMBER_READONLY)
        return oz_fail(t, OZ_AttributeError, "readonly attribute");
    Ref *place = oz_slot_at(oz_object(instance), m->offset);
    if (!value && !*place && !(m->flags & OZ_MEMBER_NONE_IF_EMPTY))
        return oz_fail(t, OZ_AttributeError, "%S", m->name);
    oz_store(oz_object(instance), place, value ? oz_retain(value) : NULL);
    return true;
}

static Ref member_repr(Thread *t, Obj v)
{
    const MemberDescriptor *m = (const MemberDescriptor *)v;
    return oz_str_format(t, "<member '%S' of '%N' objects>", m->name, (Obj)m->owner);
}

static Ref member_name(Thread *t, Obj v)
{
    return name_of(t, ((const MemberDescriptor *)v)->name);
}

static Ref member_objclass(Thread *t OZ_UNUSED, Obj v)
{
    return oz_retain((Obj)((const MemberDescriptor *)v)->owner);
}

static Ref member_qualname(Thread *t, Obj v)
{
    const MemberDescriptor *m = (const MemberDescriptor *)v;
    return qualname(t, m->owner, m->name);
}

static Ref member_doc(Thread *t, Obj v)
{
    const MemberDef *def = ((const MemberDescriptor *)v)->def;
    return def && def->doc && *def->doc ? oz_str_new(t, def->doc) : OZ_NONE;
}

OZ_METHOD(member, __reduce__, "($self, /)", "Return how to find the member again.")
{
    const MemberDescriptor *m = (const MemberDescriptor *)a[0];
    return oz_reduce_getattr(t, (Obj)m->owner, m->name);
}

static void member_visit(const Object *o, Visitor *v)
{
    const MemberDescriptor *self = (const MemberDescriptor *)o;
    OZ_VISIT(name)
    oz_visit(v, (Obj)self->owner, "__objclass__", -1);
}

static void member_free(Thread *t OZ_UNUSED, Object *o)
{
    MemberDescriptor *self = (MemberDescriptor *)o;
    OZ_CLEAR(name)
    oz_clear((Ref *)&self->owner);
}

const TypeDef oz_member_descriptor_type = {
    .id = OZ_MEMBER_DESCRIPTOR,
    .name = "member_descriptor",
    .size = sizeof(MemberDescriptor),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = member_visit,
    .free = member_free,
    .slots = {.descr_get = member_get, .descr_set = member_set, .repr = member_repr},
    .methods = OZ_METHODS(&member___reduce__),
    .getsets = OZ_GETSETS(
        {"__name__", member_name, NULL, NULL}, {"__objclass__", member_objclass, NULL, NULL},
        {"__qualname__", member_qualname, NULL, NULL}, {"__doc__", member_doc, NULL, NULL}),
};

/* ---- __dict__ and __weakref__ ---- */

static bool dict_set(Thread *t, Obj self, Obj value)
{
    if (value)
        return oz_instance_dict_set(t, self, value);
    scoped Ref empty = oz_dict_new(t); /* deleting it means a new one */
    return empty && oz_instance_dict_set(t, self, empty);
}

static Ref weakref_get(Thread *t, Obj self)
{
    if (!oz_is_pointer(self) || !oz_has_flag(oz_object(self), OZ_FLAG_WEAKREF))
        return OZ_NONE;
    WeakRef *first = oz_weakref_first(t, oz_object(self));
    return first ? oz_retain((Obj)first) : OZ_NONE;
}

const GetSetDef oz_dict_getset = {"__dict__", oz_instance_dict, dict_set,
                                  "The attributes of the object."};
const GetSetDef oz_weakref_getset = {"__weakref__", weakref_get, NULL,
                                     "The weak references to the object."};
