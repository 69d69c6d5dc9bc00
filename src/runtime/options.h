// SPDX-License-Identifier: MIT
// The command line and the environment.
#ifndef OZ_RUNTIME_OPTIONS_H
#define OZ_RUNTIME_OPTIONS_H

#include "modules/config.h"

typedef enum RunKind {
    OZ_RUN_PROMPT, /* nothing named: the prompt, or a program on standard input */
    OZ_RUN_TEXT,   /* -c */
    OZ_RUN_MODULE, /* -m */
    OZ_RUN_FILE,   /* a file, a folder or a zip file */
    OZ_RUN_STDIN,  /* - */
    OZ_RUN_NOTHING /* -h, -V: done, exit with `status` */
} RunKind;

typedef struct Options {
    Config config;
    RunKind kind;
    const char *what; /* the text, module or file */
    int status;
} Options;

/* Read both; what is wrong is said on stderr.  Uses no VM. */
void oz_options_read(Options *options, int count, char **arguments);
void oz_options_fini(Options *options);

/* The value of environment variable `name`, unless -E; NULL if it is not set or empty. */
const char *oz_options_environment(const Config *config, const char *name);

#endif
