// SPDX-License-Identifier: MIT
// Operations on any value: what the operators and the builtin functions mean.
// All of them may run Python code (a special method), so all of them may collect, publish, change
// containers and raise, unless a comment says no.
#ifndef OZ_TYPES_PROTOCOL_H
#define OZ_TYPES_PROTOCOL_H

#include "object/class.h"
#include "object/error.h"

/* Binary operators; the order is that of the opcodes. */
typedef enum BinaryOp {
    OZ_OP_ADD,
    OZ_OP_SUBTRACT,
    OZ_OP_MULTIPLY,
    OZ_OP_MATRIX_MULTIPLY,
    OZ_OP_TRUE_DIVIDE,
    OZ_OP_FLOOR_DIVIDE,
    OZ_OP_REMAINDER,
    OZ_OP_POWER,
    OZ_OP_LSHIFT,
    OZ_OP_RSHIFT,
    OZ_OP_AND,
    OZ_OP_XOR,
    OZ_OP_OR,
    OZ_OP_DIVMOD, /* no operator: divmod() */
} BinaryOp;

Ref oz_binary(Thread *t, BinaryOp op, Obj a, Obj b) OZ_CHECKED;
Ref oz_binary_in_place(Thread *t, BinaryOp op, Obj a, Obj b) OZ_CHECKED;
Ref oz_power(Thread *t, Obj base, Obj exponent, Obj modulus /* None: none */) OZ_CHECKED;
Ref oz_negative(Thread *t, Obj v) OZ_CHECKED;
Ref oz_positive(Thread *t, Obj v) OZ_CHECKED;
Ref oz_absolute(Thread *t, Obj v) OZ_CHECKED;
Ref oz_invert(Thread *t, Obj v) OZ_CHECKED;

/* ---- text, hash, comparison, truth ---- */

Ref oz_repr(Thread *t, Obj v) OZ_CHECKED;  /* str; v NULL: "<NULL>" */
Ref oz_str(Thread *t, Obj v) OZ_CHECKED;   /* str (or an instance of a subclass of it) */
Ref oz_ascii(Thread *t, Obj v) OZ_CHECKED; /* str */
Ref oz_format(Thread *t, Obj v, Obj spec /* str, or NULL */) OZ_CHECKED;
bool oz_hash(Thread *t, Obj v, int64_t *hash) OZ_CHECKED; /* never gives -1 */
Ref oz_compare(Thread *t, Obj a, Obj b, CompareOp op) OZ_CHECKED;
bool oz_compare_true(Thread *t, Obj a, Obj b, CompareOp op, bool *result) OZ_CHECKED;
/* Both ints or both floats in place: -1, 0 or 1 in *order.  (Neither is a NaN.) */
OZ_INLINE bool oz_order_in_place(Obj a, Obj b, int *order)
{
    if (oz_are_ints(a, b)) {
        int64_t x = oz_int_value(a), y = oz_int_value(b);
        *order = (x > y) - (x < y);
        return true;
    }
    if (oz_are_floats(a, b)) {
        double x = oz_float_value(a), y = oz_float_value(b);
        *order = (x > y) - (x < y);
        return true;
    }
    return false;
}
/* What the operator says of two values in this order: below zero, zero, above. */
OZ_INLINE bool oz_compare_decide(int order, CompareOp op)
{
    switch (op) {
    case OZ_LT:
        return order < 0;
    case OZ_LE:
        return order <= 0;
    case OZ_EQ:
        return order == 0;
    case OZ_NE:
        return order != 0;
    case OZ_GT:
        return order > 0;
    default:
        return order >= 0;
    }
}
/* a is b or a == b, as containers compare. */
bool oz_equal(Thread *t, Obj a, Obj b, bool *result) OZ_CHECKED;
bool oz_truth(Thread *t, Obj v, bool *truth) OZ_CHECKED;

/* repr of a container that contains itself: OZ_FOUND means "is being printed: write ...".
 * Every OZ_MISSING needs a leave. */
Found oz_repr_enter(Thread *t, Obj v) OZ_CHECKED;
void oz_repr_leave(Thread *t, Obj v);

/* ---- attributes; the slots of a class get any name that a program gives ---- */

/* The interned str for any str; NULL: raised, for it is none. */
Ref oz_attribute_name(Thread *t, Obj name) OZ_CHECKED;

Ref oz_get_attr(Thread *t, Obj o, Obj name) OZ_CHECKED;
/* The same, but a missing attribute (AttributeError) is OZ_MISSING and clears the error. */
Found oz_find_attr(Thread *t, Obj o, Obj name, Ref *value) OZ_CHECKED;
bool oz_set_attr(Thread *t, Obj o, Obj name, Obj value /* NULL deletes */) OZ_CHECKED;
/* Attribute of the class for a special method, bound to `o`; instance attributes do not count. */
Found oz_find_special(Thread *t, Obj o, Obj name, Ref *bound) OZ_CHECKED;
/* What slots hold for ordinary objects. */
Ref oz_object_get_attr(Thread *t, Obj o, Obj name) OZ_CHECKED;
bool oz_object_set_attr(Thread *t, Obj o, Obj name, Obj value) OZ_CHECKED;
/* What object.__sizeof__() says: the bytes of its cell and of the blocks that it holds; 0 for a
 * value that needs no object. */
size_t oz_object_bytes(Obj v);
/* Raise AttributeError "'T' object has no attribute 'name'" with name and obj set. */
Ref oz_raise_attribute(Thread *t, Obj o, Obj name) OZ_COLD;

/* ---- containers ---- */

bool oz_length(Thread *t, Obj o, ssize_t *length) OZ_CHECKED;
/* len() or __length_hint__ or `otherwise`. */
bool oz_length_hint(Thread *t, Obj o, ssize_t otherwise, ssize_t *length) OZ_CHECKED;
Ref oz_get_item(Thread *t, Obj o, Obj key) OZ_CHECKED;
bool oz_set_item(Thread *t, Obj o, Obj key, Obj value) OZ_CHECKED;
bool oz_delete_item(Thread *t, Obj o, Obj key) OZ_CHECKED;
bool oz_contains(Thread *t, Obj o, Obj item, bool *found) OZ_CHECKED;
Ref oz_iter(Thread *t, Obj o) OZ_CHECKED;
/* One step of an iterator: OZ_FOUND with a new reference, OZ_MISSING at its end. */
Found oz_next(Thread *t, Obj iterator, Ref *item) OZ_CHECKED;
/* A list or tuple unchanged (new reference), else a new list of the items; `message` replaces the
 * TypeError's text if the object cannot be iterated. */
Ref oz_to_sequence(Thread *t, Obj o, const char *message) OZ_CHECKED;

/* ---- calls: arguments are borrowed ---- */

Ref oz_call(Thread *t, Obj callable, const Args *args) OZ_CHECKED;
Ref oz_call0(Thread *t, Obj callable) OZ_CHECKED;
Ref oz_call1(Thread *t, Obj callable, Obj a) OZ_CHECKED;
Ref oz_call2(Thread *t, Obj callable, Obj a, Obj b) OZ_CHECKED;
Ref oz_call3(Thread *t, Obj callable, Obj a, Obj b, Obj c) OZ_CHECKED;
/* o.name(...): `count` values; no bound method is made where it can be avoided. */
Ref oz_call_method(Thread *t, Obj o, Obj name, uint32_t count, const Obj *values) OZ_CHECKED;
/* callable(*args, **kwargs): args a tuple, kwargs a dict or NULL. */
Ref oz_call_tuple(Thread *t, Obj callable, Obj args, Obj kwargs) OZ_CHECKED;
/* How messages name a callable: "module.qualname()"; new reference. */
Ref oz_callable_text(Thread *t, Obj callable) OZ_CHECKED;
bool oz_is_callable(Obj o); /* Runs Python: no. */

/* ---- numbers for native code ---- */

/* operator.index(): an exact int (new reference); TypeError
 * "'T' object cannot be interpreted as an integer". */
Ref oz_index(Thread *t, Obj o) OZ_CHECKED;
/* As a size or an offset.  error: OZ_IndexError or OZ_OverflowError raises "cannot fit 'T' into an
 * index-sized integer"; -1 clamps. */
bool oz_as_ssize(Thread *t, Obj o, int error, ssize_t *n) OZ_CHECKED;
/* Has it __index__, __int__ or __float__?  A complex counts too.  Runs Python: no. */
bool oz_is_number(Obj v);
/* As an argument: OverflowError "Python int too large to convert to C ssize_t". */
bool oz_as_size_argument(Thread *t, Obj o, ssize_t *n) OZ_CHECKED;
bool oz_as_int64(Thread *t, Obj o, int64_t *n) OZ_CHECKED; /* OverflowError if it does not fit */
bool oz_as_uint64(Thread *t, Obj o, uint64_t *n) OZ_CHECKED;
bool oz_as_int(Thread *t, Obj o, int *n) OZ_CHECKED;
bool oz_as_double(Thread *t, Obj o, double *d) OZ_CHECKED; /* __float__, then __index__ */

/* ---- classes ---- */

/* isinstance() and issubclass(), with tuples, unions and the check hooks. */
bool oz_is_instance(Thread *t, Obj o, Obj cls, bool *result) OZ_CHECKED;
bool oz_is_subclass(Thread *t, Obj derived, Obj cls, bool *result) OZ_CHECKED;

#endif
