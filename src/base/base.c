// SPDX-License-Identifier: MIT
// The end of the process when an invariant is broken.
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>

void (*oz_fatal_report)(void);

_Noreturn void oz_fatal(const char *file, int line, const char *what)
{
    fprintf(stderr, "Fatal Ounce error: %s:%d: %s\n", file, line, what);
    if (oz_fatal_report)
        oz_fatal_report();
    abort();
}
