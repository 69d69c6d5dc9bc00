// SPDX-License-Identifier: MIT
// Decimals from other values, and other values from Decimals.
//
// The conversions are operations too: what they read is the `extra` of their Work.  An exact one
// has the widest limits, and what they would round or clamp is InvalidOperation.
#include "modules/decimal.h"

#include <math.h>
#include <string.h>

#include "heap/heap.h"
#include "types/float.h"
#include "types/number_text.h"

static const Limits widest = {OZ_MOST_PREC, OZ_MOST_EMAX, OZ_LEAST_EMIN, OZ_ROUND_HALF_EVEN, 0};

/* ---- text ---- */

typedef struct Text {
    const char *at;
    size_t length;
} Text;

static void read_text(Work *w, Number *r, const Number *a OZ_UNUSED, const Number *b OZ_UNUSED,
                      const Number *c OZ_UNUSED)
{
    const Text *text = w->extra;
    if (!oz_number_parse(w, r, text->at, text->length) ||
        (oz_number_is_nan(r) && r->n && oz_number_digits(r) > w->limits.prec - w->limits.clamp))
        oz_number_invalid(w, r, OZ_CONVERSION_SYNTAX);
    else
        oz_number_finish(w, r, 0);
}

/* ---- making ---- */

enum { SHORT_TEXT = 300 }; /* the words of so many digits fit a Work some times */

/* Run a conversion for a constructor; context NULL: nothing can be signalled. */
static Ref convert(Thread *t, Class *cls, Operation *operation, const Number *a, const void *extra,
                   Obj context, bool exact)
{
    const Limits *limits = exact ? &widest : &((const DecimalContext *)context)->limits;
    Run run = {.operation = operation,
               .a = a,
               .extra = extra,
               .limits = limits,
               .cls = cls,
               .count = 1,
               .brief = operation == read_text && (exact || limits->prec <= SHORT_TEXT) &&
                        ((const Text *)extra)->length <= SHORT_TEXT};
    uint32_t status;
    Ref result;
    if (!oz_decimal_run(t, &run, &status, &result))
        return NULL;
    if (exact && status & (OZ_INEXACT | OZ_ROUNDED | OZ_CLAMPED)) {
        Number nan;
        oz_number_special(&nan, OZ_QNAN, false);
        oz_drop(result);
        result = oz_decimal_new(t, cls, &nan);
        status |= OZ_INVALID_OPERATION;
    }
    if (exact)
        status &= OZ_ANY_INVALID;
    if (result && status && context && !oz_decimal_signal(t, context, status))
        oz_clear(&result);
    return result;
}

/* ---- ints ---- */

static void read_int(Work *w, Number *r, const Number *a OZ_UNUSED, const Number *b OZ_UNUSED,
                     const Number *c OZ_UNUSED)
{
    const Big *big = w->extra;
    mpz_t z;
    oz_number_from_mpz(w, r, mpz_roinit_n(z, big->limbs, big->n), big->negative, 0);
    oz_number_finish(w, r, 0);
}

Ref oz_decimal_from_int(Thread *t, Class *cls, Obj integer, Obj context, bool exact)
{
    Operand operand;
    if (exact && oz_is_int(integer))
        return oz_operand_open(t, integer, &operand) == OZ_FOUND
                   ? oz_decimal_new(t, cls, &operand.number)
                   : NULL;
    Big big;
    oz_big_open(&big, integer);
    return convert(t, cls, read_int, NULL, &big, context, exact);
}

typedef struct Whole {
    mp_limb_t *limbs; /* [owner] a block, or NULL */
    size_t n;
    Rounding rounding;
    Heap *heap;
} Whole;

/* The limbs of a number rounded to an integer. */
static void write_int(Work *w, Number *r, const Number *a, const Number *b OZ_UNUSED,
                      const Number *c OZ_UNUSED)
{
    Whole *whole = (Whole *)w->extra;
    Number integral, scaled;
    mpz_t z;
    oz_decimal_to_integral(w, &integral, a, NULL, NULL);
    oz_number_scale(w, &scaled, &integral, integral.exponent);
    oz_number_to_mpz(w, z, &scaled);
    whole->n = mpz_size(z);
    whole->limbs = oz_block_alloc(whole->heap, (whole->n + 1) * sizeof *whole->limbs);
    if (!whole->limbs)
        oz_scratch_leave();
    mpn_copyi(whole->limbs, mpz_limbs_read(z), (mp_size_t)whole->n);
    oz_number_zero(r, false, 0);
}

static Ref long_to_int(Thread *t, const Number *n, Rounding rounding)
{
    Limits limits = widest;
    limits.rounding = (uint8_t)rounding;
    Whole whole = {NULL, 0, rounding, t->heap};
    Run run = {.operation = write_int, .a = n, .extra = &whole, .limits = &limits};
    uint32_t status;
    if (!oz_decimal_run(t, &run, &status, NULL))
        return NULL;
    Int *cell = oz_big_alloc(t, whole.n ? whole.n : 1);
    if (cell)
        mpn_copyi((mp_limb_t *)cell->limbs, whole.limbs, (mp_size_t)whole.n);
    oz_block_free(whole.limbs);
    return cell ? oz_big_finish(t, cell, whole.n, n->negative) : NULL;
}

Ref oz_decimal_to_int(Thread *t, const Number *n, Rounding rounding)
{
    if (n->kind != OZ_FINITE)
        return n->kind == OZ_INFINITE
                   ? oz_raise(t, OZ_OverflowError, "cannot convert Infinity to integer")
                   : oz_raise(t, OZ_ValueError, "cannot convert NaN to integer");
    if (n->exponent == 0 && n->n <= 1 && (n->n == 0 || n->words[0] <= INT64_MAX)) {
        int64_t value = n->n ? (int64_t)n->words[0] : 0;
        return oz_int_new(t, n->negative ? -value : value);
    }
    return long_to_int(t, n, rounding);
}

/* ---- floats ---- */

/* m * 2 ** e is m * 5 ** -e * 10 ** e where e is negative. */
static void read_float(Work *w, Number *r, const Number *a OZ_UNUSED, const Number *b OZ_UNUSED,
                       const Number *c OZ_UNUSED)
{
    double d = *(const double *)w->extra;
    int e;
    double fraction = frexp(fabs(d), &e);
    uint64_t m = (uint64_t)ldexp(fraction, 53);
    e -= 53;
    unsigned zeros = m ? (unsigned)__builtin_ctzll(m) : 0;
    m >>= zeros;
    e = m ? e + (int)zeros : 0;
    mpz_t z;
    mpz_init_set_ui(z, e < 0 ? 5 : 2);
    mpz_pow_ui(z, z, (unsigned long)(e < 0 ? -e : e));
    mpz_mul_ui(z, z, m);
    oz_number_from_mpz(w, r, z, signbit(d), e < 0 ? e : 0);
    mpz_clear(z);
    oz_number_finish(w, r, 0);
}

Ref oz_decimal_from_float(Thread *t, Class *cls, Obj v, Obj context, bool exact)
{
    Obj integer = oz_as_exact_int(v);
    double d;
    if (integer)
        return oz_decimal_from_int(t, cls, integer, context, exact);
    if (!oz_as_float(v, &d))
        return oz_raise(t, OZ_TypeError, "argument must be int or float");
    if (isfinite(d))
        return convert(t, cls, read_float, NULL, &d, context, exact);
    Number special;
    oz_number_special(&special, isnan(d) ? OZ_QNAN : OZ_INFINITE, signbit(d));
    return oz_decimal_new(t, cls, &special);
}

/* ---- text ---- */

static void drop_underscores(Text *text, char *copy)
{
    size_t length = 0;
    for (size_t i = 0; i < text->length; i++)
        if (text->at[i] != '_')
            copy[length++] = text->at[i];
    *text = (Text){copy, length};
}

static Ref from_text(Thread *t, Class *cls, const Str *s, Obj context, bool exact)
{
    NumberText n;
    if (!oz_number_text_init(t, &n, s))
        return NULL;
    if (exact)
        oz_number_text_strip(&n);
    Text text = {n.text, n.length};
    char *copy = NULL;
    if (exact && memchr(text.at, '_', text.length)) {
        copy = oz_block_alloc(t->heap, text.length + 1);
        if (!copy) {
            oz_number_text_fini(&n);
            return oz_raise_memory(t);
        }
        drop_underscores(&text, copy);
    }
    Ref result = convert(t, cls, read_text, NULL, &text, context, exact);
    oz_block_free(copy);
    oz_number_text_fini(&n);
    return result;
}

Ref oz_decimal_text(Thread *t, Obj v, int flags)
{
    Number n;
    char small[120];
    oz_decimal_open(&n, v);
    size_t room = oz_number_text_room(&n);
    char *text = room <= sizeof small ? small : oz_block_alloc(t->heap, room);
    if (!text)
        return oz_raise_memory(t);
    Ref result = oz_str_from_ascii(t, text, oz_number_text(&n, text, flags));
    if (text != small)
        oz_block_free(text);
    return result;
}

/* ---- tuples ---- */

static bool tuple_exponent(Thread *t, Obj v, StrBuilder *b, const char **special)
{
    int64_t exponent;
    const Str *text = oz_as_str(v);
    *special = NULL;
    if (text) {
        *special = oz_str_equal_utf8(text, "F")   ? "Inf"
                   : oz_str_equal_utf8(text, "n") ? "NaN"
                   : oz_str_equal_utf8(text, "N") ? "sNaN"
                                                  : NULL;
        return *special || oz_fail(t, OZ_ValueError,
                                   "string argument in the third position must be 'F', 'n' or 'N'");
    }
    Obj exact = oz_as_exact_int(v);
    if (!exact)
        return oz_fail(t, OZ_ValueError, "exponent must be an integer");
    if (!oz_int_fits_int64(exact, &exponent))
        return oz_fail(t, OZ_OverflowError, "Python int too large to convert to C ssize_t");
    return oz_builder_format(b, "E%lld", (long long)exponent);
}

static bool tuple_digits(Thread *t, Obj v, StrBuilder *b)
{
    scoped Ref made = oz_as_list(v) ? oz_list_to_tuple(t, oz_as_list(v)) : oz_retain(v);
    const Tuple *digits = made ? oz_as_tuple(made) : NULL;
    if (!digits)
        return made && oz_fail(t, OZ_ValueError, "coefficient must be a tuple of digits");
    if (digits->length == 0)
        return oz_builder_character(b, '0');
    for (size_t i = 0; i < digits->length; i++) {
        Obj exact = oz_as_exact_int(digits->items[i]);
        if (!exact || !oz_is_int(exact) || oz_int_value(exact) < 0 || oz_int_value(exact) > 9)
            return oz_fail(t, OZ_ValueError, "coefficient must be a tuple of digits");
        if (!oz_builder_character(b, '0' + (uint32_t)oz_int_value(exact)))
            return false;
    }
    return true;
}

/* The text that means what (sign, digits, exponent) does. */
static Ref tuple_text(Thread *t, const Tuple *v)
{
    StrBuilder b, end;
    if (v->length != 3)
        return oz_raise(t, OZ_ValueError, "argument must be a sequence of length 3");
    Obj sign = oz_as_exact_int(v->items[0]);
    if (!sign || (sign != oz_int(0) && sign != oz_int(1)))
        return oz_raise(t, OZ_ValueError, "sign must be an integer with the value 0 or 1");
    oz_builder_init(&b, t);
    oz_builder_init(&end, t);
    const char *special;
    scoped Ref exponent = NULL, text = NULL;
    oz_builder_ascii(&b, "-", sign == oz_int(1));
    if (tuple_exponent(t, v->items[2], &end, &special)) {
        if (special)
            oz_builder_text(&b, special);
        exponent = oz_builder_finish(&end);
        bool infinite = special && *special == 'I';
        if (exponent && (infinite || tuple_digits(t, v->items[1], &b)) &&
            oz_builder_str(&b, exponent))
            text = oz_builder_finish(&b);
    }
    oz_builder_fini(&end);
    oz_builder_fini(&b);
    return oz_move(&text);
}

Ref oz_decimal_tuple(Thread *t, Obj v)
{
    Number n;
    oz_decimal_open(&n, v);
    size_t count = n.kind == OZ_INFINITE || (oz_number_is_nan(&n) && n.n == 0)
                       ? n.kind == OZ_INFINITE
                       : oz_words_digits(n.words, n.n);
    char *text = oz_block_alloc(t->heap, count + 1);
    if (!text)
        return oz_raise_memory(t);
    oz_words_text(n.words, n.kind == OZ_INFINITE ? 0 : n.n, text, count);
    Tuple *digits = oz_tuple_alloc(t, count);
    for (size_t i = 0; digits && i < count; i++)
        oz_tuple_init(digits, i, oz_int(text[i] - '0'));
    oz_block_free(text);
    scoped Ref owned = (Ref)digits;
    static const char *const names[] = {"", "F", "n", "N"};
    scoped Ref exponent =
        n.kind == OZ_FINITE ? oz_int_new(t, n.exponent) : oz_intern(t, names[n.kind]);
    if (!digits || !exponent)
        return NULL;
    return oz_call3(t, oz_decimal_state(t)->tuple, oz_int(n.negative), owned, exponent);
}

/* ---- any value ---- */

static Ref from_decimal(Thread *t, Class *cls, Obj v, Obj context, bool exact)
{
    Number n;
    oz_decimal_open(&n, v);
    if (exact)
        return oz_is(v, OZ_DECIMAL) && cls->id == OZ_DECIMAL ? oz_retain(v)
                                                             : oz_decimal_new(t, cls, &n);
    const Limits *l = &((const DecimalContext *)context)->limits;
    if (oz_number_is_nan(&n) && n.n && oz_number_digits(&n) > l->prec - l->clamp) {
        oz_number_special(&n, OZ_QNAN, false);
        return oz_decimal_signal(t, context, OZ_CONVERSION_SYNTAX) ? oz_decimal_new(t, cls, &n)
                                                                   : NULL;
    }
    if (oz_number_is_nan(&n))
        return oz_decimal_new(t, cls, &n);
    /* Unlike plus, this keeps the sign of zeros. */
    return convert(t, cls, oz_decimal_rounded, &n, NULL, context, false);
}

Ref oz_decimal_from(Thread *t, Class *cls, Obj v, Obj context, bool exact)
{
    if (!cls)
        cls = oz_builtin_class(t, OZ_DECIMAL);
    const Str *s = oz_as_str(v);
    if (s)
        return from_text(t, cls, s, context, exact);
    if (oz_is_decimal(v))
        return from_decimal(t, cls, v, context, exact);
    Obj integer = oz_as_exact_int(v);
    if (integer)
        return oz_decimal_from_int(t, cls, integer, context, exact);
    double d;
    if (oz_as_float(v, &d))
        return oz_decimal_signal(t, context, OZ_FLOAT_OPERATION)
                   ? oz_decimal_from_float(t, cls, v, context, exact)
                   : NULL;
    if (!oz_as_tuple(v) && !oz_as_list(v))
        return oz_raise(t, OZ_TypeError, "conversion from %t to Decimal is not supported", v);
    scoped Ref tuple = oz_as_tuple(v) ? oz_retain(v) : oz_list_to_tuple(t, oz_as_list(v));
    scoped Ref text = tuple ? tuple_text(t, (const Tuple *)tuple) : NULL;
    return text ? from_text(t, cls, oz_as_str(text), context, exact) : NULL;
}

bool oz_decimal_to_double(Thread *t, Obj v, double *d)
{
    Number n;
    oz_decimal_open(&n, v);
    if (oz_number_is_nan(&n)) {
        *d = n.negative ? -NAN : NAN;
        return n.kind == OZ_QNAN ||
               oz_fail(t, OZ_ValueError, "cannot convert signaling NaN to float");
    }
    scoped Ref text = oz_decimal_text(t, v, 0);
    scoped Ref number = text ? oz_float_from_text(t, text) : NULL;
    return number && oz_as_float(number, d);
}

Ref oz_decimal_ratio(Thread *t, Obj v)
{
    Number n;
    oz_decimal_open(&n, v);
    if (n.kind != OZ_FINITE)
        return n.kind == OZ_INFINITE
                   ? oz_raise(t, OZ_OverflowError, "cannot convert Infinity to integer ratio")
                   : oz_raise(t, OZ_ValueError, "cannot convert NaN to integer ratio");
    if (n.n == 0)
        return oz_tuple_of(t, 2, (Obj)oz_int(0), (Obj)oz_int(1));
    int64_t exponent = n.exponent;
    if (exponent < -OZ_MOST_DIGITS)
        return oz_raise_memory(t);
    if (exponent < 0)
        n.exponent = 0;
    scoped Ref top = oz_decimal_to_int(t, &n, OZ_ROUND_DOWN);
    if (!top || exponent >= 0)
        return top ? oz_tuple_of(t, 2, top, (Obj)oz_int(1)) : NULL;
    scoped Ref size = oz_int_new(t, -exponent);
    scoped Ref bottom = size ? oz_int_power(t, oz_int(10), size) : NULL;
    scoped Ref common = bottom ? oz_int_gcd(t, top, bottom) : NULL;
    scoped Ref x = common ? oz_int_floor_divide(t, top, common) : NULL;
    scoped Ref y = x ? oz_int_floor_divide(t, bottom, common) : NULL;
    return y ? oz_tuple_of(t, 2, x, y) : NULL;
}
