// SPDX-License-Identifier: MIT
// The inside of the VM: frames, caches, and the slow paths that the dispatch loop calls.
//
// A slow path has the signature `bool op_x(Thread *t, Instruction i, Ref *base)`: false means
// raised.  The loop has stored the pc in the frame record before it calls one, and reloads
// nothing but the frame after it: registers stay where they are.
#ifndef OZ_VM_VM_H
#define OZ_VM_VM_H

#include "bytecode/opcode.h"
#include "types/dict_layout.h"
#include "types/frame.h"
#include "types/generator.h"
#include "types/module.h"
#include "types/set.h"
#include "types/str.h"
#include "types/type.h"

/* ---- registers ---- */

/* Retain and drop where immortal objects (characters, small constants) are as likely as others: no
 * call for any of them but the last reference and shared objects. */
OZ_INLINE void oz_retain_mixed_object(Object *o)
{
    uint32_t n = (uint32_t)oz_refs(o) + 1;
    if (OZ_LIKELY((int32_t)n > 0))
        atomic_store_explicit(&o->refs, (int32_t)n, memory_order_relaxed);
    else if (OZ_UNLIKELY(n < OZ_REFS_IMMORTAL_START))
        oz_retain_slow(o);
}

OZ_INLINE Ref oz_retain_mixed(Obj v)
{
    if (oz_is_pointer(v))
        oz_retain_mixed_object(oz_object(v));
    return (Ref)(uintptr_t)oz_word(v);
}

/* Is this the last reference, or one to a shared object, so that oz_drop_slow is to give it up?
 * Otherwise it is given up. */
OZ_INLINE bool oz_drop_mixed_slow(Object *o)
{
    int32_t n = oz_refs(o);
    if (OZ_UNLIKELY(n <= 1))
        return (uint32_t)n < OZ_REFS_IMMORTAL_START;
    atomic_store_explicit(&o->refs, n - 1, memory_order_relaxed);
    return false;
}

OZ_INLINE void oz_drop_mixed(Ref v)
{
    if (oz_is_pointer(v) && OZ_UNLIKELY(oz_drop_mixed_slow(oz_object(v))))
        oz_drop_slow(oz_object(v));
}

OZ_INLINE void oz_clear_mixed(Ref *place)
{
    oz_drop_mixed(oz_move(place));
}

/* Is register `r` a temporary of this frame?  Temporaries that are operands are consumed. */
OZ_INLINE bool oz_is_temporary(const Frame *frame, unsigned r)
{
    return r >= frame->code->local_count;
}

/* An operand's owned reference: moved out of a temporary, retained from a local. */
OZ_INLINE Ref oz_operand_take(const Frame *frame, Ref *base, unsigned r)
{
    return oz_is_temporary(frame, r) ? oz_move(&base[r]) : oz_retain(base[r]);
}

/* The operand has been used: drop it if it was a temporary. */
OZ_INLINE void oz_operand_done(const Frame *frame, Ref *base, unsigned r)
{
    if (oz_is_temporary(frame, r))
        oz_clear(&base[r]);
}

/* Store a result (taken), then drop what the register held. */
OZ_INLINE void oz_result(Ref *base, unsigned r, Ref value)
{
    Ref old = base[r];
    base[r] = value;
    if (OZ_UNLIKELY(oz_is_pointer(old)))
        oz_drop(old);
}

/* The same at the end of an instruction; false: there is none, it has raised. */
OZ_INLINE bool oz_result_made(Ref *base, unsigned r, Ref value)
{
    if (!value)
        return false;
    oz_result(base, r, value);
    return true;
}

/* ---- frames (frame.c) ---- */

/* A new innermost frame for `function` (taken, also on failure) whose window starts at `base`,
 * with the first `set` registers filled (owned); the other locals become empty.  NULL: raised
 * (recursion limit); the filled registers are dropped. */
OZ_INLINE Frame *oz_frame_push(Thread *t, Ref function, Ref *base, unsigned set);
Frame *oz_frame_refuse(Thread *t, Ref function, Ref *base, unsigned set) OZ_COLD; /* NULL */
/* The window above the innermost frame: where a call from native code goes. */
OZ_INLINE Ref *oz_frame_top(Thread *t)
{
    Frame *frame = t->frame;
    return frame ? frame->base + frame->code->registers : t->stack;
}
/* Drop what is left in the window and end the innermost frame. */
void oz_frame_pop(Thread *t);
/* The same where nothing is left in the window. */
void oz_frame_end(Thread *t);
/* Run the loop on the innermost frame until it ends: its result, or NULL.  The frame has
 * OZ_FRAME_ENTRY.  For a generator's frame *yielded tells yield from return. */
Ref oz_run(Thread *t, bool *yielded);

OZ_INLINE Frame *oz_frame_push(Thread *t, Ref function, Ref *base, unsigned set)
{
    Code *code = ((Function *)function)->code;
    Frame *frame = t->frame ? t->frame + 1 : t->frames;
    if (OZ_UNLIKELY((char *)(frame + 1) > (char *)t->frames_end ||
                    base + code->registers > t->stack_end || t->depth >= t->depth_limit))
        return oz_frame_refuse(t, function, base, set);
    for (unsigned r = set; r < code->local_count; r++)
        base[r] = NULL;
    *frame = (Frame){
        .pc = code->instructions, .base = base, .code = code, .function = (Function *)function};
    t->frame = frame;
    t->depth++;
    return frame;
}

/* ---- calls (call.c) ---- */

/* The dict of a call's keywords gets those of `mapping`; a repeated one is an error of `callable`.
 */
bool oz_merge_keywords(Thread *t, Obj dict, Obj mapping, Obj callable) OZ_CHECKED;
/* f(*args) with one argument of any kind: make it a tuple. */
bool oz_star_arguments(Thread *t, Obj callable, Ref *args) OZ_CHECKED;

/* Fill a window from arguments (borrowed): owned references in the order of the registers.
 * false: raised (TypeError for wrong arguments), nothing is left in the window. */
bool oz_bind_arguments(Thread *t, Function *f, const Args *args, Ref *window) OZ_CHECKED;
/* vm->hooks.call_function. */
Ref oz_call_function(Thread *t, Obj function, const Args *args);
/* Run code with a namespace of its own: modules, exec, class bodies. */
Ref oz_run_code(Thread *t, Obj function, Obj names, unsigned flags);
/* Any call of the loop that has no fast path: the result, or NULL.  Consumes the window. */
Ref oz_call_window(Thread *t, Ref *window, unsigned count, Obj names, bool with_self);
/* The calls of CALL that may push a frame: what is left to do. */
typedef enum CallResult { OZ_CALL_RAISED, OZ_CALL_DONE, OZ_CALL_FRAME } CallResult;
CallResult oz_call_quick(Thread *t, Ref *window, unsigned count, bool has_self, unsigned result);
/* CALL_KW and CALL_EX. */
CallResult oz_call_named(Thread *t, Ref *window, unsigned count, Obj names, bool has_self,
                         unsigned result);
CallResult oz_call_spread(Thread *t, Ref *window, bool keywords, unsigned result);

/* The end of a native call: the window is dropped, the result (taken; NULL: raised) stored. */
CallResult oz_finish_call(Thread *t, Ref *window, unsigned count, unsigned result, Ref value);

/* ---- generators that a native function consumes (consume.c); `kind`: types/consume.h ---- */

/* Push the frame of a generator that is ready; what is sent is taken.  Not where the thread is
 * traced.  RAISED: the window is as it was. */
CallResult oz_consume(Thread *t, Ref *window, Obj generator, Ref sent, unsigned kind);
/* Is the value that `frame` yields used up (taken), so that it goes on at once? */
bool oz_consume_in_place(Thread *t, const Frame *frame, Ref value);
/* The generator was suspended with `value` (taken), has returned, has raised; the caller's frame is
 * the innermost again. */
CallResult oz_consume_rest(Thread *t, unsigned kind, Ref value);
CallResult oz_consume_end(Thread *t, unsigned kind, Ref returned);
void oz_consume_failed(Thread *t);

/* ---- generators (generator.c) ---- */

/* A generator from a freshly bound window, which moves into it.  Both are taken. */
Ref oz_generator_new(Thread *t, Ref function, Ref *window, unsigned set);
/* Push the frame of a generator that is not running; `sent` (taken) is the value of its yield, or
 * NULL: the pending exception is to be raised there.  false: raised; `sent` is dropped. */
bool oz_generator_enter(Thread *t, Generator *g, Ref sent, unsigned flags);
/* The value sent into a delegating frame: moved out, NULL on the first step. */
Ref oz_generator_sent(Frame *frame);
/* The frame ends by return, or with the pending exception (StopIteration becomes RuntimeError). */
void oz_generator_finished(Thread *t, Frame *frame);
void oz_generator_failed(Thread *t, Frame *frame);
/* vm->hooks.resume */
int oz_generator_resume(Thread *t, Obj generator, Ref sent, Ref *value);
/* vm->hooks.show_generator, hide_generator */
bool oz_generator_show(Thread *t, Obj generator);
void oz_generator_hide(Thread *t);

/* ---- tracing (trace.c) ---- */

/* vm->hooks.trace_changed */
void oz_trace_changed(Thread *t);
/* t->traced: functions or a counter of lines (or a profile with a clock of its own) are told, by
 * oz_trace_step; a profile is told of calls and returns, by the loop. */
enum { OZ_TRACED_STEPS = 1, OZ_TRACED_CALLS = 2 };
/* Switch the dispatch table of a loop: every instruction asks there what is to be told first. */
void oz_loop_switch(bool trace);
void oz_loop_profiled_switch(bool trace);
/* The loop that tells profiles of calls and returns (loop_profiled.c).  OZ_LOOP_OTHER: the frame is
 * to go on in the other loop. */
Ref oz_loop_profiled(Thread *t, bool *yielded);
#define OZ_LOOP_OTHER oz_from_word(8)
/* The loop of a thread that runs free (loop_free.c).  It ends no frame with OZ_FRAME_ENTRY, and
 * always gives OZ_LOOP_OTHER. */
Ref oz_loop_free(Thread *t, bool *yielded);
extern _Atomic(int) oz_threads_profiled; /* threads of the process with OZ_TRACED_CALLS */
OZ_INLINE bool oz_is_loop_profiled(const Thread *t)
{
    return OZ_UNLIKELY(atomic_load_explicit(&oz_threads_profiled, memory_order_relaxed)) &&
           !(t->traced & OZ_TRACED_STEPS);
}
/* Is this thread to be told of what it does? */
OZ_INLINE bool oz_is_traced(const Thread *t)
{
    return OZ_UNLIKELY(t->traced & OZ_TRACED_STEPS) && !t->tracing;
}
/* The object that is called in a window if it is a native function, or a native method with a self
 * that suits it (*self; else NULL); NULL: a call that no profiler is told of. */
Obj oz_native_callee(const Ref *window, unsigned count, bool has_self, bool spread, Obj *self);
/* CALL, CALL_KW and CALL_EX, told to the thread's profile if the callee is native. */
CallResult oz_profiled_quick(Thread *t, Ref *window, unsigned count, bool has_self,
                             unsigned result);
CallResult oz_profiled_named(Thread *t, Ref *window, unsigned count, Obj names, bool has_self,
                             unsigned result);
CallResult oz_profiled_spread(Thread *t, Ref *window, bool keywords, unsigned result);
/* What the innermost frame is about to do; its pc is stored. */
typedef enum TraceResult {
    OZ_TRACE_GO,     /* run the instruction */
    OZ_TRACE_RAISED, /* a function that was told raised */
    OZ_TRACE_LEFT,   /* the same when the frame returned: none of its handlers counts */
    OZ_TRACE_OTHER,  /* run it in the other loop */
    OZ_TRACE_DONE,   /* it has been run, or a tracer jumps: go on at frame->pc */
} TraceResult;
TraceResult oz_trace_step(Thread *t, Frame *frame, Instruction i);
/* The same in the loop that profiles, where nothing is told at instructions. */
TraceResult oz_trace_profiled(Thread *t);
/* vm->hooks.set_line: note where the frame goes on when its trace function returns (jump.c). */
bool oz_trace_set_line(Thread *t, Obj frame, int64_t line) OZ_CHECKED;
/* Go there: registers that are not in use there are dropped. */
bool oz_trace_jump(Thread *t, Frame *frame) OZ_CHECKED;
/* The innermost frame returns or yields a value. */
bool oz_trace_return(Thread *t, Obj value) OZ_CHECKED;
/* What the innermost frame delegates to has ended with a value. */
bool oz_trace_stop(Thread *t, Obj iterator, Obj value) OZ_CHECKED;
/* The pending exception has come to the innermost frame; it leaves the frame.  What a function
 * that is told raises takes its place. */
void oz_trace_exception(Thread *t);
void oz_trace_unwound(Thread *t);

/* Whoever counts lines natively (t->lines; memtools/line_record.c).  It is told without a frame
 * object, so that what it measures is the program alone.  None of the functions raises, allocates
 * cells or runs Python. */
typedef struct LineTracer {
    /* Is a frame of this code to be told of?  Asked at every instruction. */
    bool (*wants)(struct LineTracer *self, const Code *code);
    /* The frame begins, or goes on after a yield. */
    void (*enter)(struct LineTracer *self, Thread *t, const Frame *frame, bool fresh);
    /* It is about to run a line. */
    void (*line)(struct LineTracer *self, Thread *t, const Frame *frame, int line);
    /* It returns, yields, or an exception leaves it. */
    void (*leave)(struct LineTracer *self, Thread *t, const Frame *frame);
} LineTracer;

/* ---- exceptions (unwind.c) ---- */

/* Add the innermost frame to the traceback of the pending exception. */
void oz_frame_traceback(Thread *t);
/* The handler of the pending exception in the innermost frame: temporaries are dropped, the
 * exception is stored, the new pc is returned; NULL: none here. */
uint64_t *oz_find_handler(Thread *t, Frame *frame);

/* Raise errors[kind] with the pending exception as its cause and context. */
Ref oz_raise_from_pending(Thread *t, int kind, const char *format, ...);
/* The coroutine's cr_origin, as sys.set_coroutine_origin_tracking_depth asks (coroutine.c). */
bool oz_coroutine_origin(Thread *t, Generator *g);

/* ---- inline caches (cache.c) ---- */

/* A cache word is 0, a packed slot, or the address of a record, each told by its low half: packed
 * has the id there as headers do (byte offset above it), so that one compare finds out that it is
 * for an object; the address lies there with its halves swapped and an id that no shape gets. */
typedef struct CacheRecord {
    AttrFact fact;            /* [const] */
    struct CacheRecord *next; /* [const] */
    uint32_t length;          /* [const] records from here on */
} CacheRecord;

#define OZ_CACHE_RECORD_ID UINT32_C(0xff0000)
OZ_INLINE uint64_t oz_cache_pack(uint32_t offset, uint32_t id)
{
    return (uint64_t)offset << 32 | (uint64_t)id << 8;
}
OZ_INLINE uint64_t oz_cache_of_record(const CacheRecord *record)
{
    uint64_t word = (uint64_t)(uintptr_t)record | (uint64_t)OZ_CACHE_RECORD_ID << 40;
    return record ? word << 32 | word >> 32 : 0;
}
OZ_INLINE uint32_t oz_cache_id(uint64_t word)
{
    return (uint32_t)word >> 8;
}
OZ_INLINE uint32_t oz_cache_offset(uint64_t word)
{
    return (uint32_t)(word >> 32);
}
OZ_INLINE bool oz_cache_is_packed(uint64_t word)
{
    return word && oz_cache_id(word) < OZ_CACHE_RECORD_ID;
}
OZ_INLINE CacheRecord *oz_cache_record(uint64_t word)
{
    if (oz_cache_id(word) < OZ_CACHE_RECORD_ID)
        return NULL;
    return (CacheRecord *)(uintptr_t)((word << 32 | word >> 32) & UINT64_C(0xffffffffffff));
}

/* What other threads may be changing is read so by files whose code runs free, which define
 * OZ_RUNS_FREE. */
#ifdef OZ_RUNS_FREE
#define OZ_SEEN(place) OZ_READ(place)
#else
#define OZ_SEEN(place) (*(place))
#endif

/* Is a fact about objects of some kind true of `o` now? */
OZ_INLINE bool oz_fact_holds(Thread *t, const AttrFact *fact, Obj o, uint32_t id)
{
    if (OZ_LIKELY(fact->id == id))
        switch (fact->kind) {
        case OZ_ATTR_SLOT:
        case OZ_ATTR_ADD:
        case OZ_ATTR_OVERFLOW:
            return true;
        case OZ_ATTR_METHOD:
        case OZ_ATTR_VALUE:
        case OZ_ATTR_PROPERTY:
        case OZ_ATTR_GETSET:
            return OZ_SEEN(&t->vm->shape_versions[id]) == fact->version;
        default:
            break;
        }
    return (fact->kind == OZ_ATTR_CLASS || fact->kind == OZ_ATTR_CLASS_METHOD) &&
           (Obj)fact->owner == o && OZ_SEEN(&fact->owner->version) == fact->version;
}

/* The fact of this site that holds for `o`, or NULL; not for packed words. */
OZ_INLINE const AttrFact *oz_find_fact(Thread *t, uint64_t word, Obj o, uint32_t id)
{
    for (const CacheRecord *each = oz_cache_record(word); each; each = each->next)
        if (oz_fact_holds(t, &each->fact, o, id))
            return &each->fact;
    return NULL;
}

/* The fact of this site that `o.name` is a method of `o`, or NULL. */
OZ_INLINE const AttrFact *oz_find_method(Thread *t, Obj o, uint64_t word)
{
    if (OZ_UNLIKELY(!oz_is_pointer(o)))
        return NULL;
    uint32_t id = oz_id(oz_object(o));
    for (const CacheRecord *each = oz_cache_record(word); each; each = each->next)
        if (each->fact.id == id && each->fact.kind == OZ_ATTR_METHOD &&
            OZ_SEEN(&t->vm->shape_versions[id]) == each->fact.version)
            return &each->fact;
    return NULL;
}

/* The fact of this site that setting o.name adds an attribute to `o`, of which no other thread
 * knows; or NULL. */
OZ_INLINE const AttrFact *oz_find_add(Obj o, uint64_t word)
{
    if (OZ_UNLIKELY(!oz_is_pointer(o)))
        return NULL;
    uint32_t id = oz_id(oz_object(o));
    for (const CacheRecord *each = oz_cache_record(word); each; each = each->next)
        if (each->fact.id == id)
            return each->fact.kind == OZ_ATTR_ADD && oz_refs(oz_object(o)) > 0 ? &each->fact : NULL;
    return NULL;
}

/* Add it: `value` is taken. */
OZ_INLINE void oz_add_attribute(Object *o, const AttrFact *fact, Ref value)
{
    oz_store_new(o, oz_slot_at(o, fact->offset), value);
    oz_set_id(o, fact->next_id);
}

/* Where the packed word of a cache says that the attribute of `o` lies; NULL: it is not for `o`. */
OZ_INLINE Ref *oz_cached_slot(Obj o, uint64_t word)
{
    if (OZ_UNLIKELY(!oz_is_pointer(o)))
        return NULL;
    Object *object = oz_object(o);
    if (OZ_UNLIKELY((oz_header_word(object) ^ (uint32_t)word) > 0xff)) /* other than in its flags */
        return NULL;
    return oz_slot_at(object, oz_cache_offset(word));
}

/* The same from the records of a cache that knows several kinds of objects; with `classes` also
 * the place of a value that the class has, for reading only. */
OZ_INLINE Ref *oz_known_place(Thread *t, Obj o, uint64_t word, bool classes)
{
    if (!oz_is_pointer(o))
        return NULL;
    uint32_t id = oz_id(oz_object(o));
    for (CacheRecord *each = oz_cache_record(word); each; each = each->next) {
        AttrFact *fact = &each->fact;
        if (fact->id != id)
            continue;
        if (fact->kind == OZ_ATTR_SLOT)
            return oz_slot_at(oz_object(o), fact->offset);
        if (!classes)
            continue;
        if ((fact->kind == OZ_ATTR_VALUE && t->vm->shape_versions[id] == fact->version) ||
            (fact->kind == OZ_ATTR_CLASS && (Obj)fact->owner == o &&
             fact->owner->version == fact->version))
            return (Ref *)(uintptr_t)&fact->value;
        if (fact->kind == OZ_ATTR_MODULE && ((const Module *)o)->dict) {
            Ref *place = oz_dict_entry_place((const Dict *)((const Module *)o)->dict, fact->version,
                                             fact->offset);
            if (place)
                return place;
        }
    }
    return NULL;
}
/* Empty every attribute cache of a code object: it dies, or the VM's caches are to be cleared. */
void oz_caches_forget(Code *code);
void oz_caches_copy(const Code *code, uint64_t *words); /* the instructions, with empty caches */
bool oz_caches_same(const Code *a, const Code *b);      /* the same instructions, but for caches? */
/* GET_ATTR and SET_ATTR where the packed word does not help.  A frame: of a property's getter. */
CallResult op_get_attr(Thread *t, Instruction i, Ref *base, uint64_t *cache);
bool op_set_attr(Thread *t, Instruction i, Ref *base, uint64_t *cache);
/* window[0], window[1] = callable, self or empty. */
bool oz_cached_get_method(Thread *t, Obj o, Obj name, uint64_t *cache, Ref *window) OZ_CHECKED;

/* ---- slow paths, by file ---- */

/* operators.c */
/* Is the byte in a text of at most seven characters?  They lie in one word with the zero behind
 * them, which the cell has room for. */
OZ_INLINE bool oz_has_byte_short(const Str *s, uint8_t c)
{
    const uint64_t ones = ~UINT64_C(0) / 255;
    uint64_t bytes;
    memcpy(&bytes, s->data, sizeof bytes);
    bytes ^= ones * c; /* is there a zero among the first s->length? */
    uint64_t zeros = (bytes - ones) & ~bytes & ones << 7;
    return zeros & ((UINT64_C(1) << 8 * s->length) - 1);
}
bool op_binary(Thread *t, Instruction i, Ref *base);
bool op_binary_k(Thread *t, Instruction i, Ref *base);
bool op_unary(Thread *t, Instruction i, Ref *base);
bool op_compare(Thread *t, Instruction i, Ref *base);
/* item in container, with short ways for exact strs, dicts and sets. */
bool oz_contains_quick(Thread *t, Obj container, Obj item, bool *found) OZ_CHECKED;
bool op_contains(Thread *t, Instruction i, Ref *base);
/* Truth of a comparison; -1: raised.  b is borrowed or consumed by the caller. */
int oz_compare_truth(Thread *t, Obj a, Obj b, CompareOp op);
bool op_get_item(Thread *t, Instruction i, Ref *base);
bool op_get_item_k(Thread *t, Instruction i, Ref *base);
bool op_set_item(Thread *t, Instruction i, Ref *base);
/* Adding has failed: once more, if the limit of the heap refused it and there is garbage. */
bool op_set_add_again(Thread *t, Set *set, Obj item) OZ_COLD;
bool op_delete_item(Thread *t, Instruction i, Ref *base);
bool op_get_slice(Thread *t, Instruction i, Ref *base);
bool op_build_slice(Thread *t, Instruction i, Ref *base);
bool op_get_iter(Thread *t, Instruction i, Ref *base);
bool op_get_length(Thread *t, Instruction i, Ref *base);

/* names.c */
bool op_get_global(Thread *t, Instruction i, Ref *base, uint64_t *cache);
bool op_set_global(Thread *t, Instruction i, Ref *base);
bool op_delete_global(Thread *t, Instruction i, Ref *base);
bool op_get_name(Thread *t, Instruction i, Ref *base, uint64_t *cache);
bool op_set_name(Thread *t, Instruction i, Ref *base);
bool op_delete_name(Thread *t, Instruction i, Ref *base);
bool op_get_class_variable(Thread *t, Instruction i, Ref *base);
bool op_unbound(Thread *t, Instruction i, Ref *base);
bool op_delete_variable(Thread *t, Instruction i, Ref *base);
bool op_make_cell(Thread *t, Instruction i, Ref *base);
bool op_setup_annotations(Thread *t, Instruction i, Ref *base);
bool op_import(Thread *t, Instruction i, Ref *base);
bool op_import_from(Thread *t, Instruction i, Ref *base);
bool op_import_star(Thread *t, Instruction i, Ref *base);
bool op_load_build_class(Thread *t, Instruction i, Ref *base);
bool op_print_expr(Thread *t, Instruction i, Ref *base);

/* build.c */
bool op_build(Thread *t, Instruction i, Ref *base);
bool op_build_map_k(Thread *t, Instruction i, Ref *base, uint64_t operand);
bool op_format(Thread *t, Instruction i, Ref *base);
bool op_collect(Thread *t, Instruction i, Ref *base);
bool op_unpack(Thread *t, Instruction i, Ref *base);
bool op_unpack_ex(Thread *t, Instruction i, Ref *base);
bool op_make_function(Thread *t, Instruction i, Ref *base);
bool oz_make_function(Thread *t, Instruction i, Ref *base, uint32_t constant) OZ_CHECKED;

/* wide.c: all *_WIDE and *_SPILL* instructions; `next` is the word behind. */
bool op_wide(Thread *t, Instruction i, Ref *base, uint64_t next);
OZ_INLINE bool oz_is_wide(Opcode op)
{
    return op >= OP_GET_GLOBAL_WIDE && op <= OP_CLEAR_SPILLED;
}
/* What the variable holds to which a wide instruction assigns register `from`: borrowed; NULL: it
 * does something else, or that is not known. */
Obj oz_wide_target(Thread *t, Instruction i, const Ref *base, unsigned from);

/* unwind.c */
bool op_raise(Thread *t, Instruction i, Ref *base);
void op_handle(Thread *t, Instruction i, Ref *base);
void op_unhandle(Thread *t, Instruction i, Ref *base);
bool op_match_exception(Thread *t, Instruction i, Ref *base);
bool op_match_group(Thread *t, Instruction i, Ref *base);
bool op_prepare_reraise_star(Thread *t, Instruction i, Ref *base);
bool op_with_enter(Thread *t, Instruction i, Ref *base);
bool op_with_exit(Thread *t, Instruction i, Ref *base);
bool op_with_except(Thread *t, Instruction i, Ref *base);

/* match.c */
void op_match_kind(Thread *t, Instruction i, Ref *base);
bool op_match_keys(Thread *t, Instruction i, Ref *base);
bool op_match_class(Thread *t, Instruction i, Ref *base, uint64_t operand);

/* coroutine.c */
bool op_get_yield_from_iter(Thread *t, Instruction i, Ref *base);
bool op_get_awaitable(Thread *t, Instruction i, Ref *base);
bool op_get_aiter(Thread *t, Instruction i, Ref *base);
bool op_get_anext(Thread *t, Instruction i, Ref *base);
bool op_end_async_for(Thread *t, Instruction i, Ref *base);
bool op_async_wrap(Thread *t, Instruction i, Ref *base);

/* poll.c: vm->hooks.poll.  false: raised. */
bool oz_vm_poll(Thread *t) OZ_CHECKED;

/* model.c: vm->hooks of the object model. */
Obj oz_vm_globals(Thread *t);
bool oz_vm_super_arguments(Thread *t, Ref *cls, Ref *self) OZ_CHECKED;
void oz_vm_forget_caches(Thread *t);

/* Fill vm->hooks with what the VM does. */
void oz_vm_hooks_init(Vm *vm);

#endif
