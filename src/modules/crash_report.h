// SPDX-License-Identifier: MIT
// Where Python is, written in places where nothing else can be done: a signal handler, a crash.
#ifndef OZ_MODULES_CRASH_REPORT_H
#define OZ_MODULES_CRASH_REPORT_H

#include "object/thread.h"

#include <signal.h>

/* All of these are safe in a signal handler: they allocate nothing and lock nothing. */
void oz_crash_write(int fd, const char *text);
/* The frames of a thread, innermost first, below a line "Stack (most recent call first):". */
void oz_crash_stack(int fd, Thread *t);
/* The frames of all threads of the VM, with the name of each; `current` may be NULL. */
void oz_crash_stacks(int fd, Vm *vm, Thread *current);

/* At start: a crash of the runtime shows where Python was.  `vm` is the one to look at. */
void oz_crash_init(Vm *vm);
void oz_crash_fini(void);

/* faulthandler.enable(), disable(): signals that end the process are reported to `fd`. */
bool oz_crash_enable(Thread *t, int fd, bool all_threads) OZ_CHECKED;
void oz_crash_disable(void);
bool oz_crash_is_enabled(void);
/* The signal that is reported, by its index; 0 at the end. */
int oz_crash_signal(size_t index);
/* Is it the handler that is there unless a program has asked for something else? */
bool oz_crash_is_handler(const struct sigaction *action);

#endif
