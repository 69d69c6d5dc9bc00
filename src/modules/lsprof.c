// SPDX-License-Identifier: MIT
// The module _lsprof: the profiler behind cProfile.
//
// A Profiler has a profile (vm/profile.h) of each thread that enabled it, which the loop tells of
// calls and returns, of Python functions and of builtin ones, while it is the profile function of
// the thread (sys.setprofile).  Its trees of calls are added up when statistics are asked for: an
// entry for each function, and one for each pair of caller and callee.
//
//   L1. Entries and pairs are never taken away but by clear(): a number stays good.
//   L2. The time of a function that calls itself counts once, for its outermost call: what is added
//       up for a node counts where its entry (pair) is not that of a node above.
//
// Functions are told apart by address: a code object, or the definition of a builtin.  The profiler
// keeps what it has seen, so that an address stays that of one function.
//
// Time is that of the processor's counter where it runs evenly, else of CLOCK_MONOTONIC: the loop
// reads it twice for each call, and nothing that it does besides costs as much.  On an EPYC of 2.6
// GHz a reading takes 9.7 ns when nothing else is done (clock_gettime: 23.7 ns), less where
// instructions around it run meanwhile.  `calls` of the benchmarks makes 7 million calls in 0.143
// s, 20.5 ns each: two readings alone make that 1.33 times as long, a profile 1.42 to 1.49 times.
//
// Calls that are under way when statistics are asked for are not counted; their time is.
#include "modules/import.h"
#include "modules/native_type.h"
#include "types/code.h"
#include "types/float.h"
#include "types/structseq.h"
#include "memtools/number_table.h"
#include "vm/profile.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

/* What is counted of a function, or of a pair of caller and callee. */
typedef struct Tally {
    int64_t calls, recursive;
    int64_t total, own; /* ticks */
    uint32_t depth;     /* nodes of it above the one that is added up */
} Tally;

typedef struct PairTally {
    uint32_t caller, callee;
    uint32_t next; /* the caller's next pair + 1; 0: none */
    Tally tally;
} PairTally;

typedef struct EntryTally {
    const void *key;     /* code object or definition */
    uint32_t first_pair; /* + 1; 0: none */
    Tally tally;
} EntryTally;

/* The profile of one thread. */
typedef struct Record {
    CallProfile profile; /* first: of it this is made */
    struct Profiler *profiler;
    struct Record *next;
    uint64_t thread; /* its serial */
    bool subcalls;   /* its nodes have pairs */
} Record;

/* Two clocks at one moment. */
typedef struct Moment {
    int64_t ticks, ns;
} Moment;

#define PROFILER_REFS(REF) REF(codes) REF(timer)
typedef struct Profiler {
    Object base;
    PROFILER_REFS(OZ_FIELD)      /* list: code object or name of each entry; the timer, or empty */
    EntryTally *entries;         /* [object] a block */
    PairTally *pairs;            /* [object] a block */
    NumberTable by_key, by_pair; /* [object] of the two */
    uint32_t entry_count, entry_room, pair_count, pair_room; /* [object] */
    Record *records;                                         /* [object] blocks */
    double unit;             /* [object] seconds of a tick of the timer; 0: it gives seconds */
    bool subcalls, builtins; /* [object] */
    bool counter;            /* [const] the processor has an even one */
    Moment start;            /* [const] */
    int64_t measured;        /* [object] ns from then on, for which `tick` was found; 0: none */
    double tick;             /* [object] seconds */
} Profiler;
OZ_TYPE_LIFE(lsprof, Profiler, PROFILER_REFS)

static void profiler_free(Thread *t OZ_UNUSED, Object *o)
{
    Profiler *self = (Profiler *)o;
    while (self->records) {
        Record *record = self->records;
        self->records = record->next;
        oz_profile_fini(&record->profile);
        oz_block_free(record);
    }
    oz_block_free(self->entries);
    oz_block_free(self->pairs);
    oz_number_table_fini(&self->by_key);
    oz_number_table_fini(&self->by_pair);
}

/* ---- entries ---- */

static uint32_t hash_number(uint64_t n)
{
    return (uint32_t)(n * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

static uint32_t hash_key(const void *owner, uint32_t n)
{
    return hash_number((uintptr_t)((const Profiler *)owner)->entries[n].key >> 4);
}

static uint32_t hash_pair(const void *owner, uint32_t n)
{
    const PairTally *pair = &((const Profiler *)owner)->pairs[n];
    return hash_number((uint64_t)pair->caller << 32 | pair->callee);
}

/* The code object, or the name of a builtin as its repr would give it without a self. */
static Ref shown(Thread *t, Obj callee, Obj instance)
{
    bool function = oz_is(callee, OZ_BUILTIN_FUNCTION);
    if (oz_is(callee, OZ_CODE))
        return oz_retain(callee);
    const BuiltinFunction *f = (const BuiltinFunction *)callee;
    const Signature *s = function ? f->signature : ((const MethodDescriptor *)callee)->signature;
    const char *name = s->def->name;
    if (function && f->module)
        return oz_str_format(t, "<built-in method %S.%s>", f->module, name);
    Obj owner = function ? f->self : instance, method = NULL;
    scoped Ref key = oz_intern(t, name);
    if (key && owner && oz_class_find(t, oz_class_of(owner), key, &method) == OZ_RAISED)
        oz_exception_clear(t);
    Ref shown = method && key ? oz_repr(t, method) : NULL;
    if (shown)
        return shown;
    oz_exception_clear(t);
    return oz_str_format(t, "<built-in method %s>", name);
}

/* false: no memory, or what it shows could not be made. */
static bool find_entry(Thread *t, Profiler *self, const void *key, Obj callee, Obj instance,
                       uint32_t *entry)
{
    const NumberTable *table = &self->by_key;
    uint32_t at = hash_number((uintptr_t)key >> 4) & table->mask;
    for (; table->slots && table->slots[at]; at = oz_number_table_next(table, at)) {
        *entry = table->slots[at] - 1;
        if (self->entries[*entry].key == key)
            return true;
    }
    scoped Ref name = shown(t, callee, instance), codes = oz_retain(self->codes);
    if (!name || codes != self->codes ||
        !oz_grow(t, (void **)&self->entries, self->entry_count, &self->entry_room,
                 sizeof *self->entries) ||
        !oz_number_table_room(t, &self->by_key, self, hash_key) ||
        !oz_list_append(t, (List *)codes, name))
        return false;
    *entry = self->entry_count;
    self->entries[self->entry_count++] = (EntryTally){.key = key};
    oz_number_table_put(&self->by_key, hash_key(self, *entry), *entry);
    return true;
}

static bool find_pair(Thread *t, Profiler *self, uint32_t caller, uint32_t callee, uint32_t *pair)
{
    const NumberTable *table = &self->by_pair;
    uint32_t at = hash_number((uint64_t)caller << 32 | callee) & table->mask;
    for (; table->slots && table->slots[at]; at = oz_number_table_next(table, at)) {
        *pair = table->slots[at] - 1;
        if (self->pairs[*pair].caller == caller && self->pairs[*pair].callee == callee)
            return true;
    }
    if (!oz_grow(t, (void **)&self->pairs, self->pair_count, &self->pair_room,
                 sizeof *self->pairs) ||
        !oz_number_table_room(t, &self->by_pair, self, hash_pair))
        return false;
    *pair = self->pair_count;
    self->pairs[self->pair_count++] =
        (PairTally){.caller = caller, .callee = callee, .next = self->entries[caller].first_pair};
    self->entries[caller].first_pair = self->pair_count;
    oz_number_table_put(&self->by_pair, hash_pair(self, *pair), *pair);
    return true;
}

enum { NO_PAIR = UINT32_MAX };

static bool number(CallProfile *p, Thread *t, const void *key, Obj callee, Obj instance,
                   const ProfileNode *caller, uint32_t *entry, uint32_t *pair)
{
    const Record *record = (Record *)p;
    Profiler *self = record->profiler;
    uint32_t forgotten = p->forgotten;
    bool ok = find_entry(t, self, key, callee, instance, entry);
    if (!ok)
        oz_exception_clear(t);
    if (!ok || p->forgotten != forgotten)
        return false;
    *pair = NO_PAIR;
    return !record->subcalls || !caller->parent || find_pair(t, self, caller->entry, *entry, pair);
}

/* ---- adding up ---- */

static void tally_begin(void *owner, ProfileNode *node)
{
    Profiler *self = owner;
    self->entries[node->entry].tally.depth++;
    if (node->pair != NO_PAIR)
        self->pairs[node->pair].tally.depth++;
}

static void count(Tally *tally, const ProfileNode *node, int64_t total)
{
    if (--tally->depth == 0)
        tally->total += total;
    else
        tally->recursive += (int64_t)node->calls;
    tally->own += node->own;
    tally->calls += (int64_t)node->calls;
}

static void tally_end(void *owner, ProfileNode *node)
{
    Profiler *self = owner;
    int64_t total = node->own + node->inside;
    node->parent->inside += total;
    count(&self->entries[node->entry].tally, node, total);
    if (node->pair != NO_PAIR)
        count(&self->pairs[node->pair].tally, node, total);
    node->own = node->inside = 0;
    node->calls = 0;
}

static void add_up(CallProfile *p)
{
    oz_profile_walk(p, tally_begin, tally_end, ((Record *)p)->profiler);
    p->root.own = p->root.inside = 0;
}

/* ---- time ---- */

/* Does the processor's counter run evenly, whatever the processor does? */
static bool has_even_counter(void)
{
#if defined(__x86_64__)
    unsigned a, b, c, d = 0;
    return __get_cpuid(0x80000007, &a, &b, &c, &d) && d & 1 << 8;
#else
    return false;
#endif
}

/* Both clocks, as close to each other as they can be read: the best of a few. */
static Moment moment(void)
{
    const CallProfile counter = {.counter = true};
    Moment best = {0};
    int64_t closest = INT64_MAX;
    for (int i = 0; i < 5; i++) {
        int64_t before = oz_profile_now(&counter), ns = oz_monotonic_ns();
        int64_t between = oz_profile_now(&counter) - before;
        if (between < closest) {
            closest = between;
            best = (Moment){before + between / 2, ns};
        }
    }
    return best;
}

/* Seconds of a tick.  The longer ago the start, the better it is known: a millisecond is waited
 * for, after which it is known to 1 in 20,000. */
static double tick_of(Profiler *self)
{
    if (self->timer)
        return self->unit > 0 ? self->unit : 1e-9;
    if (!self->counter)
        return 1e-9;
    const int64_t least = 1000000;
    Moment now = moment();
    while (now.ns - self->start.ns < least)
        now = moment();
    int64_t elapsed = now.ns - self->start.ns, ticks = now.ticks - self->start.ticks;
    if (elapsed / 10 >= self->measured && ticks > 0) {
        self->measured = elapsed;
        self->tick = 1e-9 * (double)elapsed / (double)ticks;
    }
    return self->tick;
}

/* The timer's time; what it raises is reported, and the time is then 0. */
static int64_t timer_time(CallProfile *p, Thread *t)
{
    const Profiler *self = ((Record *)p)->profiler;
    scoped Ref timer = oz_retain(self->timer);
    scoped Ref result = oz_call0(t, timer);
    int64_t ticks;
    double seconds;
    if (result && self->unit > 0) {
        if (oz_as_int64(t, result, &ticks))
            return ticks;
    } else if (result && !oz_isa(result, OZ_FLOAT) && !oz_class_of(result)->slots->index) {
        oz_raise(t, OZ_TypeError, "'%T' object cannot be interpreted as an integer", result);
    } else if (result && oz_as_double(t, result, &seconds)) {
        if (seconds > -9e9 && seconds < 9e9)
            return (int64_t)(seconds * 1e9);
        oz_raise(t, OZ_OverflowError, "timestamp too large to convert to C _PyTime_t");
    }
    oz_unraisable(t, timer, NULL);
    return 0;
}

static const ProfileOwner profile_owner = {.number = number, .add_up = add_up, .time = timer_time};

/* ---- on and off ---- */

/* The record of this thread, made if there is none; NULL: raised. */
static Record *record_of(Thread *t, Profiler *self)
{
    for (Record *each = self->records; each; each = each->next)
        if (each->thread == t->serial)
            return each;
    Record *record = oz_block_alloc(t->heap, sizeof *record);
    if (!record) {
        oz_raise_memory(t);
        return NULL;
    }
    oz_profile_init(&record->profile, &profile_owner, self->counter);
    record->profiler = self;
    record->thread = t->serial;
    record->subcalls = self->subcalls;
    record->next = self->records;
    self->records = record;
    return record;
}

static bool flag(Thread *t, Obj v, bool *flag)
{
    int n;
    if (!oz_as_int(t, v, &n))
        return false;
    if (n >= 0)
        *flag = n > 0;
    return true;
}

OZ_INIT(profiler, "($self, /, timer=None, timeunit=0.0, subcalls=True, builtins=True)")
{
    Profiler *self = (Profiler *)a[0];
    double unit;
    bool subcalls = true, builtins = true;
    if (!oz_as_double(t, a[2], &unit) || !flag(t, a[3], &subcalls) || !flag(t, a[4], &builtins))
        return NULL;
    if (!self->codes) {
        Ref codes = oz_list_new(t, 0);
        if (!codes)
            return NULL;
        oz_store(&self->base, &self->codes, codes);
        self->counter = has_even_counter();
        self->start = moment();
    }
    oz_store(&self->base, &self->timer, oz_is_none(a[1]) ? NULL : oz_retain(a[1]));
    self->unit = unit;
    self->subcalls = subcalls;
    self->builtins = builtins;
    return OZ_NONE;
}

static bool is_ready(Thread *t, const Profiler *self)
{
    return self->codes || oz_fail(t, OZ_RuntimeError, "the profiler has not been initialised");
}

OZ_METHOD(profiler, enable, "($self, /, subcalls=-1, builtins=-1)",
          "Begin to count calls.\n\nsubcalls: of each pair of caller and callee as well; builtins: "
          "of builtin functions as well.")
{
    Profiler *self = (Profiler *)a[0];
    if (!is_ready(t, self) || !flag(t, a[1], &self->subcalls) || !flag(t, a[2], &self->builtins))
        return NULL;
    Record *record = record_of(t, self);
    if (!record)
        return NULL;
    CallProfile *p = &record->profile;
    if (p->node == &p->root && (record->subcalls != self->subcalls || p->timed != !!self->timer)) {
        add_up(p);
        oz_profile_forget(p);
        record->subcalls = self->subcalls;
        p->timed = self->timer != NULL;
    }
    p->builtins = self->builtins;
    if (p->node == &p->root)
        p->last = p->timed ? 0 : oz_profile_now(p); /* the root's time counts nowhere */
    oz_profile_set(t, oz_retain(a[0]), p);
    return OZ_NONE;
}

/* What there was no memory for is missing. */
static bool is_complete(Thread *t, Profiler *self)
{
    bool complete = true;
    for (Record *each = self->records; each; each = each->next) {
        complete &= !each->profile.exhausted;
        each->profile.exhausted = false;
    }
    return complete || oz_fail(t, OZ_MemoryError, "memory was exhausted while profiling");
}

OZ_METHOD(profiler, disable, "($self, /)", "Stop to count calls; those under way end now.")
{
    Profiler *self = (Profiler *)a[0];
    oz_profile_set(t, NULL, NULL);
    for (Record *each = self->records; each; each = each->next)
        if (each->thread == t->serial)
            oz_profile_unwind(&each->profile, t);
    return is_complete(t, self) ? OZ_NONE : NULL;
}

OZ_METHOD(profiler, clear, "($self, /)", "Forget what was counted.")
{
    Profiler *self = (Profiler *)a[0];
    if (!is_ready(t, self))
        return NULL;
    Ref codes = oz_list_new(t, 0);
    if (!codes)
        return NULL;
    for (Record *each = self->records; each; each = each->next)
        oz_profile_forget(&each->profile);
    self->entry_count = self->pair_count = 0;
    oz_number_table_fini(&self->by_key);
    oz_number_table_fini(&self->by_pair);
    oz_store(&self->base, &self->codes, codes);
    return OZ_NONE;
}

/* ---- results ---- */

static const StructField entry_fields[] = {
    {"code", "code object or name of a builtin function"},
    {"callcount", "how often it was called"},
    {"reccallcount", "how often by itself"},
    {"totaltime", "seconds in it and in what it called"},
    {"inlinetime", "seconds in it alone"},
    {"calls", "what it called: a list of profiler_subentry, or None"},
};
static const StructDef entry_def = {"_lsprof.profiler_entry", NULL, entry_fields, 6, 6, true};
static const StructDef subentry_def = {"_lsprof.profiler_subentry", NULL, entry_fields, 5, 5, true};

static Ref result(Thread *t, const Profiler *self, const Tally *tally, uint32_t entry, Class *cls,
                  double tick, Obj calls /* or NULL */)
{
    Ref values[6] = {oz_list_get(t, (List *)self->codes, entry)};
    if (!values[0])
        return NULL;
    values[1] = oz_int(tally->calls);
    values[2] = oz_int(tally->recursive);
    values[3] = oz_float_new(t, (double)tally->total * tick);
    values[4] = values[3] ? oz_float_new(t, (double)tally->own * tick) : NULL;
    values[5] = calls ? oz_retain(calls) : NULL;
    if (values[4])
        return oz_structseq_new(t, cls, values);
    for (size_t i = 0; i < OZ_COUNT(values); i++)
        oz_drop(values[i]);
    return NULL;
}

static Ref result_class(Thread *t, const char *name)
{
    scoped Ref module = oz_import(t, "_lsprof"), key = oz_intern(t, name);
    scoped Ref cls = module && key ? oz_get_attr(t, module, key) : NULL;
    if (cls && oz_is(cls, OZ_TYPE))
        return oz_move(&cls);
    return cls ? oz_raise(t, OZ_RuntimeError, "_lsprof.%s is not the class that it was", name)
               : NULL;
}

static Ref calls_of(Thread *t, const Profiler *self, uint32_t entry, Class *cls, double tick)
{
    if (!self->entries[entry].first_pair)
        return OZ_NONE;
    scoped Ref list = oz_list_new(t, 0);
    for (uint32_t at = self->entries[entry].first_pair; list && at && at <= self->pair_count;) {
        PairTally pair = self->pairs[at - 1];
        at = pair.next;
        if (!pair.tally.calls)
            continue;
        Ref each = result(t, self, &pair.tally, pair.callee, cls, tick, NULL);
        if (!each || !oz_list_append_take(t, (List *)list, each))
            return NULL;
    }
    return oz_move(&list);
}

OZ_METHOD(profiler, getstats, "($self, /)",
          "What was counted: a list of profiler_entry(code, callcount, reccallcount, totaltime, "
          "inlinetime, calls).")
{
    Profiler *self = (Profiler *)a[0];
    if (!is_ready(t, self) || !is_complete(t, self))
        return NULL;
    scoped Ref cls = result_class(t, "profiler_entry");
    scoped Ref sub = cls ? result_class(t, "profiler_subentry") : NULL;
    scoped Ref list = sub ? oz_list_new(t, 0) : NULL;
    for (Record *each = self->records; list && each; each = each->next)
        add_up(&each->profile);
    double tick = tick_of(self);
    for (uint32_t i = 0; list && i < self->entry_count; i++) {
        Tally tally = self->entries[i].tally;
        if (!tally.calls)
            continue;
        scoped Ref calls = calls_of(t, self, i, (Class *)sub, tick);
        Ref entry = calls ? result(t, self, &tally, i, (Class *)cls, tick, calls) : NULL;
        if (!entry || !oz_list_append_take(t, (List *)list, entry) || !oz_poll(t))
            return NULL;
    }
    return oz_move(&list);
}

OZ_NEW(profiler, "($type, /, *args, **kwargs)")
{
    return oz_instance_new(t, (Class *)a[0], 0);
}

const TypeDef oz_lsprof_profiler_type = {
    .id = OZ_LSPROF_PROFILER,
    .name = "_lsprof.Profiler",
    .doc = "Profiler(timer=None, timeunit=None, subcalls=True, builtins=True)\n\n"
           "Counts calls and their time.  timer gives the time, as a float of seconds or, with\n"
           "timeunit, as an int of units.",
    .size = sizeof(Profiler),
    .visit = lsprof_visit,
    .clear = lsprof_clear,
    .free = profiler_free,
    .make = &profiler_new_,
    .initialise = &profiler_init_,
    .methods = OZ_METHODS(&profiler_getstats, &profiler_enable, &profiler_disable, &profiler_clear),
};

static bool lsprof_init(Thread *t, Module *module)
{
    Ref entry = (Ref)oz_structseq_class(t, &entry_def);
    if (!entry || !oz_module_add(t, module, "profiler_entry", entry))
        return false;
    Ref subentry = (Ref)oz_structseq_class(t, &subentry_def);
    return subentry && oz_module_add(t, module, "profiler_subentry", subentry);
}

static const uint32_t lsprof_types[] = {OZ_LSPROF_PROFILER, 0};

const ModuleDef oz_lsprof_module = {
    .name = "_lsprof",
    .doc = "A profiler of calls.",
    .types = lsprof_types,
    .init = lsprof_init,
};
