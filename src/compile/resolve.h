// SPDX-License-Identifier: MIT
// Between symbols.c and resolve.c.
#ifndef OZ_COMPILE_RESOLVE_H
#define OZ_COMPILE_RESOLVE_H

#include "compile/symbols.h"

#include <stdarg.h>

/* The symbol of `name` (mangled), made if it is missing.  NULL: no memory (raised). */
Symbol *oz_scope_add(Thread *t, Arena *arena, Scope *scope, AstText *name) OZ_CHECKED;
/* Decide the NameScope of every symbol. */
bool oz_symbols_resolve(Thread *t, SymbolTable *table, Obj filename) OZ_CHECKED;
/* SyntaxError(message) with the position in its attributes only, as for faults found here. */
void oz_symbol_error(Thread *t, Obj filename, const AstNode *node, const char *format,
                     va_list arguments) OZ_COLD;

#endif
