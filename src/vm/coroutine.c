// SPDX-License-Identifier: MIT
// Instructions of coroutines and of delegation; what the VM offers to lower layers.
#include "object/error.h"
#include "types/exception.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"
#include "vm/vm.h"

static bool result(Thread *t, Instruction i, Ref *base, Ref value)
{
    oz_operand_done(t->frame, base, OZ_B(i));
    if (!value)
        return false;
    oz_result(base, OZ_A(i), value);
    return true;
}

bool op_get_yield_from_iter(Thread *t, Instruction i, Ref *base)
{
    Obj source = base[OZ_B(i)];
    uint32_t flags = t->frame->code->flags;
    if (oz_is(source, OZ_COROUTINE)) {
        if (!(flags & (OZ_CODE_COROUTINE | OZ_CODE_ITERABLE_COROUTINE))) {
            oz_operand_done(t->frame, base, OZ_B(i));
            return oz_fail(t, OZ_TypeError,
                           "cannot 'yield from' a coroutine object in a non-coroutine generator");
        }
        return result(t, i, base, oz_retain(source));
    }
    if (oz_is(source, OZ_GENERATOR))
        return result(t, i, base, oz_retain(source));
    return result(t, i, base, oz_iter(t, source));
}

bool op_get_awaitable(Thread *t, Instruction i, Ref *base)
{
    Obj source = base[OZ_B(i)];
    Ref iterator = oz_awaitable_iterator(t, source);
    unsigned method = OZ_AUX(i) & 3;
    if (!iterator && method && !oz_class_of(source)->slots->await &&
        oz_exception_forget(t, OZ_TypeError))
        oz_raise(t, OZ_TypeError,
                 "'async with' received an object from %s that does not implement __await__: %T",
                 method == 1 ? "__aenter__" : "__aexit__", source);
    if (iterator && oz_is(iterator, OZ_COROUTINE) && oz_generator_delegate((Generator *)iterator)) {
        oz_drop(iterator);
        iterator = NULL;
        oz_raise(t, OZ_RuntimeError, "coroutine is being awaited already");
    }
    return result(t, i, base, iterator);
}

bool op_get_aiter(Thread *t, Instruction i, Ref *base)
{
    Obj source = base[OZ_B(i)];
    SlotUNARY aiter = oz_class_of(source)->slots->aiter;
    Ref iterator = NULL;
    if (!aiter)
        oz_raise(t, OZ_TypeError, "'async for' requires an object with __aiter__ method, got %T",
                 source);
    else
        iterator = aiter(t, source);
    if (iterator && !oz_class_of(iterator)->slots->anext) {
        oz_raise(t, OZ_TypeError,
                 "'async for' received an object from __aiter__ that does not implement "
                 "__anext__: %T",
                 iterator);
        oz_clear(&iterator);
    }
    return result(t, i, base, iterator);
}

bool op_get_anext(Thread *t, Instruction i, Ref *base)
{
    Obj aiter = base[OZ_B(i)];
    SlotUNARY anext = oz_class_of(aiter)->slots->anext;
    if (!anext)
        return oz_fail(t, OZ_TypeError,
                       "'async for' requires an iterator with __anext__ method, got %T", aiter);
    scoped Ref awaitable = anext(t, aiter);
    if (!awaitable)
        return false;
    Ref iterator = oz_awaitable_iterator(t, awaitable);
    if (!iterator) {
        if (!oz_raised(t, OZ_MemoryError))
            oz_raise_from_pending(t, OZ_TypeError,
                                  "'async for' received an invalid object from __anext__: %T",
                                  awaitable);
        return false;
    }
    oz_result(base, OZ_A(i), iterator);
    return true;
}

bool op_end_async_for(Thread *t, Instruction i, Ref *base)
{
    Ref *pair = base + OZ_A(i);
    if (oz_is_exception(pair[1], OZ_StopAsyncIteration)) {
        oz_clear(&pair[1]);
        oz_clear(&pair[0]);
        return true;
    }
    oz_exception_put(t, oz_move(&pair[1]));
    return false;
}

bool op_async_wrap(Thread *t, Instruction i, Ref *base)
{
    Ref value = oz_async_wrap(t, oz_operand_take(t->frame, base, OZ_B(i)));
    if (!value)
        return false;
    oz_result(base, OZ_A(i), value);
    return true;
}

/* cr_origin: a tuple of (file, line, function), innermost first. */
bool oz_coroutine_origin(Thread *t, Generator *g)
{
    scoped Ref list = oz_list_new(t, 0);
    if (!list)
        return false;
    int depth = t->coroutine_origin_depth;
    for (Frame *frame = t->frame; frame && frame >= t->frames && depth-- > 0; frame--) {
        scoped Ref entry = oz_tuple_of(t, 3, frame->code->filename,
                                       (Obj)oz_int(oz_frame_line(frame)), frame->code->name);
        if (!entry || !oz_list_append(t, (List *)list, entry))
            return false;
    }
    Ref origin = oz_list_to_tuple(t, (List *)list);
    if (!origin)
        return false;
    oz_store(&g->base, &g->origin, origin);
    return true;
}

void oz_vm_hooks_init(Vm *vm)
{
    vm->hooks.call_function = oz_call_function;
    vm->hooks.resume = oz_generator_resume;
    vm->hooks.show_generator = oz_generator_show;
    vm->hooks.hide_generator = oz_generator_hide;
    vm->hooks.poll = oz_vm_poll;
    vm->hooks.globals = oz_vm_globals;
    vm->hooks.super_arguments = oz_vm_super_arguments;
    vm->hooks.forget_caches = oz_vm_forget_caches;
    vm->hooks.copy_instructions = oz_caches_copy;
    vm->hooks.same_instructions = oz_caches_same;
    vm->hooks.drop_caches = oz_caches_forget;
    vm->hooks.trace_changed = oz_trace_changed;
    vm->hooks.set_line = oz_trace_set_line;
}
