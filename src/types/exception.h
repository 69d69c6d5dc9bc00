// SPDX-License-Identifier: MIT
// Exception objects: their layout, their fields, and raising of the kinds that carry more than a
// message.
#ifndef OZ_TYPES_EXCEPTION_H
#define OZ_TYPES_EXCEPTION_H

#include "types/protocol.h"

/* What some kinds carry besides args (OSError, SyntaxError, ...): a heap block made when the first
 * one is set.  So all kinds have one layout, and the usual ones pay 8 bytes. */
typedef struct ExceptionFields {
    uint32_t count; /* [const] */
    Ref items[];    /* [object] empty: not set */
} ExceptionFields;

#define EXCEPTION_REFS(REF)                                                                        \
    REF(args)      /* tuple */                                                                     \
    REF(traceback) /* or empty */                                                                  \
    REF(context)   /* or empty */                                                                  \
    REF(cause)     /* or empty */

typedef struct BaseException {
    Object base;
    EXCEPTION_REFS(OZ_FIELD)
    ExceptionFields *fields; /* [object] or NULL */
    bool suppress_context;   /* [object] */
} BaseException;

/* The fields, by kind. */
enum { OZ_X_VALUE = 0, OZ_X_VALUE_COUNT };         /* StopIteration, SystemExit */
enum { OZ_X_NAME = 0, OZ_X_OBJ, OZ_X_NAME_COUNT }; /* AttributeError, NameError */
enum { OZ_X_MSG = 0, OZ_X_MODULE_NAME, OZ_X_PATH, OZ_X_IMPORT_COUNT }; /* ImportError */
enum {                                                                 /* OSError */
       OZ_X_ERRNO = 0,
       OZ_X_STRERROR,
       OZ_X_FILENAME,
       OZ_X_FILENAME2,
       OZ_X_WRITTEN,
       OZ_X_OS_COUNT
};
enum { /* SyntaxError */
       OZ_X_SYNTAX_MSG = 0,
       OZ_X_SYNTAX_FILENAME,
       OZ_X_LINENO,
       OZ_X_OFFSET,
       OZ_X_TEXT,
       OZ_X_END_LINENO,
       OZ_X_END_OFFSET,
       OZ_X_PRINT_FILE,
       OZ_X_SYNTAX_COUNT
};
enum { /* Unicode...Error */
       OZ_X_ENCODING = 0,
       OZ_X_OBJECT,
       OZ_X_START,
       OZ_X_END,
       OZ_X_REASON,
       OZ_X_UNICODE_COUNT
};
enum { OZ_X_MESSAGE = 0, OZ_X_EXCEPTIONS, OZ_X_GROUP_COUNT }; /* BaseExceptionGroup */

/* The exception behind `v`, or NULL if it is none. */
OZ_INLINE BaseException *oz_as_exception(Obj v)
{
    return oz_isa(v, OZ_BASE_EXCEPTION) ? (BaseException *)v : NULL;
}

/* Make the classes of object/errors.def and the preallocated MemoryError. */
bool oz_exceptions_init(Thread *t) OZ_CHECKED;
/* The MemoryError that a thread keeps for when there is no memory for one. */
Ref oz_memory_error_new(Thread *t) OZ_CHECKED;

/* Is `v` a class derived from BaseException?  An instance of errors[kind]? */
bool oz_is_exception_class(Obj v);
bool oz_is_exception(Obj v, int kind);

/* An instance of a class of the runtime, by its args (taken); no Python code runs. */
Ref oz_exception_make(Thread *t, int kind, Ref args) OZ_CHECKED;
/* Set the traceback, context or cause of `e` (value taken, may be NULL).  The MemoryError that was
 * made while there was memory keeps none: it would hold what may be all of memory. */
void oz_exception_link(Thread *t, BaseException *e, Ref *field, Ref value);

Obj oz_exception_field(const BaseException *e, unsigned index); /* borrowed; NULL: not set */
bool oz_exception_field_set(Thread *t, BaseException *e, unsigned index, unsigned count,
                            Obj value /* or NULL */) OZ_CHECKED;

/* For a pending ImportError. */
void oz_exception_set_module(Thread *t, Obj name, Obj path /* or NULL */);

/* What `except*` needs.  Split the group (or plain exception) by class or tuple of classes: *match
 * and *rest are new references, each may be None.  false: raised. */
bool oz_exception_split(Thread *t, Obj e, Obj wanted, Ref *match, Ref *rest) OZ_CHECKED;
/* The exception to raise at the end of a try statement with except*: `raised` is the list of what
 * the handlers raised and what was not handled (None entries count as nothing); None: nothing. */
Ref oz_exception_join(Thread *t, Obj original, Obj raised) OZ_CHECKED;

/* 'encoding' codec can't encode character ... in position start: reason */
Ref oz_raise_unicode_encode(Thread *t, const char *encoding, Obj text, size_t start, size_t end,
                            const char *reason) OZ_COLD;
Ref oz_raise_unicode_decode(Thread *t, const char *encoding, Obj bytes, size_t start, size_t end,
                            const char *reason) OZ_COLD;

/* The text of "Traceback (most recent call last): ..." with causes, notes and groups, as the
 * default excepthook writes it (types/traceback_print.c). */
Ref oz_exception_text(Thread *t, Obj exception) OZ_CHECKED;
/* The same of an exception that nobody can catch: its own traceback and message only. */
Ref oz_exception_ignored_text(Thread *t, Obj exception) OZ_CHECKED;

#endif
