// SPDX-License-Identifier: MIT
// Expressions back to source text: annotations under `from __future__ import annotations`.
//
// Parentheses stand where precedence needs them and nowhere else; spaces as in PEP 8.
#include "compile/compile.h"
#include "types/bytes.h"
#include "types/complex.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

#include <math.h>
#include <string.h>

typedef enum Precedence {
    P_TUPLE,
    P_TEST,
    P_OR,
    P_AND,
    P_NOT,
    P_COMPARE,
    P_BIT_OR, /* also the lowest of an operand */
    P_BIT_XOR,
    P_BIT_AND,
    P_SHIFT,
    P_ARITH,
    P_TERM,
    P_FACTOR,
    P_POWER,
    P_AWAIT,
    P_ATOM
} Precedence;

typedef struct Writer {
    Thread *t;
    StrBuilder out;
    bool failed;
} Writer;

static void write_expr(Writer *w, const AstNode *node, Precedence level);

static void put(Writer *w, const char *text)
{
    w->failed |= !oz_builder_ascii(&w->out, text, strlen(text));
}

static void put_text(Writer *w, const AstText *text)
{
    scoped Ref str = w->failed ? NULL : oz_str_from_utf8(w->t, text->bytes, text->length);
    w->failed |= !str || !oz_builder_str(&w->out, str);
}

static void open_if(Writer *w, bool condition)
{
    if (condition)
        put(w, "(");
}

static void close_if(Writer *w, bool condition)
{
    if (condition)
        put(w, ")");
}

static void write_list(Writer *w, const AstSeq *items, Precedence level)
{
    for (uint32_t i = 0; i < items->count; i++) {
        if (i)
            put(w, ", ");
        write_expr(w, items->items[i], level);
    }
}

/* ---- constants ---- */

/* An infinity has no literal of its own. */
static void put_replacing_inf(Writer *w, Obj value)
{
    scoped Ref text = oz_repr(w->t, value), keep = NULL;
    size_t length;
    const char *at = text ? oz_str_utf8(w->t, text, &length, &keep) : NULL;
    w->failed |= !at;
    for (const char *inf; at && (inf = strstr(at, "inf")); at = inf + 3) {
        w->failed |= !oz_builder_ascii(&w->out, at, (size_t)(inf - at));
        put(w, "1e309");
    }
    if (at)
        put(w, at);
}

static void write_object(Writer *w, Obj value)
{
    Tuple *tuple = oz_as_tuple(value);
    double d;
    if (tuple) {
        put(w, "(");
        for (uint32_t i = 0; i < tuple->length && !w->failed; i++) {
            if (i)
                put(w, ", ");
            write_object(w, tuple->items[i]);
        }
        put(w, tuple->length == 1 ? ",)" : ")");
    } else if (oz_as_float(value, &d) || oz_isa(value, OZ_COMPLEX)) {
        put_replacing_inf(w, value);
    } else if (value == OZ_ELLIPSIS) {
        put(w, "...");
    } else {
        w->failed |= !oz_builder_repr(&w->out, value);
    }
}

static void write_constant(Writer *w, const AstConstant *node)
{
    if (w->failed)
        return;
    if (node->kind && !strcmp(node->kind->bytes, "u"))
        put(w, "u");
    scoped Ref value = oz_ast_literal(w->t, &node->value);
    w->failed |= !value;
    if (value)
        write_object(w, value);
}

/* ---- formatted strings ---- */

static void write_part(Writer *w, const AstNode *node, bool is_spec);

static void put_doubling_braces(Writer *w, const AstText *text)
{
    for (uint32_t start = 0, i = 0; i <= text->length && !w->failed; i++) {
        bool brace = i < text->length && (text->bytes[i] == '{' || text->bytes[i] == '}');
        if (i < text->length && !brace)
            continue;
        scoped Ref piece = oz_str_from_utf8(w->t, text->bytes + start, i - start + brace);
        w->failed |= !piece || !oz_builder_str(&w->out, piece);
        start = i; /* the brace is written again with what follows */
        if (!brace)
            break;
        if (i + 1 == text->length || true) {
            scoped Ref again = oz_str_from_utf8(w->t, text->bytes + i, 1);
            w->failed |= !again || !oz_builder_str(&w->out, again);
            start = i + 1;
        }
    }
}

static void write_parts(Writer *w, const AstSeq *parts, bool is_spec)
{
    for (uint32_t i = 0; i < parts->count && !w->failed; i++)
        write_part(w, parts->items[i], is_spec);
}

/* The expression of a replacement field; a brace at its start must not look like an escape. */
static void write_field(Writer *w, const AstFormattedValue *node)
{
    Writer inner = {.t = w->t};
    oz_builder_init(&inner.out, w->t);
    write_expr(&inner, node->value, P_TEST + 1);
    scoped Ref text = oz_builder_finish(&inner.out);
    const Str *str = text && !inner.failed ? oz_as_str(text) : NULL;
    if (!str) {
        w->failed = true;
        return;
    }
    bool brace = oz_str_length(str) && oz_str_at(str, 0) == '{';
    put(w, brace ? "{ " : "{");
    w->failed |= !oz_builder_str(&w->out, text);
    if (node->conversion > 0) {
        char conversion[] = {'!', (char)node->conversion, 0};
        put(w, conversion);
    }
    if (node->format_spec) {
        put(w, ":");
        write_part(w, node->format_spec, true);
    }
    put(w, "}");
}

static void write_part(Writer *w, const AstNode *node, bool is_spec)
{
    switch (node->kind) {
    case AST_Constant: {
        const AstLiteral *literal = &((const AstConstant *)node)->value;
        if (literal->tag == AST_STR)
            put_doubling_braces(w, literal->text);
        else if (literal->tag == AST_OBJECT && oz_is_str(literal->object))
            w->failed |= !oz_builder_str(&w->out, literal->object);
        break;
    }
    case AST_JoinedStr:
        write_parts(w, ((const AstJoinedStr *)node)->values, is_spec);
        break;
    case AST_FormattedValue:
        write_field(w, (const AstFormattedValue *)node);
        break;
    default:
        oz_raise(w->t, OZ_SystemError, "unknown expression kind inside f-string");
        w->failed = true;
        break;
    }
}

static void write_joined(Writer *w, const AstNode *node)
{
    Writer inner = {.t = w->t};
    oz_builder_init(&inner.out, w->t);
    write_part(&inner, node, false);
    scoped Ref text = oz_builder_finish(&inner.out);
    if (!text || inner.failed) {
        w->failed = true;
        return;
    }
    put(w, "f");
    w->failed |= !oz_builder_repr(&w->out, text);
}

/* ---- operators ---- */

static void write_bool_op(Writer *w, const AstBoolOp *node, Precedence level)
{
    Precedence own = node->op == AST_And ? P_AND : P_OR;
    open_if(w, level > own);
    for (uint32_t i = 0; i < node->values->count; i++) {
        if (i)
            put(w, node->op == AST_And ? " and " : " or ");
        write_expr(w, node->values->items[i], own + 1);
    }
    close_if(w, level > own);
}

static void write_binary(Writer *w, const AstBinOp *node, Precedence level)
{
    static const struct {
        const char *text;
        uint8_t level;
    } table[] = {
        [AST_Add] = {" + ", P_ARITH},      [AST_Sub] = {" - ", P_ARITH},
        [AST_Mult] = {" * ", P_TERM},      [AST_MatMult] = {" @ ", P_TERM},
        [AST_Div] = {" / ", P_TERM},       [AST_Mod] = {" % ", P_TERM},
        [AST_Pow] = {" ** ", P_POWER},     [AST_LShift] = {" << ", P_SHIFT},
        [AST_RShift] = {" >> ", P_SHIFT},  [AST_BitOr] = {" | ", P_BIT_OR},
        [AST_BitXor] = {" ^ ", P_BIT_XOR}, [AST_BitAnd] = {" & ", P_BIT_AND},
        [AST_FloorDiv] = {" // ", P_TERM},
    };
    Precedence own = table[node->op].level;
    bool right_first = node->op == AST_Pow;
    open_if(w, level > own);
    write_expr(w, node->left, own + right_first);
    put(w, table[node->op].text);
    write_expr(w, node->right, own + !right_first);
    close_if(w, level > own);
}

static void write_unary(Writer *w, const AstUnaryOp *node, Precedence level)
{
    static const char *const texts[] = {
        [AST_Invert] = "~", [AST_Not] = "not ", [AST_UAdd] = "+", [AST_USub] = "-"};
    Precedence own = node->op == AST_Not ? P_NOT : P_FACTOR;
    open_if(w, level > own);
    put(w, texts[node->op]);
    write_expr(w, node->operand, own);
    close_if(w, level > own);
}

static void write_compare(Writer *w, const AstCompare *node, Precedence level)
{
    static const char *const texts[] = {
        [AST_Eq] = " == ", [AST_NotEq] = " != ",    [AST_Lt] = " < ",  [AST_LtE] = " <= ",
        [AST_Gt] = " > ",  [AST_GtE] = " >= ",      [AST_Is] = " is ", [AST_IsNot] = " is not ",
        [AST_In] = " in ", [AST_NotIn] = " not in "};
    open_if(w, level > P_COMPARE);
    write_expr(w, node->left, P_COMPARE + 1);
    for (uint32_t i = 0; i < node->ops->count; i++) {
        put(w, texts[oz_ast_seq_op(node->ops, i)]);
        write_expr(w, node->comparators->items[i], P_COMPARE + 1);
    }
    close_if(w, level > P_COMPARE);
}

/* ---- lambda ---- */

static void comma(Writer *w, bool *first)
{
    if (!*first)
        put(w, ", ");
    *first = false;
}

static void write_arg(Writer *w, const AstArg *arg)
{
    put_text(w, arg->arg);
    if (arg->annotation) {
        put(w, ": ");
        write_expr(w, arg->annotation, P_TEST);
    }
}

static void write_default(Writer *w, const AstNode *value)
{
    if (!value)
        return;
    put(w, "=");
    write_expr(w, value, P_TEST);
}

static void write_arguments(Writer *w, const AstArguments *args)
{
    bool first = true;
    uint32_t positional = args->posonlyargs->count + args->args->count;
    uint32_t without = positional - args->defaults->count;
    for (uint32_t i = 0; i < positional; i++) {
        uint32_t only = args->posonlyargs->count;
        comma(w, &first);
        write_arg(w, i < only ? args->posonlyargs->items[i] : args->args->items[i - only]);
        write_default(w, i < without ? NULL : args->defaults->items[i - without]);
        if (only && i + 1 == only)
            put(w, ", /");
    }
    if (args->vararg || args->kwonlyargs->count) {
        comma(w, &first);
        put(w, "*");
        if (args->vararg)
            write_arg(w, (const AstArg *)args->vararg);
    }
    for (uint32_t i = 0; i < args->kwonlyargs->count; i++) {
        comma(w, &first);
        write_arg(w, args->kwonlyargs->items[i]);
        write_default(w, args->kw_defaults->items[i]);
    }
    if (args->kwarg) {
        comma(w, &first);
        put(w, "**");
        write_arg(w, (const AstArg *)args->kwarg);
    }
}

static void write_lambda(Writer *w, const AstLambda *node, Precedence level)
{
    const AstArguments *args = (const AstArguments *)node->args;
    bool any = args->posonlyargs->count || args->args->count; /* CPython: no space before a star */
    open_if(w, level > P_TEST);
    put(w, any ? "lambda " : "lambda");
    write_arguments(w, args);
    put(w, ": ");
    write_expr(w, node->body, P_TEST);
    close_if(w, level > P_TEST);
}

static void write_if_exp(Writer *w, const AstIfExp *node, Precedence level)
{
    open_if(w, level > P_TEST);
    write_expr(w, node->body, P_TEST + 1);
    put(w, " if ");
    write_expr(w, node->test, P_TEST + 1);
    put(w, " else ");
    write_expr(w, node->orelse, P_TEST);
    close_if(w, level > P_TEST);
}

/* ---- displays and comprehensions ---- */

static void write_generators(Writer *w, const AstSeq *generators)
{
    for (uint32_t i = 0; i < generators->count; i++) {
        const AstComprehension *each = generators->items[i];
        put(w, each->is_async ? " async for " : " for ");
        write_expr(w, each->target, P_TUPLE);
        put(w, " in ");
        write_expr(w, each->iter, P_TEST + 1);
        for (uint32_t k = 0; k < each->ifs->count; k++) {
            put(w, " if ");
            write_expr(w, each->ifs->items[k], P_TEST + 1);
        }
    }
}

static void write_comprehension(Writer *w, const char *open, const AstNode *element,
                                const AstNode *value, const AstSeq *generators, const char *close)
{
    put(w, open);
    write_expr(w, element, P_TEST);
    if (value) {
        put(w, ": ");
        write_expr(w, value, P_TEST);
    }
    write_generators(w, generators);
    put(w, close);
}

static void write_dict(Writer *w, const AstDict *node)
{
    put(w, "{");
    for (uint32_t i = 0; i < node->values->count; i++) {
        if (i)
            put(w, ", ");
        if (node->keys->items[i]) {
            write_expr(w, node->keys->items[i], P_TEST);
            put(w, ": ");
            write_expr(w, node->values->items[i], P_TEST);
        } else {
            put(w, "**");
            write_expr(w, node->values->items[i], P_BIT_OR);
        }
    }
    put(w, "}");
}

static void write_tuple(Writer *w, const AstSeq *elements, Precedence level)
{
    if (!elements->count) {
        put(w, "()");
        return;
    }
    open_if(w, level > P_TUPLE);
    write_list(w, elements, P_TEST);
    if (elements->count == 1)
        put(w, ",");
    close_if(w, level > P_TUPLE);
}

/* ---- the rest ---- */

static void write_call(Writer *w, const AstCall *node)
{
    write_expr(w, node->func, P_ATOM);
    if (node->args->count == 1 && !node->keywords->count &&
        ((AstNode *)node->args->items[0])->kind == AST_GeneratorExp) {
        write_expr(w, node->args->items[0], P_TEST); /* with its own parentheses */
        return;
    }
    put(w, "(");
    bool first = true;
    for (uint32_t i = 0; i < node->args->count; i++) {
        comma(w, &first);
        write_expr(w, node->args->items[i], P_TEST);
    }
    for (uint32_t i = 0; i < node->keywords->count; i++) {
        const AstKeyword *each = node->keywords->items[i];
        comma(w, &first);
        if (each->arg) {
            put_text(w, each->arg);
            put(w, "=");
        } else {
            put(w, "**");
        }
        write_expr(w, each->value, P_TEST);
    }
    put(w, ")");
}

static void write_attribute(Writer *w, const AstAttribute *node)
{
    write_expr(w, node->value, P_ATOM);
    const AstLiteral *literal =
        node->value->kind == AST_Constant ? &((const AstConstant *)node->value)->value : NULL;
    /* 1 .real: "1.real" would be a number. */
    bool number = literal && (literal->tag == AST_INT || literal->tag == AST_BIG_INT ||
                              (literal->tag == AST_OBJECT && oz_as_exact_int(literal->object)));
    put(w, number ? " ." : ".");
    put_text(w, node->attr);
}

static void write_slice(Writer *w, const AstSlice *node)
{
    if (node->lower)
        write_expr(w, node->lower, P_TEST);
    put(w, ":");
    if (node->upper)
        write_expr(w, node->upper, P_TEST);
    if (node->step) {
        put(w, ":");
        write_expr(w, node->step, P_TEST);
    }
}

static void write_yield(Writer *w, const char *word, const AstNode *value, Precedence level)
{
    put(w, "(");
    (void)level;
    put(w, word);
    if (value) {
        put(w, " ");
        write_expr(w, value, P_TEST);
    }
    put(w, ")");
}

static void write_named(Writer *w, const AstNamedExpr *node, Precedence level)
{
    open_if(w, level > P_TUPLE);
    write_expr(w, node->target, P_ATOM);
    put(w, " := ");
    write_expr(w, node->value, P_ATOM);
    close_if(w, level > P_TUPLE);
}

static void write_kind(Writer *w, const AstNode *node, Precedence level)
{
    switch (node->kind) {
    case AST_BoolOp:
        write_bool_op(w, (const AstBoolOp *)node, level);
        break;
    case AST_NamedExpr:
        write_named(w, (const AstNamedExpr *)node, level);
        break;
    case AST_BinOp:
        write_binary(w, (const AstBinOp *)node, level);
        break;
    case AST_UnaryOp:
        write_unary(w, (const AstUnaryOp *)node, level);
        break;
    case AST_Lambda:
        write_lambda(w, (const AstLambda *)node, level);
        break;
    case AST_IfExp:
        write_if_exp(w, (const AstIfExp *)node, level);
        break;
    case AST_Dict:
        write_dict(w, (const AstDict *)node);
        break;
    case AST_Set:
        put(w, "{");
        write_list(w, ((const AstSet *)node)->elts, P_TEST);
        put(w, "}");
        break;
    case AST_ListComp:
        write_comprehension(w, "[", ((const AstListComp *)node)->elt, NULL,
                            ((const AstListComp *)node)->generators, "]");
        break;
    case AST_SetComp:
        write_comprehension(w, "{", ((const AstSetComp *)node)->elt, NULL,
                            ((const AstSetComp *)node)->generators, "}");
        break;
    case AST_DictComp:
        write_comprehension(w, "{", ((const AstDictComp *)node)->key,
                            ((const AstDictComp *)node)->value,
                            ((const AstDictComp *)node)->generators, "}");
        break;
    case AST_GeneratorExp:
        write_comprehension(w, "(", ((const AstGeneratorExp *)node)->elt, NULL,
                            ((const AstGeneratorExp *)node)->generators, ")");
        break;
    case AST_Await:
        open_if(w, level > P_AWAIT);
        put(w, "await ");
        write_expr(w, ((const AstAwait *)node)->value, P_ATOM);
        close_if(w, level > P_AWAIT);
        break;
    case AST_Yield:
        write_yield(w, "yield", ((const AstYield *)node)->value, level);
        break;
    case AST_YieldFrom:
        write_yield(w, "yield from", ((const AstYieldFrom *)node)->value, level);
        break;
    case AST_Compare:
        write_compare(w, (const AstCompare *)node, level);
        break;
    case AST_Call:
        write_call(w, (const AstCall *)node);
        break;
    case AST_FormattedValue:
    case AST_JoinedStr:
        write_joined(w, node);
        break;
    case AST_Constant:
        write_constant(w, (const AstConstant *)node);
        break;
    case AST_Attribute:
        write_attribute(w, (const AstAttribute *)node);
        break;
    case AST_Subscript:
        write_expr(w, ((const AstSubscript *)node)->value, P_ATOM);
        put(w, "[");
        write_expr(w, ((const AstSubscript *)node)->slice, P_TUPLE);
        put(w, "]");
        break;
    case AST_Starred:
        put(w, "*");
        write_expr(w, ((const AstStarred *)node)->value, P_BIT_OR);
        break;
    case AST_Name:
        put_text(w, ((const AstName *)node)->id);
        break;
    case AST_List:
        put(w, "[");
        write_list(w, ((const AstList *)node)->elts, P_TEST);
        put(w, "]");
        break;
    case AST_Tuple:
        write_tuple(w, ((const AstTuple *)node)->elts, level);
        break;
    case AST_Slice:
        write_slice(w, (const AstSlice *)node);
        break;
    default:
        oz_never();
    }
}

static void write_expr(Writer *w, const AstNode *node, Precedence level)
{
    if (w->failed)
        return;
    if (!oz_native_enter(w->t, " during compilation")) {
        w->failed = true;
        return;
    }
    write_kind(w, node, level);
}

Ref oz_unparse(Thread *t, const AstNode *expression)
{
    Writer w = {.t = t};
    oz_builder_init(&w.out, t);
    write_expr(&w, expression, P_TEST);
    if (w.failed) {
        oz_builder_fini(&w.out);
        return NULL;
    }
    return oz_builder_finish(&w.out);
}
