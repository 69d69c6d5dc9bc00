// SPDX-License-Identifier: MIT
// The cycle collector: trial deletion on side arrays.
//
// A pass looks at a set of objects, its *members*.  Each page with members gets an array of counts
// (Page.counts), one a cell:
//
//   1. A member's count starts as its reference count.
//   2. Each reference from a member to a member takes one off.  What remains are references from
//      outside: registers, C code, older objects, other threads.
//   3. Members with a count above 0 are reached, and so is what they lead to.
//   4. The members that are left at 0 are unreachable.
//
// Members of a young pass: the objects of the pages allocated from since the last pass that are
// TRACKED, local and not OLD.  It never visits an old object; what those refer to shows as outside
// counts.  Survivors become OLD, except those of gc.collect(0): they keep their place in the next
// young pass, but are marked MIDDLE (the flag CANDIDATE, which means nothing else before an object
// is OLD), so that the next gc.collect(0) leaves them out: generation 1.  Members of a full pass:
// every container; an automatic one leaves out what is not TRACKED, since that refers to leaves
// only.  Frozen objects are never members. Shared objects are members of full passes only (THREADS
// T31, T32).
//
// Then, as PEP 442 and CPython have it: weak references to the unreachable are cleared, and the
// callbacks of those that live on run; finalisers run; what they made reachable again is found by
// a second trial deletion over the unreachable alone, and spared; the rest is cleared, which
// breaks the cycles, and dies by counting.
//
//   G1. Between steps 1 and 4 no Python code runs and nothing is freed.
//   G2. From then on the collector holds a reference to every unreachable object, so that the
//       order in which they die does not matter; the second trial deletion allows for it.
//   G3. A count below 0 is a state, not a count: not a member, or reached.
//   G4. If there is no memory for the arrays the pass ends without result: nothing was changed.
//
// When: a young pass when the nursery is full.  It starts at 128 KiB, doubles to 2 MiB while a
// pass finds under 2 % garbage and halves when it finds above 20 %.  A full pass follows when as
// many objects have grown old as were left by the last one, or half as many if that found more than
// 1/16 garbage; at least 64 K; and if the number of containers alive has grown by as much.  That
// number is read from the page headers, so objects that died by counting do not bring a full pass
// nearer. So a program that only grows pays about 20 ns for each object in all its full passes
// together, and none holds much more garbage than live objects.  The size of the process never
// matters.
//
// Under a limit of the heap a full pass follows at the next safepoint when half of the room that
// was left after the last one is used, or an allocation was refused.  An allocation itself
// never collects, so one of more than half of the room that is left can be refused although there
// is garbage; the next try has its room.  The passes of a program that fills the heap with what
// lives number as the logarithm of the limit.
#include "object/collector.h"

#include "heap/heap_layout.h"
#include "object/class.h"
#include "object/weakref.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define NURSERY_LEAST ((size_t)128 << 10)
#define NURSERY_MOST ((size_t)2 << 20)
#define GROWTH_LEAST ((size_t)64 << 10) /* container cells */

#define COUNTED_MASK ((UINT32_C(1) << 29) - 1)
#define NO_MEMBER ((int32_t)0x80808080) /* what memset(0x80) gives */
#define REACHED ((int32_t)-1)
#define PENDING ((int32_t)-2) /* reached, and its references were not looked at */
#define ROOM_SHARE 16         /* of a limit: less than this share of it is no room */
#define FRUITFUL_SHARE 16
#define TODO_LEAST 1024
#define AHEAD 8
#define FLAG_MIDDLE OZ_FLAG_CANDIDATE /* of an object that is not OLD */

typedef enum Scope {
    SCOPE_NEWEST,  /* generation 0, asked for */
    SCOPE_YOUNG,   /* generations 0 and 1 */
    SCOPE_TRACKED, /* full, automatic */
    SCOPE_ALL,     /* full, asked for */
} Scope;

typedef struct Pass {
    Visitor visitor;
    Thread *t;
    Collector *collector;
    Scope scope;
    bool no_memory;
    bool overflow;  /* `todo` was full: PENDING members must be searched for */
    size_t members; /* of step 1 */
    size_t watched; /* members that live on and are TRACKED */
    bool weak;      /* a weak reference to garbage was seen */
    bool finalizer; /* garbage with a finaliser was seen */
    Object **todo;  /* reached members to visit */
    size_t todo_count, todo_room;
    Object **garbage; /* the unreachable, each held (G2) */
    size_t garbage_count, garbage_room;
    WeakRef *callbacks; /* to run, linked by next; held */
    WeakRef **callbacks_end;
    const Ref *namespaces; /* of oz_gc_finish: each has a count that is the caller's */
    size_t namespace_count;
} Pass;

/* ---- counts ---- */

static int32_t *count_of(const Pass *pass, const Object *o)
{
    Page *page = oz_page_of(o);
    if (page->user != pass->collector->pass || !page->counts)
        return NULL;
    return &page->counts[oz_cell_index_fast(page, o)];
}

/* References to a member; only objects that live on the heap have a count that ends. */
static int32_t references(const Object *o)
{
    int32_t n = oz_refs(o);
    return n >= 0 ? n : (int32_t)((uint32_t)n & COUNTED_MASK);
}

static bool is_immortal(const Object *o)
{
    return (uint32_t)oz_refs(o) >= OZ_REFS_IMMORTAL_START;
}

/* ---- frozen objects: a bitmap for each page that has some ---- */

typedef struct Frozen {
    const Page *page; /* NULL: empty */
    uint64_t *bits;
} Frozen;

static Frozen *frozen_find(const Collector *c, const Page *page)
{
    Frozen *table = c->frozen;
    size_t i = ((uintptr_t)page >> 16) * 0x9E3779B1u & (c->frozen_room - 1);
    while (table[i].page && table[i].page != page)
        i = (i + 1) & (c->frozen_room - 1);
    return &table[i];
}

static uint64_t *frozen_bits(const Collector *c, const Page *page)
{
    return c->frozen ? frozen_find(c, page)->bits : NULL;
}

static bool bit_test(const uint64_t *bits, size_t i)
{
    return bits && (bits[i >> 6] >> (i & 63) & 1);
}

static bool is_young(const Pass *pass)
{
    return pass->scope <= SCOPE_YOUNG;
}

/* ---- step 1: members ---- */

static bool is_member(const Pass *pass, const Object *o)
{
    uint32_t word = oz_header_word(o);
    if (!word || is_immortal(o))
        return false;
    uint32_t excluded = OZ_FLAG_OLD | (pass->scope == SCOPE_NEWEST ? FLAG_MIDDLE : 0);
    if (is_young(pass))
        return (word & (OZ_FLAG_TRACKED | excluded)) == OZ_FLAG_TRACKED &&
               (oz_refs(o) > 0 || (pass->t->vm->stress & OZ_STRESS_SHARE));
    return pass->scope == SCOPE_ALL || (word & OZ_FLAG_TRACKED);
}

static bool has_young(const Page *page)
{
    uint64_t any = 0;
    for (size_t word = 0; word * 64 < page->cells; word++)
        any |= page->young_bits[word];
    return any != 0;
}

static void page_members(Page *page, void *arg)
{
    Pass *pass = arg;
    if (pass->no_memory || (is_young(pass) && !has_young(page)))
        return;
    int32_t *counts = oz_page_counts(pass->t->heap, page);
    if (!counts) {
        pass->no_memory = true;
        return;
    }
    memset(counts, 0x80, page->cells * sizeof *counts);
    page->user = pass->collector->pass;
    const uint64_t *frozen = frozen_bits(pass->collector, page);
    for (size_t word = 0; word * 64 < page->cells; word++) {
        uint64_t bits = is_young(pass) ? page->young_bits[word] : ~(uint64_t)0;
        for (; bits; bits &= bits - 1) {
            size_t i = word * 64 + (size_t)__builtin_ctzll(bits);
            if (i >= page->cells)
                break;
            const Object *o = oz_page_cell_fast(page, i);
            if ((page->state == OZ_PAGE_BIG || oz_page_has_cell(page, i)) && is_member(pass, o) &&
                !bit_test(frozen, i)) {
                counts[i] = references(o);
                pass->members++;
            }
        }
    }
}

/* Call `fn` for each page of the pass. */
static void each_page(Pass *pass, HeapPageFn *fn)
{
    if (!is_young(pass)) {
        oz_heap_each_page(pass->t->vm->heap, OZ_PAGE_CONTAINER, fn, pass);
        return;
    }
    for (Page *page = pass->t->heap->young_taken; page; page = page->young_next)
        fn(page, pass);
}

/* ---- step 2: references among members ---- */

static void subtract_edge(Visitor *v, Obj child, const char *label OZ_UNUSED,
                          ssize_t index OZ_UNUSED)
{
    const Pass *pass = (const Pass *)v;
    const Object *o = oz_object(child);
    if (is_immortal(o))
        return;
    int32_t *count = count_of(pass, o);
    if (!count || *count < 0)
        return;
    oz_check(*count > 0); /* a visit shows more references than there are */
    if (*count > 0)
        --*count;
}

static void page_subtract(Page *page, void *arg)
{
    Pass *pass = arg;
    for (size_t i = 0; page->counts && i < page->cells; i++)
        if (page->counts[i] >= 0)
            oz_visit_object(pass->t, oz_page_cell_fast(page, i), &pass->visitor);
}

/* ---- step 3: what is reached ---- */

static void reach(Pass *pass, Object *o, int32_t *count)
{
    if (pass->todo_count == pass->todo_room) {
        size_t room = pass->todo_room ? pass->todo_room * 2 : TODO_LEAST;
        Object **more = oz_block_realloc(pass->t->heap, pass->todo, room * sizeof *more);
        if (!more) {
            *count = PENDING;
            pass->overflow = true;
            return;
        }
        pass->todo = more;
        pass->todo_room = room;
    }
    *count = REACHED;
    pass->todo[pass->todo_count++] = o;
}

static void reach_edge(Visitor *v, Obj child, const char *label OZ_UNUSED, ssize_t index OZ_UNUSED)
{
    Pass *pass = (Pass *)v;
    Object *o = oz_object(child);
    if (is_immortal(o))
        return;
    int32_t *count = count_of(pass, o);
    if (count && *count >= 0)
        reach(pass, o, count);
}

/* Objects pass through a short queue between stack and visit, while their memory is fetched. */
static void visit_reached(Pass *pass)
{
    Object *queue[AHEAD] = {NULL};
    for (unsigned at = 0, idle = 0; idle < AHEAD; at = (at + 1) % AHEAD) {
        Object *o = queue[at];
        queue[at] = NULL;
        idle++;
        if (pass->todo_count) {
            queue[at] = pass->todo[--pass->todo_count];
            __builtin_prefetch(queue[at]);
            idle = 0;
        }
        if (o) {
            oz_visit_object(pass->t, o, &pass->visitor);
            idle = 0;
        }
    }
}

static void page_reach(Page *page, void *arg)
{
    Pass *pass = arg;
    for (size_t i = 0; page->counts && i < page->cells; i++) {
        if (page->counts[i] > 0)
            reach(pass, oz_page_cell_fast(page, i), &page->counts[i]);
    }
    visit_reached(pass);
}

static void page_pending(Page *page, void *arg)
{
    Pass *pass = arg;
    for (size_t i = 0; page->counts && i < page->cells; i++) {
        if (page->counts[i] == PENDING) {
            page->counts[i] = REACHED;
            oz_visit_object(pass->t, oz_page_cell_fast(page, i), &pass->visitor);
            visit_reached(pass);
        }
    }
}

static void reach_all(Pass *pass)
{
    pass->visitor.edge = reach_edge;
    each_page(pass, page_reach);
    while (pass->overflow) {
        pass->overflow = false;
        each_page(pass, page_pending);
    }
}

/* ---- step 4: survivors become old, the rest is held ---- */

static bool garbage_add(Pass *pass, Object *o)
{
    if (pass->garbage_count == pass->garbage_room) {
        size_t room = pass->garbage_room ? pass->garbage_room * 2 : 256;
        Object **more = oz_block_realloc(pass->t->heap, pass->garbage, room * sizeof *more);
        if (!more)
            return false;
        pass->garbage = more;
        pass->garbage_room = room;
    }
    pass->garbage[pass->garbage_count++] = o;
    oz_retain_object(o); /* G2 */
    uint32_t word = oz_header_word(o);
    pass->weak |= (word & OZ_FLAG_WEAKREF) != 0;
    pass->finalizer |= pass->t->shapes[word >> 8]->cls->slots->finalize != NULL;
    return true;
}

static void survive(const Pass *pass, Object *o)
{
    if (pass->scope == SCOPE_NEWEST) {
        oz_flag_set(o, FLAG_MIDDLE);
        return;
    }
    if (!oz_has_flag(o, OZ_FLAG_OLD))
        oz_flag_clear(o, FLAG_MIDDLE);
    oz_flag_set(o, OZ_FLAG_OLD);
}

static void page_sort(Page *page, void *arg)
{
    Pass *pass = arg;
    if (!page->counts)
        return;
    uint64_t *frozen = frozen_bits(pass->collector, page);
    for (size_t i = 0; i < page->cells; i++) {
        int32_t count = page->counts[i];
        if (count == NO_MEMBER)
            continue;
        Object *o = oz_page_cell_fast(page, i);
        if (count == REACHED) {
            if (!oz_has_flag(o, OZ_FLAG_OLD) && frozen)
                frozen[i >> 6] &= ~((uint64_t)1 << (i & 63)); /* a new object in a frozen cell */
            pass->watched += oz_has_flag(o, OZ_FLAG_TRACKED);
            survive(pass, o);
        } else if (!garbage_add(pass, o)) {
            pass->no_memory = true;
        }
    }
    if (pass->scope == SCOPE_NEWEST)
        oz_heap_young_touch(page);
    else
        memset(page->young_bits, 0, (page->cells + 63u) / 64 * 8);
}

static void page_drop_counts(Page *page, void *arg)
{
    const Pass *pass = arg;
    if (page->user == pass->collector->pass)
        oz_page_drop_counts(page);
}

/* ---- weak references ---- */

static bool is_garbage(const Object *o, void *arg)
{
    const Pass *pass = arg;
    const int32_t *count = count_of(pass, o);
    return count && *count >= 0;
}

static void keep_callback(WeakRef *ref, void *arg)
{
    Pass *pass = arg;
    *pass->callbacks_end = ref;
    pass->callbacks_end = &ref->next;
}

/* true: a callback ran. */
static bool clear_weakrefs(Pass *pass)
{
    Thread *t = pass->t;
    pass->callbacks_end = &pass->callbacks;
    if (!pass->weak)
        return false;
    for (size_t i = 0; i < pass->garbage_count; i++)
        oz_weakrefs_empty(t, pass->garbage[i], is_garbage, keep_callback, pass);
    bool any = pass->callbacks != NULL;
    while (pass->callbacks) {
        WeakRef *ref = pass->callbacks;
        pass->callbacks = ref->next;
        ref->next = NULL;
        oz_weakref_call(t, ref);
        oz_drop_object(&ref->base);
    }
    return any;
}

/* ---- finalisers ---- */

static bool finalize(Pass *pass, Object *o)
{
    Thread *t = pass->t;
    const Class *cls = oz_class_of((Obj)o);
    if (!cls->slots->finalize || oz_has_flag(o, OZ_FLAG_FINALIZED))
        return false;
    oz_flag_set(o, OZ_FLAG_FINALIZED);
    cls->slots->finalize(t, (Obj)o);
    if (t->exception)
        t->vm->hooks.unraisable(t, (Obj)o);
    return true;
}

/* What a namespace holds, of the garbage: kept for later, because a finaliser may change it. */
static void list_edge(Visitor *v, Obj child, const char *label OZ_UNUSED, ssize_t index OZ_UNUSED)
{
    Pass *pass = (Pass *)v;
    Object *o = oz_object(child);
    if (!is_immortal(o) && is_garbage(o, pass))
        reach(pass, o, &(int32_t){0}); /* onto `todo`; its own count stays */
}

static bool finalize_namespaces(Pass *pass)
{
    bool any = false;
    pass->visitor.edge = list_edge;
    for (size_t n = 0; n < pass->namespace_count; n++) {
        Object *dict = oz_object(pass->namespaces[n]);
        if (!is_garbage(dict, pass))
            continue;
        pass->todo_count = 0;
        oz_visit_object(pass->t, dict, &pass->visitor);
        for (size_t i = 0; i < pass->todo_count; i++)
            any |= finalize(pass, pass->todo[i]);
    }
    pass->todo_count = 0;
    pass->overflow = false;
    return any;
}

/* true: at least one ran. */
static bool run_finalizers(Pass *pass)
{
    if (!pass->finalizer)
        return false;
    bool any = finalize_namespaces(pass);
    for (size_t i = 0; i < pass->garbage_count; i++)
        any |= finalize(pass, pass->garbage[i]);
    return any;
}

static void forgive_namespaces(const Pass *pass)
{
    for (size_t n = 0; n < pass->namespace_count; n++) {
        int32_t *count = count_of(pass, oz_object(pass->namespaces[n]));
        if (count && *count > 0)
            --*count;
    }
}

/* Trial deletion over the garbage alone.  What has become reachable again leaves the list. */
static void spare_resurrected(Pass *pass)
{
    for (size_t i = 0; i < pass->garbage_count; i++)
        *count_of(pass, pass->garbage[i]) = references(pass->garbage[i]) - 1; /* G2 */
    forgive_namespaces(pass);
    pass->visitor.edge = subtract_edge;
    for (size_t i = 0; i < pass->garbage_count; i++)
        oz_visit_object(pass->t, pass->garbage[i], &pass->visitor);
    pass->visitor.edge = reach_edge;
    for (size_t i = 0; i < pass->garbage_count; i++) {
        int32_t *count = count_of(pass, pass->garbage[i]);
        if (*count > 0) {
            reach(pass, pass->garbage[i], count);
            visit_reached(pass);
        }
    }
    while (pass->overflow) {
        pass->overflow = false;
        for (size_t i = 0; i < pass->garbage_count; i++) {
            int32_t *count = count_of(pass, pass->garbage[i]);
            if (*count == PENDING) {
                *count = REACHED;
                oz_visit_object(pass->t, pass->garbage[i], &pass->visitor);
                visit_reached(pass);
            }
        }
    }
    /* The list is split before anything is dropped: a drop can run Python code. */
    size_t left = 0;
    for (size_t i = 0; i < pass->garbage_count; i++) {
        Object *o = pass->garbage[i];
        if (*count_of(pass, o) >= 0) {
            pass->garbage[i] = pass->garbage[left];
            pass->garbage[left++] = o;
        } else {
            survive(pass, o);
        }
    }
    for (size_t i = left; i < pass->garbage_count; i++)
        oz_drop_object(pass->garbage[i]);
    pass->garbage_count = left;
}

/* ---- the end of the garbage ---- */

static void clear_object(Thread *t, Object *o)
{
    if (references(o) == 1) /* only the collector's: it dies by the drop */
        return;
    uint32_t id = oz_id(o);
    if (id == OZ_TUPLE) /* no cycle is of tuples alone, and others may rely on what is in theirs */
        return;
    if (id >= OZ_BUILTIN_IDS)
        t->vm->hooks.instance_clear(t, o, t->shapes[id]);
    else if (t->vm->types[id]->clear)
        t->vm->types[id]->clear(t, o);
}

/* What gc.collect() counts: what CPython's collector would have seen.  An object to which only the
 * collector refers has been let go by a finaliser, and dies by counting. */
static size_t count_tracked(const Pass *pass)
{
    size_t count = 0;
    for (size_t i = 0; i < pass->garbage_count; i++)
        count +=
            references(pass->garbage[i]) != 1 && oz_gc_is_tracked(pass->t, (Obj)pass->garbage[i]);
    return count;
}

static void end_garbage(Pass *pass)
{
    Thread *t = pass->t;
    const Collector *c = pass->collector;
    bool save = (c->debug & OZ_GC_SAVEALL) && c->events;
    for (size_t i = 0; c->debug && i < pass->garbage_count; i++) {
        Object *o = pass->garbage[i];
        if ((c->debug & OZ_GC_COLLECTABLE) && c->events && oz_gc_is_tracked(t, (Obj)o))
            c->events->say(t, "gc: collectable", (Obj)o);
        if (save && oz_gc_is_tracked(t, (Obj)o) && !c->events->save(t, (Obj)o))
            save = false;
    }
    if (!save)
        for (size_t i = 0; i < pass->garbage_count; i++)
            clear_object(t, pass->garbage[i]);
    for (size_t i = 0; i < pass->garbage_count; i++)
        oz_drop_object(pass->garbage[i]);
}

/* ---- a pass ---- */

/* Is there a limit of the heap, and a good deal of room below it? */
static bool has_room(const HeapShared *heap)
{
    size_t limit = oz_heap_limit(heap), used = oz_heap_bytes(heap);
    return used < limit && limit - used >= limit / ROOM_SHARE;
}

/* Steps 1 to 4.  false: no memory, nothing has changed but that some objects may be OLD. */
static bool look_for_garbage(Pass *pass)
{
    each_page(pass, page_members);
    if (pass->no_memory)
        return false;
    forgive_namespaces(pass);
    pass->visitor.edge = subtract_edge;
    each_page(pass, page_subtract);
    reach_all(pass);
    each_page(pass, page_sort);
    for (size_t i = 0; pass->no_memory && i < pass->garbage_count; i++)
        oz_drop_object(pass->garbage[i]); /* it has others */
    return !pass->no_memory;
}

/* What a pass needs itself is gone before anybody can ask (G1), so a limit of the heap does not
 * hold for it while there is room.  Without room it does: the pieces of pages that side arrays
 * leave open would take the place of what the program needs to go on. */
static bool find_garbage(Pass *pass)
{
    HeapShared *heap = pass->t->vm->heap;
    size_t limit = oz_heap_limit(heap);
    bool lifted = has_room(heap);
    if (lifted)
        oz_heap_set_limit(heap, 0);
    bool found = look_for_garbage(pass);
    if (lifted)
        oz_heap_set_limit(heap, limit);
    return found;
}

static size_t collect_garbage(Pass *pass)
{
    if (!find_garbage(pass) || !pass->garbage_count)
        return 0;
    Ref pending = oz_move(&pass->t->exception);
    bool called = clear_weakrefs(pass);
    if (run_finalizers(pass) || called)
        spare_resurrected(pass);
    size_t found = count_tracked(pass);
    end_garbage(pass);
    pass->t->exception = pending;
    return found;
}

static size_t run_pass(Pass *pass)
{
    Thread *t = pass->t;
    Collector *c = pass->collector;
    if (++c->pass == 0)
        c->pass = 1;
    oz_heap_young_take(t->heap);
    size_t found = collect_garbage(pass);
    each_page(pass, page_drop_counts);
    oz_heap_young_done(t->heap);
    oz_block_free(pass->todo);
    oz_block_free(pass->garbage);
    return found;
}

static void add_cells(Page *page, void *arg)
{
    *(size_t *)arg += oz_page_used(page);
}

static size_t container_cells(const Thread *t)
{
    size_t cells = 0;
    oz_heap_each_page(t->vm->heap, OZ_PAGE_CONTAINER, add_cells, &cells);
    return cells;
}

/* ---- when ---- */

static void nursery_full(void *arg)
{
    Thread *t = arg;
    atomic_fetch_or_explicit(&t->interrupt, OZ_INTERRUPT_COLLECT, memory_order_relaxed);
}

static void set_nursery(Thread *t)
{
    const Collector *c = oz_collector(t->vm);
    bool on = c->enabled && c->threshold[0] > 0;
    oz_heap_set_young_limit(t->heap, on ? c->nursery : SIZE_MAX, nursery_full, t);
}

static void size_nursery(Collector *c, size_t found, size_t members)
{
    if (found * 50 < members && c->nursery < NURSERY_MOST)
        c->nursery *= 2;
    else if (found * 5 > members && c->nursery > NURSERY_LEAST)
        c->nursery /= 2;
}

static void count_pass(Collector *c, int generation, size_t found)
{
    c->stats[generation].collections++;
    c->stats[generation].collected += found;
    for (int i = 0; i <= generation; i++)
        c->count[i] = 0;
    if (generation + 1 < OZ_GC_GENERATIONS)
        c->count[generation + 1]++;
}

static void say_start(Thread *t, const Collector *c, int generation)
{
    char line[120];
    if (!(c->debug & OZ_GC_STATS) || !c->events)
        return;
    snprintf(line, sizeof line, "gc: collecting generation %d...", generation);
    c->events->say(t, line, NULL);
    size_t young = oz_gc_young_count(t), cells = container_cells(t);
    snprintf(line, sizeof line, "gc: objects in each generation: %zu 0 %zu", young,
             cells > young ? cells - young : 0);
    c->events->say(t, line, NULL);
    snprintf(line, sizeof line, "gc: objects in permanent generation: %zu", oz_gc_frozen_count(t));
    c->events->say(t, line, NULL);
}

static void say_end(Thread *t, const Collector *c, size_t found, const struct timespec *start)
{
    struct timespec end;
    char line[120];
    if (!(c->debug & OZ_GC_STATS) || !c->events)
        return;
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds =
        (double)(end.tv_sec - start->tv_sec) + (double)(end.tv_nsec - start->tv_nsec) / 1e9;
    snprintf(line, sizeof line, "gc: done, %zu unreachable, 0 uncollectable, %.4fs elapsed", found,
             seconds);
    c->events->say(t, line, NULL);
}

static size_t collect(Thread *t, int generation, Scope scope)
{
    Collector *c = oz_collector(t->vm);
    struct timespec start;
    Pass pass = {.t = t, .collector = c, .scope = scope};
    c->running = true;
    if (c->events)
        c->events->phase(t, true, generation, 0, 0);
    say_start(t, c, generation);
    clock_gettime(CLOCK_MONOTONIC, &start);
    size_t found = run_pass(&pass);
    count_pass(c, generation, found);
    if (generation == 2 && !pass.no_memory) { /* without memory (G4) it stays due */
        c->settled = pass.watched;
        c->cells = container_cells(t);
        c->promoted = 0;
        c->fruitful = found > c->settled / FRUITFUL_SHARE;
    } else if (generation < 2) {
        size_nursery(c, found, pass.members);
        c->promoted += pass.watched;
    }
    if (scope == SCOPE_ALL)
        c->nursery = NURSERY_LEAST;
    set_nursery(t);
    say_end(t, c, found, &start);
    if (c->events)
        c->events->phase(t, false, generation, found, 0);
    c->running = false;
    return pass.no_memory ? OZ_GC_NO_MEMORY : found;
}

/* Reading every page header costs something, so it waits until it can say yes. */
static bool full_is_due(Thread *t, const Collector *c)
{
    size_t growth = c->fruitful ? c->settled / 2 : c->settled;
    if (growth < GROWTH_LEAST)
        growth = GROWTH_LEAST;
    return c->promoted > growth && container_cells(t) > c->cells + growth;
}

/* ---- a limit of the heap ---- */

static void near_limit(void *arg)
{
    Thread *t = arg;
    oz_collector(t->vm)->pressed = true;
    nursery_full(t);
}

/* The next full pass is due when half of the room that is left is used; where that is little, when
 * an allocation was refused and there is room again. */
static void set_mark(Thread *t)
{
    HeapShared *heap = t->vm->heap;
    size_t limit = oz_heap_limit(heap), used = oz_heap_bytes(heap);
    if (!limit)
        return;
    size_t mark = has_room(heap) ? used + (limit - used) / 2 : limit;
    oz_heap_set_mark(heap, mark, near_limit, t->vm->main);
}

void oz_gc_set_limit(Thread *t, size_t bytes)
{
    oz_heap_set_limit(t->vm->heap, bytes);
    set_mark(t);
}

static void collect_for_room(Thread *t)
{
    oz_collector(t->vm)->pressed = false;
    collect(t, 2, SCOPE_TRACKED);
    set_mark(t);
}

void oz_gc_poll(Thread *t)
{
    Collector *c = oz_collector(t->vm);
    atomic_fetch_and_explicit(&t->interrupt, ~(uint32_t)OZ_INTERRUPT_COLLECT, memory_order_relaxed);
    if (c->running || !c->enabled || c->threshold[0] <= 0) {
        set_nursery(t);
        return;
    }
    if (c->pressed && has_room(t->vm->heap))
        collect_for_room(t);
    else if (full_is_due(t, c))
        collect(t, 2, SCOPE_TRACKED);
    else
        collect(t, c->count[1] > c->threshold[1], SCOPE_YOUNG);
    if (t->vm->stress & OZ_STRESS_GC) /* attack mode: and again at the next safepoint */
        nursery_full(t);
}

size_t oz_gc_collect(Thread *t, int generation)
{
    if (oz_collector(t->vm)->running)
        return 0;
    static const Scope scopes[] = {SCOPE_NEWEST, SCOPE_YOUNG, SCOPE_ALL};
    return collect(t, generation, scopes[generation]);
}

void oz_gc_finish(Thread *t, const Ref *namespaces, size_t count)
{
    Collector *c = oz_collector(t->vm);
    if (c->running)
        return;
    Pass pass = {.t = t,
                 .collector = c,
                 .scope = SCOPE_ALL,
                 .namespaces = namespaces,
                 .namespace_count = count};
    c->running = true;
    run_pass(&pass);
    c->running = false;
}

/* ---- settings ---- */

bool oz_gc_init(Vm *vm)
{
    Collector *c = calloc(1, sizeof *c);
    if (!c)
        return false;
    c->enabled = true;
    c->threshold[0] = 700;
    c->threshold[1] = c->threshold[2] = 10;
    c->nursery = NURSERY_LEAST;
    vm->collector = c;
    return true;
}

void oz_gc_fini(Vm *vm)
{
    free(vm->collector); /* bitmaps of frozen pages are blocks of the heap and go with it */
    vm->collector = NULL;
}

void oz_gc_thread_init(Thread *t)
{
    set_nursery(t);
}

void oz_gc_enable(Thread *t, bool on)
{
    oz_collector(t->vm)->enabled = on;
    set_nursery(t);
}

void oz_gc_set_threshold(Thread *t, int generation, int threshold)
{
    oz_collector(t->vm)->threshold[generation] = threshold;
    set_nursery(t);
}

/* ---- looking ---- */

bool oz_gc_is_tracked(Thread *t, Obj v)
{
    if (!oz_is_pointer(v) || oz_id(oz_object(v)) < OZ_LEAF_END)
        return false;
    const Object *o = oz_object(v);
    uint32_t id = oz_id(o);
    if (id >= OZ_BUILTIN_IDS)
        return true;
    switch (id) {
    case OZ_TUPLE:
    case OZ_DICT:
        return oz_has_flag(o, OZ_FLAG_TRACKED);
    case OZ_TYPE:
        return ((const Class *)o)->flags & OZ_CLASS_PYTHON;
    case OZ_WEAKREF:
    case OZ_SLOT_WRAPPER:
        return true;
    case OZ_OBJECT:
    case OZ_CODE:
    case OZ_BYTEARRAY:
    case OZ_CAPSULE:
        return false;
    default:
        return t->vm->types[id]->visit != NULL;
    }
}

typedef struct Each {
    Thread *t;
    int generation;
    void (*fn)(Object *o, void *arg);
    void *arg;
} Each;

static void each_tracked(void *cell, size_t size OZ_UNUSED, void *arg)
{
    const Each *each = arg;
    Object *o = cell;
    int generation = oz_has_flag(o, OZ_FLAG_OLD) ? 2 : oz_has_flag(o, FLAG_MIDDLE) ? 1 : 0;
    if (each->generation >= 0 && generation != each->generation)
        return;
    if (oz_gc_is_tracked(each->t, (Obj)o))
        each->fn(o, each->arg);
}

void oz_gc_each(Thread *t, int generation, void (*fn)(Object *o, void *arg), void *arg)
{
    Each each = {t, generation, fn, arg};
    oz_heap_each(t->vm->heap, OZ_PAGE_CONTAINER, each_tracked, &each);
}

typedef struct Counting {
    Thread *t;
    size_t count;
} Counting;

static void count_young(void *cell, size_t size OZ_UNUSED, void *arg)
{
    Counting *counting = arg;
    counting->count +=
        !oz_has_flag(cell, OZ_FLAG_OLD | FLAG_MIDDLE) && oz_gc_is_tracked(counting->t, (Obj)cell);
}

size_t oz_gc_young_count(Thread *t)
{
    Counting counting = {t, 0};
    for (Page *page = t->heap->young; page; page = page->young_next)
        oz_page_each(page, count_young, &counting);
    return counting.count;
}

/* ---- gc.freeze ---- */

static void count_page(Page *page OZ_UNUSED, void *arg)
{
    ++*(size_t *)arg;
}

typedef struct Freezing {
    Thread *t;
    Collector *collector;
    bool failed;
} Freezing;

static void freeze_cell(void *cell, size_t size OZ_UNUSED, void *arg)
{
    const Frozen *frozen = arg;
    size_t i = oz_cell_index_fast(frozen->page, cell);
    frozen->bits[i >> 6] |= (uint64_t)1 << (i & 63);
    oz_flag_set(cell, OZ_FLAG_OLD);
}

static void freeze_page(Page *page, void *arg)
{
    Freezing *freezing = arg;
    size_t bytes = (page->cells + 63u) / 64 * 8;
    uint64_t *bits = oz_block_alloc(freezing->t->heap, bytes);
    if (!bits) {
        freezing->failed = true;
        return;
    }
    memset(bits, 0, bytes);
    Frozen *frozen = frozen_find(freezing->collector, page);
    frozen->page = page;
    frozen->bits = bits;
    freezing->collector->frozen_pages++;
    oz_page_each(page, freeze_cell, frozen);
    memset(page->young_bits, 0, bytes);
}

/* Everything that lives is frozen, so a second freeze starts from nothing. */
bool oz_gc_freeze(Thread *t)
{
    Collector *c = oz_collector(t->vm);
    oz_gc_unfreeze(t);
    size_t pages = 0, room = 64;
    oz_heap_each_page(t->vm->heap, OZ_PAGE_CONTAINER, count_page, &pages);
    while (room < pages * 2)
        room *= 2;
    c->frozen = oz_block_alloc(t->heap, room * sizeof(Frozen));
    if (!c->frozen)
        return false;
    memset(c->frozen, 0, room * sizeof(Frozen));
    c->frozen_room = room;
    Freezing freezing = {t, c, false};
    oz_heap_each_page(t->vm->heap, OZ_PAGE_CONTAINER, freeze_page, &freezing);
    if (freezing.failed)
        oz_gc_unfreeze(t);
    return !freezing.failed;
}

void oz_gc_unfreeze(Thread *t)
{
    Collector *c = oz_collector(t->vm);
    Frozen *table = c->frozen;
    for (size_t i = 0; table && i < c->frozen_room; i++)
        oz_block_free(table[i].bits);
    oz_block_free(table);
    c->frozen = NULL;
    c->frozen_pages = c->frozen_room = 0;
}

static void count_frozen(void *cell, size_t size OZ_UNUSED, void *arg)
{
    Counting *counting = arg;
    const Page *page = oz_page_of(cell);
    const uint64_t *bits = frozen_bits(oz_collector(counting->t->vm), page);
    counting->count +=
        bit_test(bits, oz_cell_index_fast(page, cell)) && oz_gc_is_tracked(counting->t, (Obj)cell);
}

size_t oz_gc_frozen_count(Thread *t)
{
    Counting counting = {t, 0};
    if (oz_collector(t->vm)->frozen)
        oz_heap_each(t->vm->heap, OZ_PAGE_CONTAINER, count_frozen, &counting);
    return counting.count;
}
