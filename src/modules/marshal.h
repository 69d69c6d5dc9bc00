// SPDX-License-Identifier: MIT
// Values as bytes and back: what the module marshal and the cache of compiled modules share.
#ifndef OZ_MODULES_MARSHAL_H
#define OZ_MODULES_MARSHAL_H

#include "types/code.h"
#include "types/dict.h"
#include "types/list.h"

/* The bytes of a value, and a value of bytes. */
Ref oz_marshal_dumps(Thread *t, Obj value) OZ_CHECKED;
Ref oz_marshal_loads(Thread *t, const uint8_t *data, size_t length) OZ_CHECKED;

enum { OZ_MAGIC_LENGTH = 4 };
/* What files of compiled modules begin with.  It names this version of our bytecode, and is never
 * one of CPython's. */
extern const uint8_t oz_code_magic[OZ_MAGIC_LENGTH];

/* A code object, and those inside it that had the same file name, get another file name. */
bool oz_code_rename(Thread *t, Code *code, Obj filename) OZ_CHECKED;

/* ---- for marshal_module.c and marshal_code.c ---- */

typedef struct Writer {
    Thread *t;
    char *data;              /* a heap block */
    size_t length, capacity; /* of data */
    List *texts;             /* inside code: the strs that it names by number; else NULL */
    List *met;               /* objects, each and where its type is; NULL: none gets a name */
    List *names;             /* where objects that were met before are named */
    Dict *numbers;           /* of the strs in texts, or by address of the objects in met */
    unsigned depth;
} Writer;

bool oz_marshal_put(Writer *w, const void *data, size_t length) OZ_CHECKED;
bool oz_marshal_put_value(Writer *w, Obj v) OZ_CHECKED;
bool oz_marshal_put_code(Writer *w, Obj code) OZ_CHECKED; /* behind its type */
bool oz_marshal_put_text(Writer *w, Obj text) OZ_CHECKED; /* inside code: its number */

typedef struct Reader {
    Thread *t;
    const uint8_t *at, *end;
    Obj file;   /* gives the bytes one by one (room keeps the last); NULL: they are all here */
    Ref room;   /* the caller drops it */
    List *seen; /* values that carry a flag; NULL inside code, where there are none */
    Ref *texts; /* inside code: its strs; else NULL */
    uint32_t text_count; /* of texts */
    unsigned depth;
    bool failed; /* inside code: it was not what it must be; nothing is raised yet */
} Reader;

bool oz_marshal_need(Reader *r, size_t length) OZ_CHECKED; /* EOFError unless `at` has so many */
Ref oz_marshal_get_value(Reader *r) OZ_CHECKED;
Ref oz_marshal_get_code(Reader *r) OZ_CHECKED;
Ref oz_marshal_get_text(Reader *r) OZ_CHECKED;

#endif
