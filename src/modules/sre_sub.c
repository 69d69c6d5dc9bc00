// SPDX-License-Identifier: MIT
// Pattern.sub and subn: replacements that are texts, templates or functions.
//
// A template without a backslash is itself.  Others are parsed by re's own parser (cached there)
// into literals and group numbers, and filled in here.
#include "modules/sre_pattern.h"

#include "modules/import.h"
#include "modules/native_type.h"
#include "types/bytes.h"

typedef struct Piece {
    Ref literal; /* or empty: */
    uint32_t group;
} Piece;

typedef struct Output {
    StrBuilder text; /* of str */
    uint8_t *bytes;  /* of bytes: a block */
    size_t length, capacity;
    size_t items;  /* for messages */
    Piece *pieces; /* of a template: a block */
    size_t count;
} Output;

static bool add_bytes(Thread *t, Output *o, const void *data, size_t length)
{
    if (length > o->capacity - o->length) {
        size_t capacity = (o->length + length) * 3 / 2 + 64;
        uint8_t *bytes = oz_block_realloc(t->heap, o->bytes, capacity);
        if (!bytes)
            return oz_raise_memory(t) != NULL;
        o->bytes = bytes;
        o->capacity = capacity;
    }
    memcpy(o->bytes + o->length, data, length);
    o->length += length;
    return true;
}

static bool add_range(Thread *t, Output *o, const Scan *s, size_t start, size_t end)
{
    o->items++;
    if (s->str)
        return oz_builder_slice(&o->text, (Obj)s->str, start, end);
    return add_bytes(t, o, (const uint8_t *)s->text.data + start, end - start);
}

static bool add_item(Thread *t, Output *o, const Scan *s, Obj item)
{
    size_t i = o->items++;
    if (s->str) {
        const Str *str = oz_as_str(item);
        if (!str)
            return oz_fail(t, OZ_TypeError, "sequence item %zu: expected str instance, %T found", i,
                           item);
        return oz_builder_str(&o->text, (Obj)str);
    }
    if (!oz_has_buffer(item))
        return oz_fail(t, OZ_TypeError, "sequence item %zu: expected a bytes-like object, %T found",
                       i, item);
    scoped_buffer view = {0};
    return oz_buffer_open(t, item, &view) && add_bytes(t, o, view.data, view.length);
}

static void output_fini(Output *o)
{
    oz_builder_fini(&o->text);
    oz_block_free(o->bytes);
    for (size_t i = 0; i < o->count; i++)
        oz_drop(o->pieces[i].literal);
    oz_block_free(o->pieces);
}

/* ---- templates ---- */

/* A text or bytes without a backslash. */
static bool is_literal(Thread *t, Obj template)
{
    const Str *str = oz_as_str(template);
    if (str) {
        size_t length = oz_str_length(str);
        if (oz_str_width(str) == 1)
            return !memchr(oz_str_data(str), '\\', length);
        for (size_t i = 0; i < length; i++)
            if (oz_str_at(str, i) == '\\')
                return false;
        return true;
    }
    if (!oz_has_buffer(template))
        return false;
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, template, &view)) {
        oz_exception_clear(t);
        return false;
    }
    return !view.length || !memchr(view.data, '\\', view.length);
}

static bool take_groups(Thread *t, Output *o, const Pattern *p, Obj groups)
{
    scoped Ref list = oz_to_sequence(t, groups, "groups of a template");
    scoped Ref pairs = list ? oz_tuple_from(t, list) : NULL;
    if (!pairs)
        return false;
    const Tuple *all = (const Tuple *)pairs;
    for (uint32_t i = 0; i < all->length; i++) {
        const Tuple *pair = oz_as_tuple(all->items[i]);
        ssize_t index = -1, group = -1;
        if (pair && pair->length == 2 &&
            (!oz_as_size_argument(t, pair->items[0], &index) ||
             !oz_as_size_argument(t, pair->items[1], &group)))
            return false;
        if ((size_t)index >= o->count || (size_t)group > p->code.groups)
            return oz_fail(t, OZ_IndexError, "no such group");
        oz_clear(&o->pieces[index].literal);
        o->pieces[index].group = (uint32_t)group;
    }
    return true;
}

/* What re's parser makes of a template: ([(place, group), ...], [literal or None, ...]). */
static bool take_template(Thread *t, Output *o, const Pattern *p, const Tuple *parsed)
{
    scoped Ref literals = oz_tuple_from(t, parsed->items[1]);
    if (!literals)
        return false;
    const Tuple *all = (const Tuple *)literals;
    o->pieces = oz_block_alloc(t->heap, (all->length + 1) * sizeof *o->pieces);
    if (!o->pieces)
        return oz_raise_memory(t) != NULL;
    for (; o->count < all->length; o->count++)
        o->pieces[o->count] = (Piece){oz_retain(all->items[o->count]), 0};
    return take_groups(t, o, p, parsed->items[0]);
}

/* re._subx(pattern, template) gives a literal, or a function of a match that has the parsed
 * template as its default argument; that is taken out, so that no match calls Python. */
static Ref ask_library(Thread *t, Output *o, Pattern *p, Obj template)
{
    scoped Ref re = oz_import(t, "re");
    scoped Ref name = oz_intern(t, "_subx");
    scoped Ref parse = re && name ? oz_get_attr(t, re, name) : NULL;
    scoped Ref filter = parse ? oz_call2(t, parse, (Obj)p, template) : NULL;
    scoped Ref defaults_name = oz_intern(t, "__defaults__");
    scoped Ref defaults = NULL;
    if (!filter || !defaults_name || oz_find_attr(t, filter, defaults_name, &defaults) == OZ_RAISED)
        return NULL;
    const Tuple *given = defaults ? oz_as_tuple(defaults) : NULL;
    const Tuple *parsed = given && given->length == 1 ? oz_as_tuple(given->items[0]) : NULL;
    if (parsed && parsed->length == 2 && !take_template(t, o, p, parsed))
        return NULL;
    return oz_move(&filter);
}

static bool add_template(Thread *t, Output *o, const Scan *s)
{
    size_t items = o->items; /* a template counts as one item */
    for (size_t i = 0; i < o->count; i++) {
        const Piece *piece = &o->pieces[i];
        const size_t *mark = &s->marks[2 * (size_t)piece->group];
        if (piece->literal && !oz_is_none(piece->literal)
                ? !add_item(t, o, s, piece->literal)
                : *mark != SRE_UNSET && !add_range(t, o, s, mark[0], mark[1]))
            return false;
    }
    o->items = items + 1;
    return true;
}

/* ---- the loop ---- */

static bool add_called(Thread *t, Output *o, const Scan *s, Obj function)
{
    scoped Ref match = oz_match_new(t, s);
    scoped Ref item = match ? oz_call1(t, function, match) : NULL;
    return item && (oz_is_none(item) || add_item(t, o, s, item));
}

static bool substitute(Thread *t, Output *o, Scan *s, Obj replacement, ssize_t count, ssize_t *done)
{
    bool called = o->pieces == NULL && oz_is_callable(replacement);
    size_t from = 0;
    while (!count || *done < count) {
        Found found = oz_scan_next(t, s, SRE_SEARCH);
        if (found == OZ_RAISED)
            return false;
        if (found == OZ_MISSING)
            break;
        size_t start = s->marks[0], end = s->marks[1];
        if (from < start && !add_range(t, o, s, from, start))
            return false;
        if (!(called      ? add_called(t, o, s, replacement)
              : o->pieces ? add_template(t, o, s)
                          : add_item(t, o, s, replacement)))
            return false;
        from = end;
        ++*done;
    }
    return from >= s->text.length || !*done || add_range(t, o, s, from, s->text.length);
}

static Ref finish(Thread *t, Output *o, const Scan *s, ssize_t done)
{
    if (!done)
        return oz_scan_slice(t, s, 0, s->text.length);
    return s->str ? oz_builder_finish(&o->text)
                  : oz_bytes_new(t, o->bytes ? o->bytes : (uint8_t *)"", o->length);
}

Ref oz_pattern_sub(Thread *t, Pattern *p, Obj replacement, Obj string, Obj count, bool with_number)
{
    ssize_t most, done = 0;
    if (!oz_as_size_argument(t, count, &most))
        return NULL;
    Output o = {0};
    oz_builder_init(&o.text, t);
    scoped Ref filter = oz_is_callable(replacement) || is_literal(t, replacement)
                            ? oz_retain(replacement)
                            : ask_library(t, &o, p, replacement);
    bool ok = filter != NULL;
    scoped_scan scan = {0};
    ok = ok && oz_scan_open(t, &scan, p, string, NULL, NULL) &&
         substitute(t, &o, &scan, filter, most, &done);
    scoped Ref result = ok ? finish(t, &o, &scan, done) : NULL;
    output_fini(&o);
    if (!result || !with_number)
        return oz_move(&result);
    return oz_tuple_of(t, 2, (Obj)result, (Obj)oz_int(done));
}
