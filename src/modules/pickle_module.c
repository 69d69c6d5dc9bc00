// SPDX-License-Identifier: MIT
// The module _pickle: what the library's pickle uses in the place of its own classes.
//
// dump() and dumps(), load() and loads() use a pickler or unpickler that no program sees.
#include "modules/native_type.h"
#include "modules/pickle.h"

static Pickler *hidden_pickler(Thread *t)
{
    Pickler *p = oz_object_new(t, OZ_PICKLER, sizeof *p);
    if (p)
        p->hidden = true;
    return p;
}

OZ_FUNCTION(pickle, dump,
            "($module, /, obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)",
            "Write the pickle of an object to a file: Pickler(file, protocol).dump(obj).")
{
    scoped Ref made = (Ref)hidden_pickler(t);
    Pickler *p = (Pickler *)made;
    if (!made || !oz_pickler_init(t, p, a[3], a[4], a[5]) || !oz_pickler_set_file(t, p, a[2]))
        return NULL;
    return oz_pickler_dump(t, p, a[1]);
}

OZ_FUNCTION(pickle, dumps,
            "($module, /, obj, protocol=None, *, fix_imports=True, buffer_callback=None)",
            "The pickle of an object, as bytes.")
{
    scoped Ref made = (Ref)hidden_pickler(t);
    Pickler *p = (Pickler *)made;
    if (!made || !oz_pickler_init(t, p, a[2], a[3], a[4]))
        return NULL;
    return oz_pickler_dump(t, p, a[1]);
}

static Unpickler *hidden_unpickler(Thread *t)
{
    Unpickler *u = oz_object_new(t, OZ_UNPICKLER, sizeof *u);
    if (u)
        u->hidden = true;
    return u;
}

OZ_FUNCTION(pickle, load,
            "($module, /, file, *, fix_imports=True, encoding='ASCII', errors='strict', "
            "buffers=())",
            "Read an object from a file: Unpickler(file).load().")
{
    scoped Ref made = (Ref)hidden_unpickler(t);
    Unpickler *u = (Unpickler *)made;
    if (!made || !oz_unpickler_set_file(t, u, a[1]) || !oz_unpickler_init(t, u, a + 2))
        return NULL;
    return oz_pickle_load(t, u);
}

OZ_FUNCTION(pickle, loads,
            "($module, data, /, *, fix_imports=True, encoding='ASCII', errors='strict', "
            "buffers=())",
            "The object whose pickle some bytes are.")
{
    scoped Ref made = (Ref)hidden_unpickler(t);
    Unpickler *u = (Unpickler *)made;
    if (!made || !oz_buffer_open(t, a[1], &u->view))
        return NULL;
    oz_track(&u->base, u->view.owner);
    u->at = u->view.data;
    u->end = u->at + u->view.length;
    return oz_unpickler_init(t, u, a + 2) ? oz_pickle_load(t, u) : NULL;
}

static bool pickle_init(Thread *t, Module *module)
{
    const struct {
        const char *name;
        ModuleError error;
    } errors[] = {{"PickleError", OZ_ERROR_PICKLE},
                  {"PicklingError", OZ_ERROR_PICKLING},
                  {"UnpicklingError", OZ_ERROR_UNPICKLING}};
    for (size_t i = 0; i < OZ_COUNT(errors); i++) {
        Obj error = oz_module_error(t, errors[i].error);
        if (!error || !oz_module_add(t, module, errors[i].name, oz_retain(error)))
            return false;
    }
    return oz_builtin_class(t, OZ_PICKLER_MEMO) && oz_builtin_class(t, OZ_UNPICKLER_MEMO);
}

static const uint32_t pickle_types[] = {OZ_PICKLE_BUFFER, OZ_PICKLER, OZ_UNPICKLER, 0};

const ModuleDef oz_pickle_module = {
    .name = "_pickle",
    .doc = "Python objects as bytes, and back: the fast part of module pickle.",
    .functions = OZ_METHODS(&pickle_dump, &pickle_dumps, &pickle_load, &pickle_loads),
    .types = pickle_types,
    .init = pickle_init,
};
