// SPDX-License-Identifier: MIT
// _ctypes: structs and unions: where their fields lie, and the fields as attributes.
//
// The layout is that of GCC: a field begins at the next multiple of its alignment (at most _pack_).
// Bit fields share a unit: one that fits behind the bits that are taken goes on in the unit; where
// it does not fit, but would in a unit of its own, larger type, the unit grows; else a new one
// begins. A bit field is read and written as the whole of its unit.
#include "modules/ctypes.h"
#include "types/bytes.h"
#include "types/codec.h"

/* ---- fields ---- */

OZ_TYPE_LIFE(c_field, CField, C_FIELD_REFS)

static Ref c_field_repr(Thread *t, Obj v)
{
    const CField *f = (const CField *)v;
    Obj name = ((const Class *)f->proto)->name;
    if (f->bits)
        return oz_str_format(t, "<Field type=%S, ofs=%zd:%d, bits=%d>", name, (ssize_t)f->offset,
                             f->low, f->bits);
    return oz_str_format(t, "<Field type=%S, ofs=%zd, size=%zd>", name, (ssize_t)f->offset,
                         (ssize_t)f->size);
}

/* The data that a field is asked of, if the field lies within it. */
static CData *data_of(Thread *t, const CField *field, Obj instance)
{
    CData *data = oz_as_c_data(instance);
    if (data && field->offset + field->size <= data->size)
        return data;
    oz_raise(t, OZ_TypeError, "not a ctype instance");
    return NULL;
}

static Ref c_field_get(Thread *t, Obj v, Obj instance, Obj owner OZ_UNUSED)
{
    const CField *f = (const CField *)v;
    if (!instance)
        return oz_retain(v);
    CData *data = data_of(t, f, instance);
    CType *type = data ? oz_ctype(t, f->proto) : NULL;
    if (!type)
        return NULL;
    uint8_t *at = data->data + f->offset;
    if (f->bits)
        return oz_bits_get(t, f, type, at);
    if (f->text)
        return oz_chars_get(t, f->text, at, f->size);
    return oz_c_get(t, f->proto, data, f->index, at);
}

static bool set_text(Thread *t, const CField *f, uint8_t *at, Obj value)
{
    if (f->text == 'c') {
        const Bytes *bytes = oz_as_bytes(value);
        if (!bytes)
            return oz_fail(t, OZ_TypeError, "expected bytes, %T found", value);
        size_t length = strlen((const char *)oz_bytes_data(bytes)); /* as a text of C */
        if (length > f->size)
            return oz_fail(t, OZ_ValueError, "bytes too long (%zd, maximum length %zd)",
                           (ssize_t)length, (ssize_t)f->size);
        memcpy(at, oz_bytes_data(bytes), length);
        if (length < f->size)
            at[length] = 0;
        return true;
    }
    const Str *text = oz_as_str(value);
    if (!text)
        return oz_fail(t, OZ_TypeError, "unicode string expected instead of %T instance", value);
    size_t room = f->size / sizeof(uint32_t);
    if (oz_str_length(text) > room)
        return oz_fail(t, OZ_ValueError, "string too long (%zd, maximum length %zd)",
                       (ssize_t)oz_str_length(text), (ssize_t)room);
    return oz_wide_set(text, at, room);
}

static bool c_field_set(Thread *t, Obj v, Obj instance, Obj value)
{
    const CField *f = (const CField *)v;
    CData *data = data_of(t, f, instance);
    CType *type = data ? oz_ctype(t, f->proto) : NULL;
    if (!type)
        return false;
    if (!value)
        return oz_fail(t, OZ_TypeError, "can't delete attribute");
    uint8_t *at = data->data + f->offset;
    if (f->bits)
        return oz_bits_set(t, f, type, at, value);
    if (f->text)
        return set_text(t, f, at, value);
    return oz_c_set(t, f->proto, data, f->index, at, value);
}

static Ref c_field_offset(Thread *t, Obj v)
{
    return oz_int_new(t, (int64_t)((const CField *)v)->offset);
}

static Ref c_field_size(Thread *t, Obj v)
{
    const CField *f = (const CField *)v;
    return oz_int_new(t, f->bits ? (int64_t)f->bits << 16 | f->low : (int64_t)f->size);
}

const TypeDef oz_c_field_type = {
    .id = OZ_C_FIELD,
    .name = "_ctypes.CField",
    .doc = "A field of a struct or a union.",
    .size = sizeof(CField),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = c_field_visit,
    .clear = c_field_clear,
    .slots = {.repr = c_field_repr, .descr_get = c_field_get, .descr_set = c_field_set},
    .getsets = OZ_GETSETS({"offset", c_field_offset, NULL, "offset in bytes of this field"},
                          {"size", c_field_size, NULL, "size in bytes of this field"}),
};

static CField *field_new(Thread *t, Obj proto, Obj name)
{
    CField *f = oz_builtin_class(t, OZ_C_FIELD) ? oz_object_new(t, OZ_C_FIELD, sizeof *f) : NULL;
    if (f) {
        OZ_INIT_FIELD(f, proto, oz_retain(proto));
        OZ_INIT_FIELD(f, name, oz_retain(name));
    }
    return f;
}

/* ---- layout ---- */

/* A struct that is being laid out. */
typedef struct Plan {
    CType *type;    /* what comes out of it */
    List *fields;   /* CFields, those of the base too */
    Ref format;     /* str: what memoryview shows */
    size_t at;      /* the next free byte */
    size_t said;    /* bytes that the format speaks of */
    size_t most;    /* of a union: the largest field */
    size_t unit;    /* bytes of the open unit of bit fields; 0: none */
    unsigned taken; /* bits of it */
    size_t pack;    /* or 0 */
    bool is_union;  /* */
    bool told;      /* there are _fields_ */
    bool from_top;  /* bit fields begin at the highest bit */
} Plan;

static void plan_fini(Plan *plan)
{
    oz_drop((Ref)plan->type);
    oz_drop((Ref)plan->fields);
    oz_drop(plan->format);
}

static void align_to(Plan *plan, const CType *item)
{
    size_t align = plan->pack && plan->pack < item->align ? plan->pack : item->align;
    if (plan->is_union)
        plan->at = 0;
    plan->at = oz_round_up(plan->at, align ? align : 1);
    if (align > plan->type->align)
        plan->type->align = align;
}

static void place_whole(Plan *plan, CField *f, const CType *item)
{
    plan->unit = plan->taken = 0;
    align_to(plan, item);
    f->offset = plan->at;
    f->size = item->size;
    plan->at += item->size;
}

static void place_bits(Plan *plan, CField *f, const CType *item, unsigned bits)
{
    if (plan->is_union)
        plan->unit = 0;
    size_t room = plan->unit > item->size ? plan->unit : item->size;
    if (plan->unit && plan->taken + bits <= room * 8) {
        plan->at += room - plan->unit;
        plan->unit = room;
    } else {
        align_to(plan, item);
        plan->at += item->size;
        plan->unit = item->size;
        plan->taken = 0;
    }
    f->size = plan->unit;
    f->offset = plan->at - plan->unit;
    f->bits = (uint8_t)bits;
    f->low = (uint8_t)(plan->from_top ? plan->unit * 8 - plan->taken - bits : plan->taken);
    plan->taken += bits;
    plan->type->unpassable = true;
}

/* How many bits a field asks for; 0: it is no bit field. */
static bool read_bits(Thread *t, const Tuple *pair, const CType *item, int *bits)
{
    *bits = 0;
    if (pair->length == 2)
        return true;
    if (!oz_as_exact_int(pair->items[2]))
        return oz_fail(t, OZ_TypeError, "'_fields_' must be a sequence of (name, C type) pairs");
    if (item->kind != C_SIMPLE || !strchr("bBhHiIlLqQ?", item->letter))
        return oz_fail(t, OZ_TypeError, "bit fields not allowed for type %S",
                       ((const Class *)pair->items[1])->name);
    if (!oz_as_int(t, pair->items[2], bits))
        return false;
    return (*bits > 0 && (size_t)*bits <= item->size * 8) ||
           oz_fail(t, OZ_ValueError, "number of bits invalid for bit field");
}

/* An array of characters is read as a text. */
static char text_letter(Thread *t, const CType *item)
{
    const CType *inner = item->kind == C_ARRAY ? oz_ctype(t, item->proto) : NULL;
    return inner && inner->kind == C_SIMPLE && (inner->letter == 'c' || inner->letter == 'u')
               ? inner->letter
               : 0;
}

static bool extend_format(Thread *t, Plan *plan, const CField *f, const CType *item)
{
    scoped Ref bytes = oz_ctype_format(t, item, "");
    if (!bytes)
        return false;
    const char *text = (const char *)oz_bytes_data((const Bytes *)bytes);
    Ref more = NULL;
    if (f->offset > plan->said)
        more = oz_str_format(t, "%S%zdx%s:%S:", plan->format, (ssize_t)(f->offset - plan->said),
                             text, f->name);
    else
        more = oz_str_format(t, "%S%s:%S:", plan->format, text, f->name);
    if (!more)
        return false;
    oz_drop(plan->format);
    plan->format = more;
    plan->said = (f->offset > plan->said ? f->offset : plan->said) + item->size;
    return true;
}

static bool add_field(Thread *t, Plan *plan, Class *cls, Obj entry, size_t index)
{
    const Tuple *pair = oz_as_tuple(entry);
    int bits;
    if (!pair || pair->length < 2 || pair->length > 3 || !oz_is_str(pair->items[0]))
        return oz_fail(t, OZ_TypeError, "'_fields_' must be a sequence of (name, C type) pairs");
    CType *item = oz_ctype(t, pair->items[1]);
    if (!item)
        return oz_fail(t, OZ_TypeError,
                       "second item in _fields_ tuple (index %zd) must be a C type",
                       (ssize_t)index);
    if (!read_bits(t, pair, item, &bits))
        return false;
    scoped Ref name = oz_attribute_name(t, pair->items[0]);
    CField *f = name ? field_new(t, pair->items[1], name) : NULL;
    scoped Ref owned = (Ref)f;
    if (!f)
        return false;
    item->final = true;
    f->index = oz_list_length(plan->fields);
    f->text = text_letter(t, item);
    if (bits)
        place_bits(plan, f, item, (unsigned)bits);
    else
        place_whole(plan, f, item);
    if (plan->at > PTRDIFF_MAX || item->size > PTRDIFF_MAX)
        return oz_fail(t, OZ_OverflowError, "structure too large");
    if (plan->at > plan->most)
        plan->most = plan->at;
    plan->type->pointers |= item->pointers;
    plan->type->unpassable |= item->unpassable;
    return extend_format(t, plan, f, item) && oz_list_append(t, plan->fields, (Obj)f) &&
           oz_class_store(t, cls, name, (Obj)f) != OZ_RAISED;
}

static bool read_pack(Thread *t, Class *cls, size_t *pack)
{
    scoped Ref value = NULL;
    int64_t n;
    Found found = oz_c_attribute(t, cls, "_pack_", &value);
    if (found != OZ_FOUND)
        return found == OZ_MISSING;
    Obj exact = oz_as_exact_int(value);
    if (!exact || !oz_int_fits_int64(exact, &n) || n < 0 || n > INT32_MAX)
        return oz_fail(t, OZ_ValueError, "_pack_ must be a non-negative integer");
    *pack = (size_t)n;
    return true;
}

/* ---- _anonymous_ ---- */

static bool lift_fields(Thread *t, Class *cls, const CField *outer);

/* A field of a struct in the struct, as an attribute of the outer one. */
static bool lift_field(Thread *t, Class *cls, const CField *outer, Obj pair)
{
    scoped Ref parts = oz_tuple_from(t, pair);
    if (!parts || ((Tuple *)parts)->length < 2)
        return parts && oz_fail(t, OZ_TypeError, "not enough values in a field");
    scoped Ref name = oz_attribute_name(t, ((Tuple *)parts)->items[0]);
    scoped Ref found = name ? oz_get_attr(t, outer->proto, name) : NULL;
    if (!found)
        return false;
    if (!oz_is(found, OZ_C_FIELD))
        return oz_fail(t, OZ_TypeError, "unexpected type");
    const CField *inner = (const CField *)found;
    scoped Ref made = (Ref)field_new(t, inner->proto, name);
    CField *f = (CField *)made;
    if (!f)
        return false;
    f->offset = outer->offset + inner->offset;
    f->size = inner->size;
    f->index = outer->index + inner->index;
    f->low = inner->low;
    f->bits = inner->bits;
    f->text = inner->text;
    return inner->anonymous ? lift_fields(t, cls, f)
                            : oz_class_store(t, cls, name, made) != OZ_RAISED;
}

static bool lift_fields(Thread *t, Class *cls, const CField *outer)
{
    scoped Ref key = oz_intern(t, "_fields_");
    scoped Ref fields = key ? oz_get_attr(t, outer->proto, key) : NULL;
    scoped Ref pairs = fields ? oz_tuple_from(t, fields) : NULL;
    if (!pairs || !oz_native_enter(t, " in a C structure"))
        return false;
    for (uint32_t n = 0; n < ((Tuple *)pairs)->length; n++)
        if (!lift_field(t, cls, outer, ((Tuple *)pairs)->items[n]))
            return false;
    return true;
}

static bool lift_anonymous(Thread *t, Class *cls)
{
    scoped Ref names = NULL;
    Found found = oz_c_attribute(t, cls, "_anonymous_", &names);
    if (found != OZ_FOUND)
        return found == OZ_MISSING;
    scoped Ref list = oz_to_sequence(t, names, "_anonymous_ must be a sequence");
    scoped Ref all = list ? oz_tuple_from(t, list) : NULL;
    for (uint32_t n = 0; all && n < ((Tuple *)all)->length; n++) {
        scoped Ref name = oz_attribute_name(t, ((Tuple *)all)->items[n]);
        scoped Ref field = name ? oz_get_attr(t, (Obj)cls, name) : NULL;
        if (!field)
            return false;
        if (!oz_is(field, OZ_C_FIELD))
            return oz_fail(t, OZ_AttributeError,
                           "'%S' is specified in _anonymous_ but not in _fields_", name);
        ((CField *)field)->anonymous = true;
        if (!lift_fields(t, cls, (const CField *)field))
            return false;
    }
    return all != NULL;
}

/* ---- the class ---- */

static bool plan_start(Thread *t, Plan *plan, Class *cls, CKind kind)
{
    const CType *above = cls->parent ? oz_ctype(t, (Obj)cls->parent) : NULL;
    scoped Ref swapped = NULL;
    Found found = oz_c_attribute(t, cls, "_swappedbytes_", &swapped);
    plan->type = found == OZ_RAISED ? NULL : oz_ctype_new(t, kind);
    plan->fields = plan->type ? (List *)oz_list_new(t, 0) : NULL;
    plan->format = oz_str_new(t, "T{");
    if (!plan->fields || !plan->format || !read_pack(t, cls, &plan->pack))
        return false;
    plan->from_top = found == OZ_FOUND;
    plan->is_union = kind == C_UNION;
    plan->type->unpassable = plan->is_union;
    if (!above)
        return true;
    plan->at = plan->said = plan->most = above->size;
    plan->type->align = above->align;
    plan->type->pointers = above->pointers;
    plan->type->unpassable |= above->unpassable;
    return !above->fields || oz_list_extend(t, plan->fields, above->fields);
}

static bool plan_end(Thread *t, Plan *plan, Class *cls)
{
    CType *type = plan->type;
    size_t size = oz_round_up(plan->is_union ? plan->most : plan->at, type->align);
    type->size = size;
    type->length = oz_list_length(plan->fields);
    scoped Ref text = NULL;
    if (plan->is_union || plan->pack || !plan->told)
        text = oz_str_new(t, "B");
    else if (size > plan->said)
        text = oz_str_format(t, "%S%zdx}", plan->format, (ssize_t)(size - plan->said));
    else
        text = oz_str_format(t, "%S}", plan->format);
    Ref format = text ? oz_encode(t, text, "utf-8", "surrogateescape") : NULL;
    if (!format)
        return false;
    oz_store(&type->base, &type->format, format);
    oz_store(&type->base, &type->fields, oz_retain((Obj)plan->fields));
    Ref made = (Ref)type;
    plan->type = NULL;
    return oz_ctype_set(t, cls, made);
}

bool oz_struct_fields(Thread *t, Class *cls, Obj fields)
{
    __attribute__((cleanup(plan_fini))) Plan plan = {0};
    Obj own = NULL;
    if (oz_class_own(t, cls, oz_ctypes(t)->key, &own) == OZ_RAISED)
        return false;
    if (!own || !oz_is(own, OZ_C_TYPE))
        return oz_fail(t, OZ_TypeError, "ctypes state is not initialized");
    scoped Ref held = oz_retain(own);
    CType *old = (CType *)held;
    if (old->final)
        return oz_fail(t, OZ_AttributeError, "_fields_ is final");
    CKind kind = old->kind;
    if (!oz_as_tuple(fields) && !oz_as_list(fields))
        return oz_fail(t, OZ_TypeError, "'_fields_' must be a sequence of pairs");
    scoped Ref entries = oz_tuple_from(t, fields);
    plan.told = true;
    if (!entries || !plan_start(t, &plan, cls, kind))
        return false;
    for (uint32_t n = 0; n < ((Tuple *)entries)->length; n++)
        if (!add_field(t, &plan, cls, ((Tuple *)entries)->items[n], n))
            return false;
    if (oz_class_own(t, cls, oz_ctypes(t)->key, &own) == OZ_RAISED)
        return false;
    if (own != held || old->final)
        return oz_fail(t, OZ_AttributeError, "Structure or union cannot contain itself");
    plan.type->final = true;
    return plan_end(t, &plan, cls) && lift_anonymous(t, cls);
}

/* A new class: what its base has, until _fields_ are set; those may be there already. */
bool oz_struct_prepare(Thread *t, Class *cls, CKind kind)
{
    __attribute__((cleanup(plan_fini))) Plan plan = {0};
    scoped Ref abstract = NULL, key = oz_intern(t, "_fields_");
    Found found = key ? oz_c_attribute(t, cls, "_abstract_", &abstract) : OZ_RAISED;
    if (found != OZ_MISSING)
        return found == OZ_FOUND;
    CType *above = oz_ctype(t, (Obj)cls->parent);
    if (above)
        above->final = true;
    if (!plan_start(t, &plan, cls, kind) || !plan_end(t, &plan, cls))
        return false;
    Obj fields = NULL;
    if (oz_class_own(t, cls, key, &fields) == OZ_RAISED)
        return false;
    scoped Ref held = oz_retain(fields);
    return !held || oz_set_attr(t, (Obj)cls, key, held);
}
