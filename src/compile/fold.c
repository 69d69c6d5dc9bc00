// SPDX-License-Identifier: MIT
// Constant folding on the tree, before symbols are collected.
//
// A result is kept in a Constant node as an object.  What would grow beyond small limits, or fails,
// is left for run time.  Under `from __future__ import annotations` annotations stay as written.
#include "compile/codegen.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"

#include <string.h>

enum { MAX_BITS = 128, MAX_ITEMS = 256, MAX_CHARACTERS = 4096, MAX_NESTED = 1024 };

static bool is_constant(const AstNode *node)
{
    return node && node->kind == AST_Constant;
}

static Ref value_of(Compiler *c, const AstNode *node)
{
    return oz_literal_value(c, &((const AstConstant *)node)->value);
}

/* Put the constant `value` (taken) where `*slot` was; NULL: leave it for run time. */
static void replace(Compiler *c, AstNode **slot, Ref value)
{
    if (!value) {
        if (!c->failed) /* the fault shows itself at run time, but for the memory */
            oz_exception_clear(c->t);
        return;
    }
    if (c->failed) {
        oz_drop(value);
        return;
    }
    AstConstant *node = (AstConstant *)oz_ast_new(c->arena, AST_Constant);
    if (!node) {
        oz_drop(value);
        oz_raise_memory(c->t);
        c->failed = true;
        return;
    }
    AstKind kind = node->base.kind;
    node->base = **slot;
    node->base.kind = kind;
    node->value = (AstLiteral){.tag = AST_OBJECT};
    if (value == OZ_NONE)
        node->value.tag = AST_NONE;
    else if (oz_is_bool(value))
        node->value.tag = value == OZ_TRUE ? AST_TRUE : AST_FALSE;
    else if (value == OZ_ELLIPSIS)
        node->value.tag = AST_ELLIPSIS;
    else
        node->value.object = (void *)(uintptr_t)oz_word(oz_compiler_keep(c, value));
    if (!c->failed)
        *slot = &node->base;
}

/* ---- operators ---- */

/* How many items a constant has in all its levels; beyond the limit: more than it. */
static size_t nested_items(Obj v, size_t limit)
{
    Tuple *tuple = oz_as_tuple(v);
    size_t total = tuple ? tuple->length : 0;
    for (uint32_t i = 0; tuple && i < tuple->length && total <= limit; i++)
        total += nested_items(tuple->items[i], limit);
    return total;
}

static bool repetition_is_small(Obj sequence, int64_t times)
{
    const Str *str = oz_as_str(sequence);
    const Bytes *bytes = oz_as_bytes(sequence);
    Tuple *tuple = oz_as_tuple(sequence);
    size_t size = str     ? oz_str_length(str)
                  : bytes ? oz_bytes_length(bytes)
                  : tuple ? tuple->length
                          : 0;
    if (!str && !bytes && !tuple)
        return true; /* no repetition: a TypeError, or floats */
    if (!size)
        return true;
    int64_t most = tuple ? MAX_ITEMS : MAX_CHARACTERS;
    if (times < 0 || times > most / (int64_t)size)
        return false;
    return !tuple || !times ||
           nested_items(sequence, MAX_NESTED / (size_t)times) <= MAX_NESTED / (size_t)times;
}

static bool product_is_small(Obj a, Obj b)
{
    Obj x = oz_as_exact_int(a), y = oz_as_exact_int(b);
    int64_t n;
    if (x && y)
        return oz_int_bits(x) + oz_int_bits(y) <= MAX_BITS;
    if (x)
        return oz_int_fits_int64(x, &n) && repetition_is_small(b, n);
    if (y)
        return oz_int_fits_int64(y, &n) && repetition_is_small(a, n);
    return true;
}

static bool power_is_small(Obj a, Obj b)
{
    Obj x = oz_as_exact_int(a), y = oz_as_exact_int(b);
    int64_t n;
    if (!x || !y || oz_int_sign(y) <= 0 || !oz_int_sign(x))
        return true;
    return oz_int_fits_int64(y, &n) && n <= MAX_BITS && oz_int_bits(x) <= (size_t)(MAX_BITS / n);
}

static bool shift_is_small(Obj a, Obj b)
{
    Obj x = oz_as_exact_int(a), y = oz_as_exact_int(b);
    int64_t n;
    if (!x || !y || !oz_int_sign(x) || !oz_int_sign(y))
        return true;
    return oz_int_fits_int64(y, &n) && n <= MAX_BITS && oz_int_bits(x) <= (size_t)(MAX_BITS - n);
}

static bool is_small(AstOperator op, Obj a, Obj b)
{
    switch (op) {
    case AST_Mult:
        return product_is_small(a, b);
    case AST_Pow:
        return power_is_small(a, b);
    case AST_LShift:
        return shift_is_small(a, b);
    case AST_Mod:
        return !oz_as_str(a) && !oz_as_bytes(a);
    case AST_MatMult:
        return false;
    default:
        return true;
    }
}

static BinaryOp binary_op(AstOperator op)
{
    return (BinaryOp)(oz_binary_opcode(op) - OP_ADD);
}

static void fold_binary(Compiler *c, AstNode **slot)
{
    AstBinOp *node = (AstBinOp *)*slot;
    if (!is_constant(node->left) || !is_constant(node->right))
        return;
    scoped Ref left = value_of(c, node->left), right = value_of(c, node->right);
    if (left && right && is_small(node->op, left, right))
        replace(c, slot, oz_binary(c->t, binary_op(node->op), left, right));
}

/* not (a is b): a is not b */
static void negate_comparison(AstNode **slot, AstCompare *compare)
{
    static const int8_t opposite[] = {
        [AST_Eq] = -1,        [AST_NotEq] = -1,    [AST_Lt] = -1,        [AST_LtE] = -1,
        [AST_Gt] = -1,        [AST_GtE] = -1,      [AST_Is] = AST_IsNot, [AST_IsNot] = AST_Is,
        [AST_In] = AST_NotIn, [AST_NotIn] = AST_In};
    int op = compare->ops->count == 1 ? opposite[oz_ast_seq_op(compare->ops, 0)] : -1;
    if (op < 0)
        return;
    compare->ops->items[0] = (void *)(intptr_t)op;
    *slot = &compare->base;
}

static void fold_unary(Compiler *c, AstNode **slot)
{
    AstUnaryOp *node = (AstUnaryOp *)*slot;
    if (node->op == AST_Not && node->operand->kind == AST_Compare) {
        negate_comparison(slot, (AstCompare *)node->operand);
        return;
    }
    if (!is_constant(node->operand))
        return;
    if (node->op == AST_Not) {
        int truth = oz_constant_truth(c, node->operand);
        replace(c, slot, c->failed ? NULL : oz_bool(!truth));
        return;
    }
    scoped Ref operand = value_of(c, node->operand);
    if (!operand)
        return;
    replace(c, slot,
            node->op == AST_USub   ? oz_negative(c->t, operand)
            : node->op == AST_UAdd ? oz_positive(c->t, operand)
                                   : oz_invert(c->t, operand));
}

/* ---- displays ---- */

static bool all_constant(const AstSeq *elements)
{
    for (uint32_t i = 0; i < elements->count; i++)
        if (!is_constant(elements->items[i]))
            return false;
    return true;
}

static Ref tuple_of(Compiler *c, const AstSeq *elements)
{
    if (!c->failed && !elements->count)
        return oz_retain(c->t->vm->empty_tuple);
    Tuple *tuple = c->failed ? NULL : oz_tuple_alloc(c->t, elements->count);
    if (!tuple) {
        c->failed = true;
        return NULL;
    }
    scoped Ref made = (Ref)tuple;
    for (uint32_t i = 0; i < elements->count; i++) {
        Ref value = value_of(c, elements->items[i]);
        if (!value)
            return NULL;
        oz_tuple_init(tuple, i, value);
    }
    return oz_move(&made);
}

static void fold_tuple(Compiler *c, AstNode **slot)
{
    AstTuple *node = (AstTuple *)*slot;
    if (node->ctx == AST_Load && all_constant(node->elts))
        replace(c, slot, tuple_of(c, node->elts));
}

/* A display that is only looked at: a list may be a tuple, a set a frozenset. */
static void fold_iterable(Compiler *c, AstNode **slot)
{
    if ((*slot)->kind == AST_List) {
        AstList *list = (AstList *)*slot;
        for (uint32_t i = 0; i < list->elts->count; i++)
            if (((AstNode *)list->elts->items[i])->kind == AST_Starred)
                return;
        (*slot)->kind = AST_Tuple; /* the structs are alike */
        fold_tuple(c, slot);
    } else if ((*slot)->kind == AST_Set && all_constant(((AstSet *)*slot)->elts)) {
        scoped Ref items = tuple_of(c, ((AstSet *)*slot)->elts);
        if (items)
            replace(c, slot, oz_frozenset_new(c->t, items));
    }
}

_Static_assert(sizeof(AstList) == sizeof(AstTuple) &&
                   offsetof(AstList, elts) == offsetof(AstTuple, elts) &&
                   offsetof(AstList, ctx) == offsetof(AstTuple, ctx),
               "fold_iterable turns one into the other");

static void fold_subscript(Compiler *c, AstNode **slot)
{
    AstSubscript *node = (AstSubscript *)*slot;
    if (node->ctx != AST_Load || !is_constant(node->value) || !is_constant(node->slice))
        return;
    scoped Ref value = value_of(c, node->value), index = value_of(c, node->slice);
    if (value && index)
        replace(c, slot, oz_get_item(c->t, value, index));
}

/* ---- the walk ---- */

static void fold(Compiler *c, AstNode **slot);

static bool is_annotation(const AstFieldInfo *field)
{
    return !strcmp(field->name, "annotation") || !strcmp(field->name, "returns");
}

static void fold_fields(Compiler *c, AstNode *node)
{
    const AstKindInfo *info = oz_ast_kind(node->kind);
    bool strings = c->flags & OZ_CODE_FUTURE_ANNOTATIONS;
    for (uint32_t i = 0; i < info->field_count && !c->failed; i++) {
        const AstFieldInfo *field = &info->fields[i];
        if (!oz_ast_type(field->type)->is_node || (strings && is_annotation(field)))
            continue;
        void *place = (char *)node + field->offset;
        if (field->quantity != AST_SEQUENCE) {
            fold(c, place);
            continue;
        }
        AstSeq *seq = *(AstSeq **)place;
        for (uint32_t k = 0; k < seq->count; k++)
            fold(c, (AstNode **)&seq->items[k]);
    }
}

static void fold(Compiler *c, AstNode **slot)
{
    AstNode *node = *slot;
    if (!node || c->failed)
        return;
    if (!oz_native_enter(c->t, " during compilation")) {
        c->failed = true;
        return;
    }
    fold_fields(c, node);
    if (c->failed)
        return;
    switch (node->kind) {
    case AST_BinOp:
        fold_binary(c, slot);
        break;
    case AST_UnaryOp:
        fold_unary(c, slot);
        break;
    case AST_Tuple:
        fold_tuple(c, slot);
        break;
    case AST_Subscript:
        fold_subscript(c, slot);
        break;
    case AST_Compare: {
        AstCompare *compare = (AstCompare *)node;
        int op = oz_ast_seq_op(compare->ops, compare->ops->count - 1);
        if (op == AST_In || op == AST_NotIn)
            fold_iterable(c, (AstNode **)&compare->comparators->items[compare->ops->count - 1]);
        break;
    }
    case AST_For:
    case AST_AsyncFor:
        fold_iterable(c, &((AstFor *)node)->iter);
        break;
    case AST_comprehension:
        fold_iterable(c, &((AstComprehension *)node)->iter);
        break;
    case AST_Name:
        if (((AstName *)node)->ctx == AST_Load &&
            !strcmp(((AstName *)node)->id->bytes, "__debug__"))
            replace(c, slot, oz_bool(!c->optimize));
        break;
    default:
        break;
    }
}

void oz_fold(Compiler *c, AstNode *tree)
{
    fold(c, &tree);
}
