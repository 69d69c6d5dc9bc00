// SPDX-License-Identifier: MIT
// Parameters of functions and lambdas: one loop, with the order of their kinds as a state.
#include "syntax/parser_state.h"

/* Where in the list we are: each kind of parameter may only follow some others. */
typedef struct Parameters {
    AstArguments *node; /* [owner] filled at the end */
    TokenKind end;      /* [const] T_RPAR: with annotations; T_COLON: a lambda's */
    size_t base;        /* [const] of the parameters on the parser's stack */
    size_t posonly;     /* [owner] how many of them came before the slash */
    size_t positional;  /* [owner] how many came before the star */
    size_t defaults;    /* [owner] how many positional ones have a default */
    bool slash;         /* [owner] seen */
    bool star;          /* [owner] seen */
    bool bare;          /* [owner] the star has no name, and no parameter followed yet */
} Parameters;

static bool is_annotated(const Parameters *list)
{
    return list->end == T_RPAR;
}

/* A type comment belongs to the parameter before it, and stands after the comma if there is one. */
static bool take_type_comment(Parser *p, AstArg *arg)
{
    if (kind(p) != T_TYPE_COMMENT)
        return true;
    const Token *token = peek(p);
    AstText *text = oz_ast_text_copy(p->arena, token_bytes(p, token), token->length);
    if (!text)
        return oz_parse_memory(p), false;
    arg->type_comment = text;
    advance(p);
    return true;
}

/* A name, with its annotation in a def.  After a star the annotation may have a star, too. */
static AstArg *parse_parameter(Parser *p, const Parameters *list, bool starred)
{
    Token first = *peek(p);
    if (first.kind != T_NAME)
        return NULL;
    AstText *name = oz_identifier(p, &first);
    if (!name)
        return NULL;
    advance(p);
    AstNode *annotation = NULL;
    if (is_annotated(list) && take(p, T_COLON)) {
        annotation = starred ? oz_parse_star_expression(p) : oz_parse_expression(p);
        if (!annotation)
            return NULL;
    }
    return (AstArg *)NEW_AS(p, AST_arg, AstArg, first, .arg = name, .annotation = annotation);
}

/* After a parameter: a comma, or the end. */
static bool end_parameter(Parser *p, const Parameters *list, AstArg *arg)
{
    if (is_annotated(list) && kind(p) == T_TYPE_COMMENT)
        return take_type_comment(p, arg) && kind(p) == list->end;
    if (!take(p, T_COMMA))
        return kind(p) == list->end;
    return !is_annotated(list) || take_type_comment(p, arg);
}

static bool parse_plain(Parser *p, Parameters *list)
{
    AstArg *arg = parse_parameter(p, list, false);
    if (!arg)
        return false;
    AstNode *value = NULL;
    if (take(p, T_EQUAL) && !(value = oz_parse_expression(p)))
        return false;
    if (!list->star) {
        if (!value && list->defaults)
            return false;
        list->positional++;
        list->defaults += value != NULL;
    }
    list->bare = false;
    return oz_seq_push(p, &arg->base) && oz_seq_push(p, value) && end_parameter(p, list, arg);
}

static bool parse_slash(Parser *p, Parameters *list)
{
    if (list->slash || list->star || !list->positional)
        return false;
    advance(p);
    if (!oz_check_version(p, 8, "Positional-only parameters are"))
        return false;
    list->slash = true;
    list->posonly = list->positional;
    return take(p, T_COMMA) || kind(p) == list->end;
}

static bool parse_star(Parser *p, Parameters *list)
{
    if (list->star)
        return false;
    advance(p);
    list->star = true;
    if (take(p, T_COMMA)) {
        list->bare = true;
        return true;
    }
    AstArg *arg = parse_parameter(p, list, true);
    if (!arg)
        return false;
    list->node->vararg = &arg->base;
    return end_parameter(p, list, arg);
}

static bool parse_double_star(Parser *p, Parameters *list)
{
    advance(p);
    AstArg *arg = parse_parameter(p, list, false);
    if (!arg || list->bare)
        return false;
    list->node->kwarg = &arg->base;
    return end_parameter(p, list, arg) && kind(p) == list->end;
}

/* `count` parameters from index `from` of the list: every second item of the stack, plus `offset`
 * (0: the arg, 1: its default). */
static AstSeq *gather(Parser *p, const Parameters *list, size_t from, size_t count, size_t offset)
{
    if (!count)
        return p->empty;
    AstSeq *seq = oz_ast_seq_new(p->arena, count);
    if (!seq)
        return oz_parse_memory(p);
    for (size_t i = 0; i < count; i++)
        seq->items[i] = p->stack[list->base + 2 * (from + i) + offset];
    return seq;
}

static AstNode *finish(Parser *p, Parameters *list)
{
    AstArguments *node = list->node;
    size_t total = (p->stack_used - list->base) / 2;
    size_t positional = list->positional, keyword_only = total - positional;
    node->posonlyargs = gather(p, list, 0, list->posonly, 0);
    node->args = gather(p, list, list->posonly, positional - list->posonly, 0);
    node->defaults = gather(p, list, positional - list->defaults, list->defaults, 1);
    node->kwonlyargs = gather(p, list, positional, keyword_only, 0);
    node->kw_defaults = gather(p, list, positional, keyword_only, 1);
    p->stack_used = list->base;
    return p->fault.kind ? NULL : &node->base;
}

AstNode *oz_parse_parameters(Parser *p, TokenKind end)
{
    Parameters list = {.node = (AstArguments *)oz_ast_new(p->arena, AST_arguments),
                       .end = end,
                       .base = p->stack_used};
    if (!list.node)
        return oz_parse_memory(p);
    while (kind(p) != end) {
        bool fine;
        switch (kind(p)) {
        case T_NAME:
            fine = parse_plain(p, &list);
            break;
        case T_SLASH:
            fine = parse_slash(p, &list);
            break;
        case T_STAR:
            fine = parse_star(p, &list);
            break;
        case T_DOUBLE_STAR:
            fine = parse_double_star(p, &list);
            break;
        default:
            fine = false;
            break;
        }
        if (!fine)
            return NULL;
    }
    return list.bare ? NULL : finish(p, &list);
}
