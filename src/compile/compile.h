// SPDX-License-Identifier: MIT
// From source text or a syntax tree to code objects.
#ifndef OZ_COMPILE_COMPILE_H
#define OZ_COMPILE_COMPILE_H

#include "object/thread.h"
#include "syntax/parser.h"

enum { /* flags beside CO_FUTURE_* (types/code.h): the numbers of CPython's PyCF_* */
       OZ_COMPILE_DONT_IMPLY_DEDENT = 0x0200,
       OZ_COMPILE_ONLY_AST = 0x0400,
       OZ_COMPILE_IGNORE_COOKIE = 0x0800,
       OZ_COMPILE_TYPE_COMMENTS = 0x1000,
       OZ_COMPILE_TOP_LEVEL_AWAIT = 0x2000,
       OZ_COMPILE_ALLOW_INCOMPLETE = 0x4000,
       OZ_COMPILE_FUTURES = 0x1fe0000, /* every CO_FUTURE_* */
       OZ_COMPILE_ALL = 0x1fe0000 | 0x7e00,
       /* The program itself, as it is read from its file: what is wrong with its encoding is said
        * otherwise. */
       OZ_COMPILE_FILE = 0x2000000,
};

/* A tree to a code object.  `tree` lies in `arena` and is changed (folded); futures in it are added
 * to those in `flags`.  `optimize` is 0, 1 or 2; -1 means the VM's.
 * Runs Python: yes (warnings). */
Ref oz_compile_ast(Thread *t, Arena *arena, AstNode *tree, AstMode mode, Obj filename, int flags,
                   int optimize) OZ_CHECKED;

/* Source bytes to a code object, or with OZ_COMPILE_ONLY_AST to an object of module `ast`.
 * `mode` is an AstMode, with the minor version of a feature_version times 256. */
Ref oz_compile_source(Thread *t, const char *text, size_t length, Obj filename, int mode, int flags,
                      int optimize) OZ_CHECKED;

/* The same for a str, bytes, bytearray, memoryview or ast object: vm->hooks.compile. */
Ref oz_compile_object(Thread *t, Obj source, Obj filename, int mode, int flags,
                      int optimize) OZ_CHECKED;

/* Parse only: the tree in `arena`, or NULL with the SyntaxError raised. */
AstNode *oz_compile_parse(Thread *t, Arena *arena, const char *text, size_t length, Obj filename,
                          int mode, int flags, int feature_version) OZ_CHECKED;

/* An arena whose blocks come from the thread's heap: they count against its limit. */
void oz_compile_arena(Thread *t, Arena *arena);

/* Add the futures that a tree imports to *flags; false: raised. */
bool oz_compile_futures(Thread *t, AstNode *tree, Obj filename, int *flags) OZ_CHECKED;

/* The object that a literal stands for. */
Ref oz_ast_literal(Thread *t, const AstLiteral *literal) OZ_CHECKED;

/* An expression as source text, as annotations under `from __future__ import annotations`. */
Ref oz_unparse(Thread *t, const AstNode *expression) OZ_CHECKED;

#endif
