// SPDX-License-Identifier: MIT
// The type `object`: what every value has that says nothing else.
#include "types/class_layout.h"

#include "types/list.h"

/* ---- making ---- */

Ref oz_generic_new(Thread *t, Class *cls, const Args *args OZ_UNUSED)
{
    return oz_instance_new(t, cls, 0);
}

static Ref raise_abstract(Thread *t, Class *cls)
{
    scoped Ref key = oz_intern(t, "__abstractmethods__");
    Obj found = key ? oz_dict_peek_str((Dict *)cls->dict, key) : NULL;
    scoped Ref methods = found ? oz_list_from(t, found) : NULL;
    if (!methods || !oz_list_sort(t, (List *)methods, NULL, false))
        return NULL;
    scoped Ref comma = oz_str_new(t, ", ");
    scoped Ref names = comma ? oz_str_join(t, comma, methods) : NULL;
    if (!names)
        return NULL;
    return oz_raise(t, OZ_TypeError,
                    "Can't instantiate abstract class %N with abstract method%s %S", (Obj)cls,
                    oz_list_length((List *)methods) > 1 ? "s" : "", names);
}

Ref oz_object_new_slot(Thread *t, Class *cls, const Args *args)
{
    if (args->count || args->named) {
        if (cls->slots->new != oz_object_new_slot)
            return oz_raise(
                t, OZ_TypeError,
                "object.__new__() takes exactly one argument (the type to instantiate)");
        if (cls->slots->init == oz_object_init_slot)
            return oz_raise(t, OZ_TypeError, "%N() takes no arguments", (Obj)cls);
    }
    if (OZ_UNLIKELY(cls->flags & OZ_CLASS_ABSTRACT))
        return raise_abstract(t, cls);
    return oz_instance_new(t, cls, 0);
}

bool oz_object_init_slot(Thread *t, Obj self, const Args *args)
{
    if (OZ_LIKELY(!args->count && !args->named))
        return true;
    Class *cls = oz_class_of(self);
    if (cls->slots->init != oz_object_init_slot)
        return oz_fail(t, OZ_TypeError,
                       "object.__init__() takes exactly one argument (the instance to initialize)");
    if (cls->slots->new == oz_object_new_slot)
        return oz_fail(t, OZ_TypeError,
                       "%N.__init__() takes exactly one argument (the instance to initialize)",
                       (Obj)cls);
    return true;
}

/* ---- text, comparison, hash ---- */

static Ref object_repr(Thread *t, Obj self)
{
    scoped Ref name = oz_class_full_name(t, oz_class_of(self));
    return name ? oz_str_format(t, "<%S object at 0x%zx>", name, (size_t)oz_word(self)) : NULL;
}

static Ref object_str(Thread *t, Obj self)
{
    return oz_repr(t, self);
}

static bool object_hash(Thread *t OZ_UNUSED, Obj self, int64_t *hash)
{
    Word w = oz_word(self);
    *hash = (int64_t)(w >> 4 | w << 60);
    if (*hash == -1)
        *hash = -2;
    return true;
}

static Ref object_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    if (op == OZ_EQ)
        return a == b ? OZ_TRUE : OZ_NOT_IMPLEMENTED;
    if (op != OZ_NE)
        return OZ_NOT_IMPLEMENTED;
    SlotCOMPARE compare = oz_class_of(a)->slots->compare;
    scoped Ref equal = compare ? compare(t, a, b, OZ_EQ) : OZ_NOT_IMPLEMENTED;
    if (!equal || equal == OZ_NOT_IMPLEMENTED)
        return oz_move(&equal);
    bool truth;
    return oz_truth(t, equal, &truth) ? oz_bool(!truth) : NULL;
}

/* builtins.name: new reference; NULL: NameError. */
static Ref get_builtin(Thread *t, Obj name)
{
    Obj found = t->vm->builtins ? oz_dict_peek_str((Dict *)t->vm->builtins, name) : NULL;
    return found ? oz_retain(found) : oz_raise(t, OZ_NameError, "name '%S' is not defined", name);
}

/* ---- pickling ---- */

/* copyreg.name; the module is loaded where it is not. */
static Ref copyreg_attribute(Thread *t, Obj name)
{
    Obj loaded = t->vm->modules && oz_is(t->vm->modules, OZ_DICT)
                     ? oz_dict_peek_str((Dict *)t->vm->modules, OZ_NAME(t, copyreg))
                     : NULL;
    if (loaded && oz_is(loaded, OZ_MODULE)) {
        scoped Ref module = oz_retain(loaded);
        return oz_get_attr(t, module, name);
    }
    scoped Ref import = get_builtin(t, OZ_NAME(t, __import__));
    scoped Ref module = import ? oz_call1(t, import, OZ_NAME(t, copyreg)) : NULL;
    return module ? oz_get_attr(t, module, name) : NULL;
}

static Ref copyreg(Thread *t, const char *name)
{
    scoped Ref key = oz_intern(t, name);
    return key ? copyreg_attribute(t, key) : NULL;
}

/* The values of the fixed slots by name, or empty if there are none; false: raised. */
static bool slot_state(Thread *t, Obj self, Ref *state)
{
    Class *cls = oz_class_of(self);
    *state = NULL;
    Obj kept;
    if (oz_class_own(t, cls, OZ_NAME(t, __slotnames__), &kept) == OZ_RAISED)
        return false;
    bool known = kept && oz_isa(kept, OZ_LIST); /* copyreg has left it there, or the program */
    if (!known && (!cls->layouts || !oz_layouts(cls)->fixed))
        return true;
    scoped Ref function = known ? NULL : copyreg(t, "_slotnames");
    scoped Ref names = known ? oz_retain(kept) : function ? oz_call1(t, function, (Obj)cls) : NULL;
    if (!names)
        return false;
    if (!oz_isa(names, OZ_LIST))
        return oz_fail(t, OZ_TypeError, "copyreg._slotnames didn't return a list or None");
    scoped Ref values = oz_dict_new(t);
    if (!values)
        return false;
    for (size_t i = 0; i < oz_list_length((List *)names); i++) {
        scoped Ref name = oz_list_get(t, (List *)names, i);
        scoped Ref value = NULL;
        Found found = name ? oz_find_attr(t, self, name, &value) : OZ_RAISED;
        if (found == OZ_RAISED ||
            (found == OZ_FOUND && !oz_dict_set(t, (Dict *)values, name, value)))
            return false;
    }
    if (oz_dict_length((Dict *)values))
        *state = oz_move(&values);
    return true;
}

/* What object.__getstate__ gives: __dict__ itself if it was asked for by name (`live`).  To save an
 * object whose attributes lie in slots, a dict of its own does, and leaves them there. */
static Ref default_state(Thread *t, Obj self, bool live)
{
    scoped Ref state = NULL;
    if (!oz_instance_is_bare(self)) {
        state = live ? oz_instance_dict(t, self) : oz_instance_state(t, self);
        if (!state)
            return NULL;
    } else {
        state = OZ_NONE;
    }
    scoped Ref slots = NULL;
    if (!slot_state(t, self, &slots))
        return NULL;
    return slots ? oz_tuple_of(t, 2, (Obj)state, (Obj)slots) : oz_move(&state);
}

OZ_METHOD(object, __getstate__, "($self, /)", "Return what pickle is to save of the object.")
{
    return default_state(t, a[0], true);
}

/* The state for a reduction.  `required`: nothing else says how to make the object again. */
static Ref get_state(Thread *t, Obj self, bool required)
{
    scoped Ref method = oz_get_attr(t, self, OZ_NAME(t, __getstate__));
    if (!method)
        return NULL;
    if (oz_is(method, OZ_BUILTIN_FUNCTION) &&
        ((const BuiltinFunction *)method)->signature->def == &object___getstate__) {
        const Class *cls = oz_class_of(self);
        if (required && (cls->layout != OZ_OBJECT || cls->def->size > sizeof(Object)))
            return oz_raise(t, OZ_TypeError, "cannot pickle '%T' object", self);
        return default_state(t, self, false);
    }
    return oz_call0(t, method);
}

static bool check_tuple(Thread *t, Obj v, const char *name)
{
    if (oz_as_tuple(v))
        return true;
    return oz_fail(t, OZ_TypeError, "%s should return a tuple, not '%T'", name, v);
}

/* The two items of what __getnewargs_ex__ gave. */
static bool split_arguments(Thread *t, Obj given, Ref *args, Ref *keywords)
{
    if (!check_tuple(t, given, "__getnewargs_ex__"))
        return false;
    size_t n = oz_tuple_count(given);
    if (n != 2)
        return oz_fail(t, OZ_ValueError,
                       "__getnewargs_ex__ should return a tuple of length 2, not %zu", n);
    Obj first = ((const Tuple *)given)->items[0], second = ((const Tuple *)given)->items[1];
    if (!oz_as_tuple(first))
        return oz_fail(t, OZ_TypeError,
                       "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not "
                       "'%T'",
                       first);
    if (!oz_as_dict(second))
        return oz_fail(t, OZ_TypeError,
                       "second item of the tuple returned by __getnewargs_ex__ must be a dict, not "
                       "'%T'",
                       second);
    *args = oz_retain(first);
    *keywords = oz_retain(second);
    return true;
}

/* Arguments for cls.__new__; both stay empty if the class names none. */
static bool new_arguments(Thread *t, Obj self, Ref *args, Ref *keywords)
{
    scoped Ref hook = NULL;
    Found found = oz_find_special(t, self, OZ_NAME(t, __getnewargs_ex__), &hook);
    if (found == OZ_FOUND) {
        scoped Ref given = oz_call0(t, hook);
        return given && split_arguments(t, given, args, keywords);
    }
    if (found == OZ_MISSING)
        found = oz_find_special(t, self, OZ_NAME(t, __getnewargs__), &hook);
    if (found != OZ_FOUND)
        return found == OZ_MISSING;
    scoped Ref given = oz_call0(t, hook);
    if (!given || !check_tuple(t, given, "__getnewargs__"))
        return false;
    *args = oz_move(&given);
    return true;
}

/* copyreg.__newobj__ and its arguments, or those of __newobj_ex__. */
static Ref maker(Thread *t, Obj cls, Obj args, Obj keywords, Ref *arguments)
{
    if (keywords && oz_dict_length((Dict *)keywords)) {
        *arguments = oz_tuple_of(t, 3, cls, args, keywords);
        return *arguments ? copyreg(t, "__newobj_ex__") : NULL;
    }
    size_t n = args ? oz_tuple_count(args) : 0;
    Tuple *all = oz_tuple_alloc(t, n + 1);
    if (!all)
        return NULL;
    oz_tuple_init(all, 0, oz_retain(cls));
    for (size_t i = 0; i < n; i++)
        oz_tuple_init(all, i + 1, oz_retain(((const Tuple *)args)->items[i]));
    *arguments = (Ref)all;
    return copyreg_attribute(t, OZ_NAME(t, __newobj__));
}

static Ref items_iterator(Thread *t, Obj self)
{
    scoped Ref items = oz_call_method(t, self, OZ_NAME(t, items), 0, NULL);
    return items ? oz_iter(t, items) : NULL;
}

static Ref reduce_new(Thread *t, Obj self)
{
    Class *cls = oz_class_of(self);
    if (!cls->slots->new)
        return oz_raise(t, OZ_TypeError, "cannot pickle '%T' object", self);
    scoped Ref args = NULL, keywords = NULL, arguments = NULL;
    if (!new_arguments(t, self, &args, &keywords))
        return NULL;
    bool is_list = oz_isa(self, OZ_LIST), is_dict = oz_isa(self, OZ_DICT);
    scoped Ref make = maker(t, (Obj)cls, args, keywords, &arguments);
    scoped Ref state = make ? get_state(t, self, !args && !is_list && !is_dict) : NULL;
    if (!state)
        return NULL;
    scoped Ref items = is_list ? oz_iter(t, self) : OZ_NONE;
    scoped Ref pairs = is_dict ? items_iterator(t, self) : OZ_NONE;
    if (!items || !pairs)
        return NULL;
    return oz_tuple_of(t, 5, (Obj)make, (Obj)arguments, (Obj)state, (Obj)items, (Obj)pairs);
}

static Ref common_reduce(Thread *t, Obj self, int64_t protocol)
{
    if (protocol >= 2)
        return reduce_new(t, self);
    scoped Ref function = copyreg(t, "_reduce_ex");
    return function ? oz_call2(t, function, self, oz_int(protocol)) : NULL;
}

OZ_METHOD(object, __reduce__, "($self, /)", "Return what pickle needs to make the object again.")
{
    return common_reduce(t, a[0], 0);
}

OZ_METHOD(object, __reduce_ex__, "($self, protocol, /)",
          "Return what pickle needs to make the object again, for a protocol.")
{
    int protocol;
    if (!oz_as_int(t, a[1], &protocol))
        return NULL;
    Class *cls = oz_class_of(a[0]);
    Obj reduce, plain;
    if (oz_class_find(t, cls, OZ_NAME(t, __reduce__), &reduce) == OZ_RAISED ||
        oz_class_own(t, t->vm->classes[OZ_OBJECT], OZ_NAME(t, __reduce__), &plain) == OZ_RAISED)
        return NULL;
    scoped Ref own = NULL;
    Found found = oz_find_attr(t, a[0], OZ_NAME(t, __reduce__), &own);
    if (found == OZ_RAISED)
        return NULL;
    if (found == OZ_FOUND && reduce != plain)
        return oz_call0(t, own);
    return common_reduce(t, a[0], protocol);
}

/* Is cls.name what object has? */
static bool inherits(Thread *t, Class *cls, Obj name)
{
    return oz_class_peek(t, cls, name) == oz_class_peek(t, t->vm->classes[OZ_OBJECT], name);
}

/* An instance without fixed slots or a struct of a builtin type, whose attributes lie in slots and
 * are found in the usual way; none of them is one of the `count` names. */
static bool is_plain(Thread *t, Obj v, const Obj *names, size_t count)
{
    const Shape *shape = oz_shape_of(v);
    Class *cls = shape->cls;
    const uint16_t odd = OZ_SHAPE_DICT | OZ_SHAPE_CLOSED | OZ_SHAPE_FIELD | OZ_SHAPE_TUPLE;
    if (t->exception || shape->id < OZ_BUILTIN_IDS || shape->layout != OZ_OBJECT ||
        cls->def->size > sizeof(Object) || shape->fixed || (shape->flags & odd) ||
        !(cls->flags & OZ_CLASS_PLAIN_GET) || !inherits(t, cls, OZ_NAME(t, __class__)))
        return false;
    for (size_t i = 0; i < count; i++)
        if (oz_shape_index(shape, names[i]) >= 0)
            return false;
    return true;
}

bool oz_instance_reduces_plainly(Thread *t, Obj v)
{
    Class *cls = oz_class_of(v);
    const Obj names[] = {OZ_NAME(t, __reduce_ex__), OZ_NAME(t, __reduce__),
                         OZ_NAME(t, __getstate__)};
    return is_plain(t, v, names, OZ_COUNT(names)) && inherits(t, cls, names[0]) &&
           inherits(t, cls, names[1]) && inherits(t, cls, names[2]) && cls->slots->new &&
           !oz_class_peek(t, cls, OZ_NAME(t, __getnewargs_ex__)) &&
           !oz_class_peek(t, cls, OZ_NAME(t, __getnewargs__));
}

bool oz_instance_builds_plainly(Thread *t, Obj v)
{
    Class *cls = oz_class_of(v);
    const Obj names[] = {OZ_NAME(t, __setstate__)};
    Obj dict = oz_class_peek(t, cls, OZ_NAME(t, __dict__));
    return is_plain(t, v, names, 1) && !oz_class_peek(t, cls, names[0]) && dict &&
           oz_is(dict, OZ_GETSET_DESCRIPTOR) &&
           ((const GetSetDescriptor *)dict)->def == &oz_dict_getset;
}

/* ---- other methods ---- */

OZ_METHOD(object, __format__, "($self, format_spec, /)", "Format the object; only '' is known.")
{
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "__format__() argument must be str, not %T", a[1]);
    if (oz_str_length(oz_as_str(a[1])))
        return oz_raise(t, OZ_TypeError, "unsupported format string passed to %T.__format__", a[0]);
    return oz_str(t, a[0]);
}

size_t oz_object_bytes(Obj v)
{
    if (!oz_is_pointer(v))
        return 0;
    const Object *o = oz_object(v);
    size_t size = oz_instance_bytes(o);
    if (oz_shape_of(v)->flags & OZ_SHAPE_WRAPPER) {
        Obj value = ((const Wrapper *)o)->value;
        size += oz_is_pointer(value) ? oz_heap_size(oz_object(value)) : 0;
    }
    return size;
}

OZ_METHOD(object, __sizeof__, "($self, /)", "Return the bytes that the object takes.")
{
    return oz_int_new(t, (int64_t)oz_object_bytes(a[0]));
}

OZ_METHOD(object, __dir__, "($self, /)", "Return the names of the object's attributes.")
{
    scoped Ref names = NULL;
    scoped Ref dict = NULL;
    if (oz_find_attr(t, a[0], OZ_NAME(t, __dict__), &dict) == OZ_RAISED)
        return NULL;
    names = dict && oz_as_dict(dict) ? oz_dict_copy(t, oz_as_dict(dict)) : oz_dict_new(t);
    if (!names)
        return NULL;
    scoped Ref cls = NULL;
    Found found = oz_find_attr(t, a[0], OZ_NAME(t, __class__), &cls);
    if (found == OZ_RAISED)
        return NULL;
    if (found == OZ_FOUND && oz_is_class(cls)) {
        scoped Ref inherited = oz_class_names(t, (Class *)cls);
        if (!inherited || !oz_dict_update(t, (Dict *)names, inherited))
            return NULL;
    }
    return oz_dict_key_list(t, (Dict *)names);
}

OZ_CLASS_METHOD(object, __subclasshook__, "($type, /, *args)",
                "Say whether a class counts as a subclass; NotImplemented leaves it to the MRO.")
{
    return OZ_NOT_IMPLEMENTED;
}

OZ_CLASS_METHOD(object, __init_subclass__, "($type, /, *args, **kwargs)",
                "Called when a class is derived from this one; the default does nothing.")
{
    if (a[2] && oz_dict_length((Dict *)a[2]))
        return oz_raise(t, OZ_TypeError, "%N.__init_subclass__() takes no keyword arguments", a[0]);
    if (oz_tuple_count(a[1]))
        return oz_raise(t, OZ_TypeError, "%N.__init_subclass__() takes no arguments (%zu given)",
                        a[0], oz_tuple_count(a[1]));
    return OZ_NONE;
}

static Ref get_class(Thread *t OZ_UNUSED, Obj self)
{
    return oz_retain((Obj)oz_class_of(self));
}

const TypeDef oz_object_type = {
    .id = OZ_OBJECT,
    .name = "object",
    .doc = "The base class of all classes.\n\n"
           "Called without arguments, it makes an object that has no attributes and can have none.",
    .size = sizeof(Object),
    .slots = {.repr = object_repr,
              .str = object_str,
              .hash = object_hash,
              .get_attr = oz_object_get_attr,
              .set_attr = oz_object_set_attr,
              .compare = object_compare,
              .init = oz_object_init_slot,
              .new = oz_object_new_slot},
    .methods = OZ_METHODS(&object___reduce_ex__, &object___reduce__, &object___getstate__,
                          &object___subclasshook__, &object___init_subclass__, &object___format__,
                          &object___sizeof__, &object___dir__),
    .getsets = OZ_GETSETS({"__class__", get_class, oz_instance_set_class, "The object's class."}),
};
