// SPDX-License-Identifier: MIT
// The tokenizer: one pass over the text, one token for each call.
//
// It reads the source line by line: a line becomes current only when a byte of it is asked for,
// because the places that faults report depend on which line was current.  Inside a line it runs
// over the bytes directly; the zero after the source ends every such run.
//
// (I1) line_start <= cur <= line_end <= source_end, apart from a fault that moves cur back.
// (I2) depth < OZ_MAX_INDENT and level <= OZ_MAX_LEVEL.
// (I3) columns[0..depth] increases strictly.
#include "syntax/tokenizer.h"

#include <string.h>

#include "base/unicode.h"
#include "syntax/fault.h"

enum { END = -1 };

enum { NAME_START = 1, NAME_PART = 2, DIGIT = 4, HEX_DIGIT = 8, BLANK = 16 };

// clang-format off
static const uint8_t classes[256] = {
    ['\t'] = BLANK, ['\f'] = BLANK, [' '] = BLANK,
    ['0' ... '9'] = NAME_PART | DIGIT | HEX_DIGIT,
    ['A' ... 'F'] = NAME_START | NAME_PART | HEX_DIGIT, ['G' ... 'Z'] = NAME_START | NAME_PART,
    ['a' ... 'f'] = NAME_START | NAME_PART | HEX_DIGIT, ['g' ... 'z'] = NAME_START | NAME_PART,
    ['_'] = NAME_START | NAME_PART, [128 ... 255] = NAME_START | NAME_PART,
};
// clang-format on

static bool is_a(int c, int class)
{
    return c != END && (classes[c] & class);
}

const char *oz_token_text(TokenKind kind)
{
    static const char *const texts[] = {
#define TOKEN(kind, name) name,
#define OPERATOR(kind, text) text,
#define KEYWORD(kind, text) text,
#include "syntax/token.def"
    };
    return texts[kind];
}

void oz_tokenizer_init(Tokenizer *t, Arena *arena, const ParseOptions *options, const char *source,
                       size_t length, int32_t line)
{
    /* The large arrays need no values before their index covers them. */
    memset(t, 0, offsetof(Tokenizer, columns));
    t->columns[0] = t->alt_columns[0] = 0;
    t->level = 0;
    t->source = t->cur = t->line_start = t->line_end = t->shown = source;
    t->source_end = source + length;
    t->line = line - 1;
    t->at_bol = true;
    t->arena = arena;
    t->options = options;
    t->type_comments = options->flags & OZ_PARSE_TYPE_COMMENTS;
    t->async_names = options->feature_version && options->feature_version < 7;
    t->fault = (SyntaxFault){0};
}

/* Make the next line current: false at the end of the source. */
static OZ_NOINLINE bool next_line(Tokenizer *t)
{
    if (t->state != SCAN_OK)
        return false;
    if (t->line_end == t->source_end) {
        t->state = SCAN_EOF;
        return false;
    }
    const char *newline = memchr(t->line_end, '\n', (size_t)(t->source_end - t->line_end));
    t->cur = t->line_start = t->line_end;
    if (!t->start)
        t->shown = t->cur;
    t->line_end = newline ? newline + 1 : t->source_end;
    t->line++;
    return true;
}

static inline int next_byte(Tokenizer *t)
{
    if (OZ_UNLIKELY(t->cur == t->line_end) && !next_line(t))
        return END;
    return (uint8_t)*t->cur++;
}

static inline void back(Tokenizer *t, int c)
{
    if (c != END)
        t->cur--;
}

/* Faults: offset and end are characters; -1 for the offset means the characters up to cur. */
static TokenKind fault_between(Tokenizer *t, int32_t offset, int32_t end, const char *message)
{
    t->state = SCAN_FAULT;
    if (!message || t->fault.kind)
        return T_ERROR;
    const char *newline = memchr(t->line_start, '\n', (size_t)(t->source_end - t->line_start));
    const char *line_end = newline ? newline : t->source_end;
    const AstText *text =
        oz_fault_text(t->arena, &t->fault, t->line_start, (size_t)(line_end - t->line_start));
    const AstText *before =
        oz_fault_text(t->arena, &t->fault, t->line_start, (size_t)(t->cur - t->line_start));
    if (!text || !before)
        return T_ERROR;
    int32_t here = oz_fault_characters(before->bytes, before->length);
    t->fault = (SyntaxFault){.kind = OZ_FAULT_SYNTAX,
                             .has_end = true,
                             .message = message,
                             .line = t->line,
                             .offset = offset < 0 ? here : offset,
                             .end_line = t->line,
                             .end_offset = end < 0 ? (offset < 0 ? here : offset) : end,
                             .text = text};
    return T_ERROR;
}

static OZ_COLD TokenKind fault_here(Tokenizer *t, const char *format, ...) OZ_PRINTF(2, 3);

static OZ_COLD TokenKind fault_here(Tokenizer *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *message = oz_fault_format(t->arena, &t->fault, format, args);
    va_end(args);
    return fault_between(t, -1, -1, message);
}

/* Give up at the end of the line, for reasons that the parser puts in words. */
static OZ_COLD TokenKind stop_line(Tokenizer *t, ScanState state)
{
    t->state = state;
    t->cur = t->line_end;
    return T_ERROR;
}

/* --- Names ----------------------------------------------------------------------------------- */

/* The keyword that these bytes spell, or T_NAME. */
static TokenKind keyword_kind(const char *bytes, size_t length)
{
    if (length < 2 || length > 8)
        return T_NAME;
        /* Keywords by length; a first byte that none has ends the search at once. */
#define IS(kind, text)                                                                             \
    if (length == sizeof text - 1 && !memcmp(bytes, text, sizeof text - 1))                        \
        return T_##kind;
    switch (bytes[0]) {
    case 'F':
        IS(FALSE, "False") break;
    case 'N':
        IS(NONE, "None") break;
    case 'T':
        IS(TRUE, "True") break;
    case 'a':
        IS(AND, "and")
        IS(AS, "as") IS(ASSERT, "assert") IS(ASYNC, "async") IS(AWAIT, "await") break;
    case 'b':
        IS(BREAK, "break") break;
    case 'c':
        IS(CLASS, "class") IS(CONTINUE, "continue") break;
    case 'd':
        IS(DEF, "def") IS(DEL, "del") break;
    case 'e':
        IS(ELIF, "elif") IS(ELSE, "else") IS(EXCEPT, "except") break;
    case 'f':
        IS(FINALLY, "finally") IS(FOR, "for") IS(FROM, "from") break;
    case 'g':
        IS(GLOBAL, "global") break;
    case 'i':
        IS(IF, "if") IS(IMPORT, "import") IS(IN, "in") IS(IS, "is") break;
    case 'l':
        IS(LAMBDA, "lambda") break;
    case 'n':
        IS(NONLOCAL, "nonlocal") IS(NOT, "not") break;
    case 'o':
        IS(OR, "or") break;
    case 'p':
        IS(PASS, "pass") break;
    case 'r':
        IS(RAISE, "raise") IS(RETURN, "return") break;
    case 't':
        IS(TRY, "try") break;
    case 'w':
        IS(WHILE, "while") IS(WITH, "with") break;
    case 'y':
        IS(YIELD, "yield") break;
    default:
        break;
    }
#undef IS
    return T_NAME;
}

static OZ_COLD bool fault_in_name(Tokenizer *t, uint32_t c, const char *after)
{
    t->cur = after;
    if (oz_unicode_is(c, OZ_CHAR_PRINTABLE)) {
        uint32_t unused;
        int bad;
        const char *at = after - 1;
        while (!oz_utf8_next(at, after, &unused, &bad))
            at--;
        fault_here(t, "invalid character '%.*s' (U+%04X)", (int)(after - at), at, c);
    } else {
        fault_here(t, "invalid non-printable character U+%04X", c);
    }
    return false;
}

/* A name with bytes past ASCII, from start to cur: is each character allowed where it stands? */
static bool check_name(Tokenizer *t)
{
    const char *end = t->cur;
    uint32_t c;
    int bad, step;
    for (const char *p = t->start; p < end; p += step) {
        step = oz_utf8_next(p, end, &c, &bad);
        if (!step) {
            const char *problem =
                oz_fault_utf8_problem(t->arena, &t->fault, t->start, (size_t)(end - t->start));
            t->state = t->fault.kind ? SCAN_FAULT : SCAN_DECODE;
            if (!t->fault.kind)
                t->fault.message = problem;
            return false;
        }
    }
    for (const char *p = t->start; p < end; p += step) {
        step = oz_utf8_next(p, end, &c, &bad);
        bool fits = oz_unicode_is(c, p == t->start ? OZ_CHAR_START : OZ_CHAR_CONTINUE);
        if (!fits)
            return fault_in_name(t, c, p + step);
    }
    return true;
}

/* Before 3.7 `async` was special only before `def`, and both words only inside such a function. */
static TokenKind old_async(Tokenizer *t, TokenKind kind)
{
    if (t->async_def)
        return kind;
    if (kind == T_AWAIT)
        return T_NAME;
    const char *p = t->cur;
    while (is_a((uint8_t)*p, BLANK))
        p++;
    bool def = !strncmp(p, "def", 3) && !is_a((uint8_t)p[3], NAME_PART);
    if (!def)
        return T_NAME;
    t->async_def = true;
    t->async_newline = false;
    t->async_indent = t->depth;
    return T_ASYNC;
}

static TokenKind scan_name(Tokenizer *t)
{
    const char *p = t->cur;
    uint8_t bits = 0;
    while (classes[(uint8_t)*p] & NAME_PART)
        bits |= (uint8_t)*p++;
    t->cur = p;
    bits |= (uint8_t)*t->start;
    if (OZ_UNLIKELY(bits & 0x80) && !check_name(t))
        return T_ERROR;
    TokenKind kind = keyword_kind(t->start, (size_t)(t->cur - t->start));
    if (OZ_UNLIKELY(t->async_names) && (kind == T_ASYNC || kind == T_AWAIT))
        return old_async(t, kind);
    return kind;
}

/* --- Numbers --------------------------------------------------------------------------------- */

static bool warn_number(Tokenizer *t, const char *kind)
{
    if (t->cur <= t->quiet_until || !t->options->warn)
        return true;
    const char *message = oz_fault_printf(t->arena, &t->fault, "invalid %s literal", kind);
    if (!message) {
        t->state = SCAN_FAULT;
        return false;
    }
    switch (t->options->warn(t->options->context, OZ_WARN_SYNTAX, message, t->line)) {
    case OZ_WARNED:
        return true;
    case OZ_WARNED_AS_ERROR:
        t->warned = true;
        fault_between(t, -1, -1, message);
        return false;
    default:
        t->warned = true;
        t->state = SCAN_FAULT;
        t->fault = (SyntaxFault){.kind = OZ_FAULT_RAISED, .message = message};
        return false;
    }
}

/* Is `word` what comes next, as a whole word?  To know that, one must look past it. */
static bool word_follows(Tokenizer *t, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(t->cur, word, length))
        return false;
    if (t->cur + length == t->source_end)
        t->state = SCAN_EOF;
    return !is_a((uint8_t)t->cur[length], NAME_PART);
}

/* Does a keyword that may follow a number directly begin with `c`, at cur - 1?  (CPython looks at
 * two bytes of those with an i only.) */
static bool keyword_follows(Tokenizer *t, int c)
{
    switch (c) {
    case 'a':
        return word_follows(t, "nd");
    case 'e':
        return word_follows(t, "lse");
    case 'f':
        return word_follows(t, "or");
    case 'i':
        return *t->cur == 'f' || *t->cur == 'n' || *t->cur == 's';
    case 'n':
        return word_follows(t, "ot");
    case 'o':
        return word_follows(t, "r");
    default:
        return false;
    }
}

/* `c`, just read, follows a number: a name may not, apart from some keywords. */
static bool check_number_end(Tokenizer *t, int c, const char *kind)
{
    if (keyword_follows(t, c)) {
        back(t, c);
        if (!warn_number(t, kind))
            return false;
        next_byte(t);
        return true;
    }
    if (is_a(c, NAME_PART)) {
        back(t, c);
        fault_here(t, "invalid %s literal", kind);
        return false;
    }
    return true;
}

static TokenKind end_number(Tokenizer *t, int c, const char *kind)
{
    if (!check_number_end(t, c, kind))
        return T_ERROR;
    back(t, c);
    return T_NUMBER;
}

/* Digits with single underscores between them; the byte after them, or 0 after a fault. */
static int scan_digits(Tokenizer *t)
{
    for (;;) {
        int c;
        do {
            c = next_byte(t);
        } while (is_a(c, DIGIT));
        if (c != '_')
            return c;
        c = next_byte(t);
        if (!is_a(c, DIGIT)) {
            back(t, c);
            fault_here(t, "invalid decimal literal");
            return 0;
        }
    }
}

static TokenKind scan_imaginary(Tokenizer *t)
{
    return end_number(t, next_byte(t), "imaginary");
}

/* After an `e`: the exponent, unless no digits follow. */
static TokenKind scan_exponent(Tokenizer *t, int e)
{
    int c = next_byte(t);
    if (c == '+' || c == '-') {
        c = next_byte(t);
        if (!is_a(c, DIGIT)) {
            back(t, c);
            return fault_here(t, "invalid decimal literal");
        }
    } else if (!is_a(c, DIGIT)) {
        back(t, c);
        return end_number(t, e, "decimal");
    }
    c = scan_digits(t);
    if (!c)
        return T_ERROR;
    if (c == 'j' || c == 'J')
        return scan_imaginary(t);
    return end_number(t, c, "decimal");
}

/* After a dot: `c` is the byte that follows it. */
static TokenKind scan_fraction(Tokenizer *t, int c)
{
    if (is_a(c, DIGIT)) {
        c = scan_digits(t);
        if (!c)
            return T_ERROR;
    }
    if (c == 'e' || c == 'E')
        return scan_exponent(t, c);
    if (c == 'j' || c == 'J')
        return scan_imaginary(t);
    return end_number(t, c, "decimal");
}

/* The part after 0x, 0o, 0b.  Digits that are too large for the base have a message of their own.
 */
static TokenKind scan_radix(Tokenizer *t, const char *kind, int base)
{
    int class = base == 16 ? HEX_DIGIT : DIGIT;
    int c = next_byte(t);
    do {
        if (c == '_')
            c = next_byte(t);
        bool fits = is_a(c, class) && (base == 16 || c - '0' < base);
        if (!fits && is_a(c, DIGIT))
            return fault_here(t, "invalid digit '%c' in %s literal", c, kind);
        if (!fits) {
            back(t, c);
            return fault_here(t, "invalid %s literal", kind);
        }
        do {
            c = next_byte(t);
        } while (is_a(c, class) && (base == 16 || c - '0' < base));
    } while (c == '_');
    if (is_a(c, DIGIT))
        return fault_here(t, "invalid digit '%c' in %s literal", c, kind);
    return end_number(t, c, kind);
}

/* A number that starts with zero: a radix, zeros only, or a float. */
static TokenKind scan_zero(Tokenizer *t)
{
    int c = next_byte(t);
    switch (c) {
    case 'x':
    case 'X':
        return scan_radix(t, "hexadecimal", 16);
    case 'o':
    case 'O':
        return scan_radix(t, "octal", 8);
    case 'b':
    case 'B':
        return scan_radix(t, "binary", 2);
    default:
        break;
    }
    for (;;) {
        if (c == '_') {
            c = next_byte(t);
            if (!is_a(c, DIGIT)) {
                back(t, c);
                return fault_here(t, "invalid decimal literal");
            }
        }
        if (c != '0')
            break;
        c = next_byte(t);
    }
    const char *zeros_end = t->cur;
    bool nonzero = is_a(c, DIGIT);
    if (nonzero) {
        c = scan_digits(t);
        if (!c)
            return T_ERROR;
    }
    if (c == '.')
        return scan_fraction(t, next_byte(t));
    if (c == 'e' || c == 'E')
        return scan_exponent(t, c);
    if (c == 'j' || c == 'J')
        return scan_imaginary(t);
    if (!nonzero)
        return end_number(t, c, "decimal");
    back(t, c);
    return fault_between(t, (int32_t)(t->start + 1 - t->line_start),
                         (int32_t)(zeros_end - t->line_start),
                         "leading zeros in decimal integer literals are not permitted; "
                         "use an 0o prefix for octal integers");
}

static TokenKind scan_number(Tokenizer *t, int c)
{
    if (c == '0')
        return scan_zero(t);
    c = scan_digits(t);
    if (!c)
        return T_ERROR;
    if (c == '.')
        return scan_fraction(t, next_byte(t));
    if (c == 'e' || c == 'E')
        return scan_exponent(t, c);
    if (c == 'j' || c == 'J')
        return scan_imaginary(t);
    return end_number(t, c, "decimal");
}

/* --- Strings --------------------------------------------------------------------------------- */

/* The place of an unterminated string is its opening quote. */
static OZ_COLD TokenKind fault_open_string(Tokenizer *t, int quotes, int c)
{
    int32_t detected = t->line;
    t->cur = t->start + 1;
    t->line_start = t->multi_start;
    t->line = t->first_line;
    if (quotes == 3)
        fault_here(t, "unterminated triple-quoted string literal (detected at line %d)", detected);
    else
        fault_here(t, "unterminated string literal (detected at line %d)", detected);
    if (c != '\n')
        t->state = SCAN_OPEN_STRING;
    return T_ERROR;
}

/* After the opening quote, which is `quote`. */
static TokenKind scan_string(Tokenizer *t, int quote)
{
    t->first_line = t->line;
    t->multi_start = t->line_start;
    int quotes = 1;
    int c = next_byte(t);
    if (c == quote) {
        c = next_byte(t);
        if (c != quote) {
            back(t, c);
            return T_STRING; /* empty */
        }
        quotes = 3;
    } else {
        back(t, c);
    }
    for (int closing = 0; closing < quotes;) {
        c = next_byte(t);
        if (c == END || (quotes == 1 && c == '\n'))
            return fault_open_string(t, quotes, c);
        if (c == quote) {
            closing++;
            continue;
        }
        closing = 0;
        if (c == '\\')
            next_byte(t);
    }
    return T_STRING;
}

/* A string prefix (b, r, u, f and their pairs) or a name. */
static TokenKind scan_prefix(Tokenizer *t, int c)
{
    bool b = false, r = false, u = false, f = false;
    for (;;) {
        int lower = c | 0x20;
        if (lower == 'b' && !(b || u || f))
            b = true;
        else if (lower == 'u' && !(b || u || r || f))
            u = true;
        else if (lower == 'r' && !(r || u))
            r = true;
        else if (lower == 'f' && !(f || b || u))
            f = true;
        else
            break;
        c = next_byte(t);
        if (c == '"' || c == '\'')
            return scan_string(t, c);
    }
    back(t, c);
    return scan_name(t);
}

/* --- Operators ------------------------------------------------------------------------------- */

static TokenKind open_bracket(Tokenizer *t, char c, TokenKind kind)
{
    if (t->level >= OZ_MAX_LEVEL)
        return fault_here(t, "too many nested parentheses");
    t->open[t->level] = c;
    t->open_lines[t->level] = t->line;
    t->open_cols[t->level] = (int32_t)(t->start - t->line_start);
    t->level++;
    return kind;
}

static TokenKind close_bracket(Tokenizer *t, char c, char opening, TokenKind kind)
{
    if (!t->level)
        return fault_here(t, "unmatched '%c'", c);
    t->level--;
    if (t->open[t->level] == opening)
        return kind;
    if (t->open_lines[t->level] != t->line)
        return fault_here(t,
                          "closing parenthesis '%c' does not match opening parenthesis '%c' on "
                          "line %d",
                          c, t->open[t->level], t->open_lines[t->level]);
    return fault_here(t, "closing parenthesis '%c' does not match opening parenthesis '%c'", c,
                      t->open[t->level]);
}

/* Take the next byte if it is `c`.  An operator never reaches past the end of its line. */
static inline bool take(Tokenizer *t, char c)
{
    if (*t->cur != c || t->cur == t->line_end)
        return false;
    t->cur++;
    return true;
}

static TokenKind scan_operator(Tokenizer *t, int c)
{
    switch (c) {
    case '(':
        return open_bracket(t, '(', T_LPAR);
    case '[':
        return open_bracket(t, '[', T_LSQB);
    case '{':
        return open_bracket(t, '{', T_LBRACE);
    case ')':
        return close_bracket(t, ')', '(', T_RPAR);
    case ']':
        return close_bracket(t, ']', '[', T_RSQB);
    case '}':
        return close_bracket(t, '}', '{', T_RBRACE);
    case ',':
        return T_COMMA;
    case ';':
        return T_SEMI;
    case '~':
        return T_TILDE;
    case ':':
        return take(t, '=') ? T_COLON_EQUAL : T_COLON;
    case '=':
        return take(t, '=') ? T_EQ_EQUAL : T_EQUAL;
    case '!':
        return take(t, '=') ? T_NOT_EQUAL : T_OP;
    case '+':
        return take(t, '=') ? T_PLUS_EQUAL : T_PLUS;
    case '-':
        return take(t, '=') ? T_MINUS_EQUAL : take(t, '>') ? T_ARROW : T_MINUS;
    case '*':
        if (take(t, '*'))
            return take(t, '=') ? T_DOUBLE_STAR_EQUAL : T_DOUBLE_STAR;
        return take(t, '=') ? T_STAR_EQUAL : T_STAR;
    case '/':
        if (take(t, '/'))
            return take(t, '=') ? T_DOUBLE_SLASH_EQUAL : T_DOUBLE_SLASH;
        return take(t, '=') ? T_SLASH_EQUAL : T_SLASH;
    case '%':
        return take(t, '=') ? T_PERCENT_EQUAL : T_PERCENT;
    case '@':
        return take(t, '=') ? T_AT_EQUAL : T_AT;
    case '&':
        return take(t, '=') ? T_AMPER_EQUAL : T_AMPER;
    case '|':
        return take(t, '=') ? T_VBAR_EQUAL : T_VBAR;
    case '^':
        return take(t, '=') ? T_CIRCUMFLEX_EQUAL : T_CIRCUMFLEX;
    case '<':
        if (take(t, '<'))
            return take(t, '=') ? T_LEFT_SHIFT_EQUAL : T_LEFT_SHIFT;
        return take(t, '=') ? T_LESS_EQUAL : take(t, '>') ? T_NOT_EQUAL : T_LESS;
    case '>':
        if (take(t, '>'))
            return take(t, '=') ? T_RIGHT_SHIFT_EQUAL : T_RIGHT_SHIFT;
        return take(t, '=') ? T_GREATER_EQUAL : T_GREATER;
    default:
        if (c < ' ' || c == 127)
            return fault_here(t, "invalid non-printable character U+%04X", c);
        return T_OP;
    }
}

static TokenKind scan_dot(Tokenizer *t)
{
    int c = next_byte(t);
    if (is_a(c, DIGIT))
        return scan_fraction(t, c);
    back(t, c);
    if (c == '.' && t->cur[1] == '.') {
        t->cur += 2;
        return T_ELLIPSIS;
    }
    if (c == '.' && t->cur + 1 == t->source_end)
        t->state = SCAN_EOF; /* which the search for a third dot has seen */
    return T_DOT;
}

/* --- Lines ----------------------------------------------------------------------------------- */

/* After a backslash: the newline, and then the first byte of the next line, which must exist. */
static bool continue_line(Tokenizer *t)
{
    if (next_byte(t) != '\n') {
        t->state = SCAN_BACKSLASH;
        return false;
    }
    int c = next_byte(t);
    if (c == END) {
        t->state = SCAN_EOF;
        t->cur = t->line_end;
        return false;
    }
    back(t, c);
    return true;
}

/* Compare the columns of a line with the open indentations, and note what is to be handed out. */
static bool indent(Tokenizer *t, int32_t column, int32_t alt_column)
{
    if (column > t->columns[t->depth]) {
        if (t->depth + 1 >= OZ_MAX_INDENT)
            return stop_line(t, SCAN_TOO_DEEP), false;
        if (alt_column <= t->alt_columns[t->depth])
            return stop_line(t, SCAN_TABS), false;
        t->pending++;
        t->depth++;
        t->columns[t->depth] = column;
        t->alt_columns[t->depth] = alt_column;
        return true;
    }
    while (t->depth > 0 && column < t->columns[t->depth]) {
        t->pending--;
        t->depth--;
    }
    if (column != t->columns[t->depth])
        return stop_line(t, SCAN_DEDENT), false;
    if (alt_column != t->alt_columns[t->depth])
        return stop_line(t, SCAN_TABS), false;
    return true;
}

/* The blanks at the start of a line.  *blank: nothing but a comment follows.  A backslash joins
 * lines, and then the column where the first one stands counts. */
static bool begin_line(Tokenizer *t, bool *blank)
{
    int32_t column = 0, alt_column = 0, joined = 0;
    int c;
    t->at_bol = false;
    for (;;) {
        c = next_byte(t);
        if (c == ' ') {
            column++;
            alt_column++;
        } else if (c == '\t') {
            column = (column / 8 + 1) * 8;
            alt_column++;
        } else if (c == '\f') {
            column = alt_column = 0;
        } else if (c == '\\') {
            joined = joined ? joined : column;
            if (!continue_line(t))
                return false;
        } else {
            break;
        }
    }
    back(t, c);
    *blank = c == '#' || c == '\n';
    if (*blank || t->level > 0)
        return true;
    return indent(t, joined ? joined : column, joined ? joined : alt_column);
}

/* Is the comment from start to cur a type comment?  *text gets its first byte. */
static bool is_type_comment(const Tokenizer *t, const char **text)
{
    const char *p = t->start, *end = t->cur + (t->cur != t->line_end); /* with the newline */
    for (const char *prefix = "# type: "; *prefix; prefix++) {
        if (p >= end)
            return false;
        if (*prefix == ' ') {
            while (*p == ' ' || *p == '\t')
                p++;
        } else if (*prefix == *p) {
            p++;
        } else {
            return false;
        }
    }
    *text = p;
    return true;
}

/* A comment, of which the sign was read.  T_NEWLINE stands for an ordinary one. */
static TokenKind scan_comment(Tokenizer *t, const char **from)
{
    while (t->cur != t->line_end && *t->cur != '\n')
        t->cur++;
    const char *text;
    if (!t->type_comments || !is_type_comment(t, &text))
        return T_NEWLINE;
    *from = text;
    const char *after = text + 6;
    bool ignore = t->cur >= after && !memcmp(text, "ignore", 6) &&
                  !(t->cur > after && ((uint8_t)*after >= 128 ||
                                       (is_a((uint8_t)*after, NAME_PART) && *after != '_')));
    if (!ignore)
        return T_TYPE_COMMENT;
    *from = after;
    return T_TYPE_IGNORE;
}

static TokenKind hand_out_indentation(Tokenizer *t)
{
    if (t->pending < 0) {
        t->pending++;
        return T_DEDENT;
    }
    t->pending--;
    return T_INDENT;
}

/* With old async rules: has the function that made the words special ended? */
static void leave_async_def(Tokenizer *t, bool blank)
{
    if (t->async_def && !blank && t->level == 0 && t->async_newline && t->depth <= t->async_indent)
        t->async_def = false;
}

static TokenKind scan_end(Tokenizer *t)
{
    return t->level || t->state != SCAN_EOF ? T_ERROR : T_ENDMARKER;
}

/* To know where it ends, one must look past most tokens, and so see the end of a source whose last
 * line has no newline.  Not past strings and the longest operators. */
static bool looks_ahead(const Tokenizer *t, TokenKind kind)
{
    return kind != T_STRING &&
           (t->cur - t->start < 3 || kind == T_NUMBER || kind == T_NAME || kind >= T_FALSE);
}

/* One token; *from and *to bound its text, and stay NULL for those that have none. */
static TokenKind scan(Tokenizer *t, const char **from, const char **to)
{
    bool blank;
next_line:
    t->start = NULL;
    blank = false;
    if (t->at_bol && !begin_line(t, &blank))
        return T_ERROR;
    t->start = t->cur;
    if (t->pending)
        return hand_out_indentation(t);
    if (OZ_UNLIKELY(t->async_def)) {
        int c = next_byte(t);
        back(t, c);
        leave_async_def(t, blank || c == '\n'); /* behind a type comment in a line of its own */
    }
again:
    t->start = NULL;
    int c;
    do {
        c = next_byte(t);
    } while (is_a(c, BLANK));
    t->start = c == END ? t->cur : t->cur - 1;
    if (c == '#') {
        TokenKind kind = scan_comment(t, from);
        if (kind != T_NEWLINE) {
            *to = t->cur;
            if (kind == T_TYPE_IGNORE && blank) {
                next_byte(t);
                t->at_bol = true;
            }
            return kind;
        }
        c = next_byte(t);
    }
    if (c == END)
        return scan_end(t);
    TokenKind kind;
    if (classes[c] & NAME_START) {
        kind = (c | 0x20) == 'b' || (c | 0x20) == 'r' || (c | 0x20) == 'u' || (c | 0x20) == 'f'
                   ? scan_prefix(t, c)
                   : scan_name(t);
    } else if (c == '\n') {
        t->at_bol = true;
        if (blank || t->level > 0)
            goto next_line;
        *from = t->start;
        *to = t->cur - 1;
        t->async_newline = true;
        return T_NEWLINE;
    } else if (c == '.') {
        kind = scan_dot(t);
    } else if (classes[c] & DIGIT) {
        kind = scan_number(t, c);
    } else if (c == '"' || c == '\'') {
        kind = scan_string(t, c);
    } else if (c == '\\') {
        if (!continue_line(t))
            return T_ERROR;
        goto again;
    } else {
        kind = scan_operator(t, c);
    }
    if (kind != T_ERROR) {
        *from = t->start;
        *to = t->cur;
        if (OZ_UNLIKELY(t->cur == t->source_end) && looks_ahead(t, kind))
            t->state = SCAN_EOF;
    }
    return kind;
}

void oz_tokenizer_next(Tokenizer *t, Token *token)
{
    const char *from = NULL, *to = NULL;
    TokenKind kind = scan(t, &from, &to);
    bool string = kind == T_STRING;
    const char *line_start = string ? t->multi_start : t->line_start;
    token->kind = (uint8_t)kind;
    token->level = (uint8_t)t->level;
    token->start = from ? (uint32_t)(from - t->source) : 0;
    token->length = from ? (uint32_t)(to - from) : 0;
    token->line = string ? t->first_line : t->line;
    token->end_line = t->line;
    token->col = from && from >= line_start ? (int32_t)(from - line_start) : -1;
    token->end_col = to && to >= t->line_start ? (int32_t)(to - t->line_start) : -1;
}
