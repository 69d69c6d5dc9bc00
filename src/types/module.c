// SPDX-License-Identifier: MIT
// module objects: a namespace dict with a name.
//
// Reading an attribute that the class has nothing of is one lookup in the dict.  What is missing is
// asked of the module's own __getattr__ (PEP 562).  The dict outlives the module: functions that
// were defined in it keep it.
#include "types/module.h"

#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/native.h"
#include "types/str.h"
#include "types/type.h"

/* ---- making ---- */

static bool set_defaults(Thread *t, Module *module, Obj name, Obj doc)
{
    scoped Ref own = NULL;
    if (!module->dict) {
        own = oz_dict_new(t);
        if (!own)
            return false;
        oz_store_new(&module->base, &module->dict, oz_move(&own));
    }
    Dict *d = (Dict *)module->dict;
    oz_store(&module->base, &module->def_name, oz_retain(name));
    return oz_dict_set(t, d, OZ_NAME(t, __name__), name) &&
           oz_dict_set(t, d, OZ_NAME(t, __doc__), doc) &&
           oz_dict_set(t, d, OZ_NAME(t, __package__), OZ_NONE) &&
           oz_dict_set(t, d, OZ_NAME(t, __loader__), OZ_NONE) &&
           oz_dict_set(t, d, OZ_NAME(t, __spec__), OZ_NONE);
}

Ref oz_module_new(Thread *t, Obj name)
{
    scoped Ref module = oz_object_new(t, OZ_MODULE, sizeof(Module));
    if (!module || !set_defaults(t, (Module *)module, name, OZ_NONE))
        return NULL;
    return oz_move(&module);
}

/* Their __module__ is a str of its own, shared by them: a pickle tells it from the name of a
 * function or class, as CPython's does. */
static bool add_functions(Thread *t, Module *module, const ModuleDef *def)
{
    scoped Ref name = oz_str_new(t, def->name);
    if (!name)
        return false;
    for (const NativeDef *const *f = def->functions; f && *f; f++) {
        Ref function = oz_builtin_function_new(t, *f, (Obj)module, name, NULL);
        if (!function || !oz_module_add(t, module, (*f)->name, function))
            return false;
    }
    return true;
}

static bool add_types(Thread *t, Module *module, const ModuleDef *def)
{
    for (const uint32_t *id = def->types; id && *id; id++) {
        Class *cls = oz_builtin_class(t, *id);
        if (!cls || !oz_module_add(t, module, oz_class_name(cls), oz_retain((Obj)cls)))
            return false;
    }
    return true;
}

Ref oz_module_from_def(Thread *t, const ModuleDef *def)
{
    scoped Ref name = oz_intern(t, def->name);
    scoped Ref doc = !name ? NULL : def->doc && *def->doc ? oz_str_new(t, def->doc) : OZ_NONE;
    if (!doc)
        return NULL;
    scoped Ref module = oz_object_new(t, OZ_MODULE, sizeof(Module));
    if (!module || !set_defaults(t, (Module *)module, name, doc))
        return NULL;
    Module *self = (Module *)module;
    self->def = def;
    if (!add_functions(t, self, def) || !add_types(t, self, def) ||
        (def->init && !def->init(t, self)))
        return NULL;
    return oz_move(&module);
}

Dict *oz_module_dict(Obj module)
{
    return (Dict *)((const Module *)module)->dict;
}

bool oz_module_add(Thread *t, Module *module, const char *name, Ref value)
{
    scoped Ref own = value;
    scoped Ref key = own ? oz_intern(t, name) : NULL;
    return key && oz_dict_set(t, (Dict *)module->dict, key, own);
}

bool oz_module_add_int(Thread *t, Module *module, const char *name, int64_t value)
{
    return oz_module_add(t, module, name, oz_int_new(t, value));
}

bool oz_module_add_str(Thread *t, Module *module, const char *name, const char *text)
{
    return oz_module_add(t, module, name, oz_str_new(t, text));
}

OZ_NEW(module, "($type, *args, **kwargs)")
{
    return (Ref)oz_instance_new(t, (Class *)a[0], 0);
}

OZ_INIT(module, "($self, name, doc=None)")
{
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "module() argument 'name' must be str, not %T", a[1]);
    return set_defaults(t, (Module *)a[0], a[1], a[2]) ? OZ_NONE : NULL;
}

/* ---- attributes ---- */

static Dict *dict_of(Obj v)
{
    return (Dict *)((const Module *)v)->dict;
}

/* Is the module being imported: __spec__._initializing?  Errors count as no. */
static bool is_initializing(Thread *t, Obj spec)
{
    scoped Ref key = oz_intern(t, "_initializing");
    scoped Ref value = NULL;
    bool truth = false;
    if (!key || oz_find_attr(t, spec, key, &value) != OZ_FOUND || !oz_truth(t, value, &truth)) {
        oz_exception_clear(t);
        return false;
    }
    return truth;
}

/* Is a module of that name inside it being imported?  Errors count as no. */
static bool is_child_initializing(Thread *t, Obj spec, Obj name)
{
    scoped Ref key = oz_intern(t, "_uninitialized_submodules"), value = NULL;
    bool found = false;
    if (!key || oz_find_attr(t, spec, key, &value) != OZ_FOUND ||
        (oz_as_list(value) && !oz_contains(t, value, name, &found)))
        oz_exception_clear(t);
    return found;
}

static Ref missing(Thread *t, Obj v, Obj name)
{
    Dict *d = dict_of(v);
    scoped Ref hook = d ? oz_retain(oz_dict_peek_str(d, OZ_NAME(t, __getattr__))) : NULL;
    if (hook)
        return oz_call1(t, hook, name);
    scoped Ref module_name = d ? oz_retain(oz_dict_peek_str(d, OZ_NAME(t, __name__))) : NULL;
    if (!module_name || !oz_is_str(module_name)) {
        oz_raise(t, OZ_AttributeError, "module has no attribute '%S'", name);
        return NULL;
    }
    scoped Ref spec = oz_retain(oz_dict_peek_str(d, OZ_NAME(t, __spec__)));
    if (spec && !oz_is_none(spec) && is_initializing(t, spec))
        return oz_raise(t, OZ_AttributeError,
                        "partially initialized module '%S' has no attribute '%S' (most likely due "
                        "to a circular import)",
                        module_name, name);
    if (spec && !oz_is_none(spec) && is_child_initializing(t, spec, name))
        return oz_raise(
            t, OZ_AttributeError,
            "cannot access submodule '%S' of module '%S' (most likely due to a circular "
            "import)",
            name, module_name);
    return oz_raise(t, OZ_AttributeError, "module '%S' has no attribute '%S'", module_name, name);
}

static Ref module_get_attr(Thread *t, Obj v, Obj name)
{
    Dict *d = dict_of(v);
    if (OZ_LIKELY(d && oz_is_exact_str(name))) {
        Obj above;
        Found found = oz_class_find(t, oz_class_of(v), name, &above);
        if (found == OZ_RAISED)
            return NULL;
        Obj value = found == OZ_MISSING ? oz_dict_peek_str(d, name) : NULL;
        if (OZ_LIKELY(value != NULL))
            return oz_retain(value);
        if (found == OZ_MISSING)
            return missing(t, v, name);
    }
    Ref value = oz_object_get_attr(t, v, name);
    if (value || !oz_raised(t, OZ_AttributeError) || !oz_is_str(name))
        return value;
    oz_exception_clear(t);
    return missing(t, v, name);
}

static Ref module_get_dict(Thread *t OZ_UNUSED, Obj v)
{
    Module *self = (Module *)v;
    if (!self->dict) {
        Ref own = oz_dict_new(t);
        if (!own)
            return NULL;
        oz_store_new(&self->base, &self->dict, own);
    }
    return oz_retain(self->dict);
}

static bool module_set_dict(Thread *t, Obj v OZ_UNUSED, Obj value OZ_UNUSED)
{
    return oz_fail(t, OZ_AttributeError, "readonly attribute");
}

static Ref module_get_annotations(Thread *t, Obj v)
{
    scoped Ref dict = module_get_dict(t, v);
    if (!dict)
        return NULL;
    Obj value = oz_dict_peek_str((Dict *)dict, OZ_NAME(t, __annotations__));
    if (value)
        return oz_retain(value);
    scoped Ref own = oz_dict_new(t);
    if (!own || !oz_dict_set(t, (Dict *)dict, OZ_NAME(t, __annotations__), own))
        return NULL;
    return oz_move(&own);
}

static bool module_set_annotations(Thread *t, Obj v, Obj value)
{
    scoped Ref dict = module_get_dict(t, v);
    if (!dict)
        return false;
    if (value)
        return oz_dict_set(t, (Dict *)dict, OZ_NAME(t, __annotations__), value);
    Found found = oz_dict_delete(t, (Dict *)dict, OZ_NAME(t, __annotations__));
    if (found == OZ_MISSING)
        return oz_fail(t, OZ_AttributeError, "__annotations__");
    return found == OZ_FOUND;
}

OZ_METHOD(module, __dir__, "($self, /)",
          "Names of the module: those of its dict, or what its own "
          "__dir__ says.")
{
    scoped Ref dict = oz_get_attr(t, a[0], OZ_NAME(t, __dict__)); /* a subclass may have another */
    if (!dict)
        return NULL;
    if (!oz_as_dict(dict))
        return oz_raise(t, OZ_TypeError, "<module>.__dict__ is not a dictionary");
    scoped Ref hook = oz_retain(oz_dict_peek_str((Dict *)dict, OZ_NAME(t, __dir__)));
    return hook ? oz_call0(t, hook) : oz_dict_key_list(t, (Dict *)dict);
}

/* ---- repr ---- */

/* spec.name, or NULL. */
static Found spec_part(Thread *t, Obj spec, const char *name, Ref *value)
{
    scoped Ref key = oz_intern(t, name);
    return key ? oz_find_attr(t, spec, key, value) : OZ_RAISED;
}

static Ref repr_of_spec(Thread *t, Obj spec, Obj loader)
{
    scoped Ref name = NULL;
    scoped Ref origin = NULL;
    scoped Ref located = NULL;
    if (spec_part(t, spec, "name", &name) == OZ_RAISED ||
        spec_part(t, spec, "origin", &origin) == OZ_RAISED ||
        spec_part(t, spec, "has_location", &located) == OZ_RAISED)
        return NULL;
    if (!name || oz_is_none(name))
        name = oz_str_new(t, "?");
    if (!origin || oz_is_none(origin)) {
        if (!loader || oz_is_none(loader))
            return oz_str_format(t, "<module %R>", name);
        return oz_str_format(t, "<module %R (%R)>", name, loader);
    }
    bool has_location = false;
    if (located && !oz_truth(t, located, &has_location))
        return NULL;
    return has_location ? oz_str_format(t, "<module %R from %R>", name, origin)
                        : oz_str_format(t, "<module %R (%S)>", name, origin);
}

/* What loader.module_repr(module) says; OZ_MISSING: nothing, or it failed. */
static Found repr_of_loader(Thread *t, Obj v, Obj loader, Ref *text)
{
    scoped Ref name = oz_intern(t, "module_repr");
    scoped Ref method = NULL;
    if (!name)
        return OZ_RAISED;
    Found found = oz_find_attr(t, loader, name, &method);
    if (found != OZ_FOUND)
        return found;
    *text = oz_call1(t, method, v);
    if (*text)
        return OZ_FOUND;
    return oz_exception_forget(t, OZ_Exception) ? OZ_MISSING : OZ_RAISED;
}

static Ref module_repr(Thread *t, Obj v)
{
    Dict *d = dict_of(v);
    scoped Ref spec = d ? oz_retain(oz_dict_peek_str(d, OZ_NAME(t, __spec__))) : NULL;
    scoped Ref loader = d ? oz_retain(oz_dict_peek_str(d, OZ_NAME(t, __loader__))) : NULL;
    scoped Ref name = d ? oz_retain(oz_dict_peek_str(d, OZ_NAME(t, __name__))) : NULL;
    scoped Ref file = d ? oz_retain(oz_dict_peek_str(d, OZ_NAME(t, __file__))) : NULL;
    if (spec && !oz_is_none(spec))
        return repr_of_spec(t, spec, loader);
    if (loader && !oz_is_none(loader)) {
        Ref text;
        Found found = repr_of_loader(t, v, loader, &text);
        if (found != OZ_MISSING)
            return found == OZ_FOUND ? text : NULL;
    }
    if (!name)
        name = oz_str_new(t, "?");
    if (!name)
        return NULL;
    if (file)
        return oz_str_format(t, "<module %R from %R>", name, file);
    if (((const Module *)v)->def)
        return oz_str_format(t, "<module %R (built-in)>", name);
    if (loader && !oz_is_none(loader))
        return oz_str_format(t, "<module %R (%R)>", name, loader);
    return oz_str_format(t, "<module %R>", name);
}

/* ---- the type ---- */

static void module_visit(const Object *object, Visitor *v)
{
    const Module *self = (const Module *)object;
    MODULE_REFS(OZ_VISIT)
}

static void module_clear(Thread *t, Object *object)
{
    Module *self = (Module *)object;
    if (self->def && self->def->fini)
        self->def->fini(t, self);
    self->def = NULL;
    MODULE_REFS(OZ_CLEAR)
}

const TypeDef oz_module_type = {
    .id = OZ_MODULE,
    .name = "module",
    .doc = "A namespace with a name: what an import statement gives.",
    .size = sizeof(Module),
    .flags = OZ_TYPE_WEAKREF,
    .dict_offset = offsetof(Module, dict),
    .visit = module_visit,
    .clear = module_clear,
    .make = &module_new_,
    .initialise = &module_init_,
    .slots = {.get_attr = module_get_attr, .repr = module_repr},
    .methods = OZ_METHODS(&module___dir__),
    .getsets =
        OZ_GETSETS({"__dict__", module_get_dict, module_set_dict, NULL},
                   {"__annotations__", module_get_annotations, module_set_annotations, NULL}),
};
