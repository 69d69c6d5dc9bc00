// SPDX-License-Identifier: MIT
// Symbol tables: which scope each name of a tree belongs to.
#ifndef OZ_COMPILE_SYMBOLS_H
#define OZ_COMPILE_SYMBOLS_H

#include "compile/compile.h"

typedef enum ScopeKind {
    OZ_SCOPE_MODULE,
    OZ_SCOPE_CLASS,
    OZ_SCOPE_FUNCTION,
    OZ_SCOPE_ANNOTATION
} ScopeKind;

typedef enum ComprehensionKind {
    OZ_NO_COMPREHENSION,
    OZ_LIST_COMPREHENSION,
    OZ_DICT_COMPREHENSION,
    OZ_SET_COMPREHENSION,
    OZ_GENERATOR_EXPRESSION
} ComprehensionKind;

enum { /* what a scope does with a name; the numbers of module _symtable */
       OZ_DEF_GLOBAL = 1,
       OZ_DEF_LOCAL = 2,
       OZ_DEF_PARAMETER = 4,
       OZ_DEF_NONLOCAL = 8,
       OZ_DEF_USE = 16,
       OZ_DEF_FREE = 32,
       OZ_DEF_FREE_CLASS = 64,
       OZ_DEF_IMPORT = 128,
       OZ_DEF_ANNOTATED = 256,
       OZ_DEF_COMP_ITER = 512,
       OZ_DEF_DELETED = 1 << 20, /* `del x`, `except ... as x`: may be unbound again */
       OZ_DEF_WALRUS = 1 << 21,  /* rebound inside an expression */
};
#define OZ_DEF_BOUND (OZ_DEF_LOCAL | OZ_DEF_PARAMETER | OZ_DEF_IMPORT)

typedef enum NameScope { /* the numbers of module _symtable */
                         OZ_NAME_UNRESOLVED,
                         OZ_NAME_LOCAL,
                         OZ_NAME_GLOBAL_EXPLICIT,
                         OZ_NAME_GLOBAL_IMPLICIT,
                         OZ_NAME_FREE,
                         OZ_NAME_CELL
} NameScope;

typedef struct Symbol {
    AstText *name;      /* [const] mangled */
    uint32_t flags;     /* [owner] OZ_DEF_* */
    NameScope scope;    /* [owner] */
    uint32_t index;     /* [owner] the compiler's: register, or index of the free variable */
    AstNode *directive; /* [owner] the global or nonlocal statement that names it, or NULL */
} Symbol;

typedef struct Scope Scope;
struct Scope {
    ScopeKind kind;                  /* [const] */
    ComprehensionKind comprehension; /* [owner] */
    AstText *name;                   /* [const] */
    AstText *class_name;             /* [const] for mangling: of the innermost class, or NULL */
    const void *key;       /* [const] node, or another address in the tree, that has this scope */
    AstNode *node;         /* [const] for positions */
    Scope *parent;         /* [const] */
    Scope *first_child;    /* [owner] in source order */
    Scope *last_child;     /* [owner] */
    Scope *next_sibling;   /* [owner] */
    Scope *next_in_bucket; /* [owner] */
    Symbol **symbols;      /* [owner] in order of first appearance */
    uint32_t symbol_count; /* [owner] */
    uint32_t symbol_capacity;
    uint32_t *slots; /* [owner] index + 1 into symbols by hash of the address of the name */
    uint32_t slot_mask;
    AstText **parameters; /* [owner] in the order of registers */
    uint32_t parameter_count;
    uint32_t parameter_capacity;
    uint32_t depth;           /* [const] of nesting */
    uint32_t iter_expression; /* [owner] > 0 while the iterable of a comprehension is visited */
    bool iter_target;         /* [owner] the target of a comprehension is visited */
    bool nested;              /* [owner] inside a function */
    bool generator;           /* [owner] */
    bool coroutine;           /* [owner] */
    bool var_positional;      /* [owner] */
    bool var_keyword;         /* [owner] */
    bool returns_value;       /* [owner] */
    bool needs_class_cell;    /* [owner] class: a method uses __class__ */
    bool child_free;          /* [owner] a scope within has free variables */
};

typedef struct SymbolTable {
    Arena *arena;    /* [const] of the tree */
    Scope *top;      /* [owner] */
    Scope **buckets; /* [owner] scopes by key */
    uint32_t bucket_mask;
    uint32_t scope_count;
} SymbolTable;

/* Errors that are found here are raised as SyntaxError.  NULL: raised. */
SymbolTable *oz_symbols_build(Thread *t, Arena *arena, AstNode *tree, Obj filename,
                              int flags) OZ_CHECKED;
/* The scope made for a node; every definition, lambda and comprehension has one. */
Scope *oz_symbols_scope(const SymbolTable *table, const void *key);
Symbol *oz_scope_find(const Scope *scope, const AstText *name);
/* __x inside class C is _C__x.  NULL: no memory (raised). */
AstText *oz_symbols_mangle(Thread *t, Arena *arena, const AstText *class_name, AstText *name);

struct Position;
/* warnings.warn_explicit(message, errors[kind], filename, line); false: raised. */
bool oz_compile_warn(Thread *t, int kind, Obj filename, const struct Position *p,
                     Obj message) OZ_CHECKED;

#endif
