// SPDX-License-Identifier: MIT
// _ast: the classes of syntax trees (compile/ast_objects.c makes them).
#include "compile/ast_objects.h"
#include "types/module.h"

static bool add(Thread *t, Module *module, const char *name, Obj cls)
{
    return oz_module_add(t, module, name, oz_retain(cls));
}

static bool init(Thread *t, Module *module)
{
    const AstClasses *k = oz_ast_classes(t);
    if (!k || !add(t, module, "AST", k->base))
        return false;
    for (int kind = 0; kind < AST_KINDS; kind++)
        if (!add(t, module, oz_ast_kind((AstKind)kind)->name, k->kinds[kind]))
            return false;
    for (int type = 0; type < AST_TYPES; type++) {
        const AstTypeInfo *info = oz_ast_type((AstFieldType)type);
        if (k->types[type] && !add(t, module, info->name, k->types[type]))
            return false;
        for (uint32_t i = 0; i < info->member_count; i++)
            if (!add(t, module, info->members[i], k->members[type][i]))
                return false;
    }
    return oz_module_add_int(t, module, "PyCF_ONLY_AST", OZ_COMPILE_ONLY_AST) &&
           oz_module_add_int(t, module, "PyCF_TYPE_COMMENTS", OZ_COMPILE_TYPE_COMMENTS) &&
           oz_module_add_int(t, module, "PyCF_ALLOW_TOP_LEVEL_AWAIT", OZ_COMPILE_TOP_LEVEL_AWAIT);
}

const ModuleDef oz_ast_module = {
    .name = "_ast",
    .doc = "The classes of syntax trees.",
    .init = init,
};
