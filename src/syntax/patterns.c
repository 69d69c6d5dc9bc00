// SPDX-License-Identifier: MIT
// Patterns of the match statement.
#include "syntax/parser_state.h"

#include <string.h>

static AstNode *parse_maybe_star(Parser *p);

/* --- Literals and values --------------------------------------------------------------------- */

static bool is_complex(const AstNode *node)
{
    return ((const AstConstant *)node)->value.tag == AST_COMPLEX;
}

/* A number with an optional minus. */
static AstNode *parse_signed(Parser *p)
{
    Token first = *peek(p);
    bool minus = take(p, T_MINUS);
    AstNode *number = kind(p) == T_NUMBER ? oz_parse_number(p) : NULL;
    if (!number || !minus)
        return number;
    return NEW(p, UnaryOp, first, .op = AST_USub, .operand = number);
}

/* `3`, `-3`, `1 + 2j`, `-1 - 2j` */
static AstNode *parse_number_value(Parser *p)
{
    Token first = *peek(p);
    AstNode *left = parse_signed(p);
    if (!left || (kind(p) != T_PLUS && kind(p) != T_MINUS))
        return left;
    AstOperator op = kind(p) == T_PLUS ? AST_Add : AST_Sub;
    advance(p);
    const AstNode *real = left->kind == AST_UnaryOp ? ((AstUnaryOp *)left)->operand : left;
    AstNode *right = kind(p) == T_NUMBER ? oz_parse_number(p) : NULL;
    if (!right)
        return NULL;
    if (is_complex(real))
        return oz_raise_at(p, OZ_FAULT_SYNTAX, real->line, real->col, real->end_line, real->end_col,
                           "real number required in complex literal");
    if (!is_complex(right))
        return oz_raise_at(p, OZ_FAULT_SYNTAX, right->line, right->col, right->end_line,
                           right->end_col, "imaginary number required in complex literal");
    return NEW(p, BinOp, first, .left = left, .op = op, .right = right);
}

/* `a.b.c`; a lone name is returned as such. */
static AstNode *parse_name_or_attribute(Parser *p)
{
    Token first = *peek(p);
    AstNode *node = oz_parse_name(p, AST_Load);
    while (node && take(p, T_DOT)) {
        if (kind(p) != T_NAME)
            return NULL;
        AstText *attr = oz_identifier(p, peek(p));
        if (!attr)
            return NULL;
        advance(p);
        node = NEW(p, Attribute, first, .value = node, .attr = attr, .ctx = AST_Load);
        if (!node)
            return NULL;
    }
    return node;
}

static AstNode *value_pattern(Parser *p, Token first, AstNode *value)
{
    return value ? NEW(p, MatchValue, first, .value = value) : NULL;
}

static AstNode *parse_singleton(Parser *p, AstLiteralTag tag)
{
    Token first = *peek(p);
    advance(p);
    return NEW(p, MatchSingleton, first, .value.tag = tag);
}

/* --- Captures -------------------------------------------------------------------------------- */

/* The name that a capture binds, which is no `_` and not the start of something longer; taken. */
static AstText *take_capture(Parser *p)
{
    if (kind(p) != T_NAME || oz_parser_is_name(p, peek(p), "_"))
        return NULL;
    Token first = *peek(p);
    TokenKind next = kind_after(p);
    if (next == T_DOT || next == T_LPAR || next == T_EQUAL)
        return NULL;
    AstText *name = oz_identifier(p, &first);
    if (name)
        advance(p);
    return name;
}

static AstNode *new_capture(Parser *p, Token first, AstNode *pattern, AstText *name)
{
    return NEW(p, MatchAs, first, .pattern = pattern, .name = name);
}

static AstNode *parse_star_pattern(Parser *p)
{
    Token first = *peek(p);
    advance(p);
    AstText *name = NULL;
    if (oz_parser_is_name(p, peek(p), "_"))
        advance(p);
    else if (!(name = take_capture(p)))
        return NULL;
    return NEW(p, MatchStar, first, .name = name);
}

/* --- Sequences, mappings, classes ------------------------------------------------------------ */

static AstNode *finish_sequence(Parser *p, Token first, size_t base)
{
    AstSeq *patterns = oz_pop_seq(p, base);
    return patterns ? NEW(p, MatchSequence, first, .patterns = patterns) : NULL;
}

/* The pattern and those behind it, onto the stack. */
static bool push_patterns(Parser *p, AstNode *pattern)
{
    return oz_push_items(p, pattern, oz_starts_expression, parse_maybe_star);
}

/* [patterns], or (patterns) that may be a group. */
static AstNode *parse_brackets(Parser *p, TokenKind end)
{
    Token first = *peek(p);
    advance(p);
    size_t base = p->stack_used;
    if (take(p, end))
        return finish_sequence(p, first, base);
    AstNode *pattern = parse_maybe_star(p);
    if (!pattern)
        return NULL;
    if (end == T_RPAR && kind(p) != T_COMMA)
        return pattern->kind != AST_MatchStar && take(p, end) ? pattern : NULL;
    if (!push_patterns(p, pattern) || !take(p, end))
        return NULL;
    return finish_sequence(p, first, base);
}

/* A key of a mapping: a literal or a dotted name. */
static AstNode *parse_key(Parser *p)
{
    Token token = *peek(p);
    switch (kind(p)) {
    case T_NUMBER:
    case T_MINUS:
        return parse_number_value(p);
    case T_STRING:
        return oz_parse_strings(p);
    case T_NONE:
    case T_TRUE:
    case T_FALSE:
        advance(p);
        return NEW(p, Constant, token,
                   .value.tag = token.kind == T_NONE   ? AST_NONE
                                : token.kind == T_TRUE ? AST_TRUE
                                                       : AST_FALSE);
    case T_NAME: {
        AstNode *name = parse_name_or_attribute(p);
        return name && name->kind == AST_Attribute ? name : NULL;
    }
    default:
        return NULL;
    }
}

/* Keys and patterns alternate on the stack; *rest gets the name after `**`. */
static bool push_items(Parser *p, AstText **rest)
{
    while (kind(p) != T_RBRACE) {
        if (take(p, T_DOUBLE_STAR)) {
            *rest = take_capture(p);
            if (!*rest)
                return false;
            take(p, T_COMMA);
            break;
        }
        AstNode *key = parse_key(p);
        AstNode *pattern = key && take(p, T_COLON) ? oz_parse_pattern(p) : NULL;
        if (!pattern || !oz_seq_push(p, key) || !oz_seq_push(p, pattern))
            return false;
        if (!take(p, T_COMMA))
            break;
    }
    return kind(p) == T_RBRACE;
}

/* Split pairs on the stack into two sequences. */
static bool split_pairs(Parser *p, size_t base, AstSeq **firsts, AstSeq **seconds)
{
    size_t count = (p->stack_used - base) / 2;
    *firsts = count ? oz_ast_seq_new(p->arena, count) : p->empty;
    *seconds = count ? oz_ast_seq_new(p->arena, count) : p->empty;
    if (!*firsts || !*seconds)
        return oz_parse_memory(p), false;
    for (size_t i = 0; i < count; i++) {
        (*firsts)->items[i] = p->stack[base + 2 * i];
        (*seconds)->items[i] = p->stack[base + 2 * i + 1];
    }
    p->stack_used = base;
    return true;
}

static AstNode *parse_mapping(Parser *p)
{
    Token first = *peek(p);
    advance(p);
    size_t base = p->stack_used;
    AstText *rest = NULL;
    AstSeq *keys, *patterns;
    if (!push_items(p, &rest) || !split_pairs(p, base, &keys, &patterns))
        return NULL;
    advance(p);
    return NEW(p, MatchMapping, first, .keys = keys, .patterns = patterns, .rest = rest);
}

/* `name=pattern` pairs up to the bracket, pushed alternately. */
static bool push_keywords(Parser *p)
{
    while (kind(p) != T_RPAR) {
        Token name = *peek(p);
        if (name.kind != T_NAME || kind_after(p) != T_EQUAL)
            return false;
        AstText *attr = oz_identifier(p, &name);
        if (!attr)
            return false;
        advance(p);
        advance(p);
        AstNode *pattern = oz_parse_pattern(p);
        if (!pattern || !oz_seq_push(p, attr) || !oz_seq_push(p, pattern))
            return false;
        if (!take(p, T_COMMA))
            break;
    }
    return kind(p) == T_RPAR;
}

static bool push_positional(Parser *p)
{
    while (kind(p) != T_RPAR && !(kind(p) == T_NAME && kind_after(p) == T_EQUAL)) {
        AstNode *pattern = oz_parse_pattern(p);
        if (!pattern || !oz_seq_push(p, pattern))
            return false;
        if (!take(p, T_COMMA))
            return kind(p) == T_RPAR;
    }
    return true;
}

static AstNode *parse_class(Parser *p, Token first, AstNode *cls)
{
    advance(p);
    size_t base = p->stack_used;
    if (!push_positional(p))
        return NULL;
    AstSeq *patterns = oz_pop_seq(p, base), *attrs, *attr_patterns;
    if (!patterns || !push_keywords(p) || !split_pairs(p, base, &attrs, &attr_patterns))
        return NULL;
    advance(p);
    return NEW(p, MatchClass, first, .cls = cls, .patterns = patterns, .kwd_attrs = attrs,
               .kwd_patterns = attr_patterns);
}

/* A capture, a wildcard, a dotted value or a class pattern. */
static AstNode *parse_name_pattern(Parser *p)
{
    Token first = *peek(p);
    TokenKind next = kind_after(p);
    if (next != T_DOT && next != T_LPAR) {
        if (oz_parser_is_name(p, &first, "_")) {
            advance(p);
            return new_capture(p, first, NULL, NULL);
        }
        AstText *name = take_capture(p);
        return name ? new_capture(p, first, NULL, name) : NULL;
    }
    AstNode *name = parse_name_or_attribute(p);
    if (!name)
        return NULL;
    if (kind(p) == T_LPAR)
        return parse_class(p, first, name);
    return kind(p) == T_EQUAL ? NULL : value_pattern(p, first, name);
}

/* --- Patterns -------------------------------------------------------------------------------- */

static AstNode *parse_closed(Parser *p)
{
    if (oz_too_deep(p))
        return NULL;
    Token first = *peek(p);
    switch (kind(p)) {
    case T_NUMBER:
    case T_MINUS:
        return value_pattern(p, first, parse_number_value(p));
    case T_STRING:
        return value_pattern(p, first, oz_parse_strings(p));
    case T_NONE:
        return parse_singleton(p, AST_NONE);
    case T_TRUE:
        return parse_singleton(p, AST_TRUE);
    case T_FALSE:
        return parse_singleton(p, AST_FALSE);
    case T_NAME:
        return parse_name_pattern(p);
    case T_LPAR:
        return parse_brackets(p, T_RPAR);
    case T_LSQB:
        return parse_brackets(p, T_RSQB);
    case T_LBRACE:
        return parse_mapping(p);
    default:
        return NULL;
    }
}

static AstNode *parse_or(Parser *p)
{
    Token first = *peek(p);
    AstNode *pattern = parse_closed(p);
    if (!pattern || kind(p) != T_VBAR)
        return pattern;
    size_t base = p->stack_used;
    if (!oz_seq_push(p, pattern))
        return NULL;
    while (take(p, T_VBAR)) {
        pattern = parse_closed(p);
        if (!pattern || !oz_seq_push(p, pattern))
            return NULL;
    }
    AstSeq *patterns = oz_pop_seq(p, base);
    return patterns ? NEW(p, MatchOr, first, .patterns = patterns) : NULL;
}

AstNode *oz_parse_pattern(Parser *p)
{
    Token first = *peek(p);
    AstNode *pattern = parse_or(p);
    if (!pattern || !take(p, T_AS))
        return pattern;
    AstText *name = take_capture(p);
    return name ? new_capture(p, first, pattern, name) : NULL;
}

static AstNode *parse_maybe_star(Parser *p)
{
    return kind(p) == T_STAR ? parse_star_pattern(p) : oz_parse_pattern(p);
}

AstNode *oz_parse_patterns(Parser *p)
{
    Token first = *peek(p);
    AstNode *pattern = parse_maybe_star(p);
    if (!pattern)
        return NULL;
    if (kind(p) != T_COMMA)
        return pattern->kind == AST_MatchStar ? NULL : pattern;
    size_t base = p->stack_used;
    if (!push_patterns(p, pattern))
        return NULL;
    return finish_sequence(p, first, base);
}
