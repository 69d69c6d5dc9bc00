// SPDX-License-Identifier: MIT
// Native callables: signatures and argument binding, builtin functions, method descriptors.
#ifndef OZ_TYPES_NATIVE_H
#define OZ_TYPES_NATIVE_H

#include "types/protocol.h"

#define OZ_NOT_EXACT UINT16_MAX
#define OZ_FEW 7

/* A parsed signature string. */
typedef struct Signature {
    const NativeDef *def;
    NativeBody body; /* def->body */
    uint16_t exact;  /* so many values in a row behind self are its a[]; or OZ_NOT_EXACT */
    uint16_t few;    /* the same, defaults included, if OZ_FEW at most; or 0 */
    uint16_t filled; /* count, if positional arguments and defaults are all, OZ_FEW at most; or 0 */
    uint16_t positional_only; /* parameters that cannot be given by name, self excluded */
    uint16_t positional;      /* parameters that can be given by position, self excluded */
    uint16_t required;        /* of the positional ones, how many have no default */
    uint16_t count;           /* entries of a[] after self, *args and **kwargs included */
    int16_t var_positional;   /* index of *args in a[] after self, or -1 */
    int16_t var_keyword;      /* index of **kwargs, or -1 */
    bool has_self;            /* a[0] is $self, $module or $type */
    Ref *names;               /* [count] interned strs */
    Ref *defaults;            /* [count] values; NULL: none (required, or <unrepresentable>) */
    bool *optional;           /* [count] may be left out */
    const char *scope; /* [const] for messages: module or class, without its module; or NULL */
    const char *name;  /* [const] for messages: def->name; for new and init the class's */
    bool is_static;    /* [const] new: messages are those of a class */
    bool is_length;    /* [const] this is len(), of which the loop of the VM knows short ways */
    bool owns_scope;   /* [const] `scope` is a block */
} Signature;

/* Parse def->signature; those of types live as long as the VM.  NULL: raised (memory). */
Signature *oz_signature_new(Thread *t, const NativeDef *def) OZ_CHECKED;
/* The same, with the name of the type (TypeDef.name) or module that it belongs to: TypeErrors say
 * "list.append() takes ...", and those of new and init "list() takes ...". */
Signature *oz_signature_new_in(Thread *t, const NativeDef *def, const char *scope) OZ_CHECKED;
void oz_signature_drop(Signature *s); /* NULL is allowed */
/* Bind `args` and call the body; self NULL if the signature has none. */
Ref oz_signature_call(Thread *t, Signature *s, Obj self, const Args *args) OZ_CHECKED;
/* The same where self lies in front of the arguments: a[0] is self, then `count` arguments. */
Ref oz_signature_call_window(Thread *t, Signature *s, const Obj *a, uint32_t count) OZ_CHECKED;

/* A builtin function or bound builtin method (type builtin_function_or_method). */
typedef struct BuiltinFunction {
    Object base;
    Ref self;             /* [const] module, instance, class, or empty */
    Ref module;           /* [const] str __module__, or empty */
    Signature *signature; /* [const] its own in modules and of static methods, else shared */
    Class *owner;         /* [const] borrowed: class it was found on (for __qualname__), or NULL */
} BuiltinFunction;

/* A method of a builtin type, as it lies in the type's dict. */
typedef struct MethodDescriptor {
    Object base;
    Class *owner;         /* [const] borrowed: builtin classes are immortal */
    Signature *signature; /* [const] */
    Ref name;             /* [const] interned */
} MethodDescriptor;

/* A slot wrapper bound to an object: (1).__add__. */
typedef struct MethodWrapper {
    Object base;
    Ref descriptor; /* [const] */
    Ref self;       /* [const] */
} MethodWrapper;

Ref oz_method_wrapper_new(Thread *t, Obj descriptor, Obj self) OZ_CHECKED;

Ref oz_builtin_function_new(Thread *t, const NativeDef *def, Obj self, Obj module, Class *owner);
/* The entry for a type's dict: method descriptor, classmethod descriptor or staticmethod. */
Ref oz_method_descriptor_new(Thread *t, Class *owner, const NativeDef *def);

/* new (or init) of a native class whose parameters have no names is called with keywords for `cls`:
 * may it ignore them?  Yes where a subclass has an __init__ (or __new__) of its own for them. */
bool oz_ignores_keywords(const Class *cls, bool is_init);

/* Raise TypeError for a wrong argument: "name() argument must be WANTED, not T", or not None. */
Ref oz_raise_argument(Thread *t, const char *name, const char *wanted, Obj got) OZ_COLD;
/* The same that tells which one of several: `place` is " 1" or " 'name'". */
Ref oz_raise_argument_at(Thread *t, const char *name, const char *place, const char *wanted,
                         Obj got) OZ_COLD;

#endif
