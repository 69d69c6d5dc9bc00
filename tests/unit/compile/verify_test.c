// SPDX-License-Identifier: MIT
// Compile every file of CPython's library and prove each code object with the verifier.
//
//     verify_test                 the whole of /usr/lib/python3.11, or what lies there
//     verify_test FILE...         these files
//     verify_test -d FILE...      show their code as well
//     verify_test -e FILE...      show what they raise, one line each
#include "unit.h"

#include "bytecode/disassemble.h"
#include "bytecode/verify.h"
#include "compile/compile.h"
#include "types/bytes.h"
#include "types/class_layout.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/exception.h"
#include "types/native.h"
#include "types/str.h"
#include "types/tuple.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>

static Thread *t;
static bool show_code, show_errors;
static int files, objects, refused;
static size_t words, position_bytes;

static void raise_recursion(Thread *thread, const char *where)
{
    oz_raise(thread, OZ_RecursionError, "maximum recursion depth exceeded%s", where);
}

/* Until a layer above has it, warnings are heard by nobody. */
__attribute__((weak)) bool oz_warn(Thread *thread OZ_UNUSED, int kind OZ_UNUSED,
                                   int stack_level OZ_UNUSED, const char *format OZ_UNUSED, ...)
{
    return true;
}

static bool poll(Thread *thread)
{
    atomic_store(&thread->interrupt, 0);
    return true;
}

static void boot(void)
{
    Vm *vm = oz_vm_new();
    static const TypeDef *types[OZ_BUILTIN_IDS];
    for (uint32_t id = 0; id < OZ_TYPE_END; id++)
        types[id] = oz_core_types[id];
    vm->types = types;
    vm->hooks.raise_recursion = raise_recursion;
    vm->hooks.poll = poll;
    t = vm->main;
    if (!oz_names_init(t) || !oz_classes_init(t) || !oz_exceptions_init(t) || !oz_bytes_init(t) ||
        !oz_floats_init(t))
        abort();
    vm->modules = oz_dict_new(t);
    vm->builtins = oz_dict_new(t);
    vm->sys = oz_dict_new(t);
    if (!vm->sys)
        abort();
}

static void verify(const char *path, const Code *code)
{
    char message[200];
    objects++;
    words += code->count;
    position_bytes += code->position_bytes;
    if (!oz_code_verify(t, code, message, sizeof message)) {
        scoped Ref keep = NULL;
        fprintf(stderr, "%s: %s (line %d): %s\n", path, oz_str_display(t, code->qualname, &keep),
                code->first_line, message);
        failures++;
    }
    const Tuple *constants = (const Tuple *)code->constants;
    for (uint32_t i = 0; i < constants->length; i++)
        if (oz_is(constants->items[i], OZ_CODE))
            verify(path, (const Code *)constants->items[i]);
}

static void report(const char *path)
{
    scoped Ref error = oz_exception_take(t);
    scoped Ref args = oz_retain(oz_as_exception(error)->args);
    scoped Ref text = oz_repr(t, args), keep = NULL;
    refused++;
    if (show_errors)
        printf("%s %s %s\n", path, oz_class_of(error)->def->name, oz_str_display(t, text, &keep));
}

static void compile_text(const char *path, const char *text, size_t length)
{
    scoped Ref filename = oz_str_new(t, path);
    scoped Ref code = oz_compile_source(t, text, length, filename, AST_MODE_EXEC, 0, 0);
    if (!code) {
        report(path);
        return;
    }
    if (show_code)
        oz_disassemble(t, (const Code *)code, stdout);
    verify(path, (const Code *)code);
}

static void compile_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = malloc((size_t)size + 1);
    if (text && fread(text, 1, (size_t)size, file) == (size_t)size) {
        files++;
        compile_text(path, text, (size_t)size);
    }
    free(text);
    fclose(file);
}

static int visit(const char *path, const struct stat *info OZ_UNUSED, int type,
                 struct FTW *place OZ_UNUSED)
{
    size_t length = strlen(path);
    if (type == FTW_F && length > 3 && !strcmp(path + length - 3, ".py"))
        compile_file(path);
    return 0;
}

int main(int count, char **arguments)
{
    boot();
    bool given = false;
    for (int i = 1; i < count; i++) {
        show_code |= !strcmp(arguments[i], "-d");
        show_errors |= !strcmp(arguments[i], "-e");
        if (arguments[i][0] == '-')
            continue;
        given = true;
        nftw(arguments[i], visit, 16, FTW_PHYS);
    }
    if (!given)
        nftw("/usr/lib/python3.11", visit, 16, FTW_PHYS);
    if (!given || show_errors)
        printf("%d files (%d refused), %d code objects, %zu words, %zu bytes of positions\n", files,
               refused, objects, words, position_bytes);
    return failures > 0;
}
