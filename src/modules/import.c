// SPDX-License-Identifier: MIT
// Importing modules.
#include "modules/import.h"

#include "modules/modules.h"
#include "object/error.h"
#include "types/dict.h"
#include "types/str.h"

Ref oz_import_module_level(Thread *t, Obj name, Obj globals OZ_UNUSED, Obj locals OZ_UNUSED,
                           Obj fromlist OZ_UNUSED, Obj level OZ_UNUSED)
{
    scoped Ref keep = NULL;
    return oz_import(t, oz_str_display(t, name, &keep));
}

Ref oz_import(Thread *t, const char *name)
{
    scoped Ref key = oz_intern(t, name);
    Ref module = NULL;
    Found found = key ? oz_dict_get(t, (Dict *)t->vm->modules, key, &module) : OZ_RAISED;
    if (found != OZ_MISSING)
        return module;
    const ModuleDef *def = oz_module_find(name);
    if (!def)
        return oz_raise(t, OZ_ModuleNotFoundError, "No module named %R", key);
    module = oz_module_from_def(t, def);
    if (!module || !oz_dict_set(t, (Dict *)t->vm->modules, key, module)) {
        oz_drop(module);
        return NULL;
    }
    return module;
}
