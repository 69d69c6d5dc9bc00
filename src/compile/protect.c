// SPDX-License-Identifier: MIT
// try, with, and the ways out of them: return, break, continue.
//
// Shapes, with d the first free temporary where the statement begins:
//
//   except     R(d) exception, R(d+1) what was being handled before; the clauses run with depth
//   d+2.
//              What they raise arrives in R(d+2): `cleanup` un-handles d and raises it on.
//   finally    compiled for the normal way, once for each way out, and once for exceptions, where
//              R(d) and R(d+1) are as above.
//   with       R(d), R(d+1) callable and self of __exit__; an exception arrives in R(d+2).
//   except*    above R(d), R(d+1): R(d+2) list of what was raised, R(d+3) what is left of the
//              group, R(d+4) what matched, R(d+5) what was handled before that.
//
// A way out undoes the blocks from the inside: while the code for one block is emitted, the block
// and its handler are not in force.  The value of a `return` waits in a temporary above them all.
#include "compile/codegen.h"
#include "types/tuple.h"

/* ---- ways out ---- */

static void unwind_with(Compiler *c, Block *block)
{
    oz_at(c, block->datum);
    unsigned result = oz_temporary_push(c, 1);
    oz_emit(c, OP_WITH_EXIT, 0, block->reg, 0, result);
    if (block->kind == OZ_BLOCK_ASYNC_WITH)
        oz_await(c, result, 2, result);
    oz_emit(c, OP_DROP, 0, result, 0, 0);
    oz_pop(c, 1);
    oz_at_nothing(c);
}

/* What follows on the way out has a line, unless code of other lines was run on it. */
static void unwind_block(Compiler *c, Block *block)
{
    AstExceptHandler *handler;
    switch (block->kind) {
    case OZ_BLOCK_WHILE:
    case OZ_BLOCK_TRY:
        break;
    case OZ_BLOCK_FOR:
    case OZ_BLOCK_VALUE:
        oz_emit(c, OP_DROP, 0, block->reg, 0, 0);
        break;
    case OZ_BLOCK_FINALLY_TRY:
        oz_body_from(c, block->datum, 0);
        oz_at_nothing(c);
        break;
    case OZ_BLOCK_FINALLY_END:
        oz_emit(c, OP_UNHANDLE, 0, block->reg, 0, 0);
        break;
    case OZ_BLOCK_HANDLER:
        handler = block->datum;
        oz_emit(c, OP_UNHANDLE, 0, block->reg, 0, 0);
        if (handler && handler->name)
            oz_name_clear(c, handler->name);
        break;
    case OZ_BLOCK_STAR_HANDLER:
        oz_compiler_error(c, NULL,
                          "'break', 'continue' and 'return' cannot appear in an except* block");
        break;
    case OZ_BLOCK_WITH:
    case OZ_BLOCK_ASYNC_WITH:
        unwind_with(c, block);
        break;
    }
}

/* Undo the blocks inside `stop` (NULL: all). */
static void unwind(Compiler *c, Block *stop)
{
    Unit *u = c->unit;
    Block *inner = u->block;
    uint32_t handler = u->handler, nesting = u->nesting;
    for (Block *block = inner; block != stop && !c->failed; block = block->outer) {
        u->block = block->outer;
        u->handler = block->handler;
        u->nesting--;
        unwind_block(c, block);
    }
    u->block = inner;
    u->handler = handler;
    u->nesting = nesting;
}

static Block *innermost_loop(const Unit *u)
{
    Block *block = u->block;
    while (block && block->kind != OZ_BLOCK_WHILE && block->kind != OZ_BLOCK_FOR)
        block = block->outer;
    return block;
}

/* except* blocks complain before the missing loop does. */
static bool inside_star(Compiler *c, const Block *stop)
{
    for (Block *block = c->unit->block; block != stop; block = block->outer) {
        if (block->kind != OZ_BLOCK_STAR_HANDLER)
            continue;
        oz_compiler_error(c, NULL,
                          "'break', 'continue' and 'return' cannot appear in an except* block");
        return true;
    }
    return false;
}

/* The jump itself can raise (a safepoint): not into handlers that have been left. */
static void leave_for(Compiler *c, const Block *loop, Block *stop, LabelId target)
{
    BoundSet bound = c->unit->bound;
    uint32_t handler = c->unit->handler;
    unwind(c, stop);
    c->unit->handler = loop->handler;
    oz_emit_jump(c, OP_JUMP, 0, 0, 0, target);
    c->unit->handler = handler;
    c->unit->bound = bound;
}

void oz_break(Compiler *c, AstNode *node)
{
    Block *loop = innermost_loop(c->unit);
    if (inside_star(c, loop))
        return;
    if (!loop) {
        oz_compiler_error(c, node, "'break' outside loop");
        return;
    }
    oz_emit(c, OP_NOP, 0, 0, 0, 0); /* a line to step on */
    leave_for(c, loop, loop->outer, loop->end);
}

void oz_continue(Compiler *c, AstNode *node)
{
    Block *loop = innermost_loop(c->unit);
    if (inside_star(c, loop))
        return;
    if (!loop) {
        oz_compiler_error(c, node, "'continue' not properly in loop");
        return;
    }
    oz_emit(c, OP_NOP, 0, 0, 0, 0);
    leave_for(c, loop, loop, loop->again);
}

/* Does leaving the function here run code, which could rebind a local that is returned? */
static bool has_work(const Unit *u)
{
    for (Block *block = u->block; block; block = block->outer) {
        AstExceptHandler *handler = block->kind == OZ_BLOCK_HANDLER ? block->datum : NULL;
        if (block->kind == OZ_BLOCK_FINALLY_TRY || block->kind == OZ_BLOCK_WITH ||
            block->kind == OZ_BLOCK_ASYNC_WITH || (handler && handler->name))
            return true;
    }
    return false;
}

static void check_return(Compiler *c, AstReturn *node)
{
    const Scope *scope = c->unit->scope;
    if (scope->kind != OZ_SCOPE_FUNCTION)
        oz_compiler_error(c, &node->base, "'return' outside function");
    else if (node->value && scope->coroutine && scope->generator)
        oz_compiler_error(c, &node->base, "'return' with value in async generator");
}

static void return_through(Compiler *c, AstReturn *node)
{
    Block block;
    unsigned value = oz_expr_push(c, node->value);
    oz_at(c, &node->base);
    Block *outer = c->unit->block;
    /* What a `finally` does instead (break, return) gives the value up. */
    block = (Block){.kind = OZ_BLOCK_VALUE, .reg = value, .handler = c->unit->handler};
    Unit *u = c->unit;
    uint32_t handler = u->handler, nesting = u->nesting;
    for (Block *each = outer; each && !c->failed; each = each->outer) {
        block.outer = each->outer;
        block.handler = each->handler;
        u->block = &block;
        u->handler = each->handler;
        unwind_block(c, each);
    }
    u->block = outer;
    u->handler = handler;
    u->nesting = nesting;
    oz_emit(c, OP_RETURN, 1, value, 0, 0);
    oz_pop(c, 1);
}

/* Nothing to run on the way out: leaving the frame drops iterators and the rest. */
static void stop_handling(Compiler *c)
{
    for (Block *block = c->unit->block; block; block = block->outer)
        if (block->kind == OZ_BLOCK_HANDLER || block->kind == OZ_BLOCK_FINALLY_END)
            oz_emit(c, OP_UNHANDLE, 0, block->reg, 0, 0);
}

/* The value of a return that has nothing to run on its way: each branch of a conditional expression
 * returns for itself. */
static void return_plain(Compiler *c, AstReturn *node, AstNode *value)
{
    if (c->failed)
        return;
    if (!oz_native_enter(c->t, " during compilation")) {
        c->failed = true;
        return;
    }
    if (value && value->kind == AST_IfExp) {
        AstIfExp *choice = (AstIfExp *)value;
        LabelId otherwise = oz_label_new(c);
        oz_expr_jump(c, choice->test, otherwise, false);
        return_plain(c, node, choice->body);
        oz_label_place(c, otherwise);
        return_plain(c, node, choice->orelse);
        return;
    }
    bool none = !value || oz_is_none_literal(value);
    Operand result = {0, false};
    if (!none)
        result = oz_expr_operand(c, value, false);
    oz_at(c, &node->base);
    stop_handling(c);
    bool others = c->unit->depth > result.temporary; /* iterators of loops */
    if (none)
        oz_emit(c, OP_RETURN_NONE, others, 0, 0, 0);
    else
        oz_emit(c, OP_RETURN, others, result.reg, 0, 0);
    oz_release(c, result);
}

/* A constant is made last: nothing on the way out can change it. */
static void return_constant(Compiler *c, AstReturn *node)
{
    oz_emit(c, OP_NOP, 0, 0, 0, 0);
    unwind(c, NULL);
    Position position = c->unit->position;
    if (!node->value || oz_is_none_literal(node->value)) {
        oz_emit(c, OP_RETURN_NONE, 1, 0, 0, 0);
        return;
    }
    unsigned reg = oz_temporary_push(c, 1);
    oz_load_constant(c, oz_literal_value(c, &((AstConstant *)node->value)->value), reg);
    c->unit->position = position;
    oz_emit(c, OP_RETURN, 1, reg, 0, 0);
    oz_pop(c, 1);
}

void oz_return(Compiler *c, AstReturn *node)
{
    check_return(c, node);
    oz_at(c, node->value ? node->value : &node->base);
    if (c->failed || inside_star(c, NULL))
        return;
    oz_at(c, &node->base);
    BoundSet bound = c->unit->bound;
    if (!has_work(c->unit))
        return_plain(c, node, node->value);
    else if (!node->value || node->value->kind == AST_Constant)
        return_constant(c, node);
    else
        return_through(c, node);
    c->unit->bound = bound;
}

/* ---- what all handlers share ---- */

typedef struct Entry { /* the state where a protected range begins */
    BoundSet bound;
    bool reachable;
} Entry;

static Entry entry_of(const Compiler *c)
{
    return (Entry){c->unit->bound, c->unit->reachable};
}

/* Begin the code at `label`: an exception is in R(reg), which is the next temporary.  Handle it.
 * Afterwards R(reg) and R(reg+1) are claimed.  `catches`: clauses follow that may take it. */
static void begin_handler(Compiler *c, LabelId label, const Entry *entry, unsigned reg,
                          bool catches)
{
    oz_handler_place(c, label, &entry->bound, entry->reachable);
    oz_temporary_push(c, 2);
    oz_emit(c, OP_HANDLE, catches, reg, 0, 0);
}

/* R(reg+2) holds an exception: stop handling R(reg) and raise that on. */
static void raise_on(Compiler *c, unsigned reg)
{
    oz_emit(c, OP_UNHANDLE, 0, reg, 0, 0);
    oz_emit(c, OP_RERAISE, 0, reg + 2, 0, 0);
}

/* The end of a handler that did not take the exception, and where what it raised arrives. */
static void end_handler(Compiler *c, LabelId cleanup, const Entry *entry, unsigned reg)
{
    unsigned copy = oz_temporary_push(c, 1);
    oz_at_nothing(c);
    oz_emit(c, OP_COPY, 0, copy, reg, 0);
    oz_emit_jump(c, OP_JUMP, 0, 0, 0, cleanup);
    oz_handler_place(c, cleanup, &entry->bound, entry->reachable);
    raise_on(c, reg);
    oz_pop(c, 3);
}

/* ---- try ... except ---- */

static void check_default_last(Compiler *c, const AstSeq *handlers)
{
    for (uint32_t i = 0; i + 1 < handlers->count; i++) {
        const AstExceptHandler *handler = handlers->items[i];
        if (!handler->type)
            oz_compiler_error(c, &handler->base, "default 'except:' must be last");
    }
}

/* The body of a clause that binds a name: the name goes away on every way out. */
static void named_clause(Compiler *c, AstExceptHandler *handler, unsigned reg, LabelId cleanup)
{
    Entry entry = entry_of(c);
    uint32_t guard = c->unit->handler;
    LabelId except = oz_label_new(c), end = oz_label_new(c);
    unsigned copy = oz_temporary_push(c, 1);
    oz_emit(c, OP_COPY, 0, copy, reg, 0);
    if (!oz_is_forbidden(c, handler->name, &handler->base, AST_Store))
        oz_name_store(c, handler->name, copy);
    oz_pop(c, 1);
    c->unit->handler = oz_handler_new(c, except, copy);
    oz_body_from(c, handler->body, 0);
    oz_at_nothing(c);
    oz_emit_jump(c, OP_JUMP, 0, 0, 0, end);
    oz_handler_place(c, except, &entry.bound, entry.reachable);
    c->unit->handler = guard;
    oz_temporary_push(c, 1);
    oz_name_clear(c, handler->name);
    oz_emit_jump(c, OP_JUMP, 0, 0, 0, cleanup);
    oz_pop(c, 1);
    oz_label_place(c, end);
}

static void clause(Compiler *c, AstExceptHandler *handler, unsigned reg, Block *block,
                   LabelId cleanup, LabelId end)
{
    LabelId next = oz_label_new(c);
    oz_at(c, &handler->base);
    if (handler->type) {
        Operand type = oz_expr_operand(c, handler->type, false);
        oz_release(c, type);
        unsigned matches = oz_temporary_push(c, 1);
        oz_at(c, handler->type);
        oz_emit(c, OP_MATCH_EXCEPTION, 0, matches, reg, type.reg);
        oz_emit_jump(c, OP_JUMP_IF_FALSE, 0, matches, 0, next);
        oz_pop(c, 1);
    } else {
        oz_emit(c, OP_NOP, 0, 0, 0, 0); /* a line to step on */
    }
    oz_at(c, &handler->base);
    uint32_t outer = block->handler, guard = c->unit->handler;
    oz_block_push(c, block, OZ_BLOCK_HANDLER, reg, handler);
    block->handler = outer;
    if (handler->name)
        named_clause(c, handler, reg, cleanup);
    else
        oz_body_from(c, handler->body, 0);
    oz_block_pop(c, block);
    c->unit->handler = outer;
    oz_at_nothing(c);
    oz_emit(c, OP_UNHANDLE, 0, reg, 0, 0);
    if (handler->name)
        oz_name_clear(c, handler->name);
    oz_emit_jump(c, OP_JUMP, 0, 0, 0, end);
    c->unit->handler = guard;
    oz_label_place(c, next);
}

static void try_except(Compiler *c, AstTry *node)
{
    check_default_last(c, node->handlers);
    LabelId except = oz_label_new(c), cleanup = oz_label_new(c), end = oz_label_new(c);
    Entry entry = entry_of(c);
    unsigned reg = oz_top(c);
    uint32_t outer = c->unit->handler;
    Block block;
    oz_block_push(c, &block, OZ_BLOCK_TRY, reg, NULL);
    c->unit->handler = oz_handler_new(c, except, reg);
    oz_body_from(c, node->body, 0);
    oz_block_pop(c, &block);
    c->unit->handler = outer;
    oz_body_from(c, node->orelse, 0);
    oz_emit_jump(c, OP_JUMP, 0, 0, 0, end);
    oz_at(c, node->handlers->count ? node->handlers->items[0] : (AstNode *)node);
    begin_handler(c, except, &entry, reg, true);
    c->unit->handler = oz_handler_new(c, cleanup, reg + 2);
    for (uint32_t i = 0; i < node->handlers->count && !c->failed; i++) {
        block.handler = outer;
        clause(c, node->handlers->items[i], reg, &block, cleanup, end);
    }
    c->unit->handler = outer;
    end_handler(c, cleanup, &entry, reg);
    oz_label_place(c, end);
}

/* ---- finally ---- */

static void try_finally(Compiler *c, AstTry *node, void (*body)(Compiler *c, AstTry *node))
{
    LabelId except = oz_label_new(c), cleanup = oz_label_new(c), end = oz_label_new(c);
    Entry entry = entry_of(c);
    unsigned reg = oz_top(c);
    uint32_t outer = c->unit->handler;
    Block block;
    oz_block_push(c, &block, OZ_BLOCK_FINALLY_TRY, reg, node->finalbody);
    c->unit->handler = oz_handler_new(c, except, reg);
    if (node->handlers->count)
        body(c, node);
    else
        oz_body_from(c, node->body, 0);
    oz_block_pop(c, &block);
    c->unit->handler = outer;
    oz_body_from(c, node->finalbody, 0);
    oz_emit_jump(c, OP_JUMP, 0, 0, 0, end);
    oz_at_nothing(c);
    begin_handler(c, except, &entry, reg, false);
    oz_block_push(c, &block, OZ_BLOCK_FINALLY_END, reg, NULL);
    c->unit->handler = oz_handler_new(c, cleanup, reg + 2);
    oz_body_from(c, node->finalbody, 0);
    oz_block_pop(c, &block);
    c->unit->handler = outer;
    end_handler(c, cleanup, &entry, reg);
    oz_label_place(c, end);
}

void oz_try(Compiler *c, AstTry *node)
{
    oz_emit(c, OP_NOP, 0, 0, 0, 0); /* a line to step on */
    if (node->finalbody->count)
        try_finally(c, node, try_except);
    else
        try_except(c, node);
}

/* ---- except* ---- */

typedef struct Star {
    unsigned reg;    /* the exception */
    unsigned raised; /* list of what the clauses raised */
    unsigned rest;   /* what no clause has taken yet, or None */
    unsigned match;  /* what this clause takes */
    LabelId cleanup;
    uint32_t outer; /* handler outside */
} Star;

/* What a clause raises is kept for the end. */
static void star_clause(Compiler *c, AstExceptHandler *handler, const Star *star)
{
    LabelId except = oz_label_new(c), next = oz_label_new(c), none = oz_label_new(c);
    uint32_t guard = c->unit->handler;
    oz_at(c, &handler->base);
    Operand type = oz_expr_operand(c, handler->type, false);
    oz_release(c, type);
    oz_at(c, &handler->base);
    oz_emit(c, OP_MATCH_GROUP, 0, star->rest, type.reg, 0);
    oz_temporary_push(c, 1);
    unsigned copy = oz_temporary_push(c, 1);
    oz_emit(c, OP_COPY, 0, copy, star->match, 0);
    oz_emit_jump(c, OP_JUMP_IF_NONE, 0, copy, 0, none);
    oz_emit(c, OP_HANDLE, 0, star->match, 0, 0);
    oz_at(c, &handler->base);
    Entry entry = entry_of(c);
    unsigned arrives = oz_temporary_push(c, 1);
    if (handler->name) {
        oz_emit(c, OP_COPY, 0, arrives, star->match, 0);
        if (!oz_is_forbidden(c, handler->name, &handler->base, AST_Store))
            oz_name_store(c, handler->name, arrives);
    }
    oz_pop(c, 1);
    Block block;
    oz_block_push(c, &block, OZ_BLOCK_STAR_HANDLER, star->match, handler);
    c->unit->handler = oz_handler_new(c, except, arrives);
    oz_body_from(c, handler->body, 0);
    oz_block_pop(c, &block);
    c->unit->handler = guard;
    oz_at_nothing(c);
    oz_emit(c, OP_UNHANDLE, 0, star->match, 0, 0);
    if (handler->name)
        oz_name_clear(c, handler->name);
    oz_emit_jump(c, OP_JUMP, 0, 0, 0, next);
    oz_handler_place(c, except, &entry.bound, entry.reachable);
    oz_temporary_push(c, 1);
    if (handler->name)
        oz_name_clear(c, handler->name);
    oz_emit(c, OP_LIST_APPEND, 0, star->raised, arrives, 0);
    oz_emit(c, OP_UNHANDLE, 0, star->match, 0, 0);
    oz_emit_jump(c, OP_JUMP, 0, 0, 0, next);
    oz_pop(c, 1);
    oz_label_place(c, none);
    oz_emit(c, OP_DROP, 0, star->match, 0, 0);
    oz_pop(c, 2);
    oz_label_place(c, next);
}

static void star_end(Compiler *c, const Star *star, LabelId end)
{
    LabelId again = oz_label_new(c);
    oz_at_nothing(c);
    oz_emit(c, OP_LIST_APPEND, 0, star->raised, star->rest, 0);
    oz_emit(c, OP_COPY, 0, star->rest, star->reg, 0);
    oz_emit(c, OP_PREPARE_RERAISE_STAR, 0, star->raised, star->rest, star->raised);
    oz_emit(c, OP_COPY, 0, star->rest, star->raised, 0);
    oz_emit_jump(c, OP_JUMP_IF_NOT_NONE, 0, star->rest, 0, again);
    oz_emit(c, OP_DROP, 0, star->raised, 0, 0);
    c->unit->handler = star->outer;
    oz_emit(c, OP_UNHANDLE, 0, star->reg, 0, 0);
    oz_emit_jump(c, OP_JUMP, 0, 0, 0, end);
    oz_label_place(c, again);
}

static void try_except_star(Compiler *c, AstTry *node)
{
    LabelId except = oz_label_new(c), end = oz_label_new(c);
    Entry entry = entry_of(c);
    unsigned reg = oz_top(c);
    Star star = {reg, reg + 2, reg + 3, reg + 4, oz_label_new(c), c->unit->handler};
    Block block;
    oz_block_push(c, &block, OZ_BLOCK_TRY, reg, NULL);
    c->unit->handler = oz_handler_new(c, except, reg);
    oz_body_from(c, node->body, 0);
    oz_block_pop(c, &block);
    c->unit->handler = star.outer;
    oz_body_from(c, node->orelse, 0);
    oz_emit_jump(c, OP_JUMP, 0, 0, 0, end);
    oz_at_nothing(c);
    begin_handler(c, except, &entry, reg, true);
    oz_temporary_push(c, 2);
    c->unit->handler = oz_handler_new(c, star.cleanup, reg + 2);
    oz_emit(c, OP_BUILD_LIST, 0, star.raised, star.raised, 0);
    oz_emit(c, OP_COPY, 0, star.rest, reg, 0);
    for (uint32_t i = 0; i < node->handlers->count && !c->failed; i++)
        star_clause(c, node->handlers->items[i], &star);
    star_end(c, &star, end);
    c->unit->handler = star.outer;
    oz_emit_jump(c, OP_JUMP, 0, 0, 0, star.cleanup);
    oz_handler_place(c, star.cleanup, &entry.bound, entry.reachable);
    raise_on(c, reg);
    oz_pop(c, 4);
    oz_label_place(c, end);
}

void oz_try_star(Compiler *c, AstTry *node)
{
    oz_emit(c, OP_NOP, 0, 0, 0, 0);
    if (node->finalbody->count)
        try_finally(c, node, try_except_star);
    else
        try_except_star(c, node);
}

/* ---- with ---- */

static void with_body(Compiler *c, AstWith *node, uint32_t item)
{
    if (item + 1 < node->items->count)
        oz_with(c, node, item + 1);
    else
        oz_body_from(c, node->body, 0);
}

/* An exception has arrived above __exit__: ask it. */
static void with_except(Compiler *c, const Block *block, LabelId except, LabelId end,
                        const Entry *entry)
{
    unsigned reg = block->reg, exception = reg + 2;
    bool waits = block->kind == OZ_BLOCK_ASYNC_WITH;
    LabelId cleanup = oz_label_new(c), suppressed = oz_label_new(c);
    oz_at(c, block->datum);
    begin_handler(c, except, entry, exception, false);
    c->unit->handler = oz_handler_new(c, cleanup, exception + 2);
    unsigned result = oz_temporary_push(c, 1);
    oz_emit(c, OP_WITH_EXCEPT, 0, reg, exception, result);
    if (waits)
        oz_await(c, result, 2, result);
    oz_emit_jump(c, OP_JUMP_IF_TRUE, 0, result, 0, suppressed);
    oz_pop(c, 1);
    c->unit->handler = block->handler;
    end_handler(c, cleanup, entry, exception);
    oz_label_place(c, suppressed);
    oz_emit(c, OP_UNHANDLE, 0, exception, 0, 0);
    oz_emit(c, OP_DROP, 0, reg + 1, 0, 0);
    oz_emit(c, OP_DROP, 0, reg, 0, 0);
    oz_emit_jump(c, OP_JUMP, 0, 0, 0, end);
}

static void check_async_with(Compiler *c, AstWith *node)
{
    bool top_level =
        c->flags & OZ_COMPILE_TOP_LEVEL_AWAIT && c->unit->scope->kind != OZ_SCOPE_FUNCTION;
    if (!c->unit->is_async && !top_level)
        oz_compiler_error(c, &node->base, "'async with' outside async function");
}

void oz_with(Compiler *c, AstWith *node, uint32_t index)
{
    if (c->failed)
        return;
    bool waits = node->base.kind == AST_AsyncWith;
    if (waits)
        check_async_with(c, node);
    AstWithitem *item = node->items->items[index];
    LabelId except = oz_label_new(c), end = oz_label_new(c);
    Operand manager = oz_expr_operand(c, item->context_expr, false);
    oz_release(c, manager);
    unsigned reg = oz_temporary_push(c, 2), entered = oz_temporary_push(c, 1);
    oz_at(c, &node->base);
    oz_emit(c, waits ? OP_ASYNC_WITH_ENTER : OP_WITH_ENTER, 0, reg, manager.reg, 0);
    if (waits)
        oz_await(c, entered, 1, entered);
    oz_pop(c, 1);
    Entry entry = entry_of(c);
    Block block;
    oz_block_push(c, &block, waits ? OZ_BLOCK_ASYNC_WITH : OZ_BLOCK_WITH, reg, node);
    c->unit->handler = oz_handler_new(c, except, entered);
    oz_temporary_push(c, 1);
    if (item->optional_vars)
        oz_target_store(c, item->optional_vars, entered);
    else
        oz_emit(c, OP_DROP, 0, entered, 0, 0);
    oz_pop(c, 1);
    with_body(c, node, index);
    oz_block_pop(c, &block);
    c->unit->handler = block.handler;
    unwind_with(c, &block);
    oz_emit_jump(c, OP_JUMP, 0, 0, 0, end);
    with_except(c, &block, except, end, &entry);
    oz_pop(c, 2);
    oz_label_place(c, end);
}
