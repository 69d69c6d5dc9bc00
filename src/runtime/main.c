// SPDX-License-Identifier: MIT
// The program `ounce`.
#include "compile/compile.h"
#include "modules/modules.h"
#include "object/error.h"
#include "runtime/start.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/function.h"
#include "types/str.h"
#include "vm/vm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

OZ_FUNCTION(stdout, write, "($module, text, /)", "")
{
    scoped Ref keep = NULL;
    fputs(oz_str_display(t, a[1], &keep), stdout);
    return OZ_NONE;
}
OZ_FUNCTION(stdout, flush, "($module, /)", "")
{
    fflush(stdout);
    return OZ_NONE;
}
static const ModuleDef temporary_stdout = {
    .name = "stdout", .functions = OZ_METHODS(&stdout_write, &stdout_flush)};

int main(int argc, char **argv)
{
    Vm *vm = oz_runtime_new();
    if (!vm)
        return 1;
    Thread *t = vm->main;
    scoped Ref out = oz_module_from_def(t, &temporary_stdout);
    scoped Ref out_name = oz_intern(t, "stdout");
    (void)!oz_dict_set(t, (Dict *)vm->sys, out_name, out);
    const char *text = argv[argc - 1];
    char *buffer = NULL;
    size_t length = strlen(text);
    if (argc == 2) {
        FILE *file = fopen(argv[1], "rb");
        if (!file)
            return 2;
        buffer = malloc(1 << 24);
        length = fread(buffer, 1, 1 << 24, file);
        text = buffer;
        fclose(file);
    }
    scoped Ref name = oz_str_new(t, argc == 2 ? argv[1] : "<string>");
    scoped Ref globals = oz_dict_new(t);
    scoped Ref main_name = oz_str_new(t, "__main__");
    if (!oz_dict_set(t, (Dict *)globals, OZ_NAME(t, __name__), main_name) ||
        !oz_dict_set(t, (Dict *)globals, OZ_NAME(t, __builtins__), vm->builtins))
        return 1;
    scoped Ref code = oz_compile_source(t, text, length, name, AST_MODE_EXEC, 0, -1);
    scoped Ref function = code ? oz_function_new(t, (Code *)code, globals, NULL) : NULL;
    scoped Ref result = function ? oz_run_code(t, function, globals, 0) : NULL;
    fflush(stdout);
    if (!result) {
        scoped Ref e = oz_exception_take(t);
        scoped Ref keep = NULL;
        scoped Ref shown = oz_exception_text(t, e);
        fprintf(stderr, "%s", shown ? oz_str_display(t, shown, &keep) : "?");
    }
    return result ? 0 : 1;
}

/* Until _warnings is linked. */
__attribute__((weak)) bool oz_warn(Thread *t OZ_UNUSED, int kind OZ_UNUSED,
                                   int stack_level OZ_UNUSED, const char *format OZ_UNUSED, ...)
{
    return true;
}
