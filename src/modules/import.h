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

#endif
