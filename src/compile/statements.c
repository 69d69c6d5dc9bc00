// SPDX-License-Identifier: MIT
// Statements, but for what protects its body (protect.c), definitions and match.
#include "compile/codegen.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

#include <string.h>

/* ---- bodies ---- */

AstText *oz_docstring(const AstSeq *body)
{
    if (!body->count || ((AstNode *)body->items[0])->kind != AST_Expr)
        return NULL;
    const AstNode *value = ((AstExpr *)body->items[0])->value;
    if (value->kind != AST_Constant || ((const AstConstant *)value)->value.tag != AST_STR)
        return NULL;
    return ((const AstConstant *)value)->value.text;
}

static bool has_annotations(const AstSeq *body);

static bool handler_annotations(const AstSeq *handlers)
{
    for (uint32_t i = 0; i < handlers->count; i++)
        if (has_annotations(((AstExceptHandler *)handlers->items[i])->body))
            return true;
    return false;
}

static bool case_annotations(const AstSeq *cases)
{
    for (uint32_t i = 0; i < cases->count; i++)
        if (has_annotations(((AstMatchCase *)cases->items[i])->body))
            return true;
    return false;
}

static bool is_annotated(const AstNode *node)
{
    switch (node->kind) {
    case AST_AnnAssign:
        return true;
    case AST_For:
    case AST_AsyncFor:
        return has_annotations(((const AstFor *)node)->body) ||
               has_annotations(((const AstFor *)node)->orelse);
    case AST_While:
        return has_annotations(((const AstWhile *)node)->body) ||
               has_annotations(((const AstWhile *)node)->orelse);
    case AST_If:
        return has_annotations(((const AstIf *)node)->body) ||
               has_annotations(((const AstIf *)node)->orelse);
    case AST_With:
    case AST_AsyncWith:
        return has_annotations(((const AstWith *)node)->body);
    case AST_Match:
        return case_annotations(((const AstMatch *)node)->cases);
    case AST_Try:
    case AST_TryStar:
        return has_annotations(((const AstTry *)node)->body) ||
               handler_annotations(((const AstTry *)node)->handlers) ||
               has_annotations(((const AstTry *)node)->orelse) ||
               has_annotations(((const AstTry *)node)->finalbody);
    default:
        return false;
    }
}

/* The symbol walk went as deep before, with a check. */
static bool has_annotations(const AstSeq *body)
{
    for (uint32_t i = 0; i < body->count; i++)
        if (is_annotated(body->items[i]))
            return true;
    return false;
}

static void statement(Compiler *c, AstNode *node);

void oz_body_from(Compiler *c, AstSeq *body, uint32_t first)
{
    for (uint32_t i = first; i < body->count && !c->failed; i++)
        statement(c, body->items[i]);
}

/* The body of a module or class. */
void oz_body(Compiler *c, AstSeq *body)
{
    if (has_annotations(body)) {
        oz_emit(c, OP_SETUP_ANNOTATIONS, 0, 0, 0, 0);
    }
    AstText *docstring = c->interactive ? NULL : oz_docstring(body);
    if (docstring && c->optimize < 2 && !c->failed) {
        AstNode *node = body->items[0];
        unsigned reg = oz_temporary_push(c, 1);
        oz_at(c, node);
        Ref text = oz_str_from_utf8(c->t, docstring->bytes, docstring->length);
        c->failed |= !text;
        oz_load_constant(c, text, reg);
        oz_name_store_raw(c, "__doc__", reg);
        oz_pop(c, 1);
    }
    oz_body_from(c, body, docstring ? 1 : 0);
}

/* ---- assignment ---- */

static AstSeq *plain_elements(const AstNode *node)
{
    AstSeq *elements = node->kind == AST_Tuple  ? ((const AstTuple *)node)->elts
                       : node->kind == AST_List ? ((const AstList *)node)->elts
                                                : NULL;
    for (uint32_t i = 0; elements && i < elements->count; i++)
        if (((AstNode *)elements->items[i])->kind == AST_Starred)
            return NULL;
    return elements;
}

/* The local that a target is, or -1. */
static int target_local(Compiler *c, const AstNode *target)
{
    return target->kind == AST_Name ? oz_name_plain_local(c, ((const AstName *)target)->id) : -1;
}

/* May value i be read when it is stored?  It is a local that no earlier store changes. */
static bool reads_late(Compiler *c, AstSeq *targets, AstSeq *values, uint32_t i)
{
    int local = target_local(c, values->items[i]);
    if (local < 0 || c->unit->locals[local]->flags & OZ_DEF_WALRUS)
        return false;
    for (uint32_t k = 0; k < i; k++) {
        AstNode *target = targets->items[k];
        if (target->kind != AST_Name || target_local(c, target) == local)
            return false;
    }
    return true;
}

/* a, b = x, y needs no tuple. */
static bool assign_pairwise(Compiler *c, AstNode *target, AstNode *value)
{
    AstSeq *targets = plain_elements(target), *values = plain_elements(value);
    if (!targets || !values || targets->count != values->count || value->kind != AST_Tuple ||
        !targets->count || targets->count > 16 || c->failed)
        return false;
    Operand operands[16];
    for (uint32_t i = 0; i < values->count; i++) {
        if (reads_late(c, targets, values, i))
            operands[i] = oz_expr_operand(c, values->items[i], false);
        else
            operands[i] = (Operand){oz_expr_push(c, values->items[i]), true};
    }
    for (uint32_t i = 0; i < targets->count; i++)
        oz_target_store(c, targets->items[i], operands[i].reg);
    for (uint32_t i = values->count; i > 0; i--)
        oz_release(c, operands[i - 1]);
    return true;
}

static void assign_one(Compiler *c, AstNode *target, AstNode *value)
{
    int local = target->kind == AST_Name ? oz_name_plain_local(c, ((AstName *)target)->id) : -1;
    if (local >= 0 && !oz_is_forbidden(c, ((AstName *)target)->id, target, AST_Store)) {
        oz_expr_to(c, value, (unsigned)local);
        oz_set_bound(c, (unsigned)local, true);
        return;
    }
    if (assign_pairwise(c, target, value))
        return;
    Operand operand = oz_expr_operand(c, value, oz_is_complex(target));
    oz_target_store(c, target, operand.reg);
    oz_release(c, operand);
}

static void assign(Compiler *c, AstAssign *node)
{
    uint32_t last = node->targets->count - 1;
    if (last == 0) {
        assign_one(c, node->targets->items[0], node->value);
        return;
    }
    unsigned value = oz_expr_push(c, node->value);
    for (uint32_t i = 0; i < last; i++) {
        unsigned copy = oz_temporary_push(c, 1);
        oz_at(c, &node->base);
        oz_emit(c, OP_COPY, 0, copy, value, 0);
        oz_target_store(c, node->targets->items[i], copy);
        oz_pop(c, 1);
    }
    oz_target_store(c, node->targets->items[last], value);
    oz_pop(c, 1);
}

/* ---- annotations ---- */

static void discard(Compiler *c, AstNode *node)
{
    if (!node)
        return;
    Operand value = oz_expr_operand(c, node, false);
    if (value.temporary)
        oz_emit(c, OP_DROP, 0, value.reg, 0, 0);
    oz_release(c, value);
}

static bool in_function(const Compiler *c)
{
    return c->unit->scope->kind == OZ_SCOPE_FUNCTION;
}

static void store_annotation(Compiler *c, AstAnnAssign *node)
{
    unsigned value = oz_top(c);
    oz_annotation_value(c, node->annotation, value);
    oz_temporary_push(c, 1);
    unsigned dict = oz_temporary_push(c, 2);
    oz_at(c, &node->base);
    oz_emit(c, OP_GET_NAME, 0, dict, oz_name_index_raw(c, "__annotations__"), 0);
    oz_load_text(c, oz_mangle(c, ((AstName *)node->target)->id), dict + 1);
    oz_emit(c, OP_SET_ITEM, 0, dict, dict + 1, value);
    oz_pop(c, 3);
}

/* The parts of a target that is only annotated are evaluated all the same. */
static void discard_index(Compiler *c, AstNode *index)
{
    if (index->kind == AST_Slice) {
        discard(c, ((AstSlice *)index)->lower);
        discard(c, ((AstSlice *)index)->upper);
        discard(c, ((AstSlice *)index)->step);
    } else if (index->kind == AST_Tuple) {
        AstSeq *items = ((AstTuple *)index)->elts;
        for (uint32_t i = 0; i < items->count; i++)
            discard_index(c, items->items[i]);
    } else {
        discard(c, index);
    }
}

static void annotated(Compiler *c, AstAnnAssign *node)
{
    AstNode *target = node->target;
    if (node->value)
        assign_one(c, target, node->value);
    switch (target->kind) {
    case AST_Name:
        if (!oz_is_forbidden(c, ((AstName *)target)->id, target, AST_Store) && node->simple &&
            !in_function(c))
            store_annotation(c, node);
        break;
    case AST_Attribute:
        oz_is_forbidden(c, ((AstAttribute *)target)->attr, target, AST_Store);
        if (!node->value)
            discard(c, ((AstAttribute *)target)->value);
        break;
    default: /* AST_Subscript */
        if (!node->value) {
            discard(c, ((AstSubscript *)target)->value);
            discard_index(c, ((AstSubscript *)target)->slice);
        }
        break;
    }
    if (!node->simple && !in_function(c) && !(c->flags & OZ_CODE_FUTURE_ANNOTATIONS))
        discard(c, node->annotation);
}

/* ---- branches and loops ---- */

/* A test that needs no instruction is a line to step on all the same. */
static void constant_line(Compiler *c, const AstNode *test)
{
    if (oz_constant_truth(c, test) >= 0)
        oz_emit(c, OP_NOP, 0, 0, 0, 0);
}

static void if_statement(Compiler *c, AstIf *node)
{
    LabelId otherwise = oz_label_new(c), end = oz_label_new(c);
    constant_line(c, node->test);
    oz_expr_jump(c, node->test, otherwise, false);
    oz_body_from(c, node->body, 0);
    if (node->orelse->count) {
        oz_emit_jump(c, OP_JUMP, 0, 0, 0, end);
        oz_label_place(c, otherwise);
        oz_body_from(c, node->orelse, 0);
    } else {
        oz_label_place(c, otherwise);
    }
    oz_label_place(c, end);
}

/* The condition stands twice, so that a round costs one jump. */
static void while_statement(Compiler *c, AstWhile *node)
{
    LabelId body = oz_label_new(c), test = oz_label_new(c), otherwise = oz_label_new(c),
            end = oz_label_new(c);
    Block block;
    oz_block_push(c, &block, OZ_BLOCK_WHILE, 0, NULL);
    block.again = test;
    block.end = end;
    constant_line(c, node->test);
    oz_expr_jump(c, node->test, otherwise, false);
    oz_label_place_loop(c, body);
    oz_body_from(c, node->body, 0);
    oz_label_place(c, test);
    oz_expr_jump(c, node->test, body, true);
    oz_block_pop(c, &block);
    oz_label_place(c, otherwise);
    oz_body_from(c, node->orelse, 0);
    oz_label_place(c, end);
}

static void for_statement(Compiler *c, AstFor *node)
{
    LabelId again = oz_label_new(c), otherwise = oz_label_new(c), end = oz_label_new(c);
    Operand iterable = oz_expr_operand(c, node->iter, false);
    oz_release(c, iterable);
    unsigned iterator = oz_top(c);
    Block block;
    oz_block_push(c, &block, OZ_BLOCK_FOR, iterator, NULL);
    block.again = again;
    block.end = end;
    oz_temporary_push(c, 1);
    oz_at(c, &node->base);
    oz_emit(c, OP_GET_ITER, 0, iterator, iterable.reg, 0);
    oz_label_place_loop(c, again);
    int local =
        node->target->kind == AST_Name ? oz_name_plain_local(c, ((AstName *)node->target)->id) : -1;
    unsigned item = local >= 0 ? (unsigned)local : oz_top(c);
    oz_at(c, &node->base);
    oz_emit_jump(c, OP_FOR_ITER, 0, iterator, item, otherwise);
    oz_temporary_push(c, 1);
    oz_target_store(c, node->target, item);
    oz_pop(c, 1);
    oz_body_from(c, node->body, 0);
    oz_at_nothing(c);
    oz_emit_jump(c, OP_JUMP, 0, 0, 0, again);
    oz_pop(c, 1);
    oz_block_pop(c, &block);
    oz_label_place(c, otherwise);
    oz_body_from(c, node->orelse, 0);
    oz_label_place(c, end);
}

static void async_for_statement(Compiler *c, AstFor *node)
{
    LabelId again = oz_label_new(c), except = oz_label_new(c), end = oz_label_new(c);
    if (!c->unit->is_async && !(c->flags & OZ_COMPILE_TOP_LEVEL_AWAIT && !in_function(c)))
        oz_compiler_error(c, &node->base, "'async for' outside async function");
    Operand iterable = oz_expr_operand(c, node->iter, false);
    oz_release(c, iterable);
    unsigned iterator = oz_top(c);
    Block block;
    oz_block_push(c, &block, OZ_BLOCK_FOR, iterator, NULL);
    block.again = again;
    block.end = end;
    oz_temporary_push(c, 1);
    oz_at(c, &node->base);
    oz_emit(c, OP_GET_AITER, 0, iterator, iterable.reg, 0);
    oz_label_place_loop(c, again);
    BoundSet bound = c->unit->bound;
    bool reachable = c->unit->reachable;
    unsigned item = oz_temporary_push(c, 1);
    c->unit->handler = oz_handler_new(c, except, item);
    oz_at(c, &node->base);
    oz_emit(c, OP_GET_ANEXT, 0, item, iterator, 0);
    oz_emit(c, OP_YIELD_FROM, 0, item, item, 0);
    c->unit->handler = block.handler;
    oz_target_store(c, node->target, item);
    oz_pop(c, 1);
    oz_body_from(c, node->body, 0);
    oz_at_nothing(c);
    oz_emit_jump(c, OP_JUMP, 0, 0, 0, again);
    oz_block_pop(c, &block);
    oz_handler_place(c, except, &bound, reachable);
    oz_at(c, &node->base);
    oz_emit(c, OP_END_ASYNC_FOR, 0, iterator, 0, 0);
    oz_pop(c, 1);
    oz_body_from(c, node->orelse, 0);
    oz_label_place(c, end);
}

/* ---- raise and assert ---- */

static void raise_statement(Compiler *c, AstRaise *node)
{
    unsigned exception = OZ_NO_REGISTER, cause = OZ_NO_REGISTER;
    Operand a = {0}, b = {0};
    if (node->exc) {
        a = oz_expr_operand(c, node->exc, oz_is_complex(node->cause));
        exception = a.reg;
    }
    if (node->cause) {
        b = oz_expr_operand(c, node->cause, false);
        cause = b.reg;
    }
    oz_at(c, &node->base);
    oz_emit(c, OP_RAISE, 0, exception, cause, 0);
    oz_release(c, b);
    oz_release(c, a);
}

static bool is_full_tuple(const AstNode *node)
{
    if (node->kind == AST_Tuple)
        return ((const AstTuple *)node)->elts->count > 0;
    if (node->kind != AST_Constant || ((const AstConstant *)node)->value.tag != AST_OBJECT)
        return false;
    Tuple *tuple = oz_as_tuple(((const AstConstant *)node)->value.object);
    return tuple && tuple->length > 0;
}

static void assert_statement(Compiler *c, AstAssert *node)
{
    if (is_full_tuple(node->test))
        oz_compiler_warning(c, &node->base,
                            "assertion is always true, perhaps remove parentheses?");
    if (c->optimize)
        return;
    LabelId end = oz_label_new(c);
    oz_expr_jump(c, node->test, end, true);
    oz_at(c, &node->base);
    unsigned window = oz_temporary_push(c, 1);
    oz_emit(c, OP_LOAD_ASSERTION_ERROR, 0, window, 0, 0);
    if (node->msg) {
        oz_temporary_push(c, 1);
        oz_expr_push(c, node->msg);
        oz_at(c, &node->base);
        oz_emit(c, OP_CALL, 0, window, 1, window);
        oz_pop(c, 2);
    }
    oz_emit(c, OP_RAISE, 0, window, OZ_NO_REGISTER, 0);
    oz_pop(c, 1);
    oz_label_place(c, end);
}

/* ---- import ---- */

/* Level and list of names in two temporaries, then the import into the first of them. */
static unsigned import_module(Compiler *c, AstText *name, int level, Ref names)
{
    unsigned reg = oz_temporary_push(c, 2);
    oz_load_constant(c, oz_int(level), reg);
    oz_load_constant(c, names, reg + 1);
    oz_emit(c, OP_IMPORT, 0, reg, oz_name_index(c, name), reg);
    oz_pop(c, 1);
    return reg;
}

static AstText *part_of(Compiler *c, const char *start, const char *end)
{
    AstText *text = c->failed ? NULL : oz_ast_text(c->arena, start, (size_t)(end - start));
    if (!text && !c->failed) {
        oz_raise_memory(c->t);
        c->failed = true;
    }
    return text;
}

/* import a.b.c as d: the module c, by way of a and b. */
static void import_as(Compiler *c, AstAlias *alias, unsigned reg)
{
    const char *at = strchr(alias->name->bytes, '.');
    while (at && !c->failed) {
        const char *end = strchr(at + 1, '.');
        AstText *part = part_of(c, at + 1, end ? end : at + strlen(at));
        if (!part)
            return;
        unsigned next = oz_temporary_push(c, 1);
        oz_emit(c, OP_IMPORT_FROM, 0, next, reg, oz_name_index_raw(c, part->bytes));
        oz_emit(c, OP_DROP, 0, reg, 0, 0);
        oz_emit(c, OP_MOVE, 0, reg, next, 0);
        oz_pop(c, 1);
        at = end;
    }
    if (!oz_is_forbidden(c, alias->asname, &alias->base, AST_Store))
        oz_name_store(c, alias->asname, reg);
}

static void import_statement(Compiler *c, AstImport *node)
{
    for (uint32_t i = 0; i < node->names->count && !c->failed; i++) {
        AstAlias *alias = node->names->items[i];
        oz_at(c, &node->base);
        unsigned reg = import_module(c, alias->name, 0, OZ_NONE);
        const char *dot = strchr(alias->name->bytes, '.');
        if (alias->asname) {
            import_as(c, alias, reg);
        } else {
            AstText *name = dot ? part_of(c, alias->name->bytes, dot) : alias->name;
            if (name && !oz_is_forbidden(c, name, &node->base, AST_Store))
                oz_name_store(c, name, reg);
        }
        oz_pop(c, 1);
    }
}

static Ref alias_names(Compiler *c, const AstSeq *names)
{
    Tuple *tuple = c->failed ? NULL : oz_tuple_alloc(c->t, names->count);
    if (!tuple) {
        c->failed = true;
        return NULL;
    }
    scoped Ref made = (Ref)tuple;
    for (uint32_t i = 0; i < names->count; i++) {
        Ref name = oz_text_to_str(c->t, ((AstAlias *)names->items[i])->name);
        if (!name) {
            c->failed = true;
            return NULL;
        }
        oz_tuple_init(tuple, i, name);
    }
    return oz_move(&made);
}

static void import_from(Compiler *c, AstImportFrom *node)
{
    if (node->base.line > c->future_line && node->module && !node->level &&
        !strcmp(node->module->bytes, "__future__")) {
        oz_compiler_error(c, &node->base,
                          "from __future__ imports must occur at the beginning of the file");
        return;
    }
    AstText *module = node->module ? node->module : oz_text_of(c, "");
    if (!module)
        return;
    unsigned reg = import_module(c, module, node->level, alias_names(c, node->names));
    for (uint32_t i = 0; i < node->names->count && !c->failed; i++) {
        AstAlias *alias = node->names->items[i];
        if (i == 0 && !strcmp(alias->name->bytes, "*")) {
            oz_emit(c, OP_IMPORT_STAR, 0, reg, 0, 0);
            oz_pop(c, 1);
            return;
        }
        AstText *store = alias->asname ? alias->asname : alias->name;
        if (oz_is_forbidden(c, store, &node->base, AST_Store))
            return;
        int local = oz_name_plain_local(c, store);
        unsigned item = local >= 0 ? (unsigned)local : oz_top(c);
        oz_emit(c, OP_IMPORT_FROM, 0, item, reg, oz_name_index(c, alias->name));
        oz_temporary_push(c, 1);
        oz_name_store(c, store, item);
        oz_pop(c, 1);
    }
    oz_emit(c, OP_DROP, 0, reg, 0, 0);
    oz_pop(c, 1);
}

/* ---- the rest ---- */

static void expression_statement(Compiler *c, AstExpr *node)
{
    if (c->interactive && !c->unit->outer) {
        Operand value = oz_expr_operand(c, node->value, false);
        oz_at(c, &node->base);
        oz_emit(c, OP_PRINT_EXPR, 0, value.reg, 0, 0);
        oz_release(c, value);
    } else if (node->value->kind == AST_Constant) {
        oz_emit(c, OP_NOP, 0, 0, 0, 0); /* a line to step on */
    } else {
        uint32_t count = c->unit->count;
        discard(c, node->value);
        if (c->unit->count == count)
            oz_emit(c, OP_NOP, 0, 0, 0, 0);
    }
}

static void statement(Compiler *c, AstNode *node)
{
    if (c->failed)
        return;
    if (!oz_native_enter(c->t, " during compilation")) {
        c->failed = true;
        return;
    }
    oz_at(c, node);
    switch (node->kind) {
    case AST_FunctionDef:
    case AST_AsyncFunctionDef:
        oz_function(c, (AstFunctionDef *)node);
        break;
    case AST_ClassDef:
        oz_class(c, (AstClassDef *)node);
        break;
    case AST_Return:
        oz_return(c, (AstReturn *)node);
        break;
    case AST_Delete: {
        AstSeq *targets = ((AstDelete *)node)->targets;
        for (uint32_t i = 0; i < targets->count; i++)
            oz_target_delete(c, targets->items[i]);
        break;
    }
    case AST_Assign:
        assign(c, (AstAssign *)node);
        break;
    case AST_AugAssign:
        oz_augmented(c, (AstAugAssign *)node);
        break;
    case AST_AnnAssign:
        annotated(c, (AstAnnAssign *)node);
        break;
    case AST_For:
        for_statement(c, (AstFor *)node);
        break;
    case AST_AsyncFor:
        async_for_statement(c, (AstFor *)node);
        break;
    case AST_While:
        while_statement(c, (AstWhile *)node);
        break;
    case AST_If:
        if_statement(c, (AstIf *)node);
        break;
    case AST_With:
    case AST_AsyncWith:
        oz_with(c, (AstWith *)node, 0);
        break;
    case AST_Match:
        oz_match(c, (AstMatch *)node);
        break;
    case AST_Raise:
        raise_statement(c, (AstRaise *)node);
        break;
    case AST_Try:
        oz_try(c, (AstTry *)node);
        break;
    case AST_TryStar:
        oz_try_star(c, (AstTry *)node);
        break;
    case AST_Assert:
        assert_statement(c, (AstAssert *)node);
        break;
    case AST_Import:
        import_statement(c, (AstImport *)node);
        break;
    case AST_ImportFrom:
        import_from(c, (AstImportFrom *)node);
        break;
    case AST_Expr:
        expression_statement(c, (AstExpr *)node);
        break;
    case AST_Break:
        oz_break(c, node);
        break;
    case AST_Continue:
        oz_continue(c, node);
        break;
    case AST_Pass:
        oz_emit(c, OP_NOP, 0, 0, 0, 0);
        break;
    default: /* AST_Global, AST_Nonlocal: the symbol table's */
        break;
    }
}
