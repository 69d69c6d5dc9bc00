// SPDX-License-Identifier: MIT
// The dispatch loop.
//
// State: t, frame (innermost record), base (register 0), k (constants), pc (behind the instruction
// being run).  The pc lives in a C variable and is stored in the frame record before anything that
// may run Python code, raise, or look at frames (L1).  Python-to-Python calls push a record and go
// on in the same C activation; a C activation ends when a frame with OZ_FRAME_ENTRY does.
//
// Each case handles what is common in a few lines and calls an op_ function for the rest; those
// take (thread, instruction, base) and are out of line, so that pc, base and thread stay in
// registers (RUNTIME 8).
//
// The file is compiled a second time, as loop_profiled.c, with what profiles are told
// (vm/profile.h) between the instructions.  A thread changes to the other loop at an instruction,
// when what it tells changes: the loop that is not the right one has its table switched (trace.c).
//
// And a third time, as loop_free.c: the loop of a thread that runs free (object/world.h).  It knows
// the same instructions, but does only what touches nothing that others may be changing: objects
// that the thread alone can reach (OWN), what never changes, and a few reads of shared objects
// (oz_read_shared).  Everything else it leaves, untouched, to this one (TURN): oz_run calls one
// loop or the other as the turn comes and goes.
#ifndef OZ_LOOP_PROFILES
#define OZ_LOOP_PROFILES 0
#endif
#ifndef OZ_LOOP_FREE
#define OZ_LOOP_FREE 0
#endif
#include "vm/vm.h"

#include "object/counts.h"
#include "object/error.h"
#include "object/world.h"
#include "types/cell.h"
#include "types/consume.h"
#include "types/float.h"
#include "types/iterate.h"
#include "types/list_layout.h"
#include "types/native.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"
#include "vm/free.h"
#include "vm/names.h"
#include "vm/profile.h"
#include "vm/resume.h"

/* A frame has been pushed; it is about to end, or to yield; calls that may be of native functions.
 */
#if OZ_LOOP_PROFILES
#define LOOP oz_loop_profiled
#define ENTERED() oz_profile_enter(t, frame->code, (Obj)frame->code, NULL)
#define LEAVES() oz_profile_leave(t)
#define CALL_QUICK oz_profiled_quick
#define CALL_NAMED oz_profiled_named
#define CALL_SPREAD oz_profiled_spread
#else
#if OZ_LOOP_FREE
#define LOOP oz_loop_free
#else
#define LOOP run
#endif
#define ENTERED() (void)0
#define LEAVES() (void)0
#define CALL_QUICK oz_call_quick
#define CALL_NAMED oz_call_named
#define CALL_SPREAD oz_call_spread
#endif

/* The instruction being run, and its fields: read from memory where they are used, which is one
 * load each, where taking a word in a register apart is three instructions. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "fields are read from memory");
_Static_assert(offsetof(Frame, flags) == offsetof(Frame, result) + 2 &&
                   sizeof(Frame) == offsetof(Frame, result) + 8,
               "a call sets result, flags and traced at once");
#define I (pc[-1])
#define FIELD(n) (((const uint16_t *)(pc - 1))[n])
#define AUX (((const uint8_t *)(pc - 1))[1])
#define A FIELD(1)
#define B FIELD(2)
#define C FIELD(3)
#define SC ((int16_t)FIELD(3))
#define NEXT_FIELD(n) (((const uint16_t *)pc)[n]) /* of the instruction behind this one */
#define D (((const int32_t *)(pc - 1))[1])
/* An operand's owned reference: moved out of a temporary, retained from a local. */
#define TAKE(x) (AUX & OZ_TEMPORARY_##x ? oz_move(&base[x]) : oz_retain_mixed(base[x]))
/* An operand has been used: drop it if it was a temporary. */
#define DONE(x)                                                                                    \
    do {                                                                                           \
        if (AUX & OZ_TEMPORARY_##x)                                                                \
            oz_clear_mixed(&base[x]);                                                              \
    } while (0)

#if OZ_LOOP_FREE
#define CACHE_WORD(pc) OZ_READ(pc)
/* Nothing of the instruction has been done: the other loop does it. */
#define TURN()                                                                                     \
    do {                                                                                           \
        frame->pc = pc - 1;                                                                        \
        return OZ_LOOP_OTHER;                                                                      \
    } while (0)
#define OWN(o) (oz_refs(oz_object(o)) > 0)
#else
#define CACHE_WORD(pc) (*(pc))
#define TURN() (void)0
#define OWN(o) true
#endif
/* For the whole of an instruction. */
#define NEEDS_TURN()                                                                               \
    do {                                                                                           \
        if (OZ_LOOP_FREE)                                                                          \
            TURN();                                                                                \
    } while (0)
/* Unless `own` TURN. */
#define UNLESS(own)                                                                                \
    do {                                                                                           \
        if (OZ_LOOP_FREE && OZ_UNLIKELY(!(own)))                                                   \
            TURN();                                                                                \
    } while (0)

/* Operands are read before NEXT, so that the pc passes the instruction's further words only then:
 * `skip` of them. */
#define NEXT_SKIP(skip)                                                                            \
    do {                                                                                           \
        pc += (skip) + 1;                                                                          \
        goto *labels[OZ_OP(I)];                                                                    \
    } while (0)
#define NEXT() NEXT_SKIP(0)
#define CASE(name) do_##name
#define SAVE_PC_SKIP(skip) (frame->pc = pc + (skip))
#define SAVE_PC() SAVE_PC_SKIP(0)
/* A safepoint; then the loop goes on `step` words behind the pc, perhaps in the other loop. */
#if OZ_LOOP_FREE
#define POLL_STEP(step)                                                                            \
    do {                                                                                           \
        if (OZ_UNLIKELY(atomic_load_explicit(&t->interrupt, memory_order_relaxed))) {              \
            frame->pc = pc + (step);                                                               \
            if (oz_free_interrupted(t))                                                            \
                return OZ_LOOP_OTHER;                                                              \
        }                                                                                          \
    } while (0)
#else
#define POLL_STEP(step)                                                                            \
    do {                                                                                           \
        if (OZ_UNLIKELY(atomic_load_explicit(&t->interrupt, memory_order_relaxed))) {              \
            SAVE_PC();                                                                             \
            if (oz_goes_free(t)) {                                                                 \
                frame->pc = pc + (step);                                                           \
                return OZ_LOOP_OTHER;                                                              \
            }                                                                                      \
            if (!t->vm->hooks.poll(t))                                                             \
                goto raised;                                                                       \
        }                                                                                          \
    } while (0)
#endif
#define POLL() POLL_STEP(0)
#define SLOW_SKIP(call, skip)                                                                      \
    do {                                                                                           \
        NEEDS_TURN();                                                                              \
        QUIET_SKIP(call, skip);                                                                    \
    } while (0)
#define SLOW(call) SLOW_SKIP(call, 0)
/* A call that needs no turn. */
#define QUIET_SKIP(call, skip)                                                                     \
    do {                                                                                           \
        SAVE_PC_SKIP(skip);                                                                        \
        if (OZ_UNLIKELY(!(call)))                                                                  \
            goto raised;                                                                           \
        NEXT_SKIP(skip);                                                                           \
    } while (0)
#define SLOW_UNLESS(quiet, call)                                                                   \
    do {                                                                                           \
        UNLESS(quiet);                                                                             \
        QUIET_SKIP(call, 0);                                                                       \
    } while (0)
/* A jump that is taken; backwards is a safepoint. */
#define JUMP(offset)                                                                               \
    do {                                                                                           \
        int32_t distance_ = (offset);                                                              \
        if (distance_ < 0) /* still at the jump: its handlers are those of the loop */             \
            POLL_STEP(distance_);                                                                  \
        pc += distance_;                                                                           \
    } while (0)
/* Drop `value`; only the last reference to an object has an effect that needs the pc. */
#define DROP_SKIP(value, skip)                                                                     \
    do {                                                                                           \
        Ref dropped_ = (value);                                                                    \
        if (OZ_UNLIKELY(oz_is_pointer(dropped_)) &&                                                \
            OZ_UNLIKELY(oz_drop_mixed_slow(oz_object(dropped_)))) {                                \
            SAVE_PC_SKIP(skip);                                                                    \
            oz_drop_slow(oz_object(dropped_));                                                     \
        }                                                                                          \
    } while (0)
/* Put an operand, `seen` and not yet `taken`, in a field of `container`: oz_store, where most
 * values are ints and floats. */
#define STORE_SKIP(container, place, seen, taken, skip)                                            \
    do {                                                                                           \
        Object *container_ = (container);                                                          \
        Ref *place_ = (place);                                                                     \
        if (OZ_UNLIKELY(oz_refs(container_) < 0)) {                                                \
            NEEDS_TURN();                                                                          \
            SAVE_PC_SKIP(skip);                                                                    \
            oz_store_shared(container_, place_, taken);                                            \
        } else {                                                                                   \
            Ref stored_ = (seen);                                                                  \
            if (oz_is_pointer(stored_)) {                                                          \
                stored_ = (taken);                                                                 \
                oz_track(container_, stored_);                                                     \
            }                                                                                      \
            Ref replaced_ = *place_;                                                               \
            *place_ = stored_;                                                                     \
            DROP_SKIP(replaced_, skip);                                                            \
        }                                                                                          \
    } while (0)
#define RESULT_SKIP(value, skip) RESULT_IN(A, value, skip)
#define RESULT_IN(r, value, skip)                                                                  \
    do {                                                                                           \
        Ref value_ = (value);                                                                      \
        Ref *result_ = &base[r];                                                                   \
        Ref old_ = *result_;                                                                       \
        *result_ = value_;                                                                         \
        DROP_SKIP(old_, skip);                                                                     \
        NEXT_SKIP(skip);                                                                           \
    } while (0)
#define RESULT(value) RESULT_SKIP(value, 0)
/* A result that is a float: handed over, stored, or (it does not fit in a word) nothing. */
#define RESULT_FLOAT(d)                                                                            \
    do {                                                                                           \
        double made_ = (d);                                                                        \
        HAND_OVER(made_);                                                                          \
        Ref float_ = oz_float_word(made_);                                                         \
        if (OZ_LIKELY(oz_is_float(float_)))                                                        \
            RESULT(float_);                                                                        \
    } while (0)
#define HAND_OVER(d)                                                                               \
    do {                                                                                           \
        unsigned hand_ = AUX & OZ_HAND_MASK;                                                       \
        if (!hand_)                                                                                \
            break;                                                                                 \
        handed = (d);                                                                              \
        switch (hand_ >> 1) {                                                                      \
            HANDS(ADD);                                                                            \
            HANDS(SUBTRACT);                                                                       \
            HANDS(MULTIPLY);                                                                       \
            HANDS(DIVIDE);                                                                         \
            HANDS(COMPARE);                                                                        \
        default:                                                                                   \
            __builtin_unreachable();                                                               \
        }                                                                                          \
    } while (0)
#define HANDS(name)                                                                                \
    case OZ_HAND_##name##_LEFT:                                                                    \
        goto hand_##name##_LEFT;                                                                   \
    case OZ_HAND_##name##_RIGHT:                                                                   \
        goto hand_##name##_RIGHT;                                                                  \
    case OZ_HAND_##name##_K:                                                                       \
        goto hand_##name##_K
/* The next instruction takes `handed`, if its other operand, `own`, is a float too. */
#define TAKE_HANDED(name, other, action)                                                           \
    hand_##name:                                                                                   \
    {                                                                                              \
        Obj other_ = (other);                                                                      \
        if (OZ_UNLIKELY(!oz_is_float(other_)))                                                     \
            goto hand_back;                                                                        \
        double own = oz_float_value(other_);                                                       \
        action                                                                                     \
    }
#define HANDED_BINARY(name, operator)                                                              \
    TAKE_HANDED(name##_LEFT, base[NEXT_FIELD(3)], HANDED_RESULT(handed operator own))              \
    TAKE_HANDED(name##_RIGHT, base[NEXT_FIELD(2)], HANDED_RESULT(own operator handed))             \
    TAKE_HANDED(name##_K, k[NEXT_FIELD(3)], HANDED_RESULT(handed operator own))
#define HANDED_RESULT(operation)                                                                   \
    handed = (operation);                                                                          \
    pc++;                                                                                          \
    RESULT_FLOAT(handed);                                                                          \
    goto hand_back;

/* One arithmetic instruction, with a register and with a constant on the right. */
#define BINARY(name, ints, floats)                                                                 \
    CASE(name) :                                                                                   \
    {                                                                                              \
        Obj b = base[B], c = base[C];                                                              \
        ints floats SLOW_UNLESS(oz_are_quiet(b, c), op_binary(t, I, base));                        \
    }                                                                                              \
    CASE(name##_K) :                                                                               \
    {                                                                                              \
        Obj b = base[B], c = k[C];                                                                 \
        ints floats SLOW_UNLESS(oz_are_quiet(b, c), op_binary_k(t, I, base));                      \
    }
#define IF_INTS(...)                                                                               \
    if (OZ_LIKELY(oz_are_ints(b, c))) {                                                            \
        __VA_ARGS__                                                                                \
    }
#define IF_FLOATS(expression)                                                                      \
    else if (oz_are_floats(b, c))                                                                  \
    {                                                                                              \
        double x = oz_float_value(b), y = oz_float_value(c);                                       \
        RESULT_FLOAT(expression);                                                                  \
    }

#define NEITHER (void)b, (void)c;

#define COMPARE(name, operator, op)                                                                \
    CASE(name) :                                                                                   \
    {                                                                                              \
        Obj b = base[B], c = base[C];                                                              \
        if (OZ_LIKELY(oz_are_ints(b, c)))                                                          \
            RESULT(oz_bool((int64_t)oz_word(b) operator(int64_t) oz_word(c)));                     \
        if (oz_are_floats(b, c))                                                                   \
            RESULT(oz_bool(oz_float_value(b) operator oz_float_value(c)));                         \
        SLOW_UNLESS(oz_are_quiet(b, c), op_compare(t, I, base));                                   \
    }
#define COMPARE_JUMP_(right, done, operator, op)                                                   \
    {                                                                                              \
        Obj b = base[A], c = right;                                                                \
        int truth;                                                                                 \
        if (OZ_LIKELY(oz_are_ints(b, c))) {                                                        \
            truth = (int64_t)oz_word(b) operator(int64_t) oz_word(c);                              \
        } else if (oz_are_floats(b, c)) {                                                          \
            truth = oz_float_value(b) operator oz_float_value(c);                                  \
        } else {                                                                                   \
            UNLESS(oz_are_quiet(b, c));                                                            \
            SAVE_PC();                                                                             \
            if ((op == OZ_EQ || op == OZ_NE) && oz_is_exact_str(b) && oz_is_exact_str(c))          \
                truth = oz_str_equal_inline((const Str *)b, (const Str *)c) == (op == OZ_EQ);      \
            else                                                                                   \
                truth = oz_compare_truth(t, b, c, op);                                             \
            DONE(A);                                                                               \
            done;                                                                                  \
            if (OZ_UNLIKELY(truth < 0))                                                            \
                goto raised;                                                                       \
        }                                                                                          \
        if (truth == (AUX & 1))                                                                    \
            JUMP(SC);                                                                              \
        NEXT();                                                                                    \
    }
#define COMPARE_JUMP(name, operator, op)                                                           \
    CASE(name)                                                                                     \
        : COMPARE_JUMP_(base[B], DONE(B), operator, op) CASE(name##_K)                             \
        : COMPARE_JUMP_(k[B], (void)0, operator, op)

/* Set `truth` to the truth of the operand `v`, which is then `done`. */
#define TRUTH(v, done)                                                                             \
    if (v == OZ_TRUE) {                                                                            \
        truth = true;                                                                              \
    } else if (v == OZ_FALSE || v == OZ_NONE) {                                                    \
        truth = false;                                                                             \
    } else if (oz_is_int(v)) {                                                                     \
        truth = v != oz_int(0);                                                                    \
    } else {                                                                                       \
        UNLESS(oz_is_quiet_container(v));                                                          \
        SAVE_PC();                                                                                 \
        bool ok_ = oz_truth(t, v, &truth);                                                         \
        done;                                                                                      \
        if (OZ_UNLIKELY(!ok_))                                                                     \
            goto raised;                                                                           \
    }

/* o[key] of a list, tuple or str at an int. */
#define ITEM(name, key, slow)                                                                      \
    CASE(name) :                                                                                   \
    {                                                                                              \
        Obj key_ = (key);                                                                          \
        Ref v;                                                                                     \
        if (OZ_LOOP_FREE && oz_is_pointer(base[B]) && !OWN(base[B]) &&                             \
            oz_id(oz_object(base[B])) >= OZ_LEAF_END) {                                            \
            if (!oz_free_item(base[B], key_, &v))                                                  \
                TURN();                                                                            \
            if (AUX & OZ_TEMPORARY_B)                                                              \
                DROP_SKIP(oz_move(&base[B]), 0);                                                   \
            if (AUX & OZ_TEMPORARY_C) /* a str, perhaps */                                         \
                DROP_SKIP(oz_move(&base[C]), 0);                                                   \
            RESULT(v);                                                                             \
        }                                                                                          \
        outer = item_at(base[B], key_);                                                            \
        if (OZ_LIKELY(outer != NULL)) {                                                            \
            if (OZ_UNLIKELY(AUX & OZ_HAND_MASK))                                                   \
                goto item_of_item;                                                                 \
            v = oz_retain_mixed(outer);                                                            \
        } else {                                                                                   \
            v = character_at(t, base[B], key_);                                                    \
            if (OZ_UNLIKELY(!v))                                                                   \
                SLOW_UNLESS(oz_is_quiet_item(base[B], key_), slow(t, I, base));                    \
        }                                                                                          \
        if (AUX & OZ_TEMPORARY_B)                                                                  \
            DROP_SKIP(oz_move(&base[B]), 0);                                                       \
        RESULT(v);                                                                                 \
    }

/* Drop what is left in a window. */
OZ_INLINE void release_window(Ref *base, unsigned count)
{
    for (unsigned r = 0; r < count; r++) {
        Ref v = base[r];
        if (oz_is_pointer(v)) {
            base[r] = NULL;
            oz_drop_mixed(v);
        }
    }
}

/* Drop the temporaries that are left, the last first, as a stack is popped. */
static void release_temporaries(const Frame *frame, Ref *base)
{
    for (unsigned r = frame->code->registers; r > frame->code->local_count; r--)
        oz_clear(&base[r - 1]);
}

/* o[key] for a list or tuple and an int within its length, borrowed; NULL: the slow way. */
OZ_INLINE Obj item_at(Obj o, Obj key)
{
    if (OZ_UNLIKELY(!oz_is_int(key)) || OZ_UNLIKELY(!oz_is_pointer(o)))
        return NULL;
    uint64_t at = (uint64_t)oz_int_value(key);
    uint32_t id = oz_id(oz_object(o));
    if (OZ_LIKELY(id == OZ_LIST))
        return oz_list_peek((const List *)o, at);
    const Tuple *tuple = (const Tuple *)o;
    return id == OZ_TUPLE && at < tuple->length ? tuple->items[at] : NULL;
}

/* s[key] for an exact str of bytes and an int within its length: immortal, so that nothing is
 * counted; NULL: the slow way. */
OZ_INLINE Ref character_at(Thread *t, Obj o, Obj key)
{
    if (OZ_UNLIKELY(!oz_is_int(key)) || OZ_UNLIKELY(!oz_is_pointer(o)))
        return NULL;
    const Str *s = (const Str *)o;
    uint64_t at = (uint64_t)oz_int_value(key);
    uint32_t id = oz_id(oz_object(o));
    if ((id != OZ_STR_ASCII && id != OZ_STR_LATIN1) || at >= s->length)
        return NULL;
    return OZ_SEEN(&t->vm->characters[s->data[at]]);
}

/* `item in container` as parsers ask it: a character of bytes, a short text of bytes. */
OZ_INLINE bool is_character_in_text(Obj item, Obj container)
{
    if (!oz_is_pointer(item) || !oz_is_pointer(container))
        return false;
    uint32_t kind = oz_id(oz_object(item)), of = oz_id(oz_object(container));
    return kind - OZ_STR_ASCII <= OZ_STR_LATIN1 - OZ_STR_ASCII &&
           of - OZ_STR_ASCII <= OZ_STR_LATIN1 - OZ_STR_ASCII && ((const Str *)item)->length == 1 &&
           ((const Str *)container)->length < sizeof(uint64_t);
}

/* Put the defaults of the last parameters behind the arguments of a call that has nothing else to
 * bind, and count them; false: it has. */
OZ_INLINE bool fill_defaults(const Thread *t, const Function *f, Ref *arguments, unsigned *given)
{
    const Tuple *defaults = (const Tuple *)f->defaults;
    unsigned count = f->code->simple_arguments;
    if (!defaults || count == OZ_NOT_SIMPLE || count - *given > defaults->length ||
        arguments + f->code->registers > t->stack_end)
        return false;
    for (unsigned p = *given; p < count; p++)
        arguments[p] = oz_retain_mixed(defaults->items[p + defaults->length - count]);
    *given = count;
    return true;
}

/* len(o) of the usual containers; NULL: the slow way. */
OZ_INLINE Ref length_of(Obj o)
{
    if (!oz_is_pointer(o))
        return NULL;
    uint32_t id = oz_id(oz_object(o));
    if (id == OZ_LIST)
        return oz_int((int64_t)oz_list_length_fast((const List *)o));
    if (id - OZ_STR_ASCII <= OZ_STR_UCS4 - OZ_STR_ASCII && ((const Str *)o)->length != UINT32_MAX)
        return oz_int(((const Str *)o)->length);
    if (id == OZ_TUPLE)
        return oz_int((int64_t)((const Tuple *)o)->length);
    if (id == OZ_DICT)
        return oz_int(((const Dict *)o)->table ? ((const Dict *)o)->table->live : 0);
    return NULL;
}

/* Does nothing but the frame's registers end with it? */
OZ_INLINE bool leaves_quietly(const Frame *frame)
{
    return !frame->object && !frame->generator && !frame->names && !(frame->flags & ~OZ_FRAME_INIT);
}

/* The loop proper, apart from the check of the C stack: whoever looks at the address of its own
 * stack frame needs a frame pointer, and the loop has a better use for that register. */
#if !OZ_LOOP_PROFILES && !OZ_LOOP_FREE
static
#endif
    __attribute__((noinline)) Ref
    LOOP(Thread *t, bool *yielded)
{
    static const void *const handlers[OP_COUNT] = {
#define OP(name, format, words, traits, meaning) [OP_##name] = &&do_##name,
#include "bytecode/opcodes.def"
#undef OP
    };
#if OZ_LOOP_FREE
    const void *const *const labels = handlers; /* who is traced does not run free */
#else
    static const void *labels[OP_COUNT] = {
    /* the same, or `trace` throughout */
#define OP(name, format, words, traits, meaning) [OP_##name] = &&do_##name,
#include "bytecode/opcodes.def"
#undef OP
    };
    if (OZ_UNLIKELY(!t)) { /* oz_loop_switch */
        for (unsigned op = 0; op < OP_COUNT; op++)
            __atomic_store_n(&labels[op], *yielded ? &&trace : handlers[op], __ATOMIC_RELAXED);
        return NULL;
    }
#endif
    Frame *frame = t->frame;
    Ref *base = frame->base;
    const Ref *k = ((Tuple *)frame->code->constants)->items;
    uint64_t *pc = frame->pc;
    double handed, compared; /* floats on their way to the next instruction */
    if (OZ_UNLIKELY(t->exception))
        goto raised;
    NEXT();

    /* ---- moves and constants ---- */
    CASE(NOP) : NEXT();
    CASE(MOVE) : RESULT(oz_move(&base[B]));
    CASE(COPY) : RESULT(oz_retain_mixed(base[B]));
    CASE(LOADK) :
    {
        Obj v = k[D];
        HAND_OVER(oz_float_value(v));
        RESULT(oz_retain_mixed(v));
    }
    CASE(LOAD_IMM) : RESULT(oz_from_word((Word)(int64_t)D));
    CASE(DROP) :
    {
        SAVE_PC();
        oz_clear_mixed(&base[A]);
        NEXT();
    }
    CASE(CHECK_BOUND) :
    {
        if (OZ_LIKELY(base[A] != NULL))
            NEXT();
        SLOW(op_unbound(t, I, base));
    }
    CASE(DELETE_LOCAL)
        : SLOW_UNLESS(base[A], base[A] ? (oz_clear(&base[A]), true) : op_unbound(t, I, base));
    CASE(CLEAR_LOCAL) : QUIET_SKIP((oz_clear(&base[A]), true), 0);

    /* ---- cells ---- */
    CASE(MAKE_CELL) : QUIET_SKIP(op_make_cell(t, I, base), 0);
    CASE(GET_CELL) :
    {
        Ref v;
        if (OZ_LOOP_FREE)
            UNLESS(oz_read_shared(&((Cell *)base[B])->base, &((Cell *)base[B])->value, &v));
        else
            v = oz_load(&((Cell *)base[B])->value);
        if (OZ_LIKELY(v != NULL))
            RESULT(v);
        SLOW(op_unbound(t, I, base));
    }
    CASE(SET_CELL) :
    {
        Cell *cell = (Cell *)base[A];
        STORE_SKIP(&cell->base, &cell->value, base[B], TAKE(B), 0);
        NEXT();
    }
    CASE(DELETE_CELL) : SLOW(op_delete_variable(t, I, base));
    CASE(CLEAR_CELL) : SLOW(op_delete_variable(t, I, base));
    CASE(GET_FREE) :
    {
        Ref v;
        if (OZ_LOOP_FREE)
            UNLESS(oz_read_shared(&((Cell *)frame->function->cells[B])->base,
                                  &((Cell *)frame->function->cells[B])->value, &v));
        else
            v = oz_load(&((Cell *)frame->function->cells[B])->value);
        if (OZ_LIKELY(v != NULL))
            RESULT(v);
        SLOW(op_unbound(t, I, base));
    }
    CASE(SET_FREE) :
    {
        Cell *cell = (Cell *)frame->function->cells[A];
        STORE_SKIP(&cell->base, &cell->value, base[B], TAKE(B), 0);
        NEXT();
    }
    CASE(DELETE_FREE) : SLOW(op_delete_variable(t, I, base));
    CASE(CLEAR_FREE) : SLOW(op_delete_variable(t, I, base));
    CASE(GET_CLASS_FREE) : SLOW(op_get_class_variable(t, I, base));
    CASE(GET_CLASS_CELL) : SLOW(op_get_class_variable(t, I, base));

    /* ---- names ---- */
    CASE(GET_GLOBAL) :
    {
        if (OZ_LOOP_FREE) {
            Ref read = oz_free_global(t, frame->function->globals, pc);
            UNLESS(read);
            RESULT_SKIP(read, 2);
        }
        Obj v = oz_cached_global(t, frame->function->globals, pc);
        if (OZ_LIKELY(v != NULL))
            RESULT_SKIP(oz_retain_mixed(v), 2);
        SLOW_SKIP(op_get_global(t, I, base, pc), 2);
    }
    CASE(SET_GLOBAL) :
    {
        NEEDS_TURN();
        Ref *place = oz_cached_place(t, frame->function->globals, pc);
        if (OZ_LIKELY(place != NULL)) {
            SAVE_PC_SKIP(1);
            oz_store(oz_object(frame->function->globals), place, TAKE(B));
            NEXT_SKIP(1);
        }
        SLOW_SKIP(op_set_global(t, I, base), 1);
    }
    CASE(DELETE_GLOBAL) : SLOW(op_delete_global(t, I, base));
    CASE(GET_NAME) :
    {
        NEEDS_TURN();
        if (OZ_LIKELY(frame->names == frame->function->globals)) {
            Obj v = oz_cached_global(t, frame->names, pc);
            if (OZ_LIKELY(v != NULL))
                RESULT_SKIP(oz_retain(v), 2);
        }
        SLOW_SKIP(op_get_name(t, I, base, pc), 2);
    }
    CASE(SET_NAME) :
    {
        NEEDS_TURN();
        Ref *place;
        if (frame->names == frame->function->globals &&
            (place = oz_cached_place(t, frame->names, pc)) != NULL) {
            STORE_SKIP(oz_object(frame->names), place, base[B], TAKE(B), 1);
            NEXT_SKIP(1);
        }
        SLOW_SKIP(op_set_name(t, I, base), 1);
    }
    CASE(DELETE_NAME) : SLOW(op_delete_name(t, I, base));

    /* ---- arithmetic ---- */
    BINARY(ADD,
           IF_INTS(int64_t r; if (OZ_LIKELY(!__builtin_add_overflow((int64_t)oz_word(b),
                                                                    (int64_t)(oz_word(c) - 1), &r)))
                       RESULT(oz_from_word((Word)r));),
           IF_FLOATS(x + y))
    BINARY(SUBTRACT,
           IF_INTS(int64_t r; if (OZ_LIKELY(!__builtin_sub_overflow((int64_t)oz_word(b),
                                                                    (int64_t)(oz_word(c) - 1), &r)))
                       RESULT(oz_from_word((Word)r));),
           IF_FLOATS(x - y))
    BINARY(MULTIPLY,
           IF_INTS(int64_t r;
                   if (OZ_LIKELY(!__builtin_mul_overflow(oz_int_value(b), (int64_t)(oz_word(c) - 1),
                                                         &r))) RESULT(oz_from_word((Word)r | 1));),
           IF_FLOATS(x * y))
    BINARY(MATRIX_MULTIPLY, NEITHER, )
    BINARY(TRUE_DIVIDE,
           IF_INTS(int64_t x = oz_int_value(b), y = oz_int_value(c);
                   const int64_t exact = INT64_C(1) << 53;
                   if (y != 0 && x >= -exact && x <= exact && y >= -exact && y <= exact)
                       RESULT_FLOAT((double)x / (double)y);),
           IF_FLOATS(x / y))
    BINARY(FLOOR_DIVIDE,
           IF_INTS(
               int64_t x = oz_int_value(b), y = oz_int_value(c); if (OZ_LIKELY(y != 0)) {
                   int64_t q = x / y;
                   q -= (x % y != 0) & ((x ^ y) < 0);
                   if (OZ_LIKELY(oz_int_fits(q)))
                       RESULT(oz_int(q));
               }), )
    BINARY(REMAINDER,
           IF_INTS(
               int64_t x = oz_int_value(b), y = oz_int_value(c); if (OZ_LIKELY(y != 0)) {
                   int64_t r = x % y;
                   if (r != 0 && (r ^ y) < 0)
                       r += y;
                   RESULT(oz_int(r));
               }), )
    BINARY(POWER, NEITHER, )
    BINARY(LSHIFT,
           IF_INTS(
               int64_t x = oz_int_value(b), n = oz_int_value(c); if (n >= 0 && n < 62) {
                   int64_t r = (int64_t)((uint64_t)x << n);
                   if (r >> n == x && oz_int_fits(r))
                       RESULT(oz_int(r));
               }), )
    BINARY(RSHIFT,
           IF_INTS(int64_t x = oz_int_value(b), n = oz_int_value(c);
                   if (n >= 0) RESULT(oz_int(x >> (n > 62 ? 62 : n)));), )
    BINARY(AND, IF_INTS(RESULT(oz_from_word(oz_word(b) & oz_word(c)));), )
    BINARY(XOR, IF_INTS(RESULT(oz_from_word((oz_word(b) ^ oz_word(c)) | 1));), )
    BINARY(OR, IF_INTS(RESULT(oz_from_word(oz_word(b) | oz_word(c)));), )
    CASE(NEGATIVE) :
    {
        Obj b = base[B];
        if (oz_is_int(b) && oz_int_value(b) != OZ_INT_MIN)
            RESULT(oz_int(-oz_int_value(b)));
        if (oz_is_float(b))
            RESULT(oz_float_word(-oz_float_value(b)));
        SLOW(op_unary(t, I, base));
    }
    CASE(POSITIVE) : SLOW(op_unary(t, I, base));
    CASE(INVERT) :
    {
        Obj b = base[B];
        if (oz_is_int(b))
            RESULT(oz_int(~oz_int_value(b)));
        SLOW(op_unary(t, I, base));
    }
    CASE(NOT) :
    {
        Obj v = base[B];
        bool truth;
        TRUTH(v, DONE(B))
        RESULT(oz_bool(!truth));
    }

    /* ---- comparisons ---- */
    COMPARE(LT, <, OZ_LT)
    COMPARE(LE, <=, OZ_LE)
    COMPARE(EQ, ==, OZ_EQ)
    COMPARE(NE, !=, OZ_NE)
    COMPARE(GT, >, OZ_GT)
    COMPARE(GE, >=, OZ_GE)
    CASE(IS) : CASE(IS_NOT) :
    {
        SAVE_PC();
        Ref same = oz_bool((base[B] == base[C]) == (OZ_OP(I) == OP_IS));
        DONE(B);
        DONE(C);
        RESULT(same);
    }
    CASE(IN) : SLOW_UNLESS(oz_is_quiet_member(base[C], base[B]), op_contains(t, I, base));
    CASE(NOT_IN) : SLOW_UNLESS(oz_is_quiet_member(base[C], base[B]), op_contains(t, I, base));

    /* ---- arithmetic with a float that was handed over ---- */
    HANDED_BINARY(ADD, +)
    HANDED_BINARY(SUBTRACT, -)
    HANDED_BINARY(MULTIPLY, *)
    TAKE_HANDED(DIVIDE_LEFT, base[NEXT_FIELD(3)], HANDED_RESULT(handed / own))
    TAKE_HANDED(DIVIDE_RIGHT, base[NEXT_FIELD(2)], if (handed == 0) goto hand_back;
                HANDED_RESULT(own / handed))
    TAKE_HANDED(DIVIDE_K, k[NEXT_FIELD(3)], HANDED_RESULT(handed / own))
    TAKE_HANDED(COMPARE_LEFT, base[NEXT_FIELD(2)], compared = own; goto hand_COMPARE;)
    TAKE_HANDED(COMPARE_RIGHT, base[NEXT_FIELD(1)], compared = handed; handed = own;
                goto hand_COMPARE;)
    TAKE_HANDED(COMPARE_K, k[NEXT_FIELD(2)], compared = own; goto hand_COMPARE;)
hand_COMPARE : { /* `handed` with `compared`: the next instruction compares and jumps */
    bool truth;
    pc++;
    switch (OZ_OP(I)) {
    case OP_JUMP_LT:
    case OP_JUMP_LT_K:
        truth = handed < compared;
        break;
    case OP_JUMP_LE:
    case OP_JUMP_LE_K:
        truth = handed <= compared;
        break;
    case OP_JUMP_EQ:
    case OP_JUMP_EQ_K:
        truth = handed == compared;
        break;
    case OP_JUMP_NE:
    case OP_JUMP_NE_K:
        truth = handed != compared;
        break;
    case OP_JUMP_GT:
    case OP_JUMP_GT_K:
        truth = handed > compared;
        break;
    default:
        truth = handed >= compared;
    }
    if (truth == (AUX & 1))
        JUMP(SC);
    NEXT();
}
hand_back : { /* what was handed over becomes a value after all */
    SAVE_PC();
    Ref v = oz_float_new(t, handed);
    if (OZ_UNLIKELY(!v))
        goto raised;
    RESULT(v);
}

    /* ---- jumps ---- */
    CASE(JUMP) :
    {
        pc += D;
        NEXT();
    }
    CASE(JUMP_BACK) :
    {
        POLL_STEP(D); /* still at the jump, as in JUMP */
        pc += D;
        NEXT();
    }
    CASE(JUMP_IF_TRUE) :
    {
        Obj v = base[A];
        bool truth;
        TRUTH(v, DONE(A))
        if (truth)
            JUMP(D);
        NEXT();
    }
    CASE(JUMP_IF_FALSE) :
    {
        Obj v = base[A];
        bool truth;
        TRUTH(v, DONE(A))
        if (!truth)
            JUMP(D);
        NEXT();
    }
    CASE(JUMP_IF_TRUE_KEEP) : CASE(JUMP_IF_FALSE_KEEP) :
    {
        Obj v = base[A];
        bool truth;
        if (v == OZ_TRUE) {
            truth = true;
        } else if (v == OZ_FALSE || v == OZ_NONE) {
            truth = false;
        } else {
            UNLESS(!oz_is_pointer(v) || oz_is_quiet_container(v));
            SAVE_PC();
            if (!oz_truth(t, v, &truth))
                goto raised;
        }
        if (truth == (OZ_OP(I) == OP_JUMP_IF_TRUE_KEEP)) {
            JUMP(D);
        } else {
            SAVE_PC();
            oz_clear(&base[A]);
        }
        NEXT();
    }
    CASE(JUMP_IF_NONE) : CASE(JUMP_IF_NOT_NONE) :
    {
        bool none = base[A] == OZ_NONE;
        SAVE_PC();
        DONE(A);
        if (none == (OZ_OP(I) == OP_JUMP_IF_NONE))
            JUMP(D);
        NEXT();
    }
    COMPARE_JUMP(JUMP_LT, <, OZ_LT)
    COMPARE_JUMP(JUMP_LE, <=, OZ_LE)
    COMPARE_JUMP(JUMP_EQ, ==, OZ_EQ)
    COMPARE_JUMP(JUMP_NE, !=, OZ_NE)
    COMPARE_JUMP(JUMP_GT, >, OZ_GT)
    COMPARE_JUMP(JUMP_GE, >=, OZ_GE)
    CASE(JUMP_IS) :
    {
        bool same = base[A] == base[B];
        SAVE_PC();
        DONE(A);
        DONE(B);
        if (same == (AUX & 1))
            JUMP(SC);
        NEXT();
    }
    CASE(JUMP_IN) :
    {
        UNLESS(is_character_in_text(base[A], base[B]) || oz_is_quiet_member(base[B], base[A]));
        SAVE_PC();
        bool found, ok = true;
        if (is_character_in_text(base[A], base[B]))
            found = oz_has_byte_short((const Str *)base[B], ((const Str *)base[A])->data[0]);
        else
            ok = oz_contains_quick(t, base[B], base[A], &found);
        DONE(A);
        DONE(B);
        if (!ok)
            goto raised;
        if (found == (AUX & 1))
            JUMP(SC);
        NEXT();
    }

    /* ---- iteration ---- */
    CASE(GET_ITER) : SLOW_UNLESS(oz_has_quiet_iterator(base[B]), op_get_iter(t, I, base));
    CASE(GET_YIELD_FROM_ITER) : SLOW(op_get_yield_from_iter(t, I, base));
    CASE(FOR_ITER) :
    {
        Obj iterator = base[A];
        UNLESS(oz_iterates_quietly(iterator));
        Ref item = oz_iterate_fast(iterator);
        if (OZ_UNLIKELY(!item)) {
            SAVE_PC_SKIP(1);
            if (oz_generator_ready(iterator)) {
                Generator *g = (Generator *)iterator;
                Ref *window = base + frame->code->registers;
                if (!oz_generator_fits(t, g, frame + 1, window))
                    goto raised;
                bool first = g->state == OZ_GEN_CREATED;
                oz_generator_push(t, g, ++frame, window, OZ_FRAME_ITERATE);
                base = window;
                k = ((Tuple *)frame->code->constants)->items;
                pc = frame->pc;
                ENTERED();
                int again = 0;
                if (OZ_UNLIKELY(g->delegating)) {
                    g->sent = OZ_NONE;
                    again = -1; /* run the YIELD_FROM again */
                } else if (!first) {
                    oz_result(base, OZ_B(I), OZ_NONE);
                }
                POLL_STEP(again);
                pc += again;
                NEXT();
            }
            Found found = oz_iterate_slow(t, iterator, &item);
            if (found == OZ_RAISED)
                goto raised;
            if (found == OZ_MISSING) {
                if (oz_is_traced(t) && !oz_trace_stop(t, iterator, OZ_NONE))
                    goto raised;
                oz_clear(&base[A]);
                pc += C;
                NEXT_SKIP(1);
            }
        }
        Ref *target = &base[B];
        Ref old = *target;
        *target = item;
        DROP_SKIP(old, 1);
        NEXT_SKIP(1);
    }

    /* ---- attributes ---- */
    CASE(GET_ATTR) :
    {
        const Ref *place = NULL;
        if (!OZ_LOOP_FREE || (oz_is_pointer(base[B]) && OWN(base[B]))) {
            place = oz_cached_slot(base[B], CACHE_WORD(pc));
            if (OZ_UNLIKELY(!place))
                place = oz_known_place(t, base[B], CACHE_WORD(pc), true);
        }
        if (OZ_LIKELY(place != NULL) && OZ_LIKELY(*place != NULL)) {
            Ref v = oz_load(place);
            if (AUX & OZ_TEMPORARY_B)
                DROP_SKIP(oz_move(&base[B]), 1);
            RESULT_SKIP(v, 1);
        }
        if (OZ_LOOP_FREE) {
            Ref read = oz_free_attribute(t, base[B], pc);
            UNLESS(read);
            if (AUX & OZ_TEMPORARY_B)
                DROP_SKIP(oz_move(&base[B]), 1);
            RESULT_SKIP(read, 1);
        }
        SAVE_PC_SKIP(1);
        CallResult done = op_get_attr(t, I, base, pc);
        if (done == OZ_CALL_FRAME)
            goto frame_changed;
        if (OZ_UNLIKELY(done == OZ_CALL_RAISED))
            goto raised;
        NEXT_SKIP(1);
    }
    CASE(SET_ATTR) :
    {
        UNLESS(oz_is_pointer(base[A]) && OWN(base[A]));
        Ref *place = oz_cached_slot(base[A], CACHE_WORD(pc));
        if (OZ_UNLIKELY(!place))
            place = oz_known_place(t, base[A], CACHE_WORD(pc), false);
        if (OZ_LIKELY(place != NULL) && OZ_LIKELY(*place != NULL)) {
            STORE_SKIP(oz_object(base[A]), place, base[B], TAKE(B), 1);
            if (AUX & OZ_TEMPORARY_A)
                DROP_SKIP(oz_move(&base[A]), 1);
            NEXT_SKIP(1);
        }
        const AttrFact *fact = place ? NULL : oz_find_add(base[A], CACHE_WORD(pc));
        if (OZ_LIKELY(fact != NULL)) {
            oz_add_attribute(oz_object(base[A]), fact, TAKE(B));
            if (AUX & OZ_TEMPORARY_A)
                DROP_SKIP(oz_move(&base[A]), 1);
            NEXT_SKIP(1);
        }
        SLOW_SKIP(op_set_attr(t, I, base, pc), 1);
    }
    CASE(DELETE_ATTR) :
    {
        NEEDS_TURN();
        SAVE_PC();
        bool ok = oz_set_attr(t, base[A], ((Tuple *)frame->code->names)->items[C], NULL);
        DONE(A);
        if (!ok)
            goto raised;
        NEXT();
    }
    CASE(GET_METHOD) :
    {
        Obj o = base[B];
        const AttrFact *fact = oz_find_method(t, o, CACHE_WORD(pc));
        if (OZ_LOOP_FREE && fact && !oz_is_lasting(fact->value))
            TURN();
        if (OZ_LIKELY(fact != NULL)) {
            Ref self = TAKE(B);
            Ref *window = &base[A];
            oz_retain_mixed_object(oz_object(fact->value));
            window[0] = (Ref)(uintptr_t)fact->value;
            window[1] = self;
            NEXT_SKIP(1);
        }
        NEEDS_TURN();
        SAVE_PC_SKIP(1);
        Ref pair[2] = {NULL, NULL};
        bool ok = oz_cached_get_method(t, o, ((Tuple *)frame->code->names)->items[C], pc, pair);
        DONE(B);
        if (OZ_UNLIKELY(!ok))
            goto raised;
        Ref *window = &base[A];
        window[0] = pair[0];
        window[1] = pair[1];
        NEXT_SKIP(1);
    }

    /* ---- items ---- */
    Obj outer;
    ITEM(GET_ITEM, base[C], op_get_item)
    ITEM(GET_ITEM_K, k[C], op_get_item_k)
item_of_item : { /* only an item of `outer` is asked for, by the next instruction */
    Obj key = OZ_OP(*pc) == OP_GET_ITEM ? base[NEXT_FIELD(3)] : k[NEXT_FIELD(3)];
    Obj inner = NULL;
    if (!OZ_LOOP_FREE || (oz_is_pointer(outer) && (OWN(outer) || oz_is(outer, OZ_TUPLE))))
        inner = item_at(outer, key);
    Ref v = oz_retain(inner ? inner : outer);
    if (AUX & OZ_TEMPORARY_B)
        DROP_SKIP(oz_move(&base[B]), 0);
    if (OZ_LIKELY(inner != NULL))
        pc++;
    RESULT(v);
}
    CASE(SET_ITEM) :
    {
        Obj o = base[A], key = base[B];
        UNLESS(oz_is_pointer(o) && OWN(o));
        if (oz_is_int(key) && oz_is(o, OZ_LIST)) {
            ListBlock *block = ((List *)o)->block;
            uint64_t at = (uint64_t)oz_int_value(key);
            if (OZ_LIKELY(block && at < block->length)) {
                STORE_SKIP(oz_object(o), &block->items[at], base[C], TAKE(C), 0);
                if (AUX & OZ_TEMPORARY_A)
                    DROP_SKIP(oz_move(&base[A]), 0);
                NEXT();
            }
        }
        SLOW_UNLESS(oz_is_bare(key) && oz_is_own_bare_dict(o), op_set_item(t, I, base));
    }
    CASE(DELETE_ITEM) : SLOW_UNLESS(oz_is_quiet_item(base[A], base[B]), op_delete_item(t, I, base));
    CASE(GET_SLICE) : SLOW_UNLESS(oz_is_quiet_slice(base[B], base + C), op_get_slice(t, I, base));
    CASE(BUILD_SLICE) : QUIET_SKIP(op_build_slice(t, I, base), 0);

    /* ---- calls ---- */
    CASE(CALL) :
    {
        Ref *window = base + A;
        unsigned count = B;
        Obj callee = window[0];
        bool has_self = (AUX & 1) && window[1];
        uint32_t kind = oz_is_pointer(callee) ? oz_id(oz_object(callee)) : OZ_NO_TYPE;
        SAVE_PC_SKIP(1);
        if (OZ_LIKELY(kind == OZ_FUNCTION)) {
            Code *code = OZ_SEEN(&((Function *)callee)->code);
            Ref *arguments = window + (has_self ? 1 : 2);
            unsigned given = count + has_self;
            UNLESS(code->simple_arguments == given ||
                   oz_free_defaults(t, (Function *)callee, arguments, &given));
            if (OZ_LIKELY(code->simple_arguments == given) ||
                fill_defaults(t, (Function *)callee, arguments, &given)) {
                Frame *inner = frame + 1;
                if (OZ_UNLIKELY((char *)(inner + 1) > (char *)t->frames_end ||
                                arguments + code->registers > t->stack_end ||
                                t->depth >= t->depth_limit)) {
                    NEEDS_TURN();
                    (void)oz_frame_push(t, oz_move(&window[0]), arguments, given);
                    goto raised;
                }
                inner->pc = code->instructions;
                inner->base = arguments;
                inner->code = code;
                inner->function = (Function *)window[0];
                window[0] = NULL;
                inner->names = NULL;
                inner->object = NULL;
                inner->generator = NULL;
                uint64_t rest = C; /* result; flags and traced are zero */
                memcpy((char *)inner + offsetof(Frame, result), &rest, sizeof rest);
                for (unsigned r = given; r < code->local_count; r++)
                    arguments[r] = NULL;
                t->frame = frame = inner;
                t->depth++;
                base = arguments;
                k = ((Tuple *)code->constants)->items;
                pc = code->instructions;
                ENTERED();
                POLL();
                NEXT();
            }
        } else if (!OZ_LOOP_PROFILES && kind == OZ_METHOD_DESCRIPTOR &&
                   has_self) { /* GET_METHOD says it suits */
            const Signature *s = ((MethodDescriptor *)callee)->signature;
            UNLESS(oz_is_quiet_method(s, window + 1, count));
            if (OZ_LIKELY(s->exact == count)) {
                Ref value = s->body(t, oz_borrowed(window + 1));
                for (unsigned n = count + 2; --n > 0;)
                    oz_clear_mixed(&window[n]);
                window[0] = NULL; /* immortal */
                if (OZ_UNLIKELY(!value))
                    goto raised;
                RESULT_IN(C, value, 1);
            }
        } else if (!OZ_LOOP_PROFILES && kind == OZ_BUILTIN_FUNCTION && !has_self) {
            BuiltinFunction *function = (BuiltinFunction *)callee;
            const Signature *s = function->signature;
            UNLESS(oz_is_quiet_function(s, window + 2, count));
            if (OZ_LIKELY(s->exact == count && function->self)) {
                Ref value;
                if (s->is_length && (value = length_of(window[2])) != NULL) {
                    window[1] = NULL;
                    oz_clear_mixed(&window[2]);
                    oz_clear_mixed(&window[0]);
                    RESULT_IN(C, value, 1);
                }
                window[1] = function->self; /* lent by the function, which window[0] keeps */
                value = s->body(t, oz_borrowed(window + 1));
                for (unsigned n = count + 2; --n > 1;)
                    oz_clear_mixed(&window[n]);
                window[1] = NULL;
                oz_clear_mixed(&window[0]);
                if (OZ_UNLIKELY(!value))
                    goto raised;
                RESULT_IN(C, value, 1);
            }
        }
        if (OZ_LOOP_FREE && kind == OZ_TYPE && !has_self && !((Class *)callee)->id) {
            UNLESS(oz_free_make(t, window, count, C));
            goto frame_changed;
        }
        UNLESS(oz_calls_quietly(t, window, count, has_self));
        CallResult done = CALL_QUICK(t, window, count, has_self, C);
        if (done == OZ_CALL_FRAME)
            goto frame_changed;
        if (OZ_UNLIKELY(done == OZ_CALL_RAISED))
            goto raised;
        NEXT_SKIP(1);
    }
    CASE(CALL_KW) :
    {
        NEEDS_TURN();
        Obj names = k[*pc];
        SAVE_PC_SKIP(1);
        CallResult done = CALL_NAMED(t, base + A, B, names, (AUX & 1) && base[A + 1], C);
        if (done == OZ_CALL_FRAME)
            goto frame_changed;
        if (OZ_UNLIKELY(done == OZ_CALL_RAISED))
            goto raised;
        NEXT_SKIP(1);
    }
    CASE(CALL_EX) :
    {
        NEEDS_TURN();
        SAVE_PC();
        CallResult done = CALL_SPREAD(t, base + A, B & 1, C);
        if (done == OZ_CALL_FRAME)
            goto frame_changed;
        if (OZ_UNLIKELY(done == OZ_CALL_RAISED))
            goto raised;
        NEXT();
    }
    Ref result;
    CASE(RETURN) :
    {
        UNLESS(!(frame->flags & OZ_FRAME_INIT) && leaves_quietly(frame));
        result = oz_move(&base[A]);
        goto leave;
    }
    CASE(RETURN_NONE) :
    {
        UNLESS(leaves_quietly(frame));
        result = OZ_NONE;
        goto leave;
    }
leave:
    SAVE_PC();
    LEAVES();
    {
        if (OZ_UNLIKELY(AUX & 1))
            release_temporaries(frame, base);
        if (OZ_UNLIKELY(frame->object != NULL))
            oz_frame_leave(t, frame);
        release_window(base, frame->code->local_count);
        /* A finaliser may have asked for the frame's object once more. */
        if (OZ_UNLIKELY(frame->flags | (uintptr_t)frame->generator | (uintptr_t)frame->names |
                        (uintptr_t)frame->object))
            goto leave_special;
        Ref function = (Ref)frame->function;
        unsigned target = frame->result;
        t->frame = --frame;
        t->depth--;
        base = frame->base;
        k = ((Tuple *)frame->code->constants)->items;
        pc = frame->pc;
        oz_drop_object(oz_object(function));
        Ref old = base[target];
        base[target] = result;
        oz_drop_mixed(old);
        NEXT();
    }
leave_special : {
    unsigned flags = frame->flags;
    unsigned target = frame->result;
    Ref *window = base;
    if (frame->generator)
        oz_generator_finished(t, frame);
    oz_frame_end(t);
    if (yielded && (flags & OZ_FRAME_ENTRY))
        *yielded = false;
    if (flags & OZ_FRAME_INIT) {
        if (OZ_UNLIKELY(result != OZ_NONE)) {
            oz_raise(t, OZ_TypeError, "__init__() should return None, not '%T'", result);
            oz_drop(result);
            oz_clear(&window[-1]);
            result = NULL;
        } else {
            result = oz_move(&window[-1]);
        }
    }
    if (flags & OZ_FRAME_ENTRY)
        return result;
    frame = t->frame;
    base = frame->base;
    k = ((Tuple *)frame->code->constants)->items;
    pc = frame->pc;
    if (OZ_UNLIKELY(!result))
        goto raised;
    if (flags & OZ_CONSUME_MASK) {
        if (oz_consume_end(t, flags & OZ_CONSUME_MASK, result) == OZ_CALL_RAISED)
            goto raised;
        NEXT();
    }
    if (flags & OZ_FRAME_ITERATE) {
        if (oz_is_traced(t) && !oz_trace_stop(t, base[OZ_A(pc[-2])], result)) {
            oz_drop(result);
            goto raised;
        }
        oz_drop(result);
        Instruction loop = pc[-2];
        oz_clear(&base[OZ_A(loop)]);
        pc += OZ_C(loop);
        NEXT();
    }
    if (flags & OZ_FRAME_DELEGATE) {
        if (oz_is_traced(t) && !oz_trace_stop(t, base[OZ_A(pc[-1])], result)) {
            oz_drop(result);
            oz_clear(&base[OZ_A(pc[-1])]);
            goto raised;
        }
        Instruction delegate = pc[-1];
        oz_clear(&base[OZ_A(delegate)]);
        target = OZ_B(delegate);
    }
    oz_result(base, target, result);
    NEXT();
}
    CASE(YIELD) :
    {
        UNLESS(!(AUX & 1) && frame->flags == OZ_FRAME_ITERATE && OWN((Obj)frame->generator));
        SAVE_PC();
        result = TAKE(A);
        if (AUX & 1) {
            result = oz_async_wrap(t, result);
            if (!result)
                goto raised;
        } else if (frame->flags & OZ_CONSUME_MASK && oz_consume_in_place(t, frame, result)) {
            RESULT_IN(B, OZ_NONE, 0);
        }
        LEAVES();
        goto suspend;
    }
    CASE(YIELD_FROM) :
    {
        NEEDS_TURN();
        SAVE_PC();
        Ref sent = oz_generator_sent(frame);
        if (!sent)
            sent = OZ_NONE;
        Generator *inner = (Generator *)base[A];
        if ((oz_is((Obj)inner, OZ_GENERATOR) || oz_is((Obj)inner, OZ_COROUTINE)) &&
            (inner->state == OZ_GEN_SUSPENDED ||
             (inner->state == OZ_GEN_CREATED && sent == OZ_NONE))) {
            if (oz_generator_enter(t, inner, sent, OZ_FRAME_DELEGATE))
                goto frame_changed;
            oz_clear(&base[A]);
            goto raised;
        }
        Found found = oz_iterator_send(t, base[A], sent, &result);
        oz_drop(sent);
        if (found == OZ_RAISED) {
            oz_clear(&base[A]);
            goto raised;
        }
        if (found == OZ_MISSING) {
            if (oz_is_traced(t) && !oz_trace_stop(t, base[A], result)) {
                oz_drop(result);
                oz_clear(&base[A]);
                goto raised;
            }
            oz_clear(&base[A]);
            oz_result(base, B, result);
            NEXT();
        }
        LEAVES();
        if (oz_is_traced(t) && !oz_trace_return(t, result)) {
            oz_drop(result);
            goto raised;
        }
        goto suspend;
    }
    unsigned frame_flags;
suspend: /* the frame of a generator yields `result`; so do those that delegate to it */
    for (bool delegating = OZ_OP(I) == OP_YIELD_FROM;; delegating = true) {
        unsigned flags = frame_flags = frame->flags;
        uint64_t word = frame->pc[-1];
        oz_generator_suspend(t, frame, delegating ? OZ_A(word) + 1u : OZ_C(word), delegating);
        if (flags & OZ_FRAME_ENTRY) {
            *yielded = true;
            return result;
        }
        frame = t->frame;
        base = frame->base;
        k = ((Tuple *)frame->code->constants)->items;
        pc = frame->pc;
        if (OZ_LIKELY(!(flags & OZ_FRAME_DELEGATE)))
            break;
        LEAVES();
        if (oz_is_traced(t) && !oz_trace_return(t, result)) {
            oz_drop(result);
            oz_clear(&base[OZ_A(pc[-1])]);
            goto raised;
        }
    }
    if (OZ_UNLIKELY(frame_flags & OZ_CONSUME_MASK)) {
        if (oz_consume_rest(t, frame_flags & OZ_CONSUME_MASK, result) == OZ_CALL_RAISED)
            goto raised;
        NEXT();
    }
    oz_result(base, OZ_B(pc[-2]), result); /* of the FOR_ITER that steps it */
    NEXT();
    CASE(GET_AWAITABLE) : SLOW(op_get_awaitable(t, I, base));
    CASE(GET_AITER) : SLOW(op_get_aiter(t, I, base));
    CASE(GET_ANEXT) : SLOW(op_get_anext(t, I, base));
    CASE(END_ASYNC_FOR) :
    {
        NEEDS_TURN();
        SAVE_PC();
        if (op_end_async_for(t, I, base))
            NEXT();
        goto unwind;
    }
    CASE(ASYNC_WRAP) : SLOW(op_async_wrap(t, I, base));

    /* ---- displays ---- */
    CASE(BUILD_TUPLE) :
    {
        SAVE_PC();
        Ref tuple = oz_tuple_take(t, &base[B], C);
        if (OZ_UNLIKELY(!tuple))
            goto raised;
        RESULT(tuple);
    }
    CASE(BUILD_LIST) : QUIET_SKIP(op_build(t, I, base), 0);
    CASE(BUILD_SET) : SLOW(op_build(t, I, base));
    CASE(BUILD_MAP) : SLOW_UNLESS(oz_are_bare_keys(base + B, C, 2), op_build(t, I, base));
    CASE(BUILD_MAP_K) :
    {
        UNLESS(oz_are_bare_keys(((Tuple *)k[*pc])->items, C, 1));
        QUIET_SKIP(op_build_map_k(t, I, base, *pc), 1);
    }
    CASE(BUILD_STRING) : QUIET_SKIP(op_build(t, I, base), 0); /* of strs */
    CASE(FORMAT)
        : SLOW_UNLESS(oz_is_quiet(base[B]) && (C == OZ_NO_REGISTER || oz_is_quiet(base[C])),
                      op_format(t, I, base));
    CASE(LIST_APPEND) :
    {
        UNLESS(OWN(base[A]));
        SAVE_PC();
        Ref item = TAKE(B);
        if (OZ_UNLIKELY(!oz_list_append_patient(t, (List *)base[A], item)))
            goto raised;
        NEXT();
    }
    CASE(LIST_EXTEND) : SLOW(op_collect(t, I, base));
    CASE(SET_ADD) :
    {
        UNLESS(OWN(base[A]) && oz_is_bare(base[B]));
        SAVE_PC();
        bool ok = oz_set_add(t, (Set *)base[A], base[B]);
        if (OZ_UNLIKELY(!ok))
            ok = op_set_add_again(t, (Set *)base[A], base[B]);
        DONE(B);
        if (OZ_UNLIKELY(!ok))
            goto raised;
        NEXT();
    }
    CASE(SET_UPDATE) : SLOW(op_collect(t, I, base));
    CASE(MAP_ADD) :
    {
        UNLESS(OWN(base[A]) && oz_is_bare(base[B]));
        SAVE_PC();
        Ref key = TAKE(B);
        if (OZ_UNLIKELY(!oz_dict_set_take(t, (Dict *)base[A], key, TAKE(C))))
            goto raised;
        NEXT();
    }
    CASE(DICT_UPDATE) : SLOW(op_collect(t, I, base));
    CASE(DICT_MERGE) : SLOW(op_collect(t, I, base));
    CASE(LIST_TO_TUPLE) : SLOW(op_collect(t, I, base));
    CASE(UNPACK) :
    {
        if (!oz_is(base[B], OZ_TUPLE) || ((Tuple *)base[B])->length != C)
            SLOW(op_unpack(t, I, base));
        Ref source = TAKE(B); /* an item may be stored over it */
        Ref *run = &base[A];
        for (unsigned n = 0; n < C; n++) {
            Ref old = run[n];
            run[n] = oz_retain(((Tuple *)source)->items[n]);
            DROP_SKIP(old, 0);
        }
        DROP_SKIP(source, 0);
        NEXT();
    }
    CASE(UNPACK_EX) : SLOW(op_unpack_ex(t, I, base));

    /* ---- functions, classes, modules ---- */
    CASE(MAKE_FUNCTION) : QUIET_SKIP(op_make_function(t, I, base), 0);
    CASE(LOAD_BUILD_CLASS) : SLOW(op_load_build_class(t, I, base));
    CASE(LOAD_ASSERTION_ERROR) : RESULT(oz_retain((Obj)t->vm->errors[OZ_AssertionError]));
    CASE(SETUP_ANNOTATIONS) : SLOW(op_setup_annotations(t, I, base));
    CASE(IMPORT) : SLOW(op_import(t, I, base));
    CASE(IMPORT_FROM) : SLOW(op_import_from(t, I, base));
    CASE(IMPORT_STAR) : SLOW(op_import_star(t, I, base));
    CASE(PRINT_EXPR) : SLOW(op_print_expr(t, I, base));

    /* ---- exceptions ---- */
    CASE(RAISE) :
    {
        NEEDS_TURN();
        SAVE_PC();
        if (op_raise(t, I, base))
            goto unwind;
        goto raised;
    }
    CASE(RERAISE) :
    {
        NEEDS_TURN();
        SAVE_PC();
        oz_exception_put(t, TAKE(A));
        goto unwind;
    }
    CASE(HANDLE) :
    {
        NEEDS_TURN();
        op_handle(t, I, base);
        NEXT();
    }
    CASE(UNHANDLE) :
    {
        NEEDS_TURN();
        SAVE_PC();
        op_unhandle(t, I, base);
        NEXT();
    }
    CASE(MATCH_EXCEPTION) : SLOW(op_match_exception(t, I, base));
    CASE(MATCH_GROUP) : SLOW(op_match_group(t, I, base));
    CASE(PREPARE_RERAISE_STAR) : SLOW(op_prepare_reraise_star(t, I, base));
    CASE(WITH_ENTER) : SLOW(op_with_enter(t, I, base));
    CASE(ASYNC_WITH_ENTER) : SLOW(op_with_enter(t, I, base));
    CASE(WITH_EXIT) : SLOW(op_with_exit(t, I, base));
    CASE(WITH_EXCEPT) : SLOW(op_with_except(t, I, base));

    /* ---- match ---- */
    CASE(MATCH_SEQUENCE) : CASE(MATCH_MAPPING) :
    {
        NEEDS_TURN();
        op_match_kind(t, I, base);
        NEXT();
    }
    CASE(MATCH_KEYS) : SLOW(op_match_keys(t, I, base));
    CASE(MATCH_CLASS) :
    {
        SLOW_SKIP(op_match_class(t, I, base, *pc), 1);
    }
    CASE(GET_LENGTH) : SLOW(op_get_length(t, I, base));

    /* ---- wide forms, spilled locals ---- */
    CASE(GET_GLOBAL_WIDE)
        : CASE(SET_GLOBAL_WIDE)
        : CASE(DELETE_GLOBAL_WIDE)
        : CASE(GET_NAME_WIDE)
        : CASE(SET_NAME_WIDE)
        : CASE(DELETE_NAME_WIDE)
        : CASE(GET_FREE_WIDE)
        : CASE(SET_FREE_WIDE)
        : CASE(DELETE_FREE_WIDE)
        : CASE(CLEAR_FREE_WIDE)
        : CASE(MAKE_SPILL)
        : CASE(GET_SPILLED)
        : CASE(SET_SPILLED)
        : CASE(DELETE_SPILLED) : CASE(CLEAR_SPILLED) : SLOW(op_wide(t, I, base, 0));
    CASE(GET_CLASS_FREE_WIDE)
        : CASE(GET_ATTR_WIDE)
        : CASE(GET_METHOD_WIDE)
        : CASE(SET_ATTR_WIDE)
        : CASE(DELETE_ATTR_WIDE)
        : CASE(IMPORT_WIDE)
        : CASE(IMPORT_FROM_WIDE)
        : CASE(MAKE_FUNCTION_WIDE) : SLOW_SKIP(op_wide(t, I, base, *pc), 1);

frame_changed: /* t->frame is another one: a call pushed it */
    frame = t->frame;
    base = frame->base;
    k = ((Tuple *)frame->code->constants)->items;
    pc = frame->pc;
    ENTERED();
    if (OZ_UNLIKELY(t->exception != NULL))
        goto raised;
    POLL();
    NEXT();

#if OZ_LOOP_FREE
raised: /* out of memory */
unwind:
    oz_need_turn(t);
    return OZ_LOOP_OTHER;
}
#else
trace: /* every instruction comes here while some thread traces, or is profiled in the other loop */
    SAVE_PC();
    TraceResult told = OZ_LOOP_PROFILES ? oz_trace_profiled(t) : oz_trace_step(t, frame, I);
    if (told == OZ_TRACE_RAISED)
        goto raised;
    if (told == OZ_TRACE_LEFT)
        goto unwind;
    if (told == OZ_TRACE_OTHER)
        return OZ_LOOP_OTHER;
    pc = frame->pc;
    if (told == OZ_TRACE_DONE)
        NEXT();
    goto *handlers[OZ_OP(I)];

raised: /* t->exception is set; frame->pc is behind the culprit */
    oz_frame_traceback(t);
unwind:
    for (;;) {
        pc = oz_find_handler(t, frame);
        if (pc) {
            frame->pc = pc;
            NEXT();
        }
        LEAVES();
        if (oz_is_traced(t))
            oz_trace_unwound(t);
        unsigned flags = frame->flags;
        Ref *window = base;
        release_temporaries(frame, base);
        if (frame->object)
            oz_frame_leave(t, frame);
        release_window(base, frame->code->local_count);
        if (frame->generator)
            oz_generator_failed(t, frame);
        oz_frame_end(t);
        if (flags & OZ_FRAME_INIT)
            oz_clear(&window[-1]);
        if (flags & OZ_FRAME_ENTRY)
            return NULL;
        frame = t->frame;
        base = frame->base;
        k = ((Tuple *)frame->code->constants)->items;
        if (flags & OZ_FRAME_DELEGATE)
            oz_clear(&base[OZ_A(frame->pc[-1])]);
        else if (flags & OZ_CONSUME_MASK)
            oz_consume_failed(t);
        oz_frame_traceback(t);
    }
}

#if OZ_LOOP_PROFILES

void oz_loop_profiled_switch(bool trace)
{
    (void)LOOP(NULL, &trace);
}

#else

Ref oz_run(Thread *t, bool *yielded)
{
    if (!oz_native_enter(t, "")) {
        oz_frame_pop(t);
        return NULL;
    }
    if (OZ_UNLIKELY(t->traced & OZ_TRACED_CALLS))
        oz_profile_enter(t, t->frame->code, (Obj)t->frame->code, NULL);
    for (;;) {
        Ref result = oz_is_loop_profiled(t) ? oz_loop_profiled(t, yielded) : run(t, yielded);
        if (OZ_LIKELY(result != OZ_LOOP_OTHER))
            return result;
        if (!t->has_turn) {
            (void)oz_loop_free(t, yielded);
            oz_need_turn(t);
        }
    }
}

void oz_loop_switch(bool trace)
{
    (void)LOOP(NULL, &trace);
}

#endif
#endif
