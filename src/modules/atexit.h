// SPDX-License-Identifier: MIT
// atexit: what the runtime does with it.
#ifndef OZ_MODULES_ATEXIT_H
#define OZ_MODULES_ATEXIT_H

#include "types/module.h"

extern const ModuleDef oz_atexit_module;

/* Call what was registered, the last first; failures are reported.  Runs Python: yes. */
void oz_atexit_run(Thread *t);

#endif
