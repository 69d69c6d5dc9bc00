// SPDX-License-Identifier: MIT
// property: an attribute computed by functions.
#include "types/class_layout.h"

#define PROPERTY_REFS(REF) REF(getter) REF(setter) REF(deleter) REF(doc) REF(name)

typedef struct Property {
    Object base;
    PROPERTY_REFS(OZ_FIELD)
    bool getter_doc; /* [object] doc comes from the getter */
} Property;

Obj oz_property_getter(Obj v)
{
    return oz_is(v, OZ_PROPERTY) ? ((const Property *)v)->getter : NULL;
}

Obj oz_property_setter(Obj v)
{
    return oz_is(v, OZ_PROPERTY) ? ((const Property *)v)->setter : NULL;
}

static Ref some(Obj value)
{
    return value && !oz_is_none(value) ? oz_retain(value) : NULL;
}

/* "property 'x' of 'C' object has no setter" */
static bool lacks(Thread *t, const Property *p, Obj instance, const char *what)
{
    Obj qualname = oz_class_of(instance)->qualname;
    if (p->name)
        return oz_fail(t, OZ_AttributeError, "property %R of %R object has no %s", p->name,
                       qualname, what);
    return oz_fail(t, OZ_AttributeError, "property of %R object has no %s", qualname, what);
}

static Ref property_get(Thread *t, Obj v, Obj instance, Obj owner OZ_UNUSED)
{
    const Property *p = (const Property *)v;
    if (!instance || oz_is_none(instance))
        return oz_retain(v);
    if (!p->getter) {
        lacks(t, p, instance, "getter");
        return NULL;
    }
    scoped Ref getter = oz_retain(p->getter);
    return oz_call1(t, getter, instance);
}

static bool property_set(Thread *t, Obj v, Obj instance, Obj value)
{
    const Property *p = (const Property *)v;
    Obj function = value ? p->setter : p->deleter;
    if (!function)
        return lacks(t, p, instance, value ? "setter" : "deleter");
    scoped Ref held = oz_retain(function);
    scoped Ref result = value ? oz_call2(t, held, instance, value) : oz_call1(t, held, instance);
    return result != NULL;
}

/* The getter's doc text becomes the property's, if it was given none. */
static bool take_doc(Thread *t, Property *p)
{
    scoped Ref doc = NULL;
    Found found = oz_find_attr(t, p->getter, OZ_NAME(t, __doc__), &doc);
    if (found != OZ_FOUND)
        return found == OZ_MISSING;
    p->getter_doc = !oz_is_none(doc);
    if (oz_is((Obj)p, OZ_PROPERTY)) {
        oz_store(&p->base, &p->doc, oz_move(&doc));
        return true;
    }
    return oz_set_attr(t, (Obj)p, OZ_NAME(t, __doc__), doc);
}

OZ_INIT(property, "($self, fget=None, fset=None, fdel=None, doc=None)")
{
    Property *p = (Property *)a[0];
    oz_store(&p->base, &p->getter, some(a[1]));
    oz_store(&p->base, &p->setter, some(a[2]));
    oz_store(&p->base, &p->deleter, some(a[3]));
    oz_store(&p->base, &p->doc, some(a[4]));
    oz_store(&p->base, &p->name, NULL);
    p->getter_doc = false;
    if (p->getter && !p->doc && !take_doc(t, p))
        return NULL;
    return OZ_NONE;
}

/* The same property with some functions replaced: what the decorators give. */
static Ref copy_with(Thread *t, Obj self, Obj getter, Obj setter, Obj deleter)
{
    const Property *p = (const Property *)self;
    bool own_doc = p->getter_doc && getter; /* then the new getter's doc counts */
    Obj values[4] = {getter ? getter : p->getter, setter ? setter : p->setter,
                     deleter ? deleter : p->deleter, own_doc ? NULL : p->doc};
    if (p->getter_doc && !getter)
        values[3] = NULL;
    for (size_t i = 0; i < 4; i++)
        if (!values[i])
            values[i] = OZ_NONE;
    Args args = {values, 4, 0, NULL};
    scoped Ref copy = oz_call(t, (Obj)oz_class_of(self), &args);
    if (copy && oz_isa(copy, OZ_PROPERTY)) {
        Property *made = (Property *)copy;
        oz_store(&made->base, &made->name, oz_retain(p->name));
    }
    return oz_move(&copy);
}

OZ_METHOD(property, getter, "($self, fget, /)", "Return the property with another getter.")
{
    return copy_with(t, a[0], a[1], NULL, NULL);
}

OZ_METHOD(property, setter, "($self, fset, /)", "Return the property with another setter.")
{
    return copy_with(t, a[0], NULL, a[1], NULL);
}

OZ_METHOD(property, deleter, "($self, fdel, /)", "Return the property with another deleter.")
{
    return copy_with(t, a[0], NULL, NULL, a[1]);
}

OZ_METHOD(property, __set_name__, "($self, /, *args)", "Take note of the property's name.")
{
    size_t n = oz_tuple_count(a[1]);
    if (n != 2)
        return oz_raise(t, OZ_TypeError,
                        "__set_name__() takes 2 positional arguments but %zu were given", n);
    Property *p = (Property *)a[0];
    oz_store(&p->base, &p->name, oz_retain(((const Tuple *)a[1])->items[1]));
    return OZ_NONE;
}

/* Has the function a true __isabstractmethod__? */
bool oz_is_abstract(Thread *t, Obj function, bool *abstract)
{
    *abstract = false;
    if (!function)
        return true;
    scoped Ref mark = NULL;
    Found found = oz_find_attr(t, function, OZ_NAME(t, __isabstractmethod__), &mark);
    if (found == OZ_FOUND)
        return oz_truth(t, mark, abstract);
    return found == OZ_MISSING;
}

static Ref get_abstract(Thread *t, Obj self)
{
    const Property *p = (const Property *)self;
    const Obj functions[] = {p->getter, p->setter, p->deleter};
    bool abstract = false;
    for (size_t i = 0; i < OZ_COUNT(functions) && !abstract; i++)
        if (!oz_is_abstract(t, functions[i], &abstract))
            return NULL;
    return oz_bool(abstract);
}

static void property_visit(const Object *o, Visitor *v)
{
    const Property *self = (const Property *)o;
    PROPERTY_REFS(OZ_VISIT)
}

static void property_clear(Thread *t OZ_UNUSED, Object *o)
{
    Property *self = (Property *)o;
    PROPERTY_REFS(OZ_CLEAR)
}

#define FUNCTION_MEMBER(name, field)                                                               \
    {                                                                                              \
        name, offsetof(Property, field), OZ_MEMBER_READONLY | OZ_MEMBER_NONE_IF_EMPTY, NULL        \
    }

const TypeDef oz_property_type = {
    .id = OZ_PROPERTY,
    .name = "property",
    .doc = "An attribute whose value functions compute.\n\n"
           "  fget\n    called with the object to read the attribute\n"
           "  fset\n    called with the object and the new value\n"
           "  fdel\n    called with the object to delete it\n"
           "  doc\n    the attribute's documentation; by default that of fget",
    .size = sizeof(Property),
    .visit = property_visit,
    .clear = property_clear,
    .initialise = &property_init_,
    .slots = {.descr_get = property_get, .descr_set = property_set, .new = oz_generic_new},
    .methods =
        OZ_METHODS(&property_getter, &property_setter, &property_deleter, &property___set_name__),
    .getsets = OZ_GETSETS({"__isabstractmethod__", get_abstract, NULL, NULL}),
    .members = OZ_MEMBERS(FUNCTION_MEMBER("fget", getter), FUNCTION_MEMBER("fset", setter),
                          FUNCTION_MEMBER("fdel", deleter),
                          {"__doc__", offsetof(Property, doc), OZ_MEMBER_NONE_IF_EMPTY, NULL}),
};
