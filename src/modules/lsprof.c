// SPDX-License-Identifier: MIT
// The module _lsprof: the profiler behind cProfile.
//
// A Profiler stands behind the profile function of the thread (sys.setprofile): it is told of each
// call and return, of Python functions and of builtin ones.  It keeps an entry for each function,
// one for each pair of caller and callee, and a stack of the calls under way.
//
//   L1. Entries are never taken away but by clear(): an index stays good.
//   L2. stack[n].entry was entered by stack[n - 1].entry; a return ends the top one, whatever it
//   is.
//       Returns without a call on the stack (of enable() itself) do not count.
//   L3. The time of a function that calls itself counts once, when its outermost call ends.
//
// Functions are told apart by address: a code object, or the definition of a builtin.  The profiler
// keeps what it has seen, so that an address stays that of one function.
#include "modules/lsprof.h"

#include "modules/import.h"
#include "modules/native_type.h"
#include "types/code.h"
#include "types/float.h"
#include "types/frame.h"
#include "types/structseq.h"

#include <string.h>
#include <time.h>

/* What is counted of a function, or of a pair of caller and callee. */
typedef struct Tally {
    int64_t calls, recursive;
    int64_t total, own; /* ticks */
    uint32_t depth;     /* calls under way */
} Tally;

typedef struct PairTally {
    uint32_t callee;
    uint32_t next; /* the caller's next pair + 1; 0: none */
    Tally tally;
} PairTally;

typedef struct EntryTally {
    Tally tally;
    uint32_t first_pair;             /* + 1; 0: none */
    uint32_t last_callee, last_pair; /* what it called last; pair 0: nothing */
} EntryTally;

/* An address whose entry was asked for: the way past the dict. */
typedef struct Seen {
    const void *address;
    uint32_t entry;
} Seen;
#define SEEN 64

typedef struct Call {
    uint32_t entry;
    uint32_t pair; /* + 1; 0: no caller, or pairs are not kept */
    int64_t start, inside;
} Call;

#define PROFILER_REFS(REF) REF(codes) REF(index) REF(timer)
typedef struct Profiler {
    Object base;
    PROFILER_REFS(OZ_FIELD) /* list: code object or name of each entry; dict: address -> entry,
                             * (caller, callee) -> pair; the timer, or empty */
    EntryTally *entries;    /* [object] a block */
    PairTally *pairs;       /* [object] a block */
    Call *stack;            /* [object] a block */
    uint32_t entry_count, entry_room, pair_count, pair_room, depth, stack_room; /* [object] */
    double unit;             /* [const] seconds of a tick of the timer; 0: it gives seconds */
    bool subcalls, builtins; /* [object] */
    bool on;                 /* [object] */
    Seen seen[SEEN];         /* [object] by address */
} Profiler;
OZ_TYPE_LIFE(lsprof, Profiler, PROFILER_REFS)

static void profiler_free(Thread *t OZ_UNUSED, Object *o)
{
    Profiler *self = (Profiler *)o;
    oz_block_free(self->entries);
    oz_block_free(self->pairs);
    oz_block_free(self->stack);
}

/* ---- room ---- */

/* Room for one item more in a block of items of `size` bytes. */
static bool grow(Thread *t, void **block, uint32_t count, uint32_t *room, size_t size)
{
    if (count < *room)
        return true;
    uint32_t more = *room ? *room * 2 : 64;
    void *bigger = more > *room ? oz_block_realloc(t->heap, *block, more * size) : NULL;
    if (!bigger)
        return oz_raise_memory(t) != NULL;
    *block = bigger;
    *room = more;
    return true;
}

/* The number that the dict has for a key; OZ_MISSING: none yet. */
static Found number_of(Thread *t, Profiler *self, uint64_t key, uint32_t *number)
{
    Ref value = NULL;
    scoped Ref name = oz_int_from_uint64(t, key);
    Found found = name ? oz_dict_get(t, (Dict *)self->index, name, &value) : OZ_RAISED;
    if (found == OZ_FOUND)
        *number = (uint32_t)oz_int_value(value);
    return found;
}

static bool remember(Thread *t, Profiler *self, uint64_t key, uint32_t number)
{
    scoped Ref name = oz_int_from_uint64(t, key);
    return name && oz_dict_set(t, (Dict *)self->index, name, oz_int(number));
}

/* The code object, or the name of a builtin as its repr would give it without a self. */
static Ref shown(Thread *t, Obj code)
{
    if (!oz_is(code, OZ_BUILTIN_FUNCTION))
        return oz_retain(code);
    const BuiltinFunction *f = (const BuiltinFunction *)code;
    const char *name = f->signature->def->name;
    if (f->module)
        return oz_str_format(t, "<built-in method %S.%s>", f->module, name);
    scoped Ref key = oz_intern(t, name);
    Obj method = NULL;
    if (key && f->self && oz_class_find(t, oz_class_of(f->self), key, &method) == OZ_RAISED)
        return NULL;
    if (method && key)
        return oz_repr(t, method);
    return key ? oz_str_format(t, "<built-in method %s>", name) : NULL;
}

static Seen *seen_of(Profiler *self, const void *address)
{
    return &self->seen[(uintptr_t)address / 16 % SEEN];
}

/* The entry of a function. */
static bool find_entry(Thread *t, Profiler *self, const void *address, Obj code, uint32_t *entry)
{
    uint64_t key = (uint64_t)(uintptr_t)address; /* even: pairs are odd */
    Found found = number_of(t, self, key, entry);
    if (found != OZ_MISSING)
        return found == OZ_FOUND;
    scoped Ref name = shown(t, code);
    if (!name ||
        !grow(t, (void **)&self->entries, self->entry_count, &self->entry_room,
              sizeof *self->entries) ||
        !oz_list_append(t, (List *)self->codes, name))
        return false;
    self->entries[self->entry_count] = (EntryTally){0};
    *entry = self->entry_count++;
    return remember(t, self, key, *entry);
}

static bool entry_of(Thread *t, Profiler *self, const void *address, Obj code, uint32_t *entry)
{
    const Seen *known = seen_of(self, address);
    if (OZ_LIKELY(known->address == address)) {
        *entry = known->entry;
        return true;
    }
    if (!find_entry(t, self, address, code, entry)) /* which may run Python */
        return false;
    *seen_of(self, address) = (Seen){address, *entry};
    return true;
}

/* The pair of caller and callee, + 1. */
static bool find_pair(Thread *t, Profiler *self, uint32_t caller, uint32_t callee, uint32_t *pair)
{
    uint64_t key = (uint64_t)caller << 32 | (uint64_t)callee << 1 | 1;
    Found found = number_of(t, self, key, pair);
    if (found != OZ_MISSING)
        return found == OZ_FOUND;
    if (!grow(t, (void **)&self->pairs, self->pair_count, &self->pair_room, sizeof *self->pairs))
        return false;
    self->pairs[self->pair_count] =
        (PairTally){.callee = callee, .next = self->entries[caller].first_pair};
    *pair = ++self->pair_count;
    self->entries[caller].first_pair = *pair;
    return remember(t, self, key, *pair);
}

static bool pair_of(Thread *t, Profiler *self, uint32_t caller, uint32_t callee, uint32_t *pair)
{
    const EntryTally *last = &self->entries[caller];
    *pair = last->last_pair;
    if (OZ_LIKELY(*pair && last->last_callee == callee))
        return true;
    if (!find_pair(t, self, caller, callee, pair))
        return false;
    self->entries[caller].last_callee = callee;
    self->entries[caller].last_pair = *pair;
    return true;
}

/* ---- time ---- */

/* Now, in ticks; what the timer raises is reported, and the time is then 0. */
static int64_t now(Thread *t, Profiler *self)
{
    if (!self->timer) {
        struct timespec time;
        clock_gettime(CLOCK_MONOTONIC, &time);
        return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
    }
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

/* ---- calls and returns ---- */

static bool enter(Thread *t, Profiler *self, const void *address, Obj code)
{
    Call call = {0};
    if (!entry_of(t, self, address, code, &call.entry))
        return false;
    if (self->subcalls && self->depth &&
        !pair_of(t, self, self->stack[self->depth - 1].entry, call.entry, &call.pair))
        return false;
    if (!grow(t, (void **)&self->stack, self->depth, &self->stack_room, sizeof *self->stack))
        return false;
    self->entries[call.entry].tally.depth++;
    if (call.pair)
        self->pairs[call.pair - 1].tally.depth++;
    self->stack[self->depth++] = call;
    uint32_t at = self->depth - 1;
    int64_t start = now(t, self); /* runs Python: the stack may have moved, or be gone */
    if (at < self->depth)
        self->stack[at].start = start;
    return true;
}

static void count(Tally *tally, int64_t total, int64_t own)
{
    if (--tally->depth == 0)
        tally->total += total;
    else
        tally->recursive++;
    tally->own += own;
    tally->calls++;
}

static void leave(Thread *t, Profiler *self)
{
    if (!self->depth)
        return;
    int64_t end = now(t, self);
    if (!self->depth)
        return;
    Call call = self->stack[--self->depth];
    int64_t total = end - call.start, own = total - call.inside;
    if (self->depth)
        self->stack[self->depth - 1].inside += total;
    count(&self->entries[call.entry].tally, total, own);
    if (call.pair)
        count(&self->pairs[call.pair - 1].tally, total, own);
}

/* Is it the event of this name?  The thread tells it by the name itself. */
static bool is_event(const Str *event, Ref name, const char *text)
{
    return (Obj)event == name || oz_str_equal_utf8(event, text);
}

/* The profile function of the thread, bound to the Profiler: a subclass may have a __call__. */
OZ_METHOD(profiler, _told, "($self, frame, event, argument, /)", "Count an event.")
{
    Profiler *self = (Profiler *)a[0];
    const Str *event = oz_as_str(a[2]);
    Obj argument = a[3];
    bool done = true;
    if (!oz_is(a[1], OZ_FRAME) || !event || !self->on || !self->index)
        return OZ_NONE;
    if (is_event(event, OZ_NAME(t, call), "call")) {
        Obj code = (Obj)((const FrameObject *)a[1])->function->code;
        done = enter(t, self, code, code);
    } else if (is_event(event, OZ_TEXT(t, return_name), "return")) {
        leave(t, self);
    } else if (self->builtins && oz_is(argument, OZ_BUILTIN_FUNCTION)) {
        if (is_event(event, OZ_NAME(t, c_call), "c_call"))
            done = enter(t, self, ((const BuiltinFunction *)argument)->signature->def, argument);
        else
            leave(t, self);
    }
    return done ? OZ_NONE : NULL;
}

Obj oz_profiler_behind(Obj function)
{
    const BuiltinFunction *f = (const BuiltinFunction *)function;
    return oz_is(function, OZ_BUILTIN_FUNCTION) && f->signature->def == &profiler__told ? f->self
                                                                                        : function;
}

/* ---- on and off ---- */

static void set_profile(Thread *t, Ref function /* or NULL */)
{
    Ref old = t->profile_function;
    t->profile_function = function;
    t->vm->hooks.trace_changed(t);
    oz_drop(old);
}

/* The method of this type, whatever a subclass has by that name. */
static Ref told_by(Thread *t, Obj self)
{
    Class *cls = oz_builtin_class(t, OZ_LSPROF_PROFILER);
    scoped Ref name = cls && oz_class_fill(t, cls) ? oz_intern(t, profiler__told.name) : NULL;
    Obj descriptor = name ? oz_dict_peek_str(oz_as_dict(cls->dict), name) : NULL;
    return descriptor ? oz_class_of(descriptor)->slots->descr_get(t, descriptor, self, (Obj)cls)
                      : NULL;
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
    Ref codes = self->codes ? oz_retain(self->codes) : oz_list_new(t, 0);
    Ref index = self->index ? oz_retain(self->index) : codes ? oz_dict_new(t) : NULL;
    if (!index) {
        oz_drop(codes);
        return NULL;
    }
    oz_store(&self->base, &self->codes, codes);
    oz_store(&self->base, &self->index, index);
    oz_store(&self->base, &self->timer, oz_is_none(a[1]) ? NULL : oz_retain(a[1]));
    self->unit = unit;
    self->subcalls = subcalls;
    self->builtins = builtins;
    return OZ_NONE;
}

static bool is_ready(Thread *t, const Profiler *self)
{
    return self->index || oz_fail(t, OZ_RuntimeError, "the profiler has not been initialised");
}

OZ_METHOD(profiler, enable, "($self, /, subcalls=-1, builtins=-1)",
          "Begin to count calls.\n\nsubcalls: of each pair of caller and callee as well; builtins: "
          "of builtin functions as well.")
{
    Profiler *self = (Profiler *)a[0];
    if (!is_ready(t, self) || !flag(t, a[1], &self->subcalls) || !flag(t, a[2], &self->builtins))
        return NULL;
    Ref told = told_by(t, a[0]);
    if (!told)
        return NULL;
    self->on = true;
    set_profile(t, told);
    return OZ_NONE;
}

OZ_METHOD(profiler, disable, "($self, /)", "Stop to count calls; those under way end now.")
{
    Profiler *self = (Profiler *)a[0];
    self->on = false;
    set_profile(t, NULL);
    while (self->depth)
        leave(t, self);
    return OZ_NONE;
}

OZ_METHOD(profiler, clear, "($self, /)", "Forget what was counted.")
{
    Profiler *self = (Profiler *)a[0];
    if (!is_ready(t, self))
        return NULL;
    Ref codes = oz_list_new(t, 0), index = codes ? oz_dict_new(t) : NULL;
    if (!index) {
        oz_drop(codes);
        return NULL;
    }
    self->entry_count = self->pair_count = self->depth = 0;
    memset(self->seen, 0, sizeof self->seen);
    oz_store(&self->base, &self->index, index);
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
                  Obj calls /* or NULL */)
{
    double tick = self->timer && self->unit > 0 ? self->unit : 1e-9;
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

static Ref calls_of(Thread *t, const Profiler *self, uint32_t entry, Class *cls)
{
    if (!self->entries[entry].first_pair)
        return OZ_NONE;
    scoped Ref list = oz_list_new(t, 0);
    for (uint32_t at = self->entries[entry].first_pair; list && at;) {
        PairTally pair = self->pairs[at - 1];
        at = pair.next;
        if (!pair.tally.calls)
            continue;
        Ref each = result(t, self, &pair.tally, pair.callee, cls, NULL);
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
    if (!is_ready(t, self))
        return NULL;
    scoped Ref cls = result_class(t, "profiler_entry");
    scoped Ref sub = cls ? result_class(t, "profiler_subentry") : NULL;
    scoped Ref list = sub ? oz_list_new(t, 0) : NULL;
    for (uint32_t i = 0; list && i < self->entry_count; i++) {
        if (!self->entries[i].tally.calls)
            continue;
        scoped Ref calls = calls_of(t, self, i, (Class *)sub);
        Ref each = calls ? result(t, self, &self->entries[i].tally, i, (Class *)cls, calls) : NULL;
        if (!each || !oz_list_append_take(t, (List *)list, each) || !oz_poll(t))
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
    .methods = OZ_METHODS(&profiler_getstats, &profiler_enable, &profiler_disable, &profiler_clear,
                          &profiler__told),
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
