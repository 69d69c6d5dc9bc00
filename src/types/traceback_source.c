// SPDX-License-Identifier: MIT
// Lines of source text for tracebacks, and which part of an expression to point at.
//
// The parser lies above this layer, so the operator is found by a scan: strings, names and numbers
// are skipped, brackets are counted, and of the operators outside of them the one that binds least
// is the top of the expression.  Text that is no plain expression (a comma, a comparison, a
// keyword) has no anchors, as with the parser.
#include "types/traceback_print.h"

#include "types/dict.h"
#include "types/list.h"
#include "types/str_text.h"

#include "base/utf8.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- files ---- */

void oz_source_fini(SourceCache *cache)
{
    oz_clear(&cache->filename);
    oz_block_free(cache->text);
    cache->text = NULL;
}

static void read_all(Thread *t, SourceCache *cache, int file)
{
    struct stat status;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
        return;
    size_t size = (size_t)status.st_size;
    cache->text = oz_block_alloc(t->heap, size + 1);
    if (!cache->text)
        return;
    while (cache->length < size) {
        ssize_t n = read(file, cache->text + cache->length, size - cache->length);
        if (n <= 0)
            break;
        cache->length += (size_t)n;
    }
    cache->text[cache->length] = 0;
}

static int open_path(Thread *t, Obj path)
{
    scoped Ref keep = NULL;
    size_t length;
    const char *name = oz_str_utf8(t, path, &length, &keep);
    if (!name) {
        oz_exception_clear(t);
        return -1;
    }
    return strlen(name) == length ? open(name, O_RDONLY | O_CLOEXEC) : -1;
}

/* A module that was compiled elsewhere: its file's last part, below the folders of sys.path. */
static int open_on_path(Thread *t, Obj filename)
{
    const Str *s = oz_as_str(filename);
    size_t slash = oz_text_rfind_char(oz_text_of(s), '/');
    scoped Ref tail =
        oz_str_slice(t, filename, slash == OZ_NOT_FOUND ? 0 : slash + 1, oz_str_length(s));
    Obj path = t->vm->sys ? oz_dict_peek_str(oz_as_dict(t->vm->sys), OZ_NAME(t, path)) : NULL;
    List *folders = path ? oz_as_list(path) : NULL;
    int file = -1;
    for (size_t i = 0; tail && folders && file < 0 && i < oz_list_length(folders); i++) {
        scoped Ref folder = oz_list_get(t, folders, i);
        if (!folder || !oz_is_str(folder))
            continue;
        scoped Ref full = oz_str_format(t, "%S/%S", folder, tail);
        if (full)
            file = open_path(t, full);
    }
    oz_exception_clear(t);
    return file;
}

static void load(Thread *t, SourceCache *cache, Obj filename)
{
    oz_source_fini(cache);
    cache->length = 0;
    cache->filename = oz_retain(filename);
    const Str *s = oz_as_str(filename);
    size_t length = oz_str_length(s);
    if (length >= 2 && oz_str_at(s, 0) == '<' && oz_str_at(s, length - 1) == '>')
        return;
    int file = open_path(t, filename);
    if (file < 0)
        file = open_on_path(t, filename);
    if (file < 0)
        return;
    read_all(t, cache, file);
    close(file);
}

Ref oz_source_line(Thread *t, SourceCache *cache, Obj filename, int number)
{
    if (!oz_is_str(filename) || number <= 0 || t->vm->finalizing == OZ_WITHOUT_MODULES)
        return NULL;
    if (!cache->filename || !oz_str_equal(oz_as_str(cache->filename), oz_as_str(filename)))
        load(t, cache, filename);
    const char *at = cache->text, *end = at ? at + cache->length : NULL;
    if (at && cache->length >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3;
    for (int line = 1; at && line < number; line++) {
        at = memchr(at, '\n', (size_t)(end - at));
        at = at ? at + 1 : NULL;
    }
    if (!at || at >= end)
        return NULL;
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    if (!stop)
        stop = end;
    if (stop > at && stop[-1] == '\r')
        stop--;
    return oz_str_from_utf8(t, at, (size_t)(stop - at));
}

/* ---- anchors ---- */

typedef struct Scan {
    const Str *line;
    size_t at, end;
    int depth;          /* of brackets */
    bool operand;       /* the last token ended an operand */
    int best;           /* how tightly the loosest operator binds; 0: none */
    size_t operator_at; /* where it is */
    size_t operator_size;
    size_t open;    /* the last bracket opened at depth 0 */
    size_t closed;  /* behind the bracket that closed it */
    bool subscript; /* it is a subscript of what stands before */
    bool unary;     /* the expression begins with a unary operator */
} Scan;

static uint32_t look(const Scan *s, size_t ahead)
{
    return s->at + ahead < s->end ? oz_str_at(s->line, s->at + ahead) : 0;
}

static bool is_blank(uint32_t c)
{
    return c == ' ' || c == '\t' || c == '\f';
}

static bool is_word(uint32_t c)
{
    return c - '0' < 10 || c - 'a' < 26 || c - 'A' < 26 || c == '_' || c >= 128;
}

static void skip_string(Scan *s)
{
    uint32_t quote = look(s, 0);
    bool triple = look(s, 1) == quote && look(s, 2) == quote;
    s->at += triple ? 3 : 1;
    while (s->at < s->end) {
        if (look(s, 0) == '\\') {
            s->at += 2;
        } else if (look(s, 0) != quote) {
            s->at++;
        } else if (!triple) {
            s->at++;
            return;
        } else if (look(s, 1) == quote && look(s, 2) == quote) {
            s->at += 3;
            return;
        } else {
            s->at++;
        }
    }
}

/* A name, number or prefixed string; false: a keyword that ends the search. */
static bool word(Scan *s)
{
    static const char *const keywords[] = {
        "and",    "as",   "assert", "async",  "await",  "break",   "class",    "continue",
        "def",    "del",  "elif",   "else",   "except", "finally", "for",      "from",
        "global", "if",   "import", "in",     "is",     "lambda",  "nonlocal", "not",
        "or",     "pass", "raise",  "return", "try",    "while",   "with",     "yield"};
    char text[12] = {0};
    size_t n = 0;
    bool number = look(s, 0) - '0' < 10;
    while (is_word(look(s, 0)) || (number && look(s, 0) == '.')) {
        uint32_t c = look(s, 0);
        if (n < sizeof text - 1)
            text[n] = (char)(c < 128 ? c : '?');
        n++;
        s->at++;
        bool exponent = number && (c == 'e' || c == 'E') && text[1] != 'x';
        if (exponent && (look(s, 0) == '+' || look(s, 0) == '-'))
            s->at++;
    }
    if (look(s, 0) == '\'' || look(s, 0) == '"') {
        skip_string(s);
        return true;
    }
    for (size_t i = 0; s->depth == 0 && i < OZ_COUNT(keywords); i++)
        if (strcmp(text, keywords[i]) == 0)
            return false;
    return true;
}

/* How tightly the binary operator here binds, and its size; 0: it is none of them. */
static int binary_operator(const Scan *s, size_t *size)
{
    uint32_t c = look(s, 0), next = look(s, 1);
    *size = 1;
    switch (c) {
    case '|':
        return 1;
    case '^':
        return 2;
    case '&':
        return 3;
    case '<':
    case '>':
        *size = 2;
        return next == c ? 4 : 0;
    case '+':
    case '-':
        return 5;
    case '*':
        *size = next == '*' ? 2 : 1;
        return next == '*' ? 8 : 6;
    case '/':
        *size = next == '/' ? 2 : 1;
        return 6;
    case '%':
    case '@':
        return 6;
    default:
        return 0;
    }
}

static bool bracket(Scan *s, uint32_t c)
{
    if (c == '(' || c == '[' || c == '{') {
        if (s->depth++ == 0) {
            s->open = s->at;
            s->subscript = c == '[' && s->operand;
        }
        s->operand = false;
    } else {
        if (--s->depth < 0)
            return false;
        if (s->depth == 0)
            s->closed = s->at + 1;
        s->operand = true;
    }
    s->at++;
    return true;
}

static bool operator(Scan *s)
{
    size_t size;
    int binds = binary_operator(s, &size);
    if (!s->operand) {
        uint32_t c = look(s, 0);
        if (c != '+' && c != '-' && c != '~') {
            s->at++;
            return s->depth > 0;
        }
        if (s->depth == 0 && s->best == 0)
            s->unary = true; /* binds tighter than all but ** */
        s->at++;
        return true;
    }
    if (s->depth == 0 && (!binds || look(s, size) == '='))
        return false;
    if (s->depth == 0 && (s->best == 0 || binds < s->best || (binds == s->best && binds != 8))) {
        s->best = binds;
        s->operator_at = s->at;
        s->operator_size = size;
    }
    s->at += size;
    s->operand = false;
    return true;
}

/* One token; false: the text is no expression with an operator or subscript on top. */
static bool token(Scan *s)
{
    uint32_t c = look(s, 0);
    if (is_blank(c)) {
        s->at++;
        return true;
    }
    if (is_word(c)) {
        s->operand = true;
        return word(s);
    }
    if (c == '\'' || c == '"') {
        s->operand = true;
        skip_string(s);
        return true;
    }
    if (c == '(' || c == '[' || c == '{' || c == ')' || c == ']' || c == '}')
        return bracket(s, c);
    if (c == '.') {
        s->at++;
        return true;
    }
    if (s->depth > 0 && (c == ',' || c == ':' || c == '=' || c == '!' || c == '<' || c == '>')) {
        s->at++;
        s->operand = false;
        return true;
    }
    return operator(s);
}

bool oz_source_anchors(const Str *line, size_t start, size_t end, size_t *left, size_t *right)
{
    Scan s = {.line = line, .at = start, .end = end};
    while (s.at < s.end)
        if (!token(&s))
            return false;
    if (s.depth != 0)
        return false;
    if (s.best && !(s.unary && s.best == 8)) {
        *left = s.operator_at;
        *right = s.operator_at + 1;
        uint32_t next = s.operator_at + 1 < end ? oz_str_at(line, s.operator_at + 1) : ' ';
        if (s.operator_size == 2 || next == '(')
            ++*right;
        return true;
    }
    if (s.best || s.unary || !s.subscript || s.closed != end)
        return false;
    *left = s.open;
    while (*left > start && is_blank(oz_str_at(line, *left - 1)))
        --*left;
    *right = end - 1;
    while (*right > s.open && is_blank(oz_str_at(line, *right - 1)))
        --*right;
    ++*right;
    return true;
}
