// SPDX-License-Identifier: MIT
// Building symbol tables: one walk over the tree notes what each scope does with each name.
//
// resolve.c then decides what the names are.  A scope belongs to the node that opens it and is
// found by the node's address, so the compiler may compile a body twice (`finally`).  Tables lie
// in the arena of the tree; a name is the AstText of that arena, and names are compared by address.
//
// The rules for a walrus inside a comprehension: it binds in the nearest scope around all
// comprehensions, and in the comprehensions themselves counts as nonlocal (global in a module).
#include "compile/symbols.h"
#include "compile/resolve.h"
#include "types/code.h"
#include "types/protocol.h"

#include <string.h>

typedef struct Builder {
    Thread *t;
    SymbolTable *table;
    Scope *scope;
    AstText *class_name;
    Obj filename;
    bool string_annotations;
} Builder;

/* Qualified names grow with the square of the nesting. */
enum { MAX_DEPTH = 1000 };

static bool visit_expr(Builder *b, AstNode *node);
static bool visit_body(Builder *b, AstSeq *body);

/* ---- tables ---- */

static void *allocate(Thread *t, Arena *arena, size_t size)
{
    void *cell = oz_arena_alloc(arena, size);
    if (!cell)
        oz_raise_memory(t);
    else
        memset(cell, 0, size);
    return cell;
}

static size_t hash_key(const void *key)
{
    return (size_t)((uintptr_t)key * UINT64_C(0x9E3779B97F4A7C15) >> 32);
}

Scope *oz_symbols_scope(const SymbolTable *table, const void *key)
{
    Scope *scope = table->buckets[hash_key(key) & table->bucket_mask];
    while (scope && scope->key != key)
        scope = scope->next_in_bucket;
    return scope;
}

static bool grow_buckets(Thread *t, SymbolTable *table)
{
    uint32_t count = (table->bucket_mask + 1) * 2;
    Scope **buckets = allocate(t, table->arena, count * sizeof *buckets);
    if (!buckets)
        return false;
    for (uint32_t i = 0; i <= table->bucket_mask; i++) {
        for (Scope *scope = table->buckets[i], *next; scope; scope = next) {
            next = scope->next_in_bucket;
            size_t at = hash_key(scope->key) & (count - 1);
            scope->next_in_bucket = buckets[at];
            buckets[at] = scope;
        }
    }
    table->buckets = buckets;
    table->bucket_mask = count - 1;
    return true;
}

Symbol *oz_scope_find(const Scope *scope, const AstText *name)
{
    if (!scope->slots)
        return NULL;
    for (uint32_t at = name->hash;; at++) {
        uint32_t index = scope->slots[at & scope->slot_mask];
        if (!index)
            return NULL;
        if (scope->symbols[index - 1]->name == name)
            return scope->symbols[index - 1];
    }
}

static bool grow_symbols(Thread *t, Arena *arena, Scope *scope)
{
    uint32_t capacity = scope->symbol_capacity ? scope->symbol_capacity * 2 : 8;
    Symbol **symbols = allocate(t, arena, capacity * sizeof *symbols);
    uint32_t *slots = symbols ? allocate(t, arena, 2 * capacity * sizeof *slots) : NULL;
    if (!slots)
        return false;
    for (uint32_t i = 0; i < scope->symbol_count; i++) {
        symbols[i] = scope->symbols[i];
        uint32_t at = symbols[i]->name->hash;
        while (slots[at & (2 * capacity - 1)])
            at++;
        slots[at & (2 * capacity - 1)] = i + 1;
    }
    scope->symbols = symbols;
    scope->slots = slots;
    scope->slot_mask = 2 * capacity - 1;
    scope->symbol_capacity = capacity;
    return true;
}

Symbol *oz_scope_add(Thread *t, Arena *arena, Scope *scope, AstText *name)
{
    Symbol *symbol = oz_scope_find(scope, name);
    if (symbol)
        return symbol;
    if (scope->symbol_count == scope->symbol_capacity && !grow_symbols(t, arena, scope))
        return NULL;
    symbol = allocate(t, arena, sizeof *symbol);
    if (!symbol)
        return NULL;
    symbol->name = name;
    uint32_t at = name->hash;
    while (scope->slots[at & scope->slot_mask])
        at++;
    scope->symbols[scope->symbol_count++] = symbol;
    scope->slots[at & scope->slot_mask] = scope->symbol_count;
    return symbol;
}

AstText *oz_symbols_mangle(Thread *t, Arena *arena, const AstText *class_name, AstText *name)
{
    const char *text = name->bytes;
    size_t length = name->length;
    if (!class_name || length < 2 || text[0] != '_' || text[1] != '_' ||
        (text[length - 1] == '_' && text[length - 2] == '_') || memchr(text, '.', length))
        return name;
    const char *prefix = class_name->bytes;
    size_t rest = class_name->length;
    while (rest && *prefix == '_')
        prefix++, rest--;
    if (!rest)
        return name;
    char *joined = oz_arena_alloc(arena, 1 + rest + length);
    if (joined) {
        joined[0] = '_';
        memcpy(joined + 1, prefix, rest);
        memcpy(joined + 1 + rest, text, length);
    }
    AstText *mangled = joined ? oz_ast_text(arena, joined, 1 + rest + length) : NULL;
    if (!mangled)
        oz_raise_memory(t);
    return mangled;
}

/* ---- scopes ---- */

static Scope *enter(Builder *b, ScopeKind kind, AstText *name, const void *key, AstNode *node)
{
    SymbolTable *table = b->table;
    Scope *scope = allocate(b->t, table->arena, sizeof *scope);
    if (!scope || (table->scope_count > table->bucket_mask && !grow_buckets(b->t, table)))
        return NULL;
    Scope *parent = b->scope;
    scope->depth = parent ? parent->depth + 1 : 0;
    if (scope->depth > MAX_DEPTH) {
        oz_raise(b->t, OZ_RecursionError, "maximum recursion depth exceeded during compilation");
        return NULL;
    }
    scope->kind = kind;
    scope->name = name;
    scope->class_name = b->class_name;
    scope->key = key;
    scope->node = node;
    scope->parent = parent;
    scope->iter_expression = parent ? parent->iter_expression : 0;
    scope->nested = parent && (parent->nested || parent->kind == OZ_SCOPE_FUNCTION);
    b->scope = scope;
    if (kind == OZ_SCOPE_ANNOTATION) /* only looked at for errors: it becomes a string */
        return scope;
    size_t at = hash_key(key) & table->bucket_mask;
    scope->next_in_bucket = table->buckets[at];
    table->buckets[at] = scope;
    table->scope_count++;
    if (parent && parent->last_child)
        parent->last_child->next_sibling = scope;
    else if (parent)
        parent->first_child = scope;
    if (parent)
        parent->last_child = scope;
    return scope;
}

static void leave(Builder *b)
{
    b->scope = b->scope->parent;
}

static AstText *text_of(Builder *b, const char *text)
{
    AstText *made = oz_ast_text(b->table->arena, text, strlen(text));
    if (!made)
        oz_raise_memory(b->t);
    return made;
}

OZ_PRINTF(3, 4)
static bool fault(Builder *b, const AstNode *node, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    oz_symbol_error(b->t, b->filename, node, format, arguments);
    va_end(arguments);
    return false;
}

/* ---- names ---- */

static AstText *mangled(Builder *b, AstText *name)
{
    return oz_symbols_mangle(b->t, b->table->arena, b->class_name, name);
}

static bool add_parameter(Builder *b, Scope *scope, AstText *name)
{
    if (scope->parameter_count == scope->parameter_capacity) {
        size_t old = scope->parameter_capacity, next = old ? 2 * old : 4;
        void *grown = oz_arena_grow(b->table->arena, scope->parameters, old * sizeof(AstText *),
                                    next * sizeof(AstText *));
        if (!grown)
            return oz_raise_memory(b->t) != NULL;
        scope->parameters = grown;
        scope->parameter_capacity = (uint32_t)next;
    }
    scope->parameters[scope->parameter_count++] = name;
    return true;
}

static bool define_in(Builder *b, Scope *scope, AstText *name, uint32_t flags, const AstNode *node)
{
    name = mangled(b, name);
    Symbol *symbol = name ? oz_scope_add(b->t, b->table->arena, scope, name) : NULL;
    if (!symbol)
        return false;
    if (flags & symbol->flags & OZ_DEF_PARAMETER)
        return fault(b, node, "duplicate argument '%s' in function definition", name->bytes);
    symbol->flags |= flags;
    if (scope->iter_target) {
        if (symbol->flags & (OZ_DEF_GLOBAL | OZ_DEF_NONLOCAL))
            return fault(b, node,
                         "comprehension inner loop cannot rebind assignment expression target '%s'",
                         name->bytes);
        symbol->flags |= OZ_DEF_COMP_ITER;
    }
    if (flags & OZ_DEF_PARAMETER)
        return add_parameter(b, scope, name);
    if (flags & OZ_DEF_GLOBAL && scope != b->table->top) {
        Symbol *global = oz_scope_add(b->t, b->table->arena, b->table->top, name);
        if (!global)
            return false;
        global->flags |= OZ_DEF_GLOBAL;
    }
    return true;
}

static bool define(Builder *b, AstText *name, uint32_t flags, const AstNode *node)
{
    return define_in(b, b->scope, name, flags, node);
}

static uint32_t flags_of(Builder *b, Scope *scope, AstText *name)
{
    name = mangled(b, name);
    Symbol *symbol = name ? oz_scope_find(scope, name) : NULL;
    return symbol ? symbol->flags : 0;
}

static void note_directive(Builder *b, AstText *name, AstNode *node)
{
    name = mangled(b, name);
    Symbol *symbol = name ? oz_scope_find(b->scope, name) : NULL;
    if (symbol && !symbol->directive)
        symbol->directive = node;
}

/* ---- expressions ---- */

#define VISIT(node)                                                                                \
    if (!visit_expr(b, (node)))                                                                    \
    return false
#define VISIT_ALL(seq)                                                                             \
    if (!visit_exprs(b, (seq)))                                                                    \
    return false

static bool visit_exprs(Builder *b, AstSeq *seq)
{
    for (uint32_t i = 0; i < seq->count; i++)
        VISIT(seq->items[i]); /* absent: fine */
    return true;
}

static bool visit_keywords(Builder *b, AstSeq *keywords)
{
    for (uint32_t i = 0; i < keywords->count; i++)
        VISIT(((AstKeyword *)keywords->items[i])->value);
    return true;
}

static bool not_in_annotation(Builder *b, const AstNode *node, const char *what)
{
    return b->scope->kind != OZ_SCOPE_ANNOTATION ||
           fault(b, node, "'%s' can not be used within an annotation", what);
}

static bool not_in_comprehension(Builder *b, const AstNode *node)
{
    static const char *const names[] = {NULL, "list comprehension", "dict comprehension",
                                        "set comprehension", "generator expression"};
    const char *where = names[b->scope->comprehension];
    return !where || fault(b, node, "'yield' inside %s", where);
}

/* A walrus target inside comprehensions: see the essay. */
static bool extend_walrus(Builder *b, AstName *target)
{
    for (Scope *scope = b->scope; scope; scope = scope->parent) {
        if (scope->comprehension) {
            if (flags_of(b, scope, target->id) & OZ_DEF_COMP_ITER)
                return fault(b, &target->base,
                             "assignment expression cannot rebind comprehension iteration "
                             "variable '%s'",
                             target->id->bytes);
            continue;
        }
        if (scope->kind == OZ_SCOPE_CLASS)
            return fault(b, &target->base,
                         "assignment expression within a comprehension cannot be used in a class "
                         "body");
        bool global =
            scope->kind == OZ_SCOPE_MODULE || flags_of(b, scope, target->id) & OZ_DEF_GLOBAL;
        if (!define(b, target->id, global ? OZ_DEF_GLOBAL : OZ_DEF_NONLOCAL, &target->base))
            return false;
        note_directive(b, target->id, &target->base);
        uint32_t outside = scope->kind == OZ_SCOPE_MODULE ? OZ_DEF_GLOBAL : OZ_DEF_LOCAL;
        return define_in(b, scope, target->id, outside | OZ_DEF_WALRUS, &target->base);
    }
    return true;
}

static bool visit_walrus(Builder *b, AstNamedExpr *node)
{
    if (!not_in_annotation(b, &node->base, "named expression"))
        return false;
    if (b->scope->iter_expression)
        return fault(b, &node->base,
                     "assignment expression cannot be used in a comprehension iterable expression");
    AstName *target = (AstName *)node->target;
    if (b->scope->comprehension && !extend_walrus(b, target))
        return false;
    VISIT(node->value);
    return define(b, target->id, OZ_DEF_LOCAL | OZ_DEF_WALRUS, node->target);
}

static bool visit_generators(Builder *b, AstSeq *generators)
{
    for (uint32_t i = 0; i < generators->count; i++) {
        AstComprehension *each = generators->items[i];
        b->scope->iter_target = true;
        VISIT(each->target);
        b->scope->iter_target = false;
        if (i > 0) { /* the first iterable was visited outside */
            b->scope->iter_expression++;
            VISIT(each->iter);
            b->scope->iter_expression--;
        }
        VISIT_ALL(each->ifs);
        if (each->is_async)
            b->scope->coroutine = true;
    }
    return true;
}

static bool visit_comprehension(Builder *b, AstNode *node, ComprehensionKind kind,
                                AstSeq *generators, AstNode *element, AstNode *value)
{
    static const char *const names[] = {NULL, "listcomp", "dictcomp", "setcomp", "genexpr"};
    AstComprehension *first = generators->items[0];
    b->scope->iter_expression++;
    VISIT(first->iter);
    b->scope->iter_expression--;
    AstText *name = text_of(b, names[kind]), *argument = text_of(b, ".0");
    Scope *scope = name && argument ? enter(b, OZ_SCOPE_FUNCTION, name, node, node) : NULL;
    if (!scope)
        return false;
    scope->comprehension = kind;
    if (!define(b, argument, OZ_DEF_PARAMETER, node) || !visit_generators(b, generators))
        return false;
    VISIT(value);
    VISIT(element);
    scope->generator = kind == OZ_GENERATOR_EXPRESSION;
    leave(b);
    if (scope->coroutine && !scope->generator)
        b->scope->coroutine = true;
    return true;
}

static bool visit_defaults(Builder *b, AstNode *node)
{
    AstArguments *arguments = (AstArguments *)node;
    return visit_exprs(b, arguments->defaults) && visit_exprs(b, arguments->kw_defaults);
}

static bool define_args(Builder *b, AstSeq *args)
{
    for (uint32_t i = 0; i < args->count; i++) {
        AstArg *arg = args->items[i];
        if (!define(b, arg->arg, OZ_DEF_PARAMETER, &arg->base))
            return false;
    }
    return true;
}

static bool define_parameters(Builder *b, AstNode *node)
{
    AstArguments *arguments = (AstArguments *)node;
    if (!define_args(b, arguments->posonlyargs) || !define_args(b, arguments->args) ||
        !define_args(b, arguments->kwonlyargs))
        return false;
    AstArg *rest = (AstArg *)arguments->vararg, *named = (AstArg *)arguments->kwarg;
    b->scope->var_positional = rest;
    b->scope->var_keyword = named;
    return (!rest || define(b, rest->arg, OZ_DEF_PARAMETER, &rest->base)) &&
           (!named || define(b, named->arg, OZ_DEF_PARAMETER, &named->base));
}

static bool visit_lambda(Builder *b, AstLambda *node)
{
    AstText *name = text_of(b, "lambda");
    if (!name || !visit_defaults(b, node->args) ||
        !enter(b, OZ_SCOPE_FUNCTION, name, node, &node->base) || !define_parameters(b, node->args))
        return false;
    VISIT(node->body);
    leave(b);
    return true;
}

static bool visit_name(Builder *b, AstName *node)
{
    uint32_t flags = node->ctx == AST_Load  ? OZ_DEF_USE
                     : node->ctx == AST_Del ? OZ_DEF_LOCAL | OZ_DEF_DELETED
                                            : OZ_DEF_LOCAL;
    if (!define(b, node->id, flags, &node->base))
        return false;
    if (node->ctx != AST_Load || b->scope->kind != OZ_SCOPE_FUNCTION ||
        strcmp(node->id->bytes, "super") != 0)
        return true;
    AstText *cell = text_of(b, "__class__"); /* super() looks there */
    return cell && define(b, cell, OZ_DEF_USE, &node->base);
}

static bool visit_yield(Builder *b, AstNode *node, AstNode *value)
{
    if (!not_in_annotation(b, node, "yield expression"))
        return false;
    VISIT(value);
    b->scope->generator = true;
    return not_in_comprehension(b, node);
}

static bool visit_expr(Builder *b, AstNode *node)
{
    if (!node)
        return true;
    if (!oz_native_enter(b->t, " during compilation"))
        return false;
    switch (node->kind) {
    case AST_BoolOp:
        return visit_exprs(b, ((AstBoolOp *)node)->values);
    case AST_NamedExpr:
        return visit_walrus(b, (AstNamedExpr *)node);
    case AST_BinOp:
        VISIT(((AstBinOp *)node)->left);
        return visit_expr(b, ((AstBinOp *)node)->right);
    case AST_UnaryOp:
        return visit_expr(b, ((AstUnaryOp *)node)->operand);
    case AST_Lambda:
        return visit_lambda(b, (AstLambda *)node);
    case AST_IfExp:
        VISIT(((AstIfExp *)node)->test);
        VISIT(((AstIfExp *)node)->body);
        return visit_expr(b, ((AstIfExp *)node)->orelse);
    case AST_Dict:
        VISIT_ALL(((AstDict *)node)->keys);
        return visit_exprs(b, ((AstDict *)node)->values);
    case AST_Set:
        return visit_exprs(b, ((AstSet *)node)->elts);
    case AST_ListComp:
        return visit_comprehension(b, node, OZ_LIST_COMPREHENSION,
                                   ((AstListComp *)node)->generators, ((AstListComp *)node)->elt,
                                   NULL);
    case AST_SetComp:
        return visit_comprehension(b, node, OZ_SET_COMPREHENSION, ((AstSetComp *)node)->generators,
                                   ((AstSetComp *)node)->elt, NULL);
    case AST_DictComp:
        return visit_comprehension(b, node, OZ_DICT_COMPREHENSION,
                                   ((AstDictComp *)node)->generators, ((AstDictComp *)node)->key,
                                   ((AstDictComp *)node)->value);
    case AST_GeneratorExp:
        return visit_comprehension(b, node, OZ_GENERATOR_EXPRESSION,
                                   ((AstGeneratorExp *)node)->generators,
                                   ((AstGeneratorExp *)node)->elt, NULL);
    case AST_Await:
        if (!not_in_annotation(b, node, "await expression"))
            return false;
        VISIT(((AstAwait *)node)->value);
        b->scope->coroutine = true;
        return true;
    case AST_Yield:
        return visit_yield(b, node, ((AstYield *)node)->value);
    case AST_YieldFrom:
        return visit_yield(b, node, ((AstYieldFrom *)node)->value);
    case AST_Compare:
        VISIT(((AstCompare *)node)->left);
        return visit_exprs(b, ((AstCompare *)node)->comparators);
    case AST_Call:
        VISIT(((AstCall *)node)->func);
        VISIT_ALL(((AstCall *)node)->args);
        return visit_keywords(b, ((AstCall *)node)->keywords);
    case AST_FormattedValue:
        VISIT(((AstFormattedValue *)node)->value);
        return visit_expr(b, ((AstFormattedValue *)node)->format_spec);
    case AST_JoinedStr:
        return visit_exprs(b, ((AstJoinedStr *)node)->values);
    case AST_Attribute:
        return visit_expr(b, ((AstAttribute *)node)->value);
    case AST_Subscript:
        VISIT(((AstSubscript *)node)->value);
        return visit_expr(b, ((AstSubscript *)node)->slice);
    case AST_Starred:
        return visit_expr(b, ((AstStarred *)node)->value);
    case AST_Name:
        return visit_name(b, (AstName *)node);
    case AST_List:
        return visit_exprs(b, ((AstList *)node)->elts);
    case AST_Tuple:
        return visit_exprs(b, ((AstTuple *)node)->elts);
    case AST_Slice:
        VISIT(((AstSlice *)node)->lower);
        VISIT(((AstSlice *)node)->upper);
        return visit_expr(b, ((AstSlice *)node)->step);
    default: /* AST_Constant */
        return true;
    }
}

/* ---- statements ---- */

static bool visit_annotation(Builder *b, AstNode *node)
{
    if (!node)
        return true;
    if (!b->string_annotations)
        return visit_expr(b, node);
    AstText *name = text_of(b, "_annotation");
    if (!name || !enter(b, OZ_SCOPE_ANNOTATION, name, node, node))
        return false;
    VISIT(node);
    leave(b);
    return true;
}

static bool visit_arg_annotations(Builder *b, AstSeq *args)
{
    for (uint32_t i = 0; i < args->count; i++)
        if (!visit_annotation(b, ((AstArg *)args->items[i])->annotation))
            return false;
    return true;
}

static bool visit_annotations(Builder *b, AstNode *node, AstNode *returns)
{
    AstArguments *arguments = (AstArguments *)node;
    AstArg *rest = (AstArg *)arguments->vararg, *named = (AstArg *)arguments->kwarg;
    return visit_arg_annotations(b, arguments->posonlyargs) &&
           visit_arg_annotations(b, arguments->args) &&
           (!rest || visit_annotation(b, rest->annotation)) &&
           (!named || visit_annotation(b, named->annotation)) &&
           visit_arg_annotations(b, arguments->kwonlyargs) && visit_annotation(b, returns);
}

static bool visit_function(Builder *b, AstFunctionDef *node)
{
    if (!define(b, node->name, OZ_DEF_LOCAL, &node->base) || !visit_defaults(b, node->args) ||
        !visit_annotations(b, node->args, node->returns))
        return false;
    VISIT_ALL(node->decorator_list);
    Scope *scope = enter(b, OZ_SCOPE_FUNCTION, node->name, node, &node->base);
    if (!scope)
        return false;
    scope->coroutine = node->base.kind == AST_AsyncFunctionDef;
    if (!define_parameters(b, node->args) || !visit_body(b, node->body))
        return false;
    leave(b);
    return true;
}

static bool visit_class(Builder *b, AstClassDef *node)
{
    if (!define(b, node->name, OZ_DEF_LOCAL, &node->base))
        return false;
    VISIT_ALL(node->bases);
    if (!visit_keywords(b, node->keywords))
        return false;
    VISIT_ALL(node->decorator_list);
    AstText *outer = b->class_name;
    if (!enter(b, OZ_SCOPE_CLASS, node->name, node, &node->base))
        return false;
    b->class_name = b->scope->class_name = node->name;
    if (!visit_body(b, node->body))
        return false;
    b->class_name = outer;
    leave(b);
    return true;
}

static bool visit_annotated(Builder *b, AstAnnAssign *node)
{
    if (node->target->kind == AST_Name) {
        AstText *name = ((AstName *)node->target)->id;
        uint32_t flags = flags_of(b, b->scope, name);
        if (flags & (OZ_DEF_GLOBAL | OZ_DEF_NONLOCAL) && b->scope != b->table->top && node->simple)
            return fault(b, &node->base, "annotated name '%s' can't be %s", name->bytes,
                         flags & OZ_DEF_GLOBAL ? "global" : "nonlocal");
        uint32_t define_flags = node->simple  ? OZ_DEF_ANNOTATED | OZ_DEF_LOCAL
                                : node->value ? OZ_DEF_LOCAL
                                              : 0;
        if (define_flags && !define(b, name, define_flags, node->target))
            return false;
    } else {
        VISIT(node->target);
    }
    if (!visit_annotation(b, node->annotation))
        return false;
    return visit_expr(b, node->value);
}

static bool visit_directive(Builder *b, AstNode *node, AstSeq *names, bool global)
{
    const char *word = global ? "global" : "nonlocal";
    for (uint32_t i = 0; i < names->count; i++) {
        AstText *name = names->items[i];
        uint32_t flags = flags_of(b, b->scope, name);
        if (flags & OZ_DEF_PARAMETER)
            return fault(b, node, "name '%s' is parameter and %s", name->bytes, word);
        if (flags & OZ_DEF_USE)
            return fault(b, node, "name '%s' is used prior to %s declaration", name->bytes, word);
        if (flags & OZ_DEF_ANNOTATED)
            return fault(b, node, "annotated name '%s' can't be %s", name->bytes, word);
        if (flags & OZ_DEF_LOCAL)
            return fault(b, node, "name '%s' is assigned to before %s declaration", name->bytes,
                         word);
        if (!define(b, name, global ? OZ_DEF_GLOBAL : OZ_DEF_NONLOCAL, node))
            return false;
        note_directive(b, name, node);
    }
    return true;
}

static bool visit_aliases(Builder *b, AstSeq *names)
{
    for (uint32_t i = 0; i < names->count; i++) {
        AstAlias *alias = names->items[i];
        AstText *name = alias->asname ? alias->asname : alias->name;
        if (!strcmp(name->bytes, "*")) {
            if (b->scope->kind != OZ_SCOPE_MODULE)
                return fault(b, &alias->base, "import * only allowed at module level");
            continue;
        }
        const char *dot = memchr(name->bytes, '.', name->length);
        if (dot && !alias->asname) {
            name = oz_ast_text(b->table->arena, name->bytes, (size_t)(dot - name->bytes));
            if (!name)
                return oz_raise_memory(b->t) != NULL;
        }
        if (!define(b, name, OZ_DEF_IMPORT, &alias->base))
            return false;
    }
    return true;
}

static bool visit_handlers(Builder *b, AstSeq *handlers)
{
    for (uint32_t i = 0; i < handlers->count; i++) {
        AstExceptHandler *handler = handlers->items[i];
        VISIT(handler->type);
        if (handler->name &&
            !define(b, handler->name, OZ_DEF_LOCAL | OZ_DEF_DELETED, &handler->base))
            return false;
        if (!visit_body(b, handler->body))
            return false;
    }
    return true;
}

static bool visit_patterns(Builder *b, AstSeq *patterns);

static bool visit_pattern(Builder *b, AstNode *node)
{
    if (!node)
        return true;
    if (!oz_native_enter(b->t, " during compilation"))
        return false;
    AstText *name = NULL;
    switch (node->kind) {
    case AST_MatchValue:
        return visit_expr(b, ((AstMatchValue *)node)->value);
    case AST_MatchSequence:
        return visit_patterns(b, ((AstMatchSequence *)node)->patterns);
    case AST_MatchMapping:
        VISIT_ALL(((AstMatchMapping *)node)->keys);
        if (!visit_patterns(b, ((AstMatchMapping *)node)->patterns))
            return false;
        name = ((AstMatchMapping *)node)->rest;
        break;
    case AST_MatchClass:
        VISIT(((AstMatchClass *)node)->cls);
        return visit_patterns(b, ((AstMatchClass *)node)->patterns) &&
               visit_patterns(b, ((AstMatchClass *)node)->kwd_patterns);
    case AST_MatchStar:
        name = ((AstMatchStar *)node)->name;
        break;
    case AST_MatchAs:
        if (!visit_pattern(b, ((AstMatchAs *)node)->pattern))
            return false;
        name = ((AstMatchAs *)node)->name;
        break;
    case AST_MatchOr:
        return visit_patterns(b, ((AstMatchOr *)node)->patterns);
    default: /* AST_MatchSingleton */
        return true;
    }
    return !name || define(b, name, OZ_DEF_LOCAL, node);
}

static bool visit_patterns(Builder *b, AstSeq *patterns)
{
    for (uint32_t i = 0; i < patterns->count; i++)
        if (!visit_pattern(b, patterns->items[i]))
            return false;
    return true;
}

static bool visit_match(Builder *b, AstMatch *node)
{
    VISIT(node->subject);
    for (uint32_t i = 0; i < node->cases->count; i++) {
        AstMatchCase *each = node->cases->items[i];
        if (!visit_pattern(b, each->pattern))
            return false;
        VISIT(each->guard);
        if (!visit_body(b, each->body))
            return false;
    }
    return true;
}

static bool visit_with(Builder *b, AstWith *node)
{
    for (uint32_t i = 0; i < node->items->count; i++) {
        AstWithitem *item = node->items->items[i];
        VISIT(item->context_expr);
        VISIT(item->optional_vars);
    }
    if (node->base.kind == AST_AsyncWith && b->scope->kind == OZ_SCOPE_MODULE)
        b->scope->coroutine = true;
    return visit_body(b, node->body);
}

static bool visit_for(Builder *b, AstFor *node)
{
    VISIT(node->target);
    VISIT(node->iter);
    if (node->base.kind == AST_AsyncFor && b->scope->kind == OZ_SCOPE_MODULE)
        b->scope->coroutine = true;
    return visit_body(b, node->body) && visit_body(b, node->orelse);
}

static bool visit_try(Builder *b, AstTry *node)
{
    return visit_body(b, node->body) && visit_handlers(b, node->handlers) &&
           visit_body(b, node->orelse) && visit_body(b, node->finalbody);
}

static bool visit_stmt(Builder *b, AstNode *node)
{
    if (!oz_native_enter(b->t, " during compilation"))
        return false;
    switch (node->kind) {
    case AST_FunctionDef:
    case AST_AsyncFunctionDef:
        return visit_function(b, (AstFunctionDef *)node);
    case AST_ClassDef:
        return visit_class(b, (AstClassDef *)node);
    case AST_Return:
        b->scope->returns_value |= ((AstReturn *)node)->value != NULL;
        return visit_expr(b, ((AstReturn *)node)->value);
    case AST_Delete:
        return visit_exprs(b, ((AstDelete *)node)->targets);
    case AST_Assign:
        VISIT_ALL(((AstAssign *)node)->targets);
        return visit_expr(b, ((AstAssign *)node)->value);
    case AST_AugAssign:
        VISIT(((AstAugAssign *)node)->target);
        return visit_expr(b, ((AstAugAssign *)node)->value);
    case AST_AnnAssign:
        return visit_annotated(b, (AstAnnAssign *)node);
    case AST_For:
    case AST_AsyncFor:
        return visit_for(b, (AstFor *)node);
    case AST_While:
        VISIT(((AstWhile *)node)->test);
        return visit_body(b, ((AstWhile *)node)->body) && visit_body(b, ((AstWhile *)node)->orelse);
    case AST_If:
        VISIT(((AstIf *)node)->test);
        return visit_body(b, ((AstIf *)node)->body) && visit_body(b, ((AstIf *)node)->orelse);
    case AST_With:
    case AST_AsyncWith:
        return visit_with(b, (AstWith *)node);
    case AST_Match:
        return visit_match(b, (AstMatch *)node);
    case AST_Raise:
        VISIT(((AstRaise *)node)->exc);
        return visit_expr(b, ((AstRaise *)node)->cause);
    case AST_Try:
    case AST_TryStar:
        return visit_try(b, (AstTry *)node);
    case AST_Assert:
        VISIT(((AstAssert *)node)->test);
        return visit_expr(b, ((AstAssert *)node)->msg);
    case AST_Import:
        return visit_aliases(b, ((AstImport *)node)->names);
    case AST_ImportFrom:
        return visit_aliases(b, ((AstImportFrom *)node)->names);
    case AST_Global:
        return visit_directive(b, node, ((AstGlobal *)node)->names, true);
    case AST_Nonlocal:
        return visit_directive(b, node, ((AstNonlocal *)node)->names, false);
    case AST_Expr:
        return visit_expr(b, ((AstExpr *)node)->value);
    default: /* pass, break, continue */
        return true;
    }
}

static bool visit_body(Builder *b, AstSeq *body)
{
    for (uint32_t i = 0; i < body->count; i++)
        if (!visit_stmt(b, body->items[i]))
            return false;
    return true;
}

static bool visit_tree(Builder *b, AstNode *tree)
{
    switch (tree->kind) {
    case AST_Module:
        return visit_body(b, ((AstModule *)tree)->body);
    case AST_Interactive:
        return visit_body(b, ((AstInteractive *)tree)->body);
    case AST_Expression:
        return visit_expr(b, ((AstExpression *)tree)->body);
    default:
        return oz_fail(b->t, OZ_RuntimeError, "this compiler does not handle FunctionTypes");
    }
}

SymbolTable *oz_symbols_build(Thread *t, Arena *arena, AstNode *tree, Obj filename, int flags)
{
    SymbolTable *table = allocate(t, arena, sizeof *table);
    if (!table)
        return NULL;
    table->arena = arena;
    table->bucket_mask = 15;
    table->buckets = allocate(t, arena, 16 * sizeof(Scope *));
    Builder b = {.t = t,
                 .table = table,
                 .filename = filename,
                 .string_annotations = flags & OZ_CODE_FUTURE_ANNOTATIONS};
    AstText *name = text_of(&b, "top");
    if (!table->buckets || !name)
        return NULL;
    table->top = enter(&b, OZ_SCOPE_MODULE, name, tree, tree);
    if (!table->top || !visit_tree(&b, tree) || !oz_symbols_resolve(t, table, filename))
        return NULL;
    return table;
}
