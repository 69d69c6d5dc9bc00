// SPDX-License-Identifier: MIT
// types.GenericAlias: list[int], and tuple[*Ts] with its star.
//
// An alias passes attributes on to its origin, except for those that are its own.  Type parameters
// are found, and substituted, by protocol only (__typing_subst__, __parameters__ and their kin):
// the type variables themselves are written in Python.  The same functions serve unions.
#include "types/generic_alias_layout.h"

#include "types/dict.h"
#include "types/iterator.h"
#include "types/list_layout.h"
#include "types/native.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

#define ALIAS_REFS(REF) REF(origin) REF(args) REF(parameters)
typedef struct GenericAlias {
    Object base;
    ALIAS_REFS(OZ_FIELD) /* args: tuple; parameters: tuple, or empty until asked for */
    bool starred;        /* [const] *tuple[int] */
} GenericAlias;

typedef struct AliasIterator {
    Object base;
    Ref alias; /* [owner] empty: exhausted */
} AliasIterator;

static GenericAlias *as_alias(Obj v)
{
    return oz_isa(v, OZ_GENERIC_ALIAS) ? (GenericAlias *)v : NULL;
}

/* ---- making ---- */

static Ref make(Thread *t, Class *cls, Obj origin, Obj arguments, bool starred)
{
    scoped Ref args =
        oz_isa(arguments, OZ_TUPLE) ? oz_retain(arguments) : oz_tuple_of(t, 1, arguments);
    GenericAlias *self = args ? oz_instance_new(t, cls, 0) : NULL;
    if (!self)
        return NULL;
    oz_store_new(&self->base, &self->origin, oz_retain(origin));
    oz_store_new(&self->base, &self->args, oz_move(&args));
    self->starred = starred;
    return (Ref)self;
}

Ref oz_generic_alias_new(Thread *t, Obj origin, Obj arguments)
{
    Class *cls = oz_builtin_class(t, OZ_GENERIC_ALIAS);
    return cls ? make(t, cls, origin, arguments, false) : NULL;
}

OZ_NEW(generic_alias, "($type, origin, args, /)")
{
    return make(t, (Class *)a[0], a[1], a[2], false);
}

/* ---- text ---- */

static Found find_text(Thread *t, Obj v, const char *name, Ref *value)
{
    scoped Ref key = oz_intern(t, name);
    return key ? oz_find_attr(t, v, key, value) : OZ_RAISED;
}

/* "module.qualname" of a class, repr of anything else that has no such names. */
static bool write_named(StrBuilder *b, Obj v)
{
    scoped Ref origin = NULL;
    scoped Ref args = NULL;
    scoped Ref qualname = NULL;
    scoped Ref module = NULL;
    Thread *t = b->t;
    if (find_text(t, v, "__origin__", &origin) == OZ_RAISED ||
        (origin && find_text(t, v, "__args__", &args) == OZ_RAISED))
        return false;
    if (origin && args)
        return oz_builder_repr(b, v);
    if (find_text(t, v, "__qualname__", &qualname) == OZ_RAISED ||
        (qualname && find_text(t, v, "__module__", &module) == OZ_RAISED))
        return false;
    if (!qualname || !module || oz_is_none(module))
        return oz_builder_repr(b, v);
    if (oz_is_str(module) && oz_str_equal_utf8(oz_as_str(module), "builtins"))
        return oz_builder_format(b, "%S", qualname);
    return oz_builder_format(b, "%S.%S", module, qualname);
}

bool oz_generic_write_item(StrBuilder *b, Obj v)
{
    if (v == OZ_ELLIPSIS)
        return oz_builder_text(b, "...");
    return write_named(b, v);
}

static bool write_alias(StrBuilder *b, const GenericAlias *self)
{
    const Tuple *args = (const Tuple *)self->args;
    if ((self->starred && !oz_builder_character(b, '*')) ||
        !oz_generic_write_item(b, self->origin) || !oz_builder_character(b, '['))
        return false;
    for (size_t i = 0; i < args->length; i++)
        if ((i && !oz_builder_text(b, ", ")) || !oz_generic_write_item(b, args->items[i]))
            return false;
    return oz_builder_text(b, args->length ? "]" : "()]");
}

static Ref alias_repr(Thread *t, Obj v)
{
    if (!oz_native_enter(t, " while getting the repr of an object"))
        return NULL;
    StrBuilder b;
    oz_builder_init(&b, t);
    Ref text = write_alias(&b, (const GenericAlias *)v) ? oz_builder_finish(&b) : NULL;
    oz_builder_fini(&b);
    return text;
}

/* ---- parameters ---- */

static ssize_t index_of(const Tuple *tuple, Obj v)
{
    for (size_t i = 0; i < tuple->length; i++)
        if (tuple->items[i] == v)
            return (ssize_t)i;
    return -1;
}

static bool add_once(Thread *t, List *list, Obj v)
{
    for (size_t i = 0; i < oz_list_length_fast(list); i++)
        if (list->block->items[i] == v)
            return true;
    return oz_list_append(t, list, v);
}

static bool add_parameters_of(Thread *t, List *list, Obj arg)
{
    scoped Ref subst = NULL;
    scoped Ref inner = NULL;
    if (oz_is_class(arg))
        return true;
    Found found = oz_find_attr(t, arg, OZ_NAME(t, __typing_subst__), &subst);
    if (found != OZ_MISSING)
        return found == OZ_FOUND && add_once(t, list, arg);
    if (oz_find_attr(t, arg, OZ_NAME(t, __parameters__), &inner) == OZ_RAISED)
        return false;
    const Tuple *tuple = inner ? oz_as_tuple(inner) : NULL;
    for (size_t i = 0; tuple && i < tuple->length; i++)
        if (!add_once(t, list, tuple->items[i]))
            return false;
    return true;
}

/* The type variables among the arguments (a tuple), each once: a tuple. */
static Ref parameters_among(Thread *t, Obj args)
{
    const Tuple *tuple = (const Tuple *)args;
    scoped Ref list = oz_list_new(t, 0);
    for (size_t i = 0; list && i < tuple->length; i++)
        if (!add_parameters_of(t, (List *)list, tuple->items[i]))
            return NULL;
    return list ? oz_list_to_tuple(t, (List *)list) : NULL;
}

/* ---- substitution ---- */

/* The arguments of a subscription, with those of unpacked tuples in their place. */
static Ref unpack_arguments(Thread *t, Obj item)
{
    scoped Ref list = oz_list_new(t, 0);
    scoped Ref tuple = oz_isa(item, OZ_TUPLE) ? oz_retain(item) : oz_tuple_of(t, 1, item);
    if (!list || !tuple)
        return NULL;
    const Tuple *items = (const Tuple *)tuple;
    for (size_t i = 0; i < items->length; i++) {
        scoped Ref inner = NULL;
        Obj each = items->items[i];
        if (!oz_is_class(each) &&
            oz_find_attr(t, each, OZ_NAME(t, __typing_unpacked_tuple_args__), &inner) == OZ_RAISED)
            return NULL;
        const Tuple *more = inner ? oz_as_tuple(inner) : NULL;
        if (more && (!more->length || more->items[more->length - 1] != OZ_ELLIPSIS)) {
            if (!oz_list_extend(t, (List *)list, inner))
                return NULL;
        } else if (!oz_list_append(t, (List *)list, each)) {
            return NULL;
        }
    }
    return oz_list_to_tuple(t, (List *)list);
}

/* Let each parameter look at the arguments first (TypeVarTuple and ParamSpec gather several). */
static Ref prepare_arguments(Thread *t, Obj self, const Tuple *parameters, Obj item)
{
    scoped Ref args = unpack_arguments(t, item);
    for (size_t i = 0; args && i < parameters->length; i++) {
        scoped Ref prepare = NULL;
        Found found =
            oz_find_attr(t, parameters->items[i], OZ_NAME(t, __typing_prepare_subst__), &prepare);
        if (found == OZ_RAISED)
            return NULL;
        if (found == OZ_MISSING || oz_is_none(prepare))
            continue;
        Ref next = oz_call2(t, prepare, self, args);
        oz_drop(args);
        args = next;
        if (args && !oz_isa(args, OZ_TUPLE)) {
            next = oz_tuple_from(t, args);
            oz_drop(args);
            args = next;
        }
    }
    return oz_move(&args);
}

static bool is_variadic(Obj parameter, Obj argument)
{
    return oz_class_of(parameter)->slots->iter && oz_isa(argument, OZ_TUPLE);
}

/* `v` with its own parameters replaced, if it has any. */
static Ref substitute_inside(Thread *t, Obj v, const Tuple *parameters, const Tuple *args)
{
    scoped Ref inner = NULL;
    if (oz_find_attr(t, v, OZ_NAME(t, __parameters__), &inner) == OZ_RAISED)
        return NULL;
    const Tuple *own = inner ? oz_as_tuple(inner) : NULL;
    if (!own || !own->length)
        return oz_retain(v);
    scoped Ref list = oz_list_new(t, own->length);
    for (size_t i = 0; list && i < own->length; i++) {
        Obj each = own->items[i];
        ssize_t at = index_of(parameters, each);
        bool ok = at >= 0 && is_variadic(each, args->items[at])
                      ? oz_list_extend(t, (List *)list, args->items[at])
                      : oz_list_append(t, (List *)list, at >= 0 ? args->items[at] : each);
        if (!ok)
            return NULL;
    }
    scoped Ref key = list ? oz_list_to_tuple(t, (List *)list) : NULL;
    return key ? oz_get_item(t, v, key) : NULL;
}

/* Append what becomes of one argument of the alias. */
static bool substitute_one(Thread *t, List *list, Obj arg, const Tuple *parameters,
                           const Tuple *args)
{
    if (oz_is_class(arg))
        return oz_list_append(t, list, arg);
    scoped Ref mark = NULL;
    scoped Ref subst = NULL;
    bool unpack = false;
    if (find_text(t, arg, "__typing_is_unpacked_typevartuple__", &mark) == OZ_RAISED ||
        (mark && !oz_truth(t, mark, &unpack)) ||
        oz_find_attr(t, arg, OZ_NAME(t, __typing_subst__), &subst) == OZ_RAISED)
        return false;
    ssize_t at = subst ? index_of(parameters, arg) : -1;
    scoped Ref result =
        at >= 0 ? oz_call1(t, subst, args->items[at]) : substitute_inside(t, arg, parameters, args);
    if (!result)
        return false;
    return unpack && oz_isa(result, OZ_TUPLE) ? oz_list_extend(t, list, result)
                                              : oz_list_append(t, list, result);
}

Ref oz_generic_substitute(Thread *t, Obj self, Obj own, Obj parameters, Obj item)
{
    const Tuple *names = (const Tuple *)parameters;
    if (!names->length)
        return oz_raise(t, OZ_TypeError, "%R is not a generic class", self);
    scoped Ref args = prepare_arguments(t, self, names, item);
    if (!args)
        return NULL;
    size_t given = ((Tuple *)args)->length;
    if (given != names->length)
        return oz_raise(t, OZ_TypeError, "Too %s arguments for %R; actual %zu, expected %u",
                        given > names->length ? "many" : "few", self, given, names->length);
    scoped Ref list = oz_list_new(t, 0);
    const Tuple *old = (const Tuple *)own;
    for (size_t i = 0; list && i < old->length; i++)
        if (!substitute_one(t, (List *)list, old->items[i], names, (const Tuple *)args))
            return NULL;
    return list ? oz_list_to_tuple(t, (List *)list) : NULL;
}

Ref oz_generic_parameters_kept(Thread *t, Object *owner, Ref *field, Obj args)
{
    if (!*field) {
        Ref found = parameters_among(t, args);
        if (!found)
            return NULL;
        oz_store(owner, field, found);
    }
    return oz_retain(*field);
}

static Ref alias_parameters(Thread *t, Obj v)
{
    GenericAlias *self = (GenericAlias *)v;
    return oz_generic_parameters_kept(t, &self->base, &self->parameters, self->args);
}

static Ref alias_get_item(Thread *t, Obj v, Obj item)
{
    GenericAlias *self = (GenericAlias *)v;
    scoped Ref parameters = alias_parameters(t, v);
    scoped Ref args = parameters ? oz_generic_substitute(t, v, self->args, parameters, item) : NULL;
    return args ? make(t, oz_class_of(v), self->origin, args, self->starred) : NULL;
}

/* ---- as a class ---- */

static Ref alias_call(Thread *t, Obj v, const Args *args)
{
    GenericAlias *self = (GenericAlias *)v;
    scoped Ref object = oz_call(t, self->origin, args);
    if (!object)
        return NULL;
    if (!oz_set_attr(t, object, OZ_NAME(t, __orig_class__), v) &&
        !oz_exception_forget(t, OZ_AttributeError) && !oz_exception_forget(t, OZ_TypeError))
        return NULL;
    return oz_move(&object);
}

static const char *const own_names[] = {
    "__class__",       "__origin__",     "__args__",
    "__unpacked__",    "__parameters__", "__typing_unpacked_tuple_args__",
    "__mro_entries__", "__reduce_ex__",  "__reduce__",
    "__copy__",        "__deepcopy__",
};

static Ref alias_get_attr(Thread *t, Obj v, Obj name)
{
    const Str *text = oz_as_str(name);
    for (size_t i = 0; text && i < OZ_COUNT(own_names); i++)
        if (oz_str_equal_utf8(text, own_names[i]))
            return oz_object_get_attr(t, v, name);
    if (!oz_native_enter(t, ""))
        return NULL;
    return oz_get_attr(t, ((const GenericAlias *)v)->origin, name);
}

static bool alias_hash(Thread *t, Obj v, int64_t *hash)
{
    const GenericAlias *self = (const GenericAlias *)v;
    int64_t origin, args;
    if (!oz_hash(t, self->origin, &origin) || !oz_hash(t, self->args, &args))
        return false;
    *hash = (origin ^ args) == -1 ? -2 : origin ^ args;
    return true;
}

Found oz_generic_equal(Thread *t, Obj a, Obj b)
{
    const GenericAlias *x = (const GenericAlias *)a;
    const GenericAlias *y = (const GenericAlias *)b;
    bool same;
    if (x->starred != y->starred)
        return OZ_MISSING;
    if (!oz_equal(t, x->origin, y->origin, &same) ||
        (same && !oz_equal(t, x->args, y->args, &same)))
        return OZ_RAISED;
    return same ? OZ_FOUND : OZ_MISSING;
}

static Ref alias_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    if ((op != OZ_EQ && op != OZ_NE) || !as_alias(a) || !as_alias(b))
        return OZ_NOT_IMPLEMENTED;
    Found same = oz_generic_equal(t, a, b);
    return same == OZ_RAISED ? NULL : oz_bool((same == OZ_FOUND) == (op == OZ_EQ));
}

OZ_METHOD(generic_alias, __mro_entries__, "($self, bases, /)", "The class that stands for it.")
{
    return oz_tuple_of(t, 1, (Obj)((const GenericAlias *)a[0])->origin);
}

OZ_METHOD(generic_alias, __instancecheck__, "($self, instance, /)", "Not possible: TypeError.")
{
    return oz_raise(t, OZ_TypeError, "isinstance() argument 2 cannot be a parameterized generic");
}

OZ_METHOD(generic_alias, __subclasscheck__, "($self, cls, /)", "Not possible: TypeError.")
{
    return oz_raise(t, OZ_TypeError, "issubclass() argument 2 cannot be a parameterized generic");
}

OZ_METHOD(generic_alias, __dir__, "($self, /)", "The names of the origin and its own.")
{
    scoped Ref dir = oz_get_attr(t, ((const GenericAlias *)a[0])->origin, OZ_NAME(t, __dir__));
    scoped Ref names = NULL;
    if (dir && oz_is_class(((const GenericAlias *)a[0])->origin))
        names = oz_call_method(t, (Obj)oz_class_of(((const GenericAlias *)a[0])->origin),
                               OZ_NAME(t, __dir__), 1,
                               (const Obj[]){((const GenericAlias *)a[0])->origin});
    else if (dir)
        names = oz_call0(t, dir);
    scoped Ref list = names ? oz_list_from(t, names) : NULL;
    for (size_t i = 0; list && i < OZ_COUNT(own_names); i++) {
        scoped Ref name = oz_intern(t, own_names[i]);
        bool there;
        if (!name || !oz_contains(t, list, name, &there) ||
            (!there && !oz_list_append(t, (List *)list, name)))
            return NULL;
    }
    return oz_move(&list);
}

/* ---- the starred form ---- */

static Ref alias_iter(Thread *t, Obj v)
{
    AliasIterator *it = oz_object_new_raw(t, OZ_GENERIC_ALIAS_ITERATOR, sizeof *it);
    if (!it)
        return NULL;
    oz_store_raw(&it->base, &it->alias, oz_retain(v));
    return (Ref)it;
}

static Ref itself(Thread *t OZ_UNUSED, Obj v)
{
    return oz_retain(v);
}

static Ref alias_iterator_next(Thread *t, Obj v)
{
    AliasIterator *it = (AliasIterator *)v;
    scoped Ref alias = oz_move(&it->alias);
    if (!alias)
        return NULL;
    const GenericAlias *from = (const GenericAlias *)alias;
    return make(t, oz_class_of(alias), from->origin, from->args, true);
}

OZ_METHOD(alias_iterator, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const AliasIterator *it = (const AliasIterator *)a[0];
    return oz_reduce_to_iter(t, it->alias ? (Obj)it->alias : (Obj)t->vm->empty_tuple, NULL);
}

static Ref next_function(Thread *t)
{
    scoped Ref key = oz_intern(t, "next");
    return key ? oz_retain(oz_dict_peek_str((Dict *)t->vm->builtins, key)) : NULL;
}

OZ_METHOD(generic_alias, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const GenericAlias *self = (const GenericAlias *)a[0];
    if (!self->starred) {
        scoped Ref args = oz_tuple_of(t, 2, (Obj)self->origin, (Obj)self->args);
        return args ? oz_tuple_of(t, 2, (Obj)oz_class_of(a[0]), args) : NULL;
    }
    scoped Ref plain = make(t, oz_class_of(a[0]), self->origin, self->args, false);
    scoped Ref iterator = plain ? alias_iter(t, plain) : NULL;
    scoped Ref args = iterator ? oz_tuple_of(t, 1, iterator) : NULL;
    scoped Ref next = args ? next_function(t) : NULL;
    return next ? oz_tuple_of(t, 2, next, args) : NULL;
}

static Ref alias_unpacked(Thread *t OZ_UNUSED, Obj v)
{
    return oz_bool(((const GenericAlias *)v)->starred);
}

static Ref alias_unpacked_args(Thread *t, Obj v)
{
    const GenericAlias *self = (const GenericAlias *)v;
    bool tuple = self->starred && self->origin == (Obj)t->vm->classes[OZ_TUPLE];
    return tuple ? oz_retain(self->args) : OZ_NONE;
}

static void alias_visit(const Object *object, Visitor *v)
{
    const GenericAlias *self = (const GenericAlias *)object;
    ALIAS_REFS(OZ_VISIT)
}

static void alias_clear(Thread *t OZ_UNUSED, Object *object)
{
    GenericAlias *self = (GenericAlias *)object;
    ALIAS_REFS(OZ_CLEAR)
}

const TypeDef oz_generic_alias_type = {
    .id = OZ_GENERIC_ALIAS,
    .name = "types.GenericAlias",
    .doc = "A class with type arguments.\n\nlist[int] is one: its __origin__ is list, its __args__ "
           "are (int,).",
    .size = sizeof(GenericAlias),
    .flags = OZ_TYPE_WEAKREF,
    .visit = alias_visit,
    .clear = alias_clear,
    .make = &generic_alias_new_,
    .slots = {.call = alias_call,
              .get_item = alias_get_item,
              .get_attr = alias_get_attr,
              .repr = alias_repr,
              .hash = alias_hash,
              .compare = alias_compare,
              .iter = alias_iter,
              .or_ = oz_union_or},
    .methods = OZ_METHODS(&generic_alias___mro_entries__, &generic_alias___instancecheck__,
                          &generic_alias___subclasscheck__, &generic_alias___dir__,
                          &generic_alias___reduce__),
    .getsets = OZ_GETSETS(
        {"__parameters__", alias_parameters, NULL, "The type variables among the arguments."},
        {"__unpacked__", alias_unpacked, NULL, NULL},
        {"__typing_unpacked_tuple_args__", alias_unpacked_args, NULL, NULL}),
    .members = OZ_MEMBERS({"__origin__", offsetof(GenericAlias, origin), OZ_MEMBER_READONLY, NULL},
                          {"__args__", offsetof(GenericAlias, args), OZ_MEMBER_READONLY, NULL}),
};

static void iterator_visit(const Object *object, Visitor *v)
{
    const AliasIterator *self = (const AliasIterator *)object;
    OZ_VISIT(alias)
}

static void iterator_clear(Thread *t OZ_UNUSED, Object *object)
{
    AliasIterator *self = (AliasIterator *)object;
    OZ_CLEAR(alias)
}

const TypeDef oz_generic_alias_iterator_type = {
    .id = OZ_GENERIC_ALIAS_ITERATOR,
    .name = "generic_alias_iterator",
    .size = sizeof(AliasIterator),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_NO_NEW,
    .visit = iterator_visit,
    .clear = iterator_clear,
    .slots = {.iter = itself, .next = alias_iterator_next},
    .methods = OZ_METHODS(&alias_iterator___reduce__),
};
