// SPDX-License-Identifier: MIT
// Tuples with named fields.
//
// The visible fields are the items; a field descriptor in the class's dict reads items[index].
// Fields that are not items lie in the instance's dict word, where tuple subclasses keep
// attributes; programs cannot add to it.
#include "types/structseq.h"

#include "object/error.h"
#include "types/class_layout.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

/* ---- field descriptors ---- */

typedef struct StructFieldObject {
    Object base;
    Ref name;       /* [const] str */
    Ref doc;        /* [const] str or None */
    uint32_t index; /* [const] */
    bool hidden;    /* [const] in the dict word, by name */
} StructFieldObject;

static void field_clear(Thread *t OZ_UNUSED, Object *object)
{
    StructFieldObject *self = (StructFieldObject *)object;
    OZ_CLEAR(name)
    OZ_CLEAR(doc)
}

static Ref field_get(Thread *t, Obj object, Obj instance, Obj owner OZ_UNUSED)
{
    const StructFieldObject *self = (StructFieldObject *)object;
    if (!instance || instance == OZ_NONE)
        return oz_retain(object);
    const Tuple *tuple = oz_as_tuple(instance);
    if (!tuple)
        return oz_raise(t, OZ_TypeError, "descriptor %R doesn't apply to a '%T' object", self->name,
                        instance);
    if (!self->hidden)
        return self->index < tuple->length ? oz_retain(tuple->items[self->index]) : OZ_NONE;
    Ref value = NULL;
    Obj dict = tuple->items[tuple->length];
    Found found = dict ? oz_dict_get(t, (Dict *)dict, self->name, &value) : OZ_MISSING;
    return found == OZ_MISSING ? OZ_NONE : value;
}

static bool field_set(Thread *t, Obj object OZ_UNUSED, Obj instance OZ_UNUSED, Obj value OZ_UNUSED)
{
    return oz_fail(t, OZ_AttributeError, "readonly attribute");
}

static Ref field_get_name(Thread *t OZ_UNUSED, Obj self)
{
    return oz_retain(((StructFieldObject *)self)->name);
}

static Ref field_get_doc(Thread *t OZ_UNUSED, Obj self)
{
    return oz_retain(((StructFieldObject *)self)->doc);
}

const TypeDef oz_struct_field_type = {
    .id = OZ_STRUCT_FIELD,
    .name = "member_descriptor",
    .size = sizeof(StructFieldObject),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW | OZ_TYPE_LEAF_CELLS,
    .clear = field_clear,
    .slots = {.descr_get = field_get, .descr_set = field_set},
    .getsets = OZ_GETSETS({"__name__", field_get_name, NULL, NULL},
                          {"__doc__", field_get_doc, NULL, NULL}),
};

/* ---- instances ---- */

static const StructDef *def_of(const Class *cls)
{
    for (; cls; cls = cls->parent)
        if (cls->def->id == OZ_TUPLE && cls->structure)
            return cls->structure;
    return NULL;
}

Ref oz_structseq_new(Thread *t, Class *cls, Ref *values)
{
    const StructDef *def = def_of(cls);
    Tuple *self = oz_instance_new(t, cls, def->visible * sizeof(Ref));
    scoped Ref result = (Ref)self;
    if (self) {
        self->length = def->visible;
        for (unsigned n = 0; n < def->visible; n++)
            oz_tuple_init(self, n, oz_move(&values[n]));
    }
    scoped Ref dict = self && def->count > def->visible ? oz_dict_new(t) : NULL;
    bool ok = self && (dict || def->count == def->visible);
    for (unsigned n = def->visible; ok && n < def->count; n++) {
        scoped Ref name = oz_intern(t, def->fields[n].name);
        ok = name && oz_dict_set(t, (Dict *)dict, name, values[n]);
    }
    if (ok && dict)
        oz_store_new(&self->base, &self->items[def->visible], oz_move(&dict));
    for (unsigned n = 0; n < def->count; n++)
        oz_clear(&values[n]);
    return ok ? oz_move(&result) : NULL;
}

/* cls(value) or cls(field=value) */
static Ref make_by_value(Thread *t, Class *cls, const StructDef *def, const Args *args)
{
    const char *dot = strrchr(def->name, '.'), *name = dot ? dot + 1 : def->name;
    if (args->count + args->named > 1)
        return oz_raise(t, OZ_TypeError, "%s() takes at most 1 argument (%u given)", name,
                        args->count + args->named);
    Obj given = args->named ? ((const Tuple *)args->names)->items[0] : NULL;
    if (args->count + args->named == 0 ||
        (given && !oz_str_equal_utf8(oz_as_str(given), def->fields[0].name)))
        return oz_raise(t, OZ_TypeError, "%s() missing required argument '%s' (pos 1)", name,
                        def->fields[0].name);
    Ref values[] = {oz_retain(args->items[0])};
    return oz_structseq_new(t, cls, values);
}

/* cls(sequence, dict={}) */
static Ref structseq_make(Thread *t, Class *cls, const Args *args)
{
    const StructDef *def = def_of(cls);
    if (def->no_new)
        return oz_raise(t, OZ_TypeError, "cannot create '%s' instances", def->name);
    if (def->count == 1)
        return make_by_value(t, cls, def, args);
    if (args->count + args->named < 1 || args->count > 2 || args->count + args->named > 2)
        return oz_raise(t, OZ_TypeError, "%s() missing required argument 'sequence' (pos 1)",
                        def->name);
    Obj extra = args->count + args->named > 1 ? args->items[1] : NULL;
    if (extra && !oz_as_dict(extra))
        return oz_raise(t, OZ_TypeError, "%s() takes a dict as second arg, if any", def->name);
    scoped Ref sequence = oz_to_sequence(t, args->items[0], "constructor requires a sequence");
    scoped Ref items = sequence ? oz_tuple_from(t, sequence) : NULL;
    if (!items)
        return NULL;
    const Tuple *tuple = (Tuple *)items;
    if (tuple->length < def->visible || tuple->length > def->count) {
        bool exact = def->visible == def->count;
        return oz_raise(t, OZ_TypeError, "%s() takes %s %u-sequence (%u-sequence given)", def->name,
                        exact                          ? "a"
                        : tuple->length < def->visible ? "an at least"
                                                       : "an at most",
                        tuple->length < def->visible ? def->visible : def->count, tuple->length);
    }
    Ref values[64];
    oz_require(def->count <= OZ_COUNT(values));
    for (unsigned n = 0; n < def->count; n++) {
        values[n] = OZ_NONE;
        if (n < tuple->length) {
            values[n] = oz_retain(tuple->items[n]);
        } else if (extra) {
            scoped Ref name = oz_intern(t, def->fields[n].name);
            Obj given = name ? oz_dict_peek_str((Dict *)extra, name) : NULL;
            if (given)
                values[n] = oz_retain(given);
        }
    }
    return oz_structseq_new(t, cls, values);
}

static Ref structseq_repr(Thread *t, Obj self)
{
    const StructDef *def = def_of(oz_class_of(self));
    const Tuple *tuple = (Tuple *)self;
    StrBuilder b;
    oz_builder_init(&b, t);
    oz_builder_format(&b, "%s(", def->name);
    unsigned field = 0; /* items without names show under the names that follow */
    for (unsigned n = 0; n < tuple->length; n++, field++) {
        while (field + 1 < def->count && !def->fields[field].name)
            field++;
        oz_builder_format(&b, "%s%s=", n ? ", " : "", def->fields[field].name);
        oz_builder_repr(&b, tuple->items[n]);
    }
    oz_builder_character(&b, ')');
    return oz_builder_finish(&b);
}

static bool structseq_set_attr(Thread *t, Obj self, Obj given, Obj value)
{
    scoped Ref name = oz_attribute_name(t, given);
    Obj found;
    if (!name || oz_class_find(t, oz_class_of(self), name, &found) == OZ_RAISED)
        return false;
    if (found && oz_is(found, OZ_STRUCT_FIELD))
        return oz_fail(t, OZ_AttributeError, "readonly attribute");
    if (oz_class_of(self)->flags & OZ_CLASS_PYTHON)
        return oz_object_set_attr(t, self, name, value);
    oz_raise_attribute(t, self, name);
    return false;
}

OZ_METHOD(structseq, __reduce__, "($self, /)", "Return what pickle needs.")
{
    const Tuple *tuple = (Tuple *)a[0];
    scoped Ref items = oz_tuple_new(t, (const Obj *)tuple->items, tuple->length);
    Obj dict = tuple->items[tuple->length];
    scoped Ref copy = dict ? oz_dict_copy(t, (Dict *)dict) : oz_dict_new(t);
    scoped Ref args = items && copy ? oz_tuple_of(t, 2, items, copy) : NULL;
    return args ? oz_tuple_of(t, 2, (Obj)oz_class_of(a[0]), args) : NULL;
}

/* ---- classes ---- */

static const TypeDef template = {
    .id = OZ_TUPLE,
    .base = OZ_TUPLE,
    .size = sizeof(Tuple),
    .slots = {.new = structseq_make, .repr = structseq_repr, .set_attr = structseq_set_attr},
    .methods = OZ_METHODS(&structseq___reduce__),
};

static bool add_fields(Thread *t, Class *cls, const StructDef *def)
{
    scoped Ref names = oz_list_new(t, 0);
    unsigned unnamed = 0;
    if (!names)
        return false;
    for (unsigned n = 0; n < def->count; n++) {
        if (!def->fields[n].name) {
            unnamed++;
            continue;
        }
        scoped Ref name = oz_intern(t, def->fields[n].name);
        StructFieldObject *field = oz_object_new(t, OZ_STRUCT_FIELD, sizeof *field);
        scoped Ref held = (Ref)field;
        if (!name || !field)
            return false;
        field->index = n;
        field->hidden = n >= def->visible;
        oz_store_raw(&field->base, &field->name, oz_retain(name));
        oz_store_raw(&field->base, &field->doc,
                     def->fields[n].doc ? oz_str_new(t, def->fields[n].doc) : OZ_NONE);
        if (!field->doc || oz_class_store(t, cls, name, held) != OZ_FOUND ||
            (n < def->visible && !oz_list_append(t, (List *)names, name)))
            return false;
    }
    const struct {
        const char *name;
        unsigned value;
    } numbers[] = {{"n_sequence_fields", def->visible},
                   {"n_fields", def->count},
                   {"n_unnamed_fields", unnamed}};
    for (size_t n = 0; n < OZ_COUNT(numbers); n++) {
        scoped Ref name = oz_intern(t, numbers[n].name);
        if (!name || oz_class_store(t, cls, name, oz_int(numbers[n].value)) != OZ_FOUND)
            return false;
    }
    scoped Ref match_args = oz_list_to_tuple(t, (List *)names);
    return match_args && oz_class_store(t, cls, OZ_NAME(t, __match_args__), match_args) == OZ_FOUND;
}

/* What was made of a definition, for those who import its module again: classes of natives are
 * immortal. */
typedef struct StructClass {
    TypeDef own;              /* [const] */
    const StructDef *def;     /* [const] */
    Class *cls;               /* [vm] NULL: there was no memory for it yet */
    bool whole;               /* [vm] it has its fields */
    struct StructClass *next; /* [const] */
} StructClass;

static StructClass *entry_of(Thread *t, const StructDef *def)
{
    ClassState *state = oz_class_state(t);
    for (StructClass *entry = state->structures; entry; entry = entry->next)
        if (entry->def == def)
            return entry;
    StructClass *entry = oz_block_alloc(t->heap, sizeof *entry);
    if (!entry) {
        oz_raise_memory(t);
        return NULL;
    }
    const TypeDef *tuple = t->vm->classes[OZ_TUPLE]->def;
    *entry = (StructClass){.own = template, .def = def, .next = state->structures};
    entry->own.name = def->name;
    entry->own.doc = def->doc;
    entry->own.visit = tuple->visit;
    entry->own.clear = tuple->clear;
    return state->structures = entry;
}

Class *oz_structseq_class(Thread *t, const StructDef *def)
{
    StructClass *entry = entry_of(t, def);
    if (!entry)
        return NULL;
    if (!entry->cls) {
        entry->cls = oz_class_from_def(t, &entry->own, &t->vm->classes[OZ_TUPLE], 1);
        if (!entry->cls)
            return NULL;
        entry->cls->structure = def;
    }
    entry->whole = entry->whole || add_fields(t, entry->cls, def);
    return entry->whole ? entry->cls : NULL;
}
