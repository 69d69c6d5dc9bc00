// SPDX-License-Identifier: MIT
// The buffer protocol: opening, closing and copying views.
#include "types/buffer.h"

#include <string.h>

static const TypeDef *def_of(Obj o)
{
    return oz_shape_of(o)->def;
}

bool oz_has_buffer(Obj o)
{
    return def_of(o)->buffer_get != NULL;
}

bool oz_buffer_get(Thread *t, Obj o, Buffer *view, int flags)
{
    const TypeDef *def = def_of(o);
    *view = (Buffer){0};
    if (!def->buffer_get)
        return oz_fail(t, OZ_TypeError, "a bytes-like object is required, not '%T'", o);
    return def->buffer_get(t, o, view, flags);
}

void oz_buffer_release(Thread *t, Buffer *view)
{
    if (!view->owner)
        return;
    const TypeDef *def = def_of(view->owner);
    if (def->buffer_release)
        def->buffer_release(t, view->owner, view);
    oz_clear(&view->owner);
}

void oz_buffer_fill(Buffer *view, Obj owner, void *data, size_t length, bool readonly)
{
    *view = (Buffer){
        .owner = oz_retain(owner),
        .data = data,
        .length = length,
        .itemsize = 1,
        .format = "B",
        .dimensions = 1,
        .readonly = readonly,
    };
}

/* Do the strides step through the items without gaps, the last (C) or first (F) dimension
 * fastest?  Dimensions of one item do not count. */
bool oz_buffer_is_contiguous(const Buffer *view, char order)
{
    if (order == 'A')
        return oz_buffer_is_contiguous(view, 'C') || oz_buffer_is_contiguous(view, 'F');
    if (!view->shape || view->length == 0)
        return true;
    if (!view->strides && order == 'C')
        return true;
    ssize_t expected = (ssize_t)view->itemsize;
    for (int i = 0; i < view->dimensions; i++) {
        int d = order == 'C' ? view->dimensions - 1 - i : i;
        if (!view->strides)
            return view->dimensions <= 1;
        if (view->shape[d] > 1 && view->strides[d] != expected)
            return false;
        expected *= view->shape[d];
    }
    return true;
}

/* Copy the items below one place; `out_strides` say where they go. */
static void copy_items(const Buffer *view, int dimension, const uint8_t *from, uint8_t *out,
                       const ssize_t *out_strides)
{
    if (dimension == view->dimensions) {
        memcpy(out, from, view->itemsize);
        return;
    }
    for (ssize_t i = 0; i < view->shape[dimension]; i++)
        copy_items(view, dimension + 1, from + i * view->strides[dimension],
                   out + i * out_strides[dimension], out_strides);
}

#define MAX_DIMENSIONS 64

void oz_buffer_copy(const Buffer *view, uint8_t *out, char order)
{
    if (order == 'A')
        order =
            !oz_buffer_is_contiguous(view, 'C') && oz_buffer_is_contiguous(view, 'F') ? 'F' : 'C';
    if (oz_buffer_is_contiguous(view, order)) {
        if (view->length)
            memcpy(out, view->data, view->length);
        return;
    }
    ssize_t strides[MAX_DIMENSIONS], step = (ssize_t)view->itemsize;
    for (int i = 0; i < view->dimensions; i++) {
        int d = order == 'C' ? view->dimensions - 1 - i : i;
        strides[d] = step;
        step *= view->shape[d];
    }
    copy_items(view, 0, view->data, out, strides);
}
