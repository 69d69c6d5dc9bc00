// SPDX-License-Identifier: MIT
// The method resolution order: C3 over the orders of the bases and the list of bases.
#include "types/class_layout.h"

#include <stdlib.h>

typedef struct Merge {
    Thread *t;
    const Tuple **lists; /* the bases' orders, then the tuple of bases */
    uint32_t *heads;     /* how many of each are taken */
    size_t count;
} Merge;

static bool in_a_tail(const Merge *m, Obj candidate)
{
    for (size_t i = 0; i < m->count; i++)
        for (uint32_t j = m->heads[i] + 1; j < m->lists[i]->length; j++)
            if ((Obj)m->lists[i]->items[j] == candidate)
                return true;
    return false;
}

/* The next class; NULL: all are taken, or (*stuck) no order is consistent. */
static Obj next_class(const Merge *m, bool *stuck)
{
    *stuck = false;
    for (size_t i = 0; i < m->count; i++) {
        if (m->heads[i] == m->lists[i]->length)
            continue;
        Obj candidate = m->lists[i]->items[m->heads[i]];
        if (!in_a_tail(m, candidate))
            return candidate;
        *stuck = true;
    }
    return NULL;
}

static void take(Merge *m, Obj cls)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->heads[i] < m->lists[i]->length && (Obj)m->lists[i]->items[m->heads[i]] == cls)
            m->heads[i]++;
}

/* The heads of the lists that are stuck, each once, as CPython names them. */
static Ref raise_inconsistent(const Merge *m)
{
    StrBuilder b;
    oz_builder_init(&b, m->t);
    oz_builder_text(&b, "Cannot create a consistent method resolution\norder (MRO) for bases");
    bool first = true;
    for (size_t i = 0; i < m->count; i++) {
        if (m->heads[i] == m->lists[i]->length)
            continue;
        Obj head = m->lists[i]->items[m->heads[i]];
        bool again = false;
        for (size_t j = 0; j < i; j++)
            again = again || (m->heads[j] < m->lists[j]->length &&
                              (Obj)m->lists[j]->items[m->heads[j]] == head);
        if (!again)
            oz_builder_format(&b, first ? " %N" : ", %N", head);
        first = first && again;
    }
    scoped Ref text = oz_builder_finish(&b);
    return text ? oz_raise(m->t, OZ_TypeError, "%S", text) : NULL;
}

static Ref merge(Merge *m, Class *cls, size_t most)
{
    Ref *order = oz_block_alloc(m->t->heap, (most + 1) * sizeof *order);
    if (!order)
        return oz_raise_memory(m->t);
    size_t n = 0;
    order[n++] = oz_retain((Obj)cls);
    bool stuck;
    for (Obj next; (next = next_class(m, &stuck)) != NULL; take(m, next))
        order[n++] = oz_retain(next);
    Ref result = stuck ? raise_inconsistent(m) : oz_tuple_take(m->t, order, n);
    for (size_t i = 0; i < n; i++)
        oz_drop(order[i]); /* empty where taken */
    oz_block_free(order);
    return result;
}

/* One base: its order with the class in front. */
static Ref single(Thread *t, Class *cls, const Tuple *above)
{
    Tuple *mro = oz_tuple_alloc(t, above->length + 1u);
    if (!mro)
        return NULL;
    oz_tuple_init(mro, 0, oz_retain((Obj)cls));
    for (size_t i = 0; i < above->length; i++)
        oz_tuple_init(mro, i + 1, oz_retain(above->items[i]));
    return (Ref)mro;
}

static bool check_bases(Thread *t, Obj bases)
{
    size_t n = oz_tuple_count(bases);
    for (size_t i = 0; i < n; i++) {
        Class *base = oz_class_at(bases, i);
        if (!base->mro)
            return oz_fail(t, OZ_TypeError, "Cannot extend an incomplete type '%N'", (Obj)base);
        for (size_t j = i + 1; j < n; j++)
            if (oz_class_at(bases, j) == base)
                return oz_fail(t, OZ_TypeError, "duplicate base class %N", (Obj)base);
    }
    return true;
}

Ref oz_mro_new(Thread *t, Class *cls, Obj bases)
{
    size_t n = oz_tuple_count(bases);
    if (!check_bases(t, bases))
        return NULL;
    if (n == 1)
        return single(t, cls, (const Tuple *)oz_class_at(bases, 0)->mro);
    Merge m = {.t = t, .count = n + 1};
    m.lists = oz_block_alloc(t->heap, (n + 1) * sizeof *m.lists);
    m.heads = oz_block_alloc(t->heap, (n + 1) * sizeof *m.heads);
    if (!m.lists || !m.heads) {
        oz_block_free(m.lists);
        oz_block_free(m.heads);
        return oz_raise_memory(t);
    }
    size_t most = 1;
    for (size_t i = 0; i <= n; i++) {
        m.lists[i] = (const Tuple *)(i < n ? (Obj)oz_class_at(bases, i)->mro : bases);
        m.heads[i] = 0;
        most += m.lists[i]->length;
    }
    Ref result = merge(&m, cls, most);
    oz_block_free(m.lists);
    oz_block_free(m.heads);
    return result;
}

/* ---- through the metaclass ---- */

/* What an mro() of a metaclass gave: classes whose layout the instances have. */
static bool check_custom(Thread *t, Class *cls, Obj mro)
{
    Class *solid = oz_class_solid_base(cls);
    for (size_t i = 0; i < oz_tuple_count(mro); i++) {
        Obj each = ((const Tuple *)mro)->items[i];
        if (!oz_is_class(each))
            return oz_fail(t, OZ_TypeError, "mro() returned a non-class ('%T')", each);
        Class *base = oz_class_solid_base((Class *)each);
        for (Class *up = solid; up != base; up = up->parent)
            if (!up->parent)
                return oz_fail(t, OZ_TypeError, "mro() returned base with unsuitable layout ('%N')",
                               each);
    }
    return true;
}

Ref oz_mro_compute(Thread *t, Class *cls, Obj bases)
{
    if (oz_is((Obj)cls, OZ_TYPE))
        return oz_mro_new(t, cls, bases);
    scoped Ref method = NULL;
    Found found = oz_find_special(t, (Obj)cls, OZ_NAME(t, mro), &method);
    if (found == OZ_RAISED)
        return NULL;
    if (found == OZ_MISSING || oz_is(method, OZ_BUILTIN_FUNCTION))
        return oz_mro_new(t, cls, bases);
    scoped Ref given = oz_call0(t, method);
    scoped Ref mro = given ? oz_tuple_from(t, given) : NULL;
    if (!mro || !check_custom(t, cls, mro))
        return NULL;
    return oz_move(&mro);
}
