// SPDX-License-Identifier: MIT
// The table that declares a native type: layout, visitor, slots, methods, attributes.
//
// A native function is one line of declaration and a body.  Its signature string, in the form of
// inspect.signature's text ("($self, index=-1, /)"), is the single source for argument binding,
// error messages, help() and inspect.  The body gets its arguments bound: a[0] is self ($self,
// $module, $type) when the signature names it, then one entry per parameter in the order of the
// signature; NULL where an optional parameter without expressible default was not given
// ("sep=<unrepresentable>" or "[, x]"-less "x=<unrepresentable>"); a tuple for *args, a dict for
// **kwargs.  Literal defaults (None, True, False, ints, floats, 'text', (), b'') are filled in.
// All entries are borrowed for the time of the call.
#ifndef OZ_OBJECT_TYPE_H
#define OZ_OBJECT_TYPE_H

#include "object/object.h"

/* Arguments of a call as the caller has them: borrowed. */
typedef struct Args {
    const Obj *items; /* `count` positional values, then `named` keyword values */
    uint32_t count;
    uint32_t named;
    Obj names; /* tuple of `named` strs, or NULL when there are none */
} Args;

typedef enum CompareOp { OZ_LT, OZ_LE, OZ_EQ, OZ_NE, OZ_GT, OZ_GE } CompareOp;

/* ---- native functions ---- */

typedef Ref (*NativeBody)(Thread *t, const Obj *a);

typedef struct NativeDef {
    const char *name;
    const char *signature;
    const char *doc;
    NativeBody body;
    uint32_t flags; /* OZ_FN_* */
} NativeDef;

enum {
    OZ_FN_STATIC = 1,
    OZ_FN_CLASSMETHOD = 2,
    OZ_FN_PARSED = 4, /* a wrong number is "f() takes at least 1 argument (0 given)", as in CPython
                       * where the function parses its arguments itself (str.find and its like) */
    OZ_FN_UNPACKED = 8,    /* it is "f expected 1 argument, got 0", keyword-only ones or not */
    OZ_FN_UNNUMBERED = 16, /* a missing argument is named without its position */
    OZ_FN_SPARSE = 32,     /* **kwargs is NULL, not an empty dict, where no keyword is given */
    OZ_FN_LENGTH = 64,     /* this is len() */
    /* Who runs free (object/world.h) may call it: with arguments that nobody changes (numbers, strs
     * ...) and a self that nobody else can reach; or with any self.  Methods of what nobody changes
     * need not say so. */
    OZ_FN_QUIET = 128,
    OZ_FN_QUIET_SHARED = 1 << 12, /* OZ_CONSUME_MASK lies in between */
    OZ_FN_CODEC = 1 << 13,        /* an argument names a codec, which may be written in Python */
};

/* Declare a method and open its body: OZ_METHOD(list, pop, "($self, index=-1, /)", "...") { } */
#define OZ_NATIVE_(symbol, name, signature, doc, flags)                                            \
    static Ref symbol##_body(Thread *t, const Obj *a);                                             \
    static const NativeDef symbol = {name, signature, doc, symbol##_body, flags};                  \
    static Ref symbol##_body(Thread *t OZ_UNUSED, const Obj *a OZ_UNUSED)
#define OZ_METHOD(type, name, signature, doc) OZ_NATIVE_(type##_##name, #name, signature, doc, 0)
#define OZ_QUIET_METHOD(type, name, signature, doc)                                                \
    OZ_NATIVE_(type##_##name, #name, signature, doc, OZ_FN_QUIET)
#define OZ_CLASS_METHOD(type, name, signature, doc)                                                \
    OZ_NATIVE_(type##_##name, #name, signature, doc, OZ_FN_CLASSMETHOD)
/* A module's function: OZ_FUNCTION(math, sqrt, "($module, x, /)", "...") { } */
#define OZ_FUNCTION(module, name, signature, doc)                                                  \
    OZ_NATIVE_(module##_##name, #name, signature, doc, 0)
#define OZ_QUIET_FUNCTION(module, name, signature, doc)                                            \
    OZ_NATIVE_(module##_##name, #name, signature, doc, OZ_FN_QUIET)
/* `new` and `init` of a type; a[0] is the class, or self.  new returns the object,
 * init returns OZ_NONE or NULL. */
#define OZ_NEW(type, signature) OZ_NATIVE_(type##_new_, "__new__", signature, "", OZ_FN_STATIC)
#define OZ_INIT(type, signature) OZ_NATIVE_(type##_init_, "__init__", signature, "", 0)
#define OZ_METHODS(...) ((const NativeDef *const[]){__VA_ARGS__, NULL})

/* A computed attribute.  `set` NULL: read-only; a set with NULL value deletes. */
typedef struct GetSetDef {
    const char *name;
    Ref (*get)(Thread *t, Obj self);
    bool (*set)(Thread *t, Obj self, Obj value);
    const char *doc;
} GetSetDef;
#define OZ_GETSETS(...) ((const GetSetDef[]){__VA_ARGS__, {NULL, NULL, NULL, NULL}})

/* An attribute that is a Ref field of the struct, at `offset`. */
typedef struct MemberDef {
    const char *name;
    uint32_t offset;
    uint32_t flags;
    const char *doc;
} MemberDef;
enum {
    OZ_MEMBER_READONLY = 1,
    OZ_MEMBER_NONE_IF_EMPTY = 2, /* an empty field reads as None; else AttributeError */
};
#define OZ_MEMBERS(...) ((const MemberDef[]){__VA_ARGS__, {NULL, 0, 0, NULL}})

/* ---- slots ---- */

/* UNARY: new reference or NULL.  NEXT: NULL without an exception set means exhausted.
 * BINARY: called with its operands in their order, whichever of them has the slot; returns
 * OZ_NOT_IMPLEMENTED where it does not apply.  SET_ITEM, SET_ATTR, DESCR_SET: value NULL deletes.
 */
typedef Ref (*SlotUNARY)(Thread *t, Obj self);
typedef Ref (*SlotNEXT)(Thread *t, Obj self);
typedef bool (*SlotHASH)(Thread *t, Obj self, int64_t *hash);
typedef Ref (*SlotCALL)(Thread *t, Obj self, const Args *args);
typedef Ref (*SlotNEW)(Thread *t, Class *cls, const Args *args);
typedef bool (*SlotINIT)(Thread *t, Obj self, const Args *args);
typedef Ref (*SlotGET_ATTR)(Thread *t, Obj self, Obj name);
typedef bool (*SlotSET_ATTR)(Thread *t, Obj self, Obj name, Obj value);
typedef Ref (*SlotCOMPARE)(Thread *t, Obj a, Obj b, CompareOp op);
typedef Ref (*SlotDESCR_GET)(Thread *t, Obj self, Obj instance, Obj owner); /* either may be NULL */
typedef bool (*SlotDESCR_SET)(Thread *t, Obj self, Obj instance, Obj value);
typedef void (*SlotFINALIZE)(Thread *t, Obj self);
typedef bool (*SlotLENGTH)(Thread *t, Obj self, ssize_t *length);
typedef Ref (*SlotBINARY)(Thread *t, Obj a, Obj b);
typedef Ref (*SlotBINARY_LEFT)(Thread *t, Obj self, Obj other);
typedef Ref (*SlotPOWER)(Thread *t, Obj base, Obj exponent, Obj modulus); /* modulus NULL: none */
typedef bool (*SlotSET_ITEM)(Thread *t, Obj self, Obj key, Obj value);
typedef bool (*SlotCONTAINS)(Thread *t, Obj self, Obj item, bool *found);
typedef bool (*SlotBOOLEAN)(Thread *t, Obj self, bool *truth);

typedef struct Slots {
#define SLOT(field, kind, name, reflected) Slot##kind field;
#include "object/slots.def"
#undef SLOT
} Slots;

/* ---- visiting ---- */

/* Whoever wants to see the references that an object owns: collector, snapshots, referrers. */
typedef struct Visitor Visitor;
struct Visitor {
    /* `label` names the edge ("globals"; "[]" with an index for items); index is -1 if unused. */
    void (*edge)(Visitor *v, Obj child, const char *label, ssize_t index);
    /* The same for ints, floats and singletons that lie in a field; NULL: not wanted. */
    void (*immediate)(Visitor *v, Obj child, const char *label, ssize_t index);
    /* Large containers can be visited in parts: `most` items (0: all) from item `from` on; what
     * follows them in `more`, unless that was all.  Types that do not do this show everything. */
    size_t from, most, more;
    bool plain; /* labels are not looked at: any will do */
};

/* Of `length` items, behind which one a visit ends. */
OZ_INLINE size_t oz_visit_end(Visitor *v, size_t length)
{
    if (OZ_LIKELY(v->most == 0 || length <= v->most) || v->from >= length ||
        length - v->from <= v->most)
        return length;
    return v->more = v->from + v->most;
}

OZ_INLINE void oz_visit(Visitor *v, Obj child, const char *label, ssize_t index)
{
    if (oz_is_pointer(child))
        v->edge(v, child, label, index);
    else if (OZ_UNLIKELY(v->immediate != NULL) && child)
        v->immediate(v, child, label, index);
}

/* Owned fields are listed once: #define PAIR_REFS(REF) REF(left) REF(right); then OZ_FIELD makes
 * the members, OZ_VISIT the body of visit (self, v) and OZ_CLEAR the body of clear (self). */
#define OZ_FIELD(name) Ref name; /* [object] */
#define OZ_VISIT(name) oz_visit(v, self->name, #name, -1);
#define OZ_CLEAR(name) oz_clear(&self->name);

/* ---- the type ---- */

struct Buffer; /* types/buffer.h */

struct TypeDef {
    uint32_t id;
    uint32_t base;    /* id of the base type; 0: object */
    const char *name; /* with its module ("collections.deque") unless it is in builtins */
    const char *doc;
    uint32_t size;        /* bytes of the struct; variable-size types: of the fixed part */
    uint32_t flags;       /* OZ_TYPE_* */
    uint32_t dict_offset; /* where a Ref to the instance's __dict__ lies; 0: none */
    /* Show every owned reference.  Allocates nothing, drops nothing. */
    void (*visit)(const Object *self, Visitor *v);
    /* Drop every owned reference and free every block; called once when the object dies and
     * by the collector to break cycles, so the object stays valid and empty, and a second call
     * does nothing.  NULL for types that own nothing. */
    void (*clear)(Thread *t, Object *self);
    /* At death, after clear: give back what clear must keep, because garbage that is not dead yet
     * may look at it (a class: its shapes).  NULL for nearly all. */
    void (*free)(Thread *t, Object *self);
    /* Bytes held outside the cell (blocks, tables), for sys.getsizeof. */
    size_t (*outside)(const Object *self);
    bool (*check)(const Object *self); /* invariants, debug builds */
    bool (*buffer_get)(Thread *t, Obj self, struct Buffer *view, int flags);
    void (*buffer_release)(Thread *t, Obj self, struct Buffer *view);
    const NativeDef *make;       /* OZ_NEW: &list_new_, or NULL: inherited */
    const NativeDef *initialise; /* OZ_INIT */
    Slots slots;
    const NativeDef *const *methods;
    const GetSetDef *getsets;
    const MemberDef *members;
};

enum {
    OZ_TYPE_FINAL = 1,        /* not an acceptable base type */
    OZ_TYPE_NO_NEW = 2,       /* cannot be called ("cannot create 'x' instances") */
    OZ_TYPE_WEAKREF = 4,      /* instances can have weak references */
    OZ_TYPE_LEAF_CELLS = 8,   /* cells come from leaf pages: owns nothing the collector needs */
    OZ_TYPE_SEQUENCE = 16,    /* match statement: sequence pattern applies */
    OZ_TYPE_MAPPING = 32,     /* match statement: mapping pattern applies */
    OZ_TYPE_METHOD = 64,      /* a function-like descriptor: calling obj.f() may skip binding */
    OZ_TYPE_UNHASHABLE = 128, /* __hash__ is None */
    OZ_TYPE_SELF_MATCH = 256, /* match statement: one positional sub-pattern matches the whole */
    OZ_TYPE_WRAPPED = 512,    /* subclass instances hold the value in a Wrapper (int, str, bytes) */
    OZ_TYPE_IMMUTABLE = 1024, /* (always so for builtin classes; their attributes are fixed) */
    OZ_TYPE_BLIND = 2048,     /* clear and free drop references and blocks, and look neither at the
                               * object's header nor into objects of types that have this flag */
};

#endif
