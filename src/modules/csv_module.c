// SPDX-License-Identifier: MIT
// _csv: reading and writing of delimiter-separated text.
//
// A dialect is checked once, when it is made; readers and writers hold one.  The reader is the
// usual machine of states, one step a character, except that runs of ordinary characters are
// copied at once.  The module object holds the registered dialects, the limit of field sizes and
// the Error class; readers and writers refer to it.
#include "types/module.h"
#include "types/native.h"
#include "types/str_text.h"

#include "types/dict.h"
#include "types/exception.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/tuple.h"
#include "types/type.h"

#include <string.h>

#define NONE_SET UINT32_MAX /* a character that the dialect does not have */

enum { QUOTE_MINIMAL, QUOTE_ALL, QUOTE_NONNUMERIC, QUOTE_NONE };

typedef struct CsvState {
    int64_t field_limit; /* [module] */
} CsvState;

static Obj module_entry(Thread *t, Obj module, const char *name)
{
    scoped Ref key = oz_intern(t, name);
    return key ? oz_dict_peek_str(oz_module_dict(module), key) : NULL;
}

/* Raise _csv.Error. */
static Ref fail(Thread *t, Obj module, Ref message)
{
    scoped Ref text = message;
    Obj cls = module_entry(t, module, "Error");
    scoped Ref error = text && cls ? oz_call1(t, cls, text) : NULL;
    return error ? oz_raise_object(t, error, NULL) : NULL;
}

static Ref fail_text(Thread *t, Obj module, const char *message)
{
    return fail(t, module, oz_str_new(t, message));
}

/* ---- dialects ---- */

typedef struct CsvDialect {
    Object base;
    Ref line_terminator;                   /* [const] str */
    uint32_t delimiter, quote, escape;     /* [const] NONE_SET: none */
    int quoting;                           /* [const] */
    bool double_quote, skip_space, strict; /* [const] */
} CsvDialect;

static void dialect_visit(const Object *o, Visitor *v)
{
    oz_visit(v, ((const CsvDialect *)o)->line_terminator, "lineterminator", -1);
}

static void dialect_clear(Thread *t OZ_UNUSED, Object *o)
{
    oz_clear(&((CsvDialect *)o)->line_terminator);
}

/* The options in the order of the signature; `dialect` is the first. */
enum {
    DELIMITER = 1,
    DOUBLE_QUOTE,
    ESCAPE,
    TERMINATOR,
    QUOTE,
    QUOTING,
    SKIP_SPACE,
    STRICT,
    OPTIONS
};
static const char *const option_names[OPTIONS] = {NULL,         "delimiter",        "doublequote",
                                                  "escapechar", "lineterminator",   "quotechar",
                                                  "quoting",    "skipinitialspace", "strict"};

static bool set_character(Thread *t, uint32_t *to, Obj v, int option, bool optional)
{
    const char *name = option_names[option];
    if (!v)
        return true;
    if (optional && oz_is_none(v)) {
        *to = NONE_SET;
        return true;
    }
    const Str *s = oz_as_str(v);
    if (!s)
        return oz_fail(t, OZ_TypeError, "\"%s\" must be string%s, not %.200T", name,
                       optional ? " or None" : "", v);
    if (oz_str_length(s) != 1)
        return oz_fail(t, OZ_TypeError, "\"%s\" must be a 1-character string", name);
    *to = oz_str_at(s, 0);
    return true;
}

static bool set_truth(Thread *t, bool *to, Obj v)
{
    return !v || oz_truth(t, v, to);
}

static bool set_quoting(Thread *t, CsvDialect *d, Obj v)
{
    if (!v)
        return true;
    if (!oz_is_int(v))
        return oz_fail(t, OZ_TypeError, "\"quoting\" must be an integer");
    if (oz_int_value(v) < QUOTE_MINIMAL || oz_int_value(v) > QUOTE_NONE)
        return oz_fail(t, OZ_TypeError, "bad \"quoting\" value");
    d->quoting = (int)oz_int_value(v);
    return true;
}

static bool set_terminator(Thread *t, CsvDialect *d, Obj v)
{
    if (!v) {
        Ref usual = oz_str_new(t, "\r\n");
        if (usual)
            oz_store(&d->base, &d->line_terminator, usual);
        return usual != NULL;
    }
    if (!oz_is_str(v) && !oz_is_none(v))
        return oz_fail(t, OZ_TypeError, "\"lineterminator\" must be a string");
    oz_store(&d->base, &d->line_terminator, oz_is_none(v) ? NULL : oz_retain((Obj)oz_as_str(v)));
    return true;
}

/* `v`: the options, NULL where the default counts. */
static bool fill_dialect(Thread *t, CsvDialect *d, Obj const *v)
{
    d->delimiter = ',';
    d->quote = '"';
    d->escape = NONE_SET;
    d->double_quote = true;
    if (!set_character(t, &d->delimiter, v[DELIMITER], DELIMITER, false) ||
        !set_truth(t, &d->double_quote, v[DOUBLE_QUOTE]) ||
        !set_character(t, &d->escape, v[ESCAPE], ESCAPE, true) ||
        !set_terminator(t, d, v[TERMINATOR]) ||
        !set_character(t, &d->quote, v[QUOTE], QUOTE, true) || !set_quoting(t, d, v[QUOTING]) ||
        !set_truth(t, &d->skip_space, v[SKIP_SPACE]) || !set_truth(t, &d->strict, v[STRICT]))
        return false;
    if (v[QUOTE] && oz_is_none(v[QUOTE]) && !v[QUOTING])
        d->quoting = QUOTE_NONE;
    if (d->quoting != QUOTE_NONE && d->quote == NONE_SET)
        return oz_fail(t, OZ_TypeError, "quotechar must be set if quoting enabled");
    return d->line_terminator || oz_fail(t, OZ_TypeError, "lineterminator must be set");
}

/* Options that are not given come from the attributes of another dialect. */
static bool inherit(Thread *t, Obj dialect, Obj *v, Ref *owned)
{
    for (int i = 1; i < OPTIONS; i++) {
        if (v[i])
            continue;
        scoped Ref name = oz_intern(t, option_names[i]);
        if (!name || oz_find_attr(t, dialect, name, &owned[i]) == OZ_RAISED)
            return false;
        v[i] = owned[i];
    }
    return true;
}

static Ref csv_module(Thread *t)
{
    scoped Ref name = oz_intern(t, "_csv");
    Obj found = name ? oz_dict_peek_str(oz_as_dict(t->vm->modules), name) : NULL;
    return found ? oz_retain(found) : oz_raise(t, OZ_RuntimeError, "_csv is not imported");
}

/* The registered dialect of a name: borrowed from the registry. */
static Obj find_dialect(Thread *t, Obj module, Obj name)
{
    Obj dialects = module_entry(t, module, "_dialects");
    scoped Ref found = NULL;
    Found result = dialects && oz_as_dict(dialects)
                       ? oz_dict_get(t, oz_as_dict(dialects), name, &found)
                       : OZ_MISSING;
    if (result == OZ_MISSING)
        fail_text(t, module, "unknown dialect");
    return result == OZ_FOUND ? (Obj)found : NULL; /* the registry keeps it */
}

static Ref dialect_make(Thread *t, Class *cls, Obj dialect, Obj *v)
{
    scoped Ref named = NULL;
    if (dialect && oz_is_str(dialect)) {
        scoped Ref module = csv_module(t);
        Obj found = module ? find_dialect(t, module, dialect) : NULL;
        if (!found)
            return NULL;
        named = oz_retain(found);
        dialect = named;
    }
    bool given = false;
    for (int i = 1; i < OPTIONS; i++)
        given |= v[i] != NULL;
    if (dialect && oz_is_none(dialect))
        dialect = NULL;
    if (dialect && oz_isa(dialect, OZ_CSV_DIALECT) && !given)
        return oz_retain(dialect);
    Ref owned[OPTIONS] = {NULL};
    scoped Ref made = (Ref)oz_instance_new(t, cls, 0);
    bool done = made && (!dialect || inherit(t, dialect, v, owned)) &&
                fill_dialect(t, (CsvDialect *)made, v);
    for (int i = 0; i < OPTIONS; i++)
        oz_drop(owned[i]);
    return done ? oz_move(&made) : NULL;
}

/* Take the options out of keyword arguments, and *dialect, which is None where it was not given. */
static bool options_of(Thread *t, Obj keywords, Obj *v, Obj *dialect)
{
    size_t at = 0;
    Obj key, value;
    while (keywords && oz_dict_step(oz_as_dict(keywords), &at, &key, &value)) {
        int i = 1;
        while (i < OPTIONS && !oz_str_equal_utf8(oz_as_str(key), option_names[i]))
            i++;
        if (i < OPTIONS)
            v[i] = value;
        else if (!oz_str_equal_utf8(oz_as_str(key), "dialect"))
            return oz_fail(t, OZ_TypeError, "'%S' is an invalid keyword argument for this function",
                           key);
        else if (*dialect == OZ_NONE)
            *dialect = value;
        else
            return oz_fail(t, OZ_TypeError,
                           "argument for function given by name ('dialect') and position (1)");
    }
    return true;
}

OZ_NEW(csv_dialect, "($type, dialect=None, /, **fmtparams)")
{
    Obj v[OPTIONS] = {NULL};
    Obj dialect = a[1];
    return options_of(t, a[2], v, &dialect) ? dialect_make(t, (Class *)a[0], dialect, v) : NULL;
}

static Ref dialect_for(Thread *t, Obj dialect, Obj keywords)
{
    Obj v[OPTIONS] = {NULL};
    Class *cls = oz_builtin_class(t, OZ_CSV_DIALECT);
    return cls && options_of(t, keywords, v, &dialect) ? dialect_make(t, cls, dialect, v) : NULL;
}

static Ref character_or_none(Thread *t, uint32_t c)
{
    return c == NONE_SET ? OZ_NONE : oz_str_from_character(t, c);
}

#define CHARACTER(field)                                                                           \
    static Ref dialect_##field(Thread *t, Obj self)                                                \
    {                                                                                              \
        return character_or_none(t, ((const CsvDialect *)self)->field);                            \
    }
#define TRUTH(field)                                                                               \
    static Ref dialect_##field(Thread *t OZ_UNUSED, Obj self)                                      \
    {                                                                                              \
        return oz_bool(((const CsvDialect *)self)->field);                                         \
    }
CHARACTER(delimiter)
CHARACTER(quote)
CHARACTER(escape)
TRUTH(double_quote)
TRUTH(skip_space)
TRUTH(strict)

static Ref dialect_terminator(Thread *t OZ_UNUSED, Obj self)
{
    return oz_retain(((const CsvDialect *)self)->line_terminator);
}

static Ref dialect_quoting(Thread *t OZ_UNUSED, Obj self)
{
    return oz_int(((const CsvDialect *)self)->quoting);
}

const TypeDef oz_csv_dialect_type = {
    .id = OZ_CSV_DIALECT,
    .name = "_csv.Dialect",
    .doc = "How fields are delimited and quoted.",
    .size = sizeof(CsvDialect),
    .visit = dialect_visit,
    .clear = dialect_clear,
    .make = &csv_dialect_new_,
    .getsets = OZ_GETSETS({"delimiter", dialect_delimiter, NULL, "Between fields."},
                          {"quotechar", dialect_quote, NULL, "Around fields, or None."},
                          {"escapechar", dialect_escape, NULL, "In front of characters, or None."},
                          {"lineterminator", dialect_terminator, NULL, "Behind each row."},
                          {"doublequote", dialect_double_quote, NULL, "Are quotes doubled?"},
                          {"quoting", dialect_quoting, NULL, "When fields are quoted: QUOTE_*."},
                          {"skipinitialspace", dialect_skip_space, NULL, "Ignore leading blanks?"},
                          {"strict", dialect_strict, NULL, "Refuse bad input?"}),
};

/* ---- readers ---- */

#define READER_REFS(REF) REF(input) REF(dialect) REF(module)

typedef struct CsvReader {
    Object base;
    READER_REFS(OZ_FIELD)
    int64_t line_number; /* [object] */
} CsvReader;

static void reader_visit(const Object *o, Visitor *v)
{
    const CsvReader *self = (const CsvReader *)o;
    READER_REFS(OZ_VISIT)
}

static void reader_clear(Thread *t OZ_UNUSED, Object *o)
{
    CsvReader *self = (CsvReader *)o;
    READER_REFS(OZ_CLEAR)
}

typedef enum State {
    START_RECORD,
    START_FIELD,
    ESCAPED,
    IN_FIELD,
    IN_QUOTED,
    ESCAPE_IN_QUOTED,
    QUOTE_IN_QUOTED,
    END_OF_LINE,
    AFTER_ESCAPED_BREAK,
} State;

#define END (NONE_SET - 1) /* behind the last character of a line */

/* One row being read. */
typedef struct Row {
    Thread *t;
    const CsvDialect *d;
    Obj module;
    int64_t limit;
    Obj fields; /* list */
    StrBuilder field;
    bool numeric; /* the field is to become a float */
    State state;
} Row;

static bool is_break(uint32_t c)
{
    return c == '\n' || c == '\r' || c == END;
}

static bool too_long(Row *r)
{
    return fail(r->t, r->module,
                oz_str_format(r->t, "field larger than field limit (%lld)", (long long)r->limit)) !=
           NULL;
}

static bool add(Row *r, uint32_t c)
{
    if ((int64_t)r->field.length >= r->limit)
        return too_long(r);
    return oz_builder_character(&r->field, c);
}

static bool save(Row *r)
{
    scoped Ref text = oz_builder_finish(&r->field);
    oz_builder_init(&r->field, r->t);
    if (!text)
        return false;
    if (r->numeric) {
        r->numeric = false;
        Ref number = oz_float_from_text(r->t, text);
        return number && oz_list_append_take(r->t, oz_as_list(r->fields), number);
    }
    return oz_list_append_take(r->t, oz_as_list(r->fields), oz_move(&text));
}

static bool save_and(Row *r, State next)
{
    r->state = next;
    return save(r);
}

/* The end of a field by the end of the line. */
static bool save_line(Row *r, uint32_t c)
{
    return save_and(r, c == END ? START_RECORD : END_OF_LINE);
}

static bool start_field(Row *r, uint32_t c)
{
    const CsvDialect *d = r->d;
    if (is_break(c))
        return save_line(r, c);
    if (c == d->quote && d->quoting != QUOTE_NONE) {
        r->state = IN_QUOTED;
    } else if (c == d->escape) {
        r->state = ESCAPED;
    } else if (c == ' ' && d->skip_space) {
        return true;
    } else if (c == d->delimiter) {
        return save_and(r, START_FIELD);
    } else {
        r->numeric = d->quoting == QUOTE_NONNUMERIC;
        r->state = IN_FIELD;
        return add(r, c);
    }
    return true;
}

static bool in_field(Row *r, uint32_t c)
{
    const CsvDialect *d = r->d;
    if (is_break(c))
        return save_line(r, c);
    if (c == d->escape) {
        r->state = ESCAPED;
        return true;
    }
    if (c == d->delimiter)
        return save_and(r, START_FIELD);
    r->state = IN_FIELD;
    return add(r, c);
}

static bool in_quoted(Row *r, uint32_t c)
{
    const CsvDialect *d = r->d;
    if (c == END)
        return true;
    if (c == d->escape) {
        r->state = ESCAPE_IN_QUOTED;
        return true;
    }
    if (c == d->quote && d->quoting != QUOTE_NONE) {
        r->state = d->double_quote ? QUOTE_IN_QUOTED : IN_FIELD;
        return true;
    }
    return add(r, c);
}

static bool after_quote(Row *r, uint32_t c)
{
    const CsvDialect *d = r->d;
    if (c == d->quote && d->quoting != QUOTE_NONE) {
        r->state = IN_QUOTED;
        return add(r, c);
    }
    if (c == d->delimiter)
        return save_and(r, START_FIELD);
    if (is_break(c))
        return save_line(r, c);
    if (!d->strict) {
        r->state = IN_FIELD;
        return add(r, c);
    }
    return fail(r->t, r->module,
                oz_str_format(r->t, "'%c' expected after '%c'", (int)d->delimiter,
                              (int)d->quote)) != NULL;
}

static bool step(Row *r, uint32_t c)
{
    switch (r->state) {
    case START_RECORD:
        if (c == END)
            return true;
        if (c == '\n' || c == '\r') {
            r->state = END_OF_LINE;
            return true;
        }
        r->state = START_FIELD;
        return start_field(r, c);
    case START_FIELD:
        return start_field(r, c);
    case ESCAPED:
        r->state = c == '\n' || c == '\r' ? AFTER_ESCAPED_BREAK : IN_FIELD;
        return add(r, c == END ? '\n' : c);
    case AFTER_ESCAPED_BREAK:
        return c == END || in_field(r, c);
    case IN_FIELD:
        return in_field(r, c);
    case IN_QUOTED:
        return in_quoted(r, c);
    case ESCAPE_IN_QUOTED:
        r->state = IN_QUOTED;
        return add(r, c == END ? '\n' : c);
    case QUOTE_IN_QUOTED:
        return after_quote(r, c);
    default:
        if (c == END)
            r->state = START_RECORD;
        else if (c != '\n' && c != '\r')
            return fail_text(r->t, r->module,
                             "new-line character seen in unquoted field - do you need to open the "
                             "file in universal-newline mode?") != NULL;
        return true;
    }
}

/* The end of the ordinary characters at `i`, in a field. */
static size_t run_end(const Row *r, Text s, size_t i)
{
    const CsvDialect *d = r->d;
    bool quoted = r->state == IN_QUOTED;
    uint32_t stop = quoted ? d->quote : d->delimiter;
    for (; i < s.length; i++) {
        uint32_t c = oz_text_char(s, i);
        if (c == stop || c == d->escape || (!quoted && (c == '\n' || c == '\r')))
            break;
    }
    return i;
}

static bool read_line(Row *r, Obj line)
{
    Text s = oz_text_of((const Str *)line);
    for (size_t i = 0; i < s.length;) {
        if (r->state == IN_FIELD || r->state == IN_QUOTED) {
            size_t end = run_end(r, s, i);
            if ((int64_t)(r->field.length + end - i) > r->limit)
                return too_long(r);
            if (!oz_builder_slice(&r->field, line, i, end))
                return false;
            i = end;
            if (i == s.length)
                break;
        }
        if (!step(r, oz_text_char(s, i++)))
            return false;
    }
    return step(r, END) && oz_poll(r->t);
}

/* The input is at its end within a row: OZ_FOUND if that is a row all the same. */
static Found end_of_input(Row *r)
{
    if (r->field.length == 0 && r->state != IN_QUOTED)
        return OZ_MISSING;
    if (r->d->strict) {
        fail_text(r->t, r->module, "unexpected end of data");
        return OZ_RAISED;
    }
    return save(r) ? OZ_FOUND : OZ_RAISED;
}

static Found read_row(Row *r, CsvReader *self)
{
    do {
        scoped Ref line = NULL;
        Found found = oz_next(r->t, self->input, &line);
        if (found != OZ_FOUND)
            return found == OZ_MISSING ? end_of_input(r) : OZ_RAISED;
        const Str *s = oz_as_str(line);
        if (!s) {
            fail(r->t, r->module,
                 oz_str_format(r->t,
                               "iterator should return strings, not %.200T (the file should be "
                               "opened in text mode)",
                               line));
            return OZ_RAISED;
        }
        self->line_number++;
        if (!read_line(r, (Obj)s))
            return OZ_RAISED;
    } while (r->state != START_RECORD);
    return OZ_FOUND;
}

static Ref reader_next(Thread *t, Obj v)
{
    CsvReader *self = (CsvReader *)v;
    scoped Ref fields = oz_list_new(t, 0);
    if (!fields)
        return NULL;
    const CsvState *state = ((const Module *)self->module)->state;
    Row row = {.t = t,
               .d = (const CsvDialect *)self->dialect,
               .module = self->module,
               .limit = state->field_limit,
               .fields = fields};
    oz_builder_init(&row.field, t);
    Found found = read_row(&row, self);
    oz_builder_fini(&row.field);
    return found == OZ_FOUND ? oz_move(&fields) : NULL;
}

static Ref self_iter(Thread *t OZ_UNUSED, Obj self)
{
    return oz_retain(self);
}

static Ref reader_line_number(Thread *t, Obj self)
{
    return oz_int_new(t, ((const CsvReader *)self)->line_number);
}

const TypeDef oz_csv_reader_type = {
    .id = OZ_CSV_READER,
    .name = "_csv.reader",
    .doc = "Iterates over the rows of delimited text.",
    .size = sizeof(CsvReader),
    .flags = OZ_TYPE_NO_NEW,
    .visit = reader_visit,
    .clear = reader_clear,
    .slots = {.iter = self_iter, .next = reader_next},
    .getsets = OZ_GETSETS({"line_num", reader_line_number, NULL, "Lines read so far."}),
    .members =
        OZ_MEMBERS({"dialect", offsetof(CsvReader, dialect), OZ_MEMBER_READONLY, "The dialect."}),
};

OZ_FUNCTION(csv, reader, "($module, iterator, dialect=None, /, **fmtparams)",
            "Return an iterator over the rows of an iterable of lines.")
{
    Class *cls = oz_builtin_class(t, OZ_CSV_READER);
    scoped Ref input = cls ? oz_iter(t, a[1]) : NULL;
    scoped Ref dialect = input ? dialect_for(t, a[2], a[3]) : NULL;
    CsvReader *made = dialect ? oz_object_new(t, OZ_CSV_READER, sizeof *made) : NULL;
    if (!made)
        return NULL;
    oz_store_raw(&made->base, &made->input, oz_move(&input));
    oz_store_raw(&made->base, &made->dialect, oz_move(&dialect));
    oz_store_raw(&made->base, &made->module, oz_retain(a[0]));
    return (Ref)made;
}

/* ---- writers ---- */

#define WRITER_REFS(REF) REF(write) REF(dialect) REF(module)

typedef struct CsvWriter {
    Object base;
    WRITER_REFS(OZ_FIELD)
} CsvWriter;

static void writer_visit(const Object *o, Visitor *v)
{
    const CsvWriter *self = (const CsvWriter *)o;
    WRITER_REFS(OZ_VISIT)
}

static void writer_clear(Thread *t OZ_UNUSED, Object *o)
{
    CsvWriter *self = (CsvWriter *)o;
    WRITER_REFS(OZ_CLEAR)
}

typedef struct Line {
    Thread *t;
    const CsvDialect *d;
    Obj module;
    StrBuilder out;
    size_t fields;
} Line;

/* Does the character mean something in this dialect? */
static bool is_special(const Line *l, uint32_t c)
{
    const CsvDialect *d = l->d;
    return c == d->delimiter || c == d->escape || c == d->quote ||
           oz_text_find_char(oz_text_of((const Str *)d->line_terminator), c) != OZ_NOT_FOUND;
}

/* What stands in front of a special character: a quote, an escape or nothing.  *quoted: the field
 * needs quotes. */
static bool guard(const Line *l, uint32_t c, uint32_t *before, bool *quoted)
{
    const CsvDialect *d = l->d;
    bool escape = d->quoting == QUOTE_NONE;
    *before = NONE_SET;
    if (!escape && c == d->quote && d->double_quote)
        *before = d->quote;
    else if (!escape && (c == d->quote || c == d->escape))
        escape = true;
    if (!escape) {
        *quoted = true;
        return true;
    }
    *before = d->escape;
    return d->escape != NONE_SET ||
           fail_text(l->t, l->module, "need to escape, but no escapechar set") != NULL;
}

/* Find out whether the field needs quotes. */
static bool measure(const Line *l, Text s, bool *quoted)
{
    for (size_t i = 0; i < s.length; i++) {
        uint32_t c = oz_text_char(s, i), before;
        if (is_special(l, c) && !guard(l, c, &before, quoted))
            return false;
    }
    return true;
}

static bool put_data(Line *l, Obj str)
{
    Text s = oz_text_of((const Str *)str);
    size_t start = 0;
    for (size_t i = 0; i < s.length; i++) {
        uint32_t c = oz_text_char(s, i), before = NONE_SET;
        bool quoted;
        if (is_special(l, c) && !guard(l, c, &before, &quoted))
            return false;
        if (before == NONE_SET)
            continue;
        if (!oz_builder_slice(&l->out, str, start, i) || !oz_builder_character(&l->out, before))
            return false;
        start = i;
    }
    return oz_builder_slice(&l->out, str, start, s.length);
}

static bool put_field(Line *l, Obj str, bool quoted)
{
    if (!measure(l, oz_text_of((const Str *)str), &quoted))
        return false;
    if (l->fields++ > 0)
        oz_builder_character(&l->out, l->d->delimiter);
    if (quoted)
        oz_builder_character(&l->out, l->d->quote);
    return put_data(l, str) && (!quoted || oz_builder_character(&l->out, l->d->quote));
}

static bool is_number(Obj v)
{
    const Slots *slots = oz_class_of(v)->slots;
    return slots->index || slots->to_int || slots->to_float || oz_as_exact_int(v) ||
           oz_isa(v, OZ_COMPLEX);
}

static bool put_value(Line *l, Obj v)
{
    bool quoted =
        l->d->quoting == QUOTE_ALL || (l->d->quoting == QUOTE_NONNUMERIC && !is_number(v));
    scoped Ref text = oz_is_none(v) ? oz_retain(OZ_TEXT(l->t, empty)) : oz_str(l->t, v);
    return text && put_field(l, (Obj)oz_as_str(text), quoted);
}

/* The fields of a row: false: raised. */
static bool put_row(Line *l, Obj row)
{
    Thread *t = l->t;
    scoped Ref iterator = oz_iter(t, row);
    if (!iterator) {
        if (oz_exception_forget(t, OZ_TypeError))
            fail(t, l->module, oz_str_format(t, "iterable expected, not %.200T", row));
        return false;
    }
    for (;;) {
        scoped Ref item = NULL;
        Found found = oz_next(t, iterator, &item);
        if (found != OZ_FOUND)
            return found == OZ_MISSING;
        if (!put_value(l, item) || !oz_poll(t))
            return false;
    }
}

/* A single empty field must not look like an empty row. */
static bool put_lone_empty(Line *l)
{
    if (l->fields == 0 || l->out.length > 0)
        return true;
    if (l->d->quoting == QUOTE_NONE)
        return fail_text(l->t, l->module, "single empty field record must be quoted") != NULL;
    return oz_builder_character(&l->out, l->d->quote) && oz_builder_character(&l->out, l->d->quote);
}

static Ref write_row(Thread *t, const CsvWriter *self, Obj row)
{
    Line line = {.t = t, .d = (const CsvDialect *)self->dialect, .module = self->module};
    oz_builder_init(&line.out, t);
    bool done = put_row(&line, row) && put_lone_empty(&line) &&
                oz_builder_str(&line.out, line.d->line_terminator);
    line.out.failed |= !done;
    scoped Ref text = oz_builder_finish(&line.out);
    return text ? oz_call1(t, self->write, text) : NULL;
}

OZ_METHOD(csv_writer, writerow, "($self, row, /)", "Write one row.")
{
    return write_row(t, (const CsvWriter *)a[0], a[1]);
}

OZ_METHOD(csv_writer, writerows, "($self, rows, /)", "Write the rows of an iterable.")
{
    scoped Ref iterator = oz_iter(t, a[1]);
    while (iterator) {
        scoped Ref row = NULL;
        Found found = oz_next(t, iterator, &row);
        if (found != OZ_FOUND)
            return found == OZ_MISSING ? OZ_NONE : NULL;
        scoped Ref done = write_row(t, (const CsvWriter *)a[0], row);
        if (!done)
            return NULL;
    }
    return NULL;
}

const TypeDef oz_csv_writer_type = {
    .id = OZ_CSV_WRITER,
    .name = "_csv.writer",
    .doc = "Writes rows as delimited text.",
    .size = sizeof(CsvWriter),
    .flags = OZ_TYPE_NO_NEW,
    .visit = writer_visit,
    .clear = writer_clear,
    .methods = OZ_METHODS(&csv_writer_writerow, &csv_writer_writerows),
    .members =
        OZ_MEMBERS({"dialect", offsetof(CsvWriter, dialect), OZ_MEMBER_READONLY, "The dialect."}),
};

OZ_FUNCTION(csv, writer, "($module, fileobj, dialect=None, /, **fmtparams)",
            "Return a writer of rows to an object with a write method.")
{
    scoped Ref write = NULL;
    Found found = oz_find_attr(t, a[1], OZ_NAME(t, write), &write);
    if (found == OZ_RAISED)
        return NULL;
    if (found == OZ_MISSING || !oz_is_callable(write))
        return oz_raise(t, OZ_TypeError, "argument 1 must have a \"write\" method");
    Class *cls = oz_builtin_class(t, OZ_CSV_WRITER);
    scoped Ref dialect = cls ? dialect_for(t, a[2], a[3]) : NULL;
    CsvWriter *made = dialect ? oz_object_new(t, OZ_CSV_WRITER, sizeof *made) : NULL;
    if (!made)
        return NULL;
    oz_store_raw(&made->base, &made->write, oz_move(&write));
    oz_store_raw(&made->base, &made->dialect, oz_move(&dialect));
    oz_store_raw(&made->base, &made->module, oz_retain(a[0]));
    return (Ref)made;
}

/* ---- the module ---- */

static Dict *dialects(Thread *t, Obj module)
{
    Obj found = module_entry(t, module, "_dialects");
    return found ? oz_as_dict(found) : NULL;
}

OZ_FUNCTION(csv, register_dialect, "($module, name, dialect=None, /, **fmtparams)",
            "Give a dialect a name.")
{
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "dialect name must be a string");
    scoped Ref dialect = dialect_for(t, a[2], a[3]);
    Dict *names = dialect ? dialects(t, a[0]) : NULL;
    return names && oz_dict_set(t, names, a[1], dialect) ? OZ_NONE : NULL;
}

OZ_FUNCTION(csv, unregister_dialect, "($module, /, name)", "Take the name of a dialect away.")
{
    Dict *names = dialects(t, a[0]);
    Found found = names ? oz_dict_delete(t, names, a[1]) : OZ_MISSING;
    if (found == OZ_MISSING)
        return fail_text(t, a[0], "unknown dialect");
    return found == OZ_FOUND ? OZ_NONE : NULL;
}

OZ_FUNCTION(csv, get_dialect, "($module, /, name)", "Return the dialect of a name.")
{
    Obj found = find_dialect(t, a[0], a[1]);
    return found ? oz_retain(found) : NULL;
}

OZ_FUNCTION(csv, list_dialects, "($module, /)", "Return a list of the names of dialects.")
{
    Dict *names = dialects(t, a[0]);
    return names ? oz_dict_key_list(t, names) : oz_list_new(t, 0);
}

OZ_FUNCTION(csv, field_size_limit, "($module, /, new_limit=<unrepresentable>)",
            "Set how long fields may be, if given; return the limit that was.")
{
    CsvState *state = ((Module *)a[0])->state;
    int64_t old = state->field_limit;
    if (a[1]) {
        if (!oz_as_exact_int(a[1]))
            return oz_raise(t, OZ_TypeError, "limit must be an integer");
        if (!oz_as_int64(t, a[1], &state->field_limit))
            return NULL;
    }
    return oz_int_new(t, old);
}

static bool init(Thread *t, Module *module)
{
    static const uint32_t types[] = {OZ_CSV_DIALECT, OZ_CSV_READER, OZ_CSV_WRITER};
    static const char *const names[] = {"Dialect", "Reader", "Writer"};
    CsvState *state = oz_block_alloc(t->heap, sizeof *state);
    if (!state) {
        oz_raise_memory(t);
        return false;
    }
    *state = (CsvState){131072};
    module->state = state;
    for (size_t i = 0; i < OZ_COUNT(types); i++) {
        Class *cls = oz_builtin_class(t, types[i]);
        if (!cls || !oz_module_add(t, module, names[i], oz_retain((Obj)cls)))
            return false;
    }
    scoped Ref error = oz_class_new_simple(t, "_csv.Error", (Obj)t->vm->errors[OZ_Exception], NULL);
    return error && oz_module_add(t, module, "Error", oz_move(&error)) &&
           oz_module_add(t, module, "_dialects", oz_dict_new(t)) &&
           oz_module_add_int(t, module, "QUOTE_MINIMAL", QUOTE_MINIMAL) &&
           oz_module_add_int(t, module, "QUOTE_ALL", QUOTE_ALL) &&
           oz_module_add_int(t, module, "QUOTE_NONNUMERIC", QUOTE_NONNUMERIC) &&
           oz_module_add_int(t, module, "QUOTE_NONE", QUOTE_NONE) &&
           oz_module_add_str(t, module, "__version__", "1.0");
}

static void fini(Thread *t OZ_UNUSED, Module *module)
{
    oz_block_free(module->state);
    module->state = NULL;
}

const ModuleDef oz_csv_module = {
    .name = "_csv",
    .doc = "Reading and writing of delimited text.",
    .functions =
        OZ_METHODS(&csv_reader, &csv_writer, &csv_register_dialect, &csv_unregister_dialect,
                   &csv_get_dialect, &csv_list_dialects, &csv_field_size_limit),
    .init = init,
    .fini = fini,
};
