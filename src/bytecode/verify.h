// SPDX-License-Identifier: MIT
// Proof that a code object keeps the rules of registers (opcodes.def).
#ifndef OZ_BYTECODE_VERIFY_H
#define OZ_BYTECODE_VERIFY_H

#include "types/code.h"

/* False: the code breaks a rule, which `message` names, or memory is short.  Raises nothing. */
bool oz_code_verify(Thread *t, const Code *code, char *message, size_t room) OZ_CHECKED;

/* Where a jump instruction at word `at` goes to; -1: it is no jump. */
int64_t oz_jump_target(const uint64_t *words, uint32_t at);

#endif
