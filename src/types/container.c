// SPDX-License-Identifier: MIT
// Length, items, membership and iteration of any value.
//
// Each looks whether the C stack has room: a native type that asks what it wraps (a chain of
// iterators, a view of a view) recurses here as deep as a program has nested it.
#include "types/protocol.h"

#include "types/int.h"
#include "types/iterate.h"
#include "types/iterator.h"
#include "types/list_layout.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

/* ---- length ---- */

bool oz_length(Thread *t, Obj o, ssize_t *length)
{
    /* The usual ones need no look at their class, whose loads wait for each other. */
    if (oz_is_exact_str(o)) {
        *length = (ssize_t)oz_str_length((const Str *)o);
        return true;
    }
    if (oz_is(o, OZ_LIST)) {
        *length = (ssize_t)oz_list_length_fast((const List *)o);
        return true;
    }
    SlotLENGTH slot = oz_class_of(o)->slots->length;
    if (!slot)
        return oz_fail(t, OZ_TypeError, "object of type '%T' has no len()", o);
    return oz_native_enter(t, "") && slot(t, o, length);
}

/* What __length_hint__ says; OZ_MISSING: nothing. */
static Found hint(Thread *t, Obj o, ssize_t *length)
{
    scoped Ref method = NULL;
    Found found = oz_find_special(t, o, OZ_NAME(t, __length_hint__), &method);
    if (found != OZ_FOUND)
        return found;
    scoped Ref result = oz_call0(t, method);
    if (!result)
        return oz_exception_forget(t, OZ_TypeError) ? OZ_MISSING : OZ_RAISED;
    if (result == OZ_NOT_IMPLEMENTED)
        return OZ_MISSING;
    Obj n = oz_as_exact_int(result);
    if (!n) {
        oz_raise(t, OZ_TypeError, "__length_hint__ must be an integer, not %T", result);
        return OZ_RAISED;
    }
    if (!oz_as_ssize(t, n, OZ_OverflowError, length))
        return OZ_RAISED;
    if (*length < 0) {
        oz_raise(t, OZ_ValueError, "__length_hint__() should return >= 0");
        return OZ_RAISED;
    }
    return OZ_FOUND;
}

bool oz_length_hint(Thread *t, Obj o, ssize_t otherwise, ssize_t *length)
{
    SlotLENGTH slot = oz_class_of(o)->slots->length;
    if (slot) {
        if (slot(t, o, length))
            return true;
        if (!oz_exception_forget(t, OZ_TypeError))
            return false;
    }
    Found found = hint(t, o, length);
    if (found == OZ_MISSING)
        *length = otherwise;
    return found != OZ_RAISED;
}

/* ---- items ---- */

/* cls[key]: type[...] is an alias, other classes decide by __class_getitem__. */
static Ref class_item(Thread *t, Obj cls, Obj key)
{
    if (cls == (Obj)oz_builtin_class(t, OZ_TYPE)) {
        Class *alias = oz_builtin_class(t, OZ_GENERIC_ALIAS);
        return alias ? oz_call2(t, (Obj)alias, cls, key) : NULL;
    }
    scoped Ref method = NULL;
    Found found = oz_find_attr(t, cls, OZ_NAME(t, __class_getitem__), &method);
    if (found == OZ_RAISED)
        return NULL;
    if (found == OZ_FOUND && !oz_is_none(method))
        return oz_call1(t, method, key);
    return oz_raise(t, OZ_TypeError, "type '%N' is not subscriptable", cls);
}

Ref oz_get_item(Thread *t, Obj o, Obj key)
{
    SlotBINARY_LEFT slot = oz_class_of(o)->slots->get_item;
    if (OZ_LIKELY(slot != NULL))
        return oz_native_enter(t, "") ? slot(t, o, key) : NULL;
    if (oz_is_class(o))
        return class_item(t, o, key);
    return oz_raise(t, OZ_TypeError, "'%T' object is not subscriptable", o);
}

bool oz_set_item(Thread *t, Obj o, Obj key, Obj value)
{
    SlotSET_ITEM slot = oz_class_of(o)->slots->set_item;
    if (!slot)
        return oz_fail(t, OZ_TypeError, "'%T' object does not support item assignment", o);
    return oz_native_enter(t, "") && slot(t, o, key, value);
}

/* Does the class count as a sequence, or could it be one?  Only messages differ. */
static bool may_be_sequence(const Class *cls)
{
    return (cls->flags & OZ_CLASS_PYTHON) || cls->slots->length || cls->slots->contains;
}

bool oz_delete_item(Thread *t, Obj o, Obj key)
{
    SlotSET_ITEM slot = oz_class_of(o)->slots->set_item;
    if (!slot && oz_class_of(key)->slots->index && may_be_sequence(oz_class_of(o)))
        return oz_fail(t, OZ_TypeError, "'%T' object doesn't support item deletion", o);
    if (!slot)
        return oz_fail(t, OZ_TypeError, "'%T' object does not support item deletion", o);
    return oz_native_enter(t, "") && slot(t, o, key, NULL);
}

/* ---- iteration ---- */

Ref oz_iter(Thread *t, Obj o)
{
    if (oz_is(o, OZ_LIST)) /* most of what is iterated */
        return oz_list_iterator_new(t, OZ_LIST_ITERATOR, o);
    if (oz_is(o, OZ_TUPLE))
        return oz_list_iterator_new(t, OZ_TUPLE_ITERATOR, o);
    const Slots *slots = oz_class_of(o)->slots;
    if (OZ_UNLIKELY(!slots->iter)) {
        if (slots->get_item && !(oz_class_of(o)->flags & OZ_CLASS_MAPPING))
            return oz_sequence_iterator_new(t, o);
        return oz_raise(t, OZ_TypeError, "'%T' object is not iterable", o);
    }
    scoped Ref iterator = oz_native_enter(t, "") ? slots->iter(t, o) : NULL;
    if (iterator && !oz_class_of(iterator)->slots->next)
        return oz_raise(t, OZ_TypeError, "iter() returned non-iterator of type '%T'", iterator);
    return oz_move(&iterator);
}

/* Of a builtin type, found without a look at its class: that is two loads less that wait for each
 * other, at every step of an iteration. */
static SlotNEXT next_slot(Thread *t, Obj iterator)
{
    uint32_t id = oz_is_pointer(iterator) ? oz_id(oz_object(iterator)) : OZ_NO_TYPE;
    const TypeDef *def = id < OZ_BUILTIN_IDS ? t->vm->types[id] : NULL;
    if (OZ_LIKELY(def && def->slots.next))
        return def->slots.next;
    return oz_class_of(iterator)->slots->next;
}

Found oz_next(Thread *t, Obj iterator, Ref *item)
{
    return oz_next_inline(t, iterator, item);
}

Found oz_iterate_slow(Thread *t, Obj iterator, Ref *item)
{
    SlotNEXT slot = next_slot(t, iterator);
    if (OZ_UNLIKELY(!slot)) {
        *item = oz_raise(t, OZ_TypeError, "'%T' object is not an iterator", iterator);
        return OZ_RAISED;
    }
    *item = oz_native_enter(t, "") ? slot(t, iterator) : NULL;
    if (OZ_LIKELY(*item != NULL))
        return OZ_FOUND;
    if (!t->exception || oz_exception_forget(t, OZ_StopIteration))
        return OZ_MISSING;
    return OZ_RAISED;
}

static bool contains_by_iteration(Thread *t, Obj o, Obj item, bool *found)
{
    scoped Ref iterator = oz_iter(t, o);
    if (!iterator) {
        if (oz_exception_forget(t, OZ_TypeError))
            oz_raise(t, OZ_TypeError, "argument of type '%T' is not iterable", o);
        return false;
    }
    *found = false;
    for (;;) {
        scoped Ref each = NULL;
        Found step = oz_next(t, iterator, &each);
        if (step != OZ_FOUND)
            return step == OZ_MISSING;
        if (!oz_equal(t, each, item, found))
            return false;
        if (*found)
            return true;
        if (!oz_poll(t))
            return false;
    }
}

bool oz_contains(Thread *t, Obj o, Obj item, bool *found)
{
    SlotCONTAINS slot = oz_class_of(o)->slots->contains;
    if (!oz_native_enter(t, ""))
        return false;
    return slot ? slot(t, o, item, found) : contains_by_iteration(t, o, item, found);
}

Ref oz_to_sequence(Thread *t, Obj o, const char *message)
{
    if (oz_is(o, OZ_LIST) || oz_is(o, OZ_TUPLE))
        return oz_retain(o);
    scoped Ref iterator = oz_iter(t, o);
    if (!iterator) {
        if (message && oz_exception_forget(t, OZ_TypeError))
            oz_raise(t, OZ_TypeError, "%s", message);
        return NULL;
    }
    return oz_list_from(t, iterator);
}
