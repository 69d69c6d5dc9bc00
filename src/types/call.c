// SPDX-License-Identifier: MIT
// Calling any value, and calling a method by name.
//
// Native code may call deeply (a sort whose key calls a sort ...), so each call looks at the C
// stack first.  Arguments are borrowed: the caller keeps them alive for the time of the call.
#include "types/protocol.h"

#include "types/dict.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

Ref oz_call(Thread *t, Obj callable, const Args *args)
{
    SlotCALL slot = oz_class_of(callable)->slots->call;
    if (OZ_UNLIKELY(!slot))
        return oz_raise(t, OZ_TypeError, "'%T' object is not callable", callable);
    if (OZ_UNLIKELY(!oz_native_enter(t, " while calling a Python object")))
        return NULL;
    Ref result = slot(t, callable, args);
    oz_check((result == NULL) == (t->exception != NULL));
    return result;
}

static Ref call_positional(Thread *t, Obj callable, const Obj *items, uint32_t count)
{
    Args args = {.items = items, .count = count, .named = 0, .names = NULL};
    return oz_call(t, callable, &args);
}

Ref oz_call0(Thread *t, Obj callable)
{
    return call_positional(t, callable, NULL, 0);
}

Ref oz_call1(Thread *t, Obj callable, Obj a)
{
    return call_positional(t, callable, &a, 1);
}

Ref oz_call2(Thread *t, Obj callable, Obj a, Obj b)
{
    return call_positional(t, callable, (const Obj[]){a, b}, 2);
}

Ref oz_call3(Thread *t, Obj callable, Obj a, Obj b, Obj c)
{
    return call_positional(t, callable, (const Obj[]){a, b, c}, 3);
}

bool oz_is_callable(Obj o)
{
    return oz_class_of(o)->slots->call != NULL;
}

/* ---- methods ---- */

/* The function behind o.name if it may be called with `o` in front, without being bound: the
 * class has it as a plain method and the instance does not hide it.  New reference. */
static Found find_method(Thread *t, Obj o, Obj name, Ref *function)
{
    *function = NULL;
    Class *cls = oz_class_of(o);
    if (!(cls->flags & OZ_CLASS_PLAIN_GET) || !oz_is_pointer(name) ||
        !oz_has_flag(oz_object(name), OZ_FLAG_INTERNED))
        return OZ_MISSING;
    Obj method;
    if (oz_class_find(t, cls, name, &method) == OZ_RAISED)
        return OZ_RAISED;
    if (!method || !(oz_class_of(method)->flags & OZ_CLASS_METHOD))
        return OZ_MISSING;
    *function = oz_retain(method);
    if (!oz_is_pointer(o) || !(cls->flags & OZ_CLASS_DICT))
        return OZ_FOUND;
    Ref hidden = NULL;
    Found found = oz_instance_get(t, oz_object(o), name, &hidden);
    if (found == OZ_MISSING)
        return OZ_FOUND;
    oz_drop(hidden);
    oz_clear(function);
    return found == OZ_FOUND ? OZ_MISSING : OZ_RAISED;
}

#define FEW 8 /* arguments that need no block */

Ref oz_call_method(Thread *t, Obj o, Obj name, uint32_t count, const Obj *values)
{
    scoped Ref method = NULL;
    Found found = count < FEW ? find_method(t, o, name, &method) : OZ_MISSING;
    if (found == OZ_RAISED)
        return NULL;
    if (found == OZ_FOUND) {
        Obj items[FEW];
        items[0] = o;
        for (uint32_t i = 0; i < count; i++)
            items[i + 1] = values[i];
        return call_positional(t, method, items, count + 1);
    }
    method = oz_get_attr(t, o, name);
    if (!method)
        return NULL;
    return call_positional(t, method, values, count);
}

/* ---- callable(*args, **kwargs) ---- */

/* Lay positional and keyword values out in `items` and call.  The values of the dict are held,
 * for the callee may change it. */
static Ref call_with_keywords(Thread *t, Obj callable, const Tuple *args, Dict *keywords,
                              Ref *items, size_t named)
{
    Tuple *names = oz_tuple_alloc(t, named);
    if (!names)
        return NULL;
    scoped Ref names_ref = (Ref)names;
    for (uint32_t i = 0; i < args->length; i++)
        items[i] = oz_retain(args->items[i]);
    size_t at = 0, taken = 0;
    Obj key, value;
    bool strings = true;
    while (taken < named && oz_dict_step(keywords, &at, &key, &value)) {
        strings = strings && oz_is_str(key);
        oz_tuple_init(names, taken, oz_retain(key));
        items[args->length + taken++] = oz_retain(value);
    }
    Ref result = NULL;
    if (strings) {
        Args all = {(const Obj *)items, args->length, (uint32_t)taken, names_ref};
        result = oz_call(t, callable, &all);
    } else {
        oz_raise(t, OZ_TypeError, "keywords must be strings");
    }
    for (size_t i = 0; i < args->length + taken; i++)
        oz_drop(items[i]);
    return result;
}

Ref oz_call_tuple(Thread *t, Obj callable, Obj args, Obj kwargs)
{
    const Tuple *positional = oz_as_tuple(args);
    Dict *keywords = kwargs ? oz_as_dict(kwargs) : NULL;
    size_t named = keywords ? oz_dict_length(keywords) : 0;
    if (!named)
        return call_positional(t, callable, (const Obj *)positional->items, positional->length);
    Ref *items = oz_block_alloc(t->heap, (positional->length + named) * sizeof *items);
    if (!items)
        return oz_raise_memory(t);
    Ref result = call_with_keywords(t, callable, positional, keywords, items, named);
    oz_block_free(items);
    return result;
}
