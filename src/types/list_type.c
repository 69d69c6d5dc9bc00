// SPDX-License-Identifier: MIT
// The type list: methods and operators (list.c has the block, list_sort.c the sort).
//
// Comparisons, __index__ and drops can change the list: every loop here takes the block and the
// length anew at each step, and a slice is clipped after its numbers are known.
#include "object/counts.h"
#include "object/world.h"
#include "types/list_layout.h"

#include "object/collector.h"
#include "types/generic_alias.h"
#include "types/int.h"
#include "types/list_iterator.h"
#include "types/native.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

/* ---- making ---- */

static Ref list_new(Thread *t, Class *cls, const Args *args OZ_UNUSED)
{
    return (Ref)oz_instance_new(t, cls, 0);
}

static void list_empty(List *list)
{
    ListBlock *block = list->block;
    if (!block)
        return;
    OZ_WRITE(&list->block, NULL);
    for (size_t i = block->length; i > 0;) {
        if (i >= 4 && oz_are_four_ints(&block->items[i - 4]))
            i -= 4;
        else
            oz_drop(block->items[--i]);
    }
    oz_block_give_up(oz_thread(), &list->base, block);
}

static bool list_init(Thread *t, Obj self, const Args *args)
{
    if (args->named && !oz_ignores_keywords(oz_class_of(self), true))
        return oz_fail(t, OZ_TypeError, "list() takes no keyword arguments");
    if (args->count > 1)
        return oz_fail(t, OZ_TypeError, "list expected at most 1 argument, got %u", args->count);
    list_empty((List *)self);
    return !args->count || oz_list_extend(t, (List *)self, args->items[0]);
}

/* ---- items ---- */

static bool list_length(Thread *t OZ_UNUSED, Obj self, ssize_t *length)
{
    *length = (ssize_t)oz_list_length_fast((List *)self);
    return true;
}

static bool list_contains(Thread *t, Obj self, Obj item, bool *found)
{
    List *list = (List *)self;
    *found = false;
    for (size_t i = 0; i < oz_list_length_fast(list); i++) {
        Obj each = list->block->items[i];
        if (each == item) {
            *found = true;
            return true;
        }
        if (oz_are_ints(each, item))
            continue;
        scoped Ref own = oz_retain(each);
        if (!oz_equal(t, own, item, found) || !oz_poll(t))
            return false;
        if (*found)
            return true;
    }
    return true;
}

static Ref raise_index_type(Thread *t, Obj key)
{
    return oz_raise(t, OZ_TypeError, "list indices must be integers or slices, not %T", key);
}

/* An index key as a number, IndexError if it is too large for one. */
static bool index_of_key(Thread *t, Obj key, ssize_t *index)
{
    if (OZ_LIKELY(oz_is_int(key))) {
        *index = (ssize_t)oz_int_value(key);
        return true;
    }
    if (!oz_class_of(key)->slots->index)
        return raise_index_type(t, key) != NULL;
    return oz_as_ssize(t, key, OZ_IndexError, index);
}

static Ref get_slice(Thread *t, List *list, Obj key)
{
    ssize_t start, stop, step;
    if (!oz_slice_unpack(t, key, &start, &stop, &step))
        return NULL;
    ssize_t count = oz_slice_clip(oz_list_length_fast(list), &start, &stop, step);
    if (count <= 0)
        return oz_list_new(t, 0);
    if (step == 1)
        return oz_list_slice(t, list, (size_t)start, (size_t)(start + count));
    scoped Ref result = oz_list_new(t, (size_t)count);
    if (!result)
        return NULL;
    ListBlock *to = ((List *)result)->block;
    for (ssize_t i = 0; i < count; i++)
        oz_store_raw(oz_object(result), &to->items[i],
                     oz_load(&list->block->items[start + i * step]));
    to->length = (uint32_t)count;
    return oz_move(&result);
}

static Ref list_get_item(Thread *t, Obj self, Obj key)
{
    List *list = (List *)self;
    if (oz_is_slice(key))
        return get_slice(t, list, key);
    ssize_t i;
    if (!index_of_key(t, key, &i))
        return NULL;
    if (i < 0)
        i += (ssize_t)oz_list_length_fast(list);
    Obj item = oz_list_peek(list, (size_t)i);
    return OZ_LIKELY(item != NULL) ? oz_retain(item)
                                   : oz_raise(t, OZ_IndexError, "list index out of range");
}

/* Items taken out of a list, dropped when the list is whole again. */
typedef struct Removed {
    Ref *items; /* a block, or `few` */
    size_t count;
    Ref few[8];
} Removed;

static bool removed_init(Thread *t, Removed *r, size_t count)
{
    r->count = count;
    r->items = count <= OZ_COUNT(r->few) ? r->few : oz_block_alloc(t->heap, count * sizeof(Ref));
    return r->items || oz_raise_memory(t);
}

static void removed_drop(Removed *r)
{
    for (size_t i = r->count; i-- > 0;)
        oz_drop(r->items[i]);
    if (r->items != r->few)
        oz_block_free(r->items);
}

/* list[start:end] = items, which are retained; they must not lie in the list's own block. */
static bool replace_range(Thread *t, List *list, size_t start, size_t end, const Obj *items,
                          size_t count)
{
    size_t length = oz_list_length_fast(list);
    size_t old = end - start;
    if (count > old && !oz_list_reserve(t, list, length - old + count))
        return false;
    Removed removed;
    if (!removed_init(t, &removed, old))
        return false;
    ListBlock *block = list->block;
    if (!block) /* nothing to remove, nothing to put in */
        return true;
    memcpy(removed.items, &block->items[start], old * sizeof(Ref));
    oz_move_refs(&list->base, &block->items[start + count], &block->items[end], length - end);
    OZ_WRITE(&block->length, (uint32_t)(length - old + count));
    for (size_t i = 0; i < count; i++) {
        oz_store_first(&list->base, &block->items[start + i], oz_retain(items[i]));
    }
    oz_list_shrink(t, list);
    removed_drop(&removed);
    return true;
}

bool oz_list_remove_range(Thread *t, List *list, size_t start, size_t end)
{
    return replace_range(t, list, start, end, NULL, 0);
}

/* The items of a list or tuple. */
static size_t sequence_items(Obj sequence, const Obj **items)
{
    if (oz_isa(sequence, OZ_TUPLE)) {
        *items = (const Obj *)((Tuple *)sequence)->items;
        return ((Tuple *)sequence)->length;
    }
    List *list = (List *)sequence;
    *items = list->block ? (const Obj *)list->block->items : NULL;
    return oz_list_length_fast(list);
}

/* The value of a slice assignment as a list or tuple that is not the list itself. */
static Ref source_of(Thread *t, List *list, Obj value, const char *message)
{
    if (value == (Obj)list)
        return oz_list_slice(t, list, 0, SIZE_MAX);
    return oz_to_sequence(t, value, message);
}

static bool delete_extended(Thread *t, List *list, ssize_t start, ssize_t step, size_t count)
{
    if (step < 0) {
        start += step * (ssize_t)(count - 1);
        step = -step;
    }
    Removed removed;
    if (!removed_init(t, &removed, count))
        return false;
    ListBlock *block = list->block;
    size_t length = block->length;
    size_t to = (size_t)start;
    size_t taken = 0;
    for (size_t i = (size_t)start; i < length; i++) {
        if (taken < count && i == (size_t)start + taken * (size_t)step)
            removed.items[taken++] = block->items[i];
        else
            OZ_WRITE(&block->items[to++], block->items[i]);
    }
    OZ_WRITE(&block->length, (uint32_t)(length - count));
    oz_list_shrink(t, list);
    removed_drop(&removed);
    return true;
}

static bool assign_extended(Thread *t, List *list, ssize_t start, ssize_t step, size_t count,
                            Obj source)
{
    const Obj *items;
    size_t given = sequence_items(source, &items);
    if (given != count)
        return oz_fail(t, OZ_ValueError,
                       "attempt to assign sequence of size %zu to extended slice of size %zu",
                       given, count);
    Removed removed;
    if (!removed_init(t, &removed, count))
        return false;
    for (size_t i = 0; i < count; i++) {
        Ref *place = &list->block->items[start + (ssize_t)i * step];
        removed.items[i] = *place;
        OZ_WRITE(place, NULL);
        oz_store_new(&list->base, place, oz_retain(items[i]));
    }
    removed_drop(&removed);
    return true;
}

static bool set_slice(Thread *t, List *list, Obj key, Obj value)
{
    ssize_t start, stop, step;
    if (!oz_slice_unpack(t, key, &start, &stop, &step))
        return false;
    scoped Ref source = NULL;
    if (value) {
        source = source_of(t, list, value,
                           step == 1 ? "can only assign an iterable"
                                     : "must assign iterable to extended slice");
        if (!source)
            return false;
    }
    ssize_t count = oz_slice_clip(oz_list_length_fast(list), &start, &stop, step);
    if (count < 0)
        count = 0;
    if (step == 1) {
        const Obj *items = NULL;
        size_t given = source ? sequence_items(source, &items) : 0;
        return replace_range(t, list, (size_t)start, (size_t)(start + count), items, given);
    }
    if (value)
        return assign_extended(t, list, start, step, (size_t)count, source);
    return !count || delete_extended(t, list, start, step, (size_t)count);
}

static bool list_set_item(Thread *t, Obj self, Obj key, Obj value)
{
    List *list = (List *)self;
    if (oz_is_slice(key))
        return set_slice(t, list, key, value);
    ssize_t i;
    if (!index_of_key(t, key, &i))
        return false;
    size_t length = oz_list_length_fast(list);
    if (i < 0)
        i += (ssize_t)length;
    if ((size_t)i >= length)
        return oz_fail(t, OZ_IndexError, "list assignment index out of range");
    if (!value)
        return replace_range(t, list, (size_t)i, (size_t)i + 1, NULL, 0);
    oz_store(&list->base, &list->block->items[i], oz_retain(value));
    return true;
}

OZ_METHOD(list, __getitem__, "($self, index, /)", "Return self[index].")
{
    return list_get_item(t, a[0], a[1]);
}

/* ---- methods ---- */

OZ_QUIET_METHOD(list, append, "($self, object, /)", "Put an item at the end.")
{
    return oz_list_append_patient(t, (List *)a[0], oz_retain(a[1])) ? OZ_NONE : NULL;
}

OZ_METHOD(list, extend, "($self, iterable, /)", "Put all items of an iterable at the end.")
{
    return oz_list_extend(t, (List *)a[0], a[1]) ? OZ_NONE : NULL;
}

OZ_QUIET_METHOD(list, insert, "($self, index, object, /)",
                "Put an item before the one at the index.")
{
    ssize_t index;
    if (!oz_as_size_argument(t, a[1], &index) || !oz_list_insert(t, (List *)a[0], index, a[2]))
        return NULL;
    return OZ_NONE;
}

OZ_QUIET_METHOD(
    list, pop, "($self, index=-1, /)",
    "Remove and return the item at the index.\n\nIndexError if the list is empty or the "
    "index is out of range.")
{
    List *list = (List *)a[0];
    ssize_t i;
    if (!oz_as_size_argument(t, a[1], &i))
        return NULL;
    ListBlock *block = list->block;
    size_t length = oz_list_length_fast(list);
    if (!length)
        return oz_raise(t, OZ_IndexError, "pop from empty list");
    if (i < 0)
        i += (ssize_t)length;
    if ((size_t)i >= length)
        return oz_raise(t, OZ_IndexError, "pop index out of range");
    Ref item = block->items[i];
    oz_move_refs(&list->base, &block->items[i], &block->items[i + 1], length - 1 - (size_t)i);
    OZ_WRITE(&block->length, (uint32_t)(length - 1));
    if (OZ_UNLIKELY(block->length < block->capacity / 4))
        oz_list_shrink(t, list);
    return item;
}

/* The index of the first item equal to `item` in [start, stop), or -1; -2: raised. */
static ssize_t find(Thread *t, List *list, Obj item, size_t start, size_t stop)
{
    for (size_t i = start; i < stop && i < oz_list_length_fast(list); i++) {
        Obj each = list->block->items[i];
        if (each == item)
            return (ssize_t)i;
        if (oz_are_ints(each, item))
            continue;
        scoped Ref own = oz_retain(each);
        bool same;
        if (!oz_equal(t, own, item, &same) || !oz_poll(t))
            return -2;
        if (same)
            return (ssize_t)i;
    }
    return -1;
}

OZ_METHOD(list, remove, "($self, value, /)",
          "Remove the first item that is equal to the value.\n\nValueError if there is none.")
{
    List *list = (List *)a[0];
    ssize_t i = find(t, list, a[1], 0, SIZE_MAX);
    if (i == -1)
        return oz_raise(t, OZ_ValueError, "list.remove(x): x not in list");
    if (i < 0)
        return NULL;
    if ((size_t)i >= oz_list_length_fast(list)) /* the comparison emptied it */
        return OZ_NONE;
    return replace_range(t, list, (size_t)i, (size_t)i + 1, NULL, 0) ? OZ_NONE : NULL;
}

/* start and stop of index(): any __index__, clamped, negative from the end. */
bool oz_index_bound(Thread *t, Obj v, size_t length, size_t *bound)
{
    if (!oz_is_int(v) && !oz_class_of(v)->slots->index)
        return oz_fail(t, OZ_TypeError,
                       "slice indices must be integers or have an __index__ method");
    ssize_t n;
    if (!oz_as_ssize(t, v, -1, &n))
        return false;
    if (n < 0)
        n += (ssize_t)length;
    *bound = n < 0 ? 0 : (size_t)n;
    return true;
}

OZ_METHOD(list, index, "($self, value, start=0, stop=9223372036854775807, /)",
          "Return the first index of the value.\n\nValueError if it is not there.")
{
    List *list = (List *)a[0];
    size_t start, stop;
    if (!oz_index_bound(t, a[2], oz_list_length_fast(list), &start) ||
        !oz_index_bound(t, a[3], oz_list_length_fast(list), &stop))
        return NULL;
    ssize_t i = find(t, list, a[1], start, stop);
    if (i == -1)
        return oz_raise(t, OZ_ValueError, "%R is not in list", a[1]);
    return i < 0 ? NULL : oz_int(i);
}

OZ_METHOD(list, count, "($self, value, /)", "Return how many items are equal to the value.")
{
    List *list = (List *)a[0];
    int64_t n = 0;
    for (size_t i = 0; i < oz_list_length_fast(list); i++) {
        Obj each = list->block->items[i];
        if (each == a[1]) {
            n++;
            continue;
        }
        if (oz_are_ints(each, a[1]))
            continue;
        scoped Ref own = oz_retain(each);
        bool same;
        if (!oz_equal(t, own, a[1], &same) || !oz_poll(t))
            return NULL;
        n += same;
    }
    return oz_int(n);
}

OZ_QUIET_METHOD(list, clear, "($self, /)", "Remove all items.")
{
    list_empty((List *)a[0]);
    return OZ_NONE;
}

OZ_QUIET_METHOD(list, copy, "($self, /)", "Return a shallow copy.")
{
    return oz_list_slice(t, (List *)a[0], 0, SIZE_MAX);
}

OZ_QUIET_METHOD(list, reverse, "($self, /)", "Turn the order of the items round, in place.")
{
    ListBlock *block = ((List *)a[0])->block;
    for (size_t i = 0, j = block ? block->length : 0; i + 1 < j; i++) {
        Ref item = block->items[i];
        OZ_WRITE(&block->items[i], block->items[--j]);
        OZ_WRITE(&block->items[j], item);
    }
    return OZ_NONE;
}

OZ_METHOD(list, sort, "($self, /, *, key=None, reverse=False)",
          "Sort the list in place, in rising order; equal items keep their order.\n\nWith a key "
          "function the results of key(item) are compared; reverse turns the order round.")
{
    int reverse;
    if (!oz_as_int(t, a[2], &reverse) ||
        !oz_list_sort(t, (List *)a[0], oz_is_none(a[1]) ? NULL : a[1], reverse))
        return NULL;
    return OZ_NONE;
}

OZ_METHOD(list, __reversed__, "($self, /)", "Return an iterator over the items, last one first.")
{
    return oz_list_iterator_new(t, OZ_LIST_REVERSE_ITERATOR, a[0]);
}

OZ_CLASS_METHOD(list, __class_getitem__, "($type, object, /)", "list[item type]")
{
    return oz_generic_alias_new(t, a[0], a[1]);
}

/* ---- operators ---- */

static Ref list_iter(Thread *t, Obj self)
{
    return oz_list_iterator_new(t, OZ_LIST_ITERATOR, self);
}

static Ref list_concat(Thread *t, Obj self, Obj other)
{
    if (!oz_as_list(other))
        return oz_raise(t, OZ_TypeError, "can only concatenate list (not \"%T\") to list", other);
    return oz_list_concat(t, (List *)self, (List *)other);
}

/* The factor of a repetition. */
static bool factor_of(Thread *t, Obj factor, ssize_t *n)
{
    if (!oz_is_int(factor) && !oz_class_of(factor)->slots->index)
        return oz_fail(t, OZ_TypeError, "can't multiply sequence by non-int of type '%T'", factor);
    return oz_as_ssize(t, factor, OZ_OverflowError, n);
}

/* Copy items[0, length) behind themselves until there are `total`. */
static bool repeat_items(Thread *t, Object *owner, Ref *items, size_t length, size_t total)
{
    for (size_t i = length; i < total; i++)
        oz_store_raw(owner, &items[i], oz_retain(items[i - length]));
    return oz_poll(t);
}

static Ref list_repeat(Thread *t, Obj self, Obj factor)
{
    List *list = (List *)self;
    ssize_t n;
    if (!factor_of(t, factor, &n))
        return NULL;
    size_t length = oz_list_length_fast(list);
    if (n <= 0 || !length)
        return oz_list_new(t, 0);
    size_t total;
    if (!oz_size_mul(length, (size_t)n, &total))
        return oz_raise_memory(t);
    scoped Ref result = oz_list_new(t, total);
    if (!result)
        return NULL;
    ListBlock *block = ((List *)result)->block;
    for (size_t i = 0; i < length; i++)
        oz_store_raw(oz_object(result), &block->items[i], oz_load(&list->block->items[i]));
    bool ok = repeat_items(t, oz_object(result), block->items, length, total);
    block->length = (uint32_t)total;
    return ok ? oz_move(&result) : NULL;
}

static Ref list_concat_in_place(Thread *t, Obj self, Obj other)
{
    return oz_list_extend(t, (List *)self, other) ? oz_retain(self) : NULL;
}

static Ref list_repeat_in_place(Thread *t, Obj self, Obj factor)
{
    List *list = (List *)self;
    ssize_t n;
    if (!factor_of(t, factor, &n))
        return NULL;
    size_t length = oz_list_length_fast(list);
    if (n <= 0)
        list_empty(list);
    if (n <= 1 || !length)
        return oz_retain(self);
    size_t total;
    if (!oz_size_mul(length, (size_t)n, &total))
        return oz_raise_memory(t);
    if (!oz_list_reserve(t, list, total))
        return NULL;
    ListBlock *block = list->block;
    for (size_t i = length; i < total; i++) {
        oz_store_first(&list->base, &block->items[i], oz_retain(block->items[i - length]));
    }
    OZ_WRITE(&block->length, (uint32_t)total);
    return oz_poll(t) ? oz_retain(self) : NULL;
}

/* The first index at which the lists differ, or a length; false: raised. */
static bool first_difference(Thread *t, List *a, List *b, size_t *at)
{
    for (*at = 0; *at < oz_list_length_fast(a) && *at < oz_list_length_fast(b); ++*at) {
        Obj x = a->block->items[*at];
        Obj y = b->block->items[*at];
        if (x == y)
            continue;
        if (oz_are_ints(x, y))
            return true;
        scoped Ref left = oz_retain(x);
        scoped Ref right = oz_retain(y);
        bool same;
        if (!oz_equal(t, left, right, &same) || !oz_poll(t))
            return false;
        if (!same)
            return true;
    }
    return true;
}

static Ref compare_lengths(size_t a, size_t b, CompareOp op)
{
    bool results[] = {a<b, a <= b, a == b, a != b, a> b, a >= b};
    return oz_bool(results[op]);
}

static Ref list_compare(Thread *t, Obj self, Obj other, CompareOp op)
{
    if (!oz_as_list(other))
        return OZ_NOT_IMPLEMENTED;
    List *a = (List *)self;
    List *b = (List *)other;
    if ((op == OZ_EQ || op == OZ_NE) && oz_list_length_fast(a) != oz_list_length_fast(b))
        return oz_bool(op == OZ_NE);
    if (!oz_native_enter(t, " in comparison"))
        return NULL;
    size_t at;
    if (!first_difference(t, a, b, &at))
        return NULL;
    if (at >= oz_list_length_fast(a) || at >= oz_list_length_fast(b))
        return compare_lengths(oz_list_length_fast(a), oz_list_length_fast(b), op);
    if (op == OZ_EQ || op == OZ_NE)
        return oz_bool(op == OZ_NE);
    scoped Ref left = oz_retain(a->block->items[at]);
    scoped Ref right = oz_retain(b->block->items[at]);
    return oz_compare(t, left, right, op);
}

static bool write_items(StrBuilder *b, List *list)
{
    if (!oz_builder_character(b, '['))
        return false;
    for (size_t i = 0; i < oz_list_length_fast(list); i++) {
        scoped Ref item = oz_retain(list->block->items[i]);
        if ((i && !oz_builder_ascii(b, ", ", 2)) || !oz_builder_repr(b, item) || !oz_poll(b->t))
            return false;
    }
    return oz_builder_character(b, ']');
}

static Ref list_repr(Thread *t, Obj self)
{
    Found found = oz_repr_enter(t, self);
    if (found != OZ_MISSING)
        return found == OZ_FOUND ? oz_str_new(t, "[...]") : NULL;
    StrBuilder b;
    oz_builder_init(&b, t);
    Ref result = write_items(&b, (List *)self) ? oz_builder_finish(&b) : NULL;
    oz_builder_fini(&b);
    oz_repr_leave(t, self);
    return result;
}

/* ---- the type ---- */

static void list_visit(const Object *object, Visitor *v)
{
    const ListBlock *block = ((const List *)object)->block;
    size_t end = block ? oz_visit_end(v, block->length) : 0;
    for (size_t i = v->from; i < end; i++)
        oz_visit(v, block->items[i], "[]", (ssize_t)i);
}

static void list_clear_all(Thread *t OZ_UNUSED, Object *object)
{
    list_empty((List *)object);
}

static size_t list_outside(const Object *object)
{
    const ListBlock *block = ((const List *)object)->block;
    return block ? sizeof(ListBlock) + block->capacity * sizeof(Ref) : 0;
}

static bool list_check(const Object *object)
{
    const ListBlock *block = ((const List *)object)->block;
    for (size_t i = 0; block && i < block->length; i++)
        if (!block->items[i])
            return false;
    return !block || block->length <= block->capacity; /* L1 */
}

const TypeDef oz_list_type = {
    .id = OZ_LIST,
    .name = "list",
    .doc = "A sequence that can change.\n\nlist() is empty, list(iterable) has the items that the "
           "iterable gives.",
    .size = sizeof(List),
    .flags = OZ_TYPE_SEQUENCE | OZ_TYPE_UNHASHABLE | OZ_TYPE_SELF_MATCH | OZ_TYPE_BLIND,
    .visit = list_visit,
    .clear = list_clear_all,
    .outside = list_outside,
    .check = list_check,
    .slots = {.new = list_new,
              .init = list_init,
              .length = list_length,
              .get_item = list_get_item,
              .set_item = list_set_item,
              .contains = list_contains,
              .iter = list_iter,
              .concat = list_concat,
              .repeat = list_repeat,
              .concat_in_place = list_concat_in_place,
              .repeat_in_place = list_repeat_in_place,
              .compare = list_compare,
              .repr = list_repr},
    .methods = OZ_METHODS(&list___getitem__, &list_append, &list_extend, &list_insert, &list_pop,
                          &list_remove, &list_index, &list_count, &list_clear, &list_copy,
                          &list_reverse, &list_sort, &list___reversed__, &list___class_getitem__),
};
