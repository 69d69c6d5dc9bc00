// SPDX-License-Identifier: MIT
// Classes, shapes and instances, without the VM: what native code can do with them.
#include "unit.h"

#include "types/class_layout.h"
#include "types/exception.h"
#include "types/float.h"
#include "types/list.h"

#include <stdlib.h>
#include <time.h>

static Thread *t;

static void boot(void)
{
    Vm *vm = oz_vm_new();
    static const TypeDef *types[OZ_BUILTIN_IDS];
    for (uint32_t id = 0; id < OZ_TYPE_END; id++)
        types[id] = oz_core_types[id];
    vm->types = types;
    t = vm->main;
    struct timespec a, b;
    bool ok = oz_names_init(t);
    clock_gettime(CLOCK_MONOTONIC, &a);
    ok = ok && oz_classes_init(t);
    clock_gettime(CLOCK_MONOTONIC, &b);
    if (getenv("UNIT_TIMES"))
        printf("oz_classes_init: %ld us\n",
               (b.tv_sec - a.tv_sec) * 1000000 + (b.tv_nsec - a.tv_nsec) / 1000);
    if (!ok || !oz_bytes_init(t) || !oz_exceptions_init(t))
        abort();
}

static Ref name(const char *text)
{
    return oz_intern(t, text);
}

static Ref make_class(const char *class_name, Obj base, Obj namespace)
{
    return oz_class_new_simple(t, class_name, base, namespace);
}

static Obj object_class(void)
{
    return (Obj)t->vm->classes[OZ_OBJECT];
}

static void set(Obj o, const char *attribute, Obj value)
{
    scoped Ref key = name(attribute);
    check(oz_set_attr(t, o, key, value));
}

static int64_t get(Obj o, const char *attribute)
{
    scoped Ref key = name(attribute);
    scoped Ref value = oz_get_attr(t, o, key);
    check(value && oz_is_int(value));
    return value && oz_is_int(value) ? oz_int_value(value) : -1;
}

static bool raises(int kind, const char *message)
{
    bool right = oz_raised(t, kind);
    scoped Ref error = oz_exception_take(t);
    scoped Ref text = error ? oz_str(t, error) : NULL;
    if (right && message && !oz_str_equal_utf8(oz_as_str(text), message)) {
        scoped Ref keep = NULL;
        fprintf(stderr, "  message: %s\n", oz_str_display(t, text, &keep));
        return false;
    }
    return right;
}

TEST(every_core_type_has_a_class)
{
    for (uint32_t id = 1; id < OZ_TYPE_END; id++) {
        Class *cls = t->vm->classes[id];
        check(cls && cls->mro && cls->slots && cls->version);
        check(id == OZ_BASE_EXCEPTION || t->vm->shapes[id]->cls == cls);
        check(oz_class_fill(t, cls) && cls->dict);
    }
}

TEST(a_builtin_class_finds_its_slot_wrappers)
{
    scoped Ref add = name("__add__");
    Obj found;
    check(oz_class_find(t, t->vm->classes[OZ_INT], add, &found) == OZ_FOUND);
    check(found && oz_is(found, OZ_SLOT_WRAPPER));
    scoped Ref sum = oz_call2(t, found, oz_int(2), oz_int(3));
    check(sum == oz_int(5));
    check(!oz_call1(t, found, oz_int(2)));
    check(raises(OZ_TypeError, "expected 1 argument, got 0"));
    scoped Ref text = oz_str_new(t, "x");
    check(!oz_call2(t, found, text, oz_int(2)));
    check(
        raises(OZ_TypeError, "descriptor '__add__' requires a 'int' object but received a 'str'"));
}

TEST(an_instance_holds_what_it_is_given)
{
    scoped Ref cls = make_class("m.Truck", object_class(), NULL);
    check(cls != NULL);
    scoped Ref truck = oz_call0(t, cls);
    check(truck != NULL);
    set(truck, "lat", oz_int(1));
    set(truck, "lng", oz_int(2));
    check(get(truck, "lat") == 1 && get(truck, "lng") == 2);
    scoped Ref second = oz_call0(t, cls);
    check(oz_heap_size(second) == 24); /* the prediction has learnt */
    set(second, "lat", oz_int(3));
    set(second, "lng", oz_int(4));
    set(second, "more", oz_int(5));
    set(second, "still", oz_int(6));
    check(get(second, "lat") == 3 && get(second, "lng") == 4);
    check(get(second, "more") == 5 && get(second, "still") == 6);
    scoped Ref key = name("nothing");
    check(!oz_get_attr(t, second, key));
    check(raises(OZ_AttributeError, "'Truck' object has no attribute 'nothing'"));
}

TEST(deleting_keeps_the_order_of_the_rest)
{
    scoped Ref cls = make_class("m.C", object_class(), NULL);
    scoped Ref o = oz_call0(t, cls);
    static const char *names[] = {"a", "b", "c", "d", "e", "f"};
    for (int i = 0; i < 6; i++)
        set(o, names[i], oz_int(i));
    scoped Ref b = name("b");
    check(oz_set_attr(t, o, b, NULL));
    check(get(o, "a") == 0 && get(o, "c") == 2 && get(o, "f") == 5);
    check(!oz_set_attr(t, o, b, NULL));
    check(raises(OZ_AttributeError, "'C' object has no attribute 'b'"));
    scoped Ref dict = oz_instance_dict(t, o);
    check(dict && oz_dict_length((Dict *)dict) == 5);
    scoped Ref f = name("f");
    check(oz_set_attr(t, o, f, NULL));
    check(oz_dict_length((Dict *)dict) == 4);
}

TEST(the_dict_of_an_object_is_live_and_goes_away)
{
    scoped Ref cls = make_class("m.C", object_class(), NULL);
    scoped Ref o = oz_call0(t, cls);
    set(o, "x", oz_int(1));
    uint32_t id = oz_id(oz_object(o));
    {
        scoped Ref dict = oz_instance_dict(t, o);
        scoped Ref again = oz_instance_dict(t, o);
        check(dict == again);
        scoped Ref y = name("y");
        check(oz_dict_set(t, (Dict *)dict, y, oz_int(2)));
        check(get(o, "y") == 2);
        set(o, "x", oz_int(7));
        scoped Ref x = name("x");
        check(oz_dict_peek_str((Dict *)dict, x) == oz_int(7));
        check(oz_shape_of(o)->flags & OZ_SHAPE_DICT);
    }
    check(get(o, "x") == 7 && get(o, "y") == 2);
    check(!(oz_shape_of(o)->flags & OZ_SHAPE_DICT));
    check(id != oz_id(oz_object(o)));
}

TEST(many_attributes_become_a_dict)
{
    scoped Ref cls = make_class("m.C", object_class(), NULL);
    scoped Ref o = oz_call0(t, cls);
    char text[16];
    for (int i = 0; i < 200; i++) {
        snprintf(text, sizeof text, "a%d", i);
        set(o, text, oz_int(i));
    }
    check(oz_shape_of(o)->flags & OZ_SHAPE_DICT);
    for (int i = 0; i < 200; i++) {
        snprintf(text, sizeof text, "a%d", i);
        check(get(o, text) == i);
    }
}

TEST(slots_are_fixed)
{
    scoped Ref slots = oz_str_new(t, "x"), key = name("__slots__"), dict = oz_dict_new(t);
    check(oz_dict_set(t, (Dict *)dict, key, slots));
    scoped Ref cls = make_class("m.S", object_class(), dict);
    check(cls != NULL);
    scoped Ref o = oz_call0(t, cls);
    check(oz_heap_size(o) == 16);
    set(o, "x", oz_int(4));
    check(get(o, "x") == 4);
    scoped Ref y = name("y"), x = name("x");
    check(!oz_set_attr(t, o, y, oz_int(1)));
    check(raises(OZ_AttributeError, "'S' object has no attribute 'y'"));
    check(oz_set_attr(t, o, x, NULL));
    check(!oz_get_attr(t, o, x));
    check(raises(OZ_AttributeError, "'S' object has no attribute 'x'"));
    scoped Ref sub = make_class("m.T", cls, NULL);
    scoped Ref p = oz_call0(t, sub);
    set(p, "x", oz_int(1));
    set(p, "y", oz_int(2));
    check(get(p, "x") == 1 && get(p, "y") == 2);
}

TEST(bases_must_agree)
{
    scoped Ref both =
        oz_tuple_of(t, 2, (Obj)t->vm->classes[OZ_INT], (Obj)t->vm->classes[OZ_STR_ASCII]);
    check(!make_class("m.X", both, NULL));
    check(raises(OZ_TypeError, "multiple bases have instance lay-out conflict"));
    check(!make_class("m.X", (Obj)t->vm->classes[OZ_BOOL], NULL));
    check(raises(OZ_TypeError, "type 'bool' is not an acceptable base type"));
    scoped Ref wrong = oz_tuple_of(t, 2, object_class(), (Obj)t->vm->classes[OZ_INT]);
    check(!make_class("m.X", wrong, NULL));
    check(raises(OZ_TypeError, "Cannot create a consistent method resolution\n"
                               "order (MRO) for bases object, int"));
}

TEST(subclasses_of_builtins_work)
{
    scoped Ref cls = make_class("m.MyList", (Obj)t->vm->classes[OZ_LIST], NULL);
    scoped Ref o = oz_call0(t, cls);
    check(o && oz_as_list(o));
    check(oz_list_append(t, oz_as_list(o), oz_int(3)));
    set(o, "tag", oz_int(9));
    check(get(o, "tag") == 9 && oz_list_length(oz_as_list(o)) == 1);
    check(((Class *)cls)->slots == t->vm->classes[OZ_LIST]->slots);

    scoped Ref number = make_class("m.N", (Obj)t->vm->classes[OZ_INT], NULL);
    scoped Ref n = oz_call1(t, number, oz_int(40));
    check(n && oz_is_pointer(n));
    scoped Ref sum = n ? oz_binary(t, OZ_OP_ADD, n, oz_int(2)) : NULL;
    check(sum == oz_int(42));
    set(n, "tag", oz_int(1));
    check(get(n, "tag") == 1);

    scoped Ref tuple_class = make_class("m.P", (Obj)t->vm->classes[OZ_TUPLE], NULL);
    scoped Ref list = oz_list_of_array(t, (const Obj[]){oz_int(1), oz_int(2)}, 2);
    scoped Ref p = oz_call1(t, tuple_class, list);
    check(p && oz_as_tuple(p)->length == 2);
    set(p, "tag", oz_int(5));
    check(get(p, "tag") == 5 && oz_as_tuple(p)->items[1] == oz_int(2));
}

TEST(the_class_of_an_object_can_change)
{
    scoped Ref a = make_class("m.A", object_class(), NULL);
    scoped Ref b = make_class("m.B", object_class(), NULL);
    scoped Ref o = oz_call0(t, a);
    set(o, "x", oz_int(1));
    set(o, "__class__", b);
    check((Obj)oz_class_of(o) == b && get(o, "x") == 1);
    scoped Ref key = name("__class__");
    check(!oz_set_attr(t, o, key, (Obj)t->vm->classes[OZ_INT]));
    check(raises(OZ_TypeError, "__class__ assignment only supported for mutable types or "
                               "ModuleType subclasses"));
}

TEST(a_change_of_a_class_is_seen_below)
{
    scoped Ref a = make_class("m.A", object_class(), NULL);
    scoped Ref b = make_class("m.B", a, NULL);
    scoped Ref o = oz_call0(t, b);
    set(a, "v", oz_int(1));
    check(get(o, "v") == 1);
    uint32_t version = ((Class *)b)->version;
    set(a, "v", oz_int(2));
    check(get(o, "v") == 2);
    check(((Class *)b)->version != version);
    version = ((Class *)b)->version;
    set(a, "v", oz_int(3)); /* from now on a plain value that changes */
    check(get(o, "v") == 3);
    check(((Class *)b)->version == version);
    AttrFact fact;
    scoped Ref key = name("v");
    check(oz_attr_lookup(t, o, key, &fact) == OZ_ATTR_NONE);
}

TEST(facts_say_where_attributes_lie)
{
    scoped Ref a = make_class("m.A", object_class(), NULL);
    scoped Ref o = oz_call0(t, a);
    scoped Ref x = name("x");
    AttrFact fact;
    check(oz_attr_lookup_set(t, o, x, &fact) == OZ_ATTR_ADD && fact.offset == 8);
    set(o, "x", oz_int(5));
    check(oz_id(oz_object(o)) == fact.next_id);
    check(oz_attr_lookup(t, o, x, &fact) == OZ_ATTR_SLOT && fact.offset == 8);
    check(*oz_slot_at(oz_object(o), fact.offset) == oz_int(5));
    check(oz_attr_lookup_set(t, o, x, &fact) == OZ_ATTR_SLOT);
    scoped Ref text = oz_str_new(t, "abc"), upper = name("upper");
    check(oz_attr_lookup(t, text, upper, &fact) == OZ_ATTR_METHOD);
}

static double per_second(clock_t start, int n)
{
    return (double)(clock() - start) * 1e9 / CLOCKS_PER_SEC / n;
}

static void report_times(void)
{
    int n = 20000;
    clock_t start = clock();
    for (int i = 0; i < n; i++)
        oz_drop(make_class("m.A", object_class(), NULL));
    printf("class: %.0f ns\n", per_second(start, n));
    scoped Ref cls = make_class("m.Truck", object_class(), NULL);
    scoped Ref lat = name("lat"), lng = name("lng");
    n = 1000000;
    start = clock();
    for (int i = 0; i < n; i++) {
        scoped Ref o = oz_call0(t, cls);
        if (!oz_set_attr(t, o, lat, oz_int(i)) || !oz_set_attr(t, o, lng, oz_int(i)))
            abort();
    }
    printf("instance with two attributes: %.1f ns\n", per_second(start, n));
    scoped Ref o = oz_call0(t, cls);
    set(o, "lat", oz_int(1));
    start = clock();
    for (int i = 0; i < n; i++)
        oz_drop(oz_get_attr(t, o, lat));
    printf("get: %.1f ns\n", per_second(start, n));
}

int main(void)
{
    boot();
    RUN(every_core_type_has_a_class);
    RUN(a_builtin_class_finds_its_slot_wrappers);
    RUN(an_instance_holds_what_it_is_given);
    RUN(deleting_keeps_the_order_of_the_rest);
    RUN(the_dict_of_an_object_is_live_and_goes_away);
    RUN(many_attributes_become_a_dict);
    RUN(slots_are_fixed);
    RUN(bases_must_agree);
    RUN(subclasses_of_builtins_work);
    RUN(the_class_of_an_object_can_change);
    RUN(a_change_of_a_class_is_seen_below);
    RUN(facts_say_where_attributes_lie);
    if (getenv("UNIT_TIMES"))
        report_times();
    return failures > 0;
}
