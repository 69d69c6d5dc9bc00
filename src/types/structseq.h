// SPDX-License-Identifier: MIT
// Tuples with named fields: os.stat_result, time.struct_time, sys.flags, ...
#ifndef OZ_TYPES_STRUCTSEQ_H
#define OZ_TYPES_STRUCTSEQ_H

#include "types/protocol.h"

typedef struct StructField {
    const char *name; /* NULL: an item without a name */
    const char *doc;
} StructField;

typedef struct StructDef {
    const char *name; /* with its module: "os.stat_result" */
    const char *doc;
    const StructField *fields;
    uint16_t count;   /* fields in all; with one it is called with its value, not a sequence */
    uint16_t visible; /* the first so many are items of the tuple; the rest have names only */
    bool no_new;      /* cannot be called */
} StructDef;

/* The class, the same at each call; borrowed, it is immortal. */
Class *oz_structseq_class(Thread *t, const StructDef *def) OZ_CHECKED;
/* An instance with values[0 .. def->count), which are taken, always; none may be empty. */
Ref oz_structseq_new(Thread *t, Class *cls, Ref *values) OZ_CHECKED;

#endif
