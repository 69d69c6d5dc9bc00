// SPDX-License-Identifier: MIT
// The table of a set: for set*.c and memtools/.
//
// One block: header, then 2^bits slots, at most 3/4 of them used.
//   kind BARE    slots of 8 bytes: the item alone; items are exact strs, ints and floats in place,
//                bools and None, whose hash comes from the word or from the str cell
//   kind HASHED  slots of 16 bytes {item, hash}: any items
//
//   S1. A slot goes empty -> item -> tombstone.  A set that nobody else can see puts a new item
//       into the first tombstone of its probe, so that adding and removing one item again and again
//       does not lengthen the probe; a slot of a shared set is never used again within its table.
//   S2. BARE: the tombstone is NotImplemented, which is no bare key.  HASHED: no item and hash -1,
//       which no object has; an empty slot has hash 0.
//   S3. used counts items and tombstones, live only items.
#ifndef OZ_TYPES_SET_LAYOUT_H
#define OZ_TYPES_SET_LAYOUT_H

#include "types/set.h"

typedef struct SetTable {
    uint32_t live;   /* [lock] */
    uint32_t used;   /* [lock] */
    uint32_t change; /* [lock] counts added and removed items; goes on in the next table */
    uint32_t finger; /* [lock] slots below hold no item: where pop() goes on */
    uint8_t bits;    /* [const] */
    uint8_t kind;    /* [const] OZ_SET_* */
    uint16_t spare;
    uint32_t spare2;
} SetTable;

enum { OZ_SET_BARE, OZ_SET_HASHED };

typedef struct SetSlot {
    Ref item;     /* [lock] */
    int64_t hash; /* [const] HASHED only */
} SetSlot;

struct Set {
    Object base;
    SetTable *table; /* [lock] a heap block; NULL: empty */
    int64_t hash[];  /* [atomic] frozenset only: the hash, 0 = not computed yet */
};

OZ_INLINE SetSlot *oz_set_slot_at(const SetTable *table, size_t i)
{
    return (SetSlot *)((char *)(table + 1) + (i << (table->kind == OZ_SET_BARE ? 3 : 4)));
}

OZ_INLINE bool oz_set_slot_live(const SetTable *table, const SetSlot *slot)
{
    return slot->item && (table->kind != OZ_SET_BARE || slot->item != OZ_NOT_IMPLEMENTED);
}

/* hash(item) and the slot it lies in; OZ_MISSING: it is not there.  Runs Python: yes. */
Found oz_set_locate(Thread *t, Set *s, Obj item, int64_t *hash, size_t *slot) OZ_CHECKED;
/* Take the item out of a slot. */
Ref oz_set_kill(Set *s, size_t slot);
bool oz_set_add_hash(Thread *t, Set *s, Obj item, int64_t hash) OZ_CHECKED;
size_t oz_set_table_size(const SetTable *table);
void oz_set_empty(Set *s);
/* Put the items of `walk` that are in `look` (wanted; else: that are not) into a new set. */
bool oz_set_filter(Thread *t, Set *result, Set *walk, Set *look, bool wanted) OZ_CHECKED;
/* Are all items of `a` in `b`? */
Found oz_set_inside(Thread *t, Set *a, Set *b) OZ_CHECKED;
/* The next item with its hash, as oz_set_step. */
bool oz_set_step_hash(const Set *s, size_t *at, Obj *item, int64_t *hash);

#endif
