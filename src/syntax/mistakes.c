// SPDX-License-Identifier: MIT
// What the recogniser does when it has recognised a mistake.
//
// The recogniser knows parts of the text by their tokens only.  Where a message needs more (what
// kind of expression it is, or where it begins inside its brackets), the part is parsed again by
// the first parser, which must succeed, because the two agree about what is valid.
#include "syntax/mistakes.h"

#include <string.h>

/* Where a part is, and its node if it has one. */
typedef struct Place {
    int32_t line;        /* [owner] */
    int32_t col;         /* [owner] */
    int32_t end_line;    /* [owner] */
    int32_t end_col;     /* [owner] */
    const AstNode *node; /* [owner] or NULL */
} Place;

/* What reading a part again changes, to be put back.  The text seems to end behind the part,
 * because the recogniser may have stopped where the parser would go on: at `a` in `a[]`. */
typedef struct Again {
    uint32_t mark; /* [const] */
    uint32_t end;  /* [const] */
    size_t used;   /* [const] of the stack */
    uint8_t kind;  /* [const] of the token behind the part */
    bool quiet;    /* [const] */
} Again;

static Again begin_again(Parser *p, const Part *part)
{
    Again again = {p->mark, part->end, p->stack_used, p->tokens[part->end].kind, p->quiet};
    p->quiet = true;
    p->tokens[part->end].kind = T_ENDMARKER;
    p->mark = part->start;
    return again;
}

static void end_again(Parser *p, const Again *again)
{
    p->tokens[again->end].kind = again->kind;
    p->mark = again->mark;
    p->quiet = again->quiet;
    p->stack_used = again->used;
}

static void *parse_again(Parser *p, const Part *part, AstNode *(*parse)(Parser *))
{
    Again again = begin_again(p, part);
    AstNode *node = parse(p);
    end_again(p, &again);
    return node;
}

static AstNode *node_of(Parser *p, const Part *part)
{
    static AstNode *(*const parsers[])(Parser *) = {
        [FORM_EXPRESSION] = oz_parse_expression,
        [FORM_DISJUNCTION] = oz_parse_disjunction,
        [FORM_BITWISE_OR] = oz_parse_bitwise_or,
        [FORM_STAR_EXPRESSIONS] = oz_parse_star_expressions,
        [FORM_STAR_NAMED] = oz_parse_star_named_expression,
        [FORM_ATOM] = oz_parse_atom,
    };
    return part->form == FORM_TOKENS ? NULL : parse_again(p, part, parsers[part->form]);
}

static Place place_of_node(const AstNode *node)
{
    return (Place){node->line, node->col, node->end_line, node->end_col, node};
}

static Place place_of(Parser *p, const Part *part)
{
    const AstNode *node = node_of(p, part);
    if (node)
        return place_of_node(node);
    const Token *first = &p->tokens[part->start], *last = &p->tokens[part->end - 1];
    return (Place){first->line, first->col, last->end_line, last->end_col, NULL};
}

static void raise_range(Parser *p, const Place *from, const Place *to, const char *message)
{
    oz_raise_at(p, OZ_FAULT_SYNTAX, from->line, from->col, to->end_line, to->end_col, "%s",
                message);
}

static const char *constant_name(const AstConstant *constant)
{
    switch (constant->value.tag) {
    case AST_NONE:
        return "None";
    case AST_TRUE:
        return "True";
    case AST_FALSE:
        return "False";
    case AST_ELLIPSIS:
        return "ellipsis";
    default:
        return "literal";
    }
}

/* What messages call an expression. */
static const char *expression_name(const AstNode *node)
{
    switch (node->kind) {
    case AST_Attribute:
        return "attribute";
    case AST_Subscript:
        return "subscript";
    case AST_Starred:
        return "starred";
    case AST_Name:
        return "name";
    case AST_List:
        return "list";
    case AST_Tuple:
        return "tuple";
    case AST_Lambda:
        return "lambda";
    case AST_Call:
        return "function call";
    case AST_GeneratorExp:
        return "generator expression";
    case AST_Yield:
    case AST_YieldFrom:
        return "yield expression";
    case AST_Await:
        return "await expression";
    case AST_ListComp:
        return "list comprehension";
    case AST_SetComp:
        return "set comprehension";
    case AST_DictComp:
        return "dict comprehension";
    case AST_Dict:
        return "dict literal";
    case AST_Set:
        return "set display";
    case AST_JoinedStr:
    case AST_FormattedValue:
        return "f-string expression";
    case AST_Constant:
        return constant_name((const AstConstant *)node);
    case AST_Compare:
        return "comparison";
    case AST_IfExp:
        return "conditional expression";
    case AST_NamedExpr:
        return "named expression";
    default:
        return "expression";
    }
}

/* The message with its %s filled. */
static const char *fill_message(Parser *p, const char *message, const Part *part,
                                const Place *place)
{
    const char *hole = strstr(message, "%s");
    if (!hole)
        return message;
    const Token *token = &p->tokens[part->start];
    const char *name = place->node ? expression_name(place->node) : token_bytes(p, token);
    int length = place->node ? (int)strlen(name) : (int)token->length;
    return oz_fault_printf(p->arena, &p->fault, "%.*s%.*s%s", (int)(hole - message), message,
                           length, name, hole + 2);
}

/* --- Targets --------------------------------------------------------------------------------- */

static const AstNode *find_bad_target(const AstNode *node, ActionVerb verb);

static const AstNode *find_bad_item(const AstSeq *elts, ActionVerb verb)
{
    for (uint32_t i = 0; i < elts->count; i++) {
        const AstNode *bad = find_bad_target(oz_ast_seq_node(elts, i), verb);
        if (bad)
            return bad;
    }
    return NULL;
}

/* The part that cannot be a target, or NULL.  In a `for` the words `a in b` were read as a
 * comparison. (The depth is that of brackets and stars, which the parser has bounded.) */
static const AstNode *find_bad_target(const AstNode *node, ActionVerb verb)
{
    switch (node->kind) {
    case AST_List:
        return find_bad_item(((const AstList *)node)->elts, verb);
    case AST_Tuple:
        return find_bad_item(((const AstTuple *)node)->elts, verb);
    case AST_Starred:
        return verb == ACT_DELETE ? node : find_bad_target(((const AstStarred *)node)->value, verb);
    case AST_Compare: {
        const AstCompare *compare = (const AstCompare *)node;
        if (verb != ACT_LOOP)
            return node;
        return oz_ast_seq_op(compare->ops, 0) == AST_In ? find_bad_target(compare->left, verb)
                                                        : NULL;
    }
    case AST_Name:
    case AST_Subscript:
    case AST_Attribute:
        return NULL;
    default:
        return node;
    }
}

static void complain_of_target(Parser *p, ActionVerb verb, const Part *part)
{
    const AstNode *node = node_of(p, part);
    const AstNode *bad = node ? find_bad_target(node, verb) : NULL;
    if (!bad)
        return;
    oz_raise_at(p, OZ_FAULT_SYNTAX, bad->line, bad->col, bad->end_line, bad->end_col,
                "cannot %s %s", verb == ACT_DELETE ? "delete" : "assign to", expression_name(bad));
}

/* --- Verbs ----------------------------------------------------------------------------------- */

/* From a part to the last byte that the tokenizer has read. */
static void raise_from(Parser *p, const Part *part, const char *message)
{
    Place place = place_of(p, part);
    const Tokenizer *t = &p->tokenizer;
    oz_raise_at(p, OZ_FAULT_SYNTAX, place.line, place.col, t->line,
                (int32_t)(t->cur - t->line_start) - 1, "%s", message);
}

static void raise_indent(Parser *p, const Part *part, const char *message)
{
    const char *hole = strstr(message, "%d");
    if (!hole)
        oz_raise_indentation(p, "%s", message);
    else
        oz_raise_indentation(p, "%.*s%d%s", (int)(hole - message), message,
                             p->tokens[part->start].line, hole + 2);
}

Verdict oz_mistake_act(Parser *p, const Action *action, const Part *parts)
{
    const Part *x = &parts[action->x];
    switch (action->verb) {
    case ACT_LAST:
        oz_parse_raise(p, "%s", action->message);
        break;
    case ACT_AT:
    case ACT_RANGE: {
        Place from = place_of(p, x);
        Place to = action->verb == ACT_AT ? from : place_of(p, &parts[action->y]);
        const char *message = fill_message(p, action->message, x, &from);
        if (message)
            raise_range(p, &from, &to, message);
        break;
    }
    case ACT_FROM:
        raise_from(p, x, action->message);
        break;
    case ACT_INDENT:
        raise_indent(p, x, action->message);
        break;
    case ACT_STORE:
    case ACT_LOOP:
    case ACT_DELETE:
        complain_of_target(p, action->verb, x);
        break;
    case ACT_DO:
        return action->function(p, parts);
    }
    return STOP;
}

/* --- Functions ------------------------------------------------------------------------------- */

static bool is_legacy(const Parser *p, const Token *token)
{
    return oz_parser_is_name(p, token, "print") || oz_parser_is_name(p, token, "exec");
}

/* `print x`: part a is the name. */
Verdict oz_mistake_legacy_statement(Parser *p, const Part *parts)
{
    const Token *token = &p->tokens[parts[0].start];
    if (!is_legacy(p, token))
        return STOP;
    Place from = place_of(p, &parts[0]), to = place_of(p, &parts[1]);
    const char *name = token_bytes(p, token);
    int length = (int)token->length;
    oz_raise_at(p, OZ_FAULT_SYNTAX, from.line, from.col, to.end_line, to.end_col,
                "Missing parentheses in call to '%.*s'. Did you mean %.*s(...)?", length, name,
                length, name);
    return STOP;
}

/* Two expressions side by side: inside brackets a comma may be missing between them. */
Verdict oz_mistake_forgotten_comma(Parser *p, const Part *parts)
{
    Place from = place_of(p, &parts[0]);
    if (!from.node || p->tokens[p->mark - 1].level == 0)
        return STOP;
    if (from.node->kind == AST_Name) {
        const AstText *id = ((const AstName *)from.node)->id;
        if (!strcmp(id->bytes, "print") || !strcmp(id->bytes, "exec"))
            return STOP;
    }
    Place to = place_of(p, &parts[1]);
    raise_range(p, &from, &to, "invalid syntax. Perhaps you forgot a comma?");
    return STOP;
}

/* The last clause of a comprehension that part b is. */
static const AstComprehension *last_clause(Parser *p, const Part *part)
{
    const AstNode *node = parse_again(p, part, oz_parse_last_for_clause);
    return (const AstComprehension *)node;
}

/* From a node to the end of a clause: its last condition, or what it iterates over. */
static Verdict unparenthesized(Parser *p, const Place *from, const AstComprehension *clause)
{
    if (!clause)
        return STOP;
    const AstSeq *ifs = clause->ifs;
    Place to = place_of_node(ifs->count ? oz_ast_seq_node(ifs, ifs->count - 1) : clause->iter);
    raise_range(p, from, &to, "Generator expression must be parenthesized");
    return STOP;
}

Verdict oz_mistake_genexp_argument(Parser *p, const Part *parts)
{
    Place from = place_of(p, &parts[0]);
    return unparenthesized(p, &from, last_clause(p, &parts[1]));
}

/* The arguments of a part; both NULL after a failure. */
static void arguments_of(Parser *p, const Part *part, AstSeq **args, AstSeq **keywords)
{
    Again again = begin_again(p, part);
    if (!oz_parse_arguments(p, args, keywords))
        *args = *keywords = NULL;
    end_again(p, &again);
}

/* f(a, b for ...): a lone one would be right. */
Verdict oz_mistake_genexp_in_call(Parser *p, const Part *parts)
{
    AstSeq *args, *keywords;
    arguments_of(p, &parts[0], &args, &keywords);
    if (!args || args->count <= 1)
        return STOP;
    Place from = place_of_node(oz_ast_seq_node(args, args->count - 1));
    return unparenthesized(p, &from, last_clause(p, &parts[1]));
}

Verdict oz_mistake_positional_after_keyword(Parser *p, const Part *parts)
{
    AstSeq *args, *keywords;
    arguments_of(p, &parts[0], &args, &keywords);
    bool unpacking = false;
    for (uint32_t i = 0; keywords && i < keywords->count; i++)
        unpacking |= !((AstKeyword *)keywords->items[i])->arg;
    oz_parse_raise(p, "positional argument follows keyword argument%s",
                   unpacking ? " unpacking" : "");
    return STOP;
}

/* [a, b for ...]: from the first item to the last. */
Verdict oz_mistake_comprehension_target(Parser *p, const Part *parts)
{
    Place from = place_of(p, &parts[0]);
    Again again = begin_again(p, &parts[1]);
    const AstNode *last = NULL;
    do {
        last = kind(p) == T_ENDMARKER ? last : oz_parse_star_named_expression(p);
    } while (last && take(p, T_COMMA));
    end_again(p, &again);
    if (!last)
        return STOP;
    Place to = place_of_node(last);
    raise_range(p, &from, &to, "did you forget parentheses around the comprehension target?");
    return STOP;
}

Verdict oz_mistake_pair_without_value(Parser *p, const Part *parts)
{
    Place key = place_of(p, &parts[0]);
    oz_raise_at(p, OZ_FAULT_SYNTAX, key.line, key.end_col - 1, key.end_line, OZ_NO_COL,
                "':' expected after dictionary key");
    return STOP;
}

Verdict oz_mistake_positional_after_keyword_patterns(Parser *p, const Part *parts)
{
    Again again = begin_again(p, &parts[0]);
    const AstNode *first = NULL, *last = NULL;
    do {
        last = oz_parse_pattern(p);
        first = first ? first : last;
    } while (last && take(p, T_COMMA));
    end_again(p, &again);
    if (!first || !last)
        return STOP;
    Place from = place_of_node(first), to = place_of_node(last);
    raise_range(p, &from, &to, "positional patterns follow keyword patterns");
    return STOP;
}

static bool is_imaginary(const Parser *p, const Part *part)
{
    const Token *token = &p->tokens[part->start];
    return (token_bytes(p, token)[token->length - 1] | 0x20) == 'j';
}

/* The parts of a complex literal in a pattern. */
Verdict oz_mistake_real_number(Parser *p, const Part *parts)
{
    if (!is_imaginary(p, &parts[0]))
        return YES;
    Place place = place_of(p, &parts[0]);
    raise_range(p, &place, &place, "real number required in complex literal");
    return STOP;
}

Verdict oz_mistake_imaginary_number(Parser *p, const Part *parts)
{
    if (is_imaginary(p, &parts[0]))
        return YES;
    Place place = place_of(p, &parts[0]);
    raise_range(p, &place, &place, "imaginary number required in complex literal");
    return STOP;
}
