// SPDX-License-Identifier: MIT
// What the files of _memtools share.
#ifndef OZ_MODULES_MEMTOOLS_MODULE_H
#define OZ_MODULES_MEMTOOLS_MODULE_H

#include "memtools/memory_reading.h"
#include "object/class.h"

/* A name of a kind of memory ("heap", "pages", "rss", "pss", "uss"); false: ValueError. */
bool oz_memory_kind(Thread *t, Obj name, MemoryKind *kind) OZ_CHECKED;

#endif
