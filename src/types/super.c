// SPDX-License-Identifier: MIT
// super: attribute access that starts behind a class in the MRO of an object's class.
#include "types/super.h"

#include "types/class_layout.h"

#define SUPER_REFS(REF) REF(type) REF(object) REF(start)

typedef struct Super {
    Object base;
    SUPER_REFS(OZ_FIELD) /* class given, object or empty, class whose MRO is searched or empty */
} Super;

/* ---- lookup ---- */

/* The attribute behind the given class: new reference. */
static Found find(Thread *t, const Super *s, Obj name, Ref *value)
{
    scoped Ref mro = oz_retain(((const Class *)s->start)->mro);
    size_t n = mro ? oz_tuple_count(mro) : 0, i = 0;
    while (i < n && (Obj)oz_class_at(mro, i) != (Obj)s->type)
        i++;
    for (i++; i < n; i++) {
        Obj own;
        Found found = oz_class_own(t, oz_class_at(mro, i), name, &own);
        *value = oz_retain(own);
        if (found != OZ_MISSING)
            return found;
    }
    return OZ_MISSING;
}

Found oz_super_method(Thread *t, Obj super, Obj name, Ref *function, Ref *self)
{
    const Super *s = (const Super *)super;
    if (!s->start || s->object == s->start || name == OZ_NAME(t, __class__))
        return OZ_MISSING;
    scoped Ref found = NULL;
    Found where = find(t, s, name, &found);
    if (where != OZ_FOUND)
        return where;
    if (!oz_is(found, OZ_FUNCTION))
        return OZ_MISSING;
    *function = oz_move(&found);
    *self = oz_retain(s->object);
    return OZ_FOUND;
}

static Ref super_get_attr(Thread *t, Obj v, Obj given)
{
    const Super *s = (const Super *)v;
    scoped Ref name = oz_attribute_name(t, given);
    if (!name)
        return NULL;
    if (!s->start || name == OZ_NAME(t, __class__))
        return oz_object_get_attr(t, v, name);
    scoped Ref found = NULL;
    Found where = find(t, s, name, &found);
    if (where == OZ_RAISED)
        return NULL;
    if (where == OZ_MISSING)
        return oz_object_get_attr(t, v, name);
    SlotDESCR_GET get = oz_class_of(found)->slots->descr_get;
    if (!get)
        return oz_move(&found);
    scoped Ref object = oz_retain(s->object), start = oz_retain(s->start);
    return get(t, found, object == start ? NULL : (Obj)object, start);
}

/* ---- making ---- */

/* The class whose MRO is searched for `object`; NULL: raised. */
static Ref start_for(Thread *t, Class *type, Obj object)
{
    if (oz_is_class(object) && oz_class_derives((Class *)object, type))
        return oz_retain(object);
    Class *cls = oz_class_of(object);
    if (oz_class_derives(cls, type))
        return oz_retain((Obj)cls);
    scoped Ref claimed = NULL; /* a proxy may claim another class */
    Found found = oz_find_attr(t, object, OZ_NAME(t, __class__), &claimed);
    if (found == OZ_RAISED)
        return NULL;
    if (found == OZ_FOUND && oz_is_class(claimed) && claimed != (Ref)cls &&
        oz_class_derives((Class *)claimed, type))
        return oz_move(&claimed);
    return oz_raise(t, OZ_TypeError,
                    "super(type, obj): obj must be an instance or subtype of type");
}

static bool set_fields(Thread *t, Super *s, Obj type, Obj object)
{
    scoped Ref start = NULL;
    if (object && oz_is_none(object))
        object = NULL;
    if (object && !(start = start_for(t, (Class *)type, object)))
        return false;
    oz_store(&s->base, &s->type, oz_retain(type));
    oz_store(&s->base, &s->object, object ? oz_retain(object) : NULL);
    oz_store(&s->base, &s->start, oz_move(&start));
    return true;
}

static bool super_init(Thread *t, Obj v, const Args *args)
{
    if (args->named)
        return oz_fail(t, OZ_TypeError, "super() takes no keyword arguments");
    if (args->count > 2)
        return oz_fail(t, OZ_TypeError, "super() expected at most 2 arguments, got %u",
                       args->count);
    scoped Ref type = NULL, object = NULL;
    if (args->count == 0) {
        if (!t->vm->hooks.super_arguments)
            return oz_fail(t, OZ_RuntimeError, "super(): no current frame");
        if (!t->vm->hooks.super_arguments(t, &type, &object))
            return false;
    } else {
        type = oz_retain(args->items[0]);
        object = args->count == 2 ? oz_retain(args->items[1]) : NULL;
    }
    if (!oz_is_class(type))
        return oz_fail(t, OZ_TypeError, "super() argument 1 must be a type, not %T", type);
    return set_fields(t, (Super *)v, type, object);
}

static Ref super_get(Thread *t, Obj v, Obj instance, Obj owner OZ_UNUSED)
{
    const Super *s = (const Super *)v;
    if (!instance || oz_is_none(instance) || s->object || !s->type)
        return oz_retain(v);
    if (!oz_is(v, OZ_SUPER))
        return oz_call2(t, (Obj)oz_class_of(v), s->type, instance);
    scoped Ref bound = oz_object_new(t, OZ_SUPER, sizeof(Super));
    if (!bound || !set_fields(t, (Super *)bound, s->type, instance))
        return NULL;
    return oz_move(&bound);
}

static Ref super_repr(Thread *t, Obj v)
{
    const Super *s = (const Super *)v;
    const char *type = s->type ? oz_class_name((const Class *)s->type) : "NULL";
    if (!s->start)
        return oz_str_format(t, "<super: <class '%s'>, NULL>", type);
    return oz_str_format(t, "<super: <class '%s'>, <%N object>>", type, s->start);
}

static void super_visit(const Object *o, Visitor *v)
{
    const Super *self = (const Super *)o;
    SUPER_REFS(OZ_VISIT)
}

static void super_clear(Thread *t OZ_UNUSED, Object *o)
{
    Super *self = (Super *)o;
    SUPER_REFS(OZ_CLEAR)
}

#define FIELD(name, field)                                                                         \
    {                                                                                              \
        name, offsetof(Super, field), OZ_MEMBER_READONLY | OZ_MEMBER_NONE_IF_EMPTY, NULL           \
    }

const TypeDef oz_super_type = {
    .id = OZ_SUPER,
    .name = "super",
    .doc = "What the classes behind a class in the method resolution order define.\n\n"
           "super() in a method means super(C, self) with the class C that the method stands in.\n"
           "super(C, x) takes an instance x of C, or a subclass of it; super(C) binds later.",
    .size = sizeof(Super),
    .visit = super_visit,
    .clear = super_clear,
    .slots = {.get_attr = super_get_attr,
              .descr_get = super_get,
              .repr = super_repr,
              .init = super_init,
              .new = oz_generic_new},
    .members = OZ_MEMBERS(FIELD("__thisclass__", type), FIELD("__self__", object),
                          FIELD("__self_class__", start)),
};
