// SPDX-License-Identifier: MIT
// atexit: functions to be called at the end, the last registered first.
#include "modules/atexit.h"

#include "modules/native_type.h"

/* The list of (function, args, kwargs) hangs in the module's dict out of sight of programs. */
static Ref *list_of(Obj module)
{
    return (Ref *)&((Module *)module)->state;
}

OZ_FUNCTION(atexit, register, "($module, func, /, *args, **kwargs)",
            "Have a function called at the end; the function, so that it decorates.")
{
    if (!oz_is_callable(a[1]))
        return oz_raise(t, OZ_TypeError, "the first argument must be callable");
    Ref *list = list_of(a[0]);
    if (!*list)
        *list = oz_list_new(t, 0);
    scoped Ref entry = *list ? oz_tuple_of(t, 3, a[1], a[2], a[3]) : NULL;
    return entry && oz_list_append(t, (List *)*list, entry) ? oz_retain(a[1]) : NULL;
}

OZ_FUNCTION(atexit, unregister, "($module, func, /)", "Forget a function, however often given.")
{
    Ref *list = list_of(a[0]);
    for (size_t n = *list ? oz_list_length((List *)*list) : 0; n-- > 0;) {
        if (n >= oz_list_length((List *)*list))
            continue;
        scoped Ref entry = oz_list_get(t, (List *)*list, n);
        bool same;
        if (!entry || !oz_equal(t, ((Tuple *)entry)->items[0], a[1], &same) ||
            (same && !oz_list_remove_range(t, (List *)*list, n, n + 1)))
            return NULL;
    }
    return OZ_NONE;
}

OZ_FUNCTION(atexit, _clear, "($module, /)", "Forget all functions.")
{
    oz_clear(list_of(a[0]));
    return OZ_NONE;
}

OZ_FUNCTION(atexit, _ncallbacks, "($module, /)", "How many functions wait.")
{
    Ref list = *list_of(a[0]);
    return oz_int(list ? (int64_t)oz_list_length((List *)list) : 0);
}

/* Last first; what the functions register themselves is too late, so that this ends. */
static void run_all(Thread *t, Obj module)
{
    Ref *list = list_of(module);
    size_t last = *list ? oz_list_length((List *)*list) : 0;
    for (size_t length; *list && last > 0 && (length = oz_list_length((List *)*list)) > 0;) {
        last = (last < length ? last : length) - 1;
        scoped Ref entry = oz_list_get(t, (List *)*list, last);
        if (!entry || !oz_list_remove_range(t, (List *)*list, last, last + 1)) {
            oz_exception_clear(t);
            return;
        }
        const Tuple *call = (const Tuple *)entry;
        scoped Ref done = oz_call_tuple(t, call->items[0], call->items[1], call->items[2]);
        if (!done)
            oz_unraisable(t, call->items[0], "Exception ignored in atexit callback");
    }
    oz_clear(list);
}

OZ_FUNCTION(atexit, _run_exitfuncs, "($module, /)", "Call all functions now.")
{
    run_all(t, a[0]);
    return OZ_NONE;
}

void oz_atexit_run(Thread *t)
{
    scoped Ref name = oz_intern(t, "atexit"), module = NULL;
    if (name && oz_is(t->vm->modules, OZ_DICT) &&
        oz_dict_get(t, (Dict *)t->vm->modules, name, &module) == OZ_FOUND &&
        oz_is(module, OZ_MODULE) && ((Module *)module)->def == &oz_atexit_module)
        run_all(t, module);
    oz_exception_clear(t);
}

static void atexit_fini(Thread *t OZ_UNUSED, Module *module)
{
    oz_clear((Ref *)&module->state);
}

const ModuleDef oz_atexit_module = {
    .name = "atexit",
    .doc = "Functions to be called at the end of the program.",
    .functions = OZ_METHODS(&atexit_register, &atexit_unregister, &atexit__clear,
                            &atexit__ncallbacks, &atexit__run_exitfuncs),
    .fini = atexit_fini,
};
