// SPDX-License-Identifier: MIT
// cell: the variable that a closure shares with its function.
#include "types/cell.h"

#include "types/str.h"
#include "types/type.h"

Ref oz_cell_new(Thread *t, Ref value)
{
    Cell *cell = oz_object_new_raw(t, OZ_CELL, sizeof *cell);
    if (OZ_UNLIKELY(!cell)) {
        oz_drop(value);
        return NULL;
    }
    oz_store_raw(&cell->base, &cell->value, value);
    return (Ref)cell;
}

static Ref make(Thread *t, Class *cls OZ_UNUSED, const Args *args)
{
    if (args->named)
        return oz_raise(t, OZ_TypeError, "cell() takes no keyword arguments");
    if (args->count > 1)
        return oz_raise(t, OZ_TypeError, "cell expected at most 1 argument, got %u", args->count);
    return oz_cell_new(t, args->count ? oz_retain(args->items[0]) : NULL);
}

static Ref cell_repr(Thread *t, Obj v)
{
    scoped Ref value = oz_load(&((Cell *)v)->value);
    size_t address = (size_t)oz_word(v);
    if (!value)
        return oz_str_format(t, "<cell at 0x%zx: empty>", address);
    return oz_str_format(t, "<cell at 0x%zx: %T object at 0x%zx>", address, value,
                         (size_t)oz_word(value));
}

/* By contents; an empty cell comes first. */
static Ref cell_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    if (!oz_is(b, OZ_CELL))
        return OZ_NOT_IMPLEMENTED;
    scoped Ref x = oz_load(&((Cell *)a)->value);
    scoped Ref y = oz_load(&((Cell *)b)->value);
    if (x && y)
        return oz_compare(t, x, y, op);
    return oz_compare(t, oz_int(x != NULL), oz_int(y != NULL), op);
}

static Ref get_contents(Thread *t, Obj v)
{
    Ref value = oz_load(&((Cell *)v)->value);
    return value ? value : oz_raise(t, OZ_ValueError, "Cell is empty");
}

static bool set_contents(Thread *t OZ_UNUSED, Obj v, Obj value)
{
    Cell *cell = (Cell *)v;
    oz_store(&cell->base, &cell->value, value ? oz_retain(value) : NULL);
    return true;
}

static void cell_visit(const Object *o, Visitor *v)
{
    oz_visit(v, ((const Cell *)o)->value, "cell_contents", -1);
}

static void cell_clear(Thread *t OZ_UNUSED, Object *o)
{
    oz_clear(&((Cell *)o)->value);
}

const TypeDef oz_cell_type = {
    .id = OZ_CELL,
    .name = "cell",
    .doc = "A variable that functions share.  Without an argument the cell is empty.",
    .size = sizeof(Cell),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_UNHASHABLE | OZ_TYPE_BLIND,
    .visit = cell_visit,
    .clear = cell_clear,
    .slots = {.repr = cell_repr, .compare = cell_compare, .new = make},
    .getsets = OZ_GETSETS({"cell_contents", get_contents, set_contents, NULL}),
};
