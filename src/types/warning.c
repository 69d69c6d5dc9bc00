// SPDX-License-Identifier: MIT
// Warnings: who warned, whether it is shown, and showing it.
//
// The filters are those of the warnings module where a program has imported it, else a list of the
// VM that the module takes over when it is imported.  A registry (in the globals of the module
// that is warned about) remembers what was shown; it is void when the filters have changed since.
#include "types/warning.h"

#include "types/dict.h"
#include "types/exception.h"
#include "types/frame.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str_text.h"
#include "types/traceback_print.h"
#include "types/tuple.h"
#include "types/type.h"

#include <stdarg.h>

/* ---- state ---- */

static bool add_filter(Thread *t, const char *action, int kind, Obj module)
{
    scoped Ref name = oz_intern(t, action);
    scoped Ref filter =
        name ? oz_tuple_of(t, 5, name, (Obj)OZ_NONE, (Obj)t->vm->errors[kind], module, oz_int(0))
             : NULL;
    return filter && oz_list_append(t, oz_as_list(t->vm->warn_filters), filter);
}

bool oz_warnings_init(Thread *t)
{
    Vm *vm = t->vm;
    if (vm->warn_default)
        return true;
    oz_drop(oz_move(&vm->warn_filters));
    oz_drop(oz_move(&vm->warn_once));
    vm->warn_filters = oz_list_new(t, 5);
    vm->warn_once = vm->warn_filters ? oz_dict_new(t) : NULL;
    if (!vm->warn_once || !add_filter(t, "default", OZ_DeprecationWarning, OZ_NAME(t, __main__)) ||
        !add_filter(t, "ignore", OZ_DeprecationWarning, OZ_NONE) ||
        !add_filter(t, "ignore", OZ_PendingDeprecationWarning, OZ_NONE) ||
        !add_filter(t, "ignore", OZ_ImportWarning, OZ_NONE) ||
        !add_filter(t, "ignore", OZ_ResourceWarning, OZ_NONE))
        return false;
    vm->warn_default = oz_retain(OZ_NAME(t, default));
    return true;
}

/* An attribute of the warnings module, if that is imported: OZ_MISSING else. */
static Found module_entry(Thread *t, const char *name, Ref *value)
{
    Dict *modules = t->vm->modules ? oz_as_dict(t->vm->modules) : NULL;
    Obj module = modules ? oz_dict_peek_str(modules, OZ_NAME(t, warnings)) : NULL;
    if (!module || oz_is_none(module))
        return OZ_MISSING;
    scoped Ref kept = oz_retain(module);
    scoped Ref key = oz_intern(t, name);
    return key ? oz_find_attr(t, kept, key, value) : OZ_RAISED;
}

/* The module's value, or the VM's. */
static Ref current(Thread *t, const char *name, Obj own)
{
    Ref value = NULL;
    Found found = module_entry(t, name, &value);
    return found == OZ_FOUND ? value : found == OZ_MISSING ? oz_retain(own) : NULL;
}

/* ---- filters ---- */

/* A filter's pattern: None, a text that must be equal, or something with match(). */
static bool matches(Thread *t, Obj pattern, Obj text, bool *result)
{
    *result = true;
    if (oz_is_none(pattern))
        return true;
    if (oz_is_exact_str(pattern)) {
        *result = oz_str_equal(oz_as_str(pattern), oz_as_str(text));
        return true;
    }
    scoped Ref name = oz_intern(t, "match");
    scoped Ref answer = name ? oz_call_method(t, pattern, name, 1, &text) : NULL;
    return answer && oz_truth(t, answer, result);
}

typedef struct Warned {
    Obj category; /* class */
    Obj text;     /* str */
    Obj message;  /* instance */
    Obj module;   /* str */
    ssize_t line;
} Warned;

static bool filter_applies(Thread *t, const Tuple *filter, const Warned *w, bool *result)
{
    bool derived;
    if (!matches(t, filter->items[1], w->text, result) || !*result)
        return !t->exception;
    if (!oz_is_subclass(t, w->category, filter->items[2], &derived))
        return false;
    *result = derived;
    if (!derived)
        return true;
    if (!matches(t, filter->items[3], w->module, result) || !*result)
        return !t->exception;
    ssize_t line;
    if (!oz_as_ssize(t, filter->items[4], OZ_OverflowError, &line))
        return false;
    *result = line == 0 || line == w->line;
    return true;
}

/* The action of the first filter that applies; *item is the filter, or None. */
static Ref action_of(Thread *t, const Warned *w, Ref *item)
{
    scoped Ref list = current(t, "filters", t->vm->warn_filters);
    if (!list)
        return NULL;
    if (!oz_as_list(list))
        return oz_raise(t, OZ_ValueError, "_warnings.filters must be a list");
    for (size_t i = 0; i < oz_list_length(oz_as_list(list)); i++) {
        scoped Ref each = oz_list_get(t, oz_as_list(list), i);
        const Tuple *filter = each ? oz_as_tuple(each) : NULL;
        if (!filter || filter->length != 5)
            return oz_raise(t, OZ_ValueError, "_warnings.filters item %zd isn't a 5-tuple",
                            (ssize_t)i);
        if (!oz_is_str(filter->items[0]))
            return oz_raise(t, OZ_TypeError, "action must be a string, not '%.200T'",
                            filter->items[0]);
        bool applies;
        if (!filter_applies(t, filter, w, &applies))
            return NULL;
        if (applies) {
            *item = oz_retain(each);
            return oz_retain(filter->items[0]);
        }
    }
    *item = OZ_NONE;
    scoped Ref action = current(t, "defaultaction", t->vm->warn_default);
    if (action && !oz_is_str(action))
        return oz_raise(t, OZ_TypeError, "_warnings.defaultaction must be a string, not '%.200T'",
                        action);
    return oz_move(&action);
}

/* ---- registries ---- */

/* Was `key` noted?  `note` it if not.  A registry from before the filters changed is emptied. */
static Found already(Thread *t, Obj registry, Obj key, bool note)
{
    Dict *dict = oz_as_dict(registry);
    scoped Ref name = oz_intern(t, "version");
    scoped Ref version = NULL, seen = NULL;
    if (!name || oz_dict_get(t, dict, name, &version) == OZ_RAISED)
        return OZ_RAISED;
    Ref now = oz_int(t->vm->warn_version);
    if (version != now) {
        oz_dict_clear(t, dict);
        if (!oz_dict_set(t, dict, name, now))
            return OZ_RAISED;
    } else {
        Found found = oz_dict_get(t, dict, key, &seen);
        bool truth = false;
        if (found == OZ_RAISED || (found == OZ_FOUND && !oz_truth(t, seen, &truth)))
            return OZ_RAISED;
        if (truth)
            return OZ_FOUND;
    }
    return !note || oz_dict_set(t, dict, key, OZ_TRUE) ? OZ_MISSING : OZ_RAISED;
}

static Found already_for(Thread *t, Obj registry, const Warned *w)
{
    scoped Ref key = oz_tuple_of(t, 2, w->text, w->category);
    return key ? already(t, registry, key, true) : OZ_RAISED;
}

static bool is_action(Obj action, const char *name)
{
    return oz_str_equal_utf8(oz_as_str(action), name);
}

/* Note the warning as the action wants; OZ_FOUND: it was shown before. */
static Found note(Thread *t, Obj action, Obj item, const Warned *w, Obj registry, Obj key)
{
    if (is_action(action, "always"))
        return OZ_MISSING;
    if (registry && !oz_dict_set(t, oz_as_dict(registry), key, OZ_TRUE))
        return OZ_RAISED;
    if (is_action(action, "once")) {
        scoped Ref once =
            registry ? oz_retain(registry) : current(t, "onceregistry", t->vm->warn_once);
        if (once && !oz_as_dict(once)) {
            oz_raise(t, OZ_TypeError, "_warnings.onceregistry must be a dict, not '%.200T'", once);
            return OZ_RAISED;
        }
        return once ? already_for(t, once, w) : OZ_RAISED;
    }
    if (is_action(action, "module"))
        return registry ? already_for(t, registry, w) : OZ_MISSING;
    if (is_action(action, "default"))
        return OZ_MISSING;
    oz_raise(t, OZ_RuntimeError, "Unrecognized action (%R) in warnings.filters:\n %R", action,
             item);
    return OZ_RAISED;
}

/* ---- showing ---- */

static Ref line_of(Thread *t, const WarningPlace *place)
{
    if (place->source_line && !oz_is_none(place->source_line))
        return oz_str(t, place->source_line);
    SourceCache cache = {NULL, NULL, 0};
    Ref line = oz_source_line(t, &cache, place->filename, (int)place->line);
    oz_source_fini(&cache);
    return line;
}

static size_t skip_space(const Str *s)
{
    size_t i = 0, length = oz_str_length(s);
    while (i < length &&
           (oz_str_at(s, i) == ' ' || oz_str_at(s, i) == '\t' || oz_str_at(s, i) == '\f'))
        i++;
    return i;
}

/* To stderr, without the warnings module. */
static bool show_plainly(Thread *t, const Warned *w, const WarningPlace *place)
{
    StrBuilder b;
    oz_builder_init(&b, t);
    oz_builder_format(&b, "%S:%zd: %N: %S\n", place->filename, place->line, w->category, w->text);
    scoped Ref line = line_of(t, place);
    if (line) {
        const Str *s = oz_as_str(line);
        size_t end = oz_str_length(s);
        while (end > 0 && oz_str_at(s, end - 1) == '\n')
            end--;
        oz_builder_ascii(&b, "  ", 2);
        oz_builder_slice(&b, line, skip_space(s), end);
        oz_builder_character(&b, '\n');
    }
    oz_exception_clear(t);
    scoped Ref text = oz_builder_finish(&b);
    return text && oz_error_write(t, text);
}

static bool import_module(Thread *t)
{
    scoped Ref import = oz_get_item(t, t->vm->builtins, OZ_NAME(t, __import__));
    scoped Ref module = import ? oz_call1(t, import, OZ_NAME(t, warnings)) : NULL;
    return module != NULL;
}

static bool show(Thread *t, const Warned *w, const WarningPlace *place)
{
    scoped Ref function = NULL, maker = NULL;
    if (place->source && !oz_is_none(place->source) && !import_module(t))
        return false;
    Found found = module_entry(t, "_showwarnmsg", &function);
    if (found != OZ_FOUND)
        return found == OZ_MISSING && show_plainly(t, w, place);
    if (!oz_is_callable(function))
        return oz_fail(t, OZ_TypeError, "warnings._showwarnmsg() must be set to a callable");
    found = module_entry(t, "WarningMessage", &maker);
    if (found == OZ_MISSING)
        return oz_fail(t, OZ_RuntimeError, "unable to get warnings.WarningMessage");
    if (found == OZ_RAISED)
        return false;
    Obj values[7] = {w->message,
                     w->category,
                     place->filename,
                     oz_int(place->line),
                     OZ_NONE,
                     OZ_NONE,
                     place->source ? place->source : (Obj)OZ_NONE};
    Args args = {values, 7, 0, NULL};
    scoped Ref message = oz_call(t, maker, &args);
    scoped Ref done = message ? oz_call1(t, function, message) : NULL;
    return done != NULL;
}

/* ---- the whole of it ---- */

/* The module that a file is, when nobody says: its name without ".py". */
static Ref module_of(Thread *t, Obj filename)
{
    const Str *s = oz_as_str(filename);
    size_t length = oz_str_length(s);
    if (length == 0)
        return oz_str_new(t, "<unknown>");
    bool py = length >= 3 && oz_str_at(s, length - 3) == '.' && oz_str_at(s, length - 2) == 'p' &&
              oz_str_at(s, length - 1) == 'y';
    return oz_str_slice(t, filename, 0, py ? length - 3 : length);
}

static bool decide(Thread *t, const Warned *w, const WarningPlace *place, Obj registry)
{
    scoped Ref key = oz_tuple_of(t, 3, w->text, w->category, oz_int(w->line));
    if (!key)
        return false;
    Found found = registry ? already(t, registry, key, false) : OZ_MISSING;
    if (found != OZ_MISSING)
        return found == OZ_FOUND;
    scoped Ref item = NULL;
    scoped Ref action = action_of(t, w, &item);
    if (!action)
        return false;
    if (is_action(action, "error")) {
        oz_raise_object(t, w->message, NULL);
        return false;
    }
    if (is_action(action, "ignore"))
        return true;
    found = note(t, action, item, w, registry, key);
    if (found != OZ_MISSING)
        return found == OZ_FOUND;
    return show(t, w, place);
}

bool oz_warn_at(Thread *t, Obj message, Obj category, const WarningPlace *place)
{
    if (!oz_warnings_init(t))
        return false;
    Obj registry = place->registry && !oz_is_none(place->registry) ? place->registry : NULL;
    if (registry && !oz_as_dict(registry))
        return oz_fail(t, OZ_TypeError, "'registry' must be a dict or None");
    scoped Ref module = place->module && !oz_is_none(place->module) ? oz_retain(place->module)
                                                                    : module_of(t, place->filename);
    if (!module)
        return false;
    bool is_warning;
    if (!oz_is_instance(t, message, (Obj)t->vm->errors[OZ_Warning], &is_warning))
        return false;
    scoped Ref instance = is_warning ? oz_retain(message) : oz_call1(t, category, message);
    scoped Ref text = instance ? oz_str(t, message) : NULL;
    if (!text)
        return false;
    Warned w = {is_warning ? (Obj)oz_class_of(message) : category, text, instance, module,
                place->line};
    return decide(t, &w, place, registry);
}

/* ---- who warned ---- */

/* A frame of the import system, which programs do not want to hear of. */
static bool is_internal(const Frame *frame)
{
    const Str *name = oz_as_str(frame->code->filename);
    static const char import[] = "importlib", bootstrap[] = "_bootstrap";
    Text text = oz_text_of(name);
    return oz_text_find(text, (Text){import, sizeof import - 1, 1}) != OZ_NOT_FOUND &&
           oz_text_find(text, (Text){bootstrap, sizeof bootstrap - 1, 1}) != OZ_NOT_FOUND;
}

static const Frame *caller(const Thread *t, const Frame *frame)
{
    return frame > t->frames ? frame - 1 : NULL;
}

static const Frame *frame_at(const Thread *t, ssize_t level)
{
    const Frame *frame = t->frame;
    bool all = level <= 0 || !frame || is_internal(frame);
    while (frame && --level > 0) {
        frame = caller(t, frame);
        while (!all && frame && is_internal(frame))
            frame = caller(t, frame);
    }
    return frame;
}

/* globals["__warningregistry__"], made if needed. */
static Ref registry_of(Thread *t, Obj globals)
{
    scoped Ref name = oz_intern(t, "__warningregistry__");
    scoped Ref registry = NULL;
    if (!name)
        return NULL;
    Found found = oz_dict_get(t, oz_as_dict(globals), name, &registry);
    if (found == OZ_MISSING) {
        registry = oz_dict_new(t);
        if (!registry || !oz_dict_set(t, oz_as_dict(globals), name, registry))
            return NULL;
    }
    return found == OZ_RAISED ? NULL : oz_move(&registry);
}

static bool check_category(Thread *t, Obj category)
{
    bool derived = false;
    if (oz_is_class(category) &&
        !oz_is_subclass(t, category, (Obj)t->vm->errors[OZ_Warning], &derived))
        return false;
    return derived || oz_fail(t, OZ_TypeError, "category must be a Warning subclass, not '%s'",
                              oz_is_class(category) ? oz_class_name((const Class *)category)
                                                    : oz_class_name(oz_class_of(category)));
}

bool oz_warn_object(Thread *t, Obj message, Obj category, ssize_t stack_level, Obj source)
{
    if (oz_is_exception(message, OZ_Warning))
        category = (Obj)oz_class_of(message);
    else if (!category || oz_is_none(category))
        category = (Obj)t->vm->errors[OZ_UserWarning];
    if (!check_category(t, category))
        return false;
    const Frame *frame = frame_at(t, stack_level);
    scoped Ref globals = oz_retain(frame ? oz_frame_globals(frame) : t->vm->sys);
    scoped Ref filename = frame ? oz_retain(frame->code->filename) : oz_str_new(t, "sys");
    if (!filename)
        return false;
    scoped Ref registry = globals && oz_as_dict(globals) ? registry_of(t, globals) : OZ_NONE;
    if (!registry)
        return false;
    Obj name = globals && oz_as_dict(globals)
                   ? oz_dict_peek_str(oz_as_dict(globals), OZ_NAME(t, __name__))
                   : NULL;
    scoped Ref module = oz_retain(name && oz_is_str(name) ? name : (Obj)OZ_TEXT(t, string_file));
    WarningPlace place = {filename, frame ? oz_frame_line(frame) : 1,
                          module,   registry,
                          NULL,     source && !oz_is_none(source) ? source : NULL};
    return oz_warn_at(t, message, category, &place);
}

bool oz_warn(Thread *t, int kind, int stack_level, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    scoped Ref message = oz_str_format_va(t, format, arguments);
    va_end(arguments);
    return message && oz_warn_object(t, message, (Obj)t->vm->errors[kind], stack_level, OZ_NONE);
}

bool oz_warn_syntax(Thread *t, int kind, Obj message, Obj filename, int line)
{
    WarningPlace place = {.filename = filename, .line = line};
    return oz_warn_at(t, message, (Obj)t->vm->errors[kind], &place);
}
