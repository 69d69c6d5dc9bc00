// SPDX-License-Identifier: MIT
// Audit events: what the hooks of sys.addaudithook are told of.
#ifndef OZ_TYPES_AUDIT_H
#define OZ_TYPES_AUDIT_H

#include "types/protocol.h"

/* Tell the hooks, with values by `format`: O an object (NULL: None), s a C string, n an int64_t, d
 * the folder of an open descriptor as it was given, None being -1.  false: a hook raised. */
bool oz_audit_tell(Thread *t, const char *event, const char *format, ...) OZ_CHECKED;
/* The same with the name and the tuple of values. */
bool oz_audit_call(Thread *t, Obj event, Obj values) OZ_CHECKED;

/* Costs a look at a pointer where there are no hooks: the values are not even made then. */
#define oz_audit_event(t, ...)                                                                     \
    (OZ_LIKELY((t)->vm->audit_hooks == NULL) || oz_audit_tell(t, __VA_ARGS__))

#endif
