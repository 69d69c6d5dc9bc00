// SPDX-License-Identifier: MIT
// Weak references: a side table from an object to the references that do not keep it alive.
//
// The object has the flag OZ_FLAG_WEAKREF while the table has an entry for it.  Types: weakref.ref
// and the two proxies (types/weakref.c).
#ifndef OZ_OBJECT_WEAKREF_H
#define OZ_OBJECT_WEAKREF_H

#include "object/thread.h"

typedef struct WeakRef {
    Object base;
    Object *target;              /* [object] not owned; NULL once it is dead */
    Ref callback;                /* [object] or empty */
    struct WeakRef *next, *prev; /* [object] the others of the same target */
    int64_t hash;                /* [object] of the target, -1 until asked for */
} WeakRef;

/* Make `ref`, whose fields are zero, refer to `target`.  `callback` is taken.  Reusable ones
 * (without callback, exact type) come first.  false: MemoryError raised, callback dropped. */
bool oz_weakref_attach(Thread *t, WeakRef *ref, Object *target, Ref callback) OZ_CHECKED;

/* `ref` dies, or is cleared: take it off its target's list. */
void oz_weakref_detach(Thread *t, WeakRef *ref);

/* The first of an object's weak references: borrowed, NULL if there is none. */
WeakRef *oz_weakref_first(Thread *t, const Object *target);

/* The object, if it still lives: new reference or NULL. */
Ref oz_weakref_get(const WeakRef *ref);

/* `target` dies: clear its weak references, then run their callbacks.  Runs Python: yes. */
void oz_weakrefs_clear(Thread *t, Object *target);

/* The collector's form: clear them all, and hand the ones that have a callback and live on
 * (`dies` says no) to `keep`, as new references. */
void oz_weakrefs_empty(Thread *t, Object *target, bool (*dies)(const Object *o, void *arg),
                       void (*keep)(WeakRef *ref, void *arg), void *arg);
/* Run the callback of a cleared reference; what it raises is reported.  Runs Python: yes. */
void oz_weakref_call(Thread *t, WeakRef *ref);

void oz_weakrefs_fini(Vm *vm); /* the table's memory, at the end of the VM */

#endif
