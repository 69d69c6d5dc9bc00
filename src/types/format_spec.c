// SPDX-License-Identifier: MIT
// Parsing of format specifiers, and padding.
#include "types/format_spec.h"

#include "types/str_text.h"

#include "base/unicode.h"

typedef struct Scanner {
    Thread *t;
    Text text;
    size_t at;
} Scanner;

static bool has(const Scanner *s, size_t ahead)
{
    return s->at + ahead < s->text.length;
}

static uint32_t peek(const Scanner *s, size_t ahead)
{
    return has(s, ahead) ? oz_text_char(s->text, s->at + ahead) : 0;
}

static bool take(Scanner *s, uint32_t c)
{
    if (!has(s, 0) || peek(s, 0) != c)
        return false;
    s->at++;
    return true;
}

static bool is_alignment(uint32_t c)
{
    return c == '<' || c == '>' || c == '=' || c == '^';
}

/* Digits of any script; *n stays where there are none. */
static bool number(Scanner *s, ssize_t *n)
{
    ssize_t value = 0;
    size_t start = s->at;
    for (; has(s, 0); s->at++) {
        unsigned digit = oz_unicode_record(peek(s, 0))->decimal;
        if (digit == 255)
            break;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (ssize_t)digit, &value))
            return oz_fail(s->t, OZ_ValueError, "Too many decimal digits in format string");
    }
    if (s->at > start)
        *n = value;
    return true;
}

static void alignment(Scanner *s, FormatSpec *spec)
{
    if (has(s, 1) && is_alignment(peek(s, 1))) {
        spec->fill = peek(s, 0);
        spec->align = (char)peek(s, 1);
        spec->fill_given = spec->align_given = true;
        s->at += 2;
    } else if (is_alignment(peek(s, 0))) {
        spec->align = (char)peek(s, 0);
        spec->align_given = true;
        s->at++;
    }
}

static void flags(Scanner *s, FormatSpec *spec)
{
    uint32_t c = peek(s, 0);
    if (c == '+' || c == '-' || c == ' ') {
        spec->sign = (char)c;
        s->at++;
    }
    spec->no_minus_zero = take(s, 'z');
    spec->alternate = take(s, '#');
    if (!spec->fill_given && take(s, '0')) {
        spec->fill = '0';
        if (!spec->align_given && spec->align == '>')
            spec->align = '=';
    }
}

static bool grouping(Scanner *s, FormatSpec *spec)
{
    if (take(s, ','))
        spec->grouping = ',';
    if (take(s, '_')) {
        if (spec->grouping)
            return oz_fail(s->t, OZ_ValueError, "Cannot specify both ',' and '_'.");
        spec->grouping = '_';
    }
    if (peek(s, 0) == ',' && spec->grouping == '_')
        return oz_fail(s->t, OZ_ValueError, "Cannot specify both ',' and '_'.");
    return true;
}

static bool precision(Scanner *s, FormatSpec *spec)
{
    if (!take(s, '.'))
        return true;
    if (!number(s, &spec->precision))
        return false;
    return spec->precision >= 0 || oz_fail(s->t, OZ_ValueError, "Format specifier missing precision");
}

/* Which types may have their digits grouped. */
static bool check_grouping(Thread *t, const FormatSpec *spec)
{
    uint32_t c = spec->type;
    bool digits = c == 0 || c == 'd' || c == 'e' || c == 'f' || c == 'g' || c == 'E' || c == 'F' ||
                  c == 'G' || c == '%';
    bool bits = c == 'b' || c == 'o' || c == 'x' || c == 'X';
    if (!spec->grouping || digits || (bits && spec->grouping == '_'))
        return true;
    if (c > 32 && c < 128)
        return oz_fail(t, OZ_ValueError, "Cannot specify '%c' with '%c'.", spec->grouping, (int)c);
    return oz_fail(t, OZ_ValueError, "Cannot specify '%c' with '\\x%x'.", spec->grouping, c);
}

bool oz_format_spec_parse(Thread *t, Obj text, Obj value, char type, char align, FormatSpec *spec)
{
    Scanner s = {t, oz_text_of(oz_as_str(text)), 0};
    *spec = (FormatSpec){.fill = ' ', .type = (uint8_t)type, .align = align, .width = -1,
                         .precision = -1};
    alignment(&s, spec);
    flags(&s, spec);
    if (!number(&s, &spec->width) || !grouping(&s, spec) || !precision(&s, spec))
        return false;
    if (has(&s, 1))
        return oz_fail(t, OZ_ValueError, "Invalid format specifier '%S' for object of type '%.200T'",
                       text, value);
    if (has(&s, 0))
        spec->type = peek(&s, 0);
    return check_grouping(t, spec);
}

Ref oz_raise_format_code(Thread *t, uint32_t type, Obj value)
{
    if (type > 32 && type < 128)
        return oz_raise(t, OZ_ValueError, "Unknown format code '%c' for object of type '%.200T'",
                        (int)type, value);
    return oz_raise(t, OZ_ValueError, "Unknown format code '\\x%x' for object of type '%.200T'", type,
                    value);
}

void oz_format_padding(const FormatSpec *spec, size_t length, size_t *left, size_t *right)
{
    size_t width = spec->width > 0 ? (size_t)spec->width : 0;
    size_t total = width > length ? width - length : 0;
    *left = spec->align == '<' ? 0 : spec->align == '^' ? total / 2 : total;
    *right = total - *left;
}

bool oz_builder_padded(StrBuilder *b, const FormatSpec *spec, Obj str, size_t start, size_t end)
{
    size_t left, right;
    oz_format_padding(spec, end - start, &left, &right);
    return oz_builder_fill(b, left, spec->fill) && oz_builder_slice(b, str, start, end) &&
           oz_builder_fill(b, right, spec->fill);
}
