// SPDX-License-Identifier: MIT
// type(name, bases, namespace): how a class is made.
//
// In this order: the metaclass is settled and the bases are checked (best base, layout); __slots__
// is read and checked; then the class object is made, with its dict, its layout and its MRO; only
// then does code of the program run that can see it: __set_name__ of its attributes, and
// __init_subclass__ of its parent.  What fails before that leaves nothing behind.
#include "types/class_layout.h"

#include "types/cell.h"
#include "types/exception.h"
#include "types/list.h"

/* ---- bases ---- */

Class *oz_class_solid_base(Class *cls)
{
    for (; cls->parent; cls = cls->parent) {
        if (cls->flags & OZ_CLASS_PYTHON) {
            if (oz_layouts(cls)->names)
                return cls;
        } else if (cls->def->size > cls->parent->def->size || (cls->def->flags & OZ_TYPE_WRAPPED)) {
            return cls;
        }
    }
    return cls;
}

static bool check_base(Thread *t, Obj base)
{
    if (!oz_is_class(base))
        return oz_fail(t, OZ_TypeError, "bases must be types");
    if (((Class *)base)->flags & OZ_CLASS_FINAL)
        return oz_fail(t, OZ_TypeError, "type '%N' is not an acceptable base type", base);
    return true;
}

Class *oz_class_best_base(Thread *t, Obj bases)
{
    Class *winner = NULL, *best = NULL;
    for (size_t i = 0; i < oz_tuple_count(bases); i++) {
        Class *base = oz_class_at(bases, i);
        if (!check_base(t, (Obj)base))
            return NULL;
        Class *solid = oz_class_solid_base(base);
        if (!winner || (solid != winner && oz_class_derives(solid, winner))) {
            winner = solid;
            best = base;
        } else if (!oz_class_derives(winner, solid)) {
            oz_raise(t, OZ_TypeError, "multiple bases have instance lay-out conflict");
            return NULL;
        }
    }
    return best;
}

Class *oz_class_best_meta(Thread *t, Class *meta, Obj bases)
{
    for (size_t i = 0; i < oz_tuple_count(bases); i++) {
        Class *other = oz_class_of(((const Tuple *)bases)->items[i]);
        if (oz_class_derives(meta, other))
            continue;
        if (!oz_class_derives(other, meta)) {
            oz_raise(t, OZ_TypeError,
                     "metaclass conflict: the metaclass of a derived class must be a (non-strict) "
                     "subclass of the metaclasses of all its bases");
            return NULL;
        }
        meta = other;
    }
    return meta;
}

/* type() itself takes classes only; types.new_class knows __mro_entries__. */
static bool check_mro_entries(Thread *t, Obj bases)
{
    for (size_t i = 0; i < oz_tuple_count(bases); i++) {
        Obj base = ((const Tuple *)bases)->items[i];
        if (oz_is_class(base))
            continue;
        scoped Ref hook = NULL;
        Found found = oz_find_attr(t, base, OZ_NAME(t, __mro_entries__), &hook);
        if (found == OZ_FOUND)
            oz_raise(t, OZ_TypeError,
                     "type() doesn't support MRO entry resolution; use types.new_class()");
        if (found != OZ_MISSING)
            return false;
    }
    return true;
}

/* ---- __slots__ ---- */

/* What a class that is being made will be. */
typedef struct Plan {
    Obj name;
    Class *parent;
    Dict *dict; /* its own: the namespace copied */
    bool add_dict;
    bool add_weakref;
    Ref names; /* tuple of mangled, sorted, interned slot names, or empty; owned */
} Plan;

/* May instances of subclasses have slots of their own at all? */
static bool is_variable(const Class *cls)
{
    return cls->layout == OZ_INT || cls->layout == OZ_BYTES || cls->layout == OZ_TUPLE ||
           cls->layout == OZ_TYPE;
}

/* Classes have a dict of their own, whatever their metaclass says. */
static bool may_add_dict(const Plan *plan)
{
    return !(plan->parent->flags & OZ_CLASS_DICT) && plan->parent->layout != OZ_TYPE;
}

static bool may_add_weakref(const Plan *plan)
{
    return !(plan->parent->flags & OZ_CLASS_WEAKREF) && !is_variable(plan->parent);
}

static bool is_identifier(Thread *t, Obj str, bool *answer)
{
    const Str *s = oz_as_str(str);
    if (oz_id(&s->base) != OZ_STR_ASCII) {
        scoped Ref name = oz_intern(t, "isidentifier");
        scoped Ref result = name ? oz_call_method(t, (Obj)s, name, 0, NULL) : NULL;
        *answer = result == OZ_TRUE;
        return result != NULL;
    }
    size_t length = oz_str_length(s);
    *answer = length > 0;
    for (size_t i = 0; i < length; i++) {
        uint32_t c = oz_str_at(s, i);
        bool letter = (c | 32) - 'a' < 26u || c == '_';
        *answer = *answer && (letter || (i > 0 && c - '0' < 10u));
    }
    return true;
}

/* __name in class C is _C__name. */
static Ref mangle(Thread *t, Obj class_name, Obj name)
{
    const Str *n = oz_as_str(name), *c = oz_as_str(class_name);
    size_t length = oz_str_length(n), skip = 0;
    bool is_private = length > 2 && oz_str_at(n, 0) == '_' && oz_str_at(n, 1) == '_' &&
                      !(oz_str_at(n, length - 1) == '_' && oz_str_at(n, length - 2) == '_');
    while (skip < oz_str_length(c) && oz_str_at(c, skip) == '_')
        skip++;
    Ref result;
    if (!is_private || skip == oz_str_length(c)) {
        result = oz_retain((Obj)n);
    } else {
        scoped Ref tail = oz_str_slice(t, (Obj)c, skip, oz_str_length(c));
        result = tail ? oz_str_format(t, "_%S%S", tail, name) : NULL;
    }
    return result ? oz_intern_str(t, result) : NULL;
}

/* Take __dict__ and __weakref__ out of the slot names; the others, mangled, go to `list`. */
static bool read_slot(Thread *t, Plan *plan, Obj slot, List *list)
{
    if (!oz_is_str(slot))
        return oz_fail(t, OZ_TypeError, "__slots__ items must be strings, not '%T'", slot);
    bool identifier;
    if (!is_identifier(t, slot, &identifier))
        return false;
    if (!identifier)
        return oz_fail(t, OZ_TypeError, "__slots__ must be identifiers");
    if (oz_str_equal_utf8(oz_as_str(slot), "__dict__")) {
        if (!may_add_dict(plan) || plan->add_dict)
            return oz_fail(t, OZ_TypeError, "__dict__ slot disallowed: we already got one");
        return plan->add_dict = true;
    }
    if (oz_str_equal_utf8(oz_as_str(slot), "__weakref__")) {
        if (!may_add_weakref(plan) || plan->add_weakref)
            return oz_fail(t, OZ_TypeError,
                           "__weakref__ slot disallowed: either we already got one, or "
                           "__itemsize__ != 0");
        return plan->add_weakref = true;
    }
    scoped Ref name = mangle(t, plan->name, slot);
    if (!name)
        return false;
    if (oz_dict_peek_str(plan->dict, name) && name != OZ_NAME(t, __qualname__) &&
        name != OZ_NAME(t, __classcell__))
        return oz_fail(t, OZ_ValueError, "%R in __slots__ conflicts with class variable", name);
    return oz_list_append(t, list, name);
}

/* Other bases may bring a __dict__ or weak references that the first has not. */
static void add_from_bases(Plan *plan, Obj bases)
{
    for (size_t i = 0; i < oz_tuple_count(bases); i++) {
        const Class *base = oz_class_at(bases, i);
        if (base == plan->parent)
            continue;
        if (may_add_dict(plan) && (base->flags & OZ_CLASS_DICT))
            plan->add_dict = true;
        if (may_add_weakref(plan) && (base->flags & OZ_CLASS_WEAKREF) &&
            (base->flags & OZ_CLASS_PYTHON))
            plan->add_weakref = true;
    }
}

static bool read_slots(Thread *t, Plan *plan, Obj bases)
{
    Obj given = oz_dict_peek_str(plan->dict, OZ_NAME(t, __slots__));
    if (!given) {
        plan->add_dict = may_add_dict(plan);
        plan->add_weakref = may_add_weakref(plan);
        return true;
    }
    scoped Ref slots = oz_is_str(given) ? oz_tuple_of(t, 1, given) : oz_tuple_from(t, given);
    if (!slots)
        return false;
    if (oz_tuple_count(slots) && is_variable(plan->parent))
        return oz_fail(t, OZ_TypeError, "nonempty __slots__ not supported for subtype of '%N'",
                       (Obj)plan->parent);
    scoped Ref list = oz_list_new(t, oz_tuple_count(slots));
    if (!list)
        return false;
    for (size_t i = 0; i < oz_tuple_count(slots); i++)
        if (!read_slot(t, plan, ((const Tuple *)slots)->items[i], (List *)list))
            return false;
    if (oz_list_length((List *)list)) {
        if (!oz_list_sort(t, (List *)list, NULL, false))
            return false;
        plan->names = oz_list_to_tuple(t, (List *)list);
        if (!plan->names)
            return false;
    }
    add_from_bases(plan, bases);
    return true;
}

/* ---- the dict ---- */

static bool wrap_function(Thread *t, Dict *dict, Obj name, Ref (*wrap)(Thread *, Obj))
{
    Obj found = oz_dict_peek_str(dict, name);
    if (!found || !oz_is(found, OZ_FUNCTION))
        return true;
    scoped Ref wrapped = wrap(t, found);
    return wrapped && oz_dict_set(t, dict, name, wrapped);
}

static bool set_module(Thread *t, Dict *dict)
{
    if (oz_dict_peek_str(dict, OZ_NAME(t, __module__)) || !t->vm->hooks.globals)
        return true;
    Obj globals = t->vm->hooks.globals(t);
    Obj name = globals ? oz_dict_peek_str((Dict *)globals, OZ_NAME(t, __name__)) : NULL;
    return !name || oz_dict_set(t, dict, OZ_NAME(t, __module__), name);
}

static bool set_qualname(Thread *t, Class *cls, Dict *dict)
{
    Obj qualname = oz_dict_peek_str(dict, OZ_NAME(t, __qualname__));
    if (!qualname) {
        oz_store_new(&cls->base, &cls->qualname, oz_retain(cls->name));
        return true;
    }
    if (!oz_is_str(qualname))
        return oz_fail(t, OZ_TypeError, "type __qualname__ must be a str, not %T", qualname);
    oz_store_new(&cls->base, &cls->qualname, oz_retain(qualname));
    return oz_dict_delete(t, dict, OZ_NAME(t, __qualname__)) != OZ_RAISED;
}

static bool add_getset(Thread *t, Class *cls, Dict *dict, Obj name, const GetSetDef *def)
{
    if (oz_dict_peek_str(dict, name))
        return true;
    scoped Ref descriptor = oz_getset_new(t, cls, def);
    return descriptor && oz_dict_set(t, dict, name, descriptor);
}

/* The class itself goes to the cell that super() and __class__ in its functions read. */
static bool set_class_cell(Thread *t, Class *cls, Dict *dict)
{
    Ref cell = NULL;
    Found found = oz_dict_pop(t, dict, OZ_NAME(t, __classcell__), &cell);
    if (found != OZ_FOUND)
        return found == OZ_MISSING;
    scoped Ref held = cell;
    if (!oz_is(cell, OZ_CELL))
        return oz_fail(t, OZ_TypeError, "__classcell__ must be a nonlocal cell, not %R",
                       (Obj)oz_class_of(cell));
    oz_store(oz_object(cell), &((Cell *)cell)->value, oz_retain((Obj)cls));
    return true;
}

static bool add_members(Thread *t, Class *cls, Dict *dict)
{
    const Layouts *layouts = oz_layouts(cls);
    size_t count = layouts->names ? oz_tuple_count(layouts->names) : 0;
    size_t first = layouts->fixed - count;
    for (size_t i = 0; i < count; i++) {
        Obj name = ((const Tuple *)layouts->names)->items[i];
        uint32_t offset = (uint32_t)(cls->base_size + (first + i) * sizeof(Ref));
        scoped Ref member = oz_member_new_slot(t, cls, name, offset);
        if (!member || !oz_dict_set(t, dict, name, member))
            return false;
    }
    return true;
}

static bool fill_dict(Thread *t, Class *cls, const Plan *plan)
{
    Dict *dict = plan->dict;
    if (!set_module(t, dict) || !set_qualname(t, cls, dict) || !add_members(t, cls, dict))
        return false;
    if (!wrap_function(t, dict, OZ_NAME(t, __new__), oz_staticmethod_new) ||
        !wrap_function(t, dict, OZ_NAME(t, __init_subclass__), oz_classmethod_new) ||
        !wrap_function(t, dict, OZ_NAME(t, __class_getitem__), oz_classmethod_new))
        return false;
    if (plan->add_dict && !add_getset(t, cls, dict, OZ_NAME(t, __dict__), &oz_dict_getset))
        return false;
    if (plan->add_weakref && !add_getset(t, cls, dict, OZ_NAME(t, __weakref__), &oz_weakref_getset))
        return false;
    if (!oz_dict_peek_str(dict, OZ_NAME(t, __doc__)) &&
        !oz_dict_set(t, dict, OZ_NAME(t, __doc__), OZ_NONE))
        return false;
    if (oz_dict_peek_str(dict, OZ_NAME(t, __eq__)) && !oz_dict_peek_str(dict, OZ_NAME(t, __hash__)))
        return oz_dict_set(t, dict, OZ_NAME(t, __hash__), OZ_NONE);
    return true;
}

/* ---- the class ---- */

static uint32_t inherited_flags(Obj bases)
{
    uint32_t flags = OZ_CLASS_PYTHON;
    for (size_t i = 0; i < oz_tuple_count(bases); i++)
        flags |= oz_class_at(bases, i)->flags & (OZ_CLASS_EXCEPTION | OZ_CLASS_META);
    return flags;
}

static Class *new_class(Thread *t, Class *meta, const Plan *plan, Obj bases)
{
    Class *parent = plan->parent;
    Class *cls = oz_instance_new(t, meta, 0);
    if (!cls)
        return NULL;
    scoped Ref owned = (Ref)cls;
    cls->slots = parent->slots; /* valid for drop at once (H1) */
    cls->def = parent->def;
    cls->layout = parent->layout;
    cls->base_size = parent->base_size;
    cls->dict_offset = parent->dict_offset;
    cls->flags = inherited_flags(bases) | (parent->flags & (OZ_CLASS_DICT | OZ_CLASS_WEAKREF));
    if (plan->add_dict)
        cls->flags |= OZ_CLASS_DICT;
    if (plan->add_weakref)
        cls->flags |= OZ_CLASS_WEAKREF;
    oz_store_new(&cls->base, (Ref *)&cls->parent, oz_retain((Obj)parent));
    oz_store_new(&cls->base, &cls->bases, oz_retain(bases));
    oz_store_new(&cls->base, &cls->dict, oz_retain((Obj)plan->dict));
    size_t names = plan->names ? oz_tuple_count(plan->names) : 0;
    if (!oz_class_set_name(t, cls, plan->name) || !oz_layouts_init(t, cls, (unsigned)names))
        return NULL;
    oz_layouts(cls)->names = oz_retain(plan->names);
    if (!set_class_cell(t, cls, plan->dict) ||
        !fill_dict(t, cls, plan)) /* a slot may be named so */
        return NULL;
    return (Class *)oz_move(&owned);
}

/* Sequence or mapping for patterns: as the first in the order that is either. */
static void inherit_pattern(Class *cls)
{
    const Tuple *mro = (const Tuple *)cls->mro;
    for (size_t i = 1; mro && i < mro->length && !(cls->flags & OZ_CLASS_PATTERNS); i++)
        if (oz_is_class(mro->items[i]))
            cls->flags |= ((Class *)mro->items[i])->flags & OZ_CLASS_PATTERNS;
}

/* Order, slots, place among the subclasses. */
static bool finish(Thread *t, Class *cls)
{
    scoped Ref mro = oz_mro_compute(t, cls, cls->bases);
    if (!mro)
        return false;
    oz_store(&cls->base, &cls->mro, oz_move(&mro));
    inherit_pattern(cls);
    cls->version = oz_next_version(t);
    if (!oz_slots_init(t, cls))
        return false;
    for (size_t i = 0; i < oz_tuple_count(cls->bases); i++)
        if (!oz_class_add_subclass(t, oz_class_at(cls->bases, i), cls))
            return false;
    oz_share(t, (Obj)cls); /* others find it by that */
    return true;
}

/* attribute.__set_name__(cls, name) */
static bool call_set_name(Thread *t, Class *cls, Obj name, Obj value)
{
    scoped Ref hook = NULL;
    Found found = oz_find_special(t, value, OZ_NAME(t, __set_name__), &hook);
    if (found != OZ_FOUND)
        return found == OZ_MISSING;
    scoped Ref result = oz_call2(t, hook, (Obj)cls, name);
    if (result || oz_raised(t, OZ_MemoryError))
        return result != NULL;
    scoped Ref cause = oz_exception_take(t);
    oz_raise(t, OZ_RuntimeError, "Error calling __set_name__ on '%T' instance %R in '%N'", value,
             name, (Obj)cls);
    scoped Ref error = oz_exception_take(t);
    if (error) {
        BaseException *e = (BaseException *)error;
        oz_exception_link(t, e, &e->context, oz_retain(cause));
        oz_raise_object(t, error, cause);
    }
    return false;
}

/* Has the class of `value` a __set_name__?  Most have not: no list is needed for those. */
static Found wants_name(Thread *t, Obj value)
{
    Obj method;
    if (!oz_is_pointer(value) || oz_is(value, OZ_FUNCTION))
        return OZ_MISSING;
    return oz_class_find(t, oz_class_of(value), OZ_NAME(t, __set_name__), &method);
}

static bool set_names(Thread *t, Class *cls)
{
    scoped Ref pairs = NULL; /* the dict may change while they run */
    size_t at = 0;
    Obj key, value;
    while (oz_dict_step((Dict *)cls->dict, &at, &key, &value)) {
        Found wanted = wants_name(t, value);
        if (wanted == OZ_MISSING)
            continue;
        if (wanted == OZ_RAISED || (!pairs && !(pairs = oz_list_new(t, 4))))
            return false;
        if (!oz_list_append(t, (List *)pairs, key) || !oz_list_append(t, (List *)pairs, value))
            return false;
    }
    for (size_t i = 0; pairs && i < oz_list_length((List *)pairs); i += 2) {
        scoped Ref name = oz_list_get(t, (List *)pairs, i);
        scoped Ref attribute = oz_list_get(t, (List *)pairs, i + 1);
        if (!name || !attribute || !call_set_name(t, cls, name, attribute))
            return false;
    }
    return true;
}

/* super(cls, cls).__init_subclass__(**keywords) */
static bool init_subclass(Thread *t, Class *cls, const Args *args)
{
    const Tuple *mro = (const Tuple *)cls->mro;
    Obj found = NULL;
    for (size_t i = 1; mro && i < mro->length && !found; i++) {
        Class *each = (Class *)mro->items[i];
        if (oz_class_own(t, each, OZ_NAME(t, __init_subclass__), &found) == OZ_RAISED)
            return false;
    }
    if (!found)
        return true;
    scoped Ref held = oz_retain(found);
    SlotDESCR_GET get = oz_class_of(held)->slots->descr_get;
    scoped Ref bound = get ? get(t, held, NULL, (Obj)cls) : oz_retain(held);
    if (!bound)
        return false;
    Args keywords = {args ? args->items + args->count : NULL, 0, args ? args->named : 0,
                     args ? args->names : NULL};
    scoped Ref result = oz_call(t, bound, &keywords);
    return result != NULL;
}

static Class *build(Thread *t, Class *meta, Plan *plan, Obj bases)
{
    plan->parent = oz_class_best_base(t, bases);
    if (!plan->parent || !read_slots(t, plan, bases))
        return NULL;
    Class *cls = new_class(t, meta, plan, bases);
    if (cls && !finish(t, cls)) {
        oz_drop((Ref)cls);
        return NULL;
    }
    return cls;
}

/* UnicodeEncodeError where it is not. */
static bool is_encodable(Thread *t, Obj text)
{
    size_t length;
    scoped Ref keep = NULL;
    return oz_str_utf8(t, text, &length, &keep) != NULL;
}

bool oz_class_check_name(Thread *t, const Str *name)
{
    for (size_t i = 0; i < oz_str_length(name); i++)
        if (oz_str_at(name, i) == 0)
            return oz_fail(t, OZ_ValueError, "type name must not contain null characters");
    return is_encodable(t, (Obj)name);
}

Ref oz_class_new(Thread *t, Class *meta, Obj name, Obj bases, Obj namespace, const Args *args)
{
    if (!check_mro_entries(t, bases))
        return NULL;
    Class *winner = oz_class_best_meta(t, meta, bases);
    if (!winner)
        return NULL;
    if (winner != meta && winner->slots->new != t->vm->classes[OZ_TYPE]->slots->new)
        return winner->slots->new (t, winner, args);
    scoped Ref object =
        oz_tuple_count(bases) ? NULL : oz_tuple_of(t, 1, (Obj)t->vm->classes[OZ_OBJECT]);
    if (!oz_tuple_count(bases)) {
        if (!object)
            return NULL;
        bases = object;
    }
    Obj doc =
        oz_as_dict(namespace) ? oz_dict_peek_str(oz_as_dict(namespace), OZ_NAME(t, __doc__)) : NULL;
    if (!oz_class_check_name(t, oz_as_str(name)) ||
        (doc && oz_is_str(doc) && !is_encodable(t, doc)))
        return NULL;
    scoped Ref dict = oz_dict_copy(t, (Dict *)namespace);
    if (!dict)
        return NULL;
    Plan plan = {.name = name, .dict = (Dict *)dict};
    scoped Ref cls = (Ref)build(t, winner, &plan, bases);
    oz_drop(plan.names);
    if (!cls || !set_names(t, (Class *)cls) || !init_subclass(t, (Class *)cls, args))
        return NULL;
    return oz_move(&cls);
}

Ref oz_class_new_simple(Thread *t, const char *qualified_name, Obj base, Obj dict)
{
    const char *dot = strrchr(qualified_name, '.');
    scoped Ref name = oz_str_new(t, dot ? dot + 1 : qualified_name);
    scoped Ref bases = oz_as_tuple(base) ? oz_retain(base) : oz_tuple_of(t, 1, base);
    scoped Ref namespace = dict ? oz_dict_copy(t, oz_as_dict(dict)) : oz_dict_new(t);
    if (!name || !bases || !namespace)
        return NULL;
    if (!oz_dict_peek_str((Dict *)namespace, OZ_NAME(t, __module__))) {
        scoped Ref module =
            dot ? oz_str_from_utf8(t, qualified_name, (size_t)(dot - qualified_name))
                : oz_retain(OZ_NAME(t, builtins));
        if (!module || !oz_dict_set(t, (Dict *)namespace, OZ_NAME(t, __module__), module))
            return NULL;
    }
    const Obj items[] = {name, bases, namespace};
    Args args = {items, 3, 0, NULL};
    return oz_class_new(t, t->vm->classes[OZ_TYPE], name, bases, namespace, &args);
}
