// SPDX-License-Identifier: MIT
// From the bytes of a file to the text that is tokenized: byte order mark, coding cookie, newlines.
//
// The encodings that files really have (UTF-8, Latin-1, ASCII) are decoded here; for any other the
// caller gets its name, decodes with a codec of the runtime, and parses the result.
#include "syntax/source.h"

#include <string.h>

#include "syntax/fault.h"

/* The cookie as PEP 263 has it: a comment line with "coding", ":" or "=", blanks, and the name. */
static bool find_cookie(const char *line, const char *end, const char **name, size_t *name_length)
{
    const char *p = line;
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\f'))
        p++;
    if (p == end || *p != '#')
        return false;
    for (; end - p > 7; p++) {
        if (memcmp(p, "coding", 6) || (p[6] != ':' && p[6] != '='))
            continue;
        const char *start = p + 7;
        while (start < end && (*start == ' ' || *start == '\t'))
            start++;
        const char *stop = start;
        while (stop < end &&
               ((*stop >= '0' && *stop <= '9') || (*stop >= 'a' && *stop <= 'z') ||
                (*stop >= 'A' && *stop <= 'Z') || *stop == '-' || *stop == '_' || *stop == '.'))
            stop++;
        *name = start;
        *name_length = (size_t)(stop - start);
        if (stop > start)
            return true;
    }
    return false;
}

static const char *line_end(const char *p, const char *end)
{
    while (p < end && *p != '\n' && *p != '\r')
        p++;
    return p;
}

static const char *next_line(const char *p, const char *end)
{
    p = line_end(p, end);
    if (p < end && *p == '\r' && p + 1 < end && p[1] == '\n')
        p++;
    return p < end ? p + 1 : end;
}

/* Only a blank or comment line may stand before the line of the cookie. */
static bool is_blank(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\f'))
        p++;
    return p == end || *p == '#' || *p == '\n' || *p == '\r';
}

/* Is the name (with any case, - for _, and a suffix after a dash) one of this encoding's? */
static bool is_encoding(const char *name, size_t length, const char *wanted)
{
    size_t size = strlen(wanted);
    if (length < size || (length > size && name[size] != '-' && name[size] != '_'))
        return false;
    for (size_t i = 0; i < size; i++) {
        char c = name[i] == '_' ? '-' : name[i];
        c = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
        if (c != wanted[i])
            return false;
    }
    return true;
}

static bool is_ascii_name(const char *name, size_t length)
{
    return (length == 5 && is_encoding(name, length, "ascii")) ||
           (length == 8 && is_encoding(name, length, "us-ascii"));
}

static bool fail(SyntaxFault *fault, const char *message)
{
    if (message)
        *fault =
            (SyntaxFault){.kind = OZ_FAULT_SYNTAX, .message = message, .line = 0, .offset = -1};
    return false;
}

/* Of a file that is run, which has not come to have lines. */
static bool fail_bare(SyntaxFault *fault, const char *message)
{
    fail(fault, message);
    fault->bare = message != NULL;
    return false;
}

static bool check_ascii(Arena *arena, const char *bytes, size_t length, SyntaxFault *fault)
{
    for (size_t i = 0; i < length; i++) {
        if ((uint8_t)bytes[i] >= 128)
            return fail(fault, oz_fault_printf(arena, fault,
                                               "'ascii' codec can't decode byte 0x%02x in position "
                                               "%zu: ordinal not in range(128)",
                                               (uint8_t)bytes[i], i));
    }
    return true;
}

/* Copy with \n for \r\n and \r; each byte past ASCII as the Latin-1 character it is, when asked. */
static bool copy(Source *out, Arena *scratch, const char *bytes, size_t length, bool latin1,
                 bool end_line, SyntaxFault *fault)
{
    size_t size;
    if (!oz_size_mul(length, latin1 ? 2 : 1, &size) || !oz_size_add(size, 2, &size) ||
        size > INT32_MAX) {
        oz_fault_memory(fault);
        return false;
    }
    char *text = oz_arena_alloc(scratch, size);
    if (!text) {
        oz_fault_memory(fault);
        return false;
    }
    char *to = text;
    bool plain = !latin1 && !memchr(bytes, '\r', length);
    if (plain) {
        memcpy(to, bytes, length);
        to += length;
    }
    for (const char *p = bytes, *end = bytes + length; !plain && p < end; p++) {
        uint8_t c = (uint8_t)*p;
        if (c == '\r') {
            *to++ = '\n';
            p += p + 1 < end && p[1] == '\n';
        } else if (latin1 && c >= 128) {
            *to++ = (char)(0xC0 | c >> 6);
            *to++ = (char)(0x80 | (c & 0x3F));
        } else {
            *to++ = (char)c;
        }
    }
    /* CPython ends a text with one line more when its last line ended with \r\n. */
    bool crlf = length >= 2 && !memcmp(bytes + length - 2, "\r\n", 2);
    if (end_line && (to == text || to[-1] != '\n' || crlf))
        *to++ = '\n';
    *to = 0;
    out->bytes = text;
    out->length = (size_t)(to - text);
    return true;
}

/* A file that is run must be UTF-8 throughout, comments included. */
static bool check_file(Arena *arena, const char *bytes, size_t length, const ParseOptions *options,
                       SyntaxFault *fault)
{
    const char *end = bytes + length;
    int line = 1, bad, step;
    uint32_t c;
    for (const char *p = bytes; p < end; p += step) {
        line += *p == '\n';
        step = oz_utf8_next(p, end, &c, &bad);
        if (step)
            continue;
        return fail_bare(
            fault,
            oz_fault_printf(arena, fault,
                            "Non-UTF-8 code starting with '\\x%.2x' in file %s on line %d, "
                            "but no encoding declared; see "
                            "https://peps.python.org/pep-0263/ for details",
                            (uint8_t)*p, options->filename ? options->filename : "<string>", line));
    }
    return true;
}

/* Under this name CPython decodes the whole text by a codec, before it reads any of it. */
static bool check_utf8(Arena *arena, const char *bytes, size_t length, SyntaxFault *fault)
{
    const char *problem = oz_fault_utf8_problem(arena, fault, bytes, length);
    return !problem ? !fault->kind : fail(fault, problem);
}

typedef enum EncodingKind {
    ENCODING_NONE,    /* nothing was said: UTF-8 */
    ENCODING_UTF8,    /* looked at as far as it matters */
    ENCODING_CHECKED, /* UTF-8 under another name, which is checked whole */
    ENCODING_ASCII,
    ENCODING_LATIN1
} EncodingKind;

typedef struct Encoding {
    EncodingKind kind;
    const char *name; /* in the source; not with NONE */
    size_t name_length;
} Encoding;

/* What the first two lines and the byte order mark say.  False: a fault. */
static bool find_encoding(Arena *arena, const char *bytes, size_t length, bool mark, Encoding *out,
                          bool file, SyntaxFault *fault)
{
    const char *end = bytes + length;
    const char *name = NULL, *line = bytes;
    size_t name_length = 0;
    bool (*refuse)(SyntaxFault *, const char *) = file ? fail_bare : fail;
    bool found = find_cookie(line, line_end(line, end), &name, &name_length);
    if (!found && is_blank(line, end)) {
        line = next_line(line, end);
        found = find_cookie(line, line_end(line, end), &name, &name_length);
    }
    *out = (Encoding){mark ? ENCODING_UTF8 : ENCODING_NONE, name, name_length};
    if (!found)
        return true;
    bool utf8 = is_encoding(name, name_length, "utf-8");
    bool latin1 = is_encoding(name, name_length, "latin-1") ||
                  is_encoding(name, name_length, "iso-8859-1") ||
                  is_encoding(name, name_length, "iso-latin-1");
    if (mark && !utf8)
        return refuse(fault, oz_fault_printf(arena, fault, "encoding problem: %.*s with BOM",
                                             latin1 ? 10 : (int)name_length,
                                             latin1 ? "iso-8859-1" : name));
    bool checked = is_encoding(name, name_length, "utf8");
    if (utf8 || checked || latin1 || is_ascii_name(name, name_length)) {
        out->kind = utf8      ? ENCODING_UTF8
                    : checked ? ENCODING_CHECKED
                    : latin1  ? ENCODING_LATIN1
                              : ENCODING_ASCII;
        return true;
    }
    const char *codec = oz_fault_printf(arena, fault, "%.*s", (int)name_length, name);
    if (codec)
        *fault = (SyntaxFault){.kind = OZ_FAULT_CODEC, .message = codec, .offset = -1};
    return false;
}

static bool fail_zero(SyntaxFault *fault)
{
    *fault = (SyntaxFault){.kind = OZ_FAULT_VALUE,
                           .message = "source code string cannot contain null bytes"};
    return false;
}

bool oz_source_read(Source *out, Arena *arena, Arena *scratch, const char *bytes, size_t length,
                    const ParseOptions *options, SyntaxFault *fault)
{
    Encoding encoding = {ENCODING_UTF8, NULL, 0};
    bool file = options->flags & OZ_PARSE_FILE;
    bool zero = length && memchr(bytes, 0, length);
    if (zero && !file)
        return fail_zero(fault);
    if (!(options->flags & OZ_PARSE_IGNORE_COOKIE)) {
        bool mark = length >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3);
        bytes += mark ? 3 : 0;
        length -= mark ? 3 : 0;
        if (!find_encoding(arena, bytes, length, mark, &encoding, file, fault))
            return false;
        if (encoding.kind == ENCODING_NONE && file &&
            !check_file(arena, bytes, length, options, fault))
            return false;
    }
    if (zero) /* in a file it is no worse than what is not UTF-8 */
        return fail_zero(fault);
    out->byte_columns = encoding.kind == ENCODING_NONE;
    if (!copy(out, scratch, bytes, length, encoding.kind == ENCODING_LATIN1,
              options->mode == AST_MODE_EXEC, fault))
        return false;
    /* Positions in the messages of codecs are those after newlines were made alike. */
    bool right =
        encoding.kind == ENCODING_CHECKED ? check_utf8(arena, out->bytes, out->length, fault)
        : encoding.kind == ENCODING_ASCII ? check_ascii(arena, out->bytes, out->length, fault)
                                          : true;
    if (right || !file || fault->kind != OZ_FAULT_SYNTAX)
        return right;
    return fail_bare(fault, oz_fault_printf(arena, fault, "encoding problem: %.*s",
                                            (int)encoding.name_length, encoding.name));
}
