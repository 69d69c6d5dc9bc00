// SPDX-License-Identifier: MIT
// module objects, and the table that declares a native module.
#ifndef OZ_TYPES_MODULE_H
#define OZ_TYPES_MODULE_H

#include "types/protocol.h"

#define MODULE_REFS(REF) REF(dict) REF(def_name)
typedef struct Module {
    Object base;
    MODULE_REFS(OZ_FIELD)
    void *state; /* [module] native module's private state, or NULL; freed by def->fini */
    const struct ModuleDef *def; /* [const] NULL for Python modules */
} Module;

typedef struct ModuleDef {
    const char *name;
    const char *doc;
    const NativeDef *const *functions;
    const uint32_t *types; /* ids of the types to put in, by their own names; ends with 0 */
    /* Add constants and the rest to the module's dict.  false: raised. */
    bool (*init)(Thread *t, Module *module);
    void (*fini)(Thread *t, Module *module);
} ModuleDef;

Ref oz_module_new(Thread *t, Obj name) OZ_CHECKED;
Ref oz_module_from_def(Thread *t, const ModuleDef *def) OZ_CHECKED;
Dict *oz_module_dict(Obj module); /* borrowed */
/* module.name = value (taken): for init functions. */
bool oz_module_add(Thread *t, Module *module, const char *name, Ref value) OZ_CHECKED;
bool oz_module_add_int(Thread *t, Module *module, const char *name, int64_t value) OZ_CHECKED;
bool oz_module_add_str(Thread *t, Module *module, const char *name, const char *text) OZ_CHECKED;

#endif
