// SPDX-License-Identifier: MIT
// unicodedata: the Unicode database for programs.
//
// Normal forms: a text whose characters are all safe in the form (a flag each) is returned as it
// is; else it is decomposed, put into canonical order, and composed again where the form wants it.
// ucd_3_2_0 is the module's view of Unicode 3.2, which string preparation is defined on. It has the
// records of that version (base/unicode.h), so nearly everything here asks for the record that
// `self` means. Names and numbers are today's, of what was assigned then. Of normal forms, only
// what decomposes is of that version: order and composition are today's, and no character is known
// to be safe.
#include "types/module.h"
#include "types/native.h"
#include "types/str_text.h"

#include "types/float.h"
#include "types/int.h"
#include "types/type.h"

#include "base/unicode.h"
#include "base/unicode_names.h"

#include <stdio.h>
#include <string.h>

/* Does `self` stand for version 3.2?  (self is the module, or ucd_3_2_0.) */
static bool is_old(Obj self)
{
    return !oz_is(self, OZ_MODULE);
}

/* The only character of an argument; false: raised. */
static bool character(Thread *t, const char *function, Obj v, uint32_t *c)
{
    const Str *s = oz_as_str(v);
    if (!s || oz_str_length(s) != 1)
        return oz_fail(t, OZ_TypeError, "%s() argument%s must be a unicode character, not %T",
                       function,
                       strchr("ndl", *function) && strcmp(function, "decomposition") != 0 &&
                               strcmp(function, "lookup") != 0
                           ? " 1"
                           : "",
                       v);
    *c = oz_str_at(s, 0);
    return true;
}

static UnicodeRecord record_of(Obj self, uint32_t c)
{
    return is_old(self) ? oz_unicode_record_3_2(c) : *oz_unicode_record(c);
}

static bool is_known(Obj self, uint32_t c)
{
    UnicodeRecord r = record_of(self, c);
    return !is_old(self) || oz_unicode_is_assigned(&r);
}

/* The record of the only character of an argument; false: raised. */
static bool record(Thread *t, const char *function, const Obj *a, UnicodeRecord *r)
{
    uint32_t c;
    if (!character(t, function, a[1], &c))
        return false;
    *r = record_of(a[0], c);
    return true;
}

static Ref category(Thread *t, const Obj *a)
{
    UnicodeRecord r;
    return record(t, "category", a, &r) ? oz_str_new(t, oz_unicode_category(&r)) : NULL;
}

static Ref bidirectional(Thread *t, const Obj *a)
{
    UnicodeRecord r;
    return record(t, "bidirectional", a, &r) ? oz_str_new(t, oz_unicode_bidirectional(&r)) : NULL;
}

static Ref combining(Thread *t, const Obj *a)
{
    UnicodeRecord r;
    return record(t, "combining", a, &r) ? oz_int(r.combining) : NULL;
}

static Ref mirrored(Thread *t, const Obj *a)
{
    UnicodeRecord r;
    return record(t, "mirrored", a, &r) ? oz_int((r.flags & OZ_CHAR_MIRRORED) != 0) : NULL;
}

static Ref east_asian_width(Thread *t, const Obj *a)
{
    UnicodeRecord r;
    return record(t, "east_asian_width", a, &r) ? oz_str_new(t, oz_unicode_width(&r)) : NULL;
}

static Ref decomposition(Thread *t, const Obj *a)
{
    uint32_t c;
    if (!character(t, "decomposition", a[1], &c))
        return NULL;
    size_t count = 0;
    const char *type = "";
    const uint32_t *parts = is_known(a[0], c) ? oz_unicode_decomposition(c, &count, &type) : NULL;
    StrBuilder b;
    oz_builder_init(&b, t);
    if (parts && *type == '<')
        oz_builder_format(&b, "%s ", type);
    for (size_t i = 0; i < count; i++)
        oz_builder_format(&b, i ? " %04X" : "%04X", parts[i]);
    return oz_builder_finish(&b);
}

/* A number, or the default, or ValueError. */
static Ref number_or(Thread *t, Ref value, Obj otherwise, const char *message)
{
    if (value || t->exception)
        return value;
    return otherwise ? oz_retain(otherwise) : oz_raise(t, OZ_ValueError, "%s", message);
}

static Ref decimal(Thread *t, const Obj *a)
{
    UnicodeRecord r;
    if (!record(t, "decimal", a, &r))
        return NULL;
    return number_or(t, r.decimal == 255 ? NULL : oz_int(r.decimal), a[2], "not a decimal");
}

/* The one property that the view of 3.2 has of today's characters too, as in CPython. */
static Ref digit(Thread *t, const Obj *a)
{
    UnicodeRecord r;
    if (!record(t, "digit", a, &r))
        return NULL;
    return number_or(t, r.digit == 255 ? NULL : oz_int(r.digit), a[2], "not a digit");
}

static Ref numeric(Thread *t, const Obj *a)
{
    uint32_t c;
    double value;
    if (!character(t, "numeric", a[1], &c))
        return NULL;
    bool has = is_known(a[0], c) && oz_unicode_numeric(c, &value);
    return number_or(t, has ? oz_float_new(t, value) : NULL, a[2], "not a numeric character");
}

static Ref name(Thread *t, const Obj *a)
{
    uint32_t c;
    char out[OZ_UNICODE_NAME_MAX];
    if (!character(t, "name", a[1], &c))
        return NULL;
    bool has = is_known(a[0], c) && oz_unicode_name(c, out);
    return number_or(t, has ? oz_str_new(t, out) : NULL, a[2], "no such name");
}

static Ref lookup(Thread *t, const Obj *a)
{
    scoped Ref keep = NULL;
    size_t length;
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "lookup() argument must be str, not %T", a[1]);
    const char *text = oz_str_utf8(t, a[1], &length, &keep);
    if (!text)
        return NULL;
    uint32_t out[4];
    size_t count =
        oz_unicode_lookup(text, length, is_old(a[0]) ? OZ_NAMES_OWN : OZ_NAMES_SEQUENCES, out);
    if (!count || !is_known(a[0], out[0])) {
        scoped Ref message = oz_str_format(t, "undefined character name '%s'", text);
        return message ? oz_raise_value(t, OZ_KeyError, message) : NULL;
    }
    return oz_str_from_ucs4(t, out, count);
}

/* ---- normal forms ---- */

typedef struct Form {
    unsigned safe; /* OZ_CHAR_NFC and its like */
    bool compatible, compose;
} Form;

static bool form_of(Thread *t, Obj v, Form *form)
{
    static const struct {
        const char *name;
        Form form;
    } forms[] = {{"NFC", {OZ_CHAR_NFC, false, true}},
                 {"NFKC", {OZ_CHAR_NFKC, true, true}},
                 {"NFD", {OZ_CHAR_NFD, false, false}},
                 {"NFKD", {OZ_CHAR_NFKD, true, false}}};
    const Str *s = oz_as_str(v);
    if (!s)
        return oz_fail(t, OZ_TypeError, "normalize() argument 1 must be str, not %T", v);
    for (size_t i = 0; i < OZ_COUNT(forms); i++)
        if (oz_str_equal_utf8(s, forms[i].name)) {
            *form = forms[i].form;
            return true;
        }
    return oz_fail(t, OZ_ValueError, "invalid normalization form");
}

/* Is every character safe, and are the combining ones in order? */
static bool is_surely_normal(Obj self, const Str *s, const Form *form)
{
    if (oz_id(&s->base) == OZ_STR_ASCII)
        return true;
    if (is_old(self))
        return false;
    Text text = oz_text_of(s);
    unsigned last = 0;
    for (size_t i = 0; i < text.length; i++) {
        const UnicodeRecord *r = oz_unicode_record(oz_text_char(text, i));
        if (!(r->flags & form->safe) || (r->combining && r->combining < last))
            return false;
        last = r->combining;
    }
    return true;
}

typedef struct Characters {
    Thread *t;
    uint32_t *items; /* a heap block */
    size_t count, capacity;
} Characters;

static bool add(Characters *list, const uint32_t *items, size_t count)
{
    if (list->capacity - list->count < count) {
        size_t capacity = (list->count + count) * 2 + 32;
        uint32_t *more = oz_block_realloc(list->t->heap, list->items, capacity * sizeof *more);
        if (!more) {
            oz_raise_memory(list->t);
            return false;
        }
        list->items = more;
        list->capacity = capacity;
    }
    memcpy(list->items + list->count, items, count * sizeof *items);
    list->count += count;
    return true;
}

static unsigned class_of(uint32_t c)
{
    return oz_unicode_record(c)->combining;
}

/* Sort each run of combining characters by class, keeping the order of equals. */
static void reorder(Characters *list)
{
    for (size_t i = 1; i < list->count; i++) {
        uint32_t c = list->items[i];
        unsigned own = class_of(c);
        size_t k = i;
        for (; own && k > 0 && class_of(list->items[k - 1]) > own; k--)
            list->items[k] = list->items[k - 1];
        list->items[k] = c;
    }
}

static void compose(Characters *list)
{
    size_t out = 0, starter = SIZE_MAX;
    unsigned last = 0; /* class of the last character kept behind the starter */
    for (size_t i = 0; i < list->count; i++) {
        uint32_t c = list->items[i];
        unsigned own = class_of(c);
        bool open = starter != SIZE_MAX && (out == starter + 1 || (last < own && last != 0));
        uint32_t made = open ? oz_unicode_compose(list->items[starter], c) : 0;
        if (made) {
            list->items[starter] = made;
            continue;
        }
        if (own == 0)
            starter = out;
        last = own;
        list->items[out++] = c;
    }
    list->count = out;
}

/* The full decomposition of `c`, in the version that `self` stands for. */
static size_t decompose(Obj self, uint32_t c, bool compatible, uint32_t out[OZ_DECOMPOSED_MAX])
{
    uint32_t corrected = is_old(self) ? oz_unicode_decomposition_3_2(c) : 0;
    if (corrected || !is_known(self, c)) {
        out[0] = corrected ? corrected : c;
        return 1;
    }
    return oz_unicode_decompose(c, compatible, out);
}

static Ref normalised(Thread *t, Obj self, const Str *s, const Form *form)
{
    Characters list = {t, NULL, 0, 0};
    Text text = oz_text_of(s);
    bool done = true;
    for (size_t i = 0; done && i < text.length; i++) {
        uint32_t out[OZ_DECOMPOSED_MAX];
        size_t count = decompose(self, oz_text_char(text, i), form->compatible, out);
        done = add(&list, out, count) && ((i & 0xfff) || oz_poll(t));
    }
    Ref made = NULL;
    if (done) {
        reorder(&list);
        if (form->compose)
            compose(&list);
        made = oz_str_from_ucs4(t, list.items, list.count);
    }
    oz_block_free(list.items);
    return made;
}

static Ref normalize(Thread *t, const Obj *a)
{
    Form form;
    const Str *s = oz_as_str(a[2]);
    if (!s)
        return oz_raise(t, OZ_TypeError, "normalize() argument 2 must be str, not %T", a[2]);
    if (!form_of(t, a[1], &form))
        return NULL;
    return is_surely_normal(a[0], s, &form) ? oz_retain((Obj)s) : normalised(t, a[0], s, &form);
}

static Ref is_normalized(Thread *t, const Obj *a)
{
    Form form;
    const Str *s = oz_as_str(a[2]);
    if (!s)
        return oz_raise(t, OZ_TypeError, "is_normalized() argument 2 must be str, not %T", a[2]);
    if (!form_of(t, a[1], &form))
        return NULL;
    if (is_surely_normal(a[0], s, &form))
        return OZ_TRUE;
    scoped Ref made = normalised(t, a[0], s, &form);
    return made ? oz_bool(oz_str_equal(s, oz_as_str(made))) : NULL;
}

/* ---- the module, and its view of Unicode 3.2 ---- */

#define FUNCTION(stem, parameters, doc)                                                            \
    OZ_NATIVE_(module_##stem, #stem, "($module, " parameters "/)", doc, 0)                         \
    {                                                                                              \
        return stem(t, a);                                                                         \
    }                                                                                              \
    OZ_NATIVE_(ucd_##stem, #stem, "($self, " parameters "/)", doc, 0)                              \
    {                                                                                              \
        return stem(t, a);                                                                         \
    }
FUNCTION(category, "chr, ", "Return the general category: two letters.")
FUNCTION(bidirectional, "chr, ", "Return the bidirectional class.")
FUNCTION(combining, "chr, ", "Return the canonical combining class: 0 if it does not combine.")
FUNCTION(mirrored, "chr, ", "Return 1 if it is mirrored in right-to-left text, else 0.")
FUNCTION(east_asian_width, "chr, ", "Return the East Asian width.")
FUNCTION(decomposition, "chr, ", "Return the decomposition mapping as text, or an empty text.")
FUNCTION(decimal, "chr, default=<unrepresentable>, ", "Return the value of a decimal digit.")
FUNCTION(digit, "chr, default=<unrepresentable>, ", "Return the value of a digit.")
FUNCTION(numeric, "chr, default=<unrepresentable>, ", "Return the value of a numeric character.")
FUNCTION(name, "chr, default=<unrepresentable>, ", "Return the name.")
FUNCTION(lookup, "name, ", "Return the character, or sequence, of a name.")
FUNCTION(normalize, "form, unistr, ", "Return the text in a normal form: NFC, NFKC, NFD or NFKD.")
FUNCTION(is_normalized, "form, unistr, ", "Is the text in this normal form?")

static Ref ucd_version(Thread *t, Obj self OZ_UNUSED)
{
    return oz_str_new(t, "3.2.0");
}

#define EACH(M)                                                                                    \
    M(category), M(bidirectional), M(combining), M(mirrored), M(east_asian_width),                 \
        M(decomposition), M(decimal), M(digit), M(numeric), M(name), M(lookup), M(normalize),      \
        M(is_normalized)
#define OF_UCD(stem) &ucd_##stem
#define OF_MODULE(stem) &module_##stem

const TypeDef oz_unicode_ucd_type = {
    .id = OZ_UNICODE_UCD,
    .name = "unicodedata.UCD",
    .size = sizeof(Object) + 8,
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .methods = OZ_METHODS(EACH(OF_UCD)),
    .getsets = OZ_GETSETS({"unidata_version", ucd_version, NULL, "The version of the database."}),
};

static bool init(Thread *t, Module *module)
{
    if (!oz_builtin_class(t, OZ_UNICODE_UCD))
        return false;
    Ref old = oz_object_new(t, OZ_UNICODE_UCD, oz_unicode_ucd_type.size);
    return old && oz_module_add(t, module, "ucd_3_2_0", old) &&
           oz_module_add_str(t, module, "unidata_version", oz_unicode_version);
}

const ModuleDef oz_unicodedata_module = {
    .name = "unicodedata",
    .doc = "The Unicode database: what is known of each character.",
    .functions = OZ_METHODS(EACH(OF_MODULE)),
    .types = (const uint32_t[]){OZ_UNICODE_UCD, 0},
    .init = init,
};
