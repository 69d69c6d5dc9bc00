// SPDX-License-Identifier: MIT
// classmethod and staticmethod: callables that a class gives out bound to itself, or as they are.
//
// Both have a __dict__ with the callable's __module__, __name__, __qualname__, __doc__ and
// __annotations__.  It is made when somebody first looks for an attribute, for few do.
#include "types/class_layout.h"

#include "types/function.h"

#define METHOD_REFS(REF) REF(callable) REF(dict)

typedef struct Method {
    Object base;
    METHOD_REFS(OZ_FIELD)
} Method;

Obj oz_wrapped_callable(Obj v)
{
    return oz_is(v, OZ_CLASSMETHOD) || oz_is(v, OZ_STATICMETHOD) ? ((const Method *)v)->callable
                                                                 : NULL;
}

static Ref method_new(Thread *t, uint32_t id, Obj callable)
{
    Method *m = oz_object_new(t, id, sizeof *m);
    if (m)
        oz_store_raw(&m->base, &m->callable, oz_retain(callable));
    return (Ref)m;
}

Ref oz_classmethod_new(Thread *t, Obj callable)
{
    return method_new(t, OZ_CLASSMETHOD, callable);
}

Ref oz_staticmethod_new(Thread *t, Obj callable)
{
    return method_new(t, OZ_STATICMETHOD, callable);
}

/* ---- attributes ---- */

static bool copy_attributes(Thread *t, Obj from, Dict *dict)
{
    const Obj names[] = {OZ_NAME(t, __module__), OZ_NAME(t, __name__), OZ_NAME(t, __qualname__),
                         OZ_NAME(t, __doc__), OZ_NAME(t, __annotations__)};
    for (size_t i = 0; i < OZ_COUNT(names); i++) {
        scoped Ref value = NULL;
        Found found = oz_find_attr(t, from, names[i], &value);
        if (found == OZ_RAISED || (found == OZ_FOUND && !oz_dict_set(t, dict, names[i], value)))
            return false;
    }
    return true;
}

static bool ensure_dict(Thread *t, Obj self)
{
    Method *m = (Method *)self;
    if (m->dict || !m->callable)
        return true;
    scoped Ref dict = oz_dict_new(t);
    scoped Ref callable = oz_retain(m->callable);
    if (!dict || !copy_attributes(t, callable, (Dict *)dict))
        return false;
    if (!m->dict)
        oz_store_new(&m->base, &m->dict, oz_move(&dict));
    return true;
}

static Ref method_get_attr(Thread *t, Obj self, Obj name)
{
    return ensure_dict(t, self) ? oz_object_get_attr(t, self, name) : NULL;
}

static bool method_set_attr(Thread *t, Obj self, Obj name, Obj value)
{
    return ensure_dict(t, self) && oz_object_set_attr(t, self, name, value);
}

static Ref get_dict(Thread *t, Obj self)
{
    return ensure_dict(t, self) ? oz_instance_dict(t, self) : NULL;
}

static Ref get_callable(Thread *t, Obj self)
{
    Obj callable = ((const Method *)self)->callable;
    (void)t;
    return callable ? oz_retain(callable) : OZ_NONE;
}

static Ref get_abstract(Thread *t, Obj self)
{
    bool abstract;
    return oz_is_abstract(t, ((const Method *)self)->callable, &abstract) ? oz_bool(abstract)
                                                                          : NULL;
}

/* ---- making ---- */

static bool method_init(Thread *t, Obj self, const Args *args, const char *name)
{
    Method *m = (Method *)self;
    if (args->named)
        return oz_fail(t, OZ_TypeError, "%s() takes no keyword arguments", name);
    if (args->count != 1)
        return oz_fail(t, OZ_TypeError, "%s expected 1 argument, got %u", name, args->count);
    oz_store(&m->base, &m->callable, oz_retain(args->items[0]));
    oz_store(&m->base, &m->dict, NULL);
    return true;
}

static bool classmethod_init(Thread *t, Obj self, const Args *args)
{
    return method_init(t, self, args, "classmethod");
}

static bool staticmethod_init(Thread *t, Obj self, const Args *args)
{
    return method_init(t, self, args, "staticmethod");
}

static void method_visit(const Object *o, Visitor *v)
{
    const Method *self = (const Method *)o;
    METHOD_REFS(OZ_VISIT)
}

static void method_clear(Thread *t OZ_UNUSED, Object *o)
{
    Method *self = (Method *)o;
    METHOD_REFS(OZ_CLEAR)
}

#define METHOD_GETSETS                                                                             \
    .getsets = OZ_GETSETS({"__func__", get_callable, NULL, NULL},                                  \
                          {"__wrapped__", get_callable, NULL, NULL},                               \
                          {"__isabstractmethod__", get_abstract, NULL, NULL},                      \
                          {"__dict__", get_dict, oz_instance_dict_set, NULL})

/* ---- classmethod ---- */

static Ref classmethod_get(Thread *t, Obj v, Obj instance, Obj owner)
{
    Obj callable = ((const Method *)v)->callable;
    if (!callable)
        return oz_raise(t, OZ_RuntimeError, "uninitialized classmethod object");
    if (!owner)
        owner = (Obj)oz_class_of(instance);
    scoped Ref held = oz_retain(callable);
    SlotDESCR_GET get = oz_class_of(held)->slots->descr_get;
    if (get && !oz_is(held, OZ_FUNCTION))
        return get(t, held, owner, owner);
    return oz_bound_method_new(t, held, owner);
}

static Ref classmethod_repr(Thread *t, Obj v)
{
    return oz_str_format(t, "<classmethod(%R)>", ((const Method *)v)->callable);
}

const TypeDef oz_classmethod_type = {
    .id = OZ_CLASSMETHOD,
    .name = "classmethod",
    .doc = "classmethod(function) -> method\n\n"
           "A method whose first argument is the class it is called through.",
    .size = sizeof(Method),
    .dict_offset = offsetof(Method, dict),
    .visit = method_visit,
    .clear = method_clear,
    .slots = {.descr_get = classmethod_get,
              .repr = classmethod_repr,
              .get_attr = method_get_attr,
              .set_attr = method_set_attr,
              .init = classmethod_init,
              .new = oz_generic_new},
    METHOD_GETSETS,
};

/* ---- staticmethod ---- */

static Ref staticmethod_get(Thread *t, Obj v, Obj instance OZ_UNUSED, Obj owner OZ_UNUSED)
{
    Obj callable = ((const Method *)v)->callable;
    if (!callable)
        return oz_raise(t, OZ_RuntimeError, "uninitialized staticmethod object");
    return oz_retain(callable);
}

static Ref staticmethod_call(Thread *t, Obj v, const Args *args)
{
    scoped Ref callable = staticmethod_get(t, v, NULL, NULL);
    return callable ? oz_call(t, callable, args) : NULL;
}

static Ref staticmethod_repr(Thread *t, Obj v)
{
    return oz_str_format(t, "<staticmethod(%R)>", ((const Method *)v)->callable);
}

const TypeDef oz_staticmethod_type = {
    .id = OZ_STATICMETHOD,
    .name = "staticmethod",
    .doc = "staticmethod(function) -> method\n\n"
           "A method that gets neither the object nor the class.",
    .size = sizeof(Method),
    .dict_offset = offsetof(Method, dict),
    .visit = method_visit,
    .clear = method_clear,
    .slots = {.descr_get = staticmethod_get,
              .call = staticmethod_call,
              .repr = staticmethod_repr,
              .get_attr = method_get_attr,
              .set_attr = method_set_attr,
              .init = staticmethod_init,
              .new = oz_generic_new},
    METHOD_GETSETS,
};
