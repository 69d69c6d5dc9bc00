// SPDX-License-Identifier: MIT
// The module cmath.
//
// C99's complex functions give the values, signs of zeros and branch cuts included; which
// arguments are errors is decided here: a pole is a domain error, and so are infinite angles;
// overflow from finite arguments is a range error.
#include <complex.h>
#include <math.h>

#include "modules/native_type.h"
#include "types/complex.h"
#include "types/float.h"

typedef double complex Z;

static Z make(double real, double imag)
{
    Z z;
    __real__ z = real;
    __imag__ z = imag;
    return z;
}

static bool argument(Thread *t, Obj v, Z *z)
{
    ComplexValue c;
    if (!oz_as_complex(t, v, &c))
        return false;
    *z = make(c.real, c.imag);
    return true;
}

static bool is_finite(Z z)
{
    return isfinite(creal(z)) && isfinite(cimag(z));
}

static bool is_infinite(Z z)
{
    return isinf(creal(z)) || isinf(cimag(z));
}

static Ref domain_error(Thread *t)
{
    return oz_raise(t, OZ_ValueError, "math domain error");
}

static Ref result_of(Thread *t, Z z, Z result)
{
    if (is_finite(z) && (is_infinite(result) || isnan(creal(result)) || isnan(cimag(result))))
        return oz_raise(t, OZ_OverflowError, "math range error");
    return oz_complex_new(t, creal(result), cimag(result));
}

/* Which arguments are outside the domain. */
static bool anywhere(Z z OZ_UNUSED)
{
    return false;
}

static bool at_zero(Z z)
{
    return creal(z) == 0.0 && cimag(z) == 0.0;
}

static bool at_one(Z z) /* the poles of atanh */
{
    return fabs(creal(z)) == 1.0 && cimag(z) == 0.0;
}

static bool at_i(Z z) /* of atan */
{
    return creal(z) == 0.0 && fabs(cimag(z)) == 1.0;
}

static bool exp_angle(Z z)
{
    return isinf(cimag(z)) && !isnan(creal(z)) && !(isinf(creal(z)) && creal(z) < 0);
}

static bool hyperbolic_angle(Z z)
{
    return isinf(cimag(z)) && !isnan(creal(z));
}

static bool tanh_angle(Z z)
{
    return isinf(cimag(z)) && isfinite(creal(z));
}

static bool circular_angle(Z z)
{
    return isinf(creal(z)) && !isnan(cimag(z));
}

static bool tan_angle(Z z)
{
    return isinf(creal(z)) && isfinite(cimag(z));
}

static Z log10_of(Z z)
{
    Z l = clog(z);
    return make(creal(l) / M_LN10, cimag(l) / M_LN10);
}

/* Where a part is NaN, C leaves the other one open, or says more than CPython does. */
static Z acosh_of(Z z)
{
    return isnan(cimag(z)) && creal(z) == 0.0 ? make(NAN, NAN) : cacosh(z);
}

static Z tan_of(Z z)
{
    return isnan(creal(z)) && cimag(z) == 0.0 ? make(NAN, NAN) : ctan(z);
}

static Z tanh_of(Z z)
{
    return isnan(cimag(z)) && creal(z) == 0.0 ? make(NAN, NAN) : ctanh(z);
}

#define COMPLEX_FUNCTION(name, call, outside, doc)                                                 \
    OZ_FUNCTION(cmath, name, "($module, z, /)", doc)                                               \
    {                                                                                              \
        Z z;                                                                                       \
        if (!argument(t, a[1], &z))                                                                \
            return NULL;                                                                           \
        return outside(z) ? domain_error(t) : result_of(t, z, call(z));                            \
    }

COMPLEX_FUNCTION(acos, cacos, anywhere, "The arc cosine.")
COMPLEX_FUNCTION(acosh, acosh_of, anywhere, "The inverse hyperbolic cosine.")
COMPLEX_FUNCTION(asin, casin, anywhere, "The arc sine.")
COMPLEX_FUNCTION(asinh, casinh, anywhere, "The inverse hyperbolic sine.")
COMPLEX_FUNCTION(atan, catan, at_i, "The arc tangent.")
COMPLEX_FUNCTION(atanh, catanh, at_one, "The inverse hyperbolic tangent.")
COMPLEX_FUNCTION(cos, ccos, circular_angle, "The cosine.")
COMPLEX_FUNCTION(cosh, ccosh, hyperbolic_angle, "The hyperbolic cosine.")
COMPLEX_FUNCTION(exp, cexp, exp_angle, "e to the power of z.")
COMPLEX_FUNCTION(log10, log10_of, at_zero, "The logarithm to base 10.")
COMPLEX_FUNCTION(sin, csin, circular_angle, "The sine.")
COMPLEX_FUNCTION(sinh, csinh, hyperbolic_angle, "The hyperbolic sine.")
COMPLEX_FUNCTION(sqrt, csqrt, anywhere, "The square root.")
COMPLEX_FUNCTION(tan, tan_of, tan_angle, "The tangent.")
COMPLEX_FUNCTION(tanh, tanh_of, tanh_angle, "The hyperbolic tangent.")

OZ_FUNCTION(cmath, log, "($module, z, base=<unrepresentable>, /)",
            "The logarithm of z, natural or to the given base.")
{
    Z z, base;
    if (!argument(t, a[1], &z) || (a[2] && !argument(t, a[2], &base)))
        return NULL;
    if (at_zero(z) || (a[2] && at_zero(base)))
        return domain_error(t);
    Z result = clog(z);
    if (!a[2])
        return result_of(t, z, result);
    base = clog(base);
    if (at_zero(base))
        return domain_error(t);
    ComplexValue quotient = oz_complex_quotient((ComplexValue){creal(result), cimag(result)},
                                                (ComplexValue){creal(base), cimag(base)});
    return oz_complex_new(t, quotient.real, quotient.imag);
}

OZ_FUNCTION(cmath, phase, "($module, z, /)", "The angle of z in polar coordinates.")
{
    Z z;
    return argument(t, a[1], &z) ? oz_float_new(t, carg(z)) : NULL;
}

OZ_FUNCTION(cmath, polar, "($module, z, /)", "The polar coordinates of z: (length, angle).")
{
    Z z;
    if (!argument(t, a[1], &z))
        return NULL;
    double length = cabs(z);
    if (isinf(length) && is_finite(z))
        return oz_raise(t, OZ_OverflowError, "math range error");
    scoped Ref r = oz_float_new(t, length), phi = oz_float_new(t, carg(z));
    return r && phi ? oz_tuple_of(t, 2, r, phi) : NULL;
}

/* Infinite lengths: the signs of the parts follow from the angle. */
static Z from_infinite(double r, double phi)
{
    if (phi == 0.0)
        return make(r, r * phi != r * phi ? copysign(0.0, r) * copysign(1.0, phi) : 0.0);
    return make(copysign(INFINITY, cos(phi)) * copysign(1.0, r),
                copysign(INFINITY, sin(phi)) * copysign(1.0, r));
}

OZ_FUNCTION(cmath, rect, "($module, r, phi, /)", "The complex number at polar coordinates.")
{
    double r, phi;
    if (!oz_as_double(t, a[1], &r) || !oz_as_double(t, a[2], &phi))
        return NULL;
    if (isinf(phi) && r != 0.0 && !isnan(r))
        return domain_error(t);
    if (isinf(r) && isfinite(phi)) {
        Z z = from_infinite(r, phi);
        return oz_complex_new(t, creal(z), cimag(z));
    }
    if (isinf(r) && isnan(phi))
        return oz_complex_new(t, INFINITY, phi);
    if (isnan(r) && phi == 0.0)
        return oz_complex_new(t, r, 0.0);
    if (r == 0.0 && !isfinite(phi))
        return oz_complex_new(t, 0.0, 0.0);
    if (phi == 0.0)
        return oz_complex_new(t, r, r * phi);
    return oz_complex_new(t, r * cos(phi), r * sin(phi));
}

OZ_FUNCTION(cmath, isfinite, "($module, z, /)", "Are both parts finite?")
{
    Z z;
    return argument(t, a[1], &z) ? oz_bool(is_finite(z)) : NULL;
}

OZ_FUNCTION(cmath, isinf, "($module, z, /)", "Is a part infinite?")
{
    Z z;
    return argument(t, a[1], &z) ? oz_bool(is_infinite(z)) : NULL;
}

OZ_FUNCTION(cmath, isnan, "($module, z, /)", "Is a part not a number?")
{
    Z z;
    return argument(t, a[1], &z) ? oz_bool(isnan(creal(z)) || isnan(cimag(z))) : NULL;
}

OZ_FUNCTION(cmath, isclose, "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)",
            "Do the two numbers differ by little?\n\n"
            "By no more than rel_tol times the larger magnitude, or by no more than abs_tol.")
{
    Z x, y;
    double relative, absolute;
    if (!argument(t, a[1], &x) || !argument(t, a[2], &y) || !oz_as_double(t, a[3], &relative) ||
        !oz_as_double(t, a[4], &absolute))
        return NULL;
    if (relative < 0.0 || absolute < 0.0)
        return oz_raise(t, OZ_ValueError, "tolerances must be non-negative");
    if (creal(x) == creal(y) && cimag(x) == cimag(y))
        return OZ_TRUE;
    if (is_infinite(x) || is_infinite(y))
        return OZ_FALSE;
    double difference = cabs(x - y);
    return oz_bool(difference <= relative * cabs(y) || difference <= relative * cabs(x) ||
                   difference <= absolute);
}

static bool cmath_init(Thread *t, Module *module)
{
    return oz_module_add(t, module, "pi", oz_float_new(t, M_PI)) &&
           oz_module_add(t, module, "e", oz_float_new(t, M_E)) &&
           oz_module_add(t, module, "tau", oz_float_new(t, 2 * M_PI)) &&
           oz_module_add(t, module, "inf", oz_float_new(t, INFINITY)) &&
           oz_module_add(t, module, "infj", oz_complex_new(t, 0.0, INFINITY)) &&
           oz_module_add(t, module, "nan", oz_float_new(t, (double)NAN)) &&
           oz_module_add(t, module, "nanj", oz_complex_new(t, 0.0, (double)NAN));
}

const ModuleDef oz_cmath_module = {
    .name = "cmath",
    .doc = "Mathematical functions of complex numbers.",
    .functions =
        OZ_METHODS(&cmath_acos, &cmath_acosh, &cmath_asin, &cmath_asinh, &cmath_atan, &cmath_atanh,
                   &cmath_cos, &cmath_cosh, &cmath_exp, &cmath_isclose, &cmath_isfinite,
                   &cmath_isinf, &cmath_isnan, &cmath_log, &cmath_log10, &cmath_phase, &cmath_polar,
                   &cmath_rect, &cmath_sin, &cmath_sinh, &cmath_sqrt, &cmath_tan, &cmath_tanh),
    .init = cmath_init,
};
