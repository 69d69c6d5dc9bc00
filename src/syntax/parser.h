// SPDX-License-Identifier: MIT
// From source text to syntax tree, or to the fault that CPython 3.11 would report.
#ifndef OZ_SYNTAX_PARSER_H
#define OZ_SYNTAX_PARSER_H

#include "syntax/ast.h"

typedef enum AstMode {
    AST_MODE_EXEC,     /* a file: AST_Module */
    AST_MODE_SINGLE,   /* one interactive statement: AST_Interactive */
    AST_MODE_EVAL,     /* an expression: AST_Expression */
    AST_MODE_FUNC_TYPE /* a signature type comment: AST_FunctionType */
} AstMode;

enum {
    OZ_PARSE_TYPE_COMMENTS = 1,     /* fill type_comment and type_ignores */
    OZ_PARSE_BARRY_AS_FLUFL = 2,    /* `<>` instead of `!=` */
    OZ_PARSE_DONT_IMPLY_DEDENT = 4, /* a block that ends with the source is not complete (codeop) */
    OZ_PARSE_ALLOW_INCOMPLETE = 8, /* the fault for a source that stops too early is `incomplete` */
    OZ_PARSE_IGNORE_COOKIE = 16,   /* a str, or text decoded before: UTF-8, cookies are comments */
    OZ_PARSE_FILE = 32             /* a file that is run: UTF-8 is checked in comments, too */
};

typedef enum SyntaxFaultKind {
    OZ_FAULT_NONE,
    OZ_FAULT_SYNTAX,      /* SyntaxError */
    OZ_FAULT_INDENTATION, /* IndentationError */
    OZ_FAULT_TAB,         /* TabError */
    OZ_FAULT_VALUE,       /* ValueError: only `message` counts */
    OZ_FAULT_CODEC,       /* decode with the codec that `message` names, parse with IGNORE_COOKIE */
    OZ_FAULT_MEMORY,      /* MemoryError */
    OZ_FAULT_RECURSION,   /* RecursionError: the stack limit was near */
    OZ_FAULT_INTERRUPTED, /* `poll` said stop */
    OZ_FAULT_RAISED       /* `warn` raised an exception of its own */
} SyntaxFaultKind;

typedef struct SyntaxFault {
    SyntaxFaultKind kind; /* [owner] */
    bool incomplete;      /* [owner] more input could make it valid (message "incomplete input") */
    bool has_end;         /* [owner] otherwise end_lineno and end_offset are None */
    bool bare;            /* [owner] only `message` counts: no file, no line */
    const char *message;  /* [owner] WTF-8, in the arena or static */
    int32_t line;         /* [owner] lineno, from 1; 0: of the whole source, which has no end */
    int32_t offset;       /* [owner] offset in characters, from 1 (CPython also gives 0) */
    int32_t end_line;     /* [owner] end_lineno */
    int32_t end_offset;   /* [owner] end_offset */
    const AstText *text;  /* [owner] the line with its newline, WTF-8; NULL for None */
} SyntaxFault;

typedef enum ParseWarningKind {
    OZ_WARN_DEPRECATION, /* DeprecationWarning */
    OZ_WARN_SYNTAX       /* SyntaxWarning */
} ParseWarningKind;

typedef enum ParseWarned {
    OZ_WARNED,          /* shown or ignored: go on */
    OZ_WARNED_AS_ERROR, /* the filters make it an error: the fault becomes a SyntaxError */
    OZ_WARNED_RAISED    /* another exception was raised: OZ_FAULT_RAISED */
} ParseWarned;

/* All [const].  A callback that is NULL is not asked. */
typedef struct ParseOptions {
    AstMode mode;
    uint32_t flags;          /* OZ_PARSE_... */
    int feature_version;     /* minor version for ast.parse(feature_version=); 0: no limit */
    int max_int_digits;      /* decimal digits that an int literal may have; 0: no limit */
    const char *filename;    /* only for the message about bytes that are not UTF-8; may be NULL */
    const void *stack_limit; /* lowest stack address to be used; NULL: 512 KiB below the caller */
    void *context;           /* for the callbacks */

    /* True: stop the parse.  Asked every few thousand tokens. */
    bool (*poll)(void *context);

    ParseWarned (*warn)(void *context, ParseWarningKind kind, const char *message, int32_t line);
} ParseOptions;

/* Parse `length` bytes.  Returns the module node, or NULL with *fault filled.  Everything returned
 * lies in `arena`; the source is not needed afterwards.  `fault->kind` is OZ_FAULT_NONE on success.
 * Runs Python: only through the callbacks. */
AstNode *oz_parse(Arena *arena, const char *source, size_t length, const ParseOptions *options,
                  SyntaxFault *fault) OZ_CHECKED;

#endif
