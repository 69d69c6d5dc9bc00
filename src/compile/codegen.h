// SPDX-License-Identifier: MIT
// The visitors that turn syntax into instructions, between the files of compile/.
//
// A value is asked for in one of three ways: into a given register (oz_expr_to: a local, or the
// next temporary), as a new temporary (oz_expr_push), or as an operand (oz_expr_operand): the local
// itself where the expression is one, otherwise a new temporary.  Operands are released in the
// reverse order.
#ifndef OZ_COMPILE_CODEGEN_H
#define OZ_COMPILE_CODEGEN_H

#include "compile/unit.h"

typedef struct Operand {
    unsigned reg;
    bool temporary; /* release pops it */
} Operand;

/* expressions.c */
void oz_expr_to(Compiler *c, AstNode *node, unsigned dest);
unsigned oz_expr_push(Compiler *c, AstNode *node);
/* `hazard`: later operands may rebind locals before this one is used. */
Operand oz_expr_operand(Compiler *c, AstNode *node, bool hazard);
OZ_INLINE void oz_release(Compiler *c, Operand operand)
{
    if (operand.temporary)
        oz_pop(c, 1);
}
/* More than a name or a constant: may contain an assignment expression. */
OZ_INLINE bool oz_is_complex(const AstNode *node)
{
    return node && node->kind != AST_Name && node->kind != AST_Constant;
}
/* Go to `target` if the truth of `node` is `sense`, else on. */
void oz_expr_jump(Compiler *c, AstNode *node, LabelId target, bool sense);
/* An instruction with a constant on the right (ADD_K ... OR_K, GET_ITEM_K; JUMP_LT_K ...
 * JUMP_GE_K), or the same with it in a register; value is taken. */
void oz_emit_with_constant(Compiler *c, Opcode op, unsigned aux, unsigned dest, unsigned left,
                           Ref value);
void oz_emit_jump_constant(Compiler *c, Opcode op, unsigned left, Ref value, LabelId target);
void oz_await(Compiler *c, unsigned awaitable, unsigned kind, unsigned dest);
Opcode oz_binary_opcode(AstOperator op);

/* literals.c */
Ref oz_literal_value(Compiler *c, const AstLiteral *literal);
void oz_load_constant(Compiler *c, Ref value, unsigned dest); /* takes value */
void oz_load_text(Compiler *c, const AstText *text, unsigned dest);
OZ_INLINE bool oz_is_none_literal(const AstNode *node)
{
    return node->kind == AST_Constant && ((const AstConstant *)node)->value.tag == AST_NONE;
}
/* Is this a Constant, and is it true?  -1: no constant. */
int oz_constant_truth(Compiler *c, const AstNode *node);
const char *oz_inferred_type(Compiler *c, const AstNode *node); /* NULL: not known */

/* names.c */
int oz_name_plain_local(Compiler *c, AstText *name); /* its register, or -1 */
void oz_name_load(Compiler *c, AstText *name, unsigned dest);
void oz_name_store(Compiler *c, AstText *name, unsigned reg); /* consumes a temporary */
void oz_name_delete(Compiler *c, AstText *name);
void oz_name_clear(Compiler *c, AstText *name); /* end of `except ... as name` */
void oz_name_store_raw(Compiler *c, const char *name, unsigned reg);
AstText *oz_text_of(Compiler *c, const char *text);
bool oz_is_forbidden(Compiler *c, const AstText *name, const AstNode *node, AstExprContext ctx);

/* targets.c */
void oz_target_store(Compiler *c, AstNode *target, unsigned reg); /* consumes a temporary */
void oz_target_delete(Compiler *c, AstNode *target);
void oz_augmented(Compiler *c, AstAugAssign *node);

/* displays.c */
void oz_display_sequence(Compiler *c, AstNode *node, AstSeq *elements, unsigned dest);
void oz_display_dict(Compiler *c, AstDict *node, unsigned dest);
void oz_joined_str(Compiler *c, AstJoinedStr *node, unsigned dest);
void oz_formatted_value(Compiler *c, AstFormattedValue *node, unsigned dest);

/* calls.c */
void oz_call_expr(Compiler *c, AstCall *node, unsigned dest);
/* The callable is in `window`, `given` arguments behind it: the rest, and the call. */
void oz_emit_call_window(Compiler *c, AstNode *node, unsigned window, unsigned given, bool method,
                         AstSeq *args, AstSeq *keywords, unsigned dest);

/* definitions.c */
void oz_function(Compiler *c, AstFunctionDef *node);
void oz_lambda(Compiler *c, AstLambda *node, unsigned dest);
void oz_class(Compiler *c, AstClassDef *node);
void oz_comprehension(Compiler *c, AstNode *node, unsigned dest);
void oz_annotation_value(Compiler *c, AstNode *annotation, unsigned dest);

/* The end of a body, which has no line of its own: tracers stay at the one that ran last. */
void oz_return_none(Compiler *c);

/* statements.c */
void oz_body(Compiler *c, AstSeq *body);
/* A module, class or function: the docstring is kept apart.  Returns where the rest begins. */
AstText *oz_docstring(const AstSeq *body);
void oz_body_from(Compiler *c, AstSeq *body, uint32_t first);

/* protect.c: try, with */
void oz_try(Compiler *c, AstTry *node);
void oz_try_star(Compiler *c, AstTry *node);
void oz_with(Compiler *c, AstWith *node, uint32_t item);
void oz_return(Compiler *c, AstReturn *node);
void oz_break(Compiler *c, AstNode *node);
void oz_continue(Compiler *c, AstNode *node);

/* patterns.c */
void oz_match(Compiler *c, AstMatch *node);

/* fold.c */
void oz_fold(Compiler *c, AstNode *tree);

#endif
