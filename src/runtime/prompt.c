// SPDX-License-Identifier: MIT
// The interactive prompt: history, line editing and completion on a terminal, plain lines from a
// pipe.
//
// A statement is compiled after each line; while the parser says that it is incomplete, the next
// line is asked for with sys.ps2.  Line editing is libedit's, opened when a terminal is there; a
// pipe is read byte by byte, so that what the program itself reads is left to it.
#include "runtime/prompt.h"

#include "modules/import.h"
#include "modules/locale.h"
#include "modules/modules.h"
#include "object/error.h"
#include "object/world.h"
#include "runtime/program.h"
#include "syntax/parser.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/function.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/type.h"
#include "vm/vm.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

enum { INCOMPLETE_FLAGS = 0x0200 | 0x4000 }; /* do not imply dedent; allow incomplete input */

/* ---- line editing ---- */

typedef struct Editor {
    char *(*readline)(const char *prompt);
    int (*add_history)(const char *line);
    int (*read_history)(const char *file);
    int (*write_history)(const char *file);
    char **(*completion_matches)(const char *text, char *(*next)(const char *, int));
    char history[4096];
} Editor;

/* Completion and read_key run inside readline(), which knows no context. */
static Thread *completing;

/* The names that may follow `text`: attributes after a dot, else globals, builtins, keywords. */
static Ref completions(Thread *t, const char *text)
{
    const char *dot = strrchr(text, '.');
    scoped Ref main = NULL;
    if (oz_dict_get(t, (Dict *)t->vm->modules, OZ_NAME(t, __main__), &main) != OZ_FOUND)
        return NULL;
    Obj names = (Obj)oz_module_dict(main);
    scoped Ref builtins = oz_import(t, "builtins");
    scoped Ref dir_name = oz_intern(t, "dir");
    scoped Ref dir = builtins && dir_name ? oz_get_attr(t, builtins, dir_name) : NULL;
    if (!dir)
        return NULL;
    if (!dot) {
        scoped Ref list = oz_list_from(t, names);
        if (!list || !oz_list_extend(t, (List *)list, t->vm->builtins))
            return NULL;
        return oz_move(&list);
    }
    scoped Ref source = oz_bytes_new(t, text, (size_t)(dot - text));
    scoped Ref code =
        source ? t->vm->hooks.compile(t, source, OZ_TEXT(t, string_file), AST_MODE_EVAL, 0, -1)
               : NULL;
    scoped Ref function = code ? oz_function_new(t, (Code *)code, names, NULL) : NULL;
    scoped Ref value = function ? oz_run_code(t, function, names, 0) : NULL;
    return value ? oz_call1(t, dir, value) : NULL;
}

/* readline's generator: the next name that begins with `text`, or NULL. */
static char *next_completion(const char *text, int state)
{
    static Ref list;
    static size_t at;
    Thread *t = completing;
    if (state == 0) {
        oz_clear(&list);
        at = 0;
        list = strpbrk(text, "([{'\"") ? NULL : completions(t, text);
        if (!list)
            oz_exception_clear(t);
    }
    const char *dot = strrchr(text, '.');
    const char *last = dot ? dot + 1 : text;
    while (list && at < oz_list_length((List *)list)) {
        scoped Ref name = oz_list_get(t, (List *)list, at++);
        scoped Ref keep = NULL;
        const char *each = name && oz_is_str(name) ? oz_str_display(t, name, &keep) : "";
        if (strncmp(each, last, strlen(last)) != 0)
            continue;
        char *found = malloc((size_t)(last - text) + strlen(each) + 1);
        if (found) {
            memcpy(found, text, (size_t)(last - text));
            strcpy(found + (last - text), each);
        }
        return found;
    }
    return NULL;
}

static char **complete(const char *text, int start OZ_UNUSED, int end OZ_UNUSED)
{
    void *library = dlopen("libedit.so.2", RTLD_NOW | RTLD_NOLOAD);
    char **(*matches)(const char *, char *(*)(const char *, int)) =
        library ? (char **(*)(const char *, char *(*)(const char *, int)))dlsym(
                      library, "rl_completion_matches")
                : NULL;
    if (!matches || !*text)
        return NULL;
    Thread *t = completing;
    oz_attach(t); /* readline() runs detached */
    char **found = matches(text, next_completion);
    oz_detach(t);
    return found;
}

/* Wait for a key; false: a signal asks for its handler.  Signals are let in by the wait alone, for
 * one that came between a look at the interrupt word and the wait would be heard with the next key
 * only. */
static bool key_is_there(const Thread *t)
{
    sigset_t all, before;
    struct pollfd keys = {.fd = 0, .events = POLLIN};
    bool signal, there = false;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    do {
        signal = atomic_load_explicit(&t->interrupt, memory_order_relaxed) & OZ_INTERRUPT_SIGNAL;
        if (!signal)
            there = ppoll(&keys, 1, NULL, &before) > 0;
    } while (!signal && !there);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return there;
}

/* The next character for libedit, or -1. */
static int read_key(FILE *in OZ_UNUSED)
{
    mbstate_t state = {0};
    for (;;) {
        char byte;
        wchar_t character;
        if (!key_is_there(completing) || read(0, &byte, 1) != 1)
            return -1;
        size_t size = mbrtowc(&character, &byte, 1, &state);
        if (size != (size_t)-2)
            return size == (size_t)-1 ? (unsigned char)byte : (int)character;
    }
}

/* Open libedit if both ends are a terminal; false: plain lines. */
static bool editor_open(Thread *t, Editor *editor)
{
    memset(editor, 0, sizeof *editor);
    if (!isatty(0) || !isatty(1))
        return false;
    oz_locale_use_utf8(); /* libedit drops the characters that the locale has not */
    void *library = dlopen("libedit.so.2", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return false;
    *(void **)&editor->readline = dlsym(library, "readline");
    *(void **)&editor->add_history = dlsym(library, "add_history");
    *(void **)&editor->read_history = dlsym(library, "read_history");
    *(void **)&editor->write_history = dlsym(library, "write_history");
    if (!editor->readline || !editor->add_history)
        return false;
    completing = t;
    int (**next_key)(FILE *) = dlsym(library, "rl_getc_function");
    if (next_key)
        *next_key = read_key;
    char **(**attempt)(const char *, int, int) = dlsym(library, "rl_attempted_completion_function");
    const char **words = dlsym(library, "rl_completer_word_break_characters");
    if (attempt)
        *attempt = complete;
    if (words)
        *words = " \t\n`@$><=;|&{(";
    const char *home = getenv("HOME");
    if (home && editor->read_history) {
        snprintf(editor->history, sizeof editor->history, "%s/.ounce_history", home);
        (void)editor->read_history(editor->history);
    }
    return true;
}

/* ---- lines ---- */

typedef struct Text {
    char *data;
    size_t length, capacity;
} Text;

static bool text_add(Text *text, const char *data, size_t length)
{
    if (text->length + length + 1 > text->capacity) {
        size_t capacity = (text->length + length + 1) * 2;
        char *more = realloc(text->data, capacity);
        if (!more)
            return false;
        text->data = more;
        text->capacity = capacity;
    }
    memcpy(text->data + text->length, data, length);
    text->length += length;
    text->data[text->length] = 0;
    return true;
}

/* A signal has ended a read: its handlers run.  OZ_MISSING: the read goes on. */
static Found interrupted(Thread *t)
{
    return oz_poll(t) ? OZ_MISSING : OZ_RAISED;
}

/* One line with its newline from a pipe; OZ_MISSING: the end. */
static Found read_plain(Thread *t, const char *prompt, Text *text)
{
    fputs(prompt, stderr);
    fflush(stderr);
    size_t before = text->length;
    char c;
    for (;;) {
        ssize_t n = OZ_DETACHED(t, read(0, &c, 1));
        if (n < 0 && errno == EINTR && interrupted(t) == OZ_RAISED)
            return OZ_RAISED;
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return text->length > before && text_add(text, "\n", 1) ? OZ_FOUND : OZ_MISSING;
        if (!text_add(text, &c, 1))
            return OZ_MISSING;
        if (c == '\n')
            return OZ_FOUND;
    }
}

/* readline() answers a signal as it answers the end of the input. */
static Found read_edited(Thread *t, Editor *editor, const char *prompt, Text *text)
{
    char *line;
    while (!(line = OZ_DETACHED(t, editor->readline(prompt)))) {
        bool signal =
            atomic_load_explicit(&t->interrupt, memory_order_relaxed) & OZ_INTERRUPT_SIGNAL;
        if (!signal)
            return OZ_MISSING;
        if (interrupted(t) == OZ_RAISED)
            return OZ_RAISED;
    }
    if (*line)
        editor->add_history(line);
    bool ok = text_add(text, line, strlen(line)) && text_add(text, "\n", 1);
    free(line);
    return ok ? OZ_FOUND : OZ_MISSING;
}

/* sys.ps1 or sys.ps2 as text, into `out`. */
static void prompt_text(Thread *t, const char *name, char *out, size_t room)
{
    scoped Ref value = NULL, keep = NULL;
    scoped Ref text = oz_sys_get(t, name, &value) == OZ_FOUND ? oz_str(t, value) : NULL;
    snprintf(out, room, "%s", text ? oz_str_display(t, text, &keep) : "");
    oz_exception_clear(t);
}

/* ---- statements ---- */

/* Does the SyntaxError that is pending say that more lines are needed?  It is forgotten then.  What
 * an open bracket hides is told when it is closed. */
static bool is_incomplete(Thread *t)
{
    if (!oz_raised(t, OZ_SyntaxError))
        return false;
    scoped Ref e = oz_exception_take(t), keep = NULL;
    scoped Ref message = oz_get_attr(t, e, OZ_NAME(t, msg));
    const char *text = message && oz_is_str(message) ? oz_str_display(t, message, &keep) : "";
    bool incomplete =
        strcmp(text, "incomplete input") == 0 || strstr(text, "was never closed") != NULL;
    if (!incomplete) {
        oz_exception_clear(t);
        oz_exception_put(t, oz_move(&e));
    }
    return incomplete;
}

/* Compile what was typed; OZ_MISSING: more lines are needed.  Without the last newline a block is
 * incomplete until an empty line ends it. */
static Found compile_typed(Thread *t, const Text *text, Ref *code)
{
    scoped Ref source = oz_bytes_new(t, text->data, text->length - 1);
    *code = source ? t->vm->hooks.compile(t, source, OZ_TEXT(t, stdin_file), AST_MODE_SINGLE,
                                          INCOMPLETE_FLAGS, -1)
                   : NULL;
    if (*code)
        return OZ_FOUND;
    if (!source || !is_incomplete(t))
        return OZ_RAISED;
    /* The end of the line tells a mistake at its end from what the next line may complete. */
    scoped Ref whole = oz_bytes_new(t, text->data, text->length);
    scoped Ref again = whole ? t->vm->hooks.compile(t, whole, OZ_TEXT(t, stdin_file),
                                                    AST_MODE_SINGLE, INCOMPLETE_FLAGS, -1)
                             : NULL;
    return again || (whole && is_incomplete(t)) ? OZ_MISSING : OZ_RAISED;
}

/* Nothing but white space, or one line that is a comment? */
static bool only_blank(const Text *text)
{
    size_t blank = strspn(text->data, " \t\f\r\n");
    return blank == text->length ||
           (text->data[blank] == '#' && strchr(text->data, '\n') == text->data + text->length - 1);
}

/* Does a backslash join the last line with the next one? */
static bool is_joined(const Text *text)
{
    return text->length > 1 && text->data[text->length - 2] == '\\';
}

static bool run_typed(Thread *t, Obj main, Obj code)
{
    Obj dict = (Obj)oz_module_dict(main);
    scoped Ref function = oz_function_new(t, (Code *)code, dict, NULL);
    scoped Ref result = function ? oz_run_code(t, function, dict, 0) : NULL;
    return result != NULL;
}

/* An exception at the prompt is shown, and the prompt goes on; SystemExit ends it. */
static bool survives(Thread *t, int *status)
{
    if (oz_raised(t, OZ_SystemExit)) {
        *status = oz_program_report(t);
        return false;
    }
    (void)oz_program_report(t);
    return true;
}

static void greet(void)
{
    fprintf(stderr,
            "Python " OZ_PYTHON_VERSION " (Ounce " OZ_VERSION ", " __DATE__ ") [GCC " __VERSION__
            "] on linux\nType \"help\", \"copyright\", \"credits\" or \"license\" for more "
            "information.\n");
}

static bool set_prompts(Thread *t)
{
    scoped Ref sys = oz_import(t, "sys");
    Module *module = (Module *)sys;
    return sys && oz_module_add_str(t, module, "ps1", ">>> ") &&
           oz_module_add_str(t, module, "ps2", "... ");
}

int oz_prompt_run(Thread *t, Obj main, bool banner)
{
    Editor editor;
    bool editing = editor_open(t, &editor);
    Text text = {0};
    int status = 0;
    char prompt[256];
    if (!set_prompts(t))
        return oz_program_report(t);
    if (banner)
        greet();
    for (;;) {
        prompt_text(t, text.length ? "ps2" : "ps1", prompt, sizeof prompt);
        Found line =
            editing ? read_edited(t, &editor, prompt, &text) : read_plain(t, prompt, &text);
        if (line == OZ_MISSING)
            break;
        if (line == OZ_RAISED) {
            text.length = 0;
            if (oz_exception_forget(t, OZ_KeyboardInterrupt))
                fputs("\nKeyboardInterrupt\n", stderr);
            else if (!survives(t, &status))
                goto done;
            continue;
        }
        if (only_blank(&text)) {
            text.length = 0;
            continue;
        }
        if (is_joined(&text))
            continue;
        scoped Ref code = NULL;
        Found found = compile_typed(t, &text, &code);
        if (found == OZ_MISSING)
            continue;
        text.length = 0;
        bool ok = found == OZ_FOUND && run_typed(t, main, code);
        if (!ok && !survives(t, &status))
            goto done;
        oz_program_flush(t);
    }
    fputs("\n", stderr);
done:
    if (editing && editor.write_history && *editor.history)
        (void)editor.write_history(editor.history);
    free(text.data);
    return status;
}
