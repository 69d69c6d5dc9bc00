// SPDX-License-Identifier: MIT
// _ctypes: data of C: memory with a class, what is kept alive for it, and the base classes
// _CData, _SimpleCData, Structure, Union, Array and _Pointer.
#include "modules/ctypes.h"
#include "types/bytes.h"
#include "types/slice.h"

/* ---- memory ---- */

/* What stands in front of memory of our own: the block that it took the place of (M1). */
typedef struct Block {
    struct Block *before;
    uint8_t data[]; /* from its first aligned byte on (M4) */
} Block;

void oz_c_data_visit(const Object *object, Visitor *v)
{
    const CData *self = (const CData *)object;
    C_DATA_REFS(OZ_VISIT)
}

void oz_c_data_clear(Thread *t OZ_UNUSED, Object *object)
{
    CData *self = (CData *)object;
    if (self->owner)
        self->data = NULL;
    OZ_CLEAR(owner)
    OZ_CLEAR(objects)
}

/* Memory and type stay to the end: parts that are garbage too may still be looked at. */
void oz_c_data_free(Thread *t OZ_UNUSED, Object *object)
{
    CData *self = (CData *)object;
    Block *block = self->block;
    self->block = NULL;
    while (block) {
        Block *before = block->before;
        oz_block_free(block);
        block = before;
    }
    OZ_CLEAR(type)
}

/* More memory in place of what there is. */
bool oz_c_data_grow(Thread *t, CData *data, size_t size)
{
    size_t more = sizeof(Block) + C_DATA_SLACK;
    Block *block = size > PTRDIFF_MAX - more ? NULL : oz_block_alloc(t->heap, size + more);
    if (!block)
        return oz_raise_memory(t), false;
    block->before = data->block;
    uint8_t *memory = (uint8_t *)oz_round_up((uintptr_t)block->data, C_DATA_ALIGN);
    size_t kept = data->data ? data->size : 0;
    memset(memory, 0, size);
    if (kept)
        memcpy(memory, data->data, kept < size ? kept : size);
    data->block = block;
    data->data = memory;
    data->size = size;
    return true;
}

static CData *instance_of(Thread *t, Class *cls)
{
    CType *type = oz_ctype(t, (Obj)cls);
    if (!type) {
        oz_raise(t, OZ_TypeError, "abstract class");
        return NULL;
    }
    type->final = true;
    CData *self = oz_instance_new(t, cls, 0);
    if (self)
        OZ_INIT_FIELD(self, type, oz_retain((Obj)type));
    return self;
}

CData *oz_c_data_new(Thread *t, Class *cls)
{
    CData *self = instance_of(t, cls);
    size_t size = self ? oz_c_type_of(self)->size : 0;
    if (!self)
        return NULL;
    if (size <= sizeof self->small - C_DATA_SLACK) {
        self->data = oz_c_small(self);
        self->size = size;
    } else if (!oz_c_data_grow(t, self, size)) {
        oz_drop((Ref)self);
        return NULL;
    }
    return self;
}

Ref oz_c_data_at(Thread *t, Class *cls, Obj owner, size_t index, void *at)
{
    CData *self = instance_of(t, cls);
    if (!self)
        return NULL;
    self->data = at;
    self->size = oz_c_type_of(self)->size;
    self->index = index;
    if (owner)
        OZ_INIT_FIELD(self, owner, oz_retain(owner));
    return (Ref)self;
}

static bool is_of_kind(Obj v, CKind kind)
{
    const CData *data = oz_as_c_data(v);
    return data && oz_c_type_of(data)->kind == kind;
}

/* ---- what is kept alive (M2) ---- */

static CData *outermost(CData *data)
{
    while (data->owner && oz_as_c_data(data->owner))
        data = (CData *)data->owner;
    return data;
}

Ref oz_c_kept(Thread *t, CData *data)
{
    CData *root = outermost(data);
    if (!root->objects) {
        Ref objects = oz_c_type_of(root)->length ? oz_dict_new(t) : OZ_NONE;
        if (!objects)
            return NULL;
        oz_store(&root->base, &root->objects, objects);
    }
    return oz_retain(root->objects);
}

/* The place of something in the outermost owner: "index:index of the part:...". */
static Ref place_of(Thread *t, const CData *target, size_t index)
{
    scoped Ref text = oz_str_format(t, "%x", (unsigned)index);
    while (text && target->owner && oz_as_c_data(target->owner)) {
        Ref more = oz_str_format(t, "%S:%x", text, (unsigned)target->index);
        oz_drop(text);
        text = more;
        target = (const CData *)target->owner;
    }
    return oz_move(&text);
}

void oz_c_share(CData *data, Obj objects)
{
    CData *root = outermost(data);
    oz_store(&root->base, &root->objects, oz_retain(objects));
}

bool oz_c_keep(Thread *t, CData *target, size_t index, Obj keep)
{
    if (!keep || oz_is_none(keep))
        return true;
    CData *root = outermost(target);
    scoped Ref objects = oz_c_kept(t, target);
    if (!objects)
        return false;
    if (!oz_is(objects, OZ_DICT)) {
        oz_store(&root->base, &root->objects, oz_retain(keep));
        return true;
    }
    scoped Ref place = place_of(t, target, index);
    return place && oz_dict_set(t, (Dict *)objects, place, keep);
}

/* ---- items ---- */

Ref oz_c_get(Thread *t, Obj cls, CData *owner, size_t index, void *at)
{
    const CType *type = oz_ctype(t, cls);
    if (type && type->kind == C_SIMPLE && type->plain)
        return oz_letter_get(t, type->letter, type->swapped, at);
    return oz_c_data_at(t, (Class *)cls, (Obj)owner, index, at);
}

/* Values that are no C data. */
static bool set_value(Thread *t, Obj cls, CData *owner, size_t index, void *at, Obj value)
{
    const CType *type = oz_ctype(t, cls);
    void *nowhere = NULL;
    if (type && type->kind == C_SIMPLE) {
        scoped Ref keep = NULL;
        return oz_letter_set(t, type->letter, type->swapped, at, value, &keep) &&
               oz_c_keep(t, owner, index, keep);
    }
    if (oz_as_tuple(value)) {
        scoped Ref made = oz_call_tuple(t, cls, value, NULL);
        if (made && oz_as_c_data(made))
            return oz_c_set(t, cls, owner, index, at, made);
        if (made)
            return oz_fail(t, OZ_TypeError, "expected %N instance, got %T", cls, made);
        scoped Ref error = oz_exception_take(t);
        scoped Ref text = oz_str(t, error);
        return text &&
               oz_fail(t, OZ_RuntimeError, "(%S) %t: %S", ((Class *)cls)->name, error, text);
    }
    if (type && type->kind == C_POINTER && oz_is_none(value)) {
        memcpy(at, &nowhere, sizeof nowhere);
        return true;
    }
    return oz_fail(t, OZ_TypeError, "expected %S instance, got %T", ((Class *)cls)->name, value);
}

bool oz_c_set(Thread *t, Obj cls, CData *owner, size_t index, void *at, Obj value)
{
    CData *source = oz_as_c_data(value);
    const CType *type = oz_ctype(t, cls);
    bool fits;
    if (!source || !type)
        return set_value(t, cls, owner, index, at, value);
    if (!oz_is_instance(t, value, cls, &fits))
        return false;
    if (fits && source->data && source->size >= type->size) {
        memmove(at, source->data, type->size);
        scoped Ref kept = oz_c_kept(t, source);
        return kept && oz_c_keep(t, owner, index, kept);
    }
    if (type->kind == C_POINTER && is_of_kind(value, C_ARRAY)) {
        if (type->proto != oz_c_type_of(source)->proto)
            return oz_fail(t, OZ_TypeError,
                           "incompatible types, %S instance instead of %S instance",
                           oz_class_of(value)->name, ((Class *)cls)->name);
        memcpy(at, &source->data, sizeof source->data);
        scoped Ref kept = oz_c_kept(t, source);
        scoped Ref both = kept ? oz_tuple_of(t, 2, (Obj)kept, value) : NULL;
        return both && oz_c_keep(t, owner, index, both);
    }
    return oz_fail(t, OZ_TypeError, "incompatible types, %S instance instead of %S instance",
                   oz_class_of(value)->name, ((Class *)cls)->name);
}

/* Its memory, if it has not been taken apart. */
static uint8_t *memory_of(Thread *t, const CData *data)
{
    if (!data->data)
        oz_raise(t, OZ_ValueError, "NULL pointer access");
    return data->data;
}

/* ---- _CData ---- */

static bool c_data_hash(Thread *t, Obj self OZ_UNUSED, int64_t *hash OZ_UNUSED)
{
    return oz_fail(t, OZ_TypeError, "unhashable type");
}

bool oz_c_buffer_get(Thread *t, Obj v, Buffer *view, int flags OZ_UNUSED)
{
    const CData *self = (const CData *)v;
    const CType *type = oz_c_type_of(self), *item = type;
    if (!memory_of(t, self))
        return false;
    oz_buffer_fill(view, v, self->data, self->size, false);
    while (item && item->kind == C_ARRAY)
        item = oz_ctype(t, item->proto);
    view->format = type->format ? (const char *)oz_bytes_data((const Bytes *)type->format) : "B";
    view->dimensions = type->dimensions;
    view->shape = type->shape;
    view->itemsize = item ? item->size : 1;
    return true;
}

OZ_METHOD(c_data, __ctypes_from_outparam__, "($self, /)", "What an output parameter becomes.")
{
    return oz_retain(a[0]);
}

OZ_METHOD(c_data, __reduce__, "($self, /)", "For pickle.")
{
    const CData *self = (const CData *)a[0];
    if (oz_c_type_of(self)->pointers)
        return oz_raise(t, OZ_ValueError, "ctypes objects containing pointers cannot be pickled");
    if (!memory_of(t, self))
        return NULL;
    scoped Ref dict = NULL;
    if (oz_find_attr(t, a[0], OZ_NAME(t, __dict__), &dict) == OZ_RAISED)
        return NULL;
    scoped Ref bytes = oz_bytes_new(t, self->data, self->size);
    scoped Ref state =
        bytes ? oz_tuple_of(t, 2, dict ? (Obj)dict : (Obj)OZ_NONE, (Obj)bytes) : NULL;
    scoped Ref arguments = state ? oz_tuple_of(t, 2, (Obj)oz_class_of(a[0]), (Obj)state) : NULL;
    return arguments ? oz_tuple_of(t, 2, (Obj)oz_ctypes(t)->unpickle, (Obj)arguments) : NULL;
}

OZ_METHOD(c_data, __setstate__, "($self, dict, data, /)", "For pickle.")
{
    CData *self = (CData *)a[0];
    const Bytes *bytes = oz_as_bytes(a[2]);
    if (!bytes)
        return oz_raise(t, OZ_TypeError, "__setstate__() argument 2 must be bytes, not %T", a[2]);
    if (!memory_of(t, self))
        return NULL;
    size_t length = oz_bytes_length(bytes);
    memmove(self->data, oz_bytes_data(bytes), length < self->size ? length : self->size);
    if (oz_is_none(a[1]))
        return OZ_NONE;
    scoped Ref own = oz_get_attr(t, a[0], OZ_NAME(t, __dict__));
    Dict *dict = own ? oz_as_dict(own) : NULL;
    return own && (!dict || oz_dict_update(t, dict, a[1])) ? OZ_NONE : NULL;
}

static Ref c_data_base(Thread *t OZ_UNUSED, Obj v)
{
    const CData *self = (const CData *)v;
    return self->owner && oz_as_c_data(self->owner) ? oz_retain(self->owner) : OZ_NONE;
}

static Ref c_data_needs_free(Thread *t OZ_UNUSED, Obj v)
{
    CData *self = (CData *)v;
    return oz_int(self->block || self->data == oz_c_small(self));
}

static Ref c_data_objects(Thread *t OZ_UNUSED, Obj v)
{
    const CData *self = (const CData *)v;
    return self->objects ? oz_retain(self->objects) : OZ_NONE;
}

#define DATA_LIFE                                                                                  \
    .visit = oz_c_data_visit, .clear = oz_c_data_clear, .free = oz_c_data_free,                    \
    .buffer_get = oz_c_buffer_get

const TypeDef oz_c_data_type = {
    .id = OZ_C_DATA,
    .name = "_ctypes._CData",
    .doc = "Data of C.",
    .size = sizeof(CData),
    .flags = OZ_TYPE_NO_NEW | OZ_TYPE_WEAKREF,
    DATA_LIFE,
    .slots = {.hash = c_data_hash},
    .methods =
        OZ_METHODS(&c_data___ctypes_from_outparam__, &c_data___reduce__, &c_data___setstate__),
    .getsets = OZ_GETSETS({"_b_base_", c_data_base, NULL, "the base object"},
                          {"_b_needsfree_", c_data_needs_free, NULL, "is the memory its own?"},
                          {"_objects", c_data_objects, NULL, "what is kept alive for it"}),
};

static Ref data_new(Thread *t, Class *cls, const Args *args OZ_UNUSED)
{
    return (Ref)oz_c_data_new(t, cls);
}

/* ---- _SimpleCData ---- */

static Ref simple_value(Thread *t, Obj v)
{
    const CData *self = (const CData *)v;
    const CType *type = oz_c_type_of(self);
    return memory_of(t, self) ? oz_letter_get(t, type->letter, type->swapped, self->data) : NULL;
}

static bool simple_set_value(Thread *t, Obj v, Obj value)
{
    CData *self = (CData *)v;
    const CType *type = oz_c_type_of(self);
    scoped Ref keep = NULL;
    if (!value)
        return oz_fail(t, OZ_TypeError, "can't delete attribute");
    return memory_of(t, self) &&
           oz_letter_set(t, type->letter, type->swapped, self->data, value, &keep) &&
           oz_c_keep(t, self, 0, keep);
}

static bool simple_init(Thread *t, Obj self, const Args *args)
{
    if (args->named)
        return oz_fail(t, OZ_TypeError, "%T() takes no keyword arguments", self);
    if (args->count > 1)
        return oz_fail(t, OZ_TypeError, "__init__ expected at most 1 argument, got %u",
                       args->count);
    return !args->count || simple_set_value(t, self, args->items[0]);
}

static bool simple_boolean(Thread *t, Obj v, bool *truth)
{
    const CData *self = (const CData *)v;
    if (!memory_of(t, self))
        return false;
    *truth = false;
    for (size_t n = 0; n < oz_c_type_of(self)->size; n++)
        *truth |= self->data[n] != 0;
    return true;
}

static Ref simple_repr(Thread *t, Obj v)
{
    Class *cls = oz_class_of(v);
    if (cls->parent != oz_ctypes(t)->bases[C_SIMPLE])
        return oz_str_format(t, "<%S object at %p>", cls->name, (void *)v);
    scoped Ref value = simple_value(t, v);
    return value ? oz_str_format(t, "%S(%R)", cls->name, value) : NULL;
}

OZ_METHOD(c_simple, __ctypes_from_outparam__, "($self, /)", "What an output parameter becomes.")
{
    const CType *type = oz_c_type_of((CData *)a[0]);
    return type->plain ? simple_value(t, a[0]) : oz_retain(a[0]);
}

/* ---- Structure, Union ---- */

/* Positional values, those of the base class's fields first; how many were used. */
static bool init_fields(Thread *t, Obj self, Class *cls, const Args *args, uint32_t *used)
{
    scoped Ref key = oz_intern(t, "_fields_");
    Obj own = NULL;
    if (!key || !oz_native_enter(t, ""))
        return false;
    if (cls->parent && oz_ctype(t, (Obj)cls->parent) &&
        !init_fields(t, self, cls->parent, args, used))
        return false;
    if (oz_class_own(t, cls, key, &own) == OZ_RAISED)
        return false;
    scoped Ref held = oz_retain(own);
    scoped Ref fields = held ? oz_tuple_from(t, held) : NULL;
    if (held && !fields)
        return false;
    for (uint32_t n = 0; fields && n < ((Tuple *)fields)->length && *used < args->count; n++) {
        const Tuple *pair = oz_as_tuple(((Tuple *)fields)->items[n]);
        if (!pair || !pair->length)
            return oz_fail(t, OZ_TypeError, "'_fields_' must be a sequence of pairs");
        Obj name = pair->items[0];
        for (uint32_t i = 0; i < args->named; i++) {
            const Str *given = (const Str *)((const Tuple *)args->names)->items[i];
            if (oz_is_str(name) && oz_str_equal(given, oz_as_str(name)))
                return oz_fail(t, OZ_TypeError, "duplicate values for field %R", name);
        }
        if (!oz_set_attr(t, self, name, args->items[(*used)++]))
            return false;
    }
    return true;
}

static bool struct_init(Thread *t, Obj self, const Args *args)
{
    uint32_t used = 0;
    if (!init_fields(t, self, oz_class_of(self), args, &used))
        return false;
    if (used < args->count)
        return oz_fail(t, OZ_TypeError, "too many initializers");
    for (uint32_t n = 0; n < args->named; n++)
        if (!oz_set_attr(t, self, ((const Tuple *)args->names)->items[n],
                         args->items[args->count + n]))
            return false;
    return true;
}

/* ---- Array ---- */

/* The class of the items and how many bytes one has; NULL: raised. */
static Obj item_class(Thread *t, const CData *self, size_t *size)
{
    Obj cls = oz_c_type_of(self)->proto;
    const CType *item = cls ? oz_ctype(t, cls) : NULL;
    if (!item || !memory_of(t, self)) {
        if (!item)
            oz_raise(t, OZ_TypeError, "abstract class");
        return NULL;
    }
    *size = item->size;
    return cls;
}

static Ref array_item(Thread *t, CData *self, size_t index)
{
    size_t size;
    Obj cls = item_class(t, self, &size);
    if (cls && index >= oz_c_type_of(self)->length)
        return oz_raise(t, OZ_IndexError, "invalid index");
    return cls ? oz_c_get(t, cls, self, index, self->data + index * size) : NULL;
}

static bool array_set_item(Thread *t, CData *self, size_t index, Obj value)
{
    size_t size;
    Obj cls = item_class(t, self, &size);
    if (cls && index >= oz_c_type_of(self)->length)
        return oz_fail(t, OZ_IndexError, "invalid index");
    return cls && oz_c_set(t, cls, self, index, self->data + index * size, value);
}

/* A slice of items that begin at `data`: bytes, a str, or a list. */
static Ref slice_of(Thread *t, CData *self, uint8_t *data, ssize_t start, ssize_t step,
                    ssize_t count)
{
    size_t size;
    Obj cls = item_class(t, self, &size);
    const CType *item = cls ? oz_ctype(t, cls) : NULL;
    if (!item)
        return NULL;
    bool text = item->kind == C_SIMPLE && (item->letter == 'c' || item->letter == 'u');
    if (text) {
        scoped Ref bytes = oz_bytes_alloc(t, (size_t)count * size);
        uint8_t *out = bytes ? oz_bytes_data((const Bytes *)bytes) : NULL;
        for (ssize_t n = 0; out && n < count; n++)
            memcpy(out + (size_t)n * size, data + (start + n * step) * (ssize_t)size, size);
        return item->letter == 'c' || !bytes ? oz_move(&bytes) : oz_wide_get(t, out, (size_t)count);
    }
    scoped Ref list = oz_list_new(t, 0);
    for (ssize_t n = 0; list && n < count; n++) {
        ssize_t index = start + n * step;
        if (!oz_list_append_take(
                t, (List *)list,
                oz_c_get(t, cls, self, (size_t)index, data + index * (ssize_t)size)) ||
            !oz_poll(t))
            return NULL;
    }
    return oz_move(&list);
}

static bool array_index(Thread *t, const CData *self, Obj key, size_t *index)
{
    ssize_t n;
    if (!oz_class_of(key)->slots->index)
        return oz_fail(t, OZ_TypeError, "indices must be integers");
    if (!oz_as_ssize(t, key, OZ_IndexError, &n))
        return false;
    *index = (size_t)(n < 0 ? n + (ssize_t)oz_c_type_of(self)->length : n);
    return true;
}

static Ref array_get(Thread *t, Obj v, Obj key)
{
    CData *self = (CData *)v;
    size_t index;
    ssize_t start, stop, step, count;
    if (!oz_is_slice(key))
        return array_index(t, self, key, &index) ? array_item(t, self, index) : NULL;
    if (!oz_slice_adjust(t, key, oz_c_type_of(self)->length, &start, &stop, &step, &count) ||
        !memory_of(t, self))
        return NULL;
    return slice_of(t, self, self->data, start, step, count);
}

static bool array_set(Thread *t, Obj v, Obj key, Obj value)
{
    CData *self = (CData *)v;
    size_t index;
    ssize_t start, stop, step, count, given;
    if (!value)
        return oz_fail(t, OZ_TypeError, "Array does not support item deletion");
    if (!oz_is_slice(key))
        return array_index(t, self, key, &index) && array_set_item(t, self, index, value);
    if (!oz_slice_adjust(t, key, oz_c_type_of(self)->length, &start, &stop, &step, &count) ||
        !oz_length(t, value, &given))
        return false;
    if (given != count)
        return oz_fail(t, OZ_ValueError, "Can only assign sequence of same size");
    for (ssize_t n = 0; n < count; n++) {
        scoped Ref item = oz_get_item(t, value, oz_int(n));
        if (!item || !array_set_item(t, self, (size_t)(start + n * step), item) || !oz_poll(t))
            return false;
    }
    return true;
}

static bool array_length(Thread *t OZ_UNUSED, Obj v, ssize_t *length)
{
    *length = (ssize_t)oz_c_type_of((CData *)v)->length;
    return true;
}

static bool array_init(Thread *t, Obj v, const Args *args)
{
    for (uint32_t n = 0; n < args->count; n++)
        if (!array_set_item(t, (CData *)v, n, args->items[n]))
            return false;
    return true;
}

OZ_CLASS_METHOD(c_array, __class_getitem__, "($type, object, /)", "Array[item type]")
{
    return oz_generic_alias_new(t, a[0], a[1]);
}

/* ---- arrays of characters ---- */

static Ref chars_value(Thread *t, Obj v)
{
    const CData *self = (const CData *)v;
    return memory_of(t, self) ? oz_chars_get(t, 'c', self->data, self->size) : NULL;
}

static bool chars_set_value(Thread *t, Obj v, Obj value)
{
    CData *self = (CData *)v;
    const Bytes *bytes = value ? oz_as_bytes(value) : NULL;
    if (!value)
        return oz_fail(t, OZ_TypeError, "can't delete attribute");
    if (!bytes)
        return oz_fail(t, OZ_TypeError, "bytes expected instead of %T instance", value);
    size_t length = oz_bytes_length(bytes);
    if (length > self->size)
        return oz_fail(t, OZ_ValueError, "byte string too long");
    if (!memory_of(t, self))
        return false;
    memcpy(self->data, oz_bytes_data(bytes), length);
    if (length < self->size)
        self->data[length] = 0;
    return true;
}

static Ref chars_raw(Thread *t, Obj v)
{
    const CData *self = (const CData *)v;
    return memory_of(t, self) ? oz_bytes_new(t, self->data, self->size) : NULL;
}

static bool chars_set_raw(Thread *t, Obj v, Obj value)
{
    CData *self = (CData *)v;
    scoped_buffer view = {0};
    if (!value)
        return oz_fail(t, OZ_AttributeError, "cannot delete attribute");
    if (!oz_buffer_open(t, value, &view) || !memory_of(t, self))
        return false;
    if (view.length > self->size)
        return oz_fail(t, OZ_ValueError, "byte string too long");
    memmove(self->data, view.data, view.length);
    return true;
}

static Ref wide_value(Thread *t, Obj v)
{
    const CData *self = (const CData *)v;
    return memory_of(t, self) ? oz_chars_get(t, 'u', self->data, self->size) : NULL;
}

static bool wide_set_value(Thread *t, Obj v, Obj value)
{
    CData *self = (CData *)v;
    const Str *text = value ? oz_as_str(value) : NULL;
    if (!value)
        return oz_fail(t, OZ_TypeError, "can't delete attribute");
    if (!text)
        return oz_fail(t, OZ_TypeError, "unicode string expected instead of %T instance", value);
    if (oz_str_length(text) > self->size / sizeof(uint32_t))
        return oz_fail(t, OZ_ValueError, "string too long");
    return memory_of(t, self) && oz_wide_set(text, self->data, self->size / sizeof(uint32_t));
}

static const GetSetDef chars_getsets[] = {{"value", chars_value, chars_set_value, "string value"},
                                          {"raw", chars_raw, chars_set_raw, "value"},
                                          {NULL, NULL, NULL, NULL}};
static const GetSetDef wide_getsets[] = {{"value", wide_value, wide_set_value, "string value"},
                                         {NULL, NULL, NULL, NULL}};

const GetSetDef *oz_c_text_getsets(char letter)
{
    return letter == 'c' ? chars_getsets : letter == 'u' ? wide_getsets : NULL;
}

/* ---- _Pointer ---- */

/* Where it points; NULL: raised. */
static uint8_t *target_of(Thread *t, const CData *self)
{
    uint8_t *at = NULL;
    if (self->data)
        memcpy(&at, self->data, sizeof at);
    if (!at)
        oz_raise(t, OZ_ValueError, "NULL pointer access");
    return at;
}

static Ref pointer_contents(Thread *t, Obj v)
{
    CData *self = (CData *)v;
    uint8_t *at = target_of(t, self);
    return at ? oz_c_data_at(t, (Class *)oz_c_type_of(self)->proto, v, 0, at) : NULL;
}

static bool pointer_set_contents(Thread *t, Obj v, Obj value)
{
    CData *self = (CData *)v;
    Obj proto = oz_c_type_of(self)->proto;
    bool fits;
    if (!value)
        return oz_fail(t, OZ_TypeError, "Pointer does not support item deletion");
    if (!proto || !oz_is_instance(t, value, proto, &fits))
        return false;
    CData *target = oz_as_c_data(value);
    if (!fits || !target)
        return oz_fail(t, OZ_TypeError, "expected %S instead of %T", ((Class *)proto)->name, value);
    if (!memory_of(t, self))
        return false;
    memcpy(self->data, &target->data, sizeof target->data);
    scoped Ref kept = oz_c_keep(t, self, 1, value) ? oz_c_kept(t, target) : NULL;
    return kept && oz_c_keep(t, self, 0, kept);
}

static Ref pointer_new(Thread *t, Class *cls, const Args *args OZ_UNUSED)
{
    const CType *type = oz_ctype(t, (Obj)cls);
    if (!type || !type->proto)
        return oz_raise(t, OZ_TypeError, "Cannot create instance: has no _type_");
    return (Ref)oz_c_data_new(t, cls);
}

static bool pointer_init(Thread *t, Obj self, const Args *args)
{
    if (args->count > 1)
        return oz_fail(t, OZ_TypeError, "POINTER expected at most 1 argument, got %u", args->count);
    return !args->count || pointer_set_contents(t, self, args->items[0]);
}

/* What a slice of a pointer asks for: it has no end of its own. */
static bool pointer_bounds(Thread *t, Obj key, ssize_t *start, ssize_t *step, ssize_t *count)
{
    const Slice *slice = (const Slice *)key;
    ssize_t stop;
    *step = 1;
    *start = 0;
    if (!oz_is_none(slice->step) && !oz_as_ssize(t, slice->step, OZ_ValueError, step))
        return false;
    if (*step == 0)
        return oz_fail(t, OZ_ValueError, "slice step cannot be zero");
    if (!oz_is_none(slice->start)) {
        if (!oz_as_ssize(t, slice->start, OZ_ValueError, start))
            return false;
    } else if (*step < 0) {
        return oz_fail(t, OZ_ValueError, "slice start is required for step < 0");
    }
    if (oz_is_none(slice->stop))
        return oz_fail(t, OZ_ValueError, "slice stop is required");
    if (!oz_as_ssize(t, slice->stop, OZ_ValueError, &stop))
        return false;
    *count = *step > 0 ? (stop > *start ? (stop - *start - 1) / *step + 1 : 0)
                       : (stop < *start ? (stop - *start + 1) / *step + 1 : 0);
    return true;
}

static Ref pointer_get(Thread *t, Obj v, Obj key)
{
    CData *self = (CData *)v;
    size_t size;
    ssize_t start, step, count;
    if (oz_is_slice(key)) {
        if (!pointer_bounds(t, key, &start, &step, &count))
            return NULL;
        uint8_t *from = target_of(t, self);
        return from ? slice_of(t, self, from, start, step, count) : NULL;
    }
    if (!oz_class_of(key)->slots->index)
        return oz_raise(t, OZ_TypeError, "Pointer indices must be integer");
    if (!oz_as_ssize(t, key, OZ_IndexError, &start))
        return NULL;
    uint8_t *at = target_of(t, self);
    Obj cls = at ? item_class(t, self, &size) : NULL;
    return cls ? oz_c_get(t, cls, self, (size_t)start, at + start * (ssize_t)size) : NULL;
}

static bool pointer_set(Thread *t, Obj v, Obj key, Obj value)
{
    CData *self = (CData *)v;
    size_t size;
    ssize_t index;
    if (!value)
        return oz_fail(t, OZ_TypeError, "Pointer does not support item deletion");
    if (!oz_as_ssize(t, key, OZ_IndexError, &index))
        return false;
    uint8_t *at = target_of(t, self);
    Obj cls = at ? item_class(t, self, &size) : NULL;
    return cls && oz_c_set(t, cls, self, (size_t)index, at + index * (ssize_t)size, value);
}

bool oz_c_is_set(Thread *t OZ_UNUSED, Obj v, bool *truth)
{
    void *at = NULL;
    const CData *self = (const CData *)v;
    if (self->data)
        memcpy(&at, self->data, sizeof at);
    *truth = at != NULL;
    return true;
}

/* ---- the classes ---- */

extern const TypeDef oz_c_function_def;

const TypeDef *const oz_c_base_defs[C_KINDS] = {
    [C_SIMPLE] = &(const TypeDef){.id = OZ_C_DATA,
                                  .name = "_ctypes._SimpleCData",
                                  .doc = "Base of the simple types.",
                                  .size = sizeof(CData),
                                  .flags = OZ_TYPE_WEAKREF,
                                  DATA_LIFE,
                                  .slots = {.new = data_new,
                                            .init = simple_init,
                                            .boolean = simple_boolean,
                                            .repr = simple_repr},
                                  .methods = OZ_METHODS(&c_simple___ctypes_from_outparam__),
                                  .getsets = OZ_GETSETS(
                                      {"value", simple_value, simple_set_value, "current value"})},
    [C_STRUCT] = &(const TypeDef){.id = OZ_C_DATA,
                                  .name = "_ctypes.Structure",
                                  .doc = "Base of structs.",
                                  .size = sizeof(CData),
                                  .flags = OZ_TYPE_WEAKREF,
                                  DATA_LIFE,
                                  .slots = {.new = data_new, .init = struct_init}},
    [C_UNION] = &(const TypeDef){.id = OZ_C_DATA,
                                 .name = "_ctypes.Union",
                                 .doc = "Base of unions.",
                                 .size = sizeof(CData),
                                 .flags = OZ_TYPE_WEAKREF,
                                 DATA_LIFE,
                                 .slots = {.new = data_new, .init = struct_init}},
    [C_ARRAY] = &(const TypeDef){.id = OZ_C_DATA,
                                 .name = "_ctypes.Array",
                                 .doc = "Base of arrays.",
                                 .size = sizeof(CData),
                                 .flags = OZ_TYPE_WEAKREF,
                                 DATA_LIFE,
                                 .slots = {.new = data_new,
                                           .init = array_init,
                                           .length = array_length,
                                           .get_item = array_get,
                                           .set_item = array_set},
                                 .methods = OZ_METHODS(&c_array___class_getitem__)},
    [C_POINTER] = &(const TypeDef){.id = OZ_C_DATA,
                                   .name = "_ctypes._Pointer",
                                   .doc = "Base of pointers.",
                                   .size = sizeof(CData),
                                   .flags = OZ_TYPE_WEAKREF,
                                   DATA_LIFE,
                                   .slots = {.new = pointer_new,
                                             .init = pointer_init,
                                             .boolean = oz_c_is_set,
                                             .get_item = pointer_get,
                                             .set_item = pointer_set},
                                   .getsets =
                                       OZ_GETSETS({"contents", pointer_contents,
                                                   pointer_set_contents, "what it points to"})},
    [C_FUNCTION] = &oz_c_function_def,
};
