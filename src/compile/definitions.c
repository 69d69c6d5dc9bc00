// SPDX-License-Identifier: MIT
// What has a code object of its own: functions, lambdas, classes, comprehensions.
#include "compile/codegen.h"
#include "types/str.h"
#include "types/tuple.h"

#include <string.h>

/* ---- making the function ---- */

/* dest = function of `code` (taken) with the run of `start`. */
static void make_function(Compiler *c, Ref code, unsigned aux, unsigned start, unsigned dest)
{
    if (c->failed || !c->unit->reachable) {
        oz_drop(code);
        return;
    }
    oz_emit(c, OP_MAKE_FUNCTION, aux, dest, oz_constant(c, code), start);
}

/* Constant 0 of a function is its docstring or None. */
static void first_constant(Compiler *c, const AstText *docstring)
{
    if (c->failed)
        return;
    Ref text = OZ_NONE;
    if (docstring && c->optimize < 2)
        text = oz_str_from_utf8(c->t, docstring->bytes, docstring->length);
    oz_constant(c, text);
}

static void set_arguments(Compiler *c, const AstArguments *arguments)
{
    Unit *u = c->unit;
    u->positional_only = arguments->posonlyargs->count;
    u->positional = u->positional_only + arguments->args->count;
    u->keyword_only = arguments->kwonlyargs->count;
}

void oz_return_none(Compiler *c)
{
    if (c->unit->count)
        oz_at_nothing(c);
    oz_emit(c, OP_RETURN_NONE, 0, 0, 0, 0);
}

/* ---- defaults and annotations ---- */

static unsigned push_defaults(Compiler *c, AstNode *node)
{
    AstArguments *arguments = (AstArguments *)node;
    unsigned aux = 0;
    if (arguments->defaults->count) {
        AstTuple tuple = {.base = arguments->base, .elts = arguments->defaults};
        tuple.base = *(AstNode *)arguments->defaults->items[0];
        tuple.base.kind = AST_Tuple;
        unsigned reg = oz_top(c);
        oz_display_sequence(c, &tuple.base, arguments->defaults, reg);
        oz_temporary_push(c, 1);
        aux |= 1;
    }
    unsigned dict = oz_top(c);
    bool any = false;
    for (uint32_t i = 0; i < arguments->kw_defaults->count; i++) {
        AstNode *value = arguments->kw_defaults->items[i];
        AstArg *arg = arguments->kwonlyargs->items[i];
        if (!value)
            continue;
        if (!any) {
            oz_at(c, value);
            oz_emit(c, OP_BUILD_MAP, 0, dict, dict, 0);
            oz_temporary_push(c, 1);
            any = true;
        }
        unsigned key = oz_temporary_push(c, 1);
        oz_at(c, value);
        oz_load_text(c, oz_mangle(c, arg->arg), key);
        Operand operand = oz_expr_operand(c, value, false);
        oz_emit(c, OP_MAP_ADD, 0, dict, key, operand.reg);
        oz_release(c, operand);
        oz_pop(c, 1);
    }
    return any ? aux | 2 : aux;
}

void oz_annotation_value(Compiler *c, AstNode *annotation, unsigned dest)
{
    if (c->failed)
        return;
    if (c->flags & OZ_CODE_FUTURE_ANNOTATIONS) {
        Ref text = oz_unparse(c->t, annotation);
        c->failed |= !text;
        oz_at(c, annotation);
        oz_load_constant(c, text, dest);
    } else if (annotation->kind == AST_Starred) { /* *args: *Ts */
        unsigned reg = oz_expr_push(c, ((AstStarred *)annotation)->value);
        oz_at(c, annotation);
        oz_emit(c, OP_UNPACK, 0, reg, reg, 1);
        if (reg != dest)
            oz_emit(c, OP_MOVE, 0, dest, reg, 0);
        oz_pop(c, 1);
    } else {
        oz_expr_to(c, annotation, dest);
    }
}

enum { MANY_ANNOTATIONS = 256 };

/* Names and values: a run of registers while they are few, then a list of those before. */
typedef struct Annotations {
    unsigned first; /* temporary */
    unsigned count; /* of the run */
    bool listed;    /* the list is in the register before the run */
} Annotations;

static void list_annotations(Compiler *c, Annotations *a)
{
    oz_emit(c, a->listed ? OP_BUILD_TUPLE : OP_BUILD_LIST, 0, a->first, a->first, a->count);
    oz_pop(c, a->count);
    a->count = 0;
    if (a->listed) {
        oz_temporary_push(c, 1);
        oz_emit(c, OP_LIST_EXTEND, 0, a->first - 1, a->first, 0);
        oz_pop(c, 1);
        return;
    }
    oz_temporary_push(c, 1);
    a->first++;
    a->listed = true;
}

static void push_annotation(Compiler *c, AstText *name, AstNode *annotation, Annotations *a)
{
    if (!annotation)
        return;
    if (a->count >= MANY_ANNOTATIONS)
        list_annotations(c, a);
    oz_at(c, annotation);
    oz_load_text(c, oz_mangle(c, name), oz_temporary_push(c, 1));
    oz_annotation_value(c, annotation, oz_top(c));
    oz_temporary_push(c, 1);
    a->count += 2;
}

static void push_arg_annotations(Compiler *c, AstSeq *args, Annotations *a)
{
    for (uint32_t i = 0; i < args->count; i++) {
        AstArg *arg = args->items[i];
        push_annotation(c, arg->arg, arg->annotation, a);
    }
}

static unsigned push_annotations(Compiler *c, AstNode *node, AstNode *returns)
{
    AstArguments *arguments = (AstArguments *)node;
    AstArg *rest = (AstArg *)arguments->vararg, *named = (AstArg *)arguments->kwarg;
    Annotations a = {.first = oz_top(c)};
    push_arg_annotations(c, arguments->args, &a);
    push_arg_annotations(c, arguments->posonlyargs, &a);
    if (rest)
        push_annotation(c, rest->arg, rest->annotation, &a);
    push_arg_annotations(c, arguments->kwonlyargs, &a);
    if (named)
        push_annotation(c, named->arg, named->annotation, &a);
    push_annotation(c, oz_text_of(c, "return"), returns, &a);
    if (!a.count)
        return 0;
    if (a.listed) {
        list_annotations(c, &a);
        oz_emit(c, OP_LIST_TO_TUPLE, 0, a.first - 1, a.first - 1, 0);
        return 4;
    }
    oz_emit(c, OP_BUILD_TUPLE, 0, a.first, a.first, a.count);
    oz_pop(c, a.count);
    oz_temporary_push(c, 1);
    return 4;
}

static void check_parameter(Compiler *c, const AstNode *arg, const AstNode *where)
{
    if (arg)
        oz_is_forbidden(c, ((const AstArg *)arg)->arg, where, AST_Store);
}

static void check_parameters(Compiler *c, AstNode *node, const AstNode *where)
{
    AstArguments *arguments = (AstArguments *)node;
    AstSeq *lists[] = {arguments->posonlyargs, arguments->args, arguments->kwonlyargs};
    for (size_t k = 0; k < OZ_COUNT(lists); k++)
        for (uint32_t i = 0; i < lists[k]->count; i++)
            check_parameter(c, lists[k]->items[i], where);
    check_parameter(c, arguments->vararg, where);
    check_parameter(c, arguments->kwarg, where);
}

/* ---- decorators ---- */

static void push_decorators(Compiler *c, AstSeq *decorators)
{
    for (uint32_t i = 0; i < decorators->count; i++) {
        oz_expr_push(c, decorators->items[i]);
        oz_temporary_push(c, 1);
    }
}

/* The decorated object is in the next temporary; apply them from the innermost. */
static void apply_decorators(Compiler *c, AstSeq *decorators)
{
    for (uint32_t i = decorators->count; i > 0; i--) {
        oz_temporary_push(c, 1);
        oz_pop(c, 3);
        oz_at(c, decorators->items[i - 1]);
        oz_emit(c, OP_CALL, 0, oz_top(c), 1, oz_top(c));
    }
}

static int32_t first_line(const AstNode *node, const AstSeq *decorators)
{
    return decorators->count ? ((AstNode *)decorators->items[0])->line : node->line;
}

/* Where the finished object goes: straight into a local, or a temporary. */
static unsigned definition_dest(Compiler *c, AstText *name, const AstSeq *decorators)
{
    int local = decorators->count ? -1 : oz_name_plain_local(c, name);
    return local >= 0 ? (unsigned)local : oz_top(c);
}

static void store_definition(Compiler *c, AstNode *node, AstText *name, unsigned reg)
{
    oz_temporary_push(c, 1);
    oz_at(c, node);
    if (!oz_is_forbidden(c, name, node, AST_Store))
        oz_name_store(c, name, reg);
    oz_pop(c, 1);
}

/* ---- functions ---- */

static Ref function_code(Compiler *c, AstFunctionDef *node)
{
    Scope *scope = oz_symbols_scope(c->table, node);
    if (!oz_unit_open(c, scope, node->name, first_line(&node->base, node->decorator_list)))
        return NULL;
    c->unit->is_async = node->base.kind == AST_AsyncFunctionDef;
    set_arguments(c, (AstArguments *)node->args);
    AstText *docstring = oz_docstring(node->body);
    first_constant(c, docstring);
    oz_body_from(c, node->body, docstring ? 1 : 0);
    oz_return_none(c);
    return oz_unit_close(c);
}

void oz_function(Compiler *c, AstFunctionDef *node)
{
    check_parameters(c, node->args, &node->base);
    push_decorators(c, node->decorator_list);
    unsigned start = oz_top(c), depth = c->unit->depth;
    unsigned aux = push_defaults(c, node->args);
    aux |= push_annotations(c, node->args, node->returns);
    Ref code = function_code(c, node);
    unsigned now = c->unit->depth;
    c->unit->depth = depth;
    unsigned dest = definition_dest(c, node->name, node->decorator_list);
    c->unit->depth = now;
    oz_at(c, &node->base);
    make_function(c, code, aux, start, dest);
    c->unit->depth = depth;
    apply_decorators(c, node->decorator_list);
    store_definition(c, &node->base, node->name, node->decorator_list->count ? oz_top(c) : dest);
}

void oz_lambda(Compiler *c, AstLambda *node, unsigned dest)
{
    check_parameters(c, node->args, &node->base);
    unsigned start = oz_top(c), depth = c->unit->depth;
    unsigned aux = push_defaults(c, node->args);
    Scope *scope = oz_symbols_scope(c->table, node);
    AstText *name = oz_text_of(c, "<lambda>");
    if (!name || !oz_unit_open(c, scope, name, node->base.line))
        return;
    set_arguments(c, (AstArguments *)node->args);
    first_constant(c, NULL);
    Operand value = oz_expr_operand(c, node->body, false);
    oz_at(c, node->body);
    oz_emit(c, OP_RETURN, 0, value.reg, 0, 0);
    oz_release(c, value);
    Ref code = oz_unit_close(c);
    oz_at(c, &node->base);
    make_function(c, code, aux, start, dest);
    c->unit->depth = depth;
}

/* ---- classes ---- */

static void class_cell(Compiler *c)
{
    if (!c->unit->scope->needs_class_cell) {
        oz_return_none(c);
        return;
    }
    oz_name_store_raw(c, "__classcell__", 0); /* register 0 is the cell itself */
    oz_emit(c, OP_RETURN, 0, 0, 0, 0);
}

static Ref class_code(Compiler *c, AstClassDef *node)
{
    Scope *scope = oz_symbols_scope(c->table, node);
    if (!oz_unit_open(c, scope, node->name, first_line(&node->base, node->decorator_list)))
        return NULL;
    int32_t line = c->unit->first_line;
    c->unit->position = (Position){line, line, 0, 0};
    unsigned reg = oz_temporary_push(c, 1);
    oz_emit(c, OP_GET_NAME, 0, reg, oz_name_index_raw(c, "__name__"), 0);
    oz_name_store_raw(c, "__module__", reg);
    oz_load_constant(c, oz_retain(c->unit->qualname), reg);
    oz_name_store_raw(c, "__qualname__", reg);
    oz_pop(c, 1);
    oz_body(c, node->body);
    if (!c->failed)
        class_cell(c);
    return oz_unit_close(c);
}

void oz_class(Compiler *c, AstClassDef *node)
{
    push_decorators(c, node->decorator_list);
    unsigned depth = c->unit->depth;
    Ref code = class_code(c, node);
    unsigned window = oz_temporary_push(c, 2);
    oz_at(c, &node->base);
    oz_emit(c, OP_LOAD_BUILD_CLASS, 0, window, 0, 0);
    unsigned function = oz_temporary_push(c, 1);
    make_function(c, code, 0, function, function);
    oz_load_text(c, node->name, oz_temporary_push(c, 1));
    unsigned now = c->unit->depth;
    c->unit->depth = depth;
    unsigned dest = definition_dest(c, node->name, node->decorator_list);
    c->unit->depth = now;
    oz_emit_call_window(c, &node->base, window, 2, false, node->bases, node->keywords, dest);
    c->unit->depth = depth;
    apply_decorators(c, node->decorator_list);
    store_definition(c, &node->base, node->name, node->decorator_list->count ? oz_top(c) : dest);
}

/* ---- comprehensions ---- */

typedef struct Comprehension {
    AstNode *node;
    AstSeq *generators;
    AstNode *element; /* or key */
    AstNode *value;
    const char *name;
    unsigned result; /* register of the list, set or dict */
} Comprehension;

static Comprehension describe(AstNode *node)
{
    switch (node->kind) {
    case AST_ListComp:
        return (Comprehension){
            node, ((AstListComp *)node)->generators, ((AstListComp *)node)->elt, NULL, "<listcomp>",
            0};
    case AST_SetComp:
        return (Comprehension){
            node, ((AstSetComp *)node)->generators, ((AstSetComp *)node)->elt, NULL, "<setcomp>",
            0};
    case AST_DictComp:
        return (Comprehension){node,
                               ((AstDictComp *)node)->generators,
                               ((AstDictComp *)node)->key,
                               ((AstDictComp *)node)->value,
                               "<dictcomp>",
                               0};
    default:
        return (Comprehension){node,
                               ((AstGeneratorExp *)node)->generators,
                               ((AstGeneratorExp *)node)->elt,
                               NULL,
                               "<genexpr>",
                               0};
    }
}

static void element(Compiler *c, const Comprehension *k)
{
    Operand first = oz_expr_operand(c, k->element, oz_is_complex(k->value));
    switch (k->node->kind) {
    case AST_ListComp:
        oz_at(c, k->element);
        oz_emit(c, OP_LIST_APPEND, 0, k->result, first.reg, 0);
        break;
    case AST_SetComp:
        oz_at(c, k->element);
        oz_emit(c, OP_SET_ADD, 0, k->result, first.reg, 0);
        break;
    case AST_DictComp: {
        Operand second = oz_expr_operand(c, k->value, false);
        oz_at(c, k->element);
        c->unit->position.end_line = k->value->end_line;
        c->unit->position.end_column = k->value->end_col;
        oz_emit(c, OP_MAP_ADD, 0, k->result, first.reg, second.reg);
        oz_release(c, second);
        break;
    }
    default: {
        oz_at(c, k->element);
        bool wrap = c->unit->flags & OZ_CODE_ASYNC_GENERATOR;
        oz_release(c, first);
        unsigned sent = oz_top(c);
        oz_emit(c, OP_YIELD, wrap, first.reg, sent, sent);
        oz_temporary_push(c, 1);
        oz_emit(c, OP_DROP, 0, sent, 0, 0);
        oz_pop(c, 1);
        return;
    }
    }
    oz_release(c, first);
}

static void generator(Compiler *c, const Comprehension *k, uint32_t index);

/* Conditions, then the next `for` or the element. */
static void inside(Compiler *c, const Comprehension *k, uint32_t index, LabelId again)
{
    AstComprehension *each = k->generators->items[index];
    for (uint32_t i = 0; i < each->ifs->count; i++)
        oz_expr_jump(c, each->ifs->items[i], again, false);
    if (index + 1 < k->generators->count)
        generator(c, k, index + 1);
    else
        element(c, k);
}

/* `for x in [value]` binds without a loop. */
static AstNode *single_value(AstNode *iterable)
{
    AstSeq *elements = iterable->kind == AST_List    ? ((AstList *)iterable)->elts
                       : iterable->kind == AST_Tuple ? ((AstTuple *)iterable)->elts
                                                     : NULL;
    if (!elements || elements->count != 1)
        return NULL;
    AstNode *item = elements->items[0];
    return item->kind == AST_Starred ? NULL : item;
}

static void bind_single(Compiler *c, const Comprehension *k, uint32_t index, AstNode *value)
{
    AstComprehension *each = k->generators->items[index];
    LabelId end = oz_label_new(c);
    unsigned reg = oz_expr_push(c, value);
    oz_target_store(c, each->target, reg);
    oz_pop(c, 1);
    inside(c, k, index, end);
    oz_label_place(c, end);
}

static unsigned push_iterator(Compiler *c, const Comprehension *k, uint32_t index)
{
    AstComprehension *each = k->generators->items[index];
    if (index == 0) {
        unsigned reg = oz_temporary_push(c, 1);
        oz_at(c, k->node);
        oz_emit(c, OP_MOVE, 0, reg, 0, 0);
        return reg;
    }
    Operand iterable = oz_expr_operand(c, each->iter, false);
    oz_release(c, iterable);
    unsigned reg = oz_temporary_push(c, 1);
    oz_at(c, k->node);
    oz_emit(c, each->is_async ? OP_GET_AITER : OP_GET_ITER, 0, reg, iterable.reg, 0);
    return reg;
}

static void sync_generator(Compiler *c, const Comprehension *k, uint32_t index)
{
    AstComprehension *each = k->generators->items[index];
    AstNode *single = index ? single_value(each->iter) : NULL;
    if (single) {
        bind_single(c, k, index, single);
        return;
    }
    LabelId again = oz_label_new(c), end = oz_label_new(c);
    unsigned iterator = push_iterator(c, k, index);
    oz_label_place_loop(c, again);
    int local =
        each->target->kind == AST_Name ? oz_name_plain_local(c, ((AstName *)each->target)->id) : -1;
    unsigned item = local >= 0 ? (unsigned)local : oz_top(c);
    oz_at(c, k->node);
    oz_emit_jump(c, OP_FOR_ITER, 0, iterator, item, end);
    oz_temporary_push(c, 1);
    oz_target_store(c, each->target, item);
    oz_pop(c, 1);
    inside(c, k, index, again);
    oz_emit_jump(c, OP_JUMP, 0, 0, 0, again);
    oz_pop(c, 1);
    oz_label_place(c, end);
}

static void async_generator(Compiler *c, const Comprehension *k, uint32_t index)
{
    AstComprehension *each = k->generators->items[index];
    LabelId again = oz_label_new(c), except = oz_label_new(c);
    unsigned iterator = push_iterator(c, k, index);
    oz_label_place_loop(c, again);
    BoundSet bound = c->unit->bound;
    bool reachable = c->unit->reachable;
    uint32_t outer = c->unit->handler;
    unsigned item = oz_temporary_push(c, 1);
    c->unit->handler = oz_handler_new(c, except, item);
    oz_at(c, k->node);
    oz_emit(c, OP_GET_ANEXT, 0, item, iterator, 0);
    oz_emit(c, OP_YIELD_FROM, 0, item, item, 0);
    c->unit->handler = outer;
    oz_target_store(c, each->target, item);
    oz_pop(c, 1);
    inside(c, k, index, again);
    oz_emit_jump(c, OP_JUMP, 0, 0, 0, again);
    oz_handler_place(c, except, &bound, reachable);
    oz_at(c, k->node);
    oz_emit(c, OP_END_ASYNC_FOR, 0, iterator, 0, 0);
    oz_pop(c, 1);
}

static void generator(Compiler *c, const Comprehension *k, uint32_t index)
{
    if (c->failed)
        return;
    if (((AstComprehension *)k->generators->items[index])->is_async)
        async_generator(c, k, index);
    else
        sync_generator(c, k, index);
}

static Ref comprehension_code(Compiler *c, Comprehension *k, Scope *scope)
{
    AstText *name = oz_text_of(c, k->name);
    if (!name || !oz_unit_open(c, scope, name, k->node->line))
        return NULL;
    c->unit->is_async = scope->coroutine;
    c->unit->positional = 1;
    first_constant(c, NULL);
    bool collects = k->node->kind != AST_GeneratorExp;
    oz_at(c, k->node);
    if (collects) {
        static const uint8_t opcodes[] = {OP_BUILD_LIST, OP_BUILD_SET, OP_BUILD_MAP};
        k->result = oz_temporary_push(c, 1);
        Opcode op = opcodes[k->node->kind - AST_ListComp];
        oz_emit(c, op, 0, k->result, k->result, 0);
    }
    generator(c, k, 0);
    oz_at(c, k->node);
    if (collects)
        oz_emit(c, OP_RETURN, 0, k->result, 0, 0);
    else
        oz_return_none(c);
    return oz_unit_close(c);
}

_Static_assert(AST_SetComp == AST_ListComp + 1 && AST_DictComp == AST_ListComp + 2,
               "comprehension_code counts on this order");

/* Waiting inside needs a function that can wait, or a generator expression, which may be async. */
static bool may_be_async(const Compiler *c)
{
    const Unit *u = c->unit;
    return u->is_async || u->scope->comprehension ||
           (c->flags & OZ_COMPILE_TOP_LEVEL_AWAIT && u->scope->kind == OZ_SCOPE_MODULE);
}

void oz_comprehension(Compiler *c, AstNode *node, unsigned dest)
{
    Comprehension k = describe(node);
    Scope *scope = oz_symbols_scope(c->table, node);
    AstComprehension *first = k.generators->items[0];
    bool waits = scope->coroutine && node->kind != AST_GeneratorExp;
    if (waits && !may_be_async(c)) {
        oz_compiler_error(c, node,
                          "asynchronous comprehension outside of an asynchronous function");
        return;
    }
    Ref code = comprehension_code(c, &k, scope);
    unsigned window = oz_temporary_push(c, 2);
    oz_at(c, node);
    make_function(c, code, 0, window, window);
    Operand iterable = oz_expr_operand(c, first->iter, false);
    oz_release(c, iterable);
    unsigned argument = oz_temporary_push(c, 1);
    oz_at(c, node);
    oz_emit(c, first->is_async ? OP_GET_AITER : OP_GET_ITER, 0, argument, iterable.reg, 0);
    oz_emit(c, OP_CALL, 0, window, 1, waits ? window : dest);
    oz_pop(c, 2);
    if (waits)
        oz_await(c, window, 0, dest);
    oz_pop(c, 1);
}
