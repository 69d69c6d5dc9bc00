// SPDX-License-Identifier: MIT
// _ctypes: Python functions that C calls.
//
// A thunk is machine code of libffi for one callable. It attaches the thread whose call led to it,
// which is detached meanwhile; on a thread that Ounce did not start it gives zeros. What the
// callable raises is reported, for C has no way to take it.
#include "modules/ctypes.h"
#include "object/world.h"

OZ_TYPE_LIFE(c_thunk, CThunk, C_THUNK_REFS)

static void c_thunk_free(Thread *t, Object *object)
{
    CThunk *self = (CThunk *)object;
    const Ffi *ffi = self->closure ? oz_ffi(t) : NULL;
    if (ffi)
        ffi->ffi_closure_free(self->closure);
    oz_block_free(self->types);
}

const TypeDef oz_c_thunk_type = {
    .id = OZ_C_THUNK,
    .name = "_ctypes.CThunkObject",
    .doc = "Machine code that calls a Python function.",
    .size = sizeof(CThunk),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = c_thunk_visit,
    .clear = c_thunk_clear,
    .free = c_thunk_free,
};

static Ref callback_argument(Thread *t, Obj cls, const void *at)
{
    const CType *type = oz_ctype(t, cls);
    if (!type)
        return oz_raise(t, OZ_TypeError, "cannot build parameter");
    if (type->kind == C_SIMPLE && type->plain)
        return oz_letter_get(t, type->letter, type->swapped, at);
    CData *data = oz_c_data_new(t, (Class *)cls);
    if (data)
        memcpy(data->data, at, type->size);
    return (Ref)data;
}

static Ref callback_run(Thread *t, const CThunk *thunk, void **values)
{
    Obj argtypes = ((const CType *)thunk->type)->argtypes;
    const Tuple *classes = argtypes ? oz_as_tuple(argtypes) : NULL;
    uint32_t count = classes ? classes->length : 0;
    scoped Ref list = oz_list_new(t, count);
    for (uint32_t n = 0; list && n < count; n++)
        if (!oz_list_append_take(t, (List *)list,
                                 callback_argument(t, classes->items[n], values[n])))
            return NULL;
    scoped Ref arguments = list ? oz_list_to_tuple(t, (List *)list) : NULL;
    return arguments ? oz_call_tuple(t, thunk->callable, arguments, NULL) : NULL;
}

static void callback_result(Thread *t, Obj callable, const CType *result, Obj value, uint8_t *out)
{
    scoped Ref keep = NULL;
    if (!result)
        return;
    if (!oz_letter_set(t, result->letter, result->swapped, out, value, &keep)) {
        oz_unraisable(t, callable,
                      "Exception ignored on converting result of ctypes callback function");
    } else if (result->letter == 'O') {
        (void)oz_move(&keep); /* the caller's */
    } else if (keep) {
        (void)oz_move(&keep);
        if (!oz_warn(t, OZ_RuntimeWarning, 1, "memory leak in callback function."))
            oz_unraisable(t, callable, NULL);
    }
}

/* errno and the thread's copy of it change places. */
static void swap_errno(Thread *t)
{
    int error = errno;
    errno = t->ctypes_errno;
    t->ctypes_errno = error;
}

static void callback_attached(Thread *t, const CThunk *thunk, uint8_t *out, void **values)
{
    scoped Ref pending = oz_exception_take(t);
    scoped Ref kept = oz_retain((Obj)thunk);
    const CType *type = (const CType *)thunk->type;
    if (!thunk->callable || !type)
        return;
    bool swaps = type->flags & FUNCFLAG_USE_ERRNO;
    if (swaps)
        swap_errno(t);
    Ref value = callback_run(t, thunk, values);
    if (!value)
        oz_unraisable(t, thunk->callable, "Exception ignored on calling ctypes callback function");
    else
        callback_result(t, thunk->callable, type->restype ? oz_ctype(t, type->restype) : NULL,
                        value, out);
    if (swaps)
        swap_errno(t);
    oz_drop(value);
    if (pending)
        oz_exception_put(t, oz_move(&pending));
}

static void callback(ffi_cif *cif, void *out, void **values, void *data)
{
    const CThunk *self = data;
    Thread *t = oz_thread() ? oz_thread() : oz_c_calling();
    if (cif->rtype->type != FFI_TYPE_VOID)
        memset(out, 0, cif->rtype->size < sizeof(ffi_arg) ? sizeof(ffi_arg) : cif->rtype->size);
    if (!t)
        return;
    bool was_detached = t->detached;
    oz_attach(t);
    callback_attached(t, self, out, values);
    if (was_detached)
        oz_detach(t);
}

static bool thunk_types(Thread *t, CThunk *self, const Tuple *classes, uint32_t count)
{
    self->types = oz_block_alloc(t->heap, (count + 1) * sizeof *self->types);
    if (!self->types)
        return oz_raise_memory(t), false;
    for (uint32_t n = 0; n < count; n++) {
        CType *item = oz_ctype(t, classes->items[n]);
        if (!item)
            return oz_fail(t, OZ_TypeError, "item %u in _argtypes_ is no C type", n + 1);
        self->types[n] = oz_ctype_ffi(t, item);
        if (!self->types[n])
            return false;
    }
    return true;
}

Ref oz_c_thunk_new(Thread *t, const CType *type, Obj callable)
{
    const Ffi *ffi = oz_ffi(t);
    const Tuple *classes = type->argtypes ? oz_as_tuple(type->argtypes) : NULL;
    uint32_t count = classes ? classes->length : 0;
    CType *result = type->restype ? oz_ctype(t, type->restype) : NULL;
    if (!ffi || !oz_c_check_many(t, count))
        return NULL;
    if (type->restype && !oz_is_none(type->restype) && (!result || result->kind != C_SIMPLE))
        return oz_raise(t, OZ_TypeError, "invalid result type for callback function");
    scoped Ref made =
        oz_builtin_class(t, OZ_C_THUNK) ? oz_object_new(t, OZ_C_THUNK, sizeof(CThunk)) : NULL;
    CThunk *self = (CThunk *)made;
    if (!self)
        return NULL;
    OZ_INIT_FIELD(self, callable, oz_retain(callable));
    OZ_INIT_FIELD(self, type, oz_retain((Obj)type));
    ffi_type *returned = result          ? oz_ctype_ffi(t, result)
                         : type->restype ? ffi->ffi_type_void
                                         : ffi->ffi_type_sint32;
    if (!returned || !thunk_types(t, self, classes, count))
        return NULL;
    self->closure = ffi->ffi_closure_alloc(sizeof *self->closure, &self->code);
    if (!self->closure)
        return oz_raise_memory(t);
    if (ffi->ffi_prep_cif(&self->cif, FFI_DEFAULT_ABI, count, returned, self->types) != FFI_OK ||
        ffi->ffi_prep_closure_loc(self->closure, &self->cif, callback, self, self->code) != FFI_OK)
        return oz_raise(t, OZ_RuntimeError, "ffi_prep_closure failed");
    return oz_move(&made);
}
