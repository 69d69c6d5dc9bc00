// SPDX-License-Identifier: MIT
// The table of native modules.
#include "modules/modules.h"

#include "types/dict.h"
#include "types/str.h"

#include <string.h>

#define MODULE(symbol, name) extern const ModuleDef oz_##symbol##_module;
#include "modules/modules.def"
#undef MODULE

const ModuleEntry oz_modules[] = {
#define MODULE(symbol, name) {name, &oz_##symbol##_module},
#include "modules/modules.def"
#undef MODULE
    {NULL, NULL}};

#define TYPE(ID, stem) extern const TypeDef oz_##stem##_type;
#include "object/module_types.def"
#undef TYPE

const TypeDef *const oz_module_types[] = {
#define TYPE(ID, stem) &oz_##stem##_type,
#include "object/module_types.def"
#undef TYPE
    NULL};

const ModuleDef *oz_module_find(const char *name)
{
    for (const ModuleEntry *entry = oz_modules; entry->name; entry++)
        if (strcmp(entry->name, name) == 0)
            return entry->def;
    return NULL;
}

Found oz_sys_get(Thread *t, const char *name, Ref *value)
{
    scoped Ref key = oz_intern(t, name);
    return key ? oz_dict_get(t, (Dict *)t->vm->sys, key, value) : OZ_RAISED;
}

bool oz_file_write(Thread *t, Obj file, Obj text)
{
    scoped Ref result = oz_call_method(t, file, OZ_NAME(t, write), 1, &text);
    return result != NULL;
}

bool oz_file_write_utf8(Thread *t, Obj file, const char *text)
{
    scoped Ref str = oz_str_new(t, text);
    return str && oz_file_write(t, file, str);
}

bool oz_file_flush(Thread *t, Obj file)
{
    scoped Ref result = oz_call_method(t, file, OZ_NAME(t, flush), 0, NULL);
    return result != NULL;
}
