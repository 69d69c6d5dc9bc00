// SPDX-License-Identifier: MIT
// Warnings: filters, registries, and showing.
#ifndef OZ_TYPES_WARNING_H
#define OZ_TYPES_WARNING_H

#include "types/protocol.h"

/* The list of filters, the default action and the registry of "once", made when first needed. */
bool oz_warnings_init(Thread *t) OZ_CHECKED;

/* warnings.warn(): `message` a str or Warning instance, category and source may be None. */
bool oz_warn_object(Thread *t, Obj message, Obj category, ssize_t stack_level,
                    Obj source) OZ_CHECKED;

typedef struct WarningPlace {
    Obj filename; /* str */
    ssize_t line;
    Obj module;      /* str, or NULL: from the file's name */
    Obj registry;    /* dict, or NULL or None: none */
    Obj source_line; /* str, or NULL: read from the file */
    Obj source;      /* or NULL */
} WarningPlace;

/* warnings.warn_explicit() */
bool oz_warn_at(Thread *t, Obj message, Obj category, const WarningPlace *place) OZ_CHECKED;
/* The same for the compiler: a SyntaxWarning at a place. */
bool oz_warn_syntax(Thread *t, int kind, Obj message, Obj filename, int line) OZ_CHECKED;

#endif
