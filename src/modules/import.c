// SPDX-License-Identifier: MIT
// The import system: what the import statement does.
//
// The usual case is done here, without the library's importlib: sys.modules, native modules, and
// source files in the folders of sys.path or of a package.  Where a program has put finders of its
// own into sys.meta_path they are asked in their order; the entry that stands for this file
// (modules/import_spec.c, "Importer") marks our own place among them.  What such finders give is
// loaded by importlib._bootstrap, as is what importlib itself imports.
//
// A module is entered in sys.modules before its code runs and taken out if that fails.
#include "modules/import.h"

#include "modules/config.h"
#include "modules/modules.h"
#include "modules/opcode_module.h"
#include "modules/os_support.h"
#include "object/error.h"
#include "object/world.h"
#include "syntax/parser.h"
#include "types/audit.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/function.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"
#include "vm/vm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- text ---- */

static ssize_t last_dot(const Str *s)
{
    for (size_t n = oz_str_length(s); n-- > 0;)
        if (oz_str_at(s, n) == '.')
            return (ssize_t)n;
    return -1;
}

static size_t first_dot(const Str *s)
{
    size_t length = oz_str_length(s);
    for (size_t n = 0; n < length; n++)
        if (oz_str_at(s, n) == '.')
            return n;
    return length;
}

/* ---- native modules ---- */

static bool set_spec(Thread *t, Obj module, Obj name, Obj loader, Obj origin, Obj locations,
                     Obj cached)
{
    scoped Ref spec = oz_spec_new(t, name, loader, origin, locations, cached);
    return spec && oz_set_attr(t, module, OZ_NAME(t, __spec__), spec) &&
           oz_set_attr(t, module, OZ_NAME(t, __loader__), loader);
}

Found oz_import_native(Thread *t, Obj name, Ref *module)
{
    *module = NULL;
    scoped Ref keep = NULL;
    const ModuleDef *def = oz_module_find(oz_str_display(t, name, &keep));
    if (!def)
        return OZ_MISSING;
    scoped Ref made = oz_module_from_def(t, def);
    if (!made || !oz_dict_set(t, (Dict *)t->vm->modules, name, made))
        return OZ_RAISED;
    scoped Ref loader = oz_loader_new(t, name, NULL);
    scoped Ref origin = oz_str_new(t, "built-in");
    if (!loader || !origin || !set_spec(t, made, name, loader, origin, NULL, NULL) ||
        !oz_set_attr(t, made, OZ_NAME(t, __package__), OZ_TEXT(t, empty)))
        return OZ_RAISED;
    *module = oz_move(&made);
    return OZ_FOUND;
}

/* ---- source files ---- */

Ref oz_import_read(Thread *t, Obj path)
{
    scoped Ref keep = NULL;
    const char *text = oz_path_bytes(t, path, &keep);
    int fd = text ? OZ_DETACHED(t, open(text, O_RDONLY | O_CLOEXEC)) : -1;
    if (!text)
        return NULL;
    if (fd < 0)
        return oz_raise_os_error(t, errno, path);
    struct stat info;
    if (fstat(fd, &info) != 0 || info.st_size < 0) {
        int error = errno;
        close(fd);
        return oz_raise_os_error(t, error, path);
    }
    size_t size = (size_t)info.st_size;
    scoped Ref bytes = oz_bytes_alloc(t, size);
    uint8_t *data = bytes ? oz_bytes_data((const Bytes *)bytes) : NULL;
    oz_detach(t);
    size_t got = data ? oz_os_read_whole(fd, data, size) : 0;
    close(fd);
    oz_attach(t);
    return bytes ? oz_bytes_shrink(t, oz_move(&bytes), got) : NULL;
}

/* The name without its last part, or of the package itself. */
static Ref package_of(Thread *t, Obj name, bool is_package)
{
    const Str *s = oz_as_str(name);
    ssize_t dot = last_dot(s);
    if (is_package)
        return oz_retain(name);
    return dot < 0 ? oz_retain(OZ_TEXT(t, empty)) : oz_str_slice(t, name, 0, (size_t)dot);
}

static bool set_source_names(Thread *t, Obj module, Obj name, const Source *source)
{
    bool is_package = source->kind != OZ_SOURCE_MODULE;
    scoped Ref space = NULL;
    scoped Ref package = package_of(t, name, is_package);
    scoped Ref loader = source->path ? oz_loader_new(t, name, source->path)
                                     : oz_namespace_loader(t, name, source->locations, &space);
    Obj locations = space ? space : source->locations;
    Obj file = source->path ? source->path : OZ_NONE;
    if (!package || !loader || !oz_set_attr(t, module, OZ_NAME(t, __package__), package) ||
        !oz_set_attr(t, module, OZ_NAME(t, __file__), file) ||
        (is_package && !oz_set_attr(t, module, OZ_NAME(t, __path__), locations)))
        return false;
    scoped Ref cached = NULL;
    if (source->path) {
        cached = source->compiled ? oz_retain(source->path) : oz_cache_place(t, source->path);
        if (!cached || !oz_set_attr(t, module, OZ_NAME(t, __cached__), cached))
            return false;
    }
    return set_spec(t, module, name, loader, file, is_package ? locations : NULL, cached);
}

static Ref code_of(Thread *t, Obj name, const Source *source)
{
    if (!source->compiled)
        return oz_cache_code(t, source);
    scoped Ref bytes = oz_import_read(t, source->path);
    return bytes ? oz_cache_decode(t, bytes, name, source->path) : NULL;
}

static bool run_source(Thread *t, Obj module, Obj name, const Source *source)
{
    scoped Ref code = code_of(t, name, source);
    if (!code)
        return false;
    Obj dict = (Obj)oz_module_dict(module);
    scoped Ref function = oz_function_new(t, (Code *)code, dict, NULL);
    scoped Ref result = function ? oz_run_code(t, function, dict, 0) : NULL;
    return result != NULL;
}

/* A failed import leaves no half-made module behind. */
static void forget(Thread *t, Obj name)
{
    scoped Ref pending = oz_move(&t->exception);
    if (oz_dict_delete(t, (Dict *)t->vm->modules, name) == OZ_RAISED)
        oz_exception_clear(t);
    t->exception = oz_move(&pending);
}

/* platform takes what sys.version says for CPython's: enter the answer where it keeps its own. */
static bool adapt_platform(Thread *t, Obj module)
{
    scoped Ref key = NULL, cache_name = oz_intern(t, "_sys_version_cache"), cache = NULL;
    if (!cache_name || oz_find_attr(t, module, cache_name, &cache) == OZ_RAISED ||
        oz_sys_get(t, "version", &key) == OZ_RAISED)
        return false;
    if (!cache || !key || !oz_as_dict(cache))
        return true;
    scoped Ref name = oz_str_new(t, "Ounce"), version = oz_str_new(t, OZ_PYTHON_VERSION);
    scoped Ref compiler = oz_str_new(t, "GCC " __VERSION__);
    Obj empty = OZ_TEXT(t, empty);
    Obj parts[] = {name, version, empty, empty, empty, empty, compiler};
    scoped Ref facts = name && version && compiler ? oz_tuple_new(t, parts, 7) : NULL;
    return facts && oz_dict_set(t, (Dict *)cache, key, facts);
}

static bool run_text(Thread *t, Obj module, const char *text)
{
    scoped Ref bytes = oz_bytes_new(t, text, strlen(text));
    scoped Ref code =
        bytes ? t->vm->hooks.compile(t, bytes, OZ_TEXT(t, string_file), AST_MODE_EXEC, 0x100, -1)
              : NULL;
    Obj dict = (Obj)oz_module_dict(module);
    scoped Ref function = code ? oz_function_new(t, (Code *)code, dict, NULL) : NULL;
    scoped Ref result = function ? oz_run_code(t, function, dict, 0) : NULL;
    return result != NULL;
}

/* Who waits for a module that is being loaded waits for our own imports of it, too. */
static bool adapt_bootstrap(Thread *t, Obj module)
{
    return run_text(t, module,
                    "def _lock_unlock_module(name, *, then=_lock_unlock_module):\n"
                    "    from _imp import _wait_for_import\n"
                    "    _wait_for_import(name)\n"
                    "    then(name)\n");
}

/* Snapshots of the sample that is always taken; without our own modules (lib/) there are none. */
static bool adapt_tracemalloc(Thread *t, Obj module OZ_UNUSED)
{
    scoped Ref ours = oz_import(t, "_alloctrace"), name = oz_intern(t, "adapt");
    if (!ours)
        return oz_exception_forget(t, OZ_ImportError);
    scoped Ref done = name ? oz_call_method(t, ours, name, 0, NULL) : NULL;
    return done != NULL;
}

/* What modules of the library must be told about Ounce once they have run. */
static bool adapt(Thread *t, Obj name, Obj module)
{
    static const struct {
        const char *name;
        bool (*tell)(Thread *t, Obj module);
    } adaptations[] = {{"dis", oz_adapt_dis},
                       {"platform", adapt_platform},
                       {"importlib._bootstrap", adapt_bootstrap},
                       {"importlib._bootstrap_external", oz_adapt_bootstrap},
                       {"tracemalloc", adapt_tracemalloc}};
    for (size_t i = 0; i < OZ_COUNT(adaptations); i++)
        if (oz_str_equal_utf8(oz_as_str(name), adaptations[i].name))
            return adaptations[i].tell(t, module);
    return true;
}

/* The two halves of importlib run under the names that CPython has frozen them by: those are what
 * their classes say they are of. */
static const char *name_to_run(Obj name)
{
    static const char *const halves[][2] = {
        {"importlib._bootstrap", "_frozen_importlib"},
        {"importlib._bootstrap_external", "_frozen_importlib_external"}};
    for (size_t n = 0; n < OZ_COUNT(halves); n++)
        if (oz_str_equal_utf8(oz_as_str(name), halves[n][0]))
            return halves[n][1];
    return NULL;
}

static bool run_named(Thread *t, Obj module, Obj name, const Source *source)
{
    const char *other = name_to_run(name);
    scoped Ref run_name = other ? oz_intern(t, other) : NULL;
    if (!other)
        return run_source(t, module, name, source);
    return run_name && oz_set_attr(t, module, OZ_NAME(t, __name__), run_name) &&
           run_source(t, module, name, source) &&
           oz_set_attr(t, module, OZ_NAME(t, __name__), name);
}

static Ref load_source(Thread *t, Obj name, const Source *source)
{
    scoped Ref module = oz_module_new(t, name);
    if (!module || !set_source_names(t, module, name, source) ||
        !oz_dict_set(t, oz_module_dict(module), OZ_NAME(t, __builtins__), t->vm->builtins) ||
        !oz_dict_set(t, (Dict *)t->vm->modules, name, module))
        return NULL;
    scoped Ref spec = oz_get_attr(t, module, OZ_NAME(t, __spec__));
    if (!spec)
        return NULL;
    oz_spec_initializing(spec, true);
    bool ok = source->kind == OZ_SOURCE_NAMESPACE || run_named(t, module, name, source);
    if (ok)
        ok = adapt(t, name, module);
    oz_spec_initializing(spec, false);
    if (!ok) {
        forget(t, name);
        return NULL;
    }
    Ref entered = NULL; /* the module may have replaced itself */
    if (oz_dict_get(t, (Dict *)t->vm->modules, name, &entered) == OZ_MISSING)
        return oz_raise(t, OZ_ImportError, "%R not in sys.modules", name);
    return entered;
}

/* ---- finders ---- */

static Ref load_spec(Thread *t, Obj spec)
{
    scoped Ref bootstrap = oz_import(t, "importlib._bootstrap");
    scoped Ref name = bootstrap ? oz_intern(t, "_load_unlocked") : NULL;
    scoped Ref load = name ? oz_get_attr(t, bootstrap, name) : NULL;
    return load ? oz_call1(t, load, spec) : NULL;
}

/* _frozen_importlib and _frozen_importlib_external are other names of importlib's two halves, once
 * it has them: it asks for these names itself, and makes the halves when there are none. */
static Found import_half(Thread *t, Obj name, Ref *module)
{
    const Str *text = oz_as_str(name);
    const char *half = oz_str_equal_utf8(text, "_frozen_importlib") ? "_bootstrap"
                       : oz_str_equal_utf8(text, "_frozen_importlib_external")
                           ? "_bootstrap_external"
                           : NULL;
    scoped Ref importlib = half ? oz_import(t, "importlib") : NULL;
    if (!importlib)
        return half ? OZ_RAISED : OZ_MISSING;
    scoped Ref made = oz_intern(t, "import_module"), function = NULL, key = oz_intern(t, half);
    Found found = made && key ? oz_find_attr(t, importlib, made, &function) : OZ_RAISED;
    if (found == OZ_FOUND)
        found = oz_find_attr(t, importlib, key, module);
    if (found == OZ_FOUND && !oz_set_item(t, t->vm->modules, name, *module)) {
        oz_clear(module);
        return OZ_RAISED;
    }
    return found;
}

/* Our own finders: native modules (top level only), then the path. */
static Found find_here(Thread *t, Obj name, Obj path, Ref *module)
{
    Found found = path ? OZ_MISSING : oz_import_native(t, name, module);
    if (found == OZ_MISSING && !path)
        found = import_half(t, name, module);
    if (found != OZ_MISSING)
        return found;
    Source source = {0};
    scoped Ref spec = NULL;
    found = oz_source_find(t, name, path, &source, &spec);
    if (found == OZ_FOUND)
        *module = spec ? load_spec(t, spec) : load_source(t, name, &source);
    oz_found_source_fini(&source);
    return found == OZ_FOUND && !*module ? OZ_RAISED : found;
}

/* A finder that has no find_spec(): importlib warns, and asks its find_module(). */
static Ref ask_old_finder(Thread *t, Obj finder, Obj name, Obj path)
{
    scoped Ref bootstrap = oz_import(t, "importlib._bootstrap");
    scoped Ref key = bootstrap ? oz_intern(t, "_find_spec_legacy") : NULL;
    scoped Ref ask = key ? oz_get_attr(t, bootstrap, key) : NULL;
    return ask ? oz_call3(t, ask, finder, name, path ? path : OZ_NONE) : NULL;
}

/* Ask one finder of sys.meta_path. */
static Found ask_finder(Thread *t, Obj finder, Obj name, Obj path, Ref *module)
{
    if (oz_is(finder, OZ_IMPORTER))
        return find_here(t, name, path, module);
    scoped Ref attribute = oz_intern(t, "find_spec"), method = NULL;
    Found found = attribute ? oz_find_attr(t, finder, attribute, &method) : OZ_RAISED;
    if (found == OZ_RAISED)
        return found;
    scoped Ref spec = found == OZ_FOUND ? oz_call3(t, method, name, path ? path : OZ_NONE, OZ_NONE)
                                        : ask_old_finder(t, finder, name, path);
    if (!spec)
        return OZ_RAISED;
    if (spec == OZ_NONE)
        return OZ_MISSING;
    *module = load_spec(t, spec);
    return *module ? OZ_FOUND : OZ_RAISED;
}

/* What the import event tells: the name, no file yet, and where the search goes. */
static bool audit_import(Thread *t, Obj name)
{
    static const char *const names[] = {"path", "meta_path", "path_hooks"};
    scoped Ref path = NULL, finders = NULL, hooks = NULL;
    Ref *values[] = {&path, &finders, &hooks};
    for (size_t n = 0; n < OZ_COUNT(values); n++)
        if (oz_sys_get(t, names[n], values[n]) == OZ_RAISED)
            return false;
    return oz_audit_event(t, "import", "OOOOO", name, NULL, path, finders, hooks);
}

static Found find_and_load(Thread *t, Obj name, Obj path, Ref *module)
{
    if (OZ_UNLIKELY(t->vm->audit_hooks != NULL) && !audit_import(t, name))
        return OZ_RAISED;
    scoped Ref finders = NULL;
    Found found = oz_sys_get(t, "meta_path", &finders);
    if (found == OZ_RAISED)
        return found;
    List *list = found == OZ_FOUND ? oz_as_list(finders) : NULL;
    if (finders == OZ_NONE) {
        oz_raise(t, OZ_ImportError, "sys.meta_path is None, Python is likely shutting down");
        return OZ_RAISED;
    }
    if (!list)
        return find_here(t, name, path, module);
    for (size_t n = 0; n < oz_list_length(list); n++) {
        scoped Ref finder = oz_list_get(t, list, n);
        found = finder ? ask_finder(t, finder, name, path, module) : OZ_RAISED;
        if (found != OZ_MISSING)
            return found;
    }
    return OZ_MISSING;
}

/* ---- what -v and -X importtime say ---- */

static Found find_timed(Thread *t, Obj name, Obj path, Ref *module)
{
    Config *config = oz_config(t);
    if (!config->import_times)
        return find_and_load(t, name, path, module);
    if (config->import_level++ == 0 && !config->import_nested)
        fputs("import time: self [us] | cumulative | imported package\n", stderr);
    int64_t before = config->import_nested, start = oz_monotonic_ns();
    config->import_nested = 0;
    Found found = find_and_load(t, name, path, module);
    int64_t all = oz_monotonic_ns() - start, own = all - config->import_nested;
    config->import_level--;
    config->import_nested = before + all;
    scoped Ref keep = NULL;
    if (found == OZ_FOUND)
        fprintf(stderr, "import time: %9ld | %10ld | %*s%s\n", (long)((own + 999) / 1000),
                (long)((all + 999) / 1000), config->import_level * 2, "",
                oz_str_display(t, name, &keep));
    return found;
}

static Found find_and_say(Thread *t, Obj name, Obj path, Ref *module)
{
    Found found = find_timed(t, name, path, module);
    if (found != OZ_FOUND || oz_config(t)->verbose == 0 || !t->vm->sys)
        return found;
    scoped Ref loader = NULL, file = NULL;
    scoped Ref line = oz_find_attr(t, *module, OZ_NAME(t, __loader__), &loader) == OZ_FOUND
                          ? oz_str_format(t, "import %R # %R\n", name, loader)
                          : NULL;
    if (!line || oz_sys_get(t, "stderr", &file) != OZ_FOUND || !oz_file_write(t, file, line))
        oz_exception_clear(t);
    return found;
}

/* ---- one absolute name ---- */

/* Modules of the standard library that CPython has in C, and Ounce has not. */
static bool is_missing_native(const char *name)
{
    static const char *const names[] = {
        "_asyncio", "_curses",   "_curses_panel", "_dbm",     "_elementtree", "_gdbm",
        "_sqlite3", "_ssl",      "_statistics",   "_tkinter", "_tokenize",    "_typing",
        "_uuid",    "_zoneinfo", "audioop",       "nis",      "ossaudiodev",  "readline"};
    for (size_t i = 0; i < OZ_COUNT(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static Ref raise_not_found(Thread *t, Obj name, Obj parent)
{
    scoped Ref keep = NULL;
    const char *text = oz_str_display(t, name, &keep);
    if (parent)
        oz_raise(t, OZ_ModuleNotFoundError, "No module named %R; %R is not a package", name,
                 parent);
    else if (!oz_config(t)->library && oz_is_stdlib_name(text))
        oz_raise(t, OZ_ModuleNotFoundError,
                 "No module named %R: it is part of the standard library, which is not in %s; "
                 "%s",
                 name, oz_config(t)->prefix,
                 strcmp(oz_config(t)->prefix, "/usr") == 0
                     ? "install the Debian package libpython3.11-stdlib"
                     : "PYTHONHOME names the folder that has lib/python3.11");
    else if (is_missing_native(text))
        oz_raise(t, OZ_ModuleNotFoundError,
                 "No module named %R: Ounce does not have this native module", name);
    else
        oz_raise(t, OZ_ModuleNotFoundError, "No module named %R", name);
    oz_exception_set_module(t, name, NULL);
    return NULL;
}

/* sys.modules[name]; None there means that the import is forbidden. */
static Found loaded(Thread *t, Obj name, Ref *module)
{
    Found found;
    if (oz_is(t->vm->modules, OZ_DICT)) {
        found = oz_dict_get(t, (Dict *)t->vm->modules, name, module);
    } else {
        *module = oz_get_item(t, t->vm->modules, name);
        found = *module ? OZ_FOUND : oz_exception_forget(t, OZ_KeyError) ? OZ_MISSING : OZ_RAISED;
    }
    if (found == OZ_FOUND && *module == OZ_NONE) {
        oz_raise(t, OZ_ModuleNotFoundError, "import of %S halted; None in sys.modules", name);
        oz_exception_set_module(t, name, NULL);
        *module = NULL;
        return OZ_RAISED;
    }
    return found;
}

/* After "a.b" is loaded, module a has it as attribute b. */
static bool bind_child(Thread *t, Obj parent_name, Obj child, Obj module)
{
    scoped Ref parent = NULL; /* the import may have replaced it */
    Found found = loaded(t, parent_name, &parent);
    if (found == OZ_MISSING)
        oz_raise_value(t, OZ_KeyError, parent_name);
    if (found != OZ_FOUND)
        return false;
    if (oz_set_attr(t, parent, child, module))
        return true;
    return oz_exception_forget(t, OZ_AttributeError) &&
           oz_warn(t, OZ_ImportWarning, 1, "Cannot set an attribute on %R for child module %R",
                   parent_name, child);
}

/* The list of the modules inside a package that are being imported; empty: it has none. */
static Ref children_of(Thread *t, Obj parent)
{
    scoped Ref spec = NULL, list = NULL, key = oz_intern(t, "_uninitialized_submodules");
    if (!key || oz_find_attr(t, parent, OZ_NAME(t, __spec__), &spec) != OZ_FOUND ||
        oz_find_attr(t, spec, key, &list) != OZ_FOUND)
        oz_exception_clear(t);
    return list && oz_as_list(list) ? oz_move(&list) : NULL;
}

/* A module of a package, with its name noted there meanwhile. */
static Found find_child(Thread *t, Obj parent, Obj name, Obj child, Obj path, Ref *module)
{
    scoped Ref children = children_of(t, parent);
    if (children && !oz_list_append(t, (List *)children, child))
        return OZ_RAISED;
    Found found = find_and_say(t, name, path, module);
    size_t count = children ? oz_list_length((List *)children) : 0;
    scoped Ref pending = count ? oz_move(&t->exception) : NULL;
    if (count && !oz_list_remove_range(t, (List *)children, count - 1, count))
        oz_exception_clear(t);
    if (count)
        t->exception = oz_move(&pending);
    return found;
}

/* What is loaded, or is being loaded by another thread, for which this one waits. */
static Found loaded_whole(Thread *t, Obj name, Ref *module)
{
    for (;;) {
        Found found = loaded(t, name, module);
        bool alone = atomic_load_explicit(&t->vm->threads_alive, memory_order_relaxed) == 1;
        if (OZ_LIKELY(alone) || found == OZ_RAISED)
            return found;
        scoped Ref seen = *module;
        if (found == OZ_MISSING ? !oz_import_wait(t, name) : !oz_import_settle(t, seen, name)) {
            *module = NULL;
            return OZ_RAISED;
        }
        found = loaded(t, name, module);
        if (found == OZ_RAISED || *module == seen)
            return found;
        oz_clear(module);
    }
}

/* A module that nobody is importing. */
static Found import_now(Thread *t, Obj parent, Obj name, Obj child, Obj path, Ref *module)
{
    Importing record;
    oz_import_begin(t, &record, name);
    Found found = child ? find_child(t, parent, name, child, path, module)
                        : find_and_say(t, name, NULL, module);
    oz_import_end(t, &record);
    return found;
}

static bool set_sys(Thread *t, const char *name, Ref value /* taken */)
{
    scoped Ref held = value, key = held ? oz_intern(t, name) : NULL;
    return key && oz_dict_set(t, (Dict *)t->vm->sys, key, held);
}

/* The absolute paths of sys.path, as a new list. */
static Ref absolute_paths(Thread *t, List *path)
{
    scoped Ref list = oz_list_new(t, 0);
    for (size_t n = 0; list && n < oz_list_length(path); n++) {
        scoped Ref item = oz_list_get(t, path, n);
        if (!item)
            return NULL;
        bool absolute = oz_is_str(item) && oz_str_length(oz_as_str(item)) &&
                        oz_str_at(oz_as_str(item), 0) == '/';
        if (absolute && !oz_list_append(t, (List *)list, item))
            return NULL;
    }
    return oz_move(&list);
}

/* Module site does what a start does, at a start.  When it comes later, nothing may change by it:
 * it gets the prefixes of the base, which it makes those of the environment, and a copy of
 * sys.path. */
static Found import_site(Thread *t, Obj name, Ref *module)
{
    Config *config = oz_config(t);
    if (config->imported_site)
        return OZ_MISSING;
    config->imported_site = true;
    if (config->environment && (!set_sys(t, "prefix", oz_decode_path(t, config->prefix)) ||
                                !set_sys(t, "exec_prefix", oz_decode_path(t, config->exec_prefix))))
        return OZ_RAISED;
    scoped Ref path = NULL;
    Found found = config->needs_site ? OZ_MISSING : oz_sys_get(t, "path", &path);
    if (found != OZ_FOUND || !oz_as_list(path))
        return found == OZ_RAISED ? found : OZ_MISSING;
    if (!set_sys(t, "path", absolute_paths(t, (List *)path)))
        return OZ_RAISED;
    found = import_now(t, NULL, name, NULL, NULL, module);
    scoped Ref pending = oz_move(&t->exception);
    if (!set_sys(t, "path", oz_move(&path))) {
        oz_clear(module);
        return OZ_RAISED;
    }
    t->exception = oz_move(&pending);
    return found;
}

/* Two modules of the library that would find what they do not find in CPython, where both are
 * imported at the start, genericpath by os, which it imports itself. */
static Found import_late(Thread *t, Obj name, Ref *module)
{
    if (oz_config(t)->no_site)
        return OZ_MISSING;
    if (oz_str_equal_utf8((const Str *)name, "site"))
        return import_site(t, name, module);
    if (!oz_str_equal_utf8((const Str *)name, "genericpath"))
        return OZ_MISSING;
    scoped Ref os = oz_import(t, "os");
    return os ? loaded_whole(t, name, module) : OZ_RAISED;
}

Ref oz_import_name(Thread *t, Obj name)
{
    Ref module = NULL;
    Found found = loaded_whole(t, name, &module);
    if (found != OZ_MISSING)
        return module;
    if (!oz_native_enter(t, ""))
        return NULL;
    ssize_t dot = last_dot(oz_as_str(name));
    scoped Ref parent = NULL, parent_name = NULL, path = NULL, child = NULL;
    if (dot > 0) {
        parent_name = oz_str_slice(t, name, 0, (size_t)dot);
        parent = parent_name ? oz_import_name(t, parent_name) : NULL;
        if (!parent)
            return NULL;
        found = loaded_whole(t, name, &module); /* the parent may have imported it */
        if (found != OZ_MISSING)
            return module;
        found = oz_find_attr(t, parent, OZ_NAME(t, __path__), &path);
        if (found != OZ_FOUND)
            return found == OZ_MISSING ? raise_not_found(t, name, parent_name) : NULL;
        child = oz_str_slice(t, name, (size_t)dot + 1, oz_str_length(oz_as_str(name)));
        if (!child)
            return NULL;
    }
    found = child ? OZ_MISSING : import_late(t, name, &module);
    if (found != OZ_MISSING)
        return module;
    found = import_now(t, parent, name, child, path, &module);
    if (found != OZ_FOUND)
        return found == OZ_MISSING ? raise_not_found(t, name, NULL) : NULL;
    if (child && !bind_child(t, parent_name, child, module)) {
        oz_drop(module);
        return NULL;
    }
    return module;
}

Ref oz_import(Thread *t, const char *name)
{
    scoped Ref key = oz_intern(t, name);
    return key ? oz_import_name(t, key) : NULL;
}

/* ---- relative names ---- */

static Obj global(Thread *t OZ_UNUSED, Obj globals, Obj name)
{
    Obj value = oz_dict_peek_str((Dict *)globals, name);
    return value == OZ_NONE ? NULL : value;
}

static Ref parent_of(Thread *t, Obj spec)
{
    scoped Ref attribute = oz_intern(t, "parent");
    return attribute ? oz_get_attr(t, spec, attribute) : NULL;
}

static bool warn_unless_parent(Thread *t, Obj spec, Obj package)
{
    scoped Ref parent = parent_of(t, spec);
    bool same;
    if (!parent || !oz_equal(t, package, parent, &same))
        return false;
    return same || oz_warn(t, OZ_ImportWarning, 1, "__package__ != __spec__.parent");
}

/* The package that a relative import starts from. */
static Ref calling_package(Thread *t, Obj globals)
{
    Obj package = global(t, globals, OZ_NAME(t, __package__));
    Obj given = global(t, globals, OZ_NAME(t, __spec__));
    scoped Ref spec = given ? oz_retain(given) : NULL; /* what follows may run Python */
    if (package) {
        if (!oz_is_str(package))
            return oz_raise(t, OZ_TypeError, "package must be a string");
        scoped Ref named = oz_retain(package);
        return !spec || warn_unless_parent(t, spec, named) ? oz_move(&named) : NULL;
    }
    if (spec) {
        scoped Ref parent = parent_of(t, spec);
        if (parent && !oz_is_str(parent))
            return oz_raise(t, OZ_TypeError, "__spec__.parent must be a string");
        return oz_move(&parent);
    }
    if (!oz_warn(t, OZ_ImportWarning, 1,
                 "can't resolve package from __spec__ or __package__, falling back on __name__ and "
                 "__path__"))
        return NULL;
    Obj name = global(t, globals, OZ_NAME(t, __name__));
    if (!name)
        return oz_raise(t, OZ_KeyError, "'__name__' not in globals");
    if (!oz_is_str(name))
        return oz_raise(t, OZ_TypeError, "__name__ must be a string");
    return package_of(t, name, oz_dict_peek_str((Dict *)globals, OZ_NAME(t, __path__)) != NULL);
}

static Ref resolve(Thread *t, Obj name, Obj globals, int level)
{
    if (!oz_as_dict(globals))
        return oz_raise(t, OZ_KeyError, "'__name__' not in globals");
    scoped Ref package = calling_package(t, globals);
    if (!package)
        return NULL;
    const Str *s = oz_as_str(package);
    if (oz_str_length(s) == 0)
        return oz_raise(t, OZ_ImportError,
                        "attempted relative import with no known parent package");
    size_t end = oz_str_length(s);
    for (int up = 1; up < level; up++) {
        size_t dot = end;
        while (dot > 0 && oz_str_at(s, dot - 1) != '.')
            dot--;
        if (dot == 0)
            return oz_raise(t, OZ_ImportError,
                            "attempted relative import beyond top-level package");
        end = dot - 1;
    }
    scoped Ref base = oz_str_slice(t, package, 0, end);
    if (!base || oz_str_length(oz_as_str(name)) == 0)
        return oz_move(&base);
    return oz_str_format(t, "%S.%S", base, name);
}

/* ---- from package import names ---- */

static bool import_from_list(Thread *t, Obj module, Obj module_name, Obj names, bool from_all);

/* Has sys.modules None for that name? */
static bool is_forbidden(Thread *t, Obj name)
{
    return oz_is(t->vm->modules, OZ_DICT) &&
           oz_dict_peek_str((Dict *)t->vm->modules, name) == OZ_NONE;
}

static bool import_one(Thread *t, Obj module, Obj module_name, Obj name, bool from_all)
{
    if (!oz_is_str(name))
        return from_all ? oz_fail(t, OZ_TypeError, "Item in %S.__all__ must be str, not %T",
                                  module_name, name)
                        : oz_fail(t, OZ_TypeError, "Item in %S must be str, not %T",
                                  OZ_TEXT(t, fromlist), name);
    if (oz_str_equal_utf8(oz_as_str(name), "*")) {
        scoped Ref all = NULL;
        Found found = from_all ? OZ_MISSING : oz_find_attr(t, module, OZ_NAME(t, __all__), &all);
        return found == OZ_FOUND ? import_from_list(t, module, module_name, all, true)
                                 : found == OZ_MISSING;
    }
    scoped Ref value = NULL;
    Found found = oz_find_attr(t, module, name, &value);
    if (found != OZ_MISSING)
        return found == OZ_FOUND;
    scoped Ref full = oz_str_format(t, "%S.%S", module_name, name);
    scoped Ref child = full ? oz_import_name(t, full) : NULL;
    if (child)
        return true;
    if (!full || !oz_raised(t, OZ_ModuleNotFoundError))
        return false;
    /* Not a submodule: the import statement says so itself.  Another module's absence is real. */
    scoped Ref e = oz_exception_take(t);
    scoped Ref missing = NULL;
    if (oz_find_attr(t, e, OZ_NAME(t, name), &missing) == OZ_FOUND && oz_is_str(missing) &&
        oz_str_equal(oz_as_str(missing), oz_as_str(full)) && !is_forbidden(t, full))
        return true;
    oz_exception_put(t, oz_move(&e));
    return false;
}

static bool import_from_list(Thread *t, Obj module, Obj module_name, Obj names, bool from_all)
{
    scoped Ref list = oz_tuple_from(t, names);
    for (size_t n = 0; list && n < ((Tuple *)list)->length; n++)
        if (!import_one(t, module, module_name, ((Tuple *)list)->items[n], from_all))
            return false;
    return list != NULL;
}

/* `import a.b.c` gives a; a relative one as many parts as the name had fewer. */
static Ref top_module(Thread *t, Obj name, Obj absolute, Obj module, int level)
{
    const Str *s = oz_as_str(name);
    size_t length = oz_str_length(s), cut = first_dot(s);
    if (cut == length)
        return oz_retain(module);
    size_t keep = level == 0 ? cut : oz_str_length(oz_as_str(absolute)) - (length - cut);
    scoped Ref front = oz_str_slice(t, level == 0 ? name : absolute, 0, keep);
    return front ? oz_import_name(t, front) : NULL;
}

Ref oz_import_module_level(Thread *t, Obj name, Obj globals, Obj locals OZ_UNUSED, Obj fromlist,
                           Obj level_value)
{
    int level;
    if (!oz_is_str(name))
        return oz_raise(t, OZ_TypeError, "module name must be a string");
    if (!oz_as_int(t, level_value, &level))
        return NULL;
    if (level < 0)
        return oz_raise(t, OZ_ValueError, "level must be >= 0");
    scoped Ref absolute = level > 0 ? resolve(t, name, globals, level) : oz_retain(name);
    if (!absolute)
        return NULL;
    if (oz_str_length(oz_as_str(absolute)) == 0)
        return oz_raise(t, OZ_ValueError, "Empty module name");
    scoped Ref module = oz_import_name(t, absolute);
    bool has_list = false;
    if (!module || (fromlist != OZ_NONE && !oz_truth(t, fromlist, &has_list)))
        return NULL;
    if (!has_list) {
        if (level > 0 && oz_str_length(oz_as_str(name)) == 0)
            return oz_move(&module);
        return top_module(t, name, absolute, module, level);
    }
    scoped Ref path = NULL;
    Found found = oz_find_attr(t, module, OZ_NAME(t, __path__), &path);
    if (found == OZ_RAISED ||
        (found == OZ_FOUND && !import_from_list(t, module, absolute, fromlist, false)))
        return NULL;
    return oz_move(&module);
}
