// SPDX-License-Identifier: MIT
// The type PickleBuffer: a buffer that a pickler may leave to the program (protocol 5).
//
// Views of it are views of what it was made of: it only keeps one open until it is released.
#include "modules/pickle.h"

#include "modules/native_type.h"
#include "types/memoryview.h"

typedef struct PickleBuffer {
    Object base;
    Buffer view; /* [object] open, or released: then its owner is empty */
    bool flat;   /* [const] views show bytes, whatever the items are */
} PickleBuffer;

static bool check_open(Thread *t, const PickleBuffer *self)
{
    return self->view.owner ||
           oz_fail(t, OZ_ValueError, "operation forbidden on released PickleBuffer object");
}

const Buffer *oz_pickle_buffer_view(Thread *t, Obj v)
{
    const PickleBuffer *self = (const PickleBuffer *)v;
    return check_open(t, self) ? &self->view : NULL;
}

static Ref buffer_of(Thread *t, Obj exporter, bool flat)
{
    scoped Ref made = oz_object_new(t, OZ_PICKLE_BUFFER, sizeof(PickleBuffer));
    PickleBuffer *self = (PickleBuffer *)made;
    if (!made || !oz_buffer_get(t, exporter, &self->view, OZ_BUFFER_ANY))
        return NULL;
    self->flat = flat;
    oz_track(&self->base, self->view.owner);
    return oz_move(&made);
}

OZ_NEW(pickle_buffer, "($type, object, /)")
{
    return buffer_of(t, a[1], false);
}

OZ_METHOD(pickle_buffer, raw, "($self, /)",
          "A memoryview of the bytes, in one dimension; BufferError if there are gaps in them.")
{
    PickleBuffer *self = (PickleBuffer *)a[0];
    if (!check_open(t, self))
        return NULL;
    if (!oz_buffer_is_contiguous(&self->view, 'A'))
        return oz_raise(t, OZ_BufferError, "cannot extract raw buffer from non-contiguous buffer");
    scoped Ref flat = buffer_of(t, self->view.owner, true);
    return flat ? oz_memoryview_new(t, flat) : NULL;
}

OZ_METHOD(pickle_buffer, release, "($self, /)", "Give the buffer back; twice is once.")
{
    oz_buffer_release(t, &((PickleBuffer *)a[0])->view);
    return OZ_NONE;
}

static bool get_buffer(Thread *t, Obj v, Buffer *view, int flags)
{
    const PickleBuffer *self = (const PickleBuffer *)v;
    if (!check_open(t, self))
        return false;
    scoped Ref owner = oz_retain(self->view.owner);
    bool flat = self->flat;
    if (!oz_buffer_get(t, owner, view, flags | (flat ? OZ_BUFFER_ANY : 0)))
        return false;
    if (flat) {
        view->itemsize = 1;
        view->format = "B";
        view->dimensions = 1;
        view->shape = view->strides = NULL;
    }
    return true;
}

static void pickle_buffer_visit(const Object *object, Visitor *v)
{
    oz_visit(v, ((const PickleBuffer *)object)->view.owner, "buffer", -1);
}

static void pickle_buffer_clear(Thread *t, Object *object)
{
    oz_buffer_release(t, &((PickleBuffer *)object)->view);
}

const TypeDef oz_pickle_buffer_type = {
    .id = OZ_PICKLE_BUFFER,
    .name = "pickle.PickleBuffer",
    .doc = "A buffer that may stay out of the pickle.",
    .size = sizeof(PickleBuffer),
    .flags = OZ_TYPE_WEAKREF | OZ_TYPE_FINAL,
    .visit = pickle_buffer_visit,
    .clear = pickle_buffer_clear,
    .buffer_get = get_buffer,
    .make = &pickle_buffer_new_,
    .methods = OZ_METHODS(&pickle_buffer_raw, &pickle_buffer_release),
};
