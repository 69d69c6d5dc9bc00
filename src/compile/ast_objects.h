// SPDX-License-Identifier: MIT
// Syntax trees as Python objects: the classes of module `ast`, and the way there and back.
#ifndef OZ_COMPILE_AST_OBJECTS_H
#define OZ_COMPILE_AST_OBJECTS_H

#include "compile/compile.h"

typedef struct AstClasses {
    Ref base;                      /* ast.AST */
    Ref kinds[AST_KINDS];          /* ast.BinOp, ast.arguments, ... */
    Ref types[AST_TYPES];          /* ast.expr, ast.operator; empty for products and int, ... */
    Ref members[AST_TYPES][16];    /* ast.Add, ... */
    Ref singletons[AST_TYPES][16]; /* the instances that trees share */
    Ref field_names[AST_KINDS][8]; /* interned */
    Ref position_names[4];         /* lineno, col_offset, end_lineno, end_col_offset */
} AstClasses;

/* The classes, made at the first call; they live as long as the VM. */
const AstClasses *oz_ast_classes(Thread *t) OZ_CHECKED;
/* Is it an instance of ast.AST? */
bool oz_is_ast_object(Thread *t, Obj v);
Ref oz_ast_to_object(Thread *t, const AstNode *tree) OZ_CHECKED;
/* The tree in `arena`, checked so that the compiler can trust it; objects that constants refer to
 * are kept in *keep (a list).  NULL: raised. */
AstNode *oz_ast_from_object(Thread *t, Arena *arena, Obj object, int mode, Ref *keep) OZ_CHECKED;
/* What the grammar guarantees for parsed trees: contexts, lengths, no absent items. (ast_check.c)
 */
bool oz_ast_check(Thread *t, AstNode *tree) OZ_CHECKED;

#endif
