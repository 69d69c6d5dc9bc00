// SPDX-License-Identifier: MIT
// OSError: the number of the error chooses the class.
#include "types/exception_kinds.h"

#include "types/dict.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

#include <errno.h>
#include <string.h>

static int kind_of_errno(int64_t number)
{
    switch (number) {
    case EAGAIN:
    case EALREADY:
    case EINPROGRESS:
        return OZ_BlockingIOError;
    case EPIPE:
    case ESHUTDOWN:
        return OZ_BrokenPipeError;
    case ECHILD:
        return OZ_ChildProcessError;
    case ECONNABORTED:
        return OZ_ConnectionAbortedError;
    case ECONNREFUSED:
        return OZ_ConnectionRefusedError;
    case ECONNRESET:
        return OZ_ConnectionResetError;
    case EEXIST:
        return OZ_FileExistsError;
    case ENOENT:
        return OZ_FileNotFoundError;
    case EISDIR:
        return OZ_IsADirectoryError;
    case ENOTDIR:
        return OZ_NotADirectoryError;
    case EINTR:
        return OZ_InterruptedError;
    case EACCES:
    case EPERM:
        return OZ_PermissionError;
    case ESRCH:
        return OZ_ProcessLookupError;
    case ETIMEDOUT:
        return OZ_TimeoutError;
    default:
        return OZ_OSError;
    }
}

/* ---- attributes ---- */

OZ_X_ATTRIBUTE(os, errno, OZ_X_ERRNO, OZ_X_OS_COUNT)
OZ_X_ATTRIBUTE(os, strerror, OZ_X_STRERROR, OZ_X_OS_COUNT)
OZ_X_ATTRIBUTE(os, filename, OZ_X_FILENAME, OZ_X_OS_COUNT)
OZ_X_ATTRIBUTE(os, filename2, OZ_X_FILENAME2, OZ_X_OS_COUNT)

static Ref get_written(Thread *t, Obj self)
{
    Obj written = oz_exception_field((const BaseException *)self, OZ_X_WRITTEN);
    return written ? oz_retain(written) : oz_raise(t, OZ_AttributeError, "characters_written");
}

static bool set_written(Thread *t, Obj self, Obj value)
{
    BaseException *e = (BaseException *)self;
    if (!value) {
        if (!oz_exception_field(e, OZ_X_WRITTEN))
            return oz_fail(t, OZ_AttributeError, "characters_written");
        return oz_exception_field_set(t, e, OZ_X_WRITTEN, OZ_X_OS_COUNT, NULL);
    }
    ssize_t n;
    return oz_as_ssize(t, value, OZ_ValueError, &n) &&
           oz_exception_field_set(t, e, OZ_X_WRITTEN, OZ_X_OS_COUNT, oz_int(n));
}

const GetSetDef oz_os_error_getsets[] = {
    OZ_X_GETSET(os, errno, "The number of the error."),
    OZ_X_GETSET(os, strerror, "The system's words for it."),
    OZ_X_GETSET(os, filename, "The file."),
    OZ_X_GETSET(os, filename2, "The second file."),
    {"characters_written", get_written, set_written, "What was written before it would block."},
    {NULL, NULL, NULL, NULL},
};

/* ---- making ---- */

static bool has_details(const Args *args)
{
    return args->count >= 2 && args->count <= 5;
}

/* The fourth argument is for another system; the fifth is the second file. */
static bool set_fields(Thread *t, BaseException *e, const Args *args)
{
    if (!oz_exception_field_set(t, e, OZ_X_ERRNO, OZ_X_OS_COUNT, args->items[0]) ||
        !oz_exception_field_set(t, e, OZ_X_STRERROR, OZ_X_OS_COUNT, args->items[1]))
        return false;
    Obj filename = args->count >= 3 ? args->items[2] : (Obj)OZ_NONE;
    if (oz_is_none(filename))
        return true;
    const Slots *slots = oz_class_of(filename)->slots;
    bool is_number = slots->index || slots->to_int || slots->to_float;
    if (oz_is_exception((Obj)e, OZ_BlockingIOError) && is_number) {
        ssize_t written;
        return oz_as_ssize(t, filename, OZ_ValueError, &written) &&
               oz_exception_field_set(t, e, OZ_X_WRITTEN, OZ_X_OS_COUNT, oz_int(written));
    }
    Obj second = args->count == 5 && !oz_is_none(args->items[4]) ? args->items[4] : NULL;
    if (!oz_exception_field_set(t, e, OZ_X_FILENAME, OZ_X_OS_COUNT, filename) ||
        !oz_exception_field_set(t, e, OZ_X_FILENAME2, OZ_X_OS_COUNT, second))
        return false;
    Args shown = {args->items, 2, 0, NULL}; /* files are no part of args */
    return oz_exception_set_args(t, e, &shown);
}

static bool fill(Thread *t, BaseException *e, const Args *args)
{
    return oz_exception_set_args(t, e, args) && (!has_details(args) || set_fields(t, e, args));
}

/* A class that has its own __init__ but not its own __new__ parses the arguments in OSError's
 * __init__, with what it chooses to hand on; all others when the object is made. */
static bool parses_in_init(const Class *cls)
{
    return cls->slots->init != oz_os_error_init && cls->slots->new == oz_os_error_new;
}

Ref oz_os_error_new(Thread *t, Class *cls, const Args *args)
{
    bool later = parses_in_init(cls);
    if (!later && !oz_exception_no_keywords(t, cls, args))
        return NULL;
    if (cls == t->vm->errors[OZ_OSError] && has_details(args) && oz_is_int(args->items[0]))
        cls = t->vm->errors[kind_of_errno(oz_int_value(args->items[0]))];
    Args none = {NULL, 0, 0, NULL};
    scoped Ref made = oz_exception_new(t, cls, &none);
    if (!made || (!later && !fill(t, (BaseException *)made, args)))
        return NULL;
    return oz_move(&made);
}

bool oz_os_error_init(Thread *t, Obj self, const Args *args)
{
    Class *cls = oz_class_of(self);
    if (!parses_in_init(cls))
        return true;
    return oz_exception_no_keywords(t, cls, args) && fill(t, (BaseException *)self, args);
}

/* ---- text and copies ---- */

Ref oz_os_error_str(Thread *t, Obj self)
{
    const BaseException *e = (const BaseException *)self;
    Obj number = oz_exception_field(e, OZ_X_ERRNO), text = oz_exception_field(e, OZ_X_STRERROR);
    Obj first = oz_exception_field(e, OZ_X_FILENAME),
        second = oz_exception_field(e, OZ_X_FILENAME2);
    Obj none = OZ_NONE;
    if (first && second)
        return oz_str_format(t, "[Errno %S] %S: %R -> %R", number ? number : none,
                             text ? text : none, first, second);
    if (first)
        return oz_str_format(t, "[Errno %S] %S: %R", number ? number : none, text ? text : none,
                             first);
    if (number && text)
        return oz_str_format(t, "[Errno %S] %S", number, text);
    return oz_exception_str(t, self);
}

/* The arguments that would make the exception again: the files are put back. */
static Ref full_args(Thread *t, const BaseException *e)
{
    const Tuple *args = oz_as_tuple(e->args);
    Obj first = oz_exception_field(e, OZ_X_FILENAME),
        second = oz_exception_field(e, OZ_X_FILENAME2);
    if (args->length != 2 || !first)
        return oz_retain(e->args);
    if (!second)
        return oz_tuple_of(t, 3, args->items[0], args->items[1], first);
    return oz_tuple_of(t, 5, args->items[0], args->items[1], first, (Obj)OZ_NONE, second);
}

OZ_METHOD(os_error, __reduce__, "($self, /)", "Return what pickle and copy need.")
{
    scoped Ref args = full_args(t, (const BaseException *)a[0]);
    scoped Ref dict = NULL;
    if (!args || oz_find_attr(t, a[0], OZ_NAME(t, __dict__), &dict) == OZ_RAISED)
        return NULL;
    bool empty = !dict || !oz_as_dict(dict) || oz_dict_length(oz_as_dict(dict)) == 0;
    return oz_tuple_of(t, empty ? 2 : 3, (Obj)oz_class_of(a[0]), args, dict);
}

const NativeDef *const oz_os_error_methods[] = {&os_error___reduce__, NULL};

/* ---- raising ---- */

Ref oz_raise_os_error2(Thread *t, int error_number, Obj filename, Obj filename2)
{
    char buffer[128];
    scoped Ref text = oz_str_new(t, strerror_r(error_number, buffer, sizeof buffer));
    if (!text)
        return NULL;
    Obj values[5] = {oz_int(error_number), text, filename ? filename : (Obj)OZ_NONE, OZ_NONE,
                     filename2 ? filename2 : (Obj)OZ_NONE};
    Args args = {values, filename2 ? 5 : filename ? 3 : 2, 0, NULL};
    scoped Ref made = oz_os_error_new(t, t->vm->errors[OZ_OSError], &args);
    return made ? oz_raise_object(t, made, NULL) : NULL;
}

Ref oz_raise_os_error(Thread *t, int error_number, Obj filename)
{
    return oz_raise_os_error2(t, error_number, filename, NULL);
}
