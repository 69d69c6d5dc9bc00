// SPDX-License-Identifier: MIT
// The attack modes of a debug build: what OUNCE_STRESS asks for (tests/README.md).
#ifndef OZ_RUNTIME_STRESS_H
#define OZ_RUNTIME_STRESS_H

#include "object/thread.h"

/* Read OUNCE_STRESS and turn its modes on.  At the beginning of start-up. */
void oz_stress_init(Vm *vm);

/* The program itself begins: from here its allocations are counted until one is to fail. */
void oz_stress_arm(Vm *vm);

#endif
