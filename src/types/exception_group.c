// SPDX-License-Identifier: MIT
// BaseExceptionGroup and ExceptionGroup, and what except* does with them.
//
// A split walks the tree of groups and asks a Matcher about each node.  A group that matches goes
// to one side whole; else its parts are split and each side that is not empty becomes a new group
// from derive(), with traceback, context, cause and notes of the original.
#include "types/exception_kinds.h"

#include "types/list.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

/* ---- making ---- */

static const char *const new_name = "BaseExceptionGroup.__new__()";

/* The exceptions as a tuple; *nested: one of them is no Exception. */
static Ref checked_exceptions(Thread *t, Obj given, bool *nested)
{
    if (!oz_class_of(given)->slots->get_item || oz_as_set(given) || oz_isa(given, OZ_DICT))
        return oz_raise(t, OZ_TypeError, "second argument (exceptions) must be a sequence");
    scoped Ref tuple = oz_tuple_from(t, given);
    if (!tuple)
        return NULL;
    const Tuple *items = oz_as_tuple(tuple);
    if (items->length == 0)
        return oz_raise(t, OZ_ValueError,
                        "second argument (exceptions) must be a non-empty sequence");
    *nested = false;
    for (uint32_t i = 0; i < items->length; i++) {
        if (!oz_as_exception(items->items[i]))
            return oz_raise(t, OZ_ValueError,
                            "Item %zd of second argument (exceptions) is not an exception",
                            (ssize_t)i);
        *nested |= !oz_is_exception(items->items[i], OZ_Exception);
    }
    return oz_move(&tuple);
}

/* The class that the group really gets; NULL: raised. */
static Class *fitting_class(Thread *t, Class *cls, bool nested)
{
    Class *const *errors = t->vm->errors;
    if (cls == errors[OZ_BaseExceptionGroup])
        return nested ? cls : errors[OZ_ExceptionGroup];
    if (!nested)
        return cls;
    if (cls == errors[OZ_ExceptionGroup])
        oz_raise(t, OZ_TypeError, "Cannot nest BaseExceptions in an ExceptionGroup");
    else if (oz_class_derives(cls, errors[OZ_Exception]))
        oz_raise(t, OZ_TypeError, "Cannot nest BaseExceptions in '%.200s'", oz_class_name(cls));
    else
        return cls;
    return NULL;
}

Ref oz_exception_group_new(Thread *t, Class *cls, const Args *args)
{
    if (args->count != 2)
        return oz_raise(t, OZ_TypeError, "%s takes exactly 2 arguments (%u given)", new_name,
                        args->count);
    if (!oz_is_str(args->items[0]))
        return oz_raise(t, OZ_TypeError, "%s argument 1 must be str, not %T", new_name,
                        args->items[0]);
    bool nested = false;
    scoped Ref exceptions = checked_exceptions(t, args->items[1], &nested);
    if (!exceptions || !(cls = fitting_class(t, cls, nested)))
        return NULL;
    scoped Ref made = oz_exception_new(t, cls, args);
    BaseException *e = (BaseException *)made;
    if (!made || !oz_exception_field_set(t, e, OZ_X_MESSAGE, OZ_X_GROUP_COUNT, args->items[0]) ||
        !oz_exception_field_set(t, e, OZ_X_EXCEPTIONS, OZ_X_GROUP_COUNT, exceptions))
        return NULL;
    return oz_move(&made);
}

bool oz_exception_group_init(Thread *t, Obj self, const Args *args)
{
    return oz_exception_init(t, self, args);
}

static const Tuple *exceptions_of(Obj group)
{
    return oz_as_tuple(oz_exception_field((const BaseException *)group, OZ_X_EXCEPTIONS));
}

Ref oz_exception_group_str(Thread *t, Obj self)
{
    uint32_t count = exceptions_of(self)->length;
    return oz_str_format(t, "%S (%u sub-exception%s)",
                         oz_exception_field((const BaseException *)self, OZ_X_MESSAGE), count,
                         count == 1 ? "" : "s");
}

static Ref get_message(Thread *t OZ_UNUSED, Obj self)
{
    return oz_exception_get(self, OZ_X_MESSAGE);
}

static Ref get_exceptions(Thread *t OZ_UNUSED, Obj self)
{
    return oz_exception_get(self, OZ_X_EXCEPTIONS);
}

const GetSetDef oz_exception_group_getsets[] = {
    {"message", get_message, NULL, "The message of the group."},
    {"exceptions", get_exceptions, NULL, "The exceptions in the group: a tuple."},
    {NULL, NULL, NULL, NULL},
};

/* ---- splitting ---- */

typedef struct Matcher {
    enum { BY_CLASS, BY_PREDICATE, BY_IDENTITY } by;
    Obj what; /* borrowed: class or tuple of classes; callable; set of identities */
} Matcher;

static Ref identity(Obj v)
{
    return oz_int((int64_t)(oz_word(v) >> 3));
}

static bool matches(Thread *t, const Matcher *m, Obj e, bool *result)
{
    if (m->by == BY_CLASS)
        return oz_is_instance(t, e, m->what, result);
    if (m->by == BY_IDENTITY) {
        Found found = oz_set_contains(t, oz_as_set(m->what), identity(e));
        *result = found == OZ_FOUND;
        return found != OZ_RAISED;
    }
    scoped Ref answer = oz_call1(t, m->what, e);
    return answer && oz_truth(t, answer, result);
}

static bool copy_notes(Thread *t, Obj from, Obj to)
{
    scoped Ref notes = NULL;
    Found found = oz_find_attr(t, from, OZ_NAME(t, __notes__), &notes);
    if (found != OZ_FOUND)
        return found == OZ_MISSING;
    if (!oz_class_of(notes)->slots->get_item)
        return true;
    scoped Ref copy = oz_list_from(t, notes);
    return copy && oz_set_attr(t, to, OZ_NAME(t, __notes__), copy);
}

static void copy_field(BaseException *to, Ref *place, const Ref *from)
{
    oz_store(&to->base, place, oz_load(from));
}

/* original.derive(parts), dressed as the original; None if there are no parts. */
static Ref subset(Thread *t, Obj original, Obj parts)
{
    if (oz_list_length(oz_as_list(parts)) == 0)
        return OZ_NONE;
    scoped Ref name = oz_intern(t, "derive");
    if (!name)
        return NULL;
    scoped Ref made = oz_call_method(t, original, name, 1, &parts);
    if (!made)
        return NULL;
    if (!oz_is_exception(made, OZ_BaseExceptionGroup))
        return oz_raise(t, OZ_TypeError, "derive must return an instance of BaseExceptionGroup");
    BaseException *to = (BaseException *)made, *from = (BaseException *)original;
    copy_field(to, &to->traceback, &from->traceback);
    copy_field(to, &to->context, &from->context);
    copy_field(to, &to->cause, &from->cause);
    if (from->cause)
        to->suppress_context = true;
    return copy_notes(t, original, made) ? oz_move(&made) : NULL;
}

static bool split(Thread *t, Obj e, const Matcher *m, Ref *match, Ref *rest);

static bool append_part(Thread *t, Obj list, Ref part)
{
    return oz_is_none(part) || oz_list_append_take(t, oz_as_list(list), part);
}

static bool split_parts(Thread *t, Obj group, const Matcher *m, Obj matching, Obj others)
{
    scoped Ref parts = oz_exception_get(group, OZ_X_EXCEPTIONS);
    const Tuple *items = oz_as_tuple(parts);
    for (uint32_t i = 0; i < items->length; i++) {
        Ref match = NULL, rest = NULL;
        if (!split(t, items->items[i], m, &match, &rest))
            return false;
        bool done = append_part(t, matching, match);
        if (!append_part(t, others, rest) || !done)
            return false;
    }
    return true;
}

static bool split(Thread *t, Obj e, const Matcher *m, Ref *match, Ref *rest)
{
    bool whole;
    *match = *rest = OZ_NONE;
    scoped_depth counted = oz_depth_enter(t, " in exceptiongroup_split_recursive");
    if (!counted || !matches(t, m, e, &whole))
        return false;
    if (whole || !oz_is_exception(e, OZ_BaseExceptionGroup)) {
        *(whole ? match : rest) = oz_retain(e);
        return true;
    }
    scoped Ref matching = oz_list_new(t, 0);
    scoped Ref others = oz_list_new(t, 0);
    if (!matching || !others || !split_parts(t, e, m, matching, others))
        return false;
    scoped Ref first = subset(t, e, matching);
    if (!first || !(*rest = subset(t, e, others)))
        return false;
    *match = oz_move(&first);
    return true;
}

/* The matcher that the argument of split() or subgroup() asks for. */
static bool matcher_of(Thread *t, Obj condition, Matcher *m)
{
    bool classes = oz_is_exception_class(condition);
    const Tuple *tuple = oz_as_tuple(condition);
    if (tuple) {
        classes = true;
        for (uint32_t i = 0; i < tuple->length; i++)
            classes &= oz_is_exception_class(tuple->items[i]);
    }
    *m = (Matcher){classes ? BY_CLASS : BY_PREDICATE, condition};
    if (classes || (!tuple && !oz_is_class(condition) && oz_is_callable(condition)))
        return true;
    return oz_fail(t, OZ_TypeError,
                   "expected a function, exception type or tuple of exception types");
}

OZ_METHOD(group, derive, "($self, excs, /)", "Make a group with the same message.")
{
    Obj values[2] = {oz_exception_field((const BaseException *)a[0], OZ_X_MESSAGE), a[1]};
    return oz_call2(t, (Obj)t->vm->errors[OZ_BaseExceptionGroup], values[0], values[1]);
}

OZ_METHOD(group, split, "($self, condition, /)",
          "Return two groups: what matches the condition, and the rest; each may be None.")
{
    Matcher m;
    scoped Ref match = NULL, rest = NULL;
    if (!matcher_of(t, a[1], &m) || !split(t, a[0], &m, &match, &rest))
        return NULL;
    return oz_tuple_of(t, 2, match, rest);
}

OZ_METHOD(group, subgroup, "($self, condition, /)", "Return the group of what matches, or None.")
{
    Matcher m;
    scoped Ref match = NULL, rest = NULL;
    if (!matcher_of(t, a[1], &m) || !split(t, a[0], &m, &match, &rest))
        return NULL;
    return oz_move(&match);
}

OZ_CLASS_METHOD(group, __class_getitem__, "($type, item, /)", "Return the generic alias.")
{
    return oz_generic_alias_new(t, a[0], a[1]);
}

const NativeDef *const oz_exception_group_methods[] = {&group_derive, &group_split, &group_subgroup,
                                                       &group___class_getitem__, NULL};

/* ---- except* ---- */

static bool check_star_class(Thread *t, Obj wanted)
{
    if (!oz_is_exception_class(wanted))
        return oz_fail(t, OZ_TypeError,
                       "catching classes that do not inherit from BaseException is not allowed");
    if (oz_class_derives((const Class *)wanted, t->vm->errors[OZ_BaseExceptionGroup]))
        return oz_fail(t, OZ_TypeError,
                       "catching ExceptionGroup with except* is not allowed. Use except instead.");
    return true;
}

static bool check_star(Thread *t, Obj wanted)
{
    const Tuple *tuple = oz_as_tuple(wanted);
    if (!tuple)
        return check_star_class(t, wanted);
    for (uint32_t i = 0; i < tuple->length; i++)
        if (!check_star_class(t, tuple->items[i]))
            return false;
    return true;
}

/* BaseExceptionGroup("", exceptions) */
static Ref wrap(Thread *t, Obj exceptions)
{
    return oz_call2(t, (Obj)t->vm->errors[OZ_BaseExceptionGroup], OZ_TEXT(t, empty), exceptions);
}

static bool split_by_method(Thread *t, Obj e, Obj wanted, Ref *match, Ref *rest)
{
    scoped Ref name = oz_intern(t, "split");
    if (!name)
        return false;
    scoped Ref pair = oz_call_method(t, e, name, 1, &wanted);
    if (!pair)
        return false;
    const Tuple *items = oz_as_tuple(pair);
    if (!items)
        return oz_fail(t, OZ_TypeError, "%.200T.split must return a tuple, not %.200T", e, pair);
    if (items->length < 2)
        return oz_fail(t, OZ_TypeError, "%.200T.split must return a 2-tuple, got tuple of size %u",
                       e, items->length);
    *match = oz_retain(items->items[0]);
    *rest = oz_retain(items->items[1]);
    return true;
}

bool oz_exception_split(Thread *t, Obj e, Obj wanted, Ref *match, Ref *rest)
{
    bool whole;
    *match = *rest = OZ_NONE;
    if (!check_star(t, wanted) || !oz_is_instance(t, e, wanted, &whole))
        return false;
    if (oz_is_exception(e, OZ_BaseExceptionGroup) && !whole)
        return split_by_method(t, e, wanted, match, rest);
    if (!whole) {
        *rest = oz_retain(e);
        return true;
    }
    if (oz_is_exception(e, OZ_BaseExceptionGroup)) {
        *match = oz_retain(e);
        return true;
    }
    scoped Ref one = oz_tuple_new(t, &e, 1);
    *match = one ? wrap(t, one) : NULL;
    return *match != NULL;
}

static bool collect_leaves(Thread *t, Obj e, Obj set)
{
    if (!oz_is_exception(e, OZ_BaseExceptionGroup))
        return oz_set_add(t, oz_as_set(set), identity(e));
    scoped_depth counted = oz_depth_enter(t, " in collect_exception_group_leaf_ids");
    if (!counted)
        return false;
    const Tuple *parts = exceptions_of(e);
    for (uint32_t i = 0; i < parts->length; i++)
        if (!collect_leaves(t, parts->items[i], set))
            return false;
    return true;
}

/* Was `e` split off `original` and not touched since?  Then it was re-raised, not raised. */
static bool is_part_of(Obj e, const BaseException *original)
{
    const BaseException *part = oz_as_exception(e);
    return part && part->traceback == original->traceback && part->cause == original->cause &&
           part->context == original->context;
}

/* Sort the entries of `all`: what handlers raised into `raised`, leaves of the rest into `kept`. */
static bool sort_raised(Thread *t, const BaseException *original, Obj all, Obj raised, Obj kept)
{
    scoped Ref items = oz_tuple_from(t, all);
    if (!items)
        return false;
    const Tuple *tuple = oz_as_tuple(items);
    for (uint32_t i = 0; i < tuple->length; i++) {
        Obj e = tuple->items[i];
        if (oz_is_none(e))
            continue;
        if (is_part_of(e, original) ? !collect_leaves(t, e, kept)
                                    : !oz_list_append(t, oz_as_list(raised), e))
            return false;
    }
    return true;
}

/* `original` with only the leaves in the set: in the structure that it had. */
static Ref projection(Thread *t, Obj original, Obj leaves)
{
    Matcher m = {BY_IDENTITY, leaves};
    scoped Ref match = NULL, rest = NULL;
    return split(t, original, &m, &match, &rest) ? oz_move(&match) : NULL;
}

static Ref first_or_none(Thread *t, Obj list)
{
    scoped Ref items = oz_tuple_from(t, list);
    if (!items)
        return NULL;
    const Tuple *tuple = oz_as_tuple(items);
    for (uint32_t i = 0; i < tuple->length; i++)
        if (!oz_is_none(tuple->items[i]))
            return oz_retain(tuple->items[i]);
    return OZ_NONE;
}

Ref oz_exception_join(Thread *t, Obj original, Obj all)
{
    if (!oz_is_exception(original, OZ_BaseExceptionGroup))
        return first_or_none(t, all);
    scoped Ref raised = oz_list_new(t, 0);
    scoped Ref kept = oz_set_new(t, NULL);
    if (!raised || !kept || !sort_raised(t, (const BaseException *)original, all, raised, kept))
        return NULL;
    scoped Ref again = oz_set_length(oz_as_set(kept)) ? projection(t, original, kept) : OZ_NONE;
    if (!again)
        return NULL;
    if (oz_list_length(oz_as_list(raised)) == 0)
        return oz_move(&again);
    if (!oz_is_none(again) && !oz_list_append(t, oz_as_list(raised), again))
        return NULL;
    return wrap(t, raised);
}
