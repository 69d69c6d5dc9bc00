// SPDX-License-Identifier: MIT
// The module _imp: what importlib asks of the runtime.  There are no frozen and no binary modules.
#include "base/siphash.h"
#include "modules/import.h"
#include "modules/marshal.h"
#include "modules/modules.h"
#include "modules/config.h"
#include "modules/native_type.h"
#include "object/error.h"
#include "types/buffer.h"
#include "types/bytes.h"
#include "types/code.h"

OZ_FUNCTION(imp, lock_held, "($module, /)", "Return whether the import lock is held.")
{
    return oz_bool(t->vm->import_owner != NULL);
}

OZ_FUNCTION(imp, acquire_lock, "($module, /)", "Take the import lock.")
{
    oz_import_lock_take(t);
    return OZ_NONE;
}

OZ_FUNCTION(imp, release_lock, "($module, /)", "Give the import lock back.")
{
    return oz_import_lock_give(t) ? OZ_NONE : NULL;
}

OZ_FUNCTION(imp, _wait_for_import, "($module, name, /)",
            "Wait until no other thread imports a module of this name.")
{
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "_wait_for_import() argument must be str, not %T", a[1]);
    return oz_import_wait(t, a[1]) ? OZ_NONE : NULL;
}

OZ_FUNCTION(imp, extension_suffixes, "($module, /)", "Return the endings of binary modules.")
{
    return oz_list_new(t, 0);
}

OZ_FUNCTION(imp, is_builtin, "($module, name, /)", "Return whether a module is native.")
{
    scoped Ref keep = NULL;
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "is_builtin() argument must be str, not %T", a[1]);
    return oz_int(oz_module_find(oz_str_display(t, a[1], &keep)) != NULL);
}

OZ_FUNCTION(imp, is_frozen, "($module, name, /)", "Return False: nothing is frozen.")
{
    return OZ_FALSE;
}

OZ_FUNCTION(imp, is_frozen_package, "($module, name, /)", "Raise ImportError: nothing is frozen.")
{
    return oz_raise(t, OZ_ImportError, "No such frozen object named %S", a[1]);
}

OZ_FUNCTION(imp, init_frozen, "($module, name, /)", "Return None: nothing is frozen.")
{
    return OZ_NONE;
}

OZ_FUNCTION(imp, find_frozen, "($module, name, /, *, withdata=False)",
            "Return None: nothing is frozen.")
{
    return OZ_NONE;
}

OZ_FUNCTION(imp, get_frozen_object, "($module, name, data=None, /)",
            "Raise ImportError: nothing is frozen.")
{
    return oz_raise(t, OZ_ImportError, "No such frozen object named %S", a[1]);
}

OZ_FUNCTION(imp, _frozen_module_names, "($module, /)", "Return an empty list.")
{
    return oz_list_new(t, 0);
}

OZ_FUNCTION(imp, _override_frozen_modules_for_tests, "($module, override, /)", "Do nothing.")
{
    return OZ_NONE;
}

OZ_FUNCTION(imp, create_builtin, "($module, spec, /)", "Make the native module of a spec.")
{
    scoped Ref name = oz_get_attr(t, a[1], OZ_NAME(t, name));
    Ref module = NULL;
    if (!name)
        return NULL;
    Found found = oz_dict_get(t, (Dict *)t->vm->modules, name, &module);
    if (found == OZ_MISSING) {
        found = oz_import_native(t, name, &module);
        /* importlib says who loads it; it leaves the word of another alone. */
        if (module && !oz_set_attr(t, module, OZ_NAME(t, __loader__), OZ_NONE))
            oz_clear(&module);
    }
    return found == OZ_MISSING ? OZ_NONE : module;
}

OZ_FUNCTION(imp, exec_builtin, "($module, mod, /)", "Do nothing: native modules are whole.")
{
    return oz_int(0);
}

OZ_FUNCTION(imp, create_dynamic, "($module, spec, file=None, /)",
            "Raise ImportError: binary modules cannot be loaded.")
{
    scoped Ref name = oz_get_attr(t, a[1], OZ_NAME(t, name));
    return name ? oz_raise(t, OZ_ImportError,
                           "%S is a binary module for CPython, which Ounce cannot load", name)
                : NULL;
}

OZ_FUNCTION(imp, exec_dynamic, "($module, mod, /)", "Do nothing.")
{
    return oz_int(0);
}

static uint64_t hash_source(uint64_t key, const void *data, size_t length)
{
    return oz_siphash13(data, length, (const uint64_t[2]){key, 0});
}

/* importlib asks with its magic number as key. */
uint64_t oz_import_hash(const void *data, size_t length)
{
    uint32_t key;
    memcpy(&key, oz_code_magic, sizeof key);
    return hash_source(key, data, length);
}

OZ_FUNCTION(imp, source_hash, "($module, /, key, source)", "Return eight bytes that name a source.")
{
    uint64_t key;
    const Bytes *source = oz_as_bytes(a[2]);
    if (!oz_as_uint64(t, a[1], &key))
        return NULL;
    if (!source)
        return oz_raise(t, OZ_TypeError, "a bytes-like object is required, not '%T'", a[2]);
    uint64_t hash = hash_source(key, oz_bytes_data(source), oz_bytes_length(source));
    return oz_bytes_new(t, &hash, sizeof hash);
}

OZ_FUNCTION(imp, _fix_co_filename, "($module, code, path, /)",
            "Set the file name of a code object and of those inside it.")
{
    if (!oz_is(a[1], OZ_CODE) || !oz_is_str(a[2]))
        return oz_raise(t, OZ_TypeError, "_fix_co_filename() needs a code object and a str");
    return oz_code_rename(t, (Code *)a[1], a[2]) ? OZ_NONE : NULL;
}

static bool imp_init(Thread *t, Module *module)
{
    return oz_module_add_str(t, module, "check_hash_based_pycs", oz_config(t)->check_hash_pycs);
}

const ModuleDef oz_imp_module = {
    .name = "_imp",
    .doc = "What importlib asks of the runtime.",
    .functions = OZ_METHODS(
        &imp_lock_held, &imp_acquire_lock, &imp_release_lock, &imp__wait_for_import,
        &imp_extension_suffixes, &imp_is_builtin, &imp_is_frozen, &imp_is_frozen_package,
        &imp_init_frozen, &imp_find_frozen, &imp_get_frozen_object, &imp__frozen_module_names,
        &imp__override_frozen_modules_for_tests, &imp_create_builtin, &imp_exec_builtin,
        &imp_create_dynamic, &imp_exec_dynamic, &imp_source_hash, &imp__fix_co_filename),
    .init = imp_init,
};
