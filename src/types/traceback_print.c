// SPDX-License-Identifier: MIT
// The report about an exception, as the interpreter prints it when nobody handles one.
//
// Causes and contexts come first, each exception once; groups are drawn as a tree whose lines begin
// with a margin.  Everything a program can make fail on the way (__str__, __notes__, the source
// file) is replaced by a remark: a report is always made, unless there is no memory for it.
#include "types/traceback_print.h"

#include "types/exception.h"
#include "types/frame.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/set.h"
#include "types/str_text.h"
#include "types/traceback.h"
#include "types/tuple.h"
#include "types/type.h"

#include "base/utf8.h"

enum { SAME_LINES = 3, GROUP_WIDTH = 15, GROUP_DEPTH = 10 };

typedef struct Report {
    Thread *t;
    StrBuilder out;
    SourceCache source;
    Ref seen;        /* owned: set of identities */
    int depth;       /* of groups */
    bool need_close; /* the last part of a group is open */
    ssize_t limit;   /* of frames: sys.tracebacklimit */
} Report;

/* ---- lines ---- */

static void margin(Report *r)
{
    oz_builder_fill(&r->out, (size_t)r->depth * 2, ' ');
    if (r->depth)
        oz_builder_ascii(&r->out, "| ", 2);
}

static void line(Report *r, const char *text)
{
    margin(r);
    oz_builder_text(&r->out, text);
    oz_builder_character(&r->out, '\n');
}

/* ---- one frame ---- */

/* The index of the character that begins at byte `offset` of the line's UTF-8. */
static size_t character_at(const Str *s, int32_t offset)
{
    size_t bytes = 0, i = 0, length = oz_str_length(s);
    while (i < length && bytes < (size_t)offset)
        bytes += oz_utf8_size(oz_str_at(s, i++));
    return i;
}

static bool is_blank(uint32_t c)
{
    return c == ' ' || c == '\t' || c == '\f';
}

static size_t indentation(const Str *s)
{
    size_t i = 0, length = oz_str_length(s);
    while (i < length && is_blank(oz_str_at(s, i)))
        i++;
    return i;
}

static void carets(Report *r, const Str *text, const Position *p)
{
    if (p->line <= 0 || p->end_line <= 0 || p->column < 0 || p->end_column < 0)
        return;
    size_t length = oz_str_length(text), skip = indentation(text);
    size_t start = character_at(text, p->column), end = length;
    size_t left = 0, right = 0;
    bool anchors = false;
    if (p->end_line == p->line) {
        end = character_at(text, p->end_column);
        anchors = oz_source_anchors(text, start, end, &left, &right);
    } else {
        while (end > 0 && is_blank(oz_str_at(text, end - 1)))
            end--;
    }
    if (end <= start || start < skip || (end - start == length - skip && !anchors))
        return; /* the whole line: it says nothing */
    margin(r);
    oz_builder_fill(&r->out, start - skip + 4, ' ');
    for (size_t i = start; i < end; i++)
        oz_builder_character(&r->out, anchors && (i < left || i >= right) ? '~' : '^');
    oz_builder_character(&r->out, '\n');
}

/* The source line, without its indentation, and the marks under it. */
static void source(Report *r, Obj filename, int number, const Position *p)
{
    scoped Ref text = oz_source_line(r->t, &r->source, filename, number);
    if (!text) {
        oz_exception_clear(r->t);
        return;
    }
    const Str *s = oz_as_str(text);
    margin(r);
    oz_builder_fill(&r->out, 4, ' ');
    oz_builder_slice(&r->out, text, indentation(s), oz_str_length(s));
    oz_builder_character(&r->out, '\n');
    if (p && p->line == number && !r->t->vm->no_debug_ranges)
        carets(r, s, p);
}

static const Code *code_of(const Traceback *tb)
{
    return oz_is(tb->frame, OZ_FRAME) ? ((const FrameObject *)tb->frame)->code : NULL;
}

static void entry(Report *r, const Traceback *tb)
{
    const Code *code = code_of(tb);
    if (!code)
        return;
    margin(r);
    oz_builder_format(&r->out, "  File \"%S\", line %d, in %S\n", code->filename,
                      oz_traceback_line(tb), code->name);
    Position p;
    bool known = oz_code_position(code, (uint32_t)(tb->lasti / sizeof(uint64_t)), &p);
    source(r, code->filename, oz_traceback_line(tb), known ? &p : NULL);
}

static bool same_place(const Traceback *a, const Traceback *b)
{
    const Code *x = code_of(a), *y = code_of(b);
    return x && y && oz_traceback_line(a) == oz_traceback_line(b) &&
           (x == y || (oz_str_equal(oz_as_str(x->filename), oz_as_str(y->filename)) &&
                       oz_str_equal(oz_as_str(x->name), oz_as_str(y->name))));
}

static void repeated(Report *r, size_t count)
{
    if (count <= SAME_LINES)
        return;
    count -= SAME_LINES;
    margin(r);
    oz_builder_format(&r->out, "  [Previous line repeated %zd more time%s]\n", (ssize_t)count,
                      count > 1 ? "s" : "");
}

static void entries(Report *r, const Traceback *tb)
{
    size_t count = 0, total = 0;
    for (const Traceback *at = tb; at; at = (const Traceback *)at->next)
        total++;
    for (; tb && (ssize_t)total > r->limit; total--)
        tb = (const Traceback *)tb->next;
    const Traceback *last = NULL;
    for (; tb && !r->out.failed; tb = (const Traceback *)tb->next) {
        bool same = last && same_place(last, tb);
        if (!same) {
            repeated(r, count);
            count = 0;
        }
        if (++count <= SAME_LINES)
            entry(r, tb);
        last = tb;
    }
    repeated(r, count);
}

/* ---- the message ---- */

/* "module.Class", or "Class" of what needs no module. */
static void class_name(Report *r, Class *cls)
{
    Thread *t = r->t;
    scoped Ref module = oz_class_module(t, cls);
    if (!module || !oz_is_str(module)) {
        oz_exception_clear(t);
        oz_builder_text(&r->out, "<unknown>.");
    } else if (!oz_str_equal_utf8(oz_as_str(module), "builtins") &&
               !oz_str_equal_utf8(oz_as_str(module), "__main__")) {
        oz_builder_format(&r->out, "%S.", module);
    }
    if (cls->qualname)
        oz_builder_str(&r->out, cls->qualname);
    else
        oz_builder_text(&r->out, oz_class_name(cls));
}

static void message(Report *r, Obj e, Obj instead)
{
    Thread *t = r->t;
    margin(r);
    class_name(r, oz_class_of(e));
    scoped Ref text = instead ? oz_str(t, instead) : oz_str(t, e);
    if (!text) {
        oz_exception_clear(t);
        oz_builder_text(&r->out, ": <exception str() failed>");
    } else if (oz_str_length(oz_as_str(text))) {
        oz_builder_ascii(&r->out, ": ", 2);
        oz_builder_str(&r->out, text);
    }
    scoped Ref suggestion = oz_suggestion(t, e);
    if (suggestion)
        oz_builder_str(&r->out, suggestion);
    oz_builder_character(&r->out, '\n');
}

/* Each line of a text behind the margin. */
static void lines_of(Report *r, Obj text)
{
    const Str *s = oz_as_str(text);
    size_t start = 0, length = oz_str_length(s);
    for (;;) {
        size_t at = oz_text_find_char(oz_text_part(oz_text_of(s), start, length), '\n');
        size_t end = at == OZ_NOT_FOUND ? length : start + at;
        margin(r);
        oz_builder_slice(&r->out, text, start, end);
        oz_builder_character(&r->out, '\n');
        if (end == length)
            return;
        start = end + 1;
    }
}

static void note(Report *r, Obj v)
{
    scoped Ref text = oz_str(r->t, v);
    if (!text) {
        oz_exception_clear(r->t);
        line(r, "<note str() failed>");
        return;
    }
    lines_of(r, text);
}

static void notes(Report *r, Obj e)
{
    Thread *t = r->t;
    scoped Ref found = NULL;
    if (oz_find_attr(t, e, OZ_NAME(t, __notes__), &found) != OZ_FOUND) {
        oz_exception_clear(t);
        return;
    }
    if (oz_is_none(found))
        return;
    bool is_sequence = oz_class_of(found)->slots->get_item && !oz_isa(found, OZ_DICT);
    scoped Ref items = is_sequence ? oz_tuple_from(t, found) : NULL;
    if (!items) {
        oz_exception_clear(t);
        scoped Ref shown = oz_repr(t, found);
        if (shown)
            lines_of(r, shown);
        else
            line(r, "<__notes__ repr() failed>");
        oz_exception_clear(t);
        return;
    }
    const Tuple *tuple = oz_as_tuple(items);
    for (uint32_t i = 0; i < tuple->length && !r->out.failed; i++)
        note(r, tuple->items[i]);
}

/* ---- SyntaxError ---- */

static int64_t number_field(const BaseException *e, unsigned index, int64_t otherwise)
{
    Obj v = oz_exception_field(e, index);
    return v && oz_is_int(v) ? oz_int_value(v) : otherwise;
}

/* The line, without indentation, and a mark from column `offset` to `end` (both from 1). */
static void syntax_text(Report *r, const Str *s, int64_t offset, int64_t end)
{
    size_t start = 0, length = oz_str_length(s);
    int64_t marks = end > 0 && end > offset ? end - offset : 1;
    offset--;
    for (; start < length && is_blank(oz_str_at(s, start)); start++)
        offset--;
    if (length > start && oz_str_at(s, length - 1) == '\n')
        length--;
    if (offset > (int64_t)(length - start))
        offset = (int64_t)(length - start);
    for (;;) { /* of several lines, the one that the mark is in */
        size_t at = oz_text_find_char(oz_text_part(oz_text_of(s), start, length), '\n');
        if (at == OZ_NOT_FOUND || (int64_t)at >= offset)
            break;
        start += at + 1;
        offset -= (int64_t)at + 1;
    }
    margin(r);
    oz_builder_fill(&r->out, 4, ' ');
    oz_builder_slice(&r->out, (Obj)s, start, length);
    oz_builder_character(&r->out, '\n');
    if (offset < 0)
        return;
    int64_t most = (int64_t)(length - start) - offset; /* a mark ends with the line */
    if (marks > most)
        marks = most > 0 ? most : 1;
    margin(r);
    oz_builder_fill(&r->out, 4 + (size_t)offset, ' ');
    oz_builder_fill(&r->out, (size_t)marks, '^');
    oz_builder_character(&r->out, '\n');
}

/* The place of a SyntaxError; false: it is none, or has no place. */
static bool syntax_place(Report *r, Obj exception)
{
    const BaseException *e = (const BaseException *)exception;
    if (!oz_is_exception(exception, OZ_SyntaxError))
        return false;
    Obj number = oz_exception_field(e, OZ_X_LINENO);
    if (!number || !oz_is_int(number))
        return false;
    Obj filename = oz_exception_field(e, OZ_X_SYNTAX_FILENAME);
    margin(r);
    oz_builder_format(
        &r->out, "  File \"%S\", line %S\n",
        filename && !oz_is_none(filename) ? filename : (Obj)OZ_TEXT(r->t, string_file), number);
    Obj text = oz_exception_field(e, OZ_X_TEXT);
    if (!text || !oz_is_str(text))
        return true;
    int64_t end = number_field(e, OZ_X_END_OFFSET, -1);
    if (number_field(e, OZ_X_END_LINENO, 0) > oz_int_value(number))
        end = (int64_t)oz_str_length(oz_as_str(text));
    syntax_text(r, oz_as_str(text), number_field(e, OZ_X_OFFSET, -1), end);
    return true;
}

/* ---- exceptions ---- */

static void report(Report *r, Obj e);

static void only(Report *r, Obj e)
{
    Obj text =
        syntax_place(r, e) ? oz_exception_field((const BaseException *)e, OZ_X_SYNTAX_MSG) : NULL;
    message(r, e, text);
    notes(r, e);
}

static void plain(Report *r, Obj exception)
{
    const BaseException *e = (const BaseException *)exception;
    if (e->traceback && r->limit > 0) {
        line(r, "Traceback (most recent call last):");
        entries(r, (const Traceback *)e->traceback);
    }
    only(r, exception);
}

/* One part of a group, below its title. */
static void part(Report *r, const Tuple *parts, uint32_t i, uint32_t shown)
{
    bool last = i + 1 == shown;
    r->need_close = last;
    oz_builder_fill(&r->out, (size_t)r->depth * 2, ' ');
    oz_builder_text(&r->out, i == 0 ? "+-" : "  ");
    bool left_out = i >= GROUP_WIDTH;
    if (left_out)
        oz_builder_text(&r->out, "+---------------- ... ----------------\n");
    else
        oz_builder_format(&r->out, "+---------------- %u ----------------\n", i + 1);
    r->depth++;
    if (left_out) {
        uint32_t rest = parts->length - GROUP_WIDTH;
        margin(r);
        oz_builder_format(&r->out, "and %u more exception%s\n", rest, rest > 1 ? "s" : "");
    } else {
        report(r, parts->items[i]);
    }
    if (last && r->need_close) {
        oz_builder_fill(&r->out, (size_t)r->depth * 2, ' ');
        oz_builder_text(&r->out, "+------------------------------------\n");
        r->need_close = false;
    }
    r->depth--;
}

static void group(Report *r, Obj exception)
{
    const BaseException *e = (const BaseException *)exception;
    if (r->depth > GROUP_DEPTH) {
        line(r, "... (max_group_depth is 10)");
        return;
    }
    bool top = r->depth == 0;
    if (top)
        r->depth = 1;
    if (e->traceback && r->limit > 0) {
        oz_builder_fill(&r->out, (size_t)r->depth * 2, ' ');
        oz_builder_text(&r->out, top ? "+ " : "| ");
        oz_builder_text(&r->out, "Exception Group Traceback (most recent call last):\n");
        entries(r, (const Traceback *)e->traceback);
    }
    only(r, exception);
    scoped Ref kept = oz_retain(oz_exception_field(e, OZ_X_EXCEPTIONS));
    const Tuple *parts = oz_as_tuple(kept);
    uint32_t shown = parts->length <= GROUP_WIDTH ? parts->length : GROUP_WIDTH + 1;
    r->need_close = false;
    for (uint32_t i = 0; i < shown && !r->out.failed; i++)
        part(r, parts, i, shown);
    if (top)
        r->depth = 0;
}

static void linked(Report *r, Obj e, const char *link)
{
    report(r, e);
    line(r, "");
    line(r, link);
    line(r, "");
}

static bool was_seen(Report *r, Obj e)
{
    Found found = oz_set_contains(r->t, oz_as_set(r->seen), oz_int((int64_t)(oz_word(e) >> 3)));
    if (found == OZ_RAISED)
        oz_exception_clear(r->t);
    return found != OZ_MISSING;
}

static void report(Report *r, Obj exception)
{
    Thread *t = r->t;
    if (r->out.failed)
        return;
    if (!oz_native_enter(t, " while printing an exception")) {
        oz_exception_clear(t);
        return;
    }
    if (!oz_set_add(t, oz_as_set(r->seen), oz_int((int64_t)(oz_word(exception) >> 3))))
        oz_exception_clear(t);
    const BaseException *e = (const BaseException *)exception;
    scoped Ref cause = oz_load(&e->cause), context = oz_load(&e->context);
    if (cause) {
        if (!was_seen(r, cause))
            linked(r, cause,
                   "The above exception was the direct cause of the following exception:");
    } else if (context && !e->suppress_context && !was_seen(r, context)) {
        linked(r, context, "During handling of the above exception, another exception occurred:");
    }
    if (oz_is_exception(exception, OZ_BaseExceptionGroup))
        group(r, exception);
    else
        plain(r, exception);
}

static ssize_t traceback_limit(Thread *t)
{
    scoped Ref key = t->vm->sys ? oz_intern(t, "tracebacklimit") : NULL;
    Obj v = key ? oz_dict_peek_str(oz_as_dict(t->vm->sys), key) : NULL;
    Obj exact = v ? oz_as_exact_int(v) : NULL;
    ssize_t limit = 1000;
    if (exact && !oz_as_ssize(t, exact, -1, &limit))
        oz_exception_clear(t);
    return limit;
}

Ref oz_exception_ignored_text(Thread *t, Obj exception)
{
    Report r = {.t = t, .limit = traceback_limit(t)};
    const BaseException *e = (const BaseException *)exception;
    oz_builder_init(&r.out, t);
    if (e->traceback && r.limit > 0) {
        line(&r, "Traceback (most recent call last):");
        entries(&r, (const Traceback *)e->traceback);
    }
    class_name(&r, oz_class_of(exception));
    scoped Ref text = oz_str(t, exception);
    if (!text)
        oz_exception_clear(t);
    oz_builder_ascii(&r.out, ": ", 2);
    if (text)
        oz_builder_str(&r.out, text);
    else
        oz_builder_text(&r.out, "<exception str() failed>");
    oz_builder_character(&r.out, '\n');
    oz_source_fini(&r.source);
    return oz_builder_finish(&r.out);
}

Ref oz_exception_text(Thread *t, Obj exception)
{
    if (!oz_as_exception(exception))
        return oz_str_format(
            t, "TypeError: print_exception(): Exception expected for value, %T found\n", exception);
    Report r = {.t = t, .limit = traceback_limit(t)};
    r.seen = oz_set_new(t, NULL);
    if (!r.seen)
        return NULL;
    oz_builder_init(&r.out, t);
    report(&r, exception);
    oz_source_fini(&r.source);
    oz_clear(&r.seen);
    return oz_builder_finish(&r.out);
}
