// SPDX-License-Identifier: MIT
// _lsprof: what sys.getprofile() answers while a profiler is on.
#ifndef OZ_MODULES_LSPROF_H
#define OZ_MODULES_LSPROF_H

#include "object/object.h"

/* The Profiler that is told by this profile function; another function is itself.  Borrowed. */
Obj oz_profiler_behind(Obj function);

#endif
