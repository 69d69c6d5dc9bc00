// SPDX-License-Identifier: MIT
// Tables of memtools: arrays that grow, and hash tables of the numbers of their items.
#ifndef OZ_MEMTOOLS_NUMBER_TABLE_H
#define OZ_MEMTOOLS_NUMBER_TABLE_H

#include "object/thread.h"

#include <pthread.h>

/* Lock what the threads of a VM share, if it has more than one: locks cost more than what they
 * guard here.  To be unlocked with the answer. */
OZ_INLINE bool oz_lock_tables(const Vm *vm, pthread_mutex_t *lock)
{
    bool several = atomic_load_explicit(&vm->threads_alive, memory_order_relaxed) > 1;
    if (OZ_UNLIKELY(several))
        pthread_mutex_lock(lock);
    return several;
}
OZ_INLINE void oz_unlock_tables(bool locked, pthread_mutex_t *lock)
{
    if (OZ_UNLIKELY(locked))
        pthread_mutex_unlock(lock);
}

/* Numbers by a hash that the owner of the items knows. */
typedef struct NumberTable {
    uint32_t *slots;     /* [owner] a block: number + 1, 0: free; less than half of them are used */
    uint32_t mask, used; /* [owner] */
} NumberTable;

typedef uint32_t NumberHash(const void *owner, uint32_t number);

/* Room for item `count` in a block of items of `size` bytes; false: no memory.  Nothing raised. */
bool oz_grow(Thread *t, void **block, uint32_t count, uint32_t *room, size_t size) OZ_CHECKED;

/* Room for one number more; false: no memory. */
bool oz_number_table_room(Thread *t, NumberTable *table, const void *owner,
                          NumberHash *hash) OZ_CHECKED;
/* Put in a number that is not there.  There is room. */
void oz_number_table_put(NumberTable *table, uint32_t hash, uint32_t number);
void oz_number_table_fini(NumberTable *table);

/* The numbers that may have this hash: for (at = start; slots[at]; at = next(at)). */
OZ_INLINE uint32_t oz_number_table_start(const NumberTable *table, uint32_t hash)
{
    return hash & table->mask;
}
OZ_INLINE uint32_t oz_number_table_next(const NumberTable *table, uint32_t at)
{
    return (at + 1) & table->mask;
}

#endif
