// SPDX-License-Identifier: MIT
// bytes % arguments.
//
// Conversions of numbers are handed to str % one at a time, for their text is ASCII; bytes and
// characters are laid out here.
#include <limits.h>
#include <string.h>

#include "types/bytearray.h"
#include "types/bytes_methods.h"
#include "types/exception.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str_methods.h"
#include "types/tuple.h"

typedef struct Percent {
    Thread *t;
    const uint8_t *at, *start, *end;
    Obj arguments;
    const Tuple *tuple; /* NULL: one argument */
    uint32_t next;      /* arguments used */
    bool is_mapping;    /* a key was given: not all arguments need to be used */
    ByteArray *out;
} Percent;

typedef struct Conversion {
    char flags[8];
    size_t flag_count;
    bool left;
    ssize_t width, precision; /* -1: none */
    uint8_t letter;
    Ref value; /* owned by the caller of conversion() */
} Conversion;

static Obj next_argument(Percent *p)
{
    uint32_t count = p->tuple ? p->tuple->length : 1;
    if (p->next < count)
        return p->tuple ? (Obj)p->tuple->items[p->next++] : (p->next++, p->arguments);
    oz_raise(p->t, OZ_TypeError, "not enough arguments for format string");
    return NULL;
}

static bool is_mapping(Obj v)
{
    return oz_class_of(v)->slots->get_item && !oz_as_tuple(v) && !oz_as_bytes(v) &&
           !oz_isa(v, OZ_BYTEARRAY) && !oz_is_str(v);
}

/* "(key)": the value of the mapping. */
static bool keyed_value(Percent *p, Ref *value)
{
    const uint8_t *key = ++p->at;
    int depth = 1;
    for (; p->at < p->end; p->at++) {
        depth += *p->at == '(';
        depth -= *p->at == ')';
        if (depth == 0)
            break;
    }
    if (depth)
        return oz_fail(p->t, OZ_ValueError, "incomplete format key");
    if (!is_mapping(p->arguments))
        return oz_fail(p->t, OZ_TypeError, "format requires a mapping");
    scoped Ref name = oz_bytes_new(p->t, key, (size_t)(p->at++ - key));
    *value = name ? oz_get_item(p->t, p->arguments, name) : NULL;
    p->is_mapping = true;
    return *value != NULL;
}

/* A width or precision: digits, or * for the next argument. */
static bool size(Percent *p, ssize_t *n, const char *too_big)
{
    int precision;
    if (p->at < p->end && *p->at == '*') {
        p->at++;
        Obj argument = next_argument(p);
        if (!argument)
            return false;
        if (!oz_as_exact_int(argument))
            return oz_fail(p->t, OZ_TypeError, "* wants int");
        if (*too_big != 'p')
            return oz_as_size_argument(p->t, argument, n);
        if (!oz_as_int(p->t, argument, &precision))
            return false;
        *n = precision;
        return true;
    }
    for (; p->at < p->end && *p->at >= '0' && *p->at <= '9'; p->at++) {
        ssize_t digit = *p->at - '0';
        *n = *n < 0 ? 0 : *n;
        if (*n > (INT_MAX - digit) / 10)
            return oz_fail(p->t, OZ_ValueError, "%s", too_big);
        *n = *n * 10 + digit;
    }
    return true;
}

static void flags(Percent *p, Conversion *c)
{
    for (; p->at < p->end && *p->at && strchr("-+ #0", *p->at); p->at++) {
        c->left |= *p->at == '-';
        if (!memchr(c->flags, *p->at, c->flag_count))
            c->flags[c->flag_count++] = (char)*p->at;
    }
}

/* Read a conversion behind its '%'. */
static bool conversion(Percent *p, Conversion *c)
{
    *c = (Conversion){.width = -1, .precision = -1};
    if (p->at < p->end && *p->at == '%') { /* only here is it a sign of its own */
        c->letter = *p->at++;
        return true;
    }
    if (p->at < p->end && *p->at == '(' && !keyed_value(p, &c->value))
        return false;
    flags(p, c);
    if (!size(p, &c->width, "width too big"))
        return false;
    if (c->width < -1) {
        c->left = true;
        c->width = -c->width;
        c->flags[c->flag_count++] = '-';
    }
    if (p->at < p->end && *p->at == '.') {
        p->at++;
        c->precision = 0;
        if (!size(p, &c->precision, "prec too big"))
            return false;
        if (c->precision < 0)
            c->precision = 0;
    }
    if (p->at < p->end && (*p->at == 'h' || *p->at == 'l' || *p->at == 'L'))
        p->at++;
    if (p->at == p->end)
        return oz_fail(p->t, OZ_ValueError, "incomplete format");
    c->letter = *p->at++;
    if (!c->value) {
        Obj argument = next_argument(p);
        if (!argument)
            return false;
        c->value = oz_retain(argument);
    }
    return true;
}

/* ---- output ---- */

static bool put(Percent *p, const void *data, size_t length)
{
    return oz_bytearray_append(p->t, p->out, data, length);
}

static bool put_padded(Percent *p, const Conversion *c, const void *data, size_t length)
{
    size_t padding = c->width > (ssize_t)length ? (size_t)c->width - length : 0;
    size_t at = p->out->length;
    if (!oz_bytearray_resize(p->t, p->out, at + padding + length))
        return false;
    memset(p->out->start + at, ' ', padding + length);
    if (length)
        memcpy(p->out->start + at + (c->left ? 0 : padding), data, length);
    return true;
}

static size_t clipped(const Conversion *c, size_t length)
{
    return c->precision >= 0 && (size_t)c->precision < length ? (size_t)c->precision : length;
}

static bool put_bytes(Percent *p, const Conversion *c)
{
    Obj v = c->value;
    scoped Ref method = NULL;
    if (!oz_has_buffer(v)) {
        Found found = oz_find_special(p->t, v, OZ_NAME(p->t, __bytes__), &method);
        if (found == OZ_RAISED)
            return false;
        if (found == OZ_MISSING)
            return oz_fail(p->t, OZ_TypeError,
                           "%%b requires a bytes-like object, or an object that implements "
                           "__bytes__, not '%T'",
                           v);
    }
    scoped Ref bytes = oz_bytes_from_object(p->t, v);
    const Bytes *b = bytes ? oz_as_bytes(bytes) : NULL;
    return b && put_padded(p, c, oz_bytes_data(b), clipped(c, oz_bytes_length(b)));
}

static bool put_ascii(Percent *p, const Conversion *c)
{
    scoped Ref text = oz_ascii(p->t, c->value);
    const Str *s = text ? oz_as_str(text) : NULL;
    return s && put_padded(p, c, oz_str_data(s), clipped(c, oz_str_length(s)));
}

static bool put_character(Percent *p, const Conversion *c)
{
    Obj v = c->value;
    if (oz_as_bytes(v) || oz_isa(v, OZ_BYTEARRAY)) {
        Text s = oz_bytes_view(v);
        if (s.length == 1)
            return put_padded(p, c, s.data, 1);
    } else if (oz_as_exact_int(v) || oz_class_of(v)->slots->index) {
        ssize_t n;
        if (oz_as_ssize(p->t, v, -1, &n)) {
            if (n < 0 || n > 255)
                return oz_fail(p->t, OZ_OverflowError, "%%c arg not in range(256)");
            uint8_t byte = (uint8_t)n;
            return put_padded(p, c, &byte, 1);
        }
        if (!oz_exception_forget(p->t, OZ_TypeError))
            return false;
    }
    return oz_fail(p->t, OZ_TypeError, "%%c requires an integer in range(256) or a single byte");
}

/* By str %: the conversion written out again, with one argument. */
static bool put_number(Percent *p, const Conversion *c, Obj value)
{
    StrBuilder b;
    oz_builder_init(&b, p->t);
    oz_builder_character(&b, '%');
    oz_builder_ascii(&b, c->flags, c->flag_count);
    if (c->width >= 0)
        oz_builder_format(&b, "%zd", c->width);
    if (c->precision >= 0)
        oz_builder_format(&b, ".%zd", c->precision);
    oz_builder_character(&b, c->letter == 'i' ? 'd' : c->letter);
    scoped Ref format = oz_builder_finish(&b);
    scoped Ref arguments = format ? oz_tuple_of(p->t, 1, value) : NULL;
    scoped Ref text = arguments ? oz_str_percent(p->t, format, arguments) : NULL;
    const Str *s = text ? oz_as_str(text) : NULL;
    return s && put(p, oz_str_data(s), oz_str_length(s));
}

static bool put_float(Percent *p, const Conversion *c)
{
    double d;
    if (!oz_as_double(p->t, c->value, &d)) {
        if (!oz_is_exception(p->t->exception, OZ_MemoryError) &&
            oz_exception_forget(p->t, OZ_Exception))
            oz_raise(p->t, OZ_TypeError, "float argument required, not %T", c->value);
        return false;
    }
    scoped Ref number = oz_float_new(p->t, d);
    return number && put_number(p, c, number);
}

static bool put_conversion(Percent *p, const Conversion *c)
{
    if (!c->value)
        return put(p, "%", 1);
    switch (c->letter) {
    case 's':
    case 'b':
        return put_bytes(p, c);
    case 'a':
    case 'r':
        return put_ascii(p, c);
    case 'c':
        return put_character(p, c);
    case 'i':
    case 'd':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        return put_number(p, c, c->value);
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        return put_float(p, c);
    default:
        return oz_fail(p->t, OZ_ValueError, "unsupported format character '%c' (0x%x) at index %zd",
                       c->letter, (unsigned)c->letter, (ssize_t)(p->at - 1 - p->start));
    }
}

static bool run(Percent *p)
{
    while (p->at < p->end) {
        const uint8_t *percent = memchr(p->at, '%', (size_t)(p->end - p->at));
        if (!percent)
            percent = p->end;
        if (!put(p, p->at, (size_t)(percent - p->at)))
            return false;
        p->at = percent;
        if (percent == p->end)
            break;
        p->at++;
        Conversion c;
        bool done = conversion(p, &c) && put_conversion(p, &c);
        oz_drop(c.value);
        if (!done || !oz_poll(p->t))
            return false;
    }
    uint32_t count = p->tuple ? p->tuple->length : 1;
    if (p->next < count && !p->is_mapping)
        return oz_fail(p->t, OZ_TypeError, "not all arguments converted during bytes formatting");
    return true;
}

Ref oz_bytes_percent(Thread *t, Obj format, Obj arguments)
{
    const Bytes *f = oz_as_bytes(format);
    const uint8_t *data = oz_bytes_data(f);
    scoped Ref out = oz_bytearray_new(t, NULL, 0);
    if (!out)
        return NULL;
    Percent p = {.t = t,
                 .at = data,
                 .start = data,
                 .end = data + oz_bytes_length(f),
                 .arguments = arguments,
                 .tuple = oz_as_tuple(arguments),
                 .is_mapping = is_mapping(arguments),
                 .out = (ByteArray *)out};
    return run(&p) ? oz_bytes_new(t, p.out->start, p.out->length) : NULL;
}
