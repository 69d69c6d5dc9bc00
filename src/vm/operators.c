// SPDX-License-Identifier: MIT
// Slow paths of operators, items, slices and iteration.
#include "object/collector.h"
#include "object/error.h"
#include "types/cell.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/set.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"
#include "vm/names.h"
#include "vm/vm.h"

/* Store a result and drop the operands that were temporaries, in that order.  A register that is
 * both an operand and the destination holds the result. */
static bool finish(Instruction i, Ref *base, Ref result)
{
    unsigned aux = OZ_AUX(i);
    Ref b = aux & OZ_TEMPORARY_B ? oz_move(&base[OZ_B(i)]) : NULL;
    Ref c = aux & OZ_TEMPORARY_C ? oz_move(&base[OZ_C(i)]) : NULL;
    if (result)
        oz_result(base, OZ_A(i), result);
    oz_drop_immortal(b); /* a zero, often */
    oz_drop(c);
    return result != NULL;
}

/* The value of a float, or of an int that a float holds exactly. */
static bool number_value(Obj v, double *d)
{
    const int64_t exact = INT64_C(1) << 53;
    if (oz_is_float(v))
        *d = oz_float_value(v);
    else if (oz_is_int(v) && oz_int_value(v) <= exact && oz_int_value(v) >= -exact)
        *d = (double)oz_int_value(v);
    else if (oz_is(v, OZ_FLOAT))
        *d = ((const Float *)v)->value;
    else
        return false;
    return true;
}

/* The operations on a float and a number that need no case for errors; NULL: not one of them. */
static Ref float_operation(Thread *t, BinaryOp op, Obj b, Obj c)
{
    double x, y;
    if (oz_are_ints(b, c) || !number_value(b, &x) || !number_value(c, &y))
        return NULL;
    switch (op) {
    case OZ_OP_ADD:
        return oz_float_new(t, x + y);
    case OZ_OP_SUBTRACT:
        return oz_float_new(t, x - y);
    case OZ_OP_MULTIPLY:
        return oz_float_new(t, x * y);
    case OZ_OP_TRUE_DIVIDE:
        return y != 0 ? oz_float_new(t, x / y) : NULL;
    default:
        return NULL;
    }
}

static Ref binary(Thread *t, Instruction i, BinaryOp op, Obj b, Obj c)
{
    Ref result = float_operation(t, op, b, c);
    if (result || t->exception)
        return result;
    return OZ_AUX(i) & 1 ? oz_binary_in_place(t, op, b, c) : oz_binary(t, op, b, c);
}

/* x = x + y on texts: the only reference to x's text is about to go, so it can grow in place. */
static bool grows_text(Thread *t, Instruction i, Ref *base, unsigned b, Obj c)
{
    return oz_is_exact_str(base[b]) && oz_is_exact_str(c) &&
           (b == OZ_A(i) || oz_is_temporary(t->frame, b));
}

/* What a variable of any kind holds that the next instruction assigns the result to: NULL if that
 * is not known without a search. */
static Obj next_target(Thread *t, Instruction i, Ref *base)
{
    const Frame *frame = t->frame;
    const uint64_t *pc = frame->pc;
    Instruction next = *pc;
    const Ref *place = NULL;
    if (oz_is_wide(OZ_OP(next)))
        return oz_wide_target(t, next, base, OZ_A(i));
    if (OZ_B(next) != OZ_A(i))
        return NULL;
    switch (OZ_OP(next)) {
    case OP_SET_NAME:
        if (frame->names != frame->function->globals)
            return NULL;
        place = oz_cached_place(t, frame->names, pc + 1);
        break;
    case OP_SET_GLOBAL:
        place = oz_cached_place(t, frame->function->globals, pc + 1);
        break;
    case OP_SET_CELL:
        place = &((const Cell *)base[OZ_A(next)])->value;
        break;
    case OP_SET_FREE:
        place = &((const Cell *)frame->function->cells[OZ_A(next)])->value;
        break;
    case OP_SET_ATTR:
        place = oz_cached_slot(base[OZ_A(next)], pc[1]);
        if (!place)
            place = oz_known_place(t, base[OZ_A(next)], pc[1], false);
        break;
    default:
        break;
    }
    return place ? *place : NULL;
}

/* b + c on texts for a temporary b.  The next instruction mostly stores the result where b came
 * from: then b, which nobody else has, can grow in place, and nothing can run between. */
static Ref append_temporary(Thread *t, Instruction i, Ref *base, Ref left, Obj c)
{
    if (oz_refs(oz_object(left)) == 2 && next_target(t, i, base) == left)
        return oz_str_append_twice_held(t, left, c);
    return oz_str_append_take(t, left, c);
}

bool op_binary(Thread *t, Instruction i, Ref *base)
{
    BinaryOp op = (BinaryOp)(OZ_OP(i) - OP_ADD);
    unsigned b = OZ_B(i), c = OZ_C(i);
    if (op == OZ_OP_ADD && grows_text(t, i, base, b, base[c])) {
        Ref left = oz_move(&base[b]);
        if (b == c)
            base[b] = oz_retain(left);
        Ref result = append_temporary(t, i, base, left, base[c]);
        if (!result)
            return false;
        return finish(i, base, result);
    }
    Ref result = binary(t, i, op, base[b], base[c]);
    return finish(i, base, result);
}

bool op_binary_k(Thread *t, Instruction i, Ref *base)
{
    Obj c = ((Tuple *)t->frame->code->constants)->items[OZ_C(i)];
    BinaryOp op = (BinaryOp)(OZ_OP(i) - OP_ADD_K);
    if (op == OZ_OP_ADD && grows_text(t, i, base, OZ_B(i), c)) {
        Ref result = append_temporary(t, i, base, oz_move(&base[OZ_B(i)]), c);
        return result && finish(i, base, result);
    }
    Ref result = binary(t, i, op, base[OZ_B(i)], c);
    return finish(i, base, result);
}

bool op_unary(Thread *t, Instruction i, Ref *base)
{
    Obj b = base[OZ_B(i)];
    Ref result = OZ_OP(i) == OP_NEGATIVE   ? oz_negative(t, b)
                 : OZ_OP(i) == OP_POSITIVE ? oz_positive(t, b)
                                           : oz_invert(t, b);
    return finish(i, base, result);
}

static bool compare_numbers(double x, double y, CompareOp op)
{
    switch (op) {
    case OZ_LT:
        return x < y;
    case OZ_LE:
        return x <= y;
    case OZ_EQ:
        return x == y;
    case OZ_NE:
        return x != y;
    case OZ_GT:
        return x > y;
    default:
        return x >= y;
    }
}

/* Numbers that are floats exactly, and exact strs, need no dispatch. */
static bool quick_comparison(Obj a, Obj b, CompareOp op, bool *truth)
{
    double x, y;
    if (number_value(a, &x) && number_value(b, &y)) {
        *truth = compare_numbers(x, y, op);
        return true;
    }
    if (!oz_is_exact_str(a) || !oz_is_exact_str(b))
        return false;
    if (op == OZ_EQ || op == OZ_NE) {
        bool equal = a == b || oz_str_equal((const Str *)a, (const Str *)b);
        *truth = equal == (op == OZ_EQ);
        return true;
    }
    int order = oz_str_order((const Str *)a, (const Str *)b);
    *truth = op == OZ_LT   ? order < 0
             : op == OZ_LE ? order <= 0
             : op == OZ_GT ? order > 0
                           : order >= 0;
    return true;
}

bool op_compare(Thread *t, Instruction i, Ref *base)
{
    CompareOp op = (CompareOp)(OZ_OP(i) - OP_LT);
    Obj b = base[OZ_B(i)], c = base[OZ_C(i)];
    bool truth;
    Ref result = quick_comparison(b, c, op, &truth) ? oz_bool(truth) : oz_compare(t, b, c, op);
    return finish(i, base, result);
}

int oz_compare_truth(Thread *t, Obj a, Obj b, CompareOp op)
{
    bool truth;
    if (quick_comparison(a, b, op, &truth))
        return truth;
    scoped Ref result = oz_compare(t, a, b, op);
    if (!result)
        return -1;
    if (oz_is_bool(result))
        return result == OZ_TRUE;
    return oz_truth(t, result, &truth) ? truth : -1;
}

static bool has_byte(const Str *s, uint8_t c)
{
    return s->length < sizeof(uint64_t) ? oz_has_byte_short(s, c)
                                        : memchr(oz_str_data(s), c, oz_str_length(s)) != NULL;
}

bool oz_contains_quick(Thread *t, Obj container, Obj item, bool *found)
{
    switch (oz_is_pointer(container) ? oz_id(oz_object(container)) : OZ_NO_TYPE) {
    case OZ_STR_ASCII:
    case OZ_STR_LATIN1: { /* a character in a short text, as parsers ask */
        if (!oz_is_exact_str(item) || oz_str_length((const Str *)item) != 1)
            break;
        uint32_t c = oz_str_at((const Str *)item, 0);
        *found = c < 256 && has_byte((const Str *)container, (uint8_t)c);
        return true;
    }
    case OZ_DICT: {
        scoped Ref value = NULL;
        Found result = oz_dict_get(t, (Dict *)container, item, &value);
        *found = result == OZ_FOUND;
        return result != OZ_RAISED;
    }
    case OZ_SET: {
        if (oz_isa(item, OZ_SET)) /* compared as a frozenset */
            break;
        Found result = oz_set_contains(t, (Set *)container, item);
        *found = result == OZ_FOUND;
        return result != OZ_RAISED;
    }
    default:
        break;
    }
    return oz_contains(t, container, item, found);
}

bool op_contains(Thread *t, Instruction i, Ref *base)
{
    bool found;
    bool ok = oz_contains_quick(t, base[OZ_C(i)], base[OZ_B(i)], &found);
    Ref result = ok ? oz_bool(found == (OZ_OP(i) == OP_IN)) : NULL;
    return finish(i, base, result);
}

/* ---- items ---- */

static Ref get_item(Thread *t, Obj o, Obj key)
{
    if (oz_is(o, OZ_DICT)) {
        Ref value = NULL;
        Found found = oz_dict_get(t, (Dict *)o, key, &value);
        if (found == OZ_FOUND)
            return value;
        return found == OZ_MISSING ? oz_raise_value(t, OZ_KeyError, key) : NULL;
    }
    if (oz_is_int(key) && oz_is_exact_str(o)) {
        const Str *s = (const Str *)o;
        int64_t at = oz_int_value(key);
        int64_t length = (int64_t)oz_str_length(s);
        at += at < 0 ? length : 0;
        if (at >= 0 && at < length)
            return oz_str_from_character(t, oz_str_at(s, (size_t)at));
    }
    return oz_get_item(t, o, key);
}

bool op_get_item(Thread *t, Instruction i, Ref *base)
{
    Ref result = get_item(t, base[OZ_B(i)], base[OZ_C(i)]);
    return finish(i, base, result);
}

bool op_get_item_k(Thread *t, Instruction i, Ref *base)
{
    Obj key = ((Tuple *)t->frame->code->constants)->items[OZ_C(i)];
    return finish(i, base, get_item(t, base[OZ_B(i)], key));
}

/* Is adding this key done again without anybody noticing? */
OZ_INLINE bool is_plain_key(Obj key)
{
    return oz_is_int(key) || oz_is_exact_str(key);
}

bool op_set_item(Thread *t, Instruction i, Ref *base)
{
    Frame *frame = t->frame;
    unsigned a = OZ_A(i), b = OZ_B(i), c = OZ_C(i);
    bool is_dict = oz_is(base[a], OZ_DICT);
    bool ok = is_dict ? oz_dict_set(t, (Dict *)base[a], base[b], base[c])
                      : oz_set_item(t, base[a], base[b], base[c]);
    if (OZ_UNLIKELY(!ok) && is_dict && is_plain_key(base[b]) && oz_memory_try_again(t))
        ok = oz_dict_set(t, (Dict *)base[a], base[b], base[c]);
    oz_operand_done(frame, base, c);
    oz_operand_done(frame, base, a);
    oz_operand_done(frame, base, b);
    return ok;
}

bool op_set_add_again(Thread *t, Set *set, Obj item)
{
    return is_plain_key(item) && oz_memory_try_again(t) && oz_set_add(t, set, item);
}

bool op_delete_item(Thread *t, Instruction i, Ref *base)
{
    Frame *frame = t->frame;
    bool ok = oz_delete_item(t, base[OZ_A(i)], base[OZ_B(i)]);
    oz_operand_done(frame, base, OZ_A(i));
    oz_operand_done(frame, base, OZ_B(i));
    return ok;
}

/* ---- slices ---- */

/* An index of a slice in a sequence of this length: clipped; false: no int, take the long way. */
static bool slice_bound(Obj v, size_t length, size_t otherwise, size_t *at)
{
    if (v == OZ_NONE) {
        *at = otherwise;
        return true;
    }
    if (!oz_is_int(v))
        return false;
    int64_t n = oz_int_value(v);
    if (n < 0)
        n += (int64_t)length;
    *at = n < 0 ? 0 : (uint64_t)n > length ? length : (size_t)n;
    return true;
}

static Ref get_slice(Thread *t, Obj o, Obj start, Obj stop)
{
    size_t length = 0, from, to;
    uint32_t id = oz_is_exact_str(o) ? OZ_STR_ASCII : oz_is_pointer(o) ? oz_id(oz_object(o)) : 0;
    bool simple = true;
    switch (id) {
    case OZ_LIST:
        length = oz_list_length((List *)o);
        break;
    case OZ_TUPLE:
        length = ((Tuple *)o)->length;
        break;
    case OZ_STR_ASCII:
        length = oz_str_length((const Str *)o);
        break;
    default:
        simple = false;
    }
    if (simple && slice_bound(start, length, 0, &from) && slice_bound(stop, length, length, &to)) {
        if (to < from)
            to = from;
        return id == OZ_LIST    ? oz_list_slice(t, (List *)o, from, to)
               : id == OZ_TUPLE ? oz_tuple_slice(t, o, from, to)
                                : oz_str_slice(t, o, from, to);
    }
    scoped Ref slice = oz_slice_new(t, start, stop, OZ_NONE);
    return slice ? oz_get_item(t, o, slice) : NULL;
}

bool op_get_slice(Thread *t, Instruction i, Ref *base)
{
    Ref *bounds = base + OZ_C(i);
    scoped Ref start = oz_move(&bounds[0]);
    scoped Ref stop = oz_move(&bounds[1]);
    Ref result = get_slice(t, base[OZ_B(i)], start, stop);
    return finish(i, base, result);
}

bool op_build_slice(Thread *t, Instruction i, Ref *base)
{
    Ref *bounds = base + OZ_B(i);
    scoped Ref start = oz_move(&bounds[0]);
    scoped Ref stop = oz_move(&bounds[1]);
    scoped Ref step = OZ_C(i) == 3 ? oz_move(&bounds[2]) : OZ_NONE;
    Ref slice = oz_slice_new(t, start, stop, step);
    if (!slice)
        return false;
    oz_result(base, OZ_A(i), slice);
    return true;
}

/* ---- iteration ---- */

bool op_get_iter(Thread *t, Instruction i, Ref *base)
{
    return finish(i, base, oz_iter(t, base[OZ_B(i)]));
}

bool op_get_length(Thread *t, Instruction i, Ref *base)
{
    ssize_t length;
    if (!oz_length(t, base[OZ_B(i)], &length))
        return false;
    oz_result(base, OZ_A(i), oz_int_new(t, length));
    return true;
}
