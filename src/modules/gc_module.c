// SPDX-License-Identifier: MIT
// The gc module: what programs see of object/collector.c.
//
// Generations: objects made since the last pass are generation 0, those that have survived a
// collect(0) generation 1, all others generation 2; an automatic young pass takes 0 and 1.  The
// counts and thresholds of 1 and 2 are kept as CPython shows
// them; what makes an automatic pass due is said in object/collector.c.
//
// Results are collected while the pages are walked; that allocates, but drops nothing and runs no
// Python code.  The lists that are being filled are left out of what they show.
#include "object/collector.h"

#include "types/audit.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

/* ---- what the collector tells ---- */

static Ref phase_info(Thread *t, int generation, size_t collected, size_t uncollectable)
{
    const struct {
        const char *name;
        size_t value;
    } items[] = {{"generation", (size_t)generation},
                 {"collected", collected},
                 {"uncollectable", uncollectable}};
    scoped Ref info = oz_dict_new(t);
    for (size_t i = 0; info && i < OZ_COUNT(items); i++) {
        scoped Ref key = oz_intern(t, items[i].name);
        if (!key || !oz_dict_set(t, (Dict *)info, key, oz_int((int64_t)items[i].value)))
            return NULL;
    }
    return oz_move(&info);
}

static void call_back(Thread *t, Obj callback, Obj name, Obj info)
{
    scoped Ref result = oz_call2(t, callback, name, info);
    if (!result)
        oz_unraisable(t, callback, NULL);
}

/* gc.callbacks is an ordinary list: a callback may change it. */
static void tell_phase(Thread *t, bool start, int generation, size_t collected,
                       size_t uncollectable)
{
    List *callbacks = (List *)oz_collector(t->vm)->callbacks;
    if (!callbacks || !oz_list_length(callbacks))
        return;
    Ref pending = oz_exception_take(t);
    scoped Ref name = oz_intern(t, start ? "start" : "stop");
    scoped Ref info = name ? phase_info(t, generation, collected, uncollectable) : NULL;
    if (!info)
        oz_unraisable(t, NULL, NULL);
    for (size_t i = 0; info && i < oz_list_length(callbacks); i++) {
        scoped Ref callback = oz_list_get(t, callbacks, i);
        if (callback)
            call_back(t, callback, name, info);
        else
            oz_exception_clear(t);
    }
    if (pending)
        oz_exception_put(t, pending);
}

static bool save_garbage(Thread *t, Obj o)
{
    List *garbage = (List *)oz_collector(t->vm)->garbage;
    if (oz_list_append(t, garbage, o))
        return true;
    oz_exception_clear(t);
    return false;
}

/* sys.stderr.write(text), or nothing. */
static void write_text(Thread *t, Obj text)
{
    scoped Ref key = oz_intern(t, "stderr");
    Obj file = key ? oz_dict_peek_str((Dict *)t->vm->sys, key) : NULL;
    if (!file || file == OZ_NONE)
        return;
    scoped Ref keep = oz_retain(file);
    scoped Ref result = oz_call_method(t, keep, OZ_NAME(t, write), 1, &text);
}

static void say(Thread *t, const char *line, Obj o)
{
    Ref pending = oz_exception_take(t);
    scoped Ref text = o ? oz_str_format(t, "%s <%T 0x%zx>\n", line, o, (size_t)oz_word(o))
                        : oz_str_format(t, "%s\n", line);
    if (text)
        write_text(t, text);
    oz_exception_clear(t);
    if (pending)
        oz_exception_put(t, pending);
}

static const GcEvents events = {.phase = tell_phase, .save = save_garbage, .say = say};

/* ---- switching and collecting ---- */

OZ_FUNCTION(gc, enable, "($module, /)", "Let collections happen by themselves.")
{
    oz_gc_enable(t, true);
    return OZ_NONE;
}

OZ_FUNCTION(gc, disable, "($module, /)", "Let collections happen only when asked for.")
{
    oz_gc_enable(t, false);
    return OZ_NONE;
}

OZ_FUNCTION(gc, isenabled, "($module, /)", "Tell whether collections happen by themselves.")
{
    return oz_bool(oz_collector(t->vm)->enabled);
}

OZ_FUNCTION(gc, collect, "($module, /, generation=2)",
            "Collect now; 0 and 1: among new objects, 2: among all.\n\n"
            "Returns how many unreachable objects there were.")
{
    int generation;
    if (!oz_as_int(t, a[1], &generation))
        return NULL;
    if (generation < 0 || generation >= OZ_GC_GENERATIONS)
        return oz_raise(t, OZ_ValueError, "invalid generation");
    size_t found = oz_gc_collect(t, generation);
    if (generation == OZ_GC_GENERATIONS - 1)
        oz_heap_trim(t->heap);
    return found == OZ_GC_NO_MEMORY ? oz_raise_memory(t) : oz_int((int64_t)found);
}

OZ_FUNCTION(gc, set_debug, "($module, flags, /)",
            "Choose what the collector reports on sys.stderr.")
{
    int flags;
    if (!oz_as_int(t, a[1], &flags))
        return NULL;
    oz_collector(t->vm)->debug = flags;
    return OZ_NONE;
}

OZ_FUNCTION(gc, get_debug, "($module, /)", "Return the flags of set_debug().")
{
    return oz_int(oz_collector(t->vm)->debug);
}

OZ_FUNCTION(gc, set_threshold, "($module, /, *thresholds)",
            "set_threshold(threshold0, [threshold1, [threshold2]])\n\n"
            "Set the collection thresholds; threshold0 = 0 turns automatic collection off.")
{
    const Tuple *values = (const Tuple *)a[1];
    int thresholds[OZ_GC_GENERATIONS];
    if (values->length < 1)
        return oz_raise(t, OZ_TypeError, "gc.set_threshold() takes at least 1 argument (0 given)");
    if (values->length > OZ_GC_GENERATIONS)
        return oz_raise(t, OZ_TypeError, "gc.set_threshold() takes at most 3 arguments (%u given)",
                        values->length);
    for (uint32_t i = 0; i < values->length; i++)
        if (!oz_as_int(t, values->items[i], &thresholds[i]))
            return NULL;
    for (uint32_t i = 0; i < values->length; i++)
        oz_gc_set_threshold(t, (int)i, thresholds[i]);
    return OZ_NONE;
}

OZ_FUNCTION(gc, get_threshold, "($module, /)", "Return the collection thresholds.")
{
    const int *threshold = oz_collector(t->vm)->threshold;
    return oz_tuple_of(t, 3, (Obj)oz_int(threshold[0]), (Obj)oz_int(threshold[1]),
                       (Obj)oz_int(threshold[2]));
}

OZ_FUNCTION(gc, get_count, "($module, /)",
            "Return the number of new objects, and of collections since the last one above.")
{
    const int *count = oz_collector(t->vm)->count;
    return oz_tuple_of(t, 3, (Obj)oz_int((int64_t)oz_gc_young_count(t)), (Obj)oz_int(count[1]),
                       (Obj)oz_int(count[2]));
}

static Ref stats_of(Thread *t, const GcStats *stats)
{
    const struct {
        const char *name;
        uint64_t value;
    } items[] = {{"collections", stats->collections},
                 {"collected", stats->collected},
                 {"uncollectable", stats->uncollectable}};
    scoped Ref dict = oz_dict_new(t);
    for (size_t i = 0; dict && i < OZ_COUNT(items); i++) {
        scoped Ref key = oz_intern(t, items[i].name);
        if (!key || !oz_dict_set(t, (Dict *)dict, key, oz_int((int64_t)items[i].value)))
            return NULL;
    }
    return oz_move(&dict);
}

OZ_FUNCTION(gc, get_stats, "($module, /)", "Return a list with a dict for each generation.")
{
    scoped Ref list = oz_list_new(t, OZ_GC_GENERATIONS);
    for (size_t i = 0; list && i < OZ_GC_GENERATIONS; i++) {
        Ref dict = stats_of(t, &oz_collector(t->vm)->stats[i]);
        if (!dict || !oz_list_append_take(t, (List *)list, dict))
            return NULL;
    }
    return oz_move(&list);
}

/* ---- looking ---- */

typedef struct Finder {
    Visitor visitor;
    Thread *t;
    Obj result;         /* the list being filled */
    Obj arguments;      /* tuple: what is looked for; left out itself */
    const Object *from; /* the object whose references are being looked at */
    bool hit;
    bool failed;
} Finder;

static void add_object(Object *o, void *arg)
{
    Finder *finder = arg;
    if (!finder->failed && (Obj)o != finder->result && (Obj)o != finder->arguments &&
        (Obj)o != (Obj)finder->t->vm->audit_hooks) /* a program must not find and change these */
        finder->failed = !oz_list_append(finder->t, (List *)finder->result, (Obj)o);
}

OZ_FUNCTION(gc, get_objects, "($module, /, generation=None)",
            "Return a list of the objects that the collector watches.\n\n"
            "generation: 0 for those made since the last collection, 2 for old ones.")
{
    int generation = -1;
    if (!oz_audit_event(t, "gc.get_objects", "d", a[1]))
        return NULL;
    if (a[1] != OZ_NONE) {
        scoped Ref number = oz_index(t, a[1]);
        if (!number) {
            oz_exception_clear(t);
            return oz_raise(t, OZ_TypeError, "argument should be integer or None, not '%T'", a[1]);
        }
        if (!oz_as_int(t, number, &generation))
            return NULL;
    }
    if (generation >= OZ_GC_GENERATIONS)
        return oz_raise(t, OZ_ValueError,
                        "generation parameter must be less than the number of available "
                        "generations (%d)",
                        OZ_GC_GENERATIONS);
    if (generation < -1)
        return oz_raise(t, OZ_ValueError, "generation parameter cannot be negative");
    scoped Ref list = oz_list_new(t, 0);
    Finder finder = {.t = t, .result = list};
    if (list)
        oz_gc_each(t, generation, add_object, &finder);
    return finder.failed ? NULL : oz_move(&list);
}

static void match_edge(Visitor *v, Obj child, const char *label OZ_UNUSED, ssize_t index OZ_UNUSED)
{
    Finder *finder = (Finder *)v;
    const Tuple *wanted = (const Tuple *)finder->arguments;
    for (uint32_t i = 0; i < wanted->length && !finder->hit; i++)
        finder->hit = wanted->items[i] == child;
}

static void match_object(Object *o, void *arg)
{
    Finder *finder = arg;
    finder->hit = false;
    oz_visit_object(finder->t, o, &finder->visitor);
    if (finder->hit)
        add_object(o, finder);
}

OZ_FUNCTION(gc, get_referrers, "($module, /, *objs)",
            "Return a list of the objects that refer directly to any of objs.")
{
    if (!oz_audit_event(t, "gc.get_referrers", "O", a[1]))
        return NULL;
    scoped Ref list = oz_list_new(t, 0);
    Finder finder = {.visitor = {match_edge, match_edge}, .t = t, .result = list};
    finder.arguments = a[1];
    if (list)
        oz_gc_each(t, -1, match_object, &finder);
    return finder.failed ? NULL : oz_move(&list);
}

static void add_edge(Visitor *v, Obj child, const char *label OZ_UNUSED, ssize_t index OZ_UNUSED)
{
    Finder *finder = (Finder *)v;
    if (!finder->failed)
        finder->failed = !oz_list_append(finder->t, (List *)finder->result, child);
}

OZ_FUNCTION(gc, get_referents, "($module, /, *objs)",
            "Return a list of the objects that objs refer directly to.")
{
    const Tuple *objects = (const Tuple *)a[1];
    if (!oz_audit_event(t, "gc.get_referents", "O", a[1]))
        return NULL;
    scoped Ref list = oz_list_new(t, 0);
    Finder finder = {.visitor = {add_edge, add_edge}, .t = t, .result = list};
    for (uint32_t i = 0; list && i < objects->length; i++)
        if (oz_is_pointer(objects->items[i]))
            oz_visit_object(t, oz_object(objects->items[i]), &finder.visitor);
    return finder.failed ? NULL : oz_move(&list);
}

OZ_FUNCTION(gc, is_tracked, "($module, obj, /)", "Tell whether the collector watches the object.")
{
    return oz_bool(oz_gc_is_tracked(t, a[1]));
}

OZ_FUNCTION(gc, is_finalized, "($module, obj, /)", "Tell whether the object's finaliser has run.")
{
    return oz_bool(oz_is_pointer(a[1]) && oz_has_flag(oz_object(a[1]), OZ_FLAG_FINALIZED));
}

/* ---- gc.freeze ---- */

OZ_FUNCTION(gc, freeze, "($module, /)",
            "Leave every object that exists now out of all later collections.\n\n"
            "Before a fork: the child then keeps sharing their memory with the parent.")
{
    return oz_gc_freeze(t) ? OZ_NONE : oz_raise_memory(t);
}

OZ_FUNCTION(gc, unfreeze, "($module, /)", "Take the frozen objects into collections again.")
{
    oz_gc_unfreeze(t);
    return OZ_NONE;
}

OZ_FUNCTION(gc, get_freeze_count, "($module, /)", "Return how many objects are frozen.")
{
    return oz_int((int64_t)oz_gc_frozen_count(t));
}

/* ---- the module ---- */

static bool make_list(Thread *t, Module *module, const char *name, Ref *place)
{
    if (!*place)
        *place = oz_list_new(t, 0);
    return *place && oz_module_add(t, module, name, oz_retain(*place));
}

static bool gc_module_init(Thread *t, Module *module)
{
    Collector *c = oz_collector(t->vm);
    if (!make_list(t, module, "garbage", &c->garbage) ||
        !make_list(t, module, "callbacks", &c->callbacks))
        return false;
    c->events = &events;
    return oz_module_add_int(t, module, "DEBUG_STATS", OZ_GC_STATS) &&
           oz_module_add_int(t, module, "DEBUG_COLLECTABLE", OZ_GC_COLLECTABLE) &&
           oz_module_add_int(t, module, "DEBUG_UNCOLLECTABLE", OZ_GC_UNCOLLECTABLE) &&
           oz_module_add_int(t, module, "DEBUG_SAVEALL", OZ_GC_SAVEALL) &&
           oz_module_add_int(t, module, "DEBUG_LEAK", OZ_GC_LEAK);
}

const ModuleDef oz_gc_module = {
    .name = "gc",
    .doc = "The collector of reference cycles: when it runs, what it finds, what it watches.",
    .functions = OZ_METHODS(&gc_enable, &gc_disable, &gc_isenabled, &gc_collect, &gc_set_debug,
                            &gc_get_debug, &gc_set_threshold, &gc_get_threshold, &gc_get_count,
                            &gc_get_stats, &gc_get_objects, &gc_get_referrers, &gc_get_referents,
                            &gc_is_tracked, &gc_is_finalized, &gc_freeze, &gc_unfreeze,
                            &gc_get_freeze_count),
    .init = gc_module_init,
};
