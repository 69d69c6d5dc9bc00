// SPDX-License-Identifier: MIT
// memoryview: the buffer of another object, as an object.
#ifndef OZ_TYPES_MEMORYVIEW_H
#define OZ_TYPES_MEMORYVIEW_H

#include "types/buffer.h"

#define OZ_VIEW_DIMENSIONS 64

typedef struct MemoryView {
    Object base;
    Buffer source;    /* [object] the open view of the exporter; owner empty once released */
    Buffer view;      /* [object] what this memoryview shows; owner empty, shape and strides in
                       * `layout` */
    ssize_t *layout;  /* [const] a heap block: shape, then strides; NULL for no dimension */
    uint32_t exports; /* [object] open views of this one */
    bool hashed;      /* [object] */
    int64_t hash;     /* [object] kept, for the memory may change its owner */
} MemoryView;

Ref oz_memoryview_new(Thread *t, Obj exporter) OZ_CHECKED;

/* Memory that is nobody's object, for the time of a call: release it with oz_memoryview_release
 * before the memory goes away. */
bool oz_memoryview_release(Thread *t, Obj view) OZ_CHECKED;

#endif
