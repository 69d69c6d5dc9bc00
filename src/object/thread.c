// SPDX-License-Identifier: MIT
// VMs and threads: reserved mappings, stack bounds, attachment.
//
// Reserved address space of a VM: the shape table (128 MiB) and its versions (64 MiB); of a
// thread: register stack and frame records.  None of it is resident before it is touched.  Under
// `ulimit -v`, which counts all of it, they take a tenth of what there is; when a program sets such
// a limit itself, what was not used yet goes back (oz_thread_fit_room).
#include "object/thread.h"

#include "base/os_memory.h"
#include "object/class.h"
#include "object/collector.h"
#include "object/distribute.h"
#include "object/error.h"
#include "object/weakref.h"
#include "object/world.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define SHAPE_IDS ((size_t)1 << 24)
#define MAIN_STACK ((size_t)1 << 30)
#define THREAD_STACK ((size_t)8 << 20)  /* as much as its C stack has, as a rule */
#define FRAME_SHARE 4                   /* frame records get a quarter of what registers get */
#define FIRST_BYTES ((size_t)256 << 10) /* of a thread: it gets as far as the program's code */
#define STACK_SHARE 16                  /* of a limited address space */
#define SHAPE_SHARE 32
#define STACK_LEAST ((size_t)1 << 20)
#define SHAPE_IDS_LEAST ((size_t)1 << 16)
#define SHAPE_STEP 1024 /* ids of a piece of versions */
#define SHAPE_BYTES (sizeof(Shape *) + sizeof(uint32_t))
/* Records start half a page away from the registers.  With both at the same offset in their pages,
 * the loads of a call wait for stores that agree with them in the low 12 bits of the address only
 * (13 ns a call became 30 to 200, as the other addresses fell; measured on Zen 4). */
#define FRAME_SKEW 2048
#define NATIVE_MARGIN (256 << 10) /* C stack kept for what does not check */

_Thread_local Thread *oz_current_thread;

/* What to reserve: `wish`, or a share of the address space if it is limited. */
static size_t fit_room(size_t wish, size_t share, size_t least)
{
    size_t most = oz_os_address_room() / share;
    return most >= wish ? wish : most > least ? most & ~(OZ_OS_PIECE - 1) : least;
}

static uint32_t fit_shapes(void)
{
    size_t least = SHAPE_IDS_LEAST * SHAPE_BYTES;
    return (uint32_t)(fit_room(SHAPE_IDS * SHAPE_BYTES, SHAPE_SHARE, least) / SHAPE_BYTES);
}

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

/* Each thread allocates from a heap, and has a nursery, of its own. */
static bool find_heap(Thread *t)
{
    Heap *caller = oz_heap_attach(NULL);
    t->heap = oz_heap_new(t->vm->heap);
    oz_heap_attach(caller);
    return t->heap && (t->is_main || oz_heap_reserve(t->heap, FIRST_BYTES));
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
    Ref *stack = oz_os_reserve_most(&bytes, STACK_LEAST);
    char *records = oz_os_reserve_most(&more, STACK_LEAST / FRAME_SHARE);
    set_stacks(t, stack, bytes, records, more);
    return stack && records;
}

static void give_stacks(Thread *t)
{
    Vm *vm = t->vm;
    char *records = t->frames ? (char *)t->frames - FRAME_SKEW : NULL;
    bool usual = !t->is_main && t->stack && records && stack_bytes(t) == THREAD_STACK &&
                 record_bytes(t) == THREAD_STACK / FRAME_SHARE &&
                 oz_os_address_room() == SIZE_MAX; /* else there is none to keep */
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
    vm->spares = NULL;
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
        memcpy(t->quiet_ids, vm->main->quiet_ids, sizeof t->quiet_ids);
    }
    t->is_main = vm->main == NULL;
    t->detached = true;
    size_t stack = t->is_main ? MAIN_STACK : stack_size > THREAD_STACK ? stack_size : THREAD_STACK;
    stack = fit_room(stack, STACK_SHARE, STACK_LEAST);
    if (!find_heap(t) || !find_stacks(t, stack) || !oz_distribution_enter(t)) {
        oz_thread_drop(t);
        return NULL;
    }
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
    oz_distribution_leave(t);
    give_stacks(t);
    oz_dead_list_fini(&t->doomed);
    oz_dead_list_fini(&t->unfinalized);
    oz_block_free(t->contexts);
    if (t->heap)
        oz_heap_drop(t->heap);
    if (oz_current_thread == t)
        oz_thread_bind(NULL);
    free(t);
}

Vm *oz_vm_new(void)
{
    Vm *vm = calloc(1, sizeof *vm);
    if (!vm)
        return NULL;
    vm->heap = oz_heap_shared_new();
    vm->shape_room = fit_shapes() / SHAPE_STEP * SHAPE_STEP;
    vm->shapes = oz_os_reserve(vm->shape_room * sizeof(Shape *));
    vm->shape_versions = oz_os_reserve(vm->shape_room * sizeof(uint32_t));
    atomic_init(&vm->shape_end, OZ_BUILTIN_IDS);
    vm->next_version = 1;
    vm->start_ns = oz_monotonic_ns();
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

/* Give the end of [start, *end) back, from `keep` on, but for what is not a whole piece. */
static void *cut_off(uintptr_t keep, void *end)
{
    char *from = (char *)oz_round_up(keep, OZ_OS_PIECE);
    if (from >= (char *)end)
        return end;
    oz_os_release(from, (size_t)((char *)end - from));
    return from;
}

static void fit_shape_room(Vm *vm)
{
    size_t used = atomic_load_explicit(&vm->shape_end, memory_order_relaxed) + SHAPE_IDS_LEAST;
    size_t room = oz_round_up(used > fit_shapes() ? used : fit_shapes(), SHAPE_STEP);
    if (room >= vm->shape_room)
        return;
    cut_off((uintptr_t)(vm->shapes + room), vm->shapes + vm->shape_room);
    cut_off((uintptr_t)(vm->shape_versions + room), vm->shape_versions + vm->shape_room);
    vm->shape_room = (uint32_t)room;
}

void oz_thread_fit_room(Thread *t, const void *registers, const void *frames)
{
    fit_shape_room(t->vm);
    if (oz_os_address_room() != SIZE_MAX)
        drop_spares(t->vm);
    if (!t->is_main) /* the stacks of other threads are small */
        return;
    size_t stack = fit_room(MAIN_STACK, STACK_SHARE, STACK_LEAST);
    uintptr_t top = (uintptr_t)registers + STACK_LEAST;
    uintptr_t last = (uintptr_t)frames + STACK_LEAST / FRAME_SHARE;
    uintptr_t stack_end = (uintptr_t)t->stack + stack;
    uintptr_t frames_end = (uintptr_t)t->frames + stack / FRAME_SHARE;
    t->stack_end = cut_off(stack_end > top ? stack_end : top, t->stack_end);
    t->frames_end = cut_off(frames_end > last ? frames_end : last, t->frames_end);
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
    fn("shapes and classes by number", vm->shapes, vm->shape_room * sizeof(Shape *), arg);
    fn("shapes and classes by number", vm->shape_versions, vm->shape_room * sizeof(uint32_t), arg);
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
    oz_distribution_fini(vm);
    while (vm->roots) {
        VmRoots *roots = vm->roots;
        vm->roots = roots->next;
        free(roots);
    }
    oz_gc_fini(vm); /* until here pages may be in the lists of a pass under way */
    if (vm->shapes)
        oz_os_release(vm->shapes, vm->shape_room * sizeof(Shape *));
    if (vm->shape_versions)
        oz_os_release(vm->shape_versions, vm->shape_room * sizeof(uint32_t));
    if (vm->heap)
        oz_heap_shared_drop(vm->heap);
    oz_world_fini(vm);
    free(vm);
}

bool oz_vm_add_roots(Vm *vm, const Ref *places, size_t count)
{
    VmRoots *roots = malloc(sizeof *roots);
    if (!roots)
        return false;
    *roots = (VmRoots){places, count, vm->roots};
    vm->roots = roots;
    return true;
}

bool oz_recursion_error(Thread *t, const char *where)
{
    t->vm->hooks.raise_recursion(t, where);
    return false;
}
