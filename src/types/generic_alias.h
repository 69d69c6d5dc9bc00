// SPDX-License-Identifier: MIT
// list[int] (types.GenericAlias) and int | None (types.UnionType).
#ifndef OZ_TYPES_GENERIC_ALIAS_H
#define OZ_TYPES_GENERIC_ALIAS_H

#include "types/protocol.h"

/* origin[arguments]: what __class_getitem__ of a builtin class returns.  `arguments` is a tuple of
 * them, or a single one. */
Ref oz_generic_alias_new(Thread *t, Obj origin, Obj arguments) OZ_CHECKED;

/* a | b for classes, aliases and None: a union, or OZ_NOT_IMPLEMENTED.  The `or_` slot of type. */
Ref oz_union_or(Thread *t, Obj a, Obj b) OZ_CHECKED;

/* The classes of a union, a tuple: for isinstance and issubclass. */
Obj oz_union_args(Obj u);

#endif
