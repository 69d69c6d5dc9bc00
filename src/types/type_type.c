// SPDX-License-Identifier: MIT
// The type `type`: attribute access of classes, calling them, their own attributes and methods.
#include "types/class_layout.h"
#include "types/audit.h"

#include "types/generic_alias.h"
#include "types/list.h"
#include "types/mapping_proxy.h"

#include <string.h>

/* ---- attributes ---- */

/* Data descriptor of the metaclass, attribute of the class or its bases, other attribute of the
 * metaclass. */
static Ref get_attr(Thread *t, Obj self, Obj name)
{
    Class *meta = oz_class_of(self), *cls = (Class *)self;
    Obj above;
    if (oz_class_find(t, meta, name, &above) == OZ_RAISED)
        return NULL;
    SlotDESCR_GET above_get = above ? oz_class_of(above)->slots->descr_get : NULL;
    scoped Ref held_above = oz_retain(above);
    if (above_get && oz_class_of(above)->slots->descr_set)
        return above_get(t, held_above, self, (Obj)meta);
    Obj found;
    if (oz_class_find(t, cls, name, &found) == OZ_RAISED)
        return NULL;
    if (found) {
        scoped Ref held = oz_retain(found);
        SlotDESCR_GET get = oz_class_of(held)->slots->descr_get;
        return get ? get(t, held, NULL, self) : oz_move(&held);
    }
    if (above_get)
        return above_get(t, held_above, self, (Obj)meta);
    if (held_above)
        return oz_move(&held_above);
    return oz_raise_attribute(t, self, name);
}

Ref oz_type_get_attr(Thread *t, Obj self, Obj name)
{
    const Str *s = oz_as_str(name);
    if (!s)
        return oz_raise(t, OZ_TypeError, "attribute name must be string, not '%T'", name);
    if (OZ_LIKELY(oz_has_flag(&s->base, OZ_FLAG_INTERNED)))
        return get_attr(t, self, (Obj)s);
    scoped Ref interned = oz_intern_str(t, oz_retain((Obj)s));
    return interned ? get_attr(t, self, interned) : NULL;
}

static bool type_set_attr(Thread *t, Obj self, Obj name, Obj value)
{
    Class *cls = (Class *)self;
    const Str *s = oz_as_str(name);
    if (!s)
        return oz_fail(t, OZ_TypeError, "attribute name must be string, not '%T'", name);
    if (!(cls->flags & OZ_CLASS_PYTHON))
        return oz_fail(t, OZ_TypeError, "cannot set %R attribute of immutable type '%N'", name,
                       self);
    scoped Ref interned = oz_intern_str(t, oz_retain((Obj)s));
    if (!interned)
        return false;
    Obj above;
    if (oz_class_find(t, oz_class_of(self), interned, &above) == OZ_RAISED)
        return false;
    SlotDESCR_SET set = above ? oz_class_of(above)->slots->descr_set : NULL;
    if (set) {
        scoped Ref held = oz_retain(above);
        return set(t, held, self, value);
    }
    Found found = oz_class_store(t, cls, interned, value);
    if (found == OZ_MISSING)
        oz_raise(t, OZ_AttributeError, "type object '%N' has no attribute '%S'", self, interned);
    return found == OZ_FOUND;
}

static bool is_mutable(Thread *t, Class *cls, Obj value, const char *name)
{
    if (!(cls->flags & OZ_CLASS_PYTHON))
        return oz_fail(t, OZ_TypeError, "cannot set '%s' attribute of immutable type '%N'", name,
                       (Obj)cls);
    if (!value)
        return oz_fail(t, OZ_TypeError, "cannot delete '%s' attribute of immutable type '%N'", name,
                       (Obj)cls);
    return true;
}

static bool store(Thread *t, Class *cls, Obj name, Obj value)
{
    return oz_class_store(t, cls, name, value) != OZ_RAISED;
}

static Ref get_name(Thread *t OZ_UNUSED, Obj self)
{
    return oz_retain(((Class *)self)->name);
}

static bool set_name(Thread *t, Obj self, Obj value)
{
    if (!oz_audit_event(t, "object.__setattr__", "OsO", self, "__name__", value))
        return false;
    Class *cls = (Class *)self;
    if (!is_mutable(t, cls, value, "__name__"))
        return false;
    if (!oz_is_str(value))
        return oz_fail(t, OZ_TypeError, "can only assign string to %N.__name__, not '%T'", self,
                       value);
    Obj text = (Obj)oz_as_str(value);
    return oz_class_check_name(t, (const Str *)text) && oz_class_set_name(t, cls, text);
}

static Ref get_qualname(Thread *t OZ_UNUSED, Obj self)
{
    return oz_retain(((Class *)self)->qualname);
}

static bool set_qualname(Thread *t, Obj self, Obj value)
{
    Class *cls = (Class *)self;
    if (!is_mutable(t, cls, value, "__qualname__"))
        return false;
    if (!oz_is_str(value))
        return oz_fail(t, OZ_TypeError, "can only assign string to %N.__qualname__, not '%T'", self,
                       value);
    oz_store(&cls->base, &cls->qualname, oz_retain(value));
    return true;
}

static Ref get_module(Thread *t, Obj self)
{
    Class *cls = (Class *)self;
    if (!(cls->flags & OZ_CLASS_PYTHON))
        return oz_class_module(t, cls);
    Obj module;
    if (oz_class_own(t, cls, OZ_NAME(t, __module__), &module) == OZ_RAISED)
        return NULL;
    return module ? oz_retain(module) : oz_raise(t, OZ_AttributeError, "__module__");
}

static bool set_module(Thread *t, Obj self, Obj value)
{
    Class *cls = (Class *)self;
    return is_mutable(t, cls, value, "__module__") && store(t, cls, OZ_NAME(t, __module__), value);
}

static Ref get_doc(Thread *t, Obj self)
{
    Obj doc;
    if (oz_class_own(t, (Class *)self, OZ_NAME(t, __doc__), &doc) == OZ_RAISED)
        return NULL;
    if (!doc)
        return OZ_NONE;
    scoped Ref held = oz_retain(doc);
    SlotDESCR_GET get = oz_class_of(held)->slots->descr_get;
    return get ? get(t, held, NULL, self) : oz_move(&held);
}

static bool set_doc(Thread *t, Obj self, Obj value)
{
    Class *cls = (Class *)self;
    return is_mutable(t, cls, value, "__doc__") && store(t, cls, OZ_NAME(t, __doc__), value);
}

Ref oz_class_dict_view(Thread *t, Class *cls)
{
    return oz_class_fill(t, cls) ? oz_mapping_proxy_new(t, cls->dict) : NULL;
}

static Ref get_dict(Thread *t, Obj self)
{
    return oz_class_dict_view(t, (Class *)self);
}

static Ref get_mro(Thread *t OZ_UNUSED, Obj self)
{
    Ref mro = ((Class *)self)->mro;
    return mro ? oz_retain(mro) : OZ_NONE;
}

static bool readonly(Thread *t, Obj self OZ_UNUSED, Obj value OZ_UNUSED)
{
    return oz_fail(t, OZ_AttributeError, "readonly attribute");
}

static Ref get_base(Thread *t OZ_UNUSED, Obj self)
{
    Class *parent = ((Class *)self)->parent;
    return parent ? oz_retain((Obj)parent) : OZ_NONE;
}

static Ref get_text_signature(Thread *t, Obj self)
{
    const Class *cls = (const Class *)self;
    if (cls->flags & OZ_CLASS_PYTHON)
        return OZ_NONE;
    const NativeDef *def = cls->def->initialise ? cls->def->initialise : cls->def->make;
    if (!def)
        return cls->id == OZ_OBJECT ? oz_str_new(t, "()") : OZ_NONE;
    if (strstr(def->signature, "<unrepresentable>")) /* no signature that Python could read */
        return OZ_NONE;
    const char *rest = def->signature + 1; /* the class is called without its own parameter */
    if (*rest == '$') {
        rest += strcspn(rest, ",)");
        rest += strspn(rest, ", ");
        if (strncmp(rest, "/, ", 3) == 0)
            rest += 3;
        else if (strcmp(rest, "/)") == 0)
            rest += 1;
    }
    return oz_str_format(t, "(%s", rest);
}

/* ---- annotations, abstract methods ---- */

static Ref get_annotations(Thread *t, Obj self)
{
    Class *cls = (Class *)self;
    if (!(cls->flags & OZ_CLASS_PYTHON))
        return oz_raise_attribute(t, self, OZ_NAME(t, __annotations__));
    Obj found;
    if (oz_class_own(t, cls, OZ_NAME(t, __annotations__), &found) == OZ_RAISED)
        return NULL;
    if (found) {
        scoped Ref held = oz_retain(found);
        SlotDESCR_GET get = oz_class_of(held)->slots->descr_get;
        return get ? get(t, held, NULL, self) : oz_move(&held);
    }
    scoped Ref dict = oz_dict_new(t);
    if (!dict || !store(t, cls, OZ_NAME(t, __annotations__), dict))
        return NULL;
    return oz_move(&dict);
}

static bool set_annotations(Thread *t, Obj self, Obj value)
{
    Class *cls = (Class *)self;
    if (!(cls->flags & OZ_CLASS_PYTHON))
        return oz_fail(t, OZ_TypeError,
                       "cannot set '__annotations__' attribute of immutable type '%N'", self);
    Found found = oz_class_store(t, cls, OZ_NAME(t, __annotations__), value);
    if (found == OZ_MISSING)
        return oz_fail(t, OZ_AttributeError, "__annotations__");
    return found == OZ_FOUND;
}

static Ref get_abstract(Thread *t, Obj self)
{
    Class *cls = (Class *)self;
    scoped Ref key = oz_intern(t, "__abstractmethods__");
    if (!key)
        return NULL;
    Obj found = NULL;
    if (cls->id != OZ_TYPE && oz_class_own(t, cls, key, &found) == OZ_RAISED)
        return NULL;
    return found ? oz_retain(found) : oz_raise(t, OZ_AttributeError, "__abstractmethods__");
}

static bool set_abstract(Thread *t, Obj self, Obj value)
{
    Class *cls = (Class *)self;
    bool abstract = false;
    if (value && !oz_truth(t, value, &abstract))
        return false;
    scoped Ref key = oz_intern(t, "__abstractmethods__");
    Found found = key ? oz_class_store(t, cls, key, value) : OZ_RAISED;
    if (found == OZ_MISSING)
        return oz_fail(t, OZ_AttributeError, "__abstractmethods__");
    if (found == OZ_RAISED)
        return false;
    cls->flags = (cls->flags & ~(uint32_t)OZ_CLASS_ABSTRACT) | (abstract ? OZ_CLASS_ABSTRACT : 0u);
    if (cls->layouts)
        OZ_WRITE(&oz_layouts(cls)->quiet, 0);
    return true;
}

/* ---- figures ---- */

static Ref get_basicsize(Thread *t, Obj self)
{
    const Class *cls = (const Class *)self;
    size_t fixed = cls->layouts ? oz_layouts(cls)->fixed : 0;
    return oz_int_new(t, (int64_t)(cls->base_size + fixed * sizeof(Ref)));
}

static Ref get_itemsize(Thread *t, Obj self)
{
    uint32_t layout = ((const Class *)self)->layout;
    return oz_int_new(t, layout == OZ_TUPLE || layout == OZ_INT || layout == OZ_TYPE ? 8
                         : layout == OZ_BYTES                                        ? 1
                                                                                     : 0);
}

static Ref get_flags(Thread *t, Obj self)
{
    const Class *cls = (const Class *)self;
    int64_t flags = 1 << 12 | 1 << 18; /* READY, VERSION_TAG and the like: what CPython shows */
    static const struct {
        uint32_t ours;
        int bit;
    } table[] = {{OZ_CLASS_PYTHON, 9},  {OZ_CLASS_ABSTRACT, 20}, {OZ_CLASS_SEQUENCE, 5},
                 {OZ_CLASS_MAPPING, 6}, {OZ_CLASS_METHOD, 17},   {OZ_CLASS_EXCEPTION, 30},
                 {OZ_CLASS_META, 31}};
    for (size_t i = 0; i < OZ_COUNT(table); i++)
        if (cls->flags & table[i].ours)
            flags |= INT64_C(1) << table[i].bit;
    if (!(cls->flags & OZ_CLASS_FINAL))
        flags |= 1 << 10;
    if (!(cls->flags & OZ_CLASS_PYTHON))
        flags |= 1 << 8;
    if (!cls->slots->new)
        flags |= 1 << 7;
    static const struct {
        uint16_t layout;
        int bit;
    } kinds[] = {{OZ_INT, 24},   {OZ_LIST, 25},      {OZ_TUPLE, 26},
                 {OZ_BYTES, 27}, {OZ_STR_ASCII, 28}, {OZ_DICT, 29}};
    for (size_t i = 0; i < OZ_COUNT(kinds); i++)
        if (cls->layout == kinds[i].layout)
            flags |= INT64_C(1) << kinds[i].bit;
    return oz_int_new(t, flags);
}

static Ref get_dictoffset(Thread *t, Obj self)
{
    const Class *cls = (const Class *)self;
    return oz_int_new(t, cls->dict_offset ? cls->dict_offset : cls->flags & OZ_CLASS_DICT ? -1 : 0);
}

static Ref get_weakrefoffset(Thread *t, Obj self)
{
    return oz_int_new(t, ((const Class *)self)->flags & OZ_CLASS_WEAKREF ? -1 : 0);
}

/* ---- __bases__ ---- */

static Ref get_bases(Thread *t OZ_UNUSED, Obj self)
{
    Ref bases = ((Class *)self)->bases;
    return oz_retain(bases ? bases : t->vm->empty_tuple);
}

/* Does `cls` derive from `base`, by its order or by its parents?  An mro() that changes classes
 * sees the one before the other. */
static bool derives_by_any(const Class *cls, const Class *base)
{
    bool found = oz_class_derives(cls, base);
    for (const Class *up = cls; up && !found; up = up->parent)
        found = up == base;
    return found;
}

static bool check_new_bases(Thread *t, Class *cls, Obj value)
{
    if (!oz_as_tuple(value))
        return oz_fail(t, OZ_TypeError, "can only assign tuple to %N.__bases__, not %T", (Obj)cls,
                       value);
    if (!oz_tuple_count(value))
        return oz_fail(t, OZ_TypeError, "can only assign non-empty tuple to %N.__bases__, not ()",
                       (Obj)cls);
    for (size_t i = 0; i < oz_tuple_count(value); i++) {
        Obj base = ((const Tuple *)value)->items[i];
        if (!oz_is_class(base))
            return oz_fail(t, OZ_TypeError, "%N.__bases__ must be tuple of classes, not '%T'",
                           (Obj)cls, base);
        if (derives_by_any((Class *)base, cls))
            return oz_fail(t, OZ_TypeError, "a __bases__ item causes an inheritance cycle");
    }
    return true;
}

/* Would instances of a class with parent `parent` be laid out as those of `cls` are? */
static bool fits(const Class *cls, const Class *parent)
{
    const uint32_t flags = OZ_CLASS_DICT | OZ_CLASS_WEAKREF;
    const Class *old = cls->parent;
    if (old == parent || oz_class_same_layout(old, parent))
        return true;
    /* What the class adds itself (a __dict__) stands for what the new parent has or lacks. */
    size_t fixed = parent->layouts ? oz_layouts(parent)->fixed : 0;
    size_t old_fixed = old->layouts ? oz_layouts(old)->fixed : 0;
    return old->def == parent->def && !fixed && !old_fixed &&
           (parent->flags & flags & ~cls->flags) == 0;
}

/* New orders for the class and everything below.  `undo` gets each class, its old order and the
 * new one. */
static bool renew_mro(Thread *t, Class *cls, List *undo)
{
    if (!oz_native_enter(t, " while changing __bases__"))
        return false;
    scoped Ref mro = oz_mro_compute(t, cls, cls->bases);
    if (!mro || !oz_list_append(t, undo, (Obj)cls) || !oz_list_append(t, undo, cls->mro) ||
        !oz_list_append(t, undo, mro))
        return false;
    oz_store(&cls->base, &cls->mro, oz_move(&mro));
    for (uint32_t i = 0; cls->subclasses && i < cls->subclasses->count; i++)
        if (cls->subclasses->items[i] && !renew_mro(t, cls->subclasses->items[i], undo))
            return false;
    return true;
}

static void undo_mro(Thread *t, List *undo)
{
    for (size_t i = 0; i + 2 < oz_list_length(undo); i += 3) {
        scoped Ref cls = oz_list_get(t, undo, i), made = oz_list_get(t, undo, i + 2);
        Ref mro = oz_list_get(t, undo, i + 1);
        if (((Class *)cls)->mro == made)
            oz_store(oz_object(cls), &((Class *)cls)->mro, mro);
        else
            oz_drop(mro); /* an assignment inside of ours has had the last word */
    }
}

/* The class is a subclass of its present bases only.  An mro() may assign __bases__ while they are
 * being assigned: those of the inner assignment count. */
static bool enter_bases(Thread *t, Class *cls, Obj old_bases)
{
    for (size_t i = 0; i < oz_tuple_count(old_bases); i++)
        oz_class_remove_subclass(oz_class_at(old_bases, i), cls);
    for (size_t i = 0; i < oz_tuple_count(cls->bases); i++) {
        Class *base = oz_class_at(cls->bases, i);
        oz_class_remove_subclass(base, cls);
        if (!oz_class_add_subclass(t, base, cls))
            return false;
    }
    return true;
}

static bool set_bases(Thread *t, Obj self, Obj value)
{
    if (!oz_audit_event(t, "object.__setattr__", "OsO", self, "__bases__", value))
        return false;
    Class *cls = (Class *)self;
    if (!is_mutable(t, cls, value, "__bases__") || !check_new_bases(t, cls, value))
        return false;
    Class *parent = oz_class_best_base(t, value);
    if (!parent)
        return false;
    if (!fits(cls, parent))
        return oz_fail(t, OZ_TypeError,
                       "__bases__ assignment: '%N' object layout differs from '%N'", (Obj)parent,
                       (Obj)cls->parent);
    scoped Ref undo = oz_list_new(t, 8);
    if (!undo || !oz_slots_prepare(t, cls))
        return false;
    for (size_t i = 0; i < oz_tuple_count(value); i++) {
        Class *base = oz_class_at(value, i);
        if (!oz_class_fill_bases(t, base) || !oz_class_reserve_subclass(t, base))
            return false;
    }
    scoped Ref old_bases = cls->bases;
    scoped Ref old_parent = (Ref)cls->parent;
    cls->bases = NULL;
    cls->parent = NULL;
    oz_store_new(&cls->base, &cls->bases, oz_retain(value));
    oz_store_new(&cls->base, (Ref *)&cls->parent, oz_retain((Obj)parent));
    if (!renew_mro(t, cls, (List *)undo)) {
        scoped Ref error = oz_exception_take(t);
        undo_mro(t, (List *)undo);
        if (cls->bases == value) {
            oz_store(&cls->base, &cls->bases, oz_move(&old_bases));
            oz_store(&cls->base, (Ref *)&cls->parent, oz_move(&old_parent));
        } else if (!enter_bases(t, cls, old_bases)) {
            oz_exception_clear(t); /* the other one counts */
        }
        oz_exception_put(t, oz_move(&error));
        return false;
    }
    return enter_bases(t, cls, old_bases) && oz_class_changed(t, cls, NULL);
}

/* ---- calling ---- */

static bool is_type_call(const Class *cls, const Args *args)
{
    return cls->id == OZ_TYPE && args->count == 1 && args->named == 0;
}

Ref oz_type_call(Thread *t, Obj self, const Args *args)
{
    Class *cls = (Class *)self;
    if (OZ_UNLIKELY(cls->id == OZ_TYPE)) {
        if (is_type_call(cls, args))
            return oz_retain((Obj)oz_class_of(args->items[0]));
        if (args->count != 3)
            return oz_raise(t, OZ_TypeError, "type() takes 1 or 3 arguments");
    }
    SlotNEW make = cls->slots->new;
    if (OZ_UNLIKELY(!make))
        return oz_raise(t, OZ_TypeError, "cannot create '%s' instances",
                        cls->flags & OZ_CLASS_PYTHON ? oz_class_name(cls) : cls->def->name);
    scoped Ref object = make(t, cls, args);
    if (!object)
        return NULL;
    Class *made = oz_class_of(object);
    if (made != cls && !oz_class_derives(made, cls))
        return oz_move(&object);
    if (made->slots->init && !made->slots->init(t, object, args))
        return NULL;
    return oz_move(&object);
}

Ref oz_class_call_window(Thread *t, const Obj *a, uint32_t count)
{
    Class *cls = (Class *)a[0];
    Args args = {.items = a + 1, .count = count};
    const Slots *slots = cls->slots;
    if (slots->new != oz_slot_native_new || slots->init != oz_object_init_slot ||
        !cls->make_signature)
        return oz_type_call(t, a[0], &args);
    scoped Ref object = oz_signature_call_window(t, cls->make_signature, a, count);
    if (!object || !oz_is_pointer(object) || oz_id(oz_object(object)) < OZ_BUILTIN_IDS)
        return oz_move(&object); /* object.__init__ has nothing to do for it */
    Class *made = oz_class_of(object);
    if (oz_class_derives(made, cls) && made->slots->init && !made->slots->init(t, object, &args))
        return NULL;
    return oz_move(&object);
}

bool oz_class_allocates(const Class *cls, bool arguments)
{
    const Slots *meta = oz_class_of((Obj)cls)->slots;
    if (meta->call != oz_type_call || cls->slots->new != oz_object_new_slot ||
        (cls->flags & OZ_CLASS_ABSTRACT))
        return false;
    return !arguments || cls->slots->init != oz_object_init_slot;
}

/* ---- making ---- */

static Ref type_new(Thread *t, Class *meta, const Args *args)
{
    if (args->count != 3)
        return oz_raise(t, OZ_TypeError, "type.__new__() takes exactly 3 arguments (%u given)",
                        args->count);
    Obj name = args->items[0], bases = args->items[1], namespace = args->items[2];
    if (!oz_is_str(name))
        return oz_raise(t, OZ_TypeError, "type.__new__() argument 1 must be str, not %T", name);
    if (!oz_as_tuple(bases))
        return oz_raise(t, OZ_TypeError, "type.__new__() argument 2 must be tuple, not %T", bases);
    if (!oz_as_dict(namespace))
        return oz_raise(t, OZ_TypeError, "type.__new__() argument 3 must be dict, not %T",
                        namespace);
    return oz_class_new(t, meta, (Obj)oz_as_str(name), bases, namespace, args);
}

static bool type_init(Thread *t, Obj self OZ_UNUSED, const Args *args)
{
    if (args->named && args->count == 1)
        return oz_fail(t, OZ_TypeError, "type.__init__() takes no keyword arguments");
    if (args->count != 1 && args->count != 3)
        return oz_fail(t, OZ_TypeError, "type.__init__() takes 1 or 3 arguments");
    return true;
}

static Ref type_repr(Thread *t, Obj self)
{
    Class *cls = (Class *)self;
    if (!cls->name)
        return oz_str_format(t, "<class at 0x%zx>", (size_t)oz_word(self));
    scoped Ref name = oz_class_full_name(t, cls);
    return name ? oz_str_format(t, "<class '%S'>", name) : NULL;
}

static Ref type_or(Thread *t, Obj a, Obj b)
{
    return oz_union_or(t, a, b);
}

/* ---- methods ---- */

OZ_METHOD(type, mro, "($self, /)", "Return the list of classes in which attributes are looked for.")
{
    Class *cls = (Class *)a[0];
    scoped Ref bases = get_bases(t, a[0]);
    scoped Ref mro = cls->parent ? oz_mro_new(t, cls, bases) : oz_tuple_of(t, 1, a[0]);
    return mro ? oz_list_from(t, mro) : NULL;
}

OZ_METHOD(type, __subclasses__, "($self, /)",
          "Return the classes that have this one among their bases.")
{
    const ClassList *list = ((Class *)a[0])->subclasses;
    scoped Ref result = oz_list_new(t, list ? list->count : 0);
    if (!result)
        return NULL;
    for (uint32_t i = 0; list && i < list->count; i++)
        if (list->items[i] && !oz_list_append(t, (List *)result, (Obj)list->items[i]))
            return NULL;
    return oz_move(&result);
}

OZ_CLASS_METHOD(type, __prepare__, "($type, /, *args, **kwargs)",
                "Return the empty dict in which a class body runs.")
{
    return oz_dict_new(t);
}

OZ_METHOD(type, __instancecheck__, "($self, instance, /)",
          "Say whether isinstance(instance, self), by the MRO.")
{
    bool result;
    return oz_plain_is_instance(t, a[1], a[0], &result) ? oz_bool(result) : NULL;
}

OZ_METHOD(type, __subclasscheck__, "($self, subclass, /)",
          "Say whether issubclass(subclass, self), by the MRO.")
{
    bool result;
    return oz_plain_is_subclass(t, a[1], a[0], &result) ? oz_bool(result) : NULL;
}

/* The names of a class and its bases. */
static bool merge_names(Thread *t, Class *cls, Dict *names)
{
    scoped Ref mro = get_mro(t, (Obj)cls);
    for (size_t i = 0; !oz_is_none(mro) && i < oz_tuple_count(mro); i++) {
        Class *each = oz_class_at(mro, i);
        scoped Ref keys = oz_class_fill(t, each) ? oz_dict_key_list(t, (Dict *)each->dict) : NULL;
        if (!keys)
            return false;
        for (size_t k = 0; k < oz_list_length((List *)keys); k++) {
            scoped Ref key = oz_list_get(t, (List *)keys, k);
            if (!key || !oz_dict_set(t, names, key, OZ_NONE))
                return false;
        }
    }
    return true;
}

Ref oz_class_names(Thread *t, Class *cls)
{
    scoped Ref names = oz_dict_new(t);
    return names && merge_names(t, cls, (Dict *)names) ? oz_move(&names) : NULL;
}

OZ_METHOD(type, __dir__, "($self, /)", "Return the names of the class's attributes.")
{
    scoped Ref names = oz_class_names(t, (Class *)a[0]);
    return names ? oz_dict_key_list(t, (Dict *)names) : NULL;
}

OZ_METHOD(type, __sizeof__, "($self, /)", "Return the bytes that the class takes.")
{
    const Class *cls = (const Class *)a[0];
    size_t size = oz_heap_size(cls);
    if (cls->flags & OZ_CLASS_OWN_SLOTS)
        size += oz_heap_size(cls->slots);
    if (cls->layouts)
        size += oz_heap_size(cls->layouts) + oz_layouts(cls)->count * sizeof(Shape);
    return oz_int_new(t, (int64_t)size);
}

/* ---- life ---- */

void oz_type_visit(const Object *o, Visitor *v)
{
    const Class *self = (const Class *)o;
    OZ_VISIT(name)
    OZ_VISIT(qualname)
    oz_visit(v, self->bases, "__bases__", -1);
    oz_visit(v, self->mro, "__mro__", -1);
    oz_visit(v, self->dict, "__dict__", -1);
    oz_visit(v, (Obj)self->parent, "__base__", -1);
    OZ_VISIT(utf8_name)
}

/* Name, slots and shapes stay: garbage instances may be looked at until they are dead. */
void oz_type_clear(Thread *t, Object *o)
{
    Class *self = (Class *)o;
    if (self->bases)
        for (size_t i = 0; i < oz_tuple_count(self->bases); i++)
            oz_class_remove_subclass(oz_class_at(self->bases, i), self);
    OZ_WRITE(&self->version, 0);
    oz_shape_set_version(t, self, 0);
    OZ_CLEAR(dict)
    OZ_CLEAR(mro)
    OZ_CLEAR(bases)
}

void oz_type_free(Thread *t, Object *o)
{
    Class *self = (Class *)o;
    oz_layouts_drop(t, self);
    oz_slots_drop(self);
    oz_block_free(self->subclasses);
    self->subclasses = NULL;
    OZ_CLEAR(name)
    OZ_CLEAR(qualname)
    OZ_CLEAR(utf8_name)
    Ref parent = (Ref)self->parent;
    self->parent = NULL;
    oz_drop(parent);
}

static size_t type_outside(const Object *o)
{
    const Class *cls = (const Class *)o;
    size_t size = cls->flags & OZ_CLASS_OWN_SLOTS ? oz_heap_size(cls->slots) : 0;
    if (cls->layouts)
        size += oz_heap_size(cls->layouts) + oz_layouts(cls)->count * sizeof(Shape);
    return size;
}

const TypeDef oz_type_type = {
    .id = OZ_TYPE,
    .name = "type",
    .doc =
        "The class of classes.\n\n"
        "type(object) gives the object's class; type(name, bases, dict, **kwds) makes a new one.",
    .size = sizeof(Class),
    .flags = OZ_TYPE_WEAKREF,
    .visit = oz_type_visit,
    .clear = oz_type_clear,
    .free = oz_type_free,
    .outside = type_outside,
    .slots = {.repr = type_repr,
              .call = oz_type_call,
              .get_attr = oz_type_get_attr,
              .set_attr = type_set_attr,
              .init = type_init,
              .new = type_new,
              .or_ = type_or},
    .methods =
        OZ_METHODS(&type_mro, &type___subclasses__, &type___prepare__, &type___instancecheck__,
                   &type___subclasscheck__, &type___dir__, &type___sizeof__),
    .getsets = OZ_GETSETS(
        {"__basicsize__", get_basicsize, readonly, NULL},
        {"__itemsize__", get_itemsize, readonly, NULL}, {"__flags__", get_flags, readonly, NULL},
        {"__weakrefoffset__", get_weakrefoffset, readonly, NULL},
        {"__base__", get_base, readonly, NULL}, {"__dictoffset__", get_dictoffset, readonly, NULL},
        {"__mro__", get_mro, readonly, NULL}, {"__name__", get_name, set_name, NULL},
        {"__qualname__", get_qualname, set_qualname, NULL},
        {"__bases__", get_bases, set_bases, NULL}, {"__module__", get_module, set_module, NULL},
        {"__abstractmethods__", get_abstract, set_abstract, NULL},
        {"__dict__", get_dict, NULL, NULL}, {"__doc__", get_doc, set_doc, NULL},
        {"__text_signature__", get_text_signature, NULL, NULL},
        {"__annotations__", get_annotations, set_annotations, NULL}),
};
