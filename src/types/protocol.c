// SPDX-License-Identifier: MIT
// Text, hash, comparison, truth and attributes of any value.
//
// repr, comparison and hash recurse through containers in C, so each looks at the C stack before
// it goes deeper.  Values in place are answered here without looking at their class.
//
// The objects that are being printed (oz_repr_enter) stand in a small array of the thread: it is
// as long as the nesting of containers in the repr under way, and freed with the outermost.
#include "types/protocol.h"

#include "types/dict.h"
#include "types/exception.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str.h"
#include "types/native.h"
#include "types/special.h"
#include "types/format_spec.h"
#include "types/tuple.h"
#include "types/type.h"

/* ---- text ---- */

/* `text` (taken) if it is a str, else a TypeError about the special method `name`. */
static Ref checked_text(Thread *t, const char *name, Ref text)
{
    if (!text || OZ_LIKELY(oz_is_exact_str(text)) || oz_is_str(text))
        return text;
    oz_raise(t, OZ_TypeError, "%s returned non-string (type %T)", name, text);
    oz_drop(text);
    return NULL;
}

Ref oz_repr(Thread *t, Obj v)
{
    if (!v)
        return oz_str_new(t, "<NULL>");
    if (oz_is_int(v))
        return oz_int_to_str(t, v, 10);
    if (!oz_poll(t))
        return NULL;
    scoped_depth counted = oz_depth_enter(t, " while getting the repr of an object");
    if (!counted)
        return NULL;
    SlotUNARY slot = oz_class_of(v)->slots->repr;
    if (!slot)
        return oz_str_format(t, "<%T object at %#zx>", v, (size_t)oz_word(v));
    return checked_text(t, "__repr__", slot(t, v));
}

Ref oz_str(Thread *t, Obj v)
{
    if (!v)
        return oz_str_new(t, "<NULL>");
    if (oz_is_int(v))
        return oz_int_to_str(t, v, 10);
    if (oz_is_exact_str(v))
        return oz_retain(v);
    SlotUNARY slot = oz_class_of(v)->slots->str;
    if (!slot)
        return oz_repr(t, v);
    scoped_depth counted = oz_depth_enter(t, " while getting the str of an object");
    if (!counted)
        return NULL;
    return checked_text(t, "__str__", slot(t, v));
}

/* \x, \u or \U with the digits of one character. */
static void escape(StrBuilder *b, uint32_t c)
{
    static const char digits[] = "0123456789abcdef";
    char out[10] = {'\\', c > 0xffff ? 'U' : c > 0xff ? 'u' : 'x'};
    size_t n = c > 0xffff ? 8 : c > 0xff ? 4 : 2;
    for (size_t i = 0; i < n; i++)
        out[2 + i] = digits[c >> (4 * (n - 1 - i)) & 15];
    oz_builder_ascii(b, out, 2 + n);
}

Ref oz_ascii(Thread *t, Obj v)
{
    scoped Ref text = oz_repr(t, v);
    if (!text)
        return NULL;
    const Str *s = oz_as_str(text);
    if (!s || oz_id(&s->base) == OZ_STR_ASCII)
        return oz_is_exact_str(text) ? oz_move(&text) : oz_retain((Obj)s);
    StrBuilder b;
    oz_builder_init(&b, t);
    size_t length = oz_str_length(s);
    for (size_t i = 0; i < length; i++) {
        uint32_t c = oz_str_at(s, i);
        if (c < 128)
            oz_builder_character(&b, c);
        else
            escape(&b, c);
    }
    return oz_builder_finish(&b);
}

static Ref format(Thread *t, Obj v, Obj spec)
{
    const Str *text = spec ? oz_as_str(spec) : NULL;
    if (spec && !text)
        return oz_raise(t, OZ_SystemError, "Format specifier must be a string, not %T", spec);
    if (!text || oz_str_length(text) == 0) {
        if (oz_is_exact_str(v))
            return oz_retain(v);
        if (oz_is_int(v) || oz_is_float(v))
            return oz_str(t, v);
    }
    Obj how = spec ? spec : (Obj)OZ_TEXT(t, empty);
    if (oz_is_int(v))
        return oz_int_format(t, v, how);
    if (oz_is_float(v))
        return oz_float_format(t, v, how);
    scoped Ref method = NULL;
    scoped Ref result = NULL;
    Obj native;
    if (oz_class_find(t, oz_class_of(v), OZ_NAME(t, __format__), &native) == OZ_RAISED)
        return NULL;
    if (native && oz_is(native, OZ_METHOD_DESCRIPTOR)) { /* no bound method on the way */
        Args args = {.items = &how, .count = 1};
        result = oz_signature_call(t, ((MethodDescriptor *)native)->signature, v, &args);
    } else {
        Found found = oz_find_special(t, v, OZ_NAME(t, __format__), &method);
        if (found == OZ_RAISED)
            return NULL;
        if (found == OZ_MISSING)
            return oz_raise(t, OZ_TypeError, "Type %T doesn't define __format__", v);
        result = oz_call1(t, method, how);
    }
    if (result && !oz_is_str(result))
        return oz_raise(t, OZ_TypeError, "__format__ must return a str, not %T", result);
    return oz_move(&result);
}

Ref oz_format(Thread *t, Obj v, Obj spec)
{
    Ref made = format(t, v, spec);
    bool plain = oz_is_exact_str(v) || oz_is(v, OZ_INT) || oz_is(v, OZ_FLOAT);
    return OZ_LIKELY(made != NULL) || !plain || !oz_memory_try_again(t) ? made : format(t, v, spec);
}

/* ---- containers that contain themselves ---- */

Found oz_repr_enter(Thread *t, Obj v)
{
    for (uint32_t i = 0; i < t->printing_count; i++)
        if (t->printing[i] == v)
            return OZ_FOUND;
    if (t->printing_count + t->depth >= (uint32_t)t->vm->recursion_limit) {
        oz_raise(t, OZ_RecursionError,
                 "maximum recursion depth exceeded while getting the repr of an object");
        return OZ_RAISED;
    }
    if (t->printing_count == t->printing_capacity) {
        uint32_t capacity = t->printing_capacity ? 2 * t->printing_capacity : 8;
        Obj *more = oz_block_realloc(t->heap, t->printing, capacity * sizeof *more);
        if (!more) {
            oz_raise_memory(t);
            return OZ_RAISED;
        }
        t->printing = more;
        t->printing_capacity = capacity;
    }
    t->printing[t->printing_count++] = v;
    return OZ_MISSING;
}

void oz_repr_leave(Thread *t, Obj v)
{
    for (uint32_t i = t->printing_count; i-- > 0;)
        if (t->printing[i] == v) {
            t->printing[i] = t->printing[--t->printing_count];
            break;
        }
    if (t->printing_count == 0) {
        oz_block_free(t->printing);
        t->printing = NULL;
        t->printing_capacity = 0;
    }
}

/* ---- hash ---- */

bool oz_hash(Thread *t, Obj v, int64_t *hash)
{
    if (oz_is_int(v)) {
        *hash = oz_int_hash(v);
        return true;
    }
    SlotHASH slot = oz_class_of(v)->slots->hash;
    if (OZ_UNLIKELY(!slot))
        return oz_fail(t, OZ_TypeError, "unhashable type: '%T'", v);
    if (!oz_native_enter(t, " while hashing an object") || !slot(t, v, hash))
        return false;
    if (OZ_UNLIKELY(*hash == -1))
        *hash = -2;
    return true;
}

/* ---- comparison ---- */

static const char *const compare_names[] = {"<", "<=", "==", "!=", ">", ">="};
static const CompareOp swapped[] = {OZ_GT, OZ_GE, OZ_EQ, OZ_NE, OZ_LT, OZ_LE};

static Ref compare_slots(Thread *t, Obj a, Obj b, CompareOp op)
{
    const Class *left = oz_class_of(a), *right = oz_class_of(b);
    SlotCOMPARE first = left->slots->compare, second = right->slots->compare;
    bool reversed = second && left != right && oz_class_derives(right, left);
    if (reversed) {
        Ref result = second(t, b, a, swapped[op]);
        if (result != OZ_NOT_IMPLEMENTED)
            return result;
    }
    if (first) {
        Ref result = first(t, a, b, op);
        if (result != OZ_NOT_IMPLEMENTED)
            return result;
    }
    if (second && !reversed) {
        Ref result = second(t, b, a, swapped[op]);
        if (result != OZ_NOT_IMPLEMENTED)
            return result;
    }
    if (op == OZ_EQ || op == OZ_NE)
        return oz_bool((a == b) == (op == OZ_EQ));
    return oz_raise(t, OZ_TypeError, "'%s' not supported between instances of '%T' and '%T'",
                    compare_names[op], a, b);
}

Ref oz_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    int order;
    if (oz_order_in_place(a, b, &order))
        return oz_bool(oz_compare_decide(order, op));
    scoped_depth counted = oz_depth_enter(t, " in comparison");
    if (!counted)
        return NULL;
    return compare_slots(t, a, b, op);
}

bool oz_compare_true(Thread *t, Obj a, Obj b, CompareOp op, bool *result)
{
    int order;
    if (oz_order_in_place(a, b, &order)) {
        *result = oz_compare_decide(order, op);
        return true;
    }
    scoped Ref answer = oz_compare(t, a, b, op);
    return answer && oz_truth(t, answer, result);
}

bool oz_equal(Thread *t, Obj a, Obj b, bool *result)
{
    if (a == b) {
        *result = true;
        return true;
    }
    if (oz_is_exact_str(a) && oz_is_exact_str(b)) {
        *result = oz_str_equal((const Str *)a, (const Str *)b);
        return true;
    }
    return oz_compare_true(t, a, b, OZ_EQ, result);
}

/* ---- truth ---- */

bool oz_truth(Thread *t, Obj v, bool *truth)
{
    if (oz_is_bool(v) || oz_is_none(v)) {
        *truth = v == OZ_TRUE;
        return true;
    }
    if (oz_is_int(v)) {
        *truth = oz_int_value(v) != 0;
        return true;
    }
    if (oz_is_float(v)) {
        *truth = true; /* zeros are not in place */
        return true;
    }
    const Slots *slots = oz_class_of(v)->slots;
    if (slots->boolean)
        return oz_native_enter(t, "") && slots->boolean(t, v, truth);
    *truth = true;
    if (slots->length) {
        ssize_t length;
        if (!oz_native_enter(t, "") || !slots->length(t, v, &length))
            return false;
        *truth = length != 0;
    }
    return true;
}

/* ---- attributes ---- */

Ref oz_get_attr(Thread *t, Obj o, Obj name)
{
    SlotGET_ATTR slot = oz_class_of(o)->slots->get_attr;
    if (!oz_native_enter(t, ""))
        return NULL;
    return slot ? slot(t, o, name) : oz_object_get_attr(t, o, name);
}

Found oz_find_attr(Thread *t, Obj o, Obj name, Ref *value)
{
    *value = NULL;
    Class *cls = oz_class_of(o);
    if ((cls->flags & OZ_CLASS_PLAIN_GET) && oz_is_pointer(o) &&
        oz_has_flag(oz_object(name), OZ_FLAG_INTERNED) && oz_is_exact_str(name)) {
        Obj above;
        Found found = oz_class_find(t, cls, name, &above);
        if (found == OZ_RAISED)
            return OZ_RAISED;
        if (found == OZ_MISSING) {
            if (!(cls->flags & OZ_CLASS_DICT))
                return OZ_MISSING; /* nothing was raised, so there is nothing to clear */
            return oz_instance_get(t, oz_object(o), name, value);
        }
    }
    *value = oz_get_attr(t, o, name);
    if (*value)
        return OZ_FOUND;
    return oz_exception_forget(t, OZ_AttributeError) ? OZ_MISSING : OZ_RAISED;
}

bool oz_set_attr(Thread *t, Obj o, Obj name, Obj value)
{
    SlotSET_ATTR slot = oz_class_of(o)->slots->set_attr;
    if (!oz_native_enter(t, ""))
        return false;
    return slot ? slot(t, o, name, value) : oz_object_set_attr(t, o, name, value);
}

void oz_attribute_error_about(Thread *t, Obj o, Obj name)
{
    if (!oz_raised(t, OZ_AttributeError))
        return;
    scoped Ref pending = oz_exception_take(t);
    BaseException *e = (BaseException *)pending;
    if (oz_exception_field(e, OZ_X_NAME) || oz_exception_field(e, OZ_X_OBJ) ||
        (oz_exception_field_set(t, e, OZ_X_NAME, OZ_X_NAME_COUNT, name) &&
         oz_exception_field_set(t, e, OZ_X_OBJ, OZ_X_NAME_COUNT, o)))
        oz_exception_put(t, oz_move(&pending));
}

Ref oz_raise_attribute(Thread *t, Obj o, Obj name)
{
    if (oz_is_class(o))
        oz_raise(t, OZ_AttributeError, "type object '%N' has no attribute '%S'", o, name);
    else
        oz_raise(t, OZ_AttributeError, "'%T' object has no attribute '%S'", o, name);
    if (!oz_raised(t, OZ_AttributeError))
        return NULL;
    scoped Ref exception = oz_exception_take(t);
    if (oz_set_attr(t, exception, OZ_NAME(t, name), name) &&
        oz_set_attr(t, exception, OZ_NAME(t, obj), o))
        oz_exception_put(t, oz_move(&exception));
    return NULL;
}
