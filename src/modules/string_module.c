// SPDX-License-Identifier: MIT
// _string: the parser of str.format, for string.Formatter.
#include "types/module.h"
#include "types/native.h"
#include "types/str_template.h"
#include "types/tuple.h"
#include "types/type.h"

/* An iterator over the parts of a template, or over the steps of a field's name. */
typedef struct StringParser {
    Object base;
    Ref str;     /* [const] exact str */
    size_t at;   /* [object] */
    bool fields; /* [const] steps of a name */
} StringParser;

static void parser_visit(const Object *o, Visitor *v)
{
    oz_visit(v, ((const StringParser *)o)->str, "str", -1);
}

static void parser_clear(Thread *t OZ_UNUSED, Object *o)
{
    oz_clear(&((StringParser *)o)->str);
}

static Ref parser_self(Thread *t OZ_UNUSED, Obj self)
{
    return oz_retain(self);
}

static Ref part_of(Thread *t, Obj str, Span span)
{
    return oz_str_slice(t, str, span.start, span.end);
}

/* (literal, field name, specifier, conversion) */
static Ref formatter_next(Thread *t, Obj self)
{
    StringParser *p = (StringParser *)self;
    Text text = oz_text_of(oz_as_str(p->str));
    TemplatePart part;
    if (oz_template_step(t, text, &p->at, text.length, &part) != OZ_FOUND)
        return NULL;
    scoped Ref literal = part_of(t, p->str, part.literal);
    if (!literal)
        return NULL;
    if (!part.has_field)
        return oz_tuple_of(t, 4, literal, (Obj)OZ_NONE, (Obj)OZ_NONE, (Obj)OZ_NONE);
    scoped Ref name = part_of(t, p->str, part.name);
    scoped Ref spec = part_of(t, p->str, part.spec);
    scoped Ref conversion = part.conversion ? oz_str_from_character(t, part.conversion) : OZ_NONE;
    return name && spec && conversion ? oz_tuple_of(t, 4, literal, name, spec, conversion) : NULL;
}

/* (is it an attribute?, name or index) */
static Ref field_next(Thread *t, Obj self)
{
    StringParser *p = (StringParser *)self;
    Text text = oz_text_of(oz_as_str(p->str));
    bool is_attribute;
    Span span;
    if (oz_field_step(t, text, &p->at, text.length, &is_attribute, &span) != OZ_FOUND)
        return NULL;
    ssize_t index = -1;
    if (!is_attribute && !oz_field_index(t, text, span, &index))
        return NULL;
    scoped Ref value = index >= 0 ? oz_int(index) : part_of(t, p->str, span);
    return value ? oz_tuple_of(t, 2, (Obj)oz_bool(is_attribute), value) : NULL;
}

static Ref parser_next(Thread *t, Obj self)
{
    return ((const StringParser *)self)->fields ? field_next(t, self) : formatter_next(t, self);
}

const TypeDef oz_string_parser_type = {
    .id = OZ_STRING_PARSER,
    .name = "formatteriterator",
    .size = sizeof(StringParser),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = parser_visit,
    .clear = parser_clear,
    .slots = {.iter = parser_self, .next = parser_next},
};

static Ref parser_new(Thread *t, Obj str, size_t at, bool fields)
{
    if (!oz_builtin_class(t, OZ_STRING_PARSER))
        return NULL;
    StringParser *p = oz_object_new(t, OZ_STRING_PARSER, sizeof *p);
    if (!p)
        return NULL;
    p->at = at;
    p->fields = fields;
    oz_store_raw(&p->base, &p->str, oz_retain(str));
    return (Ref)p;
}

OZ_FUNCTION(string, formatter_parser, "($module, format, /)",
            "Iterate over the literal texts and fields of a template.")
{
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "expected str, got %T", a[1]);
    return parser_new(t, (Obj)oz_as_str(a[1]), 0, false);
}

OZ_FUNCTION(string, formatter_field_name_split, "($module, name, /)",
            "Split a field's name: its first part, and an iterator over the rest.")
{
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "expected str, got %T", a[1]);
    Obj str = (Obj)oz_as_str(a[1]);
    Text text = oz_text_of(oz_as_str(a[1]));
    size_t at = 0;
    ssize_t index;
    Span first = oz_field_first(text, &at, text.length);
    if (!oz_field_index(t, text, first, &index))
        return NULL;
    scoped Ref value = index >= 0 ? oz_int(index) : part_of(t, str, first);
    scoped Ref rest = value ? parser_new(t, str, at, true) : NULL;
    return rest ? oz_tuple_of(t, 2, value, rest) : NULL;
}

const ModuleDef oz_string_module = {
    .name = "_string",
    .doc = "The parser of replacement fields.",
    .functions = OZ_METHODS(&string_formatter_parser, &string_formatter_field_name_split),
};
