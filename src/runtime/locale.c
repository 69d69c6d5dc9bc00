// SPDX-License-Identifier: MIT
// What the locale of the environment means for text.
//
// Ounce's text files and file names are UTF-8 in every locale; a program asks for others by name.
// The plain locale "C" tells nothing about the text that is to come, nor does one that this machine
// does not have.  There the UTF-8 mode is on, bytes that are no UTF-8 pass the standard files
// unharmed as surrogates, and LC_CTYPE in the environment becomes C.UTF-8, unless LC_ALL would
// overrule it, so that programs that this one starts agree on UTF-8.
//
// Whether the machine has a locale is only asked where its name leaves it open: C.UTF-8 is always
// there, and looking costs a fortieth of the time of an empty program.
#include "runtime/locale.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TARGET "C.UTF-8"

static bool is_one_of(const char *name, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(name, *list) == 0)
            return true;
    return false;
}

static const char *const plain[] = {"C", "POSIX", NULL};
static const char *const targets[] = {TARGET, "C.utf8", "UTF-8", NULL};

/* Of LC_CTYPE, as the environment has it. */
static const char *locale_name(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t n = 0; n < OZ_COUNT(names); n++) {
        const char *value = getenv(names[n]);
        if (value && *value)
            return value;
    }
    return "C";
}

static bool tells_nothing(const char *name)
{
    if (is_one_of(name, plain))
        return true;
    if (strcmp(name, TARGET) == 0)
        return false;
    locale_t found = newlocale(LC_CTYPE_MASK, name, (locale_t)0);
    if (!found)
        return true;
    freelocale(found);
    return false;
}

/* For the programs that this one starts. */
static void coerce(const Config *config)
{
    const char *all = getenv("LC_ALL");
    const char *wish = oz_options_environment(config, "PYTHONCOERCECLOCALE");
    bool warn = wish && strcmp(wish, "warn") == 0;
    if (all && *all) {
        if (warn)
            fprintf(stderr,
                    "ounce: LC_ALL=%s says nothing of the text to come; it is taken for UTF-8\n",
                    all);
        return;
    }
    if ((wish && strcmp(wish, "0") == 0) || setenv("LC_CTYPE", TARGET, 1) < 0)
        return;
    if (warn)
        fprintf(stderr,
                "Python detected LC_CTYPE=C: LC_CTYPE coerced to " TARGET
                " (set another locale or PYTHONCOERCECLOCALE=0 to disable this locale coercion "
                "behavior).\n");
}

void oz_locale_read(Options *options)
{
    Config *config = &options->config;
    const char *name = locale_name();
    bool nothing = tells_nothing(name);
    if (config->utf8_mode < 0)
        config->utf8_mode = nothing;
    config->lenient_files = nothing || config->utf8_mode || is_one_of(name, targets);
    if (nothing)
        coerce(config);
}
