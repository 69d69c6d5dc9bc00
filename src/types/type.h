// SPDX-License-Identifier: MIT
// Classes at work: lookup along the MRO, instances and their shapes, making classes.
#ifndef OZ_TYPES_TYPE_H
#define OZ_TYPES_TYPE_H

#include "types/protocol.h"

/* ---- start ---- */

/* The TypeDefs of the core by id; [OZ_TYPE_END]. */
extern const TypeDef *const oz_core_types[OZ_TYPE_END];

/* Make the classes of the core types and their shapes, and the empty tuple.  vm->types and
 * vm->names are set; nothing but ints, strs and tuples was made before.  false: no memory. */
bool oz_classes_init(Thread *t) OZ_CHECKED;

/* ---- lookup.  Runs Python: no. ---- */

/* What the method cache knows of `name` (NULL: there is none), for who runs free; false: nothing.
 */
bool oz_class_find_cached(Thread *t, Class *cls, Obj name, Obj *value);
/* The value of `name` (an interned str) in the class or its bases: borrowed, valid until the next
 * call that may run Python code; NULL unless found.  Uses the method cache.  OZ_RAISED: a builtin
 * class was to be filled and there was no memory; otherwise a pending exception stays. */
Found oz_class_find(Thread *t, Class *cls, Obj name, Obj *value) OZ_CHECKED;
/* The same for what may stay unknown (caches, fast paths): NULL also for want of memory, and raises
 * nothing.  No exception is pending. */
Obj oz_class_peek(Thread *t, Class *cls, Obj name);
/* The same in the class's own dict only. */
Found oz_class_own(Thread *t, Class *cls, Obj name, Obj *value) OZ_CHECKED;
/* A builtin class has no dict until something looks into it: before cls->dict is used. */
bool oz_class_fill_lazy(Thread *t, Class *cls) OZ_CHECKED;
OZ_INLINE bool oz_class_fill(Thread *t, Class *cls)
{
    return OZ_LIKELY(!(cls->flags & OZ_CLASS_LAZY)) || oz_class_fill_lazy(t, cls);
}
bool oz_class_derives(const Class *cls, const Class *from); /* by MRO; reflexive */
/* The class of a builtin type, made on first use.  NULL: raised (memory). */
Class *oz_builtin_class(Thread *t, uint32_t id);
/* Text of cls.__name__; borrowed, lives as long as the class keeps the name. */
const char *oz_class_name(const Class *cls);
/* The class's name in messages (%T, %N): that of a builtin class has its module, as in
 * 'collections.deque'. */
const char *oz_class_label(const Class *cls);
/* From now on patterns take the class and all below it for a sequence or mapping (`pattern` is that
 * flag); builtin classes stay what they are. */
bool oz_class_set_pattern(Thread *t, Class *cls, uint32_t pattern) OZ_CHECKED;
/* Store into the class's own dict (NULL deletes) and bring caches, slots and subclasses up to
 * date.  `name` is interned.  OZ_MISSING: there was nothing to delete. */
/* May the value of cls.name be replaced without a new version?  (It must not be remembered.) */
bool oz_class_value_changes(Thread *t, Class *cls, Obj name);
Found oz_class_store(Thread *t, Class *cls, Obj name, Obj value) OZ_CHECKED;
/* After a change of the class's dict by native code: new versions, slots brought up to date.
 * `name` NULL: anything may have changed. */
bool oz_class_changed(Thread *t, Class *cls, Obj name) OZ_CHECKED;
/* cls.__module__ and cls.__qualname__ as repr shows them: new references to strs. */
Ref oz_class_module(Thread *t, Class *cls) OZ_CHECKED;
/* "module.qualname", or only the qualname for builtins: what messages about a class show. */
Ref oz_class_full_name(Thread *t, Class *cls) OZ_CHECKED;

/* Fill all classes of the MRO.  Done for the bases of a Python class when it is made: a lookup in
 * one does not fail. */
bool oz_class_fill_bases(Thread *t, Class *cls) OZ_CHECKED;

/* ---- making classes ---- */

/* A builtin class without an id of its own (the exceptions): as oz_builtin_class makes them, with
 * attributes from `def` filled in on first look and slots that `def` leaves empty from bases[0].
 * Its instances begin with the struct of def->id, have shapes, and take attributes.  def->slots
 * may have `new` and `init` themselves: __new__ and __init__ then wrap those.  Immortal; costs
 * no dict.  NULL: raised (memory). */
Class *oz_class_from_def(Thread *t, const TypeDef *def, Class *const *bases,
                         size_t count) OZ_CHECKED;
/* The same, of a metaclass (which this makes of a def of id OZ_TYPE). */
Class *oz_class_from_def_in(Thread *t, Class *meta, const TypeDef *def, Class *const *bases,
                            size_t count) OZ_CHECKED;

/* type(name, bases, namespace, **keywords): the whole of class creation. */
Ref oz_class_new(Thread *t, Class *meta, Obj name, Obj bases, Obj namespace, const Args *args);
/* A class for native code: bases tuple or single base; attributes from `dict` (may be NULL). */
Ref oz_class_new_simple(Thread *t, const char *qualified_name, Obj base, Obj dict);
/* The most derived metaclass of `meta` and the bases' classes: borrowed; NULL: raised. */
Class *oz_class_best_meta(Thread *t, Class *meta, Obj bases) OZ_CHECKED;

/* origin[args], as __class_getitem__ of native classes gives (types/generic_alias.c). */
Ref oz_generic_alias_new(Thread *t, Obj origin, Obj args) OZ_CHECKED;

/* The getter of a property: borrowed; NULL if it has none (types/property.c). */
Obj oz_property_getter(Obj property);

/* ---- instances ---- */

/* A new instance, everything after the header zero (H1: valid for drop).  For exact builtin
 * classes def->size bytes; `extra` more bytes for variable-size types. */
void *oz_instance_new(Thread *t, Class *cls, size_t extra) OZ_CHECKED;
/* An instance of an int, str or bytes subclass around `value` (taken). */
Ref oz_wrapper_new(Thread *t, Class *cls, Ref value) OZ_CHECKED;
/* a[0], an exact builtin class, called with the `count` positional values behind it. */
Ref oz_class_call_window(Thread *t, const Obj *a, uint32_t count) OZ_CHECKED;
/* cls() does nothing but oz_instance_new and __init__: type.__call__ and object.__new__ are not
 * overridden, and the class is not abstract.  Valid for one class version.  With `arguments` to
 * pass it also says no where object.__init__ would refuse them. */
bool oz_class_allocates(const Class *cls, bool arguments);

/* ---- shapes (types/shape.c) ---- */

/* The next shape when `name` is added, or NULL: not possible in place (use oz_instance_set).
 * The new attribute's slot is the last one of that shape. */
Shape *oz_shape_add(Thread *t, Shape *shape, Obj name);
/* The instance attribute, wherever it lies. */
Found oz_instance_get(Thread *t, Object *o, Obj name, Ref *value) OZ_CHECKED;
/* value NULL deletes; OZ_MISSING: there was nothing to delete, or attributes cannot be added. */
Found oz_instance_set(Thread *t, Object *o, Obj name, Obj value) OZ_CHECKED;
/* o.__dict__: the live dict (made on demand), NULL with AttributeError if there is none. */
Ref oz_instance_dict(Thread *t, Obj o) OZ_CHECKED;
bool oz_instance_dict_set(Thread *t, Obj o, Obj dict) OZ_CHECKED;
/* Has it no attributes of its own (or no __dict__)? */
bool oz_instance_is_bare(Obj o);
/* A dict with the attributes of an object that is not bare: __dict__ itself if there is one; else a
 * new one, and the attributes stay in slots. */
Ref oz_instance_state(Thread *t, Obj o) OZ_CHECKED;
/* Walk over the attributes of an instance that keeps them in slots, in order; borrowed.  *at starts
 * at 0; false at the end.  Adding an attribute changes the object's id. */
bool oz_instance_step(const Object *o, size_t *at, Obj *key, Obj *value);
/* Would o.__reduce_ex__(2) be that of object, and say copyreg.__newobj__, the class and such
 * attributes, without running Python?  True for all objects of that id while the version of the
 * class stands.  (types/object_type.c) */
bool oz_instance_reduces_plainly(Thread *t, Obj v);
/* Has it neither __setstate__ nor a __dict__ of its own, and would o.__dict__[name] = value for a
 * new name be oz_instance_set?  Likewise. */
bool oz_instance_builds_plainly(Thread *t, Obj v);
/* o.__class__ = cls. */
bool oz_instance_set_class(Thread *t, Obj o, Obj cls) OZ_CHECKED;
bool oz_instance_has_dict(Obj o);

/* ---- what inline caches remember ----
 *
 * A fact is found by oz_attr_lookup after a miss.  How long it stays valid:
 *
 *   SLOT, ADD      for every object whose id is `id`, until hooks.forget_caches is called (a class
 *                  that has instances got a data descriptor, a __getattribute__, __setattr__ or
 *                  other bases).  No version is compared.  An empty slot (0) is "no such attribute
 *                  here": go the slow way.
 *   METHOD, VALUE, PROPERTY, GETSET, ...
 *                  for every object whose id is `id`, while vm->shape_versions[id] == version.
 *                  `value` is borrowed from the class: it lives as long as that version.
 *   CLASS          the receiver is the class object `owner` itself (compare the pointer), while
 *                  owner->version == version.
 *   MODULE         while that table is the one of the module's dict and the entry holds a value.
 *   NONE           nothing to remember: use oz_get_attr, oz_set_attr.
 */
typedef enum AttrKind {
    OZ_ATTR_NONE,
    OZ_ATTR_SLOT,     /* the Ref at byte `offset` of the object */
    OZ_ATTR_ADD,      /* set: store with oz_store_new at `offset`, then the id becomes next_id */
    OZ_ATTR_OVERFLOW, /* get: the Ref at byte `next_id` of the block that the word at `offset` is */
    OZ_ATTR_METHOD,   /* function-like (OZ_CLASS_METHOD): call value(o, ...); as a value, bind it;
                       * a method descriptor is one for objects like `o` */
    OZ_ATTR_VALUE,    /* the value itself: a class attribute without __get__ */
    OZ_ATTR_PROPERTY, /* a property whose getter (setter) is `value`: call value(o[, new]) */
    OZ_ATTR_GETSET,   /* get: a native attribute of objects like `o`: oz_getset_read(value, o) */
    OZ_ATTR_CLASS,    /* the receiver is a class: the value itself */
    OZ_ATTR_MODULE,   /* the receiver is a module: entry `offset` of its dict's table `version` */
    OZ_ATTR_CLASS_METHOD, /* the receiver is a class: a classmethod; call value(receiver, ...) */
} AttrKind;

typedef struct AttrFact {
    AttrKind kind;
    uint32_t id;      /* of the receiver */
    uint32_t version; /* of its class (CLASS: of the receiver) */
    uint32_t offset;  /* SLOT, ADD, OVERFLOW: bytes from the object's start */
    uint32_t next_id; /* ADD: shape id after; OVERFLOW: bytes from the block's start */
    Obj value;        /* METHOD, VALUE, PROPERTY, GETSET, CLASS: borrowed */
    Class *owner;     /* CLASS: the receiver */
} AttrFact;

/* What can be remembered about o.name (reading), about o.name = v (set).  Raises nothing; makes at
 * most a shape (ADD).  Runs Python: no. */
/* May `method` be called with an instance of `cls` in front, without being bound?  A native method
 * must be for objects of that kind: the call does not ask again. */
bool oz_is_method_of(Obj method, const Class *cls);
AttrKind oz_attr_lookup(Thread *t, Obj o, Obj name, AttrFact *fact);
AttrKind oz_attr_lookup_set(Thread *t, Obj o, Obj name, AttrFact *fact);
/* The value of a GETSET. */
Ref oz_getset_read(Thread *t, Obj descriptor, Obj o) OZ_CHECKED;

/* The id changes with the flags kept: the second half of an ADD. */
OZ_INLINE void oz_set_id(Object *o, uint32_t id)
{
    atomic_store_explicit(&o->word, id << 8 | (oz_header_word(o) & 0xff), memory_order_release);
}

#endif
