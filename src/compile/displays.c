// SPDX-License-Identifier: MIT
// Lists, tuples, sets, dicts and formatted strings.
//
// Up to CHUNK items are evaluated into a run of registers and built at once; longer displays grow
// item by item, so that the size of a frame does not follow the size of a table in the source.
#include "compile/codegen.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"

enum { CHUNK = 64 };

static bool has_starred(const AstSeq *elements)
{
    for (uint32_t i = 0; i < elements->count; i++)
        if (((AstNode *)elements->items[i])->kind == AST_Starred)
            return true;
    return false;
}

static bool all_constant(const AstSeq *elements)
{
    for (uint32_t i = 0; i < elements->count; i++) {
        const AstNode *item = elements->items[i];
        if (!item || item->kind != AST_Constant)
            return false;
    }
    return true;
}

static Ref constant_tuple(Compiler *c, const AstSeq *elements)
{
    Tuple *tuple = c->failed ? NULL : oz_tuple_alloc(c->t, elements->count);
    if (!tuple) {
        c->failed = true;
        return NULL;
    }
    scoped Ref made = (Ref)tuple;
    for (uint32_t i = 0; i < elements->count; i++) {
        AstNode *item = elements->items[i];
        Ref value = oz_literal_value(c, &((AstConstant *)item)->value);
        if (!value)
            return NULL;
        oz_tuple_init(tuple, i, value);
    }
    return oz_move(&made);
}

static Opcode build_opcode(AstKind kind)
{
    return kind == AST_Tuple ? OP_BUILD_TUPLE : kind == AST_Set ? OP_BUILD_SET : OP_BUILD_LIST;
}

/* Constants: one constant, copied into the new list or set. */
static void from_constants(Compiler *c, AstNode *node, AstSeq *elements, unsigned reg)
{
    Ref items = constant_tuple(c, elements);
    bool set = node->kind == AST_Set;
    if (set && items) {
        scoped Ref tuple = items;
        items = oz_frozenset_new(c->t, tuple);
        c->failed |= !items;
    }
    oz_at(c, node);
    oz_emit(c, set ? OP_BUILD_SET : OP_BUILD_LIST, 0, reg, reg, 0);
    oz_temporary_push(c, 1);
    unsigned value = oz_temporary_push(c, 1);
    oz_load_constant(c, items, value);
    oz_emit(c, set ? OP_SET_UPDATE : OP_LIST_EXTEND, 0, reg, value, 0);
    oz_pop(c, 2);
}

/* Item by item into a list or set in temporary `reg`. */
static void one_by_one(Compiler *c, AstNode *node, AstSeq *elements, unsigned reg)
{
    bool set = node->kind == AST_Set;
    oz_at(c, node);
    oz_emit(c, set ? OP_BUILD_SET : OP_BUILD_LIST, 0, reg, reg, 0);
    oz_temporary_push(c, 1);
    for (uint32_t i = 0; i < elements->count; i++) {
        AstNode *item = elements->items[i];
        bool starred = item->kind == AST_Starred;
        Operand value = oz_expr_operand(c, starred ? ((AstStarred *)item)->value : item, false);
        oz_at(c, node);
        Opcode op = set ? (starred ? OP_SET_UPDATE : OP_SET_ADD)
                        : (starred ? OP_LIST_EXTEND : OP_LIST_APPEND);
        oz_emit(c, op, 0, reg, value.reg, 0);
        oz_release(c, value);
    }
    oz_pop(c, 1);
}

static void move_to(Compiler *c, Opcode op, unsigned from, unsigned dest)
{
    if (from == dest && op == OP_MOVE)
        return;
    oz_temporary_push(c, 1);
    oz_emit(c, op, 0, dest, from, 0);
    oz_pop(c, 1);
}

void oz_display_sequence(Compiler *c, AstNode *node, AstSeq *elements, unsigned dest)
{
    bool tuple = node->kind == AST_Tuple;
    uint32_t count = elements->count;
    if (tuple && count == 0 && !c->failed) {
        oz_at(c, node);
        oz_load_constant(c, oz_retain(c->t->vm->empty_tuple), dest);
        return;
    }
    if (tuple && all_constant(elements)) {
        Ref items = constant_tuple(c, elements);
        oz_at(c, node);
        oz_load_constant(c, items, dest);
        return;
    }
    unsigned reg = oz_top(c);
    if (count > 2 && all_constant(elements)) {
        from_constants(c, node, elements, reg);
        move_to(c, OP_MOVE, reg, dest);
    } else if (count > CHUNK || has_starred(elements)) {
        one_by_one(c, node, elements, reg);
        move_to(c, tuple ? OP_LIST_TO_TUPLE : OP_MOVE, reg, dest);
    } else {
        for (uint32_t i = 0; i < count; i++)
            oz_expr_push(c, elements->items[i]);
        oz_at(c, node);
        oz_emit(c, build_opcode(node->kind), 0, dest, reg, count);
        oz_pop(c, count);
    }
}

/* ---- dicts ---- */

static bool has_unpacking(const AstSeq *keys)
{
    for (uint32_t i = 0; i < keys->count; i++)
        if (!keys->items[i])
            return true;
    return false;
}

static void dict_one_by_one(Compiler *c, AstDict *node, unsigned reg)
{
    oz_at(c, &node->base);
    oz_emit(c, OP_BUILD_MAP, 0, reg, reg, 0);
    oz_temporary_push(c, 1);
    for (uint32_t i = 0; i < node->values->count; i++) {
        AstNode *key = node->keys->items[i], *item = node->values->items[i];
        if (!key) {
            Operand value = oz_expr_operand(c, item, false);
            oz_at(c, &node->base);
            oz_emit(c, OP_DICT_UPDATE, 0, reg, value.reg, 0);
            oz_release(c, value);
            continue;
        }
        Operand name = oz_expr_operand(c, key, oz_is_complex(item));
        Operand value = oz_expr_operand(c, item, false);
        oz_at(c, &node->base);
        oz_emit(c, OP_MAP_ADD, 0, reg, name.reg, value.reg);
        oz_release(c, value);
        oz_release(c, name);
    }
    oz_pop(c, 1);
}

void oz_display_dict(Compiler *c, AstDict *node, unsigned dest)
{
    uint32_t count = node->values->count;
    unsigned reg = oz_top(c);
    if (count > CHUNK || has_unpacking(node->keys)) {
        dict_one_by_one(c, node, reg);
        move_to(c, OP_MOVE, reg, dest);
        return;
    }
    if (count > 1 && all_constant(node->keys)) {
        for (uint32_t i = 0; i < count; i++)
            oz_expr_push(c, node->values->items[i]);
        oz_at(c, &node->base);
        uint32_t keys = c->unit->reachable ? oz_constant(c, constant_tuple(c, node->keys)) : 0;
        oz_emit_operand(c, OP_BUILD_MAP_K, 0, dest, reg, count, keys);
        oz_pop(c, count);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        oz_expr_push(c, node->keys->items[i]);
        oz_expr_push(c, node->values->items[i]);
    }
    oz_at(c, &node->base);
    oz_emit(c, OP_BUILD_MAP, 0, dest, reg, count);
    oz_pop(c, 2 * count);
}

/* ---- formatted strings ---- */

void oz_formatted_value(Compiler *c, AstFormattedValue *node, unsigned dest)
{
    unsigned conversion = node->conversion == 's'   ? 1
                          : node->conversion == 'r' ? 2
                          : node->conversion == 'a' ? 3
                                                    : 0;
    Operand value = oz_expr_operand(c, node->value, node->format_spec != NULL);
    unsigned spec = OZ_NO_REGISTER;
    if (node->format_spec)
        spec = oz_expr_push(c, node->format_spec);
    oz_at(c, &node->base);
    oz_emit(c, OP_FORMAT, conversion, dest, value.reg, spec);
    if (node->format_spec)
        oz_pop(c, 1);
    oz_release(c, value);
}

/* More parts than should lie in registers: ''.join([...]). */
static void join_many(Compiler *c, AstJoinedStr *node, unsigned dest)
{
    unsigned window = oz_temporary_push(c, 3);
    oz_at(c, &node->base);
    oz_load_constant(c, oz_retain(OZ_TEXT(c->t, empty)), window);
    oz_emit(c, OP_GET_METHOD, 0, window, window, oz_name_index_raw(c, "join"));
    oz_pop(c, 1);
    AstTuple list = {.base = node->base, .elts = node->values};
    list.base.kind = AST_List;
    one_by_one(c, &list.base, node->values, oz_top(c));
    oz_temporary_push(c, 1);
    oz_emit(c, OP_CALL, 1, window, 1, dest);
    oz_pop(c, 3);
}

void oz_joined_str(Compiler *c, AstJoinedStr *node, unsigned dest)
{
    uint32_t count = node->values->count;
    if (c->failed)
        return;
    if (count == 0) {
        oz_at(c, &node->base);
        oz_load_constant(c, oz_retain(OZ_TEXT(c->t, empty)), dest);
    } else if (count == 1) {
        oz_expr_to(c, node->values->items[0], dest);
    } else if (count > CHUNK) {
        join_many(c, node, dest);
    } else {
        unsigned reg = oz_top(c);
        for (uint32_t i = 0; i < count; i++)
            oz_expr_push(c, node->values->items[i]);
        oz_at(c, &node->base);
        oz_emit(c, OP_BUILD_STRING, 0, dest, reg, count);
        oz_pop(c, count);
    }
}
