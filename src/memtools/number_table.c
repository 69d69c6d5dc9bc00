// SPDX-License-Identifier: MIT
// Tables of memtools.
#include "memtools/number_table.h"

#include <string.h>

bool oz_grow(Thread *t, void **block, uint32_t count, uint32_t *room, size_t size)
{
    if (count < *room)
        return true;
    uint32_t more = *room ? *room * 2 : 64;
    void *bigger = more > *room ? oz_block_realloc(t->heap, *block, more * size) : NULL;
    if (!bigger)
        return false;
    *block = bigger;
    *room = more;
    return true;
}

void oz_number_table_put(NumberTable *table, uint32_t hash, uint32_t number)
{
    uint32_t at = oz_number_table_start(table, hash);
    while (table->slots[at])
        at = oz_number_table_next(table, at);
    table->slots[at] = number + 1;
    table->used++;
}

bool oz_number_table_room(Thread *t, NumberTable *table, const void *owner, NumberHash *hash)
{
    if (table->slots && table->used < table->mask / 2)
        return true;
    NumberTable bigger = {.mask = table->slots ? table->mask * 2 + 1 : 127};
    size_t bytes = ((size_t)bigger.mask + 1) * sizeof *bigger.slots;
    bigger.slots = oz_block_alloc(t->heap, bytes);
    if (!bigger.slots)
        return false;
    memset(bigger.slots, 0, bytes);
    for (uint32_t i = 0; table->slots && i <= table->mask; i++)
        if (table->slots[i])
            oz_number_table_put(&bigger, hash(owner, table->slots[i] - 1), table->slots[i] - 1);
    oz_block_free(table->slots);
    *table = bigger;
    return true;
}

void oz_number_table_fini(NumberTable *table)
{
    oz_block_free(table->slots);
    *table = (NumberTable){0};
}
