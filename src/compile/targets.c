// SPDX-License-Identifier: MIT
// Assignment, deletion and augmented assignment to targets of every form.
#include "compile/codegen.h"

/* Find the one starred target, if any, or report what is wrong; -1: none. */
static void check_unpacking(Compiler *c, AstSeq *elements, AstNode *node, int *star)
{
    *star = -1;
    for (uint32_t i = 0; i < elements->count; i++) {
        if (((AstNode *)elements->items[i])->kind != AST_Starred)
            continue;
        if (*star >= 0) {
            oz_compiler_error(c, node, "multiple starred expressions in assignment");
            return;
        }
        if (i >= 256 || elements->count - i - 1 >= 256) {
            oz_compiler_error(c, node, "too many expressions in star-unpacking assignment");
            return;
        }
        *star = (int)i;
    }
}

/* The first of the registers if all targets are locals in a row, which can be filled at once;
 * otherwise -1. */
static int locals_in_a_row(Compiler *c, const AstSeq *elements)
{
    int first = -1;
    if (elements->count < 2 || elements->count > OZ_UNPACK_LOCALS)
        return -1;
    for (uint32_t i = 0; i < elements->count; i++) {
        const AstNode *item = elements->items[i];
        if (item->kind != AST_Name)
            return -1;
        AstText *name = ((const AstName *)item)->id;
        int local = oz_name_plain_local(c, name);
        if (local < 0 || (i && local != first + (int)i) ||
            oz_is_forbidden(c, name, item, AST_Store))
            return -1;
        first = i ? first : local;
    }
    return first;
}

static void unpack(Compiler *c, AstNode *node, AstSeq *elements, unsigned reg)
{
    int star;
    check_unpacking(c, elements, node, &star);
    uint32_t count = elements->count;
    int locals = star < 0 ? locals_in_a_row(c, elements) : -1;
    if (locals >= 0) {
        oz_at(c, node);
        oz_emit(c, OP_UNPACK, 0, (unsigned)locals, reg, count);
        for (uint32_t i = 0; i < count; i++)
            oz_set_bound(c, (unsigned)locals + i, true);
        return;
    }
    unsigned first = oz_temporary_push(c, count);
    oz_at(c, node);
    if (star < 0)
        oz_emit(c, OP_UNPACK, 0, first, reg, count);
    else
        oz_emit(c, OP_UNPACK_EX, count - (unsigned)star - 1, first, reg, (unsigned)star);
    for (uint32_t i = 0; i < count && !c->failed; i++) {
        AstNode *item = elements->items[i];
        if (item->kind == AST_Starred)
            item = ((AstStarred *)item)->value;
        oz_target_store(c, item, first + i);
    }
    oz_pop(c, count);
}

void oz_target_store(Compiler *c, AstNode *target, unsigned reg)
{
    if (c->failed)
        return;
    if (!oz_native_enter(c->t, " during compilation")) {
        c->failed = true;
        return;
    }
    switch (target->kind) {
    case AST_Name: {
        AstText *name = ((AstName *)target)->id;
        oz_at(c, target);
        if (!oz_is_forbidden(c, name, target, AST_Store))
            oz_name_store(c, name, reg);
        break;
    }
    case AST_Attribute: {
        AstAttribute *node = (AstAttribute *)target;
        Operand object = oz_expr_operand(c, node->value, false);
        oz_at(c, target);
        if (!oz_is_forbidden(c, node->attr, target, AST_Store))
            oz_emit(c, OP_SET_ATTR, 0, object.reg, reg, oz_name_index(c, node->attr));
        oz_release(c, object);
        break;
    }
    case AST_Subscript: {
        AstSubscript *node = (AstSubscript *)target;
        Operand object = oz_expr_operand(c, node->value, oz_is_complex(node->slice));
        Operand index = oz_expr_operand(c, node->slice, false);
        oz_at(c, target);
        oz_emit(c, OP_SET_ITEM, 0, object.reg, index.reg, reg);
        oz_release(c, index);
        oz_release(c, object);
        break;
    }
    case AST_Tuple:
        unpack(c, target, ((AstTuple *)target)->elts, reg);
        break;
    case AST_List:
        unpack(c, target, ((AstList *)target)->elts, reg);
        break;
    case AST_Starred:
        oz_compiler_error(c, target, "starred assignment target must be in a list or tuple");
        break;
    default:
        oz_never();
    }
}

static void delete_all(Compiler *c, AstSeq *elements)
{
    for (uint32_t i = 0; i < elements->count; i++)
        oz_target_delete(c, elements->items[i]);
}

void oz_target_delete(Compiler *c, AstNode *target)
{
    if (c->failed)
        return;
    if (!oz_native_enter(c->t, " during compilation")) {
        c->failed = true;
        return;
    }
    switch (target->kind) {
    case AST_Name:
        oz_at(c, target);
        if (!oz_is_forbidden(c, ((AstName *)target)->id, target, AST_Del))
            oz_name_delete(c, ((AstName *)target)->id);
        break;
    case AST_Attribute: {
        AstAttribute *node = (AstAttribute *)target;
        Operand object = oz_expr_operand(c, node->value, false);
        oz_at(c, target);
        if (!oz_is_forbidden(c, node->attr, target, AST_Del))
            oz_emit(c, OP_DELETE_ATTR, 0, object.reg, 0, oz_name_index(c, node->attr));
        oz_release(c, object);
        break;
    }
    case AST_Subscript: {
        AstSubscript *node = (AstSubscript *)target;
        Operand object = oz_expr_operand(c, node->value, oz_is_complex(node->slice));
        Operand index = oz_expr_operand(c, node->slice, false);
        oz_at(c, target);
        oz_emit(c, OP_DELETE_ITEM, 0, object.reg, index.reg, 0);
        oz_release(c, index);
        oz_release(c, object);
        break;
    }
    case AST_Tuple:
        delete_all(c, ((AstTuple *)target)->elts);
        break;
    case AST_List:
        delete_all(c, ((AstList *)target)->elts);
        break;
    default:
        oz_never();
    }
}

/* ---- augmented assignment ---- */

/* value = left op= right, in register `dest`. */
static void in_place(Compiler *c, AstAugAssign *node, unsigned dest, unsigned left)
{
    Opcode op = oz_binary_opcode(node->op);
    AstNode *right = node->value;
    if (right->kind == AST_Constant && c->unit->reachable && !c->failed) {
        Ref value = oz_literal_value(c, &((AstConstant *)right)->value);
        uint32_t k = oz_constant(c, value);
        if (oz_is_narrow(c, k)) {
            oz_at(c, &node->base);
            oz_emit(c, op + (OP_ADD_K - OP_ADD), 1, dest, left, k);
            return;
        }
    }
    Operand operand = oz_expr_operand(c, right, false);
    oz_at(c, &node->base);
    oz_emit(c, op, 1, dest, left, operand.reg);
    oz_release(c, operand);
}

static void augmented_name(Compiler *c, AstAugAssign *node)
{
    AstText *name = ((AstName *)node->target)->id;
    if (oz_is_forbidden(c, name, node->target, AST_Store))
        return;
    Operand left = oz_expr_operand(c, node->target, oz_is_complex(node->value));
    int local = oz_name_plain_local(c, name);
    if (local >= 0) {
        in_place(c, node, (unsigned)local, left.reg);
        oz_release(c, left);
        return;
    }
    in_place(c, node, left.reg, left.reg);
    oz_at(c, node->target);
    oz_name_store(c, name, left.reg);
    oz_release(c, left);
}

/* An operand that is used twice: a second reference if it is a temporary. */
static unsigned again(Compiler *c, Operand operand)
{
    if (!operand.temporary)
        return operand.reg;
    unsigned copy = oz_temporary_push(c, 1);
    oz_emit(c, OP_COPY, 0, copy, operand.reg, 0);
    return copy;
}

static void augmented_attribute(Compiler *c, AstAugAssign *node)
{
    AstAttribute *target = (AstAttribute *)node->target;
    Operand object = oz_expr_operand(c, target->value, oz_is_complex(node->value));
    oz_at(c, node->target);
    unsigned depth = c->unit->depth;
    unsigned used = again(c, object);
    unsigned name = oz_name_index(c, target->attr);
    c->unit->depth = depth;
    unsigned value = oz_temporary_push(c, 1);
    oz_emit(c, OP_GET_ATTR, 0, value, used, name);
    in_place(c, node, value, value);
    oz_at(c, node->target);
    if (!oz_is_forbidden(c, target->attr, node->target, AST_Store))
        oz_emit(c, OP_SET_ATTR, 0, object.reg, value, name);
    oz_pop(c, 1);
    oz_release(c, object);
}

/* o[1] += v: the index is there twice without a register. */
static void augmented_constant_item(Compiler *c, AstAugAssign *node)
{
    AstSubscript *target = (AstSubscript *)node->target;
    AstConstant *slice = (AstConstant *)target->slice;
    Operand object = oz_expr_operand(c, target->value, oz_is_complex(node->value));
    oz_at(c, node->target);
    unsigned depth = c->unit->depth;
    unsigned used = again(c, object);
    c->unit->depth = depth;
    unsigned value = oz_temporary_push(c, 1);
    if (c->unit->reachable)
        oz_emit_with_constant(c, OP_GET_ITEM_K, 0, value, used, oz_literal_value(c, &slice->value));
    in_place(c, node, value, value);
    unsigned index = oz_expr_push(c, target->slice);
    oz_at(c, node->target);
    oz_emit(c, OP_SET_ITEM, 0, object.reg, index, value);
    oz_pop(c, 2);
    oz_release(c, object);
}

static void augmented_item(Compiler *c, AstAugAssign *node)
{
    AstSubscript *target = (AstSubscript *)node->target;
    bool later = oz_is_complex(node->value);
    if (target->slice->kind == AST_Constant) {
        augmented_constant_item(c, node);
        return;
    }
    Operand object = oz_expr_operand(c, target->value, later || oz_is_complex(target->slice));
    Operand index = oz_expr_operand(c, target->slice, later);
    oz_at(c, node->target);
    unsigned depth = c->unit->depth;
    unsigned o = again(c, object), i = again(c, index);
    c->unit->depth = depth;
    unsigned value = oz_temporary_push(c, 1);
    oz_emit(c, OP_GET_ITEM, 0, value, o, i);
    in_place(c, node, value, value);
    oz_at(c, node->target);
    oz_emit(c, OP_SET_ITEM, 0, object.reg, index.reg, value);
    oz_pop(c, 1);
    oz_release(c, index);
    oz_release(c, object);
}

void oz_augmented(Compiler *c, AstAugAssign *node)
{
    switch (node->target->kind) {
    case AST_Name:
        augmented_name(c, node);
        break;
    case AST_Attribute:
        augmented_attribute(c, node);
        break;
    case AST_Subscript:
        augmented_item(c, node);
        break;
    default:
        oz_never();
    }
}
