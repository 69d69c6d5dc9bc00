// SPDX-License-Identifier: MIT
// What generic aliases and unions share: parameters, substitution, text.
#ifndef OZ_TYPES_GENERIC_ALIAS_LAYOUT_H
#define OZ_TYPES_GENERIC_ALIAS_LAYOUT_H

#include "types/generic_alias.h"
#include "types/str.h"

/* Write one argument as repr shows it. */
bool oz_generic_write_item(StrBuilder *b, Obj v);
/* The type variables among the arguments (a tuple), each once: a tuple that is kept in a field of
 * `owner` from the first time on. */
Ref oz_generic_parameters_kept(Thread *t, Object *owner, Ref *field, Obj args) OZ_CHECKED;
/* The arguments after self[item]: a tuple. */
Ref oz_generic_substitute(Thread *t, Obj self, Obj args, Obj parameters, Obj item) OZ_CHECKED;
/* Are two aliases equal? */
Found oz_generic_equal(Thread *t, Obj a, Obj b) OZ_CHECKED;

#endif
