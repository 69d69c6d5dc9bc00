// SPDX-License-Identifier: MIT
// Why a text did not parse.
#include "syntax/parser_state.h"

void oz_explain(Parser *p)
{
    if (p->fault.kind)
        return;
    uint32_t at = p->mark;
    p->exact = true;
    const Token *token = &p->tokens[at];
    if (token->kind == T_ERROR && p->tokenizer.fault.kind) {
        p->fault = p->tokenizer.fault;
        return;
    }
    if (token->kind == T_INDENT || token->kind == T_DEDENT)
        oz_raise_indentation(p,
                             token->kind == T_INDENT ? "unexpected indent" : "unexpected unindent");
    else
        oz_raise_at(p, OZ_FAULT_SYNTAX, token->line, token->col, token->end_line, token->end_col,
                    "invalid syntax");
}

void oz_explain_fstring(Parser *p)
{
    oz_explain(p);
}
