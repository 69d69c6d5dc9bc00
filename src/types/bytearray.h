// SPDX-License-Identifier: MIT
// bytearray: mutable bytes in a block of their own.
#ifndef OZ_TYPES_BYTEARRAY_H
#define OZ_TYPES_BYTEARRAY_H

#include "types/protocol.h"

typedef struct ByteArray {
    Object base;
    uint8_t *block;   /* [object] a heap block, or NULL while there is nothing */
    uint8_t *start;   /* [object] the first byte: bytes deleted at the front leave a gap before */
    size_t length;    /* [object] */
    size_t capacity;  /* [object] of the block */
    uint32_t exports; /* [object] open views: the size is fixed while there are any */
} ByteArray;

OZ_INLINE ByteArray *oz_as_bytearray(Obj v) /* borrowed; NULL if no bytearray */
{
    return oz_isa(v, OZ_BYTEARRAY) ? (ByteArray *)v : NULL;
}

/* `data` NULL: the caller fills the bytes. */
Ref oz_bytearray_new(Thread *t, const void *data, size_t length) OZ_CHECKED;
/* BufferError while views are open; data may be NULL (bytes undefined). */
bool oz_bytearray_resize(Thread *t, ByteArray *self, size_t length) OZ_CHECKED;
bool oz_bytearray_append(Thread *t, ByteArray *self, const void *data, size_t length) OZ_CHECKED;

#endif
