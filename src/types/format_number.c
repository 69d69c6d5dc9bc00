// SPDX-License-Identifier: MIT
// __format__ of int, float and complex.
//
// A number on its way to text is a record of parts:
//
//   padding | sign | prefix | padding | digits, grouped | point | remainder | padding
//
// The digits are those before the point; the remainder is everything behind it, exponent and '%'
// included (for inf, nan and characters, everything).  Zeros that fill up to the width belong to
// the digits and are grouped with them, where the alignment is '='.
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "heap/heap.h"
#include "types/complex.h"
#include "types/float.h"
#include "types/format_spec.h"
#include "types/int.h"

static size_t characters(const char *utf8)
{
    size_t n = 0;
    for (; *utf8; utf8++)
        n += ((unsigned char)*utf8 & 0xc0) != 0x80;
    return n;
}

NumberStyle oz_number_style(const FormatSpec *f)
{
    if (f->type == 'n') {
        const struct lconv *l = localeconv();
        return (NumberStyle){l->thousands_sep, l->decimal_point, l->grouping};
    }
    if (f->grouping == ',')
        return (NumberStyle){",", ".", "\3"};
    if (f->grouping == '_' &&
        (f->type == 'b' || f->type == 'o' || f->type == 'x' || f->type == 'X'))
        return (NumberStyle){"_", ".", "\4"};
    if (f->grouping == '_')
        return (NumberStyle){"_", ".", "\3"};
    return (NumberStyle){"", ".", ""};
}

char oz_number_sign(bool negative, char wanted)
{
    return negative ? '-' : wanted == '+' || wanted == ' ' ? wanted : 0;
}

/* ---- grouping ---- */

#define SEPARATOR '\1' /* stands for the separator in grouped digits */

/* The size of the next group from the right; 0: the rest is one group. */
static ssize_t next_group(const char **grouping, ssize_t previous)
{
    char size = **grouping;
    if (size == 0)
        return previous; /* the last size repeats */
    if (size == CHAR_MAX)
        return 0;
    ++*grouping;
    return size;
}

static ssize_t max(ssize_t a, ssize_t b)
{
    return a > b ? a : b;
}

/* Digits with leading zeros up to `least` characters, and separators, written backwards from
 * `end`.  Returns where they start and in *count how many characters they are. */
static char *group(char *end, const NumberParts *parts, ssize_t least, const NumberStyle *style,
                   size_t *count)
{
    size_t width = characters(style->separator);
    const char *grouping = style->grouping;
    ssize_t left = (ssize_t)parts->digit_count, size = 0;
    const char *from = parts->digits + left;
    char *out = end;
    *count = 0;
    for (bool first = true;; first = false) {
        size = next_group(&grouping, size);
        ssize_t n = max(max(left, least), 1);
        if (size > 0 && n > size)
            n = size;
        if (!first) {
            *--out = SEPARATOR;
            *count += width;
        }
        ssize_t taken = left < n ? max(left, 0) : n;
        out -= taken;
        from -= taken;
        memcpy(out, from, (size_t)taken);
        out -= n - taken;
        memset(out, '0', (size_t)(n - taken));
        *count += (size_t)n;
        left -= taken;
        least -= n;
        if (size <= 0 || (left <= 0 && least <= 0))
            return out;
        least -= (ssize_t)width;
    }
}

/* ---- writing ---- */

static void put_digits(StrBuilder *b, const char *start, const char *end, const char *separator)
{
    for (const char *p = start; p < end; p++) {
        const char *stop = memchr(p, SEPARATOR, (size_t)(end - p));
        if (!stop)
            stop = end;
        oz_builder_ascii(b, p, (size_t)(stop - p));
        if (stop < end)
            oz_builder_text(b, separator);
        p = stop;
    }
}

static void put_parts(StrBuilder *b, const NumberParts *p, const FormatSpec *f,
                      const NumberStyle *style, char *scratch_end)
{
    size_t fixed = (p->sign != 0) + strlen(p->prefix) +
                   (p->has_point ? characters(style->point) : 0) + p->rest_count + p->is_character;
    ssize_t least = f->fill == '0' && f->align == '=' ? max(0, f->width - (ssize_t)fixed) : 0;
    size_t grouped = 0;
    char *digits = scratch_end;
    if (p->digit_count)
        digits = group(scratch_end, p, least, style, &grouped);
    ssize_t padding = max(0, f->width - (ssize_t)(fixed + grouped));
    ssize_t left = f->align == '>' ? padding : f->align == '^' ? padding / 2 : 0;
    ssize_t inner = f->align == '=' ? padding : 0;
    oz_builder_fill(b, (size_t)left, f->fill);
    if (p->sign)
        oz_builder_character(b, (uint32_t)p->sign);
    oz_builder_text(b, p->prefix);
    oz_builder_fill(b, (size_t)inner, f->fill);
    put_digits(b, digits, scratch_end, style->separator);
    if (p->has_point)
        oz_builder_text(b, style->point);
    oz_builder_ascii(b, p->rest, p->rest_count);
    if (p->is_character)
        oz_builder_character(b, p->character);
    oz_builder_fill(b, (size_t)(padding - left - inner), f->fill);
}

/* Write the parts; false: no memory (raised). */
static bool put_number(StrBuilder *b, const NumberParts *p, const FormatSpec *f,
                       const NumberStyle *style)
{
    char small[200];
    size_t zeros = f->width > 0 && f->fill == '0' ? (size_t)f->width : 0;
    size_t room = 2 * (p->digit_count + zeros) + 8;
    char *scratch = room <= sizeof small ? small : oz_block_alloc(b->t->heap, room);
    if (!scratch)
        return oz_raise_memory(b->t) != NULL;
    put_parts(b, p, f, style, scratch + room);
    if (scratch != small)
        oz_block_free(scratch);
    return true;
}

static char *put_bytes(char *out, const char *from, size_t count)
{
    oz_copy(out, from, count);
    return out + count;
}

static char *put_fill(char *out, uint32_t c, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = (char)c;
    return out + count;
}

/* Without groups or characters beyond ASCII: the size is known, and the parts are written once. */
static Ref plain_text(Thread *t, const NumberParts *p, const FormatSpec *f)
{
    size_t prefix = strlen(p->prefix);
    size_t length = (p->sign != 0) + prefix + p->digit_count + p->has_point + p->rest_count;
    size_t padding = (size_t)max(0, f->width - (ssize_t)length);
    size_t left = f->align == '>' ? padding : f->align == '^' ? padding / 2 : 0;
    size_t inner = f->align == '=' ? padding : 0;
    char small[100];
    Ref made = NULL;
    char *out = small;
    if (length + padding > sizeof small) {
        made = oz_str_alloc(t, length + padding, 0x7f);
        if (!made)
            return NULL;
        out = (char *)((Str *)made)->data;
    }
    out = put_fill(out, f->fill, left);
    if (p->sign)
        *out++ = p->sign;
    out = put_bytes(out, p->prefix, prefix);
    out = put_fill(out, f->fill, inner);
    out = put_bytes(out, p->digits, p->digit_count);
    if (p->has_point)
        *out++ = '.';
    out = put_bytes(out, p->rest, p->rest_count);
    put_fill(out, f->fill, padding - left - inner);
    return made ? made : oz_str_from_ascii(t, small, length + padding);
}

Ref oz_number_format_parts(Thread *t, const NumberParts *p, const FormatSpec *f,
                           const NumberStyle *style)
{
    if (!*style->separator && f->fill < 0x80 && !p->is_character && strcmp(style->point, ".") == 0)
        return plain_text(t, p, f);
    StrBuilder b;
    oz_builder_init(&b, t);
    if (!put_number(&b, p, f, style)) {
        oz_builder_fini(&b);
        return NULL;
    }
    return oz_builder_finish(&b);
}

/* ---- int ---- */

static Ref format_character(Thread *t, Obj exact, const FormatSpec *f)
{
    if (f->sign)
        return oz_raise(t, OZ_ValueError, "Sign not allowed with integer format specifier 'c'");
    if (f->alternate)
        return oz_raise(t, OZ_ValueError,
                        "Alternate form (#) not allowed with integer format specifier 'c'");
    int64_t c;
    if (!oz_as_int64(t, exact, &c))
        return NULL;
    if (c < 0 || c > 0x10ffff)
        return oz_raise(t, OZ_OverflowError, "%%c arg not in range(0x110000)");
    NumberParts p = {.prefix = "", .rest = "", .character = (uint32_t)c, .is_character = true};
    NumberStyle style = {"", ".", ""};
    return oz_number_format_parts(t, &p, f, &style);
}

static int base_of(uint32_t type)
{
    return type == 'b' ? 2 : type == 'o' ? 8 : type == 'x' || type == 'X' ? 16 : 10;
}

static const char *prefix_of(const FormatSpec *f)
{
    if (!f->alternate)
        return "";
    switch (f->type) {
    case 'b':
        return "0b";
    case 'o':
        return "0o";
    case 'x':
        return "0x";
    case 'X':
        return "0X";
    default:
        return "";
    }
}

static void make_upper(char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] >= 'a' && text[i] <= 'z')
            text[i] = (char)(text[i] - 'a' + 'A');
}

static Ref format_integer(Thread *t, Obj exact, const FormatSpec *f)
{
    if (f->precision >= 0)
        return oz_raise(t, OZ_ValueError, "Precision not allowed in integer format specifier");
    if (f->no_negative_zero)
        return oz_raise(t, OZ_ValueError,
                        "Negative zero coercion (z) not allowed in integer format specifier");
    if (f->type == 'c')
        return format_character(t, exact, f);
    char small[OZ_INT_DIGITS], *digits;
    size_t length;
    scoped Ref text = NULL, copy = NULL;
    if (oz_is_int(exact)) {
        digits = oz_int_digits(oz_int_value(exact), base_of(f->type), small + sizeof small);
        length = (size_t)(small + sizeof small - digits);
        if (f->type == 'X')
            make_upper(digits, length);
    } else {
        text = oz_int_to_str(t, exact, base_of(f->type));
        const Str *s = text ? oz_as_str(text) : NULL;
        if (!s)
            return NULL;
        digits = (char *)oz_str_data(s);
        length = oz_str_length(s);
        if (f->type == 'X') { /* strs do not change */
            copy = oz_str_alloc(t, length, 127);
            if (!copy)
                return NULL;
            char *own = (char *)oz_str_data((const Str *)copy);
            memcpy(own, digits, length);
            make_upper(own, length);
            digits = own;
        }
    }
    bool negative = digits[0] == '-';
    NumberParts p = {.sign = oz_number_sign(negative, f->sign),
                     .prefix = prefix_of(f),
                     .digits = digits + negative,
                     .digit_count = length - negative,
                     .rest = ""};
    NumberStyle style = oz_number_style(f);
    return oz_number_format_parts(t, &p, f, &style);
}

static Ref format_float(Thread *t, double d, const FormatSpec *f);

Ref oz_int_format(Thread *t, Obj value, Obj spec)
{
    const Str *text = oz_as_str(spec);
    if (text && oz_str_length(text) == 0)
        return oz_str(t, value);
    FormatSpec f;
    if (!oz_format_spec_parse(t, value, spec, 'd', '>', &f))
        return NULL;
    Obj exact = oz_as_exact_int(value);
    double d;
    switch (f.type) {
    case 'b':
    case 'c':
    case 'd':
    case 'o':
    case 'x':
    case 'X':
    case 'n':
        return format_integer(t, exact, &f);
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case '%':
        return oz_int_to_double(t, exact, &d) ? format_float(t, d, &f) : NULL;
    default:
        return oz_raise_format_code(t, f.type, value);
    }
}

/* ---- float ---- */

/* Divide the text of a number into parts. */
static void split_text(NumberParts *p, const char *text, size_t length, char wanted_sign)
{
    bool negative = text[0] == '-';
    const char *at = text + negative, *end = text + length;
    p->sign = oz_number_sign(negative, wanted_sign);
    p->prefix = "";
    p->digits = at;
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    p->digit_count = (size_t)(at - p->digits);
    p->has_point = at < end && *at == '.';
    p->rest = at + p->has_point;
    p->rest_count = (size_t)(end - p->rest);
}

#define DEFAULT_PRECISION 6

#define SMALL 200 /* bytes on the stack for the text of most floats */

/* The conversion that a format type stands for, in `small` or a block, with room for one more
 * character. */
static char *convert(Thread *t, char small[SMALL], double d, const FormatSpec *f, int flags,
                     size_t *length)
{
    if (f->precision > INT_MAX) {
        oz_raise(t, OZ_ValueError, "precision too big");
        return NULL;
    }
    int precision = (int)f->precision;
    char type = (char)f->type;
    if (f->alternate)
        flags |= OZ_FLOAT_ALTERNATE;
    if (f->no_negative_zero)
        flags |= OZ_FLOAT_NO_NEGATIVE_ZERO;
    if (type == 0)
        type = precision < 0 ? 'r' : 'g';
    else if (precision < 0)
        precision = DEFAULT_PRECISION;
    if (type == 'n')
        type = 'g';
    if (type == '%')
        type = 'f';
    return oz_float_text_in(t, small, SMALL, d, type, precision, flags, length);
}

static Ref format_float(Thread *t, double d, const FormatSpec *f)
{
    char small[SMALL];
    size_t length;
    bool percent = f->type == '%';
    char *text =
        convert(t, small, percent ? d * 100 : d, f, f->type ? 0 : OZ_FLOAT_DOT_ZERO, &length);
    if (!text)
        return NULL;
    if (percent)
        text[length++] = '%'; /* in place of the zero behind the text */
    NumberParts p = {0};
    split_text(&p, text, length, f->sign);
    NumberStyle style = oz_number_style(f);
    Ref result = oz_number_format_parts(t, &p, f, &style);
    if (text != small)
        oz_block_free(text);
    return result;
}

static bool is_float_type(uint32_t type)
{
    return type == 0 || type == 'e' || type == 'E' || type == 'f' || type == 'F' || type == 'g' ||
           type == 'G' || type == 'n';
}

Ref oz_float_format(Thread *t, Obj value, Obj spec)
{
    const Str *text = oz_as_str(spec);
    if (text && oz_str_length(text) == 0)
        return oz_str(t, value);
    FormatSpec f;
    if (!oz_format_spec_parse(t, value, spec, 0, '>', &f))
        return NULL;
    double d = 0;
    oz_as_float(value, &d);
    if (!is_float_type(f.type) && f.type != '%')
        return oz_raise_format_code(t, f.type, value);
    return format_float(t, d, &f);
}

/* ---- complex ---- */

/* One part, without padding. */
static bool put_part(StrBuilder *b, double d, const FormatSpec *f, char sign,
                     const NumberStyle *style)
{
    char small[SMALL];
    size_t length;
    char *text = convert(b->t, small, d, f, 0, &length);
    if (!text)
        return false;
    FormatSpec plain = *f;
    plain.width = -1;
    plain.align = '<';
    NumberParts p = {0};
    split_text(&p, text, length, sign);
    bool done = put_number(b, &p, &plain, style);
    if (text != small)
        oz_block_free(text);
    return done;
}

static Ref complex_body(Thread *t, double real, double imag, const FormatSpec *f)
{
    StrBuilder b;
    oz_builder_init(&b, t);
    NumberStyle style = oz_number_style(f);
    bool only_imag = f->type == 0 && real == 0.0 && !signbit(real);
    bool parentheses = f->type == 0 && !only_imag;
    if (parentheses)
        oz_builder_character(&b, '(');
    bool done = (only_imag || put_part(&b, real, f, f->sign, &style)) &&
                put_part(&b, imag, f, only_imag ? f->sign : '+', &style);
    if (!done) {
        oz_builder_fini(&b);
        return NULL;
    }
    oz_builder_ascii(&b, "j)", parentheses ? 2 : 1);
    return oz_builder_finish(&b);
}

Ref oz_complex_format(Thread *t, Obj value, Obj spec)
{
    const Str *text = oz_as_str(spec);
    if (text && oz_str_length(text) == 0)
        return oz_str(t, value);
    FormatSpec f;
    if (!oz_format_spec_parse(t, value, spec, 0, '>', &f))
        return NULL;
    if (!is_float_type(f.type))
        return oz_raise_format_code(t, f.type, value);
    if (f.fill == '0')
        return oz_raise(t, OZ_ValueError,
                        "Zero padding is not allowed in complex format specifier");
    if (f.align == '=')
        return oz_raise(t, OZ_ValueError,
                        "'=' alignment flag is not allowed in complex format specifier");
    const Complex *c = (const Complex *)value;
    scoped Ref body = complex_body(t, c->real, c->imag, &f);
    const Str *s = body ? oz_as_str(body) : NULL;
    if (!s)
        return NULL;
    ssize_t padding = max(0, f.width - (ssize_t)oz_str_length(s));
    ssize_t left = f.align == '>' ? padding : f.align == '^' ? padding / 2 : 0;
    StrBuilder b;
    oz_builder_init(&b, t);
    oz_builder_fill(&b, (size_t)left, f.fill);
    oz_builder_str(&b, body);
    oz_builder_fill(&b, (size_t)(padding - left), f.fill);
    return oz_builder_finish(&b);
}
