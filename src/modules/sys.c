// SPDX-License-Identifier: MIT
// The sys module.
#include "modules/modules.h"
#include "object/error.h"
#include "types/dict.h"
#include "types/str.h"

#include <stdio.h>

OZ_FUNCTION(sys, getrefcount, "($module, object, /)", "Return the reference count of an object.")
{
    if (!oz_is_pointer(a[1]) || oz_refs(oz_object(a[1])) < 0)
        return oz_int(4294967295);
    return oz_int(oz_refs(oz_object(a[1])));
}

OZ_FUNCTION(sys, write, "($module, text, /)", "")
{
    scoped Ref keep = NULL;
    fputs(oz_str_display(t, a[1], &keep), stdout);
    return OZ_NONE;
}

OZ_FUNCTION(sys, flush, "($module, /)", "")
{
    fflush(stdout);
    return OZ_NONE;
}

static bool sys_init(Thread *t, Module *module)
{
    return oz_module_add(t, module, "stdout", oz_retain((Obj)module)) &&
           oz_module_add(t, module, "modules", oz_retain(t->vm->modules));
}

const ModuleDef oz_sys_module = {
    .name = "sys",
    .functions = OZ_METHODS(&sys_getrefcount, &sys_write, &sys_flush),
    .init = sys_init,
};
