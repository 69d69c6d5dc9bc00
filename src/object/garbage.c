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
#include "object/class.h"
#include "object/trial.h"
#include "object/weakref.h"

/* ---- holding ---- */

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

static bool hold_page(Pass *pass, const PageMarks *marks)
{
    for (size_t i = 0; i < marks->page->cells; i++) {
        Object *o = oz_page_cell_fast(marks->page, i);
        if (marks->of[i] <= MARK_TABLE && !garbage_add(pass, o))
            return false;
    }
    return true;
}

static bool hold_garbage(Pass *pass)
{
    for (const PageMarks *marks = pass->lists[pass->list].first; marks; marks = marks->next) {
        if (hold_page(pass, marks))
            continue;
        for (size_t i = 0; i < pass->garbage_count; i++)
            oz_drop_object(pass->garbage[i]); /* it has others */
        pass->no_memory = true;
        return false;
    }
    return true;
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
    if (is_garbage(o, pass) && pass->waiting_count < WAITING_MOST)
        pass->waiting[pass->waiting_count++] = o;
}

static bool finalize_namespaces(Pass *pass)
{
    bool any = false;
    pass->visitor.edge = list_edge;
    for (size_t n = 0; n < pass->namespace_count; n++) {
        Object *dict = oz_object(pass->namespaces[n]);
        if (!is_garbage(dict, pass))
            continue;
        pass->waiting_count = 0;
        pass->visitor.from = pass->visitor.most = 0;
        oz_visit_object(pass->t, dict, &pass->visitor);
        for (size_t i = 0; i < pass->waiting_count; i++)
            any |= finalize(pass, pass->waiting[i]);
    }
    pass->waiting_count = 0;
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

/* What has become reachable again leaves the list; without memory to know, everything. */
static void spare_resurrected(Pass *pass)
{
    oz_trial_resurrected(pass);
    /* The list is split before anything is dropped: a drop can run Python code. */
    size_t left = 0;
    for (size_t i = 0; i < pass->garbage_count; i++) {
        Object *o = pass->garbage[i];
        if (!pass->no_memory && is_garbage(o, pass)) {
            pass->garbage[i] = pass->garbage[left];
            pass->garbage[left++] = o;
        } else {
            oz_trial_survive(pass, o);
        }
    }
    for (size_t i = left; i < pass->garbage_count; i++)
        oz_drop_object(pass->garbage[i]);
    pass->garbage_count = left;
}

/* ---- the end of the garbage ---- */

static void clear_object(Thread *t, Object *o)
{
    if (oz_trial_references(o) == 1) /* only the collector's: it dies by the drop */
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
        count += oz_trial_references(pass->garbage[i]) != 1 &&
                 oz_gc_is_tracked(pass->t, (Obj)pass->garbage[i]);
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

size_t oz_garbage_collect(Pass *pass)
{
    if (!pass->left || !hold_garbage(pass))
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
