// SPDX-License-Identifier: MIT
// weakref.ref, weakref.ProxyType and weakref.CallableProxyType.
//
// All three are WeakRefs of object/weakref.c; a reference hands its target out, a proxy does to its
// target what is done to it.  A reference or proxy of the exact type without callback is shared:
// asking again gives the same one.
//
// The target may die in any call that runs Python code, so a proxy holds it while it works on it.
#include "types/weakref.h"

#include "types/float.h"
#include "types/generic_alias.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

/* ---- making ---- */

static bool may_be_weak(Thread *t, Obj target)
{
    if (oz_is_pointer(target) && (oz_class_of(target)->flags & OZ_CLASS_WEAKREF))
        return true;
    return oz_fail(t, OZ_TypeError, "cannot create weak reference to '%T' object", target);
}

/* The shared one of this type, if it exists: new reference. */
static Ref find_shared(Thread *t, Obj target, uint32_t id)
{
    for (WeakRef *ref = oz_weakref_first(t, oz_object(target)); ref; ref = ref->next)
        if (oz_id(&ref->base) == id && !ref->callback)
            return oz_retain((Obj)ref);
    return NULL;
}

static Ref attach(Thread *t, Ref made, Obj target, Obj callback)
{
    scoped Ref ref = made;
    if (!ref || !oz_weakref_attach(t, (WeakRef *)ref, oz_object(target),
                                   callback ? oz_retain(callback) : NULL))
        return NULL;
    return oz_move(&ref);
}

Ref oz_weakref_new(Thread *t, Class *cls, Obj target, Obj callback)
{
    if (!may_be_weak(t, target))
        return NULL;
    if (callback == OZ_NONE)
        callback = NULL;
    if (cls->id == OZ_WEAKREF && !callback) {
        Ref shared = find_shared(t, target, OZ_WEAKREF);
        if (shared)
            return shared;
    }
    return attach(t, (Ref)oz_instance_new(t, cls, 0), target, callback);
}

Ref oz_weakref_proxy_new(Thread *t, Obj target, Obj callback)
{
    if (!may_be_weak(t, target))
        return NULL;
    if (callback == OZ_NONE)
        callback = NULL;
    uint32_t id = oz_is_callable(target) ? OZ_WEAK_CALLABLE_PROXY : OZ_WEAK_PROXY;
    if (!callback) {
        Ref shared = find_shared(t, target, id);
        if (shared)
            return shared;
    }
    return attach(t, (Ref)oz_object_new(t, id, sizeof(WeakRef)), target, callback);
}

/* ---- both ---- */

static void weakref_visit(const Object *object, Visitor *v)
{
    const WeakRef *self = (const WeakRef *)object;
    OZ_VISIT(callback)
}

static void weakref_clear(Thread *t, Object *object)
{
    WeakRef *self = (WeakRef *)object;
    oz_weakref_detach(t, self);
    OZ_CLEAR(callback)
}

static size_t address(Obj v)
{
    return (size_t)oz_word(v);
}

/* ---- weakref.ref ---- */

/* `args` of __new__ and __init__: an object and perhaps a callback. */
static bool check_count(Thread *t, const char *name, const Tuple *args)
{
    if (args->length < 1)
        return oz_fail(t, OZ_TypeError, "%s expected at least 1 argument, got 0", name);
    if (args->length > 2)
        return oz_fail(t, OZ_TypeError, "%s expected at most 2 arguments, got %u", name,
                       args->length);
    return true;
}

static bool check_keywords(Thread *t, Obj keywords)
{
    ssize_t count;
    if (!oz_length(t, keywords, &count))
        return false;
    return !count || oz_fail(t, OZ_TypeError, "ref() takes no keyword arguments");
}

OZ_NEW(weakref, "($type, /, *args, **kwargs)")
{
    const Tuple *args = (const Tuple *)a[1];
    if (!check_count(t, "__new__", args))
        return NULL;
    if (((const Class *)a[0])->id == OZ_WEAKREF && !check_keywords(t, a[2]))
        return NULL;
    return oz_weakref_new(t, (Class *)a[0], args->items[0],
                          args->length > 1 ? (Obj)args->items[1] : NULL);
}

OZ_INIT(weakref, "($self, /, *args, **kwargs)")
{
    if (!check_keywords(t, a[2]) || !check_count(t, "__init__", (const Tuple *)a[1]))
        return NULL;
    return OZ_NONE;
}

static Ref weakref_call(Thread *t, Obj self, const Args *args)
{
    if (args->named)
        return oz_raise(t, OZ_TypeError, "weakref() takes no keyword arguments");
    if (args->count)
        return oz_raise(t, OZ_TypeError, "weakref expected 0 arguments, got %u", args->count);
    Ref target = oz_weakref_get((const WeakRef *)self);
    return target ? target : OZ_NONE;
}

static bool weakref_hash(Thread *t, Obj v, int64_t *hash)
{
    WeakRef *self = (WeakRef *)v;
    if (self->hash == -1) {
        scoped Ref target = oz_weakref_get(self);
        if (!target)
            return oz_fail(t, OZ_TypeError, "weak object has gone away");
        int64_t computed;
        if (!oz_hash(t, target, &computed))
            return false;
        self->hash = computed;
    }
    *hash = self->hash;
    return true;
}

static Ref weakref_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    const WeakRef *left = oz_as_weakref(a), *right = oz_as_weakref(b);
    if ((op != OZ_EQ && op != OZ_NE) || !left || !right)
        return OZ_NOT_IMPLEMENTED;
    scoped Ref x = oz_weakref_get(left);
    scoped Ref y = oz_weakref_get(right);
    if (!x || !y)
        return oz_bool((a == b) == (op == OZ_EQ));
    return oz_compare(t, x, y, op);
}

static Ref weakref_repr(Thread *t, Obj v)
{
    scoped Ref target = oz_weakref_get((const WeakRef *)v);
    if (!target)
        return oz_str_format(t, "<weakref at 0x%zx; dead>", address(v));
    scoped Ref name = NULL;
    if (oz_find_attr(t, target, OZ_NAME(t, __name__), &name) == OZ_RAISED)
        return NULL;
    if (!name || !oz_is_str(name))
        return oz_str_format(t, "<weakref at 0x%zx; to '%T' at 0x%zx>", address(v), target,
                             address(target));
    return oz_str_format(t, "<weakref at 0x%zx; to '%T' at 0x%zx (%S)>", address(v), target,
                         address(target), name);
}

OZ_CLASS_METHOD(weakref, __class_getitem__, "($type, item, /)",
                "Return what this class stands for with a type argument.")
{
    return oz_generic_alias_new(t, a[0], a[1]);
}

const TypeDef oz_weakref_type = {
    .id = OZ_WEAKREF,
    .name = "weakref.ReferenceType",
    .size = sizeof(WeakRef),
    .visit = weakref_visit,
    .clear = weakref_clear,
    .make = &weakref_new_,
    .initialise = &weakref_init_,
    .slots = {.call = weakref_call,
              .hash = weakref_hash,
              .compare = weakref_compare,
              .repr = weakref_repr},
    .methods = OZ_METHODS(&weakref___class_getitem__),
    .members = OZ_MEMBERS({"__callback__", offsetof(WeakRef, callback),
                           OZ_MEMBER_READONLY | OZ_MEMBER_NONE_IF_EMPTY, NULL}),
};

/* ---- proxies ---- */

static bool is_proxy(Obj v)
{
    return oz_is(v, OZ_WEAK_PROXY) || oz_is(v, OZ_WEAK_CALLABLE_PROXY);
}

/* What stands for `v` in an operation: a proxy's target, or `v` itself.  New reference. */
static Ref unwrap(Thread *t, Obj v)
{
    if (!is_proxy(v))
        return oz_retain(v);
    Ref target = oz_weakref_get((const WeakRef *)v);
    return target ? target
                  : oz_raise(t, OZ_ReferenceError, "weakly-referenced object no longer exists");
}

#define UNARY(name, function)                                                                      \
    static Ref proxy_##name(Thread *t, Obj v)                                                      \
    {                                                                                              \
        scoped Ref target = unwrap(t, v);                                                          \
        return target ? function(t, target) : NULL;                                                \
    }

static Ref to_float(Thread *t, Obj v)
{
    double d;
    return oz_as_double(t, v, &d) ? oz_float_new(t, d) : NULL;
}

UNARY(str, oz_str)
UNARY(iter, oz_iter)
UNARY(negative, oz_negative)
UNARY(positive, oz_positive)
UNARY(absolute, oz_absolute)
UNARY(invert, oz_invert)
UNARY(to_int, oz_int_from)
UNARY(to_float, to_float)
UNARY(index, oz_index)

typedef Ref BinaryFunction(Thread *t, BinaryOp op, Obj a, Obj b);

static Ref binary(Thread *t, BinaryFunction *function, BinaryOp op, Obj a, Obj b)
{
    scoped Ref x = unwrap(t, a);
    scoped Ref y = x ? unwrap(t, b) : NULL;
    return y ? function(t, op, x, y) : NULL;
}

#define BINARY(name, OP)                                                                           \
    static Ref proxy_##name(Thread *t, Obj a, Obj b)                                               \
    {                                                                                              \
        return binary(t, oz_binary, OZ_OP_##OP, a, b);                                             \
    }
#define BOTH(name, OP)                                                                             \
    BINARY(name, OP)                                                                               \
    static Ref proxy_##name##_in_place(Thread *t, Obj a, Obj b)                                    \
    {                                                                                              \
        return binary(t, oz_binary_in_place, OZ_OP_##OP, a, b);                                    \
    }

BINARY(divmod, DIVMOD)
BOTH(add, ADD)
BOTH(subtract, SUBTRACT)
BOTH(multiply, MULTIPLY)
BOTH(matrix_multiply, MATRIX_MULTIPLY)
BOTH(true_divide, TRUE_DIVIDE)
BOTH(floor_divide, FLOOR_DIVIDE)
BOTH(remainder, REMAINDER)
BOTH(lshift, LSHIFT)
BOTH(rshift, RSHIFT)
BOTH(and_, AND)
BOTH(xor, XOR)
BOTH(or_, OR)

static Ref proxy_power(Thread *t, Obj base, Obj exponent, Obj modulus)
{
    scoped Ref x = unwrap(t, base);
    scoped Ref y = x ? unwrap(t, exponent) : NULL;
    scoped Ref z = y ? unwrap(t, modulus ? modulus : OZ_NONE) : NULL;
    return z ? oz_power(t, x, y, z) : NULL;
}

static Ref proxy_power_in_place(Thread *t, Obj a, Obj b)
{
    return binary(t, oz_binary_in_place, OZ_OP_POWER, a, b);
}

static Ref proxy_get_attr(Thread *t, Obj v, Obj name)
{
    scoped Ref target = oz_native_enter(t, "") ? unwrap(t, v) : NULL;
    return target ? oz_get_attr(t, target, name) : NULL;
}

static bool proxy_set_attr(Thread *t, Obj v, Obj name, Obj value)
{
    scoped Ref target = unwrap(t, v);
    return target && oz_set_attr(t, target, name, value);
}

static Ref proxy_compare(Thread *t, Obj a, Obj b, CompareOp op)
{
    scoped Ref x = unwrap(t, a);
    if (!x)
        return NULL;
    scoped Ref y = unwrap(t, b);
    return y ? oz_compare(t, x, y, op) : NULL;
}

static Ref proxy_repr(Thread *t, Obj v)
{
    scoped Ref target = oz_weakref_get((const WeakRef *)v);
    Obj shown = target ? (Obj)target : OZ_NONE;
    return oz_str_format(t, "<weakproxy at 0x%zx to %T at 0x%zx>", address(v), shown,
                         address(shown));
}

static Ref proxy_next(Thread *t, Obj v)
{
    scoped Ref target = unwrap(t, v);
    if (!target)
        return NULL;
    SlotNEXT next = oz_class_of(target)->slots->next;
    if (!next)
        return oz_raise(t, OZ_TypeError, "Weakref proxy referenced a non-iterator '%T' object",
                        target);
    return next(t, target);
}

static bool proxy_length(Thread *t, Obj v, ssize_t *length)
{
    scoped Ref target = unwrap(t, v);
    return target && oz_length(t, target, length);
}

static bool proxy_boolean(Thread *t, Obj v, bool *truth)
{
    scoped Ref target = unwrap(t, v);
    return target && oz_truth(t, target, truth);
}

static Ref proxy_get_item(Thread *t, Obj v, Obj key)
{
    scoped Ref target = unwrap(t, v);
    return target ? oz_get_item(t, target, key) : NULL;
}

static bool proxy_set_item(Thread *t, Obj v, Obj key, Obj value)
{
    scoped Ref target = unwrap(t, v);
    if (!target)
        return false;
    return value ? oz_set_item(t, target, key, value) : oz_delete_item(t, target, key);
}

static bool proxy_contains(Thread *t, Obj v, Obj item, bool *found)
{
    scoped Ref target = unwrap(t, v);
    return target && oz_contains(t, target, item, found);
}

static Ref proxy_call(Thread *t, Obj v, const Args *args)
{
    scoped Ref target = unwrap(t, v);
    return target ? oz_call(t, target, args) : NULL;
}

OZ_METHOD(proxy, __bytes__, "($self, /)", "Return bytes(self), as the target says.")
{
    scoped Ref target = unwrap(t, a[0]);
    return target ? oz_call_method(t, target, OZ_NAME(t, __bytes__), 0, NULL) : NULL;
}

OZ_METHOD(proxy, __reversed__, "($self, /)", "Return reversed(self), as the target says.")
{
    scoped Ref target = unwrap(t, a[0]);
    return target ? oz_call_method(t, target, OZ_NAME(t, __reversed__), 0, NULL) : NULL;
}

// clang-format off
#define PROXY_SLOTS                                                                                \
    .repr = proxy_repr, .str = proxy_str, .get_attr = proxy_get_attr, .set_attr = proxy_set_attr,  \
    .compare = proxy_compare, .iter = proxy_iter, .next = proxy_next, .length = proxy_length,      \
    .get_item = proxy_get_item, .set_item = proxy_set_item, .contains = proxy_contains,            \
    .add = proxy_add, .subtract = proxy_subtract, .multiply = proxy_multiply,                      \
    .matrix_multiply = proxy_matrix_multiply, .true_divide = proxy_true_divide,                    \
    .floor_divide = proxy_floor_divide, .remainder = proxy_remainder, .divmod = proxy_divmod,      \
    .lshift = proxy_lshift, .rshift = proxy_rshift, .and_ = proxy_and_, .xor = proxy_xor,          \
    .or_ = proxy_or_, .power = proxy_power, .add_in_place = proxy_add_in_place,                    \
    .subtract_in_place = proxy_subtract_in_place, .multiply_in_place = proxy_multiply_in_place,    \
    .matrix_multiply_in_place = proxy_matrix_multiply_in_place,                                    \
    .true_divide_in_place = proxy_true_divide_in_place,                                            \
    .floor_divide_in_place = proxy_floor_divide_in_place,                                          \
    .remainder_in_place = proxy_remainder_in_place, .lshift_in_place = proxy_lshift_in_place,      \
    .rshift_in_place = proxy_rshift_in_place, .and_in_place = proxy_and__in_place,                 \
    .xor_in_place = proxy_xor_in_place, .or_in_place = proxy_or__in_place,                         \
    .power_in_place = proxy_power_in_place, .negative = proxy_negative,                            \
    .positive = proxy_positive, .absolute = proxy_absolute, .invert = proxy_invert,                \
    .boolean = proxy_boolean, .to_int = proxy_to_int, .to_float = proxy_to_float,                  \
    .index = proxy_index
// clang-format on

#define PROXY_FLAGS (OZ_TYPE_FINAL | OZ_TYPE_NO_NEW | OZ_TYPE_UNHASHABLE)

const TypeDef oz_weak_proxy_type = {
    .id = OZ_WEAK_PROXY,
    .name = "weakref.ProxyType",
    .size = sizeof(WeakRef),
    .flags = PROXY_FLAGS,
    .visit = weakref_visit,
    .clear = weakref_clear,
    .slots = {PROXY_SLOTS},
    .methods = OZ_METHODS(&proxy___bytes__, &proxy___reversed__),
};

const TypeDef oz_weak_callable_proxy_type = {
    .id = OZ_WEAK_CALLABLE_PROXY,
    .name = "weakref.CallableProxyType",
    .size = sizeof(WeakRef),
    .flags = PROXY_FLAGS,
    .visit = weakref_visit,
    .clear = weakref_clear,
    .slots = {PROXY_SLOTS, .call = proxy_call},
    .methods = OZ_METHODS(&proxy___bytes__, &proxy___reversed__),
};
