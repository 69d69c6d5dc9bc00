// SPDX-License-Identifier: MIT
// The memo of a pickler: which objects a pickle has, by identity, and their numbers.
//
// Objects lie in a list in the order of their numbers; a table of 8 bytes a bucket, at most half
// full, finds the place of one.  A bucket holds 32 bits of the address besides, and these differ
// for cells that are less than 64 GiB apart: so a search that fails hardly ever looks at the list.
// 24 to 44 bytes an object, where a table of pairs takes 24 to 64.
//
// What is not found is entered soon after, as a rule, so the bucket that ended the search is kept.
//
// I1. Each item that is not empty is held, so no other object gets its address.
// I2. count <= UINT32_MAX - 1.
#include "modules/pickle.h"

#include <string.h>

/* Addresses come in rows with gaps: one multiplication leaves clusters. */
OZ_INLINE uint64_t spread(Obj v)
{
    uint64_t h = (oz_word(v) >> 4) * UINT64_C(0x9e3779b97f4a7c15);
    return (h ^ h >> 32) * UINT64_C(0x9e3779b97f4a7c15);
}

int64_t oz_pickle_memo_find(PickleMemo *memo, Obj v)
{
    if (OZ_UNLIKELY(!memo->bits))
        return -1;
    const uint64_t *buckets = memo->buckets;
    uint64_t hash = spread(v), mask = (UINT64_C(1) << memo->bits) - 1;
    uint64_t at = hash >> (64 - memo->bits), bucket;
    while ((bucket = buckets[at])) {
        if ((uint32_t)bucket == (uint32_t)hash && (Obj)memo->items[(bucket >> 32) - 1] == v)
            return oz_pickle_memo_number(memo, (uint32_t)(bucket >> 32) - 1);
        at = (at + 1) & mask;
    }
    memo->missed = v;
    memo->hole = at;
    return -1;
}

static void enter(PickleMemo *memo, uint32_t place)
{
    Obj v = memo->items[place];
    uint64_t hash = spread(v), mask = (UINT64_C(1) << memo->bits) - 1;
    uint64_t at = memo->missed == v ? memo->hole : hash >> (64 - memo->bits);
    memo->missed = NULL;
    while (memo->buckets[at])
        at = (at + 1) & mask;
    memo->buckets[at] = (uint64_t)(place + 1) << 32 | (uint32_t)hash;
}

static OZ_NOINLINE bool grow_buckets(Thread *t, PickleMemo *memo)
{
    uint32_t bits = memo->bits ? memo->bits + 1 : 5;
    size_t size = sizeof(uint64_t) << bits;
    uint64_t *buckets = oz_block_alloc(t->heap, size);
    if (!buckets)
        return oz_raise_memory(t) != NULL;
    memset(buckets, 0, size);
    oz_block_free(memo->buckets);
    memo->buckets = buckets;
    memo->bits = bits;
    memo->missed = NULL;
    for (uint32_t i = 0; i < memo->count; i++)
        if (memo->items[i])
            enter(memo, i);
    return true;
}

static OZ_NOINLINE bool grow_items(Thread *t, PickleMemo *memo)
{
    if (memo->count >= UINT32_MAX - 1) /* I2 */
        return oz_fail_module(t, OZ_ERROR_PICKLING, "too many objects for one pickle");
    size_t room = (size_t)memo->count + memo->count / 2 + 16;
    if (room > UINT32_MAX)
        room = UINT32_MAX;
    Ref *items = oz_block_realloc(t->heap, memo->items, room * sizeof *items);
    if (!items)
        return oz_raise_memory(t) != NULL;
    memo->items = items;
    if (memo->numbers) {
        int64_t *numbers = oz_block_realloc(t->heap, memo->numbers, room * sizeof *numbers);
        if (!numbers)
            return oz_raise_memory(t) != NULL;
        memo->numbers = numbers;
    }
    memo->room = (uint32_t)room;
    return true;
}

bool oz_pickle_memo_add(Thread *t, Object *owner, PickleMemo *memo, Obj v)
{
    if (OZ_UNLIKELY(memo->count == memo->room) && !grow_items(t, memo))
        return false;
    if (OZ_UNLIKELY(memo->count >= ((size_t)1 << memo->bits) / 2) && !grow_buckets(t, memo))
        return false;
    uint32_t place = memo->count;
    oz_store_raw(owner, &memo->items[place], oz_retain(v));
    if (OZ_UNLIKELY(memo->numbers != NULL))
        memo->numbers[place] = place;
    memo->count++;
    if (v)
        enter(memo, place);
    return true;
}

bool oz_pickle_memo_add_as(Thread *t, Object *owner, PickleMemo *memo, Obj v, int64_t number)
{
    if (number != memo->count && !memo->numbers) {
        int64_t *numbers = oz_block_alloc(t->heap, (memo->room + (size_t)1) * sizeof *numbers);
        if (!numbers)
            return oz_raise_memory(t) != NULL;
        for (uint32_t i = 0; i < memo->count; i++)
            numbers[i] = i;
        memo->numbers = numbers;
    }
    if (!oz_pickle_memo_add(t, owner, memo, v))
        return false;
    if (memo->numbers)
        memo->numbers[memo->count - 1] = number;
    return true;
}

void oz_pickle_memo_clear(PickleMemo *memo)
{
    PickleMemo old = *memo;
    *memo = (PickleMemo){0}; /* drops may run Python, which may look at it */
    for (uint32_t i = 0; i < old.count; i++)
        oz_drop(old.items[i]);
    oz_block_free(old.items);
    oz_block_free(old.numbers);
    oz_block_free(old.buckets);
}

void oz_pickle_memo_visit(const PickleMemo *memo, Visitor *v)
{
    for (uint32_t i = 0; i < memo->count; i++)
        oz_visit(v, memo->items[i], "memo", i);
}

size_t oz_pickle_memo_bytes(const PickleMemo *memo)
{
    const void *blocks[] = {memo->items, memo->numbers, memo->buckets};
    size_t bytes = 0;
    for (size_t i = 0; i < OZ_COUNT(blocks); i++)
        bytes += blocks[i] ? oz_heap_size(blocks[i]) : 0;
    return bytes;
}
