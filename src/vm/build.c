// SPDX-License-Identifier: MIT
// Displays, f-strings, unpacking, functions.
#include "object/error.h"
#include "types/cell.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/set.h"
#include "types/spill.h"
#include "types/str.h"
#include "types/tuple.h"
#include "vm/vm.h"

static void drop_run(Ref *run, unsigned count)
{
    for (unsigned n = 0; n < count; n++)
        oz_clear(&run[n]);
}

static Ref build_set(Thread *t, Ref *run, unsigned count)
{
    scoped Ref set = oz_set_new(t, NULL);
    for (unsigned n = 0; set && n < count; n++)
        if (!oz_set_add(t, (Set *)set, run[n]))
            return NULL;
    return oz_move(&set);
}

static Ref build_map(Thread *t, Ref *run, unsigned count)
{
    scoped Ref dict = oz_dict_new_sized(t, count);
    for (unsigned n = 0; dict && n < count; n++)
        if (!oz_dict_set_take(t, (Dict *)dict, oz_move(&run[2 * n]), oz_move(&run[2 * n + 1])))
            return NULL;
    return oz_move(&dict);
}

bool op_build(Thread *t, Instruction i, Ref *base)
{
    Ref *run = base + OZ_B(i);
    unsigned count = OZ_C(i);
    Ref result = NULL;
    switch (OZ_OP(i)) {
    case OP_BUILD_LIST:
        result = oz_list_take(t, run, count);
        break;
    case OP_BUILD_SET:
        result = build_set(t, run, count);
        break;
    case OP_BUILD_MAP:
        result = build_map(t, run, count);
        count *= 2;
        break;
    case OP_BUILD_STRING:
        result = oz_str_join_array(t, (const Obj *)run, count);
        break;
    default:
        oz_never();
    }
    drop_run(run, count);
    if (!result)
        return false;
    oz_result(base, OZ_A(i), result);
    return true;
}

bool op_build_map_k(Thread *t, Instruction i, Ref *base, uint64_t operand)
{
    Ref *run = base + OZ_B(i);
    unsigned count = OZ_C(i);
    const Tuple *keys = (Tuple *)((Tuple *)t->frame->code->constants)->items[operand];
    bool names = oz_dict_are_names(oz_borrowed(keys->items), count);
    Ref dict = names ? oz_dict_of_names(t, oz_borrowed(keys->items), run, count)
                     : oz_dict_new_sized(t, count);
    for (unsigned n = 0; !names && dict && n < count; n++) {
        if (!oz_dict_set_take(t, (Dict *)dict, oz_retain(keys->items[n]), oz_move(&run[n])))
            oz_clear(&dict);
    }
    drop_run(run, count);
    if (!dict)
        return false;
    oz_result(base, OZ_A(i), dict);
    return true;
}

bool op_format(Thread *t, Instruction i, Ref *base)
{
    Frame *frame = t->frame;
    scoped Ref value = oz_operand_take(frame, base, OZ_B(i));
    scoped Ref spec = OZ_C(i) == OZ_NO_REGISTER ? NULL : oz_operand_take(frame, base, OZ_C(i));
    scoped Ref converted = NULL;
    unsigned conversion = OZ_AUX(i) & 3;
    if (conversion) {
        converted = conversion == 1   ? oz_str(t, value)
                    : conversion == 2 ? oz_repr(t, value)
                                      : oz_ascii(t, value);
        if (!converted)
            return false;
    }
    Obj what = converted ? converted : value;
    Ref text = !spec && oz_is_exact_str(what) ? oz_retain(what) : oz_format(t, what, spec);
    if (!text)
        return false;
    oz_result(base, OZ_A(i), text);
    return true;
}

/* ---- growing a display ---- */

static bool list_extend(Thread *t, Obj list, Obj more)
{
    if (oz_list_extend(t, (List *)list, more))
        return true;
    Class *cls = oz_class_of(more);
    if (!oz_raised(t, OZ_TypeError) || cls->slots->iter || cls->slots->get_item)
        return false;
    oz_exception_clear(t);
    return oz_fail(t, OZ_TypeError, "Value after * must be an iterable, not %T", more);
}

/* An AttributeError from what is read of a mapping says that it is none, whoever raised it. */
static bool is_no_mapping(Thread *t)
{
    return oz_exception_forget(t, OZ_AttributeError);
}

bool oz_merge_keywords(Thread *t, Obj into, Obj more, Obj callable)
{
    scoped Ref held = oz_retain(more);
    scoped Ref keys = NULL;
    scoped Ref repeated = NULL;
    Dict *from = oz_dict_unchanged(t, held);
    Found found = from ? OZ_FOUND : oz_find_attr(t, held, OZ_NAME(t, keys), &keys);
    if (found == OZ_FOUND) {
        if (from ? oz_dict_merge(t, (Dict *)into, from, &repeated)
                 : oz_dict_update_by_keys(t, (Dict *)into, held, keys, &repeated))
            return true;
        if (!repeated)
            found = OZ_RAISED;
    }
    if (found == OZ_RAISED && !is_no_mapping(t))
        return false;
    scoped Ref name = oz_callable_text(t, callable);
    if (!name)
        return false;
    if (!repeated)
        return oz_fail(t, OZ_TypeError, "%S argument after ** must be a mapping, not %T", name,
                       held);
    return oz_fail(t, OZ_TypeError, "%S got multiple values for keyword argument '%S'", name,
                   repeated);
}

static bool dict_update(Thread *t, Obj into, Obj more)
{
    scoped Ref keys = NULL;
    Dict *from = oz_dict_unchanged(t, more);
    Found found = from ? OZ_FOUND : oz_find_attr(t, more, OZ_NAME(t, keys), &keys);
    if (found == OZ_FOUND && (from ? oz_dict_merge(t, (Dict *)into, from, NULL)
                                   : oz_dict_update_by_keys(t, (Dict *)into, more, keys, NULL)))
        return true;
    if (found != OZ_MISSING && !is_no_mapping(t))
        return false;
    return oz_fail(t, OZ_TypeError, "'%T' object is not a mapping", more);
}

bool op_collect(Thread *t, Instruction i, Ref *base)
{
    Frame *frame = t->frame;
    Obj into = base[OZ_A(i)];
    scoped Ref more = oz_operand_take(frame, base, OZ_B(i));
    switch (OZ_OP(i)) {
    case OP_LIST_EXTEND:
        return list_extend(t, into, more);
    case OP_SET_UPDATE:
        return oz_set_update(t, (Set *)into, more);
    case OP_DICT_UPDATE:
        return dict_update(t, into, more);
    case OP_DICT_MERGE:
        return oz_merge_keywords(t, into, more, base[OZ_C(i)]);
    case OP_LIST_TO_TUPLE: {
        Ref tuple = oz_list_to_tuple(t, (List *)more);
        if (!tuple)
            return false;
        oz_result(base, OZ_A(i), tuple);
        return true;
    }
    default:
        oz_never();
    }
}

/* ---- unpacking ---- */

/* Items of a list or tuple of exactly the wanted length, without an iterator. */
static bool unpack_sequence(Thread *t, Obj source, Ref *run, unsigned count, bool *done)
{
    *done = false;
    if (oz_is(source, OZ_TUPLE)) {
        const Tuple *tuple = (Tuple *)source;
        if (tuple->length != count)
            return true;
        for (unsigned n = 0; n < count; n++)
            run[n] = oz_retain(tuple->items[n]);
        *done = true;
    } else if (oz_is(source, OZ_LIST) && oz_list_length((List *)source) == count) {
        for (unsigned n = 0; n < count; n++) {
            run[n] = oz_list_get(t, (List *)source, n);
            if (!run[n]) {
                drop_run(run, n);
                return false;
            }
        }
        *done = true;
    }
    return true;
}

static Ref unpack_iterator(Thread *t, Obj source)
{
    Class *cls = oz_class_of(source);
    Ref iterator = oz_iter(t, source);
    if (!iterator && !cls->slots->iter && !cls->slots->get_item &&
        oz_exception_forget(t, OZ_TypeError))
        oz_raise(t, OZ_TypeError, "cannot unpack non-iterable %T object", source);
    return iterator;
}

/* Take `count` items; false: raised.  `total` is what the message asks for. */
static bool unpack_items(Thread *t, Obj iterator, Ref *run, unsigned count, unsigned total,
                         bool at_least)
{
    for (unsigned n = 0; n < count; n++) {
        Found found = oz_next(t, iterator, &run[n]);
        if (found == OZ_FOUND)
            continue;
        run[n] = NULL;
        if (found == OZ_MISSING)
            oz_raise(t, OZ_ValueError, "not enough values to unpack (expected %s%u, got %u)",
                     at_least ? "at least " : "", total, n);
        drop_run(run, n);
        return false;
    }
    return true;
}

static bool unpack(Thread *t, Obj source, Ref *run, unsigned count)
{
    bool done;
    if (!unpack_sequence(t, source, run, count, &done))
        return false;
    if (done)
        return true;
    scoped Ref iterator = unpack_iterator(t, source);
    if (!iterator || !unpack_items(t, iterator, run, count, count, false))
        return false;
    scoped Ref extra = NULL;
    Found found = oz_next(t, iterator, &extra);
    if (found == OZ_MISSING)
        return true;
    drop_run(run, count);
    if (found == OZ_FOUND)
        oz_raise(t, OZ_ValueError, "too many values to unpack (expected %u)", count);
    return false;
}

bool op_unpack(Thread *t, Instruction i, Ref *base)
{
    Ref *run = base + OZ_A(i);
    unsigned count = OZ_C(i);
    scoped Ref source = oz_operand_take(t->frame, base, OZ_B(i));
    if (oz_is_temporary(t->frame, OZ_A(i)))
        return unpack(t, source, run, count);
    Ref items[OZ_UNPACK_LOCALS]; /* locals change only when all is there */
    if (!unpack(t, source, items, count))
        return false;
    for (unsigned n = 0; n < count; n++)
        oz_result(run, n, items[n]);
    return true;
}

bool op_unpack_ex(Thread *t, Instruction i, Ref *base)
{
    Ref *run = base + OZ_A(i);
    unsigned before = OZ_C(i), after = OZ_AUX(i);
    scoped Ref source = oz_operand_take(t->frame, base, OZ_B(i));
    scoped Ref iterator = unpack_iterator(t, source);
    if (!iterator || !unpack_items(t, iterator, run, before, before + after, true))
        return false;
    scoped Ref rest = oz_list_from(t, iterator);
    size_t length = rest ? oz_list_length((List *)rest) : 0;
    if (!rest || length < after) {
        drop_run(run, before);
        if (rest)
            oz_raise(t, OZ_ValueError,
                     "not enough values to unpack (expected at least %u, got %zu)", before + after,
                     before + length);
        return false;
    }
    for (unsigned n = 0; n < after; n++)
        run[before + 1 + n] = oz_list_get(t, (List *)rest, length - after + n);
    Ref middle = after ? oz_list_slice(t, (List *)rest, 0, length - after) : oz_move(&rest);
    if (!middle) {
        drop_run(run, before);
        drop_run(run + before + 1, after);
        return false;
    }
    run[before] = middle;
    return true;
}

/* ---- functions ---- */

/* The cell that a closure takes from the frame which makes it. */
static Obj captured(const Frame *frame, const Ref *base, uint32_t from)
{
    if (from & OZ_CAPTURE_FREE)
        return frame->function->cells[from & ~OZ_CAPTURE_FREE];
    return from < oz_code_near(frame->code) ? (Obj)base[from]
                                            : (Obj)oz_spilled_cell(frame->code, base, from);
}

bool op_make_function(Thread *t, Instruction i, Ref *base)
{
    return oz_make_function(t, i, base, OZ_B(i));
}

bool oz_make_function(Thread *t, Instruction i, Ref *base, uint32_t constant)
{
    Frame *frame = t->frame;
    Code *code = (Code *)((Tuple *)frame->code->constants)->items[constant];
    unsigned flags = OZ_AUX(i);
    Ref *run = base + OZ_C(i);
    scoped Ref defaults = flags & 1 ? oz_move(run++) : NULL;
    scoped Ref keyword_defaults = flags & 2 ? oz_move(run++) : NULL;
    scoped Ref annotations = flags & 4 ? oz_move(run++) : NULL;
    Obj few[16];
    Obj *cells = few;
    scoped Ref many = NULL;
    if (code->free_count > OZ_COUNT(few)) {
        Tuple *room = oz_tuple_alloc(t, code->free_count);
        if (!(many = (Ref)room))
            return false;
        cells = (Obj *)room->items;
    }
    for (unsigned n = 0; n < code->free_count; n++) {
        Obj cell = captured(frame, base, code->captures[n]);
        cells[n] = many ? oz_retain(cell) : cell;
    }
    Ref function = oz_function_new(t, code, frame->function->globals, cells);
    if (!function)
        return false;
    Function *f = (Function *)function;
    if (defaults)
        oz_store(&f->base, &f->defaults, oz_move(&defaults));
    if (keyword_defaults || annotations) {
        FunctionExtras *extras = oz_function_extras(t, f);
        if (!extras) {
            oz_drop(function);
            return false;
        }
        if (keyword_defaults)
            oz_store(&f->base, &extras->keyword_defaults, oz_move(&keyword_defaults));
        if (annotations)
            oz_store(&f->base, &extras->annotations, oz_move(&annotations));
    }
    oz_result(base, OZ_A(i), function);
    return true;
}
