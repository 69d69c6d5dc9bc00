// SPDX-License-Identifier: MIT
// Instructions: numbers, fields, encoding.  opcodes.def says what each does.
#ifndef OZ_BYTECODE_OPCODE_H
#define OZ_BYTECODE_OPCODE_H

#include "base/base.h"

typedef enum Opcode {
#define OP(name, format, words, traits, meaning) OP_##name,
#include "bytecode/opcodes.def"
#undef OP
    OP_COUNT
} Opcode;

typedef uint64_t Instruction;

#define OZ_NO_REGISTER 0xffffu
#define OZ_UNPACK_LOCALS 8 /* so many locals at most are the destinations of one UNPACK */

OZ_INLINE Instruction oz_instruction(Opcode op, unsigned aux, unsigned a, unsigned b, unsigned c)
{
    return (Instruction)op | (Instruction)(aux & 0xff) << 8 | (Instruction)(a & 0xffff) << 16 |
           (Instruction)(b & 0xffff) << 32 | (Instruction)(c & 0xffff) << 48;
}

/* The form with a 32-bit operand D. */
OZ_INLINE Instruction oz_instruction_d(Opcode op, unsigned aux, unsigned a, int32_t d)
{
    return (Instruction)op | (Instruction)(aux & 0xff) << 8 | (Instruction)(a & 0xffff) << 16 |
           (Instruction)(uint32_t)d << 32;
}

#define OZ_OP(i) ((uint8_t)(i))
#define OZ_AUX(i) ((uint8_t)((i) >> 8))
#define OZ_A(i) ((uint16_t)((i) >> 16))
#define OZ_B(i) ((uint16_t)((i) >> 32))
#define OZ_C(i) ((uint16_t)((i) >> 48))
#define OZ_SC(i) ((int16_t)((i) >> 48))
#define OZ_D(i) ((int32_t)((i) >> 32))

/* aux: operand A, B, C (a register that the format calls `r`) is a temporary, so it is consumed.
 * The machine tests a bit of a word that it has at hand, instead of comparing register numbers. */
enum { OZ_TEMPORARY_A = 0x20, OZ_TEMPORARY_B = 0x40, OZ_TEMPORARY_C = 0x80 };
/* The marks that belong to an instruction of code with so many locals. */
unsigned oz_temporary_marks(Instruction word, unsigned local_count);

/* The instruction that does the same with an index of 32 bits; OP_NOP: there is none. */
Opcode oz_wide_form(Opcode op);

/* Handing over: the result of arithmetic that the next instruction consumes, and nothing else sees,
 * need not be made a value between the two; nor need an item of which only an item is asked for be
 * stored.  aux bits 1 to 4 say what takes it, 0: nothing does. */
typedef enum Hand {
    OZ_HAND_NONE,
#define HAND(OP) OZ_HAND_##OP##_LEFT, OZ_HAND_##OP##_RIGHT, OZ_HAND_##OP##_K
    HAND(ADD),
    HAND(SUBTRACT),
    HAND(MULTIPLY),
    HAND(DIVIDE),
    HAND(COMPARE), /* and branch */
#undef HAND
} Hand;
#define OZ_HAND_ITEM OZ_HAND_ADD_LEFT /* of GET_ITEM: the next one takes an item of the item */
#define OZ_HAND(i) ((Hand)((i) >> 9 & 15))
#define OZ_HAND_MASK 0x1e /* of aux */

bool oz_may_hand_over(Instruction word);
/* What in `next`, which follows directly, may take the result of `word`. */
Hand oz_hand_over(Instruction word, Instruction next, unsigned local_count);

/* Of what a call sets up before the first line. */
OZ_INLINE bool oz_is_prologue(Opcode op)
{
    return op == OP_MAKE_CELL || op == OP_MAKE_SPILL;
}

enum { OZ_TRAIT_R = 1, OZ_TRAIT_J = 2, OZ_TRAIT_C = 4, OZ_TRAIT_F = 8 };

typedef struct OpcodeInfo {
    const char *name;
    const char *format;
    const char *meaning;
    uint8_t words;
    uint8_t traits; /* OZ_TRAIT_* */
} OpcodeInfo;

extern const OpcodeInfo oz_opcodes[OP_COUNT];

#endif
