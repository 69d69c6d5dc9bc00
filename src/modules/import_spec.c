// SPDX-License-Identifier: MIT
// What modules carry about their import: __spec__, __loader__, and our entry of sys.meta_path.
//
// A spec has the attributes of importlib.machinery.ModuleSpec.  A loader knows its module's name
// and file; anything else it is asked for comes from the library's loader for the same file, made
// at that moment, so that start-up never loads importlib.
#include "modules/import.h"

#include "modules/modules.h"
#include "object/error.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

/* __class__ of an object that stands for one of the library's, once the library has its class:
 * isinstance() then says what a program expects. */
static Ref library_class(Thread *t, Obj self, const char *module_name, const char *class_name)
{
    scoped Ref key = oz_intern(t, module_name), cls = NULL;
    scoped Ref name = key ? oz_intern(t, class_name) : NULL;
    if (!name)
        return NULL;
    Dict *modules = oz_as_dict(t->vm->modules);
    scoped Ref module = modules ? oz_retain(oz_dict_peek_str(modules, key)) : NULL;
    if (module && oz_find_attr(t, module, name, &cls) == OZ_RAISED)
        return NULL;
    return cls ? oz_move(&cls) : oz_retain((Obj)oz_class_of(self));
}

/* ---- spec ---- */

#define SPEC_REFS(REF)                                                                             \
    REF(name)                                                                                      \
    REF(loader)                                                                                    \
    REF(origin)                                                                                    \
    REF(loader_state)                                                                              \
    REF(submodule_search_locations)                                                                \
    REF(cached)                                                                                    \
    REF(initializing)                                                                              \
    REF(has_location)                                                                              \
    REF(uninitialized)
typedef struct Spec {
    Object base;
    SPEC_REFS(OZ_FIELD)
} Spec;

static void spec_visit(const Object *object, Visitor *v)
{
    const Spec *self = (const Spec *)object;
    SPEC_REFS(OZ_VISIT)
}

static void spec_clear(Thread *t OZ_UNUSED, Object *object)
{
    Spec *self = (Spec *)object;
    SPEC_REFS(OZ_CLEAR)
}

Ref oz_spec_new(Thread *t, Obj name, Obj loader, Obj origin, Obj locations, Obj cached)
{
    Spec *self = oz_object_new(t, OZ_SPEC, sizeof *self);
    scoped Ref held = (Ref)self;
    if (!self)
        return NULL;
    Object *o = &self->base;
    oz_store_raw(o, &self->name, oz_retain(name));
    oz_store_raw(o, &self->loader, oz_retain(loader));
    oz_store_raw(o, &self->origin, oz_retain(origin));
    oz_store_raw(o, &self->submodule_search_locations, locations ? oz_retain(locations) : OZ_NONE);
    self->loader_state = OZ_NONE;
    oz_store_raw(o, &self->cached, cached ? oz_retain(cached) : OZ_NONE);
    self->initializing = OZ_FALSE;
    self->has_location =
        oz_bool(origin != OZ_NONE && !oz_str_equal_utf8(oz_as_str(origin), "built-in"));
    oz_store_raw(o, &self->uninitialized, oz_list_new(t, 0));
    return self->uninitialized ? oz_move(&held) : NULL;
}

void oz_spec_initializing(Obj spec, bool on)
{
    if (oz_is(spec, OZ_SPEC))
        ((Spec *)spec)->initializing = oz_bool(on);
}

static Ref spec_parent(Thread *t, Obj object)
{
    const Spec *self = (Spec *)object;
    const Str *s = oz_as_str(self->name);
    if (self->submodule_search_locations != OZ_NONE)
        return oz_retain(self->name);
    for (size_t n = s ? oz_str_length(s) : 0; n-- > 0;)
        if (oz_str_at(s, n) == '.')
            return oz_str_slice(t, self->name, 0, n);
    return oz_retain(OZ_TEXT(t, empty));
}

static Ref spec_class(Thread *t, Obj self)
{
    return library_class(t, self, "importlib._bootstrap", "ModuleSpec");
}

static Ref spec_repr(Thread *t, Obj object)
{
    const Spec *self = (Spec *)object;
    scoped Ref origin = self->origin == OZ_NONE ? oz_retain(OZ_TEXT(t, empty))
                                                : oz_str_format(t, ", origin=%R", self->origin);
    scoped Ref places =
        self->submodule_search_locations == OZ_NONE
            ? oz_retain(OZ_TEXT(t, empty))
            : oz_str_format(t, ", submodule_search_locations=%S", self->submodule_search_locations);
    if (!origin || !places)
        return NULL;
    return oz_str_format(t, "ModuleSpec(name=%R, loader=%R%S%S)", self->name, self->loader, origin,
                         places);
}

OZ_NEW(spec, "($type, name, loader, *, origin=None, loader_state=None, is_package=None)")
{
    bool package = false;
    if (a[5] != OZ_NONE && !oz_truth(t, a[5], &package))
        return NULL;
    scoped Ref locations = package ? oz_list_new(t, 0) : NULL;
    Ref spec = package && !locations ? NULL : oz_spec_new(t, a[1], a[2], a[3], locations, NULL);
    if (spec)
        oz_store(oz_object(spec), &((Spec *)spec)->loader_state, oz_retain(a[4]));
    return spec;
}

#define SPEC_MEMBER(name, field)                                                                   \
    {                                                                                              \
        name, offsetof(Spec, field), OZ_MEMBER_NONE_IF_EMPTY, NULL                                 \
    }

const TypeDef oz_spec_type = {
    .id = OZ_SPEC,
    .name = "importlib.machinery.ModuleSpec",
    .doc = "How a module was found: its name, loader and place.",
    .size = sizeof(Spec),
    .visit = spec_visit,
    .clear = spec_clear,
    .make = &spec_new_,
    .slots = {.repr = spec_repr},
    .getsets = OZ_GETSETS({"parent", spec_parent, NULL, "the package that it belongs to"},
                          {"__class__", spec_class, NULL, NULL}),
    .members = OZ_MEMBERS(SPEC_MEMBER("name", name), SPEC_MEMBER("loader", loader),
                          SPEC_MEMBER("origin", origin), SPEC_MEMBER("loader_state", loader_state),
                          SPEC_MEMBER("submodule_search_locations", submodule_search_locations),
                          SPEC_MEMBER("cached", cached), SPEC_MEMBER("_cached", cached),
                          SPEC_MEMBER("_initializing", initializing),
                          SPEC_MEMBER("has_location", has_location),
                          SPEC_MEMBER("_set_fileattr", has_location),
                          SPEC_MEMBER("_uninitialized_submodules", uninitialized)),
};

/* ---- loader ---- */

#define LOADER_REFS(REF) REF(name) REF(path) REF(library)
typedef struct Loader {
    Object base;
    LOADER_REFS(OZ_FIELD) /* path: str; empty: native module */
} Loader;

static void loader_visit(const Object *object, Visitor *v)
{
    const Loader *self = (const Loader *)object;
    LOADER_REFS(OZ_VISIT)
}

static void loader_clear(Thread *t OZ_UNUSED, Object *object)
{
    Loader *self = (Loader *)object;
    LOADER_REFS(OZ_CLEAR)
}

Ref oz_loader_new(Thread *t, Obj name, Obj path)
{
    Loader *self = oz_object_new(t, OZ_LOADER, sizeof *self);
    if (!self)
        return NULL;
    oz_store_raw(&self->base, &self->name, oz_retain(name));
    oz_store_raw(&self->base, &self->path, oz_retain(path));
    return (Ref)self;
}

/* The library's class that loads such a file. */
static const char *library_name(const Loader *self)
{
    const Str *path = oz_as_str(self->path);
    size_t length = path ? oz_str_length(path) : 0;
    bool compiled = length > 4 && oz_str_at(path, length - 1) == 'c' &&
                    oz_str_at(path, length - 2) == 'y' && oz_str_at(path, length - 3) == 'p' &&
                    oz_str_at(path, length - 4) == '.';
    return !self->path ? "BuiltinImporter" : compiled ? "SourcelessFileLoader" : "SourceFileLoader";
}

static Ref loader_class(Thread *t, Obj object)
{
    const Loader *self = (const Loader *)object;
    if (!self->path) /* the library has the class itself as loader */
        return oz_retain((Obj)oz_class_of(object));
    return library_class(t, object, "importlib._bootstrap_external", library_name(self));
}

/* The library's loader for the same module: made once. */
static Ref library_loader(Thread *t, Loader *self)
{
    if (self->library)
        return oz_retain(self->library);
    scoped Ref machinery = oz_import(t, "importlib.machinery");
    scoped Ref name = machinery ? oz_intern(t, library_name(self)) : NULL;
    scoped Ref cls = name ? oz_get_attr(t, machinery, name) : NULL;
    if (!cls)
        return NULL;
    Ref made = self->path ? oz_call2(t, cls, self->name, self->path) : oz_move(&cls);
    if (made)
        oz_store(&self->base, &self->library, oz_retain(made));
    return made;
}

static Ref loader_get_attr(Thread *t, Obj object, Obj name)
{
    Loader *self = (Loader *)object;
    Ref value = oz_object_get_attr(t, object, name);
    const Str *s = oz_as_str(name);
    bool special = s && oz_str_length(s) > 1 && oz_str_at(s, 0) == '_' && oz_str_at(s, 1) == '_';
    if (value || special || !oz_exception_forget(t, OZ_AttributeError))
        return value;
    scoped Ref library = library_loader(t, self);
    return library ? oz_get_attr(t, library, name) : NULL;
}

static Ref loader_repr(Thread *t, Obj object)
{
    const Loader *self = (Loader *)object;
    if (!self->path)
        return oz_str_new(t, "<class '_frozen_importlib.BuiltinImporter'>");
    return oz_str_format(t, "<_frozen_importlib_external.%s object at %p>", library_name(self),
                         (void *)self);
}

const TypeDef oz_loader_type = {
    .id = OZ_LOADER,
    .name = "_frozen_importlib_external.SourceFileLoader",
    .size = sizeof(Loader),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = loader_visit,
    .clear = loader_clear,
    .slots = {.get_attr = loader_get_attr, .repr = loader_repr},
    .getsets = OZ_GETSETS({"__class__", loader_class, NULL, NULL}),
    .members = OZ_MEMBERS({"name", offsetof(Loader, name), OZ_MEMBER_READONLY, NULL},
                          {"path", offsetof(Loader, path), OZ_MEMBER_READONLY, NULL}),
};

/* ---- our entry of sys.meta_path ---- */

typedef struct Importer {
    Object base;
    Ref spare;
} Importer;

/* A ModuleSpec of importlib, for programs that ask the finders themselves. */
static Ref library_spec(Thread *t, Obj name, const Source *source)
{
    scoped Ref util = oz_import(t, "importlib.util");
    if (source->kind == OZ_SOURCE_NAMESPACE) {
        scoped Ref machinery = util ? oz_import(t, "importlib.machinery") : NULL;
        scoped Ref spec_name = machinery ? oz_intern(t, "ModuleSpec") : NULL;
        scoped Ref cls = spec_name ? oz_get_attr(t, machinery, spec_name) : NULL;
        scoped Ref spec = cls ? oz_call2(t, cls, name, OZ_NONE) : NULL;
        scoped Ref places = spec ? oz_intern(t, "submodule_search_locations") : NULL, path = NULL;
        scoped Ref loader = places ? oz_namespace_loader(t, name, source->locations, &path) : NULL;
        if (!loader || !oz_set_attr(t, spec, places, path))
            return NULL;
        return oz_move(&spec);
    }
    scoped Ref attribute = util ? oz_intern(t, "spec_from_file_location") : NULL;
    scoped Ref make = attribute ? oz_get_attr(t, util, attribute) : NULL;
    return make ? oz_call2(t, make, name, source->path) : NULL;
}

OZ_METHOD(importer, find_spec, "($self, fullname, path=None, target=None)",
          "Return the spec of a module that Ounce can import itself, or None.")
{
    scoped Ref keep = NULL;
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "module name must be a string");
    if (a[2] == OZ_NONE && oz_module_find(oz_str_display(t, a[1], &keep))) {
        scoped Ref util = oz_import(t, "importlib.util");
        scoped Ref machinery = util ? oz_import(t, "importlib.machinery") : NULL;
        scoped Ref name = machinery ? oz_intern(t, "BuiltinImporter") : NULL;
        scoped Ref cls = name ? oz_get_attr(t, machinery, name) : NULL;
        scoped Ref find = oz_intern(t, "find_spec");
        return cls && find ? oz_call_method(t, cls, find, 1, a + 1) : NULL;
    }
    Source source = {0};
    scoped Ref spec = NULL;
    Found found = oz_source_find(t, a[1], a[2] == OZ_NONE ? NULL : a[2], &source, &spec);
    Ref result = found == OZ_MISSING  ? OZ_NONE
                 : found == OZ_RAISED ? NULL
                 : spec               ? oz_retain(spec)
                                      : library_spec(t, a[1], &source);
    oz_found_source_fini(&source);
    return result;
}

/* What the library's finder does for the same places. */
static Ref call_path_finder(Thread *t, const char *method, uint32_t count, const Obj *values)
{
    scoped Ref machinery = oz_import(t, "importlib.machinery");
    scoped Ref name = machinery ? oz_intern(t, "PathFinder") : NULL;
    scoped Ref cls = name ? oz_get_attr(t, machinery, name) : NULL;
    scoped Ref key = cls ? oz_intern(t, method) : NULL;
    return key ? oz_call_method(t, cls, key, count, values) : NULL;
}

OZ_METHOD(importer, find_distributions, "($self, context=<unrepresentable>)",
          "Return an iterator over the distributions in the context's path.")
{
    return call_path_finder(t, "find_distributions", a[1] ? 1 : 0, a + 1);
}

OZ_METHOD(importer, invalidate_caches, "($self, /)", "Forget what finders and metadata have kept.")
{
    return call_path_finder(t, "invalidate_caches", 0, NULL);
}

const TypeDef oz_importer_type = {
    .id = OZ_IMPORTER,
    .name = "importlib.machinery.Importer",
    .doc = "The finder of native modules and of source files in folders.",
    .size = sizeof(Importer),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .methods =
        OZ_METHODS(&importer_find_spec, &importer_find_distributions, &importer_invalidate_caches),
};

/* A namespace package follows the folders that its name has: what the library has for that. */
Ref oz_namespace_loader(Thread *t, Obj name, Obj locations, Ref *path)
{
    *path = NULL;
    scoped Ref machinery = oz_import(t, "importlib.machinery");
    scoped Ref key = machinery ? oz_intern(t, "NamespaceLoader") : NULL;
    scoped Ref cls = key ? oz_get_attr(t, machinery, key) : NULL;
    scoped Ref importer = cls ? oz_object_new(t, OZ_IMPORTER, sizeof(Importer)) : NULL;
    scoped Ref find = importer ? oz_intern(t, "find_spec") : NULL;
    scoped Ref finder = find ? oz_get_attr(t, importer, find) : NULL;
    scoped Ref loader = finder ? oz_call3(t, cls, name, locations, finder) : NULL;
    scoped Ref attribute = loader ? oz_intern(t, "_path") : NULL;
    *path = attribute ? oz_get_attr(t, loader, attribute) : NULL;
    return *path ? oz_move(&loader) : NULL;
}

bool oz_import_init(Thread *t)
{
    scoped Ref sys = oz_import(t, "sys");
    Class *cls = oz_builtin_class(t, OZ_IMPORTER);
    if (!sys || !cls || !oz_builtin_class(t, OZ_SPEC) || !oz_builtin_class(t, OZ_LOADER))
        return false;
    scoped Ref importer = oz_object_new(t, OZ_IMPORTER, sizeof(Importer));
    if (!importer)
        return false;
    Module *module = (Module *)sys;
    return oz_module_add(t, module, "meta_path", oz_list_of_array(t, (const Obj[]){importer}, 1)) &&
           oz_module_add(t, module, "path_hooks", oz_path_hooks_new(t, sys)) &&
           oz_module_add(t, module, "path_importer_cache", oz_dict_new(t));
}
