// SPDX-License-Identifier: MIT
// The end of a program: its modules are taken apart while Python can still run.
#ifndef OZ_RUNTIME_FINISH_H
#define OZ_RUNTIME_FINISH_H

#include "object/thread.h"

/* Let go of all modules, and of what they hold: finalisers, callbacks of weak references and
 * suspended generators run, files are written out.  Failures are reported.  Afterwards the VM can
 * only be dropped.  Runs Python: yes. */
void oz_finish(Thread *t);

#endif
