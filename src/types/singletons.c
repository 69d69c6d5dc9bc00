// SPDX-License-Identifier: MIT
// None, Ellipsis and NotImplemented: values in place, one of each type.
#include "types/str.h"
#include "types/type.h"

/* Calling the type gives the value; it takes no arguments. */
#define SINGLETON(stem, type_name, value, text)                                                    \
    OZ_NEW(stem, "($type, /, *args, **kwargs)")                                                    \
    {                                                                                              \
        ssize_t positional, named;                                                                 \
        if (!oz_length(t, a[1], &positional) || !oz_length(t, a[2], &named))                       \
            return NULL;                                                                           \
        if (positional || named)                                                                   \
            return oz_raise(t, OZ_TypeError, type_name " takes no arguments");                     \
        return value;                                                                              \
    }                                                                                              \
    static Ref stem##_repr(Thread *t, Obj v OZ_UNUSED)                                             \
    {                                                                                              \
        return oz_intern(t, text);                                                                 \
    }
SINGLETON(none, "NoneType", OZ_NONE, "None")
SINGLETON(ellipsis, "EllipsisType", OZ_ELLIPSIS, "Ellipsis")
SINGLETON(not_implemented, "NotImplementedType", OZ_NOT_IMPLEMENTED, "NotImplemented")

static bool none_boolean(Thread *t OZ_UNUSED, Obj v OZ_UNUSED, bool *truth)
{
    *truth = false;
    return true;
}

/* The value is a constant of the program, so its hash may be one too. */
static bool none_hash(Thread *t OZ_UNUSED, Obj v, int64_t *hash)
{
    *hash = (int64_t)(oz_word(v) * UINT64_C(0x9e3779b97f4a7c15) >> 8);
    return true;
}

static bool not_implemented_boolean(Thread *t, Obj v OZ_UNUSED, bool *truth)
{
    *truth = true;
    return oz_warn(t, OZ_DeprecationWarning, 1,
                   "NotImplemented should not be used in a boolean context");
}

OZ_METHOD(ellipsis, __reduce__, "($self, /)", "The global name by which pickle finds the value.")
{
    return oz_intern(t, "Ellipsis");
}

OZ_METHOD(not_implemented, __reduce__, "($self, /)",
          "The global name by which pickle finds the value.")
{
    return oz_intern(t, "NotImplemented");
}

const TypeDef oz_none_type = {
    .id = OZ_NONETYPE,
    .name = "NoneType",
    .size = sizeof(Object),
    .flags = OZ_TYPE_FINAL,
    .make = &none_new_,
    .slots = {.repr = none_repr, .hash = none_hash, .boolean = none_boolean},
};

const TypeDef oz_ellipsis_type = {
    .id = OZ_ELLIPSISTYPE,
    .name = "ellipsis",
    .size = sizeof(Object),
    .flags = OZ_TYPE_FINAL,
    .make = &ellipsis_new_,
    .slots = {.repr = ellipsis_repr, .hash = none_hash},
    .methods = OZ_METHODS(&ellipsis___reduce__),
};

const TypeDef oz_not_implemented_type = {
    .id = OZ_NOTIMPLEMENTEDTYPE,
    .name = "NotImplementedType",
    .size = sizeof(Object),
    .flags = OZ_TYPE_FINAL,
    .make = &not_implemented_new_,
    .slots = {.repr = not_implemented_repr, .hash = none_hash, .boolean = not_implemented_boolean},
    .methods = OZ_METHODS(&not_implemented___reduce__),
};
