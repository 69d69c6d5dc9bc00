// SPDX-License-Identifier: MIT
// Starting and ending a VM.
//
// The order is that of need: hooks, names (interned strs), classes, exceptions, builtins, sys.
#include "runtime/start.h"

#include "compile/compile.h"
#include "modules/config.h"
#include "modules/import.h"
#include "modules/modules.h"
#include "object/error.h"
#include "runtime/stress.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"
#include "vm/vm.h"

#include <stdlib.h>

static bool make_types(Vm *vm)
{
    const TypeDef **types = calloc(OZ_BUILTIN_IDS, sizeof *types);
    if (!types)
        return false;
    for (uint32_t id = 0; id < OZ_TYPE_END; id++)
        types[id] = oz_core_types[id];
    for (uint32_t id = OZ_TYPE_END; oz_module_types[id - OZ_TYPE_END]; id++)
        types[id] = oz_module_types[id - OZ_TYPE_END];
    vm->types = types;
    return true;
}

/* The immortal values that natives take for granted. */
static bool make_values(Thread *t)
{
    Tuple *empty = oz_object_new(t, OZ_TUPLE, sizeof *empty);
    if (!empty)
        return false;
    oz_make_immortal(&empty->base);
    t->vm->empty_tuple = (Ref)empty;
    return oz_bytes_init(t) && oz_floats_init(t);
}

/* builtins and sys: the two modules that are always there. */
static bool make_modules(Thread *t)
{
    Vm *vm = t->vm;
    vm->modules = oz_dict_new(t);
    scoped Ref builtins = vm->modules ? oz_import(t, "builtins") : NULL;
    if (!builtins)
        return false;
    vm->builtins = oz_retain((Obj)oz_module_dict(builtins));
    scoped Ref sys = oz_import(t, "sys");
    if (!sys)
        return false;
    vm->sys = oz_retain((Obj)oz_module_dict(sys));
    return true;
}

Vm *oz_runtime_new(void)
{
    Vm *vm = oz_vm_new();
    if (!vm)
        return NULL;
    Thread *t = vm->main;
    vm->runtime = calloc(1, sizeof(Config));
    oz_stress_init(vm);
    oz_vm_hooks_init(vm);
    vm->hooks.compile = oz_compile_object;
    if (!make_types(vm) || !oz_names_init(t) || !make_values(t) || !oz_classes_init(t) || !oz_exceptions_init(t) ||
        !make_modules(t)) {
        oz_runtime_drop(vm);
        return NULL;
    }
    return vm;
}

void oz_runtime_drop(Vm *vm)
{
    free((void *)vm->types);
    oz_vm_drop(vm);
}
