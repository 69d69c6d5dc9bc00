// SPDX-License-Identifier: MIT
// Where things are: sys.path, prefixes, sys.argv, and what module site does at start.
//
// The standard library is Debian's libpython3.11-stdlib in /usr/lib/python3.11 (or PYTHONHOME, or
// beside the program).  Behind it come the modules of our own (lib/), then the folders of packages:
// so whatever is on PYTHONPATH wins over ours, and ours over what is installed for CPython.  Module
// site is not imported: the .pth files of the package folders are read here, and `site` itself only
// where a program, a .pth line or sitecustomize needs it.
#include "runtime/paths.h"

#include "modules/modules.h"
#include "object/error.h"
#include "runtime/options.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/str.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

static bool add(Thread *t, List *path, const char *folder)
{
    scoped Ref text = oz_decode_path(t, folder);
    return text && oz_list_append(t, path, text);
}

/* Entries of a variable in the form of PATH. */
static bool add_all(Thread *t, List *path, const char *folders)
{
    while (folders) {
        size_t length = strcspn(folders, ":");
        char one[PATH_MAX];
        snprintf(one, sizeof one, "%.*s", (int)length, folders);
        if (!add(t, path, one))
            return false;
        folders = folders[length] ? folders + length + 1 : NULL;
    }
    return true;
}

/* The lines of a .pth file that name folders. */
static bool read_pth(Thread *t, List *path, const char *folder, const char *name)
{
    char file_name[PATH_MAX], line[PATH_MAX], full[PATH_MAX];
    snprintf(file_name, sizeof file_name, "%s/%s", folder, name);
    FILE *file = fopen(file_name, "re");
    bool ok = true;
    while (file && ok && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = 0;
        if (!*line || *line == '#' || strncmp(line, "import ", 7) == 0 ||
            strncmp(line, "import\t", 7) == 0)
            continue;
        if (*line == '/')
            snprintf(full, sizeof full, "%s", line);
        else if ((size_t)snprintf(full, sizeof full, "%s/%s", folder, line) >= sizeof full)
            continue;
        if (exists(full))
            ok = add(t, path, full);
    }
    if (file)
        fclose(file);
    return ok;
}

static bool add_site(Thread *t, List *path, const char *folder)
{
    if (!exists(folder))
        return true;
    if (!add(t, path, folder))
        return false;
    DIR *entries = opendir(folder);
    bool ok = true;
    for (struct dirent *entry; entries && ok && (entry = readdir(entries));) {
        size_t length = strlen(entry->d_name);
        if (length > 4 && strcmp(entry->d_name + length - 4, ".pth") == 0)
            ok = read_pth(t, path, folder, entry->d_name);
    }
    if (entries)
        closedir(entries);
    return ok;
}

static const char *find_library(const Config *config)
{
    static char beside[PATH_MAX];
    const char *home = oz_options_environment(config, "PYTHONHOME");
    if (home) {
        snprintf(beside, sizeof beside, "%s/lib/python3.11", home);
        if (exists(beside))
            return beside;
    }
    return exists("/usr/lib/python3.11/os.py") ? "/usr/lib/python3.11" : NULL;
}

/* The modules of our own: ../lib/ounce from the folder of the program that really runs.  The build
 * has a link there. */
static bool add_own(Thread *t, List *path, Config *config)
{
    static char standins[PATH_MAX + sizeof "/lib/ounce/standins"];
    char folder[PATH_MAX + sizeof "/lib/ounce"];
    ssize_t length = readlink("/proc/self/exe", folder, PATH_MAX - 1);
    folder[length > 0 ? length : 0] = 0;
    if (length <= 0)
        snprintf(folder, PATH_MAX, "%s", config->program);
    for (int up = 0; up < 2; up++) { /* the program's name, then its folder */
        char *slash = strrchr(folder, '/');
        if (!slash)
            return true;
        *slash = 0;
    }
    strcat(folder, "/lib/ounce");
    if (!exists(folder))
        return true;
    snprintf(standins, sizeof standins, "%s/standins", folder);
    config->standins = standins;
    return add(t, path, folder);
}

bool oz_paths_init(Thread *t, Module *sys)
{
    Config *config = oz_config(t);
    scoped Ref path = oz_list_new(t, 0);
    List *list = (List *)path;
    if (!path)
        return false;
    config->library = find_library(config);
    const char *given = oz_options_environment(config, "PYTHONPATH");
    if (given && !add_all(t, list, given))
        return false;
    if ((config->library && !add(t, list, config->library)) || !add_own(t, list, config))
        return false;
    if (!config->no_site) {
        const char *user = getenv("HOME");
        char folder[PATH_MAX];
        if (user && !config->no_user_site) {
            snprintf(folder, sizeof folder, "%s/.local/lib/python3.11/site-packages", user);
            if (!add_site(t, list, folder))
                return false;
        }
        if (!add_site(t, list, "/usr/local/lib/python3.11/dist-packages") ||
            !add_site(t, list, "/usr/lib/python3/dist-packages"))
            return false;
    }
    static const char *const prefixes[] = {"prefix", "exec_prefix", "base_prefix",
                                           "base_exec_prefix"};
    for (size_t n = 0; n < OZ_COUNT(prefixes); n++)
        if (!oz_module_add_str(t, sys, prefixes[n], "/usr"))
            return false;
    return oz_module_add(t, sys, "path", oz_move(&path)) &&
           oz_module_add(t, sys, "executable", oz_decode_path(t, config->program)) &&
           oz_module_add(t, sys, "_base_executable", oz_decode_path(t, config->program)) &&
           oz_module_add(t, sys, "_stdlib_dir",
                         config->library ? oz_str_new(t, config->library) : OZ_NONE) &&
           oz_module_add(t, sys, "_home", OZ_NONE) &&
           oz_module_add(t, sys, "pycache_prefix",
                         config->pycache_prefix ? oz_decode_path(t, config->pycache_prefix)
                                                : OZ_NONE) &&
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
