// SPDX-License-Identifier: MIT
// Imports by several threads: who imports a module first does it, the others wait for it.
//
// Each import under way has a record on the importer's C stack.  Whoever finds another thread's
// record of the name it wants waits until that import has ended, unless that thread waits itself,
// over any number of threads, for one of ours: then it takes the module as it is, half made, as an
// import that goes in a circle in one thread does.  importlib has locks of its own for what it
// loads
// (_ModuleLock); each side waits for the other's.
#include "modules/import.h"
#include "modules/native_type.h"
#include "object/error.h"
#include "object/world.h"

void oz_import_begin(Thread *t, Importing *record, Obj name)
{
    *record = (Importing){name, t, t->vm->importing};
    t->vm->importing = record;
}

void oz_import_end(Thread *t, const Importing *record)
{
    Vm *vm = t->vm;
    for (Importing **link = &vm->importing; *link; link = &(*link)->next) {
        if (*link == record) {
            *link = record->next;
            break;
        }
    }
    bool awaited = false;
    for (Thread *each = vm->threads; each; each = each->next) {
        if (each->waits_for == record) {
            each->waits_for = NULL;
            awaited = true;
        }
    }
    if (awaited) {
        atomic_fetch_add_explicit(&vm->imports_ended, 1, memory_order_relaxed);
        oz_wake(&vm->imports_ended);
    }
}

/* The latest import of that name that is under way. */
static const Importing *find(const Thread *t, Obj name)
{
    const Importing *record = t->vm->importing;
    while (record && !oz_str_equal(oz_as_str(record->name), oz_as_str(name)))
        record = record->next;
    return record;
}

/* Would waiting for that record wait for ourselves? */
static bool is_circle(const Thread *t, const Importing *record)
{
    while (record && record->owner != t)
        record = record->owner->waits_for;
    return record != NULL;
}

bool oz_import_wait(Thread *t, Obj name)
{
    for (;;) {
        const Importing *record = find(t, name);
        if (OZ_LIKELY(!record) || is_circle(t, record))
            return true;
        t->waits_for = record;
        uint32_t ended = atomic_load_explicit(&t->vm->imports_ended, memory_order_relaxed);
        Found found = oz_wait_change(t, &t->vm->imports_ended, ended, INT64_MAX);
        t->waits_for = NULL;
        if (found == OZ_RAISED)
            return false;
    }
}

/* Does importlib load this module at the moment, and nobody here? */
static Found is_loaded_by_importlib(Thread *t, Obj module, Obj name)
{
    scoped Ref spec = NULL, value = NULL, key = NULL;
    if (find(t, name))
        return OZ_MISSING;
    Found found = oz_find_attr(t, module, OZ_NAME(t, __spec__), &spec);
    if (found != OZ_FOUND || oz_is(spec, OZ_SPEC))
        return found == OZ_RAISED && !oz_exception_forget(t, OZ_Exception) ? OZ_RAISED : OZ_MISSING;
    key = oz_intern(t, "_initializing");
    found = key ? oz_find_attr(t, spec, key, &value) : OZ_RAISED;
    return found == OZ_FOUND && value != OZ_TRUE ? OZ_MISSING : found;
}

bool oz_import_settle(Thread *t, Obj module, Obj name)
{
    if (!oz_import_wait(t, name))
        return false;
    if (atomic_load_explicit(&t->vm->threads_alive, memory_order_relaxed) == 1)
        return true;
    Found loading = is_loaded_by_importlib(t, module, name);
    if (loading != OZ_FOUND)
        return loading == OZ_MISSING;
    scoped Ref bootstrap = oz_import(t, "importlib._bootstrap");
    scoped Ref key = bootstrap ? oz_intern(t, "_lock_unlock_module") : NULL;
    scoped Ref wait = key ? oz_get_attr(t, bootstrap, key) : NULL;
    scoped Ref done = wait ? oz_call1(t, wait, name) : NULL;
    return done != NULL;
}

/* ---- the lock of _imp ---- */

void oz_import_lock_take(Thread *t)
{
    Vm *vm = t->vm;
    if (vm->import_owner != t) {
        oz_lock_take_deaf(t, &vm->import_lock);
        vm->import_owner = t;
    }
    vm->import_depth++;
}

bool oz_import_lock_give(Thread *t)
{
    Vm *vm = t->vm;
    if (vm->import_owner != t)
        return oz_fail(t, OZ_RuntimeError, "not holding the import lock");
    if (--vm->import_depth == 0) {
        vm->import_owner = NULL;
        oz_lock_give(&vm->import_lock);
    }
    return true;
}

void oz_import_after_fork(Thread *t)
{
    for (Importing **link = &t->vm->importing; *link;) {
        if ((*link)->owner != t)
            *link = (*link)->next; /* of a thread that this process does not have */
        else
            link = &(*link)->next;
    }
}
