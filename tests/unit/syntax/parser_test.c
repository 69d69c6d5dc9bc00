// SPDX-License-Identifier: MIT
// The parser as its callers see it: faults, options, callbacks, and every allocation failing in
// turn.
#include <stdlib.h>
#include <string.h>

#include "syntax/parser.h"
#include "unit.h"

/* --- A source of memory that refuses the N-th request, and counts what is out ------------------
 */

typedef struct Counter {
    long until_failure;
    long out;
} Counter;

static void *get(void *context, size_t size)
{
    Counter *counter = context;
    if (counter->until_failure-- == 0)
        return NULL;
    counter->out += (long)size;
    return malloc(size);
}

static void put(void *context, void *block, size_t size)
{
    ((Counter *)context)->out -= (long)size;
    free(block);
}

static SyntaxFault fault;
static Arena arena;

static AstNode *parse(const char *source, const ParseOptions *options)
{
    oz_arena_fini(&arena);
    oz_arena_init(&arena, NULL);
    return oz_parse(&arena, source, strlen(source), options, &fault);
}

static const ParseOptions plain = {.flags = OZ_PARSE_IGNORE_COOKIE};

/* --- Trees -------------------------------------------------------------------------------------
 */

TEST(a_module_has_its_statements)
{
    const AstModule *module = (AstModule *)parse("x = 1\ny\n", &plain);
    check(module && module->base.kind == AST_Module && module->body->count == 2);
    const AstAssign *assign = (AstAssign *)oz_ast_seq_node(module->body, 0);
    check(assign->base.kind == AST_Assign && assign->targets->count == 1);
    check(((AstConstant *)assign->value)->value.integer == 1);
    check(oz_ast_seq_node(module->body, 1)->line == 2);
}

TEST(sequences_are_never_null)
{
    const AstModule *module = (AstModule *)parse("", &plain);
    check(module && module->body && module->body->count == 0 && module->type_ignores);
}

TEST(equal_names_are_one_object)
{
    const AstModule *module = (AstModule *)parse("name\nname\n", &plain);
    const AstExpr *a = (AstExpr *)oz_ast_seq_node(module->body, 0);
    const AstExpr *b = (AstExpr *)oz_ast_seq_node(module->body, 1);
    check(((AstName *)a->value)->id == ((AstName *)b->value)->id);
}

TEST(names_are_normalised)
{
    const AstModule *module = (AstModule *)parse("\xEF\xAC\x81n", &plain); /* with a ligature fi */
    const AstExpr *expr = (AstExpr *)oz_ast_seq_node(module->body, 0);
    check(!strcmp(((AstName *)expr->value)->id->bytes, "fin"));
}

TEST(large_ints_keep_their_digits)
{
    const AstModule *module = (AstModule *)parse("0x1_0000_0000_0000_0000", &plain);
    const AstConstant *c = (AstConstant *)((AstExpr *)oz_ast_seq_node(module->body, 0))->value;
    check(c->value.tag == AST_BIG_INT && c->value.base == 16);
    check(!strcmp(c->value.text->bytes, "10000000000000000"));
}

TEST(the_tables_describe_the_structs)
{
    const AstKindInfo *info = oz_ast_kind(AST_BinOp);
    check(info->field_count == 3 && info->fields[1].offset == offsetof(AstBinOp, op));
    check(!strcmp(oz_ast_type(info->fields[1].type)->members[AST_MatMult], "MatMult"));
    for (int kind = 0; kind < AST_KINDS; kind++)
        check(oz_ast_kind((AstKind)kind)->size >= sizeof(AstNode));
    for (int type = 0; type < AST_TYPES; type++)
        check(oz_ast_type((AstFieldType)type)->name);
}

/* --- Faults ------------------------------------------------------------------------------------
 */

TEST(a_fault_has_words_and_a_place)
{
    check(!parse("f(a b)", &plain));
    check(fault.kind == OZ_FAULT_SYNTAX && fault.has_end);
    check(!strcmp(fault.message, "invalid syntax. Perhaps you forgot a comma?"));
    check(fault.line == 1 && fault.offset == 3 && fault.end_offset == 6);
    check(!strcmp(fault.text->bytes, "f(a b)\n"));
}

TEST(null_bytes_are_a_value_error)
{
    oz_arena_fini(&arena);
    check(!oz_parse(&arena, "a\0b", 3, &plain, &fault));
    check(fault.kind == OZ_FAULT_VALUE);
}

TEST(other_codecs_are_left_to_the_caller)
{
    ParseOptions options = {0};
    check(!parse("# coding: koi8-r\nx\n", &options));
    check(fault.kind == OZ_FAULT_CODEC && !strcmp(fault.message, "koi8-r"));
}

TEST(a_file_must_be_utf8_in_comments_too)
{
    ParseOptions options = {.flags = OZ_PARSE_FILE, .filename = "x.py"};
    check(!parse("x\n# \xFF\n", &options));
    check(!strcmp(fault.message,
                  "Non-UTF-8 code starting with '\\xff' in file x.py on line 2, but no encoding "
                  "declared; see https://peps.python.org/pep-0263/ for details"));
}

TEST(incomplete_input_is_marked)
{
    ParseOptions options = {.mode = AST_MODE_SINGLE,
                            .flags = OZ_PARSE_IGNORE_COOKIE | OZ_PARSE_DONT_IMPLY_DEDENT |
                                     OZ_PARSE_ALLOW_INCOMPLETE};
    static const char *const incomplete[] = {"if x:", "if x:\n  y", "(", "'''a", "def f(a,\n"};
    for (size_t i = 0; i < OZ_COUNT(incomplete); i++)
        check(!parse(incomplete[i], &options) && fault.incomplete);
    check(!parse("x y\n", &options) && !fault.incomplete);
    check(parse("if x:\n  y\n", &options));
}

TEST(deep_nesting_is_a_recursion_fault)
{
    enum { DEPTH = 200000 };
    char *text = malloc(DEPTH + 2);
    memset(text, '-', DEPTH);
    text[DEPTH] = '1';
    text[DEPTH + 1] = 0;
    ParseOptions options = plain;
    options.stack_limit = (char *)__builtin_frame_address(0) - (256 << 10);
    check(!parse(text, &options) && fault.kind == OZ_FAULT_RECURSION);
    free(text);
}

TEST(an_int_may_have_too_many_digits)
{
    ParseOptions options = plain;
    options.max_int_digits = 10;
    check(parse("1234567890", &options) && parse("0x123456789012", &options));
    check(!parse("12345678901", &options) && fault.kind == OZ_FAULT_SYNTAX);
    check(
        !strncmp(fault.message, "Exceeds the limit (10 digits) for integer string conversion", 59));
}

TEST(a_feature_version_forbids_what_is_newer)
{
    ParseOptions options = plain;
    options.feature_version = 7;
    check(!parse("(x := 1)", &options));
    check(!strcmp(fault.message,
                  "Assignment expressions are only supported in Python 3.8 and greater"));
    options.feature_version = 6;
    check(parse("async = 1", &options));
}

/* --- Callbacks ---------------------------------------------------------------------------------
 */

static int warnings;
static ParseWarned answer;

static ParseWarned count_warning(void *context OZ_UNUSED, ParseWarningKind kind OZ_UNUSED,
                                 const char *message OZ_UNUSED, int32_t line OZ_UNUSED)
{
    warnings++;
    return answer;
}

static bool stop(void *context OZ_UNUSED)
{
    return true;
}

TEST(an_invalid_escape_warns_once)
{
    ParseOptions options = plain;
    options.warn = count_warning;
    warnings = 0;
    answer = OZ_WARNED;
    check(parse("'\\d'", &options) && warnings == 1);
    check(parse("with ('\\d').x as y: pass", &options) && warnings == 2);
    check(!parse("'\\d' '", &options) && warnings <= 3);
}

TEST(a_warning_can_be_an_error)
{
    ParseOptions options = plain;
    options.warn = count_warning;
    answer = OZ_WARNED_AS_ERROR;
    check(!parse("'\\d'", &options) && fault.kind == OZ_FAULT_SYNTAX);
    check(!strcmp(fault.message, "invalid escape sequence '\\d'") && fault.offset == 1);
    check(!parse("1if x else 2", &options) && !strcmp(fault.message, "invalid decimal literal"));
    answer = OZ_WARNED_RAISED;
    check(!parse("'\\d'", &options) && fault.kind == OZ_FAULT_RAISED);
    check(!parse("1if x else 2", &options) && fault.kind == OZ_FAULT_RAISED);
}

TEST(a_parse_can_be_stopped)
{
    enum { SIZE = 40000 };
    char *text = malloc(SIZE + 1);
    for (int i = 0; i < SIZE; i += 2)
        memcpy(text + i, "x\n", 2);
    text[SIZE] = 0;
    ParseOptions options = plain;
    options.poll = stop;
    check(!parse(text, &options) && fault.kind == OZ_FAULT_INTERRUPTED);
    free(text);
}

/* --- Memory ------------------------------------------------------------------------------------
 */

static const char *const samples[] = {
    "def f(a, /, b: int = 1, *c, d=2, **e) -> x:\n    return [i async for i in a if b], {**c}\n",
    "class C(a, b=1, *c):\n    @d\n    async def e(self): await (yield)\n",
    "f'{a!r:>{b}}' 'c' f'{d=}' '\\N{BULLET}\\x41'\n",
    "match a:\n    case [1, *_] | {'k': v, **r} | C(1, x=2) if y: pass\n",
    "try:\n    with (a as b, c): pass\nexcept* E as e: raise\nfinally: del x[1:2, ...]\n",
    "from . import (a as b, c)\nx: int = lambda *a, b=1: a if b else c\n",
    "f(a b)\n",
    "x = (1,\n",
    "f'{a b}'\n",
    "print a\n0777\n",
    "if x:\n  y\n z\n",
    "[a, b for c in d]\n",
};

/* More text than one block holds, so that every kind of growth is met. */
static char *repeat(const char *sample, int times)
{
    size_t length = strlen(sample);
    char *text = malloc(length * (size_t)times + 1);
    for (int i = 0; i < times; i++)
        memcpy(text + length * (size_t)i, sample, length);
    text[length * (size_t)times] = 0;
    return text;
}

/* Fail request 0, 1, 2 ... until the parse gets all it wants.  `used` bytes of the first block are
 * gone before: that moves the requests over all the places that allocate. */
static void sweep(const char *text, size_t used)
{
    for (long n = 0;; n++) {
        Counter counter = {.until_failure = -1};
        ArenaSource source = {get, put, &counter};
        Arena own;
        oz_arena_init(&own, &source);
        for (size_t i = 0; i < used; i += 8)
            check(oz_arena_alloc(&own, 8));
        counter.until_failure = n;
        AstNode *tree = oz_parse(&own, text, strlen(text), &plain, &fault);
        bool failed = counter.until_failure < 0;
        /* (A tree is right at check level 3, which allocates after it is made.) */
        check(!failed || (tree ? OZ_CHECK_LEVEL >= 3 : fault.kind == OZ_FAULT_MEMORY));
        check(tree ? fault.kind == OZ_FAULT_NONE : fault.kind != OZ_FAULT_NONE);
        oz_arena_fini(&own);
        check(counter.out == 0);
        if (!failed || failures)
            return;
    }
}

TEST(every_allocation_may_fail)
{
    for (size_t i = 0; i < OZ_COUNT(samples) && !failures; i++) {
        for (size_t used = 0; used < 4096; used += 24)
            sweep(samples[i], used);
        char *text = repeat(samples[i], 100);
        sweep(text, 0);
        free(text);
    }
}

int main(void)
{
    oz_arena_init(&arena, NULL);
    RUN(a_module_has_its_statements);
    RUN(sequences_are_never_null);
    RUN(equal_names_are_one_object);
    RUN(names_are_normalised);
    RUN(large_ints_keep_their_digits);
    RUN(the_tables_describe_the_structs);
    RUN(a_fault_has_words_and_a_place);
    RUN(null_bytes_are_a_value_error);
    RUN(other_codecs_are_left_to_the_caller);
    RUN(a_file_must_be_utf8_in_comments_too);
    RUN(incomplete_input_is_marked);
    RUN(deep_nesting_is_a_recursion_fault);
    RUN(an_int_may_have_too_many_digits);
    RUN(a_feature_version_forbids_what_is_newer);
    RUN(an_invalid_escape_warns_once);
    RUN(a_warning_can_be_an_error);
    RUN(a_parse_can_be_stopped);
    RUN(every_allocation_may_fail);
    oz_arena_fini(&arena);
    return failures > 0;
}
