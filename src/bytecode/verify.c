// SPDX-License-Identifier: MIT
// The verifier: abstract interpretation of registers, EMPTY, FULL or MAYBE, along all ways.  Of
// what lives longer than a statement, FULL also tells the kind: what may stay where a tracer jumps.
//
// What it proves:
//   V1. Every jump lands on the first word of an instruction inside the code.
//   V2. Registers, constants, names and cells that are named exist.
//   V3. A temporary that is read is FULL on every way; one that is written is EMPTY, or consumed by
//       the same instruction.  So nothing leaks and nothing is used twice.
//   V4. A local that is read is FULL on every way: CHECK_BOUND was left out only where it may be.
//   V5. An instruction that may raise does not consume temporaries below its handler's depth, so
//       the handler finds there what every way to it agrees on.
//   V6. A return that does not say so leaves no temporary behind.
//   V7. aux marks exactly those operands that are temporaries.
//   V8. A result that is handed over goes into the next instruction, and nothing jumps there.
// A DROP takes any state: an empty temporary is zero, and dropping zero does nothing.
//
// States are kept where ways meet (targets and handlers) and nowhere else.
#include "bytecode/verify.h"

#include "bytecode/opcode.h"
#include "types/tuple.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct Verifier {
    const Code *code;
    uint8_t *state;   /* of the registers, at `at` */
    uint8_t *before;  /* the same, before the instruction */
    int32_t *leaders; /* [count] index of the kept state, or -1 */
    uint8_t *starts;  /* [count] 1: first word of an instruction; 2: dirty leader; 4: known */
    uint8_t *kept;    /* [leader][registers] */
    uint32_t probe;   /* word whose state is asked for */
    uint8_t *probed;  /* where it goes; NULL: none */
    uint32_t leader_count;
    uint32_t at;
    char *message;
    size_t room;
    bool failed;
} Verifier;

enum { START = 1, DIRTY = 2, KNOWN = 4, LEADER = 8 };

OZ_PRINTF(2, 3)
static void fail_at(Verifier *v, const char *format, ...)
{
    if (v->failed)
        return;
    v->failed = true;
    int length = snprintf(v->message, v->room, "at %u %s: ", v->at,
                          v->at < v->code->count
                              ? oz_opcodes[OZ_OP(v->code->instructions[v->at]) % OP_COUNT].name
                              : "end");
    va_list arguments;
    va_start(arguments, format);
    if (length > 0 && (size_t)length < v->room)
        vsnprintf(v->message + length, v->room - (size_t)length, format, arguments);
    va_end(arguments);
}

const ExceptionRange *oz_code_range(const Code *code, uint32_t at)
{
    uint32_t low = 0, high = code->range_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (code->ranges[middle].end <= at)
            low = middle + 1;
        else
            high = middle;
    }
    const ExceptionRange *range = low < code->range_count ? &code->ranges[low] : NULL;
    return range && range->start <= at ? range : NULL;
}

int64_t oz_jump_target(const uint64_t *words, uint32_t at)
{
    uint64_t word = words[at];
    const OpcodeInfo *info = &oz_opcodes[OZ_OP(word)];
    int64_t next = (int64_t)at + info->words;
    if (!(info->traits & OZ_TRAIT_J))
        return -1;
    if (strchr(info->format, 'J'))
        return next + OZ_D(word);
    return info->format[2] == 'u' ? next + OZ_C(word) : next + OZ_SC(word);
}

/* ---- effects ---- */

static bool exists(Verifier *v, unsigned reg)
{
    if (reg < v->code->registers)
        return true;
    fail_at(v, "no register %u", reg);
    return false;
}

static bool is_temporary(const Verifier *v, unsigned reg)
{
    return reg >= v->code->local_count;
}

static void must_be_full(Verifier *v, unsigned reg)
{
    if (!exists(v, reg) || oz_is_full(v->state[reg]))
        return;
    fail_at(v, "%s %u is %s empty", is_temporary(v, reg) ? "temporary" : "local", reg,
            v->state[reg] == OZ_REGISTER_EMPTY ? "" : "maybe");
}

static void read_kept(Verifier *v, unsigned reg)
{
    must_be_full(v, reg);
}

static void consume(Verifier *v, unsigned reg)
{
    must_be_full(v, reg);
    if (!v->failed && is_temporary(v, reg))
        v->state[reg] = OZ_REGISTER_EMPTY;
}

static void consume_run(Verifier *v, unsigned start, unsigned count)
{
    for (unsigned i = 0; i < count && !v->failed; i++) {
        if (!is_temporary(v, start + i))
            fail_at(v, "a run begins in local %u", start);
        consume(v, start + i);
    }
}

static void consume_optional(Verifier *v, unsigned reg)
{
    if (reg != OZ_NO_REGISTER)
        consume(v, reg);
}

static void define(Verifier *v, unsigned reg)
{
    if (v->failed || !exists(v, reg))
        return;
    if (is_temporary(v, reg) && v->state[reg] != OZ_REGISTER_EMPTY)
        fail_at(v, "temporary %u is overwritten", reg);
    v->state[reg] = OZ_REGISTER_FULL;
    uint64_t word = v->code->instructions[v->at];
    unsigned op = OZ_OP(word);
    if (!is_temporary(v, reg))
        return;
    if (op == OP_GET_ITER || op == OP_GET_AITER)
        v->state[reg] = OZ_REGISTER_ITERATOR;
    else if (op == OP_HANDLE)
        v->state[reg] = OZ_AUX(word) & 1 ? OZ_REGISTER_CAUGHT : OZ_REGISTER_HANDLED;
    else if (op == OP_WITH_ENTER || op == OP_ASYNC_WITH_ENTER)
        v->state[reg] = OZ_REGISTER_WITH;
}

static void define_run(Verifier *v, unsigned start, unsigned count)
{
    for (unsigned i = 0; i < count && !v->failed; i++)
        define(v, start + i);
}

static void must_be_empty(Verifier *v, unsigned reg)
{
    if (exists(v, reg) && v->state[reg] != OZ_REGISTER_EMPTY)
        fail_at(v, "register %u is in use", reg);
}

static void set_local(Verifier *v, unsigned reg, uint8_t state)
{
    if (reg >= v->code->local_count)
        fail_at(v, "%u is no local", reg);
    else
        v->state[reg] = state;
}

static void check_index(Verifier *v, uint32_t index, Obj tuple, const char *what)
{
    if (index >= ((const Tuple *)tuple)->length)
        fail_at(v, "no %s %u", what, index);
}

static void call(Verifier *v, uint64_t word)
{
    unsigned a = OZ_A(word), count = OZ_B(word);
    consume_run(v, a, 1);
    if (OZ_AUX(word) & 1)
        consume_run(v, a + 1, 1);
    else
        must_be_empty(v, a + 1);
    consume_run(v, a + 2, count);
    define(v, OZ_C(word));
}

static void call_ex(Verifier *v, uint64_t word)
{
    unsigned a = OZ_A(word);
    consume_run(v, a, 1);
    must_be_empty(v, a + 1);
    consume_run(v, a + 2, OZ_B(word) ? 2 : 1);
    define(v, OZ_C(word));
}

/* An index in D. */
static void check_wide(Verifier *v, char kind, uint64_t word)
{
    const Code *code = v->code;
    uint32_t index = (uint32_t)OZ_D(word);
    switch (kind) {
    case 'K':
        check_index(v, index, code->constants, "constant");
        break;
    case 'M':
        check_index(v, index, code->names, "name");
        break;
    case 'F':
        check_index(v, index, code->frees, "free variable");
        break;
    case 'V':
        check_index(v, index, code->locals, "local");
        if (!code->spilled || index + 1 < code->local_count)
            fail_at(v, "local %u is not spilled", index);
        else
            read_kept(v, code->local_count - 1u);
        break;
    default:
        break;
    }
}

/* An index in the next word; a count there is looked at by nobody. */
static void check_next(Verifier *v, char kind)
{
    const Code *code = v->code;
    uint64_t next = v->at + 1 < code->count ? code->instructions[v->at + 1] : UINT64_MAX;
    uint32_t index = next < UINT32_MAX ? (uint32_t)next : UINT32_MAX;
    if (kind == 'm')
        check_index(v, index, code->names, "name");
    else if (kind == 'k')
        check_index(v, index, code->constants, "constant");
}

/* A and B as letters of the format say: reads first, the destination last. */
static void plain(Verifier *v, const OpcodeInfo *info, uint64_t word)
{
    unsigned fields[3] = {OZ_A(word), OZ_B(word), OZ_C(word)};
    unsigned run = OZ_NO_REGISTER, count = 1;
    for (int i = 0; i < 3 && info->format[i]; i++) {
        switch (info->format[i]) {
        case 'r':
            consume_optional(v, fields[i]);
            break;
        case 's':
            run = fields[i];
            break;
        case 'n':
            count = fields[i];
            break;
        case 'c':
            read_kept(v, fields[i]);
            if (!v->failed && fields[i] >= v->code->local_count)
                fail_at(v, "%u is no local", fields[i]);
            break;
        case 'f':
            check_index(v, fields[i], v->code->frees, "free variable");
            break;
        case 'k':
            check_index(v, fields[i], v->code->constants, "constant");
            break;
        case 'm':
            check_index(v, fields[i], v->code->names, "name");
            break;
        default:
            check_wide(v, info->format[i], word);
            break;
        }
    }
    if (run != OZ_NO_REGISTER)
        consume_run(v, run, count);
    for (int i = 0; i < 3 && info->format[i]; i++)
        if (info->format[i] == 'd')
            define(v, fields[i]);
}

static unsigned count_bits(unsigned bits)
{
    return (bits & 1) + (bits >> 1 & 1) + (bits >> 2 & 1);
}

static void check_marks(Verifier *v, uint64_t word, const OpcodeInfo *info)
{
    const unsigned all = OZ_TEMPORARY_A | OZ_TEMPORARY_B | OZ_TEMPORARY_C;
    if (strchr(info->format, 'r') &&
        (OZ_AUX(word) & all) != oz_temporary_marks(word, v->code->local_count))
        fail_at(v, "aux %#x does not say which operands are temporaries", OZ_AUX(word));
}

static void execute(Verifier *v, uint64_t word)
{
    unsigned a = OZ_A(word), b = OZ_B(word), c = OZ_C(word), aux = OZ_AUX(word);
    const OpcodeInfo *info = &oz_opcodes[OZ_OP(word)];
    check_marks(v, word, info);
    if (strlen(info->format) == 4)
        check_next(v, info->format[3]);
    switch ((Opcode)OZ_OP(word)) {
    case OP_COPY:
        read_kept(v, b);
        define(v, a);
        break;
    case OP_DROP:
        if (exists(v, a))
            v->state[a] = OZ_REGISTER_EMPTY;
        break;
    case OP_MAKE_SPILL:
        if (!v->code->spilled || a + 1u != v->code->local_count ||
            (uint32_t)OZ_D(word) != v->code->spilled)
            fail_at(v, "register %u is not for %u spilled locals", a, (uint32_t)OZ_D(word));
        set_local(v, a, OZ_REGISTER_FULL);
        break;
    case OP_CHECK_BOUND:
    case OP_MAKE_CELL:
        set_local(v, a, OZ_REGISTER_FULL);
        break;
    case OP_DELETE_LOCAL:
    case OP_CLEAR_LOCAL:
        set_local(v, a, OZ_REGISTER_EMPTY);
        break;
    case OP_GET_METHOD:
    case OP_GET_METHOD_WIDE:
        consume(v, b);
        if (OZ_OP(word) == OP_GET_METHOD)
            check_index(v, c, v->code->names, "name");
        define_run(v, a, 2);
        break;
    case OP_CALL:
    case OP_CALL_KW:
        call(v, word);
        break;
    case OP_CALL_EX:
        call_ex(v, word);
        break;
    case OP_GET_SLICE:
        consume(v, b);
        consume_run(v, c, 2);
        define(v, a);
        break;
    case OP_GET_ANEXT:
    case OP_MATCH_SEQUENCE:
    case OP_MATCH_MAPPING:
    case OP_GET_LENGTH:
    case OP_IMPORT_FROM:
    case OP_IMPORT_FROM_WIDE:
        read_kept(v, b);
        define(v, a);
        break;
    case OP_END_ASYNC_FOR:
    case OP_UNHANDLE:
        consume_run(v, a, 2);
        break;
    case OP_YIELD: /* what is not below C does not outlive it */
        consume(v, a);
        for (uint32_t i = c; i < v->code->registers; i++)
            if (is_temporary(v, i))
                must_be_empty(v, i);
        define(v, b);
        break;
    case OP_RETURN:
    case OP_RETURN_NONE:
        if (OZ_OP(word) == OP_RETURN)
            consume(v, a);
        for (uint32_t i = v->code->local_count; !aux && i < v->code->registers; i++)
            must_be_empty(v, i);
        break;
    case OP_BUILD_MAP:
        consume_run(v, b, 2 * c);
        define(v, a);
        break;
    case OP_LIST_APPEND:
    case OP_LIST_EXTEND:
    case OP_SET_ADD:
    case OP_SET_UPDATE:
    case OP_DICT_UPDATE:
        read_kept(v, a);
        consume(v, b);
        break;
    case OP_MAP_ADD:
        read_kept(v, a);
        consume(v, b);
        consume(v, c);
        break;
    case OP_DICT_MERGE:
        read_kept(v, a);
        read_kept(v, c);
        consume(v, b);
        break;
    case OP_UNPACK:
        consume(v, b);
        define_run(v, a, c);
        break;
    case OP_UNPACK_EX:
        consume(v, b);
        define_run(v, a, c + aux + 1);
        break;
    case OP_MAKE_FUNCTION:
    case OP_MAKE_FUNCTION_WIDE:
        if (OZ_OP(word) == OP_MAKE_FUNCTION)
            check_index(v, b, v->code->constants, "constant");
        consume_run(v, c, count_bits(aux));
        define(v, a);
        break;
    case OP_IMPORT:
    case OP_IMPORT_WIDE:
        consume_run(v, c, 2);
        define(v, a);
        break;
    case OP_HANDLE:
        read_kept(v, a);
        define(v, a + 1);
        break;
    case OP_MATCH_EXCEPTION:
        read_kept(v, b);
        consume(v, c);
        define(v, a);
        break;
    case OP_MATCH_GROUP:
        read_kept(v, a);
        consume(v, b);
        define(v, a + 1);
        break;
    case OP_WITH_ENTER:
    case OP_ASYNC_WITH_ENTER:
        consume(v, b);
        define_run(v, a, 3);
        break;
    case OP_WITH_EXIT:
        consume_run(v, a, 2);
        define(v, c);
        break;
    case OP_WITH_EXCEPT:
        read_kept(v, a);
        read_kept(v, a + 1);
        read_kept(v, b);
        define(v, c);
        break;
    case OP_MATCH_KEYS:
        read_kept(v, b);
        read_kept(v, c);
        define(v, a);
        break;
    case OP_MATCH_CLASS:
        read_kept(v, b);
        consume_run(v, c, 2);
        define(v, a);
        break;
    default:
        plain(v, info, word);
        break;
    }
}

/* ---- ways ---- */

/* The state goes on at `target`. */
static void flow(Verifier *v, int64_t target, const uint8_t *state)
{
    if (v->failed)
        return;
    if (target < 0 || target >= v->code->count || !(v->starts[target] & START)) {
        fail_at(v, "jumps to %lld", (long long)target);
        return;
    }
    uint32_t size = v->code->registers;
    uint8_t *kept = v->kept + (size_t)v->leaders[target] * size;
    uint8_t *flags = &v->starts[target];
    if (!(*flags & KNOWN)) {
        memcpy(kept, state, size);
        *flags |= KNOWN | DIRTY;
        return;
    }
    for (uint32_t i = 0; i < size; i++) {
        uint8_t both =
            oz_is_full(kept[i]) && oz_is_full(state[i]) ? OZ_REGISTER_FULL : OZ_REGISTER_MAYBE;
        if (kept[i] == state[i] || kept[i] == OZ_REGISTER_MAYBE || kept[i] == both)
            continue;
        kept[i] = both;
        *flags |= DIRTY;
    }
}

static void flow_to_handler(Verifier *v, uint64_t word, uint8_t *scratch)
{
    const ExceptionRange *range = oz_code_range(v->code, v->at);
    if (!range || !(oz_opcodes[OZ_OP(word)].traits & OZ_TRAIT_R) || v->failed)
        return;
    const Code *code = v->code;
    if (range->depth < code->local_count || range->depth >= code->registers) {
        fail_at(v, "handler with depth %u", range->depth);
        return;
    }
    for (uint32_t i = code->local_count; i < range->depth; i++)
        if (v->state[i] != v->before[i])
            fail_at(v, "temporary %u below the handler's depth changes", i);
    memcpy(scratch, v->before, code->registers);
    scratch[range->depth] = OZ_REGISTER_EXCEPTION;
    memset(scratch + range->depth + 1, OZ_REGISTER_EMPTY, code->registers - range->depth - 1);
    flow(v, range->handler, scratch);
}

static void jump(Verifier *v, uint64_t word, uint8_t *scratch)
{
    int64_t target = oz_jump_target(v->code->instructions, v->at);
    memcpy(scratch, v->state, v->code->registers);
    unsigned a = OZ_A(word);
    Opcode op = (Opcode)OZ_OP(word);
    if (op == OP_JUMP_IF_TRUE_KEEP || op == OP_JUMP_IF_FALSE_KEEP)
        scratch[a] = OZ_REGISTER_FULL;
    if (op == OP_FOR_ITER) {
        scratch[OZ_B(word)] = v->before[OZ_B(word)];
        scratch[a] = OZ_REGISTER_EMPTY;
    }
    flow(v, target, scratch);
}

/* From a leader to the next one, or to where control ends. */
static void run_from(Verifier *v, uint32_t at, uint8_t *scratch)
{
    const Code *code = v->code;
    memcpy(v->state, v->kept + (size_t)v->leaders[at] * code->registers, code->registers);
    v->starts[at] &= (uint8_t)~DIRTY;
    for (;;) {
        v->at = at;
        uint64_t word = code->instructions[at];
        const OpcodeInfo *info = &oz_opcodes[OZ_OP(word)];
        memcpy(v->before, v->state, code->registers);
        if (v->probed && at == v->probe)
            memcpy(v->probed, v->state, code->registers);
        if (OZ_OP(word) == OP_FOR_ITER) {
            read_kept(v, OZ_A(word));
            define(v, OZ_B(word));
        } else {
            execute(v, word);
        }
        flow_to_handler(v, word, scratch);
        if (info->traits & OZ_TRAIT_J)
            jump(v, word, scratch);
        if (info->traits & OZ_TRAIT_F || v->failed)
            return;
        at += info->words;
        if (at >= code->count) {
            fail_at(v, "runs off the end");
            return;
        }
        if (v->starts[at] & LEADER) {
            flow(v, at, v->state);
            return;
        }
    }
}

/* ---- preparation ---- */

static void note_leader(Verifier *v, int64_t at)
{
    if (at < 0 || at >= v->code->count || v->starts[at] & LEADER)
        return; /* what is wrong shows when it is reached */
    v->starts[at] |= LEADER;
    v->leaders[at] = (int32_t)v->leader_count++;
}

static void check_hands(Verifier *v)
{
    const Code *code = v->code;
    for (uint32_t at = 0; at < code->count; at += oz_opcodes[OZ_OP(code->instructions[at])].words) {
        uint64_t word = code->instructions[at];
        if (!oz_may_hand_over(word) || OZ_HAND(word) == OZ_HAND_NONE)
            continue;
        v->at = at;
        if (at + 1 >= code->count || v->starts[at + 1] & LEADER ||
            OZ_HAND(word) != oz_hand_over(word, code->instructions[at + 1], code->local_count))
            fail_at(v, "hands its result to what cannot take it");
    }
}

static bool find_starts(Verifier *v)
{
    const Code *code = v->code;
    for (uint32_t at = 0; at < code->count;) {
        v->at = at;
        unsigned op = OZ_OP(code->instructions[at]);
        if (op >= OP_COUNT) {
            fail_at(v, "no opcode");
            return false;
        }
        v->starts[at] |= START;
        at += oz_opcodes[op].words;
    }
    note_leader(v, 0);
    for (uint32_t at = 0; at < code->count; at += oz_opcodes[OZ_OP(code->instructions[at])].words)
        note_leader(v, oz_jump_target(code->instructions, at));
    for (uint32_t i = 0; i < code->range_count; i++)
        note_leader(v, code->ranges[i].handler);
    check_hands(v);
    return !v->failed;
}

static bool run_all(Verifier *v, uint8_t *scratch)
{
    const Code *code = v->code;
    memset(v->state, OZ_REGISTER_EMPTY, code->registers);
    memset(v->state, OZ_REGISTER_FULL, code->parameters);
    flow(v, 0, v->state);
    for (bool again = true; again && !v->failed;) {
        again = false;
        for (uint32_t at = 0; at < code->count && !v->failed; at++) {
            if (v->starts[at] & DIRTY) {
                run_from(v, at, scratch);
                again = true;
            }
        }
    }
    return !v->failed;
}

static bool verify(Thread *t, Verifier base)
{
    Verifier v = base;
    const Code *code = v.code;
    size_t words = code->count, registers = code->registers + (size_t)1;
    snprintf(v.message, v.room, "no memory");
    uint8_t *block = oz_block_alloc(t->heap, words * 5 + registers * 3 + 8);
    if (!block)
        return false;
    memset(block, 0, words * 5 + registers * 3 + 8);
    v.leaders = (int32_t *)block;
    v.starts = block + words * 4;
    v.state = v.starts + words;
    v.before = v.state + registers;
    bool fine = find_starts(&v);
    if (fine) {
        v.kept = oz_block_alloc(t->heap, (size_t)v.leader_count * registers + 8);
        fine = v.kept && run_all(&v, v.before + registers);
    }
    oz_block_free(v.kept);
    oz_block_free(block);
    return fine;
}

bool oz_code_verify(Thread *t, const Code *code, char *message, size_t room)
{
    return verify(t, (Verifier){.code = code, .message = message, .room = room});
}

bool oz_code_state(Thread *t, const Code *code, uint32_t at, uint8_t *state)
{
    char message[128];
    memset(state, OZ_REGISTER_MAYBE, code->registers);
    return verify(t, (Verifier){.code = code,
                                .message = message,
                                .room = sizeof message,
                                .probe = at,
                                .probed = state});
}
