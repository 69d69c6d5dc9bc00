// SPDX-License-Identifier: MIT
// Interned strs: one object for each text, found by a weak table.
//
// Open addressing with linear probing over pointers that own no count; a str in it has
// OZ_FLAG_INTERNED and leaves when it dies (oz_intern_forget, from the str type's clear).  Deleting
// closes the gap by moving later entries of the run, so there are no tombstones.  The hash is the
// str's own.  Load at most 2/3, doubled; 8 bytes a slot.  Where there is no memory to double it, it
// fills up to 15/16: a search needs an empty slot to end at.
//
// The lock is a leaf of the order of VM locks: nothing is allocated, dropped or run under it but
// the table itself.
#include "base/siphash.h"
#include "base/utf8.h"
#include "object/counts.h"
#include "types/str.h"
#include "types/str_text.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct InternTable {
    pthread_mutex_t lock;
    Str **slots; /* [lock] */
    size_t mask; /* [lock] number of slots - 1 */
    size_t used; /* [lock] */
} InternTable;

enum { FIRST_SLOTS = 1024 };

static InternTable *table_new(Thread *t)
{
    InternTable *table = oz_block_alloc(t->heap, sizeof *table);
    Str **slots = oz_block_alloc(t->heap, FIRST_SLOTS * sizeof *slots);
    if (!table || !slots) {
        oz_block_free(table);
        oz_block_free(slots);
        return NULL;
    }
    memset(slots, 0, FIRST_SLOTS * sizeof *slots);
    *table = (InternTable){PTHREAD_MUTEX_INITIALIZER, slots, FIRST_SLOTS - 1, 0};
    return table;
}

/* The hash of a str in the table, which has been asked for. */
OZ_INLINE uint32_t hash_of(const Str *s)
{
    return atomic_load_explicit(&s->hash, memory_order_relaxed);
}

/* The slot of an equal str, or the empty one where it would go. */
static Str **find_slot(const InternTable *table, const Str *s)
{
    uint32_t hash = oz_str_hash32(s);
    size_t i = hash & table->mask;
    while (table->slots[i] &&
           (hash_of(table->slots[i]) != hash || !oz_str_equal(table->slots[i], s)))
        i = (i + 1) & table->mask;
    return &table->slots[i];
}

static bool grow(Thread *t, InternTable *table)
{
    size_t count = (table->mask + 1) * 2;
    Str **old = table->slots;
    Str **slots = oz_block_alloc(t->heap, count * sizeof *slots);
    if (!slots)
        return false;
    memset(slots, 0, count * sizeof *slots);
    for (size_t i = 0; i <= table->mask; i++) {
        if (!old[i])
            continue;
        size_t at = oz_str_hash32(old[i]) & (count - 1);
        while (slots[at])
            at = (at + 1) & (count - 1);
        slots[at] = old[i];
    }
    table->slots = slots;
    table->mask = count - 1;
    oz_block_free(old);
    return true;
}

/* The interned str equal to `s`, which becomes it if there is none: owned; NULL: no memory. */
static Ref intern_locked(Thread *t, InternTable *table, Str *s)
{
    size_t used = table->used + 1, slots = table->mask + 1;
    if (used * 3 > slots * 2 && !grow(t, table) && used > slots / 16 * 15)
        return NULL;
    Str **slot = find_slot(table, s);
    if (*slot && oz_try_retain(&(*slot)->base))
        return (Ref)*slot;
    table->used += *slot == NULL; /* or a dead one is replaced, which has not been taken out yet */
    *slot = s;
    oz_flag_set(&s->base, OZ_FLAG_INTERNED);
    oz_share(t, (Obj)s); /* others will find it */
    return oz_retain((Obj)s);
}

Ref oz_intern_str(Thread *t, Ref str)
{
    scoped Ref given = str;
    Str *s = (Str *)oz_as_str(given);
    if (!s)
        return oz_raise(t, OZ_TypeError, "cannot intern '%T'", given);
    if (oz_has_flag(&s->base, OZ_FLAG_INTERNED))
        return oz_retain((Obj)s);
    InternTable *table = t->vm->interned;
    oz_str_hash32(s);
    pthread_mutex_lock(&table->lock);
    Ref interned = intern_locked(t, table, s);
    pthread_mutex_unlock(&table->lock);
    return interned ? interned : oz_raise_memory(t);
}

/* The interned str with this text, of ASCII: owned; NULL: there is none. */
static Ref find_ascii(InternTable *table, const char *text, size_t length, uint32_t hash)
{
    pthread_mutex_lock(&table->lock);
    Ref found = NULL;
    for (size_t i = hash & table->mask; !found && table->slots[i]; i = (i + 1) & table->mask) {
        const Str *s = table->slots[i];
        if (hash_of(s) == hash && oz_id(&s->base) == OZ_STR_ASCII && oz_str_length(s) == length &&
            memcmp(oz_str_data(s), text, length) == 0 &&
            oz_try_retain((Object *)(uintptr_t)&s->base))
            found = (Ref)(uintptr_t)s;
    }
    pthread_mutex_unlock(&table->lock);
    return found;
}

/* A name that is known takes no memory, so that one can be looked up where there is none left. */
Ref oz_intern_ascii(Thread *t, const char *text, size_t length)
{
    uint32_t hash = oz_hash_fold(oz_siphash13(text, length, t->vm->hash_key));
    Ref str = find_ascii(t->vm->interned, text, length, hash);
    if (str || !(str = oz_str_from_ascii(t, text, length)))
        return str;
    atomic_store_explicit(&((Str *)str)->hash, hash, memory_order_relaxed);
    return oz_intern_str(t, str);
}

Ref oz_intern(Thread *t, const char *utf8)
{
    size_t length = strlen(utf8);
    if (oz_ascii_prefix((const uint8_t *)utf8, length) == length)
        return oz_intern_ascii(t, utf8, length);
    Ref str = oz_str_from_utf8(t, utf8, length);
    return str ? oz_intern_str(t, str) : NULL;
}

void oz_share_interned(Thread *t)
{
    const InternTable *table = t->vm->interned;
    for (size_t i = 0; i <= table->mask; i++)
        if (table->slots[i])
            oz_publish(t, (Obj)table->slots[i]);
}

/* Empty slot `gap`, and move entries of the run behind it that would not be found any more. */
static void close_gap(InternTable *table, size_t gap)
{
    size_t i = gap;
    table->slots[gap] = NULL;
    for (;;) {
        i = (i + 1) & table->mask;
        Str *s = table->slots[i];
        if (!s)
            return;
        size_t home = oz_str_hash32(s) & table->mask;
        if (((i - home) & table->mask) < ((i - gap) & table->mask))
            continue;
        table->slots[gap] = s;
        table->slots[i] = NULL;
        gap = i;
    }
}

void oz_intern_forget(Vm *vm, const Str *s)
{
    InternTable *table = vm->interned;
    if (!table)
        return;
    pthread_mutex_lock(&table->lock);
    size_t i = oz_str_hash32(s) & table->mask;
    while (table->slots[i] && table->slots[i] != s)
        i = (i + 1) & table->mask;
    if (table->slots[i]) {
        table->used--;
        close_gap(table, i);
    }
    pthread_mutex_unlock(&table->lock);
}

static const char *const names[OZ_NAME_COUNT] = {
#define NAME(name) #name,
#define STRING(name, text) text,
#include "object/names.def"
#undef NAME
#undef STRING
};

static bool name_init(Thread *t, int index)
{
    Ref name = oz_intern(t, names[index]);
    if (!name)
        return false;
    oz_make_immortal(oz_object(name));
    t->vm->names[index] = name;
    return true;
}

bool oz_names_init(Thread *t)
{
    t->vm->interned = table_new(t);
    if (!t->vm->interned) {
        oz_raise_memory(t);
        return false;
    }
    if (!name_init(t, OZ_NAME_empty_text)) /* first: every empty text is this one */
        return false;
    for (int i = 0; i < OZ_NAME_COUNT; i++)
        if (!t->vm->names[i] && !name_init(t, i))
            return false;
    return true;
}
