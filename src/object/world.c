// SPDX-License-Identifier: MIT
// Whose turn it is, and waiting for locks.
//
// A thread that waits for its turn longer than the switch interval sets the holder's STOP bit; the
// holder hands over at its next safepoint and then waits until somebody has taken the turn, so that
// it does not take it again itself at once.  A thread that detaches hands over without being asked.
// What the thread was asked to do for the VM (collect) goes over with the turn.
#include "object/world.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct World {
    pthread_mutex_t lock;
    pthread_cond_t freed; /* the turn is free */
    pthread_cond_t taken; /* somebody has taken it */
    Thread *holder;       /* [lock] whose turn it is, or NULL */
    uint64_t turns;       /* [lock] how many there have been */
    uint32_t waiting;     /* [lock] threads that want one */
    uint32_t requests;    /* [lock] interrupt bits that concern the VM, for the next holder */
    Thread *last;         /* [lock] nobody else attaches any more; or NULL */
};

/* Interrupts that any thread can serve. */
#define FOR_ANYBODY ((uint32_t)OZ_INTERRUPT_COLLECT)

static void make_locks(World *world)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&world->lock, NULL);
    pthread_cond_init(&world->freed, &attributes);
    pthread_cond_init(&world->taken, &attributes);
    pthread_condattr_destroy(&attributes);
}

bool oz_world_init(Vm *vm)
{
    World *world = calloc(1, sizeof *world);
    if (!world)
        return false;
    make_locks(world);
    vm->world = world;
    return true;
}

void oz_world_fini(Vm *vm)
{
    World *world = vm->world;
    if (!world)
        return;
    pthread_cond_destroy(&world->taken);
    pthread_cond_destroy(&world->freed);
    pthread_mutex_destroy(&world->lock);
    free(world);
    vm->world = NULL;
}

/* ---- turns ---- */

static _Noreturn void sleep_for_ever(World *world)
{
    pthread_mutex_unlock(&world->lock);
    for (;;)
        pause();
}

static struct timespec time_of(int64_t ns)
{
    return (struct timespec){ns / 1000000000, ns % 1000000000};
}

/* In seconds; a longer interval is no number of nanoseconds. */
#define LONGEST_INTERVAL 1e9

/* Wait for the end of a turn; one that lasts too long is asked to end. */
static void wait_for_end(const Thread *t, World *world)
{
    uint64_t turn = world->turns;
    double interval =
        t->vm->switch_interval < LONGEST_INTERVAL ? t->vm->switch_interval : LONGEST_INTERVAL;
    struct timespec end = time_of(oz_monotonic_ns() + (int64_t)(interval * 1e9));
    if (pthread_cond_timedwait(&world->freed, &world->lock, &end) == ETIMEDOUT && world->holder &&
        world->turns == turn)
        atomic_fetch_or_explicit(&world->holder->interrupt, OZ_INTERRUPT_STOP,
                                 memory_order_relaxed);
}

/* The lock is held. */
static void take_turn(Thread *t, World *world)
{
    world->waiting++;
    while (world->holder && !world->last)
        wait_for_end(t, world);
    if (world->last && world->last != t)
        sleep_for_ever(world);
    world->waiting--;
    world->holder = t;
    world->turns++;
    if (world->requests) {
        atomic_fetch_or_explicit(&t->interrupt, world->requests, memory_order_relaxed);
        world->requests = 0;
    }
    pthread_cond_signal(&world->taken);
}

/* The lock is held. */
static void give_turn(Thread *t, World *world)
{
    oz_check(world->holder == t);
    uint32_t left = atomic_fetch_and_explicit(
        &t->interrupt, ~(FOR_ANYBODY | (uint32_t)OZ_INTERRUPT_STOP), memory_order_relaxed);
    world->requests |= left & FOR_ANYBODY;
    world->holder = NULL;
    pthread_cond_signal(&world->freed);
}

void oz_world_enter(Thread *t)
{
    int error = errno;
    World *world = t->vm->world;
    pthread_mutex_lock(&world->lock);
    take_turn(t, world);
    t->detached = false;
    oz_thread_bind(t);
    pthread_mutex_unlock(&world->lock);
    errno = error;
}

void oz_world_leave(Thread *t)
{
    int error = errno;
    World *world = t->vm->world;
    oz_check(!t->detached);
    pthread_mutex_lock(&world->lock);
    t->detached = true;
    give_turn(t, world);
    oz_thread_bind(NULL); /* whoever touches an object now is found out */
    pthread_mutex_unlock(&world->lock);
    errno = error;
}

void oz_world_yield(Thread *t)
{
    World *world = t->vm->world;
    pthread_mutex_lock(&world->lock);
    if (world->waiting) {
        give_turn(t, world);
        uint64_t turn = world->turns;
        while (world->turns == turn && world->waiting && !world->last)
            pthread_cond_wait(&world->taken, &world->lock);
        take_turn(t, world);
    }
    pthread_mutex_unlock(&world->lock);
}

void oz_world_exit(Thread *t)
{
    World *world = t->vm->world;
    pthread_mutex_lock(&world->lock);
    give_turn(t, world); /* nobody can take it before the lock is free */
    oz_thread_bind(NULL);
    oz_thread_drop(t);
    pthread_mutex_unlock(&world->lock);
}

void oz_world_end(Thread *t)
{
    World *world = t->vm->world;
    pthread_mutex_lock(&world->lock);
    oz_check(world->holder == t);
    world->last = t;
    pthread_cond_broadcast(&world->freed);
    pthread_mutex_unlock(&world->lock);
}

void oz_world_after_fork(Thread *t)
{
    Vm *vm = t->vm;
    World *world = vm->world;
    make_locks(world);
    world->holder = t;
    world->waiting = 0;
    vm->main = t;
    t->is_main = true;
    vm->forks++;
    for (Thread *each = vm->threads, *next; each; each = next) {
        next = each->next;
        if (each != t)
            oz_thread_drop(each);
    }
}

/* ---- locks ----
 *
 * Who waits sleeps detached, but takes the lock only when it has its turn: so whoever has the turn
 * sees no lock change that it does not change itself, up to its next safepoint (threading counts on
 * that).  A lock that was given may be taken again at once by the giver, which goes on for the rest
 * of its turn; handing it over each time would cost two switches of threads for each use. */

enum { FREE, HELD, AWAITED };

/* 0, or an errno. */
static int futex_wait(_Atomic(uint32_t) *word, uint32_t value, int64_t deadline)
{
    struct timespec end = time_of(deadline);
    long status = syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, value,
                          deadline == INT64_MAX ? NULL : &end, NULL, FUTEX_BITSET_MATCH_ANY);
    return status < 0 ? errno : 0;
}

static void futex_wake(_Atomic(uint32_t) *word, int count)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

bool oz_lock_try(LockWord *lock)
{
    uint32_t expected = FREE;
    return atomic_compare_exchange_strong_explicit(&lock->state, &expected, HELD,
                                                   memory_order_acquire, memory_order_relaxed);
}

/* Sleep until the lock is given, in vain perhaps.  0, or ETIMEDOUT, EINTR, EAGAIN. */
static int wait_for_gift(Thread *t, LockWord *lock, int64_t deadline)
{
    uint32_t expected = HELD;
    atomic_compare_exchange_strong_explicit(&lock->state, &expected, AWAITED, memory_order_relaxed,
                                            memory_order_relaxed);
    return OZ_DETACHED(t, futex_wait(&lock->state, AWAITED, deadline));
}

/* After a wait: others may wait still. */
static bool try_awaited(LockWord *lock)
{
    uint32_t expected = FREE;
    return atomic_compare_exchange_strong_explicit(&lock->state, &expected, AWAITED,
                                                   memory_order_acquire, memory_order_relaxed);
}

Found oz_lock_take(Thread *t, LockWord *lock, int64_t deadline)
{
    if (oz_lock_try(lock))
        return OZ_FOUND;
    for (;;) {
        int error = wait_for_gift(t, lock, deadline);
        if (try_awaited(lock))
            return OZ_FOUND;
        if (!oz_poll(t))
            return OZ_RAISED;
        if (error == ETIMEDOUT)
            return OZ_MISSING;
    }
}

void oz_lock_take_deaf(Thread *t, LockWord *lock)
{
    if (oz_lock_try(lock))
        return;
    do
        wait_for_gift(t, lock, INT64_MAX);
    while (!try_awaited(lock));
}

void oz_lock_give(LockWord *lock)
{
    if (atomic_exchange_explicit(&lock->state, FREE, memory_order_release) == AWAITED)
        futex_wake(&lock->state, 1);
}

Found oz_wait_change(Thread *t, _Atomic(uint32_t) *word, uint32_t value, int64_t deadline)
{
    int error = OZ_DETACHED(t, futex_wait(word, value, deadline));
    if (!oz_poll(t))
        return OZ_RAISED;
    return error == ETIMEDOUT ? OZ_MISSING : OZ_FOUND;
}

void oz_wake(_Atomic(uint32_t) *word)
{
    futex_wake(word, INT32_MAX);
}
