// SPDX-License-Identifier: MIT
// String literals: prefixes, escapes, concatenation, and f-strings.
//
// Adjacent literals become one constant, or one JoinedStr when there is an f-string among them.  An
// f-string's text is cut at its braces by a scan of its own; each expression in it is parsed by
// another Parser over a copy in parentheses, whose tokens get the places that they have in the
// outer text.
//
// Text collects in a buffer until an expression or the end makes a constant of it.
#include "syntax/parser_state.h"

#include <assert.h>
#include <string.h>

#include "base/unicode_names.h"

typedef struct Buffer {
    char *bytes; /* [owner] */
    size_t used; /* [owner] */
    size_t size; /* [owner] */
} Buffer;

typedef struct Literals {
    Parser *p;         /* [const] */
    Token first;       /* [const] of all the tokens: where every node begins */
    const Token *last; /* [const] where every node ends */
    const Token *at;   /* [owner] the token being read */
    size_t base;       /* [const] of the values on the parser's stack */
    bool formatted;    /* [owner] an f-string was among them */
    const char *line;  /* [owner] last line of the token that a field was found on, or NULL */
    int32_t lines;     /* [owner] how many there are before it */
    Buffer text;       /* [owner] not yet a value */
} Literals;

static AstNode *parse_format_spec(Literals *all, const char **at, const char *end, bool raw,
                                  int level);

/* --- Buffer ---------------------------------------------------------------------------------- */

static bool reserve(Literals *all, size_t more)
{
    Buffer *text = &all->text;
    if (text->size - text->used >= more)
        return true;
    size_t size = text->size ? 2 * text->size : 64;
    while (size - text->used < more)
        size *= 2;
    char *bytes = oz_arena_grow(all->p->scratch, text->bytes, text->used, size);
    if (!bytes)
        return oz_parse_memory(all->p), false;
    text->bytes = bytes;
    text->size = size;
    return true;
}

static bool append(Literals *all, const char *bytes, size_t length)
{
    if (!reserve(all, length))
        return false;
    if (length)
        memcpy(all->text.bytes + all->text.used, bytes, length);
    all->text.used += length;
    return true;
}

static bool append_byte(Literals *all, uint32_t c)
{
    char byte = (char)c;
    return append(all, &byte, 1);
}

/* Surrogates are encoded like other characters; a low one after a high one stays on its own. */
static bool append_character(Literals *all, uint32_t c)
{
    char out[4];
    size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = length; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(leads[length] | c);
    return append(all, out, length);
}

/* --- Escapes --------------------------------------------------------------------------------- */

/* CPython warns of the first invalid escape of each piece only. */
static bool warn_escape(Literals *all, const char *escape)
{
    Parser *p = all->p;
    if (p->quiet || !p->options->warn)
        return true;
    bool octal = escape[0] >= '4' && escape[0] <= '7';
    const char *message =
        octal
            ? oz_fault_printf(p->arena, &p->fault, "invalid octal escape sequence '\\%.3s'", escape)
            : oz_fault_printf(p->arena, &p->fault, "invalid escape sequence '\\%c'", escape[0]);
    if (!message)
        return false;
    switch (p->options->warn(p->options->context, OZ_WARN_DEPRECATION, message, all->at->line)) {
    case OZ_WARNED:
        return true;
    case OZ_WARNED_AS_ERROR:
        p->blamed = all->at;
        oz_parse_raise(p, "%s", message);
        p->blamed = NULL;
        return false;
    default:
        p->fault = (SyntaxFault){.kind = OZ_FAULT_RAISED, .message = message};
        return false;
    }
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The piece being decoded.  CPython first writes each character past ASCII as an escape of ten
 * bytes, and a backslash before it as one of six: positions in messages count those. */
typedef struct Piece {
    const char *start; /* [const] */
    const char *at;    /* [owner] */
    const char *end;   /* [const] */
    size_t shift;      /* [owner] what those escapes add to the position so far */
    const char *odd;   /* [owner] the first invalid escape, or NULL */
} Piece;

static size_t position(const Piece *piece, const char *at)
{
    return (size_t)(at - piece->start) + piece->shift;
}

static bool bad_escape(Literals *all, const Piece *piece, const char *escape, const char *why)
{
    /* Characters past ASCII inside a name count ten as well. */
    size_t last = position(piece, piece->at) - 1;
    for (const char *s = escape; s < piece->at; s++) {
        if (((uint8_t)*s & 0xC0) == 0xC0)
            last += 10;
        if ((uint8_t)*s & 0x80)
            last--;
    }
    oz_parse_raise(
        all->p, "(unicode error) 'unicodeescape' codec can't decode bytes in position %zu-%zu: %s",
        position(piece, escape), last, why);
    return false;
}

/* Exactly `digits` hexadecimal digits. */
static bool hex_escape(Literals *all, Piece *piece, const char *escape, int digits, const char *why)
{
    uint32_t c = 0;
    for (int i = 0; i < digits; i++) {
        int value = piece->at < piece->end ? hex_value(*piece->at) : -1;
        if (value < 0)
            return bad_escape(all, piece, escape, why);
        c = c << 4 | (uint32_t)value;
        piece->at++;
    }
    if (c > 0x10FFFF)
        return bad_escape(all, piece, escape, "illegal Unicode character");
    return append_character(all, c);
}

static bool named_escape(Literals *all, Piece *piece, const char *escape)
{
    static const char malformed[] = "malformed \\N character escape";
    if (piece->at == piece->end || *piece->at != '{')
        return bad_escape(all, piece, escape, malformed);
    const char *name = ++piece->at;
    const char *close = memchr(name, '}', (size_t)(piece->end - name));
    piece->at = close ? close : piece->end;
    size_t length = (size_t)(piece->at - name);
    if (!close || !length)
        return bad_escape(all, piece, escape, malformed);
    piece->at++;
    uint32_t c[4];
    if (!oz_unicode_lookup(name, length, OZ_NAMES_ALIASES, c))
        return bad_escape(all, piece, escape, "unknown Unicode character name");
    return append_character(all, c[0]);
}

/* One to three octal digits, of which the first was read. */
static uint32_t octal_escape(Piece *piece)
{
    const char *digits = piece->at - 1;
    uint32_t c = (uint32_t)(*digits - '0');
    for (int i = 0; i < 2 && piece->at < piece->end; i++) {
        if (*piece->at < '0' || *piece->at > '7')
            break;
        c = c << 3 | (uint32_t)(*piece->at++ - '0');
    }
    if (c > 0377 && !piece->odd)
        piece->odd = digits;
    return c;
}

/* The character that a one-letter escape stands for, or -1. */
static int simple_escape(char c)
{
    switch (c) {
    case '\\':
    case '\'':
    case '"':
        return c;
    case 'a':
        return '\a';
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'v':
        return '\v';
    default:
        return -1;
    }
}

static bool keep_odd(Literals *all, Piece *piece, char c)
{
    if (!piece->odd)
        piece->odd = piece->at - 1;
    return append_byte(all, '\\') && append_byte(all, (uint8_t)c);
}

/* After a backslash in a str; something ASCII follows it. */
static bool str_escape(Literals *all, Piece *piece)
{
    const char *escape = piece->at - 1;
    char c = *piece->at++;
    switch (c) {
    case '\n':
        return true;
    case 'x':
        return hex_escape(all, piece, escape, 2, "truncated \\xXX escape");
    case 'u':
        return hex_escape(all, piece, escape, 4, "truncated \\uXXXX escape");
    case 'U':
        return hex_escape(all, piece, escape, 8, "truncated \\UXXXXXXXX escape");
    case 'N':
        return named_escape(all, piece, escape);
    case '0' ... '7':
        return append_character(all, octal_escape(piece));
    default: {
        int simple = simple_escape(c);
        return simple >= 0 ? append_byte(all, (uint32_t)simple) : keep_odd(all, piece, c);
    }
    }
}

static bool bytes_escape(Literals *all, Piece *piece)
{
    const char *escape = piece->at - 1;
    char c = *piece->at++;
    if (c == '\n')
        return true;
    if (c == 'x') {
        int high = piece->at < piece->end ? hex_value(piece->at[0]) : -1;
        int low = high >= 0 && piece->at + 1 < piece->end ? hex_value(piece->at[1]) : -1;
        if (low < 0) {
            oz_parse_raise(all->p, "(value error) invalid \\x escape at position %td",
                           escape - piece->start);
            return false;
        }
        piece->at += 2;
        return append_byte(all, (uint32_t)(high << 4 | low));
    }
    if (c >= '0' && c <= '7')
        return append_byte(all, octal_escape(piece) & 0xFF);
    int simple = simple_escape(c);
    return simple >= 0 ? append_byte(all, (uint32_t)simple) : keep_odd(all, piece, c);
}

static bool check_utf8(Literals *all, const char *bytes, size_t length)
{
    Parser *p = all->p;
    const char *problem = oz_fault_utf8_problem(p->arena, &p->fault, bytes, length);
    if (p->fault.kind)
        return false;
    return !problem || oz_parse_raise(p, "(unicode error) %s", problem);
}

static bool append_utf8(Literals *all, const char *bytes, size_t length)
{
    return check_utf8(all, bytes, length) && append(all, bytes, length);
}

/* Bytes past ASCII up to the next ASCII one. */
static bool append_run(Literals *all, Piece *piece)
{
    const char *run = piece->at;
    size_t characters = 0;
    for (; piece->at < piece->end && (*piece->at & 0x80); piece->at++)
        characters += ((uint8_t)*piece->at & 0xC0) != 0x80;
    piece->shift += 10 * characters - (size_t)(piece->at - run);
    return append(all, run, (size_t)(piece->at - run));
}

/* All runs of bytes past ASCII are checked before any escape is looked at, each by itself. */
static bool check_runs(Literals *all, const char *from, const char *end)
{
    while (from < end) {
        const char *run = from;
        while (from < end && (*from & 0x80))
            from++;
        if (from > run && !check_utf8(all, run, (size_t)(from - run)))
            return false;
        while (from < end && !(*from & 0x80))
            from++;
    }
    return true;
}

static bool append_escaped(Literals *all, const char *from, const char *end, bool is_bytes)
{
    Piece piece = {.start = from, .at = from, .end = end};
    if (!is_bytes && !check_runs(all, from, end))
        return false;
    while (piece.at < end) {
        const char *plain = piece.at;
        while (piece.at < end && *piece.at != '\\' && !(*piece.at & 0x80))
            piece.at++;
        if (!append(all, plain, (size_t)(piece.at - plain)))
            return false;
        if (piece.at == end)
            break;
        bool fine;
        if (*piece.at & 0x80) {
            fine = append_run(all, &piece);
        } else if (++piece.at == end || (*piece.at & 0x80)) {
            piece.shift += 5;
            fine = append_byte(all, '\\');
        } else {
            fine = is_bytes ? bytes_escape(all, &piece) : str_escape(all, &piece);
        }
        if (!fine)
            return false;
    }
    return !piece.odd || warn_escape(all, piece.odd);
}

/* A piece of a str, with escapes unless raw. */
static bool append_str(Literals *all, const char *from, const char *end, bool raw)
{
    size_t length = (size_t)(end - from);
    if (raw || (!all->formatted && !memchr(from, '\\', length)))
        return append_utf8(all, from, length);
    return append_escaped(all, from, end, false);
}

/* --- Values ---------------------------------------------------------------------------------- */

/* All nodes of one concatenation span all its tokens. */
static void *new_node(Literals *all, AstKind kind_of_node, size_t size)
{
    AstNode *node = oz_arena_alloc(all->p->arena, size);
    if (!node)
        return oz_parse_memory(all->p);
    memset(node, 0, size);
    *node = (AstNode){kind_of_node, all->first.line, all->first.col, all->last->end_line,
                      all->last->end_col};
    return node;
}

/* The collected text as a constant; the buffer is empty again. */
static AstNode *take_text(Literals *all, AstLiteralTag tag)
{
    Parser *p = all->p;
    AstConstant *constant = new_node(all, AST_Constant, sizeof *constant);
    AstText *text = constant ? oz_ast_text_copy(p->arena, all->text.bytes, all->text.used) : NULL;
    if (!text)
        return oz_parse_memory(p);
    constant->value.tag = tag;
    constant->value.text = text;
    if (tag == AST_STR && token_bytes(p, &all->first)[0] == 'u') {
        constant->kind = oz_ast_text(p->arena, "u", 1);
        if (!constant->kind)
            return oz_parse_memory(p);
    }
    all->text.used = 0;
    return &constant->base;
}

static bool push_text(Literals *all)
{
    if (!all->text.used)
        return true;
    AstNode *constant = take_text(all, AST_STR);
    return constant && oz_seq_push(all->p, constant);
}

static AstNode *finish_joined(Literals *all)
{
    if (!push_text(all))
        return NULL;
    AstSeq *values = oz_pop_seq(all->p, all->base);
    AstJoinedStr *joined = values ? new_node(all, AST_JoinedStr, sizeof *joined) : NULL;
    if (!joined)
        return NULL;
    joined->values = values;
    return &joined->base;
}

/* --- f-strings ------------------------------------------------------------------------------- */

/* The end of the literal part that starts at `at`; *doubled: it ends with a brace that stands for
 * itself, whose second half is to be skipped.  NULL after a fault. */
static const char *find_literal_end(Literals *all, const char *at, const char *end, bool raw,
                                    int level, bool *doubled)
{
    *doubled = false;
    for (const char *s = at; s < end;) {
        char c = *s++;
        if (!raw && c == '\\' && s < end) {
            c = *s++;
            if (c == 'N') {
                if (s < end && *s++ == '{') {
                    while (s < end && *s++ != '}')
                        continue;
                }
                continue;
            }
            if (c == '{' && !warn_escape(all, s - 1))
                return NULL;
        }
        if (c != '{' && c != '}')
            continue;
        if (level == 0 && s < end && *s == c) {
            *doubled = true;
            return s;
        }
        if (level == 0 && c == '}') {
            oz_parse_raise(all->p, "f-string: single '}' is not allowed");
            return NULL;
        }
        return s - 1;
    }
    return end;
}

/* Where the expression of a replacement field ends: brackets and strings are skipped. */
typedef struct Field {
    char quote;              /* [owner] of the string we are in, or 0 */
    int quotes;              /* [owner] 1 or 3 */
    int depth;               /* [owner] open brackets */
    char open[OZ_MAX_LEVEL]; /* [owner] which */
} Field;

static bool is_triple(const char *at, const char *end)
{
    return at + 2 < end && at[1] == at[0] && at[2] == at[0];
}

/* Inside a string: go past its closing quotes, or by one byte. */
static const char *skip_quoted(Field *field, const char *at, const char *end)
{
    if (*at != field->quote)
        return at;
    if (field->quotes == 3) {
        if (!is_triple(at, end))
            return at;
        at += 2;
    }
    field->quote = 0;
    return at;
}

static bool close_field_bracket(Parser *p, Field *field, char c)
{
    if (!field->depth)
        return oz_parse_raise(p, "f-string: unmatched '%c'", c);
    char opening = field->open[--field->depth];
    char wanted = opening == '(' ? ')' : opening == '[' ? ']' : '}';
    if (c == wanted)
        return true;
    return oz_parse_raise(
        p, "f-string: closing parenthesis '%c' does not match opening parenthesis '%c'", c,
        opening);
}

/* A byte that may end the expression does not when it is half of a comparison. */
static bool is_comparison(const char *at, const char *end)
{
    return *at != ':' && *at != '}' && at + 1 < end && at[1] == '=';
}

static const char *find_field_end(Literals *all, const char *at, const char *end)
{
    Parser *p = all->p;
    Field field = {0};
    for (; at < end; at++) {
        char c = *at;
        if (c == '\\')
            return oz_parse_raise(p, "f-string expression part cannot include a backslash");
        if (field.quote) {
            at = skip_quoted(&field, at, end);
        } else if (c == '\'' || c == '"') {
            field.quote = c;
            field.quotes = is_triple(at, end) ? 3 : 1;
            at += field.quotes - 1;
        } else if (c == '{' || c == '[' || c == '(') {
            if (field.depth >= OZ_MAX_LEVEL)
                return oz_parse_raise(p, "f-string: too many nested parenthesis");
            field.open[field.depth++] = c;
        } else if (c == '#') {
            return oz_parse_raise(p, "f-string expression part cannot include '#'");
        } else if (!field.depth && strchr("!:}=<>", c)) {
            if (is_comparison(at, end))
                at++;
            else if (c != '<' && c != '>')
                break;
        } else if (c == ']' || c == '}' || c == ')') {
            if (!close_field_bracket(p, &field, c))
                return NULL;
        }
    }
    if (field.quote)
        return oz_parse_raise(p, "f-string: unterminated string");
    if (field.depth)
        return oz_parse_raise(p, "f-string: unmatched '%c'", field.open[field.depth - 1]);
    if (at >= end)
        return oz_parse_raise(p, "f-string: expecting '}'");
    return at;
}

/* Where the opening brace stands: lines after the token's first, and the column on that line (from
 * the token's start on its first line).  A field that begins with a line break has no column.
 * Fields come in order, so that lines are counted once. */
static void find_place(Literals *all, const char *brace, int32_t *lines, int32_t *cols)
{
    if (!all->line) {
        all->line = token_bytes(all->p, all->at);
        all->lines = 0;
    }
    const char *newline;
    while ((newline = memchr(all->line, '\n', (size_t)(brace - all->line)))) {
        all->line = newline + 1;
        all->lines++;
    }
    const char *after = brace + 1;
    while (*after == ' ' || *after == '\t' || *after == '\f')
        after++;
    *lines = all->lines;
    *cols = *after == '\n' ? 0 : (int32_t)(brace - all->line);
}

static Parser *inner_parser(Literals *all, const char *text, size_t length, const char *brace)
{
    Parser *p = all->p;
    if (!p->inner) {
        p->inner = oz_arena_alloc(p->scratch, sizeof(Parser));
        if (!p->inner)
            return oz_parse_memory(p);
        memset(p->inner, 0, sizeof(Parser));
    }
    Parser *inner = p->inner;
    int32_t lines, cols;
    find_place(all, brace, &lines, &cols);
    inner->empty = p->empty;
    if (!oz_parser_init(inner, p->arena, p->scratch, p->options, text, length,
                        all->at->line + lines))
        return NULL;
    inner->in_fstring = true;
    inner->quiet = p->quiet;
    inner->tokenizer.quiet_until = p->quiet ? text + length + 1 : text;
    inner->byte_columns = true;
    inner->stack_limit = p->stack_limit;
    inner->start_line = all->at->line + lines;
    inner->start_col = lines ? cols : all->at->col + cols;
    return inner;
}

/* Parse the expression between `from` and `end`; a brace stands before it. */
static AstNode *parse_field_expression(Literals *all, const char *from, const char *end)
{
    Parser *p = all->p;
    size_t length = (size_t)(end - from);
    if (strspn(from, " \t\n\f") >= length) {
        if (*end == '!' || *end == ':' || *end == '=')
            return oz_parse_raise(p, "f-string: expression required before '%c'", *end);
        return oz_parse_raise(p, "f-string: empty expression not allowed");
    }
    char *text = oz_arena_alloc(p->scratch, length + 4);
    if (!text)
        return oz_parse_memory(p);
    text[0] = '(';
    memcpy(text + 1, from, length);
    memcpy(text + 1 + length, ")\n", 3);
    Parser *inner = inner_parser(all, text, length + 3, from - 1);
    if (!inner)
        return NULL;
    oz_parser_fill_slow(inner);
    AstNode *node = inner->fault.kind ? NULL : oz_parse_star_expressions(inner);
    if (node && !inner->fault.kind)
        return node;
    oz_explain(inner);
    if (!p->fault.kind)
        p->fault = inner->fault;
    return NULL;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The conversion after `!`, or -1 after a fault. */
static int take_conversion(Parser *p, const char **at, const char *end)
{
    ++*at;
    if (*at >= end) {
        oz_parse_raise(p, "f-string: expecting '}'");
        return -1;
    }
    char c = *(*at)++;
    if (c == 's' || c == 'r' || c == 'a')
        return c;
    oz_parse_raise(p, "f-string: invalid conversion character: expected 's', 'r', or 'a'");
    return -1;
}

typedef struct FieldParts {
    AstNode *value;        /* [owner] */
    AstNode *spec;         /* [owner] or NULL */
    int conversion;        /* [owner] or -1 */
    const char *shown;     /* [owner] with `=`: the text of the expression, or NULL */
    const char *shown_end; /* [owner] */
} FieldParts;

/* What follows the expression: `=`, a conversion, a format, and the closing brace. */
static bool parse_field_rest(Literals *all, FieldParts *parts, const char *expression,
                             const char **at, const char *end, bool raw, int level)
{
    Parser *p = all->p;
    if (**at == '=') {
        if (p->options->feature_version && p->options->feature_version < 8)
            return oz_parse_raise(p, "f-string: self documenting expressions are only supported in "
                                     "Python 3.8 and greater");
        do {
            ++*at;
        } while (*at < end && is_space(**at));
        if (*at >= end)
            return oz_parse_raise(p, "f-string: expecting '}'");
        parts->shown = expression;
        parts->shown_end = *at;
    }
    if (**at == '!' && (parts->conversion = take_conversion(p, at, end)) < 0)
        return false;
    if (*at < end && **at == ':') {
        ++*at;
        if (*at >= end)
            return oz_parse_raise(p, "f-string: expecting '}'");
        parts->spec = parse_format_spec(all, at, end, raw, level + 1);
        if (!parts->spec)
            return false;
    }
    if (*at >= end || **at != '}')
        return oz_parse_raise(p, "f-string: expecting '}'");
    ++*at;
    if (parts->shown && !parts->spec && parts->conversion < 0)
        parts->conversion = 'r';
    return true;
}

/* A replacement field, at its opening brace. */
static bool parse_field(Literals *all, const char **at, const char *end, bool raw, int level)
{
    Parser *p = all->p;
    if (level >= 2)
        return oz_parse_raise(p, "f-string: expressions nested too deeply");
    const char *expression = *at + 1;
    FieldParts parts = {.conversion = -1};
    *at = find_field_end(all, expression, end);
    if (!*at)
        return false;
    parts.value = parse_field_expression(all, expression, *at);
    if (!parts.value || !parse_field_rest(all, &parts, expression, at, end, raw, level))
        return false;
    if (parts.shown && !append_utf8(all, parts.shown, (size_t)(parts.shown_end - parts.shown)))
        return false;
    if (!push_text(all))
        return false;
    AstFormattedValue *node = new_node(all, AST_FormattedValue, sizeof *node);
    if (!node)
        return false;
    node->value = parts.value;
    node->conversion = parts.conversion;
    node->format_spec = parts.spec;
    return oz_seq_push(p, node);
}

/* Literal parts and fields up to `end`, or to a closing brace below the top level. */
static bool parse_parts(Literals *all, const char **at, const char *end, bool raw, int level)
{
    while (*at < end) {
        bool doubled;
        const char *stop = find_literal_end(all, *at, end, raw, level, &doubled);
        if (!stop || !append_str(all, *at, stop, raw))
            return false;
        *at = doubled ? stop + 1 : stop;
        if (doubled)
            continue;
        if (*at >= end || **at == '}')
            break;
        if (!parse_field(all, at, end, raw, level))
            return false;
    }
    if (level && (*at >= end || **at != '}'))
        return oz_parse_raise(all->p, "f-string: expecting '}'");
    return true;
}

static AstNode *parse_format_spec(Literals *all, const char **at, const char *end, bool raw,
                                  int level)
{
    Literals spec = {.p = all->p,
                     .first = all->first,
                     .last = all->last,
                     .at = all->at,
                     .line = all->line,
                     .lines = all->lines,
                     .base = all->p->stack_used,
                     .formatted = true};
    if (!parse_parts(&spec, at, end, raw, level))
        return NULL;
    /* What the end makes spans this token only; what came before it spans all. */
    spec.first = *all->at;
    spec.last = all->at;
    return finish_joined(&spec);
}

/* --- Literals -------------------------------------------------------------------------------- */

typedef struct Prefix {
    bool bytes;     /* [owner] */
    bool raw;       /* [owner] */
    bool formatted; /* [owner] */
} Prefix;

/* Read the prefix and strip the quotes: *from and *end bound what is between them. */
static Prefix read_prefix(const char **from, const char **end)
{
    Prefix prefix = {0};
    for (; **from != '"' && **from != '\''; ++*from) {
        char lower = (char)(**from | 0x20);
        prefix.bytes |= lower == 'b';
        prefix.raw |= lower == 'r';
        prefix.formatted |= lower == 'f';
    }
    bool triple = *end - *from >= 6 && (*from)[1] == **from && (*from)[2] == **from;
    *from += triple ? 3 : 1;
    *end -= triple ? 3 : 1;
    return prefix;
}

static bool append_bytes(Literals *all, const char *from, const char *end, bool raw)
{
    for (const char *s = from; s < end; s++) {
        if (*s & 0x80)
            return oz_parse_raise(all->p, "bytes can only contain ASCII literal characters");
    }
    if (raw || !memchr(from, '\\', (size_t)(end - from)))
        return append(all, from, (size_t)(end - from));
    return append_escaped(all, from, end, true);
}

/* One token; *is_bytes is that of the tokens before it. */
static bool parse_literal(Literals *all, bool *is_bytes)
{
    Parser *p = all->p;
    const char *from = token_bytes(p, all->at), *end = from + all->at->length;
    Prefix prefix = read_prefix(&from, &end);
    bool is_first = all->at->start == all->first.start;
    if (prefix.formatted && !oz_check_version(p, 6, "Format strings are"))
        return false;
    if (is_first)
        *is_bytes = prefix.bytes;
    bool mixed = *is_bytes != prefix.bytes, fine;
    if (prefix.bytes) {
        fine = append_bytes(all, from, end, prefix.raw);
    } else if (prefix.formatted) {
        if (mixed)
            return oz_parse_raise(p, "cannot mix bytes and nonbytes literals");
        all->formatted = true;
        fine = parse_parts(all, &from, end, prefix.raw, 0);
    } else {
        fine = append_str(all, from, end, prefix.raw);
    }
    if (fine && mixed)
        return oz_parse_raise(p, "cannot mix bytes and nonbytes literals");
    return fine;
}

/* Memos are in the order of their tokens, because whatever is behind the last has not been read. */
static AstNode *find_memo(Parser *p)
{
    size_t low = 0, high = p->string_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const StringMemo *memo = &p->strings[middle];
        if (memo->mark == p->mark) {
            p->mark = memo->end;
            return memo->node;
        }
        if (memo->mark < p->mark)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static bool keep_memo(Parser *p, uint32_t mark, AstNode *node)
{
    if (p->string_count == p->string_size) {
        size_t size = p->string_size ? 2 * p->string_size : 16;
        StringMemo *strings = oz_arena_grow(
            p->scratch, p->strings, p->string_size * sizeof *strings, size * sizeof *strings);
        if (!strings)
            return oz_parse_memory(p);
        p->strings = strings;
        p->string_size = size;
    }
    oz_check(!p->string_count || p->strings[p->string_count - 1].mark < mark);
    p->strings[p->string_count++] = (StringMemo){mark, p->mark, node};
    return true;
}

AstNode *oz_parse_strings(Parser *p)
{
    AstNode *known = p->string_count ? find_memo(p) : NULL;
    if (known)
        return known;
    uint32_t first = p->mark;
    while (kind(p) == T_STRING)
        advance(p);
    if (p->fault.kind || kind(p) == T_ERROR)
        return NULL; /* the token behind them is the first fault */
    /* The tokens stay where they are while the parts are read: fields have parsers of their own. */
    Literals all = {
        .p = p, .first = p->tokens[first], .last = &p->tokens[p->mark - 1], .base = p->stack_used};
    bool is_bytes = false;
    for (uint32_t i = first; i < p->mark; i++) {
        all.at = &p->tokens[i];
        all.line = NULL;
        if (!parse_literal(&all, &is_bytes))
            return NULL;
    }
    AstNode *node =
        all.formatted ? finish_joined(&all) : take_text(&all, is_bytes ? AST_BYTES : AST_STR);
    if (node && p->trying && !keep_memo(p, first, node))
        return NULL;
    return node;
}
