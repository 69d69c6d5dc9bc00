// SPDX-License-Identifier: MIT
// The dispatch loop of a thread that runs free: loop.c says what it does and what it leaves.
#define OZ_LOOP_FREE 1
#define OZ_RUNS_FREE
#include "vm/loop.c"
