// SPDX-License-Identifier: MIT
// The C library's locale.
#ifndef OZ_MODULES_LOCALE_H
#define OZ_MODULES_LOCALE_H

/* LC_CTYPE as the environment has it if that is UTF-8, else C.UTF-8: text is UTF-8 everywhere. */
void oz_locale_use_utf8(void);

#endif
