// SPDX-License-Identifier: MIT
// _operator: the operators as functions, and itemgetter, attrgetter, methodcaller.
#include "modules/modules.h"
#include "modules/native_type.h"

#include "types/buffer.h"

/* ---- operators ---- */

#define BINARY(name, op, sign)                                                                     \
    OZ_FUNCTION(operator, name, "($module, a, b, /)", "Same as a " sign " b.")                     \
    {                                                                                              \
        return oz_binary(t, op, a[1], a[2]);                                                       \
    }                                                                                              \
    OZ_FUNCTION(operator, i##name, "($module, a, b, /)", "Same as a " sign "= b.")                 \
    {                                                                                              \
        return oz_binary_in_place(t, op, a[1], a[2]);                                              \
    }
BINARY(add, OZ_OP_ADD, "+")
BINARY(sub, OZ_OP_SUBTRACT, "-")
BINARY(mul, OZ_OP_MULTIPLY, "*")
BINARY(matmul, OZ_OP_MATRIX_MULTIPLY, "@")
BINARY(truediv, OZ_OP_TRUE_DIVIDE, "/")
BINARY(floordiv, OZ_OP_FLOOR_DIVIDE, "//")
BINARY(mod, OZ_OP_REMAINDER, "%")
BINARY(pow, OZ_OP_POWER, "**")
BINARY(lshift, OZ_OP_LSHIFT, "<<")
BINARY(rshift, OZ_OP_RSHIFT, ">>")
BINARY(xor, OZ_OP_XOR, "^")

#define BINARY_NAMED(symbol, name, function, op, text)                                             \
    OZ_NATIVE_(symbol, name, "($module, a, b, /)", text, 0)                                        \
    {                                                                                              \
        return function(t, op, a[1], a[2]);                                                        \
    }
BINARY_NAMED(operator_and_, "and_", oz_binary, OZ_OP_AND, "Same as a & b.")
BINARY_NAMED(operator_or_, "or_", oz_binary, OZ_OP_OR, "Same as a | b.")
BINARY_NAMED(operator_iand, "iand", oz_binary_in_place, OZ_OP_AND, "Same as a &= b.")
BINARY_NAMED(operator_ior, "ior", oz_binary_in_place, OZ_OP_OR, "Same as a |= b.")

#define UNARY(name, function, text)                                                                \
    OZ_FUNCTION(operator, name, "($module, a, /)", "Same as " text ".")                            \
    {                                                                                              \
        return function(t, a[1]);                                                                  \
    }
UNARY(neg, oz_negative, "-a")
UNARY(pos, oz_positive, "+a")
UNARY(abs, oz_absolute, "abs(a)")
UNARY(inv, oz_invert, "~a")
UNARY(invert, oz_invert, "~a")
UNARY(index, oz_index, "a.__index__()")

#define COMPARISON(name, op, sign)                                                                 \
    OZ_FUNCTION(operator, name, "($module, a, b, /)", "Same as a " sign " b.")                     \
    {                                                                                              \
        return oz_compare(t, a[1], a[2], op);                                                      \
    }
COMPARISON(lt, OZ_LT, "<")
COMPARISON(le, OZ_LE, "<=")
COMPARISON(eq, OZ_EQ, "==")
COMPARISON(ne, OZ_NE, "!=")
COMPARISON(gt, OZ_GT, ">")
COMPARISON(ge, OZ_GE, ">=")

OZ_FUNCTION(operator, truth, "($module, a, /)", "Return True if a is true, False otherwise.")
{
    bool truth;
    return oz_truth(t, a[1], &truth) ? oz_bool(truth) : NULL;
}

OZ_FUNCTION(operator, not_, "($module, a, /)", "Same as not a.")
{
    bool truth;
    return oz_truth(t, a[1], &truth) ? oz_bool(!truth) : NULL;
}

OZ_FUNCTION(operator, is_, "($module, a, b, /)", "Same as a is b.")
{
    return oz_bool(a[1] == a[2]);
}

OZ_FUNCTION(operator, is_not, "($module, a, b, /)", "Same as a is not b.")
{
    return oz_bool(a[1] != a[2]);
}

/* ---- sequences ---- */

static bool is_sequence(Obj v)
{
    return oz_class_of(v)->slots->get_item && !oz_as_dict(v);
}

static Ref concatenate(Thread *t, const Obj *a, bool in_place)
{
    if (!is_sequence(a[1]))
        return oz_raise(t, OZ_TypeError, "'%T' object can't be concatenated", a[1]);
    return in_place ? oz_binary_in_place(t, OZ_OP_ADD, a[1], a[2])
                    : oz_binary(t, OZ_OP_ADD, a[1], a[2]);
}

OZ_FUNCTION(operator, concat, "($module, a, b, /)", "Same as a + b, for sequences.")
{
    return concatenate(t, a, false);
}

OZ_FUNCTION(operator, iconcat, "($module, a, b, /)", "Same as a += b, for sequences.")
{
    return concatenate(t, a, true);
}

OZ_FUNCTION(operator, contains, "($module, a, b, /)", "Same as b in a: mind the order.")
{
    bool found;
    return oz_contains(t, a[1], a[2], &found) ? oz_bool(found) : NULL;
}

OZ_FUNCTION(operator, getitem, "($module, a, b, /)", "Same as a[b].")
{
    return oz_get_item(t, a[1], a[2]);
}

OZ_FUNCTION(operator, setitem, "($module, a, b, c, /)", "Same as a[b] = c.")
{
    return oz_set_item(t, a[1], a[2], a[3]) ? OZ_NONE : NULL;
}

OZ_FUNCTION(operator, delitem, "($module, a, b, /)", "Same as del a[b].")
{
    return oz_delete_item(t, a[1], a[2]) ? OZ_NONE : NULL;
}

/* How many items equal b (first: the index of the first one, or -1); -2: raised. */
static int64_t search(Thread *t, Obj iterable, Obj wanted, bool first)
{
    scoped Ref iterator = oz_iter(t, iterable);
    if (!iterator) {
        if (oz_raised(t, OZ_TypeError))
            oz_raise(t, OZ_TypeError, "argument of type '%T' is not iterable", iterable);
        return -2;
    }
    int64_t count = 0;
    for (int64_t i = 0;; i++) {
        scoped Ref item = NULL;
        bool same;
        Found found = oz_next(t, iterator, &item);
        if (found == OZ_MISSING)
            return first ? -1 : count;
        if (found == OZ_RAISED || !oz_equal(t, item, wanted, &same) || !oz_poll(t))
            return -2;
        if (same && first)
            return i;
        count += same;
    }
}

OZ_FUNCTION(operator, indexOf, "($module, a, b, /)", "Return the first index of b in a.")
{
    int64_t i = search(t, a[1], a[2], true);
    if (i == -1)
        return oz_raise(t, OZ_ValueError, "sequence.index(x): x not in sequence");
    return i < 0 ? NULL : oz_int(i);
}

OZ_FUNCTION(operator, countOf, "($module, a, b, /)", "Return how many items of a are equal to b.")
{
    int64_t n = search(t, a[1], a[2], false);
    return n < 0 ? NULL : oz_int(n);
}

OZ_FUNCTION(operator, length_hint, "($module, obj, default=0, /)",
            "Return how many items are to be expected, or the default if nobody knows.")
{
    if (!oz_as_exact_int(a[2]))
        return oz_raise(t, OZ_TypeError, "'%T' object cannot be interpreted as an integer", a[2]);
    ssize_t otherwise, length;
    if (!oz_as_size_argument(t, a[2], &otherwise) || !oz_length_hint(t, a[1], otherwise, &length))
        return NULL;
    return oz_int_new(t, length);
}

OZ_FUNCTION(operator, call, "($module, obj, /, *args, **kwargs)", "Same as obj(*args, **kwargs).")
{
    return oz_call_tuple(t, a[1], a[2], a[3]);
}

/* ---- comparing secrets ---- */

/* Takes as long for equal as for different contents. */
static bool same_bytes(const volatile uint8_t *a, size_t a_length, const volatile uint8_t *b,
                       size_t b_length)
{
    const volatile uint8_t *left = a_length == b_length ? a : b;
    uint8_t difference = a_length != b_length;
    for (size_t i = 0; i < b_length; i++)
        difference |= left[i] ^ b[i];
    return !difference;
}

Ref oz_compare_digest(Thread *t, Obj a, Obj b)
{
    const Str *x = oz_as_str(a);
    const Str *y = oz_as_str(b);
    if (x && y) {
        if (oz_id(&x->base) != OZ_STR_ASCII || oz_id(&y->base) != OZ_STR_ASCII)
            return oz_raise(t, OZ_TypeError,
                            "comparing strings with non-ASCII characters is not supported");
        return oz_bool(
            same_bytes(oz_str_data(x), oz_str_length(x), oz_str_data(y), oz_str_length(y)));
    }
    if (!oz_has_buffer(a) && !oz_has_buffer(b))
        return oz_raise(t, OZ_TypeError,
                        "unsupported operand types(s) or combination of types: '%T' and '%T'", a,
                        b);
    scoped_buffer left = {0};
    scoped_buffer right = {0};
    if (!oz_buffer_open(t, a, &left) || !oz_buffer_open(t, b, &right))
        return NULL;
    return oz_bool(same_bytes(left.data, left.length, right.data, right.length));
}

OZ_FUNCTION(operator, _compare_digest, "($module, a, b, /)",
            "Return a == b, in a time that does not tell where they differ.\n\nBoth are ASCII str, "
            "or both bytes-like.")
{
    return oz_compare_digest(t, a[1], a[2]);
}

/* ---- itemgetter ---- */

static Ref one_argument(Thread *t, const char *name, const Args *args)
{
    if (args->named)
        return oz_raise(t, OZ_TypeError, "%s() takes no keyword arguments", name);
    if (args->count != 1)
        return oz_raise(t, OZ_TypeError, "%s expected 1 argument, got %u", name, args->count);
    return OZ_TRUE;
}

#define ITEM_GETTER_REFS(REF) REF(items)
typedef struct ItemGetter {
    Object base;
    ITEM_GETTER_REFS(OZ_FIELD) /* [const] tuple */
} ItemGetter;
OZ_TYPE_LIFE(item_getter, ItemGetter, ITEM_GETTER_REFS)

static Ref item_getter_new(Thread *t, Class *cls, const Args *args)
{
    if (args->named)
        return oz_raise(t, OZ_TypeError, "itemgetter() takes no keyword arguments");
    if (!args->count)
        return oz_raise(t, OZ_TypeError, "itemgetter expected 1 argument, got 0");
    scoped Ref items = oz_tuple_new(t, args->items, args->count);
    ItemGetter *self = items ? oz_instance_new(t, cls, 0) : NULL;
    if (self)
        OZ_INIT_FIELD(self, items, oz_move(&items));
    return (Ref)self;
}

static Ref get_one(Thread *t, Obj o, Obj key)
{
    if (oz_is(o, OZ_TUPLE) && oz_is_int(key)) {
        size_t i = (size_t)oz_int_value(key);
        const Tuple *tuple = (const Tuple *)o;
        if (OZ_LIKELY(i < tuple->length))
            return oz_retain(tuple->items[i]);
    }
    return oz_get_item(t, o, key);
}

static Ref item_getter_call(Thread *t, Obj v, const Args *args)
{
    const Tuple *items = (const Tuple *)((const ItemGetter *)v)->items;
    if (!one_argument(t, "itemgetter", args))
        return NULL;
    if (items->length == 1)
        return get_one(t, args->items[0], items->items[0]);
    scoped Ref result = (Ref)oz_tuple_alloc(t, items->length);
    for (size_t i = 0; result && i < items->length; i++) {
        Ref item = get_one(t, args->items[0], items->items[i]);
        if (!item)
            return NULL;
        oz_tuple_init((Tuple *)result, i, item);
    }
    return oz_move(&result);
}

/* "operator.itemgetter(1, 2)": a name and a tuple's items; the keywords `more` follow them. */
static Ref getter_repr(Thread *t, Obj v, const char *name, const Tuple *items, Dict *more)
{
    Found found = oz_repr_enter(t, v);
    if (found != OZ_MISSING)
        return found == OZ_FOUND ? oz_str_format(t, "%s(...)", name) : NULL;
    StrBuilder b;
    oz_builder_init(&b, t);
    bool ok = oz_builder_text(&b, name) && oz_builder_character(&b, '(');
    for (size_t i = 0; ok && i < items->length; i++)
        ok = (!i || oz_builder_text(&b, ", ")) && oz_builder_repr(&b, items->items[i]);
    size_t at = 0;
    for (Obj key, value; ok && more && oz_dict_step(more, &at, &key, &value);)
        ok = oz_builder_format(&b, ", %S=", key) && oz_builder_repr(&b, value);
    ok = ok && oz_builder_character(&b, ')');
    Ref text = ok ? oz_builder_finish(&b) : NULL;
    oz_builder_fini(&b);
    oz_repr_leave(t, v);
    return text;
}

static Ref item_getter_repr(Thread *t, Obj v)
{
    return getter_repr(t, v, "operator.itemgetter", (const Tuple *)((const ItemGetter *)v)->items,
                       NULL);
}

OZ_METHOD(item_getter, __reduce__, "($self, /)", "Return state information for pickling.")
{
    return oz_tuple_of(t, 2, (Obj)oz_class_of(a[0]), (Obj)((const ItemGetter *)a[0])->items);
}

const TypeDef oz_item_getter_type = {
    .id = OZ_ITEM_GETTER,
    .name = "operator.itemgetter",
    .doc = "itemgetter(item, /, *items)\n\nitemgetter(2)(r) is r[2]; itemgetter(2, 5)(r) is "
           "(r[2], r[5]).",
    .size = sizeof(ItemGetter),
    .flags = OZ_TYPE_FINAL,
    .visit = item_getter_visit,
    .clear = item_getter_clear,
    .slots = {.new = item_getter_new, .call = item_getter_call, .repr = item_getter_repr},
    .methods = OZ_METHODS(&item_getter___reduce__),
};

/* ---- attrgetter ---- */

#define ATTR_GETTER_REFS(REF) REF(names) REF(paths)
typedef struct AttrGetter {
    Object base;
    ATTR_GETTER_REFS(OZ_FIELD) /* [const] names: tuple of strs; paths: tuple of tuples of strs */
} AttrGetter;
OZ_TYPE_LIFE(attr_getter, AttrGetter, ATTR_GETTER_REFS)

/* "a.b" as ("a", "b"). */
static Ref split_path(Thread *t, Obj name)
{
    const Str *text = oz_as_str(name);
    size_t length = oz_str_length(text);
    scoped Ref list = oz_list_new(t, 0);
    for (size_t start = 0, end = 0; list && end <= length; end++) {
        if (end < length && oz_str_at(text, end) != '.')
            continue;
        Ref part = oz_str_slice(t, (Obj)text, start, end);
        part = part ? oz_intern_str(t, part) : NULL;
        if (!part || !oz_list_append_take(t, (List *)list, part))
            return NULL;
        start = end + 1;
    }
    return list ? oz_list_to_tuple(t, (List *)list) : NULL;
}

static Ref attr_getter_new(Thread *t, Class *cls, const Args *args)
{
    if (args->named)
        return oz_raise(t, OZ_TypeError, "attrgetter() takes no keyword arguments");
    if (!args->count)
        return oz_raise(t, OZ_TypeError, "attrgetter expected 1 argument, got 0");
    scoped Ref names = oz_tuple_new(t, args->items, args->count);
    scoped Ref paths = names ? (Ref)oz_tuple_alloc(t, args->count) : NULL;
    for (uint32_t i = 0; paths && i < args->count; i++) {
        if (!oz_is_str(args->items[i]))
            return oz_raise(t, OZ_TypeError, "attribute name must be a string");
        Ref path = split_path(t, args->items[i]);
        if (!path)
            return NULL;
        oz_tuple_init((Tuple *)paths, i, path);
    }
    AttrGetter *self = paths ? oz_instance_new(t, cls, 0) : NULL;
    if (!self)
        return NULL;
    OZ_INIT_FIELD(self, names, oz_move(&names));
    OZ_INIT_FIELD(self, paths, oz_move(&paths));
    return (Ref)self;
}

static Ref follow_path(Thread *t, Obj o, const Tuple *path)
{
    scoped Ref value = oz_get_attr(t, o, path->items[0]);
    for (size_t i = 1; value && i < path->length; i++) {
        Ref next = oz_get_attr(t, value, path->items[i]);
        oz_drop(value);
        value = next;
    }
    return oz_move(&value);
}

static Ref attr_getter_call(Thread *t, Obj v, const Args *args)
{
    const Tuple *paths = (const Tuple *)((const AttrGetter *)v)->paths;
    if (!one_argument(t, "attrgetter", args))
        return NULL;
    if (paths->length == 1)
        return follow_path(t, args->items[0], (const Tuple *)paths->items[0]);
    scoped Ref result = (Ref)oz_tuple_alloc(t, paths->length);
    for (size_t i = 0; result && i < paths->length; i++) {
        Ref value = follow_path(t, args->items[0], (const Tuple *)paths->items[i]);
        if (!value)
            return NULL;
        oz_tuple_init((Tuple *)result, i, value);
    }
    return oz_move(&result);
}

static Ref attr_getter_repr(Thread *t, Obj v)
{
    return getter_repr(t, v, "operator.attrgetter", (const Tuple *)((const AttrGetter *)v)->names,
                       NULL);
}

OZ_METHOD(attr_getter, __reduce__, "($self, /)", "Return state information for pickling.")
{
    return oz_tuple_of(t, 2, (Obj)oz_class_of(a[0]), (Obj)((const AttrGetter *)a[0])->names);
}

const TypeDef oz_attr_getter_type = {
    .id = OZ_ATTR_GETTER,
    .name = "operator.attrgetter",
    .doc = "attrgetter(attr, /, *attrs)\n\nattrgetter('name')(r) is r.name; attrgetter('a', "
           "'b.c')(r) is (r.a, r.b.c).",
    .size = sizeof(AttrGetter),
    .flags = OZ_TYPE_FINAL,
    .visit = attr_getter_visit,
    .clear = attr_getter_clear,
    .slots = {.new = attr_getter_new, .call = attr_getter_call, .repr = attr_getter_repr},
    .methods = OZ_METHODS(&attr_getter___reduce__),
};

/* ---- methodcaller ---- */

#define METHOD_CALLER_REFS(REF) REF(args) REF(keywords)
typedef struct MethodCaller {
    Object base;
    METHOD_CALLER_REFS(OZ_FIELD) /* [const] args: tuple, the name first; keywords: dict, or empty */
} MethodCaller;
OZ_TYPE_LIFE(method_caller, MethodCaller, METHOD_CALLER_REFS)

static Ref method_caller_new(Thread *t, Class *cls, const Args *args)
{
    if (!args->count)
        return oz_raise(t, OZ_TypeError,
                        "methodcaller needs at least one argument, the method name");
    if (!oz_is_str(args->items[0]))
        return oz_raise(t, OZ_TypeError, "method name must be a string");
    scoped Ref all = (Ref)oz_tuple_alloc(t, args->count);
    if (!all)
        return NULL;
    Ref name = oz_retain(args->items[0]);
    if (oz_is_exact_str(name) && !(name = oz_intern_str(t, name)))
        return NULL;
    oz_tuple_init((Tuple *)all, 0, name);
    for (uint32_t i = 1; i < args->count; i++)
        oz_tuple_init((Tuple *)all, i, oz_retain(args->items[i]));
    scoped Ref keywords = args->named ? oz_dict_new(t) : NULL;
    for (uint32_t i = 0; i < args->named; i++)
        if (!keywords || !oz_dict_set(t, (Dict *)keywords, ((const Tuple *)args->names)->items[i],
                                      args->items[args->count + i]))
            return NULL;
    MethodCaller *self = oz_instance_new(t, cls, 0);
    if (!self)
        return NULL;
    OZ_INIT_FIELD(self, args, oz_move(&all));
    if (keywords)
        OZ_INIT_FIELD(self, keywords, oz_move(&keywords));
    return (Ref)self;
}

static Ref method_caller_call(Thread *t, Obj v, const Args *args)
{
    const MethodCaller *self = (const MethodCaller *)v;
    const Tuple *own = (const Tuple *)self->args;
    if (!one_argument(t, "methodcaller", args))
        return NULL;
    if (!self->keywords)
        return oz_call_method(t, args->items[0], own->items[0], own->length - 1,
                              (const Obj *)own->items + 1);
    scoped Ref method = oz_get_attr(t, args->items[0], own->items[0]);
    scoped Ref rest = method ? oz_tuple_slice(t, self->args, 1, own->length) : NULL;
    return rest ? oz_call_tuple(t, method, rest, self->keywords) : NULL;
}

static Ref method_caller_repr(Thread *t, Obj v)
{
    const MethodCaller *self = (const MethodCaller *)v;
    return getter_repr(t, v, "operator.methodcaller", (const Tuple *)self->args,
                       (Dict *)self->keywords);
}

/* functools.partial(cls, name, **keywords): how one with keywords is pickled. */
static Ref partial_of(Thread *t, Obj cls, Obj name, Obj keywords)
{
    Class *partial = oz_builtin_class(t, OZ_PARTIAL);
    scoped Ref args = partial ? oz_tuple_of(t, 2, cls, name) : NULL;
    return args ? oz_call_tuple(t, (Obj)partial, args, keywords) : NULL;
}

OZ_METHOD(method_caller, __reduce__, "($self, /)", "Return state information for pickling.")
{
    const MethodCaller *self = (const MethodCaller *)a[0];
    const Tuple *args = (const Tuple *)self->args;
    Obj cls = (Obj)oz_class_of(a[0]);
    if (!self->keywords)
        return oz_tuple_of(t, 2, cls, (Obj)self->args);
    scoped Ref maker = partial_of(t, cls, args->items[0], self->keywords);
    scoped Ref rest = maker ? oz_tuple_slice(t, self->args, 1, args->length) : NULL;
    return rest ? oz_tuple_of(t, 2, maker, rest) : NULL;
}

const TypeDef oz_method_caller_type = {
    .id = OZ_METHOD_CALLER,
    .name = "operator.methodcaller",
    .doc = "methodcaller(name, /, *args, **kwargs)\n\nmethodcaller('name', 1, x=2)(r) is "
           "r.name(1, x=2).",
    .size = sizeof(MethodCaller),
    .flags = OZ_TYPE_FINAL,
    .visit = method_caller_visit,
    .clear = method_caller_clear,
    .slots = {.new = method_caller_new, .call = method_caller_call, .repr = method_caller_repr},
    .methods = OZ_METHODS(&method_caller___reduce__),
};

static const uint32_t types[] = {OZ_ITEM_GETTER, OZ_ATTR_GETTER, OZ_METHOD_CALLER, 0};

const ModuleDef oz_operator_module = {
    .name = "_operator",
    .doc = "The operators as functions.",
    .functions = OZ_METHODS(
        &operator_add, &operator_iadd, &operator_sub, &operator_isub, &operator_mul, &operator_imul,
        &operator_matmul, &operator_imatmul, &operator_truediv, &operator_itruediv,
        &operator_floordiv, &operator_ifloordiv, &operator_mod, &operator_imod, &operator_pow,
        &operator_ipow, &operator_lshift, &operator_ilshift, &operator_rshift, &operator_irshift,
        &operator_xor, &operator_ixor, &operator_and_, &operator_iand, &operator_or_, &operator_ior,
        &operator_neg, &operator_pos, &operator_abs, &operator_inv, &operator_invert,
        &operator_index, &operator_lt, &operator_le, &operator_eq, &operator_ne, &operator_gt,
        &operator_ge, &operator_truth, &operator_not_, &operator_is_, &operator_is_not,
        &operator_concat, &operator_iconcat, &operator_contains, &operator_getitem,
        &operator_setitem, &operator_delitem, &operator_indexOf, &operator_countOf,
        &operator_length_hint, &operator_call, &operator__compare_digest),
    .types = types,
};
