// SPDX-License-Identifier: MIT
// Generators that are given to any, all, sum, sorted, list, tuple, next and their own send: the
// generator's frame is pushed as that of a Python function is, and what it yields is used where it
// comes out, without a loop within the loop.
//
//   C1. Such a frame has the kind of its consumer in its flags (types/consume.h).  The caller's pc
//   is
//       behind the CALL, whose window stays as it was but for window[1], which is what has been
//       gathered so far: a sum or a list.
//   C2. A value that decides nothing and needs no Python code is used by consume_in_place; the
//       generator goes on at once and was never suspended, which nobody can see.
//   C3. Any other value suspends the generator; the rest is done here as the native function does
//       it.  A thread that is traced takes the native function from the beginning, because its
//       tracer is told of each step.
#include "types/consume.h"

#include "types/float.h"
#include "types/int.h"
#include "types/list_layout.h"
#include "types/native.h"
#include "types/tuple.h"
#include "vm/resume.h"

/* The frame at `pc` is at the CALL of a consumer: where its window begins. */
static Ref *window_of(const Frame *caller)
{
    return caller->base + OZ_A(caller->pc[-2]);
}

static CallResult finish(Thread *t, Ref value)
{
    const Frame *caller = t->frame;
    Instruction call = caller->pc[-2];
    return oz_finish_call(t, window_of(caller), OZ_B(call), OZ_C(call), value);
}

CallResult oz_consume(Thread *t, Ref *window, Obj generator, Ref sent, unsigned kind)
{
    bool lists = kind == OZ_CONSUME_SORTED || kind == OZ_CONSUME_LIST || kind == OZ_CONSUME_TUPLE;
    if (lists || kind == OZ_CONSUME_SUM) {
        window[1] = lists ? oz_list_new(t, 0) : oz_int(0);
        if (!window[1])
            return OZ_CALL_RAISED;
    }
    return oz_generator_enter(t, (Generator *)generator, sent, kind) ? OZ_CALL_FRAME
                                                                     : OZ_CALL_RAISED;
}

/* The sum of two numbers in place; NULL: not that simple. */
static Ref add_in_place(Obj total, Obj value)
{
    int64_t n;
    if (oz_are_ints(total, value))
        return __builtin_add_overflow((int64_t)oz_word(total), (int64_t)oz_word(value) - 1, &n)
                   ? NULL
                   : oz_from_word((Word)n);
    if (!oz_is_float(value) || (!oz_is_float(total) && total != oz_int(0)))
        return NULL;
    double x = oz_is_float(total) ? oz_float_value(total) : 0.0;
    Ref sum = oz_float_word(x + oz_float_value(value));
    return oz_is_float(sum) ? sum : NULL;
}

bool oz_consume_in_place(Thread *t, const Frame *frame, Ref value)
{
    if (OZ_UNLIKELY(t->traced))
        return false;
    Ref *window = window_of(frame - 1);
    unsigned kind = frame->flags & OZ_CONSUME_MASK;
    switch (kind) {
    case OZ_CONSUME_ANY:
        return value == OZ_FALSE || value == OZ_NONE || value == oz_int(0);
    case OZ_CONSUME_ALL:
        return value == OZ_TRUE || (oz_is_int(value) && value != oz_int(0));
    case OZ_CONSUME_SUM: {
        Ref sum = add_in_place(window[1], value);
        if (sum)
            window[1] = sum;
        return sum != NULL;
    }
    case OZ_CONSUME_SORTED:
    case OZ_CONSUME_LIST:
    case OZ_CONSUME_TUPLE: {
        List *list = (List *)window[1];
        if (OZ_UNLIKELY(!list->block || list->block->length == list->block->capacity) &&
            !oz_list_reserve(t, list, oz_list_length_fast(list) + 1)) {
            oz_exception_clear(t); /* the caller's, who will meet it again */
            return false;
        }
        return oz_list_append_take(t, list, value);
    }
    default:
        return false;
    }
}

/* Use `value` (taken) for a consumer; OZ_FOUND: *result is what it returns. */
static Found use(Thread *t, unsigned kind, Ref *gathered, Ref value, Ref *result)
{
    scoped Ref used = value;
    bool truth;
    switch (kind) {
    case OZ_CONSUME_ANY:
    case OZ_CONSUME_ALL:
        if (!oz_truth(t, value, &truth))
            return OZ_RAISED;
        *result = oz_bool(truth);
        return truth == (kind == OZ_CONSUME_ANY) ? OZ_FOUND : OZ_MISSING;
    case OZ_CONSUME_SUM: {
        Ref sum = oz_binary(t, OZ_OP_ADD, *gathered, value);
        if (!sum)
            return OZ_RAISED;
        Ref old = *gathered;
        *gathered = sum;
        oz_drop(old);
        return OZ_MISSING;
    }
    default:
        return oz_list_append_take(t, (List *)*gathered, oz_move(&used)) ? OZ_MISSING : OZ_RAISED;
    }
}

/* What a consumer returns when the generator has ended. */
static Ref end_value(Thread *t, unsigned kind, Ref *window)
{
    switch (kind) {
    case OZ_CONSUME_ANY:
        return OZ_FALSE;
    case OZ_CONSUME_ALL:
        return OZ_TRUE;
    case OZ_CONSUME_TUPLE:
        return oz_list_to_tuple(t, (List *)window[1]);
    case OZ_CONSUME_SORTED: {
        BuiltinFunction *function = (BuiltinFunction *)window[0];
        scoped Ref generator = oz_move(&window[2]);
        window[2] = oz_move(&window[1]);
        window[1] = function->self; /* lent by the function, which window[0] keeps */
        Ref sorted = oz_signature_call_window(t, function->signature, oz_borrowed(window + 1), 1);
        window[1] = NULL;
        return sorted;
    }
    default:
        return oz_move(&window[1]);
    }
}

CallResult oz_consume_rest(Thread *t, unsigned kind, Ref value)
{
    if (kind == OZ_CONSUME_NEXT || kind == OZ_CONSUME_SEND)
        return finish(t, value);
    Ref *window = window_of(t->frame);
    Found step = OZ_FOUND, found;
    Ref result = NULL;
    for (;;) {
        found = use(t, kind, &window[1], value, &result);
        if (found != OZ_MISSING)
            break;
        step = oz_poll(t) ? oz_next(t, window[2], &value) : OZ_RAISED;
        if (step != OZ_FOUND)
            break;
    }
    if (found == OZ_RAISED || step == OZ_RAISED)
        return finish(t, NULL);
    return finish(t, found == OZ_FOUND ? result : end_value(t, kind, window));
}

CallResult oz_consume_end(Thread *t, unsigned kind, Ref returned)
{
    if (kind == OZ_CONSUME_NEXT || kind == OZ_CONSUME_SEND) {
        oz_raise_stop_iteration(t, returned);
        return finish(t, NULL);
    }
    oz_drop(returned);
    return finish(t, end_value(t, kind, window_of(t->frame)));
}

void oz_consume_failed(Thread *t)
{
    (void)finish(t, NULL);
}
