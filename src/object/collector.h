// SPDX-License-Identifier: MIT
// The cycle collector: what reference counting leaves behind.
//
// Collections happen only where a thread polls (oz_gc_poll) or asks for one (oz_gc_collect), never
// inside an allocation.  A young pass looks at the objects made since the last pass, a full pass
// at every container of the VM; one that comes by itself does so in slices.
#ifndef OZ_OBJECT_COLLECTOR_H
#define OZ_OBJECT_COLLECTOR_H

#include "object/thread.h"

enum { /* gc.DEBUG_* */
       OZ_GC_STATS = 1,
       OZ_GC_COLLECTABLE = 2,
       OZ_GC_UNCOLLECTABLE = 4,
       OZ_GC_SAVEALL = 32,
       OZ_GC_LEAK = 38
};

#define OZ_GC_GENERATIONS 3

typedef struct GcStats {
    uint64_t collections;
    uint64_t collected;
    uint64_t uncollectable;
} GcStats;

/* For how long automatic collections have stopped the program, finalisers and freeing included. */
typedef struct GcPauses {
    uint64_t count;
    uint64_t sum, longest; /* ns */
} GcPauses;

/* What the collector tells the gc module, which installs this. */
typedef struct GcEvents {
    /* A collection starts or has ended.  Runs Python: yes; raises nothing. */
    void (*phase)(Thread *t, bool start, int generation, size_t collected, size_t uncollectable);
    /* OZ_GC_SAVEALL: keep the object in gc.garbage.  false: no memory, nothing raised. */
    bool (*save)(Thread *t, Obj garbage);
    /* A line of debugging output; `o` NULL, or the object that it is about ("gc: collectable"). */
    void (*say)(Thread *t, const char *line, Obj o);
} GcEvents;

typedef struct Collector {
    bool enabled;                     /* [vm] automatic collections */
    bool running;                     /* [vm] one is going on: another is refused */
    int debug;                        /* [vm] OZ_GC_* */
    int threshold[OZ_GC_GENERATIONS]; /* [vm] [0] == 0: no automatic collections */
    int count[OZ_GC_GENERATIONS];     /* [vm] [1], [2]: passes below since the last */
    GcStats stats[OZ_GC_GENERATIONS]; /* [vm] */
    size_t nursery;                   /* [vm] bytes of new containers that make a pass due */
    uint32_t quiet;                   /* [vm] young passes in a row that found next to nothing */
    uint32_t skip;                    /* [vm] nurseries that may grow old unseen */
    uint32_t random;                  /* [vm] */
    bool fruitful;                    /* [vm] the last full pass found a good deal of garbage */
    size_t base;                      /* [vm] bytes of container pages that it left, about */
    size_t begun;                     /* [vm] bytes of them when the one under way began */
    uint64_t slice_due;               /* [vm] ns: not before, unless in haste */
    GcPauses pauses;                  /* [vm] */
    struct Pass *passes[2];           /* [vm] by MarkLane (object/trial.h) */
    size_t futile;                    /* [vm] bytes of the heap where no room could be made */
    bool pressed;                     /* [vm] a memory limit is near: a full pass is due */
    void *frozen;                     /* [vm] gc.freeze: bitmaps of pages, or NULL */
    size_t frozen_pages, frozen_room; /* [vm] entries of `frozen` */
    const GcEvents *events;           /* [vm] NULL until gc is imported */
    Ref garbage, callbacks;           /* [vm] lists of the gc module, or empty */
} Collector;

OZ_INLINE Collector *oz_collector(const Vm *vm)
{
    return vm->collector;
}

bool oz_gc_init(Vm *vm) OZ_CHECKED; /* by oz_vm_new */
void oz_gc_fini(Vm *vm);            /* by oz_vm_drop */
void oz_gc_thread_init(Thread *t);  /* by oz_thread_new */

/* The nursery is full or a slice is due (OZ_INTERRUPT_COLLECT, which this clears): collect.
 * Runs Python: yes (finalisers, callbacks of weak references); raises nothing. */
void oz_gc_poll(Thread *t);

/* Collect now, whether enabled or not; 0 and 1 are young passes, 2 is a full one.  How many
 * unreachable objects there were; 0 while another collection runs; OZ_GC_NO_MEMORY: no memory to
 * look, nothing raised.  Runs Python: yes. */
#define OZ_GC_NO_MEMORY SIZE_MAX
size_t oz_gc_collect(Thread *t, int generation);

/* The collection at the end of a program: of everything, unheard by gc.callbacks.  `namespaces` are
 * dicts to which each one count more than to others is owed, the caller's: what they hold is
 * finalised first, in their order, if they are garbage.  Runs Python: yes. */
void oz_gc_finish(Thread *t, const Ref *namespaces, size_t count);

/* A full pass that is between two slices begins anew some time: how objects are counted is about to
 * change.  false: a collection runs, in which the caller is. */
bool oz_gc_abandon(Thread *t) OZ_CHECKED;

void oz_gc_enable(Thread *t, bool on);
void oz_gc_set_threshold(Thread *t, int generation, int threshold);

/* Objects made since the last pass that the collector watches: gc.get_count()[0]. */
size_t oz_gc_young_count(Thread *t);

/* Limit the heap (oz_heap_set_limit), and collect when it becomes full. */
void oz_gc_set_limit(Thread *t, size_t bytes);

/* An allocation was refused for the limit: collect if that is not in vain.  Has it made room?
 * Runs Python: yes (as oz_gc_poll). */
bool oz_gc_make_room(Thread *t) OZ_COLD;

/* Would CPython's collector track this object?  (gc.is_tracked) */
bool oz_gc_is_tracked(Thread *t, Obj v);

/* Show every object that gc.get_objects() would list, of a generation or all (-1).  `fn` may
 * allocate but drops nothing. */
void oz_gc_each(Thread *t, int generation, void (*fn)(Object *o, void *arg), void *arg);

/* Leave every container that lives now out of all later passes / take them back. */
bool oz_gc_freeze(Thread *t) OZ_CHECKED; /* false: no memory, nothing raised */
void oz_gc_unfreeze(Thread *t);
size_t oz_gc_frozen_count(Thread *t);

#endif
