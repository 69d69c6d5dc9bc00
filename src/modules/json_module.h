// SPDX-License-Identifier: MIT
// What the two halves of _json share.
#ifndef OZ_MODULES_JSON_MODULE_H
#define OZ_MODULES_JSON_MODULE_H

#include "types/str_text.h"

extern const NativeDef oz_json_quote_ascii, oz_json_quote_plain;

#endif
