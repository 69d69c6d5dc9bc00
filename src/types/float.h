// SPDX-License-Identifier: MIT
// float: in the value word where the exponent is common, boxed otherwise.
#ifndef OZ_TYPES_FLOAT_H
#define OZ_TYPES_FLOAT_H

#include "types/protocol.h"

typedef struct Float {
    Object base;
    double value; /* [const] */
} Float;

/* What o.__float__() gave (taken): TypeError if it is no float. */
bool oz_checked_float(Thread *t, Obj o, Ref result, double *d) OZ_CHECKED;
bool oz_floats_init(Thread *t) OZ_CHECKED;        /* the cells of zeros and infinities */
Ref oz_float_box(Thread *t, double d) OZ_CHECKED; /* rare exponents, zeros, inf, nan */

OZ_INLINE Ref oz_float_new(Thread *t, double d)
{
    Ref v = oz_float_word(d);
    return OZ_LIKELY(oz_is_float(v)) ? v : oz_float_box(t, d);
}

/* Is `v` a float (in place, boxed, or an instance of a subclass)?  Its value. */
OZ_INLINE bool oz_as_float(Obj v, double *d)
{
    if (oz_is_float(v)) {
        *d = oz_float_value(v);
        return true;
    }
    if (!oz_isa(v, OZ_FLOAT))
        return false;
    *d = ((const Float *)v)->value;
    return true;
}

Ref oz_float_from_text(Thread *t, Obj text) OZ_CHECKED; /* as float(str) */
/* repr: the shortest digits that read back the same. At least 32 bytes of room; gives the length.
 */
size_t oz_float_repr(double d, char *out);
Ref oz_float_power(Thread *t, double a, double b) OZ_CHECKED; /* a ** b; complex if it must be */
int64_t oz_float_hash(double d);                              /* not for nan */

#endif
