// SPDX-License-Identifier: MIT
// set and frozenset: the table, and the operations that native code uses (set_type.c has the
// methods).
//
// Layout and invariants S1..S3 stand in set_layout.h.  Lookup follows dict.c: bare items in a BARE
// table are compared without any call; every other comparison may run Python code, and the lookup
// starts anew if the table, its change counter or the slot is another one after it.
//
// A table is made with at least 8 slots and doubles when it is 3/4 full; where tombstones fill it,
// it is made anew in the size that its items need.  A set that becomes empty frees its table.
//
// Sets of ints or strs alone, the common ones, have paths of their own through all that walks a
// whole table: no Python code can run, so the items need no owner and the walk polls by the piece.
// The hash of a str lies in its cell: where a large table moves, the cells are fetched ahead.
#include "types/set_layout.h"

#include "base/os_memory.h"
#include "types/dict_layout.h"
#include "types/iterate.h"
#include "types/list_layout.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

enum { BITS_MIN = 3, BITS_MAX = 31 };

/* ---- the table ---- */

static size_t slots_of(const SetTable *table)
{
    return (size_t)1 << table->bits;
}

static size_t block_size(unsigned kind, unsigned bits)
{
    return sizeof(SetTable) + ((size_t)1 << bits << (kind == OZ_SET_BARE ? 3 : 4));
}

size_t oz_set_table_size(const SetTable *table)
{
    return block_size(table->kind, table->bits);
}

static unsigned bits_for(size_t items)
{
    unsigned bits = BITS_MIN;
    while (bits <= BITS_MAX && ((size_t)3 << bits) / 4 < items)
        bits++;
    return bits;
}

/* Zero a new block; whole pages of a large one by not having them. */
static void clear_block(void *block, size_t size)
{
    enum { LARGE = 1 << 20 };
    char *from = (char *)oz_round_up((uintptr_t)block, OZ_OS_PIECE);
    char *to = (char *)(((uintptr_t)block + size) & ~(uintptr_t)(OZ_OS_PIECE - 1));
    if (size < LARGE) {
        memset(block, 0, size);
        return;
    }
    memset(block, 0, (size_t)(from - (char *)block));
    memset(to, 0, (size_t)((char *)block + size - to));
    oz_os_decommit(from, (size_t)(to - from));
}

static SetTable *table_new(Thread *t, unsigned kind, unsigned bits)
{
    size_t size = block_size(kind, bits);
    SetTable *table = bits <= BITS_MAX ? oz_block_alloc(t->heap, size) : NULL;
    if (!table) {
        oz_raise_memory(t);
        return NULL;
    }
    clear_block(table, size);
    table->bits = (uint8_t)bits;
    table->kind = (uint8_t)kind;
    return table;
}

static int64_t slot_hash(const SetTable *table, const SetSlot *slot)
{
    if (table->kind == OZ_SET_HASHED)
        return slot->hash;
    int64_t hash = 0;
    bool bare = oz_bare_hash(slot->item, &hash);
    oz_assert(bare);
    (void)bare;
    return hash;
}

typedef struct Probe {
    size_t mask;
    size_t at;
    uint64_t perturb;
} Probe;

static inline Probe probe_start(const SetTable *table, int64_t hash)
{
    size_t mask = slots_of(table) - 1;
    return (Probe){mask, (size_t)hash & mask, (uint64_t)hash};
}

static inline void probe_step(Probe *p)
{
    p->perturb >>= 5;
    p->at = (p->at * 5 + (size_t)p->perturb + 1) & p->mask;
}

static inline bool is_empty(const SetTable *table, const SetSlot *slot)
{
    return !slot->item && (table->kind == OZ_SET_BARE || slot->hash == 0);
}

/* ---- finding ---- */

static inline Ref *bare_slots(const SetTable *table)
{
    return (Ref *)(table + 1);
}

/* Are an item of a BARE table and another bare item equal?  They are not the same word. */
OZ_INLINE bool same_bare(Obj other, Obj item)
{
    if (oz_is_pointer(item))
        return oz_is_pointer(other) && oz_strs_equal((const Str *)other, (const Str *)item);
    return !oz_are_ints(other, item) && !oz_is_pointer(other) && other != OZ_NOT_IMPLEMENTED &&
           oz_bare_equal(other, item);
}

/* Of a bare item in a BARE table.  Missing: *at is where it would go, the first tombstone of its
 * probe or the empty slot that ends it. */
OZ_INLINE Found find_bare(const SetTable *table, Obj item, int64_t hash, size_t *at)
{
    size_t vacant = SIZE_MAX;
    for (Probe p = probe_start(table, hash);; probe_step(&p)) {
        Obj other = bare_slots(table)[p.at];
        if (!other) {
            *at = vacant != SIZE_MAX ? vacant : p.at;
            return OZ_MISSING;
        }
        if (other == item || same_bare(other, item)) {
            *at = p.at;
            return OZ_FOUND;
        }
        if (OZ_UNLIKELY(other == OZ_NOT_IMPLEMENTED && vacant == SIZE_MAX))
            vacant = p.at;
    }
}

/* Is the bare item in the set, whose table is BARE or not there? */
OZ_INLINE bool has_bare(const SetTable *table, Obj item, int64_t hash)
{
    size_t at;
    return table && find_bare(table, item, hash, &at) == OZ_FOUND;
}

static Found match(Thread *t, Set *s, size_t i, Obj item, bool *again)
{
    SetTable *table = s->table;
    uint32_t came = table->change + table->live; /* an item that goes leaves the sum as it is */
    scoped Ref own = oz_retain(oz_set_slot_at(table, i)->item);
    bool same;
    if (!oz_equal(t, own, item, &same))
        return OZ_RAISED;
    *again = s->table != table || table->change + table->live != came || i >= slots_of(table) ||
             oz_set_slot_at(table, i)->item != own;
    return same ? OZ_FOUND : OZ_MISSING;
}

static Found find_any(Thread *t, Set *s, Obj item, int64_t hash, size_t *at)
{
restart:;
    const SetTable *table = s->table;
    if (!table)
        return OZ_MISSING;
    for (Probe p = probe_start(table, hash);; probe_step(&p)) {
        const SetSlot *slot = oz_set_slot_at(table, p.at);
        if (is_empty(table, slot))
            return OZ_MISSING;
        if (!oz_set_slot_live(table, slot))
            continue;
        *at = p.at;
        if (slot->item == item)
            return OZ_FOUND;
        if (slot_hash(table, slot) != hash)
            continue;
        if (oz_is_exact_str(item) && oz_is_exact_str(slot->item)) {
            if (oz_str_equal((const Str *)item, (const Str *)slot->item))
                return OZ_FOUND;
            continue;
        }
        bool again = false;
        Found found = match(t, s, p.at, item, &again);
        if (again && found != OZ_RAISED)
            goto restart;
        if (found != OZ_MISSING)
            return found;
    }
}

static Found locate_hash(Thread *t, Set *s, Obj item, int64_t hash, size_t *slot)
{
    const SetTable *table = s->table;
    if (!table)
        return OZ_MISSING;
    if (OZ_LIKELY(table->kind == OZ_SET_BARE && oz_is_bare(item)))
        return find_bare(table, item, hash, slot);
    return find_any(t, s, item, hash, slot);
}

OZ_INLINE bool hash_item(Thread *t, Obj item, int64_t *hash)
{
    return oz_bare_hash(item, hash) || oz_hash(t, item, hash);
}

Found oz_set_locate(Thread *t, Set *s, Obj item, int64_t *hash, size_t *slot)
{
    if (!hash_item(t, item, hash))
        return OZ_RAISED;
    return locate_hash(t, s, item, *hash, slot);
}

/* ---- changing ---- */

/* Where to put an item that is not there: the first slot of its probe that is empty or, with
 * `reuse` (S1), a tombstone. */
static size_t vacant_slot(const SetTable *table, int64_t hash, bool reuse)
{
    Probe p = probe_start(table, hash);
    for (;; probe_step(&p)) {
        const SetSlot *slot = oz_set_slot_at(table, p.at);
        if (is_empty(table, slot) || (reuse && !oz_set_slot_live(table, slot)))
            return p.at;
    }
}

/* Put an item into a vacant slot; there is room for it. */
static void fill(Set *s, size_t at, Obj item, int64_t hash)
{
    SetTable *table = s->table;
    SetSlot *slot = oz_set_slot_at(table, at);
    table->used += is_empty(table, slot);
    slot->item = NULL;
    if (table->kind == OZ_SET_HASHED)
        slot->hash = hash;
    oz_store_new(&s->base, &slot->item, oz_retain(item));
    if (at < table->finger)
        table->finger = (uint32_t)at;
    table->live++;
    table->change++;
}

/* Put the item of another table, whose reference moves, into a new one. */
OZ_INLINE void move_bare(SetTable *table, Ref item, int64_t hash)
{
    Probe p = probe_start(table, hash);
    while (bare_slots(table)[p.at])
        probe_step(&p);
    bare_slots(table)[p.at] = item;
}

/* Memory of a large old table goes back while its items move: there are never two whole tables. */
static void give_back(SetTable *old, size_t slot)
{
    enum { STEP = 1 << 16 };
    if (old->bits < 17 || slot % STEP)
        return;
    char *from = (char *)oz_set_slot_at(old, slot - STEP);
    char *to = (char *)oz_set_slot_at(old, slot);
    from = (char *)oz_round_up((uintptr_t)from, OZ_OS_PIECE);
    to = (char *)((uintptr_t)to & ~(uintptr_t)(OZ_OS_PIECE - 1));
    oz_os_decommit(from, (size_t)(to - from));
}

/* Move items of a BARE table to a new one; AHEAD slots before a str moves, its cell is asked for.
 */
static void move_bare_slots(SetTable *new, const Ref *slots, size_t count)
{
    enum { AHEAD = 16 };
    for (size_t i = 0; i < count; i++) {
        int64_t hash;
        if (i + AHEAD < count && oz_is_pointer(slots[i + AHEAD]))
            __builtin_prefetch(slots[i + AHEAD]);
        if (slots[i] && oz_bare_hash(slots[i], &hash))
            move_bare(new, slots[i], hash);
    }
}

static void move_all_bare(SetTable *new, SetTable *old)
{
    enum { STEP = 1 << 12 };
    size_t count = slots_of(old);
    for (size_t i = 0; i < count; i += STEP) {
        if (i)
            give_back(old, i);
        move_bare_slots(new, bare_slots(old) + i, count - i < STEP ? count - i : STEP);
    }
}

static void move_all_hashed(SetTable *new, SetTable *old)
{
    for (size_t i = 0; i < slots_of(old); i++) {
        if (i)
            give_back(old, i);
        const SetSlot *from = oz_set_slot_at(old, i);
        if (!oz_set_slot_live(old, from))
            continue;
        int64_t hash = slot_hash(old, from);
        SetSlot *to = oz_set_slot_at(new, vacant_slot(new, hash, false));
        to->item = from->item;
        to->hash = hash;
    }
}

static bool rebuild(Thread *t, Set *s, unsigned kind, unsigned bits)
{
    SetTable *old = s->table;
    SetTable *new = table_new(t, kind, bits);
    if (!new)
        return false;
    if (old && kind == OZ_SET_BARE)
        move_all_bare(new, old);
    else if (old)
        move_all_hashed(new, old);
    if (old) {
        new->live = new->used = old->live;
        new->change = old->change;
    }
    new->finger = 0;
    s->table = new;
    oz_block_free(old);
    return true;
}

static bool has_room(const SetTable *table)
{
    return table->used < (slots_of(table) / 4) * 3;
}

static bool make_room(Thread *t, Set *s, Obj item)
{
    const SetTable *table = s->table;
    bool fits = table && (table->kind == OZ_SET_HASHED || oz_is_bare(item));
    if (OZ_LIKELY(fits && has_room(table)))
        return true;
    unsigned kind = !oz_is_bare(item) ? OZ_SET_HASHED : table ? table->kind : OZ_SET_BARE;
    size_t live = table ? table->live : 0;
    return rebuild(t, s, kind, bits_for(live + live / 4 + 1));
}

bool oz_set_add_hash(Thread *t, Set *s, Obj item, int64_t hash)
{
    size_t at;
    Found found = locate_hash(t, s, item, hash, &at);
    if (found != OZ_MISSING)
        return found == OZ_FOUND;
    if (!make_room(t, s, item))
        return false;
    fill(s, vacant_slot(s->table, hash, oz_refs(&s->base) > 0), item, hash);
    return true;
}

/* Put a bare item into a BARE table with room, if it is not there; false: nothing was done. */
OZ_INLINE bool add_bare(Set *s, Obj item, int64_t hash)
{
    SetTable *table = s->table;
    size_t at;
    if (OZ_UNLIKELY(!table || table->kind != OZ_SET_BARE || oz_refs(&s->base) < 0))
        return false;
    if (find_bare(table, item, hash, &at) == OZ_FOUND)
        return true;
    Ref *slot = &bare_slots(table)[at];
    if (!*slot && !has_room(table))
        return false;
    table->used += !*slot;
    *slot = oz_retain(item); /* a leaf: nothing to track */
    if (at < table->finger)
        table->finger = (uint32_t)at;
    table->live++;
    table->change++;
    return true;
}

Ref oz_set_kill(Set *s, size_t at)
{
    SetTable *table = s->table;
    SetSlot *slot = oz_set_slot_at(table, at);
    Ref item = oz_move(&slot->item);
    table->live--;
    table->change++;
    if (!table->live) {
        s->table = NULL;
        oz_block_free(table);
    } else if (table->kind == OZ_SET_BARE) {
        slot->item = OZ_NOT_IMPLEMENTED;
    } else {
        slot->hash = -1;
    }
    return item;
}

void oz_set_empty(Set *s)
{
    SetTable *table = s->table;
    if (!table)
        return;
    s->table = NULL;
    size_t count = slots_of(table);
    if (table->kind == OZ_SET_BARE)
        for (size_t i = 0; i < count; i++)
            oz_drop(bare_slots(table)[i]);
    else
        for (size_t i = 0; i < count; i++)
            oz_drop(oz_set_slot_at(table, i)->item);
    oz_block_free(table);
}

/* Fill an empty set with what another holds. */
static bool copy_into(Thread *t, Set *s, const Set *from)
{
    const SetTable *source = from->table;
    if (!source)
        return true;
    unsigned bits = bits_for(source->live + 1);
    if (source->used != source->live || bits != source->bits) {
        size_t at = 0;
        int64_t hash;
        SetTable *table = table_new(t, source->kind, bits);
        if (!table)
            return false;
        for (Obj item; oz_set_step_hash(from, &at, &item, &hash);) {
            SetSlot *to = oz_set_slot_at(table, vacant_slot(table, hash, false));
            to->item = oz_retain(item);
            if (table->kind == OZ_SET_HASHED)
                to->hash = hash;
        }
        table->live = table->used = source->live;
        table->finger = 0;
        s->table = table;
    } else {
        size_t size = block_size(source->kind, source->bits);
        SetTable *table = oz_block_alloc(t->heap, size);
        if (!table)
            return oz_raise_memory(t) != NULL;
        memcpy(table, source, size);
        size_t count = slots_of(table);
        if (table->kind == OZ_SET_BARE)
            for (size_t i = 0; i < count; i++)
                oz_retain(bare_slots(table)[i]);
        else
            for (size_t i = 0; i < count; i++)
                oz_retain(oz_set_slot_at(table, i)->item);
        s->table = table;
    }
    if (oz_has_flag(&from->base, OZ_FLAG_TRACKED) || oz_refs(&from->base) < 0)
        oz_track_slow(&s->base);
    return true;
}

/* ---- the contract ---- */

static Ref set_alloc(Thread *t, uint32_t id)
{
    return oz_object_new(t, id, sizeof(Set) + (id == OZ_FROZENSET ? sizeof(int64_t) : 0));
}

static Ref set_from(Thread *t, uint32_t id, Obj iterable)
{
    scoped Ref s = set_alloc(t, id);
    if (!s || (iterable && !oz_set_update(t, (Set *)s, iterable)))
        return NULL;
    return oz_move(&s);
}

Ref oz_set_new(Thread *t, Obj iterable)
{
    return set_from(t, OZ_SET, iterable);
}

Ref oz_frozenset_new(Thread *t, Obj iterable)
{
    if (iterable && oz_is(iterable, OZ_FROZENSET))
        return oz_retain(iterable);
    return set_from(t, OZ_FROZENSET, iterable);
}

Ref oz_set_copy_as(Thread *t, uint32_t id, const Set *s)
{
    scoped Ref copy = set_alloc(t, id);
    if (!copy || !copy_into(t, (Set *)copy, s))
        return NULL;
    return oz_move(&copy);
}

size_t oz_set_length(const Set *s)
{
    return s->table ? s->table->live : 0;
}

bool oz_set_add(Thread *t, Set *s, Obj item)
{
    int64_t hash;
    bool bare = oz_bare_hash(item, &hash);
    if (OZ_LIKELY(bare && add_bare(s, item, hash)))
        return true;
    return (bare || oz_hash(t, item, &hash)) && oz_set_add_hash(t, s, item, hash);
}

Found oz_set_contains(Thread *t, Set *s, Obj item)
{
    int64_t hash;
    size_t at;
    return oz_set_locate(t, s, item, &hash, &at);
}

Found oz_set_discard(Thread *t, Set *s, Obj item)
{
    int64_t hash;
    size_t at;
    Found found = oz_set_locate(t, s, item, &hash, &at);
    if (found == OZ_FOUND)
        oz_drop(oz_set_kill(s, at));
    return found;
}

bool oz_set_step_hash(const Set *s, size_t *at, Obj *item, int64_t *hash)
{
    const SetTable *table = s->table;
    for (size_t i = *at; table && i < slots_of(table); i++) {
        const SetSlot *slot = oz_set_slot_at(table, i);
        if (!oz_set_slot_live(table, slot))
            continue;
        *item = slot->item;
        *hash = slot_hash(table, slot);
        *at = i + 1;
        return true;
    }
    return false;
}

bool oz_set_step(Set *s, size_t *at, Obj *item)
{
    const SetTable *table = s->table;
    for (size_t i = *at; table && i < slots_of(table); i++) {
        const SetSlot *slot = oz_set_slot_at(table, i);
        if (!oz_set_slot_live(table, slot))
            continue;
        *item = slot->item;
        *at = i + 1;
        return true;
    }
    return false;
}

/* ---- many at once ---- */

static bool is_plain_dict(Thread *t, Obj v)
{
    return oz_is(v, OZ_DICT) ||
           (oz_as_dict(v) && oz_class_of(v)->slots->iter == t->vm->classes[OZ_DICT]->slots->iter);
}

static bool is_plain_set(Thread *t, Obj v)
{
    return oz_as_set(v) && oz_class_of(v)->slots->iter == t->vm->classes[OZ_SET]->slots->iter;
}

/* What oz_set_each calls; the item is owned by the walk. */
typedef bool EachFn(Thread *t, Set *s, Obj item, int64_t hash);

/* Call `fn` with each item of an iterable; hashes are not computed anew for sets and dicts. */
OZ_INLINE bool each_inline(Thread *t, Set *s, Obj iterable, EachFn *fn)
{
    size_t at = 0;
    int64_t hash;
    if (is_plain_set(t, iterable)) {
        for (Obj item; oz_set_step_hash((Set *)iterable, &at, &item, &hash);) {
            scoped Ref own = oz_retain(item);
            if (!fn(t, s, own, hash) || !oz_poll(t))
                return false;
        }
        return true;
    }
    if (is_plain_dict(t, iterable)) {
        Dict *d = (Dict *)iterable;
        for (Obj key, value; oz_dict_step(d, &at, &key, &value);) {
            hash = oz_dict_entry_hash(d->table, oz_dict_entry_at(d->table, at - 1));
            scoped Ref own = oz_retain(key);
            if (!fn(t, s, own, hash) || !oz_poll(t))
                return false;
        }
        return true;
    }
    scoped Ref iterator = oz_iter(t, iterable);
    if (!iterator)
        return false;
    for (;;) {
        scoped Ref item = NULL;
        Found found = oz_next_inline(t, iterator, &item);
        if (found != OZ_FOUND)
            return found == OZ_MISSING;
        if (!hash_item(t, item, &hash) || !fn(t, s, item, hash) || !oz_poll(t))
            return false;
    }
}

static OZ_NOINLINE bool each(Thread *t, Set *s, Obj iterable, EachFn *fn)
{
    return each_inline(t, s, iterable, fn);
}

/* What oz_set_update does with each item. */
static bool add_item(Thread *t, Set *s, Obj item, int64_t hash)
{
    return (oz_is_bare(item) && add_bare(s, item, hash)) || oz_set_add_hash(t, s, item, hash);
}

/* The items of a list or tuple whose first one is bare, else 0. */
static size_t bare_count(Obj v)
{
    const List *list = oz_is(v, OZ_LIST) ? (const List *)v : NULL;
    const Tuple *tuple = oz_is(v, OZ_TUPLE) ? (const Tuple *)v : NULL;
    size_t count = list ? oz_list_length_fast(list) : tuple ? tuple->length : 0;
    return count && oz_is_bare(list ? oz_list_peek(list, 0) : tuple->items[0]) ? count : 0;
}

bool oz_set_update(Thread *t, Set *s, Obj iterable)
{
    enum { EXPECTED = 1024 };
    if (iterable == (Obj)s)
        return true;
    if (s->table)
        return each(t, s, iterable, add_item);
    if (is_plain_set(t, iterable))
        return copy_into(t, s, (Set *)iterable);
    /* Room for all at once, as if no item came twice; the room is given back where many did. */
    size_t count = bare_count(iterable);
    unsigned bits = bits_for((count < EXPECTED ? count : EXPECTED) + 1);
    if (bits > BITS_MIN && !rebuild(t, s, OZ_SET_BARE, bits))
        return false;
    if (!each_inline(t, s, iterable, add_item))
        return false;
    if (s->table && !s->table->live)
        oz_set_empty(s);
    size_t live = oz_set_length(s);
    unsigned fitting = bits_for(live + live / 4 + 1);
    return !live || s->table->bits <= fitting || rebuild(t, s, s->table->kind, fitting);
}

static bool remove_hash(Thread *t, Set *s, Obj item, int64_t hash)
{
    size_t at;
    Found found = locate_hash(t, s, item, hash, &at);
    if (found == OZ_FOUND)
        oz_drop(oz_set_kill(s, at));
    return found != OZ_RAISED;
}

bool oz_set_difference_update(Thread *t, Set *s, Obj iterable)
{
    if (iterable == (Obj)s) {
        oz_set_empty(s);
        return true;
    }
    return each(t, s, iterable, remove_hash);
}

static bool toggle_hash(Thread *t, Set *s, Obj item, int64_t hash)
{
    size_t at;
    Found found = locate_hash(t, s, item, hash, &at);
    if (found == OZ_FOUND)
        oz_drop(oz_set_kill(s, at));
    return found == OZ_MISSING ? oz_set_add_hash(t, s, item, hash) : found == OZ_FOUND;
}

bool oz_set_symmetric_update(Thread *t, Set *s, Obj iterable)
{
    if (iterable == (Obj)s) {
        oz_set_empty(s);
        return true;
    }
    if (is_plain_set(t, iterable) || is_plain_dict(t, iterable))
        return each(t, s, iterable, toggle_hash);
    scoped Ref other = oz_set_new(t, iterable); /* an item given twice counts once */
    return other && each(t, s, other, toggle_hash);
}

/* ---- two tables ---- */

enum { PIECE = 512 }; /* slots between two polls */

static bool is_bare_table(const Set *s)
{
    return !s->table || s->table->kind == OZ_SET_BARE;
}

/* The items of a piece of `walk` that are in `look` (wanted) or are not: their number. */
static size_t choose(const SetTable *walk, const SetTable *look, bool wanted, size_t *at,
                     Obj *chosen, int64_t *hashes)
{
    size_t count = 0;
    size_t end = slots_of(walk) - *at < PIECE ? slots_of(walk) : *at + PIECE;
    for (size_t i = *at; i < end; i++) {
        Obj item = bare_slots(walk)[i];
        int64_t hash;
        if (!item || !oz_bare_hash(item, &hash) || has_bare(look, item, hash) != wanted)
            continue;
        chosen[count] = item;
        hashes[count++] = hash;
    }
    *at = end;
    return count;
}

/* oz_set_filter for a piece of two BARE tables. */
static bool filter_piece(Thread *t, Set *result, const Set *walk, const Set *look, bool wanted,
                         size_t *at)
{
    Obj chosen[PIECE];
    int64_t hashes[PIECE];
    size_t count = choose(walk->table, look->table, wanted, at, chosen, hashes);
    size_t live = oz_set_length(result) + count;
    unsigned bits = bits_for(live);
    if (count && (!result->table || bits > result->table->bits) &&
        !rebuild(t, result, OZ_SET_BARE, bits))
        return false;
    for (size_t i = 0; i < count; i++)
        move_bare(result->table, oz_retain(chosen[i]), hashes[i]);
    if (count)
        result->table->live = result->table->used = result->table->change = (uint32_t)live;
    return true;
}

bool oz_set_filter(Thread *t, Set *result, Set *walk, Set *look, bool wanted)
{
    size_t at = 0;
    int64_t hash;
    while (is_bare_table(walk) && is_bare_table(look) && is_bare_table(result)) {
        if (!walk->table || at >= slots_of(walk->table))
            return true;
        if (!filter_piece(t, result, walk, look, wanted, &at) || !oz_poll(t))
            return false;
    }
    for (Obj item; oz_set_step_hash(walk, &at, &item, &hash);) {
        scoped Ref own = oz_retain(item);
        size_t slot;
        Found found = locate_hash(t, look, item, hash, &slot);
        if (found == OZ_RAISED || !oz_poll(t))
            return false;
        if ((found == OZ_FOUND) != wanted)
            continue;
        if (!make_room(t, result, item))
            return false;
        fill(result, vacant_slot(result->table, hash, false), item, hash);
    }
    return true;
}

Found oz_set_inside(Thread *t, Set *a, Set *b)
{
    size_t at = 0;
    int64_t hash;
    while (is_bare_table(a) && is_bare_table(b)) {
        const SetTable *walk = a->table;
        if (!walk || at >= slots_of(walk))
            return OZ_FOUND;
        for (size_t end = at + PIECE; at < end && at < slots_of(walk); at++) {
            Obj item = bare_slots(walk)[at];
            if (item && oz_bare_hash(item, &hash) && !has_bare(b->table, item, hash))
                return OZ_MISSING;
        }
        if (!oz_poll(t))
            return OZ_RAISED;
    }
    for (Obj item; oz_set_step_hash(a, &at, &item, &hash);) {
        scoped Ref own = oz_retain(item);
        size_t slot;
        Found found = locate_hash(t, b, own, hash, &slot);
        if (found != OZ_FOUND)
            return found;
        if (!oz_poll(t))
            return OZ_RAISED;
    }
    return OZ_FOUND;
}

Found oz_all_contained(Thread *t, Obj iterable, Obj container)
{
    scoped Ref iterator = oz_iter(t, iterable);
    if (!iterator)
        return OZ_RAISED;
    for (;;) {
        scoped Ref item = NULL;
        Found found = oz_next(t, iterator, &item);
        if (found != OZ_FOUND)
            return found == OZ_MISSING ? OZ_FOUND : OZ_RAISED;
        bool inside;
        if (!oz_contains(t, container, item, &inside) || !oz_poll(t))
            return OZ_RAISED;
        if (!inside)
            return OZ_MISSING;
    }
}
