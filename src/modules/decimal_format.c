// SPDX-License-Identifier: MIT
// Decimal.__format__.
//
// The value is rounded as the type and the precision ask, its digits written out around the point,
// and the parts put together as those of floats are (types/format_spec.h).
#include "modules/decimal.h"

#include <stdio.h>
#include <string.h>

#include "heap/heap.h"
#include "types/format_spec.h"

typedef struct Rounded {
    bool fixed, exponential; /* else general */
    int64_t precision;       /* -1: none */
} Rounded;

/* a to `digits` digits, rounded. */
static void to_digits(Work *w, Number *r, const Number *a, int64_t digits)
{
    Limits limits = w->limits;
    w->limits = OZ_WIDEST;
    w->limits.rounding = limits.rounding;
    w->limits.prec = digits;
    *r = *a;
    oz_number_finish(w, r, 0);
    w->limits = limits;
}

/* The value with the digits that are shown. */
static void round_for(Work *w, Number *r, const Number *a, const Number *b OZ_UNUSED,
                      const Number *c OZ_UNUSED)
{
    const Rounded *how = w->extra;
    int64_t precision = how->precision;
    *r = *a;
    if (precision >= 0) {
        if (how->exponential && a->n) {
            Number some;
            to_digits(w, &some, a, precision + 1);
            int64_t zeros = precision + 1 - oz_number_digits(&some);
            oz_number_scale(w, r, &some, zeros);
            r->exponent -= zeros;
        } else if (how->fixed)
            oz_number_rescale(w, r, a, -precision);
        else if (!how->exponential && oz_number_digits(a) > precision)
            to_digits(w, r, a, precision > 0 ? precision : 1);
    }
    if (how->fixed && r->exponent > 0) {
        Number whole = *r;
        oz_number_scale(w, r, &whole, whole.exponent);
        r->exponent = 0;
    }
}

static Ref rounded(Thread *t, const Number *n, const Rounded *how, uint8_t rounding)
{
    Limits limits = OZ_WIDEST;
    limits.rounding = rounding;
    bool brief = n->n <= 2 && how->precision <= 60 && n->exponent <= 60 && n->exponent >= -60;
    Run run = {.operation = round_for,
               .a = n,
               .extra = how,
               .limits = &limits,
               .count = 1,
               .brief = brief};
    uint32_t status;
    Ref result;
    return oz_decimal_run(t, &run, &status, &result) ? result : NULL;
}

/* ---- the specification ---- */

static bool invalid(Thread *t)
{
    return oz_fail(t, OZ_ValueError, "invalid format string");
}

/* Zeros to fill with: not behind an alignment, and the width begins with none. */
static bool zeros_fit(const FormatSpec *f, const Str *spec)
{
    size_t length = oz_str_length(spec);
    uint32_t second = length > 1 ? oz_str_at(spec, 1) : 0;
    bool filled = second && second < 0x80 && strchr("<>=^", (int)second);
    size_t at = f->align_given ? 1u + filled : 0;
    at += f->sign != 0;
    at += f->no_negative_zero;
    if (at >= length || oz_str_at(spec, at) != '0')
        return true;
    return !f->align_given && (at + 1 == length || oz_str_at(spec, at + 1) != '0');
}

static bool parse(Thread *t, Obj v, Obj spec, FormatSpec *f)
{
    if (!oz_format_spec_parse(t, v, spec, 0, '>', f))
        return oz_exception_forget(t, OZ_ValueError) ? invalid(t) : false;
    bool known = f->type == 0 || (f->type < 0x80 && strchr("eEfFgGnN%", (int)f->type));
    if (!known || f->alternate || !zeros_fit(f, (const Str *)spec) || f->grouping == '_' ||
        f->precision > OZ_MOST_PREC || f->width > OZ_MOST_PREC ||
        ((f->type == 'n' || f->type == 'N') && f->grouping))
        return invalid(t);
    return true;
}

/* What a program gives instead of the locale: a str under `name`; the text stays in *keep. */
static bool override_text(Thread *t, Dict *override, const char *name, const char **text, Ref *keep)
{
    scoped Ref key = oz_intern(t, name);
    size_t length;
    scoped Ref value = NULL;
    if (!key)
        return false;
    Found found = oz_dict_get(t, override, key, &value);
    if (found != OZ_FOUND)
        return found == OZ_MISSING;
    if (!oz_is_str(value))
        return oz_fail(t, OZ_ValueError, "optional argument must be a dict");
    if (!oz_str_utf8(t, value, &length, keep))
        return false;
    if (!*keep)
        *keep = oz_retain(value);
    scoped Ref unused = NULL;
    *text = oz_str_utf8(t, value, &length, &unused);
    if (unused) {
        oz_drop(*keep);
        *keep = oz_move(&unused);
    }
    return *text != NULL;
}

static bool check_style(Thread *t, const NumberStyle *style)
{
    for (const char *size = style->grouping; *size; size++)
        if (*size < 0)
            return oz_fail(t, OZ_ValueError, "invalid override dict");
    if (strlen(style->point) > 4 || strlen(style->separator) > 4 || !*style->point)
        return oz_fail(t, OZ_ValueError, "invalid override dict");
    return true;
}

/* ---- writing ---- */

/* Digits of the coefficient around a point behind `before` of them. */
static void place(NumberParts *p, char *room, const Number *n, int64_t before, char *end_of_rest,
                  size_t end_length)
{
    int64_t digits = oz_number_digits(n);
    char *at = room;
    if (before <= 0) {
        *at++ = '0';
        p->digit_count = 1;
        memset(at, '0', (size_t)-before);
        at += -before;
        oz_words_text(n->words, n->n, at, (size_t)digits);
        at += digits;
    } else {
        oz_words_text(n->words, n->n, at, (size_t)digits);
        at += digits;
        if (before > digits) {
            memset(at, '0', (size_t)(before - digits));
            at += before - digits;
        }
        p->digit_count = (size_t)before;
    }
    p->digits = room;
    p->rest = room + p->digit_count;
    p->has_point = at > p->rest;
    memcpy(at, end_of_rest, end_length);
    p->rest_count = (size_t)(at - p->rest) + end_length;
}

static Ref format_finite(Thread *t, const Number *n, const FormatSpec *f, const NumberStyle *style,
                         uint32_t type)
{
    bool percent = type == '%', upper = type == 'E' || type == 'G';
    bool fixed = percent || type == 'f' || type == 'F', exponential = type == 'e' || type == 'E';
    int64_t left = n->exponent + oz_number_digits(n), before;
    if (exponential)
        before = n->n == 0 && f->precision >= 0 ? 1 - f->precision : 1;
    else if (fixed)
        before = left;
    else
        before = n->exponent <= 0 && left > -6 ? left : 1;
    char end[40];
    size_t end_length = 0;
    if (exponential || (!fixed && left != before))
        end_length = (size_t)snprintf(end, sizeof end, "%c%+lld", upper ? 'E' : 'e',
                                      (long long)(left - before));
    if (percent)
        end[end_length++] = '%';
    int64_t room = oz_number_digits(n) + (before < 0 ? -before : before) + 60;
    char *text = oz_block_alloc(t->heap, (size_t)room);
    if (!text)
        return oz_raise_memory(t);
    bool negative = n->negative && !(f->no_negative_zero && n->n == 0);
    NumberParts p = {.sign = oz_number_sign(negative, f->sign), .prefix = ""};
    place(&p, text, n, before, end, end_length);
    Ref result = oz_number_format_parts(t, &p, f, style);
    oz_block_free(text);
    return result;
}

/* Infinities and NaNs: never filled with zeros. */
static Ref format_special(Thread *t, Obj v, const Number *n, FormatSpec *f, uint32_t type)
{
    scoped Ref text = oz_decimal_text(t, v, 0);
    if (!text)
        return NULL;
    const Str *s = (const Str *)text;
    char end[64];
    size_t length = oz_str_length(s) - n->negative;
    NumberStyle plain = {"", ".", ""};
    NumberParts p = {.sign = oz_number_sign(n->negative, f->sign), .prefix = "", .digits = ""};
    if (f->fill == '0' && f->align == '=') {
        f->fill = ' ';
        f->align = '>';
    }
    if (type != '%' || length > sizeof end - 1) {
        p.rest = (const char *)s->data + n->negative;
        p.rest_count = length;
    } else {
        memcpy(end, (const char *)s->data + n->negative, length);
        end[length] = '%';
        p.rest = end;
        p.rest_count = length + 1;
    }
    return oz_number_format_parts(t, &p, f, &plain);
}

Ref oz_decimal_format(Thread *t, Obj v, Obj spec, Obj override)
{
    FormatSpec f;
    Number n;
    scoped Ref context = oz_decimal_context(t);
    if (!oz_is_str(spec))
        return oz_raise(t, OZ_TypeError, "format argument must be str");
    if (!context || !parse(t, v, spec, &f))
        return NULL;
    const DecimalContext *own = (const DecimalContext *)context;
    uint32_t type = f.type == 0 ? (own->capitals ? 'G' : 'g') : f.type == 'N' ? 'G' : f.type;
    bool local = f.type == 'n' || f.type == 'N';
    if (local) {
        type = f.type == 'n' ? 'g' : 'G';
        f.type = 'n';
    }
    NumberStyle style = oz_number_style(&f);
    scoped Ref point = NULL, separator = NULL, grouping = NULL;
    if (override && !oz_as_dict(override))
        return oz_raise(t, OZ_TypeError, "optional argument must be a dict");
    if (override &&
        (!override_text(t, oz_as_dict(override), "decimal_point", &style.point, &point) ||
         !override_text(t, oz_as_dict(override), "thousands_sep", &style.separator, &separator) ||
         !override_text(t, oz_as_dict(override), "grouping", &style.grouping, &grouping) ||
         !check_style(t, &style)))
        return NULL;
    oz_decimal_open(&n, v);
    if (n.kind != OZ_FINITE)
        return format_special(t, v, &n, &f, type);
    Rounded how = {type == 'f' || type == 'F' || type == '%', type == 'e' || type == 'E',
                   f.precision};
    if (type == '%')
        n.exponent += 2;
    scoped Ref shown = NULL;
    if (how.precision >= 0 || (how.fixed && n.exponent > 0)) {
        shown = rounded(t, &n, &how, own->limits.rounding);
        if (!shown)
            return NULL;
        oz_decimal_open(&n, shown);
    }
    return format_finite(t, &n, &f, &style, type);
}
