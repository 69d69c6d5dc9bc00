// SPDX-License-Identifier: MIT
// Arithmetic on exact ints.
//
// Each operation first tries two ints in place in machine arithmetic.  Otherwise both operands
// become a Big (magnitude and sign) and mpn functions write the limbs of a fresh cell, which is
// made canonical at the end.  Magnitudes are what GMP knows: floor division and the bitwise
// operators, which see negative numbers as infinite two's complement, are built on top.
//
// Long operands: the work goes through oz_scratch_run, with a poll before it.
#include "types/int_limbs.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "types/float.h"

/* ---- results ---- */

Int *oz_big_alloc(Thread *t, size_t n)
{
    if (OZ_UNLIKELY(n > INT32_MAX)) {
        oz_raise_memory(t); /* 16 GiB */
        return NULL;
    }
    Int *cell = oz_object_new_raw(t, OZ_INT, sizeof(Int) + n * sizeof(mp_limb_t));
    if (cell) {
        cell->size = 0;
        cell->spare = 0;
    }
    return cell;
}

void oz_big_discard(Int *cell)
{
    if (cell)
        oz_drop((Ref)cell);
}

/* A cell that turned out much too large is exchanged for one that fits. */
static Ref shrink(Thread *t, Int *cell, size_t n, bool negative)
{
    Int *exact = oz_big_alloc(t, n);
    if (exact) {
        memcpy(exact->limbs, cell->limbs, n * sizeof *cell->limbs);
        exact->size = (int32_t)(negative ? -n : n);
    }
    oz_big_discard(cell);
    return (Ref)exact;
}

Ref oz_big_finish(Thread *t, Int *cell, size_t n, bool negative)
{
    size_t room = n;
    while (n && cell->limbs[n - 1] == 0)
        n--;
    if (n <= 1) {
        uint64_t limb = n ? cell->limbs[0] : 0;
        if (limb <= (uint64_t)OZ_INT_MAX + negative) {
            oz_big_discard(cell);
            return oz_int(negative ? -(int64_t)limb : (int64_t)limb);
        }
    }
    if (room - n > 4 + room / 8)
        return shrink(t, cell, n, negative);
    cell->size = (int32_t)(negative ? -n : n);
    return (Ref)cell;
}

static Ref from_limb(Thread *t, uint64_t limb, bool negative)
{
    if (limb <= (uint64_t)OZ_INT_MAX + negative)
        return oz_int(negative ? -(int64_t)limb : (int64_t)limb);
    Int *cell = oz_big_alloc(t, 1);
    if (!cell)
        return NULL;
    cell->limbs[0] = limb;
    cell->size = negative ? -1 : 1;
    return (Ref)cell;
}

Ref oz_int_new(Thread *t, int64_t n)
{
    if (OZ_LIKELY(oz_int_fits(n)))
        return oz_int(n);
    return from_limb(t, n < 0 ? -(uint64_t)n : (uint64_t)n, n < 0);
}

Ref oz_int_from_uint64(Thread *t, uint64_t n)
{
    return from_limb(t, n, false);
}

static Ref negated(Thread *t, Obj exact)
{
    if (oz_is_int(exact))
        return oz_int_new(t, -oz_int_value(exact));
    Big b;
    oz_big_open(&b, exact);
    Int *cell = oz_big_alloc(t, (size_t)b.n);
    if (!cell)
        return NULL;
    mpn_copyi(cell->limbs, b.limbs, b.n);
    return oz_big_finish(t, cell, (size_t)b.n, !b.negative);
}

Ref oz_int_negative(Thread *t, Obj exact)
{
    return negated(t, exact);
}

/* ---- looking ---- */

int oz_int_sign(Obj exact)
{
    if (oz_is_int(exact))
        return (oz_int_value(exact) > 0) - (oz_int_value(exact) < 0);
    return ((const Int *)exact)->size < 0 ? -1 : 1;
}

size_t oz_int_bits(Obj exact)
{
    Big b;
    oz_big_open(&b, exact);
    if (b.n == 0)
        return 0;
    return (size_t)b.n * OZ_LIMB_BITS - (size_t)__builtin_clzll(b.limbs[b.n - 1]);
}

bool oz_int_fits_int64(Obj exact, int64_t *n)
{
    if (oz_is_int(exact)) {
        *n = oz_int_value(exact);
        return true;
    }
    const Int *self = (const Int *)exact;
    if (self->size == 1 && self->limbs[0] <= INT64_MAX) {
        *n = (int64_t)self->limbs[0];
        return true;
    }
    if (self->size == -1 && self->limbs[0] <= (uint64_t)INT64_MAX + 1) {
        *n = (int64_t)(-self->limbs[0]);
        return true;
    }
    return false;
}

static int magnitude_order(const Big *a, const Big *b)
{
    if (a->n != b->n)
        return a->n < b->n ? -1 : 1;
    return mpn_cmp(a->limbs, b->limbs, a->n);
}

int oz_int_order(Obj x, Obj y)
{
    if (oz_are_ints(x, y))
        return (oz_int_value(x) > oz_int_value(y)) - (oz_int_value(x) < oz_int_value(y));
    Big a, b;
    oz_big_open(&a, x);
    oz_big_open(&b, y);
    if (a.negative != b.negative)
        return a.negative ? -1 : 1;
    int order = magnitude_order(&a, &b);
    return a.negative ? -order : order;
}

#define HASH_MODULUS ((UINT64_C(1) << 61) - 1)

int64_t oz_int_hash(Obj exact)
{
    int64_t hash;
    if (oz_is_int(exact)) {
        hash = oz_int_value(exact) % (int64_t)HASH_MODULUS;
    } else {
        Big b;
        oz_big_open(&b, exact);
        hash = (int64_t)mpn_mod_1(b.limbs, b.n, HASH_MODULUS);
        if (b.negative)
            hash = -hash;
    }
    return hash == -1 ? -2 : hash;
}

/* ---- sums ---- */

/* a + b, or a - b where `flip` turns the sign of b. */
static Ref sum(Thread *t, Obj x, Obj y, bool flip)
{
    Big a, b;
    oz_big_open(&a, x);
    oz_big_open(&b, y);
    b.negative ^= flip;
    const Big *large = &a, *less = &b;
    if (magnitude_order(&a, &b) < 0) {
        large = &b;
        less = &a;
    }
    Int *cell = oz_big_alloc(t, (size_t)large->n + 1);
    if (!cell)
        return NULL;
    if (less->n == 0) {
        mpn_copyi(cell->limbs, large->limbs, large->n);
        cell->limbs[large->n] = 0;
    } else if (a.negative == b.negative) {
        cell->limbs[large->n] = mpn_add(cell->limbs, large->limbs, large->n, less->limbs, less->n);
    } else {
        mpn_sub(cell->limbs, large->limbs, large->n, less->limbs, less->n);
        cell->limbs[large->n] = 0;
    }
    return oz_big_finish(t, cell, (size_t)large->n + 1, large->negative);
}

Ref oz_int_add(Thread *t, Obj a, Obj b)
{
    if (oz_are_ints(a, b))
        return oz_int_new(t, oz_int_value(a) + oz_int_value(b));
    return sum(t, a, b, false);
}

Ref oz_int_subtract(Thread *t, Obj a, Obj b)
{
    if (oz_are_ints(a, b))
        return oz_int_new(t, oz_int_value(a) - oz_int_value(b));
    return sum(t, a, b, true);
}

/* ---- products ---- */

typedef struct Product {
    mp_limb_t *out;
    const Big *a, *b; /* a is not the shorter one */
} Product;

static void multiply_limbs(void *arg)
{
    Product *p = arg;
    if (p->a->limbs == p->b->limbs)
        mpn_sqr(p->out, p->a->limbs, p->a->n);
    else
        mpn_mul(p->out, p->a->limbs, p->a->n, p->b->limbs, p->b->n);
}

static Ref multiply_big(Thread *t, Obj x, Obj y)
{
    Big a, b;
    oz_big_open(&a, x);
    oz_big_open(&b, y);
    if (a.n == 0 || b.n == 0)
        return oz_int(0);
    size_t n = (size_t)a.n + (size_t)b.n;
    bool long_work = n > OZ_SCRATCH_LIMBS;
    if (long_work && !oz_poll(t))
        return NULL;
    Int *cell = oz_big_alloc(t, n);
    if (!cell)
        return NULL;
    Product p = {cell->limbs, &a, &b};
    if (a.n < b.n) {
        p.a = &b;
        p.b = &a;
    }
    if (!long_work) {
        multiply_limbs(&p);
    } else if (!oz_scratch_run(t, multiply_limbs, &p)) {
        oz_big_discard(cell);
        return NULL;
    }
    return oz_big_finish(t, cell, n, a.negative != b.negative);
}

Ref oz_int_multiply(Thread *t, Obj a, Obj b)
{
    int64_t product;
    if (oz_are_ints(a, b) && !__builtin_mul_overflow(oz_int_value(a), oz_int_value(b), &product))
        return oz_int_new(t, product);
    return multiply_big(t, a, b);
}

/* ---- division ---- */

typedef struct Division {
    mp_limb_t *quotient, *remainder;
    const Big *a, *b;
} Division;

static void divide_limbs(void *arg)
{
    Division *d = arg;
    mpn_tdiv_qr(d->quotient, d->remainder, 0, d->a->limbs, d->a->n, d->b->limbs, d->b->n);
}

/* |a| by |b|, |a| >= |b| > 0, truncating, into two cells. */
static bool divide_magnitudes(Thread *t, const Big *a, const Big *b, Int **quotient,
                              Int **remainder)
{
    bool long_work = a->n + b->n > OZ_SCRATCH_LIMBS;
    if (long_work && !oz_poll(t))
        return false;
    *quotient = oz_big_alloc(t, (size_t)(a->n - b->n) + 2);
    *remainder = *quotient ? oz_big_alloc(t, (size_t)b->n) : NULL;
    if (*remainder) {
        Division d = {(*quotient)->limbs, (*remainder)->limbs, a, b};
        if (!long_work) {
            divide_limbs(&d);
            return true;
        }
        if (oz_scratch_run(t, divide_limbs, &d))
            return true;
    }
    oz_big_discard(*quotient);
    oz_big_discard(*remainder);
    return false;
}

/* Quotient and remainder of floor division; either may not be wanted (NULL). */
static bool floor_divide(Thread *t, Obj x, Obj y, Ref *quotient, Ref *remainder)
{
    Big a, b;
    oz_big_open(&a, x);
    oz_big_open(&b, y);
    bool opposite = a.negative != b.negative;
    scoped Ref q = NULL, r = NULL;
    if (magnitude_order(&a, &b) < 0) {
        q = oz_int(0);
        r = oz_retain(x);
    } else {
        Int *qc, *rc;
        if (!divide_magnitudes(t, &a, &b, &qc, &rc))
            return false;
        size_t qn = (size_t)(a.n - b.n) + 1;
        qc->limbs[qn] = 0;
        bool exact = mpn_zero_p(rc->limbs, b.n);
        if (opposite && !exact) /* one more towards minus infinity */
            mpn_add_1(qc->limbs, qc->limbs, (mp_size_t)qn + 1, 1);
        q = oz_big_finish(t, qc, qn + 1, opposite);
        r = oz_big_finish(t, rc, (size_t)b.n, a.negative);
        if (!q || !r)
            return false;
        if (opposite && !exact) {
            Ref sum_ = oz_int_add(t, r, y);
            oz_drop(r);
            r = sum_;
        }
        opposite = false; /* done */
    }
    if (opposite && a.n) {
        q = oz_int(-1);
        Ref sum_ = oz_int_add(t, r, y);
        oz_drop(r);
        r = sum_;
    }
    if (!r)
        return false;
    if (quotient)
        *quotient = oz_move(&q);
    if (remainder)
        *remainder = oz_move(&r);
    return true;
}

static bool both_small(Obj a, Obj b, int64_t *x, int64_t *y)
{
    if (!oz_are_ints(a, b))
        return false;
    *x = oz_int_value(a);
    *y = oz_int_value(b);
    return true;
}

Ref oz_int_floor_divide(Thread *t, Obj a, Obj b)
{
    if (b == (Obj)oz_int(0))
        return oz_raise(t, OZ_ZeroDivisionError, "integer division or modulo by zero");
    int64_t x, y;
    if (both_small(a, b, &x, &y))
        return oz_int_new(t, x / y - (x % y != 0 && (x < 0) != (y < 0)));
    Ref quotient = NULL;
    return floor_divide(t, a, b, &quotient, NULL) ? quotient : NULL;
}

Ref oz_int_remainder(Thread *t, Obj a, Obj b)
{
    if (b == (Obj)oz_int(0))
        return oz_raise(t, OZ_ZeroDivisionError, "integer modulo by zero");
    int64_t x, y;
    if (both_small(a, b, &x, &y)) {
        int64_t r = x % y;
        return oz_int(r != 0 && (r < 0) != (y < 0) ? r + y : r);
    }
    Ref remainder = NULL;
    return floor_divide(t, a, b, NULL, &remainder) ? remainder : NULL;
}

bool oz_int_divmod(Thread *t, Obj a, Obj b, Ref *quotient, Ref *remainder)
{
    if (b == (Obj)oz_int(0))
        return oz_fail(t, OZ_ZeroDivisionError, "integer division or modulo by zero");
    int64_t x, y;
    if (both_small(a, b, &x, &y)) {
        bool down = x % y != 0 && (x < 0) != (y < 0);
        *remainder = oz_int(x % y + (down ? y : 0));
        *quotient = oz_int_new(t, x / y - down);
        return *quotient != NULL;
    }
    return floor_divide(t, a, b, quotient, remainder);
}

/* ---- true division ---- */

/* |x| shifted right by `shift` bits (left if negative), as the top of a division; *inexact says
 * whether bits were lost. */
static Ref shifted(Thread *t, Obj x, int64_t shift, bool *inexact)
{
    *inexact = false;
    if (shift <= 0)
        return oz_int_lshift(t, x, oz_int(-shift));
    scoped Ref down = oz_int_rshift(t, x, oz_int(shift));
    if (!down)
        return NULL;
    scoped Ref back = oz_int_lshift(t, down, oz_int(shift));
    if (!back)
        return NULL;
    *inexact = oz_int_order(back, x) != 0;
    return oz_move(&down);
}

static Ref absolute(Thread *t, Obj x)
{
    return oz_int_sign(x) < 0 ? negated(t, x) : oz_retain(x);
}

/* The quotient of magnitudes, rounded once: a quotient with at least two bits beyond the
 * mantissa, whose last bit says whether anything was lost, is rounded half to even by hand. */
static bool divide_rounded(Thread *t, Obj a, Obj b, double *out)
{
    scoped Ref x = absolute(t, a);
    scoped Ref y = x ? absolute(t, b) : NULL;
    if (!y)
        return false;
    int64_t diff = (int64_t)oz_int_bits(x) - (int64_t)oz_int_bits(y);
    if (diff > DBL_MAX_EXP)
        return oz_fail(t, OZ_OverflowError, "integer division result too large for a float");
    *out = 0.0;
    if (diff < DBL_MIN_EXP - DBL_MANT_DIG - 1)
        return true;
    int64_t shift = (diff > DBL_MIN_EXP ? diff : DBL_MIN_EXP) - DBL_MANT_DIG - 2;
    bool inexact;
    scoped Ref top = shifted(t, x, shift, &inexact);
    if (!top)
        return false;
    Ref q = NULL, r = NULL;
    if (!floor_divide(t, top, y, &q, &r))
        return false;
    inexact |= oz_int_sign(r) != 0;
    oz_drop(r);
    uint64_t bits = (uint64_t)oz_int_value(q); /* at most 56 bits: in place */
    bits |= inexact;
    int64_t width = 64 - (bits ? __builtin_clzll(bits) : 64);
    int64_t extra = (width > DBL_MIN_EXP - shift ? width : DBL_MIN_EXP - shift) - DBL_MANT_DIG;
    uint64_t mask = UINT64_C(1) << (extra - 1);
    uint64_t low = bits & (2 * mask - 1);
    bits -= low;
    if (low > mask || (low == mask && (bits & 2 * mask)))
        bits += 2 * mask;
    *out = ldexp((double)bits, (int)shift);
    if (isinf(*out))
        return oz_fail(t, OZ_OverflowError, "integer division result too large for a float");
    return true;
}

#define EXACT_DOUBLE (INT64_C(1) << 53)

Ref oz_int_true_divide(Thread *t, Obj a, Obj b)
{
    if (b == (Obj)oz_int(0))
        return oz_raise(t, OZ_ZeroDivisionError, "division by zero");
    int64_t x, y;
    if (both_small(a, b, &x, &y) && x >= -EXACT_DOUBLE && x <= EXACT_DOUBLE && y >= -EXACT_DOUBLE &&
        y <= EXACT_DOUBLE)
        return oz_float_new(t, (double)x / (double)y);
    double result = 0.0;
    if (oz_int_sign(a) != 0 && !divide_rounded(t, a, b, &result))
        return NULL;
    return oz_float_new(t, (oz_int_sign(a) < 0) != (oz_int_sign(b) < 0) ? -result : result);
}

/* ---- shifts ---- */

/* A shift count: OZ_MISSING if it is larger than any machine integer. */
static Found shift_count(Thread *t, Obj b, uint64_t *count)
{
    int64_t n;
    if (oz_int_sign(b) < 0) {
        oz_raise(t, OZ_ValueError, "negative shift count");
        return OZ_RAISED;
    }
    if (!oz_int_fits_int64(b, &n))
        return OZ_MISSING;
    *count = (uint64_t)n;
    return OZ_FOUND;
}

Ref oz_int_lshift(Thread *t, Obj x, Obj y)
{
    uint64_t count = 0;
    Found found = shift_count(t, y, &count);
    if (found == OZ_RAISED)
        return NULL;
    if (oz_int_sign(x) == 0)
        return oz_int(0);
    if (found == OZ_MISSING)
        return oz_raise(t, OZ_OverflowError, "too many digits in integer");
    if (oz_is_int(x) && count < 62) {
        int64_t v = oz_int_value(x), moved = (int64_t)((uint64_t)v << count);
        if (moved >> count == v)
            return oz_int_new(t, moved);
    }
    Big a;
    oz_big_open(&a, x);
    size_t whole = count / OZ_LIMB_BITS;
    unsigned part = count % OZ_LIMB_BITS;
    size_t n = (size_t)a.n + whole + 1;
    Int *cell = oz_big_alloc(t, n);
    if (!cell)
        return NULL;
    memset(cell->limbs, 0, whole * sizeof *cell->limbs);
    if (part) {
        cell->limbs[n - 1] = mpn_lshift(cell->limbs + whole, a.limbs, a.n, part);
    } else {
        mpn_copyi(cell->limbs + whole, a.limbs, a.n);
        cell->limbs[n - 1] = 0;
    }
    return oz_big_finish(t, cell, n, a.negative);
}

Ref oz_int_rshift(Thread *t, Obj x, Obj y)
{
    uint64_t count = 0;
    Found found = shift_count(t, y, &count);
    if (found == OZ_RAISED)
        return NULL;
    if (found == OZ_MISSING)
        return oz_int(oz_int_sign(x) < 0 ? -1 : 0);
    if (oz_is_int(x))
        return oz_int(oz_int_value(x) >> (count < 63 ? count : 63));
    Big a;
    oz_big_open(&a, x);
    size_t whole = count / OZ_LIMB_BITS;
    unsigned part = count % OZ_LIMB_BITS;
    if (whole >= (size_t)a.n)
        return oz_int(a.negative ? -1 : 0);
    size_t n = (size_t)a.n - whole;
    Int *cell = oz_big_alloc(t, n + 1);
    if (!cell)
        return NULL;
    mp_limb_t lost = 0;
    if (part)
        lost = mpn_rshift(cell->limbs, a.limbs + whole, (mp_size_t)n, part);
    else
        mpn_copyi(cell->limbs, a.limbs + whole, (mp_size_t)n);
    cell->limbs[n] = 0;
    bool dropped = lost || (whole && !mpn_zero_p(a.limbs, (mp_size_t)whole));
    if (a.negative && dropped) /* floor, not truncation */
        mpn_add_1(cell->limbs, cell->limbs, (mp_size_t)n + 1, 1);
    return oz_big_finish(t, cell, n + 1, a.negative);
}

/* ---- bitwise ---- */

/* The limbs of a number in two's complement, one after another, the sign repeated for ever. */
typedef struct Stream {
    const Big *big;
    mp_limb_t carry; /* of the negation */
} Stream;

static mp_limb_t stream_next(Stream *s, size_t i)
{
    mp_limb_t limb = i < (size_t)s->big->n ? s->big->limbs[i] : 0;
    if (!s->big->negative)
        return limb;
    limb = ~limb + s->carry;
    s->carry = s->carry && limb == 0;
    return limb;
}

typedef enum Bitwise { AND, OR, XOR } Bitwise;

OZ_INLINE mp_limb_t combine(Bitwise op, mp_limb_t a, mp_limb_t b)
{
    return op == AND ? a & b : op == OR ? a | b : a ^ b;
}

static Ref bitwise(Thread *t, Obj x, Obj y, Bitwise op)
{
    if (oz_are_ints(x, y))
        return oz_int((int64_t)combine(op, (mp_limb_t)oz_int_value(x), (mp_limb_t)oz_int_value(y)));
    Big a, b;
    oz_big_open(&a, x);
    oz_big_open(&b, y);
    size_t n = (size_t)(a.n > b.n ? a.n : b.n) + 1;
    if (op == AND && a.negative != b.negative)
        n = (size_t)(a.negative ? b.n : a.n) + 1; /* as long as the positive one */
    else if (op == AND && !a.negative)
        n = (size_t)(a.n < b.n ? a.n : b.n) + 1;
    Int *cell = oz_big_alloc(t, n);
    if (!cell)
        return NULL;
    Stream left = {&a, 1}, right = {&b, 1};
    for (size_t i = 0; i < n; i++)
        cell->limbs[i] = combine(op, stream_next(&left, i), stream_next(&right, i));
    bool negative = combine(op, a.negative, b.negative);
    if (negative)
        mpn_neg(cell->limbs, cell->limbs, (mp_size_t)n);
    return oz_big_finish(t, cell, n, negative);
}

Ref oz_int_and(Thread *t, Obj a, Obj b)
{
    return bitwise(t, a, b, AND);
}

Ref oz_int_or(Thread *t, Obj a, Obj b)
{
    return bitwise(t, a, b, OR);
}

Ref oz_int_xor(Thread *t, Obj a, Obj b)
{
    return bitwise(t, a, b, XOR);
}

/* ---- powers ---- */

/* base ** exponent for exponent >= 0, from the exponent's top bit down. */
static Ref power_small(Thread *t, Obj base, uint64_t exponent)
{
    Ref result = oz_int(1);
    for (int bit = 63 - (exponent ? __builtin_clzll(exponent) : 63); bit >= 0; bit--) {
        Ref square = oz_poll(t) ? oz_int_multiply(t, result, result) : NULL;
        oz_drop(result);
        if (!square)
            return NULL;
        result = square;
        if (exponent >> bit & 1) {
            Ref product = oz_int_multiply(t, result, base);
            oz_drop(result);
            if (!product)
                return NULL;
            result = product;
        }
    }
    return result;
}

/* ±2 ** k raised to a power is a shift. */
static bool power_of_two(Obj base, unsigned *k)
{
    if (!oz_is_int(base))
        return false;
    uint64_t n = (uint64_t)oz_int_value(base);
    if (oz_int_value(base) < 0)
        n = -n;
    if (n < 2 || (n & (n - 1)))
        return false;
    *k = (unsigned)__builtin_ctzll(n);
    return true;
}

Ref oz_int_power(Thread *t, Obj a, Obj b)
{
    if (oz_int_sign(b) < 0) {
        double x, y;
        if (!oz_int_to_double(t, a, &x) || !oz_int_to_double(t, b, &y))
            return NULL;
        return oz_float_power(t, x, y);
    }
    bool odd = oz_is_int(b) ? oz_int_value(b) & 1 : ((const Int *)b)->limbs[0] & 1;
    if (oz_is_int(a) && oz_int_value(a) >= -1 && oz_int_value(a) <= 1) {
        if (oz_int_sign(b) == 0)
            return oz_int(1);
        return oz_int(oz_int_value(a) < 0 && !odd ? 1 : oz_int_value(a));
    }
    size_t bits = 0;
    if (!oz_is_int(b) || !oz_size_mul(oz_int_bits(a) - 1, (size_t)oz_int_value(b), &bits) ||
        bits / OZ_LIMB_BITS > INT32_MAX)
        return oz_raise_memory(t);
    unsigned k;
    if (power_of_two(a, &k)) {
        scoped Ref result = oz_int_lshift(t, oz_int(1), oz_int((int64_t)k * oz_int_value(b)));
        if (!result)
            return NULL;
        return oz_int_sign(a) < 0 && odd ? negated(t, result) : oz_move(&result);
    }
    return power_small(t, a, (uint64_t)oz_int_value(b));
}

/* ---- doubles ---- */

bool oz_int_to_double(Thread *t, Obj n, double *d)
{
    if (oz_is_int(n)) {
        *d = (double)oz_int_value(n);
        return true;
    }
    if (!oz_int_try_double(n, d))
        return oz_fail(t, OZ_OverflowError, "int too large to convert to float");
    return true;
}

/* Rounded half to even: the 64 top bits, whose last one takes up whether any below is set. */
bool oz_int_try_double(Obj n, double *d)
{
    Big b;
    oz_big_open(&b, n);
    if (b.n == 0) {
        *d = 0.0;
        return true;
    }
    size_t bits = oz_int_bits(n);
    if (bits > DBL_MAX_EXP)
        return false;
    mp_size_t top = b.n - 1;
    unsigned lead = (unsigned)__builtin_clzll(b.limbs[top]);
    uint64_t head = b.limbs[top] << lead;
    bool rest = false;
    if (top > 0 && lead) {
        head |= b.limbs[top - 1] >> (OZ_LIMB_BITS - lead);
        rest = b.limbs[top - 1] << lead != 0;
    } else if (top > 0) {
        rest = b.limbs[top - 1] != 0;
    }
    if (top > 1)
        rest |= !mpn_zero_p(b.limbs, top - 1);
    *d = ldexp((double)(head | rest), (int)bits - OZ_LIMB_BITS);
    if (b.negative)
        *d = -*d;
    return !isinf(*d);
}

Ref oz_int_from_double(Thread *t, double d)
{
    if (OZ_LIKELY(d >= (double)OZ_INT_MIN && d < -(double)OZ_INT_MIN))
        return oz_int((int64_t)d);
    if (isnan(d))
        return oz_raise(t, OZ_ValueError, "cannot convert float NaN to integer");
    if (isinf(d))
        return oz_raise(t, OZ_OverflowError, "cannot convert float infinity to integer");
    int exponent;
    double mantissa = frexp(d, &exponent); /* exponent > 62 */
    scoped Ref digits = oz_int((int64_t)ldexp(mantissa, DBL_MANT_DIG));
    return exponent >= DBL_MANT_DIG ? oz_int_lshift(t, digits, oz_int(exponent - DBL_MANT_DIG))
                                    : oz_int_rshift(t, digits, oz_int(DBL_MANT_DIG - exponent));
}

/* ---- bytes ---- */

Ref oz_int_from_bytes(Thread *t, const uint8_t *bytes, size_t length, bool little, bool is_signed)
{
    bool negative = is_signed && length && (bytes[little ? length - 1 : 0] & 0x80);
    size_t n = length / 8 + 1;
    Int *cell = oz_big_alloc(t, n);
    if (!cell)
        return NULL;
    memset(cell->limbs, negative ? 0xff : 0, n * sizeof *cell->limbs);
    uint8_t *out = (uint8_t *)cell->limbs; /* a little-endian machine */
    if (little)
        memcpy(out, bytes, length);
    else
        for (size_t i = 0; i < length; i++)
            out[i] = bytes[length - 1 - i];
    if (negative)
        mpn_neg(cell->limbs, cell->limbs, (mp_size_t)n);
    return oz_big_finish(t, cell, n, negative);
}

/* Does |n| (two's complement if negative) fit `length` bytes? */
static bool fits_bytes(Obj n, size_t length, bool is_signed)
{
    size_t bits = oz_int_bits(n);
    if (!is_signed)
        return bits <= 8 * length;
    if (bits < 8 * length)
        return true;
    if (oz_int_sign(n) >= 0 || bits > 8 * length || bits == 0)
        return bits == 0;
    Big b; /* the smallest number has one bit more */
    oz_big_open(&b, n);
    return mpn_scan1(b.limbs, 0) == bits - 1;
}

bool oz_int_to_bytes(Thread *t, Obj n, uint8_t *bytes, size_t length, bool little, bool is_signed)
{
    if (!is_signed && oz_int_sign(n) < 0)
        return oz_fail(t, OZ_OverflowError, "can't convert negative int to unsigned");
    if (!fits_bytes(n, length, is_signed))
        return oz_fail(t, OZ_OverflowError, "int too big to convert");
    Big b;
    oz_big_open(&b, n);
    Stream stream = {&b, 1};
    for (size_t i = 0; i < length; i += 8) {
        mp_limb_t limb = stream_next(&stream, i / 8);
        for (size_t k = 0; k < 8 && i + k < length; k++, limb >>= 8)
            bytes[little ? i + k : length - 1 - i - k] = (uint8_t)limb;
    }
    return true;
}
