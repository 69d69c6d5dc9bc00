// SPDX-License-Identifier: MIT
// str % arguments.
//
// A conversion is parsed into a Conversion, its value becomes text without sign, width and flags,
// and one function lays that out.  Floats are written by what float.__format__ uses.
#include "types/str_methods.h"

#include "types/dict.h"
#include "types/float.h"
#include "types/format_spec.h"
#include "types/int.h"
#include "types/tuple.h"

#include <limits.h>

typedef struct Percent {
    Thread *t;
    StrBuilder out;
    Obj format; /* exact str */
    Text text;  /* of format */
    size_t at;
    Obj arguments;      /* as given */
    const Tuple *tuple; /* NULL: one argument */
    uint32_t next;      /* arguments used */
    bool is_mapping;
} Percent;

typedef struct Conversion {
    bool left, plus, space, alternate, zero;
    ssize_t width;     /* -1: none */
    ssize_t precision; /* -1: none */
    uint32_t letter;
    Ref value; /* owned by conversion() */
} Conversion;

static bool fail(Percent *p, int kind, const char *message)
{
    return oz_fail(p->t, kind, "%s", message);
}

static Obj next_argument(Percent *p)
{
    uint32_t count = p->tuple ? p->tuple->length : 1;
    if (p->next < count)
        return p->tuple ? p->tuple->items[p->next++] : (p->next++, p->arguments);
    oz_raise(p->t, OZ_TypeError, "not enough arguments for format string");
    return NULL;
}

static uint32_t peek(const Percent *p)
{
    return p->at < p->text.length ? oz_text_char(p->text, p->at) : 0;
}

static bool ended(const Percent *p)
{
    return p->at >= p->text.length;
}

/* "(key)": the value of the mapping. */
static bool parse_key(Percent *p, Ref *value)
{
    if (!p->is_mapping)
        return fail(p, OZ_TypeError, "format requires a mapping");
    size_t start = ++p->at;
    for (int depth = 1; !ended(p); p->at++) {
        uint32_t c = peek(p);
        depth += (c == '(') - (c == ')');
        if (depth == 0)
            break;
    }
    if (ended(p))
        return fail(p, OZ_ValueError, "incomplete format key");
    scoped Ref key = oz_str_slice(p->t, p->format, start, p->at++);
    if (!key)
        return false;
    *value = oz_get_item(p->t, p->arguments, key);
    return *value != NULL;
}

static void parse_flags(Percent *p, Conversion *c)
{
    for (;; p->at++) {
        switch (peek(p)) {
        case '-':
            c->left = true;
            continue;
        case '+':
            c->plus = true;
            continue;
        case ' ':
            c->space = true;
            continue;
        case '#':
            c->alternate = true;
            continue;
        case '0':
            c->zero = true;
            continue;
        default:
            return;
        }
    }
}

/* Digits, or * for an argument. */
static bool parse_number(Percent *p, ssize_t *n, ssize_t most, const char *too_big)
{
    if (peek(p) == '*') {
        p->at++;
        Obj v = next_argument(p);
        if (!v)
            return false;
        if (!oz_as_exact_int(v))
            return fail(p, OZ_TypeError, "* wants int");
        if (most != INT_MAX)
            return oz_as_size_argument(p->t, v, n);
        int precision;
        if (!oz_as_int(p->t, v, &precision))
            return false;
        *n = precision;
        return true;
    }
    for (*n = 0; !ended(p) && peek(p) - '0' < 10; p->at++) {
        if (*n > (most - 9) / 10)
            return fail(p, OZ_ValueError, too_big);
        *n = *n * 10 + (ssize_t)(peek(p) - '0');
    }
    return true;
}

static bool parse(Percent *p, Conversion *c)
{
    if (peek(p) == '(' && !parse_key(p, &c->value))
        return false;
    parse_flags(p, c);
    if (peek(p) == '*' || (!ended(p) && peek(p) - '0' < 10)) {
        if (!parse_number(p, &c->width, PTRDIFF_MAX, "width too big"))
            return false;
        if (c->width < 0) {
            c->left = true;
            c->width = -c->width;
        }
    }
    if (peek(p) == '.') {
        p->at++;
        if (!parse_number(p, &c->precision, INT_MAX, "precision too big"))
            return false;
        if (c->precision < 0)
            c->precision = 0;
    }
    if (peek(p) == 'h' || peek(p) == 'l' || peek(p) == 'L')
        p->at++;
    if (ended(p))
        return fail(p, OZ_ValueError, "incomplete format");
    c->letter = peek(p);
    p->at++;
    return true;
}

/* ---- values ---- */

/* The integer that %d shows, as int() makes it, or %x, by __index__.  What they say of a wrong type
 * is said better here. */
static Ref integer_of(Percent *p, Obj v, uint32_t letter)
{
    Thread *t = p->t;
    if (oz_as_exact_int(v))
        return oz_retain(oz_as_exact_int(v));
    bool decimal = letter == 'd' || letter == 'i' || letter == 'u';
    Ref made = !oz_is_number(v) ? NULL : decimal ? oz_int_from(t, v) : oz_index(t, v);
    if (made || (t->exception && !oz_exception_forget(t, OZ_TypeError)))
        return made;
    return oz_raise(t, OZ_TypeError, "%%%c format: %s is required, not %T", (int)letter,
                    decimal ? "a real number" : "an integer", v);
}

static Ref text_of_int(Percent *p, const Conversion *c, Obj v)
{
    scoped Ref n = integer_of(p, v, c->letter);
    if (!n)
        return NULL;
    int base = c->letter == 'o' ? 8 : c->letter == 'x' || c->letter == 'X' ? 16 : 10;
    scoped Ref digits = oz_int_to_str(p->t, n, base);
    if (!digits || (base == 10 && c->precision <= 1))
        return oz_move(&digits);
    /* sign, prefix, zeros up to the precision, digits */
    const Str *s = oz_as_str(digits);
    size_t sign = oz_str_at(s, 0) == '-', length = oz_str_length(s) - sign;
    StrBuilder b;
    oz_builder_init(&b, p->t);
    if (sign)
        oz_builder_character(&b, '-');
    if (c->alternate && base != 10) {
        char prefix[2] = {'0', (char)c->letter};
        oz_builder_ascii(&b, prefix, 2);
    }
    if (c->precision > (ssize_t)length)
        oz_builder_fill(&b, (size_t)c->precision - length, '0');
    for (size_t i = 0; i < length; i++) {
        uint32_t digit = oz_str_at(s, sign + i);
        oz_builder_character(&b, c->letter == 'X' && digit >= 'a' ? digit - 32 : digit);
    }
    return oz_builder_finish(&b);
}

static Ref text_of_character(Percent *p, Obj v)
{
    Thread *t = p->t;
    const Str *s = oz_as_str(v);
    if (s && oz_str_length(s) == 1)
        return oz_retain((Obj)s);
    if (s || (!oz_as_exact_int(v) && !oz_class_of(v)->slots->index))
        return oz_raise(t, OZ_TypeError, "%%c requires int or char");
    scoped Ref n = oz_index(t, v);
    if (!n)
        return oz_exception_forget(t, OZ_TypeError)
                   ? oz_raise(t, OZ_TypeError, "%%c requires int or char")
                   : NULL;
    if (!oz_is_int(n) || oz_int_value(n) < 0 || oz_int_value(n) > 0x10ffff)
        return oz_raise(t, OZ_OverflowError, "%%c arg not in range(0x110000)");
    return oz_str_from_character(t, (uint32_t)oz_int_value(n));
}

/* ---- layout ---- */

/* Text as it is: cut to the precision, put left or right of spaces. */
static bool add_text(Percent *p, const Conversion *c, Obj str, bool cut)
{
    if (c->width < 0 && c->precision < 0)
        return oz_builder_str(&p->out, str);
    size_t length = oz_str_length(oz_as_str(str));
    if (cut && c->precision >= 0 && length > (size_t)c->precision)
        length = (size_t)c->precision;
    size_t room = c->width > (ssize_t)length ? (size_t)c->width - length : 0;
    return oz_builder_fill(&p->out, c->left ? 0 : room, ' ') &&
           oz_builder_slice(&p->out, str, 0, length) &&
           oz_builder_fill(&p->out, c->left ? room : 0, ' ');
}

/* A number: sign and prefix stand before the zeros that fill up the width. */
static bool add_number(Percent *p, const Conversion *c, const char *text, size_t length)
{
    const char *end = text + length;
    char sign = 0;
    if (length && (*text == '-' || *text == '+'))
        sign = *text++;
    else if (c->plus || c->space)
        sign = c->plus ? '+' : ' ';
    bool prefix = c->alternate && (c->letter == 'x' || c->letter == 'X' || c->letter == 'o');
    size_t total = (size_t)(end - text) + (sign != 0);
    size_t room = c->width > (ssize_t)total ? (size_t)c->width - total : 0;
    bool zeros = c->zero && !c->left;
    StrBuilder *b = &p->out;
    if (!zeros && !c->left)
        oz_builder_fill(b, room, ' ');
    if (sign)
        oz_builder_ascii(b, &sign, 1);
    if (zeros && prefix) {
        oz_builder_ascii(b, text, 2);
        text += 2;
    }
    if (zeros)
        oz_builder_fill(b, room, '0');
    oz_builder_ascii(b, text, (size_t)(end - text));
    return oz_builder_fill(b, c->left ? room : 0, ' ');
}

static bool add_int(Percent *p, const Conversion *c, Obj v)
{
    bool decimal = c->letter == 'd' || c->letter == 'i' || c->letter == 'u';
    if (decimal && oz_is_int(v) && c->precision <= 1) {
        char room[OZ_INT_DIGITS], *end = room + sizeof room;
        char *start = oz_int_digits(oz_int_value(v), 10, end);
        return add_number(p, c, start, (size_t)(end - start));
    }
    scoped Ref text = text_of_int(p, c, v);
    return text &&
           add_number(p, c, oz_str_data((const Str *)text), oz_str_length((const Str *)text));
}

static bool add_float(Percent *p, const Conversion *c, Obj v)
{
    double d;
    if (!oz_as_double(p->t, v, &d))
        return false;
    char small[100];
    size_t length;
    int precision = c->precision < 0 ? 6 : (int)c->precision;
    char *text = oz_float_text_in(p->t, small, sizeof small, d, (char)c->letter, precision,
                                  c->alternate ? OZ_FLOAT_ALTERNATE : 0, &length);
    if (!text)
        return false;
    bool done = add_number(p, c, text, length);
    if (text != small)
        oz_block_free(text);
    return done;
}

static bool unsupported(Percent *p, uint32_t c)
{
    return oz_fail(p->t, OZ_ValueError, "unsupported format character '%c' (0x%x) at index %zd",
                   c > 31 && c < 127 ? (int)c : '?', c, (ssize_t)p->at - 1);
}

static bool add_value(Percent *p, const Conversion *c, Obj v)
{
    Thread *t = p->t;
    switch (c->letter) {
    case 's':
    case 'r':
    case 'a': {
        scoped Ref text = c->letter == 's'   ? oz_str(t, v)
                          : c->letter == 'r' ? oz_repr(t, v)
                                             : oz_ascii(t, v);
        return text && add_text(p, c, text, true);
    }
    case 'c': {
        scoped Ref text = text_of_character(p, v);
        return text && add_text(p, c, text, false);
    }
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        return add_int(p, c, v);
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        return add_float(p, c, v);
    default:
        return unsupported(p, c->letter);
    }
}

/* %s or %d. */
static bool plain_conversion(Percent *p)
{
    Conversion c = {.width = -1, .precision = -1, .letter = peek(p)};
    p->at++;
    Obj v = next_argument(p);
    if (!v)
        return false;
    if (c.letter == 's' && oz_is_exact_str(v))
        return oz_builder_str(&p->out, v);
    if (c.letter == 'd' && oz_is_int(v)) {
        char room[OZ_INT_DIGITS], *end = room + sizeof room;
        char *start = oz_int_digits(oz_int_value(v), 10, end);
        return oz_builder_ascii(&p->out, start, (size_t)(end - start));
    }
    scoped Ref own = oz_retain(v);
    return add_value(p, &c, own) && oz_poll(p->t);
}

/* Behind a '%'. */
static bool conversion(Percent *p)
{
    if (peek(p) == '%') {
        p->at++;
        return oz_builder_character(&p->out, '%');
    }
    if (peek(p) == 's' || peek(p) == 'd')
        return plain_conversion(p);
    Conversion c = {.width = -1, .precision = -1};
    if (!parse(p, &c)) {
        oz_drop(c.value);
        return false;
    }
    if (!c.value) {
        Obj v = next_argument(p);
        if (!v)
            return false;
        c.value = oz_retain(v);
    }
    bool done = add_value(p, &c, c.value);
    oz_drop(c.value);
    return done && oz_poll(p->t);
}

static bool run(Percent *p)
{
    while (!ended(p)) {
        Text rest = oz_text_part(p->text, p->at, p->text.length);
        size_t plain = oz_text_find_char(rest, '%');
        size_t end = plain == OZ_NOT_FOUND ? p->text.length : p->at + plain;
        if (!oz_builder_slice(&p->out, p->format, p->at, end))
            return false;
        p->at = end + 1;
        if (end < p->text.length && !conversion(p))
            return false;
    }
    if (!p->is_mapping && p->next < (p->tuple ? p->tuple->length : 1))
        return fail(p, OZ_TypeError, "not all arguments converted during string formatting");
    return true;
}

Ref oz_str_percent(Thread *t, Obj format, Obj arguments)
{
    Percent p; /* not cleared: the builder has much room that is not used */
    p.t = t;
    p.format = (Obj)oz_as_str(format);
    p.text = oz_text_of((const Str *)p.format);
    p.at = 0;
    p.arguments = arguments;
    p.tuple = oz_as_tuple(arguments);
    p.next = 0;
    p.is_mapping = !p.tuple && !oz_is_str(arguments) && oz_class_of(arguments)->slots->get_item;
    oz_builder_init(&p.out, t);
    p.out.failed |= !run(&p);
    return oz_builder_finish(&p.out);
}
