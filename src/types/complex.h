// SPDX-License-Identifier: MIT
// complex: a pair of doubles.
#ifndef OZ_TYPES_COMPLEX_H
#define OZ_TYPES_COMPLEX_H

#include "types/protocol.h"

typedef struct ComplexValue {
    double real, imag;
} ComplexValue;

typedef struct Complex {
    Object base;
    double real; /* [const] */
    double imag; /* [const] */
} Complex;

OZ_INLINE const Complex *oz_as_complex_object(Obj v) /* borrowed; NULL if no complex */
{
    return oz_isa(v, OZ_COMPLEX) ? (const Complex *)v : NULL;
}

Ref oz_complex_new(Thread *t, double real, double imag) OZ_CHECKED;
/* Any number as a complex: complex, __complex__, __float__, __index__.  TypeError "must be real
 * number, not T". */
bool oz_as_complex(Thread *t, Obj o, ComplexValue *z) OZ_CHECKED;
/* a / b; errno EDOM: b is zero.  a ** b; errno EDOM: zero to a negative or complex power, ERANGE.
 * Both clear errno first. */
ComplexValue oz_complex_quotient(ComplexValue a, ComplexValue b);
ComplexValue oz_complex_power(ComplexValue a, ComplexValue b);

#endif
