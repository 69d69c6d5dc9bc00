// SPDX-License-Identifier: MIT
// Replacement fields: what str.format and string.Formatter parse.
#ifndef OZ_TYPES_STR_TEMPLATE_H
#define OZ_TYPES_STR_TEMPLATE_H

#include "types/str_text.h"

typedef struct Span {
    size_t start, end;
} Span;

/* One step through a template: literal text, and the field behind it if there is one. */
typedef struct TemplatePart {
    Span literal;
    bool has_field;
    Span name;
    Span spec;
    bool nested;         /* the specifier has fields itself */
    uint32_t conversion; /* 0: none */
} TemplatePart;

/* Parse from *at on (before `end`).  OZ_MISSING at the end; OZ_RAISED: ValueError. */
Found oz_template_step(Thread *t, Text s, size_t *at, size_t end, TemplatePart *part) OZ_CHECKED;

/* The first element of a field's name ("0" of "0.x[1]"): *at moves behind it. */
Span oz_field_first(Text s, size_t *at, size_t end);
/* Is it a number?  *index is -1 if not.  ValueError if it is too large. */
bool oz_field_index(Thread *t, Text s, Span part, ssize_t *index) OZ_CHECKED;
/* The next ".x" or "[x]": *is_attribute tells which. */
Found oz_field_step(Thread *t, Text s, size_t *at, size_t end, bool *is_attribute,
                    Span *part) OZ_CHECKED;

#endif
