// SPDX-License-Identifier: MIT
// Deciding what each name of each scope is: local, cell, free or global.
//
// A name that a scope does not bind belongs to the nearest function around it that binds it.
// Classes are skipped (their names are not seen by functions within) but for `__class__`, which
// every class provides to its methods.  A `global` statement on the way ends the search.  What is
// found makes the binder's symbol a cell and every scope between pass the cell on as free.
#include "compile/resolve.h"

#include <string.h>

/* Where the search for a free name ended: the scope that binds it, or NULL: it is global. */
static Scope *find_binder(const Scope *from, const AstText *name)
{
    for (Scope *scope = from->parent; scope; scope = scope->parent) {
        if (scope->kind == OZ_SCOPE_CLASS) {
            if (!strcmp(name->bytes, "__class__"))
                return scope;
            continue;
        }
        if (scope->kind != OZ_SCOPE_FUNCTION)
            return NULL;
        Symbol *symbol = oz_scope_find(scope, name);
        if (!symbol)
            continue;
        if (symbol->flags & OZ_DEF_GLOBAL)
            return NULL;
        if (symbol->flags & OZ_DEF_BOUND && !(symbol->flags & OZ_DEF_NONLOCAL))
            return scope;
    }
    return NULL;
}

/* Every scope from the parent of `from` up to `binder` hands the cell on. */
static bool pass_down(Thread *t, Arena *arena, Scope *from, Scope *binder, AstText *name)
{
    for (Scope *scope = from->parent; scope != binder; scope = scope->parent) {
        scope->child_free = true;
        Symbol *symbol = oz_scope_find(scope, name);
        if (symbol && scope->kind == OZ_SCOPE_CLASS &&
            symbol->flags & (OZ_DEF_BOUND | OZ_DEF_GLOBAL)) {
            symbol->flags |= OZ_DEF_FREE_CLASS;
            continue;
        }
        if (!symbol)
            symbol = oz_scope_add(t, arena, scope, name);
        if (!symbol)
            return false;
        symbol->scope = OZ_NAME_FREE;
    }
    binder->child_free = true;
    if (binder->kind == OZ_SCOPE_CLASS)
        binder->needs_class_cell = true;
    else
        oz_scope_find(binder, name)->scope = OZ_NAME_CELL;
    return true;
}

OZ_PRINTF(4, 5)
static bool fault(Thread *t, Obj filename, const AstNode *node, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    oz_symbol_error(t, filename, node, format, arguments);
    va_end(arguments);
    return false;
}

static bool resolve_symbol(Thread *t, SymbolTable *table, Obj filename, Scope *scope,
                           Symbol *symbol)
{
    const char *name = symbol->name->bytes;
    if (symbol->flags & OZ_DEF_GLOBAL) {
        if (symbol->flags & OZ_DEF_NONLOCAL)
            return fault(t, filename, symbol->directive, "name '%s' is nonlocal and global", name);
        symbol->scope = OZ_NAME_GLOBAL_EXPLICIT;
        return true;
    }
    if (symbol->flags & OZ_DEF_NONLOCAL && scope->kind == OZ_SCOPE_MODULE)
        return fault(t, filename, symbol->directive,
                     "nonlocal declaration not allowed at module level");
    if (symbol->flags & OZ_DEF_BOUND && !(symbol->flags & OZ_DEF_NONLOCAL)) {
        if (symbol->scope != OZ_NAME_CELL)
            symbol->scope = OZ_NAME_LOCAL;
        return true;
    }
    if (symbol->scope == OZ_NAME_FREE)
        return true; /* passes through for a scope within; found before */
    Scope *binder = find_binder(scope, symbol->name);
    if (binder) {
        symbol->scope = OZ_NAME_FREE;
        return pass_down(t, table->arena, scope, binder, symbol->name);
    }
    if (symbol->flags & OZ_DEF_NONLOCAL)
        return fault(t, filename, symbol->directive, "no binding for nonlocal '%s' found", name);
    symbol->scope = OZ_NAME_GLOBAL_IMPLICIT;
    return true;
}

static bool resolve_scope(Thread *t, SymbolTable *table, Obj filename, Scope *scope)
{
    if (!oz_native_enter(t, " during compilation"))
        return false;
    for (uint32_t i = 0; i < scope->symbol_count; i++)
        if (!resolve_symbol(t, table, filename, scope, scope->symbols[i]))
            return false;
    for (Scope *child = scope->first_child; child; child = child->next_sibling)
        if (!resolve_scope(t, table, filename, child))
            return false;
    return true;
}

bool oz_symbols_resolve(Thread *t, SymbolTable *table, Obj filename)
{
    return resolve_scope(t, table, filename, table->top);
}
