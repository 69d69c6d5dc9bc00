// SPDX-License-Identifier: MIT
// _ctypes: the types and data of C.  What its files share; the essay is in ctypes_type.c.
#ifndef OZ_MODULES_CTYPES_H
#define OZ_MODULES_CTYPES_H

#include "modules/library.h"
#include "modules/modules.h"
#include "modules/os_support.h"
#include "modules/native_type.h"
#include "types/buffer.h"

#include <ffi.h>

/* ---- libffi, opened by the first call ---- */

// clang-format off
#define FFI(F)                                                                                     \
    F(ffi_prep_cif) F(ffi_prep_cif_var) F(ffi_call) F(ffi_closure_alloc) F(ffi_closure_free)       \
    F(ffi_prep_closure_loc) F(ffi_type_void) F(ffi_type_uint8) F(ffi_type_sint8)                   \
    F(ffi_type_uint16) F(ffi_type_sint16) F(ffi_type_uint32) F(ffi_type_sint32) F(ffi_type_uint64) \
    F(ffi_type_sint64) F(ffi_type_float) F(ffi_type_double) F(ffi_type_longdouble)                 \
    F(ffi_type_pointer)
// clang-format on
OZ_LIBRARY_TYPE(Ffi, FFI);
const Ffi *oz_ffi(Thread *t) OZ_CHECKED; /* NULL: raised */

/* ---- kinds ---- */

typedef enum CKind { C_SIMPLE, C_STRUCT, C_UNION, C_ARRAY, C_POINTER, C_FUNCTION, C_KINDS } CKind;

enum {
    FUNCFLAG_CDECL = 1,
    FUNCFLAG_PYTHONAPI = 4,
    FUNCFLAG_USE_ERRNO = 8,
    FUNCFLAG_LASTERROR = 16
};

/* What is known of a class of C data: in its dict under "__ctype__". */
#define C_TYPE_REFS(REF)                                                                           \
    REF(proto) REF(format) REF(fields) REF(argtypes) REF(converters) REF(restype) REF(checker)
typedef struct CType {
    Object base;
    C_TYPE_REFS(OZ_FIELD) /* proto: class of the items, of what is pointed to; format: bytes;
                           * fields: list of CFields of a struct, those of its base first */
    size_t size;          /* [const] bytes */
    size_t align;         /* [const] */
    size_t length;        /* [const] items of an array; what `_objects` of others counts */
    CKind kind;           /* [const] */
    char letter;          /* [const] of a simple type */
    bool swapped;         /* [const] in the other order of bytes */
    bool plain;           /* [const] a direct subclass of _SimpleCData: read as Python's value */
    bool final;           /* [owner] instances or subclasses exist: no new _fields_ */
    bool pointers;        /* [const] holds pointers: cannot be pickled */
    bool unpassable;      /* [const] a union or with bit fields: not passed by value */
    int flags;            /* [const] FUNCFLAG_* */
    int dimensions;       /* [const] of an array of arrays */
    ssize_t *shape;       /* [const] block of `dimensions` lengths */
    ffi_type *ffi;        /* [owner] of a struct: a block with its elements behind it, or NULL */
} CType;

/* A piece of memory that is seen as C data. */
#define C_DATA_REFS(REF) REF(type) REF(owner) REF(objects)
typedef struct CData {
    Object base;
    C_DATA_REFS(OZ_FIELD)  /* owner: the data or the view that has the memory, or empty; objects:
                            * what is kept alive because C's memory points to it */
    uint8_t *data;         /* [const, but for resize()] */
    size_t size;           /* [owner] */
    size_t index;          /* [const] in the owner */
    void *block;           /* [owner] the memory, if it is our own and not `small` (M1) */
    uint8_t small[16 + 8]; /* [object] memory of small data, from its first aligned byte on (M4) */
} CData;

/* Memory begins at a multiple of this (M4), which a cell may miss by that much. */
enum { C_DATA_ALIGN = 16, C_DATA_SLACK = 8 };
OZ_INLINE uint8_t *oz_c_small(CData *data)
{
    return (uint8_t *)oz_round_up((uintptr_t)data->small, C_DATA_ALIGN);
}

#define C_FUNCTION_REFS(REF)                                                                       \
    REF(thunk) REF(argtypes) REF(converters) REF(restype) REF(checker) REF(errcheck) REF(flags)
typedef struct CFunction {
    CData data;
    C_FUNCTION_REFS(OZ_FIELD) /* thunk: of a callback; the others where they were set */
} CFunction;

/* Machine code that calls a Python function. */
#define C_THUNK_REFS(REF) REF(callable) REF(type)
typedef struct CThunk {
    Object base;
    C_THUNK_REFS(OZ_FIELD) /* type: the CType of the class of functions */
    ffi_closure *closure;  /* [const] or NULL */
    void *code;            /* [const] what C calls */
    ffi_type **types;      /* [const] block: of the arguments */
    ffi_cif cif;           /* [const] */
} CThunk;

/* The argument that byref() and from_param() give. */
#define C_ARGUMENT_REFS(REF) REF(object)
typedef struct CArgument {
    Object base;
    C_ARGUMENT_REFS(OZ_FIELD) /* what is kept alive for the call */
    char tag;                 /* [const] letter of a simple type */
    union {
        void *p;
        uint8_t bytes[16];
    } value; /* [const] */
} CArgument;

/* An attribute of a struct or union. */
#define C_FIELD_REFS(REF) REF(proto) REF(name)
typedef struct CField {
    Object base;
    C_FIELD_REFS(OZ_FIELD) /* proto: the class of its value; name: for repr */
    size_t offset, size;   /* [const] in bytes */
    size_t index;          /* [const] */
    uint8_t low, bits;     /* [const] of a bit field; bits 0: none */
    char text;             /* [const] an array of characters: their letter, c or u; 0: none */
    bool anonymous;        /* [const] its own fields are attributes of the outer struct */
} CField;

/* ---- state of a VM ---- */

typedef struct CTypes {
    Ref key;               /* the name under which a class keeps its CType */
    Class *metas[C_KINDS]; /* PyCSimpleType and its kind */
    Class *bases[C_KINDS]; /* _SimpleCData and its kind */
    Class *data;           /* _CData */
    Ref pointers;          /* _pointer_type_cache */
    Ref arrays;            /* (class, length) -> weak reference to the class */
    size_t arrays_limit;   /* how many entries it may have before dead ones are dropped */
    Ref argument_error;    /* ArgumentError */
    Ref unpickle;          /* the function _unpickle */
} CTypes;

OZ_INLINE CTypes *oz_ctypes(Thread *t)
{
    return t->vm->ctypes;
}

/* ---- types (ctypes_type.c, ctypes_struct.c) ---- */

/* The CType of a class: borrowed, or NULL; nothing is raised but MemoryError. */
CType *oz_ctype(Thread *t, Obj cls);
CType *oz_ctype_new(Thread *t, CKind kind) OZ_CHECKED; /* new reference */
/* Give the class its CType (taken). */
bool oz_ctype_set(Thread *t, Class *cls, Ref type) OZ_CHECKED;
/* Its format behind a prefix, lengths of an array in front: bytes. */
Ref oz_ctype_format(Thread *t, const CType *type, const char *prefix) OZ_CHECKED;
extern const TypeDef oz_c_meta_defs[C_KINDS];
extern const TypeDef *const oz_c_base_defs[C_KINDS];
Ref oz_pointer_class(Thread *t, Obj cls) OZ_CHECKED; /* POINTER(cls) */
/* class.name of a class that is being made, its own or inherited: new reference. */
Found oz_c_attribute(Thread *t, Class *cls, const char *name, Ref *value) OZ_CHECKED;
bool oz_struct_fields(Thread *t, Class *cls, Obj fields) OZ_CHECKED; /* cls._fields_ = fields */
bool oz_struct_prepare(Thread *t, Class *cls, CKind kind) OZ_CHECKED;

/* The type for calls; of a struct it is made on first use. */
ffi_type *oz_ctype_ffi(Thread *t, CType *type) OZ_CHECKED;

/* ---- values (ctypes_value.c) ---- */

size_t oz_letter_size(char letter); /* 0: no such letter */
/* What lies at `from`, as Python sees the letter. */
Ref oz_letter_get(Thread *t, char letter, bool swapped, const uint8_t *from) OZ_CHECKED;
/* Store it; *keep is what must live as long as the memory does, or empty. */
bool oz_letter_set(Thread *t, char letter, bool swapped, uint8_t *to, Obj value,
                   Ref *keep) OZ_CHECKED;
Ref oz_bits_get(Thread *t, const CField *field, const CType *type, const uint8_t *from) OZ_CHECKED;
bool oz_bits_set(Thread *t, const CField *field, const CType *type, uint8_t *to,
                 Obj value) OZ_CHECKED;
/* Characters of wchar_t. */
Ref oz_wide_get(Thread *t, const uint8_t *from, size_t count) OZ_CHECKED;
bool oz_wide_set(const Str *text, uint8_t *to, size_t room); /* ends with a zero if there is room */
/* The text of an array of characters, up to a zero, and the other way. */
Ref oz_chars_get(Thread *t, char letter, const uint8_t *from, size_t size) OZ_CHECKED;

/* ---- data (ctypes_data.c) ---- */

OZ_INLINE CData *oz_as_c_data(Obj v) /* NULL: none */
{
    return oz_isa(v, OZ_C_DATA) ? (CData *)v : NULL;
}
OZ_INLINE CType *oz_c_type_of(const CData *data)
{
    return (CType *)data->type;
}
CData *oz_c_data_new(Thread *t, Class *cls) OZ_CHECKED; /* zeros; "abstract class" */
/* Data that lies in memory of `owner` (NULL: of nobody) at `at`. */
Ref oz_c_data_at(Thread *t, Class *cls, Obj owner, size_t index, void *at) OZ_CHECKED;
/* Read what lies at `at` in the memory of `owner` as an item of class `cls`. */
Ref oz_c_get(Thread *t, Obj cls, CData *owner, size_t index, void *at) OZ_CHECKED;
/* Store a value there, and note in the owner what must be kept. */
bool oz_c_set(Thread *t, Obj cls, CData *owner, size_t index, void *at, Obj value) OZ_CHECKED;
bool oz_c_keep(Thread *t, CData *target, size_t index, Obj keep) OZ_CHECKED;
Ref oz_c_kept(Thread *t, CData *data) OZ_CHECKED; /* _objects of its outermost owner, or None */
void oz_c_data_visit(const Object *object, Visitor *v);
void oz_c_data_clear(Thread *t, Object *object);
void oz_c_data_free(Thread *t, Object *object);
/* More memory in place of what there is. */
bool oz_c_data_grow(Thread *t, CData *data, size_t size) OZ_CHECKED;
/* From now on its outermost owner keeps alive what is in `objects`. */
void oz_c_share(CData *data, Obj objects);
bool oz_c_is_set(Thread *t, Obj v, bool *truth); /* is the pointer not NULL? */
/* `value` and `raw` of arrays of characters; NULL: it is none. */
const GetSetDef *oz_c_text_getsets(char letter);
bool oz_c_buffer_get(Thread *t, Obj self, Buffer *view, int flags);
Ref oz_c_from_param(Thread *t, Obj cls, Obj value) OZ_CHECKED;
/* Data as an argument of a call. */
Ref oz_c_argument_new(Thread *t, char tag, Obj object) OZ_CHECKED;

/* ---- calls (ctypes_call.c, ctypes_callback.c, ctypes_function.c) ---- */

/* The thread whose call of a C function is under way on this thread of the system, or NULL. */
Thread *oz_c_calling(void);
bool oz_c_check_many(Thread *t, uint32_t count) OZ_CHECKED; /* too many arguments? */
Ref oz_c_thunk_new(Thread *t, const CType *type, Obj callable) OZ_CHECKED;

Ref oz_c_call(Thread *t, void *address, int flags, Obj arguments, Obj converters, Obj restype,
              Obj checker) OZ_CHECKED;
bool oz_function_prepare(Thread *t, Class *cls) OZ_CHECKED; /* of _flags_, _argtypes_ ... */
/* The address of what a library (with its `_handle`) exports; NULL: raised, errors[error]. */
void *oz_c_symbol(Thread *t, Obj library, Obj name, int error) OZ_CHECKED;
/* What _cast_addr and its like point to. */
bool oz_c_addresses(Thread *t, Module *module) OZ_CHECKED;

#endif
