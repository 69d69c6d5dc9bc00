// SPDX-License-Identifier: MIT
// _bisect: the place of an item in a sorted sequence.
#include "modules/native_type.h"

/* lo and hi of a call; hi None: the length. */
static bool bounds(Thread *t, Obj sequence, Obj lo, Obj hi, ssize_t *low, ssize_t *high)
{
    if (!oz_as_size_argument(t, lo, low))
        return false;
    *high = -1;
    if (!oz_is_none(hi)) {
        if (!oz_class_of(hi)->slots->index)
            return oz_fail(t, OZ_TypeError, "argument should be integer or None, not '%T'", hi);
        if (!oz_as_size_argument(t, hi, high))
            return false;
    }
    if (*low < 0)
        return oz_fail(t, OZ_ValueError, "lo must be non-negative");
    return *high != -1 || oz_length(t, sequence, high);
}

/* The index where `item` goes: behind equal ones (right) or in front of them. */
static bool search(Thread *t, Obj sequence, Obj item, Obj lo, Obj hi, Obj key, bool right,
                   ssize_t *index)
{
    ssize_t low, high;
    if (!bounds(t, sequence, lo, hi, &low, &high))
        return false;
    while (low < high) {
        ssize_t middle = low + (high - low) / 2;
        scoped Ref at = oz_int_new(t, middle);
        scoped Ref each = at ? oz_get_item(t, sequence, at) : NULL;
        if (each && !oz_is_none(key)) {
            Ref keyed = oz_call1(t, key, each);
            oz_drop(each);
            each = keyed;
        }
        bool less;
        if (!each ||
            !(right ? oz_compare_true(t, item, each, OZ_LT, &less)
                    : oz_compare_true(t, each, item, OZ_LT, &less)) ||
            !oz_poll(t))
            return false;
        if (less == right)
            high = middle;
        else
            low = middle + 1;
    }
    *index = low;
    return true;
}

static Ref find(Thread *t, const Obj *a, bool right)
{
    ssize_t index;
    return search(t, a[1], a[2], a[3], a[4], a[5], right, &index) ? oz_int_new(t, index) : NULL;
}

static Ref insert(Thread *t, const Obj *a, bool right)
{
    ssize_t index;
    scoped Ref item = oz_is_none(a[5]) ? oz_retain(a[2]) : oz_call1(t, a[5], a[2]);
    if (!item || !search(t, a[1], item, a[3], a[4], a[5], right, &index))
        return NULL;
    if (oz_is(a[1], OZ_LIST))
        return oz_list_insert(t, (List *)a[1], index, a[2]) ? OZ_NONE : NULL;
    scoped Ref name = oz_intern(t, "insert");
    scoped Ref at = name ? oz_int_new(t, index) : NULL;
    if (!at)
        return NULL;
    Obj values[] = {at, a[2]};
    scoped Ref result = oz_call_method(t, a[1], name, 2, values);
    return result ? OZ_NONE : NULL;
}

OZ_FUNCTION(bisect, bisect_right, "($module, /, a, x, lo=0, hi=None, *, key=None)",
            "Return the index behind the items of the sorted sequence a that are not greater than "
            "x.\n\nlo and hi say which part to search; key makes what is compared of an item.")
{
    return find(t, a, true);
}

OZ_FUNCTION(bisect, bisect_left, "($module, /, a, x, lo=0, hi=None, *, key=None)",
            "Return the index behind the items of the sorted sequence a that are less than x.\n\n"
            "lo and hi say which part to search; key makes what is compared of an item.")
{
    return find(t, a, false);
}

OZ_FUNCTION(bisect, insort_right, "($module, /, a, x, lo=0, hi=None, *, key=None)",
            "Insert x into the sorted sequence a, behind equal items.")
{
    return insert(t, a, true);
}

OZ_FUNCTION(bisect, insort_left, "($module, /, a, x, lo=0, hi=None, *, key=None)",
            "Insert x into the sorted sequence a, in front of equal items.")
{
    return insert(t, a, false);
}

const ModuleDef oz_bisect_module = {
    .name = "_bisect",
    .doc = "Places in sorted sequences.",
    .functions = OZ_METHODS(&bisect_bisect_right, &bisect_bisect_left, &bisect_insort_right,
                            &bisect_insort_left),
};
