// SPDX-License-Identifier: MIT
// The module _io: open(), the standard files, and the list of files to flush at the end.
//
// The standard files are made at every start, so they are put together here without a method call:
// a descriptor, a buffer, and UTF-8, which needs no codec from the library.
#include "modules/io.h"

#include "modules/import.h"
#include "modules/modules.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- files that may hold what is not written ---- */

static void files_lock(Vm *vm)
{
    while (atomic_exchange_explicit(&vm->files_lock, true, memory_order_acquire))
        sched_yield();
}

static void files_unlock(Vm *vm)
{
    atomic_store_explicit(&vm->files_lock, false, memory_order_release);
}

void oz_file_node_add(Thread *t, FileNode *node, IoBase *file)
{
    files_lock(t->vm);
    FileNode **head = (FileNode **)&t->vm->files;
    node->file = file;
    node->next = *head;
    node->link = head;
    if (*head)
        (*head)->link = &node->next;
    *head = node;
    files_unlock(t->vm);
}

void oz_file_node_remove(Thread *t, FileNode *node)
{
    if (!node->link)
        return;
    files_lock(t->vm);
    *node->link = node->next;
    if (node->next)
        node->next->link = node->link;
    node->link = NULL;
    files_unlock(t->vm);
}

/* One of sys.stdout and its like?  Their failures have been reported already. */
bool oz_file_is_standard(Obj file)
{
    if (oz_isa(file, OZ_TEXT_IO))
        file = oz_text_io_buffer(file);
    if (file && oz_is_buffered(file))
        file = ((const Buffered *)file)->raw;
    return file && oz_is_file_io(file) && !((const FileIo *)file)->close_fd &&
           ((const FileIo *)file)->fd <= 2;
}

/* Flush all files of text, or all of bytes.  Each is taken off the list first. */
static bool flush_files(Thread *t, bool text)
{
    bool ok = true;
    for (FileNode *node = t->vm->files; node;) {
        FileNode *next = node->next;
        Obj file = (Obj)node->file;
        bool is_text = oz_isa(file, OZ_TEXT_IO);
        bool closed;
        if (is_text == text && oz_refs(oz_object(file)) != 0) {
            scoped Ref keep = oz_retain(file);
            oz_file_node_remove(t, node);
            if (!oz_io_closed(t, keep, &closed)) {
                oz_exception_clear(t);
                closed = true;
            }
            bool done = closed || oz_io_flush(t, keep);
            if (!done && oz_file_is_standard(keep)) {
                oz_exception_clear(t);
            } else if (!done && !oz_exception_forget(t, OZ_BlockingIOError)) {
                oz_unraisable(t, keep, NULL);
                ok = false;
            }
            next = t->vm->files; /* anything may have happened */
        }
        node = next;
    }
    return ok;
}

bool oz_files_flush(Thread *t)
{
    bool text = flush_files(t, true);
    bool bytes = flush_files(t, false);
    return text && bytes;
}

/* ---- open() ---- */

typedef struct Mode {
    bool creating, reading, writing, appending, updating, text, binary;
    char raw[6];
} Mode;

static bool read_mode(Thread *t, const char *text, Mode *mode)
{
    *mode = (Mode){0};
    for (const char *p = text; *p; p++) {
        bool *flag = *p == 'x'   ? &mode->creating
                     : *p == 'r' ? &mode->reading
                     : *p == 'w' ? &mode->writing
                     : *p == 'a' ? &mode->appending
                     : *p == '+' ? &mode->updating
                     : *p == 't' ? &mode->text
                     : *p == 'b' ? &mode->binary
                                 : NULL;
        if (!flag || *flag)
            return oz_fail(t, OZ_ValueError, "invalid mode: '%s'", text);
        *flag = true;
    }
    if (mode->text && mode->binary)
        return oz_fail(t, OZ_ValueError, "can't have text and binary mode at once");
    if (mode->creating + mode->reading + mode->writing + mode->appending > 1)
        return oz_fail(t, OZ_ValueError, "must have exactly one of create/read/write/append mode");
    char *out = mode->raw;
    if (mode->creating || mode->reading || mode->writing || mode->appending)
        *out++ = mode->creating ? 'x' : mode->reading ? 'r' : mode->writing ? 'w' : 'a';
    if (mode->updating)
        *out++ = '+';
    return true;
}

static bool check_binary(Thread *t, const Mode *mode, Obj encoding, const char *errors, Obj newline)
{
    const char *what = encoding                        ? "an encoding"
                       : errors                        ? "an errors"
                       : newline && newline != OZ_NONE ? "a newline"
                                                       : NULL;
    if (!mode->binary || !what)
        return true;
    return oz_fail(t, OZ_ValueError, "binary mode doesn't take %s argument", what);
}

/* What __fspath__ gives; a number or a str stays. */
static Ref path_of(Thread *t, Obj file)
{
    if (oz_as_exact_int(file) || oz_is_str(file) || oz_as_bytes(file))
        return oz_retain(file);
    scoped Ref number = NULL;
    Obj index;
    if (oz_class_find(t, oz_class_of(file), OZ_NAME(t, __index__), &index) == OZ_RAISED)
        return NULL;
    if (index) {
        number = oz_index(t, file);
        return oz_move(&number);
    }
    return oz_fspath(t, file);
}

/* The text around the buffer. */
static Ref wrap_text(Thread *t, Obj buffer, const char *mode, Obj encoding, const char *errors,
                     Obj newline, bool line_buffering)
{
    bool locale =
        !encoding || (oz_is_str(encoding) && oz_str_equal_utf8(oz_as_str(encoding), "locale"));
    if (!encoding && oz_config(t)->warn_default_encoding &&
        !oz_warn(t, OZ_EncodingWarning, 1, "'encoding' argument not specified"))
        return NULL;
    scoped Ref name = locale ? oz_str_new(t, oz_config(t)->utf8_mode ? "utf-8" : OZ_LOCALE_ENCODING)
                             : oz_retain(encoding);
    scoped Ref text =
        name ? oz_text_io_new(t, buffer, name, errors, newline, line_buffering, false) : NULL;
    scoped Ref mode_text = text ? oz_str_new(t, mode) : NULL;
    if (!mode_text)
        return NULL;
    oz_text_io_set_mode(text, mode_text);
    return oz_move(&text);
}

/* Close what was opened, because the rest failed; the failure stays. */
static Ref give_up(Thread *t, Obj file)
{
    scoped Ref failure = oz_exception_take(t);
    scoped Ref done = oz_io_call(t, file, OZ_NAME(t, close));
    if (!done) {
        oz_io_chain(t, oz_move(&failure));
        return NULL;
    }
    oz_exception_put(t, oz_move(&failure));
    return NULL;
}

static Ref open_buffered(Thread *t, Obj raw, const Mode *mode, ssize_t buffering)
{
    if (buffering < 0) {
        const FileIo *file = (const FileIo *)raw;
        buffering = file->block > OZ_IO_BUFFER ? (ssize_t)file->block : OZ_IO_BUFFER;
    }
    uint32_t id = mode->updating  ? OZ_BUFFERED_RANDOM
                  : mode->reading ? OZ_BUFFERED_READER
                                  : OZ_BUFFERED_WRITER;
    bool seekable = true;
    if (mode->updating && !oz_file_io_is_seekable(t, (FileIo *)raw, &seekable))
        return NULL;
    if (!seekable)
        return oz_io_unsupported(t, "File or stream is not seekable.");
    return oz_buffered_new(t, id, raw, buffering);
}

static Ref open_file(Thread *t, Obj file, const char *mode_text, ssize_t buffering, Obj encoding,
                     const char *errors, Obj newline, bool close_fd, Obj opener)
{
    Mode mode;
    LineEnds ends;
    scoped Ref path = path_of(t, file);
    if (!path || !read_mode(t, mode_text, &mode) ||
        !check_binary(t, &mode, encoding, errors, newline))
        return NULL;
    if (mode.binary && buffering == 1 &&
        !oz_warn(t, OZ_RuntimeWarning, 1,
                 "line buffering (buffering=1) isn't supported in binary mode, the default buffer "
                 "size will be used"))
        return NULL;
    scoped Ref raw = oz_file_io_new(t, path, mode.raw, close_fd, opener);
    if (!raw)
        return NULL;
    bool line = false;
    if (buffering < 0)
        line = oz_file_io_is_tty((FileIo *)raw);
    else if (buffering == 1)
        line = !mode.binary;
    if (buffering == 1)
        buffering = -1;
    if (buffering == 0) {
        if (mode.binary)
            return oz_move(&raw);
        oz_raise(t, OZ_ValueError, "can't have unbuffered text I/O");
        return give_up(t, raw);
    }
    scoped Ref buffer = open_buffered(t, raw, &mode, buffering);
    if (!buffer)
        return give_up(t, raw);
    if (mode.binary)
        return oz_move(&buffer);
    if (!oz_line_ends_from(t, newline, false, &ends))
        return give_up(t, buffer);
    scoped Ref text = wrap_text(t, buffer, mode_text, encoding, errors, newline, line);
    return text ? oz_move(&text) : give_up(t, buffer);
}

/* A str argument without zeros; NULL for None where that is allowed. */
static bool text_of(Thread *t, const char *function, const char *name, Obj v, bool optional,
                    const char **text, Ref *keep)
{
    *text = NULL;
    if (optional && v == OZ_NONE)
        return true;
    if (!oz_is_str(v))
        return oz_fail(t, OZ_TypeError, "%s() argument '%s' must be str%s, not %T", function, name,
                       optional ? " or None" : "", v);
    size_t length;
    *text = oz_str_utf8(t, v, &length, keep);
    if (!*text)
        return false;
    return strlen(*text) == length || oz_fail(t, OZ_ValueError, "embedded null character");
}

OZ_FUNCTION(io, open,
            "($module, /, file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, "
            "closefd=True, opener=None)",
            "Open a file, by its path or the number of a descriptor.\n\n"
            "mode is 'r' to read, 'w' to write a new or emptied file, 'x' to write one that must "
            "not exist, 'a' to write at the end; with '+' the other direction too; with 'b' bytes "
            "instead of text.  buffering is the size of the buffer, 0 for none (bytes only), 1 "
            "for lines (text only).  encoding, errors and newline are those of TextIOWrapper.  "
            "closefd=False keeps a descriptor open when the file is closed.  opener(path, flags) "
            "opens the descriptor itself.")
{
    scoped Ref keep_mode = NULL, keep_encoding = NULL, keep_errors = NULL, keep_newline = NULL;
    const char *mode, *encoding, *errors, *newline;
    int buffering;
    bool close_fd;
    if (!text_of(t, "open", "mode", a[2], false, &mode, &keep_mode) ||
        !oz_as_int(t, a[3], &buffering) ||
        !text_of(t, "open", "encoding", a[4], true, &encoding, &keep_encoding) ||
        !text_of(t, "open", "errors", a[5], true, &errors, &keep_errors) ||
        !text_of(t, "open", "newline", a[6], true, &newline, &keep_newline) ||
        !oz_truth(t, a[7], &close_fd))
        return NULL;
    return open_file(t, a[1], mode, buffering, encoding ? a[4] : NULL, errors, a[6], close_fd,
                     a[8]);
}

OZ_FUNCTION(io, open_code, "($module, /, path)",
            "Open a file of program text for reading its bytes.")
{
    if (!oz_is_str(a[1]))
        return oz_raise(t, OZ_TypeError, "open_code() argument 'path' must be str, not %T", a[1]);
    return open_file(t, a[1], "rb", -1, NULL, NULL, NULL, true, OZ_NONE);
}

OZ_FUNCTION(io, text_encoding, "($module, encoding, stacklevel=2, /)",
            "Return the encoding, or what open() takes for None: with -X warn_default_encoding, "
            "None is warned of.")
{
    int level;
    if (!oz_as_int(t, a[2], &level))
        return NULL;
    if (a[1] != OZ_NONE)
        return oz_retain(a[1]);
    if (oz_config(t)->warn_default_encoding &&
        !oz_warn(t, OZ_EncodingWarning, level, "'encoding' argument not specified"))
        return NULL;
    return oz_str_new(t, oz_config(t)->utf8_mode ? "utf-8" : "locale");
}

/* ---- the standard files ---- */

typedef struct Standard {
    char encoding[64];
    char errors[64];
} Standard;

/* PYTHONIOENCODING is encoding, :errors or encoding:errors.  The names that the codecs of the
 * library give to themselves are known here, for it is not yet to be had. */
static void read_settings(const Config *config, Standard *standard)
{
    const char *given = config->io_encoding ? config->io_encoding : "";
    const char *colon = strchr(given, ':');
    size_t length = colon ? (size_t)(colon - given) : strlen(given);
    snprintf(standard->encoding, sizeof standard->encoding, "%.*s", (int)length, given);
    const char *errors = colon && colon[1]       ? colon + 1
                         : length > 0            ? "strict"
                         : config->lenient_files ? "surrogateescape"
                                                 : "strict";
    snprintf(standard->errors, sizeof standard->errors, "%s", errors);
    CodecKind kind = *standard->encoding ? oz_codec_kind(standard->encoding) : OZ_CODEC_UTF8;
    const char *own_name = kind == OZ_CODEC_UTF8     ? "utf-8"
                           : kind == OZ_CODEC_LATIN1 ? "iso8859-1"
                           : kind == OZ_CODEC_ASCII  ? "ascii"
                                                     : NULL;
    if (own_name)
        strcpy(standard->encoding, own_name);
}

static Ref make_file(Thread *t, int fd, const char *name, const Standard *standard)
{
    struct stat info;
    if (fstat(fd, &info) < 0)
        return OZ_NONE;
    bool writing = fd != 0, bare = writing && oz_config(t)->unbuffered;
    scoped Ref file_name = oz_str_new(t, name);
    scoped Ref raw = file_name ? oz_file_io_wrap(t, fd, writing, file_name) : NULL;
    if (!raw)
        return NULL;
    ((FileIo *)raw)->close_fd = false;
    bool line = !bare && (fd == 2 || (S_ISCHR(info.st_mode) && isatty(fd)));
    scoped Ref buffer = bare ? oz_retain(raw)
                             : oz_buffered_new(t, writing ? OZ_BUFFERED_WRITER : OZ_BUFFERED_READER,
                                               raw, OZ_IO_BUFFER);
    scoped Ref encoding = oz_str_new(t, standard->encoding);
    if (!buffer || !encoding)
        return NULL;
    scoped Ref text =
        oz_text_io_new(t, buffer, encoding, fd == 2 ? "backslashreplace" : standard->errors,
                       OZ_TEXT(t, newline), line, bare);
    scoped Ref mode = text ? oz_str_new(t, writing ? "w" : "r") : NULL;
    if (!mode)
        return NULL;
    oz_text_io_set_mode(text, mode);
    return oz_move(&text);
}

bool oz_files_init(Thread *t, Module *sys)
{
    static const char *const names[][3] = {{"<stdin>", "stdin", "__stdin__"},
                                           {"<stdout>", "stdout", "__stdout__"},
                                           {"<stderr>", "stderr", "__stderr__"}};
    Standard standard;
    signal(SIGPIPE, SIG_IGN); /* a reader that went away is an exception */
    signal(SIGXFSZ, SIG_IGN);
    read_settings(oz_config(t), &standard);
    scoped Ref module = oz_import(t, "_io");
    scoped Ref open = module ? oz_get_attr(t, module, OZ_NAME(t, open)) : NULL;
    if (!open || !oz_dict_set(t, (Dict *)t->vm->builtins, OZ_NAME(t, open), open))
        return false;
    for (int fd = 0; fd < 3; fd++) {
        scoped Ref file = make_file(t, fd, names[fd][0], &standard);
        if (!file || !oz_module_add(t, sys, names[fd][1], oz_retain(file)) ||
            !oz_module_add(t, sys, names[fd][2], oz_retain(file)))
            return false;
    }
    return true;
}

/* ---- the module ---- */

static bool io_init(Thread *t, Module *module)
{
    Obj unsupported = oz_module_error(t, OZ_ERROR_IO_UNSUPPORTED);
    return unsupported && oz_module_add_int(t, module, "DEFAULT_BUFFER_SIZE", OZ_IO_BUFFER) &&
           oz_module_add(t, module, "UnsupportedOperation", oz_retain(unsupported)) &&
           oz_module_add(t, module, "BlockingIOError",
                         oz_retain((Obj)t->vm->errors[OZ_BlockingIOError]));
}

static const uint32_t types[] = {
    OZ_IO_BASE,          OZ_RAW_IO_BASE,
    OZ_BUFFERED_IO_BASE, OZ_TEXT_IO_BASE,
    OZ_FILE_IO,          OZ_BUFFERED_READER,
    OZ_BUFFERED_WRITER,  OZ_BUFFERED_RANDOM,
    OZ_TEXT_IO,          OZ_BUFFERED_PAIR,
    OZ_BYTES_IO,         OZ_STRING_IO,
    OZ_NEWLINE_DECODER,  0,
};

const ModuleDef oz_io_module = {
    .name = "_io",
    .doc = "The native part of io: files.",
    .functions = OZ_METHODS(&io_open, &io_open_code, &io_text_encoding),
    .types = types,
    .init = io_init,
};
