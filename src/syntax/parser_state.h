// SPDX-License-Identifier: MIT
// The parser's inside: state, token access and the functions that its files call in each other.
// Included by the .c files of this folder only.
#ifndef OZ_SYNTAX_PARSER_STATE_H
#define OZ_SYNTAX_PARSER_STATE_H

#include "base/arena.h"
#include "base/base.h"
#include "syntax/ast.h"
#include "syntax/fault.h"
#include "syntax/parser.h"
#include "syntax/tokenizer.h"

/* A string expression that was built while trying something that may be tried again. */
typedef struct StringMemo {
    uint32_t mark; /* [const] its first token */
    uint32_t end;  /* [const] one past its last */
    AstNode *node; /* [const] */
} StringMemo;

typedef struct Parser {
    Token *tokens;      /* [owner] tokens[0..fill] */
    uint32_t mark;      /* [owner] the next token to look at; always < fill + 1 */
    uint32_t fill;      /* [owner] tokens read so far */
    uint32_t capacity;  /* [owner] */
    bool exact;         /* [owner] error pass: read no token but when the grammar asks for it */
    bool second;        /* [owner] error pass with the rules for mistakes */
    bool quiet;         /* [owner] no warnings: the text was read before */
    bool in_fstring;    /* [const] the source is "(...)", the expression of an f-string */
    bool byte_columns;  /* [const] offsets count bytes: a bytes source without any encoding mark */
    bool started;       /* [owner] single mode: a token was read since the last made-up NEWLINE */
    uint32_t statement; /* [owner] first token of the top-level statement being parsed */
    int32_t trying;     /* [owner] depth of attempts that may be taken back */
    int32_t start_line; /* [const] f-string: line of the source's first byte, else 0 */
    int32_t start_col;  /* [const] f-string: column of the source's first byte */
    Arena *arena;       /* [const] for the result */
    Arena *scratch;     /* [const] for what dies with the parse */
    const ParseOptions *options; /* [const] */
    AstMode mode;                /* [const] */
    const char *stack_limit;     /* [const] */
    void **stack;                /* [owner] items of the sequences being collected */
    size_t stack_used;           /* [owner] */
    size_t stack_size;           /* [owner] */
    StringMemo *strings;         /* [owner] by mark */
    size_t string_count;         /* [owner] */
    size_t string_size;          /* [owner] */
    struct Parser *inner; /* [owner] for the expressions of f-strings, kept for the next one */
    AstSeq *empty;        /* [owner] the sequence of no items */
    AstNode **ignores;    /* [owner] type_ignores */
    size_t ignore_count;  /* [owner] */
    size_t ignore_size;   /* [owner] */
    const Token *blamed;  /* [owner] where a fault without place of its own belongs, or NULL */
    SyntaxFault fault;    /* [owner] kind is OZ_FAULT_NONE while nothing was raised */
    Tokenizer tokenizer;  /* [owner] */
} Parser;

/* --- parser.c: tokens, faults, sequences ------------------------------------------------------ */

/* A parser over `length` bytes with a zero behind them; for a new one the memory must be zero. */
bool oz_parser_init(Parser *p, Arena *arena, Arena *scratch, const ParseOptions *options,
                    const char *source, size_t length, int32_t line) OZ_CHECKED;

/* Read one more token into tokens[fill].  False: a fault was raised (exact), or memory is short. */
bool oz_parser_fill(Parser *p) OZ_CHECKED;

/* A kind that is T_ERROR after a failure, so that callers need not look. */
void oz_parser_fill_slow(Parser *p);

static inline const Token *peek(const Parser *p)
{
    return &p->tokens[p->mark];
}

static inline TokenKind kind(const Parser *p)
{
    return (TokenKind)p->tokens[p->mark].kind;
}

/* Go past the current token.  Not past the end: ENDMARKER and errors are looked at, not taken. */
static inline void advance(Parser *p)
{
    oz_check(p->mark < p->fill);
    if (++p->mark == p->fill)
        oz_parser_fill_slow(p);
}

static inline bool take(Parser *p, TokenKind wanted)
{
    if (kind(p) != wanted)
        return false;
    advance(p);
    return true;
}

/* The kind of the token after the current one. */
static inline TokenKind kind_after(Parser *p)
{
    TokenKind here = kind(p);
    if (here == T_ENDMARKER || here == T_ERROR)
        return here;
    if (p->mark + 1 == p->fill) {
        p->mark++;
        oz_parser_fill_slow(p);
        p->mark--;
    }
    return (TokenKind)p->tokens[p->mark + 1].kind;
}

static inline const char *token_bytes(const Parser *p, const Token *token)
{
    return p->tokenizer.source + token->start;
}

/* Is the current token this name?  For soft keywords. */
bool oz_parser_is_name(const Parser *p, const Token *token, const char *name);

/* Raise.  All return NULL, and change nothing when a fault was raised before. */
void *oz_parse_raise(Parser *p, const char *format, ...) OZ_PRINTF(2, 3);
void *oz_raise_indentation(Parser *p, const char *format, ...) OZ_PRINTF(2, 3);
void *oz_parse_memory(Parser *p);
/* With columns in bytes from 0 as nodes have them; OZ_NO_COL stands for an unknown one. */
enum { OZ_NO_COL = -1 };
void *oz_raise_at(Parser *p, SyntaxFaultKind fault, int32_t line, int32_t col, int32_t end_line,
                  int32_t end_col, const char *format, ...) OZ_PRINTF(7, 8);
void oz_raise_unclosed(Parser *p);

/* True with a fault raised when the stack is nearly used up. */
static inline bool oz_too_deep(Parser *p)
{
    if (OZ_LIKELY((const char *)__builtin_frame_address(0) > p->stack_limit))
        return false;
    if (!p->fault.kind)
        p->fault = (SyntaxFault){.kind = OZ_FAULT_RECURSION,
                                 .message = "maximum recursion depth exceeded during compilation"};
    return true;
}

/* False with a fault raised when ast.parse(feature_version=) forbids it. */
bool oz_check_version(Parser *p, int version, const char *what);

/* Collecting: remember stack_used, push, then oz_pop_seq from there.  NULL items are allowed. */
bool oz_seq_push(Parser *p, void *item) OZ_CHECKED;
AstSeq *oz_pop_seq(Parser *p, size_t from) OZ_CHECKED;
AstSeq *oz_seq_of(Parser *p, void *item) OZ_CHECKED; /* one item */

/* NEW(p, Raise, first, .exc = exc) is a node with these fields that starts where the token does and
 * ends with the last token taken; NEW_AS serves where several kinds share one struct. */
AstNode *oz_node(Parser *p, const AstNode *node, size_t size) OZ_CHECKED;
#define NEW(p, Name, token, ...) NEW_AS(p, AST_##Name, Ast##Name, token, __VA_ARGS__)
#define NEW_AS(p, node_kind, Type, token, ...)                                                     \
    oz_node(p, &(const Type){{(node_kind), (token).line, (token).col, 0, 0}, __VA_ARGS__}.base,    \
            sizeof(Type))

/* The name that the token spells, normalised. */
AstText *oz_identifier(Parser *p, const Token *token) OZ_CHECKED;

/* --- expressions.c: each takes as many tokens as it can use, NULL when none fits -------------- */

/* Can an expression begin with this token?  Tells whether a comma ends a list. */
bool oz_starts_expression(TokenKind token);
/* Pushes the item, which was parsed, and the parts that follow behind commas; a comma before what
 * starts no part is the last.  False when the item is NULL or a part does not parse. */
bool oz_push_items(Parser *p, AstNode *item, bool (*starts)(TokenKind),
                   AstNode *(*part)(Parser *)) OZ_CHECKED;
/* The tuple of the item, which was parsed, and the expressions behind it. */
AstNode *oz_parse_tuple(Parser *p, Token first, AstNode *item, AstNode *(*part)(Parser *));
AstNode *oz_parse_star_expressions(Parser *p);
AstNode *oz_parse_star_expression(Parser *p);
AstNode *oz_parse_expression(Parser *p);
AstNode *oz_parse_named_expression(Parser *p);
AstNode *oz_parse_star_named_expression(Parser *p);
AstNode *oz_parse_yield(Parser *p);
AstNode *oz_parse_disjunction(Parser *p);
AstNode *oz_parse_bitwise_or(Parser *p);
AstNode *oz_parse_primary(Parser *p);
AstNode *oz_parse_star_targets(Parser *p);
AstNode *oz_parse_star_target(Parser *p);
/* Arguments of a call or class, up to their closing bracket or the end. */
bool oz_parse_arguments(Parser *p, AstSeq **args, AstSeq **keywords);
/* The last clause of a comprehension that starts with a `for`. */
AstNode *oz_parse_last_for_clause(Parser *p);
/* Parameters up to `end`, T_RPAR or T_COLON. */
AstNode *oz_parse_parameters(Parser *p, TokenKind end);
AstNode *oz_parse_name(Parser *p, AstExprContext ctx);
/* Make it a target, where `ctx` is Store or Del: false when it cannot be one. */
bool oz_set_context(Parser *p, AstNode *node, AstExprContext ctx);
AstNode *oz_parse_atom(Parser *p);

/* --- statements.c, patterns.c ----------------------------------------------------------------- */

AstNode *oz_parse_file(Parser *p);
AstNode *oz_parse_interactive(Parser *p);
/* After one interactive statement, at mark, only blanks and comments may come. */
bool oz_is_single_statement(const Parser *p);
AstNode *oz_parse_eval(Parser *p);
AstNode *oz_parse_func_type(Parser *p);
AstNode *oz_parse_patterns(Parser *p);
AstNode *oz_parse_pattern(Parser *p);

/* --- literals.c, strings.c -------------------------------------------------------------------- */

AstNode *oz_parse_number(Parser *p);
AstNode *oz_parse_strings(Parser *p);

/* --- recogniser.c ------------------------------------------------------------------------------
 */

/* The text did not parse: find out why.  Raises in any case. */
void oz_explain(Parser *p);

/* The text did parse: does the recogniser accept it, too?  For checks. */
bool oz_recogniser_agrees(Parser *p);

#endif
