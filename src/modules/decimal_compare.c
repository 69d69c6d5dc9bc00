// SPDX-License-Identifier: MIT
// Comparison of Decimals with any number, and their hash.
#include "modules/decimal.h"

#include "types/complex.h"
#include "types/float.h"

/* ---- hash: the number modulo 2 ** 61 - 1, as of all numbers ---- */

#define MODULUS ((UINT64_C(1) << 61) - 1)
#define TENTH UINT64_C(2075258708292324556) /* 10 * TENTH is 1 modulo MODULUS */
#define HASH_INFINITE 314159

static uint64_t multiply_modulo(uint64_t a, uint64_t b)
{
    Wide product = (Wide)a * b;
    uint64_t sum = (uint64_t)(product & MODULUS) + (uint64_t)(product >> 61);
    return sum >= MODULUS ? sum - MODULUS : sum;
}

static uint64_t power_modulo(uint64_t base, uint64_t exponent)
{
    uint64_t result = 1;
    for (; exponent; exponent >>= 1) {
        if (exponent & 1)
            result = multiply_modulo(result, base);
        base = multiply_modulo(base, base);
    }
    return result;
}

bool oz_decimal_hash(Thread *t, Obj v, int64_t *hash)
{
    Number n;
    oz_decimal_open(&n, v);
    if (n.kind == OZ_SNAN)
        return oz_fail(t, OZ_TypeError, "Cannot hash a signaling NaN value");
    if (n.kind == OZ_QNAN)
        return oz_builtin_class(t, OZ_OBJECT)->slots->hash(t, v, hash);
    if (n.kind == OZ_INFINITE) {
        *hash = n.negative ? -HASH_INFINITE : HASH_INFINITE;
        return true;
    }
    uint64_t sum = 0;
    for (size_t i = n.n; i-- > 0;) {
        sum = multiply_modulo(sum, OZ_BASE % MODULUS) + n.words[i] % MODULUS;
        if (sum >= MODULUS)
            sum -= MODULUS;
    }
    if (n.exponent)
        sum = multiply_modulo(sum, n.exponent < 0 ? power_modulo(TENTH, -(uint64_t)n.exponent)
                                                  : power_modulo(10, (uint64_t)n.exponent));
    *hash = n.negative ? -(int64_t)sum : (int64_t)sum;
    if (*hash == -1)
        *hash = -2;
    return true;
}

/* ---- comparison ---- */

typedef struct Comparison {
    CompareOp op;
    bool answer;
} Comparison;

/* The answer for two numbers; r is not used. */
static void decide(Work *w, Number *r OZ_UNUSED, const Number *a, const Number *b,
                   const Number *c OZ_UNUSED)
{
    Comparison *comparison = (Comparison *)w->extra;
    comparison->answer = oz_compare_decide(oz_number_order(w, a, b), comparison->op);
}

static Ref compare_numbers(Thread *t, Obj context, const Number *a, const Number *b, CompareOp op)
{
    bool equality = op == OZ_EQ || op == OZ_NE;
    if (OZ_UNLIKELY(oz_number_is_nan(a) || oz_number_is_nan(b))) {
        bool signals = !equality || a->kind == OZ_SNAN || b->kind == OZ_SNAN;
        if (signals && !oz_decimal_signal(t, context, OZ_INVALID_OPERATION))
            return NULL;
        return oz_bool(op == OZ_NE);
    }
    Comparison comparison = {op, false};
    Limits limits = OZ_WIDEST;
    if (a->n <= 4 && b->n <= 4) { /* aligned, they have 9 words at most */
        Work here;
        oz_work_init(&here, t, &limits);
        return oz_bool(oz_compare_decide(oz_number_order(&here, a, b), op));
    }
    Run run = {.operation = decide, .a = a, .b = b, .extra = &comparison, .limits = &limits};
    uint32_t status;
    return oz_decimal_run(t, &run, &status, NULL) ? oz_bool(comparison.answer) : NULL;
}

static Ref compare_float(Thread *t, Obj context, const Number *a, Obj v, CompareOp op)
{
    bool equality = op == OZ_EQ || op == OZ_NE;
    /* Equality sets the flag and raises nothing. */
    if (equality)
        *oz_signal_bits(((const DecimalContext *)context)->flags) |= OZ_FLOAT_OPERATION;
    else if (!oz_decimal_signal(t, context, OZ_FLOAT_OPERATION))
        return NULL;
    scoped Ref number = oz_decimal_from_float(t, oz_builtin_class(t, OZ_DECIMAL), v, NULL, true);
    if (!number)
        return NULL;
    Number b;
    oz_decimal_open(&b, number);
    return compare_numbers(t, context, a, &b, op);
}

static Ref attribute(Thread *t, Obj v, const char *name)
{
    scoped Ref key = oz_intern(t, name);
    return key ? oz_get_attr(t, v, key) : NULL;
}

/* a against p / q: a * q against p. */
static Ref compare_rational(Thread *t, Obj context, const Number *a, Obj v, CompareOp op)
{
    scoped Ref top = attribute(t, v, "numerator");
    scoped Ref bottom = top ? attribute(t, v, "denominator") : NULL;
    if (!bottom)
        return NULL;
    scoped_operand p = OZ_OPERAND_NONE, q = OZ_OPERAND_NONE;
    if (!oz_operand_argument(t, top, &p) || !oz_operand_argument(t, bottom, &q))
        return NULL;
    if (a->kind != OZ_FINITE)
        return compare_numbers(t, context, a, &p.number, op);
    Limits limits = OZ_WIDEST;
    Run run = {
        .operation = oz_decimal_multiply, .a = a, .b = &q.number, .limits = &limits, .count = 1};
    uint32_t status;
    scoped Ref product = NULL;
    if (!oz_decimal_run(t, &run, &status, &product))
        return NULL;
    Number n;
    oz_decimal_open(&n, product);
    return compare_numbers(t, context, &n, &p.number, op);
}

/* A complex number is compared for equality, and only if it is real. */
static Ref compare_complex(Thread *t, Obj context, const Number *a, Obj v, CompareOp op)
{
    scoped Ref real = attribute(t, v, "real");
    scoped Ref imag = real ? attribute(t, v, "imag") : NULL;
    double d;
    if (!imag || !oz_as_double(t, imag, &d))
        return NULL;
    return d == 0 ? compare_float(t, context, a, real, op) : oz_bool(op == OZ_NE);
}

Ref oz_decimal_compare_with(Thread *t, Obj v, Obj other, CompareOp op)
{
    static const CompareOp mirrored[] = {OZ_GT, OZ_GE, OZ_EQ, OZ_NE, OZ_LT, OZ_LE};
    bool answer;
    if (oz_short_compare(v, other, op, &answer) == OZ_FOUND)
        return oz_bool(answer);
    if (!oz_is_decimal(v)) {
        Obj first = v;
        v = other;
        other = first;
        op = mirrored[op];
    }
    if (!oz_is_decimal(v))
        return OZ_NOT_IMPLEMENTED;
    scoped Ref context = oz_decimal_context(t);
    if (!context)
        return NULL;
    Number a;
    scoped_operand b = OZ_OPERAND_NONE;
    oz_decimal_open(&a, v);
    Found found = oz_operand_open(t, other, &b);
    if (found != OZ_MISSING)
        return found == OZ_FOUND ? compare_numbers(t, context, &a, &b.number, op) : NULL;
    double d;
    if (oz_as_float(other, &d))
        return compare_float(t, context, &a, other, op);
    if (oz_isa(other, OZ_COMPLEX) && (op == OZ_EQ || op == OZ_NE))
        return compare_complex(t, context, &a, other, op);
    bool rational = false;
    if (oz_is_pointer(other) && !oz_is_instance(t, other, oz_decimal_state(t)->rational, &rational))
        return NULL;
    return rational ? compare_rational(t, context, &a, other, op) : OZ_NOT_IMPLEMENTED;
}
