// SPDX-License-Identifier: MIT
// The type Pickler and what shows its memo to programs.
//
// A dump runs Python code, which has the pickler at hand: `running` refuses a second dump or
// __init__ within it.  The memo may be replaced meanwhile.
#include "modules/native_type.h"
#include "modules/pickle.h"

#include "types/function.h"
#include "types/int.h"
#include "types/native.h"
#include "types/str.h"
#include "types/type.h"

/* ---- making ---- */

static bool refuse_running(Thread *t, const Pickler *p)
{
    return !p->running || oz_fail(t, OZ_RuntimeError, "Pickler object is already used");
}

static bool set_protocol(Thread *t, Pickler *p, Obj v)
{
    int protocol = OZ_PICKLE_DEFAULT;
    if (v && !oz_is_none(v)) {
        if (!oz_as_int(t, v, &protocol))
            return false;
        if (protocol < 0)
            protocol = OZ_PICKLE_HIGHEST;
        else if (protocol > OZ_PICKLE_HIGHEST)
            return oz_fail(t, OZ_ValueError, "pickle protocol must be <= %d", OZ_PICKLE_HIGHEST);
    }
    p->protocol = protocol;
    p->bin = protocol > 0;
    return true;
}

bool oz_pickler_init(Thread *t, Pickler *p, Obj protocol, Obj fix_imports, Obj buffer_callback)
{
    bool fix;
    if (!set_protocol(t, p, protocol) || !oz_truth(t, fix_imports, &fix))
        return false;
    p->fix_imports = fix && p->protocol < 3;
    bool wanted = buffer_callback && !oz_is_none(buffer_callback);
    if (wanted && p->protocol < 5)
        return oz_fail(t, OZ_ValueError, "buffer_callback needs protocol >= 5");
    oz_store(&p->base, &p->buffer_callback, wanted ? oz_retain(buffer_callback) : NULL);
    p->ready = true;
    return true;
}

bool oz_pickler_set_file(Thread *t, Pickler *p, Obj file)
{
    Ref write = NULL;
    Found found = oz_find_attr(t, file, OZ_NAME(t, write), &write);
    if (found == OZ_MISSING)
        return oz_fail(t, OZ_TypeError, "file must have a 'write' attribute");
    if (found == OZ_FOUND)
        oz_store(&p->base, &p->write, write);
    return found == OZ_FOUND;
}

OZ_NEW(pickler, "($type, /, *args, **kwargs)")
{
    return (Ref)oz_instance_new(t, (Class *)a[0], 0);
}

OZ_INIT(pickler, "($self, /, file, protocol=None, fix_imports=True, buffer_callback=None)")
{
    Pickler *p = (Pickler *)a[0];
    if (!refuse_running(t, p))
        return NULL;
    p->ready = false;
    scoped Ref table = NULL, name = oz_intern(t, "dispatch_table");
    if (!name || !oz_pickler_set_file(t, p, a[1]) || !oz_pickler_init(t, p, a[2], a[3], a[4]))
        return NULL;
    p->ready = false;
    p->fast = 0;
    p->fast_nesting = 0;
    oz_clear(&p->fast_seen);
    oz_pickle_memo_clear(&p->memo);
    if (!oz_pickle_hook(t, a[0], "persistent_id", &p->persistent_id, &p->bound) ||
        oz_find_attr(t, a[0], name, &table) == OZ_RAISED)
        return NULL;
    oz_store(&p->base, &p->dispatch_table, oz_move(&table));
    p->ready = true;
    return OZ_NONE;
}

/* ---- dumping ---- */

static bool save_all(Thread *t, Pickler *p, Obj v)
{
    if (p->protocol >= 2 && !oz_pickle_put_number(t, p, OZ_PK_PROTO, (uint64_t)p->protocol, 1))
        return false;
    if (p->protocol >= 4) {
        p->framing = true;
        p->limit = p->at; /* the next byte opens a frame */
    }
    return oz_pickle_save(t, p, v) && oz_pickle_put(t, p, OZ_PK_STOP);
}

Ref oz_pickler_dump(Thread *t, Pickler *p, Obj v)
{
    p->running = true;
    oz_pickle_output_start(p);
    Ref result = save_all(t, p, v) ? oz_pickle_output_end(t, p) : NULL;
    p->running = false;
    p->fast_nesting = 0;
    oz_pickle_output_clear(p);
    oz_clear(&p->fast_seen);
    oz_clear(&p->registry);
    oz_clear(&p->reducer_override);
    return result;
}

OZ_METHOD(pickler, dump, "($self, obj, /)", "Write the pickle of an object to the file.")
{
    Pickler *p = (Pickler *)a[0];
    if (!refuse_running(t, p))
        return NULL;
    if (!p->ready || !p->write)
        return oz_raise_module(t, OZ_ERROR_PICKLING,
                               "Pickler.__init__() was not called by %T.__init__()", a[0]);
    scoped Ref name = oz_intern(t, "reducer_override"), override = NULL;
    if (!name || oz_find_attr(t, a[0], name, &override) == OZ_RAISED || !refuse_running(t, p))
        return NULL;
    oz_store(&p->base, &p->reducer_override, oz_move(&override));
    return oz_pickler_dump(t, p, a[1]);
}

OZ_METHOD(pickler, clear_memo, "($self, /)",
          "Forget what has been pickled, so that it is pickled anew.")
{
    oz_pickle_memo_clear(&((Pickler *)a[0])->memo);
    return OZ_NONE;
}

/* ---- attributes ---- */

static Ref get_persistent_id(Thread *t, Obj v)
{
    Pickler *p = (Pickler *)v;
    if (!p->persistent_id)
        return oz_raise(t, OZ_AttributeError, "persistent_id");
    return p->bound ? oz_bound_method_new(t, p->persistent_id, v) : oz_retain(p->persistent_id);
}

static bool set_persistent_id(Thread *t, Obj v, Obj value)
{
    Pickler *p = (Pickler *)v;
    if (!value)
        return oz_fail(t, OZ_TypeError, "attribute deletion is not supported");
    if (!oz_is_callable(value))
        return oz_fail(t, OZ_TypeError, "persistent_id must be a callable taking one argument");
    p->bound = false;
    oz_store(&p->base, &p->persistent_id, oz_retain(value));
    return true;
}

static Ref get_bin(Thread *t OZ_UNUSED, Obj v)
{
    return oz_int(((const Pickler *)v)->bin);
}

static bool as_flag(Thread *t, Obj value, int *flag)
{
    if (!value)
        return oz_fail(t, OZ_TypeError, "can't delete numeric/char attribute");
    return oz_as_int(t, value, flag);
}

static bool set_bin(Thread *t, Obj v, Obj value)
{
    int flag;
    if (!as_flag(t, value, &flag))
        return false;
    ((Pickler *)v)->bin = flag != 0;
    return true;
}

static Ref get_fast(Thread *t OZ_UNUSED, Obj v)
{
    return oz_int(((const Pickler *)v)->fast);
}

static bool set_fast(Thread *t, Obj v, Obj value)
{
    int flag;
    if (!as_flag(t, value, &flag))
        return false;
    ((Pickler *)v)->fast = flag;
    return true;
}

/* ---- the memo, for programs ---- */

#define PROXY_REFS(REF) REF(pickler)
typedef struct PicklerMemo {
    Object base;
    PROXY_REFS(OZ_FIELD)
} PicklerMemo;

OZ_TYPE_LIFE(proxy, PicklerMemo, PROXY_REFS)

static Ref get_memo(Thread *t, Obj v)
{
    PicklerMemo *proxy = oz_object_new(t, OZ_PICKLER_MEMO, sizeof *proxy);
    if (proxy)
        oz_store_new(&proxy->base, &proxy->pickler, oz_retain(v));
    return (Ref)proxy;
}

static bool copy_memo(Thread *t, Pickler *p, const PickleMemo *from, PickleMemo *to)
{
    for (uint32_t i = 0; i < from->count; i++)
        if (!oz_pickle_memo_add_as(t, &p->base, to, from->items[i], oz_pickle_memo_number(from, i)))
            return false;
    return true;
}

/* From a dict: anything to (number, object). */
static bool read_memo(Thread *t, Pickler *p, Dict *dict, PickleMemo *to)
{
    scoped Ref copy = oz_dict_copy(t, dict); /* __index__ may change it */
    size_t at = 0;
    Obj key, value;
    while (copy && oz_dict_step((Dict *)copy, &at, &key, &value)) {
        const Tuple *pair = oz_as_tuple(value);
        int64_t number;
        if (!pair || pair->length != 2)
            return oz_fail(t, OZ_TypeError, "'memo' values must be 2-item tuples");
        if (!oz_as_int64(t, pair->items[0], &number) ||
            !oz_pickle_memo_add_as(t, &p->base, to, pair->items[1], number) || !oz_poll(t))
            return false;
    }
    return copy != NULL;
}

static bool set_memo(Thread *t, Obj v, Obj value)
{
    Pickler *p = (Pickler *)v;
    PickleMemo made = {0};
    if (!value)
        return oz_fail(t, OZ_TypeError, "attribute deletion is not supported");
    bool done;
    if (oz_is(value, OZ_PICKLER_MEMO) && ((PicklerMemo *)value)->pickler)
        done = copy_memo(t, p, &((Pickler *)((PicklerMemo *)value)->pickler)->memo, &made);
    else if (oz_as_dict(value))
        done = read_memo(t, p, oz_as_dict(value), &made);
    else
        done = oz_fail(t, OZ_TypeError,
                       "'memo' attribute must be a PicklerMemoProxy object or dict, not %.200T",
                       value);
    if (done) {
        PickleMemo old = p->memo;
        p->memo = made;
        made = old;
    }
    oz_pickle_memo_clear(&made);
    return done;
}

OZ_METHOD(pickler_memo, clear, "($self, /)", "Forget all of the memo.")
{
    Obj pickler = ((const PicklerMemo *)a[0])->pickler;
    if (pickler)
        oz_pickle_memo_clear(&((Pickler *)pickler)->memo);
    return OZ_NONE;
}

static Ref memo_dict(Thread *t, Obj v)
{
    scoped Ref dict = oz_dict_new(t), pickler = oz_retain(((const PicklerMemo *)v)->pickler);
    const PickleMemo *memo = &((const Pickler *)pickler)->memo;
    for (uint32_t i = 0; dict && pickler && i < memo->count; i++) {
        Obj item = memo->items[i];
        scoped Ref key = oz_int_from_uint64(t, oz_word(item));
        scoped Ref number = key ? oz_int_new(t, oz_pickle_memo_number(memo, i)) : NULL;
        scoped Ref pair = number ? oz_tuple_of(t, 2, (Obj)number, item) : NULL;
        if (!pair || !oz_dict_set(t, (Dict *)dict, key, pair) || !oz_poll(t))
            return NULL;
    }
    return oz_move(&dict);
}

OZ_METHOD(pickler_memo, copy, "($self, /)", "The memo as a dict: id to (number, object).")
{
    return memo_dict(t, a[0]);
}

OZ_METHOD(pickler_memo, __reduce__, "($self, /)", "The memo is pickled as a dict.")
{
    scoped Ref dict = memo_dict(t, a[0]);
    scoped Ref args = dict ? oz_tuple_of(t, 1, (Obj)dict) : NULL;
    return args ? oz_tuple_of(t, 2, (Obj)t->vm->classes[OZ_DICT], (Obj)args) : NULL;
}

const TypeDef oz_pickler_memo_type = {
    .id = OZ_PICKLER_MEMO,
    .name = "_pickle.PicklerMemoProxy",
    .size = sizeof(PicklerMemo),
    .flags = OZ_TYPE_NO_NEW | OZ_TYPE_UNHASHABLE,
    .visit = proxy_visit,
    .clear = proxy_clear,
    .methods = OZ_METHODS(&pickler_memo_clear, &pickler_memo_copy, &pickler_memo___reduce__),
};

/* ---- the type ---- */

static void pickler_visit(const Object *object, Visitor *v)
{
    const Pickler *self = (const Pickler *)object;
    PICKLER_REFS(OZ_VISIT)
    for (size_t i = 0; i < self->chunk_count; i++)
        oz_visit(v, self->chunks[i].owner, "chunk", (ssize_t)i);
    oz_pickle_memo_visit(&self->memo, v);
}

static void pickler_clear_refs(Thread *t OZ_UNUSED, Object *object)
{
    Pickler *self = (Pickler *)object;
    PICKLER_REFS(OZ_CLEAR)
    oz_pickle_output_clear(self);
    oz_pickle_memo_clear(&self->memo);
}

static size_t pickler_outside(const Object *object)
{
    const Pickler *self = (const Pickler *)object;
    size_t bytes = oz_pickle_memo_bytes(&self->memo);
    bytes += self->data ? oz_heap_size(self->data) : 0;
    return bytes + (self->chunks ? oz_heap_size(self->chunks) : 0);
}

OZ_METHOD(pickler, __sizeof__, "($self, /)", "Return the bytes that the object takes.")
{
    return oz_int_new(t, (int64_t)oz_object_bytes(a[0]));
}

const TypeDef oz_pickler_type = {
    .id = OZ_PICKLER,
    .name = "_pickle.Pickler",
    .doc = "Writes pickles of objects to a file, which needs a write() for bytes.\n\n"
           "protocol: 0 to 5, by default 4; a negative one is the highest.  fix_imports: below\n"
           "protocol 3, use the names that Python 2 had.  buffer_callback: called with each\n"
           "PickleBuffer (protocol 5); a false answer leaves it out of the pickle.",
    .size = sizeof(Pickler),
    .visit = pickler_visit,
    .clear = pickler_clear_refs,
    .outside = pickler_outside,
    .make = &pickler_new_,
    .initialise = &pickler_init_,
    .methods = OZ_METHODS(&pickler_dump, &pickler_clear_memo, &pickler___sizeof__),
    .members = OZ_MEMBERS({"dispatch_table", offsetof(Pickler, dispatch_table), 0,
                           "reducers by class, in the place of copyreg.dispatch_table"}),
    .getsets = OZ_GETSETS({"memo", get_memo, set_memo, "what has been pickled"},
                          {"persistent_id", get_persistent_id, set_persistent_id,
                           "called with each object: what stands for it, or None"},
                          {"bin", get_bin, set_bin, "Is the protocol a binary one?"},
                          {"fast", get_fast, set_fast, "Not 0: nothing is memoized."}),
};
