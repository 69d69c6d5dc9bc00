// SPDX-License-Identifier: MIT
// Starting and ending a VM.
//
// The order is that of need: hooks, names (interned strs), immortal values, classes, exceptions,
// builtins, sys; then, for the program, paths, arguments and the standard files.
#include "runtime/start.h"

#include "compile/compile.h"
#include "modules/crash_report.h"
#include "memtools/alloc_sampler.h"
#include "memtools/alloc_sites.h"
#include "memtools/alloc_trace.h"
#include "modules/faulthandler.h"
#include "modules/import.h"
#include "modules/modules.h"
#include "modules/signals.h"
#include "object/error.h"
#include "runtime/options.h"
#include "runtime/paths.h"
#include "runtime/stress.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/float.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"
#include "vm/vm.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

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
    oz_thread_learn_types(vm->main);
    return true;
}

/* PYTHONHASHSEED: 0 turns randomisation off, another number is a seed for repeatable runs. */
static void choose_hash_key(Vm *vm, const Config *config)
{
    const char *seed = config->ignore_environment ? NULL : getenv("PYTHONHASHSEED");
    if (seed && *seed && seed[0] != 'r') {
        uint64_t n = strtoull(seed, NULL, 10);
        vm->hash_key[0] = n * UINT64_C(0x9e3779b97f4a7c15);
        vm->hash_key[1] = (n + 1) * UINT64_C(0xbf58476d1ce4e5b9);
        if (n == 0)
            vm->hash_key[0] = vm->hash_key[1] = 0;
        return;
    }
    if (getrandom(vm->hash_key, sizeof vm->hash_key, GRND_NONBLOCK) < 0) {
        vm->hash_key[0] = (uint64_t)time(NULL) * UINT64_C(0x9e3779b97f4a7c15);
        vm->hash_key[1] = (uint64_t)(uintptr_t)vm;
    }
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

/* builtins and sys: the two modules that are always there.  They refer to each other's
 * dictionaries while their specs are made, so those are entered at once. */
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
    return oz_import_init(t);
}

Vm *oz_runtime_new(Config *config)
{
    Vm *vm = oz_vm_new();
    if (!vm)
        return NULL;
    Thread *t = vm->main;
    vm->runtime = config;
    vm->optimize = config->optimize;
    vm->no_debug_ranges = config->no_debug_ranges;
    vm->bytes_warning = config->bytes_warning;
    if (config->int_max_str_digits >= 0)
        vm->int_max_str_digits = config->int_max_str_digits;
    choose_hash_key(vm, config);
    oz_alloc_sampler_start(t, config->sample_rate);
    oz_stress_init(vm);
    oz_vm_hooks_init(vm);
    vm->hooks.compile = oz_compile_object;
    if (!make_types(vm) || !oz_names_init(t) || !make_values(t) || !oz_classes_init(t) ||
        !oz_exceptions_init(t) || !make_modules(t)) {
        oz_runtime_drop(vm);
        return NULL;
    }
    return vm;
}

/* -W and PYTHONWARNINGS are read by the module warnings. */
static void take_warning_options(Thread *t)
{
    t->vm->check_codecs = oz_config(t)->dev_mode;
    if (oz_config(t)->warning_count == 0 && !oz_config(t)->dev_mode)
        return;
    scoped Ref module = oz_import(t, "warnings");
    if (!module)
        oz_exception_clear(t);
}

bool oz_runtime_prepare(Thread *t)
{
    scoped Ref sys = oz_import(t, "sys");
    Module *module = (Module *)sys;
    if (!sys || !oz_signals_init(t) || !oz_paths_init(t, module) || !oz_arguments_init(t, module) ||
        !oz_files_init(t, module))
        return false;
    t->vm->builtins_start = oz_dict_copy(t, (Dict *)t->vm->builtins);
    if (!t->vm->builtins_start)
        return false;
    take_warning_options(t);
    oz_crash_init(t->vm);
    const Config *config = oz_config(t);
    bool wanted = config->dev_mode || oz_config_x(config, "faulthandler") ||
                  oz_options_environment(config, "PYTHONFAULTHANDLER");
    if (wanted && !oz_faulthandler_start(t))
        return false;
    if (config->tracemalloc && !oz_alloc_trace_start(t, config->tracemalloc))
        return false;
    scoped Ref site = config->needs_site ? oz_import(t, "site") : OZ_NONE;
    return site != NULL;
}

void oz_runtime_drop(Vm *vm)
{
    oz_faulthandler_stop();
    oz_alloc_trace_drop(vm->main);
    oz_alloc_sampler_drop(vm->main);
    oz_alloc_sites_drop(vm);
    if (vm->types)
        oz_vm_release(vm);
    free((void *)vm->types);
    oz_vm_drop(vm);
}
