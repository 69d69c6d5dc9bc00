// SPDX-License-Identifier: MIT
// Who refers to what.  No index of the heap is kept or built: a question about many objects is one
// walk over all containers, which takes about as long as it takes to read them, and a chain of n
// references backwards is n walks.
//
// Rejected: a reverse index (8 bytes a reference, and it is stale at the next store).
//
//   R1. While the heap is walked nothing is dropped and no Python code runs; what is found is
//       retained at once.
//   R2. A chain's nodes are in the order in which they were found, so the nodes of one distance
//       from the origin lie together: [from, to) is the frontier.
//   R3. Every node is in the map, and so is every id that is to be ignored.
#include "memtools/referrers.h"

#include "object/world.h"

#include "memtools/cell_set.h"
#include "object/collector.h"
#include "object/error.h"
#include "types/dict.h"
#include "types/frame.h"
#include "types/generator.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

#include <string.h>

enum { IGNORED = UINT32_MAX };

/* ---- nodes by address ---- */

typedef struct Node {
    Ref object;
    uint32_t parent; /* index of the node that led here */
} Node;

typedef struct Slot {
    uint64_t address; /* 0: free */
    uint32_t index;   /* of the node, or IGNORED */
} Slot;

typedef struct Nodes {
    Thread *t;
    Node *nodes; /* a cell of the heap's own */
    Slot *slots; /* likewise; open addressing */
    size_t count, room;
    size_t filled, slot_room; /* slots */
} Nodes;

static void nodes_fini(Nodes *n)
{
    for (size_t i = 0; i < n->count; i++)
        oz_drop(n->nodes[i].object);
    if (n->nodes)
        oz_heap_free(n->nodes);
    if (n->slots)
        oz_heap_free(n->slots);
}

static Slot *slot_of(const Nodes *n, uint64_t address)
{
    size_t at = (size_t)(address * UINT64_C(0x9e3779b97f4a7c15) >> 20);
    for (;; at++) {
        Slot *slot = &n->slots[at & (n->slot_room - 1)];
        if (!slot->address || slot->address == address)
            return slot;
    }
}

/* A larger cell of the heap's own with the same contents, the rest zero; NULL: no memory. */
static void *enlarge(Thread *t, void *old, size_t used, size_t bytes)
{
    char *cell = oz_heap_alloc(t->heap, OZ_PAGE_META, bytes);
    if (!cell)
        return oz_raise_memory(t);
    if (used)
        memcpy(cell, old, used);
    memset(cell + used, 0, bytes - used);
    if (old)
        oz_heap_free(old);
    return cell;
}

static bool grow_slots(Nodes *n)
{
    Nodes bigger = *n;
    bigger.slot_room = n->slot_room ? n->slot_room * 2 : 256;
    bigger.slots = enlarge(n->t, NULL, 0, bigger.slot_room * sizeof(Slot));
    if (!bigger.slots)
        return false;
    for (size_t i = 0; i < n->slot_room; i++)
        if (n->slots[i].address)
            *slot_of(&bigger, n->slots[i].address) = n->slots[i];
    if (n->slots)
        oz_heap_free(n->slots);
    *n = bigger;
    return true;
}

static bool enter(Nodes *n, uint64_t address, uint32_t index)
{
    if (n->filled * 2 >= n->slot_room && !grow_slots(n))
        return false;
    Slot *slot = slot_of(n, address);
    n->filled += !slot->address;
    *slot = (Slot){address, index};
    return true;
}

static bool knows(const Nodes *n, Obj v)
{
    return n->slot_room && slot_of(n, oz_word(v))->address;
}

static bool add_node(Nodes *n, Obj v, uint32_t parent)
{
    if (n->count == n->room) {
        size_t room = n->room ? n->room * 2 : 64;
        Node *nodes = enlarge(n->t, n->nodes, n->count * sizeof(Node), room * sizeof(Node));
        if (!nodes)
            return false;
        n->nodes = nodes;
        n->room = room;
    }
    if (n->count == IGNORED || !enter(n, oz_word(v), (uint32_t)n->count))
        return n->t->exception ? false : oz_raise_memory(n->t) != NULL;
    oz_publish_foreign(n->t, v);
    n->nodes[n->count++] = (Node){oz_retain(v), parent};
    return true;
}

static bool add_ignored(Nodes *n, Obj ids)
{
    for (size_t i = 0; i < oz_list_length((const List *)ids); i++) {
        scoped Ref id = oz_list_get(n->t, (List *)ids, i);
        if (id && oz_is_int(id) && oz_int_value(id) &&
            !enter(n, (uint64_t)oz_int_value(id), IGNORED))
            return false;
        if (!id)
            return false;
    }
    return true;
}

/* ---- edges ---- */

/* Nothing that lives is dropped before the edges are shown, so all of it is borrowed but `source`,
 * which may be a frame object that was made for it. */
typedef struct Edge {
    Ref source;
    Obj target, key;
    const char *label;
    ssize_t index;
} Edge;

typedef struct Edges {
    Visitor visitor;
    Thread *t;
    Obj source;
    Obj key;       /* of the dict entry that is being shown */
    CellSet *only; /* NULL: all edges */
    Edge *items;   /* a cell of the heap's own: what is found must not be found again */
    size_t count, room;
    bool failed;
} Edges;

static void edges_fini(Edges *e)
{
    for (size_t i = 0; i < e->count; i++)
        oz_drop(e->items[i].source);
    if (e->items)
        oz_heap_free(e->items);
}

static bool keep_edge(Edges *e, Obj child, const char *label, ssize_t index, Obj key)
{
    if (e->count == e->room) {
        size_t room = e->room ? e->room * 2 : 64;
        Edge *items = enlarge(e->t, e->items, e->count * sizeof(Edge), room * sizeof(Edge));
        if (!items)
            return false;
        e->items = items;
        e->room = room;
    }
    oz_publish_foreign(e->t, e->source);
    oz_publish_foreign(e->t, child);
    oz_publish_foreign(e->t, key);
    e->items[e->count++] = (Edge){oz_retain(e->source), child, key, label, index};
    return true;
}

static void take_edge(Visitor *v, Obj child, const char *label, ssize_t index)
{
    Edges *e = (Edges *)v;
    bool is_key = index >= 0 && strcmp(label, "key") == 0;
    if (is_key)
        e->key = child;
    if (e->failed || (e->only && (!oz_is_pointer(child) || !oz_cell_set_has(e->only, child))))
        return;
    Obj key = !is_key && index >= 0 && strcmp(label, "value") == 0 ? e->key : (Obj)OZ_NONE;
    e->failed = !keep_edge(e, child, label, index, key);
}

/* The edges as a list of tuples, with their sources or without. */
static Ref edge_list(Edges *e, bool with_source)
{
    Thread *t = e->t;
    scoped Ref list = oz_list_new(t, e->count);
    for (size_t i = 0; list && i < e->count; i++) {
        const Edge *edge = &e->items[i];
        Obj number = (Obj)oz_int(edge->index);
        scoped Ref label = oz_str_new(t, edge->label);
        scoped Ref row = NULL;
        if (label && with_source)
            row = oz_tuple_of(t, 5, (Obj)edge->source, edge->target, (Obj)label, number, edge->key);
        else if (label)
            row = oz_tuple_of(t, 4, edge->target, (Obj)label, number, edge->key);
        if (!row || !oz_list_append(t, (List *)list, row))
            return NULL;
    }
    return oz_move(&list);
}

/* What an object owns; and what a frame shows but its record or its generator owns. */
static void visit_shown(Thread *t, Obj source, Visitor *v)
{
    if (!oz_is_pointer(source))
        return;
    oz_visit_object(t, oz_object(source), v);
    if (oz_id(oz_object(source)) != OZ_FRAME)
        return;
    const FrameObject *f = (const FrameObject *)source;
    const Generator *g = f->frame ? NULL : f->generator;
    const Ref *registers = f->frame ? f->frame->base : g ? g->registers : NULL;
    for (uint32_t r = 0; registers && r < f->code->local_count; r++)
        if (!g || r < g->count)
            oz_visit(v, registers[r], "local", (ssize_t)r);
}

Ref oz_referrers_edges(Thread *t, Obj source)
{
    Edges e = {.visitor = {take_edge, take_edge}, .t = t, .source = source};
    visit_shown(t, source, &e.visitor);
    Ref list = e.failed ? NULL : edge_list(&e, false);
    edges_fini(&e);
    return list;
}

/* ---- walks over the heap ---- */

/* Objects that no program may see, and dead ones. */
static bool is_hidden(const Object *o)
{
    return oz_refs(o) == 0 || oz_is_dying(o) || oz_id(o) == OZ_ASYNC_GENERATOR_WRAPPED;
}

/* May this frame be shown? */
static bool is_shown(const Frame *frame, Obj globals)
{
    return frame->function && frame->function->globals != globals &&
           frame->code->flags & OZ_CODE_OPTIMIZED;
}

typedef struct Search {
    Edges edges;
    const Nodes *ignored;
    Obj targets;
} Search;

static void search_cell(void *cell, size_t size OZ_UNUSED, void *arg)
{
    Search *search = arg;
    const Object *o = cell;
    if (is_hidden(o) || search->edges.failed || (Obj)o == search->targets ||
        knows(search->ignored, (Obj)o))
        return;
    search->edges.source = (Obj)o;
    oz_visit_object(search->edges.t, o, &search->edges.visitor);
}

/* A frame's variables.  Its object is made when one of them is an edge. */
static bool search_frame(Search *search, Frame *frame)
{
    Edges *e = &search->edges;
    scoped Ref object = NULL;
    for (uint32_t r = 0; r < frame->code->local_count; r++) {
        Obj child = frame->base[r];
        if (!oz_is_pointer(child) || !oz_cell_set_has(e->only, child))
            continue;
        if (!object && !(object = oz_frame_object(e->t, frame)))
            return false;
        e->source = object;
        if (!keep_edge(e, child, "local", (ssize_t)r, OZ_NONE))
            return false;
    }
    return true;
}

static bool search_frames(Search *search, Obj globals)
{
    Thread *t = search->edges.t;
    for (Frame *frame = t->frame; frame && frame >= t->frames; frame--)
        if (is_shown(frame, globals) && !search_frame(search, frame))
            return false;
    return true;
}

static bool add_target(CellSet *set, Thread *t, Obj v)
{
    bool fresh;
    return !oz_is_pointer(v) || oz_cell_set_add(set, oz_object(v), &fresh) ||
           oz_raise_memory(t) != NULL;
}

static bool search_all(Search *search, Obj globals)
{
    Thread *t = search->edges.t;
    for (size_t i = 0; i < oz_list_length((const List *)search->targets); i++) {
        scoped Ref target = oz_list_get(t, (List *)search->targets, i);
        if (!target || !add_target(search->edges.only, t, target))
            return false;
    }
    scoped_stop stopped = oz_world_stopped(t);
    oz_heap_each(t->vm->heap, OZ_PAGE_CONTAINER, search_cell, search);
    return !search->edges.failed && search_frames(search, globals);
}

Ref oz_referrers_of(Thread *t, Obj targets, Obj ignored, Obj globals)
{
    Nodes none = {.t = t};
    CellSet set;
    oz_cell_set_init(&set, t->heap);
    Search search = {
        .edges = {.visitor = {.edge = take_edge}, .t = t, .only = &set},
        .ignored = &none,
        .targets = targets,
    };
    bool ok = add_ignored(&none, ignored) && search_all(&search, globals);
    oz_cell_set_fini(&set);
    nodes_fini(&none);
    Ref list = ok ? edge_list(&search.edges, true) : NULL;
    edges_fini(&search.edges);
    return list;
}

/* ---- objects without referrers ---- */

typedef struct Held {
    Visitor visitor;
    Thread *t;
    CellSet set; /* what is referred to */
    Ref list;
    bool failed;
} Held;

static void hold(Visitor *v, Obj child, const char *label OZ_UNUSED, ssize_t index OZ_UNUSED)
{
    Held *held = (Held *)v;
    held->failed = held->failed || !add_target(&held->set, held->t, child);
}

static void hold_cell(void *cell, size_t size OZ_UNUSED, void *arg)
{
    Held *held = arg;
    if (!is_hidden(cell) && !held->failed)
        oz_visit_object(held->t, cell, &held->visitor);
}

static void list_unheld(Object *o, void *arg)
{
    Held *held = arg;
    if ((uint32_t)oz_refs(o) < OZ_REFS_IMMORTAL_START && (Obj)o != held->list && !held->failed &&
        !oz_cell_set_has(&held->set, o))
        held->failed = !oz_list_append(held->t, (List *)held->list, (Obj)o);
}

Ref oz_referrers_none(Thread *t)
{
    Held held = {.visitor = {.edge = hold}, .t = t};
    oz_cell_set_init(&held.set, t->heap);
    scoped_stop stopped = oz_world_stopped(t);
    oz_heap_each(t->vm->heap, OZ_PAGE_CONTAINER, hold_cell, &held);
    for (Frame *frame = t->frame; frame && frame >= t->frames; frame--)
        for (uint32_t r = 0; r < frame->code->local_count; r++)
            hold(&held.visitor, frame->base[r], "local", (ssize_t)r);
    held.list = held.failed ? NULL : oz_list_new(t, 0);
    if (held.list)
        oz_gc_each(t, -1, list_unheld, &held);
    oz_cell_set_fini(&held.set);
    if (held.failed)
        oz_clear(&held.list);
    return held.list;
}

/* ---- chains ---- */

typedef struct Chain {
    Visitor visitor;
    Nodes nodes;
    CellSet frontier;     /* backwards: the nodes of the last distance */
    uint32_t at;          /* forwards: the node whose references are shown */
    const Object *source; /* backwards: the object whose references are shown */
    bool failed;
} Chain;

static void chain_forward(Visitor *v, Obj child, const char *label OZ_UNUSED,
                          ssize_t index OZ_UNUSED)
{
    Chain *c = (Chain *)v;
    if (!c->failed && !knows(&c->nodes, child))
        c->failed = !add_node(&c->nodes, child, c->at);
}

static void chain_back(Visitor *v, Obj child, const char *label OZ_UNUSED, ssize_t index OZ_UNUSED)
{
    Chain *c = (Chain *)v;
    if (c->failed || !c->source || !oz_cell_set_has(&c->frontier, child))
        return;
    uint32_t parent = slot_of(&c->nodes, oz_word(child))->index;
    c->failed = !add_node(&c->nodes, (Obj)c->source, parent);
    c->source = NULL; /* one way is enough */
}

static void chain_cell(void *cell, size_t size OZ_UNUSED, void *arg)
{
    Chain *c = arg;
    const Object *o = cell;
    if (c->failed || is_hidden(o) || knows(&c->nodes, (Obj)o))
        return;
    c->source = o;
    oz_visit_object(c->nodes.t, o, &c->visitor);
}

static bool chain_frame(Chain *c, Frame *frame)
{
    for (uint32_t r = 0; r < frame->code->local_count; r++) {
        Obj child = frame->base[r];
        if (!oz_is_pointer(child) || !oz_cell_set_has(&c->frontier, child))
            continue;
        uint32_t parent = slot_of(&c->nodes, oz_word(child))->index;
        scoped Ref object = oz_frame_object(c->nodes.t, frame);
        return object && (knows(&c->nodes, object) || add_node(&c->nodes, object, parent));
    }
    return true;
}

static bool step_back(Chain *c, size_t from, size_t to, Obj globals)
{
    Thread *t = c->nodes.t;
    oz_cell_set_init(&c->frontier, t->heap);
    bool ok = true;
    for (size_t i = from; i < to && ok; i++)
        ok = add_target(&c->frontier, t, c->nodes.nodes[i].object);
    scoped_stop stopped = oz_world_stopped(t);
    if (ok)
        oz_heap_each(t->vm->heap, OZ_PAGE_CONTAINER, chain_cell, c);
    for (Frame *frame = t->frame; ok && !c->failed && frame && frame >= t->frames; frame--)
        ok = !is_shown(frame, globals) || chain_frame(c, frame);
    oz_cell_set_fini(&c->frontier);
    return ok && !c->failed;
}

static bool step_forward(Chain *c, size_t from, size_t to)
{
    for (size_t i = from; i < to && !c->failed; i++) {
        c->at = (uint32_t)i;
        visit_shown(c->nodes.t, c->nodes.nodes[i].object, &c->visitor);
    }
    return !c->failed;
}

static Ref chain_list(const Nodes *n, size_t end)
{
    scoped Ref list = oz_list_new(n->t, 0);
    for (size_t i = end; list; i = n->nodes[i].parent) {
        if (!oz_list_insert(n->t, (List *)list, 0, n->nodes[i].object))
            return NULL;
        if (i == 0)
            break;
    }
    return oz_move(&list);
}

/* Does one of the nodes from `from` on satisfy the predicate?  *found: which. */
static Found chain_end(Thread *t, const Nodes *n, size_t from, Obj predicate, size_t *found)
{
    for (size_t i = from; i < n->count; i++) {
        bool yes;
        scoped Ref result = oz_call1(t, predicate, n->nodes[i].object);
        if (!result || !oz_truth(t, result, &yes) || !oz_poll(t))
            return OZ_RAISED;
        if (yes) {
            *found = i;
            return OZ_FOUND;
        }
    }
    return OZ_MISSING;
}

Ref oz_referrers_chain(Thread *t, const ChainQuery *query)
{
    Chain c = {.visitor = {.edge = query->back ? chain_back : chain_forward}, .nodes = {.t = t}};
    size_t from = 0, found = 0;
    Found end = OZ_RAISED;
    if (!oz_is_pointer(query->origin))
        return oz_list_of_array(t, &query->origin, 1);
    if (add_ignored(&c.nodes, query->ignored) && add_node(&c.nodes, query->origin, 0))
        end = chain_end(t, &c.nodes, 0, query->predicate, &found);
    for (size_t depth = 0; end == OZ_MISSING && depth < query->depth; depth++) {
        size_t to = c.nodes.count;
        if (from == to)
            break;
        bool ok =
            query->back ? step_back(&c, from, to, query->globals) : step_forward(&c, from, to);
        end = ok ? chain_end(t, &c.nodes, to, query->predicate, &found) : OZ_RAISED;
        from = to;
    }
    Ref list = end != OZ_RAISED ? chain_list(&c.nodes, found) : NULL;
    nodes_fini(&c.nodes);
    return list;
}
