// SPDX-License-Identifier: MIT
// Literals as objects, and loading them.
#include "compile/codegen.h"
#include "types/bytes.h"
#include "types/complex.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str.h"
#include "types/type.h"

#include <string.h>

/* Strings that look like names are interned, as attribute names built at run time will be. */
static bool looks_like_name(const AstText *text)
{
    for (uint32_t i = 0; i < text->length; i++) {
        unsigned char ch = (unsigned char)text->bytes[i];
        bool word = (ch | 32) >= 'a' && (ch | 32) <= 'z';
        if (!word && !(ch >= '0' && ch <= '9') && ch != '_')
            return false;
    }
    return true;
}

static Ref make_str(Thread *t, const AstText *text)
{
    if (text->length <= 64 && looks_like_name(text))
        return oz_text_to_str(t, text);
    return oz_str_from_utf8(t, text->bytes, text->length);
}

Ref oz_ast_literal(Thread *t, const AstLiteral *literal)
{
    switch (literal->tag) {
    case AST_NONE:
        return OZ_NONE;
    case AST_TRUE:
        return OZ_TRUE;
    case AST_FALSE:
        return OZ_FALSE;
    case AST_ELLIPSIS:
        return OZ_ELLIPSIS;
    case AST_INT:
        return oz_int_new(t, literal->integer);
    case AST_BIG_INT: /* the parser has looked at the number of digits */
        return oz_int_from_text(t, literal->text->bytes, literal->text->length, literal->base);
    case AST_FLOAT:
        return oz_float_new(t, literal->number);
    case AST_COMPLEX:
        return oz_complex_new(t, 0.0, literal->number);
    case AST_STR:
        return make_str(t, literal->text);
    case AST_BYTES:
        return oz_bytes_new(t, literal->text->bytes, literal->text->length);
    case AST_OBJECT:
        return oz_retain(literal->object);
    }
    return NULL;
}

Ref oz_literal_value(Compiler *c, const AstLiteral *literal)
{
    if (c->failed)
        return NULL;
    Ref value = oz_ast_literal(c->t, literal);
    c->failed |= !value;
    return value;
}

void oz_load_constant(Compiler *c, Ref value, unsigned dest)
{
    int64_t word = (int64_t)oz_word(value);
    if (value && !oz_is_pointer(value) && word == (int32_t)word) {
        oz_emit_d(c, OP_LOAD_IMM, dest, (int32_t)word);
        return;
    }
    if (!c->failed && !c->unit->reachable)
        oz_drop(value);
    else
        oz_emit_d(c, OP_LOADK, dest, (int32_t)oz_constant(c, value));
}

void oz_load_text(Compiler *c, const AstText *text, unsigned dest)
{
    if (c->failed)
        return;
    Ref str = oz_text_to_str(c->t, text);
    c->failed |= !str;
    oz_load_constant(c, str, dest);
}

int oz_constant_truth(Compiler *c, const AstNode *node)
{
    if (node->kind != AST_Constant)
        return -1;
    const AstLiteral *literal = &((const AstConstant *)node)->value;
    bool truth = true;
    switch (literal->tag) {
    case AST_NONE:
    case AST_FALSE:
        return 0;
    case AST_TRUE:
    case AST_ELLIPSIS:
    case AST_BIG_INT:
        return 1;
    case AST_INT:
        return literal->integer != 0;
    case AST_FLOAT:
    case AST_COMPLEX:
        return literal->number != 0;
    case AST_STR:
    case AST_BYTES:
        return literal->text->length != 0;
    case AST_OBJECT:
        if (!c->failed && !oz_truth(c->t, literal->object, &truth))
            c->failed = true;
        return truth;
    }
    return -1;
}

static const char *literal_type(Compiler *c, const AstLiteral *literal)
{
    switch (literal->tag) {
    case AST_NONE:
        return "NoneType";
    case AST_TRUE:
    case AST_FALSE:
        return "bool";
    case AST_ELLIPSIS:
        return "ellipsis";
    case AST_INT:
    case AST_BIG_INT:
        return "int";
    case AST_FLOAT:
        return "float";
    case AST_COMPLEX:
        return "complex";
    case AST_STR:
        return "str";
    case AST_BYTES:
        return "bytes";
    case AST_OBJECT:
        return c->failed ? NULL : oz_class_name(oz_class_of(literal->object));
    }
    return NULL;
}

const char *oz_inferred_type(Compiler *c, const AstNode *node)
{
    switch (node->kind) {
    case AST_Tuple:
        return "tuple";
    case AST_List:
    case AST_ListComp:
        return "list";
    case AST_Dict:
    case AST_DictComp:
        return "dict";
    case AST_Set:
    case AST_SetComp:
        return "set";
    case AST_GeneratorExp:
        return "generator";
    case AST_Lambda:
        return "function";
    case AST_JoinedStr:
    case AST_FormattedValue:
        return "str";
    case AST_Constant:
        return literal_type(c, &((const AstConstant *)node)->value);
    default:
        return NULL;
    }
}
