// SPDX-License-Identifier: MIT
// _heapq: binary heaps in lists, with the least item (or, for the functions ending in _max, the
// greatest) at index 0.
//
// An item that leaves the root is not compared with the one that replaces it on the way down: the
// better child moves up until the bottom, then the replacement climbs from there (it came from the
// bottom, so it belongs near it).  Comparisons may change the list: then RuntimeError, as soon as
// its length is another one.
#include "modules/native_type.h"

#include "types/list_layout.h"

/* Should `a` stand above `b`? */
static bool above(Thread *t, Obj a, Obj b, bool greatest, bool *result)
{
    int order;
    if (oz_order_in_place(a, b, &order)) {
        *result = greatest ? order > 0 : order < 0;
        return true;
    }
    scoped Ref left = oz_retain(a);
    scoped Ref right = oz_retain(b);
    return greatest ? oz_compare_true(t, right, left, OZ_LT, result)
                    : oz_compare_true(t, left, right, OZ_LT, result);
}

static bool unchanged(Thread *t, const List *heap, size_t length)
{
    return oz_list_length_fast(heap) == length ||
           oz_fail(t, OZ_RuntimeError, "list changed size during iteration");
}

static void swap(List *heap, size_t i, size_t j)
{
    Ref *items = heap->block->items;
    Ref item = items[i];
    OZ_WRITE(&items[i], items[j]);
    OZ_WRITE(&items[j], item);
}

/* The item at `at` climbs, not above `start`. */
static bool climb(Thread *t, List *heap, size_t start, size_t at, bool greatest)
{
    size_t length = oz_list_length_fast(heap);
    if (at >= length)
        return oz_fail(t, OZ_IndexError, "index out of range");
    while (at > start) {
        size_t parent = (at - 1) / 2;
        bool higher;
        if (!above(t, heap->block->items[at], heap->block->items[parent], greatest, &higher) ||
            !unchanged(t, heap, length))
            return false;
        if (!higher)
            break;
        swap(heap, at, parent);
        at = parent;
    }
    return oz_poll(t);
}

/* The item at `start` sinks to the bottom and climbs back to where it belongs. */
static bool sink(Thread *t, List *heap, size_t start, bool greatest)
{
    size_t length = oz_list_length_fast(heap);
    size_t at = start;
    if (start >= length)
        return oz_fail(t, OZ_IndexError, "index out of range");
    while (2 * at + 1 < length) {
        size_t child = 2 * at + 1;
        if (child + 1 < length) {
            bool first;
            if (!above(t, heap->block->items[child], heap->block->items[child + 1], greatest,
                       &first) ||
                !unchanged(t, heap, length))
                return false;
            child += !first;
        }
        swap(heap, at, child);
        at = child;
    }
    return climb(t, heap, start, at, greatest);
}

static List *list_argument(Thread *t, Obj v, const char *name, const char *which)
{
    List *list = oz_as_list(v);
    if (!list)
        oz_raise(t, OZ_TypeError, "%s() argument%s must be list, not %T", name, which, v);
    return list;
}

static Ref pop(Thread *t, List *heap, bool greatest)
{
    size_t length = oz_list_length_fast(heap);
    if (!length)
        return oz_raise(t, OZ_IndexError, "index out of range");
    ListBlock *block = heap->block;
    scoped Ref item = block->items[length - 1];
    OZ_WRITE(&block->length, (uint32_t)(length - 1));
    if (length == 1)
        return oz_move(&item);
    Ref root = block->items[0];
    OZ_WRITE(&block->items[0], oz_move(&item));
    item = root;
    return sink(t, heap, 0, greatest) ? oz_move(&item) : NULL;
}

static Ref replace(Thread *t, List *heap, Obj item, bool greatest)
{
    if (!oz_list_length_fast(heap))
        return oz_raise(t, OZ_IndexError, "index out of range");
    Ref *root = &heap->block->items[0];
    scoped Ref old = *root;
    OZ_WRITE(root, NULL);
    oz_store_new(&heap->base, root, oz_retain(item));
    return sink(t, heap, 0, greatest) ? oz_move(&old) : NULL;
}

static bool heapify(Thread *t, List *heap, bool greatest)
{
    for (size_t i = oz_list_length_fast(heap) / 2; i-- > 0;)
        if (!sink(t, heap, i, greatest))
            return false;
    return true;
}

OZ_FUNCTION(heapq, heappush, "($module, heap, item, /)", "Put an item on the heap.")
{
    List *heap = list_argument(t, a[1], "heappush", " 1");
    if (!heap || !oz_list_append(t, heap, a[2]) ||
        !climb(t, heap, 0, oz_list_length_fast(heap) - 1, false))
        return NULL;
    return OZ_NONE;
}

OZ_FUNCTION(heapq, heappop, "($module, heap, /)", "Take the least item off the heap.")
{
    List *heap = list_argument(t, a[1], "heappop", "");
    return heap ? pop(t, heap, false) : NULL;
}

OZ_FUNCTION(heapq, heapreplace, "($module, heap, item, /)",
            "Take the least item off the heap, then put the new one on it.")
{
    List *heap = list_argument(t, a[1], "heapreplace", " 1");
    return heap ? replace(t, heap, a[2], false) : NULL;
}

OZ_FUNCTION(heapq, heappushpop, "($module, heap, item, /)",
            "Put the new item on the heap, then take the least one off it.")
{
    List *heap = list_argument(t, a[1], "heappushpop", " 1");
    if (!heap)
        return NULL;
    bool higher = false;
    if (oz_list_length_fast(heap) && !above(t, heap->block->items[0], a[2], false, &higher))
        return NULL;
    return higher ? replace(t, heap, a[2], false) : oz_retain(a[2]);
}

OZ_FUNCTION(heapq, heapify, "($module, heap, /)", "Make a list a heap, in linear time.")
{
    List *heap = list_argument(t, a[1], "heapify", "");
    return heap && heapify(t, heap, false) ? OZ_NONE : NULL;
}

OZ_FUNCTION(heapq, _heappop_max, "($module, heap, /)", "heappop for the greatest item.")
{
    List *heap = list_argument(t, a[1], "_heappop_max", "");
    return heap ? pop(t, heap, true) : NULL;
}

OZ_FUNCTION(heapq, _heapreplace_max, "($module, heap, item, /)",
            "heapreplace for the greatest item.")
{
    List *heap = list_argument(t, a[1], "_heapreplace_max", " 1");
    return heap ? replace(t, heap, a[2], true) : NULL;
}

OZ_FUNCTION(heapq, _heapify_max, "($module, heap, /)", "heapify for the greatest item.")
{
    List *heap = list_argument(t, a[1], "_heapify_max", "");
    return heap && heapify(t, heap, true) ? OZ_NONE : NULL;
}

static bool heapq_init(Thread *t, Module *module)
{
    return oz_module_add_str(t, module, "__about__",
                             "A heap is a list in which no item is less than the one at half its "
                             "index; the least is first.");
}

const ModuleDef oz_heapq_module = {
    .name = "_heapq",
    .doc = "Heaps in lists.",
    .functions = OZ_METHODS(&heapq_heappush, &heapq_heappop, &heapq_heapreplace, &heapq_heappushpop,
                            &heapq_heapify, &heapq__heappop_max, &heapq__heapreplace_max,
                            &heapq__heapify_max),
    .init = heapq_init,
};
