// SPDX-License-Identifier: MIT
// atexit: functions to be called at the end, the last registered first.
#include "modules/atexit.h"

#include "modules/native_type.h"

/* The list of (function, args, kwargs) is the VM's: it outlives the module in sys.modules. */
static Ref *list_of(Thread *t)
{
    return &t->vm->exit_functions;
}

OZ_FUNCTION(atexit, register, "($module, func, /, *args, **kwargs)",
            "Have a function called at the end; the function, so that it decorates.")
{
    if (!oz_is_callable(a[1]))
        return oz_raise(t, OZ_TypeError, "the first argument must be callable");
    Ref *list = list_of(t);
    if (!*list)
        *list = oz_list_new(t, 0);
    scoped Ref entry = *list ? oz_tuple_of(t, 3, a[1], a[2], a[3]) : NULL;
    return entry && oz_list_append(t, (List *)*list, entry) ? oz_retain(a[1]) : NULL;
}

OZ_FUNCTION(atexit, unregister, "($module, func, /)", "Forget a function, however often given.")
{
    Ref *list = list_of(t);
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
    oz_clear(list_of(t));
    return OZ_NONE;
}

OZ_FUNCTION(atexit, _ncallbacks, "($module, /)", "How many functions wait.")
{
    Ref list = *list_of(t);
    return oz_int(list ? (int64_t)oz_list_length((List *)list) : 0);
}

/* Last first; what the functions register themselves is too late, so that this ends. */
static void run_all(Thread *t)
{
    Ref *list = list_of(t);
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
    run_all(t);
    return OZ_NONE;
}

void oz_atexit_run(Thread *t)
{
    run_all(t);
    oz_exception_clear(t);
    oz_clear(list_of(t));
}

const ModuleDef oz_atexit_module = {
    .name = "atexit",
    .doc = "Functions to be called at the end of the program.",
    .functions = OZ_METHODS(&atexit_register, &atexit_unregister, &atexit__clear,
                            &atexit__ncallbacks, &atexit__run_exitfuncs),
};
