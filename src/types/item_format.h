// SPDX-License-Identifier: MIT
// Items of one machine type, by the letter that the struct module gives it (native sizes):
// what memoryview and array read.
#ifndef OZ_TYPES_ITEM_FORMAT_H
#define OZ_TYPES_ITEM_FORMAT_H

#include "types/protocol.h"

/* The letter of a format of one native item ("B", "@d"); 0: it is something else. */
char oz_item_letter(const char *format);
size_t oz_item_size(char letter); /* bytes; 0: no such letter */
/* The value of the item at `from`, which need not be aligned. */
Ref oz_item_get(Thread *t, char letter, const void *from) OZ_CHECKED;
/* Half precision; false: too large. */
bool oz_double_to_half(double d, uint16_t *half);

#endif
