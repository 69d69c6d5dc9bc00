// SPDX-License-Identifier: MIT
// Python functions and bound methods.
#ifndef OZ_TYPES_FUNCTION_H
#define OZ_TYPES_FUNCTION_H

#include "types/code.h"

/* What most functions never have: made by the first assignment that needs it. */
#define FUNCTION_EXTRA_REFS(REF)                                                                   \
    REF(keyword_defaults) /* dict */                                                               \
    REF(annotations)      /* dict, or a tuple (name, value, ...) until it is asked for */          \
    REF(builtins)         /* dict that the code sees, where it is not that of the VM */            \
    REF(doc)                                                                                       \
    REF(name)                                                                                      \
    REF(qualname)                                                                                  \
    REF(module) /* where they differ from the code's */                                            \
    REF(dict)

typedef struct FunctionExtras {
    FUNCTION_EXTRA_REFS(OZ_FIELD)
} FunctionExtras;

typedef struct Function {
    Object base;
    Code *code;             /* [object] owned */
    Ref globals;            /* [const] dict */
    Ref defaults;           /* [object] tuple, or empty */
    FunctionExtras *extras; /* [object] a heap block, or NULL */
    Ref cells[];            /* [const] code->free_count cell objects */
} Function;

typedef struct BoundMethod {
    Object base;
    Ref function; /* [const] any callable */
    Ref self;     /* [const] */
} BoundMethod;

/* `cells`: code->free_count cell objects, retained each. */
Ref oz_function_new(Thread *t, Code *code, Obj globals, const Obj *cells) OZ_CHECKED;
/* The extras, made if needed; NULL: raised. */
FunctionExtras *oz_function_extras(Thread *t, Function *f) OZ_CHECKED;
/* The builtins that the code sees: borrowed dict, or another mapping. */
OZ_INLINE Obj oz_function_builtins(Thread *t, const Function *f)
{
    return f->extras && f->extras->builtins ? f->extras->builtins : t->vm->builtins;
}
Obj oz_function_name(const Function *f);     /* borrowed str */
Obj oz_function_qualname(const Function *f); /* borrowed str */
Ref oz_bound_method_new(Thread *t, Obj function, Obj self) OZ_CHECKED;

#endif
