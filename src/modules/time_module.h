// SPDX-License-Identifier: MIT
// What the module time does for others.
#ifndef OZ_MODULES_TIME_MODULE_H
#define OZ_MODULES_TIME_MODULE_H

#include "types/protocol.h"

struct tm;
/* time.strftime() with fields that are right. */
Ref oz_time_format(Thread *t, Obj format, const struct tm *tm) OZ_CHECKED;

#endif
