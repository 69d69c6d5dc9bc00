// SPDX-License-Identifier: MIT
// Methods of bytes and bytearray that search: find, replace, split, strip and their like; and what
// both types have in common as sequences.
//
// The search itself is that of str, on characters of one byte.  An argument is opened as a buffer
// before self is looked at: opening may run Python code, which may change a bytearray.
#include "types/bytes_methods.h"

#include "types/byte_finder.h"

#include <limits.h>
#include <string.h>

#include "types/bytearray.h"
#include "types/codec.h"
#include "types/int.h"
#include "types/list_layout.h"
#include "types/slice.h"
#include "types/tuple.h"

/* ---- access ---- */

Text oz_bytes_view(Obj self)
{
    const Bytes *b = oz_as_bytes(self);
    if (b)
        return (Text){b->data, oz_bytes_length(b), 1};
    const ByteArray *array = (const ByteArray *)self;
    return (Text){array->start ? (const void *)array->start : "", array->length, 1};
}

Ref oz_bytes_like(Thread *t, Obj self, const void *data, size_t length)
{
    if (!oz_as_bytes(self))
        return oz_bytearray_new(t, data, length);
    return data ? oz_bytes_new(t, data, length) : oz_bytes_alloc(t, length);
}

uint8_t *oz_bytes_like_data(Obj v)
{
    return (uint8_t *)oz_bytes_view(v).data;
}

Ref oz_bytes_like_same(Thread *t, Obj self)
{
    if (oz_is(self, OZ_BYTES))
        return oz_retain(self);
    Text s = oz_bytes_view(self);
    return oz_bytes_like(t, self, s.length ? s.data : NULL, s.length);
}

/* A part of self, which is kept alive by the caller. */
static Ref part(Thread *t, Obj self, Text s, size_t start, size_t end)
{
    if (start == 0 && end == s.length && oz_is(self, OZ_BYTES))
        return oz_retain(self);
    return oz_bytes_like(t, self, (const uint8_t *)s.data + start, end - start);
}

/* ---- arguments ---- */

/* What is searched for: bytes, or one byte given as an int. */
typedef struct Needle {
    Buffer view;
    uint8_t byte;
    Text text;
} Needle;

static void needle_close(Needle *n)
{
    oz_scoped_buffer(&n->view);
}
#define scoped_needle __attribute__((cleanup(needle_close))) Needle

static bool needle_open(Thread *t, Obj v, Needle *n)
{
    if (!oz_is_int(v) && oz_has_buffer(v)) {
        if (!oz_buffer_open(t, v, &n->view))
            return false;
        n->text = (Text){n->view.data, n->view.length, 1};
        return true;
    }
    if (!oz_is_int(v) && !oz_class_of(v)->slots->index)
        return oz_fail(t, OZ_TypeError, "argument should be integer or bytes-like object, not '%T'",
                       v);
    if (!oz_byte_argument(t, v, &n->byte))
        return false;
    n->text = (Text){&n->byte, 1, 1};
    return true;
}

static bool end_argument(Thread *t, Obj v, ssize_t otherwise, ssize_t *n)
{
    *n = otherwise;
    if (!v || oz_is_none(v))
        return true;
    if (!oz_is_int(v) && !oz_class_of(v)->slots->index)
        return oz_fail(t, OZ_TypeError,
                       "slice indices must be integers or None or have an __index__ method");
    return oz_as_ssize(t, v, -1, n);
}

/* The part of self from `from` to `to` (None: the ends); *start is where it begins; *valid: the
 * range lies inside.  Runs Python first. */
static bool range(Thread *t, Obj self, Obj from_object, Obj to_object, Text *s, size_t *start,
                  bool *valid)
{
    ssize_t from, to;
    if (!end_argument(t, from_object, 0, &from) || !end_argument(t, to_object, SSIZE_MAX, &to))
        return false;
    *s = oz_bytes_view(self);
    ssize_t length = (ssize_t)s->length;
    if (to > length)
        to = length;
    else if (to < 0 && (to += length) < 0)
        to = 0;
    if (from < 0 && (from += length) < 0)
        from = 0;
    *valid = from <= to;
    *start = (size_t)from;
    if (*valid)
        *s = oz_text_part(*s, (size_t)from, (size_t)to);
    return true;
}

/* ---- find ---- */

static Found search(Thread *t, const Obj *a, bool last, size_t *at)
{
    scoped_needle n = {0};
    Text s;
    size_t start;
    bool valid;
    if (!needle_open(t, a[1], &n) || !range(t, a[0], a[2], a[3], &s, &start, &valid))
        return OZ_RAISED;
    if (!valid)
        return OZ_MISSING;
    *at = last ? oz_text_rfind(s, n.text) : oz_text_find(s, n.text);
    if (*at == OZ_NOT_FOUND)
        return OZ_MISSING;
    *at += start;
    return OZ_FOUND;
}

static Ref find(Thread *t, const Obj *a, bool last)
{
    size_t at = 0;
    Found found = search(t, a, last, &at);
    return found == OZ_RAISED ? NULL : oz_int(found == OZ_FOUND ? (int64_t)at : -1);
}

static Ref find_or_raise(Thread *t, const Obj *a, bool last)
{
    size_t at = 0;
    Found found = search(t, a, last, &at);
    if (found == OZ_MISSING)
        return oz_raise(t, OZ_ValueError, "subsection not found");
    return found == OZ_FOUND ? oz_int((int64_t)at) : NULL;
}

BYTES_METHOD(find, "($self, sub, start=None, end=None, /)",
             "The lowest index at which sub is found inside [start:end], or -1.")
{
    return find(t, a, false);
}

BYTES_METHOD(rfind, "($self, sub, start=None, end=None, /)",
             "The highest index at which sub is found inside [start:end], or -1.")
{
    return find(t, a, true);
}

BYTES_METHOD(index, "($self, sub, start=None, end=None, /)",
             "As find(), but ValueError where sub is not found.")
{
    return find_or_raise(t, a, false);
}

BYTES_METHOD(rindex, "($self, sub, start=None, end=None, /)",
             "As rfind(), but ValueError where sub is not found.")
{
    return find_or_raise(t, a, true);
}

static size_t count_in(Text s, Text needle, size_t limit)
{
    if (needle.length == 0)
        return s.length < limit ? s.length + 1 : limit;
    return oz_text_count(s, needle, limit);
}

BYTES_METHOD(count, "($self, sub, start=None, end=None, /)",
             "How often sub occurs inside [start:end], without overlaps.")
{
    scoped_needle n = {0};
    Text s;
    size_t start;
    bool valid;
    if (!needle_open(t, a[1], &n) || !range(t, a[0], a[2], a[3], &s, &start, &valid))
        return NULL;
    return oz_int(valid ? (int64_t)count_in(s, n.text, SIZE_MAX) : 0);
}

bool oz_bytes_contains(Thread *t, Obj self, Obj item, bool *found)
{
    scoped_needle n = {0};
    if (!oz_is_int(item) && !oz_has_buffer(item) && !oz_class_of(item)->slots->index)
        return oz_fail(t, OZ_TypeError, "a bytes-like object is required, not '%T'", item);
    if (!needle_open(t, item, &n))
        return false;
    *found = oz_text_find(oz_bytes_view(self), n.text) != OZ_NOT_FOUND;
    return true;
}

static bool matches(Text s, Text affix, bool end)
{
    return affix.length <= s.length &&
           memcmp((const uint8_t *)s.data + (end ? s.length - affix.length : 0), affix.data,
                  affix.length) == 0;
}

/* Does self[from:to] start or end with the bytes `affix`? */
static bool matches_one(Thread *t, const Obj *a, Obj affix, bool end, bool *result)
{
    scoped_buffer view = {0};
    Text s;
    size_t start;
    bool valid;
    if (!oz_buffer_open(t, affix, &view) || !range(t, a[0], a[2], a[3], &s, &start, &valid))
        return false;
    *result = valid && matches(s, (Text){view.data, view.length, 1}, end);
    return true;
}

static Ref starts_or_ends(Thread *t, const char *name, const Obj *a, bool end)
{
    bool result = false;
    const Tuple *several = oz_as_tuple(a[1]);
    if (!several) {
        if (!oz_has_buffer(a[1]))
            return oz_raise(t, OZ_TypeError,
                            "%s first arg must be bytes or a tuple of bytes, not %T", name, a[1]);
        return matches_one(t, a, a[1], end, &result) ? oz_bool(result) : NULL;
    }
    for (uint32_t i = 0; i < several->length && !result; i++)
        if (!matches_one(t, a, several->items[i], end, &result))
            return NULL;
    return oz_bool(result);
}

BYTES_METHOD(startswith, "($self, prefix, start=None, end=None, /)",
             "Do the bytes inside [start:end] start with the prefix, or one of a tuple of them?")
{
    return starts_or_ends(t, "startswith", a, false);
}

BYTES_METHOD(endswith, "($self, suffix, start=None, end=None, /)",
             "Do the bytes inside [start:end] end with the suffix, or one of a tuple of them?")
{
    return starts_or_ends(t, "endswith", a, true);
}

BYTES_METHOD(removeprefix, "($self, prefix, /)", "A copy without the prefix, if it is there.")
{
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, a[1], &view))
        return NULL;
    Text s = oz_bytes_view(a[0]);
    if (!view.length || !matches(s, (Text){view.data, view.length, 1}, false))
        return oz_bytes_like_same(t, a[0]);
    return part(t, a[0], s, view.length, s.length);
}

BYTES_METHOD(removesuffix, "($self, suffix, /)", "A copy without the suffix, if it is there.")
{
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, a[1], &view))
        return NULL;
    Text s = oz_bytes_view(a[0]);
    if (!view.length || !matches(s, (Text){view.data, view.length, 1}, true))
        return oz_bytes_like_same(t, a[0]);
    return part(t, a[0], s, 0, s.length - view.length);
}

/* ---- replace ---- */

static uint8_t *copy_to(uint8_t *out, const void *data, size_t length)
{
    if (length)
        memcpy(out, data, length);
    return out + length;
}

/* `count` replacements of `old` in s, by `new`, into `out`. */
static void replace_into(uint8_t *out, Text s, Text old, Text new, size_t count)
{
    const uint8_t *at = s.data;
    size_t left = s.length;
    for (; count; count--) {
        size_t skip = 0;
        if (old.length)
            skip = oz_text_find((Text){at, left, 1}, old);
        out = copy_to(out, at, skip);
        out = copy_to(out, new.data, new.length);
        size_t taken = skip + old.length;
        if (!old.length && left) { /* between all bytes */
            if (count == 1)
                taken = 0;
            else
                out = copy_to(out, at, taken = 1);
        }
        at += taken;
        left -= taken;
    }
    copy_to(out, at, left);
}

BYTES_METHOD(replace, "($self, old, new, count=-1, /)",
             "A copy with old replaced by new: everywhere, or the first count times.")
{
    scoped_buffer old_view = {0}, new_view = {0};
    ssize_t limit;
    if (!oz_buffer_open(t, a[1], &old_view) || !oz_buffer_open(t, a[2], &new_view) ||
        !oz_as_size_argument(t, a[3], &limit))
        return NULL;
    Text s = oz_bytes_view(a[0]);
    Text old = {old_view.data, old_view.length, 1}, new = {new_view.data, new_view.length, 1};
    size_t count = count_in(s, old, limit < 0 ? SIZE_MAX : (size_t)limit);
    if (count == 0 || (old.length == 0 && new.length == 0))
        return oz_bytes_like_same(t, a[0]);
    size_t added, length;
    if (!oz_size_mul(count, new.length, &added) ||
        !oz_size_add(s.length - count * old.length, added, &length) || length > SSIZE_MAX)
        return oz_raise(t, OZ_OverflowError, "replace bytes is too long");
    Ref made = oz_bytes_like(t, a[0], NULL, length);
    if (made)
        replace_into(oz_bytes_like_data(made), oz_bytes_view(a[0]), old, new, count);
    return made;
}

/* ---- strip ---- */

static bool is_space(uint8_t c)
{
    return c == ' ' || (uint8_t)(c - 9) < 5;
}

static bool stripped(uint8_t c, const Buffer *wanted)
{
    return wanted->owner ? memchr(wanted->data, c, wanted->length) != NULL : is_space(c);
}

enum { STRIP_LEFT = 1, STRIP_RIGHT = 2 };

static Ref strip(Thread *t, const Obj *a, int sides)
{
    scoped_buffer wanted = {0};
    if (!oz_is_none(a[1]) && !oz_buffer_open(t, a[1], &wanted))
        return NULL;
    Text s = oz_bytes_view(a[0]);
    const uint8_t *data = s.data;
    size_t start = 0, end = s.length;
    if (sides & STRIP_LEFT)
        while (start < end && stripped(data[start], &wanted))
            start++;
    if (sides & STRIP_RIGHT)
        while (end > start && stripped(data[end - 1], &wanted))
            end--;
    return part(t, a[0], s, start, end);
}

BYTES_METHOD(strip, "($self, bytes=None, /)",
             "A copy without white space, or the given bytes, at both ends.")
{
    return strip(t, a, STRIP_LEFT | STRIP_RIGHT);
}

BYTES_METHOD(lstrip, "($self, bytes=None, /)",
             "A copy without white space, or the given bytes, at the start.")
{
    return strip(t, a, STRIP_LEFT);
}

BYTES_METHOD(rstrip, "($self, bytes=None, /)",
             "A copy without white space, or the given bytes, at the end.")
{
    return strip(t, a, STRIP_RIGHT);
}

/* ---- split ---- */

/* A list of parts, each made before the next is looked for.  Nothing here runs Python code but a
 * collection, which cannot reach self: the caller holds it, and a bytearray is locked. */
typedef struct Splitter {
    Thread *t;
    Obj self;
    Text s;
    List *parts;
    size_t limit; /* splits still allowed */
    bool failed;
} Splitter;

static void add(Splitter *p, size_t start, size_t end)
{
    Ref made = p->failed ? NULL : part(p->t, p->self, p->s, start, end);
    if (!p->failed && (!made || !oz_list_append_take(p->t, p->parts, made)))
        p->failed = true;
}

static void split_space(Splitter *p)
{
    const uint8_t *data = p->s.data;
    size_t i = 0, n = p->s.length;
    while (!p->failed) {
        while (i < n && is_space(data[i]))
            i++;
        if (i == n)
            return;
        size_t start = i;
        if (p->limit-- == 0) {
            add(p, start, n);
            return;
        }
        while (i < n && !is_space(data[i]))
            i++;
        add(p, start, i);
    }
}

static void rsplit_space(Splitter *p)
{
    const uint8_t *data = p->s.data;
    size_t i = p->s.length;
    while (!p->failed) {
        while (i > 0 && is_space(data[i - 1]))
            i--;
        if (i == 0)
            return;
        size_t end = i;
        if (p->limit-- == 0) {
            add(p, 0, end);
            return;
        }
        while (i > 0 && !is_space(data[i - 1]))
            i--;
        add(p, i, end);
    }
}

static void split_by(Splitter *p, Text separator)
{
    size_t start = 0;
    ByteFinder finder = oz_byte_finder(p->s, separator);
    while (!p->failed && p->limit-- > 0) {
        size_t at = oz_byte_finder_next(&finder);
        if (at == OZ_NOT_FOUND)
            break;
        add(p, start, at);
        start = at + separator.length;
    }
    add(p, start, p->s.length);
}

static void rsplit_by(Splitter *p, Text separator)
{
    size_t end = p->s.length;
    while (!p->failed && p->limit-- > 0) {
        size_t at = oz_text_rfind(oz_text_part(p->s, 0, end), separator);
        if (at == OZ_NOT_FOUND)
            break;
        add(p, at + separator.length, end);
        end = at;
    }
    add(p, 0, end);
}

static void reverse_parts(Thread *t, List *list, bool *failed)
{
    for (size_t i = 0, j = oz_list_length(list); i + 1 < j && !*failed; i++) {
        j--;
        scoped Ref left = oz_list_get(t, list, i), right = oz_list_get(t, list, j);
        *failed =
            !left || !right || !oz_list_set(t, list, i, right) || !oz_list_set(t, list, j, left);
    }
}

static Ref split(Thread *t, const Obj *a, bool from_right)
{
    ssize_t limit;
    scoped_buffer separator = {0}, lock = {0};
    if (!oz_as_size_argument(t, a[2], &limit) ||
        (!oz_is_none(a[1]) && !oz_buffer_open(t, a[1], &separator)))
        return NULL;
    if (separator.owner && separator.length == 0)
        return oz_raise(t, OZ_ValueError, "empty separator");
    scoped Ref list = oz_list_new(t, 0);
    if (!list || !oz_buffer_open(t, a[0], &lock))
        return NULL;
    Splitter p = {
        t,    a[0], oz_bytes_view(a[0]), oz_as_list(list), limit < 0 ? SIZE_MAX : (size_t)limit,
        false};
    Text by = {separator.data, separator.length, 1};
    if (separator.owner && from_right)
        rsplit_by(&p, by);
    else if (separator.owner)
        split_by(&p, by);
    else if (from_right)
        rsplit_space(&p);
    else
        split_space(&p);
    if (from_right)
        reverse_parts(t, p.parts, &p.failed);
    return p.failed ? NULL : oz_move(&list);
}

BYTES_METHOD(split, "($self, /, sep=None, maxsplit=-1)",
             "A list of the parts between the separators; None separates by white space.\n\n"
             "maxsplit is the largest number of splits, from the left; -1 means no limit.")
{
    return split(t, a, false);
}

BYTES_METHOD(rsplit, "($self, /, sep=None, maxsplit=-1)",
             "As split(), but the splits are counted from the right.")
{
    return split(t, a, true);
}

BYTES_METHOD(splitlines, "($self, /, keepends=False)",
             "A list of the lines, which end with \\n, \\r or \\r\\n; keepends keeps these.")
{
    bool keep;
    scoped_buffer lock = {0};
    if (!oz_truth(t, a[1], &keep))
        return NULL;
    scoped Ref list = oz_list_new(t, 0);
    if (!list || !oz_buffer_open(t, a[0], &lock))
        return NULL;
    Splitter p = {t, a[0], oz_bytes_view(a[0]), oz_as_list(list), 0, false};
    const uint8_t *data = p.s.data;
    for (size_t i = 0, n = p.s.length; i < n && !p.failed;) {
        size_t start = i;
        while (i < n && data[i] != '\n' && data[i] != '\r')
            i++;
        size_t end = i;
        if (i < n)
            i += data[i] == '\r' && i + 1 < n && data[i + 1] == '\n' ? 2 : 1;
        add(&p, start, keep ? i : end);
    }
    return p.failed ? NULL : oz_move(&list);
}

static Ref partition(Thread *t, const Obj *a, bool last)
{
    scoped_buffer separator = {0}, lock = {0};
    if (!oz_buffer_open(t, a[1], &separator))
        return NULL;
    if (separator.length == 0)
        return oz_raise(t, OZ_ValueError, "empty separator");
    if (!oz_buffer_open(t, a[0], &lock))
        return NULL;
    Text s = oz_bytes_view(a[0]), by = {separator.data, separator.length, 1};
    size_t at = last ? oz_text_rfind(s, by) : oz_text_find(s, by);
    size_t cut1 = at, cut2 = at + by.length;
    if (at == OZ_NOT_FOUND)
        cut1 = cut2 = last ? 0 : s.length;
    scoped Ref head = part(t, a[0], s, 0, cut1);
    scoped Ref middle = head ? part(t, a[0], s, cut1, cut2) : NULL;
    scoped Ref tail = middle ? part(t, a[0], s, cut2, s.length) : NULL;
    return tail ? oz_tuple_of(t, 3, head, middle, tail) : NULL;
}

BYTES_METHOD(partition, "($self, sep, /)",
             "The part before the first separator, the separator, and the part behind it.\n\n"
             "Where it is not found: everything, and twice nothing.")
{
    return partition(t, a, false);
}

BYTES_METHOD(rpartition, "($self, sep, /)",
             "The part before the last separator, the separator, and the part behind it.\n\n"
             "Where it is not found: twice nothing, and everything.")
{
    return partition(t, a, true);
}

/* ---- join ---- */

/* Append the item to the array under construction; total length checked. */
static bool join_item(Thread *t, ByteArray *out, Obj item, size_t index, Text separator)
{
    if (!oz_has_buffer(item))
        return oz_fail(t, OZ_TypeError, "sequence item %zd: expected a bytes-like object, %T found",
                       (ssize_t)index, item);
    scoped_buffer view = {0};
    return (index == 0 || oz_bytearray_append(t, out, separator.data, separator.length)) &&
           oz_buffer_open(t, item, &view) && oz_bytearray_append(t, out, view.data, view.length);
}

/* join of bytes by bytes: measured, then copied.  NULL without an exception: other items.  Runs no
 * Python code. */
static Ref join_bytes(Thread *t, Text separator, const Obj *items, size_t count)
{
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        if (!oz_is(items[i], OZ_BYTES) ||
            !oz_size_add(length, oz_bytes_length((const Bytes *)items[i]), &length) ||
            (i && !oz_size_add(length, separator.length, &length)))
            return NULL;
    }
    if (length > PTRDIFF_MAX / 2)
        return NULL;
    Ref made = oz_bytes_alloc(t, length);
    if (!made || !length)
        return made;
    uint8_t *out = oz_bytes_data((const Bytes *)made);
    for (size_t i = 0; i < count; i++) {
        const Bytes *b = (const Bytes *)items[i];
        size_t size = oz_bytes_length(b);
        if (i && separator.length) {
            oz_copy(out, separator.data, separator.length);
            out += separator.length;
        }
        oz_copy(out, b->data, size);
        out += size;
    }
    return made;
}

static Ref join(Thread *t, const Obj *a)
{
    scoped Ref items = oz_to_sequence(t, a[1], "can only join an iterable");
    if (!items)
        return NULL;
    if (oz_as_bytes(a[0])) {
        const List *list = oz_is(items, OZ_LIST) ? (const List *)items : NULL;
        const Tuple *tuple = oz_is(items, OZ_TUPLE) ? (const Tuple *)items : NULL;
        size_t length = list ? oz_list_length_fast(list) : tuple ? tuple->length : 0;
        const Ref *first = list && length ? list->block->items : tuple ? tuple->items : NULL;
        Ref made = length > 1 && (!list || oz_refs(&list->base) > 0)
                       ? join_bytes(t, oz_bytes_view(a[0]), oz_borrowed(first), length)
                       : NULL;
        if (made || t->exception)
            return made;
    }
    scoped_buffer lock = {0};
    scoped Ref out = oz_bytearray_new(t, NULL, 0);
    if (!out || !oz_buffer_open(t, a[0], &lock))
        return NULL;
    Text separator = oz_bytes_view(a[0]);
    ssize_t count = 1;
    for (ssize_t i = 0; i < count; i++) {
        if (!oz_length(t, items, &count) || !oz_poll(t))
            return NULL;
        if (i >= count)
            break;
        scoped Ref item = oz_get_item(t, items, oz_int(i));
        if (!item)
            return NULL;
        if (count == 1 && oz_is(item, OZ_BYTES) && oz_as_bytes(a[0]))
            return oz_move(&item);
        if (!join_item(t, (ByteArray *)out, item, (size_t)i, separator))
            return NULL;
    }
    if (!oz_as_bytes(a[0]))
        return oz_move(&out);
    Text all = oz_bytes_view(out);
    return oz_bytes_new(t, all.data, all.length);
}

BYTES_METHOD(join, "($self, iterable_of_bytes, /)",
             "All the bytes of the iterable, one behind the other, with self between them.\n\n"
             ">>> b', '.join([b'one', b'two'])\nb'one, two'")
{
    Ref made = join(t, a);
    bool again = !made && (oz_is(a[1], OZ_LIST) || oz_is(a[1], OZ_TUPLE)) && oz_memory_try_again(t);
    return again ? join(t, a) : made;
}

BYTES_METHOD_(
    decode, "($self, /, encoding='utf-8', errors='strict')",
    "The text that the bytes are in the given encoding.\n\n"
    "errors says what to do where they are none: 'strict' (UnicodeDecodeError), 'ignore',\n"
    "'replace' or the name of another handler of the codecs module.",
    OZ_FN_CODEC)
{
    scoped Ref keep = NULL, keep2 = NULL;
    size_t length;
    for (int i = 1; i <= 2; i++)
        if (!oz_is_str(a[i]))
            return oz_raise(t, OZ_TypeError, "decode() argument '%s' must be str, not %T",
                            i == 1 ? "encoding" : "errors", a[i]);
    const char *encoding = oz_str_utf8(t, a[1], &length, &keep);
    const char *errors = encoding ? oz_str_utf8(t, a[2], &length, &keep2) : NULL;
    return errors ? oz_decode(t, a[0], encoding, errors) : NULL;
}

/* ---- sequences ---- */

Ref oz_bytes_item(Thread *t, Obj self, Obj key)
{
    if (oz_is_slice(key)) {
        ssize_t start, stop, step;
        if (!oz_slice_unpack(t, key, &start, &stop, &step))
            return NULL;
        Text s = oz_bytes_view(self);
        ssize_t count = oz_slice_clip(s.length, &start, &stop, step);
        if (step == 1)
            return part(t, self, s, (size_t)start, (size_t)(start + count));
        Ref made = oz_bytes_like(t, self, NULL, (size_t)count);
        if (!made)
            return NULL;
        const uint8_t *data = oz_bytes_view(self).data;
        uint8_t *out = oz_bytes_like_data(made);
        for (ssize_t i = 0; i < count; i++)
            out[i] = data[start + i * step];
        return made;
    }
    if (OZ_LIKELY(oz_is_int(key))) {
        Text s = oz_bytes_view(self);
        int64_t i = oz_int_value(key);
        i += i < 0 ? (int64_t)s.length : 0;
        if (OZ_LIKELY(i >= 0 && (uint64_t)i < s.length))
            return oz_int(((const uint8_t *)s.data)[i]);
    }
    const char *name = oz_as_bytes(self) ? "byte" : "bytearray";
    if (!oz_is_int(key) && !oz_class_of(key)->slots->index)
        return oz_raise(t, OZ_TypeError, "%s indices must be integers or slices, not %T", name,
                        key);
    ssize_t i;
    if (!oz_as_ssize(t, key, OZ_IndexError, &i))
        return NULL;
    Text s = oz_bytes_view(self);
    if (i < 0)
        i += (ssize_t)s.length;
    if (i < 0 || (size_t)i >= s.length)
        return oz_raise(t, OZ_IndexError,
                        oz_as_bytes(self) ? "index out of range" : "bytearray index out of range");
    return oz_int(((const uint8_t *)s.data)[i]);
}

/* With -b: comparing bytes with text or a number is most likely a mistake. */
static bool warn_compare(Thread *t, Obj a, Obj b)
{
    if (!t->vm->bytes_warning)
        return true;
    if (oz_is_str(a) || oz_is_str(b))
        return oz_warn(t, OZ_BytesWarning, 1, "Comparison between %s and string",
                       oz_as_bytes(a) ? "bytes" : "bytearray");
    if (oz_as_bytes(a) && oz_as_exact_int(b))
        return oz_warn(t, OZ_BytesWarning, 1, "Comparison between bytes and int");
    return true;
}

Ref oz_bytes_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    bool other_bytes = oz_as_bytes(b) != NULL;
    if (oz_as_bytes(a) ? !other_bytes : !oz_has_buffer(b) || oz_is_str(b)) {
        if ((op == OZ_EQ || op == OZ_NE) && !warn_compare(t, a, b))
            return NULL;
        return OZ_NOT_IMPLEMENTED;
    }
    scoped_buffer view = {0};
    if (!oz_buffer_open(t, b, &view)) {
        oz_exception_clear(t);
        return OZ_NOT_IMPLEMENTED;
    }
    Text s = oz_bytes_view(a);
    size_t common = s.length < view.length ? s.length : view.length;
    if (s.length != view.length && (op == OZ_EQ || op == OZ_NE))
        return oz_bool(op == OZ_NE);
    int order = common ? memcmp(s.data, view.data, common) : 0;
    if (order == 0)
        order = (s.length > view.length) - (s.length < view.length);
    return oz_bool(oz_compare_decide(order, op));
}

static bool has_byte(Text s, uint8_t c)
{
    return s.length && memchr(s.data, c, s.length);
}

/* A bytearray (one with a prefix) escapes the apostrophe between any quotes. */
Ref oz_bytes_repr_of(Thread *t, const char *prefix, Text s, const char *suffix)
{
    static const char digits[] = "0123456789abcdef";
    char quote = has_byte(s, '\'') && !has_byte(s, '"') ? '"' : '\'';
    StrBuilder b;
    oz_builder_init(&b, t);
    oz_builder_text(&b, prefix);
    oz_builder_ascii(&b, quote == '"' ? "b\"" : "b'", 2);
    for (size_t i = 0; i < s.length; i++) {
        uint8_t c = ((const uint8_t *)s.data)[i];
        if (c == (uint8_t)quote || c == '\\' || (c == '\'' && *prefix))
            oz_builder_ascii(&b, (char[]){'\\', (char)c}, 2);
        else if (c == '\t' || c == '\n' || c == '\r')
            oz_builder_ascii(&b, c == '\t' ? "\\t" : c == '\n' ? "\\n" : "\\r", 2);
        else if (c < ' ' || c >= 0x7f)
            oz_builder_ascii(&b, (char[]){'\\', 'x', digits[c >> 4], digits[c & 15]}, 4);
        else
            oz_builder_character(&b, c);
    }
    oz_builder_character(&b, (uint32_t)quote);
    oz_builder_text(&b, suffix);
    return oz_builder_finish(&b);
}
