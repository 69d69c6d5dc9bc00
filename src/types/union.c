// SPDX-License-Identifier: MIT
// types.UnionType: int | None.  The arguments are flat and different; one alone is no union.
#include "types/generic_alias_layout.h"

#include "types/list_layout.h"
#include "types/native.h"
#include "types/set.h"
#include "types/tuple.h"
#include "types/type.h"

#define UNION_REFS(REF) REF(args) REF(parameters)
typedef struct Union {
    Object base;
    UNION_REFS(OZ_FIELD) /* args: tuple; parameters: tuple, or empty until asked for */
} Union;

Obj oz_union_args(Obj u)
{
    return ((const Union *)u)->args;
}

/* ---- making ---- */

static bool can_be_member(Obj v)
{
    return oz_is_none(v) || oz_is_class(v) || oz_isa(v, OZ_GENERIC_ALIAS) || oz_is(v, OZ_UNION);
}

static Found is_member(Thread *t, const List *list, Obj v)
{
    for (size_t i = 0; i < oz_list_length_fast(list); i++) {
        Obj each = list->block->items[i];
        if (each == v)
            return OZ_FOUND;
        if (oz_isa(each, OZ_GENERIC_ALIAS) && oz_isa(v, OZ_GENERIC_ALIAS)) {
            Found same = oz_generic_equal(t, each, v);
            if (same != OZ_MISSING)
                return same;
        }
    }
    return OZ_MISSING;
}

static bool add_member(Thread *t, List *list, Obj v)
{
    if (oz_is_none(v))
        v = (Obj)t->vm->classes[OZ_NONETYPE];
    if (oz_is(v, OZ_UNION)) {
        const Tuple *args = (const Tuple *)oz_union_args(v);
        for (size_t i = 0; i < args->length; i++)
            if (!add_member(t, list, args->items[i]))
                return false;
        return true;
    }
    Found found = is_member(t, list, v);
    return found == OZ_MISSING ? oz_list_append(t, list, v) : found == OZ_FOUND;
}

Ref oz_union_or(Thread *t, Obj a, Obj b)
{
    if (!can_be_member(a) || !can_be_member(b))
        return OZ_NOT_IMPLEMENTED;
    scoped Ref list = oz_list_new(t, 2);
    if (!list || !add_member(t, (List *)list, a) || !add_member(t, (List *)list, b))
        return NULL;
    if (oz_list_length((List *)list) == 1)
        return oz_list_get(t, (List *)list, 0);
    scoped Ref args = oz_list_to_tuple(t, (List *)list);
    Union *self = args ? oz_object_new(t, OZ_UNION, sizeof *self) : NULL;
    if (!self)
        return NULL;
    oz_store_new(&self->base, &self->args, oz_move(&args));
    return (Ref)self;
}

/* ---- what it does ---- */

static bool write_union(StrBuilder *b, const Tuple *args)
{
    for (size_t i = 0; i < args->length; i++) {
        Obj each = args->items[i];
        bool none = each == (Obj)b->t->vm->classes[OZ_NONETYPE];
        if ((i && !oz_builder_text(b, " | ")) ||
            !(none ? oz_builder_text(b, "None") : oz_generic_write_item(b, each)))
            return false;
    }
    return true;
}

static Ref union_repr(Thread *t, Obj v)
{
    StrBuilder b;
    oz_builder_init(&b, t);
    Ref text = write_union(&b, (const Tuple *)oz_union_args(v)) ? oz_builder_finish(&b) : NULL;
    oz_builder_fini(&b);
    return text;
}

static bool union_hash(Thread *t, Obj v, int64_t *hash)
{
    scoped Ref set = oz_frozenset_new(t, oz_union_args(v));
    return set && oz_hash(t, set, hash);
}

static Ref union_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    if ((op != OZ_EQ && op != OZ_NE) || !oz_is(b, OZ_UNION))
        return OZ_NOT_IMPLEMENTED;
    scoped Ref x = oz_set_new(t, oz_union_args(a));
    scoped Ref y = x ? oz_set_new(t, oz_union_args(b)) : NULL;
    return y ? oz_compare(t, x, y, op) : NULL;
}

static Ref union_parameters(Thread *t, Obj v)
{
    Union *self = (Union *)v;
    return oz_generic_parameters_kept(t, &self->base, &self->parameters, self->args);
}

static Ref union_get_item(Thread *t, Obj v, Obj item)
{
    scoped Ref parameters = union_parameters(t, v);
    scoped Ref args =
        parameters ? oz_generic_substitute(t, v, oz_union_args(v), parameters, item) : NULL;
    if (!args)
        return NULL;
    const Tuple *tuple = (const Tuple *)args;
    scoped Ref result = oz_retain(tuple->items[0]);
    for (size_t i = 1; result && i < tuple->length; i++) {
        Ref next = oz_binary(t, OZ_OP_OR, result, tuple->items[i]);
        oz_drop(result);
        result = next;
    }
    return oz_move(&result);
}

static Ref union_get_attr(Thread *t, Obj v, Obj name)
{
    const Str *text = oz_as_str(name);
    if (text && oz_str_equal_utf8(text, "__module__"))
        return oz_get_attr(t, (Obj)oz_class_of(v), name);
    return oz_object_get_attr(t, v, name);
}

static void union_visit(const Object *object, Visitor *v)
{
    const Union *self = (const Union *)object;
    UNION_REFS(OZ_VISIT)
}

static void union_clear(Thread *t OZ_UNUSED, Object *object)
{
    Union *self = (Union *)object;
    UNION_REFS(OZ_CLEAR)
}

const TypeDef oz_union_type = {
    .id = OZ_UNION,
    .name = "types.UnionType",
    .doc = "One of several types: int | str.",
    .size = sizeof(Union),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW | OZ_TYPE_WEAKREF,
    .visit = union_visit,
    .clear = union_clear,
    .slots = {.repr = union_repr,
              .hash = union_hash,
              .compare = union_compare,
              .get_item = union_get_item,
              .get_attr = union_get_attr,
              .or_ = oz_union_or},
    .getsets = OZ_GETSETS(
        {"__parameters__", union_parameters, NULL, "The type variables among the arguments."}),
    .members = OZ_MEMBERS({"__args__", offsetof(Union, args), OZ_MEMBER_READONLY, NULL}),
};
