// SPDX-License-Identifier: MIT
// Any bytes, parsed in any mode: a tree or a fault, nothing else.
//
// The build has OZ_CHECK_LEVEL=3, so that the two grammars of src/syntax must agree about each
// text.
//
//     clang -g -O1 -std=gnu11 -D_GNU_SOURCE -DOZ_CHECK_LEVEL=3 -fsanitize=fuzzer,address,undefined
//         -I build/inc/syntax tests/fuzz/parser_fuzz.c src/syntax/*.c src/base/base.c
//         src/base/arena.c -lutf8proc -lm -o build/parser_fuzz
//     build/parser_fuzz -dict=tests/fuzz/python.dict build/corpus
#include <stdlib.h>
#include <string.h>

#include "syntax/parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Budget {
    long requests; /* until one fails; negative: none does */
    long out;      /* bytes handed out */
} Budget;

static void *get(void *context, size_t size)
{
    Budget *budget = context;
    if (budget->requests-- == 0)
        return NULL;
    budget->out += (long)size;
    return malloc(size);
}

static void put(void *context, void *block, size_t size)
{
    ((Budget *)context)->out -= (long)size;
    free(block);
}

static void require(bool holds)
{
    if (!holds)
        abort();
}

static ParseWarned warn(void *context, ParseWarningKind kind, const char *message, int32_t line)
{
    (void)kind, (void)line;
    require(message);
    return *(ParseWarned *)context;
}

/* Every place that a tree tells lies in the text, and every field is filled. */
static void walk(const AstNode *node, int depth)
{
    const AstKindInfo *info = oz_ast_kind(node->kind);
    if (depth > 3000)
        return;
    if (oz_ast_type(info->type)->attributes != AST_ATTRIBUTES_NONE)
        require(node->line >= 1 && node->end_line >= node->line);
    for (uint32_t i = 0; i < info->field_count; i++) {
        const AstFieldInfo *field = &info->fields[i];
        void *const *at = (void *const *)((const char *)node + field->offset);
        bool is_node = oz_ast_type(field->type)->is_node;
        if (field->quantity == AST_SEQUENCE) {
            const AstSeq *seq = *at;
            for (uint32_t k = 0; k < seq->count; k++) {
                if (is_node && seq->items[k])
                    walk(seq->items[k], depth + 1);
            }
        } else if (is_node) {
            require(*at || field->quantity == AST_OPTIONAL);
            if (*at)
                walk(*at, depth + 1);
        }
    }
}

static void check_fault(const SyntaxFault *fault)
{
    require(fault->kind != OZ_FAULT_NONE && fault->message);
    require(!fault->text || strlen(fault->text->bytes) == fault->text->length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3)
        return 0;
    ParseWarned answer = (ParseWarned)(data[1] >> 6 & 1);
    ParseOptions options = {.mode = (AstMode)(data[0] & 3),
                            .flags = data[1] & 0x3F,
                            .feature_version = data[0] & 4 ? 4 + (data[0] >> 5) : 0,
                            .context = &answer,
                            .warn = data[1] & 0x80 ? warn : NULL,
                            .stack_limit = (char *)__builtin_frame_address(0) - (4 << 20)};
    Budget budget = {.requests = data[0] & 8 ? data[0] >> 4 : -1};
    ArenaSource source = {get, put, &budget};
    Arena arena;
    oz_arena_init(&arena, &source);
    /* A copy of the exact size, so that reading past it is seen. */
    char *text = malloc(size - 2);
    memcpy(text, data + 2, size - 2);
    SyntaxFault fault;
    AstNode *tree = oz_parse(&arena, text, size - 2, &options, &fault);
    free(text);
    if (tree)
        walk(tree, 0);
    else
        check_fault(&fault);
    oz_arena_fini(&arena);
    require(budget.out == 0);
    return 0;
}
