// SPDX-License-Identifier: MIT
// What the command line and the environment ask for: filled by runtime/, read by modules.
#ifndef OZ_MODULES_CONFIG_H
#define OZ_MODULES_CONFIG_H

#include "object/thread.h"

typedef struct Config {
    /* sys.flags, in its order */
    int debug, inspect, interactive, optimize, dont_write_bytecode, no_user_site, no_site;
    int ignore_environment, verbose, bytes_warning, quiet, hash_randomization, isolated;
    int dev_mode, utf8_mode, warn_default_encoding, safe_path;
    int int_max_str_digits; /* -1: not given */
    bool lenient_files;     /* bytes that are no UTF-8 pass stdin and stdout as surrogates */
    bool malloc_stats;      /* print the account of memory at the end */
    size_t sample_rate;     /* bytes: one allocation is sampled in so many; 0: none */
    int tracemalloc;        /* calls to note of each allocation; 0: none are traced */
    char *program;          /* sys.executable: as it was called, not resolved */
    char *base_program;     /* what the environment was made of; outside of one, the same */
    char *environment;      /* folder of the virtual environment, or NULL */
    char *home;             /* what its pyvenv.cfg says of `home`, or NULL */
    bool sees_system;       /* the environment sees the packages of the system, too */
    char *prefix;           /* where the library is installed: of PYTHONHOME, or /usr */
    char *exec_prefix;      /* the same for what depends on the machine */
    char *library;          /* folder of the pure-Python standard library, or NULL: not found */
    char *own;              /* folder of the modules of our own, or NULL */
    char **path_lines;      /* what a ._pth file beside the program puts on sys.path */
    size_t path_count;      /* lines of it; if there are any, they are all */
    const char *platlibdir; /* the folder below a prefix that libraries are in: "lib" */
    bool needs_site;        /* something is there that only module site can do */
    bool imported_site;     /* module site has been imported, or is being */
    char *standins;         /* folder of modules that stand in for extensions, or NULL */
    char **arguments;       /* the whole command line */
    int argument_count;
    char **script_arguments; /* sys.argv */
    int script_count;
    char **warnings; /* -W and PYTHONWARNINGS, in order */
    int warning_count;
    char **x_options; /* -X */
    int x_count;
    const char *pycache_prefix;  /* or NULL */
    char *user_cache;            /* folder for code of the system's sources; NULL: not yet asked */
    const char *io_encoding;     /* PYTHONIOENCODING, or NULL */
    const char *check_hash_pycs; /* --check-hash-based-pycs: "default", "always" or "never" */
    bool unbuffered;             /* -u */
    bool skip_first_line;        /* -x */
    bool no_debug_ranges;        /* -X no_debug_ranges */
    bool import_times;           /* -X importtime */
    int import_level;            /* nested imports under way, with import_times */
    int64_t import_nested;       /* nanoseconds of the imports below the one under way */
    size_t memory_limit;         /* -X memlimit; 0: none */
} Config;

OZ_INLINE Config *oz_config(const Thread *t)
{
    return t->vm->runtime;
}

/* The value of the first -X name[=value]: "" without a value, '=' stands before it if there was
 * one; NULL: not given. */
const char *oz_config_x(const Config *config, const char *name);

/* What sys.version begins with, and its parts: the language that Ounce speaks. */
#define OZ_PYTHON_VERSION "3.11.2"
#define OZ_PYTHON_MAJOR 3
#define OZ_PYTHON_MINOR 11
#define OZ_PYTHON_MICRO 2
#define OZ_PYTHON_HEX 0x030b02f0
#define OZ_VERSION "0.1.0"
#define OZ_CACHE_TAG "ounce-311"

#endif
