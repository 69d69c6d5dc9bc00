// SPDX-License-Identifier: MIT
// Running what the command line names, and how it ends.
//
// Exit status: 0; what sys.exit() was given; 1 for an exception; 2 for a file that is not there;
// 120 if the last output could not be written.  A KeyboardInterrupt ends the process by SIGINT.
#include "runtime/program.h"

#include "compile/compile.h"
#include "modules/atexit.h"
#include "modules/import.h"
#include "modules/modules.h"
#include "modules/signals.h"
#include "object/error.h"
#include "object/world.h"
#include "runtime/finish.h"
#include "runtime/prompt.h"
#include "syntax/parser.h"
#include "types/audit.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/function.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "vm/vm.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- __main__ ---- */

static Ref make_main(Thread *t)
{
    scoped Ref module = oz_module_new(t, OZ_NAME(t, __main__));
    scoped Ref builtins = oz_import(t, "builtins");
    scoped Ref annotations = oz_dict_new(t);
    if (!module || !builtins || !annotations ||
        !oz_dict_set(t, oz_module_dict(module), OZ_NAME(t, __builtins__), builtins) ||
        !oz_dict_set(t, oz_module_dict(module), OZ_NAME(t, __annotations__), annotations) ||
        !oz_dict_set(t, (Dict *)t->vm->modules, OZ_NAME(t, __main__), module))
        return NULL;
    return oz_move(&module);
}

static bool run_code(Thread *t, Obj module, Ref code /* taken */)
{
    scoped Ref held = code;
    Obj dict = (Obj)oz_module_dict(module);
    scoped Ref function = oz_function_new(t, (Code *)held, dict, NULL);
    if (!function)
        return false;
    oz_clear(&held);
    scoped Ref result = oz_run_code(t, function, dict, 0);
    return result != NULL;
}

static bool run_source(Thread *t, Obj module, Obj source, Obj filename, int flags)
{
    Ref code = t->vm->hooks.compile(t, source, filename, AST_MODE_EXEC, flags, -1);
    return code && run_code(t, module, code);
}

/* ---- sources ---- */

static Ref read_all(Thread *t, int fd)
{
    size_t capacity = 1 << 16, length = 0;
    char *buffer = malloc(capacity);
    while (buffer) {
        if (length == capacity) {
            char *more = realloc(buffer, capacity *= 2);
            if (!more) {
                free(buffer);
                buffer = NULL;
                break;
            }
            buffer = more;
        }
        ssize_t n = OZ_DETACHED(t, read(fd, buffer + length, capacity - length));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            int error = errno;
            free(buffer);
            return oz_raise_os_error(t, error, NULL);
        }
        if (n == 0)
            break;
        length += (size_t)n;
    }
    if (!buffer)
        return oz_raise_memory(t);
    Ref bytes = oz_bytes_new(t, buffer, length);
    free(buffer);
    return bytes;
}

static bool insert_path(Thread *t, const char *folder)
{
    scoped Ref path = NULL;
    if (oz_sys_get(t, "path", &path) != OZ_FOUND || !oz_as_list(path))
        return !t->exception;
    scoped Ref text = oz_decode_path(t, folder);
    return text && oz_list_insert(t, (List *)path, 0, text);
}

/* sys.path[0]: the program's folder, "" for -c and the prompt. */
static bool put_path(Thread *t, const char *folder)
{
    return oz_config(t)->safe_path || insert_path(t, folder);
}

static bool put_folder_of(Thread *t, const char *file)
{
    char real[PATH_MAX];
    if (!realpath(file, real))
        snprintf(real, sizeof real, "%s", file);
    char *slash = strrchr(real, '/');
    if (slash)
        slash[slash == real] = 0;
    return put_path(t, slash ? real : "");
}

static bool call_runpy(Thread *t, const char *function, Obj what, bool alter)
{
    scoped Ref runpy = oz_import(t, "runpy");
    scoped Ref name = runpy ? oz_intern(t, function) : NULL;
    scoped Ref run = name ? oz_get_attr(t, runpy, name) : NULL;
    scoped Ref result = run ? oz_call2(t, run, what, oz_bool(alter)) : NULL;
    return result != NULL;
}

static bool run_module(Thread *t, const char *name)
{
    if (strcmp(name, "tracemalloc") == 0) /* the library's does nothing when it is run */
        name = "_alloctrace";
    else if (strcmp(name, "dis") ==
             0) /* the library's knows CPython's instructions until imported */
        name = "_dismain";
    char folder[4096];
    if (!getcwd(folder, sizeof folder))
        folder[0] = 0;
    scoped Ref text = put_path(t, folder) ? oz_decode_path(t, name) : NULL;
    return text && call_runpy(t, "_run_module_as_main", text, true);
}

/* -x: the line break stays, so that the others keep their numbers. */
static Ref without_first_line(Thread *t, Ref source)
{
    scoped Ref all = source;
    const Bytes *bytes = oz_as_bytes(all);
    const char *data = (const char *)oz_bytes_data(bytes);
    size_t length = oz_bytes_length(bytes);
    const char *end = memchr(data, '\n', length);
    return end ? oz_bytes_new(t, end, (size_t)(data + length - end)) : oz_bytes_new(t, "", 0);
}

/* The path as programs see it: below the current folder, not simplified. */
static const char *make_absolute(const char *path, char full[static PATH_MAX])
{
    size_t length = strlen(path);
    if (*path == '/' || !getcwd(full, PATH_MAX) || strlen(full) + length + 2 > PATH_MAX)
        return path;
    strcat(strcat(full, "/"), path);
    return full;
}

/* What the program's own source is called; nothing caches its code. */
static bool set_file(Thread *t, Obj main, Obj name)
{
    return oz_set_attr(t, main, OZ_NAME(t, __file__), name) &&
           oz_set_attr(t, main, OZ_NAME(t, __cached__), OZ_NONE);
}

static bool is_code_name(const char *path)
{
    size_t length = strlen(path);
    return length > 4 && !strcmp(path + length - 4, ".pyc");
}

/* A program that is code already. */
static bool run_compiled(Thread *t, Obj main, Obj bytes, Obj name)
{
    if (!oz_cache_is_code(oz_bytes_data((const Bytes *)bytes),
                          oz_bytes_length((const Bytes *)bytes)))
        return oz_fail(t, OZ_RuntimeError, "Bad magic number in .pyc file");
    Ref code = oz_cache_decode(t, bytes, OZ_NAME(t, __main__), name);
    return code && run_code(t, main, code);
}

static bool run_file(Thread *t, Obj main, const char *given, int *status)
{
    struct stat info;
    char full[PATH_MAX];
    const char *path = make_absolute(given, full);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) != 0) {
        fprintf(stderr, "%s: can't open file '%s': [Errno %d] %s\n", oz_config(t)->arguments[0],
                path, errno, strerror(errno));
        *status = 2;
        return true;
    }
    unsigned char magic[4] = {0};
    bool zip =
        S_ISREG(info.st_mode) && pread(fd, magic, 4, 0) == 4 && memcmp(magic, "PK\3\4", 4) == 0;
    scoped Ref name = oz_decode_path(t, path);
    if (!name || S_ISDIR(info.st_mode) || zip) {
        close(fd);
        scoped Ref main_name = oz_str_new(t, "__main__");
        return name && main_name && insert_path(t, path) && /* -P too: it is the program */
               call_runpy(t, "_run_module_as_main", main_name, false);
    }
    scoped Ref source = read_all(t, fd);
    close(fd);
    if (source && oz_config(t)->skip_first_line)
        source = without_first_line(t, oz_move(&source));
    scoped Ref loader = source ? oz_loader_new(t, OZ_NAME(t, __main__), name) : NULL;
    if (!loader || !set_file(t, main, name) ||
        !oz_set_attr(t, main, OZ_NAME(t, __loader__), loader) || !put_folder_of(t, path))
        return false;
    const Bytes *bytes = (const Bytes *)source;
    if (is_code_name(path) || oz_cache_is_code(oz_bytes_data(bytes), oz_bytes_length(bytes)))
        return run_compiled(t, main, source, name);
    return run_source(t, main, source, name, OZ_COMPILE_FILE);
}

/* Of a program that comes from no file. */
static bool set_builtin_loader(Thread *t, Obj main)
{
    scoped Ref loader = oz_loader_new(t, OZ_NAME(t, __main__), NULL);
    return loader && oz_set_attr(t, main, OZ_NAME(t, __loader__), loader);
}

static bool run_text(Thread *t, Obj main, const char *text)
{
    scoped Ref source = put_path(t, "") ? oz_bytes_new(t, text, strlen(text)) : NULL;
    return source && set_builtin_loader(t, main) &&
           run_source(t, main, source, OZ_TEXT(t, string_file), 0);
}

static bool run_stdin(Thread *t, Obj main)
{
    scoped Ref source =
        put_path(t, "") && set_builtin_loader(t, main) && set_file(t, main, OZ_TEXT(t, stdin_file))
            ? read_all(t, 0)
            : NULL;
    return source && run_source(t, main, source, OZ_TEXT(t, stdin_file), OZ_COMPILE_FILE);
}

/* ---- the end ---- */

static int exit_status(Thread *t, Obj e)
{
    scoped Ref name = oz_intern(t, "code");
    scoped Ref code = name ? oz_get_attr(t, e, name) : NULL;
    if (!code) {
        oz_exception_clear(t);
        return 1;
    }
    if (code == OZ_NONE)
        return 0;
    Obj exact = oz_as_exact_int(code);
    int64_t n;
    if (exact)
        return oz_int_fits_int64(exact, &n) ? (int)(n & 0xff) : 255;
    scoped Ref file = NULL;
    scoped Ref text = oz_str(t, code);
    if (!text || oz_sys_get(t, "stderr", &file) != OZ_FOUND || file == OZ_NONE ||
        !oz_file_write(t, file, text) || !oz_file_write(t, file, OZ_TEXT(t, newline)))
        oz_exception_clear(t);
    return 1;
}

/* No memory even to report: the least that can be said. */
static bool said_no_memory(Thread *t)
{
    if (!oz_raised(t, OZ_MemoryError))
        return false;
    oz_exception_clear(t);
    fputs("MemoryError\n", stderr);
    return true;
}

int oz_program_report(Thread *t)
{
    if (!t->exception) {
        fputs("SystemError: the program failed without an exception\n", stderr);
        return 1;
    }
    if (oz_raised(t, OZ_SystemExit)) {
        scoped Ref e = oz_exception_take(t);
        return exit_status(t, e);
    }
    scoped Ref e = oz_exception_take(t);
    bool interrupted = oz_class_of(e) == t->vm->errors[OZ_KeyboardInterrupt];
    scoped Ref hook = NULL;
    Obj traceback = ((BaseException *)e)->traceback;
    if (oz_sys_get(t, "excepthook", &hook) == OZ_FOUND) {
        if (!oz_audit_event(t, "sys.excepthook", "OOOO", hook, (Obj)oz_class_of(e), e, traceback)) {
            if (oz_raised(t, OZ_RuntimeError))
                return 1; /* the hook's way to keep the exception unseen */
            oz_exception_clear(t);
        }
        scoped Ref out = NULL;
        if (oz_sys_get(t, "stdout", &out) == OZ_FOUND && out != OZ_NONE && !oz_file_flush(t, out))
            oz_exception_clear(t);
        scoped Ref done =
            oz_call3(t, hook, (Obj)oz_class_of(e), e, traceback ? traceback : OZ_NONE);
        if (!done && oz_raised(t, OZ_SystemExit)) {
            scoped Ref leave = oz_exception_take(t);
            return exit_status(t, leave);
        }
        if (!done && !said_no_memory(t)) {
            scoped Ref failure = oz_exception_take(t);
            oz_unraisable_print(t, failure, NULL, "Error in sys.excepthook");
            fputs("\n", stderr);
            oz_unraisable_print(t, e, NULL, "Original exception was");
        }
    } else if (!said_no_memory(t)) {
        oz_exception_clear(t);
        oz_unraisable_print(t, e, NULL, "sys.excepthook is missing");
    }
    if (interrupted)
        return -SIGINT;
    return 1;
}

/* threading._shutdown(), if the module was imported. */
static void wait_for_threads(Thread *t)
{
    scoped Ref name = oz_intern(t, "threading"), module = NULL, shutdown = NULL;
    scoped Ref attribute = name ? oz_intern(t, "_shutdown") : NULL;
    if (attribute && oz_is(t->vm->modules, OZ_DICT) &&
        oz_dict_get(t, (Dict *)t->vm->modules, name, &module) == OZ_FOUND &&
        oz_find_attr(t, module, attribute, &shutdown) == OZ_FOUND) {
        scoped Ref done = oz_call0(t, shutdown);
        if (!done)
            oz_unraisable(t, module, NULL);
    }
    oz_exception_clear(t);
}

/* Flush a standard file; a failure is reported and makes the status 120. */
static void flush(Thread *t, const char *name, int *status)
{
    scoped Ref file = NULL;
    if (oz_sys_get(t, name, &file) != OZ_FOUND || file == OZ_NONE) {
        oz_exception_clear(t);
        return;
    }
    bool closed = false;
    if (!oz_file_closed(t, file, &closed))
        oz_exception_clear(t);
    if (closed || oz_file_flush(t, file))
        return;
    oz_unraisable(t, file, NULL);
    *status = 120;
}

/* Flush a standard file; a failure will show again when it is flushed at the end. */
static void flush_quietly(Thread *t, const char *name)
{
    scoped Ref file = NULL;
    t->hurries = true; /* a thread may hold it for ever */
    if (oz_sys_get(t, name, &file) != OZ_FOUND || file == OZ_NONE || !oz_file_flush(t, file))
        oz_exception_clear(t);
    t->hurries = false;
}

void oz_program_flush(Thread *t)
{
    int status = 0;
    flush(t, "stdout", &status);
}

/* sys.__interactivehook__, which a program's sitecustomize or PYTHONSTARTUP may have set. */
static void run_interactive_hook(Thread *t)
{
    scoped Ref hook = NULL;
    Found found = oz_sys_get(t, "__interactivehook__", &hook);
    if (found == OZ_MISSING)
        return;
    scoped Ref done =
        found == OZ_FOUND && oz_audit_event(t, "cpython.run_interactivehook", "O", hook)
            ? oz_call0(t, hook)
            : NULL;
    if (done)
        return;
    fputs("Failed calling sys.__interactivehook__\n", stderr);
    (void)oz_program_report(t);
}

/* Without a program: the prompt where somebody types (or -i asks for it), else a program on
 * standard input. */
static bool run_default(Thread *t, Obj main, const Config *config, int *status)
{
    if (!isatty(0) && !config->interactive)
        return run_stdin(t, main);
    const char *startup = oz_options_environment(config, "PYTHONSTARTUP");
    if (startup) {
        scoped Ref name = oz_decode_path(t, startup);
        int fd = open(startup, O_RDONLY | O_CLOEXEC);
        scoped Ref source = fd >= 0 && name ? read_all(t, fd) : NULL;
        if (fd >= 0)
            close(fd);
        if (!source && !t->exception)
            fprintf(stderr, "Could not open PYTHONSTARTUP\n");
        if ((source && !run_source(t, main, source, name, OZ_COMPILE_FILE)) || t->exception)
            (void)oz_program_report(t);
    }
    run_interactive_hook(t);
    if (!put_path(t, ""))
        return false;
    *status = oz_prompt_run(t, main, !config->quiet);
    return true;
}

/* The filters of -W, -b and PYTHONWARNINGS are read by the warnings module. */
static bool apply_warn_options(Thread *t)
{
    scoped Ref options = NULL;
    if (oz_sys_get(t, "warnoptions", &options) != OZ_FOUND || !oz_as_list(options) ||
        oz_list_length((List *)options) == 0)
        return !t->exception;
    scoped Ref warnings = oz_import(t, "warnings");
    return warnings || oz_exception_forget(t, OZ_ImportError);
}

static int run_main(Thread *t, const Options *options)
{
    int status = 0;
    scoped Ref main = make_main(t);
    bool ok = main != NULL && apply_warn_options(t);
    if (ok) {
        switch (options->kind) {
        case OZ_RUN_TEXT:
            ok = run_text(t, main, options->what);
            break;
        case OZ_RUN_MODULE:
            ok = run_module(t, options->what);
            break;
        case OZ_RUN_FILE:
            ok = run_file(t, main, options->what, &status);
            break;
        case OZ_RUN_STDIN:
            ok = run_stdin(t, main);
            break;
        default:
            ok = run_default(t, main, &options->config, &status);
        }
    }
    if (!ok || !oz_poll(t)) /* a signal may have come with the last call */
        status = oz_program_report(t);
    flush_quietly(t, "stderr");
    flush_quietly(t, "stdout");
    const Config *config = &options->config;
    bool more = (config->interactive || isatty(0)) &&
                (config->inspect || oz_options_environment(config, "PYTHONINSPECT"));
    if (main && more && options->kind != OZ_RUN_PROMPT)
        status = oz_prompt_run(t, main, false);
    return status;
}

int oz_program_run(Thread *t, const Options *options)
{
    int status = run_main(t, options);
    wait_for_threads(t);
    oz_atexit_run(t);
    t->vm->finalizing = OZ_ENDING;
    flush(t, "stdout", &status);
    flush(t, "stderr", &status);
    oz_world_end(t); /* daemon threads stay where they are */
    t->vm->finalizing = OZ_FINALIZING;
    oz_signals_fini(t);
    oz_finish(t);
    if (!oz_files_flush(t))
        oz_exception_clear(t);
    return status;
}
