// SPDX-License-Identifier: MIT
// The buffer protocol: memory of one object, read or written through another.
//
// A view that is open keeps the owner alive and, where the memory could move (bytearray, array),
// keeps it in place: the owner counts its views and refuses to change its size.
#ifndef OZ_TYPES_BUFFER_H
#define OZ_TYPES_BUFFER_H

#include "types/bytes.h"

typedef struct Buffer {
    Ref owner;              /* the object that answered; owned while the view is open */
    uint8_t *data;          /* the first item */
    size_t length;          /* bytes of all items */
    size_t itemsize;        /* bytes of one */
    const char *format;     /* of an item, as in the struct module; borrowed from the owner */
    int dimensions;         /* 0: one item; 1: the usual case */
    const ssize_t *shape;   /* borrowed from the owner; NULL: one dimension, contiguous */
    const ssize_t *strides; /* likewise, in bytes; NULL: contiguous in C's order */
    bool readonly;
} Buffer;

enum {
    OZ_BUFFER_READ = 0,  /* contiguous in C's order; the caller sees bytes */
    OZ_BUFFER_WRITE = 1, /* BufferError or TypeError if it cannot be written */
    OZ_BUFFER_ANY = 2,   /* any shape and strides */
};

/* Does the object have the protocol?  Runs Python: no. */
bool oz_has_buffer(Obj o);
/* Open a view.  TypeError "a bytes-like object is required, not 'T'" if there is no buffer. */
bool oz_buffer_get(Thread *t, Obj o, Buffer *view, int flags) OZ_CHECKED;
/* Close it; a second call does nothing.  Runs Python: yes (drop of the owner). */
void oz_buffer_release(Thread *t, Buffer *view);

/* What an exporter fills for plain bytes; retains the owner. */
void oz_buffer_fill(Buffer *view, Obj owner, void *data, size_t length, bool readonly);

bool oz_buffer_is_contiguous(const Buffer *view, char order /* 'C', 'F' or 'A' */);
/* Copy all items in C's ('C') or Fortran's ('F') order into `out` of view->length bytes; 'A': in
 * Fortran's order if the view is laid out so, else in C's. */
void oz_buffer_copy(const Buffer *view, uint8_t *out, char order);

/* Bytes of any bytes-like argument: contiguous, read only.  Open with BYTES_ARG. */
OZ_INLINE bool oz_buffer_open(Thread *t, Obj o, Buffer *view)
{
    if (OZ_LIKELY(oz_is(o, OZ_BYTES))) {
        const Bytes *b = (const Bytes *)o;
        oz_buffer_fill(view, o, (void *)b->data, oz_bytes_length(b), true);
        return true;
    }
    return oz_buffer_get(t, o, view, OZ_BUFFER_READ);
}

static inline void oz_scoped_buffer(Buffer *view)
{
    if (OZ_LIKELY(!view->owner || oz_is(view->owner, OZ_BYTES)))
        oz_clear(&view->owner);
    else
        oz_buffer_release(oz_thread(), view);
}
/* A local view that closes itself: scoped_buffer view = {0}; */
#define scoped_buffer __attribute__((cleanup(oz_scoped_buffer))) Buffer

#endif
