// SPDX-License-Identifier: MIT
// The objects that call native functions: builtin functions and bound methods, the descriptors in
// the dicts of builtin classes, and method wrappers (slot wrappers bound to an object).
//
// A descriptor holds its class borrowed: both are immortal.  Signatures are parsed when
// the descriptor or function is made, and shared by what is bound from it.  The functions of
// modules, which can be imported again and again, take theirs with them.
#include "types/native.h"

#include "types/dict.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

Ref oz_staticmethod_new(Thread *t, Obj callable) OZ_CHECKED; /* types/class_layout.h */

static Ref text_or_none(Thread *t, const char *text)
{
    return text && *text ? oz_str_new(t, text) : OZ_NONE;
}

/* getattr, as __reduce__ names it. */
static Ref reduce_getattr(Thread *t, Obj owner, Obj name)
{
    scoped Ref key = oz_intern(t, "getattr");
    if (!key)
        return NULL;
    Obj getattr = oz_dict_peek_str((Dict *)t->vm->builtins, key);
    scoped Ref arguments = oz_tuple_of(t, 2, owner, name);
    return arguments ? oz_tuple_of(t, 2, getattr ? getattr : OZ_NONE, arguments) : NULL;
}

/* ---- builtin_function_or_method ---- */

static Ref function_new(Thread *t, Signature *signature, Obj self, Obj module, Class *owner)
{
    BuiltinFunction *f = oz_object_new_raw(t, OZ_BUILTIN_FUNCTION, sizeof *f);
    if (!f)
        return NULL;
    f->signature = signature;
    f->owner = owner;
    oz_store_raw(&f->base, &f->self, oz_retain(self));
    oz_store_raw(&f->base, &f->module, oz_retain(module));
    return (Ref)f;
}

static bool is_builtins(Obj module)
{
    const Str *name = module ? oz_as_str(module) : NULL;
    return name && oz_str_equal_utf8(name, "builtins");
}

Ref oz_builtin_function_new(Thread *t, const NativeDef *def, Obj self, Obj module, Class *owner)
{
    const char *scope = owner ? owner->def->name : NULL;
    char *copy = NULL;
    scoped Ref keep = NULL;
    if (!owner && module && !is_builtins(module)) {
        scoped Ref interned = oz_intern_str(t, oz_retain(module));
        if (!interned)
            return NULL;
        scope = oz_str_display(t, interned, &keep);
        const char *dot = strrchr(scope, '.');
        scope = dot ? dot + 1 : scope;
        size_t length = strlen(scope) + 1;
        copy = oz_block_alloc(t->heap, length);
        if (!copy)
            return oz_raise_memory(t);
        scope = memcpy(copy, scope, length);
    }
    Signature *signature = oz_signature_new_in(t, def, scope);
    if (!signature) {
        oz_block_free(copy);
        return NULL;
    }
    signature->owns_scope = copy != NULL;
    Ref function = function_new(t, signature, self, module, owner);
    if (!function)
        oz_signature_drop(signature);
    return function;
}

static Ref function_call(Thread *t, Obj v, const Args *args)
{
    const BuiltinFunction *f = (const BuiltinFunction *)v;
    return oz_signature_call(t, f->signature, f->self, args);
}

static bool bound_to_object(const BuiltinFunction *f)
{
    return f->self && !oz_is(f->self, OZ_MODULE);
}

static Ref function_repr(Thread *t, Obj v)
{
    const BuiltinFunction *f = (const BuiltinFunction *)v;
    const char *name = f->signature->def->name;
    if (!bound_to_object(f))
        return oz_str_format(t, "<built-in function %s>", name);
    return oz_str_format(t, "<built-in method %s of %T object at 0x%zx>", name, f->self,
                         (size_t)oz_word(f->self));
}

static Ref function_compare(Thread *t OZ_UNUSED, Obj a, Obj b, CompareOp op)
{
    if ((op != OZ_EQ && op != OZ_NE) || !oz_is(b, OZ_BUILTIN_FUNCTION))
        return OZ_NOT_IMPLEMENTED;
    const BuiltinFunction *f = (const BuiltinFunction *)a;
    const BuiltinFunction *g = (const BuiltinFunction *)b;
    bool same = f->self == g->self && f->signature->def == g->signature->def;
    return oz_bool(same == (op == OZ_EQ));
}

static bool function_hash(Thread *t OZ_UNUSED, Obj v, int64_t *hash)
{
    const BuiltinFunction *f = (const BuiltinFunction *)v;
    uint64_t h = (uint64_t)oz_word(f->self) >> 4 ^ (uint64_t)(uintptr_t)f->signature->def >> 3;
    *hash = (int64_t)h == -1 ? -2 : (int64_t)h;
    return true;
}

static Ref function_name(Thread *t, Obj v)
{
    return oz_intern(t, ((const BuiltinFunction *)v)->signature->def->name);
}

static Ref function_qualname(Thread *t, Obj v)
{
    const BuiltinFunction *f = (const BuiltinFunction *)v;
    const char *name = f->signature->def->name;
    if (f->owner)
        return oz_str_format(t, "%s.%s", oz_class_name(f->owner), name);
    if (!bound_to_object(f))
        return oz_intern(t, name);
    scoped Ref scope = oz_get_attr(t, oz_is_class(f->self) ? f->self : (Obj)oz_class_of(f->self),
                                   OZ_NAME(t, __qualname__));
    return scope ? oz_str_format(t, "%S.%s", scope, name) : NULL;
}

static Ref function_doc(Thread *t, Obj v)
{
    return text_or_none(t, ((const BuiltinFunction *)v)->signature->def->doc);
}

static Ref function_text_signature(Thread *t, Obj v)
{
    return text_or_none(t, ((const BuiltinFunction *)v)->signature->def->signature);
}

OZ_METHOD(builtin_function, __reduce__, "($self, /)", "Return the name that finds the function.")
{
    const BuiltinFunction *f = (const BuiltinFunction *)a[0];
    scoped Ref name = function_name(t, a[0]);
    if (!name)
        return NULL;
    return bound_to_object(f) ? reduce_getattr(t, f->self, name) : oz_move(&name);
}

static void function_visit(const Object *object, Visitor *v)
{
    const BuiltinFunction *self = (const BuiltinFunction *)object;
    OZ_VISIT(self)
    OZ_VISIT(module)
}

static void function_clear(Thread *t OZ_UNUSED, Object *object)
{
    BuiltinFunction *self = (BuiltinFunction *)object;
    OZ_CLEAR(self)
    OZ_CLEAR(module)
}

static void function_free(Thread *t OZ_UNUSED, Object *object)
{
    const BuiltinFunction *self = (const BuiltinFunction *)object;
    if (!self->owner || (self->signature->def->flags & OZ_FN_STATIC))
        oz_signature_drop(self->signature);
}

const TypeDef oz_builtin_function_type = {
    .id = OZ_BUILTIN_FUNCTION,
    .name = "builtin_function_or_method",
    .size = sizeof(BuiltinFunction),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW | OZ_TYPE_WEAKREF,
    .visit = function_visit,
    .clear = function_clear,
    .free = function_free,
    .slots = {.call = function_call,
              .repr = function_repr,
              .compare = function_compare,
              .hash = function_hash},
    .methods = OZ_METHODS(&builtin_function___reduce__),
    .getsets = OZ_GETSETS({"__name__", function_name, NULL, NULL},
                          {"__qualname__", function_qualname, NULL, NULL},
                          {"__doc__", function_doc, NULL, NULL},
                          {"__text_signature__", function_text_signature, NULL, NULL}),
    .members = OZ_MEMBERS(
        {"__self__", offsetof(BuiltinFunction, self), OZ_MEMBER_READONLY | OZ_MEMBER_NONE_IF_EMPTY,
         NULL},
        {"__module__", offsetof(BuiltinFunction, module), OZ_MEMBER_NONE_IF_EMPTY, NULL}),
};

/* ---- method_descriptor ---- */

Ref oz_method_descriptor_new(Thread *t, Class *owner, const NativeDef *def)
{
    if (def->flags & OZ_FN_STATIC) {
        scoped Ref f = oz_builtin_function_new(t, def, (Obj)owner, NULL, owner);
        return f ? oz_staticmethod_new(t, f) : NULL;
    }
    Signature *signature = oz_signature_new_in(t, def, owner->def->name);
    if (!signature)
        return NULL;
    uint32_t id = def->flags & OZ_FN_CLASSMETHOD ? OZ_CLASSMETHOD_DESCRIPTOR : OZ_METHOD_DESCRIPTOR;
    scoped Ref name = oz_intern(t, def->name);
    MethodDescriptor *method = name ? oz_object_new_raw(t, id, sizeof *method) : NULL;
    if (!method) {
        oz_signature_drop(signature);
        return NULL;
    }
    method->owner = owner;
    method->signature = signature;
    oz_store_raw(&method->base, &method->name, oz_move(&name));
    return (Ref)method;
}

/* The function behind a method descriptor, for `self`. */
static Ref bind_method(Thread *t, MethodDescriptor *method, Obj self)
{
    return function_new(t, method->signature, self, NULL, method->owner);
}

static bool check_self(Thread *t, const MethodDescriptor *method, Obj self)
{
    if (OZ_LIKELY(oz_class_derives(oz_class_of(self), method->owner)))
        return true;
    return oz_fail(t, OZ_TypeError,
                   "descriptor '%S' for '%s' objects doesn't apply to a '%T' object", method->name,
                   method->owner->def->name, self);
}

static Ref method_call(Thread *t, Obj v, const Args *args)
{
    MethodDescriptor *method = (MethodDescriptor *)v;
    if (!args->count)
        return oz_raise(t, OZ_TypeError, "unbound method %s.%S() needs an argument",
                        oz_class_name(method->owner), method->name);
    if (!check_self(t, method, args->items[0]))
        return NULL;
    if (OZ_LIKELY(!args->named))
        return oz_signature_call_window(t, method->signature, args->items, args->count - 1);
    Args rest = {args->items + 1, args->count - 1, args->named, args->names};
    return oz_signature_call(t, method->signature, args->items[0], &rest);
}

static Ref method_get(Thread *t, Obj v, Obj instance, Obj owner OZ_UNUSED)
{
    MethodDescriptor *method = (MethodDescriptor *)v;
    if (!instance)
        return oz_retain(v);
    return check_self(t, method, instance) ? bind_method(t, method, instance) : NULL;
}

static Ref method_repr(Thread *t, Obj v)
{
    const MethodDescriptor *method = (const MethodDescriptor *)v;
    return oz_str_format(t, "<method '%S' of '%s' objects>", method->name,
                         method->owner->def->name);
}

static Ref method_objclass(Thread *t OZ_UNUSED, Obj v)
{
    return oz_retain((Obj)((const MethodDescriptor *)v)->owner);
}

static Ref method_qualname(Thread *t, Obj v)
{
    const MethodDescriptor *method = (const MethodDescriptor *)v;
    return oz_str_format(t, "%s.%S", oz_class_name(method->owner), method->name);
}

static Ref method_doc(Thread *t, Obj v)
{
    return text_or_none(t, ((const MethodDescriptor *)v)->signature->def->doc);
}

static Ref method_text_signature(Thread *t, Obj v)
{
    return text_or_none(t, ((const MethodDescriptor *)v)->signature->def->signature);
}

OZ_METHOD(method, __reduce__, "($self, /)", "Return how to find the method again.")
{
    const MethodDescriptor *method = (const MethodDescriptor *)a[0];
    return reduce_getattr(t, (Obj)method->owner, method->name);
}

static void method_visit(const Object *object, Visitor *v)
{
    const MethodDescriptor *self = (const MethodDescriptor *)object;
    OZ_VISIT(name)
}

static void method_clear(Thread *t OZ_UNUSED, Object *object)
{
    MethodDescriptor *self = (MethodDescriptor *)object;
    OZ_CLEAR(name)
}

/* Of a class that could not be filled: the others are immortal. */
static void method_free(Thread *t OZ_UNUSED, Object *object)
{
    oz_signature_drop(((MethodDescriptor *)object)->signature);
}

#define METHOD_ATTRIBUTES                                                                          \
    .getsets = OZ_GETSETS({"__objclass__", method_objclass, NULL, NULL},                           \
                          {"__qualname__", method_qualname, NULL, NULL},                           \
                          {"__doc__", method_doc, NULL, NULL},                                     \
                          {"__text_signature__", method_text_signature, NULL, NULL}),              \
    .members =                                                                                     \
        OZ_MEMBERS({"__name__", offsetof(MethodDescriptor, name), OZ_MEMBER_READONLY, NULL})

const TypeDef oz_method_descriptor_type = {
    .id = OZ_METHOD_DESCRIPTOR,
    .name = "method_descriptor",
    .size = sizeof(MethodDescriptor),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW | OZ_TYPE_METHOD,
    .visit = method_visit,
    .clear = method_clear,
    .free = method_free,
    .slots = {.call = method_call, .descr_get = method_get, .repr = method_repr},
    .methods = OZ_METHODS(&method___reduce__),
    METHOD_ATTRIBUTES,
};

/* ---- classmethod_descriptor ---- */

static Ref class_bind(Thread *t, MethodDescriptor *method, Obj cls)
{
    if (!oz_is_class(cls))
        return oz_raise(t, OZ_TypeError,
                        "descriptor '%S' for type '%s' needs a type, not a '%T' as arg 2",
                        method->name, method->owner->def->name, cls);
    if (!oz_class_derives((Class *)cls, method->owner))
        return oz_raise(t, OZ_TypeError,
                        "descriptor '%S' requires a subtype of '%s' but received '%N'",
                        method->name, method->owner->def->name, cls);
    return function_new(t, method->signature, cls, NULL, method->owner);
}

static Ref class_get(Thread *t, Obj v, Obj instance, Obj owner)
{
    if (!owner)
        owner = (Obj)oz_class_of(instance);
    return class_bind(t, (MethodDescriptor *)v, owner);
}

static Ref class_call(Thread *t, Obj v, const Args *args)
{
    MethodDescriptor *method = (MethodDescriptor *)v;
    if (!args->count)
        return oz_raise(t, OZ_TypeError, "descriptor '%S' of '%s' object needs an argument",
                        method->name, method->owner->def->name);
    scoped Ref bound = class_bind(t, method, args->items[0]);
    if (!bound)
        return NULL;
    Args rest = {args->items + 1, args->count - 1, args->named, args->names};
    return function_call(t, bound, &rest);
}

const TypeDef oz_classmethod_descriptor_type = {
    .id = OZ_CLASSMETHOD_DESCRIPTOR,
    .name = "classmethod_descriptor",
    .size = sizeof(MethodDescriptor),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = method_visit,
    .clear = method_clear,
    .free = method_free,
    .slots = {.call = class_call, .descr_get = class_get, .repr = method_repr},
    METHOD_ATTRIBUTES,
};

/* ---- method-wrapper ---- */

Ref oz_method_wrapper_new(Thread *t, Obj descriptor, Obj self)
{
    MethodWrapper *w = oz_object_new_raw(t, OZ_METHOD_WRAPPER, sizeof *w);
    if (!w)
        return NULL;
    oz_store_raw(&w->base, &w->descriptor, oz_retain(descriptor));
    oz_store_raw(&w->base, &w->self, oz_retain(self));
    return (Ref)w;
}

static Ref wrapper_call(Thread *t, Obj v, const Args *args)
{
    const MethodWrapper *w = (const MethodWrapper *)v;
    enum { INLINE = 8 };
    size_t count = args->count + args->named;
    Obj few[INLINE + 1];
    Obj *items = few;
    if (count > INLINE) {
        items = oz_block_alloc(t->heap, (count + 1) * sizeof(Obj));
        if (!items)
            return oz_raise_memory(t);
    }
    items[0] = w->self;
    for (size_t i = 0; i < count; i++)
        items[i + 1] = args->items[i];
    Args all = {items, args->count + 1, args->named, args->names};
    Ref result = oz_call(t, w->descriptor, &all);
    if (items != few)
        oz_block_free(items);
    return result;
}

static Ref wrapper_attribute(Thread *t, Obj v, Obj name)
{
    return oz_get_attr(t, ((const MethodWrapper *)v)->descriptor, name);
}

static Ref wrapper_name(Thread *t, Obj v)
{
    return wrapper_attribute(t, v, OZ_NAME(t, __name__));
}

static Ref wrapper_qualname(Thread *t, Obj v)
{
    return wrapper_attribute(t, v, OZ_NAME(t, __qualname__));
}

static Ref wrapper_doc(Thread *t, Obj v)
{
    return wrapper_attribute(t, v, OZ_NAME(t, __doc__));
}

static Ref wrapper_text_signature(Thread *t, Obj v)
{
    return wrapper_attribute(t, v, OZ_NAME(t, __text_signature__));
}

static Ref wrapper_objclass(Thread *t, Obj v)
{
    return wrapper_attribute(t, v, OZ_NAME(t, __objclass__));
}

static Ref wrapper_repr(Thread *t, Obj v)
{
    scoped Ref name = wrapper_name(t, v);
    Obj self = ((const MethodWrapper *)v)->self;
    return name ? oz_str_format(t, "<method-wrapper '%S' of %T object at 0x%zx>", name, self,
                                (size_t)oz_word(self))
                : NULL;
}

static Ref wrapper_compare(Thread *t OZ_UNUSED, Obj a, Obj b, CompareOp op)
{
    if ((op != OZ_EQ && op != OZ_NE) || !oz_is(b, OZ_METHOD_WRAPPER))
        return OZ_NOT_IMPLEMENTED;
    const MethodWrapper *v = (const MethodWrapper *)a;
    const MethodWrapper *w = (const MethodWrapper *)b;
    bool same = v->self == w->self && v->descriptor == w->descriptor;
    return oz_bool(same == (op == OZ_EQ));
}

static bool wrapper_hash(Thread *t OZ_UNUSED, Obj v, int64_t *hash)
{
    const MethodWrapper *w = (const MethodWrapper *)v;
    *hash = (int64_t)(oz_word(w->self) >> 4 ^ oz_word(w->descriptor) >> 3);
    return true;
}

OZ_METHOD(method_wrapper, __reduce__, "($self, /)", "Return how to find the method again.")
{
    scoped Ref name = wrapper_name(t, a[0]);
    return name ? reduce_getattr(t, ((const MethodWrapper *)a[0])->self, name) : NULL;
}

static void wrapper_visit(const Object *object, Visitor *v)
{
    const MethodWrapper *self = (const MethodWrapper *)object;
    OZ_VISIT(descriptor)
    OZ_VISIT(self)
}

static void wrapper_clear(Thread *t OZ_UNUSED, Object *object)
{
    MethodWrapper *self = (MethodWrapper *)object;
    OZ_CLEAR(descriptor)
    OZ_CLEAR(self)
}

const TypeDef oz_method_wrapper_type = {
    .id = OZ_METHOD_WRAPPER,
    .name = "method-wrapper",
    .size = sizeof(MethodWrapper),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = wrapper_visit,
    .clear = wrapper_clear,
    .slots = {.call = wrapper_call,
              .repr = wrapper_repr,
              .compare = wrapper_compare,
              .hash = wrapper_hash},
    .methods = OZ_METHODS(&method_wrapper___reduce__),
    .getsets = OZ_GETSETS(
        {"__name__", wrapper_name, NULL, NULL}, {"__qualname__", wrapper_qualname, NULL, NULL},
        {"__doc__", wrapper_doc, NULL, NULL}, {"__objclass__", wrapper_objclass, NULL, NULL},
        {"__text_signature__", wrapper_text_signature, NULL, NULL}),
    .members = OZ_MEMBERS({"__self__", offsetof(MethodWrapper, self), OZ_MEMBER_READONLY, NULL}),
};
