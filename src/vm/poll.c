// SPDX-License-Identifier: MIT
// What a thread does when its interrupt word asks it to leave the fast path: vm->hooks.poll.
//
// Bits are taken down before they are served, so that a request made meanwhile is not lost; those
// that describe a state (a trace function is set) stay.  Nothing borrowed lives across a poll.
#include "object/collector.h"
#include "object/world.h"
#include "vm/vm.h"

static bool take(Thread *t, uint32_t bit)
{
    if (!(atomic_load_explicit(&t->interrupt, memory_order_relaxed) & bit))
        return false;
    atomic_fetch_and_explicit(&t->interrupt, ~bit, memory_order_acquire);
    return true;
}

bool oz_vm_poll(Thread *t)
{
    oz_need_turn(t);
    if (atomic_load_explicit(&t->interrupt, memory_order_relaxed) & OZ_INTERRUPT_STOP)
        oz_world_yield(t);
    bool collect = take(t, OZ_INTERRUPT_COLLECT);
    if (take(t, OZ_INTERRUPT_COUNTS) || (collect && t->vm->sharing))
        oz_counts_poll(t, collect);
    if (collect)
        oz_gc_poll(t);
    if (take(t, OZ_INTERRUPT_SIGNAL) && t->vm->hooks.signals && !t->vm->hooks.signals(t))
        return false;
    return true;
}
