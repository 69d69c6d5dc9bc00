// SPDX-License-Identifier: MIT
// The inside of classes: for the files of types/ that make them (type, class_build, mro, slots,
// shape, instance, object, descriptors).
#ifndef OZ_TYPES_CLASS_LAYOUT_H
#define OZ_TYPES_CLASS_LAYOUT_H

#include "types/bytes.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/native.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

/* ---- the special names (specials.def) ---- */

typedef enum WrapKind {
    WRAP_UNARY,
    WRAP_BINARY,    /* f(self, other) */
    WRAP_REFLECTED, /* f(other, self) */
    WRAP_LEFT,      /* f(self, other) of a BINARY_LEFT slot */
    WRAP_HASH,
    WRAP_CALL,
    WRAP_GET_ATTR,
    WRAP_SET_ATTR,
    WRAP_DELETE_ATTR,
    WRAP_LT, /* the six in the order of CompareOp */
    WRAP_LE,
    WRAP_EQ,
    WRAP_NE,
    WRAP_GT,
    WRAP_GE,
    WRAP_NEXT,
    WRAP_DESCR_GET,
    WRAP_DESCR_SET,
    WRAP_DESCR_DELETE,
    WRAP_INIT,
    WRAP_NEW,
    WRAP_FINALIZE,
    WRAP_LENGTH,
    WRAP_SET_ITEM,
    WRAP_DELETE_ITEM,
    WRAP_CONTAINS,
    WRAP_POWER,
    WRAP_REFLECTED_POWER,
    WRAP_BOOLEAN,
} WrapKind;

typedef struct Special {
    const char *text;
    uint16_t name; /* index of vm->names */
    uint16_t slot; /* byte offset in Slots */
    uint8_t kind;  /* WrapKind */
    const char *signature;
    const char *doc;
} Special;

enum {
#define SPECIAL(name, slot, kind, signature, doc) SPECIAL_##name##_##slot,
#include "types/specials.def"
#undef SPECIAL
    SPECIAL_COUNT
};

/* A slot as it lies in a builtin class's dict. */
typedef struct SlotWrapper {
    Object base;
    Class *owner;           /* [const] borrowed: builtin classes are immortal */
    const Special *special; /* [const] */
    void *function;         /* [const] what the slot holds */
} SlotWrapper;

typedef struct MemberDescriptor {
    Object base;
    Class *owner;         /* [const] owned unless immortal */
    Ref name;             /* [const] str */
    const MemberDef *def; /* [const] of a builtin type; NULL: a __slots__ entry */
    uint32_t offset;      /* [const] bytes */
    uint32_t flags;       /* [const] OZ_MEMBER_* */
} MemberDescriptor;

typedef struct GetSetDescriptor {
    Object base;
    Class *owner;         /* [const] owned unless immortal */
    const GetSetDef *def; /* [const] */
    Ref name;             /* [const] str */
} GetSetDescriptor;

/* The life of a class, for native metaclasses. */
void oz_type_visit(const Object *object, Visitor *v);
void oz_type_clear(Thread *t, Object *object);
void oz_type_free(Thread *t, Object *object);

/* ---- state of a VM's classes (vm->method_cache) ---- */

enum { CACHE_SIZE = 4096, RING_SIZE = 8 };

typedef struct CacheEntry {
    _Atomic(uint64_t) stamp;  /* [atomic] class version << 32 | change count; 0: being written */
    _Atomic(uintptr_t) name;  /* [atomic] owned */
    _Atomic(uintptr_t) value; /* [atomic] borrowed from the class; 0: there is none */
} CacheEntry;

typedef struct Lent {
    Object *object; /* borrowed: takes itself out when it dies; NULL: free */
    Thread *thread; /* whose object it is */
} Lent;

typedef struct ClassState {
    CacheEntry *cache;     /* [const] a mapping of CACHE_SIZE entries */
    Shape *builtin_shapes; /* [const] one per core type */
    atomic_flag ring_lock; /* guards the ring */
    Lent ring[RING_SIZE];  /* [ring_lock] objects whose __dict__ was made lately (instance.c) */
    uint32_t ring_next;    /* [ring_lock] */
    struct StructClass *structures; /* [vm] types/structseq.c: the classes that were made */
    uint32_t *free_ids;             /* [shape lock] shape ids to use again */
    uint32_t free_count;            /* [shape lock] */
    uint32_t free_capacity;         /* [shape lock] */
    uint32_t usable; /* [shape lock] of free_ids, the first so many; the others may be
                      * named by an inline cache still */
} ClassState;

OZ_INLINE ClassState *oz_class_state(Thread *t)
{
    return t->vm->method_cache;
}

/* ---- shapes ---- */

enum { OZ_BIRTHS_WATCHED = 256 }; /* instances that teach a class how many slots they need */

typedef struct Layouts {
    uint16_t fixed;     /* [const] slots named by __slots__, inherited ones included */
    uint16_t capacity;  /* [shape lock] what the next root gets */
    uint16_t most;      /* [shape lock] the largest number of slots seen */
    uint16_t revisions; /* [shape lock] of the capacity */
    uint16_t deletions; /* [shape lock] that were not of the last key */
    uint16_t births;    /* [relaxed] instances, up to BIRTHS_WATCHED */
    uint32_t quiet;     /* [turn] the version in which vm/free.c may make instances */
    uint32_t count;     /* [shape lock] shapes of the class */
    uint32_t room;      /* [shape lock] */
    Shape **shapes;     /* [shape lock] all of them */
    Shape *dictionary;  /* [shape lock] dictionary mode for good, or NULL */
    Shape *lent;        /* [shape lock] dictionary mode until the dict is given back, or NULL */
    Ref names;          /* [const] tuple of the class's own __slots__ (mangled, sorted), or empty */
} Layouts;

/* Layout of a class that is being made: from its parent, `more` own fixed slots. */
bool oz_layouts_init(Thread *t, Class *cls, unsigned more) OZ_CHECKED;
void oz_layouts_drop(Thread *t, Class *cls);
/* The shape of new instances; also moves the prediction on.  NULL: raised (memory). */
Shape *oz_shape_root(Thread *t, Class *cls) OZ_CHECKED;
Shape *oz_shape_root_sized(Thread *t, Class *cls, unsigned capacity) OZ_CHECKED;
/* The child that adds `name`, overflow allowed; NULL: use dictionary mode (or no memory). */
Shape *oz_shape_child(Thread *t, Shape *shape, Obj name);
Shape *oz_shape_dictionary(Thread *t, Class *cls, bool lent) OZ_CHECKED;
/* The index of `name` among the keys, or -1; the name of a key. */
int oz_shape_index(const Shape *shape, Obj name);
Obj oz_shape_key(const Shape *shape, unsigned index);
void oz_shape_set_version(Thread *t, Class *cls, uint32_t version);

OZ_INLINE Layouts *oz_layouts(const Class *cls)
{
    return cls->layouts;
}

/* Where slot `i` of an object lies; for overflow shapes only i < capacity - 1. */
OZ_INLINE Ref *oz_instance_slot(const Object *o, const Shape *shape, unsigned i)
{
    return (Ref *)((char *)(uintptr_t)o + shape->base) + i;
}

/* hooks of the object layer (instance.c) */
void oz_instance_clear(Thread *t, Object *o, Shape *shape);
void oz_instance_visit(const Object *o, Shape *shape, Visitor *v);
/* Bytes of any object's cell and of the blocks that are its alone: not of what it refers to. */
size_t oz_instance_bytes(const Object *o);

/* ---- mro.c ---- */

/* C3 order of a class with these bases: a new tuple, `cls` first. */
Ref oz_mro_new(Thread *t, Class *cls, Obj bases) OZ_CHECKED;
/* The same, through a mro() of the metaclass if it is overridden. */
Ref oz_mro_compute(Thread *t, Class *cls, Obj bases) OZ_CHECKED;

/* ---- slots.c ---- */

/* The slots of a builtin class: its own, the rest from the parent.  false: no memory. */
bool oz_slots_init_builtin(Thread *t, Class *cls) OZ_CHECKED;
/* The slots of a new Python class from its dict and bases. */
bool oz_slots_init(Thread *t, Class *cls) OZ_CHECKED;
/* Before such a change: what oz_slots_update needs, for it must not fail after the change. */
bool oz_slots_prepare(Thread *t, Class *cls) OZ_CHECKED;
/* `name` changed in the dict of `cls` or above (NULL: anything). */
bool oz_slots_update(Thread *t, Class *cls, Obj name) OZ_CHECKED;
/* Put slot wrappers for the class's own native slots in its dict. */
bool oz_slots_fill_dict(Thread *t, Class *cls, Dict *dict) OZ_CHECKED;
void oz_slots_drop(Class *cls);
/* Is `name` special (does a slot serve it)? */
bool oz_is_special(Thread *t, Obj name);
/* Slot functions that others compare with. */
Ref oz_slot_native_new(Thread *t, Class *cls, const Args *args);
bool oz_slot_native_init(Thread *t, Obj self, const Args *args);
Ref oz_object_new_slot(Thread *t, Class *cls, const Args *args);
bool oz_object_init_slot(Thread *t, Obj self, const Args *args);
Ref oz_generic_new(Thread *t, Class *cls, const Args *args); /* only oz_instance_new */
Ref oz_type_get_attr(Thread *t, Obj self, Obj name);
/* isinstance() and issubclass() without the hooks: what type.__instancecheck__ does. */
bool oz_plain_is_instance(Thread *t, Obj o, Obj cls, bool *result) OZ_CHECKED;
bool oz_plain_is_subclass(Thread *t, Obj derived, Obj cls, bool *result) OZ_CHECKED;
bool oz_hash_unhashable(Thread *t, Obj self, int64_t *hash);

/* ---- descriptors ---- */

/* What a class may be called: ValueError, UnicodeEncodeError. */
bool oz_class_check_name(Thread *t, const Str *name) OZ_CHECKED;
/* cls.__dict__: a view that cannot change it. */
Ref oz_class_dict_view(Thread *t, Class *cls) OZ_CHECKED;

Ref oz_getset_new(Thread *t, Class *owner, const GetSetDef *def) OZ_CHECKED;
Ref oz_member_new(Thread *t, Class *owner, const MemberDef *def) OZ_CHECKED;
Ref oz_member_new_slot(Thread *t, Class *owner, Obj name, uint32_t offset) OZ_CHECKED;
Ref oz_slot_wrapper_new(Thread *t, Class *owner, const Special *special, void *f) OZ_CHECKED;
Ref oz_classmethod_new(Thread *t, Obj callable) OZ_CHECKED;
Ref oz_staticmethod_new(Thread *t, Obj callable) OZ_CHECKED;
/* What an exact staticmethod or classmethod holds: borrowed; NULL if `v` is neither. */
Obj oz_wrapped_callable(Obj v);
/* The functions of an exact property: borrowed; NULL: no property, or it has none. */
Obj oz_property_getter(Obj v);
Obj oz_property_setter(Obj v);
/* The getsets "__dict__" and "__weakref__" of classes whose instances have them. */
extern const GetSetDef oz_dict_getset, oz_weakref_getset;
/* Has the function a true __isabstractmethod__?  NULL as function: no. */
bool oz_is_abstract(Thread *t, Obj function, bool *abstract) OZ_CHECKED;
/* (getattr, (owner, name)): what __reduce__ of descriptors gives. */
Ref oz_reduce_getattr(Thread *t, Obj owner, Obj name) OZ_CHECKED;
/* The dict entry "__new__" of a builtin class. */
Ref oz_new_function(Thread *t, Class *owner) OZ_CHECKED;
/* Is `v` such an entry?  The class whose `new` slot it stands for, or NULL. */
Class *oz_new_function_owner(Obj v);

/* ---- type.c, class_build.c ---- */

bool oz_class_add_subclass(Thread *t, Class *base, Class *cls) OZ_CHECKED;
/* Room for one more, so that adding it does not fail. */
bool oz_class_reserve_subclass(Thread *t, Class *base) OZ_CHECKED;
void oz_class_remove_subclass(Class *base, Class *cls);
uint32_t oz_next_version(Thread *t);
/* Set name (a str, retained) and the UTF-8 form of it. */
bool oz_class_set_name(Thread *t, Class *cls, Obj name) OZ_CHECKED;
/* Would instances of both have one layout (for __class__ and __bases__ assignment)? */
bool oz_class_same_layout(const Class *a, const Class *b);
Class *oz_class_solid_base(Class *cls);
Class *oz_class_best_base(Thread *t, Obj bases) OZ_CHECKED;

/* All names of a class and its bases: the keys of a new dict. */
Ref oz_class_names(Thread *t, Class *cls) OZ_CHECKED;
Ref oz_type_call(Thread *t, Obj self, const Args *args);

OZ_INLINE Class *oz_class_at(Obj tuple, size_t i)
{
    return (Class *)((const Tuple *)tuple)->items[i];
}

OZ_INLINE size_t oz_tuple_count(Obj tuple)
{
    return ((const Tuple *)tuple)->length;
}

#endif
