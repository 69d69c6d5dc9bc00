// SPDX-License-Identifier: MIT
// The life of a thread that a program starts.
//
// The starter makes the Thread while it has the turn, so that everything that can fail fails there.
// The new thread waits for its first turn, calls the function, lets go of all that is its own,
// gives the lock that joins wait for (the sentinel), and ends with its last turn.
#include "modules/native_type.h"
#include "modules/thread_module.h"
#include "object/error.h"
#include "object/world.h"
#include "types/exception.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>

static _Atomic(size_t) stack_size; /* of the process, as in the C library */

size_t oz_thread_stack_size(void)
{
    return atomic_load_explicit(&stack_size, memory_order_relaxed);
}

bool oz_thread_set_stack_size(size_t bytes)
{
    if (bytes && bytes < (size_t)PTHREAD_STACK_MIN)
        return false;
    atomic_store_explicit(&stack_size, bytes, memory_order_relaxed);
    return true;
}

/* What the new thread is to do: owned. */
typedef struct Start {
    Thread *thread;
    Ref function, args, kwargs;
} Start;

static void start_fini(Start *start)
{
    oz_clear(&start->function);
    oz_clear(&start->args);
    oz_clear(&start->kwargs);
    free(start);
}

static void call_function(Thread *t, const Start *start)
{
    scoped Ref result = oz_call_tuple(t, start->function, start->args, start->kwargs);
    if (result || oz_exception_forget(t, OZ_SystemExit))
        return;
    oz_unraisable(t, start->function, "Exception ignored in thread started by");
}

/* What is the thread's own goes; finalisers may bring some of it back, so it is done last first. */
static void let_go(Thread *t)
{
    oz_thread_locals_forget(t);
    oz_clear(&t->trace_function);
    t->lines = NULL;
    t->profile = t->profile_set = NULL;
    oz_clear(&t->profile_function);
    t->vm->hooks.trace_changed(t);
    oz_clear(&t->context);
    oz_clear(&t->decimal_context);
    oz_clear(&t->asyncgen_firstiter);
    oz_clear(&t->asyncgen_finalizer);
    oz_exception_clear(t);
    if (t->sentinel)
        oz_lock_release_if_held(t->sentinel);
    oz_clear(&t->sentinel);
    oz_clear(&t->memory_error);
}

static void *run(void *arg)
{
    Start *start = arg;
    Thread *t = start->thread;
    oz_thread_begin(t);
    oz_world_enter(t);
    call_function(t, start);
    start_fini(start);
    let_go(t);
    oz_world_exit(t);
    return NULL;
}

static int create(Start *start, pthread_t *thread)
{
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error)
        return error;
    size_t size = oz_thread_stack_size();
    if (size)
        error = pthread_attr_setstacksize(&attributes, size);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (!error)
        error = pthread_create(thread, &attributes, run, start);
    pthread_attr_destroy(&attributes);
    return error;
}

bool oz_thread_start(Thread *t, Obj function, Obj args, Obj kwargs, uint64_t *ident)
{
    Start *start = calloc(1, sizeof *start);
    Ref memory_error = oz_memory_error_new(t);
    Thread *made = start && memory_error ? oz_thread_new(t->vm, oz_thread_stack_size()) : NULL;
    if (!made) {
        free(start);
        oz_drop(memory_error);
        return t->exception ? false : oz_fail(t, OZ_RuntimeError, "can't start new thread");
    }
    made->memory_error = memory_error;
    oz_share_vm(t);
    oz_publish(t, function);
    oz_publish(t, args);
    oz_publish(t, kwargs);
    oz_publish(t, memory_error);
    *start = (Start){made, oz_retain(function), oz_retain(args), oz_retain(kwargs)};
    pthread_t thread;
    if (create(start, &thread) != 0) {
        oz_clear(&made->memory_error);
        oz_thread_drop(made);
        start_fini(start);
        return oz_fail(t, OZ_RuntimeError, "can't start new thread");
    }
    *ident = made->ident = (uint64_t)thread;
    return true;
}
