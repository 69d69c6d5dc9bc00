// SPDX-License-Identifier: MIT
// exit, quit, copyright, credits, license and help.
#ifndef OZ_MODULES_SITE_BUILTINS_H
#define OZ_MODULES_SITE_BUILTINS_H

#include "types/module.h"

bool oz_site_builtins_add(Thread *t, Module *builtins) OZ_CHECKED;

#endif
