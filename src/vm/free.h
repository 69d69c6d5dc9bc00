// SPDX-License-Identifier: MIT
// What a thread that runs free may do itself (loop.c, object/world.h): what touches nothing that
// others may be changing, and does not come to code that asks for the turn anyway for each step.
//
// Quiet: needs no turn.  Whatever is called quietly may still take it (to raise, to let a shared
// object die): it is safe then, only slower.
#ifndef OZ_VM_FREE_H
#define OZ_VM_FREE_H

#include "object/counts.h"
#include "object/world.h"
#include "types/iterate.h"
#include "types/native.h"
#include "vm/names.h"
#include "vm/resume.h"

/* ---- switching between the loops ---- */

/* At a safepoint with the interrupt word set: has the thread given up the turn? */
OZ_INLINE bool oz_goes_free(Thread *t)
{
    return atomic_load_explicit(&t->interrupt, memory_order_relaxed) == OZ_INTERRUPT_STOP &&
           !t->traced && oz_run_free(t);
}

/* The same by who runs free: is the other loop to go on? */
OZ_INLINE bool oz_free_interrupted(Thread *t)
{
    if (t->has_turn ||
        atomic_load_explicit(&t->interrupt, memory_order_relaxed) != OZ_INTERRUPT_STOP)
        return true;
    oz_free_poll(t);
    return false;
}

/* ---- judging values ---- */

/* Nobody changes it: an int, a float, a str ... */
OZ_INLINE bool oz_is_quiet(Obj v)
{
    return !oz_is_pointer(v) || oz_id(oz_object(v)) < OZ_LEAF_END;
}

OZ_INLINE bool oz_are_quiet(Obj a, Obj b)
{
    return oz_is_quiet(a) && oz_is_quiet(b);
}

/* Is it this thread's alone? */
OZ_INLINE bool oz_is_own(Obj v)
{
    return oz_refs(oz_object(v)) > 0;
}

/* May it be referred to without looking whether it is alive? */
OZ_INLINE bool oz_is_lasting(Obj v)
{
    return !oz_is_pointer(v) || oz_is_own(v) || (uint32_t)oz_refs(oz_object(v)) >= OZ_DISTRIBUTED;
}

/* Has it a length that nobody changes? */
OZ_INLINE bool oz_is_quiet_container(Obj v)
{
    if (oz_is_quiet(v))
        return true;
    uint32_t id = oz_id(oz_object(v));
    return id == OZ_TUPLE ||
           (oz_is_own(v) && (id == OZ_LIST || id == OZ_DICT || id == OZ_SET || id == OZ_FROZENSET));
}

OZ_INLINE bool oz_is_own_bare_dict(Obj o)
{
    if (!oz_is(o, OZ_DICT) || !oz_is_own(o))
        return false;
    const DictTable *table = ((const Dict *)o)->table;
    return !table || table->kind == OZ_DICT_BARE;
}

/* o[key] that no code of the program has a part in. */
OZ_INLINE bool oz_is_quiet_item(Obj o, Obj key)
{
    if (!oz_is_pointer(o))
        return false;
    uint32_t id = oz_id(oz_object(o));
    if (id < OZ_LEAF_END)
        return oz_is_quiet(key);
    if (id == OZ_LIST || id == OZ_TUPLE)
        return oz_is_int(key) && (id == OZ_TUPLE || oz_is_own(o));
    return oz_is_bare(key) && oz_is_own_bare_dict(o);
}

/* o[bounds[0]:bounds[1]], likewise. */
OZ_INLINE bool oz_is_quiet_slice(Obj o, Ref const *bounds)
{
    if (!oz_is_pointer(o) || oz_is_pointer(bounds[0]) || oz_is_pointer(bounds[1]))
        return false;
    uint32_t id = oz_id(oz_object(o));
    return id < OZ_LEAF_END || id == OZ_TUPLE || (id == OZ_LIST && oz_is_own(o));
}

/* Each `step`-th of the values, from the first on, `count` of them. */
OZ_INLINE bool oz_are_bare_keys(Ref const *keys, unsigned count, unsigned step)
{
    for (unsigned n = 0; n < count; n++)
        if (!oz_is_bare(keys[n * step]))
            return false;
    return true;
}

/* item in o, likewise. */
OZ_INLINE bool oz_is_quiet_member(Obj o, Obj item)
{
    return oz_is_pointer(o) &&
           (oz_id(oz_object(o)) < OZ_LEAF_END ? oz_is_quiet(item)
                                              : oz_is_bare(item) && oz_is_own_bare_dict(o));
}

OZ_INLINE bool oz_has_quiet_iterator(Obj o)
{
    if (!oz_is_pointer(o))
        return false;
    uint32_t id = oz_id(oz_object(o));
    return id == OZ_LIST || id == OZ_TUPLE || id == OZ_RANGE ||
           id - OZ_STR_ASCII <= OZ_STR_UCS4 - OZ_STR_ASCII;
}

OZ_INLINE bool oz_iterates_quietly(Obj iterator)
{
    uint32_t id = oz_id(oz_object(iterator));
    if (!oz_is_own(iterator))
        return false;
    if (id == OZ_LIST_ITERATOR || id == OZ_TUPLE_ITERATOR) {
        Obj sequence = ((const ListIterator *)iterator)->sequence;
        return !sequence || oz_is(sequence, OZ_TUPLE) ||
               (oz_is(sequence, OZ_LIST) && oz_is_own(sequence));
    }
    return id == OZ_RANGE_ITERATOR || id == OZ_STR_ASCII_ITERATOR || id == OZ_STR_ITERATOR ||
           oz_generator_ready(iterator);
}

/* ---- reading what is shared: new references, or NULL ---- */

/* A global or builtin name, by the caches of its instruction. */
Ref oz_free_global(Thread *t, Obj globals, const uint64_t *cache);
/* o.name, likewise. */
Ref oz_free_attribute(Thread *t, Obj o, const uint64_t *cache);
/* o[key] of a shared list, tuple or dict; false: take the turn. */
bool oz_free_item(Obj o, Obj key, Ref *value);

/* ---- calls ---- */

/* Does this method with these arguments (a[0] is self), this function? */
bool oz_is_quiet_method(const Signature *s, Ref const *a, unsigned count);
bool oz_is_quiet_function(const Signature *s, Ref const *a, unsigned count);
/* A function that nobody changes meanwhile is called with `given` positional arguments: its
 * defaults behind them, and how many there are then.  false: it is no such call, and nothing is
 * done. */
bool oz_free_defaults(const Thread *t, const Function *f, Ref *arguments, unsigned *given);
/* window[0] is a class of Python: make an instance and push the frame of its __init__, if that is
 * all there is to it; false: nothing was done. */
bool oz_free_make(Thread *t, Ref *window, unsigned count, unsigned result);
/* Is what lies in the window for oz_call_quick such a call? */
bool oz_calls_quietly(Thread *t, Ref const *window, unsigned count, bool has_self);

#endif
