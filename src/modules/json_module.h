// SPDX-License-Identifier: MIT
// What the two halves of _json share.
#ifndef OZ_MODULES_JSON_MODULE_H
#define OZ_MODULES_JSON_MODULE_H

#include "types/str_text.h"

/* Raise json.decoder.JSONDecodeError(message, text, position). */
Ref oz_json_error(Thread *t, const char *message, Obj text, size_t position) OZ_COLD;
/* The str that begins behind the quote at begin - 1: *end is behind its closing quote. */
Ref oz_json_string(Thread *t, Obj text, size_t begin, bool strict, size_t *end) OZ_CHECKED;

/* Append the text in quotes; `ascii`: everything above 126 escaped. */
bool oz_json_quote(StrBuilder *b, Obj str, bool ascii) OZ_CHECKED;

extern const NativeDef oz_json_quote_ascii, oz_json_quote_plain;

#endif
