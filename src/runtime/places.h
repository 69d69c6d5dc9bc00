// SPDX-License-Identifier: MIT
// Where the program, its virtual environment and its library are.
#ifndef OZ_RUNTIME_PLACES_H
#define OZ_RUNTIME_PLACES_H

#include "modules/config.h"

/* Fill the places in `config` (program, base_program, environment, home, sees_system, prefix,
 * exec_prefix, library, own, standins, platlibdir), whose options have been read.  `called` is
 * the first word of the command line.  False: no memory.  Uses no VM. */
bool oz_places_find(Config *config, const char *called) OZ_CHECKED;
void oz_places_fini(Config *config);

#endif
