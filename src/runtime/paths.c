// SPDX-License-Identifier: MIT
// Where things are: sys.path, prefixes, sys.argv, and what module site does at start.
//
// sys.path is: PYTHONPATH, the standard library, the modules of our own (lib/), the folders of
// packages; so whatever is on PYTHONPATH wins over ours, and ours over what is installed for
// CPython. In a virtual environment its packages come first of all packages, and those of the user
// and of the system only if its pyvenv.cfg asks for them.
//
// Module site is not imported: that takes longer than all the rest of a start.  The .pth files of
// the package folders are read here.  Only where there is what the library's own code must do (a
// line of code in a .pth file of an environment or of the user, a sitecustomize or usercustomize)
// it is imported at the start, and then does all again, which changes nothing that is there
// already.  Lines of code in the folders of Debian's packages are not looked at: they are written
// for CPython's start (they change what importing distutils means, for instance), and every start
// would pay.
#include "runtime/paths.h"

#include "modules/modules.h"
#include "modules/os_support.h"
#include "object/error.h"
#include "runtime/options.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/str.h"

#include <dirent.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* sys.path in the making. */
typedef struct Paths {
    Thread *t;      /* [owner] */
    Config *config; /* [owner] */
    List *list;     /* [owner] of str, absolute and without needless parts */
    bool has_code;  /* [owner] the .pth files at hand are those whose lines of code count */
} Paths;

static bool exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool add(Thread *t, List *path, const char *folder)
{
    scoped Ref text = oz_decode_path(t, folder);
    return text && oz_list_append(t, path, text);
}

/* Made absolute; with module site, only if it is not there yet.  A path longer than any is none. */
static bool add_folder(Paths *p, const char *folder)
{
    char current[PATH_MAX] = "", full[2 * PATH_MAX], plain[2 * PATH_MAX];
    if (*folder != '/' && !getcwd(current, sizeof current))
        return add(p->t, p->list, folder);
    int length = snprintf(full, sizeof full, "%s%s%s", current, *current ? "/" : "", folder);
    if ((size_t)length >= sizeof full)
        return true;
    plain[oz_os_normalise(plain, full, (size_t)length)] = 0;
    scoped Ref text = oz_decode_path(p->t, plain);
    if (!text)
        return false;
    bool there = false;
    if (!p->config->no_site && !oz_contains(p->t, (Obj)p->list, text, &there))
        return false;
    return there || oz_list_append(p->t, p->list, text);
}

/* Entries of a variable in the form of PATH. */
static bool add_all(Paths *p, const char *folders)
{
    while (folders) {
        size_t length = strcspn(folders, ":");
        char one[PATH_MAX];
        snprintf(one, sizeof one, "%.*s", (int)length, folders);
        if (!add_folder(p, one))
            return false;
        folders = folders[length] ? folders + length + 1 : NULL;
    }
    return true;
}

/* The lines of a .pth file that name folders. */
static bool read_pth(Paths *p, const char *folder, const char *name)
{
    char file_name[PATH_MAX], full[PATH_MAX];
    if ((size_t)snprintf(file_name, sizeof file_name, "%s/%s", folder, name) >= sizeof file_name)
        return true;
    FILE *file = fopen(file_name, "re");
    char *line = NULL;
    size_t capacity = 0;
    bool ok = true;
    while (file && ok && getline(&line, &capacity, file) >= 0) {
        if (strncmp(line, "import ", 7) == 0 || strncmp(line, "import\t", 7) == 0) {
            if (p->has_code)
                p->config->needs_site = true;
            continue;
        }
        for (size_t end = strlen(line); end && strchr(" \t\r\n\v\f", line[end - 1]); end--)
            line[end - 1] = 0;
        if (!*line || *line == '#')
            continue;
        int length = *line == '/' ? snprintf(full, sizeof full, "%s", line)
                                  : snprintf(full, sizeof full, "%s/%s", folder, line);
        if ((size_t)length < sizeof full && exists(full))
            ok = add_folder(p, full);
    }
    free(line);
    if (file)
        fclose(file);
    return ok;
}

static int is_pth(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length >= 4 && strcmp(entry->d_name + length - 4, ".pth") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool add_site(Paths *p, const char *folder)
{
    if (!is_folder(folder))
        return true;
    struct dirent **entries = NULL;
    bool ok = add_folder(p, folder);
    int count = ok ? scandir(folder, &entries, is_pth, by_name) : 0;
    for (int n = 0; n < count; n++) {
        ok = ok && read_pth(p, folder, entries[n]->d_name);
        free(entries[n]);
    }
    free(entries);
    return ok;
}

OZ_PRINTF(2, 3)
static bool add_site_at(Paths *p, const char *format, ...)
{
    char folder[PATH_MAX];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(folder, sizeof folder, format, arguments);
    va_end(arguments);
    return (size_t)length >= sizeof folder || add_site(p, folder);
}

/* The folders of packages below a prefix, as Debian's site.getsitepackages() has them. */
static bool add_packages(Paths *p, const char *prefix)
{
    const char *lib = p->config->platlibdir;
    return (!p->config->environment || add_site_at(p, "%s/lib/python3.11/site-packages", prefix)) &&
           add_site_at(p, "%s/local/lib/python3.11/dist-packages", prefix) &&
           add_site_at(p, "%s/lib/python3/dist-packages", prefix) &&
           add_site_at(p, "%s/%s/python3.11/dist-packages", prefix, lib) &&
           (strcmp(lib, "lib") == 0 || add_site_at(p, "%s/lib/python3.11/dist-packages", prefix));
}

/* Those that the user has installed for himself; none of a program that runs as somebody else. */
static bool add_user(Paths *p)
{
    if (p->config->no_user_site || geteuid() != getuid() || getegid() != getgid())
        return true;
    const char *base = getenv("PYTHONUSERBASE");
    if (base && *base)
        return add_site_at(p, "%s/lib/python3.11/site-packages", base);
    const char *home = getenv("HOME");
    if (!home) {
        const struct passwd *user = getpwuid(getuid());
        home = user ? user->pw_dir : "/";
    }
    return add_site_at(p, "%s/.local/lib/python3.11/site-packages", home);
}

static bool add_sites(Paths *p)
{
    const Config *config = p->config;
    p->has_code = true;
    if (config->environment && (!add_packages(p, config->environment) || !config->sees_system))
        return p->list != NULL;
    if (!add_user(p))
        return false;
    p->has_code = false;
    return add_packages(p, config->prefix) && (strcmp(config->prefix, config->exec_prefix) == 0 ||
                                               add_packages(p, config->exec_prefix));
}

/* Is it a module in a folder of sys.path, and not that of the library, which is Debian's and only
 * for CPython? */
static bool is_custom(Paths *p, const char *module)
{
    size_t length = oz_list_length(p->list);
    for (size_t n = 0; n < length; n++) {
        char path[2 * PATH_MAX];
        scoped Ref item = oz_list_get(p->t, p->list, n), keep = NULL;
        const char *folder = item ? oz_path_bytes(p->t, item, &keep) : NULL;
        if (!folder) {
            oz_exception_clear(p->t);
            continue;
        }
        for (int package = 0; package < 2; package++) {
            snprintf(path, sizeof path, package ? "%s/%s/__init__.py" : "%s/%s.py", folder, module);
            if (exists(path))
                return !p->config->library || strcmp(folder, p->config->library) != 0;
        }
    }
    return false;
}

static bool fill_path(Paths *p)
{
    Config *config = p->config;
    for (size_t n = 0; n < config->path_count; n++)
        if (!add_folder(p, config->path_lines[n]))
            return false;
    const char *given = oz_options_environment(config, "PYTHONPATH");
    const char *const folders[] = {config->library, config->own};
    if (given && !add_all(p, given))
        return false;
    for (size_t n = 0; n < OZ_COUNT(folders) && !config->path_count; n++)
        if (folders[n] && !add_folder(p, folders[n]))
            return false;
    if (config->no_site)
        return true;
    if (!add_sites(p))
        return false;
    if (is_custom(p, "sitecustomize") || is_custom(p, "usercustomize"))
        config->needs_site = true;
    return true;
}

static bool add_path_name(Thread *t, Module *sys, const char *name, const char *path)
{
    return oz_module_add(t, sys, name, path ? oz_decode_path(t, path) : OZ_NONE);
}

bool oz_paths_init(Thread *t, Module *sys)
{
    Config *config = oz_config(t);
    scoped Ref path = oz_list_new(t, 0);
    Paths p = {.t = t, .config = config, .list = (List *)path};
    if (!path || !fill_path(&p))
        return false;
    const char *environment = config->no_site ? NULL : config->environment;
    return oz_module_add(t, sys, "path", oz_move(&path)) &&
           add_path_name(t, sys, "base_prefix", config->prefix) &&
           add_path_name(t, sys, "base_exec_prefix", config->exec_prefix) &&
           add_path_name(t, sys, "prefix", environment ? environment : config->prefix) &&
           add_path_name(t, sys, "exec_prefix", environment ? environment : config->exec_prefix) &&
           add_path_name(t, sys, "executable", config->program) &&
           add_path_name(t, sys, "_base_executable", config->base_program) &&
           add_path_name(t, sys, "_stdlib_dir", config->library) &&
           (config->no_site || add_path_name(t, sys, "_home", config->home)) &&
           add_path_name(t, sys, "pycache_prefix", config->pycache_prefix) &&
           oz_module_add(t, sys, "dont_write_bytecode", oz_bool(config->dont_write_bytecode));
}

static Ref text_list(Thread *t, char *const *texts, int count)
{
    scoped Ref list = oz_list_new(t, (size_t)count);
    for (int n = 0; list && n < count; n++)
        if (!add(t, (List *)list, texts[n]))
            return NULL;
    return oz_move(&list);
}

static Ref x_options(Thread *t, const Config *config)
{
    scoped Ref dict = oz_dict_new(t);
    for (int n = 0; dict && n < config->x_count; n++) {
        const char *option = config->x_options[n];
        size_t length = strcspn(option, "=");
        scoped Ref key = oz_str_from_utf8(t, option, length);
        scoped Ref value = option[length] ? oz_str_new(t, option + length + 1) : OZ_TRUE;
        if (!key || !value || !oz_dict_set(t, (Dict *)dict, key, value))
            return NULL;
    }
    return oz_move(&dict);
}

static Ref warn_options(Thread *t, const Config *config)
{
    scoped Ref list = oz_list_new(t, 0);
    List *options = (List *)list;
    if (!list || (config->dev_mode && !add(t, options, "default")))
        return NULL;
    const char *given = oz_options_environment(config, "PYTHONWARNINGS");
    while (given) {
        size_t length = strcspn(given, ",");
        scoped Ref one = oz_str_from_utf8(t, given, length);
        if (!one || !oz_list_append(t, options, one))
            return NULL;
        given = given[length] ? given + length + 1 : NULL;
    }
    for (int n = 0; n < config->warning_count; n++)
        if (!add(t, options, config->warnings[n]))
            return NULL;
    if (config->bytes_warning &&
        !add(t, options,
             config->bytes_warning > 1 ? "error::BytesWarning" : "default::BytesWarning"))
        return NULL;
    return oz_move(&list);
}

bool oz_arguments_init(Thread *t, Module *sys)
{
    const Config *config = oz_config(t);
    char *nothing[] = {(char *)(uintptr_t) ""};
    Ref argv = config->script_count ? text_list(t, config->script_arguments, config->script_count)
                                    : text_list(t, nothing, 1);
    return oz_module_add(t, sys, "argv", argv) &&
           oz_module_add(t, sys, "orig_argv",
                         text_list(t, config->arguments, config->argument_count)) &&
           oz_module_add(t, sys, "_xoptions", x_options(t, config)) &&
           oz_module_add(t, sys, "warnoptions", warn_options(t, config));
}
