// SPDX-License-Identifier: MIT
// Whose turn it is, who runs free, and waiting for locks.
//
// A thread that waits for its turn sets the holder's STOP bit: at once, when the holder may go on
// free, and after the switch interval, when it hands over wherever it is.  A holder that cannot go
// on free then waits until somebody has taken the turn, so that it does not take it again itself at
// once.  A thread that detaches hands over without being asked.
//
// Each thread learns for how long it can do without a turn.  Below WORTHWHILE it is not asked to:
// threads that need the turn all the time would hand it to and fro for every instruction.  It is
// first tried when another thread has waited for FIRST_TRY, so that what takes less runs in the
// order that programs are used to: a thread that was just started has begun its work before its
// starter goes on.
//
// What was retired waits while somebody runs free.  At RETIRED_MOST pieces the world is stopped for
// a moment: whoever parks looks at nothing.
#include "object/world.h"

#include "object/distribute.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { RETIRED_MOST = 4096 };
#define FIRST_TRY INT64_C(500000) /* ns */
#if OZ_CHECK_LEVEL > 0
#define WORTHWHILE UINT64_C(1) /* as often as possible */
#else
#define WORTHWHILE UINT64_C(50000) /* ns */
#endif

struct World {
    pthread_mutex_t lock;
    pthread_cond_t freed;        /* the turn is free */
    pthread_cond_t taken;        /* somebody has taken it */
    pthread_cond_t fewer;        /* fewer run free */
    pthread_cond_t resumed;      /* the world is not stopped any more */
    Thread *holder;              /* [lock] whose turn it is, or NULL */
    uint64_t turns;              /* [lock] how many there have been */
    uint32_t waiting;            /* [lock] threads that want one */
    bool urgent;                 /* [lock] one has waited for the switch interval */
    bool trying;                 /* [lock] the holder is to run free for the first time */
    uint32_t stopping;           /* [lock] nested stops of the world */
    _Atomic(uint32_t) free;      /* [lock] threads that run free, parked ones too */
    uint32_t parked;             /* [lock] of those, who wait for the end of a stop */
    Thread *last;                /* [lock] nobody else attaches any more; or NULL */
    uint32_t retired_count;      /* [turn] */
    void *retired[RETIRED_MOST]; /* [turn] cells and blocks that wait */
};

static void make_locks(World *world)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&world->lock, NULL);
    pthread_cond_init(&world->freed, &attributes);
    pthread_cond_init(&world->taken, &attributes);
    pthread_cond_init(&world->fewer, &attributes);
    pthread_cond_init(&world->resumed, &attributes);
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
    pthread_cond_destroy(&world->resumed);
    pthread_cond_destroy(&world->fewer);
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

/* The lock is held. */
static void ask_holder(const World *world)
{
    if (world->holder)
        atomic_fetch_or_explicit(&world->holder->interrupt, OZ_INTERRUPT_STOP,
                                 memory_order_relaxed);
}

/* Until the turn of the holder has ended, or for so long; true: it has not ended. */
static bool wait_in_vain(World *world, int64_t ns)
{
    uint64_t turn = world->turns;
    struct timespec end = time_of(oz_monotonic_ns() + ns);
    return pthread_cond_timedwait(&world->freed, &world->lock, &end) == ETIMEDOUT &&
           world->holder && world->turns == turn;
}

/* Wait for the end of a turn; one that lasts too long is asked to end. */
static void wait_for_end(const Thread *t, World *world)
{
    double interval =
        t->vm->switch_interval < LONGEST_INTERVAL ? t->vm->switch_interval : LONGEST_INTERVAL;
    int64_t patience = (int64_t)(interval * 1e9);
    if (t->vm->sharing) {
        ask_holder(world);
        if (!world->holder->free_tried && FIRST_TRY < patience) {
            if (!wait_in_vain(world, FIRST_TRY))
                return;
            world->trying = true;
            ask_holder(world);
        }
    }
    if (wait_in_vain(world, patience)) {
        world->urgent = true;
        ask_holder(world);
    }
}

/* OUNCE_STRESS=free: the turn is given up at each safepoint of the loop, whoever wants it. */
OZ_INLINE bool is_always_free(const Thread *t OZ_UNUSED)
{
#ifdef OZ_DEBUG
    return t->vm->stress & OZ_STRESS_FREE && t->vm->sharing;
#else
    return false;
#endif
}

/* Nobody asks for the turn of the caller. */
static void clear_stop(Thread *t)
{
    if (!is_always_free(t))
        atomic_fetch_and_explicit(&t->interrupt, ~(uint32_t)OZ_INTERRUPT_STOP,
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
    world->urgent = world->trying = false;
    world->turns++;
    t->has_turn = true;
    if (is_always_free(t))
        ask_holder(world);
    pthread_cond_signal(&world->taken);
}

/* The lock is held. */
static void give_turn(Thread *t, World *world)
{
    oz_check(world->holder == t && !world->stopping);
    if (t->vm->sharing)
        oz_share_roots(t);
    atomic_fetch_and_explicit(&t->interrupt, ~(uint32_t)OZ_INTERRUPT_STOP, memory_order_relaxed);
    world->holder = NULL;
    t->has_turn = false;
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
    if (!world->urgent && t->vm->sharing) {
        if (t->free_for < WORTHWHILE && !world->trying) /* else the loop will go on free */
            clear_stop(t);
    } else if (!world->waiting) {
        clear_stop(t);
    } else {
        give_turn(t, world);
        uint64_t turn = world->turns;
        while (world->turns == turn && world->waiting && !world->last)
            pthread_cond_wait(&world->taken, &world->lock);
        take_turn(t, world);
    }
    pthread_mutex_unlock(&world->lock);
}

/* ---- to run free ---- */

/* The lock is held. */
static void set_free(Thread *t, World *world, bool on)
{
    t->runs_free = on;
    uint32_t count = atomic_load_explicit(&world->free, memory_order_relaxed);
    atomic_store_explicit(&world->free, on ? count + 1 : count - 1, memory_order_release);
    if (!on && world->stopping)
        pthread_cond_signal(&world->fewer);
}

/* While the world is stopped; the lock is held.  Who is parked counts as free: nobody may take it
 * for gone when it goes on (oz_retire). */
static void park(World *world)
{
    world->parked++;
    pthread_cond_signal(&world->fewer);
    while (world->stopping || world->last)
        pthread_cond_wait(&world->resumed, &world->lock);
    world->parked--;
}

void oz_take_turn(Thread *t)
{
    World *world = t->vm->world;
    uint64_t free_for = (uint64_t)oz_monotonic_ns() - t->freed_at;
    t->free_for = (t->free_for * 3 + free_for) / 4;
    pthread_mutex_lock(&world->lock);
    set_free(t, world, false);
    take_turn(t, world);
    pthread_mutex_unlock(&world->lock);
    if (t->contended.count) /* they wait for as long as it goes on counting them */
        atomic_fetch_or_explicit(&t->interrupt, OZ_INTERRUPT_COUNTS, memory_order_relaxed);
}

bool oz_run_free(Thread *t)
{
    World *world = t->vm->world;
    pthread_mutex_lock(&world->lock);
    bool wanted = world->waiting && (world->urgent || world->trying || t->free_for >= WORTHWHILE);
    bool goes = (wanted || is_always_free(t)) && !world->stopping && t->vm->sharing;
    if (goes) {
        t->free_tried = true;
        give_turn(t, world);
        set_free(t, world, true);
    } else if (!world->urgent) {
        clear_stop(t);
    }
    pthread_mutex_unlock(&world->lock);
    if (goes)
        t->freed_at = (uint64_t)oz_monotonic_ns();
    return goes;
}

void oz_free_poll(Thread *t)
{
    World *world = t->vm->world;
    oz_check(!t->has_turn);
    pthread_mutex_lock(&world->lock);
    atomic_fetch_and_explicit(&t->interrupt, ~(uint32_t)OZ_INTERRUPT_STOP, memory_order_relaxed);
    if (world->stopping || world->last)
        park(world);
    pthread_mutex_unlock(&world->lock);
}

bool oz_world_is_free(const Vm *vm)
{
    return atomic_load_explicit(&vm->world->free, memory_order_relaxed) != 0;
}

static void free_retired(World *world)
{
    while (world->retired_count)
        oz_heap_free(world->retired[--world->retired_count]);
}

void oz_world_stop(Thread *t)
{
    World *world = t->vm->world;
    if (OZ_LIKELY(!t->vm->sharing))
        return;
    pthread_mutex_lock(&world->lock);
    oz_check(world->holder == t);
    world->stopping++;
    for (Thread *each = t->vm->threads; each; each = each->next)
        if (each->runs_free)
            atomic_fetch_or_explicit(&each->interrupt, OZ_INTERRUPT_STOP, memory_order_relaxed);
    while (atomic_load_explicit(&world->free, memory_order_relaxed) > world->parked)
        pthread_cond_wait(&world->fewer, &world->lock);
    pthread_mutex_unlock(&world->lock);
    free_retired(world);
}

void oz_world_resume(Thread *t)
{
    World *world = t->vm->world;
    if (OZ_LIKELY(!t->vm->sharing))
        return;
    pthread_mutex_lock(&world->lock);
    if (--world->stopping == 0)
        pthread_cond_broadcast(&world->resumed);
    pthread_mutex_unlock(&world->lock);
}

void oz_retire(Thread *t, void *cell)
{
    World *world = t->vm->world;
    oz_check(t->has_turn);
    if (OZ_LIKELY(!atomic_load_explicit(&world->free, memory_order_acquire))) {
        oz_heap_free(cell); /* only who has the turn begins to run free */
        if (OZ_UNLIKELY(world->retired_count))
            free_retired(world);
        return;
    }
    if (world->retired_count == RETIRED_MOST) {
        oz_world_stop(t);
        oz_world_resume(t);
    }
    world->retired[world->retired_count++] = cell;
}

void *oz_block_replace(Thread *t, const Object *container, void *block, size_t bytes)
{
    if (oz_refs(container) >= 0 || !block)
        return oz_block_realloc(t->heap, block, bytes);
    void *more = oz_block_alloc(t->heap, bytes);
    if (!more)
        return NULL;
    size_t old = oz_block_room(block);
    memcpy(more, block, old < bytes ? old : bytes);
    oz_retire(t, block);
    return more;
}

void oz_world_exit(Thread *t)
{
    World *world = t->vm->world;
    oz_distribute_contended(t);
    oz_world_stop(t);
    oz_share_audit(t);
    oz_world_resume(t);
    pthread_mutex_lock(&world->lock);
    give_turn(t, world); /* nobody can take it before the lock is free */
    oz_thread_bind(NULL);
    Vm *vm = t->vm;
    oz_thread_drop(t);
    if (atomic_load_explicit(&vm->threads_alive, memory_order_relaxed) == 1)
        atomic_fetch_or_explicit(&vm->threads->interrupt, OZ_INTERRUPT_COUNTS,
                                 memory_order_relaxed);
    pthread_mutex_unlock(&world->lock);
}

void oz_world_end(Thread *t)
{
    World *world = t->vm->world;
    oz_world_stop(t);
    pthread_mutex_lock(&world->lock);
    oz_check(world->holder == t);
    world->last = t;
    world->stopping = 0;
    pthread_cond_broadcast(&world->freed);
    pthread_mutex_unlock(&world->lock);
}

void oz_world_forked(Thread *t)
{
    World *world = t->vm->world;
    make_locks(world);
    world->holder = t;
    world->waiting = 0;
    world->stopping = 0;
    atomic_store_explicit(&world->free, 0, memory_order_relaxed); /* all were parked */
    world->parked = 0;
    world->urgent = false;
    t->vm->main = t;
    t->is_main = true;
    t->vm->forks++;
}

void oz_world_after_fork(Thread *t)
{
    for (Thread *each = t->vm->threads, *next; each; each = next) {
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

/* One that has waited in vain PATIENCE times marks the lock STARVED: whoever gives it then gives it
 * to such a one (HANDED), since a thread that lets go of its turn only while it has the lock
 * (to write, in a loop) would never leave it to others. */
enum { FREE, HELD, AWAITED, STARVED, HANDED };
enum { PATIENCE = 16 };

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

static bool change(LockWord *lock, uint32_t from, uint32_t to)
{
    return atomic_compare_exchange_strong_explicit(&lock->state, &from, to, memory_order_acq_rel,
                                                   memory_order_relaxed);
}

/* Sleep until the lock is given, in vain perhaps.  0, or ETIMEDOUT, EINTR, EAGAIN. */
static int wait_for_gift(Thread *t, LockWord *lock, int64_t deadline, unsigned rounds)
{
    change(lock, HELD, AWAITED);
    if (rounds >= PATIENCE)
        change(lock, AWAITED, STARVED);
    uint32_t state = atomic_load_explicit(&lock->state, memory_order_relaxed);
    if (state == FREE || (state == HANDED && rounds >= PATIENCE))
        return EAGAIN;
    return OZ_DETACHED(t, futex_wait(&lock->state, state, deadline));
}

/* After a wait: others may wait still. */
static bool try_awaited(LockWord *lock, unsigned rounds)
{
    return change(lock, FREE, AWAITED) || (rounds >= PATIENCE && change(lock, HANDED, AWAITED));
}

/* It waits no longer, and has not got it: what was handed to it goes on. */
static void stop_waiting(LockWord *lock)
{
    if (!change(lock, STARVED, AWAITED) && change(lock, HANDED, FREE))
        futex_wake(&lock->state, INT32_MAX);
}

Found oz_lock_take(Thread *t, LockWord *lock, int64_t deadline)
{
    if (oz_lock_try(lock))
        return OZ_FOUND;
    for (unsigned rounds = 0;; rounds++) {
        int error = wait_for_gift(t, lock, deadline, rounds);
        if (try_awaited(lock, rounds))
            return OZ_FOUND;
        if (!oz_poll(t)) {
            stop_waiting(lock);
            return OZ_RAISED;
        }
        if (error == ETIMEDOUT) {
            stop_waiting(lock);
            return OZ_MISSING;
        }
    }
}

void oz_lock_take_deaf(Thread *t, LockWord *lock)
{
    if (oz_lock_try(lock))
        return;
    for (unsigned rounds = 0;; rounds++) {
        wait_for_gift(t, lock, INT64_MAX, rounds);
        if (try_awaited(lock, rounds))
            return;
    }
}

void oz_lock_give(LockWord *lock)
{
    uint32_t state = atomic_load_explicit(&lock->state, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&lock->state, &state,
                                                  state == STARVED ? HANDED : FREE,
                                                  memory_order_release, memory_order_relaxed))
        ;
    if (state >= AWAITED) /* not each who waits may take what is handed over */
        futex_wake(&lock->state, state == STARVED ? INT32_MAX : 1);
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
