// SPDX-License-Identifier: MIT
// Formatting for native code: printf's numbers and texts, and objects by %S %R %A %T %N.
//
// A conversion is parsed once into a Conversion; numbers are left to snprintf with the same flags,
// texts are measured in characters (so %.20s never cuts one in half).
#include "types/str.h"
#include "types/str_text.h"

#include "types/type.h"

#include <stdio.h>
#include <string.h>

enum { LENGTH_NONE, LENGTH_LONG, LENGTH_LONG_LONG, LENGTH_SIZE };

typedef struct Conversion {
    const char *start; /* the '%' */
    const char *end;   /* behind the letter */
    ssize_t precision; /* -1: none */
    int length;        /* LENGTH_* */
    char letter;
} Conversion;

static Conversion parse(const char *at, va_list *arguments)
{
    Conversion c = {at, NULL, -1, LENGTH_NONE, 0};
    at++;
    at += strspn(at, "-+ #0");
    at += strspn(at, "0123456789");
    if (*at == '.') {
        c.precision = 0;
        if (*++at == '*') {
            c.precision = va_arg(*arguments, int);
            at++;
        }
        for (; *at >= '0' && *at <= '9'; at++)
            c.precision = c.precision * 10 + (*at - '0');
    }
    if (*at == 'z') {
        c.length = LENGTH_SIZE;
        at++;
    } else if (*at == 'l') {
        c.length = at[1] == 'l' ? LENGTH_LONG_LONG : LENGTH_LONG;
        at += c.length == LENGTH_LONG_LONG ? 2 : 1;
    }
    c.letter = *at;
    c.end = at + 1;
    return c;
}

/* A number: the flags and width as given, the value widened to 64 bits. */
static bool add_number(StrBuilder *b, const Conversion *c, va_list *arguments)
{
    char format[32] = {0}, out[128];
    size_t flags = strspn(c->start, "%-+ #0123456789.");
    if (flags > sizeof format - 4)
        flags = sizeof format - 4;
    memcpy(format, c->start, flags);
    format[flags] = 'l';
    format[flags + 1] = 'l';
    format[flags + 2] = c->letter;
    bool is_signed = c->letter == 'd' || c->letter == 'i';
    long long value;
    if (c->length == LENGTH_LONG_LONG)
        value = va_arg(*arguments, long long);
    else if (c->length == LENGTH_LONG)
        value = va_arg(*arguments, long);
    else if (c->length == LENGTH_SIZE)
        value = va_arg(*arguments, ssize_t);
    else if (is_signed)
        value = va_arg(*arguments, int);
    else
        value = va_arg(*arguments, unsigned);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    int n = snprintf(out, sizeof out, format, value);
#pragma GCC diagnostic pop
    return oz_builder_ascii(b, out, n < (int)sizeof out ? (size_t)n : sizeof out - 1);
}

static bool add_double(StrBuilder *b, const Conversion *c, va_list *arguments)
{
    char out[64];
    int n = snprintf(out, sizeof out, "%.*g", c->precision < 0 ? 6 : (int)c->precision,
                     va_arg(*arguments, double));
    return oz_builder_ascii(b, out, (size_t)n);
}

/* At most `precision` bytes, but whole characters. */
static bool add_text(StrBuilder *b, const char *text, ssize_t precision)
{
    if (!text)
        text = "(null)";
    size_t length = precision < 0 ? strlen(text) : strnlen(text, (size_t)precision);
    while (length > 0 && ((uint8_t)text[length] & 0xc0) == 0x80)
        length--;
    return oz_builder_utf8(b, text, length);
}

static bool add_str_take(StrBuilder *b, Ref text, ssize_t precision)
{
    if (!text) {
        b->failed = true;
        return false;
    }
    bool done =
        precision < 0 ? oz_builder_str(b, text) : oz_builder_slice(b, text, 0, (size_t)precision);
    oz_drop(text);
    return done;
}

static bool add_object(StrBuilder *b, const Conversion *c, Obj v)
{
    Thread *t = b->t;
    switch (c->letter) {
    case 'S':
        return add_str_take(b, v ? oz_str(t, v) : oz_repr(t, v), c->precision);
    case 'R':
        return add_str_take(b, oz_repr(t, v), c->precision);
    case 'A':
        return add_str_take(b, oz_ascii(t, v), c->precision);
    case 'T':
        return add_text(b, oz_class_label(oz_class_of(v)), c->precision);
    case 't':
        return add_text(b, oz_class_name(oz_class_of(v)), c->precision);
    default:
        return add_text(b, oz_class_label((const Class *)v), c->precision);
    }
}

static bool add(StrBuilder *b, const Conversion *c, va_list *arguments)
{
    switch (c->letter) {
    case '%':
        return oz_builder_character(b, '%');
    case 's':
        return add_text(b, va_arg(*arguments, const char *), c->precision);
    case 'c':
        return oz_builder_character(b, (uint32_t)va_arg(*arguments, int));
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
        return add_number(b, c, arguments);
    case 'g':
        return add_double(b, c, arguments);
    case 'p': {
        char out[32];
        int n = snprintf(out, sizeof out, "%p", va_arg(*arguments, void *));
        return oz_builder_ascii(b, out, (size_t)n);
    }
    case 'S':
    case 'R':
    case 'A':
    case 'T':
    case 't':
    case 'N':
        return add_object(b, c, va_arg(*arguments, Obj));
    default:
        oz_require(!"a format that oz_str_format does not know");
        return false;
    }
}

static bool format_va(StrBuilder *b, const char *format, va_list *arguments)
{
    const char *at = format;
    while (*at) {
        size_t plain = strcspn(at, "%");
        if (plain && !oz_builder_utf8(b, at, plain))
            return false;
        at += plain;
        if (!*at)
            break;
        Conversion c = parse(at, arguments);
        if (!add(b, &c, arguments))
            return false;
        at = c.end;
    }
    return !b->failed;
}

bool oz_builder_format(StrBuilder *b, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bool done = format_va(b, format, &arguments);
    va_end(arguments);
    return done;
}

Ref oz_str_format_va(Thread *t, const char *format, va_list arguments)
{
    StrBuilder b;
    oz_builder_init(&b, t);
    va_list copy;
    va_copy(copy, arguments);
    format_va(&b, format, &copy);
    va_end(copy);
    return oz_builder_finish(&b);
}

Ref oz_str_format(Thread *t, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    Ref made = oz_str_format_va(t, format, arguments);
    va_end(arguments);
    return made;
}
