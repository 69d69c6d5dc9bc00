// SPDX-License-Identifier: MIT
// What a thread and a VM own.  All state of the runtime hangs off one of the two.
#ifndef OZ_OBJECT_THREAD_H
#define OZ_OBJECT_THREAD_H

#include "heap/heap.h"
#include "object/object.h"
#include "object/type.h"

typedef struct Frame Frame; /* vm/frame.h */
struct Code;                /* types/code.h */
typedef struct Str Str;
typedef struct World World;

enum {
#define NAME(name) OZ_NAME_##name,
#define STRING(name, text) OZ_NAME_##name##_text,
#include "object/names.def"
    OZ_NAME_COUNT
#undef NAME
#undef STRING
};

enum {
#define ERROR(name, base) OZ_##name,
#include "object/errors.def"
    OZ_ERROR_COUNT
#undef ERROR
};

/* A lock in 4 bytes, free when they are 0 (object/world.h). */
typedef struct LockWord {
    _Atomic(uint32_t) state;
} LockWord;

/* Why a thread should leave its fast path at the next safepoint. */
enum {
    OZ_INTERRUPT_SIGNAL = 1,  /* a signal handler is to run (main thread) */
    OZ_INTERRUPT_COLLECT = 2, /* the nursery is full */
    OZ_INTERRUPT_STOP = 4,    /* somebody waits for this thread's turn to end */
    OZ_INTERRUPT_PENDING = 8, /* a pending call or an asynchronous exception */
    OZ_INTERRUPT_LIMIT = 32,  /* a step or time limit is over */
    OZ_INTERRUPT_COUNTS = 64  /* objects are to be counted in another way (oz_counts_poll) */
};

/* What lower layers need from higher ones; runtime/ fills it.  The whole list of upcalls. */
typedef struct VmHooks {
    /* vm: run a Python function; the call slot of function objects. */
    Ref (*call_function)(Thread *t, Obj function, const Args *args);
    /* vm: resume a generator, coroutine or async generator with a value (taken; NULL: with the
     * pending exception).  1: *value was yielded, 0: it was returned, -1: raised. */
    int (*resume)(Thread *t, Obj generator, Ref sent, Ref *value);
    /* vm: make the frame of a delegating generator the innermost one while what it delegates to is
     * thrown into, so that it is among the callers; false: there is no room for it. */
    bool (*show_generator)(Thread *t, Obj generator);
    void (*hide_generator)(Thread *t);
    /* vm: handle what the interrupt word asks for; false: raised. */
    bool (*poll)(Thread *t);
    /* modules: run the handlers of signals that have arrived; false: raised.  NULL: none set. */
    bool (*signals)(Thread *t);
    /* types: drop the slots and the builtin part of an instance of a Python class (its class stays
     * counted; who frees the cell gives that up); show them, and the class. */
    void (*instance_clear)(Thread *t, Object *o, Shape *shape);
    void (*instance_visit)(const Object *o, Shape *shape, Visitor *v);
    /* types: show the variables of the outermost `most` frames of a thread. */
    void (*visit_frames)(Thread *t, size_t most, Visitor *v);
    /* types: report the pending exception of a finaliser. */
    void (*unraisable)(Thread *t, Obj where);
    /* types: raise MemoryError (preallocated), RecursionError. */
    void (*raise_memory)(Thread *t);
    void (*raise_recursion)(Thread *t, const char *where);
    /* vm: globals of the innermost frame, borrowed; NULL if there is none. */
    Obj (*globals)(Thread *t);
    /* vm: the class cell and first argument of the calling function, for super(); false: raised
     * RuntimeError "super(): no arguments", "super(): __class__ cell not found", ... */
    bool (*super_arguments)(Thread *t, Ref *cls, Ref *self);
    /* vm: empty every inline cache of the VM before another instruction runs (types/type.h). */
    void (*forget_caches)(Thread *t);
    /* vm: the inline caches of code (types/code.h): its instructions as they were compiled, with
     * empty caches, into a block of as many words; are those of two the same; what they hold goes,
     * for the code dies. */
    void (*copy_instructions)(const struct Code *code, uint64_t *words);
    bool (*same_instructions)(const struct Code *a, const struct Code *b);
    void (*drop_caches)(struct Code *code);
    /* vm: trace_function, profile_function or lines was set or emptied. */
    void (*trace_changed)(Thread *t);
    /* vm: f_lineno of a frame (types/frame.h) is to be `line`: a trace function jumps. */
    bool (*set_line)(Thread *t, Obj frame, int64_t line);
    /* types: the strs of the intern table become shared. */
    void (*share_interned)(Thread *t);
    /* compile: source text to code, for compile(), exec() and import. */
    Ref (*compile)(Thread *t, Obj source, Obj filename, int mode, int flags, int optimize);
} VmHooks;

/* The exception being handled (sys.exc_info).  A running generator has an item of its own; where
 * it is empty, the next outer one counts. */
typedef struct Handled {
    Ref exception;         /* [owner] or empty */
    struct Handled *outer; /* [owner] NULL: the thread's own */
} Handled;

/* Objects whose death was put off, because it came too deep in the deaths of others.  A chain,
 * however long, needs no memory for it: few wait at a time. */
#define OZ_DEAD_ROOM 64
typedef struct DeadList {
    Object **items;             /* [owner] `room`, or a block */
    size_t count;               /* [owner] */
    size_t capacity;            /* [owner] */
    Object *room[OZ_DEAD_ROOM]; /* [owner] */
} DeadList;

void oz_dead_list_init(DeadList *list);
void oz_dead_list_fini(DeadList *list); /* of nobody who waits: empty again */

/* Counted objects that several threads have been seen to count at the same time (distribute.c). */
#define OZ_CONTENDED_ROOM 32
typedef struct Contended {
    uint32_t ticks;                   /* [owner] counts of shared objects */
    uint32_t age;                     /* [owner] samples since the first of them was found */
    uint32_t count;                   /* [owner] */
    Object *items[OZ_CONTENDED_ROOM]; /* [owner] owned */
} Contended;

struct Thread {
    /* The fast paths of the VM. */
    _Atomic(uint32_t) interrupt; /* [atomic] OZ_INTERRUPT_* bits; polled at safepoints */
    uint32_t depth;              /* [owner] Python frames in use */
    uint32_t depth_limit;        /* [owner] RecursionError beyond it: vm->recursion_limit */
    bool has_turn;               /* [owner] object/world.h */
    int32_t *counts;             /* [owner] its part of the distributed counts, by number */
    Heap *heap;                  /* [const] */
    uint64_t leaf_ids[OZ_BUILTIN_IDS / 64];  /* [const] builtin types whose cells are leaves */
    uint64_t plain_ids[OZ_BUILTIN_IDS / 64]; /* [owner] builtin types known to have no finaliser */
    uint64_t quiet_ids[OZ_BUILTIN_IDS / 64]; /* [const] those whose death needs no turn */
    Shape **shapes;                          /* [const] id -> shape */
    Vm *vm;                                  /* [const] */
    Ref exception;                           /* [owner] the raised exception instance, or empty */
    Frame *frame;                            /* [owner] innermost frame, or NULL */
    Ref *stack;                              /* [const] register stack: a reserved mapping */
    Ref *stack_end;                          /* [owner] */
    Frame *frames;                           /* [const] frame records: a reserved mapping */
    Frame *frames_end;                       /* [owner] */
    Handled *handled;                        /* [owner] innermost of the exceptions being handled */
    Handled handled_base;                    /* [owner] the one below every generator */
    char *native_limit;      /* [const] lowest address that native recursion may reach */
    char *native_base;       /* [const] highest address of the C stack */
    uint32_t drop_depth;     /* [owner] nesting of object deaths on the C stack */
    uint32_t finalize_depth; /* [owner] nesting of finalisers on the C stack */
    bool recursion_headroom; /* [owner] a RecursionError is being handled */
    bool is_main;            /* [const] */
    bool detached;           /* [owner] it does not touch objects (object/world.h) */
    bool runs_free;          /* [world lock] it is attached and has no turn */
    uint64_t freed_at;       /* [owner] ns: when it gave its turn up last, to run free */
    uint64_t free_for;       /* [owner] ns: how long it does without a turn, on average */
    bool free_tried;         /* [world lock] it has run free */
    Contended contended;     /* [owner] */
    bool hurries;            /* [owner] it waits for the lock of a file for a second at most */
    Ref memory_error;        /* [owner] preallocated MemoryError */
    Ref context;             /* [owner] contextvars: current context, or empty */
    Ref decimal_context;     /* [owner] that of _decimal, while `context` stays; or empty */
    Ref trace_function;      /* [owner] sys.settrace, or empty */
    Ref profile_function;    /* [owner] sys.setprofile, or empty */
    /* [owner] Native (vm/profile.h): that of profile_function, and while it is told. Or NULL. */
    struct CallProfile *profile_set, *profile;
    struct LineTracer *lines;   /* [owner] native counter of lines (vm/vm.h), or NULL */
    Ref asyncgen_firstiter;     /* [owner] sys.set_asyncgen_hooks */
    Ref asyncgen_finalizer;     /* [owner] */
    int coroutine_origin_depth; /* [owner] sys.set_coroutine_origin_tracking_depth */
    int tracing;                /* [owner] > 0 while a trace function runs */
    Obj told_event;             /* [owner] borrowed: what the trace function that runs is told */
    void *told_frame;           /* [owner] borrowed: the FrameObject that it is told of */
    bool installing;            /* [owner] one of the two is being set */
    uint8_t traced;             /* [owner] OZ_TRACED_* (vm/vm.h): what is to be told */
    Obj *printing;              /* [owner] a block: containers whose repr is under way */
    uint32_t printing_count;    /* [owner] */
    uint32_t printing_capacity; /* [owner] */
    uint64_t ident;             /* [const] what threading calls it by: pthread_t */
    uint64_t serial;            /* [const] no other thread of the VM ever has it */
    const struct Importing *waits_for; /* [vm] the import that it waits for, or NULL */
    Ref sentinel;         /* [owner] lock that is released when the thread ends, or empty */
    Thread *next;         /* [vm] */
    void *collector;      /* [owner] object/collector.c: young state */
    DeadList doomed;      /* [owner] dead objects that wait for an outer drop to end */
    size_t doomed_floor;  /* [owner] those below wait for a drop outside of the finaliser */
    DeadList unfinalized; /* [owner] dead ones that wait for the outermost finaliser to end */
    void *contexts;       /* [owner] memtools/alloc_trace.c: where frames were called from */
    uint32_t untraced;    /* [owner] > 0: its allocations are given no site */
    int ctypes_errno;     /* [owner] ctypes.get_errno() */
};

/* Fields of native modules that hold objects for the whole VM. */
typedef struct VmRoots {
    const Ref *places;
    size_t count;
    struct VmRoots *next;
} VmRoots;

struct Vm {
    HeapShared *heap;            /* [const] */
    Shape **shapes;              /* [const] reserved mapping of shape_room entries */
    uint32_t shape_room;         /* [world] 2^24, or less where address space is limited */
    _Atomic(uint32_t) shape_end; /* [atomic] next free shape id */
    uint32_t *shape_versions;    /* [const] likewise: class version by shape id */
    uint32_t next_version;       /* [type lock] */
    bool check_codecs; /* [const] -X dev: look up every name of a codec or an error handler */
    _Atomic(uint32_t) next_table_id;  /* [atomic] of dict tables for inline caches; 0: used up */
    _Atomic(uint32_t) threads_alive;  /* [atomic] */
    Thread *main;                     /* [const] */
    Thread *threads;                  /* [vm] */
    World *world;                     /* [own lock] object/world.c: who runs */
    bool sharing;                     /* [vm] others than this thread may run (object/publish.c) */
    int64_t start_ns;                 /* [const] when it was made, by the monotonic clock */
    int64_t share_ns;                 /* [vm] how long it took to share and to end that, so far */
    VmRoots *roots;                   /* [vm] */
    struct Distribution *distributed; /* [vm] object/distribute.c, or NULL */
    struct Spares *spares;       /* [vm] object/thread.c: stacks for the next threads, or NULL */
    uint64_t next_serial;        /* [vm] of threads */
    uint32_t forks;              /* [vm] how often this process was made by fork() */
    VmHooks hooks;               /* [const] */
    const TypeDef *const *types; /* [const] by id: core types, then module types */
    Class *classes[OZ_TYPE_IDS + 1]; /* [type lock] by builtin id; module types: NULL until made */
    Class *errors[OZ_ERROR_COUNT];   /* [const] exception classes by index */
    Ref names[OZ_NAME_COUNT];        /* [const] interned, immortal */
    Ref characters[256];             /* [const] one-character strs, immortal; made on first use */
    Ref empty_tuple;                 /* [const] immortal */
    Ref empty_bytes;                 /* [const] immortal */
    Ref bytes_characters[256];       /* [const] immortal; made on first use */
    Ref floats[4];                   /* [const] 0.0, -0.0, inf, -inf: immortal cells */
    Ref builtins;                    /* [vm] dict of the builtins module */
    Ref builtins_start;              /* [vm] a copy of it before the program; empty at the end */
    Ref sys;                         /* [vm] dict of the sys module */
    Ref modules;                     /* [vm] sys.modules: a dict */
    Ref warn_filters;                /* [vm] warnings: list of filters, or empty */
    Ref warn_once;                   /* [vm] dict of what action "once" has shown, or empty */
    Ref warn_default;                /* [vm] action where no filter matches, or empty */
    int64_t warn_version;            /* [vm] counts changes of the filters */
    Ref codec_search;                /* [vm] codecs: list of search functions, or empty */
    Ref codec_cache;                 /* [vm] dict: normalised name -> codec tuple, or empty */
    Ref codec_errors;                /* [vm] dict: name -> error handler, or empty */
    void *interned;                  /* [intern lock] table (types/intern.c) */
    void *method_cache;              /* [relaxed] (class version, name) -> value (types/class.c) */
    void *weakrefs;                  /* [stripe locks] side table (object/weakref.c) */
    void *collector;                 /* [world stopped] object/collector.c */
    void *thread_locals;             /* [vm] ring of _thread._local objects */
    void *views;                     /* [lock] object -> __dict__ view (types/instance.c) */
    _Atomic(uint64_t) abc_invalidations; /* [atomic] registrations with abstract base classes */
    Class *iso_calendar_date;            /* [vm] of module _datetime; NULL until it is made */
    void *decimal;                       /* [import lock] module _decimal (modules/decimal.h) */
    void *modules_state;                 /* [vm] native modules' private state, by module index */
    uint64_t hash_key[2];                /* [const] SipHash key */
    bool hash_random;                    /* [const] */
    int recursion_limit;                 /* [vm] sys.setrecursionlimit */
    int int_max_str_digits;              /* [vm] */
    int optimize;                        /* [const] -O level */
    bool no_debug_ranges;                /* [const] -X no_debug_ranges: tracebacks without ^^^^ */
    int bytes_warning;                   /* [const] -b level */
    uint8_t finalizing;                  /* [vm] how far the end of the program is */
    double switch_interval;              /* [vm] seconds of a turn that others wait for */
    int dlopen_flags;                    /* [vm] sys.setdlopenflags: kept, means nothing */
    Ref audit_hooks;                     /* [vm] list, or empty */
    Ref exit_functions;                  /* [vm] list of what atexit has registered, or empty */
    Ref replaced_code;                   /* [vm] list of code that frames run still, or empty */
    struct Importing *importing;         /* [vm] imports under way (modules/import_lock.c) */
    _Atomic(uint32_t) imports_ended;     /* [vm] counts those that somebody waited for */
    LockWord import_lock;                /* [atomic] _imp.acquire_lock */
    Thread *import_owner;                /* [import lock] who has it, or NULL */
    uint32_t import_depth;               /* [import lock] how often */
    uint8_t stress;                      /* [const] debug builds: OUNCE_STRESS bits */
    _Atomic(void *) ast;      /* [atomic] classes of module ast (compile/ast_objects.c), or NULL */
    void *files;              /* [files lock] files that may hold unwritten data (modules/io.h) */
    _Atomic(bool) files_lock; /* [atomic] */
    void *alloc_sites;        /* [atomic] memtools/alloc_sites.c; NULL: no site was asked for */
    void *alloc_trace;        /* [stopped] memtools/alloc_trace.c; NULL: never traced */
    void *alloc_sampler;      /* [stopped] memtools/alloc_sampler.c; NULL: no samples */
    void *ctypes;             /* [vm] modules/ctypes.h; NULL: the module was never imported */
    void *runtime;            /* [runtime] command line, import state (runtime/) */
};

/* Other threads still run; they do not; sys.modules is empty. */
enum { OZ_ENDING = 1, OZ_FINALIZING, OZ_WITHOUT_MODULES };

enum {
    OZ_STRESS_GC = 1,
    OZ_STRESS_SHARE = 2,
    OZ_STRESS_FREE = 4,
    OZ_STRESS_SLICE = 8,
    OZ_STRESS_WIDE = 16,
    OZ_STRESS_LEAKS = 32
};

/* The calling thread's state.  NULL on a thread that Ounce does not know. */
extern _Thread_local Thread *oz_current_thread __attribute__((tls_model("initial-exec")));
OZ_INLINE Thread *oz_thread(void)
{
    return oz_current_thread;
}

/* The exception that a bare `raise` would raise again: borrowed, or NULL. */
OZ_INLINE Obj oz_handled(Thread *t)
{
    for (Handled *h = t->handled; h; h = h->outer)
        if (h->exception)
            return h->exception;
    return NULL;
}

#define OZ_NAME(t, name) ((t)->vm->names[OZ_NAME_##name])
#define OZ_TEXT(t, name) ((t)->vm->names[OZ_NAME_##name##_text])

/* ---- life ---- */

/* A VM with its main thread attached to the calling one; types, names and exceptions are made by
 * the layers above.  NULL: no memory. */
Vm *oz_vm_new(void) OZ_CHECKED;
/* Let the objects that still live give back what they hold outside of the heap (memory of
 * libraries, machine code).  No object may be used or dropped any more. */
void oz_vm_release(Vm *vm);
/* Give everything back.  The objects must be dead or are abandoned with the heap. */
void oz_vm_drop(Vm *vm);
/* The address space was limited: let the reservations be what they would be had it been so at the
 * start, as far as they are not in use.  `registers` and `frames` are the ends of what `t` uses. */
void oz_thread_fit_room(Thread *t, const void *registers, const void *frames);
/* Call `fn` for each mapping that a VM and its threads have reserved besides the heap. */
typedef void VmRangeFn(const char *what, const void *start, size_t bytes, void *arg);
void oz_vm_each_range(const Vm *vm, VmRangeFn *fn, void *arg);
/* The state of a further thread, made by one that is attached.  The thread itself makes it its own
 * by oz_thread_begin.  `stack_size`: of its C stack if that was chosen, which the stack of Python
 * code follows where it is large; else 0. */
Thread *oz_thread_new(Vm *vm, size_t stack_size) OZ_CHECKED;
/* Its memory, but none of the references that it still holds.  The caller is attached. */
void oz_thread_drop(Thread *t);
/* The calling thread is `t` from now on: note where its C stack ends. */
void oz_thread_begin(Thread *t);
/* Make `t` (NULL: none) the state that oz_thread() gives in the calling thread. */
void oz_thread_bind(Thread *t);
/* vm->types is complete: note what the allocation and the death of objects ask of the core's. */
void oz_thread_learn_types(Thread *t);

/* No function or profile is told of what runs in between. */
OZ_INLINE void oz_trace_pause(Thread *t)
{
    t->tracing++;
    t->profile = NULL;
}
OZ_INLINE void oz_trace_resume(Thread *t)
{
    t->tracing--;
    t->profile = t->tracing ? NULL : t->profile_set;
}

/* From now on other threads may come to see what the VM holds: before one starts. */
void oz_share_vm(Thread *t);
/* Others may come to see `v`, which the VM or a native module holds, from now on. */
OZ_INLINE void oz_share(Thread *t, Obj v)
{
    if (OZ_UNLIKELY(t->vm->sharing))
        oz_publish(t, v);
}
/* `count` fields of a native module hold objects that any thread may find there, if it has the
 * turn.  false: no memory, nothing raised. */
bool oz_vm_add_roots(Vm *vm, const Ref *places, size_t count) OZ_CHECKED;
/* At OZ_INTERRUPT_COUNTS, and before young passes while the VM is shared.  Runs Python: yes, objects
 * die. */
void oz_counts_poll(Thread *t, bool collects);
/* What the VM holds becomes shared: before another thread has the turn. */
void oz_share_roots(Thread *t);
/* Debug builds: end the process if a shared object refers to a local one. */
void oz_share_audit(Thread *t);

/* A safepoint: in every loop of native code whose length a program decides, at least every 64 KiB
 * of work.  false: raised.  Runs Python: yes.  Nothing borrowed lives across it. */
OZ_INLINE bool oz_poll(Thread *t)
{
    if (OZ_LIKELY(atomic_load_explicit(&t->interrupt, memory_order_relaxed) == 0))
        return true;
    return t->vm->hooks.poll(t);
}

/* Before native recursion (repr, compare, hash, call, ...): false means RecursionError raised,
 * because the C stack is nearly used up.  `where` completes "maximum recursion depth exceeded". */
bool oz_recursion_error(Thread *t, const char *where) OZ_COLD;
OZ_INLINE bool oz_native_enter(Thread *t, const char *where)
{
    if (OZ_LIKELY((char *)__builtin_frame_address(0) > t->native_limit))
        return true;
    return oz_recursion_error(t, where);
}

/* The same for recursion that counts towards sys.setrecursionlimit, as repr and comparison of
 * nested containers do; NULL: raised.  Ends with the scope of `scoped_depth counted`. */
OZ_INLINE Thread *oz_depth_enter(Thread *t, const char *where)
{
    if (OZ_UNLIKELY((char *)__builtin_frame_address(0) <= t->native_limit ||
                    t->depth >= t->depth_limit)) {
        (void)oz_recursion_error(t, where);
        return NULL;
    }
    t->depth++;
    return t;
}
OZ_INLINE void oz_depth_leave(Thread *const *counted)
{
    if (*counted)
        (*counted)->depth--;
}
#define scoped_depth __attribute__((cleanup(oz_depth_leave))) Thread *const

#endif
