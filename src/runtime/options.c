// SPDX-License-Identifier: MIT
// The command line and the environment: CPython's options, and Ounce's own behind -X.
//
// Options end at -c, -m, a file name or "-".  Letters may be combined ("-bEs"); the argument of
// -c, -m, -W and -X may follow at once or as the next word.  A number given on the command line
// beats the environment's.
#include "runtime/options.h"

#include "runtime/locale.h"
#include "runtime/places.h"

#include "memtools/alloc_sampler.h"
#include "memtools/alloc_trace.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage_line[] = "usage: %s [option] ... [-c cmd | -m mod | file | -] [arg] ...\n";

static const char help_text[] =
    "Options and arguments (and the environment variables of the same meaning):\n"
    "-b     : warn when bytes are compared with str or int; -bb: raise an error\n"
    "-B     : write no cache files (PYTHONDONTWRITEBYTECODE)\n"
    "-c cmd : run a program given as text\n"
    "-d     : debug output of the parser (PYTHONDEBUG)\n"
    "-E     : ignore PYTHON* environment variables\n"
    "-h, --help : this text\n"
    "-i     : prompt after the program has run (PYTHONINSPECT)\n"
    "-I     : isolate from the user's environment (implies -E, -P, -s)\n"
    "-m mod : run a module as a program\n"
    "-O     : remove assert statements (PYTHONOPTIMIZE); -OO: docstrings too\n"
    "-P     : put no unsafe folder in front of sys.path (PYTHONSAFEPATH)\n"
    "-q     : no banner\n"
    "-s     : no user folder in sys.path (PYTHONNOUSERSITE)\n"
    "-S     : do not do what module site does\n"
    "-u     : unbuffered stdout and stderr (PYTHONUNBUFFERED)\n"
    "-v     : say what is imported (PYTHONVERBOSE)\n"
    "-V, --version : the version; -VV: more of it\n"
    "-W arg : warning control: action:message:category:module:line (PYTHONWARNINGS)\n"
    "-x     : skip the first line of the file\n"
    "-X opt : alloctrace=SIZE, dev, faulthandler, importtime, int_max_str_digits=N,\n"
    "         memlimit=SIZE, no_debug_ranges, pycache_prefix=PATH, tracemalloc[=N], utf8[=0|1],\n"
    "         warn_default_encoding\n"
    "file   : program read from a file, a folder or a zip file with __main__.py\n"
    "-      : program read from standard input (the default, with a prompt on a terminal)\n"
    "arg ...: arguments of the program, in sys.argv[1:]\n";

static void fail(Options *o, const char *program, const char *format, const char *what)
{
    fprintf(stderr, format, what);
    fprintf(stderr, usage_line, program);
    fprintf(stderr, "Try `%s -h' for more information.\n", program);
    o->kind = OZ_RUN_NOTHING;
    o->status = 2;
}

const char *oz_options_environment(const Config *config, const char *name)
{
    if (config->ignore_environment)
        return NULL;
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

const char *oz_config_x(const Config *config, const char *name)
{
    size_t length = strlen(name);
    for (int n = 0; n < config->x_count; n++) {
        const char *option = config->x_options[n];
        if (strncmp(option, name, length) == 0 && (option[length] == 0 || option[length] == '='))
            return option + length + (option[length] != 0);
    }
    return NULL;
}

/* "512M": bytes with K, M, G, T; 0: not a size. */
static size_t parse_size(const char *text)
{
    char *end;
    double n = strtod(text, &end);
    switch (*end) {
    case 'K':
    case 'k':
        n *= 1024;
        end++;
        break;
    case 'M':
    case 'm':
        n *= 1 << 20;
        end++;
        break;
    case 'G':
    case 'g':
        n *= 1 << 30;
        end++;
        break;
    case 'T':
    case 't':
        n *= (double)(1ull << 40);
        end++;
        break;
    default:
        break;
    }
    if (*end == 'B' || *end == 'b')
        end++;
    return *end || n < 1 || n > 1e18 ? 0 : (size_t)n;
}

static bool letter(Config *c, char option)
{
    switch (option) {
    case 'b':
        c->bytes_warning++;
        return true;
    case 'B':
        c->dont_write_bytecode = 1;
        return true;
    case 'd':
        c->debug++;
        return true;
    case 'E':
        c->ignore_environment = 1;
        return true;
    case 'i':
        c->inspect = c->interactive = 1;
        return true;
    case 'I':
        c->isolated = c->ignore_environment = c->safe_path = c->no_user_site = 1;
        return true;
    case 'O':
        c->optimize++;
        return true;
    case 'P':
        c->safe_path = 1;
        return true;
    case 'q':
        c->quiet++;
        return true;
    case 'R':
        return true;
    case 's':
        c->no_user_site = 1;
        return true;
    case 'S':
        c->no_site = 1;
        return true;
    case 't':
        return true;
    case 'u':
        c->unbuffered = true;
        return true;
    case 'v':
        c->verbose++;
        return true;
    case 'x':
        c->skip_first_line = true;
        return true;
    default:
        return false;
    }
}

static void print_version(int times)
{
    printf("Python " OZ_PYTHON_VERSION);
    if (times > 1)
        printf(" (Ounce " OZ_VERSION ", " __DATE__ ") [GCC " __VERSION__ "]");
    printf("\n");
}

static bool read_check(Options *o, const char *program, char *value)
{
    static const char *const allowed[] = {"default", "always", "never"};
    for (size_t n = 0; value && n < OZ_COUNT(allowed); n++) {
        if (strcmp(value, allowed[n]) == 0) {
            o->config.check_hash_pycs = value;
            return true;
        }
    }
    if (value)
        fail(o, program, "--check-hash-based-pycs must be one of %s\n",
             "'default', 'always', or 'never'");
    else
        fail(o, program, "Argument expected for the %s option\n", "--check-hash-based-pycs");
    return false;
}

/* The whole command line; returns at what ends the options. */
static char dash_c[] = "-c", dash_m[] = "-m"; /* what sys.argv[0] is then */

static void read_line(Options *o, int count, char **arguments)
{
    Config *c = &o->config;
    int at = 1, versions = 0;
    o->kind = OZ_RUN_PROMPT;
    c->script_arguments = arguments + count;
    c->script_count = 0;
    while (at < count) {
        char *word = arguments[at];
        if (word[0] != '-' || word[1] == 0)
            break;
        if (strcmp(word, "--") == 0) {
            at++;
            break;
        }
        if (strcmp(word, "--help") == 0 || strcmp(word, "-?") == 0 ||
            strncmp(word, "--help-", 7) == 0) {
            printf(usage_line, arguments[0]);
            fputs(help_text, stdout);
            o->kind = OZ_RUN_NOTHING;
            return;
        }
        if (strcmp(word, "--version") == 0) {
            versions++;
            at++;
            continue;
        }
        if (strcmp(word, "--check-hash-based-pycs") == 0) {
            if (!read_check(o, arguments[0], at + 1 < count ? arguments[at + 1] : NULL))
                return;
            at += 2;
            continue;
        }
        if (word[1] == '-') {
            fail(o, arguments[0], "unknown option %s\n", word);
            return;
        }
        for (char *letters = word + 1; *letters; letters++) {
            char option = *letters;
            if (option == 'h' || option == '?') {
                printf(usage_line, arguments[0]);
                fputs(help_text, stdout);
                o->kind = OZ_RUN_NOTHING;
                return;
            }
            if (option == 'V') {
                versions++;
                continue;
            }
            if (strchr("cmWX", option)) {
                char *value = letters[1] ? letters + 1 : at + 1 < count ? arguments[++at] : NULL;
                char name[] = {option, 0};
                if (!value) {
                    fail(o, arguments[0], "Argument expected for the -%s option\n", name);
                    return;
                }
                if (option == 'W') {
                    c->warnings[c->warning_count++] = value;
                } else if (option == 'X') {
                    c->x_options[c->x_count++] = value;
                } else {
                    o->kind = option == 'c' ? OZ_RUN_TEXT : OZ_RUN_MODULE;
                    o->what = value;
                    arguments[at] = option == 'c' ? dash_c : dash_m;
                    c->script_arguments = arguments + at;
                    c->script_count = count - at;
                    goto done;
                }
                break;
            }
            if (!letter(c, option)) {
                char name[] = {option, 0};
                fail(o, arguments[0],
                     option == 'J' ? "-%s is reserved for Jython\n" : "Unknown option: -%s\n",
                     name);
                return;
            }
        }
        at++;
    }
    if (at < count) {
        o->what = arguments[at];
        o->kind = strcmp(o->what, "-") == 0 ? OZ_RUN_STDIN : OZ_RUN_FILE;
        c->script_arguments = arguments + at;
        c->script_count = count - at;
    }
done:
    if (versions) {
        print_version(versions);
        o->kind = OZ_RUN_NOTHING;
    }
}

static int environment_number(const Config *c, const char *name)
{
    const char *value = oz_options_environment(c, name);
    if (!value)
        return 0;
    int n = atoi(value);
    return n > 0 ? n : 1;
}

static void read_environment(Options *o)
{
    Config *c = &o->config;
    const struct {
        const char *name;
        int *flag;
    } flags[] = {{"PYTHONDEBUG", &c->debug},
                 {"PYTHONVERBOSE", &c->verbose},
                 {"PYTHONOPTIMIZE", &c->optimize},
                 {"PYTHONINSPECT", &c->inspect},
                 {"PYTHONDONTWRITEBYTECODE", &c->dont_write_bytecode},
                 {"PYTHONNOUSERSITE", &c->no_user_site},
                 {"PYTHONSAFEPATH", &c->safe_path},
                 {"PYTHONDEVMODE", &c->dev_mode},
                 {"PYTHONWARNDEFAULTENCODING", &c->warn_default_encoding}};
    for (size_t n = 0; n < OZ_COUNT(flags); n++) {
        int value = environment_number(c, flags[n].name);
        if (value > *flags[n].flag)
            *flags[n].flag = value;
    }
    if (oz_options_environment(c, "PYTHONUNBUFFERED"))
        c->unbuffered = true;
    c->io_encoding = oz_options_environment(c, "PYTHONIOENCODING");
    c->pycache_prefix = oz_options_environment(c, "PYTHONPYCACHEPREFIX");
    if (oz_config_x(c, "importtime") || oz_options_environment(c, "PYTHONPROFILEIMPORTTIME"))
        c->import_times = true;
    c->no_debug_ranges =
        oz_config_x(c, "no_debug_ranges") || oz_options_environment(c, "PYTHONNODEBUGRANGES");
    c->malloc_stats = oz_options_environment(c, "PYTHONMALLOCSTATS") != NULL;
    const char *seed = oz_options_environment(c, "PYTHONHASHSEED");
    c->hash_randomization = !(seed && strcmp(seed, "0") == 0);
    const char *digits = oz_config_x(c, "int_max_str_digits");
    if (!digits)
        digits = oz_options_environment(c, "PYTHONINTMAXSTRDIGITS");
    c->int_max_str_digits = digits ? atoi(digits) : -1;
    if (oz_config_x(c, "dev"))
        c->dev_mode = 1;
    if (oz_config_x(c, "warn_default_encoding"))
        c->warn_default_encoding = 1;
    const char *prefix = oz_config_x(c, "pycache_prefix");
    if (prefix)
        c->pycache_prefix = *prefix ? prefix : NULL;
}

static bool is_hash_seed(const char *seed)
{
    char *end;
    if (!seed || !*seed || strcmp(seed, "random") == 0)
        return true;
    errno = 0;
    return strspn(seed, "0123456789") == strlen(seed) && strtoull(seed, &end, 10) <= UINT32_MAX &&
           errno == 0;
}

/* A value that no program can run with. */
OZ_PRINTF(3, 4)
static void refuse_at(Options *o, const char *state, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("Fatal Python error: ", stderr);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\nPython runtime state: %s\n\n", state);
    va_end(arguments);
    o->kind = OZ_RUN_NOTHING;
    o->status = 1;
}

#define refuse(options, ...) refuse_at(options, "preinitialized", __VA_ARGS__)

/* The UTF-8 mode as -X utf8[=0|1] or PYTHONUTF8 says it; else the locale decides. */
static void read_utf8_mode(Options *o)
{
    const char *option = oz_config_x(&o->config, "utf8");
    const char *value = option ? option : oz_options_environment(&o->config, "PYTHONUTF8");
    if (option && !*option && option[-1] != '=')
        value = "1";
    o->config.utf8_mode = value ? strcmp(value, "0") != 0 : -1;
    if (value && strcmp(value, "0") != 0 && strcmp(value, "1") != 0)
        refuse_at(o, "preinitializing", "preconfig_init_utf8_mode: invalid %s value",
                  option ? "-X utf8 option" : "PYTHONUTF8 environment variable");
    else
        oz_locale_read(o);
}

/* How many calls to trace: of -X tracemalloc[=N], or of the environment, where empty is none. */
static void read_tracemalloc(Options *o)
{
    Config *c = &o->config;
    const char *option = oz_config_x(c, "tracemalloc");
    const char *value = option ? option : oz_options_environment(c, "PYTHONTRACEMALLOC");
    if (!value || (!option && !*value))
        return;
    char *end;
    errno = 0;
    long frames = strtol(*value ? value : "1", &end, 10);
    if (*end || errno || frames < 0 || frames > OZ_TRACE_FRAMES_MAX)
        refuse(o, "config_init_tracemalloc: %s: invalid number of frames",
               option ? "-X tracemalloc=NFRAME" : "PYTHONTRACEMALLOC");
    else
        c->tracemalloc = (int)frames;
}

static void read_sample_rate(Options *o)
{
    const char *rate = oz_config_x(&o->config, "alloctrace");
    o->config.sample_rate = rate ? parse_size(rate) : OZ_SAMPLE_RATE;
    if (!rate || o->config.sample_rate || strcmp(rate, "0") == 0)
        return;
    fprintf(stderr,
            "ounce: -X alloctrace=%s: not a size; write a number of bytes, or 512K, 2M; 0: off\n",
            rate);
    o->kind = OZ_RUN_NOTHING;
    o->status = 2;
}

static void check_values(Options *o)
{
    read_tracemalloc(o);
    read_sample_rate(o);
    Config *c = &o->config;
    const char *limit = oz_config_x(c, "memlimit");
    if (limit && !(c->memory_limit = parse_size(limit))) {
        fprintf(stderr, "ounce: -X memlimit=%s: not a size; write a number of bytes, or 512M, 2G\n",
                limit);
        o->kind = OZ_RUN_NOTHING;
        o->status = 2;
    }
    const char *option =
        oz_config_x(c, "int_max_str_digits") ? "-X int_max_str_digits" : "PYTHONINTMAXSTRDIGITS";
    if (c->int_max_str_digits != -1 && c->int_max_str_digits != 0 && c->int_max_str_digits < 640)
        refuse(o,
               "config_init_int_max_str_digits: %s: invalid limit; must be >= 640 or 0 for "
               "unlimited.",
               option);
    if (!is_hash_seed(oz_options_environment(c, "PYTHONHASHSEED")))
        refuse(o,
               "config_init_hash_seed: %s must be \"random\" or an integer in range "
               "[0; 4294967295]",
               "PYTHONHASHSEED");
}

static void say_no_memory(Options *o)
{
    fprintf(stderr, "ounce: no memory\n");
    o->kind = OZ_RUN_NOTHING;
    o->status = 1;
}

void oz_options_read(Options *o, int count, char **arguments)
{
    memset(o, 0, sizeof *o);
    Config *c = &o->config;
    c->check_hash_pycs = "default";
    c->arguments = calloc((size_t)count + 1, sizeof(char *));
    c->warnings = calloc((size_t)count + 1, sizeof(char *));
    c->x_options = calloc((size_t)count + 1, sizeof(char *));
    c->argument_count = count;
    if (!c->arguments || !c->warnings || !c->x_options) {
        say_no_memory(o);
        return;
    }
    memcpy(c->arguments, arguments, (size_t)count * sizeof(char *));
    read_line(o, count, arguments);
    if (o->kind == OZ_RUN_NOTHING)
        return;
    if (!oz_places_find(c, count ? arguments[0] : "")) {
        say_no_memory(o);
        return;
    }
    read_environment(o);
    read_utf8_mode(o);
    if (o->kind != OZ_RUN_NOTHING)
        check_values(o);
}

void oz_options_fini(Options *o)
{
    Config *c = &o->config;
    free(c->arguments);
    free(c->warnings);
    free(c->x_options);
    oz_places_fini(c);
    free(c->user_cache);
}
