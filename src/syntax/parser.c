// SPDX-License-Identifier: MIT
// The parser's frame: source text in, tokens on demand, faults out.
//
// A text is parsed at most twice.  The first parser (expressions.c, statements.c, patterns.c) is a
// plain recursive descent that builds the tree and, on a mistake, just says no.  Then the second,
// the recogniser (recogniser.c), reads the text again from the start, one token at a time in
// exactly the order in which CPython's parser asks for them, because what it reports depends on how
// far it had read.
//
// (I1) mark <= fill; tokens[fill] exists and is a made-up ENDMARKER, or will be read by the next
// fill. (I2) Once fault.kind is set every function fails until the parse ends.
#include "syntax/parser_state.h"

#include <string.h>

#include "syntax/identifier.h"
#include "syntax/source.h"

enum { POLL_MASK = 4095, OWN_STACK = 512 * 1024 };

/* --- Faults ---------------------------------------------------------------------------------- */

void *oz_parse_memory(Parser *p)
{
    if (!p->fault.kind)
        oz_fault_memory(&p->fault);
    return NULL;
}

/* The line to show: the text from the token being read up to what was read, or the line by number.
 */
static AstText *shown_text(Parser *p, int32_t line)
{
    const Tokenizer *t = &p->tokenizer;
    if (t->line <= line && t->line_end > t->shown)
        return oz_fault_text(p->arena, &p->fault, t->shown, (size_t)(t->line_end - t->shown));
    const char *from = t->source;
    int32_t skip = line - (p->start_line ? p->start_line : 1);
    for (; skip > 0; skip--) {
        const char *newline = memchr(from, '\n', (size_t)(t->source_end - from));
        if (!newline || newline + 1 >= t->source_end)
            break;
        from = newline + 1;
    }
    const char *newline = memchr(from, '\n', (size_t)(t->source_end - from));
    const char *end = newline ? newline : t->source_end;
    return oz_fault_text(p->arena, &p->fault, from, (size_t)(end - from));
}

/* Bytes of the shown text, counted from 1, to characters as CPython counts them: a character that
 * the column cuts counts whole. */
static int32_t character_offset(const Parser *p, const AstText *text, int32_t offset)
{
    if (p->byte_columns || offset < 0)
        return offset;
    size_t bytes = (size_t)offset > text->length ? text->length : (size_t)offset;
    int32_t past = (size_t)offset > text->length ? 1 : 0;
    return oz_fault_characters(text->bytes, bytes) + past;
}

/* `offset` and `end_offset` count bytes from 1. */
static void *raise_located(Parser *p, SyntaxFaultKind fault, int32_t line, int32_t offset,
                           int32_t end_line, int32_t end_offset, const char *format, va_list args)
{
    if (p->fault.kind)
        return NULL;
    const char *message = oz_fault_format(p->arena, &p->fault, format, args);
    if (message && p->in_fstring)
        message = oz_fault_printf(p->arena, &p->fault, "f-string: %s", message);
    AstText *text = message ? shown_text(p, line) : NULL;
    if (!text)
        return NULL;
    if (p->in_fstring) {
        offset -= p->start_col;
        end_offset -= p->start_col;
    }
    p->fault = (SyntaxFault){.kind = fault,
                             .has_end = true,
                             .message = message,
                             .line = line,
                             .offset = character_offset(p, text, offset),
                             .end_line = end_line,
                             .end_offset = end_offset > 0 ? character_offset(p, text, end_offset)
                                                          : end_offset,
                             .text = text};
    return NULL;
}

void *oz_raise_at(Parser *p, SyntaxFaultKind fault, int32_t line, int32_t col, int32_t end_line,
                  int32_t end_col, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    raise_located(p, fault, line, col + 1, end_line, end_col + 1, format, args);
    va_end(args);
    return NULL;
}

/* At the last token read, which is where CPython puts faults that name no place. */
static void *raise_last(Parser *p, SyntaxFaultKind fault, const char *format, va_list args)
{
    if (!p->fill)
        return raise_located(p, fault, 0, 0, 0, -1, format, args);
    const Token *token = p->blamed ? p->blamed : &p->tokens[p->fill - 1];
    const Tokenizer *t = &p->tokenizer;
    int32_t offset = token->col + 1;
    if (token->col == -1)
        offset = t->cur == t->shown ? 0 : (int32_t)(t->cur - t->line_start);
    int32_t end_offset = token->end_col == -1 ? -1 : token->end_col + 1;
    return raise_located(p, fault, token->line, offset, token->end_line, end_offset, format, args);
}

void *oz_parse_raise(Parser *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    raise_last(p, OZ_FAULT_SYNTAX, format, args);
    va_end(args);
    return NULL;
}

void *oz_raise_indentation(Parser *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    raise_last(p, OZ_FAULT_INDENTATION, format, args);
    va_end(args);
    return NULL;
}

void oz_raise_unclosed(Parser *p)
{
    const Tokenizer *t = &p->tokenizer;
    int32_t line = t->open_lines[t->level - 1];
    oz_raise_at(p, OZ_FAULT_SYNTAX, line, t->open_cols[t->level - 1], line, OZ_NO_COL,
                "'%c' was never closed", t->open[t->level - 1]);
}

bool oz_check_version(Parser *p, int version, const char *what)
{
    if (!p->options->feature_version || p->options->feature_version >= version)
        return true;
    oz_parse_raise(p, "%s only supported in Python 3.%d and greater", what, version);
    return false;
}

/* --- Tokens ---------------------------------------------------------------------------------- */

/* Say why the tokenizer stopped.  (A fault of its own it has put in words already.) */
static void raise_stop(Parser *p)
{
    Tokenizer *t = &p->tokenizer;
    switch (t->state) {
    case SCAN_FAULT:
    case SCAN_OPEN_STRING:
        if (!p->fault.kind)
            p->fault = t->fault;
        return;
    case SCAN_DECODE:
        oz_parse_raise(p, "(unicode error) %s", t->fault.message);
        return;
    case SCAN_DEDENT:
        oz_raise_indentation(p, "unindent does not match any outer indentation level");
        return;
    case SCAN_TABS:
        oz_raise_at(p, OZ_FAULT_TAB, t->line, 0, t->line, OZ_NO_COL,
                    "inconsistent use of tabs and spaces in indentation");
        return;
    case SCAN_TOO_DEEP:
        oz_raise_at(p, OZ_FAULT_INDENTATION, t->line, 0, t->line, OZ_NO_COL,
                    "too many levels of indentation");
        return;
    case SCAN_BACKSLASH:
        oz_raise_at(p, OZ_FAULT_SYNTAX, t->line, (int32_t)(t->cur - t->shown) - 1, t->line,
                    OZ_NO_COL, "unexpected character after line continuation character");
        return;
    case SCAN_OK:
    case SCAN_EOF:
        if (t->level)
            oz_raise_unclosed(p);
        else
            oz_parse_raise(p, "unexpected EOF while parsing");
        return;
    }
}

static bool grow_tokens(Parser *p)
{
    uint32_t capacity = p->capacity ? 2 * p->capacity : 64;
    Token *tokens =
        oz_arena_grow(p->scratch, p->tokens, p->capacity * sizeof(Token), capacity * sizeof(Token));
    if (!tokens)
        return oz_parse_memory(p), false;
    p->tokens = tokens;
    p->capacity = capacity;
    return true;
}

static bool add_ignore(Parser *p, const Token *token)
{
    if (p->ignore_count == p->ignore_size) {
        size_t size = p->ignore_size ? 2 * p->ignore_size : 8;
        AstNode **ignores = oz_arena_grow(p->scratch, p->ignores, p->ignore_size * sizeof *ignores,
                                          size * sizeof *ignores);
        if (!ignores)
            return oz_parse_memory(p), false;
        p->ignores = ignores;
        p->ignore_size = size;
    }
    AstTypeIgnore *node = (AstTypeIgnore *)oz_ast_new(p->arena, AST_TypeIgnore);
    AstText *tag = oz_ast_text_copy(p->arena, token_bytes(p, token), token->length);
    if (!node || !tag)
        return oz_parse_memory(p), false;
    node->lineno = token->line;
    node->tag = tag;
    p->ignores[p->ignore_count++] = &node->base;
    return true;
}

/* An interactive statement ends with its text: the first end becomes a NEWLINE. */
static void end_single(Parser *p, Token *token)
{
    if (p->mode != AST_MODE_SINGLE || p->in_fstring)
        return;
    if (token->kind != T_ENDMARKER || !p->started) {
        p->started = true;
        return;
    }
    token->kind = T_NEWLINE;
    p->started = false;
    if (p->tokenizer.depth && !(p->options->flags & OZ_PARSE_DONT_IMPLY_DEDENT)) {
        p->tokenizer.pending = -p->tokenizer.depth;
        p->tokenizer.depth = 0;
    }
}

/* Nothing is read past the end, nor after an error. */
static bool has_stopped(const Parser *p)
{
    if (!p->fill)
        return false;
    TokenKind last = (TokenKind)p->tokens[p->fill - 1].kind;
    return last == T_ENDMARKER || last == T_ERROR;
}

bool oz_parser_fill(Parser *p)
{
    if (p->fault.kind)
        return false;
    if (p->fill + 1 >= p->capacity && !grow_tokens(p))
        return false;
    if ((p->fill & POLL_MASK) == POLL_MASK && p->options->poll &&
        p->options->poll(p->options->context)) {
        p->fault = (SyntaxFault){.kind = OZ_FAULT_INTERRUPTED, .message = "interrupted"};
        return false;
    }
    Token *token = &p->tokens[p->fill];
    if (has_stopped(p)) {
        *token = token[-1];
        p->fill++;
        return true;
    }
    oz_tokenizer_next(&p->tokenizer, token);
    while (token->kind == T_TYPE_IGNORE) {
        if (!add_ignore(p, token))
            return false;
        oz_tokenizer_next(&p->tokenizer, token);
    }
    end_single(p, token);
    if (p->in_fstring && p->tokenizer.line == p->start_line) {
        token->col += p->start_col;
        token->end_col += p->start_col;
    }
    p->fill++;
    if (token->kind == T_ERROR && p->exact) {
        raise_stop(p);
        return false;
    }
    return true;
}

void oz_parser_fill_slow(Parser *p)
{
    if (!p->exact && oz_parser_fill(p))
        return;
    /* tokens has room for one past fill (grow_tokens runs early), apart from the very first. */
    if (p->capacity)
        p->tokens[p->fill] = (Token){.kind = p->exact ? T_ENDMARKER : T_ERROR};
}

bool oz_parser_is_name(const Parser *p, const Token *token, const char *name)
{
    return token->kind == T_NAME && token->length == strlen(name) &&
           !memcmp(token_bytes(p, token), name, token->length);
}

bool oz_parser_init(Parser *p, Arena *arena, Arena *scratch, const ParseOptions *options,
                    const char *source, size_t length, int32_t line)
{
    /* Arrays stay when a parser is used again. */
    p->mark = p->fill = p->statement = 0;
    p->exact = p->second = p->quiet = p->in_fstring = p->byte_columns = p->started = false;
    p->trying = 0;
    p->start_line = p->start_col = 0;
    p->arena = arena;
    p->scratch = scratch;
    p->options = options;
    p->mode = options->mode;
    p->stack_used = 0;
    p->string_count = 0;
    p->ignore_count = 0;
    p->blamed = NULL;
    p->fault = (SyntaxFault){0};
    oz_tokenizer_init(&p->tokenizer, arena, options, source, length, line);
    if (!p->empty && !(p->empty = oz_ast_seq_new(arena, 0)))
        oz_parse_memory(p);
    return p->empty;
}

/* --- Nodes and sequences --------------------------------------------------------------------- */

bool oz_seq_push(Parser *p, void *item)
{
    if (p->stack_used == p->stack_size) {
        size_t size = p->stack_size ? 2 * p->stack_size : 64;
        void **stack = oz_arena_grow(p->scratch, p->stack, p->stack_size * sizeof *stack,
                                     size * sizeof *stack);
        if (!stack)
            return oz_parse_memory(p), false;
        p->stack = stack;
        p->stack_size = size;
    }
    p->stack[p->stack_used++] = item;
    return true;
}

AstSeq *oz_pop_seq(Parser *p, size_t from)
{
    oz_assert(from <= p->stack_used);
    size_t count = p->stack_used - from;
    if (!count)
        return p->empty;
    AstSeq *seq = oz_ast_seq_new(p->arena, count);
    if (!seq)
        return oz_parse_memory(p);
    memcpy(seq->items, p->stack + from, count * sizeof(void *));
    p->stack_used = from;
    return seq;
}

AstSeq *oz_seq_of(Parser *p, void *item)
{
    AstSeq *seq = oz_ast_seq_new(p->arena, 1);
    if (!seq)
        return oz_parse_memory(p);
    seq->items[0] = item;
    return seq;
}

static bool is_layout(TokenKind token)
{
    return token == T_NEWLINE || token == T_INDENT || token == T_DEDENT || token == T_ENDMARKER;
}

AstNode *oz_node(Parser *p, const AstNode *node, size_t size)
{
    AstNode *copy = oz_arena_alloc(p->arena, size);
    if (!copy)
        return oz_parse_memory(p);
    memcpy(copy, node, size);
    const Token *last = &p->tokens[p->mark - (p->mark > 0)];
    while (last > p->tokens && is_layout((TokenKind)last->kind))
        last--;
    copy->end_line = last->end_line;
    copy->end_col = last->end_col;
    return copy;
}

AstText *oz_identifier(Parser *p, const Token *token)
{
    const char *bytes = token_bytes(p, token);
    size_t length = token->length;
    for (size_t i = 0; i < length; i++) {
        if ((uint8_t)bytes[i] < 128)
            continue;
        const char *normal = oz_identifier_normal(p->scratch, bytes, length, &length);
        if (!normal)
            return oz_parse_memory(p);
        bytes = normal;
        break;
    }
    AstText *text = oz_ast_text(p->arena, bytes, length);
    return text ? text : oz_parse_memory(p);
}

/* --- Entry ----------------------------------------------------------------------------------- */

static AstNode *parse_mode(Parser *p)
{
    switch (p->mode) {
    case AST_MODE_EXEC:
        return oz_parse_file(p);
    case AST_MODE_SINGLE:
        return oz_parse_interactive(p);
    case AST_MODE_EVAL:
        return oz_parse_eval(p);
    case AST_MODE_FUNC_TYPE:
        return oz_parse_func_type(p);
    }
    oz_never();
}

AstNode *oz_parse(Arena *arena, const char *source, size_t length, const ParseOptions *options,
                  SyntaxFault *fault)
{
    Arena scratch;
    oz_arena_init(&scratch, &arena->source);
    *fault = (SyntaxFault){0};
    AstNode *tree = NULL;
    Source text;
    Parser *p = oz_arena_alloc(&scratch, sizeof(Parser));
    if (!p) {
        oz_fault_memory(fault);
    } else if (oz_source_read(&text, arena, &scratch, source, length, options, fault)) {
        memset(p, 0, sizeof *p);
        if (oz_parser_init(p, arena, &scratch, options, text.bytes, text.length, 1)) {
            p->byte_columns = text.byte_columns;
            p->stack_limit = options->stack_limit
                                 ? options->stack_limit
                                 : (const char *)__builtin_frame_address(0) - OWN_STACK;
            oz_parser_fill_slow(p);
            tree = p->fault.kind ? NULL : parse_mode(p);
        }
        if (!tree || p->fault.kind) {
            tree = NULL;
            oz_explain(p);
            *fault = p->fault;
            oz_assert(fault->kind);
        } else {
            oz_audit(oz_recogniser_agrees(p));
        }
    }
    oz_arena_fini(&scratch);
    return tree;
}
