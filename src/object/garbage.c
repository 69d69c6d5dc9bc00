// SPDX-License-Identifier: MIT
// What becomes of the garbage that a pass has found, as PEP 442 and CPython have it.
//
// Weak references to the unreachable are cleared, and the callbacks of those that live on run;
// finalisers run; what they made reachable again is found by a second trial deletion over the
// unreachable alone, and spared; the rest is cleared, which breaks the cycles, and dies by
// counting.
//
//   G1. The last round of the pass was exact: between it and the first callback or finaliser no
//       Python code runs and nothing is freed.
//   G2. From then on the collector holds a reference to every unreachable object, so that the
//       order in which they die does not matter; the second trial deletion allows for it.
//   G3. The marks are the list of the unreachable: it takes no memory.  A page with a held object
//       cannot end; before the held objects of a page are given up they are copied, for with the
//       last the page and its marks go.
//   G5. Where no finaliser and no weak reference is concerned, and all garbage is of types that die
//       blindly (OZ_TYPE_BLIND), nothing of it needs to be cleared in any order, or counted.  First
//       all of it is *hidden*: a header without a word is seen by no walk, and a count that is
//       immortal by no drop; the id is kept in the low bits of that.  Then each object gives up
//       its references, of which those to other garbage cost nothing; what dies of it may run
//       Python, which finds no trace of the garbage.  The cells are free at last, a page at a
//       time, because until then hidden headers are looked at.
#include "object/class.h"
#include "object/distribute.h"
#include "object/trial.h"
#include "object/weakref.h"
#include "object/world.h"

/* ---- holding ---- */

#define GIVEN_MOST 128 /* whose memory is still near when they are looked at again */

typedef void GarbageFn(Pass *pass, Object *o);

OZ_INLINE void each_of_page(Pass *pass, PageMarks *marks, GarbageFn *fn)
{
    for (size_t first = 0; first < marks->page->cells; first += 64)
        for (uint64_t left = oz_marks_left(marks, first); left; left &= left - 1)
            fn(pass, oz_page_cell_fast(marks->page, first + (size_t)__builtin_ctzll(left)));
}

OZ_INLINE void each_garbage(Pass *pass, GarbageFn *fn)
{
    for (PageMarks *marks = pass->lists[pass->list].first; marks; marks = marks->next)
        each_of_page(pass, marks, fn);
}

/* What gc.collect() counts: what CPython's collector would have seen. */
OZ_INLINE bool is_counted(const Pass *pass, Object *o)
{
    return oz_id(o) >= OZ_BUILTIN_IDS || oz_gc_is_tracked(pass->t, (Obj)o);
}

OZ_INLINE bool has_finalizer(const Thread *t, uint32_t id)
{
    return t->shapes[id]->cls->slots->finalize != NULL;
}

/* May it die as G5 has it?  Only local objects do: `refs`, all counts or'ed. */
OZ_INLINE bool is_blind(const Thread *t, uint32_t id)
{
    return id < OZ_BUILTIN_IDS ? t->vm->types[id]->flags & OZ_TYPE_BLIND
                               : oz_plain_shape(t, id) != NULL;
}

static void hold_page(Pass *pass, PageMarks *marks)
{
    size_t found = 0;
    uint32_t flags = 0, last = 0;
    int32_t refs = 0;
    for (size_t first = 0; first < marks->page->cells; first += 64) {
        for (uint64_t left = oz_marks_left(marks, first); left; left &= left - 1) {
            Object *o = oz_page_cell_fast(marks->page, first + (size_t)__builtin_ctzll(left));
            uint32_t word = oz_header_word(o);
            refs |= oz_refs(o);
            oz_retain_object(o); /* G2 */
            found += is_counted(pass, o);
            flags |= word;
            if (word >> 8 == last) /* as the one before */
                continue;
            last = word >> 8;
            pass->finalizer |= has_finalizer(pass->t, last);
            pass->sighted |= !is_blind(pass->t, last);
        }
    }
    pass->found += found;
    pass->weak |= (flags & OZ_FLAG_WEAKREF) != 0;
    pass->sighted |= (flags & OZ_FLAG_VIEW) || refs < 0;
}

/* An object to which only the collector refers has been let go by a finaliser, and dies by
 * counting. */
static void count_found(Pass *pass, Object *o)
{
    pass->found += oz_trial_references(o) != 1 && is_counted(pass, o);
}

/* ---- giving up ---- */

_Static_assert(OZ_PAGE_SIZE / OZ_CELL_MIN <= WAITING_MOST, "the cells of a page");

typedef enum Given { GIVE_LEFT, GIVE_REACHED, GIVE_ALL } Given;

/* A bit for each of up to 64 cells from `first` that is given up. */
OZ_INLINE uint64_t given_bits(const PageMarks *marks, size_t first, Given given)
{
    uint64_t bits = given == GIVE_REACHED ? 0 : oz_marks_left(marks, first);
    if (given == GIVE_LEFT)
        return bits;
    for (size_t i = first; i < first + 64 && i < marks->page->cells; i++)
        if (marks->of[i] == MARK_REACHED || marks->of[i] == MARK_PENDING)
            bits |= UINT64_C(1) << (i - first);
    return bits;
}

/* Move them into pass->waiting: those of a page. */
OZ_INLINE void take_from_page(Pass *pass, PageMarks *marks, Given given)
{
    size_t count = 0;
    for (size_t first = 0; first < marks->page->cells; first += 64) {
        for (uint64_t bits = given_bits(marks, first, given); bits; bits &= bits - 1) {
            size_t i = first + (size_t)__builtin_ctzll(bits);
            marks->of[i] = MARK_NONE;
            pass->waiting[count++] = oz_page_cell_fast(marks->page, i);
        }
    }
    pass->waiting_count = count;
}

typedef void GivenFn(Pass *pass, Object **objects, size_t count);

/* Give up those of all pages (G3), GIVEN_MOST at a time. */
OZ_INLINE void give_up(Pass *pass, Given given, GivenFn *fn)
{
    MarkList *now = &pass->lists[pass->list], *later = &pass->lists[!pass->list];
    while (later->first) /* a round that had no memory has pages in both */
        oz_marks_append(now, later->first);
    while (now->first) {
        PageMarks *marks = now->first;
        oz_marks_append(later, marks);
        take_from_page(pass, marks, given);
        for (size_t i = 0; i < pass->waiting_count; i += GIVEN_MOST) {
            size_t rest = pass->waiting_count - i;
            fn(pass, pass->waiting + i, rest < GIVEN_MOST ? rest : GIVEN_MOST);
        }
    }
    pass->waiting_count = 0;
    pass->list = !pass->list;
}

/* ---- weak references ---- */

static bool is_garbage(const Object *o, void *arg)
{
    return oz_trial_is_left(arg, o);
}

static void keep_callback(WeakRef *ref, void *arg)
{
    Pass *pass = arg;
    *pass->callbacks_end = ref;
    pass->callbacks_end = &ref->next;
}

static void clear_weakrefs_of(Pass *pass, Object *o)
{
    oz_weakrefs_empty(pass->t, o, is_garbage, keep_callback, pass);
}

/* true: a callback ran. */
static bool clear_weakrefs(Pass *pass)
{
    Thread *t = pass->t;
    pass->callbacks_end = &pass->callbacks;
    if (!pass->weak)
        return false;
    each_garbage(pass, clear_weakrefs_of);
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

static void finalize(Pass *pass, Object *o)
{
    Thread *t = pass->t;
    const Class *cls = oz_class_of((Obj)o);
    if (!cls->slots->finalize || oz_has_flag(o, OZ_FLAG_FINALIZED))
        return;
    pass->finalized = true;
    oz_flag_set(o, OZ_FLAG_FINALIZED);
    cls->slots->finalize(t, (Obj)o);
    if (t->exception)
        t->vm->hooks.unraisable(t, (Obj)o);
}

/* What a namespace holds, of the garbage: kept for later, because a finaliser may change it. */
static void list_edge(Visitor *v, Obj child, const char *label OZ_UNUSED, ssize_t index OZ_UNUSED)
{
    Pass *pass = (Pass *)v;
    Object *o = oz_object(child);
    if (is_garbage(o, pass) && pass->waiting_count < WAITING_MOST)
        pass->waiting[pass->waiting_count++] = o;
}

static void finalize_namespaces(Pass *pass)
{
    pass->visitor.edge = list_edge;
    for (size_t n = 0; n < pass->namespace_count; n++) {
        Object *dict = oz_object(pass->namespaces[n]);
        if (!is_garbage(dict, pass))
            continue;
        pass->waiting_count = 0;
        pass->visitor.from = pass->visitor.most = 0;
        oz_visit_object(pass->t, dict, &pass->visitor);
        for (size_t i = 0; i < pass->waiting_count; i++)
            finalize(pass, pass->waiting[i]);
    }
    pass->waiting_count = 0;
}

/* true: at least one ran. */
static bool run_finalizers(Pass *pass)
{
    if (!pass->finalizer)
        return false;
    finalize_namespaces(pass);
    each_garbage(pass, finalize);
    return pass->finalized;
}

static void spare(Pass *pass, Object **objects, size_t count)
{
    for (size_t i = 0; i < count; i++)
        oz_trial_survive(pass, objects[i]);
    for (size_t i = 0; i < count; i++)
        oz_drop_object(objects[i]);
}

/* What has become reachable again is given up; without memory to know, everything. */
static void spare_resurrected(Pass *pass)
{
    oz_world_stop(pass->t);
    oz_trial_resurrected(pass);
    oz_world_resume(pass->t);
    give_up(pass, pass->no_memory ? GIVE_ALL : GIVE_REACHED, spare);
    pass->found = 0;
    each_garbage(pass, count_found);
}

/* ---- the end of the garbage ---- */

static OZ_NOINLINE void clear_other(Pass *pass, Object *o, uint32_t id)
{
    Thread *t = pass->t;
    if (id == OZ_TUPLE) /* no cycle is of tuples alone, and others may rely on what is in theirs */
        return;
    if (id >= OZ_BUILTIN_IDS)
        t->vm->hooks.instance_clear(t, o, t->shapes[id]);
    else if (t->vm->types[id]->clear)
        t->vm->types[id]->clear(t, o);
}

/* One to which only the collector refers dies by the drop. */
OZ_INLINE void clear_object(Pass *pass, Object *o)
{
    int32_t refs = oz_refs(o);
    if (refs == 1 || OZ_UNLIKELY(refs < 0 && oz_trial_references(o) == 1))
        return;
    uint32_t id = oz_id(o);
    const Shape *plain = oz_plain_shape(pass->t, id);
    if (OZ_UNLIKELY(!plain)) {
        clear_other(pass, o, id);
        return;
    }
    Ref *slots = oz_slot_at(o, plain->base);
    for (size_t i = 0, count = plain->count; i < count; i++)
        oz_clear(&slots[i]);
}

/* Empty the slots of a plain instance; true: it is as before but for them (H3). */
OZ_INLINE bool empty_plain(Object *o, const Shape *shape, uint32_t word)
{
    Ref *slots = oz_slot_at(o, shape->base);
    bool died = false;
    for (unsigned i = 0; i < shape->count; i++) {
        Ref v = oz_move(&slots[i]);
        if (!oz_is_pointer(v) || OZ_LIKELY(oz_drop_not_last(oz_object(v))))
            continue;
        oz_drop_slow(oz_object(v));
        died = true;
    }
    if (OZ_LIKELY(!died))
        return true;
    if (oz_refs(o) != 1 || oz_header_word(o) != word)
        return false;
    for (unsigned i = 0; i < shape->count; i++)
        if (slots[i])
            return false;
    return true;
}

/* Most die here, by the collector's reference.  As a drop would do it, for plain instances without
 * all that they have no need of. */
OZ_INLINE void drop_held(Pass *pass, Object *o)
{
    uint32_t word = oz_header_word(o);
    const Shape *plain = oz_plain_shape(pass->t, word >> 8);
    if (OZ_UNLIKELY(!plain || oz_refs(o) != 1 || (word & OZ_FLAG_WEAKREF)) ||
        OZ_UNLIKELY(plain->cls->slots->finalize && !(word & OZ_FLAG_FINALIZED)) ||
        OZ_UNLIKELY(!empty_plain(o, plain, word))) {
        oz_drop_object(o);
        return;
    }
    Class *cls = plain->cls;
    oz_heap_free_fast(o);
    oz_drop_object(&cls->base); /* an instance counts its class */
}

/* What is not cleared yet is held, so that those which are die as soon as they can. */
static void clear_and_drop(Pass *pass, Object **objects, size_t count)
{
    for (size_t i = 0; !pass->saves && i < count; i++)
        clear_object(pass, objects[i]);
    for (size_t i = 0; i < count; i++)
        drop_held(pass, objects[i]);
}

/* ---- the same, blindly (G5) ---- */

#define HIDDEN OZ_REFS_IMMORTAL_START /* and the id */

static void hide(Pass *pass OZ_UNUSED, Object *o)
{
    uint32_t id = oz_id(o);
    atomic_store_explicit(&o->refs, (int32_t)(HIDDEN | id), memory_order_relaxed);
    atomic_store_explicit(&o->word, 0, memory_order_relaxed);
}

/* An instance counts its class: given up for many of one class at a time. */
static void drop_class(Pass *pass)
{
    Class *cls = pass->cls;
    size_t count = pass->cls_count;
    pass->cls = NULL;
    pass->cls_count = 0;
    if (!cls)
        return;
    int32_t refs = oz_refs(&cls->base);
    if (OZ_LIKELY(refs > 0 && (size_t)refs > count)) {
        atomic_store_explicit(&cls->base.refs, refs - (int32_t)count, memory_order_relaxed);
        return;
    }
    while (count--)
        oz_drop_object(&cls->base);
}

OZ_INLINE void shed_instance(Pass *pass, Object *o, const Shape *shape)
{
    if (OZ_UNLIKELY(pass->cls != shape->cls)) {
        drop_class(pass);
        pass->cls = shape->cls;
    }
    pass->cls_count++;
    const Ref *slots = oz_slot_at(o, shape->base);
    for (size_t i = 0, count = shape->count; i < count; i++)
        oz_drop_immortal(slots[i]);
}

static void shed(Pass *pass, Object *o)
{
    Thread *t = pass->t;
    uint32_t id = (uint32_t)oz_refs(o) - HIDDEN;
    if (OZ_LIKELY(id >= OZ_BUILTIN_IDS)) {
        shed_instance(pass, o, t->shapes[id]);
        return;
    }
    const TypeDef *def = t->vm->types[id];
    if (def->clear)
        def->clear(t, o);
    if (def->free)
        def->free(t, o);
}

static void free_page(Pass *pass, PageMarks *marks)
{
    Page *page = marks->page;
    if (OZ_UNLIKELY(!oz_page_frees_directly(page))) {
        take_from_page(pass, marks, GIVE_LEFT);
        for (size_t i = 0; i < pass->waiting_count; i++)
            oz_heap_free(pass->waiting[i]);
        pass->waiting_count = 0;
        return;
    }
    DeadCells dead = {0};
    for (size_t first = 0; first < page->cells; first += 64)
        for (uint64_t left = oz_marks_left(marks, first); left; left &= left - 1)
            oz_dead_add(&dead, oz_page_cell_fast(page, first + (size_t)__builtin_ctzll(left)));
    oz_page_free_dead(page, &dead);
}

/* Pages with garbage cannot end before their cells are free. */
static void end_blindly(Pass *pass)
{
    each_garbage(pass, hide);
    each_garbage(pass, shed);
    drop_class(pass);
    for (PageMarks *marks = pass->lists[pass->list].first, *next; marks; marks = next) {
        next = marks->next;
        free_page(pass, marks);
    }
}

/* ---- all of it ---- */

static void tell_of(Pass *pass, Object *o)
{
    const Collector *c = pass->collector;
    if (!oz_gc_is_tracked(pass->t, (Obj)o))
        return;
    if (c->debug & OZ_GC_COLLECTABLE)
        c->events->say(pass->t, "gc: collectable", (Obj)o);
    if (pass->saves && !c->events->save(pass->t, (Obj)o))
        pass->saves = false;
}

static void end_garbage(Pass *pass)
{
    const Collector *c = pass->collector;
    if (c->debug && c->events) {
        pass->saves = c->debug & OZ_GC_SAVEALL;
        each_garbage(pass, tell_of);
    }
    give_up(pass, GIVE_LEFT, clear_and_drop);
}

/* Garbage that another thread has made, or that each counts for itself, becomes this one's. */
static void claim(Pass *pass, Object *o)
{
    if (oz_is_distributed(o))
        oz_distributed_count_again(pass->t, o);
    else
        oz_publish_foreign(pass->t, (Obj)o);
}

void oz_garbage_claim(Pass *pass)
{
    if (!pass->t->vm->sharing)
        return;
    each_garbage(pass, claim);
    pass->sighted = true; /* others may still have the address of what was shared */
    oz_distributed_sweep(pass->t);
}

size_t oz_garbage_collect(Pass *pass)
{
    if (!pass->left)
        return 0;
    for (PageMarks *marks = pass->lists[pass->list].first; marks; marks = marks->next)
        hold_page(pass, marks);
    Ref pending = oz_move(&pass->t->exception);
    if (!pass->weak && !pass->finalizer && !pass->sighted && !pass->collector->debug) {
        end_blindly(pass);
        pass->t->exception = pending;
        return pass->found;
    }
    bool called = clear_weakrefs(pass);
    if (run_finalizers(pass) || called)
        spare_resurrected(pass);
    size_t found = pass->found;
    end_garbage(pass);
    pass->t->exception = pending;
    return found;
}
