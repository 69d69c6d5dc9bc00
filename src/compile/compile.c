// SPDX-License-Identifier: MIT
// From a tree to a code object: futures, folding, symbols, then one unit inside the other.
#include "compile/codegen.h"
#include "compile/resolve.h"
#include "types/str.h"

#include <string.h>

/* ---- __future__ ---- */

OZ_PRINTF(3, 4)
static void future_error(Compiler *c, const AstNode *node, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    oz_symbol_error(c->t, c->filename, node, format, arguments);
    va_end(arguments);
    c->failed = true;
}

static void future_feature(Compiler *c, const AstNode *node, const char *name)
{
    static const struct {
        const char *name;
        int flag;
    } features[] = {
        {"nested_scopes", 0},    {"generators", 0},
        {"division", 0},         {"absolute_import", 0},
        {"with_statement", 0},   {"print_function", 0},
        {"unicode_literals", 0}, {"barry_as_FLUFL", OZ_CODE_FUTURE_BARRY},
        {"generator_stop", 0},   {"annotations", OZ_CODE_FUTURE_ANNOTATIONS},
    };
    for (size_t i = 0; i < OZ_COUNT(features); i++) {
        if (!strcmp(name, features[i].name)) {
            c->flags |= features[i].flag;
            return;
        }
    }
    if (!strcmp(name, "braces"))
        future_error(c, node, "not a chance");
    else
        future_error(c, node, "future feature %.100s is not defined", name);
}

static bool is_future(const AstNode *node)
{
    const AstImportFrom *import = (const AstImportFrom *)node;
    return node->kind == AST_ImportFrom && import->module && !import->level &&
           !strcmp(import->module->bytes, "__future__");
}

static bool is_text(const AstNode *node)
{
    if (node->kind != AST_Expr || ((const AstExpr *)node)->value->kind != AST_Constant)
        return false;
    const AstLiteral *value = &((const AstConstant *)((const AstExpr *)node)->value)->value;
    return value->tag == AST_STR || (value->tag == AST_OBJECT && oz_is_str(value->object));
}

static void find_futures(Compiler *c, const AstSeq *body)
{
    bool over = false;
    int32_t line = 0;
    for (uint32_t i = 0; i < body->count && !c->failed; i++) {
        const AstNode *node = body->items[i];
        if (over && node->line > line)
            return;
        line = node->line;
        if (!is_future(node)) {
            over = over || !is_text(node) || i > 0;
            continue;
        }
        if (over) {
            future_error(c, node,
                         "from __future__ imports must occur at the beginning of the file");
            return;
        }
        const AstSeq *names = ((const AstImportFrom *)node)->names;
        for (uint32_t k = 0; k < names->count && !c->failed; k++)
            future_feature(c, node, ((AstAlias *)names->items[k])->name->bytes);
        c->future_line = node->line;
    }
}

static AstSeq *body_of(AstNode *tree)
{
    return tree->kind == AST_Module        ? ((AstModule *)tree)->body
           : tree->kind == AST_Interactive ? ((AstInteractive *)tree)->body
                                           : NULL;
}

bool oz_compile_futures(Thread *t, AstNode *tree, Obj filename, int *flags)
{
    Compiler c = {.t = t, .filename = filename, .flags = *flags};
    AstSeq *body = body_of(tree);
    if (body)
        find_futures(&c, body);
    *flags = c.flags;
    return !c.failed;
}

/* ---- the outermost code object ---- */

static void compile_tree(Compiler *c, AstNode *tree)
{
    AstSeq *body = body_of(tree);
    if (body) {
        oz_body(c, body);
        oz_return_none(c);
        return;
    }
    AstNode *expression = ((AstExpression *)tree)->body;
    unsigned value = oz_expr_push(c, expression);
    oz_emit(c, OP_RETURN, 0, value, 0, 0);
    oz_pop(c, 1);
}

static Ref compile_module(Compiler *c, AstNode *tree)
{
    AstSeq *body = body_of(tree);
    if (body)
        find_futures(c, body);
    if (!c->failed)
        oz_fold(c, tree);
    if (c->failed)
        return NULL;
    c->table = oz_symbols_build(c->t, c->arena, tree, c->filename, c->flags);
    AstText *name = c->table ? oz_ast_text(c->arena, "<module>", 8) : NULL;
    if (!name) {
        if (c->table)
            oz_raise_memory(c->t);
        return NULL;
    }
    if (!oz_unit_open(c, c->table->top, name, 1))
        return NULL;
    c->unit->is_async = c->flags & OZ_COMPILE_TOP_LEVEL_AWAIT && c->table->top->coroutine;
    c->unit->position = (Position){1, 1, 0, 0};
    compile_tree(c, tree);
    return oz_unit_close(c);
}

Ref oz_compile_ast(Thread *t, Arena *arena, AstNode *tree, AstMode mode, Obj filename, int flags,
                   int optimize)
{
    Compiler c = {.t = t,
                  .arena = arena,
                  .filename = filename,
                  .flags = flags,
                  .optimize = optimize < 0 ? t->vm->optimize : optimize,
                  .interactive = mode == AST_MODE_SINGLE};
    scoped Ref code = compile_module(&c, tree);
    for (uint32_t i = 0; i < c.owned_count; i++)
        oz_clear(&c.owned[i]);
    return c.failed ? NULL : oz_move(&code);
}
