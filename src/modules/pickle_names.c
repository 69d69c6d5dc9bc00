// SPDX-License-Identifier: MIT
// What picklers and unpicklers share besides opcodes: names in modules, names of Python 2, and the
// hooks that a program sets or a subclass defines.
#include "modules/pickle.h"

#include "modules/import.h"
#include "types/function.h"
#include "types/str.h"

#include <string.h>

Ref oz_pickle_import(Thread *t, const char *module, const char *name)
{
    scoped Ref module_name = oz_intern(t, module);
    scoped Ref key = module_name ? oz_intern(t, name) : NULL;
    Obj modules = t->vm->modules;
    Obj loaded = key && modules && oz_is(modules, OZ_DICT)
                     ? oz_dict_peek_str((Dict *)modules, module_name)
                     : NULL;
    bool usable = loaded && oz_is(loaded, OZ_MODULE);
    scoped Ref found = usable ? oz_retain(loaded) : key ? oz_import(t, module) : NULL;
    return found ? oz_get_attr(t, found, key) : NULL;
}

/* ---- dotted names ---- */

Ref oz_pickle_dotted(Thread *t, Obj v, Obj name)
{
    scoped Ref dot = oz_str_from_character(t, '.');
    scoped Ref split = dot ? oz_intern(t, "split") : NULL;
    scoped Ref parts = split ? oz_call_method(t, name, split, 1, (const Obj[]){dot}) : NULL;
    if (!parts)
        return NULL;
    List *list = oz_as_list(parts);
    for (size_t i = 0; list && i < oz_list_length(list); i++) {
        scoped Ref part = oz_list_get(t, list, i);
        if (!part)
            return NULL;
        const Str *text = oz_as_str(part);
        if (!text || !oz_str_equal(text, (const Str *)OZ_TEXT(t, dot_locals)))
            continue;
        return v ? oz_raise(t, OZ_AttributeError, "Can't pickle local attribute %R on %R", name, v)
                 : oz_raise(t, OZ_AttributeError, "Can't pickle local object %R", name);
    }
    return oz_move(&parts);
}

Found oz_pickle_follow(Thread *t, Obj v, Obj parts, Ref *parent, Ref *value)
{
    List *list = (List *)parts;
    scoped Ref at = oz_retain(v), above = NULL;
    for (size_t i = 0; i < oz_list_length(list); i++) {
        scoped Ref part = oz_list_get(t, list, i);
        scoped Ref name = part ? oz_attribute_name(t, part) : NULL;
        Ref next = NULL;
        Found found = name ? oz_find_attr(t, at, name, &next) : OZ_RAISED;
        if (found != OZ_FOUND)
            return found;
        oz_drop(above);
        above = oz_move(&at);
        at = next;
    }
    *value = oz_move(&at);
    if (parent)
        *parent = oz_move(&above);
    return OZ_FOUND;
}

/* ---- names of Python 2 ---- */

static bool mapped(Thread *t, const char *table, Obj key, Ref *value)
{
    scoped Ref dict = oz_pickle_import(t, "_compat_pickle", table);
    if (!dict)
        return false;
    if (!oz_as_dict(dict))
        return oz_fail(t, OZ_RuntimeError, "_compat_pickle.%s should be a dict, not %.200T", table,
                       dict);
    return oz_dict_get(t, oz_as_dict(dict), key, value) != OZ_RAISED;
}

bool oz_pickle_rename(Thread *t, bool reverse, Ref *module, Ref *name)
{
    const char *names = reverse ? "REVERSE_NAME_MAPPING" : "NAME_MAPPING";
    const char *modules = reverse ? "REVERSE_IMPORT_MAPPING" : "IMPORT_MAPPING";
    scoped Ref key = oz_tuple_of(t, 2, *module, *name);
    scoped Ref found = NULL;
    if (!key || !mapped(t, names, key, &found))
        return false;
    if (found) {
        const Tuple *pair = oz_as_tuple(found);
        if (!pair || pair->length != 2)
            return oz_fail(t, OZ_RuntimeError,
                           "_compat_pickle.%s values should be 2-tuples, not %.200T", names, found);
        if (!oz_is_str(pair->items[0]) || !oz_is_str(pair->items[1]))
            return oz_fail(t, OZ_RuntimeError,
                           "_compat_pickle.%s values should be pairs of str, not (%.200T, %.200T)",
                           names, pair->items[0], pair->items[1]);
        oz_drop(*module);
        oz_drop(*name);
        *module = oz_retain(pair->items[0]);
        *name = oz_retain(pair->items[1]);
        return true;
    }
    if (!mapped(t, modules, *module, &found))
        return false;
    if (!found)
        return true;
    if (!oz_is_str(found))
        return oz_fail(t, OZ_RuntimeError, "_compat_pickle.%s values should be strings, not %.200T",
                       modules, found);
    oz_drop(*module);
    *module = oz_move(&found);
    return true;
}

/* ---- hooks ---- */

bool oz_pickle_hook(Thread *t, Obj self, const char *name, Ref *function, bool *bound)
{
    scoped Ref key = oz_intern(t, name);
    scoped Ref found = NULL;
    if (!key || oz_find_attr(t, self, key, &found) == OZ_RAISED)
        return false;
    const BoundMethod *method =
        found && oz_is(found, OZ_BOUND_METHOD) ? (const BoundMethod *)found : NULL;
    *bound = method && (Obj)method->self == self; /* held bound, it would be a cycle */
    oz_store(oz_object(self), function, *bound ? oz_retain(method->function) : oz_move(&found));
    return true;
}

Ref oz_pickle_call_hook(Thread *t, Obj self, Obj function, bool bound, Obj v)
{
    scoped Ref held = oz_retain(function);
    return bound ? oz_call2(t, held, self, v) : oz_call1(t, held, v);
}
