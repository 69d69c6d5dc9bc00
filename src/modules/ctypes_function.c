// SPDX-License-Identifier: MIT
// _ctypes: CFuncPtr, the base of classes of functions, and functions of ours that are called as
// C's.
#include "modules/ctypes.h"
#include "object/world.h"
#include "types/audit.h"
#include "types/bytes.h"

#include <dlfcn.h>

enum { OUT = 2, LOCALE_ID = 4 }; /* of a parameter's flags; 1: it is given */

/* ---- the class ---- */

static Ref converters_of(Thread *t, Obj argtypes)
{
    scoped Ref key = oz_intern(t, "from_param");
    scoped Ref list = key ? oz_list_new(t, 0) : NULL;
    const Tuple *classes = oz_as_tuple(argtypes);
    for (uint32_t n = 0; list && n < classes->length; n++) {
        Ref converter = NULL;
        Found found = oz_find_attr(t, classes->items[n], key, &converter);
        if (found == OZ_MISSING)
            return oz_raise(t, OZ_TypeError, "item %u in _argtypes_ has no from_param method",
                            n + 1);
        if (found == OZ_RAISED || !oz_list_append_take(t, (List *)list, converter))
            return NULL;
    }
    return list ? oz_list_to_tuple(t, (List *)list) : NULL;
}

static bool is_restype(Thread *t, Obj v)
{
    return oz_is_none(v) || oz_ctype(t, v) || oz_is_callable(v);
}

static Found checker_of(Thread *t, Obj restype, Ref *checker)
{
    scoped Ref key = oz_intern(t, "_check_retval_");
    *checker = NULL;
    return key ? oz_find_attr(t, restype, key, checker) : OZ_RAISED;
}

static bool prepare_restype(Thread *t, CType *type, Class *cls)
{
    scoped Ref restype = NULL, checker = NULL;
    Found found = oz_c_attribute(t, cls, "_restype_", &restype);
    if (found != OZ_FOUND)
        return found == OZ_MISSING;
    if (!is_restype(t, restype))
        return oz_fail(t, OZ_TypeError, "_restype_ must be a type, a callable, or None");
    if (checker_of(t, restype, &checker) == OZ_RAISED)
        return false;
    oz_store(&type->base, &type->restype, oz_move(&restype));
    oz_store(&type->base, &type->checker, oz_move(&checker));
    return true;
}

bool oz_function_prepare(Thread *t, Class *cls)
{
    scoped Ref flags = NULL, argtypes = NULL, owned = NULL;
    Found found = oz_c_attribute(t, cls, "_flags_", &flags);
    if (found == OZ_RAISED)
        return false;
    if (!flags || !oz_as_exact_int(flags))
        return oz_fail(t, OZ_TypeError, "class must define _flags_ which must be an integer");
    CType *type = oz_ctype_new(t, C_FUNCTION);
    owned = (Ref)type;
    if (!type || !oz_as_int(t, flags, &type->flags))
        return false;
    type->size = type->align = sizeof(void *);
    type->length = 1;
    type->pointers = true;
    Ref format = oz_bytes_new(t, "X{}", 3);
    if (!format)
        return false;
    oz_store(&type->base, &type->format, format);
    found = oz_c_attribute(t, cls, "_argtypes_", &argtypes);
    if (found == OZ_RAISED)
        return false;
    if (argtypes && !oz_as_tuple(argtypes))
        return oz_fail(t, OZ_TypeError, "_argtypes_ must be a sequence of types");
    if (argtypes && !oz_c_check_many(t, oz_as_tuple(argtypes)->length))
        return false;
    if (argtypes) {
        Ref converters = converters_of(t, argtypes);
        if (!converters)
            return false;
        oz_store(&type->base, &type->argtypes, oz_move(&argtypes));
        oz_store(&type->base, &type->converters, converters);
    }
    return prepare_restype(t, type, cls) && oz_ctype_set(t, cls, oz_move(&owned));
}

/* ---- making functions ---- */

void *oz_c_symbol(Thread *t, Obj library, Obj name, int error)
{
    scoped Ref key = oz_intern(t, "_handle"), keep = NULL;
    scoped Ref handle = key ? oz_get_attr(t, library, key) : NULL;
    uint64_t number;
    if (!handle)
        return NULL;
    if (!oz_as_exact_int(handle)) {
        oz_raise(t, OZ_TypeError,
                 "the _handle attribute of the second argument must be an integer");
        return NULL;
    }
    const Bytes *bytes = oz_as_bytes(name);
    const char *text =
        bytes ? (const char *)oz_bytes_data(bytes) : oz_os_text(t, name, "dlsym", " 2", &keep);
    if (!text || !oz_as_uint64(t, handle, &number))
        return NULL;
    dlerror();
    void *address = dlsym((void *)(uintptr_t)number, text);
    if (!address) {
        const char *why = dlerror();
        oz_raise(t, error, "%s", why ? why : "the symbol is NULL");
    }
    return address;
}

static Ref function_empty(Thread *t, Class *cls)
{
    return (Ref)oz_c_data_new(t, cls);
}

/* paramflags: (flag, name, default) for each parameter. */
static bool check_flags(Thread *t, const CType *type, Obj flags)
{
    const Tuple *all = oz_as_tuple(flags);
    if (!all || !type->argtypes)
        return oz_fail(t, OZ_TypeError, "paramflags must be a tuple or None");
    if (all->length != oz_as_tuple(type->argtypes)->length)
        return oz_fail(t, OZ_ValueError, "paramflags must have the same length as argtypes");
    for (uint32_t n = 0; n < all->length; n++) {
        const Tuple *one = oz_as_tuple(all->items[n]);
        int flag;
        if (!one || one->length < 1 || one->length > 3 || !oz_as_exact_int(one->items[0]) ||
            (one->length > 1 && !oz_is_str(one->items[1]) && !oz_is_none(one->items[1])))
            return oz_fail(t, OZ_TypeError,
                           "paramflags must be a sequence of (int [,string [,value]]) tuples");
        if (!oz_as_int(t, one->items[0], &flag))
            return false;
        CType *item = oz_ctype(t, oz_as_tuple(type->argtypes)->items[n]);
        flag &= OUT | 1 | LOCALE_ID;
        if (flag == OUT && (!item || (item->kind != C_POINTER && item->kind != C_ARRAY &&
                                      !(item->kind == C_SIMPLE && strchr("PzZ", item->letter)))))
            return oz_fail(t, OZ_TypeError, "'out' parameter %u must be a pointer type, not %S",
                           n + 1, ((Class *)oz_as_tuple(type->argtypes)->items[n])->name);
        if (flag == 6 || flag == 7)
            return oz_fail(t, OZ_TypeError, "paramflag value %d not supported", flag);
    }
    return true;
}

static Ref function_from_library(Thread *t, Class *cls, const Tuple *spec, Obj flags)
{
    const CType *type = oz_ctype(t, (Obj)cls);
    if (spec->length != 2)
        return oz_raise(t, OZ_TypeError, "illegal func_spec argument");
    if (!type)
        return oz_raise(t, OZ_TypeError, "abstract class");
    if (!oz_is_str(spec->items[0]) && !oz_as_bytes(spec->items[0]))
        return oz_raise(t, OZ_TypeError, "bytes or str expected for the name of a function");
    if (flags && !oz_is_none(flags) && !check_flags(t, type, flags))
        return NULL;
    if (!oz_audit_event(t, "ctypes.dlsym", "OO", spec->items[1], spec->items[0]))
        return NULL;
    void *address = oz_c_symbol(t, spec->items[1], spec->items[0], OZ_AttributeError);
    scoped Ref made = address ? function_empty(t, cls) : NULL;
    CFunction *self = (CFunction *)made;
    if (!self)
        return NULL;
    memcpy(self->data.data, &address, sizeof address);
    if (flags && !oz_is_none(flags))
        oz_store(&self->data.base, &self->flags, oz_retain(flags));
    return oz_c_keep(t, &self->data, 0, spec->items[1]) ? oz_move(&made) : NULL;
}

static Ref function_from_callable(Thread *t, Class *cls, Obj callable)
{
    const CType *type = oz_ctype(t, (Obj)cls);
    if (!type)
        return oz_raise(t, OZ_TypeError, "abstract class");
    if (!oz_is_callable(callable))
        return oz_raise(t, OZ_TypeError, "argument must be callable or integer function address");
    scoped Ref made = function_empty(t, cls);
    CFunction *self = (CFunction *)made;
    scoped Ref thunk = self ? oz_c_thunk_new(t, type, callable) : NULL;
    if (!thunk)
        return NULL;
    memcpy(self->data.data, &((CThunk *)thunk)->code, sizeof(void *));
    oz_store(&self->data.base, &self->thunk, oz_retain(thunk));
    return oz_c_keep(t, &self->data, 0, thunk) ? oz_move(&made) : NULL;
}

static Ref function_new(Thread *t, Class *cls, const Args *args)
{
    scoped Ref keep = NULL;
    if (args->count == 0)
        return function_empty(t, cls);
    Obj first = args->items[0];
    const Tuple *spec = oz_as_tuple(first);
    if (spec && args->count <= 2)
        return function_from_library(t, cls, spec, args->count == 2 ? args->items[1] : NULL);
    if (args->count != 1)
        return oz_raise(t, OZ_TypeError, "argument must be callable or integer function address");
    if (!oz_as_exact_int(first))
        return function_from_callable(t, cls, first);
    scoped Ref made = function_empty(t, cls);
    if (!made || !oz_letter_set(t, 'P', false, ((CData *)made)->data, first, &keep))
        return NULL;
    return oz_move(&made);
}

static bool function_init(Thread *t OZ_UNUSED, Obj self OZ_UNUSED, const Args *args OZ_UNUSED)
{
    return true;
}

static void function_visit(const Object *object, Visitor *v)
{
    const CFunction *self = (const CFunction *)object;
    oz_c_data_visit(object, v);
    C_FUNCTION_REFS(OZ_VISIT)
}

static void function_clear(Thread *t, Object *object)
{
    CFunction *self = (CFunction *)object;
    oz_c_data_clear(t, object);
    C_FUNCTION_REFS(OZ_CLEAR)
}

/* ---- attributes ---- */

static Ref function_errcheck(Thread *t OZ_UNUSED, Obj v)
{
    const CFunction *self = (const CFunction *)v;
    return self->errcheck ? oz_retain(self->errcheck) : OZ_NONE;
}

static bool function_set_errcheck(Thread *t, Obj v, Obj value)
{
    CFunction *self = (CFunction *)v;
    if (value && !oz_is_callable(value))
        return oz_fail(t, OZ_TypeError, "the errcheck attribute must be callable");
    oz_store(&self->data.base, &self->errcheck, value ? oz_retain(value) : NULL);
    return true;
}

static Obj restype_of(const CFunction *self)
{
    return self->restype ? self->restype : oz_c_type_of(&self->data)->restype;
}

static Ref function_restype(Thread *t OZ_UNUSED, Obj v)
{
    Obj restype = restype_of((const CFunction *)v);
    return restype ? oz_retain(restype) : OZ_NONE;
}

static bool function_set_restype(Thread *t, Obj v, Obj value)
{
    CFunction *self = (CFunction *)v;
    scoped Ref checker = NULL;
    if (value && !is_restype(t, value))
        return oz_fail(t, OZ_TypeError, "restype must be a type, a callable, or None");
    if (value && checker_of(t, value, &checker) == OZ_RAISED)
        return false;
    oz_store(&self->data.base, &self->checker, oz_move(&checker));
    oz_store(&self->data.base, &self->restype, value ? oz_retain(value) : NULL);
    return true;
}

static Ref function_argtypes(Thread *t OZ_UNUSED, Obj v)
{
    const CFunction *self = (const CFunction *)v;
    Obj argtypes = self->argtypes ? self->argtypes : oz_c_type_of(&self->data)->argtypes;
    return argtypes ? oz_retain(argtypes) : OZ_NONE;
}

static bool function_set_argtypes(Thread *t, Obj v, Obj value)
{
    CFunction *self = (CFunction *)v;
    scoped Ref tuple = NULL, converters = NULL;
    if (value && !oz_is_none(value)) {
        if (!oz_as_tuple(value) && !oz_as_list(value))
            return oz_fail(t, OZ_TypeError, "_argtypes_ must be a sequence of types");
        tuple = oz_tuple_from(t, value);
        converters = tuple ? converters_of(t, tuple) : NULL;
        if (!converters)
            return false;
    }
    oz_store(&self->data.base, &self->converters, oz_move(&converters));
    oz_store(&self->data.base, &self->argtypes, tuple ? oz_retain(value) : NULL);
    return true;
}

/* ---- calling ---- */

/* The arguments of a call by paramflags, and which of them are outputs. */
typedef struct Outputs {
    Ref arguments; /* list */
    Ref results;   /* list of what comes back */
} Outputs;

static void outputs_fini(Outputs *o)
{
    oz_drop(o->arguments);
    oz_drop(o->results);
}

/* The next argument that the caller gave, by position or name, or the default. */
static Ref given_argument(Thread *t, const Args *args, uint32_t *at, const Tuple *one)
{
    if (*at < args->count)
        return oz_retain(args->items[(*at)++]);
    Obj name = one->length > 1 && oz_is_str(one->items[1]) ? one->items[1] : NULL;
    for (uint32_t n = 0; name && n < args->named; n++) {
        const Str *given = (const Str *)((const Tuple *)args->names)->items[n];
        if (oz_str_equal(given, oz_as_str(name)))
            return oz_retain(args->items[args->count + n]);
    }
    if (one->length > 2)
        return oz_retain(one->items[2]);
    return name ? oz_raise(t, OZ_TypeError, "required argument '%S' missing", name)
                : oz_raise(t, OZ_TypeError, "not enough arguments");
}

static Ref byref(Thread *t, Obj data, ssize_t offset)
{
    Ref made = oz_c_argument_new(t, 'P', data);
    if (made)
        ((CArgument *)made)->value.p = ((CData *)data)->data + offset;
    return made;
}

/* A new object for an output, and the argument that points to it. */
static bool add_output(Thread *t, Outputs *o, Obj cls)
{
    const CType *type = oz_ctype(t, cls);
    if (!type || (type->kind == C_SIMPLE || !type->proto))
        return oz_fail(t, OZ_TypeError, "%S 'out' parameter must be passed as default value",
                       ((Class *)cls)->name);
    scoped Ref made = oz_call0(t, type->kind == C_ARRAY ? cls : (Obj)type->proto);
    if (!made)
        return false;
    if (!oz_as_c_data(made))
        return oz_fail(t, OZ_TypeError, "not a ctype instance");
    Ref argument = type->kind == C_ARRAY ? oz_retain(made) : byref(t, made, 0);
    return oz_list_append_take(t, (List *)o->arguments, argument) &&
           oz_list_append(t, (List *)o->results, made);
}

static bool read_flagged(Thread *t, const CFunction *self, const Args *args, Outputs *o)
{
    const Tuple *flags = oz_as_tuple(self->flags);
    const CType *type = oz_c_type_of(&self->data);
    const Tuple *classes = oz_as_tuple(self->argtypes ? self->argtypes : (Obj)type->argtypes);
    uint32_t at = 0, wanted = 0;
    o->arguments = oz_list_new(t, 0);
    o->results = o->arguments ? oz_list_new(t, 0) : NULL;
    if (!o->results)
        return false;
    for (uint32_t n = 0; n < flags->length; n++) {
        const Tuple *one = oz_as_tuple(flags->items[n]);
        int flag;
        if (!oz_as_int(t, one->items[0], &flag))
            return false;
        flag &= OUT | 1 | LOCALE_ID;
        if (flag == OUT && one->length < 3) {
            if (!classes || n >= classes->length || !add_output(t, o, classes->items[n]))
                return false;
            continue;
        }
        Ref value = flag == OUT || flag == (LOCALE_ID | 1)
                        ? (one->length > 2 ? oz_retain(one->items[2]) : oz_int(0))
                        : given_argument(t, args, &at, one);
        wanted += flag != OUT && flag != (LOCALE_ID | 1);
        if (!value || (flag & OUT && !oz_list_append(t, (List *)o->results, value))) {
            oz_drop(value);
            return false;
        }
        if (!oz_list_append_take(t, (List *)o->arguments, value))
            return false;
    }
    if (args->count + args->named > wanted)
        return oz_fail(t, OZ_TypeError, "call takes exactly %u arguments (%u given)", wanted,
                       args->count + args->named);
    return true;
}

/* What the outputs have become: one, or a tuple of them. */
static Ref results_of(Thread *t, const Outputs *o)
{
    scoped Ref key = oz_intern(t, "__ctypes_from_outparam__");
    scoped Ref list = key ? oz_list_new(t, 0) : NULL;
    List *results = (List *)o->results;
    for (size_t n = 0; list && n < oz_list_length(results); n++) {
        scoped Ref item = oz_list_get(t, results, n);
        Ref value = !item                ? NULL
                    : oz_as_c_data(item) ? oz_call_method(t, item, key, 0, NULL)
                                         : oz_retain(item);
        if (!oz_list_append_take(t, (List *)list, value))
            return NULL;
    }
    if (!list)
        return NULL;
    return oz_list_length((List *)list) == 1 ? oz_list_get(t, (List *)list, 0)
                                             : oz_list_to_tuple(t, (List *)list);
}

static bool check_count(Thread *t, Obj converters, uint32_t given)
{
    uint32_t wanted = converters ? oz_as_tuple(converters)->length : 0;
    return wanted <= given ||
           oz_fail(t, OZ_TypeError, "this function takes at least %u argument%s (%u given)", wanted,
                   wanted == 1 ? "" : "s", given);
}

static Ref function_call(Thread *t, Obj v, const Args *args)
{
    const CFunction *self = (const CFunction *)v;
    const CType *type = oz_c_type_of(&self->data);
    __attribute__((cleanup(outputs_fini))) Outputs outputs = {0};
    bool flagged = self->flags != NULL;
    void *address = NULL;
    if (flagged && !read_flagged(t, self, args, &outputs))
        return NULL;
    scoped Ref arguments = flagged ? oz_list_to_tuple(t, (List *)outputs.arguments)
                                   : oz_tuple_new(t, args->items, args->count);
    scoped Ref converters = oz_retain(self->converters ? self->converters : type->converters);
    scoped Ref restype = oz_retain(restype_of(self));
    scoped Ref checker = oz_retain(self->restype ? self->checker : type->checker);
    if (!arguments || !check_count(t, converters, ((Tuple *)arguments)->length))
        return NULL;
    if (self->data.data)
        memcpy(&address, self->data.data, sizeof address);
    if (!address)
        return oz_raise(t, OZ_ValueError, "attempt to call a NULL function pointer");
    scoped Ref result = oz_c_call(t, address, type->flags, arguments, converters, restype, checker);
    if (result && self->errcheck) {
        Ref checked = oz_call3(t, self->errcheck, result, v, arguments);
        oz_drop(result);
        result = checked;
        if (!checked || checked != arguments)
            return oz_move(&result);
    }
    if (!result || !flagged || !oz_list_length((List *)outputs.results))
        return oz_move(&result);
    return results_of(t, &outputs);
}

static Ref function_repr(Thread *t, Obj v)
{
    return oz_str_format(t, "<%S object at %p>", oz_class_of(v)->name, (void *)v);
}

const TypeDef oz_c_function_def = {
    .id = OZ_C_DATA,
    .name = "_ctypes.CFuncPtr",
    .doc = "Base of functions of C.",
    .size = sizeof(CFunction),
    .flags = OZ_TYPE_WEAKREF,
    .visit = function_visit,
    .clear = function_clear,
    .free = oz_c_data_free,
    .buffer_get = oz_c_buffer_get,
    .slots = {.new = function_new,
              .init = function_init,
              .call = function_call,
              .boolean = oz_c_is_set,
              .repr = function_repr},
    .getsets = OZ_GETSETS(
        {"errcheck", function_errcheck, function_set_errcheck, "a function to check for errors"},
        {"restype", function_restype, function_set_restype, "specify the result type"},
        {"argtypes", function_argtypes, function_set_argtypes, "specify the argument types"}),
};

/* ---- functions of ours that are called as C's ---- */

static bool is_pointer_class(Thread *t, Obj cls)
{
    const CType *type = oz_ctype(t, cls);
    return type && (type->kind == C_POINTER || type->kind == C_FUNCTION ||
                    (type->kind == C_SIMPLE && strchr("PzUZXO", type->letter)));
}

static Ref cast(void *address, Obj source, Obj cls)
{
    Thread *t = oz_thread();
    CData *from = oz_as_c_data(source);
    if (!is_pointer_class(t, cls))
        return oz_raise(t, OZ_TypeError, "cast() argument 2 must be a pointer type, not %S",
                        oz_is_class(cls) ? ((Class *)cls)->name : oz_class_of(cls)->name);
    scoped Ref made = oz_call0(t, cls);
    if (!made || !oz_as_c_data(made))
        return NULL;
    CData *self = (CData *)made;
    memcpy(self->data, &address, sizeof address);
    if (!from)
        return oz_move(&made);
    scoped Ref kept = oz_c_kept(t, from);
    scoped Ref key = kept ? oz_int_from_uint64(t, (uint64_t)(uintptr_t)source) : NULL;
    if (!key)
        return NULL;
    if (oz_is_none(kept)) {
        kept = oz_dict_new(t);
        if (!kept)
            return NULL;
        oz_c_share(from, kept);
    }
    oz_store(&self->base, &self->objects, oz_retain(kept));
    return !oz_is(kept, OZ_DICT) || oz_dict_set(t, (Dict *)kept, key, source) ? oz_move(&made)
                                                                              : NULL;
}

static Ref string_at(const char *at, int size)
{
    Thread *t = oz_thread();
    if (!at)
        return oz_raise(t, OZ_ValueError, "NULL pointer access");
    return oz_bytes_new(t, at, size < 0 ? strlen(at) : (size_t)size);
}

static Ref wstring_at(const wchar_t *at, int size)
{
    Thread *t = oz_thread();
    if (!at)
        return oz_raise(t, OZ_ValueError, "NULL pointer access");
    size_t length = 0;
    while (size < 0 && at[length])
        length++;
    return oz_wide_get(t, (const uint8_t *)at, size < 0 ? length : (size_t)size);
}

bool oz_c_addresses(Thread *t, Module *module)
{
    const struct {
        const char *name;
        uintptr_t address;
    } table[] = {{"_memmove_addr", (uintptr_t)memmove},
                 {"_memset_addr", (uintptr_t)memset},
                 {"_string_at_addr", (uintptr_t)string_at},
                 {"_wstring_at_addr", (uintptr_t)wstring_at},
                 {"_cast_addr", (uintptr_t)cast}};
    for (unsigned n = 0; n < OZ_COUNT(table); n++)
        if (!oz_module_add_int(t, module, table[n].name, (int64_t)table[n].address))
            return false;
    return true;
}
