// SPDX-License-Identifier: MIT
// dict: insertion-ordered hash table; the contract (dict_layout.h has the table for inline caches).
#ifndef OZ_TYPES_DICT_H
#define OZ_TYPES_DICT_H

#include "types/protocol.h"

OZ_INLINE Dict *oz_as_dict(Obj v) /* borrowed; NULL if no dict */
{
    return oz_isa(v, OZ_DICT) ? (Dict *)v : NULL;
}

/* The dict that `v` is, if it iterates as dicts do (a subclass may not); borrowed, or NULL. */
Dict *oz_dict_unchanged(Thread *t, Obj v);

Ref oz_dict_new(Thread *t) OZ_CHECKED;
Ref oz_dict_new_sized(Thread *t, size_t entries) OZ_CHECKED;
/* A few different interned strs?  Then oz_dict_of_names makes a dict of them, without lookups; the
 * values are moved. */
bool oz_dict_are_names(const Obj *keys, size_t count);
Ref oz_dict_of_names(Thread *t, const Obj *keys, Ref *values, size_t count) OZ_CHECKED;
size_t oz_dict_length(const Dict *d);
/* Lookup: OZ_FOUND with a new reference. */
Found oz_dict_get(Thread *t, Dict *d, Obj key, Ref *value) OZ_CHECKED;
bool oz_dict_set(Thread *t, Dict *d, Obj key, Obj value) OZ_CHECKED;
bool oz_dict_set_take(Thread *t, Dict *d, Ref key, Ref value) OZ_CHECKED; /* taken, always */
Found oz_dict_delete(Thread *t, Dict *d, Obj key) OZ_CHECKED;
Found oz_dict_pop(Thread *t, Dict *d, Obj key, Ref *value) OZ_CHECKED;
/* d.pop(key, instead); NULL as `instead`: KeyError. */
Ref oz_dict_pop_or(Thread *t, Dict *d, Obj key, Obj instead) OZ_CHECKED;
Found oz_dict_set_default(Thread *t, Dict *d, Obj key, Obj otherwise, Ref *value) OZ_CHECKED;
bool oz_dict_update(Thread *t, Dict *d, Obj other) OZ_CHECKED; /* mapping or pairs: dict.update */
/* What dict.update does with a dict, and with a mapping that has the method keys().  With
 * `repeated`, it ends at a key that is in `d` already: false, that key in *repeated, nothing
 * raised.
 */
bool oz_dict_merge(Thread *t, Dict *d, Dict *from, Ref *repeated /* or NULL */) OZ_CHECKED;
bool oz_dict_update_by_keys(Thread *t, Dict *d, Obj other, Obj keys_method,
                            Ref *repeated /* or NULL */) OZ_CHECKED;
Ref oz_dict_copy(Thread *t, Dict *d) OZ_CHECKED;
/* A new dict: those of `old` (or NULL), then the keywords of a call. */
Ref oz_dict_with_keywords(Thread *t, Obj old, const Args *args) OZ_CHECKED;
void oz_dict_clear(Thread *t, Dict *d);
Ref oz_dict_key_list(Thread *t, Dict *d) OZ_CHECKED;

/* With an exact str as key no Python code runs and nothing is raised but MemoryError (set). */
/* d[key] of a dict that others may be changing, by who runs free: a new reference; false: take the
 * turn and look (it is missing, not a bare key, or something changed). */
bool oz_dict_read_shared(Dict *d, Obj key, Ref *value) OZ_CHECKED;
Obj oz_dict_peek_str(Dict *d, Obj key); /* borrowed, NULL if missing; never raises */
/* Walk: *at starts at 0; borrowed key and value; false at the end.  The dict must not change. */
bool oz_dict_step(Dict *d, size_t *at, Obj *key, Obj *value);

/* ---- for inline caches (globals) ---- */

/* The index of the entry of str `key`, and the table's id (0: do not cache); -1 if missing. */
ssize_t oz_dict_entry_of(Dict *d, Obj key, uint32_t *table_id);
/* The id of the table as it is: as long as it and `used` stand, no new key has come; 0: none. */
uint32_t oz_dict_table_id(Dict *d);

#endif
