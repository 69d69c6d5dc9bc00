// SPDX-License-Identifier: MIT
// Statements, blocks and whole texts.
//
// Two constructs cannot be told by their first tokens: a `match` statement from an expression that
// begins with the name `match`, and bracketed with-items from an expression in brackets.  Both are
// tried first; when they do not fit, the parser goes back to where it stood.
#include "syntax/parser_state.h"

#include <string.h>

static bool push_statement(Parser *p);

/* --- Simple statements ----------------------------------------------------------------------- */

/* The type comment here, taken; absent or failed: NULL (see p->fault). */
static AstText *take_type_comment(Parser *p)
{
    if (kind(p) != T_TYPE_COMMENT)
        return NULL;
    const Token *token = peek(p);
    AstText *text = oz_ast_text_copy(p->arena, token_bytes(p, token), token->length);
    if (!text)
        return oz_parse_memory(p);
    advance(p);
    return text;
}

static AstNode *parse_yield_or_expressions(Parser *p)
{
    return kind(p) == T_YIELD ? oz_parse_yield(p) : oz_parse_star_expressions(p);
}

/* The rest of `target: annotation = value`. */
static AstNode *parse_annotated(Parser *p, Token first, AstNode *target)
{
    /* In parentheses a name is an expression: it is annotated, but not declared. */
    bool bare = first.kind == T_NAME && target->kind == AST_Name;
    if (target->kind != AST_Name && target->kind != AST_Attribute && target->kind != AST_Subscript)
        return NULL;
    advance(p);
    AstNode *annotation = oz_parse_expression(p), *value = NULL;
    if (!annotation || (take(p, T_EQUAL) && !(value = parse_yield_or_expressions(p))))
        return NULL;
    if (!oz_check_version(
            p, 6, bare ? "Variable annotation syntax is" : "Variable annotations syntax is"))
        return NULL;
    return oz_set_context(p, target, AST_Store)
               ? NEW(p, AnnAssign, first, .target = target, .annotation = annotation,
                     .value = value, .simple = bare)
               : NULL;
}

static AstNode *parse_augmented(Parser *p, Token first, AstNode *target)
{
    AstOperator op = (AstOperator)(kind(p) - T_PLUS_EQUAL);
    if (target->kind != AST_Name && target->kind != AST_Attribute && target->kind != AST_Subscript)
        return NULL;
    if (op == AST_MatMult && !oz_check_version(p, 5, "The '@' operator is"))
        return NULL;
    advance(p);
    AstNode *value = parse_yield_or_expressions(p);
    return value && oz_set_context(p, target, AST_Store)
               ? NEW(p, AugAssign, first, .target = target, .op = op, .value = value)
               : NULL;
}

/* `target = ... = value`, of which `target` was parsed. */
static AstNode *parse_assignment(Parser *p, Token first, AstNode *target)
{
    size_t base = p->stack_used;
    AstNode *value = target;
    while (take(p, T_EQUAL)) {
        if (!oz_set_context(p, value, AST_Store) || !oz_seq_push(p, value))
            return NULL;
        value = parse_yield_or_expressions(p);
        if (!value)
            return NULL;
    }
    AstText *comment = take_type_comment(p);
    AstSeq *targets = p->fault.kind ? NULL : oz_pop_seq(p, base);
    return targets
               ? NEW(p, Assign, first, .targets = targets, .value = value, .type_comment = comment)
               : NULL;
}

/* A tuple made by commas alone cannot be annotated; one in parentheses starts at its bracket. */
static AstNode *parse_expression_statement(Parser *p)
{
    Token first = *peek(p);
    AstNode *value = parse_yield_or_expressions(p);
    if (!value)
        return NULL;
    if (kind(p) == T_EQUAL)
        return parse_assignment(p, first, value);
    if (kind(p) == T_COLON)
        return parse_annotated(p, first, value);
    if (kind(p) >= T_PLUS_EQUAL && kind(p) <= T_DOUBLE_SLASH_EQUAL)
        return parse_augmented(p, first, value);
    return NEW(p, Expr, first, .value = value);
}

static bool ends_simple(TokenKind token)
{
    return token == T_NEWLINE || token == T_SEMI;
}

static AstNode *parse_word(Parser *p, AstKind node_kind)
{
    Token first = *peek(p);
    advance(p);
    return NEW_AS(p, node_kind, AstPass, first);
}

static AstNode *parse_return(Parser *p)
{
    Token first = *peek(p);
    advance(p);
    AstNode *value = NULL;
    if (!ends_simple(kind(p)) && !(value = oz_parse_star_expressions(p)))
        return NULL;
    return NEW(p, Return, first, .value = value);
}

static AstNode *parse_raise(Parser *p)
{
    Token first = *peek(p);
    advance(p);
    AstNode *exc = NULL, *cause = NULL;
    if (!ends_simple(kind(p))) {
        exc = oz_parse_expression(p);
        if (!exc || (take(p, T_FROM) && !(cause = oz_parse_expression(p))))
            return NULL;
    }
    return NEW(p, Raise, first, .exc = exc, .cause = cause);
}

static AstNode *parse_assert(Parser *p)
{
    Token first = *peek(p);
    advance(p);
    AstNode *test = oz_parse_expression(p), *msg = NULL;
    if (!test || (take(p, T_COMMA) && !(msg = oz_parse_expression(p))))
        return NULL;
    return NEW(p, Assert, first, .test = test, .msg = msg);
}

static AstNode *parse_delete(Parser *p)
{
    Token first = *peek(p);
    advance(p);
    size_t base = p->stack_used;
    do {
        if (base != p->stack_used && ends_simple(kind(p)))
            break; /* a comma may end the list */
        AstNode *target = oz_parse_primary(p);
        if (!target || !oz_set_context(p, target, AST_Del) || !oz_seq_push(p, target))
            return NULL;
    } while (take(p, T_COMMA));
    if (!ends_simple(kind(p)))
        return NULL;
    AstSeq *targets = oz_pop_seq(p, base);
    return targets ? NEW(p, Delete, first, .targets = targets) : NULL;
}

/* global and nonlocal: the two nodes have one layout. */
static AstNode *parse_scope(Parser *p, AstKind node_kind)
{
    Token first = *peek(p);
    advance(p);
    size_t base = p->stack_used;
    do {
        if (kind(p) != T_NAME)
            return NULL;
        AstText *name = oz_identifier(p, peek(p));
        if (!name || !oz_seq_push(p, name))
            return NULL;
        advance(p);
    } while (take(p, T_COMMA));
    AstSeq *names = oz_pop_seq(p, base);
    return names ? NEW_AS(p, node_kind, AstGlobal, first, .names = names) : NULL;
}

/* --- Imports --------------------------------------------------------------------------------- */

/* The names on the stack, with dots between them. */
static AstText *join_names(Parser *p, size_t base)
{
    size_t length = 0, used = 0;
    for (size_t i = base; i < p->stack_used; i++)
        length += ((AstText *)p->stack[i])->length + (size_t)1;
    char *joined = oz_arena_alloc(p->scratch, length);
    if (!joined)
        return oz_parse_memory(p);
    for (size_t i = base; i < p->stack_used; i++) {
        const AstText *name = p->stack[i];
        memcpy(joined + used, name->bytes, name->length);
        used += name->length;
        joined[used++] = '.';
    }
    p->stack_used = base;
    AstText *text = oz_ast_text(p->arena, joined, used - 1);
    return text ? text : oz_parse_memory(p);
}

/* `a.b.c` as one text. */
static AstText *take_dotted(Parser *p)
{
    size_t base = p->stack_used;
    do {
        AstText *name = kind(p) == T_NAME ? oz_identifier(p, peek(p)) : NULL;
        if (!name || !oz_seq_push(p, name))
            return NULL;
        advance(p);
    } while (take(p, T_DOT));
    return join_names(p, base);
}

static AstText *take_name(Parser *p)
{
    AstText *name = kind(p) == T_NAME ? oz_identifier(p, peek(p)) : NULL;
    if (name)
        advance(p);
    return name;
}

/* `name as other`, where the name has dots only in a plain import. */
static AstNode *parse_alias(Parser *p, bool dotted)
{
    Token first = *peek(p);
    AstText *name = dotted ? take_dotted(p) : take_name(p), *asname = NULL;
    if (!name || (take(p, T_AS) && !(asname = take_name(p))))
        return NULL;
    return NEW_AS(p, AST_alias, AstAlias, first, .name = name, .asname = asname);
}

/* Aliases with commas; in parentheses (end is T_RPAR) a comma may end the list. */
static AstSeq *parse_aliases(Parser *p, bool dotted, TokenKind end)
{
    size_t base = p->stack_used;
    do {
        if (end == T_RPAR && base != p->stack_used && kind(p) == end)
            break;
        AstNode *alias = parse_alias(p, dotted);
        if (!alias || !oz_seq_push(p, alias))
            return NULL;
    } while (take(p, T_COMMA));
    return oz_pop_seq(p, base);
}

static AstNode *parse_import(Parser *p)
{
    Token first = *peek(p);
    advance(p);
    AstSeq *names = parse_aliases(p, true, T_NEWLINE);
    return names ? NEW(p, Import, first, .names = names) : NULL;
}

static AstSeq *parse_import_names(Parser *p)
{
    if (take(p, T_LPAR)) {
        AstSeq *names = parse_aliases(p, false, T_RPAR);
        return names && take(p, T_RPAR) ? names : NULL;
    }
    if (kind(p) != T_STAR)
        return parse_aliases(p, false, T_NEWLINE);
    Token star = *peek(p);
    advance(p);
    AstText *name = oz_ast_text(p->arena, "*", 1);
    if (!name)
        return oz_parse_memory(p);
    AstNode *alias = NEW_AS(p, AST_alias, AstAlias, star, .name = name);
    return alias ? oz_seq_of(p, alias) : NULL;
}

static AstNode *parse_import_from(Parser *p)
{
    Token first = *peek(p);
    advance(p);
    int32_t level = 0;
    for (; kind(p) == T_DOT || kind(p) == T_ELLIPSIS; advance(p))
        level += kind(p) == T_DOT ? 1 : 3;
    AstText *module = NULL;
    if (!level || kind(p) != T_IMPORT) {
        module = take_dotted(p);
        if (!module)
            return NULL;
    }
    AstSeq *names = take(p, T_IMPORT) ? parse_import_names(p) : NULL;
    return names ? NEW(p, ImportFrom, first, .module = module, .names = names, .level = level)
                 : NULL;
}

static AstNode *parse_simple(Parser *p)
{
    switch (kind(p)) {
    case T_RETURN:
        return parse_return(p);
    case T_IMPORT:
        return parse_import(p);
    case T_FROM:
        return parse_import_from(p);
    case T_RAISE:
        return parse_raise(p);
    case T_PASS:
        return parse_word(p, AST_Pass);
    case T_BREAK:
        return parse_word(p, AST_Break);
    case T_CONTINUE:
        return parse_word(p, AST_Continue);
    case T_DEL:
        return parse_delete(p);
    case T_ASSERT:
        return parse_assert(p);
    case T_GLOBAL:
        return parse_scope(p, AST_Global);
    case T_NONLOCAL:
        return parse_scope(p, AST_Nonlocal);
    default:
        return parse_expression_statement(p);
    }
}

/* Simple statements up to the NEWLINE, onto the stack. */
static bool push_simple_statements(Parser *p)
{
    do {
        AstNode *statement = parse_simple(p);
        if (!statement || !oz_seq_push(p, statement))
            return false;
    } while (take(p, T_SEMI) && kind(p) != T_NEWLINE);
    return take(p, T_NEWLINE);
}

/* --- Blocks ---------------------------------------------------------------------------------- */

/* Statements up to the end of the block. */
static AstSeq *parse_statements(Parser *p)
{
    size_t base = p->stack_used;
    while (kind(p) != T_DEDENT && kind(p) != T_ENDMARKER) {
        if (!push_statement(p))
            return NULL;
    }
    return oz_pop_seq(p, base);
}

static AstSeq *parse_block(Parser *p)
{
    if (oz_too_deep(p))
        return NULL;
    if (!take(p, T_NEWLINE)) {
        size_t base = p->stack_used;
        return push_simple_statements(p) ? oz_pop_seq(p, base) : NULL;
    }
    if (!take(p, T_INDENT))
        return NULL;
    AstSeq *body = parse_statements(p);
    return body && body->count && take(p, T_DEDENT) ? body : NULL;
}

static AstSeq *parse_colon_block(Parser *p)
{
    return take(p, T_COLON) ? parse_block(p) : NULL;
}

/* `else: block`, or no statements. */
static AstSeq *parse_else(Parser *p)
{
    return take(p, T_ELSE) ? parse_colon_block(p) : p->empty;
}

/* --- Compound statements --------------------------------------------------------------------- */

/* After `if` or `elif`: a chain of elifs is nested to the right. */
static AstNode *parse_if(Parser *p)
{
    if (oz_too_deep(p))
        return NULL;
    Token first = *peek(p);
    advance(p);
    AstNode *test = oz_parse_named_expression(p);
    AstSeq *body = test ? parse_colon_block(p) : NULL, *orelse;
    if (!body)
        return NULL;
    if (kind(p) == T_ELIF) {
        AstNode *rest = parse_if(p);
        orelse = rest ? oz_seq_of(p, rest) : NULL;
    } else {
        orelse = parse_else(p);
    }
    return orelse ? NEW(p, If, first, .test = test, .body = body, .orelse = orelse) : NULL;
}

static AstNode *parse_while(Parser *p)
{
    Token first = *peek(p);
    advance(p);
    AstNode *test = oz_parse_named_expression(p);
    AstSeq *body = test ? parse_colon_block(p) : NULL;
    AstSeq *orelse = body ? parse_else(p) : NULL;
    return orelse ? NEW(p, While, first, .test = test, .body = body, .orelse = orelse) : NULL;
}

/* `first` is the `async` of an async for, which has been taken. */
static AstNode *parse_for(Parser *p, Token first)
{
    bool is_async = first.kind == T_ASYNC;
    advance(p);
    AstNode *target = oz_parse_star_targets(p);
    AstNode *iter = target && take(p, T_IN) ? oz_parse_star_expressions(p) : NULL;
    if (!iter || !take(p, T_COLON))
        return NULL;
    AstText *comment = take_type_comment(p);
    AstSeq *body = p->fault.kind ? NULL : parse_block(p);
    AstSeq *orelse = body ? parse_else(p) : NULL;
    if (!orelse || (is_async && !oz_check_version(p, 5, "Async for loops are")))
        return NULL;
    return NEW_AS(p, is_async ? AST_AsyncFor : AST_For, AstFor, first, .target = target,
                  .iter = iter, .body = body, .orelse = orelse, .type_comment = comment);
}

static AstNode *parse_with_item(Parser *p)
{
    AstWithitem *item = (AstWithitem *)oz_ast_new(p->arena, AST_withitem);
    if (!item)
        return oz_parse_memory(p);
    item->context_expr = oz_parse_expression(p);
    if (!item->context_expr)
        return NULL;
    if (take(p, T_AS)) {
        item->optional_vars = oz_parse_star_target(p);
        if (!item->optional_vars || (kind(p) != T_COMMA && kind(p) != T_RPAR && kind(p) != T_COLON))
            return NULL;
    }
    return &item->base;
}

/* Items with commas, which may end with one when `bracketed`. */
static AstSeq *parse_with_items(Parser *p, bool bracketed)
{
    size_t base = p->stack_used;
    do {
        if (bracketed && base != p->stack_used && kind(p) == T_RPAR)
            break;
        AstNode *item = parse_with_item(p);
        if (!item || !oz_seq_push(p, item))
            return NULL;
    } while (take(p, T_COMMA));
    return oz_pop_seq(p, base);
}

/* `(items):` up to before the colon, or NULL with the parser where it stood. */
static AstSeq *try_bracketed_items(Parser *p)
{
    uint32_t mark = p->mark;
    size_t base = p->stack_used;
    p->trying++;
    advance(p);
    AstSeq *items = parse_with_items(p, true);
    bool fits = items && take(p, T_RPAR) && kind(p) == T_COLON;
    p->trying--;
    if (fits)
        return items;
    p->mark = mark;
    p->stack_used = base;
    return NULL;
}

static AstNode *parse_with(Parser *p, Token first)
{
    bool is_async = first.kind == T_ASYNC;
    advance(p);
    AstSeq *items = kind(p) == T_LPAR ? try_bracketed_items(p) : NULL;
    bool bracketed = items;
    if (!items && !p->fault.kind)
        items = parse_with_items(p, false);
    if (!items || !take(p, T_COLON))
        return NULL;
    AstText *comment = bracketed ? NULL : take_type_comment(p);
    AstSeq *body = p->fault.kind ? NULL : parse_block(p);
    if (!body || (bracketed && !oz_check_version(p, 9, "Parenthesized context managers are")) ||
        (is_async && !oz_check_version(p, 5, "Async with statements are")))
        return NULL;
    return NEW_AS(p, is_async ? AST_AsyncWith : AST_With, AstWith, first, .items = items,
                  .body = body, .type_comment = comment);
}

/* One `except` clause; *star tells `except*`, of which a statement has all or none. */
static AstNode *parse_handler(Parser *p, bool star, bool first_handler)
{
    Token first = *peek(p);
    advance(p);
    if (!first_handler && star != (kind(p) == T_STAR))
        return NULL;
    take(p, T_STAR);
    AstNode *type = NULL;
    AstText *name = NULL;
    if (kind(p) != T_COLON || star) {
        type = oz_parse_expression(p);
        if (!type || (take(p, T_AS) && !(name = take_name(p))))
            return NULL;
    }
    AstSeq *body = parse_colon_block(p);
    return body ? NEW(p, ExceptHandler, first, .type = type, .name = name, .body = body) : NULL;
}

static AstSeq *parse_handlers(Parser *p, bool *star)
{
    size_t base = p->stack_used;
    *star = kind(p) == T_EXCEPT && kind_after(p) == T_STAR;
    while (kind(p) == T_EXCEPT) {
        AstNode *handler = parse_handler(p, *star, base == p->stack_used);
        if (!handler || !oz_seq_push(p, handler))
            return NULL;
    }
    return oz_pop_seq(p, base);
}

static AstNode *parse_try(Parser *p)
{
    Token first = *peek(p);
    advance(p);
    bool star;
    AstSeq *body = parse_colon_block(p);
    AstSeq *handlers = body ? parse_handlers(p, &star) : NULL;
    AstSeq *orelse = !handlers ? NULL : handlers->count ? parse_else(p) : p->empty;
    AstSeq *finalbody = !orelse ? NULL : take(p, T_FINALLY) ? parse_colon_block(p) : p->empty;
    if (!finalbody || (!handlers->count && !finalbody->count))
        return NULL;
    if (star && !oz_check_version(p, 11, "Exception groups are"))
        return NULL;
    return NEW_AS(p, star ? AST_TryStar : AST_Try, AstTry, first, .body = body,
                  .handlers = handlers, .orelse = orelse, .finalbody = finalbody);
}

/* A function's type comment ends its header line or is the first line of its body. */
static AstText *take_func_comment(Parser *p)
{
    if (kind(p) != T_NEWLINE || kind_after(p) != T_TYPE_COMMENT)
        return take_type_comment(p);
    uint32_t mark = p->mark;
    advance(p);
    AstText *comment = take_type_comment(p);
    if (comment && kind(p) == T_NEWLINE && kind_after(p) == T_INDENT)
        return comment;
    p->mark = mark;
    return NULL;
}

static AstNode *parse_function(Parser *p, Token first, AstSeq *decorators)
{
    bool is_async = first.kind == T_ASYNC;
    advance(p);
    AstText *name = take_name(p);
    AstNode *args = name && take(p, T_LPAR) ? oz_parse_parameters(p, T_RPAR) : NULL;
    if (!args || !take(p, T_RPAR))
        return NULL;
    AstNode *returns = NULL;
    if (take(p, T_ARROW) && !(returns = oz_parse_expression(p)))
        return NULL;
    if (!take(p, T_COLON))
        return NULL;
    AstText *comment = take_func_comment(p);
    AstSeq *body = p->fault.kind ? NULL : parse_block(p);
    if (!body || (is_async && !oz_check_version(p, 5, "Async functions are")))
        return NULL;
    return NEW_AS(p, is_async ? AST_AsyncFunctionDef : AST_FunctionDef, AstFunctionDef, first,
                  .name = name, .args = args, .body = body, .decorator_list = decorators,
                  .returns = returns, .type_comment = comment);
}

static AstNode *parse_class(Parser *p, AstSeq *decorators)
{
    Token first = *peek(p);
    advance(p);
    AstText *name = take_name(p);
    if (!name)
        return NULL;
    AstSeq *bases = p->empty, *keywords = p->empty;
    if (take(p, T_LPAR) && !(oz_parse_arguments(p, &bases, &keywords) && take(p, T_RPAR)))
        return NULL;
    AstSeq *body = parse_colon_block(p);
    return body ? NEW(p, ClassDef, first, .name = name, .bases = bases, .keywords = keywords,
                      .body = body, .decorator_list = decorators)
                : NULL;
}

/* After `async`, which is `first`. */
static AstNode *parse_async(Parser *p, AstSeq *decorators)
{
    Token first = *peek(p);
    advance(p);
    switch (kind(p)) {
    case T_DEF:
        return parse_function(p, first, decorators);
    case T_FOR:
        return decorators->count ? NULL : parse_for(p, first);
    case T_WITH:
        return decorators->count ? NULL : parse_with(p, first);
    default:
        return NULL;
    }
}

static AstNode *parse_decorated(Parser *p)
{
    size_t base = p->stack_used;
    while (take(p, T_AT)) {
        AstNode *decorator = oz_parse_named_expression(p);
        if (!decorator || !take(p, T_NEWLINE) || !oz_seq_push(p, decorator))
            return NULL;
    }
    AstSeq *decorators = oz_pop_seq(p, base);
    if (!decorators)
        return NULL;
    switch (kind(p)) {
    case T_DEF:
        return parse_function(p, *peek(p), decorators);
    case T_CLASS:
        return parse_class(p, decorators);
    case T_ASYNC:
        return parse_async(p, decorators);
    default:
        return NULL;
    }
}

/* --- match ----------------------------------------------------------------------------------- */

static AstNode *parse_case(Parser *p)
{
    AstMatchCase *node = (AstMatchCase *)oz_ast_new(p->arena, AST_match_case);
    if (!node)
        return oz_parse_memory(p);
    advance(p);
    node->pattern = oz_parse_patterns(p);
    if (!node->pattern || (take(p, T_IF) && !(node->guard = oz_parse_named_expression(p))))
        return NULL;
    node->body = parse_colon_block(p);
    return node->body ? &node->base : NULL;
}

static AstSeq *parse_cases(Parser *p)
{
    size_t base = p->stack_used;
    while (oz_parser_is_name(p, peek(p), "case")) {
        AstNode *node = parse_case(p);
        if (!node || !oz_seq_push(p, node))
            return NULL;
    }
    if (base == p->stack_used || !take(p, T_DEDENT))
        return NULL;
    return oz_pop_seq(p, base);
}

static AstNode *parse_subject(Parser *p)
{
    Token first = *peek(p);
    AstNode *subject = oz_parse_star_named_expression(p);
    if (!subject || kind(p) != T_COMMA)
        return subject && subject->kind != AST_Starred ? subject : NULL;
    return oz_parse_tuple(p, first, subject, oz_parse_star_named_expression);
}

/* A match statement; NULL without a fault and with *fits false when it is something else. */
static AstNode *try_match(Parser *p, bool *fits)
{
    *fits = false;
    if (!oz_starts_expression(kind_after(p)))
        return NULL; /* what follows a variable of the name, most often */
    Token first = *peek(p);
    uint32_t mark = p->mark;
    size_t base = p->stack_used;
    p->trying++;
    advance(p);
    AstNode *subject = parse_subject(p);
    *fits = subject && take(p, T_COLON) && take(p, T_NEWLINE) && take(p, T_INDENT);
    p->trying--;
    if (!*fits) {
        p->mark = mark;
        p->stack_used = base;
        return NULL;
    }
    AstSeq *cases = parse_cases(p);
    return cases && oz_check_version(p, 10, "Pattern matching is")
               ? NEW(p, Match, first, .subject = subject, .cases = cases)
               : NULL;
}

/* --- Statements ------------------------------------------------------------------------------ */

/* A compound statement, or NULL with *simple set when this is none. */
static AstNode *parse_compound(Parser *p, bool *simple)
{
    *simple = false;
    switch (kind(p)) {
    case T_IF:
        return parse_if(p);
    case T_DEF:
        return parse_function(p, *peek(p), p->empty);
    case T_CLASS:
        return parse_class(p, p->empty);
    case T_AT:
        return parse_decorated(p);
    case T_WITH:
        return parse_with(p, *peek(p));
    case T_FOR:
        return parse_for(p, *peek(p));
    case T_TRY:
        return parse_try(p);
    case T_WHILE:
        return parse_while(p);
    case T_ASYNC:
        return parse_async(p, p->empty);
    default:
        break;
    }
    bool fits = false;
    AstNode *match = NULL;
    if (oz_parser_is_name(p, peek(p), "match"))
        match = try_match(p, &fits);
    *simple = !fits;
    return match;
}

static bool push_statement(Parser *p)
{
    bool simple;
    AstNode *statement = parse_compound(p, &simple);
    if (statement)
        return oz_seq_push(p, statement);
    return simple && !p->fault.kind && push_simple_statements(p);
}

/* --- Whole texts ----------------------------------------------------------------------------- */

AstNode *oz_parse_file(Parser *p)
{
    size_t base = p->stack_used;
    while (kind(p) != T_ENDMARKER) {
        p->statement = p->mark;
        if (!push_statement(p))
            return NULL;
    }
    AstSeq *body = oz_pop_seq(p, base);
    if (!body)
        return NULL;
    AstModule *module = (AstModule *)oz_ast_new(p->arena, AST_Module);
    AstSeq *ignores = p->ignore_count ? oz_ast_seq_new(p->arena, p->ignore_count) : p->empty;
    if (!module || !ignores)
        return oz_parse_memory(p);
    for (size_t i = 0; i < p->ignore_count; i++)
        ignores->items[i] = p->ignores[i];
    module->body = body;
    module->type_ignores = ignores;
    return &module->base;
}

bool oz_is_single_statement(const Parser *p)
{
    const Token *last = &p->tokens[p->mark - 1];
    const char *s = last->col < 0 ? p->tokenizer.cur : token_bytes(p, last);
    for (; *s; s++) {
        if (*s == '#')
            s += strcspn(s, "\n");
        if (!*s)
            break;
        if (*s != ' ' && *s != '\t' && *s != '\n' && *s != '\f')
            return false;
    }
    return true;
}

static AstSeq *parse_single_statement(Parser *p)
{
    size_t base = p->stack_used;
    if (take(p, T_NEWLINE)) { /* an empty line */
        AstNode *pass = NEW(p, Pass, p->tokens[p->mark - 1]);
        return pass ? oz_seq_of(p, pass) : NULL;
    }
    bool simple;
    AstNode *statement = parse_compound(p, &simple);
    if (statement)
        return take(p, T_NEWLINE) ? oz_seq_of(p, statement) : NULL;
    if (!simple || p->fault.kind || !push_simple_statements(p))
        return NULL;
    return oz_pop_seq(p, base);
}

AstNode *oz_parse_interactive(Parser *p)
{
    AstSeq *body = parse_single_statement(p);
    if (!body)
        return NULL;
    if (!oz_is_single_statement(p))
        return NULL;
    AstInteractive *node = (AstInteractive *)oz_ast_new(p->arena, AST_Interactive);
    if (!node)
        return oz_parse_memory(p);
    node->body = body;
    return &node->base;
}

/* Expressions with commas, none with a star of its own. */
static AstNode *parse_expressions(Parser *p)
{
    Token first = *peek(p);
    AstNode *item = oz_parse_expression(p);
    if (!item || kind(p) != T_COMMA)
        return item;
    return oz_parse_tuple(p, first, item, oz_parse_expression);
}

AstNode *oz_parse_eval(Parser *p)
{
    AstNode *body = parse_expressions(p);
    if (!body)
        return NULL;
    while (take(p, T_NEWLINE))
        continue;
    if (kind(p) != T_ENDMARKER)
        return NULL;
    AstExpression *node = (AstExpression *)oz_ast_new(p->arena, AST_Expression);
    if (!node)
        return oz_parse_memory(p);
    node->body = body;
    return &node->base;
}

/* `(a, *b, **c) -> d`: the stars say how many arguments, their types are listed alike. */
AstNode *oz_parse_func_type(Parser *p)
{
    if (!take(p, T_LPAR))
        return NULL;
    size_t base = p->stack_used;
    int stage = 0;
    while (kind(p) != T_RPAR) {
        int now = kind(p) == T_STAR ? 1 : kind(p) == T_DOUBLE_STAR ? 2 : 0;
        if ((stage && now <= stage) || (now && !take(p, now == 1 ? T_STAR : T_DOUBLE_STAR)))
            return NULL;
        stage = now;
        AstNode *type = oz_parse_expression(p);
        if (!type || !oz_seq_push(p, type))
            return NULL;
        if (!take(p, T_COMMA))
            break;
        if (kind(p) == T_RPAR)
            return NULL;
    }
    AstSeq *argtypes = take(p, T_RPAR) && take(p, T_ARROW) ? oz_pop_seq(p, base) : NULL;
    AstNode *returns = argtypes ? oz_parse_expression(p) : NULL;
    if (!returns)
        return NULL;
    while (take(p, T_NEWLINE))
        continue;
    if (kind(p) != T_ENDMARKER)
        return NULL;
    AstFunctionType *node = (AstFunctionType *)oz_ast_new(p->arena, AST_FunctionType);
    if (!node)
        return oz_parse_memory(p);
    node->argtypes = argtypes;
    node->returns = returns;
    return &node->base;
}
