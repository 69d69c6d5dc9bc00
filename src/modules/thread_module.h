// SPDX-License-Identifier: MIT
// The parts of the module _thread, and what it is told by the rest.
#ifndef OZ_MODULES_THREAD_MODULE_H
#define OZ_MODULES_THREAD_MODULE_H

#include "object/thread.h"
#include "object/type.h"

/* ---- locks (thread_locks.c) ---- */

#define OZ_LOCK_TIMEOUT_MAX 9223372036.0 /* seconds */

Ref oz_lock_new(Thread *t) OZ_CHECKED; /* _thread.lock */
void oz_lock_release_if_held(Obj lock);

/* ---- thread-local data (thread_local.c) ---- */

/* The thread ends: its attributes of all _thread._local objects go.  Runs Python: yes. */
void oz_thread_locals_forget(Thread *t);

/* ---- starting (thread_start.c) ---- */

/* Call function(*args, **kwargs) on a new thread; its ident.  false: raised. */
bool oz_thread_start(Thread *t, Obj function, Obj args, Obj kwargs /* or NULL */,
                     uint64_t *ident) OZ_CHECKED;
/* Bytes of the C stack of threads started from now on; 0: as the system sets it. */
size_t oz_thread_stack_size(void);
/* false: the system does not take that size. */
bool oz_thread_set_stack_size(size_t bytes) OZ_CHECKED;

#endif
