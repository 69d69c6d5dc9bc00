// SPDX-License-Identifier: MIT
// Trees that come from Python objects, checked: what the grammar guarantees and the compiler
// relies on.  The messages are those of CPython.
#include "compile/ast_objects.h"
#include "object/error.h"
#include "types/tuple.h"

#include <string.h>

#define REQUIRE(x)                                                                                 \
    if (!(x))                                                                                      \
    return false

static bool check_expr(Thread *t, const AstNode *node, AstExprContext ctx);
static bool check_body(Thread *t, const AstSeq *body, const char *owner);
static bool check_stmts(Thread *t, const AstSeq *body);
static bool check_pattern(Thread *t, const AstNode *node, bool star_ok);

static bool fail(Thread *t, const char *message)
{
    return oz_fail(t, OZ_ValueError, "%s", message);
}

static bool not_empty(Thread *t, const AstSeq *seq, const char *what, const char *owner)
{
    return seq->count || oz_fail(t, OZ_ValueError, "empty %s on %s", what, owner);
}

static bool check_exprs(Thread *t, const AstSeq *seq, AstExprContext ctx, bool null_ok)
{
    for (uint32_t i = 0; i < seq->count; i++) {
        const AstNode *item = seq->items[i];
        if (!item && !null_ok)
            return fail(t, "None disallowed in expression list");
        REQUIRE(!item || check_expr(t, item, ctx));
    }
    return true;
}

static bool check_optional(Thread *t, const AstNode *node)
{
    return !node || check_expr(t, node, AST_Load);
}

static bool check_name(Thread *t, const AstText *name)
{
    static const char *const forbidden[] = {"None", "True", "False"};
    for (size_t i = 0; name && i < OZ_COUNT(forbidden); i++)
        if (!strcmp(name->bytes, forbidden[i]))
            return oz_fail(t, OZ_ValueError, "identifier field can't represent '%s' constant",
                           forbidden[i]);
    return true;
}

static bool check_position(Thread *t, const AstNode *node)
{
    if (node->line > node->end_line)
        return oz_fail(t, OZ_ValueError, "AST node line range (%d, %d) is not valid", node->line,
                       node->end_line);
    if ((node->line < 0 && node->end_line != node->line) ||
        (node->col < 0 && node->col != node->end_col))
        return oz_fail(t, OZ_ValueError,
                       "AST node column range (%d, %d) for line range (%d, %d) is not valid",
                       node->col, node->end_col, node->line, node->end_line);
    if (node->line == node->end_line && node->col > node->end_col)
        return oz_fail(t, OZ_ValueError, "line %d, column %d-%d is not a valid range", node->line,
                       node->col, node->end_col);
    return true;
}

static bool check_args(Thread *t, const AstSeq *args)
{
    for (uint32_t i = 0; i < args->count; i++) {
        const AstArg *arg = args->items[i];
        if (!arg)
            return fail(t, "None disallowed in argument list");
        REQUIRE(check_position(t, &arg->base));
        REQUIRE(check_optional(t, arg->annotation));
    }
    return true;
}

static bool check_arguments(Thread *t, const AstNode *node)
{
    const AstArguments *args = (const AstArguments *)node;
    const AstArg *rest = (const AstArg *)args->vararg, *named = (const AstArg *)args->kwarg;
    REQUIRE(check_args(t, args->posonlyargs) && check_args(t, args->args));
    REQUIRE(!rest || check_optional(t, rest->annotation));
    REQUIRE(check_args(t, args->kwonlyargs));
    REQUIRE(!named || check_optional(t, named->annotation));
    if (args->defaults->count > args->posonlyargs->count + args->args->count)
        return fail(t, "more positional defaults than args on arguments");
    if (args->kw_defaults->count != args->kwonlyargs->count)
        return fail(t, "length of kwonlyargs is not the same as kw_defaults on arguments");
    return check_exprs(t, args->defaults, AST_Load, false) &&
           check_exprs(t, args->kw_defaults, AST_Load, true);
}

static bool check_keywords(Thread *t, const AstSeq *keywords)
{
    for (uint32_t i = 0; i < keywords->count; i++) {
        const AstKeyword *each = keywords->items[i];
        if (!each)
            return fail(t, "None disallowed in keyword list");
        REQUIRE(check_expr(t, each->value, AST_Load));
    }
    return true;
}

static bool check_generators(Thread *t, const AstSeq *generators)
{
    if (!generators->count)
        return fail(t, "comprehension with no generators");
    for (uint32_t i = 0; i < generators->count; i++) {
        const AstComprehension *each = generators->items[i];
        if (!each)
            return fail(t, "None disallowed in comprehension list");
        REQUIRE(check_expr(t, each->target, AST_Store) && check_expr(t, each->iter, AST_Load) &&
                check_exprs(t, each->ifs, AST_Load, false));
    }
    return true;
}

/* ---- expressions ---- */

static const AstExprContext *context_of(const AstNode *node)
{
    switch (node->kind) {
    case AST_Attribute:
        return &((const AstAttribute *)node)->ctx;
    case AST_Subscript:
        return &((const AstSubscript *)node)->ctx;
    case AST_Starred:
        return &((const AstStarred *)node)->ctx;
    case AST_Name:
        return &((const AstName *)node)->ctx;
    case AST_List:
        return &((const AstList *)node)->ctx;
    case AST_Tuple:
        return &((const AstTuple *)node)->ctx;
    default:
        return NULL;
    }
}

static bool check_context(Thread *t, const AstNode *node, AstExprContext wanted)
{
    static const char *const names[] = {"Load", "Store", "Del"};
    const AstExprContext *ctx = context_of(node);
    if (!ctx && wanted != AST_Load)
        return oz_fail(t, OZ_ValueError, "expression which can't be %s in %s context",
                       wanted == AST_Store ? "assigned to" : "deleted", names[wanted]);
    if (ctx && *ctx != wanted)
        return oz_fail(t, OZ_ValueError, "expression must have %s context but has %s instead",
                       names[wanted], names[*ctx]);
    return true;
}

static bool check_dict(Thread *t, const AstDict *node)
{
    if (node->keys->count != node->values->count)
        return fail(t, "Dict doesn't have the same number of keys as values");
    return check_exprs(t, node->keys, AST_Load, true) &&
           check_exprs(t, node->values, AST_Load, false);
}

static bool check_compare(Thread *t, const AstCompare *node)
{
    if (!node->comparators->count)
        return fail(t, "Compare with no comparators");
    if (node->comparators->count != node->ops->count)
        return fail(t, "Compare has a different number of comparators and operands");
    return check_exprs(t, node->comparators, AST_Load, false) &&
           check_expr(t, node->left, AST_Load);
}

static bool check_kind(Thread *t, const AstNode *node, AstExprContext ctx)
{
    switch (node->kind) {
    case AST_BoolOp:
        if (((const AstBoolOp *)node)->values->count < 2)
            return fail(t, "BoolOp with less than 2 values");
        return check_exprs(t, ((const AstBoolOp *)node)->values, AST_Load, false);
    case AST_NamedExpr:
        if (((const AstNamedExpr *)node)->target->kind != AST_Name)
            return oz_fail(t, OZ_TypeError, "NamedExpr target must be a Name");
        return check_expr(t, ((const AstNamedExpr *)node)->target, AST_Store) &&
               check_expr(t, ((const AstNamedExpr *)node)->value, AST_Load);
    case AST_BinOp:
        return check_expr(t, ((const AstBinOp *)node)->left, AST_Load) &&
               check_expr(t, ((const AstBinOp *)node)->right, AST_Load);
    case AST_UnaryOp:
        return check_expr(t, ((const AstUnaryOp *)node)->operand, AST_Load);
    case AST_Lambda:
        return check_arguments(t, ((const AstLambda *)node)->args) &&
               check_expr(t, ((const AstLambda *)node)->body, AST_Load);
    case AST_IfExp:
        return check_expr(t, ((const AstIfExp *)node)->test, AST_Load) &&
               check_expr(t, ((const AstIfExp *)node)->body, AST_Load) &&
               check_expr(t, ((const AstIfExp *)node)->orelse, AST_Load);
    case AST_Dict:
        return check_dict(t, (const AstDict *)node);
    case AST_Set:
        return check_exprs(t, ((const AstSet *)node)->elts, AST_Load, false);
    case AST_ListComp:
        return check_generators(t, ((const AstListComp *)node)->generators) &&
               check_expr(t, ((const AstListComp *)node)->elt, AST_Load);
    case AST_SetComp:
        return check_generators(t, ((const AstSetComp *)node)->generators) &&
               check_expr(t, ((const AstSetComp *)node)->elt, AST_Load);
    case AST_GeneratorExp:
        return check_generators(t, ((const AstGeneratorExp *)node)->generators) &&
               check_expr(t, ((const AstGeneratorExp *)node)->elt, AST_Load);
    case AST_DictComp:
        return check_generators(t, ((const AstDictComp *)node)->generators) &&
               check_expr(t, ((const AstDictComp *)node)->key, AST_Load) &&
               check_expr(t, ((const AstDictComp *)node)->value, AST_Load);
    case AST_Await:
        return check_expr(t, ((const AstAwait *)node)->value, AST_Load);
    case AST_Yield:
        return check_optional(t, ((const AstYield *)node)->value);
    case AST_YieldFrom:
        return check_expr(t, ((const AstYieldFrom *)node)->value, AST_Load);
    case AST_Compare:
        return check_compare(t, (const AstCompare *)node);
    case AST_Call:
        return check_expr(t, ((const AstCall *)node)->func, AST_Load) &&
               check_exprs(t, ((const AstCall *)node)->args, AST_Load, false) &&
               check_keywords(t, ((const AstCall *)node)->keywords);
    case AST_FormattedValue:
        return check_expr(t, ((const AstFormattedValue *)node)->value, AST_Load) &&
               check_optional(t, ((const AstFormattedValue *)node)->format_spec);
    case AST_JoinedStr:
        return check_exprs(t, ((const AstJoinedStr *)node)->values, AST_Load, false);
    case AST_Attribute:
        return check_expr(t, ((const AstAttribute *)node)->value, AST_Load);
    case AST_Subscript:
        return check_expr(t, ((const AstSubscript *)node)->slice, AST_Load) &&
               check_expr(t, ((const AstSubscript *)node)->value, AST_Load);
    case AST_Starred:
        return check_expr(t, ((const AstStarred *)node)->value, ctx);
    case AST_Name:
        return check_name(t, ((const AstName *)node)->id);
    case AST_List:
        return check_exprs(t, ((const AstList *)node)->elts, ctx, false);
    case AST_Tuple:
        return check_exprs(t, ((const AstTuple *)node)->elts, ctx, false);
    case AST_Slice:
        return check_optional(t, ((const AstSlice *)node)->lower) &&
               check_optional(t, ((const AstSlice *)node)->upper) &&
               check_optional(t, ((const AstSlice *)node)->step);
    default: /* AST_Constant: looked at when it was read */
        return true;
    }
}

static bool check_expr(Thread *t, const AstNode *node, AstExprContext ctx)
{
    if (!oz_native_enter(t, " during compilation"))
        return false;
    return check_position(t, node) && check_context(t, node, ctx) && check_kind(t, node, ctx);
}

/* ---- patterns ---- */

static bool check_patterns(Thread *t, const AstSeq *patterns, bool star_ok)
{
    for (uint32_t i = 0; i < patterns->count; i++) {
        if (!patterns->items[i])
            return fail(t, "None disallowed in pattern list");
        REQUIRE(check_pattern(t, patterns->items[i], star_ok));
    }
    return true;
}

static bool check_capture(Thread *t, const AstText *name)
{
    if (name && !strcmp(name->bytes, "_"))
        return fail(t, "can't capture name '_' in patterns");
    return check_name(t, name);
}

/* A number that a pattern may be: one, with a sign, or a sum of a real and an imaginary one. */
static bool is_number(const AstNode *node, bool sum_ok)
{
    if (node->kind == AST_Constant) {
        AstLiteralTag tag = ((const AstConstant *)node)->value.tag;
        return tag != AST_STR && tag != AST_BYTES && tag != AST_NONE && tag != AST_TRUE &&
               tag != AST_FALSE && tag != AST_ELLIPSIS;
    }
    if (node->kind == AST_UnaryOp)
        return ((const AstUnaryOp *)node)->op == AST_USub &&
               is_number(((const AstUnaryOp *)node)->operand, false);
    if (node->kind != AST_BinOp || !sum_ok)
        return false;
    const AstBinOp *sum = (const AstBinOp *)node;
    return (sum->op == AST_Add || sum->op == AST_Sub) && is_number(sum->left, false) &&
           is_number(sum->right, false);
}

static bool is_dotted(const AstNode *node)
{
    while (node->kind == AST_Attribute)
        node = ((const AstAttribute *)node)->value;
    return node->kind == AST_Name;
}

static bool check_value(Thread *t, const AstNode *value)
{
    REQUIRE(check_expr(t, value, AST_Load));
    if (value->kind == AST_Constant) {
        AstLiteralTag tag = ((const AstConstant *)value)->value.tag;
        bool plain = tag != AST_ELLIPSIS && tag != AST_NONE && tag != AST_TRUE && tag != AST_FALSE;
        if (tag == AST_OBJECT) {
            Obj object = ((const AstConstant *)value)->value.object;
            plain = !oz_as_tuple(object) && !oz_is(object, OZ_FROZENSET);
        }
        return plain || fail(t, "unexpected constant inside of a literal pattern");
    }
    if (value->kind == AST_Attribute && is_dotted(value))
        return true;
    if (value->kind == AST_JoinedStr || is_number(value, true))
        return true;
    return fail(t, "patterns may only match literals and attribute lookups");
}

static bool check_mapping(Thread *t, const AstMatchMapping *node)
{
    if (node->keys->count != node->patterns->count)
        return fail(t, "MatchMapping doesn't have the same number of keys as patterns");
    REQUIRE(check_capture(t, node->rest));
    for (uint32_t i = 0; i < node->keys->count; i++) {
        const AstNode *key = node->keys->items[i];
        if (!key)
            return fail(t, "None disallowed in expression list");
        AstLiteralTag tag =
            key->kind == AST_Constant ? ((const AstConstant *)key)->value.tag : AST_OBJECT;
        bool singleton = tag == AST_NONE || tag == AST_TRUE || tag == AST_FALSE;
        REQUIRE(singleton || check_value(t, key));
    }
    return check_patterns(t, node->patterns, false);
}

static bool check_class_pattern(Thread *t, const AstMatchClass *node)
{
    if (node->kwd_attrs->count != node->kwd_patterns->count)
        return fail(t, "MatchClass doesn't have the same number of keyword attributes as patterns");
    REQUIRE(check_expr(t, node->cls, AST_Load));
    if (!is_dotted(node->cls))
        return fail(t, "MatchClass cls field can only contain Name or Attribute nodes.");
    for (uint32_t i = 0; i < node->kwd_attrs->count; i++) {
        if (!node->kwd_attrs->items[i])
            return fail(t, "identifier field can't represent 'None' constant");
        REQUIRE(check_name(t, node->kwd_attrs->items[i]));
    }
    return check_patterns(t, node->patterns, false) && check_patterns(t, node->kwd_patterns, false);
}

static bool check_as(Thread *t, const AstMatchAs *node)
{
    REQUIRE(check_capture(t, node->name));
    if (!node->pattern)
        return true;
    if (!node->name)
        return fail(t, "MatchAs must specify a target name if a pattern is given");
    return check_pattern(t, node->pattern, false);
}

static bool check_pattern(Thread *t, const AstNode *node, bool star_ok)
{
    if (!oz_native_enter(t, " during compilation"))
        return false;
    REQUIRE(check_position(t, node));
    switch (node->kind) {
    case AST_MatchValue:
        return check_value(t, ((const AstMatchValue *)node)->value);
    case AST_MatchSingleton: {
        AstLiteralTag tag = ((const AstMatchSingleton *)node)->value.tag;
        return tag == AST_NONE || tag == AST_TRUE || tag == AST_FALSE ||
               fail(t, "MatchSingleton can only contain True, False and None");
    }
    case AST_MatchSequence:
        return check_patterns(t, ((const AstMatchSequence *)node)->patterns, true);
    case AST_MatchMapping:
        return check_mapping(t, (const AstMatchMapping *)node);
    case AST_MatchClass:
        return check_class_pattern(t, (const AstMatchClass *)node);
    case AST_MatchStar:
        if (!star_ok)
            return fail(t, "can't use MatchStar here");
        return check_capture(t, ((const AstMatchStar *)node)->name);
    case AST_MatchAs:
        return check_as(t, (const AstMatchAs *)node);
    default: /* AST_MatchOr */
        if (((const AstMatchOr *)node)->patterns->count < 2)
            return fail(t, "MatchOr requires at least 2 patterns");
        return check_patterns(t, ((const AstMatchOr *)node)->patterns, false);
    }
}

/* ---- statements ---- */

static bool check_function(Thread *t, const AstFunctionDef *node)
{
    const char *name = oz_ast_kind(node->base.kind)->name;
    return check_body(t, node->body, name) && check_arguments(t, node->args) &&
           check_exprs(t, node->decorator_list, AST_Load, false) &&
           check_optional(t, node->returns);
}

static bool check_class(Thread *t, const AstClassDef *node)
{
    return check_body(t, node->body, "ClassDef") && check_exprs(t, node->bases, AST_Load, false) &&
           check_keywords(t, node->keywords) &&
           check_exprs(t, node->decorator_list, AST_Load, false);
}

static bool check_targets(Thread *t, const AstSeq *targets, AstExprContext ctx, const char *owner)
{
    return not_empty(t, targets, "targets", owner) && check_exprs(t, targets, ctx, false);
}

static bool check_annotated(Thread *t, const AstAnnAssign *node)
{
    if (node->target->kind != AST_Name && node->simple)
        return oz_fail(t, OZ_TypeError, "AnnAssign with simple non-Name target");
    AstKind kind = node->target->kind;
    REQUIRE(check_expr(t, node->target, AST_Store));
    if (kind != AST_Name && kind != AST_Attribute && kind != AST_Subscript)
        return oz_fail(t, OZ_TypeError, "AnnAssign target must be a Name, Attribute or Subscript");
    return check_optional(t, node->value) && check_expr(t, node->annotation, AST_Load);
}

static bool check_augmented(Thread *t, const AstAugAssign *node)
{
    AstKind kind = node->target->kind;
    REQUIRE(check_expr(t, node->target, AST_Store) && check_expr(t, node->value, AST_Load));
    return kind == AST_Name || kind == AST_Attribute || kind == AST_Subscript ||
           oz_fail(t, OZ_SystemError, "invalid node type (%d) for augmented assignment", (int)kind);
}

static bool check_for(Thread *t, const AstFor *node)
{
    return check_expr(t, node->target, AST_Store) && check_expr(t, node->iter, AST_Load) &&
           check_body(t, node->body, oz_ast_kind(node->base.kind)->name) &&
           check_stmts(t, node->orelse);
}

static bool check_with(Thread *t, const AstWith *node)
{
    const char *name = oz_ast_kind(node->base.kind)->name;
    REQUIRE(not_empty(t, node->items, "items", name));
    for (uint32_t i = 0; i < node->items->count; i++) {
        const AstWithitem *item = node->items->items[i];
        if (!item)
            return fail(t, "None disallowed in item list");
        REQUIRE(check_expr(t, item->context_expr, AST_Load));
        REQUIRE(!item->optional_vars || check_expr(t, item->optional_vars, AST_Store));
    }
    return check_body(t, node->body, name);
}

static bool check_match(Thread *t, const AstMatch *node)
{
    REQUIRE(check_expr(t, node->subject, AST_Load) && not_empty(t, node->cases, "cases", "Match"));
    for (uint32_t i = 0; i < node->cases->count; i++) {
        const AstMatchCase *each = node->cases->items[i];
        if (!each)
            return fail(t, "None disallowed in case list");
        REQUIRE(check_pattern(t, each->pattern, false) && check_optional(t, each->guard) &&
                check_body(t, each->body, "match_case"));
    }
    return true;
}

static bool check_try(Thread *t, const AstTry *node)
{
    const char *name = oz_ast_kind(node->base.kind)->name;
    REQUIRE(check_body(t, node->body, name));
    if (!node->handlers->count && !node->finalbody->count)
        return oz_fail(t, OZ_ValueError, "%s has neither except handlers nor finalbody", name);
    if (!node->handlers->count && node->orelse->count)
        return oz_fail(t, OZ_ValueError, "%s has orelse but no except handlers", name);
    for (uint32_t i = 0; i < node->handlers->count; i++) {
        const AstExceptHandler *handler = node->handlers->items[i];
        if (!handler)
            return fail(t, "None disallowed in handler list");
        REQUIRE(check_position(t, &handler->base) && check_optional(t, handler->type) &&
                check_body(t, handler->body, "ExceptHandler"));
    }
    if (!check_stmts(t, node->finalbody) || !check_stmts(t, node->orelse))
        return false;
    for (uint32_t i = 0; node->base.kind == AST_TryStar && i < node->handlers->count; i++)
        if (!((const AstExceptHandler *)node->handlers->items[i])->type)
            return fail(t, "expected one or more exception types");
    return true;
}

static bool check_aliases(Thread *t, const AstSeq *names, const char *owner)
{
    REQUIRE(not_empty(t, names, "names", owner));
    for (uint32_t i = 0; i < names->count; i++)
        if (!names->items[i])
            return fail(t, "None disallowed in alias list");
    return true;
}

static bool check_identifiers(Thread *t, const AstSeq *names, const char *owner)
{
    REQUIRE(not_empty(t, names, "names", owner));
    for (uint32_t i = 0; i < names->count; i++)
        if (!names->items[i])
            return fail(t, "None disallowed in identifier list");
    return true;
}

static bool check_raise(Thread *t, const AstRaise *node)
{
    if (!node->exc)
        return !node->cause || fail(t, "Raise with cause but no exception");
    return check_expr(t, node->exc, AST_Load) && check_optional(t, node->cause);
}

static bool check_stmt(Thread *t, const AstNode *node)
{
    if (!oz_native_enter(t, " during compilation"))
        return false;
    REQUIRE(check_position(t, node));
    switch (node->kind) {
    case AST_FunctionDef:
    case AST_AsyncFunctionDef:
        return check_function(t, (const AstFunctionDef *)node);
    case AST_ClassDef:
        return check_class(t, (const AstClassDef *)node);
    case AST_Return:
        return check_optional(t, ((const AstReturn *)node)->value);
    case AST_Delete:
        return check_targets(t, ((const AstDelete *)node)->targets, AST_Del, "Delete");
    case AST_Assign:
        return check_targets(t, ((const AstAssign *)node)->targets, AST_Store, "Assign") &&
               check_expr(t, ((const AstAssign *)node)->value, AST_Load);
    case AST_AugAssign:
        return check_augmented(t, (const AstAugAssign *)node);
    case AST_AnnAssign:
        return check_annotated(t, (const AstAnnAssign *)node);
    case AST_For:
    case AST_AsyncFor:
        return check_for(t, (const AstFor *)node);
    case AST_While:
        return check_expr(t, ((const AstWhile *)node)->test, AST_Load) &&
               check_body(t, ((const AstWhile *)node)->body, "While") &&
               check_stmts(t, ((const AstWhile *)node)->orelse);
    case AST_If:
        return check_expr(t, ((const AstIf *)node)->test, AST_Load) &&
               check_body(t, ((const AstIf *)node)->body, "If") &&
               check_stmts(t, ((const AstIf *)node)->orelse);
    case AST_With:
    case AST_AsyncWith:
        return check_with(t, (const AstWith *)node);
    case AST_Match:
        return check_match(t, (const AstMatch *)node);
    case AST_Raise:
        return check_raise(t, (const AstRaise *)node);
    case AST_Try:
    case AST_TryStar:
        return check_try(t, (const AstTry *)node);
    case AST_Assert:
        return check_expr(t, ((const AstAssert *)node)->test, AST_Load) &&
               check_optional(t, ((const AstAssert *)node)->msg);
    case AST_Import:
        return check_aliases(t, ((const AstImport *)node)->names, "Import");
    case AST_ImportFrom:
        if (((const AstImportFrom *)node)->level < 0)
            return fail(t, "Negative ImportFrom level");
        return check_aliases(t, ((const AstImportFrom *)node)->names, "ImportFrom");
    case AST_Global:
        return check_identifiers(t, ((const AstGlobal *)node)->names, "Global");
    case AST_Nonlocal:
        return check_identifiers(t, ((const AstNonlocal *)node)->names, "Nonlocal");
    case AST_Expr:
        return check_expr(t, ((const AstExpr *)node)->value, AST_Load);
    default: /* pass, break, continue */
        return true;
    }
}

static bool check_stmts(Thread *t, const AstSeq *body)
{
    for (uint32_t i = 0; i < body->count; i++) {
        if (!body->items[i])
            return fail(t, "None disallowed in statement list");
        REQUIRE(check_stmt(t, body->items[i]));
    }
    return true;
}

static bool check_body(Thread *t, const AstSeq *body, const char *owner)
{
    return not_empty(t, body, "body", owner) && check_stmts(t, body);
}

bool oz_ast_check(Thread *t, AstNode *tree)
{
    switch (tree->kind) {
    case AST_Module:
        return check_stmts(t, ((AstModule *)tree)->body);
    case AST_Interactive:
        return check_stmts(t, ((AstInteractive *)tree)->body);
    case AST_Expression:
        return check_expr(t, ((AstExpression *)tree)->body, AST_Load);
    default: /* AST_FunctionType */
        return check_exprs(t, ((AstFunctionType *)tree)->argtypes, AST_Load, false) &&
               check_expr(t, ((AstFunctionType *)tree)->returns, AST_Load);
    }
}
