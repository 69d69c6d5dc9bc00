// SPDX-License-Identifier: MIT
// Taking a str apart: split, splitlines, partition; and join.
#include "types/str_methods.h"

#include "object/collector.h"
#include "types/byte_finder.h"
#include "types/list_layout.h"
#include "types/tuple.h"

/* The parts found: the first ones wait outside of the list, whose block is then made for them. */
typedef struct Parts {
    Obj self;     /* exact */
    Ref list;     /* once there are more than fit here */
    size_t count; /* of those that wait */
    Ref few[12];
} Parts;

static void parts_fini(Parts *parts)
{
    while (parts->count)
        oz_drop(parts->few[--parts->count]);
    oz_clear(&parts->list);
}

static bool spill(Thread *t, Parts *parts)
{
    parts->list = oz_list_take(t, parts->few, parts->count);
    parts->count = 0;
    return parts->list != NULL;
}

/* Append self[start:end]; a poll, because programs decide how many there are. */
OZ_INLINE bool add(Thread *t, Parts *parts, size_t start, size_t end)
{
    const Str *s = (const Str *)parts->self;
    Ref part = oz_id(&s->base) == OZ_STR_ASCII && end > start && end - start != s->length
                   ? oz_str_from_ascii(t, (const char *)s->data + start, end - start)
                   : oz_str_slice(t, parts->self, start, end);
    if (!part)
        return false;
    if (OZ_LIKELY(!parts->list)) {
        if (OZ_LIKELY(parts->count < OZ_COUNT(parts->few))) {
            parts->few[parts->count++] = part;
            return true;
        }
        if (!spill(t, parts)) {
            oz_drop(part);
            return false;
        }
    }
    return oz_list_append_fast(t, (List *)parts->list, part) && oz_poll(t);
}

/* The list of the parts; also ends them. */
static Ref parts_finish(Thread *t, Parts *parts)
{
    if (!parts->list && !spill(t, parts))
        return NULL;
    return oz_move(&parts->list);
}

/* Compiled once for each width. */
OZ_INLINE bool split_spaces_of(Thread *t, Parts *parts, size_t limit, unsigned width)
{
    const Str *s = (const Str *)parts->self;
    const void *data = oz_str_data(s);
    size_t i = 0, length = oz_str_length(s);
    for (;;) {
        while (i < length && oz_is_space(oz_text_at(data, width, i)))
            i++;
        if (i == length)
            return true;
        size_t start = i;
        if (limit-- == 0)
            return add(t, parts, start, length); /* with its white space */
        while (i < length && !oz_is_space(oz_text_at(data, width, i)))
            i++;
        if (!add(t, parts, start, i))
            return false;
    }
}

static bool split_spaces(Thread *t, Parts *parts, size_t limit)
{
    switch (oz_str_width((const Str *)parts->self)) {
    case 1:
        return split_spaces_of(t, parts, limit, 1);
    case 2:
        return split_spaces_of(t, parts, limit, 2);
    default:
        return split_spaces_of(t, parts, limit, 4);
    }
}

static bool split_at(Thread *t, Parts *parts, Text separator, size_t limit)
{
    Text s = oz_text_of((const Str *)parts->self);
    size_t start = 0;
    if (s.width == 1 && separator.width == 1) {
        ByteFinder finder = oz_byte_finder(s, separator);
        for (size_t at; limit-- > 0 && (at = oz_byte_finder_next(&finder)) != OZ_NOT_FOUND;) {
            if (!add(t, parts, start, at))
                return false;
            start = at + separator.length;
        }
        return add(t, parts, start, s.length);
    }
    while (limit-- > 0) {
        size_t at = oz_text_find(oz_text_part(s, start, s.length), separator);
        if (at == OZ_NOT_FOUND)
            break;
        if (!add(t, parts, start, start + at))
            return false;
        start += at + separator.length;
    }
    return add(t, parts, start, s.length);
}

static bool rsplit_spaces(Thread *t, Parts *parts, size_t limit)
{
    Text s = oz_text_of((const Str *)parts->self);
    size_t end = s.length;
    for (;;) {
        while (end > 0 && oz_is_space(oz_text_char(s, end - 1)))
            end--;
        if (end == 0)
            return true;
        if (limit-- == 0)
            return add(t, parts, 0, end);
        size_t start = end;
        while (start > 0 && !oz_is_space(oz_text_char(s, start - 1)))
            start--;
        if (!add(t, parts, start, end))
            return false;
        end = start;
    }
}

static bool rsplit_at(Thread *t, Parts *parts, Text separator, size_t limit)
{
    Text s = oz_text_of((const Str *)parts->self);
    size_t end = s.length;
    while (limit-- > 0) {
        size_t at = oz_text_rfind(oz_text_part(s, 0, end), separator);
        if (at == OZ_NOT_FOUND)
            break;
        if (!add(t, parts, at + separator.length, end))
            return false;
        end = at;
    }
    return add(t, parts, 0, end);
}

static void reverse(List *list)
{
    ListBlock *block = list->block;
    for (size_t i = 0, j = block ? block->length : 0; i + 1 < j; i++) {
        Ref item = block->items[--j];
        block->items[j] = block->items[i];
        block->items[i] = item;
    }
}

/* The separator that a[1] names: NULL for white space; *failed: raised. */
static const Str *separator_of(Thread *t, Obj v, bool *failed)
{
    const Str *s = oz_as_str(v);
    *failed = true;
    if (!s && !oz_is_none(v))
        oz_raise(t, OZ_TypeError, "must be str or None, not %.100T", v);
    else if (s && s->length == 0)
        oz_raise(t, OZ_ValueError, "empty separator");
    else
        *failed = false;
    return s;
}

static Ref split(Thread *t, const Obj *a, bool right)
{
    bool failed;
    ssize_t limit;
    if (!oz_as_size_argument(t, a[2], &limit))
        return NULL;
    const Str *separator = separator_of(t, a[1], &failed);
    if (failed)
        return NULL;
    size_t most = limit < 0 ? SIZE_MAX : (size_t)limit;
    Parts parts = {.self = (Obj)oz_as_str(a[0])};
    bool done;
    if (right)
        done = separator ? rsplit_at(t, &parts, oz_text_of(separator), most)
                         : rsplit_spaces(t, &parts, most);
    else
        done = separator ? split_at(t, &parts, oz_text_of(separator), most)
                         : split_spaces(t, &parts, most);
    Ref list = done ? parts_finish(t, &parts) : NULL;
    if (list && right)
        reverse((List *)list);
    parts_fini(&parts);
    return list;
}

STR_METHOD(split, "($self, /, sep=None, maxsplit=-1)",
           "Return a list of the parts between separators (runs of white space if None).")
{
    return split(t, a, false);
}

STR_METHOD(rsplit, "($self, /, sep=None, maxsplit=-1)",
           "Return a list of the parts between separators, counted from the end.")
{
    return split(t, a, true);
}

OZ_INLINE bool is_line_break(uint32_t c)
{
    if (OZ_LIKELY(c < 128))
        return c - 10 < 4 || c - 28 < 3;
    return oz_unicode_is(c, OZ_CHAR_LINE_BREAK);
}

STR_METHOD(splitlines, "($self, /, keepends=False)",
           "Return a list of the lines, with their line breaks if keepends is true.")
{
    bool keep;
    if (!oz_truth(t, a[1], &keep))
        return NULL;
    Parts parts = {.self = (Obj)oz_as_str(a[0])};
    Text s = oz_text_of((const Str *)parts.self);
    bool done = true;
    for (size_t i = 0; i < s.length && done;) {
        size_t start = i;
        while (i < s.length && !is_line_break(oz_text_char(s, i)))
            i++;
        size_t end = i;
        if (i < s.length)
            i += oz_text_char(s, i) == '\r' && i + 1 < s.length && oz_text_char(s, i + 1) == '\n'
                     ? 2
                     : 1;
        done = add(t, &parts, start, keep ? i : end);
    }
    Ref list = done ? parts_finish(t, &parts) : NULL;
    parts_fini(&parts);
    return list;
}

static Ref partition(Thread *t, const Obj *a, bool right)
{
    const Str *self = oz_as_str(a[0]), *separator = oz_as_str(a[1]);
    if (!separator)
        return oz_raise(t, OZ_TypeError, "must be str, not %.100T", a[1]);
    if (separator->length == 0)
        return oz_raise(t, OZ_ValueError, "empty separator");
    Text s = oz_text_of(self), needle = oz_text_of(separator);
    size_t at = right ? oz_text_rfind(s, needle) : oz_text_find(s, needle);
    Obj empty = OZ_TEXT(t, empty);
    if (at == OZ_NOT_FOUND)
        return right ? oz_tuple_of(t, 3, empty, empty, (Obj)self)
                     : oz_tuple_of(t, 3, (Obj)self, empty, empty);
    scoped Ref before = oz_str_slice(t, (Obj)self, 0, at);
    scoped Ref after = oz_str_slice(t, (Obj)self, at + needle.length, s.length);
    return before && after ? oz_tuple_of(t, 3, before, (Obj)separator, after) : NULL;
}

STR_METHOD(partition, "($self, sep, /)",
           "Return the parts before and after the first separator, with it between them.")
{
    return partition(t, a, false);
}

STR_METHOD(rpartition, "($self, sep, /)",
           "Return the parts before and after the last separator, with it between them.")
{
    return partition(t, a, true);
}

STR_METHOD(join, "($self, iterable, /)", "Return the strs of an iterable with self between them.")
{
    Ref made = oz_str_join(t, a[0], a[1]);
    bool plain = oz_is(a[1], OZ_LIST) || oz_is(a[1], OZ_TUPLE);
    return made || !plain || !oz_memory_try_again(t) ? made : oz_str_join(t, a[0], a[1]);
}
