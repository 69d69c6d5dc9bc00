// SPDX-License-Identifier: MIT
// The wide instructions: names, constants and closure cells whose index needs more than 16 bits,
// and locals that are no registers (bytecode/README.md).
//
// None of them has an inline cache: code with so many different names runs each of them seldom.
#include "object/error.h"
#include "types/dict.h"
#include "types/spill.h"
#include "vm/names.h"

static Obj name_at(Thread *t, uint64_t index)
{
    return ((const Tuple *)t->frame->code->names)->items[index];
}

/* ---- names ---- */

static bool store_name(Thread *t, Obj names, Obj name, Ref taken)
{
    scoped Ref value = taken;
    return oz_is(names, OZ_DICT) ? oz_dict_set(t, (Dict *)names, name, value)
                                 : oz_set_item(t, names, name, value);
}

static bool store_global(Thread *t, const Frame *frame, Obj name, Ref taken)
{
    scoped Ref value = taken;
    return oz_dict_set(t, (Dict *)frame->function->globals, name, value);
}

static bool wide_name(Thread *t, Instruction i, Ref *base)
{
    Frame *frame = t->frame;
    Obj name = name_at(t, (uint32_t)OZ_D(i));
    uint64_t cache[2] = {0, 0};
    switch (OZ_OP(i)) {
    case OP_GET_GLOBAL_WIDE:
        return oz_result_made(base, OZ_A(i), oz_global_get(t, name, cache));
    case OP_GET_NAME_WIDE:
        return oz_result_made(base, OZ_A(i), oz_namespace_get(t, name, cache));
    case OP_SET_GLOBAL_WIDE:
        return store_global(t, frame, name, oz_operand_take(frame, base, OZ_A(i)));
    case OP_SET_NAME_WIDE:
        return store_name(t, oz_own_names(frame), name, oz_operand_take(frame, base, OZ_A(i)));
    case OP_DELETE_GLOBAL_WIDE:
        return oz_global_delete(t, name);
    default:
        return oz_namespace_delete(t, name);
    }
}

static bool wide_attribute(Thread *t, Instruction i, Ref *base, Obj name)
{
    Frame *frame = t->frame;
    unsigned a = OZ_A(i), b = OZ_B(i);
    switch (OZ_OP(i)) {
    case OP_GET_METHOD_WIDE:
    case OP_GET_ATTR_WIDE: {
        Ref value = oz_get_attr(t, base[b], name);
        oz_operand_done(frame, base, b);
        if (OZ_OP(i) == OP_GET_METHOD_WIDE)
            base[a + 1] = NULL;
        return oz_result_made(base, a, value);
    }
    case OP_SET_ATTR_WIDE: {
        bool ok = oz_set_attr(t, base[a], name, base[b]);
        oz_operand_done(frame, base, b);
        oz_operand_done(frame, base, a);
        return ok;
    }
    case OP_DELETE_ATTR_WIDE: {
        bool ok = oz_set_attr(t, base[a], name, NULL);
        oz_operand_done(frame, base, a);
        return ok;
    }
    case OP_IMPORT_WIDE:
        return oz_result_made(base, a, oz_import_operands(t, name, base + OZ_C(i)));
    default:
        return oz_result_made(base, a, oz_import_member(t, base[b], name));
    }
}

/* ---- cells ---- */

static bool get_cell(Thread *t, Instruction i, Ref *base, Cell *cell, Obj name, bool is_free)
{
    Ref value = oz_load(&cell->value);
    return value ? oz_result_made(base, OZ_A(i), value) : oz_raise_unbound(t, name, is_free);
}

static bool set_cell(Cell *cell, Ref value)
{
    oz_store(&cell->base, &cell->value, value);
    return true;
}

static bool delete_cell(Thread *t, Cell *cell, Obj name, bool is_free)
{
    scoped Ref value = oz_load(&cell->value);
    return value ? set_cell(cell, NULL) : oz_raise_unbound(t, name, is_free);
}

static bool wide_free(Thread *t, Instruction i, Ref *base, uint64_t next)
{
    Frame *frame = t->frame;
    uint32_t index = (uint32_t)OZ_D(i);
    Cell *cell = (Cell *)frame->function->cells[index];
    Obj name = ((const Tuple *)frame->code->frees)->items[index];
    switch (OZ_OP(i)) {
    case OP_GET_FREE_WIDE:
        return get_cell(t, i, base, cell, name, true);
    case OP_SET_FREE_WIDE:
        return set_cell(cell, oz_operand_take(frame, base, OZ_A(i)));
    case OP_DELETE_FREE_WIDE:
        return delete_cell(t, cell, name, true);
    case OP_CLEAR_FREE_WIDE:
        return set_cell(cell, NULL);
    default: { /* GET_CLASS_FREE_WIDE */
        Ref value = NULL;
        Found found = oz_class_variable_get(t, name_at(t, next), (Obj)cell, &value);
        return found == OZ_MISSING ? oz_raise_unbound(t, name, true)
                                   : oz_result_made(base, OZ_A(i), value);
    }
    }
}

static bool make_spill(Thread *t, Instruction i, Ref *base)
{
    return base[OZ_A(i)] || oz_result_made(base, OZ_A(i), oz_spill_new(t, t->frame->code, NULL, 0));
}

static bool spilled(Thread *t, Instruction i, Ref *base)
{
    Frame *frame = t->frame;
    uint32_t local = (uint32_t)OZ_D(i);
    Cell *cell = oz_spilled_cell(frame->code, base, local);
    Obj name = ((const Tuple *)frame->code->locals)->items[local];
    switch (OZ_OP(i)) {
    case OP_GET_SPILLED:
        return get_cell(t, i, base, cell, name, false);
    case OP_SET_SPILLED:
        return set_cell(cell, oz_operand_take(frame, base, OZ_A(i)));
    case OP_DELETE_SPILLED:
        return delete_cell(t, cell, name, false);
    default:
        return set_cell(cell, NULL);
    }
}

/* ---- all of them ---- */

bool op_wide(Thread *t, Instruction i, Ref *base, uint64_t next)
{
    switch (OZ_OP(i)) {
    case OP_GET_GLOBAL_WIDE:
    case OP_SET_GLOBAL_WIDE:
    case OP_DELETE_GLOBAL_WIDE:
    case OP_GET_NAME_WIDE:
    case OP_SET_NAME_WIDE:
    case OP_DELETE_NAME_WIDE:
        return wide_name(t, i, base);
    case OP_GET_ATTR_WIDE:
    case OP_GET_METHOD_WIDE:
    case OP_SET_ATTR_WIDE:
    case OP_DELETE_ATTR_WIDE:
    case OP_IMPORT_WIDE:
    case OP_IMPORT_FROM_WIDE:
        return wide_attribute(t, i, base, name_at(t, next));
    case OP_MAKE_FUNCTION_WIDE:
        return oz_make_function(t, i, base, (uint32_t)next);
    case OP_MAKE_SPILL:
        return make_spill(t, i, base);
    case OP_GET_SPILLED:
    case OP_SET_SPILLED:
    case OP_DELETE_SPILLED:
    case OP_CLEAR_SPILLED:
        return spilled(t, i, base);
    default:
        return wide_free(t, i, base, next);
    }
}

Obj oz_wide_target(Thread *t, Instruction i, const Ref *base, unsigned from)
{
    const Frame *frame = t->frame;
    uint32_t index = (uint32_t)OZ_D(i);
    Obj names = frame->function->globals;
    if (OZ_A(i) != from)
        return NULL;
    switch (OZ_OP(i)) {
    case OP_SET_SPILLED:
        return oz_spilled_cell(frame->code, base, index)->value;
    case OP_SET_FREE_WIDE:
        return ((const Cell *)frame->function->cells[index])->value;
    case OP_SET_NAME_WIDE:
        names = frame->names;
        break;
    case OP_SET_GLOBAL_WIDE:
        break;
    default:
        return NULL;
    }
    return names && oz_is(names, OZ_DICT) ? oz_dict_peek_str((Dict *)names, name_at(t, index))
                                          : NULL;
}
