// SPDX-License-Identifier: MIT
// pow(a, b, m), inverses, greatest common divisors and square roots of exact ints.
//
// GMP does the work, in one go where that is short.  A power with a long exponent and a long
// modulus could take minutes: then the exponent is cut into pieces and the thread polls between
// them: a ** (high << k | low) = (a ** high) ** (1 << k) * a ** low.
#include <string.h>

#include "types/int_limbs.h"

/* ---- GMP's view of our ints ---- */

typedef struct Job {
    Big a, b, m;
    mp_limb_t *out; /* room for the result */
    size_t n;       /* limbs of the result */
    bool found;
} Job;

static void view(mpz_ptr z, const Big *b)
{
    mpz_roinit_n(z, b->limbs, b->n);
}

static void keep(Job *job, mpz_srcptr result)
{
    job->n = mpz_size(result);
    mpn_copyi(job->out, mpz_limbs_read(result), (mp_size_t)job->n);
}

/* Run `work` with a result of at most `room` limbs. */
static Ref run(Thread *t, Job *job, void (*work)(void *arg), size_t room)
{
    Int *cell = oz_big_alloc(t, room);
    if (!cell)
        return NULL;
    job->out = cell->limbs;
    if (!oz_scratch_run(t, work, job)) {
        oz_big_discard(cell);
        return NULL;
    }
    return oz_big_finish(t, cell, job->n, false);
}

/* ---- powers ---- */

static void powm(void *arg)
{
    Job *job = arg;
    mpz_t a, b, m, result;
    view(a, &job->a);
    view(b, &job->b);
    view(m, &job->m);
    mpz_init(result);
    mpz_powm(result, a, b, m);
    keep(job, result);
    mpz_clear(result);
}

/* base ** exponent % modulus with 0 <= base < modulus, exponent >= 0. */
static Ref power_once(Thread *t, Obj base, Obj exponent, Obj modulus)
{
    Job job;
    oz_big_open(&job.a, base);
    oz_big_open(&job.b, exponent);
    oz_big_open(&job.m, modulus);
    return run(t, &job, powm, (size_t)job.m.n);
}

#define ENOUGH_WORK 2000000000.0 /* limb products in one go: about a second at the worst */

/* How many bits of the exponent may be worked on at once. */
static size_t piece_bits(Obj modulus)
{
    double n = (double)(oz_int_bits(modulus) / OZ_LIMB_BITS + 1);
    double bits = ENOUGH_WORK / (n * n);
    return bits < 64 ? 64 : bits > 1e9 ? 1000000000 : (size_t)bits;
}

static Ref product_modulo(Thread *t, Obj a, Obj b, Obj modulus)
{
    scoped Ref product = oz_int_multiply(t, a, b);
    return product ? oz_int_remainder(t, product, modulus) : NULL;
}

/* One piece more: result ** (1 << width) * base ** low. */
static Ref next_piece(Thread *t, Obj result, Obj base, Obj low, size_t width, Obj modulus)
{
    if (!oz_poll(t))
        return NULL;
    scoped Ref shift = oz_int_lshift(t, oz_int(1), oz_int((int64_t)width));
    scoped Ref high = shift ? power_once(t, result, shift, modulus) : NULL;
    if (!high || !oz_poll(t))
        return NULL;
    scoped Ref factor = power_once(t, base, low, modulus);
    return factor ? product_modulo(t, high, factor, modulus) : NULL;
}

static Ref bits_of(Thread *t, Obj n, size_t from, size_t width)
{
    scoped Ref down = oz_int_rshift(t, n, oz_int((int64_t)from));
    scoped Ref one = down ? oz_int_lshift(t, oz_int(1), oz_int((int64_t)width)) : NULL;
    scoped Ref mask = one ? oz_int_subtract(t, one, oz_int(1)) : NULL;
    return mask ? oz_int_and(t, down, mask) : NULL;
}

static Ref power_positive(Thread *t, Obj base, Obj exponent, Obj modulus)
{
    size_t width = piece_bits(modulus), bits = oz_int_bits(exponent);
    if (bits <= width)
        return power_once(t, base, exponent, modulus);
    size_t from = (bits - 1) / width * width;
    scoped Ref top = bits_of(t, exponent, from, width);
    Ref result = top ? power_once(t, base, top, modulus) : NULL;
    while (result && from) {
        from -= width;
        scoped Ref low = bits_of(t, exponent, from, width);
        Ref next = low ? next_piece(t, result, base, low, width, modulus) : NULL;
        oz_drop(result);
        result = next;
    }
    return result;
}

/* ---- inverse ---- */

static void invert(void *arg)
{
    Job *job = arg;
    mpz_t a, m, result;
    view(a, &job->a);
    view(m, &job->m);
    mpz_init(result);
    job->found = mpz_invert(result, a, m) != 0;
    if (job->found)
        keep(job, result);
    mpz_clear(result);
}

/* The inverse of 0 <= a < m. */
static Ref inverse(Thread *t, Obj a, Obj modulus)
{
    if (modulus == (Obj)oz_int(1))
        return oz_int(0);
    Job job = {.n = 0, .found = false};
    oz_big_open(&job.a, a);
    oz_big_open(&job.m, modulus);
    scoped Ref result = run(t, &job, invert, (size_t)job.m.n);
    if (result && !job.found)
        return oz_raise(t, OZ_ValueError, "base is not invertible for the given modulus");
    return oz_move(&result);
}

/* ---- pow() ---- */

static Ref absolute(Thread *t, Obj n)
{
    return oz_int_sign(n) < 0 ? oz_int_negative(t, n) : oz_retain(n);
}

Ref oz_int_power_modulo(Thread *t, Obj a, Obj b, Obj modulus)
{
    if (oz_int_sign(modulus) == 0)
        return oz_raise(t, OZ_ValueError, "pow() 3rd argument cannot be 0");
    scoped Ref m = absolute(t, modulus);
    scoped Ref base = m ? oz_int_remainder(t, a, m) : NULL;
    scoped Ref exponent = base ? absolute(t, b) : NULL;
    if (!exponent)
        return NULL;
    if (m == oz_int(1))
        return oz_int(0);
    if (oz_int_sign(b) < 0) {
        Ref inverted = inverse(t, base, m);
        oz_drop(base);
        base = inverted;
        if (!base)
            return NULL;
    }
    scoped Ref result = power_positive(t, base, exponent, m);
    if (result && oz_int_sign(modulus) < 0 && oz_int_sign(result) != 0)
        return oz_int_add(t, result, modulus);
    return oz_move(&result);
}

/* ---- greatest common divisor, square root ---- */

static void gcd(void *arg)
{
    Job *job = arg;
    mpz_t a, b, result;
    view(a, &job->a);
    view(b, &job->b);
    mpz_init(result);
    mpz_gcd(result, a, b);
    keep(job, result);
    mpz_clear(result);
}

static Ref gcd_small(Thread *t, int64_t x, int64_t y)
{
    uint64_t a = x < 0 ? -(uint64_t)x : (uint64_t)x, b = y < 0 ? -(uint64_t)y : (uint64_t)y;
    while (b) {
        uint64_t r = a % b;
        a = b;
        b = r;
    }
    return oz_int_from_uint64(t, a);
}

Ref oz_int_gcd(Thread *t, Obj a, Obj b)
{
    if (oz_are_ints(a, b))
        return gcd_small(t, oz_int_value(a), oz_int_value(b));
    if (!oz_poll(t))
        return NULL;
    Job job;
    oz_big_open(&job.a, a);
    oz_big_open(&job.b, b);
    size_t room = (size_t)(job.a.n > job.b.n ? job.a.n : job.b.n);
    return run(t, &job, gcd, room);
}

static void root(void *arg)
{
    Job *job = arg;
    mpn_sqrtrem(job->out, NULL, job->a.limbs, job->a.n);
    job->n = ((size_t)job->a.n + 1) / 2;
}

Ref oz_int_square_root(Thread *t, Obj n)
{
    if (oz_int_sign(n) == 0)
        return oz_int(0);
    if (!oz_poll(t))
        return NULL;
    Job job;
    oz_big_open(&job.a, n);
    return run(t, &job, root, ((size_t)job.a.n + 1) / 2);
}
