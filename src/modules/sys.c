// SPDX-License-Identifier: MIT
// The module sys: the interpreter as programs see it.
//
// Names that depend on the start (argv, path, stdin, ...) are put in by runtime/ after the module
// exists; sys_data.c has the constant structures.
#include "modules/sys.h"

#include "heap/heap.h"
#include "memtools/account.h"
#include "modules/config.h"
#include "modules/import.h"
#include "modules/modules.h"
#include "object/distribute.h"
#include "object/error.h"
#include "types/audit.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/float.h"
#include "types/frame.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/traceback.h"
#include "types/tuple.h"
#include "types/type.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- objects ---- */

OZ_FUNCTION(sys, getrefcount, "($module, object, /)",
            "Return the number of references to an object, the argument's included.")
{
    if (!oz_is_pointer(a[1]))
        return oz_int(UINT32_MAX);
    const Object *o = oz_object(a[1]);
    if (oz_is_immortal(o))
        return oz_int(UINT32_MAX);
    if (oz_is_distributed(o))
        return oz_int(oz_distributed_count(t->vm, o));
    return oz_int((uint32_t)oz_refs(o) & OZ_COUNTED_MASK);
}

OZ_FUNCTION(sys, getsizeof, "($module, object, default=<unrepresentable>, /)",
            "Return the bytes that an object takes; 0 for a value that needs no object.")
{
    scoped Ref method = NULL;
    Found found = oz_find_special(t, a[1], OZ_NAME(t, __sizeof__), &method);
    if (found == OZ_RAISED)
        return NULL;
    scoped Ref size = NULL;
    if (found == OZ_FOUND)
        size = oz_call0(t, method);
    else
        oz_raise(t, OZ_TypeError, "Type %T doesn't define __sizeof__", a[1]);
    ssize_t bytes = 0;
    if (!size || !oz_as_ssize(t, size, OZ_OverflowError, &bytes)) {
        if (a[2] && oz_exception_forget(t, OZ_TypeError))
            return oz_retain(a[2]);
        return NULL;
    }
    if (bytes < 0)
        return oz_raise(t, OZ_ValueError, "__sizeof__() should return >= 0");
    return oz_int(bytes);
}

OZ_FUNCTION(sys, intern, "($module, string, /)",
            "Return the interned string equal to this one, entering it if it is new.")
{
    if (!oz_is_exact_str(a[1])) {
        if (oz_is_str(a[1]))
            return oz_raise(t, OZ_TypeError, "can't intern %T", a[1]);
        return oz_raise(t, OZ_TypeError, "intern() argument must be str, not %T", a[1]);
    }
    return oz_intern_str(t, oz_retain(a[1]));
}

OZ_FUNCTION(sys, getallocatedblocks, "($module, /)", "Return the number of live heap cells.")
{
    HeapStats stats;
    oz_heap_stats(t->vm->heap, &stats);
    return oz_int((int64_t)stats.cells);
}

/* ---- exceptions ---- */

static Ref info_of(Thread *t, Obj e)
{
    if (!e)
        return oz_tuple_of(t, 3, OZ_NONE, OZ_NONE, OZ_NONE);
    Obj traceback = ((BaseException *)e)->traceback;
    return oz_tuple_of(t, 3, (Obj)oz_class_of(e), e, traceback ? traceback : OZ_NONE);
}

OZ_FUNCTION(sys, exc_info, "($module, /)",
            "Return (type, value, traceback) of the exception being handled, or three Nones.")
{
    return info_of(t, oz_handled(t));
}

OZ_FUNCTION(sys, exception, "($module, /)", "Return the exception being handled, or None.")
{
    Obj e = oz_handled(t);
    return e ? oz_retain(e) : OZ_NONE;
}

OZ_FUNCTION(sys, exit, "($module, status=None, /)", "Leave the program by raising SystemExit.")
{
    if (a[1] == OZ_NONE) {
        Ref e = oz_call0(t, (Obj)t->vm->errors[OZ_SystemExit]);
        if (e)
            oz_exception_put(t, e);
        return NULL;
    }
    scoped Ref args = oz_as_tuple(a[1]) ? oz_retain(a[1]) : oz_tuple_of(t, 1, a[1]);
    Ref e = args ? oz_call_tuple(t, (Obj)t->vm->errors[OZ_SystemExit], args, NULL) : NULL;
    if (e)
        oz_exception_put(t, e);
    return NULL;
}

/* Write an exception as the interpreter reports it. */
static bool print_exception(Thread *t, Obj e)
{
    scoped Ref file = NULL;
    Found found = oz_sys_get(t, "stderr", &file);
    if (found != OZ_FOUND || file == OZ_NONE)
        return found != OZ_RAISED;
    scoped Ref text = oz_exception_text(t, e);
    if (!text || !oz_file_write(t, file, text))
        return false;
    if (!oz_file_flush(t, file))
        oz_exception_clear(t);
    return true;
}

OZ_FUNCTION(sys, excepthook, "($module, exctype, value, traceback, /)",
            "Write an exception with its traceback to sys.stderr.")
{
    BaseException *e = oz_as_exception(a[2]);
    if (e && !e->traceback && oz_is(a[3], OZ_TRACEBACK))
        oz_exception_link(t, e, &e->traceback, oz_retain(a[3]));
    return print_exception(t, a[2]) ? OZ_NONE : NULL;
}

OZ_FUNCTION(sys, displayhook, "($module, object, /)",
            "Print a value, unless it is None, and keep it in builtins._.")
{
    if (a[1] == OZ_NONE)
        return OZ_NONE;
    Dict *builtins = (Dict *)t->vm->builtins;
    if (!oz_dict_set(t, builtins, OZ_NAME(t, _), OZ_NONE))
        return NULL;
    scoped Ref out = NULL;
    Found found = oz_sys_get(t, "stdout", &out);
    if (found == OZ_MISSING || (found == OZ_FOUND && out == OZ_NONE))
        return oz_raise(t, OZ_RuntimeError, "lost sys.stdout");
    scoped Ref text = found == OZ_FOUND ? oz_repr(t, a[1]) : NULL;
    if (!text)
        return NULL;
    if (!oz_file_write(t, out, text)) {
        if (!oz_exception_forget(t, OZ_UnicodeEncodeError))
            return NULL;
        scoped Ref ascii = oz_ascii(t, a[1]);
        if (!ascii || !oz_file_write(t, out, ascii))
            return NULL;
    }
    if (!oz_file_write(t, out, OZ_TEXT(t, newline)) ||
        !oz_dict_set(t, builtins, OZ_NAME(t, _), a[1]))
        return NULL;
    return OZ_NONE;
}

/* ---- frames ---- */

OZ_FUNCTION(sys, _getframe, "($module, depth=0, /)",
            "Return the frame object of a caller, 0 being the code that asks.")
{
    int depth;
    if (!oz_as_int(t, a[1], &depth))
        return NULL;
    Frame *frame = t->frame;
    while (depth-- > 0 && frame && frame > t->frames)
        frame--;
    if (!frame || depth >= 0)
        return oz_raise(t, OZ_ValueError, "call stack is not deep enough");
    scoped Ref object = oz_frame_object(t, frame);
    return object && oz_audit_event(t, "sys._getframe", "O", object) ? oz_move(&object) : NULL;
}

OZ_FUNCTION(sys, _current_frames, "($module, /)", "Return the current frame of each thread.")
{
    if (!oz_audit_event(t, "sys._current_frames", ""))
        return NULL;
    scoped Ref dict = oz_dict_new(t);
    for (Thread *each = t->vm->threads; dict && each; each = each->next) {
        if (!each->frame)
            continue;
        scoped Ref frame = oz_frame_object(t, each->frame);
        scoped Ref ident = oz_int_from_uint64(t, each->ident);
        if (!frame || !ident || !oz_dict_set(t, (Dict *)dict, ident, frame))
            return NULL;
    }
    return oz_move(&dict);
}

OZ_FUNCTION(sys, _current_exceptions, "($module, /)", "Return what each thread is handling.")
{
    if (!oz_audit_event(t, "sys._current_exceptions", ""))
        return NULL;
    scoped Ref dict = oz_dict_new(t);
    for (Thread *each = t->vm->threads; dict && each; each = each->next) {
        oz_publish_foreign(t, oz_handled(each));
        scoped Ref info = info_of(t, oz_handled(each));
        scoped Ref ident = oz_int_from_uint64(t, each->ident);
        if (!info || !ident || !oz_dict_set(t, (Dict *)dict, ident, info))
            return NULL;
    }
    return oz_move(&dict);
}

OZ_FUNCTION(sys, getrecursionlimit, "($module, /)", "Return how deep calls may nest.")
{
    return oz_int(t->vm->recursion_limit);
}

OZ_FUNCTION(sys, setrecursionlimit, "($module, limit, /)", "Set how deep calls may nest.")
{
    int limit;
    if (!oz_as_int(t, a[1], &limit))
        return NULL;
    if (limit < 1)
        return oz_raise(t, OZ_ValueError, "recursion limit must be greater or equal than 1");
    uint32_t depth = t->depth + 1; /* and this call */
    if (depth >= (uint32_t)limit)
        return oz_raise(t, OZ_RecursionError,
                        "cannot set the recursion limit to %d at the recursion depth %u: the limit "
                        "is too low",
                        limit, depth);
    t->vm->recursion_limit = limit;
    for (Thread *each = t->vm->threads; each; each = each->next)
        each->depth_limit = (uint32_t)limit;
    return OZ_NONE;
}

/* ---- tracing ---- */

static Ref set_hook(Thread *t, Ref *place, Obj function, const char *kind)
{
    if (t->installing)
        return oz_raise(t, OZ_RuntimeError,
                        "Cannot install a %s function while another %s function is being installed",
                        kind, kind);
    Ref old = *place;
    *place = function == OZ_NONE ? NULL : oz_retain(function);
    if (place == &t->profile_function)
        t->profile_set = NULL;
    t->vm->hooks.trace_changed(t);
    t->installing = true; /* what the old one's finaliser does must not take the place of this */
    oz_drop(old);
    t->installing = false;
    return OZ_NONE;
}

OZ_FUNCTION(sys, settrace, "($module, function, /)", "Set the function that is told of each line.")
{
    if (!oz_audit_event(t, "sys.settrace", ""))
        return NULL;
    return set_hook(t, &t->trace_function, a[1], "trace");
}

OZ_FUNCTION(sys, gettrace, "($module, /)", "Return the function that settrace set, or None.")
{
    return t->trace_function ? oz_retain(t->trace_function) : OZ_NONE;
}

OZ_FUNCTION(sys, setprofile, "($module, function, /)",
            "Set the function that is told of each call and return.")
{
    if (!oz_audit_event(t, "sys.setprofile", ""))
        return NULL;
    return set_hook(t, &t->profile_function, a[1], "profile");
}

OZ_FUNCTION(sys, getprofile, "($module, /)", "Return the function that setprofile set, or None.")
{
    return t->profile_function ? oz_retain(t->profile_function) : OZ_NONE;
}

OZ_FUNCTION(sys, call_tracing, "($module, func, args, /)", "Call a function while tracing is on.")
{
    if (!oz_as_tuple(a[2]))
        return oz_raise(t, OZ_TypeError, "call_tracing() argument 2 must be tuple, not %T", a[2]);
    int tracing = t->tracing;
    t->tracing = 0;
    t->vm->hooks.trace_changed(t);
    Ref result = oz_call_tuple(t, a[1], a[2], NULL);
    t->tracing = tracing;
    t->vm->hooks.trace_changed(t);
    return result;
}

/* ---- settings ---- */

OZ_FUNCTION(sys, getdefaultencoding, "($module, /)", "Return the encoding of str.encode().")
{
    return oz_retain(OZ_TEXT(t, utf8));
}

OZ_FUNCTION(sys, getfilesystemencoding, "($module, /)", "Return the encoding of file names.")
{
    return oz_retain(OZ_TEXT(t, utf8));
}

OZ_FUNCTION(sys, getfilesystemencodeerrors, "($module, /)",
            "Return the error handler of file names.")
{
    return oz_retain(OZ_NAME(t, surrogateescape));
}

OZ_FUNCTION(sys, getswitchinterval, "($module, /)", "Return the thread switch interval.")
{
    return oz_float_new(t, t->vm->switch_interval);
}

OZ_FUNCTION(sys, setswitchinterval, "($module, interval, /)",
            "Set the thread switch interval: accepted, threads run in parallel anyway.")
{
    double interval;
    if (!oz_as_double(t, a[1], &interval))
        return NULL;
    if (!(interval > 0))
        return oz_raise(t, OZ_ValueError, "switch interval must be strictly positive");
    t->vm->switch_interval = interval;
    return OZ_NONE;
}

OZ_FUNCTION(sys, get_int_max_str_digits, "($module, /)",
            "Return how many digits an int may have when it is converted to or from text.")
{
    return oz_int(t->vm->int_max_str_digits);
}

OZ_FUNCTION(sys, set_int_max_str_digits, "($module, /, maxdigits)",
            "Set how many digits an int may have when it is converted to or from text; 0: any.")
{
    int digits;
    if (!oz_as_int(t, a[1], &digits))
        return NULL;
    if (digits != 0 && digits < 640)
        return oz_raise(t, OZ_ValueError, "maxdigits must be 0 or larger than 640");
    t->vm->int_max_str_digits = digits;
    return OZ_NONE;
}

OZ_FUNCTION(sys, is_finalizing, "($module, /)", "Return whether the interpreter is ending.")
{
    return oz_bool(t->vm->finalizing != 0);
}

OZ_FUNCTION(sys, _is_gil_enabled, "($module, /)", "Return False: there is no global lock.")
{
    return OZ_FALSE;
}

OZ_FUNCTION(sys, _clear_type_cache, "($module, /)", "Forget what was learnt of classes.")
{
    return OZ_NONE;
}

OZ_FUNCTION(sys, getdlopenflags, "($module, /)", "Return the flags of dlopen().")
{
    return oz_int(t->vm->dlopen_flags);
}

OZ_FUNCTION(sys, setdlopenflags, "($module, flags, /)", "Set the flags of dlopen().")
{
    return oz_as_int(t, a[1], &t->vm->dlopen_flags) ? OZ_NONE : NULL;
}

/* ---- audit ---- */

OZ_FUNCTION(sys, addaudithook, "($module, /, hook)", "Add a function that is told of each event.")
{
    if (!oz_audit_event(t, "sys.addaudithook", "")) /* an Exception quietly refuses the hook */
        return oz_exception_forget(t, OZ_Exception) ? OZ_NONE : NULL;
    if (!t->vm->audit_hooks && !(t->vm->audit_hooks = oz_list_new(t, 1)))
        return NULL;
    return oz_list_append(t, (List *)t->vm->audit_hooks, a[1]) ? OZ_NONE : NULL;
}

OZ_FUNCTION(sys, audit, "($module, event, /, *args)", "Tell the audit hooks of an event.")
{
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "expected str for argument 'event', not %T", a[1]);
    return oz_audit_call(t, a[1], a[2]) ? OZ_NONE : NULL;
}

/* ---- coroutines ---- */

OZ_FUNCTION(sys, set_asyncgen_hooks,
            "($module, /, firstiter=<unrepresentable>, finalizer=<unrepresentable>)",
            "Set what is called when an async generator is first iterated, and finalised.")
{
    static const char *const names[] = {"firstiter", "finalizer"};
    Ref *places[] = {&t->asyncgen_firstiter, &t->asyncgen_finalizer};
    for (int n = 0; n < 2; n++)
        if (a[1 + n] && a[1 + n] != OZ_NONE && !oz_is_callable(a[1 + n]))
            return oz_raise(t, OZ_TypeError, "callable %s expected, got %T", names[n], a[1 + n]);
    for (int n = 0; n < 2; n++) {
        if (!a[1 + n])
            continue;
        Ref old = *places[n];
        *places[n] = a[1 + n] == OZ_NONE ? NULL : oz_retain(a[1 + n]);
        oz_drop(old);
    }
    return OZ_NONE;
}

OZ_FUNCTION(sys, get_asyncgen_hooks, "($module, /)", "Return the hooks of async generators.")
{
    Ref values[] = {t->asyncgen_firstiter ? oz_retain(t->asyncgen_firstiter) : OZ_NONE,
                    t->asyncgen_finalizer ? oz_retain(t->asyncgen_finalizer) : OZ_NONE};
    return oz_sys_asyncgen_hooks(t, (Module *)a[0], values);
}

OZ_FUNCTION(sys, get_coroutine_origin_tracking_depth, "($module, /)",
            "Return how many frames a coroutine's cr_origin keeps.")
{
    return oz_int(t->coroutine_origin_depth);
}

OZ_FUNCTION(sys, set_coroutine_origin_tracking_depth, "($module, /, depth)",
            "Set how many frames a coroutine's cr_origin keeps.")
{
    int depth;
    if (!oz_as_int(t, a[1], &depth))
        return NULL;
    if (depth < 0)
        return oz_raise(t, OZ_ValueError, "depth must be >= 0");
    t->coroutine_origin_depth = depth;
    return OZ_NONE;
}

/* ---- hooks that programs replace ---- */

static Ref unraisable_field(Thread *t, Obj arguments, const char *name)
{
    scoped Ref key = oz_intern(t, name);
    return key ? oz_get_attr(t, arguments, key) : NULL;
}

OZ_FUNCTION(sys, unraisablehook, "($module, unraisable, /)",
            "Report an exception that nobody could catch.")
{
    scoped Ref value = unraisable_field(t, a[1], "exc_value");
    scoped Ref object = unraisable_field(t, a[1], "object");
    scoped Ref message = unraisable_field(t, a[1], "err_msg");
    if (!value || !object || !message)
        return NULL;
    scoped Ref keep = NULL;
    const char *text = oz_is_str(message) ? oz_str_display(t, message, &keep) : NULL;
    if (oz_as_exception(value))
        oz_unraisable_print(t, value, object, text);
    return OZ_NONE;
}

OZ_FUNCTION(sys, breakpointhook, "($module, /, *args, **kws)",
            "Call what PYTHONBREAKPOINT names, pdb.set_trace without it.")
{
    const char *target = getenv("PYTHONBREAKPOINT");
    if (oz_config(t)->ignore_environment || !target || !*target)
        target = "pdb.set_trace";
    if (strcmp(target, "0") == 0)
        return OZ_NONE;
    const char *dot = strrchr(target, '.');
    char module_name[256] = "builtins";
    if (dot)
        snprintf(module_name, sizeof module_name, "%.*s", (int)(dot - target), target);
    scoped Ref module = oz_import(t, module_name);
    scoped Ref name = module ? oz_intern(t, dot ? dot + 1 : target) : NULL;
    scoped Ref hook = name ? oz_get_attr(t, module, name) : NULL;
    if (hook)
        return oz_call_tuple(t, hook, a[1], a[2]);
    oz_exception_clear(t);
    if (!oz_warn(t, OZ_RuntimeWarning, 1, "Ignoring unimportable $PYTHONBREAKPOINT: \"%s\"",
                 target))
        return NULL;
    return OZ_NONE;
}

OZ_FUNCTION(sys, _debugmallocstats, "($module, /)",
            "Print to stderr what the memory of the process is used for.")
{
    oz_account_print(t->vm, stderr);
    return OZ_NONE;
}

/* ---- the module ---- */

static bool sys_init(Thread *t, Module *module)
{
    t->vm->dlopen_flags = RTLD_NOW;
    Dict *dict = oz_module_dict((Obj)module);
    static const char *const hooks[][2] = {{"excepthook", "__excepthook__"},
                                           {"displayhook", "__displayhook__"},
                                           {"unraisablehook", "__unraisablehook__"},
                                           {"breakpointhook", "__breakpointhook__"}};
    for (size_t n = 0; n < OZ_COUNT(hooks); n++) {
        scoped Ref name = oz_intern(t, hooks[n][0]);
        Obj value = name ? oz_dict_peek_str(dict, name) : NULL;
        if (!value || !oz_module_add(t, module, hooks[n][1], oz_retain(value)))
            return false;
    }
    return oz_module_add(t, module, "modules", oz_retain(t->vm->modules)) &&
           oz_sys_data_init(t, module);
}

const ModuleDef oz_sys_module = {
    .name = "sys",
    .doc = "The interpreter: its arguments, modules, files, limits and hooks.",
    .functions = OZ_METHODS(
        &sys_getrefcount, &sys_getsizeof, &sys_intern, &sys_getallocatedblocks, &sys_exc_info,
        &sys_exception, &sys_exit, &sys_excepthook, &sys_displayhook, &sys__getframe,
        &sys__current_frames, &sys__current_exceptions, &sys_getrecursionlimit,
        &sys_setrecursionlimit, &sys_settrace, &sys_gettrace, &sys_setprofile, &sys_getprofile,
        &sys_call_tracing, &sys_getdefaultencoding, &sys_getfilesystemencoding,
        &sys_getfilesystemencodeerrors, &sys_getswitchinterval, &sys_setswitchinterval,
        &sys_get_int_max_str_digits, &sys_set_int_max_str_digits, &sys_is_finalizing,
        &sys__is_gil_enabled, &sys__clear_type_cache, &sys_getdlopenflags, &sys_setdlopenflags,
        &sys_addaudithook, &sys_audit, &sys_set_asyncgen_hooks, &sys_get_asyncgen_hooks,
        &sys_get_coroutine_origin_tracking_depth, &sys_set_coroutine_origin_tracking_depth,
        &sys_unraisablehook, &sys_breakpointhook, &sys__debugmallocstats),
    .init = sys_init,
};
