// SPDX-License-Identifier: MIT
// Classes at work: lookup along the MRO, instances and their shapes, making classes.
#ifndef OZ_TYPES_TYPE_H
#define OZ_TYPES_TYPE_H

#include "types/protocol.h"

/* ---- lookup.  Runs Python: no. ---- */

/* The value of `name` (an interned str) in the class or its bases: borrowed, valid until the next
 * call that may run Python code; NULL if there is none.  Uses the method cache. */
Obj oz_class_find(Thread *t, Class *cls, Obj name);
bool oz_class_derives(const Class *cls, const Class *from); /* by MRO; reflexive */
/* The class of a builtin type, made on first use.  NULL: raised (memory). */
Class *oz_builtin_class(Thread *t, uint32_t id);
/* Text of cls.__name__; borrowed, lives as long as the class keeps the name. */
const char *oz_class_name(const Class *cls);
/* The class's own dict, filled if the class is builtin and lazy; borrowed. */
Dict *oz_class_dict(Thread *t, Class *cls);
/* After a change of the class's dict by native code: new versions, slots brought up to date. */
bool oz_class_changed(Thread *t, Class *cls, Obj name) OZ_CHECKED;

/* A builtin class without an id of its own (the exceptions): as oz_builtin_class makes them, with
 * attributes from `def` filled in on first look and slots that `def` leaves empty from bases[0].
 * Its instances begin with the struct of def->id, have shapes, and take attributes.  def->slots
 * may have `new` and `init` themselves: __new__ and __init__ then wrap those.  Immortal; costs
 * no dict.  NULL: raised (memory). */
Class *oz_class_from_def(Thread *t, const TypeDef *def, Class *const *bases, size_t count) OZ_CHECKED;

/* type(name, bases, namespace, **keywords): the whole of class creation. */
Ref oz_class_new(Thread *t, Class *meta, Obj name, Obj bases, Obj namespace, const Args *args);
/* A class for native code: bases tuple or single base; attributes from `dict` (may be NULL). */
Ref oz_class_new_simple(Thread *t, const char *qualified_name, Obj base, Obj dict);

/* ---- instances ---- */

/* A new instance, everything after the header zero (H1: valid for drop).  For exact builtin
 * classes def->size bytes; `extra` more bytes for variable-size types. */
void *oz_instance_new(Thread *t, Class *cls, size_t extra) OZ_CHECKED;
/* An instance of an int, str or bytes subclass around `value` (taken). */
Ref oz_wrapper_new(Thread *t, Class *cls, Ref value) OZ_CHECKED;

/* Drop the slots, the overflow block and the builtin part (def->clear) of a dying instance of a
 * Python class, and give up its count of the class: vm->hooks.instance_clear and _visit. */
void oz_instance_clear(Thread *t, Object *o, Shape *shape);
void oz_instance_visit(const Object *o, Shape *shape, Visitor *v);

/* ---- shapes (types/shape.c) ---- */

/* The byte offset of attribute `name` (interned) in objects of this shape; 0: not there (look in
 * the overflow block or dict).  What inline caches remember.  Runs Python: no. */
uint32_t oz_shape_offset(Shape *shape, Obj name);
/* The next shape when `name` is added, or NULL: not possible in place (use oz_instance_set). */
Shape *oz_shape_add(Thread *t, Shape *shape, Obj name);
/* The instance attribute, wherever it lies. */
Found oz_instance_get(Thread *t, Object *o, Obj name, Ref *value) OZ_CHECKED;
/* value NULL deletes; OZ_MISSING: there was nothing to delete, or attributes cannot be added. */
Found oz_instance_set(Thread *t, Object *o, Obj name, Obj value) OZ_CHECKED;
/* o.__dict__: the live view (made on demand), NULL with AttributeError if there is none. */
Ref oz_instance_dict(Thread *t, Obj o) OZ_CHECKED;
bool oz_instance_dict_set(Thread *t, Obj o, Obj dict) OZ_CHECKED;

#endif
