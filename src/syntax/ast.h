// SPDX-License-Identifier: MIT
// The syntax tree: node kinds, structs and field tables made from ast.def, in an arena.
//
// A node of kind AST_BinOp is a `AstBinOp`, which starts with its `AstNode base`.  Fields of sum
// and product types are `AstNode *`, product kinds are AST_arguments and so on.  A sequence field
// is never NULL, also when empty; its items may be NULL only in Dict.keys and
// arguments.kw_defaults. An optional field that is absent is NULL (ImportFrom.level: 0).
#ifndef OZ_SYNTAX_AST_H
#define OZ_SYNTAX_AST_H

#include "base/arena.h"
#include "base/base.h"

typedef enum AstKind {
#define NODE(sum, Name, fields) AST_##Name,
#define PRODUCT(name, CName, attributes, fields) AST_##name,
#include "syntax/ast.def"
    AST_KINDS
} AstKind;

/* AstExprContext, AstBoolop, AstOperator, AstUnaryop, AstCmpop: members AST_Load, AST_And, ... */
#define VALUE(Name) AST_##Name,
#define SIMPLE(name, CName, values) typedef enum Ast##CName{values} Ast##CName;
#include "syntax/ast.def"

/* Lines count from 1, columns from 0 in UTF-8 bytes of the line. */
typedef struct AstNode {
    AstKind kind;     /* [const] */
    int32_t line;     /* [owner] */
    int32_t col;      /* [owner] */
    int32_t end_line; /* [owner] */
    int32_t end_col;  /* [owner] */
} AstNode;

/* Text in UTF-8, where surrogates that stand alone are encoded in three bytes each (WTF-8).
 * Identifiers are in NFKC form, and equal texts of one arena made by oz_ast_text are one object. */
typedef struct AstText {
    uint32_t length; /* [const] in bytes */
    uint32_t hash;   /* [const] of the bytes when made by oz_ast_text, else 0 */
    char bytes[];    /* [const] followed by a zero that `length` does not count */
} AstText;

typedef struct AstSeq {
    uint32_t count; /* [owner] */
    void *items[];  /* [owner] AstNode *, AstText *, or an enumeration member (oz_ast_seq_op) */
} AstSeq;

typedef enum AstLiteralTag {
    AST_NONE,
    AST_TRUE,
    AST_FALSE,
    AST_ELLIPSIS,
    AST_INT,     /* integer */
    AST_BIG_INT, /* text: digits without prefix and underscores; base */
    AST_FLOAT,   /* number */
    AST_COMPLEX, /* 0 + number * 1j */
    AST_STR,     /* text, WTF-8 */
    AST_BYTES,   /* text */
    AST_OBJECT   /* object: never made by the parser, for trees that come from Python objects */
} AstLiteralTag;

/* The value of a `constant` field. */
typedef struct AstLiteral {
    AstLiteralTag tag; /* [const] */
    int32_t base;      /* [const] 2, 8, 10 or 16, only with AST_BIG_INT */
    union {
        int64_t integer; /* [const] not negative when the parser made it */
        double number;   /* [const] */
        AstText *text;   /* [const] */
        void *object;    /* [const] */
    };
} AstLiteral;

typedef AstText *AstType_identifier;
typedef AstText *AstType_string;
typedef int32_t AstType_int;
typedef AstLiteral AstType_constant;
#define SUM(name, attributes) typedef AstNode *AstType_##name;
#define PRODUCT(name, CName, attributes, fields) typedef AstNode *AstType_##name;
#define SIMPLE(name, CName, values) typedef Ast##CName AstType_##name;
#include "syntax/ast.def"

#define ONE(type, name) AstType_##type name;
#define OPT(type, name) AstType_##type name;
#define SEQ(type, name) AstSeq *name;
#define NODE(sum, Name, fields)                                                                    \
    typedef struct Ast##Name {                                                                     \
        AstNode base;                                                                              \
        fields                                                                                     \
    } Ast##Name;
#define PRODUCT(name, CName, attributes, fields)                                                   \
    typedef struct Ast##CName {                                                                    \
        AstNode base;                                                                              \
        fields                                                                                     \
    } Ast##CName;
#include "syntax/ast.def"

/* The same facts as data, for walks that treat all nodes alike. */

typedef enum AstQuantity { AST_ONE, AST_OPTIONAL, AST_SEQUENCE } AstQuantity;

typedef enum AstAttributes {
    AST_ATTRIBUTES_NONE,
    AST_ATTRIBUTES_OPTIONAL_END, /* lineno, col_offset, end_lineno?, end_col_offset? */
    AST_ATTRIBUTES_REQUIRED_END  /* all four required */
} AstAttributes;

typedef enum AstFieldType {
    AST_TYPE_identifier,
    AST_TYPE_string,
    AST_TYPE_int,
    AST_TYPE_constant,
#define SUM(name, attributes) AST_TYPE_##name,
#define PRODUCT(name, CName, attributes, fields) AST_TYPE_##name,
#define SIMPLE(name, CName, values) AST_TYPE_##name,
#include "syntax/ast.def"
    AST_TYPES
} AstFieldType;

typedef struct AstFieldInfo {
    const char *name;     /* [const] */
    AstFieldType type;    /* [const] */
    AstQuantity quantity; /* [const] */
    uint32_t offset;      /* [const] of the field in the node's struct */
} AstFieldInfo;

typedef struct AstKindInfo {
    const char *name;           /* [const] "BinOp", "arguments" */
    AstFieldType type;          /* [const] the sum or product it belongs to */
    uint32_t size;              /* [const] of the struct */
    uint32_t field_count;       /* [const] */
    const AstFieldInfo *fields; /* [const] in order */
} AstKindInfo;

typedef struct AstTypeInfo {
    const char *name;           /* [const] "expr", "boolop", "identifier" */
    bool is_node;               /* [const] values are AstNode * */
    AstAttributes attributes;   /* [const] */
    uint32_t member_count;      /* [const] of an enumeration, else 0 */
    const char *const *members; /* [const] names of an enumeration's members */
} AstTypeInfo;

const AstKindInfo *oz_ast_kind(AstKind kind);
const AstTypeInfo *oz_ast_type(AstFieldType type);

/* A node with all fields zero and sequence fields NULL: the caller fills them. */
AstNode *oz_ast_new(Arena *arena, AstKind kind) OZ_CHECKED;

/* A sequence of `count` NULL items. */
AstSeq *oz_ast_seq_new(Arena *arena, size_t count) OZ_CHECKED;

/* The one object of this arena for these bytes. */
AstText *oz_ast_text(Arena *arena, const char *bytes, size_t length) OZ_CHECKED;

/* A text of its own: for strings, which seldom recur. */
AstText *oz_ast_text_copy(Arena *arena, const char *bytes, size_t length) OZ_CHECKED;

/* The same with the bytes still to be written. */
AstText *oz_ast_text_room(Arena *arena, size_t length) OZ_CHECKED;

static inline int oz_ast_seq_op(const AstSeq *seq, uint32_t index)
{
    return (int)(intptr_t)seq->items[index];
}

static inline AstNode *oz_ast_seq_node(const AstSeq *seq, uint32_t index)
{
    return seq->items[index];
}

#endif
