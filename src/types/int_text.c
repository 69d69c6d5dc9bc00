// SPDX-License-Identifier: MIT
// ints from text and to text.
//
// Conversion to and from a base that is no power of two takes quadratic time in a simple
// implementation; GMP's is better, but a very long number would still keep the thread from its
// safepoints.  So above LEAF digits the number is split by powers 10 ** (LEAF << i) with divmod,
// and joined with multiplication, which poll.  The limit sys.set_int_max_str_digits() stands
// before both.
#include <stdio.h>
#include <string.h>

#include "heap/heap.h"
#include "types/int_limbs.h"
#include "types/number_text.h"

#define LEAF 100000 /* digits that GMP converts at once: some milliseconds */
#define MAX_LEVELS 24

static Ref too_long(Thread *t)
{
    return oz_raise(t, OZ_ValueError,
                    "Exceeds the limit (%d digits) for integer string conversion; use "
                    "sys.set_int_max_str_digits() to increase the limit",
                    t->vm->int_max_str_digits);
}

static bool is_power_of_two(int base)
{
    return (base & (base - 1)) == 0;
}

/* ---- powers base ** (LEAF << i) ---- */

typedef struct Powers {
    Ref at[MAX_LEVELS]; /* owned */
    size_t count;
} Powers;

static void powers_fini(Powers *p)
{
    while (p->count)
        oz_drop(p->at[--p->count]);
}

/* As many levels as `digits` need. */
static bool powers_init(Thread *t, Powers *p, int base, size_t digits)
{
    p->count = 0;
    while (p->count < MAX_LEVELS && (size_t)LEAF << p->count < digits) {
        Ref next = p->count == 0 ? oz_int_power(t, oz_int(base), oz_int(LEAF))
                                 : oz_int_multiply(t, p->at[p->count - 1], p->at[p->count - 1]);
        if (!next) {
            powers_fini(p);
            return false;
        }
        p->at[p->count++] = next;
    }
    return true;
}

/* ---- to text ---- */

static const char digit_letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";

typedef struct GetStr {
    uint8_t *out;
    size_t length;
    const mp_limb_t *limbs;
    mp_limb_t *copy; /* GMP overwrites it */
    mp_size_t n;
    int base;
} GetStr;

static void get_str(void *arg)
{
    GetStr *g = arg;
    mpn_copyi(g->copy, g->limbs, g->n);
    g->length = mpn_get_str(g->out, g->base, g->copy, g->n);
}

/* All digits of a magnitude, as values, by GMP; *length of them (leading zeros possible). */
static bool leaf_digits(Thread *t, const Big *b, int base, uint8_t *out, size_t *length)
{
    mp_limb_t *copy = oz_block_alloc(t->heap, ((size_t)b->n + 1) * sizeof *copy);
    if (!copy)
        return oz_raise_memory(t) != NULL;
    GetStr g = {out, 0, b->limbs, copy, b->n, base};
    bool done = true;
    if (b->n <= OZ_SCRATCH_LIMBS)
        get_str(&g);
    else
        done = oz_scratch_run(t, get_str, &g);
    oz_block_free(copy);
    *length = g.length;
    return done;
}

/* Exactly `width` digits with leading zeros, as values.  n >= 0 and fits. */
static bool write_digits(Thread *t, Obj n, int base, const Powers *p, size_t level, uint8_t *out,
                         size_t width)
{
    if (oz_int_sign(n) == 0) {
        memset(out, 0, width);
        return true;
    }
    if (level == 0) {
        Big b;
        oz_big_open(&b, n);
        size_t length = 0;
        uint8_t *digits = oz_block_alloc(t->heap, mpn_sizeinbase(b.limbs, b.n, base) + 1);
        if (!digits)
            return oz_raise_memory(t) != NULL;
        bool done = leaf_digits(t, &b, base, digits, &length);
        if (done) {
            size_t skip = length > width ? length - width : 0; /* zeros */
            memset(out, 0, width - (length - skip));
            memcpy(out + width - (length - skip), digits + skip, length - skip);
        }
        oz_block_free(digits);
        return done;
    }
    Ref high = NULL, low = NULL;
    if (!oz_poll(t) || !oz_int_divmod(t, n, p->at[level - 1], &high, &low))
        return false;
    size_t half = width / 2;
    bool done = write_digits(t, high, base, p, level - 1, out, half) &&
                write_digits(t, low, base, p, level - 1, out + half, half);
    oz_drop(high);
    oz_drop(low);
    return done;
}

/* The digits of a long number in a block: *start is where they begin (a sign fits before). */
static uint8_t *long_digits(Thread *t, Obj n, int base, size_t estimate, size_t *start,
                            size_t *length)
{
    scoped Ref magnitude = oz_int_sign(n) < 0 ? oz_int_negative(t, n) : oz_retain(n);
    Powers powers;
    if (!magnitude || !powers_init(t, &powers, base, estimate))
        return NULL;
    size_t width = powers.count ? (size_t)LEAF << powers.count : estimate;
    uint8_t *out = oz_block_alloc(t->heap, width + 1);
    if (!out)
        oz_raise_memory(t);
    if (out && !write_digits(t, magnitude, base, &powers, powers.count, out + 1, width)) {
        oz_block_free(out);
        out = NULL;
    }
    powers_fini(&powers);
    if (!out)
        return NULL;
    *start = 1;
    *length = width;
    while (*length > 1 && out[*start] == 0) {
        ++*start;
        --*length;
    }
    return out;
}

static Ref long_to_str(Thread *t, Obj n, int base)
{
    Big b;
    oz_big_open(&b, n);
    size_t estimate = mpn_sizeinbase(b.limbs, b.n, base); /* exact or one more */
    size_t limit = is_power_of_two(base) ? 0 : (size_t)t->vm->int_max_str_digits;
    if (limit && estimate - 1 > limit)
        return too_long(t);
    size_t start = 0, length = 0;
    uint8_t *digits = long_digits(t, n, base, estimate, &start, &length);
    if (!digits)
        return NULL;
    Ref text = NULL;
    if (limit && length > limit) {
        too_long(t);
    } else {
        for (size_t i = start; i < start + length; i++)
            digits[i] = (uint8_t)digit_letters[digits[i]];
        if (b.negative)
            digits[--start] = '-';
        text = oz_str_from_ascii(t, (const char *)digits + start, length + b.negative);
    }
    oz_block_free(digits);
    return text;
}

char *oz_int_digits(int64_t n, int base, char *end)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                                "25262728293031323334353637383940414243444546474849"
                                "50515253545556575859606162636465666768697071727374"
                                "75767778798081828384858687888990919293949596979899";
    uint64_t left = n < 0 ? -(uint64_t)n : (uint64_t)n;
    if (base == 10) {
        for (; left >= 100; left /= 100)
            memcpy(end -= 2, pairs + 2 * (left % 100), 2);
        if (left >= 10)
            memcpy(end -= 2, pairs + 2 * left, 2);
        else
            *--end = (char)('0' + left);
    } else {
        do {
            *--end = digit_letters[left % (unsigned)base];
        } while (left /= (unsigned)base);
    }
    if (n < 0)
        *--end = '-';
    return end;
}

Ref oz_int_to_str(Thread *t, Obj n, int base)
{
    if (!oz_is_int(n))
        return long_to_str(t, n, base);
    char out[OZ_INT_DIGITS], *end = out + sizeof out;
    char *start = oz_int_digits(oz_int_value(n), base, end);
    return oz_str_from_ascii(t, start, (size_t)(end - start));
}

/* ---- from text ---- */

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 10;
    return 99;
}

typedef struct SetStr {
    mp_limb_t *out;
    const uint8_t *digits;
    size_t length;
    int base;
    mp_size_t n;
} SetStr;

static void set_str(void *arg)
{
    SetStr *s = arg;
    s->n = mpn_set_str(s->out, s->digits, s->length, s->base);
}

static Ref leaf_number(Thread *t, const uint8_t *digits, size_t length, int base)
{
    while (length > 1 && *digits == 0) {
        digits++;
        length--;
    }
    unsigned bits = 64 - (unsigned)__builtin_clzll((uint64_t)base - 1); /* a digit, at most */
    Int *cell = oz_big_alloc(t, length * bits / OZ_LIMB_BITS + 2);
    if (!cell)
        return NULL;
    SetStr s = {cell->limbs, digits, length, base, 0};
    if (length <= OZ_SCRATCH_LIMBS * 8) {
        set_str(&s);
    } else if (!oz_scratch_run(t, set_str, &s)) {
        oz_big_discard(cell);
        return NULL;
    }
    return oz_big_finish(t, cell, (size_t)s.n, false);
}

static Ref read_digits(Thread *t, const uint8_t *digits, size_t length, int base, const Powers *p,
                       size_t level)
{
    while (level && length <= (size_t)LEAF << (level - 1))
        level--;
    if (level == 0)
        return leaf_number(t, digits, length, base);
    size_t low_length = (size_t)LEAF << (level - 1);
    scoped Ref high = read_digits(t, digits, length - low_length, base, p, level - 1);
    scoped Ref low =
        high ? read_digits(t, digits + length - low_length, low_length, base, p, level - 1) : NULL;
    scoped Ref product = low ? oz_int_multiply(t, high, p->at[level - 1]) : NULL;
    return product ? oz_int_add(t, product, low) : NULL;
}

static Ref long_number(Thread *t, const uint8_t *digits, size_t length, int base)
{
    if (is_power_of_two(base))
        return leaf_number(t, digits, length, base);
    Powers powers;
    if (!powers_init(t, &powers, base, length))
        return NULL;
    Ref result = read_digits(t, digits, length, base, &powers, powers.count);
    powers_fini(&powers);
    return result;
}

/* What stands before the digits. */
typedef struct Literal {
    const char *at, *end;
    int base;
    bool negative;
    bool zero_only; /* base 0 and a leading zero: nothing but zeros may follow */
} Literal;

static int prefix_base(const char *at, const char *end)
{
    if (end - at < 2 || at[0] != '0')
        return 0;
    switch (at[1] | 0x20) {
    case 'x':
        return 16;
    case 'o':
        return 8;
    case 'b':
        return 2;
    default:
        return 0;
    }
}

static void read_prefix(Literal *l)
{
    if (l->at < l->end && (*l->at == '+' || *l->at == '-'))
        l->negative = *l->at++ == '-';
    int prefix = prefix_base(l->at, l->end);
    if (prefix && (l->base == 0 || l->base == prefix)) {
        l->base = prefix;
        l->at += 2;
        if (l->at < l->end && *l->at == '_')
            l->at++;
    } else if (l->base == 0) {
        l->base = 10;
        l->zero_only = l->at < l->end && *l->at == '0';
    }
}

/* The digits without underscores, as values; false: an underscore in a wrong place.  Stops at
 * what is no digit.  `out` may be NULL: only count. */
static bool scan_digits(Literal *l, uint8_t *out, size_t *count)
{
    bool after_digit = false;
    *count = 0;
    for (; l->at < l->end; l->at++) {
        if (*l->at == '_') {
            if (!after_digit)
                return false;
            after_digit = false;
            continue;
        }
        int value = digit_value(*l->at);
        if (value >= l->base)
            break;
        if (out)
            out[*count] = (uint8_t)value;
        ++*count;
        after_digit = true;
    }
    return after_digit;
}

static Ref invalid(Thread *t, const char *text, size_t length, int base, Obj shown)
{
    char prefix[64];
    snprintf(prefix, sizeof prefix, "invalid literal for int() with base %d: ", base);
    if (shown)
        return oz_raise_literal(t, prefix, shown);
    scoped Ref made = oz_str_from_utf8(t, text, length);
    return made ? oz_raise_literal(t, prefix, made) : NULL;
}

#define SHORT_DIGITS 18 /* of any base up to 10: fit 63 bits */

static Ref number_of(Thread *t, Literal l, size_t count)
{
    if (count <= SHORT_DIGITS && l.base <= 10) {
        int64_t value = 0;
        for (; count; l.at++)
            if (*l.at != '_') {
                value = value * l.base + (*l.at - '0');
                count--;
            }
        return oz_int(l.negative ? -value : value);
    }
    uint8_t *digits = oz_block_alloc(t->heap, count);
    if (!digits)
        return oz_raise_memory(t);
    scan_digits(&l, digits, &count);
    scoped Ref result = long_number(t, digits, count, l.base);
    oz_block_free(digits);
    if (!result)
        return NULL;
    return l.negative ? oz_int_negative(t, result) : oz_move(&result);
}

Ref oz_int_parse(Thread *t, const char *text, size_t length, int base, Obj shown)
{
    NumberText stripped = {text, length, NULL};
    oz_number_text_strip(&stripped);
    Literal l = {.at = stripped.text, .end = stripped.text + stripped.length, .base = base};
    read_prefix(&l);
    Literal digits = l;
    size_t count;
    bool good = scan_digits(&l, NULL, &count);
    int limit = t->vm->int_max_str_digits;
    if (good && limit && !is_power_of_two(l.base) && count > (size_t)limit)
        return oz_raise(t, OZ_ValueError,
                        "Exceeds the limit (%d digits) for integer string conversion: value has "
                        "%zd digits; use sys.set_int_max_str_digits() to increase the limit",
                        limit, (ssize_t)count);
    if (!good || l.at != l.end)
        return invalid(t, text, length, base, shown);
    Ref result = number_of(t, digits, count);
    if (result && l.zero_only && oz_int_sign(result) != 0) {
        oz_drop(result);
        return invalid(t, text, length, base, shown);
    }
    return result;
}

Ref oz_int_from_text(Thread *t, const char *text, size_t length, int base)
{
    return oz_int_parse(t, text, length, base, NULL);
}
