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
