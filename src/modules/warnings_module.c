// SPDX-License-Identifier: MIT
// _warnings: what the warnings module needs from the runtime.
#include "types/module.h"
#include "types/native.h"
#include "types/str.h"
#include "types/warning.h"

#include "types/dict.h"
#include "types/int.h"

OZ_FUNCTION(warnings, warn, "($module, /, message, category=None, stacklevel=1, source=None)",
            "Issue a warning, or maybe ignore it or raise an exception.")
{
    ssize_t level;
    if (!oz_as_size_argument(t, a[3], &level))
        return NULL;
    return oz_warn_object(t, a[1], a[2], level, a[4]) ? OZ_NONE : NULL;
}

/* The line from the loader of the module (zip files and the like): NULL without an exception if
 * there is none. */
static Ref loader_line(Thread *t, Obj globals, ssize_t line)
{
    Dict *dict = oz_as_dict(globals);
    if (!dict) {
        oz_raise(t, OZ_TypeError, "module_globals must be a dict, not '%.200T'", globals);
        return NULL;
    }
    Obj found = oz_dict_peek_str(dict, OZ_NAME(t, __loader__));
    scoped Ref loader = oz_retain(found);
    scoped Ref name = oz_retain(oz_dict_peek_str(dict, OZ_NAME(t, __name__)));
    scoped Ref method = NULL;
    if (!loader || !name || oz_find_attr(t, loader, OZ_NAME(t, get_source), &method) != OZ_FOUND)
        return NULL;
    scoped Ref source = oz_call1(t, method, name);
    if (!source || oz_is_none(source))
        return NULL;
    if (!oz_is_str(source))
        return oz_raise(t, OZ_TypeError, "must be str, not %T", source);
    scoped Ref key = oz_intern(t, "splitlines");
    scoped Ref lines = NULL; /* as str has it: a subclass may say something else */
    if (key)
        lines = oz_call_method(t, (Obj)t->vm->classes[OZ_STR_ASCII], key, 1, (Obj[]){source});
    return lines ? oz_get_item(t, lines, oz_int(line - 1)) : NULL;
}

OZ_FUNCTION(warnings, warn_explicit,
            "($module, /, message, category, filename, lineno, module=None, registry=None, "
            "module_globals=None, source=None)",
            "Issue a warning about a place that is given.")
{
    WarningPlace place = {.filename = a[3], .module = a[5], .registry = a[6], .source = a[8]};
    if (!oz_is_str(a[3]))
        return oz_raise(t, OZ_TypeError, "warn_explicit() argument 3 must be str, not %T", a[3]);
    if (!oz_as_ssize(t, a[4], OZ_OverflowError, &place.line))
        return NULL;
    scoped Ref line = NULL;
    if (!oz_is_none(a[7])) {
        line = loader_line(t, a[7], place.line);
        if (!line && t->exception)
            return NULL;
        place.source_line = line;
    }
    return oz_warn_at(t, a[1], a[2], &place) ? OZ_NONE : NULL;
}

OZ_FUNCTION(warnings, _filters_mutated, "($module, /)",
            "Say that the filters have changed: what was shown may be shown again.")
{
    t->vm->warn_version++;
    return OZ_NONE;
}

static bool init(Thread *t, Module *module)
{
    return oz_warnings_init(t) &&
           oz_module_add(t, module, "filters", oz_retain(t->vm->warn_filters)) &&
           oz_module_add(t, module, "_defaultaction", oz_retain(t->vm->warn_default)) &&
           oz_module_add(t, module, "_onceregistry", oz_retain(t->vm->warn_once));
}

const ModuleDef oz_warnings_module = {
    .name = "_warnings",
    .doc = "Warnings: the part that the runtime itself uses.",
    .functions = OZ_METHODS(&warnings_warn, &warnings_warn_explicit, &warnings__filters_mutated),
    .init = init,
};
