// SPDX-License-Identifier: MIT
// Calls: the callable and its arguments are evaluated straight into the window of CALL.
#include "compile/codegen.h"
#include "types/str.h"
#include "types/tuple.h"

#include <string.h>

enum { MANY = 64 }; /* arguments beyond which they travel in a tuple and a dict */

enum { NAMED_AT_ONCE = 16 }; /* so many temporaries at most are taken for a dict of them */

static void warn_not_callable(Compiler *c, AstNode *func)
{
    switch (func->kind) {
    case AST_Constant:
    case AST_Tuple:
    case AST_List:
    case AST_ListComp:
    case AST_Dict:
    case AST_DictComp:
    case AST_Set:
    case AST_SetComp:
    case AST_GeneratorExp:
    case AST_JoinedStr:
    case AST_FormattedValue:
        oz_compiler_warning(c, func, "'%.200s' object is not callable; perhaps you missed a comma?",
                            oz_inferred_type(c, func));
        break;
    default:
        break;
    }
}

/* Among the names before keyword `end`, where is that of `text`?  `end`: nowhere. */
static uint32_t find_few(const AstSeq *keywords, uint32_t end, const AstText *text)
{
    uint32_t i = 0;
    while (i < end && ((const AstKeyword *)keywords->items[i])->arg != text)
        i++;
    return i;
}

/* The same, by a table of 2 * keywords or more slots, where the name is noted. */
static uint32_t find_many(const AstSeq *keywords, uint32_t end, const AstText *text,
                          uint32_t *slots, uint32_t mask)
{
    uint32_t at = text->hash;
    for (; slots[at & mask]; at++)
        if (((const AstKeyword *)keywords->items[slots[at & mask] - 1])->arg == text)
            return slots[at & mask] - 1;
    slots[at & mask] = end + 1;
    return end;
}

/* The earliest name that comes again is reported where it does so first. */
static void check_keywords(Compiler *c, const AstNode *node, const AstSeq *keywords)
{
    uint32_t count = keywords->count, size = 1, earliest = count, again = count;
    uint32_t *slots = NULL;
    while (size < 2 * (size_t)count)
        size *= 2;
    if (count > MANY && !(slots = oz_compiler_alloc(c, size * sizeof *slots)))
        return;
    for (uint32_t i = 0; i < count; i++) {
        const AstText *text = ((const AstKeyword *)keywords->items[i])->arg;
        if (!text)
            continue;
        uint32_t first =
            slots ? find_many(keywords, i, text, slots, size - 1) : find_few(keywords, i, text);
        if (first < i && first < earliest) {
            earliest = first;
            again = i;
        }
    }
    for (uint32_t i = 0; i <= earliest && i < count; i++) {
        const AstText *text = ((const AstKeyword *)keywords->items[i])->arg;
        if (text && oz_is_forbidden(c, text, node, AST_Store))
            return;
    }
    if (again < count) {
        const AstKeyword *other = keywords->items[again];
        oz_compiler_error(c, &other->base, "keyword argument repeated: %s", other->arg->bytes);
    }
}

static bool needs_unpacking(const AstSeq *args, const AstSeq *keywords)
{
    for (uint32_t i = 0; i < args->count; i++)
        if (((AstNode *)args->items[i])->kind == AST_Starred)
            return true;
    for (uint32_t i = 0; i < keywords->count; i++)
        if (!((AstKeyword *)keywords->items[i])->arg)
            return true;
    return false;
}

/* ---- f(*args, **kwargs) ---- */

/* The positional arguments as one object in the next temporary, which is claimed.  `given` values
 * already lie there in a row. */
static void positional(Compiler *c, AstNode *node, AstSeq *args, unsigned given)
{
    unsigned reg = oz_top(c) - given;
    if (given == 0 && args->count == 1 &&
        ((AstNode *)args->items[0])->kind == AST_Starred) { /* the callee takes any iterable */
        oz_expr_push(c, ((AstStarred *)args->items[0])->value);
        return;
    }
    if (given == 0 && args->count == 0) {
        oz_at(c, node);
        oz_load_constant(c, oz_retain(c->t->vm->empty_tuple), oz_temporary_push(c, 1));
        return;
    }
    if (given == 0 && args->count <= MANY && !needs_unpacking(args, &(AstSeq){0})) {
        for (uint32_t i = 0; i < args->count; i++)
            oz_expr_push(c, args->items[i]);
        oz_at(c, node);
        oz_emit(c, OP_BUILD_TUPLE, 0, reg, reg, args->count);
        oz_pop(c, args->count);
        oz_temporary_push(c, 1);
        return;
    }
    oz_at(c, node);
    oz_emit(c, OP_BUILD_LIST, 0, reg, reg, given);
    oz_pop(c, given);
    oz_temporary_push(c, 1);
    for (uint32_t i = 0; i < args->count; i++) {
        AstNode *item = args->items[i];
        bool starred = item->kind == AST_Starred;
        Operand value = oz_expr_operand(c, starred ? ((AstStarred *)item)->value : item, false);
        oz_at(c, node);
        if (starred)
            oz_emit(c, OP_LIST_EXTEND, 0, reg, value.reg, 0);
        else
            oz_emit(c, OP_LIST_APPEND, 0, reg, value.reg, 0);
        oz_release(c, value);
    }
}

static Ref keyword_names(Compiler *c, const AstSeq *keywords)
{
    Tuple *tuple = c->failed ? NULL : oz_tuple_alloc(c->t, keywords->count);
    if (!tuple) {
        c->failed = true;
        return NULL;
    }
    scoped Ref made = (Ref)tuple;
    for (uint32_t i = 0; i < keywords->count; i++) {
        AstText *text = ((AstKeyword *)keywords->items[i])->arg; /* not mangled */
        Ref name = c->failed ? NULL : oz_text_to_str(c->t, text);
        if (!name) {
            c->failed = true;
            return NULL;
        }
        oz_tuple_init(tuple, i, name);
    }
    return oz_move(&made);
}

/* Named arguments without any ** as a dict in the next temporary, which is claimed. */
static void named(Compiler *c, AstNode *node, AstSeq *keywords)
{
    unsigned reg = oz_top(c);
    uint32_t at_once = keywords->count <= NAMED_AT_ONCE ? keywords->count : 0;
    for (uint32_t i = 0; i < at_once; i++)
        oz_expr_push(c, ((AstKeyword *)keywords->items[i])->value);
    oz_at(c, node);
    if (at_once) {
        uint32_t names = c->unit->reachable ? oz_constant(c, keyword_names(c, keywords)) : 0;
        oz_emit_operand(c, OP_BUILD_MAP_K, 0, reg, reg, at_once, names);
        oz_pop(c, at_once);
        oz_temporary_push(c, 1);
        return;
    }
    oz_emit(c, OP_BUILD_MAP, 0, reg, reg, 0);
    oz_temporary_push(c, 1);
    for (uint32_t i = 0; i < keywords->count; i++) {
        AstKeyword *each = keywords->items[i];
        unsigned key = oz_temporary_push(c, 1);
        oz_at(c, &each->base);
        oz_load_text(c, each->arg, key);
        Operand value = oz_expr_operand(c, each->value, false);
        oz_at(c, node);
        oz_emit(c, OP_MAP_ADD, 0, reg, key, value.reg);
        oz_release(c, value);
        oz_pop(c, 1);
    }
}

/* Runs of named arguments between ** are merged as one dict each, so that repeats are found. */
static void named_merged(Compiler *c, AstNode *node, AstSeq *keywords, unsigned callable)
{
    unsigned reg = oz_top(c);
    bool begun = false;
    for (uint32_t i = 0; i < keywords->count;) {
        AstKeyword *each = keywords->items[i];
        uint32_t end = i;
        while (end < keywords->count && ((AstKeyword *)keywords->items[end])->arg)
            end++;
        if (end == i && !begun) {
            oz_at(c, node);
            oz_emit(c, OP_BUILD_MAP, 0, reg, reg, 0);
            oz_temporary_push(c, 1);
            begun = true;
        }
        if (end == i) {
            Operand value = oz_expr_operand(c, each->value, false);
            oz_at(c, node);
            oz_emit(c, OP_DICT_MERGE, 0, reg, value.reg, callable);
            oz_release(c, value);
            i++;
            continue;
        }
        AstSeq *run = oz_compiler_alloc(c, sizeof(AstSeq) + (end - i) * sizeof(void *));
        if (!run)
            return;
        run->count = end - i;
        memcpy(run->items, &keywords->items[i], (end - i) * sizeof(void *));
        named(c, node, run);
        if (begun) {
            oz_emit(c, OP_DICT_MERGE, 0, reg, reg + 1, callable);
            oz_pop(c, 1);
        }
        begun = true;
        i = end;
    }
}

static void call_unpacking(Compiler *c, AstNode *node, unsigned window, unsigned given,
                           AstSeq *args, AstSeq *keywords, unsigned dest)
{
    positional(c, node, args, given);
    if (keywords->count == 1 && !((AstKeyword *)keywords->items[0])->arg)
        oz_expr_push(c, ((AstKeyword *)keywords->items[0])->value); /* nothing to merge it with */
    else if (keywords->count)
        named_merged(c, node, keywords, window);
    oz_at(c, node);
    oz_emit(c, OP_CALL_EX, 0, window, keywords->count != 0, dest);
    c->unit->depth = window - c->unit->local_count;
}

/* ---- plain calls ---- */

/* A method call that spans lines is reported at the name of the method. */
static void at_method(Compiler *c, const AstNode *node, const AstAttribute *attribute)
{
    oz_at(c, node);
    Position *p = &c->unit->position;
    if (p->line == attribute->base.end_line)
        return;
    p->line = attribute->base.end_line;
    int32_t length = 0;
    for (const char *at = attribute->attr->bytes; *at; at++)
        length += (*at & 0xc0) != 0x80;
    if (length <= attribute->base.end_col) {
        p->column = attribute->base.end_col - length;
    } else {
        p->column = -1;
        p->end_column = -1;
    }
}

static void at_call(Compiler *c, const AstNode *node, bool method)
{
    if (method)
        at_method(c, node, (const AstAttribute *)((const AstCall *)node)->func);
    else
        oz_at(c, node);
}

void oz_emit_call_window(Compiler *c, AstNode *node, unsigned window, unsigned given, bool method,
                         AstSeq *args, AstSeq *keywords, unsigned dest)
{
    check_keywords(c, node, keywords);
    if (needs_unpacking(args, keywords) || args->count + keywords->count > MANY) {
        call_unpacking(c, node, window, given, args, keywords, dest);
        return;
    }
    for (uint32_t i = 0; i < args->count; i++)
        oz_expr_push(c, args->items[i]);
    for (uint32_t i = 0; i < keywords->count; i++)
        oz_expr_push(c, ((AstKeyword *)keywords->items[i])->value);
    unsigned count = given + args->count + keywords->count;
    at_call(c, node, method);
    if (keywords->count) {
        uint32_t names = c->unit->reachable ? oz_constant(c, keyword_names(c, keywords)) : 0;
        oz_emit_operand(c, OP_CALL_KW, method, window, count, dest, names);
    } else {
        oz_emit(c, OP_CALL, method, window, count, dest);
    }
    if (!c->failed)
        c->unit->depth = window - c->unit->local_count;
}

static bool is_method_call(const AstCall *node)
{
    return node->func->kind == AST_Attribute && !needs_unpacking(node->args, node->keywords) &&
           node->args->count + node->keywords->count <= MANY;
}

void oz_call_expr(Compiler *c, AstCall *node, unsigned dest)
{
    unsigned window = oz_top(c);
    unsigned depth = c->unit->depth;
    bool method = is_method_call(node);
    if (method) {
        AstAttribute *attribute = (AstAttribute *)node->func;
        Operand object = oz_expr_operand(c, attribute->value, false);
        at_method(c, node->func, attribute);
        oz_emit(c, OP_GET_METHOD, 0, window, object.reg, oz_name_index(c, attribute->attr));
        oz_release(c, object);
        oz_temporary_push(c, 2);
    } else {
        warn_not_callable(c, node->func);
        oz_expr_push(c, node->func);
        oz_temporary_push(c, 1);
    }
    oz_emit_call_window(c, &node->base, window, 0, method, node->args, node->keywords, dest);
    c->unit->depth = depth;
}
