// SPDX-License-Identifier: MIT
// The type Unpickler and what shows its memo to programs.
#include "modules/native_type.h"
#include "modules/pickle.h"

#include "modules/import.h"
#include "types/audit.h"
#include "types/function.h"
#include "types/str_text.h"
#include "types/type.h"

#include <string.h>

/* ---- making ---- */

/* The name of an encoding or error handler. */
static bool set_name(Thread *t, Unpickler *u, Ref *place, Obj v, const char *argument)
{
    const Str *s = oz_as_str(v);
    scoped Ref keep = NULL;
    size_t length;
    if (!s)
        return oz_fail(t, OZ_TypeError, "%s argument '%s' must be str, not %s",
                       !u->hidden ? "Unpickler()"
                       : u->read  ? "load()"
                                  : "loads()",
                       argument, oz_is_none(v) ? "None" : oz_class_label(oz_class_of(v)));
    const char *utf8 = oz_str_utf8(t, (Obj)s, &length, &keep);
    if (!utf8)
        return false;
    if (strlen(utf8) != length)
        return oz_fail(t, OZ_ValueError, "embedded null character");
    oz_store(&u->base, place, oz_retain((Obj)s));
    return true;
}

bool oz_unpickler_init(Thread *t, Unpickler *u, const Obj *options)
{
    if (!oz_truth(t, options[0], &u->fix_imports) ||
        !set_name(t, u, &u->encoding, options[1], "encoding") ||
        !set_name(t, u, &u->errors, options[2], "errors"))
        return false;
    Obj given = options[3];
    bool none = oz_is_none(given) || given == (Obj)t->vm->empty_tuple;
    Ref buffers = none ? NULL : oz_iter(t, given);
    if (!none && !buffers)
        return false;
    oz_store(&u->base, &u->buffers, buffers);
    u->ready = true;
    return true;
}

bool oz_unpickler_set_file(Thread *t, Unpickler *u, Obj file)
{
    scoped Ref peek = NULL, read = NULL, line = NULL;
    if (oz_find_attr(t, file, OZ_NAME(t, peek), &peek) == OZ_RAISED ||
        oz_find_attr(t, file, OZ_NAME(t, read), &read) == OZ_RAISED ||
        oz_find_attr(t, file, OZ_NAME(t, readline), &line) == OZ_RAISED)
        return false;
    if (!read || !line)
        return oz_fail(t, OZ_TypeError, "file must have 'read' and 'readline' attributes");
    oz_store(&u->base, &u->peek, oz_move(&peek));
    oz_store(&u->base, &u->read, oz_move(&read));
    oz_store(&u->base, &u->readline, oz_move(&line));
    return true;
}

static bool refuse_running(Thread *t, const Unpickler *u)
{
    return !u->running || oz_fail(t, OZ_RuntimeError, "Unpickler object is already used");
}

OZ_NEW(unpickler, "($type, /, *args, **kwargs)")
{
    return (Ref)oz_instance_new(t, (Class *)a[0], 0);
}

static void forget_input(Thread *t, Unpickler *u)
{
    u->at = u->end = u->peeked = NULL;
    oz_buffer_release(t, &u->view);
}

OZ_INIT(unpickler,
        "($self, /, file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())")
{
    Unpickler *u = (Unpickler *)a[0];
    if (!refuse_running(t, u))
        return NULL;
    u->ready = false;
    forget_input(t, u);
    oz_unpickle_memo_clear(u);
    if (!oz_unpickler_set_file(t, u, a[1]) || !oz_unpickler_init(t, u, a + 2))
        return NULL;
    u->ready = false;
    if (!oz_pickle_hook(t, a[0], "persistent_load", &u->persistent_load, &u->bound))
        return NULL;
    u->ready = true;
    return OZ_NONE;
}

/* ---- loading ---- */

OZ_METHOD(unpickler, load, "($self, /)", "Read an object from the file.")
{
    Unpickler *u = (Unpickler *)a[0];
    if (!refuse_running(t, u))
        return NULL;
    if (!u->ready)
        return oz_raise_module(t, OZ_ERROR_UNPICKLING,
                               "Unpickler.__init__() was not called by %T.__init__()", a[0]);
    return oz_pickle_load(t, u);
}

Ref oz_unpickler_find_class(Thread *t, Unpickler *u, Obj module_name, Obj global_name)
{
    if (!oz_audit_event(t, "pickle.find_class", "OO", module_name, global_name))
        return NULL;
    scoped Ref module_text = oz_retain(module_name), name = oz_retain(global_name);
    if (u->protocol < 3 && u->fix_imports && !oz_pickle_rename(t, false, &module_text, &name))
        return NULL;
    if (!oz_is_str(module_text))
        return oz_raise(t, OZ_TypeError, "module name must be a string");
    scoped Ref module = oz_import_name(t, module_text);
    if (!module)
        return NULL;
    scoped Ref parts = NULL, found = NULL;
    if (u->protocol >= 4) {
        parts = oz_pickle_dotted(t, module, name);
    } else {
        parts = oz_list_of_array(t, (const Obj[]){name}, 1);
    }
    Found at = parts ? oz_pickle_follow(t, module, parts, NULL, &found) : OZ_RAISED;
    if (at == OZ_MISSING)
        return oz_raise(t, OZ_AttributeError, "Can't get attribute %R on %R", (Obj)name,
                        (Obj)module);
    return oz_move(&found);
}

OZ_METHOD(unpickler, find_class, "($self, module_name, global_name, /)",
          "The object of that name in a module, which is imported; a subclass may forbid it.")
{
    return oz_unpickler_find_class(t, (Unpickler *)a[0], a[1], a[2]);
}

/* ---- attributes ---- */

static Ref get_persistent_load(Thread *t, Obj v)
{
    Unpickler *u = (Unpickler *)v;
    if (!u->persistent_load)
        return oz_raise(t, OZ_AttributeError, "persistent_load");
    return u->bound ? oz_bound_method_new(t, u->persistent_load, v) : oz_retain(u->persistent_load);
}

static bool set_persistent_load(Thread *t, Obj v, Obj value)
{
    Unpickler *u = (Unpickler *)v;
    if (!value)
        return oz_fail(t, OZ_TypeError, "attribute deletion is not supported");
    if (!oz_is_callable(value))
        return oz_fail(t, OZ_TypeError, "persistent_load must be a callable taking one argument");
    u->bound = false;
    oz_store(&u->base, &u->persistent_load, oz_retain(value));
    return true;
}

/* ---- the memo, for programs ---- */

#define PROXY_REFS(REF) REF(unpickler)
typedef struct UnpicklerMemo {
    Object base;
    PROXY_REFS(OZ_FIELD)
} UnpicklerMemo;

OZ_TYPE_LIFE(proxy, UnpicklerMemo, PROXY_REFS)

static Ref get_memo(Thread *t, Obj v)
{
    UnpicklerMemo *proxy = oz_object_new(t, OZ_UNPICKLER_MEMO, sizeof *proxy);
    if (proxy)
        oz_store_new(&proxy->base, &proxy->unpickler, oz_retain(v));
    return (Ref)proxy;
}

static Ref memo_dict(Thread *t, Obj v)
{
    scoped Ref held = oz_retain(((const UnpicklerMemo *)v)->unpickler);
    Unpickler *u = (Unpickler *)held;
    scoped Ref dict = u && u->sparse ? oz_dict_copy(t, (Dict *)u->sparse) : oz_dict_new(t);
    for (size_t i = 0; dict && u && i < u->memo_room; i++) {
        if (!u->memo[i])
            continue;
        scoped Ref key = oz_int_from_uint64(t, i);
        if (!key || !oz_dict_set(t, (Dict *)dict, key, u->memo[i]) || !oz_poll(t))
            return NULL;
    }
    return oz_move(&dict);
}

/* Each number and object of a dict. */
static bool read_memo(Thread *t, Unpickler *u, Dict *dict)
{
    size_t at = 0;
    Obj key, value;
    while (oz_dict_step(dict, &at, &key, &value)) {
        ssize_t number;
        if (!oz_as_exact_int(key))
            return oz_fail(t, OZ_TypeError, "memo key must be integers");
        if (!oz_as_size_argument(t, oz_as_exact_int(key), &number))
            return false;
        if (number < 0)
            return oz_fail(t, OZ_ValueError, "memo key must be positive integers.");
        if (!oz_unpickle_memo_set(t, u, (uint64_t)number, value) || !oz_poll(t))
            return false;
    }
    return true;
}

static bool set_memo(Thread *t, Obj v, Obj value)
{
    Unpickler *u = (Unpickler *)v;
    if (!value)
        return oz_fail(t, OZ_TypeError, "attribute deletion is not supported");
    bool proxy = oz_is(value, OZ_UNPICKLER_MEMO);
    if (!proxy && !oz_as_dict(value))
        return oz_fail(t, OZ_TypeError,
                       "'memo' attribute must be an UnpicklerMemoProxy object or dict, not %.200T",
                       value);
    scoped Ref dict = proxy ? memo_dict(t, value) : oz_dict_copy(t, oz_as_dict(value));
    scoped Ref room = dict ? oz_object_new(t, OZ_UNPICKLER, sizeof *u) : NULL;
    if (!room || !read_memo(t, (Unpickler *)room, (Dict *)dict))
        return false;
    Unpickler *made = (Unpickler *)room; /* the old memo goes with it */
    Ref *memo = u->memo, sparse = oz_move(&u->sparse);
    size_t memo_room = u->memo_room, count = u->memo_count;
    u->memo = made->memo;
    u->memo_room = made->memo_room;
    u->memo_count = made->memo_count;
    oz_store_new(&u->base, &u->sparse, oz_move(&made->sparse));
    for (size_t i = 0; i < u->memo_room; i++)
        oz_track(&u->base, u->memo[i]);
    made->memo = memo;
    made->memo_room = memo_room;
    made->memo_count = count;
    oz_store_new(&made->base, &made->sparse, sparse);
    return true;
}

OZ_METHOD(unpickler_memo, clear, "($self, /)", "Forget all of the memo.")
{
    scoped Ref held = oz_retain(((const UnpicklerMemo *)a[0])->unpickler);
    if (held)
        oz_unpickle_memo_clear((Unpickler *)held);
    return OZ_NONE;
}

OZ_METHOD(unpickler_memo, copy, "($self, /)", "The memo as a dict: number to object.")
{
    return memo_dict(t, a[0]);
}

OZ_METHOD(unpickler_memo, __reduce__, "($self, /)", "The memo is pickled as a dict.")
{
    scoped Ref dict = memo_dict(t, a[0]);
    scoped Ref args = dict ? oz_tuple_of(t, 1, (Obj)dict) : NULL;
    return args ? oz_tuple_of(t, 2, (Obj)t->vm->classes[OZ_DICT], (Obj)args) : NULL;
}

const TypeDef oz_unpickler_memo_type = {
    .id = OZ_UNPICKLER_MEMO,
    .name = "_pickle.UnpicklerMemoProxy",
    .size = sizeof(UnpicklerMemo),
    .flags = OZ_TYPE_NO_NEW | OZ_TYPE_UNHASHABLE,
    .visit = proxy_visit,
    .clear = proxy_clear,
    .methods = OZ_METHODS(&unpickler_memo_clear, &unpickler_memo_copy, &unpickler_memo___reduce__),
};

/* ---- the type ---- */

static void unpickler_visit(const Object *object, Visitor *v)
{
    const Unpickler *self = (const Unpickler *)object;
    UNPICKLER_REFS(OZ_VISIT)
    oz_visit(v, self->view.owner, "input", -1);
    for (size_t i = 0; i < self->memo_room; i++)
        oz_visit(v, self->memo[i], "memo", (ssize_t)i);
    for (size_t i = 0; i < self->top; i++)
        oz_visit(v, self->stack[i], "stack", (ssize_t)i);
}

static void unpickler_clear_refs(Thread *t, Object *object)
{
    Unpickler *self = (Unpickler *)object;
    forget_input(t, self);
    oz_unpickle_memo_clear(self);
    oz_pickle_stack_clear(self);
    UNPICKLER_REFS(OZ_CLEAR)
}

static size_t unpickler_outside(const Object *object)
{
    const Unpickler *self = (const Unpickler *)object;
    const void *blocks[] = {self->memo, self->stack, self->marks};
    size_t bytes = 0;
    for (size_t i = 0; i < OZ_COUNT(blocks); i++)
        bytes += blocks[i] ? oz_heap_size(blocks[i]) : 0;
    return bytes;
}

OZ_METHOD(unpickler, __sizeof__, "($self, /)", "Return the bytes that the object takes.")
{
    return oz_int_new(t, (int64_t)oz_object_bytes(a[0]));
}

const TypeDef oz_unpickler_type = {
    .id = OZ_UNPICKLER,
    .name = "_pickle.Unpickler",
    .doc = "Reads objects from pickles in a file, which needs read() and readline() for bytes.\n\n"
           "fix_imports: take names of Python 2 for what they are now.  encoding, errors: how\n"
           "8-bit strings of Python 2 are decoded; 'bytes' leaves them.  buffers: what its\n"
           "buffer_callback has left out of the pickle.",
    .size = sizeof(Unpickler),
    .visit = unpickler_visit,
    .clear = unpickler_clear_refs,
    .outside = unpickler_outside,
    .make = &unpickler_new_,
    .initialise = &unpickler_init_,
    .methods = OZ_METHODS(&unpickler_load, &unpickler_find_class, &unpickler___sizeof__),
    .getsets = OZ_GETSETS({"memo", get_memo, set_memo, "what has been read, by number"},
                          {"persistent_load", get_persistent_load, set_persistent_load,
                           "called with each persistent id: the object"}),
};
