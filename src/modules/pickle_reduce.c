// SPDX-License-Identifier: MIT
// Objects and globals as opcodes: what __reduce_ex__ and its like say, and names in modules.
//
// Who decides how an object is written, in this order: reducer_override of the pickler, classes and
// functions by name, a dispatch table (the pickler's or copyreg's), __reduce_ex__, __reduce__.
//
// Most instances are of classes that leave all of this to object.__reduce_ex__, which then says
// copyreg.__newobj__, the class and the attributes.  For these the same opcodes are written without
// the call and the tuples, and for dumps(), where no program can ask for it, without a dict of the
// attributes; what is known of a shape is kept as long as the version of its class stands.
#include "modules/pickle.h"

#include "modules/import.h"
#include "modules/modules.h"
#include "types/codec.h"
#include "types/int.h"
#include "types/str.h"
#include "types/type.h"

#include <string.h>

/* ---- names ---- */

/* Is it what module.<parts> means?  Modules that do not have it do not count. */
static Found is_of_module(Thread *t, Obj module, Obj parts, Obj v)
{
    scoped Ref found = NULL;
    Found at = oz_is_none(module) ? OZ_MISSING : oz_pickle_follow(t, module, parts, NULL, &found);
    return at == OZ_FOUND && (Obj)found != v ? OZ_MISSING : at;
}

/* The first loaded module that has it. */
static Ref search_modules(Thread *t, Obj v, Obj parts)
{
    scoped Ref modules = NULL;
    Found found = oz_sys_get(t, "modules", &modules);
    if (found != OZ_FOUND)
        return found == OZ_RAISED ? NULL
                                  : oz_raise(t, OZ_RuntimeError, "unable to get sys.modules");
    scoped Ref names = oz_list_from(t, modules);
    for (size_t i = 0; names && i < oz_list_length((List *)names); i++) {
        scoped Ref name = oz_list_get(t, (List *)names, i);
        if (!name)
            return NULL;
        if (oz_is_str(name) && oz_str_equal(oz_as_str(name), (const Str *)OZ_NAME(t, __main__)))
            continue;
        scoped Ref module = oz_get_item(t, modules, name);
        Found at = module ? is_of_module(t, module, parts, v) : OZ_RAISED;
        if (at == OZ_FOUND)
            return oz_move(&name);
        if (at == OZ_RAISED || !oz_poll(t))
            return NULL;
    }
    return names ? oz_retain(OZ_NAME(t, __main__)) : NULL;
}

static Ref module_of(Thread *t, Obj v, Obj parts)
{
    scoped Ref module = NULL;
    Found found = oz_find_attr(t, v, OZ_NAME(t, __module__), &module);
    if (found == OZ_RAISED)
        return NULL;
    return found == OZ_FOUND && !oz_is_none(module) ? oz_move(&module)
                                                    : search_modules(t, v, parts);
}

/* An identifier of protocol 3 and below, as a line. */
static bool put_identifier(Thread *t, Pickler *p, Obj name, const char *what)
{
    scoped Ref bytes = oz_encode(t, name, p->protocol >= 3 ? "utf-8" : "ascii", "strict");
    if (!bytes) {
        if (oz_exception_forget(t, OZ_UnicodeEncodeError))
            oz_raise_module(t, OZ_ERROR_PICKLING,
                            "can't pickle %s identifier '%S' using pickle protocol %d", what, name,
                            p->protocol);
        return false;
    }
    const Bytes *b = (const Bytes *)bytes;
    return oz_pickle_write(t, p, oz_bytes_data(b), oz_bytes_length(b)) && oz_pickle_put(t, p, '\n');
}

static bool put_global_lines(Thread *t, Pickler *p, Obj module, Obj name)
{
    scoped Ref old_module = oz_retain(module), old_name = oz_retain(name);
    if (p->protocol < 3 && p->fix_imports && !oz_pickle_rename(t, true, &old_module, &old_name))
        return false;
    return oz_pickle_put(t, p, OZ_PK_GLOBAL) && put_identifier(t, p, old_module, "module") &&
           put_identifier(t, p, old_name, "global");
}

/* The number of an extension for the pair; OZ_MISSING: the usual case. */
static Found extension_code(Thread *t, Obj v, Obj module, Obj name, int64_t *code)
{
    scoped Ref registry = oz_pickle_import(t, "copyreg", "_extension_registry");
    if (!registry)
        return OZ_RAISED;
    if (oz_is(registry, OZ_DICT) && !oz_dict_length((Dict *)registry))
        return OZ_MISSING;
    scoped Ref key = oz_tuple_of(t, 2, module, name), number = NULL;
    if (!key || !oz_as_dict(registry))
        return key ? (oz_raise(t, OZ_RuntimeError,
                               "copyreg._extension_registry should be a dict, not %.200T",
                               registry),
                      OZ_RAISED)
                   : OZ_RAISED;
    Found found = oz_dict_get(t, oz_as_dict(registry), key, &number);
    if (found != OZ_FOUND)
        return found;
    Obj exact = oz_is_bool(number) ? oz_int(number == OZ_TRUE) : oz_as_exact_int(number);
    if (!exact) {
        oz_raise_module(t, OZ_ERROR_PICKLING, "Can't pickle %R: extension code %R isn't an integer",
                        v, (Obj)number);
        return OZ_RAISED;
    }
    if (!oz_int_fits_int64(exact, code) || *code <= 0 || *code > INT32_MAX) {
        oz_raise(t, OZ_RuntimeError, "Can't pickle %R: extension code %S is out of range", v,
                 (Obj)number);
        return OZ_RAISED;
    }
    return OZ_FOUND;
}

static bool put_extension(Thread *t, Pickler *p, int64_t code)
{
    return code <= 0xff     ? oz_pickle_put_number(t, p, OZ_PK_EXT1, (uint64_t)code, 1)
           : code <= 0xffff ? oz_pickle_put_number(t, p, OZ_PK_EXT2, (uint64_t)code, 2)
                            : oz_pickle_put_number(t, p, OZ_PK_EXT4, (uint64_t)code, 4);
}

/* Before protocol 4: what is no global of a module is asked of what it is in. */
static bool put_nested_global(Thread *t, Pickler *p, Obj parent, Obj last)
{
    scoped Ref getattr = oz_pickle_import(t, "builtins", "getattr");
    scoped Ref args = getattr ? oz_tuple_of(t, 2, parent, last) : NULL;
    scoped Ref reduction = args ? oz_tuple_of(t, 2, (Obj)getattr, (Obj)args) : NULL;
    return reduction && oz_pickle_save_reduction(t, p, reduction, NULL);
}

/* A global found under module.name, in `parent`, which is the module as a rule. */
static bool put_global(Thread *t, Pickler *p, Obj v, Obj module_name, Obj name, Obj module,
                       Obj parent, Obj last)
{
    int64_t code = 0;
    Found found = p->protocol >= 2 ? extension_code(t, v, module_name, name, &code) : OZ_MISSING;
    if (found != OZ_MISSING)
        return found == OZ_FOUND && put_extension(t, p, code);
    bool done = p->protocol >= 4
                    ? oz_pickle_save(t, p, module_name) && oz_pickle_save(t, p, name) &&
                          oz_pickle_put(t, p, OZ_PK_STACK_GLOBAL)
                : parent != module ? put_nested_global(t, p, parent, last)
                                   : put_global_lines(t, p, module_name, last);
    return done && oz_pickle_memoize(t, p, v);
}

/* A native function or class gives its name as a new str, as in CPython: where it is that of its
 * module (time.time), the pickle does not take the two for one. */
static Ref native_name(Thread *t, Obj v, Ref taken)
{
    scoped Ref name = taken;
    bool native = oz_is(v, OZ_BUILTIN_FUNCTION) ||
                  (oz_is_class(v) && !(((const Class *)v)->flags & OZ_CLASS_PYTHON));
    if (!name || !native || !oz_is(name, OZ_STR_ASCII))
        return oz_move(&name);
    const Str *s = (const Str *)name;
    return oz_str_from_ascii(t, (const char *)s->data, oz_str_length(s));
}

static Ref global_name(Thread *t, Obj v, Obj name)
{
    if (name)
        return oz_retain(name);
    scoped Ref found = NULL;
    Found at = oz_find_attr(t, v, OZ_NAME(t, __qualname__), &found);
    return at == OZ_MISSING ? oz_get_attr(t, v, OZ_NAME(t, __name__))
                            : native_name(t, v, oz_move(&found));
}

/* By module and name; `given` NULL: __qualname__. */
static bool save_global(Thread *t, Pickler *p, Obj v, Obj given)
{
    scoped Ref name = global_name(t, v, given);
    scoped Ref parts = name ? oz_pickle_dotted(t, NULL, name) : NULL;
    scoped Ref module_name = parts ? module_of(t, v, parts) : NULL;
    if (!module_name)
        return false;
    scoped Ref module = NULL, parent = NULL, found = NULL;
    if (oz_is_str(module_name))
        module = oz_import_name(t, module_name);
    if (!module) {
        if (oz_raised(t, OZ_MemoryError))
            return false;
        oz_exception_clear(t);
        return oz_fail_module(t, OZ_ERROR_PICKLING, "Can't pickle %R: import of module %R failed",
                              v, (Obj)module_name);
    }
    Found at = oz_pickle_follow(t, module, parts, &parent, &found);
    if (at != OZ_FOUND) {
        if (oz_raised(t, OZ_MemoryError))
            return false;
        oz_exception_clear(t);
        return oz_fail_module(t, OZ_ERROR_PICKLING,
                              "Can't pickle %R: attribute lookup %S on %S failed", v, (Obj)name,
                              (Obj)module_name);
    }
    if ((Obj)found != v)
        return oz_fail_module(t, OZ_ERROR_PICKLING,
                              "Can't pickle %R: it's not the same object as %S.%S", v,
                              (Obj)module_name, (Obj)name);
    List *list = (List *)parts;
    scoped Ref last = oz_list_get(t, list, oz_list_length(list) - 1);
    return last && put_global(t, p, v, module_name, name, module, parent, last);
}

/* ---- reductions ---- */

static bool bad(Thread *t, const char *message)
{
    return oz_fail_module(t, OZ_ERROR_PICKLING, "%s", message);
}

static bool bad_type(Thread *t, const char *what, Obj v)
{
    return oz_fail_module(t, OZ_ERROR_PICKLING, "%s, not %.200T", what, v);
}

/* copyreg.__newobj_ex__: (cls, args, kwargs). */
static bool save_new_with_keywords(Thread *t, Pickler *p, const Tuple *args)
{
    if (args->length != 3)
        return oz_fail_module(t, OZ_ERROR_PICKLING,
                              "length of the NEWOBJ_EX argument tuple must be exactly 3, not %zd",
                              (ssize_t)args->length);
    Obj cls = args->items[0], positional = args->items[1], keywords = args->items[2];
    if (!oz_is_class(cls))
        return bad_type(t, "first item from NEWOBJ_EX argument tuple must be a class", cls);
    if (!oz_as_tuple(positional))
        return bad_type(t, "second item from NEWOBJ_EX argument tuple must be a tuple", positional);
    if (!oz_as_dict(keywords))
        return bad_type(t, "third item from NEWOBJ_EX argument tuple must be a dict", keywords);
    if (p->protocol >= 4)
        return oz_pickle_save(t, p, cls) && oz_pickle_save(t, p, positional) &&
               oz_pickle_save(t, p, keywords) && oz_pickle_put(t, p, OZ_PK_NEWOBJ_EX);
    scoped Ref maker = oz_get_attr(t, cls, OZ_NAME(t, __new__));
    scoped Ref head = maker ? oz_tuple_of(t, 2, (Obj)maker, cls) : NULL;
    scoped Ref all = head ? oz_binary(t, OZ_OP_ADD, head, positional) : NULL;
    scoped Ref partial = all ? oz_pickle_import(t, "functools", "partial") : NULL;
    scoped Ref callable = partial ? oz_call_tuple(t, partial, all, keywords) : NULL;
    return callable && oz_pickle_save(t, p, callable) && oz_pickle_save(t, p, t->vm->empty_tuple) &&
           oz_pickle_put(t, p, OZ_PK_REDUCE);
}

/* copyreg.__newobj__: (cls, *args). */
static bool save_new(Thread *t, Pickler *p, const Tuple *args, Obj v)
{
    if (!args->length)
        return bad(t, "__newobj__ arglist is empty");
    Obj cls = args->items[0];
    if (!oz_is_class(cls))
        return bad(t, "args[0] from __newobj__ args is not a type");
    if (v) {
        scoped Ref own = oz_get_attr(t, v, OZ_NAME(t, __class__));
        if (!own)
            return false;
        if ((Obj)own != cls)
            return bad(t, "args[0] from __newobj__ args has the wrong class");
    }
    if (!oz_pickle_save(t, p, cls))
        return false;
    scoped Ref rest = oz_tuple_slice(t, (Obj)args, 1, args->length);
    return rest && oz_pickle_save(t, p, rest) && oz_pickle_put(t, p, OZ_PK_NEWOBJ);
}

typedef enum Making { BY_CALL, BY_NEW, BY_NEW_WITH_KEYWORDS, UNKNOWN } Making;

/* How the callable of a reduction makes the object. */
static Making making_of(Thread *t, const Pickler *p, Obj callable)
{
    if (p->protocol < 2)
        return BY_CALL;
    scoped Ref name = NULL;
    if (oz_find_attr(t, callable, OZ_NAME(t, __name__), &name) == OZ_RAISED)
        return UNKNOWN;
    if (!name || !oz_is_str(name))
        return BY_CALL;
    const Str *s = oz_as_str(name);
    return oz_str_equal_utf8(s, "__newobj_ex__") ? BY_NEW_WITH_KEYWORDS
           : oz_str_equal_utf8(s, "__newobj__")  ? BY_NEW
                                                 : BY_CALL;
}

static bool save_making(Thread *t, Pickler *p, Obj callable, const Tuple *args, Obj v)
{
    switch (making_of(t, p, callable)) {
    case UNKNOWN:
        return false;
    case BY_NEW:
        return save_new(t, p, args, v);
    case BY_NEW_WITH_KEYWORDS:
        return save_new_with_keywords(t, p, args);
    default:
        return oz_pickle_save(t, p, callable) && oz_pickle_save(t, p, (Obj)args) &&
               oz_pickle_put(t, p, OZ_PK_REDUCE);
    }
}

/* The object is on the stack: memoize it, unless it has been met while it was made. */
static bool memoize_made(Thread *t, Pickler *p, Obj v)
{
    int64_t number = oz_pickle_memo_find(&p->memo, v);
    if (number < 0)
        return oz_pickle_memoize(t, p, v);
    return oz_pickle_put(t, p, OZ_PK_POP) && oz_pickle_put_get(t, p, number);
}

static bool save_state(Thread *t, Pickler *p, Obj v, Obj state, Obj setter)
{
    if (!setter)
        return oz_pickle_save(t, p, state) && oz_pickle_put(t, p, OZ_PK_BUILD);
    return oz_pickle_save(t, p, setter) && oz_pickle_save(t, p, v) && oz_pickle_save(t, p, state) &&
           oz_pickle_put(t, p, OZ_PK_TUPLE2) && oz_pickle_put(t, p, OZ_PK_REDUCE) &&
           oz_pickle_put(t, p, OZ_PK_POP);
}

/* Item `i` of a reduction; NULL: there is none. */
static Obj part_of(const Tuple *reduction, size_t i)
{
    return i < reduction->length && !oz_is_none(reduction->items[i]) ? reduction->items[i] : NULL;
}

static bool is_iterator(Obj v)
{
    return oz_class_of(v)->slots->next != NULL;
}

static bool check_reduction(Thread *t, const Tuple *r)
{
    if (r->length < 2 || r->length > 6)
        return bad(t, "tuple returned by __reduce__ must contain 2 through 6 elements");
    if (!oz_is_callable(r->items[0]))
        return bad(t, "first item of the tuple returned by __reduce__ must be callable");
    if (!oz_as_tuple(r->items[1]))
        return bad(t, "second item of the tuple returned by __reduce__ must be a tuple");
    if (part_of(r, 3) && !is_iterator(part_of(r, 3)))
        return bad_type(t, "fourth element of the tuple returned by __reduce__ must be an iterator",
                        part_of(r, 3));
    if (part_of(r, 4) && !is_iterator(part_of(r, 4)))
        return bad_type(t, "fifth element of the tuple returned by __reduce__ must be an iterator",
                        part_of(r, 4));
    if (part_of(r, 5) && !oz_is_callable(part_of(r, 5)))
        return bad_type(t, "sixth element of the tuple returned by __reduce__ must be a function",
                        part_of(r, 5));
    return true;
}

bool oz_pickle_save_reduction(Thread *t, Pickler *p, Obj reduction, Obj v)
{
    const Tuple *r = oz_as_tuple(reduction);
    if (!check_reduction(t, r))
        return false;
    Obj state = part_of(r, 2), items = part_of(r, 3), pairs = part_of(r, 4);
    return save_making(t, p, r->items[0], oz_as_tuple(r->items[1]), v) &&
           (!v || memoize_made(t, p, v)) && (!items || oz_pickle_save_items(t, p, items)) &&
           (!pairs || oz_pickle_save_pairs(t, p, pairs)) &&
           (!state || save_state(t, p, v, state, part_of(r, 5)));
}

/* ---- plain instances ---- */

/* Does object.__reduce_ex__ decide, and say no more than the class and its attributes? */
static bool is_plain(Thread *t, Pickler *p, Obj v)
{
    if (p->protocol < 2 || !oz_is_pointer(v))
        return false;
    uint32_t id = oz_id(oz_object(v));
    if (id < OZ_BUILTIN_IDS)
        return false;
    uint32_t version = t->vm->shape_versions[id];
    PickleShape *known = &p->shapes[id % OZ_PICKLE_SHAPES];
    if (OZ_UNLIKELY(known->id != id || known->version != version || !version))
        *known = (PickleShape){id, version, oz_instance_reduces_plainly(t, v)};
    return known->plain;
}

/* The attributes in slots, as the items of a dict. */
static bool save_slots(Thread *t, Pickler *p, Obj v, size_t count)
{
    const Object *o = oz_object(v);
    uint32_t id = oz_id(o);
    size_t at = 0;
    Obj key, value;
    if (count > 1 && !oz_pickle_put(t, p, OZ_PK_MARK))
        return false;
    for (size_t i = 0; i < count && oz_instance_step(o, &at, &key, &value); i++) {
        scoped Ref held_key = oz_retain(key), held = oz_retain(value);
        if (!oz_pickle_save(t, p, held_key) || !oz_pickle_save(t, p, held))
            return false;
        if (OZ_UNLIKELY(oz_id(o) != id))
            return oz_fail(t, OZ_RuntimeError, "dictionary changed size during iteration");
    }
    return oz_pickle_put(t, p, count > 1 ? OZ_PK_SETITEMS : OZ_PK_SETITEM);
}

/* copyreg.__newobj__(cls) and the attributes; nobody can ask for the dict. */
static bool save_plain(Thread *t, Pickler *p, Obj v)
{
    scoped Ref cls = oz_retain((Obj)oz_class_of(v));
    if (!oz_pickle_save(t, p, cls) || !oz_pickle_put(t, p, OZ_PK_EMPTY_TUPLE) ||
        !oz_pickle_put(t, p, OZ_PK_NEWOBJ) || !memoize_made(t, p, v))
        return false;
    size_t count = 0, at = 0;
    for (Obj key, value; oz_instance_step(oz_object(v), &at, &key, &value);)
        count++;
    if (!count)
        return true;
    if (p->hidden && count < OZ_PICKLE_BATCH)
        return oz_pickle_put(t, p, OZ_PK_EMPTY_DICT) && oz_pickle_memoize(t, p, NULL) &&
               save_slots(t, p, v, count) && oz_pickle_put(t, p, OZ_PK_BUILD);
    scoped Ref state = oz_instance_state(t, v);
    return state && save_state(t, p, v, state, NULL);
}

/* ---- any object ---- */

/* The reducer that a dispatch table has for the class; OZ_MISSING: none. */
static Found dispatched(Thread *t, Pickler *p, Obj cls, Ref *reducer)
{
    if (p->dispatch_table) {
        scoped Ref table = oz_retain(p->dispatch_table);
        *reducer = oz_get_item(t, table, cls);
        return *reducer ? OZ_FOUND : oz_exception_forget(t, OZ_KeyError) ? OZ_MISSING : OZ_RAISED;
    }
    if (!p->registry) {
        Ref registry = oz_pickle_import(t, "copyreg", "dispatch_table");
        if (!registry)
            return OZ_RAISED;
        oz_store(&p->base, &p->registry, registry);
    }
    if (!oz_as_dict(p->registry)) {
        oz_raise(t, OZ_RuntimeError, "copyreg.dispatch_table should be a dict, not %.200T",
                 p->registry);
        return OZ_RAISED;
    }
    return oz_dict_get(t, oz_as_dict(p->registry), cls, reducer);
}

/* None, Ellipsis and NotImplemented have classes without a name in a module. */
static bool save_class(Thread *t, Pickler *p, Obj v)
{
    const struct {
        uint32_t id;
        Obj value;
    } single[] = {{OZ_NONETYPE, OZ_NONE},
                  {OZ_ELLIPSISTYPE, OZ_ELLIPSIS},
                  {OZ_NOTIMPLEMENTEDTYPE, OZ_NOT_IMPLEMENTED}};
    for (size_t i = 0; i < OZ_COUNT(single); i++) {
        if (((const Class *)v)->id != single[i].id)
            continue;
        scoped Ref args = oz_tuple_of(t, 1, single[i].value);
        scoped Ref reduction =
            args ? oz_tuple_of(t, 2, (Obj)t->vm->classes[OZ_TYPE], (Obj)args) : NULL;
        return reduction && oz_pickle_save_reduction(t, p, reduction, v);
    }
    return save_global(t, p, v, NULL);
}

static Ref reduced(Thread *t, Pickler *p, Obj v)
{
    scoped Ref method = NULL;
    Found found = oz_find_attr(t, v, OZ_NAME(t, __reduce_ex__), &method);
    if (found == OZ_FOUND)
        return oz_call1(t, method, oz_int(p->protocol));
    if (found == OZ_MISSING)
        found = oz_find_attr(t, v, OZ_NAME(t, __reduce__), &method);
    if (found == OZ_FOUND)
        return oz_call0(t, method);
    return found == OZ_RAISED
               ? NULL
               : oz_raise_module(t, OZ_ERROR_PICKLING, "can't pickle '%.200T' object: %R", v, v);
}

static bool save_reduced(Thread *t, Pickler *p, Obj v, Obj reduction)
{
    if (oz_is_str(reduction))
        return save_global(t, p, v, reduction);
    if (!oz_as_tuple(reduction))
        return bad(t, "__reduce__ must return a string or tuple");
    return oz_pickle_save_reduction(t, p, reduction, v);
}

bool oz_pickle_save_object(Thread *t, Pickler *p, Obj v)
{
    scoped Ref reduction = NULL, reducer = NULL;
    if (OZ_UNLIKELY(p->reducer_override != NULL)) {
        scoped Ref override = oz_retain(p->reducer_override);
        reduction = oz_call1(t, override, v);
        if (!reduction)
            return false;
        if (reduction != OZ_NOT_IMPLEMENTED)
            return save_reduced(t, p, v, reduction);
        oz_clear(&reduction);
    }
    scoped Ref cls = oz_retain((Obj)oz_class_of(v));
    if (cls == (Ref)t->vm->classes[OZ_TYPE])
        return save_class(t, p, v);
    if (oz_is(v, OZ_FUNCTION))
        return save_global(t, p, v, NULL);
    Found found = dispatched(t, p, cls, &reducer);
    if (found == OZ_RAISED)
        return false;
    if (found == OZ_FOUND)
        reduction = oz_call1(t, reducer, v);
    else if (oz_is_class(v))
        return save_global(t, p, v, NULL);
    else if (is_plain(t, p, v) && !p->persistent_id)
        return save_plain(t, p, v);
    else
        reduction = reduced(t, p, v);
    return reduction && save_reduced(t, p, v, reduction);
}
