// SPDX-License-Identifier: MIT
// Profiles of calls: a tree of who called whom, of one thread.
//
// A node stands for a function called along one path from where the profile began; the node that
// runs is the whole stack of the profile.  A call or return charges the time since the last one to
// the node that ran and goes to a child or to the parent: it makes no object, runs no Python and
// allocates only at the first call along a path.  What a function took in all, from whom, and which
// calls were recursive, follows from the tree; its owner adds that up (modules/lsprof.c).
//
//   P1. A node's `recent` is never NULL: a child, or `none`, which no key equals.  `next` makes the
//       children a ring, so that a caller's usual order of calls is found in one or two steps.
//   P2. Only the root and `lost` have no parent.  A return at the root is one of a call that began
//       before the profile, and counts nowhere.
//   P3. A call whose node cannot be had goes to `lost`, and so does all that it calls, until it
//       returns: `lost_depth` counts them, their time is that of `lost_from`.
//   P4. t->profile is the profile of t->profile_function while t->tracing is 0, else NULL.
#ifndef OZ_VM_PROFILE_H
#define OZ_VM_PROFILE_H

#include "object/world.h"
#include "types/native.h"

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

/* One line of the cache. */
typedef struct ProfileNode {
    const void *key;            /* [const] code object or definition of a native function */
    struct ProfileNode *parent; /* [const] */
    struct ProfileNode *recent; /* [thread] the child that was called last */
    struct ProfileNode *next;   /* [thread] of the parent's children */
    int64_t own;                /* [thread] ticks */
    int64_t inside;             /* [thread] ticks of its children; 0 but while they are added up */
    uint64_t calls;             /* [thread] that have ended */
    uint32_t entry, pair; /* [const] what the owner calls it, and it as called by its parent */
} ProfileNode;
_Static_assert(sizeof(ProfileNode) == 64, "a node is a line of the cache");

typedef struct CallProfile CallProfile;
/* What an owner of profiles does.  `callee` is a code object, or a native function, method or
 * builtin, whose `self` (or module) is given. */
typedef struct ProfileOwner {
    /* The numbers of a call's node: *entry, and *pair as called by an entry (`caller` is NULL at
     * the root).  false: no memory, nothing raised.  May run Python. */
    bool (*number)(CallProfile *p, Thread *t, const void *key, Obj callee, Obj self,
                   const ProfileNode *caller, uint32_t *entry, uint32_t *pair);
    /* Add the nodes to what is known, and let them count from zero. */
    void (*add_up)(CallProfile *p);
    /* The time by a clock of its own, if p->timed.  Runs Python. */
    int64_t (*time)(CallProfile *p, Thread *t);
} ProfileOwner;

typedef struct CallProfile {
    ProfileNode *node; /* [thread] that runs */
    int64_t last;      /* [thread] when it began to, or went on */
    bool counter;      /* [const] ticks are those of the processor's counter, else nanoseconds */
    bool builtins;     /* [thread] native functions too */
    bool timed;        /* [thread] the time is the owner's, which is asked out of line */
    bool exhausted;    /* [thread] there was no memory for a node */
    const ProfileOwner *owner;    /* [const] */
    ProfileNode root, none, lost; /* [thread] */
    ProfileNode *lost_from;       /* [thread] */
    uint32_t lost_depth;          /* [thread] */
    uint32_t forgotten;           /* [thread] how often the tree was emptied */
    struct ProfileChunk *chunks;  /* [thread] the nodes, newest first */
    ProfileNode **table;          /* [thread] a block: by parent and key; half are NULL or more */
    uint32_t count, limit, mask;  /* [thread] nodes; as many are kept; slots of `table` - 1 */
} CallProfile;

void oz_profile_init(CallProfile *p, const ProfileOwner *owner, bool counter);
void oz_profile_fini(CallProfile *p);
/* Forget every node; calls that are under way go on as calls from before. */
void oz_profile_forget(CallProfile *p);
/* End the calls that are under way. */
void oz_profile_unwind(CallProfile *p, Thread *t);
/* The nodes, callees after their callers have begun and before these end. */
typedef void ProfileVisit(void *owner, ProfileNode *node);
void oz_profile_walk(CallProfile *p, ProfileVisit *begin, ProfileVisit *end, void *owner);

/* Let this be what profiles the thread; `function` (taken) owns `p`.  Both may be NULL. */
void oz_profile_set(Thread *t, Ref function, CallProfile *p);

OZ_INLINE int64_t oz_profile_now(const CallProfile *p)
{
#if defined(__x86_64__)
    if (OZ_LIKELY(p->counter))
        return (int64_t)__rdtsc();
#else
    (void)p;
#endif
    return oz_monotonic_ns();
}

/* A call along a path that was not the last one: node and time are charged. */
void oz_profile_descend(Thread *t, CallProfile *p, const void *key, Obj callee, Obj self);
/* A return at the root or from what is lost. */
void oz_profile_ascend(CallProfile *p) OZ_COLD;
/* The same two events where the owner's clock is asked. */
void oz_profile_timed_enter(Thread *t, const void *key, Obj callee, Obj self);
void oz_profile_timed_leave(Thread *t);

OZ_INLINE ProfileNode *oz_profile_charge(CallProfile *p)
{
    int64_t now = oz_profile_now(p);
    ProfileNode *node = p->node;
    node->own += now - p->last;
    p->last = now;
    return node;
}

/* The thread calls a function: its frame is pushed, or it is native. */
OZ_INLINE void oz_profile_enter(Thread *t, const void *key, Obj callee, Obj self)
{
    CallProfile *p = t->profile;
    if (OZ_UNLIKELY(!p))
        return;
    ProfileNode *child = oz_profile_charge(p)->recent;
    if (OZ_LIKELY(child->key == key))
        p->node = child;
    else
        oz_profile_descend(t, p, key, callee, self);
}

/* It returns, yields, or an exception leaves it. */
OZ_INLINE void oz_profile_leave(Thread *t)
{
    CallProfile *p = t->profile;
    if (OZ_UNLIKELY(!p))
        return;
    ProfileNode *node = oz_profile_charge(p), *parent = node->parent;
    if (OZ_UNLIKELY(!parent)) {
        oz_profile_ascend(p);
        return;
    }
    node->calls++;
    p->node = parent;
}

/* A native function is about to be called (oz_native_callee): the profile that was told, or NULL.
 * Whoever calls it tells the same of its end, if the thread still has it then. */
OZ_INLINE CallProfile *oz_native_entered(Thread *t, Obj callee, Obj self, bool timed)
{
    CallProfile *p = t->profile;
    if (!p || !p->builtins)
        return NULL;
    const Signature *s = oz_is(callee, OZ_BUILTIN_FUNCTION)
                             ? ((const BuiltinFunction *)callee)->signature
                             : ((const MethodDescriptor *)callee)->signature;
    if (timed)
        oz_profile_timed_enter(t, s->def, callee, self);
    else
        oz_profile_enter(t, s->def, callee, self);
    return p;
}

#endif
