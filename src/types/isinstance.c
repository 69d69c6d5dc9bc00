// SPDX-License-Identifier: MIT
// isinstance() and issubclass(): by MRO, by the __class__ that an object claims, by the abstract
// protocol (__bases__), by tuples, and through __instancecheck__ and __subclasscheck__.
#include "types/class_layout.h"
#include "types/generic_alias.h"

static const char *not_a_type = "isinstance() arg 2 must be a type, a tuple of types, or a union";
static const char *not_a_class =
    "issubclass() arg 2 must be a class, a tuple of classes, or a union";

/* The tuple __bases__ of something that is no class; OZ_MISSING: it has none. */
static Found bases_of(Thread *t, Obj cls, Ref *bases)
{
    Found found = oz_find_attr(t, cls, OZ_NAME(t, __bases__), bases);
    if (found != OZ_FOUND || oz_as_tuple(*bases))
        return found;
    oz_clear(bases);
    return OZ_MISSING;
}

static bool check_class(Thread *t, Obj cls, const char *message)
{
    scoped Ref bases = NULL;
    Found found = bases_of(t, cls, &bases);
    if (found == OZ_MISSING)
        oz_raise(t, OZ_TypeError, "%s", message);
    return found == OZ_FOUND;
}

/* Is `cls` among the transitive __bases__ of `derived`? */
static bool abstract_is_subclass(Thread *t, Obj derived, Obj cls, bool *result)
{
    *result = derived == cls;
    if (*result)
        return true;
    scoped Ref bases = NULL;
    Found found = bases_of(t, derived, &bases);
    if (found != OZ_FOUND)
        return found == OZ_MISSING;
    scoped_depth counted = oz_depth_enter(t, " in __subclasscheck__");
    if (!counted)
        return false;
    for (size_t i = 0; i < oz_tuple_count(bases) && !*result; i++)
        if (!abstract_is_subclass(t, ((const Tuple *)bases)->items[i], cls, result))
            return false;
    return true;
}

/* Can the objects of a class claim another one?  The property of `object` tells the truth, and no
 * attribute of the object hides it. */
static bool tells_truth(Thread *t, Class *cls)
{
    if (!(cls->flags & OZ_CLASS_PLAIN_GET))
        return false;
    if (cls->id && cls->id < OZ_TYPE_END) /* only types of modules have a property of their own */
        return true;
    Obj truth = oz_class_peek(t, t->vm->classes[OZ_OBJECT], OZ_NAME(t, __class__));
    return truth && oz_class_peek(t, cls, OZ_NAME(t, __class__)) == truth;
}

/* The __class__ that `o` claims, if it is another than its real one. */
static Found claimed_class(Thread *t, Obj o, Ref *claimed)
{
    if (OZ_LIKELY(tells_truth(t, oz_class_of(o))))
        return OZ_MISSING;
    Found found = oz_find_attr(t, o, OZ_NAME(t, __class__), claimed);
    if (found == OZ_FOUND && *claimed == (Ref)oz_class_of(o)) {
        oz_clear(claimed);
        return OZ_MISSING;
    }
    return found;
}

bool oz_plain_is_instance(Thread *t, Obj o, Obj cls, bool *result)
{
    scoped Ref claimed = NULL;
    *result = false;
    if (!oz_is_class(cls)) {
        if (!check_class(t, cls, not_a_type))
            return false;
        Found found = oz_find_attr(t, o, OZ_NAME(t, __class__), &claimed);
        return found == OZ_FOUND ? abstract_is_subclass(t, claimed, cls, result)
                                 : found == OZ_MISSING;
    }
    *result = oz_class_derives(oz_class_of(o), (const Class *)cls);
    if (*result)
        return true;
    Found found = claimed_class(t, o, &claimed);
    if (found == OZ_FOUND && oz_is_class(claimed))
        *result = oz_class_derives((const Class *)claimed, (const Class *)cls);
    return found != OZ_RAISED;
}

bool oz_plain_is_subclass(Thread *t, Obj derived, Obj cls, bool *result)
{
    if (oz_is_class(derived) && oz_is_class(cls)) {
        *result = oz_class_derives((const Class *)derived, (const Class *)cls);
        return true;
    }
    if (!oz_is_class(derived) && !check_class(t, derived, "issubclass() arg 1 must be a class"))
        return false;
    if (!oz_is_class(cls) && !check_class(t, cls, not_a_class))
        return false;
    return abstract_is_subclass(t, derived, cls, result);
}

/* ---- with the hooks ---- */

typedef bool Check(Thread *t, Obj what, Obj cls, bool *result);

static bool check_any(Thread *t, Check *check, Obj what, Obj tuple, const char *where, bool *result)
{
    scoped_depth counted = oz_depth_enter(t, where);
    if (!counted)
        return false;
    *result = false;
    for (size_t i = 0; i < oz_tuple_count(tuple) && !*result; i++)
        if (!check(t, what, ((const Tuple *)tuple)->items[i], result))
            return false;
    return true;
}

/* Ask the hook; OZ_MISSING: there is none. */
static Found ask(Thread *t, Obj cls, Obj name, Obj what, bool *result)
{
    scoped Ref hook = NULL;
    Found found = oz_find_special(t, cls, name, &hook);
    if (found != OZ_FOUND)
        return found;
    scoped Ref answer = oz_call1(t, hook, what);
    return answer && oz_truth(t, answer, result) ? OZ_FOUND : OZ_RAISED;
}

bool oz_is_instance(Thread *t, Obj o, Obj cls, bool *result)
{
    if ((Obj)oz_class_of(o) == cls) {
        *result = true;
        return true;
    }
    if (oz_is(cls, OZ_TYPE))
        return oz_plain_is_instance(t, o, cls, result);
    if (oz_as_tuple(cls))
        return check_any(t, oz_is_instance, o, cls, " in __instancecheck__", result);
    if (oz_is(cls, OZ_UNION))
        return check_any(t, oz_is_instance, o, oz_union_args(cls), " in __instancecheck__", result);
    Found found = ask(t, cls, OZ_NAME(t, __instancecheck__), o, result);
    if (found == OZ_MISSING)
        return oz_plain_is_instance(t, o, cls, result);
    return found == OZ_FOUND;
}

bool oz_is_subclass(Thread *t, Obj derived, Obj cls, bool *result)
{
    if (oz_is(cls, OZ_TYPE)) {
        if (derived == cls) {
            *result = true;
            return true;
        }
        return oz_plain_is_subclass(t, derived, cls, result);
    }
    if (oz_as_tuple(cls))
        return check_any(t, oz_is_subclass, derived, cls, " in __subclasscheck__", result);
    if (oz_is(cls, OZ_UNION))
        return check_any(t, oz_is_subclass, derived, oz_union_args(cls), " in __subclasscheck__",
                         result);
    Found found = ask(t, cls, OZ_NAME(t, __subclasscheck__), derived, result);
    if (found == OZ_MISSING)
        return oz_plain_is_subclass(t, derived, cls, result);
    return found == OZ_FOUND;
}
