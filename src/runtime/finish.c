// SPDX-License-Identifier: MIT
// Taking the modules apart at the end of a program.
//
// The order is one that programs can see, through finalisers, and CPython's:
//
//   1. garbage is collected while everything still stands (unless gc is disabled);
//   2. sys loses what keeps objects of the program (the last exception, prompts, import hooks) and
//      gets its first standard files back;
//   3. sys.modules becomes empty, so a module that nothing else holds dies; builtins gets the
//      contents back that it started with;
//   4. what that made unreachable is collected: modules whose functions hold their globals;
//   5. modules that still live have their globals set to None, the last imported first; in each
//      the names with one leading underscore go first;
//   6. so do those of sys and, last, builtins; then a last collection.
//
// Native code that runs meanwhile finds sys and builtins as it always does, with None in them.
#include "runtime/finish.h"

#include "object/collector.h"
#include "object/error.h"
#include "modules/modules.h"
#include "object/weakref.h"
#include "types/dict.h"
#include "types/function.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/type.h"
#include "types/weakref.h"

#include <stdlib.h>

/* ---- one namespace ---- */

static void set_none(Thread *t, Dict *dict, Obj name)
{
    if (!oz_dict_set(t, dict, name, OZ_NONE))
        oz_exception_clear(t);
}

static void set_none_if_there(Thread *t, Dict *dict, const char *text)
{
    scoped Ref name = oz_intern(t, text);
    if (name && oz_dict_peek_str(dict, name))
        set_none(t, dict, name);
    oz_exception_clear(t);
}

static bool is_private(const Str *name)
{
    return oz_str_length(name) > 0 && oz_str_at(name, 0) == '_' &&
           !(oz_str_length(name) > 1 && oz_str_at(name, 1) == '_');
}

/* Only values of keys that are there are replaced, so the walk goes on although a finaliser runs;
 * if that changes the dict, some names may be met twice or not at all. */
static void clear_names(Thread *t, Dict *dict, bool private)
{
    size_t at = 0;
    for (Obj key, value; oz_dict_step(dict, &at, &key, &value);) {
        if (value == OZ_NONE || !oz_is_str(key) || key == OZ_NAME(t, __builtins__) ||
            (private && !is_private(oz_as_str(key))))
            continue;
        scoped Ref name = oz_retain(key);
        set_none(t, dict, name);
    }
}

static void clear_namespace(Thread *t, Dict *dict)
{
    clear_names(t, dict, true);
    clear_names(t, dict, false);
}

/* ---- sys and builtins ---- */

static void forget_in_sys(Thread *t)
{
    static const char *const names[] = {"path",
                                        "argv",
                                        "ps1",
                                        "ps2",
                                        "last_type",
                                        "last_value",
                                        "last_traceback",
                                        "path_hooks",
                                        "path_importer_cache",
                                        "meta_path",
                                        "__interactivehook__"};
    static const char *const files[][2] = {
        {"stdin", "__stdin__"}, {"stdout", "__stdout__"}, {"stderr", "__stderr__"}};
    Dict *sys = (Dict *)t->vm->sys;
    set_none_if_there(t, (Dict *)t->vm->builtins, "_");
    for (size_t n = 0; n < OZ_COUNT(names); n++)
        set_none_if_there(t, sys, names[n]);
    for (size_t n = 0; n < OZ_COUNT(files); n++) {
        scoped Ref name = oz_intern(t, files[n][0]), first_name = oz_intern(t, files[n][1]);
        scoped Ref first = first_name ? oz_retain(oz_dict_peek_str(sys, first_name)) : NULL;
        if (!name || !oz_dict_set(t, sys, name, first ? first : OZ_NONE))
            oz_exception_clear(t);
    }
}

/* builtins as it was: what the program put in goes, what it replaced or deleted comes back. */
static void restore_builtins(Thread *t)
{
    Dict *now = (Dict *)t->vm->builtins;
    scoped Ref start = oz_move(&t->vm->builtins_start);
    scoped Ref changed = oz_dict_copy(t, now);
    if (!start || !changed) {
        oz_exception_clear(t);
        return;
    }
    size_t at = 0;
    for (Obj key, value; oz_dict_step((Dict *)changed, &at, &key, &value);)
        if ((!oz_is_str(key) || !oz_dict_peek_str((Dict *)start, key)) &&
            oz_dict_delete(t, now, key) == OZ_RAISED)
            oz_exception_clear(t);
    at = 0;
    for (Obj key, value; oz_dict_step((Dict *)start, &at, &key, &value);)
        if (oz_dict_peek_str(now, key) != value && !oz_dict_set(t, now, key, value))
            oz_exception_clear(t);
}

/* ---- sys.modules ---- */

/* The namespaces of modules: owned. */
typedef struct Namespaces {
    Ref *items;
    size_t count;
} Namespaces;

static void namespaces_fini(Namespaces *n)
{
    for (size_t i = 0; i < n->count; i++)
        oz_drop(n->items[i]);
    free(n->items);
    *n = (Namespaces){NULL, 0};
}

/* What a module imports is finalised before what its importer made then, as a rule. */
static void main_last(Namespaces *n, Obj main)
{
    for (size_t i = 0; i + 1 < n->count; i++) {
        if (n->items[i] == main) {
            n->items[i] = n->items[i + 1];
            n->items[i + 1] = (Ref)main;
        }
    }
}

/* Every module of sys.modules as a weak reference, and None in its place.  Namespaces that outlive
 * their modules are noted. */
static Ref take_modules(Thread *t, Namespaces *left)
{
    scoped Ref modules = oz_retain(t->vm->modules);
    scoped Ref list = oz_list_new(t, 0);
    scoped Ref names =
        list && oz_is(modules, OZ_DICT) ? oz_dict_key_list(t, (Dict *)modules) : NULL;
    if (!names) {
        oz_exception_clear(t);
        return NULL;
    }
    size_t count = oz_list_length((List *)names);
    Obj main = NULL;
    left->items = calloc(count + 1, sizeof *left->items);
    for (size_t n = 0; n < count; n++) {
        scoped Ref name = oz_list_get(t, (List *)names, n), module = NULL, weak = NULL;
        scoped Ref dict = NULL;
        if (!name || oz_dict_get(t, (Dict *)modules, name, &module) != OZ_FOUND) {
            oz_exception_clear(t);
            continue;
        }
        if (oz_isa(module, OZ_MODULE)) {
            weak = oz_weakref_new(t, oz_builtin_class(t, OZ_WEAKREF), module, NULL);
            if (!weak || !oz_list_append(t, (List *)list, weak))
                oz_exception_clear(t);
            dict = oz_retain(((Module *)module)->dict);
        }
        oz_clear(&weak);
        oz_clear(&module);
        set_none(t, (Dict *)modules, name);
        if (dict && left->items && oz_refs(oz_object(dict)) != 1)
            left->items[left->count++] = oz_move(&dict);
        if (name == OZ_NAME(t, __main__) && left->count)
            main = left->items[left->count - 1];
    }
    oz_clear(&names);
    oz_dict_clear(t, (Dict *)modules);
    main_last(left, main);
    return oz_move(&list);
}

static void clear_survivors(Thread *t, List *list)
{
    for (size_t n = oz_list_length(list); n-- > 0;) {
        scoped Ref weak = oz_list_get(t, list, n);
        scoped Ref module = weak ? oz_weakref_get((WeakRef *)weak) : NULL;
        oz_exception_clear(t);
        if (!module)
            continue;
        scoped Ref dict = oz_retain(((Module *)module)->dict);
        if (dict && dict != t->vm->sys && dict != t->vm->builtins)
            clear_namespace(t, (Dict *)dict);
    }
}

/* ---- is there anything to do? ---- */

/* Callbacks that only take an entry out of a table: for that to be seen, somebody must look who
 * does something himself. */
static const struct {
    const char *module, *function;
} quiet_callbacks[] = {
    {"_weakrefset", "_remove"}, {"weakref", "remove"}, {"logging", "_removeHandlerRef"}};

typedef struct Look {
    Obj quiet[OZ_COUNT(quiet_callbacks)]; /* globals of those modules, or empty */
    bool found;
} Look;

static bool is_quiet(const Look *look, Obj callback)
{
    if (!oz_is(callback, OZ_FUNCTION))
        return oz_is(callback, OZ_ABC_FORGET);
    const Function *function = (const Function *)callback;
    const Str *name = oz_as_str(oz_function_name(function));
    for (size_t n = 0; name && n < OZ_COUNT(quiet_callbacks); n++)
        if (function->globals == look->quiet[n] &&
            oz_str_equal_utf8(name, quiet_callbacks[n].function))
            return true;
    return false;
}

static bool is_weak(const Object *o)
{
    return oz_isa((Obj)o, OZ_WEAKREF) || oz_is((Obj)o, OZ_WEAK_PROXY) ||
           oz_is((Obj)o, OZ_WEAK_CALLABLE_PROXY);
}

static void look_at_cell(void *cell, size_t size OZ_UNUSED, void *arg)
{
    const Object *o = cell;
    Look *look = arg;
    if (oz_class_of((Obj)o)->slots->finalize) {
        look->found |= !oz_file_is_standard((Obj)o);
    } else if (is_weak(o)) {
        Obj callback = ((const WeakRef *)o)->callback;
        look->found |= callback && !is_quiet(look, callback);
    }
}

static Obj globals_of(Thread *t, const char *name)
{
    scoped Ref key = oz_intern(t, name);
    Obj module = key && oz_is(t->vm->modules, OZ_DICT)
                     ? oz_dict_peek_str((Dict *)t->vm->modules, key)
                     : NULL;
    return module && oz_is(module, OZ_MODULE) ? ((const Module *)module)->dict : NULL;
}

/* Does anything live that does something when it dies?  Most short programs have nothing, and a
 * look at each object is cheaper than to take them apart. */
static bool anybody_notices(Thread *t)
{
    Look look = {.found = oz_collector(t->vm)->events != NULL}; /* gc.callbacks, gc.set_debug */
    for (size_t n = 0; n < OZ_COUNT(quiet_callbacks); n++)
        look.quiet[n] = globals_of(t, quiet_callbacks[n].module);
    if (!look.found)
        oz_heap_each(t->vm->heap, OZ_PAGE_CONTAINER, look_at_cell, &look);
    return look.found;
}

void oz_finish(Thread *t)
{
    Vm *vm = t->vm;
    if (!anybody_notices(t))
        return;
    Namespaces left = {NULL, 0};
    if (oz_collector(vm)->enabled)
        oz_gc_collect(t, 2);
    forget_in_sys(t);
    scoped Ref modules = take_modules(t, &left);
    vm->finalizing = OZ_WITHOUT_MODULES;
    restore_builtins(t);
    oz_gc_finish(t, left.items, left.count);
    namespaces_fini(&left);
    if (modules)
        clear_survivors(t, (List *)modules);
    oz_clear(&modules);
    clear_namespace(t, (Dict *)vm->sys);
    clear_namespace(t, (Dict *)vm->builtins);
    oz_gc_finish(t, NULL, 0);
}
