// SPDX-License-Identifier: MIT
// The tables of dicts and sets, the blocks of lists, and binding by signature, without the VM.
#include "unit.h"

#include "types/class_layout.h"
#include "types/dict_layout.h"
#include "types/exception.h"
#include "types/list_layout.h"
#include "types/native.h"
#include "types/set_layout.h"

#include <stdlib.h>

static Thread *t;

static void boot(void)
{
    Vm *vm = oz_vm_new();
    static const TypeDef *types[OZ_BUILTIN_IDS];
    for (uint32_t id = 0; id < OZ_TYPE_END; id++)
        types[id] = oz_core_types[id];
    vm->types = types;
    t = vm->main;
    if (!oz_names_init(t) || !oz_classes_init(t) || !oz_bytes_init(t) || !oz_exceptions_init(t))
        abort();
}

static bool sound(Obj v)
{
    bool (*invariants)(const Object *) = oz_class_of(v)->def->check;
    return invariants(oz_object(v));
}

static Dict *dict_of_ints(int64_t from, int64_t to)
{
    Ref d = oz_dict_new(t);
    for (int64_t i = from; i < to; i++)
        check(oz_dict_set(t, (Dict *)d, oz_int(i), oz_int(-i)));
    return (Dict *)d;
}

static int64_t get(Dict *d, int64_t key)
{
    scoped Ref value = NULL;
    return oz_dict_get(t, d, oz_int(key), &value) == OZ_FOUND ? oz_int_value(value) : INT64_MAX;
}

TEST(a_dict_of_three_strs_is_88_bytes)
{
    scoped Ref d = oz_dict_new_sized(t, 3);
    const char *names[] = {"id", "lat", "lng"};
    for (int i = 0; i < 3; i++) {
        scoped Ref key = oz_intern(t, names[i]);
        check(oz_dict_set(t, (Dict *)d, key, oz_int(i)));
    }
    check(sizeof(Dict) + oz_dict_table_size(((Dict *)d)->table) == 88);
    check(sound(d));
}

TEST(a_dict_finds_what_it_was_given)
{
    Dict *d = dict_of_ints(0, 5000);
    for (int64_t i = 0; i < 5000; i++)
        check(get(d, i) == -i);
    check(get(d, 5000) == INT64_MAX);
    check(oz_dict_length(d) == 5000 && sound((Obj)d));
    oz_drop((Ref)d);
}

TEST(equal_numbers_are_one_key)
{
    scoped Ref d = oz_dict_new(t);
    check(oz_dict_set(t, (Dict *)d, oz_int(1), oz_int(10)));
    check(oz_dict_set(t, (Dict *)d, OZ_TRUE, oz_int(11)));
    check(oz_dict_set(t, (Dict *)d, oz_float_word(1.0), oz_int(12)));
    check(oz_dict_length((Dict *)d) == 1 && get((Dict *)d, 1) == 12);
    check(((Dict *)d)->table->kind == OZ_DICT_BARE);
}

TEST(a_table_id_stands_for_the_entry_until_it_moves)
{
    scoped Ref d = oz_dict_new(t);
    scoped Ref key = oz_intern(t, "name");
    check(oz_dict_set(t, (Dict *)d, key, oz_int(7)));
    uint32_t id;
    ssize_t entry = oz_dict_entry_of((Dict *)d, key, &id);
    check(entry == 0 && id != 0);
    check(oz_dict_entry_value((Dict *)d, id, 0) == oz_int(7));
    check(oz_dict_delete(t, (Dict *)d, key) == OZ_FOUND);
    check(oz_dict_entry_value((Dict *)d, id, 0) == NULL);
    check(oz_dict_set(t, (Dict *)d, key, oz_int(8))); /* another entry, or another table */
    check(oz_dict_entry_value((Dict *)d, id, 0) == NULL);
}

TEST(both_ends_of_a_dict_are_near)
{
    Dict *d = dict_of_ints(0, 1000);
    for (int64_t i = 0; i < 400; i++) {
        Ref key, value;
        oz_dict_kill(d, oz_dict_next_live(d->table, 0), &key, &value);
        check(oz_int_value(key) == i);
        oz_dict_kill(d, (size_t)oz_dict_last_live(d->table, d->table->used), &key, &value);
        check(oz_int_value(key) == 999 - i);
    }
    check(oz_dict_front(d->table) == 400);
    check(oz_dict_length(d) == 200 && get(d, 400) == -400 && get(d, 399) == INT64_MAX);
    check(sound((Obj)d));
    oz_drop((Ref)d);
}

TEST(an_entry_moves_to_either_end)
{
    Dict *d = dict_of_ints(0, 100);
    for (int64_t i = 0; i < 100; i++) {
        int64_t hash;
        size_t at;
        check(oz_dict_locate(t, d, oz_int(i), &hash, &at) == OZ_FOUND);
        check(oz_dict_move(t, d, at, i % 2 == 0));
    }
    size_t at = 0;
    int64_t expected = 98;
    for (Obj key, value; oz_dict_step(d, &at, &key, &value);) {
        check(oz_int_value(key) == expected && oz_int_value(value) == -expected);
        expected = expected == 0 ? 1 : expected % 2 ? expected + 2 : expected - 2;
    }
    check(expected == 101 && oz_dict_length(d) == 100 && sound((Obj)d));
    oz_drop((Ref)d);
}

TEST(a_set_of_ints_needs_no_hashes)
{
    scoped Ref s = oz_set_new(t, NULL);
    for (int64_t i = 0; i < 3000; i++)
        check(oz_set_add(t, (Set *)s, oz_int(i % 1000)));
    check(oz_set_length((Set *)s) == 1000 && ((Set *)s)->table->kind == OZ_SET_BARE);
    scoped Ref both = oz_tuple_of(t, 2, (Obj)oz_int(1), (Obj)oz_int(2));
    check(oz_set_add(t, (Set *)s, both) && ((Set *)s)->table->kind == OZ_SET_HASHED);
    for (int64_t i = 0; i < 1000; i++)
        check(oz_set_discard(t, (Set *)s, oz_int(i)) == OZ_FOUND);
    check(oz_set_contains(t, (Set *)s, both) == OZ_FOUND && oz_set_length((Set *)s) == 1);
    check(sound(s));
}

TEST(sorting_is_stable)
{
    enum { COUNT = 2000 };
    scoped Ref list = oz_list_new(t, 0);
    uint32_t state = 1;
    for (int64_t i = 0; i < COUNT; i++) {
        state = state * 1103515245 + 12345;
        scoped Ref each = oz_tuple_of(t, 2, (Obj)oz_int(state >> 28), (Obj)oz_int(i));
        check(oz_list_append(t, (List *)list, each));
    }
    check(oz_list_sort(t, (List *)list, NULL, false));
    for (size_t i = 1; i < COUNT; i++) {
        const Tuple *a = (const Tuple *)oz_list_peek((List *)list, i - 1);
        const Tuple *b = (const Tuple *)oz_list_peek((List *)list, i);
        int64_t x = oz_int_value(a->items[0]), y = oz_int_value(b->items[0]);
        check(x < y || (x == y && oz_int_value(a->items[1]) < oz_int_value(b->items[1])));
    }
}

/* ---- signatures ---- */

static Ref pair_body(Thread *thread, const Obj *a)
{
    return oz_tuple_of(thread, 5, a[1], a[2], a[3], a[4], a[5]);
}

static const NativeDef pair = {"pair", "($module, a, /, b=2, *rest, c=None, **more)", "", pair_body,
                               0};

static Ref call_pair(const Obj *items, uint32_t count, Obj names)
{
    static Signature *signature;
    if (!signature)
        signature = oz_signature_new(t, &pair);
    Args args = {items, count, names ? ((const Tuple *)names)->length : 0, names};
    return oz_signature_call(t, signature, OZ_NONE, &args);
}

static bool reads(Obj v, const char *text)
{
    scoped Ref repr = v ? oz_repr(t, v) : NULL;
    return repr && oz_str_equal_utf8(oz_as_str(repr), text);
}

TEST(arguments_find_their_parameters)
{
    const Obj items[] = {oz_int(1), oz_int(5), oz_int(6), oz_int(7)};
    scoped Ref one = call_pair(items, 1, NULL);
    check(reads(one, "(1, 2, (), None, {})"));
    scoped Ref four = call_pair(items, 4, NULL);
    check(reads(four, "(1, 5, (6, 7), None, {})"));
    scoped Ref b = oz_intern(t, "b"), c = oz_intern(t, "c"), other = oz_intern(t, "other");
    scoped Ref names = oz_tuple_of(t, 3, (Obj)c, (Obj)other, (Obj)b);
    scoped Ref named = call_pair(items, 1, names);
    check(reads(named, "(1, 7, (), 5, {'other': 6})"));
    scoped Ref none = call_pair(items, 0, NULL);
    check(!none && oz_exception_forget(t, OZ_TypeError));
}

int main(void)
{
    boot();
    RUN(a_dict_of_three_strs_is_88_bytes);
    RUN(a_dict_finds_what_it_was_given);
    RUN(equal_numbers_are_one_key);
    RUN(a_table_id_stands_for_the_entry_until_it_moves);
    RUN(both_ends_of_a_dict_are_near);
    RUN(an_entry_moves_to_either_end);
    RUN(a_set_of_ints_needs_no_hashes);
    RUN(sorting_is_stable);
    RUN(arguments_find_their_parameters);
    return failures > 0;
}
