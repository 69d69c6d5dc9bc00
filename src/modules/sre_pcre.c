// SPDX-License-Identifier: MIT
// From the code of re's compiler to a PCRE2 pattern, and the machine code that PCRE2 makes of it.
//
// A pattern is translated once for each kind of text that it meets: ASCII, Latin-1, 16 and 32 bits
// a character, and for search, match and fullmatch (anchors given at match time would turn the
// machine code off).  PCRE2 runs without its UTF modes: a code unit is a character.  It sees no
// flags: case, classes and line ends are spelled out.  Below 256 that is exact by construction: the
// 256 answers of a one-character operation become a class.  In wide texts sets without case are
// translated item by item, Unicode's \w and \d are PCRE2's own (of the same Unicode version).
//
// What has no equal gives NULL, and sre_match.c does the work: locales, case in wide texts, group
// references with case, counts above 65535, whatever PCRE2 refuses, systems without machine code.
// There is no interpreter in between: without machine code sre_match.c is as good.
#include "modules/sre.h"

#include "object/thread.h"

#include <stdio.h>

#define PCRE2_CODE_UNIT_WIDTH 0
#include <pcre2.h>

/* ---- the pattern's text ---- */

typedef struct Writer {
    Heap *heap;
    const uint32_t *w;
    uint32_t *text;
    size_t length;
    size_t capacity;
    uint32_t limit; /* characters are below it */
    SreVariant variant;
    uint32_t opened; /* groups */
    uint32_t depth;
    bool failed;  /* no memory, or no equal */
    bool refused; /* no memory */
} Writer;

static void write_unit(Writer *o, uint32_t c)
{
    if (o->length == o->capacity) {
        size_t capacity = o->capacity ? o->capacity * 2 : 128;
        uint32_t *text = oz_block_realloc(o->heap, o->text, capacity * sizeof *text);
        if (!text) {
            o->failed = o->refused = true;
            return;
        }
        o->text = text;
        o->capacity = capacity;
    }
    o->text[o->length++] = c;
}

static void write_text(Writer *o, const char *text)
{
    while (*text)
        write_unit(o, (uint8_t)*text++);
}

static void write_number(Writer *o, uint32_t n)
{
    char digits[16];
    snprintf(digits, sizeof digits, "%u", n);
    write_text(o, digits);
}

/* A character that stands for itself, in a class or outside. */
static void write_literal(Writer *o, uint32_t c)
{
    if (c > ' ' && c < 127 && !oz_sre_cased_ascii(c) && c - '0' >= 10 && c != '_')
        write_unit(o, '\\');
    write_unit(o, c);
}

static void write_range(Writer *o, uint32_t low, uint32_t high)
{
    write_literal(o, low);
    if (high > low + 1)
        write_unit(o, '-');
    if (high > low)
        write_literal(o, high);
}

/* ---- characters below 256: classes from answers ---- */

typedef struct Answers {
    bool yes[256];
    uint32_t count;
    uint32_t limit;
} Answers;

static bool is_category(const Answers *a, uint32_t category)
{
    for (uint32_t c = 0; c < a->limit; c++)
        if (a->yes[c] != oz_sre_category(category, c))
            return false;
    return true;
}

/* Classes that PCRE2 has instructions for; in 8 bits they are those of ASCII. */
static const char *known_class(const Answers *a)
{
    switch (a->count) {
    case 10:
        return is_category(a, SRE_DIGIT) ? "\\d" : NULL;
    case 63:
        return is_category(a, SRE_WORD) ? "\\w" : NULL;
    case 118:
    case 246:
        return is_category(a, SRE_DIGIT + 1) ? "\\D" : NULL;
    case 65:
    case 193:
        return is_category(a, SRE_WORD + 1) ? "\\W" : NULL;
    case 127:
    case 255:
        return a->yes['\n'] ? NULL : "\\N";
    default:
        return NULL;
    }
}

static void write_answers(Writer *o, const Answers *a)
{
    const char *known = known_class(a);
    if (known) {
        write_text(o, known);
        return;
    }
    if (a->count == 0 || a->count == a->limit) {
        write_text(o, a->count ? "." : "(?!)");
        return;
    }
    uint32_t first = 0;
    while (!a->yes[first])
        first++;
    if (a->count == 1) {
        write_literal(o, first);
        return;
    }
    if (a->count == 2 && oz_sre_cased_ascii(first) && a->yes[first ^ 32]) {
        write_text(o, "(?i:");
        write_unit(o, first);
        write_unit(o, ')');
        return;
    }
    bool negated = a->count > a->limit / 2;
    write_text(o, negated ? "[^" : "[");
    for (uint32_t c = 0; c < a->limit; c++) {
        if (a->yes[c] == negated)
            continue;
        uint32_t low = c;
        while (c + 1 < a->limit && a->yes[c + 1] != negated)
            c++;
        write_range(o, low, c);
    }
    write_unit(o, ']');
}

static void write_narrow(Writer *o, const uint32_t *op)
{
    if (*op == SRE_LITERAL && op[1] < o->limit) {
        write_literal(o, op[1]);
        return;
    }
    if (*op == SRE_ANY || *op == SRE_ANY_ALL) {
        write_text(o, *op == SRE_ANY ? "\\N" : ".");
        return;
    }
    Answers a = {.limit = o->limit};
    for (uint32_t c = 0; c < a.limit; c++)
        a.count += a.yes[c] = oz_sre_one(op, c);
    write_answers(o, &a);
}

/* ---- wide texts: classes item by item ---- */

/* Ranges of characters below `end` for which the category holds. */
static void write_category_ranges(Writer *o, uint32_t category, uint32_t end)
{
    for (uint32_t c = 0; c < end; c++) {
        if (!oz_sre_category(category, c))
            continue;
        uint32_t low = c;
        while (c + 1 < end && oz_sre_category(category, c + 1))
            c++;
        write_range(o, low, c + 1 == end ? o->limit - 1 : c);
    }
}

static void write_category(Writer *o, uint32_t category)
{
    switch (category) {
    case SRE_UNI_DIGIT:
        write_text(o, "\\d");
        break;
    case SRE_UNI_DIGIT + 1:
        write_text(o, "\\D");
        break;
    case SRE_UNI_WORD:
        write_text(o, "\\w");
        break;
    case SRE_UNI_WORD + 1:
        write_text(o, "\\W");
        break;
    case SRE_LOC_WORD:
    case SRE_LOC_WORD + 1:
        o->failed = true;
        break;
    default:
        write_category_ranges(o, category, 0x3002); /* the last space is U+3000 */
    }
}

static void write_bit_ranges(Writer *o, const uint32_t *item, uint32_t end)
{
    /* One item, closed as a set of its own. */
    uint32_t low = 0;
    bool inside = false;
    for (uint32_t c = 0; c <= end; c++) {
        bool has = c < end && (*item == SRE_CHARSET
                                   ? item[1 + (c >> 5)] >> (c & 31) & 1
                                   : item[66 + 8 * (size_t)((const uint8_t *)(item + 2))[c >> 8] +
                                          ((c & 255) >> 5)] >>
                                             (c & 31) &
                                         1);
        if (has && !inside)
            low = c;
        if (!has && inside)
            write_range(o, low, c - 1);
        inside = has;
    }
}

static void write_set(Writer *o, const uint32_t *set)
{
    bool negated = *set == SRE_NEGATE;
    set += negated;
    if (*set == SRE_FAILURE) {
        write_text(o, negated ? "." : "(?!)");
        return;
    }
    write_text(o, negated ? "[^" : "[");
    size_t before = o->length;
    for (; *set != SRE_FAILURE && !o->failed;) {
        switch (*set) {
        case SRE_LITERAL:
            if (set[1] < o->limit)
                write_literal(o, set[1]);
            set += 2;
            break;
        case SRE_RANGE:
            if (set[1] <= set[2] && set[1] < o->limit)
                write_range(o, set[1], set[2] < o->limit ? set[2] : o->limit - 1);
            set += 3;
            break;
        case SRE_CATEGORY:
            write_category(o, set[1]);
            set += 2;
            break;
        case SRE_CHARSET:
            write_bit_ranges(o, set, 256);
            set += 9;
            break;
        case SRE_BIGCHARSET:
            write_bit_ranges(o, set, 0x10000);
            set += 66 + 8 * (size_t)set[1];
            break;
        default:
            o->failed = true;
        }
    }
    if (o->length == before) { /* nothing that this text can have */
        o->length -= negated ? 2 : 1;
        write_text(o, negated ? "." : "(?!)");
        return;
    }
    write_unit(o, ']');
}

static void write_wide(Writer *o, const uint32_t *op)
{
    switch (*op) {
    case SRE_ANY:
        write_text(o, "\\N");
        break;
    case SRE_ANY_ALL:
        write_text(o, ".");
        break;
    case SRE_LITERAL:
    case SRE_NOT_LITERAL:
        if (op[1] >= o->limit) {
            write_text(o, *op == SRE_LITERAL ? "(?!)" : ".");
            break;
        }
        write_text(o, *op == SRE_LITERAL ? "" : "[^");
        write_literal(o, op[1]);
        write_text(o, *op == SRE_LITERAL ? "" : "]");
        break;
    case SRE_LITERAL_IGNORE:
    case SRE_NOT_LITERAL_IGNORE:
        write_text(o, *op == SRE_LITERAL_IGNORE ? "[" : "[^");
        write_literal(o, op[1]);
        if (oz_sre_cased_ascii(op[1]))
            write_literal(o, op[1] ^ 32);
        write_unit(o, ']');
        o->failed |= op[1] >= o->limit || op[1] - 'A' < 26;
        break;
    case SRE_IN:
        write_set(o, op + 2);
        break;
    default:
        o->failed = true;
    }
}

static void write_one(Writer *o, const uint32_t *op)
{
    if (*op == SRE_IN_LOC_IGNORE || *op == SRE_LITERAL_LOC_IGNORE ||
        *op == SRE_NOT_LITERAL_LOC_IGNORE)
        o->failed = true;
    else if (o->limit <= 256)
        write_narrow(o, op);
    else
        write_wide(o, op);
}

/* ---- structure ---- */

/* The word class for a boundary that PCRE2's \b does not mean. */
static void write_word_class(Writer *o, bool unicode)
{
    if (!unicode) {
        write_text(o, "[0-9A-Za-z_]");
        return;
    }
    Answers a = {.limit = o->limit};
    for (uint32_t c = 0; c < a.limit; c++)
        a.count += a.yes[c] = oz_sre_category(SRE_UNI_WORD, c);
    write_answers(o, &a);
}

static void write_boundary(Writer *o, bool unicode, bool negated)
{
    if (negated) /* not even in an empty text */
        write_text(o, "(?!\\A\\z)");
    bool native = o->variant == SRE_ASCII || unicode == (o->limit > 256);
    if (native) {
        write_text(o, negated ? "\\B" : "\\b");
        return;
    }
    write_text(o, "(?:(?<=");
    write_word_class(o, unicode);
    write_text(o, negated ? ")(?=" : ")(?!");
    write_word_class(o, unicode);
    write_text(o, ")|(?<!");
    write_word_class(o, unicode);
    write_text(o, negated ? ")(?!" : ")(?=");
    write_word_class(o, unicode);
    write_text(o, "))");
}

static void write_at(Writer *o, uint32_t at)
{
    switch (at) {
    case SRE_AT_BEGINNING:
    case SRE_AT_BEGINNING_STRING:
        write_text(o, "\\A");
        break;
    case SRE_AT_BEGINNING_LINE:
        write_text(o, "^");
        break;
    case SRE_AT_END:
        write_text(o, "\\Z");
        break;
    case SRE_AT_END_LINE:
        write_text(o, "$");
        break;
    case SRE_AT_END_STRING:
        write_text(o, "\\z");
        break;
    case SRE_AT_BOUNDARY:
    case SRE_AT_NON_BOUNDARY:
        write_boundary(o, false, at == SRE_AT_NON_BOUNDARY);
        break;
    case SRE_AT_UNI_BOUNDARY:
    case SRE_AT_UNI_NON_BOUNDARY:
        write_boundary(o, true, at == SRE_AT_UNI_NON_BOUNDARY);
        break;
    default:
        o->failed = true;
    }
}

static void write_count(Writer *o, uint32_t low, uint32_t high, char how)
{
    if (low > 65535 || (high > 65535 && high != SRE_MAXREPEAT)) {
        o->failed = true;
        return;
    }
    if (high == SRE_MAXREPEAT && low < 2) {
        write_unit(o, low ? '+' : '*');
    } else if (low == 0 && high == 1) {
        write_unit(o, '?');
    } else {
        write_unit(o, '{');
        write_number(o, low);
        if (high != low)
            write_unit(o, ',');
        if (high != low && high != SRE_MAXREPEAT)
            write_number(o, high);
        write_unit(o, '}');
    }
    if (how)
        write_unit(o, (uint8_t)how);
}

static size_t write_sequence(Writer *o, size_t i, size_t end);

static size_t write_branch(Writer *o, size_t i)
{
    write_text(o, "(?:");
    bool first = true;
    for (; o->w[i]; i += o->w[i]) {
        if (!first)
            write_unit(o, '|');
        first = false;
        write_sequence(o, i + 1, i + o->w[i] - 2);
    }
    write_text(o, first ? "(?!))" : ")");
    return i + 1;
}

static size_t write_repeat(Writer *o, size_t i)
{
    const uint32_t *w = o->w;
    size_t until = i + 1 + w[i + 1];
    bool possessive = w[i] == SRE_POSSESSIVE_REPEAT;
    /* Each round is atomic by itself. */
    write_text(o, possessive ? "(?:(?>" : "(?:");
    write_sequence(o, i + 4, until);
    write_text(o, possessive ? "))" : ")");
    write_count(o, w[i + 2], w[i + 3], possessive ? '+' : w[until] == SRE_MIN_UNTIL ? '?' : 0);
    return until + 1;
}

static size_t write_repeat_one(Writer *o, size_t i)
{
    const uint32_t *w = o->w;
    write_one(o, w + i + 4);
    write_count(o, w[i + 2], w[i + 3],
                w[i] == SRE_REPEAT_ONE       ? 0
                : w[i] == SRE_MIN_REPEAT_ONE ? '?'
                                             : '+');
    return i + 1 + w[i + 1];
}

static size_t write_look(Writer *o, size_t i)
{
    const uint32_t *w = o->w;
    write_text(o, w[i + 2] ? "(?<" : "(?");
    write_unit(o, w[i] == SRE_ASSERT ? '=' : '!');
    write_sequence(o, i + 3, i + w[i + 1]);
    write_unit(o, ')');
    return i + 1 + w[i + 1];
}

/* The first part ends where its sequence meets a JUMP: make_if in sre_match.c has checked it. */
static size_t write_if(Writer *o, size_t i)
{
    const uint32_t *w = o->w;
    size_t no = i + 1 + w[i + 2];
    write_text(o, "(?(");
    write_number(o, w[i + 1] + 1);
    write_unit(o, ')');
    size_t stop = write_sequence(o, i + 3, no);
    if (stop < no) {
        i = no - 1 + w[no - 1];
        write_unit(o, '|');
        write_sequence(o, no, i);
    } else {
        i = no;
    }
    write_unit(o, ')');
    return i;
}

static void write_mark(Writer *o, uint32_t mark)
{
    if (mark & 1)
        write_unit(o, ')');
    else if (mark / 2 == o->opened++)
        write_unit(o, '(');
    else
        o->failed = true;
}

static void write_reference(Writer *o, uint32_t op, uint32_t group)
{
    if (op != SRE_GROUPREF && (op == SRE_GROUPREF_LOC_IGNORE || o->variant != SRE_ASCII)) {
        o->failed = true;
        return;
    }
    write_text(o, op == SRE_GROUPREF ? "\\g{" : "(?i:\\g{");
    write_number(o, group + 1);
    write_text(o, op == SRE_GROUPREF ? "}" : "})");
}

/* Write what lies from words[i] to `end`, or to the JUMP that ends it; gives where it ended. */
static size_t write_sequence(Writer *o, size_t i, size_t end)
{
    const uint32_t *w = o->w;
    SreCode code = {.words = (uint32_t *)w, .length = end};
    if (++o->depth > 200)
        o->failed = true; /* PCRE2 refuses 250 */
    while (i < end && !o->failed) {
        size_t one = oz_sre_one_length(&code, i);
        if (one) {
            write_one(o, w + i);
            i += one;
            continue;
        }
        switch (w[i]) {
        case SRE_JUMP:
            o->depth--;
            return i;
        case SRE_FAILURE:
            write_text(o, "(?!)");
            i++;
            break;
        case SRE_INFO:
            i += 1 + w[i + 1];
            break;
        case SRE_BRANCH:
            i = write_branch(o, i + 1);
            break;
        case SRE_REPEAT:
        case SRE_POSSESSIVE_REPEAT:
            i = write_repeat(o, i);
            break;
        case SRE_REPEAT_ONE:
        case SRE_MIN_REPEAT_ONE:
        case SRE_POSSESSIVE_REPEAT_ONE:
            i = write_repeat_one(o, i);
            break;
        case SRE_ASSERT:
        case SRE_ASSERT_NOT:
            i = write_look(o, i);
            break;
        case SRE_ATOMIC_GROUP:
            write_text(o, "(?>");
            write_sequence(o, i + 2, i + w[i + 1]);
            write_unit(o, ')');
            i += 1 + w[i + 1];
            break;
        case SRE_GROUPREF_EXISTS:
            i = write_if(o, i);
            break;
        case SRE_AT:
            write_at(o, w[i + 1]);
            i += 2;
            break;
        case SRE_MARK:
            write_mark(o, w[i + 1]);
            i += 2;
            break;
        case SRE_GROUPREF:
        case SRE_GROUPREF_IGNORE:
        case SRE_GROUPREF_LOC_IGNORE:
        case SRE_GROUPREF_UNI_IGNORE:
            write_reference(o, w[i], w[i + 1]);
            i += 2;
            break;
        default:
            o->failed = true;
        }
    }
    o->depth--;
    return end;
}

/* ---- PCRE2 ---- */

#define OPTIONS (PCRE2_DOTALL | PCRE2_MULTILINE | PCRE2_ALT_CIRCUMFLEX | PCRE2_NEVER_UTF)

/* PCRE2's memory comes from the heap, so that the limit holds for it and it ends with the VM.  What
 * is made keeps the pointer to this but allocates no more; a free does not look at it. */
typedef struct Memory {
    Heap *heap;
    bool refused;
} Memory;

static void *take_block(size_t size, void *user)
{
    Memory *memory = user;
    void *block = oz_block_alloc(memory->heap, size);
    memory->refused |= block == NULL;
    return block;
}

static void give_block(void *block, void *user OZ_UNUSED)
{
    oz_block_free(block);
}

/* The three libraries, by bytes a character. */
#define ENGINE(W, unit)                                                                            \
    static pcre2_code_##W *compile_units_##W(Memory *memory, const unit *text, size_t length,      \
                                             uint32_t options)                                     \
    {                                                                                              \
        int error;                                                                                 \
        PCRE2_SIZE where;                                                                          \
        pcre2_general_context_##W *general =                                                       \
            pcre2_general_context_create_##W(take_block, give_block, memory);                      \
        pcre2_compile_context_##W *context =                                                       \
            general ? pcre2_compile_context_create_##W(general) : NULL;                            \
        pcre2_code_##W *code =                                                                     \
            context ? pcre2_compile_##W(text, length, options, &error, &where, context) : NULL;    \
        pcre2_compile_context_free_##W(context);                                                   \
        pcre2_general_context_free_##W(general);                                                   \
        return code;                                                                               \
    }                                                                                              \
    static void *compile_##W(Memory *memory, uint32_t *text, size_t length, uint32_t options)      \
    {                                                                                              \
        unit *narrow = (unit *)text; /* in place: units only move down */                          \
        for (size_t i = 0; i < length; i++) {                                                      \
            unit u = (unit)text[i];                                                                \
            memcpy(&narrow[i], &u, sizeof u);                                                      \
        }                                                                                          \
        pcre2_code_##W *code = compile_units_##W(memory, narrow, length, options);                 \
        if (code && pcre2_jit_compile_##W(code, PCRE2_JIT_COMPLETE) == 0)                          \
            return code;                                                                           \
        pcre2_code_free_##W(code);                                                                 \
        return NULL;                                                                               \
    }                                                                                              \
    static void *room_##W(Memory *memory, uint32_t pairs)                                          \
    {                                                                                              \
        pcre2_general_context_##W *general =                                                       \
            pcre2_general_context_create_##W(take_block, give_block, memory);                      \
        void *room = general ? pcre2_match_data_create_##W(pairs, general) : NULL;                 \
        pcre2_general_context_free_##W(general);                                                   \
        return room;                                                                               \
    }                                                                                              \
    static int run_with_stack_##W(pcre2_code_##W *code, pcre2_match_data_##W *room,                \
                                  const SreText *text, size_t start, uint32_t options)             \
    {                                                                                              \
        Memory memory = {oz_thread()->heap, false};                                                \
        pcre2_general_context_##W *general =                                                       \
            pcre2_general_context_create_##W(take_block, give_block, &memory);                     \
        pcre2_match_context_##W *context =                                                         \
            general ? pcre2_match_context_create_##W(general) : NULL;                              \
        pcre2_jit_stack_##W *stack =                                                               \
            context ? pcre2_jit_stack_create_##W(1 << 16, (size_t)64 << 20, general) : NULL;       \
        int result = PCRE2_ERROR_NOMEMORY;                                                         \
        if (stack) {                                                                               \
            pcre2_jit_stack_assign_##W(context, NULL, stack);                                      \
            result = pcre2_jit_match_##W(code, text->data, text->length, start, options, room,     \
                                         context);                                                 \
        }                                                                                          \
        pcre2_jit_stack_free_##W(stack);                                                           \
        pcre2_match_context_free_##W(context);                                                     \
        pcre2_general_context_free_##W(general);                                                   \
        return result;                                                                             \
    }                                                                                              \
    static int run_##W(void *code, void *room, const SreText *text, size_t start,                  \
                       uint32_t options, size_t **marks)                                           \
    {                                                                                              \
        int result =                                                                               \
            pcre2_jit_match_##W(code, text->data, text->length, start, options, room, NULL);       \
        if (OZ_UNLIKELY(result == PCRE2_ERROR_JIT_STACKLIMIT))                                     \
            result = run_with_stack_##W(code, room, text, start, options);                         \
        *marks = pcre2_get_ovector_pointer_##W(room);                                              \
        return result;                                                                             \
    }
ENGINE(8, uint8_t)
ENGINE(16, uint16_t)
ENGINE(32, uint32_t)

void *oz_sre_pcre_new(Thread *t, const SreCode *code, SreVariant variant, SreMode mode,
                      bool *refused)
{
    static const uint32_t limits[] = {128, 256, 0x10000, 0x110000};
    Memory memory = {t->heap, false};
    Writer o = {.heap = t->heap, .w = code->words, .limit = limits[variant], .variant = variant};
    write_text(&o, "(*LF)");
    if (mode == SRE_FULLMATCH)
        write_text(&o, "(?:");
    write_sequence(&o, 0, code->length - 1);
    if (mode == SRE_FULLMATCH)
        write_text(&o, ")\\z");
    uint32_t options = OPTIONS | (mode == SRE_SEARCH ? 0 : PCRE2_ANCHORED);
    void *engine = NULL;
    if (!o.failed && o.opened == code->groups && o.length < 1 << 20)
        engine = variant <= SRE_LATIN1 ? compile_8(&memory, o.text, o.length, options)
                 : variant == SRE_UCS2 ? compile_16(&memory, o.text, o.length, options | PCRE2_UCP)
                                       : compile_32(&memory, o.text, o.length, options | PCRE2_UCP);
    oz_block_free(o.text);
    *refused = o.refused || memory.refused;
    return engine;
}

void oz_sre_pcre_drop(void *engine, SreVariant variant)
{
    if (variant <= SRE_LATIN1)
        pcre2_code_free_8(engine);
    else if (variant == SRE_UCS2)
        pcre2_code_free_16(engine);
    else
        pcre2_code_free_32(engine);
}

void *oz_sre_pcre_room(Thread *t, uint32_t groups, SreVariant variant)
{
    Memory memory = {t->heap, false};
    return variant <= SRE_LATIN1 ? room_8(&memory, groups + 1)
           : variant == SRE_UCS2 ? room_16(&memory, groups + 1)
                                 : room_32(&memory, groups + 1);
}

void oz_sre_pcre_room_drop(void *room, SreVariant variant)
{
    if (variant <= SRE_LATIN1)
        pcre2_match_data_free_8(room);
    else if (variant == SRE_UCS2)
        pcre2_match_data_free_16(room);
    else
        pcre2_match_data_free_32(room);
}

Found oz_sre_pcre_run(void *engine, void *room, uint32_t groups, const SreText *text, size_t start,
                      bool must_advance, size_t **marks)
{
    uint32_t options = must_advance ? PCRE2_NOTEMPTY_ATSTART : 0;
    int result = text->width == 1   ? run_8(engine, room, text, start, options, marks)
                 : text->width == 2 ? run_16(engine, room, text, start, options, marks)
                                    : run_32(engine, room, text, start, options, marks);
    if (result == PCRE2_ERROR_NOMATCH)
        return OZ_MISSING;
    if (result <= 0)
        return OZ_RAISED;
    for (uint32_t g = (uint32_t)result; g <= groups; g++)
        (*marks)[2 * g] = (*marks)[2 * g + 1] = SRE_UNSET;
    return OZ_FOUND;
}
