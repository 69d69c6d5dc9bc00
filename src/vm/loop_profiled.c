// SPDX-License-Identifier: MIT
// The dispatch loop that tells profiles of calls and returns.
//
// It runs while some thread is profiled; a thread that is not pays a test at each call and return.
// Its table is switched while nobody is profiled, so that a frame goes on in the other loop.
//
// Rejected: the handlers of calls and returns replaced in the one table, each followed by the
// handler proper.  That is a second indirect jump at each event, and every way in which a frame
// begins or ends (properties, initialisers, delegates, exceptions) told of apart from it.
#define OZ_LOOP_PROFILES 1
#include "vm/loop.c"
