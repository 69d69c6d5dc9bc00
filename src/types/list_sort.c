// SPDX-License-Identifier: MIT
// list.sort: a stable merge sort that uses the runs it finds.
//
// The list is empty while it is sorted: comparisons and key functions may do with it what they
// like, and what they put in is thrown away with a ValueError.  The items, their keys and the
// buffer for merging are owned by the sort; at every moment, also when a comparison fails, the
// arrays hold each item once.
//
// Runs (rising, or strictly falling and then turned round) are made at least RUN_MIN long by
// binary insertion.  Adjacent runs are merged in the order of a nearly balanced tree: the power of
// the boundary between two runs is the number of leading bits that their middles, as fractions of
// the whole, have in common; a run waits on the stack until one comes whose boundary is higher up.
// Before a merge both ends that already stand right are cut off by galloping, and a merge gallops
// where one side gives several items in a row, so that sorted and nearly sorted input takes close
// to n comparisons.
//
// When all keys are ints in place, numbers that a double holds, exact strs, or tuples that begin
// with one of these, the comparison is chosen once, and the whole sort is compiled for it.
#include "object/world.h"
#include "types/list_layout.h"

#include "types/float.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

enum { RUN_MIN = 24, STACK_MAX = 72, GALLOP_AFTER = 8, POLL_MASK = 4095 };

typedef struct Run {
    size_t start;
    size_t length;
    int power; /* of the boundary to the run before it */
} Run;

typedef struct Sort {
    Thread *t;
    Ref *keys;
    Ref *values; /* NULL: the keys are the items */
    size_t count;
    Ref *spare_keys; /* blocks for merging */
    Ref *spare_values;
    size_t spare;
    size_t steps;
    Run stack[STACK_MAX];
    size_t depth;
} Sort;

typedef enum Order { RAISED = -1, NOT_LESS, LESS } Order;
typedef Order LessFn(Sort *s, Obj a, Obj b);

/* ---- comparisons ---- */

OZ_INLINE Order int_less(Sort *s OZ_UNUSED, Obj a, Obj b)
{
    return (int64_t)oz_word(a) < (int64_t)oz_word(b) ? LESS : NOT_LESS;
}

OZ_INLINE Order float_less(Sort *s OZ_UNUSED, Obj a, Obj b)
{
    return oz_float_value(a) < oz_float_value(b) ? LESS : NOT_LESS;
}

/* A float, in place or not, or an int that a double holds exactly. */
OZ_INLINE bool is_double(Obj v)
{
    const int64_t most = INT64_C(1) << 53;
    if (oz_is_int(v))
        return oz_int_value(v) >= -most && oz_int_value(v) <= most;
    return oz_is_float(v) || oz_is(v, OZ_FLOAT);
}

OZ_INLINE double double_of(Obj v)
{
    if (OZ_LIKELY(oz_is_float(v)))
        return oz_float_value(v);
    return oz_is_int(v) ? (double)oz_int_value(v) : ((const Float *)v)->value;
}

OZ_INLINE Order double_less(Sort *s OZ_UNUSED, Obj a, Obj b)
{
    return double_of(a) < double_of(b) ? LESS : NOT_LESS;
}

/* Strs of one byte a character. */
OZ_INLINE Order text_less(Sort *s OZ_UNUSED, Obj a, Obj b)
{
    const Str *x = (const Str *)a;
    const Str *y = (const Str *)b;
    size_t m = oz_str_length(x), n = oz_str_length(y);
    int order = memcmp(oz_str_data(x), oz_str_data(y), m < n ? m : n);
    return (order ? order < 0 : m < n) ? LESS : NOT_LESS;
}

static Order str_less(Sort *s OZ_UNUSED, Obj a, Obj b)
{
    return oz_str_order((const Str *)a, (const Str *)b) < 0 ? LESS : NOT_LESS;
}

static Order any_less(Sort *s, Obj a, Obj b)
{
    bool less;
    if (!oz_compare_true(s->t, a, b, OZ_LT, &less) || !oz_poll(s->t))
        return RAISED;
    return less ? LESS : NOT_LESS;
}

static Order tuple_less(Sort *s, Obj a, Obj b)
{
    Obj x = ((const Tuple *)a)->items[0];
    Obj y = ((const Tuple *)b)->items[0];
    if (x != y) {
        if (oz_are_ints(x, y))
            return int_less(s, x, y);
        if (oz_are_floats(x, y))
            return float_less(s, x, y);
        if (oz_is_exact_str(x) && oz_is_exact_str(y)) {
            int order = oz_str_order((const Str *)x, (const Str *)y);
            if (order)
                return order < 0 ? LESS : NOT_LESS;
        }
    }
    return any_less(s, a, b);
}

/* ---- moving: keys and values side by side ---- */

OZ_INLINE void move_down(Sort *s, size_t to, size_t from, size_t count)
{
    memmove(s->keys + to, s->keys + from, count * sizeof(Ref));
    if (s->values)
        memmove(s->values + to, s->values + from, count * sizeof(Ref));
}

static void reverse(Ref *items, size_t start, size_t end)
{
    while (start + 1 < end) {
        Ref item = items[start];
        items[start++] = items[--end];
        items[end] = item;
    }
}

static bool reserve_spare(Sort *s, size_t count)
{
    if (count <= s->spare)
        return true;
    oz_block_free(s->spare_keys);
    oz_block_free(s->spare_values);
    s->spare = 0;
    s->spare_keys = oz_block_alloc(s->t->heap, count * sizeof(Ref));
    s->spare_values = s->values ? oz_block_alloc(s->t->heap, count * sizeof(Ref)) : NULL;
    if (!s->spare_keys || (s->values && !s->spare_values))
        return oz_raise_memory(s->t) != NULL;
    s->spare = count;
    return true;
}

static void to_spare(Sort *s, size_t from, size_t count)
{
    memcpy(s->spare_keys, s->keys + from, count * sizeof(Ref));
    if (s->values)
        memcpy(s->spare_values, s->values + from, count * sizeof(Ref));
}

static void from_spare(Sort *s, size_t to, size_t from, size_t count)
{
    memcpy(s->keys + to, s->spare_keys + from, count * sizeof(Ref));
    if (s->values)
        memcpy(s->values + to, s->spare_values + from, count * sizeof(Ref));
}

OZ_INLINE void move_one(Sort *s, size_t to, size_t from)
{
    s->keys[to] = s->keys[from];
    if (s->values)
        s->values[to] = s->values[from];
}

OZ_INLINE void take_spare(Sort *s, size_t to, size_t from)
{
    s->keys[to] = s->spare_keys[from];
    if (s->values)
        s->values[to] = s->spare_values[from];
}

OZ_INLINE bool poll_sometimes(Sort *s)
{
    return (++s->steps & POLL_MASK) || oz_poll(s->t);
}

/* ---- the algorithm, compiled for each comparison ---- */

/* How many of the `count` keys stand before `key`; `after` counts equal ones too.  Searched from
 * one end, in steps that double. */
OZ_INLINE bool gallop(Sort *s, LessFn *less, Obj key, const Ref *keys, size_t count, bool after,
                      bool from_end, size_t *result)
{
    size_t low = 0, high = count;
    for (size_t step = 1; step < high - low; step = step * 2 + 1) {
        size_t at = from_end ? high - step : low + step - 1;
        Order order = after ? less(s, key, keys[at]) : less(s, keys[at], key);
        if (order == RAISED)
            return false;
        bool before = (order == LESS) != after; /* does keys[at] stand before key? */
        if (from_end && before) {
            low = at + 1;
            break;
        }
        if (!from_end && !before) {
            high = at;
            break;
        }
        *(from_end ? &high : &low) = from_end ? at : at + 1;
    }
    while (low < high) {
        size_t at = low + (high - low) / 2;
        Order order = after ? less(s, key, keys[at]) : less(s, keys[at], key);
        if (order == RAISED)
            return false;
        if ((order == LESS) != after)
            low = at + 1;
        else
            high = at;
    }
    *result = low;
    return true;
}

/* Merge keys[start, middle) with keys[middle, end), where the left part is the shorter one.  A part
 * that gives several items in a row is galloped through. */
OZ_INLINE bool merge_left(Sort *s, LessFn *less, size_t start, size_t middle, size_t end)
{
    size_t left = 0, left_count = middle - start;
    to_spare(s, start, left_count);
    size_t to = start, right = middle, lefts = 0, rights = 0, block;
    bool ok = true;
    while (left < left_count && right < end) {
        Order order = less(s, s->keys[right], s->spare_keys[left]);
        if (OZ_UNLIKELY(order == RAISED || !poll_sometimes(s))) {
            ok = false;
            break;
        }
        if (order == LESS) {
            move_one(s, to++, right++);
            lefts = 0;
            if (OZ_LIKELY(++rights < GALLOP_AFTER))
                continue;
            ok = gallop(s, less, s->spare_keys[left], s->keys + right, end - right, false, false,
                        &block);
            if (!ok)
                break;
            move_down(s, to, right, block);
            to += block;
            right += block;
        } else {
            take_spare(s, to++, left++);
            rights = 0;
            if (OZ_LIKELY(++lefts < GALLOP_AFTER))
                continue;
            ok = gallop(s, less, s->keys[right], s->spare_keys + left, left_count - left, true,
                        false, &block);
            if (!ok)
                break;
            from_spare(s, to, left, block);
            to += block;
            left += block;
        }
        lefts = rights = 0;
    }
    from_spare(s, to, left, left_count - left);
    return ok;
}

/* The same where the right part is the shorter one: from the end. */
OZ_INLINE bool merge_right(Sort *s, LessFn *less, size_t start, size_t middle, size_t end)
{
    size_t right = end - middle;
    to_spare(s, middle, right);
    size_t to = end, left = middle, lefts = 0, rights = 0, before;
    bool ok = true;
    while (right > 0 && left > start) {
        Order order = less(s, s->spare_keys[right - 1], s->keys[left - 1]);
        if (OZ_UNLIKELY(order == RAISED || !poll_sometimes(s))) {
            ok = false;
            break;
        }
        if (order == LESS) {
            move_one(s, --to, --left);
            rights = 0;
            if (OZ_LIKELY(++lefts < GALLOP_AFTER))
                continue;
            ok = gallop(s, less, s->spare_keys[right - 1], s->keys + start, left - start, true,
                        true, &before);
            if (!ok)
                break;
            to -= left - start - before;
            move_down(s, to, start + before, left - start - before);
            left = start + before;
        } else {
            take_spare(s, --to, --right);
            lefts = 0;
            if (OZ_LIKELY(++rights < GALLOP_AFTER))
                continue;
            ok = gallop(s, less, s->keys[left - 1], s->spare_keys, right, false, true, &before);
            if (!ok)
                break;
            to -= right - before;
            from_spare(s, to, before, right - before);
            right = before;
        }
        lefts = rights = 0;
    }
    from_spare(s, to - right, 0, right);
    return ok;
}

/* Merge the two runs on top of the stack. */
OZ_INLINE bool merge_top(Sort *s, LessFn *less)
{
    Run *a = &s->stack[s->depth - 2];
    const Run *b = &s->stack[s->depth - 1];
    size_t start = a->start, middle = b->start, end = b->start + b->length;
    a->length += b->length;
    s->depth--;
    size_t skip, keep;
    if (!gallop(s, less, s->keys[middle], s->keys + start, middle - start, true, false, &skip))
        return false;
    start += skip;
    if (start == middle)
        return true;
    if (!gallop(s, less, s->keys[middle - 1], s->keys + middle, end - middle, false, true, &keep))
        return false;
    end = middle + keep;
    size_t left = middle - start, right = end - middle;
    if (right == 0) /* comparisons that contradict each other */
        return true;
    if (!reserve_spare(s, left < right ? left : right))
        return false;
    return left <= right ? merge_left(s, less, start, middle, end)
                         : merge_right(s, less, start, middle, end);
}

/* The length of the run at `start`; falling ones are turned round.  0: raised. */
OZ_INLINE size_t find_run(Sort *s, LessFn *less, size_t start)
{
    size_t end = start + 1;
    if (end == s->count)
        return 1;
    Order first = less(s, s->keys[end], s->keys[start]);
    for (Order order = first; order == first && order != RAISED;) {
        if (++end == s->count)
            break;
        order = less(s, s->keys[end], s->keys[end - 1]);
        if (OZ_UNLIKELY(order == RAISED || !poll_sometimes(s)))
            return 0;
    }
    if (first == RAISED)
        return 0;
    if (first == LESS) {
        reverse(s->keys, start, end);
        if (s->values)
            reverse(s->values, start, end);
    }
    return end - start;
}

/* Make keys[start, start + length) a run of `wanted`. */
OZ_INLINE bool insert_more(Sort *s, LessFn *less, size_t start, size_t length, size_t wanted)
{
    for (size_t i = start + length; i < start + wanted; i++) {
        Obj pivot = s->keys[i];
        size_t low = start, high = i;
        while (low < high) {
            size_t at = low + (high - low) / 2;
            Order order = less(s, pivot, s->keys[at]);
            if (OZ_UNLIKELY(order == RAISED))
                return false;
            if (order == LESS)
                high = at;
            else
                low = at + 1;
        }
        Ref key = s->keys[i];
        Ref value = s->values ? s->values[i] : NULL;
        move_down(s, low + 1, low, i - low);
        s->keys[low] = key;
        if (s->values)
            s->values[low] = value;
    }
    return true;
}

/* How many leading bits the middles of two adjacent runs have in common. */
static int boundary_power(const Run *a, const Run *b, size_t count)
{
    uint64_t left = ((uint64_t)(2 * a->start + a->length) << 30) / count;
    uint64_t right = ((uint64_t)(2 * b->start + b->length) << 30) / count;
    return left == right ? 64 : __builtin_clzll(left ^ right);
}

OZ_INLINE bool sort_with(Sort *s, LessFn *less)
{
    for (size_t start = 0; start < s->count;) {
        size_t length = find_run(s, less, start);
        if (!length)
            return false;
        size_t rest = s->count - start;
        size_t wanted = rest < RUN_MIN ? rest : RUN_MIN;
        if (length < wanted) {
            if (!insert_more(s, less, start, length, wanted))
                return false;
            length = wanted;
        }
        Run run = {.start = start, .length = length};
        if (s->depth)
            run.power = boundary_power(&s->stack[s->depth - 1], &run, s->count);
        while (s->depth > 1 && s->stack[s->depth - 1].power > run.power)
            if (!merge_top(s, less))
                return false;
        s->stack[s->depth++] = run;
        start += length;
    }
    while (s->depth > 1)
        if (!merge_top(s, less))
            return false;
    return true;
}

static OZ_NOINLINE bool sort_ints(Sort *s)
{
    return sort_with(s, int_less);
}

static OZ_NOINLINE bool sort_doubles(Sort *s)
{
    return sort_with(s, double_less);
}

static OZ_NOINLINE bool sort_texts(Sort *s)
{
    return sort_with(s, text_less);
}

static OZ_NOINLINE bool sort_slow(Sort *s, LessFn *less)
{
    return sort_with(s, less);
}

static bool sort_by_kind(Sort *s)
{
    bool ints = true, doubles = true, strs = true, texts = true, tuples = true;
    for (size_t i = 0; i < s->count && (ints | doubles | strs | tuples); i++) {
        Obj key = s->keys[i];
        ints = ints && oz_is_int(key);
        doubles = doubles && is_double(key);
        strs = strs && oz_is_exact_str(key);
        texts = texts && strs && oz_str_width((const Str *)key) == 1;
        tuples = tuples && oz_is(key, OZ_TUPLE) && ((const Tuple *)key)->length;
    }
    if (ints)
        return sort_ints(s);
    if (doubles)
        return sort_doubles(s);
    if (texts)
        return sort_texts(s);
    return sort_slow(s, strs ? str_less : tuples ? tuple_less : any_less);
}

/* ---- list.sort ---- */

static void drop_keys(Ref *keys, size_t count)
{
    for (size_t i = count; i-- > 0;)
        oz_drop(keys[i]);
    oz_block_free(keys);
}

/* key(item) of each item: a block of owned values, or NULL. */
static Ref *make_keys(Thread *t, Obj key, Ref *items, size_t count)
{
    Ref *keys = oz_block_alloc(t->heap, count * sizeof(Ref));
    if (!keys) {
        oz_raise_memory(t);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        keys[i] = oz_call1(t, key, items[i]);
        if (OZ_UNLIKELY(!keys[i] || !oz_poll(t))) {
            drop_keys(keys, i + (keys[i] != NULL));
            return NULL;
        }
    }
    return keys;
}

static bool sort_block(Thread *t, ListBlock *block, Obj key, bool backwards)
{
    size_t count = block->length;
    Sort s = {.t = t, .count = count, .keys = block->items};
    if (key) {
        s.keys = make_keys(t, key, block->items, count);
        if (!s.keys)
            return false;
        s.values = block->items;
    }
    if (backwards) { /* twice turned round: equal items keep their order */
        reverse(block->items, 0, count);
        if (key)
            reverse(s.keys, 0, count);
    }
    bool ok = sort_by_kind(&s);
    if (backwards)
        reverse(block->items, 0, count);
    oz_block_free(s.spare_keys);
    oz_block_free(s.spare_values);
    if (key)
        drop_keys(s.keys, count);
    return ok;
}

bool oz_list_sort(Thread *t, List *list, Obj key, bool backwards)
{
    ListBlock *block = list->block;
    if (!block || !block->length)
        return true;
    if (oz_refs(&list->base) < 0) { /* others may be reading the block: a copy is sorted */
        size_t size = sizeof(ListBlock) + block->capacity * sizeof(Ref);
        ListBlock *copy = oz_block_replace(t, &list->base, block, size);
        if (!copy)
            return oz_raise_memory(t) != NULL;
        block = copy;
    }
    OZ_WRITE(&list->block, NULL);
    bool ok = sort_block(t, block, key, backwards);
    ListBlock *other = list->block;
    OZ_WRITE(&list->block, block);
    if (!other)
        return ok;
    for (size_t i = 0; i < other->length; i++)
        oz_drop(other->items[i]);
    oz_block_give_up(t, &list->base, other);
    return ok && oz_fail(t, OZ_ValueError, "list modified during sort");
}
