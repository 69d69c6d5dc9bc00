// SPDX-License-Identifier: MIT
// Exception objects: their layouts, and raising of the kinds that carry more than a message.
#ifndef OZ_TYPES_EXCEPTION_H
#define OZ_TYPES_EXCEPTION_H

#include "types/protocol.h"

#define EXCEPTION_REFS(REF)                                                                        \
    REF(args)      /* tuple */                                                                     \
    REF(traceback) /* or empty */                                                                  \
    REF(context)   /* or empty */                                                                  \
    REF(cause)     /* or empty */                                                                  \
    REF(extra)     /* tuple of OZ_X_* fields of the kinds that have some, or empty */

/* Every exception.  The few that carry more (OSError, SyntaxError, ...) keep it in `extra`, so
 * that there is one layout and the usual ones pay 8 bytes. */
typedef struct BaseException {
    Object base;
    EXCEPTION_REFS(OZ_FIELD)
    bool suppress_context; /* [object] */
} BaseException;

/* The exception behind `v`, or NULL if it is none. */
OZ_INLINE BaseException *oz_as_exception(Obj v)
{
    return oz_isa(v, OZ_BASE_EXCEPTION) ? (BaseException *)v : NULL;
}

bool oz_exceptions_init(Thread *t) OZ_CHECKED;
/* Is `v` a class derived from BaseException?  An instance of errors[kind]? */
bool oz_is_exception_class(Obj v);
bool oz_is_exception(Obj v, int kind);

/* 'encoding' codec can't encode character ... in position start: reason */
Ref oz_raise_unicode_encode(Thread *t, const char *encoding, Obj text, size_t start, size_t end,
                            const char *reason) OZ_COLD;
Ref oz_raise_unicode_decode(Thread *t, const char *encoding, Obj bytes, size_t start, size_t end,
                            const char *reason) OZ_COLD;

#endif
