// SPDX-License-Identifier: MIT
// Expressions: operators, comparisons, conditions, attributes, items, yield and await.
#include "compile/codegen.h"

#include <string.h>

/* ---- operands ---- */

unsigned oz_expr_push(Compiler *c, AstNode *node)
{
    oz_expr_to(c, node, oz_top(c));
    return oz_temporary_push(c, 1);
}

/* The local of a name, when it may be read where the operand is used (RUNTIME 5, rule 4). */
static bool local_operand(Compiler *c, AstText *name, bool hazard, unsigned *reg)
{
    int local = oz_name_plain_local(c, name);
    if (local < 0)
        return false;
    if (hazard && c->unit->locals[local]->flags & OZ_DEF_WALRUS)
        return false;
    *reg = (unsigned)local;
    return true;
}

Operand oz_expr_operand(Compiler *c, AstNode *node, bool hazard)
{
    unsigned reg = 0;
    if (c->failed)
        return (Operand){oz_temporary_push(c, 1), true};
    if (node->kind == AST_Name && local_operand(c, ((AstName *)node)->id, hazard, &reg)) {
        oz_at(c, node);
        oz_name_load(c, ((AstName *)node)->id, reg); /* only the check */
        return (Operand){reg, false};
    }
    if (node->kind == AST_NamedExpr) {
        AstNamedExpr *named = (AstNamedExpr *)node;
        AstText *name = ((AstName *)named->target)->id;
        if (local_operand(c, name, hazard, &reg) && !oz_is_forbidden(c, name, node, AST_Store)) {
            oz_expr_to(c, named->value, reg);
            oz_set_bound(c, reg, true);
            return (Operand){reg, false};
        }
    }
    return (Operand){oz_expr_push(c, node), true};
}

/* The index of a constant that fits a 16-bit field, or -1. */
static int constant_operand(Compiler *c, AstNode *node)
{
    if (c->failed || node->kind != AST_Constant || !c->unit->reachable)
        return -1;
    uint32_t index = oz_constant(c, oz_literal_value(c, &((AstConstant *)node)->value));
    return oz_is_narrow(c, index) ? (int)index : -1;
}

/* ---- operators ---- */

/* A constant that an instruction has no room for is loaded before it. */
static unsigned push_constant(Compiler *c, uint32_t index)
{
    unsigned reg = oz_temporary_push(c, 1);
    oz_emit_d(c, OP_LOADK, reg, (int32_t)index);
    return reg;
}

void oz_emit_with_constant(Compiler *c, Opcode op, unsigned aux, unsigned dest, unsigned left,
                           Ref value)
{
    Opcode plain = op == OP_GET_ITEM_K ? OP_GET_ITEM : op - (OP_ADD_K - OP_ADD);
    uint32_t index = oz_constant(c, value);
    if (oz_is_narrow(c, index)) {
        oz_emit(c, op, aux, dest, left, index);
        return;
    }
    oz_emit(c, plain, aux, dest, left, push_constant(c, index));
    oz_pop(c, 1);
}

void oz_emit_jump_constant(Compiler *c, Opcode op, unsigned left, Ref value, LabelId target)
{
    uint32_t index = oz_constant(c, value);
    if (oz_is_narrow(c, index)) {
        oz_emit_jump(c, op, 0, left, index, target);
        return;
    }
    oz_emit_jump(c, op - (OP_JUMP_LT_K - OP_JUMP_LT), 0, left, push_constant(c, index), target);
    oz_pop(c, 1);
}

Opcode oz_binary_opcode(AstOperator op)
{
    static const uint8_t opcodes[] = {
        [AST_Add] = OP_ADD,
        [AST_Sub] = OP_SUBTRACT,
        [AST_Mult] = OP_MULTIPLY,
        [AST_MatMult] = OP_MATRIX_MULTIPLY,
        [AST_Div] = OP_TRUE_DIVIDE,
        [AST_Mod] = OP_REMAINDER,
        [AST_Pow] = OP_POWER,
        [AST_LShift] = OP_LSHIFT,
        [AST_RShift] = OP_RSHIFT,
        [AST_BitOr] = OP_OR,
        [AST_BitXor] = OP_XOR,
        [AST_BitAnd] = OP_AND,
        [AST_FloorDiv] = OP_FLOOR_DIVIDE,
    };
    return opcodes[op];
}

static void binary(Compiler *c, AstBinOp *node, unsigned dest)
{
    Opcode op = oz_binary_opcode(node->op);
    Operand left = oz_expr_operand(c, node->left, oz_is_complex(node->right));
    int k = constant_operand(c, node->right);
    if (k >= 0) {
        oz_at(c, &node->base);
        oz_emit(c, op + (OP_ADD_K - OP_ADD), 0, dest, left.reg, (unsigned)k);
    } else {
        Operand right = oz_expr_operand(c, node->right, false);
        oz_at(c, &node->base);
        oz_emit(c, op, 0, dest, left.reg, right.reg);
        oz_release(c, right);
    }
    oz_release(c, left);
}

static void unary(Compiler *c, AstUnaryOp *node, unsigned dest)
{
    static const uint8_t opcodes[] = {[AST_Invert] = OP_INVERT,
                                      [AST_Not] = OP_NOT,
                                      [AST_UAdd] = OP_POSITIVE,
                                      [AST_USub] = OP_NEGATIVE};
    Operand operand = oz_expr_operand(c, node->operand, false);
    oz_at(c, &node->base);
    oz_emit(c, opcodes[node->op], 0, dest, operand.reg, 0);
    oz_release(c, operand);
}

/* Evaluate into a temporary with `make`, then move it: for what writes its register early. */
static unsigned begin_through(Compiler *c, unsigned dest)
{
    return oz_is_temporary(c, dest) ? dest : oz_top(c);
}

static void end_through(Compiler *c, unsigned from, unsigned dest)
{
    if (from == dest)
        return;
    oz_temporary_push(c, 1);
    oz_emit(c, OP_MOVE, 0, dest, from, 0);
    oz_pop(c, 1);
}

static void bool_op(Compiler *c, AstBoolOp *node, unsigned dest)
{
    unsigned reg = begin_through(c, dest);
    LabelId end = oz_label_new(c);
    uint32_t last = node->values->count - 1;
    for (uint32_t i = 0; i < last; i++) {
        oz_expr_to(c, node->values->items[i], reg);
        oz_temporary_push(c, 1);
        oz_at(c, &node->base);
        oz_emit_jump(c, node->op == AST_Or ? OP_JUMP_IF_TRUE_KEEP : OP_JUMP_IF_FALSE_KEEP, 0, reg,
                     0, end);
        oz_pop(c, 1);
    }
    oz_expr_to(c, node->values->items[last], reg);
    oz_label_place(c, end);
    end_through(c, reg, dest);
}

static void if_exp(Compiler *c, AstIfExp *node, unsigned dest)
{
    LabelId otherwise = oz_label_new(c), end = oz_label_new(c);
    oz_expr_jump(c, node->test, otherwise, false);
    oz_expr_to(c, node->body, dest);
    oz_emit_jump(c, OP_JUMP, 0, 0, 0, end);
    oz_label_place(c, otherwise);
    oz_expr_to(c, node->orelse, dest);
    oz_label_place(c, end);
}

/* ---- comparisons ---- */

typedef struct Comparison {
    Opcode value; /* LT ... NOT_IN */
    Opcode jump;  /* JUMP_LT ...; the same for both of a negated pair */
    bool negated;
    bool ordered; /* has a form with a constant */
} Comparison;

static Comparison comparison_of(AstCmpop op)
{
    static const Comparison table[] = {
        [AST_Eq] = {OP_EQ, OP_JUMP_EQ, false, true},
        [AST_NotEq] = {OP_NE, OP_JUMP_NE, false, true},
        [AST_Lt] = {OP_LT, OP_JUMP_LT, false, true},
        [AST_LtE] = {OP_LE, OP_JUMP_LE, false, true},
        [AST_Gt] = {OP_GT, OP_JUMP_GT, false, true},
        [AST_GtE] = {OP_GE, OP_JUMP_GE, false, true},
        [AST_Is] = {OP_IS, OP_JUMP_IS, false, false},
        [AST_IsNot] = {OP_IS_NOT, OP_JUMP_IS, true, false},
        [AST_In] = {OP_IN, OP_JUMP_IN, false, false},
        [AST_NotIn] = {OP_NOT_IN, OP_JUMP_IN, true, false},
    };
    return table[op];
}

static bool is_odd_for_is(const AstNode *node)
{
    if (node->kind != AST_Constant)
        return false;
    AstLiteralTag tag = ((const AstConstant *)node)->value.tag;
    if (tag == AST_OBJECT) {
        Obj object = ((const AstConstant *)node)->value.object;
        return oz_is_pointer(object) || oz_is_int(object) || oz_is_float(object);
    }
    return tag != AST_NONE && tag != AST_TRUE && tag != AST_FALSE && tag != AST_ELLIPSIS;
}

static void warn_literal_is(Compiler *c, AstCompare *node)
{
    const AstNode *left = node->left;
    for (uint32_t i = 0; i < node->ops->count; i++) {
        const AstNode *right = node->comparators->items[i];
        int op = oz_ast_seq_op(node->ops, i);
        if ((op == AST_Is || op == AST_IsNot) && (is_odd_for_is(left) || is_odd_for_is(right)))
            oz_compiler_warning(c, &node->base,
                                op == AST_Is ? "\"is\" with a literal. Did you mean \"==\"?"
                                             : "\"is not\" with a literal. Did you mean \"!=\"?");
        left = right;
    }
}

static void compare_pair(Compiler *c, AstCompare *node, unsigned dest)
{
    AstNode *second = node->comparators->items[0];
    Operand left = oz_expr_operand(c, node->left, oz_is_complex(second));
    Operand right = oz_expr_operand(c, second, false);
    oz_at(c, &node->base);
    oz_emit(c, comparison_of((AstCmpop)oz_ast_seq_op(node->ops, 0)).value, 0, dest, left.reg,
            right.reg);
    oz_release(c, right);
    oz_release(c, left);
}

/* The number of the first item behind which none is complex. */
static uint32_t last_complex(const AstSeq *items)
{
    uint32_t end = items->count;
    while (end > 0 && !oz_is_complex(items->items[end - 1]))
        end--;
    return end;
}

/* One step of a < b < c: the operand that the next step needs as well is in a local, or in
 * register `middle`; the result or the jump comes from a copy of it. */
typedef struct Chain {
    AstCompare *node;
    uint32_t complex; /* comparators from here on are names and constants */
    unsigned middle;  /* temporary for the middle operand; result + 1 */
    unsigned left;    /* register of the left operand now */
} Chain;

/* Evaluate operand i; `copy` gets the register to compare with.  Returns whether a temporary holds
 * the operand; the temporaries pushed are left for the caller: 1 or 2. */
static Operand chain_right(Compiler *c, Chain *chain, uint32_t i, bool last, unsigned *copy)
{
    AstSeq *items = chain->node->comparators;
    Operand right = oz_expr_operand(c, items->items[i], i + 1 < chain->complex);
    *copy = right.reg;
    if (!last && right.temporary) {
        *copy = oz_temporary_push(c, 1);
        oz_emit(c, OP_COPY, 0, *copy, right.reg, 0);
    }
    return right;
}

/* After the comparison: the middle operand moves to its place. */
static void chain_next(Compiler *c, Chain *chain, Operand right)
{
    if (!right.temporary) {
        chain->left = right.reg;
        return;
    }
    oz_pop(c, 2);
    if (right.reg != chain->middle)
        oz_emit(c, OP_MOVE, 0, chain->middle, right.reg, 0);
    chain->left = chain->middle;
}

static void compare_chain(Compiler *c, AstCompare *node, unsigned dest)
{
    unsigned result = begin_through(c, dest);
    LabelId end = oz_label_new(c), drop = oz_label_new(c);
    uint32_t count = node->ops->count;
    unsigned depth = c->unit->depth;
    uint32_t complex = last_complex(node->comparators);
    Operand first = oz_expr_operand(c, node->left, complex > 0);
    if (!first.temporary)
        oz_temporary_push(c, 1);
    Chain chain = {node, complex, result + 1, first.reg};
    for (uint32_t i = 0; i < count; i++) {
        unsigned copy;
        if (chain.left == chain.middle)
            c->unit->depth = depth + 2;
        Operand right = chain_right(c, &chain, i, i + 1 == count, &copy);
        oz_at(c, &node->base);
        oz_emit(c, comparison_of((AstCmpop)oz_ast_seq_op(node->ops, i)).value, 0, result,
                chain.left, copy);
        if (i + 1 == count)
            break;
        chain_next(c, &chain, right);
        c->unit->depth = depth + 1;
        oz_emit_jump(c, OP_JUMP_IF_FALSE_KEEP, 0, result, 0, right.temporary ? drop : end);
    }
    c->unit->depth = depth;
    if (c->failed || c->unit->labels[drop].reached) {
        oz_emit_jump(c, OP_JUMP, 0, 0, 0, end);
        oz_label_place(c, drop);
        oz_emit(c, OP_DROP, 0, result + 1, 0, 0);
    }
    oz_label_place(c, end);
    end_through(c, result, dest);
}

static void compare(Compiler *c, AstCompare *node, unsigned dest)
{
    warn_literal_is(c, node);
    if (node->ops->count == 1)
        compare_pair(c, node, dest);
    else
        compare_chain(c, node, dest);
}

/* ---- conditions ---- */

static void jump_pair(Compiler *c, AstCompare *node, LabelId target, bool sense)
{
    AstNode *second = node->comparators->items[0];
    AstCmpop op = (AstCmpop)oz_ast_seq_op(node->ops, 0);
    Comparison kind = comparison_of(op);
    Operand left = oz_expr_operand(c, node->left, oz_is_complex(second));
    if ((op == AST_Is || op == AST_IsNot) && oz_is_none_literal(second)) {
        oz_at(c, &node->base);
        oz_emit_jump(c, (op == AST_Is) == sense ? OP_JUMP_IF_NONE : OP_JUMP_IF_NOT_NONE, 0,
                     left.reg, 0, target);
        oz_release(c, left);
        return;
    }
    unsigned aux = sense != kind.negated;
    int k = kind.ordered ? constant_operand(c, second) : -1;
    if (k >= 0) {
        oz_at(c, &node->base);
        oz_emit_jump(c, kind.jump + (OP_JUMP_LT_K - OP_JUMP_LT), aux, left.reg, (unsigned)k,
                     target);
    } else {
        Operand right = oz_expr_operand(c, second, false);
        oz_at(c, &node->base);
        oz_emit_jump(c, kind.jump, aux, left.reg, right.reg, target);
        oz_release(c, right);
    }
    oz_release(c, left);
}

static void jump_value(Compiler *c, AstNode *node, LabelId target, bool sense)
{
    Operand operand = oz_expr_operand(c, node, false);
    oz_at(c, node);
    oz_emit_jump(c, sense ? OP_JUMP_IF_TRUE : OP_JUMP_IF_FALSE, 0, operand.reg, 0, target);
    oz_release(c, operand);
}

static void jump_bool_op(Compiler *c, AstBoolOp *node, LabelId target, bool sense)
{
    bool short_sense = node->op == AST_Or;
    LabelId end = oz_label_new(c);
    LabelId decided = short_sense == sense ? target : end;
    uint32_t last = node->values->count - 1;
    for (uint32_t i = 0; i < last; i++)
        oz_expr_jump(c, node->values->items[i], decided, short_sense);
    oz_expr_jump(c, node->values->items[last], target, sense);
    oz_label_place(c, end);
}

static void jump_if_exp(Compiler *c, AstIfExp *node, LabelId target, bool sense)
{
    LabelId otherwise = oz_label_new(c), end = oz_label_new(c);
    oz_expr_jump(c, node->test, otherwise, false);
    oz_expr_jump(c, node->body, target, sense);
    oz_emit_jump(c, OP_JUMP, 0, 0, 0, end);
    oz_label_place(c, otherwise);
    oz_expr_jump(c, node->orelse, target, sense);
    oz_label_place(c, end);
}

void oz_expr_jump(Compiler *c, AstNode *node, LabelId target, bool sense)
{
    if (c->failed)
        return;
    if (!oz_native_enter(c->t, " during compilation")) {
        c->failed = true;
        return;
    }
    int truth = oz_constant_truth(c, node);
    if (truth >= 0) {
        oz_at(c, node);
        if (truth == sense)
            oz_emit_jump(c, OP_JUMP, 0, 0, 0, target);
        return;
    }
    switch (node->kind) {
    case AST_UnaryOp:
        if (((AstUnaryOp *)node)->op != AST_Not)
            break;
        oz_expr_jump(c, ((AstUnaryOp *)node)->operand, target, !sense);
        return;
    case AST_BoolOp:
        jump_bool_op(c, (AstBoolOp *)node, target, sense);
        return;
    case AST_IfExp:
        jump_if_exp(c, (AstIfExp *)node, target, sense);
        return;
    case AST_Compare:
        if (((AstCompare *)node)->ops->count > 1)
            break;
        warn_literal_is(c, (AstCompare *)node);
        jump_pair(c, (AstCompare *)node, target, sense);
        return;
    default:
        break;
    }
    jump_value(c, node, target, sense);
}

/* ---- attributes and items ---- */

static void attribute(Compiler *c, AstAttribute *node, unsigned dest)
{
    Operand object = oz_expr_operand(c, node->value, false);
    oz_at(c, &node->base);
    oz_emit(c, OP_GET_ATTR, 0, dest, object.reg, oz_name_index(c, node->attr));
    oz_release(c, object);
}

static bool is_subscriptable(Compiler *c, const AstNode *node)
{
    const char *type = oz_inferred_type(c, node);
    static const char *const without[] = {"NoneType", "ellipsis",  "int",      "bool", "float",
                                          "complex",  "generator", "function", "set",  "frozenset"};
    for (size_t i = 0; type && i < OZ_COUNT(without); i++)
        if (!strcmp(type, without[i]))
            return false;
    return true;
}

/* Does it take ints and slices as indexes only? */
static bool is_indexed(const char *type)
{
    return type && (!strcmp(type, "str") || !strcmp(type, "bytes") || !strcmp(type, "tuple") ||
                    !strcmp(type, "list"));
}

static void warn_subscript(Compiler *c, AstSubscript *node)
{
    const char *type = oz_inferred_type(c, node->value);
    if (!is_subscriptable(c, node->value)) {
        oz_compiler_warning(c, &node->base,
                            "'%.200s' object is not subscriptable; perhaps you missed a comma?",
                            type);
        return;
    }
    const char *index = oz_inferred_type(c, node->slice);
    if (index && is_indexed(type) && strcmp(index, "int") != 0 && strcmp(index, "bool") != 0)
        oz_compiler_warning(c, &node->base,
                            "%.200s indices must be integers or slices, not %.200s; perhaps you "
                            "missed a comma?",
                            type, index);
}

static void load_or_none(Compiler *c, AstNode *node)
{
    if (node)
        oz_expr_push(c, node);
    else
        oz_load_constant(c, OZ_NONE, oz_temporary_push(c, 1));
}

static unsigned slice_bounds(Compiler *c, AstSlice *slice)
{
    unsigned start = oz_top(c);
    load_or_none(c, slice->lower);
    load_or_none(c, slice->upper);
    return start;
}

static void build_slice(Compiler *c, AstSlice *node, unsigned dest)
{
    unsigned start = slice_bounds(c, node), count = 2;
    if (node->step) {
        oz_expr_push(c, node->step);
        count = 3;
    }
    oz_at(c, &node->base);
    oz_emit(c, OP_BUILD_SLICE, 0, dest, start, count);
    oz_pop(c, count);
}

static void subscript(Compiler *c, AstSubscript *node, unsigned dest)
{
    warn_subscript(c, node);
    Operand object = oz_expr_operand(c, node->value, oz_is_complex(node->slice));
    AstSlice *slice = node->slice->kind == AST_Slice ? (AstSlice *)node->slice : NULL;
    int k = slice ? -1 : constant_operand(c, node->slice);
    if (slice && !slice->step) {
        unsigned start = slice_bounds(c, slice);
        oz_at(c, &node->base);
        oz_emit(c, OP_GET_SLICE, 0, dest, object.reg, start);
        oz_pop(c, 2);
    } else if (k >= 0) {
        oz_at(c, &node->base);
        oz_emit(c, OP_GET_ITEM_K, 0, dest, object.reg, (unsigned)k);
    } else {
        Operand index = oz_expr_operand(c, node->slice, false);
        oz_at(c, &node->base);
        oz_emit(c, OP_GET_ITEM, 0, dest, object.reg, index.reg);
        oz_release(c, index);
    }
    oz_release(c, object);
}

/* ---- yield and await ---- */

void oz_await(Compiler *c, unsigned awaitable, unsigned kind, unsigned dest)
{
    oz_emit(c, OP_GET_AWAITABLE, kind, awaitable, awaitable, 0);
    oz_emit(c, OP_YIELD_FROM, 0, awaitable, dest, 0);
}

static void await_expr(Compiler *c, AstAwait *node, unsigned dest)
{
    bool top_level =
        c->flags & OZ_COMPILE_TOP_LEVEL_AWAIT && c->unit->scope->kind == OZ_SCOPE_MODULE;
    if (!top_level) {
        if (c->unit->scope->kind != OZ_SCOPE_FUNCTION)
            oz_compiler_error(c, &node->base, "'await' outside function");
        else if (!c->unit->is_async && !c->unit->scope->comprehension)
            oz_compiler_error(c, &node->base, "'await' outside async function");
    }
    unsigned reg = oz_expr_push(c, node->value);
    oz_at(c, &node->base);
    oz_await(c, reg, 0, dest);
    oz_pop(c, 1);
}

static void yield_expr(Compiler *c, AstYield *node, unsigned dest)
{
    if (c->unit->scope->kind != OZ_SCOPE_FUNCTION)
        oz_compiler_error(c, &node->base, "'yield' outside function");
    Operand value = {oz_top(c), true};
    if (node->value)
        value = oz_expr_operand(c, node->value, false);
    else
        oz_load_constant(c, OZ_NONE, oz_temporary_push(c, 1));
    oz_at(c, &node->base);
    bool wrap = c->unit->flags & OZ_CODE_ASYNC_GENERATOR;
    oz_release(c, value);
    oz_emit(c, OP_YIELD, wrap, value.reg, dest, oz_top(c));
}

static void yield_from(Compiler *c, AstYieldFrom *node, unsigned dest)
{
    if (c->unit->scope->kind != OZ_SCOPE_FUNCTION)
        oz_compiler_error(c, &node->base, "'yield' outside function");
    if (c->unit->is_async)
        oz_compiler_error(c, &node->base, "'yield from' inside async function");
    unsigned reg = oz_expr_push(c, node->value);
    oz_at(c, &node->base);
    oz_emit(c, OP_GET_YIELD_FROM_ITER, 0, reg, reg, 0);
    oz_emit(c, OP_YIELD_FROM, 0, reg, dest, 0);
    oz_pop(c, 1);
}

/* ---- the rest ---- */

static void named_expr(Compiler *c, AstNamedExpr *node, unsigned dest)
{
    AstText *name = ((AstName *)node->target)->id;
    if (oz_is_forbidden(c, name, &node->base, AST_Store))
        return;
    int local = oz_name_plain_local(c, name);
    if (local >= 0) {
        oz_expr_to(c, node->value, (unsigned)local);
        oz_set_bound(c, (unsigned)local, true);
        if ((unsigned)local != dest)
            oz_emit(c, OP_MOVE, 0, dest, (unsigned)local, 0);
        return;
    }
    unsigned value = oz_expr_push(c, node->value);
    unsigned copy = oz_temporary_push(c, 1);
    oz_at(c, node->target);
    oz_emit(c, OP_COPY, 0, copy, value, 0);
    oz_name_store(c, name, copy);
    oz_pop(c, 2);
    if (value != dest) {
        oz_temporary_push(c, 1);
        oz_emit(c, OP_MOVE, 0, dest, value, 0);
        oz_pop(c, 1);
    }
}

static void visit(Compiler *c, AstNode *node, unsigned dest)
{
    switch (node->kind) {
    case AST_BoolOp:
        bool_op(c, (AstBoolOp *)node, dest);
        break;
    case AST_NamedExpr:
        named_expr(c, (AstNamedExpr *)node, dest);
        break;
    case AST_BinOp:
        binary(c, (AstBinOp *)node, dest);
        break;
    case AST_UnaryOp:
        unary(c, (AstUnaryOp *)node, dest);
        break;
    case AST_Lambda:
        oz_lambda(c, (AstLambda *)node, dest);
        break;
    case AST_IfExp:
        if_exp(c, (AstIfExp *)node, dest);
        break;
    case AST_Dict:
        oz_display_dict(c, (AstDict *)node, dest);
        break;
    case AST_Set:
        oz_display_sequence(c, node, ((AstSet *)node)->elts, dest);
        break;
    case AST_List:
        oz_display_sequence(c, node, ((AstList *)node)->elts, dest);
        break;
    case AST_Tuple:
        oz_display_sequence(c, node, ((AstTuple *)node)->elts, dest);
        break;
    case AST_ListComp:
    case AST_SetComp:
    case AST_DictComp:
    case AST_GeneratorExp:
        oz_comprehension(c, node, dest);
        break;
    case AST_Await:
        await_expr(c, (AstAwait *)node, dest);
        break;
    case AST_Yield:
        yield_expr(c, (AstYield *)node, dest);
        break;
    case AST_YieldFrom:
        yield_from(c, (AstYieldFrom *)node, dest);
        break;
    case AST_Compare:
        compare(c, (AstCompare *)node, dest);
        break;
    case AST_Call:
        oz_call_expr(c, (AstCall *)node, dest);
        break;
    case AST_FormattedValue:
        oz_formatted_value(c, (AstFormattedValue *)node, dest);
        break;
    case AST_JoinedStr:
        oz_joined_str(c, (AstJoinedStr *)node, dest);
        break;
    case AST_Constant:
        oz_at(c, node);
        oz_load_constant(c, oz_literal_value(c, &((AstConstant *)node)->value), dest);
        break;
    case AST_Attribute:
        attribute(c, (AstAttribute *)node, dest);
        break;
    case AST_Subscript:
        subscript(c, (AstSubscript *)node, dest);
        break;
    case AST_Starred:
        oz_compiler_error(c, node, "can't use starred expression here");
        break;
    case AST_Name:
        oz_at(c, node);
        oz_name_load(c, ((AstName *)node)->id, dest);
        break;
    case AST_Slice:
        build_slice(c, (AstSlice *)node, dest);
        break;
    default:
        oz_never();
    }
}

void oz_expr_to(Compiler *c, AstNode *node, unsigned dest)
{
    if (c->failed)
        return;
    if (!oz_native_enter(c->t, " during compilation")) {
        c->failed = true;
        return;
    }
    visit(c, node, dest);
}
