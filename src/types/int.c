// SPDX-License-Identifier: MIT
// The type int: construction, slots and methods.  (Arithmetic: int_arith.c; text: int_text.c.)
//
// Every slot serves bool and subclasses too: operands are reduced to exact ints first
// (oz_as_exact_int), results are exact ints.
#include "types/int.h"

#include <string.h>

#include "types/buffer.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/format_spec.h"
#include "types/int_limbs.h"
#include "types/number_text.h"
#include "types/tuple.h"
#include "types/type.h"

/* ---- int(x), int(x, base) ---- */

static Ref from_str(Thread *t, const Str *s, int base, Obj shown)
{
    NumberText n;
    if (!oz_number_text_init(t, &n, s))
        return NULL;
    Ref result = oz_int_parse(t, n.text, n.length, base, shown);
    oz_number_text_fini(&n);
    return result;
}

static Ref from_buffer(Thread *t, Obj x, int base)
{
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, x, &view))
        return NULL;
    scoped Ref shown = oz_bytes_new(t, view.data, view.length);
    const Bytes *text = shown ? oz_as_bytes(shown) : NULL;
    if (!text)
        return NULL;
    return oz_int_parse(t, (const char *)oz_bytes_data(text), view.length, base, shown);
}

static Ref from_trunc(Thread *t, Obj method)
{
    if (!oz_warn(t, OZ_DeprecationWarning, 1,
                 "The delegation of int() to __trunc__ is deprecated."))
        return NULL;
    scoped Ref result = oz_call0(t, method);
    if (!result)
        return NULL;
    Obj exact = oz_as_exact_int(result);
    if (exact)
        return oz_retain(exact);
    if (!oz_class_of(result)->slots->index)
        return oz_raise(t, OZ_TypeError, "__trunc__ returned non-Integral (type %T)", result);
    return oz_index(t, result);
}

/* int(x) for any x: an exact int. */
Ref oz_int_from(Thread *t, Obj x)
{
    if (oz_is_int(x) || oz_is(x, OZ_INT))
        return oz_retain(x);
    if (oz_is_exact_str(x))
        return from_str(t, (const Str *)x, 10, x);
    const Slots *slots = oz_class_of(x)->slots;
    if (slots->to_int)
        return oz_checked_int(t, "__int__", slots->to_int(t, x));
    if (slots->index)
        return oz_index(t, x);
    scoped Ref method = NULL;
    Found found = oz_find_special(t, x, OZ_NAME(t, __trunc__), &method);
    if (found == OZ_RAISED)
        return NULL;
    if (found == OZ_FOUND)
        return from_trunc(t, method);
    const Str *s = oz_as_str(x);
    if (s)
        return from_str(t, s, 10, x);
    if (oz_has_buffer(x))
        return from_buffer(t, x, 10);
    return oz_raise(t, OZ_TypeError,
                    "int() argument must be a string, a bytes-like object or a real number, not "
                    "'%T'",
                    x);
}

static Ref from_base(Thread *t, Obj x, Obj base_object)
{
    ssize_t base;
    if (!oz_as_ssize(t, base_object, -1, &base))
        return NULL;
    if (base != 0 && (base < 2 || base > 36))
        return oz_raise(t, OZ_ValueError, "int() base must be >= 2 and <= 36, or 0");
    const Str *s = oz_as_str(x);
    if (s)
        return from_str(t, s, (int)base, x);
    if (oz_as_bytes(x) || oz_isa(x, OZ_BYTEARRAY))
        return from_buffer(t, x, (int)base);
    return oz_raise(t, OZ_TypeError, "int() can't convert non-string with explicit base");
}

OZ_NEW(int, "($type, x=<unrepresentable>, /, base=<unrepresentable>)")
{
    Class *cls = (Class *)a[0];
    scoped Ref value = NULL;
    if (!a[1] && a[2])
        return oz_raise(t, OZ_TypeError, "int() missing string argument");
    if (!a[1])
        value = oz_int(0);
    else
        value = a[2] ? from_base(t, a[1], a[2]) : oz_int_from(t, a[1]);
    if (!value || cls->id == OZ_INT)
        return oz_move(&value);
    return oz_wrapper_new(t, cls, oz_move(&value));
}

/* ---- slots ---- */

#define BINARY(name, function)                                                                     \
    static Ref int_##name(Thread *t, Obj a, Obj b)                                                 \
    {                                                                                              \
        Obj x = oz_as_exact_int(a), y = oz_as_exact_int(b);                                        \
        return x && y ? function(t, x, y) : OZ_NOT_IMPLEMENTED;                                    \
    }
BINARY(add, oz_int_add)
BINARY(subtract, oz_int_subtract)
BINARY(multiply, oz_int_multiply)
BINARY(true_divide, oz_int_true_divide)
BINARY(floor_divide, oz_int_floor_divide)
BINARY(remainder, oz_int_remainder)
BINARY(lshift, oz_int_lshift)
BINARY(rshift, oz_int_rshift)
BINARY(and, oz_int_and)
BINARY(or, oz_int_or)
BINARY(xor, oz_int_xor)

static Ref divmod_pair(Thread *t, Obj a, Obj b)
{
    Ref quotient = NULL, remainder = NULL;
    if (!oz_int_divmod(t, a, b, &quotient, &remainder))
        return NULL;
    Ref items[2] = {quotient, remainder};
    Ref pair = oz_tuple_take(t, items, 2);
    if (!pair) {
        oz_drop(items[0]);
        oz_drop(items[1]);
    }
    return pair;
}
BINARY(divmod, divmod_pair)

static Ref int_power(Thread *t, Obj a, Obj b, Obj modulus)
{
    Obj x = oz_as_exact_int(a), y = oz_as_exact_int(b);
    Obj m = modulus ? oz_as_exact_int(modulus) : NULL;
    if (!x || !y || (modulus && !m))
        return OZ_NOT_IMPLEMENTED;
    return m ? oz_int_power_modulo(t, x, y, m) : oz_int_power(t, x, y);
}

static Ref int_repr(Thread *t, Obj v)
{
    return oz_int_to_str(t, oz_as_exact_int(v), 10);
}

static bool int_hash(Thread *t OZ_UNUSED, Obj v, int64_t *hash)
{
    *hash = oz_int_hash(oz_as_exact_int(v));
    return true;
}

static Ref int_compare(Thread *t OZ_UNUSED, Obj a, Obj b, CompareOp op)
{
    Obj x = oz_as_exact_int(a), y = oz_as_exact_int(b);
    if (!x || !y)
        return OZ_NOT_IMPLEMENTED;
    int order = oz_int_order(x, y);
    return oz_bool(oz_compare_decide(order, op));
}

static bool int_boolean(Thread *t OZ_UNUSED, Obj v, bool *truth)
{
    *truth = oz_int_sign(oz_as_exact_int(v)) != 0;
    return true;
}

static Ref int_exact(Thread *t OZ_UNUSED, Obj v)
{
    return oz_retain(oz_as_exact_int(v));
}

static Ref int_negative(Thread *t, Obj v)
{
    return oz_int_negative(t, oz_as_exact_int(v));
}

static Ref int_absolute(Thread *t, Obj v)
{
    Obj exact = oz_as_exact_int(v);
    return oz_int_sign(exact) < 0 ? oz_int_negative(t, exact) : oz_retain(exact);
}

/* ~n == -n - 1 */
static Ref int_invert(Thread *t, Obj v)
{
    scoped Ref negative = oz_int_negative(t, oz_as_exact_int(v));
    return negative ? oz_int_subtract(t, negative, oz_int(1)) : NULL;
}

static Ref int_to_float(Thread *t, Obj v)
{
    double d;
    return oz_int_to_double(t, oz_as_exact_int(v), &d) ? oz_float_new(t, d) : NULL;
}

/* ---- methods ---- */

OZ_METHOD(int, conjugate, "($self, /)", "The number itself: the complex conjugate of an int.")
{
    return int_exact(t, a[0]);
}

OZ_METHOD(int, bit_length, "($self, /)",
          "Bits that are needed to write the magnitude in binary.\n\n"
          ">>> (37).bit_length()\n6")
{
    return oz_int((int64_t)oz_int_bits(oz_as_exact_int(a[0])));
}

OZ_METHOD(int, bit_count, "($self, /)",
          "How many ones the magnitude has in binary.\n\n>>> (13).bit_count()\n3")
{
    Big b;
    oz_big_open(&b, oz_as_exact_int(a[0]));
    return oz_int(b.n ? (int64_t)mpn_popcount(b.limbs, b.n) : 0);
}

/* 'little' or 'big' */
static bool byte_order(Thread *t, const char *function, Obj order, bool *little)
{
    const Str *text = oz_as_str(order);
    if (!text)
        return oz_fail(t, OZ_TypeError, "%s() argument 'byteorder' must be str, not %T", function,
                       order);
    size_t length = oz_str_length(text);
    *little = length == 6 && memcmp(oz_str_data(text), "little", 6) == 0;
    if (*little || (length == 3 && memcmp(oz_str_data(text), "big", 3) == 0))
        return true;
    return oz_fail(t, OZ_ValueError, "byteorder must be either 'little' or 'big'");
}

OZ_METHOD(int, to_bytes, "($self, /, length=1, byteorder='big', *, signed=False)",
          "The number as `length` bytes.\n\n"
          "byteorder is 'big' (most significant byte first) or 'little'; with signed, two's\n"
          "complement is used.  OverflowError if the number does not fit.")
{
    ssize_t length;
    bool little, is_signed;
    if (!oz_as_size_argument(t, a[1], &length) || !byte_order(t, "to_bytes", a[2], &little) ||
        !oz_truth(t, a[3], &is_signed))
        return NULL;
    if (length < 0)
        return oz_raise(t, OZ_ValueError, "length argument must be non-negative");
    scoped Ref bytes = oz_bytes_alloc(t, (size_t)length);
    const Bytes *made = bytes ? oz_as_bytes(bytes) : NULL;
    if (!made || !oz_int_to_bytes(t, oz_as_exact_int(a[0]), oz_bytes_data(made), (size_t)length,
                                  little, is_signed))
        return NULL;
    return oz_move(&bytes);
}

OZ_CLASS_METHOD(int, from_bytes, "($type, /, bytes, byteorder='big', *, signed=False)",
                "The number that an array of bytes stands for.\n\n"
                "bytes is a bytes-like object or an iterable of ints; byteorder and signed as in\n"
                "to_bytes().")
{
    bool little, is_signed;
    if (!byte_order(t, "from_bytes", a[2], &little) || !oz_truth(t, a[3], &is_signed))
        return NULL;
    scoped Ref bytes = oz_bytes_from_object(t, a[1]);
    const Bytes *data = bytes ? oz_as_bytes(bytes) : NULL;
    if (!data)
        return NULL;
    scoped Ref n =
        oz_int_from_bytes(t, oz_bytes_data(data), oz_bytes_length(data), little, is_signed);
    if (!n || ((Class *)a[0])->id == OZ_INT)
        return oz_move(&n);
    return oz_call1(t, a[0], n);
}

OZ_METHOD(int, as_integer_ratio, "($self, /)", "The pair (self, 1), whose quotient is the number.")
{
    return oz_tuple_of(t, 2, oz_as_exact_int(a[0]), (Obj)oz_int(1));
}

OZ_METHOD(int, __trunc__, "($self, /)", "The number itself: an int has no fraction.")
{
    return int_exact(t, a[0]);
}

OZ_METHOD(int, __floor__, "($self, /)", "The number itself: an int has no fraction.")
{
    return int_exact(t, a[0]);
}

OZ_METHOD(int, __ceil__, "($self, /)", "The number itself: an int has no fraction.")
{
    return int_exact(t, a[0]);
}

/* The multiple of `unit` nearest to n; of two, the one with an even quotient. */
static Ref nearest_multiple(Thread *t, Obj n, Obj unit)
{
    Ref quotient = NULL, remainder = NULL;
    if (!oz_int_divmod(t, n, unit, &quotient, &remainder))
        return NULL;
    scoped Ref q = quotient, r = remainder;
    scoped Ref twice = oz_int_add(t, r, r);
    if (!twice)
        return NULL;
    int order = oz_int_order(twice, unit);
    bool odd = oz_is_int(q) ? oz_int_value(q) & 1 : ((const Int *)q)->limbs[0] & 1;
    scoped Ref down = oz_int_subtract(t, n, r);
    if (!down)
        return NULL;
    return order > 0 || (order == 0 && odd) ? oz_int_add(t, down, unit) : oz_move(&down);
}

OZ_METHOD(int, __round__, "($self, ndigits=<unrepresentable>, /)",
          "What round() calls: the number itself, or with a negative ndigits the nearest\n"
          "multiple of a power of ten.")
{
    Obj n = oz_as_exact_int(a[0]);
    if (!a[1])
        return oz_retain(n);
    scoped Ref digits = oz_index(t, a[1]);
    if (!digits)
        return NULL;
    if (oz_int_sign(digits) >= 0)
        return oz_retain(n);
    int64_t places;
    if (!oz_int_fits_int64(digits, &places) || -places > (int64_t)(oz_int_bits(n) / 3 + 2))
        return oz_int(0);
    scoped Ref unit = oz_int_power(t, oz_int(10), oz_int(-places));
    return unit ? nearest_multiple(t, n, unit) : NULL;
}

OZ_METHOD(int, __getnewargs__, "($self, /)", "Arguments for copying and pickling.")
{
    return oz_tuple_of(t, 1, oz_as_exact_int(a[0]));
}

OZ_METHOD(int, __format__, "($self, format_spec, /)", "Format according to format_spec.")
{
    return oz_int_format(t, a[0], a[1]);
}

static Ref get_exact(Thread *t OZ_UNUSED, Obj self)
{
    return oz_retain(oz_as_exact_int(self));
}

static Ref get_zero(Thread *t OZ_UNUSED, Obj self OZ_UNUSED)
{
    return oz_int(0);
}

static Ref get_one(Thread *t OZ_UNUSED, Obj self OZ_UNUSED)
{
    return oz_int(1);
}

const TypeDef oz_int_type = {
    .id = OZ_INT,
    .name = "int",
    .doc = "int([x]) -> integer\nint(x, base=10) -> integer\n\n"
           "Convert a number or text to an integer; without argument, 0.  A float is cut towards\n"
           "zero.  With text, base says how to read it: 2 to 36, or 0 to go by the prefix\n"
           "(0b, 0o, 0x) as in source code.\n\n>>> int('0b100', base=0)\n4",
    .size = sizeof(Int),
    .flags = OZ_TYPE_LEAF_CELLS | OZ_TYPE_WRAPPED | OZ_TYPE_SELF_MATCH,
    .make = &int_new_,
    .slots =
        {
            .repr = int_repr,
            .hash = int_hash,
            .compare = int_compare,
            .add = int_add,
            .subtract = int_subtract,
            .multiply = int_multiply,
            .true_divide = int_true_divide,
            .floor_divide = int_floor_divide,
            .remainder = int_remainder,
            .divmod = int_divmod,
            .lshift = int_lshift,
            .rshift = int_rshift,
            .and_ = int_and,
            .xor = int_xor,
            .or_ = int_or,
            .power = int_power,
            .negative = int_negative,
            .positive = int_exact,
            .absolute = int_absolute,
            .invert = int_invert,
            .boolean = int_boolean,
            .to_int = int_exact,
            .to_float = int_to_float,
            .index = int_exact,
        },
    .methods = OZ_METHODS(&int_conjugate, &int_bit_length, &int_bit_count, &int_to_bytes,
                          &int_from_bytes, &int_as_integer_ratio, &int___trunc__, &int___floor__,
                          &int___ceil__, &int___round__, &int___getnewargs__, &int___format__),
    .getsets = OZ_GETSETS(
        {"real", get_exact, NULL, "the real part of a complex number"},
        {"imag", get_zero, NULL, "the imaginary part of a complex number"},
        {"numerator", get_exact, NULL, "the numerator of a rational number in lowest terms"},
        {"denominator", get_one, NULL, "the denominator of a rational number in lowest terms"}),
};
