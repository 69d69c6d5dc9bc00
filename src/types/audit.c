// SPDX-License-Identifier: MIT
// Audit events: calling the hooks.
//
// A hook is not traced unless it has a true __cantrace__.  The list of hooks only grows.
#include "types/audit.h"

#include "object/error.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

#include <stdarg.h>
#include <string.h>

static bool may_trace(Thread *t, Obj hook, bool *may)
{
    scoped Ref name = oz_intern(t, "__cantrace__"), value = NULL;
    *may = false;
    Found found = name ? oz_find_attr(t, hook, name, &value) : OZ_RAISED;
    return found == OZ_MISSING || (found == OZ_FOUND && oz_truth(t, value, may));
}

static bool call_hook(Thread *t, Obj hook, Obj event, Obj values)
{
    bool traced;
    oz_trace_pause(t);
    bool known = may_trace(t, hook, &traced);
    if (traced)
        oz_trace_resume(t);
    scoped Ref done = known ? oz_call2(t, hook, event, values) : NULL;
    if (!traced)
        oz_trace_resume(t);
    return done != NULL;
}

bool oz_audit_call(Thread *t, Obj event, Obj values)
{
    List *hooks = (List *)t->vm->audit_hooks;
    for (size_t n = 0; hooks && n < oz_list_length(hooks); n++) {
        scoped Ref hook = oz_list_get(t, hooks, n);
        if (!hook || !call_hook(t, hook, event, values))
            return false;
    }
    return true;
}

static Ref value_of(Thread *t, char letter, va_list *values)
{
    if (letter == 's')
        return oz_str_new(t, va_arg(*values, const char *));
    if (letter == 'n')
        return oz_int_new(t, va_arg(*values, int64_t));
    Obj v = va_arg(*values, Obj);
    if (letter == 'd' && (!v || v == OZ_NONE))
        return oz_int(-1);
    return v ? oz_retain(v) : OZ_NONE;
}

bool oz_audit_tell(Thread *t, const char *event, const char *format, ...)
{
    scoped Ref name = oz_str_new(t, event);
    size_t count = strlen(format);
    Tuple *tuple = name ? oz_tuple_alloc(t, count) : NULL;
    scoped Ref made = (Ref)tuple;
    bool whole = tuple != NULL;
    va_list values;
    va_start(values, format);
    for (size_t n = 0; whole && n < count; n++) {
        Ref value = value_of(t, format[n], &values);
        if (value)
            oz_tuple_init(tuple, n, value);
        whole = value != NULL;
    }
    va_end(values);
    return whole && oz_audit_call(t, name, made);
}
