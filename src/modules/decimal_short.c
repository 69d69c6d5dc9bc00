// SPDX-License-Identifier: MIT
// Sums, products, quotients and comparisons of short Decimals, without a Work.
//
// Numbers of programs have two words at most as a rule, and so have results of the default
// precision: these cases take some multiplications, on the stack.  Whatever is out of the ordinary
// (zeros, exponents near the limits, a carry out of the precision, a trap of Inexact) is left to
// the operations.
#include "modules/decimal.h"

#define MOST_PREC 36 /* results of it, and two digits more, have two words */

typedef struct Short {
    uint64_t low, high;
    int64_t exponent;
    bool negative;
} Short;

/* A Decimal of two words at most, or an int; false: it is something else. */
OZ_INLINE bool open_short(Obj v, Short *s)
{
    if (oz_is_int(v)) {
        int64_t n = oz_int_value(v);
        *s = (Short){n < 0 ? -(uint64_t)n : (uint64_t)n, 0, 0, n < 0};
        return true;
    }
    if (!oz_is(v, OZ_DECIMAL))
        return false;
    const Decimal *d = (const Decimal *)v;
    *s = (Short){d->small[0], d->small[1], d->exponent, d->negative};
    return d->n <= 2 && d->kind == OZ_FINITE;
}

OZ_INLINE Wide wide_of(const Short *s)
{
    return (Wide)s->high * OZ_BASE + s->low;
}

OZ_INLINE unsigned digits_of(const Short *s)
{
    return s->high ? OZ_DIGITS + oz_word_digits(s->high) : oz_word_digits(s->low);
}

/* 10 ** digits for at most 38 digits. */
OZ_INLINE Wide wide_ten(unsigned digits)
{
    return digits <= OZ_DIGITS ? (Wide)oz_ten(digits) : (Wide)OZ_BASE * oz_ten(digits - OZ_DIGITS);
}

OZ_INLINE DecimalContext *context_of(Thread *t)
{
    return (DecimalContext *)t->decimal_context;
}

/* A number as it is, if the exponent is far from the limits. */
OZ_INLINE Found give(Thread *t, uint64_t low, uint64_t high, int64_t exponent, bool negative,
                     Ref *result)
{
    const Limits *l = &context_of(t)->limits;
    if (!(low | high) || exponent < l->emin || exponent + l->prec > l->emax)
        return OZ_MISSING;
    Decimal *self = oz_object_new_raw(t, OZ_DECIMAL, sizeof *self);
    if (!self)
        return OZ_RAISED;
    self->exponent = exponent;
    self->n = high ? 2 : 1;
    self->kind = OZ_FINITE;
    self->negative = negative;
    self->spare = 0;
    self->small[0] = low;
    self->small[1] = high;
    *result = (Ref)self;
    return OZ_FOUND;
}

/* What products and quotients are made in; the words above a number are 0. */
#define ROOM 8

/* n <= 4 words of ROOM without zeros at the top, and more below them, rounded. */
static Found give_rounded(Thread *t, const uint64_t *w, unsigned n, int64_t exponent, bool negative,
                          bool more, Ref *result)
{
    DecimalContext *context = context_of(t);
    const Limits *l = &context->limits;
    unsigned digits = (n - 1) * OZ_DIGITS + oz_word_digits(w[n - 1]);
    if (l->prec > MOST_PREC)
        return OZ_MISSING;
    if (digits <= l->prec)
        return more ? OZ_MISSING : give(t, w[0], w[1], exponent, negative, result);
    unsigned drop = digits - (unsigned)l->prec, part = drop;
    const uint64_t *at = w;
    uint64_t fallen = 0, half = OZ_BASE / 2;
    for (; part >= OZ_DIGITS; part -= OZ_DIGITS) {
        more |= fallen != 0;
        fallen = *at++;
    }
    uint64_t low = at[0], high = at[1];
    if (part) {
        uint64_t factor = oz_ten(OZ_DIGITS - part), second, third;
        more |= fallen != 0;
        half = oz_ten(part) / 2;
        low = oz_ten_divide(low, part, &fallen);
        high = oz_ten_divide(high, part, &second);
        low += second * factor;
        oz_ten_divide(at[2], part, &third);
        high += third * factor;
    }
    unsigned rest = fallen < half ? (fallen || more) : fallen > half || more ? 3 : 2;
    uint32_t status = rest ? OZ_INEXACT | OZ_ROUNDED : OZ_ROUNDED;
    if (status & *oz_signal_bits(context->traps))
        return OZ_MISSING;
    if (rest && oz_rounds_up(l->rounding, negative, (unsigned)(low % 10), rest)) {
        if (++low == OZ_BASE) {
            low = 0;
            high++;
        }
        if ((Wide)high * OZ_BASE + low == wide_ten((unsigned)l->prec))
            return OZ_MISSING;
    }
    Found found = give(t, low, high, exponent + drop, negative, result);
    if (found == OZ_FOUND)
        *oz_signal_bits(context->flags) |= status;
    return found;
}

/* ---- sums ---- */

#define MOST_ALIGNED 37 /* digits of a sum's operands: the sum is below OZ_BASE << 64 */

/* Both coefficients with the smaller exponent; false: they are too long. */
OZ_INLINE bool align(const Short *a, const Short *b, Wide *x, Wide *y)
{
    int64_t apart = a->exponent - b->exponent;
    *x = wide_of(a);
    *y = wide_of(b);
    if (apart == 0)
        return true;
    int64_t digits = apart > 0 ? digits_of(a) + apart : digits_of(b) - apart;
    if (digits > MOST_ALIGNED || digits < 0) /* an exponent may be so far away that it wraps */
        return false;
    if (apart > 0)
        *x *= wide_ten((unsigned)apart);
    else
        *y *= wide_ten((unsigned)-apart);
    return true;
}

Found oz_short_add(Thread *t, Obj v, Obj other, bool subtract, Ref *result)
{
    Short a, b;
    Wide x, y;
    if (!t->decimal_context || !open_short(v, &a) || !open_short(other, &b) ||
        !align(&a, &b, &x, &y))
        return OZ_MISSING;
    int64_t exponent = a.exponent < b.exponent ? a.exponent : b.exponent;
    bool negative = a.negative;
    b.negative ^= subtract;
    Wide sum = x + y;
    if (a.negative != b.negative) {
        sum = x > y ? x - y : y - x;
        negative = x > y ? a.negative : b.negative;
    }
    uint64_t w[ROOM] = {0};
    if (!sum || sum >= (Wide)OZ_BASE << 64)
        return OZ_MISSING;
    w[1] = oz_base_divide(sum, &w[0]);
    if (w[1] >= OZ_BASE)
        return OZ_MISSING;
    return give_rounded(t, w, w[1] ? 2 : 1, exponent, negative, false, result);
}

/* ---- products ---- */

Found oz_short_multiply(Thread *t, Obj v, Obj other, Ref *result)
{
    Short a, b;
    if (!t->decimal_context || !open_short(v, &a) || !open_short(other, &b) || !(a.low | a.high) ||
        !(b.low | b.high))
        return OZ_MISSING;
    uint64_t w[ROOM] = {0}, carry, more;
    carry = oz_base_divide((Wide)a.low * b.low, &w[0]);
    w[1] = carry;
    if (!b.high) {
        w[2] = oz_base_divide((Wide)a.high * b.low + carry, &w[1]);
    } else {
        carry = oz_base_divide((Wide)a.low * b.high + carry, &more);
        w[2] = oz_base_divide((Wide)a.high * b.low + more, &w[1]);
        w[3] = oz_base_divide((Wide)a.high * b.high + carry + w[2], &w[2]);
    }
    return give_rounded(t, w, (unsigned)oz_words_length(w, 4), a.exponent + b.exponent,
                        a.negative != b.negative, false, result);
}

/* ---- quotients ---- */

/* q = w / b, n + 1 words by one; w ends as what is left. */
static bool divide_by_one(uint64_t *q, uint64_t *w, unsigned n, const Short *b)
{
    uint64_t left = 0;
    for (unsigned i = n; i-- > 0;)
        q[i] = left | w[i] ? oz_wide_divide_once((Wide)left * OZ_BASE + w[i], b->low, &left) : 0;
    return left != 0;
}

/* The same by two words: with the next word a guess of a word of the quotient is made exact, so
 * nothing is to be added back.  w has n + 1 words, the last one 0. */
static bool divide_by_two(uint64_t *q, uint64_t *w, unsigned n, const Short *b)
{
    uint64_t factor = OZ_BASE / (b->high + 1), carry = 0, low;
    for (unsigned i = 0; i < n; i++)
        carry = oz_base_divide((Wide)w[i] * factor + carry, &w[i]);
    w[n] = carry;
    carry = oz_base_divide((Wide)b->low * factor, &low);
    uint64_t high = b->high * factor + carry;
    for (unsigned j = n - 1; j-- > 0;) {
        uint64_t guess = OZ_BASE - 1, rest;
        Wide head = (Wide)w[j + 2] * OZ_BASE + w[j + 1], left;
        if (w[j + 2] >= high) {
            left = head - (Wide)guess * high;
        } else {
            guess = oz_wide_divide_once(head, high, &rest);
            left = rest;
        }
        Wide take = (Wide)guess * low;
        while (take > left * OZ_BASE + w[j]) {
            guess--;
            left += high;
            take -= low;
        }
        w[j + 1] = oz_base_divide(left * OZ_BASE + w[j] - take, &w[j]);
        q[j] = guess;
    }
    return w[0] | w[1];
}

/* Only where there is a remainder: an exact quotient may lose zeros. */
Found oz_short_divide(Thread *t, Obj v, Obj other, Ref *result)
{
    Short a, b;
    if (!t->decimal_context || !open_short(v, &a) || !open_short(other, &b) || !(a.low | a.high) ||
        !(b.low | b.high))
        return OZ_MISSING;
    int64_t prec = context_of(t)->limits.prec;
    int64_t shift = (int64_t)digits_of(&b) - (int64_t)digits_of(&a) + prec + 1;
    if (prec > MOST_PREC || shift <= 0)
        return OZ_MISSING;
    /* At most 38 + 36 + 1 digits, and as many behind them as the shift has words: 7 words. */
    unsigned whole = (unsigned)shift / OZ_DIGITS, n = whole + 3;
    uint64_t factor = oz_ten((unsigned)shift % OZ_DIGITS), w[ROOM] = {0}, q[ROOM] = {0};
    uint64_t *top = w + whole;
    top[1] = oz_base_divide((Wide)a.low * factor, &top[0]);
    top[2] = oz_base_divide((Wide)a.high * factor + top[1], &top[1]);
    if (!(b.high ? divide_by_two(q, w, n, &b) : divide_by_one(q, w, n, &b)))
        return OZ_MISSING;
    return give_rounded(t, q, (unsigned)oz_words_length(q, n), a.exponent - b.exponent - shift,
                        a.negative != b.negative, true, result);
}

/* ---- order ---- */

Found oz_short_compare(Obj v, Obj other, CompareOp op, bool *result)
{
    Short a, b;
    Wide x, y;
    if (!open_short(v, &a) || !open_short(other, &b) || !align(&a, &b, &x, &y))
        return OZ_MISSING;
    int order = (x > y) - (x < y);
    if (a.negative != b.negative)
        order = x || y ? 1 : 0;
    *result = oz_compare_decide(a.negative ? -order : order, op);
    return OZ_FOUND;
}
