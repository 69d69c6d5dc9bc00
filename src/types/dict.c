// SPDX-License-Identifier: MIT
// dict: the table, and the operations that native code uses (dict_type.c has the methods).
//
// Layout and invariants D1..D5 stand in dict_layout.h.
//
// Lookup.  A key whose hash and equality need no Python code ("bare": exact str, int or float in
// place, bool, None) is found in a BARE table without any call.  Every other lookup compares by
// oz_equal, which may change the dict: after it the table and the entry are looked at again, and
// if the entry died or moved, or a key came in, the lookup starts anew.  Other keys that went away
// matter not: their buckets stay (D2).
//
// Buckets are probed as i = 5 i + 1 + perturb, with the hash shifted down into perturb: it visits
// every bucket, and ints in sequence fall into buckets in sequence.  Buckets lie below the header,
// bucket i at table[-1 - i], so that neither they nor the entries need another pointer.
//
// Growth.  n entries grow to 5/4 n (small tables to 3/2 n), rounded up to what the cell holds.  A
// table without dead entries whose index stays large enough is resized in place (above 256 KiB by
// mremap, without copying, and the new tail is not resident until used); otherwise the live entries
// move to a new table.  Tables do not shrink on deletion, except that an emptied large one is
// freed.
//
// Deleting at either end leaves run lengths in the dead keys (D4), so that popitem and ordered
// dicts' popitem(last=False) find the next live entry at once.
#include "object/counts.h"
#include "object/world.h"
#include "types/dict_layout.h"

#include "types/float.h"
#include "types/int.h"
#include "types/iterate.h"
#include "types/list.h"
#include "types/str.h"

enum { SCAN_MAX = 8, BITS_MIN = 4, SMALL = 512 };
#define CAPACITY_MAX ((size_t)0x80000000)
#define HASH_MODULUS ((INT64_C(1) << 61) - 1)

typedef enum Width { WIDTH_1, WIDTH_2, WIDTH_4 } Width;

/* ---- sizes ---- */

static Width width_of(unsigned bits)
{
    return bits <= 8 ? WIDTH_1 : bits <= 16 ? WIDTH_2 : WIDTH_4;
}

static size_t index_size(unsigned bits)
{
    return bits ? (size_t)1 << bits << width_of(bits) : 0;
}

static size_t bits_capacity(unsigned bits)
{
    return bits ? ((size_t)3 << bits) / 4 : SCAN_MAX;
}

static unsigned bits_for(size_t capacity)
{
    if (capacity <= SCAN_MAX)
        return 0;
    unsigned bits = BITS_MIN;
    while (bits_capacity(bits) < capacity)
        bits++;
    return bits;
}

static size_t stride_of(unsigned kind)
{
    return kind == OZ_DICT_BARE ? 16 : 24;
}

static size_t block_size(unsigned kind, unsigned bits, size_t capacity)
{
    return index_size(bits) + sizeof(DictTable) + capacity * stride_of(kind);
}

size_t oz_dict_table_size(const DictTable *table)
{
    return block_size(table->kind, table->index_bits, table->capacity);
}

static void *block_of(DictTable *table)
{
    return (char *)table - index_size(table->index_bits);
}

/* As many entries as fit into the cell that `capacity` needs anyway. */
static size_t fit(unsigned kind, unsigned bits, size_t capacity)
{
    size_t bytes = block_size(kind, bits, capacity);
    size_t most = bits_capacity(bits);
    capacity += (oz_heap_good_size(bytes) - bytes) / stride_of(kind);
    return capacity < most ? capacity : most;
}

static size_t growth(size_t n, unsigned bits)
{
    if (n <= SCAN_MAX)
        return n <= 3 ? 3 : SCAN_MAX;
    size_t want = n + (n < SMALL ? n / 2 : n / 4);
    size_t same_index = bits_capacity(bits);
    return same_index > n + n / 8 && same_index < want ? same_index : want;
}

/* ---- hashes of bare keys ---- */

static int64_t int_hash(int64_t n)
{
    if (n <= -HASH_MODULUS || n >= HASH_MODULUS)
        n %= HASH_MODULUS;
    return n == -1 ? -2 : n;
}

/* None has the hash that oz_hash gives it; that runs nothing. */
static OZ_COLD int64_t none_hash(void)
{
    int64_t hash = 0;
    if (!oz_hash(oz_thread(), OZ_NONE, &hash))
        oz_exception_clear(oz_thread());
    return hash;
}

static inline int64_t hash_of_bare(Obj key)
{
    if (oz_is_pointer(key))
        return oz_str_hash((const Str *)key);
    if (oz_is_int(key))
        return int_hash(oz_int_value(key));
    if (oz_is_bool(key))
        return key == OZ_TRUE;
    return oz_is_float(key) ? oz_float_hash(oz_float_value(key)) : none_hash();
}

bool oz_bare_hash_slow(Obj key, int64_t *hash)
{
    if (!oz_is_bare(key))
        return false;
    *hash = hash_of_bare(key);
    return true;
}

static inline bool hash_key(Thread *t, Obj key, int64_t *hash)
{
    if (OZ_LIKELY(oz_is_bare(key))) {
        *hash = hash_of_bare(key);
        return true;
    }
    return oz_hash(t, key, hash);
}

int64_t oz_dict_entry_hash(const DictTable *table, const DictEntry *entry)
{
    return table->kind == OZ_DICT_HASHED ? entry->hash : hash_of_bare(entry->key);
}

/* Are two bare keys with different words equal, of which `a` is no str? */
static bool numbers_equal(Obj a, Obj b)
{
    if (oz_is_bool(a))
        a = oz_int(a == OZ_TRUE);
    if (oz_is_bool(b))
        b = oz_int(b == OZ_TRUE);
    if (a == b)
        return true;
    if (oz_is_float(b)) {
        Obj other = a;
        a = b;
        b = other;
    }
    if (!oz_is_float(a) || !oz_is_int(b))
        return false;
    double d = oz_float_value(a);
    return d >= -0x1p62 && d < 0x1p62 && d == (double)(int64_t)d && (int64_t)d == oz_int_value(b);
}

bool oz_bare_equal(Obj a, Obj b)
{
    if (oz_is_pointer(a) != oz_is_pointer(b))
        return false;
    if (oz_is_pointer(a))
        return a == b || oz_strs_equal((const Str *)a, (const Str *)b);
    return a == b || (!oz_is_none(a) && !oz_is_none(b) && numbers_equal(a, b));
}

/* ---- the index ---- */

/* What only who has the turn or the dict alone reads, and what who runs free reads: with `shared`,
 * a constant, the functions below are compiled for the latter (oz_dict_read_shared). */
#define LOAD(shared, place) ((shared) ? OZ_PEEK(place) : *(place))
/* The same of a key that is looked into. */
#define LOAD_KEY(shared, place) ((shared) ? OZ_READ(place) : *(place))

OZ_INLINE uint32_t bucket_load(const DictTable *table, size_t i, bool shared)
{
    ssize_t at = -1 - (ssize_t)i;
    switch (width_of(table->index_bits)) {
    case WIDTH_1:
        return LOAD(shared, &((const uint8_t *)table)[at]);
    case WIDTH_2:
        return LOAD(shared, &((const uint16_t *)table)[at]);
    default:
        return LOAD(shared, &((const uint32_t *)table)[at]);
    }
}

static inline uint32_t bucket_get(const DictTable *table, size_t i)
{
    return bucket_load(table, i, false);
}

static inline void bucket_set(DictTable *table, size_t i, uint32_t n)
{
    ssize_t at = -1 - (ssize_t)i;
    switch (width_of(table->index_bits)) {
    case WIDTH_1:
        OZ_WRITE(&((uint8_t *)table)[at], (uint8_t)n);
        break;
    case WIDTH_2:
        OZ_WRITE(&((uint16_t *)table)[at], (uint16_t)n);
        break;
    default:
        OZ_WRITE(&((uint32_t *)table)[at], n);
    }
}

/* A walk over the entries that a hash may be found at. */
typedef struct Probe {
    size_t mask;
    size_t at;
    uint64_t perturb;
} Probe;

static inline Probe probe_start(const DictTable *table, int64_t hash)
{
    size_t mask = table->index_bits ? ((size_t)1 << table->index_bits) - 1 : 0;
    return (Probe){mask, (size_t)hash & mask, (uint64_t)hash};
}

static inline void probe_step(Probe *p)
{
    p->perturb >>= 5;
    p->at = (p->at * 5 + (size_t)p->perturb + 1) & p->mask;
}

/* The next candidate, or -1.  Without an index, `at` counts the entries. */
OZ_INLINE ssize_t probe_load(Probe *p, const DictTable *table, bool shared)
{
    if (!table->index_bits) {
        if (p->perturb != UINT64_MAX)
            *p = (Probe){0, 0, UINT64_MAX};
        return p->at < LOAD(shared, &table->used) ? (ssize_t)p->at++ : -1;
    }
    uint32_t n = bucket_load(table, p->at, shared);
    probe_step(p);
    return (ssize_t)n - 1;
}

static inline ssize_t probe_next(Probe *p, const DictTable *table)
{
    return probe_load(p, table, false);
}

static void index_put(DictTable *table, int64_t hash, size_t entry)
{
    if (!table->index_bits)
        return;
    Probe p = probe_start(table, hash);
    while (bucket_get(table, p.at))
        probe_step(&p);
    bucket_set(table, p.at, (uint32_t)entry + 1);
}

/* ---- finding ---- */

OZ_INLINE ssize_t scan_str(const DictTable *table, Obj key, bool shared)
{
    size_t used = LOAD(shared, &table->used);
    for (size_t i = 0; i < used; i++)
        if (LOAD(shared, &oz_dict_bare_entry(table, i)->key) == key)
            return (ssize_t)i;
    for (size_t i = 0; i < used; i++) {
        Obj other = LOAD_KEY(shared, &oz_dict_bare_entry(table, i)->key);
        if (oz_is_pointer(other) && oz_strs_equal((const Str *)other, (const Str *)key))
            return (ssize_t)i;
    }
    return -1;
}

static OZ_NOINLINE ssize_t scan_own(const DictTable *table, Obj key)
{
    return scan_str(table, key, false);
}

/* The entry of an exact str in a BARE table, or -1.  Dead keys are no pointers. */
OZ_INLINE ssize_t find_str_as(const DictTable *table, Obj key, bool shared)
{
    if (!table->index_bits)
        return shared ? scan_str(table, key, true) : scan_own(table, key);
    Probe p = probe_start(table, oz_str_hash((const Str *)key));
    for (uint32_t n; (n = bucket_load(table, p.at, shared)) != 0; probe_step(&p)) {
        Obj other = LOAD_KEY(shared, &oz_dict_bare_entry(table, n - 1)->key);
        if (OZ_LIKELY(other == key) ||
            (oz_is_pointer(other) && oz_strs_equal((const Str *)other, (const Str *)key)))
            return (ssize_t)n - 1;
    }
    return -1;
}

static inline ssize_t find_str(const DictTable *table, Obj key)
{
    return find_str_as(table, key, false);
}

/* The entry of an int in place in an indexed BARE table, or -1. */
OZ_INLINE ssize_t find_int_as(const DictTable *table, Obj key, int64_t hash, bool shared)
{
    Probe p = probe_start(table, hash);
    for (uint32_t n; (n = bucket_load(table, p.at, shared)) != 0; probe_step(&p)) {
        const DictEntry *e = oz_dict_bare_entry(table, n - 1);
        Obj other = LOAD(shared, &e->key);
        if (OZ_LIKELY(other == key && LOAD(shared, &e->value)))
            return (ssize_t)n - 1;
        if (!oz_is_int(other) && !oz_is_pointer(other) && LOAD(shared, &e->value) &&
            oz_bare_equal(key, other))
            return (ssize_t)n - 1;
    }
    return -1;
}

static inline ssize_t find_int(const DictTable *table, Obj key, int64_t hash)
{
    return find_int_as(table, key, hash, false);
}

/* Is it one for find_int? */
static inline bool is_int_lookup(const DictTable *table, Obj key)
{
    return oz_is_int(key) && table && table->kind == OZ_DICT_BARE && table->index_bits;
}

/* The entry of any other bare key in a BARE table, or -1. */
OZ_INLINE ssize_t find_number_as(const DictTable *table, Obj key, int64_t hash, bool shared)
{
    if (oz_is_int(key) && table->index_bits)
        return find_int_as(table, key, hash, shared);
    Probe p = probe_start(table, hash);
    for (ssize_t i; (i = probe_load(&p, table, shared)) >= 0;) {
        const DictEntry *e = oz_dict_bare_entry(table, (size_t)i);
        Obj other = LOAD(shared, &e->key);
        if (!LOAD(shared, &e->value) || oz_is_pointer(other))
            continue;
        if (other == key || (!oz_are_ints(other, key) && oz_bare_equal(key, other)))
            return i;
    }
    return -1;
}

static ssize_t find_number(const DictTable *table, Obj key, int64_t hash)
{
    return find_number_as(table, key, hash, false);
}

static inline ssize_t find_bare(const DictTable *table, Obj key, int64_t hash)
{
    return oz_is_pointer(key) ? find_str(table, key) : find_number(table, key, hash);
}

/* The same by who runs free. */
static ssize_t find_shared(const DictTable *table, Obj key, int64_t hash)
{
    return oz_is_pointer(key) ? find_str_as(table, key, true)
                              : find_number_as(table, key, hash, true);
}

/* One candidate of a lookup by oz_equal.  OZ_FOUND: it is the key; OZ_MISSING: it is not;
 * *again: the dict changed meanwhile. */
static Found match(Thread *t, Dict *d, size_t i, Obj key, bool *again)
{
    DictTable *table = d->table;
    uint32_t came = table->change + table->live; /* a key that goes leaves the sum as it is */
    scoped Ref own = oz_retain(oz_dict_entry_at(table, i)->key);
    bool same;
    if (!oz_equal(t, own, key, &same))
        return OZ_RAISED;
    *again = d->table != table || table->change + table->live != came || i >= table->used ||
             oz_dict_entry_at(table, i)->key != own || !oz_dict_entry_at(table, i)->value;
    return same ? OZ_FOUND : OZ_MISSING;
}

static Found find_any(Thread *t, Dict *d, Obj key, int64_t hash, size_t *entry)
{
restart:;
    DictTable *table = d->table;
    if (!table)
        return OZ_MISSING;
    Probe p = probe_start(table, hash);
    for (ssize_t i; (i = probe_next(&p, table)) >= 0;) {
        const DictEntry *e = oz_dict_entry_at(table, (size_t)i);
        if (!e->value)
            continue;
        *entry = (size_t)i;
        if (e->key == key)
            return OZ_FOUND;
        if (oz_dict_entry_hash(table, e) != hash)
            continue;
        if (oz_is_exact_str(key) && oz_is_exact_str(e->key)) {
            if (oz_str_equal((const Str *)key, (const Str *)e->key))
                return OZ_FOUND;
            continue;
        }
        bool again = false;
        Found found = match(t, d, (size_t)i, key, &again);
        if (again && found != OZ_RAISED)
            goto restart;
        if (found != OZ_MISSING)
            return found;
    }
    return OZ_MISSING;
}

Found oz_dict_locate_hash(Thread *t, Dict *d, Obj key, int64_t hash, size_t *entry)
{
    const DictTable *table = d->table;
    if (!table)
        return OZ_MISSING;
    if (OZ_UNLIKELY(table->kind != OZ_DICT_BARE || !oz_is_bare(key)))
        return find_any(t, d, key, hash, entry);
    ssize_t i = find_bare(table, key, hash);
    *entry = (size_t)i;
    return i < 0 ? OZ_MISSING : OZ_FOUND;
}

Found oz_dict_locate(Thread *t, Dict *d, Obj key, int64_t *hash, size_t *entry)
{
    const DictTable *table = d->table;
    if (OZ_LIKELY(table && table->kind == OZ_DICT_BARE && oz_is_exact_str(key))) {
        ssize_t i = find_str(table, key);
        *hash = oz_str_hash((const Str *)key);
        *entry = (size_t)i;
        return i < 0 ? OZ_MISSING : OZ_FOUND;
    }
    if (is_int_lookup(table, key)) {
        *hash = int_hash(oz_int_value(key));
        ssize_t i = find_int(table, key, *hash);
        *entry = (size_t)i;
        return i < 0 ? OZ_MISSING : OZ_FOUND;
    }
    if (!hash_key(t, key, hash))
        return OZ_RAISED;
    return oz_dict_locate_hash(t, d, key, *hash, entry);
}

/* ---- positions ---- */

static size_t low_run(Obj marker)
{
    return (size_t)(oz_int_value(marker) & UINT32_MAX);
}

size_t oz_dict_front(const DictTable *table)
{
    if (!table->used)
        return 0;
    const DictEntry *first = oz_dict_entry_at(table, 0);
    return first->value ? 0 : low_run(first->key);
}

/* Entries at the front that were never used, and can take a new key. */
static size_t front_room(const DictTable *table)
{
    if (!table->used)
        return 0;
    const DictEntry *first = oz_dict_entry_at(table, 0);
    return first->value ? 0 : (size_t)(oz_int_value(first->key) >> 32);
}

size_t oz_dict_next_live(const DictTable *table, size_t from)
{
    if (from == 0)
        from = oz_dict_front(table);
    while (from < table->used && !oz_dict_entry_at(table, from)->value)
        from++;
    return from;
}

ssize_t oz_dict_last_live(const DictTable *table, size_t end)
{
    while (end > 0) {
        const DictEntry *e = oz_dict_entry_at(table, end - 1);
        if (e->value)
            return (ssize_t)end - 1;
        size_t run = end > 1 && e->key ? low_run(e->key) : 1;
        end = run < end ? end - run : 0;
    }
    return -1;
}

/* Note the runs of dead entries at both ends after the death of entry `i` (D4). */
static void mark_runs(DictTable *table, size_t i)
{
    if (i > 0 && i == table->used - 1) {
        size_t live = (size_t)(oz_dict_last_live(table, table->used) + 1);
        OZ_WRITE(&oz_dict_entry_at(table, i)->key, oz_int((int64_t)(table->used - live)));
    } else if (i > 0) {
        const DictEntry *end = oz_dict_entry_at(table, table->used - 1);
        if (!end->value && i == table->used - 1 - low_run(end->key)) {
            size_t live = (size_t)(oz_dict_last_live(table, i + 1) + 1);
            OZ_WRITE(&oz_dict_entry_at(table, table->used - 1)->key,
                     oz_int((int64_t)(table->used - live)));
        }
    }
    DictEntry *first = oz_dict_entry_at(table, 0);
    if (first->value)
        return;
    size_t room = i ? front_room(table) : 0;
    size_t run = i ? low_run(first->key) : 0;
    if (i && i != run)
        return;
    for (run = i + 1; run < table->used && !oz_dict_entry_at(table, run)->value;)
        run++;
    OZ_WRITE(&first->key, oz_int((int64_t)(room << 32 | run)));
}

/* Its value goes first: who still finds the key then sees that the entry is dead. */
static void take_entry(DictEntry *e, Ref *key, Ref *value)
{
    *value = e->value;
    OZ_WRITE(&e->value, NULL);
    *key = e->key;
    OZ_WRITE(&e->key, NULL);
}

void oz_dict_kill(Dict *d, size_t i, Ref *key, Ref *value)
{
    DictTable *table = d->table;
    DictEntry *e = oz_dict_entry_at(table, i);
    take_entry(e, key, value);
    table->live--;
    table->change++;
    if (table->live == 0 && table->capacity > 64) {
        OZ_WRITE(&d->table, NULL);
        oz_block_give_up(oz_thread(), &d->base, block_of(table));
    } else {
        mark_runs(table, i);
    }
}

/* ---- tables ---- */

static DictTable *table_new(Thread *t, unsigned kind, size_t capacity)
{
    if (capacity > CAPACITY_MAX) {
        oz_raise_memory(t);
        return NULL;
    }
    unsigned bits = bits_for(capacity);
    char *block = oz_block_alloc(t->heap, block_size(kind, bits, capacity));
    if (!block) {
        oz_raise_memory(t);
        return NULL;
    }
    memset(block, 0, index_size(bits));
    DictTable *table = (DictTable *)(block + index_size(bits));
    *table = (DictTable){
        .capacity = (uint32_t)capacity, .index_bits = (uint8_t)bits, .kind = (uint8_t)kind};
    return table;
}

/* Move the live entries of the dict's table to a new one, behind `room` unused ones. */
static bool rebuild(Thread *t, Dict *d, unsigned kind, size_t capacity, size_t room)
{
    DictTable *new = table_new(t, kind, capacity);
    if (!new)
        return false;
    DictTable *old = d->table;
    new->used = (uint32_t)room;
    for (size_t i = 0; i < room; i++) {
        DictEntry *e = oz_dict_entry_at(new, i);
        e->key = e->value = NULL;
    }
    if (room)
        oz_dict_entry_at(new, 0)->key = oz_int((int64_t)((uint64_t)room << 32 | room));
    for (size_t i = old ? oz_dict_front(old) : 0; old && i < old->used; i++) {
        const DictEntry *from = oz_dict_entry_at(old, i);
        if (!from->value)
            continue;
        int64_t hash =
            new->index_bits || kind == OZ_DICT_HASHED ? oz_dict_entry_hash(old, from) : 0;
        DictEntry *to = oz_dict_entry_at(new, new->used);
        to->key = from->key;
        to->value = from->value;
        if (kind == OZ_DICT_HASHED)
            to->hash = hash;
        index_put(new, hash, new->used++);
    }
    if (old) {
        new->live = old->live;
        new->change = old->change;
        if (old->live == old->used && kind == OZ_DICT_BARE && !room)
            new->id = old->id; /* D3 holds: every entry kept its number */
    }
    OZ_WRITE(&d->table, new);
    if (old)
        oz_block_give_up(t, &d->base, block_of(old));
    return true;
}

/* More entries behind the others, without moving anything (or by moving the whole block). */
static bool extend(Thread *t, Dict *d, size_t capacity)
{
    DictTable *table = d->table;
    if (OZ_UNLIKELY(oz_refs(&d->base) < 0)) /* others may be reading the old block */
        return rebuild(t, d, table->kind, capacity, 0);
    size_t before = index_size(table->index_bits);
    char *block = oz_block_realloc(t->heap, block_of(table),
                                   block_size(table->kind, table->index_bits, capacity));
    if (!block)
        return oz_raise_memory(t) != NULL;
    d->table = (DictTable *)(block + before);
    d->table->capacity = (uint32_t)capacity;
    return true;
}

/* A larger index for a table without dead entries: the block grows, header and entries move up in
 * it.  A large table so never needs room for a second one. */
static bool extend_index(Thread *t, Dict *d, size_t capacity)
{
    enum { AHEAD = 16 }; /* entries whose strs are asked for before their hashes are */
    DictTable *table = d->table;
    if (OZ_UNLIKELY(oz_refs(&d->base) < 0))
        return rebuild(t, d, table->kind, capacity, 0);
    unsigned bits = bits_for(capacity);
    size_t before = index_size(table->index_bits);
    size_t after = index_size(bits);
    size_t used = sizeof(DictTable) + table->used * oz_dict_stride(table);
    char *block =
        oz_block_realloc(t->heap, block_of(table), block_size(table->kind, bits, capacity));
    if (!block)
        return oz_raise_memory(t) != NULL;
    memmove(block + after, block + before, used);
    memset(block, 0, after);
    d->table = table = (DictTable *)(block + after);
    table->capacity = (uint32_t)capacity;
    table->index_bits = (uint8_t)bits;
    for (size_t i = 0; i < table->used; i++) {
        if (table->kind == OZ_DICT_BARE && i + AHEAD < table->used)
            __builtin_prefetch(oz_dict_bare_entry(table, i + AHEAD)->key);
        index_put(table, oz_dict_entry_hash(table, oz_dict_entry_at(table, i)), i);
    }
    return true;
}

static unsigned kind_for(const DictTable *table, Obj key)
{
    if (!oz_is_bare(key))
        return OZ_DICT_HASHED;
    return table && table->live ? table->kind : OZ_DICT_BARE;
}

/* Make the table larger, for `want` entries. */
static bool enlarge(Thread *t, Dict *d, unsigned kind, size_t want)
{
    DictTable *table = d->table;
    size_t live = table ? table->live : 0;
    unsigned bits = bits_for(want);
    want = fit(kind, bits, want);
    if (table && table->kind == kind && live == table->used && want <= CAPACITY_MAX)
        return table->index_bits == bits ? extend(t, d, want) : extend_index(t, d, want);
    return rebuild(t, d, kind, want, 0);
}

/* Room for `key` at the end. */
static bool make_room(Thread *t, Dict *d, Obj key)
{
    DictTable *table = d->table;
    if (OZ_LIKELY(table && table->used < table->capacity &&
                  (table->kind == OZ_DICT_HASHED || oz_is_bare(key))))
        return true;
    size_t live = table ? table->live : 0;
    return enlarge(t, d, kind_for(table, key), growth(live + 1, table ? table->index_bits : 0));
}

/* Room for `key` in front of all others: a table with a quarter of its entries before them. */
static bool make_front_room(Thread *t, Dict *d, Obj key)
{
    DictTable *table = d->table;
    if (table && front_room(table) && (table->kind == OZ_DICT_HASHED || oz_is_bare(key)))
        return true;
    size_t live = table ? table->live : 0;
    size_t room = live / 4 + 2;
    return rebuild(t, d, kind_for(table, key), growth(live + room + 1, 0), room);
}

static void fill(Dict *d, size_t i, Ref key, Ref value, int64_t hash)
{
    DictTable *table = d->table;
    DictEntry *e = oz_dict_entry_at(table, i);
    if (table->kind == OZ_DICT_HASHED)
        e->hash = hash;
    oz_store_first(&d->base, &e->key, key);
    oz_store_first(&d->base, &e->value, value);
    index_put(table, hash, i);
    table->live++;
    table->change++;
}

/* Fill the entry behind, or in front of, all others: there is room. */
static void put(Dict *d, Ref key, Ref value, int64_t hash, bool front)
{
    DictTable *table = d->table;
    if (!front) {
        uint32_t i = table->used;
        fill(d, i, key, value, hash);
        OZ_WRITE(&table->used, i + 1);
        return;
    }
    size_t i = front_room(table) - 1;
    if (i > 0) {
        DictEntry *first = oz_dict_entry_at(table, 0);
        OZ_WRITE(&first->key, oz_int((int64_t)((uint64_t)i << 32 | i)));
    }
    fill(d, i, key, value, hash);
}

bool oz_dict_push(Thread *t, Dict *d, Ref key, Ref value, int64_t hash, bool front)
{
    if (!(front ? make_front_room(t, d, key) : make_room(t, d, key))) {
        oz_drop(key);
        oz_drop(value);
        return false;
    }
    put(d, key, value, hash, front);
    return true;
}

bool oz_dict_move(Thread *t, Dict *d, size_t i, bool front)
{
    DictTable *table = d->table;
    if ((ssize_t)i ==
        (front ? (ssize_t)oz_dict_next_live(table, 0) : oz_dict_last_live(table, table->used)))
        return true;
    if (front ? !front_room(table) : table->used == table->capacity) {
        size_t rank = 0;
        for (size_t j = oz_dict_front(table); j < i; j++)
            rank += oz_dict_entry_at(table, j)->value != NULL;
        Obj key = oz_dict_entry_at(table, i)->key;
        if (!(front ? make_front_room(t, d, key) : make_room(t, d, key)))
            return false;
        table = d->table; /* without dead entries between the live ones */
        i = oz_dict_front(table) + rank;
    }
    DictEntry *e = oz_dict_entry_at(table, i);
    int64_t hash = oz_dict_entry_hash(table, e);
    Ref own, value;
    take_entry(e, &own, &value);
    table->live--;
    mark_runs(table, i);
    put(d, own, value, hash, front);
    return true;
}

/* ---- the contract ---- */

Ref oz_dict_new(Thread *t)
{
    Dict *d = oz_object_new_raw(t, OZ_DICT, sizeof(Dict));
    if (!d)
        return NULL;
    d->table = NULL;
    return (Ref)d;
}

Ref oz_dict_new_sized(Thread *t, size_t entries)
{
    Ref d = oz_dict_new(t);
    if (!d || !entries)
        return d;
    ((Dict *)d)->table = table_new(t, OZ_DICT_BARE, entries);
    if (((Dict *)d)->table)
        return d;
    oz_drop(d);
    return NULL;
}

bool oz_dict_are_names(const Obj *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!oz_is_exact_str(keys[i]) || !oz_has_flag(oz_object(keys[i]), OZ_FLAG_INTERNED))
            return false;
        for (size_t j = 0; j < i; j++)
            if (keys[i] == keys[j])
                return false;
    }
    return count <= SCAN_MAX;
}

Ref oz_dict_of_names(Thread *t, const Obj *keys, Ref *values, size_t count)
{
    scoped Ref made = oz_dict_new_sized(t, count);
    if (!made)
        return NULL;
    Dict *d = (Dict *)made;
    for (size_t i = 0; i < count; i++) {
        DictEntry *e = oz_dict_bare_entry(d->table, i);
        e->key = oz_retain(keys[i]); /* a leaf: nothing to track */
        oz_store_raw(&d->base, &e->value, oz_move(&values[i]));
    }
    if (count)
        d->table->used = d->table->live = d->table->change = (uint32_t)count;
    return oz_move(&made);
}

size_t oz_dict_length(const Dict *d)
{
    return d->table ? d->table->live : 0;
}

Found oz_dict_get(Thread *t, Dict *d, Obj key, Ref *value)
{
    int64_t hash;
    size_t i;
    const DictTable *table = d->table;
    if (OZ_LIKELY(table && table->kind == OZ_DICT_BARE && oz_is_exact_str(key))) {
        ssize_t at = find_str(table, key);
        *value = at < 0 ? NULL : oz_load(&oz_dict_bare_entry(table, (size_t)at)->value);
        return at < 0 ? OZ_MISSING : OZ_FOUND;
    }
    if (is_int_lookup(table, key)) {
        ssize_t at = find_int(table, key, int_hash(oz_int_value(key)));
        *value = at < 0 ? NULL : oz_load(&oz_dict_bare_entry(table, (size_t)at)->value);
        return at < 0 ? OZ_MISSING : OZ_FOUND;
    }
    Found found = oz_dict_locate(t, d, key, &hash, &i);
    *value = found == OZ_FOUND ? oz_load(&oz_dict_entry_at(d->table, i)->value) : NULL;
    return found;
}

bool oz_dict_read_shared(Dict *d, Obj key, Ref *value)
{
    int64_t hash;
    const DictTable *table = OZ_READ(&d->table);
    if (!table || table->kind != OZ_DICT_BARE || !oz_bare_hash(key, &hash))
        return false;
    ssize_t i = find_shared(table, key, hash);
    if (i < 0 || !oz_read_shared(&d->base, &oz_dict_bare_entry(table, (size_t)i)->value, value))
        return false;
    if (OZ_LIKELY(*value && OZ_READ(&d->table) == table))
        return true;
    oz_drop(*value);
    return false;
}

Obj oz_dict_peek_str(Dict *d, Obj key)
{
    const DictTable *table = d->table;
    if (!table)
        return NULL;
    if (OZ_LIKELY(table->kind == OZ_DICT_BARE)) {
        ssize_t i = find_str(table, key);
        return i < 0 ? NULL : oz_dict_bare_entry(table, (size_t)i)->value;
    }
    int64_t hash = oz_str_hash((const Str *)key);
    Probe p = probe_start(table, hash);
    for (ssize_t i; (i = probe_next(&p, table)) >= 0;) {
        const DictEntry *e = oz_dict_entry_at(table, (size_t)i);
        if (!e->value || e->hash != hash)
            continue;
        const Str *text = oz_as_str(e->key);
        if (text && oz_str_equal(text, (const Str *)key))
            return e->value;
    }
    return NULL;
}

static bool set_with_hash(Thread *t, Dict *d, Ref key, Ref value, int64_t hash)
{
    size_t i;
    Found found = oz_dict_locate_hash(t, d, key, hash, &i);
    if (found == OZ_MISSING)
        return oz_dict_push(t, d, key, value, hash, false);
    if (found == OZ_FOUND)
        oz_store(&d->base, &oz_dict_entry_at(d->table, i)->value, value);
    else
        oz_drop(value);
    oz_drop(key);
    return found == OZ_FOUND;
}

/* Fill the next entry of a BARE table with room; its bucket is set. */
OZ_INLINE void append_bare(Dict *d, Ref key, Ref value)
{
    DictTable *table = d->table;
    DictEntry *e = oz_dict_bare_entry(table, table->used++);
    e->key = key; /* a leaf: nothing to track */
    oz_store_raw(&d->base, &e->value, value);
    table->live++;
    table->change++;
}

static bool replace_bare(Dict *d, size_t i, Ref key, Ref value)
{
    oz_store(&d->base, &oz_dict_bare_entry(d->table, i)->value, value);
    oz_drop(key);
    return true;
}

/* d[key] = value for a bare key in a BARE table with room, in one probe; false: take the long way,
 * nothing was done. */
static bool set_bare(Dict *d, Ref key, Ref value, int64_t hash)
{
    DictTable *table = d->table;
    if (OZ_UNLIKELY(!table || table->kind != OZ_DICT_BARE || oz_refs(&d->base) < 0))
        return false;
    if (!table->index_bits) {
        ssize_t i = find_bare(table, key, hash);
        if (i >= 0)
            return replace_bare(d, (size_t)i, key, value);
        if (table->used == table->capacity)
            return false;
        append_bare(d, key, value);
        return true;
    }
    bool text = oz_is_pointer(key);
    Probe p = probe_start(table, hash);
    for (uint32_t n; (n = bucket_get(table, p.at)) != 0; probe_step(&p)) {
        DictEntry *e = oz_dict_bare_entry(table, n - 1);
        Obj other = e->key;
        if (other != key && (oz_are_ints(other, key) || oz_is_pointer(other) != text ||
                             (text ? !oz_strs_equal((const Str *)other, (const Str *)key)
                                   : !oz_bare_equal(other, key))))
            continue;
        if (!e->value) /* a dead entry's key is no key */
            continue;
        return replace_bare(d, n - 1, key, value);
    }
    if (table->used == table->capacity)
        return false;
    bucket_set(table, p.at, table->used + 1);
    append_bare(d, key, value);
    return true;
}

bool oz_dict_set_take(Thread *t, Dict *d, Ref key, Ref value)
{
    int64_t hash;
    if (OZ_LIKELY(oz_bare_hash(key, &hash)))
        return set_bare(d, key, value, hash) || set_with_hash(t, d, key, value, hash);
    if (OZ_LIKELY(hash_key(t, key, &hash)))
        return set_with_hash(t, d, key, value, hash);
    oz_drop(key);
    oz_drop(value);
    return false;
}

bool oz_dict_set(Thread *t, Dict *d, Obj key, Obj value)
{
    return oz_dict_set_take(t, d, oz_retain(key), oz_retain(value));
}

bool oz_dict_set_hash(Thread *t, Dict *d, Obj key, Obj value, int64_t hash)
{
    return set_with_hash(t, d, oz_retain(key), oz_retain(value), hash);
}

Found oz_dict_pop(Thread *t, Dict *d, Obj key, Ref *value)
{
    int64_t hash;
    size_t i;
    *value = NULL;
    Found found = oz_dict_locate(t, d, key, &hash, &i);
    if (found != OZ_FOUND)
        return found;
    Ref old;
    oz_dict_kill(d, i, &old, value);
    oz_drop(old);
    return OZ_FOUND;
}

Found oz_dict_delete(Thread *t, Dict *d, Obj key)
{
    Ref value;
    Found found = oz_dict_pop(t, d, key, &value);
    oz_drop(value);
    return found;
}

Found oz_dict_set_default(Thread *t, Dict *d, Obj key, Obj otherwise, Ref *value)
{
    int64_t hash;
    size_t i;
    *value = NULL;
    Found found = oz_dict_locate(t, d, key, &hash, &i);
    if (found == OZ_FOUND)
        *value = oz_load(&oz_dict_entry_at(d->table, i)->value);
    if (found != OZ_MISSING)
        return found;
    if (!oz_dict_push(t, d, oz_retain(key), oz_retain(otherwise), hash, false))
        return OZ_RAISED;
    *value = oz_retain(otherwise);
    return OZ_MISSING;
}

/* A copy of the table with every count raised; NULL: raised. */
static DictTable *table_copy(Thread *t, const DictTable *from)
{
    unsigned bits = bits_for(from->used);
    if (bits != from->index_bits)
        bits = from->index_bits;
    size_t bytes = block_size(from->kind, bits, from->used);
    char *block = oz_block_alloc(t->heap, bytes);
    if (!block) {
        oz_raise_memory(t);
        return NULL;
    }
    memcpy(block, (const char *)from - index_size(bits), bytes);
    DictTable *table = (DictTable *)(block + index_size(bits));
    table->id = 0;
    table->capacity = from->used;
    for (size_t i = 0; i < table->used; i++) {
        const DictEntry *e = oz_dict_entry_at(table, i);
        oz_retain(e->key);
        oz_retain(e->value);
    }
    return table;
}

/* A shared dict is to have the table. */
static void publish_table(Thread *t, const DictTable *table)
{
    for (size_t i = 0; i < table->used; i++) {
        oz_publish(t, oz_dict_entry_at(table, i)->key);
        oz_publish(t, oz_dict_entry_at(table, i)->value);
    }
}

/* Fill an empty dict with what `from` holds. */
static bool copy_into(Thread *t, Dict *d, Dict *from)
{
    DictTable *source = from->table;
    if (!source || !source->live)
        return true;
    if (source->live < source->used - source->used / 8 || (d->table && d->table->live)) {
        size_t at = 0;
        for (Obj key, value; oz_dict_step(from, &at, &key, &value);) {
            int64_t hash = oz_dict_entry_hash(source, oz_dict_entry_at(source, at - 1));
            if (!oz_dict_push(t, d, oz_retain(key), oz_retain(value), hash, false))
                return false;
        }
        return true;
    }
    DictTable *table = table_copy(t, source);
    if (!table)
        return false;
    DictTable *old = d->table;
    if (oz_has_flag(&from->base, OZ_FLAG_TRACKED) || oz_refs(&from->base) < 0)
        oz_track_slow(&d->base);
    if (OZ_UNLIKELY(oz_refs(&d->base) < 0))
        publish_table(t, table);
    OZ_WRITE(&d->table, table);
    if (old)
        oz_block_give_up(t, &d->base, block_of(old));
    return true;
}

Ref oz_dict_copy(Thread *t, Dict *d)
{
    Ref copy = oz_dict_new(t);
    if (copy && !copy_into(t, (Dict *)copy, d)) {
        oz_drop(copy);
        return NULL;
    }
    return copy;
}

Ref oz_dict_with_keywords(Thread *t, Obj old, const Args *args)
{
    scoped Ref dict = old ? oz_dict_copy(t, (Dict *)old) : oz_dict_new(t);
    for (uint32_t i = 0; dict && i < args->named; i++)
        if (!oz_dict_set(t, (Dict *)dict, ((const Tuple *)args->names)->items[i],
                         args->items[args->count + i]))
            return NULL;
    return oz_move(&dict);
}

void oz_dict_clear(Thread *t, Dict *d)
{
    DictTable *table = d->table;
    if (!table)
        return;
    OZ_WRITE(&d->table, NULL);
    for (size_t i = 0; i < table->used; i++) {
        DictEntry *e = oz_dict_entry_at(table, i);
        oz_drop(e->key);
        oz_drop(e->value);
    }
    oz_block_give_up(t, &d->base, block_of(table));
}

Ref oz_dict_key_list(Thread *t, Dict *d)
{
    scoped Ref list = oz_list_new(t, oz_dict_length(d));
    if (!list)
        return NULL;
    size_t at = 0;
    for (Obj key, value; oz_dict_step_inline(d, &at, &key, &value);)
        if (!oz_list_append(t, (List *)list, key))
            return NULL;
    return oz_move(&list);
}

bool oz_dict_step(Dict *d, size_t *at, Obj *key, Obj *value)
{
    return oz_dict_step_inline(d, at, key, value);
}

/* The table's id, given when it is first asked for; 0: the ids are used up. */
static uint32_t give_id(DictTable *table)
{
    if (!table->id) {
        _Atomic(uint32_t) *next = &oz_thread()->vm->next_table_id;
        uint32_t id = atomic_load_explicit(next, memory_order_relaxed);
        while (id && !atomic_compare_exchange_weak(next, &id, id + 1))
            ;
        OZ_WRITE(&table->id, id);
    }
    return table->id;
}

uint32_t oz_dict_table_id(Dict *d)
{
    DictTable *table = d->table;
    return table && table->kind == OZ_DICT_BARE ? give_id(table) : 0;
}

ssize_t oz_dict_entry_of(Dict *d, Obj key, uint32_t *table_id)
{
    *table_id = oz_dict_table_id(d);
    return *table_id ? find_str(d->table, key) : -1;
}

/* ---- update ---- */

/* Before `count` pairs are put in: room for them if they are many, as if all keys were new. */
static bool expect(Thread *t, Dict *d, size_t count)
{
    const DictTable *table = d->table;
    if (!table || count <= table->capacity - table->used || count < table->live / 2 ||
        table->live + count > CAPACITY_MAX)
        return true;
    return enlarge(t, d, table->kind, table->live + count);
}

/* Is the key missing?  If not, nothing is raised: *repeated is it. */
static bool is_new(Thread *t, Dict *d, Obj key, int64_t hash, Ref *repeated)
{
    size_t i;
    Found found = oz_dict_locate_hash(t, d, key, hash, &i);
    if (found == OZ_FOUND)
        *repeated = oz_retain(key);
    return found == OZ_MISSING;
}

/* The hashes are known. */
bool oz_dict_merge(Thread *t, Dict *d, Dict *from, Ref *repeated)
{
    if (d == from || !from->table)
        return true;
    if (!oz_dict_length(d))
        return copy_into(t, d, from);
    size_t length = oz_dict_length(from);
    if (!expect(t, d, length))
        return false;
    size_t at = 0;
    for (Obj key, value; oz_dict_step_inline(from, &at, &key, &value);) {
        int64_t hash = oz_dict_entry_hash(from->table, oz_dict_entry_at(from->table, at - 1));
        scoped Ref own = oz_retain(key), kept = oz_retain(value);
        if (repeated && !is_new(t, d, own, hash, repeated))
            return false;
        Ref k = oz_move(&own), v = oz_move(&kept);
        if (!(oz_is_bare(k) && set_bare(d, k, v, hash)) && !set_with_hash(t, d, k, v, hash))
            return false;
        if (OZ_UNLIKELY(oz_dict_length(from) != length))
            return oz_fail(t, OZ_RuntimeError, "dict mutated during update");
        if (!oz_poll(t))
            return false;
    }
    return true;
}

/* What keys() gives, all of it: getting a value may change what the keys are of.  A list is taken
 * as it is. */
static Ref keys_of(Thread *t, Obj other, Obj keys_method)
{
    scoped Ref keys = oz_call0(t, keys_method);
    if (!keys || oz_is(keys, OZ_LIST))
        return oz_move(&keys);
    scoped Ref each = oz_iter(t, keys);
    if (!each && oz_exception_forget(t, OZ_TypeError))
        oz_raise(t, OZ_TypeError, "%T.keys() returned a non-iterable (type %T)", other, keys);
    return each ? oz_list_from(t, each) : NULL;
}

bool oz_dict_update_by_keys(Thread *t, Dict *d, Obj other, Obj keys_method, Ref *repeated)
{
    scoped Ref list = keys_of(t, other, keys_method);
    scoped Ref iterator = list ? oz_iter(t, list) : NULL;
    if (!iterator)
        return false;
    for (;;) {
        scoped Ref key = NULL;
        Found found = oz_next(t, iterator, &key);
        if (found != OZ_FOUND)
            return found == OZ_MISSING;
        int64_t hash;
        if (repeated && (!oz_hash(t, key, &hash) || !is_new(t, d, key, hash, repeated)))
            return false;
        Ref value = oz_get_item(t, other, key);
        if (!value || !oz_dict_set_take(t, d, oz_move(&key), value) || !oz_poll(t))
            return false;
    }
}

static bool update_pair(Thread *t, Dict *d, Obj pair, size_t index)
{
    if (OZ_LIKELY(oz_is(pair, OZ_TUPLE) && ((const Tuple *)pair)->length == 2)) {
        const Tuple *tuple = (const Tuple *)pair;
        return oz_dict_set(t, d, tuple->items[0], tuple->items[1]);
    }
    scoped Ref list = oz_list_from(t, pair);
    if (!list) {
        if (oz_raised(t, OZ_TypeError))
            return oz_fail(t, OZ_TypeError,
                           "cannot convert dictionary update sequence element #%zu to a sequence",
                           index);
        return false;
    }
    size_t length = oz_list_length((List *)list);
    if (length != 2)
        return oz_fail(t, OZ_ValueError,
                       "dictionary update sequence element #%zu has length %zu; 2 is required",
                       index, length);
    scoped Ref key = oz_list_get(t, (List *)list, 0);
    scoped Ref value = key ? oz_list_get(t, (List *)list, 1) : NULL;
    return value && oz_dict_set(t, d, key, value);
}

static bool update_pairs(Thread *t, Dict *d, Obj pairs)
{
    scoped Ref iterator = oz_iter(t, pairs);
    if (!iterator)
        return false;
    for (size_t i = 0;; i++) {
        scoped Ref pair = NULL;
        Found found = oz_next_inline(t, iterator, &pair);
        if (found != OZ_FOUND)
            return found == OZ_MISSING;
        if (!update_pair(t, d, pair, i) || !oz_poll(t))
            return false;
    }
}

Dict *oz_dict_unchanged(Thread *t, Obj v)
{
    Dict *d = oz_as_dict(v);
    bool same = d && (oz_is(v, OZ_ORDERED_DICT) ||
                      oz_class_of(v)->slots->iter == t->vm->classes[OZ_DICT]->slots->iter);
    return same ? d : NULL;
}

bool oz_dict_update(Thread *t, Dict *d, Obj other)
{
    Dict *from = oz_dict_unchanged(t, other);
    if (from)
        return oz_dict_merge(t, d, from, NULL);
    scoped Ref keys = NULL;
    Found found = oz_find_attr(t, other, OZ_NAME(t, keys), &keys);
    if (found == OZ_RAISED)
        return false;
    return found == OZ_FOUND ? oz_dict_update_by_keys(t, d, other, keys, NULL)
                             : update_pairs(t, d, other);
}
