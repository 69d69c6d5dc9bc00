// SPDX-License-Identifier: MIT
// Finding source files: the folders of sys.path and of packages.
#include "modules/import.h"

#include "modules/modules.h"
#include "object/error.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

void oz_found_source_fini(Source *source)
{
    oz_clear(&source->path);
    oz_clear(&source->locations);
}

static bool is_file(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Look in one folder.  A folder without __init__.py is remembered as part of a namespace. */
static Found look_in(Thread *t, const char *folder, const char *name, Source *source)
{
    char path[4096];
    const char *separator = *folder && folder[strlen(folder) - 1] != '/' ? "/" : "";
    int length = snprintf(path, sizeof path - 16, "%s%s%s", folder, separator, name);
    if (length < 0 || (size_t)length >= sizeof path - 16)
        return OZ_MISSING;
    bool folder_there = is_folder(path);
    if (folder_there) {
        strcpy(path + length, "/__init__.py");
        if (is_file(path)) {
            scoped Ref here = oz_str_from_utf8(t, path, (size_t)length);
            oz_clear(&source->locations);
            source->kind = OZ_SOURCE_PACKAGE;
            source->path = oz_str_new(t, path);
            source->locations = here ? oz_list_of_array(t, (const Obj[]){here}, 1) : NULL;
            return source->path && source->locations ? OZ_FOUND : OZ_RAISED;
        }
    }
    strcpy(path + length, ".py");
    if (is_file(path)) {
        oz_clear(&source->locations);
        source->kind = OZ_SOURCE_MODULE;
        source->path = oz_str_new(t, path);
        return source->path ? OZ_FOUND : OZ_RAISED;
    }
    if (folder_there) {
        path[length] = 0;
        if (!source->locations && !(source->locations = oz_list_new(t, 0)))
            return OZ_RAISED;
        if (!oz_list_append_take(t, (List *)source->locations, oz_str_new(t, path)))
            return OZ_RAISED;
    }
    return OZ_MISSING;
}

/* The importer that sys.path_hooks has for an entry that is no folder; None: none. */
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
    scoped Ref keep = NULL;
    scoped Ref result = OZ_NONE;
    List *list = (List *)hooks;
    for (size_t n = 0; n < oz_list_length(list) && result == OZ_NONE; n++) {
        scoped Ref hook = oz_list_get(t, list, n);
        Ref made = hook ? oz_call1(t, hook, entry) : NULL;
        if (made)
            result = made;
        else if (!oz_exception_forget(t, OZ_ImportError))
            return NULL;
    }
    if (result == OZ_NONE && is_file(oz_str_display(t, entry, &keep))) {
        if (!oz_dict_set(t, (Dict *)cache, entry,
                         OZ_NONE)) /* what zipimport imports is elsewhere */
            return NULL;
        scoped Ref zipimport = oz_import(t, "zipimport");
        scoped Ref name = zipimport ? oz_intern(t, "zipimporter") : NULL;
        scoped Ref cls = name ? oz_get_attr(t, zipimport, name) : NULL;
        Ref made = cls ? oz_call1(t, cls, entry) : NULL;
        if (made)
            result = made;
        else if (!oz_exception_forget(t, OZ_ImportError))
            return NULL;
    }
    return oz_dict_set(t, (Dict *)cache, entry, result) ? oz_move(&result) : NULL;
}

static Found ask_importer(Thread *t, Obj entry, Obj name, Ref *spec)
{
    scoped Ref importer = importer_of(t, entry);
    if (!importer || importer == OZ_NONE)
        return importer ? OZ_MISSING : OZ_RAISED;
    scoped Ref attribute = oz_intern(t, "find_spec"), method = NULL;
    Found found = attribute ? oz_find_attr(t, importer, attribute, &method) : OZ_RAISED;
    if (found != OZ_FOUND)
        return found;
    *spec = oz_call1(t, method, name);
    if (!*spec)
        return OZ_RAISED;
    if (*spec == OZ_NONE)
        oz_clear(spec);
    return *spec ? OZ_FOUND : OZ_MISSING;
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
    const char *text = oz_str_display(t, name, &keep);
    const char *dot = strrchr(text, '.');
    const char *last = dot ? dot + 1 : text;
    if (!entries)
        return OZ_RAISED;
    for (size_t n = 0; n < ((Tuple *)entries)->length; n++) {
        Obj entry = ((Tuple *)entries)->items[n];
        if (!oz_is_str(entry))
            continue;
        scoped Ref keep_entry = NULL;
        const char *folder = oz_str_display(t, entry, &keep_entry);
        Found found = OZ_MISSING;
        if (!*folder || is_folder(folder))
            found = look_in(t, *folder ? folder : ".", last, source);
        else
            found = ask_importer(t, entry, name, spec);
        if (found != OZ_MISSING)
            return found;
    }
    if (!source->locations)
        return OZ_MISSING;
    source->kind = OZ_SOURCE_NAMESPACE;
    return OZ_FOUND;
}
