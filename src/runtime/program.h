// SPDX-License-Identifier: MIT
// Running what the command line names.
#ifndef OZ_RUNTIME_PROGRAM_H
#define OZ_RUNTIME_PROGRAM_H

#include "runtime/options.h"

/* Run the program in module __main__; the exit status. */
int oz_program_run(Thread *t, const Options *options);

/* Report the pending exception through sys.excepthook (SystemExit: quietly); the status it means.
 */
int oz_program_report(Thread *t);
/* Flush sys.stdout between statements of the prompt; a failure is reported and forgotten. */
void oz_program_flush(Thread *t);

#endif
