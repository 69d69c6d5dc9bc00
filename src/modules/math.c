// SPDX-License-Identifier: MIT
// The module math.
//
// The functions of C's library do the work; what they answer decides the exception: NaN from a
// number is a domain error, infinity from finite arguments a range error (or a domain error, where
// the function has a pole).  Integer functions work on ints of any size, by product trees.
#include <errno.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "heap/heap.h"
#include "modules/native_type.h"
#include "types/float.h"

static Ref domain_error(Thread *t)
{
    return oz_raise(t, OZ_ValueError, "math domain error");
}

static Ref range_error(Thread *t)
{
    return oz_raise(t, OZ_OverflowError, "math range error");
}

/* ---- functions of one float ---- */

/* The float `result` of finite or other x; `pole`: infinity from finite x is a domain error. */
static Ref checked(Thread *t, double x, double result, bool pole)
{
    if (isnan(result) && !isnan(x))
        return domain_error(t);
    if (isinf(result) && isfinite(x))
        return pole ? domain_error(t) : range_error(t);
    return oz_float_new(t, result);
}

#define FLOAT_FUNCTION(name, call, pole, doc)                                                      \
    OZ_QUIET_FUNCTION(math, name, "($module, x, /)", doc)                                          \
    {                                                                                              \
        double x;                                                                                  \
        return oz_as_double(t, a[1], &x) ? checked(t, x, call(x), pole) : NULL;                    \
    }

FLOAT_FUNCTION(acos, acos, true, "The arc cosine, in radians, between 0 and pi.")
FLOAT_FUNCTION(acosh, acosh, true, "The inverse hyperbolic cosine.")
FLOAT_FUNCTION(asin, asin, true, "The arc sine, in radians, between -pi/2 and pi/2.")
FLOAT_FUNCTION(asinh, asinh, true, "The inverse hyperbolic sine.")
FLOAT_FUNCTION(atan, atan, true, "The arc tangent, in radians, between -pi/2 and pi/2.")
FLOAT_FUNCTION(atanh, atanh, true, "The inverse hyperbolic tangent.")
FLOAT_FUNCTION(cbrt, cbrt, true, "The cube root.")
FLOAT_FUNCTION(cos, cos, true, "The cosine of x radians.")
FLOAT_FUNCTION(cosh, cosh, false, "The hyperbolic cosine.")
FLOAT_FUNCTION(erf, erf, true, "The error function.")
FLOAT_FUNCTION(erfc, erfc, true, "1 - erf(x), exact for large x too.")
FLOAT_FUNCTION(exp, exp, false, "e to the power of x.")
FLOAT_FUNCTION(exp2, exp2, false, "2 to the power of x.")
FLOAT_FUNCTION(expm1, expm1, false, "exp(x) - 1, exact for small x too.")
FLOAT_FUNCTION(fabs, fabs, true, "The absolute value as a float.")
FLOAT_FUNCTION(log1p, log1p, true, "log(1 + x), exact for small x too.")
FLOAT_FUNCTION(sin, sin, true, "The sine of x radians.")
FLOAT_FUNCTION(sinh, sinh, false, "The hyperbolic sine.")
FLOAT_FUNCTION(sqrt, sqrt, true, "The square root.")
FLOAT_FUNCTION(tan, tan, true, "The tangent of x radians.")
FLOAT_FUNCTION(tanh, tanh, true, "The hyperbolic tangent.")

static double gamma_of(double x)
{
    if (x == 0.0 || (x < 0 && x == floor(x)))
        return NAN;
    return tgamma(x);
}

OZ_QUIET_FUNCTION(math, gamma, "($module, x, /)", "The gamma function.")
{
    double x;
    if (!oz_as_double(t, a[1], &x))
        return NULL;
    double result = isfinite(x) ? gamma_of(x) : x > 0 || isnan(x) ? x : NAN;
    return checked(t, x, result, false);
}

OZ_QUIET_FUNCTION(math, lgamma, "($module, x, /)",
                  "The logarithm of the gamma function's magnitude.")
{
    double x;
    int sign;
    if (!oz_as_double(t, a[1], &x))
        return NULL;
    if (isfinite(x) && x <= 0 && x == floor(x))
        return domain_error(t);
    return checked(t, x, isinf(x) ? INFINITY : lgamma_r(x, &sign), false);
}

OZ_QUIET_FUNCTION(math, degrees, "($module, x, /)", "Radians as degrees.")
{
    double x;
    return oz_as_double(t, a[1], &x) ? oz_float_new(t, x * (180.0 / M_PI)) : NULL;
}

OZ_QUIET_FUNCTION(math, radians, "($module, x, /)", "Degrees as radians.")
{
    double x;
    return oz_as_double(t, a[1], &x) ? oz_float_new(t, x * (M_PI / 180.0)) : NULL;
}

OZ_QUIET_FUNCTION(math, isfinite, "($module, x, /)", "Is x neither infinite nor NaN?")
{
    double x;
    return oz_as_double(t, a[1], &x) ? oz_bool(isfinite(x)) : NULL;
}

OZ_QUIET_FUNCTION(math, isinf, "($module, x, /)", "Is x infinite?")
{
    double x;
    return oz_as_double(t, a[1], &x) ? oz_bool(isinf(x)) : NULL;
}

OZ_QUIET_FUNCTION(math, isnan, "($module, x, /)", "Is x not a number?")
{
    double x;
    return oz_as_double(t, a[1], &x) ? oz_bool(isnan(x)) : NULL;
}

OZ_QUIET_FUNCTION(math, ulp, "($module, x, /)",
                  "The distance from the magnitude of x to the next float away from zero.")
{
    double x;
    if (!oz_as_double(t, a[1], &x))
        return NULL;
    if (isnan(x))
        return oz_float_new(t, x);
    x = fabs(x);
    if (isinf(x))
        return oz_float_new(t, x);
    double next = nextafter(x, INFINITY);
    return oz_float_new(t, isinf(next) ? x - nextafter(x, 0) : next - x);
}

/* ---- functions of two floats ---- */

static bool two(Thread *t, const Obj *a, double *x, double *y)
{
    return oz_as_double(t, a[1], x) && oz_as_double(t, a[2], y);
}

static Ref checked2(Thread *t, double x, double y, double result, bool pole)
{
    if (isnan(result) && !isnan(x) && !isnan(y))
        return domain_error(t);
    if (isinf(result) && isfinite(x) && isfinite(y))
        return pole ? domain_error(t) : range_error(t);
    return oz_float_new(t, result);
}

OZ_QUIET_FUNCTION(
    math, atan2, "($module, y, x, /)",
    "The angle of the point (x, y), in radians; unlike atan(y/x), in all four quadrants.")
{
    double y, x;
    return two(t, a, &y, &x) ? oz_float_new(t, atan2(y, x)) : NULL;
}

OZ_QUIET_FUNCTION(math, copysign, "($module, x, y, /)", "The magnitude of x with the sign of y.")
{
    double x, y;
    return two(t, a, &x, &y) ? oz_float_new(t, copysign(x, y)) : NULL;
}

OZ_QUIET_FUNCTION(math, fmod, "($module, x, y, /)",
                  "The remainder of x / y, with the sign of x (x % y has that of y).")
{
    double x, y;
    return two(t, a, &x, &y) ? checked2(t, x, y, fmod(x, y), true) : NULL;
}

OZ_QUIET_FUNCTION(math, remainder, "($module, x, y, /)",
                  "The difference of x and the nearest multiple of y; of two, the even multiple.")
{
    double x, y;
    return two(t, a, &x, &y) ? checked2(t, x, y, remainder(x, y), true) : NULL;
}

OZ_QUIET_FUNCTION(math, nextafter, "($module, x, y, /)", "The next float after x towards y.")
{
    double x, y;
    return two(t, a, &x, &y) ? oz_float_new(t, nextafter(x, y)) : NULL;
}

OZ_QUIET_FUNCTION(math, pow, "($module, x, y, /)", "x to the power of y, as floats.")
{
    double x, y;
    return two(t, a, &x, &y) ? checked2(t, x, y, pow(x, y), x == 0.0) : NULL;
}

OZ_QUIET_FUNCTION(
    math, isclose, "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)",
    "Do the two numbers differ by little?\n\n"
    "By no more than rel_tol times the larger magnitude, or by no more than abs_tol.\n"
    "NaN is not close to anything; infinities are close to themselves only.")
{
    double x, y, relative, absolute;
    if (!two(t, a, &x, &y) || !oz_as_double(t, a[3], &relative) ||
        !oz_as_double(t, a[4], &absolute))
        return NULL;
    if (relative < 0.0 || absolute < 0.0)
        return oz_raise(t, OZ_ValueError, "tolerances must be non-negative");
    if (x == y)
        return OZ_TRUE;
    if (isinf(x) || isinf(y))
        return OZ_FALSE;
    double difference = fabs(y - x);
    return oz_bool(difference <= fabs(relative * y) || difference <= fabs(relative * x) ||
                   difference <= absolute);
}

/* ---- parts of floats ---- */

static Ref pair(Thread *t, Ref first, Ref second)
{
    scoped Ref x = first, y = second;
    return x && y ? oz_tuple_of(t, 2, x, y) : NULL;
}

OZ_QUIET_FUNCTION(
    math, frexp, "($module, x, /)",
    "Mantissa and exponent (m, e): x == m * 2.0**e with 0.5 <= abs(m) < 1, or both 0.")
{
    double x;
    if (!oz_as_double(t, a[1], &x))
        return NULL;
    int exponent = 0;
    double mantissa = isfinite(x) && x != 0.0 ? frexp(x, &exponent) : x;
    return pair(t, oz_float_new(t, mantissa), oz_int(exponent));
}

OZ_QUIET_FUNCTION(math, ldexp, "($module, x, i, /)", "x * (2**i): the inverse of frexp().")
{
    double x;
    if (!oz_as_double(t, a[1], &x))
        return NULL;
    Obj exponent = oz_as_exact_int(a[2]);
    if (!exponent)
        return oz_raise(t, OZ_TypeError, "Expected an int as second argument to ldexp.");
    if (x == 0.0 || !isfinite(x))
        return oz_float_new(t, x);
    int64_t e;
    if (!oz_int_fits_int64(exponent, &e))
        e = oz_int_sign(exponent) < 0 ? INT_MIN : INT_MAX;
    e = e > 10000 ? 10000 : e < -10000 ? -10000 : e;
    double result = ldexp(x, (int)e);
    return isinf(result) ? range_error(t) : oz_float_new(t, result);
}

OZ_QUIET_FUNCTION(math, modf, "($module, x, /)",
                  "The fraction and the whole part of x, both floats with the sign of x.")
{
    double x, whole;
    if (!oz_as_double(t, a[1], &x))
        return NULL;
    double fraction = modf(x, &whole);
    return pair(t, oz_float_new(t, fraction), oz_float_new(t, whole));
}

/* ---- to ints ---- */

/* The special method's answer, or the float function's as an int. */
static Ref rounded(Thread *t, Obj x, Obj name, double (*function)(double))
{
    double d;
    if (oz_is_int(x))
        return oz_retain(x);
    if (!oz_is_float(x) && !oz_is(x, OZ_FLOAT)) {
        scoped Ref method = NULL;
        Found found = oz_find_special(t, x, name, &method);
        if (found == OZ_RAISED)
            return NULL;
        if (found == OZ_FOUND)
            return oz_call0(t, method);
    }
    return oz_as_double(t, x, &d) ? oz_int_from_double(t, function(d)) : NULL;
}

OZ_QUIET_FUNCTION(math, floor, "($module, x, /)", "The largest int that is not above x.")
{
    return rounded(t, a[1], OZ_NAME(t, __floor__), floor);
}

OZ_QUIET_FUNCTION(math, ceil, "($module, x, /)", "The smallest int that is not below x.")
{
    return rounded(t, a[1], OZ_NAME(t, __ceil__), ceil);
}

OZ_QUIET_FUNCTION(math, trunc, "($module, x, /)", "x without its fraction, by x.__trunc__().")
{
    scoped Ref method = NULL;
    double d;
    if (oz_is_float(a[1]) && oz_as_float(a[1], &d))
        return oz_int_from_double(t, d);
    Found found = oz_find_special(t, a[1], OZ_NAME(t, __trunc__), &method);
    if (found == OZ_MISSING)
        return oz_raise(t, OZ_TypeError, "type %T doesn't define __trunc__ method", a[1]);
    return found == OZ_FOUND ? oz_call0(t, method) : NULL;
}

/* ---- logarithms ---- */

/* The logarithm of a positive int that is too large for a double: the top 64 bits, and the rest
 * as an exponent. */
static bool log_of_large(Thread *t, Obj n, double (*log_)(double), double *result)
{
    int64_t shift = (int64_t)oz_int_bits(n) - 64;
    scoped Ref top = oz_int_rshift(t, n, oz_int(shift));
    double mantissa;
    if (!top || !oz_int_to_double(t, top, &mantissa))
        return false;
    *result = log_(mantissa) + log_(2.0) * (double)shift;
    return true;
}

static bool logarithm(Thread *t, Obj x, double (*log_)(double), double *result)
{
    Obj n = oz_as_exact_int(x);
    double d;
    if (n && oz_int_sign(n) <= 0)
        return domain_error(t) != NULL;
    if (n && !oz_int_try_double(n, &d))
        return log_of_large(t, n, log_, result);
    if (!n && !oz_as_double(t, x, &d))
        return false;
    if (d <= 0.0)
        return domain_error(t) != NULL;
    *result = log_(d);
    return true;
}

OZ_QUIET_FUNCTION(math, log, "($module, /, *args)",
                  "log(x, [base=math.e])\n\nThe logarithm of x, natural or to the given base.")
{
    const Tuple *args = (const Tuple *)a[1];
    double result, base;
    if (args->length < 1 || args->length > 2)
        return oz_raise(t, OZ_TypeError, "math.log requires 1 to 2 arguments");
    if (!logarithm(t, args->items[0], log, &result))
        return NULL;
    if (args->length == 1)
        return oz_float_new(t, result);
    if (!logarithm(t, args->items[1], log, &base))
        return NULL;
    if (base == 0.0)
        return oz_raise(t, OZ_ZeroDivisionError, "float division by zero");
    return oz_float_new(t, result / base);
}

OZ_QUIET_FUNCTION(math, log2, "($module, x, /)", "The logarithm to base 2.")
{
    double result;
    return logarithm(t, a[1], log2, &result) ? oz_float_new(t, result) : NULL;
}

OZ_QUIET_FUNCTION(math, log10, "($module, x, /)", "The logarithm to base 10.")
{
    double result;
    return logarithm(t, a[1], log10, &result) ? oz_float_new(t, result) : NULL;
}

/* ---- sums, products, norms ---- */

/* Exact summation (J. Shewchuk): the sum is kept as floats that do not overlap. */
typedef struct Partials {
    double *at; /* a block */
    size_t count, capacity;
    double special; /* sum of the infinities and NaNs */
    double infinities;
} Partials;

static bool add_exact(Thread *t, Partials *p, double given)
{
    double x = given;
    size_t kept = 0;
    for (size_t i = 0; i < p->count; i++) {
        double y = p->at[i];
        if (fabs(x) < fabs(y)) {
            double swap = x;
            x = y;
            y = swap;
        }
        double high = x + y, low = y - (high - x);
        if (low != 0.0)
            p->at[kept++] = low;
        x = high;
    }
    p->count = kept;
    if (x == 0.0)
        return true;
    if (!isfinite(x)) {
        if (isfinite(given))
            return oz_fail(t, OZ_OverflowError, "intermediate overflow in fsum");
        if (isinf(given))
            p->infinities += given;
        p->special += given;
        p->count = 0;
        return true;
    }
    if (p->count == p->capacity) {
        size_t more = 2 * p->capacity + 32;
        double *larger = oz_block_realloc(t->heap, p->at, more * sizeof *larger);
        if (!larger)
            return oz_raise_memory(t) != NULL;
        p->at = larger;
        p->capacity = more;
    }
    p->at[p->count++] = x;
    return true;
}

/* The sum of all, rounded once: half to even needs a look at the next partial. */
static double total(const Partials *p)
{
    size_t n = p->count;
    double high = n ? p->at[--n] : 0.0, low = 0.0;
    while (n) {
        double x = high, y = p->at[--n];
        high = x + y;
        low = y - (high - x);
        if (low != 0.0)
            break;
    }
    if (n && ((low < 0.0 && p->at[n - 1] < 0.0) || (low > 0.0 && p->at[n - 1] > 0.0))) {
        double y = low * 2.0, x = high + y;
        if (y == x - high)
            high = x;
    }
    return high;
}

static bool add_all(Thread *t, Obj iterable, Partials *p)
{
    scoped Ref iterator = oz_iter(t, iterable);
    if (!iterator)
        return false;
    for (;;) {
        scoped Ref item = NULL;
        double x;
        Found found = oz_next(t, iterator, &item);
        if (found != OZ_FOUND)
            return found == OZ_MISSING;
        if (!oz_as_double(t, item, &x) || !add_exact(t, p, x) || !oz_poll(t))
            return false;
    }
}

OZ_QUIET_FUNCTION(math, fsum, "($module, seq, /)",
                  "The exact sum of the floats of an iterable, rounded once at the end.")
{
    Partials p = {0};
    bool done = add_all(t, a[1], &p);
    double sum = done && p.special == 0.0 ? total(&p) : p.special;
    oz_block_free(p.at);
    if (!done)
        return NULL;
    if (p.special != 0.0 && isnan(p.infinities))
        return oz_raise(t, OZ_ValueError, "-inf + inf in fsum");
    return oz_float_new(t, sum);
}

OZ_QUIET_FUNCTION(math, prod, "($module, iterable, /, *, start=1)",
                  "The product of all items of an iterable and start.")
{
    scoped Ref iterator = oz_iter(t, a[1]);
    scoped Ref product = oz_retain(a[2]);
    while (iterator) {
        scoped Ref item = NULL;
        Found found = oz_next(t, iterator, &item);
        if (found == OZ_MISSING)
            return oz_move(&product);
        if (found == OZ_RAISED || !oz_poll(t))
            return NULL;
        Ref next = oz_binary(t, OZ_OP_MULTIPLY, product, item);
        oz_drop(product);
        product = next;
        if (!product)
            return NULL;
    }
    return NULL;
}

/* The root of the sum of squares.  Scaled by a power of two, squared without loss (high and low
 * parts) and corrected by one step of Newton, so that the last bit is right almost always. */
static double norm(double *at, size_t count)
{
    double largest = 0.0;
    bool nan = false;
    for (size_t i = 0; i < count; i++) {
        at[i] = fabs(at[i]);
        nan |= isnan(at[i]);
        if (at[i] > largest)
            largest = at[i];
    }
    if (isinf(largest) || (!nan && (largest == 0.0 || count == 1)))
        return largest;
    if (nan)
        return NAN;
    int exponent;
    frexp(largest, &exponent);
    double high = 0.0, low = 0.0;
    for (size_t i = 0; i < count; i++) {
        double x = ldexp(at[i], -exponent), square = x * x;
        low += fma(x, x, -square);
        double sum = high + square;
        low += fabs(high) >= square ? (high - sum) + square : (square - sum) + high;
        high = sum;
    }
    double root = sqrt(high + low);
    root += (fma(-root, root, high) + low) / (2.0 * root);
    return ldexp(root, exponent);
}

/* norm() of the differences of two tuples of numbers; `q` NULL: of the first one. */
static Ref norm_of(Thread *t, const Tuple *p, const Tuple *q)
{
    double few[16], *at = few;
    if (p->length > OZ_COUNT(few) && !(at = oz_block_alloc(t->heap, p->length * sizeof *at)))
        return oz_raise_memory(t);
    bool good = true;
    for (uint32_t i = 0; good && i < p->length; i++) {
        double y = 0.0;
        good = oz_as_double(t, p->items[i], &at[i]) && (!q || oz_as_double(t, q->items[i], &y));
        at[i] -= y;
    }
    Ref result = good ? oz_float_new(t, norm(at, p->length)) : NULL;
    if (at != few)
        oz_block_free(at);
    return result;
}

OZ_QUIET_FUNCTION(math, hypot, "($module, /, *coordinates)",
                  "The distance of a point from the origin: sqrt(sum(x**2 for x in coordinates)).")
{
    return norm_of(t, (const Tuple *)a[1], NULL);
}

OZ_QUIET_FUNCTION(math, dist, "($module, p, q, /)",
                  "The distance of two points, given by sequences of as many coordinates.")
{
    scoped Ref p = oz_as_tuple(a[1]) ? oz_retain(a[1]) : oz_tuple_from(t, a[1]);
    scoped Ref q = !p ? NULL : oz_as_tuple(a[2]) ? oz_retain(a[2]) : oz_tuple_from(t, a[2]);
    if (!q)
        return NULL;
    if (((Tuple *)p)->length != ((Tuple *)q)->length)
        return oz_raise(t, OZ_ValueError, "both points must have the same number of dimensions");
    return norm_of(t, (const Tuple *)p, (const Tuple *)q);
}

/* ---- ints ---- */

OZ_QUIET_FUNCTION(math, gcd, "($module, *integers)",
                  "The largest int that divides all arguments; 0 of none.")
{
    const Tuple *args = (const Tuple *)a[1];
    scoped Ref result = oz_int(0);
    for (uint32_t i = 0; i < args->length; i++) {
        scoped Ref n = oz_index(t, args->items[i]);
        Ref next = n ? oz_int_gcd(t, result, n) : NULL;
        oz_drop(result);
        result = next;
        if (!result)
            return NULL;
    }
    return oz_move(&result);
}

/* |a / gcd(a, b) * b| */
static Ref lcm(Thread *t, Obj a, Obj b)
{
    if (oz_int_sign(a) == 0 || oz_int_sign(b) == 0)
        return oz_int(0);
    scoped Ref common = oz_int_gcd(t, a, b);
    scoped Ref rest = common ? oz_int_floor_divide(t, a, common) : NULL;
    scoped Ref result = rest ? oz_int_multiply(t, rest, b) : NULL;
    return result && oz_int_sign(result) < 0 ? oz_int_negative(t, result) : oz_move(&result);
}

OZ_QUIET_FUNCTION(math, lcm, "($module, *integers)",
                  "The smallest positive int that all arguments divide; 1 of none.")
{
    const Tuple *args = (const Tuple *)a[1];
    scoped Ref result = oz_int(1);
    for (uint32_t i = 0; i < args->length; i++) {
        scoped Ref n = oz_index(t, args->items[i]);
        Ref next = n ? lcm(t, result, n) : NULL;
        oz_drop(result);
        result = next;
        if (!result)
            return NULL;
    }
    return oz_move(&result);
}

OZ_QUIET_FUNCTION(math, isqrt, "($module, n, /)", "The whole part of the square root of n >= 0.")
{
    scoped Ref n = oz_index(t, a[1]);
    if (!n)
        return NULL;
    if (oz_int_sign(n) < 0)
        return oz_raise(t, OZ_ValueError, "isqrt() argument must be nonnegative");
    return oz_int_square_root(t, n);
}

/* (first + from) * ... * (first + from + count - 1), as a tree, so that factors of one size meet.
 */
static Ref product_tree(Thread *t, Obj first, int64_t from, int64_t count)
{
    if (count == 0)
        return oz_int(1);
    if (count > 8) {
        if (!oz_poll(t))
            return NULL;
        scoped Ref left = product_tree(t, first, from, count / 2);
        scoped Ref right =
            left ? product_tree(t, first, from + count / 2, count - count / 2) : NULL;
        return right ? oz_int_multiply(t, left, right) : NULL;
    }
    scoped Ref product = oz_int_add(t, first, oz_int(from));
    for (int64_t i = 1; i < count && product; i++) {
        scoped Ref factor = oz_int_add(t, first, oz_int(from + i));
        Ref next = factor ? oz_int_multiply(t, product, factor) : NULL;
        oz_drop(product);
        product = next;
    }
    return oz_move(&product);
}

static Ref factorial(Thread *t, Obj n)
{
    int64_t count;
    if (oz_int_sign(n) < 0)
        return oz_raise(t, OZ_ValueError, "factorial() not defined for negative values");
    if (!oz_int_fits_int64(n, &count))
        return oz_raise(t, OZ_OverflowError, "factorial() argument should not exceed %lld",
                        (long long)LONG_MAX);
    if (count > OZ_INT_MAX)
        return oz_raise_memory(t);
    return product_tree(t, oz_int(1), 0, count);
}

OZ_QUIET_FUNCTION(math, factorial, "($module, n, /)", "The product of 1 to n.")
{
    scoped Ref n = oz_index(t, a[1]);
    return n ? factorial(t, n) : NULL;
}

/* Check n >= 0 and k >= 0. */
static bool counts(Thread *t, Obj n, Obj k)
{
    if (oz_int_sign(n) < 0)
        return oz_fail(t, OZ_ValueError, "n must be a non-negative integer");
    if (oz_int_sign(k) < 0)
        return oz_fail(t, OZ_ValueError, "k must be a non-negative integer");
    return true;
}

/* n * (n - 1) * ... * (n - k + 1) */
static Ref falling(Thread *t, Obj n, Obj k, const char *too_many)
{
    int64_t count;
    if (!oz_int_fits_int64(k, &count) || count > OZ_INT_MAX)
        return oz_raise(t, OZ_OverflowError, too_many, (long long)LONG_MAX);
    scoped Ref base = oz_int_subtract(t, n, k);
    return base ? product_tree(t, base, 1, count) : NULL;
}

OZ_QUIET_FUNCTION(math, perm, "($module, n, k=None, /)",
                  "How many ways there are to choose k of n items in order; n! without k.")
{
    scoped Ref n = oz_index(t, a[1]);
    if (!n)
        return NULL;
    if (oz_is_none(a[2]))
        return factorial(t, n);
    scoped Ref k = oz_index(t, a[2]);
    if (!k || !counts(t, n, k))
        return NULL;
    if (oz_int_order(k, n) > 0)
        return oz_int(0);
    return falling(t, n, k, "k must not exceed %lld");
}

OZ_QUIET_FUNCTION(math, comb, "($module, n, k, /)",
                  "How many ways there are to choose k of n items, whatever the order.")
{
    scoped Ref n = oz_index(t, a[1]);
    scoped Ref k = n ? oz_index(t, a[2]) : NULL;
    if (!k || !counts(t, n, k))
        return NULL;
    scoped Ref rest = oz_int_subtract(t, n, k);
    if (!rest)
        return NULL;
    if (oz_int_sign(rest) < 0)
        return oz_int(0);
    Obj less = oz_int_order(rest, k) < 0 ? (Obj)rest : (Obj)k;
    scoped Ref top = falling(t, n, less, "min(n - k, k) must not exceed %lld");
    scoped Ref bottom = top ? factorial(t, less) : NULL;
    return bottom ? oz_int_floor_divide(t, top, bottom) : NULL;
}

/* ---- the module ---- */

static bool math_init(Thread *t, Module *module)
{
    return oz_module_add(t, module, "pi", oz_float_new(t, M_PI)) &&
           oz_module_add(t, module, "e", oz_float_new(t, M_E)) &&
           oz_module_add(t, module, "tau", oz_float_new(t, 2 * M_PI)) &&
           oz_module_add(t, module, "inf", oz_float_new(t, INFINITY)) &&
           oz_module_add(t, module, "nan", oz_float_new(t, (double)NAN));
}

const ModuleDef oz_math_module = {
    .name = "math",
    .doc = "The mathematical functions of C's library, and some of integers.",
    .functions = OZ_METHODS(
        &math_acos, &math_acosh, &math_asin, &math_asinh, &math_atan, &math_atan2, &math_atanh,
        &math_cbrt, &math_ceil, &math_comb, &math_copysign, &math_cos, &math_cosh, &math_degrees,
        &math_dist, &math_erf, &math_erfc, &math_exp, &math_exp2, &math_expm1, &math_fabs,
        &math_factorial, &math_floor, &math_fmod, &math_frexp, &math_fsum, &math_gamma, &math_gcd,
        &math_hypot, &math_isclose, &math_isfinite, &math_isinf, &math_isnan, &math_isqrt,
        &math_lcm, &math_ldexp, &math_lgamma, &math_log, &math_log10, &math_log1p, &math_log2,
        &math_modf, &math_nextafter, &math_perm, &math_pow, &math_prod, &math_radians,
        &math_remainder, &math_sin, &math_sinh, &math_sqrt, &math_tan, &math_tanh, &math_trunc,
        &math_ulp),
    .init = math_init,
};
