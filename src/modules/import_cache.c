// SPDX-License-Identifier: MIT
// Code of modules in files: CPython's rules and format of .pyc files, with code of our own.
//
// A source's code lies in __pycache__/NAME.ounce-311[.opt-N].pyc beside it, or, with a
// sys.pycache_prefix, below that.  Sources below /usr belong to the system's packages, which would
// not remove files of ours, and most users cannot write there: their code lies in a folder of the
// user's own, $XDG_CACHE_HOME/ounce or ~/.cache/ounce, laid out as below a sys.pycache_prefix
// (docs/decisions/ says why).  What is found there counts only if it belongs to the user who runs
// the program; and if nothing is there, what an administrator has put beside the source does.
//
// The cache is a hint: a file that is missing, old, damaged or of another version means compiling,
// and one that cannot be written is not.  A file appears whole, by rename.
#include "modules/import.h"

#include "modules/config.h"
#include "modules/marshal.h"
#include "modules/modules.h"
#include "modules/os_support.h"
#include "object/error.h"
#include "object/world.h"
#include "syntax/parser.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/native.h"
#include "types/str.h"
#include "types/tuple.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { HEADER = 16, HASHED = 1, CHECKED = 2, LARGEST = 1 << 28 };
#define SYSTEM "/usr/" /* where packages are installed */
#define BESIDE "__pycache__/"

/* ---- files ---- */

/* A whole file, as a heap block; *info is its state.  NULL: it cannot be read, or no memory. */
static uint8_t *read_whole(Thread *t, const char *path, struct stat *info)
{
    /* O_NONBLOCK: a FIFO in the place of a file is not waited for. */
    int fd = OZ_DETACHED(t, open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (fd < 0)
        return NULL;
    uint8_t *data = NULL;
    if (fstat(fd, info) == 0 && S_ISREG(info->st_mode) && info->st_size <= LARGEST)
        data = oz_block_alloc(t->heap, (size_t)info->st_size + 1);
    size_t size = data ? (size_t)info->st_size : 0;
    oz_detach(t);
    size_t got = oz_os_read_whole(fd, data, size);
    close(fd);
    oz_attach(t);
    if (got == size)
        return data;
    oz_block_free(data);
    return NULL;
}

static bool write_all(int fd, const uint8_t *data, size_t size)
{
    while (size) {
        ssize_t n = write(fd, data, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        data += n;
        size -= (size_t)n;
    }
    return true;
}

/* Make the folder that `path` lies in, and those above it. */
static void make_folders(const char *path, mode_t mode)
{
    char folder[PATH_MAX];
    struct stat info;
    snprintf(folder, sizeof folder, "%s", path);
    char *end = strrchr(folder, '/');
    if (!end || end == folder)
        return;
    *end = 0;
    if (stat(folder, &info) == 0)
        return;
    for (char *at = strchr(folder + 1, '/'); at; at = strchr(at + 1, '/')) {
        *at = 0;
        mkdir(folder, mode); /* one that is there, or cannot be made, shows in the next */
        *at = '/';
    }
    mkdir(folder, mode);
}

/* `path` gets these contents, or stays as it is. */
static void write_whole(const char *path, const uint8_t *data, size_t size, mode_t mode)
{
    char temporary[PATH_MAX];
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int length = snprintf(temporary, sizeof temporary, "%s.%ld.%ld", path, (long)getpid(),
                          (long)now.tv_nsec);
    if (length < 0 || (size_t)length >= sizeof temporary)
        return;
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0)
        return;
    bool ok = write_all(fd, data, size);
    if (close(fd) != 0 || !ok || rename(temporary, path) != 0)
        unlink(temporary);
}

/* ---- places ---- */

/* The user's folder for code of the system's sources; "": there is none to be trusted. */
static const char *user_folder(Thread *t)
{
    Config *config = oz_config(t);
    if (config->user_cache)
        return config->user_cache;
    const char *given = secure_getenv("XDG_CACHE_HOME"), *home = secure_getenv("HOME");
    bool own = given && *given == '/';
    const char *root = own ? given : home;
    struct stat info;
    int status = root && *root == '/' && root[1] ? stat(root, &info) : -1;
    bool trusted = status == 0 ? info.st_uid == geteuid() && !(info.st_mode & S_IWOTH)
                               : own && errno == ENOENT;
    if (!trusted || asprintf(&config->user_cache, own ? "%s/ounce" : "%s/.cache/ounce", root) < 0)
        config->user_cache = strdup("");
    return config->user_cache ? config->user_cache : "";
}

static bool is_system(const char *path)
{
    return !strncmp(path, SYSTEM, sizeof SYSTEM - 1);
}

typedef struct Place {
    char path[PATH_MAX]; /* "": nowhere */
    bool own;            /* below user_folder */
} Place;

static bool print_path(Place *place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(place->path, sizeof place->path, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof place->path)
        place->path[0] = 0;
    return true;
}

/* sys.pycache_prefix, kept in *keep; NULL: none. */
static const char *prefix_of(Thread *t, Ref *keep)
{
    scoped Ref prefix = NULL;
    if (oz_sys_get(t, "pycache_prefix", &prefix) != OZ_FOUND || !oz_is_str(prefix)) {
        oz_exception_clear(t);
        return NULL;
    }
    const char *text = oz_str_display(t, prefix, keep);
    if (text && text[0]) {
        if (!*keep)
            *keep = oz_move(&prefix);
        return text;
    }
    return NULL;
}

/* Where the code of a source is kept; *beside: the place in the source's own folder. */
static void find_places(Thread *t, const char *source, Place *place, Place *beside)
{
    char name[NAME_MAX + 64], level[32] = "";
    const char *slash = strrchr(source, '/'), *file = slash ? slash + 1 : source;
    const char *dot = strrchr(file, '.');
    int folder = (int)(file - source), stem = dot ? (int)(dot - file) : (int)strlen(file);
    int optimize = oz_config(t)->optimize;
    *place = *beside = (Place){.path = ""};
    if (optimize)
        snprintf(level, sizeof level, ".opt-%d", optimize);
    int length = snprintf(name, sizeof name, "%.*s." OZ_CACHE_TAG "%s.pyc", stem, file, level);
    if (length < 0 || (size_t)length >= sizeof name)
        return;
    print_path(beside, "%.*s" BESIDE "%s", folder, source, name);
    scoped Ref keep = NULL;
    const char *prefix = prefix_of(t, &keep), *user = "";
    char here[PATH_MAX] = "";
    if (prefix && *source != '/' && getcwd(here, sizeof here - 1))
        strcat(here, "/");
    if (prefix)
        print_path(place, "%s%s%.*s%s", prefix, here, folder, source, name);
    else if (is_system(source) && *(user = user_folder(t)))
        print_path(place, "%s%.*s%s", user, folder, source, name);
    else if (!is_system(source))
        *place = *beside;
    place->own = *user != 0;
}

Ref oz_cache_place(Thread *t, Obj path)
{
    Place place, beside;
    scoped Ref keep = NULL;
    const char *source = oz_path_bytes(t, path, &keep);
    if (!source)
        return NULL;
    find_places(t, source, &place, &beside);
    return oz_decode_path(t, *place.path ? place.path : beside.path);
}

/* ---- reading ---- */

/* What a file of code says about its source. */
typedef struct Header {
    uint8_t magic[OZ_MAGIC_LENGTH];
    uint32_t flags;
    uint32_t source[2]; /* time of change and size, or the hash */
} Header;
_Static_assert(sizeof(Header) == HEADER, "as CPython's");

static uint64_t hash_of(Obj text)
{
    const Bytes *bytes = oz_as_bytes(text);
    return oz_import_hash(oz_bytes_data(bytes), oz_bytes_length(bytes));
}

/* Is code of that hash of use?  May read the source: *text. */
static Found is_hash_good(Thread *t, const Header *header, const Source *source, Ref *text)
{
    const char *policy = oz_config(t)->check_hash_pycs;
    bool check =
        header->flags & CHECKED ? strcmp(policy, "never") != 0 : strcmp(policy, "always") == 0;
    if (!check)
        return OZ_FOUND;
    if (!*text && !(*text = oz_import_read(t, source->path)))
        return OZ_RAISED;
    uint64_t hash = hash_of(*text);
    return memcmp(&hash, header->source, sizeof hash) == 0 ? OZ_FOUND : OZ_MISSING;
}

static Found is_good(Thread *t, const Header *header, const Source *source, Ref *text)
{
    if (memcmp(header->magic, oz_code_magic, OZ_MAGIC_LENGTH) != 0 ||
        header->flags & ~(uint32_t)(HASHED | CHECKED))
        return OZ_MISSING;
    if (header->flags & HASHED)
        return is_hash_good(t, header, source, text);
    return header->source[0] == source->changed && header->source[1] == source->size ? OZ_FOUND
                                                                                     : OZ_MISSING;
}

/* The code behind a header. */
static Ref unmarshal(Thread *t, const uint8_t *data, size_t size, Obj path)
{
    scoped Ref code = oz_marshal_loads(t, data, size);
    if (!code)
        return NULL;
    if (!oz_is(code, OZ_CODE))
        return oz_raise(t, OZ_ImportError, "Non-code object in %R", path);
    return oz_move(&code);
}

/* The code of a source, which may have been moved since. */
static Ref unmarshal_of(Thread *t, const uint8_t *data, size_t size, Obj path)
{
    scoped Ref code = unmarshal(t, data, size, path);
    bool same = code && oz_str_equal(oz_as_str(((Code *)code)->filename), oz_as_str(path));
    if (!code || (!same && !oz_code_rename(t, (Code *)code, path)))
        return NULL;
    return oz_move(&code);
}

/* Read one place.  *flags: those of a file that is old, for the one that replaces it. */
static Found load(Thread *t, const Place *place, const Source *source, Ref *code, Ref *text,
                  uint32_t *flags)
{
    struct stat info;
    Header header;
    uint8_t *data = *place->path ? read_whole(t, place->path, &info) : NULL;
    if (!data)
        return OZ_MISSING;
    Found found = OZ_MISSING;
    if ((size_t)info.st_size >= HEADER && (!place->own || info.st_uid == geteuid())) {
        memcpy(&header, data, sizeof header);
        found = is_good(t, &header, source, text);
        if (found == OZ_MISSING && !memcmp(header.magic, oz_code_magic, OZ_MAGIC_LENGTH))
            *flags = header.flags & (HASHED | CHECKED);
    }
    if (found == OZ_FOUND) {
        *code = unmarshal_of(t, data + HEADER, (size_t)info.st_size - HEADER, source->path);
        if (!*code)
            found = oz_raised(t, OZ_MemoryError) ? OZ_RAISED : OZ_MISSING;
        if (found == OZ_MISSING)
            oz_exception_clear(t);
    }
    oz_block_free(data);
    return found;
}

/* ---- writing ---- */

static bool may_write(Thread *t)
{
    scoped Ref forbidden = NULL;
    bool yes = true;
    if (oz_sys_get(t, "dont_write_bytecode", &forbidden) == OZ_FOUND &&
        oz_truth(t, forbidden, &yes))
        return !yes;
    oz_exception_clear(t);
    return false;
}

static void keep(Thread *t, const Place *place, Obj code, const Source *source, Obj text,
                 uint32_t flags)
{
    if (!*place->path || !may_write(t))
        return;
    scoped Ref bytes = oz_marshal_dumps(t, code);
    if (!bytes) {
        oz_exception_clear(t);
        return;
    }
    Header header = {.flags = flags, .source = {source->changed, source->size}};
    uint64_t hash = flags & HASHED ? hash_of(text) : 0;
    memcpy(header.magic, oz_code_magic, OZ_MAGIC_LENGTH);
    if (flags & HASHED)
        memcpy(header.source, &hash, sizeof hash);
    size_t size = oz_bytes_length((const Bytes *)bytes);
    uint8_t *all = oz_block_alloc(t->heap, size + HEADER);
    if (!all)
        return;
    memcpy(all, &header, HEADER);
    memcpy(all + HEADER, oz_bytes_data((const Bytes *)bytes), size);
    mode_t mode = place->own ? 0600 : (source->mode | S_IWUSR) & 0666;
    oz_detach(t);
    make_folders(place->path, place->own ? 0700 : 0777);
    write_whole(place->path, all, size + HEADER, mode);
    oz_attach(t);
    oz_block_free(all);
}

Ref oz_cache_code(Thread *t, const Source *source)
{
    Place place, beside;
    scoped Ref keep_path = NULL, text = NULL;
    const char *path = oz_path_bytes(t, source->path, &keep_path);
    if (!path)
        return NULL;
    find_places(t, path, &place, &beside);
    Ref code = NULL;
    uint32_t flags = 0;
    Found found = load(t, &place, source, &code, &text, &flags);
    if (found == OZ_MISSING && is_system(path))
        found = load(t, &beside, source, &code, &text, &flags);
    if (found != OZ_MISSING)
        return code;
    if (!text && !(text = oz_import_read(t, source->path)))
        return NULL;
    code = t->vm->hooks.compile(t, text, source->path, AST_MODE_EXEC, 0x100, -1);
    if (code)
        keep(t, &place, code, source, text, flags);
    return code;
}

/* ---- modules without a source ---- */

bool oz_cache_is_code(const uint8_t *data, size_t length)
{
    return length >= OZ_MAGIC_LENGTH && !memcmp(data, oz_code_magic, OZ_MAGIC_LENGTH);
}

static Ref raise_import(Thread *t, int kind, Obj name, Obj path, Ref message)
{
    scoped Ref text = message;
    if (text)
        oz_raise(t, kind, "%S", text);
    if (text && kind == OZ_ImportError)
        oz_exception_set_module(t, name, path);
    return NULL;
}

Ref oz_cache_decode(Thread *t, Obj bytes, Obj name, Obj path)
{
    const uint8_t *data = oz_bytes_data((const Bytes *)bytes);
    size_t size = oz_bytes_length((const Bytes *)bytes);
    uint32_t flags = 0;
    if (!oz_cache_is_code(data, size)) {
        scoped Ref magic = oz_bytes_new(t, data, size < OZ_MAGIC_LENGTH ? size : OZ_MAGIC_LENGTH);
        return magic ? raise_import(t, OZ_ImportError, name, path,
                                    oz_str_format(t, "bad magic number in %R: %R", name, magic))
                     : NULL;
    }
    if (size < HEADER)
        return raise_import(t, OZ_EOFError, name, path,
                            oz_str_format(t, "reached EOF while reading pyc header of %R", name));
    memcpy(&flags, data + OZ_MAGIC_LENGTH, sizeof flags);
    if (flags & ~(uint32_t)(HASHED | CHECKED))
        return raise_import(t, OZ_ImportError, name, path,
                            oz_str_format(t, "invalid flags %u in %R", flags, name));
    return unmarshal(t, data + HEADER, size - HEADER, path);
}

/* ---- what importlib is told ---- */

/* Two functions of importlib._bootstrap_external that know where code is kept: a[0] is the one that
 * they stand for. */
OZ_FUNCTION(importlib, cache_from_source,
            "($module, path, debug_override=None, *, optimization=None)",
            "Return where the code of a source is kept.")
{
    scoped Ref names = oz_intern(t, "optimization");
    Obj name = names;
    scoped Ref named = names ? oz_tuple_new(t, &name, 1) : NULL;
    if (!named)
        return NULL;
    Args arguments = {.items = a + 1, .count = 2, .named = 1, .names = named};
    scoped Ref beside = oz_call(t, a[0], &arguments), keep_text = NULL, keep_prefix = NULL;
    if (!beside || !oz_is_str(beside) || prefix_of(t, &keep_prefix))
        return oz_move(&beside);
    const char *path = oz_path_bytes(t, beside, &keep_text);
    const char *cut = path && is_system(path) ? strstr(path, "/" BESIDE) : NULL;
    const char *user = cut ? user_folder(t) : "";
    if (!*user)
        return path ? oz_move(&beside) : NULL;
    Place place;
    print_path(&place, "%s%.*s%s", user, (int)(cut + 1 - path), path, cut + sizeof BESIDE);
    return *place.path ? oz_decode_path(t, place.path) : oz_move(&beside);
}

OZ_FUNCTION(importlib, source_from_cache, "($module, path)",
            "Return the source whose code is kept at a path.")
{
    scoped Ref text = oz_is_str(a[1]) ? oz_retain(a[1]) : NULL, keep_text = NULL;
    const char *path = text ? oz_path_bytes(t, text, &keep_text) : "", *user = user_folder(t);
    if (!path)
        return NULL;
    size_t length = strlen(user);
    const char *file = strrchr(path, '/');
    if (!length || strncmp(path, user, length) != 0 || !is_system(path + length) || !file)
        return oz_call1(t, a[0], a[1]);
    Place place;
    path += length;
    print_path(&place, "%.*s" BESIDE "%s", (int)(file + 1 - path), path, file + 1);
    scoped Ref beside = oz_decode_path(t, place.path);
    return beside ? oz_call1(t, a[0], beside) : NULL;
}

static bool replace_function(Thread *t, Obj module, const NativeDef *def)
{
    scoped Ref name = oz_intern(t, def->name);
    scoped Ref own = name ? oz_get_attr(t, module, name) : NULL;
    scoped Ref of = own ? oz_get_attr(t, module, OZ_NAME(t, __name__)) : NULL;
    scoped Ref function = of ? oz_builtin_function_new(t, def, own, of, NULL) : NULL;
    return function && oz_set_attr(t, module, name, function);
}

bool oz_adapt_bootstrap(Thread *t, Obj module)
{
    uint32_t number;
    memcpy(&number, oz_code_magic, sizeof number);
    scoped Ref magic = oz_bytes_new(t, oz_code_magic, OZ_MAGIC_LENGTH);
    scoped Ref magic_name = oz_intern(t, "MAGIC_NUMBER");
    scoped Ref number_name = oz_intern(t, "_RAW_MAGIC_NUMBER");
    return magic && magic_name && number_name && oz_set_attr(t, module, magic_name, magic) &&
           oz_set_attr(t, module, number_name, oz_int(number)) &&
           replace_function(t, module, &importlib_cache_from_source) &&
           replace_function(t, module, &importlib_source_from_cache);
}
