// SPDX-License-Identifier: MIT
// Finding source files: the folders of sys.path and of packages; sys.path_hooks.
#include "modules/import.h"

#include "modules/config.h"
#include "modules/modules.h"
#include "object/error.h"
#include "object/world.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/list.h"
#include "types/native.h"
#include "types/str.h"
#include "types/tuple.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void oz_found_source_fini(Source *source)
{
    oz_clear(&source->path);
    oz_clear(&source->locations);
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Is one of the files PATH.py and PATH.pyc there?  If so: it is the source; `path` has room. */
static Found look_for(Thread *t, char *path, size_t length, SourceKind kind, Source *source)
{
    static const char *const endings[] = {".py", ".pyc"};
    struct stat info;
    for (size_t n = 0; n < OZ_COUNT(endings); n++) {
        strcpy(path + length, endings[n]);
        if (OZ_DETACHED(t, stat(path, &info)) != 0 || !S_ISREG(info.st_mode))
            continue;
        oz_clear(&source->locations);
        source->kind = kind;
        source->compiled = n == 1;
        source->changed = (uint32_t)info.st_mtime;
        source->size = (uint32_t)info.st_size;
        source->mode = info.st_mode;
        source->path = oz_decode_path(t, path);
        return source->path ? OZ_FOUND : OZ_RAISED;
    }
    path[length] = 0;
    return OZ_MISSING;
}

/* A folder as modules know it, below the current one if it is not absolute; NULL: there is none. */
static const char *absolute(const char *folder, char full[static PATH_MAX])
{
    if (*folder == '/')
        return folder;
    if (!getcwd(full, PATH_MAX) || strlen(full) + strlen(folder) + 2 > PATH_MAX)
        return NULL;
    if (*folder && strcmp(folder, ".") != 0)
        strcat(strcat(full, "/"), folder);
    return full;
}

/* Look in one folder.  A folder without __init__.py is remembered as part of a namespace. */
static Found look_in(Thread *t, const char *folder, const char *name, Source *source)
{
    char path[PATH_MAX];
    const char *separator = folder[strlen(folder) - 1] != '/' ? "/" : "";
    int printed = snprintf(path, sizeof path - 16, "%s%s%s", folder, separator, name);
    if (printed < 0 || (size_t)printed >= sizeof path - 16)
        return OZ_MISSING;
    size_t length = (size_t)printed;
    bool folder_there = OZ_DETACHED(t, is_folder(path));
    Found found = OZ_MISSING;
    if (folder_there) {
        strcpy(path + length, "/__init__");
        found = look_for(t, path, length + strlen("/__init__"), OZ_SOURCE_PACKAGE, source);
        path[length] = 0;
    }
    if (found == OZ_FOUND) {
        scoped Ref here = oz_decode_path(t, path);
        source->locations = here ? oz_list_of_array(t, (const Obj[]){here}, 1) : NULL;
        return source->locations ? OZ_FOUND : OZ_RAISED;
    }
    if (found == OZ_MISSING)
        found = look_for(t, path, length, OZ_SOURCE_MODULE, source);
    if (found != OZ_MISSING || !folder_there)
        return found;
    if (!source->locations && !(source->locations = oz_list_new(t, 0)))
        return OZ_RAISED;
    return oz_list_append_take(t, (List *)source->locations, oz_decode_path(t, path)) ? OZ_MISSING
                                                                                      : OZ_RAISED;
}

/* ---- sys.path_hooks ---- */

static Ref library_attr(Thread *t, const char *module_name, const char *name)
{
    scoped Ref module = oz_import(t, module_name);
    scoped Ref key = module ? oz_intern(t, name) : NULL;
    return key ? oz_get_attr(t, module, key) : NULL;
}

static Ref raise_no_importer(Thread *t, const char *message, Obj path)
{
    oz_raise(t, OZ_ImportError, "%s", message);
    oz_exception_set_module(t, OZ_NONE, path);
    return NULL;
}

/* Does the path name a file, or a place inside of one? */
static bool in_file(const char *path)
{
    char part[4096];
    size_t length = strlen(path);
    if (length >= sizeof part)
        return false;
    memcpy(part, path, length + 1);
    struct stat info;
    while (stat(part, &info) != 0) {
        char *slash = strrchr(part, '/');
        if (!slash || slash == part)
            return false;
        *slash = 0;
    }
    return S_ISREG(info.st_mode);
}

/* zipimport is loaded when there is something that may be a zip file. */
OZ_FUNCTION(path_hook, zipimporter, "($module, path, /)",
            "Return zipimport's importer of a zip file.")
{
    scoped Ref keep = NULL;
    const char *path = oz_is_str(a[1]) ? oz_str_display(t, a[1], &keep) : NULL;
    if (path && !OZ_DETACHED(t, in_file(path)))
        return raise_no_importer(t, "not a Zip file", a[1]);
    scoped Ref cls = library_attr(t, "zipimport", "zipimporter");
    return cls ? oz_call1(t, cls, a[1]) : NULL;
}

OZ_FUNCTION(path_hook, path_hook_for_FileFinder, "($module, path, /)",
            "Return importlib's FileFinder of a folder.")
{
    static const char external[] = "importlib._bootstrap_external";
    scoped Ref keep = NULL;
    const char *folder = oz_is_str(a[1]) ? oz_str_display(t, a[1], &keep) : "";
    if (*folder && !OZ_DETACHED(t, is_folder(folder)))
        return raise_no_importer(t, "only directories are supported", a[1]);
    scoped Ref get_loaders = library_attr(t, external, "_get_supported_file_loaders");
    scoped Ref loaders = get_loaders ? oz_call0(t, get_loaders) : NULL;
    scoped Ref args = loaders ? oz_list_of_array(t, (const Obj[]){a[1]}, 1) : NULL;
    if (!args || !oz_list_extend(t, (List *)args, loaders))
        return NULL;
    scoped Ref arguments = oz_tuple_from(t, args);
    scoped Ref cls = arguments ? library_attr(t, external, "FileFinder") : NULL;
    return cls ? oz_call_tuple(t, cls, arguments, NULL) : NULL;
}

static const NativeDef *const own_hooks[] = {&path_hook_zipimporter,
                                             &path_hook_path_hook_for_FileFinder};

Ref oz_path_hooks_new(Thread *t, Obj sys)
{
    scoped Ref list = oz_list_new(t, 0);
    for (size_t n = 0; list && n < OZ_COUNT(own_hooks); n++)
        if (!oz_list_append_take(t, (List *)list,
                                 oz_builtin_function_new(t, own_hooks[n], sys, NULL, NULL)))
            return NULL;
    return oz_move(&list);
}

/* No hook comes before ours: what a folder's importer would say, look_in says at once. */
static Found folders_are_ours(Thread *t)
{
    scoped Ref hooks = NULL;
    Found found = oz_sys_get(t, "path_hooks", &hooks);
    List *list = found == OZ_FOUND ? oz_as_list(hooks) : NULL;
    if (!list)
        return found == OZ_RAISED ? OZ_RAISED : OZ_FOUND;
    for (size_t n = 0; n < OZ_COUNT(own_hooks); n++) {
        scoped Ref hook = n < oz_list_length(list) ? oz_list_get(t, list, n) : OZ_NONE;
        if (!hook)
            return OZ_RAISED;
        if (!oz_is(hook, OZ_BUILTIN_FUNCTION) ||
            ((const BuiltinFunction *)hook)->signature->def != own_hooks[n])
            return OZ_MISSING;
    }
    return OZ_FOUND;
}

static Ref ask_hooks(Thread *t, List *hooks, Obj entry)
{
    for (size_t n = 0; n < oz_list_length(hooks); n++) {
        scoped Ref hook = oz_list_get(t, hooks, n);
        Ref made = hook ? oz_call1(t, hook, entry) : NULL;
        if (made || !oz_exception_forget(t, OZ_ImportError))
            return made;
    }
    return OZ_NONE;
}

/* The importer that sys.path_hooks has for an entry; None: none.  While the hooks are asked there
 * is none: what they import themselves is elsewhere. */
static Ref importer_of(Thread *t, Obj entry)
{
    scoped Ref cache = NULL, hooks = NULL;
    if (oz_sys_get(t, "path_importer_cache", &cache) != OZ_FOUND ||
        oz_sys_get(t, "path_hooks", &hooks) != OZ_FOUND || !oz_as_dict(cache) || !oz_as_list(hooks))
        return t->exception ? NULL : OZ_NONE;
    Ref importer = NULL;
    Found found = oz_dict_get(t, (Dict *)cache, entry, &importer);
    if (found != OZ_MISSING)
        return importer;
    if (!oz_dict_set(t, (Dict *)cache, entry, OZ_NONE))
        return NULL;
    scoped Ref made = ask_hooks(t, (List *)hooks, entry);
    if (made)
        return oz_dict_set(t, (Dict *)cache, entry, made) ? oz_move(&made) : NULL;
    scoped Ref pending = oz_move(&t->exception);
    if (oz_dict_delete(t, (Dict *)cache, entry) == OZ_RAISED)
        oz_exception_clear(t);
    t->exception = oz_move(&pending);
    return NULL;
}

/* A spec without a loader: places that may be parts of a namespace. */
static bool add_locations(Thread *t, Source *source, Obj spec)
{
    scoped Ref key = oz_intern(t, "submodule_search_locations");
    scoped Ref places = key ? oz_get_attr(t, spec, key) : NULL;
    if (!places)
        return false;
    if (places == OZ_NONE)
        return oz_fail(t, OZ_ImportError, "spec missing loader");
    if (!source->locations && !(source->locations = oz_list_new(t, 0)))
        return false;
    return oz_list_extend(t, (List *)source->locations, places);
}

static Found ask_importer(Thread *t, Obj importer, Obj name, Source *source, Ref *spec)
{
    scoped Ref attribute = oz_intern(t, "find_spec"), method = NULL, loader = NULL;
    Found found = attribute ? oz_find_attr(t, importer, attribute, &method) : OZ_RAISED;
    if (found != OZ_FOUND)
        return found;
    scoped Ref made = oz_call1(t, method, name);
    if (!made || made == OZ_NONE)
        return made ? OZ_MISSING : OZ_RAISED;
    scoped Ref key = oz_intern(t, "loader");
    if (!key || oz_find_attr(t, made, key, &loader) == OZ_RAISED)
        return OZ_RAISED;
    if (loader == OZ_NONE)
        return add_locations(t, source, made) ? OZ_MISSING : OZ_RAISED;
    oz_clear(&source->locations);
    *spec = oz_move(&made);
    return OZ_FOUND;
}

/* FileFinder says what look_in says. */
static Found is_file_finder(Thread *t, Obj importer)
{
    scoped Ref cls = library_attr(t, "importlib._bootstrap_external", "FileFinder");
    return !cls ? OZ_RAISED : cls == (Obj)oz_class_of(importer) ? OZ_FOUND : OZ_MISSING;
}

static Found look_in_entry(Thread *t, Obj entry, Obj name, const char *last, Source *source,
                           Ref *spec)
{
    scoped Ref keep = NULL;
    char current[PATH_MAX];
    const char *folder = oz_path_bytes(t, entry, &keep);
    if (!folder)
        return oz_exception_forget(t, OZ_ValueError) ? OZ_MISSING : OZ_RAISED;
    folder = absolute(folder, current);
    if (!folder)
        return OZ_MISSING;
    bool there = OZ_DETACHED(t, is_folder(folder));
    Found ours = there ? folders_are_ours(t) : OZ_MISSING;
    if (ours == OZ_RAISED)
        return OZ_RAISED;
    if (ours == OZ_MISSING) {
        scoped Ref importer = importer_of(t, entry);
        if (!importer || importer == OZ_NONE)
            return importer ? OZ_MISSING : OZ_RAISED;
        ours = there ? is_file_finder(t, importer) : OZ_MISSING;
        if (ours != OZ_FOUND)
            return ours == OZ_RAISED ? ours : ask_importer(t, importer, name, source, spec);
    }
    return look_in(t, folder, last, source);
}

/* What a package has as an extension for CPython, and nobody has as a source, may have a stand-in
 * among our own modules, under its full name. */
static Found look_in_standins(Thread *t, const char *name, Source *source)
{
    const char *folder = oz_config(t)->standins;
    return folder ? look_in(t, folder, name, source) : OZ_MISSING;
}

Found oz_source_find(Thread *t, Obj name, Obj path, Source *source, Ref *spec)
{
    scoped Ref entries = NULL;
    Ref own_path = NULL;
    if (!path) {
        Found found = oz_sys_get(t, "path", &own_path);
        if (found != OZ_FOUND)
            return found;
    }
    scoped Ref held = own_path ? own_path : oz_retain(path);
    entries = oz_tuple_from(t, held); /* a copy: an import may change sys.path */
    scoped Ref keep = NULL;
    const char *text = entries ? oz_path_bytes(t, name, &keep) : NULL;
    if (!text) /* no file can have that name */
        return oz_exception_forget(t, OZ_ValueError) ? OZ_MISSING : OZ_RAISED;
    const char *dot = strrchr(text, '.');
    const char *last = dot ? dot + 1 : text;
    if (!*last)
        return OZ_MISSING;
    for (size_t n = 0; n < ((Tuple *)entries)->length; n++) {
        Obj entry = ((Tuple *)entries)->items[n];
        if (!oz_is_str(entry))
            continue;
        Found found = look_in_entry(t, entry, name, last, source, spec);
        if (found != OZ_MISSING)
            return found;
    }
    if (!source->locations)
        return look_in_standins(t, text, source);
    source->kind = OZ_SOURCE_NAMESPACE;
    return OZ_FOUND;
}
