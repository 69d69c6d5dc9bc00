// SPDX-License-Identifier: MIT
// _symtable: the compiler's symbol tables as objects, for module symtable.
#include "compile/symbols.h"
#include "modules/modules.h"
#include "object/error.h"
#include "types/buffer.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/native.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

enum { SCOPE_SHIFT = 11, FLAG_MASK = 0x7ff };

/* The numbers of the block types. */
enum { TYPE_FUNCTION, TYPE_CLASS, TYPE_MODULE };

static Ref text_of(Thread *t, const AstText *text)
{
    Ref str = oz_str_from_utf8(t, text->bytes, text->length);
    return str ? oz_intern_str(t, str) : NULL;
}

static bool set(Thread *t, Obj entry, const char *name, Ref value)
{
    scoped Ref held = value, key = oz_intern(t, name);
    return held && key && oz_set_attr(t, entry, key, held);
}

static Ref symbols_of(Thread *t, const Scope *scope)
{
    scoped Ref dict = oz_dict_new(t);
    for (uint32_t i = 0; dict && i < scope->symbol_count; i++) {
        const Symbol *symbol = scope->symbols[i];
        Ref name = text_of(t, symbol->name);
        int64_t flags = (int64_t)(symbol->flags & FLAG_MASK) | (int64_t)symbol->scope
                                                                   << SCOPE_SHIFT;
        if (!name || !oz_dict_set_take(t, (Dict *)dict, name, oz_int(flags)))
            return NULL;
    }
    return oz_move(&dict);
}

static Ref parameters_of(Thread *t, const Scope *scope)
{
    scoped Ref list = oz_list_new(t, scope->parameter_count);
    for (uint32_t i = 0; list && i < scope->parameter_count; i++) {
        Ref name = text_of(t, scope->parameters[i]);
        if (!name || !oz_list_append_take(t, (List *)list, name))
            return NULL;
    }
    return oz_move(&list);
}

static Ref entry_of(Thread *t, Obj cls, const Scope *scope);

static Ref children_of(Thread *t, Obj cls, const Scope *scope)
{
    scoped Ref list = oz_list_new(t, 0);
    if (!list)
        return NULL;
    for (const Scope *child = scope->first_child; child; child = child->next_sibling) {
        Ref entry = entry_of(t, cls, child);
        if (!entry || !oz_list_append_take(t, (List *)list, entry))
            return NULL;
    }
    return oz_move(&list);
}

static Ref entry_of(Thread *t, Obj cls, const Scope *scope)
{
    if (!oz_native_enter(t, ""))
        return NULL;
    int type = scope->kind == OZ_SCOPE_FUNCTION ? TYPE_FUNCTION
               : scope->kind == OZ_SCOPE_CLASS  ? TYPE_CLASS
                                                : TYPE_MODULE;
    scoped Ref entry = oz_call0(t, cls);
    bool ok = entry && set(t, entry, "id", oz_int((int64_t)(oz_word(entry) >> 3))) &&
              set(t, entry, "name", text_of(t, scope->name)) &&
              set(t, entry, "symbols", symbols_of(t, scope)) &&
              set(t, entry, "varnames", parameters_of(t, scope)) &&
              set(t, entry, "nested", oz_int(scope->nested)) &&
              set(t, entry, "type", oz_int(type)) &&
              set(t, entry, "lineno", oz_int(type == TYPE_MODULE ? 0 : scope->node->line)) &&
              set(t, entry, "children", children_of(t, cls, scope));
    return ok ? oz_move(&entry) : NULL;
}

static Ref table_of(Thread *t, Arena *arena, Obj source, Obj filename, int mode)
{
    scoped Ref keep = NULL;
    scoped_buffer view = {0};
    size_t length;
    const char *text;
    int flags = 0;
    if (oz_is_str(source)) {
        text = oz_str_utf8(t, source, &length, &keep);
        flags = OZ_COMPILE_IGNORE_COOKIE;
    } else {
        text = oz_buffer_open(t, source, &view) ? (const char *)view.data : NULL;
        length = view.length;
    }
    AstNode *tree =
        text ? oz_compile_parse(t, arena, text, length, filename, mode, flags, 0) : NULL;
    if (!tree || !oz_compile_futures(t, tree, filename, &flags))
        return NULL;
    SymbolTable *table = oz_symbols_build(t, arena, tree, filename, flags);
    if (!table)
        return NULL;
    scoped Ref dict = oz_dict_new(t);
    scoped Ref cls =
        dict ? oz_class_new_simple(t, "symtable.entry", (Obj)t->vm->classes[OZ_OBJECT], dict)
             : NULL;
    return cls ? entry_of(t, cls, table->top) : NULL;
}

OZ_FUNCTION(symtable, symtable, "($module, source, filename, startstr, /)",
            "Return the symbol table of a source text, with those within.")
{
    static const char *const names[] = {"exec", "single", "eval"};
    if (!oz_is_str(a[1]) && !oz_has_buffer(a[1]))
        return oz_raise(t, OZ_TypeError, "symtable() arg 1 must be a string or bytes object");
    if (!oz_is_str(a[3]))
        return oz_raise_argument(t, "symtable", "str", a[3]);
    int mode = -1;
    for (int i = 0; i < 3; i++)
        if (oz_str_equal_utf8(oz_as_str(a[3]), names[i]))
            mode = i;
    if (mode < 0)
        return oz_raise(t, OZ_ValueError, "symtable() arg 3 must be 'exec' or 'eval' or 'single'");
    scoped Ref filename = oz_path_text(t, a[2]);
    if (!filename)
        return NULL;
    Arena arena;
    oz_compile_arena(t, &arena);
    Ref table = table_of(t, &arena, a[1], filename, mode);
    oz_arena_fini(&arena);
    return table;
}

static bool init(Thread *t, Module *module)
{
    static const struct {
        const char *name;
        int value;
    } numbers[] = {
        {"USE", OZ_DEF_USE},
        {"DEF_GLOBAL", OZ_DEF_GLOBAL},
        {"DEF_NONLOCAL", OZ_DEF_NONLOCAL},
        {"DEF_LOCAL", OZ_DEF_LOCAL},
        {"DEF_PARAM", OZ_DEF_PARAMETER},
        {"DEF_FREE", OZ_DEF_FREE},
        {"DEF_FREE_CLASS", OZ_DEF_FREE_CLASS},
        {"DEF_IMPORT", OZ_DEF_IMPORT},
        {"DEF_BOUND", OZ_DEF_BOUND},
        {"DEF_ANNOT", OZ_DEF_ANNOTATED},
        {"TYPE_FUNCTION", TYPE_FUNCTION},
        {"TYPE_CLASS", TYPE_CLASS},
        {"TYPE_MODULE", TYPE_MODULE},
        {"LOCAL", OZ_NAME_LOCAL},
        {"GLOBAL_EXPLICIT", OZ_NAME_GLOBAL_EXPLICIT},
        {"GLOBAL_IMPLICIT", OZ_NAME_GLOBAL_IMPLICIT},
        {"FREE", OZ_NAME_FREE},
        {"CELL", OZ_NAME_CELL},
        {"SCOPE_OFF", SCOPE_SHIFT},
        {"SCOPE_MASK", 15},
    };
    for (size_t i = 0; i < OZ_COUNT(numbers); i++)
        if (!oz_module_add_int(t, module, numbers[i].name, numbers[i].value))
            return false;
    return true;
}

const ModuleDef oz_symtable_module = {
    .name = "_symtable",
    .doc = "The compiler's symbol tables.",
    .functions = OZ_METHODS(&symtable_symtable),
    .init = init,
};
