// SPDX-License-Identifier: MIT
// Code objects as text, one instruction a line.
#ifndef OZ_BYTECODE_DISASSEMBLE_H
#define OZ_BYTECODE_DISASSEMBLE_H

#include "types/code.h"

#include <stdio.h>

/* One instruction into `out`; returns its words. */
unsigned oz_disassemble_at(Thread *t, const Code *code, uint32_t at, char *out, size_t room);
/* The whole object, its tables and nested code. */
void oz_disassemble(Thread *t, const Code *code, FILE *file);

#endif
