// SPDX-License-Identifier: MIT
// What the types of native modules have in common: visit and clear from a list of owned fields.
#ifndef OZ_MODULES_NATIVE_TYPE_H
#define OZ_MODULES_NATIVE_TYPE_H

#include "types/dict.h"
#include "types/generic_alias.h"
#include "types/int.h"
#include "types/iterator.h"
#include "types/list.h"
#include "types/module.h"
#include "types/native.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

/* REFS lists the owned fields of `Struct`, as in #define PAIR_REFS(REF) REF(left) REF(right). */
#define OZ_TYPE_LIFE(stem, Struct, REFS)                                                           \
    static void stem##_visit(const Object *object, Visitor *v)                                     \
    {                                                                                              \
        const Struct *self = (const Struct *)object;                                               \
        REFS(OZ_VISIT)                                                                             \
    }                                                                                              \
    static void stem##_clear(Thread *t OZ_UNUSED, Object *object)                                  \
    {                                                                                              \
        Struct *self = (Struct *)object;                                                           \
        REFS(OZ_CLEAR)                                                                             \
    }

/* The iter slot of iterators. */
static inline Ref oz_itself(Thread *t OZ_UNUSED, Obj v)
{
    return oz_retain(v);
}

/* An attribute of a native class that never changes; the value is taken (modules.c). */
bool oz_class_constant(Thread *t, uint32_t id, const char *name, Ref value) OZ_CHECKED;

/* A field of a new object: the value is taken. */
#define OZ_INIT_FIELD(self, field, value) oz_store_new(&(self)->base, &(self)->field, value)

#endif
