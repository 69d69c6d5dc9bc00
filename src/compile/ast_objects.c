// SPDX-License-Identifier: MIT
// The classes of module `ast`, made from ast.def, and trees as their instances.
//
// A class for every kind of node, every sum type and every member of an enumeration, with _fields,
// _attributes and, where a field may be absent, None as its default.  They are made once for a VM
// and hang off vm->ast.  Converting walks the field tables, so both ways treat all nodes alike.
#include "compile/ast_objects.h"
#include "types/class_layout.h"
#include "types/complex.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/native.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

#include <stdio.h>
#include <string.h>

/* ---- ast.AST ---- */

static Ref fields_of(Thread *t, Obj self)
{
    scoped Ref name = oz_intern(t, "_fields");
    return name ? oz_get_attr(t, (Obj)oz_class_of(self), name) : NULL;
}

static bool set_positional(Thread *t, Obj self, const Tuple *values, const Tuple *fields)
{
    if (values->length > fields->length)
        return oz_fail(t, OZ_TypeError, "%N constructor takes at most %u positional argument%s",
                       (Obj)oz_class_of(self), fields->length, fields->length == 1 ? "" : "s");
    for (uint32_t i = 0; i < values->length; i++)
        if (!oz_set_attr(t, self, fields->items[i], values->items[i]))
            return false;
    return true;
}

static bool set_named(Thread *t, Obj self, Dict *named, const Tuple *fields, uint32_t given)
{
    size_t at = 0;
    Obj name, value;
    while (oz_dict_step(named, &at, &name, &value)) {
        for (uint32_t i = 0; i < given; i++) {
            bool same;
            if (!oz_equal(t, name, fields->items[i], &same))
                return false;
            if (same)
                return oz_fail(t, OZ_TypeError, "%N got multiple values for argument '%S'",
                               (Obj)oz_class_of(self), name);
        }
        if (!oz_set_attr(t, self, name, value))
            return false;
    }
    return true;
}

OZ_NEW(ast_node, "($type, /, *args, **kwargs)")
{
    return oz_instance_new(t, (Class *)a[0], 0);
}

OZ_INIT(ast_node, "($self, /, *args, **kwargs)")
{
    scoped Ref found = fields_of(t, a[0]);
    scoped Ref fields = found ? oz_tuple_from(t, found) : NULL;
    if (!fields)
        return NULL;
    const Tuple *values = (const Tuple *)a[1], *names = (const Tuple *)fields;
    if (!set_positional(t, a[0], values, names) ||
        !set_named(t, a[0], (Dict *)a[2], names, values->length))
        return NULL;
    return OZ_NONE;
}

OZ_METHOD(ast_node, __reduce__, "($self, /)", "Class, no arguments, and the attributes.")
{
    scoped Ref dict = NULL, name = oz_intern(t, "__dict__");
    Found found = name ? oz_find_attr(t, a[0], name, &dict) : OZ_RAISED;
    if (found == OZ_RAISED)
        return NULL;
    Obj cls = (Obj)oz_class_of(a[0]);
    if (found == OZ_MISSING)
        return oz_tuple_of(t, 2, cls, t->vm->empty_tuple);
    return oz_tuple_of(t, 3, cls, t->vm->empty_tuple, dict);
}

const TypeDef oz_ast_node_type = {
    .id = OZ_AST_NODE,
    .name = "ast.AST",
    .size = sizeof(Object),
    .make = &ast_node_new_,
    .initialise = &ast_node_init_,
    .methods = OZ_METHODS(&ast_node___reduce__),
};

/* ---- making the classes ---- */

/* "expr* args, int level": the fields as the abstract grammar writes them. */
static void put_fields(char *out, size_t room, const AstKindInfo *info)
{
    size_t used = (size_t)snprintf(out, room, "%s", info->name);
    for (uint32_t i = 0; i < info->field_count && used < room; i++) {
        const AstFieldInfo *field = &info->fields[i];
        const char *mark = field->quantity == AST_OPTIONAL   ? "?"
                           : field->quantity == AST_SEQUENCE ? "*"
                                                             : "";
        used += (size_t)snprintf(out + used, room - used, "%s%s%s %s", i ? ", " : "(",
                                 oz_ast_type(field->type)->name, mark, field->name);
    }
    if (info->field_count && used < room)
        snprintf(out + used, room - used, ")");
}

static void put_sum(char *out, size_t room, AstFieldType type)
{
    const AstTypeInfo *info = oz_ast_type(type);
    size_t used = (size_t)snprintf(out, room, "%s = ", info->name);
    bool first = true;
    for (uint32_t m = 0; m < info->member_count && used < room; m++)
        used += (size_t)snprintf(out + used, room - used, "%s%s", m ? " | " : "", info->members[m]);
    for (int kind = 0; kind < AST_KINDS && used < room; kind++) {
        if (oz_ast_kind((AstKind)kind)->type != type)
            continue;
        if (!first)
            used += (size_t)snprintf(out + used, room - used, "\n%*s| ",
                                     (int)strlen(info->name) + 1, "");
        first = false;
        if (used < room)
            put_fields(out + used, room - used, oz_ast_kind((AstKind)kind));
        used += strlen(out + used);
    }
}

static bool put(Thread *t, Obj dict, const char *name, Ref value)
{
    Ref key = oz_intern(t, name);
    if (!key || !value) {
        oz_drop(key);
        oz_drop(value);
        return false;
    }
    return oz_dict_set_take(t, (Dict *)dict, key, value);
}

static const char *const positions[] = {"lineno", "col_offset", "end_lineno", "end_col_offset"};

static Ref position_tuple(Thread *t, const AstClasses *k, AstAttributes attributes)
{
    if (attributes == AST_ATTRIBUTES_NONE)
        return oz_retain(t->vm->empty_tuple);
    return oz_tuple_new(t, (const Obj *)k->position_names, 4);
}

/* `doc`, `_attributes` and the defaults of optional positions. */
static Ref namespace_for(Thread *t, AstClasses *k, const char *doc, AstAttributes attributes)
{
    scoped Ref dict = oz_dict_new(t);
    if (!dict || !put(t, dict, "__doc__", oz_str_new(t, doc)) ||
        !put(t, dict, "_attributes", position_tuple(t, k, attributes)))
        return NULL;
    if (attributes == AST_ATTRIBUTES_OPTIONAL_END &&
        (!put(t, dict, positions[2], OZ_NONE) || !put(t, dict, positions[3], OZ_NONE)))
        return NULL;
    return oz_move(&dict);
}

static Ref make_class(Thread *t, const char *name, Obj base, Obj namespace)
{
    char qualified[64];
    snprintf(qualified, sizeof qualified, "ast.%s", name);
    return namespace ? oz_class_new_simple(t, qualified, base, namespace) : NULL;
}

static bool set_fields(Thread *t, Obj dict, Ref names)
{
    scoped Ref held = names;
    return held && put(t, dict, "_fields", oz_retain(held)) &&
           put(t, dict, "__match_args__", oz_retain(held));
}

static bool make_member(Thread *t, AstClasses *k, int type, uint32_t member)
{
    const char *name = oz_ast_type((AstFieldType)type)->members[member];
    scoped Ref namespace = namespace_for(t, k, name, AST_ATTRIBUTES_NONE);
    if (!namespace || !set_fields(t, namespace, oz_retain(t->vm->empty_tuple)))
        return false;
    k->members[type][member] = make_class(t, name, k->types[type], namespace);
    if (k->members[type][member])
        k->singletons[type][member] = oz_call0(t, k->members[type][member]);
    return k->singletons[type][member] != NULL;
}

static bool make_type(Thread *t, AstClasses *k, int type)
{
    const AstTypeInfo *info = oz_ast_type((AstFieldType)type);
    bool sum = info->member_count > 0;
    for (int kind = 0; kind < AST_KINDS; kind++) {
        const AstKindInfo *each = oz_ast_kind((AstKind)kind);
        sum |= (int)each->type == type && strcmp(each->name, info->name) != 0;
    }
    if (!sum)
        return true;
    char doc[4000];
    put_sum(doc, sizeof doc, (AstFieldType)type);
    scoped Ref namespace = namespace_for(t, k, doc, info->attributes);
    k->types[type] = make_class(t, info->name, k->base, namespace);
    if (!k->types[type])
        return false;
    for (uint32_t i = 0; i < info->member_count; i++)
        if (!make_member(t, k, type, i))
            return false;
    return true;
}

static bool make_kind(Thread *t, AstClasses *k, int kind)
{
    const AstKindInfo *info = oz_ast_kind((AstKind)kind);
    Obj sum = k->types[info->type];
    char doc[600];
    put_fields(doc, sizeof doc, info);
    AstAttributes attributes = oz_ast_type(info->type)->attributes;
    scoped Ref namespace = namespace_for(t, k, doc, sum ? AST_ATTRIBUTES_NONE : attributes);
    if (!namespace || !put(t, namespace, "_attributes", position_tuple(t, k, attributes)))
        return false;
    for (uint32_t i = 0; i < info->field_count; i++) {
        k->field_names[kind][i] = oz_intern(t, info->fields[i].name);
        if (!k->field_names[kind][i] || (info->fields[i].quantity == AST_OPTIONAL &&
                                         !put(t, namespace, info->fields[i].name, OZ_NONE)))
            return false;
    }
    if (!set_fields(t, namespace,
                    oz_tuple_new(t, (const Obj *)k->field_names[kind], info->field_count)))
        return false;
    k->kinds[kind] = make_class(t, info->name, sum ? sum : (Obj)k->base, namespace);
    return k->kinds[kind] != NULL;
}

static bool make_base(Thread *t, AstClasses *k)
{
    Class *cls = oz_builtin_class(t, OZ_AST_NODE);
    if (!cls || !oz_class_fill(t, cls))
        return false;
    Dict *dict = (Dict *)cls->dict;
    k->base = oz_retain((Obj)cls);
    static const char *const empty[] = {"_fields", "_attributes", "__match_args__"};
    for (size_t i = 0; i < OZ_COUNT(empty); i++) {
        scoped Ref name = oz_intern(t, empty[i]);
        if (!name || !oz_dict_set(t, dict, name, t->vm->empty_tuple) ||
            !oz_class_changed(t, cls, name))
            return false;
    }
    for (int i = 0; i < 4; i++)
        if (!(k->position_names[i] = oz_intern(t, positions[i])))
            return false;
    return true;
}

static bool make_all(Thread *t, AstClasses *k)
{
    if (!make_base(t, k))
        return false;
    for (int type = 0; type < AST_TYPES; type++)
        if (!make_type(t, k, type))
            return false;
    for (int kind = 0; kind < AST_KINDS; kind++)
        if (!make_kind(t, k, kind))
            return false;
    return true;
}

/* The struct is nothing but references. */
static void drop_classes(AstClasses *k)
{
    Ref *items = (Ref *)k;
    for (size_t i = 0; i < sizeof *k / sizeof(Ref); i++)
        oz_clear(&items[i]);
    oz_block_free(k);
}

const AstClasses *oz_ast_classes(Thread *t)
{
    AstClasses *found = atomic_load(&t->vm->ast);
    if (found)
        return found;
    AstClasses *k = oz_block_alloc(t->heap, sizeof *k);
    if (!k) {
        oz_raise_memory(t);
        return NULL;
    }
    memset(k, 0, sizeof *k);
    void *none = NULL;
    if (!make_all(t, k) || !oz_vm_add_roots(t->vm, (Ref *)k, sizeof *k / sizeof(Ref))) {
        drop_classes(k);
        return NULL;
    }
    if (atomic_compare_exchange_strong(&t->vm->ast, &none, k))
        return k;
    return atomic_load(&t->vm->ast); /* another thread was faster; this is a root, too, and stays */
}

bool oz_is_ast_object(Thread *t, Obj v)
{
    AstClasses *k = atomic_load(&t->vm->ast);
    return k && oz_is_pointer(v) && oz_class_derives(oz_class_of(v), (const Class *)k->base);
}

/* ---- to objects ---- */

typedef struct Maker {
    Thread *t;
    const AstClasses *k;
} Maker;

static Ref node_object(Maker *m, const AstNode *node);

static Ref text_object(Maker *m, const AstText *text, bool identifier)
{
    if (!text)
        return OZ_NONE;
    Ref str = oz_str_from_utf8(m->t, text->bytes, text->length);
    return str && identifier ? oz_intern_str(m->t, str) : str;
}

static Ref one_object(Maker *m, AstFieldType type, const void *place)
{
    const AstTypeInfo *info = oz_ast_type(type);
    if (info->is_node) {
        const AstNode *node = *(AstNode *const *)place;
        return node ? node_object(m, node) : OZ_NONE;
    }
    if (info->member_count)
        return oz_retain(m->k->singletons[type][*(const int *)place]);
    switch (type) {
    case AST_TYPE_identifier:
    case AST_TYPE_string:
        return text_object(m, *(AstText *const *)place, type == AST_TYPE_identifier);
    case AST_TYPE_int:
        return oz_int(*(const int32_t *)place);
    default:
        return oz_ast_literal(m->t, place);
    }
}

static Ref item_object(Maker *m, AstFieldType type, const AstSeq *seq, uint32_t i)
{
    if (oz_ast_type(type)->member_count)
        return oz_retain(m->k->singletons[type][oz_ast_seq_op(seq, i)]);
    return one_object(m, type, &seq->items[i]);
}

static Ref list_object(Maker *m, AstFieldType type, const AstSeq *seq)
{
    scoped Ref list = oz_list_new(m->t, seq->count);
    for (uint32_t i = 0; list && i < seq->count; i++) {
        Ref item = item_object(m, type, seq, i);
        if (!item || !oz_list_append_take(m->t, (List *)list, item))
            return NULL;
    }
    return oz_move(&list);
}

static bool set_attribute(Maker *m, Object *o, Obj name, Ref value)
{
    scoped Ref held = value;
    return held && oz_instance_set(m->t, o, name, held) == OZ_FOUND;
}

static bool set_positions(Maker *m, Object *o, const AstNode *node)
{
    const int32_t numbers[] = {node->line, node->col, node->end_line, node->end_col};
    for (int i = 0; i < 4; i++)
        if (!set_attribute(m, o, m->k->position_names[i], oz_int(numbers[i])))
            return false;
    return true;
}

static Ref node_object(Maker *m, const AstNode *node)
{
    if (!oz_native_enter(m->t, " during ast construction"))
        return NULL;
    const AstKindInfo *info = oz_ast_kind(node->kind);
    scoped Ref made = oz_instance_new(m->t, (Class *)m->k->kinds[node->kind], 0);
    for (uint32_t i = 0; made && i < info->field_count; i++) {
        const AstFieldInfo *field = &info->fields[i];
        const void *place = (const char *)node + field->offset;
        Ref value = field->quantity == AST_SEQUENCE
                        ? list_object(m, field->type, *(AstSeq *const *)place)
                        : one_object(m, field->type, place);
        if (!set_attribute(m, oz_object(made), m->k->field_names[node->kind][i], value))
            return NULL;
    }
    if (made && oz_ast_type(info->type)->attributes != AST_ATTRIBUTES_NONE &&
        !set_positions(m, oz_object(made), node))
        return NULL;
    return oz_move(&made);
}

Ref oz_ast_to_object(Thread *t, const AstNode *tree)
{
    Maker m = {t, oz_ast_classes(t)};
    return m.k ? node_object(&m, tree) : NULL;
}

/* ---- from objects ---- */

typedef struct Reader {
    Thread *t;
    Arena *arena;
    const AstClasses *k;
    Ref *keep; /* list of what constants refer to */
} Reader;

static bool read_node(Reader *r, Obj o, AstFieldType type, AstNode **out);

static bool no_memory(Reader *r)
{
    oz_raise_memory(r->t);
    return false;
}

static bool read_text(Reader *r, Obj o, bool identifier, AstText **out)
{
    *out = NULL;
    if (oz_is_none(o))
        return true;
    if (!oz_is_exact_str(o))
        return oz_fail(r->t, OZ_TypeError, "AST %s must be of type str",
                       identifier ? "identifier" : "string");
    scoped Ref keep = NULL;
    size_t length;
    const char *text = oz_str_utf8(r->t, o, &length, &keep);
    if (!text)
        return false;
    *out =
        identifier ? oz_ast_text(r->arena, text, length) : oz_ast_text_copy(r->arena, text, length);
    return *out || no_memory(r);
}

static bool read_int(Reader *r, Obj o, int32_t *out)
{
    Obj exact = oz_as_exact_int(o);
    int64_t n;
    if (!exact)
        return oz_fail(r->t, OZ_ValueError, "invalid integer value: %R", o);
    if (!oz_int_fits_int64(exact, &n) || n < INT32_MIN || n > INT32_MAX)
        return oz_fail(r->t, OZ_OverflowError, "Python int too large to convert to C int");
    *out = (int32_t)n;
    return true;
}

static bool is_plain_constant(Obj o)
{
    return oz_is_none(o) || o == OZ_ELLIPSIS || oz_is_bool(o) || oz_is_int(o) || oz_is_float(o) ||
           oz_is_exact_str(o) || oz_is(o, OZ_INT) || oz_is(o, OZ_FLOAT) || oz_is(o, OZ_COMPLEX) ||
           oz_is(o, OZ_BYTES);
}

static bool check_constant(Reader *r, Obj o)
{
    if (is_plain_constant(o))
        return true;
    if (!oz_native_enter(r->t, " during compilation"))
        return false;
    if (oz_is(o, OZ_TUPLE)) {
        for (uint32_t i = 0; i < ((const Tuple *)o)->length; i++)
            if (!check_constant(r, ((const Tuple *)o)->items[i]))
                return false;
        return true;
    }
    if (oz_is(o, OZ_FROZENSET)) {
        size_t at = 0;
        Obj item;
        while (oz_set_step((Set *)o, &at, &item))
            if (!check_constant(r, item))
                return false;
        return true;
    }
    return oz_fail(r->t, OZ_TypeError, "got an invalid type in Constant: %T", o);
}

static bool read_constant(Reader *r, Obj o, AstLiteral *out)
{
    *out = (AstLiteral){.tag = AST_OBJECT, .object = (void *)(uintptr_t)oz_word(o)};
    if (!check_constant(r, o))
        return false;
    if (oz_is_none(o) || oz_is_bool(o) || o == OZ_ELLIPSIS) {
        out->tag = oz_is_none(o)   ? AST_NONE
                   : o == OZ_TRUE  ? AST_TRUE
                   : o == OZ_FALSE ? AST_FALSE
                                   : AST_ELLIPSIS;
        return true;
    }
    if (oz_is_exact_str(o)) {
        scoped Ref keep = NULL;
        size_t length;
        const char *text = oz_str_utf8(r->t, o, &length, &keep);
        if (text) {
            out->tag = AST_STR;
            out->text = oz_ast_text_copy(r->arena, text, length);
            return out->text || no_memory(r);
        }
        oz_exception_clear(r->t); /* lone surrogates: as an object */
    }
    if (!*r->keep && !(*r->keep = oz_list_new(r->t, 0)))
        return false;
    return oz_list_append(r->t, (List *)*r->keep, o);
}

static bool read_member(Reader *r, Obj o, AstFieldType type, int *out)
{
    const AstTypeInfo *info = oz_ast_type(type);
    for (uint32_t i = 0; i < info->member_count; i++) {
        bool is = false;
        if (!oz_is_instance(r->t, o, r->k->members[type][i], &is))
            return false;
        if (is) {
            *out = (int)i;
            return true;
        }
    }
    return oz_fail(r->t, OZ_TypeError, "expected some sort of %s, but got %R", info->name, o);
}

static bool read_one(Reader *r, Obj o, AstFieldType type, void *place)
{
    const AstTypeInfo *info = oz_ast_type(type);
    if (info->is_node)
        return read_node(r, o, type, place);
    if (info->member_count)
        return read_member(r, o, type, place);
    switch (type) {
    case AST_TYPE_identifier:
    case AST_TYPE_string:
        return read_text(r, o, type == AST_TYPE_identifier, place);
    case AST_TYPE_int:
        return read_int(r, o, place);
    default:
        return read_constant(r, o, place);
    }
}

/* The list may change while its items are looked at. */
static bool read_list(Reader *r, Obj o, const AstKindInfo *info, const AstFieldInfo *field,
                      AstSeq **out)
{
    List *list = oz_as_list(o);
    if (!list)
        return oz_fail(r->t, OZ_TypeError, "%s field \"%s\" must be a list, not a %T", info->name,
                       field->name, o);
    size_t count = oz_list_length(list);
    AstSeq *seq = *out = oz_ast_seq_new(r->arena, count);
    if (!seq)
        return no_memory(r);
    bool member = oz_ast_type(field->type)->member_count > 0;
    for (uint32_t i = 0; i < count; i++) {
        scoped Ref item = oz_list_get(r->t, list, i);
        int op = 0;
        if (!item)
            return false;
        if (!read_one(r, item, field->type, member ? (void *)&op : (void *)&seq->items[i]))
            return false;
        if (member)
            seq->items[i] = (void *)(intptr_t)op;
        if (oz_list_length(list) != count)
            return oz_fail(r->t, OZ_RuntimeError, "%s field \"%s\" changed size during iteration",
                           info->name, field->name);
    }
    return true;
}

static bool missing(Reader *r, const char *field, const char *name)
{
    return oz_fail(r->t, OZ_TypeError, "required field \"%s\" missing from %s", field, name);
}

static bool read_field(Reader *r, Obj o, AstNode *node, const AstKindInfo *info, uint32_t index)
{
    const AstFieldInfo *field = &info->fields[index];
    void *place = (char *)node + field->offset;
    scoped Ref value = NULL;
    Found found = oz_find_attr(r->t, o, r->k->field_names[node->kind][index], &value);
    if (found == OZ_RAISED)
        return false;
    if (found == OZ_MISSING && field->quantity != AST_OPTIONAL)
        return missing(r, field->name, info->name);
    if (field->quantity == AST_SEQUENCE)
        return read_list(r, value, info, field, place);
    if (found == OZ_MISSING || (field->quantity == AST_OPTIONAL && oz_is_none(value)))
        return true; /* zero: absent */
    if (!read_one(r, value, field->type, place))
        return false;
    bool pointer = oz_ast_type(field->type)->is_node || field->type == AST_TYPE_identifier ||
                   field->type == AST_TYPE_string;
    if (field->quantity == AST_ONE && pointer && !*(void **)place)
        return oz_fail(r->t, OZ_ValueError, "field '%s' is required for %s", field->name,
                       info->name);
    return true;
}

static bool read_positions(Reader *r, Obj o, AstNode *node, AstFieldType type)
{
    AstAttributes attributes = oz_ast_type(type)->attributes;
    int32_t *places[] = {&node->line, &node->col, &node->end_line, &node->end_col};
    for (int i = 0; i < 4 && attributes != AST_ATTRIBUTES_NONE; i++) {
        scoped Ref value = NULL;
        Found found = oz_find_attr(r->t, o, r->k->position_names[i], &value);
        bool optional = i >= 2 && attributes == AST_ATTRIBUTES_OPTIONAL_END;
        if (found == OZ_RAISED)
            return false;
        if (found == OZ_MISSING && !optional)
            return missing(r, positions[i], oz_ast_type(type)->name);
        if (found == OZ_MISSING || (optional && oz_is_none(value)))
            *places[i] = *places[i - 2];
        else if (!read_int(r, value, places[i]))
            return false;
    }
    return true;
}

/* Which constructor of a sum: by class, then by isinstance. */
static bool find_kind(Reader *r, Obj o, AstFieldType type, int *out)
{
    Obj cls = (Obj)oz_class_of(o);
    int kind = 0;
    while (kind < AST_KINDS &&
           (oz_ast_kind((AstKind)kind)->type != type || (Obj)r->k->kinds[kind] != cls))
        kind++;
    bool is = kind < AST_KINDS;
    for (int i = 0; !is && i < AST_KINDS; i++) {
        if (oz_ast_kind((AstKind)i)->type != type)
            continue;
        if (!r->k->types[type])
            is = true; /* a product: what counts are the attributes */
        else if (!oz_is_instance(r->t, o, r->k->kinds[i], &is))
            return false;
        kind = i;
    }
    *out = kind;
    return is || oz_fail(r->t, OZ_TypeError, "expected some sort of %s, but got %R",
                         oz_ast_type(type)->name, o);
}

static bool read_node(Reader *r, Obj o, AstFieldType type, AstNode **out)
{
    *out = NULL;
    int kind;
    if (oz_is_none(o))
        return true;
    if (!oz_native_enter(r->t, " during compilation"))
        return false;
    /* Positions are asked for first, by the name of the sum. */
    AstNode place = {0};
    if (r->k->types[type] && !read_positions(r, o, &place, type))
        return false;
    if (!find_kind(r, o, type, &kind))
        return false;
    AstNode *node = oz_ast_new(r->arena, (AstKind)kind);
    if (!node)
        return no_memory(r);
    const AstKindInfo *info = oz_ast_kind((AstKind)kind);
    for (uint32_t i = 0; i < info->field_count; i++)
        if (!read_field(r, o, node, info, i))
            return false;
    if (!r->k->types[type] && !read_positions(r, o, &place, type))
        return false;
    place.kind = (AstKind)kind;
    *node = place;
    *out = node;
    return true;
}

AstNode *oz_ast_from_object(Thread *t, Arena *arena, Obj object, int mode, Ref *keep)
{
    static const AstKind wanted[] = {AST_Module, AST_Interactive, AST_Expression, AST_FunctionType};
    Reader r = {t, arena, oz_ast_classes(t), keep};
    if (!r.k)
        return NULL;
    bool is = false;
    if (!oz_is_instance(t, object, r.k->kinds[wanted[mode]], &is))
        return NULL;
    if (!is) {
        oz_raise(t, OZ_TypeError, "expected %s node, got %T", oz_ast_kind(wanted[mode])->name,
                 object);
        return NULL;
    }
    AstNode *tree;
    if (!read_node(&r, object, AST_TYPE_mod, &tree) || !oz_ast_check(t, tree))
        return NULL;
    return tree;
}
