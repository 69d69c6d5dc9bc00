// SPDX-License-Identifier: MIT
// bytes: immutable bytes, one cell, as str without widths.
#ifndef OZ_TYPES_BYTES_H
#define OZ_TYPES_BYTES_H

#include "types/protocol.h"

typedef struct Bytes {
    Object base;
    uint32_t length;        /* [const]; 0xffffffff: large, see oz_bytes_length */
    _Atomic(uint32_t) hash; /* [atomic] 0: not computed yet */
    uint8_t data[];         /* [const] and a zero behind */
} Bytes;

/* The exact bytes behind a bytes or an instance of a subclass: borrowed; NULL if it is none. */
OZ_INLINE const Bytes *oz_as_bytes(Obj v)
{
    if (!oz_is_pointer(v))
        return NULL;
    uint32_t id = oz_id(oz_object(v));
    if (OZ_LIKELY(id == OZ_BYTES))
        return (const Bytes *)v;
    if (id >= OZ_BUILTIN_IDS && oz_shape_by_id(id)->layout == OZ_BYTES)
        return (const Bytes *)((const Wrapper *)v)->value;
    return NULL;
}

bool oz_bytes_init(Thread *t) OZ_CHECKED; /* the empty bytes of the VM */
/* What bytes(o) makes of anything but a str or a number: __bytes__, buffer, iterable of ints. */
Ref oz_bytes_from_object(Thread *t, Obj o) OZ_CHECKED;
size_t oz_bytes_length(const Bytes *b);
Ref oz_bytes_new(Thread *t, const void *data, size_t length) OZ_CHECKED;
Ref oz_bytes_alloc(Thread *t, size_t length) OZ_CHECKED; /* the caller fills oz_bytes_data */
uint8_t *oz_bytes_data(const Bytes *b);
/* The same, and a collection where the limit of the heap refuses it.  Runs Python: yes. */
Ref oz_bytes_alloc_patient(Thread *t, size_t length) OZ_CHECKED;
/* Shrink a fresh bytes that nobody else has (taken). */
Ref oz_bytes_shrink(Thread *t, Ref bytes, size_t length) OZ_CHECKED;

#endif
