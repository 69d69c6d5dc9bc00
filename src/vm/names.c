// SPDX-License-Identifier: MIT
// Names: globals, namespaces, cells, imports.
#include "vm/names.h"

#include "object/error.h"
#include "types/cell.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

static Obj name_of(Thread *t, unsigned index)
{
    return ((Tuple *)t->frame->code->names)->items[index];
}

/* ---- globals ---- */

/* Look up a name, filling the cache: borrowed-free, new reference. */
static Found find_global(Thread *t, Obj globals, Obj name, uint64_t *cache, Ref *value)
{
    Dict *dict = (Dict *)globals;
    bool exact = oz_is(globals, OZ_DICT);
    Found found = exact ? oz_dict_get(t, dict, name, value) : OZ_MISSING;
    if (!exact) {
        *value = oz_get_item(t, globals, name);
        if (!*value && !oz_exception_forget(t, OZ_KeyError))
            return OZ_RAISED;
        found = *value ? OZ_FOUND : OZ_MISSING;
    }
    if (found != OZ_MISSING) {
        uint32_t id = 0;
        ssize_t entry = found == OZ_FOUND && exact ? oz_dict_entry_of(dict, name, &id) : -1;
        if (entry >= 0 && id)
            OZ_WRITE(&cache[0], oz_cache_entry(id, (size_t)entry));
        return found;
    }
    Obj builtins = oz_function_builtins(t, t->frame->function);
    if (!oz_is(builtins, OZ_DICT)) {
        *value = oz_get_item(t, builtins, name);
        if (*value)
            return OZ_FOUND;
        return oz_exception_forget(t, OZ_KeyError) ? OZ_MISSING : OZ_RAISED;
    }
    found = oz_dict_get(t, (Dict *)builtins, name, value);
    if (found == OZ_FOUND && exact && builtins == t->vm->builtins && dict->table) {
        uint32_t id = 0, own = oz_dict_table_id(dict);
        ssize_t entry = oz_dict_entry_of((Dict *)builtins, name, &id);
        if (entry >= 0 && id && own) {
            OZ_WRITE(&cache[1], oz_cache_entry(id, (size_t)entry));
            OZ_WRITE(&cache[0], OZ_CACHE_BUILTIN | oz_cache_entry(own, dict->table->used));
        }
    }
    return found;
}

static bool raise_name(Thread *t, Obj name)
{
    oz_raise(t, OZ_NameError, "name '%S' is not defined", name);
    scoped Ref pending = oz_move(&t->exception);
    if (!oz_set_attr(t, pending, OZ_NAME(t, name), name))
        oz_exception_clear(t);
    t->exception = oz_move(&pending);
    return false;
}

Ref oz_global_get(Thread *t, Obj name, uint64_t *cache)
{
    Ref value = NULL;
    Found found = find_global(t, t->frame->function->globals, name, cache, &value);
    if (found == OZ_MISSING)
        raise_name(t, name);
    return found == OZ_FOUND ? value : NULL;
}

bool op_get_global(Thread *t, Instruction i, Ref *base, uint64_t *cache)
{
    return oz_result_made(base, OZ_A(i), oz_global_get(t, name_of(t, OZ_B(i)), cache));
}

/* The entry that a store went to, in the word behind its instruction. */
static void remember_entry(Frame *frame, Dict *names, Obj name)
{
    uint32_t id = 0;
    ssize_t entry = oz_dict_entry_of(names, name, &id);
    if (entry >= 0 && id)
        OZ_WRITE(&frame->pc[-1], oz_cache_entry(id, (size_t)entry));
}

bool op_set_global(Thread *t, Instruction i, Ref *base)
{
    Frame *frame = t->frame;
    scoped Ref value = oz_operand_take(frame, base, OZ_B(i));
    Obj globals = frame->function->globals, name = name_of(t, OZ_A(i));
    if (!oz_dict_set(t, (Dict *)globals, name, value))
        return false;
    remember_entry(frame, (Dict *)globals, name);
    return true;
}

bool oz_global_delete(Thread *t, Obj name)
{
    Found found = oz_dict_delete(t, (Dict *)t->frame->function->globals, name);
    return found == OZ_MISSING ? raise_name(t, name) : found == OZ_FOUND;
}

bool op_delete_global(Thread *t, Instruction i, Ref *base OZ_UNUSED)
{
    return oz_global_delete(t, name_of(t, OZ_A(i)));
}

/* ---- namespaces of modules, classes and exec ---- */

/* names[name] where names is any mapping. */
static Found namespace_get(Thread *t, Obj names, Obj name, Ref *value)
{
    if (oz_is(names, OZ_DICT))
        return oz_dict_get(t, (Dict *)names, name, value);
    *value = oz_get_item(t, names, name);
    if (*value)
        return OZ_FOUND;
    return oz_exception_forget(t, OZ_KeyError) ? OZ_MISSING : OZ_RAISED;
}

Ref oz_namespace_get(Thread *t, Obj name, uint64_t *cache)
{
    Frame *frame = t->frame;
    Ref value = NULL;
    Found found = OZ_MISSING;
    Obj names = oz_own_names(frame);
    if (names != frame->function->globals)
        found = namespace_get(t, names, name, &value);
    if (found == OZ_MISSING)
        found = find_global(t, frame->function->globals, name, cache, &value);
    if (found == OZ_MISSING)
        raise_name(t, name);
    return found == OZ_FOUND ? value : NULL;
}

bool op_get_name(Thread *t, Instruction i, Ref *base, uint64_t *cache)
{
    return oz_result_made(base, OZ_A(i), oz_namespace_get(t, name_of(t, OZ_B(i)), cache));
}

bool op_set_name(Thread *t, Instruction i, Ref *base)
{
    Frame *frame = t->frame;
    Obj name = name_of(t, OZ_A(i));
    scoped Ref value = oz_operand_take(frame, base, OZ_B(i));
    Obj names = oz_own_names(frame);
    if (!oz_is(names, OZ_DICT))
        return oz_set_item(t, names, name, value);
    if (!oz_dict_set(t, (Dict *)names, name, value))
        return false;
    if (names == frame->function->globals)
        remember_entry(frame, (Dict *)names, name);
    return true;
}

bool oz_namespace_delete(Thread *t, Obj name)
{
    Obj names = oz_own_names(t->frame);
    if (oz_is(names, OZ_DICT)) {
        Found found = oz_dict_delete(t, (Dict *)names, name);
        return found == OZ_MISSING ? raise_name(t, name) : found == OZ_FOUND;
    }
    if (oz_delete_item(t, names, name))
        return true;
    return oz_exception_forget(t, OZ_KeyError) ? raise_name(t, name) : false;
}

bool op_delete_name(Thread *t, Instruction i, Ref *base OZ_UNUSED)
{
    return oz_namespace_delete(t, name_of(t, OZ_A(i)));
}

bool op_setup_annotations(Thread *t, Instruction i OZ_UNUSED, Ref *base OZ_UNUSED)
{
    Obj names = oz_own_names(t->frame);
    Ref value = NULL;
    Found found = namespace_get(t, names, OZ_NAME(t, __annotations__), &value);
    oz_drop(value);
    if (found != OZ_MISSING)
        return found == OZ_FOUND;
    scoped Ref dict = oz_dict_new(t);
    return dict && oz_set_item(t, names, OZ_NAME(t, __annotations__), dict);
}

/* ---- locals and cells ---- */

/* The name of the variable that a *_CELL, *_FREE or local instruction speaks of. */
static Obj variable_name(const Code *code, Opcode op, unsigned index, bool *is_free)
{
    *is_free = op == OP_GET_FREE || op == OP_DELETE_FREE || op == OP_GET_CLASS_FREE;
    if (*is_free)
        return ((Tuple *)code->frees)->items[index];
    return ((Tuple *)code->locals)->items[index];
}

bool oz_raise_unbound(Thread *t, Obj name, bool is_free)
{
    if (is_free)
        return oz_fail(
            t, OZ_NameError,
            "cannot access free variable '%S' where it is not associated with a value in "
            "enclosing scope",
            name);
    return oz_fail(t, OZ_UnboundLocalError,
                   "cannot access local variable '%S' where it is not associated with a value",
                   name);
}

bool op_unbound(Thread *t, Instruction i, Ref *base OZ_UNUSED)
{
    const Code *code = t->frame->code;
    Opcode op = OZ_OP(i);
    bool reads = op == OP_GET_CELL || op == OP_GET_FREE || op == OP_GET_CLASS_FREE ||
                 op == OP_GET_CLASS_CELL;
    bool is_free;
    Obj name = variable_name(code, op, reads ? OZ_B(i) : OZ_A(i), &is_free);
    return oz_raise_unbound(t, name, is_free);
}

bool op_make_cell(Thread *t, Instruction i, Ref *base)
{
    Ref *place = &base[OZ_A(i)];
    Ref cell = oz_cell_new(t, oz_move(place));
    if (!cell)
        return false;
    *place = cell;
    return true;
}

bool op_delete_variable(Thread *t, Instruction i, Ref *base)
{
    Opcode op = OZ_OP(i);
    bool is_free = op == OP_DELETE_FREE || op == OP_CLEAR_FREE;
    Cell *cell = (Cell *)(is_free ? t->frame->function->cells[OZ_A(i)] : base[OZ_A(i)]);
    if (!cell->value && (op == OP_DELETE_FREE || op == OP_DELETE_CELL))
        return op_unbound(t, i, base);
    oz_store(&cell->base, &cell->value, NULL);
    return true;
}

Found oz_class_variable_get(Thread *t, Obj name, Obj cell, Ref *value)
{
    Found found = namespace_get(t, oz_own_names(t->frame), name, value);
    if (found != OZ_MISSING)
        return found;
    *value = oz_load(&((Cell *)cell)->value);
    return *value ? OZ_FOUND : OZ_MISSING;
}

bool op_get_class_variable(Thread *t, Instruction i, Ref *base)
{
    Frame *frame = t->frame;
    Obj cell = OZ_OP(i) == OP_GET_CLASS_FREE ? frame->function->cells[OZ_B(i)] : base[OZ_B(i)];
    Ref value = NULL;
    Found found = oz_class_variable_get(t, name_of(t, OZ_C(i)), cell, &value);
    if (found == OZ_MISSING)
        return op_unbound(t, i, base);
    return oz_result_made(base, OZ_A(i), value);
}

/* ---- import and other builtins that instructions call ---- */

bool op_load_build_class(Thread *t, Instruction i, Ref *base)
{
    Obj builtins = oz_function_builtins(t, t->frame->function);
    Ref value = NULL;
    Found found = namespace_get(t, builtins, OZ_NAME(t, __build_class__), &value);
    if (found == OZ_MISSING)
        return oz_fail(t, OZ_NameError, "__build_class__ not found");
    if (found == OZ_RAISED)
        return false;
    oz_result(base, OZ_A(i), value);
    return true;
}

Ref oz_import_operands(Thread *t, Obj name, Ref *operands)
{
    Frame *frame = t->frame;
    scoped Ref level = oz_move(&operands[0]);
    scoped Ref names = oz_move(&operands[1]);
    Obj globals = frame->function->globals;
    scoped Ref import = NULL;
    Obj builtins = oz_function_builtins(t, frame->function);
    Found found = namespace_get(t, builtins, OZ_NAME(t, __import__), &import);
    if (found == OZ_MISSING)
        return oz_raise(t, OZ_ImportError, "__import__ not found");
    if (found == OZ_RAISED)
        return NULL;
    Obj values[5] = {name, globals, frame->names ? frame->names : OZ_NONE, names, level};
    Args args = {.items = values, .count = 5};
    return oz_call(t, import, &args);
}

bool op_import(Thread *t, Instruction i, Ref *base)
{
    return oz_result_made(base, OZ_A(i),
                          oz_import_operands(t, name_of(t, OZ_B(i)), base + OZ_C(i)));
}

/* The submodule sys.modules["module.name"], for circular imports. */
static Found import_submodule(Thread *t, Obj module, Obj name, Ref *value)
{
    scoped Ref package = NULL;
    Found found = oz_find_attr(t, module, OZ_NAME(t, __name__), &package);
    if (found != OZ_FOUND)
        return found;
    if (!oz_is_str(package))
        return OZ_MISSING;
    scoped Ref full = oz_str_format(t, "%S.%S", package, name);
    if (!full)
        return OZ_RAISED;
    return oz_dict_get(t, (Dict *)t->vm->modules, full, value);
}

static bool is_initializing(Thread *t, Obj module)
{
    scoped Ref spec = NULL, flag = NULL;
    bool result = false;
    scoped Ref name = oz_intern(t, "_initializing");
    if (!name || oz_find_attr(t, module, OZ_NAME(t, __spec__), &spec) != OZ_FOUND ||
        oz_find_attr(t, spec, name, &flag) != OZ_FOUND || !oz_truth(t, flag, &result))
        oz_exception_clear(t);
    return result;
}

static bool raise_cannot_import(Thread *t, Obj module, Obj name)
{
    scoped Ref package = NULL, path = NULL;
    if (oz_find_attr(t, module, OZ_NAME(t, __name__), &package) == OZ_RAISED ||
        oz_find_attr(t, module, OZ_NAME(t, __file__), &path) == OZ_RAISED)
        oz_exception_clear(t);
    const char *where = "unknown location";
    scoped Ref keep = NULL;
    if (path && oz_is_str(path))
        where = oz_str_display(t, path, &keep);
    scoped Ref unknown = oz_str_new(t, "<unknown module name>");
    if (!unknown)
        return false;
    if (package && !oz_is_str(package))
        oz_clear(&package);
    Obj from = package ? package : unknown;
    if (package && is_initializing(t, module))
        oz_raise(t, OZ_ImportError,
                 "cannot import name %R from partially initialized module %R (most likely due to "
                 "a circular import) (%s)",
                 name, from, where);
    else
        oz_raise(t, OZ_ImportError, "cannot import name %R from %R (%s)", name, from, where);
    scoped Ref pending = oz_move(&t->exception);
    scoped Ref name_from = oz_intern(t, "name_from");
    if (!oz_set_attr(t, pending, OZ_NAME(t, name), package ? package : OZ_NONE) ||
        !oz_set_attr(t, pending, OZ_NAME(t, path), path ? path : OZ_NONE) || !name_from)
        oz_exception_clear(t);
    t->exception = oz_move(&pending);
    return false;
}

Ref oz_import_member(Thread *t, Obj module, Obj name)
{
    Ref value = NULL;
    Found found = oz_find_attr(t, module, name, &value);
    if (found == OZ_MISSING)
        found = import_submodule(t, module, name, &value);
    if (found == OZ_MISSING)
        raise_cannot_import(t, module, name);
    return found == OZ_FOUND ? value : NULL;
}

bool op_import_from(Thread *t, Instruction i, Ref *base)
{
    return oz_result_made(base, OZ_A(i), oz_import_member(t, base[OZ_B(i)], name_of(t, OZ_C(i))));
}

/* Bind one name of `from m import *`. */
static bool import_one(Thread *t, Obj module, Obj names, Obj name)
{
    scoped Ref value = oz_get_attr(t, module, name);
    return value && oz_set_item(t, names, name, value);
}

bool op_import_star(Thread *t, Instruction i, Ref *base)
{
    Frame *frame = t->frame;
    scoped Ref module = oz_operand_take(frame, base, OZ_A(i));
    Obj names = oz_own_names(frame);
    scoped Ref all = NULL;
    Found listed = oz_find_attr(t, module, OZ_NAME(t, __all__), &all);
    if (listed == OZ_RAISED)
        return false;
    scoped Ref keys = NULL;
    if (listed == OZ_FOUND) {
        keys = oz_retain(all);
    } else {
        scoped Ref dict = NULL;
        Found found = oz_find_attr(t, module, OZ_NAME(t, __dict__), &dict);
        if (found == OZ_MISSING)
            return oz_fail(t, OZ_ImportError,
                           "from-import-* object has no __dict__ and no __all__");
        keys = found == OZ_FOUND ? oz_call_method(t, dict, OZ_NAME(t, keys), 0, NULL) : NULL;
        if (!keys)
            return false;
    }
    scoped Ref sequence = oz_tuple_from(t, keys);
    if (!sequence)
        return false;
    for (size_t n = 0; n < ((Tuple *)sequence)->length; n++) {
        Obj name = ((Tuple *)sequence)->items[n];
        if (!oz_is_str(name)) {
            scoped Ref own = NULL;
            (void)!oz_find_attr(t, module, OZ_NAME(t, __name__), &own);
            return oz_fail(t, OZ_TypeError, "%s in %S.%s must be str, not %T",
                           listed == OZ_FOUND ? "Item" : "Key", own ? own : OZ_NONE,
                           listed == OZ_FOUND ? "__all__" : "__dict__", name);
        }
        const Str *s = oz_as_str(name);
        if (listed != OZ_FOUND && oz_str_length(s) > 0 && oz_str_at(s, 0) == '_')
            continue;
        if (!import_one(t, module, names, name))
            return false;
    }
    return true;
}

bool op_print_expr(Thread *t, Instruction i, Ref *base)
{
    scoped Ref value = oz_operand_take(t->frame, base, OZ_A(i));
    scoped Ref hook = NULL;
    Found found = oz_dict_get(t, (Dict *)t->vm->sys, OZ_NAME(t, displayhook), &hook);
    if (found == OZ_MISSING)
        return oz_fail(t, OZ_RuntimeError, "lost sys.displayhook");
    scoped Ref done = found == OZ_FOUND ? oz_call1(t, hook, value) : NULL;
    return done != NULL;
}
