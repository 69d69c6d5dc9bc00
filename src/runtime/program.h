// SPDX-License-Identifier: MIT
// Running what the command line names.
#ifndef OZ_RUNTIME_PROGRAM_H
#define OZ_RUNTIME_PROGRAM_H

#include "runtime/options.h"

/* Run the program in module __main__; the exit status. */
int oz_program_run(Thread *t, const Options *options);

#endif
