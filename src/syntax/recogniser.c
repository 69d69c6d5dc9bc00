// SPDX-License-Identifier: MIT
// Why a text did not parse: an interpreter of grammar.peg over the tokens of that text.
//
// What CPython reports depends on the order in which its parser tries alternatives and on how many
// tokens it has read.  So the recogniser runs the same ordered grammar, reading tokens one at a
// time.  It builds nothing.  The first pass finds how far the text can be read; the second tries
// the rules for mistakes, and the first of these that fits raises.  When none does, the token that
// stopped the first pass is "invalid syntax".  In the end the rest of the text is tokenized: a
// fault that the tokenizer finds there is the better explanation.
//
// Only the top-level statement that did not parse is read, the tokens before it are skipped.
// Results of rules marked (memo) are kept by position, and only of those: the second pass sees the
// results of (plain) parts also elsewhere, as in CPython.
//
// Costs: an alternative tried is a few nanoseconds; deep nesting takes two C frames for each rule.
#include "syntax/mistakes.h"

#include <string.h>

typedef enum GrammarOp {
    G_SEQUENCE, /* slot: action + 1; a: first of b items */
    G_CHOICE,   /* a: first of b items */
    G_TOKEN,    /* a: kind */
    G_NAME,     /* a: word */
    G_STRINGS,
    G_SOFT_WORD,
    G_RULE,     /* a: rule */
    G_MISTAKE,  /* a: rule, in the second pass */
    G_OPTIONAL, /* a: node */
    G_STAR,     /* a: node */
    G_PLUS,     /* a: node */
    G_LIST,     /* a: separator, b: element */
    G_AND,      /* a: node */
    G_NOT,      /* a: node */
    G_CUT,
    G_FORCED,  /* a: kind */
    G_REMEMBER /* a: node, slot: which part, b: form */
} GrammarOp;

typedef struct GrammarNode {
    uint8_t op;   /* [const] */
    uint8_t slot; /* [const] */
    uint16_t a;   /* [const] */
    uint16_t b;   /* [const] */
} GrammarNode;

enum { RULE_MEMO = 1, RULE_PLAIN = 2 };

typedef struct Rule {
    uint16_t node;  /* [const] a choice */
    uint16_t flags; /* [const] */
} Rule;

#include "syntax/grammar.gen.h"

enum { PARTS = 3 };

typedef struct Memo {
    struct Memo *next; /* [const] of the same position */
    uint32_t end;      /* [const] token after the match; NO_MATCH: there was none */
    uint16_t rule;     /* [const] */
} Memo;

#define NO_MATCH UINT32_MAX

typedef struct Recogniser {
    Parser *p;          /* [const] */
    Memo **memos;       /* [owner] by position */
    uint32_t size;      /* [owner] of memos */
    uint32_t memo_from; /* [owner] no memo before this position */
    bool mistakes;      /* [owner] the rules for mistakes are tried */
    Arena kept;         /* [owner] what memos lie in */
} Recogniser;

static Verdict match_rule(Recogniser *r, uint16_t rule);
static bool match(Recogniser *r, const GrammarNode *node, Part *parts);

/* The kind of the token at mark, read now if it was not before; T_ERROR with a fault raised. */
static TokenKind look(Parser *p)
{
    if (p->mark == p->fill && !oz_parser_fill(p))
        return T_ERROR;
    return (TokenKind)p->tokens[p->mark].kind;
}

/* `!=` and `<>` are one kind, of which one is right. */
static bool is_right_spelling(Parser *p)
{
    bool flufl = p->options->flags & OZ_PARSE_BARRY_AS_FLUFL;
    bool angled = token_bytes(p, &p->tokens[p->mark])[0] == '<';
    if (flufl && !angled)
        oz_parse_raise(p, "with Barry as BDFL, use '<>' instead of '!='");
    return flufl == angled;
}

static bool match_token(Parser *p, TokenKind wanted)
{
    if (look(p) != wanted || wanted == T_ERROR)
        return false;
    if (wanted == T_NOT_EQUAL && !is_right_spelling(p))
        return false;
    p->mark++;
    return true;
}

static bool match_forced(Parser *p, TokenKind wanted)
{
    if (match_token(p, wanted))
        return true;
    if (p->fault.kind)
        return false;
    const Token *token = &p->tokens[p->mark];
    return oz_raise_at(p, OZ_FAULT_SYNTAX, token->line, token->col, token->end_line, token->end_col,
                       "expected '%s'", oz_token_text(wanted));
}

/* String literals are parsed in full, for the faults in them. */
static bool match_strings(Parser *p)
{
    uint32_t start = p->mark;
    while (look(p) == T_STRING)
        p->mark++;
    if (p->fault.kind || p->mark == start)
        return false;
    p->mark = start;
    return oz_parse_strings(p);
}

/* Also for `c` and `ma`: CPython compares as many bytes as the name has. */
static bool match_soft_word(Parser *p)
{
    if (look(p) != T_NAME)
        return false;
    const Token *token = &p->tokens[p->mark];
    const char *name = token_bytes(p, token);
    if (strncmp("match", name, token->length) && strncmp("case", name, token->length) &&
        strncmp("_", name, token->length))
        return false;
    p->mark++;
    return true;
}

static bool match_repeated(Recogniser *r, const GrammarNode *node, Part *parts)
{
    bool any = false;
    for (;;) {
        uint32_t mark = r->p->mark;
        if (!match(r, &nodes[node->a], parts)) {
            r->p->mark = mark;
            break;
        }
        any = true;
        if (r->p->mark == mark)
            break; /* nothing was taken: once is enough */
    }
    return any || node->op == G_STAR;
}

static bool match_list(Recogniser *r, const GrammarNode *node, Part *parts)
{
    if (!match(r, &nodes[node->b], parts))
        return false;
    for (;;) {
        uint32_t mark = r->p->mark;
        if (!match(r, &nodes[node->a], parts) || !match(r, &nodes[node->b], parts)) {
            r->p->mark = mark;
            return true;
        }
    }
}

/* An alternative.  YES leaves mark behind it; otherwise mark may be anywhere. */
static Verdict match_sequence(Recogniser *r, const GrammarNode *node, Part *parts)
{
    Verdict no = NO;
    for (uint16_t i = 0; i < node->b; i++) {
        const GrammarNode *item = &nodes[items[node->a + i]];
        if (item->op == G_CUT)
            no = STOP;
        else if (!match(r, item, parts))
            return no;
    }
    return node->slot ? oz_mistake_act(r->p, &actions[node->slot - 1], parts) : YES;
}

static Verdict match_choice(Recogniser *r, const GrammarNode *node, Part *parts)
{
    uint32_t mark = r->p->mark;
    for (uint16_t i = 0; i < node->b; i++) {
        r->p->mark = mark;
        Verdict verdict = match_sequence(r, &nodes[items[node->a + i]], parts);
        if (verdict == YES)
            return YES;
        if (verdict == STOP || r->p->fault.kind)
            break;
    }
    r->p->mark = mark;
    return NO;
}

static bool match(Recogniser *r, const GrammarNode *node, Part *parts)
{
    Parser *p = r->p;
    uint32_t mark = p->mark;
    bool fits;
    switch ((GrammarOp)node->op) {
    case G_TOKEN:
        return match_token(p, (TokenKind)node->a);
    case G_NAME:
        if (look(p) == T_ERROR || !oz_parser_is_name(p, &p->tokens[mark], words[node->a]))
            return false;
        p->mark++;
        return true;
    case G_STRINGS:
        return match_strings(p);
    case G_SOFT_WORD:
        return match_soft_word(p);
    case G_RULE:
        return match_rule(r, node->a) == YES;
    case G_MISTAKE:
        return r->mistakes && match_rule(r, node->a) == YES;
    case G_CHOICE:
        return match_choice(r, node, parts) == YES;
    case G_OPTIONAL:
        if (!match(r, &nodes[node->a], parts))
            p->mark = mark;
        return !p->fault.kind;
    case G_STAR:
    case G_PLUS:
        return match_repeated(r, node, parts) && !p->fault.kind;
    case G_LIST:
        return match_list(r, node, parts) && !p->fault.kind;
    case G_AND:
    case G_NOT:
        fits = match(r, &nodes[node->a], parts);
        p->mark = mark;
        return !p->fault.kind && fits == (node->op == G_AND);
    case G_FORCED:
        return match_forced(p, (TokenKind)node->a);
    case G_REMEMBER:
        if (!match(r, &nodes[node->a], parts))
            return false;
        parts[node->slot] = (Part){mark, p->mark, (Form)node->b};
        return true;
    case G_CUT:
    case G_SEQUENCE:
        break;
    }
    oz_never();
}

/* --- Memo ------------------------------------------------------------------------------------ */

static bool reserve_memos(Recogniser *r)
{
    Parser *p = r->p;
    if (p->mark < r->size)
        return true;
    uint32_t size = p->capacity > p->mark ? p->capacity : p->mark + 1;
    Memo **memos =
        oz_arena_grow(p->scratch, r->memos, r->size * sizeof *memos, size * sizeof *memos);
    if (!memos)
        return oz_parse_memory(p);
    memset(memos + r->size, 0, (size - r->size) * sizeof *memos);
    r->memos = memos;
    r->size = size;
    return true;
}

static const Memo *find_memo(const Recogniser *r, uint16_t rule)
{
    const Memo *memo = r->p->mark < r->size ? r->memos[r->p->mark] : NULL;
    while (memo && memo->rule != rule)
        memo = memo->next;
    return memo;
}

static void keep_memo(Recogniser *r, uint16_t rule, uint32_t start, uint32_t end)
{
    Memo *memo = oz_arena_alloc(&r->kept, sizeof *memo);
    if (!memo) {
        oz_parse_memory(r->p);
        return;
    }
    *memo = (Memo){r->memos[start], end, rule};
    r->memos[start] = memo;
}

static Verdict match_rule(Recogniser *r, uint16_t rule)
{
    Parser *p = r->p;
    if (p->fault.kind || oz_too_deep(p))
        return NO;
    bool memo = rules[rule].flags & RULE_MEMO;
    uint32_t start = p->mark;
    if (memo) {
        const Memo *known = find_memo(r, rule);
        if (known && known->end == NO_MATCH)
            return NO;
        if (known) {
            p->mark = known->end;
            return YES;
        }
        if (!reserve_memos(r))
            return NO;
    }
    bool mistakes = r->mistakes;
    if (rules[rule].flags & RULE_PLAIN)
        r->mistakes = false;
    Part parts[PARTS] = {0};
    Verdict verdict = match_choice(r, &nodes[rules[rule].node], parts);
    r->mistakes = mistakes;
    if (memo && !p->fault.kind)
        keep_memo(r, rule, start, verdict == YES ? p->mark : NO_MATCH);
    return verdict;
}

/* --- Passes ---------------------------------------------------------------------------------- */

static bool is_syntax_fault(const Parser *p)
{
    SyntaxFaultKind fault = p->fault.kind;
    return fault == OZ_FAULT_SYNTAX || fault == OZ_FAULT_INDENTATION || fault == OZ_FAULT_TAB;
}

/* The text ended inside a statement, a bracket or a string: more of it could mend this. */
static bool raise_incomplete(Parser *p)
{
    bool ended = p->tokenizer.state == SCAN_EOF || p->tokenizer.state == SCAN_OPEN_STRING;
    if (!ended || !(p->options->flags & OZ_PARSE_ALLOW_INCOMPLETE))
        return false;
    p->fault = (SyntaxFault){0};
    oz_parse_raise(p, "incomplete input");
    p->fault.incomplete = p->fault.kind == OZ_FAULT_SYNTAX;
    return true;
}

/* Tokenize the rest: what is wrong there, or a bracket left open before the fault, explains more.
 */
static void check_rest(Parser *p)
{
    Tokenizer *t = &p->tokenizer;
    int32_t line = p->tokens[p->fill - 1].line;
    SyntaxFault before = p->fault;
    Token token;
    uint32_t count = 0;
    do {
        oz_tokenizer_next(t, &token);
        if ((++count & 4095) == 0 && p->options->poll && p->options->poll(p->options->context)) {
            p->fault = (SyntaxFault){.kind = OZ_FAULT_INTERRUPTED, .message = "interrupted"};
            return;
        }
    } while (token.kind != T_ENDMARKER && token.kind != T_ERROR);
    if (token.kind == T_ENDMARKER)
        return;
    if (t->state == SCAN_FAULT || t->state == SCAN_OPEN_STRING) {
        p->fault = t->fault;
    } else if (t->state != SCAN_DECODE && t->level && line > t->open_lines[t->level - 1]) {
        p->fault = (SyntaxFault){0};
        oz_raise_unclosed(p);
    }
    if (!p->fault.kind)
        p->fault = before;
}

/* A fault was raised: say whether the text is incomplete, or let the rest of it explain. */
static void finish_fault(Parser *p)
{
    if (!is_syntax_fault(p))
        return;
    if (!p->second && raise_incomplete(p))
        return;
    if (p->tokenizer.state == SCAN_OK)
        check_rest(p);
}

/* No rule knows the mistake: it is at the last token of the first pass. */
static void raise_generic(Parser *p, const Token *last)
{
    if (last->kind == T_INDENT || last->kind == T_DEDENT) {
        oz_raise_indentation(p,
                             last->kind == T_INDENT ? "unexpected indent" : "unexpected unindent");
        return;
    }
    oz_raise_at(p, OZ_FAULT_SYNTAX, last->line, last->col, last->end_line, last->end_col,
                "invalid syntax");
    if (is_syntax_fault(p))
        check_rest(p);
}

static uint16_t start_rule(const Parser *p)
{
    if (p->in_fstring)
        return R_fstring;
    switch (p->mode) {
    case AST_MODE_EXEC:
        return R_file;
    case AST_MODE_SINGLE:
        return R_interactive;
    case AST_MODE_EVAL:
        return R_eval;
    case AST_MODE_FUNC_TYPE:
        return R_func_type;
    }
    oz_never();
}

static void forget(Recogniser *r)
{
    uint32_t end = r->p->fill + 1 < r->size ? r->p->fill + 1 : r->size;
    if (end > r->memo_from)
        memset(r->memos + r->memo_from, 0, (end - r->memo_from) * sizeof *r->memos);
    oz_arena_fini(&r->kept);
}

/* A file: what was found out about a statement is of no use to the next. */
static bool match_file(Recogniser *r)
{
    Parser *p = r->p;
    for (;;) {
        r->memo_from = p->mark;
        bool fits = match_rule(r, R_statement) == YES;
        forget(r);
        if (!fits)
            return !p->fault.kind && match_token(p, T_ENDMARKER);
    }
}

/* Read the text again from token `start`, the first of a statement. */
static bool run(Recogniser *r, uint32_t start, bool second)
{
    Parser *p = r->p;
    p->second = r->mistakes = second;
    p->quiet =
        !second; /* CPython warns of strings in both of its passes: the parser was the first */
    r->memo_from = 0;
    forget(r);
    while (p->fill < start && !p->fault.kind) {
        if (!oz_parser_fill(p))
            return false;
    }
    p->mark = start;
    uint16_t rule = start_rule(p);
    bool fits = rule == R_file ? match_file(r) : match_rule(r, rule) == YES;
    forget(r);
    return fits && !p->fault.kind;
}

static void restart(Parser *p)
{
    Parser old = *p;
    const Tokenizer *t = &old.tokenizer;
    int32_t line = p->start_line ? p->start_line : 1;
    if (!oz_parser_init(p, old.arena, old.scratch, old.options, t->source,
                        (size_t)(t->source_end - t->source), line))
        return;
    p->in_fstring = old.in_fstring;
    p->byte_columns = old.byte_columns;
    p->start_line = old.start_line;
    p->start_col = old.start_col;
    p->exact = true;
    p->tokenizer.quiet_until = t->cur;
}

bool oz_recogniser_agrees(Parser *p)
{
    restart(p);
    Recogniser r = {.p = p};
    oz_arena_init(&r.kept, &p->scratch->source);
    return run(&r, 0, false) || (p->fault.kind && !is_syntax_fault(p));
}

void oz_explain(Parser *p)
{
    if (!p->fault.kind && p->tokenizer.warned)
        p->fault = p->tokenizer.fault;
    SyntaxFault first = p->fault;
    if (first.kind && !is_syntax_fault(p))
        return;
    uint32_t statement = p->statement, stopped = p->mark;
    restart(p);
    Recogniser r = {.p = p};
    oz_arena_init(&r.kept, &p->scratch->source);
    bool fits = run(&r, statement, false);
    if (p->fault.kind) {
        finish_fault(p);
        return;
    }
    if (first.kind) {
        p->fault = first; /* of a kind that is raised once: a warning, a feature version */
        return;
    }
    if (fits) {
        if (p->mode == AST_MODE_SINGLE && !p->in_fstring && !oz_is_single_statement(p)) {
            oz_parse_raise(p, "multiple statements found while compiling a single statement");
            return;
        }
        /* The two grammars disagree, which tests and the fuzzer look for. */
        oz_check(!"the recogniser accepts what the parser does not");
        const Token *token = &p->tokens[stopped < p->fill ? stopped : p->fill - 1];
        raise_generic(p, token);
        return;
    }
    if (raise_incomplete(p))
        return;
    uint32_t last = p->fill - 1;
    run(&r, 0, true);
    if (p->fault.kind) {
        finish_fault(p);
        return;
    }
    raise_generic(p, &p->tokens[last]);
}
