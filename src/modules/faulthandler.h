// SPDX-License-Identifier: MIT
// faulthandler for the runtime: -X faulthandler.
#ifndef OZ_MODULES_FAULTHANDLER_H
#define OZ_MODULES_FAULTHANDLER_H

#include "object/thread.h"

/* faulthandler.enable() with the standard error of the process. */
bool oz_faulthandler_start(Thread *t) OZ_CHECKED;
/* At the end: nobody looks at the VM any more. */
void oz_faulthandler_stop(void);

#endif
