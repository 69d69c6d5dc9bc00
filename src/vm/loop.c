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
#include "vm/vm.h"

#include "object/error.h"
#include "types/cell.h"
#include "types/float.h"
#include "types/list_layout.h"
#include "types/native.h"
#include "types/str.h"
#include "types/tuple.h"
#include "vm/iterate.h"
#include "vm/names.h"

#define A OZ_A(i)
#define B OZ_B(i)
#define C OZ_C(i)
#define AUX OZ_AUX(i)

#define NEXT()                                                                                     \
    do {                                                                                           \
        i = *pc++;                                                                                 \
        goto *labels[OZ_OP(i)];                                                                    \
    } while (0)
#define CASE(name) do_##name
#define SAVE_PC() (frame->pc = pc)
#define POLL()                                                                                     \
    do {                                                                                           \
        if (OZ_UNLIKELY(atomic_load_explicit(&t->interrupt, memory_order_relaxed))) {              \
            SAVE_PC();                                                                             \
            if (!t->vm->hooks.poll(t))                                                             \
                goto raised;                                                                       \
        }                                                                                          \
    } while (0)
#define SLOW(call)                                                                                 \
    do {                                                                                           \
        SAVE_PC();                                                                                 \
        if (OZ_UNLIKELY(!(call)))                                                                  \
            goto raised;                                                                           \
        NEXT();                                                                                    \
    } while (0)
/* A jump that is taken; backwards is a safepoint. */
#define JUMP(offset)                                                                               \
    do {                                                                                           \
        int32_t distance_ = (offset);                                                              \
        if (distance_ < 0) /* still at the jump: its handlers are those of the loop */             \
            POLL();                                                                                \
        pc += distance_;                                                                           \
    } while (0)
#define RESULT(value) RESULT_IN(A, value)
#define RESULT_IN(r, value)                                                                        \
    do {                                                                                           \
        Ref value_ = (value);                                                                      \
        Ref old_ = base[r];                                                                        \
        base[r] = value_;                                                                          \
        if (OZ_UNLIKELY(oz_is_pointer(old_))) {                                                    \
            SAVE_PC();                                                                             \
            oz_drop(old_);                                                                         \
        }                                                                                          \
        NEXT();                                                                                    \
    } while (0)
#define RESULT_FLOAT(d)                                                                            \
    do {                                                                                           \
        Ref float_ = oz_float_word(d);                                                             \
        if (OZ_LIKELY(oz_is_float(float_)))                                                        \
            RESULT(float_);                                                                        \
    } while (0)

/* One arithmetic instruction, with a register and with a constant on the right. */
#define BINARY(name, ints, floats)                                                                 \
    CASE(name) :                                                                                   \
    {                                                                                              \
        Obj b = base[B], c = base[C];                                                              \
        ints floats SLOW(op_binary(t, i, base));                                                   \
    }                                                                                              \
    CASE(name##_K) :                                                                               \
    {                                                                                              \
        Obj b = base[B], c = k[C];                                                                 \
        ints floats SLOW(op_binary_k(t, i, base));                                                 \
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
        SLOW(op_compare(t, i, base));                                                              \
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
            SAVE_PC();                                                                             \
            truth = oz_compare_truth(t, b, c, op);                                                 \
            oz_operand_done(frame, base, A);                                                       \
            done;                                                                                  \
            if (OZ_UNLIKELY(truth < 0))                                                            \
                goto raised;                                                                       \
        }                                                                                          \
        if (truth == (AUX & 1))                                                                    \
            JUMP(OZ_SC(i));                                                                        \
        NEXT();                                                                                    \
    }
#define COMPARE_JUMP(name, operator, op)                                                           \
    CASE(name)                                                                                     \
        : COMPARE_JUMP_(base[B], oz_operand_done(frame, base, B), operator, op) CASE(name##_K)     \
        : COMPARE_JUMP_(k[B], (void)0, operator, op)

/* Set `truth` to the truth of `v`; a temporary operand `r` is consumed. */
#define TRUTH(v, r)                                                                                \
    if (v == OZ_TRUE) {                                                                            \
        truth = true;                                                                              \
    } else if (v == OZ_FALSE || v == OZ_NONE) {                                                    \
        truth = false;                                                                             \
    } else if (oz_is_int(v)) {                                                                     \
        truth = v != oz_int(0);                                                                    \
    } else {                                                                                       \
        SAVE_PC();                                                                                 \
        bool ok_ = oz_truth(t, v, &truth);                                                         \
        oz_operand_done(frame, base, r);                                                           \
        if (OZ_UNLIKELY(!ok_))                                                                     \
            goto raised;                                                                           \
    }

/* Drop what is left in a window. */
OZ_INLINE void release_window(Ref *base, unsigned count)
{
    for (unsigned r = 0; r < count; r++) {
        Ref v = base[r];
        if (oz_is_pointer(v)) {
            base[r] = NULL;
            oz_drop(v);
        }
    }
}

/* Drop the temporaries that are left, the last first, as a stack is popped. */
static void release_temporaries(const Frame *frame, Ref *base)
{
    for (unsigned r = frame->code->registers; r > frame->code->local_count; r--)
        oz_clear(&base[r - 1]);
}

/* The loop proper, apart from the check of the C stack: whoever looks at the address of its own
 * stack frame needs a frame pointer, and the loop has a better use for that register. */
__attribute__((noinline)) static Ref run(Thread *t, bool *yielded)
{
    static const void *const handlers[OP_COUNT] = {
#define OP(name, format, words, traits, meaning) [OP_##name] = &&do_##name,
#include "bytecode/opcodes.def"
#undef OP
    };
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
    Frame *frame = t->frame;
    Ref *base = frame->base;
    const Ref *k = ((Tuple *)frame->code->constants)->items;
    uint64_t *pc = frame->pc;
    Instruction i;
    if (OZ_UNLIKELY(t->exception))
        goto raised;
    NEXT();

    /* ---- moves and constants ---- */
    CASE(NOP) : NEXT();
    CASE(MOVE) :
    {
        Ref v = base[B];
        if (B >= frame->code->local_count)
            base[B] = NULL;
        else
            oz_retain(v);
        RESULT(v);
    }
    CASE(COPY) : RESULT(oz_retain(base[B]));
    CASE(LOADK) : RESULT(oz_retain(k[OZ_D(i)]));
    CASE(LOAD_IMM) : RESULT(oz_from_word((Word)(int64_t)OZ_D(i)));
    CASE(DROP) :
    {
        SAVE_PC();
        oz_clear(&base[A]);
        NEXT();
    }
    CASE(CHECK_BOUND) :
    {
        if (OZ_LIKELY(base[A] != NULL))
            NEXT();
        SLOW(op_unbound(t, i, base));
    }
    CASE(DELETE_LOCAL) : SLOW(base[A] ? (oz_clear(&base[A]), true) : op_unbound(t, i, base));
    CASE(CLEAR_LOCAL) : SLOW((oz_clear(&base[A]), true));

    /* ---- cells ---- */
    CASE(MAKE_CELL) : SLOW(op_make_cell(t, i, base));
    CASE(GET_CELL) :
    {
        Ref v = oz_load(&((Cell *)base[B])->value);
        if (OZ_LIKELY(v != NULL))
            RESULT(v);
        SLOW(op_unbound(t, i, base));
    }
    CASE(SET_CELL) :
    {
        SAVE_PC();
        Cell *cell = (Cell *)base[A];
        oz_store(&cell->base, &cell->value, oz_operand_take(frame, base, B));
        NEXT();
    }
    CASE(DELETE_CELL) : SLOW(op_delete_variable(t, i, base));
    CASE(CLEAR_CELL) : SLOW(op_delete_variable(t, i, base));
    CASE(GET_FREE) :
    {
        Ref v = oz_load(&((Cell *)frame->function->cells[B])->value);
        if (OZ_LIKELY(v != NULL))
            RESULT(v);
        SLOW(op_unbound(t, i, base));
    }
    CASE(SET_FREE) :
    {
        SAVE_PC();
        Cell *cell = (Cell *)frame->function->cells[A];
        oz_store(&cell->base, &cell->value, oz_operand_take(frame, base, B));
        NEXT();
    }
    CASE(DELETE_FREE) : SLOW(op_delete_variable(t, i, base));
    CASE(CLEAR_FREE) : SLOW(op_delete_variable(t, i, base));
    CASE(GET_CLASS_FREE) : SLOW(op_get_class_variable(t, i, base));
    CASE(GET_CLASS_CELL) : SLOW(op_get_class_variable(t, i, base));

    /* ---- names ---- */
    CASE(GET_GLOBAL) :
    {
        uint64_t *cache = pc;
        pc += 2;
        Obj v = oz_cached_global(t, frame->function->globals, cache);
        if (OZ_LIKELY(v != NULL))
            RESULT(oz_retain(v));
        SLOW(op_get_global(t, i, base, cache));
    }
    CASE(SET_GLOBAL) :
    {
        pc++;
        SLOW(op_set_global(t, i, base));
    }
    CASE(DELETE_GLOBAL) : SLOW(op_delete_global(t, i, base));
    CASE(GET_NAME) :
    {
        uint64_t *cache = pc;
        pc += 2;
        if (OZ_LIKELY(frame->names == frame->function->globals)) {
            Obj v = oz_cached_global(t, frame->names, cache);
            if (OZ_LIKELY(v != NULL))
                RESULT(oz_retain(v));
        }
        SLOW(op_get_name(t, i, base, cache));
    }
    CASE(SET_NAME) :
    {
        uint64_t *cache = pc++;
        Ref *place;
        if (frame->names == frame->function->globals &&
            (place = oz_cached_place(t, frame->names, cache)) != NULL) {
            SAVE_PC();
            oz_store(oz_object(frame->names), place, oz_operand_take(frame, base, B));
            NEXT();
        }
        SLOW(op_set_name(t, i, base));
    }
    CASE(DELETE_NAME) : SLOW(op_delete_name(t, i, base));

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
        SLOW(op_unary(t, i, base));
    }
    CASE(POSITIVE) : SLOW(op_unary(t, i, base));
    CASE(INVERT) :
    {
        Obj b = base[B];
        if (oz_is_int(b))
            RESULT(oz_int(~oz_int_value(b)));
        SLOW(op_unary(t, i, base));
    }
    CASE(NOT) :
    {
        Obj v = base[B];
        bool truth;
        TRUTH(v, B)
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
        Ref same = oz_bool((base[B] == base[C]) == (OZ_OP(i) == OP_IS));
        oz_operand_done(frame, base, B);
        oz_operand_done(frame, base, C);
        RESULT(same);
    }
    CASE(IN) : SLOW(op_contains(t, i, base));
    CASE(NOT_IN) : SLOW(op_contains(t, i, base));

    /* ---- jumps ---- */
    CASE(JUMP) :
    {
        pc += OZ_D(i);
        NEXT();
    }
    CASE(JUMP_BACK) :
    {
        pc += OZ_D(i);
        POLL();
        NEXT();
    }
    CASE(JUMP_IF_TRUE) :
    {
        Obj v = base[A];
        bool truth;
        TRUTH(v, A)
        if (truth)
            JUMP(OZ_D(i));
        NEXT();
    }
    CASE(JUMP_IF_FALSE) :
    {
        Obj v = base[A];
        bool truth;
        TRUTH(v, A)
        if (!truth)
            JUMP(OZ_D(i));
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
            SAVE_PC();
            if (!oz_truth(t, v, &truth))
                goto raised;
        }
        if (truth == (OZ_OP(i) == OP_JUMP_IF_TRUE_KEEP)) {
            JUMP(OZ_D(i));
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
        oz_operand_done(frame, base, A);
        if (none == (OZ_OP(i) == OP_JUMP_IF_NONE))
            JUMP(OZ_D(i));
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
        oz_operand_done(frame, base, A);
        oz_operand_done(frame, base, B);
        if (same == (AUX & 1))
            JUMP(OZ_SC(i));
        NEXT();
    }
    CASE(JUMP_IN) :
    {
        SAVE_PC();
        bool found;
        bool ok = oz_contains_quick(t, base[B], base[A], &found);
        oz_operand_done(frame, base, A);
        oz_operand_done(frame, base, B);
        if (!ok)
            goto raised;
        if (found == (AUX & 1))
            JUMP(OZ_SC(i));
        NEXT();
    }

    /* ---- iteration ---- */
    CASE(GET_ITER) : SLOW(op_get_iter(t, i, base));
    CASE(GET_YIELD_FROM_ITER) : SLOW(op_get_yield_from_iter(t, i, base));
    CASE(FOR_ITER) :
    {
        pc++;
        Obj iterator = base[A];
        Ref item = oz_iterate_fast(iterator);
        if (OZ_UNLIKELY(!item)) {
            SAVE_PC();
            Generator *g = (Generator *)iterator;
            if (oz_is(iterator, OZ_GENERATOR) &&
                (g->state == OZ_GEN_SUSPENDED || g->state == OZ_GEN_CREATED) && !g->delegating) {
                if (!oz_generator_enter(t, g, OZ_NONE, OZ_FRAME_ITERATE))
                    goto raised;
                goto frame_changed;
            }
            Found found = oz_iterate_slow(t, iterator, &item);
            if (found == OZ_RAISED)
                goto raised;
            if (found == OZ_MISSING) {
                oz_clear(&base[A]);
                pc += C;
                NEXT();
            }
        }
        Ref old = base[B];
        base[B] = item;
        if (OZ_UNLIKELY(oz_is_pointer(old))) {
            SAVE_PC();
            oz_drop(old);
        }
        NEXT();
    }

    /* ---- attributes ---- */
    CASE(GET_ATTR) :
    {
        uint64_t *cache = pc++;
        Obj o = base[B];
        uint64_t word = *cache;
        uint32_t id = oz_id_of(o);
        Ref known = NULL;
        const AttrFact *fact;
        if (OZ_LIKELY(word & 1)) {
            if (OZ_LIKELY(oz_cache_id(word) == id))
                known = oz_load(oz_slot_at(oz_object(o), oz_cache_offset(word)));
        } else if ((fact = oz_find_fact(t, word, o, id)) != NULL) {
            if (fact->kind == OZ_ATTR_SLOT) {
                known = oz_load(oz_slot_at(oz_object(o), fact->offset));
            } else if (fact->kind == OZ_ATTR_VALUE || fact->kind == OZ_ATTR_CLASS) {
                known = oz_retain(fact->value);
            } else if (fact->kind == OZ_ATTR_PROPERTY) {
                SAVE_PC();
                if (oz_cached_property(t, o, fact, A)) {
                    oz_operand_done(frame, base, B);
                    goto frame_changed;
                }
            }
        }
        if (OZ_LIKELY(known != NULL)) {
            if (B >= frame->code->local_count) {
                SAVE_PC();
                base[B] = NULL;
                oz_drop((Ref)(uintptr_t)oz_word(o));
            }
            RESULT(known);
        }
        SAVE_PC();
        Ref v = oz_cached_get_attr(t, o, ((Tuple *)frame->code->names)->items[C], cache);
        oz_operand_done(frame, base, B);
        if (OZ_UNLIKELY(!v))
            goto raised;
        RESULT(v);
    }
    CASE(SET_ATTR) :
    {
        uint64_t *cache = pc++;
        Obj o = base[A];
        Ref *place = oz_cached_slot(t, o, *cache);
        SAVE_PC();
        if (OZ_LIKELY(place && *place != NULL)) {
            oz_store(oz_object(o), place, oz_operand_take(frame, base, B));
            oz_operand_done(frame, base, A);
            NEXT();
        }
        bool ok = oz_cached_set_attr(t, o, ((Tuple *)frame->code->names)->items[C], base[B], cache);
        oz_operand_done(frame, base, B);
        oz_operand_done(frame, base, A);
        if (OZ_UNLIKELY(!ok))
            goto raised;
        NEXT();
    }
    CASE(DELETE_ATTR) :
    {
        SAVE_PC();
        bool ok = oz_set_attr(t, base[A], ((Tuple *)frame->code->names)->items[C], NULL);
        oz_operand_done(frame, base, A);
        if (!ok)
            goto raised;
        NEXT();
    }
    CASE(GET_METHOD) :
    {
        uint64_t *cache = pc++;
        Obj o = base[B];
        uint64_t word = *cache;
        const AttrFact *fact = oz_find_fact(t, word, o, oz_id_of(o));
        if (OZ_LIKELY(fact && fact->kind == OZ_ATTR_METHOD)) {
            Ref self = oz_operand_take(frame, base, B);
            base[A] = oz_retain_immortal(fact->value);
            base[A + 1] = self;
            NEXT();
        }
        SAVE_PC();
        Ref pair[2] = {NULL, NULL};
        bool ok = oz_cached_get_method(t, o, ((Tuple *)frame->code->names)->items[C], cache, pair);
        oz_operand_done(frame, base, B);
        if (OZ_UNLIKELY(!ok))
            goto raised;
        base[A] = pair[0];
        base[A + 1] = pair[1];
        NEXT();
    }

    /* ---- items ---- */
    CASE(GET_ITEM) :
    {
        Obj b = base[B], c = base[C];
        if (oz_is_int(c) && oz_is_pointer(b)) {
            uint32_t id = oz_id(oz_object(b));
            uint64_t at = (uint64_t)oz_int_value(c);
            Ref v = NULL;
            if (id == OZ_LIST) {
                ListBlock *block = ((List *)b)->block;
                if (OZ_LIKELY(block && at < block->length))
                    v = oz_load(&block->items[at]);
            } else if (id == OZ_TUPLE && at < ((Tuple *)b)->length) {
                v = oz_load(&((Tuple *)b)->items[at]);
            }
            if (OZ_LIKELY(v != NULL)) {
                if (B >= frame->code->local_count) {
                    SAVE_PC();
                    base[B] = NULL;
                    oz_drop((Ref)(uintptr_t)oz_word(b));
                }
                RESULT(v);
            }
        }
        SLOW(op_get_item(t, i, base));
    }
    CASE(GET_ITEM_K) :
    {
        Obj b = base[B], c = k[C];
        if (oz_is_int(c) && oz_is_pointer(b)) {
            uint32_t id = oz_id(oz_object(b));
            uint64_t at = (uint64_t)oz_int_value(c);
            Ref v = NULL;
            if (id == OZ_LIST) {
                ListBlock *block = ((List *)b)->block;
                if (OZ_LIKELY(block && at < block->length))
                    v = oz_load(&block->items[at]);
            } else if (id == OZ_TUPLE && at < ((Tuple *)b)->length) {
                v = oz_load(&((Tuple *)b)->items[at]);
            }
            if (OZ_LIKELY(v != NULL)) {
                if (B >= frame->code->local_count) {
                    SAVE_PC();
                    base[B] = NULL;
                    oz_drop((Ref)(uintptr_t)oz_word(b));
                }
                RESULT(v);
            }
        }
        SLOW(op_get_item_k(t, i, base));
    }
    CASE(SET_ITEM) :
    {
        Obj o = base[A], key = base[B];
        if (oz_is_int(key) && oz_is(o, OZ_LIST)) {
            ListBlock *block = ((List *)o)->block;
            uint64_t at = (uint64_t)oz_int_value(key);
            if (OZ_LIKELY(block && at < block->length)) {
                SAVE_PC();
                oz_store(oz_object(o), &block->items[at], oz_operand_take(frame, base, C));
                oz_operand_done(frame, base, A);
                NEXT();
            }
        }
        SLOW(op_set_item(t, i, base));
    }
    CASE(DELETE_ITEM) : SLOW(op_delete_item(t, i, base));
    CASE(GET_SLICE) : SLOW(op_get_slice(t, i, base));
    CASE(BUILD_SLICE) : SLOW(op_build_slice(t, i, base));

    /* ---- calls ---- */
    CASE(CALL) :
    {
        pc++;
        Ref *window = base + A;
        unsigned count = B;
        Obj callee = window[0];
        bool has_self = (AUX & 1) && window[1];
        uint32_t kind = oz_is_pointer(callee) ? oz_id(oz_object(callee)) : OZ_NO_TYPE;
        SAVE_PC();
        if (OZ_LIKELY(kind == OZ_FUNCTION)) {
            Code *code = ((Function *)callee)->code;
            Ref *arguments = window + (has_self ? 1 : 2);
            if (OZ_LIKELY(code->simple_arguments == count + has_self)) {
                Frame *inner = frame + 1;
                if (OZ_UNLIKELY((char *)(inner + 1) > (char *)t->frames_end ||
                                arguments + code->registers > t->stack_end ||
                                t->depth >= t->depth_limit)) {
                    (void)oz_frame_push(t, oz_move(&window[0]), arguments, count + has_self);
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
                inner->result = C;
                inner->flags = 0;
                inner->traced = 0;
                for (unsigned r = count + has_self; r < code->local_count; r++)
                    arguments[r] = NULL;
                t->frame = frame = inner;
                t->depth++;
                base = arguments;
                k = ((Tuple *)code->constants)->items;
                pc = code->instructions;
                POLL();
                NEXT();
            }
        } else if (kind == OZ_METHOD_DESCRIPTOR && has_self) { /* GET_METHOD says it suits */
            const Signature *s = ((MethodDescriptor *)callee)->signature;
            if (OZ_LIKELY(s->exact == count)) {
                Ref value = s->body(t, oz_borrowed(window + 1));
                for (unsigned n = count + 2; --n > 0;)
                    oz_clear(&window[n]);
                window[0] = NULL; /* immortal */
                if (OZ_UNLIKELY(!value))
                    goto raised;
                RESULT_IN(C, value);
            }
        } else if (kind == OZ_BUILTIN_FUNCTION && !has_self) {
            BuiltinFunction *function = (BuiltinFunction *)callee;
            const Signature *s = function->signature;
            if (OZ_LIKELY(s->exact == count && function->self)) {
                window[1] = function->self; /* lent by the function, which window[0] keeps */
                Ref value = s->body(t, oz_borrowed(window + 1));
                for (unsigned n = count + 2; --n > 1;)
                    oz_clear(&window[n]);
                window[1] = NULL;
                oz_clear(&window[0]);
                if (OZ_UNLIKELY(!value))
                    goto raised;
                RESULT_IN(C, value);
            }
        }
        CallResult done = oz_call_quick(t, window, count, has_self, C);
        if (done == OZ_CALL_FRAME)
            goto frame_changed;
        if (OZ_UNLIKELY(done == OZ_CALL_RAISED))
            goto raised;
        NEXT();
    }
    CASE(CALL_KW) :
    {
        Obj names = k[*pc++];
        SAVE_PC();
        CallResult done = oz_call_named(t, base + A, B, names, (AUX & 1) && base[A + 1], C);
        if (done == OZ_CALL_FRAME)
            goto frame_changed;
        if (OZ_UNLIKELY(done == OZ_CALL_RAISED))
            goto raised;
        NEXT();
    }
    CASE(CALL_EX) :
    {
        SAVE_PC();
        CallResult done = oz_call_spread(t, base + A, B & 1, C);
        if (done == OZ_CALL_FRAME)
            goto frame_changed;
        if (OZ_UNLIKELY(done == OZ_CALL_RAISED))
            goto raised;
        NEXT();
    }
    Ref result;
    CASE(RETURN) :
    {
        result = oz_move(&base[A]);
        goto leave;
    }
    CASE(RETURN_NONE) :
    {
        result = OZ_NONE;
        goto leave;
    }
leave:
    SAVE_PC();
    {
        if (OZ_UNLIKELY(AUX))
            release_temporaries(frame, base);
        if (OZ_UNLIKELY(frame->object != NULL))
            oz_frame_leave(t, frame);
        release_window(base, frame->code->local_count);
        if (OZ_UNLIKELY(frame->flags | (frame->generator != NULL) | (frame->names != NULL)))
            goto leave_special;
        Ref function = (Ref)frame->function;
        unsigned target = frame->result;
        t->frame = --frame;
        t->depth--;
        base = frame->base;
        k = ((Tuple *)frame->code->constants)->items;
        pc = frame->pc;
        oz_drop(function);
        Ref old = base[target];
        base[target] = result;
        if (OZ_UNLIKELY(oz_is_pointer(old)))
            oz_drop(old);
        NEXT();
    }
leave_special : {
    unsigned flags = frame->flags;
    unsigned target = frame->result;
    Ref *window = base;
    if (frame->generator)
        oz_generator_finished(t, frame);
    oz_frame_pop(t);
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
    if (flags & OZ_FRAME_ITERATE) {
        oz_drop(result);
        Instruction loop = pc[-2];
        oz_clear(&base[OZ_A(loop)]);
        pc += OZ_C(loop);
        NEXT();
    }
    if (flags & OZ_FRAME_DELEGATE) {
        Instruction delegate = pc[-1];
        oz_clear(&base[OZ_A(delegate)]);
        target = OZ_B(delegate);
    }
    oz_result(base, target, result);
    NEXT();
}
    CASE(YIELD) :
    {
        SAVE_PC();
        Ref v = oz_operand_take(frame, base, A);
        if (AUX & 1) {
            v = oz_async_wrap(t, v);
            if (!v)
                goto raised;
        }
        unsigned flags = frame->flags;
        oz_generator_suspend(t, frame, false);
        if (flags & OZ_FRAME_ENTRY) {
            *yielded = true;
            return v;
        }
        frame = t->frame;
        base = frame->base;
        k = ((Tuple *)frame->code->constants)->items;
        pc = frame->pc;
        oz_result(base, OZ_B(pc[-2]), v); /* of the FOR_ITER that steps it */
        NEXT();
    }
    CASE(YIELD_FROM) :
    {
        SAVE_PC();
        Ref value = NULL;
        Ref sent = oz_generator_sent(frame);
        Found found = oz_iterator_send(t, base[A], sent ? sent : OZ_NONE, &value);
        oz_drop(sent);
        if (found == OZ_RAISED) {
            oz_clear(&base[A]);
            goto raised;
        }
        if (found == OZ_MISSING) {
            oz_clear(&base[A]);
            oz_result(base, B, value);
            NEXT();
        }
        if (oz_is_traced(t) && !oz_trace_return(t, value)) {
            oz_drop(value);
            goto raised;
        }
        unsigned flags = frame->flags;
        oz_generator_suspend(t, frame, true);
        if (flags & OZ_FRAME_ENTRY) {
            *yielded = true;
            return value;
        }
        frame = t->frame;
        base = frame->base;
        k = ((Tuple *)frame->code->constants)->items;
        pc = frame->pc;
        oz_result(base, OZ_B(pc[-2]), value);
        NEXT();
    }
    CASE(GET_AWAITABLE) : SLOW(op_get_awaitable(t, i, base));
    CASE(GET_AITER) : SLOW(op_get_aiter(t, i, base));
    CASE(GET_ANEXT) : SLOW(op_get_anext(t, i, base));
    CASE(END_ASYNC_FOR) :
    {
        SAVE_PC();
        if (op_end_async_for(t, i, base))
            NEXT();
        goto unwind;
    }
    CASE(ASYNC_WRAP) : SLOW(op_async_wrap(t, i, base));

    /* ---- displays ---- */
    CASE(BUILD_TUPLE) : SLOW(op_build(t, i, base));
    CASE(BUILD_LIST) : SLOW(op_build(t, i, base));
    CASE(BUILD_SET) : SLOW(op_build(t, i, base));
    CASE(BUILD_MAP) : SLOW(op_build(t, i, base));
    CASE(BUILD_MAP_K) :
    {
        uint64_t operand = *pc++;
        SLOW(op_build_map_k(t, i, base, operand));
    }
    CASE(BUILD_STRING) : SLOW(op_build(t, i, base));
    CASE(FORMAT) : SLOW(op_format(t, i, base));
    CASE(LIST_APPEND) :
    {
        SAVE_PC();
        Ref item = oz_operand_take(frame, base, B);
        if (OZ_UNLIKELY(!oz_list_append_take(t, (List *)base[A], item)))
            goto raised;
        NEXT();
    }
    CASE(LIST_EXTEND) : SLOW(op_collect(t, i, base));
    CASE(SET_ADD) : SLOW(op_collect(t, i, base));
    CASE(SET_UPDATE) : SLOW(op_collect(t, i, base));
    CASE(MAP_ADD) : SLOW(op_collect(t, i, base));
    CASE(DICT_UPDATE) : SLOW(op_collect(t, i, base));
    CASE(DICT_MERGE) : SLOW(op_collect(t, i, base));
    CASE(LIST_TO_TUPLE) : SLOW(op_collect(t, i, base));
    CASE(UNPACK) : SLOW(op_unpack(t, i, base));
    CASE(UNPACK_EX) : SLOW(op_unpack_ex(t, i, base));

    /* ---- functions, classes, modules ---- */
    CASE(MAKE_FUNCTION) : SLOW(op_make_function(t, i, base));
    CASE(LOAD_BUILD_CLASS) : SLOW(op_load_build_class(t, i, base));
    CASE(LOAD_ASSERTION_ERROR) : RESULT(oz_retain((Obj)t->vm->errors[OZ_AssertionError]));
    CASE(SETUP_ANNOTATIONS) : SLOW(op_setup_annotations(t, i, base));
    CASE(IMPORT) : SLOW(op_import(t, i, base));
    CASE(IMPORT_FROM) : SLOW(op_import_from(t, i, base));
    CASE(IMPORT_STAR) : SLOW(op_import_star(t, i, base));
    CASE(PRINT_EXPR) : SLOW(op_print_expr(t, i, base));

    /* ---- exceptions ---- */
    CASE(RAISE) :
    {
        SAVE_PC();
        if (op_raise(t, i, base))
            goto unwind;
        goto raised;
    }
    CASE(RERAISE) :
    {
        SAVE_PC();
        oz_exception_put(t, oz_operand_take(frame, base, A));
        goto unwind;
    }
    CASE(HANDLE) :
    {
        op_handle(t, i, base);
        NEXT();
    }
    CASE(UNHANDLE) :
    {
        SAVE_PC();
        op_unhandle(t, i, base);
        NEXT();
    }
    CASE(MATCH_EXCEPTION) : SLOW(op_match_exception(t, i, base));
    CASE(MATCH_GROUP) : SLOW(op_match_group(t, i, base));
    CASE(PREPARE_RERAISE_STAR) : SLOW(op_prepare_reraise_star(t, i, base));
    CASE(WITH_ENTER) : SLOW(op_with_enter(t, i, base));
    CASE(ASYNC_WITH_ENTER) : SLOW(op_with_enter(t, i, base));
    CASE(WITH_EXIT) : SLOW(op_with_exit(t, i, base));
    CASE(WITH_EXCEPT) : SLOW(op_with_except(t, i, base));

    /* ---- match ---- */
    CASE(MATCH_SEQUENCE) : CASE(MATCH_MAPPING) :
    {
        op_match_kind(t, i, base);
        NEXT();
    }
    CASE(MATCH_KEYS) : SLOW(op_match_keys(t, i, base));
    CASE(MATCH_CLASS) :
    {
        uint64_t operand = *pc++;
        SLOW(op_match_class(t, i, base, operand));
    }
    CASE(GET_LENGTH) : SLOW(op_get_length(t, i, base));

frame_changed: /* t->frame is another one: a call pushed it */
    frame = t->frame;
    base = frame->base;
    k = ((Tuple *)frame->code->constants)->items;
    pc = frame->pc;
    if (OZ_UNLIKELY(t->exception != NULL))
        goto raised;
    POLL();
    NEXT();

trace: /* every instruction comes here while some thread traces */
    if (oz_is_traced(t)) {
        SAVE_PC();
        TraceResult told = oz_trace_step(t, frame, i);
        if (told == OZ_TRACE_RAISED)
            goto raised;
        if (told == OZ_TRACE_LEFT)
            goto unwind;
        pc = frame->pc;
        if (told == OZ_TRACE_DONE)
            NEXT();
        if (told == OZ_TRACE_MOVED)
            i = *pc++;
    }
    goto *handlers[OZ_OP(i)];

raised: /* t->exception is set; frame->pc is behind the culprit */
    oz_frame_traceback(t);
unwind:
    for (;;) {
        pc = oz_find_handler(t, frame);
        if (pc) {
            frame->pc = pc;
            NEXT();
        }
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
        oz_frame_pop(t);
        if (flags & OZ_FRAME_INIT)
            oz_clear(&window[-1]);
        if (flags & OZ_FRAME_ENTRY)
            return NULL;
        frame = t->frame;
        base = frame->base;
        k = ((Tuple *)frame->code->constants)->items;
        if (flags & OZ_FRAME_DELEGATE)
            oz_clear(&base[OZ_A(frame->pc[-1])]);
        oz_frame_traceback(t);
    }
}

Ref oz_run(Thread *t, bool *yielded)
{
    if (!oz_native_enter(t, "")) {
        oz_frame_pop(t);
        return NULL;
    }
    return run(t, yielded);
}

void oz_loop_switch(bool trace)
{
    (void)run(NULL, &trace);
}
