// SPDX-License-Identifier: MIT
// Who refers to what: edges with their labels, and chains of them.
#ifndef OZ_MEMTOOLS_REFERRERS_H
#define OZ_MEMTOOLS_REFERRERS_H

#include "object/class.h"

/* A list of (child, label, index, key) for each reference that `source` owns, in order; a frame
 * also has those of its local variables, whoever owns them now.  `label` is the visitor's; `key`
 * the key of a dict's value, else None; index is -1 where there is none. */
Ref oz_referrers_edges(Thread *t, Obj source) OZ_CHECKED;

/* What refers to the objects of a list: a list of (source, target, label, index, key), found in one
 * walk over the heap.  A local variable of a running function is an edge of its frame.
 * Left out: `targets` itself, the objects whose ids are in the list `ignored`, and the frames of
 * functions with these globals (a dict, or None). */
Ref oz_referrers_of(Thread *t, Obj targets, Obj ignored, Obj globals) OZ_CHECKED;

/* The objects of gc.get_objects() that no object and no running function refers to: a list. */
Ref oz_referrers_none(Thread *t) OZ_CHECKED;

/* The shortest chain of references from `origin` to an object that satisfies `predicate`, or back
 * along references; a list that begins with `origin`.  [origin] alone if there is none of at most
 * `depth` references.  Runs Python: yes, the predicate. */
typedef struct ChainQuery {
    Obj origin, predicate, ignored, globals; /* as above */
    size_t depth;
    bool back;
} ChainQuery;
Ref oz_referrers_chain(Thread *t, const ChainQuery *query) OZ_CHECKED;

#endif
