// SPDX-License-Identifier: MIT
// The native modules by name, and the types that they bring.
#ifndef OZ_MODULES_MODULES_H
#define OZ_MODULES_MODULES_H

#include "types/module.h"

typedef struct ModuleEntry {
    const char *name;
    const ModuleDef *def;
} ModuleEntry;

/* Sorted as modules.def is; ends with a NULL name. */
extern const ModuleEntry oz_modules[];
/* The TypeDefs of module_types.def, by id - OZ_TYPE_END. */
extern const TypeDef *const oz_module_types[];

const ModuleDef *oz_module_find(const char *name); /* NULL: no such native module */

/* Is it the name of a module of the standard library (or of a part of one)?  (sys_data.c) */
bool oz_is_stdlib_name(const char *name);

/* ---- pieces that several modules and the runtime share ---- */

/* sys.<name>: new reference; OZ_MISSING without an error. */
Found oz_sys_get(Thread *t, const char *name, Ref *value) OZ_CHECKED;
/* File names as str, and back: UTF-8 with surrogateescape.  Results are new references; encode
 * gives bytes and takes str, bytes or path-like objects; ValueError for a zero inside. */
Ref oz_decode_path(Thread *t, const char *path) OZ_CHECKED;
Ref oz_encode_path(Thread *t, Obj path) OZ_CHECKED;
/* The bytes that name the file of such a str, ended by a zero; what they lie in is kept in *keep.
 */
const char *oz_path_bytes(Thread *t, Obj path, Ref *keep) OZ_CHECKED;
Ref oz_fspath(Thread *t, Obj path) OZ_CHECKED;    /* os.fspath(): str or bytes */
Ref oz_path_text(Thread *t, Obj path) OZ_CHECKED; /* str, of whatever names a file */
/* file.write(text) for print and hooks. */
bool oz_file_write(Thread *t, Obj file, Obj text) OZ_CHECKED;
bool oz_file_flush(Thread *t, Obj file) OZ_CHECKED;
bool oz_file_closed(Thread *t, Obj file, bool *closed) OZ_CHECKED;
/* sys.stdin, sys.stdout, sys.stderr, and builtins.open (io_open.c). */
bool oz_files_init(Thread *t, Module *sys) OZ_CHECKED;
/* Is it a file, or a part of one, on a descriptor that is not its own: one of the three? */
bool oz_file_is_standard(Obj file);
/* At the end of the program: write out what open files hold.  What fails is reported (unraisable);
 * false then. */
bool oz_files_flush(Thread *t);
/* Are two ASCII strs or bytes-like objects equal?  In a time that does not tell where they differ
 * (operator.c). */
Ref oz_compare_digest(Thread *t, Obj a, Obj b) OZ_CHECKED;

#endif
