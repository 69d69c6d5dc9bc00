// SPDX-License-Identifier: MIT
// What the recogniser does when it has recognised a mistake: faults at parts of the text.
#ifndef OZ_SYNTAX_MISTAKES_H
#define OZ_SYNTAX_MISTAKES_H

#include "syntax/parser_state.h"

/* How to get the node of a remembered part: parse it again as this. */
typedef enum Form {
    FORM_TOKENS, /* it needs none: its place is that of its tokens */
    FORM_EXPRESSION,
    FORM_DISJUNCTION,
    FORM_BITWISE_OR,
    FORM_STAR_EXPRESSIONS,
    FORM_STAR_NAMED,
    FORM_ATOM
} Form;

/* Tokens start to end - 1, which an alternative has remembered. */
typedef struct Part {
    uint32_t start; /* [owner] */
    uint32_t end;   /* [owner] */
    Form form;      /* [owner] */
} Part;

/* How trying an alternative ended.  STOP: it did not fit, and no other one of its rule is tried. */
typedef enum Verdict { NO, YES, STOP } Verdict;

typedef Verdict MistakeFunction(Parser *p, const Part *parts);

typedef enum ActionVerb {
    ACT_LAST,
    ACT_AT,
    ACT_RANGE,
    ACT_FROM,
    ACT_INDENT,
    ACT_STORE,
    ACT_LOOP,
    ACT_DELETE,
    ACT_DO
} ActionVerb;

/* grammar.peg tells what each verb means. */
typedef struct Action {
    ActionVerb verb;           /* [const] */
    uint8_t x;                 /* [const] part that it is about */
    uint8_t y;                 /* [const] where a range ends */
    const char *message;       /* [const] or NULL */
    MistakeFunction *function; /* [const] of ACT_DO */
} Action;

/* Do it.  STOP: it raised, or found nothing to complain about. */
Verdict oz_mistake_act(Parser *p, const Action *action, const Part *parts);

/* The functions of {do ...}. */
MistakeFunction oz_mistake_comprehension_target;
MistakeFunction oz_mistake_forgotten_comma;
MistakeFunction oz_mistake_genexp_argument;
MistakeFunction oz_mistake_genexp_in_call;
MistakeFunction oz_mistake_imaginary_number;
MistakeFunction oz_mistake_legacy_statement;
MistakeFunction oz_mistake_pair_without_value;
MistakeFunction oz_mistake_positional_after_keyword;
MistakeFunction oz_mistake_positional_after_keyword_patterns;
MistakeFunction oz_mistake_real_number;

#endif
