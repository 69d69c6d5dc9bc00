// SPDX-License-Identifier: MIT
// The module _opcode, and what the library's dis needs to show our instructions.
//
// co_code holds our words as they are, eight bytes each, and all offsets that programs see
// (co_lines, f_lasti, dis) are byte offsets into it.  dis takes bytes apart as CPython's
// instructions in four functions of its own; when it has been loaded, these are replaced by the
// ones below, and the rest of it works on what they give: dis.dis(), Bytecode, get_instructions(),
// the line numbers, the arrows. An Instruction has our number and name; arg is operand A, argrepr
// all operands as text, argval what the instruction refers to: a constant, a name, the offset of a
// jump.  The tables of the module opcode stay CPython's, since programs look its names up.  There
// is no stack: stack_effect() is 0.
#include "modules/opcode_module.h"

#include "bytecode/disassemble.h"
#include "bytecode/opcode.h"
#include "bytecode/verify.h"
#include "modules/native_type.h"
#include "types/buffer.h"
#include "types/code.h"

#define WORD ((int64_t)sizeof(uint64_t)) /* bytes of an instruction word */

/* ---- instructions ---- */

/* The words of a bytes-like object; what is no whole word at the end does not count. */
typedef struct Words {
    Buffer view;
    const uint64_t *at;
    uint32_t count;
} Words;

static void words_fini(Words *words)
{
    oz_scoped_buffer(&words->view);
}
#define scoped_words __attribute__((cleanup(words_fini))) Words

static bool words_open(Thread *t, Obj code, Words *words)
{
    if (!oz_buffer_open(t, code, &words->view))
        return false;
    words->at = (const uint64_t *)words->view.data;
    words->count = (uint32_t)(words->view.length / sizeof(uint64_t));
    return true;
}

static const OpcodeInfo *info_at(const Words *words, uint32_t at)
{
    unsigned op = OZ_OP(words->at[at]);
    return op < OP_COUNT ? &oz_opcodes[op] : NULL;
}

static uint32_t step(const OpcodeInfo *info)
{
    return info ? info->words : 1;
}

/* Where the instruction jumps to, as a word; -1: nowhere. */
static int64_t target_at(const Words *words, uint32_t at)
{
    const OpcodeInfo *info = info_at(words, at);
    return info && info->traits & OZ_TRAIT_J ? oz_jump_target(words->at, at) : -1;
}

/* ---- one Instruction ---- */

/* What an instruction refers to: its first constant or name, or the offset of its jump. */
static Ref value_of(const Code *code, const Words *words, uint32_t at, Obj text)
{
    const OpcodeInfo *info = info_at(words, at);
    uint64_t word = words->at[at];
    uint32_t next = info->words > 1 && at + 1 < words->count ? (uint32_t)words->at[at + 1] : 0;
    const uint32_t fields[] = {OZ_A(word), OZ_B(word), OZ_C(word), next};
    int64_t target = target_at(words, at);
    if (target >= 0)
        return oz_int(target * WORD);
    for (int i = 0; code && info->format[i]; i++) {
        char kind = info->format[i];
        const Tuple *from = kind == 'k' || kind == 'K'   ? (const Tuple *)code->constants
                            : kind == 'm' || kind == 'M' ? (const Tuple *)code->names
                            : kind == 'f' || kind == 'F' ? (const Tuple *)code->frees
                            : kind == 'V'                ? (const Tuple *)code->locals
                                                         : NULL;
        uint32_t index = kind >= 'A' && kind <= 'Z' ? (uint32_t)OZ_D(word) : fields[i];
        if (kind == 'r' && (OZ_OP(word) == OP_COPY || OZ_OP(word) == OP_MOVE) &&
            index < code->local_count)
            from = (const Tuple *)code->locals;
        if (from && index < from->length)
            return oz_retain(from->items[index]);
    }
    return oz_retain(text);
}

/* The operands as text: as the disassembler writes them, but jumps by offset. */
static Ref operands(Thread *t, const Code *code, const Words *words, uint32_t at)
{
    char text[400] = "";
    int64_t target = target_at(words, at);
    if (code && at < code->count)
        oz_disassemble_at(t, code, at, text, sizeof text);
    char *start = text + strcspn(text, " ");
    start += strspn(start, " ");
    char *arrow = target >= 0 ? strstr(start, "->") : NULL;
    if (arrow && arrow > start)
        arrow--;
    if (arrow)
        *arrow = 0;
    if (target < 0)
        return oz_str_format(t, "%s", start);
    return oz_str_format(t, "%s%sto %lld", start, *start ? " " : "", (long long)(target * WORD));
}

static bool put(Thread *t, Dict *dict, const char *name, Ref value)
{
    scoped Ref held = value, key = oz_intern(t, name);
    return held && key && oz_dict_set(t, dict, key, held);
}

typedef struct Listing {
    Words *words;
    const Code *code; /* NULL: the bytes are all there is */
    Obj instruction, positions;
    Obj line_starts; /* dict or None */
    Obj line_offset;
    const bool *targets; /* by word */
    bool with_positions;
} Listing;

static Ref position_of(Thread *t, const Listing *l, uint32_t at)
{
    Position p;
    if (!l->with_positions || !l->code || !oz_code_position(l->code, at, &p) || p.line <= 0)
        return oz_call0(t, l->positions);
    scoped Ref line = oz_int(p.line), end_line = oz_int(p.end_line);
    Obj column = p.column < 0 ? OZ_NONE : oz_int(p.column);
    Obj end = p.column < 0 ? OZ_NONE : oz_int(p.end_column);
    Obj items[] = {line, end_line, column, end};
    return oz_call(t, l->positions, &(Args){items, 4, 0, NULL});
}

static Ref line_start(Thread *t, const Listing *l, int64_t offset)
{
    Ref line = NULL;
    Dict *starts = oz_as_dict(l->line_starts);
    if (!starts)
        return OZ_NONE;
    Found found = oz_dict_get(t, starts, oz_int(offset), &line);
    scoped Ref held = line;
    if (found != OZ_FOUND || held == OZ_NONE)
        return found == OZ_RAISED ? NULL : OZ_NONE;
    return oz_binary(t, OZ_OP_ADD, held, l->line_offset);
}

/* One line of the listing: an instruction or a local that it reads, at `offset`. */
typedef struct Entry {
    const char *name; /* NULL: no instruction of ours */
    unsigned op;
    Obj arg, value, text;
    int64_t offset;
    bool first; /* of its word: has the line and the label */
} Entry;

static bool append_entry(Thread *t, const Listing *l, List *list, uint32_t at, const Entry *e)
{
    scoped Ref keywords = oz_dict_new(t);
    Dict *d = (Dict *)keywords;
    if (!d ||
        !put(t, d, "opname", e->name ? oz_str_new(t, e->name) : oz_str_format(t, "<%u>", e->op)) ||
        !put(t, d, "opcode", oz_int(e->op)) || !put(t, d, "arg", oz_retain(e->arg)) ||
        !put(t, d, "argval", oz_retain(e->value)) || !put(t, d, "argrepr", oz_retain(e->text)) ||
        !put(t, d, "offset", oz_int(e->offset)) ||
        !put(t, d, "starts_line", e->first ? line_start(t, l, at * WORD) : OZ_NONE) ||
        !put(t, d, "is_jump_target", oz_bool(e->first && l->targets[at])) ||
        !put(t, d, "positions", position_of(t, l, at)))
        return false;
    Ref made = oz_call_tuple(t, l->instruction, t->vm->empty_tuple, keywords);
    return made && oz_list_append_take(t, list, made);
}

/* The locals that the instruction reads; a plain move is their reading itself. */
static bool append_loads(Thread *t, const Listing *l, List *list, uint32_t at, int64_t *offset)
{
    const OpcodeInfo *info = info_at(l->words, at);
    uint64_t word = l->words->at[at];
    const unsigned fields[] = {OZ_A(word), OZ_B(word), OZ_C(word)};
    unsigned op = OZ_OP(word);
    if (!info || !l->code || op == OP_COPY || op == OP_MOVE)
        return true;
    for (int i = 0; i < 3 && info->format[i]; i++) {
        if (info->format[i] != 'r' || fields[i] >= l->code->local_count)
            continue;
        Obj name = ((const Tuple *)l->code->locals)->items[fields[i]];
        Entry e = {"LOAD_LOCAL", OP_COPY, oz_int(fields[i]),   name,
                   name,         *offset, *offset == at * WORD};
        if (!append_entry(t, l, list, at, &e))
            return false;
        *offset += 2;
    }
    return true;
}

static bool append_instruction(Thread *t, const Listing *l, List *list, uint32_t at)
{
    const OpcodeInfo *info = info_at(l->words, at);
    int64_t offset = at * WORD;
    scoped Ref text = operands(t, l->code, l->words, at);
    if (!text || !append_loads(t, l, list, at, &offset))
        return false;
    bool has_operands = info && strcmp(info->format, "---") != 0;
    scoped Ref value = has_operands ? value_of(l->code, l->words, at, text) : OZ_NONE;
    Entry e = {
        .name = info ? info->name : NULL,
        .op = OZ_OP(l->words->at[at]),
        .arg = has_operands ? oz_int(OZ_A(l->words->at[at])) : OZ_NONE,
        .value = value,
        .text = text,
        .offset = offset,
        .first = offset == at * WORD,
    };
    return append_entry(t, l, list, at, &e);
}

/* ---- what dis is made to call ---- */

static Ref attribute(Thread *t, Obj o, const char *name)
{
    scoped Ref key = oz_intern(t, name);
    return key ? oz_get_attr(t, o, key) : NULL;
}

/* The code object that the function code._varname_from_oparg is bound to, or NULL. */
static const Code *code_of(Thread *t, Obj function, Ref *keep)
{
    if (oz_is_none(function))
        return NULL;
    *keep = attribute(t, function, "__self__");
    if (!*keep)
        oz_exception_clear(t);
    return *keep && oz_is(*keep, OZ_CODE) ? (const Code *)*keep : NULL;
}

static void mark(bool *targets, uint32_t count, int64_t word)
{
    if (word >= 0 && word < count)
        targets[word] = true;
}

/* The words that jumps and handlers go to: a block. */
static bool *find_targets(Thread *t, const Words *words, const Code *code)
{
    bool *targets = oz_block_alloc(t->heap, words->count + 1);
    if (!targets) {
        oz_raise_memory(t);
        return NULL;
    }
    memset(targets, 0, words->count + 1);
    for (uint32_t at = 0; at < words->count; at += step(info_at(words, at)))
        mark(targets, words->count, target_at(words, at));
    for (uint32_t i = 0; code && i < code->range_count; i++)
        mark(targets, words->count, code->ranges[i].handler);
    return targets;
}

static Ref list_instructions(Thread *t, const Listing *l)
{
    scoped Ref list = oz_list_new(t, 0);
    for (uint32_t at = 0; list && at < l->words->count; at += step(info_at(l->words, at))) {
        if (!append_instruction(t, l, (List *)list, at) || !oz_poll(t))
            return NULL;
    }
    return list ? oz_iter(t, list) : NULL;
}

OZ_FUNCTION(dis, _get_instructions_bytes,
            "(code, varname_from_oparg=None, names=None, co_consts=None, linestarts=None, "
            "line_offset=0, exception_entries=(), co_positions=None, show_caches=False)",
            "Iterate over the instructions of a code object's bytes.")
{
    scoped_words words = {0};
    scoped Ref keep = NULL, dis = NULL;
    if (!words_open(t, a[0], &words))
        return NULL;
    scoped Ref name = oz_intern(t, "dis");
    if (!name || oz_dict_get(t, (Dict *)t->vm->modules, name, &dis) != OZ_FOUND)
        return t->exception ? NULL : oz_raise(t, OZ_RuntimeError, "lost sys.modules['dis']");
    scoped Ref instruction = attribute(t, dis, "Instruction");
    scoped Ref positions = instruction ? attribute(t, dis, "Positions") : NULL;
    const Code *code = positions ? code_of(t, a[1], &keep) : NULL;
    bool *targets = positions ? find_targets(t, &words, code) : NULL;
    if (!targets)
        return NULL;
    Listing listing = {&words, code, instruction, positions, a[4], a[5], targets, a[7] != OZ_NONE};
    Ref made = list_instructions(t, &listing);
    oz_block_free(targets);
    return made;
}

OZ_FUNCTION(dis, findlabels, "(code)", "The offsets that instructions jump to.")
{
    scoped_words words = {0};
    scoped Ref list = oz_list_new(t, 0);
    if (!list || !words_open(t, a[0], &words))
        return NULL;
    bool *targets = find_targets(t, &words, NULL);
    bool done = targets != NULL;
    for (uint32_t at = 0; done && at < words.count; at++)
        if (targets[at])
            done = oz_list_append_take(t, (List *)list, oz_int(at * WORD));
    oz_block_free(targets);
    return done ? oz_move(&list) : NULL;
}

OZ_FUNCTION(dis, _unpack_opargs, "(code)", "Iterate over (offset, opcode, operand A).")
{
    scoped_words words = {0};
    scoped Ref list = oz_list_new(t, 0);
    if (!list || !words_open(t, a[0], &words))
        return NULL;
    for (uint32_t at = 0; at < words.count; at += step(info_at(&words, at))) {
        Ref each = oz_tuple_of(t, 3, oz_int(at * WORD), oz_int(OZ_OP(words.at[at])),
                               oz_int(OZ_A(words.at[at])));
        if (!each || !oz_list_append_take(t, (List *)list, each))
            return NULL;
    }
    return oz_iter(t, list);
}

OZ_FUNCTION(dis, _parse_exception_table, "(code)", "The handlers of a code object.")
{
    if (!oz_is(a[0], OZ_CODE))
        return oz_raise(t, OZ_TypeError, "a code object is required, not '%T'", a[0]);
    const Code *code = (const Code *)a[0];
    scoped Ref name = oz_intern(t, "dis"), dis = NULL, list = oz_list_new(t, 0);
    if (!name || !list || oz_dict_get(t, (Dict *)t->vm->modules, name, &dis) != OZ_FOUND)
        return t->exception ? NULL : oz_raise(t, OZ_RuntimeError, "lost sys.modules['dis']");
    scoped Ref entry = attribute(t, dis, "_ExceptionTableEntry");
    for (uint32_t i = 0; entry && i < code->range_count; i++) {
        const ExceptionRange *r = &code->ranges[i];
        Obj items[] = {oz_int(r->start * WORD), oz_int(r->end * WORD), oz_int(r->handler * WORD),
                       oz_int(r->depth), OZ_FALSE};
        Ref each = oz_call(t, entry, &(Args){items, 5, 0, NULL});
        if (!each || !oz_list_append_take(t, (List *)list, each))
            return NULL;
    }
    return entry ? oz_move(&list) : NULL;
}

bool oz_adapt_dis(Thread *t, Obj dis)
{
    static const NativeDef *const replacements[] = {&dis__get_instructions_bytes, &dis_findlabels,
                                                    &dis__unpack_opargs,
                                                    &dis__parse_exception_table};
    scoped Ref module = oz_intern(t, "dis");
    for (size_t i = 0; module && i < OZ_COUNT(replacements); i++) {
        scoped Ref name = oz_intern(t, replacements[i]->name);
        scoped Ref function =
            name ? oz_builtin_function_new(t, replacements[i], NULL, module, NULL) : NULL;
        if (!function || !oz_set_attr(t, dis, name, function))
            return false;
    }
    return module != NULL;
}

/* ---- _opcode ---- */

OZ_FUNCTION(opcode, stack_effect, "($module, opcode, oparg=None, /, *, jump=None)",
            "What an instruction does to the depth of the stack: nothing, there are registers.")
{
    int op, oparg;
    if (!oz_as_int(t, a[1], &op) || (!oz_is_none(a[2]) && !oz_as_int(t, a[2], &oparg)))
        return NULL;
    if (!oz_is_bool(a[3]) && !oz_is_none(a[3]))
        return oz_raise(t, OZ_ValueError, "stack_effect: jump must be False, True or None");
    if (op < 0 || op > 255)
        return oz_raise(t, OZ_ValueError, "invalid opcode or oparg");
    return oz_int(0);
}

OZ_FUNCTION(opcode, get_specialization_stats, "($module, /)", "Return None: none are kept.")
{
    return OZ_NONE;
}

const ModuleDef oz_opcode_module = {
    .name = "_opcode",
    .doc = "What dis asks of the runtime.",
    .functions = OZ_METHODS(&opcode_stack_effect, &opcode_get_specialization_stats),
};
