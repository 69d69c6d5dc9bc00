// SPDX-License-Identifier: MIT
// Inline caches of global names (RUNTIME 4, THREADS "module globals").
//
// Two words behind GET_GLOBAL and GET_NAME.  The first: table id of the globals in the low half; in
// the high half the entry index of the name, or BUILTIN | the number of entries used: as long as
// table and number stand, the name is not among the globals.  The second: table id and entry index
// in the builtins.  Each word is a fact about the same name for itself, so they need not agree.
#ifndef OZ_VM_NAMES_H
#define OZ_VM_NAMES_H

#include "types/dict_layout.h"
#include "vm/vm.h"

#define OZ_CACHE_BUILTIN (UINT64_C(1) << 63)

OZ_INLINE uint64_t oz_cache_entry(uint32_t table_id, size_t index)
{
    return (uint64_t)index << 32 | table_id;
}

/* The value of a global or builtin name, borrowed; NULL: look it up. */
OZ_INLINE Obj oz_cached_global(Thread *t, Obj globals, const uint64_t *cache)
{
    uint64_t word = cache[0];
    const DictTable *table = ((const Dict *)globals)->table;
    if (OZ_UNLIKELY(!table || table->id != (uint32_t)word || !(uint32_t)word))
        return NULL;
    if (!(word & OZ_CACHE_BUILTIN))
        return oz_dict_bare_entry(table, word >> 32)->value;
    if (OZ_UNLIKELY(table->used != (uint32_t)((word & ~OZ_CACHE_BUILTIN) >> 32)))
        return NULL;
    word = cache[1];
    return oz_dict_entry_value((const Dict *)t->vm->builtins, (uint32_t)word,
                               (uint32_t)(word >> 32));
}

/* The namespace of the frame.  A function that was made of a module's code has its globals. */
OZ_INLINE Obj oz_own_names(Frame *frame)
{
    if (OZ_UNLIKELY(!frame->names))
        frame->names = oz_retain(frame->function->globals);
    return frame->names;
}

/* What instructions do with a name that they have found in their tables, narrow ones and wide
 * (wide.c).  `cache`: the two words, which are filled. */
Ref oz_global_get(Thread *t, Obj name, uint64_t *cache) OZ_CHECKED;
bool oz_global_delete(Thread *t, Obj name) OZ_CHECKED;
Ref oz_namespace_get(Thread *t, Obj name, uint64_t *cache) OZ_CHECKED;
bool oz_namespace_delete(Thread *t, Obj name) OZ_CHECKED;
/* From the namespace, else the cell; missing: from neither. */
Found oz_class_variable_get(Thread *t, Obj name, Obj cell, Ref *value) OZ_CHECKED;
bool oz_raise_unbound(Thread *t, Obj name, bool is_free); /* false */
/* __import__(name) with level and fromlist from operands[0] and [1], which are moved out. */
Ref oz_import_operands(Thread *t, Obj name, Ref *operands) OZ_CHECKED;
Ref oz_import_member(Thread *t, Obj module, Obj name) OZ_CHECKED;

/* Where the value of a global lies, if it has one; NULL: look it up. */
OZ_INLINE Ref *oz_cached_place(Thread *t OZ_UNUSED, Obj globals, const uint64_t *cache)
{
    uint64_t word = cache[0];
    if (!(uint32_t)word)
        return NULL;
    Ref *place = oz_dict_entry_place((const Dict *)globals, (uint32_t)word, (uint32_t)(word >> 32));
    return place && *place ? place : NULL;
}

#endif
