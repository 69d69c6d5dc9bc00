// SPDX-License-Identifier: MIT
// Exceptions that native modules bring.  The table hangs off vm->modules_state.
#include "modules/module_errors.h"

#include <stdarg.h>
#include <string.h>

#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

static const struct {
    const char *name;
    int base;
    int other;  /* a second base, or -1 */
    int module; /* in the place of `base`: a ModuleError, or -1 */
} errors[] = {
#define MODULE_ERROR(ID, name, base) {name, OZ_##base, -1, -1},
#define MODULE_ERROR2(ID, name, base, other) {name, OZ_##base, OZ_##other, -1},
#define MODULE_ERROR_OF(ID, name, base) {name, 0, -1, OZ_ERROR_##base},
#define MODULE_ERROR_OF2(ID, name, base, other) {name, 0, OZ_##other, OZ_ERROR_##base},
#include "modules/module_errors.def"
#undef MODULE_ERROR
#undef MODULE_ERROR2
#undef MODULE_ERROR_OF
#undef MODULE_ERROR_OF2
};

static Ref *table(Thread *t)
{
    Ref *at = t->vm->modules_state;
    if (!at) {
        at = oz_block_alloc(t->heap, OZ_MODULE_ERRORS * sizeof *at);
        if (!at || !oz_vm_add_roots(t->vm, at, OZ_MODULE_ERRORS)) {
            oz_block_free(at);
            oz_raise_memory(t);
            return NULL;
        }
        memset(at, 0, OZ_MODULE_ERRORS * sizeof *at);
        t->vm->modules_state = at;
    }
    return at;
}

Obj oz_module_error(Thread *t, ModuleError which)
{
    Ref *at = table(t);
    if (!at || at[which])
        return at ? at[which] : NULL;
    int module = errors[which].module;
    Obj base = module >= 0 ? oz_module_error(t, (ModuleError)module)
                           : (Obj)t->vm->errors[errors[which].base];
    if (!base)
        return NULL;
    scoped Ref bases = errors[which].other < 0
                           ? oz_retain(base)
                           : oz_tuple_of(t, 2, base, (Obj)t->vm->errors[errors[which].other]);
    if (bases)
        at[which] = oz_class_new_simple(t, errors[which].name, bases, NULL);
    return at[which];
}

bool oz_module_error_made(Thread *t, ModuleError which)
{
    return t->vm->modules_state && ((const Ref *)t->vm->modules_state)[which];
}

bool oz_module_error_set(Thread *t, ModuleError which, Obj cls)
{
    Ref *at = table(t);
    if (at)
        at[which] = oz_retain(cls);
    return at != NULL;
}

Ref oz_raise_module(Thread *t, ModuleError which, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    scoped Ref text = oz_str_format_va(t, format, arguments);
    va_end(arguments);
    Obj cls = text ? oz_module_error(t, which) : NULL;
    scoped Ref exception = cls ? oz_call1(t, cls, text) : NULL;
    return exception ? oz_raise_object(t, exception, NULL) : NULL;
}
