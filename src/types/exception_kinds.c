// SPDX-License-Identifier: MIT
// The small kinds with attributes of their own: StopIteration, SystemExit, AttributeError,
// NameError, ImportError, KeyError, SyntaxError.
#include "types/exception_kinds.h"

#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/dict.h"
#include "types/type.h"

#include <string.h>

/* ---- StopIteration and SystemExit ---- */

OZ_X_ATTRIBUTE(stop, value, OZ_X_VALUE, OZ_X_VALUE_COUNT)
OZ_X_ATTRIBUTE(exit, code, OZ_X_VALUE, OZ_X_VALUE_COUNT)

const GetSetDef oz_stop_iteration_getsets[] = {
    OZ_X_GETSET(stop, value, "What a generator returned."),
    {NULL, NULL, NULL, NULL},
};

const GetSetDef oz_system_exit_getsets[] = {
    OZ_X_GETSET(exit, code, "The exit status."),
    {NULL, NULL, NULL, NULL},
};

bool oz_stop_iteration_init(Thread *t, Obj self, const Args *args)
{
    return oz_exception_init(t, self, args) &&
           oz_exception_field_set(t, (BaseException *)self, OZ_X_VALUE, OZ_X_VALUE_COUNT,
                                  args->count ? args->items[0] : NULL);
}

bool oz_system_exit_init(Thread *t, Obj self, const Args *args)
{
    if (!oz_exception_init(t, self, args))
        return false;
    BaseException *e = (BaseException *)self;
    Obj code = args->count == 0 ? NULL : args->count == 1 ? args->items[0] : e->args;
    return oz_exception_field_set(t, e, OZ_X_VALUE, OZ_X_VALUE_COUNT, code);
}

/* ---- exceptions with keywords ---- */

/* Take the keyword arguments called `first` and `second` (may be NULL); refuse others. */
static bool keywords(Thread *t, const Args *args, const char *function, const char *first,
                     Obj *first_value, const char *second, Obj *second_value)
{
    *first_value = NULL;
    if (second)
        *second_value = NULL;
    for (uint32_t i = 0; i < args->named; i++) {
        const Str *name = oz_as_str(oz_as_tuple(args->names)->items[i]);
        if (oz_str_equal_utf8(name, first))
            *first_value = args->items[args->count + i];
        else if (second && oz_str_equal_utf8(name, second))
            *second_value = args->items[args->count + i];
        else
            return oz_fail(t, OZ_TypeError, "'%S' is an invalid keyword argument for %s()",
                           (Obj)name, function);
    }
    return true;
}

static bool init_positional(Thread *t, Obj self, const Args *args)
{
    Args positional = {args->items, args->count, 0, NULL};
    return oz_exception_init(t, self, &positional);
}

OZ_X_ATTRIBUTE(attribute, name, OZ_X_NAME, OZ_X_NAME_COUNT)
OZ_X_ATTRIBUTE(attribute, obj, OZ_X_OBJ, OZ_X_NAME_COUNT)

const GetSetDef oz_attribute_error_getsets[] = {
    OZ_X_GETSET(attribute, name, "The name of the attribute."),
    OZ_X_GETSET(attribute, obj, "The object that does not have it."),
    {NULL, NULL, NULL, NULL},
};

const GetSetDef oz_name_error_getsets[] = {
    OZ_X_GETSET(attribute, name, "The name."),
    {NULL, NULL, NULL, NULL},
};

static bool set_name(Thread *t, BaseException *e, Obj name, Obj obj)
{
    return oz_exception_field_set(t, e, OZ_X_NAME, OZ_X_NAME_COUNT, name) &&
           oz_exception_field_set(t, e, OZ_X_OBJ, OZ_X_NAME_COUNT, obj);
}

bool oz_attribute_error_init(Thread *t, Obj self, const Args *args)
{
    Obj name, obj;
    return init_positional(t, self, args) &&
           keywords(t, args, "AttributeError", "name", &name, "obj", &obj) &&
           set_name(t, (BaseException *)self, name, obj);
}

bool oz_name_error_init(Thread *t, Obj self, const Args *args)
{
    Obj name;
    return init_positional(t, self, args) &&
           keywords(t, args, "NameError", "name", &name, NULL, NULL) &&
           set_name(t, (BaseException *)self, name, NULL);
}

/* ---- ImportError ---- */

OZ_X_ATTRIBUTE(import, msg, OZ_X_MSG, OZ_X_IMPORT_COUNT)
OZ_X_ATTRIBUTE(import, name, OZ_X_MODULE_NAME, OZ_X_IMPORT_COUNT)
OZ_X_ATTRIBUTE(import, path, OZ_X_PATH, OZ_X_IMPORT_COUNT)

const GetSetDef oz_import_error_getsets[] = {
    OZ_X_GETSET(import, msg, "The message."),
    OZ_X_GETSET(import, name, "The name of the module."),
    OZ_X_GETSET(import, path, "The file of the module."),
    {NULL, NULL, NULL, NULL},
};

static bool set_module(Thread *t, BaseException *e, Obj name, Obj path)
{
    return oz_exception_field_set(t, e, OZ_X_MODULE_NAME, OZ_X_IMPORT_COUNT, name) &&
           oz_exception_field_set(t, e, OZ_X_PATH, OZ_X_IMPORT_COUNT, path);
}

bool oz_import_error_init(Thread *t, Obj self, const Args *args)
{
    Obj name, path;
    BaseException *e = (BaseException *)self;
    return init_positional(t, self, args) &&
           keywords(t, args, "ImportError", "name", &name, "path", &path) &&
           oz_exception_field_set(t, e, OZ_X_MSG, OZ_X_IMPORT_COUNT,
                                  args->count == 1 ? args->items[0] : NULL) &&
           set_module(t, e, name, path);
}

void oz_exception_set_module(Thread *t, Obj name, Obj path)
{
    if (!oz_raised(t, OZ_ImportError))
        return;
    scoped Ref pending = oz_move(&t->exception);
    if (set_module(t, (BaseException *)pending, name, path))
        t->exception = oz_move(&pending);
}

Ref oz_import_error_str(Thread *t, Obj self)
{
    Obj message = oz_exception_field((const BaseException *)self, OZ_X_MSG);
    if (message && oz_is_exact_str(message))
        return oz_retain(message);
    return oz_exception_str(t, self);
}

/* The attributes as a dict, with name and path if set; NULL in *state: nothing to keep. */
static bool import_state(Thread *t, Obj self, Ref *state)
{
    scoped Ref dict = NULL;
    if (oz_find_attr(t, self, OZ_NAME(t, __dict__), &dict) == OZ_RAISED)
        return false;
    scoped Ref copy = dict && oz_as_dict(dict) ? oz_dict_copy(t, oz_as_dict(dict)) : oz_dict_new(t);
    if (!copy)
        return false;
    const BaseException *e = (const BaseException *)self;
    Obj name = oz_exception_field(e, OZ_X_MODULE_NAME), path = oz_exception_field(e, OZ_X_PATH);
    if ((name && !oz_dict_set(t, oz_as_dict(copy), OZ_NAME(t, name), name)) ||
        (path && !oz_dict_set(t, oz_as_dict(copy), OZ_NAME(t, path), path)))
        return false;
    if (oz_dict_length(oz_as_dict(copy)))
        *state = oz_move(&copy);
    return true;
}

OZ_METHOD(import_error, __reduce__, "($self, /)", "Return what pickle and copy need.")
{
    scoped Ref state = NULL;
    if (!import_state(t, a[0], &state))
        return NULL;
    scoped Ref args = oz_load(&((const BaseException *)a[0])->args);
    return oz_tuple_of(t, state ? 3 : 2, (Obj)oz_class_of(a[0]), args, state);
}

const NativeDef *const oz_import_error_methods[] = {&import_error___reduce__, NULL};

/* ---- KeyError ---- */

/* A single argument is shown by its repr: otherwise the key '' would leave nothing to see. */
Ref oz_key_error_str(Thread *t, Obj self)
{
    const Tuple *args = oz_as_tuple(((const BaseException *)self)->args);
    if (args && args->length == 1) {
        scoped Ref key = oz_load(&args->items[0]);
        return oz_repr(t, key);
    }
    return oz_exception_str(t, self);
}

/* ---- SyntaxError ---- */

OZ_X_ATTRIBUTE(syntax, msg, OZ_X_SYNTAX_MSG, OZ_X_SYNTAX_COUNT)
OZ_X_ATTRIBUTE(syntax, filename, OZ_X_SYNTAX_FILENAME, OZ_X_SYNTAX_COUNT)
OZ_X_ATTRIBUTE(syntax, lineno, OZ_X_LINENO, OZ_X_SYNTAX_COUNT)
OZ_X_ATTRIBUTE(syntax, offset, OZ_X_OFFSET, OZ_X_SYNTAX_COUNT)
OZ_X_ATTRIBUTE(syntax, text, OZ_X_TEXT, OZ_X_SYNTAX_COUNT)
OZ_X_ATTRIBUTE(syntax, end_lineno, OZ_X_END_LINENO, OZ_X_SYNTAX_COUNT)
OZ_X_ATTRIBUTE(syntax, end_offset, OZ_X_END_OFFSET, OZ_X_SYNTAX_COUNT)
OZ_X_ATTRIBUTE(syntax, print_file_and_line, OZ_X_PRINT_FILE, OZ_X_SYNTAX_COUNT)

const GetSetDef oz_syntax_error_getsets[] = {
    OZ_X_GETSET(syntax, msg, "The message."),
    OZ_X_GETSET(syntax, filename, "The file."),
    OZ_X_GETSET(syntax, lineno, "The line, from 1."),
    OZ_X_GETSET(syntax, offset, "The column, from 1."),
    OZ_X_GETSET(syntax, text, "The text of the line."),
    OZ_X_GETSET(syntax, end_lineno, "The last line."),
    OZ_X_GETSET(syntax, end_offset, "The column behind the end."),
    OZ_X_GETSET(syntax, print_file_and_line, "Is the place shown?"),
    {NULL, NULL, NULL, NULL},
};

static bool set_syntax_fields(Thread *t, BaseException *e, const Tuple *details)
{
    if (details->length < 4 || details->length > 6)
        return oz_fail(t, OZ_TypeError, "function takes at %s arguments (%u given)",
                       details->length < 4 ? "least 4" : "most 6", details->length);
    for (uint32_t i = 0; i < 6; i++) {
        Obj value = i < details->length ? details->items[i] : NULL;
        if (!oz_exception_field_set(t, e, OZ_X_SYNTAX_FILENAME + i, OZ_X_SYNTAX_COUNT, value))
            return false;
    }
    if (details->length == 5)
        return oz_fail(t, OZ_TypeError, "end_offset must be provided when end_lineno is provided");
    return true;
}

bool oz_syntax_error_init(Thread *t, Obj self, const Args *args)
{
    if (!oz_exception_init(t, self, args))
        return false;
    BaseException *e = (BaseException *)self;
    if (args->count >= 1 &&
        !oz_exception_field_set(t, e, OZ_X_SYNTAX_MSG, OZ_X_SYNTAX_COUNT, args->items[0]))
        return false;
    if (args->count != 2)
        return true;
    scoped Ref details = oz_tuple_from(t, args->items[1]);
    return details && set_syntax_fields(t, e, oz_as_tuple(details));
}

/* The part of a path behind its last slash. */
static Ref base_name(Thread *t, Obj path)
{
    const Str *s = oz_as_str(path);
    size_t length = oz_str_length(s), start = length;
    while (start > 0 && oz_str_at(s, start - 1) != '/')
        start--;
    return oz_str_slice(t, path, start, length);
}

Ref oz_syntax_error_str(Thread *t, Obj self)
{
    const BaseException *e = (const BaseException *)self;
    Obj message = oz_exception_field(e, OZ_X_SYNTAX_MSG);
    Obj filename = oz_exception_field(e, OZ_X_SYNTAX_FILENAME);
    Obj line = oz_exception_field(e, OZ_X_LINENO);
    bool has_line = line && oz_is_int(line);
    if (!message)
        message = OZ_NONE;
    if (!filename || !oz_is_str(filename))
        return has_line ? oz_str_format(t, "%S (line %S)", message, line) : oz_str(t, message);
    scoped Ref file = base_name(t, filename);
    if (!file)
        return NULL;
    return has_line ? oz_str_format(t, "%S (%S, line %S)", message, file, line)
                    : oz_str_format(t, "%S (%S)", message, file);
}
