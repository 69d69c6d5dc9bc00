// SPDX-License-Identifier: MIT
// A backtracking matcher with a stack of its own, for what PCRE2 cannot say or gives up on.
//
// The code of re's compiler becomes instructions in which every construct is jumps, choices and
// registers.  A stack in the heap holds, mixed: choices (where to go on if this fails) and old
// values of registers, so going back is taking entries off until a choice is met.  Groups are two
// registers each, repeats have a count and the position of their last round, atomic groups and
// look-arounds the height of the stack where they began.
//
//   M1. Registers change only through `set`, which logs the old value.
//   M2. Cutting (the end of an atomic part) removes choices above a height but keeps the logged
//       values: who goes back further must restore them.
//   M3. No construct can begin again inside itself, so one register for each is enough.
//
// Nothing here recurses at match time: only memory limits a match.  Polls every 2^14 steps.
#include "modules/sre.h"

#include "object/thread.h"
#include "types/protocol.h"

enum {
    I_ONE,        /* the character operation at words[a] */
    I_ONE_GREEDY, /* words[a], from b to c times */
    I_ONE_LAZY,
    I_ONE_POSSESSIVE,
    I_AT,    /* position test a */
    I_OPEN,  /* group a */
    I_CLOSE, /* group a */
    I_SPLIT, /* go on; if it fails, at a */
    I_JUMP,  /* to a */
    I_FAIL,
    I_MATCH,
    I_LOOP_START, /* register a: count, a + 1: position of the last round */
    I_LOOP,       /* register a, from b to c rounds, exit at d */
    I_LOOP_LAZY,  /* the same, as few as possible */
    I_LOOP_MORE,  /* where I_LOOP_LAZY goes on after a failure: the fields are at pc - 1 */
    I_CUT_START,  /* register a: the height */
    I_CUT,        /* forget choices above the height in register a */
    I_LOOK,       /* registers a: height, a + 1: position; go back b characters */
    I_LOOK_END,
    I_LOOK_NOT, /* the same; where it does not match go on at c */
    I_LOOK_NOT_END,
    I_BACKREF, /* group a, folded by b (the operation) */
    I_IF,      /* group a is set: go on; else at b */
};

typedef struct Instruction {
    uint32_t op;
    uint32_t a, b, c, d;
} Instruction;

struct SreProgram {
    const SreCode *code;
    Instruction *items;
    size_t length;
    size_t capacity;
    uint32_t registers; /* groups, the last closed one, the rest */
    uint32_t closed;    /* groups closed so far: ranks */
    bool ranked;
    bool failed; /* no memory while compiling */
    uint32_t *ranks;
};

/* ---- from re's code to instructions ---- */

typedef struct Maker {
    Heap *heap;
    SreProgram *program;
    const uint32_t *w;
    uint32_t repeat_depth; /* repeats of more than one round around here */
    uint32_t depth;
} Maker;

#define NESTING 3000
#define FIRST_ROOM 16 /* instructions */

static size_t put(Maker *m, uint32_t op, uint32_t a, uint32_t b, uint32_t c)
{
    SreProgram *p = m->program;
    if (p->length == p->capacity) {
        size_t capacity = p->capacity * 2;
        Instruction *items = oz_block_realloc(m->heap, p->items, capacity * sizeof *items);
        if (!items) {
            p->failed = true;
            p->length = 0; /* what follows is written over what there is */
        } else {
            p->items = items;
            p->capacity = capacity;
        }
    }
    p->items[p->length] = (Instruction){op, a, b, c, 0};
    return p->length++;
}

static uint32_t here(const Maker *m)
{
    return (uint32_t)m->program->length;
}

static uint32_t new_registers(Maker *m, uint32_t count)
{
    uint32_t first = m->program->registers;
    m->program->registers += count;
    return first;
}

static bool make(Maker *m, size_t i, size_t end);

/* The target of the skip word at words[i], if it lies before `end` and behind i. */
static bool skip_target(const Maker *m, size_t i, size_t end, size_t *target)
{
    if (i >= end || m->w[i] == 0 || m->w[i] > end - i)
        return false;
    *target = i + m->w[i];
    return true;
}

static bool make_branch(Maker *m, size_t i, size_t end, size_t *next)
{
    uint32_t pending = 0; /* jumps to the end, linked through their targets (+ 1) */
    while (i < end && m->w[i]) {
        size_t target;
        if (!skip_target(m, i, end, &target) || target - i < 3 || m->w[target - 2] != SRE_JUMP)
            return false;
        bool last = target < end && m->w[target] == 0;
        size_t split = last ? 0 : put(m, I_SPLIT, 0, 0, 0);
        if (!make(m, i + 1, target - 2))
            return false;
        pending = (uint32_t)put(m, I_JUMP, pending, 0, 0) + 1;
        if (!last)
            m->program->items[split].a = here(m);
        i = target;
    }
    if (i >= end)
        return false;
    if (!pending)
        put(m, I_FAIL, 0, 0, 0);
    while (pending && !m->program->failed) {
        Instruction *jump = &m->program->items[pending - 1];
        pending = jump->a;
        jump->a = here(m);
    }
    *next = i + 1;
    return true;
}

/* REPEAT skip min max body UNTIL */
static bool make_repeat(Maker *m, size_t i, size_t end, size_t *next)
{
    size_t until;
    bool possessive = m->w[i] == SRE_POSSESSIVE_REPEAT;
    if (!skip_target(m, i + 1, end, &until) || until - i < 4 || until >= end)
        return false;
    uint32_t low = m->w[i + 2], high = m->w[i + 3];
    uint32_t kind = m->w[until];
    if (low > high || kind != (possessive              ? SRE_SUCCESS
                               : kind == SRE_MAX_UNTIL ? SRE_MAX_UNTIL
                                                       : SRE_MIN_UNTIL))
        return false;
    uint32_t all = 0, body = 0;
    if (possessive) {
        all = new_registers(m, 2);
        body = all + 1;
        put(m, I_CUT_START, all, 0, 0);
    }
    uint32_t loop = new_registers(m, 2);
    put(m, I_LOOP_START, loop, 0, 0);
    size_t top = put(m, kind == SRE_MIN_UNTIL ? I_LOOP_LAZY : I_LOOP, loop, low, high);
    if (kind == SRE_MIN_UNTIL)
        put(m, I_LOOP_MORE, 0, 0, 0);
    if (possessive)
        put(m, I_CUT_START, body, 0, 0);
    m->repeat_depth += high > 1;
    bool ok = make(m, i + 4, until);
    m->repeat_depth -= high > 1;
    if (possessive)
        put(m, I_CUT, body, 0, 0);
    put(m, I_JUMP, (uint32_t)top, 0, 0);
    m->program->items[top].d = here(m);
    if (possessive)
        put(m, I_CUT, all, 0, 0);
    *next = until + 1;
    return ok;
}

static bool make_repeat_one(Maker *m, size_t i, size_t end, size_t *next)
{
    if (!skip_target(m, i + 1, end, next) || *next - i < 5)
        return false;
    size_t length = oz_sre_one_length(m->program->code, i + 4);
    if (!length || i + 4 + length + 1 != *next || m->w[*next - 1] != SRE_SUCCESS ||
        m->w[i + 2] > m->w[i + 3])
        return false;
    put(m,
        m->w[i] == SRE_REPEAT_ONE       ? I_ONE_GREEDY
        : m->w[i] == SRE_MIN_REPEAT_ONE ? I_ONE_LAZY
                                        : I_ONE_POSSESSIVE,
        (uint32_t)i + 4, m->w[i + 2], m->w[i + 3]);
    return true;
}

/* ASSERT skip back body SUCCESS, ASSERT_NOT the same */
static bool make_look(Maker *m, size_t i, size_t end, size_t *next)
{
    if (!skip_target(m, i + 1, end, next) || *next - i < 4 || m->w[*next - 1] != SRE_SUCCESS)
        return false;
    uint32_t at = new_registers(m, 2);
    bool negated = m->w[i] == SRE_ASSERT_NOT;
    size_t start = put(m, negated ? I_LOOK_NOT : I_LOOK, at, m->w[i + 2], 0);
    if (!make(m, i + 3, *next - 1))
        return false;
    put(m, negated ? I_LOOK_NOT_END : I_LOOK_END, at, 0, 0);
    m->program->items[start].c = here(m);
    return true;
}

static bool make_atomic(Maker *m, size_t i, size_t end, size_t *next)
{
    if (!skip_target(m, i + 1, end, next) || *next - i < 3 || m->w[*next - 1] != SRE_SUCCESS)
        return false;
    uint32_t at = new_registers(m, 1);
    put(m, I_CUT_START, at, 0, 0);
    bool ok = make(m, i + 2, *next - 1);
    put(m, I_CUT, at, 0, 0);
    return ok;
}

/* Where the first part of a condition ends: at its JUMP, or at `end`.  SIZE_MAX: broken. */
static size_t find_jump(const Maker *m, size_t i, size_t end)
{
    while (i < end) {
        size_t one = oz_sre_one_length(m->program->code, i);
        switch (m->w[i]) {
        case SRE_JUMP:
            return i;
        case SRE_FAILURE:
        case SRE_SUCCESS:
            i++;
            break;
        case SRE_AT:
        case SRE_MARK:
        case SRE_GROUPREF:
        case SRE_GROUPREF_IGNORE:
        case SRE_GROUPREF_LOC_IGNORE:
        case SRE_GROUPREF_UNI_IGNORE:
            i += 2;
            break;
        case SRE_BRANCH:
            for (i++; i < end && m->w[i]; i += m->w[i])
                ;
            i++;
            break;
        case SRE_GROUPREF_EXISTS: {
            size_t no;
            if (i + 2 >= end || m->w[i + 2] < 2 || m->w[i + 2] - 1 > end - i - 2)
                return SIZE_MAX;
            no = i + 1 + m->w[i + 2];
            size_t jump = no > i + 4 && m->w[no - 2] == SRE_JUMP ? find_jump(m, i + 3, no) : no;
            if (jump == SIZE_MAX)
                return SIZE_MAX;
            i = jump == no - 2 ? no - 1 + m->w[no - 1] : no;
            break;
        }
        case SRE_REPEAT:
        case SRE_POSSESSIVE_REPEAT:
            if (!skip_target(m, i + 1, end, &i))
                return SIZE_MAX;
            i++;
            break;
        case SRE_ASSERT:
        case SRE_ASSERT_NOT:
        case SRE_ATOMIC_GROUP:
        case SRE_REPEAT_ONE:
        case SRE_MIN_REPEAT_ONE:
        case SRE_POSSESSIVE_REPEAT_ONE:
            if (!skip_target(m, i + 1, end, &i))
                return SIZE_MAX;
            break;
        default:
            if (!one)
                return SIZE_MAX;
            i += one;
        }
    }
    return i == end ? end : SIZE_MAX;
}

/* GROUPREF_EXISTS group skip yes, or: ... yes JUMP skip no */
static bool make_if(Maker *m, size_t i, size_t end, size_t *next)
{
    if (i + 2 >= end || m->w[i + 1] >= m->program->code->groups || m->w[i + 2] < 2 ||
        m->w[i + 2] - 1 > end - i - 2)
        return false;
    size_t no = i + 1 + m->w[i + 2];
    size_t jump = find_jump(m, i + 3, no);
    if (jump == SIZE_MAX)
        return false;
    size_t test = put(m, I_IF, m->w[i + 1], 0, 0);
    if (!make(m, i + 3, jump))
        return false;
    if (jump == no) {
        m->program->items[test].b = here(m);
        *next = no;
        return true;
    }
    if (jump != no - 2 || m->w[no - 1] < 1 || m->w[no - 1] - 1 > end - no)
        return false;
    *next = no - 1 + m->w[no - 1];
    size_t over = put(m, I_JUMP, 0, 0, 0);
    m->program->items[test].b = here(m);
    bool ok = make(m, no, *next);
    m->program->items[over].a = here(m);
    return ok;
}

static bool make_mark(Maker *m, uint32_t mark)
{
    uint32_t group = mark / 2;
    if (group >= m->program->code->groups)
        return false;
    put(m, mark & 1 ? I_CLOSE : I_OPEN, group, 0, 0);
    if (mark & 1) {
        m->program->ranks[group] = ++m->program->closed;
        if (m->repeat_depth)
            m->program->ranked = false;
    }
    return true;
}

/* The operations whose code is one operation and its operand, or structured. */
static bool make_other(Maker *m, size_t i, size_t end, size_t *next)
{
    *next = i + 2;
    switch (m->w[i]) {
    case SRE_FAILURE:
        put(m, I_FAIL, 0, 0, 0);
        *next = i + 1;
        return true;
    case SRE_INFO:
        return skip_target(m, i + 1, end, next);
    case SRE_BRANCH:
        return make_branch(m, i + 1, end, next);
    case SRE_REPEAT:
    case SRE_POSSESSIVE_REPEAT:
        return make_repeat(m, i, end, next);
    case SRE_REPEAT_ONE:
    case SRE_MIN_REPEAT_ONE:
    case SRE_POSSESSIVE_REPEAT_ONE:
        return make_repeat_one(m, i, end, next);
    case SRE_ASSERT:
    case SRE_ASSERT_NOT:
        return make_look(m, i, end, next);
    case SRE_ATOMIC_GROUP:
        return make_atomic(m, i, end, next);
    case SRE_GROUPREF_EXISTS:
        return make_if(m, i, end, next);
    }
    if (end - i < 2)
        return false;
    switch (m->w[i]) {
    case SRE_AT:
        put(m, I_AT, m->w[i + 1], 0, 0);
        return m->w[i + 1] < SRE_AT_COUNT;
    case SRE_MARK:
        return make_mark(m, m->w[i + 1]);
    case SRE_GROUPREF:
    case SRE_GROUPREF_IGNORE:
    case SRE_GROUPREF_LOC_IGNORE:
    case SRE_GROUPREF_UNI_IGNORE:
        put(m, I_BACKREF, m->w[i + 1], m->w[i], 0);
        return m->w[i + 1] < m->program->code->groups;
    default:
        return false;
    }
}

static bool make(Maker *m, size_t i, size_t end)
{
    if (m->depth >= NESTING || i > end)
        return false;
    m->depth++;
    while (i < end && !m->program->failed) {
        size_t length = oz_sre_one_length(m->program->code, i);
        if (length) {
            put(m, I_ONE, (uint32_t)i, 0, 0);
            i += length;
        } else if (!make_other(m, i, end, &i)) {
            return false;
        }
    }
    m->depth--;
    return i == end;
}

SreProgram *oz_sre_program_new(Thread *t, const SreCode *code)
{
    SreProgram *p = oz_block_alloc(t->heap, sizeof *p);
    if (!p)
        return (SreProgram *)oz_raise_memory(t);
    *p = (SreProgram){.code = code, .ranked = true, .registers = 2 * code->groups + 1};
    size_t ranks = ((size_t)code->groups + 1) * sizeof *p->ranks;
    p->ranks = oz_block_alloc(t->heap, ranks);
    p->capacity = FIRST_ROOM;
    p->items = oz_block_alloc(t->heap, p->capacity * sizeof *p->items);
    if (!p->ranks || !p->items) {
        oz_sre_program_drop(p);
        return (SreProgram *)oz_raise_memory(t);
    }
    memset(p->ranks, 0, ranks);
    Maker m = {.heap = t->heap, .program = p, .w = code->words};
    bool ok = code->length > 0 && code->words[code->length - 1] == SRE_SUCCESS &&
              make(&m, 0, code->length - 1);
    put(&m, I_MATCH, 0, 0, 0);
    if (ok && !p->failed)
        return p;
    if (p->failed)
        oz_raise_memory(t);
    else
        oz_raise(t, OZ_RuntimeError, "invalid SRE code");
    oz_sre_program_drop(p);
    return NULL;
}

void oz_sre_program_drop(SreProgram *p)
{
    if (!p)
        return;
    oz_block_free(p->items);
    oz_block_free(p->ranks);
    oz_block_free(p);
}

bool oz_sre_program_is_ranked(const SreProgram *p)
{
    return p->ranked;
}

uint32_t oz_sre_program_rank(const SreProgram *p, uint32_t group)
{
    return p->ranks[group - 1];
}

/* ---- running ---- */

enum {
    E_CHOICE, /* go on at pc with pos */
    E_UNDO,   /* register pc had the value pos */
    E_GREEDY, /* as E_CHOICE, and at each position before it down to `low` */
    E_LAZY,   /* I_ONE_LAZY at pc has taken `low` characters, and stands at pos */
};

typedef struct Entry {
    uint32_t kind;
    uint32_t pc;
    size_t pos;
    size_t low;
} Entry;

typedef struct Run {
    Thread *t;
    const SreProgram *program;
    const uint32_t *w;
    SreText text;
    size_t *registers;
    Entry *stack;
    size_t height;
    size_t capacity;
    uint32_t steps;
    bool raised;
} Run;

static bool push(Run *r, uint32_t kind, uint32_t pc, size_t pos, size_t low)
{
    if (OZ_UNLIKELY(r->height == r->capacity)) {
        size_t capacity = r->capacity ? r->capacity * 2 : 64;
        Entry *stack = oz_block_realloc(r->t->heap, r->stack, capacity * sizeof *stack);
        if (!stack) {
            oz_raise_memory(r->t);
            r->raised = true;
            return false;
        }
        r->stack = stack;
        r->capacity = capacity;
    }
    r->stack[r->height++] = (Entry){kind, pc, pos, low};
    return true;
}

/* M1. */
static bool set(Run *r, uint32_t which, size_t value)
{
    size_t old = r->registers[which];
    if (old == value)
        return true;
    r->registers[which] = value;
    return push(r, E_UNDO, which, old, 0);
}

/* M2. */
static void cut(Run *r, size_t height)
{
    size_t to = height;
    for (size_t i = height; i < r->height; i++)
        if (r->stack[i].kind == E_UNDO)
            r->stack[to++] = r->stack[i];
    r->height = to;
}

static void unwind(Run *r, size_t height)
{
    while (r->height > height) {
        const Entry *e = &r->stack[--r->height];
        if (e->kind == E_UNDO)
            r->registers[e->pc] = e->pos;
    }
}

/* How many characters from `pos` on the operation takes, `most` at the most. */
static size_t run_of(const Run *r, const uint32_t *op, size_t pos, size_t most)
{
    size_t left = r->text.length - pos;
    if (most > left)
        most = left;
    if (*op == SRE_ANY_ALL)
        return most;
    size_t n = 0;
    while (n < most && oz_sre_one(op, oz_sre_at(&r->text, pos + n)))
        n++;
    return n;
}

static bool boundary(const Run *r, size_t pos, uint32_t category)
{
    bool before = pos > 0 && oz_sre_category(category, oz_sre_at(&r->text, pos - 1));
    bool after = pos < r->text.length && oz_sre_category(category, oz_sre_at(&r->text, pos));
    return before != after;
}

static bool stands_at(const Run *r, uint32_t at, size_t pos)
{
    size_t length = r->text.length;
    switch (at) {
    case SRE_AT_BEGINNING:
    case SRE_AT_BEGINNING_STRING:
        return pos == 0;
    case SRE_AT_BEGINNING_LINE:
        return pos == 0 || oz_sre_at(&r->text, pos - 1) == '\n';
    case SRE_AT_END:
        return pos == length || (pos + 1 == length && oz_sre_at(&r->text, pos) == '\n');
    case SRE_AT_END_LINE:
        return pos == length || oz_sre_at(&r->text, pos) == '\n';
    case SRE_AT_END_STRING:
        return pos == length;
    /* In an empty text there is neither a boundary nor the lack of one. */
    case SRE_AT_BOUNDARY:
        return length && boundary(r, pos, SRE_WORD);
    case SRE_AT_NON_BOUNDARY:
        return length && !boundary(r, pos, SRE_WORD);
    case SRE_AT_LOC_BOUNDARY:
        return length && boundary(r, pos, SRE_LOC_WORD);
    case SRE_AT_LOC_NON_BOUNDARY:
        return length && !boundary(r, pos, SRE_LOC_WORD);
    case SRE_AT_UNI_BOUNDARY:
        return length && boundary(r, pos, SRE_UNI_WORD);
    default:
        return length && !boundary(r, pos, SRE_UNI_WORD);
    }
}

static uint32_t fold(uint32_t op, uint32_t c)
{
    return op == SRE_GROUPREF              ? c
           : op == SRE_GROUPREF_IGNORE     ? oz_sre_lower_ascii(c)
           : op == SRE_GROUPREF_UNI_IGNORE ? oz_sre_lower_unicode(c)
                                           : oz_sre_lower_locale(c);
}

static bool is_set(const Run *r, uint32_t group)
{
    size_t start = r->registers[2 * group], end = r->registers[2 * group + 1];
    return start != SRE_UNSET && end != SRE_UNSET && start <= end;
}

static bool backref(const Run *r, const Instruction *i, size_t *pos)
{
    if (!is_set(r, i->a))
        return false;
    size_t start = r->registers[2 * i->a];
    size_t length = r->registers[2 * i->a + 1] - start;
    if (length > r->text.length - *pos)
        return false;
    for (size_t k = 0; k < length; k++)
        if (fold(i->b, oz_sre_at(&r->text, start + k)) != fold(i->b, oz_sre_at(&r->text, *pos + k)))
            return false;
    *pos += length;
    return true;
}

static bool poll(Run *r)
{
    r->steps = 0;
    r->raised = !oz_poll(r->t);
    return !r->raised;
}

/* A round of a loop begins at pos. */
static bool begin_round(Run *r, const Instruction *i, size_t pos)
{
    return set(r, i->a, r->registers[i->a] + 1) && set(r, i->a + 1, pos);
}

static bool may_repeat(const Run *r, const Instruction *i, size_t pos)
{
    return (i->c == SRE_MAXREPEAT || r->registers[i->a] < i->c) && r->registers[i->a + 1] != pos;
}

/* Take the last choice back: the pc to go on at; SIZE_MAX: none is left, or raised. */
static size_t go_back(Run *r, size_t *pos)
{
    while (r->height) {
        Entry *e = &r->stack[r->height - 1];
        switch (e->kind) {
        case E_UNDO:
            r->registers[e->pc] = e->pos;
            r->height--;
            continue;
        case E_CHOICE:
            *pos = e->pos;
            r->height--;
            return e->pc;
        case E_GREEDY:
            *pos = e->pos;
            if (e->pos-- == e->low)
                r->height--;
            return e->pc;
        default: { /* E_LAZY */
            const Instruction *i = &r->program->items[e->pc];
            if ((i->c != SRE_MAXREPEAT && e->low >= i->c) || !run_of(r, r->w + i->a, e->pos, 1)) {
                r->height--;
                continue;
            }
            e->low++;
            *pos = ++e->pos;
            return e->pc + 1;
        }
        }
    }
    return SIZE_MAX;
}

/* One attempt at `start`; `taboo`: a position where the match may not end. */
static Found attempt(Run *r, size_t start, SreMode mode, size_t taboo, size_t *end)
{
    const Instruction *items = r->program->items;
    const uint32_t last_closed = 2 * r->program->code->groups;
    size_t pos = start, pc = 0;
    r->height = 0;
    for (uint32_t k = 0; k < r->program->registers; k++)
        r->registers[k] = SRE_UNSET;
    for (;;) {
        if (OZ_UNLIKELY(++r->steps >= 1 << 14) && !poll(r))
            return OZ_RAISED;
        const Instruction *i = &items[pc];
        bool ok = true;
        pc++;
        switch (i->op) {
        case I_ONE:
            ok = pos < r->text.length && oz_sre_one(r->w + i->a, oz_sre_at(&r->text, pos));
            pos += ok;
            break;
        case I_ONE_GREEDY:
        case I_ONE_POSSESSIVE: {
            size_t n = run_of(r, r->w + i->a, pos, i->c == SRE_MAXREPEAT ? SIZE_MAX : i->c);
            r->steps += (uint32_t)(n < 4096 ? n / 4 : 1024);
            ok = n >= i->b;
            if (ok && n > i->b && i->op == I_ONE_GREEDY)
                ok = push(r, E_GREEDY, (uint32_t)pc, pos + n - 1, pos + i->b);
            pos += n;
            break;
        }
        case I_ONE_LAZY: {
            size_t n = run_of(r, r->w + i->a, pos, i->b);
            ok = n >= i->b;
            pos += n;
            ok = ok && push(r, E_LAZY, (uint32_t)pc - 1, pos, n);
            break;
        }
        case I_AT:
            ok = stands_at(r, i->a, pos);
            break;
        case I_OPEN:
            ok = set(r, 2 * i->a, pos);
            break;
        case I_CLOSE:
            ok = set(r, 2 * i->a + 1, pos) && set(r, last_closed, i->a + 1);
            break;
        case I_SPLIT:
            ok = push(r, E_CHOICE, i->a, pos, 0);
            break;
        case I_JUMP:
            pc = i->a;
            break;
        case I_FAIL:
            ok = false;
            break;
        case I_MATCH:
            if ((mode == SRE_FULLMATCH && pos != r->text.length) || pos == taboo) {
                ok = false;
                break;
            }
            *end = pos;
            return OZ_FOUND;
        case I_LOOP_START:
            ok = set(r, i->a, 0) && set(r, i->a + 1, SRE_UNSET);
            break;
        case I_LOOP:
            if (r->registers[i->a] < i->b)
                ok = begin_round(r, i, pos);
            else if (may_repeat(r, i, pos))
                ok = push(r, E_CHOICE, i->d, pos, 0) && begin_round(r, i, pos);
            else
                pc = i->d;
            break;
        case I_LOOP_LAZY:
            if (r->registers[i->a] < i->b) {
                ok = begin_round(r, i, pos);
                pc++;
            } else {
                ok = push(r, E_CHOICE, (uint32_t)pc, pos, 0);
                pc = i->d;
            }
            break;
        case I_LOOP_MORE:
            i--;
            ok = may_repeat(r, i, pos) && begin_round(r, i, pos);
            break;
        case I_CUT_START:
            r->registers[i->a] = r->height;
            break;
        case I_CUT:
            cut(r, r->registers[i->a]);
            break;
        case I_LOOK:
            r->registers[i->a] = r->height;
            r->registers[i->a + 1] = pos;
            ok = pos >= i->b;
            pos -= ok ? i->b : 0;
            break;
        case I_LOOK_END:
            cut(r, r->registers[i->a]);
            pos = r->registers[i->a + 1];
            break;
        case I_LOOK_NOT:
            r->registers[i->a] = r->height;
            if (pos < i->b) {
                pc = i->c;
                break;
            }
            ok = push(r, E_CHOICE, i->c, pos, 0);
            pos -= i->b;
            break;
        case I_LOOK_NOT_END:
            unwind(r, r->registers[i->a]);
            ok = false;
            break;
        case I_BACKREF:
            ok = backref(r, i, &pos);
            break;
        default: /* I_IF */
            if (!is_set(r, i->a))
                pc = i->b;
        }
        if (OZ_LIKELY(ok))
            continue;
        if (OZ_UNLIKELY(r->raised))
            return OZ_RAISED;
        pc = go_back(r, &pos);
        if (pc == SIZE_MAX)
            return OZ_MISSING;
    }
}

Found oz_sre_run(Thread *t, const SreProgram *program, const SreText *text, size_t start,
                 SreMode mode, bool must_advance, size_t *marks, uint32_t *last)
{
    Run r = {.t = t, .program = program, .w = program->code->words, .text = *text};
    r.registers = oz_block_alloc(t->heap, program->registers * sizeof *r.registers + 16);
    if (!r.registers) {
        oz_raise_memory(t);
        return OZ_RAISED;
    }
    size_t taboo = must_advance ? start : SIZE_MAX;
    Found found = OZ_MISSING;
    for (; start <= text->length; start++, taboo = SIZE_MAX) {
        size_t end;
        found = attempt(&r, start, mode, taboo, &end);
        if (found == OZ_FOUND) {
            marks[0] = start;
            marks[1] = end;
            break;
        }
        if (found == OZ_RAISED || mode != SRE_SEARCH)
            break;
    }
    if (found == OZ_FOUND) {
        for (uint32_t g = 0; g < program->code->groups; g++) {
            bool is = is_set(&r, g);
            marks[2 * g + 2] = is ? r.registers[2 * g] : SRE_UNSET;
            marks[2 * g + 3] = is ? r.registers[2 * g + 1] : SRE_UNSET;
        }
        size_t closed = r.registers[2 * program->code->groups];
        *last = closed == SRE_UNSET ? 0 : (uint32_t)closed;
    }
    oz_block_free(r.stack);
    oz_block_free(r.registers);
    return found;
}
