// SPDX-License-Identifier: MIT
// Compares trees and faults with those of CPython 3.11: starts compare.py, which starts this
// program again as a driver that parses what it is given and prints the result.
//
//     oracle_test                                   the test; passes where there is no CPython 3.11
//     oracle_test [-m MODE] [-f FLAGS] [-v MINOR] [-t] [-w] FILE...
//
// A FILE named - stands for records on stdin: "LENGTH FLAGS MODE\n" and that many bytes; each
// answer ends with a line of its own.  -t: print the time instead of the tree.  -w: print warnings,
// too.  -n: a file of lines "HEX NAME" for \N{NAME}.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "syntax/parser.h"

static void print_node(const AstNode *node);

static void print_bytes(const AstText *text)
{
    fputs("b'", stdout);
    for (uint32_t i = 0; i < text->length; i++)
        printf("\\x%02x", (uint8_t)text->bytes[i]);
    putchar('\'');
}

/* Every string as hexadecimal code points: easy to produce on both sides. */
static void print_text(const AstText *text)
{
    const uint8_t *s = (const uint8_t *)text->bytes, *end = s + text->length;
    putchar('\'');
    while (s < end) {
        int more = *s < 0x80 ? 0 : *s < 0xE0 ? 1 : *s < 0xF0 ? 2 : 3;
        uint32_t c = more ? *s & (0x3Fu >> more) : *s;
        for (s++; more--; s++)
            c = c << 6 | (*s & 0x3Fu);
        if (c < 127 && c >= ' ' && c != '\'' && c != '\\')
            putchar((int)c);
        else
            printf("\\u{%x}", c);
    }
    putchar('\'');
}

static void print_double(double x)
{
    if (isinf(x))
        fputs("inf", stdout);
    else
        printf("%a", x);
}

static void print_literal(const AstLiteral *value)
{
    switch (value->tag) {
    case AST_NONE:
        fputs("None", stdout);
        break;
    case AST_TRUE:
        fputs("True", stdout);
        break;
    case AST_FALSE:
        fputs("False", stdout);
        break;
    case AST_ELLIPSIS:
        fputs("Ellipsis", stdout);
        break;
    case AST_INT:
        printf("%lld", (long long)value->integer);
        break;
    case AST_BIG_INT:
        printf("big(%s,%d)", value->text->bytes, value->base);
        break;
    case AST_FLOAT:
        print_double(value->number);
        break;
    case AST_COMPLEX:
        print_double(value->number);
        putchar('j');
        break;
    case AST_STR:
        print_text(value->text);
        break;
    case AST_BYTES:
        print_bytes(value->text);
        break;
    case AST_OBJECT:
        abort();
    }
}

static void print_value(AstFieldType type, const void *at)
{
    const AstTypeInfo *info = oz_ast_type(type);
    if (type == AST_TYPE_constant)
        print_literal(at);
    else if (type == AST_TYPE_int)
        printf("%d", *(const int32_t *)at);
    else if (info->member_count)
        printf("%s()", info->members[*(const int *)at]);
    else if (!*(void *const *)at)
        fputs("None", stdout);
    else if (info->is_node)
        print_node(*(AstNode *const *)at);
    else
        print_text(*(AstText *const *)at);
}

static void print_sequence(AstFieldType type, const AstSeq *seq)
{
    putchar('[');
    for (uint32_t i = 0; i < seq->count; i++) {
        int member = oz_ast_seq_op(seq, i);
        if (i)
            fputs(", ", stdout);
        print_value(type, oz_ast_type(type)->member_count ? (const void *)&member
                                                          : (const void *)&seq->items[i]);
    }
    putchar(']');
}

static void print_node(const AstNode *node)
{
    const AstKindInfo *info = oz_ast_kind(node->kind);
    printf("%s(", info->name);
    for (uint32_t i = 0; i < info->field_count; i++) {
        const AstFieldInfo *field = &info->fields[i];
        const void *at = (const char *)node + field->offset;
        printf("%s%s=", i ? ", " : "", field->name);
        if (field->quantity == AST_SEQUENCE)
            print_sequence(field->type, *(AstSeq *const *)at);
        else
            print_value(field->type, at);
    }
    if (oz_ast_type(info->type)->attributes != AST_ATTRIBUTES_NONE)
        printf("%s%d:%d-%d:%d", info->field_count ? ", " : "", node->line, node->col,
               node->end_line, node->end_col);
    putchar(')');
}

static ParseWarned print_warning(void *context, ParseWarningKind kind, const char *message,
                                 int32_t line)
{
    (void)context;
    printf("warning %s line %d: %s\n",
           kind == OZ_WARN_SYNTAX ? "SyntaxWarning" : "DeprecationWarning", line, message);
    return OZ_WARNED;
}

static ParseOptions options;
static bool time_only;

static void print_fault(const SyntaxFault *fault)
{
    static const char *const kinds[] = {
        "None",  "SyntaxError", "IndentationError", "TabError",    "ValueError",
        "codec", "MemoryError", "RecursionError",   "interrupted", "raised"};
    printf("%s: %s\n", kinds[fault->kind], fault->message);
    if (fault->has_end)
        printf("at %d:%d-%d:%d ", fault->line, fault->offset, fault->end_line, fault->end_offset);
    else
        printf("at %d:%d ", fault->line, fault->offset);
    if (fault->text)
        print_text(fault->text);
    else
        fputs("None", stdout);
    putchar('\n');
}

static void parse(const char *bytes, size_t length)
{
    Arena arena;
    oz_arena_init(&arena, NULL);
    SyntaxFault fault;
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    AstNode *tree = oz_parse(&arena, bytes, length, &options, &fault);
    clock_gettime(CLOCK_MONOTONIC, &end);
    if (time_only) {
        double ms =
            (double)(end.tv_sec - start.tv_sec) * 1e3 + (double)(end.tv_nsec - start.tv_nsec) / 1e6;
        printf("%.3f ms, %.1f MB/s, arena %zu KiB\n", ms, (double)length / ms / 1e3,
               arena.bytes / 1024);
    } else if (tree) {
        print_node(tree);
        putchar('\n');
    } else {
        print_fault(&fault);
    }
    oz_arena_fini(&arena);
}

static void parse_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(2);
    }
    fseek(file, 0, SEEK_END);
    size_t length = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(length + 1);
    length = fread(bytes, 1, length, file);
    parse(bytes, length);
    free(bytes);
    fclose(file);
}

/* Records: "LENGTH FLAGS MODE\n" and the bytes. */
static void parse_records(void)
{
    size_t length;
    unsigned flags, mode;
    while (scanf("%zu %u %u", &length, &flags, &mode) == 3) {
        getchar();
        char *bytes = malloc(length + 1);
        length = fread(bytes, 1, length, stdin);
        options.flags = flags;
        options.mode = (AstMode)mode;
        parse(bytes, length);
        puts("=====");
        fflush(stdout);
        free(bytes);
    }
}

/* The folder of this program is build/CONFIG/unit/syntax. */
static int run_test(void)
{
    static const char python[] = "/usr/bin/python3.11";
    char self[4000], script[4100];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0 || access(python, X_OK))
        return 0;
    self[length] = 0;
    int top = (int)length;
    for (int up = 0; up < 5; up++) {
        do {
            top--;
        } while (top > 0 && self[top] != '/');
    }
    snprintf(script, sizeof script, "%.*s/tests/unit/syntax/compare.py", top, self);
    execl(python, python, "-B", script, self, (char *)NULL);
    perror(python);
    return 2;
}

int main(int argc, char **argv)
{
    if (argc == 1)
        return run_test();
    options.stack_limit = (char *)__builtin_frame_address(0) - (6 << 20);
    static const char *const modes[] = {"exec", "single", "eval", "func_type"};
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "-m")) {
            i++;
            for (int mode = 0; mode < 4; mode++) {
                if (!strcmp(argv[i], modes[mode]))
                    options.mode = (AstMode)mode;
            }
        } else if (!strcmp(argv[i], "-f")) {
            options.flags = (uint32_t)atoi(argv[++i]);
        } else if (!strcmp(argv[i], "-v")) {
            options.feature_version = atoi(argv[++i]);
        } else if (!strcmp(argv[i], "-t")) {
            time_only = true;
        } else if (!strcmp(argv[i], "-w")) {
            options.warn = print_warning;
        } else if (!strcmp(argv[i], "-")) {
            parse_records();
        } else {
            parse_file(argv[i]);
        }
    }
    return 0;
}
