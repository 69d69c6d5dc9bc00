// SPDX-License-Identifier: MIT
// One step of the iterators that `for` meets most, without a call.
#ifndef OZ_VM_ITERATE_H
#define OZ_VM_ITERATE_H

#include "vm/vm.h"

/* The next item of an iterator that needs no more than a look: new reference.  NULL: take the slow
 * way (another kind, or the end). */
OZ_INLINE Ref oz_iterate_fast(Obj iterator OZ_UNUSED)
{
    return NULL;
}

Found oz_iterate_slow(Thread *t, Obj iterator, Ref *item) OZ_CHECKED;

#endif
