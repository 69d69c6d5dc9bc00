// SPDX-License-Identifier: MIT
// SyntaxError and SyntaxWarning with the place in the source.
#include "compile/codegen.h"
#include "compile/resolve.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/warning.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Line `wanted` of the file, as a str; None if it cannot be had. */
static Ref source_line(Thread *t, Obj filename, int32_t wanted)
{
    scoped Ref keep = NULL;
    size_t length;
    const char *path = oz_is_str(filename) ? oz_str_utf8(t, filename, &length, &keep) : NULL;
    FILE *file = path && strlen(path) == length ? fopen(path, "rb") : NULL;
    oz_exception_clear(t);
    if (!file)
        return OZ_NONE;
    char *line = NULL;
    size_t room = 0;
    ssize_t size = 0;
    for (int32_t i = 0; i < wanted && size >= 0; i++)
        size = getline(&line, &room, file);
    fclose(file);
    Ref text = NULL;
    if (size > 0) {
        scoped Ref bytes = oz_str_from_latin1(t, (const uint8_t *)line, (size_t)size);
        bool ascii = bytes && oz_is(bytes, OZ_STR_ASCII);
        text = ascii ? oz_retain(bytes) : NULL;
    }
    if (size > 0 && !text)
        text = oz_str_format(t, "%s", line);
    free(line);
    oz_exception_clear(t);
    return text ? text : OZ_NONE;
}

/* Takes `message`. */
static void raise_at(Thread *t, Obj filename, const Position *p, Ref message)
{
    scoped Ref text = source_line(t, filename, p->line), taken = message;
    scoped Ref place = oz_tuple_of(t, 6, filename, oz_int(p->line), oz_int(p->column + 1), text,
                                   oz_int(p->end_line), oz_int(p->end_column + 1));
    if (!taken || !place)
        return;
    scoped Ref error = oz_call2(t, (Obj)t->vm->errors[OZ_SyntaxError], taken, place);
    if (error)
        oz_raise_object(t, error, NULL);
}

static Position position_of(const AstNode *node)
{
    return (Position){node->line, node->end_line, node->col, node->end_col};
}

void oz_compiler_error(Compiler *c, const AstNode *node, const char *format, ...)
{
    if (c->failed)
        return;
    c->failed = true;
    va_list arguments;
    va_start(arguments, format);
    Position p = node ? position_of(node) : c->unit->position;
    raise_at(c->t, c->filename, &p, oz_str_format_va(c->t, format, arguments));
    va_end(arguments);
}

/* ---- with the place in attributes only ---- */

void oz_symbol_error(Thread *t, Obj filename, const AstNode *node, const char *format,
                     va_list arguments)
{
    scoped Ref message = oz_str_format_va(t, format, arguments);
    scoped Ref error = message ? oz_call1(t, (Obj)t->vm->errors[OZ_SyntaxError], message) : NULL;
    if (!error)
        return;
    scoped Ref text = source_line(t, filename, node->line);
    struct {
        unsigned index;
        Obj value;
    } fields[] = {
        {OZ_X_SYNTAX_MSG, message},
        {OZ_X_SYNTAX_FILENAME, filename},
        {OZ_X_LINENO, oz_int(node->line)},
        {OZ_X_OFFSET, oz_int(node->col + 1)},
        {OZ_X_TEXT, text},
        {OZ_X_END_LINENO, oz_int(node->end_line)},
        {OZ_X_END_OFFSET, oz_int(node->end_col + 1)},
        {OZ_X_PRINT_FILE, OZ_NONE},
    };
    BaseException *e = oz_as_exception(error);
    for (size_t i = 0; i < OZ_COUNT(fields); i++)
        if (!oz_exception_field_set(t, e, fields[i].index, OZ_X_SYNTAX_COUNT, fields[i].value))
            return;
    oz_raise_object(t, error, NULL);
}

/* ---- warnings ---- */

bool oz_compile_warn(Thread *t, int kind, Obj filename, const Position *p, Obj message)
{
    return oz_warn_syntax(t, kind, message, filename, p->line);
}

static bool warn_at(Thread *t, Obj filename, const Position *p, Ref message)
{
    scoped Ref taken = message;
    if (!taken)
        return false;
    if (oz_compile_warn(t, OZ_SyntaxWarning, filename, p, taken))
        return true;
    if (oz_exception_forget(t, OZ_SyntaxWarning)) /* the filters made it an error */
        raise_at(t, filename, p, oz_move(&taken));
    return false;
}

void oz_compiler_warning(Compiler *c, const AstNode *node, const char *format, ...)
{
    if (c->failed)
        return;
    va_list arguments;
    va_start(arguments, format);
    Position p = position_of(node);
    if (!warn_at(c->t, c->filename, &p, oz_str_format_va(c->t, format, arguments)))
        c->failed = true;
    va_end(arguments);
}
