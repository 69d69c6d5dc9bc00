// SPDX-License-Identifier: MIT
// What the locale of the environment means for text (PEP 538, PEP 540).
#ifndef OZ_RUNTIME_LOCALE_H
#define OZ_RUNTIME_LOCALE_H

#include "runtime/options.h"

/* Sets config.utf8_mode, unless an option has said it (not below 0), and config.lenient_files; may
 * set LC_CTYPE in the environment, for programs that this one starts. */
void oz_locale_read(Options *options);

#endif
