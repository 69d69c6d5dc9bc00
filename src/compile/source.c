// SPDX-License-Identifier: MIT
// Source text in, code out: parsing, its faults as exceptions, source encodings.
#include "compile/ast_objects.h"
#include "compile/codegen.h"
#include "types/buffer.h"
#include "types/bytes.h"
#include "types/code.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

#include <stdio.h>
#include <string.h>

/* ---- memory ---- */

static void *get_block(void *context, size_t size)
{
    return oz_block_alloc(context, size);
}

static void put_block(void *context OZ_UNUSED, void *block, size_t size OZ_UNUSED)
{
    oz_block_free(block);
}

void oz_compile_arena(Thread *t, Arena *arena)
{
    ArenaSource source = {get_block, put_block, t->heap};
    oz_arena_init(arena, &source);
}

/* ---- what the parser asks for ---- */

typedef struct Parse {
    Thread *t;
    Obj filename;
} Parse;

static bool poll(void *context)
{
    return !oz_poll(((Parse *)context)->t);
}

static ParseWarned warn(void *context, ParseWarningKind kind, const char *message, int32_t line)
{
    Parse *parse = context;
    Thread *t = parse->t;
    int error = kind == OZ_WARN_SYNTAX ? OZ_SyntaxWarning : OZ_DeprecationWarning;
    scoped Ref text = oz_str_new(t, message);
    Position position = {line, line, 0, 0};
    if (text && oz_compile_warn(t, error, parse->filename, &position, text))
        return OZ_WARNED;
    return text && oz_exception_forget(t, error) ? OZ_WARNED_AS_ERROR : OZ_WARNED_RAISED;
}

/* ---- faults ---- */

static void raise_fault(Thread *t, const SyntaxFault *fault, Obj filename)
{
    int kind = fault->kind == OZ_FAULT_INDENTATION ? OZ_IndentationError
               : fault->kind == OZ_FAULT_TAB       ? OZ_TabError
                                                   : OZ_SyntaxError;
    scoped Ref message = oz_str_new(t, fault->message);
    scoped Ref text =
        fault->text ? oz_str_from_utf8(t, fault->text->bytes, fault->text->length) : OZ_NONE;
    if (!message || !text)
        return;
    if (fault->bare) {
        oz_raise_value(t, kind, message);
        return;
    }
    bool undecoded = fault->line == 0 && !fault->text; /* no line of the source could be read */
    scoped Ref place = undecoded
                           ? oz_tuple_of(t, 4, filename, oz_int(0), oz_int(-1), text)
                           : oz_tuple_of(t, 6, filename, oz_int(fault->line), oz_int(fault->offset),
                                         text, fault->has_end ? oz_int(fault->end_line) : OZ_NONE,
                                         fault->has_end ? oz_int(fault->end_offset) : OZ_NONE);
    scoped Ref error = place ? oz_call2(t, (Obj)t->vm->errors[kind], message, place) : NULL;
    if (error)
        oz_raise_object(t, error, NULL);
}

static void report(Thread *t, const SyntaxFault *fault, Obj filename)
{
    switch (fault->kind) {
    case OZ_FAULT_MEMORY:
        oz_raise_memory(t);
        break;
    case OZ_FAULT_RECURSION:
        oz_raise(t, OZ_RecursionError, "maximum recursion depth exceeded during compilation");
        break;
    case OZ_FAULT_VALUE:
        oz_raise(t, OZ_ValueError, "%s", fault->message);
        break;
    case OZ_FAULT_INTERRUPTED:
    case OZ_FAULT_RAISED:
        break;
    default:
        raise_fault(t, fault, filename);
        break;
    }
}

/* ---- parsing ---- */

static ParseOptions options_for(Parse *parse, int mode, int flags, int feature_version)
{
    uint32_t parse_flags = 0;
    if (flags & OZ_COMPILE_TYPE_COMMENTS)
        parse_flags |= OZ_PARSE_TYPE_COMMENTS;
    if (flags & OZ_CODE_FUTURE_BARRY)
        parse_flags |= OZ_PARSE_BARRY_AS_FLUFL;
    if (flags & OZ_COMPILE_DONT_IMPLY_DEDENT)
        parse_flags |= OZ_PARSE_DONT_IMPLY_DEDENT;
    if (flags & OZ_COMPILE_ALLOW_INCOMPLETE)
        parse_flags |= OZ_PARSE_ALLOW_INCOMPLETE;
    if (flags & OZ_COMPILE_IGNORE_COOKIE)
        parse_flags |= OZ_PARSE_IGNORE_COOKIE;
    if (flags & OZ_COMPILE_FILE)
        parse_flags |= OZ_PARSE_FILE;
    return (ParseOptions){.mode = (AstMode)mode,
                          .flags = parse_flags,
                          .feature_version = feature_version > 0 ? feature_version : 0,
                          .max_int_digits = parse->t->vm->int_max_str_digits,
                          .stack_limit = parse->t->native_limit,
                          .context = parse,
                          .poll = poll,
                          .warn = warn};
}

/* The text in UTF-8, by the codec that the source names. */
static Ref decode_source(Thread *t, const char *text, size_t length, const char *codec)
{
    scoped Ref bytes = oz_bytes_new(t, text, length);
    scoped Ref name = bytes ? oz_str_new(t, codec) : NULL;
    if (!name)
        return NULL;
    Obj arguments[] = {name};
    return oz_call_method(t, bytes, OZ_NAME(t, decode), 1, arguments);
}

/* A codec that fails is a fault of the source. */
static void blame_source(Thread *t, const char *codec, Obj filename, bool file)
{
    if (!oz_raised(t, OZ_LookupError) && !oz_raised(t, OZ_ValueError))
        return;
    scoped Ref error = oz_exception_take(t), keep = NULL;
    scoped Ref text = file ? oz_str_format(t, "encoding problem: %s", codec) : oz_str(t, error);
    SyntaxFault fault = {.kind = OZ_FAULT_SYNTAX, .bare = file, .offset = -1};
    fault.message = text ? oz_str_display(t, text, &keep) : NULL;
    if (fault.message)
        raise_fault(t, &fault, filename);
}

static AstNode *parse_decoded(Parse *parse, Arena *arena, const char *text, size_t length,
                              const char *codec, ParseOptions *options)
{
    Thread *t = parse->t;
    scoped Ref decoded = decode_source(t, text, length, codec), keep = NULL;
    size_t size = 0;
    const char *utf8 = decoded && oz_is_str(decoded) ? oz_str_utf8(t, decoded, &size, &keep) : NULL;
    if (!utf8) {
        if (decoded && !oz_is_str(decoded))
            oz_raise(t, OZ_TypeError, "decoder for source did not return str");
        blame_source(t, codec, parse->filename, options->flags & OZ_PARSE_FILE);
        return NULL;
    }
    SyntaxFault fault;
    options->flags |= OZ_PARSE_IGNORE_COOKIE;
    AstNode *tree = oz_parse(arena, utf8, size, options, &fault);
    if (!tree)
        report(t, &fault, parse->filename);
    return tree;
}

AstNode *oz_compile_parse(Thread *t, Arena *arena, const char *text, size_t length, Obj filename,
                          int mode, int flags, int feature_version)
{
    Parse parse = {t, filename};
    ParseOptions options = options_for(&parse, mode, flags, feature_version);
    SyntaxFault fault;
    scoped Ref keep = NULL;
    if (flags & OZ_COMPILE_FILE && !(options.filename = oz_str_display(t, filename, &keep)))
        return NULL;
    AstNode *tree = oz_parse(arena, text, length, &options, &fault);
    if (tree)
        return tree;
    if (fault.kind == OZ_FAULT_CODEC)
        return parse_decoded(&parse, arena, text, length, fault.message, &options);
    report(t, &fault, filename);
    return NULL;
}

/* ---- compiling ---- */

/* What compile() answers for a tree: code, or the tree as an object. */
static Ref finish(Thread *t, Arena *arena, AstNode *tree, Obj filename, int mode, int flags,
                  int optimize)
{
    if (flags & OZ_COMPILE_ONLY_AST)
        return oz_ast_to_object(t, tree);
    return oz_compile_ast(t, arena, tree, (AstMode)mode, filename, flags, optimize);
}

Ref oz_compile_source(Thread *t, const char *text, size_t length, Obj filename, int mode, int flags,
                      int optimize)
{
    Arena arena;
    int version = mode >> 8;
    mode &= 255;
    oz_compile_arena(t, &arena);
    AstNode *tree = oz_compile_parse(t, &arena, text, length, filename, mode, flags, version);
    Ref result = tree ? finish(t, &arena, tree, filename, mode, flags, optimize) : NULL;
    oz_arena_fini(&arena);
    return result;
}

static Ref compile_tree_object(Thread *t, Obj source, Obj filename, int mode, int flags,
                               int optimize)
{
    if (flags & OZ_COMPILE_ONLY_AST)
        return oz_retain(source);
    Arena arena;
    oz_compile_arena(t, &arena);
    scoped Ref keep = NULL;
    AstNode *tree = oz_ast_from_object(t, &arena, source, mode & 255, &keep);
    Ref result = tree ? finish(t, &arena, tree, filename, mode & 255, flags, optimize) : NULL;
    oz_arena_fini(&arena);
    return result;
}

Ref oz_compile_object(Thread *t, Obj source, Obj filename, int mode, int flags, int optimize)
{
    if (oz_is_ast_object(t, source))
        return compile_tree_object(t, source, filename, mode, flags, optimize);
    if (oz_is_str(source)) {
        scoped Ref keep = NULL;
        size_t length;
        const char *text = oz_str_utf8(t, source, &length, &keep);
        if (!text)
            return NULL;
        return oz_compile_source(t, text, length, filename, mode, flags | OZ_COMPILE_IGNORE_COOKIE,
                                 optimize);
    }
    if (!oz_has_buffer(source))
        return oz_raise(t, OZ_TypeError, "compile() arg 1 must be a string, bytes or AST object");
    Buffer view;
    if (!oz_buffer_open(t, source, &view))
        return NULL;
    Ref result =
        oz_compile_source(t, (const char *)view.data, view.length, filename, mode, flags, optimize);
    oz_buffer_release(t, &view);
    return result;
}
