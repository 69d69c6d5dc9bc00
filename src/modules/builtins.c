// SPDX-License-Identifier: MIT
// The builtin functions.
#include "modules/import.h"

#include "modules/config.h"
#include "modules/modules.h"
#include "modules/site_builtins.h"
#include "object/error.h"
#include "syntax/parser.h"
#include "types/audit.h"
#include "types/codec.h"
#include "types/bytes.h"
#include "types/cell.h"
#include "types/consume.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/float.h"
#include "types/frame.h"
#include "types/generator.h"
#include "types/int.h"
#include "types/iterate.h"
#include "types/iterator.h"
#include "types/list.h"
#include "types/native.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"
#include "vm/vm.h"

/* ---- classes ---- */

/* bases with __mro_entries__ resolved: `bases` itself (new reference) where none has it. */
static Ref resolve_bases(Thread *t, Obj bases)
{
    const Tuple *tuple = (Tuple *)bases;
    scoped Ref list = NULL;
    for (size_t n = 0; n < tuple->length; n++) {
        Obj base = tuple->items[n];
        scoped Ref method = NULL;
        Found found = oz_is_class(base)
                          ? OZ_MISSING
                          : oz_find_attr(t, base, OZ_NAME(t, __mro_entries__), &method);
        if (found == OZ_RAISED)
            return NULL;
        if (found == OZ_MISSING) {
            if (list && !oz_list_append(t, (List *)list, base))
                return NULL;
            continue;
        }
        scoped Ref entries = oz_call1(t, method, bases);
        if (!entries)
            return NULL;
        if (!oz_as_tuple(entries))
            return oz_raise(t, OZ_TypeError, "__mro_entries__ must return a tuple");
        if (!list && !(list = oz_list_of_array(t, (const Obj *)tuple->items, n)))
            return NULL;
        if (!oz_list_extend(t, (List *)list, entries))
            return NULL;
    }
    return list ? oz_list_to_tuple(t, (List *)list) : oz_retain(bases);
}

static Ref class_namespace(Thread *t, Obj meta, Obj name, Obj bases, Obj keywords)
{
    scoped Ref prepare = NULL;
    Found found = oz_find_attr(t, meta, OZ_NAME(t, __prepare__), &prepare);
    if (found != OZ_FOUND)
        return found == OZ_MISSING ? oz_dict_new(t) : NULL;
    scoped Ref args = oz_tuple_of(t, 2, name, bases);
    Ref namespace = args ? oz_call_tuple(t, prepare, args, keywords) : NULL;
    if (namespace && !oz_as_dict(namespace) && !oz_class_of(namespace)->slots->get_item) {
        scoped Ref bad = namespace;
        if (oz_is_class(meta))
            return oz_raise(t, OZ_TypeError, "%N.__prepare__() must return a mapping, not %T", meta,
                            bad);
        return oz_raise(t, OZ_TypeError, "<metaclass>.__prepare__() must return a mapping, not %T",
                        bad);
    }
    return namespace;
}

/* The class body's `__class__` cell must have been set to the class that was made. */
static bool check_class_cell(Thread *t, Obj cell, Obj cls, Obj name)
{
    if (!cell || !oz_is(cell, OZ_CELL))
        return true;
    Obj value = ((Cell *)cell)->value;
    if (!value)
        return oz_fail(t, OZ_RuntimeError,
                       "__class__ not set defining %R as %R. Was __classcell__ propagated to "
                       "type.__new__?",
                       name, cls);
    if (value != cls)
        return oz_fail(t, OZ_TypeError, "__class__ set to %R defining %R as %R", value, name, cls);
    return true;
}

OZ_FUNCTION(builtins, __build_class__, "($module, func, name, /, *bases, **kwds)",
            "Make a class: what the class statement calls.")
{
    Obj function = a[1], name = a[2], original = a[3];
    if (!oz_is(function, OZ_FUNCTION))
        return oz_raise(t, OZ_TypeError, "__build_class__: func must be a function");
    if (!oz_is_str(name))
        return oz_raise(t, OZ_TypeError, "__build_class__: name is not a string");
    scoped Ref keywords = oz_retain(a[4]);
    scoped Ref bases = resolve_bases(t, original);
    if (!bases)
        return NULL;
    scoped Ref meta = NULL;
    bool is_class = true;
    Found given = oz_dict_pop(t, (Dict *)keywords, OZ_NAME(t, metaclass), &meta);
    if (given == OZ_RAISED)
        return NULL;
    if (given == OZ_FOUND)
        is_class = oz_is_class(meta);
    else if (((Tuple *)bases)->length)
        meta = oz_retain((Obj)oz_class_of(((Tuple *)bases)->items[0]));
    else
        meta = oz_retain((Obj)t->vm->classes[OZ_TYPE]);
    if (is_class) {
        Class *best = oz_class_best_meta(t, (Class *)meta, bases);
        if (!best)
            return NULL;
        Ref old = meta;
        meta = oz_retain((Obj)best);
        oz_drop(old);
    }
    scoped Ref namespace = class_namespace(t, meta, name, bases, keywords);
    if (!namespace)
        return NULL;
    scoped Ref cell = oz_run_code(t, function, namespace, OZ_FRAME_CLASS);
    if (!cell)
        return NULL;
    if (bases != original && !oz_set_item(t, namespace, OZ_NAME(t, __orig_bases__), original))
        return NULL;
    scoped Ref args = oz_tuple_of(t, 3, name, bases, namespace);
    scoped Ref cls = args ? oz_call_tuple(t, meta, args, keywords) : NULL;
    if (!cls || (oz_is_class(cls) && !check_class_cell(t, cell, cls, name)))
        return NULL;
    return oz_move(&cls);
}

/* ---- numbers ---- */

OZ_QUIET_FUNCTION(builtins, abs, "($module, x, /)", "Return the absolute value of a number.")
{
    return oz_absolute(t, a[1]);
}

OZ_QUIET_FUNCTION(builtins, divmod, "($module, x, y, /)", "Return the pair (x // y, x % y).")
{
    return oz_binary(t, OZ_OP_DIVMOD, a[1], a[2]);
}

OZ_QUIET_FUNCTION(builtins, pow, "($module, base, exp, mod=None)",
                  "Return base to the power exp, modulo mod if that is given.")
{
    return oz_power(t, a[1], a[2], a[3]);
}

OZ_QUIET_FUNCTION(builtins, round, "($module, number, ndigits=None)",
                  "Round a number to ndigits digits behind the point; to an int without ndigits.")
{
    scoped Ref method = NULL;
    Found found = oz_find_special(t, a[1], OZ_NAME(t, __round__), &method);
    if (found == OZ_MISSING)
        return oz_raise(t, OZ_TypeError, "type %T doesn't define __round__ method", a[1]);
    if (found == OZ_RAISED)
        return NULL;
    return a[2] == OZ_NONE ? oz_call0(t, method) : oz_call1(t, method, a[2]);
}

/* An int in place, for a base of 2^`shift`: digits written from the end. */
static Ref short_based_text(Thread *t, int64_t n, unsigned shift, const char *prefix)
{
    char room[72]; /* sign, prefix and 64 digits */
    char *at = room + sizeof room;
    uint64_t rest = n < 0 ? -(uint64_t)n : (uint64_t)n;
    do
        *--at = "0123456789abcdef"[rest & ((1u << shift) - 1)];
    while (rest >>= shift);
    *--at = prefix[1];
    *--at = prefix[0];
    if (n < 0)
        *--at = '-';
    return oz_str_from_ascii(t, at, (size_t)(room + sizeof room - at));
}

static Ref based_text(Thread *t, Obj v, int base, const char *prefix)
{
    if (OZ_LIKELY(oz_is_int(v)))
        return short_based_text(t, oz_int_value(v), base == 16 ? 4 : base == 8 ? 3 : 1, prefix);
    scoped Ref index = oz_index(t, v);
    if (!index)
        return NULL;
    scoped Ref digits = oz_int_to_str(t, index, base);
    if (!digits)
        return NULL;
    if (oz_int_sign(index) >= 0)
        return oz_str_format(t, "%s%S", prefix, digits);
    scoped Ref positive = oz_negative(t, index);
    scoped Ref text = positive ? oz_int_to_str(t, positive, base) : NULL;
    return text ? oz_str_format(t, "-%s%S", prefix, text) : NULL;
}

OZ_FUNCTION(builtins, bin, "($module, number, /)", "Return an int as text in base 2.")
{
    return based_text(t, a[1], 2, "0b");
}

OZ_FUNCTION(builtins, oct, "($module, number, /)", "Return an int as text in base 8.")
{
    return based_text(t, a[1], 8, "0o");
}

OZ_FUNCTION(builtins, hex, "($module, number, /)", "Return an int as text in base 16.")
{
    return based_text(t, a[1], 16, "0x");
}

/* total += item, for sum(): ints and floats without a call. */
static Ref sum_step(Thread *t, Ref total, Obj item)
{
    scoped Ref held = total;
    if (oz_are_ints(total, item)) {
        int64_t n;
        if (!__builtin_add_overflow(oz_int_value(total), oz_int_value(item), &n))
            return oz_int_new(t, n);
    }
    double x = 0, y = 0;
    if (oz_is_float(total) || oz_is(total, OZ_FLOAT)) {
        (void)oz_as_float(total, &x);
        if (oz_is_float(item) || oz_is(item, OZ_FLOAT)) {
            (void)oz_as_float(item, &y);
            return oz_float_new(t, x + y);
        }
        if (oz_is_int(item))
            return oz_float_new(t, x + (double)oz_int_value(item));
    }
    return oz_binary(t, OZ_OP_ADD, held, item);
}

OZ_NATIVE_(builtins_sum, "sum", "($module, iterable, /, start=0)",
           "Return start plus the sum of the items.", OZ_CONSUME_SUM)
{
    if (oz_is_str(a[2]))
        return oz_raise(t, OZ_TypeError, "sum() can't sum strings [use ''.join(seq) instead]");
    if (oz_as_bytes(a[2]))
        return oz_raise(t, OZ_TypeError, "sum() can't sum bytes [use b''.join(seq) instead]");
    if (oz_isa(a[2], OZ_BYTEARRAY))
        return oz_raise(t, OZ_TypeError, "sum() can't sum bytearray [use b''.join(seq) instead]");
    scoped Ref iterator = oz_iter(t, a[1]);
    if (!iterator)
        return NULL;
    Ref total = oz_retain(a[2]);
    for (;;) {
        scoped Ref item = NULL;
        Found found = oz_poll(t) ? oz_next_inline(t, iterator, &item) : OZ_RAISED;
        if (found == OZ_MISSING)
            return total;
        if (found == OZ_RAISED) {
            oz_drop(total);
            return NULL;
        }
        int64_t n;
        if (oz_are_ints(total, item) &&
            !__builtin_add_overflow((int64_t)oz_word(total), (int64_t)oz_word(item) - 1, &n))
            total = oz_from_word((Word)n);
        else if (!(total = sum_step(t, total, item)))
            return NULL;
    }
}

/* ---- min and max ---- */

OZ_INLINE bool is_better(Thread *t, Obj a, Obj b, CompareOp op, bool *better)
{
    int order;
    if (oz_order_in_place(a, b, &order)) {
        *better = op == OZ_LT ? order < 0 : order > 0;
        return true;
    }
    return oz_compare_true(t, a, b, op, better);
}

/* The best of two or more arguments, which the caller holds. */
static Ref extreme_argument(Thread *t, const Tuple *args, CompareOp op)
{
    Obj best = args->items[0];
    for (size_t i = 1; i < args->length; i++) {
        bool better;
        if (!is_better(t, args->items[i], best, op, &better) || !oz_poll(t))
            return NULL;
        if (better)
            best = args->items[i];
    }
    return oz_retain(best);
}

static Ref extreme_of(Thread *t, Obj iterable, Obj key, Obj otherwise, CompareOp op,
                      const char *name)
{
    scoped Ref iterator = oz_iter(t, iterable);
    if (!iterator)
        return NULL;
    scoped Ref best = NULL, best_key = NULL;
    for (;;) {
        scoped Ref item = NULL;
        Found found = oz_poll(t) ? oz_next_inline(t, iterator, &item) : OZ_RAISED;
        if (found == OZ_RAISED)
            return NULL;
        if (found == OZ_MISSING)
            break;
        scoped Ref item_key = key ? oz_call1(t, key, item) : oz_retain(item);
        bool better = !best;
        if (!item_key || (best && !is_better(t, item_key, best_key, op, &better)))
            return NULL;
        if (better) {
            oz_drop(oz_move(&best));
            oz_drop(oz_move(&best_key));
            best = oz_move(&item);
            best_key = oz_move(&item_key);
        }
    }
    if (best)
        return oz_move(&best);
    if (otherwise)
        return oz_retain(otherwise);
    return oz_raise(t, OZ_ValueError, "%s() arg is an empty sequence", name);
}

static Ref extreme(Thread *t, const Obj *a, CompareOp op, const char *name)
{
    const Tuple *args = (Tuple *)a[1];
    Obj otherwise = a[2], key = a[3] == OZ_NONE ? NULL : a[3];
    if (args->length == 0)
        return oz_raise(t, OZ_TypeError, "%s expected at least 1 argument, got 0", name);
    if (args->length == 1)
        return extreme_of(t, args->items[0], key, otherwise, op, name);
    if (otherwise)
        return oz_raise(t, OZ_TypeError,
                        "Cannot specify a default for %s() with multiple positional arguments",
                        name);
    return key ? extreme_of(t, (Obj)args, key, NULL, op, name) : extreme_argument(t, args, op);
}

OZ_QUIET_FUNCTION(builtins, min, "($module, /, *args, default=<unrepresentable>, key=None)",
                  "Return the smallest item of an iterable, or of the arguments.")
{
    return extreme(t, a, OZ_LT, "min");
}

OZ_QUIET_FUNCTION(builtins, max, "($module, /, *args, default=<unrepresentable>, key=None)",
                  "Return the biggest item of an iterable, or of the arguments.")
{
    return extreme(t, a, OZ_GT, "max");
}

/* ---- text ---- */

OZ_FUNCTION(builtins, repr, "($module, obj, /)", "Return the canonical text of an object.")
{
    return oz_repr(t, a[1]);
}

OZ_FUNCTION(builtins, ascii, "($module, obj, /)", "Return repr(obj) with non-ASCII escaped.")
{
    return oz_ascii(t, a[1]);
}

OZ_FUNCTION(builtins, format, "($module, value, format_spec='', /)",
            "Return type(value).__format__(value, format_spec).")
{
    if (!oz_is_str(a[2]))
        return oz_raise(t, OZ_TypeError, "format() argument 2 must be str, not %T", a[2]);
    return oz_format(t, a[1], a[2]);
}

OZ_QUIET_FUNCTION(builtins, chr, "($module, i, /)", "Return the character with code point i.")
{
    int n;
    if (!oz_as_int(t, a[1], &n))
        return NULL;
    if (n < 0 || n > 0x10ffff)
        return oz_raise(t, OZ_ValueError, "chr() arg not in range(0x110000)");
    return oz_str_from_character(t, (uint32_t)n);
}

OZ_QUIET_FUNCTION(builtins, ord, "($module, c, /)", "Return the code point of a character.")
{
    size_t length;
    const Str *s = oz_as_str(a[1]);
    if (s) {
        length = oz_str_length(s);
        if (length == 1)
            return oz_int(oz_str_at(s, 0));
    } else if (oz_as_bytes(a[1])) {
        length = oz_bytes_length(oz_as_bytes(a[1]));
        if (length == 1)
            return oz_int(oz_bytes_data(oz_as_bytes(a[1]))[0]);
    } else if (oz_isa(a[1], OZ_BYTEARRAY)) {
        ssize_t n;
        if (!oz_length(t, a[1], &n))
            return NULL;
        if (n == 1)
            return oz_get_item(t, a[1], oz_int(0));
        length = (size_t)n;
    } else {
        return oz_raise(t, OZ_TypeError, "ord() expected string of length 1, but %T found", a[1]);
    }
    return oz_raise(t, OZ_TypeError, "ord() expected a character, but string of length %zu found",
                    length);
}

/* ---- objects ---- */

OZ_FUNCTION(builtins, id, "($module, obj, /)", "Return the identity of an object: its address.")
{
    if (!oz_audit_event(t, "builtins.id", "O", a[1]))
        return NULL;
    return oz_int_from_uint64(t, oz_word(a[1]));
}

OZ_QUIET_FUNCTION(builtins, hash, "($module, obj, /)", "Return the hash value of an object.")
{
    int64_t hash;
    return oz_hash(t, a[1], &hash) ? oz_int_new(t, hash) : NULL;
}

OZ_NATIVE_(builtins_len, "len", "($module, obj, /)", "Return the number of items in a container.",
           OZ_FN_LENGTH)
{
    ssize_t length;
    return oz_length(t, a[1], &length) ? oz_int_new(t, length) : NULL;
}

OZ_FUNCTION(builtins, callable, "($module, obj, /)", "Return whether an object can be called.")
{
    return oz_bool(oz_is_callable(a[1]));
}

OZ_FUNCTION(builtins, isinstance, "($module, obj, class_or_tuple, /)",
            "Return whether an object is an instance of a class or of one of a tuple of classes.")
{
    bool result;
    return oz_is_instance(t, a[1], a[2], &result) ? oz_bool(result) : NULL;
}

OZ_FUNCTION(builtins, issubclass, "($module, cls, class_or_tuple, /)",
            "Return whether a class derives from a class or from one of a tuple of classes.")
{
    bool result;
    return oz_is_subclass(t, a[1], a[2], &result) ? oz_bool(result) : NULL;
}

/* ---- attributes ---- */

static bool check_name(Thread *t, Obj name)
{
    return oz_is_str(name) ||
           oz_fail(t, OZ_TypeError, "attribute name must be string, not '%T'", name);
}

OZ_FUNCTION(builtins, getattr, "($module, object, name, default=<unrepresentable>, /)",
            "Return object.name, or the default if there is no such attribute.")
{
    if (!check_name(t, a[2]))
        return NULL;
    if (!a[3])
        return oz_get_attr(t, a[1], a[2]);
    Ref value = NULL;
    Found found = oz_find_attr(t, a[1], a[2], &value);
    return found == OZ_MISSING ? oz_retain(a[3]) : value;
}

OZ_FUNCTION(builtins, hasattr, "($module, obj, name, /)",
            "Return whether an object has an attribute of this name.")
{
    if (!check_name(t, a[2]))
        return NULL;
    scoped Ref value = NULL;
    Found found = oz_find_attr(t, a[1], a[2], &value);
    return found == OZ_RAISED ? NULL : oz_bool(found == OZ_FOUND);
}

OZ_FUNCTION(builtins, setattr, "($module, obj, name, value, /)", "Do obj.name = value.")
{
    return oz_set_attr(t, a[1], a[2], a[3]) ? OZ_NONE : NULL;
}

OZ_FUNCTION(builtins, delattr, "($module, obj, name, /)", "Do del obj.name.")
{
    return oz_set_attr(t, a[1], a[2], NULL) ? OZ_NONE : NULL;
}

/* The namespace of the code that called: new reference. */
static Ref current_locals(Thread *t)
{
    if (!t->frame)
        return oz_raise(t, OZ_SystemError, "frame does not exist");
    if (t->frame->names)
        return oz_retain(t->frame->names);
    scoped Ref frame = oz_frame_object(t, t->frame);
    return frame ? oz_frame_locals(t, (FrameObject *)frame) : NULL;
}

OZ_FUNCTION(builtins, globals, "($module, /)", "Return the dict of the current global names.")
{
    if (!t->frame)
        return oz_raise(t, OZ_SystemError, "frame does not exist");
    return oz_retain(oz_frame_globals(t->frame));
}

OZ_FUNCTION(builtins, locals, "($module, /)", "Return a dict of the current local names.")
{
    return current_locals(t);
}

OZ_FUNCTION(builtins, vars, "($module, object=<unrepresentable>, /)",
            "Return object.__dict__, or locals() without an argument.")
{
    if (!a[1])
        return current_locals(t);
    Ref dict = NULL;
    Found found = oz_find_attr(t, a[1], OZ_NAME(t, __dict__), &dict);
    if (found == OZ_MISSING)
        return oz_raise(t, OZ_TypeError, "vars() argument must have __dict__ attribute");
    return dict;
}

OZ_FUNCTION(builtins, dir, "($module, object=<unrepresentable>, /)",
            "Return a sorted list of the names of an object's attributes, or of the local names.")
{
    scoped Ref names = NULL;
    if (a[1]) {
        scoped Ref method = NULL;
        Found found = oz_find_special(t, a[1], OZ_NAME(t, __dir__), &method);
        if (found == OZ_MISSING)
            return oz_raise(t, OZ_TypeError, "object does not provide __dir__");
        names = found == OZ_FOUND ? oz_call0(t, method) : NULL;
    } else {
        scoped Ref locals = current_locals(t);
        names = locals ? oz_call_method(t, locals, OZ_NAME(t, keys), 0, NULL) : NULL;
    }
    scoped Ref list = names ? oz_list_from(t, names) : NULL;
    if (!list || !oz_list_sort(t, (List *)list, NULL, false))
        return NULL;
    return oz_move(&list);
}

/* ---- iteration ---- */

/* Is there an item whose truth is `wanted`? */
static Found find_truth(Thread *t, Obj iterable, bool wanted)
{
    scoped Ref iterator = oz_iter(t, iterable);
    while (iterator) {
        scoped Ref item = NULL;
        Found found = oz_poll(t) ? oz_next(t, iterator, &item) : OZ_RAISED;
        bool truth;
        if (found != OZ_FOUND)
            return found;
        if (!oz_truth(t, item, &truth))
            return OZ_RAISED;
        if (truth == wanted)
            return OZ_FOUND;
    }
    return OZ_RAISED;
}

OZ_NATIVE_(builtins_all, "all", "($module, iterable, /)", "Return whether every item is true.",
           OZ_CONSUME_ALL)
{
    Found found = find_truth(t, a[1], false);
    return found == OZ_RAISED ? NULL : oz_bool(found == OZ_MISSING);
}

OZ_NATIVE_(builtins_any, "any", "($module, iterable, /)", "Return whether some item is true.",
           OZ_CONSUME_ANY)
{
    Found found = find_truth(t, a[1], true);
    return found == OZ_RAISED ? NULL : oz_bool(found == OZ_FOUND);
}

OZ_FUNCTION(builtins, iter, "($module, object, sentinel=<unrepresentable>, /)",
            "Return an iterator over an object, or over a callable's results until the sentinel.")
{
    if (!a[2])
        return oz_iter(t, a[1]);
    if (!oz_is_callable(a[1]))
        return oz_raise(t, OZ_TypeError, "iter(v, w): v must be callable");
    return oz_callable_iterator_new(t, a[1], a[2]);
}

OZ_NATIVE_(builtins_next, "next", "($module, iterator, default=<unrepresentable>, /)",
           "Return the next item of an iterator, or the default at its end.", OZ_CONSUME_NEXT)
{
    SlotNEXT next = oz_class_of(a[1])->slots->next;
    if (!next)
        return oz_raise(t, OZ_TypeError, "'%T' object is not an iterator", a[1]);
    Ref item = next(t, a[1]);
    if (item)
        return item;
    if (a[2]) {
        if (t->exception && !oz_exception_forget(t, OZ_StopIteration))
            return NULL;
        return oz_retain(a[2]);
    }
    if (!t->exception)
        oz_raise_stop_iteration(t, OZ_NONE);
    return NULL;
}

OZ_FUNCTION(builtins, aiter, "($module, async_iterable, /)", "Return an asynchronous iterator.")
{
    SlotUNARY aiter = oz_class_of(a[1])->slots->aiter;
    if (!aiter)
        return oz_raise(t, OZ_TypeError, "'%T' object is not an async iterable", a[1]);
    scoped Ref iterator = aiter(t, a[1]);
    if (iterator && !oz_class_of(iterator)->slots->anext)
        return oz_raise(t, OZ_TypeError, "aiter() returned not an async iterator of type '%T'",
                        iterator);
    return oz_move(&iterator);
}

OZ_FUNCTION(builtins, anext, "($module, iterator, default=<unrepresentable>, /)",
            "Return an awaitable of the next item, or of the default at the end.")
{
    SlotUNARY anext = oz_class_of(a[1])->slots->anext;
    if (!anext)
        return oz_raise(t, OZ_TypeError, "'%T' object is not an async iterator", a[1]);
    scoped Ref awaitable = anext(t, a[1]);
    if (!awaitable || !a[2])
        return oz_move(&awaitable);
    return oz_anext_awaitable_new(t, awaitable, a[2]);
}

OZ_NATIVE_(builtins_sorted, "sorted", "($module, iterable, /, *, key=None, reverse=False)",
           "Return a new sorted list of the items.", OZ_FN_UNPACKED | OZ_CONSUME_SORTED)
{
    int reverse;
    if (!oz_as_int(t, a[3], &reverse))
        return NULL;
    scoped Ref list = oz_list_from(t, a[1]);
    if (!list || !oz_list_sort(t, (List *)list, a[2] == OZ_NONE ? NULL : a[2], reverse))
        return NULL;
    return oz_move(&list);
}

/* ---- code ---- */

static const char *const mode_names[] = {"exec", "single", "eval", "func_type"};
static const int mode_values[] = {AST_MODE_EXEC, AST_MODE_SINGLE, AST_MODE_EVAL,
                                  AST_MODE_FUNC_TYPE};

/* The future flags of the code that calls: they count for compile() and exec() too. */
static int inherited_flags(Thread *t)
{
    return t->frame ? (int)(t->frame->code->flags & 0x1fe0000u) : 0;
}

/* Compile, which hooks are told of when it is text: as UTF-8. */
static Ref compile_audited(Thread *t, Obj source, Obj filename, int mode, int flags, int optimize)
{
    if (OZ_UNLIKELY(t->vm->audit_hooks != NULL)) {
        scoped Ref text =
            oz_is_str(source) ? oz_encode(t, source, NULL, "surrogatepass") : oz_retain(source);
        if (!text || (oz_as_bytes(text) && !oz_audit_event(t, "compile", "OO", text, filename)))
            return NULL;
    }
    return t->vm->hooks.compile(t, source, filename, mode, flags, optimize);
}

OZ_FUNCTION(builtins, compile,
            "($module, /, source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, "
            "_feature_version=-1)",
            "Compile source text or a syntax tree into a code object.")
{
    int flags, optimize;
    bool dont_inherit;
    if (!oz_as_int(t, a[4], &flags) || !oz_truth(t, a[5], &dont_inherit) ||
        !oz_as_int(t, a[6], &optimize))
        return NULL;
    if (flags & ~(0x1fe0000 | 0x7e00 | 0x10))
        return oz_raise(t, OZ_ValueError, "compile(): unrecognised flags");
    if (optimize < -1 || optimize > 2)
        return oz_raise(t, OZ_ValueError, "compile(): invalid optimize value");
    if (!dont_inherit)
        flags |= inherited_flags(t);
    if (!oz_is_str(a[3]))
        return oz_raise(t, OZ_TypeError, "compile() argument 'mode' must be str, not %T", a[3]);
    int mode = -1;
    for (size_t n = 0; n < OZ_COUNT(mode_names); n++)
        if (oz_str_equal_utf8(oz_as_str(a[3]), mode_names[n]))
            mode = mode_values[n];
    if (mode < 0)
        return oz_raise(t, OZ_ValueError,
                        flags & 0x0400
                            ? "compile() mode must be 'exec', 'eval', 'single' or 'func_type'"
                            : "compile() mode must be 'exec', 'eval' or 'single'");
    if (mode == AST_MODE_FUNC_TYPE && !(flags & 0x0400))
        return oz_raise(t, OZ_ValueError, "compile() mode 'func_type' requires flag PyCF_ONLY_AST");
    scoped Ref filename = oz_path_text(t, a[2]);
    if (!filename)
        return NULL;
    int version;
    if (!oz_as_int(t, a[7], &version))
        return NULL;
    if (version > 0 && version < 128)
        mode |= version << 8;
    return compile_audited(t, a[1], filename, mode, flags, optimize);
}

/* Globals and locals of eval() and exec(), with the caller's as defaults. */
static bool namespaces(Thread *t, const char *function, Obj globals, Obj locals, Ref *g, Ref *l)
{
    if (locals != OZ_NONE && !oz_as_dict(locals) && !oz_class_of(locals)->slots->get_item)
        return oz_fail(t, OZ_TypeError,
                       function[1] == 'v' ? "locals must be a mapping"
                                          : "locals must be a mapping or None, not %T",
                       locals);
    if (globals != OZ_NONE && !oz_as_dict(globals)) {
        if (function[1] == 'v')
            return oz_fail(t, OZ_TypeError,
                           oz_class_of(globals)->slots->get_item
                               ? "globals must be a real dict; try eval(code, {}, mapping)"
                               : "globals must be a dict");
        return oz_fail(t, OZ_TypeError, "%s() globals must be a dict, not %T", function, globals);
    }
    if (globals == OZ_NONE) {
        if (!t->frame)
            return oz_fail(t, OZ_SystemError, "globals and locals cannot be NULL");
        *g = oz_retain(oz_frame_globals(t->frame));
        *l = locals == OZ_NONE ? current_locals(t) : oz_retain(locals);
    } else {
        *g = oz_retain(globals);
        *l = oz_retain(locals == OZ_NONE ? globals : locals);
    }
    if (!*l)
        return false;
    Obj has = oz_dict_peek_str((Dict *)*g, OZ_NAME(t, __builtins__));
    return has || oz_dict_set(t, (Dict *)*g, OZ_NAME(t, __builtins__), t->vm->builtins);
}

/* Run a code object in namespaces. */
static Ref run(Thread *t, Obj code, Obj globals, Obj locals, const Obj *cells)
{
    scoped Ref function = oz_function_new(t, (Code *)code, globals, cells);
    return function ? oz_run_code(t, function, locals, 0) : NULL;
}

static Ref compile_text(Thread *t, Obj source, int mode, const char *function)
{
    if (!oz_is_str(source) && !oz_as_bytes(source) && !oz_isa(source, OZ_BYTEARRAY) &&
        !oz_isa(source, OZ_MEMORYVIEW))
        return oz_raise(t, OZ_TypeError, "%s() arg 1 must be a string, bytes or code object",
                        function);
    return compile_audited(t, source, OZ_TEXT(t, string_file), mode, inherited_flags(t), -1);
}

/* eval() takes no notice of blanks in front. */
static Ref strip_left(Thread *t, Obj source)
{
    const Str *s = oz_as_str(source);
    if (!s)
        return oz_retain(source);
    size_t at = 0, length = oz_str_length(s);
    while (at < length && (oz_str_at(s, at) == ' ' || oz_str_at(s, at) == '\t'))
        at++;
    return at ? oz_str_slice(t, (Obj)s, at, length) : oz_retain(source);
}

OZ_FUNCTION(builtins, eval, "($module, source, globals=None, locals=None, /)",
            "Return the value of an expression, given as text or code object.")
{
    scoped Ref g = NULL, l = NULL;
    if (!namespaces(t, "eval", a[2], a[3], &g, &l))
        return NULL;
    scoped Ref code = NULL;
    if (oz_is(a[1], OZ_CODE)) {
        code = oz_retain(a[1]);
        if (((Code *)code)->free_count)
            return oz_raise(t, OZ_TypeError,
                            "code object passed to eval() may not contain free variables");
    } else {
        scoped Ref text = strip_left(t, a[1]);
        code = text ? compile_text(t, text, AST_MODE_EVAL, "eval") : NULL;
        if (!code)
            return NULL;
    }
    return oz_audit_event(t, "exec", "O", code) ? run(t, code, g, l, NULL) : NULL;
}

static bool check_exec_closure(Thread *t, const Code *code, Obj closure)
{
    if (!code->free_count) {
        if (closure != OZ_NONE)
            return oz_fail(t, OZ_TypeError, "cannot use a closure with this code object");
        return true;
    }
    const Tuple *cells = closure == OZ_NONE ? NULL : oz_as_tuple(closure);
    bool ok = cells && cells->length == code->free_count;
    for (size_t n = 0; ok && n < cells->length; n++)
        ok = oz_is(cells->items[n], OZ_CELL);
    return ok || oz_fail(t, OZ_TypeError, "code object requires a closure of exactly length %u",
                         code->free_count);
}

OZ_FUNCTION(builtins, exec, "($module, source, globals=None, locals=None, /, *, closure=None)",
            "Run statements, given as text or code object.")
{
    scoped Ref g = NULL, l = NULL;
    if (!namespaces(t, "exec", a[2], a[3], &g, &l))
        return NULL;
    scoped Ref code = NULL;
    const Obj *cells = NULL;
    if (oz_is(a[1], OZ_CODE)) {
        code = oz_retain(a[1]);
        if (!check_exec_closure(t, (Code *)code, a[4]))
            return NULL;
        if (((Code *)code)->free_count)
            cells = (const Obj *)((Tuple *)a[4])->items;
    } else {
        if (a[4] != OZ_NONE)
            return oz_raise(t, OZ_TypeError, "closure argument can only be used with code object");
        code = compile_text(t, a[1], AST_MODE_EXEC, "exec");
        if (!code)
            return NULL;
    }
    scoped Ref result = oz_audit_event(t, "exec", "O", code) ? run(t, code, g, l, cells) : NULL;
    return result ? OZ_NONE : NULL;
}

OZ_FUNCTION(builtins, __import__,
            "($module, /, name, globals=None, locals=None, fromlist=(), level=0)",
            "Import a module: what the import statement calls.")
{
    return oz_import_module_level(t, a[1], a[2], a[3], a[4], a[5]);
}

/* ---- input and output ---- */

static Found standard_file(Thread *t, const char *name, Ref *file)
{
    Found found = oz_sys_get(t, name, file);
    if (found == OZ_MISSING) {
        oz_raise(t, OZ_RuntimeError, "lost sys.%s", name);
        return OZ_RAISED;
    }
    if (found == OZ_FOUND && *file == OZ_NONE)
        return OZ_MISSING;
    return found;
}

static bool separator(Thread *t, Obj v, const char *name)
{
    return v == OZ_NONE || oz_is_str(v) ||
           oz_fail(t, OZ_TypeError, "%s must be None or a string, not %T", name, v);
}

/* The texts joined, so that one line is one write where the file is our own; other files get one
 * write for each piece, as they may count. */
OZ_FUNCTION(builtins, print, "($module, /, *args, sep=' ', end='\\n', file=None, flush=False)",
            "Write the texts of values to a file, standard output unless told otherwise.")
{
    const Tuple *values = (Tuple *)a[1];
    scoped Ref file = NULL;
    if (a[4] == OZ_NONE) {
        Found found = standard_file(t, "stdout", &file);
        if (found != OZ_FOUND)
            return found == OZ_MISSING ? OZ_NONE : NULL;
    } else {
        file = oz_retain(a[4]);
    }
    bool flush;
    if (!separator(t, a[2], "sep") || !separator(t, a[3], "end") || !oz_truth(t, a[5], &flush))
        return NULL;
    Obj between = a[2] == OZ_NONE ? OZ_TEXT(t, space) : a[2];
    Obj end = a[3] == OZ_NONE ? OZ_TEXT(t, newline) : a[3];
    for (size_t n = 0; n < values->length; n++) {
        if (n && !oz_file_write(t, file, between))
            return NULL;
        scoped Ref text = oz_str(t, values->items[n]);
        if (!text || !oz_file_write(t, file, text))
            return NULL;
    }
    if (!oz_file_write(t, file, end) || (flush && !oz_file_flush(t, file)))
        return NULL;
    return OZ_NONE;
}

OZ_FUNCTION(builtins, input, "($module, prompt='', /)",
            "Read a line from standard input, without its newline.")
{
    scoped Ref in = NULL, out = NULL;
    if (!oz_audit_event(t, "builtins.input", "O", a[1]))
        return NULL;
    Found found = standard_file(t, "stdin", &in);
    if (found == OZ_MISSING)
        oz_raise(t, OZ_RuntimeError, "input(): lost sys.stdin");
    if (found != OZ_FOUND)
        return NULL;
    found = standard_file(t, "stdout", &out);
    if (found == OZ_MISSING)
        oz_raise(t, OZ_RuntimeError, "input(): lost sys.stdout");
    if (found != OZ_FOUND)
        return NULL;
    scoped Ref text = oz_str(t, a[1]);
    if (!text || !oz_file_write(t, out, text) ||
        (!oz_file_flush(t, out) && !oz_exception_forget(t, OZ_Exception)))
        return NULL;
    scoped Ref line = oz_call_method(t, in, OZ_NAME(t, readline), 0, NULL);
    if (!line)
        return NULL;
    const Str *s = oz_as_str(line);
    if (!s)
        return oz_raise(t, OZ_TypeError, "object.readline() returned non-string");
    size_t length = oz_str_length(s);
    if (length == 0)
        return oz_raise(t, OZ_EOFError, "EOF when reading a line");
    if (oz_str_at(s, length - 1) == '\n')
        return oz_str_slice(t, (Obj)s, 0, length - 1);
    return oz_move(&line);
}

/* open and breakpoint live in io and sys: found there when they are called. */
OZ_FUNCTION(builtins, breakpoint, "($module, /, *args, **kws)",
            "Call sys.breakpointhook() with the same arguments.")
{
    scoped Ref hook = NULL;
    Found found = oz_sys_get(t, "breakpointhook", &hook);
    if (found == OZ_MISSING)
        return oz_raise(t, OZ_RuntimeError, "lost sys.breakpointhook");
    return found == OZ_FOUND ? oz_call_tuple(t, hook, a[1], a[2]) : NULL;
}

/* ---- the module ---- */

static const uint32_t builtin_types[] = {OZ_BOOL,      OZ_MEMORYVIEW,  OZ_BYTEARRAY,
                                         OZ_BYTES,     OZ_CLASSMETHOD, OZ_COMPLEX,
                                         OZ_DICT,      OZ_ENUMERATE,   OZ_FILTER,
                                         OZ_FLOAT,     OZ_FROZENSET,   OZ_PROPERTY,
                                         OZ_INT,       OZ_LIST,        OZ_MAP,
                                         OZ_OBJECT,    OZ_RANGE,       OZ_REVERSED,
                                         OZ_SET,       OZ_SLICE,       OZ_STATICMETHOD,
                                         OZ_STR_ASCII, OZ_SUPER,       OZ_TUPLE,
                                         OZ_TYPE,      OZ_ZIP,         0};

static bool builtins_init(Thread *t, Module *module)
{
    static const char *const error_names[] = {
#define ERROR(name, base) #name,
#include "object/errors.def"
#undef ERROR
    };
    for (int n = 0; n < OZ_ERROR_COUNT; n++)
        if (!oz_module_add(t, module, error_names[n], oz_retain((Obj)t->vm->errors[n])))
            return false;
    return oz_module_add(t, module, "EnvironmentError",
                         oz_retain((Obj)t->vm->errors[OZ_OSError])) &&
           oz_module_add(t, module, "IOError", oz_retain((Obj)t->vm->errors[OZ_OSError])) &&
           oz_module_add(t, module, "None", OZ_NONE) && oz_module_add(t, module, "True", OZ_TRUE) &&
           oz_module_add(t, module, "False", OZ_FALSE) &&
           oz_module_add(t, module, "Ellipsis", OZ_ELLIPSIS) &&
           oz_module_add(t, module, "NotImplemented", OZ_NOT_IMPLEMENTED) &&
           oz_module_add(t, module, "__debug__", oz_bool(t->vm->optimize == 0)) &&
           (oz_config(t)->no_site || oz_site_builtins_add(t, module));
}

const ModuleDef oz_builtins_module = {
    .name = "builtins",
    .doc = "Functions, types and exceptions that need no import.",
    .functions =
        OZ_METHODS(&builtins___build_class__, &builtins___import__, &builtins_abs, &builtins_aiter,
                   &builtins_all, &builtins_anext, &builtins_any, &builtins_ascii, &builtins_bin,
                   &builtins_breakpoint, &builtins_callable, &builtins_chr, &builtins_compile,
                   &builtins_delattr, &builtins_dir, &builtins_divmod, &builtins_eval,
                   &builtins_exec, &builtins_format, &builtins_getattr, &builtins_globals,
                   &builtins_hasattr, &builtins_hash, &builtins_hex, &builtins_id, &builtins_input,
                   &builtins_isinstance, &builtins_issubclass, &builtins_iter, &builtins_len,
                   &builtins_locals, &builtins_max, &builtins_min, &builtins_next, &builtins_oct,
                   &builtins_ord, &builtins_pow, &builtins_print, &builtins_repr, &builtins_round,
                   &builtins_setattr, &builtins_sorted, &builtins_sum, &builtins_vars),
    .types = builtin_types,
    .init = builtins_init,
};
