// SPDX-License-Identifier: MIT
// The match statement: kinds, mapping keys, class patterns (PEP 634).
#include "object/error.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"
#include "vm/vm.h"

void op_match_kind(Thread *t OZ_UNUSED, Instruction i, Ref *base)
{
    uint32_t flag = OZ_OP(i) == OP_MATCH_SEQUENCE ? OZ_CLASS_SEQUENCE : OZ_CLASS_MAPPING;
    bool matches = (oz_class_of(base[OZ_B(i)])->flags & flag) != 0;
    oz_result(base, OZ_A(i), oz_bool(matches));
}

/* ---- mapping patterns ---- */

bool op_match_keys(Thread *t, Instruction i, Ref *base)
{
    Obj subject = base[OZ_B(i)];
    const Tuple *keys = (Tuple *)base[OZ_C(i)];
    scoped Ref seen = oz_set_new(t, NULL);
    scoped Ref missing = oz_object_new(t, OZ_OBJECT, 16); /* a default that nothing equals */
    scoped Ref get = NULL;
    if (!seen || !missing)
        return false;
    if (keys->length && !(get = oz_get_attr(t, subject, OZ_NAME(t, get))))
        return false;
    Tuple *values = oz_tuple_alloc(t, keys->length);
    scoped Ref result = (Ref)values;
    if (!values)
        return false;
    for (size_t n = 0; n < keys->length; n++) {
        Obj key = keys->items[n];
        Found found = oz_set_contains(t, (Set *)seen, key);
        if (found == OZ_FOUND)
            return oz_fail(t, OZ_ValueError, "mapping pattern checks duplicate key (%R)", key);
        if (found == OZ_RAISED || !oz_set_add(t, (Set *)seen, key))
            return false;
        Ref value = oz_call2(t, get, key, missing);
        if (!value)
            return false;
        if (value == missing) {
            oz_drop(value);
            oz_result(base, OZ_A(i), OZ_NONE);
            return true;
        }
        oz_tuple_init(values, n, value);
    }
    oz_result(base, OZ_A(i), oz_move(&result));
    return true;
}

/* ---- class patterns ---- */

typedef struct ClassMatch {
    Thread *t;
    Obj subject, cls;
    Tuple *values; /* what sub-patterns see */
    size_t count;  /* filled */
    Set *seen;     /* attribute names used */
} ClassMatch;

static Found match_attribute(ClassMatch *m, Obj name)
{
    Thread *t = m->t;
    Found found = oz_set_contains(t, m->seen, name);
    if (found == OZ_FOUND)
        return oz_raise(t, OZ_TypeError, "%N() got multiple sub-patterns for attribute %R", m->cls,
                        name),
               OZ_RAISED;
    if (found == OZ_RAISED || !oz_set_add(t, m->seen, name))
        return OZ_RAISED;
    Ref value = NULL;
    found = oz_find_attr(t, m->subject, name, &value);
    if (found == OZ_FOUND)
        oz_tuple_init(m->values, m->count++, value);
    return found;
}

static Found raise_positional(ClassMatch *m, size_t allowed, unsigned given)
{
    oz_raise(m->t, OZ_TypeError, "%N() accepts %zu positional sub-pattern%s (%u given)", m->cls,
             allowed, allowed == 1 ? "" : "s", given);
    return OZ_RAISED;
}

static Found match_positional(ClassMatch *m, unsigned positional)
{
    Thread *t = m->t;
    scoped Ref match_args = NULL;
    Found found = oz_find_attr(t, m->cls, OZ_NAME(t, __match_args__), &match_args);
    if (found == OZ_RAISED)
        return found;
    if (found == OZ_MISSING) {
        const TypeDef *def = ((Class *)m->cls)->def;
        if (!def || !(def->flags & OZ_TYPE_SELF_MATCH))
            return raise_positional(m, 0, positional);
        if (positional > 1)
            return raise_positional(m, 1, positional);
        oz_tuple_init(m->values, m->count++, oz_retain(m->subject));
        return OZ_FOUND;
    }
    if (!oz_is(match_args, OZ_TUPLE)) {
        oz_raise(t, OZ_TypeError, "%N.__match_args__ must be a tuple (got %T)", m->cls, match_args);
        return OZ_RAISED;
    }
    const Tuple *names = (Tuple *)match_args;
    if (names->length < positional)
        return raise_positional(m, names->length, positional);
    for (unsigned n = 0; n < positional; n++) {
        if (!oz_is_exact_str(names->items[n])) {
            oz_raise(t, OZ_TypeError, "__match_args__ elements must be strings (got %T)",
                     names->items[n]);
            return OZ_RAISED;
        }
        found = match_attribute(m, names->items[n]);
        if (found != OZ_FOUND)
            return found;
    }
    return OZ_FOUND;
}

static Found match_class(Thread *t, ClassMatch *m, const Tuple *names, unsigned positional)
{
    if (!oz_is_class(m->cls)) {
        oz_raise(t, OZ_TypeError, "called match pattern must be a type");
        return OZ_RAISED;
    }
    bool instance;
    if (!oz_is_instance(t, m->subject, m->cls, &instance))
        return OZ_RAISED;
    if (!instance)
        return OZ_MISSING;
    if (positional) {
        Found found = match_positional(m, positional);
        if (found != OZ_FOUND)
            return found;
    }
    for (size_t n = 0; n < names->length; n++) {
        Found found = match_attribute(m, names->items[n]);
        if (found != OZ_FOUND)
            return found;
    }
    return OZ_FOUND;
}

bool op_match_class(Thread *t, Instruction i, Ref *base, uint64_t operand)
{
    unsigned positional = (unsigned)operand;
    Ref *run = base + OZ_C(i);
    scoped Ref cls = oz_move(&run[0]);
    scoped Ref names = oz_move(&run[1]);
    scoped Ref subject = oz_retain(base[OZ_B(i)]);
    scoped Ref seen = oz_set_new(t, NULL);
    Tuple *values = oz_tuple_alloc(t, positional + ((Tuple *)names)->length);
    scoped Ref result = (Ref)values;
    if (!seen || !values)
        return false;
    ClassMatch m = {.t = t, .subject = subject, .cls = cls, .values = values, .seen = (Set *)seen};
    Found found = match_class(t, &m, (Tuple *)names, positional);
    if (found == OZ_RAISED)
        return false;
    oz_result(base, OZ_A(i), found == OZ_FOUND ? oz_move(&result) : OZ_NONE);
    return true;
}
