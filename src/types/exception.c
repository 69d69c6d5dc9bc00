// SPDX-License-Identifier: MIT
// BaseException and the classes of all exceptions.
//
// One layout serves all: args, traceback, context, cause, and a block of fields for the kinds that
// have attributes of their own (exception.h names them).  The classes have no builtin id; their
// instances have shapes and take attributes.  The table below declares each; the kinds that are
// more than a name have their slots in exception_kinds.c, exception_os.c, exception_unicode.c and
// exception_group.c.
//
// A class costs a Class record and a bases and mro tuple at VM start; its dict is filled when
// somebody looks.
#include "types/exception.h"
#include "types/exception_kinds.h"

#include "types/class_layout.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/str.h"
#include "types/traceback.h"
#include "types/tuple.h"
#include "types/type.h"

/* ---- fields ---- */

Obj oz_exception_field(const BaseException *e, unsigned index)
{
    return e->fields && index < e->fields->count ? e->fields->items[index] : NULL;
}

static bool make_fields(Thread *t, BaseException *e, unsigned count)
{
    unsigned old = e->fields ? e->fields->count : 0;
    size_t size = sizeof(ExceptionFields) + count * sizeof(Ref);
    ExceptionFields *fields = oz_block_realloc(t->heap, e->fields, size);
    if (!fields) {
        oz_raise_memory(t);
        return false;
    }
    for (unsigned i = old; i < count; i++)
        fields->items[i] = NULL;
    fields->count = count;
    e->fields = fields;
    return true;
}

bool oz_exception_field_set(Thread *t, BaseException *e, unsigned index, unsigned count, Obj value)
{
    if (!e->fields || e->fields->count < count) {
        if (!value)
            return true;
        if (!make_fields(t, e, count))
            return false;
    }
    oz_store(&e->base, &e->fields->items[index], value ? oz_retain(value) : NULL);
    return true;
}

Ref oz_exception_get(Obj self, unsigned index)
{
    Obj value = oz_exception_field((const BaseException *)self, index);
    return value ? oz_retain(value) : OZ_NONE;
}

static void exception_visit(const Object *o, Visitor *v)
{
    const BaseException *self = (const BaseException *)o;
    EXCEPTION_REFS(OZ_VISIT)
    for (uint32_t i = 0; self->fields && i < self->fields->count; i++)
        oz_visit(v, self->fields->items[i], "field", i);
}

static void exception_clear(Thread *t OZ_UNUSED, Object *o)
{
    BaseException *self = (BaseException *)o;
    ExceptionFields *fields = self->fields;
    self->fields = NULL;
    EXCEPTION_REFS(OZ_CLEAR)
    for (uint32_t i = 0; fields && i < fields->count; i++)
        oz_clear(&fields->items[i]);
    oz_block_free(fields);
}

static size_t exception_outside(const Object *o)
{
    const ExceptionFields *fields = ((const BaseException *)o)->fields;
    return fields ? oz_heap_size(fields) : 0;
}

/* ---- making ---- */

bool oz_exception_set_args(Thread *t, BaseException *e, const Args *args)
{
    Ref tuple = oz_tuple_new(t, args->items, args->count);
    if (!tuple)
        return false;
    oz_store(&e->base, &e->args, tuple);
    return true;
}

Ref oz_exception_new(Thread *t, Class *cls, const Args *args)
{
    scoped Ref made = (Ref)oz_instance_new(t, cls, 0);
    if (!made || !oz_exception_set_args(t, (BaseException *)made, args))
        return NULL;
    return oz_move(&made);
}

bool oz_exception_allocates(const Class *cls)
{
    return cls->slots->new == oz_exception_new &&oz_class_of((Obj)cls)->slots->call == oz_type_call;
}

bool oz_exception_no_keywords(Thread *t, Class *cls, const Args *args)
{
    return !args->named ||
           oz_fail(t, OZ_TypeError, "%s() takes no keyword arguments", oz_class_name(cls));
}

bool oz_exception_init(Thread *t, Obj self, const Args *args)
{
    if (!oz_exception_no_keywords(t, oz_class_of(self), args))
        return false;
    BaseException *e = (BaseException *)self;
    const Tuple *old = oz_as_tuple(e->args);
    bool same = old && old->length == args->count;
    for (uint32_t i = 0; same && i < args->count; i++)
        same = old->items[i] == args->items[i];
    return same || oz_exception_set_args(t, e, args); /* `new` has set them already, as a rule */
}

/* A kind with fields: its `new` and `init` set them. */
static Ref make_whole(Thread *t, Class *cls, const Tuple *tuple)
{
    Args args = {(const Obj *)tuple->items, tuple->length, 0, NULL};
    scoped Ref made = cls->slots->new (t, cls, &args);
    return made && cls->slots->init(t, made, &args) ? oz_move(&made) : NULL;
}

Ref oz_exception_make(Thread *t, int kind, Ref args)
{
    scoped Ref owned = args;
    if (!args)
        return NULL;
    Class *cls = t->vm->errors[kind];
    if (cls->slots->new != oz_exception_new || cls->slots->init != oz_exception_init)
        return make_whole(t, cls, oz_as_tuple(args));
    BaseException *e = oz_instance_new(t, cls, 0);
    if (!e)
        return NULL;
    oz_store_raw(&e->base, &e->args, oz_move(&owned));
    return (Ref)e;
}

/* ---- text ---- */

Ref oz_exception_str(Thread *t, Obj self)
{
    const BaseException *e = (const BaseException *)self;
    const Tuple *args = oz_as_tuple(e->args);
    if (!args || args->length == 0)
        return oz_retain(OZ_TEXT(t, empty));
    scoped Ref shown = oz_load(args->length == 1 ? &args->items[0] : &e->args);
    return oz_str(t, shown);
}

static Ref exception_repr(Thread *t, Obj self)
{
    scoped Ref args = oz_load(&((const BaseException *)self)->args);
    const Tuple *items = args ? oz_as_tuple(args) : NULL;
    const char *name = oz_class_name(oz_class_of(self));
    if (!items)
        return oz_str_format(t, "%s()", name);
    if (items->length == 1)
        return oz_str_format(t, "%s(%R)", name, items->items[0]);
    return oz_str_format(t, "%s%R", name, args);
}

/* ---- methods ---- */

/* __dict__, or NULL in *dict where it is empty. */
static bool attributes_of(Thread *t, Obj self, Ref *dict)
{
    Found found = oz_find_attr(t, self, OZ_NAME(t, __dict__), dict);
    if (found == OZ_FOUND && oz_as_dict(*dict) && oz_dict_length(oz_as_dict(*dict)) == 0)
        oz_clear(dict);
    return found != OZ_RAISED;
}

OZ_METHOD(exception, __reduce__, "($self, /)", "Return what pickle and copy need.")
{
    scoped Ref dict = NULL;
    if (!attributes_of(t, a[0], &dict))
        return NULL;
    scoped Ref args = oz_load(&((const BaseException *)a[0])->args);
    return oz_tuple_of(t, dict ? 3 : 2, (Obj)oz_class_of(a[0]), args, dict);
}

OZ_METHOD(exception, __setstate__, "($self, state, /)", "Set attributes from a dictionary.")
{
    if (oz_is_none(a[1]))
        return OZ_NONE;
    Dict *state = oz_as_dict(a[1]);
    if (!state)
        return oz_raise(t, OZ_TypeError, "state is not a dictionary");
    scoped Ref copy = oz_dict_copy(t, state); /* setting may run code that changes it */
    if (!copy)
        return NULL;
    size_t at = 0;
    Obj key, value;
    while (oz_dict_step(oz_as_dict(copy), &at, &key, &value)) {
        if (!oz_is_str(key))
            return oz_raise(t, OZ_TypeError, "attribute name must be string, not '%.200T'", key);
        if (!oz_set_attr(t, a[0], key, value))
            return NULL;
    }
    return OZ_NONE;
}

OZ_METHOD(exception, with_traceback, "($self, tb, /)",
          "Set self.__traceback__ to tb and return self.")
{
    if (!oz_is_none(a[1]) && !oz_is(a[1], OZ_TRACEBACK))
        return oz_raise(t, OZ_TypeError, "__traceback__ must be a traceback or None");
    BaseException *e = (BaseException *)a[0];
    oz_exception_link(t, e, &e->traceback, oz_is_none(a[1]) ? NULL : oz_retain(a[1]));
    return oz_retain(a[0]);
}

OZ_METHOD(exception, add_note, "($self, note, /)",
          "Append a line of text that is shown after the exception.")
{
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "note must be a str, not '%T'", a[1]);
    scoped Ref notes = NULL;
    Found found = oz_find_attr(t, a[0], OZ_NAME(t, __notes__), &notes);
    if (found == OZ_RAISED)
        return NULL;
    if (found == OZ_MISSING) {
        notes = oz_list_new(t, 1);
        if (!notes || !oz_set_attr(t, a[0], OZ_NAME(t, __notes__), notes))
            return NULL;
    }
    if (!oz_as_list(notes))
        return oz_raise(t, OZ_TypeError, "Cannot add note: __notes__ is not a list");
    return oz_list_append(t, oz_as_list(notes), a[1]) ? OZ_NONE : NULL;
}

/* ---- attributes ---- */

static Ref get_or_none(const Ref *field)
{
    return *field ? oz_load(field) : OZ_NONE;
}

static Ref get_args(Thread *t, Obj self)
{
    const BaseException *e = (const BaseException *)self;
    return e->args ? oz_load(&e->args) : oz_retain(t->vm->empty_tuple);
}

static bool set_args(Thread *t, Obj self, Obj value)
{
    if (!value)
        return oz_fail(t, OZ_TypeError, "args may not be deleted");
    Ref tuple = oz_tuple_from(t, value);
    if (!tuple)
        return false;
    BaseException *e = (BaseException *)self;
    oz_store(&e->base, &e->args, tuple);
    return true;
}

static Ref get_traceback(Thread *t OZ_UNUSED, Obj self)
{
    return get_or_none(&((const BaseException *)self)->traceback);
}

static bool set_traceback(Thread *t, Obj self, Obj value)
{
    if (!value)
        return oz_fail(t, OZ_TypeError, "__traceback__ may not be deleted");
    if (!oz_is_none(value) && !oz_is(value, OZ_TRACEBACK))
        return oz_fail(t, OZ_TypeError, "__traceback__ must be a traceback or None");
    BaseException *e = (BaseException *)self;
    oz_exception_link(t, e, &e->traceback, oz_is_none(value) ? NULL : oz_retain(value));
    return true;
}

/* For __context__ and __cause__. */
static bool set_exception(Thread *t, BaseException *e, Ref *field, Obj value, const char *name,
                          const char *what)
{
    if (!value)
        return oz_fail(t, OZ_TypeError, "%s may not be deleted", name);
    if (!oz_is_none(value) && !oz_as_exception(value))
        return oz_fail(t, OZ_TypeError, "exception %s must be None or derive from BaseException",
                       what);
    oz_exception_link(t, e, field, oz_is_none(value) ? NULL : oz_retain(value));
    return true;
}

static Ref get_context(Thread *t OZ_UNUSED, Obj self)
{
    return get_or_none(&((const BaseException *)self)->context);
}

static bool set_context(Thread *t, Obj self, Obj value)
{
    BaseException *e = (BaseException *)self;
    return set_exception(t, e, &e->context, value, "__context__", "context");
}

static Ref get_cause(Thread *t OZ_UNUSED, Obj self)
{
    return get_or_none(&((const BaseException *)self)->cause);
}

static bool set_cause(Thread *t, Obj self, Obj value)
{
    BaseException *e = (BaseException *)self;
    if (!set_exception(t, e, &e->cause, value, "__cause__", "cause"))
        return false;
    e->suppress_context = true;
    return true;
}

static Ref get_suppress(Thread *t OZ_UNUSED, Obj self)
{
    return oz_bool(((const BaseException *)self)->suppress_context);
}

static bool set_suppress(Thread *t, Obj self, Obj value)
{
    if (!value)
        return oz_fail(t, OZ_TypeError, "can't delete numeric/char attribute");
    if (!oz_is_bool(value))
        return oz_fail(t, OZ_TypeError, "attribute value type must be bool");
    ((BaseException *)self)->suppress_context = value == OZ_TRUE;
    return true;
}

static Ref get_dict(Thread *t, Obj self)
{
    return oz_instance_dict(t, self);
}

static bool set_dict(Thread *t, Obj self, Obj value)
{
    if (!value)
        return oz_fail(t, OZ_TypeError, "cannot delete __dict__");
    return oz_instance_dict_set(t, self, value);
}

static const GetSetDef exception_getsets[] = {
    {"__dict__", get_dict, set_dict, "The attributes of the instance."},
    {"args", get_args, set_args, "The arguments that the exception was made with."},
    {"__traceback__", get_traceback, set_traceback, "Where it was raised."},
    {"__context__", get_context, set_context, "The exception that was being handled."},
    {"__cause__", get_cause, set_cause, "What `raise ... from` named."},
    {"__suppress_context__", get_suppress, set_suppress, "Is __context__ left out of reports?"},
    {NULL, NULL, NULL, NULL},
};

/* ---- the classes ---- */

#define COMMON                                                                                     \
    .id = OZ_BASE_EXCEPTION, .size = sizeof(BaseException), .flags = OZ_TYPE_WEAKREF,              \
    .visit = exception_visit, .clear = exception_clear, .outside = exception_outside
#define PLAIN(name_, doc_) [OZ_##name_] = {COMMON, .name = #name_, .doc = doc_}

// clang-format off
#define BASE_EXCEPTION                                                                             \
    {                                                                                              \
        COMMON, .name = "BaseException", .doc = "The base of all exceptions.",                     \
        .slots = {.new = oz_exception_new, .init = oz_exception_init, .repr = exception_repr,      \
                  .str = oz_exception_str},                                                        \
        .methods = OZ_METHODS(&exception___reduce__, &exception___setstate__,                      \
                              &exception_with_traceback, &exception_add_note),                     \
        .getsets = exception_getsets,                                                              \
    }

const TypeDef oz_base_exception_type = BASE_EXCEPTION;

static const TypeDef exception_defs[OZ_ERROR_COUNT] = {
    [OZ_BaseException] = BASE_EXCEPTION,
    [OZ_BaseExceptionGroup] = {COMMON, .name = "BaseExceptionGroup",
        .doc = "Several exceptions that are raised together.",
        .slots = {.new = oz_exception_group_new, .init = oz_exception_group_init,
                  .str = oz_exception_group_str},
        .methods = oz_exception_group_methods, .getsets = oz_exception_group_getsets},
    [OZ_SystemExit] = {COMMON, .name = "SystemExit", .doc = "The program asks to end.",
        .slots = {.init = oz_system_exit_init}, .getsets = oz_system_exit_getsets},
    [OZ_StopIteration] = {COMMON, .name = "StopIteration",
        .doc = "An iterator has no further item.",
        .slots = {.init = oz_stop_iteration_init}, .getsets = oz_stop_iteration_getsets},
    [OZ_AttributeError] = {COMMON, .name = "AttributeError",
        .doc = "An object has no such attribute.",
        .slots = {.init = oz_attribute_error_init}, .getsets = oz_attribute_error_getsets},
    [OZ_NameError] = {COMMON, .name = "NameError", .doc = "A name is bound nowhere.",
        .slots = {.init = oz_name_error_init}, .getsets = oz_name_error_getsets},
    [OZ_ImportError] = {COMMON, .name = "ImportError",
        .doc = "A module, or a name in it, cannot be imported.",
        .slots = {.init = oz_import_error_init, .str = oz_import_error_str},
        .methods = oz_import_error_methods, .getsets = oz_import_error_getsets},
    [OZ_KeyError] = {COMMON, .name = "KeyError", .doc = "A mapping has no such key.",
        .slots = {.str = oz_key_error_str}},
    [OZ_OSError] = {COMMON, .name = "OSError", .doc = "The operating system reports an error.",
        .slots = {.new = oz_os_error_new, .init = oz_os_error_init, .str = oz_os_error_str},
        .methods = oz_os_error_methods, .getsets = oz_os_error_getsets},
    [OZ_SyntaxError] = {COMMON, .name = "SyntaxError", .doc = "Source text is not Python.",
        .slots = {.init = oz_syntax_error_init, .str = oz_syntax_error_str},
        .getsets = oz_syntax_error_getsets},
    [OZ_UnicodeDecodeError] = {COMMON, .name = "UnicodeDecodeError",
        .doc = "Bytes cannot be decoded.",
        .slots = {.init = oz_unicode_decode_init, .str = oz_unicode_decode_str},
        .getsets = oz_unicode_error_getsets},
    [OZ_UnicodeEncodeError] = {COMMON, .name = "UnicodeEncodeError",
        .doc = "Text cannot be encoded.",
        .slots = {.init = oz_unicode_encode_init, .str = oz_unicode_encode_str},
        .getsets = oz_unicode_error_getsets},
    [OZ_UnicodeTranslateError] = {COMMON, .name = "UnicodeTranslateError",
        .doc = "Text cannot be translated.",
        .slots = {.init = oz_unicode_translate_init, .str = oz_unicode_translate_str},
        .getsets = oz_unicode_error_getsets},
    PLAIN(GeneratorExit, "A generator is being closed."),
    PLAIN(KeyboardInterrupt, "The user interrupts the program."),
    PLAIN(Exception, "The base of the exceptions that programs handle."),
    PLAIN(ArithmeticError, "The base of the errors in arithmetic."),
    PLAIN(FloatingPointError, "A floating-point operation failed."),
    PLAIN(OverflowError, "A result is too large to be represented."),
    PLAIN(ZeroDivisionError, "The second operand of a division is zero."),
    PLAIN(AssertionError, "An assert statement does not hold."),
    PLAIN(BufferError, "A buffer cannot be had, or cannot change now."),
    PLAIN(EOFError, "There is nothing left to read."),
    PLAIN(ExceptionGroup, "Several exceptions of type Exception, raised together."),
    PLAIN(ModuleNotFoundError, "A module is not there."),
    PLAIN(LookupError, "The base of the errors of lookups."),
    PLAIN(IndexError, "An index lies outside the sequence."),
    PLAIN(MemoryError, "There is no memory left."),
    PLAIN(UnboundLocalError, "A local variable has no value yet."),
    PLAIN(BlockingIOError, "The operation would block."),
    PLAIN(ChildProcessError, "An operation on a child process failed."),
    PLAIN(ConnectionError, "The base of the errors of connections."),
    PLAIN(BrokenPipeError, "Nobody reads from the pipe any more."),
    PLAIN(ConnectionAbortedError, "The connection was aborted."),
    PLAIN(ConnectionRefusedError, "The connection was refused."),
    PLAIN(ConnectionResetError, "The connection was reset by the peer."),
    PLAIN(FileExistsError, "The file is already there."),
    PLAIN(FileNotFoundError, "The file is not there."),
    PLAIN(InterruptedError, "A signal interrupted the operation."),
    PLAIN(IsADirectoryError, "The operation does not work on directories."),
    PLAIN(NotADirectoryError, "The operation works on directories only."),
    PLAIN(PermissionError, "The operation is not permitted."),
    PLAIN(ProcessLookupError, "The process is not there."),
    PLAIN(TimeoutError, "The time for the operation is over."),
    PLAIN(ReferenceError, "A weakly referenced object is gone."),
    PLAIN(RuntimeError, "An error that fits no other kind."),
    PLAIN(NotImplementedError, "A method is left to derived classes, or to be written."),
    PLAIN(RecursionError, "Calls are nested too deeply."),
    PLAIN(StopAsyncIteration, "An asynchronous iterator has no further item."),
    PLAIN(IndentationError, "Indentation is not as it must be."),
    PLAIN(TabError, "Tabs and spaces are mixed so that the indentation is ambiguous."),
    PLAIN(SystemError, "The runtime itself is at fault."),
    PLAIN(TypeError, "A value has the wrong type."),
    PLAIN(ValueError, "A value has the right type but cannot be used."),
    PLAIN(UnicodeError, "The base of the errors of text encodings."),
    PLAIN(Warning, "The base of all warnings."),
    PLAIN(BytesWarning, "bytes are used as if they were text."),
    PLAIN(DeprecationWarning, "A feature will go away: for programmers."),
    PLAIN(EncodingWarning, "A text encoding is left to the locale."),
    PLAIN(FutureWarning, "A feature will change or go away: for users."),
    PLAIN(ImportWarning, "An import is probably a mistake."),
    PLAIN(PendingDeprecationWarning, "A feature may go away one day."),
    PLAIN(ResourceWarning, "A resource was not given back."),
    PLAIN(RuntimeWarning, "Behaviour at run time is dubious."),
    PLAIN(SyntaxWarning, "Source text is dubious."),
    PLAIN(UnicodeWarning, "A use of text is dubious."),
    PLAIN(UserWarning, "What programs warn of."),
};
// clang-format on

static const uint8_t bases[OZ_ERROR_COUNT] = {
#define ERROR(name, base) [OZ_##name] = OZ_##base,
#include "object/errors.def"
#undef ERROR
};

static bool make_class(Thread *t, int kind)
{
    Class *parents[2] = {t->vm->errors[bases[kind]], t->vm->errors[OZ_Exception]};
    if (kind == OZ_BaseException)
        parents[0] = t->vm->classes[OZ_OBJECT];
    Class *made =
        oz_class_from_def(t, &exception_defs[kind], parents, kind == OZ_ExceptionGroup ? 2 : 1);
    if (!made)
        return false;
    made->flags |= OZ_CLASS_EXCEPTION;
    t->vm->errors[kind] = made;
    return true;
}

bool oz_exceptions_init(Thread *t)
{
    for (int kind = 0; kind < OZ_ERROR_COUNT; kind++)
        if (!make_class(t, kind))
            return false;
    t->vm->classes[OZ_BASE_EXCEPTION] = t->vm->errors[OZ_BaseException];
    t->memory_error = oz_memory_error_new(t);
    return t->memory_error != NULL;
}

Ref oz_memory_error_new(Thread *t)
{
    return oz_exception_make(t, OZ_MemoryError, oz_retain(t->vm->empty_tuple));
}

bool oz_is_exception_class(Obj v)
{
    return oz_is_class(v) && ((const Class *)v)->layout == OZ_BASE_EXCEPTION;
}

bool oz_is_exception(Obj v, int kind)
{
    return oz_as_exception(v) && oz_class_derives(oz_class_of(v), oz_thread()->vm->errors[kind]);
}
