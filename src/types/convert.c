// SPDX-License-Identifier: MIT
// Any value as a number of C: what native functions do to their arguments.
#include "types/protocol.h"

#include <limits.h>

#include "types/float.h"
#include "types/int.h"

/* The int behind what __index__ or __int__ gave (taken), for the special method `name`.  A
 * subclass of int is let through, with a warning. */
Ref oz_checked_int(Thread *t, const char *name, Ref result)
{
    if (!result || oz_is_int(result) || oz_is(result, OZ_INT))
        return result;
    scoped Ref owned = result;
    Obj exact = oz_as_exact_int(result);
    if (!exact)
        return oz_raise(t, OZ_TypeError, "%s returned non-int (type %T)", name, result);
    if (!oz_warn(t, OZ_DeprecationWarning, 1,
                 "%s returned non-int (type %T).  The ability to return an instance of a strict "
                 "subclass of int is deprecated, and may be removed in a future version of Python.",
                 name, result))
        return NULL;
    return oz_retain(exact);
}

Ref oz_index(Thread *t, Obj o)
{
    Obj exact = oz_as_exact_int(o);
    if (OZ_LIKELY(exact != NULL))
        return oz_retain(exact);
    SlotUNARY slot = oz_class_of(o)->slots->index;
    if (!slot)
        return oz_raise(t, OZ_TypeError, "'%T' object cannot be interpreted as an integer", o);
    return oz_checked_int(t, "__index__", slot(t, o));
}

bool oz_as_ssize(Thread *t, Obj o, int error, ssize_t *n)
{
    if (OZ_LIKELY(oz_is_int(o))) {
        *n = oz_int_value(o);
        return true;
    }
    scoped Ref exact = oz_index(t, o);
    if (!exact)
        return false;
    int64_t value;
    if (oz_int_fits_int64(exact, &value)) {
        *n = value;
        return true;
    }
    if (error >= 0)
        return oz_fail(t, error, "cannot fit '%T' into an index-sized integer", o);
    *n = oz_int_sign(exact) < 0 ? -SSIZE_MAX - 1 : SSIZE_MAX;
    return true;
}

bool oz_is_number(Obj v)
{
    const Slots *slots = oz_class_of(v)->slots;
    return slots->index || slots->to_int || slots->to_float || oz_as_exact_int(v) ||
           oz_isa(v, OZ_COMPLEX);
}

bool oz_as_size_argument(Thread *t, Obj o, ssize_t *n)
{
    if (OZ_LIKELY(oz_is_int(o))) {
        *n = oz_int_value(o);
        return true;
    }
    scoped Ref exact = oz_index(t, o);
    if (!exact)
        return false;
    int64_t value;
    if (!oz_int_fits_int64(exact, &value))
        return oz_fail(t, OZ_OverflowError, "Python int too large to convert to C ssize_t");
    *n = value;
    return true;
}

bool oz_as_int64(Thread *t, Obj o, int64_t *n)
{
    if (OZ_LIKELY(oz_is_int(o))) {
        *n = oz_int_value(o);
        return true;
    }
    scoped Ref exact = oz_index(t, o);
    if (!exact)
        return false;
    if (!oz_int_fits_int64(exact, n))
        return oz_fail(t, OZ_OverflowError, "Python int too large to convert to C long");
    return true;
}

bool oz_as_uint64(Thread *t, Obj o, uint64_t *n)
{
    scoped Ref exact = oz_index(t, o);
    if (!exact)
        return false;
    if (oz_int_sign(exact) < 0)
        return oz_fail(t, OZ_OverflowError, "can't convert negative value to unsigned int");
    if (oz_is_int(exact)) {
        *n = (uint64_t)oz_int_value(exact);
        return true;
    }
    if (((const Int *)exact)->size > 1)
        return oz_fail(t, OZ_OverflowError, "Python int too large to convert to C unsigned long");
    *n = ((const Int *)exact)->limbs[0];
    return true;
}

bool oz_as_int(Thread *t, Obj o, int *n)
{
    scoped Ref exact = oz_index(t, o);
    if (!exact)
        return false;
    int64_t value;
    if (!oz_int_fits_int64(exact, &value) || value < INT_MIN || value > INT_MAX)
        return oz_fail(t, OZ_OverflowError, "Python int too large to convert to C int");
    *n = (int)value;
    return true;
}

/* The float that __float__ gave (taken). */
bool oz_checked_float(Thread *t, Obj o, Ref result, double *d)
{
    if (!result)
        return false;
    scoped Ref owned = result;
    if (!oz_as_float(result, d))
        return oz_fail(t, OZ_TypeError, "%T.__float__ returned non-float (type %T)", o, result);
    if (oz_is_float(result) || oz_is(result, OZ_FLOAT))
        return true;
    return oz_warn(t, OZ_DeprecationWarning, 1,
                   "%T.__float__ returned non-float (type %T).  The ability to return an instance "
                   "of a strict subclass of float is deprecated, and may not be supported in a "
                   "future version of Python.",
                   o, result);
}

bool oz_as_double(Thread *t, Obj o, double *d)
{
    if (oz_as_float(o, d))
        return true;
    if (oz_is_int(o)) {
        *d = (double)oz_int_value(o);
        return true;
    }
    const Slots *slots = oz_class_of(o)->slots;
    if (slots->to_float)
        return oz_checked_float(t, o, slots->to_float(t, o), d);
    if (!slots->index)
        return oz_fail(t, OZ_TypeError, "must be real number, not %T", o);
    scoped Ref exact = oz_index(t, o);
    return exact && oz_int_to_double(t, exact, d);
}
