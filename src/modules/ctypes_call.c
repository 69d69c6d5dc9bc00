// SPDX-License-Identifier: MIT
// _ctypes: calls of C's functions through libffi.
//
// A call converts each argument to a word (Slot) and what must live meanwhile, and is done
// detached, so that other threads go on; a function whose flags say PYTHONAPI is called attached,
// because it is one of ours that takes and gives objects.
#include "modules/ctypes.h"
#include "object/world.h"

enum { MAX_ARGUMENTS = 1024 };

static _Thread_local Thread *calling; /* [thread] whose call is under way */

Thread *oz_c_calling(void)
{
    return calling;
}

OZ_LIBRARY_GET(Ffi, oz_ffi, FFI, "libffi.so.8", "libffi8")

/* ---- types of libffi ---- */

static ffi_type *letter_ffi(const Ffi *ffi, char letter)
{
    switch (letter) {
    case 'c':
    case 'b':
        return ffi->ffi_type_sint8;
    case 'B':
    case '?':
        return ffi->ffi_type_uint8;
    case 'h':
    case 'v':
        return ffi->ffi_type_sint16;
    case 'H':
        return ffi->ffi_type_uint16;
    case 'i':
    case 'u':
        return ffi->ffi_type_sint32;
    case 'I':
        return ffi->ffi_type_uint32;
    case 'l':
    case 'q':
        return ffi->ffi_type_sint64;
    case 'L':
    case 'Q':
        return ffi->ffi_type_uint64;
    case 'f':
        return ffi->ffi_type_float;
    case 'd':
        return ffi->ffi_type_double;
    case 'g':
        return ffi->ffi_type_longdouble;
    default:
        return ffi->ffi_type_pointer;
    }
}

/* Append what an item in a struct is made of; how many elements: `out` may be NULL. */
static bool flatten(Thread *t, CType *item, ffi_type **out, size_t *count)
{
    if (!oz_native_enter(t, " in a C structure"))
        return false;
    if (item->kind != C_ARRAY) {
        ffi_type *type = oz_ctype_ffi(t, item);
        if (type && out)
            out[*count] = type;
        ++*count;
        return type != NULL;
    }
    CType *inner = oz_ctype(t, item->proto);
    for (size_t n = 0; inner && n < item->length; n++)
        if (!flatten(t, inner, out, count))
            return false;
    return inner != NULL;
}

static bool flatten_fields(Thread *t, const CType *type, ffi_type **out, size_t *count)
{
    List *fields = oz_as_list(type->fields);
    for (size_t n = 0; fields && n < oz_list_length(fields); n++) {
        scoped Ref field = oz_list_get(t, fields, n);
        CType *item = field ? oz_ctype(t, ((CField *)field)->proto) : NULL;
        if (!item || !flatten(t, item, out, count))
            return false;
    }
    return true;
}

/* A struct of more than 32 bytes goes through memory; what it is made of does not matter. */
static ffi_type *struct_ffi(Thread *t, CType *type, const Ffi *ffi)
{
    size_t count = 0;
    bool large = type->size > 32;
    if (!large && !flatten_fields(t, type, NULL, &count))
        return NULL;
    if (!count)
        count = 1;
    ffi_type *made = oz_block_alloc(t->heap, sizeof *made + (count + 1) * sizeof(ffi_type *));
    if (!made) {
        oz_raise_memory(t);
        return NULL;
    }
    ffi_type **elements = (ffi_type **)(made + 1);
    size_t filled = 0;
    elements[0] = ffi->ffi_type_uint8;
    if (!large && !flatten_fields(t, type, elements, &filled)) {
        oz_block_free(made);
        return NULL;
    }
    elements[count] = NULL;
    *made = (ffi_type){type->size, (unsigned short)type->align, FFI_TYPE_STRUCT, elements};
    type->ffi = made;
    return made;
}

ffi_type *oz_ctype_ffi(Thread *t, CType *type)
{
    const Ffi *ffi = oz_ffi(t);
    if (!ffi)
        return NULL;
    if (type->kind == C_SIMPLE)
        return letter_ffi(ffi, type->letter);
    if (type->kind != C_STRUCT && type->kind != C_UNION)
        return ffi->ffi_type_pointer;
    if (type->unpassable || !type->size) {
        oz_raise(t, OZ_TypeError,
                 "passes a struct/union with a bitfield by value, which is "
                 "unsupported.");
        return NULL;
    }
    return type->ffi ? type->ffi : struct_ffi(t, type, ffi);
}

/* ---- arguments ---- */

/* An argument that is ready. */
typedef struct Slot {
    ffi_type *type;
    void *at; /* where the value lies: in `value`, or the memory of a struct */
    union {
        int32_t i;
        void *p;
        uint8_t bytes[16];
    } value;
} Slot;

static Ref parameter_of(Thread *t, Obj value, Ref *as)
{
    scoped Ref key = oz_intern(t, "_as_parameter_");
    *as = NULL;
    return key && oz_find_attr(t, value, key, as) != OZ_RAISED ? OZ_NONE : NULL;
}

static bool fill_data(Thread *t, Slot *slot, CData *data)
{
    CType *type = oz_c_type_of(data);
    if (!data->data)
        return oz_fail(t, OZ_ValueError, "NULL pointer access");
    slot->type = oz_ctype_ffi(t, type);
    if (!slot->type)
        return false;
    if (type->kind == C_ARRAY) {
        slot->value.p = data->data;
    } else if (type->kind == C_STRUCT || type->kind == C_UNION) {
        slot->at = data->data;
    } else {
        memcpy(slot->value.bytes, data->data, type->size);
    }
    return true;
}

/* Wide characters of a str, kept in `keep`. */
static bool fill_text(Thread *t, Slot *slot, const Ffi *ffi, Obj value, List *keep)
{
    scoped Ref kept = NULL;
    slot->type = ffi->ffi_type_pointer;
    return oz_letter_set(t, oz_is_str(value) ? 'Z' : 'z', false, slot->value.bytes, value, &kept) &&
           (!kept || oz_list_append(t, keep, kept));
}

static bool fill_int(Thread *t, Slot *slot, const Ffi *ffi, Obj exact)
{
    int64_t n;
    slot->type = ffi->ffi_type_sint32;
    if (!oz_int_fits_int64(exact, &n) || n < INT32_MIN || n > UINT32_MAX) {
        uint64_t all;
        if (!oz_int_fits_int64(exact, &n) && !oz_as_uint64(t, exact, &all)) {
            oz_exception_clear(t);
            return oz_fail(t, OZ_OverflowError, "int too long to convert");
        }
    }
    slot->value.i = (int32_t)n;
    return true;
}

/* Convert argument `number` (from 1). `keep` holds what must live as long as the call. */
static bool fill(Thread *t, Slot *slot, Obj value, unsigned number, List *keep)
{
    const Ffi *ffi = oz_ffi(t);
    Obj exact = oz_as_exact_int(value);
    slot->at = &slot->value;
    if (!ffi || !oz_native_enter(t, ""))
        return false;
    if (oz_as_c_data(value))
        return oz_list_append(t, keep, value) && fill_data(t, slot, (CData *)value);
    if (oz_is(value, OZ_C_ARGUMENT)) {
        const CArgument *argument = (const CArgument *)value;
        slot->type = letter_ffi(ffi, argument->tag);
        memcpy(slot->value.bytes, argument->value.bytes, sizeof slot->value.bytes);
        return oz_list_append(t, keep, value);
    }
    if (oz_is_none(value)) {
        slot->type = ffi->ffi_type_pointer;
        slot->value.p = NULL;
        return true;
    }
    if (exact)
        return fill_int(t, slot, ffi, exact);
    if (oz_as_bytes(value) || oz_is_str(value))
        return fill_text(t, slot, ffi, value, keep);
    scoped Ref as = NULL;
    if (!parameter_of(t, value, &as))
        return false;
    if (as)
        return oz_list_append(t, keep, as) && fill(t, slot, as, number, keep);
    return oz_fail(t, OZ_TypeError, "Don't know how to convert parameter %u", number);
}

/* The pending exception as one of the kind ArgumentError: "argument 1: TypeError: ...".  A
   MemoryError stays what it is (tests/README.md). */
static bool fail_argument(Thread *t, unsigned number)
{
    if (oz_raised(t, OZ_MemoryError))
        return false;
    scoped Ref error = oz_exception_take(t);
    scoped Ref text = error ? oz_str(t, error) : NULL;
    scoped Ref message = text ? oz_str_format(t, "argument %u: %t: %S", number, error, text) : NULL;
    scoped Ref made = message ? oz_call1(t, oz_ctypes(t)->argument_error, message) : NULL;
    if (made)
        oz_raise_object(t, made, NULL);
    return false;
}

bool oz_c_check_many(Thread *t, uint32_t count)
{
    if (count <= MAX_ARGUMENTS)
        return true;
    scoped Ref text =
        oz_str_format(t, "too many arguments (%u), maximum is %d", count, MAX_ARGUMENTS);
    scoped Ref error = text ? oz_call1(t, oz_ctypes(t)->argument_error, text) : NULL;
    if (error)
        oz_raise_object(t, error, NULL);
    return false;
}

static bool fill_all(Thread *t, Slot *slots, const Tuple *arguments, const Tuple *converters,
                     List *keep)
{
    for (uint32_t n = 0; n < arguments->length; n++) {
        scoped Ref value = oz_retain(arguments->items[n]);
        if (converters && n < converters->length) {
            Ref converted = oz_call1(t, converters->items[n], value);
            if (!converted)
                return fail_argument(t, n + 1);
            oz_drop(value);
            value = converted;
        }
        if (!fill(t, &slots[n], value, n + 1, keep))
            return fail_argument(t, n + 1);
    }
    return true;
}

/* ---- the call ---- */

/* Where a result goes and what becomes of it. */
typedef struct Result {
    Obj restype;
    CType *type; /* of restype, or NULL */
    ffi_type *ffi;
    CData *data; /* the memory of a struct, or NULL; owned */
    uint8_t value[16] __attribute__((aligned(16)));
} Result;

static bool result_start(Thread *t, Result *r, Obj restype)
{
    const Ffi *ffi = oz_ffi(t);
    r->restype = restype;
    r->type = restype ? oz_ctype(t, restype) : NULL;
    if (!ffi)
        return false;
    r->ffi = restype && oz_is_none(restype) ? ffi->ffi_type_void
             : r->type                      ? oz_ctype_ffi(t, r->type)
                                            : ffi->ffi_type_sint32;
    if (!r->ffi)
        return false;
    if (r->type && (r->type->kind != C_SIMPLE || !r->type->plain)) {
        r->data = oz_c_data_new(t, (Class *)restype);
        return r->data != NULL;
    }
    return true;
}

static Ref result_value(Thread *t, Result *r, Obj checker)
{
    if (r->restype && oz_is_none(r->restype))
        return OZ_NONE;
    scoped Ref value = NULL;
    if (r->data) {
        CType *type = r->type;
        if (type->kind != C_STRUCT && type->kind != C_UNION)
            memcpy(r->data->data, r->value, type->size);
        value = oz_retain((Obj)r->data);
    } else if (r->type) {
        value = oz_letter_get(t, r->type->letter, r->type->swapped, r->value);
        if (value && r->type->letter == 'O')
            oz_drop(value); /* the function gave its own reference */
    } else {
        scoped Ref number = oz_letter_get(t, 'i', false, r->value);
        if (r->restype && number)
            return oz_call1(t, r->restype, number);
        return oz_move(&number);
    }
    if (!value || !checker)
        return oz_move(&value);
    return oz_call1(t, checker, value);
}

static void call_it(Thread *t, const Ffi *ffi, ffi_cif *cif, void *address, int flags, Result *r,
                    void **values)
{
    Thread *before = calling;
    void *place = r->data && (r->type->kind == C_STRUCT || r->type->kind == C_UNION)
                      ? (void *)r->data->data
                      : r->value;
    bool attached = flags & FUNCFLAG_PYTHONAPI;
    int old = errno;
    if (!attached)
        oz_detach(t);
    calling = t;
    if (flags & FUNCFLAG_USE_ERRNO)
        errno = t->ctypes_errno;
    ffi->ffi_call(cif, FFI_FN(address), place, values);
    int error = errno;
    calling = before;
    if (!attached)
        oz_attach(t);
    if (flags & FUNCFLAG_USE_ERRNO)
        t->ctypes_errno = error;
    errno = flags & FUNCFLAG_USE_ERRNO ? old : error;
}

/* Parts of a call that are blocks. */
typedef struct Call {
    Slot *slots;
    ffi_type **types;
    void **values;
    Ref keep;
    Result result;
} Call;

static void call_fini(Call *call)
{
    oz_block_free(call->slots);
    oz_block_free(call->types);
    oz_block_free(call->values);
    oz_drop(call->keep);
    oz_drop((Ref)call->result.data);
}

Ref oz_c_call(Thread *t, void *address, int flags, Obj arguments, Obj converters, Obj restype,
              Obj checker)
{
    __attribute__((cleanup(call_fini))) Call call = {0};
    const Ffi *ffi = oz_ffi(t);
    const Tuple *tuple = (const Tuple *)arguments;
    uint32_t count = tuple->length;
    uint32_t fixed = converters ? oz_as_tuple(converters)->length : count;
    if (!ffi)
        return NULL;
    if (!oz_c_check_many(t, count))
        return NULL;
    call.slots = oz_block_alloc(t->heap, (count + 1) * sizeof *call.slots);
    call.types = oz_block_alloc(t->heap, (count + 1) * sizeof *call.types);
    call.values = oz_block_alloc(t->heap, (count + 1) * sizeof *call.values);
    if (!call.slots || !call.types || !call.values)
        return oz_raise_memory(t);
    call.keep = oz_list_new(t, 0);
    if (!call.keep ||
        !fill_all(t, call.slots, tuple, converters ? oz_as_tuple(converters) : NULL,
                  (List *)call.keep) ||
        !result_start(t, &call.result, restype))
        return NULL;
    for (uint32_t n = 0; n < count; n++) {
        call.types[n] = call.slots[n].type;
        call.values[n] = call.slots[n].at;
    }
    ffi_cif cif;
    ffi_status status =
        fixed < count && fixed
            ? ffi->ffi_prep_cif_var(&cif, FFI_DEFAULT_ABI, fixed, count, call.result.ffi,
                                    call.types)
            : ffi->ffi_prep_cif(&cif, FFI_DEFAULT_ABI, count, call.result.ffi, call.types);
    if (status != FFI_OK)
        return oz_raise(t, OZ_RuntimeError, "ffi_prep_cif failed");
    call_it(t, ffi, &cif, address, flags, &call.result, call.values);
    if (flags & FUNCFLAG_PYTHONAPI && t->exception)
        return NULL;
    return result_value(t, &call.result, checker);
}
