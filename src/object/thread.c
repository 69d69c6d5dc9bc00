// SPDX-License-Identifier: MIT
// VMs and threads: reserved mappings, stack bounds, attachment.
//
// Reserved address space of a VM: the shape table (128 MiB) and its versions (64 MiB); of a
// thread: register stack and frame records.  None of it is resident before it is touched.  Under
// `ulimit -v` each shrinks (oz_os_reserve_most).
#include "object/thread.h"

#include "base/os_memory.h"
#include "object/class.h"
#include "object/collector.h"
#include "object/error.h"
#include "object/weakref.h"
#include "object/world.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define SHAPE_IDS ((size_t)1 << 24)
#define MAIN_STACK ((size_t)1 << 30)
#define THREAD_STACK ((size_t)8 << 20) /* as much as its C stack has, as a rule */
#define FRAME_SHARE 4                  /* frame records get a quarter of what registers get */
/* Records start half a page away from the registers.  With both at the same offset in their pages,
 * the loads of a call wait for stores that agree with them in the low 12 bits of the address only
 * (13 ns a call became 30 to 200, as the other addresses fell; measured on Zen 4). */
#define FRAME_SKEW 2048
#define NATIVE_MARGIN (256 << 10) /* C stack kept for what does not check */

_Thread_local Thread *oz_current_thread;

void oz_thread_bind(Thread *t)
{
    oz_current_thread = t;
    oz_heap_attach(t ? t->heap : NULL);
}

/* The bounds of the calling thread's C stack.  The main thread's grows up to the resource limit;
 * asking pthread for it reads a file, so it is taken from the limit. */
static void find_native_stack(Thread *t)
{
    char *here = __builtin_frame_address(0);
    size_t size = (size_t)8 << 20;
    if (t->is_main) {
        struct rlimit limit;
        if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
            size = limit.rlim_cur;
        else
            size = (size_t)64 << 20;
        t->native_base = here;
        size_t used = 64 << 10; /* environment and arguments above us, as a rule */
        size = size > used ? size - used : size;
    } else {
        pthread_attr_t attributes;
        void *low = NULL;
        if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
            pthread_attr_getstack(&attributes, &low, &size);
            pthread_attr_destroy(&attributes);
            t->native_base = (char *)low + size;
        } else {
            t->native_base = here;
        }
    }
    size_t margin = size / 4 < NATIVE_MARGIN ? size / 4 : NATIVE_MARGIN;
    t->native_limit = t->native_base - size + margin;
}

void oz_thread_begin(Thread *t)
{
    find_native_stack(t);
}

/* Threads take turns, so one heap and one nursery serve all. */
static bool find_heap(Thread *t)
{
    t->heap = t->is_main ? oz_heap_new(t->vm->heap) : t->vm->main->heap;
    return t->heap != NULL;
}

/* ---- stacks of Python code ----
 *
 * Those of ordinary size are kept, up to SPARES, for the next thread: to reserve and touch them is
 * half of what a thread costs.  Of each only the first KEPT_BYTES stay resident. */

enum { SPARES = 8 };
#define KEPT_BYTES ((size_t)64 << 10)

typedef struct Spare {
    Ref *stack;
    char *records;
} Spare;

struct Spares {
    Spare items[SPARES];
    size_t count;
};

static size_t stack_bytes(const Thread *t)
{
    return (size_t)((char *)t->stack_end - (char *)t->stack);
}

static size_t record_bytes(const Thread *t)
{
    return (size_t)((char *)t->frames_end - (char *)t->frames) + FRAME_SKEW;
}

static void set_stacks(Thread *t, Ref *stack, size_t bytes, char *records, size_t more)
{
    t->stack = stack;
    t->stack_end = stack ? stack + bytes / sizeof(Ref) : NULL;
    t->frames = records ? (Frame *)(records + FRAME_SKEW) : NULL;
    t->frames_end = records ? (Frame *)(records + more) : NULL;
}

/* false: no memory. */
static bool find_stacks(Thread *t, size_t bytes)
{
    struct Spares *spares = t->vm->spares;
    size_t more = bytes / FRAME_SHARE;
    if (bytes == THREAD_STACK && spares && spares->count) {
        Spare *spare = &spares->items[--spares->count];
        set_stacks(t, spare->stack, bytes, spare->records, more);
        return true;
    }
    Ref *stack = oz_os_reserve_most(&bytes, 1 << 20);
    char *records = oz_os_reserve_most(&more, 256 << 10);
    set_stacks(t, stack, bytes, records, more);
    return stack && records;
}

static void give_stacks(Thread *t)
{
    Vm *vm = t->vm;
    char *records = t->frames ? (char *)t->frames - FRAME_SKEW : NULL;
    bool usual = !t->is_main && t->stack && records && stack_bytes(t) == THREAD_STACK &&
                 record_bytes(t) == THREAD_STACK / FRAME_SHARE;
    if (usual && !vm->spares)
        vm->spares = calloc(1, sizeof *vm->spares);
    if (usual && vm->spares && vm->spares->count < SPARES) {
        oz_os_decommit((char *)t->stack + KEPT_BYTES, stack_bytes(t) - KEPT_BYTES);
        oz_os_decommit(records + KEPT_BYTES, record_bytes(t) - KEPT_BYTES);
        vm->spares->items[vm->spares->count++] = (Spare){t->stack, records};
        return;
    }
    if (t->stack)
        oz_os_release(t->stack, stack_bytes(t));
    if (records)
        oz_os_release(records, record_bytes(t));
}

static void drop_spares(Vm *vm)
{
    for (size_t n = 0; vm->spares && n < vm->spares->count; n++) {
        oz_os_release(vm->spares->items[n].stack, THREAD_STACK);
        oz_os_release(vm->spares->items[n].records, THREAD_STACK / FRAME_SHARE);
    }
    free(vm->spares);
}

Thread *oz_thread_new(Vm *vm, size_t stack_size)
{
    Thread *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->vm = vm;
    t->shapes = vm->shapes;
    t->depth_limit = (uint32_t)vm->recursion_limit;
    t->handled = &t->handled_base;
    oz_dead_list_init(&t->doomed);
    oz_dead_list_init(&t->unfinalized);
    if (vm->main) {
        memcpy(t->leaf_ids, vm->main->leaf_ids, sizeof t->leaf_ids);
        memcpy(t->plain_ids, vm->main->plain_ids, sizeof t->plain_ids);
    }
    t->is_main = vm->main == NULL;
    t->detached = true;
    size_t stack = t->is_main ? MAIN_STACK : stack_size > THREAD_STACK ? stack_size : THREAD_STACK;
    if (!find_heap(t) || !find_stacks(t, stack)) {
        oz_thread_drop(t);
        return NULL;
    }
    if (t->is_main)
        oz_gc_thread_init(t);
    t->serial = ++vm->next_serial;
    t->next = vm->threads;
    vm->threads = t;
    atomic_fetch_add_explicit(&vm->threads_alive, 1, memory_order_relaxed);
    return t;
}

void oz_thread_drop(Thread *t)
{
    for (Thread **link = &t->vm->threads; *link; link = &(*link)->next) {
        if (*link == t) {
            *link = t->next;
            atomic_fetch_sub_explicit(&t->vm->threads_alive, 1, memory_order_release);
            break;
        }
    }
    give_stacks(t);
    oz_dead_list_fini(&t->doomed);
    oz_dead_list_fini(&t->unfinalized);
    oz_block_free(t->contexts);
    if (oz_current_thread == t)
        oz_current_thread = NULL;
    free(t);
}

Vm *oz_vm_new(void)
{
    Vm *vm = calloc(1, sizeof *vm);
    if (!vm)
        return NULL;
    vm->heap = oz_heap_shared_new();
    vm->shapes = oz_os_reserve(SHAPE_IDS * sizeof(Shape *));
    vm->shape_versions = oz_os_reserve(SHAPE_IDS * sizeof(uint32_t));
    atomic_init(&vm->shape_end, OZ_BUILTIN_IDS);
    vm->next_version = 1;
    vm->next_table_id = 1;
    vm->switch_interval = 0.005;
    vm->recursion_limit = 1000;
    vm->int_max_str_digits = 4300;
    if (!vm->heap || !vm->shapes || !vm->shape_versions || !oz_gc_init(vm) || !oz_world_init(vm) ||
        !(vm->main = oz_thread_new(vm, 0))) {
        oz_vm_drop(vm);
        return NULL;
    }
    vm->main->ident = (uint64_t)pthread_self();
    oz_thread_begin(vm->main);
    oz_world_enter(vm->main);
    return vm;
}

/* Types of the core hold nothing outside of the heap, which goes as a whole. */
static void release_outside(void *cell, size_t size OZ_UNUSED, void *arg)
{
    Vm *vm = arg;
    uint32_t id = oz_id(cell);
    const TypeDef *def = id < OZ_BUILTIN_IDS ? vm->types[id] : vm->shapes[id]->def;
    if (def->free && def->id >= OZ_TYPE_END)
        def->free(vm->main, cell);
}

void oz_vm_release(Vm *vm)
{
    oz_heap_each(vm->heap, OZ_PAGE_CONTAINER, release_outside, vm);
    oz_heap_each(vm->heap, OZ_PAGE_LEAF, release_outside, vm);
}

void oz_vm_each_range(const Vm *vm, VmRangeFn *fn, void *arg)
{
    fn("shapes and classes by number", vm->shapes, SHAPE_IDS * sizeof(Shape *), arg);
    fn("shapes and classes by number", vm->shape_versions, SHAPE_IDS * sizeof(uint32_t), arg);
    for (const Thread *t = vm->threads; t; t = t->next) {
        fn("stacks of Python code", t->stack, stack_bytes(t), arg);
        fn("stacks of Python code", (char *)t->frames - FRAME_SKEW, record_bytes(t), arg);
    }
    for (size_t n = 0; vm->spares && n < vm->spares->count; n++) {
        fn("stacks of Python code", vm->spares->items[n].stack, THREAD_STACK, arg);
        fn("stacks of Python code", vm->spares->items[n].records, THREAD_STACK / FRAME_SHARE, arg);
    }
}

void oz_vm_drop(Vm *vm)
{
    oz_weakrefs_fini(vm);
    while (vm->threads)
        oz_thread_drop(vm->threads);
    drop_spares(vm);
    oz_gc_fini(vm); /* until here pages may be in the lists of a pass under way */
    if (vm->shapes)
        oz_os_release(vm->shapes, SHAPE_IDS * sizeof(Shape *));
    if (vm->shape_versions)
        oz_os_release(vm->shape_versions, SHAPE_IDS * sizeof(uint32_t));
    if (vm->heap)
        oz_heap_shared_drop(vm->heap);
    free(vm);
}

bool oz_recursion_error(Thread *t, const char *where)
{
    t->vm->hooks.raise_recursion(t, where);
    return false;
}
