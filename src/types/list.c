// SPDX-License-Identifier: MIT
// list: the block of items, and the operations that native code uses (list_type.c has the
// methods, list_sort.c the sort).
//
// L1. length <= capacity; items below length are never empty.
// L2. A list of known length gets an exact block.  Appending grows by 1/8 + 4 items; blocks above
//     256 KiB grow by mremap, and their tail takes no memory until it is used.
// L3. An index, never a pointer into the block, lives across anything that can run Python code.
// L4. A list of what is in a dict or a set is made in one step, so that no other thread comes in
//     between: programs take such a list to walk over what others change.
#include "object/counts.h"
#include "object/world.h"
#include "types/list_layout.h"

#include "types/dict_view.h"
#include "types/set.h"
#include "types/tuple.h"

#define LENGTH_MAX ((size_t)UINT32_MAX - 1)

/* ---- blocks ---- */

static size_t block_size(size_t capacity)
{
    return sizeof(ListBlock) + capacity * sizeof(Ref);
}

/* Room for exactly `capacity` items, not less than the length; false: raised. */
static bool resize(Thread *t, List *list, size_t capacity)
{
    ListBlock *old = list->block;
    size_t length = old ? old->length : 0;
    if (!capacity) {
        OZ_WRITE(&list->block, NULL);
        oz_block_give_up(t, &list->base, old);
        return true;
    }
    ListBlock *new =
        capacity <= LENGTH_MAX ? oz_block_replace(t, &list->base, old, block_size(capacity)) : NULL;
    if (!new)
        return oz_raise_memory(t) != NULL;
    new->length = (uint32_t)length;
    new->capacity = (uint32_t)capacity;
    OZ_WRITE(&list->block, new);
    return true;
}

/* Room for at least `length` items, with some to spare. */
bool oz_list_reserve(Thread *t, List *list, size_t length)
{
    ListBlock *block = list->block;
    if (block && length <= block->capacity)
        return true;
    size_t wanted = length + length / 8 + (length < 4 ? 0 : 4);
    if (wanted < 4)
        wanted = 4;
    if (length > LENGTH_MAX)
        return oz_raise_memory(t) != NULL;
    size_t bytes = oz_heap_good_size(block_size(wanted));
    wanted = (bytes - sizeof(ListBlock)) / sizeof(Ref);
    return resize(t, list, wanted < LENGTH_MAX ? wanted : LENGTH_MAX);
}

/* Give back room when less than half of it is used. */
void oz_list_shrink(Thread *t, List *list)
{
    ListBlock *block = list->block;
    if (!block || block->length >= block->capacity / 2 || block->capacity <= 8)
        return;
    size_t length = block->length;
    ListBlock *less = oz_block_replace(t, &list->base, block, block_size(length + length / 8 + 4));
    if (!less)
        return; /* nothing was lost: the old block stays */
    less->capacity = (uint32_t)(length + length / 8 + 4);
    OZ_WRITE(&list->block, less);
}

/* ---- bulk copies ---- */

/* Copy `count` items of `from`, from index `start` on, to `items` of a new list.  `from` has noted
 * whether it holds anything that may be in a cycle: the copy takes that over. */
static void copy_items(List *list, Ref *items, const List *from, size_t start, size_t count)
{
    const Ref *source = from->block->items + start;
    memcpy(items, source, count * sizeof(Ref));
    for (size_t i = 0; i < count;) {
        if (i + 4 <= count && oz_are_four_ints(&items[i]))
            i += 4;
        else
            oz_retain(items[i++]);
    }
    if (oz_has_flag(&from->base, OZ_FLAG_TRACKED) || oz_refs(&from->base) < 0)
        oz_track_slow(&list->base);
}

Ref oz_list_concat(Thread *t, const List *a, const List *b)
{
    size_t first = oz_list_length_fast(a);
    size_t second = oz_list_length_fast(b);
    Ref result = oz_list_new(t, first + second);
    if (!result || !(first + second))
        return result;
    List *list = (List *)result;
    if (first)
        copy_items(list, list->block->items, a, 0, first);
    if (second)
        copy_items(list, list->block->items + first, b, 0, second);
    list->block->length = (uint32_t)(first + second);
    return result;
}

/* ---- making ---- */

static List *list_alloc(Thread *t)
{
    List *list = oz_object_new_raw(t, OZ_LIST, sizeof(List));
    if (list)
        list->block = NULL;
    return list;
}

Ref oz_list_new(Thread *t, size_t capacity)
{
    scoped Ref list = (Ref)list_alloc(t);
    if (!list || !resize(t, (List *)list, capacity))
        return NULL;
    return oz_move(&list);
}

Ref oz_list_of_array(Thread *t, const Obj *items, size_t length)
{
    Ref list = oz_list_new(t, length);
    for (size_t i = 0; list && i < length; i++) {
        ListBlock *block = ((List *)list)->block;
        oz_store_raw(oz_object(list), &block->items[i], oz_retain(items[i]));
        block->length = (uint32_t)i + 1;
    }
    return list;
}

Ref oz_list_take(Thread *t, Ref *items, size_t length)
{
    Ref list = oz_list_new(t, length);
    for (size_t i = 0; i < length; i++) {
        if (!list) {
            oz_clear(&items[i]);
            continue;
        }
        ListBlock *block = ((List *)list)->block;
        oz_store_raw(oz_object(list), &block->items[i], oz_move(&items[i]));
        block->length = (uint32_t)i + 1;
    }
    return list;
}

Ref oz_list_from(Thread *t, Obj iterable)
{
    scoped Ref list = (Ref)list_alloc(t);
    if (!list || !oz_list_extend(t, (List *)list, iterable))
        return NULL;
    return oz_move(&list);
}

Ref oz_list_slice(Thread *t, List *list, size_t start, size_t end)
{
    size_t length = oz_list_length_fast(list);
    if (end > length)
        end = length;
    if (start >= end)
        return oz_list_new(t, 0);
    scoped Ref copy = oz_list_new(t, end - start);
    if (!copy)
        return NULL;
    copy_items((List *)copy, ((List *)copy)->block->items, list, start, end - start);
    ((List *)copy)->block->length = (uint32_t)(end - start);
    return oz_move(&copy);
}

Ref oz_list_to_tuple(Thread *t, List *list)
{
    size_t length = oz_list_length_fast(list);
    return oz_tuple_new(t, length ? (const Obj *)list->block->items : NULL, length);
}

/* ---- items ---- */

size_t oz_list_length(const List *list)
{
    return oz_list_length_fast(list);
}

Ref oz_list_get(Thread *t, List *list, size_t index)
{
    Obj item = oz_list_peek(list, index);
    return item ? oz_retain(item) : oz_raise(t, OZ_IndexError, "list index out of range");
}

bool oz_list_set(Thread *t, List *list, size_t index, Obj item)
{
    if (index >= oz_list_length_fast(list))
        return oz_fail(t, OZ_IndexError, "list assignment index out of range");
    oz_store(&list->base, &list->block->items[index], oz_retain(item));
    return true;
}

bool oz_list_append_slow(Thread *t, List *list, Ref item)
{
    if (!oz_list_reserve(t, list, oz_list_length_fast(list) + 1)) {
        oz_drop(item);
        return false;
    }
    ListBlock *block = list->block;
    uint32_t length = block->length;
    oz_store_first(&list->base, &block->items[length], item);
    OZ_WRITE(&block->length, length + 1);
    return true;
}

bool oz_list_append_patient_slow(Thread *t, List *list, Ref item)
{
    scoped Ref held = item;
    if (!oz_list_reserve(t, list, oz_list_length_fast(list) + 1) && !oz_memory_try_again(t))
        return false;
    return oz_list_append_slow(t, list, oz_move(&held));
}

bool oz_list_append_take(Thread *t, List *list, Ref item)
{
    return item && oz_list_append_fast(t, list, item);
}

bool oz_list_append(Thread *t, List *list, Obj item)
{
    return oz_list_append_fast(t, list, oz_retain(item));
}

bool oz_list_insert(Thread *t, List *list, ssize_t index, Obj item)
{
    size_t length = oz_list_length_fast(list);
    if (index < 0)
        index += (ssize_t)length;
    size_t at = index < 0 ? 0 : (size_t)index > length ? length : (size_t)index;
    if (!oz_list_reserve(t, list, length + 1))
        return false;
    ListBlock *block = list->block;
    oz_move_refs(&list->base, &block->items[at + 1], &block->items[at], length - at);
    OZ_WRITE(&block->items[at], NULL);
    OZ_WRITE(&block->length, block->length + 1);
    oz_store_new(&list->base, &block->items[at], oz_retain(item));
    return true;
}

/* ---- extending ---- */

/* Append `count` items of an array that nothing can change meanwhile. */
static bool extend_array(Thread *t, List *list, const Ref *items, size_t count, const List *source)
{
    size_t length = oz_list_length_fast(list);
    if (!count)
        return true;
    if (!(length
              ? oz_list_reserve(t, list, length + count)
              : resize(t, list,
                       count > (list->block ? list->block->capacity : 0) ? count
                                                                         : list->block->capacity)))
        return false;
    if (source)
        items = source->block->items; /* it may be the list itself, which has moved */
    ListBlock *block = list->block;
    for (size_t i = 0; i < count; i++) {
        oz_store_first(&list->base, &block->items[length + i], oz_load(&items[i]));
    }
    OZ_WRITE(&block->length, (uint32_t)(length + count));
    return true;
}

/* Room for so many more items, or for exactly so many where there are none. */
static bool make_room(Thread *t, List *list, size_t count)
{
    size_t length = oz_list_length_fast(list);
    return length ? oz_list_reserve(t, list, length + count) : resize(t, list, count);
}

static bool extend_by_iterator(Thread *t, List *list, Obj iterable)
{
    scoped Ref iterator = oz_iter(t, iterable);
    if (!iterator)
        return false;
    ssize_t hint;
    if (!oz_length_hint(t, iterable, 0, &hint))
        return false;
    size_t length = oz_list_length_fast(list);
    /* A hint that no list can have room for is believed: list(range(10 ** 18)) fails at once. */
    if (hint > 0 && (size_t)hint <= (size_t)PTRDIFF_MAX - length &&
        !make_room(t, list, (size_t)hint) &&
        !(oz_memory_try_again(t) && make_room(t, list, (size_t)hint)))
        return false;
    for (;;) {
        Ref item;
        Found found = oz_next(t, iterator, &item);
        if (found != OZ_FOUND) {
            if (found == OZ_MISSING)
                oz_list_shrink(t, list);
            return found == OZ_MISSING;
        }
        if (!oz_list_append_fast(t, list, item) || !oz_poll(t))
            return false;
    }
}

/* The same, after a collection where the limit of the heap refuses it. */
static bool reserve_more(Thread *t, List *list, size_t count)
{
    return make_room(t, list, count) || (oz_memory_try_again(t) && make_room(t, list, count));
}

static bool extend_by_keys(Thread *t, List *list, Dict *d)
{
    if (!reserve_more(t, list, oz_dict_length(d)))
        return false;
    size_t at = 0;
    for (Obj key, value; oz_dict_step_inline(d, &at, &key, &value);)
        if (!oz_list_append_fast(t, list, oz_retain(key)))
            return false;
    return true;
}

static bool extend_by_set(Thread *t, List *list, Set *s)
{
    if (!reserve_more(t, list, oz_set_length(s)))
        return false;
    size_t at = 0;
    for (Obj item; oz_set_step(s, &at, &item);)
        if (!oz_list_append_fast(t, list, oz_retain(item)))
            return false;
    return true;
}

static bool extend_by_values(Thread *t, List *list, Dict *d)
{
    if (!reserve_more(t, list, oz_dict_length(d)))
        return false;
    size_t at = 0;
    for (Obj key, value; oz_dict_step_inline(d, &at, &key, &value);)
        if (!oz_list_append_fast(t, list, oz_retain(value)))
            return false;
    return true;
}

static bool extend_by_items(Thread *t, List *list, Dict *d)
{
    if (!reserve_more(t, list, oz_dict_length(d)))
        return false;
    size_t at = 0;
    for (Obj key, value; oz_dict_step_inline(d, &at, &key, &value);) {
        Tuple *pair = oz_tuple_alloc(t, 2);
        if (!pair)
            return false;
        oz_tuple_init(pair, 0, oz_retain(key));
        oz_tuple_init(pair, 1, oz_retain(value));
        if (!oz_list_append_fast(t, list, (Ref)pair))
            return false;
    }
    return true;
}

static bool extend(Thread *t, List *list, Obj iterable)
{
    if (oz_is(iterable, OZ_LIST)) {
        List *other = (List *)iterable;
        return extend_array(t, list, NULL, oz_list_length_fast(other), other);
    }
    if (oz_is(iterable, OZ_TUPLE)) {
        Tuple *other = (Tuple *)iterable;
        return extend_array(t, list, other->items, other->length, NULL);
    }
    if (oz_is(iterable, OZ_DICT))
        return extend_by_keys(t, list, (Dict *)iterable);
    uint32_t id = oz_id_of(iterable);
    if (id == OZ_SET || id == OZ_FROZENSET)
        return extend_by_set(t, list, (Set *)iterable);
    if (id - OZ_DICT_KEYS <= OZ_DICT_ITEMS - OZ_DICT_KEYS &&
        oz_is(((const DictView *)iterable)->dict, OZ_DICT)) {
        Dict *d = (Dict *)((const DictView *)iterable)->dict;
        return id == OZ_DICT_KEYS     ? extend_by_keys(t, list, d)
               : id == OZ_DICT_VALUES ? extend_by_values(t, list, d)
                                      : extend_by_items(t, list, d);
    }
    return extend_by_iterator(t, list, iterable);
}

bool oz_list_extend(Thread *t, List *list, Obj iterable)
{
    if (OZ_LIKELY(extend(t, list, iterable)))
        return true;
    bool unchanged =
        oz_is(iterable, OZ_LIST) || oz_is(iterable, OZ_TUPLE) || oz_is(iterable, OZ_DICT);
    return unchanged && oz_memory_try_again(t) && extend(t, list, iterable);
}
