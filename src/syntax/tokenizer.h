// SPDX-License-Identifier: MIT
// Tokens, and the machine that cuts a source text into them.
#ifndef OZ_SYNTAX_TOKENIZER_H
#define OZ_SYNTAX_TOKENIZER_H

#include "base/arena.h"
#include "base/base.h"
#include "syntax/parser.h"

typedef enum TokenKind {
#define TOKEN(kind, name) T_##kind,
#define OPERATOR(kind, text) T_##kind,
#define KEYWORD(kind, text) T_##kind,
#include "syntax/token.def"
    T_KINDS
} TokenKind;

typedef struct Token {
    uint8_t kind;     /* [const] TokenKind */
    uint8_t level;    /* [const] open brackets after it */
    uint32_t start;   /* [const] offset in the source */
    uint32_t length;  /* [const] in bytes */
    int32_t line;     /* [const] */
    int32_t col;      /* [const] in bytes; -1 for INDENT, DEDENT, ENDMARKER and errors */
    int32_t end_line; /* [const] */
    int32_t end_col;  /* [const] -1 as with col */
} Token;

/* What stopped the tokenizer.  SCAN_FAULT: `fault` says it; the others are put in words by the
 * parser, because their place depends on the tokens read so far. */
typedef enum ScanState {
    SCAN_OK,
    SCAN_EOF,
    SCAN_FAULT,       /* a fault with message and place */
    SCAN_OPEN_STRING, /* the same, where more input might mend it */
    SCAN_DECODE,      /* bytes that are not UTF-8; `fault` has the message only */
    SCAN_DEDENT,
    SCAN_TABS,
    SCAN_TOO_DEEP,
    SCAN_BACKSLASH
} ScanState;

enum { OZ_MAX_INDENT = 100, OZ_MAX_LEVEL = 200 };

typedef struct Tokenizer {
    const char *source;     /* [const] newlines are \n, a zero follows the last byte */
    const char *source_end; /* [const] */
    const char *cur;        /* [owner] next byte */
    const char *line_end;   /* [owner] one past the current line with its newline */
    const char *line_start; /* [owner] */
    const char *shown; /* [owner] where the text shown with a fault starts: the first line of the
                          token being read */
    const char *start; /* [owner] first byte of the token being read, or NULL */
    const char *multi_start; /* [owner] line_start at the opening quote of the last string */
    const char *quiet_until; /* [owner] no warnings before this byte: they were given already */
    int32_t line;            /* [owner] */
    int32_t first_line;      /* [owner] line of the opening quote of the last string */
    ScanState state;         /* [owner] */
    bool at_bol;             /* [owner] the next byte begins a line */
    bool type_comments;      /* [const] */
    bool async_names;        /* [const] async and await are names outside of async functions */
    bool async_def;          /* [owner] inside an async function, with async_names */
    bool async_newline;      /* [owner] its header line has ended */
    bool warned;             /* [owner] `fault` is a warning that became an error */
    int32_t async_indent;    /* [owner] indentation depth of the async function */
    int32_t pending;         /* [owner] INDENTs (positive) or DEDENTs to hand out */
    int32_t depth;           /* [owner] index of the innermost indentation */
    int32_t columns[OZ_MAX_INDENT];     /* [owner] with tabs to multiples of 8 */
    int32_t alt_columns[OZ_MAX_INDENT]; /* [owner] with tabs as one column */
    int32_t level;                      /* [owner] open brackets */
    char open[OZ_MAX_LEVEL];            /* [owner] which */
    int32_t open_lines[OZ_MAX_LEVEL];   /* [owner] and where */
    int32_t open_cols[OZ_MAX_LEVEL];    /* [owner] */
    Arena *arena;                       /* [const] for messages */
    const ParseOptions *options;        /* [const] */
    SyntaxFault fault;                  /* [owner] */
} Tokenizer;

/* Start at `line` (that of the first byte). The source has a zero at source[length]. */
void oz_tokenizer_init(Tokenizer *t, Arena *arena, const ParseOptions *options, const char *source,
                       size_t length, int32_t line);

/* The next token.  T_ERROR: `state` says why; do not ask again. */
void oz_tokenizer_next(Tokenizer *t, Token *token);

/* "if", "(", "NAME" */
const char *oz_token_text(TokenKind kind);

#endif
