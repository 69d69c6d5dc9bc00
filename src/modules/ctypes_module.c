// SPDX-License-Identifier: MIT
// _ctypes: the module: arguments of calls (byref(), from_param()) and its functions.
#include "modules/ctypes.h"
#include "types/audit.h"
#include "types/bytes.h"
#include "types/float.h"

#include <dlfcn.h>

/* ---- arguments ---- */

OZ_TYPE_LIFE(c_argument, CArgument, C_ARGUMENT_REFS)

static Ref c_argument_repr(Thread *t, Obj v)
{
    const CArgument *self = (const CArgument *)v;
    char letter[2] = {self->tag, 0};
    uint8_t c = self->value.bytes[0];
    if (self->tag == 'c' && c < 127 && c >= 32 && c != '\'' && c != '\\')
        return oz_str_format(t, "<cparam 'c' ('%c')>", c);
    if (self->tag == 'c')
        return oz_str_format(t, "<cparam 'c' ('\\x%s%x')>", c < 16 ? "0" : "", c);
    if (strchr("bBhHiIlLqQfd", self->tag)) {
        scoped Ref value = oz_letter_get(t, self->tag, false, self->value.bytes);
        return value ? oz_str_format(t, "<cparam '%s' (%R)>", letter, value) : NULL;
    }
    if (strchr("zZP", self->tag))
        return oz_str_format(t, "<cparam '%s' (%p)>", letter, self->value.p);
    return oz_str_format(t, "<cparam '%s' at %p>", letter, (void *)self);
}

const TypeDef oz_c_argument_type = {
    .id = OZ_C_ARGUMENT,
    .name = "CArgObject",
    .doc = "An argument of a call.",
    .size = sizeof(CArgument),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = c_argument_visit,
    .clear = c_argument_clear,
    .slots = {.repr = c_argument_repr},
    .members = OZ_MEMBERS({"_obj", offsetof(CArgument, object),
                           OZ_MEMBER_READONLY | OZ_MEMBER_NONE_IF_EMPTY, "the wrapped object"}),
};

Ref oz_c_argument_new(Thread *t, char tag, Obj object)
{
    CArgument *self =
        oz_builtin_class(t, OZ_C_ARGUMENT) ? oz_object_new(t, OZ_C_ARGUMENT, sizeof *self) : NULL;
    if (self) {
        self->tag = tag;
        OZ_INIT_FIELD(self, object, oz_retain(object));
    }
    return (Ref)self;
}

static Ref reference_to(Thread *t, CData *data, ssize_t offset)
{
    Ref made = oz_c_argument_new(t, 'P', (Obj)data);
    if (made)
        ((CArgument *)made)->value.p = data->data + offset;
    return made;
}

/* ---- from_param ---- */

/* The value as a simple type has it in memory. */
static Ref simple_argument(Thread *t, const CType *type, char letter, Obj value)
{
    scoped Ref keep = NULL;
    scoped Ref made = oz_c_argument_new(t, letter, value);
    CArgument *self = (CArgument *)made;
    if (!self || !oz_letter_set(t, letter, type->swapped, self->value.bytes, value, &keep))
        return NULL;
    if (keep)
        oz_store(&self->base, &self->object, oz_move(&keep));
    return oz_move(&made);
}

/* Is it C data whose items are of this simple type, or a reference to such a datum? */
static bool points_to(Thread *t, Obj value, char letter)
{
    const CData *data = oz_as_c_data(value);
    const CType *type = data ? oz_c_type_of(data) : NULL, *item = NULL;
    if (type && (type->kind == C_ARRAY || type->kind == C_POINTER) && type->proto)
        item = oz_ctype(t, type->proto);
    if (oz_is(value, OZ_C_ARGUMENT)) {
        data = oz_as_c_data(((const CArgument *)value)->object);
        item = data ? oz_c_type_of(data) : NULL;
    }
    return item && item->kind == C_SIMPLE && item->letter == letter;
}

/* void *: anything that has an address. */
static Ref void_argument(Thread *t, const CType *type, Obj value)
{
    const CData *data = oz_as_c_data(value);
    const CType *given = data ? oz_c_type_of(data) : NULL;
    if (oz_as_exact_int(value))
        return simple_argument(t, type, 'P', value);
    if (oz_as_bytes(value))
        return simple_argument(t, type, 'z', value);
    if (oz_is_str(value))
        return simple_argument(t, type, 'Z', value);
    if (given && (given->kind == C_ARRAY || given->kind == C_POINTER))
        return oz_retain(value);
    if (oz_is(value, OZ_C_ARGUMENT) && ((const CArgument *)value)->tag == 'P')
        return oz_retain(value);
    if (given && data->data &&
        (given->kind == C_FUNCTION ||
         (given->kind == C_SIMPLE && (given->letter == 'z' || given->letter == 'Z')))) {
        Ref made = oz_c_argument_new(t, given->kind == C_FUNCTION ? 'P' : 'Z', value);
        if (made)
            memcpy(((CArgument *)made)->value.bytes, data->data, sizeof(void *));
        return made;
    }
    return NULL;
}

/* NULL without an exception: it does not fit. */
static Ref simple_param(Thread *t, const CType *type, Obj value)
{
    bool text = type->letter == 'z' || type->letter == 'Z';
    if ((text || type->letter == 'P') && oz_is_none(value))
        return OZ_NONE;
    if (type->letter == 'P')
        return void_argument(t, type, value);
    if (text) {
        if (type->letter == 'z' ? oz_as_bytes(value) != NULL : oz_is_str(value))
            return simple_argument(t, type, type->letter, value);
        return points_to(t, value, type->letter == 'z' ? 'c' : 'u') ? oz_retain(value) : NULL;
    }
    Ref made = simple_argument(t, type, type->letter, value);
    if (!made && !oz_raised(t, OZ_MemoryError))
        oz_exception_clear(t);
    return made;
}

static Ref pointer_param(Thread *t, const CType *type, Obj value)
{
    CData *data = oz_as_c_data(value);
    const CType *given = data ? oz_c_type_of(data) : NULL;
    bool fits = false;
    if (oz_is_none(value))
        return OZ_NONE;
    if (!type->proto || !given)
        return NULL;
    if (!oz_is_instance(t, value, type->proto, &fits))
        return NULL;
    if (fits)
        return reference_to(t, data, 0);
    if ((given->kind != C_ARRAY && given->kind != C_POINTER) || !given->proto ||
        !oz_is_subclass(t, given->proto, type->proto, &fits))
        return NULL;
    return fits ? oz_retain(value) : NULL;
}

static Ref other_param(Thread *t, Obj cls, const CType *type, Obj value)
{
    bool fits;
    if (!oz_is(value, OZ_C_ARGUMENT) || type->kind == C_SIMPLE)
        return NULL;
    Obj object = ((const CArgument *)value)->object;
    if (!oz_is_instance(t, object, type->proto ? (Obj)type->proto : cls, &fits))
        return NULL;
    return fits ? oz_retain(value)
                : oz_raise(t, OZ_TypeError, "expected %S instance instead of pointer to %S",
                           ((Class *)cls)->name, oz_class_of(object)->name);
}

Ref oz_c_from_param(Thread *t, Obj cls, Obj value)
{
    const CType *type = oz_ctype(t, cls);
    bool fits;
    if (!type)
        return oz_raise(t, OZ_TypeError, "abstract class");
    if (!oz_native_enter(t, "") || !oz_is_instance(t, value, cls, &fits))
        return NULL;
    if (fits)
        return oz_retain(value);
    Ref made = type->kind == C_SIMPLE    ? simple_param(t, type, value)
               : type->kind == C_POINTER ? pointer_param(t, type, value)
                                         : NULL;
    if (!made && !t->exception)
        made = other_param(t, cls, type, value);
    if (made || t->exception)
        return made;
    scoped Ref key = oz_intern(t, "_as_parameter_"), as = NULL;
    Found found = key ? oz_find_attr(t, value, key, &as) : OZ_RAISED;
    if (found != OZ_MISSING)
        return found == OZ_FOUND ? oz_c_from_param(t, cls, as) : NULL;
    return type->kind == C_SIMPLE ? oz_raise(t, OZ_TypeError, "wrong type")
                                  : oz_raise(t, OZ_TypeError, "expected %S instance instead of %T",
                                             ((Class *)cls)->name, value);
}

/* ---- functions ---- */

OZ_FUNCTION(ctypes, sizeof, "($module, object, /)", "Bytes of a type of C or of its data.")
{
    const CType *type = oz_ctype(t, a[1]);
    const CData *data = oz_as_c_data(a[1]);
    if (type || data)
        return oz_int_new(t, (int64_t)(type ? type->size : data->size));
    return oz_raise(t, OZ_TypeError, "this type has no size");
}

OZ_FUNCTION(ctypes, alignment, "($module, object, /)", "Alignment of a type of C or of its data.")
{
    const CType *type = oz_ctype(t, a[1]);
    const CData *data = oz_as_c_data(a[1]);
    if (!type && data)
        type = oz_c_type_of(data);
    return type ? oz_int_new(t, (int64_t)type->align)
                : oz_raise(t, OZ_TypeError, "no alignment info");
}

OZ_FUNCTION(ctypes, addressof, "($module, object, /)", "Where the data lies.")
{
    const CData *data = oz_as_c_data(a[1]);
    if (!data)
        return oz_raise(t, OZ_TypeError, "invalid type");
    if (!oz_audit_event(t, "ctypes.addressof", "O", a[1]))
        return NULL;
    return oz_int_from_uint64(t, (uint64_t)(uintptr_t)data->data);
}

OZ_FUNCTION(ctypes, byref, "($module, object, offset=0, /)",
            "A pointer to the data, as an argument of a call.")
{
    ssize_t offset;
    CData *data = oz_as_c_data(a[1]);
    if (!oz_as_size_argument(t, a[2], &offset))
        return NULL;
    if (!data)
        return oz_raise(t, OZ_TypeError, "byref() argument must be a ctypes instance, not '%T'",
                        a[1]);
    return reference_to(t, data, offset);
}

OZ_FUNCTION(ctypes, resize, "($module, object, size, /)", "Give the data more memory.")
{
    CData *data = oz_as_c_data(a[1]);
    ssize_t size;
    if (!oz_as_size_argument(t, a[2], &size))
        return NULL;
    if (!data)
        return oz_raise(t, OZ_TypeError, "excepted ctypes instance");
    size_t least = oz_c_type_of(data)->size;
    if (size < 0 || (size_t)size < least)
        return oz_raise(t, OZ_ValueError, "minimum size is %zd", (ssize_t)least);
    if (!data->block && data->data != oz_c_small(data))
        return oz_raise(t, OZ_ValueError,
                        "Memory cannot be resized because this object doesn't own it");
    if ((size_t)size <= data->size) {
        data->size = (size_t)size;
        return OZ_NONE;
    }
    return oz_c_data_grow(t, data, (size_t)size) ? OZ_NONE : NULL;
}

OZ_FUNCTION(ctypes, get_errno, "($module, /)", "This thread's copy of errno.")
{
    if (!oz_audit_event(t, "ctypes.get_errno", ""))
        return NULL;
    return oz_int(t->ctypes_errno);
}

OZ_FUNCTION(ctypes, set_errno, "($module, value, /)", "Set this thread's copy of errno.")
{
    int value, old = t->ctypes_errno;
    if (!oz_audit_event(t, "ctypes.set_errno", "O", a[1]) || !oz_as_int(t, a[1], &value))
        return NULL;
    t->ctypes_errno = value;
    return oz_int(old);
}

OZ_FUNCTION(ctypes, POINTER, "($module, type, /)", "The class of pointers to that type.")
{
    return oz_pointer_class(t, a[1]);
}

OZ_FUNCTION(ctypes, pointer, "($module, object, /)", "A pointer to the data.")
{
    scoped Ref cls = oz_pointer_class(t, (Obj)oz_class_of(a[1]));
    return cls ? oz_call1(t, cls, a[1]) : NULL;
}

OZ_FUNCTION(ctypes, buffer_info, "($module, object, /)", "Format, dimensions and shape of a type.")
{
    const CType *type = oz_ctype(t, a[1]);
    const CData *data = oz_as_c_data(a[1]);
    if (!type && data)
        type = oz_c_type_of(data);
    if (!type)
        return oz_raise(t, OZ_TypeError, "not a ctypes type or object");
    scoped Ref shape = oz_list_new(t, 0);
    for (int n = 0; shape && n < type->dimensions; n++)
        if (!oz_list_append_take(t, (List *)shape, oz_int_new(t, type->shape[n])))
            return NULL;
    scoped Ref tuple = shape ? oz_list_to_tuple(t, (List *)shape) : NULL;
    scoped Ref format =
        tuple
            ? oz_str_new(t, type->format ? (const char *)oz_bytes_data((Bytes *)type->format) : "B")
            : NULL;
    return format ? oz_tuple_of(t, 3, (Obj)format, (Obj)oz_int(type->dimensions), (Obj)tuple)
                  : NULL;
}

OZ_FUNCTION(ctypes, _unpickle, "($module, type, state, /)", "For pickle.")
{
    scoped Ref new_key = oz_intern(t, "__new__"), set_key = oz_intern(t, "__setstate__");
    if (!new_key || !set_key)
        return NULL;
    scoped Ref made = oz_call_method(t, a[1], new_key, 1, (const Obj[]){a[1]});
    scoped Ref set = made ? oz_get_attr(t, made, set_key) : NULL;
    scoped Ref done = set ? oz_call_tuple(t, set, a[2], NULL) : NULL;
    return done ? oz_move(&made) : NULL;
}

/* ---- libraries ---- */

static Ref fail_library(Thread *t)
{
    const char *why = dlerror();
    return oz_raise(t, OZ_OSError, "%s", why ? why : "dlopen() error");
}

OZ_FUNCTION(ctypes, dlopen, "($module, name, flag=0, /)", "Open a library; its handle.")
{
    scoped Ref keep = NULL;
    int flags;
    const char *name = NULL;
    if (!oz_audit_event(t, "ctypes.dlopen", "O", a[1]) || !oz_as_int(t, a[2], &flags))
        return NULL;
    if (!oz_is_none(a[1]) && !(name = oz_path_bytes(t, a[1], &keep)))
        return NULL;
    void *handle = OZ_DETACHED(t, dlopen(name, flags | RTLD_NOW));
    return handle ? oz_int_from_uint64(t, (uint64_t)(uintptr_t)handle) : fail_library(t);
}

OZ_FUNCTION(ctypes, dlclose, "($module, handle, /)", "Close a library.")
{
    uint64_t handle;
    if (!oz_as_uint64(t, a[1], &handle))
        return NULL;
    return dlclose((void *)(uintptr_t)handle) ? fail_library(t) : OZ_NONE;
}

OZ_FUNCTION(ctypes, dlsym, "($module, handle, name, /)", "The address of a symbol.")
{
    scoped Ref keep = NULL;
    uint64_t handle;
    if (!oz_audit_event(t, "ctypes.dlsym/handle", "OO", a[1], a[2]) ||
        !oz_as_uint64(t, a[1], &handle))
        return NULL;
    const char *name = oz_os_text(t, a[2], "dlsym", " 2", &keep);
    if (!name)
        return NULL;
    dlerror();
    void *address = dlsym((void *)(uintptr_t)handle, name);
    return address ? oz_int_from_uint64(t, (uint64_t)(uintptr_t)address) : fail_library(t);
}

static Ref call_address(Thread *t, const Obj *a, int flags)
{
    uint64_t address;
    if (!oz_as_tuple(a[2]))
        return oz_raise(t, OZ_TypeError, "argument 2 must be tuple, not %T", a[2]);
    if (!oz_as_uint64(t, a[1], &address))
        return NULL;
    if (!address)
        return oz_raise(t, OZ_ValueError, "attempt to call a NULL function pointer");
    if (!oz_audit_event(t, "ctypes.call_function", "OO", a[1], a[2]))
        return NULL;
    return oz_c_call(t, (void *)(uintptr_t)address, flags, a[2], NULL, NULL, NULL);
}

OZ_FUNCTION(ctypes, call_function, "($module, address, arguments, /)", "Call what lies there.")
{
    return call_address(t, a, 0);
}

OZ_FUNCTION(ctypes, call_cdeclfunction, "($module, address, arguments, /)", "Call what lies there.")
{
    return call_address(t, a, FUNCFLAG_CDECL);
}

/* ---- the module ---- */

static bool make_classes(Thread *t, CTypes *state)
{
    Class *type = t->vm->classes[OZ_TYPE];
    state->data = oz_builtin_class(t, OZ_C_DATA);
    for (int kind = 0; state->data && kind < C_KINDS; kind++) {
        state->metas[kind] = oz_class_from_def(t, &oz_c_meta_defs[kind], &type, 1);
        if (!state->metas[kind])
            return false;
        state->bases[kind] =
            oz_class_from_def_in(t, state->metas[kind], oz_c_base_defs[kind], &state->data, 1);
        if (!state->bases[kind])
            return false;
    }
    return state->data != NULL;
}

static bool fill_state(Thread *t, CTypes *state)
{
    Obj exception = (Obj)t->vm->errors[OZ_Exception];
    return (state->key = oz_intern(t, "__ctype__")) && (state->pointers = oz_dict_new(t)) &&
           (state->arrays = oz_dict_new(t)) &&
           (state->argument_error =
                oz_class_new_simple(t, "ctypes.ArgumentError", exception, NULL)) &&
           make_classes(t, state);
}

/* What was made of it before memory ran out. */
static void drop_state(CTypes *state)
{
    oz_drop(state->key);
    oz_drop(state->pointers);
    oz_drop(state->arrays);
    oz_drop(state->argument_error);
    for (int kind = 0; kind < C_KINDS; kind++) {
        oz_drop((Ref)state->bases[kind]);
        oz_drop((Ref)state->metas[kind]);
    }
    oz_block_free(state);
}

static bool make_state(Thread *t)
{
    CTypes *state = t->vm->ctypes;
    if (state)
        return true;
    state = oz_block_alloc(t->heap, sizeof *state);
    if (!state)
        return oz_raise_memory(t), false;
    *state = (CTypes){.arrays_limit = 64};
    if (!fill_state(t, state) || !oz_vm_add_roots(t->vm, &state->pointers, 2) ||
        !oz_vm_add_roots(t->vm, &state->argument_error, 2)) {
        drop_state(state);
        return false;
    }
    t->vm->ctypes = state;
    return true;
}

static bool add_names(Thread *t, Module *module, const CTypes *state)
{
    static const char *const names[C_KINDS] = {"_SimpleCData", "Structure", "Union",
                                               "Array",        "_Pointer",  "CFuncPtr"};
    for (int kind = 0; kind < C_KINDS; kind++)
        if (!oz_module_add(t, module, names[kind], oz_retain((Obj)state->bases[kind])))
            return false;
    return oz_module_add(t, module, "_pointer_type_cache", oz_retain(state->pointers)) &&
           oz_module_add(t, module, "ArgumentError", oz_retain(state->argument_error)) &&
           oz_module_add_str(t, module, "__version__", "1.1.0") && oz_c_addresses(t, module);
}

static bool ctypes_init(Thread *t, Module *module)
{
    static const struct {
        const char *name;
        int value;
    } constants[] = {{"FUNCFLAG_CDECL", FUNCFLAG_CDECL},
                     {"FUNCFLAG_PYTHONAPI", FUNCFLAG_PYTHONAPI},
                     {"FUNCFLAG_USE_ERRNO", FUNCFLAG_USE_ERRNO},
                     {"FUNCFLAG_USE_LASTERROR", FUNCFLAG_LASTERROR},
                     {"RTLD_LOCAL", RTLD_LOCAL},
                     {"RTLD_GLOBAL", RTLD_GLOBAL},
                     {"CTYPES_MAX_ARGCOUNT", 1024}};
    for (unsigned n = 0; n < OZ_COUNT(constants); n++)
        if (!oz_module_add_int(t, module, constants[n].name, constants[n].value))
            return false;
    if (!make_state(t) || !add_names(t, module, oz_ctypes(t)))
        return false;
    scoped Ref key = oz_intern(t, "_unpickle");
    Obj unpickle = key ? oz_dict_peek_str(oz_module_dict((Obj)module), key) : NULL;
    CTypes *state = oz_ctypes(t);
    if (unpickle && !state->unpickle)
        state->unpickle = oz_retain(unpickle);
    return unpickle != NULL;
}

const ModuleDef oz_ctypes_module = {
    .name = "_ctypes",
    .doc = "The native part of ctypes.",
    .functions = OZ_METHODS(&ctypes_sizeof, &ctypes_alignment, &ctypes_addressof, &ctypes_byref,
                            &ctypes_resize, &ctypes_get_errno, &ctypes_set_errno, &ctypes_POINTER,
                            &ctypes_pointer, &ctypes_buffer_info, &ctypes__unpickle, &ctypes_dlopen,
                            &ctypes_dlclose, &ctypes_dlsym, &ctypes_call_function,
                            &ctypes_call_cdeclfunction),
    .init = ctypes_init,
};
