// SPDX-License-Identifier: MIT
// Classes and shapes: what an object's id leads to.
//
// An id below OZ_BUILTIN_IDS is an exact instance of a builtin type; above, a shape of a class.
// Every id has a Shape record, found through the thread's table.  A shape is (class, capacity of
// the cell, parent, key, slot): it says which attribute lies in which slot.
//
//   layout   the builtin id whose struct the instance begins with: OZ_OBJECT for plain instances,
//            OZ_LIST for `class MyList(list)`, OZ_STR_ASCII for any str.  isinstance(o, list) for
//            native code is: layout == OZ_LIST.
//   base     byte offset of slot 0: the size of that struct, rounded up to 8.
//
// Subclasses of int, str and bytes do not hold their characters inline: an instance is a Wrapper,
// whose `value` is an exact int (often in place), str or bytes, and whose slots follow at offset
// 16.  So native code asks for the exact value once (oz_as_str, oz_as_int, ...) and works on that.
// A tuple subclass has its items inline, and one more word after them: its __dict__ or empty.
#ifndef OZ_OBJECT_CLASS_H
#define OZ_OBJECT_CLASS_H

#include "object/thread.h"
#include "object/type.h"

typedef struct Dict Dict;

struct Shape {
    uint32_t id;        /* [const] */
    uint16_t layout;    /* [const] builtin id */
    uint16_t base;      /* [const] byte offset of slot 0; 0: instances have no slots */
    Class *cls;         /* [const] borrowed: a class outlives its shapes */
    const TypeDef *def; /* [const] of the layout: visit, clear */
    uint16_t count;     /* [const] slots in use, fixed ones included */
    uint16_t capacity;  /* [const] slots in the cell */
    uint16_t fixed;     /* [const] the first `fixed` slots are __slots__ */
    uint16_t flags;     /* [const] OZ_SHAPE_* */
    Shape *parent;      /* [const] */
    Obj key;            /* [const] interned str that this shape adds at slot count - 1 */
    void *keys;         /* [shape lock] key table, shared with the child that extends it */
    void *children;     /* [shape lock] transitions */
};

enum {
    OZ_SHAPE_DICT = 1,     /* dictionary mode: slot 0 (after the fixed ones) holds the dict */
    OZ_SHAPE_OVERFLOW = 2, /* count > capacity: the last inline slot points to an overflow block */
    OZ_SHAPE_CLOSED = 4,   /* __slots__ without __dict__: no attribute can be added */
    OZ_SHAPE_LENT = 8,   /* with DICT: only because __dict__ was asked for; may go back to slots */
    OZ_SHAPE_FIELD = 16, /* attributes are in the dict at cls->dict_offset of the struct */
    OZ_SHAPE_TUPLE = 32, /* the word behind the items of a tuple is the __dict__, or empty */
    OZ_SHAPE_WRAPPER = 64, /* begins with a Wrapper */
};

/* The classes made from a class, which they own a count of; it owns none of them. */
typedef struct ClassList {
    uint32_t count;    /* [type lock] */
    uint32_t capacity; /* [type lock] */
    uint32_t gone;     /* [type lock] empty items */
    uint32_t spare;
    Class *items[]; /* [type lock] borrowed; NULL: that one is gone */
} ClassList;

struct Class {
    Object base;
    const TypeDef *def; /* [const] of the class itself if builtin, else of its solid base */
    const Slots *slots; /* [type lock] shared with the base until something is overridden */
    Ref name;           /* [type lock] str */
    Ref qualname;       /* [type lock] str */
    Ref bases;          /* [type lock] tuple */
    Ref mro;            /* [type lock] tuple */
    Ref dict;      /* [type lock] the attributes: a dict; builtin classes fill it on first look */
    Class *parent; /* [type lock] __base__; owned; NULL for object */
    ClassList *subclasses; /* [type lock] each takes itself out; NULL: none */
    Shape *root;           /* [shape lock] of new instances; NULL until the first one */
    void *layouts; /* [shape lock] fixed slots, capacity prediction, shape list (types/shape.c) */
    uint32_t id;   /* [const] of exact builtin classes; 0 for Python classes */
    uint32_t version;     /* [type lock] for caches: unique, never reused; 0: do not cache */
    uint32_t flags;       /* [type lock] OZ_CLASS_* */
    uint16_t layout;      /* [const] builtin id of instances */
    uint16_t base_size;   /* [const] bytes before slot 0 */
    uint16_t dict_offset; /* [const] a __dict__ field in the builtin struct; 0: none */
    uint16_t spare;
    void *make_signature; /* [type lock] parsed signatures of def->make and def->initialise */
    void *init_signature;
    const struct StructDef *structure; /* [const] tuples with named fields (types/structseq.c) */
    Ref utf8_name;  /* [type lock] bytes: the name in UTF-8, where it is not ASCII */
    uint32_t place; /* [type lock] index in the subclass list of the first base */
};

enum {
    OZ_CLASS_PYTHON = 1,     /* made at run time: attributes may be set */
    OZ_CLASS_FINAL = 2,      /* not an acceptable base */
    OZ_CLASS_DICT = 4,       /* instances may grow attributes / have __dict__ */
    OZ_CLASS_WEAKREF = 8,    /* instances can be weakly referenced */
    OZ_CLASS_FINALIZER = 16, /* has __del__ */
    OZ_CLASS_ABSTRACT = 32,  /* __abstractmethods__ is not empty */
    OZ_CLASS_LAZY = 64,      /* builtin class whose dict is not filled yet */
    OZ_CLASS_SEQUENCE = 128,
    OZ_CLASS_MAPPING = 256,
    OZ_CLASS_PATTERNS = OZ_CLASS_SEQUENCE | OZ_CLASS_MAPPING,
    OZ_CLASS_METHOD = 512, /* instances are method descriptors (OZ_TYPE_METHOD) */
    OZ_CLASS_EXCEPTION = 1024,
    OZ_CLASS_META = 2048,       /* a subclass of type */
    OZ_CLASS_PLAIN_GET = 4096,  /* slots->get_attr is oz_object_get_attr: caches apply */
    OZ_CLASS_PLAIN_SET = 8192,  /* slots->set_attr is oz_object_set_attr */
    OZ_CLASS_COUNTER = 16384,   /* plain values in its dict get replaced: they are not cached */
    OZ_CLASS_OWN_SLOTS = 32768, /* `slots` is a block of this class alone */
};

/* The value behind an instance of a subclass of int, str or bytes. */
typedef struct Wrapper {
    Object base;
    Ref value; /* [const] exact int, str or bytes */
} Wrapper;

OZ_INLINE Shape *oz_shape_by_id(uint32_t id)
{
    return oz_thread()->shapes[id];
}

/* The shape of id `id` if its instances are of no builtin layout but object's, with attributes in
 * the slots of the cell alone: most objects by far.  NULL: others. */
OZ_INLINE const Shape *oz_plain_shape(const Thread *t, uint32_t id)
{
    const unsigned other =
        OZ_SHAPE_DICT | OZ_SHAPE_OVERFLOW | OZ_SHAPE_FIELD | OZ_SHAPE_TUPLE | OZ_SHAPE_WRAPPER;
    if (OZ_UNLIKELY(id < OZ_BUILTIN_IDS))
        return NULL;
    const Shape *shape = t->shapes[id];
    return shape->layout == OZ_OBJECT && !(shape->flags & other) ? shape : NULL;
}

/* The shape of any value. */
OZ_INLINE Shape *oz_shape_of(Obj v)
{
    return oz_shape_by_id(oz_id_of(v));
}

/* The class of any value: borrowed; valid while `v` lives. */
OZ_INLINE Class *oz_class_of(Obj v)
{
    return oz_shape_of(v)->cls;
}

/* Is `v` an instance of builtin type `id` or of a subclass of it (by layout)? */
OZ_INLINE bool oz_isa(Obj v, uint32_t id)
{
    if (!oz_is_pointer(v))
        return oz_id_of_immediate(v) == id;
    uint32_t own = oz_id(oz_object(v));
    if (own == id)
        return true;
    if (own >= OZ_BUILTIN_IDS)
        own = oz_shape_by_id(own)->layout;
    /* dict alone has native subtypes with structs of their own */
    return own == id || (id == OZ_DICT && (own == OZ_DEFAULTDICT || own == OZ_ORDERED_DICT));
}

/* A class object, of any metaclass? */
OZ_INLINE bool oz_is_class(Obj v)
{
    return oz_isa(v, OZ_TYPE);
}

OZ_INLINE Ref *oz_slot_at(Object *o, uint32_t offset)
{
    return (Ref *)((char *)o + offset);
}

#endif
