// SPDX-License-Identifier: MIT
// Signals: what other modules ask of _signal.
#ifndef OZ_MODULES_SIGNALS_H
#define OZ_MODULES_SIGNALS_H

#include "object/thread.h"

/* Take note of a signal as if it had come; its handler runs at the next safepoint of the main
 * thread.  Safe in a signal handler. */
void oz_signal_trip(int number);
/* Does Python handle this signal (not by default, not ignored)? */
bool oz_signal_is_handled(int number);
/* At start: Ctrl-C raises KeyboardInterrupt, SIGPIPE is ignored. */
bool oz_signals_init(Thread *t) OZ_CHECKED;
/* At the end: signals that the program handled do what they do by default, handlers are let go. */
void oz_signals_fini(Thread *t);

/* In the child of a fork: `t` is the main thread. */
void oz_signals_after_fork(Thread *t);

#endif
