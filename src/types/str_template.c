// SPDX-License-Identifier: MIT
// str.format and format_map: templates with replacement fields.
//
// The template is parsed as it is written out; a specifier with fields of its own is rendered
// first, by the same code, one level deep.
#include "types/str_template.h"

#include "types/str_methods.h"

#include "types/dict.h"
#include "types/tuple.h"

/* ---- parsing ---- */

static bool fail(Thread *t, const char *message)
{
    return oz_fail(t, OZ_ValueError, "%s", message);
}

/* The literal up to a brace; *field: a field follows, and *at is behind its brace. */
static bool parse_literal(Thread *t, Text s, size_t *at, size_t end, TemplatePart *part)
{
    size_t i = *at;
    uint32_t c = 0;
    if (s.width == 1)
        while (i < end && (c = ((const uint8_t *)s.data)[i]) != '{' && c != '}')
            i++;
    while (i < end && (c = oz_text_char(s, i)) != '{' && c != '}')
        i++;
    part->literal = (Span){*at, i};
    part->has_field = false;
    if (i == end) {
        *at = end;
        return true;
    }
    bool doubled = i + 1 < end && oz_text_char(s, i + 1) == c;
    if (doubled) {
        part->literal.end = i + 1;
        *at = i + 2;
        return true;
    }
    if (c == '}')
        return fail(t, "Single '}' encountered in format string");
    if (i + 1 == end)
        return fail(t, "Single '{' encountered in format string");
    part->has_field = true;
    *at = i + 1;
    return true;
}

/* The name of the field; *ended is the character behind it, 0 at the end. */
static bool parse_name(Thread *t, Text s, size_t *at, size_t end, TemplatePart *part,
                       uint32_t *ended)
{
    part->name = (Span){*at, end};
    *ended = 0;
    for (size_t i = *at; i < end; i++) {
        uint32_t c = oz_text_char(s, i);
        if (c == '{')
            return fail(t, "unexpected '{' in field name");
        if (c == '[') {
            while (i + 1 < end && oz_text_char(s, i + 1) != ']')
                i++;
        } else if (c == '}' || c == ':' || c == '!') {
            part->name.end = i;
            *at = i + 1;
            *ended = c;
            return true;
        }
    }
    *at = end;
    return true;
}

/* "!r" behind the name: *ended is what follows it. */
static bool parse_conversion(Thread *t, Text s, size_t *at, size_t end, TemplatePart *part,
                             uint32_t *ended)
{
    if (*at >= end)
        return fail(t, "end of string while looking for conversion specifier");
    part->conversion = oz_text_char(s, (*at)++);
    *ended = ':';
    if (*at < end) {
        *ended = oz_text_char(s, (*at)++);
        if (*ended != '}' && *ended != ':')
            return fail(t, "expected ':' after conversion specifier");
    }
    return true;
}

static bool parse_spec(Thread *t, Text s, size_t *at, size_t end, TemplatePart *part)
{
    part->spec.start = *at;
    for (int depth = 1; *at < end;) {
        uint32_t c = oz_text_char(s, (*at)++);
        if (c == '{') {
            part->nested = true;
            depth++;
        } else if (c == '}' && --depth == 0) {
            part->spec.end = *at - 1;
            return true;
        }
    }
    return fail(t, "unmatched '{' in format spec");
}

static bool parse_field(Thread *t, Text s, size_t *at, size_t end, TemplatePart *part)
{
    uint32_t ended;
    part->spec = (Span){0, 0};
    part->nested = false;
    part->conversion = 0;
    if (!parse_name(t, s, at, end, part, &ended))
        return false;
    if (ended == '!' && !parse_conversion(t, s, at, end, part, &ended))
        return false;
    if (ended == ':')
        return parse_spec(t, s, at, end, part);
    return ended == '}' || fail(t, "expected '}' before end of string");
}

Found oz_template_step(Thread *t, Text s, size_t *at, size_t end, TemplatePart *part)
{
    if (*at >= end)
        return OZ_MISSING;
    if (!parse_literal(t, s, at, end, part) ||
        (part->has_field && !parse_field(t, s, at, end, part)))
        return OZ_RAISED;
    return OZ_FOUND;
}

Span oz_field_first(Text s, size_t *at, size_t end)
{
    Span first = {*at, end};
    for (size_t i = *at; i < end && first.end == end; i++)
        if (oz_text_char(s, i) == '.' || oz_text_char(s, i) == '[')
            first.end = i;
    *at = first.end;
    return first;
}

bool oz_field_index(Thread *t, Text s, Span part, ssize_t *index)
{
    ssize_t value = 0;
    *index = -1;
    for (size_t i = part.start; i < part.end; i++) {
        unsigned digit = oz_unicode_record(oz_text_char(s, i))->decimal;
        if (digit == 255)
            return true;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (ssize_t)digit, &value))
            return fail(t, "Too many decimal digits in format string");
    }
    if (part.end > part.start)
        *index = value;
    return true;
}

Found oz_field_step(Thread *t, Text s, size_t *at, size_t end, bool *is_attribute, Span *part)
{
    if (*at >= end)
        return OZ_MISSING;
    uint32_t c = oz_text_char(s, (*at)++);
    *is_attribute = c == '.';
    if (c != '.' && c != '[') {
        fail(t, "Only '.' or '[' may follow ']' in format field specifier");
        return OZ_RAISED;
    }
    part->start = *at;
    while (*at < end && (c == '.' ? oz_text_char(s, *at) != '.' && oz_text_char(s, *at) != '['
                                  : oz_text_char(s, *at) != ']'))
        ++*at;
    part->end = *at;
    if (c == '[' && (*at)++ >= end) {
        fail(t, "Missing ']' in format string");
        return OZ_RAISED;
    }
    if (part->end > part->start)
        return OZ_FOUND;
    fail(t, "Empty attribute in format string");
    return OZ_RAISED;
}

/* ---- rendering ---- */

typedef struct Template {
    Thread *t;
    Obj str;      /* exact */
    Text text;    /* of str */
    Obj args;     /* tuple; NULL: format_map */
    Obj keywords; /* dict or mapping; NULL: none */
    enum { UNDECIDED, AUTOMATIC, MANUAL } numbering;
    ssize_t next;
} Template;

static bool render(Template *m, StrBuilder *b, size_t at, size_t end, int depth);

static bool set_numbering(Template *m, int numbering)
{
    if (m->numbering == UNDECIDED)
        m->numbering = numbering;
    if (m->numbering == (unsigned)numbering)
        return true;
    return fail(m->t, numbering == AUTOMATIC
                          ? "cannot switch from manual field specification to automatic field "
                            "numbering"
                          : "cannot switch from automatic field numbering to manual field "
                            "specification");
}

static Ref positional(Template *m, ssize_t index)
{
    if (!m->args)
        return oz_raise(m->t, OZ_ValueError, "Format string contains positional fields");
    const Tuple *args = oz_as_tuple(m->args);
    if ((size_t)index >= args->length)
        return oz_raise(m->t, OZ_IndexError,
                        "Replacement index %zd out of range for positional args tuple", index);
    return oz_retain(args->items[index]);
}

static Ref by_keyword(Template *m, Span name)
{
    Thread *t = m->t;
    scoped Ref key = oz_str_slice(t, m->str, name.start, name.end);
    if (!key)
        return NULL;
    if (!m->keywords)
        return oz_raise_value(t, OZ_KeyError, key);
    return oz_get_item(t, m->keywords, key);
}

static Ref first_object(Template *m, Span name)
{
    ssize_t index = -1;
    bool empty = name.start == name.end;
    if (!empty && !oz_field_index(m->t, m->text, name, &index))
        return NULL;
    if (!empty && index < 0)
        return by_keyword(m, name);
    if (!set_numbering(m, empty ? AUTOMATIC : MANUAL))
        return NULL;
    return positional(m, empty ? m->next++ : index);
}

static Ref element(Template *m, Obj object, bool is_attribute, Span part)
{
    ssize_t index = -1;
    if (!is_attribute && !oz_field_index(m->t, m->text, part, &index))
        return NULL;
    if (index >= 0)
        return oz_get_item(m->t, object, oz_int(index));
    scoped Ref name = oz_str_slice(m->t, m->str, part.start, part.end);
    if (!name)
        return NULL;
    return is_attribute ? oz_get_attr(m->t, object, name) : oz_get_item(m->t, object, name);
}

static Ref field_object(Template *m, Span name)
{
    size_t at = name.start;
    if (at == name.end)
        return first_object(m, name);
    Span first = oz_field_first(m->text, &at, name.end);
    scoped Ref object = first_object(m, first);
    while (object) {
        bool is_attribute;
        Span part;
        Found found = oz_field_step(m->t, m->text, &at, name.end, &is_attribute, &part);
        if (found != OZ_FOUND)
            return found == OZ_MISSING ? oz_move(&object) : NULL;
        Ref inner = element(m, object, is_attribute, part);
        oz_drop(object);
        object = inner;
    }
    return NULL;
}

static Ref converted(Thread *t, Obj v, uint32_t conversion)
{
    switch (conversion) {
    case 'r':
        return oz_repr(t, v);
    case 's':
        return oz_str(t, v);
    case 'a':
        return oz_ascii(t, v);
    default:
        if (conversion > 32 && conversion < 127)
            return oz_raise(t, OZ_ValueError, "Unknown conversion specifier %c", (int)conversion);
        return oz_raise(t, OZ_ValueError, "Unknown conversion specifier \\x%x", conversion);
    }
}

static Ref specifier(Template *m, const TemplatePart *part, int depth)
{
    if (!part->nested)
        return oz_str_slice(m->t, m->str, part->spec.start, part->spec.end);
    StrBuilder b;
    oz_builder_init(&b, m->t);
    b.failed |= !render(m, &b, part->spec.start, part->spec.end, depth - 1);
    return oz_builder_finish(&b);
}

static bool render_field(Template *m, StrBuilder *b, const TemplatePart *part, int depth)
{
    Thread *t = m->t;
    scoped Ref object = field_object(m, part->name);
    if (!object)
        return false;
    scoped Ref converted_value = part->conversion ? converted(t, object, part->conversion) : NULL;
    if (part->conversion && !converted_value)
        return false;
    Obj value = converted_value ? converted_value : object;
    if (part->spec.start == part->spec.end && oz_is_exact_str(value))
        return oz_builder_str(b, value);
    scoped Ref spec = specifier(m, part, depth);
    scoped Ref text = spec ? oz_format(t, value, spec) : NULL;
    return text && oz_builder_str(b, text);
}

static bool render(Template *m, StrBuilder *b, size_t at, size_t end, int depth)
{
    if (depth <= 0)
        return fail(m->t, "Max string recursion exceeded");
    for (;;) {
        TemplatePart part;
        Found found = oz_template_step(m->t, m->text, &at, end, &part);
        if (found != OZ_FOUND)
            return found == OZ_MISSING;
        if (!oz_builder_slice(b, m->str, part.literal.start, part.literal.end) ||
            (part.has_field && !render_field(m, b, &part, depth)) || !oz_poll(m->t))
            return false;
    }
}

static Ref format(Thread *t, Obj self, Obj args, Obj keywords)
{
    Obj str = (Obj)oz_as_str(self);
    Template m = {t, str, oz_text_of(oz_as_str(self)), args, keywords, UNDECIDED, 0};
    StrBuilder b;
    oz_builder_init(&b, t);
    b.failed |= !render(&m, &b, 0, m.text.length, 2);
    return oz_builder_finish(&b);
}

STR_METHOD_(format, "($self, /, *args, **kwargs)",
            "Return the text with its replacement fields filled in from the arguments.",
            OZ_FN_SPARSE)
{
    return format(t, a[0], a[1], a[2]);
}

STR_METHOD(format_map, "($self, mapping, /)",
           "Return the text with its replacement fields filled in from the mapping.")
{
    return format(t, a[0], NULL, a[1]);
}
