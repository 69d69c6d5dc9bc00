// SPDX-License-Identifier: MIT
// Expressions: recursive descent, with one loop for all binary operators.
//
// Each function takes the longest expression of its kind and leaves the rest; it returns NULL
// without a fault when the text is not of that kind, which the caller passes on.  No function here
// goes back to an earlier token.  Targets are parsed as expressions and then given their context
// (oz_set_context): what the grammar allows as a target can be told from the finished tree.
#include "syntax/parser_state.h"

#include <assert.h>
#include <string.h>

static AstNode *parse_expression_here(Parser *p);

/* --- Names and targets ----------------------------------------------------------------------- */

AstNode *oz_parse_name(Parser *p, AstExprContext ctx)
{
    if (kind(p) != T_NAME)
        return NULL;
    Token token = *peek(p);
    AstText *id = oz_identifier(p, &token);
    if (!id)
        return NULL;
    advance(p);
    return NEW(p, Name, token, .id = id, .ctx = ctx);
}

static bool set_all_contexts(Parser *p, AstSeq *elts, AstExprContext ctx)
{
    if (oz_too_deep(p))
        return false;
    for (uint32_t i = 0; i < elts->count; i++) {
        if (!oz_set_context(p, oz_ast_seq_node(elts, i), ctx))
            return false;
    }
    return true;
}

bool oz_set_context(Parser *p, AstNode *node, AstExprContext ctx)
{
    switch (node->kind) {
    case AST_Name:
        ((AstName *)node)->ctx = ctx;
        return true;
    case AST_Attribute:
        ((AstAttribute *)node)->ctx = ctx;
        return true;
    case AST_Subscript:
        ((AstSubscript *)node)->ctx = ctx;
        return true;
    case AST_Starred:
        ((AstStarred *)node)->ctx = ctx;
        return ctx == AST_Store && oz_set_context(p, ((AstStarred *)node)->value, ctx);
    case AST_Tuple:
        ((AstTuple *)node)->ctx = ctx;
        return set_all_contexts(p, ((AstTuple *)node)->elts, ctx);
    case AST_List:
        ((AstList *)node)->ctx = ctx;
        return set_all_contexts(p, ((AstList *)node)->elts, ctx);
    default:
        return false;
    }
}

static AstNode *new_starred(Parser *p, Token star, AstNode *value)
{
    return value ? NEW(p, Starred, star, .value = value, .ctx = AST_Load) : NULL;
}

AstNode *oz_parse_star_target(Parser *p)
{
    Token first = *peek(p);
    bool starred = take(p, T_STAR);
    AstNode *target = oz_parse_primary(p);
    if (starred)
        target = new_starred(p, first, target);
    return target && oz_set_context(p, target, AST_Store) ? target : NULL;
}

static bool starts_target(TokenKind token)
{
    return token == T_NAME || token == T_LPAR || token == T_LSQB || token == T_STAR ||
           token == T_LBRACE || token == T_STRING || token == T_NUMBER || token == T_ELLIPSIS ||
           token == T_NONE || token == T_TRUE || token == T_FALSE;
}

bool oz_push_items(Parser *p, AstNode *item, bool (*starts)(TokenKind), AstNode *(*part)(Parser *))
{
    while (item && oz_seq_push(p, item)) {
        if (!take(p, T_COMMA) || !starts(kind(p)))
            return true;
        item = part(p);
    }
    return false;
}

static AstNode *finish_tuple(Parser *p, Token first, size_t base, AstExprContext ctx)
{
    AstSeq *elts = oz_pop_seq(p, base);
    return elts ? NEW(p, Tuple, first, .elts = elts, .ctx = ctx) : NULL;
}

AstNode *oz_parse_tuple(Parser *p, Token first, AstNode *item, AstNode *(*part)(Parser *))
{
    size_t base = p->stack_used;
    return oz_push_items(p, item, oz_starts_expression, part)
               ? finish_tuple(p, first, base, AST_Load)
               : NULL;
}

AstNode *oz_parse_star_targets(Parser *p)
{
    Token first = *peek(p);
    AstNode *target = oz_parse_star_target(p);
    if (!target || kind(p) != T_COMMA)
        return target;
    size_t base = p->stack_used;
    return oz_push_items(p, target, starts_target, oz_parse_star_target)
               ? finish_tuple(p, first, base, AST_Store)
               : NULL;
}

/* --- Comprehensions -------------------------------------------------------------------------- */

static bool starts_comprehension(Parser *p)
{
    return kind(p) == T_FOR || (kind(p) == T_ASYNC && kind_after(p) == T_FOR);
}

static AstNode *parse_for_clause(Parser *p)
{
    AstComprehension *clause = (AstComprehension *)oz_ast_new(p->arena, AST_comprehension);
    if (!clause)
        return oz_parse_memory(p);
    bool is_async = take(p, T_ASYNC);
    if (is_async && !oz_check_version(p, 6, "Async comprehensions are"))
        return NULL;
    clause->is_async = is_async;
    if (!take(p, T_FOR) || !(clause->target = oz_parse_star_targets(p)) || !take(p, T_IN) ||
        !(clause->iter = oz_parse_disjunction(p)))
        return NULL;
    size_t base = p->stack_used;
    while (take(p, T_IF)) {
        AstNode *test = oz_parse_disjunction(p);
        if (!test || !oz_seq_push(p, test))
            return NULL;
    }
    clause->ifs = oz_pop_seq(p, base);
    return clause->ifs ? &clause->base : NULL;
}

AstNode *oz_parse_last_for_clause(Parser *p)
{
    AstNode *clause;
    do {
        clause = parse_for_clause(p);
    } while (clause && starts_comprehension(p));
    return clause;
}

static AstSeq *parse_for_clauses(Parser *p)
{
    size_t base = p->stack_used;
    do {
        AstNode *clause = parse_for_clause(p);
        if (!clause || !oz_seq_push(p, clause))
            return NULL;
    } while (starts_comprehension(p));
    return oz_pop_seq(p, base);
}

/* The rest of [elt for ...], (elt for ...) or {elt for ...}: the three nodes have one layout. */
static AstNode *parse_comprehension(Parser *p, AstKind node_kind, Token first, AstNode *elt,
                                    TokenKind end)
{
    if (elt->kind == AST_Starred)
        return NULL;
    AstSeq *generators = parse_for_clauses(p);
    if (!generators || !take(p, end))
        return NULL;
    return NEW_AS(p, node_kind, AstGeneratorExp, first, .elt = elt, .generators = generators);
}

static_assert(sizeof(AstListComp) == sizeof(AstGeneratorExp) &&
                  offsetof(AstListComp, generators) == offsetof(AstGeneratorExp, generators) &&
                  offsetof(AstSetComp, generators) == offsetof(AstGeneratorExp, generators),
              "parse_comprehension fills all three");

/* --- Brackets -------------------------------------------------------------------------------- */

/* The item and those behind it, up to the closing bracket, onto the stack. */
static bool push_star_named(Parser *p, AstNode *item)
{
    return oz_push_items(p, item, oz_starts_expression, oz_parse_star_named_expression);
}

/* A tuple, a group, or a generator expression. */
static AstNode *parse_paren(Parser *p)
{
    Token first = *peek(p);
    advance(p);
    size_t base = p->stack_used;
    if (take(p, T_RPAR))
        return finish_tuple(p, first, base, AST_Load);
    if (kind(p) == T_YIELD) {
        AstNode *yield = oz_parse_yield(p);
        return yield && take(p, T_RPAR) ? yield : NULL;
    }
    AstNode *item = oz_parse_star_named_expression(p);
    if (!item)
        return NULL;
    if (starts_comprehension(p))
        return parse_comprehension(p, AST_GeneratorExp, first, item, T_RPAR);
    if (kind(p) != T_COMMA)
        return item->kind != AST_Starred && take(p, T_RPAR) ? item : NULL;
    if (!push_star_named(p, item) || !take(p, T_RPAR))
        return NULL;
    return finish_tuple(p, first, base, AST_Load);
}

static AstNode *parse_list(Parser *p)
{
    Token first = *peek(p);
    advance(p);
    size_t base = p->stack_used;
    if (kind(p) != T_RSQB) {
        AstNode *item = oz_parse_star_named_expression(p);
        if (!item)
            return NULL;
        if (starts_comprehension(p))
            return parse_comprehension(p, AST_ListComp, first, item, T_RSQB);
        if (!push_star_named(p, item))
            return NULL;
    }
    if (!take(p, T_RSQB))
        return NULL;
    AstSeq *elts = oz_pop_seq(p, base);
    return elts ? NEW(p, List, first, .elts = elts, .ctx = AST_Load) : NULL;
}

/* `key: value` or `**mapping`, pushed as two items of which the first may be NULL. */
static bool push_pair(Parser *p)
{
    AstNode *key = NULL, *value;
    if (take(p, T_DOUBLE_STAR)) {
        value = oz_parse_bitwise_or(p);
    } else {
        key = oz_parse_expression(p);
        value = key && take(p, T_COLON) ? oz_parse_expression(p) : NULL;
    }
    return value && oz_seq_push(p, key) && oz_seq_push(p, value);
}

/* Split the alternating keys and values on the stack in two. */
static AstNode *finish_dict(Parser *p, Token first, size_t base)
{
    size_t count = (p->stack_used - base) / 2;
    AstSeq *keys = count ? oz_ast_seq_new(p->arena, count) : p->empty;
    AstSeq *values = count ? oz_ast_seq_new(p->arena, count) : p->empty;
    if (!keys || !values)
        return oz_parse_memory(p);
    for (size_t i = 0; i < count; i++) {
        keys->items[i] = p->stack[base + 2 * i];
        values->items[i] = p->stack[base + 2 * i + 1];
    }
    p->stack_used = base;
    return NEW(p, Dict, first, .keys = keys, .values = values);
}

static AstNode *parse_dict_comprehension(Parser *p, Token first, size_t base)
{
    AstNode *key = p->stack[base], *value = p->stack[base + 1];
    p->stack_used = base;
    AstSeq *generators = key ? parse_for_clauses(p) : NULL;
    if (!generators || !take(p, T_RBRACE))
        return NULL;
    return NEW(p, DictComp, first, .key = key, .value = value, .generators = generators);
}

/* The rest of a dict whose first pair is on the stack. */
static AstNode *parse_dict_rest(Parser *p, Token first, size_t base)
{
    if (starts_comprehension(p))
        return parse_dict_comprehension(p, first, base);
    while (take(p, T_COMMA)) {
        if (kind(p) == T_RBRACE)
            break;
        if (!push_pair(p))
            return NULL;
    }
    return take(p, T_RBRACE) ? finish_dict(p, first, base) : NULL;
}

static AstNode *parse_set_rest(Parser *p, Token first, AstNode *item, size_t base)
{
    if (starts_comprehension(p))
        return parse_comprehension(p, AST_SetComp, first, item, T_RBRACE);
    if (!push_star_named(p, item) || !take(p, T_RBRACE))
        return NULL;
    AstSeq *elts = oz_pop_seq(p, base);
    return elts ? NEW(p, Set, first, .elts = elts) : NULL;
}

/* A dict or a set: the first item tells. */
static AstNode *parse_brace(Parser *p)
{
    Token first = *peek(p);
    advance(p);
    size_t base = p->stack_used;
    if (take(p, T_RBRACE))
        return finish_dict(p, first, base);
    if (kind(p) == T_DOUBLE_STAR)
        return push_pair(p) ? parse_dict_rest(p, first, base) : NULL;
    bool is_name = kind(p) == T_NAME;
    AstNode *item = oz_parse_star_named_expression(p);
    if (!item)
        return NULL;
    /* A key is no named expression, unless that is in parentheses. */
    bool bare_named = item->kind == AST_NamedExpr && is_name;
    if (kind(p) == T_COLON && item->kind != AST_Starred && !bare_named) {
        advance(p);
        AstNode *value = oz_parse_expression(p);
        if (!value || !oz_seq_push(p, item) || !oz_seq_push(p, value))
            return NULL;
        return parse_dict_rest(p, first, base);
    }
    return parse_set_rest(p, first, item, base);
}

/* --- Atoms ----------------------------------------------------------------------------------- */

static AstNode *parse_singleton(Parser *p, AstLiteralTag tag)
{
    Token token = *peek(p);
    advance(p);
    return NEW(p, Constant, token, .value.tag = tag);
}

AstNode *oz_parse_atom(Parser *p)
{
    switch (kind(p)) {
    case T_NAME:
        return oz_parse_name(p, AST_Load);
    case T_NUMBER:
        return oz_parse_number(p);
    case T_STRING:
        return oz_parse_strings(p);
    case T_LPAR:
        return parse_paren(p);
    case T_LSQB:
        return parse_list(p);
    case T_LBRACE:
        return parse_brace(p);
    case T_NONE:
        return parse_singleton(p, AST_NONE);
    case T_TRUE:
        return parse_singleton(p, AST_TRUE);
    case T_FALSE:
        return parse_singleton(p, AST_FALSE);
    case T_ELLIPSIS:
        return parse_singleton(p, AST_ELLIPSIS);
    default:
        return NULL;
    }
}

/* --- Calls ----------------------------------------------------------------------------------- */

static AstNode *parse_starred(Parser *p)
{
    Token star = *peek(p);
    advance(p);
    return new_starred(p, star, oz_parse_expression(p));
}

/* `name=value`, or `**value` without a name. */
static AstNode *parse_keyword(Parser *p)
{
    Token first = *peek(p);
    AstText *arg = NULL;
    if (!take(p, T_DOUBLE_STAR)) {
        arg = oz_identifier(p, &first);
        if (!arg)
            return NULL;
        advance(p);
        advance(p);
    }
    AstNode *value = oz_parse_expression(p);
    return value ? NEW_AS(p, AST_keyword, AstKeyword, first, .arg = arg, .value = value) : NULL;
}

/* What may still come: positional arguments until the first keyword, stars until the first `**`. */
typedef enum ArgumentStage { POSITIONAL, KEYWORDS, MAPPINGS } ArgumentStage;

static AstNode *parse_argument(Parser *p, ArgumentStage *stage)
{
    if (kind(p) == T_DOUBLE_STAR) {
        *stage = MAPPINGS;
        return parse_keyword(p);
    }
    if (kind(p) == T_NAME && kind_after(p) == T_EQUAL) {
        *stage = *stage == POSITIONAL ? KEYWORDS : *stage;
        return parse_keyword(p);
    }
    if (kind(p) == T_STAR)
        return *stage == MAPPINGS ? NULL : parse_starred(p);
    return *stage == POSITIONAL ? oz_parse_named_expression(p) : NULL;
}

/* Split what is on the stack: keywords have a kind of their own. */
static bool split_arguments(Parser *p, size_t base, AstSeq **args, AstSeq **keywords)
{
    size_t total = p->stack_used - base, keyword_count = 0;
    AstNode **items = (AstNode **)p->stack + base;
    for (size_t i = 0; i < total; i++)
        keyword_count += items[i]->kind == AST_keyword;
    *args = total > keyword_count ? oz_ast_seq_new(p->arena, total - keyword_count) : p->empty;
    *keywords = keyword_count ? oz_ast_seq_new(p->arena, keyword_count) : p->empty;
    if (!*args || !*keywords)
        return oz_parse_memory(p);
    size_t next_arg = 0, next_keyword = 0;
    for (size_t i = 0; i < total; i++) {
        if (items[i]->kind == AST_keyword)
            (*keywords)->items[next_keyword++] = items[i];
        else
            (*args)->items[next_arg++] = items[i];
    }
    p->stack_used = base;
    return true;
}

bool oz_parse_arguments(Parser *p, AstSeq **args, AstSeq **keywords)
{
    ArgumentStage stage = POSITIONAL;
    size_t base = p->stack_used;
    while (kind(p) != T_RPAR && kind(p) != T_ENDMARKER) {
        AstNode *argument = parse_argument(p, &stage);
        if (!argument || !oz_seq_push(p, argument))
            return false;
        if (!take(p, T_COMMA))
            break;
    }
    return split_arguments(p, base, args, keywords);
}

/* Positional arguments first, then those of `rest`. */
static AstSeq *prepend(Parser *p, AstNode *first, const AstSeq *rest)
{
    AstSeq *seq = oz_ast_seq_new(p->arena, (size_t)rest->count + 1);
    if (!seq)
        return oz_parse_memory(p);
    seq->items[0] = first;
    memcpy(seq->items + 1, rest->items, rest->count * sizeof(void *));
    return seq;
}

/* The first argument tells whether the brackets hold arguments or a generator expression. */
static AstSeq *parse_call_args(Parser *p, Token paren, AstSeq **keywords)
{
    AstSeq *args = p->empty;
    *keywords = p->empty;
    bool plain = kind(p) != T_STAR && kind(p) != T_DOUBLE_STAR && kind(p) != T_RPAR &&
                 !(kind(p) == T_NAME && kind_after(p) == T_EQUAL);
    if (!plain)
        return oz_parse_arguments(p, &args, keywords) && take(p, T_RPAR) ? args : NULL;
    AstNode *first = oz_parse_named_expression(p);
    if (!first)
        return NULL;
    if (starts_comprehension(p)) {
        AstNode *genexp = parse_comprehension(p, AST_GeneratorExp, paren, first, T_RPAR);
        return genexp ? oz_seq_of(p, genexp) : NULL;
    }
    if (take(p, T_COMMA) && !oz_parse_arguments(p, &args, keywords))
        return NULL;
    return take(p, T_RPAR) ? prepend(p, first, args) : NULL;
}

static AstNode *parse_call(Parser *p, AstNode *func, Token start)
{
    Token paren = *peek(p);
    advance(p);
    AstSeq *keywords;
    AstSeq *args = parse_call_args(p, paren, &keywords);
    return args ? NEW(p, Call, start, .func = func, .args = args, .keywords = keywords) : NULL;
}

/* --- Subscripts and attributes --------------------------------------------------------------- */

static bool ends_slice_part(TokenKind token)
{
    return token == T_COLON || token == T_COMMA || token == T_RSQB;
}

static bool starts_slice(TokenKind token)
{
    return token == T_COLON || oz_starts_expression(token);
}

/* One index: a slice, an expression, or with a star. */
static AstNode *parse_slice(Parser *p)
{
    Token first = *peek(p);
    if (kind(p) == T_STAR)
        return parse_starred(p);
    AstNode *lower = NULL, *upper = NULL, *step = NULL;
    if (kind(p) != T_COLON) {
        lower = oz_parse_named_expression(p);
        if (!lower || kind(p) != T_COLON)
            return lower;
        if (lower->kind == AST_NamedExpr && first.kind == T_NAME)
            return NULL; /* a bound is no named expression, unless in parentheses */
    }
    advance(p);
    if (!ends_slice_part(kind(p)) && !(upper = oz_parse_expression(p)))
        return NULL;
    if (take(p, T_COLON) && !ends_slice_part(kind(p)) && !(step = oz_parse_expression(p)))
        return NULL;
    return NEW(p, Slice, first, .lower = lower, .upper = upper, .step = step);
}

static AstNode *parse_slices(Parser *p)
{
    Token first = *peek(p);
    AstNode *slice = parse_slice(p);
    if (!slice || (kind(p) != T_COMMA && slice->kind != AST_Starred))
        return slice;
    size_t base = p->stack_used;
    return oz_push_items(p, slice, starts_slice, parse_slice)
               ? finish_tuple(p, first, base, AST_Load)
               : NULL;
}

static AstNode *parse_subscript(Parser *p, AstNode *value, Token start)
{
    advance(p);
    AstNode *slice = parse_slices(p);
    if (!slice || !take(p, T_RSQB))
        return NULL;
    return NEW(p, Subscript, start, .value = value, .slice = slice, .ctx = AST_Load);
}

static AstNode *parse_attribute(Parser *p, AstNode *value, Token start)
{
    advance(p);
    if (kind(p) != T_NAME)
        return NULL;
    AstText *attr = oz_identifier(p, peek(p));
    if (!attr)
        return NULL;
    advance(p);
    return NEW(p, Attribute, start, .value = value, .attr = attr, .ctx = AST_Load);
}

/* Nodes begin at the first token, which may be a bracket around their first part. */
AstNode *oz_parse_primary(Parser *p)
{
    if (oz_too_deep(p))
        return NULL;
    Token first = *peek(p);
    AstNode *node = oz_parse_atom(p);
    while (node) {
        switch (kind(p)) {
        case T_DOT:
            node = parse_attribute(p, node, first);
            break;
        case T_LPAR:
            node = parse_call(p, node, first);
            break;
        case T_LSQB:
            node = parse_subscript(p, node, first);
            break;
        default:
            return node;
        }
    }
    return NULL;
}

/* --- Operators ------------------------------------------------------------------------------- */

static AstNode *parse_await(Parser *p)
{
    if (kind(p) != T_AWAIT)
        return oz_parse_primary(p);
    Token first = *peek(p);
    advance(p);
    AstNode *value = oz_parse_primary(p);
    if (!value || !oz_check_version(p, 5, "Await expressions are"))
        return NULL;
    return NEW(p, Await, first, .value = value);
}

static AstNode *parse_factor(Parser *p);

static AstNode *new_binary(Parser *p, Token first, AstNode *left, AstOperator op, AstNode *right)
{
    return left && right ? NEW(p, BinOp, first, .left = left, .op = op, .right = right) : NULL;
}

static AstNode *parse_power(Parser *p)
{
    Token first = *peek(p);
    AstNode *left = parse_await(p);
    if (!left || !take(p, T_DOUBLE_STAR))
        return left;
    return new_binary(p, first, left, AST_Pow, parse_factor(p));
}

static AstNode *new_unary(Parser *p, Token first, AstUnaryop op, AstNode *operand)
{
    return operand ? NEW(p, UnaryOp, first, .op = op, .operand = operand) : NULL;
}

static AstNode *parse_factor(Parser *p)
{
    AstUnaryop op;
    switch (kind(p)) {
    case T_PLUS:
        op = AST_UAdd;
        break;
    case T_MINUS:
        op = AST_USub;
        break;
    case T_TILDE:
        op = AST_Invert;
        break;
    default:
        return parse_power(p);
    }
    if (oz_too_deep(p))
        return NULL;
    Token first = *peek(p);
    advance(p);
    return new_unary(p, first, op, parse_factor(p));
}

typedef struct BinaryOperator {
    uint8_t strength; /* [const] 0: not a binary operator */
    uint8_t op;       /* [const] AstOperator */
} BinaryOperator;

static const BinaryOperator binary_operators[T_KINDS] = {
    [T_VBAR] = {1, AST_BitOr},         [T_CIRCUMFLEX] = {2, AST_BitXor},
    [T_AMPER] = {3, AST_BitAnd},       [T_LEFT_SHIFT] = {4, AST_LShift},
    [T_RIGHT_SHIFT] = {4, AST_RShift}, [T_PLUS] = {5, AST_Add},
    [T_MINUS] = {5, AST_Sub},          [T_STAR] = {6, AST_Mult},
    [T_SLASH] = {6, AST_Div},          [T_DOUBLE_SLASH] = {6, AST_FloorDiv},
    [T_PERCENT] = {6, AST_Mod},        [T_AT] = {6, AST_MatMult},
};

/* Operators at least as strong as `strength`, grouped to the left. */
static AstNode *parse_binary(Parser *p, int strength)
{
    Token first = *peek(p);
    AstNode *left = parse_factor(p);
    while (left) {
        BinaryOperator found = binary_operators[kind(p)];
        if (found.strength < strength || !found.strength)
            return left;
        if (found.op == AST_MatMult && !oz_check_version(p, 5, "The '@' operator is"))
            return NULL;
        advance(p);
        AstNode *right = parse_binary(p, found.strength + 1);
        left = new_binary(p, first, left, (AstOperator)found.op, right);
    }
    return NULL;
}

AstNode *oz_parse_bitwise_or(Parser *p)
{
    return parse_binary(p, 1);
}

/* The comparison operator here, taken; -1 when there is none. */
static int take_comparison(Parser *p)
{
    switch (kind(p)) {
    case T_EQ_EQUAL:
        advance(p);
        return AST_Eq;
    case T_NOT_EQUAL: {
        bool flufl = p->options->flags & OZ_PARSE_BARRY_AS_FLUFL;
        bool angled = token_bytes(p, peek(p))[0] == '<';
        if (flufl && !angled) {
            oz_parse_raise(p, "with Barry as BDFL, use '<>' instead of '!='");
            return -1;
        }
        if (flufl != angled)
            return -1;
        advance(p);
        return AST_NotEq;
    }
    case T_LESS:
        advance(p);
        return AST_Lt;
    case T_LESS_EQUAL:
        advance(p);
        return AST_LtE;
    case T_GREATER:
        advance(p);
        return AST_Gt;
    case T_GREATER_EQUAL:
        advance(p);
        return AST_GtE;
    case T_IN:
        advance(p);
        return AST_In;
    case T_IS:
        advance(p);
        return take(p, T_NOT) ? AST_IsNot : AST_Is;
    case T_NOT:
        if (kind_after(p) != T_IN)
            return -1;
        advance(p);
        advance(p);
        return AST_NotIn;
    default:
        return -1;
    }
}

/* The rest of a comparison whose first operator was taken. */
static AstNode *parse_comparison_rest(Parser *p, Token first, AstNode *left, int op)
{
    size_t base = p->stack_used;
    do {
        AstNode *right = oz_parse_bitwise_or(p);
        if (!right || !oz_seq_push(p, (void *)(intptr_t)op) || !oz_seq_push(p, right))
            return NULL;
        op = take_comparison(p);
    } while (op >= 0);
    if (p->fault.kind)
        return NULL;
    size_t count = (p->stack_used - base) / 2;
    AstSeq *ops = oz_ast_seq_new(p->arena, count);
    AstSeq *comparators = oz_ast_seq_new(p->arena, count);
    if (!ops || !comparators)
        return oz_parse_memory(p);
    for (size_t i = 0; i < count; i++) {
        ops->items[i] = p->stack[base + 2 * i];
        comparators->items[i] = p->stack[base + 2 * i + 1];
    }
    p->stack_used = base;
    return NEW(p, Compare, first, .left = left, .ops = ops, .comparators = comparators);
}

static AstNode *parse_inversion(Parser *p)
{
    Token first = *peek(p);
    if (kind(p) == T_NOT) {
        if (oz_too_deep(p))
            return NULL;
        advance(p);
        return new_unary(p, first, AST_Not, parse_inversion(p));
    }
    AstNode *left = oz_parse_bitwise_or(p);
    int op = left ? take_comparison(p) : -1;
    if (p->fault.kind)
        return NULL;
    return op >= 0 ? parse_comparison_rest(p, first, left, op) : left;
}

/* `and` chains of inversions, `or` chains of those. */
static AstNode *parse_boolean(Parser *p, TokenKind word, AstBoolop op, AstNode *(*part)(Parser *))
{
    Token first = *peek(p);
    AstNode *left = part(p);
    if (!left || kind(p) != word)
        return left;
    size_t base = p->stack_used;
    if (!oz_seq_push(p, left))
        return NULL;
    while (take(p, word)) {
        AstNode *right = part(p);
        if (!right || !oz_seq_push(p, right))
            return NULL;
    }
    AstSeq *values = oz_pop_seq(p, base);
    return values ? NEW(p, BoolOp, first, .op = op, .values = values) : NULL;
}

static AstNode *parse_conjunction(Parser *p)
{
    return parse_boolean(p, T_AND, AST_And, parse_inversion);
}

AstNode *oz_parse_disjunction(Parser *p)
{
    return parse_boolean(p, T_OR, AST_Or, parse_conjunction);
}

static AstNode *parse_lambda(Parser *p)
{
    Token first = *peek(p);
    advance(p);
    AstNode *args = oz_parse_parameters(p, T_COLON);
    AstNode *body = args && take(p, T_COLON) ? oz_parse_expression(p) : NULL;
    return body ? NEW(p, Lambda, first, .args = args, .body = body) : NULL;
}

static AstNode *parse_expression_here(Parser *p)
{
    Token first = *peek(p);
    if (first.kind == T_LAMBDA)
        return parse_lambda(p);
    AstNode *body = oz_parse_disjunction(p);
    if (!body || !take(p, T_IF))
        return body;
    AstNode *test = oz_parse_disjunction(p);
    AstNode *orelse = test && take(p, T_ELSE) ? oz_parse_expression(p) : NULL;
    return orelse ? NEW(p, IfExp, first, .test = test, .body = body, .orelse = orelse) : NULL;
}

AstNode *oz_parse_expression(Parser *p)
{
    return oz_too_deep(p) ? NULL : parse_expression_here(p);
}

/* --- Expressions with stars, names and yields ------------------------------------------------- */

AstNode *oz_parse_named_expression(Parser *p)
{
    if (kind(p) != T_NAME || kind_after(p) != T_COLON_EQUAL) {
        AstNode *node = oz_parse_expression(p);
        return node && kind(p) != T_COLON_EQUAL ? node : NULL;
    }
    Token first = *peek(p);
    AstNode *target = oz_parse_name(p, AST_Store);
    if (!target)
        return NULL;
    advance(p);
    AstNode *value = oz_parse_expression(p);
    if (!value || !oz_check_version(p, 8, "Assignment expressions are"))
        return NULL;
    return NEW(p, NamedExpr, first, .target = target, .value = value);
}

AstNode *oz_parse_star_named_expression(Parser *p)
{
    if (kind(p) != T_STAR)
        return oz_parse_named_expression(p);
    Token star = *peek(p);
    advance(p);
    return new_starred(p, star, oz_parse_bitwise_or(p));
}

AstNode *oz_parse_star_expression(Parser *p)
{
    if (kind(p) != T_STAR)
        return oz_parse_expression(p);
    Token star = *peek(p);
    advance(p);
    return new_starred(p, star, oz_parse_bitwise_or(p));
}

bool oz_starts_expression(TokenKind token)
{
    switch (token) {
    case T_NAME:
    case T_NUMBER:
    case T_STRING:
    case T_LPAR:
    case T_LSQB:
    case T_LBRACE:
    case T_NONE:
    case T_TRUE:
    case T_FALSE:
    case T_ELLIPSIS:
    case T_NOT:
    case T_LAMBDA:
    case T_AWAIT:
    case T_PLUS:
    case T_MINUS:
    case T_TILDE:
    case T_STAR:
        return true;
    default:
        return false;
    }
}

AstNode *oz_parse_star_expressions(Parser *p)
{
    Token first = *peek(p);
    AstNode *item = oz_parse_star_expression(p);
    if (!item || kind(p) != T_COMMA)
        return item;
    return oz_parse_tuple(p, first, item, oz_parse_star_expression);
}

AstNode *oz_parse_yield(Parser *p)
{
    Token first = *peek(p);
    advance(p);
    if (take(p, T_FROM)) {
        AstNode *value = oz_parse_expression(p);
        return value ? NEW(p, YieldFrom, first, .value = value) : NULL;
    }
    AstNode *value = NULL;
    if (oz_starts_expression(kind(p)) && !(value = oz_parse_star_expressions(p)))
        return NULL;
    return NEW(p, Yield, first, .value = value);
}
