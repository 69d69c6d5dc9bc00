// SPDX-License-Identifier: MIT
// Proof that a code object keeps the rules of registers (opcodes.def).
#ifndef OZ_BYTECODE_VERIFY_H
#define OZ_BYTECODE_VERIFY_H

#include "types/code.h"

/* False: the code breaks a rule, which `message` names, or memory is short.  Raises nothing. */
bool oz_code_verify(Thread *t, const Code *code, char *message, size_t room) OZ_CHECKED;

/* What a register holds when an instruction begins. */
enum {
    OZ_REGISTER_EMPTY,
    OZ_REGISTER_FULL,
    OZ_REGISTER_MAYBE,     /* that depends on the way */
    OZ_REGISTER_ITERATOR,  /* of a loop */
    OZ_REGISTER_WITH,      /* callable or self of an __exit__ */
    OZ_REGISTER_EXCEPTION, /* that a handler has got */
    OZ_REGISTER_HANDLED,   /* what was being handled before that */
    OZ_REGISTER_CAUGHT,    /* the same where except clauses follow */
};
OZ_INLINE bool oz_is_full(uint8_t state)
{
    return state != OZ_REGISTER_EMPTY && state != OZ_REGISTER_MAYBE;
}
/* The states of the code->registers registers at word `at`: all MAYBE if no way leads there. False:
 * no memory; raises nothing. */
bool oz_code_state(Thread *t, const Code *code, uint32_t at, uint8_t *state) OZ_CHECKED;

/* The range that covers word `at`, or NULL; ranges are sorted, and none overlaps another. */
const ExceptionRange *oz_code_range(const Code *code, uint32_t at);
/* Where a jump instruction at word `at` goes to; -1: it is no jump. */
int64_t oz_jump_target(const uint64_t *words, uint32_t at);

#endif
