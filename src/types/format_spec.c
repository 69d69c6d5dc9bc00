// SPDX-License-Identifier: MIT
// Parsing of format specifications: one parser for str, int, float and complex.
#include "types/format_spec.h"

#include <limits.h>

#include "types/number_text.h"

typedef struct Reader {
    const Str *text;
    const uint8_t *ascii; /* its characters, or NULL */
    size_t at, end;
} Reader;

OZ_INLINE uint32_t peek(const Reader *r, size_t ahead)
{
    size_t at = r->at + ahead;
    if (at >= r->end)
        return 0;
    return OZ_LIKELY(r->ascii != NULL) ? r->ascii[at] : oz_str_at(r->text, at);
}

static bool accept(Reader *r, uint32_t c)
{
    if (r->at == r->end || peek(r, 0) != c)
        return false;
    r->at++;
    return true;
}

static bool is_align(uint32_t c)
{
    return c == '<' || c == '>' || c == '=' || c == '^';
}

static int digit_of(uint32_t c)
{
    if (OZ_LIKELY(c < 0x80))
        return c - '0' < 10 ? (int)(c - '0') : -1;
    return oz_decimal_digit(c);
}

/* Decimal digits; *n stays where there are none. */
static bool number(Thread *t, Reader *r, ssize_t *n)
{
    ssize_t value = 0;
    size_t start = r->at;
    int digit;
    for (; r->at < r->end && (digit = digit_of(peek(r, 0))) >= 0; r->at++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, digit, &value))
            return oz_fail(t, OZ_ValueError, "Too many decimal digits in format string");
    if (r->at > start)
        *n = value;
    return true;
}

static void align(Reader *r, FormatSpec *f, bool *fill_given)
{
    if (r->end - r->at >= 2 && is_align(peek(r, 1))) {
        f->fill = peek(r, 0);
        f->align = (char)peek(r, 1);
        f->align_given = *fill_given = true;
        r->at += 2;
    } else if (is_align(peek(r, 0))) {
        f->align = (char)peek(r, 0);
        f->align_given = true;
        r->at++;
    }
}

static void flags(Reader *r, FormatSpec *f, bool fill_given, char default_align)
{
    uint32_t c = peek(r, 0);
    if (c == '+' || c == '-' || c == ' ') {
        f->sign = (char)c;
        r->at++;
    }
    f->no_negative_zero = accept(r, 'z');
    f->alternate = accept(r, '#');
    if (!fill_given && accept(r, '0')) {
        f->fill = '0';
        if (!f->align_given && default_align == '>')
            f->align = '=';
    }
}

static bool grouping(Thread *t, Reader *r, FormatSpec *f)
{
    if (accept(r, ','))
        f->grouping = ',';
    if (peek(r, 0) == '_') {
        if (f->grouping)
            return oz_fail(t, OZ_ValueError, "Cannot specify both ',' and '_'.");
        f->grouping = '_';
        r->at++;
    }
    if (peek(r, 0) == ',' && f->grouping == '_')
        return oz_fail(t, OZ_ValueError, "Cannot specify both ',' and '_'.");
    return true;
}

static bool precision(Thread *t, Reader *r, FormatSpec *f)
{
    if (!accept(r, '.'))
        return true;
    if (!number(t, r, &f->precision))
        return false;
    if (f->precision < 0)
        return oz_fail(t, OZ_ValueError, "Format specifier missing precision");
    return true;
}

static bool check_grouping(Thread *t, const FormatSpec *f)
{
    switch (f->type) {
    case 0:
    case 'd':
    case 'e':
    case 'f':
    case 'g':
    case 'E':
    case 'G':
    case '%':
    case 'F':
        return true;
    case 'b':
    case 'o':
    case 'x':
    case 'X':
        if (f->grouping == '_')
            return true;
    }
    if (f->type > 32 && f->type < 128)
        return oz_fail(t, OZ_ValueError, "Cannot specify '%c' with '%c'.", f->grouping,
                       (int)f->type);
    return oz_fail(t, OZ_ValueError, "Cannot specify '%c' with '\\x%x'.", f->grouping, f->type);
}

bool oz_format_spec_parse(Thread *t, Obj value, Obj spec, uint32_t default_type, char default_align,
                          FormatSpec *f)
{
    const Str *text = oz_as_str(spec);
    if (!text)
        return oz_fail(t, OZ_TypeError, "__format__() argument must be str, not %T", spec);
    bool ascii = oz_id(&text->base) == OZ_STR_ASCII;
    Reader r = {text, ascii ? text->data : NULL, 0, oz_str_length(text)};
    *f = (FormatSpec){
        .fill = ' ', .type = default_type, .width = -1, .precision = -1, .align = default_align};
    bool fill_given = false;
    align(&r, f, &fill_given);
    flags(&r, f, fill_given, default_align);
    if (!number(t, &r, &f->width) || !grouping(t, &r, f) || !precision(t, &r, f))
        return false;
    if (r.end - r.at > 1)
        return oz_fail(t, OZ_ValueError, "Invalid format specifier '%S' for object of type '%T'",
                       spec, value);
    if (r.end - r.at == 1)
        f->type = peek(&r, 0);
    return !f->grouping || check_grouping(t, f);
}

Ref oz_raise_format_code(Thread *t, uint32_t code, Obj value)
{
    if (code > 32 && code < 128)
        return oz_raise(t, OZ_ValueError, "Unknown format code '%c' for object of type '%T'",
                        (int)code, value);
    return oz_raise(t, OZ_ValueError, "Unknown format code '\\x%x' for object of type '%T'", code,
                    value);
}
