// SPDX-License-Identifier: MIT
// The interactive prompt.
#ifndef OZ_RUNTIME_PROMPT_H
#define OZ_RUNTIME_PROMPT_H

#include "runtime/options.h"

/* Read and run statements from standard input in the module `main` until its end: the exit
 * status.  `banner`: greet first. */
int oz_prompt_run(Thread *t, Obj main, bool banner);

#endif
