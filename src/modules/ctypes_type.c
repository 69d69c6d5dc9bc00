// SPDX-License-Identifier: MIT
// _ctypes: the classes of C data, and what is known of each.
//
// A class of C data is an instance of one of six metaclasses (PyCSimpleType, PyCStructType, ...),
// native classes themselves. What is known of it - size, alignment, format, class of the items - is
// a CType, which the class keeps in its dict under "__ctype__"; a subclass gets one of its own.
// An instance (CData) holds the CType of its class and points to memory: its own, that of another
// CData whose part it is (owner), or an address that a program gave.
//
//   M1. Memory of a CData is given back at its death only. resize() allocates anew and chains the
//       old block to the new one, because parts and open views may still point into it.
//   M2. What C's memory points to (the bytes behind a char *) is kept alive by `objects` of the
//       outermost owner, by the place where the pointer lies.
//   M3. A CType does not change once an instance or a subclass exists (`final`).
//   M4. Memory of our own begins at a multiple of 16, as that of malloc does: C may copy a struct
//   with
//       a long double by instructions that insist on it.  Cells do not (8).
//
// What the addresses that a program gives (from_address, cast, pointers that C returned) point to
// is the program's business; ctypes has no way to check it, here as in CPython.
#include "modules/ctypes.h"
#include "object/weakref.h"
#include "types/bytes.h"
#include "types/class_layout.h"
#include "types/memoryview.h"
#include "types/weakref.h"

/* ---- CType ---- */

OZ_TYPE_LIFE(c_type_refs, CType, C_TYPE_REFS)

static void c_type_clear(Thread *t, Object *object)
{
    CType *self = (CType *)object;
    ssize_t *shape = self->shape;
    ffi_type *ffi = self->ffi;
    self->shape = NULL;
    self->dimensions = 0;
    self->ffi = NULL;
    oz_block_free(shape);
    oz_block_free(ffi);
    c_type_refs_clear(t, object);
}

const TypeDef oz_c_type_type = {
    .id = OZ_C_TYPE,
    .name = "_ctypes.CType",
    .doc = "What is known of a class of C data.",
    .size = sizeof(CType),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = c_type_refs_visit,
    .clear = c_type_clear,
};

CType *oz_ctype(Thread *t, Obj cls)
{
    Obj found = NULL;
    if (!oz_is_class(cls) || ((Class *)cls)->layout != OZ_C_DATA ||
        oz_class_find(t, (Class *)cls, oz_ctypes(t)->key, &found) != OZ_FOUND)
        return NULL;
    return oz_is(found, OZ_C_TYPE) ? (CType *)found : NULL;
}

CType *oz_ctype_new(Thread *t, CKind kind)
{
    if (!oz_builtin_class(t, OZ_C_TYPE))
        return NULL;
    CType *type = oz_object_new(t, OZ_C_TYPE, sizeof *type);
    if (type) {
        type->kind = kind;
        type->align = 1;
    }
    return type;
}

bool oz_ctype_set(Thread *t, Class *cls, Ref type)
{
    scoped Ref held = type;
    return held && oz_class_store(t, cls, oz_ctypes(t)->key, held) != OZ_RAISED;
}

Found oz_c_attribute(Thread *t, Class *cls, const char *name, Ref *value)
{
    scoped Ref key = oz_intern(t, name);
    *value = NULL;
    return key ? oz_find_attr(t, (Obj)cls, key, value) : OZ_RAISED;
}

/* The nearest base that has a CType: borrowed, or NULL. */
static CType *ctype_above(Thread *t, const Class *cls)
{
    return cls->parent ? oz_ctype(t, (Obj)cls->parent) : NULL;
}

/* ---- formats, as memoryview shows them ---- */

/* The format of a class's items, with the lengths of an array in front: bytes. */
static Ref format_of(Thread *t, const CType *type, const char *prefix)
{
    scoped Ref list = oz_list_new(t, 0);
    if (!list)
        return NULL;
    const char *rest =
        type->format ? (const char *)oz_bytes_data((const Bytes *)type->format) : "B";
    if (!type->dimensions) {
        scoped Ref text = oz_str_format(t, "%s%s", prefix, rest);
        return text ? oz_encode_path(t, text) : NULL;
    }
    for (int n = 0; n < type->dimensions; n++)
        if (!oz_list_append_take(t, (List *)list,
                                 oz_str_format(t, "%lld", (long long)type->shape[n])))
            return NULL;
    scoped Ref comma = oz_str_new(t, ",");
    scoped Ref lengths = comma ? oz_str_join(t, comma, list) : NULL;
    scoped Ref text = lengths ? oz_str_format(t, "%s(%S)%s", prefix, lengths, rest) : NULL;
    return text ? oz_encode_path(t, text) : NULL;
}

Ref oz_ctype_format(Thread *t, const CType *type, const char *prefix)
{
    return format_of(t, type, prefix);
}

static bool set_format(CType *type, Ref format)
{
    if (format)
        oz_store(&type->base, &type->format, format);
    return format != NULL;
}

/* ---- simple types ---- */

static const char simple_letters[] = "cbBhHiIlLdfuzZqQPXOv?g";

static char letter_of(Thread *t, Class *cls)
{
    scoped Ref value = NULL;
    Found found = oz_c_attribute(t, cls, "_type_", &value);
    const Str *text = found == OZ_FOUND ? oz_as_str(value) : NULL;
    if (found == OZ_MISSING)
        oz_raise(t, OZ_AttributeError, "class must define a '_type_' attribute");
    else if (found == OZ_FOUND && !text)
        oz_raise(t, OZ_TypeError, "class must define a '_type_' string attribute");
    if (!text)
        return 0;
    if (oz_str_length(text) != 1) {
        oz_raise(t, OZ_ValueError,
                 "class must define a '_type_' attribute which must be a string of length 1");
        return 0;
    }
    uint32_t c = oz_str_at(text, 0);
    if (c && c < 128 && strchr(simple_letters, (int)c))
        return (char)c;
    oz_raise(t, OZ_AttributeError,
             "class must define a '_type_' attribute which must be\n"
             "a single character string containing one of '%s'.",
             simple_letters);
    return 0;
}

static char format_letter(char letter)
{
    return letter == 'l' ? 'q' : letter == 'L' ? 'Q' : letter == 'v' ? 'h' : letter;
}

static CType *simple_type(Thread *t, const Class *cls, char letter, bool swapped)
{
    CType *type = oz_ctype_new(t, C_SIMPLE);
    if (!type)
        return NULL;
    type->letter = letter;
    type->swapped = swapped;
    type->size = type->align = oz_letter_size(letter);
    type->plain = cls->parent == oz_ctypes(t)->bases[C_SIMPLE];
    type->pointers = strchr("PzZOX", letter) != NULL;
    char text[3] = {swapped ? '>' : '<', format_letter(letter), 0};
    if (!set_format(type, oz_bytes_new(t, text, 2))) {
        oz_drop((Ref)type);
        return NULL;
    }
    return type;
}

static bool set_attribute(Thread *t, Class *cls, const char *name, Obj value)
{
    scoped Ref key = oz_intern(t, name);
    return key && oz_class_store(t, cls, key, value) != OZ_RAISED;
}

/* The class of the same values in the other order of bytes: cls.__ctype_be__. */
static bool add_swapped(Thread *t, Class *cls, char letter)
{
    scoped Ref namespace = oz_dict_copy(t, (Dict *)cls->dict);
    if (!namespace || oz_dict_delete(t, (Dict *)namespace, oz_ctypes(t)->key) == OZ_RAISED)
        return false;
    const Obj items[] = {cls->name, cls->bases, namespace};
    Args args = {items, 3, 0, NULL};
    scoped Ref other =
        oz_class_new(t, oz_class_of((Obj)cls), cls->name, cls->bases, namespace, &args);
    Class *made = (Class *)other;
    return made && oz_ctype_set(t, made, (Ref)simple_type(t, made, letter, true)) &&
           set_attribute(t, cls, "__ctype_le__", (Obj)cls) &&
           set_attribute(t, cls, "__ctype_be__", (Obj)made) &&
           set_attribute(t, made, "__ctype_le__", (Obj)cls) &&
           set_attribute(t, made, "__ctype_be__", (Obj)made);
}

static bool prepare_simple(Thread *t, Class *cls)
{
    const CType *above = ctype_above(t, cls);
    char letter = letter_of(t, cls);
    if (!letter || !oz_ctype_set(t, cls, (Ref)simple_type(t, cls, letter, above && above->swapped)))
        return false;
    return above || !strchr("hHiIlLqQfd", letter) || add_swapped(t, cls, letter);
}

/* ---- arrays ---- */

static bool read_length(Thread *t, Class *cls, int64_t *length)
{
    scoped Ref value = NULL;
    Found found = oz_c_attribute(t, cls, "_length_", &value);
    if (found != OZ_FOUND)
        return found == OZ_MISSING &&
               oz_fail(t, OZ_AttributeError, "class must define a '_length_' attribute");
    Obj exact = oz_as_exact_int(value);
    if (!exact)
        return oz_fail(t, OZ_TypeError, "The '_length_' attribute must be an integer");
    if (oz_int_sign(exact) < 0)
        return oz_fail(t, OZ_ValueError, "The '_length_' attribute must not be negative");
    return oz_int_fits_int64(exact, length) ||
           oz_fail(t, OZ_OverflowError, "The '_length_' attribute is too large");
}

static bool set_shape(Thread *t, CType *type, const CType *item)
{
    type->shape = oz_block_alloc(t->heap, (size_t)(item->dimensions + 1) * sizeof *type->shape);
    if (!type->shape)
        return oz_raise_memory(t), false;
    type->dimensions = item->dimensions + 1;
    type->shape[0] = (ssize_t)type->length;
    if (item->dimensions)
        memcpy(type->shape + 1, item->shape, (size_t)item->dimensions * sizeof *type->shape);
    return true;
}

static bool add_text_attributes(Thread *t, Class *cls, const CType *item)
{
    const GetSetDef *def = item->kind == C_SIMPLE ? oz_c_text_getsets(item->letter) : NULL;
    for (; def && def->name; def++) {
        scoped Ref made = oz_getset_new(t, cls, def);
        if (!made || !set_attribute(t, cls, def->name, made))
            return false;
    }
    return true;
}

static bool prepare_array(Thread *t, Class *cls)
{
    int64_t length;
    size_t size;
    scoped Ref proto = NULL;
    if (!read_length(t, cls, &length))
        return false;
    Found found = oz_c_attribute(t, cls, "_type_", &proto);
    if (found != OZ_FOUND)
        return found == OZ_MISSING &&
               oz_fail(t, OZ_AttributeError, "class must define a '_type_' attribute");
    CType *item = oz_ctype(t, proto);
    if (!item)
        return oz_fail(t, OZ_TypeError, "_type_ must have storage info");
    if (__builtin_mul_overflow(item->size, (size_t)length, &size) || size > PTRDIFF_MAX)
        return oz_fail(t, OZ_OverflowError, "array too large");
    item->final = true;
    CType *type = oz_ctype_new(t, C_ARRAY);
    scoped Ref owned = (Ref)type;
    if (!type)
        return false;
    type->size = size;
    type->align = item->align;
    type->length = (size_t)length;
    type->pointers = item->pointers;
    oz_store_new(&type->base, &type->proto, oz_retain(proto));
    return set_shape(t, type, item) && set_format(type, oz_retain(item->format)) &&
           add_text_attributes(t, cls, item) && oz_ctype_set(t, cls, oz_move(&owned));
}

/* Drop the classes that are gone from the table of arrays, when it has become twice as long. */
static bool forget_dead(Thread *t, CTypes *state)
{
    Dict *old = (Dict *)state->arrays;
    if (oz_dict_length(old) < state->arrays_limit)
        return true;
    scoped Ref live = oz_dict_new(t);
    size_t at = 0;
    Obj key, value;
    while (live && oz_dict_step(old, &at, &key, &value)) {
        scoped Ref target = oz_weakref_get((WeakRef *)value);
        if (target && !oz_dict_set(t, (Dict *)live, key, value))
            return false;
    }
    if (!live)
        return false;
    state->arrays_limit = 2 * oz_dict_length((Dict *)live) + 64;
    Ref before = state->arrays;
    state->arrays = oz_move(&live);
    oz_drop(before);
    return true;
}

/* cls * length */
static Ref array_class(Thread *t, Obj cls, ssize_t length)
{
    CTypes *state = oz_ctypes(t);
    scoped Ref count = oz_int_new(t, length);
    scoped Ref key = count ? oz_tuple_of(t, 2, cls, (Obj)count) : NULL;
    scoped Ref known = NULL;
    if (!key)
        return NULL;
    Found found = oz_dict_get(t, (Dict *)state->arrays, key, &known);
    if (found == OZ_RAISED)
        return NULL;
    Ref made = found == OZ_FOUND ? oz_weakref_get((WeakRef *)known) : NULL;
    if (made)
        return made;
    scoped Ref namespace = oz_dict_new(t);
    scoped Ref type_key = oz_intern(t, "_type_"), length_key = oz_intern(t, "_length_");
    if (!namespace || !type_key || !length_key ||
        !oz_dict_set(t, (Dict *)namespace, type_key, cls) ||
        !oz_dict_set(t, (Dict *)namespace, length_key, count))
        return NULL;
    scoped Ref name = oz_str_format(t, "%S_Array_%lld", ((Class *)cls)->name, (long long)length);
    scoped Ref bases = name ? oz_tuple_of(t, 1, (Obj)state->bases[C_ARRAY]) : NULL;
    scoped Ref array =
        bases ? oz_call3(t, (Obj)state->metas[C_ARRAY], name, bases, namespace) : NULL;
    scoped Ref weak = array ? oz_weakref_new(t, t->vm->classes[OZ_WEAKREF], array, NULL) : NULL;
    if (!weak || !forget_dead(t, state) || !oz_dict_set(t, (Dict *)state->arrays, key, weak))
        return NULL;
    return oz_move(&array);
}

/* ---- pointers ---- */

static bool set_target(Thread *t, CType *type, Obj proto)
{
    if (!oz_is_class(proto))
        return oz_fail(t, OZ_TypeError, "_type_ must be a type");
    CType *target = oz_ctype(t, proto);
    if (!target)
        return oz_fail(t, OZ_TypeError, "_type_ must have storage info");
    oz_store(&type->base, &type->proto, oz_retain(proto));
    return set_format(type, format_of(t, target, "&"));
}

static bool prepare_pointer(Thread *t, Class *cls)
{
    Obj own = NULL;
    scoped Ref key = oz_intern(t, "_type_");
    Found found = key ? oz_class_own(t, cls, key, &own) : OZ_RAISED;
    scoped Ref proto = oz_retain(own);
    CType *type = found == OZ_RAISED ? NULL : oz_ctype_new(t, C_POINTER);
    scoped Ref owned = (Ref)type;
    if (!type)
        return false;
    type->size = type->align = sizeof(void *);
    type->length = 1;
    type->pointers = true;
    return (found != OZ_FOUND || set_target(t, type, proto)) &&
           oz_ctype_set(t, cls, oz_move(&owned));
}

Ref oz_pointer_class(Thread *t, Obj cls)
{
    CTypes *state = oz_ctypes(t);
    scoped Ref known = NULL, name = NULL, key = NULL;
    Found found = oz_dict_get(t, (Dict *)state->pointers, cls, &known);
    if (found != OZ_MISSING)
        return found == OZ_FOUND ? oz_move(&known) : NULL;
    scoped Ref namespace = oz_dict_new(t), type_key = oz_intern(t, "_type_");
    if (!namespace || !type_key)
        return NULL;
    if (oz_is_str(cls)) {
        name = oz_str_format(t, "LP_%S", cls);
    } else if (oz_is_class(cls)) {
        name = oz_str_format(t, "LP_%S", ((Class *)cls)->name);
        key = oz_retain(cls);
        if (!oz_dict_set(t, (Dict *)namespace, type_key, cls))
            return NULL;
    } else {
        return oz_raise(t, OZ_TypeError, "must have a ctypes type");
    }
    scoped Ref bases = name ? oz_tuple_of(t, 1, (Obj)state->bases[C_POINTER]) : NULL;
    scoped Ref made =
        bases ? oz_call3(t, (Obj)state->metas[C_POINTER], name, bases, namespace) : NULL;
    if (made && !key)
        key = oz_int_from_uint64(t, (uint64_t)(uintptr_t)made);
    if (!made || !key || !oz_dict_set(t, (Dict *)state->pointers, key, made))
        return NULL;
    return oz_move(&made);
}

/* ---- metaclasses ---- */

static CKind kind_of(Thread *t, Obj cls)
{
    const CTypes *state = oz_ctypes(t);
    int kind = 0;
    while (kind < C_KINDS - 1 && !oz_class_derives(oz_class_of(cls), state->metas[kind]))
        kind++;
    return (CKind)kind;
}

/* A new class: find out about it. */
static bool meta_init(Thread *t, Obj self, const Args *args OZ_UNUSED)
{
    Class *cls = (Class *)self;
    CKind kind = kind_of(t, self);
    if (cls->layout != OZ_C_DATA && kind != C_STRUCT && kind != C_UNION)
        return oz_fail(t, OZ_TypeError, "'%N' is no class of C data", self);
    switch (kind) {
    case C_SIMPLE:
        return prepare_simple(t, cls);
    case C_ARRAY:
        return prepare_array(t, cls);
    case C_POINTER:
        return prepare_pointer(t, cls);
    case C_FUNCTION:
        return oz_function_prepare(t, cls);
    default:
        return oz_struct_prepare(t, cls, kind);
    }
}

static Ref meta_repeat(Thread *t, Obj self, Obj count)
{
    ssize_t n;
    const Slots *slots = oz_class_of(count)->slots;
    if (!slots->index)
        return oz_raise(t, OZ_TypeError, "can't multiply sequence by non-int of type '%T'", count);
    if (!oz_as_ssize(t, count, OZ_OverflowError, &n))
        return NULL;
    if (n < 0)
        return oz_raise(t, OZ_ValueError, "Array length must be >= 0, not %lld", (long long)n);
    return array_class(t, self, n);
}

static bool struct_set_attr(Thread *t, Obj self, Obj name, Obj value)
{
    if (!t->vm->classes[OZ_TYPE]->slots->set_attr(t, self, name, value))
        return false;
    return !value || !oz_is_str(name) || !oz_str_equal_utf8(oz_as_str(name), "_fields_") ||
           oz_struct_fields(t, (Class *)self, value);
}

static CType *needed_type(Thread *t, Obj cls)
{
    CType *type = oz_ctype(t, cls);
    if (!type)
        oz_raise(t, OZ_TypeError, "abstract class");
    return type;
}

OZ_METHOD(c_meta, from_address, "($self, address, /)", "Data that lies at that address.")
{
    uint64_t address;
    if (!oz_as_exact_int(a[1]))
        return oz_raise(t, OZ_TypeError, "integer expected");
    uint8_t raw[8];
    scoped Ref keep = NULL;
    if (!oz_letter_set(t, 'P', false, raw, a[1], &keep))
        return NULL;
    memcpy(&address, raw, sizeof address);
    return oz_c_data_at(t, (Class *)a[0], NULL, 0, (void *)(uintptr_t)address);
}

static bool check_room(Thread *t, const CType *type, size_t length, ssize_t offset)
{
    if (offset < 0)
        return oz_fail(t, OZ_ValueError, "offset cannot be negative");
    if ((size_t)offset > length || length - (size_t)offset < type->size)
        return oz_fail(t, OZ_ValueError,
                       "Buffer size too small (%zd instead of at least %zd bytes)", (ssize_t)length,
                       (ssize_t)(type->size + (size_t)offset));
    return true;
}

OZ_METHOD(c_meta, from_buffer, "($self, object, offset=0, /)",
          "Data that lies in the memory of a writable object.")
{
    ssize_t offset;
    const CType *type = needed_type(t, a[0]);
    if (!type || !oz_as_size_argument(t, a[2], &offset))
        return NULL;
    scoped Ref view = oz_memoryview_new(t, a[1]);
    if (!view)
        return NULL;
    scoped_buffer buffer = {0};
    if (!oz_buffer_get(t, view, &buffer, OZ_BUFFER_ANY))
        return NULL;
    if (buffer.readonly)
        return oz_raise(t, OZ_TypeError, "underlying buffer is not writable");
    if (!oz_buffer_is_contiguous(&buffer, 'C'))
        return oz_raise(t, OZ_TypeError, "underlying buffer is not C contiguous");
    if (!check_room(t, type, buffer.length, offset))
        return NULL;
    scoped Ref made = oz_c_data_at(t, (Class *)a[0], view, 0, buffer.data + offset);
    scoped Ref shown = made ? oz_memoryview_new(t, a[1]) : NULL; /* the program may release it */
    return shown && oz_c_keep(t, (CData *)made, SIZE_MAX, shown) ? oz_move(&made) : NULL;
}

OZ_METHOD(c_meta, from_buffer_copy, "($self, buffer, offset=0, /)",
          "Data with a copy of the bytes of an object.")
{
    ssize_t offset;
    const CType *type = needed_type(t, a[0]);
    scoped_buffer buffer = {0};
    if (!type || !oz_as_size_argument(t, a[2], &offset) || !oz_buffer_open(t, a[1], &buffer) ||
        !check_room(t, type, buffer.length, offset))
        return NULL;
    CData *made = oz_c_data_new(t, (Class *)a[0]);
    if (made)
        memcpy(made->data, buffer.data + offset, type->size);
    return (Ref)made;
}

OZ_METHOD(c_meta, in_dll, "($self, dll, name, /)", "Data that a library exports.")
{
    if (!oz_is_str(a[2]))
        return oz_raise(t, OZ_TypeError, "in_dll() argument 2 must be str, not %T", a[2]);
    void *address = oz_c_symbol(t, a[1], a[2], OZ_ValueError);
    return address ? oz_c_data_at(t, (Class *)a[0], a[1], 0, address) : NULL;
}

OZ_METHOD(c_meta, from_param, "($self, value, /)", "The value as an argument of that type.")
{
    return oz_c_from_param(t, a[0], a[1]);
}

OZ_METHOD(c_meta, set_type, "($self, type, /)", "Say what the pointer points to.")
{
    CType *type = oz_ctype(t, a[0]);
    scoped Ref key = oz_intern(t, "_type_");
    if (!type || !key)
        return key ? oz_raise(t, OZ_TypeError, "abstract class") : NULL;
    return set_target(t, type, a[1]) && oz_class_store(t, (Class *)a[0], key, a[1]) != OZ_RAISED
               ? OZ_NONE
               : NULL;
}

#define META_METHODS                                                                               \
    &c_meta_from_address, &c_meta_from_buffer, &c_meta_from_buffer_copy, &c_meta_in_dll,           \
        &c_meta_from_param
#define META(kind, text, ...)                                                                      \
    [kind] = {.id = OZ_TYPE,                                                                       \
              .name = "_ctypes." text,                                                             \
              .doc = "Metaclass of C data.",                                                       \
              .size = sizeof(Class),                                                               \
              .visit = oz_type_visit,                                                              \
              .clear = oz_type_clear,                                                              \
              .free = oz_type_free,                                                                \
              .slots = {.init = meta_init, .repeat = meta_repeat __VA_ARGS__},                     \
              .methods = OZ_METHODS(META_METHODS)}

#define SETS_FIELDS , .set_attr = struct_set_attr
// clang-format off
const TypeDef oz_c_meta_defs[C_KINDS] = {
    META(C_SIMPLE, "PyCSimpleType"),
    META(C_STRUCT, "PyCStructType", SETS_FIELDS),
    META(C_UNION, "UnionType", SETS_FIELDS),
    META(C_ARRAY, "PyCArrayType"),
    [C_POINTER] = {.id = OZ_TYPE,
                   .name = "_ctypes.PyCPointerType",
                   .doc = "Metaclass of C data.",
                   .size = sizeof(Class),
                   .visit = oz_type_visit,
                   .clear = oz_type_clear,
                   .free = oz_type_free,
                   .slots = {.init = meta_init, .repeat = meta_repeat},
                   .methods = OZ_METHODS(META_METHODS, &c_meta_set_type)},
    META(C_FUNCTION, "PyCFuncPtrType"),
};
// clang-format on
