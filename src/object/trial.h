// SPDX-License-Identifier: MIT
// Trial deletion: which of a set of objects are reachable from outside of it only by themselves.
//
// For the files of the collector.  The work can be done in slices, between which the program runs.
#ifndef OZ_OBJECT_TRIAL_H
#define OZ_OBJECT_TRIAL_H

#include "heap/heap_layout.h"
#include "object/collector.h"

typedef enum Scope {
    SCOPE_NEWEST,  /* generation 0, asked for */
    SCOPE_YOUNG,   /* generations 0 and 1 */
    SCOPE_TRACKED, /* full, automatic: old objects that are TRACKED, in slices */
    SCOPE_ALL,     /* full, asked for: every container */
} Scope;

typedef enum Phase {
    PHASE_NONE,
    PHASE_PREPARE, /* choose the members */
    PHASE_MARK,    /* follow what the program is known to hold */
    PHASE_COUNT,   /* count the references among members */
    PHASE_REACH,   /* follow those that have more */
    PHASE_SIFT,    /* keep what was not reached */
    PHASE_DONE,    /* the members that are left are what the round found */
} Phase;

enum {                     /* PageMarks.of: below MARK_TABLE a count */
       MARK_TABLE = 251,   /* the count is in pass->table */
       MARK_PENDING = 253, /* reached, and its references were not looked at */
       MARK_REACHED,
       MARK_NONE, /* no member */
};

#define WAITING_MOST 4096
#define AHEAD 8
#define COMING 16 /* a power of two */
#define NEAR 4
#define FLAG_MIDDLE OZ_FLAG_CANDIDATE /* of an object that is not OLD */

typedef struct CountEntry {
    const Object *o; /* NULL: empty */
    uint32_t count;
} CountEntry;

/* Counts that do not fit in a mark. */
typedef struct CountTable {
    CountEntry *entries; /* of the heap, of no class that is traced; or NULL */
    size_t used, room;   /* room: 0 or a power of two */
} CountTable;

/* Where the marks of a page are, as a dense table has it. */
typedef struct MarksPlace {
    uint8_t *of; /* NULL: none */
    uint32_t reciprocal;
    uint32_t first;
} MarksPlace;

typedef struct Coming {
    uint8_t *mark; /* being fetched */
    Object *o;
} Coming;

typedef struct Pass {
    Visitor visitor;
    Thread *t;
    Collector *collector;
    Scope scope;
    MarkLane lane;
    Phase phase;
    bool no_memory;                     /* the pass has no result */
    bool exact;                         /* the program did not run since the round began */
    uint32_t flags_asked, flags_wanted; /* of a member's header */
    int32_t held;                       /* references to each member that are the collector's */
    unsigned round;                     /* from 1 */
    size_t work;                        /* objects and references looked at in this slice */
    size_t limit;                       /* of work */
    size_t part;                        /* references of one object looked at in one go; 0: all */
    MarkList lists[2];                  /* pages: with work left in this phase, and without */
    unsigned list;                      /* which of them has work left */
    size_t members;                     /* of the first round */
    size_t left, before; /* members left after this round, and after the one before it */
    CountTable table;
    CountEntry *hot;     /* COUNT: the entry of `table` counted last, or NULL */
    const Object *known; /* REACH: an object that need not be looked at again, or NULL */
    size_t waiting_count;
    Object *waiting[WAITING_MOST]; /* reached, to be visited */
    Object *queue[AHEAD];          /* the same, while their memory is being fetched */
    size_t queue_at, queued;       /* where it begins, and how many are in it */
    MarksPlace *places;            /* of the heap, while a pass in one go marks; or NULL */
    uintptr_t first_place;         /* the number of the page that places[0] is for */
    size_t place_count;
    Coming coming[COMING];          /* with `places`: may have to be reached */
    uintptr_t near[NEAR];           /* numbers of pages looked at lately */
    size_t coming_at, coming_count; /* the oldest, and how many */
    /* What object/garbage.c does with the result. */
    size_t found;     /* how much of it gc.collect() counts */
    uint32_t held_id; /* of the object held last */
    bool weak;        /* some have weak references */
    bool finalizer;   /* some have a finaliser */
    bool finalized;   /* one ran */
    bool sighted;     /* some cannot die blindly (garbage.c, G5) */
    bool saves;       /* OZ_GC_SAVEALL */
    Class *cls;       /* to be dropped cls_count times, or NULL */
    size_t cls_count;
    struct WeakRef *callbacks; /* to run, linked by next; held */
    struct WeakRef **callbacks_end;
    const Ref *namespaces; /* of oz_gc_finish: each has a count that is the caller's */
    size_t namespace_count;
} Pass;

/* How many bits are set: without the instruction, which the oldest machines lack. */
OZ_INLINE size_t oz_ones(uint64_t bits)
{
    bits -= bits >> 1 & UINT64_C(0x5555555555555555);
    bits = (bits & UINT64_C(0x3333333333333333)) + (bits >> 2 & UINT64_C(0x3333333333333333));
    bits = (bits + (bits >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (size_t)(bits * UINT64_C(0x0101010101010101) >> 56);
}

/* A bit for each of up to 64 cells from `first` whose mark is left.  Marks lie in words of 8. */
OZ_INLINE uint64_t oz_marks_left(const PageMarks *marks, size_t first)
{
    size_t cells = marks->page->cells, end = first + 64 < cells ? first + 64 : cells;
    uint64_t bits = 0, word;
    for (size_t at = first; at < end; at += 8) {
        memcpy(&word, &marks->of[at], 8);
        uint64_t left = ~word & UINT64_C(0xfcfcfcfcfcfcfcfc);
        left |= (left & UINT64_C(0x7f7f7f7f7f7f7f7f)) + UINT64_C(0x7f7f7f7f7f7f7f7f);
        left = left >> 7 & UINT64_C(0x0101010101010101);
        bits |= (left * UINT64_C(0x0102040810204080) >> 56) << (at - first);
    }
    return bits;
}

/* Begin with nothing chosen.  An automatic young pass takes large objects for reached. */
void oz_trial_start(Pass *pass, Thread *t, Scope scope, bool automatic);

/* Do about `work` objects and references more, or all of a round (SIZE_MAX); true: PHASE_DONE,
 * or no_memory.  Runs Python: no. */
bool oz_trial_step(Pass *pass, size_t work);

/* Another round over the members that are left. */
void oz_trial_again(Pass *pass);

/* Give up what the pass holds beside the heap. */
void oz_trial_end(Pass *pass);

/* A member that nothing has reached? */
bool oz_trial_is_left(const Pass *pass, const Object *o);

/* Count and reach once more, over what is left alone, of which the collector holds a reference
 * each; those reached again are no more `left`.  no_memory: not known which. */
void oz_trial_resurrected(Pass *pass);

/* Make an object OLD. */
OZ_INLINE void oz_trial_grow_old(Object *o)
{
    uint32_t word = oz_header_word(o);
    if (word & OZ_FLAG_OLD)
        return;
    if (OZ_LIKELY(oz_refs(o) > 0)) {
        word = (word | OZ_FLAG_OLD) & ~(uint32_t)FLAG_MIDDLE;
        atomic_store_explicit(&o->word, word, memory_order_relaxed);
        return;
    }
    oz_flag_clear(o, FLAG_MIDDLE);
    oz_flag_set(o, OZ_FLAG_OLD);
}

/* It has survived this pass. */
void oz_trial_survive(Pass *pass, Object *o);

/* The audit, where those are compiled: lists, marks and pages agree. */
void oz_trial_audit(Pass *pass);

/* References to an object on the heap. */
int32_t oz_trial_references(const Object *o);

/* collector_look.c: the bitmap of a page's frozen cells, or NULL. */
uint64_t *oz_frozen_bits(const Collector *c, const Page *page);
/* Is the cell frozen?  A new object in the cell of a frozen one that died is not. */
bool oz_is_frozen(uint64_t *bits, size_t i, const Object *o);

/* After a full pass, while the world is still stopped: garbage of any thread becomes the calling
 * one's. */
void oz_garbage_claim(Pass *pass);

/* garbage.c: finalise and free what the pass found; how much of it gc.collect() counts. */
size_t oz_garbage_collect(Pass *pass);

#endif
