// SPDX-License-Identifier: MIT
// What is known of each instruction, from opcodes.def.
#include "bytecode/opcode.h"

/* Every combination of trait letters that opcodes.def uses. */
enum {
    TRAITS_0 = 0,
    TRAITS_R = OZ_TRAIT_R,
    TRAITS_J = OZ_TRAIT_J,
    TRAITS_F = OZ_TRAIT_F,
    TRAITS_RC = OZ_TRAIT_R | OZ_TRAIT_C,
    TRAITS_RJ = OZ_TRAIT_R | OZ_TRAIT_J,
    TRAITS_JF = OZ_TRAIT_J | OZ_TRAIT_F,
    TRAITS_RF = OZ_TRAIT_R | OZ_TRAIT_F,
    TRAITS_RJF = OZ_TRAIT_R | OZ_TRAIT_J | OZ_TRAIT_F,
    TRAITS_RJC = OZ_TRAIT_R | OZ_TRAIT_J | OZ_TRAIT_C,
};

const OpcodeInfo oz_opcodes[OP_COUNT] = {
#define OP(name, format, words, traits, meaning)                                                   \
    [OP_##name] = {#name, format, meaning, words, TRAITS_##traits},
#include "bytecode/opcodes.def"
#undef OP
};

_Static_assert(OP_COUNT <= 256, "an opcode is one byte");

unsigned oz_temporary_marks(Instruction word, unsigned local_count)
{
    const char *format = oz_opcodes[OZ_OP(word)].format;
    const unsigned fields[3] = {OZ_A(word), OZ_B(word), OZ_C(word)};
    unsigned marks = 0;
    for (unsigned i = 0; i < 3 && format[i]; i++)
        if (format[i] == 'r' && fields[i] >= local_count && fields[i] != OZ_NO_REGISTER)
            marks |= OZ_TEMPORARY_A << i;
    return marks;
}

Opcode oz_wide_form(Opcode op)
{
    switch (op) {
#define WIDE(name)                                                                                 \
    case OP_##name:                                                                                \
        return OP_##name##_WIDE;
        WIDE(GET_GLOBAL)
        WIDE(SET_GLOBAL)
        WIDE(DELETE_GLOBAL)
        WIDE(GET_NAME)
        WIDE(SET_NAME)
        WIDE(DELETE_NAME)
        WIDE(GET_FREE)
        WIDE(SET_FREE)
        WIDE(DELETE_FREE)
        WIDE(CLEAR_FREE)
        WIDE(GET_CLASS_FREE)
        WIDE(GET_ATTR)
        WIDE(SET_ATTR)
        WIDE(GET_METHOD)
        WIDE(DELETE_ATTR)
        WIDE(IMPORT)
        WIDE(IMPORT_FROM)
        WIDE(MAKE_FUNCTION)
#undef WIDE
    default:
        return OP_NOP;
    }
}

/* The first of the three ways in which `op` takes an operand; OZ_HAND_NONE: in none. */
static Hand takes(Opcode op, bool *constant)
{
    *constant = (op >= OP_ADD_K && op <= OP_OR_K) || (op >= OP_JUMP_LT_K && op <= OP_JUMP_GE_K);
    switch (op) {
    case OP_ADD:
    case OP_ADD_K:
        return OZ_HAND_ADD_LEFT;
    case OP_SUBTRACT:
    case OP_SUBTRACT_K:
        return OZ_HAND_SUBTRACT_LEFT;
    case OP_MULTIPLY:
    case OP_MULTIPLY_K:
        return OZ_HAND_MULTIPLY_LEFT;
    case OP_TRUE_DIVIDE:
    case OP_TRUE_DIVIDE_K:
        return OZ_HAND_DIVIDE_LEFT;
    default:
        return op >= OP_JUMP_LT && op <= OP_JUMP_GE_K ? OZ_HAND_COMPARE_LEFT : OZ_HAND_NONE;
    }
}

static bool is_item(Instruction word)
{
    return OZ_OP(word) == OP_GET_ITEM || OZ_OP(word) == OP_GET_ITEM_K;
}

bool oz_may_hand_over(Instruction word)
{
    bool constant;
    Hand made = takes((Opcode)OZ_OP(word), &constant);
    return is_item(word) || OZ_OP(word) == OP_LOADK ||
           (made != OZ_HAND_NONE && made != OZ_HAND_COMPARE_LEFT);
}

Hand oz_hand_over(Instruction word, Instruction next, unsigned local_count)
{
    bool constant;
    unsigned result = OZ_A(word);
    if (!oz_may_hand_over(word) || result < local_count)
        return OZ_HAND_NONE;
    if (is_item(word)) {
        bool other = OZ_OP(next) == OP_GET_ITEM && OZ_C(next) == result;
        return is_item(next) && OZ_B(next) == result && !other ? OZ_HAND_ITEM : OZ_HAND_NONE;
    }
    Hand taken = takes((Opcode)OZ_OP(next), &constant);
    if (taken == OZ_HAND_NONE)
        return OZ_HAND_NONE;
    bool compares = taken == OZ_HAND_COMPARE_LEFT;
    unsigned left = compares ? OZ_A(next) : OZ_B(next);
    unsigned right = compares ? OZ_B(next) : OZ_C(next);
    if (constant)
        return left == result ? taken + 2 : OZ_HAND_NONE;
    return left == result ? taken : right == result ? taken + 1 : OZ_HAND_NONE;
}
