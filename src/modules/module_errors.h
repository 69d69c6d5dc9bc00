// SPDX-License-Identifier: MIT
// Exceptions that native modules bring: one class of each per VM, made on first use.
#ifndef OZ_MODULES_MODULE_ERRORS_H
#define OZ_MODULES_MODULE_ERRORS_H

#include "types/protocol.h"

typedef enum ModuleError {
#define MODULE_ERROR(ID, name, base) OZ_ERROR_##ID,
#define MODULE_ERROR2(ID, name, base, other) OZ_ERROR_##ID,
#define MODULE_ERROR_OF(ID, name, base) OZ_ERROR_##ID,
#define MODULE_ERROR_OF2(ID, name, base, other) OZ_ERROR_##ID,
#include "modules/module_errors.def"
#undef MODULE_ERROR
#undef MODULE_ERROR2
#undef MODULE_ERROR_OF
#undef MODULE_ERROR_OF2
    OZ_MODULE_ERRORS,
} ModuleError;

/* The class, borrowed: it lives as long as the VM.  NULL: raised. */
Obj oz_module_error(Thread *t, ModuleError which) OZ_CHECKED;
/* A module that makes the class itself: is it made, and this is it. */
bool oz_module_error_made(Thread *t, ModuleError which);
bool oz_module_error_set(Thread *t, ModuleError which, Obj cls) OZ_CHECKED;
/* Raise it; formats as oz_raise.  Always NULL. */
Ref oz_raise_module(Thread *t, ModuleError which, const char *format, ...) OZ_COLD;
#define oz_fail_module(...) (oz_raise_module(__VA_ARGS__), false)

#endif
