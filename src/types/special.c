// SPDX-License-Identifier: MIT
// The functions that stand in a Python class's slots: each looks its special method up in the class
// of the operand and calls it.
//
// The class may change while the method runs, so what was looked up is held for the call.
#include "types/special.h"

#include "types/class_layout.h"
#include "types/int.h"
#include "types/iterator.h"

#include <stdlib.h>

/* ---- calling ---- */

/* Call attribute `method` of self's class with self (bound) and the values. */
static Ref call_found(Thread *t, Obj method, Obj self, const Args *args)
{
    Class *kind = oz_class_of(method);
    scoped Ref held = oz_retain(method);
    if (OZ_LIKELY(kind->flags & OZ_CLASS_METHOD)) {
        Obj few[8];
        size_t total = args->count + args->named;
        Obj *items =
            total < OZ_COUNT(few) ? few : oz_block_alloc(t->heap, (total + 1) * sizeof *items);
        if (!items)
            return oz_raise_memory(t);
        items[0] = self;
        for (size_t i = 0; i < total; i++)
            items[i + 1] = args->items[i];
        Args with_self = {items, args->count + 1, args->named, args->names};
        Ref result = oz_call(t, held, &with_self);
        if (items != few)
            oz_block_free(items);
        return result;
    }
    SlotDESCR_GET get = kind->slots->descr_get;
    if (!get)
        return oz_call(t, held, args);
    scoped Ref bound = get(t, held, self, (Obj)oz_class_of(self));
    return bound ? oz_call(t, bound, args) : NULL;
}

/* self.name(values...), or NULL with *missing set (and nothing raised) if the class has no such
 * attribute. */
static Ref call_maybe(Thread *t, Obj self, Obj name, const Obj *values, uint32_t count,
                      bool *missing)
{
    Obj method;
    Found found = oz_class_find(t, oz_class_of(self), name, &method);
    *missing = found == OZ_MISSING;
    if (found != OZ_FOUND)
        return NULL;
    Args args = {values, count, 0, NULL};
    return call_found(t, method, self, &args);
}

/* self.name(values ...) as special methods are called: the class's attribute counts, plain methods
 * are not bound first.  AttributeError if the class has none.  At most 3 values. */
static Ref call_special(Thread *t, Obj self, Obj name, const Obj *values, uint32_t count)
{
    bool missing;
    Ref result = call_maybe(t, self, name, values, count, &missing);
    return missing ? oz_raise(t, OZ_AttributeError, "%S", name) : result;
}

/* A missing method means NotImplemented: operators. */
static Ref call_operator(Thread *t, Obj self, Obj name, Obj other)
{
    bool missing;
    Ref result = call_maybe(t, self, name, &other, 1, &missing);
    return missing ? OZ_NOT_IMPLEMENTED : result;
}

/* ---- one operand ---- */

#define UNARY_SPECIAL(slot, name)                                                                  \
    static Ref special_##slot(Thread *t, Obj self)                                                 \
    {                                                                                              \
        return call_special(t, self, OZ_NAME(t, name), NULL, 0);                                   \
    }
UNARY_SPECIAL(repr, __repr__)
UNARY_SPECIAL(str, __str__)
UNARY_SPECIAL(next, __next__)
UNARY_SPECIAL(negative, __neg__)
UNARY_SPECIAL(positive, __pos__)
UNARY_SPECIAL(absolute, __abs__)
UNARY_SPECIAL(invert, __invert__)
UNARY_SPECIAL(to_int, __int__)
UNARY_SPECIAL(to_float, __float__)
UNARY_SPECIAL(index, __index__)

static Ref special_iter(Thread *t, Obj self)
{
    Obj method;
    if (oz_class_find(t, oz_class_of(self), OZ_NAME(t, __iter__), &method) == OZ_RAISED)
        return NULL;
    if (method == OZ_NONE)
        return oz_raise(t, OZ_TypeError, "'%T' object is not iterable", self);
    return call_special(t, self, OZ_NAME(t, __iter__), NULL, 0);
}

/* The asynchronous ones: None says that there is no such thing. */
static Ref special_async(Thread *t, Obj self, Obj name, const char *message)
{
    Obj method;
    if (oz_class_find(t, oz_class_of(self), name, &method) == OZ_RAISED)
        return NULL;
    if (method == OZ_NONE)
        return oz_raise(t, OZ_TypeError, message, self);
    return call_special(t, self, name, NULL, 0);
}

static Ref special_await(Thread *t, Obj self)
{
    return special_async(t, self, OZ_NAME(t, __await__),
                         "object %T can't be used in 'await' expression");
}

static Ref special_aiter(Thread *t, Obj self)
{
    return special_async(t, self, OZ_NAME(t, __aiter__),
                         "'async for' requires an object with __aiter__ method, got %T");
}

static Ref special_anext(Thread *t, Obj self)
{
    return special_async(t, self, OZ_NAME(t, __anext__),
                         "'async for' requires an iterator with __anext__ method, got %T");
}

bool oz_hash_unhashable(Thread *t, Obj self, int64_t *hash OZ_UNUSED)
{
    return oz_fail(t, OZ_TypeError, "unhashable type: '%T'", self);
}

static bool special_hash(Thread *t, Obj self, int64_t *hash)
{
    Obj method;
    if (oz_class_find(t, oz_class_of(self), OZ_NAME(t, __hash__), &method) == OZ_RAISED)
        return false;
    if (!method || method == OZ_NONE)
        return oz_hash_unhashable(t, self, hash);
    scoped Ref result = call_special(t, self, OZ_NAME(t, __hash__), NULL, 0);
    if (!result)
        return false;
    Obj exact = oz_as_exact_int(result);
    if (!exact)
        return oz_fail(t, OZ_TypeError, "__hash__ method should return an integer");
    if (!oz_int_fits_int64(exact, hash))
        *hash = oz_int_hash(exact);
    if (*hash == -1)
        *hash = -2;
    return true;
}

static bool special_length(Thread *t, Obj self, ssize_t *length)
{
    scoped Ref result = call_special(t, self, OZ_NAME(t, __len__), NULL, 0);
    if (!result)
        return false;
    scoped Ref exact = oz_index(t, result);
    if (!exact)
        return false;
    if (oz_int_sign(exact) < 0)
        return oz_fail(t, OZ_ValueError, "__len__() should return >= 0");
    return oz_as_ssize(t, exact, OZ_OverflowError, length);
}

static bool special_boolean(Thread *t, Obj self, bool *truth)
{
    scoped Ref result = call_special(t, self, OZ_NAME(t, __bool__), NULL, 0);
    if (!result)
        return false;
    if (!oz_is_bool(result))
        return oz_fail(t, OZ_TypeError, "__bool__ should return bool, returned %T", result);
    *truth = result == OZ_TRUE;
    return true;
}

static void special_finalize(Thread *t, Obj self)
{
    Obj found;
    if (oz_class_find(t, oz_class_of(self), OZ_NAME(t, __del__), &found) == OZ_RAISED)
        oz_unraisable(t, self, NULL);
    if (!found)
        return;
    scoped Ref method = oz_retain(found);
    Args none = {NULL, 0, 0, NULL};
    Ref result = call_found(t, method, self, &none);
    oz_drop(result);
    if (!result)
        oz_unraisable(t, method, NULL);
}

/* ---- attributes ---- */

/* __getattribute__ as the class has it: native, or a method. */
static Ref get_attribute(Thread *t, Obj self, Obj name)
{
    Obj method;
    if (oz_class_find(t, oz_class_of(self), OZ_NAME(t, __getattribute__), &method) == OZ_RAISED)
        return NULL;
    if (!method)
        return oz_object_get_attr(t, self, name);
    if (oz_is(method, OZ_SLOT_WRAPPER))
        return ((SlotGET_ATTR)((const SlotWrapper *)method)->function)(t, self, name);
    return call_special(t, self, OZ_NAME(t, __getattribute__), &name, 1);
}

static Ref special_get_attr(Thread *t, Obj self, Obj name)
{
    Ref value = get_attribute(t, self, name);
    if (value || !oz_raised(t, OZ_AttributeError))
        return value;
    Obj fallback;
    if (oz_class_find(t, oz_class_of(self), OZ_NAME(t, __getattr__), &fallback) != OZ_FOUND)
        return NULL;
    oz_exception_clear(t);
    value = call_special(t, self, OZ_NAME(t, __getattr__), &name, 1);
    if (!value)
        oz_attribute_error_about(t, self, name);
    return value;
}

static bool done(Ref result)
{
    oz_drop(result);
    return result != NULL;
}

static bool special_set_attr(Thread *t, Obj self, Obj name, Obj value)
{
    if (!value)
        return done(call_special(t, self, OZ_NAME(t, __delattr__), &name, 1));
    return done(call_special(t, self, OZ_NAME(t, __setattr__), (const Obj[]){name, value}, 2));
}

static Ref special_descr_get(Thread *t, Obj self, Obj instance, Obj owner)
{
    bool missing;
    const Obj values[] = {instance ? instance : OZ_NONE, owner ? owner : OZ_NONE};
    Ref result = call_maybe(t, self, OZ_NAME(t, __get__), values, 2, &missing);
    return missing ? oz_retain(self) : result;
}

static bool special_descr_set(Thread *t, Obj self, Obj instance, Obj value)
{
    if (!value)
        return done(call_special(t, self, OZ_NAME(t, __delete__), &instance, 1));
    return done(call_special(t, self, OZ_NAME(t, __set__), (const Obj[]){instance, value}, 2));
}

/* ---- containers ---- */

static Ref special_get_item(Thread *t, Obj self, Obj key)
{
    return call_special(t, self, OZ_NAME(t, __getitem__), &key, 1);
}

static bool special_set_item(Thread *t, Obj self, Obj key, Obj value)
{
    if (!value)
        return done(call_special(t, self, OZ_NAME(t, __delitem__), &key, 1));
    return done(call_special(t, self, OZ_NAME(t, __setitem__), (const Obj[]){key, value}, 2));
}

static bool special_contains(Thread *t, Obj self, Obj item, bool *found)
{
    Obj method;
    if (oz_class_find(t, oz_class_of(self), OZ_NAME(t, __contains__), &method) == OZ_RAISED)
        return false;
    if (method == OZ_NONE)
        return oz_fail(t, OZ_TypeError, "'%T' object is not a container", self);
    scoped Ref result = call_special(t, self, OZ_NAME(t, __contains__), &item, 1);
    return result && oz_truth(t, result, found);
}

/* ---- calls, making ---- */

static Ref special_call(Thread *t, Obj self, const Args *args)
{
    Obj method;
    if (oz_class_find(t, oz_class_of(self), OZ_NAME(t, __call__), &method) == OZ_RAISED)
        return NULL;
    if (!method)
        return oz_raise(t, OZ_TypeError, "'%T' object is not callable", self);
    return call_found(t, method, self, args);
}

static bool special_init(Thread *t, Obj self, const Args *args)
{
    Obj method;
    if (oz_class_find(t, oz_class_of(self), OZ_NAME(t, __init__), &method) == OZ_RAISED)
        return false;
    if (!method)
        return oz_fail(t, OZ_AttributeError, "%S", OZ_NAME(t, __init__));
    scoped Ref result = call_found(t, method, self, args);
    if (!result)
        return false;
    if (!oz_is_none(result))
        return oz_fail(t, OZ_TypeError, "__init__() should return None, not '%T'", result);
    return true;
}

static Ref special_new(Thread *t, Class *cls, const Args *args)
{
    Obj found;
    if (oz_class_find(t, cls, OZ_NAME(t, __new__), &found) == OZ_RAISED)
        return NULL;
    if (!found)
        return oz_raise_attribute(t, (Obj)cls, OZ_NAME(t, __new__));
    scoped Ref held = oz_retain(found);
    SlotDESCR_GET get = oz_class_of(held)->slots->descr_get;
    scoped Ref function = get ? get(t, held, NULL, (Obj)cls) : oz_retain(held);
    if (!function)
        return NULL;
    Obj few[8];
    size_t total = args->count + args->named;
    Obj *items = total < OZ_COUNT(few) ? few : oz_block_alloc(t->heap, (total + 1) * sizeof *items);
    if (!items)
        return oz_raise_memory(t);
    items[0] = (Obj)cls;
    for (size_t i = 0; i < total; i++)
        items[i + 1] = args->items[i];
    Args all = {items, args->count + 1, args->named, args->names};
    Ref result = oz_call(t, function, &all);
    if (items != few)
        oz_block_free(items);
    return result;
}

/* ---- comparison ---- */

static const uint16_t compare_names[] = {OZ_NAME___lt__, OZ_NAME___le__, OZ_NAME___eq__,
                                         OZ_NAME___ne__, OZ_NAME___gt__, OZ_NAME___ge__};

/* A method that cannot be bound counts as missing, whatever was raised but MemoryError. */
static Ref special_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    Obj name = t->vm->names[compare_names[op]];
    Obj method;
    if (oz_class_find(t, oz_class_of(a), name, &method) == OZ_RAISED)
        return NULL;
    if (!method || oz_class_of(method)->flags & OZ_CLASS_METHOD)
        return call_operator(t, a, name, b);
    SlotDESCR_GET get = oz_class_of(method)->slots->descr_get;
    scoped Ref held = oz_retain(method);
    scoped Ref bound = get ? get(t, held, a, (Obj)oz_class_of(a)) : oz_retain(held);
    if (bound)
        return oz_call1(t, bound, b);
    if (oz_raised(t, OZ_MemoryError))
        return NULL;
    oz_exception_clear(t);
    return OZ_NOT_IMPLEMENTED;
}

/* ---- two operands ---- */

/* Does `other` override the reflected method that self's class has, if it has one? */
static Found overrides(Thread *t, Obj self, Obj other, Obj reflected)
{
    Obj ours, theirs;
    Found found = oz_class_find(t, oz_class_of(other), reflected, &theirs);
    if (found != OZ_FOUND)
        return found;
    if (oz_class_find(t, oz_class_of(self), reflected, &ours) == OZ_RAISED)
        return OZ_RAISED;
    return theirs != ours ? OZ_FOUND : OZ_MISSING;
}

/* `slot` is where this very operator's function lies, `function` what special.c puts there. */
static Ref binary(Thread *t, Obj a, Obj b, unsigned slot, void *function, unsigned name,
                  unsigned reflected_name)
{
    Class *left = oz_class_of(a), *right = oz_class_of(b);
    Obj forward = t->vm->names[name], reflected = t->vm->names[reflected_name];
    bool other = left != right && *(void *const *)((const char *)right->slots + slot) == function;
    if (*(void *const *)((const char *)left->slots + slot) == function) {
        Found first =
            other && oz_class_derives(right, left) ? overrides(t, a, b, reflected) : OZ_MISSING;
        if (first == OZ_RAISED)
            return NULL;
        if (first == OZ_FOUND) {
            Ref result = call_operator(t, b, reflected, a);
            if (result != OZ_NOT_IMPLEMENTED)
                return result;
            other = false;
        }
        Ref result = call_operator(t, a, forward, b);
        if (result != OZ_NOT_IMPLEMENTED || left == right)
            return result;
    }
    return other ? call_operator(t, b, reflected, a) : OZ_NOT_IMPLEMENTED;
}

#define BINARY_SPECIAL(slot, name, reflected)                                                      \
    static Ref special_##slot(Thread *t, Obj a, Obj b)                                             \
    {                                                                                              \
        return binary(t, a, b, offsetof(Slots, slot), (void *)special_##slot, OZ_NAME_##name,      \
                      OZ_NAME_##reflected);                                                        \
    }
BINARY_SPECIAL(add, __add__, __radd__)
BINARY_SPECIAL(subtract, __sub__, __rsub__)
BINARY_SPECIAL(multiply, __mul__, __rmul__)
BINARY_SPECIAL(matrix_multiply, __matmul__, __rmatmul__)
BINARY_SPECIAL(true_divide, __truediv__, __rtruediv__)
BINARY_SPECIAL(floor_divide, __floordiv__, __rfloordiv__)
BINARY_SPECIAL(remainder, __mod__, __rmod__)
BINARY_SPECIAL(divmod, __divmod__, __rdivmod__)
BINARY_SPECIAL(lshift, __lshift__, __rlshift__)
BINARY_SPECIAL(rshift, __rshift__, __rrshift__)
BINARY_SPECIAL(and_, __and__, __rand__)
BINARY_SPECIAL(xor, __xor__, __rxor__)
BINARY_SPECIAL(or_, __or__, __ror__)

static Ref special_power(Thread *t, Obj a, Obj b, Obj modulus)
{
    if (!modulus || oz_is_none(modulus))
        return binary(t, a, b, offsetof(Slots, power), (void *)special_power, OZ_NAME___pow__,
                      OZ_NAME___rpow__);
    if (oz_class_of(a)->slots->power != special_power) /* three operands: no reflection */
        return OZ_NOT_IMPLEMENTED;
    bool missing;
    Ref result = call_maybe(t, a, OZ_NAME(t, __pow__), (const Obj[]){b, modulus}, 2, &missing);
    return missing ? OZ_NOT_IMPLEMENTED : result;
}

#define IN_PLACE_SPECIAL(slot, name)                                                               \
    static Ref special_##slot(Thread *t, Obj self, Obj other)                                      \
    {                                                                                              \
        return call_operator(t, self, OZ_NAME(t, name), other);                                    \
    }
IN_PLACE_SPECIAL(add_in_place, __iadd__)
IN_PLACE_SPECIAL(subtract_in_place, __isub__)
IN_PLACE_SPECIAL(multiply_in_place, __imul__)
IN_PLACE_SPECIAL(matrix_multiply_in_place, __imatmul__)
IN_PLACE_SPECIAL(true_divide_in_place, __itruediv__)
IN_PLACE_SPECIAL(floor_divide_in_place, __ifloordiv__)
IN_PLACE_SPECIAL(remainder_in_place, __imod__)
IN_PLACE_SPECIAL(lshift_in_place, __ilshift__)
IN_PLACE_SPECIAL(rshift_in_place, __irshift__)
IN_PLACE_SPECIAL(and_in_place, __iand__)
IN_PLACE_SPECIAL(xor_in_place, __ixor__)
IN_PLACE_SPECIAL(or_in_place, __ior__)
IN_PLACE_SPECIAL(power_in_place, __ipow__)
/* Where two slots serve one name, a Python method goes to the number's (slots.c). */
#define special_concat NULL
#define special_repeat NULL
#define special_concat_in_place NULL
#define special_repeat_in_place NULL

static const Slots special_slots = {
#define SLOT(field, kind, name, reflected) .field = special_##field,
#include "object/slots.def"
#undef SLOT
};

void *oz_special_function(unsigned slot)
{
    return *(void *const *)((const char *)&special_slots + slot);
}
