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

/* ---- finding (import_find.c) ---- */

typedef enum SourceKind { OZ_SOURCE_MODULE, OZ_SOURCE_PACKAGE, OZ_SOURCE_NAMESPACE } SourceKind;

typedef struct Source {
    SourceKind kind;
    Ref path;      /* str: the file; NAMESPACE: empty */
    Ref locations; /* list: __path__ of packages; or empty */
} Source;
void oz_found_source_fini(Source *source);

/* Look for the last part of `name` in the folders of `path` (NULL: sys.path).  Entries that are no
 * folders (zip files) are asked through sys.path_hooks: *spec is what they gave. */
Found oz_source_find(Thread *t, Obj name, Obj path, Source *source, Ref *spec) OZ_CHECKED;

/* sys.path_hooks as a program finds it: zip files, then folders. */
Ref oz_path_hooks_new(Thread *t, Obj sys) OZ_CHECKED;

/* ---- what modules carry (import_spec.c) ---- */

/* __spec__ and __loader__ of a module that was found here: new references. */
Ref oz_spec_new(Thread *t, Obj name, Obj loader, Obj origin, Obj locations) OZ_CHECKED;
void oz_spec_initializing(Obj spec, bool on);
Ref oz_loader_new(Thread *t, Obj name, Obj path /* NULL: native module */) OZ_CHECKED;
/* The loader of a namespace package, and its __path__ (new reference). */
Ref oz_namespace_loader(Thread *t, Obj name, Obj locations, Ref *path) OZ_CHECKED;

#endif
