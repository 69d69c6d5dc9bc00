// SPDX-License-Identifier: MIT
// The table of a dict, and inline access by table id and entry index.  For dict*.c, vm/, memtools/.
//
// One block: index, header, entries, in this order.  `table` points to the header, so the address
// of an entry depends on nothing else, and a table grows by oz_block_realloc where the index stays.
//
//   kind BARE    entries of 16 bytes {key, value}: every key is an exact str, an int or float in
//                place, a bool or None; the hash comes from the word or from the str cell
//   kind HASHED  entries of 24 bytes {key, value, hash}: any keys
//
// index_bits 0: no index, at most 8 entries, lookups scan.  Otherwise 2^index_bits buckets of 1, 2
// or 4 bytes, at most 3/4 full: 0 is empty, n is entry n - 1.
//
//   D1. An entry of one table goes empty -> (key, value) -> (key, value') ... -> dead, and is never
//       given to another key.  Dead or not yet used: value is empty.
//   D2. The bucket of a dead entry stays: it is the tombstone.
//   D3. A table whose id is not 0 is BARE; as long as the id is the same, entry n is the same key
//       or dead.
//   D4. The key of a dead entry is empty or an int in place: at entry 0, how many entries from the
//       front are dead (low 32 bits) and how many of those were never used (high bits); at the
//       last entry of a run of dead ones at the end, the length of that run.
//   D5. used <= capacity; live = number of entries with a value.
#ifndef OZ_TYPES_DICT_LAYOUT_H
#define OZ_TYPES_DICT_LAYOUT_H

#include "types/dict.h"
#include "types/str.h"

typedef struct DictTable {
    uint32_t id;        /* [atomic] for inline caches; 0: none was asked for */
    uint32_t capacity;  /* [const] entries */
    uint32_t used;      /* [turn] entries handed out, dead ones included; read by who runs free */
    uint32_t live;      /* [turn] */
    uint32_t change;    /* [turn] counts new and deleted keys; goes on in the next table */
    uint8_t index_bits; /* [const] */
    uint8_t kind;       /* [const] OZ_DICT_* */
    uint16_t spare;
} DictTable;

enum { OZ_DICT_BARE, OZ_DICT_HASHED };

typedef struct DictEntry {
    Ref key;      /* [turn] read by who runs free */
    Ref value;    /* [turn] likewise; empty: dead or not yet used */
    int64_t hash; /* [const] HASHED only */
} DictEntry;

struct Dict {
    Object base;
    DictTable *table; /* [turn] read by who runs free: a heap block; NULL: empty */
};

extern const TypeDef oz_dict_type; /* visit, clear and outside also serve subtypes */

_Static_assert(sizeof(DictTable) == 24, "{a, b, c} with str keys is 16 + 24 + 48 bytes");
_Static_assert(sizeof(Dict) == 16, "the smallest cell");

OZ_INLINE size_t oz_dict_stride(const DictTable *table)
{
    return table->kind == OZ_DICT_BARE ? 16 : 24;
}

OZ_INLINE DictEntry *oz_dict_entry_at(const DictTable *table, size_t i)
{
    return (DictEntry *)((char *)(table + 1) + i * oz_dict_stride(table));
}

OZ_INLINE DictEntry *oz_dict_bare_entry(const DictTable *table, size_t i)
{
    return (DictEntry *)((char *)(table + 1) + i * 16);
}

/* Where the value of entry `index` of the table with this id lies, as oz_dict_entry_of gave them;
 * NULL: it is another table now.  *result is empty: the key was deleted. */
OZ_INLINE Ref *oz_dict_entry_place(const Dict *d, uint32_t table_id, uint32_t index)
{
    const DictTable *table = d->table;
    if (OZ_UNLIKELY(!table || table->id != table_id))
        return NULL;
    return &oz_dict_bare_entry(table, index)->value;
}

/* The value, borrowed; NULL if the cache does not apply any more. */
OZ_INLINE Obj oz_dict_entry_value(const Dict *d, uint32_t table_id, uint32_t index)
{
    Ref *place = oz_dict_entry_place(d, table_id, index);
    return place ? *place : NULL;
}

/* ---- for dict_*.c and ordered dicts: positions in the order; none runs Python ---- */

/* The first live entry at or after `from`, or used. */
size_t oz_dict_next_live(const DictTable *table, size_t from);
/* The last live entry before `end`, or -1. */
ssize_t oz_dict_last_live(const DictTable *table, size_t end);
/* Entries at the front that are dead, a jump for walks. */
size_t oz_dict_front(const DictTable *table);
/* Kill entry `i` and give its key and value to the caller. */
void oz_dict_kill(Dict *d, size_t i, Ref *key, Ref *value);
/* The same, as a tuple. */
Ref oz_dict_pop_pair(Thread *t, Dict *d, size_t i) OZ_CHECKED;
/* Put (key, value), which is not in the dict, in front of or behind all others (both taken). */
bool oz_dict_push(Thread *t, Dict *d, Ref key, Ref value, int64_t hash, bool front) OZ_CHECKED;
/* Move entry `i` in front of or behind all others. */
bool oz_dict_move(Thread *t, Dict *d, size_t i, bool front) OZ_CHECKED;
/* hash(key), and the index of its entry or -1; OZ_RAISED: raised.  Runs Python: yes. */
Found oz_dict_locate(Thread *t, Dict *d, Obj key, int64_t *hash, size_t *entry) OZ_CHECKED;
Found oz_dict_locate_hash(Thread *t, Dict *d, Obj key, int64_t hash, size_t *entry) OZ_CHECKED;
/* The hash of a live entry's key. */
int64_t oz_dict_entry_hash(const DictTable *table, const DictEntry *entry);
/* d[key] = value where the hash is known; key and value retained. */
bool oz_dict_set_hash(Thread *t, Dict *d, Obj key, Obj value, int64_t hash) OZ_CHECKED;
/* Bytes of the table block. */
size_t oz_dict_table_size(const DictTable *table);
/* Keys of BARE tables: hash and equality need no Python code and cannot fail. */
OZ_INLINE bool oz_is_bare(Obj key)
{
    return !oz_is_pointer(key) ? key != OZ_ELLIPSIS && key != OZ_NOT_IMPLEMENTED
                               : oz_is_exact_str(key);
}
bool oz_bare_hash_slow(Obj key, int64_t *hash);
OZ_INLINE bool oz_bare_hash(Obj key, int64_t *hash) /* false: the key is not bare */
{
    if (OZ_LIKELY(oz_is_exact_str(key))) {
        *hash = oz_str_hash((const Str *)key);
        return true;
    }
    if (oz_is_int(key) && (uint64_t)oz_int_value(key) < UINT64_C(1) << 60) {
        *hash = oz_int_value(key);
        return true;
    }
    return oz_bare_hash_slow(key, hash);
}
bool oz_bare_equal(Obj a, Obj b); /* of two bare keys */

/* Of two exact strs that are not the same object. */
OZ_INLINE bool oz_strs_equal(const Str *a, const Str *b)
{
    uint32_t left = atomic_load_explicit(&a->hash, memory_order_relaxed);
    uint32_t right = atomic_load_explicit(&b->hash, memory_order_relaxed);
    if (OZ_UNLIKELY(!left || !right)) {
        left = oz_str_hash32(a);
        right = oz_str_hash32(b);
    }
    if (left != right)
        return false;
    if (oz_has_flag(&a->base, OZ_FLAG_INTERNED) && oz_has_flag(&b->base, OZ_FLAG_INTERNED))
        return false;
    return oz_str_same(a, b);
}

/* oz_dict_step without a call. */
OZ_INLINE bool oz_dict_step_inline(const Dict *d, size_t *at, Obj *key, Obj *value)
{
    const DictTable *table = d->table;
    if (!table)
        return false;
    size_t i = *at;
    if (OZ_UNLIKELY(i >= table->used || !oz_dict_entry_at(table, i)->value))
        i = oz_dict_next_live(table, i);
    if (i >= table->used)
        return false;
    const DictEntry *e = oz_dict_entry_at(table, i);
    *key = e->key;
    *value = e->value;
    *at = i + 1;
    return true;
}

#endif
