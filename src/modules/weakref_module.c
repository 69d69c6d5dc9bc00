// SPDX-License-Identifier: MIT
// The _weakref module: what weakref.py is built on.
#include "types/dict.h"
#include "types/list.h"
#include "types/module.h"
#include "types/native.h"
#include "types/tuple.h"
#include "types/type.h"
#include "types/weakref.h"

OZ_FUNCTION(weakref, getweakrefcount, "($module, object, /)",
            "Return how many weak references to object exist.")
{
    int64_t count = 0;
    if (oz_is_pointer(a[1]))
        for (WeakRef *ref = oz_weakref_first(t, oz_object(a[1])); ref; ref = ref->next)
            count++;
    return oz_int(count);
}

OZ_FUNCTION(weakref, getweakrefs, "($module, object, /)",
            "Return a list of all weak references to object.")
{
    scoped Ref list = oz_list_new(t, 0);
    if (!list || !oz_is_pointer(a[1]))
        return oz_move(&list);
    /* Appending runs no Python code, so the chain stands still. */
    for (WeakRef *ref = oz_weakref_first(t, oz_object(a[1])); ref; ref = ref->next)
        if (!oz_list_append(t, (List *)list, (Obj)ref))
            return NULL;
    return oz_move(&list);
}

OZ_FUNCTION(weakref, _remove_dead_weakref, "($module, dct, key, /)",
            "Delete key from dct if its value is a weak reference whose object is dead.")
{
    Dict *dict = oz_as_dict(a[1]);
    if (!dict)
        return oz_raise(t, OZ_TypeError, "_remove_dead_weakref() argument 1 must be dict, not %T",
                        a[1]);
    scoped Ref value = NULL;
    Found found = oz_dict_get(t, dict, a[2], &value);
    if (found == OZ_RAISED)
        return NULL;
    if (found == OZ_MISSING)
        return OZ_NONE;
    const WeakRef *ref = oz_as_weakref(value);
    if (!ref)
        return oz_raise(t, OZ_TypeError, "not a weakref");
    if (!ref->target && oz_dict_delete(t, dict, a[2]) == OZ_RAISED)
        return NULL;
    return OZ_NONE;
}

OZ_FUNCTION(weakref, proxy, "($module, object, callback=None, /)",
            "Return an object that stands for object without keeping it alive.\n\n"
            "callback, if given, is called with the proxy when object is about to die.")
{
    return oz_weakref_proxy_new(t, a[1], a[2]);
}

static bool weakref_module_init(Thread *t, Module *module)
{
    Class *cls = oz_builtin_class(t, OZ_WEAKREF);
    return cls && oz_module_add(t, module, "ref", oz_retain((Obj)cls));
}

const ModuleDef oz_weakref_module = {
    .name = "_weakref",
    .doc = "References that do not keep their objects alive.",
    .functions = OZ_METHODS(&weakref_getweakrefcount, &weakref_getweakrefs,
                            &weakref__remove_dead_weakref, &weakref_proxy),
    .types = (const uint32_t[]){OZ_WEAKREF, OZ_WEAK_PROXY, OZ_WEAK_CALLABLE_PROXY, 0},
    .init = weakref_module_init,
};
