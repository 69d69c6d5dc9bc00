// SPDX-License-Identifier: MIT
// Binary, in-place and unary operators on any values.
//
// A binary operator asks the class of the left operand, then that of the right; the right one
// first when it derives from the left one and has a slot of its own.  A slot gets the operands in
// their order, whichever of them it belongs to, and answers OZ_NOT_IMPLEMENTED where it does not
// apply.  Only then do the sequence slots count (concat for +, repeat for *): a type that has both
// is a number first.
//
// Two ints or two floats in place never reach the slots.
#include "types/protocol.h"

#include <string.h>

#include "object/collector.h"
#include "types/float.h"
#include "types/int.h"
#include "types/native.h"
#include "types/str.h"
#include "types/type.h"

#define POWER_NAME "** or pow()"

static const struct Operator {
    uint16_t slot;
    uint16_t in_place; /* 0: none */
    const char *name;
    const char *in_place_name;
} operators[] = {
    [OZ_OP_ADD] = {offsetof(Slots, add), offsetof(Slots, add_in_place), "+", "+="},
    [OZ_OP_SUBTRACT] = {offsetof(Slots, subtract), offsetof(Slots, subtract_in_place), "-", "-="},
    [OZ_OP_MULTIPLY] = {offsetof(Slots, multiply), offsetof(Slots, multiply_in_place), "*", "*="},
    [OZ_OP_MATRIX_MULTIPLY] = {offsetof(Slots, matrix_multiply),
                               offsetof(Slots, matrix_multiply_in_place), "@", "@="},
    [OZ_OP_TRUE_DIVIDE] = {offsetof(Slots, true_divide), offsetof(Slots, true_divide_in_place), "/",
                           "/="},
    [OZ_OP_FLOOR_DIVIDE] = {offsetof(Slots, floor_divide), offsetof(Slots, floor_divide_in_place),
                            "//", "//="},
    [OZ_OP_REMAINDER] = {offsetof(Slots, remainder), offsetof(Slots, remainder_in_place), "%",
                         "%="},
    [OZ_OP_POWER] = {offsetof(Slots, power), offsetof(Slots, power_in_place), POWER_NAME, "**="},
    [OZ_OP_LSHIFT] = {offsetof(Slots, lshift), offsetof(Slots, lshift_in_place), "<<", "<<="},
    [OZ_OP_RSHIFT] = {offsetof(Slots, rshift), offsetof(Slots, rshift_in_place), ">>", ">>="},
    [OZ_OP_AND] = {offsetof(Slots, and_), offsetof(Slots, and_in_place), "&", "&="},
    [OZ_OP_XOR] = {offsetof(Slots, xor), offsetof(Slots, xor_in_place), "^", "^="},
    [OZ_OP_OR] = {offsetof(Slots, or_), offsetof(Slots, or_in_place), "|", "|="},
    [OZ_OP_DIVMOD] = {offsetof(Slots, divmod), 0, "divmod()", "divmod()"},
};

/* ---- dispatch over the slots ---- */

static SlotBINARY slot_of(const Class *cls, size_t offset)
{
    SlotBINARY slot;
    memcpy(&slot, (const char *)cls->slots + offset, sizeof slot);
    return slot;
}

static Ref dispatch(Thread *t, size_t offset, Obj a, Obj b)
{
    const Class *left = oz_class_of(a), *right = oz_class_of(b);
    SlotBINARY first = slot_of(left, offset), second = NULL;
    if (!oz_native_enter(t, ""))
        return NULL;
    if (right != left) {
        second = slot_of(right, offset);
        if (second == first)
            second = NULL;
    }
    if (first && second && oz_class_derives(right, left)) {
        Ref result = second(t, a, b);
        if (result != OZ_NOT_IMPLEMENTED)
            return result;
        second = NULL;
    }
    if (first) {
        Ref result = first(t, a, b);
        if (result != OZ_NOT_IMPLEMENTED)
            return result;
    }
    return second ? second(t, a, b) : OZ_NOT_IMPLEMENTED;
}

static Ref unsupported(Thread *t, const char *name, Obj a, Obj b)
{
    return oz_raise(t, OZ_TypeError, "unsupported operand type(s) for %s: '%T' and '%T'", name, a,
                    b);
}

/* `print >> file`: what people who knew Python 2 write. */
static bool is_print(Obj v)
{
    return oz_is(v, OZ_BUILTIN_FUNCTION) &&
           strcmp(((const BuiltinFunction *)v)->signature->def->name, "print") == 0;
}

static Ref repeat(Thread *t, SlotBINARY_LEFT slot, Obj sequence, Obj count)
{
    if (!oz_is_int(count) && !oz_class_of(count)->slots->index)
        return oz_raise(t, OZ_TypeError, "can't multiply sequence by non-int of type '%T'", count);
    return slot(t, sequence, count);
}

/* What + and * mean where no number slot answered. */
static Ref sequence_add(Thread *t, Obj a, Obj b, bool in_place)
{
    const Slots *slots = oz_class_of(a)->slots;
    if (in_place && slots->concat_in_place)
        return slots->concat_in_place(t, a, b);
    if (slots->concat)
        return slots->concat(t, a, b);
    return unsupported(t, in_place ? "+=" : "+", a, b);
}

static Ref sequence_multiply(Thread *t, Obj a, Obj b, bool in_place)
{
    const Slots *left = oz_class_of(a)->slots, *right = oz_class_of(b)->slots;
    if (in_place && left->repeat_in_place)
        return repeat(t, left->repeat_in_place, a, b);
    if (left->repeat)
        return repeat(t, left->repeat, a, b);
    if (right->repeat)
        return repeat(t, right->repeat, b, a);
    return unsupported(t, in_place ? "*=" : "*", a, b);
}

static Ref binary_once(Thread *t, BinaryOp op, Obj a, Obj b)
{
    if (op == OZ_OP_POWER)
        return oz_power(t, a, b, OZ_NONE);
    Ref result = dispatch(t, operators[op].slot, a, b);
    if (OZ_LIKELY(result != OZ_NOT_IMPLEMENTED))
        return result;
    if (op == OZ_OP_ADD)
        return sequence_add(t, a, b, false);
    if (op == OZ_OP_MULTIPLY)
        return sequence_multiply(t, a, b, false);
    if (op == OZ_OP_RSHIFT && is_print(a))
        return oz_raise(t, OZ_TypeError,
                        "unsupported operand type(s) for >>: '%T' and '%T'. Did you mean "
                        "\"print(<message>, file=<output_stream>)\"?",
                        a, b);
    return unsupported(t, operators[op].name, a, b);
}

/* Is what these values do with each other done again without anybody noticing? */
static bool is_plain(Obj v)
{
    uint32_t id = oz_class_of(v)->id;
    return id == OZ_INT || id == OZ_BYTES || id == OZ_BYTEARRAY || id == OZ_LIST ||
           id == OZ_TUPLE || oz_is_exact_str(v);
}

static OZ_COLD bool may_try_again(Thread *t, BinaryOp op, Obj a, Obj b)
{
    return op != OZ_OP_REMAINDER && is_plain(a) && is_plain(b) && oz_memory_try_again(t);
}

static OZ_NOINLINE Ref binary_slow(Thread *t, BinaryOp op, Obj a, Obj b)
{
    Ref result = binary_once(t, op, a, b);
    return OZ_LIKELY(result != NULL) || !may_try_again(t, op, a, b) ? result
                                                                    : binary_once(t, op, a, b);
}

/* Two ints in place; NULL: needs the slow path. */
OZ_INLINE Ref small_ints(Thread *t, BinaryOp op, int64_t a, int64_t b)
{
    int64_t product;
    switch (op) {
    case OZ_OP_ADD:
        return oz_int_new(t, a + b);
    case OZ_OP_SUBTRACT:
        return oz_int_new(t, a - b);
    case OZ_OP_MULTIPLY:
        if (!__builtin_mul_overflow(a, b, &product) && oz_int_fits(product))
            return oz_int(product);
        return NULL;
    case OZ_OP_AND:
        return oz_int(a & b);
    case OZ_OP_OR:
        return oz_int(a | b);
    case OZ_OP_XOR:
        return oz_int(a ^ b);
    case OZ_OP_FLOOR_DIVIDE:
        if (b <= 0)
            return NULL;
        return oz_int(a / b - (a % b < 0));
    case OZ_OP_REMAINDER:
        if (b <= 0)
            return NULL;
        return oz_int(a % b < 0 ? a % b + b : a % b);
    case OZ_OP_RSHIFT:
        return b >= 0 ? oz_int(a >> (b < 63 ? b : 63)) : NULL;
    default:
        return NULL;
    }
}

OZ_INLINE Ref plain_floats(Thread *t, BinaryOp op, double a, double b)
{
    switch (op) {
    case OZ_OP_ADD:
        return oz_float_new(t, a + b);
    case OZ_OP_SUBTRACT:
        return oz_float_new(t, a - b);
    case OZ_OP_MULTIPLY:
        return oz_float_new(t, a * b);
    case OZ_OP_TRUE_DIVIDE:
        return oz_float_new(t, a / b); /* b is in place, so it is not zero */
    default:
        return NULL;
    }
}

Ref oz_binary(Thread *t, BinaryOp op, Obj a, Obj b)
{
    if (oz_are_ints(a, b)) {
        Ref result = small_ints(t, op, oz_int_value(a), oz_int_value(b));
        if (OZ_LIKELY(result != NULL) || OZ_UNLIKELY(t->exception != NULL))
            return result;
    } else if (oz_are_floats(a, b)) {
        Ref result = plain_floats(t, op, oz_float_value(a), oz_float_value(b));
        if (OZ_LIKELY(result != NULL) || OZ_UNLIKELY(t->exception != NULL))
            return result;
    }
    return binary_slow(t, op, a, b);
}

/* ---- power ---- */

static Ref power_unsupported(Thread *t, const char *name, Obj a, Obj b, Obj modulus)
{
    if (!modulus)
        return unsupported(t, name, a, b);
    return oz_raise(t, OZ_TypeError, "unsupported operand type(s) for %s: '%T', '%T', '%T'", name,
                    a, b, modulus);
}

/* As dispatch, with a third operand whose class is asked last. */
static Ref power(Thread *t, const char *name, Obj a, Obj b, Obj modulus)
{
    const Class *left = oz_class_of(a), *right = oz_class_of(b);
    SlotPOWER first = left->slots->power, second = right->slots->power;
    if (right == left || second == first)
        second = NULL;
    Ref result = OZ_NOT_IMPLEMENTED;
    SlotPOWER other = second;
    if (first && second && oz_class_derives(right, left)) {
        result = second(t, a, b, modulus);
        second = NULL;
    }
    if (result == OZ_NOT_IMPLEMENTED && first)
        result = first(t, a, b, modulus);
    if (result == OZ_NOT_IMPLEMENTED && second)
        result = second(t, a, b, modulus);
    if (result == OZ_NOT_IMPLEMENTED && modulus) {
        SlotPOWER third = oz_class_of(modulus)->slots->power;
        if (third && third != first && third != other)
            result = third(t, a, b, modulus);
    }
    return result == OZ_NOT_IMPLEMENTED ? power_unsupported(t, name, a, b, modulus) : result;
}

Ref oz_power(Thread *t, Obj base, Obj exponent, Obj modulus)
{
    return power(t, POWER_NAME, base, exponent, oz_is_none(modulus) ? NULL : modulus);
}

/* ---- in place ---- */

static Ref in_place_once(Thread *t, BinaryOp op, Obj a, Obj b)
{
    const struct Operator *o = &operators[op];
    if (o->in_place) {
        SlotBINARY_LEFT slot = slot_of(oz_class_of(a), o->in_place);
        Ref result = slot ? slot(t, a, b) : OZ_NOT_IMPLEMENTED;
        if (result != OZ_NOT_IMPLEMENTED)
            return result;
    }
    if (op == OZ_OP_POWER)
        return power(t, o->in_place_name, a, b, NULL);
    Ref result = dispatch(t, o->slot, a, b);
    if (OZ_LIKELY(result != OZ_NOT_IMPLEMENTED))
        return result;
    if (op == OZ_OP_ADD)
        return sequence_add(t, a, b, true);
    if (op == OZ_OP_MULTIPLY)
        return sequence_multiply(t, a, b, true);
    return unsupported(t, o->in_place_name, a, b);
}

static Ref in_place_slow(Thread *t, BinaryOp op, Obj a, Obj b)
{
    Ref result = in_place_once(t, op, a, b);
    return OZ_LIKELY(result != NULL) || !may_try_again(t, op, a, b) ? result
                                                                    : in_place_once(t, op, a, b);
}

Ref oz_binary_in_place(Thread *t, BinaryOp op, Obj a, Obj b)
{
    /* Numbers have no in-place slots; what they cannot do is reported with the other name. */
    bool can = op != OZ_OP_MATRIX_MULTIPLY && (op <= OZ_OP_POWER || oz_are_ints(a, b));
    if (can && (oz_is_int(a) || oz_is_float(a)) && (oz_is_int(b) || oz_is_float(b)))
        return oz_binary(t, op, a, b);
    return in_place_slow(t, op, a, b);
}

/* ---- one operand ---- */

static Ref bad_operand(Thread *t, const char *name, Obj v)
{
    return oz_raise(t, OZ_TypeError, "bad operand type for %s: '%T'", name, v);
}

Ref oz_negative(Thread *t, Obj v)
{
    if (OZ_LIKELY(oz_is_int(v)))
        return oz_int_new(t, -oz_int_value(v));
    SlotUNARY slot = oz_class_of(v)->slots->negative;
    return slot ? slot(t, v) : bad_operand(t, "unary -", v);
}

Ref oz_positive(Thread *t, Obj v)
{
    if (OZ_LIKELY(oz_is_int(v)))
        return oz_retain(v);
    SlotUNARY slot = oz_class_of(v)->slots->positive;
    return slot ? slot(t, v) : bad_operand(t, "unary +", v);
}

Ref oz_absolute(Thread *t, Obj v)
{
    SlotUNARY slot = oz_class_of(v)->slots->absolute;
    return slot ? slot(t, v) : bad_operand(t, "abs()", v);
}

Ref oz_invert(Thread *t, Obj v)
{
    if (OZ_LIKELY(oz_is_int(v)))
        return oz_int(~oz_int_value(v));
    SlotUNARY slot = oz_class_of(v)->slots->invert;
    return slot ? slot(t, v) : bad_operand(t, "unary ~", v);
}
