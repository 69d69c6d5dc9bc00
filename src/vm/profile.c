// SPDX-License-Identifier: MIT
// Profiles of calls: the tree, and what calls of native functions tell of.
//
// A program may call along more paths than there is room for: a tree of more than `limit` nodes is
// added up by its owner and begun anew with the calls that are under way (grow).  That costs a
// node as much as making it did.
//
// Rejected: entries and pairs of entries only, as the report has them.  A return then needs the
// time of the call, a stack, and two tallies with their depths; a tree needs one number at each
// event, and the stack is the path.
#include "vm/profile.h"

#include "object/error.h"
#include "vm/vm.h"

#include <string.h>

enum { CHUNK_NODES = 255, LIMIT = 1 << 16, TABLE_FIRST = 256 };

typedef struct ProfileChunk {
    struct ProfileChunk *next;
    void *block;   /* that it lies in */
    uint32_t used; /* nodes */
    char unused[44];
    ProfileNode nodes[CHUNK_NODES];
} ProfileChunk;
_Static_assert(offsetof(ProfileChunk, nodes) == sizeof(ProfileNode), "nodes are aligned");

/* ---- life ---- */

static void free_chunks(ProfileChunk *chunk)
{
    while (chunk) {
        ProfileChunk *next = chunk->next;
        oz_block_free(chunk->block);
        chunk = next;
    }
}

void oz_profile_init(CallProfile *p, const ProfileOwner *owner, bool counter)
{
    *p = (CallProfile){.counter = counter, .owner = owner, .limit = LIMIT};
    p->none.recent = p->root.recent = p->lost.recent = &p->none;
    p->node = &p->root;
}

void oz_profile_fini(CallProfile *p)
{
    free_chunks(p->chunks);
    oz_block_free(p->table);
    p->chunks = NULL;
    p->table = NULL;
}

void oz_profile_forget(CallProfile *p)
{
    oz_profile_fini(p);
    p->root.recent = &p->none;
    p->node = &p->root;
    p->count = p->mask = p->lost_depth = 0;
    p->limit = LIMIT;
    p->forgotten++;
}

/* ---- nodes ---- */

static uint32_t hash_of(const ProfileNode *parent, const void *key)
{
    uint64_t word = ((uintptr_t)parent >> 6) * UINT64_C(0x9e3779b97f4a7c15) ^ (uintptr_t)key >> 4;
    return (uint32_t)((word * UINT64_C(0xff51afd7ed558ccd)) >> 32);
}

/* Where the child is in the table, or would be. */
static ProfileNode **slot_of(const CallProfile *p, const ProfileNode *parent, const void *key)
{
    uint32_t at = hash_of(parent, key) & p->mask;
    while (p->table[at] && (p->table[at]->parent != parent || p->table[at]->key != key))
        at = (at + 1) & p->mask;
    return &p->table[at];
}

static ProfileNode *find_child(const CallProfile *p, const ProfileNode *parent, const void *key)
{
    ProfileNode *next = parent->recent->next;
    if (OZ_LIKELY(next && next->key == key))
        return next;
    return p->table ? *slot_of(p, parent, key) : NULL;
}

static bool widen_table(CallProfile *p, Thread *t)
{
    if (p->table && p->count < p->mask / 2)
        return true;
    uint32_t room = p->table ? 2 * (p->mask + 1) : TABLE_FIRST;
    ProfileNode **before = p->table;
    uint32_t slots = before ? p->mask + 1 : 0;
    ProfileNode **table = room ? oz_block_alloc(t->heap, room * sizeof *table) : NULL;
    if (!table)
        return false;
    memset(table, 0, room * sizeof *table);
    p->table = table;
    p->mask = room - 1;
    for (uint32_t i = 0; i < slots; i++)
        if (before[i])
            *slot_of(p, before[i]->parent, before[i]->key) = before[i];
    oz_block_free(before);
    return true;
}

static ProfileNode *node_room(CallProfile *p, Thread *t)
{
    ProfileChunk *chunk = p->chunks;
    if (!chunk || chunk->used == CHUNK_NODES) {
        char *block = oz_block_alloc(t->heap, sizeof *chunk + sizeof(ProfileNode));
        if (!block)
            return NULL;
        uintptr_t start = ((uintptr_t)block + sizeof(ProfileNode) - 1) & -sizeof(ProfileNode);
        chunk = (ProfileChunk *)start;
        chunk->next = p->chunks;
        chunk->block = block;
        chunk->used = 0;
        p->chunks = chunk;
    }
    return &chunk->nodes[chunk->used];
}

/* A child of a node that has none of this key; NULL: no memory. */
static ProfileNode *add_child(CallProfile *p, Thread *t, ProfileNode *parent, const void *key,
                              uint32_t entry, uint32_t pair)
{
    ProfileNode *child = widen_table(p, t) ? node_room(p, t) : NULL;
    if (!child)
        return NULL;
    p->chunks->used++;
    p->count++;
    ProfileNode *recent = parent->recent;
    *child = (ProfileNode){.key = key,
                           .parent = parent,
                           .recent = &p->none,
                           .next = child,
                           .entry = entry,
                           .pair = pair};
    if (recent != &p->none) { /* last of the ring as it is now */
        child->next = recent->next;
        recent->next = child;
    }
    *slot_of(p, parent, key) = child;
    return child;
}

/* ---- a tree that has grown too large ---- */

/* Keep the calls under way only; without memory for them all is as it was. */
static void copy_path(CallProfile *p, Thread *t)
{
    ProfileNode *inner = p->node, *outer = NULL;
    for (ProfileNode *node = inner; node->parent; node = node->parent)
        node->inside = (intptr_t)outer, outer = node; /* the way down */
    ProfileChunk *chunks = p->chunks;
    ProfileNode **table = p->table, *recent = p->root.recent;
    uint32_t count = p->count, mask = p->mask;
    p->chunks = NULL;
    p->table = NULL;
    p->count = p->mask = 0;
    p->root.recent = &p->none;
    ProfileNode *last = &p->root;
    for (ProfileNode *node = outer; node && last; node = (ProfileNode *)(intptr_t)node->inside) {
        ProfileNode *made = add_child(p, t, last, node->key, node->entry, node->pair);
        if (made)
            last->recent = made;
        last = made;
    }
    if (last) {
        free_chunks(chunks);
        oz_block_free(table);
        p->node = last;
        return;
    }
    for (ProfileNode *node = inner; node->parent; node = node->parent)
        node->inside = 0;
    oz_profile_fini(p);
    p->chunks = chunks;
    p->table = table;
    p->count = count;
    p->mask = mask;
    p->root.recent = recent;
}

static void prune(CallProfile *p, Thread *t)
{
    p->owner->add_up(p);
    copy_path(p, t);
    p->limit = p->count > LIMIT / 2 ? 2 * p->count : LIMIT;
}

/* ---- events ---- */

static void lose(CallProfile *p)
{
    if (!p->lost_depth++)
        p->lost_from = p->node;
    p->node = &p->lost;
    p->exhausted = true;
}

static void descend_anew(Thread *t, CallProfile *p, const void *key, Obj callee, Obj self)
{
    scoped Ref held = oz_retain(t->profile_function), pending = oz_move(&t->exception);
    uint32_t entry, pair, forgotten = p->forgotten;
    oz_trace_pause(t);
    bool ok = p->owner->number(p, t, key, callee, self, p->node, &entry, &pair);
    oz_trace_resume(t);
    if (ok && p->forgotten == forgotten) {
        if (p->count >= p->limit)
            prune(p, t);
        ProfileNode *child = add_child(p, t, p->node, key, entry, pair);
        if (child)
            p->node = p->node->recent = child;
        ok = child != NULL;
    }
    if (!ok)
        lose(p);
    if (!p->timed)
        p->last = oz_profile_now(p);
    oz_check(!t->exception);
    t->exception = oz_move(&pending);
}

void oz_profile_descend(Thread *t, CallProfile *p, const void *key, Obj callee, Obj self)
{
    ProfileNode *node = p->node;
    if (OZ_UNLIKELY(node == &p->lost)) {
        p->lost_depth++;
        return;
    }
    ProfileNode *child = find_child(p, node, key);
    if (OZ_LIKELY(child != NULL))
        p->node = node->recent = child;
    else
        descend_anew(t, p, key, callee, self);
}

void oz_profile_ascend(CallProfile *p)
{
    if (p->node != &p->lost || --p->lost_depth)
        return;
    p->node = p->lost_from;
    p->node->own += p->lost.own;
    p->lost.own = 0;
}

/* The owner's time; false: meanwhile the profile came to an end. */
static bool charge_timed(Thread *t, CallProfile *p)
{
    if (!p->timed) {
        oz_profile_charge(p);
        return true;
    }
    scoped Ref held = oz_retain(t->profile_function), pending = oz_move(&t->exception);
    oz_trace_pause(t);
    int64_t now = p->owner->time(p, t);
    oz_trace_resume(t);
    t->exception = oz_move(&pending);
    if (t->profile != p)
        return false;
    p->node->own += now - p->last;
    p->last = now;
    return true;
}

void oz_profile_timed_enter(Thread *t, const void *key, Obj callee, Obj self)
{
    CallProfile *p = t->profile;
    if (!p || !charge_timed(t, p))
        return;
    if (p->node->recent->key == key)
        p->node = p->node->recent;
    else
        oz_profile_descend(t, p, key, callee, self);
}

static void leave_charged(CallProfile *p)
{
    ProfileNode *parent = p->node->parent;
    if (parent) {
        p->node->calls++;
        p->node = parent;
    } else {
        oz_profile_ascend(p);
    }
}

void oz_profile_timed_leave(Thread *t)
{
    CallProfile *p = t->profile;
    if (p && charge_timed(t, p))
        leave_charged(p);
}

void oz_profile_unwind(CallProfile *p, Thread *t)
{
    while (p->node != &p->root) {
        if (p->timed) {
            int64_t now = p->owner->time(p, t);
            p->node->own += p->node == &p->root ? 0 : now - p->last;
            p->last = now;
        } else {
            oz_profile_charge(p);
        }
        leave_charged(p);
    }
}

/* ---- what is known ---- */

void oz_profile_walk(CallProfile *p, ProfileVisit *begin, ProfileVisit *end, void *owner)
{
    ProfileNode *node = &p->root;
    for (;;) {
        while (node->recent != &p->none) {
            node = node->recent->next;
            begin(owner, node);
        }
        while (node->parent && node == node->parent->recent) { /* the last of the ring */
            ProfileNode *parent = node->parent;
            end(owner, node);
            node = parent;
        }
        if (!node->parent)
            return;
        ProfileNode *next = node->next;
        end(owner, node);
        node = next;
        begin(owner, node);
    }
}

void oz_profile_set(Thread *t, Ref function, CallProfile *p)
{
    Ref old = t->profile_function;
    t->profile_function = function;
    t->profile_set = p;
    oz_trace_changed(t);
    oz_drop(old);
}

/* ---- calls of native functions ---- */

Obj oz_native_callee(const Ref *window, unsigned count, bool has_self, bool spread, Obj *self)
{
    Obj callee = window[0];
    *self = NULL;
    if (oz_is(callee, OZ_BUILTIN_FUNCTION))
        return callee;
    bool class_method = oz_is(callee, OZ_CLASSMETHOD_DESCRIPTOR) && has_self;
    bool method = oz_is(callee, OZ_METHOD_DESCRIPTOR) && !spread && (has_self || count);
    if (!class_method && !method)
        return NULL;
    *self = window[has_self ? 1 : 2];
    if (class_method && !oz_is_class(*self))
        return NULL;
    Class *cls = class_method ? (Class *)*self : oz_class_of(*self);
    return oz_class_derives(cls, ((MethodDescriptor *)callee)->owner) ? callee : NULL;
}

static CallProfile *entered(Thread *t, const Ref *window, unsigned count, bool has_self,
                            bool spread)
{
    if (!t->profile)
        return NULL;
    Obj self, callee = oz_native_callee(window, count, has_self, spread, &self);
    return callee ? oz_native_entered(t, callee, self, false) : NULL;
}

/* A frame that was pushed is told of by the loop. */
static CallResult left(Thread *t, const CallProfile *p, CallResult done)
{
    oz_check(!p || done != OZ_CALL_FRAME);
    if (p && p == t->profile)
        oz_profile_leave(t);
    return done;
}

CallResult oz_profiled_quick(Thread *t, Ref *window, unsigned count, bool has_self, unsigned result)
{
    const CallProfile *p = entered(t, window, count, has_self, false);
    return left(t, p, oz_call_quick(t, window, count, has_self, result));
}

CallResult oz_profiled_named(Thread *t, Ref *window, unsigned count, Obj names, bool has_self,
                             unsigned result)
{
    const CallProfile *p = entered(t, window, count, has_self, false);
    return left(t, p, oz_call_named(t, window, count, names, has_self, result));
}

CallResult oz_profiled_spread(Thread *t, Ref *window, bool keywords, unsigned result)
{
    const CallProfile *p = entered(t, window, 0, false, true);
    return left(t, p, oz_call_spread(t, window, keywords, result));
}
