// SPDX-License-Identifier: MIT
// Function objects: 40 bytes and the cells; what most functions never change is kept in extras.
#include "types/function.h"

#include "object/world.h"
#include "object/error.h"
#include "types/cell.h"
#include "types/dict.h"
#include "types/frame.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

_Static_assert(sizeof(Function) == 40, "a closure over one variable is 48 bytes and a cell");

/* ---- layout ---- */

static void function_visit(const Object *object, Visitor *v)
{
    const Function *f = (const Function *)object;
    oz_visit(v, (Obj)f->code, "code", -1);
    oz_visit(v, f->globals, "globals", -1);
    oz_visit(v, f->defaults, "defaults", -1);
    if (f->extras) {
        const FunctionExtras *self = f->extras;
        FUNCTION_EXTRA_REFS(OZ_VISIT)
    }
    if (f->code)
        for (unsigned n = 0; n < f->code->free_count; n++)
            oz_visit(v, f->cells[n], "cell", n);
}

/* What a cycle can be broken at.  Garbage that is cleared may still be seen, called too: code,
 * cells and globals stay, which as members of the cycle are emptied themselves. */
static void function_clear(Thread *t OZ_UNUSED, Object *object)
{
    Function *f = (Function *)object;
    FunctionExtras *self = f->extras;
    f->extras = NULL;
    if (self) {
        FUNCTION_EXTRA_REFS(OZ_CLEAR)
        oz_block_free(self);
    }
    oz_clear(&f->defaults);
}

static void function_free(Thread *t OZ_UNUSED, Object *object)
{
    Function *f = (Function *)object;
    Code *code = f->code;
    if (!code)
        return;
    for (unsigned n = 0; n < code->free_count; n++)
        oz_clear(&f->cells[n]);
    oz_clear(&f->globals);
    f->code = NULL;
    oz_drop((Ref)code);
}

static size_t function_outside(const Object *object)
{
    const Function *f = (const Function *)object;
    return f->extras ? oz_heap_size(f->extras) : 0;
}

static bool is_usual(Thread *t, Obj builtins)
{
    return builtins == t->vm->builtins ||
           (oz_is(builtins, OZ_MODULE) && (Obj)oz_module_dict(builtins) == t->vm->builtins);
}

Ref oz_function_new(Thread *t, Code *code, Obj globals, const Obj *cells)
{
    Function *f = oz_object_new_raw(t, OZ_FUNCTION, sizeof *f + code->free_count * sizeof(Ref));
    if (!f)
        return NULL;
    f->code = (Code *)oz_retain((Obj)code);
    f->defaults = NULL;
    f->extras = NULL;
    oz_store_raw(&f->base, &f->globals, oz_retain(globals));
    for (unsigned n = 0; n < code->free_count; n++)
        oz_store_raw(&f->base, &f->cells[n], oz_retain(cells[n]));
    Obj own = oz_dict_peek_str((Dict *)globals, OZ_NAME(t, __builtins__));
    if (OZ_UNLIKELY(!t->has_turn && !(own && is_usual(t, own)))) { /* nobody changes it now */
        oz_need_turn(t);
        own = oz_dict_peek_str((Dict *)globals, OZ_NAME(t, __builtins__));
    }
    if (!own && t->frame)
        own = oz_function_builtins(t, t->frame->function);
    if (own && OZ_UNLIKELY(!is_usual(t, own))) {
        scoped Ref made = (Ref)f;
        FunctionExtras *extras = oz_function_extras(t, f);
        Obj builtins = oz_is(own, OZ_MODULE) ? (Obj)oz_module_dict(own) : own;
        if (!extras)
            return NULL;
        oz_store_new(&f->base, &extras->builtins, oz_retain(builtins));
        return oz_move(&made);
    }
    return (Ref)f;
}

FunctionExtras *oz_function_extras(Thread *t, Function *f)
{
    if (!f->extras) {
        FunctionExtras *extras = oz_block_alloc(t->heap, sizeof *extras);
        if (!extras) {
            oz_raise_memory(t);
            return NULL;
        }
        memset(extras, 0, sizeof *extras);
        f->extras = extras;
    }
    return f->extras;
}

/* ---- names ---- */

Obj oz_function_name(const Function *f)
{
    return f->extras && f->extras->name ? f->extras->name : f->code->name;
}

Obj oz_function_qualname(const Function *f)
{
    return f->extras && f->extras->qualname ? f->extras->qualname : f->code->qualname;
}

static bool set_text(Thread *t, Obj self, Obj value, const char *what, size_t offset)
{
    if (!value || !oz_is_str(value))
        return oz_fail(t, OZ_TypeError, "%s must be set to a string object", what);
    Function *f = (Function *)self;
    FunctionExtras *extras = oz_function_extras(t, f);
    if (!extras)
        return false;
    oz_store(&f->base, (Ref *)((char *)extras + offset), oz_retain(value));
    return true;
}

static Ref get_name(Thread *t OZ_UNUSED, Obj self)
{
    return oz_retain(oz_function_name((Function *)self));
}

static bool set_name(Thread *t, Obj self, Obj value)
{
    return set_text(t, self, value, "__name__", offsetof(FunctionExtras, name));
}

static Ref get_qualname(Thread *t OZ_UNUSED, Obj self)
{
    return oz_retain(oz_function_qualname((Function *)self));
}

static bool set_qualname(Thread *t, Obj self, Obj value)
{
    return set_text(t, self, value, "__qualname__", offsetof(FunctionExtras, qualname));
}

/* ---- fields that are derived until they are assigned ---- */

static bool set_extra(Thread *t, Obj self, size_t offset, Obj value)
{
    Function *f = (Function *)self;
    FunctionExtras *extras = oz_function_extras(t, f);
    if (!extras)
        return false;
    oz_store(&f->base, (Ref *)((char *)extras + offset), oz_retain(value));
    return true;
}

/* The docstring is the first constant, if the code says that it has one (compile/). */
static Ref get_doc(Thread *t OZ_UNUSED, Obj self)
{
    const Function *f = (Function *)self;
    if (f->extras && f->extras->doc)
        return oz_retain(f->extras->doc);
    const Tuple *constants = (Tuple *)f->code->constants;
    if (constants->length && oz_is_str(constants->items[0]))
        return oz_retain(constants->items[0]);
    return OZ_NONE;
}

static bool set_doc(Thread *t, Obj self, Obj value)
{
    return set_extra(t, self, offsetof(FunctionExtras, doc), value ? value : OZ_NONE);
}

static Ref get_module(Thread *t, Obj self)
{
    const Function *f = (Function *)self;
    if (f->extras && f->extras->module)
        return oz_retain(f->extras->module);
    Obj name = oz_dict_peek_str((Dict *)f->globals, OZ_NAME(t, __name__));
    return name ? oz_retain(name) : OZ_NONE;
}

static bool set_module(Thread *t, Obj self, Obj value)
{
    return set_extra(t, self, offsetof(FunctionExtras, module), value ? value : OZ_NONE);
}

/* ---- code, defaults, closure ---- */

static Ref get_code(Thread *t OZ_UNUSED, Obj self)
{
    return oz_retain((Obj)((Function *)self)->code);
}

static bool is_running(Thread *t, const Code *code)
{
    scoped_stop stopped = oz_world_stopped(t);
    for (const Thread *each = t->vm->threads; each; each = each->next)
        for (const Frame *frame = each->frame; frame && frame >= each->frames; frame--)
            if (frame->code == code)
                return true;
    return false;
}

/* A frame borrows its code from its function, which is about to have another: keep the old one
 * while some frame runs it.  Those that were kept before and run no more go. */
static bool keep_code(Thread *t, Code *old)
{
    scoped Ref kept = oz_move(&t->vm->replaced_code), still = NULL;
    bool ok = true;
    for (size_t i = 0; ok && i <= (kept ? oz_list_length((List *)kept) : 0); i++) {
        scoped Ref code = i ? oz_list_get(t, (List *)kept, i - 1) : oz_retain((Obj)old);
        if (!is_running(t, (Code *)code))
            continue;
        if (!still)
            still = oz_list_new(t, 1);
        ok = still && oz_list_append(t, (List *)still, code);
    }
    t->vm->replaced_code = oz_move(ok ? &still : &kept);
    oz_share(t, t->vm->replaced_code);
    return ok;
}

static bool set_code(Thread *t, Obj self, Obj value)
{
    Function *f = (Function *)self;
    if (!value || !oz_is(value, OZ_CODE))
        return oz_fail(t, OZ_TypeError, "__code__ must be set to a code object");
    Code *code = (Code *)value;
    if (code->free_count != f->code->free_count)
        return oz_fail(t, OZ_ValueError, "%S() requires a code object with %u free vars, not %u",
                       oz_function_name(f), f->code->free_count, code->free_count);
    if (!set_name(t, self, oz_function_name(f)) || !set_qualname(t, self, oz_function_qualname(f)))
        return false; /* the names stay the function's own */
    if (!keep_code(t, f->code))
        return false;
    Ref old = (Ref)f->code;
    if (oz_refs(&f->base) < 0)
        oz_publish(t, value);
    OZ_WRITE(&f->code, (Code *)oz_retain(value));
    oz_drop(old);
    return true;
}

static Ref get_defaults(Thread *t OZ_UNUSED, Obj self)
{
    Obj defaults = ((Function *)self)->defaults;
    return defaults ? oz_retain(defaults) : OZ_NONE;
}

static bool set_defaults(Thread *t, Obj self, Obj value)
{
    Function *f = (Function *)self;
    if (value == OZ_NONE)
        value = NULL;
    if (value && !oz_as_tuple(value))
        return oz_fail(t, OZ_TypeError, "__defaults__ must be set to a tuple object");
    oz_store(&f->base, &f->defaults, oz_retain(value));
    return true;
}

static Ref get_keyword_defaults(Thread *t OZ_UNUSED, Obj self)
{
    const FunctionExtras *extras = ((Function *)self)->extras;
    return extras && extras->keyword_defaults ? oz_retain(extras->keyword_defaults) : OZ_NONE;
}

static bool set_keyword_defaults(Thread *t, Obj self, Obj value)
{
    if (value == OZ_NONE)
        value = NULL;
    if (value && !oz_as_dict(value))
        return oz_fail(t, OZ_TypeError, "__kwdefaults__ must be set to a dict object");
    return set_extra(t, self, offsetof(FunctionExtras, keyword_defaults), value);
}

/* The dict of __annotations__, made if needed. */
static Ref annotations_of(Thread *t, Function *f)
{
    FunctionExtras *extras = oz_function_extras(t, f);
    if (!extras)
        return NULL;
    if (extras->annotations && oz_is(extras->annotations, OZ_DICT))
        return oz_retain(extras->annotations);
    scoped Ref dict = oz_dict_new(t);
    if (!dict)
        return NULL;
    const Tuple *pairs = (Tuple *)extras->annotations;
    for (size_t n = 0; pairs && n + 1 < pairs->length; n += 2)
        if (!oz_dict_set(t, (Dict *)dict, pairs->items[n], pairs->items[n + 1]))
            return NULL;
    oz_store(&f->base, &extras->annotations, oz_retain(dict));
    return oz_move(&dict);
}

static Ref get_annotations(Thread *t, Obj self)
{
    return annotations_of(t, (Function *)self);
}

static bool set_annotations(Thread *t, Obj self, Obj value)
{
    if (value == OZ_NONE)
        value = NULL;
    if (value && !oz_as_dict(value))
        return oz_fail(t, OZ_TypeError, "__annotations__ must be set to a dict object");
    return set_extra(t, self, offsetof(FunctionExtras, annotations), value);
}

static Ref get_closure(Thread *t, Obj self)
{
    const Function *f = (Function *)self;
    if (!f->code->free_count)
        return OZ_NONE;
    return oz_tuple_new(t, (const Obj *)f->cells, f->code->free_count);
}

static Ref get_builtins(Thread *t, Obj self)
{
    return oz_retain(oz_function_builtins(t, (const Function *)self));
}

static Ref get_dict(Thread *t, Obj self)
{
    Function *f = (Function *)self;
    FunctionExtras *extras = oz_function_extras(t, f);
    if (!extras)
        return NULL;
    if (!extras->dict) {
        Ref dict = oz_dict_new(t);
        if (!dict)
            return NULL;
        oz_store(&f->base, &extras->dict, dict);
    }
    return oz_retain(extras->dict);
}

static bool set_dict(Thread *t, Obj self, Obj value)
{
    if (!value)
        return oz_fail(t, OZ_TypeError, "cannot delete __dict__");
    if (!oz_as_dict(value))
        return oz_fail(t, OZ_TypeError, "__dict__ must be set to a dictionary, not a '%T'", value);
    return set_extra(t, self, offsetof(FunctionExtras, dict), value);
}

/* ---- attributes: the class first (data descriptors), then __dict__ ---- */

static Ref function_get_attr(Thread *t, Obj self, Obj given)
{
    const Function *f = (Function *)self;
    scoped Ref name = oz_attribute_name(t, given);
    if (!name)
        return NULL;
    if (f->extras && f->extras->dict) {
        Obj found;
        if (oz_class_find(t, oz_class_of(self), name, &found) == OZ_RAISED)
            return NULL;
        if (!found || !oz_is_pointer(found) || !oz_class_of(found)->slots->descr_set) {
            Ref value = NULL;
            Found in_dict = oz_dict_get(t, (Dict *)f->extras->dict, name, &value);
            if (in_dict != OZ_MISSING)
                return value;
        }
    }
    return oz_object_get_attr(t, self, name);
}

static bool function_set_attr(Thread *t, Obj self, Obj given, Obj value)
{
    scoped Ref name = oz_attribute_name(t, given);
    Obj found;
    if (!name || oz_class_find(t, oz_class_of(self), name, &found) == OZ_RAISED)
        return false;
    if (found && oz_is_pointer(found) && oz_class_of(found)->slots->descr_set)
        return oz_object_set_attr(t, self, name, value);
    scoped Ref dict = get_dict(t, self);
    if (!dict)
        return false;
    if (value)
        return oz_dict_set(t, (Dict *)dict, name, value);
    Found deleted = oz_dict_delete(t, (Dict *)dict, name);
    if (deleted == OZ_MISSING)
        oz_raise_attribute(t, self, name);
    return deleted == OZ_FOUND;
}

static Ref function_repr(Thread *t, Obj self)
{
    return oz_str_format(t, "<function %S at %p>", oz_function_qualname((Function *)self),
                         (void *)self);
}

static Ref function_descr_get(Thread *t, Obj self, Obj instance, Obj owner OZ_UNUSED)
{
    if (!instance || instance == OZ_NONE)
        return oz_retain(self);
    return oz_bound_method_new(t, self, instance);
}

static Ref function_call(Thread *t, Obj self, const Args *args)
{
    return t->vm->hooks.call_function(t, self, args);
}

/* ---- types.FunctionType(code, globals, name, argdefs, closure) ---- */

static bool check_closure(Thread *t, const Code *code, Obj closure)
{
    const Tuple *cells = closure && closure != OZ_NONE ? oz_as_tuple(closure) : NULL;
    if (closure && closure != OZ_NONE && !cells)
        return oz_fail(t, OZ_TypeError,
                       code->free_count ? "arg 5 (closure) must be tuple"
                                        : "arg 5 (closure) must be None or tuple");
    size_t count = cells ? cells->length : 0;
    if (count != code->free_count) {
        if (!cells)
            return oz_fail(t, OZ_TypeError, "arg 5 (closure) must be tuple");
        return oz_fail(t, OZ_ValueError, "%S requires closure of length %u, not %zu", code->name,
                       code->free_count, count);
    }
    for (size_t n = 0; n < count; n++)
        if (!oz_is(cells->items[n], OZ_CELL))
            return oz_fail(t, OZ_TypeError, "arg 5 (closure) expected cell, found %T",
                           cells->items[n]);
    return true;
}

OZ_NEW(function, "($type, code, globals, name=None, argdefs=None, closure=None)")
{
    if (!oz_is(a[1], OZ_CODE))
        return oz_raise(t, OZ_TypeError, "function() argument 'code' must be code, not %T", a[1]);
    if (!oz_as_dict(a[2]))
        return oz_raise(t, OZ_TypeError, "function() argument 'globals' must be dict, not %T",
                        a[2]);
    if (a[3] != OZ_NONE && !oz_is_str(a[3]))
        return oz_raise(t, OZ_TypeError, "arg 3 (name) must be None or string");
    if (a[4] != OZ_NONE && !oz_as_tuple(a[4]))
        return oz_raise(t, OZ_TypeError, "arg 4 (defaults) must be None or tuple");
    Code *code = (Code *)a[1];
    if (!check_closure(t, code, a[5]))
        return NULL;
    scoped Ref f = oz_function_new(t, code, a[2],
                                   code->free_count ? (const Obj *)((Tuple *)a[5])->items : NULL);
    if (!f || (a[3] != OZ_NONE && !set_name(t, f, a[3])) || !set_defaults(t, f, a[4]))
        return NULL;
    return oz_move(&f);
}

const TypeDef oz_function_type = {
    .id = OZ_FUNCTION,
    .name = "function",
    .doc = "A Python function: code with globals, defaults and a closure.",
    .size = sizeof(Function),
    .flags = OZ_TYPE_FINAL | OZ_TYPE_WEAKREF | OZ_TYPE_METHOD | OZ_TYPE_BLIND,
    .visit = function_visit,
    .clear = function_clear,
    .free = function_free,
    .outside = function_outside,
    .make = &function_new_,
    .slots = {.repr = function_repr,
              .call = function_call,
              .get_attr = function_get_attr,
              .set_attr = function_set_attr,
              .descr_get = function_descr_get},
    .getsets = OZ_GETSETS(
        {"__code__", get_code, set_code, NULL}, {"__defaults__", get_defaults, set_defaults, NULL},
        {"__kwdefaults__", get_keyword_defaults, set_keyword_defaults, NULL},
        {"__annotations__", get_annotations, set_annotations, NULL},
        {"__closure__", get_closure, NULL, NULL}, {"__builtins__", get_builtins, NULL, NULL},
        {"__doc__", get_doc, set_doc, NULL}, {"__name__", get_name, set_name, NULL},
        {"__qualname__", get_qualname, set_qualname, NULL},
        {"__module__", get_module, set_module, NULL}, {"__dict__", get_dict, set_dict, NULL}),
    .members = OZ_MEMBERS({"__globals__", offsetof(Function, globals), OZ_MEMBER_READONLY, NULL}),
};
