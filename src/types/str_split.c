// SPDX-License-Identifier: MIT
// Taking a str apart: split, splitlines, partition; and join.
#include "types/str_methods.h"

#include "types/byte_finder.h"
#include "types/list_layout.h"
#include "types/tuple.h"

/* Append self[start:end]; a poll, because programs decide how many there are. */
static bool add(Thread *t, Obj list, Obj self, size_t start, size_t end)
{
    Ref part = oz_str_slice(t, self, start, end);
    return part && oz_list_append_fast(t, (List *)list, part) && oz_poll(t);
}

/* Compiled once for each width. */
OZ_INLINE bool split_spaces_of(Thread *t, Obj list, Obj self, size_t limit, unsigned width)
{
    const Str *s = (const Str *)self;
    const void *data = oz_str_data(s);
    size_t i = 0, length = oz_str_length(s);
    for (;;) {
        while (i < length && oz_is_space(oz_text_at(data, width, i)))
            i++;
        if (i == length)
            return true;
        size_t start = i;
        if (limit-- == 0)
            return add(t, list, self, start, length); /* with its white space */
        while (i < length && !oz_is_space(oz_text_at(data, width, i)))
            i++;
        if (!add(t, list, self, start, i))
            return false;
    }
}

static bool split_spaces(Thread *t, Obj list, Obj self, size_t limit)
{
    switch (oz_str_width((const Str *)self)) {
    case 1:
        return split_spaces_of(t, list, self, limit, 1);
    case 2:
        return split_spaces_of(t, list, self, limit, 2);
    default:
        return split_spaces_of(t, list, self, limit, 4);
    }
}

static bool split_at(Thread *t, Obj list, Obj self, Text separator, size_t limit)
{
    Text s = oz_text_of((const Str *)self);
    size_t start = 0;
    if (s.width == 1 && separator.width == 1) {
        ByteFinder finder = oz_byte_finder(s, separator);
        for (size_t at; limit-- > 0 && (at = oz_byte_finder_next(&finder)) != OZ_NOT_FOUND;) {
            if (!add(t, list, self, start, at))
                return false;
            start = at + separator.length;
        }
        return add(t, list, self, start, s.length);
    }
    while (limit-- > 0) {
        size_t at = oz_text_find(oz_text_part(s, start, s.length), separator);
        if (at == OZ_NOT_FOUND)
            break;
        if (!add(t, list, self, start, start + at))
            return false;
        start += at + separator.length;
    }
    return add(t, list, self, start, s.length);
}

static bool rsplit_spaces(Thread *t, Obj list, Obj self, size_t limit)
{
    Text s = oz_text_of(oz_as_str(self));
    size_t end = s.length;
    for (;;) {
        while (end > 0 && oz_is_space(oz_text_char(s, end - 1)))
            end--;
        if (end == 0)
            return true;
        if (limit-- == 0)
            return add(t, list, self, 0, end);
        size_t start = end;
        while (start > 0 && !oz_is_space(oz_text_char(s, start - 1)))
            start--;
        if (!add(t, list, self, start, end))
            return false;
        end = start;
    }
}

static bool rsplit_at(Thread *t, Obj list, Obj self, Text separator, size_t limit)
{
    Text s = oz_text_of(oz_as_str(self));
    size_t end = s.length;
    while (limit-- > 0) {
        size_t at = oz_text_rfind(oz_text_part(s, 0, end), separator);
        if (at == OZ_NOT_FOUND)
            break;
        if (!add(t, list, self, at + separator.length, end))
            return false;
        end = at;
    }
    return add(t, list, self, 0, end);
}

static bool reverse(Thread *t, Obj list)
{
    scoped Ref done = oz_call_method(t, list, OZ_NAME(t, reverse), 0, NULL);
    return done != NULL;
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
    if (!oz_as_ssize(t, a[2], OZ_OverflowError, &limit))
        return NULL;
    const Str *separator = separator_of(t, a[1], &failed);
    scoped Ref list = failed ? NULL : oz_list_new(t, 0);
    if (!list)
        return NULL;
    size_t most = limit < 0 ? SIZE_MAX : (size_t)limit;
    Obj self = (Obj)oz_as_str(a[0]);
    bool done;
    if (right)
        done = (separator ? rsplit_at(t, list, self, oz_text_of(separator), most)
                          : rsplit_spaces(t, list, self, most)) &&
               reverse(t, list);
    else
        done = separator ? split_at(t, list, self, oz_text_of(separator), most)
                         : split_spaces(t, list, self, most);
    return done ? oz_move(&list) : NULL;
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
    scoped Ref list = oz_truth(t, a[1], &keep) ? oz_list_new(t, 0) : NULL;
    if (!list)
        return NULL;
    Obj self = (Obj)oz_as_str(a[0]);
    Text s = oz_text_of(oz_as_str(a[0]));
    for (size_t i = 0; i < s.length;) {
        size_t start = i;
        while (i < s.length && !is_line_break(oz_text_char(s, i)))
            i++;
        size_t end = i;
        if (i < s.length)
            i += oz_text_char(s, i) == '\r' && i + 1 < s.length && oz_text_char(s, i + 1) == '\n'
                     ? 2
                     : 1;
        if (!add(t, list, self, start, keep ? i : end))
            return NULL;
    }
    return oz_move(&list);
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
    return oz_str_join(t, a[0], a[1]);
}
