// SPDX-License-Identifier: MIT
// The module _memtools: what memtools/ knows, for the tools in lib/ (pympler, objgraph,
// memory_profiler, line_profiler).
#include "modules/memtools_module.h"

#include "memtools/deep_size.h"
#include "memtools/referrers.h"
#include "memtools/type_tally.h"
#include "modules/native_type.h"
#include "object/collector.h"
#include "types/float.h"
#include "types/code.h"

#include <limits.h>

/* ---- sizes ---- */

enum { OZ_ALIGN_MAX = 1 << 20 };

/* The levels of a limit; None: all. */
static bool levels_of(Thread *t, Obj limit, size_t *levels)
{
    ssize_t n = SSIZE_MAX;
    if (limit != OZ_NONE && !oz_as_ssize(t, limit, -1, &n))
        return false;
    *levels = n < 0 ? 0 : limit == OZ_NONE ? SIZE_MAX : (size_t)n;
    return true;
}

/* What to do with each of the roots. */
typedef struct SizePlan {
    const Tuple *roots;
    const Tuple *flat; /* roots with True there count alone; NULL: none */
    size_t levels;
    bool separate; /* no root is part of another */
} SizePlan;

/* A row (bytes, flat, objects). */
static bool add_row(Thread *t, List *rows, size_t bytes, size_t flat, size_t objects)
{
    scoped Ref row = oz_tuple_of(t, 3, (Obj)oz_int((int64_t)bytes), (Obj)oz_int((int64_t)flat),
                                 (Obj)oz_int((int64_t)objects));
    return row && oz_list_append(t, rows, row);
}

static bool add_below(DeepSize *deep, const SizePlan *plan, uint32_t i, size_t flat)
{
    bool alone = plan->flat && i < plan->flat->length && plan->flat->items[i] == OZ_TRUE;
    return !flat || alone || !plan->levels ||
           oz_deep_size_add_below(deep, plan->roots->items[i], plan->levels);
}

static bool add_sizes(DeepSize *deep, List *rows, const SizePlan *plan)
{
    for (uint32_t i = 0; i < plan->roots->length; i++) {
        size_t bytes = deep->bytes, objects = deep->objects;
        if (!oz_deep_size_add(deep, plan->roots->items[i]))
            return false;
        size_t flat = deep->bytes - bytes;
        if (!add_below(deep, plan, i, flat) ||
            !add_row(deep->t, rows, deep->bytes - bytes, flat, deep->objects - objects))
            return false;
    }
    return true;
}

/* The roots themselves first, so that none is found below another. */
static bool add_separate(DeepSize *deep, List *rows, const SizePlan *plan)
{
    scoped Ref flats = oz_list_new(deep->t, 0);
    for (uint32_t i = 0; flats && i < plan->roots->length; i++) {
        size_t bytes = deep->bytes;
        if (!oz_deep_size_add(deep, plan->roots->items[i]) ||
            !oz_list_append(deep->t, (List *)flats, (Obj)oz_int((int64_t)(deep->bytes - bytes))))
            return false;
    }
    for (uint32_t i = 0; flats && i < plan->roots->length; i++) {
        scoped Ref own = oz_list_get(deep->t, (List *)flats, i);
        if (!own)
            return false;
        size_t flat = (size_t)oz_int_value(own), bytes = deep->bytes, objects = deep->objects;
        if (!add_below(deep, plan, i, flat) || !add_row(deep->t, rows, deep->bytes - bytes + flat,
                                                        flat, deep->objects - objects + (flat > 0)))
            return false;
    }
    return flats != NULL;
}

static bool exclude_all(DeepSize *deep, const Tuple *objects)
{
    for (uint32_t i = 0; i < objects->length; i++)
        if (!oz_deep_size_exclude(deep, objects->items[i]))
            return false;
    return true;
}

static bool check_tuple(Thread *t, Obj v, const char *name)
{
    return oz_is(v, OZ_TUPLE) || oz_fail(t, OZ_TypeError, "%s must be a tuple, not %T", name, v);
}

OZ_FUNCTION(
    memtools, deep_sizes,
    "($module, roots, /, *, limit=None, exclude=(), exclude_types=(), code=False, "
    "frames=False, flat=None, align=1, separate=False)",
    "Return a list of (bytes, flat, objects), one for each of roots: the bytes and number of the\n"
    "objects that it leads to over at most limit references, as far as no earlier root led\n"
    "there, and its own bytes among them.\n\n"
    "Classes, functions and code count only with code, frames only with frames, modules\n"
    "never, unless they are roots.  flat: a tuple; roots with True there count alone.\n"
    "separate: a root is never part of another one's figures.")
{
    SizePlan plan = {.roots = (const Tuple *)a[1]};
    bool code, frames;
    int64_t align;
    if (!check_tuple(t, a[1], "roots") || !levels_of(t, a[2], &plan.levels) ||
        !check_tuple(t, a[3], "exclude") || !check_tuple(t, a[4], "exclude_types") ||
        !oz_truth(t, a[5], &code) || !oz_truth(t, a[6], &frames) ||
        (a[7] != OZ_NONE && !check_tuple(t, a[7], "flat")) || !oz_as_int64(t, a[8], &align) ||
        !oz_truth(t, a[9], &plan.separate))
        return NULL;
    if (align < 1 || align > OZ_ALIGN_MAX)
        return oz_raise(t, OZ_ValueError, "align must be between 1 and %d", OZ_ALIGN_MAX);
    plan.flat = a[7] == OZ_NONE ? NULL : (const Tuple *)a[7];
    scoped Ref rows = oz_list_new(t, 0);
    const Tuple *closed = (const Tuple *)a[4];
    DeepSize deep;
    unsigned flags = (code ? OZ_DEEP_CODE : 0) | (frames ? OZ_DEEP_FRAMES : 0);
    oz_deep_size_init(&deep, t, flags, oz_borrowed(closed->items), closed->length);
    deep.align = (size_t)align;
    bool ok = rows && exclude_all(&deep, (const Tuple *)a[3]);
    ok = ok && (plan.separate ? add_separate : add_sizes)(&deep, (List *)rows, &plan);
    oz_deep_size_fini(&deep);
    return ok ? oz_move(&rows) : NULL;
}

/* ---- counts ---- */

static bool tally_what(Thread *t, Obj all, TallyWhat *what)
{
    bool everything;
    if (!oz_truth(t, all, &everything))
        return false;
    *what = everything ? OZ_TALLY_ALL : OZ_TALLY_TRACKED;
    return true;
}

OZ_FUNCTION(
    memtools, type_tally, "($module, objects=None, /, *, all=False)",
    "Return a list of (class, count, bytes) of a list of objects, or of those in the heap.\n\n"
    "all: not only those of gc.get_objects().")
{
    TallyWhat what;
    if (!tally_what(t, a[2], &what))
        return NULL;
    if (a[1] == OZ_NONE)
        return oz_type_tally_heap(t, what);
    if (!oz_isa(a[1], OZ_LIST))
        return oz_raise(t, OZ_TypeError, "objects must be a list, not %T", a[1]);
    return oz_type_tally_list(t, a[1]);
}

OZ_FUNCTION(memtools, objects, "($module, /, *, all=False)",
            "Return a list of the objects in the heap.\n\nall: not only those of gc.get_objects().")
{
    TallyWhat what;
    return tally_what(t, a[1], &what) ? oz_type_tally_objects(t, what) : NULL;
}

OZ_FUNCTION(memtools, object_at, "($module, address, /)",
            "Return the object of gc.get_objects() with this id, in a tuple, or None.")
{
    uint64_t address;
    if (!oz_as_uint64(t, a[1], &address))
        return NULL;
    Obj v = (Obj)(uintptr_t)address;
    if (!oz_is_pointer(v) || !oz_heap_owns(t->vm->heap, oz_object(v)))
        return OZ_NONE;
    PageClass kind = oz_page_class(oz_page_of(oz_object(v)));
    if (kind != OZ_PAGE_CONTAINER || oz_refs(oz_object(v)) == 0)
        return OZ_NONE;
    return oz_tuple_of(t, 1, v);
}

/* ---- references ---- */

OZ_FUNCTION(memtools, edges, "($module, source, /)",
            "Return a list of (target, label, index, key), one for each reference of an object.")
{
    return oz_referrers_edges(t, a[1]);
}

static bool check_list(Thread *t, Obj v, const char *name)
{
    return oz_isa(v, OZ_LIST) || oz_fail(t, OZ_TypeError, "%s must be a list, not %T", name, v);
}

OZ_FUNCTION(
    memtools, referrers, "($module, targets, ignored, globals=None, /)",
    "Return a list of (source, target, label, index, key) of what refers to the targets.\n\n"
    "ignored: ids of sources to leave out; globals: frames of functions with these are.")
{
    if (!check_list(t, a[1], "targets") || !check_list(t, a[2], "ignored"))
        return NULL;
    return oz_referrers_of(t, a[1], a[2], a[3]);
}

OZ_FUNCTION(
    memtools, chain, "($module, origin, predicate, depth, ignored, back, globals=None, /)",
    "Return the shortest chain of references from origin to what satisfies the predicate.\n\n"
    "back: against the references.  [origin] if there is none of at most depth.")
{
    ChainQuery query = {a[1], a[2], a[4], a[6], 0, false};
    if (!levels_of(t, a[3], &query.depth) || !check_list(t, a[4], "ignored") ||
        !oz_truth(t, a[5], &query.back))
        return NULL;
    return oz_referrers_chain(t, &query);
}

OZ_FUNCTION(memtools, unreferenced, "($module, /)",
            "Return a list of the objects of gc.get_objects() that nothing seems to refer to.")
{
    return oz_referrers_none(t);
}

OZ_FUNCTION(memtools, local_names, "($module, code, /)",
            "Return the names of a code object's local variables, by register.")
{
    if (!oz_is(a[1], OZ_CODE))
        return oz_raise(t, OZ_TypeError, "argument must be code, not %T", a[1]);
    return oz_retain(((const Code *)a[1])->locals);
}

/* ---- readings ---- */

bool oz_memory_kind(Thread *t, Obj name, MemoryKind *kind)
{
    static const char *const names[OZ_MEMORY_KINDS] = {"heap", "pages", "rss", "pss", "uss"};
    const Str *text = oz_as_str(name);
    for (int i = 0; text && i < OZ_MEMORY_KINDS; i++) {
        if (oz_str_equal_utf8(text, names[i])) {
            *kind = (MemoryKind)i;
            return true;
        }
    }
    return oz_fail(t, OZ_ValueError, "unknown kind of memory: %R", name);
}

OZ_FUNCTION(memtools, memory, "($module, kind='heap', pid=0, children=False, /)",
            "Return the bytes that this VM or a process takes, or None if that cannot be read.\n\n"
            "'heap': bytes of live objects and blocks, exactly; 'pages': of the heap's pages;\n"
            "'rss', 'pss', 'uss': what the system says of the process (0: this one).")
{
    MemoryReading reading = {.vm = t->vm};
    size_t bytes;
    if (!oz_memory_kind(t, a[1], &reading.kind) || !oz_as_int(t, a[2], &reading.pid) ||
        !oz_truth(t, a[3], &reading.children))
        return NULL;
    return oz_memory_reading(&reading, &bytes) ? oz_int_new(t, (int64_t)bytes) : OZ_NONE;
}

/* ---- pauses ---- */

OZ_FUNCTION(
    memtools, pauses, "($module, reset=False, /)",
    "Return (count, seconds, longest) of the stops of the program by automatic collections.\n\n"
    "Finalisers and the freeing of garbage are included.  reset: begin to count anew.")
{
    bool reset;
    if (!oz_truth(t, a[1], &reset))
        return NULL;
    GcPauses *pauses = &oz_collector(t->vm)->pauses, told = *pauses;
    if (reset)
        *pauses = (GcPauses){0};
    scoped Ref sum = oz_float_new(t, (double)told.sum / 1e9);
    scoped Ref longest = oz_float_new(t, (double)told.longest / 1e9);
    if (!sum || !longest)
        return NULL;
    return oz_tuple_of(t, 3, (Obj)oz_int((int64_t)told.count), sum, longest);
}

static const uint32_t memtools_types[] = {OZ_LINE_RECORDER, OZ_MEMORY_SAMPLER, 0};

const ModuleDef oz_memtools_module = {
    .name = "_memtools",
    .doc = "Deep sizes, counts, references and costs of lines, for the tools about memory.",
    .functions = OZ_METHODS(&memtools_deep_sizes, &memtools_type_tally, &memtools_objects,
                            &memtools_object_at, &memtools_edges, &memtools_referrers,
                            &memtools_chain, &memtools_unreferenced, &memtools_local_names,
                            &memtools_memory, &memtools_pauses),
    .types = memtools_types,
};
