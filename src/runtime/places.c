// SPDX-License-Identifier: MIT
// Where the program, its virtual environment and its library are.
//
// The program is what it was called, made absolute and not resolved, or what PATH finds: so a link
// in the bin folder of an environment leads to that environment, whose pyvenv.cfg lies beside the
// link or one folder above.  A parent may pass any name: then it is not known.
//
// A file NAME._pth beside the program NAME says all of sys.path, and isolates the program as -I
// does.
//
// The standard library is Debian's, /usr/lib/python3.11, or PYTHONHOME's; the environment takes it
// from there too.  The modules of our own are in ../lib/ounce from the folder of the file that
// really runs, and, if that is a copy in an environment, of the program that it was copied from.
#include "runtime/places.h"

#include "modules/os_support.h"
#include "runtime/options.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_PREFIX "/usr"

static bool is_file(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

static bool is_program(const char *path)
{
    return is_file(path) && access(path, X_OK) == 0;
}

/* "FOLDER/NAME"; false: longer than any path. */
static bool join(char out[static PATH_MAX], const char *folder, const char *name)
{
    return (size_t)snprintf(out, PATH_MAX, "%s/%s", folder, name) < PATH_MAX;
}

/* The folder that holds it; "" of the root.  In place. */
static bool cut_name(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash)
        *slash = 0;
    return slash != NULL;
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Absolute and without needless parts; as it is where the system does not tell. */
static bool make_absolute(char out[static PATH_MAX], const char *path)
{
    char folder[PATH_MAX], plain[PATH_MAX + 1];
    size_t length = strlen(path);
    if (length >= PATH_MAX)
        return false;
    plain[oz_os_normalise(plain, path, length)] = 0;
    if (*plain == '/' || !getcwd(folder, sizeof folder))
        return (size_t)snprintf(out, PATH_MAX, "%s", plain) < PATH_MAX;
    return join(out, strcmp(folder, "/") == 0 ? "" : folder, plain);
}

static bool search_path(char out[static PATH_MAX], const char *name)
{
    for (const char *folders = getenv("PATH"); folders && *folders;) {
        char one[PATH_MAX];
        size_t length = strcspn(folders, ":");
        if ((size_t)snprintf(one, sizeof one, "%.*s%s%s", (int)length, folders, length ? "/" : "",
                             name) < sizeof one &&
            is_program(one))
            return make_absolute(out, one);
        folders += length + (folders[length] != 0);
    }
    return false;
}

static char *find_program(const char *called)
{
    char path[PATH_MAX];
    bool found =
        strchr(called, '/') ? make_absolute(path, called) : *called && search_path(path, called);
    return strdup(found ? path : "");
}

/* ---- the environment ---- */

/* The text without white space around it; in place. */
static char *strip(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    char *end = text + strlen(text);
    while (end > text && isspace((unsigned char)end[-1]))
        end--;
    *end = 0;
    return text;
}

static bool read_settings(Config *config, FILE *file)
{
    char *line = NULL;
    size_t capacity = 0;
    bool ok = true;
    config->sees_system = true;
    while (ok && getline(&line, &capacity, file) >= 0) {
        char *value = strchr(line, '=');
        if (!value)
            continue;
        *value++ = 0;
        const char *key = strip(line);
        value = strip(value);
        if (strcasecmp(key, "include-system-site-packages") == 0) {
            config->sees_system = strcasecmp(value, "true") == 0;
        } else if (strcasecmp(key, "home") == 0) {
            free(config->home);
            config->home = strdup(value);
            ok = config->home != NULL;
        }
    }
    free(line);
    return ok;
}

/* The settings of an environment lie beside the program, or one folder above; the environment is
 * the folder above the program's either way. */
static bool find_environment(Config *config)
{
    char folder[PATH_MAX], path[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", config->program);
    FILE *file = NULL;
    for (int up = 0; up < 2 && cut_name(folder); up++)
        if (!file && join(path, folder, "pyvenv.cfg") && is_file(path))
            file = fopen(path, "re");
    if (!file)
        return true;
    bool ok = read_settings(config, file);
    fclose(file);
    config->environment = strdup(*folder ? folder : "/");
    return ok && config->environment;
}

/* A link leads to it; of a copy, it is what has its name in `home`, or ours. */
static char *find_base(const Config *config)
{
    char path[PATH_MAX];
    if (!config->home || oz_options_environment(config, "PYTHONHOME"))
        return strdup(config->program);
    if (realpath(config->program, path) && strcmp(path, config->program) != 0)
        return strdup(path);
    if (join(path, config->home, "ounce") && is_program(path) &&
        strcmp(name_of(config->program), "ounce") != 0) {
        char same[PATH_MAX];
        if (!join(same, config->home, name_of(config->program)) || !is_file(same))
            return strdup(path);
    }
    return strdup(join(path, config->home, name_of(config->program)) ? path : config->program);
}

/* ---- NAME._pth ---- */

static bool add_line(Config *config, const char *folder, const char *line)
{
    char full[PATH_MAX], plain[PATH_MAX + 1];
    bool whole = *line == '/' ? (size_t)snprintf(full, sizeof full, "%s", line) < sizeof full
                              : join(full, folder, line);
    if (!whole)
        return true;
    size_t count = config->path_count;
    char **more = realloc(config->path_lines, (count + 1) * sizeof *more);
    if (!more)
        return false;
    config->path_lines = more;
    plain[oz_os_normalise(plain, full, strlen(full))] = 0;
    more[count] = strdup(plain);
    config->path_count += more[count] != NULL;
    return more[count] != NULL;
}

static bool read_lines(Config *config, FILE *file, const char *folder)
{
    char *line = NULL;
    size_t capacity = 0;
    bool ok = true;
    while (ok && getline(&line, &capacity, file) >= 0) {
        line[strcspn(line, "#")] = 0;
        const char *text = strip(line);
        if (strcmp(text, "import site") == 0)
            config->no_site = 0;
        else if (strncmp(text, "import ", 7) == 0)
            fputs("unsupported 'import' line in ._pth file\n", stderr);
        else if (*text)
            ok = add_line(config, folder, text);
    }
    free(line);
    return ok;
}

static bool read_path_file(Config *config)
{
    char path[PATH_MAX];
    if ((size_t)snprintf(path, sizeof path, "%s._pth", config->program) >= sizeof path ||
        !is_file(path))
        return true;
    FILE *file = fopen(path, "re");
    if (!file || !cut_name(path)) {
        if (file)
            fclose(file);
        return true;
    }
    config->isolated = config->ignore_environment = config->safe_path = config->no_site = 1;
    config->platlibdir = "lib";
    config->prefix = strdup(path);
    config->exec_prefix = strdup(path);
    bool ok = config->prefix && config->exec_prefix && read_lines(config, file, path);
    fclose(file);
    return ok;
}

/* ---- the library ---- */

static bool set_prefixes(Config *config)
{
    if (config->prefix)
        return true;
    const char *home = oz_options_environment(config, "PYTHONHOME");
    const char *given = home ? home : DEFAULT_PREFIX;
    size_t length = strcspn(given, ":");
    config->prefix = strndup(given, length);
    config->exec_prefix = strdup(given[length] ? given + length + 1 : given);
    return config->prefix && config->exec_prefix;
}

static bool is_library(const char *folder)
{
    char landmark[PATH_MAX];
    return join(landmark, folder, "os.py") && is_file(landmark);
}

static bool set_library(Config *config, const char *folder)
{
    config->library = strdup(folder);
    return config->library != NULL;
}

static bool find_library(Config *config)
{
    for (size_t n = 0; n < config->path_count; n++)
        if (is_library(config->path_lines[n]))
            return set_library(config, config->path_lines[n]);
    const char *const folders[] = {config->platlibdir, "lib"};
    for (size_t n = 0; n < OZ_COUNT(folders) && !config->path_count; n++) {
        char path[PATH_MAX], plain[PATH_MAX + 1];
        int length = snprintf(path, sizeof path, "%s/%s/python3.11", config->prefix, folders[n]);
        if ((size_t)length >= sizeof path || !is_library(path))
            continue;
        plain[oz_os_normalise(plain, path, (size_t)length)] = 0;
        return set_library(config, plain);
    }
    return true;
}

/* The file that really runs; "" if the system does not tell. */
static void read_running(char out[static PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", out, PATH_MAX - 1);
    out[length > 0 ? length : 0] = 0;
}

/* Has the program at `path`, which is resolved, our own modules beside it? */
static bool look_beside(Config *config, char path[static PATH_MAX])
{
    char folder[PATH_MAX], standins[PATH_MAX];
    struct stat info;
    if (!cut_name(path) || !cut_name(path) || !join(folder, path, "lib/ounce") ||
        !join(standins, folder, "standins") || stat(folder, &info) != 0)
        return true;
    config->own = strdup(folder);
    config->standins = strdup(standins);
    return config->own && config->standins;
}

static bool find_own(Config *config)
{
    char path[PATH_MAX];
    read_running(path);
    if (!look_beside(config, path))
        return false;
    if (config->own || !config->environment || !realpath(config->base_program, path))
        return true;
    return look_beside(config, path);
}

bool oz_places_find(Config *config, const char *called)
{
    config->platlibdir = oz_options_environment(config, "PYTHONPLATLIBDIR");
    if (!config->platlibdir)
        config->platlibdir = "lib";
    config->program = find_program(called);
    if (!config->program || !read_path_file(config) || !find_environment(config))
        return false;
    config->base_program = find_base(config);
    return config->base_program && set_prefixes(config) && find_library(config) && find_own(config);
}

void oz_places_fini(Config *config)
{
    char *const places[] = {config->program, config->base_program, config->environment,
                            config->home,    config->prefix,       config->exec_prefix,
                            config->library, config->own,          config->standins};
    for (size_t n = 0; n < OZ_COUNT(places); n++)
        free(places[n]);
    for (size_t n = 0; n < config->path_count; n++)
        free(config->path_lines[n]);
    free(config->path_lines);
}
