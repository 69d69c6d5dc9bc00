// SPDX-License-Identifier: MIT
// Importing modules.
#ifndef OZ_MODULES_IMPORT_H
#define OZ_MODULES_IMPORT_H

#include "types/module.h"

/* __import__(name, globals, locals, fromlist, level).  Runs Python: yes. */
Ref oz_import_module_level(Thread *t, Obj name, Obj globals, Obj locals, Obj fromlist,
                           Obj level) OZ_CHECKED;
/* importlib.import_module(name) for native code: the module itself, "a.b" gives b. */
Ref oz_import(Thread *t, const char *name) OZ_CHECKED;
Ref oz_import_name(Thread *t, Obj name) OZ_CHECKED;
/* A native module, made and entered in sys.modules; OZ_MISSING: there is none of that name. */
Found oz_import_native(Thread *t, Obj name, Ref *module) OZ_CHECKED;
/* sys.meta_path, sys.path_hooks, sys.path_importer_cache.  At start. */
bool oz_import_init(Thread *t) OZ_CHECKED;

/* ---- several threads (import_lock.c) ---- */

/* An import under way, on the stack of the thread that does it. */
typedef struct Importing Importing;
struct Importing {
    Obj name;        /* [const] borrowed: str */
    Thread *owner;   /* [const] */
    Importing *next; /* [vm] */
};
void oz_import_begin(Thread *t, Importing *record, Obj name);
void oz_import_end(Thread *t, const Importing *record);
/* Wait until no other thread imports `name`, unless it waits for this one.  Runs Python: yes. */
bool oz_import_wait(Thread *t, Obj name) OZ_CHECKED;
/* The same for a module that is there; importlib may be loading it. */
bool oz_import_settle(Thread *t, Obj module, Obj name) OZ_CHECKED;
/* _imp.acquire_lock(), release_lock(): reentrant. */
void oz_import_lock_take(Thread *t);
bool oz_import_lock_give(Thread *t) OZ_CHECKED;
/* In the child of a fork. */
void oz_import_after_fork(Thread *t);

/* ---- finding (import_find.c) ---- */

typedef enum SourceKind { OZ_SOURCE_MODULE, OZ_SOURCE_PACKAGE, OZ_SOURCE_NAMESPACE } SourceKind;

typedef struct Source {
    SourceKind kind;
    Ref path;               /* str: the file; NAMESPACE: empty */
    Ref locations;          /* list: __path__ of packages; or empty */
    bool compiled;          /* the file is a .pyc without a source */
    uint32_t changed, size; /* of the file: last change and length, low bits as in .pyc files */
    uint32_t mode;          /* of the file */
} Source;
void oz_found_source_fini(Source *source);

/* Look for the last part of `name` in the folders of `path` (NULL: sys.path).  Entries that are no
 * folders (zip files) are asked through sys.path_hooks: *spec is what they gave. */
Found oz_source_find(Thread *t, Obj name, Obj path, Source *source, Ref *spec) OZ_CHECKED;

/* sys.path_hooks as a program finds it: zip files, then folders. */
Ref oz_path_hooks_new(Thread *t, Obj sys) OZ_CHECKED;

/* The bytes of a source file. */
Ref oz_import_read(Thread *t, Obj path) OZ_CHECKED;
/* Eight bytes that name a source, in files of code that say which one they are of. */
uint64_t oz_import_hash(const void *data, size_t length);

/* ---- code in files (import_cache.c) ---- */

/* The code of a source file: what is kept of it, or compiled now and kept. */
Ref oz_cache_code(Thread *t, const Source *source) OZ_CHECKED;
/* Where the code of a source is kept: str. */
Ref oz_cache_place(Thread *t, Obj path) OZ_CHECKED;
/* The code in the bytes of a .pyc file, for module `name` from `path`; ImportError, EOFError or
 * ValueError if there is none. */
Ref oz_cache_decode(Thread *t, Obj bytes, Obj name, Obj path) OZ_CHECKED;
/* Does a file that begins with these bytes hold our code? */
bool oz_cache_is_code(const uint8_t *data, size_t length);
/* importlib._bootstrap_external is told our magic number and places. */
bool oz_adapt_bootstrap(Thread *t, Obj module) OZ_CHECKED;

/* ---- what modules carry (import_spec.c) ---- */

/* __spec__ and __loader__ of a module that was found here: new references. */
Ref oz_spec_new(Thread *t, Obj name, Obj loader, Obj origin, Obj locations,
                Obj cached /* or NULL */) OZ_CHECKED;
void oz_spec_initializing(Obj spec, bool on);
Ref oz_loader_new(Thread *t, Obj name, Obj path /* NULL: native module */) OZ_CHECKED;
/* The loader of a namespace package, and its __path__ (new reference). */
Ref oz_namespace_loader(Thread *t, Obj name, Obj locations, Ref *path) OZ_CHECKED;

#endif
