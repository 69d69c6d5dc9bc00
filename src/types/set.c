// SPDX-License-Identifier: MIT
// set and frozenset: the table, and the operations that native code uses (set_type.c has the
// methods).
//
// Layout and invariants S1..S3 stand in set_layout.h.  Lookup follows dict.c: bare items in a BARE
// table are compared without any call; every other comparison may run Python code, and the lookup
// starts anew if the table, its change counter or the slot is another one after it.
//
// A table is made with at least 8 slots and doubles when it is 3/4 full; where tombstones fill it,
// it is made anew in the size that its items need.  A set that becomes
// empty frees its table.
#include "types/set_layout.h"

#include "base/os_memory.h"
#include "types/dict_layout.h"
#include "types/list.h"
#include "types/str.h"
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

int64_t oz_set_slot_hash(const SetTable *table, const SetSlot *slot)
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

/* Of a bare item in a BARE table.  Missing: *at is where its probe ends, an empty slot. */
OZ_INLINE Found find_bare(const SetTable *table, Obj item, int64_t hash, size_t *at)
{
    bool text = oz_is_pointer(item);
    Probe p = probe_start(table, hash);
    for (;; probe_step(&p)) {
        Obj other = ((const Ref *)(table + 1))[p.at];
        *at = p.at;
        if (!other)
            return OZ_MISSING;
        if (other == item)
            return OZ_FOUND;
        if (oz_are_ints(other, item) || oz_is_pointer(other) != text || other == OZ_NOT_IMPLEMENTED)
            continue;
        if (text ? oz_strs_equal((const Str *)other, (const Str *)item)
                 : oz_bare_equal(other, item))
            return OZ_FOUND;
    }
}

static Found match(Thread *t, Set *s, size_t i, Obj item, bool *again)
{
    SetTable *table = s->table;
    uint32_t change = table->change;
    scoped Ref own = oz_retain(oz_set_slot_at(table, i)->item);
    bool same;
    if (!oz_equal(t, own, item, &same))
        return OZ_RAISED;
    *again = s->table != table || table->change != change || i >= slots_of(table) ||
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
        if (oz_set_slot_hash(table, slot) != hash)
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

Found oz_set_locate_hash(Thread *t, Set *s, Obj item, int64_t hash, size_t *slot)
{
    const SetTable *table = s->table;
    if (!table)
        return OZ_MISSING;
    if (OZ_LIKELY(table->kind == OZ_SET_BARE && oz_is_bare(item)))
        return find_bare(table, item, hash, slot);
    return find_any(t, s, item, hash, slot);
}

static bool hash_item(Thread *t, Obj item, int64_t *hash)
{
    return oz_bare_hash(item, hash) || oz_hash(t, item, hash);
}

Found oz_set_locate(Thread *t, Set *s, Obj item, int64_t *hash, size_t *slot)
{
    if (!hash_item(t, item, hash))
        return OZ_RAISED;
    return oz_set_locate_hash(t, s, item, *hash, slot);
}

/* ---- changing ---- */

/* Put an item that is not there into the first empty slot of its probe. */
static SetSlot *empty_slot(SetTable *table, int64_t hash)
{
    Probe p = probe_start(table, hash);
    while (!is_empty(table, oz_set_slot_at(table, p.at)))
        probe_step(&p);
    if (p.at < table->finger)
        table->finger = (uint32_t)p.at;
    return oz_set_slot_at(table, p.at);
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

static bool rebuild(Thread *t, Set *s, unsigned kind, unsigned bits)
{
    SetTable *old = s->table;
    SetTable *new = table_new(t, kind, bits);
    if (!new)
        return false;
    for (size_t i = 0; old && i < slots_of(old); i++) {
        if (i)
            give_back(old, i);
        const SetSlot *from = oz_set_slot_at(old, i);
        if (!oz_set_slot_live(old, from))
            continue;
        int64_t hash = oz_set_slot_hash(old, from);
        SetSlot *to = empty_slot(new, hash);
        to->item = from->item;
        if (kind == OZ_SET_HASHED)
            to->hash = hash;
    }
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
    Found found = oz_set_locate_hash(t, s, item, hash, &at);
    if (found != OZ_MISSING)
        return found == OZ_FOUND;
    if (!make_room(t, s, item))
        return false;
    SetTable *table = s->table;
    SetSlot *slot = empty_slot(table, hash);
    if (table->kind == OZ_SET_HASHED)
        slot->hash = hash;
    oz_store_new(&s->base, &slot->item, oz_retain(item));
    table->live++;
    table->used++;
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
    for (size_t i = 0; i < slots_of(table); i++)
        oz_drop(oz_set_slot_at(table, i)->item);
    oz_block_free(table);
}

bool oz_set_copy_into(Thread *t, Set *s, const Set *from)
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
            SetSlot *to = empty_slot(table, hash);
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
        for (size_t i = 0; i < slots_of(table); i++)
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
    if (!copy || !oz_set_copy_into(t, (Set *)copy, s))
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
    SetTable *table = s->table;
    if (OZ_LIKELY(table && table->kind == OZ_SET_BARE && oz_bare_hash(item, &hash))) {
        size_t at;
        if (find_bare(table, item, hash, &at) == OZ_FOUND)
            return true;
        if (OZ_LIKELY(has_room(table) && oz_refs(&s->base) > 0)) {
            oz_set_slot_at(table, at)->item = oz_retain(item); /* a leaf: nothing to track */
            if (at < table->finger)
                table->finger = (uint32_t)at;
            table->live++;
            table->used++;
            table->change++;
            return true;
        }
    }
    return hash_item(t, item, &hash) && oz_set_add_hash(t, s, item, hash);
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
        *hash = oz_set_slot_hash(table, slot);
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
static bool each(Thread *t, Set *s, Obj iterable, EachFn *fn)
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
        Found found = oz_next(t, iterator, &item);
        if (found != OZ_FOUND)
            return found == OZ_MISSING;
        if (!hash_item(t, item, &hash) || !fn(t, s, item, hash) || !oz_poll(t))
            return false;
    }
}

bool oz_set_update(Thread *t, Set *s, Obj iterable)
{
    if (iterable == (Obj)s)
        return true;
    if (!s->table && is_plain_set(t, iterable))
        return oz_set_copy_into(t, s, (Set *)iterable);
    return each(t, s, iterable, oz_set_add_hash);
}

static bool remove_hash(Thread *t, Set *s, Obj item, int64_t hash)
{
    size_t at;
    Found found = oz_set_locate_hash(t, s, item, hash, &at);
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
    Found found = oz_set_locate_hash(t, s, item, hash, &at);
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

bool oz_set_filter(Thread *t, Set *result, Set *walk, Set *look, bool wanted)
{
    size_t at = 0;
    int64_t hash;
    for (Obj item; oz_set_step_hash(walk, &at, &item, &hash);) {
        /* The comparisons of bare items run no code that could drop the item. */
        bool bare = oz_is_bare(item) && look->table && look->table->kind == OZ_SET_BARE;
        scoped Ref own = bare ? NULL : oz_retain(item);
        size_t slot;
        Found found = oz_set_locate_hash(t, look, item, hash, &slot);
        if (found == OZ_RAISED || !oz_poll(t))
            return false;
        if ((found == OZ_FOUND) != wanted)
            continue;
        if (!make_room(t, result, item))
            return false;
        SetTable *table = result->table; /* which does not have the item */
        SetSlot *to = empty_slot(table, hash);
        if (table->kind == OZ_SET_HASHED)
            to->hash = hash;
        oz_store_new(&result->base, &to->item, oz_retain(item));
        table->live++;
        table->used++;
        table->change++;
    }
    return true;
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
