// SPDX-License-Identifier: MIT
// Reading, binding and deleting names, wherever they live.
#include "compile/codegen.h"

#include <string.h>

typedef enum Access { IN_REGISTER, IN_SPILL, IN_CELL, IN_FREE, IN_GLOBALS, IN_NAMESPACE } Access;

/* `near`, or IN_SPILL if the local has no register. */
static Access local_access(Compiler *c, Symbol *symbol, Access near)
{
    return oz_is_spilled(c->unit, oz_local_number(c, symbol)) ? IN_SPILL : near;
}

static Access access_of(Compiler *c, Symbol *symbol)
{
    bool function = c->unit->scope->kind == OZ_SCOPE_FUNCTION;
    switch (symbol ? symbol->scope : OZ_NAME_UNRESOLVED) {
    case OZ_NAME_FREE:
        return IN_FREE;
    case OZ_NAME_CELL:
        return function ? local_access(c, symbol, IN_CELL) : IN_NAMESPACE;
    case OZ_NAME_LOCAL:
        return function ? local_access(c, symbol, IN_REGISTER) : IN_NAMESPACE;
    case OZ_NAME_GLOBAL_EXPLICIT:
        return IN_GLOBALS;
    case OZ_NAME_GLOBAL_IMPLICIT:
        return function ? IN_GLOBALS : IN_NAMESPACE;
    default:
        return IN_NAMESPACE;
    }
}

static Symbol *symbol_of(Compiler *c, AstText *name)
{
    return c->failed ? NULL : oz_scope_find(c->unit->scope, oz_mangle(c, name));
}

AstText *oz_text_of(Compiler *c, const char *text)
{
    AstText *made = c->failed ? NULL : oz_ast_text(c->arena, text, strlen(text));
    if (!made && !c->failed) {
        oz_raise_memory(c->t);
        c->failed = true;
    }
    return made;
}

int oz_name_plain_local(Compiler *c, AstText *name)
{
    Symbol *symbol = symbol_of(c, name);
    if (c->failed || access_of(c, symbol) != IN_REGISTER)
        return -1;
    return (int)symbol->index;
}

static void check_bound(Compiler *c, unsigned reg)
{
    if (oz_is_bound(c, reg))
        return;
    oz_emit(c, OP_CHECK_BOUND, 0, reg, 0, 0);
    oz_set_bound(c, reg, true);
}

void oz_name_load(Compiler *c, AstText *name, unsigned dest)
{
    Symbol *symbol = symbol_of(c, name);
    if (c->failed)
        return;
    bool in_class = c->unit->scope->kind == OZ_SCOPE_CLASS;
    switch (access_of(c, symbol)) {
    case IN_REGISTER: {
        unsigned reg = symbol->index;
        check_bound(c, reg);
        if (reg != dest)
            oz_emit(c, OP_MOVE, 0, dest, reg, 0);
        break;
    }
    case IN_SPILL:
        oz_emit_d(c, OP_GET_SPILLED, dest, (int32_t)symbol->index);
        break;
    case IN_CELL:
        oz_emit(c, OP_GET_CELL, 0, dest, symbol->index, 0);
        break;
    case IN_FREE:
        if (in_class)
            oz_emit(c, OP_GET_CLASS_FREE, 0, dest, symbol->index, oz_name_index(c, name));
        else
            oz_emit(c, OP_GET_FREE, 0, dest, symbol->index, 0);
        break;
    case IN_GLOBALS:
        oz_emit(c, OP_GET_GLOBAL, 0, dest, oz_name_index(c, name), 0);
        break;
    case IN_NAMESPACE:
        oz_emit(c, OP_GET_NAME, 0, dest, oz_name_index(c, name), 0);
        break;
    }
}

void oz_name_store(Compiler *c, AstText *name, unsigned reg)
{
    Symbol *symbol = symbol_of(c, name);
    if (c->failed)
        return;
    switch (access_of(c, symbol)) {
    case IN_REGISTER: {
        unsigned local = symbol->index;
        if (local != reg)
            oz_emit(c, OP_MOVE, 0, local, reg, 0);
        oz_set_bound(c, local, true);
        break;
    }
    case IN_SPILL:
        oz_emit_d(c, OP_SET_SPILLED, reg, (int32_t)symbol->index);
        break;
    case IN_CELL:
        oz_emit(c, OP_SET_CELL, 0, symbol->index, reg, 0);
        break;
    case IN_FREE:
        oz_emit(c, OP_SET_FREE, 0, symbol->index, reg, 0);
        break;
    case IN_GLOBALS:
        oz_emit(c, OP_SET_GLOBAL, 0, oz_name_index(c, name), reg, 0);
        break;
    case IN_NAMESPACE:
        oz_emit(c, OP_SET_NAME, 0, oz_name_index(c, name), reg, 0);
        break;
    }
}

void oz_name_store_raw(Compiler *c, const char *name, unsigned reg)
{
    oz_emit(c, OP_SET_NAME, 0, oz_name_index_raw(c, name), reg, 0);
}

/* How a name that lies in the frame or in a cell goes. */
typedef struct Removal {
    Opcode local, spilled, cell, free;
} Removal;

/* false: it lies elsewhere. */
static bool remove_near(Compiler *c, Symbol *symbol, Removal how)
{
    switch (access_of(c, symbol)) {
    case IN_REGISTER:
        oz_emit(c, how.local, 0, symbol->index, 0, 0);
        oz_set_bound(c, symbol->index, false);
        return true;
    case IN_SPILL:
        oz_emit_d(c, how.spilled, 0, (int32_t)symbol->index);
        return true;
    case IN_CELL:
        oz_emit(c, how.cell, 0, symbol->index, 0, 0);
        return true;
    case IN_FREE:
        oz_emit(c, how.free, 0, symbol->index, 0, 0);
        return true;
    default:
        return false;
    }
}

void oz_name_delete(Compiler *c, AstText *name)
{
    Symbol *symbol = symbol_of(c, name);
    if (c->failed ||
        remove_near(c, symbol,
                    (Removal){OP_DELETE_LOCAL, OP_DELETE_SPILLED, OP_DELETE_CELL, OP_DELETE_FREE}))
        return;
    bool global = access_of(c, symbol) == IN_GLOBALS;
    oz_emit(c, global ? OP_DELETE_GLOBAL : OP_DELETE_NAME, 0, oz_name_index(c, name), 0, 0);
}

/* As `name = None; del name`: that works too when the name was deleted meanwhile. */
void oz_name_clear(Compiler *c, AstText *name)
{
    Symbol *symbol = symbol_of(c, name);
    if (c->failed ||
        remove_near(c, symbol,
                    (Removal){OP_CLEAR_LOCAL, OP_CLEAR_SPILLED, OP_CLEAR_CELL, OP_CLEAR_FREE}))
        return;
    unsigned none = oz_temporary_push(c, 1);
    oz_load_constant(c, OZ_NONE, none);
    oz_name_store(c, name, none);
    oz_pop(c, 1);
    oz_name_delete(c, name);
}

bool oz_is_forbidden(Compiler *c, const AstText *name, const AstNode *node, AstExprContext ctx)
{
    if (ctx == AST_Load || strcmp(name->bytes, "__debug__") != 0)
        return false;
    oz_compiler_error(c, node,
                      ctx == AST_Store ? "cannot assign to __debug__" : "cannot delete __debug__");
    return true;
}
