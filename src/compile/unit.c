// SPDX-License-Identifier: MIT
// Units: registers, labels, handlers, constants, names; emission of single instructions.
//
// Invariants:
//   U1. Temporaries form a stack: those below `depth` may be live, none above is.
//   U2. Code that nothing reaches is visited (for its errors) but not emitted.
//   U3. `bound` holds a local only if every way to this point has bound it.  At the head of a loop
//       and at a handler the locals that some statement deletes are taken out: assignments on the
//       other ways can only add.
#include "compile/unit.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

#include <stdlib.h>
#include <string.h>

/* ---- memory ---- */

void *oz_compiler_alloc(Compiler *c, size_t size)
{
    if (c->failed)
        return NULL;
    void *cell = oz_arena_alloc(c->arena, size);
    if (!cell) {
        oz_raise_memory(c->t);
        c->failed = true;
        return NULL;
    }
    return memset(cell, 0, size);
}

void *oz_compiler_grow(Compiler *c, void *items, uint32_t count, uint32_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    uint32_t next = *capacity ? *capacity * 2 : 8;
    void *grown = NULL;
    if (next <= UINT32_MAX / 2 / size)
        grown = oz_arena_grow(c->arena, items, *capacity * size, next * size);
    if (!grown) {
        if (!c->failed)
            oz_raise_memory(c->t);
        c->failed = true;
        return NULL;
    }
    *capacity = next;
    return grown;
}

Obj oz_compiler_keep(Compiler *c, Ref object)
{
    if (!object || !oz_is_pointer(object)) {
        c->failed |= !object;
        return object;
    }
    Ref *grown = oz_compiler_grow(c, c->owned, c->owned_count, &c->owned_capacity, sizeof(Ref));
    if (!grown) {
        oz_drop(object);
        return NULL;
    }
    c->owned = grown;
    c->owned[c->owned_count++] = object;
    return object;
}

Ref oz_text_to_str(Thread *t, const AstText *text)
{
    Ref str = oz_str_from_utf8(t, text->bytes, text->length);
    return str ? oz_intern_str(t, str) : NULL;
}

AstText *oz_mangle(Compiler *c, AstText *name)
{
    if (c->failed)
        return name;
    AstText *mangled = oz_symbols_mangle(c->t, c->arena, c->unit->scope->class_name, name);
    if (!mangled) {
        c->failed = true;
        return name;
    }
    return mangled;
}

/* ---- constants ---- */

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 29;
}

/* Equal constants have equal hashes; of large or strange ones only the type counts. */
static uint64_t hash_constant(Obj v)
{
    if (!oz_is_pointer(v))
        return mix(1, oz_word(v));
    uint32_t id = oz_id_of(v);
    if (oz_is_exact_str(v))
        return mix(2, oz_str_hash32((const Str *)v));
    if (id == OZ_BYTES) {
        const Bytes *bytes = (const Bytes *)v;
        size_t length = oz_bytes_length(bytes);
        uint64_t hash = mix(3, length);
        for (size_t i = 0; i < length && i < 32; i++)
            hash = mix(hash, oz_bytes_data(bytes)[i]);
        return hash;
    }
    if (id == OZ_INT)
        return mix(4, ((const Int *)v)->limbs[0]);
    if (id == OZ_TUPLE) {
        const Tuple *tuple = (const Tuple *)v;
        uint64_t hash = mix(5, tuple->length);
        for (uint32_t i = 0; i < tuple->length && i < 32; i++)
            hash = mix(hash, hash_constant(tuple->items[i]));
        return hash;
    }
    return id == OZ_FLOAT ? mix(6, (uint64_t)((const Float *)v)->value) : mix(7, oz_word(v));
}

static bool same_int(const Int *a, const Int *b)
{
    size_t limbs = (size_t)(a->size < 0 ? -(int64_t)a->size : a->size);
    return a->size == b->size && !memcmp(a->limbs, b->limbs, limbs * sizeof *a->limbs);
}

/* Equal in type and value: 1, 1.0 and True differ, as do 0.0 and -0.0. */
static bool same_constant(Obj a, Obj b)
{
    if (a == b)
        return true;
    if (!oz_is_pointer(a) || !oz_is_pointer(b) || oz_id_of(a) != oz_id_of(b))
        return false;
    if (oz_is_exact_str(a))
        return oz_str_equal((const Str *)a, (const Str *)b);
    switch (oz_id_of(a)) {
    case OZ_BYTES: {
        const Bytes *x = (const Bytes *)a, *y = (const Bytes *)b;
        size_t length = oz_bytes_length(x);
        return length == oz_bytes_length(y) && !memcmp(oz_bytes_data(x), oz_bytes_data(y), length);
    }
    case OZ_INT:
        return same_int((const Int *)a, (const Int *)b);
    case OZ_FLOAT:
        return !memcmp(&((const Float *)a)->value, &((const Float *)b)->value, sizeof(double));
    case OZ_TUPLE: {
        const Tuple *x = (const Tuple *)a, *y = (const Tuple *)b;
        if (x->length != y->length)
            return false;
        for (uint32_t i = 0; i < x->length; i++)
            if (!same_constant(x->items[i], y->items[i]))
                return false;
        return true;
    }
    default:
        return false;
    }
}

static bool grow_constants(Compiler *c, Constants *k)
{
    Ref *grown = oz_compiler_grow(c, k->items, k->count, &k->capacity, sizeof(Ref));
    if (!grown)
        return false;
    k->items = grown;
    if (k->slots && k->count * 2 <= k->mask)
        return true;
    uint32_t size = k->slots ? (k->mask + 1) * 2 : 16;
    uint32_t *slots = oz_compiler_alloc(c, size * sizeof *slots);
    if (!slots)
        return false;
    for (uint32_t i = 0; i < k->count; i++) {
        uint32_t at = (uint32_t)hash_constant(k->items[i]);
        while (slots[at & (size - 1)])
            at++;
        slots[at & (size - 1)] = i + 1;
    }
    k->slots = slots;
    k->mask = size - 1;
    return true;
}

uint32_t oz_constant(Compiler *c, Ref value)
{
    Constants *k = &c->unit->constants;
    if (!value)
        c->failed = true;
    if (c->failed || !grow_constants(c, k)) {
        oz_drop(value);
        return 0;
    }
    uint32_t at = (uint32_t)hash_constant(value);
    for (; k->slots[at & k->mask]; at++) {
        uint32_t index = k->slots[at & k->mask] - 1;
        if (same_constant(k->items[index], value)) {
            oz_drop(value);
            return index;
        }
    }
    k->items[k->count++] = value;
    k->slots[at & k->mask] = k->count;
    return k->count - 1;
}

static bool is_attacked(const Compiler *c)
{
    return c->t->vm->stress & OZ_STRESS_WIDE;
}

bool oz_is_narrow(const Compiler *c, uint32_t index)
{
    return index < (OZ_UNLIKELY(is_attacked(c)) ? 2 : OZ_NO_REGISTER);
}

/* ---- names ---- */

static bool grow_names(Compiler *c, Names *n)
{
    AstText **grown = oz_compiler_grow(c, n->items, n->count, &n->capacity, sizeof(AstText *));
    if (!grown)
        return false;
    n->items = grown;
    if (n->slots && n->count * 2 <= n->mask)
        return true;
    uint32_t size = n->slots ? (n->mask + 1) * 2 : 16;
    uint32_t *slots = oz_compiler_alloc(c, size * sizeof *slots);
    if (!slots)
        return false;
    for (uint32_t i = 0; i < n->count; i++) {
        uint32_t at = n->items[i]->hash;
        while (slots[at & (size - 1)])
            at++;
        slots[at & (size - 1)] = i + 1;
    }
    n->slots = slots;
    n->mask = size - 1;
    return true;
}

static unsigned name_index(Compiler *c, AstText *name)
{
    Names *n = &c->unit->names;
    if (c->failed || !grow_names(c, n))
        return 0;
    uint32_t at = name->hash;
    for (; n->slots[at & n->mask]; at++)
        if (n->items[n->slots[at & n->mask] - 1] == name)
            return n->slots[at & n->mask] - 1;
    n->items[n->count++] = name;
    n->slots[at & n->mask] = n->count;
    return n->count - 1;
}

unsigned oz_name_index(Compiler *c, AstText *name)
{
    return name_index(c, oz_mangle(c, name));
}

unsigned oz_name_index_raw(Compiler *c, const char *name)
{
    AstText *text = c->failed ? NULL : oz_ast_text(c->arena, name, strlen(name));
    if (!text && !c->failed) {
        oz_raise_memory(c->t);
        c->failed = true;
    }
    return text ? name_index(c, text) : 0;
}

/* ---- labels and handlers ---- */

LabelId oz_label_new(Compiler *c)
{
    Unit *u = c->unit;
    Label *grown =
        oz_compiler_grow(c, u->labels, u->label_count, &u->label_capacity, sizeof(Label));
    if (!grown)
        return 0;
    u->labels = grown;
    u->labels[u->label_count] = (Label){.at = OZ_NOWHERE};
    return u->label_count++;
}

static void reach(Unit *u, LabelId id)
{
    Label *label = &u->labels[id];
    if (label->at != OZ_NOWHERE)
        return; /* backwards: U3 */
    for (int i = 0; i < 4; i++)
        label->bound.words[i] =
            label->reached ? label->bound.words[i] & u->bound.words[i] : u->bound.words[i];
    label->reached = true;
}

void oz_label_place(Compiler *c, LabelId id)
{
    Unit *u = c->unit;
    if (c->failed)
        return;
    if (u->reachable)
        reach(u, id);
    Label *label = &u->labels[id];
    label->at = u->count;
    u->reachable = label->reached;
    u->bound = label->bound;
}

static void forget_deletable(Unit *u)
{
    for (int i = 0; i < 4; i++)
        u->bound.words[i] &= ~u->deletable.words[i];
}

void oz_label_place_loop(Compiler *c, LabelId id)
{
    oz_label_place(c, id);
    forget_deletable(c->unit);
}

uint32_t oz_handler_new(Compiler *c, LabelId label, uint32_t reg)
{
    Unit *u = c->unit;
    Handler *grown =
        oz_compiler_grow(c, u->handlers, u->handler_count, &u->handler_capacity, sizeof(Handler));
    if (!grown)
        return 0;
    u->handlers = grown;
    u->handlers[u->handler_count] = (Handler){label, reg};
    return u->handler_count++;
}

void oz_handler_place(Compiler *c, LabelId label, const BoundSet *bound, bool reachable)
{
    Unit *u = c->unit;
    if (c->failed)
        return;
    u->labels[label].at = u->count;
    u->labels[label].reached = reachable;
    u->reachable = reachable;
    u->bound = *bound;
    forget_deletable(u);
}

/* ---- emission ---- */

void oz_at(Compiler *c, const AstNode *node)
{
    c->unit->position = (Position){node->line, node->end_line, node->col, node->end_col};
}

void oz_at_nothing(Compiler *c)
{
    c->unit->position = (Position){0, 0, -1, -1};
}

static Emitted *emit_word(Compiler *c, Instruction word)
{
    Unit *u = c->unit;
    if (c->failed || !u->reachable)
        return NULL;
    Emitted *grown = oz_compiler_grow(c, u->code, u->count, &u->capacity, sizeof(Emitted));
    if (!grown)
        return NULL;
    u->code = grown;
    if (OZ_OP(word) == OP_MOVE && OZ_B(word) < u->local_count)
        word += OP_COPY - OP_MOVE; /* a local is kept: the machine need not ask */
    word |= oz_temporary_marks(word, u->local_count) << 8;
    Emitted *e = &u->code[u->count++];
    *e = (Emitted){.word = word, .handler = u->handler, .position = u->position};
    if (oz_opcodes[OZ_OP(word)].traits & OZ_TRAIT_F)
        u->reachable = false;
    return e;
}

/* The index that a narrow instruction has in A, B or C; 0: none. */
static uint32_t index_of(Opcode op, unsigned a, unsigned b, unsigned cc)
{
    const unsigned fields[] = {a, b, cc};
    const char *format = oz_opcodes[op].format;
    uint32_t index = 0;
    for (unsigned i = 0; i < 3 && format[i]; i++)
        if (strchr("mfk", format[i]) && fields[i] > index)
            index = fields[i];
    return index;
}

/* With the index in D or, where there is no room for that, in the next word. */
static void emit_wide(Compiler *c, Opcode op, unsigned aux, unsigned a, unsigned b, unsigned cc)
{
    switch (op) {
    case OP_GET_GLOBAL:
    case OP_GET_NAME:
    case OP_GET_FREE:
        oz_emit_d(c, oz_wide_form(op), a, (int32_t)b);
        break;
    case OP_SET_GLOBAL:
    case OP_SET_NAME:
    case OP_SET_FREE:
        oz_emit_d(c, oz_wide_form(op), b, (int32_t)a);
        break;
    case OP_DELETE_GLOBAL:
    case OP_DELETE_NAME:
    case OP_DELETE_FREE:
    case OP_CLEAR_FREE:
        oz_emit_d(c, oz_wide_form(op), 0, (int32_t)a);
        break;
    case OP_GET_CLASS_FREE: {
        Emitted *e = emit_word(c, oz_instruction_d(oz_wide_form(op), 0, a, (int32_t)b));
        if (e)
            e->operand = cc;
        break;
    }
    case OP_IMPORT:
    case OP_MAKE_FUNCTION:
        oz_emit_operand(c, oz_wide_form(op), aux, a, 0, cc, b);
        break;
    default:
        oz_emit_operand(c, oz_wide_form(op), aux, a, b, 0, cc);
        break;
    }
}

void oz_emit(Compiler *c, Opcode op, unsigned aux, unsigned a, unsigned b, unsigned cc)
{
    if (OZ_LIKELY(oz_is_narrow(c, index_of(op, a, b, cc))) || oz_wide_form(op) == OP_NOP)
        emit_word(c, oz_instruction(op, aux, a, b, cc));
    else
        emit_wide(c, op, aux, a, b, cc);
}

void oz_emit_d(Compiler *c, Opcode op, unsigned a, int32_t d)
{
    emit_word(c, oz_instruction_d(op, 0, a, d));
}

void oz_emit_operand(Compiler *c, Opcode op, unsigned aux, unsigned a, unsigned b, unsigned cc,
                     uint32_t operand)
{
    Emitted *e = emit_word(c, oz_instruction(op, aux, a, b, cc));
    if (e)
        e->operand = operand;
}

void oz_emit_jump(Compiler *c, Opcode op, unsigned aux, unsigned a, unsigned b, LabelId target)
{
    if (c->failed || !c->unit->reachable)
        return;
    reach(c->unit, target);
    Emitted *e = emit_word(c, oz_instruction(op, aux, a, b, 0));
    if (e)
        e->target = target;
}

/* ---- registers ---- */

unsigned oz_temporary_push(Compiler *c, unsigned count)
{
    Unit *u = c->unit;
    unsigned first = oz_top(c);
    u->depth += count;
    if (u->depth > u->max_depth)
        u->max_depth = u->depth;
    if (u->local_count + u->depth >= OZ_NO_REGISTER && !c->failed) {
        oz_raise(c->t, OZ_OverflowError, "too many registers in one code object");
        c->failed = true;
    }
    return first;
}

unsigned oz_local_number(Compiler *c, Symbol *symbol)
{
    Unit *u = c->unit;
    if (symbol->index == OZ_NOWHERE && !c->failed) {
        oz_assert(u->next_local < u->variables);
        symbol->index = u->next_local++;
        u->locals[symbol->index] = symbol;
        if (symbol->flags & OZ_DEF_DELETED && symbol->index < 256)
            u->deletable.words[symbol->index / 64] |= UINT64_C(1) << symbol->index % 64;
    }
    return symbol->index;
}

bool oz_is_bound(const Compiler *c, unsigned reg)
{
    return reg < 256 && c->unit->bound.words[reg / 64] >> reg % 64 & 1;
}

void oz_set_bound(Compiler *c, unsigned reg, bool bound)
{
    if (reg >= 256)
        return;
    uint64_t bit = UINT64_C(1) << reg % 64;
    uint64_t *word = &c->unit->bound.words[reg / 64];
    *word = bound ? *word | bit : *word & ~bit;
}

/* ---- blocks ---- */

void oz_block_push(Compiler *c, Block *block, BlockKind kind, unsigned reg, void *datum)
{
    Unit *u = c->unit;
    *block = (Block){.outer = u->block,
                     .kind = kind,
                     .reg = reg,
                     .depth = u->depth,
                     .handler = u->handler,
                     .datum = datum};
    u->block = block;
    if (++u->nesting > 20)
        oz_compiler_error(c, NULL, "too many statically nested blocks");
}

void oz_block_pop(Compiler *c, Block *block)
{
    oz_assert(c->failed || c->unit->block == block);
    c->unit->block = block->outer;
    c->unit->nesting--;
}

/* ---- opening and closing ---- */

static int order_symbols(const void *a, const void *b)
{
    const AstText *x = (*(Symbol *const *)a)->name, *y = (*(Symbol *const *)b)->name;
    size_t shorter = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->bytes, y->bytes, shorter);
    return order ? order : (x->length > y->length) - (x->length < y->length);
}

/* Cells that are parameters stand first, in the order of the parameters. */
static int order_cells(const void *a, const void *b)
{
    const Symbol *x = *(Symbol *const *)a, *y = *(Symbol *const *)b;
    if (x->index != y->index)
        return x->index < y->index ? -1 : 1;
    return order_symbols(a, b);
}

/* Does the scope's frame hold this symbol in a register? */
static bool is_register(const Scope *scope, const Symbol *symbol)
{
    return scope->kind == OZ_SCOPE_FUNCTION &&
           (symbol->scope == OZ_NAME_LOCAL || symbol->scope == OZ_NAME_CELL);
}

static bool is_free(const Symbol *symbol)
{
    return symbol->scope == OZ_NAME_FREE || symbol->flags & OZ_DEF_FREE_CLASS;
}

static void count_symbols(Unit *u, Scope *scope)
{
    for (uint32_t i = 0; i < scope->symbol_count; i++) {
        Symbol *symbol = scope->symbols[i];
        symbol->index = OZ_NOWHERE;
        u->variables += is_register(scope, symbol);
        u->cell_count += is_register(scope, symbol) && symbol->scope == OZ_NAME_CELL;
        u->free_count += is_free(symbol);
    }
}

/* Numbers of locals: parameters, cells by name; others follow where they are first used, which is
 * the order of co_varnames.  The last ones are spilled. */
static void place_symbols(Compiler *c, Unit *u, Scope *scope)
{
    uint32_t cells = 0, frees = 0;
    for (uint32_t i = 0; i < scope->parameter_count; i++) {
        Symbol *symbol = oz_scope_find(scope, scope->parameters[i]);
        unsigned reg = oz_local_number(c, symbol);
        if (symbol->scope == OZ_NAME_LOCAL)
            oz_set_bound(c, reg, true);
    }
    for (uint32_t i = 0; i < scope->symbol_count; i++) {
        Symbol *symbol = scope->symbols[i];
        if (is_register(scope, symbol) && symbol->scope == OZ_NAME_CELL)
            u->cells[cells++] = symbol;
        if (is_free(symbol))
            u->frees[frees++] = symbol;
    }
    qsort(u->cells, cells, sizeof *u->cells, order_cells);
    qsort(u->frees, frees, sizeof *u->frees, order_symbols);
    for (uint32_t i = 0; i < cells; i++)
        oz_local_number(c, u->cells[i]);
    for (uint32_t i = 0; i < frees; i++)
        u->frees[i]->index = i;
}

/* A class's cell for `__class__` is no symbol of its own. */
static bool add_class_cell(Compiler *c, Unit *u)
{
    Symbol *symbol = oz_compiler_alloc(c, sizeof *symbol);
    AstText *name = symbol ? oz_ast_text(c->arena, "__class__", 9) : NULL;
    if (!name) {
        if (!c->failed)
            oz_raise_memory(c->t);
        c->failed = true;
        return false;
    }
    *symbol = (Symbol){.name = name, .scope = OZ_NAME_CELL};
    u->cells[u->cell_count++] = symbol;
    u->locals[u->next_local++] = symbol;
    return true;
}

/* Is a function or class of this name declared global where it is defined? */
static bool is_global_here(Compiler *c, const AstText *name)
{
    AstText *mangled =
        oz_symbols_mangle(c->t, c->arena, c->unit->scope->class_name, (AstText *)(uintptr_t)name);
    Symbol *symbol = mangled ? oz_scope_find(c->unit->scope, mangled) : NULL;
    return symbol && symbol->scope == OZ_NAME_GLOBAL_EXPLICIT;
}

static Ref qualified_name(Compiler *c, const Scope *scope, Obj name, const AstText *text)
{
    Unit *outer = c->unit;
    bool named = scope->node->kind == AST_ClassDef || scope->node->kind == AST_FunctionDef ||
                 scope->node->kind == AST_AsyncFunctionDef;
    if (!outer || outer->scope->kind == OZ_SCOPE_MODULE || (named && is_global_here(c, text)))
        return oz_retain(name);
    bool function = outer->scope->kind == OZ_SCOPE_FUNCTION && !outer->scope->comprehension;
    const char *format = function ? "%S.<locals>.%S" : "%S.%S";
    return oz_str_format(c->t, format, outer->qualname, name);
}

/* Registers for the locals: one each, or the near ones and the spill. */
static void share_registers(const Compiler *c, Unit *u)
{
    uint32_t near = is_attacked(c) ? 1 : OZ_NEAR_LOCALS;
    uint32_t parameters = u->scope->parameter_count;
    if (near < parameters && parameters <= OZ_NEAR_LOCALS)
        near = parameters;
    u->spilled = u->variables > near ? u->variables - near : 0;
    u->local_count = u->spilled ? near + 1 : u->variables;
}

static Unit *new_unit(Compiler *c, Scope *scope)
{
    Unit *u = oz_compiler_alloc(c, sizeof *u);
    if (!u)
        return NULL;
    u->scope = scope;
    u->reachable = true;
    u->label_count = u->handler_count = 1;
    u->label_capacity = u->handler_capacity = 8;
    count_symbols(u, scope);
    uint32_t class_cell = scope->needs_class_cell;
    u->variables += class_cell;
    share_registers(c, u);
    u->labels = oz_compiler_alloc(c, 8 * sizeof(Label));
    u->handlers = oz_compiler_alloc(c, 8 * sizeof(Handler));
    u->locals = oz_compiler_alloc(c, (u->variables + 1) * sizeof(Symbol *));
    u->cells = oz_compiler_alloc(c, (u->cell_count + class_cell + 1) * sizeof(Symbol *));
    u->frees = oz_compiler_alloc(c, (u->free_count + 1) * sizeof(Symbol *));
    return c->failed ? NULL : u;
}

static uint32_t code_flags(const Compiler *c, const Scope *scope)
{
    uint32_t flags = (uint32_t)c->flags & OZ_COMPILE_FUTURES;
    if (scope->kind == OZ_SCOPE_FUNCTION) {
        flags |= OZ_CODE_OPTIMIZED | OZ_CODE_NEWLOCALS;
        if (scope->nested)
            flags |= OZ_CODE_NESTED;
        if (scope->generator)
            flags |= scope->coroutine ? OZ_CODE_ASYNC_GENERATOR : OZ_CODE_GENERATOR;
        else if (scope->coroutine)
            flags |= OZ_CODE_COROUTINE;
        if (scope->var_positional)
            flags |= OZ_CODE_VARARGS;
        if (scope->var_keyword)
            flags |= OZ_CODE_VARKEYWORDS;
    } else if (scope->kind == OZ_SCOPE_MODULE && c->flags & OZ_COMPILE_TOP_LEVEL_AWAIT &&
               scope->coroutine) {
        flags |= OZ_CODE_COROUTINE;
    }
    return flags;
}

static void emit_cells(Compiler *c, Unit *u)
{
    u->position = (Position){u->first_line, u->first_line, -1, -1};
    if (u->spilled)
        oz_emit_d(c, OP_MAKE_SPILL, u->local_count - 1, (int32_t)u->spilled);
    for (uint32_t i = 0; i < u->cell_count; i++) {
        unsigned reg = u->scope->kind == OZ_SCOPE_CLASS ? 0 : u->cells[i]->index;
        if (!oz_is_spilled(u, reg))
            oz_emit(c, OP_MAKE_CELL, 0, reg, 0, 0);
    }
}

bool oz_unit_open(Compiler *c, Scope *scope, const AstText *name, int32_t first_line)
{
    if (c->failed)
        return false;
    Unit *u = new_unit(c, scope);
    if (!u)
        return false;
    u->name = oz_text_to_str(c->t, name);
    u->qualname = u->name ? qualified_name(c, scope, u->name, name) : NULL;
    if (!u->qualname) {
        oz_clear(&u->name);
        c->failed = true;
        return false;
    }
    u->first_line = first_line;
    u->outer = c->unit;
    u->flags = code_flags(c, scope);
    c->unit = u;
    if (scope->needs_class_cell)
        add_class_cell(c, u);
    place_symbols(c, u, scope);
    emit_cells(c, u);
    return true;
}

/* Back to the outer unit; the references of this one go. */
static void leave_unit(Compiler *c)
{
    Unit *u = c->unit;
    c->unit = u->outer;
    oz_clear(&u->name);
    oz_clear(&u->qualname);
    for (uint32_t i = 0; i < u->constants.count; i++)
        oz_clear(&u->constants.items[i]);
}

Ref oz_unit_close(Compiler *c)
{
    Ref code = c->failed ? NULL : oz_unit_assemble(c, c->unit);
    if (!code)
        c->failed = true;
    leave_unit(c);
    return code;
}
