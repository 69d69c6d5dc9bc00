// SPDX-License-Identifier: MIT
// From a unit's instruction list to a code object: lengths of jumps, tables, packed positions.
//
// A fused comparison reaches 32767 words.  One that must go farther is turned round and jumps over
// a long JUMP; FOR_ITER, whose jump is taken only at the end, jumps over a jump into its body.
// Growing one can push others over the limit, so the layout is repeated until nothing changes; an
// instruction only ever grows, so it ends.
#include "compile/unit.h"
#include "types/str.h"
#include "types/tuple.h"

#include <string.h>

static bool is_short_jump(Opcode op)
{
    const char *format = oz_opcodes[op].format;
    return format[2] == 'j' || format[2] == 'u';
}

static uint32_t far_words(const Emitted *e)
{
    return !e->far ? 0 : OZ_OP(e->word) == OP_FOR_ITER ? 2 : 1;
}

static uint32_t words_of(const Emitted *e)
{
    if (e->dropped)
        return 0;
    return oz_opcodes[OZ_OP(e->word)].words + far_words(e);
}

/* ---- jumps ---- */

/* Instructions that something may jump to, a byte for each. */
static uint8_t *find_targets(Compiler *c, const Unit *u)
{
    uint8_t *targets = oz_compiler_alloc(c, u->count + (size_t)1);
    for (uint32_t i = 1; targets && i < u->label_count; i++)
        if (u->labels[i].at <= u->count)
            targets[u->labels[i].at] = 1;
    return targets;
}

/* A NOP stands for a line: is it of no use before `next`?  It may give its line to one without. */
static bool is_idle(Unit *u, const uint8_t *targets, uint32_t nop, uint32_t next)
{
    if (next >= u->count)
        return false;
    Position *after = &u->code[next].position, *own = &u->code[nop].position;
    if (after->line > 0)
        return after->line == own->line;
    for (uint32_t at = nop + 1; at <= next; at++)
        if (targets[at])
            return false;
    *after = *own;
    return true;
}

/* A jump to what follows anyway; a NOP that stands for a line, where the line goes on. */
static void drop_idle(Unit *u, const uint8_t *targets)
{
    uint32_t next = u->count; /* the first instruction behind i that stays */
    for (uint32_t i = u->count; i-- > 0;) {
        Emitted *e = &u->code[i];
        if (OZ_OP(e->word) == OP_JUMP) {
            uint32_t target = u->labels[e->target].at;
            e->dropped = target > i && target <= next;
        } else if (OZ_OP(e->word) == OP_NOP) {
            e->dropped = is_idle(u, targets, i, next);
        }
        if (!e->dropped)
            next = i;
    }
}

/* A jump to an unconditional jump goes where that one goes. */
static void thread_jumps(Unit *u)
{
    for (uint32_t i = 0; i < u->count; i++) {
        Emitted *e = &u->code[i];
        for (int hops = 0; e->target && hops < 16; hops++) {
            uint32_t at = u->labels[e->target].at;
            if (at >= u->count || at == i || OZ_OP(u->code[at].word) != OP_JUMP ||
                (OZ_OP(e->word) == OP_FOR_ITER && u->labels[u->code[at].target].at <= i))
                break;
            e->target = u->code[at].target;
        }
    }
}

/* ---- handing over ---- */

/* A constant that is handed over is a float: no other is worth it. */
static bool is_handed(const Unit *u, Instruction word)
{
    return OZ_OP(word) != OP_LOADK || oz_is_float(u->constants.items[OZ_D(word)]);
}

/* Mark results that the next instruction takes; within a line, for tracing tells of lines. */
static void hand_over(Unit *u, const uint8_t *targets)
{
    Emitted *last = NULL;
    for (uint32_t i = 0; i < u->count; i++) {
        Emitted *e = &u->code[i];
        if (targets[i])
            last = NULL;
        if (e->dropped)
            continue;
        if (last && last->position.line == e->position.line && is_handed(u, last->word))
            last->word |= (Instruction)oz_hand_over(last->word, e->word, u->local_count) << 9;
        last = e;
    }
}

static uint32_t target_offset(const Unit *u, LabelId label)
{
    uint32_t at = u->labels[label].at;
    oz_assert(at < u->count);
    return u->code[at].offset;
}

/* The distance from behind the instruction itself (without the jump that makes it far). */
static int64_t distance(const Unit *u, const Emitted *e)
{
    return (int64_t)target_offset(u, e->target) - e->offset - oz_opcodes[OZ_OP(e->word)].words;
}

static uint32_t lay_out(Unit *u)
{
    uint32_t total;
    for (bool changed = true; changed;) {
        changed = false;
        total = 0;
        for (uint32_t i = 0; i < u->count; i++) {
            u->code[i].offset = total;
            total += words_of(&u->code[i]);
        }
        for (uint32_t i = 0; i < u->count; i++) {
            Emitted *e = &u->code[i];
            if (e->far || !e->target || !is_short_jump(OZ_OP(e->word)))
                continue;
            int64_t d = distance(u, e);
            bool unsigned_jump = OZ_OP(e->word) == OP_FOR_ITER;
            e->far = unsigned_jump ? d < 0 || d > 65535 : d < -32768 || d > 32767;
            changed |= e->far;
        }
    }
    return total;
}

static Instruction jump_to(int64_t d)
{
    return oz_instruction_d(d < 0 ? OP_JUMP_BACK : OP_JUMP, 0, 0, (int32_t)d);
}

static Instruction with_short(Instruction word, int64_t d)
{
    return (word & ~(UINT64_C(0xffff) << 48)) | (Instruction)(uint16_t)d << 48;
}

static void encode_far(const Unit *u, const Emitted *e, uint64_t *out)
{
    unsigned own = oz_opcodes[OZ_OP(e->word)].words;
    int64_t d = distance(u, e);
    if (OZ_OP(e->word) == OP_FOR_ITER) {
        out[0] = with_short(e->word, 1);
        out[own] = oz_instruction_d(OP_JUMP, 0, 0, 1);
        out[own + 1] = jump_to(d - 2);
        return;
    }
    out[0] = with_short(e->word ^ 1 << 8, 1); /* the other way round */
    out[own] = jump_to(d - 1);
}

static void encode(const Unit *u, uint64_t *out)
{
    for (uint32_t i = 0; i < u->count; i++) {
        const Emitted *e = &u->code[i];
        uint64_t *word = out + e->offset;
        unsigned own = oz_opcodes[OZ_OP(e->word)].words;
        word[0] = e->word;
        if (e->dropped)
            continue;
        for (unsigned n = 1; n < own; n++) /* the operand, and caches that hold nothing yet */
            word[n] = n == 1 ? e->operand : 0;
        if (!e->target)
            continue;
        int64_t d = distance(u, e);
        if (e->far)
            encode_far(u, e, word);
        else if (OZ_OP(e->word) == OP_JUMP)
            word[0] = jump_to(d);
        else if (is_short_jump(OZ_OP(e->word)))
            word[0] = with_short(e->word, d);
        else
            word[0] = (e->word & 0xffffffff) | (Instruction)(uint32_t)(int32_t)d << 32;
    }
}

/* ---- exception ranges ---- */

/* Only instructions that may raise need one; a range runs on over those that cannot. */
static uint32_t make_ranges(const Unit *u, ExceptionRange *out)
{
    uint32_t count = 0;
    bool open = false;
    for (uint32_t i = 0; i < u->count; i++) {
        const Emitted *e = &u->code[i];
        const Handler *handler = &u->handlers[e->handler];
        if (e->dropped)
            continue;
        if (!e->handler || u->labels[handler->label].at >= u->count) {
            open = false;
            continue;
        }
        ExceptionRange range = {e->offset, e->offset + words_of(e),
                                target_offset(u, handler->label), handler->depth};
        ExceptionRange *last = count && open ? &out[count - 1] : NULL;
        open = true;
        if (last && last->handler == range.handler && last->depth == range.depth)
            last->end = range.end;
        else
            out[count++] = range;
    }
    return count;
}

/* ---- positions ---- */

static uint8_t *put_number(uint8_t *at, uint32_t n)
{
    for (; n >= 128; n >>= 7)
        *at++ = (uint8_t)(n | 128);
    *at++ = (uint8_t)n;
    return at;
}

static uint32_t zigzag(int32_t n)
{
    return (uint32_t)n << 1 ^ (uint32_t)(n >> 31);
}

/* One entry for each run of words of the same position, as oz_code_position reads them. */
static size_t pack_positions(const Unit *u, uint8_t *out)
{
    uint8_t *at = out;
    Position last = {u->first_line, 0, 0, 0};
    for (uint32_t i = 0; i < u->count;) {
        Position p = u->code[i].position;
        uint32_t words = 0;
        if (u->code[i].dropped) {
            i++;
            continue;
        }
        for (; i < u->count && (u->code[i].dropped || !memcmp(&u->code[i].position, &p, sizeof p));
             i++)
            words += words_of(&u->code[i]);
        at = put_number(at, words);
        at = put_number(at, zigzag(p.line - last.line));
        at = put_number(at, zigzag(p.end_line - p.line));
        at = put_number(at, (uint32_t)(p.column + 1));
        at = put_number(at, zigzag(p.end_column - p.column));
        last = p;
    }
    return (size_t)(at - out);
}

/* ---- the code object ---- */

/* *to = a block with a copy of the items, or with room for them; NULL if there are none. */
static bool copy_block(Compiler *c, void *to, const void *items, size_t size)
{
    void *block = size ? oz_block_alloc(c->t->heap, size) : NULL;
    *(void **)to = block;
    if (block && items)
        memcpy(block, items, size);
    else if (!block && size)
        return oz_raise_memory(c->t) != NULL;
    return true;
}

static bool set_code_words(Compiler *c, Unit *u, Code *code)
{
    const uint8_t *targets = find_targets(c, u);
    if (!targets)
        return false;
    thread_jumps(u);
    drop_idle(u, targets);
    uint32_t words = lay_out(u);
    hand_over(u, targets);
    code->instructions = oz_block_alloc(c->t->heap, (size_t)words * sizeof(uint64_t));
    ExceptionRange *ranges = oz_compiler_alloc(c, (size_t)u->count * sizeof *ranges);
    uint8_t *positions = oz_compiler_alloc(c, (size_t)u->count * 25);
    if (!code->instructions || !ranges || !positions) {
        if (!c->failed)
            oz_raise_memory(c->t);
        return false;
    }
    memset(code->instructions, 0, (size_t)words * sizeof(uint64_t)); /* empty caches */
    encode(u, code->instructions);
    code->count = words;
    code->range_count = make_ranges(u, ranges);
    size_t bytes = pack_positions(u, positions);
    code->position_bytes = (uint32_t)bytes;
    return copy_block(c, &code->ranges, ranges, code->range_count * sizeof *ranges) &&
           copy_block(c, &code->positions, positions, bytes);
}

static Ref tuple_of_names(Compiler *c, AstText **names, Symbol **symbols, uint32_t count)
{
    Tuple *tuple = oz_tuple_alloc(c->t, count);
    if (!tuple)
        return NULL;
    for (uint32_t i = 0; i < count; i++) {
        Ref name = oz_text_to_str(c->t, names ? names[i] : symbols[i]->name);
        if (!name) {
            oz_drop((Ref)tuple);
            return NULL;
        }
        oz_tuple_init(tuple, i, name);
    }
    return (Ref)tuple;
}

static uint32_t cell_local(const Unit *u, const Symbol *cell)
{
    return u->scope->kind == OZ_SCOPE_CLASS ? 0 : cell->index;
}

/* Where the enclosing frame keeps the cell of a free variable. */
static uint32_t capture(const Unit *outer, const Symbol *free)
{
    const Symbol *symbol = oz_scope_find(outer->scope, free->name);
    if (outer->scope->needs_class_cell && free->name == outer->cells[0]->name)
        return 0;
    if (symbol->scope == OZ_NAME_CELL)
        return symbol->index;
    return OZ_CAPTURE_FREE | symbol->index;
}

static bool set_variables(Compiler *c, Unit *u, Code *code)
{
    oz_store_raw(&code->base, &code->names,
                 tuple_of_names(c, u->names.items, NULL, u->names.count));
    oz_store_raw(&code->base, &code->locals, tuple_of_names(c, NULL, u->locals, u->variables));
    oz_store_raw(&code->base, &code->cells, tuple_of_names(c, NULL, u->cells, u->cell_count));
    oz_store_raw(&code->base, &code->frees, tuple_of_names(c, NULL, u->frees, u->free_count));
    Tuple *constants = oz_tuple_alloc(c->t, u->constants.count);
    if (!code->names || !code->locals || !code->cells || !code->frees || !constants)
        return oz_drop((Ref)constants), false;
    for (uint32_t i = 0; i < u->constants.count; i++)
        oz_tuple_init(constants, i, oz_move(&u->constants.items[i]));
    oz_store_raw(&code->base, &code->constants, (Ref)constants);
    if (!copy_block(c, &code->captures, NULL, u->free_count * sizeof(uint32_t)) ||
        !copy_block(c, &code->cell_locals, NULL, u->cell_count * sizeof(uint32_t)))
        return false;
    for (uint32_t i = 0; i < u->free_count; i++)
        code->captures[i] = capture(u->outer, u->frees[i]);
    for (uint32_t i = 0; i < u->cell_count; i++)
        code->cell_locals[i] = cell_local(u, u->cells[i]);
    return true;
}

static void set_numbers(Unit *u, Code *code)
{
    code->flags = u->flags;
    code->positional_only = u->positional_only;
    code->positional = u->positional;
    code->keyword_only = u->keyword_only;
    code->local_count = (uint16_t)u->local_count;
    code->spilled = u->spilled;
    bool spills = oz_code_spills_parameters(code);
    code->parameters = (uint16_t)(spills ? u->local_count : u->scope->parameter_count);
    code->registers = (uint16_t)(u->local_count + u->max_depth);
    code->free_count = u->free_count;
    code->first_line = u->first_line;
    bool simple = !(u->flags & (OZ_CODE_VARARGS | OZ_CODE_VARKEYWORDS | OZ_CODE_ANY_GENERATOR)) &&
                  u->keyword_only == 0 && u->flags & OZ_CODE_OPTIMIZED && !spills;
    code->simple_arguments = (uint16_t)(simple ? u->positional : OZ_NOT_SIMPLE);
}

/* How many different attributes of parameter 0 are stored. */
static bool count_attributes(Compiler *c, const Unit *u, Code *code)
{
    uint8_t *seen = oz_compiler_alloc(c, u->names.count + 1);
    if (!seen)
        return false;
    for (uint32_t i = 0; i < u->count && u->scope->parameter_count; i++) {
        Instruction word = u->code[i].word;
        if (OZ_OP(word) != OP_SET_ATTR || OZ_A(word) != 0 || seen[OZ_C(word)])
            continue;
        seen[OZ_C(word)] = 1;
        code->attributes++;
    }
    return true;
}

/* Locals of code that was left out get their registers now. */
static void place_rest(Compiler *c, Unit *u)
{
    for (uint32_t i = 0; i < u->scope->symbol_count; i++) {
        Symbol *symbol = u->scope->symbols[i];
        if (u->scope->kind == OZ_SCOPE_FUNCTION &&
            (symbol->scope == OZ_NAME_LOCAL || symbol->scope == OZ_NAME_CELL))
            oz_local_number(c, symbol);
    }
}

Ref oz_unit_assemble(Compiler *c, Unit *u)
{
    place_rest(c, u);
    Code *code = oz_code_alloc(c->t);
    if (!code)
        return NULL;
    scoped Ref made = (Ref)code;
    set_numbers(u, code);
    oz_store_raw(&code->base, &code->filename, oz_retain(c->filename));
    oz_store_raw(&code->base, &code->name, oz_retain(u->name));
    oz_store_raw(&code->base, &code->qualname, oz_retain(u->qualname));
    if (!count_attributes(c, u, code) || !set_code_words(c, u, code) || !set_variables(c, u, code))
        return NULL;
    return oz_move(&made);
}
