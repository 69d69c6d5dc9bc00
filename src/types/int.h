// SPDX-License-Identifier: MIT
// int: 63 bits in the value word, GMP limbs on the heap beyond.
#ifndef OZ_TYPES_INT_H
#define OZ_TYPES_INT_H

#include "types/protocol.h"

/* An int that does not fit the word: |size| limbs, the sign is that of size; canonical (never a
 * value that fits 63 bits, no leading zero limb). */
typedef struct Int {
    Object base;
    int32_t size; /* [const] */
    uint32_t spare;
    uint64_t limbs[]; /* [const] least significant first */
} Int;

/* The exact int (in place or heap) behind an int, a bool or an instance of an int subclass:
 * borrowed; NULL if `v` is no int.  True is 1. */
OZ_INLINE Obj oz_as_exact_int(Obj v)
{
    if (OZ_LIKELY(oz_is_int(v)))
        return v;
    if (oz_is_bool(v))
        return oz_int(v == OZ_TRUE);
    if (!oz_is_pointer(v))
        return NULL;
    uint32_t id = oz_id(oz_object(v));
    if (id == OZ_INT)
        return v;
    if (id >= OZ_BUILTIN_IDS && oz_shape_by_id(id)->layout == OZ_INT)
        return ((const Wrapper *)v)->value;
    return NULL;
}

Ref oz_int_new(Thread *t, int64_t n) OZ_CHECKED;
Ref oz_int_from_uint64(Thread *t, uint64_t n) OZ_CHECKED;
Ref oz_int_from_double(Thread *t, double d) OZ_CHECKED; /* truncates; OverflowError, ValueError */
Ref oz_int_from(Thread *t, Obj x) OZ_CHECKED;           /* int(x): an exact int */
/* Digits in `base` (0: by prefix) with underscores, sign and white space as int() takes them. */
Ref oz_int_from_text(Thread *t, const char *text, size_t length, int base) OZ_CHECKED;
/* Little-endian or big-endian bytes, two's complement if is_signed. */
Ref oz_int_from_bytes(Thread *t, const uint8_t *bytes, size_t length, bool little, bool is_signed);
bool oz_int_to_bytes(Thread *t, Obj n, uint8_t *bytes, size_t length, bool little, bool is_signed);
/* `result` (taken) if it is an int; TypeError "name returned non-int (type T)" if it is not. */
Ref oz_checked_int(Thread *t, const char *name, Ref result) OZ_CHECKED;
/* The digits of `n` and its sign, in front of `end`: where they start.  At most OZ_INT_DIGITS. */
#define OZ_INT_DIGITS 66
char *oz_int_digits(int64_t n, int base, char *end);
Ref oz_int_to_str(Thread *t, Obj n, int base) OZ_CHECKED; /* no prefix; max_str_digits applies */
bool oz_int_to_double(Thread *t, Obj n, double *d) OZ_CHECKED; /* OverflowError */
bool oz_int_try_double(Obj exact, double *d);  /* false: too large.  Raises nothing. */
bool oz_int_fits_int64(Obj exact, int64_t *n); /* Raises nothing. */
int oz_int_sign(Obj exact);
size_t oz_int_bits(Obj exact);  /* bit_length() */
int oz_int_order(Obj a, Obj b); /* of two exact ints */
int64_t oz_int_hash(Obj exact);

/* Arithmetic on exact ints; results are exact ints. */
Ref oz_int_add(Thread *t, Obj a, Obj b) OZ_CHECKED;
Ref oz_int_subtract(Thread *t, Obj a, Obj b) OZ_CHECKED;
Ref oz_int_multiply(Thread *t, Obj a, Obj b) OZ_CHECKED;
Ref oz_int_floor_divide(Thread *t, Obj a, Obj b) OZ_CHECKED;
Ref oz_int_remainder(Thread *t, Obj a, Obj b) OZ_CHECKED;
Ref oz_int_true_divide(Thread *t, Obj a, Obj b) OZ_CHECKED;
bool oz_int_divmod(Thread *t, Obj a, Obj b, Ref *quotient, Ref *remainder) OZ_CHECKED;
Ref oz_int_negative(Thread *t, Obj a) OZ_CHECKED;
/* pow(a, b, modulus); a negative exponent takes the inverse. */
Ref oz_int_power_modulo(Thread *t, Obj a, Obj b, Obj modulus) OZ_CHECKED;
Ref oz_int_gcd(Thread *t, Obj a, Obj b) OZ_CHECKED;
Ref oz_int_square_root(Thread *t, Obj n) OZ_CHECKED; /* floor; n >= 0 */
Ref oz_int_power(Thread *t, Obj a, Obj b) OZ_CHECKED;
Ref oz_int_lshift(Thread *t, Obj a, Obj b) OZ_CHECKED;
Ref oz_int_rshift(Thread *t, Obj a, Obj b) OZ_CHECKED;
Ref oz_int_and(Thread *t, Obj a, Obj b) OZ_CHECKED;
Ref oz_int_or(Thread *t, Obj a, Obj b) OZ_CHECKED;
Ref oz_int_xor(Thread *t, Obj a, Obj b) OZ_CHECKED;

#endif
