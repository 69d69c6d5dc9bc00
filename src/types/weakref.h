// SPDX-License-Identifier: MIT
// The weak reference types: weakref.ref and the proxies.  The table behind them is the object
// layer's (object/weakref.h).
#ifndef OZ_TYPES_WEAKREF_H
#define OZ_TYPES_WEAKREF_H

#include "object/weakref.h"
#include "types/protocol.h"

OZ_INLINE WeakRef *oz_as_weakref(Obj v) /* borrowed; NULL if no weakref.ref; proxies are none */
{
    return oz_isa(v, OZ_WEAKREF) ? (WeakRef *)v : NULL;
}

/* A reference to `target`, of class `cls` (weakref.ref or derived; a fresh one unless it is
 * weakref.ref itself and there is no callback).  `callback` may be NULL or None. */
Ref oz_weakref_new(Thread *t, Class *cls, Obj target, Obj callback) OZ_CHECKED;
Ref oz_weakref_proxy_new(Thread *t, Obj target, Obj callback) OZ_CHECKED;

#endif
