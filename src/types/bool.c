// SPDX-License-Identifier: MIT
// The type bool: two values in place, arithmetic inherited from int.
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

OZ_NEW(bool, "($type, x=False, /)")
{
    bool truth;
    return oz_truth(t, a[1], &truth) ? oz_bool(truth) : NULL;
}

static Ref bool_repr(Thread *t, Obj v)
{
    return oz_intern(t, v == OZ_TRUE ? "True" : "False");
}

/* Of two bools the result is a bool; with another int it is int's. */
#define BITWISE(name, operator, other)                                                             \
    static Ref bool_##name(Thread *t, Obj a, Obj b)                                                \
    {                                                                                              \
        if (oz_is_bool(a) && oz_is_bool(b))                                                        \
            return oz_bool((a == OZ_TRUE) operator(b == OZ_TRUE));                                 \
        Obj x = oz_as_exact_int(a), y = oz_as_exact_int(b);                                        \
        return x && y ? other(t, x, y) : OZ_NOT_IMPLEMENTED;                                       \
    }
BITWISE(and, &, oz_int_and)
BITWISE(or, |, oz_int_or)
BITWISE(xor, !=, oz_int_xor)

const TypeDef oz_bool_type = {
    .id = OZ_BOOL,
    .base = OZ_INT,
    .name = "bool",
    .doc = "bool(x) -> bool\n\n"
           "True where x counts as true, else False.  The two values are ints as well: 1 and 0.",
    .size = sizeof(Int),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_LEAF_CELLS | OZ_TYPE_SELF_MATCH,
    .make = &bool_new_,
    .slots = {.repr = bool_repr, .and_ = bool_and, .or_ = bool_or, .xor = bool_xor},
};
